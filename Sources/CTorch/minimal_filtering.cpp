#include "minimal_filtering.hpp"
#include "dispatch.hpp"
#include <utility>

namespace ctorch::minimal {
namespace {

/// Rows of output from points: the powers of every place.
struct Output {
    static constexpr int rows = 5, columns = 8;
    static constexpr float at[rows][columns] = {{1, 1, 1, 1, 1, 1, 1, 0},
                                                {0, 1, -1, 2, -2, 1 / 2.f, -1 / 2.f, 0},
                                                {0, 1, 1, 4, 4, 1 / 4.f, 1 / 4.f, 0},
                                                {0, 1, -1, 8, -8, 1 / 8.f, -1 / 8.f, 0},
                                                {0, 1, 1, 16, 16, 1 / 16.f, 1 / 16.f, 1}};
};

/// Points of a filter: its polynomial at every place, over the product of that place's distances from the others.
struct Filter {
    static constexpr int rows = 8, columns = 4;
    static constexpr float at[rows][columns] = {{-1, 0, 0, 0},
                                                {-2 / 9.f, -2 / 9.f, -2 / 9.f, -2 / 9.f},
                                                {-2 / 9.f, 2 / 9.f, -2 / 9.f, 2 / 9.f},
                                                {1 / 90.f, 1 / 45.f, 2 / 45.f, 4 / 45.f},
                                                {1 / 90.f, -1 / 45.f, 2 / 45.f, -4 / 45.f},
                                                {32 / 45.f, 16 / 45.f, 8 / 45.f, 4 / 45.f},
                                                {32 / 45.f, -16 / 45.f, 8 / 45.f, -4 / 45.f},
                                                {0, 0, 0, 1}};
};

/// Points of the input: the coefficients of the product of (x − place) over the other places.
struct Input {
    static constexpr int rows = 8, columns = 8;
    static constexpr float at[rows][columns] = {{-1, 0, 21 / 4.f, 0, -21 / 4.f, 0, 1, 0},
                                                {0, 1, 1, -17 / 4.f, -17 / 4.f, 1, 1, 0},
                                                {0, -1, 1, 17 / 4.f, -17 / 4.f, -1, 1, 0},
                                                {0, 1 / 2.f, 1 / 4.f, -5 / 2.f, -5 / 4.f, 2, 1, 0},
                                                {0, -1 / 2.f, 1 / 4.f, 5 / 2.f, -5 / 4.f, -2, 1, 0},
                                                {0, 2, 4, -5 / 2.f, -5, 1 / 2.f, 1, 0},
                                                {0, -2, 4, 5 / 2.f, -5, -1 / 2.f, 1, 0},
                                                {0, -1, 0, 21 / 4.f, 0, -21 / 4.f, 0, 1}};
};

template <typename M> struct Transposed {
    static constexpr int rows = M::columns, columns = M::rows;
    struct Values {
        float at[rows][columns];
        constexpr const float *operator[](int row) const { return at[row]; }
    };
    static constexpr Values at = [] {
        Values result{};
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) result.at[i][j] = M::at[j][i];
        return result;
    }();
};

/// The sum over a row's columns that are not zero, from `Column` on.
template <typename M, int Row, int Column> INLINE float combine(const float *x, float so_far) {
    if constexpr (Column == M::columns)
        return so_far;
    else if constexpr (M::at[Row][Column] == 0)
        return combine<M, Row, Column + 1>(x, so_far);
    else
        return combine<M, Row, Column + 1>(x, so_far + M::at[Row][Column] * x[Column]);
}

template <typename M, int... Row>
INLINE void combine_all(const float *x, const float *start, float *y, std::integer_sequence<int, Row...>) {
    ((y[Row] = combine<M, Row, 0>(x, start[Row])), ...);
}

/// `to[r] = start + Σ M[r][c] · from[c]` for every channel.
template <typename M> INLINE void apply(const float *const *from, const float *start, float *const *to, int64_t channels) {
    const float *in[M::columns];
    float *out[M::rows];
    for (int c = 0; c < M::columns; c++) in[c] = from[c];
    for (int r = 0; r < M::rows; r++) out[r] = to[r];
    LOOP_WITHOUT_ALIASES
    for (int64_t i = 0; i < channels; i++) {
        float x[M::columns], y[M::rows], first[M::rows];
        for (int c = 0; c < M::columns; c++) x[c] = in[c][i];
        for (int r = 0; r < M::rows; r++) first[r] = start ? start[i] : 0;
        combine_all<M>(x, first, y, std::make_integer_sequence<int, M::rows>());
        for (int r = 0; r < M::rows; r++) out[r][i] = y[r];
    }
}

template <typename Pointer, int N> struct Rows {
    Pointer at[N];
    INLINE Rows(Pointer base, int64_t stride) {
        for (int i = 0; i < N; i++) at[i] = base + i * stride;
    }
};

} // namespace

DISPATCH void points_of_input(const float *input, int64_t available, int64_t channels, const float *zeros, float *to,
                              int64_t stride) {
    Rows<const float *, points> from(input, channels);
    for (int64_t i = available < 0 ? 0 : available; i < points; i++) from.at[i] = zeros;
    apply<Input>(from.at, nullptr, Rows<float *, points>(to, stride).at, channels);
}

DISPATCH void add_gradient_of_input(const float *from, int64_t stride, int64_t channels, int64_t available, float *input,
                                    float *scratch) {
    apply<Transposed<Input>>(Rows<const float *, points>(from, stride).at, nullptr,
                             Rows<float *, points>(scratch, channels).at, channels);
    const int64_t count = (available < points ? available : points) * channels;
    for (int64_t i = 0; i < count; i++) input[i] += scratch[i];
}

DISPATCH void rows_of_points(const float *from, int64_t stride, int64_t channels, const float *bias, float *output) {
    apply<Output>(Rows<const float *, points>(from, stride).at, bias, Rows<float *, rows>(output, channels).at, channels);
}

DISPATCH void points_of_gradient(const float *output, int64_t channels, float *to, int64_t stride) {
    apply<Transposed<Output>>(Rows<const float *, rows>(output, channels).at, nullptr, Rows<float *, points>(to, stride).at,
                              channels);
}

DISPATCH void points_of_filters(const float *taps, int64_t stride, int64_t count, float *to) {
    apply<Filter>(Rows<const float *, width>(taps, stride).at, nullptr, Rows<float *, points>(to, stride).at, count);
}

DISPATCH void filters_of_points(const float *from, int64_t stride, int64_t count, float *taps) {
    apply<Transposed<Filter>>(Rows<const float *, points>(from, stride).at, nullptr, Rows<float *, width>(taps, stride).at,
                              count);
}

} // namespace ctorch::minimal
