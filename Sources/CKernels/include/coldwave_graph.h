// A navigable graph over vectors (HNSW: Malkov & Yashunin 2018), for approximate nearest neighbours by dot product.
//
// The graph is walked by vectors of one byte a number, a cache line each for up to 60 dimensions; whoever asks compares the
// few best in full precision. Nodes are placed in batches: every node of a batch seeks its neighbours in the graph as it
// was before the batch, and then each neighbour takes its new links in. Neither step depends on the order of its nodes, so
// that the graph is the same for any number of threads.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Most dimensions of a vector.
enum { COLDWAVE_GRAPH_WIDEST = 4096 };

typedef struct {
    int32_t rows, dimensions;
    int32_t stride;       // bytes of a code: coldwave_graph_stride(dimensions)
    int32_t degree;       // M: most links of a node on the upper levels; twice as many on level 0
    int32_t entry, top;   // where a walk begins, and its level; -1 for an empty graph
    int32_t towers;       // lists on the upper levels
    const int8_t *codes;  // [rows, stride], see coldwave_graph_code
    int32_t *links;       // level 0: [rows, 2 M], -1 behind the last
    const uint8_t *level; // the highest level of each node
    const int32_t *tower; // which of `upper` is the node's list on level 1; those of its higher levels follow
    int32_t *upper;       // [towers, M], -1 behind the last
} coldwave_graph;

/// What one walk needs; one a thread.
typedef struct coldwave_walker coldwave_walker;

/// Null when there is no memory. `ef` is the most that a walk may keep.
coldwave_walker *coldwave_walker_new(int32_t rows, int32_t ef, int32_t degree);
void coldwave_walker_free(coldwave_walker *walker);

int32_t coldwave_graph_stride(int32_t dimensions);

/// One vector as bytes `round(x / scale)`, zeros behind, and the scale as the last four bytes.
/// A vector with a NaN or an infinity gets the scale 0 and zeros, and gives 0.
int coldwave_graph_code(const float *vector, int32_t dimensions, int8_t *code);

/// Seeks neighbours for a new node, keeping the `ef` best of each level, and writes its own links: up to M on every level it
/// has. Nodes without links to them are never met, so those of one batch may be placed at the same time.
void coldwave_graph_place(const coldwave_graph *graph, coldwave_walker *walker, int32_t node, int32_t ef);

/// Adds links from a node to `count` others on one level, and keeps the best when they are too many.
void coldwave_graph_link(const coldwave_graph *graph, coldwave_walker *walker, int32_t level, int32_t node,
                         const int32_t *others, int32_t count);

/// The nearest nodes that a walk keeping the `ef` best finds, best first, up to `most`: how many.
/// `allowed`: a bit for every node, the first the lowest of its word, or null for all; the walk may pass others.
/// A graph from a damaged file gives wrong nodes, but all of them are below `rows`.
int32_t coldwave_graph_search(const coldwave_graph *graph, coldwave_walker *walker, const int8_t *query, int32_t ef,
                              const uint16_t *allowed, int32_t most, int32_t *found);

#ifdef __cplusplus
}
#endif
