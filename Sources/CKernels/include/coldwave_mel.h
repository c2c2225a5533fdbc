// Mel-spectrograms of many frames at once: one frame per SIMD lane.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { COLDWAVE_MEL_LANES = 16 };

typedef struct {
    int fft;                  // samples of a frame: a power of two, 16 or more
    int hop;                  // samples between frames' starts
    int bands;
    int magnitude;            // 0: power |X|^2, 1: magnitude |X|
    const float *window;      // [fft]
    const float *cosines;     // [fft / 2]: cos(2 pi k / (fft / 2))
    const float *sines;       // [fft / 2]: -sin(2 pi k / (fft / 2))
    const float *half_cosines; // [fft / 2 + 1]: cos(2 pi k / fft)
    const float *half_sines;   // [fft / 2 + 1]: -sin(2 pi k / fft)
    const int32_t *first_bin; // [bands]: first spectral bin with a weight
    const int32_t *bin_count; // [bands]
    const float *weights;     // the bands' weights one after the other
} coldwave_mel_plan;

/// Floats of scratch memory that coldwave_mel_block needs.
int64_t coldwave_mel_scratch(const coldwave_mel_plan *plan);

/// Writes `frames` (1 to 16) rows of `bands` values to `out`. `signal` is where the first frame starts; frame i starts
/// i * hop samples later, and all of its samples can be read. `scratch` is aligned to 64 bytes.
void coldwave_mel_block(const coldwave_mel_plan *plan, const float *signal, int frames, float *scratch, float *out);

#ifdef __cplusplus
}
#endif
