// The admission filter of a work form. Cells in two rows: an item has one in each, and each tells a bound on how often
// the item came if it has no entry. A cell holds how far its bound is below the offset, so that a filter of zeros tells
// nothing more than the offset does, and is as good as none.
//
// Which cells an item has does not depend on the salt of the table: filters of two states can be added up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "../common/bytes.hpp"

namespace sketch::topk {

// Of both rows together.
constexpr std::uint32_t cells_for(std::uint32_t k) noexcept { return std::max<std::uint32_t>(2048, 64 * k); }

// Cells take 2 bytes while the offset can be told with them, so that a filter never forgets but for the largest sums.
constexpr bool needs_wide_cells(std::uint64_t largest_offset) noexcept { return largest_offset > 0xffff; }
constexpr std::size_t filter_size(std::uint32_t cells, bool wide) noexcept {
    return std::size_t{cells} * (wide ? sizeof(std::uint32_t) : sizeof(std::uint16_t));
}

// The first 35 bits of an item's hash.
inline constexpr int kTagShift = 29;
constexpr std::uint64_t tag_of(std::uint64_t ref) noexcept { return ref & ~low_mask(kTagShift); }

// By the tag of an unsalted hash.
struct CellPair {
    std::uint32_t first, second;
};
constexpr CellPair cells_of(std::uint64_t tag, std::uint32_t cells) noexcept {
    const std::uint64_t row = cells / 2;
    const std::uint32_t again = static_cast<std::uint32_t>(tag >> kTagShift) * 0x9e3779b1u;
    return {static_cast<std::uint32_t>((tag >> 32) * row >> 32), static_cast<std::uint32_t>(row + (again * row >> 32))};
}

template <typename T>
class Filter {
  public:
    Filter(void *cells, std::uint32_t count) noexcept : cells_(static_cast<T *>(cells)), count_(count) {}

    // How far the bound of an item is below the offset.
    std::uint64_t slack(std::uint64_t tag) const noexcept {
        const CellPair at = cells_of(tag, count_);
        return std::max(cells_[at.first], cells_[at.second]);
    }
    // That bound becomes at least offset - slack.
    void raise(std::uint64_t tag, std::uint64_t slack) const noexcept {
        const CellPair at = cells_of(tag, count_);
        const T max = capped(slack);
        cells_[at.first] = std::min(cells_[at.first], max);
        cells_[at.second] = std::min(cells_[at.second], max);
    }
    // The offset rises, and no bound does.
    void follow(std::uint64_t rise) const noexcept {
        const T more = capped(rise);
        for (std::uint32_t i = 0; i < count_; i++) cells_[i] = sum(cells_[i], more);
    }
    void add(std::uint32_t cell, std::uint64_t slack) const noexcept {
        cells_[cell] = sum(cells_[cell], capped(slack));
    }

    template <typename From>
    void copy(Filter<From> from) const noexcept {
        for (std::uint32_t i = 0; i < count_; i++) cells_[i] = static_cast<T>(from.cells_[i]);
    }

  private:
    template <typename>
    friend class Filter;
    static constexpr T kMax = std::numeric_limits<T>::max();
    static T capped(std::uint64_t slack) noexcept { return static_cast<T>(std::min<std::uint64_t>(slack, kMax)); }
    static T sum(T a, T b) noexcept {
        const T both = static_cast<T>(a + b);
        return both < a ? kMax : both;
    }
    T *cells_;
    std::uint32_t count_;
};

}  // namespace sketch::topk
