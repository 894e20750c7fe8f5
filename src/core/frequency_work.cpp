// The work form of a frequency sketch: a flat buffer that items are counted in, in place. Layout in frequency.hpp.
//
// The width of counters depends on the order of arrival and is never seen from outside; whether the state is exact or
// dense does not.
//
// Growing needs a larger buffer, which only the caller can get. So a function that lacks room changes nothing, writes
// the layout that it needs to `growth` and answers SKETCH_GROW; the caller moves the state there and calls again. What
// takes many steps tries them, and undoes those that were done when one of them fails: there are few failures.
#include <algorithm>

#include "crowding.hpp"
#include "frequency_layers.hpp"

namespace sketch::frequency {

namespace {

constexpr std::size_t kFirstSize = 256;        // 21 entries with counts of one byte
constexpr std::size_t kPowerOfTwoUpTo = 8192;  // larger sizes are what is needed, and no more
constexpr std::size_t kGranule = 64;

// Flag of a growth, beside those of a work form: the table gets another salt.
constexpr std::uint8_t kGrowSalted = 8;

constexpr std::size_t rounded(std::size_t size) noexcept { return (size + kGranule - 1) / kGranule * kGranule; }

constexpr std::uint32_t slots_in(std::size_t size, int width) noexcept {
    return static_cast<std::uint32_t>((size - sizeof(WorkHeader) - 8) / (8 + (std::size_t{1} << width)));
}

// A table is filled to 7/8: an entry stands 3 slots from home on average then.
constexpr std::uint32_t capacity_of(std::uint32_t slots) noexcept { return slots - slots / 8; }

std::size_t dense_size(int log2_width, int width) noexcept {
    std::size_t size = sizeof(WorkHeader) + (std::size_t{kDepth} << (log2_width + width));
    return size <= kPowerOfTwoUpTo ? std::bit_ceil(size) : rounded(size);
}

// A work form that this library wrote, 8-byte aligned: what mutation needs.
class Work {
  public:
    Work(void *state, std::size_t size) noexcept : bytes_(static_cast<std::uint8_t *>(state)), size_(size) {}

    WorkHeader &header() const noexcept { return *reinterpret_cast<WorkHeader *>(bytes_); }
    std::size_t size() const noexcept { return size_; }
    bool dense() const noexcept { return header().flags & kWorkDense; }
    int width() const noexcept { return header().flags & kWorkWidthMask; }

    template <typename T>
    T *counters() const noexcept {
        return reinterpret_cast<T *>(bytes_ + sizeof(WorkHeader));
    }
    std::uint64_t *keys() const noexcept { return counters<std::uint64_t>(); }
    std::uint64_t key_of(std::uint64_t hash) const noexcept { return permuted(hash, header().salt); }
    bool is_crowded() const noexcept { return sketch::is_crowded(header().steps, header().slots); }
    // Counts the steps of a search, or of making room. Whether the table is crowded now.
    [[gnu::noinline]] bool lose_patience(std::size_t steps) const noexcept {
        header().steps = counted(header().steps, steps);
        return is_crowded();
    }
    template <typename T>
    T *counts() const noexcept {
        return reinterpret_cast<T *>(bytes_ + sizeof(WorkHeader) + 8 * (std::size_t{header().slots} + 1));
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
        h.entries = h.steps = 0;
        h.slots = slots_in(size_, width);
        h.salt = salt;
        std::fill(keys(), keys() + h.slots + 1, kEmptySlot);
    }

    // The first slot from the home on whose key is not smaller: the key's own, or where it belongs.
    std::uint32_t find(std::uint64_t key) const noexcept {
        const std::uint32_t at = find_near(key);
        return keys()[at] < key ? find_in_crowd(at, key) : at;
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
    // larger one, so steps may double: hashes that share their leading bits, which a stranger can choose, make long
    // runs.
    [[gnu::noinline]] std::uint32_t find_in_crowd(std::uint32_t at, std::uint64_t key) const noexcept {
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
        if (empty >= h.slots || (empty - at > kNear && lose_patience(empty - at))) return false;
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
        std::uint32_t before[most_entries(kMaxLog2Width) / kBlock + 1], pushed[kBlock];
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
            at = find_in_crowd(near, key);
            if (at - near > kNear && lose_patience(kNear + static_cast<unsigned>(std::bit_width(at - near))))
                return false;
        }
        constexpr std::uint64_t largest = static_cast<T>(~T{0});
        if (holds<T>(at, key)) {
            std::uint64_t sum = counts<T>()[at] + weight;
            if (sum > largest) return false;
            counts<T>()[at] = static_cast<T>(sum);
            return true;
        }
        if (weight > largest || h.entries >= std::min(capacity_of(h.slots), most_entries(h.log2_width))) return false;
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

  private:
    std::uint8_t *bytes_;
    std::size_t size_;
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

// ---- layouts ----------------------------------------

Status plan_dense(int log2_width, int width, sketch_growth &growth) noexcept {
    growth.scale = static_cast<std::int8_t>(log2_width);
    growth.flags = static_cast<std::uint8_t>(kWorkDense | width);
    growth.size = dense_size(log2_width, width);
    return SKETCH_GROW;
}

// Whether the entries find their places in a table of so many slots: the last ones may run over its end.
bool fits(const Work &work, std::uint32_t slots) noexcept {
    const std::uint32_t homes = homes_of(slots);
    std::uint32_t end = 0;
    for_each_key(work, [&](std::uint64_t key, std::uint64_t) { end = std::max(end, home_of(key, homes)) + 1; });
    return end <= slots;
}

// A table for so many entries, with counts of this width. If the state's own is as good, a larger one: then it was the
// end of the table where there was no room. Where one size more does not help, and where the table is crowded, one with
// another salt: as nobody knows yet how the entries will lie there, it is half empty.
Status plan_table(const Work &work, std::uint32_t entries, int width, sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    // As much as ever is needed, for sizes that need not be powers of two.
    const std::uint32_t most = most_entries(h.log2_width) + 16;
    auto next = [](std::size_t size, std::size_t largest) {
        return size >= kPowerOfTwoUpTo && size < largest && 2 * size > largest ? largest : 2 * size;
    };
    auto size_for = [&](std::size_t largest, auto has_room) {
        std::size_t size = kFirstSize;
        while (!has_room(slots_in(size, width))) size = next(size, largest);
        return size;
    };
    auto is_better = [&](std::size_t size) {
        return (width != work.width() || size > work.size()) && fits(work, slots_in(size, width));
    };
    const std::size_t largest = rounded(static_cast<std::size_t>(table_size(most + most / 4, width)));
    std::size_t size = size_for(largest, [&](std::uint32_t slots) { return capacity_of(slots) >= entries; });
    // A table that is too small crowds without anybody's doing.
    bool salted = work.is_crowded() && entries <= capacity_of(h.slots);
    if (!salted && !is_better(size)) salted = !is_better(size = next(size, largest));
    if (salted)
        size = size_for(rounded(static_cast<std::size_t>(table_size(2 * most, width))),
                        [&](std::uint32_t slots) { return slots >= 2 * entries; });
    growth.scale = static_cast<std::int8_t>(h.log2_width);
    growth.flags = static_cast<std::uint8_t>(width | (salted ? kGrowSalted : 0));
    growth.size = size;
    return SKETCH_GROW;
}

// Whether counters of one byte do for an exact state that becomes dense. The total tells that for wider ones; this
// saves sketches of moderate size half of their memory. In passes over the entries, each for the counters of a block.
bool bytes_suffice(const Work &work, int log2_width) noexcept {
    constexpr int kBlock = 12, kMostLog2Width = 14;
    if (work.header().total <= kLargest[0]) return true;
    if (log2_width > kMostLog2Width) return false;
    std::uint8_t block[1 << kBlock];
    bool suffice = true;
    for (std::size_t first = 0; suffice && first < std::size_t{kDepth} << log2_width; first += sizeof block) {
        std::memset(block, 0, sizeof block);
        for_each_entry(work, [&](const Entry &e) {
            for (std::size_t at : Cells(e.hash, log2_width).at) {
                if (at - first >= sizeof block) continue;
                std::uint64_t sum = block[at - first] + std::min(e.count, kLargest[1]);
                suffice &= sum <= kLargest[0];
                block[at - first] = static_cast<std::uint8_t>(sum);
            }
        });
    }
    return suffice;
}

// A counter at a smaller width: the sum of the 2^shift neighbours that a sketch has for it.
template <typename T>
std::uint64_t folded(const T *counters, std::size_t i, int shift) noexcept {
    std::uint64_t sum = 0;
    for (std::size_t j = 0; j < std::size_t{1} << shift; j++) sum += counters[(i << shift) + j];
    return sum;
}

// An exact state becomes dense; or a dense one narrower.
Status plan_conversion(const Work &work, int log2_width, int least_width, sketch_growth &growth) noexcept {
    if (!work.dense()) {
        int width = bytes_suffice(work, log2_width) ? 0 : width_for(work.header().total);
        return plan_dense(log2_width, std::max(width, least_width), growth);
    }
    const int shift = work.header().log2_width - log2_width;
    std::uint64_t largest = with_width(work.width(), [&](auto zero) {
        const auto *counters = work.counters<decltype(zero)>();
        std::uint64_t most = 0;
        for (std::size_t i = 0; i < std::size_t{kDepth} << log2_width; i++)
            most = std::max(most, folded(counters, i, shift));
        return most;
    });
    return plan_dense(log2_width, std::max(width_for(largest), least_width), growth);
}

Status plan_wider(const Work &work, int width, sketch_growth &growth) noexcept {
    return plan_dense(work.header().log2_width, width, growth);
}

}  // namespace

std::size_t work_init_size() noexcept { return kFirstSize; }

void work_init(void *state, std::size_t size, int kind, int log2_width) noexcept {
    std::memset(state, 0, sizeof(WorkHeader));
    Work work(state, size);
    WorkHeader &h = work.header();
    h.magic = kWorkMagic;
    h.family = static_cast<std::uint8_t>(Family::frequency);
    h.layout = kWorkLayout;
    h.kind = static_cast<std::uint8_t>(kind);
    h.log2_width = static_cast<std::uint8_t>(log2_width);
    work.clear_table(0, 0);
}

namespace {

template <typename From, typename To>
void fold(const Work &source, const Work &target) noexcept {
    const int shift = source.header().log2_width - target.header().log2_width;
    const From *from = source.counters<From>();
    To *to = target.counters<To>();
    const std::size_t count = std::size_t{kDepth} << source.header().log2_width;
    if (shift == 0) {
        for (std::size_t i = 0; i < count; i++) to[i] = static_cast<To>(from[i]);
        return;
    }
    for (std::size_t i = 0; i < count; i++) to[i >> shift] = static_cast<To>(to[i >> shift] + from[i]);
}

// Into an empty table with the same salt, where they fit.
template <typename T>
void copy_in_order(const Work &source, const Work &target) noexcept {
    const std::uint32_t homes = homes_of(target.header().slots);
    std::uint32_t end = 0;
    for_each_key(source, [&](std::uint64_t key, std::uint64_t count) {
        std::uint32_t at = std::max(end, home_of(key, homes));
        target.keys()[at] = key;
        target.counts<T>()[at] = static_cast<T>(count);
        end = at + 1;
    });
}

// Into an empty table with another salt; false if they do not fit there, which is rare.
template <typename T>
bool count_all(const Work &source, const Work &target) noexcept {
    bool counted = true;
    std::uint64_t done = 0;
    for_each_entry(source, [&](const Entry &e) {
        poll_at(done++);
        counted = counted && target.insert<T>(target.find(target.key_of(e.hash)), target.key_of(e.hash), e.count);
    });
    target.header().steps = 0;
    return counted;
}

}  // namespace

void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept {
    const std::size_t size = static_cast<std::size_t>(growth.size);
    Work source(const_cast<void *>(from), from_size), target(to, size);
    WorkHeader &h = target.header();
    h = source.header();
    h.log2_width = static_cast<std::uint8_t>(growth.scale);
    if (growth.flags & kWorkDense) {
        std::memset(static_cast<std::uint8_t *>(to) + sizeof h, 0, size - sizeof h);
        h.flags = growth.flags;
        h.entries = h.slots = h.steps = 0;
        h.salt = 0;
        with_width(target.width(), [&](auto zero) {
            using To = decltype(zero);
            if (source.dense())
                with_width(source.width(), [&](auto from_zero) { fold<decltype(from_zero), To>(source, target); });
            else for_each_entry(source, [&](const Entry &e) { target.count_dense<To>(e.hash, e.count); });
        });
        return;
    }
    const int width = growth.flags & kWorkWidthMask;
    with_width(width, [&](auto zero) {
        using T = decltype(zero);
        if (growth.flags & kGrowSalted) {
            do target.clear_table(width, next_salt());
            while (!count_all<T>(source, target));
        } else {
            target.clear_table(width, source.header().salt);
            copy_in_order<T>(source, target);
        }
    });
    h.total = source.header().total;
    h.entries = source.header().entries;
}

namespace {

// The layout with which counting this item will succeed.
[[gnu::noinline]] Status plan_item(const Work &work, std::uint64_t hash, std::uint64_t weight,
                                   sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    if (work.dense()) {
        std::uint64_t largest = with_width(work.width(), [&](auto zero) {
            std::uint64_t most = 0;
            for (std::size_t at : Cells(hash, h.log2_width).at)
                most = std::max<std::uint64_t>(most, work.counters<decltype(zero)>()[at]);
            return most;
        });
        return plan_wider(work, width_for(largest + weight), growth);
    }
    std::uint64_t held = with_width(work.width(), [&](auto zero) -> std::uint64_t {
        const std::uint64_t key = work.key_of(hash);
        std::uint32_t at = work.find(key);
        return work.holds<decltype(zero)>(at, key) ? work.counts<decltype(zero)>()[at] : 0;
    });
    std::uint32_t entries = h.entries + (held == 0);
    if (entries > most_entries(h.log2_width)) return plan_conversion(work, h.log2_width, width_for(weight), growth);
    return plan_table(work, entries, std::max(work.width(), width_for(held + weight)), growth);
}

// Apart, so that counting in a dense state needs few registers.
[[gnu::noinline]] Status add_exact(const Work &work, std::uint64_t hash, std::uint64_t weight,
                                   sketch_growth &growth) noexcept {
    if (!with_width(work.width(), [&](auto zero) { return work.count_exact<decltype(zero)>(hash, weight); }))
        [[unlikely]]
        return plan_item(work, hash, weight, growth);
    work.header().total += weight;
    return SKETCH_OK;
}

}  // namespace

Status work_add(void *state, std::size_t size, int kind, std::uint64_t hash, std::uint64_t weight,
                sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != kind) [[unlikely]]
        return with_first_kind(h, kind, [=, &growth] { return work_add(state, size, kind, hash, weight, growth); });
    if (weight > kMaxTotal - h.total) [[unlikely]]
        return SKETCH_OVERFLOW;
    if (!work.dense()) return add_exact(work, hash, weight, growth);
    if (!with_width(work.width(), [&](auto zero) { return work.count_dense<decltype(zero)>(hash, weight); }))
        [[unlikely]]
        return plan_item(work, hash, weight, growth);
    h.total += weight;
    return SKETCH_OK;
}

Status work_limit(void *state, std::size_t size, int log2_width, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (log2_width >= h.log2_width) return SKETCH_OK;
    if (work.dense() || h.entries > most_entries(log2_width)) return plan_conversion(work, log2_width, 0, growth);
    h.log2_width = static_cast<std::uint8_t>(log2_width);
    return SKETCH_OK;
}

namespace {

// The layout with which all of these entries can be counted in an exact state.
[[gnu::noinline]] Status plan_entries(const Work &work, const Entries &entries, sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    std::uint32_t together = h.entries;
    std::uint64_t largest = 0;
    with_width(work.width(), [&](auto zero) {
        using T = decltype(zero);
        entries.for_all([&](const Entry &e) {
            const std::uint64_t key = work.key_of(e.hash);
            std::uint32_t at = work.find(key);
            std::uint64_t held = work.holds<T>(at, key) ? work.counts<T>()[at] : 0;
            together += held == 0;
            largest = std::max(largest, held + e.count);
        });
    });
    if (together > most_entries(h.log2_width)) return plan_conversion(work, h.log2_width, width_for(largest), growth);
    return plan_table(work, together, std::max(work.width(), width_for(largest)), growth);
}

Status merge_entries(const Work &work, const Entries &entries, sketch_growth &growth) noexcept {
    return with_width(work.width(), [&](auto zero) {
        using T = decltype(zero);
        if (work.dense()) {
            std::uint32_t done =
                entries.for_each(entries.size(), [&](const Entry &e) { return work.count_dense<T>(e.hash, e.count); });
            if (done == entries.size()) return SKETCH_OK;
            entries.for_each(done, [&](const Entry &e) { return work.uncount_dense<T>(e.hash, e.count); });
            return plan_wider(work, work.width() + 1, growth);
        }
        // Without a try where no overlap would help.
        if (entries.size() > capacity_of(work.header().slots)) return plan_entries(work, entries, growth);
        std::uint32_t done =
            entries.for_each(entries.size(), [&](const Entry &e) { return work.count_exact<T>(e.hash, e.count); });
        if (done == entries.size()) return SKETCH_OK;
        entries.for_each(done, [&](const Entry &e) {
            work.uncount_exact<T>(e.hash, e.count);
            return true;
        });
        work.sweep<T>();
        return plan_entries(work, entries, growth);
    });
}

// Adds some counters, or takes them away again; true if one of these did not hold the sum, or had less. Whether or not
// that was so, the other call undoes it.
template <typename T, typename V>
bool add_counters(T *to, const V *values, std::uint32_t count) noexcept {
    return vectorised([=]() SKETCH_INLINED {
        T wrapped = 0;
        for (std::uint32_t i = 0; i < count; i++) {
            const T value = static_cast<T>(values[i]), sum = static_cast<T>(to[i] + value);
            wrapped = static_cast<T>(wrapped | (sum < value ? 1 : 0));
            to[i] = sum;
        }
        return wrapped != 0;
    });
}
template <typename T, typename V>
bool take_counters(T *to, const V *values, std::uint32_t count) noexcept {
    return vectorised([=]() SKETCH_INLINED {
        T wrapped = 0;
        for (std::uint32_t i = 0; i < count; i++) {
            const T value = static_cast<T>(values[i]);
            wrapped = static_cast<T>(wrapped | (to[i] < value ? 1 : 0));
            to[i] = static_cast<T>(to[i] - value);
        }
        return wrapped != 0;
    });
}

// change(to, values, count) for all counters of the state and those of the other sketch, which is as wide or wider;
// true if any of these answered so. No counter of the other may need more bytes than those of the state have.
template <typename Change>
Status change_counters(const Work &work, const View &view, const DenseCounters &other, bool &wrapped,
                       Change change) noexcept {
    const int shift = view.log2_width - work.header().log2_width;
    wrapped = false;
    return with_width(work.width(), [&](auto zero) {
        auto *const to = work.counters<decltype(zero)>();
        return other.for_each([&](const auto *values, std::size_t first, std::uint32_t count) {
            if (shift == 0) {
                wrapped |= change(to + first, values, count);
                return;
            }
            for (std::uint32_t i = 0; i < count; i++) wrapped |= change(to + ((first + i) >> shift), values + i, 1u);
        });
    });
}

constexpr auto kAdd = [](auto *to, const auto *values, std::uint32_t count) { return add_counters(to, values, count); };
constexpr auto kTake = [](auto *to, const auto *values, std::uint32_t count) {
    return take_counters(to, values, count);
};

Status merge_counters(const Work &work, const View &view, const DenseCounters &other, sketch_growth &growth) noexcept {
    if (!work.dense()) return plan_conversion(work, work.header().log2_width, other.width(), growth);
    if (work.width() < other.width()) return plan_wider(work, other.width(), growth);
    bool wrapped;
    const Status s = change_counters(work, view, other, wrapped, kAdd);
    if (s == SKETCH_OK && !wrapped) return SKETCH_OK;
    bool ignored;
    change_counters(work, view, other, ignored, kTake);
    return s != SKETCH_OK ? s : plan_wider(work, work.width() + 1, growth);
}

}  // namespace

Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != other.kind && other.kind != SKETCH_KIND_NONE)
        return with_first_kind(h, other.kind, [&] { return work_merge(state, size, other, growth); });
    Entries entries(other);
    DenseCounters counters(other);
    if (Status s = other.is_dense ? counters.open() : entries.load(); s != SKETCH_OK) return s;
    if (other.total > kMaxTotal - h.total) return SKETCH_OVERFLOW;
    const std::uint8_t width_before = h.log2_width;
    Status s = work_limit(state, size, other.log2_width, growth);
    if (s == SKETCH_OK)
        s = other.is_dense ? merge_counters(work, other, counters, growth) : merge_entries(work, entries, growth);
    // No state changes for counters that make no sense.
    if (s == SKETCH_GROW && other.is_dense && check_rows(other) != SKETCH_OK) s = SKETCH_CORRUPT;
    if (s == SKETCH_OK) h.total += other.total;
    else h.log2_width = width_before;  // the caller may not get the room
    return s;
}

namespace {

// Nothing is left: as a new one of these parameters.
void reset_if_empty(const Work &work) noexcept {
    if (work.header().total == 0) work.clear_table(0, 0);
}

Status subtract_exact(const Work &work, const Entries &entries, int log2_width, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    return with_width(work.width(), [&](auto zero) {
        using T = decltype(zero);
        std::uint32_t vanishing = 0;
        std::uint32_t held = entries.for_each(entries.size(), [&](const Entry &e) {
            const std::uint64_t key = work.key_of(e.hash);
            std::uint32_t at = work.find(key);
            if (!work.holds<T>(at, key) || work.counts<T>()[at] < e.count) return false;
            vanishing += work.counts<T>()[at] == e.count;
            return true;
        });
        if (held < entries.size()) return SKETCH_BELOW_ZERO;
        if (h.entries - vanishing > most_entries(log2_width)) return plan_conversion(work, log2_width, 0, growth);
        entries.for_all([&](const Entry &e) { work.uncount_exact<T>(e.hash, e.count); });
        if (vanishing > 0) work.sweep<T>();
        h.log2_width = static_cast<std::uint8_t>(log2_width);
        return SKETCH_OK;
    });
}

Status subtract_entries(const Work &work, const Entries &entries) noexcept {
    return with_width(work.width(), [&](auto zero) {
        using T = decltype(zero);
        std::uint32_t done =
            entries.for_each(entries.size(), [&](const Entry &e) { return work.uncount_dense<T>(e.hash, e.count); });
        if (done == entries.size()) return SKETCH_OK;
        entries.for_each(done, [&](const Entry &e) { return work.count_dense<T>(e.hash, e.count); });
        return SKETCH_BELOW_ZERO;
    });
}

// Whether every counter is at least the other sketch's, which is narrower.
Status counters_suffice(const Work &work, const View &view, const DenseCounters &other) noexcept {
    const int shift = work.header().log2_width - view.log2_width;
    return with_width(work.width(), [&](auto zero) {
        const auto *const all = work.counters<decltype(zero)>();
        bool below = false;
        const Status s = other.for_each([&](const auto *values, std::size_t first, std::uint32_t count) {
            for (std::uint32_t i = 0; i < count; i++) below |= folded(all, first + i, shift) < values[i];
        });
        return s == SKETCH_OK && below ? SKETCH_BELOW_ZERO : s;
    });
}

Status subtract_counters(const Work &work, const View &view, const DenseCounters &other,
                         sketch_growth &growth) noexcept {
    if (view.log2_width < work.header().log2_width) {
        const Status s = counters_suffice(work, view, other);
        return s == SKETCH_OK ? plan_conversion(work, view.log2_width, 0, growth) : s;
    }
    // Not those that would be cut off. What packed counters may be at most is more than any of them is.
    if (other.width() > work.width()) {
        const Status s = check_rows(view);
        return s == SKETCH_OK ? plan_wider(work, other.width(), growth) : s;
    }
    bool wrapped, ignored;
    const Status s = change_counters(work, view, other, wrapped, kTake);
    if (s == SKETCH_OK && !wrapped) return SKETCH_OK;
    change_counters(work, view, other, ignored, kAdd);
    return s == SKETCH_OK ? SKETCH_BELOW_ZERO : s;
}

}  // namespace

Status work_subtract(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != other.kind && other.kind != SKETCH_KIND_NONE)
        return with_first_kind(h, other.kind, [&] { return work_subtract(state, size, other, growth); });
    Entries entries(other);
    DenseCounters counters(other);
    if (Status s = other.is_dense ? counters.open() : entries.load(); s != SKETCH_OK) return s;
    if (other.total > h.total) return SKETCH_BELOW_ZERO;
    if (other.total == 0) return SKETCH_OK;  // nothing is taken away: the error stays what it is
    const int log2_width = std::min<int>(h.log2_width, other.log2_width);
    Status s = SKETCH_OK;
    if (!other.is_dense && !work.dense()) {
        s = subtract_exact(work, entries, log2_width, growth);
    } else if (!work.dense()) {
        s = check_rows(other);
        return s == SKETCH_OK ? plan_conversion(work, log2_width, 0, growth) : s;
    } else if (!other.is_dense) {
        s = subtract_entries(work, entries);
        if (s == SKETCH_OK && log2_width < h.log2_width && h.total > other.total) {
            with_width(work.width(), [&](auto zero) {
                entries.for_each(entries.size(),
                                 [&](const Entry &e) { return work.count_dense<decltype(zero)>(e.hash, e.count); });
            });
            return plan_conversion(work, log2_width, 0, growth);
        }
    } else {
        s = subtract_counters(work, other, counters, growth);
    }
    if (s != SKETCH_OK) return s;
    h.total -= other.total;
    h.log2_width = static_cast<std::uint8_t>(log2_width);
    reset_if_empty(work);
    return SKETCH_OK;
}

}  // namespace sketch::frequency
