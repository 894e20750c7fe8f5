// topk: the most frequent items. Counters with one offset for all that was dropped: Misra and Gries, "Finding Repeated
// Elements", 1982; merged and bounded as in Agarwal, Cormode, Huang, Phillips, Wei and Yi, "Mergeable Summaries", TODS
// 38(4), 2013. Each counter keeps the error that it began with, as in SpaceSaving: Metwally, Agrawal and El Abbadi,
// "Efficient Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005.
//
// The state: the sum N of all weights, an offset e, and entries (item, upper, error).
//   an item that is kept:   upper - error <= true <= upper, and error <= e < upper
//   one that is not:        true <= e
//   add                     a new item of weight w: upper = e + w, error = e; a known one: upper += w
//   cut to m >= k items     e becomes the (m + 1)-th largest upper; all with upper <= e go, so ties need no order
//   merge                   in both: uppers and errors add up; in one: the other's e is added to both; offsets add up
// So e (k + 1) + sum of (upper - e) <= N always: a cut that raises e by d takes d from m + 1 summands or more, merges
// add both sides up. Hence upper - lower <= e <= N / (k + 1).
//
// Departures: the work form keeps several times k and is cut now and then, so that an add takes constant time and the
// offset grows slowly; packing cuts to k. When a cut comes depends on the number of entries and on k, never on buffers.
//
// Two forms of one value:
//   packed     canonical bytes at rest (topk_packed.cpp)
//   work       a flat buffer mutated in place (topk_work.cpp)
// A View is the checked header of either.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes.hpp"
#include "format.hpp"
#include "poll.hpp"

namespace sketch::topk {

inline constexpr std::size_t kMaxItem = SKETCH_TOPK_MAX_ITEM;
inline constexpr std::uint32_t kMaxK = SKETCH_TOPK_MAX_K;
inline constexpr std::size_t kHashBytes = 8;  // that items of some kinds begin with

struct Item {
    const std::uint8_t *at;
    std::size_t size;
};

inline bool is_less(const Item &a, const Item &b) noexcept {
    const int order = std::memcmp(a.at, b.at, std::min(a.size, b.size));
    return order != 0 ? order < 0 : a.size < b.size;
}
inline bool is_equal(const Item &a, const Item &b) noexcept {
    return a.size == b.size && std::memcmp(a.at, b.at, a.size) == 0;
}

inline bool has_hash(int kind) noexcept { return sketch_topk_item_has_hash(kind); }
// What tells whether two items of a kind are the same.
inline Item identity(const Item &item, bool hashed) noexcept { return {item.at, hashed ? kHashBytes : item.size}; }
inline bool is_item(std::size_t size, int kind) noexcept {
    return size <= kMaxItem && (size >= kHashBytes || !has_hash(kind));
}

struct Entry {
    Item item;
    std::uint64_t upper, error;
};

// A sketch of either form: its header, checked, and where its data are. Nothing outside [data, data + size) is ever
// read, whatever the data hold.
struct View {
    bool is_work;
    int kind;
    std::uint32_t k, items;
    std::uint64_t total, offset;
    std::uint64_t item_bytes;  // packed: those not shared with an item before; work: at least all
    const std::uint8_t *data;
    std::size_t size;
    std::size_t begin;  // packed: of the items' bytes
    // Of a work form:
    bool is_wide;
    std::uint32_t slots;
    std::uint64_t salt;
};

// Reads the header. Of a value of `size` bytes, `at_hand` are there: all, or SKETCH_PEEK_SIZE or more.
Status head_of_packed(const std::uint8_t *packed, std::size_t size, std::size_t at_hand, View &view) noexcept;
inline Status view_of_packed(const std::uint8_t *packed, std::size_t size, View &view) noexcept {
    return head_of_packed(packed, size, size, view);
}
Status view_of_work(const void *state, std::size_t size, View &view) noexcept;

// What the entries of a state must obey together: each is counted in; at the end, whether they may be all.
class Balance {
  public:
    explicit Balance(const View &view) noexcept
        : offset_(view.offset), total_(view.total), left_(view.total - view.offset * (view.k + 1)) {}
    bool admits(std::uint64_t upper, std::uint64_t error) noexcept {
        if (upper <= offset_ || error > offset_ || upper - offset_ > left_ || upper - error > total_ - lowers_)
            return false;
        left_ -= upper - offset_;
        lowers_ += upper - error;
        return true;
    }
    bool is_complete() const noexcept { return offset_ > 0 || left_ == 0; }

  private:
    std::uint64_t offset_, total_, left_, lowers_ = 0;
};
// Of a header: that a Balance can be made.
constexpr bool is_offset(std::uint64_t offset, std::uint64_t total, std::uint32_t k) noexcept {
    return offset <= total / (std::uint64_t{k} + 1);
}

// The (rank + 1)-th largest of `count` values that value_of(i) gives; at least rank + 1 of them are not 0. By radix
// selection: a histogram of the leading digit, then of the next one among the values that begin so. Small values are
// tried first, for they are what is looked for mostly. Else it is at most the sum / (rank + 1), and larger values count
// as that.
template <typename ValueOf>
std::uint64_t select(std::uint64_t rank, std::size_t count, ValueOf value_of) noexcept {
    constexpr int kDigitBits = 8;
    constexpr std::size_t kLanes = 4;  // equal values need not wait for each other
    std::uint32_t bins[kLanes][1 << kDigitBits] = {};
    // The digit of the value of this rank; the rank becomes that among the values with this digit.
    auto take = [&] {
        std::uint64_t digit = (1 << kDigitBits) - 1;
        for (;; digit--) {
            std::uint32_t here = 0;
            for (const auto &lane : bins) here += lane[digit];
            if (rank < here || digit == 0) return digit;
            rank -= here;
        }
    };
    const std::uint64_t wanted = rank;
    constexpr std::uint64_t large = (1 << kDigitBits) - 1;
    for (std::size_t i = 0; i < count; i++) bins[i % kLanes][std::min(value_of(i), large)]++;
    if (std::uint64_t value = take(); value < large) return value;

    rank = wanted;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; i++) sum += value_of(i);
    const std::uint64_t bound = sum / (rank + 1);
    int bits = kDigitBits, shift = std::max(0, static_cast<int>(std::bit_width(bound)) - bits);
    for (std::uint64_t prefix = 0;; shift -= bits) {
        std::memset(bins, 0, sizeof bins);
        for (std::size_t i = 0; i < count; i++) {
            const std::uint64_t v = std::min(value_of(i), bound) >> shift;
            bins[i % kLanes][v & low_mask(bits)] += v >> bits == prefix;
        }
        prefix = prefix << bits | take();
        if (shift == 0) return prefix;
        bits = std::min(shift, kDigitBits);
    }
}

// ---- packed bytes (topk_packed.cpp) ----------------------------------------

// Of an item's end, at most so many bytes are shared with the item before: an entry takes constant time and the bytes
// of its own.
inline constexpr std::size_t kMaxSuffix = 15;

// How many bytes the items up to some entry may take together before that entry must not share any: so memory follows
// the stored bytes. Counted before the entry: the bytes that those before it do not share, and their number. An entry
// that shares nothing allows for 24 more of its size; small sketches never get there.
inline constexpr std::uint64_t kExpansion = 24, kFreeBytes = std::uint64_t{1} << 18;
constexpr bool may_share(std::uint64_t item_bytes, std::uint64_t own_before, std::uint64_t entries_before) noexcept {
    return item_bytes <= kFreeBytes + kExpansion * (own_before + entries_before);
}

// What an entry is coded with, in this order: bytes shared at the front, at the end, and own; counts.
enum Column { kPrefix, kSuffix, kOwn, kCount, kError, kColumns };

// The order of a column's codes follows from the mean number of bits of its values.
struct Orders {
    std::uint64_t bits[kColumns] = {};
    void add(Column column, std::uint64_t value) noexcept {
        bits[column] += static_cast<std::uint64_t>(std::bit_width(value));
    }
    int of(Column column, std::uint32_t entries) const noexcept;
};
inline constexpr int kOrderBits = 6;

// Goes through packed bytes whose header was checked, and checks all else on the way.
class PackedEntries {
  public:
    // `buffer` has room for kMaxItem bytes; entries point into it until the next call.
    PackedEntries(const View &view, std::uint8_t *buffer) noexcept;
    // False at the end, and where the bytes make no sense: `ok` tells which.
    bool next(Entry &entry) noexcept { return next_in(buffer_, entry); }
    // For a reader that was copied together with its buffer.
    bool next_in(std::uint8_t *buffer, Entry &entry) noexcept;
    bool ok() const noexcept { return ok_; }
    // When next answered false: whether all was as it must be.
    Status end() noexcept;

  private:
    BitReader bits_;
    Balance balance_;
    const std::uint8_t *own_begin_, *own_, *own_end_;
    std::uint8_t *buffer_;
    std::uint64_t end_;             // of all bytes
    std::size_t item_size_ = 0;     // of the latest item
    std::uint64_t item_bytes_ = 0;  // of all so far
    std::uint64_t offset_;
    std::uint32_t items_, left_;
    Orders seen_;
    int order_[kColumns];
    bool hashed_, ok_ = true, too_large_ = false;
};

// The one door for stored and sent bytes: accepts only what `encode` writes.
Status check(const View &packed) noexcept;
std::size_t packed_bound(const View &view) noexcept;
std::size_t pack_size(const View &view) noexcept;  // of the scratch memory
// Checks a work form and writes it, cut to k.
Status encode(const View &work, void *scratch, std::size_t scratch_size, ByteWriter &out) noexcept;

// ---- the work form (topk_work.cpp) ----------------------------------------
//
//   0  length word of the caller            4  magic, family, layout, flags
//   8  total                               16  offset
//  24  salt, or 0                          32  kind, steps of searches (3 bytes); 36 k
//  40  entries, slots, homes               52  heap: bytes used, live, of all
//  64  a table, ordered by tag: refs of 8 bytes, one more than there are slots; upper and error of each slot, of 4 or 8
//      bytes; then the heap.
//
// A ref begins with a tag, 35 bits of a hash, salted once the table was crowded (see crowding.hpp). An entry stands at
// its tag's home slot or behind it, with no empty slot in between; empty slots have the largest ref, which ends every
// search, and so does the one behind the last slot. That order lets a cut rebuild the table in place in one pass.
//
// Items of up to 7 bytes, and of 8 bytes that end in 00 or ff (times, least significant byte first), are in the ref
// itself: its upper 63 bits are a permutation of a code for the size and 7 bytes, whose first bits are a hash. Longer
// items are in the heap, behind a length of 4 bytes: 28 bits of such a ref tell where, and its lowest one is set.
template <typename T>
struct Counter {
    T upper, error;
};
struct WorkHeader {
    std::uint32_t callers;
    std::uint8_t magic, family, layout, flags;
    std::uint64_t total, offset, salt;
    std::uint32_t kind : 8, steps : 24;
    std::uint32_t k, entries, slots, homes;
    std::uint32_t heap_used, heap_live, heap_size;
};
static_assert(sizeof(WorkHeader) == 64);

enum : std::uint8_t {
    kWorkWide = 1,    // uppers and errors of 8 bytes
    kWorkMerged = 2,  // another sketch was merged in: keeps more items
};
inline constexpr std::uint8_t kWorkLayout = 3;

inline constexpr std::uint64_t kEmptySlot = ~std::uint64_t{0};
inline constexpr int kTagShift = 29;
inline constexpr std::size_t kHeapMost = (std::size_t{1} << 28) - 64;  // so no ref is kEmptySlot
inline constexpr std::size_t kLengthBytes = 4;
inline constexpr std::size_t kInlineMost = 8;

constexpr std::uint64_t table_size(std::uint64_t slots, bool wide) noexcept {
    return sizeof(WorkHeader) + 8 * (slots + 1) + slots * (wide ? 16 : 8);
}

// The permutation of 63 bits behind refs of short items, and back: twice multiply-shift hashing (Dietzfelbinger et al.
// 1997), by an odd number of the salt and by 2^64 divided by the golden ratio. Once would leave neighbours at equal
// distances, which one salt in a hundred puts into few places.
inline constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;
constexpr std::uint64_t inverse_of(std::uint64_t odd) noexcept {
    std::uint64_t inverse = odd;  // right modulo 8; each step doubles the bits that are
    for (int i = 0; i < 5; i++) inverse *= 2 - odd * inverse;
    return inverse;
}
constexpr std::uint64_t multiplier_of(std::uint64_t salt) noexcept { return kGolden ^ salt << 1; }
constexpr std::uint64_t halves_folded(std::uint64_t ref) noexcept { return ref ^ (ref >> 33) << 1; }  // and back
constexpr std::uint64_t ref_of(std::uint64_t word, std::uint64_t salt) noexcept {
    return halves_folded((word << 1) * multiplier_of(salt)) * kGolden;
}
constexpr std::uint64_t word_of(std::uint64_t ref, std::uint64_t salt) noexcept {
    return halves_folded(ref * inverse_of(kGolden)) * inverse_of(multiplier_of(salt)) >> 1;
}
static_assert(word_of(ref_of(0x123456789abcdef, 77), 77) == 0x123456789abcdef);

// Items of up to 8 bytes as a word and back.
inline constexpr std::uint64_t kEndsIn00 = 8, kEndsInFF = 9;  // codes; up to 7 it is the size
inline bool inline_word(const Item &item, std::uint64_t &word) noexcept {
    if (item.size > kInlineMost) return false;
    std::uint64_t bytes = 0;
    if (item.size == 8) {
        bytes = to_little_endian(load<std::uint64_t>(item.at));
        const std::uint64_t last = bytes >> 56;
        word = (bytes & low_mask(56)) | (last == 0 ? kEndsIn00 : kEndsInFF) << 56;
        return last == 0 || last == 0xff;
    }
    for (std::size_t i = 0; i < item.size; i++) bytes |= std::uint64_t{item.at[i]} << (8 * i);
    word = bytes | std::uint64_t{item.size} << 56;
    return true;
}
// The size, or more than kInlineMost for a word that none has.
inline std::size_t inline_item(std::uint64_t word, std::uint8_t *out) noexcept {
    const std::uint64_t code = word >> 56;
    const std::uint64_t last = code == kEndsInFF ? 0xff : 0;
    store(out, to_little_endian((word & low_mask(56)) | last << 56));
    if (code > kEndsInFF) return kInlineMost + 1;
    if (code >= kEndsIn00) return 8;
    return (word & low_mask(56)) >> (8 * code) == 0 ? static_cast<std::size_t>(code) : kInlineMost + 1;
}

// The entries of a work form, in no particular order, each checked to lie in the buffer; those that count nothing yet
// are skipped.
class WorkEntries {
  public:
    explicit WorkEntries(const View &view) noexcept : view_(view) {}
    // An entry's item points into the view, or into this reader until the next call.
    bool next(Entry &entry) noexcept {
        for (; at_ < view_.slots; at_++)
            if (std::uint64_t upper = upper_at(at_); upper > view_.offset && ref_at(at_) != kEmptySlot) {
                entry.upper = upper;
                entry.error = error_at(at_);
                ok_ = item_at(at_++, inline_, entry.item);
                return ok_;
            }
        return false;
    }
    bool ok() const noexcept { return ok_; }
    std::uint32_t slot() const noexcept { return at_ - 1; }  // of the latest

    std::uint64_t ref_at(std::uint32_t slot) const noexcept {
        return load<std::uint64_t>(view_.data + sizeof(WorkHeader) + 8 * std::size_t{slot});
    }
    std::uint64_t upper_at(std::uint32_t slot) const noexcept { return counter_at(2 * std::size_t{slot}); }
    std::uint64_t error_at(std::uint32_t slot) const noexcept { return counter_at(2 * std::size_t{slot} + 1); }
    // The item of a slot that is not empty: false if there is none in the buffer. Short items are put into `room`.
    bool item_at(std::uint32_t slot, std::uint8_t (&room)[kInlineMost], Item &item) const noexcept {
        const std::uint64_t ref = ref_at(slot);
        if ((ref & 1) == 0) {
            item = {room, inline_item(word_of(ref, view_.salt), room)};
            return item.size <= kInlineMost && is_item(item.size, view_.kind);
        }
        const std::uint64_t heap = table_size(view_.slots, view_.is_wide);
        const std::uint64_t from = heap + kLengthBytes + (ref >> 1 & low_mask(kTagShift - 1));
        if (from > view_.size) return false;
        item = {view_.data + from, load<std::uint32_t>(view_.data + from - kLengthBytes)};
        return item.size <= view_.size - from && is_item(item.size, view_.kind);
    }

  private:
    std::uint64_t counter_at(std::size_t i) const noexcept {
        const std::uint8_t *counters = view_.data + sizeof(WorkHeader) + 8 * (std::size_t{view_.slots} + 1);
        return view_.is_wide ? load<std::uint64_t>(counters + 8 * i) : load<std::uint32_t>(counters + 4 * i);
    }

    const View &view_;
    std::uint32_t at_ = 0;
    bool ok_ = true;
    std::uint8_t inline_[kInlineMost];
};

std::size_t work_init_size() noexcept;
void work_init(void *state, std::size_t size, int kind, std::uint32_t k) noexcept;
void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept;
Status work_add(void *state, std::size_t size, int kind, Item item, std::uint64_t weight,
                sketch_growth &growth) noexcept;
Status work_limit(void *state, std::size_t size, std::uint32_t k) noexcept;
Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept;

std::uint64_t estimate_of(std::uint64_t lower, std::uint64_t upper) noexcept;
Status bounds(const View &packed, const Item &item, sketch_topk_entry &entry) noexcept;

}  // namespace sketch::topk
