/*
 * distinct: ExaLogLog with t = 1, d = 9 (Ertl, arXiv 2402.13726); tokens of 24 bits while there are few.
 *
 * Relative standard error 0.494 / sqrt(2^precision), and far less while tokens are kept: up to 2^precision / 8 of them.
 * Sketches of different precisions merge to the smaller one, exactly as if made with it.
 *
 * Conventions are in sketch.h, which includes this.
 */
#ifndef SKETCH_DISTINCT_H
#define SKETCH_DISTINCT_H

#include "items.h"

SKETCH_BEGIN_DECLS

#define SKETCH_DISTINCT_MIN_PRECISION 4
#define SKETCH_DISTINCT_MAX_PRECISION 16
/* No packed form of a precision is larger. */
#define SKETCH_DISTINCT_PACKED_MAX(precision) (64 + ((size_t)2 << (precision)))

/* Bytes of a new state, and making one. OK, OUT_OF_RANGE (kind, a sketch_kind, or precision), or NO_ROOM unless size is
 * the one that init_size says. */
SKETCH_API size_t sketch_distinct_init_size(void) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_distinct_init(void *state, size_t size, int kind, int precision) SKETCH_NOEXCEPT;

/* Copies a state into another, non-overlapping buffer of growth->size bytes, with the layout in *growth. */
SKETCH_API void sketch_distinct_move(void *to, const void *from, size_t from_size,
                                     const sketch_growth *growth) SKETCH_NOEXCEPT;

/* An opened sketch: decoded and checked. It takes up to 2^(precision + 1) bytes of scratch memory and some hundred. */
typedef struct sketch_distinct sketch_distinct;
SKETCH_API size_t sketch_distinct_open_size(const void *bytes, size_t size, sketch_form form) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_distinct_open(const void *bytes, size_t size, sketch_form form, void *scratch,
                                              size_t scratch_size, sketch_distinct **opened) SKETCH_NOEXCEPT;

/* Adds an item by its hash. OK, GROW or WRONG_KIND. */
SKETCH_API sketch_status sketch_distinct_add(void *state, size_t size, int kind, uint64_t hash,
                                             sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds many items by their hashes, or by their bytes: see common.h. OK, GROW, WRONG_KIND or BAD_ITEM. */
SKETCH_API sketch_status sketch_distinct_add_many(void *state, size_t size, int kind, const uint64_t *hashes,
                                                  size_t count, size_t *taken, sketch_growth *growth) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_distinct_add_items(void *state, size_t size, int kind, const void *items,
                                                   const size_t *offsets, size_t count, size_t *taken,
                                                   sketch_growth *growth) SKETCH_NOEXCEPT;

/* Asks for at most this precision from now on. OK, GROW, or OUT_OF_RANGE below the least precision. */
SKETCH_API sketch_status sketch_distinct_limit(void *state, size_t size, int precision,
                                               sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds another sketch. OK, GROW or WRONG_KIND. */
SKETCH_API sketch_status sketch_distinct_merge(void *state, size_t size, const sketch_distinct *other,
                                               sketch_growth *growth) SKETCH_NOEXCEPT;

/* Makes a state of it: see common.h. */
SKETCH_API sketch_status sketch_distinct_load(const sketch_distinct *sketch, void *state, size_t size,
                                              sketch_growth *growth) SKETCH_NOEXCEPT;

/* No packed form of this sketch is larger: SKETCH_DISTINCT_PACKED_MAX of its precision, or less. */
SKETCH_API size_t sketch_distinct_packed_bound(const sketch_distinct *sketch) SKETCH_NOEXCEPT;

/* Writes the canonical bytes. OK or NO_ROOM: capacity must be as much as the bound, also if the bytes are fewer. */
SKETCH_API sketch_status sketch_distinct_pack(const sketch_distinct *sketch, uint8_t *out, size_t capacity,
                                              size_t *out_size) SKETCH_NOEXCEPT;

/* OK if packed bytes are canonical to the last one. What open has not looked at is whether the estimate that they
 * tell is theirs: to find out takes a few microseconds, and nothing but that number depends on it. */
SKETCH_API sketch_status sketch_distinct_check(const sketch_distinct *packed) SKETCH_NOEXCEPT;

/* Maximum-likelihood estimate of the number of different items: finite; a whole number while tokens are kept, and from
 * then on one of those at distances of 2^(1/1024), which is off by 0.034 % at most. A packed sketch has it in its
 * header. */
SKETCH_API sketch_status sketch_distinct_count(const sketch_distinct *sketch, double *estimate) SKETCH_NOEXCEPT;

/* Interval that holds the number of different items with this confidence, in (0, 1]; 1 is not certainty, but as much as
 * can be computed. With few items a register from the distribution of how many are hidden behind others, else from the
 * observed information. OK or OUT_OF_RANGE. */
SKETCH_API sketch_status sketch_distinct_bounds(const sketch_distinct *sketch, double confidence, double *lower,
                                                double *upper) SKETCH_NOEXCEPT;

/* Estimated items in both, never more than sketch_distinct_count of either; and items in both divided by the items in
 * either (0 if both are empty), as if both were made with the smaller precision. Needs scratch memory of its own. OK,
 * WRONG_KIND or NO_ROOM. */
SKETCH_API size_t sketch_distinct_overlap_size(const sketch_distinct *a, const sketch_distinct *b) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_distinct_overlap(const sketch_distinct *a, const sketch_distinct *b, void *scratch,
                                                 size_t scratch_size, double *intersection,
                                                 double *jaccard) SKETCH_NOEXCEPT;

/* Estimated items in a that are not in b, at most those in a. Scratch memory and statuses as those of overlap. */
SKETCH_API sketch_status sketch_distinct_difference(const sketch_distinct *a, const sketch_distinct *b, void *scratch,
                                                    size_t scratch_size, double *difference) SKETCH_NOEXCEPT;

/* Intervals that hold the number of items in both, and of those in a that are not in b, with this confidence, in
 * (0, 1], or more: the intervals of a, b and their union may miss with a third of the error each. Of tokens nearly
 * always the numbers themselves. Around the estimates. Scratch memory and statuses as those of overlap, and
 * OUT_OF_RANGE. */
SKETCH_API sketch_status sketch_distinct_intersection_bounds(const sketch_distinct *a, const sketch_distinct *b,
                                                             double confidence, void *scratch, size_t scratch_size,
                                                             double *lower, double *upper) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_distinct_difference_bounds(const sketch_distinct *a, const sketch_distinct *b,
                                                           double confidence, void *scratch, size_t scratch_size,
                                                           double *lower, double *upper) SKETCH_NOEXCEPT;

typedef struct sketch_distinct_info {
    int kind, precision;
    int is_dense;                   /* registers, not tokens */
    uint32_t tokens;                /* different tokens; 0 if dense */
    double relative_standard_error; /* asymptotic, of this precision */
} sketch_distinct_info;

/* Header fields only: cheap. */
SKETCH_API sketch_status sketch_distinct_describe(const sketch_distinct *sketch,
                                                  sketch_distinct_info *info) SKETCH_NOEXCEPT;
/* And `*estimate`, what sketch_distinct_count tells. NO_ROOM also if that takes all tokens: of more than 700. */
SKETCH_API sketch_status sketch_distinct_peek(const uint8_t *first, size_t first_size, size_t size,
                                              sketch_distinct_info *info, double *estimate) SKETCH_NOEXCEPT;

SKETCH_END_DECLS

#endif
