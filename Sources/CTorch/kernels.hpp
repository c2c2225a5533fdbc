// The loops that libtorch has no operation for: plain memory in, plain memory out, one row or window a call. For float32 and for
// bfloat16, which is given by its bits; sums are float32 or wider in both.
#pragma once
#include <cstdint>

namespace ctorch {

/// Where of a pool the maximum was; `not_above_zero`: nowhere, the ReLU let nothing through.
constexpr uint8_t not_above_zero = 255;

/// The maximum of `pool` rows of `channels`, then ReLU. `where` tells which row it came from.
void pool_relu(const float *rows, int64_t pool, int64_t channels, float *best, uint8_t *where);
void pool_relu(const uint16_t *rows, int64_t pool, int64_t channels, uint16_t *best, uint8_t *where);

/// The other way: a row's gradient to the rows of its pool, zero to all that did not win.
void unpool(const float *gradient, const uint8_t *where, int64_t pool, int64_t channels, float *rows);
void unpool(const uint16_t *gradient, const uint8_t *where, int64_t pool, int64_t channels, uint16_t *rows);

/// Mean, maximum and sqrt(mean of squares) of `steps` rows, one after the other in `pooled` [3 * channels]. `where` [channels] tells which
/// step the maximum came from, `level` [channels] is the root mean square; `scratch` [2 * channels].
void pool_steps(const float *rows, int64_t steps, int64_t channels, float *pooled, int32_t *where, float *level, float *scratch);
void pool_steps(const uint16_t *rows, int64_t steps, int64_t channels, uint16_t *pooled, int32_t *where, float *level,
                float *scratch);

/// The gradient of `pool_steps`; `scratch` [2 * channels].
void unpool_steps(const float *gradient, const float *rows, const int32_t *where, const float *level, int64_t steps,
                  int64_t channels, float *to, float *scratch);
void unpool_steps(const uint16_t *gradient, const uint16_t *rows, const int32_t *where, const float *level, int64_t steps,
                  int64_t channels, uint16_t *to, float *scratch);

/// Zeroes elements by chance and multiplies the others by `scale`. `first`: the number of the first element, which with the seed decides
/// about it: what is dropped depends on neither the order nor the processor. Kept are `threshold` of 2^32.
void drop(const float *values, int64_t first, int64_t count, uint64_t seed, uint32_t threshold, float scale, float *to);
void drop(const uint16_t *values, int64_t first, int64_t count, uint64_t seed, uint32_t threshold, float scale, uint16_t *to);

/// `to[i] += values[i]`.
void add(const float *values, int64_t count, float *to);

/// One optimiser's view of a stretch of a parameter. `second` is AdamW's; `average` may be null.
struct Stretch {
    float *parameter, *gradient, *first, *second, *average;
    int64_t count;
};

struct StepSize {
    /// What gradients are multiplied by first.
    float gradient;
    float learning_rate, momentum, weight_decay;
    /// Of AdamW: 1 - beta^step.
    float correction1, correction2;
    /// The averages move by this share towards the parameters.
    float average;
};

double sum_of_squares(const float *values, int64_t count);
void nesterov(const Stretch &stretch, const StepSize &size);
void adamw(const Stretch &stretch, const StepSize &size);

} // namespace ctorch
