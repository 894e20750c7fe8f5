// sketch_*_add_many of all families: rows are added one by one, as sketch_*_add does it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../core/common/format.hpp"
#include "../core/common/poll.hpp"

namespace sketch {

// add(row, weight) for each row that has one, until it is refused. `weights` may be nullptr: 1 each.
template <typename Add>
Status add_each(std::size_t count, const std::uint64_t *weights, std::size_t *taken, Add add) noexcept {
    Status s = SKETCH_OK;
    std::size_t row = 0;
    for (; row < count; row++) {
        poll_at(row);
        const std::uint64_t weight = weights != nullptr ? weights[row] : 1;
        if (weight == 0) continue;
        s = weight > kMaxTotal ? SKETCH_OVERFLOW : add(row, weight);
        if (s != SKETCH_OK) break;
    }
    *taken = row;
    return s;
}

// The same of items, as add(bytes, size, weight): item i is what stands from offsets[i] up to offsets[i + 1].
template <typename Add>
Status add_each_item(const void *items, const std::size_t *offsets, std::size_t count, const std::uint64_t *weights,
                     std::size_t *taken, Add add) noexcept {
    return add_each(count, weights, taken, [=](std::size_t row, std::uint64_t weight) {
        const std::size_t begin = offsets[row], end = offsets[row + 1];
        if (end < begin) return SKETCH_BAD_ITEM;
        // Empty items alone need no memory.
        return add(end == begin ? items : static_cast<const std::uint8_t *>(items) + begin, end - begin, weight);
    });
}

// The same of families that know an item by its hash, as add(hash, weight).
template <typename Add>
Status add_each_hashed(const void *items, const std::size_t *offsets, std::size_t count, const std::uint64_t *weights,
                       std::size_t *taken, Add add) noexcept {
    return add_each_item(
        items, offsets, count, weights, taken,
        [=](const void *item, std::size_t size, std::uint64_t weight) { return add(sketch_hash(item, size), weight); });
}

}  // namespace sketch
