// See winograd.cpp.
#pragma once
#include "tensor.hpp"

namespace ctorch {

/// float32, CPU, width 4.
bool suits_winograd(const at::Tensor &input, const at::Tensor &weight, int64_t pool);

/// Input [N, T, C], weight [out, C, 4], bias [out] → [N, (T - 3) / pool, out].
at::Tensor winograd(const at::Tensor &input, const at::Tensor &weight, const at::Tensor &bias, int64_t pool);

} // namespace ctorch
