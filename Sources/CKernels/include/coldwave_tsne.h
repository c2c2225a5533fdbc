// The inner loops of t-SNE: bandwidths, attraction, exact repulsion, the step. Positions are [n, 2].
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// p_j|i of rows with `k` squared distances each: exp(-beta d²) normalised, beta such that the entropy is log(perplexity)
/// (binary search). `distances` and `p` are [rows, k].
void coldwave_tsne_calibrate(const float *distances, int64_t rows, int k, float perplexity, float *p);

/// Symmetric affinities; a row's entries are padded to whole groups of 16 with its own index and p = 0.
typedef struct {
    const int64_t *offsets; // [n + 1], multiples of 16
    const int32_t *indices;
    const float *values;
} coldwave_affinities;

/// out_i = sum_j p_ij (y_i - y_j) / (1 + |y_i - y_j|²) of rows first ..< end.
void coldwave_tsne_attract(const coldwave_affinities *p, const float *positions, int64_t first, int64_t end, float *out);

/// sum_j p_ij log(1 + |y_i - y_j|²) over rows first ..< end.
double coldwave_tsne_cost(const coldwave_affinities *p, const float *positions, int64_t first, int64_t end);

/// out_i = sum_j (y_i - y_j) / (1 + |y_i - y_j|²)² of `targets` first ..< end against all `count` `xs`, `ys`;
/// gives the sum of 1 / (1 + |y_i - y_j|²) over them, a target's own one included. `sums` [targets], if not null, gets each
/// target's. `xs` and `ys` are padded to whole groups of 16 with 1e15.
double coldwave_tsne_repel(const float *xs, const float *ys, int64_t count, const float *targets, int64_t first, int64_t end,
                           float *out, float *sums);

typedef struct {
    float momentum;
    float rate;
    float exaggeration;
    float normalization; // 1 / Z
    float longest;       // a point moves no further than this in one step
} coldwave_tsne_step;

/// One step of points first ..< end by the gradient exaggeration * attraction - repulsion / Z, with momentum and gains;
/// adds the sum of the new positions to `sums` [2].
void coldwave_tsne_move(const coldwave_tsne_step *step, const float *attraction, const float *repulsion, float *positions,
                        float *updates, float *gains, int64_t first, int64_t end, double *sums);

#ifdef __cplusplus
}
#endif
