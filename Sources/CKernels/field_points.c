// Between points and grid: cubic B-splines over four nodes each way. The kernel undoes the smoothing of both, so that together they
// interpolate 1 / (1 + distance²) by cubic splines; their derivative gives the force.
#include "coldwave_field.h"
#include "dispatch.h"
#include "lanes.h"
#include <math.h>

#define STRIPE COLDWAVE_FIELD_STRIPE
typedef float four __attribute__((vector_size(16)));

/// The node before u, less one, and the weights of it and the three after it.
INLINE int spline(float u, float w[4]) {
    const float whole = floorf(u), t = u - whole, s = 1 - t;
    w[0] = s * s * s / 6, w[3] = t * t * t / 6;
    w[1] = 2.0f / 3 - t * t * (2 - t) / 2, w[2] = 2.0f / 3 - s * s * (2 - s) / 2;
    return (int)whole - 1;
}

/// The weights of the derivative in nodes.
INLINE void slope(float u, float w[4]) {
    const float t = u - floorf(u), s = 1 - t;
    w[0] = -s * s / 2, w[3] = t * t / 2;
    w[1] = t * (3 * t - 4) / 2, w[2] = s * (4 - 3 * s) / 2;
}

/// sums[d] = sum of a[i] b[j] over |i - j| = d.
INLINE void by_distance(const float a[4], const float b[4], float sums[4]) {
    sums[0] = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
    sums[1] = a[0] * b[1] + a[1] * b[0] + a[1] * b[2] + a[2] * b[1] + a[2] * b[3] + a[3] * b[2];
    sums[2] = a[0] * b[2] + a[2] * b[0] + a[1] * b[3] + a[3] * b[1];
    sums[3] = a[0] * b[3] + a[3] * b[0];
}

void coldwave_field_first(const coldwave_field *field, const float *position, int32_t *column, int32_t *row) {
    *column = (int32_t)floorf((position[0] - field->left) * field->inverse) - 1;
    *row = (int32_t)floorf((position[1] - field->top) * field->inverse) - 1;
}

COLDWAVE_DISPATCH
void coldwave_field_spread(const coldwave_field *field, const float *positions, const int32_t *order, const int64_t *bounds,
                           int stripe, float *grid) {
    const int width = field->x.size, top = STRIPE * stripe;
    memset(grid + (int64_t)2 * stripe * width * LANES, 0, sizeof(float) * (size_t)width * STRIPE);
    // Points of the stripe above reach into this one by up to three rows.
    for (int64_t at = bounds[stripe > 0 ? stripe - 1 : 0]; at < bounds[stripe + 1]; at++) {
        const float *point = positions + 2 * (int64_t)order[at];
        float wx[4], wy[4];
        const int row = spline((point[1] - field->top) * field->inverse, wy);
        if (row + 3 < top) continue;
        const int column = spline((point[0] - field->left) * field->inverse, wx);
        for (int j = 0; j < 4; j++) {
            const int r = row + j;
            if (r < top || r >= top + STRIPE) continue;
            float *node = grid + ((int64_t)(r / LANES) * width + column) * LANES + r % LANES;
            for (int i = 0; i < 4; i++) node[i * LANES] += wx[i] * wy[j];
        }
    }
}

COLDWAVE_DISPATCH
double coldwave_field_read(const coldwave_field *field, const float *grid, const float *positions, const int32_t *order,
                           int64_t first, int64_t end, float *out) {
    const int width = field->x.size;
    double total = 0;
    for (int64_t at = first; at < end; at++) {
        const int64_t point = 2 * (int64_t)order[at];
        const float u = (positions[point] - field->left) * field->inverse;
        const float v = (positions[point + 1] - field->top) * field->inverse;
        float wx[4], sx[4];
        four wy, sy, sum = {0}, change = {0};
        const int column = spline(u, wx), row = spline(v, (float *)&wy);
        slope(u, sx), slope(v, (float *)&sy);
        const float *node = grid + ((int64_t)(row / LANES) * width + column) * LANES + row % LANES;
        // Rows beyond this vector of sixteen go on in the next one.
        const int inside = LANES - row % LANES;
        for (int i = 0; i < 4; i++) {
            four values;
            if (inside >= 4) memcpy(&values, node + i * LANES, sizeof values);
            else
                for (int j = 0; j < 4; j++) values[j] = node[i * LANES + j + (j < inside ? 0 : (int64_t)(width - 1) * LANES)];
            sum += wx[i] * values, change += sx[i] * values;
        }
        // The point's own field, which on a sparse map is most of the error, is known and taken off.
        float xx[4], yy[4], xs[4], ys[4];
        by_distance(wx, wx, xx), by_distance((float *)&wy, (float *)&wy, yy);
        by_distance(sx, wx, xs), by_distance((float *)&sy, (float *)&wy, ys);
        float own = 0, own_x = 0, own_y = 0;
        for (int i = 0; i < 4; i++) {
            const float *node_to = field->own + 4 * i;
            const float across = node_to[0] * yy[0] + node_to[1] * yy[1] + node_to[2] * yy[2] + node_to[3] * yy[3];
            own += xx[i] * across, own_x += xs[i] * across;
            own_y += xx[i] * (node_to[0] * ys[0] + node_to[1] * ys[1] + node_to[2] * ys[2] + node_to[3] * ys[3]);
        }
        const four field4 = sum * wy, x4 = change * wy, y4 = sum * sy;
        total += field4[0] + field4[1] + field4[2] + field4[3] - own;
        out[point] = (x4[0] + x4[1] + x4[2] + x4[3] - own_x) * field->inverse * -0.5f;
        out[point + 1] = (y4[0] + y4[1] + y4[2] + y4[3] - own_y) * field->inverse * -0.5f;
    }
    return total;
}
