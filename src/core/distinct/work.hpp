// A work form of a distinct sketch: a flat buffer that hashes are added to in place. Layout in distinct.hpp.
//
// Tokens become registers in work_move only.
#pragma once

#include <algorithm>

#include "../common/probe_budget.hpp"
#include "distinct.hpp"

namespace sketch::distinct {

enum : std::uint8_t { kDense = 1, kSalted = 2 };

inline constexpr std::size_t kHeaderSize = sizeof(WorkHeader);

// Where slots begin.
constexpr std::size_t table_at(bool salted) noexcept { return kHeaderSize + (salted ? sizeof(std::uint64_t) : 0); }
constexpr std::size_t slots_in(std::uint64_t size, bool salted = false) noexcept {
    return static_cast<std::size_t>((size - table_at(salted)) / sizeof(std::uint32_t));
}
// A search that finds nothing looks at 1/2 + 1/2 (1 - load)^-2 slots: 32 when full, 4 over the time of filling up.
constexpr std::size_t token_capacity(std::uint64_t size, bool salted = false) noexcept {
    return slots_in(size, salted) - slots_in(size, salted) / 8;
}

constexpr std::uint64_t dense_size(int precision) noexcept {
    return buffer_size(std::max(kFirstSize, kHeaderSize + sizeof(Register) * register_count(precision)));
}
// The smallest power of two for so many tokens, or what the most tokens need.
constexpr std::uint64_t token_size(std::size_t tokens, int precision, bool salted) noexcept {
    const std::size_t max = max_tokens(precision);
    const std::uint64_t full =
        buffer_size(std::max(kFirstSize, table_at(salted) + sizeof(std::uint32_t) * (max + max / 7 + 2)));
    std::uint64_t size = kFirstSize;
    while (size < full && token_capacity(size, salted) < tokens) size *= 2;
    return std::min(size, full);
}
// Limiting the precision leaves a buffer as it is, so that the largest is the same for all of them.
inline constexpr std::uint64_t kMaxTokenSize = token_size(kMaxTokens, kMaxPrecision, true),
                               kMaxDenseSize = dense_size(kMaxPrecision);
static_assert(token_capacity(512) >= 70);
static_assert(token_capacity(kMaxTokenSize, true) >= kMaxTokens);
static_assert(is_crowded(std::numeric_limits<std::uint16_t>::max(), slots_in(kMaxTokenSize)));

class Work : public WorkForm<WorkHeader> {
  public:
    using WorkForm::WorkForm;

    bool dense() const noexcept { return header().flags & kDense; }
    int precision() const noexcept { return header().precision; }
    Register *registers() const noexcept { return at<Register>(kHeaderSize); }
    bool salted() const noexcept { return header().flags & kSalted; }
    std::uint64_t &salt() const noexcept { return *at<std::uint64_t>(kHeaderSize); }

    // What depends on whether the table is salted, for callers that know.
    template <bool Salted>
    std::uint32_t *slots() const noexcept {
        return at<std::uint32_t>(table_at(Salted));
    }
    template <bool Salted>
    std::size_t capacity() const noexcept {
        return std::min<std::size_t>(max_tokens(precision()), token_capacity(size_, Salted));
    }
    std::uint32_t *slots() const noexcept { return salted() ? slots<true>() : slots<false>(); }
    std::size_t slot_count() const noexcept { return slots_in(size_, salted()); }
    std::size_t capacity() const noexcept { return salted() ? capacity<true>() : capacity<false>(); }

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
        std::uint32_t *const end = std::min(slot + kFreeProbes + 1, all + slots_in(size_, Salted));
        while (++slot != end)
            if (*slot == 0 || *slot == token + 1) return slot;
        return nullptr;
    }
    // Where find_near gave up: the same behind there, counted. There is always a free one.
    template <bool Salted>
    [[gnu::noinline]] std::uint32_t *find_far(std::uint32_t token) const noexcept {
        const std::size_t count = slots_in(size_, Salted), home = home_of<Salted>(token);
        std::uint32_t *const all = slots<Salted>(), *const end = all + count;
        std::uint32_t *slot = std::min(all + home + kFreeProbes + 1, end);
        std::size_t before = 0;
        for (;; slot = all, before = count)
            for (; slot < end; slot++)
                if (*slot == 0 || *slot == token + 1) {
                    header().probes = add_probes(header().probes, before + static_cast<std::size_t>(slot - all) - home);
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
    bool is_crowded() const noexcept { return sketch::is_crowded(header().probes, slot_count()); }

    // An empty table with a salt of its own, in the whole buffer.
    void clear_and_salt() const noexcept {
        header().flags |= kSalted;
        header().probes = 0;
        salt() = next_salt();
        std::fill_n(slots(), slot_count(), 0u);
    }

    // All tokens to other places. The table is not too full for that: at least an eighth of the slots was free.
    [[gnu::noinline]] void salt_anew() const noexcept {
        std::uint32_t tokens[kMaxTokens];
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

    // Dense. A row is known by its token.
    std::uint32_t pending_rows() const noexcept { return dense() && header().used != 0; }
    void add_deferred(std::uint32_t token) const noexcept {
        __builtin_prefetch(registers() + register_of(token, precision()), 1);
        apply_pending();
        header().used = token + 1;
    }

    void apply_pending() const noexcept {
        if (header().used != 0) insert_token(registers(), precision(), header().used - 1);
        header().used = 0;
    }
};
static_assert(DefersRows<Work, std::uint32_t>);

}  // namespace sketch::distinct
