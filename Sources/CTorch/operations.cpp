// Operations on tensors that need no code of their own below libtorch.
#include "tensor.hpp"

using ctorch::guarded;
using ctorch::keep;

int ctorch_convolve_pool_relu_reference(ctorch_tensor_t input, ctorch_tensor_t weight, ctorch_tensor_t bias, int pool,
                                        ctorch_tensor_t *out) {
    return guarded([&] {
        auto result = at::conv1d(input->value.transpose(1, 2), weight->value, bias->value);
        if (pool > 1) result = at::max_pool1d(result, pool);
        return keep(at::relu(result).transpose(1, 2).contiguous(), out);
    });
}

int ctorch_mean_frames(ctorch_tensor_t input, int frames, ctorch_tensor_t *out) {
    return guarded([&] {
        const auto &x = input->value;
        const int64_t steps = x.size(1) / frames;
        TORCH_CHECK(steps > 0, "mean over frames: ", x.size(1), " frames are fewer than ", frames);
        return keep(x.narrow(1, 0, steps * frames).reshape({x.size(0), steps, frames, x.size(2)}).mean(2), out);
    });
}

int ctorch_pool_over_time(ctorch_tensor_t input, ctorch_tensor_t *out) {
    return guarded([&] {
        const auto &x = input->value;
        // The tiny addend keeps the square root's slope finite where a channel is silent throughout.
        auto root_mean_square = (x.square().mean(1) + 1e-12).sqrt();
        return keep(at::cat({x.mean(1), std::get<0>(x.max(1)), root_mean_square}, 1), out);
    });
}

int ctorch_linear(ctorch_tensor_t input, ctorch_tensor_t weight, ctorch_tensor_t bias, ctorch_tensor_t *out) {
    return guarded([&] { return keep(at::linear(input->value, weight->value, bias->value), out); });
}

int ctorch_relu(ctorch_tensor_t input, ctorch_tensor_t *out) {
    return guarded([&] { return keep(at::relu(input->value), out); });
}

int ctorch_dropout(ctorch_tensor_t input, double probability, ctorch_tensor_t *out) {
    return guarded([&] { return keep(at::dropout(input->value, probability, true), out); });
}

int ctorch_standardize(ctorch_tensor_t input, ctorch_tensor_t mean, ctorch_tensor_t deviation, ctorch_tensor_t *out) {
    return guarded([&] { return keep((input->value - mean->value) / deviation->value, out); });
}

int ctorch_squared_error(ctorch_tensor_t output, ctorch_tensor_t target, ctorch_tensor_t weights, ctorch_tensor_t *out) {
    return guarded([&] {
        const at::Tensor errors = (output->value - target->value).square().sum(-1);
        return keep((weights ? errors * weights->value : errors).mean(), out);
    });
}

int ctorch_quadratic_error(ctorch_tensor_t output, ctorch_tensor_t a, ctorch_tensor_t b, ctorch_tensor_t s,
                           ctorch_tensor_t *out) {
    return guarded([&] {
        const auto &x = output->value;
        const at::Tensor ax = at::bmm(a->value, x.unsqueeze(2)).squeeze(2);
        return keep(((x * (ax - 2 * b->value)).sum(-1) + s->value).mean(), out);
    });
}

int ctorch_windows(ctorch_tensor_t input, const int64_t *starts, int count, int64_t length, ctorch_tensor_t *out) {
    return guarded([&] {
        std::vector<at::Tensor> windows;
        for (int i = 0; i < count; i++) windows.push_back(input->value[0].narrow(0, starts[i], length));
        return keep(at::stack(windows), out);
    });
}

int ctorch_mean_rows(ctorch_tensor_t input, ctorch_tensor_t *out) {
    return guarded([&] { return keep(input->value.mean(0), out); });
}
