/*
 * frequency: count-min with linear update (Cormode and Muthukrishnan 2005), SKETCH_FREQUENCY_DEPTH rows of 2^log2_width
 * counters; exact counts of each hash while there are few.
 *
 * With N the sum of all weights: count <= upper always; upper - count <= e / 2^log2_width * N with probability
 * 1 - e^-4 = 98.2 %. Sketches of different widths merge to the smaller one, exactly as if made with it.
 *
 * Conventions are in sketch.h, which includes this.
 */
#ifndef SKETCH_FREQUENCY_H
#define SKETCH_FREQUENCY_H

#include "items.h"

SKETCH_BEGIN_DECLS

#define SKETCH_FREQUENCY_DEPTH 4
#define SKETCH_FREQUENCY_MIN_LOG2_WIDTH 6
#define SKETCH_FREQUENCY_MAX_LOG2_WIDTH 20
/* No packed form is larger, and packing needs no more room. */
#define SKETCH_FREQUENCY_PACKED_MAX(log2_width) (512 + ((size_t)(28 * SKETCH_FREQUENCY_DEPTH) << (log2_width)))

/* Smallest width for an error (fraction of N; from e / 2^20 on, up to e / 2^6), and back. OK or OUT_OF_RANGE. */
SKETCH_API sketch_status sketch_frequency_log2_width(double error, int *log2_width) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_frequency_error(int log2_width, double *error) SKETCH_NOEXCEPT;

/* Bytes of a new state, and making one. OK, OUT_OF_RANGE (kind, a sketch_kind, or log2_width), or NO_ROOM unless size
 * is the one that init_size says. */
SKETCH_API size_t sketch_frequency_init_size(void) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_frequency_init(void *state, size_t size, int kind, int log2_width) SKETCH_NOEXCEPT;

/* Copies a state into another, non-overlapping buffer of growth->size bytes, with the layout in *growth. */
SKETCH_API void sketch_frequency_move(void *to, const void *from, size_t from_size,
                                      const sketch_growth *growth) SKETCH_NOEXCEPT;

/* An opened sketch: its header is checked, and what else it holds is when it is read. */
typedef struct sketch_frequency sketch_frequency;
SKETCH_API size_t sketch_frequency_open_size(const void *bytes, size_t size, sketch_form form) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_frequency_open(const void *bytes, size_t size, sketch_form form, void *scratch,
                                               size_t scratch_size, sketch_frequency **opened) SKETCH_NOEXCEPT;

/* Counts an item `weight` (1 .. 2^63 - 1) times. OK, GROW, OVERFLOW or WRONG_KIND. */
SKETCH_API sketch_status sketch_frequency_add(void *state, size_t size, int kind, uint64_t hash, uint64_t weight,
                                              sketch_growth *growth) SKETCH_NOEXCEPT;

/* Counts many items by their hashes, or by their bytes: see common.h. OK, GROW, OVERFLOW, WRONG_KIND or BAD_ITEM. */
SKETCH_API sketch_status sketch_frequency_add_many(void *state, size_t size, int kind, const uint64_t *hashes,
                                                   const uint64_t *weights, size_t count, size_t *taken,
                                                   sketch_growth *growth) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_frequency_add_items(void *state, size_t size, int kind, const void *items,
                                                    const size_t *offsets, const uint64_t *weights, size_t count,
                                                    size_t *taken, sketch_growth *growth) SKETCH_NOEXCEPT;

/* Asks for at most this width from now on. OK, GROW, or OUT_OF_RANGE below the least width. */
SKETCH_API sketch_status sketch_frequency_limit(void *state, size_t size, int log2_width,
                                                sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds another sketch. OK, GROW, OVERFLOW, WRONG_KIND, or what is wrong with
 * the other sketch. Of packed counters it is only checked here that they add up, not that their bytes are canonical. */
SKETCH_API sketch_status sketch_frequency_merge(void *state, size_t size, const sketch_frequency *other,
                                                sketch_growth *growth) SKETCH_NOEXCEPT;

/* Makes a state of it: see common.h. */
SKETCH_API sketch_status sketch_frequency_load(const sketch_frequency *sketch, void *state, size_t size,
                                               sketch_growth *growth) SKETCH_NOEXCEPT;

/* Takes the counts of another sketch away, at the smaller of both widths. Outside the law. An exact
 * state stays exact if the other one is. OK, GROW, BELOW_ZERO (state untouched), WRONG_KIND, or what is wrong with the
 * other. */
SKETCH_API sketch_status sketch_frequency_subtract(void *state, size_t size, const sketch_frequency *other,
                                                   sketch_growth *growth) SKETCH_NOEXCEPT;

/* The room that packing this sketch needs: no packed form of it is larger, and most are far smaller. */
SKETCH_API size_t sketch_frequency_packed_bound(const sketch_frequency *sketch) SKETCH_NOEXCEPT;

/* Checks all of the sketch and writes its canonical bytes. */
SKETCH_API sketch_status sketch_frequency_pack(const sketch_frequency *sketch, uint8_t *out, size_t capacity,
                                               size_t *out_size) SKETCH_NOEXCEPT;

/* OK if packed bytes are a sketch in canonical form to the last byte; open has looked at their header only. */
SKETCH_API sketch_status sketch_frequency_check(const sketch_frequency *packed) SKETCH_NOEXCEPT;

/*
 * How often an item came. upper = min_j c_j, always right. estimate = max(0, min_j c_j - mean_j q_j), q_j the
 * (1 - 0.5^(1/4)) quantile of row j. lower is right for at least 95 % of items on average. All equal while exact.
 */
SKETCH_API sketch_status sketch_frequency_count(const sketch_frequency *sketch, int kind, uint64_t hash,
                                                uint64_t *estimate, uint64_t *lower, uint64_t *upper) SKETCH_NOEXCEPT;

typedef struct sketch_frequency_info {
    int kind, log2_width;
    int is_dense;   /* counters, not exact counts */
    uint32_t items; /* different hashes; 0 if dense */
    uint64_t total; /* sum of all weights */
    double error;   /* e / 2^log2_width */
} sketch_frequency_info;

/* Header fields only (all of the above): cheap. */
SKETCH_API sketch_status sketch_frequency_describe(const sketch_frequency *sketch,
                                                   sketch_frequency_info *info) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_frequency_peek(const uint8_t *first, size_t first_size, size_t size,
                                               sketch_frequency_info *info) SKETCH_NOEXCEPT;

SKETCH_END_DECLS

#endif
