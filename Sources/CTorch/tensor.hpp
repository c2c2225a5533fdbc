// What the shim's files share: the handle and the exception boundary.
#pragma once
#include "ctorch.h"
#include <string>
#include <torch/torch.h>

struct ctorch_tensor {
    at::Tensor value;
};

namespace ctorch {
std::string &last_error();

inline int keep(at::Tensor value, ctorch_tensor_t *out) {
    *out = new ctorch_tensor{std::move(value)};
    return 0;
}

/// Our own kernels read memory directly; other devices and types take libtorch's own way.
inline bool has_kernels(const at::Tensor &tensor) {
    return tensor.device().is_cpu() && (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kBFloat16);
}

/// Runs `body`; no C++ exception gets past this point.
template <typename Body> int guarded(Body body) {
    try {
        return body();
    } catch (const c10::Error &error) {
        last_error() = error.what_without_backtrace();
    } catch (const std::exception &error) {
        last_error() = error.what();
    } catch (...) {
        last_error() = "unknown C++ exception";
    }
    return -1;
}
} // namespace ctorch
