// Tensors' life, data and gradients.
#include "parallel.hpp"
#include "tensor.hpp"
#include <ATen/detail/CUDAHooksInterface.h>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <torch/version.h>

using ctorch::guarded;
using ctorch::keep;

std::string &ctorch::last_error() {
    thread_local std::string text;
    return text;
}

const char *ctorch_last_error(void) { return ctorch::last_error().c_str(); }
const char *ctorch_version(void) { return TORCH_VERSION; }

// Some virtual machines advertise AMX and fault when it is used. So oneDNN leaves it alone unless the environment, set by someone
// who tried, says otherwise; it is read when oneDNN is first used.
__attribute__((constructor)) static void leave_amx_alone() { setenv("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_BF16", 0); }

bool ctorch_device_available(const char *device) {
    const std::string name(device);
    if (name == "cpu") return true;
    if (name == "cuda") return torch::cuda::is_available();
    if (name == "mps") return at::hasMPS();
    return false;
}

bool ctorch_cuda_has_bfloat16(void) {
    return torch::cuda::is_available() && at::detail::getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8();
}

int ctorch_set_threads(int threads) {
    return guarded([&] {
        at::set_num_threads(threads);
        return 0;
    });
}

int ctorch_threads_of_loops(int *out) {
    return guarded([&] {
        std::mutex mutex;
        std::condition_variable all_are_here;
        std::set<std::thread::id> threads;
        const auto wished = static_cast<size_t>(at::get_num_threads());
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
        ctorch::parallel_for(at::get_num_threads(), 1, [&](int64_t, int64_t) {
            // A quick thread could take all pieces: it waits for the others, if there are any.
            std::unique_lock<std::mutex> lock(mutex);
            threads.insert(std::this_thread::get_id());
            all_are_here.notify_all();
            all_are_here.wait_until(lock, until, [&] { return threads.size() == wished; });
        });
        *out = static_cast<int>(threads.size());
        return 0;
    });
}

bool ctorch_set_gradients(bool enabled) {
    const bool before = at::GradMode::is_enabled();
    at::GradMode::set_enabled(enabled);
    return before;
}

int ctorch_from_floats(const float *values, const int64_t *shape, int rank, const char *device, bool bfloat16,
                       ctorch_tensor_t *out) {
    return guarded([&] {
        auto borrowed = torch::from_blob(const_cast<float *>(values), at::IntArrayRef(shape, rank), torch::kFloat32);
        const auto type = bfloat16 ? torch::kBFloat16 : torch::kFloat32;
        const torch::Device place{std::string(device)};
        // From memory that the GPU reads by itself, so that the copy waits for no work before it; libtorch keeps that memory until then.
        if (place.is_cuda()) return keep(borrowed.to(type).pin_memory().to(place, type, true, true), out);
        return keep(borrowed.to(place, type, false, true), out);
    });
}

int ctorch_borrow_floats(const float *values, const int64_t *shape, int rank, void (*release)(void *owner), void *owner,
                         ctorch_tensor_t *out) {
    return guarded([&] {
        const std::shared_ptr<void> kept(owner, release);
        return keep(torch::from_blob(const_cast<float *>(values), at::IntArrayRef(shape, rank), [kept](void *) {}, torch::kFloat32),
                    out);
    });
}

int ctorch_zeros_like(ctorch_tensor_t tensor, ctorch_tensor_t *out) {
    return guarded([&] { return keep(at::zeros_like(tensor->value.detach()), out); });
}

void ctorch_free(ctorch_tensor_t tensor) { delete tensor; }
int ctorch_rank(ctorch_tensor_t tensor) { return static_cast<int>(tensor->value.dim()); }
int64_t ctorch_size(ctorch_tensor_t tensor, int dimension) { return tensor->value.size(dimension); }

int ctorch_copy_out(ctorch_tensor_t tensor, float *values, int64_t count) {
    return guarded([&] {
        auto plain = tensor->value.detach().to(torch::kCPU, torch::kFloat32).contiguous();
        TORCH_CHECK(plain.numel() == count, "copy_out: ", plain.numel(), " elements for a buffer of ", count);
        std::memcpy(values, plain.data_ptr<float>(), sizeof(float) * count);
        return 0;
    });
}

int ctorch_assign(ctorch_tensor_t tensor, ctorch_tensor_t source) {
    return guarded([&] {
        at::NoGradGuard guard;
        tensor->value.copy_(source->value);
        return 0;
    });
}

int ctorch_accumulate(ctorch_tensor_t total, ctorch_tensor_t value, double factor) {
    return guarded([&] {
        at::NoGradGuard guard;
        total->value.add_(value->value, factor);
        return 0;
    });
}

int ctorch_set_requires_gradient(ctorch_tensor_t tensor) {
    return guarded([&] {
        tensor->value.set_requires_grad(true);
        return 0;
    });
}

int ctorch_backward(ctorch_tensor_t loss) {
    return guarded([&] {
        loss->value.backward();
        return 0;
    });
}

int ctorch_gradient(ctorch_tensor_t tensor, ctorch_tensor_t *out) {
    return guarded([&] {
        TORCH_CHECK(tensor->value.grad().defined(), "this tensor has no gradient: call backward first");
        return keep(tensor->value.grad().detach().clone(), out);
    });
}
