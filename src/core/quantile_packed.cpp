// The packed form of a quantile sketch: one canonical byte string per sketch. docs/FORMAT.md tells the same story with
// a table and an example.
//
//   version  family  flags  scales                                                   4 bytes
//   [-Infinity +Infinity NaN]  [zeros]  [negatives]  [positives]                     varints, by the flags
//   [first bucket's index]                                                           zigzag varint, if nothing implies it
//   [first positive bucket's index]                                                  likewise, behind negative buckets
//   [lengths  minimum  maximum]                                                      see StoredExtremes
//   counts and gaps of the buckets                                                   bits, adaptive Rice codes
//   [kind  fractions]                                                                of a partial state of an aggregate
//
// Why so: 70 rows have about 60 buckets. The gaps between them carry most of the information (about 40 bytes), the two
// exact extremes 14 bytes; everything else had to be small.
#include <algorithm>
#include <cmath>
#include <limits>

#include "quantile.hpp"

namespace sketch::quantile {

namespace {

enum : std::uint8_t {
    kHasNegatives = 1,
    kHasZeros = 2,
    kHasPositives = 4,
    kHasSpecials = 8,
    kExtremesUnknown = 16,
    kHasFractions = SKETCH_PACKED_PARTIAL,
    kAllFlags = 63
};

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

// Counts are coded as the difference from a running mean over about 4 buckets: neighbouring buckets of smooth data hold
// nearly equal counts, and the difference takes half the bits. Up to twice the mean differences alternate in sign
// (0, -1, +1, -2, ...); no count is below 1, so above that the count itself is the code.
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

    AdaptiveRice<3> rice_{0};
    std::uint64_t sum_ = 4;
};

using GapModel = AdaptiveRice<2>;
constexpr std::uint64_t kFirstGapMean = 8;  // tails come first, and are sparse

std::uint64_t magnitude_bits(double x) noexcept { return std::bit_cast<std::uint64_t>(x) & ~kSignBit; }

int bytes_without_trailing_zeros(std::uint64_t v) noexcept { return v == 0 ? 0 : 8 - std::countr_zero(v) / 8; }

// Which of the two extremes stand in the packed bytes. Zero needs none: the zero counter and the empty sides tell.
struct StoredExtremes {
    bool minimum, maximum;
    explicit StoredExtremes(const Histogram &h) noexcept
        : minimum(h.extremes_known && (h.negatives > 0 || (h.zeros == 0 && h.positives > 0))),
          maximum(h.extremes_known && (h.positives > 0 || (h.zeros == 0 && h.negatives > 0))) {}
    bool any() const noexcept { return minimum || maximum; }
};

// In place of the maximum's length: all finite rows are equal.
constexpr int kEqualsMinimum = 15;

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

}  // namespace

Status encode(const Histogram &h, bool with_fractions, ByteWriter &out) noexcept {
    with_fractions = with_fractions && h.fractions.any();
    bool specials = h.negative_infinities + h.positive_infinities + h.nans > 0;
    out.byte(kFormatVersion);
    out.byte(static_cast<std::uint8_t>(Family::quantile));
    out.byte(static_cast<std::uint8_t>((h.negatives > 0 ? kHasNegatives : 0) | (h.zeros > 0 ? kHasZeros : 0) |
                                       (h.positives > 0 ? kHasPositives : 0) | (specials ? kHasSpecials : 0) |
                                       (h.extremes_known ? 0 : kExtremesUnknown) |
                                       (with_fractions ? kHasFractions : 0)));
    out.byte(static_cast<std::uint8_t>(h.requested_scale | (h.requested_scale - h.scale) << 4));
    if (specials) {
        out.varint(h.negative_infinities);
        out.varint(h.positive_infinities);
        out.varint(h.nans);
    }
    if (h.zeros > 0) out.varint(h.zeros);
    if (h.negatives > 0) out.varint(h.negatives);
    if (h.positives > 0) out.varint(h.positives);

    StoredExtremes stored(h);
    if (h.buckets() > 0 && !stored.minimum) out.varint(zigzag(h.index[0]));
    if (h.negatives > 0 && h.positives > 0) out.varint(zigzag(h.index[h.negatives]));
    if (stored.any()) {
        bool equal = stored.minimum && stored.maximum && h.minimum == h.maximum;
        std::uint64_t least = stored.minimum ? std::bit_cast<std::uint64_t>(h.minimum) : 0;
        std::uint64_t most = 0;
        if (stored.maximum && !equal)
            most = MaximumInBucket(h.index[h.buckets() - 1], h.scale).pack(magnitude_bits(h.maximum));
        int least_bytes = bytes_without_trailing_zeros(least), most_bytes = bytes_without_trailing_zeros(most);
        out.byte(static_cast<std::uint8_t>(least_bytes | (equal ? kEqualsMinimum : most_bytes) << 4));
        out.top_bytes(least, least_bytes);
        out.top_bytes(most, most_bytes);
    }

    BitWriter bits(out);
    CountModel counts;
    GapModel gaps(kFirstGapMean);
    for (std::uint32_t i = 0; i < h.buckets(); i++) {
        if (i > 0 && i != h.negatives) {
            std::int32_t step = h.index[i] - h.index[i - 1];
            std::uint64_t gap = static_cast<std::uint64_t>(h.is_negative(i) ? -step : step) - 1;
            bits.rice(gap, gaps.parameter());
            gaps.update(gap);
        }
        std::uint64_t code = counts.code(h.count[i]);
        bits.rice(code, counts.parameter());
        counts.update(code, h.count[i]);
    }
    bits.flush();

    if (with_fractions) {
        out.varint(h.fractions.count << 1 | (h.fractions.is_array ? 1 : 0));
        for (std::size_t i = 0; i < h.fractions.count; i++) {
            std::uint64_t p = to_little_endian(std::bit_cast<std::uint64_t>(h.fractions[i]));
            for (int byte = 0; byte < 8; byte++) out.byte(reinterpret_cast<const std::uint8_t *>(&p)[byte]);
        }
    }
    return out.ok() ? SKETCH_OK : SKETCH_NO_ROOM;
}

namespace {

// Adds a count to the running total; false where the count is 0 or the total would leave a bigint.
bool add_to_total(std::uint64_t &total, std::uint64_t count) noexcept {
    if (count == 0 || count > kMaxTotal - total) return false;
    total += count;
    return true;
}

Status decode_counters(ByteReader &in, std::uint8_t flags, Histogram &h) noexcept {
    if (flags & kHasSpecials) {
        for (std::uint64_t *counter : {&h.negative_infinities, &h.positive_infinities, &h.nans}) {
            *counter = in.varint();
            if (*counter > 0 && !add_to_total(h.total, *counter)) return SKETCH_CORRUPT;
        }
        if (h.total == 0) return SKETCH_CORRUPT;
    }
    if (flags & kHasZeros) {
        h.zeros = in.varint();
        if (!add_to_total(h.total, h.zeros)) return SKETCH_CORRUPT;
    }
    for (std::uint32_t *side : {&h.negatives, &h.positives}) {
        if (!(flags & (side == &h.negatives ? kHasNegatives : kHasPositives))) continue;
        std::uint64_t buckets = in.varint();
        if (buckets == 0 || buckets > kMaxBuckets - h.negatives) return SKETCH_CORRUPT;
        *side = static_cast<std::uint32_t>(buckets);
    }
    return in.ok() ? SKETCH_OK : SKETCH_TRUNCATED;
}

Status decode_index(ByteReader &in, std::int32_t &index) noexcept {
    std::int64_t wide = unzigzag(in.varint());
    if (!in.ok()) return SKETCH_TRUNCATED;
    if (wide < ladder::first_index(ladder::kMaxScale) || wide > ladder::last_index(ladder::kMaxScale))
        return SKETCH_CORRUPT;
    index = static_cast<std::int32_t>(wide);
    return SKETCH_OK;
}

// The first bucket of either side must be in h.index already. `last_index` of the ladder bounds every step.
Status decode_buckets(BitReader &bits, Histogram &h) noexcept {
    CountModel counts;
    GapModel gaps(kFirstGapMean);
    const std::int64_t lowest = ladder::first_index(h.scale), highest = ladder::last_index(h.scale);
    const std::uint64_t span = static_cast<std::uint64_t>(highest - lowest);
    for (std::uint32_t i = 0; i < h.buckets(); i++) {
        std::int64_t index = h.index[i];
        if (i > 0 && i != h.negatives) {
            std::uint64_t gap = bits.rice(gaps.parameter());
            if (gap > span) return bits.ok() ? SKETCH_CORRUPT : SKETCH_TRUNCATED;
            gaps.update(gap);
            std::int64_t step = static_cast<std::int64_t>(gap) + 1;
            index = h.index[i - 1] + (h.is_negative(i) ? -step : step);
        }
        if (index < lowest || index > highest) return bits.ok() ? SKETCH_CORRUPT : SKETCH_TRUNCATED;
        h.index[i] = static_cast<std::int32_t>(index);
        if (!ladder::holds_a_double(h.index[i], h.scale)) return SKETCH_CORRUPT;
        std::uint64_t code = bits.rice(counts.parameter());
        h.count[i] = counts.count(code);
        counts.update(code, h.count[i]);
        if (!add_to_total(h.total, h.count[i])) return bits.ok() ? SKETCH_CORRUPT : SKETCH_TRUNCATED;
    }
    return bits.ok() ? SKETCH_OK : SKETCH_TRUNCATED;
}

// Between the indexes and the buckets: `lengths`, the minimum, which gives the first index, and the maximum's bits, which
// mean nothing until the last bucket is known.
struct PackedMaximum {
    std::uint64_t bits = 0;
    bool equals_minimum = false;
};

// `count` big-endian bytes of a word whose other bytes are zero; the last one is not.
Status decode_top_bytes(ByteReader &in, int count, std::uint64_t &v) noexcept {
    if (count > 8) return SKETCH_CORRUPT;
    v = in.top_bytes(count);
    if (!in.ok()) return SKETCH_TRUNCATED;
    return bytes_without_trailing_zeros(v) == count ? SKETCH_OK : SKETCH_CORRUPT;
}

Status decode_extremes(ByteReader &in, StoredExtremes stored, Histogram &h, PackedMaximum &maximum) noexcept {
    std::uint8_t lengths = in.byte();
    if (!in.ok()) return SKETCH_TRUNCATED;
    int least_bytes = lengths & 15, most_bytes = lengths >> 4;
    std::uint64_t least = 0;
    if (Status s = decode_top_bytes(in, least_bytes, least); s != SKETCH_OK) return s;
    if (stored.minimum) {
        std::uint64_t magnitude = least & ~kSignBit;
        if (magnitude == 0 || magnitude > ladder::kLargestFinite || (least >> 63 != 0) != (h.negatives > 0))
            return SKETCH_CORRUPT;
        h.minimum = std::bit_cast<double>(least);
        h.index[0] = ladder::index_of_bits(magnitude, h.scale);
    } else if (least_bytes > 0) {
        return SKETCH_CORRUPT;
    }
    maximum.equals_minimum = most_bytes == kEqualsMinimum && stored.minimum && stored.maximum;
    if (maximum.equals_minimum) return h.buckets() == 1 ? SKETCH_OK : SKETCH_CORRUPT;
    if (!stored.maximum && most_bytes > 0) return SKETCH_CORRUPT;
    return decode_top_bytes(in, most_bytes, maximum.bits);
}

Status finish_extremes(PackedMaximum packed, StoredExtremes stored, Histogram &h) noexcept {
    if (h.extremes_known && h.zeros > 0) {  // the sides that are empty end at zero
        if (!stored.minimum) h.minimum = 0;
        if (!stored.maximum) h.maximum = 0;
    }
    if (packed.equals_minimum) {
        h.maximum = h.minimum;
    } else if (stored.maximum) {
        MaximumInBucket place(h.index[h.buckets() - 1], h.scale);
        std::uint64_t magnitude = place.unpack(packed.bits);
        if (magnitude < place.first || magnitude > place.last) return SKETCH_CORRUPT;
        h.maximum = std::bit_cast<double>(magnitude | (h.positives > 0 ? 0 : kSignBit));
        if (stored.minimum && h.minimum >= h.maximum) return SKETCH_CORRUPT;
    }
    // Different extremes are at least two rows.
    bool different = h.extremes_known && h.finite() > 0 && h.minimum < h.maximum;
    return different && h.finite() < 2 ? SKETCH_CORRUPT : SKETCH_OK;
}

Status decode_fractions(ByteReader &in, Histogram &h) noexcept {
    std::uint64_t head = in.varint();
    if (!in.ok()) return SKETCH_TRUNCATED;
    std::uint64_t count = head >> 1;
    h.fractions = {in.position(), static_cast<std::size_t>(count), (head & 1) != 0, true};
    if (count > kMaxFractions || (count != 1 && !h.fractions.is_array)) return SKETCH_CORRUPT;
    in.skip(8 * h.fractions.count);
    if (!in.ok()) return SKETCH_TRUNCATED;
    for (std::size_t i = 0; i < h.fractions.count; i++)
        if (!is_fraction(h.fractions[i])) return SKETCH_CORRUPT;
    return SKETCH_OK;
}

}  // namespace

Status decode(const std::uint8_t *packed, std::size_t size, Histogram &h) noexcept {
    ByteReader in(packed, size);
    std::uint8_t version = in.byte(), family = in.byte(), flags = in.byte(), scales = in.byte();
    if (size == 0) return SKETCH_TRUNCATED;
    if (version != kFormatVersion) return SKETCH_WRONG_VERSION;
    if (size > 1 && family != static_cast<std::uint8_t>(Family::quantile)) return SKETCH_WRONG_FAMILY;
    if (!in.ok()) return SKETCH_TRUNCATED;
    if (flags & ~kAllFlags) return SKETCH_CORRUPT;

    int requested = scales & 15, collapsed = scales >> 4;
    if (requested > ladder::kMaxScale || requested - collapsed < ladder::kMinScale) return SKETCH_CORRUPT;
    h.clear(requested);
    h.scale = requested - collapsed;
    h.extremes_known = (flags & kExtremesUnknown) == 0;

    if (Status s = decode_counters(in, flags, h); s != SKETCH_OK) return s;

    StoredExtremes stored(h);
    PackedMaximum maximum;
    if (h.buckets() > 0 && !stored.minimum)
        if (Status s = decode_index(in, h.index[0]); s != SKETCH_OK) return s;
    if (h.negatives > 0 && h.positives > 0)
        if (Status s = decode_index(in, h.index[h.negatives]); s != SKETCH_OK) return s;
    if (stored.any())
        if (Status s = decode_extremes(in, stored, h, maximum); s != SKETCH_OK) return s;

    BitReader bits(in.position(), in.remaining());
    if (Status s = decode_buckets(bits, h); s != SKETCH_OK) return s;
    if (!bits.padding_is_zero()) return SKETCH_CORRUPT;
    in.skip(bits.bytes_used());
    if (Status s = finish_extremes(maximum, stored, h); s != SKETCH_OK) return s;
    if (h.total == 0 && (!h.extremes_known || h.scale != h.requested_scale)) return SKETCH_CORRUPT;

    if (flags & kHasFractions)
        if (Status s = decode_fractions(in, h); s != SKETCH_OK) return s;
    return in.remaining() == 0 ? SKETCH_OK : SKETCH_TRAILING;
}

}  // namespace sketch::quantile
