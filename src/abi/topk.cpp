// The C face of the topk family: thin, noexcept, no state. Contracts are in sketch/topk.h.
#include "../core/topk/topk.hpp"

#include <bit>
#include <new>
#include <type_traits>

#include "../core/common/item.hpp"
#include "load.hpp"
#include "many.hpp"
#include "opened.hpp"

using namespace sketch;
using namespace sketch::topk;

struct sketch_topk {
    View view;
};

namespace {

// An empty item may come without an address, which memcmp would not like.
Item item_of(const void *item, size_t size) noexcept {
    static constexpr uint8_t nothing = 0;
    return {size == 0 ? &nothing : static_cast<const uint8_t *>(item), size};
}

sketch_topk_info info_of(const View &view) noexcept {
    return {view.kind,  view.is_work, view.offset == 0 && view.items <= view.counters(), view.k, view.items,
            view.total, view.offset};
}

static_assert(sizeof(PackedEntries) <= sizeof(sketch_topk_cursor::opaque));
static_assert(std::is_trivially_copyable_v<PackedEntries> && std::is_trivially_destructible_v<PackedEntries>);
PackedEntries &entries_of(sketch_topk_cursor *cursor) noexcept {
    return *std::launder(reinterpret_cast<PackedEntries *>(cursor->opaque));
}

}  // namespace

size_t sketch_topk_init_size(void) noexcept { return kFirstSize; }

sketch_status sketch_topk_init(void *state, size_t size, int kind, uint32_t k) noexcept {
    const Status s = check_init(state, size, kFirstSize, kind, k >= 1 && k <= SKETCH_TOPK_MAX_K);
    if (s == SKETCH_OK) work_init(state, size, kind, k);
    return s;
}

void sketch_topk_move(void *to, const void *from, size_t from_size, const sketch_growth *growth) noexcept {
    work_move(to, from, from_size, *growth);
}

sketch_status sketch_topk_add(void *state, size_t size, int kind, const void *item, size_t item_size, uint64_t weight,
                              sketch_growth *growth) noexcept {
    return work_add(state, size, kind, item_of(item, item_size), weight, *growth);
}

sketch_status sketch_topk_add_items(void *state, size_t size, int kind, const void *items, const size_t *offsets,
                                    const uint64_t *weights, size_t count, size_t *taken,
                                    sketch_growth *growth) noexcept {
    return add_each_item(items, offsets, count, weights, taken, [=](const void *item, size_t length, uint64_t weight) {
        return work_add(state, size, kind, item_of(item, length), weight, *growth);
    });
}

sketch_status sketch_topk_limit(void *state, size_t size, uint32_t k, sketch_growth *growth) noexcept {
    if (k < 1) return SKETCH_OUT_OF_RANGE;
    return work_limit(state, size, k, *growth);
}

size_t sketch_topk_open_size(const void *, size_t, sketch_form) noexcept { return sizeof(sketch_topk); }

sketch_status sketch_topk_open(const void *bytes, size_t size, sketch_form form, void *scratch, size_t scratch_size,
                               sketch_topk **opened) noexcept {
    return open_in_place(bytes, size, form, scratch, scratch_size, opened, open_packed, open_work);
}

sketch_status sketch_topk_merge(void *state, size_t size, const sketch_topk *other, sketch_growth *growth) noexcept {
    return work_merge(state, size, other->view, *growth);
}

sketch_status sketch_topk_load(const sketch_topk *sketch, void *state, size_t size, sketch_growth *growth) noexcept {
    const View &view = sketch->view;
    const auto init = [&](void *to, size_t to_size) { work_init(to, to_size, view.kind, view.k); };
    return load_into(state, size, *growth, view, init, work_move, work_merge);
}

sketch_status sketch_topk_merge_counters(void *state, size_t size, const sketch_topk_counters *counters,
                                         sketch_growth *growth) noexcept {
    return work_merge_counters(state, size, *counters, *growth);
}

sketch_status sketch_topk_describe(const sketch_topk *sketch, sketch_topk_info *info) noexcept {
    *info = info_of(sketch->view);
    return SKETCH_OK;
}

sketch_status sketch_topk_peek(const uint8_t *first, size_t first_size, size_t size, sketch_topk_info *info) noexcept {
    return peek_with(first_size, size, [=](size_t at_hand) {
        View view;
        const Status s = open_header(first, size, at_hand, view);
        if (s == SKETCH_OK) *info = info_of(view);
        return s;
    });
}

size_t sketch_topk_packed_bound(const sketch_topk *sketch) noexcept { return packed_bound(sketch->view); }

size_t sketch_topk_pack_size(const sketch_topk *sketch) noexcept { return pack_size(sketch->view); }

sketch_status sketch_topk_pack(const sketch_topk *sketch, void *scratch, size_t scratch_size, uint8_t *out,
                               size_t capacity, size_t *out_size) noexcept {
    const View &view = sketch->view;
    if (!view.is_work) return copy_packed(view, check(view), out, capacity, out_size);
    return pack_with([=, &view](ByteWriter &writer) { return encode(view, scratch, scratch_size, writer); }, out,
                     capacity, out_size);
}

sketch_status sketch_topk_check(const sketch_topk *packed) noexcept {
    return packed->view.is_work ? SKETCH_WRONG_FORM : check(packed->view);
}

namespace {

bool is_value(int kind, const std::uint8_t *item, size_t size) noexcept {
    switch (kind) {
        case SKETCH_KIND_FLOAT: {
            if (size != 8) return false;
            const std::uint64_t bits = load_little_endian<std::uint64_t>(item);
            return bits == canonical_bits(std::bit_cast<double>(bits));
        }
        case SKETCH_KIND_TIMETZ: return size == 12;
        case SKETCH_KIND_MACADDR: return size == 6;
        case SKETCH_KIND_MACADDR8:
        case SKETCH_KIND_MONEY:
        case SKETCH_KIND_PG_LSN: return size == 8;
    }
    char text[2 * SKETCH_TOPK_MAX_ITEM + 256];
    return sketch_item_print(kind, item, size, text, sizeof text, &size) == SKETCH_OK;
}

}  // namespace

sketch_status sketch_topk_check_items(const sketch_topk *packed) noexcept {
    sketch_topk_cursor cursor;
    sketch_topk_entry entry;
    sketch_status s = sketch_topk_begin(packed, &cursor);
    if (s != SKETCH_OK) return s;
    for (std::size_t i = 0; (s = sketch_topk_next(&cursor, &entry)) == SKETCH_OK; i++) {
        poll_at(i);
        if (!is_value(packed->view.kind, entry.item, entry.item_size)) return SKETCH_CORRUPT;
    }
    return s == SKETCH_END ? SKETCH_OK : s;
}

sketch_status sketch_topk_begin(const sketch_topk *packed, sketch_topk_cursor *cursor) noexcept {
    if (packed->view.is_work) return SKETCH_WRONG_FORM;
    new (cursor->opaque) PackedEntries(packed->view, cursor->item);
    return SKETCH_OK;
}

sketch_status sketch_topk_next(sketch_topk_cursor *cursor, sketch_topk_entry *entry) noexcept {
    PackedEntries &entries = entries_of(cursor);
    Entry next;
    if (!entries.next_in(cursor->item, next)) {
        const Status s = entries.end();
        return s == SKETCH_OK ? SKETCH_END : s;
    }
    const uint64_t lower = next.upper - next.error;
    *entry = {next.item.at, next.item.size, estimate_of(lower, next.upper), lower, next.upper};
    return SKETCH_OK;
}

sketch_status sketch_topk_count(const sketch_topk *packed, int kind, const void *item, size_t item_size,
                                uint64_t *estimate, uint64_t *lower, uint64_t *upper) noexcept {
    const View &view = packed->view;
    if (view.is_work) return SKETCH_WRONG_FORM;
    if (!is_kind_of(view.kind, kind)) return SKETCH_WRONG_KIND;
    if (!is_item(item_size, kind)) return SKETCH_BAD_ITEM;
    Estimate result;
    if (const Status s = count(view, item_of(item, item_size), result); s != SKETCH_OK) return s;
    *estimate = result.estimate;
    *lower = result.lower;
    *upper = result.upper;
    return SKETCH_OK;
}
