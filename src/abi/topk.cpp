// The C face of the topk family: thin, noexcept, no state. Contracts are in sketch.h.
#include "../core/topk.hpp"

#include <new>
#include <type_traits>

using namespace sketch;
using namespace sketch::topk;

namespace {

template <typename Use>
Status with_view(const void *sketch, size_t size, Use use) noexcept {
    View view;
    if (Status s = view_of(sketch, size, view); s != SKETCH_OK) return s;
    return use(view);
}

// An empty item may come without an address, which memcmp would not like.
Item item_of(const void *item, size_t size) noexcept {
    static constexpr uint8_t nothing = 0;
    return {size == 0 ? &nothing : static_cast<const uint8_t *>(item), size};
}

static_assert(sizeof(PackedEntries) <= sizeof(sketch_topk_cursor::opaque));
static_assert(std::is_trivially_copyable_v<PackedEntries> && std::is_trivially_destructible_v<PackedEntries>);

}  // namespace

size_t sketch_topk_init_size(void) noexcept { return work_init_size(); }

void sketch_topk_init(void *state, size_t size, int kind, uint32_t k) noexcept { work_init(state, size, kind, k); }

void sketch_topk_move(void *to, const void *from, size_t from_size, const sketch_growth *growth) noexcept {
    work_move(to, from, from_size, *growth);
}

sketch_status sketch_topk_add(void *state, size_t size, int kind, const void *item, size_t item_size, uint64_t weight,
                              sketch_growth *growth) noexcept {
    return work_add(state, size, kind, item_of(item, item_size), weight, *growth);
}

sketch_status sketch_topk_limit(void *state, size_t size, uint32_t k, sketch_growth *) noexcept {
    return work_limit(state, size, k);
}

sketch_status sketch_topk_merge(void *state, size_t size, const void *other, size_t other_size,
                                sketch_growth *growth) noexcept {
    return with_view(other, other_size, [&](const View &view) { return work_merge(state, size, view, *growth); });
}

sketch_status sketch_topk_describe(const void *sketch, size_t size, sketch_topk_info *info) noexcept {
    return with_view(sketch, size, [&](const View &view) {
        *info = {view.kind,   view.is_work,   view.offset == 0 && view.items <= view.k, view.k, view.items, view.total,
                 view.offset, view.item_bytes};
        return SKETCH_OK;
    });
}

size_t sketch_topk_packed_bound(const sketch_topk_info *info) noexcept { return packed_bound(*info); }

size_t sketch_topk_scratch_size(const sketch_topk_info *info) noexcept { return scratch_size(*info); }

sketch_status sketch_topk_pack(const void *sketch, size_t size, void *scratch, size_t scratch_size, uint8_t *out,
                               size_t capacity, size_t *out_size) noexcept {
    return with_view(sketch, size, [&](const View &view) {
        if (!view.is_work) {
            if (Status s = check(view); s != SKETCH_OK) return s;
            if (size > capacity) return SKETCH_NO_ROOM;
            std::memcpy(out, sketch, size);
            *out_size = size;
            return SKETCH_OK;
        }
        ByteWriter writer(out, capacity);
        Status s = encode(view, scratch, scratch_size, writer);
        if (s == SKETCH_OK) *out_size = writer.size();
        return s;
    });
}

sketch_status sketch_topk_check(const uint8_t *packed, size_t size) noexcept {
    View view;
    Status s = view_of_packed(packed, size, view);
    return s == SKETCH_OK ? check(view) : s;
}

sketch_status sketch_topk_open(sketch_topk_cursor *cursor, const uint8_t *packed, size_t size) noexcept {
    View view;
    Status s = view_of_packed(packed, size, view);
    if (s == SKETCH_OK) s = check(view);
    if (s == SKETCH_OK) new (cursor->opaque) PackedEntries(view, cursor->item);
    return s;
}

int sketch_topk_next(sketch_topk_cursor *cursor, sketch_topk_entry *entry) noexcept {
    PackedEntries *entries = std::launder(reinterpret_cast<PackedEntries *>(cursor->opaque));
    Entry next;
    if (!entries->next_in(cursor->item, next)) return 0;
    const uint64_t lower = next.upper - next.error;
    *entry = {next.item.at, next.item.size, estimate_of(lower, next.upper), lower, next.upper};
    return 1;
}

sketch_status sketch_topk_bounds(const uint8_t *packed, size_t size, int kind, const void *item, size_t item_size,
                                 sketch_topk_entry *entry) noexcept {
    View view;
    if (Status s = view_of_packed(packed, size, view); s != SKETCH_OK) return s;
    if (view.kind != kind) return SKETCH_WRONG_KIND;
    if (!is_item(item_size, kind)) return SKETCH_BAD_ITEM;
    return bounds(view, item_of(item, item_size), *entry);
}
