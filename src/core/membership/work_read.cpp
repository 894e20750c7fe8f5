// A work form of a membership filter that comes from elsewhere, validated.
#include "work.hpp"

namespace sketch::membership {

Status open_work(const void *state, std::size_t size, View &view) noexcept {
    if (Status s = check_prefix<WorkHeader>(state, size); s != SKETCH_OK) return s;
    const WorkHeader &h = *static_cast<const WorkHeader *>(state);
    if (h.flags & ~kDense || h.log2_blocks > kMaxLog2Blocks || !is_rate(h.rate) || size % 8 != 0) return SKETCH_CORRUPT;
    const bool dense = (h.flags & kDense) != 0;
    if (!is_header_kind(h.kind, !dense && h.tokens == 0)) return SKETCH_CORRUPT;
    if (dense ? h.tokens != 0 : h.tokens > max_tokens(h.log2_blocks)) return SKETCH_CORRUPT;
    if (h.pending > (dense ? kPending : 0) || h.oldest >= kPending) return SKETCH_CORRUPT;
    if (dense ? h.blocks_at - kBlocksAt > kMaxShift : h.blocks_at != 0) return SKETCH_CORRUPT;
    if (size < (dense ? h.blocks_at + (kBlockSize << h.log2_blocks) : sizeof h + 8 * std::uint64_t{h.tokens}))
        return SKETCH_TRUNCATED;
    view = Work(state, size).view();
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

}  // namespace sketch::membership
