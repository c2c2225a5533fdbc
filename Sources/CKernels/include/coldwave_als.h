// One row of the alternating least squares of implicit feedback.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Floats of scratch memory for `dimensions`.
int64_t coldwave_als_scratch(int dimensions);

/// Solves (gram + diagonal I + sum_k (c_k - 1) y_k y_k') x = right + sum_k c_k y_k for one row, by Cholesky.
/// `others` is [n, dimensions]; `indices` and `confidences` name the row's `count` entries; `gram` is [d, d];
/// `right` [d] may be null. `scratch` is aligned to 64 bytes. Gives 0, or -1 when the matrix is not positive definite in
/// single precision.
int coldwave_als_row(const float *others, int dimensions, const int32_t *indices, const float *confidences, int64_t count,
                     const float *gram, float diagonal, const float *right, float *scratch, float *out);

/// gram += sum over rows of y y', in single precision over blocks of rows, summed in double: [d, d] doubles.
void coldwave_gram(const float *rows, int64_t count, int dimensions, float *scratch, double *gram);

#ifdef __cplusplus
}
#endif
