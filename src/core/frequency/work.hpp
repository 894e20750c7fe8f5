// A work form of a frequency sketch: a flat buffer that items are counted in, in place. Layout in frequency.hpp.
//
// The width of counters depends on the order of arrival and is never seen from outside; whether the state is exact or
// dense does not.
//
// What takes many steps tries them, and undoes those that were done when one of them fails: there are few failures.
#pragma once

#include <algorithm>

#include "../common/probe_budget.hpp"
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
    bool is_crowded() const noexcept { return sketch::is_crowded(header().probes, header().slots); }
    // Counts the probes of a search, or of making room. Whether the table is crowded now.
    [[gnu::noinline]] bool exceeds_probe_budget(std::size_t probes) const noexcept {
        header().probes = add_probes(header().probes, probes);
        return is_crowded();
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

    // The first slot from the home on whose key is not smaller: the key's own, or where it belongs.
    std::uint32_t find(std::uint64_t key) const noexcept {
        const std::uint32_t at = find_near(key);
        return keys()[at] < key ? find_far(at, key) : at;
    }
    // The same, or a slot a few steps from home with a smaller key.
    std::uint32_t find_near(std::uint64_t key) const noexcept {
        const std::uint64_t *all = keys();
        std::uint32_t at = home_of(key, homes_of(header().slots));
        // Most entries are close to home, at random: steps that are taken or not, without a branch to guess.
        for (int step = 0; step < 4; step++) at += all[at] < key;
        return at;
    }

    // The same from a slot with a smaller key. No entry with a smaller key stands behind a slot that is empty or has a
    // larger one, so steps may double: adversarial keys, whose hashes share their leading bits, make long runs.
    [[gnu::noinline]] std::uint32_t find_far(std::uint32_t at, std::uint64_t key) const noexcept {
        const std::uint64_t *all = keys();
        const std::uint32_t end = header().slots;  // where the key is the largest
        std::uint32_t step = 1;
        while (step < end - at && all[at + step] < key) {
            at += step;
            step *= 2;
        }
        return static_cast<std::uint32_t>(std::lower_bound(all + at, all + at + std::min(step, end - at), key) - all);
    }

    template <typename T>
    bool holds(std::uint32_t at, std::uint64_t key) const noexcept {
        return keys()[at] == key && at < header().slots && counts<T>()[at] != 0;
    }

    // Puts a new entry at the slot that find told; false if the entries behind cannot make room, or are a crowd.
    template <typename T>
    bool insert(std::uint32_t at, std::uint64_t key, std::uint64_t count) const noexcept {
        WorkHeader &h = header();
        T *counts_of = counts<T>();
        std::uint32_t empty = at;
        while (empty < h.slots && counts_of[empty] != 0) empty++;
        if (empty >= h.slots || (empty - at > kFreeProbes && exceeds_probe_budget(empty - at))) return false;
        std::copy_backward(keys() + at, keys() + empty, keys() + empty + 1);
        std::copy_backward(counts_of + at, counts_of + empty, counts_of + empty + 1);
        keys()[at] = key;
        counts_of[at] = static_cast<T>(count);
        h.entries++;
        return true;
    }

    // Spreads the first `entries` slots, which are full and in order, over the table: each to its home or the first
    // slot behind that is free. Their places are only known from the first to the last, and they can only be moved
    // from the last to the first; so how far they are pushed is noted once for a block.
    template <typename T>
    void spread(std::uint32_t entries) const noexcept {
        constexpr std::uint32_t kBlock = 512;
        std::uint32_t before[max_entries(kMaxLog2Width) / kBlock + 1], pushed[kBlock];
        WorkHeader &h = header();
        const std::uint32_t homes = homes_of(h.slots);
        auto push = [&](std::uint32_t by, std::uint32_t i) {
            std::uint32_t home = home_of(keys()[i], homes);
            return home > i + by ? home - i : by;
        };
        for (std::uint32_t i = 0, by = 0; i < entries; i++) {
            if (i % kBlock == 0) before[i / kBlock] = by;
            by = push(by, i);
        }
        std::uint32_t end = h.slots;
        auto clear = [&](std::uint32_t begin) {
            std::fill(keys() + begin, keys() + end, kEmptySlot);
            std::fill(counts<T>() + begin, counts<T>() + end, T{0});
        };
        for (std::uint32_t left = entries; left > 0;) {
            const std::uint32_t first = (left - 1) / kBlock * kBlock;
            for (std::uint32_t i = first, by = before[first / kBlock]; i < left; i++)
                pushed[i - first] = by = push(by, i);
            for (; left > first; left--) {
                const std::uint32_t from = left - 1, to = from + pushed[from - first];
                clear(to + 1);
                keys()[to] = keys()[from];
                counts<T>()[to] = counts<T>()[from];
                end = to;
            }
        }
        clear(0);
        h.entries = entries;
    }

    // Takes the entries out whose counts have come to nothing.
    template <typename T>
    void sweep() const noexcept {
        std::uint32_t left = 0;
        for (std::uint32_t at = 0; at < header().slots; at++) {
            keys()[left] = keys()[at];
            counts<T>()[left] = counts<T>()[at];
            left += counts<T>()[left] != 0;
        }
        spread<T>(left);
    }

    // Counts a hash in the table; false if there is no room for it, or for its count, or if the table is crowded.
    template <typename T>
    [[gnu::always_inline]] bool count_exact(std::uint64_t hash, std::uint64_t weight) const noexcept {
        WorkHeader &h = header();
        const std::uint64_t key = key_of(hash);
        std::uint32_t at = find_near(key);
        if (keys()[at] < key) {
            const std::uint32_t near = at;
            at = find_far(near, key);
            if (at - near > kFreeProbes &&
                exceeds_probe_budget(kFreeProbes + static_cast<unsigned>(std::bit_width(at - near))))
                return false;
        }
        constexpr std::uint64_t largest = static_cast<T>(~T{0});
        if (holds<T>(at, key)) {
            std::uint64_t sum = counts<T>()[at] + weight;
            if (sum > largest) return false;
            counts<T>()[at] = static_cast<T>(sum);
            return true;
        }
        if (weight > largest || h.entries >= std::min(capacity_of(h.slots), max_entries(h.log2_width))) return false;
        return insert<T>(at, key, weight);
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
        T &count = counts<T>()[find(key_of(hash))];
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

// visit(key, count), in order.
template <typename Visit>
void for_each_key(const Work &work, Visit visit) noexcept {
    View view = work.view();
    view.salt = 0;  // so that keys are taken for hashes
    frequency::for_each_entry(view, [&](const Entry &e) {
        visit(e.hash, e.count);
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
Status plan_wider(const Work &work, int width, sketch_growth &growth) noexcept;
// A table for so many entries, with counts of this width.
Status plan_table(const Work &work, std::uint32_t entries, int width, sketch_growth &growth) noexcept;
// An exact state becomes dense; or a dense one narrower.
Status plan_conversion(const Work &work, int log2_width, int least_width, sketch_growth &growth) noexcept;

}  // namespace sketch::frequency
