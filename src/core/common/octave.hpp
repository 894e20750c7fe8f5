// The steps of an octave: T[j] = floor(2^(52 + j/4096)), in integers. libm's exp2 would misplace some of them, and
// differently on different machines.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "int128.hpp"

namespace sketch::octave {

inline constexpr int kLog2Steps = 12;

// Numbers in [1, 4) with 126 binary places. The product is rounded down and less than 2 units too small.
constexpr u128 multiply(u128 a, u128 b) {
    std::uint64_t a1 = static_cast<std::uint64_t>(a >> 64), a0 = static_cast<std::uint64_t>(a);
    std::uint64_t b1 = static_cast<std::uint64_t>(b >> 64), b0 = static_cast<std::uint64_t>(b);
    u128 middle = static_cast<u128>(a1) * b0;
    u128 other = static_cast<u128>(a0) * b1;
    u128 low =
        (static_cast<u128>(a0) * b0 >> 64) + static_cast<std::uint64_t>(middle) + static_cast<std::uint64_t>(other);
    u128 high = static_cast<u128>(a1) * b1 + (middle >> 64) + (other >> 64) + (low >> 64);
    return high << 2 | (static_cast<std::uint64_t>(low) >> 62);
}

// The largest r with multiply(r, r) <= a: less than 2 units from the square root.
constexpr u128 square_root(u128 a) {
    u128 r = static_cast<u128>(1) << 126;
    for (int bit = 125; bit >= 0; bit--) {
        u128 candidate = r | static_cast<u128>(1) << bit;
        if (multiply(candidate, candidate) <= a) r = candidate;
    }
    return r;
}

struct Steps {
    std::array<std::uint64_t, 4097> at{};  // T[j]; the last, 2^53, is above every mantissa
    bool proven = true;                    // no T[j] depends on the rounding of its computation
};

constexpr Steps compute_steps() {
    std::array<u128, kLog2Steps> root{};  // root[b] = 2^(2^b / 4096)
    u128 r = static_cast<u128>(2) << 126;
    for (unsigned b = kLog2Steps; b-- > 0;) root[b] = r = square_root(r);

    std::array<u128, 4096> power{};  // 2^(j/4096)
    power[0] = static_cast<u128>(1) << 126;
    Steps result;
    result.at[0] = std::uint64_t{1} << 52;
    result.at[4096] = std::uint64_t{1} << 53;
    for (unsigned j = 1; j < 4096; j++) {
        power[j] = multiply(power[j & (j - 1)], root[static_cast<unsigned>(std::countr_zero(j))]);
        result.at[j] = static_cast<std::uint64_t>(power[j] >> 74);
        // Each factor is within 8 units of the true root and there are at most 12, so the truth is within 256 units
        // on either side of power[j]. It must not reach over an integer on that way.
        u128 below_the_point = power[j] & ((static_cast<u128>(1) << 74) - 1);
        if (below_the_point < 256 || below_the_point + 256 >= (static_cast<u128>(1) << 74)) result.proven = false;
    }
    return result;
}

inline constexpr Steps kSteps = compute_steps();
static_assert(kSteps.proven);

}  // namespace sketch::octave
