// What is known to have been counted is taken away again.
#include "counters.hpp"

namespace sketch::frequency {

namespace {

Status subtract_exact(const Work &work, const Entries &entries, int log2_width, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    return with_width(work.width(), [&](auto zero) {
        using T = decltype(zero);
        std::uint32_t vanishing = 0;
        std::uint32_t held = entries.for_each(entries.size(), [&](const Entry &e) {
            const std::uint64_t key = work.key_of(e.hash);
            std::uint32_t at = work.table().find(key);
            if (!work.holds<T>(at, key) || work.counts<T>()[at] < e.count) return false;
            vanishing += work.counts<T>()[at] == e.count;
            return true;
        });
        if (held < entries.size()) return SKETCH_BELOW_ZERO;
        if (h.entries - vanishing > max_entries(log2_width)) return plan_conversion(work, log2_width, 0, growth);
        entries.for_all([&](const Entry &e) { work.uncount_exact<T>(e.hash, e.count); });
        if (vanishing > 0) work.sweep<T>();
        h.log2_width = static_cast<std::uint8_t>(log2_width);
        return SKETCH_OK;
    });
}

Status subtract_entries(const Work &work, const Entries &entries) noexcept {
    return with_width(work.width(), [&](auto zero) {
        using T = decltype(zero);
        return entries.change_all([&](const Entry &e) { return work.uncount_dense<T>(e.hash, e.count); },
                                  [&](const Entry &e) { work.count_dense<T>(e.hash, e.count); })
                   ? SKETCH_OK
                   : SKETCH_BELOW_ZERO;
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
    const Status s = change_counters<kTake>(work, view, other, wrapped);
    if (s == SKETCH_OK && !wrapped) return SKETCH_OK;
    change_counters<kAdd>(work, view, other, ignored);
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
                entries.for_all([&](const Entry &e) { work.count_dense<decltype(zero)>(e.hash, e.count); });
            });
            return plan_conversion(work, log2_width, 0, growth);
        }
    } else {
        s = subtract_counters(work, other, counters, growth);
    }
    if (s != SKETCH_OK) return s;
    h.total -= other.total;
    h.log2_width = static_cast<std::uint8_t>(log2_width);
    if (h.total == 0) work.clear_table(0, 0);  // as a new one of these parameters
    return SKETCH_OK;
}

}  // namespace sketch::frequency
