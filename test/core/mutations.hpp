// How the tests of every family damage bytes, and print them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace mutations {

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937_64;

// Another byte in place of this one: more often one at the edge of what a field may hold.
inline uint8_t telling_byte(Random &random, uint8_t old) {
    switch (random() % 5) {
        case 0: return static_cast<uint8_t>(old ^ 1u << random() % 8);
        case 1: return 0;
        case 2: return 0xff;
        case 3: return static_cast<uint8_t>(old + (random() % 2 ? 1 : -1));
        default: return static_cast<uint8_t>(random());
    }
}

// One to four changes: bytes set, left out, put in; the end cut off. Half of them in the first 12 bytes, the header.
inline void damage(Random &random, Bytes &bytes) {
    for (uint64_t changes = 1 + random() % 4; changes > 0 && !bytes.empty(); changes--) {
        size_t at = random() % (random() % 2 ? std::min<size_t>(bytes.size(), 12) : bytes.size());
        switch (random() % 8) {
            case 0: bytes.erase(bytes.begin() + static_cast<long>(at)); break;
            case 1: bytes.insert(bytes.begin() + static_cast<long>(at), static_cast<uint8_t>(random())); break;
            case 2: bytes.resize(at + 1); break;
            default: bytes[at] = telling_byte(random, bytes[at]);
        }
    }
}

inline void flip(Bytes &bytes, size_t bit) { bytes[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8); }

inline std::string hex(const Bytes &bytes) {
    std::string text;
    for (uint8_t b : bytes) {
        text += "0123456789abcdef"[b >> 4];
        text += "0123456789abcdef"[b & 15];
    }
    return text;
}
inline Bytes bytes_of(const std::string &hex) {
    Bytes bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

}  // namespace mutations
