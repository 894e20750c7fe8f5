// What the parts of the work form of a quantile sketch share: how its buffer is laid out (quantile.hpp tells it in
// words), and the one class that reads and writes it. Rows come in at work.cpp; what anybody may have stored
// is read by work_read.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>

#include "../common/poll.hpp"
#include "../common/simd.hpp"
#include "../common/width.hpp"
#include "quantile.hpp"

namespace sketch::quantile {

enum Mode : std::uint8_t { kList, kWindow, kPairs };
enum : std::uint8_t {
    kWidthMask = 3,  // a window's counters are of 1, 2, 4 or 8 bytes: the logarithm
    kIsWindow = 4,
    kIsPairs = 8,
    kMoving = 16,  // rows are taken away too
    kExtremesUnknown = 32,
    kHasSpecials = 64,  // the buffer ends with three counters, before the fractions
    kFractionsAreArray = 128,
};

inline constexpr std::size_t kHeaderSize = sizeof(WorkHeader);
inline constexpr std::size_t kSpecialsSize = 3 * sizeof(std::uint64_t);
inline constexpr std::size_t kLargestList = 2048;  // 988 rows: fewer than buckets are allowed, so none needs a collapse
inline constexpr std::uint32_t kMaxListEntries = kLargestList / 2;
inline constexpr std::size_t kPairSize = sizeof(std::uint64_t) + sizeof(std::int32_t);
inline constexpr std::uint32_t kMaxRecent = 512;     // pairs in the second run
inline constexpr std::int32_t kNoBase = 1 << 30;     // far from every index: nothing falls into a side without a base
inline constexpr std::uint32_t kListSpan = 1 << 15;  // index offsets that a list entry can hold

// WorkHeader.remaining_rows: what may still come to a window; below zero for lists and pairs. So one subtraction counts
// a row and finds out whether it needs more care than a counter in a window does.
inline std::uint64_t total_of(const WorkHeader &h) noexcept {
    return (h.flags & kIsWindow ? kMaxTotal : 0) - static_cast<std::uint64_t>(h.remaining_rows);
}

enum Side : unsigned { kNegative = 0, kPositive = 1 };

inline std::size_t tail_size(std::uint8_t flags, std::size_t fractions) noexcept {
    return (flags & kMoving ? sizeof(MovingCounts) : 0) + (flags & kHasSpecials ? kSpecialsSize : 0) + 8 * fractions;
}

// A level of a moving state: its number, the cells of either side, and how many stand before it.
struct Level {
    int number = 0;
    std::uint32_t cells[2];
    std::uint64_t before = 0;

    explicit Level(const std::uint32_t (&counters)[2]) noexcept : cells{counters[0], counters[1]} {}
    std::uint64_t end() const noexcept { return before + cells[0] + cells[1]; }
    bool is_top() const noexcept { return cells[0] <= 1 && cells[1] <= 1; }
    void climb() noexcept {
        before = end();
        number++;
        for (std::uint32_t &side : cells) side = side / 2 + side % 2;
    }
};
inline constexpr int kMaxLevels = 32;

// The levels that are scales which a reader may need: at the last of them every double is in few enough buckets.
constexpr int scale_levels(int scale) noexcept { return std::max(0, scale - ladder::kWholeRangeScale); }
static_assert(scale_levels(ladder::kMaxScale) == std::ssize(MovingCounts{}.filled));

// In value order, whatever the scale: negative buckets by falling index, then positive ones by rising index.
inline constexpr std::int32_t kKeyBias = 1 << 24;
inline std::int32_t key_of(Side side, std::int32_t index) noexcept {
    return side == kPositive ? index + kKeyBias : -(index + kKeyBias);
}
inline Side side_of(std::int32_t key) noexcept { return key > 0 ? kPositive : kNegative; }
inline std::int32_t index_of(std::int32_t key) noexcept { return key > 0 ? key - kKeyBias : -(key + kKeyBias); }

class Work : public WorkForm<WorkHeader> {
  public:
    using WorkForm::WorkForm;

    Mode mode() const noexcept {
        return header().flags & kIsWindow ? kWindow : header().flags & kIsPairs ? kPairs : kList;
    }
    int width() const noexcept { return header().flags & kWidthMask; }
    std::uint64_t total() const noexcept { return total_of(header()); }
    void set_total(std::uint64_t total) const noexcept {
        header().remaining_rows = static_cast<std::int64_t>((mode() == kWindow ? kMaxTotal : 0) - total);
    }
    void count_rows(std::uint64_t rows) const noexcept { header().remaining_rows -= static_cast<std::int64_t>(rows); }
    std::uint64_t largest_count() const noexcept { return kMaxCount[width()]; }
    bool moving() const noexcept { return header().flags & kMoving; }

    std::uint16_t *list() const noexcept { return at<std::uint16_t>(kHeaderSize); }
    template <typename Counter>
    Counter *window() const noexcept {
        return at<Counter>(kHeaderSize);
    }
    // use(counters) with the window's counters by their type.
    template <typename Use>
    [[gnu::always_inline]] auto with_window(Use use) const noexcept {
        return with_width(width(), [&](auto zero) SKETCH_INLINED { return use(window<decltype(zero)>()); });
    }
    std::uint64_t *pair_counts() const noexcept { return window<std::uint64_t>(); }
    std::int32_t *pair_keys() const noexcept {
        return at<std::int32_t>(kHeaderSize + sizeof(std::uint64_t) * header().cells[0]);
    }
    std::uint64_t *specials() const noexcept {  // -Infinity, +Infinity, NaN
        return reinterpret_cast<std::uint64_t *>(fractions() - kSpecialsSize);
    }
    MovingCounts &moving_counts() const noexcept {
        return *at<MovingCounts>(size_ - tail_size(header().flags, header().fraction_count));
    }
    std::uint8_t *fractions() const noexcept { return bytes_ + size_ - 8 * header().fraction_count; }

    // Where a bucket's counter stands in the window; `cells` tells whether it does.
    std::uint32_t cell(Side side, std::int32_t index) const noexcept {
        const WorkHeader &h = header();
        return static_cast<std::uint32_t>(index - h.base[side]) + (h.cells[0] & (0u - side));
    }
    bool in_window(Side side, std::int32_t index) const noexcept {
        return static_cast<std::uint32_t>(index - header().base[side]) < header().cells[side];
    }

    // Pairs stand in two runs, each in value order: the last cells[1] of them are those that came since the runs were
    // joined. So a new bucket moves some hundred others at most, however many there are.
    std::uint32_t recent_pairs() const noexcept { return header().cells[1]; }
    std::uint32_t joined_pairs() const noexcept { return header().used - recent_pairs(); }

    bool has_pair(std::uint32_t at, std::int32_t key) const noexcept {
        return at < header().used && pair_keys()[at] == key;
    }
    // Where a key stands, or header().used if it does not.
    std::uint32_t find_pair(std::int32_t key) const noexcept {
        const std::uint32_t joined = joined_pairs(), used = header().used;
        const std::uint32_t at = place_of_pair(key, 0, joined);
        if (at < joined && pair_keys()[at] == key) return at;
        const std::uint32_t recent = place_of_pair(key, joined, used);
        return has_pair(recent, key) ? recent : used;
    }
    // A key that does not stand there yet; there is room.
    void insert_pair(std::int32_t key, std::uint64_t count) const noexcept {
        WorkHeader &h = header();
        if (recent_pairs() == kMaxRecent) join_pairs();
        const std::uint32_t at = place_of_pair(key, joined_pairs(), h.used), used = h.used++;
        std::copy_backward(pair_counts() + at, pair_counts() + used, pair_counts() + used + 1);
        std::copy_backward(pair_keys() + at, pair_keys() + used, pair_keys() + used + 1);
        pair_counts()[at] = count;
        pair_keys()[at] = key;
        h.cells[1]++;
    }
    // Makes one run of both.
    void join_pairs() const noexcept {
        const std::uint32_t joined = joined_pairs(), recent = recent_pairs();
        std::int32_t keys[kMaxRecent];
        std::uint64_t counts[kMaxRecent];
        std::copy_n(pair_keys() + joined, recent, keys);
        std::copy_n(pair_counts() + joined, recent, counts);
        merge_pairs(joined, header().used, recent, [&](std::uint32_t i) { return std::pair(keys[i], counts[i]); });
        header().cells[1] = 0;
    }
    // Merges so many others, pair_at(i) in value order, into the first `from` pairs, which are one run, and become the
    // first `to` ones.
    template <typename PairAt>
    void merge_pairs(std::uint32_t from, std::uint32_t to, std::uint32_t others, PairAt pair_at) const noexcept {
        while (others > 0) {  // from the back: nothing is overwritten before it is read
            auto [key, count] = pair_at(--others);
            for (; from > 0 && pair_keys()[from - 1] > key; from--, to--) {
                pair_keys()[to - 1] = pair_keys()[from - 1];
                pair_counts()[to - 1] = pair_counts()[from - 1];
            }
            if (from > 0 && pair_keys()[from - 1] == key) count += pair_counts()[--from];
            to--;
            pair_keys()[to] = key;
            pair_counts()[to] = count;
        }
    }

    // Every non-empty bucket as visit(side, index, count): a list row by row in order of arrival, the others in value
    // order.
    template <typename Visit>
    void for_each(Visit visit) const noexcept {
        const WorkHeader &h = header();
        switch (mode()) {
            case kList:
                for (std::uint32_t i = 0; i < h.used; i++) {
                    Side side = list()[i] & kListSpan ? kNegative : kPositive;
                    visit(side, h.base[side] + static_cast<std::int32_t>(list()[i] & (kListSpan - 1)),
                          std::uint64_t{1});
                }
                break;
            case kWindow: with_window([&](auto *counters) { for_each_in_window(counters, visit); }); break;
            case kPairs: {
                const std::int32_t *keys = pair_keys();
                const std::uint32_t joined = joined_pairs();
                for (std::uint32_t i = 0, j = joined; i < joined || j < h.used;) {
                    const bool recent = i == joined || (j < h.used && keys[j] < keys[i]);
                    const std::uint32_t at = recent ? j++ : i++;
                    visit(side_of(keys[at]), index_of(keys[at]), pair_counts()[at]);
                }
                break;
            }
        }
    }

    // Adds to a bucket for which there is room.
    void bump(Side side, std::int32_t index, std::uint64_t weight) const noexcept {
        WorkHeader &h = header();
        if (mode() == kList) {
            list()[h.used++] = static_cast<std::uint16_t>(static_cast<std::uint32_t>(index - h.base[side]) |
                                                          (side == kNegative ? kListSpan : 0u));
        } else if (mode() == kPairs) {
            std::int32_t key = key_of(side, index);
            std::uint32_t at = find_pair(key);
            if (at < h.used) pair_counts()[at] += weight;
            else insert_pair(key, weight);
        } else if (moving()) {
            move_rows(side, index, static_cast<std::int64_t>(weight));
        } else {
            bump_window(side, index, weight);
        }
    }

    // Rows come to a bucket of a moving state, or leave it: its counter and all sums over it.
    void move_rows(Side side, std::int32_t index, std::int64_t rows) const noexcept {
        with_window([&](auto *counters) {
            using Counter = std::remove_reference_t<decltype(*counters)>;
            WorkHeader &h = header();
            MovingCounts &counts = moving_counts();
            std::uint32_t cell = static_cast<std::uint32_t>(index - h.base[side]);
            for (Level level(h.cells);; level.climb(), cell /= 2) {
                Counter &counter = counters[level.before + (side == kPositive ? level.cells[0] : 0) + cell];
                const bool was_filled = counter != 0;
                counter = static_cast<Counter>(counter + static_cast<std::uint64_t>(rows));
                const std::uint32_t change = std::uint32_t{counter != 0} - was_filled;
                if (level.number == 0) h.used += change;
                else if (level.number <= std::ssize(counts.filled)) counts.filled[level.number - 1] += change;
                if (level.is_top()) break;
            }
        });
    }

    [[gnu::always_inline]] void bump_window(Side side, std::int32_t index, std::uint64_t weight) const noexcept {
        with_window([&](auto *counters) {
            auto &counter = counters[cell(side, index)];
            header().used += counter == 0;
            counter = static_cast<std::remove_reference_t<decltype(counter)>>(counter + weight);
        });
    }

    std::uint64_t window_count(Side side, std::int32_t index) const noexcept {
        return with_window([&](auto *counters) -> std::uint64_t { return counters[cell(side, index)]; });
    }

    std::uint32_t pending_rows() const noexcept { return header().pending != 0; }
    // Non-empty buckets, the pending row's too: it may be of one more.
    std::uint32_t entries() const noexcept { return header().used + pending_rows(); }

    // A row of this cell of a window; none is pending.
    void add_deferred(std::uint32_t cell) const noexcept {
        __builtin_prefetch(bytes_ + kHeaderSize + (std::size_t{cell} << width()), 1);
        header().pending = cell + 1;
    }

    // Rows of this magnitude came, or left a moving state. Stored only when it changes, for the sake of the next row.
    void note_whole(std::uint64_t magnitude, std::int64_t rows = 1) const noexcept {
        WorkHeader &h = header();
        if (h.not_whole != 0 || ladder::is_whole(magnitude)) return;
        if (h.flags & kMoving) moving_counts().not_whole += static_cast<std::uint64_t>(rows);
        else h.not_whole = 1;
    }

    // False if the counter of the pending row is full.
    [[gnu::always_inline]] bool apply_pending() const noexcept {
        WorkHeader &h = header();
        if (h.pending == 0) return true;
        const bool counted = with_window([&](auto *counters) {
            auto &counter = counters[h.pending - 1];
            if (counter == std::numeric_limits<std::remove_reference_t<decltype(counter)>>::max()) [[unlikely]]
                return false;
            h.used += counter == 0;
            counter++;
            return true;
        });
        if (counted) h.pending = 0;
        return counted;
    }

    // Stored only when they change, which is rare: a store at each row would make the next row wait for it.
    void widen_extremes(double lowest, double highest) const noexcept {
        WorkHeader &h = header();
        if (lowest < h.minimum) [[unlikely]]
            h.minimum = lowest;
        if (highest > h.maximum) [[unlikely]]
            h.maximum = highest;
    }

  private:
    std::uint32_t place_of_pair(std::int32_t key, std::uint32_t begin, std::uint32_t end) const noexcept {
        const std::int32_t *keys = pair_keys();
        return static_cast<std::uint32_t>(std::lower_bound(keys + begin, keys + end, key) - keys);
    }

    template <typename Counter, typename Visit>
    void for_each_in_window(const Counter *counters, Visit visit) const noexcept {
        const WorkHeader &h = header();
        const std::uint32_t pending = h.pending - 1;  // no cell's number if there is none
        for (std::uint32_t i = h.cells[0]; i-- > 0;)
            if (counters[i] != 0 || i == pending)
                visit(kNegative, h.base[0] + static_cast<std::int32_t>(i), std::uint64_t{counters[i]} + (i == pending));
        counters += h.cells[0];
        for (std::uint32_t i = 0; i < h.cells[1]; i++) {
            const bool one_more = i + h.cells[0] == pending;
            if (counters[i] != 0 || one_more)
                visit(kPositive, h.base[1] + static_cast<std::int32_t>(i), std::uint64_t{counters[i]} + one_more);
        }
    }
};
static_assert(DefersRows<Work, std::uint32_t>);

// What a state holds and what is about to be added: enough to choose a layout for both.
struct Demand {
    std::int32_t low[2] = {kNoBase, kNoBase}, high[2] = {-kNoBase, -kNoBase};
    std::uint32_t entries = 0;  // non-empty buckets, at most
    std::uint64_t largest = 0;  // count of one bucket, at most
    bool specials = false;
    bool only_single_rows = true;  // nothing comes with a weight: a list will do

    void cover(Side side, std::int32_t index) noexcept {
        low[side] = std::min(low[side], index);
        high[side] = std::max(high[side], index);
    }
    bool has(unsigned side) const noexcept { return low[side] <= high[side]; }
    std::uint64_t width(unsigned side) const noexcept {
        return has(side) ? static_cast<std::uint64_t>(std::int64_t{high[side]} - low[side] + 1) : 0;
    }
};

// Chooses the next layout for `work` plus `demand`, at `scale` (layout.cpp). Answers SKETCH_GROW, so that callers can
// return it.
Status plan(const Work &work, int scale, sketch_growth &growth, Demand demand = {}) noexcept;

}  // namespace sketch::quantile
