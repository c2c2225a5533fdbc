// Window, FFT, power and mel filterbank of 16 frames at once.
//
// Element n of all 16 frames lies side by side, so every butterfly is plain vector arithmetic without shuffles, and one
// twiddle factor serves 16 frames. The real FFT of size N is a complex one of size N/2 on pairs of samples (Stockham, radix 8,
// the last pass radix 4 or 2 where needed: few passes, since each streams the whole block through the cache) and a separation
// pass.
#include "coldwave_mel.h"
#include "dispatch.h"
#include "lanes.h"
#include <math.h>

_Static_assert(COLDWAVE_MEL_LANES == LANES, "one frame a lane");

int64_t coldwave_mel_scratch(const coldwave_mel_plan *plan) {
    // Two complex buffers of fft/2 elements and one of fft/2 + 1 powers.
    return (int64_t)LANES * (4 * (plan->fft / 2) + plan->fft / 2 + 1);
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
        if (radix == 8) pass(plan->cosines, plan->sines, 8, n, s, xr, xi, yr, yi);
        else if (radix == 4) pass(plan->cosines, plan->sines, 4, n, s, xr, xi, yr, yi);
        else pass(plan->cosines, plan->sines, 2, n, s, xr, xi, yr, yi);
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
