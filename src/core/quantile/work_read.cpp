// Reading a work form of a quantile sketch, whoever made it: whatever it says, nothing outside of it is read.
#include "work.hpp"

namespace sketch::quantile {

namespace {

// The header of a stored work form may be anybody's: whatever it says about places must lie inside the buffer.
Status check_header(const void *state, std::size_t size) noexcept {
    if (Status s = check_prefix<WorkHeader>(state, size); s != SKETCH_OK) return s;
    const WorkHeader &h = *static_cast<const WorkHeader *>(state);
    const bool is_window = (h.flags & kIsWindow) != 0, is_pairs = (h.flags & kIsPairs) != 0;
    const int width = h.flags & kWidthMask;
    const Mode mode = is_window ? kWindow : is_pairs ? kPairs : kList;
    const bool is_moving = (h.flags & kMoving) != 0;
    if ((is_window && is_pairs) || (!is_window && width > 0) || h.scale < ladder::kMinScale ||
        (is_moving && !(is_window && h.flags & kExtremesUnknown)) || h.scale > h.requested_scale ||
        h.requested_scale > ladder::kMaxScale || h.fraction_count > kMaxFractions ||
        (h.fraction_count > 1 && !(h.flags & kFractionsAreArray)) || h.not_whole > (is_moving ? 0 : 1) ||
        total_of(h) > kMaxTotal || h.zeros > total_of(h) || size % sizeof(std::uint64_t) != 0)
        return SKETCH_CORRUPT;
    for (std::int32_t base : h.base)
        if (base < -kNoBase || base > kNoBase) return SKETCH_CORRUPT;
    std::uint64_t fixed = kHeaderSize + tail_size(h.flags, h.fraction_count);
    const std::uint64_t cells = h.cells[0] + std::uint64_t{mode == kWindow ? h.cells[1] : 0};
    const std::uint32_t max = max_buckets(h.requested_scale);
    std::uint64_t sums = 0;
    if (is_moving) {
        Level level(h.cells);
        while (!level.is_top()) level.climb();
        sums = level.end() - cells;
        for (unsigned side : {kNegative, kPositive})
            if (h.cells[side] > 0 && h.base[side] & ((1 << scale_levels(h.scale)) - 1)) return SKETCH_CORRUPT;
    }
    std::uint64_t cell_size = mode == kList ? 2 : mode == kPairs ? kPairSize : std::uint64_t{1} << width;
    if (fixed + (cells + sums) * cell_size > size) return SKETCH_TRUNCATED;
    if (mode != kWindow && h.used > h.cells[0]) return SKETCH_CORRUPT;
    if (mode != kWindow && h.cells[1] > (mode == kPairs ? std::min(h.used, kMaxRecent) : 0)) return SKETCH_CORRUPT;
    if (cells > kNoBase / 2 || (mode == kList && h.used > kMaxListEntries)) return SKETCH_CORRUPT;
    if (h.used > max && !is_moving) return SKETCH_CORRUPT;
    if (h.pending > (mode == kWindow ? cells : 0) || (h.pending > 0 && (h.used >= max || is_moving)))
        return SKETCH_CORRUPT;
    return SKETCH_OK;
}

// Takes buckets in value order at the work form's scale and appends them at the Histogram's.
class Collector {
  public:
    Collector(Histogram &into, int work_scale) noexcept
        : h_(into),
          work_scale_(work_scale),
          shift_(work_scale - into.scale),
          lowest_(ladder::first_index(work_scale)),
          highest_(ladder::last_index(work_scale)) {}

    void add(Side side, std::int32_t index, std::uint64_t count) noexcept {
        ok_ = ok_ && index >= lowest_ && index <= highest_ && key_of(side, index) > last_key_ && count > 0 &&
              count <= kMaxTotal - sum_ && ladder::holds_a_double(index, work_scale_);
        if (!ok_) return;
        last_key_ = key_of(side, index);
        sum_ += count;
        std::int32_t parent = index >> shift_;
        std::uint32_t &on_side = side == kNegative ? h_.negatives : h_.positives;
        std::uint32_t n = h_.buckets();
        if (on_side > 0 && h_.index[n - 1] == parent) {
            h_.count[n - 1] += count;
        } else if (n < std::min(max_buckets(h_.requested_scale), h_.capacity)) {
            h_.index[n] = parent;
            h_.count[n] = count;
            on_side++;
        } else {
            ok_ = false;
        }
    }

    bool ok() const noexcept { return ok_; }
    std::uint64_t sum() const noexcept { return sum_; }

  private:
    Histogram &h_;
    int work_scale_, shift_;
    std::int32_t lowest_, highest_;
    std::int32_t last_key_ = std::numeric_limits<std::int32_t>::min();
    std::uint64_t sum_ = 0;
    bool ok_ = true;
};

// Sorts list entries by value and hands on each bucket with its number of rows. A group's entries mostly lie within a
// few hundred buckets, where counting is several times faster than sorting.
template <typename Emit>
void sort_list(const std::uint16_t *entries, std::uint32_t used, Emit emit) noexcept {
    constexpr std::uint32_t kCountable = 2048;
    auto value_order = [](std::uint16_t e) { return static_cast<std::uint16_t>(e & kListSpan ? ~e : e | kListSpan); };
    auto entry_of = [](std::uint32_t key) {
        return static_cast<std::uint16_t>(key & kListSpan ? key & ~kListSpan : ~key);
    };
    if (used == 0) return;
    std::uint16_t min = 0xffff, max = 0;
    for (std::uint32_t i = 0; i < used; i++) {
        min = std::min(min, value_order(entries[i]));
        max = std::max(max, value_order(entries[i]));
    }
    std::uint32_t span = max - min + 1u;
    if (span <= kCountable) {
        std::uint16_t counts[kCountable];
        std::memset(counts, 0, span * sizeof counts[0]);
        for (std::uint32_t i = 0; i < used; i++) counts[value_order(entries[i]) - min]++;
        for (std::uint32_t i = 0; i < span; i++)
            if (counts[i] > 0) emit(entry_of(min + i), counts[i]);
        return;
    }
    std::uint16_t sorted[kMaxListEntries];
    for (std::uint32_t i = 0; i < used; i++) sorted[i] = value_order(entries[i]);
    std::sort(sorted, sorted + used);
    for (std::uint32_t i = 0; i < used;) {
        std::uint32_t end = i;
        while (end < used && sorted[end] == sorted[i]) end++;
        emit(entry_of(sorted[i]), end - i);
        i = end;
    }
}

// A moving state has no limit of buckets; what is read from it has. Two neighbours become one bucket when their
// indexes, shifted, are equal: one pass counts how many do at each shift.
int scale_to_read(const Work &work) noexcept {
    const WorkHeader &h = work.header();
    const std::uint32_t max = max_buckets(h.requested_scale);
    if (h.used <= max) return h.scale;
    std::uint32_t joined[33] = {};  // by the smallest shift that joins them
    std::int32_t last = 0;
    Side last_side = kNegative;
    bool first = true;
    work.for_each([&](Side side, std::int32_t index, std::uint64_t) {
        if (!first && side == last_side) joined[std::bit_width(static_cast<std::uint32_t>(index ^ last))]++;
        last = index;
        last_side = side;
        first = false;
    });
    std::uint32_t buckets = h.used;
    int shift = 0;
    while (buckets > max && h.scale - shift > ladder::kMinScale) buckets -= joined[++shift];
    return h.scale - shift;
}

// Whether each sum of a moving state is that of its two cells.
bool sums_are_right(const Work &work) noexcept {
    return work.with_window([&](auto *counters) {
        using Counter = std::remove_reference_t<decltype(*counters)>;
        Level below(work.header().cells), level = below;
        while (!below.is_top()) {
            level.climb();
            const Counter *from = counters + below.before, *sums = counters + level.before;
            for (unsigned side : {kNegative, kPositive}) {
                const std::uint32_t cells = below.cells[side];
                for (std::uint32_t i = 0; i < cells; i += 2) {
                    poll_at(i / 2);
                    if (*sums++ != static_cast<Counter>(from[i] + (i + 1 < cells ? from[i + 1] : 0))) return false;
                }
                from += cells;
            }
            below = level;
        }
        return true;
    });
}

// Rows of a moving state by their number.
class MovingRows {
  public:
    explicit MovingRows(const Work &work) noexcept : work_(work) {
        const WorkHeader &h = work.header();
        counters_ = {work.total(), h.zeros, 0, 0, 0};
        if (h.flags & kHasSpecials) {
            counters_.negative_infinities = work.specials()[0];
            counters_.positive_infinities = work.specials()[1];
            counters_.nans = work.specials()[2];
        }
        for (Level level(h.cells);; level.climb()) {
            for (unsigned side : {kNegative, kPositive}) {
                first_[levels_][side] = level.before + (side == kPositive ? level.cells[0] : 0);
                cells_[levels_][side] = level.cells[side];
            }
            levels_++;
            if (level.is_top()) break;
        }
        std::uint32_t buckets = h.used;
        while (buckets > max_buckets(h.requested_scale) && shift_ < scale_levels(h.scale) && shift_ < levels_ - 1)
            buckets = work.moving_counts().filled[shift_++];
    }

    Row row(std::uint64_t k) const noexcept {
        Row result = {0, 0, 0};
        if (counters_.is_special(k, result)) return result;
        const std::uint64_t negatives = count(levels_ - 1, kNegative, 0);
        if (k < negatives) return row_of(kNegative, k);
        k -= negatives;
        return k < counters_.zeros ? result : row_of(kPositive, k - counters_.zeros);
    }

  private:
    std::uint64_t count(int level, Side side, std::uint32_t cell) const noexcept {
        if (cell >= cells_[level][side]) return 0;
        return work_.with_window([&](auto *counters) -> std::uint64_t { return counters[first_[level][side] + cell]; });
    }

    // Down from the sum of the side to the bucket, past the cells whose values are all smaller.
    Row row_of(Side side, std::uint64_t k) const noexcept {
        std::uint32_t cell = 0;
        for (int level = levels_ - 2; level >= shift_; level--) {
            cell = 2 * cell + (side == kNegative);
            const std::uint64_t smaller = count(level, side, cell);
            if (k < smaller) continue;
            k -= smaller;
            cell ^= 1;
        }
        const int scale = work_.header().scale - shift_;
        const std::int32_t index = std::clamp((work_.header().base[side] >> shift_) + static_cast<std::int32_t>(cell),
                                              ladder::first_index(scale), ladder::last_index(scale));
        const bool whole = work_.moving_counts().not_whole == 0;
        return row_in_bucket(side == kNegative, index, count(shift_, side, cell), k, scale, whole);
    }

    const Work &work_;
    Counters counters_;
    int levels_ = 0, shift_ = 0;
    std::uint64_t first_[kMaxLevels][2];
    std::uint32_t cells_[kMaxLevels][2];
};

}  // namespace

std::uint32_t work_capacity(const void *state, std::size_t size) noexcept {
    if (check_header(state, size) != SKETCH_OK) return 0;
    const Work work(state, size);
    return std::min(work.entries(), max_buckets(work.header().requested_scale));
}

// Looks at nothing but the way to the rows that are asked for.
Status moving_percentiles(const void *state, std::size_t size, double *out, Fractions &fractions,
                          std::uint64_t &rows) noexcept {
    if (Status s = check_header(state, size); s != SKETCH_OK) return s;
    if (!work_is_moving(state)) return SKETCH_CORRUPT;
    const Work work(state, size);
    rows = work.total();
    fractions = work_fractions(state, size);
    if (rows == 0) return SKETCH_OK;
    const MovingRows moving(work);
    for (std::size_t i = 0; i < fractions.count; i++) {
        if (!is_fraction(fractions[i])) return SKETCH_CORRUPT;
        const Place place(fractions[i], rows);
        const Row first = moving.row(place.first);
        out[i] = interpolate(first, place.second == place.first ? first : moving.row(place.second), place.part, nullptr,
                             nullptr);
    }
    return SKETCH_OK;
}

Status decode_work(const void *state, std::size_t size, Histogram &into) noexcept {
    if (Status s = check_header(state, size); s != SKETCH_OK) return s;
    Work work(state, size);
    const WorkHeader &h = work.header();
    if (work.moving() && !sums_are_right(work)) return SKETCH_CORRUPT;
    into.clear(h.requested_scale);
    into.scale = scale_to_read(work);
    into.extremes_known = (h.flags & kExtremesUnknown) == 0;
    into.whole = (work.moving() ? work.moving_counts().not_whole : h.not_whole) == 0;
    into.total = work.total();
    into.zeros = h.zeros;
    into.minimum = h.minimum;
    into.maximum = h.maximum;
    if (h.flags & kHasSpecials) {
        into.negative_infinities = work.specials()[0];
        into.positive_infinities = work.specials()[1];
        into.nans = work.specials()[2];
    }
    into.fractions = work_fractions(state, size);
    for (std::size_t i = 0; i < into.fractions.count; i++)
        if (!is_fraction(into.fractions[i])) return SKETCH_CORRUPT;

    Collector collector(into, h.scale);
    if (work.mode() == kList)
        sort_list(work.list(), h.used, [&](std::uint16_t entry, std::uint32_t count) {
            Side side = entry & kListSpan ? kNegative : kPositive;
            collector.add(side, h.base[side] + static_cast<std::int32_t>(entry & (kListSpan - 1)), count);
        });
    else work.for_each([&](Side side, std::int32_t index, std::uint64_t count) { collector.add(side, index, count); });
    if (!collector.ok()) return SKETCH_CORRUPT;

    // The counters must add up, one by one so that no sum wraps, and the extremes must lie in the outermost buckets.
    std::uint64_t rest = into.total - collector.sum();
    if (collector.sum() > into.total) return SKETCH_CORRUPT;
    for (std::uint64_t part : {into.zeros, into.negative_infinities, into.positive_infinities, into.nans}) {
        if (part > rest) return SKETCH_CORRUPT;
        rest -= part;
    }
    if (rest != 0) return SKETCH_CORRUPT;
    if (into.total == 0) {
        if (!into.whole && !work.moving()) return SKETCH_CORRUPT;
        into.clear(h.requested_scale);
        into.fractions = work_fractions(state, size);
    }
    if (into.extremes_known && into.finite() > 0) {
        bool zero_first = into.negatives == 0 && into.zeros > 0, zero_last = into.positives == 0 && into.zeros > 0;
        std::uint32_t last = into.buckets() - 1;
        bool inside = (zero_first ? h.minimum == 0 : into.lower(0) <= h.minimum && h.minimum <= into.upper(0)) &&
                      (zero_last ? h.maximum == 0 : into.lower(last) <= h.maximum && h.maximum <= into.upper(last)) &&
                      h.minimum <= h.maximum && (into.finite() > 1 || h.minimum == h.maximum);
        if (!inside) return SKETCH_CORRUPT;
    }
    if (work.moving() && !into.may_hold_fraction()) into.whole = true;  // those rows left, which only came in a merge
    return into.collapse_was_needed() && into.whole_is_right() ? SKETCH_OK : SKETCH_CORRUPT;
}

}  // namespace sketch::quantile
