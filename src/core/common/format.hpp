// What the stored forms of all families have in common. docs/FORMAT.md describes every byte.
#pragma once

#include <cstdint>

#include "../../sketch.h"

namespace sketch {

// First byte of a packed value. Later versions of the library read every version that was ever written.
inline constexpr std::uint8_t kFormatVersion = SKETCH_FORMAT_VERSION;

// First byte of a work form (after the length word); never the first byte of a packed value.
inline constexpr std::uint8_t kWorkMagic = SKETCH_WORK_MAGIC;

// Second byte of both forms.
enum class Family : std::uint8_t {
    quantile = SKETCH_QUANTILE,
    distinct = SKETCH_DISTINCT,
    frequency = SKETCH_FREQUENCY,
    topk = SKETCH_TOPK,
    membership = SKETCH_MEMBERSHIP
};

using Status = sketch_status;

// Largest total count: a count is an SQL bigint.
inline constexpr std::uint64_t kMaxTotal = 0x7fffffffffffffffu;

// Whether items have this kind: see sketch_kind.
constexpr bool is_kind(int kind) noexcept {
    int element = kind & ~SKETCH_KIND_ARRAY;
    return kind < 0x80 && ((element > 0 && element <= SKETCH_KIND_LAST) || element == SKETCH_KIND_OTHER);
}

// Whether a header may say so: the kind is open only while there are no items.
constexpr bool is_header_kind(int kind, bool is_empty) noexcept {
    return is_kind(kind) || (kind == SKETCH_KIND_NONE && is_empty);
}

// Whether items of a kind can be looked for in a sketch: in one whose kind is open they are not.
constexpr bool is_kind_of(int held, int kind) noexcept { return held == kind || held == SKETCH_KIND_NONE; }

// A step that brings the first items to a state whose kind is open. If it fails, the kind is open again.
template <typename Header, typename Step>
[[gnu::cold, gnu::noinline]] Status with_first_kind(Header &header, int kind, Step step) noexcept {
    if (header.kind != SKETCH_KIND_NONE || !is_kind(kind)) return SKETCH_WRONG_KIND;
    header.kind = static_cast<std::uint8_t>(kind);
    const Status s = step();
    if (s != SKETCH_OK) header.kind = SKETCH_KIND_NONE;
    return s;
}

}  // namespace sketch
