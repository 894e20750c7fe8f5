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

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
}
#endif

#endif
