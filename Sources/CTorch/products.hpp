// Products of many small matrices on one thread, by whichever of libtorch's libraries is faster on this processor.
#pragma once
#include <torch/torch.h>

namespace ctorch {

/// `c[i] = a[i] · b[i]`, or `c[i] += a[i] · b[i]`: a `[count, m, k]`, b `[count, k, n]`, c `[count, m, n]`, all contiguous.
void products(at::Tensor &c, const at::Tensor &a, const at::Tensor &b, bool add = false);

/// The same with a transposed, `[count, k, m]`; `scratch` is used for turning it, and keeps its memory for the next call.
void products_of_transposed(at::Tensor &c, const at::Tensor &a, const at::Tensor &b, std::vector<float> &scratch, bool add = false);

/// `[rows, columns]` to `[columns, rows]`, whose rows lie `stride` apart; in squares that stay in the nearest cache.
void transpose(const float *from, int64_t rows, int64_t columns, float *to, int64_t stride);

} // namespace ctorch
