/* What all families share: statuses, forms, growth, the version. Conventions are in sketch.h, which includes this. */
#ifndef SKETCH_COMMON_H
#define SKETCH_COMMON_H

#include <stddef.h>
#include <stdint.h>

#if !defined(SKETCH_API)
#if defined(__GNUC__)
#define SKETCH_API __attribute__((visibility("default")))
#else
#define SKETCH_API
#endif
#endif

#ifdef __cplusplus
#define SKETCH_NOEXCEPT noexcept
#define SKETCH_BEGIN_DECLS extern "C" {
#define SKETCH_END_DECLS }
#else
#define SKETCH_NOEXCEPT
#define SKETCH_BEGIN_DECLS
#define SKETCH_END_DECLS
#endif

SKETCH_BEGIN_DECLS

/* The version of this header; the library's, "major.minor.patch". */
#define SKETCH_VERSION_MAJOR 0
#define SKETCH_VERSION_MINOR 1
#define SKETCH_VERSION_PATCH 0
SKETCH_API const char *sketch_version(void) SKETCH_NOEXCEPT;

typedef enum sketch_status {
    SKETCH_OK = 0,

    /* To go on with. */
    SKETCH_GROW, /* the state needs the layout that was written to *growth: move it there, and call again */
    SKETCH_MORE, /* the answer needs bytes that are not read yet: read them, and call again */
    SKETCH_END,  /* there is no next entry */

    /* What the call asks for cannot be. */
    SKETCH_OUT_OF_RANGE, /* a parameter is out of its range, or NaN */
    SKETCH_NO_ROOM,      /* a buffer or scratch memory is too small, or not aligned */
    SKETCH_WRONG_FORM,   /* a work form, where only packed bytes can be read: pack it first */
    SKETCH_WRONG_KIND,   /* items of another kind than the sketch's: see sketch_kind */
    SKETCH_BAD_ITEM,     /* an item of more than SKETCH_TOPK_MAX_ITEM bytes, or without the hash that it needs */
    SKETCH_OVERFLOW,     /* a count would exceed 2^63 - 1 */
    SKETCH_BELOW_ZERO,   /* a subtraction takes away rows that are not there */
    SKETCH_TOO_LARGE,    /* a sketch would be larger than its family allows; of packed topk bytes, items would take more
                            memory than these bytes justify */

    /* Bytes that are no sketch, or none that can be read here. */
    SKETCH_TRUNCATED,     /* they end early */
    SKETCH_WRONG_VERSION, /* a format version, or a layout of work forms, that this library does not know */
    SKETCH_WRONG_FAMILY,  /* a sketch of another family */
    SKETCH_CORRUPT,       /* a field is out of range or not in its one canonical encoding */
    SKETCH_TRAILING       /* bytes are left over */
} sketch_status;

/* A short English phrase, never NULL. */
SKETCH_API const char *sketch_status_message(sketch_status status) SKETCH_NOEXCEPT;

/* What long calls of this process call every few milliseconds, or NULL. It may leave by longjmp: then states and
 * buffers that the call was to write are lost, and everything else is as it was. */
SKETCH_API void sketch_set_poll(void (*poll)(void)) SKETCH_NOEXCEPT;

/* What the salts of hash tables in work forms are made of: a number that who sends rows or sketches to this process
 * cannot know, once and first of all. Without it they are the same in each process, and items can be chosen such that
 * adding and merging them takes time that grows with the square of their number. A work form holds the salt of its own
 * table, which tells nothing of this number or of other salts. No packed byte and no answer depends on it. */
SKETCH_API void sketch_set_salt(uint64_t salt) SKETCH_NOEXCEPT;

/*
 * How bytes hold a sketch. The caller says it, for only the caller knows where a value begins: a packed one with its
 * first byte, a work form 4 bytes before its SKETCH_WORK_MAGIC.
 */
typedef enum sketch_form { SKETCH_PACKED = 0, SKETCH_WORK = 1 } sketch_form;

/* The first byte of every packed sketch that this library writes, and the fifth byte of every work form. */
#define SKETCH_FORMAT_VERSION 1
#define SKETCH_WORK_MAGIC 0xE7

typedef enum sketch_family {
    SKETCH_QUANTILE = 1,
    SKETCH_DISTINCT = 2,
    SKETCH_FREQUENCY = 3,
    SKETCH_TOPK = 4,
    SKETCH_MEMBERSHIP = 5
} sketch_family;

/* Of which family a packed sketch is, from its first 2 bytes or more. OK, TRUNCATED, WRONG_VERSION or CORRUPT. */
SKETCH_API sketch_status sketch_packed_family(const uint8_t *first, size_t first_size,
                                              sketch_family *family) SKETCH_NOEXCEPT;

/*
 * sketch_*_peek reads the header of a packed sketch that is dear to fetch as a whole: it takes the first
 * SKETCH_PEEK_SIZE bytes, or more, or all if there are fewer, of a value of `size` bytes. It checks these as open does,
 * and that the value is not shorter than they say: what stands behind may be anything. OK, what is wrong with the
 * value, or NO_ROOM if more than these first bytes are needed: then open the whole.
 */
#define SKETCH_PEEK_SIZE 256

/*
 * The layout that a work form needs next. `size` is the number of bytes, a multiple of 64; the rest is opaque.
 * sketch_*_move copies the state there, and the caller makes his call again: a merge may need registers or blocks that
 * what was merged before does not fill, and until it is through, such a state is SKETCH_CORRUPT to readers.
 */
typedef struct sketch_growth {
    uint64_t size;
    uint64_t opaque[3];
} sketch_growth;

/*
 * Many rows. sketch_*_add_many and sketch_*_add_items add many rows in one call, for callers to whom a call is dear:
 * the state becomes what it becomes by as many calls of add, one for each row in turn. Inside of C that saves next to
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
 * same `items`), count - *taken. To pass over a row that was refused, go on with the one behind it.
 */

/*
 * Loading. sketch_*_load makes a state of what an opened sketch of either form holds, to go on with where it ends.
 * Begin with size 0: GROW tells how much memory it takes; then give so much, and the same *growth. It may take another
 * round or two, and what stands in the memory between them is of no use:
 *
 *     for (size = 0; (status = sketch_quantile_load(sketch, state, size, &growth)) == SKETCH_GROW; size = growth.size)
 *         state = realloc(state, growth.size);
 *
 * The opened sketch stays as it is, and is not needed any more. OK, GROW, or what is wrong with the sketch.
 */

SKETCH_END_DECLS

#endif
