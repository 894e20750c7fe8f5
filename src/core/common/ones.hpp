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

template <typename Position, int Bits>
[[gnu::always_inline]] inline std::uint32_t find_ones_by(const Ones<Position, Bits> &table, const BitReader &bits,
                                                         std::uint64_t from, std::uint64_t length, std::uint32_t want,
                                                         std::int32_t *positions) noexcept {
    constexpr int kPieces = kPeekBits / Bits;
    constexpr std::uint64_t kStep = Bits * kPieces;
    static_assert(kOnesSlack >= kStep + Bits);
    std::int32_t *to = positions;
    for (std::uint64_t at = 0; at < length && to <= positions + want; at += kStep) {
        const std::uint64_t window = bits.peek_at(from + at) & low_mask(static_cast<int>(std::min(kStep, length - at)));
        const std::int32_t first = static_cast<std::int32_t>(at);
        for (int i = 0; i < kPieces; i++) {
            const std::uint64_t piece = window >> Bits * i & low_mask(Bits);
            for (int k = 0; k < Bits; k++) to[k] = first + Bits * i + table.position[piece][k];
            to += table.count[piece];
        }
    }
    return static_cast<std::uint32_t>(to - positions);
}

// The positions of the ones among `length` bits from a position on, ascending. Returns how many there are, or more than
// `want` if there are more than that: some may then be missing.
inline std::uint32_t find_ones(const BitReader &bits, std::uint64_t from, std::uint64_t length, std::uint32_t want,
                               std::int32_t *positions) noexcept {
#ifdef SKETCH_X86
    if (has_avx2)
        return with_avx2(
            [=, &bits]() SKETCH_INLINED { return find_ones_by(kOnesOfBytes, bits, from, length, want, positions); });
#endif
    return find_ones_by(kOnes, bits, from, length, want, positions);
}

}  // namespace sketch
