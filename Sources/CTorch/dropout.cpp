// Dropout: one pass each way, and nothing to remember but the seed. On devices without our kernels by libtorch's own generator.
#include "kernels.hpp"
#include "parallel.hpp"
#include "tensor.hpp"

namespace {

using at::Tensor;

/// What dropout leaves, of values or of their gradients.
Tensor dropped(const Tensor &values, double probability, uint64_t seed) {
    const auto from = values.contiguous();
    auto result = at::empty_like(from);
    const double kept = 1 - probability;
    const auto threshold = static_cast<uint32_t>(std::clamp(kept * 4294967296.0, 0.0, 4294967295.0));
    const auto scale = static_cast<float>(kept > 0 ? 1 / kept : 0);
    ctorch::parallel_for(from.numel(), 1 << 14, [&](int64_t begin, int64_t end) {
        auto by_type = [&](auto type) {
            using T = decltype(type);
            ctorch::drop(static_cast<const T *>(from.const_data_ptr()) + begin, begin, end - begin, seed, threshold, scale,
                         static_cast<T *>(result.mutable_data_ptr()) + begin);
        };
        from.scalar_type() == at::kFloat ? by_type(float{}) : by_type(uint16_t{});
    });
    return result;
}

struct Dropout : torch::autograd::Function<Dropout> {
    static Tensor forward(torch::autograd::AutogradContext *context, Tensor input, double probability, int64_t seed) {
        context->saved_data["probability"] = probability;
        context->saved_data["seed"] = seed;
        return dropped(input, probability, static_cast<uint64_t>(seed));
    }

    static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::tensor_list gradients) {
        const auto seed = static_cast<uint64_t>(context->saved_data["seed"].toInt());
        return {dropped(gradients[0], context->saved_data["probability"].toDouble(), seed), Tensor(), Tensor()};
    }
};

Tensor by_operations(const Tensor &input, double probability, uint64_t seed) {
    // A generator of its own: libtorch's is the whole process's, and another training would draw from it in between.
    auto shared = at::globalContext().defaultGenerator(input.device());
    at::Generator generator;
    {
        std::lock_guard<std::mutex> lock(shared.mutex());
        generator = shared.clone();
    }
    generator.set_current_seed(seed);
    const auto kept = at::empty_like(input).bernoulli_(1 - probability, generator);
    return input * (probability < 1 ? kept.div_(1 - probability) : kept);
}

} // namespace

int ctorch_dropout(ctorch_tensor_t input, double probability, uint64_t seed, ctorch_tensor_t *out) {
    return ctorch::guarded([&] {
        const auto &x = input->value;
        return ctorch::keep(ctorch::has_kernels(x) ? Dropout::apply(x, probability, static_cast<int64_t>(seed))
                                                   : by_operations(x, probability, seed),
                            out);
    });
}
