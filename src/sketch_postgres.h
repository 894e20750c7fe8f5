/*
 * sketch_postgres.h - what only the PostgreSQL layer needs of the core. It is not installed, and the shared library
 * does not export it. Conventions are in sketch.h.
 *
 * The aggregates percentile_sketch(x, p) carry their fractions in the state, because a final function sees no other
 * argument: so a quantile state, and a packed one that is a *partial* state of an aggregate, may have fractions at its
 * end. They are no part of the sketch: merge, and pack of sketch.h, leave them out.
 */
#ifndef SKETCH_POSTGRES_H
#define SKETCH_POSTGRES_H

#include "sketch.h"

SKETCH_BEGIN_DECLS

#define SKETCH_QUANTILE_MAX_FRACTIONS 1000

/* Set in the third byte of a packed sketch that is a partial state, and not canonical. */
#define SKETCH_PACKED_PARTIAL 0x20

/* How to make a state: as sketch_quantile_init says, and what it carries. */
typedef struct sketch_quantile_options {
    int scale, moving;
    const double *fractions; /* each in [0, 1] */
    size_t fraction_count;   /* 0 .. SKETCH_QUANTILE_MAX_FRACTIONS */
    int fractions_are_array; /* whether the final result is an array; if not, there is one fraction or none */
} sketch_quantile_options;

/* Bytes of a new state, a power of two, and making one. OUT_OF_RANGE also for fractions. */
size_t sketch_quantile_init_size_with(const sketch_quantile_options *options) SKETCH_NOEXCEPT;
sketch_status sketch_quantile_init_with(void *state, size_t size,
                                        const sketch_quantile_options *options) SKETCH_NOEXCEPT;

/* Options that make an empty state for what `sketch` holds, its scale and its fractions. `fractions` has room for
 * SKETCH_QUANTILE_MAX_FRACTIONS and is what options->fractions points to. */
void sketch_quantile_options_of(const sketch_quantile *sketch, double *fractions,
                                sketch_quantile_options *options) SKETCH_NOEXCEPT;

/* Whether a state carries exactly these fractions, as the same kind. */
int sketch_quantile_has_fractions(const void *state, size_t size, const double *fractions, size_t count,
                                  int are_array) SKETCH_NOEXCEPT;

/* Packs a partial state: as sketch_quantile_pack, with the fractions. Its bound holds for both. */
sketch_status sketch_quantile_pack_partial(const sketch_quantile *sketch, uint8_t *out, size_t capacity,
                                           size_t *out_size) SKETCH_NOEXCEPT;

/* Percentiles at the fractions that a sketch carries: out has room for SKETCH_QUANTILE_MAX_FRACTIONS. */
sketch_status sketch_quantile_carried_percentiles(const sketch_quantile *sketch, double *out, size_t *count,
                                                  int *are_array, uint64_t *rows) SKETCH_NOEXCEPT;

/* The same of a moving state, which is not read as a whole: the time does not depend on its size. */
sketch_status sketch_quantile_moving_percentiles(const void *state, size_t size, double *out, size_t *count,
                                                 int *are_array, uint64_t *rows) SKETCH_NOEXCEPT;

SKETCH_END_DECLS

#endif
