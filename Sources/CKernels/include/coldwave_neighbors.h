// The most similar rows of a sparse matrix.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A sparse matrix in CSR form.
typedef struct {
    const int64_t *offsets;
    const int32_t *indices;
    const float *values;
} coldwave_sparse;

/// What is known of a row while others are compared with it: the dot product so far, and the columns in common.
typedef struct {
    float sum;
    int32_t common;
} coldwave_cell;

/// The `k` rows r other than `row` with the largest (x_row . x_r) * common / (common + shrinkage), best first; equal scores
/// in ascending order of r, scores that are not positive never.
/// `matrix` is X [rows, columns], `columns` its transpose. `cells` [rows] is zero before and after; `touched` is [rows].
/// Gives how many there are, up to k, in `indices` and `scores`.
int coldwave_similar_rows(const coldwave_sparse *matrix, const coldwave_sparse *columns, int32_t row, int k, float shrinkage,
                          coldwave_cell *cells, int32_t *touched, int32_t *indices, float *scores);

#ifdef __cplusplus
}
#endif
