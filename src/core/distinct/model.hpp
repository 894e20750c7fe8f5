// The model that registers are coded with: how probable a register is when lambda = n / m items came to each.
//
// A level of probability rho was seen with probability 1 - exp(-lambda rho), independently of the others, so
//     P(u) = exp(-lambda sum of rho above u) (1 - exp(-lambda rho(u))),
// and the flags are independent bits. Lambda is taken to be a power of 2^(1/4). As doubling it moves all levels up by
// two, probabilities depend on phase = log2(lambda) * 4 modulo 4 only. Levels are counted from where lambda rho =
// 2^(phase/4): level l has lambda rho = 2^(phase/4 - floor(l/2)), and a register has row l + 6.
//
// All in integers, for bytes depend on it: exp(-lambda rho) as round-down multiples of 2^-32. docs/FORMAT.md has the
// same in words.
#pragma once

#include <array>
#include <cstdint>

namespace sketch::distinct::model {

inline constexpr int kPhases = 4;
inline constexpr int kFirstLevel = -6;  // of the smallest row: less than one register in 10^6 is below
inline constexpr int kRows = 29;        // one register in 500 is above; those are written out

using Fraction = std::uint64_t;  // of 2^32
inline constexpr Fraction kOne = Fraction{1} << 32;
constexpr Fraction times(Fraction a, Fraction b) noexcept { return (a >> 1) * b >> 31; }  // a, b <= kOne

// exp(-lambda rho) at level 2 g for g = kFirstPair ... : the Taylor series where it is close to 1, and squares from
// there.
inline constexpr int kFirstPair = -8, kPairs = 21;
constexpr std::array<Fraction, kPairs> unseen_by_pair(int phase) noexcept {
    constexpr Fraction power[kPhases] = {4294967296, 5107605667, 6074000999, 7223245205};  // 2^(32 + phase/4)
    std::array<Fraction, kPairs> unseen{};
    const Fraction x = power[phase] >> (kFirstPair + kPairs - 1);
    unseen[kPairs - 1] = kOne - x + times(x, x) / 2 - times(times(x, x), x) / 6;
    for (int g = kPairs - 1; g > 0; g--)
        unseen[static_cast<std::size_t>(g - 1)] =
            times(unseen[static_cast<std::size_t>(g)], unseen[static_cast<std::size_t>(g)]);
    return unseen;
}

// Code c stands for lambda = 2^((c - 16) / 4).
inline constexpr int kCodeOfOne = 16, kLargestCode = 235;  // so that u of every row fits seven bits

// u of row 0: below 1 for a small lambda.
constexpr int first_u(int code) noexcept { return 2 * ((code - kCodeOfOne) >> 2) - 3 + kFirstLevel; }
static_assert(first_u(kLargestCode) + kRows <= 128);

}  // namespace sketch::distinct::model
