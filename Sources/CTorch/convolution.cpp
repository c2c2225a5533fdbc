// Convolution over time as matrix products, with pooling and ReLU in the same pass.
#include "tensor.hpp"
#include <ATen/Parallel.h>

namespace {

/// Layout [N, T, C]: a batch is one buffer of N*T rows, so a convolution of width w is w accumulating matrix products on
/// views of that buffer shifted by one row each: no copies of the input. The w - 1 rows at the end of every song
/// that straddle into the next are computed and ignored. Max-pooling and ReLU commute, so the ReLU runs on the
/// pooled values only.
struct ConvolvePoolReLU : torch::autograd::Function<ConvolvePoolReLU> {
    static at::Tensor forward(torch::autograd::AutogradContext *context, at::Tensor input, at::Tensor weight,
                              at::Tensor bias, int64_t pool) {
        input = input.contiguous();
        const int64_t songs = input.size(0), time = input.size(1), channels = input.size(2);
        const int64_t outputs = weight.size(0), width = weight.size(2);
        const int64_t convolved = time - width + 1, pooled = convolved / pool;
        TORCH_CHECK(pooled > 0, "convolution: ", time, " steps are too few for width ", width, " and pool ", pool);
        const int64_t rows = songs * time - (width - 1);
        auto taps = weight.permute({2, 1, 0}).contiguous(); // [width, C, out]
        auto flat = input.view({songs * time, channels});
        auto full = at::empty({songs * time, outputs}, input.options());
        auto sums = full.narrow(0, 0, rows);
        at::addmm_out(sums, bias, flat.narrow(0, 0, rows), taps[0]);
        for (int64_t k = 1; k < width; k++) sums.addmm_(flat.narrow(0, k, rows), taps[k]);

        auto result = at::empty({songs, pooled, outputs}, input.options());
        auto places = at::empty({pool > 1 ? songs * pooled * outputs : 0}, input.options().dtype(torch::kUInt8));
        const float *source = full.const_data_ptr<float>();
        float *target = result.mutable_data_ptr<float>();
        uint8_t *place = places.mutable_data_ptr<uint8_t>();
        at::parallel_for(0, songs * pooled, 64, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; i++) {
                const float *in = source + ((i / pooled) * time + (i % pooled) * pool) * outputs;
                float *best = target + i * outputs;
                for (int64_t c = 0; c < outputs; c++) best[c] = in[c];
                if (pool > 1) {
                    uint8_t *where = place + i * outputs;
                    for (int64_t c = 0; c < outputs; c++) where[c] = 0;
                    for (int64_t j = 1; j < pool; j++) {
                        in += outputs;
                        for (int64_t c = 0; c < outputs; c++) {
                            const bool more = in[c] > best[c];
                            best[c] = more ? in[c] : best[c];
                            where[c] = more ? static_cast<uint8_t>(j) : where[c];
                        }
                    }
                }
                for (int64_t c = 0; c < outputs; c++) best[c] = best[c] > 0 ? best[c] : 0;
            }
        });
        context->save_for_backward({flat, taps, result, places});
        context->saved_data["pool"] = pool;
        context->saved_data["time"] = time;
        context->saved_data["needs_input"] = input.requires_grad();
        return result;
    }

    static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::tensor_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &flat = saved[0], &taps = saved[1], &result = saved[2], &places = saved[3];
        const int64_t pool = context->saved_data["pool"].toInt(), time = context->saved_data["time"].toInt();
        const int64_t songs = result.size(0), pooled = result.size(1), outputs = result.size(2);
        const int64_t width = taps.size(0), channels = taps.size(1), rows = flat.size(0) - (width - 1);
        auto gradient = gradients[0].contiguous();

        // The gradient goes to the step that won its pool, if the ReLU let it through; all other rows get zero.
        auto full = at::empty({songs * time, outputs}, flat.options());
        const float *from = gradient.const_data_ptr<float>(), *value = result.const_data_ptr<float>();
        const uint8_t *place = places.const_data_ptr<uint8_t>();
        float *to = full.mutable_data_ptr<float>();
        at::parallel_for(0, songs, 1, [&](int64_t begin, int64_t end) {
            for (int64_t song = begin; song < end; song++) {
                float *base = to + song * time * outputs;
                for (int64_t p = 0; p < pooled; p++) {
                    const int64_t i = (song * pooled + p) * outputs;
                    for (int64_t j = 0; j < pool; j++) {
                        float *row = base + (p * pool + j) * outputs;
                        if (pool > 1)
                            for (int64_t c = 0; c < outputs; c++)
                                row[c] = place[i + c] == j && value[i + c] > 0 ? from[i + c] : 0.0f;
                        else
                            for (int64_t c = 0; c < outputs; c++) row[c] = value[i + c] > 0 ? from[i + c] : 0.0f;
                    }
                }
                std::memset(base + pooled * pool * outputs, 0, sizeof(float) * (time - pooled * pool) * outputs);
            }
        });
        auto sums = full.narrow(0, 0, rows);
        auto transposed = sums.t();
        auto weight_gradient = at::empty({width, outputs, channels}, flat.options());
        for (int64_t k = 0; k < width; k++) {
            auto tap = weight_gradient[k];
            at::mm_out(tap, transposed, flat.narrow(0, k, rows));
        }
        at::Tensor input_gradient;
        if (context->saved_data["needs_input"].toBool()) {
            input_gradient = at::zeros({songs * time, channels}, flat.options());
            for (int64_t k = 0; k < width; k++) input_gradient.narrow(0, k, rows).addmm_(sums, taps[k].t());
            input_gradient = input_gradient.view({songs, time, channels});
        }
        return {input_gradient, weight_gradient.permute({1, 2, 0}).contiguous(), full.sum(0), at::Tensor()};
    }
};

} // namespace

int ctorch_convolve_pool_relu(ctorch_tensor_t input, ctorch_tensor_t weight, ctorch_tensor_t bias, int pool,
                              ctorch_tensor_t *out) {
    return ctorch::guarded([&] {
        TORCH_CHECK(input->value.dim() == 3 && weight->value.dim() == 3, "convolution: input [N, T, C], weight [out, C, width]");
        // The loops above read memory directly; other devices take libtorch's own way.
        if (!input->value.device().is_cpu())
            return ctorch_convolve_pool_relu_reference(input, weight, bias, pool, out);
        return ctorch::keep(ConvolvePoolReLU::apply(input->value, weight->value, bias->value, pool), out);
    });
}
