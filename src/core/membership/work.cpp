// A membership filter that items are added to, and other filters merged into.
//
// A merge of small tables that has to grow may have added some of the tokens: a set can be united with another twice.
#include "work.hpp"

namespace sketch::membership {

namespace {

// In growth.opaque.
struct Layout {
    int log2_blocks;
    bool dense;
};

Status plan_blocks(int log2_blocks, sketch_growth &growth) noexcept {
    return grow_to(growth, dense_size(log2_blocks), Layout{log2_blocks, true});
}

Status plan_table(std::uint64_t tokens, int log2_blocks, sketch_growth &growth) noexcept {
    return grow_to(growth, table_size(tokens), Layout{log2_blocks, false});
}

// What a table needs that has no room for up to `more` new tokens.
Status plan_tokens(Work work, std::uint64_t more, sketch_growth &growth) noexcept {
    const int log2_blocks = work.log2_blocks();
    const std::uint64_t max = max_tokens(log2_blocks), tokens = work.header().tokens;
    if (tokens >= max) return plan_blocks(log2_blocks, growth);
    std::uint64_t wanted = std::min(tokens + more, max);
    if (table_size(wanted) > kLargestChunk) wanted = std::min(std::max(wanted, kLargeGrowth * tokens), max);
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
        or_blocks(work.block(first), other.data + (kBlockSize * first << shift), count, shift, other.words());
    });
    for_each_pending(other, [&](std::uint64_t token) { work.set_token(fold_token(token, shift)); });
}

// The tokens of a filter of as many blocks or more, into blocks.
void merge_tokens(const Work &work, const View &other) noexcept {
    const int shift = other.log2_blocks - work.log2_blocks();
    for_token_batches(other, [&, blocks = work.block(0)](const std::uint64_t *tokens, std::size_t count) {
        set_tokens(blocks, tokens, count, shift);
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

void init_with_salt(void *state, std::size_t size, int kind, int log2_blocks, int rate, std::uint64_t salt) noexcept {
    fill(state, 0, size);
    WorkHeader &h = Work(state, size).begin_header();
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
    const Layout layout = layout_of<Layout>(growth);
    const Work source(from, from_size), target(to, size);
    const WorkHeader &old = source.header();
    const int shift = old.log2_blocks - layout.log2_blocks;
    init_with_salt(to, size, old.kind, layout.log2_blocks, static_cast<int>(old.rate), old.salt);
    target.header().flags = layout.dense ? kDense : 0;
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
        work.add_deferred(token_of(hash, h.log2_blocks));
        return SKETCH_OK;
    }
    if (kind == SKETCH_KIND_NONE) return SKETCH_WRONG_KIND;  // of an empty state, and of no item
    return work.add_token(token_of(hash, h.log2_blocks)) ? SKETCH_OK : plan_tokens(work, 1, growth);
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
    if (table_size(h.tokens + other.tokens) > kLargestChunk && !work.has_capacity_for(other.tokens))
        return plan_tokens(work, other.tokens, growth);
    std::uint64_t added = 0;
    return add_tokens(work, other, added) ? SKETCH_OK : plan_tokens(work, other.tokens - added, growth);
}

}  // namespace sketch::membership
