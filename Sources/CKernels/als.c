// Normal equations and their Cholesky solution for one row of implicit ALS.
//
// The row's factors are gathered into contiguous blocks scaled by sqrt(c - 1), so that the weighted sum of outer products is
// B'B of one small dense block: tiles of 8 x 16 are kept in registers, and only tiles on or above the diagonal are
// computed.
#include "coldwave_als.h"
#include "dispatch.h"
#include <math.h>
#include <string.h>

#define WIDE 16
#define TALL 8
#define BLOCK 64
typedef float wide __attribute__((vector_size(4 * WIDE)));

static inline int padded(int dimensions) { return (dimensions + WIDE - 1) / WIDE * WIDE; }

int64_t coldwave_als_scratch(int dimensions) {
    const int64_t ld = padded(dimensions);
    return BLOCK * ld + ld * ld + ld;
}

/// upper += B'B for B [rows, ld]; tiles below the diagonal are left alone.
static inline __attribute__((always_inline)) void add_products(const float *block, int rows, int ld, float *upper) {
    for (int i = 0; i < ld; i += TALL) {
        for (int j = i / WIDE * WIDE; j < ld; j += WIDE) {
            wide sums[TALL];
            for (int t = 0; t < TALL; t++) sums[t] = *(const wide *)(upper + (int64_t)(i + t) * ld + j);
            const float *row = block;
            for (int k = 0; k < rows; k++, row += ld) {
                const wide right = *(const wide *)(row + j);
                for (int t = 0; t < TALL; t++) sums[t] += row[i + t] * right;
            }
            for (int t = 0; t < TALL; t++) *(wide *)(upper + (int64_t)(i + t) * ld + j) = sums[t];
        }
    }
}

COLDWAVE_DISPATCH
int coldwave_als_row(const float *others, int dimensions, const int32_t *indices, const float *confidences, int64_t count,
                     const float *gram, float diagonal, const float *right, float *scratch, float *out) {
    const int d = dimensions, ld = padded(d);
    float *block = scratch, *upper = block + (int64_t)BLOCK * ld, *vector = upper + (int64_t)ld * ld;
    for (int i = 0; i < ld; i++) {
        for (int j = 0; j < ld; j++) upper[(int64_t)i * ld + j] = i < d && j < d ? gram[(int64_t)i * d + j] : 0;
        upper[(int64_t)i * ld + i] += i < d ? diagonal : 1;
        vector[i] = right && i < d ? right[i] : 0;
    }
    for (int64_t start = 0; start < count; start += BLOCK) {
        const int rows = (int)(count - start < BLOCK ? count - start : BLOCK);
        for (int k = 0; k < rows; k++) {
            const float *y = others + (int64_t)indices[start + k] * d;
            const float c = confidences[start + k], root = sqrtf(c > 1 ? c - 1 : 0);
            float *to = block + (int64_t)k * ld;
            for (int i = 0; i < d; i++) to[i] = root * y[i];
            for (int i = d; i < ld; i++) to[i] = 0;
            for (int i = 0; i < d; i++) vector[i] += c * y[i];
        }
        add_products(block, rows, ld, upper);
    }
    // U'U = A, row by row: every update adds a multiple of one row to another.
    for (int k = 0; k < d; k++) {
        float *pivot = upper + (int64_t)k * ld;
        if (!(pivot[k] > 0)) return -1;
        const float scale = 1 / sqrtf(pivot[k]);
        for (int j = k; j < ld; j++) pivot[j] *= scale;
        for (int i = k + 1; i < d; i++) {
            float *row = upper + (int64_t)i * ld;
            const float factor = pivot[i];
            for (int j = i / WIDE * WIDE; j < ld; j += WIDE) *(wide *)(row + j) -= factor * *(const wide *)(pivot + j);
        }
    }
    for (int k = 0; k < d; k++) {
        const float *row = upper + (int64_t)k * ld;
        const float value = vector[k] /= row[k];
        for (int i = k + 1; i < d; i++) vector[i] -= value * row[i];
    }
    for (int k = d - 1; k >= 0; k--) {
        const float *row = upper + (int64_t)k * ld;
        float sum = vector[k];
        for (int i = k + 1; i < d; i++) sum -= row[i] * vector[i];
        vector[k] = sum / row[k];
    }
    for (int i = 0; i < d; i++) {
        if (!isfinite(vector[i])) return -1;
        out[i] = vector[i];
    }
    return 0;
}

COLDWAVE_DISPATCH
void coldwave_gram(const float *rows, int64_t count, int dimensions, float *scratch, double *gram) {
    const int d = dimensions, ld = padded(d);
    float *block = scratch, *upper = block + (int64_t)BLOCK * ld;
    for (int64_t start = 0; start < count; start += BLOCK) {
        const int n = (int)(count - start < BLOCK ? count - start : BLOCK);
        for (int k = 0; k < n; k++) {
            memcpy(block + (int64_t)k * ld, rows + (start + k) * d, sizeof(float) * d);
            memset(block + (int64_t)k * ld + d, 0, sizeof(float) * (ld - d));
        }
        memset(upper, 0, sizeof(float) * ld * ld);
        add_products(block, n, ld, upper);
        for (int i = 0; i < d; i++)
            for (int j = i; j < d; j++) gram[(int64_t)i * d + j] += upper[(int64_t)i * ld + j];
    }
    for (int i = 0; i < d; i++)
        for (int j = 0; j < i; j++) gram[(int64_t)i * d + j] = gram[(int64_t)j * d + i];
}
