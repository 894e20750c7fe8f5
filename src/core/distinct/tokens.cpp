// Tokens as they are packed. Each part of all tokens together, so that a reader finds ones of many codes in a word and
// need not know where a code ends before it looks at the next: first the distances >> k in unary, then their k low
// bits, then the leading zeros in unary.
#include "tokens.hpp"

#include <array>

#include "../common/ones.hpp"
#include "../common/simd.hpp"

#ifdef SKETCH_X86
#include <immintrin.h>
#endif

namespace sketch::distinct {

namespace {

// Rice parameter for the distances of n indexes below 2^18: the geometric distribution's best, log2 of the mean
// distance times ln 2.
constexpr int gap_parameter(std::uint32_t n) noexcept {
    constexpr std::uint32_t kIndexesTimesLn2 = 181704;
    return std::max(static_cast<int>(std::bit_width(kIndexesTimesLn2 / n)) - 1, 0);
}

// All distances >> k in unary take at most so many bits.
constexpr std::uint32_t max_high_bits(std::uint32_t count, int k) noexcept { return count + (kTokenIndexes >> k); }

// Where the `count` unary codes among the next `most` bits end; false if there are fewer.
bool decode_unary(BitReader &bits, std::uint32_t count, std::uint64_t max, std::int32_t *ends) noexcept {
    if (find_ones(bits, bits.position(), std::min(max, bits.bits_left()), count - 1, ends) < count) return false;
    bits.advance(static_cast<std::size_t>(ends[count - 1]) + 1);
    return true;
}

[[gnu::noinline]] Status decode_portably(const std::uint8_t *data, std::size_t size, std::uint32_t count,
                                         std::uint32_t *tokens) noexcept {
    const int k = gap_parameter(count);
    BitReader bits(data, size, 0);
    std::uint64_t max = max_high_bits(count, k);
    bool enough = bits.bits_left() >= max;
    std::int32_t ends[kMaxTokens + kOnesSlack];
    if (!decode_unary(bits, count, max, ends)) return enough ? SKETCH_CORRUPT : SKETCH_TRUNCATED;
    const std::size_t lows = std::size_t{count} * static_cast<unsigned>(k);
    if (bits.bits_left() < lows) return SKETCH_TRUNCATED;
    std::uint64_t index = 0, low_parts = 0;
    for (std::uint32_t i = 0; i < count; i++) {  // the high parts of all gaps so far are the zeros so far
        low_parts += bits.peek_at(bits.position() + std::uint64_t{i} * static_cast<unsigned>(k)) & low_mask(k);
        index = (std::uint64_t{static_cast<std::uint32_t>(ends[i]) - i} << k) + low_parts;
        tokens[i] = static_cast<std::uint32_t>(index) << 6;
    }
    if (index >= kTokenIndexes) return SKETCH_CORRUPT;
    bits.advance(lows);
    max = std::size_t{count} * (kLargestNlz + 1);
    enough = bits.bits_left() >= max;
    if (!decode_unary(bits, count, max, ends)) return enough ? SKETCH_CORRUPT : SKETCH_TRUNCATED;
    std::uint32_t largest = 0;
    auto set_nlz = [&](std::uint32_t i, std::int32_t nlz) {
        tokens[i] |= static_cast<std::uint32_t>(nlz) & 63;
        largest = std::max(largest, static_cast<std::uint32_t>(nlz));
    };
    set_nlz(0, ends[0]);
    for (std::uint32_t i = 1; i < count; i++) set_nlz(i, ends[i] - ends[i - 1] - 1);
    bool sound = largest <= kLargestNlz;
    for (std::uint32_t i = 1; i < count; i++) sound &= tokens[i - 1] < tokens[i];
    if (!sound || !bits.align()) return SKETCH_CORRUPT;
    return bits.position() / 8 == size ? SKETCH_OK : SKETCH_TRAILING;
}

#ifdef SKETCH_X86

// ---- eight tokens at a time ----------------------------------------

// As many places are written as a byte could have.
constexpr std::size_t kEndsSlack = 8;

// The positions of the ones of data[0, size) from bit `skip` of its first byte on, counted from there, until `want` are
// found; returns how many were. Positions have 16 bits.
SKETCH_AVX2 [[gnu::always_inline]] inline std::size_t find_ones_of_bytes(const std::uint8_t *data, std::size_t size,
                                                                         unsigned skip, std::size_t want,
                                                                         std::uint16_t *positions) noexcept {
    __m128i base = _mm_set1_epi16(static_cast<short>(-static_cast<int>(skip)));
    std::size_t found = 0;
    unsigned mask = 0xffu << skip;
    for (std::size_t i = 0; i < size && found < want; i++, mask = 0xff) {
        const unsigned byte = data[i] & mask;
        const __m128i bits = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(kOnesOfBytes.position[byte]));
        _mm_storeu_si128(reinterpret_cast<__m128i *>(positions + found), _mm_add_epi16(base, _mm_cvtepu8_epi16(bits)));
        found += kOnesOfBytes.count[byte];
        base = _mm_add_epi16(base, _mm_set1_epi16(8));
    }
    return found;
}

// Where eight fields of `width` bits stand that begin at a bit of a first byte: each in four bytes of 16, shifted.
constexpr int kWidestField = 14;  // 7 + 8 * 14 bits are in 16 bytes
struct FieldPlaces {
    alignas(32) std::uint8_t bytes[8][kWidestField + 1][32];
    alignas(32) std::uint32_t shifts[8][kWidestField + 1][8];
};
constexpr FieldPlaces kFieldPlaces = [] {
    constexpr int kNone = 0x80;  // a byte that is zero
    FieldPlaces places{};
    for (int first = 0; first < 8; first++)
        for (int width = 0; width <= kWidestField; width++)
            for (int i = 0; i < 8; i++) {
                const int bit = first + i * width;
                places.shifts[first][width][i] = static_cast<std::uint32_t>(bit % 8);
                for (int byte = 0; byte < 4; byte++)
                    places.bytes[first][width][4 * i + byte] =
                        static_cast<std::uint8_t>(bit / 8 + byte < 16 ? bit / 8 + byte : kNone);
            }
    return places;
}();

// Whether these are tokens that decode_portably accepts; if so they are the same. Not for those whose zeros take more
// bits than a position of 16 bits can tell, and not for fields that are too wide: those of fewer than six tokens.
SKETCH_AVX2 [[gnu::noinline]] bool decode_avx2(const std::uint8_t *data, std::size_t size, std::uint32_t count,
                                               std::uint32_t *tokens) noexcept {
    const int k = gap_parameter(count);
    std::uint16_t ends_room[8 + kMaxTokens + kEndsSlack], *const ends = ends_room + 8;
    const std::size_t max = max_high_bits(count, k);
    if (k > kWidestField || find_ones_of_bytes(data, std::min(size, max / 8 + 1), 0, count, ends) < count) return false;
    const std::size_t highs = ends[count - 1] + std::size_t{1}, lows = std::size_t{count} * static_cast<unsigned>(k);
    if (highs > max || highs + lows + count > 8 * size) return false;

    // 16 bytes are read at a time. Behind the low bits come at least as many bits as there are tokens: so only of up to
    // 136 tokens are the low bits read from a copy, and those take less than 16 bits each.
    constexpr std::size_t kRead = 16;
    const std::size_t first = highs / 8, step = static_cast<unsigned>(k);
    std::uint8_t copy[256];
    const std::uint8_t *fields = data + first;
    if ((count - 1) / 8 * step + kRead > size - first) {
        std::memset(copy, 0, sizeof copy);
        std::memcpy(copy, fields, std::min(size - first, sizeof copy - kRead));
        fields = copy;
    }
    const __m256i places = _mm256_load_si256(reinterpret_cast<const __m256i *>(kFieldPlaces.bytes[highs % 8][k]));
    const __m256i shifts = _mm256_load_si256(reinterpret_cast<const __m256i *>(kFieldPlaces.shifts[highs % 8][k]));
    const __m256i mask = _mm256_set1_epi32(static_cast<int>(low_mask(k)));
    const __m128i by_k = _mm_cvtsi32_si128(k);
    __m256i order = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), sum = _mm256_setzero_si256();
    for (std::uint32_t i = 0; i < count; i += 8, fields += step) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(fields));
        __m256i low = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), places);
        low = _mm256_and_si256(_mm256_srlv_epi32(low, shifts), mask);
        // Sums of all before: within four, then the first four to the last four, then those of earlier rounds.
        low = _mm256_add_epi32(low, _mm256_slli_si256(low, 4));
        low = _mm256_add_epi32(low, _mm256_slli_si256(low, 8));
        const __m256i four = _mm256_permutevar8x32_epi32(low, _mm256_set1_epi32(3));
        low = _mm256_add_epi32(low, _mm256_blend_epi32(_mm256_setzero_si256(), four, 0xf0));
        low = _mm256_add_epi32(low, sum);
        sum = _mm256_permutevar8x32_epi32(low, _mm256_set1_epi32(7));
        const __m128i end = _mm_loadu_si128(reinterpret_cast<const __m128i *>(ends + i));
        const __m256i high = _mm256_sub_epi32(_mm256_cvtepu16_epi32(end), order);
        const __m256i index = _mm256_add_epi32(_mm256_sll_epi32(high, by_k), low);
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(tokens + i), _mm256_slli_epi32(index, 6));
        order = _mm256_add_epi32(order, _mm256_set1_epi32(8));
    }
    if (tokens[count - 1] >> 6 >= kTokenIndexes) return false;

    const std::size_t zeros_at = highs + lows, zeros_size = size - zeros_at / 8;
    if (zeros_size > 0xffff / 8) return false;
    if (find_ones_of_bytes(data + zeros_at / 8, zeros_size, zeros_at % 8, count, ends) < count) return false;
    ends[-1] = 0xffff;  // before the first bit
    const __m256i max_zeros = _mm256_set1_epi32(kLargestNlz);
    __m256i bad = _mm256_setzero_si256();
    order = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i behind = _mm256_set1_epi32(static_cast<int>(count));
    for (std::uint32_t i = 0; i < count; i += 8) {
        const __m128i end = _mm_loadu_si128(reinterpret_cast<const __m128i *>(ends + i));
        const __m128i before = _mm_loadu_si128(reinterpret_cast<const __m128i *>(ends + i - 1));
        const __m128i distance = _mm_sub_epi16(_mm_sub_epi16(end, before), _mm_set1_epi16(1));
        const __m256i zeros = _mm256_cvtepu16_epi32(distance);
        const __m256i exists = _mm256_cmpgt_epi32(behind, order);
        bad = _mm256_or_si256(bad, _mm256_and_si256(exists, _mm256_cmpgt_epi32(zeros, max_zeros)));
        const __m256i token = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(tokens + i));
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(tokens + i), _mm256_or_si256(token, zeros));
        order = _mm256_add_epi32(order, _mm256_set1_epi32(8));
    }
    // Ascending; what is behind the last one is larger than any.
    const __m256i larger = _mm256_set1_epi32(0x7fffffff);
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(tokens + count), larger);
    for (std::uint32_t i = 0; i + 1 < count; i += 8) {
        const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(tokens + i));
        const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(tokens + i + 1));
        bad = _mm256_or_si256(bad, _mm256_andnot_si256(_mm256_cmpgt_epi32(b, a), _mm256_cmpgt_epi32(larger, b)));
    }
    const std::size_t end = zeros_at + ends[count - 1] + 1;
    return _mm256_testz_si256(bad, bad) && (end + 7) / 8 == size && (end % 8 == 0 || data[size - 1] >> end % 8 == 0);
}

#endif

}  // namespace

void encode_tokens(const View &v, ByteWriter &out) noexcept {
    out.varint(v.token_count);
    if (v.token_count == 0) return;
    const int k = gap_parameter(v.token_count);
    BitWriter bits(out);
    auto gap = [&](std::uint32_t i) { return index_of(v.tokens[i]) - (i > 0 ? index_of(v.tokens[i - 1]) : 0); };
    for (std::uint32_t i = 0; i < v.token_count; i++) bits.unary(gap(i) >> k);
    for (std::uint32_t i = 0; i < v.token_count; i++) bits.bits(gap(i) & low_mask(k), k);
    for (std::uint32_t i = 0; i < v.token_count; i++) bits.unary(nlz_of(v.tokens[i]));
    bits.flush();
}

Status decode_tokens(const std::uint8_t *data, std::size_t size, std::uint32_t count, std::uint32_t *tokens) noexcept {
#ifdef SKETCH_X86
    // What it does not accept is told in detail, or is accepted, by the other.
    if (has_avx2 && decode_avx2(data, size, count, tokens)) return SKETCH_OK;
#endif
    return decode_portably(data, size, count, tokens);
}

}  // namespace sketch::distinct
