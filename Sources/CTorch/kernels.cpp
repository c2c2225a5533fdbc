#include "kernels.hpp"
#include "dispatch.hpp"
#include <cmath>
#include <cstring>

namespace ctorch {
namespace {

INLINE float load(float value) { return value; }
INLINE float load(uint16_t bits) {
    const uint32_t wide = static_cast<uint32_t>(bits) << 16;
    float value;
    std::memcpy(&value, &wide, sizeof value);
    return value;
}

INLINE void store(float value, float &to) { to = value; }
/// To the nearest, ties to even; the NaNs that arithmetic makes stay NaN.
INLINE void store(float value, uint16_t &to) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    to = static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

INLINE float root(float x) {
#if defined(__clang__)
    return __builtin_elementwise_sqrt(x); // std::sqrt may set errno, which keeps it from being vectorised
#else
    return std::sqrt(x);
#endif
}

/// P: the pool where it is known when compiled, else 0.
template <int P, typename T>
INLINE void pool_relu_of(const T *rows, int64_t pool, int64_t channels, T *best, uint8_t *where) {
    const int64_t n = P > 0 ? P : pool;
    for (int64_t c = 0; c < channels; c++) {
        float top = load(rows[c]);
        int32_t place = 0;
        for (int64_t j = 1; j < n; j++) {
            const float value = load(rows[j * channels + c]);
            // A NaN wins: it must be seen to be told.
            const bool more = value > top || value != value;
            top = more ? value : top;
            place = more ? static_cast<int32_t>(j) : place;
        }
        store(top <= 0 ? 0.0f : top, best[c]);
        where[c] = static_cast<uint8_t>(top <= 0 ? not_above_zero : place);
    }
}

template <typename T>
INLINE void pool_relu_any(const T *rows, int64_t pool, int64_t channels, T *best, uint8_t *where) {
    if (pool == 1)
        pool_relu_of<1>(rows, pool, channels, best, where);
    else if (pool == 2)
        pool_relu_of<2>(rows, pool, channels, best, where);
    else if (pool == 4)
        pool_relu_of<4>(rows, pool, channels, best, where);
    else
        pool_relu_of<0>(rows, pool, channels, best, where);
}

template <typename T>
INLINE void unpool_any(const T *gradient, const uint8_t *where, int64_t pool, int64_t channels, T *rows) {
    for (int64_t j = 0; j < pool; j++) {
        T *row = rows + j * channels;
        const uint8_t place = static_cast<uint8_t>(j);
        for (int64_t c = 0; c < channels; c++) row[c] = where[c] == place ? gradient[c] : T(0);
    }
}

template <typename T>
INLINE void pool_steps_any(const T *rows, int64_t steps, int64_t channels, T *pooled, int32_t *where, float *level,
                           float *scratch) {
    float *__restrict sums = scratch, *__restrict maxima = scratch + channels;
    int32_t *__restrict places = where;
    float *__restrict squares = level;
    for (int64_t c = 0; c < channels; c++) {
        const float value = load(rows[c]);
        sums[c] = maxima[c] = value;
        squares[c] = value * value;
        places[c] = 0;
    }
    for (int64_t t = 1; t < steps; t++) {
        const T *__restrict row = rows + t * channels;
        const int32_t now = static_cast<int32_t>(t);
        for (int64_t c = 0; c < channels; c++) {
            const float value = load(row[c]);
            sums[c] += value;
            squares[c] += value * value;
            const bool more = value > maxima[c];
            maxima[c] = more ? value : maxima[c];
            places[c] = more ? now : places[c];
        }
    }
    const float share = 1.0f / static_cast<float>(steps);
    for (int64_t c = 0; c < channels; c++) {
        // The tiny addend keeps the square root's slope finite where a channel is silent throughout.
        squares[c] = root(squares[c] * share + 1e-12f);
        store(sums[c] * share, pooled[c]);
        store(maxima[c], pooled[channels + c]);
        store(squares[c], pooled[2 * channels + c]);
    }
}

template <typename T>
INLINE void unpool_steps_any(const T *gradient, const T *rows, const int32_t *where, const float *level, int64_t steps,
                             int64_t channels, T *to, float *scratch) {
    float *__restrict of_mean = scratch, *__restrict of_square = scratch + channels;
    const float share = 1.0f / static_cast<float>(steps);
    for (int64_t c = 0; c < channels; c++) {
        of_mean[c] = load(gradient[c]) * share;
        of_square[c] = load(gradient[2 * channels + c]) * share / level[c];
    }
    for (int64_t t = 0; t < steps; t++) {
        const T *__restrict row = rows + t * channels;
        T *__restrict out = to + t * channels;
        const int32_t now = static_cast<int32_t>(t);
        for (int64_t c = 0; c < channels; c++) {
            const float of_maximum = where[c] == now ? load(gradient[channels + c]) : 0.0f;
            store(of_mean[c] + of_square[c] * load(row[c]) + of_maximum, out[c]);
        }
    }
}

/// A number's bits well mixed (Wellons' lowbias32, with the seed's second half in between).
INLINE uint32_t mixed(uint32_t x, uint32_t other) {
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = ((x ^ other) ^ (x >> 15)) * 0x846ca68bu;
    return x ^ (x >> 16);
}

template <typename T>
INLINE void drop_any(const T *values, int64_t first, int64_t count, uint64_t seed, uint32_t threshold, float scale, T *to) {
    const uint32_t low = static_cast<uint32_t>(seed), high = static_cast<uint32_t>(seed >> 32);
    const uint32_t start = static_cast<uint32_t>(first);
    LOOP_WITHOUT_ALIASES
    for (int64_t i = 0; i < count; i++) {
        const bool kept = mixed((start + static_cast<uint32_t>(i)) ^ low, high) < threshold;
        store(kept ? load(values[i]) * scale : 0.0f, to[i]);
    }
}

INLINE void average(const Stretch &s, int64_t i, float value, float share) {
    s.average[i] = share >= 1 ? value : s.average[i] + share * (value - s.average[i]);
}

} // namespace

DISPATCH void pool_relu(const float *rows, int64_t pool, int64_t channels, float *best, uint8_t *where) {
    pool_relu_any(rows, pool, channels, best, where);
}
DISPATCH void pool_relu(const uint16_t *rows, int64_t pool, int64_t channels, uint16_t *best, uint8_t *where) {
    pool_relu_any(rows, pool, channels, best, where);
}
DISPATCH void unpool(const float *gradient, const uint8_t *where, int64_t pool, int64_t channels, float *rows) {
    unpool_any(gradient, where, pool, channels, rows);
}
DISPATCH void unpool(const uint16_t *gradient, const uint8_t *where, int64_t pool, int64_t channels, uint16_t *rows) {
    unpool_any(gradient, where, pool, channels, rows);
}
DISPATCH void pool_steps(const float *rows, int64_t steps, int64_t channels, float *pooled, int32_t *where, float *level,
                         float *scratch) {
    pool_steps_any(rows, steps, channels, pooled, where, level, scratch);
}
DISPATCH void pool_steps(const uint16_t *rows, int64_t steps, int64_t channels, uint16_t *pooled, int32_t *where, float *level,
                         float *scratch) {
    pool_steps_any(rows, steps, channels, pooled, where, level, scratch);
}
DISPATCH void unpool_steps(const float *gradient, const float *rows, const int32_t *where, const float *level, int64_t steps,
                           int64_t channels, float *to, float *scratch) {
    unpool_steps_any(gradient, rows, where, level, steps, channels, to, scratch);
}
DISPATCH void unpool_steps(const uint16_t *gradient, const uint16_t *rows, const int32_t *where, const float *level,
                           int64_t steps, int64_t channels, uint16_t *to, float *scratch) {
    unpool_steps_any(gradient, rows, where, level, steps, channels, to, scratch);
}

DISPATCH void drop(const float *values, int64_t first, int64_t count, uint64_t seed, uint32_t threshold, float scale, float *to) {
    drop_any(values, first, count, seed, threshold, scale, to);
}
DISPATCH void drop(const uint16_t *values, int64_t first, int64_t count, uint64_t seed, uint32_t threshold, float scale,
                   uint16_t *to) {
    drop_any(values, first, count, seed, threshold, scale, to);
}

DISPATCH void add(const float *values, int64_t count, float *to) {
    LOOP_WITHOUT_ALIASES
    for (int64_t i = 0; i < count; i++) to[i] += values[i];
}

DISPATCH double sum_of_squares(const float *values, int64_t count) {
    // Eight sums beside each other, added in a fixed order.
    double sums[8] = {0};
    int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int64_t k = 0; k < 8; k++) sums[k] += static_cast<double>(values[i + k]) * static_cast<double>(values[i + k]);
    for (; i < count; i++) sums[0] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

DISPATCH void nesterov(const Stretch &s, const StepSize &size) {
    // v <- m v + g;  p <- p - rate (g + m v), as torch.optim.SGD(nesterov=True) has it.
    float *__restrict parameter = s.parameter, *__restrict velocity = s.first;
    const float *__restrict gradients = s.gradient;
    for (int64_t i = 0; i < s.count; i++) {
        const float gradient = gradients[i] * size.gradient + size.weight_decay * parameter[i];
        velocity[i] = size.momentum * velocity[i] + gradient;
        parameter[i] -= size.learning_rate * (gradient + size.momentum * velocity[i]);
    }
    if (s.average)
        for (int64_t i = 0; i < s.count; i++) average(s, i, parameter[i], size.average);
}

DISPATCH void adamw(const Stretch &s, const StepSize &size) {
    constexpr float beta1 = 0.9f, beta2 = 0.99f, epsilon = 1e-8f;
    const float keep = 1 - size.learning_rate * size.weight_decay, rate = size.learning_rate / size.correction1;
    const float unbias = 1 / std::sqrt(size.correction2);
    float *__restrict parameter = s.parameter, *__restrict mean = s.first, *__restrict square = s.second;
    const float *__restrict gradients = s.gradient;
    for (int64_t i = 0; i < s.count; i++) {
        const float gradient = gradients[i] * size.gradient;
        mean[i] += (1 - beta1) * (gradient - mean[i]);
        square[i] = beta2 * square[i] + (1 - beta2) * gradient * gradient;
        parameter[i] = keep * parameter[i] - rate * mean[i] / (root(square[i]) * unbias + epsilon);
    }
    if (s.average)
        for (int64_t i = 0; i < s.count; i++) average(s, i, parameter[i], size.average);
}

} // namespace ctorch
