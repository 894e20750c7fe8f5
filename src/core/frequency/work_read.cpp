// A work form of a frequency sketch that comes from elsewhere, validated.
#include "work.hpp"

namespace sketch::frequency {

Status open_work(const void *state, std::size_t size, View &view) noexcept {
    if (Status s = check_prefix<WorkHeader>(state, size); s != SKETCH_OK) return s;
    const WorkHeader h = load<WorkHeader>(state);
    if ((h.flags & ~(kWorkWidthMask | kWorkDense)) || !is_header_kind(h.kind, h.total == 0) ||
        h.log2_width < kMinLog2Width || h.log2_width > kMaxLog2Width || h.total > kMaxTotal || h.unused != 0)
        return SKETCH_CORRUPT;
    view = Work(state, size).view();
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
