// Scan of vectors kept as bytes, for exact nearest neighbours by dot product.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    COLDWAVE_SCAN_LANES = 16,  // vectors of a block
    COLDWAVE_SCAN_QUERIES = 4, // queries that share one pass in coldwave_scan4
};

/// Finds the next block that may hold a vector good enough for the query.
///
/// Vector v of block b is `scales[16 b + v] * codes[(b * dimensions + k) * 16 + v]`, up to a residual of which the caller
/// knows that its dot product with the query is at most `slack * scale`. A lane passes when
/// `scale * (query . codes + slack) >= threshold`; one with a NaN for its scale never does.
/// Gives the block, `first` <= block < `end`, and its passing lanes as bits of `*lanes`; or `end` when no lane passes.
int64_t coldwave_scan(const int8_t *codes, const float *scales, int64_t first, int64_t end, int dimensions,
                      const float *query, float slack, float threshold, uint32_t *lanes);

/// The same for four queries in one pass: `queries` is [4, dimensions], `slacks`, `thresholds` and `lanes` are [4].
/// Stops at the first block in which a lane passes for any of the queries.
int64_t coldwave_scan4(const int8_t *codes, const float *scales, int64_t first, int64_t end, int dimensions,
                       const float *queries, const float *slacks, const float *thresholds, uint32_t *lanes);

#ifdef __cplusplus
}
#endif
