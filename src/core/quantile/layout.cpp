// Which work form holds a quantile sketch next, and how it gets there.
//
// The data are in one of three modes, whichever is small and fast for what has come so far. The choice depends on the
// order of arrival and is never seen from outside: reading any of them gives the same Histogram.
//
// Growing needs a larger buffer, which only the caller can get. So a function that lacks room changes nothing, writes
// the layout that it needs to `growth` and answers SKETCH_GROW; the caller moves the state there and calls again.
#include "work.hpp"

namespace sketch::quantile {

namespace {

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

}  // namespace

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

std::size_t work_init_size(const Options &options) noexcept {
    const std::uint8_t flags = options.moving ? kMoving : 0;
    return std::bit_ceil(std::max(kFirstSize, kHeaderSize + tail_size(flags, options.fraction_count)));
}

void work_init(void *state, std::size_t size, const Options &options) noexcept {
    std::memset(state, 0, size);
    Work work(state, size);
    WorkHeader &h = work.header();
    begin_header(h, Family::quantile, kLayout);
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

}  // namespace sketch::quantile
