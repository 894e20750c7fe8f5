// The C face of the frequency family: thin, noexcept, no state. Contracts are in sketch.h.
#include "../core/frequency.hpp"

#include <cmath>
#include <numbers>

using namespace sketch;
using namespace sketch::frequency;

namespace {

template <typename Use>
Status with_view(const void *sketch, size_t size, Use use) noexcept {
    View view;
    if (Status s = view_of(sketch, size, view); s != SKETCH_OK) return s;
    return use(view);
}

}  // namespace

double sketch_frequency_error(int log2_width) noexcept { return std::ldexp(std::numbers::e, -log2_width); }

int sketch_frequency_log2_width(double error) noexcept {
    if (!(error <= sketch_frequency_error(kMinLog2Width))) return -1;
    for (int log2_width = kMinLog2Width; log2_width <= kMaxLog2Width; log2_width++)
        if (sketch_frequency_error(log2_width) <= error) return log2_width;
    return -1;
}

size_t sketch_frequency_init_size(void) noexcept { return work_init_size(); }

void sketch_frequency_init(void *state, size_t size, int kind, int log2_width) noexcept {
    work_init(state, size, kind, log2_width);
}

void sketch_frequency_move(void *to, const void *from, size_t from_size, const sketch_growth *growth) noexcept {
    work_move(to, from, from_size, *growth);
}

sketch_status sketch_frequency_add(void *state, size_t size, int kind, uint64_t hash, uint64_t weight,
                                   sketch_growth *growth) noexcept {
    return work_add(state, size, kind, hash, weight, *growth);
}

sketch_status sketch_frequency_limit(void *state, size_t size, int log2_width, sketch_growth *growth) noexcept {
    return work_limit(state, size, log2_width, *growth);
}

sketch_status sketch_frequency_merge(void *state, size_t size, const void *other, size_t other_size,
                                     sketch_growth *growth) noexcept {
    return with_view(other, other_size, [&](const View &view) { return work_merge(state, size, view, *growth); });
}

sketch_status sketch_frequency_subtract(void *state, size_t size, const void *other, size_t other_size,
                                        sketch_growth *growth) noexcept {
    return with_view(other, other_size, [&](const View &view) { return work_subtract(state, size, view, *growth); });
}

sketch_status sketch_frequency_pack(const void *sketch, size_t size, uint8_t *out, size_t capacity,
                                    size_t *out_size) noexcept {
    return with_view(sketch, size, [&](const View &view) {
        if (!view.is_work) {
            if (Status s = check(view); s != SKETCH_OK) return s;
            if (size > capacity) return SKETCH_NO_ROOM;
            std::memcpy(out, sketch, size);
            *out_size = size;
            return SKETCH_OK;
        }
        ByteWriter writer(out, capacity);
        Status s = encode(view, writer);
        if (s == SKETCH_OK) *out_size = writer.size();
        return s;
    });
}

sketch_status sketch_frequency_check(const uint8_t *packed, size_t size) noexcept {
    View view;
    Status s = view_of_packed(packed, size, view);
    return s == SKETCH_OK ? check(view) : s;
}

sketch_status sketch_frequency_count(const void *sketch, size_t size, int kind, uint64_t hash, uint64_t *estimate,
                                     uint64_t *lower, uint64_t *upper) noexcept {
    return with_view(sketch, size, [&](const View &view) {
        if (view.kind != kind) return SKETCH_WRONG_KIND;
        Estimate result = count(view, hash);
        *estimate = result.estimate;
        *lower = result.lower;
        *upper = result.upper;
        return SKETCH_OK;
    });
}

sketch_status sketch_frequency_describe(const void *sketch, size_t size, sketch_frequency_info *info) noexcept {
    return with_view(sketch, size, [&](const View &view) {
        *info = {view.kind,
                 view.log2_width,
                 view.is_dense,
                 view.items,
                 view.is_dense ? 1u << view.width : 0u,
                 view.total,
                 sketch_frequency_error(view.log2_width)};
        return SKETCH_OK;
    });
}

size_t sketch_frequency_packed_bound(const sketch_frequency_info *info) noexcept { return packed_bound(*info); }
