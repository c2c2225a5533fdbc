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

/// `to[r] = start[r] + Σ M[r][c] · from[c]` for every channel; a row of output may start from itself.
template <typename M> INLINE void apply(const float *const *from, const float *const *start, float *const *to, int64_t channels) {
    const float *in[M::columns], *first[M::rows];
    float *out[M::rows];
    for (int c = 0; c < M::columns; c++) in[c] = from[c];
    for (int r = 0; r < M::rows; r++) out[r] = to[r], first[r] = start ? start[r] : nullptr;
    LOOP_WITHOUT_ALIASES
    for (int64_t i = 0; i < channels; i++) {
        float x[M::columns], y[M::rows], before[M::rows];
        for (int c = 0; c < M::columns; c++) x[c] = in[c][i];
        for (int r = 0; r < M::rows; r++) before[r] = start ? first[r][i] : 0;
        combine_all<M>(x, before, y, std::make_integer_sequence<int, M::rows>());
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

DISPATCH void gradient_of_input(const float *from, int64_t stride, int64_t channels, int64_t available, bool is_first,
                                const float *zeros, float *input, float *scratch) {
    constexpr int shared = width - 1;
    Rows<float *, points> to(input, channels);
    Rows<const float *, points> start(zeros, 0);
    for (int i = 0; i < points; i++) {
        if (i >= available) to.at[i] = scratch + i * channels;
        if (i < shared && i < available && !is_first) start.at[i] = to.at[i];
    }
    apply<Transposed<Input>>(Rows<const float *, points>(from, stride).at, start.at, to.at, channels);
}

DISPATCH void rows_of_points(const float *from, int64_t stride, int64_t channels, const float *bias, float *output) {
    apply<Output>(Rows<const float *, points>(from, stride).at, Rows<const float *, rows>(bias, 0).at,
                  Rows<float *, rows>(output, channels).at, channels);
}

DISPATCH void points_of_gradient(const float *output, int64_t channels, float *to, int64_t stride) {
    apply<Transposed<Output>>(Rows<const float *, rows>(output, channels).at, nullptr, Rows<float *, points>(to, stride).at,
                              channels);
}

DISPATCH void points_of_filters(const float *taps, int64_t count, float *to, int64_t stride) {
    Rows<float *, points> out(to, stride);
    LOOP_WITHOUT_ALIASES
    for (int64_t i = 0; i < count; i++) {
        float y[points];
        const float x[width] = {taps[width * i], taps[width * i + 1], taps[width * i + 2], taps[width * i + 3]}, none[points] = {};
        combine_all<Filter>(x, none, y, std::make_integer_sequence<int, points>());
        for (int k = 0; k < points; k++) out.at[k][i] = y[k];
    }
}

DISPATCH void filters_of_points(const float *from, int64_t stride, int64_t parts, int64_t part_stride, int64_t count,
                                float *taps) {
    constexpr int64_t together = 64;
    float sums[points][together];
    for (int64_t first = 0; first < count; first += together) {
        const int64_t some = count - first < together ? count - first : together;
        for (int64_t k = 0; k < points; k++) {
            const float *start = from + k * stride + first;
            for (int64_t i = 0; i < some; i++) sums[k][i] = start[i];
            for (int64_t part = 1; part < parts; part++)
                for (int64_t i = 0; i < some; i++) sums[k][i] += start[part * part_stride + i];
        }
        float *to = taps + width * first;
        LOOP_WITHOUT_ALIASES
        for (int64_t i = 0; i < some; i++) {
            float x[points], y[width];
            const float none[width] = {};
            for (int k = 0; k < points; k++) x[k] = sums[k][i];
            combine_all<Transposed<Filter>>(x, none, y, std::make_integer_sequence<int, width>());
            for (int t = 0; t < width; t++) to[width * i + t] = y[t];
        }
    }
}

} // namespace ctorch::minimal
