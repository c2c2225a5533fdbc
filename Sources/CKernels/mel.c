// Window, FFT, power and mel filterbank of 16 frames at once.
//
// Element n of all 16 frames lies side by side, so every butterfly is plain vector arithmetic without shuffles, and one
// twiddle factor serves 16 frames. The real FFT of size N is a complex one of size N/2 on pairs of samples
// (Stockham, radix 4, the last pass radix 2 where needed) and a separation pass.
#include "coldwave_mel.h"
#include "dispatch.h"
#include <math.h>

#define LANES COLDWAVE_MEL_LANES
typedef float lanes __attribute__((vector_size(4 * LANES)));

int64_t coldwave_mel_scratch(const coldwave_mel_plan *plan) {
    // Two complex buffers of fft/2 elements and one of fft/2 + 1 powers.
    return (int64_t)LANES * (4 * (plan->fft / 2) + plan->fft / 2 + 1);
}

COLDWAVE_DISPATCH
void coldwave_mel_block(const coldwave_mel_plan *plan, const float *signal, int frames, float *scratch, float *out) {
    const int half = plan->fft / 2;
    lanes *xr = (lanes *)scratch, *xi = xr + half, *yr = xi + half, *yi = yr + half, *power = yi + half;

    // Pairs of windowed samples as complex numbers: z[n] = x[2n] + i x[2n+1].
    const float *starts[LANES];
    for (int l = 0; l < LANES; l++) starts[l] = signal + (int64_t)(l < frames ? l : frames - 1) * plan->hop;
    for (int n = 0; n < half; n++) {
        float *even = (float *)(xr + n), *odd = (float *)(xi + n);
        for (int l = 0; l < LANES; l++) {
            even[l] = starts[l][2 * n];
            odd[l] = starts[l][2 * n + 1];
        }
        xr[n] *= plan->window[2 * n];
        xi[n] *= plan->window[2 * n + 1];
    }

    int n = half, s = 1;
    while (n >= 4) {
        const int quarter = n / 4;
        for (int p = 0; p < quarter; p++) {
            const float c1 = plan->cosines[p * s], s1 = plan->sines[p * s];
            const float c2 = plan->cosines[2 * p * s], s2 = plan->sines[2 * p * s];
            const float c3 = plan->cosines[3 * p * s], s3 = plan->sines[3 * p * s];
            for (int q = 0; q < s; q++) {
                const int a = q + s * p, b = a + s * quarter, c = b + s * quarter, d = c + s * quarter;
                const lanes apcr = xr[a] + xr[c], apci = xi[a] + xi[c];
                const lanes amcr = xr[a] - xr[c], amci = xi[a] - xi[c];
                const lanes bpdr = xr[b] + xr[d], bpdi = xi[b] + xi[d];
                const lanes jr = xi[d] - xi[b], ji = xr[b] - xr[d]; // i (b - d)
                const int t = q + s * 4 * p;
                yr[t] = apcr + bpdr;
                yi[t] = apci + bpdi;
                lanes ur = amcr - jr, ui = amci - ji;
                yr[t + s] = c1 * ur - s1 * ui;
                yi[t + s] = c1 * ui + s1 * ur;
                ur = apcr - bpdr, ui = apci - bpdi;
                yr[t + 2 * s] = c2 * ur - s2 * ui;
                yi[t + 2 * s] = c2 * ui + s2 * ur;
                ur = amcr + jr, ui = amci + ji;
                yr[t + 3 * s] = c3 * ur - s3 * ui;
                yi[t + 3 * s] = c3 * ui + s3 * ur;
            }
        }
        lanes *swap = xr;
        xr = yr, yr = swap, swap = xi, xi = yi, yi = swap;
        n /= 4, s *= 4;
    }
    if (n == 2) {
        for (int q = 0; q < s; q++) {
            yr[q] = xr[q] + xr[q + s], yi[q] = xi[q] + xi[q + s];
            yr[q + s] = xr[q] - xr[q + s], yi[q + s] = xi[q] - xi[q + s];
        }
        xr = yr, xi = yi;
    }

    // X[k] = (Z[k] + conj Z[M-k]) / 2 + W^k (Z[k] - conj Z[M-k]) / 2i, with W = exp(-2 pi i / N).
    for (int k = 0; k <= half; k++) {
        const int i = k == half ? 0 : k, j = k == 0 ? 0 : half - k;
        const lanes er = (xr[i] + xr[j]) * 0.5f, ei = (xi[i] - xi[j]) * 0.5f;
        const lanes or = (xi[i] + xi[j]) * 0.5f, oi = (xr[j] - xr[i]) * 0.5f;
        const float c = plan->half_cosines[k], w = plan->half_sines[k];
        const lanes re = er + c * or - w * oi, im = ei + c * oi + w * or;
        power[k] = re * re + im * im;
    }
    if (plan->magnitude) {
        float *values = (float *)power;
        for (int k = 0; k < (half + 1) * LANES; k++) values[k] = sqrtf(values[k]);
    }

    const float *weight = plan->weights;
    for (int b = 0; b < plan->bands; b++) {
        lanes sum = {0};
        const lanes *bin = power + plan->first_bin[b];
        for (int k = 0; k < plan->bin_count[b]; k++) sum += weight[k] * bin[k];
        weight += plan->bin_count[b];
        for (int l = 0; l < frames; l++) out[(int64_t)l * plan->bands + b] = ((float *)&sum)[l];
    }
}
