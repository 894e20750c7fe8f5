// Where the ones among random bits stand: what Elias-Fano and unary codes are read by.
//
// A loop over the ones of a word ends where no processor can foresee it, which costs as much as eight of its rounds.
// So a table tells the ones of four bits, and all four places are written whether there are as many ones or not (the
// idea: Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019, section 3.1.1). With vector instructions it
// is eight bits and eight places.
#pragma once

#include <bit>
#include <cstdint>

#include "bytes.hpp"
#include "simd.hpp"

#ifdef SKETCH_X86
#include <immintrin.h>
#endif

namespace sketch {

template <typename Position, int Bits>
struct Ones {
    Position position[1 << Bits][Bits];
    std::uint8_t count[1 << Bits];
};

template <typename Position, int Bits>
constexpr Ones<Position, Bits> ones_of() noexcept {
    Ones<Position, Bits> ones{};
    for (unsigned value = 0; value < 1u << Bits; value++)
        for (int bit = 0; bit < Bits; bit++)
            if (value >> bit & 1) ones.position[value][ones.count[value]++] = static_cast<Position>(bit);
    return ones;
}

inline constexpr Ones<std::int32_t, 4> kOnes = ones_of<std::int32_t, 4>();
// Of eight bits, where there is much to read.
inline constexpr Ones<std::uint8_t, 8> kOnesOfBytes = ones_of<std::uint8_t, 8>();

// Room that find_ones needs beyond the ones that are wanted.
inline constexpr std::size_t kOnesSlack = 64;

inline std::uint32_t find_ones_portably(const BitReader &bits, std::uint64_t from, std::uint64_t length,
                                        std::uint32_t want, std::int32_t *positions) noexcept {
    constexpr int kNibbles = kPeekBits / 4;
    constexpr std::uint64_t kStep = 4 * kNibbles;
    static_assert(kOnesSlack >= kStep + 4);
    std::int32_t *to = positions;
    for (std::uint64_t at = 0; at < length && to <= positions + want; at += kStep) {
        const std::uint64_t window = bits.peek_at(from + at) & low_mask(static_cast<int>(std::min(kStep, length - at)));
        const std::int32_t first = static_cast<std::int32_t>(at);
        for (int i = 0; i < kNibbles; i++) {
            const unsigned nibble = window >> 4 * i & 15;
            for (int k = 0; k < 4; k++) to[k] = first + 4 * i + kOnes.position[nibble][k];
            to += kOnes.count[nibble];
        }
    }
    return static_cast<std::uint32_t>(to - positions);
}

#ifdef SKETCH_X86
SKETCH_AVX2 inline std::uint32_t find_ones_avx2(const BitReader &bits, std::uint64_t from, std::uint64_t length,
                                                std::uint32_t want, std::int32_t *positions) noexcept {
    constexpr int kBytes = kPeekBits / 8;
    constexpr std::uint64_t kStep = 8 * kBytes;
    static_assert(kOnesSlack >= kStep + 8);
    std::int32_t *to = positions;
    for (std::uint64_t at = 0; at < length && to <= positions + want; at += kStep) {
        std::uint64_t window = bits.peek_at(from + at) & low_mask(static_cast<int>(std::min(kStep, length - at)));
        __m256i first = _mm256_set1_epi32(static_cast<int>(at));
        for (int i = 0; i < kBytes; i++, window >>= 8) {
            const __m128i ones =
                _mm_loadl_epi64(reinterpret_cast<const __m128i *>(kOnesOfBytes.position[window & 255]));
            _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), _mm256_add_epi32(_mm256_cvtepu8_epi32(ones), first));
            to += kOnesOfBytes.count[window & 255];
            first = _mm256_add_epi32(first, _mm256_set1_epi32(8));
        }
    }
    return static_cast<std::uint32_t>(to - positions);
}
#endif

// The positions of the ones among `length` bits from a position on, ascending. Returns how many there are, or more than
// `want` if there are more than that: some may then be missing.
inline std::uint32_t find_ones(const BitReader &bits, std::uint64_t from, std::uint64_t length, std::uint32_t want,
                               std::int32_t *positions) noexcept {
#ifdef SKETCH_X86
    if (has_avx2) return find_ones_avx2(bits, from, length, want, positions);
#endif
    return find_ones_portably(bits, from, length, want, positions);
}

}  // namespace sketch
