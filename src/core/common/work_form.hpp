// What the work forms of all families share: how they begin, how they grow, and deferred rows.
//
// Growing. A larger buffer can only come from the caller. So a function that lacks capacity changes nothing that is
// counted, writes the layout that the state needs to a sketch_growth (`grow_to`) and answers SKETCH_GROW; the caller
// moves the state into a buffer of that size (`work_move`) and makes the call again.
//
// Deferred rows. With many groups, each row would wait for its cell to come from memory: 100 to 200 ns, where all else
// takes some ten. So a row only prefetches its cell and stays pending in the header; the next row of the group applies
// it, when the cell has come. Whatever reads or moves a state must count its pending rows in. The work forms that do so
// (quantile's windows, distinct's registers, membership's blocks) are checked against the concept DefersRows.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "bytes.hpp"
#include "format.hpp"

namespace sketch {

// The first bytes of every work form. A family's header derives from it and names its kFamily and kLayout.
struct WorkPrefix {
    std::uint32_t caller;  // PostgreSQL's length word
    std::uint8_t magic, family, layout, flags;
};
static_assert(sizeof(WorkPrefix) == 8);

// Validates the prefix of untrusted bytes; the rest of the header is for the family to check.
template <typename Header>
Status check_prefix(const void *state, std::size_t size) noexcept {
    if (size < sizeof(Header)) return SKETCH_TRUNCATED;
    const WorkPrefix prefix = load<WorkPrefix>(state);
    if (prefix.magic != kWorkMagic) return SKETCH_WRONG_VERSION;
    if (prefix.family != static_cast<std::uint8_t>(Header::kFamily)) return SKETCH_WRONG_FAMILY;
    return prefix.layout == Header::kLayout ? SKETCH_OK : SKETCH_WRONG_VERSION;
}

// A work form that this library wrote, 8-byte aligned. Those of the families derive from it; readers of const bytes,
// whose header was checked, change nothing through it.
template <typename Header>
class WorkForm {
  public:
    WorkForm(void *state, std::size_t size) noexcept : bytes_(static_cast<std::uint8_t *>(state)), size_(size) {}
    WorkForm(const void *state, std::size_t size) noexcept : WorkForm(const_cast<void *>(state), size) {}

    Header &header() const noexcept { return *reinterpret_cast<Header *>(bytes_); }
    std::size_t size() const noexcept { return size_; }

    // A header of zeros but for the prefix. What follows is the family's to clear.
    Header &begin_header() const noexcept {
        std::memset(bytes_, 0, sizeof(Header));
        Header &h = header();
        h.magic = kWorkMagic;
        h.family = static_cast<std::uint8_t>(Header::kFamily);
        h.layout = Header::kLayout;
        return h;
    }

  protected:
    template <typename T>
    T *at(std::size_t offset) const noexcept {
        return reinterpret_cast<T *>(bytes_ + offset);
    }

    std::uint8_t *bytes_;
    std::size_t size_;
};

// The size of a buffer for so many bytes. Up to a chunk these are powers of two, which PostgreSQL's allocator rounds to
// anyway; larger ones come from the system, and are as large as needed. New states have the first size.
inline constexpr std::size_t kFirstSize = 256, kLargestChunk = 8192, kGranule = 64;
constexpr std::uint64_t in_granules(std::uint64_t size) noexcept { return (size + kGranule - 1) / kGranule * kGranule; }
constexpr std::uint64_t buffer_size(std::uint64_t needed) noexcept {
    return needed <= kLargestChunk ? std::bit_ceil(needed) : in_granules(needed);
}

// `layout` is the family's own, and only its work_move looks into it.
template <typename Layout>
Status grow_to(sketch_growth &growth, std::uint64_t size, const Layout &layout) noexcept {
    static_assert(std::is_trivially_copyable_v<Layout> && sizeof layout <= sizeof growth.opaque);
    growth.size = size;
    std::memcpy(growth.opaque, &layout, sizeof layout);
    return SKETCH_GROW;
}
template <typename Layout>
Layout layout_of(const sketch_growth &growth) noexcept {
    return load<Layout>(growth.opaque);
}

// add_deferred(row) prefetches the row's cell, applies what is pending if there is no place for one more, and leaves
// the row pending; pending_rows() of them are in the state, but not yet in their cells.
template <typename Work, typename Row>
concept DefersRows = requires(const Work &work, Row row) {
    work.add_deferred(row);
    { work.pending_rows() } -> std::convertible_to<std::uint32_t>;
};

}  // namespace sketch
