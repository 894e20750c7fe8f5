// The C face of the membership family: thin, noexcept, no state. Contracts are in sketch/membership.h.
#include "../core/membership/membership.hpp"

#include <limits>

#include "load.hpp"
#include "many.hpp"
#include "opened.hpp"

using namespace sketch;
using namespace sketch::membership;

struct sketch_membership {
    View view;
};

namespace {

bool is_size(int log2_blocks) noexcept { return log2_blocks >= 0 && log2_blocks <= kMaxLog2Blocks; }

sketch_membership_info info_of(const View &view) noexcept {
    return {view.kind, view.log2_blocks, view.rate, view.dense, view.tokens};
}

}  // namespace

sketch_status sketch_membership_log2_blocks(uint64_t expected_items, double rate, int *log2_blocks) noexcept {
    const int found = log2_blocks_for(expected_items, rate);
    if (found < 0) return found == kTooLarge ? SKETCH_TOO_LARGE : SKETCH_OUT_OF_RANGE;
    *log2_blocks = found;
    return SKETCH_OK;
}

sketch_status sketch_membership_kept_rate(double rate, int *kept) noexcept {
    const int found = kept_rate(rate);
    if (found < 0) return SKETCH_OUT_OF_RANGE;
    *kept = found;
    return SKETCH_OK;
}

sketch_status sketch_membership_expected_rate(int log2_blocks, uint64_t items, double *rate) noexcept {
    if (!is_size(log2_blocks)) return SKETCH_OUT_OF_RANGE;
    *rate = expected_rate(log2_blocks, items);
    return SKETCH_OK;
}

size_t sketch_membership_init_size(void) noexcept { return kFirstSize; }

sketch_status sketch_membership_init(void *state, size_t size, int kind, int log2_blocks, int rate) noexcept {
    const bool in_range = is_size(log2_blocks) && is_rate(static_cast<std::uint32_t>(rate));
    const Status s = check_init(state, size, kFirstSize, kind, in_range);
    if (s == SKETCH_OK) work_init(state, size, kind, log2_blocks, rate);
    return s;
}

void sketch_membership_move(void *to, const void *from, size_t from_size, const sketch_growth *growth) noexcept {
    work_move(to, from, from_size, *growth);
}

sketch_status sketch_membership_add(void *state, size_t size, int kind, uint64_t hash, sketch_growth *growth) noexcept {
    return work_add(state, size, kind, hash, *growth);
}

sketch_status sketch_membership_add_many(void *state, size_t size, int kind, const uint64_t *hashes, size_t count,
                                         size_t *taken, sketch_growth *growth) noexcept {
    return add_each(count, nullptr, taken,
                    [=](size_t row, uint64_t) { return work_add(state, size, kind, hashes[row], *growth); });
}

sketch_status sketch_membership_add_items(void *state, size_t size, int kind, const void *items, const size_t *offsets,
                                          size_t count, size_t *taken, sketch_growth *growth) noexcept {
    return add_each_hashed(items, offsets, count, nullptr, taken,
                           [=](uint64_t hash, uint64_t) { return work_add(state, size, kind, hash, *growth); });
}

sketch_status sketch_membership_limit(void *state, size_t size, int log2_blocks, int rate,
                                      sketch_growth *growth) noexcept {
    if (log2_blocks < 0 || !is_rate(static_cast<std::uint32_t>(rate))) return SKETCH_OUT_OF_RANGE;
    return work_limit(state, size, log2_blocks, rate, *growth);
}

size_t sketch_membership_open_size(const void *, size_t, sketch_form) noexcept { return sizeof(sketch_membership); }

sketch_status sketch_membership_open(const void *bytes, size_t size, sketch_form form, void *scratch,
                                     size_t scratch_size, sketch_membership **opened) noexcept {
    return open_in_place(bytes, size, form, scratch, scratch_size, opened, open_packed, open_work);
}

sketch_status sketch_membership_merge(void *state, size_t size, const sketch_membership *other,
                                      sketch_growth *growth) noexcept {
    return work_merge(state, size, other->view, *growth);
}

sketch_status sketch_membership_load(const sketch_membership *sketch, void *state, size_t size,
                                     sketch_growth *growth) noexcept {
    const View &view = sketch->view;
    const auto init = [&](void *to, size_t to_size) { work_init(to, to_size, view.kind, view.log2_blocks, view.rate); };
    return load_into(state, size, *growth, view, init, work_move, work_merge);
}

size_t sketch_membership_packed_bound(const sketch_membership *sketch) noexcept { return packed_bound(sketch->view); }

sketch_status sketch_membership_pack(const sketch_membership *sketch, uint8_t *out, size_t capacity,
                                     size_t *out_size) noexcept {
    return encode(sketch->view, out, capacity, *out_size);
}

sketch_status sketch_membership_check(const sketch_membership *packed) noexcept {
    return packed->view.work ? SKETCH_WRONG_FORM : check(packed->view);
}

sketch_status sketch_membership_contains(const sketch_membership *sketch, int kind, uint64_t hash,
                                         int *found) noexcept {
    const View &view = sketch->view;
    if (!is_kind_of(view.kind, kind)) return SKETCH_WRONG_KIND;
    const uint64_t token = token_of(hash, view.log2_blocks);
    if (view.dense) *found = dense_contains(view, token);
    else *found = view.work ? work_tokens_contain(view, token) : packed_contains(view, hash);
    return SKETCH_OK;
}

sketch_status sketch_membership_probe_open(const uint8_t *first, size_t first_size, size_t size,
                                           sketch_membership_probe *probe) noexcept {
    return probe_open(first, first_size, size, *probe);
}

void sketch_membership_probe_hash(sketch_membership_probe *probe, uint64_t hash) noexcept { probe_hash(*probe, hash); }

sketch_status sketch_membership_probe_read(sketch_membership_probe *probe, const uint8_t *bytes, size_t size,
                                           int *found) noexcept {
    if (size < probe->length) return SKETCH_TRUNCATED;
    const int answer = probe_read(*probe, bytes, size);
    if (answer < 0) return SKETCH_MORE;
    *found = answer;
    return SKETCH_OK;
}

sketch_status sketch_membership_rate(const sketch_membership *sketch, double *rate) noexcept {
    *rate = measured_rate(sketch->view);
    return SKETCH_OK;
}

sketch_status sketch_membership_sampled_rate(const sketch_membership *sketch, double *rate) noexcept {
    *rate = sampled_rate(sketch->view);
    return SKETCH_OK;
}

sketch_status sketch_membership_describe(const sketch_membership *sketch, sketch_membership_info *info) noexcept {
    *info = info_of(sketch->view);
    return SKETCH_OK;
}

sketch_status sketch_membership_peek(const uint8_t *first, size_t first_size, size_t size, sketch_membership_info *info,
                                     double *rate) noexcept {
    return peek_with(first_size, size, [=](size_t at_hand) {
        View view;
        if (const Status s = open_header(first, size, at_hand, view); s != SKETCH_OK) return s;
        *info = info_of(view);
        *rate = view.dense ? std::numeric_limits<double>::quiet_NaN() : measured_rate(view);
        return SKETCH_OK;
    });
}
