// Values that a stranger would choose: made from the hashes that they are to have.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "core/distinct/distinct.hpp"
#include "core/topk/layout.hpp"
#include "sketch.h"

namespace chosen {

constexpr uint64_t inverse_of(uint64_t odd) {
    uint64_t inverse = odd;  // right modulo 8; each step doubles the bits that are
    for (int i = 0; i < 5; i++) inverse *= 2 - odd * inverse;
    return inverse;
}

// The word that sketch_hash_word makes this hash of. XXH3 of 8 bytes swaps the halves, adds a constant without
// carry, and multiplies, rotates and shifts: each of it can be undone.
inline uint64_t word_with_hash(uint64_t hash) {
    constexpr uint64_t kPrime = 0x9fb21c651e98df25, kInverse = inverse_of(kPrime);
    constexpr uint64_t kFlip = 0x1cad21f72c81017c ^ 0xdb979083e96dd4de;  // of XXH3's own secret
    auto rotated = [](uint64_t x, int by) { return x << by | x >> (64 - by); };
    uint64_t h = hash ^ hash >> 28 ^ hash >> 56;
    h *= kInverse;
    h ^= (h >> 35) + 8;
    h *= kInverse;
    // x ^ rotl(x, 24) ^ rotl(x, 49), as a polynomial modulo x^64 + 1 = (x + 1)^64, has the 64th power 1.
    for (int i = 0; i < 63; i++) h ^= rotated(h, 24) ^ rotated(h, 49);
    h ^= kFlip;
    return h >> 32 | h << 32;
}

// The most tokens that a distinct sketch holds, of as few neighbouring indexes as there can be.
inline std::vector<uint32_t> tokens_from(uint32_t first, size_t count = sketch::distinct::kMaxTokens) {
    std::vector<uint32_t> tokens;
    for (uint32_t index = first; tokens.size() < count; index++)
        for (uint32_t nlz = 0; nlz <= sketch::distinct::kLargestNlz && tokens.size() < count; nlz++)
            tokens.push_back(index << 6 | nlz);
    return tokens;
}

// Texts of seven bytes whose refs are the smallest that there are in an unsalted table of a topk sketch.
inline std::vector<std::string> short_texts(size_t count) {
    std::vector<std::string> texts;
    for (uint64_t ref = 2; texts.size() < count; ref += 2) {
        const uint64_t word = sketch::topk::word_of(ref, 0);
        if (word >> 56 != 7) continue;
        std::string text(7, '\0');
        for (size_t i = 0; i < 7; i++) text[i] = static_cast<char>(word >> 8 * i);
        texts.push_back(text);
    }
    return texts;
}

// Items of eight bytes, kept in the heap, in groups of which all have one tag.
inline std::vector<std::string> texts_with_tags(size_t count, size_t group) {
    std::vector<std::string> texts;
    for (uint64_t i = 0, low = 0; texts.size() < count; low++) {
        const uint64_t word = word_with_hash(sketch_hash_word(i / group) >> 32 << 32 | low);
        if (word >> 56 == 0 || word >> 56 == 0xff) continue;  // kept as an integer would be
        std::string text(8, '\0');
        for (size_t b = 0; b < 8; b++) text[b] = static_cast<char>(word >> 8 * b);
        texts.push_back(text);
        i++;
    }
    return texts;
}

}  // namespace chosen
