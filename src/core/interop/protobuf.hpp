// The wire format of protobuf (protobuf.dev, "Encoding"), read: bounds-checked, without allocation. Groups, which
// nobody writes since proto2, are CORRUPT.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "../common/bytes.hpp"
#include "../common/format.hpp"
#include "../common/poll.hpp"

namespace sketch::interop {

using Slice = sketch_slice;
using Field = sketch_field;

// A varint is not always the shortest one, and of one that is too large the upper bits are lost: as protobuf has it.
inline Status read_varint(Slice &from, std::uint64_t &value) noexcept {
    std::uint64_t v = 0;
    for (unsigned i = 0; i < 10; i++) {
        if (i == from.size) return SKETCH_TRUNCATED;
        const std::uint8_t byte = from.at[i];
        v |= std::uint64_t{byte & 0x7fu} << (7 * i);
        if (byte < 0x80) {
            from = {from.at + i + 1, from.size - i - 1};
            value = v;
            return SKETCH_OK;
        }
    }
    return SKETCH_CORRUPT;
}

// Takes `size` bytes off the front.
inline bool take(Slice &from, std::uint64_t size, Slice &taken) noexcept {
    if (size > from.size) return false;
    taken = {from.at, static_cast<std::size_t>(size)};
    from = {from.at + taken.size, from.size - taken.size};
    return true;
}

inline Status next_field(Slice &message, Field &field) noexcept {
    if (message.size == 0) return SKETCH_END;
    std::uint64_t tag;
    if (const Status s = read_varint(message, tag); s != SKETCH_OK) return s;
    if (tag >> 32 != 0 || tag >> 3 == 0) return SKETCH_CORRUPT;
    field.number = static_cast<std::uint32_t>(tag >> 3);
    field.wire_type = static_cast<sketch_wire_type>(tag & 7);
    field.bytes = {};
    switch (field.wire_type) {
        case SKETCH_WIRE_VARINT: return read_varint(message, field.value);
        case SKETCH_WIRE_BYTES:
            if (const Status s = read_varint(message, field.value); s != SKETCH_OK) return s;
            return take(message, field.value, field.bytes) ? SKETCH_OK : SKETCH_TRUNCATED;
        case SKETCH_WIRE_FIXED64:
        case SKETCH_WIRE_FIXED32: {
            Slice number;
            if (!take(message, field.wire_type == SKETCH_WIRE_FIXED64 ? 8 : 4, number)) return SKETCH_TRUNCATED;
            field.value = load_before(number.at, number.at + number.size);
            return SKETCH_OK;
        }
    }
    return SKETCH_CORRUPT;
}

// A field as its tag tells it: number and wire type. What comes with another wire type is another field, as protobuf
// has it.
constexpr std::uint32_t tag(std::uint32_t number, sketch_wire_type wire_type) noexcept {
    return number << 3 | static_cast<std::uint32_t>(wire_type);
}
inline std::uint32_t tag_of(const Field &field) noexcept { return tag(field.number, field.wire_type); }
constexpr std::uint32_t varint(std::uint32_t number) noexcept { return tag(number, SKETCH_WIRE_VARINT); }
constexpr std::uint32_t fixed64(std::uint32_t number) noexcept { return tag(number, SKETCH_WIRE_FIXED64); }
constexpr std::uint32_t bytes(std::uint32_t number) noexcept { return tag(number, SKETCH_WIRE_BYTES); }

inline std::int64_t from_zigzag(std::uint64_t v) noexcept { return static_cast<std::int64_t>(v >> 1 ^ (0 - (v & 1))); }
inline double as_double(const Field &field) noexcept { return std::bit_cast<double>(field.value); }

// Calls visit(field) for the fields of a message, until one fails. What is read twice on the way is cheap: of fields
// that are bytes only the length is looked at.
template <typename Visit>
Status each_field(Slice message, Visit visit) noexcept {
    for (std::uint64_t n = 0;; n++) {
        poll_at(n);
        Field field;
        if (const Status s = next_field(message, field); s != SKETCH_OK) return s == SKETCH_END ? SKETCH_OK : s;
        if (const Status s = visit(field); s != SKETCH_OK) return s;
    }
}

// A walk through a message ends here, and its cursor says why.
template <typename Cursor>
Status fail(Cursor &cursor, Status status, const char *problem) noexcept {
    cursor.problem = problem;
    return status;
}

// walk(at): what a walk keeps between calls stands in memory of the caller's, which is all zero at first.
template <typename At, typename Memory, typename Walk>
Status resumed(Memory &memory, Walk walk) noexcept {
    static_assert(sizeof(At) <= sizeof memory && std::is_trivially_copyable_v<At>);
    At at;
    std::memcpy(static_cast<void *>(&at), &memory, sizeof at);
    const Status s = walk(at);
    std::memcpy(&memory, &at, sizeof at);
    return s;
}

// The numbers of a repeated field: in one packed piece, in several, or one by one.
class RepeatedVarint {
  public:
    RepeatedVarint() = default;
    RepeatedVarint(Slice message, std::uint32_t number) noexcept : message_(message), number_(number) {}

    Status next(std::uint64_t &value) noexcept {
        for (;;) {
            if (packed_.size > 0) return read_varint(packed_, value);
            Field field;
            if (const Status s = next_field(message_, field); s != SKETCH_OK) return s;
            if (field.number != number_) continue;
            if (field.wire_type == SKETCH_WIRE_VARINT) {
                value = field.value;
                return SKETCH_OK;
            }
            if (field.wire_type != SKETCH_WIRE_BYTES) return SKETCH_CORRUPT;
            packed_ = field.bytes;
        }
    }

  private:
    Slice message_ = {}, packed_ = {};
    std::uint32_t number_ = 0;
};

}  // namespace sketch::interop
