// Salts of hash tables. Where a table's places depend on nothing but what is stored there, who sends stored bytes can
// choose tokens that share places, and two tables have one order, in which merging them fills the low end of one first:
// both cost time that grows with the square. No packed byte depends on a salt. See probe_budget.hpp for who uses them.
//
// A work form holds the salt of its own table, and some are stored. So salts are made of two secrets of the process
// that are stored nowhere, in a way that cannot be undone: one salt tells nothing of the next.
#pragma once

#include <atomic>
#include <cstdint>

#include "int128.hpp"

namespace sketch {

// The finaliser of SplitMix64 (Stafford's variant 13 of MurmurHash3's): a bijection in which each bit of the input
// changes each bit of the output with probability near 1/2. And back.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}
constexpr std::uint64_t unmix(std::uint64_t x) noexcept {
    x = (x ^ x >> 31 ^ x >> 62) * 0x319642b2d24d8ec3u;
    x = (x ^ x >> 27 ^ x >> 54) * 0x96de1b173f119089u;
    return x ^ x >> 30 ^ x >> 60;
}
static_assert(unmix(mix(0x0123456789abcdef)) == 0x0123456789abcdef);

// A permutation of words that only who knows the salt can foresee; none without a salt. And back.
constexpr std::uint64_t permuted(std::uint64_t word, std::uint64_t salt) noexcept {
    return salt == 0 ? word : mix(word ^ salt);
}
constexpr std::uint64_t unpermuted(std::uint64_t word, std::uint64_t salt) noexcept {
    return salt == 0 ? word : unmix(word) ^ salt;
}

// A word spread by a salt: both halves of the 128-bit product, folded, as XXH3 does with its secret, and once more
// multiplied, since the high bits of the fold are those of a plain product, in which equal distances between words stay
// equal: one salt in a hundred would put a run of neighbours in few places. Not linear in the word, and to be foreseen
// only by who knows the salt.
constexpr std::uint64_t salted(std::uint64_t word, std::uint64_t salt) noexcept {
    const u128 product = static_cast<u128>(word) * salt;
    return (static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64)) * 0x9e3779b97f4a7c15u;
}

// From where on the salts of a process are counted, and what they are multiplied by: see sketch_set_salt.
inline std::atomic<std::uint64_t> salt_counter{0}, salt_key{1};

inline void set_salt(std::uint64_t secret) noexcept {
    salt_counter.store(secret, std::memory_order_relaxed);
    salt_key.store(mix(~secret) | 1, std::memory_order_relaxed);
}

// Another one each time, and odd. Threads that draw at once may get the same: no harm in that.
inline std::uint64_t next_salt() noexcept {
    const std::uint64_t at = salt_counter.load(std::memory_order_relaxed) + 0x9e3779b97f4a7c15u;
    salt_counter.store(at, std::memory_order_relaxed);
    return salted(mix(at), salt_key.load(std::memory_order_relaxed)) | 1;
}

}  // namespace sketch
