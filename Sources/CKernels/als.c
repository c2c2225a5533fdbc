// Solves rows of implicit ALS, eight at a time: see coldwave_als.h for the equations.
//
// Each row's entries are gathered into contiguous blocks scaled by sqrt(c - 1), so that the weighted sum of outer products
// is B'B of a small dense block, and the eight systems are then factored together, one in each SIMD lane.
#include "coldwave_als.h"
#include "als_blocks.h"
#include "dispatch.h"
#include <math.h>

typedef struct {
    float *block;   // [BLOCK, ld], or [ld, entries] for short rows
    float *kept;    // [8][entries, ld]: the scaled rows of short rows
    float *upper;   // [8][m, m]
    float *low;     // [m][8 m + 16]: the padding keeps rows from sharing cache sets
    float *vectors; // [8][m]
    float *right;   // [m][8]
    float *inverse; // [m][8]
    float *places;  // [8][ld]
    float *out;     // [8][ld]
} workspace;

int coldwave_als_short(int dimensions) { return dimensions * 3 / 4; }

static int64_t lay_out(int dimensions, float *memory, workspace *w) {
    const int64_t ld = padded(dimensions), entries = padded(coldwave_als_short(dimensions));
    const int64_t m = ld, block = ld * (entries > BLOCK ? entries : BLOCK);
    int64_t at = 0;
#define PART(name, size) w->name = memory + at; at += ((size) + 15) / 16 * 16
    PART(block, block);
    PART(kept, LANES * entries * ld);
    PART(upper, LANES * m * m);
    PART(low, m * (LANES * m + 16));
    PART(vectors, LANES * m);
    PART(right, LANES * m);
    PART(inverse, LANES * m);
    PART(places, LANES * ld);
    PART(out, LANES * ld);
#undef PART
    return at;
}

int64_t coldwave_als_scratch(int dimensions) {
    workspace w;
    return lay_out(dimensions, 0, &w);
}

/// Up to `most` of a row's entries from the `first` on.
INLINE soon entries(const coldwave_als_half *h, int64_t first, int64_t end, int most) {
    soon s = {h->others, h->indices + first, end - first < most ? end - first : most, h->stride};
    return s;
}

INLINE soon entries_of_row(const coldwave_als_half *h, int32_t row, int most) {
    return entries(h, h->offsets[row], h->offsets[row + 1], most);
}

/// roots = sqrt(c - 1) and scales = c p of up to BLOCK entries; both have room for BLOCK.
INLINE void weigh(const float *confidences, int n, float *roots, float *scales) {
    for (int k = 0; k < n; k += LANES) {
        vec c = {0};
        if (k + LANES <= n) c = *(const loose *)(confidences + k);
        else memcpy(&c, confidences + k, sizeof(float) * (n - k));
        // A confidence of one adds nothing; it is kept from zero so that short rows can divide by its root.
        const vec extra = __builtin_elementwise_max(__builtin_elementwise_abs(c) - 1, (vec){0} + 1e-9f);
        *(vec *)(roots + k) = __builtin_elementwise_sqrt(extra);
        *(vec *)(scales + k) = __builtin_elementwise_max(c, (vec){0});
    }
}

/// `entries` (a constant) rows of B = sqrt(c - 1) w; and vector += scale_k w_k, where there is a vector.
INLINE void gather(const coldwave_als_half *h, int64_t first, const int entries, const float *roots, const float *scales, float *to,
                   float *vector) {
    const float *y[4];
    const int ld = h->stride;
    for (int k = 0; k < entries; k++) y[k] = h->others + (int64_t)h->indices[first + k] * ld;
    for (int i = 0; i < ld; i += LANES) {
        vec sum = vector ? *(vec *)(vector + i) : (vec){0};
        for (int k = 0; k < entries; k++) {
            const vec value = *(const loose *)(y[k] + i);
            *(vec *)(to + (int64_t)k * ld + i) = roots[k] * value;
            if (vector) sum += scales[k] * value;
        }
        if (vector) *(vec *)(vector + i) = sum;
    }
}

/// upper = B'B and vector += W'e for one row; `following` is fetched meanwhile.
INLINE void long_row(const coldwave_als_half *h, const workspace *w, int32_t row, soon following, float *upper, float *vector) {
    const int ld = h->stride;
    const int64_t first = h->offsets[row], end = h->offsets[row + 1];
    _Alignas(64) float roots[BLOCK], scales[BLOCK];
    for (int64_t start = first; start < end; start += BLOCK) {
        const int n = (int)(end - start < BLOCK ? end - start : BLOCK);
        int k = 0;
        weigh(h->confidences + start, n, roots, scales);
        for (; k + 4 <= n; k += 4) gather(h, start + k, 4, roots + k, scales + k, w->block + (int64_t)k * ld, vector);
        for (; k < n; k++) gather(h, start + k, 1, roots + k, scales + k, w->block + (int64_t)k * ld, vector);
        soon next = start + BLOCK < end ? entries(h, start + BLOCK, end, BLOCK) : following;
        add_products(w->block, n, ld, start == first, upper, &next);
    }
}

/// upper = BB' [m, m] and vector = e / sqrt(c - 1) - B r for one row with few entries; B stays in `kept`.
INLINE void short_row(const coldwave_als_half *h, const workspace *w, int32_t row, int m, float *kept, float *upper, float *vector) {
    const int ld = h->stride;
    const int64_t first = h->offsets[row];
    const int n = (int)(h->offsets[row + 1] - first);
    _Alignas(64) float roots[BLOCK], scales[BLOCK];
    for (int start = 0; start < n; start += BLOCK) {
        const int part = n - start < BLOCK ? n - start : BLOCK;
        int k = 0;
        weigh(h->confidences + first + start, part, roots, scales);
        for (; k + 4 <= part; k += 4)
            gather(h, first + start + k, 4, roots + k, scales + k, kept + (int64_t)(start + k) * ld, 0);
        for (; k < part; k++) gather(h, first + start + k, 1, roots + k, scales + k, kept + (int64_t)(start + k) * ld, 0);
        for (int e = 0; e < part; e++) vector[start + e] = scales[e] / roots[e];
    }
    memset(kept + (int64_t)n * ld, 0, sizeof(float) * (m - n) * ld);
    if (h->right) {
        const float *right = h->right + (int64_t)row * ld;
        for (int e = 0; e < n; e++) {
            float sum = 0;
            for (int i = 0; i < ld; i++) sum += kept[(int64_t)e * ld + i] * right[i];
            vector[e] -= sum;
        }
    }
    for (int i = 0; i < ld; i += LANES)
        for (int e = 0; e < m; e += LANES) {
            vec r[LANES];
            for (int q = 0; q < LANES; q++) r[q] = *(const vec *)(kept + (int64_t)(e + q) * ld + i);
            transpose(r);
            for (int q = 0; q < LANES; q++) *(vec *)(w->block + (int64_t)(i + q) * m + e) = r[q];
        }
    soon nothing = {0, 0, 0, 0};
    add_products(w->block, h->dimensions, m, 1, upper, &nothing);
}

/// One row in double precision, for the rare one that single precision can't tell from a singular one.
static int solve_exactly(const coldwave_als_half *h, int32_t row, double *system, float *place) {
    const int d = h->dimensions, ld = h->stride;
    double *vector = system + (int64_t)d * d;
    for (int i = 0; i < d; i++) {
        for (int j = 0; j <= i; j++) system[(int64_t)i * d + j] = i == j;
        vector[i] = h->right ? h->right[(int64_t)row * ld + i] : 0;
    }
    for (int64_t k = h->offsets[row]; k < h->offsets[row + 1]; k++) {
        const float *y = h->others + (int64_t)h->indices[k] * ld;
        const double c = fabs((double)h->confidences[k]);
        for (int i = 0; i < d; i++) {
            for (int j = 0; j <= i; j++) system[(int64_t)i * d + j] += (c - 1) * y[i] * y[j];
            if (h->confidences[k] > 0) vector[i] += c * y[i];
        }
    }
    for (int i = 0; i < d; i++) {
        double *mine = system + (int64_t)i * d;
        for (int j = 0; j <= i; j++) {
            const double *other = system + (int64_t)j * d;
            double sum = mine[j];
            for (int k = 0; k < j; k++) sum -= mine[k] * other[k];
            if (i == j && !(sum > 0)) return -1;
            mine[j] = i == j ? sqrt(sum) : sum / other[j];
        }
        for (int k = 0; k < i; k++) vector[i] -= mine[k] * vector[k];
        vector[i] /= mine[i];
    }
    for (int i = d - 1; i >= 0; i--) {
        vector[i] /= system[(int64_t)i * d + i];
        for (int k = 0; k < i; k++) vector[k] -= system[(int64_t)i * d + k] * vector[i];
        place[i] = (float)vector[i];
        if (!isfinite(place[i])) return -1;
    }
    return 0;
}

COLDWAVE_DISPATCH
int32_t coldwave_als_solve(const coldwave_als_half *h, const int32_t *rows, int count, int following, float *scratch) {
    // The rows come in order of length, their entries from all over the matrix.
    for (int l = count; l < count + following; l++) {
        const int64_t first = h->offsets[rows[l]], end = h->offsets[rows[l] + 1];
        for (int64_t k = first; k < end && k < first + 4 * 16; k += 16) {
            __builtin_prefetch(h->indices + k);
            __builtin_prefetch(h->confidences + k);
        }
    }
    const int d = h->dimensions, ld = h->stride;
    workspace w;
    lay_out(d, scratch, &w);
    int64_t longest = 0;
    for (int l = 0; l < count; l++) {
        const int64_t n = h->offsets[rows[l] + 1] - h->offsets[rows[l]];
        if (n > longest) longest = n;
    }
    const int is_short = longest <= coldwave_als_short(d);
    const int m = is_short ? padded((int)longest) : ld;
    const int64_t stride = (int64_t)LANES * m + 16;
    memset(w.vectors, 0, sizeof(float) * LANES * m);
    for (int l = 0; l < (is_short ? count : 1); l++) {
        soon first = entries_of_row(h, rows[l], BLOCK);
        fetch(&first, BLOCK);
    }
    for (int l = 0; l < LANES; l++) {
        float *upper = w.upper + (int64_t)l * m * m, *vector = w.vectors + (int64_t)l * m;
        if (l >= count) {
            memset(upper, 0, sizeof(float) * m * m);
        } else if (is_short) {
            short_row(h, &w, rows[l], m, w.kept + (int64_t)l * m * ld, upper, vector);
        } else {
            if (h->right) memcpy(vector, h->right + (int64_t)rows[l] * ld, sizeof(float) * ld);
            const int is_last = l + 1 == count + following;
            long_row(h, &w, rows[l], entries_of_row(h, rows[l + 1 - is_last], is_last ? 0 : BLOCK), upper, vector);
        }
    }
    upper_to_lanes(w.upper, m, w.low, stride);
    vectors_to_lanes(w.vectors, m, w.right);
    const int used = (int)((is_short ? longest : d) + TALL - 1) / TALL * TALL;
    const int bad = factor_lanes(w.low, stride, used, w.inverse);
    solve_lanes(w.low, stride, used, w.inverse, w.right);
    vectors_from_lanes(w.right, m, w.vectors);
    for (int l = 0; l < count; l++) {
        float *place = w.places + (int64_t)l * ld;
        const float *vector = w.vectors + (int64_t)l * m;
        if (!is_short) {
            memcpy(place, vector, sizeof(float) * ld);
        } else {
            // z = L^-1 r + B'v
            const float *kept = w.kept + (int64_t)l * m * ld;
            for (int i = 0; i < ld; i += LANES) {
                vec sum = h->right ? *(const loose *)(h->right + (int64_t)rows[l] * ld + i) : (vec){0};
                for (int k = 0; k < used; k++) sum += vector[k] * *(const vec *)(kept + (int64_t)k * ld + i);
                *(vec *)(place + i) = sum;
            }
        }
        float finite = 0;
        for (int i = 0; i < ld; i++) finite += place[i] * 0;
        if ((bad >> l & 1) || finite != 0) {
            if (solve_exactly(h, rows[l], (double *)w.upper, place) != 0) return rows[l];
        }
    }
    multiply(w.places, ld, count, d, ld, h->inverse, w.out);
    for (int l = 0; l < count; l++) memcpy(h->out + (int64_t)rows[l] * d, w.out + (int64_t)l * ld, sizeof(float) * d);
    return -1;
}
