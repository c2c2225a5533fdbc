// The nearest vectors by Euclidean distance, exactly.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    COLDWAVE_KNN_BLOCK = 32,   // vectors of a packed block
    COLDWAVE_KNN_QUERIES = 64, // most queries of one call
};

/// Packs blocks first ..< end: packed[(b * dimensions + k) * 32 + v] is component k of vector 32 b + v of `rows` [count,
/// dimensions], halves[32 b + v] half its squared length; behind the last vector zeros and infinity.
void coldwave_knn_pack(const float *rows, int64_t count, int dimensions, int64_t first, int64_t end, float *packed,
                       float *halves);

/// The k nearest vectors to each of `queries` [query_count, dimensions], nearest first, equal distances in ascending order.
/// `rows`, `packed` and `halves` as in coldwave_knn_pack; `largest` is the greatest length of a vector.
/// `skip` is the vector that query 0 leaves out, query 1 leaves out the next, and so on; negative for none.
/// There must be at least k vectors to find. Writes `indices` and squared `distances`, [query_count, k].
void coldwave_knn(const float *rows, int64_t count, int dimensions, const float *packed, const float *halves, float largest,
                  const float *queries, int query_count, int64_t skip, int k, int32_t *indices, float *distances);

#ifdef __cplusplus
}
#endif
