// Solves rows of implicit ALS, eight at a time: see coldwave_als.h for the equations.
//
// Each row's entries are gathered into contiguous blocks scaled by sqrt(c - 1), so that the weighted sum of outer products
// is B'B of a small dense block, and the eight systems are then factored together, one in each SIMD lane.
#include "coldwave_als.h"
#include "als_blocks.h"
#include "dispatch.h"
#include <math.h>

/// Entries gathered ahead of their use.
enum { AHEAD = 16 };

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

INLINE void prefetch(const coldwave_als_half *h, int64_t entry) {
    const float *y = h->others + (int64_t)h->indices[entry] * h->stride;
    for (int i = 0; i < h->stride; i += 16) __builtin_prefetch(y + i);
    __builtin_prefetch(y + h->stride - 1);
}

/// `entries` (a constant) rows of B = sqrt(c - 1) w, and vector += scale_k w_k.
INLINE void gather(const coldwave_als_half *h, int64_t first, const int entries, const int is_short, float *to, float *vector) {
    const float *y[4];
    float root[4], scale[4];
    for (int k = 0; k < entries; k++) {
        const float c = h->confidences[first + k];
        // A confidence of one adds nothing; it is kept from zero so that short rows can divide by its root.
        const float extra = fmaxf(fabsf(c) - 1, 1e-9f);
        y[k] = h->others + (int64_t)h->indices[first + k] * h->stride;
        root[k] = sqrtf(extra);
        scale[k] = c > 0 ? c : 0;
        if (is_short) vector[k] = scale[k] / root[k];
    }
    const int ld = h->stride;
    for (int i = 0; i < ld; i += LANES) {
        vec sum = is_short ? (vec){0} : *(vec *)(vector + i);
        for (int k = 0; k < entries; k++) {
            const vec value = *(const loose *)(y[k] + i);
            *(vec *)(to + (int64_t)k * ld + i) = root[k] * value;
            if (!is_short) sum += scale[k] * value;
        }
        if (!is_short) *(vec *)(vector + i) = sum;
    }
}

/// upper = I + B'B and vector = W'e + r for one row.
INLINE void long_row(const coldwave_als_half *h, const workspace *w, int32_t row, float *upper, float *vector) {
    const int ld = h->stride;
    const int64_t first = h->offsets[row], end = h->offsets[row + 1];
    for (int64_t start = first; start < end; start += BLOCK) {
        const int n = (int)(end - start < BLOCK ? end - start : BLOCK);
        int k = 0;
        for (; k + 4 <= n; k += 4) {
            for (int p = 0; p < 4; p++)
                if (start + k + p + AHEAD < end) prefetch(h, start + k + p + AHEAD);
            gather(h, start + k, 4, 0, w->block + (int64_t)k * ld, vector);
        }
        for (; k < n; k++) gather(h, start + k, 1, 0, w->block + (int64_t)k * ld, vector);
        add_products(w->block, n, ld, upper);
    }
}

/// upper = I + BB' [m, m] and vector = e / sqrt(c - 1) - B r for one row with few entries; B stays in `kept`.
INLINE void short_row(const coldwave_als_half *h, const workspace *w, int32_t row, int m, float *kept, float *upper, float *vector) {
    const int ld = h->stride;
    const int64_t first = h->offsets[row];
    const int n = (int)(h->offsets[row + 1] - first);
    int k = 0;
    for (; k + 4 <= n; k += 4) gather(h, first + k, 4, 1, kept + (int64_t)k * ld, vector + k);
    for (; k < n; k++) gather(h, first + k, 1, 1, kept + (int64_t)k * ld, vector + k);
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
    add_products(w->block, h->dimensions, m, upper);
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
        __builtin_prefetch(h->indices + h->offsets[rows[l]]);
        __builtin_prefetch(h->confidences + h->offsets[rows[l]]);
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
    memset(w.upper, 0, sizeof(float) * LANES * m * m);
    memset(w.vectors, 0, sizeof(float) * LANES * m);
    for (int l = 0; l < count; l++)
        for (int64_t k = h->offsets[rows[l]], n = 0; n < AHEAD && k < h->offsets[rows[l] + 1]; k++, n++) prefetch(h, k);
    for (int l = 0; l < LANES; l++) {
        float *upper = w.upper + (int64_t)l * m * m, *vector = w.vectors + (int64_t)l * m;
        for (int i = 0; i < m; i++) upper[(int64_t)i * m + i] = 1;
        if (l >= count) continue;
        if (is_short) {
            short_row(h, &w, rows[l], m, w.kept + (int64_t)l * m * ld, upper, vector);
        } else {
            if (h->right) memcpy(vector, h->right + (int64_t)rows[l] * ld, sizeof(float) * ld);
            long_row(h, &w, rows[l], upper, vector);
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
