// See coldwave_graph.h. The names of the steps are those of the paper's algorithms 1 to 5.
#include "coldwave_graph.h"
#include "dispatch.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
enum { CHUNK = 32, LINE = 64, WIDEST = COLDWAVE_GRAPH_WIDEST };

/// A node found, and whether its links were followed.
typedef struct {
    float score;
    int32_t node;
    int32_t followed;
} place;

/// The best so far, best first; equal scores in the order of the nodes.
typedef struct {
    place *places;
    int32_t count, most;
} pool;

struct coldwave_walker {
    uint32_t *seen;   // a bit a node
    int32_t *visited; // nodes whose bit is set
    int32_t visits, room, ef;
    place *near, *found;
    place *chosen;
    int32_t *fresh;
};

int32_t coldwave_graph_stride(int32_t dimensions) { return (dimensions + 4 + LINE - 1) / LINE * LINE; }

coldwave_walker *coldwave_walker_new(int32_t rows, int32_t ef, int32_t degree) {
    coldwave_walker *w = calloc(1, sizeof *w);
    if (!w) return 0;
    w->ef = ef;
    w->room = 1 << 12;
    w->seen = calloc((size_t)rows / 32 + 1, sizeof *w->seen);
    w->visited = malloc(sizeof *w->visited * w->room);
    w->near = malloc(sizeof(place) * ((size_t)ef + 1));
    w->found = malloc(sizeof(place) * ((size_t)ef + 1));
    // As many as a node's old and new links together.
    w->chosen = malloc(sizeof(place) * ((size_t)ef + 4 * degree + 4));
    w->fresh = malloc(sizeof(int32_t) * (2 * (size_t)degree + 1));
    if (w->seen && w->visited && w->near && w->found && w->chosen && w->fresh) return w;
    coldwave_walker_free(w);
    return 0;
}

void coldwave_walker_free(coldwave_walker *w) {
    if (!w) return;
    free(w->seen), free(w->visited), free(w->near), free(w->found), free(w->chosen), free(w->fresh), free(w);
}

int coldwave_graph_code(const float *vector, int32_t dimensions, int8_t *code) {
    const int32_t stride = coldwave_graph_stride(dimensions);
    float largest = 0, finite = 0;
    memset(code, 0, (size_t)stride);
    for (int32_t k = 0; k < dimensions; k++) {
        finite += vector[k] * 0;
        largest = fmaxf(largest, fabsf(vector[k]));
    }
    if (finite != 0 || !(largest > 1e-30f)) return finite == 0;
    const float scale = largest / 127;
    for (int32_t k = 0; k < dimensions; k++) code[k] = (int8_t)lrintf(vector[k] / scale);
    memcpy(code + stride - 4, &scale, 4);
    return 1;
}

INLINE float scale_of(const int8_t *code, int32_t stride) {
    float scale;
    memcpy(&scale, code + stride - 4, 4);
    return scale;
}

/// `length`, a multiple of 32, covers the dimensions; what stands behind them in `a` is zero, or a scale that meets a zero.
INLINE int32_t product(const int8_t *a, const int8_t *b, int32_t length) {
    int32_t sum = 0;
    for (int32_t k = 0; k < length; k += CHUNK)
        for (int32_t i = 0; i < CHUNK; i++) sum += (int32_t)a[k + i] * b[k + i];
    return sum;
}

/// A vector that nodes are compared with: its bytes with zeros where the scale stands.
typedef struct {
    const int8_t *code;
    float scale;
    int32_t length, stride;
} probe;

INLINE const int8_t *code_of(const coldwave_graph *g, int32_t node) { return g->codes + (int64_t)node * g->stride; }

INLINE probe probing(const coldwave_graph *g, const int8_t *code, int8_t *copy) {
    probe p = {copy, scale_of(code, g->stride), (g->dimensions + CHUNK - 1) / CHUNK * CHUNK, g->stride};
    memcpy(copy, code, (size_t)g->dimensions);
    memset(copy + g->dimensions, 0, (size_t)(p.length - g->dimensions));
    return p;
}

INLINE float score(const coldwave_graph *g, const probe *p, int32_t node) {
    const int8_t *code = code_of(g, node);
    return scale_of(code, p->stride) * p->scale * (float)product(code, p->code, p->length);
}

INLINE int is_better(float a, int32_t i, float b, int32_t j) { return a > b || (a == b && i < j); }

/// Takes a node in where it belongs; gives its place, or `most` when it is not good enough.
INLINE int32_t insert(pool *p, float score, int32_t node) {
    if (p->count == p->most && !is_better(score, node, p->places[p->count - 1].score, p->places[p->count - 1].node))
        return p->most;
    int32_t low = 0, high = p->count;
    while (low < high) {
        const int32_t middle = (low + high) / 2;
        if (is_better(score, node, p->places[middle].score, p->places[middle].node)) high = middle;
        else low = middle + 1;
    }
    const int32_t last = p->count < p->most ? p->count++ : p->most - 1;
    memmove(p->places + low + 1, p->places + low, sizeof(place) * (size_t)(last - low));
    p->places[low] = (place){score, node, 0};
    return low;
}

/// A node's links on a level, and how many there can be; null where a damaged file leads nowhere.
INLINE int32_t *links_of(const coldwave_graph *g, int32_t node, int32_t level, int32_t *most) {
    if (level == 0) {
        *most = 2 * g->degree;
        return g->links + (int64_t)node * 2 * g->degree;
    }
    *most = g->degree;
    const int64_t list = (int64_t)g->tower[node] + level - 1;
    if (level > g->level[node] || list < 0 || list >= g->towers) return 0;
    return g->upper + list * g->degree;
}

INLINE int is_node(const coldwave_graph *g, int32_t node) { return (uint32_t)node < (uint32_t)g->rows; }

/// Marks a node as seen; true when it was not.
INLINE int see(coldwave_walker *w, int32_t node) {
    const uint32_t bit = 1u << (node & 31);
    if (w->seen[node >> 5] & bit) return 0;
    if (w->visits == w->room) {
        int32_t *more = realloc(w->visited, sizeof *more * 2 * (size_t)w->room);
        // Without memory for it the node is passed over.
        if (!more) return 0;
        w->visited = more;
        w->room *= 2;
    }
    w->seen[node >> 5] |= bit;
    w->visited[w->visits++] = node;
    return 1;
}

INLINE void forget(coldwave_walker *w) {
    for (int32_t i = 0; i < w->visits; i++) w->seen[w->visited[i] >> 5] = 0;
    w->visits = 0;
}

/// The node nearest to the probe that can be reached by better and better links from `node` on a level.
INLINE int32_t descend(const coldwave_graph *g, const probe *p, int32_t node, int32_t level) {
    float best = score(g, p, node);
    for (int better = 1; better;) {
        int32_t most, next = node;
        const int32_t *links = links_of(g, node, level, &most);
        better = 0;
        for (int32_t i = 0; links && i < most && is_node(g, links[i]); i++) {
            const float s = score(g, p, links[i]);
            if (is_better(s, links[i], best, next)) best = s, next = links[i], better = 1;
        }
        node = next;
    }
    return node;
}

/// Algorithm 2: the best nodes of a level from those in `near` on, into `near`; and the allowed ones among all that were met into
/// `found`, where there is a bit set.
INLINE void search_level(const coldwave_graph *g, coldwave_walker *w, const probe *p, int32_t level, pool *near,
                         const uint16_t *allowed, pool *found) {
    for (int32_t i = 0; i < near->count; i++) see(w, near->places[i].node);
    for (int32_t at = 0; at < near->count;) {
        place *here = near->places + at;
        if (here->followed) {
            at++;
            continue;
        }
        here->followed = 1;
        int32_t most, count = 0;
        const int32_t *links = links_of(g, here->node, level, &most);
        for (int32_t i = 0; links && i < most && is_node(g, links[i]); i++)
            if (see(w, links[i])) {
                const int8_t *code = code_of(g, links[i]);
                for (int32_t k = 0; k < g->stride; k += LINE) __builtin_prefetch(code + k);
                w->fresh[count++] = links[i];
            }
        int32_t lowest = at + 1;
        for (int32_t i = 0; i < count; i++) {
            const float s = score(g, p, w->fresh[i]);
            const int32_t node = w->fresh[i], where = insert(near, s, node);
            if (where < lowest) lowest = where;
            if (found && (allowed[node >> 4] >> (node & 15) & 1)) insert(found, s, node);
        }
        at = lowest;
        if (at < near->count && level == 0) {
            const int32_t *next = g->links + (int64_t)near->places[at].node * 2 * g->degree;
            for (int32_t i = 0; i < 2 * g->degree; i += 16) __builtin_prefetch(next + i);
        }
    }
    forget(w);
}

/// Algorithm 4: of candidates, best first, those that are no nearer to one chosen before than to the probe; up to `most`.
INLINE int32_t choose(const coldwave_graph *g, const place *candidates, int32_t count, int32_t most, int32_t *chosen) {
    int8_t copy[WIDEST];
    int32_t n = 0;
    for (int32_t i = 0; i < count && n < most; i++) {
        const probe p = probing(g, code_of(g, candidates[i].node), copy);
        int good = 1;
        for (int32_t j = 0; j < n && good; j++) good = score(g, &p, chosen[j]) <= candidates[i].score;
        if (good) chosen[n++] = candidates[i].node;
    }
    return n;
}

/// From the entry down to a level, greedily.
INLINE int32_t approach(const coldwave_graph *g, const probe *p, int32_t level) {
    int32_t node = g->entry;
    for (int32_t l = g->top; l > level; l--) node = descend(g, p, node, l);
    return node;
}

COLDWAVE_DISPATCH
void coldwave_graph_place(const coldwave_graph *g, coldwave_walker *w, int32_t node, int32_t ef) {
    int8_t copy[WIDEST];
    if (g->entry < 0) return;
    const probe p = probing(g, code_of(g, node), copy);
    const int32_t highest = g->level[node] < g->top ? g->level[node] : g->top;
    pool near = {w->near, 1, ef < w->ef ? ef : w->ef};
    const int32_t start = approach(g, &p, highest);
    near.places[0] = (place){score(g, &p, start), start, 0};
    for (int32_t level = highest; level >= 0; level--) {
        int32_t most;
        search_level(g, w, &p, level, &near, 0, 0);
        int32_t *mine = links_of(g, node, level, &most);
        if (mine) choose(g, near.places, near.count, g->degree, mine);
        for (int32_t i = 0; i < near.count; i++) near.places[i].followed = 0;
    }
}

COLDWAVE_DISPATCH
void coldwave_graph_link(const coldwave_graph *g, coldwave_walker *w, int32_t level, int32_t node, const int32_t *others,
                         int32_t count) {
    int8_t copy[WIDEST];
    int32_t most, n = 0;
    int32_t *mine = links_of(g, node, level, &most);
    while (n < most && mine[n] >= 0) n++;
    if (n + count <= most) {
        memcpy(mine + n, others, sizeof *mine * (size_t)count);
        return;
    }
    const probe p = probing(g, code_of(g, node), copy);
    // The best of many new ones are enough.
    pool all = {w->chosen, 0, w->ef + 4 * g->degree};
    for (int32_t i = 0; i < n; i++) insert(&all, score(g, &p, mine[i]), mine[i]);
    for (int32_t i = 0; i < count; i++) insert(&all, score(g, &p, others[i]), others[i]);
    n = choose(g, all.places, all.count, most, mine);
    for (; n < most; n++) mine[n] = -1;
}

COLDWAVE_DISPATCH
int32_t coldwave_graph_search(const coldwave_graph *g, coldwave_walker *w, const int8_t *query, int32_t ef,
                              const uint16_t *allowed, int32_t most, int32_t *found) {
    int8_t copy[WIDEST];
    if (!is_node(g, g->entry)) return 0;
    const probe p = probing(g, query, copy);
    const int32_t keep = ef < w->ef ? ef : w->ef;
    pool near = {w->near, 1, keep}, good = {w->found, 0, keep};
    const int32_t start = approach(g, &p, 0);
    near.places[0] = (place){score(g, &p, start), start, 0};
    if (allowed && (allowed[start >> 4] >> (start & 15) & 1)) insert(&good, near.places[0].score, start);
    search_level(g, w, &p, 0, &near, allowed, allowed ? &good : 0);
    const pool *best = allowed ? &good : &near;
    const int32_t n = best->count < most ? best->count : most;
    for (int32_t i = 0; i < n; i++) found[i] = best->places[i].node;
    return n;
}
