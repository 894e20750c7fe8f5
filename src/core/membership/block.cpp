// The loops over blocks: see block.hpp.
#include "block.hpp"

#ifdef SKETCH_X86
#include <immintrin.h>
#endif

namespace sketch::membership {

namespace {

inline std::uint8_t *block_of(std::uint8_t *blocks, std::uint64_t token, int shift) noexcept {
    return blocks + kBlockSize * static_cast<std::size_t>(token >> (kLowBits + shift));
}

// The blocks are asked for first: few of them are in the processor's nearest caches.
[[gnu::always_inline]] inline void prefetch_blocks(std::uint8_t *blocks, const std::uint64_t *tokens, std::size_t count,
                                                   int shift) noexcept {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < count; i++) __builtin_prefetch(block_of(blocks, tokens[i], shift), 1);
}

[[gnu::always_inline]] inline void or_into(std::uint8_t *__restrict to, const std::uint8_t *__restrict from,
                                           std::uint64_t blocks, int shift, Words order) noexcept {
    if (shift == 0) {
        for (std::uint64_t i = 0; i < kWords * blocks; i++)
            store(to + 4 * i, load<std::uint32_t>(to + 4 * i) | load_word(from + 4 * i, order));
        return;
    }
    for (std::uint64_t i = 0; i < blocks; i++, to += kBlockSize) {
        std::uint32_t words[kWords];
        for (int w = 0; w < kWords; w++) words[w] = load<std::uint32_t>(to + 4 * w);
        for (std::uint64_t end = (i + 1) << shift, at = i << shift; at < end; at++, from += kBlockSize)
            for (int w = 0; w < kWords; w++) words[w] |= load_word(from + 4 * w, order);
        for (int w = 0; w < kWords; w++) store(to + 4 * w, words[w]);
    }
}

[[gnu::always_inline]] inline void add_mask(std::uint8_t *block, std::uint32_t low) noexcept {
    for (int i = 0; i < kWords; i++) store(block + 4 * i, load<std::uint32_t>(block + 4 * i) | mask_word(low, i));
}

[[gnu::always_inline]] inline std::uint64_t find_behind_zero(const std::uint8_t *bits, std::size_t size,
                                                             std::uint64_t length, std::uint64_t n) noexcept {
    const std::uint8_t *const end = bits + size;
    for (std::uint64_t at = 0; at < length; at += 64, bits += 8) {
        std::uint64_t ones = ~load_before(bits, end);
        const std::uint64_t zeros = static_cast<unsigned>(std::popcount(ones));
        if (zeros >= n) {
            for (; n > 1; n--) ones &= ones - 1;
            return std::min(length, at + static_cast<unsigned>(std::countr_zero(ones)) + 1);
        }
        n -= zeros;
    }
    return length;
}
// Neither is inlined where the processor decides, which is a jump then: it is a matter of some hundred instructions.
[[gnu::noinline]] std::uint64_t behind_zero_portable(const std::uint8_t *bits, std::size_t size, std::uint64_t length,
                                                     std::uint64_t n) noexcept {
    return find_behind_zero(bits, size, length, n);
}

#ifdef SKETCH_X86

SKETCH_AVX2 std::uint64_t behind_zero_avx2(const std::uint8_t *bits, std::size_t size, std::uint64_t length,
                                           std::uint64_t n) noexcept {
    return find_behind_zero(bits, size, length, n);
}

SKETCH_AVX2 inline __m256i mask_of(std::uint32_t low) noexcept {
    const __m256i salt = _mm256_loadu_si256(reinterpret_cast<const __m256i_u *>(kSalt));
    const __m256i bit = _mm256_srli_epi32(_mm256_mullo_epi32(_mm256_set1_epi32(static_cast<int>(low)), salt), 27);
    return _mm256_sllv_epi32(_mm256_set1_epi32(1), bit);
}

SKETCH_AVX2 inline void add_mask_avx2(std::uint8_t *block, std::uint32_t low) noexcept {
    __m256i_u *const words = reinterpret_cast<__m256i_u *>(block);
    _mm256_storeu_si256(words, _mm256_or_si256(_mm256_loadu_si256(words), mask_of(low)));
}

SKETCH_AVX2 void set_tokens_avx2(std::uint8_t *blocks, const std::uint64_t *tokens, std::size_t count,
                                 int shift) noexcept {
    prefetch_blocks(blocks, tokens, count, shift);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < count; i++)
        add_mask_avx2(block_of(blocks, tokens[i], shift),
                      load<std::uint32_t>(tokens + i));  // the low half, from memory
}

#endif

}  // namespace

void set_bits_portable(std::uint8_t *block, std::uint32_t low) noexcept { add_mask(block, low); }

bool has_bits_portable(const std::uint8_t *block, std::uint32_t low, Words order) noexcept {
    std::uint32_t missing = 0;
    for (int i = 0; i < kWords; i++) missing |= mask_word(low, i) & ~load_word(block + 4 * i, order);
    return missing == 0;
}

#ifdef SKETCH_X86
SKETCH_AVX2 void set_bits_avx2(std::uint8_t *block, std::uint32_t low) noexcept { add_mask_avx2(block, low); }

SKETCH_AVX2 bool has_bits_avx2(const std::uint8_t *block, std::uint32_t low, Words) noexcept {
    return _mm256_testc_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i_u *>(block)), mask_of(low));
}
#endif

void set_tokens(std::uint8_t *blocks, const std::uint64_t *tokens, std::size_t count, int shift) noexcept {
#ifdef SKETCH_X86
    if (has_avx2) return set_tokens_avx2(blocks, tokens, count, shift);
#endif
    prefetch_blocks(blocks, tokens, count, shift);
    for (std::size_t i = 0; i < count; i++)
        add_mask(block_of(blocks, tokens[i], shift), static_cast<std::uint32_t>(tokens[i]));
}

void or_blocks(std::uint8_t *to, const std::uint8_t *from, std::uint64_t blocks, int shift, Words order) noexcept {
    vectorised([=]() SKETCH_INLINED { or_into(to, from, blocks, shift, order); });
}

bool are_sound(const std::uint8_t *blocks, std::uint64_t count) noexcept {
    return vectorised([=]() SKETCH_INLINED {
        std::uint64_t unsound = 0;
        for (const std::uint8_t *block = blocks, *end = blocks + kBlockSize * count; block != end;
             block += kBlockSize) {
            unsigned zeros = 0;
            for (int w = 0; w < kWords; w++) zeros += load<std::uint32_t>(block + 4 * w) == 0;
            unsound += zeros % kWords != 0;
        }
        return unsound == 0;
    });
}

Fill fill_of(const std::uint8_t *blocks, std::uint64_t count) noexcept {
    return vectorised([=]() SKETCH_INLINED {
        Fill fill = {0, 0};
        for (std::uint64_t i = 0; i < count; i++) {
            std::uint64_t masks = 1;
            for (int w = 0; w < kWords; w++) {
                const std::uint32_t word = load<std::uint32_t>(blocks + kBlockSize * i + 4 * w);
                const unsigned ones = static_cast<unsigned>(std::popcount(word));
                masks *= ones;
                fill.ones += ones;
            }
            fill.masks += masks;
        }
        return fill;
    });
}

std::uint64_t behind_zero(const std::uint8_t *bits, std::size_t size, std::uint64_t length, std::uint64_t n) noexcept {
#ifdef SKETCH_X86
    if (has_avx2) return behind_zero_avx2(bits, size, length, n);
#endif
    return behind_zero_portable(bits, size, length, n);
}

}  // namespace sketch::membership
