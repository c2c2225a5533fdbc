// Four points against 64 centres at a time: the 256 sums stay in registers while the dimensions are walked.
#include "coldwave_centres.h"

#include "dispatch.h"

enum { POINTS = 4, BLOCK = COLDWAVE_CENTRE_BLOCK };

COLDWAVE_DISPATCH
void coldwave_nearest_centres(const float *points, int64_t count, int dimensions, const float *centres,
                              const float *half_squares, int columns, int32_t *nearest, float *scores) {
    for (int64_t first = 0; first < count; first += POINTS) {
        const float *x[POINTS];
        float best[POINTS];
        int32_t where[POINTS];
        for (int p = 0; p < POINTS; p++) {
            // What is left over at the end repeats the last point, and is not written.
            x[p] = points + (first + p < count ? first + p : count - 1) * dimensions;
            best[p] = -__builtin_inff();
            where[p] = 0;
        }
        for (int block = 0; block < columns; block += BLOCK) {
            float sums[POINTS][BLOCK];
            for (int p = 0; p < POINTS; p++)
                for (int c = 0; c < BLOCK; c++) sums[p][c] = -half_squares[block + c];
            for (int d = 0; d < dimensions; d++) {
                const float *row = centres + (int64_t)d * columns + block;
                for (int p = 0; p < POINTS; p++) {
                    const float value = x[p][d];
                    for (int c = 0; c < BLOCK; c++) sums[p][c] += value * row[c];
                }
            }
            for (int p = 0; p < POINTS; p++)
                for (int c = 0; c < BLOCK; c++)
                    if (sums[p][c] > best[p]) {
                        best[p] = sums[p][c];
                        where[p] = block + c;
                    }
        }
        for (int p = 0; p < POINTS && first + p < count; p++) {
            nearest[first + p] = where[p];
            scores[first + p] = best[p];
        }
    }
}
