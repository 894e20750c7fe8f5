#include "frequent_items.hpp"

namespace sketch::interop {

namespace {

constexpr std::size_t kEmptyPreamble = 8, kPreamble = 32;
constexpr std::uint8_t kSerialVersion = 1, kFamily = 10, kEmptyFlags = 1 | 4;
constexpr int kMinLog2Table = 3, kMaxLog2Table = 28;

// What is left to read.
struct Walk {
    const std::uint8_t *count, *item;  // of the next item
    std::uint64_t left;
    std::uint64_t total_left;  // of the sum of all weights, less the counts so far
    bool begun;
};

Status begin(sketch_frequent_items_cursor &cursor, Walk &walk) noexcept {
    const Slice bytes = cursor.bytes;
    if (bytes.size < kEmptyPreamble) return fail(cursor, SKETCH_TRUNCATED, "It ends within its preamble");
    const std::uint8_t *const at = bytes.at;
    if (at[2] != kFamily) return fail(cursor, SKETCH_WRONG_FAMILY, "It is of another family than frequent items");
    if (at[1] != kSerialVersion) return fail(cursor, SKETCH_WRONG_VERSION, "Its serial version is not 1");
    const bool is_empty = at[5] & kEmptyFlags;
    if (at[0] != (is_empty ? 1 : 4) || at[3] < kMinLog2Table || at[3] > kMaxLog2Table || at[4] > at[3])
        return fail(cursor, SKETCH_CORRUPT, "Its preamble contradicts itself");
    cursor.max_items = std::uint32_t{3} << (at[3] - 2);
    if (is_empty) {
        walk = {at + kEmptyPreamble, at + kEmptyPreamble, 0, 0, true};
        return SKETCH_OK;
    }
    if (bytes.size < kPreamble) return fail(cursor, SKETCH_TRUNCATED, "It ends within its preamble");
    cursor.items = load_little_endian<std::uint32_t>(at + 8);
    cursor.total = load_little_endian<std::uint64_t>(at + 16);
    cursor.offset = load_little_endian<std::uint64_t>(at + 24);
    if (cursor.items > cursor.max_items) return fail(cursor, SKETCH_CORRUPT, "It has more items than its table can");
    if (cursor.total > kMaxTotal || cursor.offset > cursor.total)
        return fail(cursor, SKETCH_CORRUPT, "Its offset and the sum of its weights contradict each other");
    const std::size_t counts = std::size_t{8} * cursor.items;
    if (bytes.size - kPreamble < counts) return fail(cursor, SKETCH_TRUNCATED, "It ends within its counts");
    walk = {at + kPreamble, at + kPreamble + counts, cursor.items, cursor.total, true};
    return SKETCH_OK;
}

Status next(sketch_frequent_items_cursor &cursor, Walk &walk, sketch_frequent_item &item) noexcept {
    if (!walk.begun)
        if (const Status s = begin(cursor, walk); s != SKETCH_OK) return s;
    Slice rest = {walk.item, static_cast<std::size_t>(cursor.bytes.at + cursor.bytes.size - walk.item)};
    if (walk.left == 0) return rest.size == 0 ? SKETCH_END : fail(cursor, SKETCH_TRAILING, "Bytes are left over");
    item.count = load_little_endian<std::uint64_t>(walk.count);
    if (item.count == 0 || item.count > walk.total_left)
        return fail(cursor, SKETCH_CORRUPT, "Its counts and the sum of its weights contradict each other");
    std::uint64_t size = 8;
    if (!cursor.are_longs) {
        Slice length;
        if (!take(rest, 4, length)) return fail(cursor, SKETCH_TRUNCATED, "It ends within its items");
        size = load_little_endian<std::uint32_t>(length.at);
    }
    if (!take(rest, size, item.item)) return fail(cursor, SKETCH_TRUNCATED, "It ends within its items");
    walk = {walk.count + 8, rest.at, walk.left - 1, walk.total_left - item.count, true};
    return SKETCH_OK;
}

}  // namespace

Status next_item(sketch_frequent_items_cursor &cursor, sketch_frequent_item &item) noexcept {
    return resumed<Walk>(cursor.opaque, [&](Walk &walk) { return next(cursor, walk, item); });
}

}  // namespace sketch::interop
