#include "parallel.hpp"
#include <ATen/TensorIterator.h>
#include <algorithm>
#include <atomic>
#include <torch/torch.h>

namespace {

/// Pieces a thread takes, one after the other, if all are as fast as each other.
constexpr int64_t pieces_of_a_thread = 8;

/// `body()` on every thread of libtorch's: going through a tensor's elements is shared out inside libtorch. The elements, bytes that
/// nobody touches, stand for the threads.
void on_every_thread(int64_t threads, c10::function_ref<void()> body) {
    at::NoGradGuard guard;
    auto numbers = at::empty({threads}, at::kByte);
    auto iterator = at::TensorIterator::borrowing_nullary_op(numbers);
    iterator.for_each([&](char **, const int64_t *, int64_t) { body(); }, 1);
}

} // namespace

void ctorch::parallel_for(int64_t count, int64_t grain, c10::function_ref<void(int64_t, int64_t)> body) {
    if (count <= 0) return;
    const int64_t threads = std::min<int64_t>(at::get_num_threads(), (count + grain - 1) / grain);
    if (threads <= 1) return body(0, count);
    const int64_t size = std::max(grain, (count + threads * pieces_of_a_thread - 1) / (threads * pieces_of_a_thread));
    std::atomic<int64_t> next = 0;
    on_every_thread(threads, [&] {
        for (int64_t begin; (begin = next.fetch_add(size)) < count;) body(begin, std::min(begin + size, count));
    });
}
