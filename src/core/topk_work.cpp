// The work form of a topk sketch: a flat buffer that items are counted in, in place. Layout in topk.hpp.
//
// Where items lie, in which table and with which salt, is never seen from outside; when a cut comes is, and depends on
// the entries and on k only.
//
// Growing needs a larger buffer, which only the caller can get. So a function that lacks room changes no count, writes
// the layout that it needs to `growth` and answers SKETCH_GROW; the caller moves the state there and calls again.
//
// Items whose tags crowd, by bad luck or ill will, could make an add take time that grows with the table. So the steps
// of searches are counted, and a crowded table asks to be moved, with another salt: see crowding.hpp.
#include <algorithm>

#include "crowding.hpp"
#include "hash.hpp"
#include "topk.hpp"

namespace sketch::topk {

namespace {

constexpr std::size_t kFirstSize = 256;
// Powers of two while PostgreSQL's allocator rounds up to them and keeps what is freed for itself; from the first size
// on that it takes from the system, and gives back, what is needed and no more.
constexpr std::size_t kPowerOfTwoUpTo = 4096, kFromSystem = 8256;
constexpr std::size_t kGranule = 64;

constexpr std::uint64_t rounded(std::uint64_t size) noexcept { return (size + kGranule - 1) / kGranule * kGranule; }

// Entries up to which a state is not cut, and what a cut leaves. More of them cost memory (100 items of 35 bytes: 25
// kB) and cache misses, and gain accuracy: above all where sketches are merged, each of which cuts off other items.
constexpr std::uint32_t most_entries(std::uint32_t k, bool merged) noexcept { return merged ? 8 * k + 32 : 4 * k + 16; }
constexpr std::uint32_t entries_after_cut(std::uint32_t k, bool merged) noexcept { return most_entries(k, merged) / 2; }
// Items that take more than this are cut to k, unless that would leave nearly all of them.
constexpr std::size_t kHeapBudget = SKETCH_TOPK_MAX_BYTES / 4;
constexpr std::uint32_t worth_cutting(std::uint32_t k) noexcept { return k + k / 4 + 16; }

// A table is filled to 3/4 of its homes: an entry stands 1.5 slots from home on average then. Behind the last home
// there is room for those that come too late.
constexpr std::uint32_t capacity_of(std::uint32_t homes) noexcept { return homes - homes / 4; }
constexpr std::uint32_t homes_for(std::uint32_t entries) noexcept { return entries + entries / 3 + 1; }
constexpr std::uint32_t kLook = 4;
constexpr std::uint32_t tail_for(std::uint32_t homes) noexcept { return std::min(homes / 8 + kLook - 1, 48u); }

constexpr std::uint32_t kMostSteps = (1u << 24) - 1;  // that the header can count
static_assert(is_crowded(kMostSteps, homes_for(most_entries(kMaxK, true)) + most_entries(kMaxK, true)));

enum : std::uint8_t {
    kGrowWide = 1,
    kGrowSalt = 2,
};

constexpr std::uint64_t kNarrowMost = 0xffffffffu;

// What an item is looked for with: the whole ref of a short item; of others the tag, and a one where the offset in the
// heap will be. Items and probes are passed in registers: a copy through memory would wait for it.
[[gnu::always_inline]] inline std::uint64_t probe_of(Item item, bool hashed, std::uint64_t salt) noexcept {
    if (std::uint64_t word; !hashed && inline_word(item, word)) return ref_of(word, salt);
    const Item id = identity(item, hashed);
    const std::uint64_t hash =
        salt == 0 ? XXH3_64bits(id.at, id.size) : XXH3_64bits_withSeed(id.at, id.size, salt);  // the same, but quicker
    return (hash & ~low_mask(kTagShift)) | 1;
}
constexpr bool is_inline(std::uint64_t ref) noexcept { return (ref & 1) == 0; }
constexpr std::uint64_t tag_of(std::uint64_t ref) noexcept { return ref & ~low_mask(kTagShift); }

struct Block {
    std::uint64_t words[2];
};

// Items in the heap have 8 bytes or more: the last words or blocks overlap the ones before, and need no call.
constexpr std::size_t kInBlocks = 128;

inline bool same_bytes(const std::uint8_t *a, const std::uint8_t *b, std::size_t size) noexcept {
    if (size > kInBlocks) return std::memcmp(a, b, size) == 0;
    std::uint64_t differ = load<std::uint64_t>(a + size - 8) ^ load<std::uint64_t>(b + size - 8);
    for (std::size_t i = 0; i + 8 < size; i += 8) differ |= load<std::uint64_t>(a + i) ^ load<std::uint64_t>(b + i);
    return differ == 0;
}

inline void copy_bytes(std::uint8_t *to, const std::uint8_t *from, std::size_t size) noexcept {
    if (size > kInBlocks || size < sizeof(Block)) {
        std::memcpy(to, from, size);
        return;
    }
    for (std::size_t i = 0; i + sizeof(Block) < size; i += sizeof(Block)) store(to + i, load<Block>(from + i));
    store(to + size - sizeof(Block), load<Block>(from + size - sizeof(Block)));
}

// To a lower address, where the source may begin before the target ends. The last block is read first: it is where the
// others may be written to.
inline void move_down(std::uint8_t *to, const std::uint8_t *from, std::size_t size) noexcept {
    if (size > kInBlocks || size < sizeof(Block) || from - to < static_cast<std::ptrdiff_t>(sizeof(Block))) {
        std::memmove(to, from, size);
        return;
    }
    const Block last = load<Block>(from + size - sizeof(Block));
    for (std::size_t i = 0; i + sizeof(Block) < size; i += sizeof(Block)) store(to + i, load<Block>(from + i));
    store(to + size - sizeof(Block), last);
}

// A work form that this library wrote, 8-byte aligned: what mutation needs.
class Work {
  public:
    Work(void *state, std::size_t size) noexcept : bytes_(static_cast<std::uint8_t *>(state)), size_(size) {}

    WorkHeader &header() const noexcept { return *reinterpret_cast<WorkHeader *>(bytes_); }
    std::size_t size() const noexcept { return size_; }
    bool wide() const noexcept { return header().flags & kWorkWide; }
    bool merged() const noexcept { return header().flags & kWorkMerged; }
    bool hashed() const noexcept { return has_hash(header().kind); }

    std::uint64_t *refs() const noexcept { return reinterpret_cast<std::uint64_t *>(bytes_ + sizeof(WorkHeader)); }
    template <typename T>
    Counter<T> *counters() const noexcept {
        return reinterpret_cast<Counter<T> *>(bytes_ + sizeof(WorkHeader) + 8 * (std::size_t{header().slots} + 1));
    }
    std::uint8_t *heap() const noexcept { return bytes_ + table_size(header().slots, wide()); }

    std::uint32_t home_of(std::uint64_t ref) const noexcept {
        return static_cast<std::uint32_t>(((ref >> 32) * header().homes) >> 32);
    }
    static std::size_t offset_in_heap(std::uint64_t ref) noexcept { return ref >> 1 & low_mask(kTagShift - 1); }
    Item heap_item(std::uint64_t ref) const noexcept {
        const std::uint8_t *at = heap() + offset_in_heap(ref);
        return {at + kLengthBytes, load<std::uint32_t>(at)};
    }

    // An empty table of so many slots, and the rest of the buffer for the heap.
    void clear(std::uint32_t slots, std::uint32_t homes) const noexcept {
        WorkHeader &h = header();
        h.steps = 0;
        h.entries = h.heap_used = h.heap_live = 0;
        h.slots = slots;
        h.homes = homes;
        h.heap_size = static_cast<std::uint32_t>(std::min<std::uint64_t>(size_ - table_size(slots, wide()), kHeapMost));
        const std::size_t table = 8 * (std::size_t{slots} + 1);
        fill(refs(), 0xff, table);
        fill(bytes_ + sizeof h + table, 0, size_ - sizeof h - table);
    }

    // The slot of an item, or where it belongs.
    struct Place {
        std::uint32_t at;
        bool found;
    };
    [[gnu::always_inline]] Place find(std::uint64_t probe, Item item, bool hashed) const noexcept {
        const std::uint64_t *all = refs(), tag = tag_of(probe);
        std::uint32_t at = home_of(probe);
        // Most entries are close to home, at random: the slots before the item's are counted, without a branch to
        // guess. There are kLook slots from each home on.
        const std::uint64_t *near = all + at;
        for (std::uint32_t i = 0; i < kLook; i++) at += near[i] < tag;
        while (all[at] < tag) at++;
        if (is_inline(probe)) {
            for (; tag_of(all[at]) == tag && all[at] != kEmptySlot; at++)
                if (all[at] == probe) return {at, true};
            return {at, false};
        }
        for (; tag_of(all[at]) == tag && all[at] != kEmptySlot; at++) {
            if (is_inline(all[at])) continue;
            const Item held = heap_item(all[at]);
            if (hashed ? same_bytes(held.at, item.at, kHashBytes)
                       : held.size == item.size && same_bytes(held.at, item.at, item.size))
                return {at, true};
            count_steps(kNear + 1);  // one of 2^35 by chance, and it may have waited for memory
        }
        return {at, false};
    }

    // Puts a new entry where find told. There is room in the heap, and an empty slot; false if it cannot be reached.
    template <typename T>
    bool insert(std::uint32_t at, std::uint64_t probe, Item item, T upper, T error) const noexcept {
        WorkHeader &h = header();
        std::uint64_t *all = refs();
        std::uint32_t empty = at;
        while (all[empty] != kEmptySlot) empty++;
        if (empty >= h.slots) [[unlikely]]
            return false;
        count_steps(empty - at);
        Counter<T> *counter_of = counters<T>();
        for (std::uint32_t i = empty; i > at; i--) {
            all[i] = all[i - 1];
            counter_of[i] = counter_of[i - 1];
        }
        all[at] = is_inline(probe) ? probe : tag_of(probe) | put_in_heap(item);
        counter_of[at] = {upper, error};
        h.entries++;
        return true;
    }

    void count_steps(std::uint32_t steps) const noexcept {
        WorkHeader &h = header();
        h.steps = counted<std::uint32_t>(h.steps, steps, kMostSteps) & kMostSteps;
    }
    bool is_crowded() const noexcept { return sketch::is_crowded(header().steps, header().slots); }

    // Whether the search that ended here went on for so long, after others that did, that the table is crowded.
    [[gnu::always_inline]] bool found_crowd(std::uint64_t probe, std::uint32_t at) const noexcept {
        const std::uint32_t steps = at - home_of(probe);
        if (steps <= kNear) [[likely]]
            return false;
        count_steps(steps);
        return is_crowded();
    }

    // Copies an item to the end of the heap: the ref without its tag.
    std::uint64_t put_in_heap(Item item) const noexcept {
        WorkHeader &h = header();
        std::uint8_t *to = heap() + h.heap_used;
        store(to, static_cast<std::uint32_t>(item.size));
        copy_bytes(to + kLengthBytes, item.at, item.size);
        const std::uint64_t offset = h.heap_used;
        h.heap_used += static_cast<std::uint32_t>(kLengthBytes + item.size);
        h.heap_live += static_cast<std::uint32_t>(kLengthBytes + item.size);
        return offset << 1 | 1;
    }

    // Of two texts for one hash the least stays. False if the heap has no room for it.
    bool keep_least(std::uint32_t at, Item item) const noexcept {
        WorkHeader &h = header();
        const Item held = heap_item(refs()[at]);
        if (!is_less(item, held)) return true;
        // In its place, if what is left over can be a dead item: the heap remains a row of items.
        const std::size_t rest = held.size - std::min(held.size, item.size);
        const bool in_place = item.size == held.size || rest >= kLengthBytes;
        if (!in_place && h.heap_size - h.heap_used < kLengthBytes + item.size) return false;
        std::uint8_t *to = heap() + offset_in_heap(refs()[at]);
        h.heap_live -= static_cast<std::uint32_t>(kLengthBytes + held.size);
        if (!in_place) {
            refs()[at] = tag_of(refs()[at]) | put_in_heap(item);
            return true;
        }
        h.heap_live += static_cast<std::uint32_t>(kLengthBytes + item.size);
        store(to, static_cast<std::uint32_t>(item.size));
        std::memcpy(to + kLengthBytes, item.at, item.size);
        if (rest > 0) store(to + kLengthBytes + item.size, static_cast<std::uint32_t>(rest - kLengthBytes));
        return true;
    }

    // Raises the offset so that at most `most` entries are left, and drops the others.
    template <typename T>
    [[gnu::noinline]] void cut(std::uint32_t most) const noexcept {
        WorkHeader &h = header();
        if (h.entries <= most) return;
        const Counter<T> *counter_of = counters<T>();
        const T before = static_cast<T>(h.offset);
        // Uppers of empty slots are 0.
        h.offset += select(most, h.slots, [&](std::size_t i) {
            const T upper = counter_of[i].upper;
            return std::uint64_t{static_cast<T>(upper - std::min(upper, before))};
        });
        drop<T>();
    }

    // Drops what is not above the offset. Those that stay are gathered at the right end; then each goes to its home, or
    // behind the one before: there is always room, for they are in the order of their homes, and fewer than before.
    template <typename T>
    void drop() const noexcept {
        WorkHeader &h = header();
        std::uint64_t *all = refs();
        Counter<T> *counter_of = counters<T>();
        const T offset = static_cast<T>(h.offset);
        const std::uint32_t slots = h.slots;
        std::uint32_t first = slots;
        for (std::uint32_t at = slots; at-- > 0;) {
            const Counter<T> counter = counter_of[at];
            all[first - 1] = all[at];
            counter_of[first - 1] = counter;
            first -= counter.upper > offset;
        }
        std::fill(all, all + first, kEmptySlot);
        std::fill(counter_of, counter_of + first, Counter<T>{0, 0});
        h.entries = slots - first;
        for (std::uint32_t from = first, to = 0; from < slots; from++, to++) {
            const std::uint64_t ref = all[from];
            const Counter<T> counter = counter_of[from];
            to = std::max(to, home_of(ref));
            all[from] = kEmptySlot;
            counter_of[from] = {0, 0};
            all[to] = ref;
            counter_of[to] = counter;
        }
        compact();
    }

    // Closes the gaps in the heap, in place and in its order. On the way, the length of a live item is in its ref, and
    // the number of its slot where the length was, marked.
    void compact() const noexcept {
        WorkHeader &h = header();
        if (h.heap_used == 0) return;
        constexpr std::uint32_t kMark = 0x80000000;
        std::uint64_t *all = refs();
        std::uint8_t *bytes = heap();
        for (std::uint32_t at = 0; at < h.slots; at++) {
            const std::uint64_t ref = all[at];
            if (is_inline(ref) || ref == kEmptySlot) continue;
            std::uint8_t *item = bytes + offset_in_heap(ref);
            all[at] = tag_of(ref) | load<std::uint32_t>(item);
            store(item, kMark | at);
        }
        std::uint32_t to = 0;
        for (std::uint32_t from = 0; from < h.heap_used;) {
            const std::uint32_t mark = load<std::uint32_t>(bytes + from);
            if ((mark & kMark) == 0) {
                from += static_cast<std::uint32_t>(kLengthBytes) + mark;
                continue;
            }
            std::uint64_t &ref = all[mark & ~kMark];
            const std::uint32_t length = static_cast<std::uint32_t>(ref & low_mask(kTagShift));
            ref = tag_of(ref) | std::uint64_t{to} << 1 | 1;
            store(bytes + to, length);
            move_down(bytes + to + kLengthBytes, bytes + from + kLengthBytes, length);
            to += static_cast<std::uint32_t>(kLengthBytes) + length;
            from += static_cast<std::uint32_t>(kLengthBytes) + length;
        }
        h.heap_used = h.heap_live = to;
    }

  private:
    std::uint8_t *bytes_;
    std::size_t size_;
};

template <typename Use>
[[gnu::always_inline]] inline auto with_width(bool wide, Use use) noexcept {
    return wide ? use(std::uint64_t{}) : use(std::uint32_t{});
}

// ---- layouts ----------------------------------------

struct Need {
    std::uint32_t entries;  // now, with those that are about to come
    std::size_t heap;       // bytes of their items
    std::uint32_t most;     // that ever will be
    bool wide;
};

// Whether entries in the order of their homes find places before the end of a table.
bool fits(const Work &work, std::uint32_t homes, std::uint32_t slots) noexcept {
    const std::uint64_t *all = work.refs();
    std::uint64_t end = 0;
    for (std::uint32_t at = 0; at < work.header().slots; at++)
        if (all[at] != kEmptySlot) end = std::max<std::uint64_t>(end, ((all[at] >> 32) * homes) >> 32) + 1;
    return end <= slots;
}

// The layout with room for this, and some more. `crowded`: with another salt. Then nobody knows yet how the entries
// will lie, so there is room behind the last home for all of them.
[[gnu::noinline]] Status plan(const Work &work, const Need &need, bool crowded, sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    const std::uint64_t average = need.heap / std::max(need.entries, 1u) + (need.heap > 0);
    const std::uint32_t most = std::max(need.most, need.entries);
    const bool salted = crowded || h.salt != 0;
    auto tail = [&](std::uint32_t homes, std::uint32_t entries) {
        return salted ? std::max(entries, tail_for(homes)) : tail_for(homes);
    };
    auto table_for = [&](std::uint32_t entries) {
        const std::uint32_t homes = homes_for(entries);
        return table_size(std::uint64_t{homes} + tail(homes, entries), need.wide);
    };
    auto heap_for = [&](std::uint32_t entries) {
        const std::uint64_t heap = std::max<std::uint64_t>(average * entries, need.heap);
        return heap + heap / 32;
    };
    const std::uint64_t largest = rounded(table_for(most) + heap_for(most));
    bool tried_most = false;
    for (std::uint64_t size = kFirstSize;;) {
        // As many entries as there is room for with items of the average size.
        const std::uint64_t each = table_for(1024) / 1024 + 1 + average;
        std::uint32_t entries = static_cast<std::uint32_t>(std::min<std::uint64_t>(most, size / each));
        while (entries > 0 && table_for(entries) + average * entries > size) entries--;
        const std::uint32_t wanted = std::min(most, need.entries + need.entries / 8);
        if (entries >= (tried_most ? need.entries : wanted) &&
            (tried_most || size >= largest || size >= table_for(entries) + need.heap + need.heap / 8)) {
            const std::uint32_t homes = homes_for(entries), slots = homes + tail(homes, entries);
            if (crowded || fits(work, homes, slots)) {
                growth.size = size;
                growth.cells[0] = slots;
                growth.cells[1] = homes;
                growth.flags = static_cast<std::uint8_t>((need.wide ? kGrowWide : 0) | (crowded ? kGrowSalt : 0));
                return SKETCH_GROW;
            }
        }
        if (size < kPowerOfTwoUpTo) size *= 2;
        else if (size < kFromSystem) size = kFromSystem;
        else if (const std::uint64_t next = rounded(size + size / 2); size < largest && next > largest) size = largest;
        else size = next;
        if (tried_most) return SKETCH_TOO_LARGE;
        tried_most = size >= SKETCH_TOPK_MAX_BYTES;
        size = std::min<std::uint64_t>(size, SKETCH_TOPK_MAX_BYTES);
    }
}

}  // namespace

std::size_t work_init_size() noexcept { return kFirstSize; }

void work_init(void *state, std::size_t size, int kind, std::uint32_t k) noexcept {
    std::memset(state, 0, sizeof(WorkHeader));
    Work work(state, size);
    WorkHeader &h = work.header();
    h.magic = kWorkMagic;
    h.family = static_cast<std::uint8_t>(Family::topk);
    h.layout = kWorkLayout;
    h.kind = static_cast<std::uint8_t>(kind);
    h.k = k;
    work.clear(7, 4);
}

void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept {
    const std::size_t size = static_cast<std::size_t>(growth.size);
    Work source(const_cast<void *>(from), from_size), target(to, size);
    WorkHeader &h = target.header();
    const WorkHeader old = source.header();
    h = old;
    h.flags = static_cast<std::uint8_t>((old.flags & ~kWorkWide) | (growth.flags & kGrowWide ? kWorkWide : 0));
    if (growth.flags & kGrowSalt) h.salt = next_salt();
    target.clear(growth.cells[0], growth.cells[1]);
    const bool hashed = target.hashed(), same_salt = h.salt == old.salt;
    with_width(source.wide(), [&](auto from_zero) {
        with_width(target.wide(), [&](auto to_zero) {
            using From = decltype(from_zero);
            using To = decltype(to_zero);
            const std::uint64_t *all = source.refs();
            std::uint32_t end = 0;
            Progress progress;
            for (std::uint32_t at = 0; at < old.slots; at++) {
                if (all[at] == kEmptySlot) continue;
                const bool is_short = is_inline(all[at]);
                progress.add(is_short ? 0 : source.heap_item(all[at]).size);
                const Counter<From> counter = source.counters<From>()[at];
                const Counter<To> moved{static_cast<To>(counter.upper), static_cast<To>(counter.error)};
                if (same_salt) {
                    end = std::max(end, target.home_of(all[at]));
                    target.refs()[end] =
                        is_short ? all[at] : tag_of(all[at]) | target.put_in_heap(source.heap_item(all[at]));
                    target.counters<To>()[end] = moved;
                    end++;
                    h.entries++;
                    continue;
                }
                std::uint8_t room[kInlineMost];
                Item item{room, 0};
                if (is_short) item.size = inline_item(word_of(all[at], old.salt), room);
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
    return h.entries >= most_entries(h.k, merged) ||
           (h.heap_live + bytes > kHeapBudget && h.entries >= worth_cutting(h.k));
}

template <typename T>
void make_room(const Work &work, std::size_t bytes) noexcept {
    const WorkHeader &h = work.header();
    const bool full = h.entries >= most_entries(h.k, work.merged());
    work.cut<T>(full ? entries_after_cut(h.k, work.merged()) : h.k);
    if (h.heap_live + bytes > kHeapBudget && h.entries >= worth_cutting(h.k)) work.cut<T>(h.k);
}

template <typename T>
[[gnu::noinline]] Status add_new(const Work &work, std::uint64_t probe, Item item, std::uint32_t at,
                                 std::uint64_t weight, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    const std::size_t bytes = is_inline(probe) ? 0 : kLengthBytes + item.size;
    if (must_cut(h, work.merged(), bytes)) {
        make_room<T>(work, bytes);
        at = work.find(probe, item, work.hashed()).at;
    }
    const Need need{h.entries + 1, h.heap_live + bytes, most_entries(h.k, work.merged()), work.wide()};
    if (h.entries >= capacity_of(h.homes) || h.heap_size - h.heap_used < bytes) return plan(work, need, false, growth);
    if (work.is_crowded() ||
        !work.insert<T>(at, probe, item, static_cast<T>(h.offset + weight), static_cast<T>(h.offset)))
        return plan(work, need, true, growth);
    h.total += weight;
    return SKETCH_OK;
}

template <typename T>
[[gnu::always_inline]] inline Status add(const Work &work, Item item, std::uint64_t weight,
                                         sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    const bool hashed = work.hashed();
    const std::uint64_t probe = probe_of(item, hashed, h.salt);
    const Work::Place place = work.find(probe, item, hashed);
    if (work.found_crowd(probe, place.at)) [[unlikely]]
        return plan(work, {h.entries, h.heap_live, most_entries(h.k, work.merged()), work.wide()}, true, growth);
    if (!place.found) return add_new<T>(work, probe, item, place.at, weight, growth);
    if (hashed && !work.keep_least(place.at, item)) [[unlikely]]
        return plan(work, {h.entries, h.heap_live + kLengthBytes + item.size, h.entries, work.wide()}, false, growth);
    T &upper = work.counters<T>()[place.at].upper;
    upper = static_cast<T>(upper + weight);
    h.total += weight;
    return SKETCH_OK;
}

}  // namespace

// An upper is never above the total: so the total tells how wide counters must be.
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
    if (h.total + weight > kNarrowMost) [[unlikely]]
        return plan(work, {h.entries, h.heap_live, most_entries(h.k, work.merged()), true}, false, growth);
    return add<std::uint32_t>(work, item, weight, growth);
}

Status work_limit(void *state, std::size_t size, std::uint32_t k) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    h.k = std::min(h.k, k);
    if (h.entries > most_entries(h.k, work.merged()))
        with_width(work.wide(), [&](auto zero) { work.cut<decltype(zero)>(entries_after_cut(h.k, work.merged())); });
    return SKETCH_OK;
}

namespace {

// The entries of either form as one.
template <typename Use>
Status with_entries(const View &view, Use use) noexcept {
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
    if (!other.is_work) {
        std::uint8_t buffer[kMaxItem];
        PackedEntries entries(other, buffer);
        while (entries.next(entry)) count(entry.item);
        return entries.end();
    }
    WorkEntries entries(other);
    Balance balance(other);
    while (entries.next(entry)) {
        if (!balance.admits(entry.upper, entry.error)) return SKETCH_CORRUPT;
        count(entry.item);
    }
    return entries.ok() && balance.is_complete() ? SKETCH_OK : SKETCH_CORRUPT;
}

// What of it the state has not yet, as far as that can be told before the table is crowded.
Sizes measure_new(const Work &work, const View &other) noexcept {
    const bool hashed = work.hashed();
    Sizes sizes;
    Progress progress;
    with_entries(other, [&](auto &entries) {
        Entry entry;
        while (entries.next(entry)) {
            progress.add(entry.item.size);
            const std::uint64_t probe = probe_of(entry.item, hashed, work.header().salt);
            const Work::Place place = work.find(probe, entry.item, hashed);
            if (work.found_crowd(probe, place.at)) break;
            if (place.found && !hashed) continue;
            sizes.entries += !place.found;
            sizes.heap += bytes_in_heap(entry.item, hashed);  // of a hashed one, its text may be less than what is held
        }
        return SKETCH_OK;
    });
    return sizes;
}

// Adds `by` to the counters of all entries.
template <typename T>
void raise_all(const Work &work, std::uint64_t by) noexcept {
    const WorkHeader &h = work.header();
    Counter<T> *counter_of = work.counters<T>();
    const std::uint64_t *all = work.refs();
    for (std::uint32_t at = 0; at < h.slots; at++) {
        const T more = static_cast<T>(all[at] != kEmptySlot ? by : 0);
        counter_of[at] = {static_cast<T>(counter_of[at].upper + more), static_cast<T>(counter_of[at].error + more)};
    }
}

// Counts the entries of the other sketch. An item that the state has not comes with counters that say nothing, and is
// then like all others. If one finds no place, all is taken back but for such items, which no reader sees: false.
template <typename T>
bool count_entries(const Work &work, const View &other) noexcept {
    WorkHeader &h = work.header();
    const bool hashed = work.hashed();
    const std::uint64_t both = h.offset + other.offset;
    if (other.offset > 0) raise_all<T>(work, other.offset);
    std::uint32_t done = 0;
    bool placed = true;
    Progress progress;
    with_entries(other, [&](auto &entries) {
        Entry entry;
        while (placed && entries.next(entry)) {
            progress.add(entry.item.size);
            const std::uint64_t probe = probe_of(entry.item, hashed, h.salt);
            const Work::Place place = work.find(probe, entry.item, hashed);
            if (work.found_crowd(probe, place.at) || (!place.found && work.is_crowded())) {
                placed = false;
                break;
            }
            if (place.found && hashed) work.keep_least(place.at, entry.item);  // room was made
            if (!place.found &&
                !work.insert<T>(place.at, probe, entry.item, static_cast<T>(both), static_cast<T>(both))) {
                placed = false;
                break;
            }
            auto &[upper, error] = work.counters<T>()[place.at];
            upper = static_cast<T>(upper + (entry.upper - other.offset));
            // A damaged work form may hold an item twice.
            error = static_cast<T>(error - std::min<std::uint64_t>(error, other.offset - entry.error));
            done++;
        }
        return SKETCH_OK;
    });
    if (placed) return true;
    with_entries(other, [&](auto &entries) {
        Entry entry;
        for (; done > 0 && entries.next(entry); done--) {
            const std::uint32_t at = work.find(probe_of(entry.item, hashed, h.salt), entry.item, hashed).at;
            auto &[upper, error] = work.counters<T>()[at];
            upper = static_cast<T>(upper - (entry.upper - other.offset));
            error = static_cast<T>(std::min<std::uint64_t>(both, error + (other.offset - entry.error)));
        }
        return SKETCH_OK;
    });
    if (other.offset > 0) raise_all<T>(work, std::uint64_t{0} - other.offset);
    return false;
}

}  // namespace

Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != other.kind && other.kind != SKETCH_KIND_NONE)
        return with_first_kind(h, other.kind, [&] {
            const Status s = work_merge(state, size, other, growth);
            if (s != SKETCH_OK) work.clear(h.slots, h.homes);  // of items that say nothing
            return s;
        });
    Sizes sizes;
    if (Status s = measure(other, sizes); s != SKETCH_OK) return s;
    if (other.total > kMaxTotal - h.total) return SKETCH_OVERFLOW;
    const std::uint64_t total = h.total + other.total;
    const bool wide = work.wide() || total > kNarrowMost;
    auto enough = [&] {
        return capacity_of(h.homes) >= h.entries + sizes.entries && h.heap_size - h.heap_used >= sizes.heap;
    };
    auto grow = [&](bool crowded) {
        // So many that merging a packed sketch need not look first how many of its items are new.
        const std::uint32_t k = std::min(h.k, other.k);
        return plan(work, {h.entries + sizes.entries, h.heap_live + sizes.heap, most_entries(k, true) + k, wide},
                    crowded, growth);
    };
    if (wide != work.wide() || !enough()) {
        const Sizes all = sizes;
        sizes = measure_new(work, other);
        if (work.is_crowded()) {
            sizes = all;
            return grow(true);
        }
        if (wide != work.wide() || !enough()) return grow(false);
    }
    return with_width(wide, [&](auto zero) {
        using T = decltype(zero);
        if (!count_entries<T>(work, other)) return grow(true);
        h.total = total;
        h.offset += other.offset;
        h.k = std::min(h.k, other.k);
        h.flags |= kWorkMerged;
        if (h.entries > most_entries(h.k, true)) work.cut<T>(entries_after_cut(h.k, true));
        if (h.heap_live > kHeapBudget && h.entries >= worth_cutting(h.k)) work.cut<T>(h.k);
        return SKETCH_OK;
    });
}

}  // namespace sketch::topk
