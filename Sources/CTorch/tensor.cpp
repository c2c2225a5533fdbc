// Tensors' life, data, gradients and optimiser steps.
#include "tensor.hpp"
#include <torch/version.h>
#if __has_include(<ATen/Parallel.h>)
#include <ATen/Parallel.h>
#endif

using ctorch::guarded;
using ctorch::keep;

std::string &ctorch::last_error() {
    thread_local std::string text;
    return text;
}

const char *ctorch_last_error(void) { return ctorch::last_error().c_str(); }
const char *ctorch_version(void) { return TORCH_VERSION; }

bool ctorch_device_available(const char *device) {
    const std::string name(device);
    if (name == "cpu") return true;
    if (name == "cuda") return torch::cuda::is_available();
    if (name == "mps") return at::hasMPS();
    return false;
}

int ctorch_set_threads(int threads) {
    return guarded([&] {
        at::set_num_threads(threads);
        return 0;
    });
}

int ctorch_manual_seed(uint64_t seed) {
    return guarded([&] {
        torch::manual_seed(seed);
        return 0;
    });
}

bool ctorch_set_gradients(bool enabled) {
    const bool before = at::GradMode::is_enabled();
    at::GradMode::set_enabled(enabled);
    return before;
}

int ctorch_from_floats(const float *values, const int64_t *shape, int rank, const char *device, ctorch_tensor_t *out) {
    return guarded([&] {
        auto borrowed = torch::from_blob(const_cast<float *>(values), at::IntArrayRef(shape, rank), torch::kFloat32);
        return keep(borrowed.to(torch::Device(std::string(device)), torch::kFloat32, false, true), out);
    });
}

int ctorch_zeros_like(ctorch_tensor_t tensor, ctorch_tensor_t *out) {
    return guarded([&] { return keep(at::zeros_like(tensor->value.detach()), out); });
}

void ctorch_free(ctorch_tensor_t tensor) { delete tensor; }
int ctorch_rank(ctorch_tensor_t tensor) { return static_cast<int>(tensor->value.dim()); }
int64_t ctorch_size(ctorch_tensor_t tensor, int dimension) { return tensor->value.size(dimension); }

int ctorch_copy_out(ctorch_tensor_t tensor, float *values, int64_t count) {
    return guarded([&] {
        auto plain = tensor->value.detach().to(torch::kCPU, torch::kFloat32).contiguous();
        TORCH_CHECK(plain.numel() == count, "copy_out: ", plain.numel(), " elements for a buffer of ", count);
        std::memcpy(values, plain.data_ptr<float>(), sizeof(float) * count);
        return 0;
    });
}

int ctorch_assign(ctorch_tensor_t tensor, ctorch_tensor_t source) {
    return guarded([&] {
        at::NoGradGuard guard;
        tensor->value.copy_(source->value);
        return 0;
    });
}

int ctorch_move_towards(ctorch_tensor_t tensor, ctorch_tensor_t source, double share) {
    return guarded([&] {
        at::NoGradGuard guard;
        tensor->value.lerp_(source->value, share);
        return 0;
    });
}

int ctorch_set_requires_gradient(ctorch_tensor_t tensor) {
    return guarded([&] {
        tensor->value.set_requires_grad(true);
        return 0;
    });
}

int ctorch_backward(ctorch_tensor_t loss) {
    return guarded([&] {
        loss->value.backward();
        return 0;
    });
}

int ctorch_gradient(ctorch_tensor_t tensor, ctorch_tensor_t *out) {
    return guarded([&] {
        TORCH_CHECK(tensor->value.grad().defined(), "this tensor has no gradient: call backward first");
        return keep(tensor->value.grad().detach().clone(), out);
    });
}

int ctorch_clip_gradients(ctorch_tensor_t *parameters, int count, double limit, double *norm) {
    return guarded([&] {
        std::vector<at::Tensor> tensors;
        for (int i = 0; i < count; i++) tensors.push_back(parameters[i]->value);
        *norm = torch::nn::utils::clip_grad_norm_(tensors, limit);
        return 0;
    });
}

int ctorch_sgd_step(ctorch_tensor_t *parameters, ctorch_tensor_t *momenta, int count, double learning_rate,
                    double momentum, double weight_decay) {
    return guarded([&] {
        at::NoGradGuard guard;
        for (int i = 0; i < count; i++) {
            at::Tensor &parameter = parameters[i]->value;
            at::Tensor &velocity = momenta[i]->value;
            at::Tensor gradient = parameter.grad();
            if (!gradient.defined()) continue;
            // v <- m v + g;  p <- p - rate (g + m v), as torch.optim.SGD(nesterov=True) has it.
            if (weight_decay != 0) gradient.add_(parameter, weight_decay);
            velocity.mul_(momentum).add_(gradient);
            parameter.add_(gradient, -learning_rate).add_(velocity, -learning_rate * momentum);
            parameter.mutable_grad().reset();
        }
        return 0;
    });
}

int ctorch_adamw_step(ctorch_tensor_t *parameters, ctorch_tensor_t *means, ctorch_tensor_t *squares, int count,
                      double learning_rate, double weight_decay, int64_t step) {
    return guarded([&] {
        at::NoGradGuard guard;
        const double beta1 = 0.9, beta2 = 0.99;
        const double correction1 = 1 - std::pow(beta1, step), correction2 = 1 - std::pow(beta2, step);
        for (int i = 0; i < count; i++) {
            at::Tensor &parameter = parameters[i]->value;
            at::Tensor gradient = parameter.grad();
            if (!gradient.defined()) continue;
            parameter.mul_(1 - learning_rate * weight_decay);
            means[i]->value.lerp_(gradient, 1 - beta1);
            squares[i]->value.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
            auto spread = (squares[i]->value.sqrt() / std::sqrt(correction2)).add_(1e-8);
            parameter.addcdiv_(means[i]->value, spread, -learning_rate / correction1);
            parameter.mutable_grad().reset();
        }
        return 0;
    });
}
