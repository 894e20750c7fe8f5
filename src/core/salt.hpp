// Salts of hash tables. Where a table's places depend on nothing but what is stored there, who sends stored bytes can
// choose tokens that share places, and two tables have one order, in which merging them fills the low end of one first:
// both cost time that grows with the square. No packed byte depends on a salt.
#pragma once

#include <atomic>
#include <cstdint>

#include "int128.hpp"

namespace sketch {

// SplitMix64's finaliser.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

// A word spread by a salt: both halves of the 128-bit product, folded, as XXH3 does with its secret. Not linear in the
// word, and to be foreseen only by who knows the salt. Takes hardly longer than a plain product.
constexpr std::uint64_t salted(std::uint64_t word, std::uint64_t salt) noexcept {
    const u128 product = static_cast<u128>(word) * salt;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// From where on the salts of a process are counted: see sketch_set_salt.
inline std::atomic<std::uint64_t> salt_counter{0};

// Another one each time, as SplitMix64 makes them, and odd. Threads that draw at once may get the same: no harm in
// that.
inline std::uint64_t next_salt() noexcept {
    const std::uint64_t at = salt_counter.load(std::memory_order_relaxed) + 0x9e3779b97f4a7c15u;
    salt_counter.store(at, std::memory_order_relaxed);
    return mix(at) | 1;
}

}  // namespace sketch
