// Small dense blocks of implicit ALS: products of gathered rows, and eight systems factored at once, one a SIMD lane.
#pragma once
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
// Eight floats suit AVX2 as they are; AVX-512 adds the registers. Wider vectors would waste more of the triangle.
enum { LANES = 8, TALL = 4, BLOCK = 64, STEP = 8 };
typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t mask __attribute__((vector_size(4 * LANES)));
typedef float loose __attribute__((vector_size(4 * LANES), aligned(4)));

INLINE int padded(int n) { return (n + LANES - 1) / LANES * LANES; }

/// Rows of a large matrix that will be read soon: `indices` names `count` of them, each of `ld` floats.
typedef struct {
    const float *rows;
    const int32_t *indices;
    int64_t count;
    int ld;
} soon;

/// Fetches the next few of them into the cache.
INLINE void fetch(soon *s, int few) {
    for (; few > 0 && s->count > 0; few--, s->count--, s->indices++) {
        const float *y = s->rows + (int64_t)*s->indices * s->ld;
        for (int i = 0; i < s->ld; i += 16) __builtin_prefetch(y + i);
    }
}

/// upper[i ..< i + tall][j ..< j + 8 * width] += (B'B there), or = where it is fresh, for B [rows, ld]; `tall` and `width`
/// are constants where it is called. The next rows are fetched one at a time between the steps: more at once would fill
/// the cache's queue of misses, and the sums would wait for it.
INLINE void add_tile(const float *block, int rows, int ld, int i, int j, const int tall, const int width, int fresh,
                     float *upper, soon *next) {
    vec sums[8][3];
    for (int t = 0; t < tall; t++)
        for (int w = 0; w < width; w++)
            sums[t][w] = fresh ? (vec){0} : *(const vec *)(upper + (int64_t)(i + t) * ld + j + LANES * w);
    const float *row = block;
    for (int start = 0; start < rows; start += STEP) {
        const int end = start + STEP < rows ? start + STEP : rows;
        fetch(next, 1);
        for (int k = start; k < end; k++, row += ld) {
            vec right[3];
            for (int w = 0; w < width; w++) right[w] = *(const vec *)(row + j + LANES * w);
            for (int t = 0; t < tall; t++)
                for (int w = 0; w < width; w++) sums[t][w] += row[i + t] * right[w];
        }
    }
    for (int t = 0; t < tall; t++)
        for (int w = 0; w < width; w++) *(vec *)(upper + (int64_t)(i + t) * ld + j + LANES * w) = sums[t][w];
}

/// upper += B'B, or = where it is fresh, for B [rows, ld]; below the diagonal's blocks nothing is touched.
/// Tiles hold at least eight sums, which is what it takes to keep two multipliers of four cycles' latency busy. They read no
/// memory but the block, so that what comes next can be fetched meanwhile.
INLINE void add_products(const float *block, int rows, int ld, int fresh, float *upper, soon *next) {
    for (int i = 0; i < ld; i += LANES) {
        int j = i;
        for (; ld - j >= 3 * LANES && ld - j != 4 * LANES; j += 3 * LANES)
            for (int t = 0; t < LANES; t += TALL) add_tile(block, rows, ld, i + t, j, TALL, 3, fresh, upper, next);
        for (; ld - j >= 2 * LANES; j += 2 * LANES)
            for (int t = 0; t < LANES; t += TALL) add_tile(block, rows, ld, i + t, j, TALL, 2, fresh, upper, next);
        if (j < ld) add_tile(block, rows, ld, i, j, LANES, 1, fresh, upper, next);
    }
}

INLINE void transpose(vec r[LANES]) {
    vec a[LANES], b[LANES];
    for (int i = 0; i < LANES; i += 2) {
        a[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        a[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < LANES; i += 4)
        for (int j = 0; j < 2; j++) {
            b[i + j] = __builtin_shufflevector(a[i + j], a[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            b[i + j + 2] = __builtin_shufflevector(a[i + j], a[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int j = 0; j < 4; j++) {
        r[j] = __builtin_shufflevector(b[j], b[j + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        r[j + 4] = __builtin_shufflevector(b[j], b[j + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

/// Eight matrices' upper halves [8][ld, ld], and I added to each, to one lower half with a matrix a lane:
/// low[j * stride + 8 i] = upper_l[i][j] + I_ij.
INLINE void upper_to_lanes(const float *upper, int ld, float *low, int64_t stride) {
    for (int i = 0; i < ld; i++)
        for (int j = i / LANES * LANES; j < ld; j += LANES) {
            vec r[LANES];
            for (int l = 0; l < LANES; l++) r[l] = *(const vec *)(upper + (int64_t)l * ld * ld + (int64_t)i * ld + j);
            transpose(r);
            for (int q = 0; q < LANES; q++) *(vec *)(low + (j + q) * stride + LANES * i) = r[q];
        }
    for (int i = 0; i < ld; i++) *(vec *)(low + i * stride + LANES * i) += 1;
}

/// Eight vectors [8][ld] to one with a vector a lane, [ld][8]; and back, for the transposition is its own inverse.
INLINE void vectors_to_lanes(const float *vectors, int ld, float *lanes) {
    for (int j = 0; j < ld; j += LANES) {
        vec r[LANES];
        for (int l = 0; l < LANES; l++) r[l] = *(const vec *)(vectors + (int64_t)l * ld + j);
        transpose(r);
        for (int q = 0; q < LANES; q++) *(vec *)(lanes + LANES * (j + q)) = r[q];
    }
}

INLINE void vectors_from_lanes(const float *lanes, int ld, float *vectors) {
    for (int j = 0; j < ld; j += LANES) {
        vec r[LANES];
        for (int q = 0; q < LANES; q++) r[q] = *(const vec *)(lanes + LANES * (j + q));
        transpose(r);
        for (int l = 0; l < LANES; l++) *(vec *)(vectors + (int64_t)l * ld + j) = r[l];
    }
}

/// The 4 × 4 tile [i ..< i + 4][j ..< j + 4] of A, less what the columns left of j explain of it.
INLINE void reduced_tile(const float *low, int64_t stride, int i, int j, vec a[TALL][TALL]) {
    const float *left = low + i * stride, *top = low + j * stride;
    for (int s = 0; s < TALL; s++)
        for (int t = 0; t < TALL; t++) a[s][t] = *(const vec *)(left + s * stride + LANES * (j + t));
    for (int k = 0; k < j; k++) {
        vec l[TALL];
        for (int t = 0; t < TALL; t++) l[t] = *(const vec *)(top + t * stride + LANES * k);
        for (int s = 0; s < TALL; s++) {
            const vec x = *(const vec *)(left + s * stride + LANES * k);
            for (int t = 0; t < TALL; t++) a[s][t] -= x * l[t];
        }
    }
}

/// LL' = A in every lane, in place, `m` a multiple of 4; `inverse` [m][8] gets 1 / L_jj.
/// A is I + something positive semidefinite, so that no pivot can be below 1: lanes in which one is below 1/2 have lost
/// their precision, and get a bit in the result.
INLINE int factor_lanes(float *low, int64_t stride, int m, float *inverse) {
    mask bad = {0};
    for (int j = 0; j < m; j += TALL) {
        vec a[TALL][TALL], l[TALL][TALL], scale[TALL];
        reduced_tile(low, stride, j, j, l);
#pragma clang loop unroll(full)
        for (int t = 0; t < TALL; t++) {
            bad |= ~(l[t][t] > 0.5f);
            l[t][t] = __builtin_elementwise_sqrt(__builtin_elementwise_max(l[t][t], (vec){0} + 0.5f));
            scale[t] = 1 / l[t][t];
            *(vec *)(inverse + LANES * (j + t)) = scale[t];
#pragma clang loop unroll(full)
            for (int s = t + 1; s < TALL; s++) l[s][t] *= scale[t];
#pragma clang loop unroll(full)
            for (int s = t; s < TALL; s++) {
                *(vec *)(low + (j + s) * stride + LANES * (j + t)) = l[s][t];
#pragma clang loop unroll(full)
                for (int r = t + 1; r <= s; r++) l[s][r] -= l[s][t] * l[r][t];
            }
        }
        for (int i = j + TALL; i < m; i += TALL) {
            reduced_tile(low, stride, i, j, a);
#pragma clang loop unroll(full)
            for (int t = 0; t < TALL; t++)
#pragma clang loop unroll(full)
                for (int s = 0; s < TALL; s++) {
#pragma clang loop unroll(full)
                    for (int r = 0; r < t; r++) a[s][t] -= a[s][r] * l[t][r];
                    a[s][t] *= scale[t];
                    *(vec *)(low + (i + s) * stride + LANES * (j + t)) = a[s][t];
                }
        }
    }
    int bits = 0;
    for (int l = 0; l < LANES; l++) bits |= (bad[l] & 1) << l;
    return bits;
}

/// z = (LL')^-1 z in every lane, z [m][8].
INLINE void solve_lanes(const float *low, int64_t stride, int m, const float *inverse, float *z) {
    for (int j = 0; j < m; j += TALL) {
        vec a[TALL];
        const float *top = low + j * stride;
        for (int t = 0; t < TALL; t++) a[t] = *(const vec *)(z + LANES * (j + t));
        for (int k = 0; k < j; k++) {
            const vec x = *(const vec *)(z + LANES * k);
            for (int t = 0; t < TALL; t++) a[t] -= x * *(const vec *)(top + t * stride + LANES * k);
        }
        for (int t = 0; t < TALL; t++) {
            for (int r = 0; r < t; r++) a[t] -= a[r] * *(const vec *)(top + t * stride + LANES * (j + r));
            a[t] *= *(const vec *)(inverse + LANES * (j + t));
            *(vec *)(z + LANES * (j + t)) = a[t];
        }
    }
    for (int j = m - 1; j >= 0; j--) {
        const float *row = low + j * stride;
        const vec value = *(const vec *)(z + LANES * j) * *(const vec *)(inverse + LANES * j);
        *(vec *)(z + LANES * j) = value;
        for (int i = 0; i < j; i++) *(vec *)(z + LANES * i) -= value * *(const vec *)(row + LANES * i);
    }
}

/// `width` (a constant) vectors of four rows of out = rows T, with T [d, ld].
INLINE void multiply_tile(const float *const rows[TALL], int d, int ld, const float *matrix, const int width, float *const out[TALL]) {
    vec sums[TALL][2] = {{{0}}};
    for (int i = 0; i < d; i++)
        for (int w = 0; w < width; w++) {
            const vec right = *(const loose *)(matrix + (int64_t)i * ld + LANES * w);
            for (int t = 0; t < TALL; t++) sums[t][w] += rows[t][i] * right;
        }
    for (int t = 0; t < TALL; t++)
        for (int w = 0; w < width; w++) *(loose *)(out[t] + LANES * w) = sums[t][w];
}

/// out [n, ld] = in T, with in [n, d] of which a row is `stride` behind the one before, and T [d, ld].
INLINE void multiply(const float *in, int64_t stride, int64_t n, int d, int ld, const float *matrix, float *out) {
    for (int64_t r = 0; r < n; r += TALL)
        for (int j = 0; j < ld; j += 2 * LANES) {
            const float *rows[TALL];
            float *to[TALL];
            for (int t = 0; t < TALL; t++) {
                // Rows behind the end are the last one again.
                const int64_t row = r + t < n ? r + t : n - 1;
                rows[t] = in + row * stride;
                to[t] = out + row * ld + j;
            }
            if (j + LANES < ld) multiply_tile(rows, d, ld, matrix + j, 2, to);
            else multiply_tile(rows, d, ld, matrix + j, 1, to);
        }
}
