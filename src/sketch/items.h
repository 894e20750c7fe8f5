/*
 * Items of the families distinct, frequency and membership, which know an item by its hash, and of topk, which keeps
 * the items themselves. Conventions are in sketch.h, which includes this.
 *
 * A sketch sees a value as 64 bits: sketch_hash of its canonical bytes, which depend on its kind. Values of one kind
 * that are equal in SQL have equal bytes; those of different kinds are never compared, so a sketch holds items of one
 * kind, and its header says which. docs/FORMAT.md gives the canonical bytes of each kind.
 *
 * A sketch may be made before anything is known of its items: its kind is then open, SKETCH_KIND_NONE, until the first
 * item, or the first merge with a sketch whose kind is not, gives it one. Only a sketch without items has it, no item
 * does. Where an item is looked up, such a sketch has none of any kind. (An empty sketch may also have a kind: one that
 * everything was subtracted from keeps its own.)
 */
#ifndef SKETCH_ITEMS_H
#define SKETCH_ITEMS_H

#include "common.h"

SKETCH_BEGIN_DECLS

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

/*
 * A value as the hashed families take it: what PostgreSQL makes of a value that is equal, to the last bit. So a sketch
 * that is built here merges with those of the database, and finds there what was added here.
 *
 *     sketch_item item;
 *     sketch_item_int64(42, &item);
 *     status = sketch_distinct_add(state, size, item.kind, item.hash, &growth);
 *     status = sketch_topk_add(state, size, item.kind, item.bytes, item.size, 1, &growth);
 */
#define SKETCH_ITEM_BUFFER 96
typedef struct sketch_item {
    int kind;          /* a sketch_kind */
    uint64_t hash;     /* for distinct, frequency and membership */
    const void *bytes; /* for topk; they stand in `buffer`, or where the value does: a copy of the struct may lack */
    size_t size;       /* them, and the value must stay as it is while the item is used */
    uint8_t buffer[SKETCH_ITEM_BUFFER];
} sketch_item;

/* smallint, integer, bigint, oid; as decimals, equal to decimals of the same value. */
SKETCH_API void sketch_item_int64(int64_t value, sketch_item *item) SKETCH_NOEXCEPT;

/* double precision, and real: a float as the double that it is. */
SKETCH_API void sketch_item_double(double value, sketch_item *item) SKETCH_NOEXCEPT;

/* numeric, from text: digits with a sign, a point and an exponent if need be, or NaN, Infinity, inf; no blanks.
 * Of more than 100 bytes it may need scratch memory, never more than `size` bytes, in which the item then stands. OK,
 * NO_ROOM, or OUT_OF_RANGE if it is no number, or none that numeric can hold. */
SKETCH_API sketch_status sketch_item_decimal(const char *text, size_t size, void *scratch, size_t scratch_size,
                                             sketch_item *item) SKETCH_NOEXCEPT;

/* text, varchar and name, valid in the encoding of the database and without bytes of 0, or it will refuse a topk sketch
 * that has them (char(n) without the blanks at its end); bytea; the label of an enum. The item is where the value
 * is. */
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

/* The kind of a type by its name in SQL, as "bigint", "double precision" or "enum"; SKETCH_KIND_NONE of names that it
 * does not know. */
SKETCH_API int sketch_kind_of_type(const char *name) SKETCH_NOEXCEPT;

/*
 * A value of each kind above, from text as PostgreSQL writes it: dates and times as "2026-01-31 12:34:56.789+01", also
 * as other forms of ISO 8601 are ("2026-01-31T12:34:56,789Z"), and in UTC where no zone is told; bytea as "\x00ff"; text
 * and labels must be valid UTF-8. Not doubles, which every language reads by itself, nor intervals. Of more than 90 bytes
 * it may need scratch memory, never more than `size` bytes, in which the item then stands. OK, NO_ROOM, OUT_OF_RANGE if
 * it is no such value, or WRONG_KIND if the kind has none that are read here.
 */
SKETCH_API sketch_status sketch_item_parse(int kind, const char *text, size_t size, void *scratch, size_t scratch_size,
                                           sketch_item *item) SKETCH_NOEXCEPT;

/*
 * And back: the text of an item that a topk sketch keeps, in UTF-8 and without a 0 at its end, as PostgreSQL writes it
 * with DateStyle ISO and TimeZone UTC; a number with more than 100 zeros beside its digits has an exponent.
 * Of an item without value (an interval, an array) it is what the sketch shows of it. OK; NO_ROOM if the capacity is
 * less than print_size says; WRONG_KIND of doubles (8 bytes, least significant first), timetz, macaddr, macaddr8, money
 * and pg_lsn; CORRUPT if it is no item of its kind, which sketch_topk_check does not find.
 */
SKETCH_API size_t sketch_item_print_size(int kind, size_t item_size) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_item_print(int kind, const void *item, size_t item_size, char *out, size_t capacity,
                                           size_t *out_size) SKETCH_NOEXCEPT;

/* Columns at once, for callers to whom a call is dear. Hashes, for sketch_*_add_many; and items with their `count` + 1
 * offsets, for sketch_topk_add_items: they take up to 9 bytes each, and those of doubles 8. */
SKETCH_API void sketch_hash_int64_many(const int64_t *values, size_t count, uint64_t *hashes) SKETCH_NOEXCEPT;
SKETCH_API void sketch_hash_double_many(const double *values, size_t count, uint64_t *hashes) SKETCH_NOEXCEPT;
SKETCH_API void sketch_item_int64_many(const int64_t *values, size_t count, uint8_t *items,
                                       size_t *offsets) SKETCH_NOEXCEPT;
SKETCH_API void sketch_item_double_many(const double *values, size_t count, uint8_t *items,
                                        size_t *offsets) SKETCH_NOEXCEPT;

SKETCH_END_DECLS

#endif
