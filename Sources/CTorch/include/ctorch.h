// A small C face of libtorch: opaque tensors, the operations Coldwave uses, and nothing of any model.
//
// Every function that can fail returns 0, or -1 with the reason in ctorch_last_error() (of the calling thread).
// Tensors that come back through `out` belong to the caller, who frees them with ctorch_free; arguments are borrowed.
// Shapes are written N (batch), T (time), C (channels); data is float32. Operations also take bfloat16 as their first input, and then
// give it: weights are rounded to it on the way in, their gradients are float32 again. Errors are always float32.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctorch_tensor *ctorch_tensor_t;

const char *ctorch_last_error(void);
const char *ctorch_version(void);
bool ctorch_device_available(const char *device);
/// Whether the GPU computes convolutions in bfloat16.
bool ctorch_cuda_has_bfloat16(void);
int ctorch_set_threads(int threads);
/// How many threads share the loops of this library: as many as were set, if all is well.
int ctorch_threads_of_loops(int *out);
/// Turns recording for gradients on or off in the calling thread; returns what it was.
bool ctorch_set_gradients(bool enabled);

// Life and data
int ctorch_from_floats(const float *values, const int64_t *shape, int rank, const char *device, bool bfloat16,
                       ctorch_tensor_t *out);
/// A tensor on the CPU that reads `values` where they lie; `release(owner)` is called when it needs them no more, or at once where it fails.
int ctorch_borrow_floats(const float *values, const int64_t *shape, int rank, void (*release)(void *owner), void *owner,
                         ctorch_tensor_t *out);
int ctorch_zeros_like(ctorch_tensor_t tensor, ctorch_tensor_t *out);
void ctorch_free(ctorch_tensor_t tensor);
int ctorch_rank(ctorch_tensor_t tensor);
int64_t ctorch_size(ctorch_tensor_t tensor, int dimension);
/// Copies all elements, in C order, to `values`, which holds `count` of them.
int ctorch_copy_out(ctorch_tensor_t tensor, float *values, int64_t count);
/// Copies all elements of `source` into `tensor`, in place, without recording.
int ctorch_assign(ctorch_tensor_t tensor, ctorch_tensor_t source);
/// total += factor * value, in place, without recording and without waiting for a device.
int ctorch_accumulate(ctorch_tensor_t total, ctorch_tensor_t value, double factor);

// Gradients
int ctorch_set_requires_gradient(ctorch_tensor_t tensor);
int ctorch_backward(ctorch_tensor_t loss);
int ctorch_gradient(ctorch_tensor_t tensor, ctorch_tensor_t *out);

/// What one step of an optimiser takes.
typedef struct {
    /// AdamW (decoupled weight decay, betas 0.9 and 0.99, epsilon 1e-8); else SGD with Nesterov momentum.
    bool is_adamw;
    double learning_rate, momentum, weight_decay;
    /// Gradients are scaled so that their common L2 norm is at most this first; 0 for as they are.
    double gradient_limit;
    /// After the step the averages move by this share of the way to the parameters.
    double average_share;
    /// Counts from 1.
    int64_t number;
    /// Take libtorch's operations on a CPU too: the plain reference.
    bool by_operations;
} ctorch_step;

/// One step, then clears the gradients. `first` (velocities, or means), `second` (squares; null for SGD) and `averages` (may be null) are
/// updated in place, in float32.
int ctorch_optimizer_step(ctorch_tensor_t *parameters, ctorch_tensor_t *first, ctorch_tensor_t *second,
                          ctorch_tensor_t *averages, int count, const ctorch_step *step);

// Operations
/// Convolution over time, then max-pooling over `pool` steps (1: none), then ReLU.
/// input [N, T, C], weight [out, C, width], bias [out] -> [N, (T - width + 1) / pool, out].
int ctorch_convolve_pool_relu(ctorch_tensor_t input, ctorch_tensor_t weight, ctorch_tensor_t bias, int pool,
                              ctorch_tensor_t *out);
/// The same by libtorch's own conv1d, max_pool1d and relu: the plain reference.
int ctorch_convolve_pool_relu_reference(ctorch_tensor_t input, ctorch_tensor_t weight, ctorch_tensor_t bias, int pool,
                                        ctorch_tensor_t *out);
/// Mean over every `frames` steps of time; a last part that is shorter is left out: [N, T, C] -> [N, T / frames, C].
int ctorch_mean_frames(ctorch_tensor_t input, int frames, ctorch_tensor_t *out);
/// Mean, maximum and sqrt(mean of squares) over time, side by side: [N, T, C] -> [N, 3C].
int ctorch_pool_over_time(ctorch_tensor_t input, ctorch_tensor_t *out);
/// input [N, in], weight [out, in], bias [out] -> [N, out].
int ctorch_linear(ctorch_tensor_t input, ctorch_tensor_t weight, ctorch_tensor_t bias, ctorch_tensor_t *out);
int ctorch_relu(ctorch_tensor_t input, ctorch_tensor_t *out);
/// Zeroes elements with a probability and scales the others up, by what the seed says of each.
int ctorch_dropout(ctorch_tensor_t input, double probability, uint64_t seed, ctorch_tensor_t *out);
/// (input - mean) / deviation, broadcast over the last dimension.
int ctorch_standardize(ctorch_tensor_t input, ctorch_tensor_t mean, ctorch_tensor_t deviation, ctorch_tensor_t *out);
/// Sum over the last dimension of squared differences, times the row's weight (null: 1), averaged over rows:
/// [N, D], [N, D], [N] -> [].
int ctorch_squared_error(ctorch_tensor_t output, ctorch_tensor_t target, ctorch_tensor_t weights, ctorch_tensor_t *out);
/// x'Ax - 2 b'x + s for every row x, averaged over rows: [N, D], [N, D, D], [N, D], [N] -> [].
int ctorch_quadratic_error(ctorch_tensor_t output, ctorch_tensor_t a, ctorch_tensor_t b, ctorch_tensor_t s,
                           ctorch_tensor_t *out);
/// The same by libtorch's own operations: the plain reference.
int ctorch_pool_over_time_reference(ctorch_tensor_t input, ctorch_tensor_t *out);
/// ctorch_pool_over_time of `length` steps from each start on, without recording: [1, T, C], starts (count) -> [count, 3C].
int ctorch_pool_windows(ctorch_tensor_t input, const int64_t *starts, int count, int64_t length, ctorch_tensor_t *out);
/// To bfloat16 or float32.
int ctorch_cast(ctorch_tensor_t input, bool bfloat16, ctorch_tensor_t *out);

#ifdef __cplusplus
}
#endif
