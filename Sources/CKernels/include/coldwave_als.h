// One half of an iteration of implicit ALS: the rows of one side with the other side's factors fixed.
//
// With A = Y'Y + lambda I = LL' and W = Y L^-T ("whitened" factors), a row's equations become
// (I + W'DW) z = W'e + L^-1 r, x = L^-T z, where D holds the extra confidences c - 1 of the row's entries and e their
// c p. Nothing of the large Y'Y is left in them, so that single precision is enough. A row with fewer entries than
// dimensions is solved through the smaller system (I + sqrt(D) W W' sqrt(D)) of its entries.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Rows solved together.
enum { COLDWAVE_ALS_GROUP = 8 };

typedef struct {
    int dimensions;             // d
    int stride;                 // d rounded up to a multiple of 8
    const float *others;        // W, [others, stride], zeros behind column d
    const float *inverse;       // L^-1, [d, stride]
    const int64_t *offsets;     // rows of the sparse matrix: entries offsets[row] ..< offsets[row + 1]
    const int32_t *indices;     // which of the others
    const float *confidences;   // c >= 1 where the preference p is 1; -c where it is 0
    const float *right;         // L^-1 r of each row, [rows, stride], or null for none
    float *out;                 // [rows, d]
} coldwave_als_half;

/// Most entries a row may have to be solved through the system of its entries.
int coldwave_als_short(int dimensions);

/// Floats of scratch memory for coldwave_als_solve; it must be aligned to 64 bytes.
int64_t coldwave_als_scratch(int dimensions);

/// Solves the rows named by `rows`, 1 to 8 of them: all with at most coldwave_als_short entries, or all with more.
/// `following` more rows stand behind them in `rows`, and will be solved next. Gives -1, or the first row whose equations
/// can't be solved.
int32_t coldwave_als_solve(const coldwave_als_half *half, const int32_t *rows, int count, int following, float *scratch);

/// gram += sum over rows of y y', in single precision over blocks of rows, summed in double: [d, d] doubles.
void coldwave_gram(const float *rows, int64_t count, int dimensions, float *scratch, double *gram);

/// L^-1 for LL' = gram + diagonal I, [d, stride] and its transpose [d, stride]; `scratch` is [d, d] doubles.
/// Gives 0, or -1 when the sum is not positive definite.
int coldwave_als_whitener(const double *gram, double diagonal, int dimensions, double *scratch, float *inverse,
                          float *transposed);

/// out [count, stride] = rows [count, d] times matrix [d, stride].
void coldwave_als_multiply(const float *rows, int64_t count, int dimensions, const float *matrix, float *out);

/// sum of c (p - s)^2 - s^2 over the entries of rows first ..< end, with s = x . y; x [rows, d], y [others, d].
double coldwave_als_loss(const float *x, const float *y, int dimensions, const int64_t *offsets, const int32_t *indices,
                         const float *confidences, int64_t first, int64_t end);

#ifdef __cplusplus
}
#endif
