// Row by row (Gustavson): the row's columns are walked, and each column's rows get their part of the dot product. No dense
// matrix of all pairs is ever there, only one row of it.
#include "coldwave_neighbors.h"

static int is_worse(float a, int32_t i, float b, int32_t j) { return a < b || (a == b && i > j); }

/// Puts (score, index) into the heap, whose root is the worst, at `place` or below.
static void sift_down(float *scores, int32_t *indices, int n, int place, float score, int32_t index) {
    for (;;) {
        int child = 2 * place + 1;
        if (child >= n) break;
        if (child + 1 < n && is_worse(scores[child + 1], indices[child + 1], scores[child], indices[child])) child++;
        if (!is_worse(scores[child], indices[child], score, index)) break;
        scores[place] = scores[child];
        indices[place] = indices[child];
        place = child;
    }
    scores[place] = score;
    indices[place] = index;
}

int coldwave_similar_rows(const coldwave_sparse *matrix, const coldwave_sparse *columns, int32_t row, int k, float shrinkage,
                          coldwave_cell *cells, int32_t *touched, int32_t *indices, float *scores) {
    int64_t count = 0;
    for (int64_t a = matrix->offsets[row]; a < matrix->offsets[row + 1]; a++) {
        const int32_t column = matrix->indices[a];
        const float value = matrix->values[a];
        for (int64_t b = columns->offsets[column]; b < columns->offsets[column + 1]; b++) {
            coldwave_cell *cell = cells + columns->indices[b];
            if (cell->common++ == 0) touched[count++] = columns->indices[b];
            cell->sum += value * columns->values[b];
        }
    }
    int n = 0;
    for (int64_t t = 0; t < count; t++) {
        const int32_t other = touched[t];
        const coldwave_cell cell = cells[other];
        cells[other] = (coldwave_cell){0, 0};
        const float score = shrinkage > 0 ? cell.sum * cell.common / (cell.common + shrinkage) : cell.sum;
        if (other == row || !(score > 0)) continue;
        if (n < k) {
            // A new leaf rises while its parent is better.
            int place = n++;
            while (place > 0 && is_worse(score, other, scores[(place - 1) / 2], indices[(place - 1) / 2])) {
                scores[place] = scores[(place - 1) / 2];
                indices[place] = indices[(place - 1) / 2];
                place = (place - 1) / 2;
            }
            scores[place] = score;
            indices[place] = other;
        } else if (k > 0 && is_worse(scores[0], indices[0], score, other)) {
            sift_down(scores, indices, n, 0, score, other);
        }
    }
    // The worst goes to the end, again and again.
    for (int end = n - 1; end > 0; end--) {
        const float score = scores[end];
        const int32_t index = indices[end];
        scores[end] = scores[0];
        indices[end] = indices[0];
        sift_down(scores, indices, end, 0, score, index);
    }
    return n;
}
