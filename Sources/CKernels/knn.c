// Distances come from a matrix product, |a - b|² = |a|² - 2 (a.b - |b|²/2), and only bound the true ones: what may be among the
// nearest is measured again from the differences, so that nothing cancels where vectors lie far from the origin.
#include "coldwave_knn.h"
#include "dispatch.h"
#include "lanes.h"
#include <math.h>

#define BLOCK COLDWAVE_KNN_BLOCK
#define TILE 8

COLDWAVE_DISPATCH
void coldwave_knn_pack(const float *rows, int64_t count, int dimensions, int64_t first, int64_t end, float *packed,
                       float *halves) {
    for (int64_t b = first; b < end; b++)
        for (int v = 0; v < BLOCK; v++) {
            const int64_t row = b * BLOCK + v;
            double squares = 0;
            for (int k = 0; k < dimensions; k++) {
                const float value = row < count ? rows[row * dimensions + k] : 0;
                packed[(b * dimensions + k) * BLOCK + v] = value;
                squares += (double)value * value;
            }
            halves[row] = row < count ? (float)(squares / 2) : INFINITY;
        }
}

static int is_worse(float a, int32_t i, float b, int32_t j) { return a > b || (a == b && i > j); }

/// Puts (distance, index) into the heap, whose root is the worst, at `place` or below.
static void sift_down(float *distances, int32_t *indices, int n, int place, float distance, int32_t index) {
    for (;;) {
        int child = 2 * place + 1;
        if (child >= n) break;
        if (child + 1 < n && is_worse(distances[child + 1], indices[child + 1], distances[child], indices[child])) child++;
        if (!is_worse(distances[child], indices[child], distance, index)) break;
        distances[place] = distances[child];
        indices[place] = indices[child];
        place = child;
    }
    distances[place] = distance;
    indices[place] = index;
}

INLINE float squared_distance(const float *a, const float *b, int dimensions) {
    lanes sum = {0};
    int k = 0;
    for (; k + LANES <= dimensions; k += LANES) {
        lanes x, y;
        memcpy(&x, a + k, sizeof x), memcpy(&y, b + k, sizeof y);
        x -= y;
        sum += x * x;
    }
    float total = 0;
    for (int v = 0; v < LANES; v++) total += sum[v];
    for (; k < dimensions; k++) total += (a[k] - b[k]) * (a[k] - b[k]);
    return total;
}

COLDWAVE_DISPATCH
void coldwave_knn(const float *rows, int64_t count, int dimensions, const float *packed, const float *halves, float largest,
                  const float *queries, int query_count, int64_t skip, int k, int32_t *indices, float *distances) {
    // Scores a.b - |b|²/2 below these cannot be among the nearest.
    float thresholds[COLDWAVE_KNN_QUERIES], slacks[COLDWAVE_KNN_QUERIES], squares[COLDWAVE_KNN_QUERIES];
    for (int q = 0; q < query_count; q++) {
        double sum = 0;
        for (int i = 0; i < dimensions; i++) sum += (double)queries[q * dimensions + i] * queries[q * dimensions + i];
        squares[q] = (float)sum;
        slacks[q] = 2 * (dimensions + 4) * 0x1p-24f * ((float)sqrt(sum) + largest) * ((float)sqrt(sum) + largest);
        thresholds[q] = -INFINITY;
        for (int i = 0; i < k; i++) distances[q * k + i] = INFINITY, indices[q * k + i] = INT32_MAX;
    }
    const int64_t blocks = (count + BLOCK - 1) / BLOCK;
    // About what stays in a core's second-level cache while every tile of queries passes over it.
    const int64_t panel = 524288 / (4 * BLOCK * dimensions) + 1;
    for (int64_t start = 0; start < blocks; start += panel) {
        const int64_t end = start + panel < blocks ? start + panel : blocks;
        for (int tile = 0; tile < query_count; tile += TILE) {
            const int width = query_count - tile < TILE ? query_count - tile : TILE;
            const float *query[TILE];
            for (int q = 0; q < TILE; q++) query[q] = queries + (int64_t)(tile + (q < width ? q : 0)) * dimensions;
            for (int64_t b = start; b < end; b++) {
                lanes low[TILE], high[TILE], left, right;
                memcpy(&left, halves + b * BLOCK, sizeof left), memcpy(&right, halves + b * BLOCK + LANES, sizeof right);
#pragma clang loop unroll(full)
                for (int q = 0; q < TILE; q++) low[q] = -left, high[q] = -right;
                const float *block = packed + b * BLOCK * dimensions;
                for (int i = 0; i < dimensions; i++, block += BLOCK) {
                    memcpy(&left, block, sizeof left), memcpy(&right, block + LANES, sizeof right);
#pragma clang loop unroll(full)
                    for (int q = 0; q < TILE; q++) low[q] += left * query[q][i], high[q] += right * query[q][i];
                }
#pragma clang loop unroll(full)
                for (int q = 0; q < TILE; q++) {
                    const float threshold = thresholds[tile + (q < width ? q : 0)];
                    int any = 0;
                    for (int v = 0; v < LANES; v++) any |= low[q][v] >= threshold || high[q][v] >= threshold;
                    if (!any || q >= width) continue;
                    float *worst = distances + (int64_t)(tile + q) * k;
                    int32_t *found = indices + (int64_t)(tile + q) * k;
                    float scores[BLOCK];
                    memcpy(scores, &low[q], sizeof low[q]), memcpy(scores + LANES, &high[q], sizeof high[q]);
                    for (int v = 0; v < BLOCK; v++) {
                        const int64_t row = b * BLOCK + v;
                        if (!(scores[v] >= thresholds[tile + q]) || row >= count) continue;
                        if (skip >= 0 && row == skip + tile + q) continue;
                        const float distance = squared_distance(query[q], rows + row * dimensions, dimensions);
                        if (!is_worse(worst[0], found[0], distance, (int32_t)row)) continue;
                        sift_down(worst, found, k, 0, distance, (int32_t)row);
                        if (worst[0] < INFINITY)
                            thresholds[tile + q] = (squares[tile + q] - worst[0]) / 2 - slacks[tile + q];
                    }
                }
            }
        }
    }
    for (int q = 0; q < query_count; q++)
        for (int end = k - 1; end > 0; end--) {
            float *worst = distances + (int64_t)q * k;
            int32_t *found = indices + (int64_t)q * k;
            const float distance = worst[end];
            const int32_t index = found[end];
            worst[end] = worst[0], found[end] = found[0];
            sift_down(worst, found, end, 0, distance, index);
        }
}
