// Sixteen neighbours or sixteen points at a time. Sums run in a fixed order, so that the result does not depend on threads.
#include "coldwave_tsne.h"
#include "dispatch.h"
#include "lanes.h"
#include <math.h>

typedef int32_t ints __attribute__((vector_size(4 * LANES)));
typedef float two __attribute__((vector_size(8)));
typedef float four __attribute__((vector_size(16)));
typedef float eight __attribute__((vector_size(32)));

INLINE float sum_of(const lanes *v) {
    float sum = 0;
    for (int i = 0; i < LANES; i++) sum += (*v)[i];
    return sum;
}

/// exp(x) for x <= 0, to 2 units in the last place: 2^n e^f with a polynomial in |f| <= log(2) / 2.
INLINE void exponential(lanes *x) {
    lanes value = *x;
    for (int i = 0; i < LANES; i++) value[i] = value[i] < -87 ? -87 : value[i];
    const lanes scaled = value * 1.44269504f + 12582912.0f; // rounds to an integer in the low bits
    const lanes whole = scaled - 12582912.0f;
    const lanes f = value - whole * 0.693359375f + whole * 2.12194440e-4f;
    lanes e = f * 1.9875691500e-4f + 1.3981999507e-3f;
    e = e * f + 8.3334519073e-3f, e = e * f + 4.1665795894e-2f;
    e = e * f + 1.6666665459e-1f, e = e * f + 5.0000001201e-1f;
    e = e * f * f + f + 1.0f;
    const ints power = (__builtin_convertvector(whole, ints) + 127) << 23;
    lanes two_power;
    memcpy(&two_power, &power, sizeof power);
    *x = e * two_power;
}

/// log(x) for normal x >= 1: the exponent, and atanh's series for the mantissa in sqrt(1/2) ..< sqrt(2).
INLINE void logarithm(lanes *x) {
    ints bits;
    memcpy(&bits, x, sizeof bits);
    const ints exponent = (bits - 0x3f3504f3) >> 23;
    bits -= exponent << 23;
    lanes m;
    memcpy(&m, &bits, sizeof m);
    const lanes s = (m - 1) / (m + 1), z = s * s;
    const lanes series = (((z * (2.0f / 9) + 2.0f / 7) * z + 2.0f / 5) * z + 2.0f / 3) * z + 2.0f;
    *x = s * series + __builtin_convertvector(exponent, lanes) * 0.69314718f;
}

COLDWAVE_DISPATCH
void coldwave_tsne_calibrate(const float *distances, int64_t rows, int k, float perplexity, float *p) {
    const float target = logf(perplexity);
    for (int64_t row = 0; row < rows; row++, distances += k, p += k) {
        // Distances beyond the nearest one: the same p, and the nearest's exponential is 1, so no sum underflows.
        float nearest = distances[0], mean = 0;
        for (int j = 0; j < k; j++) nearest = distances[j] < nearest ? distances[j] : nearest;
        for (int j = 0; j < k; j++) mean += (distances[j] - nearest) / k;
        float beta = mean > 0 ? 1 / mean : 1, low = 0, high = INFINITY, total = 1;
        for (int step = 0; step < 100; step++) {
            lanes sums = {0}, moments = {0};
            for (int j = 0; j < k; j += LANES) {
                lanes d;
                for (int v = 0; v < LANES; v++) d[v] = j + v < k ? distances[j + v] - nearest : INFINITY;
                lanes e = d * -beta;
                exponential(&e);
                for (int v = 0; v < LANES; v++) {
                    e[v] = j + v < k ? e[v] : 0;
                    d[v] = j + v < k ? d[v] : 0;
                }
                sums += e, moments += e * d;
                const int width = k - j < LANES ? k - j : LANES;
                memcpy(p + j, &e, sizeof(float) * (size_t)width);
            }
            total = sum_of(&sums);
            const float entropy = logf(total) + beta * sum_of(&moments) / total;
            if (fabsf(entropy - target) < 1e-5f || !(mean > 0)) break;
            if (entropy > target) low = beta, beta = high < INFINITY ? (beta + high) / 2 : beta * 2;
            else high = beta, beta = (beta + low) / 2;
            if (!(beta < 1e30f)) break;
        }
        for (int j = 0; j < k; j++) p[j] /= total;
    }
}

/// The positions of eight points, x and y in turn.
INLINE void pick(const float *positions, const int32_t *indices, lanes *out) {
    two a[8];
    for (int i = 0; i < 8; i++) memcpy(&a[i], positions + 2 * (int64_t)indices[i], sizeof(two));
    four b[4];
    for (int i = 0; i < 4; i++) b[i] = __builtin_shufflevector(a[2 * i], a[2 * i + 1], 0, 1, 2, 3);
    const eight c = __builtin_shufflevector(b[0], b[1], 0, 1, 2, 3, 4, 5, 6, 7);
    const eight d = __builtin_shufflevector(b[2], b[3], 0, 1, 2, 3, 4, 5, 6, 7);
    *out = __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

/// x_i - x_j and y_i - y_j for the sixteen neighbours at `entry`.
INLINE void differences(const coldwave_affinities *p, const float *positions, int64_t i, int64_t entry, lanes *dx, lanes *dy) {
    lanes a, b;
    pick(positions, p->indices + entry, &a);
    pick(positions, p->indices + entry + 8, &b);
    *dx = positions[2 * i] - __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    *dy = positions[2 * i + 1] - __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

COLDWAVE_DISPATCH
void coldwave_tsne_attract(const coldwave_affinities *p, const float *positions, int64_t first, int64_t end, float *out) {
    for (int64_t i = first; i < end; i++) {
        lanes sx = {0}, sy = {0};
        for (int64_t entry = p->offsets[i]; entry < p->offsets[i + 1]; entry += LANES) {
            lanes dx, dy, w;
            differences(p, positions, i, entry, &dx, &dy);
            memcpy(&w, p->values + entry, sizeof w);
            w /= dx * dx + dy * dy + 1;
            sx += w * dx, sy += w * dy;
        }
        out[2 * i] = sum_of(&sx), out[2 * i + 1] = sum_of(&sy);
    }
}

COLDWAVE_DISPATCH
double coldwave_tsne_cost(const coldwave_affinities *p, const float *positions, int64_t first, int64_t end) {
    double total = 0;
    for (int64_t i = first; i < end; i++) {
        lanes sum = {0};
        for (int64_t entry = p->offsets[i]; entry < p->offsets[i + 1]; entry += LANES) {
            lanes dx, dy, w;
            differences(p, positions, i, entry, &dx, &dy);
            memcpy(&w, p->values + entry, sizeof w);
            dx = dx * dx + dy * dy + 1;
            logarithm(&dx);
            sum += w * dx;
        }
        total += sum_of(&sum);
    }
    return total;
}

COLDWAVE_DISPATCH
double coldwave_tsne_repel(const float *xs, const float *ys, int64_t count, const float *targets, int64_t first, int64_t end,
                           float *out, float *sums) {
    double total = 0;
    for (int64_t i = first; i < end; i++) {
        const float x = targets[2 * i], y = targets[2 * i + 1];
        lanes sx = {0}, sy = {0}, sum = {0};
        for (int64_t j = 0; j < count; j += LANES) {
            lanes dx, dy;
            memcpy(&dx, xs + j, sizeof dx), memcpy(&dy, ys + j, sizeof dy);
            dx = x - dx, dy = y - dy;
            lanes q = 1 / (dx * dx + dy * dy + 1);
            sum += q;
            q *= q;
            sx += q * dx, sy += q * dy;
        }
        out[2 * i] = sum_of(&sx), out[2 * i + 1] = sum_of(&sy);
        const float s = sum_of(&sum);
        if (sums) sums[i] = s;
        total += s;
    }
    return total;
}

COLDWAVE_DISPATCH
void coldwave_tsne_move(const coldwave_tsne_step *step, const float *attraction, const float *repulsion, float *positions,
                        float *updates, float *gains, int64_t first, int64_t end, double *sums) {
    const float momentum = step->momentum, rate = step->rate, pull = step->exaggeration, push = step->normalization;
    for (int64_t i = 2 * first; i < 2 * end; i++) {
        const float gradient = pull * attraction[i] - push * repulsion[i];
        // Slower where the update keeps its sign with the gradient's (it runs uphill), faster where it goes on downhill.
        const int against = (updates[i] > 0) != (gradient > 0);
        const float slower = gains[i] * 0.8f + 0.01f, faster = gains[i] + 0.2f;
        gains[i] = against ? faster : slower;
        updates[i] = momentum * updates[i] - rate * gains[i] * gradient;
    }
    double sx = 0, sy = 0;
    for (int64_t i = first; i < end; i++) {
        const float length = sqrtf(updates[2 * i] * updates[2 * i] + updates[2 * i + 1] * updates[2 * i + 1]);
        const float scale = length > step->longest ? step->longest / length : 1;
        updates[2 * i] *= scale, updates[2 * i + 1] *= scale;
        positions[2 * i] += updates[2 * i], positions[2 * i + 1] += updates[2 * i + 1];
        sx += positions[2 * i], sy += positions[2 * i + 1];
    }
    sums[0] += sx, sums[1] += sy;
}
