// Counters of 1, 2, 4 or 8 bytes: a width is the logarithm of their size.
#pragma once

#include <cstdint>

#include "format.hpp"

namespace sketch {

inline constexpr std::uint64_t kMaxCount[4] = {0xffu, 0xffffu, 0xffffffffu, kMaxTotal};  // by width
constexpr int width_for(std::uint64_t count) noexcept {
    return count <= kMaxCount[0] ? 0 : count <= kMaxCount[1] ? 1 : count <= kMaxCount[2] ? 2 : 3;
}

// use(T{}) with the unsigned integer type of 2^width bytes.
template <typename Use>
[[gnu::always_inline]] inline auto with_width(int width, Use use) noexcept {
    switch (width) {
        case 0: return use(std::uint8_t{});
        case 1: return use(std::uint16_t{});
        case 2: return use(std::uint32_t{});
        default: return use(std::uint64_t{});
    }
}

}  // namespace sketch
