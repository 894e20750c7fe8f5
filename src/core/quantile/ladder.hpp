// The ladder of quantile buckets: which bucket a double falls into, and where a bucket ends.
//
// The buckets are those of OpenTelemetry's exponential histograms (data model, "ExponentialHistogram"): at scale s,
// bucket i holds the values in (base^i, base^(i+1)] with base = 2^(2^-s). Bucket i of scale s is bucket i >> 1 of
// scale s - 1, so making a sketch coarser is one arithmetic shift per bucket and merging at the coarser scale is exact
// (UDDSketch, arXiv 2004.08604).
//
// No floating point on the way from a value to its bucket: the inner boundaries of an octave are integers, compared
// with the 53-bit mantissa.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>

#include "../common/octave.hpp"

namespace sketch::ladder {

inline constexpr int kMaxScale = octave::kLog2Steps;  // 4096 buckets an octave: accuracy 0.016 %
inline constexpr int kMinScale = -10;        // two buckets for all normal doubles: as coarse as OpenTelemetry's go
inline constexpr int kWholeRangeScale = -2;  // four octaves a bucket: every double fits in about 1,050 buckets
inline constexpr int kPlainScale = 6;        // scales up to this one use a table of 64 boundaries that stays in L1

namespace detail {

// A mantissa's leading bits give the number of boundaries below the cell that it lies in. Cells are narrower than
// buckets, so at most one boundary lies inside a cell, and one comparison finishes the search.
template <int Scale, int CellBits, typename Small>
struct Octave {
    static constexpr unsigned kBuckets = 1u << Scale;
    std::array<std::uint64_t, kBuckets + 1> boundary{};
    std::array<Small, 1u << CellBits> below{};

    constexpr Octave() {
        for (unsigned j = 0; j <= kBuckets; j++) boundary[j] = octave::kSteps.at[j << (kMaxScale - Scale)];
        unsigned j = 0;
        for (unsigned cell = 0; cell < (1u << CellBits); cell++) {
            std::uint64_t start = (std::uint64_t{1} << 52) + (static_cast<std::uint64_t>(cell) << (52 - CellBits));
            while (boundary[j] < start) j++;
            below[cell] = static_cast<Small>(j);
        }
    }

    // How many boundaries are less than the mantissa (2^52 <= mantissa < 2^53): 0 .. kBuckets.
    std::int32_t rank(std::uint64_t mantissa) const {
        unsigned j = below[(mantissa >> (52 - CellBits)) & ((1u << CellBits) - 1)];
        return static_cast<std::int32_t>(j + (mantissa > boundary[j]));
    }
};

inline constexpr Octave<kPlainScale, 7, std::uint8_t> kPlain;
inline constexpr Octave<kMaxScale, 13, std::uint16_t> kFine;

}  // namespace detail

inline constexpr std::uint64_t kLeadingBit = std::uint64_t{1} << 52, kMantissaMask = kLeadingBit - 1;
inline constexpr std::uint64_t kSmallestNormal = kLeadingBit;         // the bits of DBL_MIN
inline constexpr std::uint64_t kLargestFinite = 0x7fefffffffffffffu;  // the bits of DBL_MAX

// Bucket of a double with this exponent (of its leading bit) and this mantissa (leading bit included).
inline std::int32_t index_of(std::int32_t exponent, std::uint64_t mantissa, int scale) noexcept {
    if (scale <= kPlainScale) [[likely]]
        return (exponent * 64 + detail::kPlain.rank(mantissa) - 1) >> (kPlainScale - scale);
    return (exponent * 4096 + detail::kFine.rank(mantissa) - 1) >> (kMaxScale - scale);
}

// Bucket of a finite, positive double given by its bits (sign bit clear, not zero): normal ones, and any.
inline std::int32_t index_of_normal(std::uint64_t bits, int scale) noexcept {
    return index_of(static_cast<std::int32_t>(bits >> 52) - 1023, (bits & kMantissaMask) | kLeadingBit, scale);
}
inline std::int32_t index_of_bits(std::uint64_t bits, int scale) noexcept {
    if (bits >= kLeadingBit) [[likely]]
        return index_of_normal(bits, scale);
    int shift = std::countl_zero(bits) - 11;  // subnormal: bring the leading bit to its place
    return index_of(-1022 - shift, bits << shift, scale);
}

// Whether a double given by its bits, sign bit clear, is a whole number: its last bit that is set stands for 1 or more.
inline bool is_whole(std::uint64_t bits) noexcept {
    return static_cast<unsigned>(std::countr_zero(bits | kLeadingBit)) + (bits >> 52) >= 1023 + 52 || bits == 0;
}
inline constexpr std::uint64_t kAllWhole = std::uint64_t{1023 + 52} << 52;  // 2^52: every double from here on is whole

// First and last bucket that a double can fall into.
constexpr std::int32_t first_index(int scale) noexcept { return (-1074 * 4096 - 1) >> (kMaxScale - scale); }
constexpr std::int32_t last_index(int scale) noexcept { return (1024 * 4096 - 1) >> (kMaxScale - scale); }

// Bits of the largest double that lies in bucket `index` or below it. Positive doubles and their bits have one order.
inline std::uint64_t upper_bits(std::int32_t index, int scale) noexcept {
    std::int32_t fine = (index + 1) * (1 << (kMaxScale - scale));
    std::int32_t exponent = fine >> kMaxScale;
    if (exponent >= 1024) return kLargestFinite;
    std::uint64_t mantissa = detail::kFine.boundary[static_cast<std::uint32_t>(fine) & 4095u];
    if (exponent >= -1022) return (static_cast<std::uint64_t>(exponent + 1022) << 52) + mantissa;
    int shift = -1022 - exponent;
    return shift < 64 ? mantissa >> shift : 0;
}

// Bits of the smallest double that lies above every lower bucket.
inline std::uint64_t lower_bits(std::int32_t index, int scale) noexcept { return upper_bits(index - 1, scale) + 1; }

// Some buckets of the subnormal range lie between two neighbouring doubles.
inline bool may_hold_no_double(std::int32_t index, int scale) noexcept {
    return index < (-1022 * 4096) >> (kMaxScale - scale);
}
inline bool holds_a_double(std::int32_t index, int scale) noexcept {
    return !may_hold_no_double(index, scale) || lower_bits(index, scale) <= upper_bits(index, scale);
}

// Width of the bound that a sketch of this scale promises: each row's estimate is within accuracy * |row| of it.
// From scale 1 on estimates are interpolated in the bucket and clamped to [(1 - A) U, (1 + A) L]: A = 0.64 / 2^s leaves
// room between the two. At the coarse scales the estimate is the bucket's harmonic middle, at (b - 1)/(b + 1) from
// either end (UDDSketch eq. 2), which is less than 0.64 / 2^s there; rounded up to leave room for roundings. From scale
// -6 on no double lies between that and 1; each scale has its own number all the same, so that scale_for finds it back.
inline constexpr double kCoarseAccuracies[] = {0.334, 0.601,       0.883,       0.9923,      0.99997,    0.9999999996,
                                               1,     1 + 0x1p-52, 1 + 0x2p-52, 1 + 0x3p-52, 1 + 0x4p-52};
static_assert(std::size(kCoarseAccuracies) == 1 - kMinScale);

constexpr double accuracy(int scale) noexcept { return scale >= 1 ? 0.64 / (1 << scale) : kCoarseAccuracies[-scale]; }

// The coarsest scale that keeps the promise; kMinScale - 1 when the accuracy is out of range (or not a number).
inline int scale_for(double wanted) noexcept {
    if (!(wanted >= accuracy(kMaxScale) && wanted <= accuracy(kMinScale))) return kMinScale - 1;
    int scale = kMinScale;
    while (accuracy(scale) > wanted) scale++;
    return scale;
}

}  // namespace sketch::ladder
