// Adding to the work form of a topk sketch, and growing it.
//
// Items whose tags crowd, by bad luck or by adversarial keys, could make an add take time that grows with the table. So
// the probes of searches are counted, and a crowded table asks to be moved, with another salt: see
// common/probe_budget.hpp.
#include "work.hpp"

namespace sketch::topk {

namespace {

// Sizes are powers of two up to half of the largest chunk. The next one is the first that PostgreSQL's allocator takes
// from the system, and gives back: a chunk of 8 kB would stay with it when it is freed.
constexpr std::uint64_t kLargestPooled = kLargestChunk / 2, kFirstFromSystem = kLargestChunk + kGranule;

// In growth.opaque.
struct Layout {
    std::uint32_t slots, homes, cells;
    bool wide, wide_cells, new_salt;
};

}  // namespace

Need need_of(Work work, std::uint32_t entries, std::size_t heap) noexcept {
    const WorkHeader &h = work.header();
    const bool has_filter = work.has_filter();
    return {entries,
            heap,
            max_entries(h.k, work.merged()),
            work.wide(),
            has_filter ? h.cells : 0,
            has_filter && work.wide_cells()};
}

// With another salt nobody knows yet how the entries will lie, so there is room behind the last home for all of them.
Status plan(Work work, const Need &need, bool crowded, sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    const std::uint64_t average = need.heap / std::max(need.entries, 1u) + (need.heap > 0);
    const std::uint32_t max = std::max(need.max_entries, need.entries);
    const bool salted = crowded || h.salt != 0;
    auto tail = [&](std::uint32_t homes, std::uint32_t entries) {
        return salted ? std::max(entries, tail_for(homes)) : tail_for(homes);
    };
    auto table_for = [&](std::uint32_t entries) {
        const std::uint32_t homes = homes_for(entries);
        return heap_begin(std::uint64_t{homes} + tail(homes, entries), need.wide, need.cells, need.wide_cells);
    };
    const std::size_t filter = filter_size(need.cells, need.wide_cells);
    auto heap_for = [&](std::uint32_t entries) {
        const std::uint64_t heap = std::max<std::uint64_t>(average * entries, need.heap);
        return heap + heap / 32;
    };
    const std::uint64_t largest = in_granules(table_for(max) + heap_for(max));
    bool tried_max = false;
    for (std::uint64_t size = kFirstSize;;) {
        // As many entries as there is capacity for with items of the average size.
        const std::uint64_t each = (table_for(1024) - filter) / 1024 + 1 + average;
        const std::uint64_t capacity = size - std::min<std::uint64_t>(size, filter);
        std::uint32_t entries = static_cast<std::uint32_t>(std::min<std::uint64_t>(max, capacity / each));
        while (entries > 0 && table_for(entries) + average * entries > size) entries--;
        const std::uint32_t wanted = std::min(max, need.entries + need.entries / 8);
        if (entries >= (tried_max ? need.entries : wanted) &&
            (tried_max || size >= largest || size >= table_for(entries) + need.heap + need.heap / 8)) {
            const std::uint32_t homes = homes_for(entries), slots = homes + tail(homes, entries);
            if (crowded || work.table().fits(slots, homes))
                return grow_to(growth, size, Layout{slots, homes, need.cells, need.wide, need.wide_cells, crowded});
        }
        if (size < kLargestPooled) size *= 2;
        else if (size < kFirstFromSystem) size = kFirstFromSystem;
        else if (const std::uint64_t next = in_granules(size + size / 2); size < largest && next > largest)
            size = largest;
        else size = next;
        if (tried_max) return SKETCH_TOO_LARGE;
        tried_max = size >= SKETCH_TOPK_MAX_BYTES;
        size = std::min<std::uint64_t>(size, SKETCH_TOPK_MAX_BYTES);
    }
}

void work_init(void *state, std::size_t size, int kind, std::uint32_t k) noexcept {
    Work work(state, size);
    WorkHeader &h = work.begin_header();
    h.kind = static_cast<std::uint8_t>(kind);
    h.k = k;
    work.clear(7, 4);
}

void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept {
    const std::size_t size = static_cast<std::size_t>(growth.size);
    const Layout layout = layout_of<Layout>(growth);
    const Work source(from, from_size), target(to, size);
    WorkHeader &h = target.header();
    const WorkHeader old = source.header();
    h = old;
    h.flags = static_cast<std::uint8_t>((old.flags & kWorkMerged) | (layout.wide ? kWorkWide : 0) |
                                        (layout.wide_cells ? kWorkWideCells : 0));
    if (layout.new_salt) h.salt = next_salt();
    h.cells = layout.cells;
    target.clear(layout.slots, layout.homes);
    if (h.cells == old.cells && h.cells > 0)
        source.with_filter([&](auto from) { target.with_filter([&](auto to) { to.copy(from); }); });
    const bool hashed = target.hashed(), same_salt = h.salt == old.salt;
    with_width(source.wide(), [&](auto from_zero) {
        with_width(target.wide(), [&](auto to_zero) {
            using From = decltype(from_zero);
            using To = decltype(to_zero);
            const std::uint64_t *all = source.refs();
            SlotsInOrder places(h.homes);
            Progress progress;
            for (std::uint32_t at = 0; at < old.slots; at++) {
                if (all[at] == kEmptySlot) continue;
                const bool is_short = is_inline(all[at]);
                progress.add(is_short ? 0 : source.heap_item(all[at]).size);
                const Counter<From> counter = source.counters<From>()[at];
                const Counter<To> moved{static_cast<To>(counter.upper), static_cast<To>(counter.error)};
                if (same_salt) {
                    const std::uint32_t place = places.next(all[at]);
                    target.refs()[place] =
                        is_short ? all[at] : tag_of(all[at]) | target.put_in_heap(source.heap_item(all[at]));
                    target.counters<To>()[place] = moved;
                    h.entries++;
                    continue;
                }
                std::uint8_t buffer[kMaxInline];
                Item item{buffer, 0};
                if (is_short) item.size = inline_item(word_of(all[at], old.salt), buffer);
                else item = source.heap_item(all[at]);
                // There is a slot for each behind the last home.
                const std::uint64_t probe = probe_of(item, hashed, h.salt);
                target.insert<To>(target.find(probe, item, hashed).at, probe, item, moved.upper, moved.error);
            }
        });
    });
}

namespace {

// Whether items are dropped to make room for one more, of so many bytes in the heap.
bool must_cut(const WorkHeader &h, bool merged, std::size_t bytes) noexcept {
    return h.entries >= max_entries(h.k, merged) ||
           (h.heap_live + bytes > kHeapBudget && h.entries >= worth_cutting(h.k));
}

template <typename T>
void make_room(Work work, std::size_t bytes) noexcept {
    const WorkHeader &h = work.header();
    const bool full = h.entries >= max_entries(h.k, work.merged());
    work.cut<T>(full ? entries_after_cut(h.k, work.merged()) : counters_for(h.k));
    if (h.heap_live + bytes > kHeapBudget && h.entries >= worth_cutting(h.k)) work.cut<T>(counters_for(h.k));
}

// Whether a cut has no filter to use; and asking for one.
bool lacks_filter(Work work) noexcept {
    const WorkHeader &h = work.header();
    return !work.has_filter() || needs_wide_cells(largest_offset(h.total, h.k)) > work.wide_cells();
}
Status plan_filter(Work work, sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    Need need = need_of(work, h.entries, h.heap_live);
    need.cells = cells_for(h.k);
    need.wide_cells = needs_wide_cells(largest_offset(h.total, h.k));
    return plan(work, need, false, growth);
}

template <typename T>
[[gnu::noinline]] Status add_new(Work work, std::uint64_t probe, Item item, std::uint32_t at, std::uint64_t weight,
                                 sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    if (h.kind == SKETCH_KIND_NONE) return SKETCH_WRONG_KIND;  // of an empty state, and of no item
    const std::uint64_t tag = tag_of(work.unsalted(probe, item));
    std::uint64_t slack = work.slack(tag);
    auto absorb = [&] {
        work.with_filter([&](auto filter) { filter.raise(tag, slack - weight); });
        h.total += weight;
        return SKETCH_OK;
    };
    if (weight <= slack) return absorb();
    const std::size_t bytes = is_inline(probe) ? 0 : kLengthBytes + item.size;
    if (must_cut(h, work.merged(), bytes)) {
        if (lacks_filter(work)) return plan_filter(work, growth);
        make_room<T>(work, bytes);
        slack = work.slack(tag);
        if (weight <= slack) return absorb();
        at = work.find(probe, item, work.hashed()).at;
    }
    const Need need = need_of(work, h.entries + 1, h.heap_live + bytes);
    if (h.entries >= capacity_of(h.homes) || h.heap_size - h.heap_used < bytes) return plan(work, need, false, growth);
    const std::uint64_t bound = h.offset - slack;
    if (work.table().is_crowded() ||
        !work.insert<T>(at, probe, item, static_cast<T>(bound + weight), static_cast<T>(bound)))
        return plan(work, need, true, growth);
    h.total += weight;
    return SKETCH_OK;
}

template <typename T>
[[gnu::always_inline]] inline Status add(Work work, Item item, std::uint64_t weight, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    const bool hashed = work.hashed();
    const std::uint64_t probe = probe_of(item, hashed, h.salt);
    const Work::Place place = work.find(probe, item, hashed);
    if (work.table().exceeds_probe_budget(probe, place.at)) [[unlikely]]
        return plan(work, need_of(work, h.entries, h.heap_live), true, growth);
    if (!place.found) return add_new<T>(work, probe, item, place.at, weight, growth);
    if (hashed && !work.keep_least(place.at, item)) [[unlikely]]
        return plan(work, need_of(work, h.entries, h.heap_live + kLengthBytes + item.size), false, growth);
    T &upper = work.counters<T>()[place.at].upper;
    upper = static_cast<T>(upper + weight);
    h.total += weight;
    return SKETCH_OK;
}

// An upper is never above the total: so the total tells how wide counters must be.
Status plan_wide(Work work, sketch_growth &growth) noexcept {
    Need need = need_of(work, work.header().entries, work.header().heap_live);
    need.wide = true;
    return plan(work, need, false, growth);
}

}  // namespace

Status work_add(void *state, std::size_t size, int kind, Item item, std::uint64_t weight,
                sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != kind) [[unlikely]]
        return with_first_kind(h, kind, [=, &growth] { return work_add(state, size, kind, item, weight, growth); });
    if (!is_item(item.size, kind)) [[unlikely]]
        return SKETCH_BAD_ITEM;
    if (weight > kMaxTotal - h.total) [[unlikely]]
        return SKETCH_OVERFLOW;
    if (work.wide()) return add<std::uint64_t>(work, item, weight, growth);
    if (h.total + weight > kMaxNarrow) [[unlikely]]
        return plan_wide(work, growth);
    return add<std::uint32_t>(work, item, weight, growth);
}

Status work_limit(void *state, std::size_t size, std::uint32_t k, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    h.k = std::min(h.k, k);
    if (h.entries > max_entries(h.k, work.merged())) {
        if (lacks_filter(work)) return plan_filter(work, growth);
        with_width(work.wide(), [&](auto zero) { work.cut<decltype(zero)>(entries_after_cut(h.k, work.merged())); });
    }
    return SKETCH_OK;
}

}  // namespace sketch::topk
