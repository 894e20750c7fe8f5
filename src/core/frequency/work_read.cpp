// A work form of a frequency sketch that comes from elsewhere, validated.
#include "layers.hpp"

namespace sketch::frequency {

Status open_work(const void *state, std::size_t size, View &view) noexcept {
    if (Status s = check_prefix<WorkHeader>(state, size); s != SKETCH_OK) return s;
    const WorkHeader h = load<WorkHeader>(state);
    if ((h.flags & ~(kWorkWidthMask | kWorkDense)) || !is_header_kind(h.kind, h.total == 0) ||
        h.log2_width < kMinLog2Width || h.log2_width > kMaxLog2Width || h.total > kMaxTotal || h.unused != 0)
        return SKETCH_CORRUPT;
    view.is_work = true;
    view.is_dense = (h.flags & kWorkDense) != 0;
    view.kind = h.kind;
    view.log2_width = h.log2_width;
    view.width = h.flags & kWorkWidthMask;
    view.total = h.total;
    view.items = h.entries;
    view.slots = h.slots;
    view.salt = h.salt;
    view.data = static_cast<const std::uint8_t *>(state);
    view.size = size;
    view.begin = sizeof(WorkHeader);
    view.base = 0;
    if (view.is_dense) {
        if (h.entries != 0 || h.slots != 0 || h.probes != 0 || h.salt != 0 || h.total == 0) return SKETCH_CORRUPT;
        if (size - view.begin < std::size_t{kDepth} << (h.log2_width + view.width)) return SKETCH_TRUNCATED;
        return SKETCH_OK;
    }
    if (h.entries > max_entries(h.log2_width) || h.entries > h.slots || h.slots == 0 || h.total < h.entries ||
        (h.total > 0 && h.entries == 0))
        return SKETCH_CORRUPT;
    return size < table_size(h.slots, view.width) ? SKETCH_TRUNCATED : SKETCH_OK;
}

}  // namespace sketch::frequency
