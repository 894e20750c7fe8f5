// Packed bytes of a quantile sketch, both ways.
#include "packed.hpp"

#include "../common/simd.hpp"

#ifdef SKETCH_X86
#include <immintrin.h>
#endif

namespace sketch::quantile {

namespace {

// The buckets of one sign.
struct Side {
    bool negative;
    std::uint32_t first, buckets;
    Side(const Histogram &h, bool is_negative) noexcept
        : negative(is_negative), first(negative ? 0 : h.negatives), buckets(negative ? h.negatives : h.positives) {}

    std::uint32_t distance(const Histogram &h, std::uint32_t i) const noexcept {  // of bucket i from the first one
        std::int32_t step = h.index[i] - h.index[first];
        return static_cast<std::uint32_t>(negative ? -step : step);
    }
    std::uint32_t span(const Histogram &h) const noexcept { return distance(h, first + buckets - 1); }
};

void encode_indexes(BitWriter &bits, const Histogram &h, Side side) noexcept {
    IndexSet set(side.buckets, side.buckets < 2 ? 0 : side.span(h));
    if (set.trivial()) return;
    auto offset = [&](std::uint32_t member) { return side.distance(h, side.first + 1 + member) - 1; };
    if (set.low_bits > 0)
        for (std::uint32_t j = 0; j < set.members; j++) bits.bits(offset(j) & low_mask(set.low_bits), set.low_bits);
    std::uint32_t at = 0;  // bits written; of a bitmap, or of high parts in unary
    for (std::uint32_t j = 0; j < set.members; j++) {
        std::uint32_t to = set.low_bits == 0 ? offset(j) : (offset(j) >> set.low_bits) + j;
        bits.unary(to - at);
        at = to + 1;
    }
    std::uint64_t length = set.bits() - std::uint64_t{set.members} * static_cast<unsigned>(set.low_bits);
    bits.zeros(length - at);
}

}  // namespace

Status encode(const Histogram &h, bool with_fractions, ByteWriter &out) noexcept {
    with_fractions = with_fractions && h.fractions.any();
    const bool specials = h.specials() > 0;
    bool unary = h.buckets() > 0 && h.finite() - h.zeros <= kUnaryRowsPerBucket * h.buckets();
    out.byte(kFormatVersion);
    out.byte(static_cast<std::uint8_t>(Family::quantile));
    out.byte(static_cast<std::uint8_t>(
        (h.negatives > 0 ? kHasNegatives : 0) | (h.zeros > 0 ? kHasZeros : 0) | (h.positives > 0 ? kHasPositives : 0) |
        (specials ? kHasSpecials : 0) | (h.extremes_known ? 0 : kExtremesUnknown) |
        (with_fractions ? kHasFractions : 0) | (unary ? kUnaryCounts : 0) | (h.whole ? 0 : kNotWhole)));
    out.varint(static_cast<unsigned>(h.requested_scale - ladder::kMinScale) |
               static_cast<unsigned>(h.requested_scale - h.scale) << kScaleBits);
    if (specials) {
        out.varint(h.negative_infinities);
        out.varint(h.positive_infinities);
        out.varint(h.nans);
    }
    if (h.zeros > 0) out.varint(h.zeros);

    StoredExtremes stored(h);
    for (Side side : {Side(h, true), Side(h, false)}) {
        if (side.buckets == 0) continue;
        out.varint(side.buckets);
        if (side.first > 0 || !stored.minimum) out.varint(zigzag(h.index[side.first]));
        if (side.buckets > 1) out.varint(side.span(h) - (side.buckets - 1));
    }
    if (stored.any()) {
        bool equal = stored.minimum && stored.maximum && h.minimum == h.maximum;
        std::uint64_t least = stored.minimum ? std::bit_cast<std::uint64_t>(h.minimum) : 0;
        std::uint64_t max = 0;
        if (stored.maximum && !equal)
            max = MaximumInBucket(h.index[h.buckets() - 1], h.scale).pack(magnitude_bits(h.maximum));
        int least_bytes = bytes_without_trailing_zeros(least), max_bytes = bytes_without_trailing_zeros(max);
        out.byte(static_cast<std::uint8_t>(least_bytes | (equal ? kEqualsMinimum : max_bytes) << 4));
        out.top_bytes(least, least_bytes);
        out.top_bytes(max, max_bytes);
    }

    BitWriter bits(out);
    for (Side side : {Side(h, true), Side(h, false)}) encode_indexes(bits, h, side);
    CountModel counts;
    for (std::uint32_t i = 0; i < h.buckets(); i++) {
        if (unary) {
            bits.unary(h.count[i] - 1);
            continue;
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
    return in.ok() ? SKETCH_OK : SKETCH_TRUNCATED;
}

// Where the buckets of a side begin, and how far away the last one is.
struct Reach {
    std::int32_t first = 0, last = 0;
    std::uint32_t span = 0;

    // Once the first index is known.
    bool find_last(bool negative, int scale) noexcept {
        const std::int64_t at = first + (negative ? -1 : 1) * static_cast<std::int64_t>(span);
        last = static_cast<std::int32_t>(at);
        return at >= ladder::first_index(scale) && at <= ladder::last_index(scale);
    }
};

// A side's number of buckets, first index and span: the last two only where they are not implied.
Status decode_side(ByteReader &in, bool negative, bool first_is_implied, Histogram &h, Reach &reach) noexcept {
    std::uint64_t buckets = in.varint();
    if (!in.ok()) return SKETCH_TRUNCATED;
    if (buckets == 0 || buckets > max_buckets(h.requested_scale) - h.negatives) return SKETCH_CORRUPT;
    if (buckets > h.capacity - h.negatives) return SKETCH_TRUNCATED;
    (negative ? h.negatives : h.positives) = static_cast<std::uint32_t>(buckets);
    if (!first_is_implied) {
        std::int64_t index = unzigzag(in.varint());
        if (index < ladder::first_index(h.scale) || index > ladder::last_index(h.scale)) return SKETCH_CORRUPT;
        reach.first = static_cast<std::int32_t>(index);
    }
    if (buckets > 1) {
        std::uint64_t holes = in.varint();
        std::uint64_t widest = static_cast<std::uint64_t>(ladder::last_index(h.scale) - ladder::first_index(h.scale));
        if (buckets - 1 > widest || holes > widest - (buckets - 1)) return SKETCH_CORRUPT;
        reach.span = static_cast<std::uint32_t>(holes + buckets - 1);
    }
    return in.ok() ? SKETCH_OK : SKETCH_TRUNCATED;
}

// Adds low bits, which stand one behind the other from a position on, to what stands above them: offset[j] is that
// and j more.
void add_low_bits_portably(const BitReader &bits, std::uint64_t from, int low_bits, std::int32_t members,
                           std::int32_t *offset) noexcept {
    for (std::int32_t j = 0; j < members; j++) offset[j] = (offset[j] - j) * (1 << low_bits);
    const std::uint64_t mask = low_mask(low_bits);
    for (std::int32_t j = 0; j < members;) {
        std::uint64_t window =
            bits.peek_at(from + static_cast<unsigned>(j) * std::uint64_t{static_cast<unsigned>(low_bits)});
        for (const std::int32_t end = std::min(members, j + kPeekBits / low_bits); j < end; j++) {
            offset[j] += static_cast<std::int32_t>(window & mask);
            window >>= low_bits;
        }
    }
}

#ifdef SKETCH_X86
constexpr int kMaxAtOnce = kPeekBits / 8;  // low bits of which one peek has those of eight members

// Up to seven more offsets are written than there are.
SKETCH_AVX2 void add_low_bits_avx2(const BitReader &bits, std::uint64_t from, int low_bits, std::int32_t members,
                                   std::int32_t *offset) noexcept {
    const __m256i mask = _mm256_set1_epi64x(static_cast<long long>(low_mask(low_bits)));
    const __m256i shift = _mm256_mul_epu32(_mm256_set1_epi64x(low_bits), _mm256_setr_epi64x(0, 1, 4, 5));
    const __m256i more = _mm256_set1_epi64x(2 * low_bits);
    const __m128i count = _mm_cvtsi32_si128(low_bits);
    __m256i place = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (std::int32_t j = 0; j < members; j += 8) {
        const __m256i window = _mm256_set1_epi64x(static_cast<long long>(bits.peek_at(from)));
        const __m256i these = _mm256_and_si256(_mm256_srlv_epi64(window, shift), mask);  // 0, 1 and 4, 5
        const __m256i others = _mm256_and_si256(_mm256_srlv_epi64(window, _mm256_add_epi64(shift, more)), mask);
        const __m256i low = _mm256_castps_si256(
            _mm256_shuffle_ps(_mm256_castsi256_ps(these), _mm256_castsi256_ps(others), _MM_SHUFFLE(2, 0, 2, 0)));
        __m256i *const at = reinterpret_cast<__m256i *>(offset + j);
        const __m256i above = _mm256_sll_epi32(_mm256_sub_epi32(_mm256_loadu_si256(at), place), count);
        _mm256_storeu_si256(at, _mm256_add_epi32(above, low));
        place = _mm256_add_epi32(place, _mm256_set1_epi32(8));
        from += static_cast<unsigned>(8 * low_bits);
    }
}
static_assert(kOnesSlack >= 8);
#endif

// Members of a set: what stands above their low bits, in unary, after all the low bits. False if they do not ascend.
bool decode_members(const BitReader &bits, const IndexSet &set, std::int32_t *offset) noexcept {
    const std::int32_t members = static_cast<std::int32_t>(set.members);
    const unsigned low_bits = static_cast<unsigned>(set.low_bits);
    const std::uint64_t lows = bits.position(), highs = lows + std::uint64_t{set.members} * low_bits;
    if (find_ones(bits, highs, set.bits() - (highs - lows), set.members, offset) != set.members) return false;
#ifdef SKETCH_X86
    if (has_avx2 && set.low_bits <= kMaxAtOnce) add_low_bits_avx2(bits, lows, set.low_bits, members, offset);
    else
#endif
        add_low_bits_portably(bits, lows, set.low_bits, members, offset);
    const std::int32_t ascending = vectorised([=]() SKETCH_INLINED {
        std::int32_t result = 0;  // negative if they do not
        for (std::int32_t j = 1; j < members; j++) result |= offset[j] - offset[j - 1] - 1;
        return result;
    });
    return ascending >= 0 && offset[members - 1] < static_cast<std::int32_t>(set.universe);
}

Status decode_indexes(BitReader &bits, Histogram &h, Side side, Reach reach) noexcept {
    if (side.buckets == 0) return SKETCH_OK;
    std::int32_t *index = h.index + side.first;
    const std::int32_t first = reach.first;
    IndexSet set(side.buckets, reach.span);
    if (set.bits() > bits.bits_left()) return SKETCH_TRUNCATED;
    // First the offsets, where the indexes will stand.
    std::int32_t *offset = index + 1;
    const std::int32_t members = static_cast<std::int32_t>(set.members);
    if (set.trivial()) {
        for (std::int32_t j = 0; j < members; j++) offset[j] = j;
    } else if (set.low_bits == 0) {
        if (find_ones(bits, bits.position(), set.bits(), set.members, offset) != set.members) return SKETCH_CORRUPT;
    } else if (!decode_members(bits, set, offset)) {
        return SKETCH_CORRUPT;
    }
    vectorised([=]() SKETCH_INLINED {
        if (side.negative)
            for (std::int32_t j = 0; j < members; j++) offset[j] = first - 1 - offset[j];
        else
            for (std::int32_t j = 0; j < members; j++) offset[j] = first + 1 + offset[j];
    });
    index[side.buckets - 1] = reach.last;
    index[0] = first;
    bits.advance(set.bits());

    // Subnormal buckets come last on the negative side and first on the other.
    for (std::uint32_t i = 0;
         i < side.buckets && ladder::may_hold_no_double(index[side.negative ? side.buckets - 1 - i : i], h.scale); i++)
        if (!ladder::holds_a_double(index[side.negative ? side.buckets - 1 - i : i], h.scale)) return SKETCH_CORRUPT;
    return SKETCH_OK;
}

Status decode_unary_counts(BitReader &bits, Histogram &h) noexcept {
    const std::uint32_t buckets = h.buckets();
    const std::uint64_t max = kUnaryRowsPerBucket * buckets, length = std::min<std::uint64_t>(bits.bits_left(), max);
    constexpr std::uint32_t kAtOnce = 512;
    std::int32_t end[kAtOnce + kOnesSlack];  // of each bucket's rows
    std::uint64_t rows = 0;
    for (std::uint32_t first = 0; first < buckets; first += kAtOnce) {
        const std::uint32_t here = std::min(kAtOnce, buckets - first);
        if (find_ones(bits, bits.position(), length - rows, here, end) < here)
            return length < max ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
        std::uint64_t *const count = h.count + first;
        count[0] = static_cast<std::uint32_t>(end[0] + 1);
        const std::int32_t *const ends = end;
        vectorised([=]() SKETCH_INLINED {
            for (std::uint32_t i = 1; i < here; i++) count[i] = static_cast<std::uint32_t>(ends[i] - ends[i - 1]);
        });
        bits.advance(static_cast<std::uint32_t>(end[here - 1] + 1));
        rows += static_cast<std::uint32_t>(end[here - 1] + 1);
    }
    return buckets > 0 && add_to_total(h.total, rows) ? SKETCH_OK : SKETCH_CORRUPT;
}

Status decode_rice_counts(BitReader &bits, Histogram &h) noexcept {
    CountModel counts;
    const std::uint32_t buckets = h.buckets();
    std::uint64_t rows = 0;
    for (std::uint32_t i = 0; i < buckets; i++) {
        std::uint64_t code = bits.rice(counts.parameter());
        h.count[i] = counts.count(code);
        counts.update(code, h.count[i]);
        if (!add_to_total(rows, h.count[i])) return bits.ok() ? SKETCH_CORRUPT : SKETCH_TRUNCATED;
    }
    if (!bits.ok()) return SKETCH_TRUNCATED;
    if (buckets == 0) return SKETCH_OK;
    return rows > kUnaryRowsPerBucket * buckets && add_to_total(h.total, rows) ? SKETCH_OK : SKETCH_CORRUPT;
}

// Before the bits: `lengths`, the minimum, which gives the first index, and the maximum's bits, which
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

[[gnu::always_inline]] inline Status decode_extremes(ByteReader &in, StoredExtremes stored, Histogram &h,
                                                     std::int32_t &first, PackedMaximum &maximum) noexcept {
    std::uint8_t lengths = in.byte();
    if (!in.ok()) return SKETCH_TRUNCATED;
    int least_bytes = lengths & 15, max_bytes = lengths >> 4;
    std::uint64_t least = 0;
    if (Status s = decode_top_bytes(in, least_bytes, least); s != SKETCH_OK) return s;
    if (stored.minimum) {
        std::uint64_t magnitude = least & ~kSignBit;
        if (magnitude == 0 || magnitude > ladder::kLargestFinite || (least >> 63 != 0) != (h.negatives > 0))
            return SKETCH_CORRUPT;
        h.minimum = std::bit_cast<double>(least);
        first = ladder::index_of_bits(magnitude, h.scale);
    } else if (least_bytes > 0) {
        return SKETCH_CORRUPT;
    }
    maximum.equals_minimum = max_bytes == kEqualsMinimum && stored.minimum && stored.maximum;
    if (maximum.equals_minimum) return h.buckets() == 1 ? SKETCH_OK : SKETCH_CORRUPT;
    if (!stored.maximum && max_bytes > 0) return SKETCH_CORRUPT;
    return decode_top_bytes(in, max_bytes, maximum.bits);
}

[[gnu::always_inline]] inline Status finish_extremes(PackedMaximum packed, StoredExtremes stored,
                                                     std::int32_t last_index, Histogram &h) noexcept {
    if (h.extremes_known && h.zeros > 0) {  // the sides that are empty end at zero
        if (!stored.minimum) h.minimum = 0;
        if (!stored.maximum) h.maximum = 0;
    }
    if (packed.equals_minimum) {
        h.maximum = h.minimum;
    } else if (stored.maximum) {
        MaximumInBucket place(last_index, h.scale);
        std::uint64_t magnitude = place.unpack(packed.bits);
        if (magnitude < place.first || magnitude > place.last) return SKETCH_CORRUPT;
        h.maximum = std::bit_cast<double>(magnitude | (h.positives > 0 ? 0 : kSignBit));
        if (stored.minimum && h.minimum >= h.maximum) return SKETCH_CORRUPT;
    }
    return SKETCH_OK;
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

// Each bucket has a bit at least: its count. Of short values, of which most are merged, that is enough to know; in
// others the numbers of buckets stand behind the counters of the header.
std::uint32_t packed_capacity(const std::uint8_t *packed, std::size_t size) noexcept {
    if (8 * std::uint64_t{size} <= max_buckets(ladder::kMinScale)) return static_cast<std::uint32_t>(8 * size);
    ByteReader in(packed, size);
    in.skip(2);
    const std::uint8_t flags = in.byte();
    const std::uint64_t above_least = in.varint() & low_mask(kScaleBits);
    if (above_least > ladder::kMaxScale - ladder::kMinScale) return 0;
    const std::uint64_t max = max_buckets(ladder::kMinScale + static_cast<int>(above_least));
    const int counters = (flags & kHasSpecials ? 3 : 0) + (flags & kHasZeros ? 1 : 0);
    for (int i = 0; i < counters; i++) in.varint();
    std::uint64_t buckets = 0;
    if (flags & kHasNegatives) {
        buckets = std::min(in.varint(), max);
        const bool zeros = (flags & kHasZeros) != 0, positives = (flags & kHasPositives) != 0;
        if (!StoredExtremes((flags & kExtremesUnknown) == 0, true, zeros, positives).minimum) in.varint();
        if (buckets > 1) in.varint();
    }
    if (flags & kHasPositives) buckets += std::min(in.varint(), max);
    if (!in.ok()) return 0;
    return static_cast<std::uint32_t>(std::min({buckets, max, 8 * std::uint64_t{size}}));
}

namespace {

// What stands in front of the bits.
struct Head {
    std::uint8_t flags = 0;
    StoredExtremes stored{false, false, false, false};
    Reach negative, positive;
    PackedMaximum maximum;

    bool has_negatives() const noexcept { return (flags & kHasNegatives) != 0; }
    bool has_positives() const noexcept { return (flags & kHasPositives) != 0; }
    std::int32_t last_index() const noexcept { return has_positives() ? positive.last : negative.last; }
};

// In line where a sketch is decoded, which a merge of small ones consists of, as are the steps that peek takes as well.
[[gnu::always_inline]] inline Status decode_head(ByteReader &in, Histogram &h, Head &head) noexcept {
    const bool is_empty = in.remaining() == 0, ends_early = in.remaining() == 1;
    std::uint8_t version = in.byte(), family = in.byte();
    head.flags = in.byte();
    const std::uint64_t scales = in.varint();
    if (is_empty) return SKETCH_TRUNCATED;
    if (version != kFormatVersion) return SKETCH_WRONG_VERSION;
    if (!ends_early && family != static_cast<std::uint8_t>(Family::quantile)) return SKETCH_WRONG_FAMILY;
    if (!in.ok()) return SKETCH_TRUNCATED;

    const std::uint64_t above_least = scales & low_mask(kScaleBits), collapsed = scales >> kScaleBits;
    if (above_least > ladder::kMaxScale - ladder::kMinScale || collapsed > above_least) return SKETCH_CORRUPT;
    h.clear(ladder::kMinScale + static_cast<int>(above_least));
    h.scale = h.requested_scale - static_cast<int>(collapsed);
    h.extremes_known = (head.flags & kExtremesUnknown) == 0;
    h.whole = (head.flags & kNotWhole) == 0;

    if (Status s = decode_counters(in, head.flags, h); s != SKETCH_OK) return s;

    // Which extremes are stored depends on which sides there are: the flags tell before the sides are read.
    const bool has_negatives = head.has_negatives(), has_positives = head.has_positives();
    head.stored = StoredExtremes(h.extremes_known, has_negatives, h.zeros > 0, has_positives);
    const bool minimum = head.stored.minimum;
    if (has_negatives)
        if (Status s = decode_side(in, true, minimum, h, head.negative); s != SKETCH_OK) return s;
    if (has_positives)
        if (Status s = decode_side(in, false, minimum && !has_negatives, h, head.positive); s != SKETCH_OK) return s;
    std::int32_t &lowest = has_negatives ? head.negative.first : head.positive.first;
    if (head.stored.any())
        if (Status s = decode_extremes(in, head.stored, h, lowest, head.maximum); s != SKETCH_OK) return s;
    if (has_negatives && !head.negative.find_last(true, h.scale)) return SKETCH_CORRUPT;
    if (has_positives && !head.positive.find_last(false, h.scale)) return SKETCH_CORRUPT;
    return SKETCH_OK;
}

}  // namespace

Status decode_packed(const std::uint8_t *packed, std::size_t size, Histogram &h) noexcept {
    ByteReader in(packed, size);
    Head head;
    if (Status s = decode_head(in, h, head); s != SKETCH_OK) return s;
    BitReader bits(packed, size, size - in.remaining());
    if (Status s = decode_indexes(bits, h, Side(h, true), head.negative); s != SKETCH_OK) return s;
    if (Status s = decode_indexes(bits, h, Side(h, false), head.positive); s != SKETCH_OK) return s;
    if (Status s = head.flags & kUnaryCounts ? decode_unary_counts(bits, h) : decode_rice_counts(bits, h);
        s != SKETCH_OK)
        return s;
    if (!bits.align()) return SKETCH_CORRUPT;
    in = ByteReader(packed, size);
    in.skip(static_cast<std::size_t>(bits.position() / 8));
    if (Status s = finish_extremes(head.maximum, head.stored, head.last_index(), h); s != SKETCH_OK) return s;
    // Different extremes are at least two rows.
    if (h.extremes_known && h.finite() == 1 && h.minimum < h.maximum) return SKETCH_CORRUPT;
    if ((h.total == 0 && !h.extremes_known) || !h.collapse_was_needed() || !h.whole_is_right()) return SKETCH_CORRUPT;

    if (head.flags & kHasFractions)
        if (Status s = decode_fractions(in, h); s != SKETCH_OK) return s;
    return in.remaining() == 0 ? SKETCH_OK : SKETCH_TRAILING;
}

Status peek(const std::uint8_t *first, std::size_t size, Hull &hull) noexcept {
    Histogram &h = hull.histogram;
    h.capacity = max_buckets(ladder::kMaxScale);
    h.count = hull.count;
    h.index = hull.index;
    ByteReader in(first, size);
    Head head;
    if (Status s = decode_head(in, h, head); s != SKETCH_OK) return s;
    hull.negatives = h.negatives;
    hull.positives = h.positives;
    // Of each side the first and the last bucket, which may be one.
    std::uint32_t at = 0;
    auto keep_ends = [&](std::uint32_t &buckets, const Reach &reach) {
        buckets = std::min<std::uint32_t>(buckets, 2);
        if (buckets > 0) h.index[at] = reach.first, h.index[at + buckets - 1] = reach.last;
        at += buckets;
    };
    keep_ends(h.negatives, head.negative);
    keep_ends(h.positives, head.positive);
    // The counts stand behind, but there is one in each bucket, which must have doubles then.
    for (std::uint32_t i = 0; i < at; i++) {
        if (!ladder::holds_a_double(h.index[i], h.scale)) return SKETCH_CORRUPT;
        h.count[i] = 1;
    }
    if (at > kMaxTotal - h.total) return SKETCH_CORRUPT;
    h.total += at;
    if (h.total == 0 && !h.extremes_known) return SKETCH_CORRUPT;
    return finish_extremes(head.maximum, head.stored, head.last_index(), h);
}

}  // namespace sketch::quantile
