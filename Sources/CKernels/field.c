// Sixteen rows, or sixteen columns, are transformed at once, one a SIMD lane. The rows of a stripe's upper half are the real and
// those of its lower half the imaginary parts of one complex transform, which is then taken apart: half the work.
#include "coldwave_field.h"
#include "dispatch.h"
#include "lanes.h"
#include <math.h>

#define STRIPE COLDWAVE_FIELD_STRIPE
_Static_assert(COLDWAVE_FIELD_LANES == LANES && STRIPE == 2 * LANES, "a stripe is two vectors of rows");

/// Transforms x; y is as large. Afterwards both pointers name the buffers that hold the result.
INLINE void transform(const coldwave_fourier *plan, lanes **xr, lanes **xi, lanes *yr, lanes *yi) {
    for (int n = plan->size, s = 1; n > 1;) {
        const int radix = n % 8 == 0 ? 8 : n % 4 == 0 ? 4 : n % 2 == 0 ? 2 : n % 3 == 0 ? 3 : 5;
        if (radix == 8) pass(plan->cosines, plan->sines, 8, n, s, *xr, *xi, yr, yi);
        else if (radix == 4) pass(plan->cosines, plan->sines, 4, n, s, *xr, *xi, yr, yi);
        else if (radix == 2) pass(plan->cosines, plan->sines, 2, n, s, *xr, *xi, yr, yi);
        else if (radix == 3) pass(plan->cosines, plan->sines, 3, n, s, *xr, *xi, yr, yi);
        else pass(plan->cosines, plan->sines, 5, n, s, *xr, *xi, yr, yi);
        lanes *swap = *xr;
        *xr = yr, yr = swap, swap = *xi, *xi = yi, yi = swap;
        n /= radix, s *= radix;
    }
}

int64_t coldwave_field_scratch(const coldwave_field *field) {
    const int size = field->x.size > field->y.size ? field->x.size : field->y.size;
    return (int64_t)4 * LANES * (size + LANES);
}

COLDWAVE_DISPATCH
void coldwave_field_rows(const coldwave_field *field, const float *grid, int stripe, float *real, float *imaginary,
                         float *scratch) {
    const int size = field->x.size, rows = field->y.size;
    const int64_t half = (int64_t)size * LANES;
    lanes *xr = (lanes *)scratch, *xi = xr + size, *yr = xi + size, *yi = yr + size;
    memcpy(xr, grid + 2 * stripe * half, sizeof(float) * half);
    memcpy(xi, grid + (2 * stripe + 1) * half, sizeof(float) * half);
    transform(&field->x, &xr, &xi, yr, yi);
    // A[k] = (Z[k] + conj Z[-k]) / 2 of the upper rows, B[k] = (Z[k] - conj Z[-k]) / 2i of the lower.
    for (int block = 0; block <= size / 2 / LANES; block++) {
        lanes ar[LANES], ai[LANES], br[LANES], bi[LANES];
        for (int i = 0; i < LANES; i++) {
            const int k = block * LANES + i < size ? block * LANES + i : 0, j = k == 0 ? 0 : size - k;
            ar[i] = (xr[k] + xr[j]) * 0.5f, ai[i] = (xi[k] - xi[j]) * 0.5f;
            br[i] = (xi[k] + xi[j]) * 0.5f, bi[i] = (xr[j] - xr[k]) * 0.5f;
        }
        transpose(ar), transpose(ai), transpose(br), transpose(bi);
        const int64_t at = ((int64_t)block * rows + STRIPE * stripe) * LANES;
        memcpy(real + at, ar, sizeof ar), memcpy(real + at + LANES * LANES, br, sizeof br);
        memcpy(imaginary + at, ai, sizeof ai), memcpy(imaginary + at + LANES * LANES, bi, sizeof bi);
    }
}

COLDWAVE_DISPATCH
void coldwave_field_columns(const coldwave_field *field, int block, float *real, float *imaginary, float *scratch) {
    const int size = field->y.size, used = field->height;
    const int64_t at = (int64_t)block * size * LANES;
    lanes *xr = (lanes *)scratch, *xi = xr + size, *yr = xi + size, *yi = yr + size;
    memcpy(xr, real + at, sizeof(lanes) * (size_t)used), memcpy(xi, imaginary + at, sizeof(lanes) * (size_t)used);
    memset(xr + used, 0, sizeof(lanes) * (size_t)(size - used)), memset(xi + used, 0, sizeof(lanes) * (size_t)(size - used));
    lanes *const first = xr;
    transform(&field->y, &xr, &xi, yr, yi);
    if (field->kernel) {
        const lanes *kernel = (const lanes *)(field->kernel + at);
        for (int k = 0; k < size; k++) xr[k] *= kernel[k], xi[k] *= kernel[k];
        // The way back is the way forth with real and imaginary parts exchanged.
        lanes *const br = xr == first ? yr : first, *const bi = br + size;
        transform(&field->y, &xi, &xr, bi, br);
    }
    memcpy(real + at, xr, sizeof(lanes) * (size_t)used), memcpy(imaginary + at, xi, sizeof(lanes) * (size_t)used);
}

COLDWAVE_DISPATCH
void coldwave_field_back(const coldwave_field *field, const float *real, const float *imaginary, int stripe, float *grid,
                         float *scratch) {
    const int size = field->x.size, rows = field->y.size;
    const int64_t half = (int64_t)size * LANES;
    lanes *xr = (lanes *)scratch, *xi = xr + size, *yr = xi + size, *yi = yr + size;
    // Z = A + iB, and conj A + i conj B on the other side, since both are transforms of real rows.
    for (int block = 0; block <= size / 2 / LANES; block++) {
        lanes ar[LANES], ai[LANES], br[LANES], bi[LANES];
        const int64_t at = ((int64_t)block * rows + STRIPE * stripe) * LANES;
        memcpy(ar, real + at, sizeof ar), memcpy(br, real + at + LANES * LANES, sizeof br);
        memcpy(ai, imaginary + at, sizeof ai), memcpy(bi, imaginary + at + LANES * LANES, sizeof bi);
        transpose(ar), transpose(ai), transpose(br), transpose(bi);
        for (int i = 0; i < LANES && block * LANES + i <= size / 2; i++) {
            const int k = block * LANES + i, j = k == 0 ? 0 : size - k;
            xr[j] = ar[i] + bi[i], xi[j] = br[i] - ai[i];
            xr[k] = ar[i] - bi[i], xi[k] = br[i] + ai[i];
        }
    }
    transform(&field->x, &xi, &xr, yi, yr);
    memcpy(grid + 2 * stripe * half, xr, sizeof(float) * half);
    memcpy(grid + (2 * stripe + 1) * half, xi, sizeof(float) * half);
}

COLDWAVE_DISPATCH
void coldwave_field_kernel(const coldwave_field *field, double base, int stripe, float *grid) {
    const int width = field->x.size, height = field->y.size;
    for (int row = STRIPE * stripe; row < STRIPE * (stripe + 1); row++)
        for (int column = 0; column < width; column++) {
            const double x = (column < width - column ? column : width - column) / (double)field->inverse;
            const double y = (row < height - row ? row : height - row) / (double)field->inverse;
            grid[((int64_t)(row / LANES) * width + column) * LANES + row % LANES] = (float)(1 / (1 + x * x + y * y) - base);
        }
}
