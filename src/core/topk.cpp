// Reading a topk sketch of either form.
#include "topk_layout.hpp"

namespace sketch::topk {

Status view_of_work(const void *state, std::size_t size, View &view) noexcept {
    if (size < sizeof(WorkHeader)) return SKETCH_TRUNCATED;
    const WorkHeader h = load<WorkHeader>(state);
    if (h.magic != kWorkMagic || h.layout != kWorkLayout) return SKETCH_WRONG_VERSION;
    if (h.family != static_cast<std::uint8_t>(Family::topk)) return SKETCH_WRONG_FAMILY;
    if ((h.flags & ~(kWorkWide | kWorkMerged | kWorkWideCells)) ||
        !is_header_kind(h.kind, h.total == 0 && h.entries == 0) || h.k < 1 || h.k > kMaxK || h.total > kMaxTotal ||
        h.offset > largest_offset(h.total, h.k) || h.slots == 0 || h.entries > h.slots || h.homes > h.slots ||
        h.heap_live > h.heap_used || h.heap_used > h.heap_size || h.cells > cells_for(kMaxK))
        return SKETCH_CORRUPT;
    view.is_work = true;
    view.kind = h.kind;
    view.k = h.k;
    view.items = h.entries;
    view.total = h.total;
    view.offset = h.offset;
    view.item_bytes = h.heap_live + kInlineMost * std::uint64_t{h.entries};
    view.data = static_cast<const std::uint8_t *>(state);
    view.size = size;
    view.begin = sizeof(WorkHeader);
    view.is_wide = (h.flags & kWorkWide) != 0;
    view.has_wide_cells = (h.flags & kWorkWideCells) != 0;
    view.slots = h.slots;
    view.cells = h.cells;
    view.salt = h.salt;
    return size < heap_begin(h.slots, view.is_wide, h.cells, view.has_wide_cells) ? SKETCH_TRUNCATED : SKETCH_OK;
}

// Most of what is not certain is there: an item that is frequent now was so before it was kept. Measured, as the root
// mean square of errors over the 48 most frequent of a million rows of zipf(1.1), k = 96, mean of 12 runs: from one
// stream / from 1,000 merged sketches of 1,000 rows each; of upper - lower, this share added to lower:
//     0: 6.4 / 528    1/4: 4.6 / 317    1/2: 2.8 / 113    3/4: 1.1 / 121    1: 1.1 / 326
std::uint64_t estimate_of(std::uint64_t lower, std::uint64_t upper) noexcept {
    const std::uint64_t unsure = upper - lower;
    return lower + unsure / 4 * 3 + unsure % 4 * 3 / 4;
}

Status bounds(const View &packed, const Item &item, sketch_topk_entry &entry) noexcept {
    const bool hashed = has_hash(packed.kind);
    const Item wanted = identity(item, hashed);
    std::uint8_t buffer[kMaxItem];
    PackedEntries entries(packed, buffer);
    for (Entry held; entries.next(held);) {
        const Item id = identity(held.item, hashed);
        if (is_less(id, wanted)) continue;
        if (!is_equal(id, wanted)) break;
        const std::uint64_t lower = held.upper - held.error;
        entry = {nullptr, held.item.size, estimate_of(lower, held.upper), lower, held.upper};
        return SKETCH_OK;
    }
    if (!entries.ok()) return SKETCH_CORRUPT;
    entry = {nullptr, item.size, 0, 0, packed.offset};
    return SKETCH_OK;
}

}  // namespace sketch::topk
