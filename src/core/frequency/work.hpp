// A work form of a frequency sketch: a flat buffer that items are counted in, in place. Layout in frequency.hpp.
//
// The width of counters depends on the order of arrival and is never seen from outside; whether the state is exact or
// dense does not.
//
// What takes many steps tries them, and undoes those that were done when one of them fails: there are few failures.
#pragma once

#include <algorithm>

#include "layers.hpp"

namespace sketch::frequency {

constexpr std::uint32_t slots_in(std::uint64_t size, int width) noexcept {
    return static_cast<std::uint32_t>((size - sizeof(WorkHeader) - 8) / (8 + (std::size_t{1} << width)));
}

// A table is filled to 7/8: an entry stands 3 slots from home on average then.
constexpr std::uint32_t capacity_of(std::uint32_t slots) noexcept { return slots - slots / 8; }

class Work : public WorkForm<WorkHeader> {
  public:
    using WorkForm::WorkForm;

    bool dense() const noexcept { return header().flags & kWorkDense; }
    int width() const noexcept { return header().flags & kWorkWidthMask; }

    template <typename T>
    T *counters() const noexcept {
        return at<T>(sizeof(WorkHeader));
    }
    std::uint64_t *keys() const noexcept { return counters<std::uint64_t>(); }
    std::uint64_t key_of(std::uint64_t hash) const noexcept { return permuted(hash, header().salt); }
    [[gnu::always_inline]] OrderedTable table() const noexcept {
        WorkHeader &h = header();
        return {keys(), h.slots, homes_of(h.slots), h.probes};
    }
    template <typename T>
    T *counts() const noexcept {
        return at<T>(sizeof(WorkHeader) + 8 * (std::size_t{header().slots} + 1));
    }

    View view() const noexcept {
        const WorkHeader &h = header();
        return {true,   dense(), h.kind, h.log2_width,       width(), h.total, h.entries, h.slots,
                h.salt, bytes_,  size_,  sizeof(WorkHeader), 0,       {}};
    }

    // An empty table in the whole buffer.
    void clear_table(int width, std::uint64_t salt) const noexcept {
        WorkHeader &h = header();
        std::memset(bytes_ + sizeof(WorkHeader), 0, size_ - sizeof(WorkHeader));
        h.flags = static_cast<std::uint8_t>(width);
        h.total = 0;
        h.entries = h.probes = 0;
        h.slots = slots_in(size_, width);
        h.salt = salt;
        std::fill(keys(), keys() + h.slots + 1, kEmptySlot);
    }

    template <typename T>
    bool holds(std::uint32_t at, std::uint64_t key) const noexcept {
        return keys()[at] == key && at < header().slots && counts<T>()[at] != 0;
    }

    // Puts a new entry at the slot that find told; false if the entries behind cannot make room.
    template <typename T>
    bool insert(std::uint32_t at, std::uint64_t key, std::uint64_t count) const noexcept {
        if (!table().open_slot(at, counts<T>())) return false;
        keys()[at] = key;
        counts<T>()[at] = static_cast<T>(count);
        header().entries++;
        return true;
    }

    // Takes the entries out whose counts have come to nothing.
    template <typename T>
    void sweep() const noexcept {
        const T *const counts_of = counts<T>();
        header().entries = table().thin_out(counts<T>(), [=](std::uint32_t at) { return counts_of[at] != 0; });
    }

    // Counts a hash in the table; false if there is no room for it, or for its count, or if the table is crowded.
    template <typename T>
    [[gnu::always_inline]] bool count_exact(std::uint64_t hash, std::uint64_t weight) const noexcept {
        WorkHeader &h = header();
        const std::uint64_t key = key_of(hash);
        const std::uint32_t at = table().find(key);
        if (table().exceeds_probe_budget(key, at)) [[unlikely]]
            return false;
        constexpr std::uint64_t largest = static_cast<T>(~T{0});
        if (holds<T>(at, key)) {
            std::uint64_t sum = counts<T>()[at] + weight;
            if (sum > largest) return false;
            counts<T>()[at] = static_cast<T>(sum);
            return true;
        }
        return weight <= largest && h.entries < std::min(capacity_of(h.slots), max_entries(h.log2_width)) &&
               !table().is_crowded() && insert<T>(at, key, weight);
    }

    // The same in all rows of counters; false, and nothing changed, if one of them does not hold the sum.
    template <typename T>
    [[gnu::always_inline]] bool count_dense(std::uint64_t hash, std::uint64_t weight) const noexcept {
        Cells cells(hash, header().log2_width);
        T *all = counters<T>();
        std::uint64_t sums[kDepth], any = 0;
        for (int row = 0; row < kDepth; row++) {
            sums[row] = all[cells.at[row]] + weight;
            any |= sums[row];
        }
        if constexpr (sizeof(T) < 8)
            if (any >> (8 * sizeof(T))) [[unlikely]]
                return false;
        for (int row = 0; row < kDepth; row++) all[cells.at[row]] = static_cast<T>(sums[row]);
        return true;
    }

    // Undoes count_exact or count_dense, or takes an item's count away that is known to be there; sweep() is next.
    template <typename T>
    void uncount_exact(std::uint64_t hash, std::uint64_t weight) const noexcept {
        T &count = counts<T>()[table().find(key_of(hash))];
        count = static_cast<T>(count - weight);
    }
    template <typename T>
    bool uncount_dense(std::uint64_t hash, std::uint64_t weight) const noexcept {
        Cells cells(hash, header().log2_width);
        T *all = counters<T>();
        for (std::size_t at : cells.at)
            if (all[at] < weight) return false;
        for (std::size_t at : cells.at) all[at] = static_cast<T>(all[at] - weight);
        return true;
    }
};

template <typename Visit>
void for_each_entry(const Work &work, Visit visit) noexcept {
    frequency::for_each_entry(work.view(), [&](const Entry &e) {
        visit(e);
        return true;
    });
}

// A counter at a smaller width: the sum of the 2^shift neighbours that a sketch has for it.
template <typename T>
std::uint64_t folded(const T *counters, std::size_t i, int shift) noexcept {
    std::uint64_t sum = 0;
    for (std::size_t j = 0; j < std::size_t{1} << shift; j++) sum += counters[(i << shift) + j];
    return sum;
}

// What a state needs next (layout.cpp): all answer SKETCH_GROW.
//
// Counters of this width and so many bytes each, for a state that is dense, or becomes so.
Status plan_dense(int log2_width, int width, sketch_growth &growth) noexcept;
Status plan_wider(Work work, int width, sketch_growth &growth) noexcept;
// A table for so many entries, with counts of this width.
Status plan_table(Work work, std::uint32_t entries, int width, sketch_growth &growth) noexcept;
// An exact state becomes dense; or a dense one narrower.
Status plan_conversion(Work work, int log2_width, int least_width, sketch_growth &growth) noexcept;

}  // namespace sketch::frequency
