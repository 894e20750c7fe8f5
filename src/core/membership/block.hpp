// Blocks of a split-block Bloom filter: 256 bits in 8 words of 32; an item has one bit in each word.
//
// On x86-64 each loop is there twice, for the baseline and for AVX2, and the processor decides at run time; both give
// the same bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "../common/bytes.hpp"
#include "../common/format.hpp"
#include "../common/simd.hpp"

namespace sketch::membership {

inline constexpr std::size_t kBlockSize = SKETCH_MEMBERSHIP_BLOCK_SIZE;
inline constexpr int kWords = 8;
inline constexpr int kLowBits = 24;  // of a hash, which choose the mask; in a token the block's number is above them

// Odd multipliers that spread the low bits of a hash over the words: the last 24 bits of those of Apache Parquet
// (BloomFilter.md), where they stand at the top of a word. So what is above the low bits of a token has no part in a
// product, and need not be taken away before.
inline constexpr std::uint32_t kSalt[kWords] = {0xb6137b00u, 0x974d9100u, 0x24ad5b00u, 0xb7289d00u,
                                                0x5495c700u, 0xf1424b00u, 0xfc494700u, 0x6bfb3100u};

// One bit of a word, by the low bits of a hash or of a token. No two low bits have the same eight bits: all eight
// products of their difference would be within 2^19 of 0, modulo 2^24, and there is no such difference (a test tries
// all). So two items of a block that a probe could not tell apart have one token.
constexpr std::uint32_t mask_word(std::uint32_t low, int word) noexcept {
    return std::uint32_t{1} << (low * kSalt[word] >> 27);
}

// Order of the bytes in the words of a packed value, and in those of a work form. The same but on big-endian machines.
enum class Words { little_endian, native };

inline std::uint32_t load_word(const std::uint8_t *from, Words order) noexcept {
    std::uint32_t word = load<std::uint32_t>(from);
    if constexpr (std::endian::native == std::endian::big)
        if (order == Words::little_endian) word = __builtin_bswap32(word);
    return word;
}

inline void store_word(std::uint8_t *to, std::uint32_t word, Words order) noexcept {
    if constexpr (std::endian::native == std::endian::big)
        if (order == Words::little_endian) word = __builtin_bswap32(word);
    store(to, word);
}

// What is set in some blocks: the bits, and how many ways there are to choose one in each word of a block, so masks
// that have no other bit: at most 2^40 for each block.
struct Fill {
    std::uint64_t masks, ones;

    bool operator==(const Fill &) const = default;
};

// to[i] |= from[i 2^shift] | ... | from[(i + 1) 2^shift - 1]: folds into `blocks` blocks of a work form.
void or_blocks(std::uint8_t *to, const std::uint8_t *from, std::uint64_t blocks, int shift, Words order) noexcept;
// Sets the bits of tokens; 2^shift of their blocks are one here.
void set_tokens(std::uint8_t *blocks, const std::uint64_t *tokens, std::size_t count, int shift) noexcept;
// Whether blocks are such as items make them: no word of a block is zero, or all are.
bool are_sound(const std::uint8_t *blocks, std::uint64_t count) noexcept;
Fill fill_of(const std::uint8_t *blocks, std::uint64_t count) noexcept;
// Position behind the n-th zero (from 1) among the first `length` bits at `bits`, of which `size` bytes may be read;
// `length` if there are fewer.
std::uint64_t behind_zero(const std::uint8_t *bits, std::size_t size, std::uint64_t length, std::uint64_t n) noexcept;

// Adding an item to a block of a work form, and looking for it in a block.
void set_bits_portable(std::uint8_t *block, std::uint32_t low) noexcept;
bool has_bits_portable(const std::uint8_t *block, std::uint32_t low, Words order) noexcept;
#ifdef SKETCH_X86
void set_bits_avx2(std::uint8_t *block, std::uint32_t low) noexcept;
bool has_bits_avx2(const std::uint8_t *block, std::uint32_t low, Words order) noexcept;
#endif

inline void set_bits(std::uint8_t *block, std::uint32_t low) noexcept {
#ifdef SKETCH_X86
    if (has_avx2) return set_bits_avx2(block, low);
#endif
    set_bits_portable(block, low);
}

inline bool has_bits(const std::uint8_t *block, std::uint32_t low, Words order) noexcept {
#ifdef SKETCH_X86
    if (has_avx2) return has_bits_avx2(block, low, order);
#endif
    return has_bits_portable(block, low, order);
}

}  // namespace sketch::membership
