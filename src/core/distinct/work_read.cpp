// A work form of a distinct sketch that comes from elsewhere, validated and read.
#include "work.hpp"

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

// The header of a stored work form may be anybody's: whatever it says about places must lie inside the buffer.
Status open_work(const void *state, std::size_t size, View &into) noexcept {
    if (Status s = check_prefix<WorkHeader>(state, size); s != SKETCH_OK) return s;
    const WorkHeader &h = *static_cast<const WorkHeader *>(state);
    if (!is_header_kind(h.kind, h.flags != kDense && h.used == 0) || h.precision < kMinPrecision ||
        h.precision > kMaxPrecision || h.flags > kSalted)
        return SKETCH_CORRUPT;
    const bool dense = h.flags == kDense;
    // All slots are looked at, however few of them are used.
    if (size > (dense ? kMaxDenseSize : kMaxTokenSize)) return SKETCH_CORRUPT;
    if (!dense && size < table_at(h.flags == kSalted)) return SKETCH_TRUNCATED;
    if (dense ? h.probes != 0 || (h.used != 0 && !is_token(h.used - 1)) ||
                    size < kHeaderSize + sizeof(Register) * register_count(h.precision)
              : h.used > max_tokens(h.precision) || h.used >= slots_in(size, h.flags == kSalted))
        return SKETCH_CORRUPT;
    into = View();
    into.kind = h.kind;
    into.precision = h.precision;
    into.dense = dense;
    into.token_count = dense ? 0 : h.used;
    return SKETCH_OK;
}

Status decode_work(const void *state, std::size_t size, Storage storage, View &into) noexcept {
    View view;
    if (Status s = open_work(state, size, view); s != SKETCH_OK) return s;
    const Work work(state, size);
    if (view.dense) {
        view.registers = work.registers();
        if (work.pending_rows() > 0) {
            const std::uint32_t token = work.header().used - 1;
            // A token may hide what is wrong with the register that it goes to.
            if (!is_register(work.registers()[register_of(token, view.precision)], view.precision))
                return SKETCH_CORRUPT;
            std::copy_n(work.registers(), register_count(view.precision), storage.registers);
            insert_token(storage.registers, view.precision, token);
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
        // Slots are in the order of their indexes but for what collided, so insertion is nearly linear. Unless someone
        // made them otherwise: then the sort that is never slow takes over.
        if (!sort_by_insertion(storage.tokens, found)) std::sort(storage.tokens, storage.tokens + found);
        if (std::adjacent_find(storage.tokens, storage.tokens + found) != storage.tokens + found) return SKETCH_CORRUPT;
        view.tokens = storage.tokens;
    }
    into = view;
    return SKETCH_OK;
}

}  // namespace sketch::distinct
