// The work form of a distinct sketch: a flat buffer that hashes are added to in place. Layout in distinct.hpp.
//
// Growing needs a larger buffer, which only the caller can get. So a function that lacks room changes nothing, writes
// the layout that it needs to `growth` and answers SKETCH_GROW; the caller moves the state there and calls again.
// Tokens become registers in work_move only.
#include <algorithm>
#include <cstring>

#include "crowding.hpp"
#include "distinct.hpp"

namespace sketch::distinct {

bool sort_by_insertion(std::uint32_t *tokens, std::size_t count) noexcept {
    std::size_t moves = 8 * count + 64;
    for (std::size_t i = 1; i < count; i++) {
        std::uint32_t token = tokens[i];
        std::size_t at = i;
        for (; at > 0 && tokens[at - 1] > token; at--) tokens[at] = tokens[at - 1];
        tokens[at] = token;
        if (i - at > moves) return false;
        moves -= i - at;
    }
    return true;
}

namespace {

// Slots are in the order of their indexes but for what collided, so this is nearly linear. Unless someone made it so:
// then the sort that is never slow takes over.
void sort_tokens(std::uint32_t *tokens, std::size_t count) noexcept {
    if (!sort_by_insertion(tokens, count)) std::sort(tokens, tokens + count);
}

constexpr std::uint8_t kLayout = 3;
enum : std::uint8_t { kDense = 1, kSalted = 2 };

constexpr std::size_t kHeaderSize = sizeof(WorkHeader);
constexpr std::size_t kLargestPowerOfTwo = 8192;  // up to here an allocator rounds sizes up anyway

// Where slots begin.
constexpr std::size_t table_at(bool salted) noexcept { return kHeaderSize + (salted ? sizeof(std::uint64_t) : 0); }
constexpr std::size_t slots_in(std::size_t size, bool salted = false) noexcept {
    return (size - table_at(salted)) / sizeof(std::uint32_t);
}
// A search that finds nothing looks at 1/2 + 1/2 (1 - load)^-2 slots: 32 when full, 4 over the time of filling up.
constexpr std::size_t most_tokens_in(std::size_t size, bool salted = false) noexcept {
    return slots_in(size, salted) - slots_in(size, salted) / 8;
}

constexpr std::size_t buffer_size(std::size_t needed) noexcept {
    return needed <= kLargestPowerOfTwo ? std::max(std::bit_ceil(needed), kWorkInitSize) : (needed + 63) / 64 * 64;
}
constexpr std::size_t dense_size(int precision) noexcept {
    return buffer_size(kHeaderSize + sizeof(Register) * register_count(precision));
}
// The smallest power of two for so many tokens, or what the most tokens need.
constexpr std::size_t token_size(std::size_t tokens, int precision, bool salted) noexcept {
    const std::size_t most = most_tokens(precision);
    const std::size_t full = buffer_size(table_at(salted) + sizeof(std::uint32_t) * (most + most / 7 + 2));
    std::size_t size = kWorkInitSize;
    while (size < full && most_tokens_in(size, salted) < tokens) size *= 2;
    return std::min(size, full);
}
// Limiting the precision leaves a buffer as it is, so that the largest is the same for all of them.
constexpr std::size_t kMostTokenSize = token_size(kMostTokens, kMaxPrecision, true),
                      kMostDenseSize = dense_size(kMaxPrecision);
static_assert(most_tokens_in(512) >= 70);
static_assert(most_tokens_in(kMostTokenSize, true) >= kMostTokens);
static_assert(is_crowded(std::numeric_limits<std::uint16_t>::max(), slots_in(kMostTokenSize)));

// A work form that this library wrote, 8-byte aligned: what mutation needs.
class Work {
  public:
    Work(void *state, std::size_t size) noexcept : bytes_(static_cast<std::uint8_t *>(state)), size_(size) {}

    WorkHeader &header() const noexcept { return *reinterpret_cast<WorkHeader *>(bytes_); }
    bool dense() const noexcept { return header().flags & kDense; }
    int precision() const noexcept { return header().precision; }
    Register *registers() const noexcept { return reinterpret_cast<Register *>(bytes_ + kHeaderSize); }
    bool salted() const noexcept { return header().flags & kSalted; }
    std::uint64_t &salt() const noexcept { return *reinterpret_cast<std::uint64_t *>(bytes_ + kHeaderSize); }

    // What depends on whether the table is salted, for callers that know.
    template <bool Salted>
    std::uint32_t *slots() const noexcept {
        return reinterpret_cast<std::uint32_t *>(bytes_ + table_at(Salted));
    }
    template <bool Salted>
    std::size_t room() const noexcept {
        return std::min<std::size_t>(most_tokens(precision()), most_tokens_in(size_, Salted));
    }
    std::uint32_t *slots() const noexcept { return salted() ? slots<true>() : slots<false>(); }
    std::size_t slot_count() const noexcept { return slots_in(size_, salted()); }
    std::size_t room() const noexcept { return salted() ? room<true>() : room<false>(); }

    // The slot where the search for a token begins. In the order of tokens, so that slots are nearly sorted; or as the
    // salt has it.
    template <bool Salted>
    std::size_t home_of(std::uint32_t token) const noexcept {
        const std::size_t count = slots_in(size_, Salted);
        if constexpr (Salted) return (permuted(token, salt()) >> 32) * count >> 32;
        else return index_of(token) * count >> kTokenBits;
    }

    // The slot that holds the token, or the free one where it belongs: if it is near home, else nullptr.
    template <bool Salted>
    [[gnu::always_inline]] std::uint32_t *find_near(std::uint32_t token) const noexcept {
        std::uint32_t *const all = slots<Salted>(), *slot = all + home_of<Salted>(token);
        if (*slot == 0 || *slot == token + 1) return slot;
        std::uint32_t *const end = std::min(slot + kNear + 1, all + slots_in(size_, Salted));
        while (++slot != end)
            if (*slot == 0 || *slot == token + 1) return slot;
        return nullptr;
    }
    // Where find_near gave up: the same behind there, counted. There is always a free one.
    template <bool Salted>
    [[gnu::noinline]] std::uint32_t *find_far(std::uint32_t token) const noexcept {
        const std::size_t count = slots_in(size_, Salted), home = home_of<Salted>(token);
        std::uint32_t *const all = slots<Salted>(), *const end = all + count;
        std::uint32_t *slot = std::min(all + home + kNear + 1, end);
        std::size_t before = 0;
        for (;; slot = all, before = count)
            for (; slot < end; slot++)
                if (*slot == 0 || *slot == token + 1) {
                    header().steps = counted(header().steps, before + static_cast<std::size_t>(slot - all) - home);
                    return slot;
                }
    }
    // A table that is crowded gets another salt first, and then the token another slot.
    template <bool Salted>
    [[gnu::noinline]] std::uint32_t *find_far_or_salt(std::uint32_t token) const noexcept {
        std::uint32_t *slot = find_far<Salted>(token);
        if (!is_crowded()) return slot;
        salt_anew();
        slot = find_near<true>(token);
        return slot != nullptr ? slot : find_far<true>(token);
    }
    // use(slot) for each of some tokens, wherever it is.
    template <typename Use>
    void find_all(const std::uint32_t *tokens, std::size_t count, Use use) const noexcept {
        bool by_salt = salted();
        for (std::size_t i = 0; i < count; i++) {
            std::uint32_t *slot = by_salt ? find_near<true>(tokens[i]) : find_near<false>(tokens[i]);
            if (slot == nullptr) [[unlikely]] {
                slot = by_salt ? find_far_or_salt<true>(tokens[i]) : find_far_or_salt<false>(tokens[i]);
                by_salt = salted();
            }
            use(tokens[i], *slot);
        }
    }
    // Puts a token into a table that is being filled; false if that is crowded by now.
    template <bool Salted>
    [[gnu::always_inline]] bool put(std::uint32_t token) const noexcept {
        std::uint32_t *slot = find_near<Salted>(token);
        const bool near = slot != nullptr;
        if (!near) [[unlikely]]
            slot = find_far<Salted>(token);
        *slot = token + 1;
        return near || !is_crowded();
    }
    bool is_crowded() const noexcept { return sketch::is_crowded(header().steps, slot_count()); }

    // An empty table with a salt of its own, in the whole buffer.
    void clear_and_salt() const noexcept {
        header().flags |= kSalted;
        header().steps = 0;
        salt() = next_salt();
        std::fill_n(slots(), slot_count(), 0u);
    }

    // All tokens to other places. The table is not too full for that: at least an eighth of the slots was free.
    [[gnu::noinline]] void salt_anew() const noexcept {
        std::uint32_t tokens[kMostTokens];
        std::size_t count = 0;
        for_each_token([&](std::uint32_t token) { tokens[count++] = token; });
        clear_and_salt();
        std::for_each(tokens, tokens + count, [&](std::uint32_t token) { put<true>(token); });
    }

    // Visits the tokens that went around the end last.
    template <typename Visit>
    void for_each_token(Visit visit) const noexcept {
        const std::uint32_t *const all = slots();
        const std::size_t count = slot_count();
        std::size_t begin = 0;
        auto home = [&](std::uint32_t token) { return salted() ? home_of<true>(token) : home_of<false>(token); };
        while (begin < count && all[begin] != 0 && home(all[begin] - 1) > begin) begin++;
        auto visit_from_to = [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; i++)
                if (all[i] != 0) visit(all[i] - 1);
        };
        visit_from_to(begin, count);
        visit_from_to(0, begin);
    }

    // Dense: lets a token's register come from memory, and leaves the token pending.
    void insert_soon(std::uint32_t token) const noexcept {
        __builtin_prefetch(registers() + register_of(token, precision()), 1);
        settle();
        header().used = token + 1;
    }

    // Dense: what is pending, into its register.
    void settle() const noexcept {
        if (header().used != 0) insert_token(registers(), precision(), header().used - 1);
        header().used = 0;
    }

  private:
    std::uint8_t *bytes_;
    std::size_t size_;
};

Status grow_to_tokens(const Work &work, std::size_t tokens, int precision, sketch_growth &growth) noexcept {
    growth = {};
    growth.size = token_size(tokens, precision, work.salted());
    growth.scale = static_cast<std::int8_t>(precision);
    return SKETCH_GROW;
}

Status grow_to_registers(int precision, sketch_growth &growth) noexcept {
    growth = {};
    growth.size = dense_size(precision);
    growth.scale = static_cast<std::int8_t>(precision);
    growth.flags = kDense;
    return SKETCH_GROW;
}

[[gnu::noinline]] Status grow_by_one(const Work &work, sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    return h.used >= most_tokens(h.precision) ? grow_to_registers(h.precision, growth)
                                              : grow_to_tokens(work, h.used + 1, h.precision, growth);
}

template <bool Salted>
[[gnu::always_inline]] inline Status add_at(const Work &work, std::uint32_t *slot, std::uint32_t token,
                                            sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    if (*slot != 0) return SKETCH_OK;
    if (h.used >= work.room<Salted>()) [[unlikely]]
        return grow_by_one(work, growth);
    *slot = token + 1;
    h.used++;
    return SKETCH_OK;
}

// Apart, so that the others need few registers.
template <bool Salted>
[[gnu::noinline]] Status add_far_token(const Work &work, std::uint32_t token, sketch_growth &growth) noexcept {
    std::uint32_t *slot = work.find_far_or_salt<Salted>(token);
    return work.salted() ? add_at<true>(work, slot, token, growth) : add_at<false>(work, slot, token, growth);
}

template <bool Salted>
[[gnu::noinline]] Status add_token(const Work &work, std::uint32_t token, sketch_growth &growth) noexcept {
    std::uint32_t *slot = work.find_near<Salted>(token);
    return slot != nullptr ? add_at<Salted>(work, slot, token, growth) : add_far_token<Salted>(work, token, growth);
}

}  // namespace

void work_init(void *state, std::size_t size, int kind, int precision) noexcept {
    std::uint32_t callers = load<std::uint32_t>(state);
    std::memset(state, 0, size);
    WorkHeader &h = *static_cast<WorkHeader *>(state);
    h.callers = callers;
    h.magic = kWorkMagic;
    h.family = static_cast<std::uint8_t>(Family::distinct);
    h.layout = kLayout;
    h.kind = static_cast<std::uint8_t>(kind);
    h.precision = static_cast<std::uint8_t>(precision);
}

void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept {
    const std::size_t size = static_cast<std::size_t>(growth.size);
    Work old(const_cast<void *>(from), from_size), work(to, size);
    work_init(to, size, old.header().kind, growth.scale);
    WorkHeader &h = work.header();
    if (growth.flags & kDense) {
        h.flags = kDense;
        old.for_each_token([&](std::uint32_t token) { insert_token(work.registers(), h.precision, token); });
    } else {
        h.used = old.header().used;
        bool crowded = old.salted();
        if (!crowded)
            old.for_each_token([&](std::uint32_t token) {
                if (!crowded && !work.put<false>(token)) [[unlikely]]
                    crowded = true;
            });
        if (!crowded) return;
        work.clear_and_salt();
        old.for_each_token([&](std::uint32_t token) { work.put<true>(token); });
    }
}

Status work_add(void *state, std::size_t size, int kind, std::uint64_t hash, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != kind) [[unlikely]]
        return with_first_kind(h, kind, [=, &growth] { return work_add(state, size, kind, hash, growth); });
    if (!work.dense())
        return work.salted() ? add_token<true>(work, token_of(hash), growth)
                             : add_token<false>(work, token_of(hash), growth);
    work.insert_soon(token_of(hash));
    return SKETCH_OK;
}

Status work_limit(void *state, std::size_t size, int precision, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (precision >= h.precision) return SKETCH_OK;
    if (work.dense()) {
        work.settle();
        downsize(work.registers(), h.precision, precision);
        std::fill(work.registers() + register_count(precision), work.registers() + register_count(h.precision),
                  Register{0});
    } else if (h.used > most_tokens(precision)) {
        return grow_to_registers(precision, growth);
    }
    h.precision = static_cast<std::uint8_t>(precision);
    return SKETCH_OK;
}

namespace {

// What must grow before this many tokens are in the table.
Status room_for(const Work &work, std::size_t tokens, int precision, sketch_growth &growth) noexcept {
    if (tokens > most_tokens(precision)) return grow_to_registers(precision, growth);
    return tokens > work.room() ? grow_to_tokens(work, tokens, precision, growth) : SKETCH_OK;
}

Status merge_tokens(const Work &work, const View &other, int precision, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    std::size_t together = h.used + other.token_count;
    if (together > std::min<std::size_t>(most_tokens(precision), work.room())) {  // perhaps some are in both
        together = h.used;
        work.find_all(other.tokens, other.token_count,
                      [&](std::uint32_t, std::uint32_t slot) { together += slot == 0; });
    }
    if (Status s = room_for(work, together, precision, growth); s != SKETCH_OK) return s;
    h.precision = static_cast<std::uint8_t>(precision);
    work.find_all(other.tokens, other.token_count, [&](std::uint32_t token, std::uint32_t &slot) {
        h.used += slot == 0;
        slot = token + 1;
    });
    return SKETCH_OK;
}

}  // namespace

Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != other.kind && other.kind != SKETCH_KIND_NONE)
        return with_first_kind(h, other.kind, [&] { return work_merge(state, size, other, growth); });
    const int precision = std::min<int>(h.precision, other.precision);
    if (!work.dense())
        return other.dense ? grow_to_registers(precision, growth) : merge_tokens(work, other, precision, growth);
    work.settle();
    work_limit(state, size, precision, growth);  // registers need no room for that
    if (other.dense) {
        merge_downsized(work.registers(), precision, other.registers, other.precision);
    } else {
        insert_tokens(work.registers(), precision, other.tokens, other.token_count);
    }
    return SKETCH_OK;
}

// ---- reading ----------------------------------------

// The header of a stored work form may be anybody's: whatever it says about places must lie inside the buffer.
Status work_read_header(const void *state, std::size_t size, View &into) noexcept {
    if (size < kHeaderSize) return SKETCH_TRUNCATED;
    const WorkHeader &h = *static_cast<const WorkHeader *>(state);
    if (h.magic != kWorkMagic) return SKETCH_WRONG_VERSION;
    if (h.family != static_cast<std::uint8_t>(Family::distinct)) return SKETCH_WRONG_FAMILY;
    if (h.layout != kLayout) return SKETCH_WRONG_VERSION;
    if (!is_header_kind(h.kind, h.flags != kDense && h.used == 0) || h.precision < kMinPrecision ||
        h.precision > kMaxPrecision || h.flags > kSalted)
        return SKETCH_CORRUPT;
    const bool dense = h.flags == kDense;
    // All slots are looked at, however few of them are used.
    if (size > (dense ? kMostDenseSize : kMostTokenSize)) return SKETCH_CORRUPT;
    if (!dense && size < table_at(h.flags == kSalted)) return SKETCH_TRUNCATED;
    if (dense ? h.steps != 0 || (h.used != 0 && !is_token(h.used - 1)) ||
                    size < kHeaderSize + sizeof(Register) * register_count(h.precision)
              : h.used > most_tokens(h.precision) || h.used >= slots_in(size, h.flags == kSalted))
        return SKETCH_CORRUPT;
    into = View();
    into.kind = h.kind;
    into.precision = h.precision;
    into.dense = dense;
    into.token_count = dense ? 0 : h.used;
    return SKETCH_OK;
}

Status work_read(const void *state, std::size_t size, Storage storage, View &into) noexcept {
    View view;
    if (Status s = work_read_header(state, size, view); s != SKETCH_OK) return s;
    const Work work(const_cast<void *>(state), size);
    if (view.dense) {
        view.registers = work.registers();
        if (const std::uint32_t pending = work.header().used; pending != 0) {
            // A token may hide what is wrong with the register that it goes to.
            if (!is_register(work.registers()[register_of(pending - 1, view.precision)], view.precision))
                return SKETCH_CORRUPT;
            std::copy_n(work.registers(), register_count(view.precision), storage.registers);
            insert_token(storage.registers, view.precision, pending - 1);
            view.registers = storage.registers;
        }
        if (!are_registers(view.registers, view.precision)) return SKETCH_CORRUPT;
    } else {
        std::uint32_t found = 0;
        bool sound = true;
        work.for_each_token([&](std::uint32_t token) {
            sound &= is_token(token);
            if (found < view.token_count) storage.tokens[found] = token;
            found++;
        });
        if (!sound || found != view.token_count) return SKETCH_CORRUPT;
        sort_tokens(storage.tokens, found);
        if (std::adjacent_find(storage.tokens, storage.tokens + found) != storage.tokens + found) return SKETCH_CORRUPT;
        view.tokens = storage.tokens;
    }
    into = view;
    return SKETCH_OK;
}

void make_dense(View &view, Storage storage) noexcept {
    if (view.dense) return;
    std::uint32_t tokens[kMostTokens];  // they may stand where the registers go
    std::copy_n(view.tokens, view.token_count, tokens);
    std::fill_n(storage.registers, register_count(view.precision), Register{0});
    insert_tokens(storage.registers, view.precision, tokens, view.token_count);
    view.dense = true;
    view.token_count = 0;
    view.tokens = nullptr;
    view.registers = storage.registers;
}

void limit(View &view, int precision, Storage storage) noexcept {
    if (precision >= view.precision) return;
    if (view.dense) {
        if (view.registers != storage.registers)
            std::copy_n(view.registers, register_count(view.precision), storage.registers);
        downsize(storage.registers, view.precision, precision);
        view.registers = storage.registers;
    }
    view.precision = precision;
    if (!view.dense && view.token_count > most_tokens(precision)) make_dense(view, storage);
}

}  // namespace sketch::distinct
