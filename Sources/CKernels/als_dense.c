// What a half iteration of implicit ALS needs before and after its rows: Gram matrix, whitening, loss.
#include "als_blocks.h"
#include "coldwave_als.h"
#include "dispatch.h"
#include <math.h>

COLDWAVE_DISPATCH
void coldwave_gram(const float *rows, int64_t count, int dimensions, float *scratch, double *gram) {
    const int d = dimensions, ld = padded(d);
    float *block = scratch, *upper = block + (int64_t)BLOCK * ld;
    soon nothing = {0, 0, 0, 0};
    for (int64_t start = 0; start < count; start += BLOCK) {
        const int n = (int)(count - start < BLOCK ? count - start : BLOCK);
        for (int k = 0; k < n; k++) {
            memcpy(block + (int64_t)k * ld, rows + (start + k) * d, sizeof(float) * d);
            memset(block + (int64_t)k * ld + d, 0, sizeof(float) * (ld - d));
        }
        add_products(block, n, ld, 1, upper, &nothing);
        for (int i = 0; i < d; i++)
            for (int j = i; j < d; j++) gram[(int64_t)i * d + j] += upper[(int64_t)i * ld + j];
    }
    for (int i = 0; i < d; i++)
        for (int j = 0; j < i; j++) gram[(int64_t)i * d + j] = gram[(int64_t)j * d + i];
}

COLDWAVE_DISPATCH
int coldwave_als_whitener(const double *gram, double diagonal, int dimensions, double *scratch, float *inverse,
                          float *transposed) {
    const int d = dimensions, ld = padded(d);
    for (int i = 0; i < d; i++) {
        double *mine = scratch + (int64_t)i * d;
        for (int j = 0; j <= i; j++) {
            const double *other = scratch + (int64_t)j * d;
            double sum = gram[(int64_t)i * d + j] + (i == j ? diagonal : 0);
            for (int k = 0; k < j; k++) sum -= mine[k] * other[k];
            if (i == j && !(sum > 1e-14 * (gram[(int64_t)i * d + i] + diagonal))) return -1;
            mine[j] = i == j ? sqrt(sum) : sum / other[j];
        }
    }
    // L^-1 in place, row by row: row i = (e_i - sum_k L_ik row k) / L_ii.
    for (int i = 0; i < d; i++) {
        double *mine = scratch + (int64_t)i * d;
        const double scale = 1 / mine[i];
        for (int j = 0; j < i; j++) {
            double sum = 0;
            for (int k = j; k < i; k++) sum += mine[k] * scratch[(int64_t)k * d + j];
            // Entries left of j are no longer needed: mine[k] for k >= j is.
            mine[j] = -sum * scale;
        }
        mine[i] = scale;
    }
    memset(inverse, 0, sizeof(float) * d * ld);
    memset(transposed, 0, sizeof(float) * d * ld);
    for (int i = 0; i < d; i++)
        for (int j = 0; j <= i; j++) {
            inverse[(int64_t)i * ld + j] = (float)scratch[(int64_t)i * d + j];
            transposed[(int64_t)j * ld + i] = (float)scratch[(int64_t)i * d + j];
        }
    return 0;
}

COLDWAVE_DISPATCH
void coldwave_als_multiply(const float *rows, int64_t count, int dimensions, const float *matrix, float *out) {
    multiply(rows, dimensions, count, dimensions, padded(dimensions), matrix, out);
}

COLDWAVE_DISPATCH
double coldwave_als_loss(const float *x, const float *y, int dimensions, const int64_t *offsets, const int32_t *indices,
                         const float *confidences, int64_t first, int64_t end) {
    const int d = dimensions;
    double total = 0;
    for (int64_t row = first; row < end; row++) {
        const float *mine = x + row * d;
        for (int64_t k = offsets[row]; k < offsets[row + 1]; k++) {
            if (k + 16 < offsets[end]) {
                const float *soon = y + (int64_t)indices[k + 16] * d;
                for (int i = 0; i < d; i += 16) __builtin_prefetch(soon + i);
            }
            const float *other = y + (int64_t)indices[k] * d;
            vec sums = {0};
            int i = 0;
            for (; i + LANES <= d; i += LANES) sums += *(const loose *)(mine + i) * *(const loose *)(other + i);
            double s = 0;
            for (int l = 0; l < LANES; l++) s += sums[l];
            for (; i < d; i++) s += mine[i] * other[i];
            const double c = fabs((double)confidences[k]), p = confidences[k] > 0;
            total += c * (p - s) * (p - s) - s * s;
        }
    }
    return total;
}
