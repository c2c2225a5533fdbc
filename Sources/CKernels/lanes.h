// Sixteen transforms at once, one a SIMD lane: vectors, their 16 × 16 transposition, complex arithmetic, small Fourier transforms.
#pragma once
#include <stdint.h>
#include <string.h>

#define LANES 16
#define INLINE static inline __attribute__((always_inline))
typedef float lanes __attribute__((vector_size(4 * LANES)));

// One step of a 16 × 16 transposition: exchanges blocks of `w` columns of rows that are `w` apart.
#define EXCHANGE(w, FIRST, SECOND)                                                                                       \
    for (int i = 0; i < LANES; i++)                                                                                      \
        if (!(i & w)) {                                                                                                  \
            const lanes upper = rows[i], lower = rows[i + w];                                                            \
            rows[i] = __builtin_shufflevector(upper, lower, FIRST);                                                      \
            rows[i + w] = __builtin_shufflevector(upper, lower, SECOND);                                                 \
        }
#define PICK(...) __VA_ARGS__

/// Turns 16 frames' 16 samples into 16 samples' 16 frames.
INLINE void transpose(lanes rows[LANES]) {
    EXCHANGE(8, PICK(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
             PICK(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
    EXCHANGE(4, PICK(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
             PICK(4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
    EXCHANGE(2, PICK(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
             PICK(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
    EXCHANGE(1, PICK(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
             PICK(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
}

typedef struct {
    lanes r, i;
} pair;

INLINE pair plus(pair a, pair b) { return (pair){a.r + b.r, a.i + b.i}; }
INLINE pair minus(pair a, pair b) { return (pair){a.r - b.r, a.i - b.i}; }
/// a − i b and a + i b.
INLINE pair minus_i(pair a, pair b) { return (pair){a.r + b.i, a.i - b.r}; }
INLINE pair plus_i(pair a, pair b) { return (pair){a.r - b.i, a.i + b.r}; }
INLINE pair times(pair a, float c, float s) { return (pair){c * a.r - s * a.i, c * a.i + s * a.r}; }

INLINE void fourier4(pair x[4]) {
    const pair a = plus(x[0], x[2]), b = minus(x[0], x[2]), c = plus(x[1], x[3]), d = minus(x[1], x[3]);
    x[0] = plus(a, c), x[1] = minus_i(b, d), x[2] = minus(a, c), x[3] = plus_i(b, d);
}

INLINE void fourier8(pair x[8]) {
    const float half = 0.70710678118654752f;
    pair even[4], odd[4];
    for (int j = 0; j < 4; j++) even[j] = plus(x[j], x[j + 4]), odd[j] = minus(x[j], x[j + 4]);
    // Times exp(−2πi j / 8).
    odd[1] = (pair){(odd[1].r + odd[1].i) * half, (odd[1].i - odd[1].r) * half};
    odd[2] = (pair){odd[2].i, -odd[2].r};
    odd[3] = (pair){(odd[3].i - odd[3].r) * half, (odd[3].r + odd[3].i) * -half};
    fourier4(even), fourier4(odd);
    for (int j = 0; j < 4; j++) x[2 * j] = even[j], x[2 * j + 1] = odd[j];
}

INLINE void fourier3(pair x[3]) {
    const float sine = 0.86602540378443865f;
    const pair sum = plus(x[1], x[2]), middle = {x[0].r - 0.5f * sum.r, x[0].i - 0.5f * sum.i};
    const pair turn = {(x[1].r - x[2].r) * sine, (x[1].i - x[2].i) * sine};
    x[0] = plus(x[0], sum), x[1] = minus_i(middle, turn), x[2] = plus_i(middle, turn);
}

INLINE void fourier5(pair x[5]) {
    const float c1 = 0.30901699437494742f, c2 = -0.80901699437494742f, s1 = 0.95105651629515357f, s2 = 0.58778525229247313f;
    const pair a = plus(x[1], x[4]), b = minus(x[1], x[4]), c = plus(x[2], x[3]), d = minus(x[2], x[3]);
    const pair m = {x[0].r + c1 * a.r + c2 * c.r, x[0].i + c1 * a.i + c2 * c.i};
    const pair n = {x[0].r + c2 * a.r + c1 * c.r, x[0].i + c2 * a.i + c1 * c.i};
    const pair u = {s1 * b.r + s2 * d.r, s1 * b.i + s2 * d.i}, v = {s2 * b.r - s1 * d.r, s2 * b.i - s1 * d.i};
    x[0] = plus(x[0], plus(a, c));
    x[1] = minus_i(m, u), x[4] = plus_i(m, u), x[2] = minus_i(n, v), x[3] = plus_i(n, v);
}

/// One pass of the Stockham FFT: `n` points in each of `s` interleaved transforms; cosines and sines are those of exp(−2πi k / (n s)).
/// To be called with a constant radix of 2, 3, 4, 5 or 8, so that the others vanish.
INLINE void pass(const float *cosines, const float *sines, const int radix, int n, int s, const lanes *xr, const lanes *xi,
                 lanes *yr, lanes *yi) {
    const int m = n / radix;
    for (int p = 0; p < m; p++)
        for (int q = 0; q < s; q++) {
            pair x[8];
            for (int j = 0; j < radix; j++) x[j] = (pair){xr[q + s * (p + j * m)], xi[q + s * (p + j * m)]};
            if (radix == 8) fourier8(x);
            if (radix == 5) fourier5(x);
            if (radix == 4) fourier4(x);
            if (radix == 3) fourier3(x);
            if (radix == 2) {
                const pair a = x[0];
                x[0] = plus(a, x[1]), x[1] = minus(a, x[1]);
            }
            for (int j = 0; j < radix; j++) {
                const pair y = p == 0 || j == 0 ? x[j] : times(x[j], cosines[j * p * s], sines[j * p * s]);
                yr[q + s * (radix * p + j)] = y.r, yi[q + s * (radix * p + j)] = y.i;
            }
        }
}
