// What calls of all families have in common that make something in the caller's memory: states, opened sketches, packed
// bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "../core/common/bytes.hpp"
#include "../core/common/format.hpp"

namespace sketch {

inline bool is_aligned(const void *bytes) noexcept {
    return reinterpret_cast<std::uintptr_t>(bytes) % alignof(std::uint64_t) == 0;
}

// Whether a state can be made, of items of this kind and with parameters that are in range or not.
inline Status check_init(const void *state, std::size_t size, std::size_t init_size, int kind, bool in_range) noexcept {
    if (!in_range || !is_header_kind(kind, true)) return SKETCH_OUT_OF_RANGE;
    return state == nullptr || size != init_size || !is_aligned(state) ? SKETCH_NO_ROOM : SKETCH_OK;
}

// A new opened sketch, which begins scratch memory of at least `size` bytes, or nullptr if it is less or not aligned.
template <typename Opened>
Opened *place(void *scratch, std::size_t scratch_size, std::size_t size) noexcept {
    return scratch_size < size || !is_aligned(scratch) ? nullptr : new (scratch) Opened;
}

// Opens a family whose sketches are read where they stand: `Opened` has a member `view`, which `read_packed` and
// `read_work` fill from a header.
template <typename Opened, typename ReadPacked, typename ReadWork>
Status open_in_place(const void *bytes, std::size_t size, sketch_form form, void *scratch, std::size_t scratch_size,
                     Opened **opened, ReadPacked read_packed, ReadWork read_work) noexcept {
    Opened *const result = place<Opened>(scratch, scratch_size, sizeof(Opened));
    if (result == nullptr) return SKETCH_NO_ROOM;
    if (form == SKETCH_WORK && !is_aligned(bytes)) return SKETCH_CORRUPT;
    const Status s = form == SKETCH_WORK ? read_work(bytes, size, result->view)
                                         : read_packed(static_cast<const std::uint8_t *>(bytes), size, result->view);
    if (s == SKETCH_OK) *opened = result;
    return s;
}

// What `read` makes of the first bytes of a packed value, which are all or as many as are wanted.
template <typename Read>
Status peek_with(std::size_t first_size, std::size_t size, Read read) noexcept {
    const std::size_t at_hand = std::min(first_size, size);
    return at_hand < std::min<std::size_t>(size, SKETCH_PEEK_SIZE) ? SKETCH_NO_ROOM : read(at_hand);
}

// Packs with encode(writer).
template <typename Encode>
Status pack_with(Encode encode, std::uint8_t *out, std::size_t capacity, std::size_t *out_size) noexcept {
    ByteWriter writer(out, capacity);
    const Status s = encode(writer);
    if (s == SKETCH_OK) *out_size = writer.size();
    return s;
}

// Packs what is packed already and was checked.
template <typename View>
Status copy_packed(const View &view, Status checked, std::uint8_t *out, std::size_t capacity,
                   std::size_t *out_size) noexcept {
    if (checked != SKETCH_OK) return checked;
    if (view.size > capacity) return SKETCH_NO_ROOM;
    std::memcpy(out, view.data, view.size);
    *out_size = view.size;
    return SKETCH_OK;
}

}  // namespace sketch
