/*
 * sketch.h - the C ABI of libsketch, for C99 and later, C++11 and later, and whatever calls C.
 *
 * Five families of sketches, each in a header of its own that this one includes:
 *
 *   quantile     percentiles, ranks, histograms, sums and means of numbers, within a relative accuracy
 *   distinct     how many different items came
 *   frequency    how often an item came
 *   topk         the most frequent items
 *   membership   whether an item came: a filter
 *
 * What follows holds for all of them, and is not said again.
 *
 * The two forms. A *packed* sketch is a string of bytes to store and to send. It is canonical: equal multisets of rows
 * and equal parameters give equal bytes (of topk, equal states do). A *work form*, here called a state, is a flat
 * buffer that is changed in place while rows arrive, and is bound to the kind of machine and to the version that made
 * it. Its first 4 bytes are the caller's own; behind them stands SKETCH_WORK_MAGIC, with which no packed sketch begins.
 * Neither form contains pointers: both may be copied with memcpy.
 *
 * The steps. They have the same names and the same order of arguments in all families:
 *
 *   init_size, init      make an empty state in a buffer of so many bytes
 *   add, add_many        add a row, or many: see "Many rows" in sketch/common.h
 *   limit                make the state as coarse as a parameter says, from now on
 *   merge                add an opened sketch to a state
 *   load                 make a state of an opened sketch, to go on with: see "Loading" in sketch/common.h
 *   move                 what to do after SKETCH_GROW: copy the state into a larger buffer
 *   open_size, open      make bytes of either form, and of any origin, an opened sketch, which all functions below read
 *   packed_bound, pack   write the canonical bytes
 *   check                whether packed bytes are canonical to the last one: open of frequency, topk and membership
 *                        looks at the header only, open of distinct does not compute the estimate, and open of quantile
 *                        checks everything (so it has no `check`)
 *   describe             what the header says; cheap
 *   peek                 the same from the first bytes of a packed sketch, without the others
 *
 *     size_t scratch_size = sketch_distinct_open_size(bytes, size, SKETCH_PACKED);
 *     void *scratch = malloc(scratch_size);
 *     sketch_distinct *sketch;
 *     sketch_status status = sketch_distinct_open(bytes, size, SKETCH_PACKED, scratch, scratch_size, &sketch);
 *     if (status == SKETCH_OK) status = sketch_distinct_count(sketch, &estimate);
 *     free(scratch);
 *
 * Ownership. The library allocates nothing: all memory is the caller's, and there is nothing to close or to free. An
 * opened sketch lives in the scratch memory and refers to the bytes it was made from; both must stay as they are while
 * it is used. Where a call needs scratch memory, a function with the same name and `_size` says how many bytes.
 *
 * Alignment. States and scratch memory begin at a multiple of 8, as malloc returns it. Packed bytes may stand anywhere.
 *
 * Aliasing. Memory that a call writes overlaps nothing else that it is given. In particular a state is not merged with
 * itself, nor moved within its own buffer. What is only read may overlap.
 *
 * Trust. Packed bytes and work forms of any origin may be opened, and then read and merged: they are checked, and the
 * worst is SKETCH_CORRUPT. Where open looks at the header only, what is damaged behind it may show as late as when a
 * state that it was merged into is packed: ask check first of bytes from outside. Functions that take `void *state`
 * trust it instead, as they run once a row: give them what init or move of the same process wrote, or a copy of it.
 * Arguments are checked where that costs nothing; what a row brings (a weight of 0, a kind beyond sketch_kind) is the
 * caller's to check. Pointers are not NULL unless it says so.
 *
 * Errors. Whatever can fail returns a sketch_status, and nothing else tells an error. Functions that return something
 * else (sizes, bounds, hashes, yes or no) cannot fail. Unless the status is SKETCH_OK, out-parameters are untouched,
 * and states hold what they held (their bytes may differ), but for: *growth, which SKETCH_GROW fills in; buffers for
 * packed bytes; scratch memory; and what single functions say.
 *
 * Threads. Functions keep nothing between calls, so calls on different memory may run at once, and so may calls that
 * only read the same opened sketch (`const`). Two calls on one state may not. sketch_set_poll and sketch_set_salt are
 * for the whole process: call them before threads start.
 *
 * Resources. No call takes more than 48 kB of stack. Most take less than a millisecond; with the largest sketches up to
 * a second, in which the function given to sketch_set_poll is called. Nothing is printed, no exception is thrown, and
 * signals, errno and the locale are left alone.
 *
 * Versions. SKETCH_VERSION_* are those of this header, sketch_version() that of the library. Until 1.0 a new minor
 * version may change the ABI, and the shared library's SONAME has both numbers (libsketch.so.0.1); from then on only a
 * new major version does, and the SONAME has that one. A patch version never does. Within one SONAME, functions and
 * statuses are only added, the latter at the end, and no structure changes. Packed bytes are not bound to that: every
 * version reads what any earlier one wrote.
 */
#ifndef SKETCH_H
#define SKETCH_H

#include "sketch/common.h"
#include "sketch/distinct.h"
#include "sketch/frequency.h"
#include "sketch/interop.h"
#include "sketch/items.h"
#include "sketch/membership.h"
#include "sketch/quantile.h"
#include "sketch/topk.h"

#endif
