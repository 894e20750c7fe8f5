// The C face of the frequency family: thin, noexcept, no state. Contracts are in sketch/frequency.h.
#include "../core/frequency/frequency.hpp"

#include <cmath>
#include <numbers>

#include "load.hpp"
#include "many.hpp"
#include "opened.hpp"

using namespace sketch;
using namespace sketch::frequency;

struct sketch_frequency {
    View view;
};

namespace {

bool is_width(int log2_width) noexcept { return log2_width >= kMinLog2Width && log2_width <= kMaxLog2Width; }

double error_of(int log2_width) noexcept { return std::ldexp(std::numbers::e, -log2_width); }

sketch_frequency_info info_of(const View &view) noexcept {
    return {view.kind, view.log2_width, view.is_dense, view.items, view.total, error_of(view.log2_width)};
}

}  // namespace

sketch_status sketch_frequency_error(int log2_width, double *error) noexcept {
    if (!is_width(log2_width)) return SKETCH_OUT_OF_RANGE;
    *error = error_of(log2_width);
    return SKETCH_OK;
}

sketch_status sketch_frequency_log2_width(double error, int *log2_width) noexcept {
    if (!(error <= error_of(kMinLog2Width) && error >= error_of(kMaxLog2Width))) return SKETCH_OUT_OF_RANGE;
    int width = kMinLog2Width;
    while (error_of(width) > error) width++;
    *log2_width = width;
    return SKETCH_OK;
}

size_t sketch_frequency_init_size(void) noexcept { return kFirstSize; }

sketch_status sketch_frequency_init(void *state, size_t size, int kind, int log2_width) noexcept {
    const Status s = check_init(state, size, kFirstSize, kind, is_width(log2_width));
    if (s == SKETCH_OK) work_init(state, size, kind, log2_width);
    return s;
}

void sketch_frequency_move(void *to, const void *from, size_t from_size, const sketch_growth *growth) noexcept {
    work_move(to, from, from_size, *growth);
}

sketch_status sketch_frequency_add(void *state, size_t size, int kind, uint64_t hash, uint64_t weight,
                                   sketch_growth *growth) noexcept {
    return work_add(state, size, kind, hash, weight, *growth);
}

sketch_status sketch_frequency_add_many(void *state, size_t size, int kind, const uint64_t *hashes,
                                        const uint64_t *weights, size_t count, size_t *taken,
                                        sketch_growth *growth) noexcept {
    return add_each(count, weights, taken, [=](size_t row, uint64_t weight) {
        return work_add(state, size, kind, hashes[row], weight, *growth);
    });
}

sketch_status sketch_frequency_add_items(void *state, size_t size, int kind, const void *items, const size_t *offsets,
                                         const uint64_t *weights, size_t count, size_t *taken,
                                         sketch_growth *growth) noexcept {
    return add_each_hashed(items, offsets, count, weights, taken, [=](uint64_t hash, uint64_t weight) {
        return work_add(state, size, kind, hash, weight, *growth);
    });
}

sketch_status sketch_frequency_limit(void *state, size_t size, int log2_width, sketch_growth *growth) noexcept {
    if (log2_width < kMinLog2Width) return SKETCH_OUT_OF_RANGE;
    return work_limit(state, size, log2_width, *growth);
}

size_t sketch_frequency_open_size(const void *, size_t, sketch_form) noexcept { return sizeof(sketch_frequency); }

sketch_status sketch_frequency_open(const void *bytes, size_t size, sketch_form form, void *scratch,
                                    size_t scratch_size, sketch_frequency **opened) noexcept {
    return open_in_place(bytes, size, form, scratch, scratch_size, opened, open_packed, open_work);
}

sketch_status sketch_frequency_merge(void *state, size_t size, const sketch_frequency *other,
                                     sketch_growth *growth) noexcept {
    return work_merge(state, size, other->view, *growth);
}

sketch_status sketch_frequency_load(const sketch_frequency *sketch, void *state, size_t size,
                                    sketch_growth *growth) noexcept {
    const View &view = sketch->view;
    const auto init = [&](void *to, size_t to_size) { work_init(to, to_size, view.kind, view.log2_width); };
    return load_into(state, size, *growth, view, init, work_move, work_merge);
}

sketch_status sketch_frequency_subtract(void *state, size_t size, const sketch_frequency *other,
                                        sketch_growth *growth) noexcept {
    return work_subtract(state, size, other->view, *growth);
}

size_t sketch_frequency_packed_bound(const sketch_frequency *sketch) noexcept { return packed_bound(sketch->view); }

sketch_status sketch_frequency_pack(const sketch_frequency *sketch, uint8_t *out, size_t capacity,
                                    size_t *out_size) noexcept {
    const View &view = sketch->view;
    if (!view.is_work) return copy_packed(view, check(view), out, capacity, out_size);
    return pack_with([&view](ByteWriter &writer) { return encode(view, writer); }, out, capacity, out_size);
}

sketch_status sketch_frequency_check(const sketch_frequency *packed) noexcept {
    return packed->view.is_work ? SKETCH_WRONG_FORM : check(packed->view);
}

sketch_status sketch_frequency_count(const sketch_frequency *sketch, int kind, uint64_t hash, uint64_t *estimate,
                                     uint64_t *lower, uint64_t *upper) noexcept {
    if (!is_kind_of(sketch->view.kind, kind)) return SKETCH_WRONG_KIND;
    Estimate result = count(sketch->view, hash);
    *estimate = result.estimate;
    *lower = result.lower;
    *upper = result.upper;
    return SKETCH_OK;
}

sketch_status sketch_frequency_describe(const sketch_frequency *sketch, sketch_frequency_info *info) noexcept {
    *info = info_of(sketch->view);
    return SKETCH_OK;
}

sketch_status sketch_frequency_peek(const uint8_t *first, size_t first_size, size_t size,
                                    sketch_frequency_info *info) noexcept {
    return peek_with(first_size, size, [=](size_t at_hand) {
        View view;
        const Status s = open_header(first, size, at_hand, view);
        if (s == SKETCH_OK) *info = info_of(view);
        return s;
    });
}
