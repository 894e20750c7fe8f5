// Which work form holds a frequency sketch next, and how it gets there.
#include "work.hpp"

namespace sketch::frequency {

namespace {

// In growth.opaque.
struct Layout {
    int log2_width, width;
    bool dense, new_salt;
};

}  // namespace

Status plan_dense(int log2_width, int width, sketch_growth &growth) noexcept {
    const std::uint64_t size = buffer_size(sizeof(WorkHeader) + (std::uint64_t{kDepth} << (log2_width + width)));
    return grow_to(growth, size, Layout{log2_width, width, true, false});
}

Status plan_wider(Work work, int width, sketch_growth &growth) noexcept {
    return plan_dense(work.header().log2_width, width, growth);
}

// A table for so many entries, with counts of this width. If the state's own is as good, a larger one: then it was the
// end of the table where there was no room. Where one size more does not help, and where the table is crowded, one with
// another salt: as nobody knows yet how the entries will lie there, it is half empty.
Status plan_table(Work work, std::uint32_t entries, int width, sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    // As much as ever is needed, for sizes that need not be powers of two.
    const std::uint32_t max = max_entries(h.log2_width) + 16;
    auto next = [](std::uint64_t size, std::uint64_t largest) {
        return size >= kLargestChunk && size < largest && 2 * size > largest ? largest : 2 * size;
    };
    auto size_for = [&](std::uint64_t largest, auto has_room) {
        std::uint64_t size = kFirstSize;
        while (!has_room(slots_in(size, width))) size = next(size, largest);
        return size;
    };
    auto is_better = [&](std::uint64_t size) {
        const std::uint32_t slots = slots_in(size, width);
        return (width != work.width() || size > work.size()) && work.table().fits(slots, homes_of(slots));
    };
    const std::uint64_t largest = in_granules(table_size(max + max / 4, width));
    std::uint64_t size = size_for(largest, [&](std::uint32_t slots) { return capacity_of(slots) >= entries; });
    // A table that is too small crowds without anybody's doing.
    bool salted = work.table().is_crowded() && entries <= capacity_of(h.slots);
    if (!salted && !is_better(size)) salted = !is_better(size = next(size, largest));
    if (salted)
        size = size_for(in_granules(table_size(2 * max, width)),
                        [&](std::uint32_t slots) { return slots >= 2 * entries; });
    return grow_to(growth, size, Layout{h.log2_width, width, false, salted});
}

namespace {

// Whether counters of one byte do for an exact state that becomes dense. The total tells that for wider ones; this
// saves sketches of moderate size half of their memory. In passes over the entries, each for the counters of a block.
bool bytes_suffice(Work work, int log2_width) noexcept {
    constexpr int kBlock = 12, kMaxLog2Width = 14;
    if (work.header().total <= kMaxCount[0]) return true;
    if (log2_width > kMaxLog2Width) return false;
    std::uint8_t block[1 << kBlock];
    bool suffice = true;
    for (std::size_t first = 0; suffice && first < std::size_t{kDepth} << log2_width; first += sizeof block) {
        std::memset(block, 0, sizeof block);
        for_each_entry(work, [&](const Entry &e) {
            for (std::size_t at : Cells(e.hash, log2_width).at) {
                if (at - first >= sizeof block) continue;
                std::uint64_t sum = block[at - first] + std::min(e.count, kMaxCount[1]);
                suffice &= sum <= kMaxCount[0];
                block[at - first] = static_cast<std::uint8_t>(sum);
            }
        });
    }
    return suffice;
}

}  // namespace

Status plan_conversion(Work work, int log2_width, int least_width, sketch_growth &growth) noexcept {
    if (!work.dense()) {
        int width = bytes_suffice(work, log2_width) ? 0 : width_for(work.header().total);
        return plan_dense(log2_width, std::max(width, least_width), growth);
    }
    const int shift = work.header().log2_width - log2_width;
    std::uint64_t largest = with_width(work.width(), [&](auto zero) {
        const auto *counters = work.counters<decltype(zero)>();
        std::uint64_t max = 0;
        for (std::size_t i = 0; i < std::size_t{kDepth} << log2_width; i++)
            max = std::max(max, folded(counters, i, shift));
        return max;
    });
    return plan_dense(log2_width, std::max(width_for(largest), least_width), growth);
}

void work_init(void *state, std::size_t size, int kind, int log2_width) noexcept {
    Work work(state, size);
    WorkHeader &h = work.begin_header();
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
    SlotsInOrder places(homes_of(target.header().slots));
    for_each_entry(source, [&](const Entry &e) {
        const std::uint64_t key = target.key_of(e.hash);
        const std::uint32_t at = places.next(key);
        target.keys()[at] = key;
        target.counts<T>()[at] = static_cast<T>(e.count);
    });
}

// Into an empty table with another salt; false if they do not fit there, which is rare.
template <typename T>
bool count_all(const Work &source, const Work &target) noexcept {
    bool counted = true;
    std::uint64_t done = 0;
    for_each_entry(source, [&](const Entry &e) {
        poll_at(done++);
        const std::uint64_t key = target.key_of(e.hash);
        counted = counted && target.insert<T>(target.table().find(key), key, e.count);
    });
    target.header().probes = 0;
    return counted;
}

}  // namespace

void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept {
    const std::size_t size = static_cast<std::size_t>(growth.size);
    const Layout layout = layout_of<Layout>(growth);
    const Work source(from, from_size), target(to, size);
    WorkHeader &h = target.header();
    h = source.header();
    h.log2_width = static_cast<std::uint8_t>(layout.log2_width);
    if (layout.dense) {
        std::memset(static_cast<std::uint8_t *>(to) + sizeof h, 0, size - sizeof h);
        h.flags = static_cast<std::uint8_t>(kWorkDense | layout.width);
        h.entries = h.slots = h.probes = 0;
        h.salt = 0;
        with_width(target.width(), [&](auto zero) {
            using To = decltype(zero);
            if (source.dense())
                with_width(source.width(), [&](auto from_zero) { fold<decltype(from_zero), To>(source, target); });
            else for_each_entry(source, [&](const Entry &e) { target.count_dense<To>(e.hash, e.count); });
        });
        return;
    }
    with_width(layout.width, [&](auto zero) {
        using T = decltype(zero);
        if (layout.new_salt) {
            do target.clear_table(layout.width, next_salt());
            while (!count_all<T>(source, target));
        } else {
            target.clear_table(layout.width, source.header().salt);
            copy_in_order<T>(source, target);
        }
    });
    h.total = source.header().total;
    h.entries = source.header().entries;
}

}  // namespace sketch::frequency
