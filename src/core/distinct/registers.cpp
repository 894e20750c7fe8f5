// Registers in bulk: merging, also by vector instructions, reducing the precision, and what registers can be.
#include <algorithm>

#include "distinct.hpp"
#include "../common/simd.hpp"

#ifdef SKETCH_X86
#include <immintrin.h>
#endif

namespace sketch::distinct {

void merge_registers_portably(Register *into, const Register *from, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; i++) into[i] = merged(into[i], from[i]);
}

namespace {

[[gnu::always_inline]] inline void insert_each(Register *registers, int precision, const std::uint32_t *tokens,
                                               std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; i++) insert_token(registers, precision, tokens[i]);
}

}  // namespace

#ifdef SKETCH_X86
namespace {

// `merged` of sixteen pairs. AVX2 has no shift of 16-bit lanes by different distances: x >> d is the high half of
// 2x * 2^(15 - d), and that power comes from two tables of bytes.
SKETCH_AVX2 [[gnu::always_inline]] inline __m256i merged_avx2(__m256i a, __m256i b) noexcept {
    const __m256i low_byte = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, -128, 64, 32, 16, 8, 4, 2, 1,  //
                                              0, 0, 0, 0, 0, 0, 0, 0, -128, 64, 32, 16, 8, 4, 2, 1);
    const __m256i high_byte = _mm256_setr_epi8(-128, 64, 32, 16, 8, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                               -128, 64, 32, 16, 8, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i flags = _mm256_set1_epi16(static_cast<short>(kFlagMask));
    const __m256i top = _mm256_set1_epi16(static_cast<short>(1u << kFlagBits));
    const __m256i farthest = _mm256_set1_epi16(15);
    const __m256i not_high = _mm256_set1_epi16(static_cast<short>(0x8000)), not_low = _mm256_set1_epi16(0x0080);
    const __m256i high = _mm256_max_epu16(a, b), low = _mm256_min_epu16(a, b);
    __m256i distance = _mm256_sub_epi16(_mm256_srli_epi16(high, kFlagBits), _mm256_srli_epi16(low, kFlagBits));
    distance = _mm256_min_epu16(distance, farthest);
    const __m256i power =
        _mm256_or_si256(_mm256_shuffle_epi8(low_byte, _mm256_or_si256(distance, not_high)),
                        _mm256_shuffle_epi8(high_byte, _mm256_or_si256(_mm256_slli_epi16(distance, 8), not_low)));
    const __m256i seen = _mm256_slli_epi16(_mm256_or_si256(_mm256_and_si256(low, flags), top), 1);
    return _mm256_or_si256(high, _mm256_and_si256(_mm256_mulhi_epu16(seen, power), flags));
}

SKETCH_AVX2 void merge_registers_avx2(Register *into, const Register *from, std::size_t count) noexcept {
    std::size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(into + i));
        const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from + i));
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(into + i), merged_avx2(a, b));
    }
    merge_registers_portably(into + i, from + i, count - i);
}

// Eight at a time, unless two of them are of one register, or one has so many leading zeros that the token alone does
// not tell its level. Distances of 1 to 4 around the circle of eight are all that two can have.
SKETCH_AVX2 void insert_tokens_avx2(Register *registers, int precision, const std::uint32_t *tokens,
                                    std::size_t count) noexcept {
    const __m256i in_table = _mm256_set1_epi32(static_cast<int>(register_count(precision) - 1));
    const __m256i one = _mm256_set1_epi32(1), nlz_mask = _mm256_set1_epi32(63),
                  max_zeros = _mm256_set1_epi32(kLargestNlz);
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256i token = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(tokens + i));
        const __m256i place = _mm256_and_si256(_mm256_srli_epi32(token, 7), in_table);
        const __m256i nlz = _mm256_and_si256(token, nlz_mask), odd = _mm256_and_si256(_mm256_srli_epi32(token, 6), one);
        const __m256i level = _mm256_add_epi32(_mm256_add_epi32(nlz, nlz), _mm256_add_epi32(odd, one));
        const __m256i both =
            _mm256_permute4x64_epi64(_mm256_packus_epi32(place, _mm256_slli_epi32(level, kFlagBits)), 0b11011000);
        const __m128i at = _mm256_castsi256_si128(both), seen = _mm256_extracti128_si256(both, 1);
        const __m128i same = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi16(at, _mm_alignr_epi8(at, at, 2)),
                                                       _mm_cmpeq_epi16(at, _mm_alignr_epi8(at, at, 4))),
                                          _mm_or_si128(_mm_cmpeq_epi16(at, _mm_alignr_epi8(at, at, 6)),
                                                       _mm_cmpeq_epi16(at, _mm_alignr_epi8(at, at, 8))));
        const __m256i far = _mm256_cmpeq_epi32(nlz, max_zeros);
        if (!_mm_testz_si128(same, same) || !_mm256_testz_si256(far, far)) [[unlikely]] {
            insert_each(registers, precision, tokens + i, 8);
            continue;
        }
        const std::uint64_t first = static_cast<std::uint64_t>(_mm_cvtsi128_si64(at));
        const std::uint64_t last = static_cast<std::uint64_t>(_mm_extract_epi64(at, 1));
        Register *const r0 = registers + (first & 0xffff), *const r1 = registers + (first >> 16 & 0xffff),
                        *const r2 = registers + (first >> 32 & 0xffff), *const r3 = registers + (first >> 48),
                        *const r4 = registers + (last & 0xffff), *const r5 = registers + (last >> 16 & 0xffff),
                        *const r6 = registers + (last >> 32 & 0xffff), *const r7 = registers + (last >> 48);
        __m128i r = _mm_cvtsi32_si128(*r0);
        r = _mm_insert_epi16(r, *r1, 1);
        r = _mm_insert_epi16(r, *r2, 2);
        r = _mm_insert_epi16(r, *r3, 3);
        r = _mm_insert_epi16(r, *r4, 4);
        r = _mm_insert_epi16(r, *r5, 5);
        r = _mm_insert_epi16(r, *r6, 6);
        r = _mm_insert_epi16(r, *r7, 7);
        r = _mm256_castsi256_si128(merged_avx2(_mm256_castsi128_si256(r), _mm256_castsi128_si256(seen)));
        *r0 = static_cast<Register>(_mm_extract_epi16(r, 0));
        *r1 = static_cast<Register>(_mm_extract_epi16(r, 1));
        *r2 = static_cast<Register>(_mm_extract_epi16(r, 2));
        *r3 = static_cast<Register>(_mm_extract_epi16(r, 3));
        *r4 = static_cast<Register>(_mm_extract_epi16(r, 4));
        *r5 = static_cast<Register>(_mm_extract_epi16(r, 5));
        *r6 = static_cast<Register>(_mm_extract_epi16(r, 6));
        *r7 = static_cast<Register>(_mm_extract_epi16(r, 7));
    }
    insert_each(registers, precision, tokens + i, count - i);
}

}  // namespace
#endif

void insert_tokens(Register *registers, int precision, const std::uint32_t *tokens, std::size_t count) noexcept {
#ifdef SKETCH_X86
    if (has_avx2) return insert_tokens_avx2(registers, precision, tokens, count);
#endif
    insert_each(registers, precision, tokens, count);
}

void merge_registers(Register *into, const Register *from, std::size_t count) noexcept {
#ifdef SKETCH_X86
    if (has_avx2) return merge_registers_avx2(into, from, count);
#endif
    merge_registers_portably(into, from, count);
}

namespace {

Register largest(const Register *registers, std::size_t count) noexcept {
    Register max = 0;
    for (std::size_t i = 0; i < count; i++) max = std::max(max, registers[i]);
    return max;
}

// The first of the two levels for hashes without any one above the register's bits. Of a smaller precision these have
// the leading zeros of the bits that are no longer the register's.
constexpr std::uint32_t first_last_level(int precision) noexcept { return largest_level(precision) - 1; }

// Register `block` * 2^precision + i of precision `from`, as what it says about register i.
Register downsized(Register r, int from, int precision, std::uint32_t block) noexcept {
    std::uint32_t u = r >> kFlagBits, last = first_last_level(from);
    if (u < last) return r;
    std::uint32_t shift = 2 * static_cast<std::uint32_t>(from - precision - static_cast<int>(std::bit_width(block)));
    std::uint32_t moving = kFlagBits + last - u;  // flags of other levels, whose distance from u grows
    std::uint32_t mask = (1u << moving) - 1, flags = r & kFlagMask;
    flags = (flags & ~mask) | (flags & mask) >> shift;
    return static_cast<Register>((u + shift) << kFlagBits | flags);
}

}  // namespace

void merge_downsized(Register *into, int precision, const Register *from, int from_precision) noexcept {
    const std::size_t count = register_count(precision);
    const std::uint32_t blocks = register_count(from_precision - precision);
    const bool unchanged =
        blocks == 1 || largest(from, register_count(from_precision)) >> kFlagBits < first_last_level(from_precision);
    for (std::uint32_t block = 0; block < blocks; block++, from += count) {
        if (unchanged) [[likely]] {
            merge_registers(into, from, count);
            continue;
        }
        for (std::size_t i = 0; i < count; i++)
            into[i] = merged(into[i], downsized(from[i], from_precision, precision, block));
    }
}

void downsize(Register *registers, int from_precision, int precision) noexcept {
    const std::size_t count = register_count(precision);
    for (std::size_t i = 0; i < count; i++) registers[i] = downsized(registers[i], from_precision, precision, 0);
    for (std::uint32_t block = 1; block < register_count(from_precision - precision); block++)
        for (std::size_t i = 0; i < count; i++)
            registers[i] =
                merged(registers[i], downsized(registers[block * count + i], from_precision, precision, block));
}

namespace {

// Different tokens that one register and level can stand for.
std::uint64_t tokens_of_level(std::uint32_t level, int precision) noexcept {
    int nlz = static_cast<int>(level - 1) / 2, free = kTokenBits - 1 - precision;
    if (nlz >= static_cast<int>(kLargestNlz)) free = nlz < 63 - precision ? 62 - precision - nlz : 0;
    return std::uint64_t{1} << free;
}

// Whether the registers can come from more than max_tokens(precision) tokens.
bool can_be_dense(const Register *registers, int precision) noexcept {
    const std::size_t count = register_count(precision);
    const std::uint64_t least = max_tokens(precision) + 1;
    std::uint64_t tokens = 0;
    for (std::size_t i = 0; i < count && tokens < least; i++) {
        if (registers[i] == 0) continue;
        std::uint32_t u = registers[i] >> kFlagBits;
        tokens += tokens_of_level(u, precision);
        for (std::uint32_t k = 1; k < u && tokens < least; k++)
            if (u - k > kFlagBits || (registers[i] >> (kFlagBits - (u - k)) & 1))
                tokens += tokens_of_level(k, precision);
    }
    return tokens >= least;
}

struct Survey {
    std::uint32_t largest = 0, filled = 0;
    bool sound = true;  // flags that are given are so
};

// is_register without tables and branches. With p the place of level 0's flag: it is set, and nothing below it is.
Survey survey(const Register *registers, std::size_t count) noexcept {
    return vectorised([=]() SKETCH_INLINED {
        std::uint32_t wrong = 0, largest = 0, filled = 0;
        for (std::size_t i = 0; i < count; i++) {
            const std::uint32_t r = registers[i], p = 1u << kFlagBits >> std::min(r >> kFlagBits, 15u);
            wrong |= (r & (p - (p > 0))) | (~r & p & kFlagMask);
            largest = std::max(largest, r);
            filled += r != 0;
        }
        return Survey{largest >> kFlagBits, filled, wrong == 0};
    });
}

}  // namespace

bool are_registers(const Register *registers, int precision) noexcept {
    const Survey s = survey(registers, register_count(precision));
    return s.sound && s.largest <= largest_level(precision) &&
           (s.filled > max_tokens(precision) || can_be_dense(registers, precision));
}

// ---- a sketch as it is read ----------------------------------------

void make_dense(View &view, Storage storage) noexcept {
    if (view.dense) return;
    std::uint32_t tokens[kMaxTokens];  // they may stand where the registers go
    std::copy_n(view.tokens, view.token_count, tokens);
    std::fill_n(storage.registers, register_count(view.precision), Register{0});
    insert_tokens(storage.registers, view.precision, tokens, view.token_count);
    view.dense = true;
    view.token_count = 0;
    view.tokens = nullptr;
    view.registers = storage.registers;
}

void limit(View &view, int precision, Storage storage) noexcept {
    if (precision >= view.precision) return;
    if (view.dense) {
        if (view.registers != storage.registers)
            std::copy_n(view.registers, register_count(view.precision), storage.registers);
        downsize(storage.registers, view.precision, precision);
        view.registers = storage.registers;
    }
    view.precision = precision;
    if (!view.dense && view.token_count > max_tokens(precision)) make_dense(view, storage);
}

}  // namespace sketch::distinct
