// The work form of a membership filter: a flat buffer that items are added to in place. Layout in membership.hpp.
//
// Tokens are in a hash table with linear probing. A token's place is the top part of a mix of it and the table's salt
// (see salt.hpp), scaled to the number of slots. A table keeps its salt when it moves: then places keep their order,
// and moving reads and writes straight on. Another table has another salt: its tokens arrive in the order of their
// places there, and would fill this one from its low end if places here had that order too. And who sends tokens knows
// no salt, so cannot choose tokens that share places.
//
// Growing, folding and going over to blocks need another buffer, which only the caller can get: a function that lacks
// room writes the layout that it needs to `growth` and answers SKETCH_GROW; the caller moves the state there and calls
// again. A merge of small tables may by then have added some of the tokens: a set can be united with another twice.
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "membership.hpp"
#include "salt.hpp"

namespace sketch::membership {

namespace {

std::uint64_t place_of(std::uint64_t token, std::uint64_t salt, std::uint64_t slots) noexcept {
    return ((salted(token, salt) >> 32) * slots) >> 32;
}

// Small tables save memory: seven slots in eight may be full. Large ones save time: one in two, which is as much as
// makes the largest table of a filter no larger than its blocks.
constexpr std::uint64_t kMostSmallSlots = (kLargestChunk - sizeof(WorkHeader)) / 8;
std::uint64_t room_in(std::uint64_t slots) noexcept { return slots <= kMostSmallSlots ? slots * 7 / 8 : slots / 2; }

// Beyond small tables: moving to fresh pages costs as much as adding does, so it had better be rare.
constexpr std::uint64_t kLargeGrowth = 4;

// Tables beyond this wait for memory at each token, unless it is asked for so many tokens ahead.
constexpr std::size_t kCached = std::size_t{1} << 18;
constexpr std::size_t kAhead = 32;

std::uint64_t rounded(std::uint64_t size) noexcept {
    return size <= kLargestChunk ? std::bit_ceil(size) : (size + 63) / 64 * 64;
}

std::uint64_t table_size(std::uint64_t tokens) noexcept {
    std::uint64_t slots = tokens <= room_in(kMostSmallSlots) ? (tokens * 8 + 6) / 7 : 2 * tokens;
    return rounded(std::max<std::uint64_t>(kFirstSize, sizeof(WorkHeader) + 8 * slots));
}

std::uint64_t dense_size(int log2_blocks) noexcept {
    return rounded(kBlocksAt + kMostShift + (kBlockSize << log2_blocks));
}

std::uint64_t slots_in(std::size_t size) noexcept { return (size - sizeof(WorkHeader)) / 8; }

// A work form that this library wrote, 8-byte aligned: what mutation needs.
class Work {
  public:
    Work(void *state, std::size_t size) noexcept : bytes_(static_cast<std::uint8_t *>(state)), size_(size) {}

    WorkHeader &header() const noexcept { return *reinterpret_cast<WorkHeader *>(bytes_); }
    bool dense() const noexcept { return header().flags & kDense; }
    int log2_blocks() const noexcept { return header().log2_blocks; }
    std::uint8_t *block(std::uint64_t number) const noexcept {
        return bytes_ + header().blocks_at + kBlockSize * number;
    }
    std::uint64_t *table() const noexcept { return reinterpret_cast<std::uint64_t *>(bytes_ + sizeof(WorkHeader)); }
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
    bool is_overfull() const noexcept { return !dense() && header().tokens > most_tokens(log2_blocks()); }

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
        if (h.tokens >= std::min(room_in(slots()), most_tokens(h.log2_blocks))) [[unlikely]]
            return false;
        slot = token + 1;
        h.tokens++;
        return true;
    }

    // Room for so many tokens more, or for as many as there may be: without a look at which of them are new.
    bool has_room_for(std::uint64_t more) const noexcept {
        return std::min(header().tokens + more, most_tokens(log2_blocks())) <= room_in(slots());
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

    // As set_token, some time later.
    void set_token_soon(std::uint64_t token) const noexcept {
        WorkHeader &h = header();
        std::uint64_t *pending = reinterpret_cast<std::uint64_t *>(bytes_ + sizeof h);
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

  private:
    std::uint8_t *bytes_;
    std::size_t size_;
};

Status plan_blocks(int log2_blocks, sketch_growth &growth) noexcept {
    growth = {};
    growth.size = dense_size(log2_blocks);
    growth.scale = static_cast<std::int8_t>(log2_blocks);
    growth.flags = kDense;
    return SKETCH_GROW;
}

Status plan_table(std::uint64_t tokens, int log2_blocks, sketch_growth &growth) noexcept {
    growth = {};
    growth.size = table_size(tokens);
    growth.scale = static_cast<std::int8_t>(log2_blocks);
    return SKETCH_GROW;
}

// What a table needs that has no room for up to `more` new tokens.
Status plan_tokens(const Work &work, std::uint64_t more, sketch_growth &growth) noexcept {
    const int log2_blocks = work.log2_blocks();
    const std::uint64_t most = most_tokens(log2_blocks), tokens = work.header().tokens;
    if (tokens >= most) return plan_blocks(log2_blocks, growth);
    std::uint64_t wanted = std::min(tokens + more, most);
    if (table_size(wanted) > kLargestChunk) wanted = std::min(std::max(wanted, kLargeGrowth * tokens), most);
    return plan_table(wanted, log2_blocks, growth);
}

// Fewer blocks. How many tokens are left is only known once they are folded; if too many, blocks are the next step.
Status plan_fold(const Work &work, int log2_blocks, sketch_growth &growth) noexcept {
    return work.dense() ? plan_blocks(log2_blocks, growth) : plan_table(work.header().tokens, log2_blocks, growth);
}

// What a dense filter has, into one of as many blocks or fewer.
void merge_blocks(const Work &work, const View &other) noexcept {
    const int shift = other.log2_blocks - work.log2_blocks();
    for_blocks(blocks_of(work.log2_blocks()), shift, [&](std::uint64_t first, std::uint64_t count) {
        block_loops().or_blocks(work.block(first), other.data + (kBlockSize * first << shift), count, shift,
                                other.words());
    });
    for_each_pending(other, [&](std::uint64_t token) { work.set_token(fold_token(token, shift)); });
}

// The tokens of a filter of as many blocks or more, into blocks.
void merge_tokens(const Work &work, const View &other) noexcept {
    const int shift = other.log2_blocks - work.log2_blocks();
    for_token_batches(other, [&, blocks = work.block(0)](const std::uint64_t *tokens, std::size_t count) {
        block_loops().set_tokens(blocks, tokens, count, shift);
        return true;
    });
}

// The same into a table. False if it has no room for all; how many were added, or there before, is then in `added`.
bool add_tokens(const Work &work, const View &other, std::uint64_t &added) noexcept {
    const int shift = other.log2_blocks - work.log2_blocks();
    bool all = true;
    for_token_batches(other, [&](const std::uint64_t *tokens, std::size_t count) {
        for (std::size_t at = 0, end; at < count; at = end) {
            end = std::min(at + kAhead, count);
            if (work.waits_for_memory())
                for (std::size_t i = at; i < end; i++) work.prefetch(fold_token(tokens[i], shift));
            for (std::size_t i = at; i < end; i++, added++)
                if (!work.add_token(fold_token(tokens[i], shift))) return all = false;
        }
        return true;
    });
    return all;
}

Status add_new_token(const Work &work, std::uint64_t token, sketch_growth &growth) noexcept {
    return work.add_token(token) ? SKETCH_OK : plan_tokens(work, 1, growth);
}

void init_with_salt(void *state, std::size_t size, int kind, int log2_blocks, int rate, std::uint64_t salt) noexcept {
    fill(state, 0, size);
    WorkHeader &h = Work(state, size).header();
    h.magic = kWorkMagic;
    h.family = static_cast<std::uint8_t>(Family::membership);
    h.layout = kWorkLayout;
    h.kind = static_cast<std::uint8_t>(kind);
    h.log2_blocks = static_cast<std::uint8_t>(log2_blocks);
    h.salt = salt;
    h.rate = static_cast<std::uint32_t>(rate);
}

}  // namespace

void work_init(void *state, std::size_t size, int kind, int log2_blocks, int rate) noexcept {
    init_with_salt(state, size, kind, log2_blocks, rate, next_salt());
}

void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept {
    const std::size_t size = static_cast<std::size_t>(growth.size);
    Work source(const_cast<void *>(from), from_size), target(to, size);
    const WorkHeader &old = source.header();
    const int shift = old.log2_blocks - growth.scale;
    init_with_salt(to, size, old.kind, growth.scale, static_cast<int>(old.rate), old.salt);
    target.header().flags = growth.flags;
    // No block in two cache lines, if copies of the buffer are aligned as it is. (They need not be.)
    if (target.dense())
        target.header().blocks_at =
            static_cast<std::uint32_t>(kBlocksAt + (0 - reinterpret_cast<std::uintptr_t>(to)) % kBlockSize);
    if (source.dense()) return merge_blocks(target, source.view());
    if (target.dense()) return merge_tokens(target, source.view());
    for_each_token(source.view(),
                   [&](std::uint64_t token) { return target.put_token(fold_token(token, shift)), true; });
}

Status work_add(void *state, std::size_t size, int kind, std::uint64_t hash, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != kind) [[unlikely]]
        return with_first_kind(h, kind, [=, &growth] { return work_add(state, size, kind, hash, growth); });
    if (work.dense()) [[likely]] {
        work.set_token_soon(token_of(hash, h.log2_blocks));
        return SKETCH_OK;
    }
    return add_new_token(work, token_of(hash, h.log2_blocks), growth);
}

Status work_limit(void *state, std::size_t size, int log2_blocks, int rate, sketch_growth &growth) noexcept {
    Work work(state, size);
    if (work.log2_blocks() > log2_blocks) return plan_fold(work, log2_blocks, growth);
    if (work.is_overfull()) return plan_blocks(work.log2_blocks(), growth);
    work.header().rate = std::max(work.header().rate, static_cast<std::uint32_t>(rate));
    return SKETCH_OK;
}

Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != other.kind && other.kind != SKETCH_KIND_NONE)
        return with_first_kind(h, other.kind, [&] {
            const Status s = work_merge(state, size, other, growth);
            if (s != SKETCH_OK) work.clear_tokens();  // that were added before there was no room
            return s;
        });
    if (!other.dense)
        if (Status s = other.work ? check_work_tokens(other) : check_tokens(other); s != SKETCH_OK) return s;
    if (Status s = work_limit(state, size, other.log2_blocks, other.rate, growth); s != SKETCH_OK) return s;

    if (other.dense) {
        if (!work.dense()) return plan_blocks(h.log2_blocks, growth);
        merge_blocks(work, other);
        return SKETCH_OK;
    }
    if (work.dense()) {
        merge_tokens(work, other);
        return SKETCH_OK;
    }
    // Beyond small tables it is better to move what there is before much is added than after.
    if (table_size(h.tokens + other.tokens) > kLargestChunk && !work.has_room_for(other.tokens))
        return plan_tokens(work, other.tokens, growth);
    std::uint64_t added = 0;
    return add_tokens(work, other, added) ? SKETCH_OK : plan_tokens(work, other.tokens - added, growth);
}

// ---- reading ----------------------------------------

Status open_work(const void *state, std::size_t size, View &view) noexcept {
    if (size < sizeof(WorkHeader)) return SKETCH_TRUNCATED;
    const WorkHeader &h = *static_cast<const WorkHeader *>(state);
    if (h.magic != kWorkMagic) return SKETCH_WRONG_VERSION;
    if (h.family != static_cast<std::uint8_t>(Family::membership)) return SKETCH_WRONG_FAMILY;
    if (h.layout != kWorkLayout) return SKETCH_WRONG_VERSION;
    if (h.flags & ~kDense || h.log2_blocks > kMaxLog2Blocks || !is_rate(h.rate) || size % 8 != 0) return SKETCH_CORRUPT;
    const bool dense = (h.flags & kDense) != 0;
    if (!is_header_kind(h.kind, !dense && h.tokens == 0)) return SKETCH_CORRUPT;
    if (dense ? h.tokens != 0 : h.tokens > most_tokens(h.log2_blocks)) return SKETCH_CORRUPT;
    if (h.pending > (dense ? kPending : 0) || h.oldest >= kPending) return SKETCH_CORRUPT;
    if (dense ? h.blocks_at - kBlocksAt > kMostShift : h.blocks_at != 0) return SKETCH_CORRUPT;
    if (size < (dense ? h.blocks_at + (kBlockSize << h.log2_blocks) : sizeof h + 8 * std::uint64_t{h.tokens}))
        return SKETCH_TRUNCATED;
    view = Work(const_cast<void *>(state), size).view();
    bool in_range = true;
    for_each_pending(view, [&](std::uint64_t token) { in_range &= token_block(token) < blocks_of(h.log2_blocks); });
    return in_range ? SKETCH_OK : SKETCH_CORRUPT;
}

// As many tokens as the header says, none out of range. That none comes twice is found out when they are sorted.
Status check_work_tokens(const View &work) noexcept {
    const std::uint64_t limit = std::uint64_t{1} << (kLowBits + work.log2_blocks);
    bool in_range = true;
    std::uint64_t found = 0;
    for_token_batches(work, [&](const std::uint64_t *tokens, std::size_t count) {
        for (std::size_t i = 0; i < count; i++) in_range &= tokens[i] < limit;
        found += count;
        return in_range;
    });
    return in_range && found == work.tokens ? SKETCH_OK : SKETCH_CORRUPT;
}

void copy_block(const View &dense, std::uint64_t number, std::uint8_t *copy) noexcept {
    std::memcpy(copy, dense.data + kBlockSize * number, kBlockSize);
    for_each_pending(dense, [&](std::uint64_t token) {
        if (token_block(token) == number) set_bits(copy, mask_choice(token));
    });
}

bool dense_contains(const View &view, std::uint64_t token) noexcept {
    const std::uint64_t number = token_block(token);
    if (!view.work) return has_bits(view.data + kBlockSize * number, mask_choice(token), Words::little_endian);
    std::uint8_t copy[kBlockSize];
    copy_block(view, number, copy);
    return has_bits(copy, mask_choice(token), Words::native);
}

// Bounded by the number of slots, for a table that may be anybody's.
bool work_tokens_contain(const View &work, std::uint64_t token) noexcept {
    if (work.slots == 0) return false;
    std::uint64_t slot = place_of(token, load<std::uint64_t>(work.begin + offsetof(WorkHeader, salt)), work.slots);
    for (std::uint64_t probes = 0; probes < work.slots; probes++) {
        std::uint64_t held = load<std::uint64_t>(work.data + 8 * slot);
        if (held == token + 1) return true;
        if (held == 0) return false;
        if (++slot == work.slots) slot = 0;
    }
    return false;
}

}  // namespace sketch::membership
