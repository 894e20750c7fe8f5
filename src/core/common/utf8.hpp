// Which bytes PostgreSQL takes for a text.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sketch {

// Unicode, Table 3-7: well-formed byte sequences. And no byte of 0, which PostgreSQL has in no text.
inline bool is_utf8(std::string_view text) noexcept {
    const auto *at = reinterpret_cast<const std::uint8_t *>(text.data()), *const end = at + text.size();
    while (at < end) {
        if (end - at >= 8) {  // all ASCII, and none of them 0
            std::uint64_t word;
            std::memcpy(&word, at, 8);
            constexpr std::uint64_t kHigh = 0x8080808080808080, kOnes = 0x0101010101010101;
            if (((word | (word - kOnes)) & kHigh) == 0) {
                at += 8;
                continue;
            }
        }
        const std::uint8_t first = *at++;
        if (first == 0) return false;
        if (first < 0x80) continue;
        const int behind = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
        if (behind == 0 || end - at < behind) return false;
        const std::uint8_t least = first == 0xe0   ? 0xa0
                                   : first == 0xf0 ? 0x90
                                                   : 0x80,
                           most = first == 0xed   ? 0x9f
                                  : first == 0xf4 ? 0x8f
                                                  : 0xbf;
        if (*at < least || *at > most) return false;
        for (int i = 1; i < behind; i++)
            if ((at[i] & 0xc0) != 0x80) return false;
        at += behind;
    }
    return true;
}

}  // namespace sketch
