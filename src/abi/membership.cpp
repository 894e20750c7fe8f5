// The C face of the membership family: thin, noexcept, no state. Contracts are in sketch.h.
#include "../core/membership.hpp"

using namespace sketch;
using namespace sketch::membership;

int sketch_membership_log2_blocks(uint64_t expected_items, double rate) noexcept {
    return log2_blocks_for(expected_items, rate);
}

double sketch_membership_expected_rate(int log2_blocks, uint64_t items) noexcept {
    return expected_rate(log2_blocks, items);
}

size_t sketch_membership_init_size(void) noexcept { return kFirstSize; }

void sketch_membership_init(void *state, size_t size, int kind, int log2_blocks) noexcept {
    work_init(state, size, kind, log2_blocks);
}

void sketch_membership_move(void *to, const void *from, size_t from_size, const sketch_growth *growth) noexcept {
    work_move(to, from, from_size, *growth);
}

sketch_status sketch_membership_add(void *state, size_t size, int kind, uint64_t hash, sketch_growth *growth) noexcept {
    return work_add(state, size, kind, hash, *growth);
}

sketch_status sketch_membership_limit(void *state, size_t size, int log2_blocks, sketch_growth *growth) noexcept {
    return work_limit(state, size, log2_blocks, *growth);
}

sketch_status sketch_membership_merge(void *state, size_t size, const void *other, size_t other_size,
                                      sketch_growth *growth) noexcept {
    View view;
    if (Status s = open(other, other_size, view); s != SKETCH_OK) return s;
    return work_merge(state, size, view, *growth);
}

sketch_status sketch_membership_pack(const void *sketch, size_t size, uint8_t *out, size_t capacity,
                                     size_t *out_size) noexcept {
    View view;
    if (Status s = open(sketch, size, view); s != SKETCH_OK) return s;
    return pack(view, out, capacity, *out_size);
}

sketch_status sketch_membership_check(const uint8_t *packed, size_t size) noexcept {
    return check_packed(packed, size);
}

sketch_status sketch_membership_contains(const void *sketch, size_t size, int kind, uint64_t hash,
                                         int *found) noexcept {
    const uint8_t *bytes = static_cast<const uint8_t *>(sketch);
    if (const uint8_t *block = block_in_packed(bytes, size, kind, hash)) {
        *found = has_bits(block, token_low(hash), Words::little_endian);
        return SKETCH_OK;
    }
    View view;
    if (Status s = open(sketch, size, view); s != SKETCH_OK) return s;
    if (view.kind != kind) return SKETCH_WRONG_KIND;
    const uint64_t token = token_of(hash, view.log2_blocks);
    if (view.dense) *found = dense_contains(view, token);
    else *found = view.work ? work_tokens_contain(view, token) : packed_contains(view, hash);
    return SKETCH_OK;
}

sketch_status sketch_membership_probe_open(const uint8_t *head, size_t head_size, size_t total_size,
                                           sketch_membership_probe *probe) noexcept {
    return probe_open(head, head_size, total_size, *probe);
}

void sketch_membership_probe_hash(sketch_membership_probe *probe, uint64_t hash) noexcept { probe_hash(*probe, hash); }

int sketch_membership_probe_read(sketch_membership_probe *probe, const uint8_t *bytes, size_t size) noexcept {
    return probe_read(*probe, bytes, size);
}

sketch_status sketch_membership_rate(const void *sketch, size_t size, double *rate) noexcept {
    View view;
    if (Status s = open(sketch, size, view); s != SKETCH_OK) return s;
    *rate = measured_rate(view);
    return SKETCH_OK;
}

sketch_status sketch_membership_describe(const void *sketch, size_t size, sketch_membership_info *info) noexcept {
    View view;
    if (Status s = open(sketch, size, view); s != SKETCH_OK) return s;
    *info = {view.kind, view.log2_blocks, view.dense, view.tokens};
    return SKETCH_OK;
}
