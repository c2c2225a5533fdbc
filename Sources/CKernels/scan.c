// A block of 16 vectors lies with the same dimension of all 16 side by side, so the scan is one conversion and one
// multiply-add per dimension without any sum across lanes. Bytes instead of floats: the scan of many vectors is bound by
// memory, and reads a quarter this way.
#include "coldwave_scan.h"
#include "dispatch.h"
#include <string.h>

#define LANES COLDWAVE_SCAN_LANES
#define QUERIES COLDWAVE_SCAN_QUERIES
typedef int8_t bytes __attribute__((vector_size(LANES)));
typedef float lanes_f __attribute__((vector_size(4 * LANES)));

// Bits of the lanes whose bound reaches the threshold. The OR over lanes first: almost always there is none.
#define PASSING(bound, threshold, result)                                              \
    do {                                                                               \
        int any = 0;                                                                   \
        for (int v = 0; v < LANES; v++) any |= (bound)[v] >= (threshold);              \
        (result) = 0;                                                                  \
        if (any)                                                                       \
            for (int v = 0; v < LANES; v++)                                            \
                (result) |= (uint32_t)((bound)[v] >= (threshold)) << v;                \
    } while (0)

COLDWAVE_DISPATCH
int64_t coldwave_scan(const int8_t *codes, const float *scales, int64_t first, int64_t end, int dimensions,
                      const float *query, float slack, float threshold, uint32_t *lanes) {
    for (int64_t b = first; b < end; b++) {
        const int8_t *block = codes + b * dimensions * LANES;
        // Two sums, so that one multiply-add need not wait for the one before it.
        lanes_f even = {0}, odd = {0}, scale;
        bytes code;
        int k = 0;
        for (; k + 2 <= dimensions; k += 2) {
            memcpy(&code, block + k * LANES, LANES);
            even += __builtin_convertvector(code, lanes_f) * query[k];
            memcpy(&code, block + (k + 1) * LANES, LANES);
            odd += __builtin_convertvector(code, lanes_f) * query[k + 1];
        }
        if (k < dimensions) {
            memcpy(&code, block + k * LANES, LANES);
            even += __builtin_convertvector(code, lanes_f) * query[k];
        }
        memcpy(&scale, scales + b * LANES, sizeof scale);
        const lanes_f bound = scale * (even + odd + slack);
        PASSING(bound, threshold, *lanes);
        if (*lanes) return b;
    }
    return end;
}

COLDWAVE_DISPATCH
int64_t coldwave_scan4(const int8_t *codes, const float *scales, int64_t first, int64_t end, int dimensions,
                       const float *queries, const float *slacks, const float *thresholds, uint32_t *lanes) {
    const float *q0 = queries, *q1 = q0 + dimensions, *q2 = q1 + dimensions, *q3 = q2 + dimensions;
    for (int64_t b = first; b < end; b++) {
        const int8_t *block = codes + b * dimensions * LANES;
        lanes_f s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, scale;
        for (int k = 0; k < dimensions; k++) {
            bytes code;
            memcpy(&code, block + k * LANES, LANES);
            const lanes_f x = __builtin_convertvector(code, lanes_f);
            s0 += x * q0[k];
            s1 += x * q1[k];
            s2 += x * q2[k];
            s3 += x * q3[k];
        }
        memcpy(&scale, scales + b * LANES, sizeof scale);
        const lanes_f bounds[QUERIES] = {
            scale * (s0 + slacks[0]), scale * (s1 + slacks[1]), scale * (s2 + slacks[2]), scale * (s3 + slacks[3])};
        uint32_t some = 0;
        for (int q = 0; q < QUERIES; q++) {
            PASSING(bounds[q], thresholds[q], lanes[q]);
            some |= lanes[q];
        }
        if (some) return b;
    }
    return end;
}
