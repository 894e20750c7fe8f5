// A work form of a membership filter: a flat buffer that items are added to in place. Layout in membership.hpp.
//
// Tokens are in a hash table with linear probing. A token's place is the top part of a mix of it and the table's salt
// (see common/salt.hpp), scaled to the number of slots. A table keeps its salt when it moves: then places keep their
// order, and moving reads and writes straight on. Another table has another salt: its tokens arrive in the order of
// their places there, and would fill this one from its low end if places here had that order too. And who sends tokens
// knows no salt, so cannot choose tokens that share places.
#pragma once

#include <algorithm>

#include "../common/salt.hpp"
#include "membership.hpp"

namespace sketch::membership {

inline std::uint64_t place_of(std::uint64_t token, std::uint64_t salt, std::uint64_t slots) noexcept {
    return ((salted(token, salt) >> 32) * slots) >> 32;
}

// Small tables save memory: seven slots in eight may be full. Large ones save time: one in two, which is as much as
// makes the largest table of a filter no larger than its blocks.
inline constexpr std::uint64_t kMaxSmallSlots = (kLargestChunk - sizeof(WorkHeader)) / 8;
inline std::uint64_t capacity_of(std::uint64_t slots) noexcept {
    return slots <= kMaxSmallSlots ? slots * 7 / 8 : slots / 2;
}

// Beyond small tables: moving to fresh pages costs as much as adding does, so it had better be rare.
inline constexpr std::uint64_t kLargeGrowth = 4;

// Tables beyond this wait for memory at each token, unless it is asked for so many tokens ahead.
inline constexpr std::size_t kCached = std::size_t{1} << 18;
inline constexpr std::size_t kAhead = 32;

inline std::uint64_t table_size(std::uint64_t tokens) noexcept {
    std::uint64_t slots = tokens <= capacity_of(kMaxSmallSlots) ? (tokens * 8 + 6) / 7 : 2 * tokens;
    return buffer_size(std::max<std::uint64_t>(kFirstSize, sizeof(WorkHeader) + 8 * slots));
}

inline std::uint64_t dense_size(int log2_blocks) noexcept {
    return buffer_size(kBlocksAt + kMaxShift + (kBlockSize << log2_blocks));
}

inline std::uint64_t slots_in(std::size_t size) noexcept { return (size - sizeof(WorkHeader)) / 8; }

class Work : public WorkForm<WorkHeader> {
  public:
    using WorkForm::WorkForm;

    bool dense() const noexcept { return header().flags & kDense; }
    int log2_blocks() const noexcept { return header().log2_blocks; }
    std::uint8_t *block(std::uint64_t number) const noexcept {
        return at<std::uint8_t>(static_cast<std::size_t>(header().blocks_at + kBlockSize * number));
    }
    std::uint64_t *table() const noexcept { return at<std::uint64_t>(sizeof(WorkHeader)); }
    std::uint64_t slots() const noexcept { return slots_in(size_); }

    View view() const noexcept {
        const WorkHeader &h = header();
        return {h.kind,
                h.log2_blocks,
                static_cast<int>(h.rate),
                dense(),
                true,
                h.tokens,
                bytes_ + (dense() ? h.blocks_at : sizeof h),
                slots(),
                bytes_,
                size_};
    }

    // There are more tokens than a filter of this size may have: it was folded, and is on the way to blocks.
    bool is_overfull() const noexcept { return !dense() && header().tokens > max_tokens(log2_blocks()); }

    // The slot that a token is in, or where it belongs.
    std::uint64_t &slot_of(std::uint64_t token) const noexcept {
        std::uint64_t *slot = table() + place_of(token, header().salt, slots()), *end = table() + slots();
        while (*slot != 0 && *slot != token + 1)
            if (++slot == end) slot = table();
        return *slot;
    }

    bool waits_for_memory() const noexcept { return size_ > kCached; }
    void prefetch(std::uint64_t token) const noexcept {
        __builtin_prefetch(table() + place_of(token, header().salt, slots()), 1);
    }

    // False if the token is new and there is no room for it.
    bool add_token(std::uint64_t token) const noexcept {
        std::uint64_t &slot = slot_of(token);
        if (slot != 0) return true;
        WorkHeader &h = header();
        if (h.tokens >= std::min(capacity_of(slots()), max_tokens(h.log2_blocks))) [[unlikely]]
            return false;
        slot = token + 1;
        h.tokens++;
        return true;
    }

    // Room for so many tokens more, or for as many as there may be: without a look at which of them are new.
    bool has_capacity_for(std::uint64_t more) const noexcept {
        return std::min(header().tokens + more, max_tokens(log2_blocks())) <= capacity_of(slots());
    }

    // For a table that is known to have room.
    void put_token(std::uint64_t token) const noexcept {
        std::uint64_t &slot = slot_of(token);
        header().tokens += slot == 0;
        slot = token + 1;
    }

    void clear_tokens() const noexcept {
        if (header().tokens == 0) return;
        fill(table(), 0, static_cast<std::size_t>(8 * slots()));
        header().tokens = 0;
    }

    void set_token(std::uint64_t token) const noexcept { set_bits(block(token_block(token)), mask_choice(token)); }

    std::uint32_t pending_rows() const noexcept { return header().pending; }
    void add_deferred(std::uint64_t token) const noexcept {
        WorkHeader &h = header();
        std::uint64_t *pending = at<std::uint64_t>(sizeof h);
        const std::uint8_t *wanted = block(token_block(token));
        __builtin_prefetch(wanted, 1);
        if (h.pending < kPending) [[unlikely]] {
            pending[h.pending++] = token;
            return;
        }
        std::uint64_t &oldest = pending[h.oldest % kPending];
        set_token(oldest);
        oldest = token;
        h.oldest = (h.oldest + 1) % kPending;
    }
};
static_assert(DefersRows<Work, std::uint64_t>);

}  // namespace sketch::membership
