// Small dense blocks of implicit ALS: products of gathered rows, and eight systems factored at once, one a SIMD lane.
#pragma once
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
// Eight floats suit AVX2 as they are; AVX-512 adds the registers. Wider vectors would waste more of the triangle.
enum { LANES = 8, TALL = 4, BLOCK = 64 };
typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t mask __attribute__((vector_size(4 * LANES)));
typedef float loose __attribute__((vector_size(4 * LANES), aligned(4)));

INLINE int padded(int n) { return (n + LANES - 1) / LANES * LANES; }

/// upper[i ..< i + tall][j ..< j + 8 * width] += (B'B there), for B [rows, ld]; `tall` and `width` are constants where it
/// is called.
INLINE void add_tile(const float *block, int rows, int ld, int i, int j, const int tall, const int width, float *upper) {
    vec sums[8][3];
    for (int t = 0; t < tall; t++)
        for (int w = 0; w < width; w++) sums[t][w] = *(const vec *)(upper + (int64_t)(i + t) * ld + j + LANES * w);
    const float *row = block;
    for (int k = 0; k < rows; k++, row += ld) {
        vec right[3];
        for (int w = 0; w < width; w++) right[w] = *(const vec *)(row + j + LANES * w);
        for (int t = 0; t < tall; t++)
            for (int w = 0; w < width; w++) sums[t][w] += row[i + t] * right[w];
    }
    for (int t = 0; t < tall; t++)
        for (int w = 0; w < width; w++) *(vec *)(upper + (int64_t)(i + t) * ld + j + LANES * w) = sums[t][w];
}

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
        __builtin_prefetch(y + s->ld - 1);
    }
}

/// upper += B'B for B [rows, ld]; below the diagonal's blocks nothing is touched.
/// Tiles hold at least eight sums, which is what it takes to keep two multipliers of four cycles' latency busy. They read no
/// memory but the block, so that what comes next can be fetched meanwhile.
INLINE void add_products(const float *block, int rows, int ld, float *upper, soon *next) {
    const int blocks = ld / LANES, few = BLOCK / (blocks * (blocks + 1) / 4 + 1) + 1;
    for (int i = 0; i < ld; i += LANES) {
        int j = i;
        for (; ld - j >= 3 * LANES && ld - j != 4 * LANES; j += 3 * LANES)
            for (int t = 0; t < LANES; t += TALL) {
                fetch(next, few);
                add_tile(block, rows, ld, i + t, j, TALL, 3, upper);
            }
        for (; ld - j >= 2 * LANES; j += 2 * LANES)
            for (int t = 0; t < LANES; t += TALL) {
                fetch(next, few);
                add_tile(block, rows, ld, i + t, j, TALL, 2, upper);
            }
        if (j < ld) {
            fetch(next, few);
            add_tile(block, rows, ld, i, j, LANES, 1, upper);
        }
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

/// Eight matrices' upper halves [8][ld, ld] to one lower half with a matrix a lane: low[j * stride + 8 i] = upper_l[i][j].
INLINE void upper_to_lanes(const float *upper, int ld, float *low, int64_t stride) {
    for (int i = 0; i < ld; i++)
        for (int j = i / LANES * LANES; j < ld; j += LANES) {
            vec r[LANES];
            for (int l = 0; l < LANES; l++) r[l] = *(const vec *)(upper + (int64_t)l * ld * ld + (int64_t)i * ld + j);
            transpose(r);
            for (int q = 0; q < LANES; q++) *(vec *)(low + (j + q) * stride + LANES * i) = r[q];
        }
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

/// LL' = A in every lane, in place, `m` a multiple of 4; `inverse` [m][8] gets 1 / L_jj.
/// A is I + something positive semidefinite, so that no pivot can be below 1: lanes in which one is below 1/2 have lost
/// their precision, and get a bit in the result.
INLINE int factor_lanes(float *low, int64_t stride, int m, float *inverse) {
    mask bad = {0};
    for (int j = 0; j < m; j += TALL)
        for (int i = j; i < m; i += TALL) {
            vec a[TALL][TALL];
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
            for (int t = 0; t < TALL; t++) {
                if (i == j) {
                    for (int r = 0; r < t; r++) a[t][t] -= a[t][r] * a[t][r];
                    bad |= ~(a[t][t] > 0.5f);
                    const vec root = __builtin_elementwise_sqrt(__builtin_elementwise_max(a[t][t], (vec){0} + 0.5f));
                    *(vec *)(inverse + LANES * (j + t)) = 1 / root;
                    *(vec *)(low + (j + t) * stride + LANES * (j + t)) = root;
                }
                const vec scale = *(const vec *)(inverse + LANES * (j + t));
                for (int s = i == j ? t + 1 : 0; s < TALL; s++) {
                    for (int r = 0; r < t; r++)
                        a[s][t] -= a[s][r] * *(const vec *)(low + (j + t) * stride + LANES * (j + r));
                    a[s][t] *= scale;
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
