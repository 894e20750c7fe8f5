/*
 * quantile: UDDSketch (arXiv 2004.08604) on the base-2 ladder of OpenTelemetry exponential histograms.
 *
 * With N rows in value order (-Infinity, negative, zero, positive, +Infinity, NaN; -0 is 0), row k of the sketch is
 * within `accuracy` * |x| of row k of the data. As many buckets are kept as 32 octaves have at the scale asked for;
 * data that need more halve the resolution, and the sketch reports the accuracy that it still has.
 *
 * Conventions are in sketch.h, which includes this.
 */
#ifndef SKETCH_QUANTILE_H
#define SKETCH_QUANTILE_H

#include "common.h"

SKETCH_BEGIN_DECLS

#define SKETCH_QUANTILE_MIN_SCALE (-10)
#define SKETCH_QUANTILE_MAX_SCALE 12
/* Of a sketch for which this scale was asked: 2,048 up to scale 6 (1 %), 131,072 at scale 12. */
#define SKETCH_QUANTILE_MAX_BUCKETS(requested_scale) \
    ((uint32_t)2048 << ((requested_scale) > 6 ? (requested_scale)-6 : 0))

/*
 * Scale for an accuracy (relative error, 0.00015625 .. 1) and back. At scale s buckets grow by 2^(2^-s); s is 12 ..
 * -10, as in OpenTelemetry. The scale is the coarsest that keeps the accuracy, and each scale's accuracy gives that
 * scale. (Below scale -6 buckets hold 2^128-fold ranges and more: those scales' accuracies are the doubles that
 * follow 1.) OK or OUT_OF_RANGE.
 */
SKETCH_API sketch_status sketch_quantile_scale(double accuracy, int *scale) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_quantile_accuracy(int scale, double *accuracy) SKETCH_NOEXCEPT;

/*
 * Bytes of a new state, and making one. A *moving* state is one that rows will be taken away from, too: it has no exact
 * extremes, and no limit of buckets until it is read. At scale 6 it takes up to 1 MB; 2, 4, 8 MB with more than 255,
 * 65,535, 2^32 - 1 rows; twice that a scale. OK, OUT_OF_RANGE (scale), or NO_ROOM unless size is the one that init_size
 * says.
 */
SKETCH_API size_t sketch_quantile_init_size(void) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_quantile_init(void *state, size_t size, int scale, int moving) SKETCH_NOEXCEPT;

/* Copies a state into another, non-overlapping buffer of growth->size bytes, with the layout in *growth. */
SKETCH_API void sketch_quantile_move(void *to, const void *from, size_t from_size,
                                     const sketch_growth *growth) SKETCH_NOEXCEPT;

/* An opened sketch: its buckets, decoded and checked. A sketch of n buckets takes 12 n bytes of scratch memory and some
 * hundred; one of up to 256 packed bytes, of which most are merged, may take 96 times as many without a look at n. */
typedef struct sketch_quantile sketch_quantile;
SKETCH_API size_t sketch_quantile_open_size(const void *bytes, size_t size, sketch_form form) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_quantile_open(const void *bytes, size_t size, sketch_form form, void *scratch,
                                              size_t scratch_size, sketch_quantile **opened) SKETCH_NOEXCEPT;

/* Adds `weight` (1 .. 2^63 - 1) rows of value x. OK, GROW or OVERFLOW. */
SKETCH_API sketch_status sketch_quantile_add(void *state, size_t size, double x, uint64_t weight,
                                             sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds many rows: see common.h. OK, GROW or OVERFLOW. */
SKETCH_API sketch_status sketch_quantile_add_many(void *state, size_t size, const double *x, const uint64_t *weights,
                                                  size_t count, size_t *taken, sketch_growth *growth) SKETCH_NOEXCEPT;

/* Whether a state is a moving one. */
SKETCH_API int sketch_quantile_is_moving(const void *state) SKETCH_NOEXCEPT;

/* Takes one row, which was added before, away from a moving state. OK, or BELOW_ZERO if its bucket is empty,
 * or the state is not a moving one. */
SKETCH_API sketch_status sketch_quantile_remove(void *state, size_t size, double x) SKETCH_NOEXCEPT;

/* Asks for at most this scale from now on. OK, GROW, or OUT_OF_RANGE below the least scale. */
SKETCH_API sketch_status sketch_quantile_limit(void *state, size_t size, int scale,
                                               sketch_growth *growth) SKETCH_NOEXCEPT;

/*
 * Adds another sketch. Parameters: the coarser accuracy wins. OK, GROW or OVERFLOW. The other sketch may be made
 * as coarse as the state on the way, so it is good for no other use than to call again.
 */
SKETCH_API sketch_status sketch_quantile_merge(void *state, size_t size, sketch_quantile *other,
                                               sketch_growth *growth) SKETCH_NOEXCEPT;

/* Makes a state of it, which is not moving: see common.h. */
SKETCH_API sketch_status sketch_quantile_load(const sketch_quantile *sketch, void *state, size_t size,
                                              sketch_growth *growth) SKETCH_NOEXCEPT;

/*
 * Adds a bucket of an exponential histogram, as OpenTelemetry and Prometheus have them: `count` rows (0 .. 2^63 - 1; of
 * no row nothing is added) in (base^index, base^(index + 1)], base = 2^(2^-scale), or of their negatives. (Prometheus
 * counts buckets from 1: its index is larger by 1, and its schema is the scale.) Nothing is guessed: what the sketch
 * answers is as good as it says, with the scale of the coarsest bucket if that is coarser than the one asked for. Equal
 * buckets in any order give equal bytes. Zeros, infinities and NaN are added by sketch_quantile_add.
 *
 * Extremes become unknown: see sketch_quantile_set_extremes. OK, GROW, OVERFLOW, or OUT_OF_RANGE if the scale is not
 * SKETCH_QUANTILE_MIN_SCALE .. SKETCH_QUANTILE_MAX_BUCKET_SCALE or no double lies in a bucket that has rows.
 */
#define SKETCH_QUANTILE_MAX_BUCKET_SCALE 20
SKETCH_API sketch_status sketch_quantile_add_bucket(void *state, size_t size, int scale, int32_t index, int negative,
                                                    uint64_t count, sketch_growth *growth) SKETCH_NOEXCEPT;

/*
 * Says what the least and the largest of all finite rows are, which is not known of buckets: the last step for those
 * who were told. OK, or OUT_OF_RANGE if they cannot be: if they are not in the outermost buckets (whose ends
 * sketch_quantile_describe tells; who computes indexes with logarithms may miss by a neighbouring double), contradict
 * what is known of other rows, or if there is no finite row. Not for moving states, and not after a subtraction that
 * left a sketch coarser than its rows need.
 */
SKETCH_API sketch_status sketch_quantile_set_extremes(void *state, size_t size, double minimum,
                                                      double maximum) SKETCH_NOEXCEPT;

/*
 * Rows of a minus rows of b, packed; no larger than the packed bound of a. Both opened sketches are used up, whatever
 * the status: open them anew to go on. Outside the law: extremes become unknown. Only buckets are known: BELOW_ZERO if
 * b has more rows in one than a has; a row that a lacks takes away another one of its bucket if there is any.
 */
SKETCH_API sketch_status sketch_quantile_subtract(sketch_quantile *a, sketch_quantile *b, uint8_t *out, size_t capacity,
                                                  size_t *out_size) SKETCH_NOEXCEPT;

/* No packed form of this sketch is larger. */
SKETCH_API size_t sketch_quantile_packed_bound(const sketch_quantile *sketch) SKETCH_NOEXCEPT;

/* Writes the canonical bytes. OK or NO_ROOM. */
SKETCH_API sketch_status sketch_quantile_pack(const sketch_quantile *sketch, uint8_t *out, size_t capacity,
                                              size_t *out_size) SKETCH_NOEXCEPT;

/*
 * Percentiles at `count` fractions p[i] in [0, 1], interpolated between rows as SQL's percentile_cont. lower[i] and
 * upper[i] bound what percentile_cont of the rows is; both or neither may be NULL. With *rows = 0 (an empty sketch) the
 * arrays are untouched. OK or OUT_OF_RANGE.
 */
SKETCH_API sketch_status sketch_quantile_percentiles(const sketch_quantile *sketch, const double *p, size_t count,
                                                     double *out, double *lower, double *upper,
                                                     uint64_t *rows) SKETCH_NOEXCEPT;

/* Estimated fraction of the rows that are <= x. Untouched if *rows = 0. */
SKETCH_API sketch_status sketch_quantile_rank(const sketch_quantile *sketch, double x, double *fraction,
                                              uint64_t *rows) SKETCH_NOEXCEPT;

/*
 * Estimated sum of the rows: off by at most accuracy * sum of |x|, and by the rounding to a double. Sums with
 * -Infinity, Infinity, both of them, or NaN are -Infinity, Infinity, NaN and NaN; finite rows with a sum beyond the
 * doubles give an infinity, too. Whole numbers that have a bucket each are added without an error. Untouched if *rows =
 * 0.
 */
SKETCH_API sketch_status sketch_quantile_sum(const sketch_quantile *sketch, double *sum,
                                             uint64_t *rows) SKETCH_NOEXCEPT;

/*
 * Estimated mean of the rows between two fractions, 0 <= low < high <= 1: of all rows with 0 and 1. Row k of n
 * lies between k/n and (k + 1)/n, and counts by that part of it which is between low and high. Off by at most
 * accuracy * mean of |x|; never beyond the doubles if these rows are finite. Else as the sum. OK or OUT_OF_RANGE.
 */
SKETCH_API sketch_status sketch_quantile_mean(const sketch_quantile *sketch, double low, double high, double *mean,
                                              uint64_t *rows) SKETCH_NOEXCEPT;

/* Non-empty buckets in value order: rows in [lower, upper], both ends inclusive and doubles. There are as many as
 * describe counts, and up to four more, for zero, the two infinities and NaN: `capacity` of so many suffices. OK or
 * NO_ROOM. */
typedef struct sketch_quantile_bucket {
    double lower, upper;
    uint64_t count;
    int32_t index; /* of the magnitude, at the sketch's scale; 0 for zero, infinities and NaN */
} sketch_quantile_bucket;

SKETCH_API sketch_status sketch_quantile_histogram(const sketch_quantile *sketch, sketch_quantile_bucket *out,
                                                   size_t capacity, size_t *count) SKETCH_NOEXCEPT;

/*
 * Estimated rows in (-inf, bounds[0]], (bounds[0], bounds[1]], ..., (bounds[count - 1], NaN]: count + 1 numbers that
 * add up to the total. OK, or OUT_OF_RANGE if a bound is NaN or less than the one before it.
 */
SKETCH_API sketch_status sketch_quantile_histogram_at(const sketch_quantile *sketch, const double *bounds, size_t count,
                                                      uint64_t *rows) SKETCH_NOEXCEPT;

typedef struct sketch_quantile_info {
    uint64_t total, zeros, negative_infinities, positive_infinities, nans;
    double minimum, maximum; /* of all rows; bucket edges unless extremes_known; meaningless if total is 0 */
    double finite_minimum, finite_maximum; /* the same of the finite rows; 0 if there are none */
    double accuracy;                       /* as asked for when the sketch was made */
    double current_accuracy;               /* what it promises now */
    int requested_scale, scale;
    uint32_t negative_buckets, positive_buckets;
    int extremes_known;
    int whole; /* all finite rows are whole numbers */
} sketch_quantile_info;

SKETCH_API sketch_status sketch_quantile_describe(const sketch_quantile *sketch,
                                                  sketch_quantile_info *info) SKETCH_NOEXCEPT;

/* Of the header. All but what stands behind it: `total` is less than there are, but not 0 if there are any. */
SKETCH_API sketch_status sketch_quantile_peek(const uint8_t *first, size_t first_size, size_t size,
                                              sketch_quantile_info *info) SKETCH_NOEXCEPT;

SKETCH_END_DECLS

#endif
