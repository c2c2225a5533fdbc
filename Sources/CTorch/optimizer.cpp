// Optimiser steps: clipping, the rule and the averages of all parameters in two passes over memory.
#include "kernels.hpp"
#include "parallel.hpp"
#include "tensor.hpp"

namespace {

using at::Tensor;

struct Parameters {
    std::vector<Tensor> values, gradients, first, second, averages;
};

/// Elements of a stretch: small enough to share the work out, and always the same, so that sums do not depend on the threads.
constexpr int64_t stretch_elements = 1 << 15;

std::vector<ctorch::Stretch> stretches(const Parameters &all) {
    std::vector<ctorch::Stretch> result;
    auto at_offset = [](const std::vector<Tensor> &tensors, size_t i, int64_t offset) {
        return tensors.empty() ? nullptr : tensors[i].mutable_data_ptr<float>() + offset;
    };
    for (size_t i = 0; i < all.values.size(); i++) {
        const int64_t count = all.values[i].numel();
        for (int64_t offset = 0; offset < count; offset += stretch_elements)
            result.push_back({at_offset(all.values, i, offset), at_offset(all.gradients, i, offset), at_offset(all.first, i, offset),
                              at_offset(all.second, i, offset), at_offset(all.averages, i, offset),
                              std::min(stretch_elements, count - offset)});
    }
    return result;
}

void step_on_cpu(const Parameters &all, const ctorch_step &step) {
    const auto parts = stretches(all);
    const auto count = static_cast<int64_t>(parts.size());
    float scale = 1;
    if (step.gradient_limit > 0) {
        std::vector<double> squares(parts.size());
        ctorch::parallel_for(count, 1, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; i++) squares[i] = ctorch::sum_of_squares(parts[i].gradient, parts[i].count);
        });
        double sum = 0;
        for (double square : squares) sum += square;
        // As torch.nn.utils.clip_grad_norm_ has it.
        scale = static_cast<float>(std::min(1.0, step.gradient_limit / (std::sqrt(sum) + 1e-6)));
    }
    const ctorch::StepSize size{scale,
                                static_cast<float>(step.learning_rate),
                                static_cast<float>(step.momentum),
                                static_cast<float>(step.weight_decay),
                                static_cast<float>(1 - std::pow(0.9, step.number)),
                                static_cast<float>(1 - std::pow(0.99, step.number)),
                                static_cast<float>(step.average_share)};
    ctorch::parallel_for(count, 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i++) step.is_adamw ? ctorch::adamw(parts[i], size) : ctorch::nesterov(parts[i], size);
    });
}

/// The same in libtorch's operations, which wait for no result: for other devices, and what the kernels are tested against.
void step_by_operations(const Parameters &all, const ctorch_step &step) {
    if (step.gradient_limit > 0) {
        std::vector<Tensor> norms;
        for (const auto &gradient : all.gradients) norms.push_back(gradient.norm());
        auto scale = (step.gradient_limit / (at::stack(norms).norm() + 1e-6)).clamp_max(1);
        for (const auto &gradient : all.gradients) gradient.mul_(scale);
    }
    const double correction1 = 1 - std::pow(0.9, step.number), correction2 = 1 - std::pow(0.99, step.number);
    for (size_t i = 0; i < all.values.size(); i++) {
        const Tensor &parameter = all.values[i], &gradient = all.gradients[i], &first = all.first[i];
        if (step.is_adamw) {
            parameter.mul_(1 - step.learning_rate * step.weight_decay);
            first.lerp_(gradient, 1 - 0.9);
            all.second[i].mul_(0.99).addcmul_(gradient, gradient, 1 - 0.99);
            auto spread = (all.second[i].sqrt() / std::sqrt(correction2)).add_(1e-8);
            parameter.addcdiv_(first, spread, -step.learning_rate / correction1);
        } else {
            // v <- m v + g;  p <- p - rate (g + m v), as torch.optim.SGD(nesterov=True) has it.
            if (step.weight_decay != 0) gradient.add_(parameter, step.weight_decay);
            first.mul_(step.momentum).add_(gradient);
            parameter.add_(gradient, -step.learning_rate).add_(first, -step.learning_rate * step.momentum);
        }
        if (!all.averages.empty()) all.averages[i].lerp_(parameter, step.average_share);
    }
}

} // namespace

int ctorch_optimizer_step(ctorch_tensor_t *parameters, ctorch_tensor_t *first, ctorch_tensor_t *second,
                          ctorch_tensor_t *averages, int count, const ctorch_step *step) {
    return ctorch::guarded([&] {
        at::NoGradGuard guard;
        Parameters all;
        bool on_cpu = !step->by_operations;
        for (int i = 0; i < count; i++) {
            const Tensor &parameter = parameters[i]->value;
            TORCH_CHECK(parameter.grad().defined(), "a parameter has no gradient: call backward first");
            all.values.push_back(parameter);
            all.gradients.push_back(parameter.grad().contiguous());
            all.first.push_back(first[i]->value);
            if (second) all.second.push_back(second[i]->value);
            if (averages) all.averages.push_back(averages[i]->value);
            on_cpu = on_cpu && parameter.device().is_cpu() && parameter.is_contiguous() && parameter.scalar_type() == at::kFloat &&
                     first[i]->value.is_contiguous() && (!second || second[i]->value.is_contiguous()) &&
                     (!averages || averages[i]->value.is_contiguous());
        }
        TORCH_CHECK(!step->is_adamw || second, "AdamW needs the squares' means");
        on_cpu ? step_on_cpu(all, *step) : step_by_operations(all, *step);
        for (int i = 0; i < count; i++) parameters[i]->value.mutable_grad().reset();
        return 0;
    });
}
