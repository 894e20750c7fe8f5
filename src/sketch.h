/*
 * sketch.h - the C ABI of libsketch.
 *
 * Everything that a layer above may use. No function allocates, throws or prints: memory is the caller's, results are
 * written to out-parameters, and out-parameters and states are untouched unless the status says SKETCH_OK (but for
 * *growth, which SKETCH_GROW fills in, and for what adds many rows in one call: see there). Nothing is kept between
 * calls but what sketch_set_poll and sketch_set_salt set for the whole process; apart from these two, calls on
 * different memory may run at once, on as many threads as you like. A call takes microseconds to a millisecond; with
 * the largest sketches, up to a second: sketch_set_poll. No function needs more than 48 kB of stack.
 *
 * A sketch has two forms. The *packed* form is a canonical byte string: equal multisets of rows give equal bytes. The
 * *work* form is a flat buffer that is mutated in place while rows arrive. Functions that change a work form need it
 * 8-byte aligned and trust its header: hand them only what sketch_*_init or sketch_*_move wrote. The first 4 bytes of a
 * work form belong to the caller (PostgreSQL keeps the length word there); behind them stands SKETCH_WORK_MAGIC, which
 * no packed value begins with.
 *
 * To read a sketch of either form, open it:
 *
 *     size_t size_of_scratch = sketch_quantile_open_size(bytes, size, SKETCH_PACKED);
 *     sketch_quantile *sketch;
 *     status = sketch_quantile_open(bytes, size, SKETCH_PACKED, scratch, size_of_scratch, &sketch);
 *
 * sketch_*_open checks bytes of any origin, and answers SKETCH_CORRUPT or a neighbour of it if they are not a sketch.
 * What it finds out stands in the scratch memory, 8-byte aligned, of which the caller provides as much as
 * sketch_*_open_size says: in proportion to the stored bytes. Scratch memory and bytes must stay as they are while the
 * sketch is read; there is nothing to close. Packed bytes may stand at any address, a work form at a multiple of 8.
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
    SKETCH_WRONG_KIND,        /* items of another kind than the sketch's: see sketch_kind */
    SKETCH_NO_ROOM,           /* the caller's output buffer or scratch memory is too small, or not aligned */
    SKETCH_TRUNCATED,         /* not a sketch: ends early */
    SKETCH_WRONG_VERSION,     /* a format version, or a work-form layout, that this library does not know */
    SKETCH_WRONG_FAMILY,      /* a sketch of another family */
    SKETCH_CORRUPT,           /* not a sketch: a field is out of range or not in its one canonical encoding */
    SKETCH_TRAILING,          /* not a sketch: bytes are left over */
    SKETCH_TOO_LARGE,         /* a work form would exceed SKETCH_TOPK_MAX_BYTES; of packed bytes, items would take more
                                 memory than these bytes justify */
    SKETCH_BAD_ITEM,          /* an item of more than SKETCH_TOPK_MAX_ITEM bytes, or without the hash that it needs */
    SKETCH_OUT_OF_RANGE       /* an argument is out of range, or contradicts others or what the state holds */
} sketch_status;

/* A short English phrase, never NULL. */
SKETCH_API const char *sketch_status_message(sketch_status status) SKETCH_NOEXCEPT;

/* The library's version, "major.minor.patch". */
SKETCH_API const char *sketch_version(void) SKETCH_NOEXCEPT;

/* What long calls of this process call every few milliseconds, or NULL. It may leave by longjmp: then states and
 * buffers that the call was to write are lost, and everything else is as it was. */
SKETCH_API void sketch_set_poll(void (*poll)(void)) SKETCH_NOEXCEPT;

/* The first byte of every packed value that this library writes. */
#define SKETCH_FORMAT_VERSION 1
/* The byte behind the caller's length word in a work form. */
#define SKETCH_WORK_MAGIC 0xE7
/* Set in the third byte of a packed value that is a partial state of an aggregate: it ends with what the final
 * function needs, and is not canonical. */
#define SKETCH_PACKED_PARTIAL 0x20

/*
 * sketch_*_peek tells what stands in the header of a packed value: of values that are dear to fetch as a whole. It
 * takes the first SKETCH_PEEK_SIZE bytes, or more, or all if there are fewer, of a value of `size` bytes. It checks
 * these as sketch_*_open does, and that the value is not shorter than they say: what stands behind may be anything. OK,
 * what is wrong with the value, or NO_ROOM if more than these first bytes are needed: then open the whole.
 */
#define SKETCH_PEEK_SIZE 256

/*
 * How bytes hold a sketch. The caller says it, for only the caller knows where a value begins: a packed one with its
 * first byte, a work form 4 bytes before its SKETCH_WORK_MAGIC.
 */
typedef enum sketch_form { SKETCH_PACKED = 0, SKETCH_WORK = 1 } sketch_form;

/*
 * The layout that a work form needs next. `size` is the number of bytes, a multiple of 64; the rest is opaque. Who
 * moves a state there makes the call again: a merge may need registers or blocks that what was merged before does not
 * fill, and until it is through, such a state is SKETCH_CORRUPT to readers.
 */
typedef struct sketch_growth {
    uint64_t size;
    uint64_t opaque[3];
} sketch_growth;

/*
 * sketch_*_add_many and sketch_*_add_items add many rows in one call, for callers to whom a call is dear: the state
 * becomes what it becomes by as many calls of sketch_*_add, one for each row in turn. Inside of C that saves next to
 * nothing.
 *
 *   count     rows. With none, every array may be NULL.
 *   weights   one for each row, 0 .. 2^63 - 1, as often as the row is counted: rows of weight 0 are passed over,
 *             whatever they are. NULL for 1 each. More than 2^63 - 1 is OVERFLOW.
 *   items     the bytes of all items, one behind the other, and `offsets`, count + 1 of them: item i has the bytes from
 *             offsets[i] up to, not including, offsets[i + 1]. Offsets count from `items`, and need not begin with 0;
 *             an item that ends before it begins is BAD_ITEM. Families that know an item by its hash take
 *             sketch_hash of these bytes: its canonical bytes, see sketch_kind.
 *   *taken    is always written: how many rows are done. `count` if the status is OK; else row *taken has the status
 *             that is returned, the rows before it are in the state, and it and all after it are not.
 *
 * After GROW move the state and go on with row *taken: with x + *taken, weights + *taken, offsets + *taken (and the
 * same `items`), count - *taken. To pass over a row that was refused, go on with the one behind it. Arrays are not
 * changed, and must not overlap the state, *taken or *growth.
 */

/*
 * sketch_*_load makes a work form of what an opened sketch of either form holds, to go on with where it ends. Begin
 * with size 0: GROW tells how much memory it takes; then give so much, and the same *growth. It may take another round
 * or two, and what stands in the memory between them is of no use:
 *
 *     for (size = 0; (status = sketch_quantile_load(sketch, state, size, &growth)) == SKETCH_GROW; size = growth.size)
 *         state = realloc(state, growth.size);
 *
 * The opened sketch stays as it is, and is not needed any more. OK, GROW, or what is wrong with the sketch.
 */

/*
 * ---------------------------------------------------------------------------------------------------------------------
 * quantile: UDDSketch (arXiv 2004.08604) on the base-2 ladder of OpenTelemetry exponential histograms.
 *
 * With N rows in value order (-Infinity, negative, zero, positive, +Infinity, NaN; -0 is 0), row k of the sketch is
 * within `accuracy` * |x| of row k of the data. As many buckets are kept as 32 octaves have at the scale asked for;
 * data that need more halve the resolution, and the sketch reports the accuracy that it still has.
 * ---------------------------------------------------------------------------------------------------------------------
 */
/* Of a sketch for which this scale was asked: 2,048 up to scale 6 (1 %), 131,072 at scale 12. */
#define SKETCH_QUANTILE_MAX_BUCKETS(requested_scale) \
    ((uint32_t)2048 << ((requested_scale) > 6 ? (requested_scale)-6 : 0))
#define SKETCH_QUANTILE_MAX_FRACTIONS 1000

/*
 * Scale for an accuracy (relative error, 0.00015625 .. 1) and back. At scale s buckets grow by 2^(2^-s); s is 12 ..
 * -10, as in OpenTelemetry. The scale is the coarsest that keeps the accuracy, and each scale's accuracy gives that
 * scale. (Below scale -6 buckets hold 2^128-fold ranges and more: those scales' accuracies are the doubles that
 * follow 1.) An accuracy that is out of range or NaN gives INT_MIN, a scale that is out of range NaN.
 */
#define SKETCH_QUANTILE_MIN_SCALE (-10)
#define SKETCH_QUANTILE_MAX_SCALE 12
SKETCH_API int sketch_quantile_scale(double accuracy) SKETCH_NOEXCEPT;
SKETCH_API double sketch_quantile_accuracy(int scale) SKETCH_NOEXCEPT;

/* How to make a work form. */
typedef struct sketch_quantile_options {
    int scale;               /* from sketch_quantile_scale, or any from the least to the largest scale */
    int moving;              /* rows will be taken away too: no exact extremes, no limit of buckets until read. At scale
                                6 up to 1 MB; 2, 4, 8 MB with more than 255, 65,535, 2^32 - 1 rows. Twice that a scale */
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

/* An opened sketch: its buckets, decoded and checked. A sketch of n buckets takes 12 n bytes of scratch memory and some
 * hundred; one of up to 256 packed bytes, of which most are merged, may take 96 times as many without a look at n. */
typedef struct sketch_quantile sketch_quantile;
SKETCH_API size_t sketch_quantile_open_size(const void *bytes, size_t size, sketch_form form) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_quantile_open(const void *bytes, size_t size, sketch_form form, void *scratch,
                                              size_t scratch_size, sketch_quantile **opened) SKETCH_NOEXCEPT;

/* Adds `weight` (1 .. 2^63 - 1) rows of value x. OK, GROW or OVERFLOW. */
SKETCH_API sketch_status sketch_quantile_add(void *state, size_t size, double x, uint64_t weight,
                                             sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds many rows: see above. OK, GROW or OVERFLOW. */
SKETCH_API sketch_status sketch_quantile_add_many(void *state, size_t size, const double *x, const uint64_t *weights,
                                                  size_t count, size_t *taken, sketch_growth *growth) SKETCH_NOEXCEPT;

/* Whether a work form of one's own was made to take rows away from. */
SKETCH_API int sketch_quantile_is_moving(const void *state) SKETCH_NOEXCEPT;

/* Takes one row, which was added before, away from a moving state. OK, or BELOW_ZERO if its bucket is empty. */
SKETCH_API sketch_status sketch_quantile_remove(void *state, size_t size, double x) SKETCH_NOEXCEPT;

/* Asks for at most this scale from now on; below the least scale, for that one. OK or GROW. */
SKETCH_API sketch_status sketch_quantile_coarsen(void *state, size_t size, int scale,
                                                 sketch_growth *growth) SKETCH_NOEXCEPT;

/*
 * Adds another sketch. Parameters: the coarser accuracy wins. OK, GROW or OVERFLOW. Its fractions are ignored. The
 * other sketch may be made as coarse as the state on the way, so it is good for no other use than to call again.
 */
SKETCH_API sketch_status sketch_quantile_merge(void *state, size_t size, sketch_quantile *other,
                                               sketch_growth *growth) SKETCH_NOEXCEPT;

/* Makes a work form of it: see above. It has no fractions, and is not moving. */
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
 * SKETCH_QUANTILE_MIN_SCALE .. SKETCH_QUANTILE_MAX_BUCKET_SCALE or no double lies in the bucket.
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

/* Options that make an empty state for what `sketch` holds (its scale and, if asked for, its fractions). `fractions`
 * has room for SKETCH_QUANTILE_MAX_FRACTIONS and is what options->fractions points to. */
SKETCH_API sketch_status sketch_quantile_options_of(const sketch_quantile *sketch, double *fractions,
                                                    sketch_quantile_options *options) SKETCH_NOEXCEPT;

/* FRACTION_MISMATCH unless the state, a work form of one's own, carries exactly these fractions, as the same kind. */
SKETCH_API sketch_status sketch_quantile_same_fractions(const void *state, size_t size, const double *fractions,
                                                        size_t count, int are_array) SKETCH_NOEXCEPT;

/* No packed form of this sketch is larger. */
SKETCH_API size_t sketch_quantile_packed_bound(const sketch_quantile *sketch) SKETCH_NOEXCEPT;

/* Writes the canonical bytes, with the sketch's fractions only if asked for. OK or NO_ROOM. */
SKETCH_API sketch_status sketch_quantile_pack(const sketch_quantile *sketch, int with_fractions, uint8_t *out,
                                              size_t capacity, size_t *out_size) SKETCH_NOEXCEPT;

/*
 * Rows of a minus rows of b, packed. Outside the law: extremes become unknown. Only buckets are known: BELOW_ZERO if b
 * has more rows in one than a has; a row that a lacks takes away another one of its bucket if there is any.
 */
SKETCH_API sketch_status sketch_quantile_subtract(sketch_quantile *a, sketch_quantile *b, uint8_t *out, size_t capacity,
                                                  size_t *out_size) SKETCH_NOEXCEPT;

/*
 * Percentiles at fractions p[i] in [0, 1] (the caller checks), interpolated between rows as SQL's percentile_cont.
 * With *rows = 0 (an empty sketch) out is untouched. lower and upper, both or neither NULL, bound percentile_cont.
 */
SKETCH_API sketch_status sketch_quantile_percentiles(const sketch_quantile *sketch, const double *p, size_t count,
                                                     double *out, double *lower, double *upper,
                                                     uint64_t *rows) SKETCH_NOEXCEPT;

/* The same at the fractions that a partial state carries: out has room for SKETCH_QUANTILE_MAX_FRACTIONS. */
SKETCH_API sketch_status sketch_quantile_carried_percentiles(const sketch_quantile *sketch, double *out, size_t *count,
                                                             int *are_array, uint64_t *rows) SKETCH_NOEXCEPT;

/* The same of a moving work form of one's own, which is not read as a whole: the time does not depend on its size. */
SKETCH_API sketch_status sketch_quantile_moving_percentiles(const void *state, size_t size, double *out, size_t *count,
                                                            int *are_array, uint64_t *rows) SKETCH_NOEXCEPT;

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
 * Estimated mean of the rows between two fractions, 0 <= low < high <= 1 (the caller checks): of all rows with 0 and 1.
 * Row k of n lies between k/n and (k + 1)/n, and counts by that part of it which is between low and high. Off by at
 * most accuracy * mean of |x|; never beyond the doubles if these rows are finite. Else as the sum.
 */
SKETCH_API sketch_status sketch_quantile_mean(const sketch_quantile *sketch, double low, double high, double *mean,
                                              uint64_t *rows) SKETCH_NOEXCEPT;

/* Non-empty buckets in value order: rows in [lower, upper], both ends inclusive and doubles. There are as many as
 * describe counts, and up to four more, for zero, the two infinities and NaN. */
typedef struct sketch_bucket {
    double lower, upper;
    uint64_t count;
    int32_t index; /* of the magnitude, at the sketch's scale; 0 for zero, infinities and NaN */
} sketch_bucket;

SKETCH_API sketch_status sketch_quantile_histogram(const sketch_quantile *sketch, sketch_bucket *out,
                                                   size_t *count) SKETCH_NOEXCEPT;

/*
 * Estimated rows in (-inf, bounds[0]], (bounds[0], bounds[1]], ..., (bounds[n-1], NaN]: n + 1 counts that add up to the
 * total. bounds ascend strictly (the caller checks).
 */
SKETCH_API sketch_status sketch_quantile_histogram_at(const sketch_quantile *sketch, const double *bounds, size_t n,
                                                      uint64_t *counts) SKETCH_NOEXCEPT;

typedef struct sketch_quantile_info {
    uint64_t total, zeros, negative_infinities, positive_infinities, nans;
    double minimum, maximum; /* of all rows; bucket edges unless extremes_known; meaningless if total is 0 */
    double finite_minimum, finite_maximum; /* the same of the finite rows; 0 if there are none */
    double accuracy;                       /* as asked for when the sketch was made */
    double current_accuracy;               /* what it promises now */
    int requested_scale, scale;
    uint32_t negative_buckets, positive_buckets;
    int extremes_known;
    size_t fraction_count;
    int fractions_are_array;
    int whole; /* all finite rows are whole numbers */
} sketch_quantile_info;

SKETCH_API sketch_status sketch_quantile_describe(const sketch_quantile *sketch,
                                                  sketch_quantile_info *info) SKETCH_NOEXCEPT;

/* Of the header. All but what stands behind it: `total` is less than there are, but not 0 if there are any, and no
 * fractions are told. */
SKETCH_API sketch_status sketch_quantile_peek(const uint8_t *first, size_t first_size, size_t size,
                                              sketch_quantile_info *info) SKETCH_NOEXCEPT;

/*
 * ---------------------------------------------------------------------------------------------------------------------
 * Items of the hashed families (distinct, frequency, membership; topk keeps the items themselves).
 *
 * A sketch sees a value as 64 bits: sketch_hash of its canonical bytes, which depend on its kind. Values of one kind
 * that are equal in SQL have equal bytes; those of different kinds are never compared, so a sketch holds items of one
 * kind, and its header says which. docs/FORMAT.md gives the canonical bytes of each kind.
 *
 * A sketch may be made before anything is known of its items: its kind is then open, SKETCH_KIND_NONE, until the first
 * item, or the first merge with a sketch whose kind is not, gives it one. Only a sketch without items has it, no item
 * does. Where an item is looked up, such a sketch has none of any kind. (An empty sketch may also have a kind: one that
 * everything was subtracted from keeps its own.)
 * ---------------------------------------------------------------------------------------------------------------------
 */
typedef enum sketch_kind {
    SKETCH_KIND_NONE = 0,   /* of no item yet */
    SKETCH_KIND_NUMBER = 1, /* integers and decimals, equal as real numbers: 5 = 5.00 */
    SKETCH_KIND_FLOAT = 2,  /* doubles; -0 is 0, and there is one NaN */
    SKETCH_KIND_TEXT = 3,
    SKETCH_KIND_BYTEA = 4,
    SKETCH_KIND_UUID = 5,
    SKETCH_KIND_TIMESTAMPTZ = 6,
    SKETCH_KIND_TIMESTAMP = 7,
    SKETCH_KIND_DATE = 8,
    SKETCH_KIND_INET = 9,
    SKETCH_KIND_BOOL = 10,
    SKETCH_KIND_ENUM = 11, /* by label */
    SKETCH_KIND_INTERVAL = 12,
    SKETCH_KIND_TIME = 13,
    SKETCH_KIND_TIMETZ = 14,
    SKETCH_KIND_MACADDR = 15,
    SKETCH_KIND_MACADDR8 = 16,
    SKETCH_KIND_JSONB = 17,
    SKETCH_KIND_MONEY = 18,
    SKETCH_KIND_PG_LSN = 19,
    SKETCH_KIND_RECORD = 20,
    SKETCH_KIND_LAST = SKETCH_KIND_RECORD,
    SKETCH_KIND_OTHER = 63, /* the hash is the type's own */
    SKETCH_KIND_ARRAY = 64  /* added to the kind of the elements */
} sketch_kind;

/* XXH3-64 with seed 0: the same on every machine, for ever. */
SKETCH_API uint64_t sketch_hash(const void *bytes, size_t size) SKETCH_NOEXCEPT;

/* The same of 8 bytes, least significant first: a bijection. */
SKETCH_API uint64_t sketch_hash_word(uint64_t word) SKETCH_NOEXCEPT;

/* What the salts of hash tables in work forms are made of: a number that who sends rows or sketches to this process
 * cannot know, once and first of all. Without it they are the same in each process, and items can be chosen such that
 * adding and merging them takes time that grows with the square of their number. A work form holds the salt of its own
 * table, which tells nothing of this number or of other salts. No packed byte and no answer depends on it. */
SKETCH_API void sketch_set_salt(uint64_t salt) SKETCH_NOEXCEPT;

/* Kind of a packed value of a hashed family, from its first 4 bytes or more; SKETCH_KIND_NONE if there are fewer. */
SKETCH_API int sketch_packed_kind(const uint8_t *packed, size_t size) SKETCH_NOEXCEPT;

/*
 * A value as the hashed families take it: what PostgreSQL makes of a value that is equal, to the last bit. So a sketch
 * that is built here merges with those of the database, and finds there what was added here.
 *
 *     sketch_item item;
 *     sketch_item_int64(42, &item);
 *     status = sketch_distinct_add(state, size, item.kind, item.hash, &growth);
 *     status = sketch_topk_add(state, size, item.kind, item.bytes, item.size, 1, &growth);
 */
#define SKETCH_ITEM_ROOM 96
typedef struct sketch_item {
    int kind;          /* a sketch_kind */
    uint64_t hash;     /* for distinct, frequency and membership */
    const void *bytes; /* for topk; they stand in `room`, or where the value does: a copy of the struct may not have */
    size_t size;       /* them, and the value must stay as it is while the item is used */
    uint8_t room[SKETCH_ITEM_ROOM];
} sketch_item;

/* smallint, integer, bigint, oid; as decimals, equal to decimals of the same value. */
SKETCH_API void sketch_item_int64(int64_t value, sketch_item *item) SKETCH_NOEXCEPT;

/* double precision, and real: a float as the double that it is. */
SKETCH_API void sketch_item_double(double value, sketch_item *item) SKETCH_NOEXCEPT;

/* numeric, from text: digits with a sign, a point and an exponent if need be, or NaN, Infinity, -Infinity; no blanks.
 * Of more than 100 bytes it may need scratch memory, never more than `size` bytes, in which the item then stands. OK,
 * NO_ROOM, or OUT_OF_RANGE if it is no number, or none that numeric can hold. */
SKETCH_API sketch_status sketch_item_decimal(const char *text, size_t size, void *scratch, size_t scratch_size,
                                             sketch_item *item) SKETCH_NOEXCEPT;

/* text, varchar and name, in the encoding of the database (char(n) without the blanks at its end); bytea; the label of
 * an enum. The item is where the value is. */
SKETCH_API void sketch_item_text(const char *text, size_t size, sketch_item *item) SKETCH_NOEXCEPT;
SKETCH_API void sketch_item_bytes(const void *bytes, size_t size, sketch_item *item) SKETCH_NOEXCEPT;
SKETCH_API void sketch_item_label(const char *label, size_t size, sketch_item *item) SKETCH_NOEXCEPT;

/* boolean: 0, or any other for true; uuid: its 16 bytes in the order in which they are written. */
SKETCH_API void sketch_item_bool(int value, sketch_item *item) SKETCH_NOEXCEPT;
SKETCH_API void sketch_item_uuid(const uint8_t uuid[16], sketch_item *item) SKETCH_NOEXCEPT;

/* timestamptz, timestamp, date: microseconds or days since 2000-01-01 (in UTC, or wherever the clock hung), which are
 * those of Unix less the numbers below. The largest and the least integer are infinity and -infinity. time:
 * microseconds since midnight, up to 24 hours. OK, or OUT_OF_RANGE if PostgreSQL has no such value. */
#define SKETCH_UNIX_MICROSECONDS INT64_C(946684800000000)
#define SKETCH_UNIX_DAYS 10957
SKETCH_API sketch_status sketch_item_timestamptz(int64_t microseconds, sketch_item *item) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_item_timestamp(int64_t microseconds, sketch_item *item) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_item_date(int32_t days, sketch_item *item) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_item_time(int64_t microseconds, sketch_item *item) SKETCH_NOEXCEPT;

/* interval, as PostgreSQL keeps it (12 months a year); not the infinite ones. */
SKETCH_API void sketch_item_interval(int32_t months, int32_t days, int64_t microseconds,
                                     sketch_item *item) SKETCH_NOEXCEPT;

/* inet, cidr: the 4 or 16 bytes of an address, as written, and the length of its prefix; 32 or 128 if none was given.
 * OK or OUT_OF_RANGE. */
SKETCH_API sketch_status sketch_item_inet(const uint8_t *address, size_t size, int prefix,
                                          sketch_item *item) SKETCH_NOEXCEPT;

/* Columns at once, for callers to whom a call is dear. Hashes, for sketch_*_add_many; and items with their `count` + 1
 * offsets, for sketch_topk_add_items: they take up to 9 bytes each, and those of doubles 8. */
SKETCH_API void sketch_hash_int64_many(const int64_t *values, size_t count, uint64_t *hashes) SKETCH_NOEXCEPT;
SKETCH_API void sketch_hash_double_many(const double *values, size_t count, uint64_t *hashes) SKETCH_NOEXCEPT;
SKETCH_API void sketch_item_int64_many(const int64_t *values, size_t count, uint8_t *items,
                                       size_t *offsets) SKETCH_NOEXCEPT;
SKETCH_API void sketch_item_double_many(const double *values, size_t count, uint8_t *items,
                                        size_t *offsets) SKETCH_NOEXCEPT;

/*
 * ---------------------------------------------------------------------------------------------------------------------
 * distinct: ExaLogLog with t = 1, d = 9 (Ertl, arXiv 2402.13726); tokens of 24 bits while there are few.
 *
 * Relative standard error 0.494 / sqrt(2^precision), and far less while tokens are kept: up to 2^precision / 8 of them.
 * Sketches of different precisions merge to the smaller one, exactly as if made with it.
 * ---------------------------------------------------------------------------------------------------------------------
 */
#define SKETCH_DISTINCT_MIN_PRECISION 4
#define SKETCH_DISTINCT_MAX_PRECISION 16
/* No packed form of a precision is larger. */
#define SKETCH_DISTINCT_PACKED_MAX(precision) (64 + ((size_t)2 << (precision)))

/* Bytes of a new work form, and making one. kind: a sketch_kind; precision in range (the caller checks). */
SKETCH_API size_t sketch_distinct_init_size(void) SKETCH_NOEXCEPT;
SKETCH_API void sketch_distinct_init(void *state, size_t size, int kind, int precision) SKETCH_NOEXCEPT;

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

/* Adds many items by their hashes, or by their bytes: see above. OK, GROW, WRONG_KIND or BAD_ITEM. */
SKETCH_API sketch_status sketch_distinct_add_many(void *state, size_t size, int kind, const uint64_t *hashes,
                                                  size_t count, size_t *taken, sketch_growth *growth) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_distinct_add_items(void *state, size_t size, int kind, const void *items,
                                                   const size_t *offsets, size_t count, size_t *taken,
                                                   sketch_growth *growth) SKETCH_NOEXCEPT;

/* Asks for at most this precision from now on. OK or GROW. */
SKETCH_API sketch_status sketch_distinct_limit(void *state, size_t size, int precision,
                                               sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds another sketch. OK, GROW or WRONG_KIND. */
SKETCH_API sketch_status sketch_distinct_merge(void *state, size_t size, const sketch_distinct *other,
                                               sketch_growth *growth) SKETCH_NOEXCEPT;

/* Makes a work form of it: see above. */
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

/* Interval that holds the number of different items with this confidence, in (0, 1): with few items a register from the
 * distribution of how many are hidden behind others, else from the observed information. */
SKETCH_API sketch_status sketch_distinct_bounds(const sketch_distinct *sketch, double confidence, double *lower,
                                                double *upper) SKETCH_NOEXCEPT;

/* Estimated items in both, never more than sketch_distinct_count of either; and items in both divided by the items in
 * either (0 if both are empty), as if both were made with the smaller precision. Needs scratch memory of its own,
 * 8-byte aligned. OK, WRONG_KIND or NO_ROOM. */
SKETCH_API size_t sketch_distinct_overlap_size(const sketch_distinct *a, const sketch_distinct *b) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_distinct_overlap(const sketch_distinct *a, const sketch_distinct *b, void *scratch,
                                                 size_t scratch_size, double *intersection,
                                                 double *jaccard) SKETCH_NOEXCEPT;

/* Estimated items in a that are not in b, at most those in a. Scratch memory and statuses as those of overlap. */
SKETCH_API sketch_status sketch_distinct_difference(const sketch_distinct *a, const sketch_distinct *b, void *scratch,
                                                    size_t scratch_size, double *difference) SKETCH_NOEXCEPT;

/* Intervals that hold the number of items in both, and of those in a that are not in b, with this confidence, in
 * (0, 1), or more: the intervals of a, b and their union may miss with a third of the error each. Of tokens nearly
 * always the numbers themselves. Around the estimates. Scratch memory and statuses as those of overlap. */
SKETCH_API sketch_status sketch_distinct_intersection_bounds(const sketch_distinct *a, const sketch_distinct *b,
                                                             double confidence, void *scratch, size_t scratch_size,
                                                             double *lower, double *upper) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_distinct_difference_bounds(const sketch_distinct *a, const sketch_distinct *b,
                                                           double confidence, void *scratch, size_t scratch_size,
                                                           double *lower, double *upper) SKETCH_NOEXCEPT;

typedef struct sketch_distinct_info {
    int kind, precision;
    int is_dense;    /* registers, not tokens */
    uint32_t tokens; /* different tokens; 0 if dense */
    double estimate;
    double relative_standard_error; /* asymptotic, of this precision */
} sketch_distinct_info;

/* Without the estimate, which takes time and is left 0: cheap. */
SKETCH_API void sketch_distinct_header(const sketch_distinct *sketch, sketch_distinct_info *info) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_distinct_describe(const sketch_distinct *sketch,
                                                  sketch_distinct_info *info) SKETCH_NOEXCEPT;
/* All of the above. NO_ROOM also if the estimate of tokens takes all of them: of more than 700. */
SKETCH_API sketch_status sketch_distinct_peek(const uint8_t *first, size_t first_size, size_t size,
                                              sketch_distinct_info *info) SKETCH_NOEXCEPT;

/*
 * ---------------------------------------------------------------------------------------------------------------------
 * frequency: count-min with linear update (Cormode and Muthukrishnan 2005), SKETCH_FREQUENCY_DEPTH rows of 2^log2_width
 * counters; exact counts of each hash while there are few.
 *
 * With N the sum of all weights: count <= upper always; upper - count <= e / 2^log2_width * N with probability
 * 1 - e^-4 = 98.2 %. Sketches of different widths merge to the smaller one, exactly as if made with it.
 * ---------------------------------------------------------------------------------------------------------------------
 */
#define SKETCH_FREQUENCY_DEPTH 4
#define SKETCH_FREQUENCY_MIN_LOG2_WIDTH 6
#define SKETCH_FREQUENCY_MAX_LOG2_WIDTH 20
/* No packed form is larger, and packing needs no more room. */
#define SKETCH_FREQUENCY_PACKED_MAX(log2_width) (512 + ((size_t)(28 * SKETCH_FREQUENCY_DEPTH) << (log2_width)))

/* Smallest width for an error (fraction of N), and back. An error out of range (e / 2^20 .. e / 2^6) or NaN gives -1.
 */
SKETCH_API int sketch_frequency_log2_width(double error) SKETCH_NOEXCEPT;
SKETCH_API double sketch_frequency_error(int log2_width) SKETCH_NOEXCEPT;

SKETCH_API size_t sketch_frequency_init_size(void) SKETCH_NOEXCEPT;
SKETCH_API void sketch_frequency_init(void *state, size_t size, int kind, int log2_width) SKETCH_NOEXCEPT;
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

/* Counts many items by their hashes, or by their bytes: see above. OK, GROW, OVERFLOW, WRONG_KIND or BAD_ITEM. */
SKETCH_API sketch_status sketch_frequency_add_many(void *state, size_t size, int kind, const uint64_t *hashes,
                                                   const uint64_t *weights, size_t count, size_t *taken,
                                                   sketch_growth *growth) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_frequency_add_items(void *state, size_t size, int kind, const void *items,
                                                    const size_t *offsets, const uint64_t *weights, size_t count,
                                                    size_t *taken, sketch_growth *growth) SKETCH_NOEXCEPT;

/* Asks for at most this width from now on. OK or GROW. */
SKETCH_API sketch_status sketch_frequency_limit(void *state, size_t size, int log2_width,
                                                sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds another sketch, but not the state itself. OK, GROW, OVERFLOW, WRONG_KIND, or what is wrong with
 * the other sketch. Of packed counters it is only checked here that they add up, not that their bytes are canonical. */
SKETCH_API sketch_status sketch_frequency_merge(void *state, size_t size, const sketch_frequency *other,
                                                sketch_growth *growth) SKETCH_NOEXCEPT;

/* Makes a work form of it: see above. */
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

/*
 * ---------------------------------------------------------------------------------------------------------------------
 * topk: the most frequent items. Counters with one offset for all that was dropped (Misra and Gries 1982; merged as in
 * Agarwal et al., "Mergeable Summaries", TODS 2013), and for each counter the error that it began with (SpaceSaving,
 * Metwally et al. 2005). While it is built, a filter keeps out what is rare (Homem and Carvalho 2010).
 *
 * A list of k items is made of c = 2 k + 20 counters; k is the smallest that was merged. With N the sum of all weights,
 * whatever the order of rows and the tree of merges: lower <= true <= upper for each item kept, true <= offset for each
 * other, and upper - lower <= offset <= N / (c + 1). Exact (offset 0) while at most c different items came. So every
 * item that is more than N / (c + 1) is kept. At least k are, if as many came (but for items whose hashes were made to
 * be one), and the k largest estimates are the list.
 *
 * An item is a string of 0 .. SKETCH_TOPK_MAX_ITEM bytes, and comes back as it was given. Two are the same if their
 * bytes are; but values of some kinds are equal without equal bytes. An item of those kinds
 * (sketch_topk_item_has_hash) begins with the 8 bytes, least significant first, of a hash, which alone tells whether
 * two are the same; what follows is kept to be shown. Of different texts for one hash the least (memcmp, then the
 * shorter) is kept.
 *
 * Not a function of the multiset of rows: bounds depend on order and tree, if more than c different items come.
 * But each step is a function of what it is given, and no result depends on the size of a buffer.
 *
 * Calls take about a millisecond or less up to k = 10,000 or so; packing and merging 100,000 items some tens of
 * milliseconds.
 * ---------------------------------------------------------------------------------------------------------------------
 */
#define SKETCH_TOPK_MAX_K 100000
#define SKETCH_TOPK_MAX_ITEM 8192
/* No work form is larger. From a quarter of it on, items are dropped earlier. The items of packed bytes take at most 24
 * times those bytes and 256 kB; others are refused. */
#define SKETCH_TOPK_MAX_BYTES ((size_t)256 << 20)

/* Whether items of a kind begin with the hash that tells them apart. */
static inline int sketch_topk_item_has_hash(int kind) {
    return kind == SKETCH_KIND_INTERVAL || kind == SKETCH_KIND_JSONB || kind >= SKETCH_KIND_RECORD;
}

/* Bytes of a new work form, and making one. kind: a sketch_kind; k: 1 .. SKETCH_TOPK_MAX_K (the caller checks). */
SKETCH_API size_t sketch_topk_init_size(void) SKETCH_NOEXCEPT;
SKETCH_API void sketch_topk_init(void *state, size_t size, int kind, uint32_t k) SKETCH_NOEXCEPT;

/* Copies a state into another, non-overlapping buffer of growth->size bytes, with the layout in *growth. */
SKETCH_API void sketch_topk_move(void *to, const void *from, size_t from_size,
                                 const sketch_growth *growth) SKETCH_NOEXCEPT;

/* An opened sketch: its header is checked, and what else it holds is when it is read. */
typedef struct sketch_topk sketch_topk;
SKETCH_API size_t sketch_topk_open_size(const void *bytes, size_t size, sketch_form form) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_topk_open(const void *bytes, size_t size, sketch_form form, void *scratch,
                                          size_t scratch_size, sketch_topk **opened) SKETCH_NOEXCEPT;

/*
 * Counts an item `weight` (1 .. 2^63 - 1) times. OK, GROW, OVERFLOW, WRONG_KIND, BAD_ITEM or TOO_LARGE. Where items
 * had to be dropped to make room, they may have been before GROW or TOO_LARGE: the state is sound, and calling again
 * does the rest.
 */
SKETCH_API sketch_status sketch_topk_add(void *state, size_t size, int kind, const void *item, size_t item_size,
                                         uint64_t weight, sketch_growth *growth) SKETCH_NOEXCEPT;

/* Counts many items: see above. Statuses as those of sketch_topk_add; BAD_ITEM also if an item ends before it begins.
 */
SKETCH_API sketch_status sketch_topk_add_items(void *state, size_t size, int kind, const void *items,
                                               const size_t *offsets, const uint64_t *weights, size_t count,
                                               size_t *taken, sketch_growth *growth) SKETCH_NOEXCEPT;

/* Asks for at most this k (1 .. SKETCH_TOPK_MAX_K) from now on. OK or GROW. */
SKETCH_API sketch_status sketch_topk_limit(void *state, size_t size, uint32_t k, sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds another sketch, but not the state itself; the smaller k wins. OK, GROW, OVERFLOW, WRONG_KIND,
 * TOO_LARGE, or what is wrong with the other sketch. */
SKETCH_API sketch_status sketch_topk_merge(void *state, size_t size, const sketch_topk *other,
                                           sketch_growth *growth) SKETCH_NOEXCEPT;

/* Makes a work form of it: see above. */
SKETCH_API sketch_status sketch_topk_load(const sketch_topk *sketch, void *state, size_t size,
                                          sketch_growth *growth) SKETCH_NOEXCEPT;

/*
 * Counters of somebody else, as those of SpaceSaving or of a frequent-items sketch of DataSketches: `count` items, in
 * the order of their bytes (memcmp, then the shorter first; of items with a hash by this), none twice, and how often
 * they came.
 */
typedef struct sketch_topk_counters {
    int kind;               /* a sketch_kind */
    uint64_t total, offset; /* sum of all weights; no item that is not listed came more often than `offset` */
    size_t count;
    const void *items;      /* as those of sketch_topk_add_items */
    const size_t *offsets;  /* of `items` */
    const uint64_t *uppers; /* each came at most so often */
    const uint64_t *errors; /* and at least upper - error times, error <= offset; NULL: upper times */
} sketch_topk_counters;

/*
 * Adds them as a sketch is merged. Its k is what the list is good for: with `above` the sum of all upper - offset that
 * are above 0, offset * (2 k + 21) <= total - above; the smaller k wins. So SpaceSaving with m counters, whose offset
 * is the least of them, has k = (m - 21) / 2. Statuses as those of sketch_topk_merge; OUT_OF_RANGE if the list is not
 * good for any k; CORRUPT if it contradicts itself: if items are out of order, if the lower bounds are more than there
 * are rows, or if the offset is 0 and they are less.
 */
SKETCH_API sketch_status sketch_topk_merge_counters(void *state, size_t size, const sketch_topk_counters *counters,
                                                    sketch_growth *growth) SKETCH_NOEXCEPT;

typedef struct sketch_topk_info {
    int kind;
    int is_work;
    int is_exact; /* at most c different items came: lower = upper for all of them */
    uint32_t k;
    uint32_t items;  /* kept: at most c if packed; a work form keeps more, and packing it drops the rest */
    uint64_t total;  /* sum of all weights, N */
    uint64_t offset; /* no item that is not kept came more often */
} sketch_topk_info;

/* Header fields only (all of the above): cheap. Of a work form, what packing would give may have other items, offset
 * and is_exact: pack it first. */
SKETCH_API sketch_status sketch_topk_describe(const sketch_topk *sketch, sketch_topk_info *info) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_topk_peek(const uint8_t *first, size_t first_size, size_t size,
                                          sketch_topk_info *info) SKETCH_NOEXCEPT;

/* No packed form of this sketch is larger; packing it needs so much scratch memory, 8-byte aligned. */
SKETCH_API size_t sketch_topk_packed_bound(const sketch_topk *sketch) SKETCH_NOEXCEPT;
SKETCH_API size_t sketch_topk_pack_size(const sketch_topk *sketch) SKETCH_NOEXCEPT;

/* Checks all of the sketch and writes its canonical bytes. NO_ROOM also if scratch is too small. */
SKETCH_API sketch_status sketch_topk_pack(const sketch_topk *sketch, void *scratch, size_t scratch_size, uint8_t *out,
                                          size_t capacity, size_t *out_size) SKETCH_NOEXCEPT;

/* OK if packed bytes are a sketch in canonical form to the last byte; open has looked at their header only. */
SKETCH_API sketch_status sketch_topk_check(const sketch_topk *packed) SKETCH_NOEXCEPT;

/* An item and how often it came: lower <= true <= upper, certainly; lower <= estimate <= upper. */
typedef struct sketch_topk_entry {
    const uint8_t *item; /* in the cursor, until its next call; NULL from sketch_topk_bounds */
    size_t item_size;
    uint64_t estimate, lower, upper;
} sketch_topk_entry;

/* Goes through the entries of a packed sketch in the order of their items' bytes (memcmp, then the shorter first). */
typedef struct sketch_topk_cursor {
    uint64_t opaque[32];
    uint8_t item[SKETCH_TOPK_MAX_ITEM];
} sketch_topk_cursor;

/* Checks the sketch, as sketch_topk_check, and begins. WRONG_VERSION for a work form: pack it first. */
SKETCH_API sketch_status sketch_topk_begin(const sketch_topk *packed, sketch_topk_cursor *cursor) SKETCH_NOEXCEPT;
/* Begins, or begins anew, without the check: for who looks at all entries anyway, and asks sketch_topk_end then. */
SKETCH_API sketch_status sketch_topk_rewind(const sketch_topk *packed, sketch_topk_cursor *cursor) SKETCH_NOEXCEPT;
/* When there was no next entry: OK, or what is wrong with the sketch. */
SKETCH_API sketch_status sketch_topk_end(sketch_topk_cursor *cursor) SKETCH_NOEXCEPT;
/* The next entry: 1, or 0 and an untouched *entry when there is none. */
SKETCH_API int sketch_topk_next(sketch_topk_cursor *cursor, sketch_topk_entry *entry) SKETCH_NOEXCEPT;

/* How often one item came, of a packed sketch: 0, 0 and the offset if it is not kept. BAD_ITEM as in add. */
SKETCH_API sketch_status sketch_topk_bounds(const sketch_topk *packed, int kind, const void *item, size_t item_size,
                                            sketch_topk_entry *entry) SKETCH_NOEXCEPT;

/*
 * ---------------------------------------------------------------------------------------------------------------------
 * membership: split-block Bloom filter (Putze, Sanders and Singler 2007, as in Apache Parquet) of 2^log2_blocks blocks
 * of 256 bits; hash tokens while there are few.
 *
 * No false negative. False positives at or below the rate up to the expected items, on average over filters;
 * sketch_membership_rate tells the actual one. Filters of different sizes merge to the smaller one, exactly as if made
 * with it. The rate that was asked for is kept beside the filter; of two that are merged, the larger one.
 *
 * Calls that go through a whole filter (move, merge, pack, check, rate) take as long as its memory does, whatever is in
 * it: some 50 to 200 ms for 128 MB of blocks. Tokens take some 100 ns each to merge or to pack, which sorts them: about
 * a second for the 8 million that the largest filter holds.
 * ---------------------------------------------------------------------------------------------------------------------
 */
#define SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS 22 /* 128 MB */
#define SKETCH_MEMBERSHIP_BLOCK_SIZE 32
#define SKETCH_MEMBERSHIP_MAX_RATE 50000 /* as it is kept: in hundred-thousandths */
/* As many first bytes of a packed value tell where a probe must look. */
#define SKETCH_MEMBERSHIP_HEAD_SIZE 8

/* Smallest size for expected different items (1 ..) and a rate (0.00001 .. 0.5); -1 if it would exceed the largest, -2
 * if there are no items or the rate is out of range or NaN. */
SKETCH_API int sketch_membership_log2_blocks(uint64_t expected_items, double rate) SKETCH_NOEXCEPT;
/* A rate as it is kept and as init and limit want it: in hundred-thousandths, rounded up to one digit, so 0.01 is 1000
 * and 0.0123 is 2000. -2 if it is out of range or NaN. */
SKETCH_API int sketch_membership_kept_rate(double rate) SKETCH_NOEXCEPT;
/* The rate that a filter of this size has on average with so many different items. */
SKETCH_API double sketch_membership_expected_rate(int log2_blocks, uint64_t items) SKETCH_NOEXCEPT;

SKETCH_API size_t sketch_membership_init_size(void) SKETCH_NOEXCEPT;
SKETCH_API void sketch_membership_init(void *state, size_t size, int kind, int log2_blocks, int rate) SKETCH_NOEXCEPT;
SKETCH_API void sketch_membership_move(void *to, const void *from, size_t from_size,
                                       const sketch_growth *growth) SKETCH_NOEXCEPT;

/* An opened sketch: its header is checked, and what else it holds is when it is read. */
typedef struct sketch_membership sketch_membership;
SKETCH_API size_t sketch_membership_open_size(const void *bytes, size_t size, sketch_form form) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_membership_open(const void *bytes, size_t size, sketch_form form, void *scratch,
                                                size_t scratch_size, sketch_membership **opened) SKETCH_NOEXCEPT;

/* Adds an item by its hash. OK, GROW or WRONG_KIND. */
SKETCH_API sketch_status sketch_membership_add(void *state, size_t size, int kind, uint64_t hash,
                                               sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds many items by their hashes, or by their bytes: see above. OK, GROW, WRONG_KIND or BAD_ITEM. */
SKETCH_API sketch_status sketch_membership_add_many(void *state, size_t size, int kind, const uint64_t *hashes,
                                                    size_t count, size_t *taken, sketch_growth *growth) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_membership_add_items(void *state, size_t size, int kind, const void *items,
                                                     const size_t *offsets, size_t count, size_t *taken,
                                                     sketch_growth *growth) SKETCH_NOEXCEPT;

/* Asks for at most this size and at least this rate from now on. OK or GROW, also to a smaller buffer. */
SKETCH_API sketch_status sketch_membership_limit(void *state, size_t size, int log2_blocks, int rate,
                                                 sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds another sketch. OK, GROW, WRONG_KIND, or what is wrong with the other sketch. After GROW some of
 * the other's items, and its rate, may have been added: call again. */
SKETCH_API sketch_status sketch_membership_merge(void *state, size_t size, const sketch_membership *other,
                                                 sketch_growth *growth) SKETCH_NOEXCEPT;

/* Makes a work form of it: see above. */
SKETCH_API sketch_status sketch_membership_load(const sketch_membership *sketch, void *state, size_t size,
                                                sketch_growth *growth) SKETCH_NOEXCEPT;

/* Capacity that suffices to pack this sketch: tokens are sorted in the output buffer, so it must hold more than the
 * result. */
SKETCH_API size_t sketch_membership_packed_bound(const sketch_membership *sketch) SKETCH_NOEXCEPT;

/* Checks all of the sketch and writes its canonical bytes. */
SKETCH_API sketch_status sketch_membership_pack(const sketch_membership *sketch, uint8_t *out, size_t capacity,
                                                size_t *out_size) SKETCH_NOEXCEPT;

/* OK if packed bytes are a sketch in canonical form to the last byte; open has looked at their header only. */
SKETCH_API sketch_status sketch_membership_check(const sketch_membership *packed) SKETCH_NOEXCEPT;

/* Whether the item may have been added: 0 is certain. Reads packed bytes in place. */
SKETCH_API sketch_status sketch_membership_contains(const sketch_membership *sketch, int kind, uint64_t hash,
                                                    int *found) SKETCH_NOEXCEPT;

/*
 * The same for values too large to be fetched as a whole: of a packed value of any size some hundred bytes are read, in
 * a few pieces. (One that is made of equal leading bits of tokens on purpose may need more, but no more than there is.)
 *
 *   probe_open   from the first SKETCH_MEMBERSHIP_HEAD_SIZE bytes (or all, if there are fewer) of total_size bytes.
 *                OK, or what is wrong with them; then `kind` says what to hash.
 *   probe_hash   begins to look for an item: `offset` and `length` say what to read.
 *   probe_read   takes what was read, of `size` >= length bytes. 0: not contained; 1: contained; -1: read further.
 */
typedef struct sketch_membership_probe {
    size_t offset, length;
    int kind, is_dense;
    /* The rest is the library's own. */
    int log2_blocks, step, skip;
    uint64_t tokens, token, first, bits;
} sketch_membership_probe;

SKETCH_API sketch_status sketch_membership_probe_open(const uint8_t *head, size_t head_size, size_t total_size,
                                                      sketch_membership_probe *probe) SKETCH_NOEXCEPT;
SKETCH_API void sketch_membership_probe_hash(sketch_membership_probe *probe, uint64_t hash) SKETCH_NOEXCEPT;
SKETCH_API int sketch_membership_probe_read(sketch_membership_probe *probe, const uint8_t *bytes,
                                            size_t size) SKETCH_NOEXCEPT;

/* Probability that an item that was not added is found: from the bits that are set, over all blocks. */
SKETCH_API sketch_status sketch_membership_rate(const sketch_membership *sketch, double *rate) SKETCH_NOEXCEPT;

/* About the same, in 3 us at most: from the first 1,024 blocks. */
SKETCH_API sketch_status sketch_membership_sampled_rate(const sketch_membership *sketch, double *rate) SKETCH_NOEXCEPT;

typedef struct sketch_membership_info {
    int kind, log2_blocks;
    int rate;        /* that was asked for, as it is kept: in hundred-thousandths */
    int is_dense;    /* blocks, not tokens */
    uint64_t tokens; /* different tokens; 0 if dense */
} sketch_membership_info;

/* Header fields only: cheap. */
SKETCH_API sketch_status sketch_membership_describe(const sketch_membership *sketch,
                                                    sketch_membership_info *info) SKETCH_NOEXCEPT;
/* And `*rate`, what sketch_membership_rate tells: NaN if dense, for then bits are counted. */
SKETCH_API sketch_status sketch_membership_peek(const uint8_t *first, size_t first_size, size_t size,
                                                sketch_membership_info *info, double *rate) SKETCH_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
