// Which work form holds a quantile sketch next, and how it gets there.
//
// The data are in one of three modes, whichever is small and fast for what has come so far. The choice depends on the
// order of arrival and is never seen from outside: reading any of them gives the same Histogram.
#include "work.hpp"

namespace sketch::quantile {

namespace {

// In growth.opaque.
struct Layout {
    std::int32_t base[2];
    std::uint32_t cells[2];
    std::int8_t scale;
    std::uint8_t flags;
};

// A power of two at any size: what is more than needed is dealt out, and a window doubles rather than creeps.
std::uint64_t size_for(std::uint64_t needed) noexcept {
    return std::bit_ceil(std::max<std::uint64_t>(needed, kFirstSize));
}

// Deals out the spare cells of a window, in multiples of `step`, so that it may grow on both ends of both sides.
void place_window(const Demand &demand, std::uint64_t spare, std::uint64_t step, Layout &layout) noexcept {
    for (unsigned side : {kNegative, kPositive}) {
        std::uint64_t share = !demand.has(side) ? 0 : demand.has(1 - side) ? spare / 2 : spare;
        share -= share % step;
        layout.cells[side] = static_cast<std::uint32_t>(demand.width(side) + share);
        layout.base[side] = demand.has(side) ? demand.low[side] - static_cast<std::int32_t>(share / 2) : kNoBase;
    }
}

// A moving state's window begins at a multiple of what the coarsest of its buckets take, and has place for sums. Its
// size.
std::uint64_t place_moving(Demand demand, std::size_t fixed, std::size_t counter, Layout &layout) noexcept {
    const std::int32_t step = 1 << scale_levels(layout.scale);
    for (unsigned side : {kNegative, kPositive})
        if (demand.has(side)) demand.low[side] &= -step, demand.high[side] |= step - 1;
    constexpr std::uint64_t kOdd = 2 * kMaxLevels;  // cells that a level has more than half of those below it
    const std::uint64_t needed = demand.width(0) + demand.width(1);
    const std::uint64_t size = size_for(fixed + counter * (2 * needed + kOdd));
    place_window(demand, ((size - fixed) / counter - kOdd) / 2 - needed, 2 * static_cast<std::uint64_t>(step), layout);
    return size;
}

// Room on both ends of either side's entries, centred on what is there.
void place_list(const Demand &demand, std::uint64_t capacity, Layout &layout) noexcept {
    for (unsigned side : {kNegative, kPositive}) {
        std::int32_t spare = static_cast<std::int32_t>((kListSpan - demand.width(side)) / 2);
        layout.base[side] = demand.has(side) ? demand.low[side] - spare : kNoBase;
    }
    layout.cells[0] = static_cast<std::uint32_t>(capacity);
    layout.cells[1] = 0;
}

}  // namespace

Status plan(const Work &work, int scale, sketch_growth &growth, Demand demand) noexcept {
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
    const int width = width_for(demand.largest);
    std::size_t counter = std::size_t{1} << width;

    std::uint64_t list_size = size_for(fixed + 2 * std::uint64_t{demand.entries});
    std::uint64_t pairs_size = size_for(fixed + kPairSize * std::uint64_t{demand.entries});
    const std::uint64_t cells = demand.width(0) + demand.width(1);
    std::uint64_t window_size = size_for(fixed + counter * cells);

    Layout layout = {{kNoBase, kNoBase}, {0, 0}, static_cast<std::int8_t>(scale), flags};
    if (work.moving()) {
        layout.flags |= static_cast<std::uint8_t>(kIsWindow | width);
        const std::uint64_t size = place_moving(demand, fixed, counter, layout);
        return grow_to(growth, size, layout);
    }
    bool list_fits = work.mode() == kList && demand.only_single_rows && demand.width(0) <= kListSpan &&
                     demand.width(1) <= kListSpan && list_size <= kLargestList;
    if (list_fits && list_size < window_size) {
        place_list(demand, (list_size - fixed) / 2, layout);
        return grow_to(growth, list_size, layout);
    }
    if (window_size <= 2 * pairs_size) {
        layout.flags |= static_cast<std::uint8_t>(kIsWindow | width);
        place_window(demand, (window_size - fixed) / counter - cells, 1, layout);
        return grow_to(growth, window_size, layout);
    }
    layout.flags |= kIsPairs;
    layout.cells[0] = static_cast<std::uint32_t>((pairs_size - fixed) / kPairSize);
    return grow_to(growth, pairs_size, layout);
}

std::size_t work_init_size(const Options &options) noexcept {
    const std::uint8_t flags = options.moving ? kMoving : 0;
    return static_cast<std::size_t>(size_for(kHeaderSize + tail_size(flags, options.fraction_count)));
}

void work_init(void *state, std::size_t size, const Options &options) noexcept {
    std::memset(state, 0, size);
    Work work(state, size);
    WorkHeader &h = work.begin_header();
    h.flags = static_cast<std::uint8_t>((options.moving ? std::uint8_t{kIsWindow} | kMoving | kExtremesUnknown : 0) |
                                        (options.fractions_are_array ? kFractionsAreArray : 0));
    h.minimum = kInfinity;
    h.maximum = -kInfinity;
    h.scale = h.requested_scale = static_cast<std::int8_t>(options.scale);
    h.fraction_count = static_cast<std::uint16_t>(options.fraction_count);
    work.set_total(0);
    h.base[0] = h.base[1] = kNoBase;
    std::size_t bytes = size - kHeaderSize - 8 * options.fraction_count;
    if (!options.moving) h.cells[0] = std::min(static_cast<std::uint32_t>(bytes / 2), kMaxListEntries);
    if (options.fraction_count > 0) std::memcpy(work.fractions(), options.fractions, 8 * options.fraction_count);
}

void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept {
    const std::size_t size = static_cast<std::size_t>(growth.size);
    const Layout layout = layout_of<Layout>(growth);
    const Work source(from, from_size), target(to, size);
    std::memset(to, 0, size);
    WorkHeader &h = target.header();
    h = source.header();
    h.scale = layout.scale;
    h.flags = layout.flags;
    target.set_total(source.total());
    std::copy_n(layout.base, 2, h.base);
    std::copy_n(layout.cells, 2, h.cells);
    h.used = h.pending = 0;
    if (target.moving()) target.moving_counts().not_whole = source.moving_counts().not_whole;
    std::memcpy(target.fractions(), source.fractions(), 8 * h.fraction_count);
    if (source.header().flags & kHasSpecials) std::memcpy(target.specials(), source.specials(), kSpecialsSize);
    const int shift = source.header().scale - layout.scale;
    source.for_each(
        [&](Side side, std::int32_t index, std::uint64_t count) { target.bump(side, index >> shift, count); });
}

}  // namespace sketch::quantile
