// A state of a frequency sketch that items are counted in, and other sketches merged into.
#include "counters.hpp"

namespace sketch::frequency {

namespace {

// The layout with which counting this item will succeed.
[[gnu::noinline]] Status plan_item(Work work, std::uint64_t hash, std::uint64_t weight,
                                   sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    if (work.dense()) {
        std::uint64_t largest = with_width(work.width(), [&](auto zero) {
            std::uint64_t max = 0;
            for (std::size_t at : Cells(hash, h.log2_width).at)
                max = std::max<std::uint64_t>(max, work.counters<decltype(zero)>()[at]);
            return max;
        });
        return plan_wider(work, width_for(largest + weight), growth);
    }
    std::uint64_t held = with_width(work.width(), [&](auto zero) -> std::uint64_t {
        const std::uint64_t key = work.key_of(hash);
        std::uint32_t at = work.table().find(key);
        return work.holds<decltype(zero)>(at, key) ? work.counts<decltype(zero)>()[at] : 0;
    });
    std::uint32_t entries = h.entries + (held == 0);
    if (entries > max_entries(h.log2_width)) return plan_conversion(work, h.log2_width, width_for(weight), growth);
    return plan_table(work, entries, std::max(work.width(), width_for(held + weight)), growth);
}

// Apart, so that counting in a dense state needs few registers.
[[gnu::noinline]] Status add_exact(Work work, std::uint64_t hash, std::uint64_t weight,
                                   sketch_growth &growth) noexcept {
    if (work.header().kind == SKETCH_KIND_NONE) return SKETCH_WRONG_KIND;  // of an empty state, and of no item
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
    if (work.dense() || h.entries > max_entries(log2_width)) return plan_conversion(work, log2_width, 0, growth);
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
            std::uint32_t at = work.table().find(key);
            std::uint64_t held = work.holds<T>(at, key) ? work.counts<T>()[at] : 0;
            together += held == 0;
            largest = std::max(largest, held + e.count);
        });
    });
    if (together > max_entries(h.log2_width)) return plan_conversion(work, h.log2_width, width_for(largest), growth);
    return plan_table(work, together, std::max(work.width(), width_for(largest)), growth);
}

Status merge_entries(const Work &work, const Entries &entries, sketch_growth &growth) noexcept {
    return with_width(work.width(), [&](auto zero) {
        using T = decltype(zero);
        if (work.dense())
            return entries.change_all([&](const Entry &e) { return work.count_dense<T>(e.hash, e.count); },
                                      [&](const Entry &e) { work.uncount_dense<T>(e.hash, e.count); })
                       ? SKETCH_OK
                       : plan_wider(work, work.width() + 1, growth);
        // Without a try where no overlap would help.
        if (entries.size() > capacity_of(work.header().slots)) return plan_entries(work, entries, growth);
        if (entries.change_all([&](const Entry &e) { return work.count_exact<T>(e.hash, e.count); },
                               [&](const Entry &e) { work.uncount_exact<T>(e.hash, e.count); }))
            return SKETCH_OK;
        work.sweep<T>();
        return plan_entries(work, entries, growth);
    });
}

Status merge_counters(const Work &work, const View &view, const DenseCounters &other, sketch_growth &growth) noexcept {
    if (!work.dense()) return plan_conversion(work, work.header().log2_width, other.width(), growth);
    if (work.width() < other.width()) return plan_wider(work, other.width(), growth);
    bool wrapped, ignored;
    const Status s = change_counters<kAdd>(work, view, other, wrapped);
    if (s == SKETCH_OK && !wrapped) return SKETCH_OK;
    change_counters<kTake>(work, view, other, ignored);
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

}  // namespace sketch::frequency
