// A hash table in the order of its keys: linear probing with homes that ascend with the keys, and entries that stand as
// their keys do (Amble and Knuth, "Ordered hash tables", The Computer Journal 17(2), 1974). Reading, merging and
// packing it go straight on, and it is moved, or thinned out in place, in one pass.
//
// An entry stands at its key's home slot or behind it, with no empty slot in between. Keys are of 8 bytes, one more
// than there are slots: empty slots have the largest key, which ends every search; so does the one key behind the last
// slot. Values are in an array of their own: Value{} where a slot is empty. (An entry with the largest key is told by
// its value. There is one at most, and it is the last.) Homes are fewer than slots, so that the last entries find room
// behind the last home: from each home on, there are kNear slots, or with the one key behind them so many keys.
//
// The time of adversarial keys is bounded: see probe_budget.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "probe_budget.hpp"

namespace sketch {

inline constexpr std::uint64_t kEmptySlot = ~std::uint64_t{0};

constexpr std::uint32_t home_of(std::uint64_t key, std::uint32_t homes) noexcept {
    return static_cast<std::uint32_t>(((key >> 32) * homes) >> 32);
}

// The slots of entries that come in the order of their keys: each at its home, or behind the one before.
class SlotsInOrder {
  public:
    explicit SlotsInOrder(std::uint32_t homes) noexcept : homes_(homes) {}
    std::uint32_t next(std::uint64_t key) noexcept {
        const std::uint32_t at = std::max(end_, home_of(key, homes_));
        end_ = at + 1;
        return at;
    }
    std::uint32_t end() const noexcept { return end_; }

  private:
    std::uint32_t homes_, end_ = 0;
};

class OrderedTable {
  public:
    static constexpr std::uint32_t kNear = 4;

    OrderedTable(std::uint64_t *keys, std::uint32_t slots, std::uint32_t homes, std::uint32_t &probes) noexcept
        : keys_(keys), slots_(slots), homes_(homes), probes_(probes) {}

    // The first slot from the home on whose key is not smaller: the key's own, or where it belongs. Most entries are
    // close to home, at random: the slots before them are counted, without a branch to guess.
    [[gnu::always_inline]] std::uint32_t find(std::uint64_t key) const noexcept {
        std::uint32_t at = home_of(key, homes_);
        const std::uint64_t *const near = keys_ + at;
        for (std::uint32_t i = 0; i < kNear; i++) at += near[i] < key;
        return keys_[at] < key ? find_far(keys_, slots_, at, key) : at;
    }

    // Whether the search that ended at this slot went on for so long, after others that did, that the table is crowded.
    [[gnu::always_inline]] bool exceeds_probe_budget(std::uint64_t key, std::uint32_t at) const noexcept {
        const std::uint32_t distance = at - home_of(key, homes_);
        if (distance <= kFreeProbes) [[likely]]
            return false;
        count_probes(distance);
        return is_crowded();
    }
    void count_probes(std::size_t probes) const noexcept { probes_ = add_probes(probes_, probes); }
    bool is_crowded() const noexcept { return sketch::is_crowded(probes_, slots_); }

    // Makes room for an entry at the slot that find told. False if no slot behind it is empty.
    template <typename Value>
    bool open_slot(std::uint32_t at, Value *values) const noexcept {
        std::uint32_t empty = at;
        while (keys_[empty] != kEmptySlot) empty++;
        if (empty < slots_ && values[empty] != Value{}) empty++;
        if (empty >= slots_) return false;
        count_probes(empty - at);
        std::copy_backward(keys_ + at, keys_ + empty, keys_ + empty + 1);
        std::copy_backward(values + at, values + empty, values + empty + 1);
        return true;
    }

    // Whether its entries find places in a table of so many slots and homes. One is left for an entry with the largest
    // key.
    bool fits(std::uint32_t slots, std::uint32_t homes) const noexcept {
        SlotsInOrder places(homes);
        for (std::uint32_t at = 0; at < slots_; at++)
            if (keys_[at] != kEmptySlot) places.next(keys_[at]);
        return places.end() < slots;
    }

    // Leaves the entries of the slots that `stays`, and tells how many. They are gathered at the right end; then each
    // goes to its place, where there is always room: they are in order, and no more than before.
    template <typename Value, typename Stays>
    std::uint32_t thin_out(Value *values, Stays stays) const noexcept {
        std::uint32_t first = slots_;
        for (std::uint32_t at = slots_; at-- > 0;) {
            const Value value = values[at];
            const bool is_left = stays(at);
            keys_[first - 1] = keys_[at];
            values[first - 1] = value;
            first -= is_left;
        }
        std::fill(keys_, keys_ + first, kEmptySlot);
        std::fill(values, values + first, Value{});
        SlotsInOrder places(homes_);
        for (std::uint32_t from = first; from < slots_; from++) {
            const std::uint64_t key = keys_[from];
            const Value value = values[from];
            const std::uint32_t to = places.next(key);
            keys_[from] = kEmptySlot;
            values[from] = Value{};
            keys_[to] = key;
            values[to] = value;
        }
        return slots_ - first;
    }

  private:
    // No entry with a smaller key stands behind a slot that is empty or has a larger one, so steps may double:
    // adversarial keys, whose leading bits are the same, make long runs.
    [[gnu::always_inline]] static std::uint32_t find_far(const std::uint64_t *keys, std::uint32_t slots,
                                                         std::uint32_t at, std::uint64_t key) noexcept {
        std::uint32_t step = 1;
        while (step < slots - at && keys[at + step] < key) {
            at += step;
            step *= 2;
        }
        return static_cast<std::uint32_t>(std::lower_bound(keys + at, keys + at + std::min(step, slots - at), key) -
                                          keys);
    }

    std::uint64_t *keys_;
    std::uint32_t slots_, homes_;
    std::uint32_t &probes_;
};

}  // namespace sketch
