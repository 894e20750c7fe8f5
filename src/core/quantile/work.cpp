// A state of a quantile sketch that rows are added to, and other sketches merged into.
#include "work.hpp"

namespace sketch::quantile {

namespace {

Status plan_row(const Work &work, Side side, std::int32_t index, std::uint64_t weight, sketch_growth &growth) noexcept {
    Demand demand;
    demand.cover(side, index);
    demand.entries = 1;
    demand.largest = weight;
    demand.only_single_rows = weight == 1;
    return plan(work, work.header().scale, growth, demand);
}

Status add_special(const Work &work, double x, std::uint64_t weight, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    if (!(h.flags & kHasSpecials)) {
        Demand demand;
        demand.specials = true;
        return plan(work, h.scale, growth, demand);
    }
    work.specials()[std::isnan(x) ? 2 : x > 0 ? 1 : 0] += weight;
    work.count_rows(weight);
    return SKETCH_OK;
}

Status add_zero(const Work &work, std::uint64_t weight) noexcept {
    WorkHeader &h = work.header();
    h.zeros += weight;
    work.count_rows(weight);
    work.widen_extremes(0, 0);
    return SKETCH_OK;
}

// Room for this row in a list or in pairs, and the row into it. Windows are dealt with where rows come in.
Status add_outside_window(const Work &work, Side side, std::int32_t index, std::uint64_t weight,
                          sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    if (work.mode() == kList) {
        std::uint32_t offset = static_cast<std::uint32_t>(index - h.base[side]);
        if (weight > 1 || offset >= kListSpan || h.used == h.cells[0]) {
            if (weight == 1 && h.base[side] == kNoBase && h.used < h.cells[0]) {
                h.base[side] = index - static_cast<std::int32_t>(kListSpan / 2);
                return add_outside_window(work, side, index, weight, growth);
            }
            return plan_row(work, side, index, weight, growth);
        }
        work.bump(side, index, 1);
        return SKETCH_OK;
    }
    std::int32_t key = key_of(side, index);
    std::uint32_t at = work.find_pair(key);
    if (at < h.used) {
        work.pair_counts()[at] += weight;
        return SKETCH_OK;
    }
    if (h.used == max_buckets(h.requested_scale)) return plan(work, h.scale - 1, growth);
    if (h.used == h.cells[0]) return plan_row(work, side, index, weight, growth);
    work.insert_pair(key, weight);
    return SKETCH_OK;
}

// Everything that is not one more row in a window that has room for it. Apart, and with the same arguments, so that the
// common case needs no frame.
[[gnu::noinline]] Status add_slow(void *state, std::size_t size, double x, std::uint64_t weight,
                                  sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    std::uint64_t magnitude = bits & ~kSignBit;
    if (weight > kMaxTotal - work.total()) return SKETCH_OVERFLOW;
    if (magnitude == 0) return add_zero(work, weight);
    if (magnitude > ladder::kLargestFinite) return add_special(work, x, weight, growth);
    Side side = bits & kSignBit ? kNegative : kPositive;
    std::int32_t index = ladder::index_of_bits(magnitude, h.scale);

    if (work.mode() == kWindow) {
        if (!work.apply_pending()) return plan(work, h.scale, growth);
        bool inside = work.in_window(side, index);
        std::uint64_t count = work.moving() ? work.total() : inside ? work.window_count(side, index) : 0;
        if (count == 0 && h.used >= max_buckets(h.requested_scale) && !work.moving())
            return plan(work, h.scale - 1, growth);
        if (!inside || count + weight > work.largest_count()) return plan_row(work, side, index, weight, growth);
        work.bump(side, index, weight);
    } else if (Status s = add_outside_window(work, side, index, weight, growth); s != SKETCH_OK) {
        return s;
    }
    work.count_rows(weight);
    work.note_whole(magnitude, static_cast<std::int64_t>(weight));
    work.widen_extremes(x, x);
    return SKETCH_OK;
}

}  // namespace

Status work_add(void *state, std::size_t size, double x, std::uint64_t weight, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    std::uint64_t magnitude = bits & ~kSignBit;
    const std::int64_t rows = static_cast<std::int64_t>(weight);
    // Smaller numbers wrap to large ones: one comparison for zero, subnormals, infinities and NaN.
    if (magnitude - ladder::kSmallestNormal > ladder::kLargestFinite - ladder::kSmallestNormal ||
        h.remaining_rows < rows) [[unlikely]]
        return add_slow(state, size, x, weight, growth);
    Side side = bits & kSignBit ? kNegative : kPositive;
    std::int32_t index = ladder::index_of_normal(magnitude, h.scale);
    if (!work.in_window(side, index) || weight != 1 || h.flags & kMoving) [[unlikely]]
        return add_slow(state, size, x, weight, growth);
    // A pending row may fill the last bucket that there is room for; the next one would have to know whether its own is
    // new.
    if (!work.apply_pending() || h.used >= max_buckets(h.requested_scale)) [[unlikely]]
        return add_slow(state, size, x, weight, growth);
    work.add_deferred(work.cell(side, index));
    h.remaining_rows -= rows;
    work.note_whole(magnitude);
    work.widen_extremes(x, x);
    return SKETCH_OK;
}

bool work_is_moving(const void *state) noexcept { return static_cast<const WorkHeader *>(state)->flags & kMoving; }

Status work_remove(void *state, std::size_t size, double x) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    const std::uint64_t magnitude = magnitude_bits(x);
    if (magnitude == 0) {
        if (h.zeros == 0) return SKETCH_BELOW_ZERO;
        h.zeros--;
    } else if (magnitude > ladder::kLargestFinite) {
        if (!(h.flags & kHasSpecials)) return SKETCH_BELOW_ZERO;
        std::uint64_t &counter = work.specials()[std::isnan(x) ? 2 : x > 0 ? 1 : 0];
        if (counter == 0) return SKETCH_BELOW_ZERO;
        counter--;
    } else {
        const Side side = x < 0 ? kNegative : kPositive;
        std::int32_t index = ladder::index_of_bits(magnitude, h.scale);
        if (work.mode() != kWindow || !work.in_window(side, index) || work.window_count(side, index) == 0)
            return SKETCH_BELOW_ZERO;
        work.move_rows(side, index, -1);
        work.note_whole(magnitude, -1);
    }
    h.remaining_rows++;
    return SKETCH_OK;
}

Status work_limit(void *state, std::size_t size, int scale, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (scale >= h.requested_scale) return SKETCH_OK;
    if (scale < h.scale) return plan(work, scale, growth);
    if (!work.apply_pending()) return plan(work, h.scale, growth);
    // A coarser sketch is allowed fewer buckets. (Those of a moving state are joined when it is read.)
    if (h.used > max_buckets(scale) && !work.moving()) return plan(work, h.scale - 1, growth);
    h.requested_scale = static_cast<std::int8_t>(scale);
    return SKETCH_OK;
}

namespace {

Side side_of(const Histogram &h, std::uint32_t bucket) noexcept {
    return h.is_negative(bucket) ? kNegative : kPositive;
}

Status plan_merge(const Work &work, const Histogram &other, std::uint32_t new_buckets, sketch_growth &growth) noexcept {
    Demand demand;
    demand.specials = other.specials() > 0;
    demand.entries = new_buckets;
    demand.only_single_rows = false;
    for (std::uint32_t i = 0; i < other.buckets(); i++) {
        demand.cover(side_of(other, i), other.index[i]);
        demand.largest = std::max(demand.largest, other.count[i]);
    }
    if (work.moving()) demand.largest = other.total;
    return plan(work, work.header().scale, growth, demand);
}

// use(counter, count) for each bucket of a side that a window has room for.
template <typename Counter, typename Use>
void for_each_counter(const Work &work, const Histogram &other, Counter *counters, Use use) noexcept {
    const std::uint32_t ends[2] = {other.negatives, other.buckets()};
    std::uint32_t i = 0;
    for (Side side : {kNegative, kPositive}) {
        const std::uint32_t first = work.cell(side, 0);  // counters of a byte may be anything to a compiler, header too
        for (const std::uint32_t end = ends[side]; i < end; i++)
            use(counters[first + static_cast<std::uint32_t>(other.index[i])], other.count[i]);
    }
}

// `most` buckets may be there afterwards, which may be fewer than there are.
Status merge_into_window(const Work &work, const Histogram &other, std::uint32_t max, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    bool inside = true;  // buckets are sorted: it is enough to look at either end of either side
    if (other.negatives > 0)
        inside =
            work.in_window(kNegative, other.index[0]) && work.in_window(kNegative, other.index[other.negatives - 1]);
    if (other.positives > 0)
        inside = inside && work.in_window(kPositive, other.index[other.negatives]) &&
                 work.in_window(kPositive, other.index[other.buckets() - 1]);
    if (!inside) return plan_merge(work, other, other.buckets(), growth);
    if (work.moving()) {
        if (work.total() + other.total > work.largest_count()) return plan_merge(work, other, 0, growth);
        for (std::uint32_t i = 0; i < other.buckets(); i++)
            work.bump(side_of(other, i), other.index[i], other.count[i]);
        return SKETCH_OK;
    }
    return work.with_window([&](auto *counters) {
        using Counter = std::remove_reference_t<decltype(*counters)>;
        std::uint32_t filled = 0;
        std::uint64_t all_bits = 0;  // of the sums: those above a counter's width tell of one that is too large
        for_each_counter(work, other, counters, [&](Counter &counter, std::uint64_t count) {
            std::uint64_t sum = counter + count;
            filled += counter == 0;
            all_bits |= sum;
            counter = static_cast<Counter>(sum);
        });
        bool overflow = all_bits > std::numeric_limits<Counter>::max();
        bool too_many = h.used + filled > max;
        if (!overflow && !too_many) [[likely]] {
            h.used += filled;
            return SKETCH_OK;
        }
        // Rare, so it is found out by trying. Counters that wrapped around come back the same way.
        for_each_counter(work, other, counters, [](Counter &counter, std::uint64_t count) {
            counter = static_cast<Counter>(counter - count);
        });
        return too_many ? plan(work, h.scale - 1, growth) : plan_merge(work, other, other.buckets(), growth);
    });
}

Status merge_into_pairs(const Work &work, const Histogram &other, std::uint32_t max, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    std::uint32_t added = 0;
    if (other.buckets() <= h.used / kMaxRecent) {  // few, and many: one by one, as rows come
        for (std::uint32_t i = 0; i < other.buckets(); i++)
            added += work.find_pair(key_of(side_of(other, i), other.index[i])) == h.used;
        if (h.used + added > max) return plan(work, h.scale - 1, growth);
        if (h.used + added > h.cells[0]) return plan_merge(work, other, added, growth);
        for (std::uint32_t i = 0; i < other.buckets(); i++)
            work.bump(side_of(other, i), other.index[i], other.count[i]);
        return SKETCH_OK;
    }
    work.join_pairs();
    for (std::uint32_t i = 0, at = 0; i < other.buckets(); i++) {
        std::int32_t key = key_of(side_of(other, i), other.index[i]);
        while (at < h.used && work.pair_keys()[at] < key) at++;
        added += !work.has_pair(at, key);
    }
    if (h.used + added > max) return plan(work, h.scale - 1, growth);
    if (h.used + added > h.cells[0]) return plan_merge(work, other, added, growth);
    work.merge_pairs(h.used, h.used + added, other.buckets(), [&](std::uint32_t i) {
        return std::pair(key_of(side_of(other, i), other.index[i]), other.count[i]);
    });
    h.used += added;
    return SKETCH_OK;
}

}  // namespace

Status work_merge(void *state, std::size_t size, Histogram &other, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (other.total > kMaxTotal - work.total()) return SKETCH_OVERFLOW;

    int requested = std::min<int>(h.requested_scale, other.requested_scale);
    int scale = std::min({requested, static_cast<int>(h.scale), other.scale});
    other.collapse_to(scale);
    if (h.scale > scale) return plan(work, scale, growth);

    if (!work.apply_pending()) return plan(work, scale, growth);
    const bool specials = other.specials() > 0;
    if ((specials && !(h.flags & kHasSpecials)) || (work.mode() == kList && other.buckets() > 0))
        return plan_merge(work, other, other.buckets(), growth);
    const std::uint32_t max = max_buckets(requested);
    Status s = work.mode() == kWindow  ? merge_into_window(work, other, max, growth)
               : work.mode() == kPairs ? merge_into_pairs(work, other, max, growth)
                                       : SKETCH_OK;
    if (s != SKETCH_OK) return s;
    if (specials) {
        work.specials()[0] += other.negative_infinities;
        work.specials()[1] += other.positive_infinities;
        work.specials()[2] += other.nans;
    }
    work.count_rows(other.total);
    h.zeros += other.zeros;
    h.requested_scale = static_cast<std::int8_t>(requested);
    if (!other.whole && work.moving()) work.moving_counts().not_whole += other.finite();
    else if (!other.whole) h.not_whole = 1;
    if (!other.extremes_known) h.flags |= kExtremesUnknown;
    else if (other.finite() > 0) work.widen_extremes(other.minimum, other.maximum);
    return SKETCH_OK;
}

Fractions work_fractions(const void *state, std::size_t size) noexcept {
    Work work(state, size);
    return {work.fractions(), work.header().fraction_count, (work.header().flags & kFractionsAreArray) != 0, false};
}

}  // namespace sketch::quantile
