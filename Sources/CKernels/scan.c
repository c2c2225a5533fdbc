// Four bits a number instead of 32: the scan of many vectors is bound by memory, and reads an eighth this way. A block of 16
// vectors lies so that one instruction multiplies four numbers of each of them with the query's and adds them up.
#include "coldwave_scan.h"
#include "dispatch.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define LANES COLDWAVE_SCAN_LANES
#define GROUP COLDWAVE_SCAN_GROUP
#define INLINE static inline __attribute__((always_inline))

typedef int64_t scanner(const coldwave_codes *, const coldwave_probe *, const uint16_t *, int64_t, int64_t, int32_t *, int, int *);

/// Notes the lanes of `passing`; true when `found` has no room for another block.
INLINE int note(uint32_t passing, int64_t block, const uint16_t *allowed, int32_t *found, int capacity, int *count) {
    if (allowed) passing &= allowed[block];
    for (; passing; passing &= passing - 1) found[(*count)++] = (int32_t)(block * LANES + __builtin_ctz(passing));
    return *count + LANES > capacity;
}

static int64_t scan_anywhere(const coldwave_codes *c, const coldwave_probe *p, const uint16_t *allowed, int64_t first,
                             int64_t end, int32_t *found, int capacity, int *count) {
    *count = 0;
    for (int64_t b = first; b < end; b++) {
        const uint8_t *code = c->codes + b * c->groups * 64;
        int32_t sums[LANES] = {0};
        for (int g = 0; g < c->groups; g++, code += 64) {
            const int8_t *q = p->query + GROUP * g;
            for (int v = 0; v < LANES; v++)
                for (int i = 0; i < 4; i++) sums[v] += (code[4 * v + i] & 15) * q[i] + (code[4 * v + i] >> 4) * q[4 + i];
        }
        uint32_t passing = 0;
        for (int v = 0; v < LANES; v++)
            passing |= (uint32_t)(c->scales[b * LANES + v] * (p->factor * (float)sums[v] + p->offset) >= p->threshold) << v;
        if (passing && note(passing, b, allowed, found, capacity, count)) return b + 1;
    }
    return end;
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma")))
static int64_t scan_avx2(const coldwave_codes *c, const coldwave_probe *p, const uint16_t *allowed, int64_t first, int64_t end,
                         int32_t *found, int capacity, int *count) {
    const __m256i low = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    const __m256 factor = _mm256_set1_ps(p->factor), offset = _mm256_set1_ps(p->offset), threshold = _mm256_set1_ps(p->threshold);
    *count = 0;
    for (int64_t b = first; b < end; b++) {
        const uint8_t *code = c->codes + b * c->groups * 64;
        __m256i sums[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        for (int g = 0; g < c->groups; g++, code += 64) {
            int32_t q[2];
            memcpy(q, p->query + GROUP * g, sizeof q);
            for (int half = 0; half < 2; half++) {
                const __m256i x = _mm256_loadu_si256((const __m256i *)(code + 32 * half));
                // Products of 15 and 127 at most: two of them fit 16 bits, and so do the four added here.
                const __m256i pairs = _mm256_add_epi16(
                    _mm256_maddubs_epi16(_mm256_and_si256(x, low), _mm256_set1_epi32(q[0])),
                    _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(x, 4), low), _mm256_set1_epi32(q[1])));
                sums[half] = _mm256_add_epi32(sums[half], _mm256_madd_epi16(pairs, ones));
            }
        }
        uint32_t passing = 0;
        for (int half = 0; half < 2; half++) {
            const __m256 bound = _mm256_mul_ps(_mm256_loadu_ps(c->scales + b * LANES + 8 * half),
                                               _mm256_fmadd_ps(factor, _mm256_cvtepi32_ps(sums[half]), offset));
            passing |= (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(bound, threshold, _CMP_GE_OQ)) << 8 * half;
        }
        if (passing && note(passing, b, allowed, found, capacity, count)) return b + 1;
    }
    return end;
}

/// `groups` is a constant where it is called for the usual 40 dimensions, so that the query stays in registers.
__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))) INLINE int64_t
scan_vnni_groups(const coldwave_codes *c, const coldwave_probe *p, const uint16_t *allowed, int64_t first, int64_t end,
                 int32_t *found, int capacity, int *count, const int groups) {
    const __m512i low = _mm512_set1_epi8(15);
    const __m512 factor = _mm512_set1_ps(p->factor), offset = _mm512_set1_ps(p->offset), threshold = _mm512_set1_ps(p->threshold);
    *count = 0;
    for (int64_t b = first; b < end; b++) {
        const uint8_t *code = c->codes + b * groups * 64;
        __m512i even = _mm512_setzero_si512(), odd = even;
        for (int g = 0; g < groups; g++, code += 64) {
            int32_t q[2];
            memcpy(q, p->query + GROUP * g, sizeof q);
            const __m512i x = _mm512_loadu_si512(code);
            even = _mm512_dpbusd_epi32(even, _mm512_and_si512(x, low), _mm512_set1_epi32(q[0]));
            odd = _mm512_dpbusd_epi32(odd, _mm512_and_si512(_mm512_srli_epi16(x, 4), low), _mm512_set1_epi32(q[1]));
        }
        const __m512 sum = _mm512_cvtepi32_ps(_mm512_add_epi32(even, odd));
        const __m512 bound = _mm512_mul_ps(_mm512_loadu_ps(c->scales + b * LANES), _mm512_fmadd_ps(factor, sum, offset));
        const uint32_t passing = _mm512_cmp_ps_mask(bound, threshold, _CMP_GE_OQ);
        if (__builtin_expect(passing != 0, 0) && note(passing, b, allowed, found, capacity, count)) return b + 1;
    }
    return end;
}

__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
static int64_t scan_vnni(const coldwave_codes *c, const coldwave_probe *p, const uint16_t *allowed, int64_t first, int64_t end,
                         int32_t *found, int capacity, int *count) {
    if (c->groups == 5) return scan_vnni_groups(c, p, allowed, first, end, found, capacity, count, 5);
    return scan_vnni_groups(c, p, allowed, first, end, found, capacity, count, c->groups);
}
#endif

static scanner *best_scanner(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return scan_vnni;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return scan_avx2;
#endif
    return scan_anywhere;
}

int64_t coldwave_scan(const coldwave_codes *codes, const coldwave_probe *probe, const uint16_t *allowed, int64_t first,
                      int64_t end, int32_t *found, int capacity, int *count) {
    return best_scanner()(codes, probe, allowed, first, end, found, capacity, count);
}

typedef float eight __attribute__((vector_size(32)));
typedef float loose __attribute__((vector_size(32), aligned(4)));

INLINE float dot(const float *a, const float *b, int n) {
    eight sums = {0};
    int i = 0;
    for (; i + 8 <= n; i += 8) sums += *(const loose *)(a + i) * *(const loose *)(b + i);
    float sum = 0;
    for (int l = 0; l < 8; l++) sum += sums[l];
    for (; i < n; i++) sum += a[i] * b[i];
    return sum;
}

COLDWAVE_DISPATCH
int coldwave_keep(const float *rows, int dimensions, const float *query, float threshold, int32_t *found, int count) {
    enum { AHEAD = 8 };
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (i + AHEAD < count) {
            const float *soon = rows + (int64_t)found[i + AHEAD] * dimensions;
            for (int k = 0; k < dimensions; k += 16) __builtin_prefetch(soon + k);
        }
        if (dot(rows + (int64_t)found[i] * dimensions, query, dimensions) >= threshold) found[kept++] = found[i];
    }
    return kept;
}

COLDWAVE_DISPATCH
double coldwave_encode(const float *rows, int count, int dimensions, uint8_t *block, float *scales) {
    const int groups = (dimensions + GROUP - 1) / GROUP;
    double worst = 0;
    memset(block, 0, (size_t)groups * 64);
    for (int v = 0; v < LANES; v++) {
        scales[v] = NAN;
        if (v >= count) continue;
        const float *row = rows + (int64_t)v * dimensions;
        float largest = 0, finite = 0;
        for (int k = 0; k < dimensions; k++) {
            finite += row[k] * 0;
            largest = fmaxf(largest, fabsf(row[k]));
        }
        if (finite != 0) continue;
        // Below this the quotient would overflow; such a vector's scores are zero for any purpose.
        const float scale = fmaxf(largest / 7.5f, 1.17549435e-38f);
        double squares = 0;
        for (int k = 0; k < dimensions; k++) {
            const double exact = (double)row[k] / scale;
            const double level = fmin(15, fmax(0, floor(exact + 8)));
            const double residual = exact - (level - 7.5);
            squares += residual * residual;
            block[(k / GROUP) * 64 + 4 * v + k % 4] |= (uint8_t)((int)level << (k % GROUP >= 4 ? 4 : 0));
        }
        scales[v] = scale;
        if (squares > worst) worst = squares;
    }
    return worst;
}
