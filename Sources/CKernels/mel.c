// Window, FFT, power and mel filterbank of 16 frames at once.
//
// Element n of all 16 frames lies side by side, so every butterfly is plain vector arithmetic without shuffles, and one
// twiddle factor serves 16 frames. The real FFT of size N is a complex one of size N/2 on pairs of samples (Stockham, radix 8,
// the last pass radix 4 or 2 where needed: few passes, since each streams the whole block through the cache) and a separation
// pass.
#include "coldwave_mel.h"
#include "dispatch.h"
#include <math.h>
#include <string.h>

#define LANES COLDWAVE_MEL_LANES
#define INLINE static inline __attribute__((always_inline))
typedef float lanes __attribute__((vector_size(4 * LANES)));

int64_t coldwave_mel_scratch(const coldwave_mel_plan *plan) {
    // Two complex buffers of fft/2 elements and one of fft/2 + 1 powers.
    return (int64_t)LANES * (4 * (plan->fft / 2) + plan->fft / 2 + 1);
}

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

/// One pass of the Stockham FFT: `n` points in each of `s` interleaved transforms, radix 8, 4 or 2.
INLINE void pass(const coldwave_mel_plan *plan, int radix, int n, int s, const lanes *xr, const lanes *xi, lanes *yr,
                 lanes *yi) {
    const int m = n / radix;
    for (int p = 0; p < m; p++)
        for (int q = 0; q < s; q++) {
            pair x[8];
            for (int j = 0; j < radix; j++) x[j] = (pair){xr[q + s * (p + j * m)], xi[q + s * (p + j * m)]};
            if (radix == 8) fourier8(x);
            if (radix == 4) fourier4(x);
            if (radix == 2) {
                const pair a = x[0];
                x[0] = plus(a, x[1]), x[1] = minus(a, x[1]);
            }
            for (int j = 0; j < radix; j++) {
                const pair y = p == 0 || j == 0 ? x[j] : times(x[j], plan->cosines[j * p * s], plan->sines[j * p * s]);
                yr[q + s * (radix * p + j)] = y.r, yi[q + s * (radix * p + j)] = y.i;
            }
        }
}

/// |X[k]|² and |X[M−k]|², where X[k] = (Z[k] + conj Z[M−k]) / 2 + W^k (Z[k] − conj Z[M−k]) / 2i, W = exp(−2πi / N).
INLINE void separate(const coldwave_mel_plan *plan, int half, int k, const lanes *xr, const lanes *xi, lanes *power) {
    const int j = k == 0 ? 0 : half - k;
    const lanes er = (xr[k] + xr[j]) * 0.5f, ei = (xi[k] - xi[j]) * 0.5f;
    const lanes or = (xi[k] + xi[j]) * 0.5f, oi = (xr[j] - xr[k]) * 0.5f;
    const float c = plan->half_cosines[k], w = plan->half_sines[k];
    const lanes tr = c * or - w * oi, ti = c * oi + w * or;
    // X[M−k] = conj(E − W^k O).
    power[k] = (er + tr) * (er + tr) + (ei + ti) * (ei + ti);
    power[half - k] = (er - tr) * (er - tr) + (ei - ti) * (ei - ti);
}

COLDWAVE_DISPATCH
void coldwave_mel_block(const coldwave_mel_plan *plan, const float *signal, int frames, float *scratch, float *out) {
    const int half = plan->fft / 2;
    lanes *xr = (lanes *)scratch, *xi = xr + half, *yr = xi + half, *yi = yr + half, *power = yi + half;

    // Pairs of windowed samples as complex numbers: z[n] = x[2n] + i x[2n+1].
    const float *starts[LANES];
    for (int l = 0; l < LANES; l++) starts[l] = signal + (int64_t)(l < frames ? l : frames - 1) * plan->hop;
    for (int n = 0; n < plan->fft; n += LANES) {
        lanes rows[LANES];
        for (int l = 0; l < LANES; l++) memcpy(&rows[l], starts[l] + n, sizeof(lanes));
        transpose(rows);
        for (int l = 0; l < LANES; l += 2) {
            xr[(n + l) / 2] = rows[l] * plan->window[n + l];
            xi[(n + l) / 2] = rows[l + 1] * plan->window[n + l + 1];
        }
    }

    for (int n = half, s = 1; n > 1;) {
        const int radix = n >= 8 ? 8 : n;
        if (radix == 8) pass(plan, 8, n, s, xr, xi, yr, yi);
        else if (radix == 4) pass(plan, 4, n, s, xr, xi, yr, yi);
        else pass(plan, 2, n, s, xr, xi, yr, yi);
        lanes *swap = xr;
        xr = yr, yr = swap, swap = xi, xi = yi, yi = swap;
        n /= radix, s *= radix;
    }

    for (int k = 0; k <= half / 2; k++) separate(plan, half, k, xr, xi, power);
    if (plan->magnitude) {
        float *values = (float *)power;
        for (int k = 0; k < (half + 1) * LANES; k++) values[k] = sqrtf(values[k]);
    }

    // 16 bands at a time, so that they can be turned back into 16 frames.
    const float *weight = plan->weights;
    for (int first = 0; first < plan->bands; first += LANES) {
        const int bands = plan->bands - first < LANES ? plan->bands - first : LANES;
        lanes rows[LANES];
        for (int b = 0; b < LANES; b++) {
            lanes sum = {0}, other = {0};
            const int count = b < bands ? plan->bin_count[first + b] : 0;
            const lanes *bin = power + (b < bands ? plan->first_bin[first + b] : 0);
            int k = 0;
            for (; k + 1 < count; k += 2) sum += weight[k] * bin[k], other += weight[k + 1] * bin[k + 1];
            if (k < count) sum += weight[k] * bin[k];
            weight += count;
            rows[b] = sum + other;
        }
        transpose(rows);
        for (int l = 0; l < frames; l++)
            memcpy(out + (int64_t)l * plan->bands + first, &rows[l], sizeof(float) * (size_t)bands);
    }
}
