// Merging another topk sketch, packed or not, or the counters of somebody else, into a work form.
#include "work.hpp"

namespace sketch::topk {

namespace {

// Goes through counters of somebody else, and checks them on the way.
class ListedEntries {
  public:
    explicit ListedEntries(const View &view) noexcept : list_(*view.listed), balance_(view) {}
    bool next(Entry &entry) noexcept {
        if (at_ == list_.count || status_ != SKETCH_OK) return false;
        const std::size_t begin = list_.offsets[at_], end = list_.offsets[at_ + 1];
        const bool hashed = has_hash(list_.kind);
        if (end < begin || !is_item(end - begin, list_.kind)) {
            status_ = SKETCH_BAD_ITEM;
            return false;
        }
        const Item item = {end > begin ? static_cast<const std::uint8_t *>(list_.items) + begin : &nothing_,
                           end - begin};
        entry = {item, list_.uppers[at_], list_.errors != nullptr ? list_.errors[at_] : 0};
        const bool in_order = at_ == 0 || is_less(identity(before_, hashed), identity(item, hashed));
        if (!in_order || !balance_.admits(entry.upper, entry.error)) {
            status_ = SKETCH_CORRUPT;
            return false;
        }
        before_ = item;
        at_++;
        return true;
    }
    Status end() const noexcept {
        return status_ != SKETCH_OK ? status_ : balance_.is_complete() ? SKETCH_OK : SKETCH_CORRUPT;
    }

  private:
    static constexpr std::uint8_t nothing_ = 0;  // what an empty item has for an address
    const sketch_topk_counters &list_;
    Balance balance_;
    std::size_t at_ = 0;
    Item before_ = {&nothing_, 0};
    Status status_ = SKETCH_OK;
};

// The entries of either form as one, or those of a list.
template <typename Use>
auto with_entries(const View &view, Use use) noexcept {
    if (view.listed != nullptr) {
        ListedEntries entries(view);
        return use(entries);
    }
    if (view.is_work) {
        WorkEntries entries(view);
        return use(entries);
    }
    std::uint8_t buffer[kMaxItem];
    PackedEntries entries(view, buffer);
    return use(entries);
}

struct Sizes {
    std::uint32_t entries = 0;
    std::size_t heap = 0;
};

std::size_t bytes_in_heap(Item item, bool hashed) noexcept {
    std::uint64_t word;
    return !hashed && inline_word(item, word) ? 0 : kLengthBytes + item.size;
}

// Checks the entries of another sketch, and tells what they take at most.
Status measure(const View &other, Sizes &sizes) noexcept {
    const bool hashed = has_hash(other.kind);
    Entry entry;
    Progress progress;
    auto count = [&](Item item) {
        sizes.entries++;
        sizes.heap += bytes_in_heap(item, hashed);
        progress.add(item.size);
    };
    if (!other.is_work)
        return with_entries(other, [&](auto &entries) {
            while (entries.next(entry)) count(entry.item);
            return entries.end();
        });
    WorkEntries entries(other);
    Balance balance(other);
    while (entries.next(entry)) {
        if (!balance.admits(entry.upper, entry.error)) return SKETCH_CORRUPT;
        count(entry.item);
    }
    return balance.is_complete() ? entries.end() : SKETCH_CORRUPT;
}

// What of it the state has not yet, as far as that can be told before the table is crowded.
Sizes measure_new(Work work, const View &other) noexcept {
    const bool hashed = work.hashed();
    Sizes sizes;
    Progress progress;
    with_entries(other, [&](auto &entries) {
        Entry entry;
        while (entries.next(entry)) {
            progress.add(entry.item.size);
            const std::uint64_t probe = probe_of(entry.item, hashed, work.header().salt);
            const Work::Place place = work.find(probe, entry.item, hashed);
            if (work.table().exceeds_probe_budget(probe, place.at)) break;
            if (place.found && !hashed) continue;
            sizes.entries += !place.found;
            sizes.heap += bytes_in_heap(entry.item, hashed);  // of a hashed one, its text may be less than what is held
        }
        return SKETCH_OK;
    });
    return sizes;
}

// Merging is templated by what the other sketch bounds an item with that it does not keep: its offset alone, as all
// packed ones do, or its filter.
struct OffsetBound {
    std::uint64_t offset;
    std::uint64_t operator()(std::uint64_t) const noexcept { return offset; }
};
struct FilterBound {
    std::uint64_t offset;
    const ForeignFilter &filter;
    std::uint64_t operator()(std::uint64_t tag) const noexcept { return offset - filter.slack(tag); }
};

// Adds the other's bound to the counters of all entries; or `sign` -1: takes it back.
template <typename T>
void raise_all(Work work, OffsetBound bound, int sign) noexcept {
    const T by = static_cast<T>(sign > 0 ? bound.offset : std::uint64_t{0} - bound.offset);
    if (by == 0) return;
    const WorkHeader &h = work.header();
    Counter<T> *counter_of = work.counters<T>();
    const std::uint64_t *all = work.refs();
    for (std::uint32_t at = 0; at < h.slots; at++) {
        const T more = all[at] != kEmptySlot ? by : T{0};
        counter_of[at] = {static_cast<T>(counter_of[at].upper + more), static_cast<T>(counter_of[at].error + more)};
    }
}
template <typename T>
void raise_all(Work work, FilterBound bound, int sign) noexcept {
    const WorkHeader &h = work.header();
    for (std::uint32_t at = 0; at < h.slots; at++) {
        const std::uint64_t ref = work.refs()[at];
        if (ref == kEmptySlot) continue;
        const std::uint64_t by = bound(tag_of(work.unsalted(ref)));
        auto &[upper, error] = work.counters<T>()[at];
        upper = static_cast<T>(upper + (sign > 0 ? by : std::uint64_t{0} - by));
        error = static_cast<T>(error + (sign > 0 ? by : std::uint64_t{0} - by));
    }
}

enum class Counting { done, no_room, crowded, refused };

// Counts the entries of the other sketch. If that is not done, the state is as if nothing had been.
template <typename T, typename Bound>
Counting count_entries(Work work, const View &other, Bound bound, Status &refusal) noexcept {
    WorkHeader &h = work.header();
    const bool hashed = work.hashed();
    raise_all<T>(work, bound, 1);
    std::uint32_t done = 0;
    Progress progress;
    auto count = [&](auto &entries) {
        Entry entry;
        while (entries.next(entry)) {
            progress.add(entry.item.size);
            const std::uint64_t probe = probe_of(entry.item, hashed, h.salt);
            const std::uint64_t tag = tag_of(work.unsalted(probe, entry.item)), theirs = bound(tag);
            const Work::Place place = work.find(probe, entry.item, hashed);
            if (work.table().exceeds_probe_budget(probe, place.at)) return Counting::crowded;
            if (place.found) {
                auto &[upper, error] = work.counters<T>()[place.at];
                const T both = static_cast<T>(error + entry.error - theirs);
                if (both > h.offset + other.offset) [[unlikely]] {  // a damaged table that holds an item twice
                    refusal = SKETCH_CORRUPT;
                    return Counting::refused;
                }
                if (hashed) work.keep_least(place.at, entry.item);  // whose room was made
                upper = static_cast<T>(upper + entry.upper - theirs);
                error = both;
            } else {
                const std::size_t bytes = is_inline(probe) ? 0 : kLengthBytes + entry.item.size;
                if (h.entries >= capacity_of(h.homes) || h.heap_size - h.heap_used < bytes) return Counting::no_room;
                const std::uint64_t mine = h.offset - work.slack(tag);
                if (work.table().is_crowded() ||
                    !work.insert<T>(place.at, probe, entry.item, static_cast<T>(mine + entry.upper),
                                    static_cast<T>(mine + entry.error)))
                    return Counting::crowded;
            }
            done++;
        }
        refusal = entries.end();
        return refusal == SKETCH_OK ? Counting::done : Counting::refused;
    };
    const Counting result = with_entries(other, count);
    if (result == Counting::done) return result;
    // What was found gets its counts back. What was not says nothing then, and goes.
    with_entries(other, [&](auto &entries) {
        Entry entry;
        for (; done > 0 && entries.next(entry); done--) {
            const std::uint64_t probe = probe_of(entry.item, hashed, h.salt);
            const std::uint64_t theirs = bound(tag_of(work.unsalted(probe, entry.item)));
            auto &[upper, error] = work.counters<T>()[work.find(probe, entry.item, hashed).at];
            upper = static_cast<T>(upper - entry.upper + theirs);
            error = static_cast<T>(error - entry.error + theirs);
        }
        return SKETCH_OK;
    });
    raise_all<T>(work, bound, -1);
    work.drop<T>([&](std::uint32_t slot) {
        const Counter<T> counter = work.counters<T>()[slot];
        return work.refs()[slot] != kEmptySlot && counter.upper > counter.error;
    });
    return result;
}

}  // namespace

Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != other.kind && other.kind != SKETCH_KIND_NONE)
        return with_first_kind(h, other.kind, [&] { return work_merge(state, size, other, growth); });
    Sizes sizes;
    if (other.total > kMaxTotal - h.total) {
        const Status s = measure(other, sizes);
        return s != SKETCH_OK ? s : SKETCH_OVERFLOW;
    }
    const std::uint64_t total = h.total + other.total;
    const std::uint32_t k = std::min(h.k, other.k);
    const ForeignFilter filter(other, k);
    Need need{
        0, 0, max_entries(k, true) + counters_for(k), work.wide() || total > kMaxNarrow, h.cells, work.wide_cells()};
    // Before anything is dropped there must be a filter; before one is added, too.
    auto want_filter = [&] {
        need.wide_cells = (h.cells == cells_for(k) && work.wide_cells()) || needs_wide_cells(largest_offset(total, k));
        need.cells = cells_for(k);
    };
    if (filter || h.cells == cells_for(k) || h.entries + other.items > max_entries(k, true) ||
        h.heap_live + (h.heap_size - h.heap_used) > kHeapBudget)
        want_filter();
    auto has_layout = [&] {
        return need.wide == work.wide() && need.cells == h.cells && need.wide_cells == work.wide_cells();
    };
    auto has_room = [&] {
        return capacity_of(h.homes) >= h.entries + sizes.entries && h.heap_size - h.heap_used >= sizes.heap;
    };
    auto grow = [&](bool crowded) {
        need.entries = h.entries + sizes.entries;
        need.heap = h.heap_live + sizes.heap;
        if (need.heap > kHeapBudget) want_filter();
        return plan(work, need, crowded, growth);
    };
    // Of what is not there yet; or of all, if that could not be told.
    auto count_new = [&] {
        const Sizes all = sizes;
        sizes = measure_new(work, other);
        if (work.table().is_crowded()) sizes = all;
    };
    // A packed sketch is gone through once, and whether all is right, and finds room, shows on the way. Not if it could
    // leave another text behind; nor a work form, of which less shows before the end.
    const bool at_once = !other.is_work && !work.hashed() && has_layout();
    if (!at_once) {
        if (Status s = measure(other, sizes); s != SKETCH_OK) return s;
        if (!has_layout() || !has_room()) {
            count_new();
            if (work.table().is_crowded()) return grow(true);
            if (!has_layout() || !has_room()) return grow(false);
        }
    }
    const std::uint32_t own_k = h.k;
    h.k = k;  // a filter that does not go with it tells nothing
    return with_width(need.wide, [&](auto zero) {
        using T = decltype(zero);
        Status refusal = SKETCH_OK;
        const Counting counting = filter ? count_entries<T>(work, other, FilterBound{other.offset, filter}, refusal)
                                         : count_entries<T>(work, other, OffsetBound{other.offset}, refusal);
        if (counting != Counting::done) {
            h.k = own_k;
            if (counting == Counting::refused) return refusal;
            if (at_once)
                if (Status s = measure(other, sizes); s != SKETCH_OK) return s;
            if (counting == Counting::no_room) count_new();
            return grow(counting == Counting::crowded || work.table().is_crowded());
        }
        h.total = total;
        h.offset += other.offset;
        h.flags |= kWorkMerged;
        if (filter)
            work.with_filter([&](auto own) {
                for (std::uint32_t cell = 0; cell < h.cells; cell++) own.add(cell, filter.cell(cell));
            });
        if (h.entries > max_entries(k, true)) work.cut<T>(entries_after_cut(k, true));
        if (h.heap_live > kHeapBudget && h.entries >= worth_cutting(k)) work.cut<T>(counters_for(k));
        return SKETCH_OK;
    });
}

Status work_merge_counters(void *state, std::size_t size, const sketch_topk_counters &counters,
                           sketch_growth &growth) noexcept {
    const std::uint64_t total = counters.total, offset = counters.offset;
    if (total > kMaxTotal) return SKETCH_OVERFLOW;
    if (counters.count > SKETCH_TOPK_MAX_BYTES / sizeof(std::uint64_t)) return SKETCH_TOO_LARGE;
    if (!is_header_kind(counters.kind, total == 0 && counters.count == 0)) return SKETCH_OUT_OF_RANGE;
    View view = {};
    view.kind = counters.kind;
    view.k = kMaxK;
    view.items = static_cast<std::uint32_t>(counters.count);
    view.total = total;
    view.offset = offset;
    view.listed = &counters;
    // The list is good for as many counters c as make offset (c + 1) no more than the rows that it accounts for.
    if (offset > 0) {
        std::uint64_t rest = total;
        for (std::size_t i = 0; i < counters.count; i++) {
            poll_at(i);
            const std::uint64_t above = counters.uppers[i] - std::min(counters.uppers[i], offset);
            if (above > rest) return SKETCH_CORRUPT;
            rest -= above;
        }
        if (rest / offset < std::uint64_t{counters_for(1)} + 1) return SKETCH_OUT_OF_RANGE;
        const std::uint64_t max = rest / offset - 1;
        if (max < counters_for(kMaxK)) view.k = (static_cast<std::uint32_t>(max) - counters_for(0)) / 2;
    }
    return work_merge(state, size, view, growth);
}

}  // namespace sketch::topk
