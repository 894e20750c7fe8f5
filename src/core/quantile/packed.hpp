// The packed form of a quantile sketch: one canonical byte string per sketch. docs/FORMAT.md tells the same story with
// a table and an example.
//
//   version  family  flags  scales                               4 bytes; 5 where 4 steps or more were collapsed
//   [-Infinity +Infinity NaN]  [zeros]                           varints, by the flags
//   per side: buckets  [first index]  [span]                     varints: what nothing else implies
//   [lengths  minimum  maximum]                                  see StoredExtremes
//   per side: which indexes in between                           bits, see IndexSet
//   counts                                                       bits, unary or adaptive Rice codes
//   [fractions]                                                  of a partial state of an aggregate
//
// Why so: 70 rows have about 60 buckets. Their indexes carry most of the information (about 38 bytes), the two exact
// extremes 14 bytes; everything else had to be small. Indexes are coded so that each can be decoded on its own: a chain
// of variable-length codes would cost a merge twice the time.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "quantile.hpp"

namespace sketch::quantile {

enum : std::uint8_t {
    kHasNegatives = 1,
    kHasZeros = 2,
    kHasPositives = 4,
    kHasSpecials = 8,
    kExtremesUnknown = 16,
    kHasFractions = 0x20,  // of a partial state
    kUnaryCounts = 64,
    kNotWhole = 128
};

// Of the scale asked for, counted from the coarsest; above them, how much the sketch is coarser now.
inline constexpr int kScaleBits = 5;
static_assert(ladder::kMaxScale - ladder::kMinScale < 1 << kScaleBits);

// Small groups have hardly more rows than buckets. While there are at most two rows a bucket, counts are in unary
// (count
// - 1 zeros and a one), which is as short as any code and the quickest to read.
inline constexpr std::uint64_t kUnaryRowsPerBucket = 2;

// Otherwise counts are coded as the difference from a running mean over about 4 buckets: neighbouring buckets of smooth
// data hold nearly equal counts, and the difference takes half the bits. Up to twice the mean differences alternate in
// sign (0, -1, +1, -2, ...); no count is below 1, so above that the count itself is the code.
class CountModel {
  public:
    int parameter() const noexcept { return rice_.parameter(); }

    std::uint64_t code(std::uint64_t count) const noexcept {
        std::uint64_t mean = expected();
        if (count >= 2 * mean) return count - 1;
        return zigzag(static_cast<std::int64_t>(count - mean));
    }

    std::uint64_t count(std::uint64_t code) const noexcept {
        std::uint64_t mean = expected();
        if (code >= 2 * mean - 1) return code + 1;  // wraps to 0 for the largest code: the caller refuses 0
        return mean + static_cast<std::uint64_t>(unzigzag(code));
    }

    void update(std::uint64_t code, std::uint64_t count) noexcept {
        rice_.update(code);
        sum_ += std::min(count, kCeiling) - (sum_ >> 2);
    }

  private:
    static constexpr std::uint64_t kCeiling = std::uint64_t{1} << 48;
    std::uint64_t expected() const noexcept { return std::max<std::uint64_t>(sum_ >> 2, 1); }

    AdaptiveRice<3> rice_;
    std::uint64_t sum_ = 4;
};

// The set of `members` offsets that are taken out of [0, universe): strictly between a side's first and last bucket.
// A bitmap where that is the shortest; else Elias-Fano: the low bits of each offset, and the high parts in unary (a one
// for each offset, a zero for each step of the high part). The rule is part of the format: the fewest bits, and at a
// tie the fewest low bits. A full set and an empty set take no bits.
struct IndexSet {
    std::uint32_t members, universe;
    int low_bits;  // 0: a bitmap

    IndexSet(std::uint32_t buckets, std::uint32_t span) noexcept
        : members(buckets < 2 ? 0 : buckets - 2), universe(buckets < 2 ? 0 : span - 1), low_bits(0) {
        std::uint64_t best = universe;
        for (int low = 1; low < 24; low++) {
            std::uint64_t size = elias_fano_size(low);
            if (size < best) low_bits = low, best = size;
            if ((universe >> low) < members) break;  // from here on each low bit costs more than it saves
        }
    }
    bool trivial() const noexcept { return members == 0 || members == universe; }
    std::uint64_t elias_fano_size(int low) const noexcept {
        return std::uint64_t{members} * static_cast<unsigned>(low + 1) + ((universe - 1) >> low);
    }
    std::uint64_t bits() const noexcept { return trivial() ? 0 : low_bits == 0 ? universe : elias_fano_size(low_bits); }
};

inline int bytes_without_trailing_zeros(std::uint64_t v) noexcept { return v == 0 ? 0 : 8 - std::countr_zero(v) / 8; }

// Which of the two extremes stand in the packed bytes. Zero needs none: the zero counter and the empty sides tell.
struct StoredExtremes {
    bool minimum, maximum;
    StoredExtremes(bool known, bool negatives, bool zeros, bool positives) noexcept
        : minimum(known && (negatives || (!zeros && positives))),
          maximum(known && (positives || (!zeros && negatives))) {}
    explicit StoredExtremes(const Histogram &h) noexcept
        : StoredExtremes(h.extremes_known, h.negatives > 0, h.zeros > 0, h.positives > 0) {}
    bool any() const noexcept { return minimum || maximum; }
};

// In place of the maximum's length: all finite rows are equal.
inline constexpr int kEqualsMinimum = 15;

// The maximum is known to lie in the last bucket, so only the bits that differ within it are kept: the low `width` bits
// of its magnitude, left-aligned.
struct MaximumInBucket {
    std::uint64_t first, last;
    int width;
    MaximumInBucket(std::int32_t index, int scale) noexcept
        : first(ladder::lower_bits(index, scale)),
          last(ladder::upper_bits(index, scale)),
          width(static_cast<int>(std::bit_width(last - first))) {}

    std::uint64_t pack(std::uint64_t bits) const noexcept { return width == 0 ? 0 : bits << (64 - width); }
    std::uint64_t unpack(std::uint64_t packed) const noexcept {
        if (width == 0) return packed == 0 ? first : 0;
        std::uint64_t low = packed >> (64 - width);
        if (low << (64 - width) != packed) return 0;
        std::uint64_t size = std::uint64_t{1} << width;
        std::uint64_t bits = (first & ~(size - 1)) | low;
        return bits < first ? bits + size : bits;
    }
};

}  // namespace sketch::quantile
