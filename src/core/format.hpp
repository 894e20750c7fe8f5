// What the stored forms of all families have in common. docs/FORMAT.md describes every byte.
#pragma once

#include <cstdint>

#include "../sketch.h"

namespace sketch {

// First byte of a packed value. Later versions of the library read every version that was ever written.
inline constexpr std::uint8_t kFormatVersion = SKETCH_FORMAT_VERSION;

// First byte of a work form (after the length word); never the first byte of a packed value.
inline constexpr std::uint8_t kWorkMagic = SKETCH_WORK_MAGIC;

// Second byte of both forms.
enum class Family : std::uint8_t { quantile = 1, distinct = 2, frequency = 3, topk = 4, membership = 5 };

using Status = sketch_status;

// Largest total count: a count is an SQL bigint.
inline constexpr std::uint64_t kMaxTotal = 0x7fffffffffffffffu;

// Whether a header's kind is one that this library knows: see sketch_kind.
constexpr bool is_kind(int kind) noexcept {
    int element = kind & ~SKETCH_KIND_ARRAY;
    return kind < 0x80 && ((element > 0 && element <= SKETCH_KIND_LAST) || element == SKETCH_KIND_OTHER);
}

}  // namespace sketch
