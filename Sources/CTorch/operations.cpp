// Operations on tensors that need no code of their own below libtorch.
#include "tensor.hpp"

using ctorch::guarded;
using ctorch::keep;

int ctorch_mean_frames(ctorch_tensor_t input, int frames, ctorch_tensor_t *out) {
    return guarded([&] {
        const auto &x = input->value;
        const int64_t steps = x.size(1) / frames;
        TORCH_CHECK(steps > 0, "mean over frames: ", x.size(1), " frames are fewer than ", frames);
        return keep(x.narrow(1, 0, steps * frames).reshape({x.size(0), steps, frames, x.size(2)}).mean(2), out);
    });
}

int ctorch_linear(ctorch_tensor_t input, ctorch_tensor_t weight, ctorch_tensor_t bias, ctorch_tensor_t *out) {
    return guarded([&] {
        const auto type = input->value.scalar_type();
        return keep(at::linear(input->value, weight->value.to(type), bias->value.to(type)), out);
    });
}

int ctorch_relu(ctorch_tensor_t input, ctorch_tensor_t *out) {
    return guarded([&] { return keep(at::relu(input->value), out); });
}

int ctorch_standardize(ctorch_tensor_t input, ctorch_tensor_t mean, ctorch_tensor_t deviation, ctorch_tensor_t *out) {
    return guarded([&] { return keep((input->value - mean->value) / deviation->value, out); });
}

int ctorch_squared_error(ctorch_tensor_t output, ctorch_tensor_t target, ctorch_tensor_t weights, ctorch_tensor_t *out) {
    return guarded([&] {
        const at::Tensor errors = (output->value.to(at::kFloat) - target->value).square().sum(-1);
        return keep((weights ? errors * weights->value : errors).mean(), out);
    });
}

int ctorch_quadratic_error(ctorch_tensor_t output, ctorch_tensor_t a, ctorch_tensor_t b, ctorch_tensor_t s,
                           ctorch_tensor_t *out) {
    return guarded([&] {
        const at::Tensor x = output->value.to(at::kFloat);
        const at::Tensor ax = at::bmm(a->value, x.unsqueeze(2)).squeeze(2);
        return keep(((x * (ax - 2 * b->value)).sum(-1) + s->value).mean(), out);
    });
}

int ctorch_cast(ctorch_tensor_t input, bool bfloat16, ctorch_tensor_t *out) {
    return guarded([&] { return keep(input->value.to(bfloat16 ? at::kBFloat16 : at::kFloat), out); });
}
