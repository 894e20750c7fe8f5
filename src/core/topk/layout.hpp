// The layout of a work form of a topk sketch, and reading one that comes from elsewhere.
//
//   0  length word of the caller            4  magic, family, layout, flags
//   8  total                               16  offset
//  24  salt, or 0                          32  kind (3 bytes unused); 36 k
//  40  entries, slots, homes               52  heap: bytes used, live, of all
//  64  probes of searches                   68  cells of the filter
//  72  a table (common/ordered_table.hpp) by tag: refs, which are its keys; upper and error of each slot, of 4 or 8
//      bytes; then the filter (filter.hpp), of as many cells as k wants, or others that are not looked at, or
//      none; then the heap.
//
// A ref begins with a tag, 35 bits of a hash, salted once the table was crowded. No ref is the key of an empty slot.
// Refs with one tag stand as they came.
//
// Items of up to 7 bytes, and of 8 bytes that end in 00 or ff (times, least significant byte first), are in the ref
// itself: its upper 63 bits are a permutation of a code for the size and 7 bytes, whose first bits are a hash. Longer
// items are in the heap, behind a length of 4 bytes: 28 bits of such a ref tell where, and its lowest one is set.
#pragma once

#include "../common/hash.hpp"
#include "../common/ordered_table.hpp"
#include "topk.hpp"
#include "filter.hpp"

namespace sketch::topk {

template <typename T>
struct Counter {
    T upper, error;
    bool operator==(const Counter &) const noexcept = default;
};
struct WorkHeader : WorkPrefix {
    static constexpr Family kFamily = Family::topk;
    static constexpr std::uint8_t kLayout = 4;

    std::uint64_t total, offset, salt;
    std::uint8_t kind, unused[3];
    std::uint32_t k, entries, slots, homes;
    std::uint32_t heap_used, heap_live, heap_size;
    std::uint32_t probes, cells;
};
static_assert(sizeof(WorkHeader) == 72);

enum : std::uint8_t {
    kWorkWide = 1,    // uppers and errors of 8 bytes
    kWorkMerged = 2,  // another sketch was merged in: keeps more items
    kWorkWideCells = 4,
};

inline constexpr std::size_t kMaxHeap = (std::size_t{1} << 28) - 64;  // so no ref is kEmptySlot
inline constexpr std::size_t kLengthBytes = 4;
inline constexpr std::size_t kMaxInline = 8;

// Where the filter begins.
constexpr std::uint64_t table_size(std::uint64_t slots, bool wide) noexcept {
    return sizeof(WorkHeader) + 8 * (slots + 1) + slots * (wide ? 16 : 8);
}
constexpr std::uint64_t heap_begin(std::uint64_t slots, bool wide, std::uint32_t cells, bool wide_cells) noexcept {
    return table_size(slots, wide) + filter_size(cells, wide_cells);
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
    if (item.size > kMaxInline) return false;
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
// The size, or more than kMaxInline for a word that none has.
inline std::size_t inline_item(std::uint64_t word, std::uint8_t *out) noexcept {
    const std::uint64_t code = word >> 56;
    const std::uint64_t last = code == kEndsInFF ? 0xff : 0;
    store(out, to_little_endian((word & low_mask(56)) | last << 56));
    if (code > kEndsInFF) return kMaxInline + 1;
    if (code >= kEndsIn00) return 8;
    return (word & low_mask(56)) >> (8 * code) == 0 ? static_cast<std::size_t>(code) : kMaxInline + 1;
}

// What an item is looked for with: the whole ref of a short item; of others the tag, and a one where the offset in the
// heap will be. Items and probes are passed in registers: a copy through memory would wait for it.
[[gnu::always_inline]] inline std::uint64_t probe_of(Item item, bool hashed, std::uint64_t salt) noexcept {
    if (std::uint64_t word; !hashed && inline_word(item, word)) return ref_of(word, salt);
    const Item id = identity(item, hashed);
    const std::uint64_t hash =
        salt == 0 ? XXH3_64bits(id.at, id.size) : XXH3_64bits_withSeed(id.at, id.size, salt);  // the same, but quicker
    return (hash & ~low_mask(kTagShift)) | 1;
}
constexpr bool is_inline(std::uint64_t ref) noexcept { return (ref & 1) == 0; }
// Of an unsalted probe: what decides between entries that are alike otherwise; not 0. A permutation of tags, for those
// that stay must not be neighbours in the table, which is in the order of tags.
constexpr std::uint64_t tie_hash(std::uint64_t probe) noexcept {
    return ((probe >> kTagShift) * kGolden & low_mask(64 - kTagShift)) + 1;
}

// The entries of a work form, in no particular order, each checked to lie in the buffer.
class WorkEntries {
  public:
    explicit WorkEntries(const View &view) noexcept : view_(view) {}
    // An entry's item points into the view, or into this reader until the next call.
    bool next(Entry &entry) noexcept {
        for (; at_ < view_.slots; at_++)
            if (ref_at(at_) != kEmptySlot) {
                entry.upper = upper_at(at_);
                entry.error = error_at(at_);
                ok_ = item_at(at_++, inline_, entry.item);
                return ok_;
            }
        return false;
    }
    bool ok() const noexcept { return ok_; }
    Status end() const noexcept { return ok_ ? SKETCH_OK : SKETCH_CORRUPT; }
    std::uint32_t slot() const noexcept { return at_ - 1; }  // of the latest

    std::uint64_t ref_at(std::uint32_t slot) const noexcept {
        return load<std::uint64_t>(view_.data + sizeof(WorkHeader) + 8 * std::size_t{slot});
    }
    std::uint64_t upper_at(std::uint32_t slot) const noexcept { return counter_at(2 * std::size_t{slot}); }
    std::uint64_t error_at(std::uint32_t slot) const noexcept { return counter_at(2 * std::size_t{slot} + 1); }
    // The item of a slot that is not empty: false if there is none in the buffer. Short items are put into `buffer`.
    bool item_at(std::uint32_t slot, std::uint8_t (&buffer)[kMaxInline], Item &item) const noexcept {
        const std::uint64_t ref = ref_at(slot);
        if ((ref & 1) == 0) {
            item = {buffer, inline_item(word_of(ref, view_.salt), buffer)};
            return item.size <= kMaxInline && is_item(item.size, view_.kind);
        }
        const std::uint64_t heap = heap_begin(view_.slots, view_.is_wide, view_.cells, view_.has_wide_cells);
        const std::uint64_t from = heap + kLengthBytes + (ref >> 1 & low_mask(kTagShift - 1));
        if (from > view_.size) return false;
        item = {view_.data + from, load<std::uint32_t>(view_.data + from - kLengthBytes)};
        return item.size <= view_.size - from && is_item(item.size, view_.kind);
    }

    // For plan_cut.
    std::uint64_t upper(std::uint32_t slot) const noexcept { return ref_at(slot) != kEmptySlot ? upper_at(slot) : 0; }
    std::uint64_t lower(std::uint32_t slot) const noexcept { return upper_at(slot) - error_at(slot); }
    std::uint64_t hash(std::uint32_t slot) const noexcept {
        std::uint8_t buffer[kMaxInline];
        Item item;
        return item_at(slot, buffer, item) ? tie_hash(probe_of(item, has_hash(view_.kind), 0)) : 0;
    }

  private:
    std::uint64_t counter_at(std::size_t i) const noexcept {
        const std::uint8_t *counters = view_.data + sizeof(WorkHeader) + 8 * (std::size_t{view_.slots} + 1);
        return view_.is_wide ? load<std::uint64_t>(counters + 8 * i) : load<std::uint32_t>(counters + 4 * i);
    }

    const View &view_;
    std::uint32_t at_ = 0;
    bool ok_ = true;
    std::uint8_t inline_[kMaxInline];
};

// The filter of a work form, if it has as many cells as a sketch with this k.
class ForeignFilter {
  public:
    ForeignFilter(const View &view, std::uint32_t k) noexcept
        : cells_(view.is_work && view.cells == cells_for(k) ? view.cells : 0),
          is_wide_(cells_ > 0 && view.has_wide_cells),
          offset_(view.offset),
          data_(view.data + (cells_ > 0 ? table_size(view.slots, view.is_wide) : 0)) {}
    explicit operator bool() const noexcept { return cells_ > 0; }
    // How far the bound of an item is below the offset.
    std::uint64_t slack(std::uint64_t tag) const noexcept {
        const CellPair at = cells_of(tag, cells_);
        return std::max(cell(at.first), cell(at.second));
    }
    std::uint64_t cell(std::uint32_t at) const noexcept {
        const std::uint64_t slack = is_wide_ ? load<std::uint32_t>(data_ + 4 * std::size_t{at})
                                             : load<std::uint16_t>(data_ + 2 * std::size_t{at});
        return std::min(slack, offset_);  // a damaged one may tell more
    }

  private:
    std::uint32_t cells_;
    bool is_wide_;
    std::uint64_t offset_;
    const std::uint8_t *data_;
};

}  // namespace sketch::topk
