// The nearest of many centres: the hot loop of k-means.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Centres are handled so many at a time.
enum { COLDWAVE_CENTRE_BLOCK = 64 };

/// For each of `count` points [count, dimensions] the centre c with the largest x.c - |c|^2 / 2, the nearest one; the first of equals.
/// `centres` is [dimensions, columns], one centre a column; `columns` is a multiple of COLDWAVE_CENTRE_BLOCK. `half_squares` [columns]
/// is |c|^2 / 2, and infinity for columns that fill up. `nearest` and `scores` are [count].
void coldwave_nearest_centres(const float *points, int64_t count, int dimensions, const float *centres,
                              const float *half_squares, int columns, int32_t *nearest, float *scores);

#ifdef __cplusplus
}
#endif
