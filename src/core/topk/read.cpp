// What is read off a topk sketch.
#include "layout.hpp"

namespace sketch::topk {

// Most of what is not certain is there: an item that is frequent now was so before it was kept. Measured, as the root
// mean square of errors over the 48 most frequent of a million rows of zipf(1.1), k = 96, mean of 12 runs: from one
// stream / from 1,000 merged sketches of 1,000 rows each; of upper - lower, this share added to lower:
//     0: 6.4 / 528    1/4: 4.6 / 317    1/2: 2.8 / 113    3/4: 1.1 / 121    1: 1.1 / 326
std::uint64_t estimate_of(std::uint64_t lower, std::uint64_t upper) noexcept {
    const std::uint64_t unsure = upper - lower;
    return lower + unsure / 4 * 3 + unsure % 4 * 3 / 4;
}

Status count(const View &packed, const Item &item, Estimate &result) noexcept {
    const bool hashed = has_hash(packed.kind);
    const Item wanted = identity(item, hashed);
    std::uint8_t buffer[kMaxItem];
    PackedEntries entries(packed, buffer);
    for (Entry held; entries.next(held);) {
        const Item id = identity(held.item, hashed);
        if (is_less(id, wanted)) continue;
        if (!is_equal(id, wanted)) break;
        const std::uint64_t lower = held.upper - held.error;
        result = {estimate_of(lower, held.upper), lower, held.upper};
        return SKETCH_OK;
    }
    if (!entries.ok()) return SKETCH_CORRUPT;
    result = {0, 0, packed.offset};
    return SKETCH_OK;
}

}  // namespace sketch::topk
