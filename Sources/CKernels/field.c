// Sixteen rows, or sixteen columns, are transformed at once, one a SIMD lane. The rows of a stripe's upper half are the real and
// those of its lower half the imaginary parts of one complex transform, which is then taken apart: half the work.
#include "coldwave_field.h"
#include "dispatch.h"
#include "lanes.h"
#include <math.h>

#define STRIPE COLDWAVE_FIELD_STRIPE
_Static_assert(COLDWAVE_FIELD_LANES == LANES && STRIPE == 2 * LANES, "a stripe is two vectors of rows");

INLINE void fourier3(pair x[3]) {
    const float sine = 0.86602540378443865f;
    const pair sum = plus(x[1], x[2]), middle = {x[0].r - 0.5f * sum.r, x[0].i - 0.5f * sum.i};
    const pair turn = {(x[1].r - x[2].r) * sine, (x[1].i - x[2].i) * sine};
    x[0] = plus(x[0], sum), x[1] = minus_i(middle, turn), x[2] = plus_i(middle, turn);
}

INLINE void fourier5(pair x[5]) {
    const float c1 = 0.30901699437494742f, c2 = -0.80901699437494742f, s1 = 0.95105651629515357f, s2 = 0.58778525229247313f;
    const pair a = plus(x[1], x[4]), b = minus(x[1], x[4]), c = plus(x[2], x[3]), d = minus(x[2], x[3]);
    const pair m = {x[0].r + c1 * a.r + c2 * c.r, x[0].i + c1 * a.i + c2 * c.i};
    const pair n = {x[0].r + c2 * a.r + c1 * c.r, x[0].i + c2 * a.i + c1 * c.i};
    const pair u = {s1 * b.r + s2 * d.r, s1 * b.i + s2 * d.i}, v = {s2 * b.r - s1 * d.r, s2 * b.i - s1 * d.i};
    x[0] = plus(x[0], plus(a, c));
    x[1] = minus_i(m, u), x[4] = plus_i(m, u), x[2] = minus_i(n, v), x[3] = plus_i(n, v);
}

/// One pass of the Stockham FFT: `n` points in each of `s` interleaved transforms.
INLINE void pass(const coldwave_fourier *plan, const int radix, int n, int s, const lanes *xr, const lanes *xi, lanes *yr,
                 lanes *yi) {
    const int m = n / radix;
    for (int p = 0; p < m; p++)
        for (int q = 0; q < s; q++) {
            pair x[8];
            for (int j = 0; j < radix; j++) x[j] = (pair){xr[q + s * (p + j * m)], xi[q + s * (p + j * m)]};
            if (radix == 8) fourier8(x);
            if (radix == 5) fourier5(x);
            if (radix == 4) fourier4(x);
            if (radix == 3) fourier3(x);
            if (radix == 2) {
                const pair a = x[0];
                x[0] = plus(a, x[1]), x[1] = minus(a, x[1]);
            }
            for (int j = 0; j < radix; j++) {
                const pair y = p == 0 || j == 0 ? x[j] : times(x[j], plan->cosines[j * p * s], plan->sines[j * p * s]);
                yr[q + s * (radix * p + j)] = y.r, yi[q + s * (radix * p + j)] = y.i;
            }
        }
}

/// Transforms x; y is as large. Afterwards both pointers name the buffers that hold the result.
INLINE void transform(const coldwave_fourier *plan, lanes **xr, lanes **xi, lanes *yr, lanes *yi) {
    for (int n = plan->size, s = 1; n > 1;) {
        const int radix = n % 8 == 0 ? 8 : n % 4 == 0 ? 4 : n % 2 == 0 ? 2 : n % 3 == 0 ? 3 : 5;
        if (radix == 8) pass(plan, 8, n, s, *xr, *xi, yr, yi);
        else if (radix == 4) pass(plan, 4, n, s, *xr, *xi, yr, yi);
        else if (radix == 2) pass(plan, 2, n, s, *xr, *xi, yr, yi);
        else if (radix == 3) pass(plan, 3, n, s, *xr, *xi, yr, yi);
        else pass(plan, 5, n, s, *xr, *xi, yr, yi);
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
