// Frequent-items sketches of Apache DataSketches as top-k sketches.
#include <algorithm>

#include "../topk.hpp"
#include "interop.hpp"

namespace pg {

namespace {

constexpr char kWhat[] = "frequent-items sketch";

struct Item {
    ServerText text;
    uint64 upper;
};
bool is_before(const Item &a, const Item &b) {
    const int order = memcmp(a.text.at, b.text.at, static_cast<size_t>(Min(a.text.size, b.text.size)));
    return order != 0 ? order < 0 : a.text.size < b.text.size;
}

// As a topk sketch keeps it.
ServerText kept_item(const sketch_frequent_items_cursor &cursor, sketch_slice slice) {
    if (!cursor.are_longs) {
        const ServerText text = server_text(slice);
        if (memchr(text.at, 0, static_cast<size_t>(text.size)) != nullptr)
            raise_invalid(kWhat, "An item has a byte of 0");
        return text;
    }
    uint64 value = 0;
    for (size_t i = 8; i-- > 0;) value = value << 8 | slice.at[i];
    sketch_item item;
    sketch_item_int64(static_cast<int64>(value), &item);
    char *bytes = static_cast<char *>(palloc(item.size));
    memcpy(bytes, item.bytes, item.size);
    return {bytes, static_cast<int>(item.size)};
}

void *allocate(size_t size) { return palloc_extended(Max(size, 1), MCXT_ALLOC_HUGE); }

// Items in the order of their bytes, one behind the other.
sketch_topk_counters counters_of(const sketch_frequent_items_cursor &cursor, Item *items, size_t count) {
    std::sort(items, items + count, is_before);
    size_t *offsets = static_cast<size_t *>(allocate((count + 1) * sizeof(size_t)));
    uint64 *uppers = static_cast<uint64 *>(allocate(count * sizeof(uint64)));
    uint64 *errors = static_cast<uint64 *>(allocate(count * sizeof(uint64)));
    offsets[0] = 0;
    for (size_t i = 0; i < count; i++) {
        offsets[i + 1] = offsets[i] + static_cast<size_t>(items[i].text.size);
        uppers[i] = items[i].upper;
        errors[i] = cursor.offset;
    }
    char *bytes = static_cast<char *>(allocate(offsets[count]));
    for (size_t i = 0; i < count; i++)
        memcpy(bytes + offsets[i], items[i].text.at, static_cast<size_t>(items[i].text.size));
    const int kind = cursor.are_longs ? SKETCH_KIND_NUMBER : SKETCH_KIND_TEXT;
    return {kind, cursor.total, cursor.offset, count, bytes, offsets, uppers, errors};
}

// A list of as many items as its counters are good for.
int k_of(const sketch_frequent_items_cursor &cursor) {
    const int64 k = (int64{cursor.max_items} - 21) / 2;
    return static_cast<int>(std::clamp<int64>(k, 1, SKETCH_TOPK_MAX_K));
}

Datum topk_from(FunctionCallInfo fcinfo, bool are_longs) {
    bytea *bytes = PG_GETARG_BYTEA_PP(0);
    sketch_frequent_items_cursor cursor = {};
    cursor.bytes = {reinterpret_cast<const uint8 *>(VARDATA_ANY(bytes)), VARSIZE_ANY_EXHDR(bytes)};
    cursor.are_longs = are_longs;
    sketch_frequent_item next;
    Item *items = nullptr;
    size_t count = 0;
    sketch_status status;
    while ((status = sketch_frequent_items_next(&cursor, &next)) == SKETCH_OK) {
        if (count % 1024 == 0) CHECK_FOR_INTERRUPTS();
        // There are as many counts of 8 bytes each.
        if (items == nullptr) items = static_cast<Item *>(allocate(cursor.items * sizeof(Item)));
        items[count++] = {kept_item(cursor, next.item), next.count + cursor.offset};
    }
    if (status != SKETCH_END) raise_invalid(kWhat, cursor.problem);
    const sketch_topk_counters counters = counters_of(cursor, items, count);
    varlena *state = Topk::make(SKETCH_KIND_NONE, k_of(cursor));
    state = with_growth<Topk>(state, [&](varlena *buffer, size_t size, sketch_growth *growth) {
        const sketch_status merged = sketch_topk_merge_counters(buffer, size, &counters, growth);
        if (merged == SKETCH_OUT_OF_RANGE) raise_invalid(kWhat, "It has too few counters for any list");
        if (merged == SKETCH_CORRUPT)
            raise_invalid(kWhat, "An item comes twice, or counts and offset contradict each other");
        return merged;
    });
    return result_from<Topk>(state);
}

}  // namespace

}  // namespace pg

PG_FN(topk_sketch_from_frequent_strings) { return pg::topk_from(fcinfo, false); }
PG_FN(topk_sketch_from_frequent_longs) { return pg::topk_from(fcinfo, true); }
