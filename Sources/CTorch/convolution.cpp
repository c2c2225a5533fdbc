// Convolution over time with pooling and ReLU in one pass, and the global pooling over time; on a CPU in float32 or bfloat16.
#include "kernels.hpp"
#include "parallel.hpp"
#include "tensor.hpp"
#include "winograd.hpp"

namespace {

using at::Tensor;

/// [N, T, C] as oneDNN's image [N, C, 1, T], channels last: the same memory. Time must be the width: over a height its
/// gradient of the weights is several times slower.
Tensor image(const Tensor &rows) { return rows.permute({0, 2, 1}).unsqueeze(2); }
Tensor rows(const Tensor &image) { return image.squeeze(2).permute({0, 2, 1}).contiguous(); }

/// Calls `body` with the elements' type: float, or bfloat16's bits.
template <typename Body> void by_type(const Tensor &tensor, Body body) {
    if (tensor.scalar_type() == at::kBFloat16)
        body(uint16_t{});
    else
        body(float{});
}
template <typename T> const T *elements(const Tensor &tensor) { return static_cast<const T *>(tensor.const_data_ptr()); }
template <typename T> T *mutable_elements(const Tensor &tensor) { return static_cast<T *>(tensor.mutable_data_ptr()); }

/// Max-pooling and ReLU commute, so the ReLU runs on the pooled values only, and one byte an output remembers all that the way
/// back must know: which step won its pool, or that none was let through.
struct ConvolvePoolReLU : torch::autograd::Function<ConvolvePoolReLU> {
    static Tensor forward(torch::autograd::AutogradContext *context, Tensor input, Tensor weight, Tensor bias, int64_t pool) {
        input = input.contiguous();
        const auto type = input.scalar_type();
        const int64_t songs = input.size(0), time = input.size(1), outputs = weight.size(0), width = weight.size(2);
        const int64_t convolved = time - width + 1, pooled = convolved / pool;
        auto filters = weight.unsqueeze(2).to(type).contiguous(at::MemoryFormat::ChannelsLast);
        auto sums = rows(at::convolution(image(input), filters, bias.to(type), {1, 1}, {0, 0}, {1, 1}, false, {0, 0}, 1));

        auto result = at::empty({songs, pooled, outputs}, input.options());
        auto places = at::empty({songs, pooled, outputs}, input.options().dtype(torch::kUInt8));
        uint8_t *place = places.mutable_data_ptr<uint8_t>();
        by_type(input, [&](auto type) {
            using T = decltype(type);
            const T *from = elements<T>(sums);
            T *to = mutable_elements<T>(result);
            ctorch::parallel_for(songs * pooled, 64, [&](int64_t begin, int64_t end) {
                for (int64_t i = begin; i < end; i++)
                    ctorch::pool_relu(from + ((i / pooled) * convolved + (i % pooled) * pool) * outputs, pool, outputs,
                                      to + i * outputs, place + i * outputs);
            });
        });
        context->save_for_backward({input, filters, places});
        context->saved_data["pool"] = pool;
        context->saved_data["type"] = static_cast<int64_t>(weight.scalar_type());
        context->saved_data["needs_input"] = input.requires_grad();
        return result;
    }

    static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::tensor_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &filters = saved[1], &places = saved[2];
        const int64_t pool = context->saved_data["pool"].toInt();
        const auto type = static_cast<at::ScalarType>(context->saved_data["type"].toInt());
        const int64_t songs = places.size(0), pooled = places.size(1), outputs = places.size(2);
        const int64_t convolved = input.size(1) - filters.size(3) + 1;
        auto gradient = gradients[0].contiguous();

        auto full = at::empty({songs, convolved, outputs}, input.options());
        const uint8_t *place = places.const_data_ptr<uint8_t>();
        by_type(input, [&](auto type) {
            using T = decltype(type);
            const T *from = elements<T>(gradient);
            T *to = mutable_elements<T>(full);
            ctorch::parallel_for(songs, 1, [&](int64_t begin, int64_t end) {
                for (int64_t song = begin; song < end; song++) {
                    T *base = to + song * convolved * outputs;
                    for (int64_t p = 0; p < pooled; p++) {
                        const int64_t i = (song * pooled + p) * outputs;
                        ctorch::unpool(from + i, place + i, pool, outputs, base + p * pool * outputs);
                    }
                    std::memset(base + pooled * pool * outputs, 0, sizeof(T) * (convolved - pooled * pool) * outputs);
                }
            });
        });
        const bool needs_input = context->saved_data["needs_input"].toBool();
        auto [input_gradient, weight_gradient, bias_gradient] =
            at::convolution_backward(image(full), image(input), filters, at::IntArrayRef({outputs}), {1, 1}, {0, 0}, {1, 1}, false,
                                     {0, 0}, 1, {needs_input, true, true});
        return {needs_input ? rows(input_gradient) : Tensor(), weight_gradient.squeeze(2).to(type).contiguous(),
                bias_gradient.to(type), Tensor()};
    }
};

/// Mean, maximum and root mean square over stretches of time, each step read once.
struct PoolOverTime : torch::autograd::Function<PoolOverTime> {
    static Tensor forward(torch::autograd::AutogradContext *context, Tensor input) {
        input = input.contiguous();
        const int64_t songs = input.size(0), steps = input.size(1), channels = input.size(2);
        TORCH_CHECK(steps > 0, "pool over time: no steps");
        auto result = at::empty({songs, 3 * channels}, input.options());
        auto places = at::empty({songs, channels}, input.options().dtype(torch::kInt32));
        auto levels = at::empty({songs, channels}, input.options().dtype(torch::kFloat32));
        int32_t *place = places.mutable_data_ptr<int32_t>();
        float *level = levels.mutable_data_ptr<float>();
        by_type(input, [&](auto type) {
            using T = decltype(type);
            const T *from = elements<T>(input);
            T *to = mutable_elements<T>(result);
            ctorch::parallel_for(songs, 1, [&](int64_t begin, int64_t end) {
                std::vector<float> scratch(2 * channels);
                for (int64_t i = begin; i < end; i++)
                    ctorch::pool_steps(from + i * steps * channels, steps, channels, to + i * 3 * channels, place + i * channels,
                                       level + i * channels, scratch.data());
            });
        });
        context->save_for_backward({input, places, levels});
        return result;
    }

    static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::tensor_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0];
        const int64_t songs = input.size(0), steps = input.size(1), channels = input.size(2);
        auto gradient = gradients[0].contiguous();
        auto result = at::empty_like(input);
        const int32_t *place = saved[1].const_data_ptr<int32_t>();
        const float *level = saved[2].const_data_ptr<float>();
        by_type(input, [&](auto type) {
            using T = decltype(type);
            const T *from = elements<T>(gradient), *values = elements<T>(input);
            T *to = mutable_elements<T>(result);
            ctorch::parallel_for(songs, 1, [&](int64_t begin, int64_t end) {
                std::vector<float> scratch(2 * channels);
                for (int64_t i = begin; i < end; i++)
                    ctorch::unpool_steps(from + i * 3 * channels, values + i * steps * channels, place + i * channels,
                                         level + i * channels, steps, channels, to + i * steps * channels, scratch.data());
            });
        });
        return {result};
    }
};

Tensor pooled_by_reference(const Tensor &x) {
    auto root_mean_square = (x.to(at::kFloat).square().mean(1) + 1e-12).sqrt().to(x.scalar_type());
    return at::cat({x.mean(1), std::get<0>(x.max(1)), root_mean_square}, 1);
}

} // namespace

int ctorch_convolve_pool_relu(ctorch_tensor_t input, ctorch_tensor_t weight, ctorch_tensor_t bias, int pool,
                              ctorch_tensor_t *out) {
    return ctorch::guarded([&] {
        TORCH_CHECK(input->value.dim() == 3 && weight->value.dim() == 3, "convolution: input [N, T, C], weight [out, C, width]");
        if (!ctorch::has_kernels(input->value)) return ctorch_convolve_pool_relu_reference(input, weight, bias, pool, out);
        TORCH_CHECK(pool >= 1 && pool < ctorch::not_above_zero, "convolution: a pool of ", pool);
        TORCH_CHECK(input->value.size(2) == weight->value.size(1) && bias->value.numel() == weight->value.size(0),
                    "convolution: ", input->value.size(2), " channels for filters ", weight->value.sizes(), " and biases ",
                    bias->value.sizes());
        TORCH_CHECK(input->value.size(1) - weight->value.size(2) + 1 >= pool, "convolution: ", input->value.size(1),
                    " steps are too few for width ", weight->value.size(2), " and pool ", pool);
        if (ctorch::suits_winograd(input->value, weight->value, pool))
            return ctorch::keep(ctorch::winograd(input->value, weight->value, bias->value, pool), out);
        return ctorch::keep(ConvolvePoolReLU::apply(input->value, weight->value, bias->value, pool), out);
    });
}

int ctorch_convolve_pool_relu_reference(ctorch_tensor_t input, ctorch_tensor_t weight, ctorch_tensor_t bias, int pool,
                                        ctorch_tensor_t *out) {
    return ctorch::guarded([&] {
        const auto type = input->value.scalar_type();
        auto result = at::conv1d(input->value.transpose(1, 2), weight->value.to(type), bias->value.to(type));
        if (pool > 1) result = at::max_pool1d(result, pool);
        return ctorch::keep(at::relu(result).transpose(1, 2).contiguous(), out);
    });
}

int ctorch_pool_over_time(ctorch_tensor_t input, ctorch_tensor_t *out) {
    return ctorch::guarded([&] {
        const auto &x = input->value;
        return ctorch::keep(ctorch::has_kernels(x) ? PoolOverTime::apply(x) : pooled_by_reference(x), out);
    });
}

int ctorch_pool_over_time_reference(ctorch_tensor_t input, ctorch_tensor_t *out) {
    return ctorch::guarded([&] { return ctorch::keep(pooled_by_reference(input->value), out); });
}

int ctorch_pool_windows(ctorch_tensor_t input, const int64_t *starts, int count, int64_t length, ctorch_tensor_t *out) {
    return ctorch::guarded([&] {
        TORCH_CHECK(input->value.dim() == 3 && input->value.size(0) == 1, "windows: input [1, T, C]");
        auto x = input->value[0].detach();
        for (int i = 0; i < count; i++)
            TORCH_CHECK(length > 0 && starts[i] >= 0 && starts[i] + length <= x.size(0), "windows: ", starts[i], " to ",
                        starts[i] + length, " of ", x.size(0), " steps");
        if (!ctorch::has_kernels(x)) {
            std::vector<Tensor> windows;
            for (int i = 0; i < count; i++) windows.push_back(x.narrow(0, starts[i], length));
            return ctorch::keep(pooled_by_reference(at::stack(windows)), out);
        }
        x = x.contiguous();
        const int64_t channels = x.size(1);
        auto result = at::empty({count, 3 * channels}, x.options());
        by_type(x, [&](auto type) {
            using T = decltype(type);
            const T *from = elements<T>(x);
            T *to = mutable_elements<T>(result);
            ctorch::parallel_for(count, 1, [&](int64_t begin, int64_t end) {
                std::vector<float> scratch(3 * channels);
                std::vector<int32_t> places(channels);
                for (int64_t i = begin; i < end; i++)
                    ctorch::pool_steps(from + starts[i] * channels, length, channels, to + i * 3 * channels, places.data(),
                                       scratch.data() + 2 * channels, scratch.data());
            });
        });
        return ctorch::keep(result, out);
    });
}
