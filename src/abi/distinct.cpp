// The C face of the distinct family: thin, noexcept, no state. Contracts are in sketch.h.
#include "../core/distinct.hpp"

using namespace sketch;
using namespace sketch::distinct;

namespace {

// Runs `use` on the checked sketch; what it was decoded to lives on this stack frame only.
template <typename Use>
Status with_view(const void *sketch, size_t size, Use use) noexcept {
    Storage storage;
    View view;
    if (Status s = read(sketch, size, storage, view); s != SKETCH_OK) return s;
    return use(view, storage);
}

void describe_header(const View &v, sketch_distinct_info *info) noexcept {
    *info = {};
    info->kind = v.kind;
    info->precision = v.precision;
    info->is_dense = v.dense;
    info->relative_standard_error = relative_standard_error(v.precision);
}

}  // namespace

size_t sketch_distinct_init_size(void) noexcept { return kWorkInitSize; }

void sketch_distinct_init(void *state, size_t size, int kind, int precision) noexcept {
    work_init(state, size, kind, precision);
}

void sketch_distinct_move(void *to, const void *from, size_t from_size, const sketch_growth *growth) noexcept {
    work_move(to, from, from_size, *growth);
}

sketch_status sketch_distinct_add(void *state, size_t size, int kind, uint64_t hash, sketch_growth *growth) noexcept {
    return work_add(state, size, kind, hash, *growth);
}

sketch_status sketch_distinct_limit(void *state, size_t size, int precision, sketch_growth *growth) noexcept {
    return work_limit(state, size, precision, *growth);
}

sketch_status sketch_distinct_merge(void *state, size_t size, const void *other, size_t other_size,
                                    sketch_growth *growth) noexcept {
    return with_view(other, other_size, [&](const View &v, Storage &) { return work_merge(state, size, v, *growth); });
}

sketch_status sketch_distinct_pack(const void *sketch, size_t size, uint8_t *out, size_t capacity,
                                   size_t *out_size) noexcept {
    return with_view(sketch, size, [&](const View &v, Storage &) {
        ByteWriter writer(out, capacity);
        Status s = encode(v, writer);
        if (s == SKETCH_OK) *out_size = writer.size();
        return s;
    });
}

sketch_status sketch_distinct_check(const uint8_t *packed, size_t size) noexcept {
    Storage storage;
    View view;
    return decode(packed, size, storage, view);
}

sketch_status sketch_distinct_count(const void *sketch, size_t size, double *n) noexcept {
    return with_view(sketch, size, [&](const View &v, Storage &) {
        *n = estimate(v);
        return SKETCH_OK;
    });
}

sketch_status sketch_distinct_bounds(const void *sketch, size_t size, double confidence, double *lower,
                                     double *upper) noexcept {
    return with_view(sketch, size, [&](const View &v, Storage &) {
        bounds(v, confidence, *lower, *upper);
        return SKETCH_OK;
    });
}

sketch_status sketch_distinct_overlap(const void *a, size_t a_size, const void *b, size_t b_size, double *intersection,
                                      double *jaccard) noexcept {
    return with_view(a, a_size, [&](View &left, Storage &left_storage) {
        return with_view(b, b_size, [&](View &right, Storage &right_storage) {
            if (left.kind != right.kind) return SKETCH_WRONG_KIND;
            overlap(left, left_storage, right, right_storage, *intersection, *jaccard);
            return SKETCH_OK;
        });
    });
}

sketch_status sketch_distinct_peek(const void *sketch, size_t size, sketch_distinct_info *info) noexcept {
    View v;
    if (Status s = read_header(sketch, size, v); s != SKETCH_OK) return s;
    describe_header(v, info);
    return SKETCH_OK;
}

sketch_status sketch_distinct_describe(const void *sketch, size_t size, sketch_distinct_info *info) noexcept {
    return with_view(sketch, size, [&](const View &v, Storage &) {
        describe_header(v, info);
        info->tokens = v.token_count;
        info->estimate = estimate(v);
        return SKETCH_OK;
    });
}
