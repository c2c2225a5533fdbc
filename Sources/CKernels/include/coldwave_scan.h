// Scan of vectors kept as four bits a number, for exact nearest neighbours by dot product.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    COLDWAVE_SCAN_LANES = 16, // vectors of a block
    COLDWAVE_SCAN_GROUP = 8,  // dimensions that share the 64 bytes of a block's group
};

/// Vectors as codes u of 0…15, which stand for `scale * (u - 7.5)`. In group g of block b, byte 4 v + i of 64 holds dimension
/// 8 g + i of vector 16 b + v in its lower half and dimension 8 g + 4 + i in its upper half.
typedef struct {
    const uint8_t *codes; // [blocks, groups, 64]
    const float *scales;  // [blocks, 16]; NaN for a vector that is never found
    int32_t groups;
} coldwave_codes;

/// A query as bytes q of -127…127, in the order of the dimensions, zeros behind the last.
typedef struct {
    const int8_t *query; // [groups, 8]
    float factor, offset;
    float threshold;
} coldwave_probe;

/// Finds the vectors whose bound `scale * (factor * (u . q) + offset)` reaches the threshold, from block `first` on.
///
/// - `allowed`: a bit for every vector, the first the lowest of its word; or null for all.
/// - `found`: gets the vectors' numbers, ascending, `*count` of them; it has room for `capacity`, at least 16.
/// Gives the block to go on with when `found` is full, or `end`.
int64_t coldwave_scan(const coldwave_codes *codes, const coldwave_probe *probe, const uint16_t *allowed, int64_t first,
                      int64_t end, int32_t *found, int capacity, int *count);

/// Keeps, in place and in order, those of `count` rows of `rows` [n, dimensions] whose dot product with the query, summed in
/// single precision, reaches the threshold. Gives how many are left.
int coldwave_keep(const float *rows, int dimensions, const float *query, float threshold, int32_t *found, int count);

/// Codes of up to 16 rows [count, dimensions], in the layout of a block; `scales` [16] as above.
/// Gives the largest squared distance of a row from its code, in units of its scale.
double coldwave_encode(const float *rows, int count, int dimensions, uint8_t *block, float *scales);

#ifdef __cplusplus
}
#endif
