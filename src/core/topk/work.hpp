// A work form of a topk sketch that is mutated in place: its table, its filter and its heap.
//
// Where items lie, in which table and with which salt, is never seen from outside; when a cut comes is, and depends on
// the entries and on k only.
#pragma once

#include <algorithm>

#include "cut.hpp"
#include "layout.hpp"

namespace sketch::topk {

static_assert(tie_hash(~std::uint64_t{0}) <= kMaxTieHash);

// Entries up to which a state is not cut, and what a cut leaves: c or more. More of them cost memory and cache misses,
// and gain accuracy: above all where sketches are merged, each of which cuts off other items.
constexpr std::uint32_t max_entries(std::uint32_t k, bool merged) noexcept {
    return (merged ? 4 : 2) * (counters_for(k) + 8);
}
constexpr std::uint32_t entries_after_cut(std::uint32_t k, bool merged) noexcept {
    return max_entries(k, merged) / 4 * 3;
}
// Items that take more than this are cut to c, unless that would leave nearly all of them.
constexpr std::size_t kHeapBudget = SKETCH_TOPK_MAX_BYTES / 4;
constexpr std::uint32_t worth_cutting(std::uint32_t k) noexcept { return counters_for(k) + counters_for(k) / 4 + 16; }

// A table is filled to 3/4 of its homes: an entry stands 1.5 slots from home on average then. Behind the last home
// there is room for those that come too late.
constexpr std::uint32_t capacity_of(std::uint32_t homes) noexcept { return homes - homes / 4; }
constexpr std::uint32_t homes_for(std::uint32_t entries) noexcept { return entries + entries / 3 + 1; }
constexpr std::uint32_t tail_for(std::uint32_t homes) noexcept {
    return std::min(homes / 8 + OrderedTable::kNear - 1, 48u);
}

constexpr std::uint64_t kMaxNarrow = 0xffffffffu;

class Work : public WorkForm<WorkHeader> {
  public:
    using WorkForm::WorkForm;

    bool wide() const noexcept { return header().flags & kWorkWide; }
    bool merged() const noexcept { return header().flags & kWorkMerged; }
    bool wide_cells() const noexcept { return header().flags & kWorkWideCells; }
    bool hashed() const noexcept { return has_hash(header().kind); }

    std::uint64_t *refs() const noexcept { return at<std::uint64_t>(sizeof(WorkHeader)); }
    template <typename T>
    Counter<T> *counters() const noexcept {
        return at<Counter<T>>(sizeof(WorkHeader) + 8 * (std::size_t{header().slots} + 1));
    }
    [[gnu::always_inline]] OrderedTable table() const noexcept {
        WorkHeader &h = header();
        return {refs(), h.slots, h.homes, h.probes};
    }
    std::uint8_t *heap() const noexcept {
        return bytes_ + heap_begin(header().slots, wide(), header().cells, wide_cells());
    }
    // The filter, if there is one for this k.
    bool has_filter() const noexcept { return header().cells == cells_for(header().k); }
    template <typename Use>
    [[gnu::always_inline]] auto with_filter(Use use) const noexcept {
        std::uint8_t *cells = bytes_ + table_size(header().slots, wide());
        return wide_cells() ? use(Filter<std::uint32_t>(cells, header().cells))
                            : use(Filter<std::uint16_t>(cells, header().cells));
    }
    std::uint64_t slack(std::uint64_t tag) const noexcept {
        return has_filter() ? with_filter([=](auto filter) { return filter.slack(tag); }) : 0;
    }
    // An unsalted probe of an item whose salted one is known.
    std::uint64_t unsalted(std::uint64_t probe, Item item) const noexcept {
        return header().salt == 0 ? probe : probe_of(item, hashed(), 0);
    }
    std::uint64_t unsalted(std::uint64_t ref) const noexcept {
        if (header().salt == 0) return ref;
        if (is_inline(ref)) return ref_of(word_of(ref, header().salt), 0);
        return probe_of(heap_item(ref), hashed(), 0);
    }

    static std::size_t offset_in_heap(std::uint64_t ref) noexcept { return ref >> 1 & low_mask(kTagShift - 1); }
    Item heap_item(std::uint64_t ref) const noexcept {
        const std::uint8_t *at = heap() + offset_in_heap(ref);
        return {at + kLengthBytes, load<std::uint32_t>(at)};
    }

    // An empty table of so many slots, and the rest of the buffer for the heap.
    void clear(std::uint32_t slots, std::uint32_t homes) const noexcept {
        WorkHeader &h = header();
        h.probes = 0;
        h.entries = h.heap_used = h.heap_live = 0;
        h.slots = slots;
        h.homes = homes;
        h.heap_size = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(size_ - heap_begin(slots, wide(), h.cells, wide_cells()), kMaxHeap));
        const std::size_t table = 8 * (std::size_t{slots} + 1);
        fill(refs(), 0xff, table);
        fill(bytes_ + sizeof h + table, 0, size_ - sizeof h - table);
    }

    // The slot of an item, or where it belongs.
    struct Place {
        std::uint32_t at;
        bool found;
    };
    [[gnu::always_inline]] Place find(std::uint64_t probe, Item item, bool hashed) const noexcept {
        const std::uint64_t *all = refs(), tag = tag_of(probe);
        std::uint32_t at = table().find(tag);
        if (is_inline(probe)) {
            for (; tag_of(all[at]) == tag && all[at] != kEmptySlot; at++)
                if (all[at] == probe) return {at, true};
            return {at, false};
        }
        for (; tag_of(all[at]) == tag && all[at] != kEmptySlot; at++) {
            if (is_inline(all[at])) continue;
            const Item held = heap_item(all[at]);
            if (is_equal(identity(held, hashed), identity(item, hashed))) return {at, true};
            table().count_probes(kFreeProbes + 1);  // one of 2^35 by chance, and it may have waited for memory
        }
        return {at, false};
    }

    // Puts a new entry where find told. There is room in the heap, and an empty slot; false if it cannot be reached.
    template <typename T>
    bool insert(std::uint32_t at, std::uint64_t probe, Item item, T upper, T error) const noexcept {
        if (!table().open_slot(at, counters<T>())) return false;
        refs()[at] = is_inline(probe) ? probe : tag_of(probe) | put_in_heap(item);
        counters<T>()[at] = {upper, error};
        header().entries++;
        return true;
    }

    // Copies an item to the end of the heap: the ref without its tag.
    std::uint64_t put_in_heap(Item item) const noexcept {
        WorkHeader &h = header();
        std::uint8_t *to = heap() + h.heap_used;
        store(to, static_cast<std::uint32_t>(item.size));
        std::memcpy(to + kLengthBytes, item.at, item.size);
        const std::uint64_t offset = h.heap_used;
        h.heap_used += static_cast<std::uint32_t>(kLengthBytes + item.size);
        h.heap_live += static_cast<std::uint32_t>(kLengthBytes + item.size);
        return offset << 1 | 1;
    }

    // Of two texts for one hash the least stays. False if the heap has no room for it.
    bool keep_least(std::uint32_t at, Item item) const noexcept {
        WorkHeader &h = header();
        const Item held = heap_item(refs()[at]);
        if (!is_less(item, held)) return true;
        // In its place, if what is left over can be a dead item: the heap remains a row of items.
        const std::size_t rest = held.size - std::min(held.size, item.size);
        const bool in_place = item.size == held.size || rest >= kLengthBytes;
        if (!in_place && h.heap_size - h.heap_used < kLengthBytes + item.size) return false;
        std::uint8_t *to = heap() + offset_in_heap(refs()[at]);
        h.heap_live -= static_cast<std::uint32_t>(kLengthBytes + held.size);
        if (!in_place) {
            refs()[at] = tag_of(refs()[at]) | put_in_heap(item);
            return true;
        }
        h.heap_live += static_cast<std::uint32_t>(kLengthBytes + item.size);
        store(to, static_cast<std::uint32_t>(item.size));
        std::memcpy(to + kLengthBytes, item.at, item.size);
        if (rest > 0) store(to + kLengthBytes + item.size, static_cast<std::uint32_t>(rest - kLengthBytes));
        return true;
    }

    // Drops entries so that at most `most` are left. There is a filter for this k.
    template <typename T>
    [[gnu::noinline]] void cut(std::uint32_t max) const noexcept {
        WorkHeader &h = header();
        if (h.entries <= max) return;
        struct Entries {
            Work work;
            const Counter<T> *counters;
            std::uint64_t upper(std::uint32_t slot) const noexcept { return counters[slot].upper; }
            std::uint64_t lower(std::uint32_t slot) const noexcept {
                return std::uint64_t{counters[slot].upper} - counters[slot].error;
            }
            std::uint64_t hash(std::uint32_t slot) const noexcept { return tie_hash(work.unsalted(work.refs()[slot])); }
        };
        const Entries entries{*this, counters<T>()};
        const Cut cut = plan_cut(entries, h.slots, h.offset, h.total, max, h.k);
        auto stays = [&](std::uint32_t slot) { return cut.leaves(entries, slot); };
        with_filter([&](auto filter) {
            if (cut.offset > h.offset) filter.follow(cut.offset - h.offset);
            for (std::uint32_t slot = 0; slot < h.slots; slot++)
                if (refs()[slot] != kEmptySlot && !stays(slot))
                    filter.raise(tag_of(unsalted(refs()[slot])),
                                 cut.offset - std::min(cut.offset, entries.upper(slot)));
        });
        h.offset = cut.offset;
        drop<T>(stays);
    }

    // Leaves the entries of the slots that `stays`.
    template <typename T, typename Stays>
    void drop(Stays stays) const noexcept {
        header().entries = table().thin_out(counters<T>(), stays);
        header().probes = 0;  // all entries get other places here, too
        compact();
    }

    // Closes the gaps in the heap, in place and in its order. On the way, the length of a live item is in its ref, and
    // the number of its slot where the length was, marked.
    void compact() const noexcept {
        WorkHeader &h = header();
        if (h.heap_used == 0) return;
        constexpr std::uint32_t kMark = 0x80000000;
        std::uint64_t *all = refs();
        std::uint8_t *bytes = heap();
        for (std::uint32_t at = 0; at < h.slots; at++) {
            const std::uint64_t ref = all[at];
            if (is_inline(ref) || ref == kEmptySlot) continue;
            std::uint8_t *item = bytes + offset_in_heap(ref);
            all[at] = tag_of(ref) | load<std::uint32_t>(item);
            store(item, kMark | at);
        }
        std::uint32_t to = 0;
        for (std::uint32_t from = 0; from < h.heap_used;) {
            const std::uint32_t mark = load<std::uint32_t>(bytes + from);
            if ((mark & kMark) == 0) {
                from += static_cast<std::uint32_t>(kLengthBytes) + mark;
                continue;
            }
            std::uint64_t &ref = all[mark & ~kMark];
            const std::uint32_t length = static_cast<std::uint32_t>(ref & low_mask(kTagShift));
            ref = tag_of(ref) | std::uint64_t{to} << 1 | 1;
            store(bytes + to, length);
            std::memmove(bytes + to + kLengthBytes, bytes + from + kLengthBytes, length);
            to += static_cast<std::uint32_t>(kLengthBytes) + length;
            from += static_cast<std::uint32_t>(kLengthBytes) + length;
        }
        h.heap_used = h.heap_live = to;
    }
};

template <typename Use>
[[gnu::always_inline]] inline auto with_width(bool wide, Use use) noexcept {
    return wide ? use(std::uint64_t{}) : use(std::uint32_t{});
}

struct Need {
    std::uint32_t entries;      // with those that are about to come
    std::size_t heap;           // bytes of their items
    std::uint32_t max_entries;  // entries that ever will be
    bool wide;
    std::uint32_t cells;  // of the filter
    bool wide_cells;
};
// What a state has, and room for so many entries and bytes in the heap.
Need need_of(Work work, std::uint32_t entries, std::size_t heap) noexcept;
// Asks for the layout with room for this, and some more. `crowded`: with another salt.
Status plan(Work work, const Need &need, bool crowded, sketch_growth &growth) noexcept;

}  // namespace sketch::topk
