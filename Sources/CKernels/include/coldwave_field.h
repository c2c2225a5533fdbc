// The sum over many points of 1 / (1 + distance²), everywhere at once: points are spread onto a grid, the grid is convolved by
// FFT, and the sum and its gradient are read off at the points.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    COLDWAVE_FIELD_LANES = 16,
    COLDWAVE_FIELD_STRIPE = 32, // rows that are spread, and transformed, together
};

/// One length of transform: 2^a 3^b 5^c, with cosines[k] = cos(2 pi k / size), sines[k] = -sin(2 pi k / size).
typedef struct {
    int size;
    const float *cosines;
    const float *sines;
} coldwave_fourier;

/// The grid has `height` rows in use, a multiple of 32, and as many columns as a point may fall on. It is stored as
/// [height / 16][x.size][16]: sixteen rows side by side. The spectrum, real and imaginary, is [x.size / 2 / 16 + 1][y.size][16].
typedef struct {
    coldwave_fourier x, y;
    int height;
    float left, top;     // where column 0 and row 0 lie
    float inverse;       // nodes a unit
    const float *kernel; // [x.size / 2 / 16 + 1][y.size][16]: what the spectrum is multiplied by
    float own[16];       // [4][4]: what a node does to the node so many columns and rows away, for a point's field on itself
} coldwave_field;

/// Floats of scratch memory, aligned to 64 bytes, for each call below that takes it.
int64_t coldwave_field_scratch(const coldwave_field *field);

/// Spreads the points of one stripe of 32 rows: `order` holds points, those whose first row lies in stripe s at bounds[s] ..<
/// bounds[s + 1]. Clears the stripe first.
void coldwave_field_spread(const coldwave_field *field, const float *positions, const int32_t *order, const int64_t *bounds,
                           int stripe, float *grid);

/// The first of the four columns and rows that a point is spread over.
void coldwave_field_first(const coldwave_field *field, const float *position, int32_t *column, int32_t *row);

/// Transforms the rows of one stripe of the grid into the spectrum, along x.
void coldwave_field_rows(const coldwave_field *field, const float *grid, int stripe, float *real, float *imaginary,
                         float *scratch);

/// Transforms 16 columns of the spectrum along y; multiplies by the kernel and transforms back where there is one.
void coldwave_field_columns(const coldwave_field *field, int block, float *real, float *imaginary, float *scratch);

/// Transforms one stripe of the spectrum back into the grid.
void coldwave_field_back(const coldwave_field *field, const float *real, const float *imaginary, int stripe, float *grid,
                         float *scratch);

/// out_i = -1/2 the gradient of the others' field at points order[first ..< end], written to [2 order[i]]; gives the sum of
/// their field.
double coldwave_field_read(const coldwave_field *field, const float *grid, const float *positions, const int32_t *order,
                           int64_t first, int64_t end, float *out);

/// 1 / (1 + distance²) - base on row stripe `stripe` of a grid of the whole y.size, distances going round both ways.
void coldwave_field_kernel(const coldwave_field *field, double base, int stripe, float *grid);

#ifdef __cplusplus
}
#endif
