// topk: the most frequent items. Counters with one offset for all that was dropped: Misra and Gries, "Finding Repeated
// Elements", 1982; merged and bounded as in Agarwal, Cormode, Huang, Phillips, Wei and Yi, "Mergeable Summaries", TODS
// 38(4), 2013. Each counter keeps the error that it began with, as in SpaceSaving: Metwally, Agrawal and El Abbadi,
// "Efficient Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005. Items without a counter must first
// become frequent in a filter, as in Filtered SpaceSaving: Homem and Carvalho, "Finding top-k elements in data
// streams", Information Sciences 180(24), 2010.
//
// A list of k items is made of c = 2 k + 20 counters. The state: the sum N of all weights, an offset e, entries (item,
// upper, error), and a filter that tells a bound of at most e for each item, whether it came or not.
//   an item that is kept:   upper - error <= true <= upper, and error <= e
//   one that is not:        true <= bound(item) <= e
//   add, a known item       upper += w
//   add, another            if bound + w <= e the bound becomes that; else it is kept: upper = bound + w, error = bound
//   cut to m >= c items     u is the (m + 1)-th largest upper: all with upper <= u go, and e becomes u if that is more;
//                           bounds of those that went become at least their uppers. If fewer than k would stay, some
//                           that tie at u do, too: see cut.hpp.
//   merge                   in both: uppers and errors add up; in one: the other's bound is added to both; offsets add
//                           up, and so do filters
// So e (c + 1) + sum of max(0, upper - e) <= N always: a filtered row changes N only, a new entry adds at most its
// weight, a cut that raises e by d takes d from m + 1 summands or more, and merges add both sides up. Hence upper -
// lower <= e <= N / (c + 1).
//
// Departures: the work form keeps more than c entries and is cut now and then, so that an add takes constant time and
// the offset grows slowly; packing cuts to c. When a cut comes depends on the number of entries and on k, never on
// buffers. The filter is not packed: what is merged from packed bytes has the bound e for each item.
//
// Two forms of one value:
//   packed     canonical bytes at rest (packed.cpp)
//   work       a flat buffer mutated in place (work.hpp, work.cpp, merge.cpp)
// A View is the checked header of either.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../common/bytes.hpp"
#include "../common/format.hpp"
#include "../common/poll.hpp"
#include "../common/work_form.hpp"

namespace sketch::topk {

inline constexpr std::size_t kMaxItem = SKETCH_TOPK_MAX_ITEM;
inline constexpr std::uint32_t kMaxK = SKETCH_TOPK_MAX_K;
constexpr std::uint32_t counters_for(std::uint32_t k) noexcept { return 2 * k + 20; }
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
    // Of a packed one:
    std::size_t begin;     // of the items' bytes
    std::uint64_t lowest;  // of all uppers
    // Of a work form:
    bool is_wide, has_wide_cells;
    std::uint32_t slots, cells;
    std::uint64_t salt;
    const sketch_topk_counters *listed = nullptr;  // neither of both: counters of somebody else, to be merged

    std::uint32_t counters() const noexcept { return counters_for(k); }
};

// Reads the header. Of a value of `size` bytes, `at_hand` are there: all, or SKETCH_PEEK_SIZE or more.
Status open_header(const std::uint8_t *packed, std::size_t size, std::size_t at_hand, View &view) noexcept;
inline Status open_packed(const std::uint8_t *packed, std::size_t size, View &view) noexcept {
    return open_header(packed, size, size, view);
}
Status open_work(const void *state, std::size_t size, View &view) noexcept;

// What the entries of a state must obey together: each is counted in; at the end, whether they may be all.
class Balance {
  public:
    explicit Balance(const View &view) noexcept
        : offset_(view.offset), total_(view.total), left_(view.total - view.offset * (view.counters() + 1)) {}
    bool admits(std::uint64_t upper, std::uint64_t error) noexcept {
        const std::uint64_t above = upper - std::min(upper, offset_);
        if (error > offset_ || upper <= error || above > left_ || upper - error > total_ - lowers_) return false;
        left_ -= above;
        lowers_ += upper - error;
        return true;
    }
    bool is_complete() const noexcept { return offset_ > 0 || left_ == 0; }

  private:
    std::uint64_t offset_, total_, left_, lowers_ = 0;
};
// No offset of a state is larger; and of a header with such a one a Balance can be made.
constexpr std::uint64_t largest_offset(std::uint64_t total, std::uint32_t k) noexcept {
    return total / (std::uint64_t{counters_for(k)} + 1);
}

// ---- packed bytes (packed.cpp) ----------------------------------------

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
    const std::uint8_t *own_begin_, *own_, *own_end_, *data_end_;
    std::uint8_t *buffer_;
    std::size_t item_size_ = 0;     // of the latest item
    std::uint64_t item_bytes_ = 0;  // of all so far
    std::uint64_t offset_, lowest_;
    std::uint32_t items_, left_;
    Orders seen_;
    int order_[kColumns];
    bool hashed_, ok_ = true, too_large_ = false, seen_lowest_ = false;
};

// Validates untrusted bytes: accepts only what `encode` writes.
Status check(const View &packed) noexcept;
std::size_t packed_bound(const View &view) noexcept;
std::size_t pack_size(const View &view) noexcept;  // of the scratch memory
// Checks a work form and writes it, cut to its counters.
Status encode(const View &work, void *scratch, std::size_t scratch_size, ByteWriter &out) noexcept;

// ---- the work form (work.cpp, merge.cpp; layout in work.hpp) ----------------------------------------

void work_init(void *state, std::size_t size, int kind, std::uint32_t k) noexcept;
void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept;
Status work_add(void *state, std::size_t size, int kind, Item item, std::uint64_t weight,
                sketch_growth &growth) noexcept;
Status work_limit(void *state, std::size_t size, std::uint32_t k, sketch_growth &growth) noexcept;
Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept;
Status work_merge_counters(void *state, std::size_t size, const sketch_topk_counters &counters,
                           sketch_growth &growth) noexcept;

std::uint64_t estimate_of(std::uint64_t lower, std::uint64_t upper) noexcept;
struct Estimate {
    std::uint64_t estimate, lower, upper;
};
Status count(const View &packed, const Item &item, Estimate &result) noexcept;

}  // namespace sketch::topk
