// Convolution of width 4 by minimal filtering, F(5, 4) (Winograd 1980; Lavin & Gray 2016): five rows of output from eight rows of input
// with 8 products for every pair of channels where the sum as it is written takes 20. A polynomial that is known at eight places is known
// everywhere: here at 0, ±1, ±2, ±1/2 and infinity, which in float32 costs about two bits (measured: error 3 to 4 times the direct sum's).
//
// rows of input [8] → points; filters [4] → points; the products of both, summed over channels → points → rows of output [5].
// What lies side by side in memory are the channels; one call is one tile. The gradients are the same matrices transposed.
#pragma once
#include <cstdint>

namespace ctorch::minimal {

constexpr int64_t width = 4, rows = 5, points = rows + width - 1;

/// `input`: 8 rows of `channels`, of which `available` are there, zeros after them. Point k goes to `to + k * stride`.
void points_of_input(const float *input, int64_t available, int64_t channels, const float *zeros, float *to, int64_t stride);
/// Its transpose. The first three rows are the tile's before as well: this tile's part is added to what is there, or takes its place when
/// there is none before. `zeros` [channels], `scratch` [8 * channels].
void gradient_of_input(const float *from, int64_t stride, int64_t channels, int64_t available, bool is_first, const float *zeros,
                       float *input, float *scratch);

/// Point k lies at `from + k * stride`; the 5 rows of output one after the other, with `bias` [channels].
void rows_of_points(const float *from, int64_t stride, int64_t channels, const float *bias, float *output);
/// Its transpose.
void points_of_gradient(const float *output, int64_t channels, float *to, int64_t stride);

/// `taps` [count, 4]: filters, one after the other. Point k of filter i goes to `to[k * stride + i]`.
void points_of_filters(const float *taps, int64_t count, float *to, int64_t stride);
/// Its transpose, of the sum of `parts` gradients that lie `part_stride` apart.
void filters_of_points(const float *from, int64_t stride, int64_t parts, int64_t part_stride, int64_t count, float *taps);

} // namespace ctorch::minimal
