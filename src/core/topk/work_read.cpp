// A work form of a topk sketch that comes from elsewhere, validated. (Its entries: WorkEntries in layout.hpp.)
#include "layout.hpp"

namespace sketch::topk {

Status open_work(const void *state, std::size_t size, View &view) noexcept {
    if (Status s = check_prefix<WorkHeader>(state, size); s != SKETCH_OK) return s;
    const WorkHeader h = load<WorkHeader>(state);
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
    view.item_bytes = h.heap_live + kMaxInline * std::uint64_t{h.entries};
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

}  // namespace sketch::topk
