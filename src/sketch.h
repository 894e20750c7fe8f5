/*
 * sketch.h - the C ABI of libsketch.
 *
 * Everything that a layer above may use. No function allocates, throws, prints or keeps anything: memory is the
 * caller's, results are written to out-parameters, and out-parameters and states are untouched unless the status says
 * SKETCH_OK. A call takes at most about a millisecond.
 *
 * A sketch has two forms. The *packed* form is a canonical byte string: equal multisets of rows give equal bytes. The
 * *work* form is a flat buffer that is mutated in place while rows arrive. Functions that read a sketch take either,
 * at any alignment, check it first, and answer SKETCH_CORRUPT or a neighbour of it for bytes that are not a sketch.
 * Functions that change a work form need it 8-byte aligned and trust its header: hand them only what sketch_*_init or
 * sketch_*_move wrote.
 *
 * The first 4 bytes of a work form belong to the caller (PostgreSQL keeps the length word there).
 */
#ifndef SKETCH_H
#define SKETCH_H

#include <stddef.h>
#include <stdint.h>

#if !defined(SKETCH_API)
#if defined(_WIN32)
#define SKETCH_API __declspec(dllexport)
#else
#define SKETCH_API __attribute__((visibility("default")))
#endif
#endif

#ifdef __cplusplus
#define SKETCH_NOEXCEPT noexcept
extern "C" {
#else
#define SKETCH_NOEXCEPT
#endif

typedef enum sketch_status {
    SKETCH_OK = 0,
    SKETCH_GROW,              /* the state needs the layout that was written to *growth: move it there, call again */
    SKETCH_OVERFLOW,          /* a count would exceed 2^63 - 1 */
    SKETCH_BELOW_ZERO,        /* a subtraction takes away rows that are not there */
    SKETCH_FRACTION_MISMATCH, /* two partial states of one aggregate were made for different fractions */
    SKETCH_NO_ROOM,           /* the caller's output buffer is too small */
    SKETCH_TRUNCATED,         /* not a sketch: ends early */
    SKETCH_WRONG_VERSION,     /* a format version, or a work-form layout, that this library does not know */
    SKETCH_WRONG_FAMILY,      /* a sketch of another family */
    SKETCH_CORRUPT,           /* not a sketch: a field is out of range or not in its one canonical encoding */
    SKETCH_TRAILING           /* not a sketch: bytes are left over */
} sketch_status;

/* A short English phrase, never NULL. */
SKETCH_API const char *sketch_status_message(sketch_status status) SKETCH_NOEXCEPT;

/* The library's version, "major.minor.patch". */
SKETCH_API const char *sketch_version(void) SKETCH_NOEXCEPT;

/* The first byte of every packed value that this library writes. */
#define SKETCH_FORMAT_VERSION 1
/* The byte behind the caller's length word in a work form. */
#define SKETCH_WORK_MAGIC 0xE7
/* Set in the third byte of a packed value that is a partial state of an aggregate: it ends with what the final
 * function needs, and is not canonical. */
#define SKETCH_PACKED_PARTIAL 0x20

/*
 * True for an aligned work form of any family, false for everything else. Whatever the caller's length word holds, it
 * does not begin like a packed value: lengths are powers of two, and PostgreSQL stores them shifted.
 */
static inline int sketch_is_work_form(const void *data, size_t size) {
    const uint8_t *bytes = (const uint8_t *)data;
    return size > 4 && bytes[4] == SKETCH_WORK_MAGIC && bytes[0] != SKETCH_FORMAT_VERSION && (uintptr_t)data % 8 == 0;
}

/* The layout that a work form needs next. `size` is the number of bytes, a power of two; the rest is opaque. */
typedef struct sketch_growth {
    uint64_t size;
    int32_t base[2];
    uint32_t cells[2];
    int8_t scale;
    uint8_t flags;
} sketch_growth;

/*
 * ---------------------------------------------------------------------------------------------------------------------
 * quantile: UDDSketch (arXiv 2004.08604) on the base-2 ladder of OpenTelemetry exponential histograms.
 *
 * With N rows in value order (-Infinity, negative, zero, positive, +Infinity, NaN; -0 is 0), row k of the sketch is
 * within `accuracy` * |x| of row k of the data. At most SKETCH_QUANTILE_MAX_BUCKETS buckets are kept; data that need
 * more halve the resolution, and the sketch reports the accuracy that it still has.
 * ---------------------------------------------------------------------------------------------------------------------
 */
#define SKETCH_QUANTILE_MAX_BUCKETS 2048
#define SKETCH_QUANTILE_MAX_FRACTIONS 1000
/* No packed form is larger: header, counters and extremes; 26 bits of index and 85 of count a bucket; fractions. */
#define SKETCH_QUANTILE_PACKED_MAX (128 + 14 * SKETCH_QUANTILE_MAX_BUCKETS + 8 * SKETCH_QUANTILE_MAX_FRACTIONS)
/* Buckets as histogram() lists them: those above, one for zero, two infinities, NaN. */
#define SKETCH_QUANTILE_MAX_LISTED (SKETCH_QUANTILE_MAX_BUCKETS + 4)

/*
 * Scale for an accuracy (relative error, 0.0002 .. 0.5) and back. An accuracy out of range or NaN gives INT_MIN.
 * At scale s buckets grow by 2^(2^-s); s is 12 .. -2.
 */
SKETCH_API int sketch_quantile_scale(double accuracy) SKETCH_NOEXCEPT;
SKETCH_API double sketch_quantile_accuracy(int scale) SKETCH_NOEXCEPT;

/* How to make a work form. */
typedef struct sketch_quantile_options {
    int scale;               /* from sketch_quantile_scale */
    int moving;              /* rows will be taken away too: no exact extremes, no limit of buckets until read */
    const double *fractions; /* carried along for the final function: each in [0, 1] */
    size_t fraction_count;   /* 0 .. SKETCH_QUANTILE_MAX_FRACTIONS */
    int fractions_are_array; /* whether the final result is an array */
} sketch_quantile_options;

/* Bytes of a new work form: a power of two. */
SKETCH_API size_t sketch_quantile_init_size(const sketch_quantile_options *options) SKETCH_NOEXCEPT;
SKETCH_API void sketch_quantile_init(void *state, size_t size, const sketch_quantile_options *options) SKETCH_NOEXCEPT;

/* Copies a state into another, non-overlapping buffer of growth->size bytes, with the layout in *growth. */
SKETCH_API void sketch_quantile_move(void *to, const void *from, size_t from_size,
                                     const sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds `weight` (1 .. 2^63 - 1) rows of value x. OK, GROW or OVERFLOW. */
SKETCH_API sketch_status sketch_quantile_add(void *state, size_t size, double x, uint64_t weight,
                                             sketch_growth *growth) SKETCH_NOEXCEPT;

/* Whether a work form of one's own was made to take rows away from. */
SKETCH_API int sketch_quantile_is_moving(const void *state) SKETCH_NOEXCEPT;

/* Takes one row away from a moving state. OK or BELOW_ZERO. */
SKETCH_API sketch_status sketch_quantile_remove(void *state, size_t size, double x) SKETCH_NOEXCEPT;

/* Asks for at most this scale from now on. OK or GROW. */
SKETCH_API sketch_status sketch_quantile_coarsen(void *state, size_t size, int scale,
                                                 sketch_growth *growth) SKETCH_NOEXCEPT;

/*
 * Adds another sketch, packed or work. Parameters: the coarser accuracy wins. OK, GROW, OVERFLOW, or what is wrong
 * with the other sketch. Its fractions are ignored.
 */
SKETCH_API sketch_status sketch_quantile_merge(void *state, size_t size, const void *other, size_t other_size,
                                               sketch_growth *growth) SKETCH_NOEXCEPT;

/* Options that make an empty state for what `sketch` holds (its scale and, if asked for, its fractions). `fractions`
 * has room for SKETCH_QUANTILE_MAX_FRACTIONS and is what options->fractions points to. */
SKETCH_API sketch_status sketch_quantile_options_of(const void *sketch, size_t size, double *fractions,
                                                    sketch_quantile_options *options) SKETCH_NOEXCEPT;

/* FRACTION_MISMATCH unless the state, a work form of one's own, carries exactly these fractions, as the same kind. */
SKETCH_API sketch_status sketch_quantile_same_fractions(const void *state, size_t size, const double *fractions,
                                                        size_t count, int are_array) SKETCH_NOEXCEPT;

/*
 * Packs either form: checks it and writes its canonical bytes, with its fractions only if asked for. `capacity` of
 * SKETCH_QUANTILE_PACKED_MAX always suffices.
 */
SKETCH_API sketch_status sketch_quantile_pack(const void *sketch, size_t size, int with_fractions, uint8_t *out,
                                              size_t capacity, size_t *out_size) SKETCH_NOEXCEPT;

/* OK if these bytes are a packed quantile sketch in canonical form. A work form is WRONG_VERSION here. */
SKETCH_API sketch_status sketch_quantile_check(const uint8_t *packed, size_t size) SKETCH_NOEXCEPT;

/* Rows of a minus rows of b, packed. Outside the law: extremes become unknown. BELOW_ZERO if b has rows that a lacks.
 */
SKETCH_API sketch_status sketch_quantile_subtract(const void *a, size_t a_size, const void *b, size_t b_size,
                                                  uint8_t *out, size_t capacity, size_t *out_size) SKETCH_NOEXCEPT;

/*
 * Percentiles at fractions p[i] in [0, 1] (the caller checks), interpolated between rows as SQL's percentile_cont.
 * With *rows = 0 (an empty sketch) out is untouched. lower and upper, both or neither NULL, bound percentile_cont.
 */
SKETCH_API sketch_status sketch_quantile_percentiles(const void *sketch, size_t size, const double *p, size_t count,
                                                     double *out, double *lower, double *upper,
                                                     uint64_t *rows) SKETCH_NOEXCEPT;

/* The same at the fractions that a partial state carries: out has room for SKETCH_QUANTILE_MAX_FRACTIONS. */
SKETCH_API sketch_status sketch_quantile_carried_percentiles(const void *sketch, size_t size, double *out,
                                                             size_t *count, int *are_array,
                                                             uint64_t *rows) SKETCH_NOEXCEPT;

/* Estimated fraction of the rows that are <= x. Untouched if *rows = 0. */
SKETCH_API sketch_status sketch_quantile_rank(const void *sketch, size_t size, double x, double *fraction,
                                              uint64_t *rows) SKETCH_NOEXCEPT;

/* Non-empty buckets in value order: rows in [lower, upper], both ends inclusive and doubles. */
typedef struct sketch_bucket {
    double lower, upper;
    uint64_t count;
    int32_t index; /* of the magnitude, at the sketch's scale; 0 for zero, infinities and NaN */
} sketch_bucket;

SKETCH_API sketch_status sketch_quantile_histogram(const void *sketch, size_t size, sketch_bucket *out,
                                                   size_t *count) SKETCH_NOEXCEPT;

/*
 * Estimated rows in (-inf, bounds[0]], (bounds[0], bounds[1]], ..., (bounds[n-1], NaN]: n + 1 counts that add up to the
 * total. bounds ascend strictly (the caller checks).
 */
SKETCH_API sketch_status sketch_quantile_histogram_at(const void *sketch, size_t size, const double *bounds, size_t n,
                                                      uint64_t *counts) SKETCH_NOEXCEPT;

typedef struct sketch_quantile_info {
    uint64_t total, zeros, negative_infinities, positive_infinities, nans;
    double minimum, maximum; /* of all rows; bucket edges unless extremes_known; meaningless if total is 0 */
    double accuracy;         /* as asked for when the sketch was made */
    double current_accuracy; /* what it promises now */
    int requested_scale, scale;
    uint32_t negative_buckets, positive_buckets;
    int extremes_known;
    size_t fraction_count;
    int fractions_are_array;
} sketch_quantile_info;

SKETCH_API sketch_status sketch_quantile_describe(const void *sketch, size_t size,
                                                  sketch_quantile_info *info) SKETCH_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
