/*
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
 *
 * Conventions are in sketch.h, which includes this.
 */
#ifndef SKETCH_MEMBERSHIP_H
#define SKETCH_MEMBERSHIP_H

#include "items.h"

SKETCH_BEGIN_DECLS

#define SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS 22 /* 128 MB */
#define SKETCH_MEMBERSHIP_BLOCK_SIZE 32
#define SKETCH_MEMBERSHIP_MAX_RATE 50000 /* as it is kept: in hundred-thousandths */
/* As many first bytes of a packed value tell where a probe must look. */
#define SKETCH_MEMBERSHIP_HEAD_SIZE 8

/* Smallest size for expected different items (1 ..) and a rate (0.00001 .. 0.5). OK, OUT_OF_RANGE, or TOO_LARGE if it
 * would exceed the largest. */
SKETCH_API sketch_status sketch_membership_log2_blocks(uint64_t expected_items, double rate,
                                                       int *log2_blocks) SKETCH_NOEXCEPT;
/* A rate (0.00001 .. 0.5) as it is kept and as init and limit want it: in hundred-thousandths, rounded up to one digit,
 * so 0.01 is 1000 and 0.0123 is 2000. OK or OUT_OF_RANGE. */
SKETCH_API sketch_status sketch_membership_kept_rate(double rate, int *kept) SKETCH_NOEXCEPT;
/* The rate that a filter of this size has on average with so many different items. OK or OUT_OF_RANGE. */
SKETCH_API sketch_status sketch_membership_expected_rate(int log2_blocks, uint64_t items, double *rate) SKETCH_NOEXCEPT;

/* Bytes of a new state, and making one. OK, OUT_OF_RANGE (kind, a sketch_kind; log2_blocks; rate, as it is kept), or
 * NO_ROOM unless size is the one that init_size says. */
SKETCH_API size_t sketch_membership_init_size(void) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_membership_init(void *state, size_t size, int kind, int log2_blocks,
                                                int rate) SKETCH_NOEXCEPT;

/* Copies a state into another, non-overlapping buffer of growth->size bytes, with the layout in *growth. */
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

/* Adds many items by their hashes, or by their bytes: see common.h. OK, GROW, WRONG_KIND or BAD_ITEM. */
SKETCH_API sketch_status sketch_membership_add_many(void *state, size_t size, int kind, const uint64_t *hashes,
                                                    size_t count, size_t *taken, sketch_growth *growth) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_membership_add_items(void *state, size_t size, int kind, const void *items,
                                                     const size_t *offsets, size_t count, size_t *taken,
                                                     sketch_growth *growth) SKETCH_NOEXCEPT;

/* Asks for at most this size and at least this rate, as it is kept, from now on. OK, OUT_OF_RANGE, or GROW, also to a
 * smaller buffer. */
SKETCH_API sketch_status sketch_membership_limit(void *state, size_t size, int log2_blocks, int rate,
                                                 sketch_growth *growth) SKETCH_NOEXCEPT;

/* Adds another sketch. OK, GROW, WRONG_KIND, or what is wrong with the other sketch. After GROW some of
 * the other's items, and its rate, may have been added: call again. */
SKETCH_API sketch_status sketch_membership_merge(void *state, size_t size, const sketch_membership *other,
                                                 sketch_growth *growth) SKETCH_NOEXCEPT;

/* Makes a state of it: see common.h. */
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
 * The same for values too large to be fetched as a whole: of a packed value of any size, wherever it is stored, some
 * hundred bytes are read in a few pieces. (One that is made of equal leading bits of tokens on purpose may need more,
 * but no more than there is.)
 *
 * probe_open takes the first SKETCH_MEMBERSHIP_HEAD_SIZE bytes (or all, if there are fewer) of `size` bytes. OK, or
 * what is wrong with them; then `kind` says what to hash. probe_hash begins to look for an item, and may be called
 * again for the next one: `offset` and `length` say which bytes to read. probe_read takes these, or more that begin
 * there. OK and
 * *found, as contains has it; MORE: go on with what `offset` and `length` say now; TRUNCATED if the bytes are fewer.
 */
typedef struct sketch_membership_probe {
    size_t offset, length;
    int kind, is_dense;
    /* The rest is the library's own. */
    int log2_blocks, step, skip;
    uint64_t tokens, token, first, bits;
} sketch_membership_probe;

SKETCH_API sketch_status sketch_membership_probe_open(const uint8_t *first, size_t first_size, size_t size,
                                                      sketch_membership_probe *probe) SKETCH_NOEXCEPT;
SKETCH_API void sketch_membership_probe_hash(sketch_membership_probe *probe, uint64_t hash) SKETCH_NOEXCEPT;
SKETCH_API sketch_status sketch_membership_probe_read(sketch_membership_probe *probe, const uint8_t *bytes, size_t size,
                                                      int *found) SKETCH_NOEXCEPT;

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

SKETCH_END_DECLS

#endif
