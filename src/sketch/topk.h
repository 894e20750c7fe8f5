/*
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
 *
 * Conventions are in sketch.h, which includes this.
 */
#ifndef SKETCH_TOPK_H
#define SKETCH_TOPK_H

#include "items.h"

SKETCH_BEGIN_DECLS

#define SKETCH_TOPK_MAX_K 100000
#define SKETCH_TOPK_MAX_ITEM 8192
/* No work form is larger. From a quarter of it on, items are dropped earlier. The items of packed bytes take at most 24
 * times those bytes and 256 kB; others are refused. */
#define SKETCH_TOPK_MAX_BYTES ((size_t)256 << 20)

/* Whether items of a kind begin with the hash that tells them apart. */
static inline int sketch_topk_item_has_hash(int kind) {
    return kind == SKETCH_KIND_INTERVAL || kind == SKETCH_KIND_JSONB || kind >= SKETCH_KIND_RECORD;
}

/* Bytes of a new state, and making one. OK, OUT_OF_RANGE (kind, a sketch_kind; k, 1 .. SKETCH_TOPK_MAX_K), or NO_ROOM
 * unless size is the one that init_size says. */
SKETCH_API size_t sketch_topk_init_size(void) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_topk_init(void *state, size_t size, int kind, uint32_t k) SKETCH_NOEXCEPT;

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

/* Counts many items: see common.h. Statuses as those of sketch_topk_add. */
SKETCH_API sketch_status sketch_topk_add_items(void *state, size_t size, int kind, const void *items,
                                               const size_t *offsets, const uint64_t *weights, size_t count,
                                               size_t *taken, sketch_growth *growth) SKETCH_NOEXCEPT;

/* Asks for at most this k from now on. OK, GROW, or OUT_OF_RANGE (0). */
SKETCH_API sketch_status sketch_topk_limit(void *state, size_t size, uint32_t k, sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds another sketch; the smaller k wins. OK, GROW, OVERFLOW, WRONG_KIND, TOO_LARGE, or what is wrong with the other
 * sketch. */
SKETCH_API sketch_status sketch_topk_merge(void *state, size_t size, const sketch_topk *other,
                                           sketch_growth *growth) SKETCH_NOEXCEPT;

/* Makes a state of it: see common.h. */
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
 * good for any k, or the kind is none; CORRUPT if it contradicts itself: if items are out of order, an error is more
 * than the offset or not less than its upper (what came 0 times at least says nothing: leave it out), if the lower
 * bounds are more than there are rows, or if the offset is 0 and they are less.
 */
SKETCH_API sketch_status sketch_topk_merge_counters(void *state, size_t size, const sketch_topk_counters *counters,
                                                    sketch_growth *growth) SKETCH_NOEXCEPT;

/* No packed form of this sketch is larger; and how much scratch memory packing it needs. */
SKETCH_API size_t sketch_topk_packed_bound(const sketch_topk *sketch) SKETCH_NOEXCEPT;
SKETCH_API size_t sketch_topk_pack_size(const sketch_topk *sketch) SKETCH_NOEXCEPT;

/* Checks all of the sketch and writes its canonical bytes. NO_ROOM also if scratch is too small. */
SKETCH_API sketch_status sketch_topk_pack(const sketch_topk *sketch, void *scratch, size_t scratch_size, uint8_t *out,
                                          size_t capacity, size_t *out_size) SKETCH_NOEXCEPT;

/* OK if packed bytes are a sketch in canonical form to the last byte, or WRONG_FORM; open has looked at their header
 * only. Whether items are such as their kind has, is not looked at: PostgreSQL refuses texts that are not valid in the
 * encoding of the database, or dates that it has not, and with them the whole sketch. sketch_item_* make none of
 * these but of texts: those are to be valid, and without bytes of 0. */
SKETCH_API sketch_status sketch_topk_check(const sketch_topk *packed) SKETCH_NOEXCEPT;

/* The same, and whether items are values of their kind: those that sketch_item_print prints, and doubles; of other kinds
 * whether they have the right size. Texts are to be UTF-8. For bytes from outside whose items are shown, or merged into
 * what is sent to PostgreSQL. */
SKETCH_API sketch_status sketch_topk_check_items(const sketch_topk *packed) SKETCH_NOEXCEPT;

/* An item and how often it came: lower <= true <= upper, certainly; lower <= estimate <= upper. */
typedef struct sketch_topk_entry {
    const uint8_t *item; /* in the cursor, until its next call */
    size_t item_size;
    uint64_t estimate, lower, upper;
} sketch_topk_entry;

/* Goes through the entries of a packed sketch in the order of their items' bytes (memcmp, then the shorter first). */
typedef struct sketch_topk_cursor {
    uint64_t opaque[32];
    uint8_t item[SKETCH_TOPK_MAX_ITEM];
} sketch_topk_cursor;

/*
 * Begins, or begins anew, before the first entry. OK or WRONG_FORM. The cursor refers to the opened sketch.
 *
 * next gives one entry after the other: OK, or END when there was the last one and the sketch is sound to its last
 * byte, as sketch_topk_check finds, or what is wrong with it. So entries of bytes of unknown origin are to be trusted
 * after END, or after sketch_topk_check.
 */
SKETCH_API sketch_status sketch_topk_begin(const sketch_topk *packed, sketch_topk_cursor *cursor) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_topk_next(sketch_topk_cursor *cursor, sketch_topk_entry *entry) SKETCH_NOEXCEPT;

/* How often one item came: 0, 0 and the offset if it is not kept. OK, WRONG_FORM, WRONG_KIND, BAD_ITEM as in add, or
 * what is wrong with the sketch. */
SKETCH_API sketch_status sketch_topk_count(const sketch_topk *packed, int kind, const void *item, size_t item_size,
                                           uint64_t *estimate, uint64_t *lower, uint64_t *upper) SKETCH_NOEXCEPT;

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

SKETCH_END_DECLS

#endif
