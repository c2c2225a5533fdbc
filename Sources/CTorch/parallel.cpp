#include "parallel.hpp"
#include <ATen/TensorIterator.h>
#include <torch/torch.h>

void ctorch::parallel_for(int64_t count, int64_t grain, c10::function_ref<void(int64_t, int64_t)> body) {
    if (count <= 0) return;
    // Going through a tensor's elements is shared out inside libtorch. The elements, bytes that nobody touches, stand for the numbers.
    at::NoGradGuard guard;
    auto numbers = at::empty({count}, at::kByte);
    const char *first = static_cast<const char *>(numbers.const_data_ptr());
    auto iterator = at::TensorIterator::borrowing_nullary_op(numbers);
    iterator.for_each(
        [&](char **data, const int64_t *, int64_t elements) {
            const int64_t begin = data[0] - first;
            body(begin, begin + elements);
        },
        grain);
}
