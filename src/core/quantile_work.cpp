// The work form of a quantile sketch: a flat buffer that rows are added to in place. Layout in quantile.hpp.
//
// The data are in one of three modes, whichever is small and fast for what has come so far. The choice depends on the
// order of arrival and is never seen from outside: reading any of them gives the same Histogram.
//
// Growing needs a larger buffer, which only the caller can get. So a function that lacks room changes nothing, writes
// the layout that it needs to `growth` and answers SKETCH_GROW; the caller moves the state there and calls again.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <type_traits>

#include "poll.hpp"
#include "quantile.hpp"

namespace sketch::quantile {

namespace {

constexpr std::uint8_t kLayout = 3;

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

constexpr std::size_t kHeaderSize = sizeof(WorkHeader);
constexpr std::size_t kSpecialsSize = 3 * sizeof(std::uint64_t);
constexpr std::size_t kFirstSize = 256;     // 92 rows of a small group
constexpr std::size_t kLargestList = 2048;  // 988 rows: fewer than buckets are allowed, so none needs a collapse
constexpr std::uint32_t kMostEntries = kLargestList / 2;
constexpr std::size_t kPairSize = sizeof(std::uint64_t) + sizeof(std::int32_t);
constexpr std::uint32_t kMaxRecent = 512;     // pairs in the second run
constexpr std::int32_t kNoBase = 1 << 30;     // far from every index: nothing falls into a side without a base
constexpr std::uint32_t kListSpan = 1 << 15;  // index offsets that a list entry can hold
constexpr std::uint64_t kLargestCount[4] = {0xffu, 0xffffu, 0xffffffffu, kMaxTotal};  // by the width of counters

// WorkHeader.room: what may still come to a window; below zero for lists and pairs. So one subtraction counts a row and
// finds out whether it needs more care than a counter in a window does.
std::uint64_t total_of(const WorkHeader &h) noexcept {
    return (h.flags & kIsWindow ? kMaxTotal : 0) - static_cast<std::uint64_t>(h.room);
}
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

enum Side : unsigned { kNegative = 0, kPositive = 1 };

std::size_t tail_size(std::uint8_t flags, std::size_t fractions) noexcept {
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
constexpr int kMostLevels = 32;

// The levels that are scales which a reader may need: at the last of them every double is in few enough buckets.
constexpr int scale_levels(int scale) noexcept { return std::max(0, scale - ladder::kWholeRangeScale); }
static_assert(scale_levels(ladder::kMaxScale) == std::ssize(MovingCounts{}.filled));

// In value order, whatever the scale: negative buckets by falling index, then positive ones by rising index.
constexpr std::int32_t kKeyBias = 1 << 24;
std::int32_t key_of(Side side, std::int32_t index) noexcept {
    return side == kPositive ? index + kKeyBias : -(index + kKeyBias);
}
Side side_of(std::int32_t key) noexcept { return key > 0 ? kPositive : kNegative; }
std::int32_t index_of(std::int32_t key) noexcept { return key > 0 ? key - kKeyBias : -(key + kKeyBias); }

// A work form that this library wrote, 8-byte aligned: what mutation needs.
class Work {
  public:
    Work(void *state, std::size_t size) noexcept : bytes_(static_cast<std::uint8_t *>(state)), size_(size) {}

    WorkHeader &header() const noexcept { return *reinterpret_cast<WorkHeader *>(bytes_); }
    Mode mode() const noexcept {
        return header().flags & kIsWindow ? kWindow : header().flags & kIsPairs ? kPairs : kList;
    }
    int width() const noexcept { return header().flags & kWidthMask; }
    std::uint64_t total() const noexcept { return total_of(header()); }
    void set_total(std::uint64_t total) const noexcept {
        header().room = static_cast<std::int64_t>((mode() == kWindow ? kMaxTotal : 0) - total);
    }
    void count_rows(std::uint64_t rows) const noexcept { header().room -= static_cast<std::int64_t>(rows); }
    std::uint64_t largest_count() const noexcept { return kLargestCount[width()]; }
    bool moving() const noexcept { return header().flags & kMoving; }

    std::uint16_t *list() const noexcept { return reinterpret_cast<std::uint16_t *>(bytes_ + kHeaderSize); }
    template <typename Counter>
    Counter *window() const noexcept {
        return reinterpret_cast<Counter *>(bytes_ + kHeaderSize);
    }
    // use(counters) with the window's counters by their type.
    template <typename Use>
    [[gnu::always_inline]] auto with_window(Use use) const noexcept {
        switch (width()) {
            case 0: return use(window<std::uint8_t>());
            case 1: return use(window<std::uint16_t>());
            case 2: return use(window<std::uint32_t>());
            default: return use(window<std::uint64_t>());
        }
    }
    std::uint64_t *pair_counts() const noexcept { return window<std::uint64_t>(); }
    std::int32_t *pair_keys() const noexcept {
        return reinterpret_cast<std::int32_t *>(bytes_ + kHeaderSize + sizeof(std::uint64_t) * header().cells[0]);
    }
    std::uint64_t *specials() const noexcept {  // -Infinity, +Infinity, NaN
        return reinterpret_cast<std::uint64_t *>(fractions() - kSpecialsSize);
    }
    MovingCounts &moving_counts() const noexcept {
        return *reinterpret_cast<MovingCounts *>(bytes_ + size_ - tail_size(header().flags, header().fraction_count));
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
        std::uint32_t from = joined, to = header().used;  // from the back: nothing is overwritten before it is read
        for (std::uint32_t i = recent; i-- > 0;) {
            for (; from > 0 && pair_keys()[from - 1] > keys[i]; from--, to--) {
                pair_keys()[to - 1] = pair_keys()[from - 1];
                pair_counts()[to - 1] = pair_counts()[from - 1];
            }
            to--;
            pair_keys()[to] = keys[i];
            pair_counts()[to] = counts[i];
        }
        header().cells[1] = 0;
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

    // Non-empty buckets, the pending row's too: it may be of one more.
    std::uint32_t entries() const noexcept { return header().used + (header().pending != 0); }

    // Lets a window's cell come from memory, and leaves its row pending.
    void count_soon(std::uint32_t cell) const noexcept {
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

    // Counts the row that is pending; false if its counter is full.
    [[gnu::always_inline]] bool settle() const noexcept {
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
    void widen_extremes(double least, double most) const noexcept {
        WorkHeader &h = header();
        if (least < h.minimum) [[unlikely]]
            h.minimum = least;
        if (most > h.maximum) [[unlikely]]
            h.maximum = most;
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

    std::uint8_t *bytes_;
    std::size_t size_;
};

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

// The spare cells of a window are dealt out so that it may grow on both ends of both sides.
void place_window(const Demand &demand, std::uint64_t cells, sketch_growth &growth) noexcept {
    std::uint64_t spare = cells - demand.width(0) - demand.width(1);
    for (unsigned side : {kNegative, kPositive}) {
        std::uint64_t share = !demand.has(side) ? 0 : demand.has(1 - side) ? spare / 2 : spare;
        growth.cells[side] = static_cast<std::uint32_t>(demand.width(side) + share);
        growth.base[side] = demand.has(side) ? demand.low[side] - static_cast<std::int32_t>(share / 2) : kNoBase;
    }
}

// A moving state's window begins at a multiple of what the coarsest of its buckets take, and has room for sums.
void place_moving(Demand demand, int scale, std::size_t fixed, std::size_t counter, sketch_growth &growth) noexcept {
    const std::int32_t step = 1 << scale_levels(scale);
    for (unsigned side : {kNegative, kPositive})
        if (demand.has(side)) demand.low[side] &= -step, demand.high[side] |= step - 1;
    constexpr std::uint64_t kOdd = 2 * kMostLevels;  // cells that a level has more than half of those below it
    const std::uint64_t needed = demand.width(0) + demand.width(1);
    growth.size = std::bit_ceil(std::max<std::uint64_t>(fixed + counter * (2 * needed + kOdd), kFirstSize));
    const std::uint64_t spare = ((growth.size - fixed) / counter - kOdd) / 2 - needed;
    for (unsigned side : {kNegative, kPositive}) {
        std::uint64_t share = !demand.has(side) ? 0 : demand.has(1 - side) ? spare / 2 : spare;
        share -= share % (2 * static_cast<std::uint64_t>(step));
        growth.cells[side] = static_cast<std::uint32_t>(demand.width(side) + share);
        growth.base[side] = demand.has(side) ? demand.low[side] - static_cast<std::int32_t>(share / 2) : kNoBase;
    }
}

// Room on both ends of either side's entries, centred on what is there.
void place_list(const Demand &demand, std::uint64_t capacity, sketch_growth &growth) noexcept {
    for (unsigned side : {kNegative, kPositive}) {
        std::int32_t spare = static_cast<std::int32_t>((kListSpan - demand.width(side)) / 2);
        growth.base[side] = demand.has(side) ? demand.low[side] - spare : kNoBase;
    }
    growth.cells[0] = static_cast<std::uint32_t>(capacity);
    growth.cells[1] = 0;
}

// Chooses the next layout for `work` plus `demand`, at `scale`. Answers SKETCH_GROW, so that callers can return it.
Status plan(const Work &work, int scale, Demand demand, sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    int shift = h.scale - scale;
    std::uint64_t largest = 0;
    work.for_each([&](Side side, std::int32_t index, std::uint64_t count) {
        demand.cover(side, index >> shift);
        largest = std::max(largest, count);
    });
    if (work.mode() == kList) largest = h.used;
    // Rows that left may come back: a moving window does not shrink, or it would have to grow at each of them.
    for (Side side : {kNegative, kPositive}) {
        if (!work.moving() || h.cells[side] == 0) continue;
        demand.cover(side, std::max(h.base[side] >> shift, ladder::first_index(scale)));
        demand.cover(side, std::min((h.base[side] + static_cast<std::int32_t>(h.cells[side]) - 1) >> shift,
                                    ladder::last_index(scale)));
    }
    // A bucket gets at most what 2^shift of its children hold, and never more than there are rows. Sums hold all.
    if (work.moving()) demand.largest += work.total();
    else demand.largest += std::min(largest > (kMaxTotal >> shift) ? kMaxTotal : largest << shift, work.total());
    demand.entries += work.entries();
    demand.entries = std::min(demand.entries, max_buckets(h.requested_scale));

    std::uint8_t flags = static_cast<std::uint8_t>(h.flags & ~(kWidthMask | kIsWindow | kIsPairs));
    if (demand.specials) flags |= kHasSpecials;
    std::size_t fixed = kHeaderSize + tail_size(flags, h.fraction_count);
    int width = 0;
    while (width < 3 && demand.largest > kLargestCount[width]) width++;
    std::size_t counter = std::size_t{1} << width;

    auto size_with = [&](std::uint64_t data) {
        return std::bit_ceil(std::max<std::uint64_t>(fixed + data, kFirstSize));
    };
    std::uint64_t list_size = size_with(2 * std::uint64_t{demand.entries});
    std::uint64_t pairs_size = size_with(kPairSize * std::uint64_t{demand.entries});
    std::uint64_t window_size = size_with(counter * (demand.width(0) + demand.width(1)));

    growth.scale = static_cast<std::int8_t>(scale);
    if (work.moving()) {
        growth.flags = static_cast<std::uint8_t>(flags | kIsWindow | width);
        place_moving(demand, scale, fixed, counter, growth);
        return SKETCH_GROW;
    }
    bool list_fits = work.mode() == kList && demand.only_single_rows && demand.width(0) <= kListSpan &&
                     demand.width(1) <= kListSpan && list_size <= kLargestList;
    if (list_fits && list_size < window_size) {
        growth.flags = flags;
        growth.size = list_size;
        place_list(demand, (list_size - fixed) / 2, growth);
    } else if (window_size <= 2 * pairs_size) {
        growth.flags = static_cast<std::uint8_t>(flags | kIsWindow | width);
        growth.size = window_size;
        place_window(demand, (window_size - fixed) / counter, growth);
    } else {
        growth.flags = flags | kIsPairs;
        growth.size = pairs_size;
        growth.base[0] = growth.base[1] = kNoBase;
        growth.cells[0] = static_cast<std::uint32_t>((pairs_size - fixed) / kPairSize);
        growth.cells[1] = 0;
    }
    return SKETCH_GROW;
}

Status plan_row(const Work &work, Side side, std::int32_t index, std::uint64_t weight, sketch_growth &growth) noexcept {
    Demand demand;
    demand.cover(side, index);
    demand.entries = 1;
    demand.largest = weight;
    demand.only_single_rows = weight == 1;
    return plan(work, work.header().scale, demand, growth);
}

Status plan_collapse(const Work &work, int scale, sketch_growth &growth) noexcept {
    return plan(work, scale, Demand{}, growth);
}

Status add_special(const Work &work, double x, std::uint64_t weight, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    if (!(h.flags & kHasSpecials)) {
        Demand demand;
        demand.specials = true;
        return plan(work, h.scale, demand, growth);
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
Status add_elsewhere(const Work &work, Side side, std::int32_t index, std::uint64_t weight,
                     sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    if (work.mode() == kList) {
        std::uint32_t offset = static_cast<std::uint32_t>(index - h.base[side]);
        if (weight > 1 || offset >= kListSpan || h.used == h.cells[0]) {
            if (weight == 1 && h.base[side] == kNoBase && h.used < h.cells[0]) {
                h.base[side] = index - static_cast<std::int32_t>(kListSpan / 2);
                return add_elsewhere(work, side, index, weight, growth);
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
    if (h.used == max_buckets(h.requested_scale)) return plan_collapse(work, h.scale - 1, growth);
    if (h.used == h.cells[0]) return plan_row(work, side, index, weight, growth);
    work.insert_pair(key, weight);
    return SKETCH_OK;
}

}  // namespace

std::size_t work_init_size(const sketch_quantile_options &options) noexcept {
    const std::uint8_t flags = options.moving ? kMoving : 0;
    return std::bit_ceil(std::max(kFirstSize, kHeaderSize + tail_size(flags, options.fraction_count)));
}

void work_init(void *state, std::size_t size, const sketch_quantile_options &options) noexcept {
    std::memset(state, 0, size);
    Work work(state, size);
    WorkHeader &h = work.header();
    h.magic = kWorkMagic;
    h.family = static_cast<std::uint8_t>(Family::quantile);
    h.layout = kLayout;
    h.flags = static_cast<std::uint8_t>((options.moving ? std::uint8_t{kIsWindow} | kMoving | kExtremesUnknown : 0) |
                                        (options.fractions_are_array ? kFractionsAreArray : 0));
    h.minimum = kInfinity;
    h.maximum = -kInfinity;
    h.scale = h.requested_scale = static_cast<std::int8_t>(options.scale);
    h.fraction_count = static_cast<std::uint16_t>(options.fraction_count);
    work.set_total(0);
    h.base[0] = h.base[1] = kNoBase;
    std::size_t room = size - kHeaderSize - 8 * options.fraction_count;
    if (!options.moving) h.cells[0] = std::min(static_cast<std::uint32_t>(room / 2), kMostEntries);
    if (options.fraction_count > 0) std::memcpy(work.fractions(), options.fractions, 8 * options.fraction_count);
}

void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept {
    const std::size_t size = static_cast<std::size_t>(growth.size);
    Work source(const_cast<void *>(from), from_size), target(to, size);
    std::memset(to, 0, size);
    WorkHeader &h = target.header();
    h = source.header();
    h.scale = growth.scale;
    h.flags = growth.flags;
    target.set_total(source.total());
    for (unsigned side : {kNegative, kPositive}) {
        h.base[side] = growth.base[side];
        h.cells[side] = growth.cells[side];
    }
    h.used = h.pending = 0;
    if (target.moving()) target.moving_counts().not_whole = source.moving_counts().not_whole;
    std::memcpy(target.fractions(), source.fractions(), 8 * h.fraction_count);
    if (source.header().flags & kHasSpecials) std::memcpy(target.specials(), source.specials(), kSpecialsSize);
    int shift = source.header().scale - growth.scale;
    source.for_each(
        [&](Side side, std::int32_t index, std::uint64_t count) { target.bump(side, index >> shift, count); });
}

namespace {

// Everything that is not one more row in a window that has room for it. Apart,
// and with the same arguments, so that the common case needs no frame.
[[gnu::noinline]] Status add_with_care(void *state, std::size_t size, double x, std::uint64_t weight,
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
        if (!work.settle()) return plan(work, h.scale, Demand{}, growth);
        bool inside = work.in_window(side, index);
        std::uint64_t count = work.moving() ? work.total() : inside ? work.window_count(side, index) : 0;
        if (count == 0 && h.used >= max_buckets(h.requested_scale) && !work.moving())
            return plan_collapse(work, h.scale - 1, growth);
        if (!inside || count + weight > work.largest_count()) return plan_row(work, side, index, weight, growth);
        work.bump(side, index, weight);
    } else if (Status s = add_elsewhere(work, side, index, weight, growth); s != SKETCH_OK) {
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
    if (magnitude - ladder::kSmallestNormal > ladder::kLargestFinite - ladder::kSmallestNormal || h.room < rows)
        [[unlikely]]
        return add_with_care(state, size, x, weight, growth);
    Side side = bits & kSignBit ? kNegative : kPositive;
    std::int32_t index = ladder::index_of_normal(magnitude, h.scale);
    if (!work.in_window(side, index) || weight != 1 || h.flags & kMoving) [[unlikely]]
        return add_with_care(state, size, x, weight, growth);
    // A pending row may fill the last bucket that there is room for; the next one would have to know whether its own is
    // new.
    if (!work.settle() || h.used >= max_buckets(h.requested_scale)) [[unlikely]]
        return add_with_care(state, size, x, weight, growth);
    work.count_soon(work.cell(side, index));
    h.room -= rows;
    work.note_whole(magnitude);
    work.widen_extremes(x, x);
    return SKETCH_OK;
}

bool work_is_moving(const void *state) noexcept { return static_cast<const WorkHeader *>(state)->flags & kMoving; }

Status work_remove(void *state, std::size_t size, double x) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    std::uint64_t magnitude = bits & ~kSignBit;
    if (magnitude == 0) {
        if (h.zeros == 0) return SKETCH_BELOW_ZERO;
        h.zeros--;
    } else if (magnitude > ladder::kLargestFinite) {
        if (!(h.flags & kHasSpecials)) return SKETCH_BELOW_ZERO;
        std::uint64_t &counter = work.specials()[std::isnan(x) ? 2 : x > 0 ? 1 : 0];
        if (counter == 0) return SKETCH_BELOW_ZERO;
        counter--;
    } else {
        Side side = bits & kSignBit ? kNegative : kPositive;
        std::int32_t index = ladder::index_of_bits(magnitude, h.scale);
        if (work.mode() != kWindow || !work.in_window(side, index) || work.window_count(side, index) == 0)
            return SKETCH_BELOW_ZERO;
        work.move_rows(side, index, -1);
        work.note_whole(magnitude, -1);
    }
    h.room++;
    return SKETCH_OK;
}

Status work_coarsen(void *state, std::size_t size, int scale, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    scale = std::max(scale, ladder::kMinScale);
    if (scale >= h.requested_scale) return SKETCH_OK;
    if (scale < h.scale) return plan_collapse(work, scale, growth);
    if (!work.settle()) return plan(work, h.scale, Demand{}, growth);
    // A coarser sketch is allowed fewer buckets. (Those of a moving state are joined when it is read.)
    if (h.used > max_buckets(scale) && !work.moving()) return plan_collapse(work, h.scale - 1, growth);
    h.requested_scale = static_cast<std::int8_t>(scale);
    return SKETCH_OK;
}

namespace {

Side side_of(const Histogram &h, std::uint32_t bucket) noexcept {
    return h.is_negative(bucket) ? kNegative : kPositive;
}

Status plan_merge(const Work &work, const Histogram &other, std::uint32_t new_buckets, sketch_growth &growth) noexcept {
    Demand demand;
    demand.specials = other.negative_infinities + other.positive_infinities + other.nans > 0;
    demand.entries = new_buckets;
    demand.only_single_rows = false;
    for (std::uint32_t i = 0; i < other.buckets(); i++) {
        demand.cover(side_of(other, i), other.index[i]);
        demand.largest = std::max(demand.largest, other.count[i]);
    }
    if (work.moving()) demand.largest = other.total;
    return plan(work, work.header().scale, demand, growth);
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
Status merge_into_window(const Work &work, const Histogram &other, std::uint32_t most, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    bool room = true;  // buckets are sorted: it is enough to look at either end of either side
    if (other.negatives > 0)
        room = work.in_window(kNegative, other.index[0]) && work.in_window(kNegative, other.index[other.negatives - 1]);
    if (other.positives > 0)
        room = room && work.in_window(kPositive, other.index[other.negatives]) &&
               work.in_window(kPositive, other.index[other.buckets() - 1]);
    if (!room) return plan_merge(work, other, other.buckets(), growth);
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
        bool too_many = h.used + filled > most;
        if (!overflow && !too_many) [[likely]] {
            h.used += filled;
            return SKETCH_OK;
        }
        // Rare, so it is found out by trying. Counters that wrapped around come back the same way.
        for_each_counter(work, other, counters, [](Counter &counter, std::uint64_t count) {
            counter = static_cast<Counter>(counter - count);
        });
        return too_many ? plan_collapse(work, h.scale - 1, growth) : plan_merge(work, other, other.buckets(), growth);
    });
}

Status merge_into_pairs(const Work &work, const Histogram &other, std::uint32_t most, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    work.join_pairs();
    std::uint32_t added = 0;
    for (std::uint32_t i = 0, at = 0; i < other.buckets(); i++) {
        std::int32_t key = key_of(side_of(other, i), other.index[i]);
        while (at < h.used && work.pair_keys()[at] < key) at++;
        added += !work.has_pair(at, key);
    }
    if (h.used + added > most) return plan_collapse(work, h.scale - 1, growth);
    if (h.used + added > h.cells[0]) return plan_merge(work, other, added, growth);
    std::uint32_t from = h.used, to = h.used + added;  // from the back: nothing is overwritten before it is read
    for (std::uint32_t i = other.buckets(); i-- > 0;) {
        std::int32_t key = key_of(side_of(other, i), other.index[i]);
        std::uint64_t count = other.count[i];
        while (from > 0 && work.pair_keys()[from - 1] > key) {
            to--, from--;
            work.pair_keys()[to] = work.pair_keys()[from];
            work.pair_counts()[to] = work.pair_counts()[from];
        }
        if (from > 0 && work.pair_keys()[from - 1] == key) count += work.pair_counts()[--from];
        to--;
        work.pair_keys()[to] = key;
        work.pair_counts()[to] = count;
    }
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
    if (h.scale > scale) return plan_collapse(work, scale, growth);

    if (!work.settle()) return plan(work, scale, Demand{}, growth);
    bool specials = other.negative_infinities + other.positive_infinities + other.nans > 0;
    if ((specials && !(h.flags & kHasSpecials)) || (work.mode() == kList && other.buckets() > 0))
        return plan_merge(work, other, other.buckets(), growth);
    const std::uint32_t most = max_buckets(requested);
    Status s = work.mode() == kWindow  ? merge_into_window(work, other, most, growth)
               : work.mode() == kPairs ? merge_into_pairs(work, other, most, growth)
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
    Work work(const_cast<void *>(state), size);
    return {work.fractions(), work.header().fraction_count, (work.header().flags & kFractionsAreArray) != 0, false};
}

// ---- reading ----------------------------------------

namespace {

// The header of a stored work form may be anybody's: whatever it says about places must lie inside the buffer.
Status check_header(const void *state, std::size_t size) noexcept {
    if (size < kHeaderSize) return SKETCH_TRUNCATED;
    const WorkHeader &h = *static_cast<const WorkHeader *>(state);
    if (h.magic != kWorkMagic) return SKETCH_WRONG_VERSION;
    if (h.family != static_cast<std::uint8_t>(Family::quantile)) return SKETCH_WRONG_FAMILY;
    if (h.layout != kLayout) return SKETCH_WRONG_VERSION;
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
    const std::uint32_t most = max_buckets(h.requested_scale);
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
    if (cells > kNoBase / 2 || (mode == kList && h.used > kMostEntries)) return SKETCH_CORRUPT;
    if (h.used > most && !is_moving) return SKETCH_CORRUPT;
    if (h.pending > (mode == kWindow ? cells : 0) || (h.pending > 0 && (h.used >= most || is_moving)))
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
    std::uint16_t least = 0xffff, most = 0;
    for (std::uint32_t i = 0; i < used; i++) {
        least = std::min(least, value_order(entries[i]));
        most = std::max(most, value_order(entries[i]));
    }
    std::uint32_t span = most - least + 1u;
    if (span <= kCountable) {
        std::uint16_t counts[kCountable];
        std::memset(counts, 0, span * sizeof counts[0]);
        for (std::uint32_t i = 0; i < used; i++) counts[value_order(entries[i]) - least]++;
        for (std::uint32_t i = 0; i < span; i++)
            if (counts[i] > 0) emit(entry_of(least + i), counts[i]);
        return;
    }
    std::uint16_t sorted[kMostEntries];
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
    const std::uint32_t most = max_buckets(h.requested_scale);
    if (h.used <= most) return h.scale;
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
    while (buckets > most && h.scale - shift > ladder::kMinScale) buckets -= joined[++shift];
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
    std::uint64_t first_[kMostLevels][2];
    std::uint32_t cells_[kMostLevels][2];
};

}  // namespace

std::uint32_t work_capacity(const void *state, std::size_t size) noexcept {
    if (check_header(state, size) != SKETCH_OK) return 0;
    const Work work(const_cast<void *>(state), size);
    return std::min(work.entries(), max_buckets(work.header().requested_scale));
}

// Looks at nothing but the way to the rows that are asked for.
Status moving_percentiles(const void *state, std::size_t size, double *out, Fractions &fractions,
                          std::uint64_t &rows) noexcept {
    if (Status s = check_header(state, size); s != SKETCH_OK) return s;
    if (!work_is_moving(state)) return SKETCH_CORRUPT;
    const Work work(const_cast<void *>(state), size);
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

Status work_read(const void *state, std::size_t size, Histogram &into) noexcept {
    if (Status s = check_header(state, size); s != SKETCH_OK) return s;
    Work work(const_cast<void *>(state), size);
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
