// The C face of the distinct family: thin, noexcept, no state. Contracts are in sketch/distinct.h.
#include "../core/distinct/distinct.hpp"
#include "load.hpp"
#include "many.hpp"
#include "opened.hpp"

using namespace sketch;
using namespace sketch::distinct;

struct sketch_distinct {
    View view;
    bool is_work;
};

namespace {

Storage storage_at(void *memory) noexcept {
    return {static_cast<std::uint32_t *>(memory), static_cast<Register *>(memory)};
}

bool is_confidence(double confidence) noexcept { return confidence > 0 && confidence <= 1; }

sketch_distinct_info info_of(const View &view) noexcept {
    return {view.kind, view.precision, view.dense, view.token_count, relative_standard_error(view.precision)};
}

// What compares two sketches: with memory for what becomes of each on the way.
template <typename Compare>
Status compared(const sketch_distinct *a, const sketch_distinct *b, void *scratch, std::size_t scratch_size,
                Compare compare) noexcept {
    if (!is_kind_of(a->view.kind, b->view.kind) && !is_kind_of(b->view.kind, a->view.kind)) return SKETCH_WRONG_KIND;
    if (scratch_size < sketch_distinct_overlap_size(a, b) || !is_aligned(scratch)) return SKETCH_NO_ROOM;
    compare(storage_at(scratch), storage_at(static_cast<std::uint8_t *>(scratch) + overlap_storage_size(a->view)));
    return SKETCH_OK;
}

}  // namespace

size_t sketch_distinct_init_size(void) noexcept { return kFirstSize; }

sketch_status sketch_distinct_init(void *state, size_t size, int kind, int precision) noexcept {
    const bool in_range = precision >= kMinPrecision && precision <= kMaxPrecision;
    const Status s = check_init(state, size, kFirstSize, kind, in_range);
    if (s == SKETCH_OK) work_init(state, size, kind, precision);
    return s;
}

void sketch_distinct_move(void *to, const void *from, size_t from_size, const sketch_growth *growth) noexcept {
    work_move(to, from, from_size, *growth);
}

size_t sketch_distinct_open_size(const void *bytes, size_t size, sketch_form form) noexcept {
    if (form == SKETCH_WORK && !is_aligned(bytes)) return sizeof(sketch_distinct);
    return sizeof(sketch_distinct) + storage_size(bytes, size, form == SKETCH_WORK);
}

sketch_status sketch_distinct_open(const void *bytes, size_t size, sketch_form form, void *scratch, size_t scratch_size,
                                   sketch_distinct **opened) noexcept {
    if (form == SKETCH_WORK && !is_aligned(bytes)) return SKETCH_CORRUPT;
    sketch_distinct *const result =
        place<sketch_distinct>(scratch, scratch_size, sketch_distinct_open_size(bytes, size, form));
    if (result == nullptr) return SKETCH_NO_ROOM;
    const Storage storage = storage_at(result + 1);
    const Status s = form == SKETCH_WORK
                         ? decode_work(bytes, size, storage, result->view)
                         : decode_packed(static_cast<const uint8_t *>(bytes), size, storage, result->view);
    result->is_work = form == SKETCH_WORK;
    if (s == SKETCH_OK) *opened = result;
    return s;
}

sketch_status sketch_distinct_add(void *state, size_t size, int kind, uint64_t hash, sketch_growth *growth) noexcept {
    return work_add(state, size, kind, hash, *growth);
}

sketch_status sketch_distinct_add_many(void *state, size_t size, int kind, const uint64_t *hashes, size_t count,
                                       size_t *taken, sketch_growth *growth) noexcept {
    return add_each(count, nullptr, taken,
                    [=](size_t row, uint64_t) { return work_add(state, size, kind, hashes[row], *growth); });
}

sketch_status sketch_distinct_add_items(void *state, size_t size, int kind, const void *items, const size_t *offsets,
                                        size_t count, size_t *taken, sketch_growth *growth) noexcept {
    return add_each_hashed(items, offsets, count, nullptr, taken,
                           [=](uint64_t hash, uint64_t) { return work_add(state, size, kind, hash, *growth); });
}

sketch_status sketch_distinct_limit(void *state, size_t size, int precision, sketch_growth *growth) noexcept {
    if (precision < kMinPrecision) return SKETCH_OUT_OF_RANGE;
    return work_limit(state, size, precision, *growth);
}

sketch_status sketch_distinct_merge(void *state, size_t size, const sketch_distinct *other,
                                    sketch_growth *growth) noexcept {
    return work_merge(state, size, other->view, *growth);
}

sketch_status sketch_distinct_load(const sketch_distinct *sketch, void *state, size_t size,
                                   sketch_growth *growth) noexcept {
    const View &view = sketch->view;
    const auto init = [&](void *to, size_t to_size) { work_init(to, to_size, view.kind, view.precision); };
    return load_into(state, size, *growth, view, init, work_move, work_merge);
}

size_t sketch_distinct_packed_bound(const sketch_distinct *sketch) noexcept { return packed_bound(sketch->view); }

sketch_status sketch_distinct_pack(const sketch_distinct *sketch, uint8_t *out, size_t capacity,
                                   size_t *out_size) noexcept {
    return pack_with([sketch](ByteWriter &writer) { return encode(sketch->view, writer); }, out, capacity, out_size);
}

sketch_status sketch_distinct_count(const sketch_distinct *sketch, double *n) noexcept {
    told_estimate(sketch->view, *n);
    return SKETCH_OK;
}

sketch_status sketch_distinct_check(const sketch_distinct *packed) noexcept {
    return packed->is_work ? SKETCH_WRONG_FORM : check(packed->view);
}

sketch_status sketch_distinct_bounds(const sketch_distinct *sketch, double confidence, double *lower,
                                     double *upper) noexcept {
    if (!is_confidence(confidence)) return SKETCH_OUT_OF_RANGE;
    bounds(sketch->view, confidence, *lower, *upper);
    return SKETCH_OK;
}

size_t sketch_distinct_overlap_size(const sketch_distinct *a, const sketch_distinct *b) noexcept {
    return overlap_storage_size(a->view) + overlap_storage_size(b->view);
}

sketch_status sketch_distinct_overlap(const sketch_distinct *a, const sketch_distinct *b, void *scratch,
                                      size_t scratch_size, double *intersection, double *jaccard) noexcept {
    return compared(a, b, scratch, scratch_size, [&](Storage for_a, Storage for_b) {
        overlap(a->view, for_a, b->view, for_b, *intersection, *jaccard);
    });
}

sketch_status sketch_distinct_difference(const sketch_distinct *a, const sketch_distinct *b, void *scratch,
                                         size_t scratch_size, double *result) noexcept {
    return compared(a, b, scratch, scratch_size,
                    [&](Storage for_a, Storage for_b) { *result = difference(a->view, for_a, b->view, for_b); });
}

sketch_status sketch_distinct_intersection_bounds(const sketch_distinct *a, const sketch_distinct *b, double confidence,
                                                  void *scratch, size_t scratch_size, double *lower,
                                                  double *upper) noexcept {
    if (!is_confidence(confidence)) return SKETCH_OUT_OF_RANGE;
    return compared(a, b, scratch, scratch_size, [&](Storage for_a, Storage for_b) {
        intersection_bounds(a->view, for_a, b->view, for_b, confidence, *lower, *upper);
    });
}

sketch_status sketch_distinct_difference_bounds(const sketch_distinct *a, const sketch_distinct *b, double confidence,
                                                void *scratch, size_t scratch_size, double *lower,
                                                double *upper) noexcept {
    if (!is_confidence(confidence)) return SKETCH_OUT_OF_RANGE;
    return compared(a, b, scratch, scratch_size, [&](Storage for_a, Storage for_b) {
        difference_bounds(a->view, for_a, b->view, for_b, confidence, *lower, *upper);
    });
}

sketch_status sketch_distinct_describe(const sketch_distinct *sketch, sketch_distinct_info *info) noexcept {
    *info = info_of(sketch->view);
    return SKETCH_OK;
}

sketch_status sketch_distinct_peek(const uint8_t *first, size_t first_size, size_t size, sketch_distinct_info *info,
                                   double *estimate) noexcept {
    return peek_with(first_size, size, [=](size_t at_hand) -> Status {
        View view;
        if (const Status s = open_header(first, size, at_hand, view); s != SKETCH_OK) return s;
        double n = 0;
        if (!told_estimate(view, n)) return SKETCH_NO_ROOM;
        *info = info_of(view);
        *estimate = n;
        return SKETCH_OK;
    });
}
