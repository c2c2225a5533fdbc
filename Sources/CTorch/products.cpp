#include "products.hpp"
#include <ATen/native/CPUBlas.h>
#include <algorithm>

namespace ctorch {
namespace {

/// MKL takes AMD's processors for ones without AVX-512, and oneDNN does not: 105 and 257 GFLOP/s on a core of Zen 5. What the processor is
/// decides, and nothing is measured, so that the same machine always adds up in the same order.
bool is_onednn_faster() {
#if defined(CPUBLAS_BRGEMM_F32F32F32) && defined(__x86_64__)
    static const bool answer = [] {
        __builtin_cpu_init();
        return __builtin_cpu_is("amd") && __builtin_cpu_supports("avx512f");
    }();
    return answer;
#else
    return false;
#endif
}

void by_onednn([[maybe_unused]] int64_t count, [[maybe_unused]] int64_t m, [[maybe_unused]] int64_t k, [[maybe_unused]] int64_t n,
               [[maybe_unused]] const float *a, [[maybe_unused]] const float *b, [[maybe_unused]] float *c, [[maybe_unused]] bool add) {
#if defined(CPUBLAS_BRGEMM_F32F32F32)
    for (int64_t i = 0; i < count; i++)
        at::native::cpublas::brgemm(m, n, k, k, n, n, add, a + i * m * k, b + i * k * n, c + i * m * n, false);
#endif
}

} // namespace

void transpose(const float *from, int64_t rows, int64_t columns, float *to, int64_t stride) {
    constexpr int64_t side = 16;
    for (int64_t row = 0; row < rows; row += side)
        for (int64_t column = 0; column < columns; column += side)
            for (int64_t j = column; j < std::min(column + side, columns); j++)
                for (int64_t i = row; i < std::min(row + side, rows); i++) to[j * stride + i] = from[i * columns + j];
}

void products(at::Tensor &c, const at::Tensor &a, const at::Tensor &b, bool add) {
    if (is_onednn_faster())
        by_onednn(a.size(0), a.size(1), a.size(2), b.size(2), a.const_data_ptr<float>(), b.const_data_ptr<float>(),
                  c.mutable_data_ptr<float>(), add);
    else if (add)
        at::baddbmm_out(c, c, a, b);
    else
        at::bmm_out(c, a, b);
}

void products_of_transposed(at::Tensor &c, const at::Tensor &a, const at::Tensor &b, std::vector<float> &scratch, bool add) {
    if (!is_onednn_faster()) {
        if (add)
            at::baddbmm_out(c, c, a.transpose(1, 2), b);
        else
            at::bmm_out(c, a.transpose(1, 2), b);
        return;
    }
    const int64_t count = a.size(0), k = a.size(1), m = a.size(2);
    scratch.resize(std::max<size_t>(scratch.size(), count * k * m));
    for (int64_t i = 0; i < count; i++) transpose(a.const_data_ptr<float>() + i * k * m, k, m, scratch.data() + i * k * m, k);
    by_onednn(count, m, k, b.size(2), scratch.data(), b.const_data_ptr<float>(), c.mutable_data_ptr<float>(), add);
}

} // namespace ctorch
