// What a cut of a topk sketch leaves.
#pragma once

#include <algorithm>
#include <bit>

#include "topk.hpp"

namespace sketch::topk {

// The (rank + 1)-th largest of `count` values that value_of(i) gives; at least rank + 1 of them are not 0. By radix
// selection: a histogram of the leading digit, then of the next one among the values that begin so. Small values are
// tried first, for they are what is looked for mostly. Else it is at most `bound`, as the caller knows: larger values
// count as that.
template <typename ValueOf>
std::uint64_t select(std::uint64_t rank, std::size_t count, std::uint64_t bound, ValueOf value_of) noexcept {
    constexpr int kDigitBits = 8;
    constexpr std::size_t kLanes = 4;  // equal values need not wait for each other
    std::uint32_t bins[kLanes][1 << kDigitBits] = {};
    // The digit of the value of this rank; the rank becomes that among the values with this digit.
    auto take = [&] {
        std::uint64_t digit = (1 << kDigitBits) - 1;
        for (;; digit--) {
            std::uint32_t here = 0;
            for (const auto &lane : bins) here += lane[digit];
            if (rank < here || digit == 0) return digit;
            rank -= here;
        }
    };
    const std::uint64_t wanted = rank;
    constexpr std::uint64_t large = (1 << kDigitBits) - 1;
    for (std::size_t i = 0; i < count; i++) bins[i % kLanes][std::min(value_of(i), large)]++;
    if (std::uint64_t value = take(); value < large) return value;

    rank = wanted;
    int bits = kDigitBits, shift = std::max(0, static_cast<int>(std::bit_width(bound)) - bits);
    for (std::uint64_t prefix = 0;; shift -= bits) {
        std::memset(bins, 0, sizeof bins);
        for (std::size_t i = 0; i < count; i++) {
            const std::uint64_t v = std::min(value_of(i), bound) >> shift;
            bins[i % kLanes][v & low_mask(bits)] += v >> bits == prefix;
        }
        prefix = prefix << bits | take();
        if (shift == 0) return prefix;
        bits = std::min(shift, kDigitBits);
    }
}

// A hash that decides between entries is 1 .. this.
inline constexpr std::uint64_t kMaxTieHash = std::uint64_t{1} << 35;

// Entries stay in this order: by upper, by lower bound, by a hash that depends on the item alone.
struct Rank {
    std::uint64_t upper, lower, hash;
};

struct Cut {
    std::uint64_t offset;  // of the state then
    Rank last;             // all entries above it stay

    // Of a slot of the entries for which it was planned; none is in one whose upper is 0.
    template <typename Entries>
    bool leaves(const Entries &entries, std::uint32_t slot) const noexcept {
        const std::uint64_t upper = entries.upper(slot);
        if (upper != last.upper) return upper > last.upper;
        const std::uint64_t lower = entries.lower(slot);
        return lower > last.lower || (lower == last.lower && entries.hash(slot) > last.hash);
    }
};

// The cut that leaves at most `most` of the entries in so many slots, and where there are k, at least k.
// entries.upper(i) is 0 in an empty slot; entries.lower(i) and entries.hash(i), which is not 0, are called for ties
// only.
//
// Those at the (most + 1)-th largest upper go, for then an order among them would decide what the sketch is about. But
// a list has k items: what it lacks is filled up from them. Equal hashes stay together if there is room; if not, they
// go together: only adversarial keys have one hash.
template <typename Entries>
Cut plan_cut(const Entries &entries, std::uint32_t slots, std::uint64_t offset, std::uint64_t total, std::uint32_t max,
             std::uint32_t k) noexcept {
    constexpr std::uint64_t kAll = ~std::uint64_t{0};
    auto count = [&](auto counts) {
        std::uint32_t n = 0;
        for (std::uint32_t i = 0; i < slots; i++) n += counts(i);
        return n;
    };
    auto upper = [&](std::size_t i) { return entries.upper(static_cast<std::uint32_t>(i)); };
    const std::uint64_t above = select(max, slots, total / (std::uint64_t{max} + 1),
                                       [&](std::size_t i) { return upper(i) - std::min(upper(i), offset); });
    Cut cut{offset + above, {offset + above, kAll, kAll}};
    Rank &last = cut.last;
    if (above == 0) last.upper = select(max, slots, offset, [&](std::size_t i) { return std::min(upper(i), offset); });
    std::uint32_t stay = count([&](std::uint32_t i) { return upper(i) > last.upper; });
    if (stay >= k) return cut;

    auto lower = [&](std::size_t i) {
        return upper(i) == last.upper ? entries.lower(static_cast<std::uint32_t>(i)) : 0;
    };
    last.lower = select(k - stay, slots, total / (std::uint64_t{k - stay} + 1), lower);
    stay += count([&](std::uint32_t i) { return lower(i) > last.lower; });
    if (stay >= k) return cut;

    auto hash = [&](std::size_t i) { return lower(i) == last.lower ? entries.hash(static_cast<std::uint32_t>(i)) : 0; };
    last.hash = select(k - stay, slots, kMaxTieHash, hash);
    stay += count([&](std::uint32_t i) { return hash(i) > last.hash; });
    if (stay < k && stay + count([&](std::uint32_t i) { return hash(i) == last.hash; }) <= max) last.hash--;
    return cut;
}

}  // namespace sketch::topk
