// The C face of the quantile family: thin, noexcept, no state. Contracts are in sketch/quantile.h and
// sketch_postgres.h.
#include "../core/quantile/quantile.hpp"

#include <algorithm>
#include <cmath>

#include "../core/quantile/packed.hpp"
#include "../sketch_postgres.h"
#include "load.hpp"
#include "many.hpp"
#include "opened.hpp"

using namespace sketch;
using namespace sketch::quantile;

struct sketch_quantile {
    Histogram histogram;
};

namespace {

static_assert(kMaxFractions == SKETCH_QUANTILE_MAX_FRACTIONS && kHasFractions == SKETCH_PACKED_PARTIAL);

bool is_scale(int scale) noexcept { return scale >= ladder::kMinScale && scale <= ladder::kMaxScale; }

Options options_from(const sketch_quantile_options &options) noexcept {
    return {options.scale, options.moving != 0, options.fractions, options.fraction_count,
            options.fractions_are_array != 0};
}

// Behind the struct: counts, sums of blocks of them, then indexes.
std::size_t open_size(std::uint32_t capacity) noexcept {
    return sizeof(sketch_quantile) + sizeof(std::uint64_t) * (std::size_t{capacity} + capacity / Histogram::kBlock) +
           sizeof(std::int32_t) * (std::size_t{capacity} + kOnesSlack);
}

std::uint32_t capacity_for(const void *bytes, std::size_t size, sketch_form form) noexcept {
    if (form == SKETCH_WORK && !is_aligned(bytes)) return 0;
    return form == SKETCH_WORK ? work_capacity(bytes, size)
                               : packed_capacity(static_cast<const std::uint8_t *>(bytes), size);
}

Status pack_into(const Histogram &h, bool with_fractions, uint8_t *out, size_t capacity, size_t *out_size) noexcept {
    return pack_with([=, &h](ByteWriter &writer) { return encode(h, with_fractions, writer); }, out, capacity,
                     out_size);
}

sketch_quantile_info info_of(const Histogram &h) noexcept {
    sketch_quantile_info info = {};
    info.total = h.total;
    info.zeros = h.zeros;
    info.negative_infinities = h.negative_infinities;
    info.positive_infinities = h.positive_infinities;
    info.nans = h.nans;
    if (h.total > 0) {
        info.minimum = h.overall_minimum();
        info.maximum = h.overall_maximum();
    }
    if (h.finite() > 0) {
        info.finite_minimum = h.finite_minimum();
        info.finite_maximum = h.finite_maximum();
    }
    info.accuracy = ladder::accuracy(h.requested_scale);
    info.current_accuracy = ladder::accuracy(h.scale);
    info.requested_scale = h.requested_scale;
    info.scale = h.scale;
    info.negative_buckets = h.negatives;
    info.positive_buckets = h.positives;
    info.extremes_known = h.extremes_known;
    info.whole = h.whole;
    return info;
}

}  // namespace

sketch_status sketch_quantile_scale(double accuracy, int *scale) noexcept {
    const int found = ladder::scale_for(accuracy);
    if (!is_scale(found)) return SKETCH_OUT_OF_RANGE;
    *scale = found;
    return SKETCH_OK;
}

sketch_status sketch_quantile_accuracy(int scale, double *accuracy) noexcept {
    if (!is_scale(scale)) return SKETCH_OUT_OF_RANGE;
    *accuracy = ladder::accuracy(scale);
    return SKETCH_OK;
}

size_t sketch_quantile_init_size(void) noexcept { return work_init_size({0}); }

sketch_status sketch_quantile_init(void *state, size_t size, int scale, int moving) noexcept {
    const sketch_quantile_options options = {scale, moving, nullptr, 0, 0};
    return sketch_quantile_init_with(state, size, &options);
}

size_t sketch_quantile_init_size_with(const sketch_quantile_options *options) noexcept {
    return work_init_size(options_from(*options));
}

sketch_status sketch_quantile_init_with(void *state, size_t size, const sketch_quantile_options *options) noexcept {
    const double *fractions = options->fractions;
    const size_t count = options->fraction_count;
    const bool in_range = is_scale(options->scale) && count <= (options->fractions_are_array ? kMaxFractions : 1) &&
                          std::all_of(fractions, fractions + count, is_fraction);
    const Options checked = options_from(*options);
    const Status s = check_init(state, size, in_range ? work_init_size(checked) : 0, SKETCH_KIND_NONE, in_range);
    if (s == SKETCH_OK) work_init(state, size, checked);
    return s;
}

void sketch_quantile_move(void *to, const void *from, size_t from_size, const sketch_growth *growth) noexcept {
    work_move(to, from, from_size, *growth);
}

size_t sketch_quantile_open_size(const void *bytes, size_t size, sketch_form form) noexcept {
    return open_size(capacity_for(bytes, size, form));
}

sketch_status sketch_quantile_open(const void *bytes, size_t size, sketch_form form, void *scratch, size_t scratch_size,
                                   sketch_quantile **opened) noexcept {
    if (form == SKETCH_WORK && !is_aligned(bytes)) return SKETCH_CORRUPT;
    const uint32_t capacity = capacity_for(bytes, size, form);
    sketch_quantile *const result = place<sketch_quantile>(scratch, scratch_size, open_size(capacity));
    if (result == nullptr) return SKETCH_NO_ROOM;
    Histogram &h = result->histogram;
    h.capacity = capacity;
    h.count = reinterpret_cast<uint64_t *>(result + 1);
    h.block_ends = h.count + capacity;
    h.index = reinterpret_cast<int32_t *>(h.block_ends + capacity / Histogram::kBlock);
    const Status s =
        form == SKETCH_WORK ? decode_work(bytes, size, h) : decode_packed(static_cast<const uint8_t *>(bytes), size, h);
    if (s != SKETCH_OK) return s;
    h.sum_blocks();
    *opened = result;
    return SKETCH_OK;
}

sketch_status sketch_quantile_add(void *state, size_t size, double x, uint64_t weight, sketch_growth *growth) noexcept {
    return work_add(state, size, x, weight, *growth);
}

sketch_status sketch_quantile_add_many(void *state, size_t size, const double *x, const uint64_t *weights, size_t count,
                                       size_t *taken, sketch_growth *growth) noexcept {
    return add_each(count, weights, taken,
                    [=](size_t row, uint64_t weight) { return work_add(state, size, x[row], weight, *growth); });
}

int sketch_quantile_is_moving(const void *state) noexcept { return work_is_moving(state); }

sketch_status sketch_quantile_remove(void *state, size_t size, double x) noexcept {
    return work_remove(state, size, x);
}

sketch_status sketch_quantile_limit(void *state, size_t size, int scale, sketch_growth *growth) noexcept {
    if (scale < ladder::kMinScale) return SKETCH_OUT_OF_RANGE;
    return work_limit(state, size, scale, *growth);
}

sketch_status sketch_quantile_merge(void *state, size_t size, sketch_quantile *other, sketch_growth *growth) noexcept {
    return work_merge(state, size, other->histogram, *growth);
}

sketch_status sketch_quantile_load(const sketch_quantile *sketch, void *state, size_t size,
                                   sketch_growth *growth) noexcept {
    Histogram histogram = sketch->histogram;  // which no merge will change: the state is as coarse
    const Options options = {histogram.requested_scale};
    const auto init = [&](void *to, size_t to_size) { work_init(to, to_size, options); };
    return load_into(state, size, *growth, histogram, init, work_move, work_merge);
}

sketch_status sketch_quantile_add_bucket(void *state, size_t size, int scale, int32_t index, int negative,
                                         uint64_t count, sketch_growth *growth) noexcept {
    return work_add_bucket(state, size, scale, index, negative != 0, count, *growth);
}

sketch_status sketch_quantile_set_extremes(void *state, size_t size, double minimum, double maximum) noexcept {
    return work_set_extremes(state, size, minimum, maximum);
}

void sketch_quantile_options_of(const sketch_quantile *sketch, double *fractions,
                                sketch_quantile_options *options) noexcept {
    const Histogram &h = sketch->histogram;
    for (size_t i = 0; i < h.fractions.count; i++) fractions[i] = h.fractions[i];
    *options = {h.requested_scale, 0, fractions, h.fractions.count, h.fractions.is_array};
}

int sketch_quantile_has_fractions(const void *state, size_t size, const double *fractions, size_t count,
                                  int are_array) noexcept {
    const Fractions held = work_fractions(state, size);
    if (held.count != count || held.is_array != (are_array != 0)) return 0;
    for (size_t i = 0; i < count; i++)
        if (held[i] != fractions[i]) return 0;
    return 1;
}

// Header, counters and extremes; 26 bits of index and 85 of count a bucket; fractions.
size_t sketch_quantile_packed_bound(const sketch_quantile *sketch) noexcept {
    return 128 + 14 * size_t{sketch->histogram.buckets()} + 8 * sketch->histogram.fractions.count;
}

sketch_status sketch_quantile_pack(const sketch_quantile *sketch, uint8_t *out, size_t capacity,
                                   size_t *out_size) noexcept {
    return pack_into(sketch->histogram, false, out, capacity, out_size);
}

sketch_status sketch_quantile_pack_partial(const sketch_quantile *sketch, uint8_t *out, size_t capacity,
                                           size_t *out_size) noexcept {
    return pack_into(sketch->histogram, true, out, capacity, out_size);
}

sketch_status sketch_quantile_subtract(sketch_quantile *a, sketch_quantile *b, uint8_t *out, size_t capacity,
                                       size_t *out_size) noexcept {
    Status s = subtract(a->histogram, b->histogram);
    return s == SKETCH_OK ? pack_into(a->histogram, false, out, capacity, out_size) : s;
}

sketch_status sketch_quantile_percentiles(const sketch_quantile *sketch, const double *p, size_t count, double *out,
                                          double *lower, double *upper, uint64_t *rows) noexcept {
    const Histogram &h = sketch->histogram;
    if (!std::all_of(p, p + count, is_fraction)) return SKETCH_OUT_OF_RANGE;
    *rows = h.total;
    if (h.total == 0) return SKETCH_OK;
    for (size_t i = 0; i < count; i++)
        out[i] = h.percentile(p[i], lower ? lower + i : nullptr, upper ? upper + i : nullptr);
    return SKETCH_OK;
}

sketch_status sketch_quantile_carried_percentiles(const sketch_quantile *sketch, double *out, size_t *count,
                                                  int *are_array, uint64_t *rows) noexcept {
    const Histogram &h = sketch->histogram;
    *rows = h.total;
    *count = h.fractions.count;
    *are_array = h.fractions.is_array;
    if (h.total == 0) return SKETCH_OK;
    for (size_t i = 0; i < h.fractions.count; i++) out[i] = h.percentile(h.fractions[i], nullptr, nullptr);
    return SKETCH_OK;
}

sketch_status sketch_quantile_moving_percentiles(const void *state, size_t size, double *out, size_t *count,
                                                 int *are_array, uint64_t *rows) noexcept {
    Fractions fractions;
    if (Status s = moving_percentiles(state, size, out, fractions, *rows); s != SKETCH_OK) return s;
    *count = fractions.count;
    *are_array = fractions.is_array;
    return SKETCH_OK;
}

sketch_status sketch_quantile_rank(const sketch_quantile *sketch, double x, double *fraction, uint64_t *rows) noexcept {
    const Histogram &h = sketch->histogram;
    *rows = h.total;
    if (h.total > 0) *fraction = h.rows_up_to(x) / static_cast<double>(h.total);
    return SKETCH_OK;
}

sketch_status sketch_quantile_sum(const sketch_quantile *sketch, double *sum, uint64_t *rows) noexcept {
    const Histogram &h = sketch->histogram;
    *rows = h.total;
    if (h.total > 0) *sum = h.sum();
    return SKETCH_OK;
}

sketch_status sketch_quantile_mean(const sketch_quantile *sketch, double low, double high, double *mean,
                                   uint64_t *rows) noexcept {
    if (!(0 <= low && low < high && high <= 1)) return SKETCH_OUT_OF_RANGE;
    const Histogram &h = sketch->histogram;
    *rows = h.total;
    if (h.total > 0) *mean = h.mean(low, high);
    return SKETCH_OK;
}

sketch_status sketch_quantile_histogram(const sketch_quantile *sketch, sketch_quantile_bucket *out, size_t capacity,
                                        size_t *count) noexcept {
    const Histogram &h = sketch->histogram;
    const size_t unindexed =
        size_t{h.zeros > 0} + (h.negative_infinities > 0) + (h.positive_infinities > 0) + (h.nans > 0);
    if (capacity < h.buckets() + unindexed) return SKETCH_NO_ROOM;
    size_t n = 0;
    auto list = [&](double lower, double upper, uint64_t rows, int32_t index) {
        if (rows > 0) out[n++] = {lower, upper, rows, index};
    };
    list(-kInfinity, -kInfinity, h.negative_infinities, 0);
    for (uint32_t i = 0; i < h.buckets(); i++) {
        if (i == h.negatives) list(0, 0, h.zeros, 0);
        list(h.lower(i), h.upper(i), h.count[i], h.index[i]);
    }
    if (h.positives == 0) list(0, 0, h.zeros, 0);
    list(kInfinity, kInfinity, h.positive_infinities, 0);
    list(kNaN, kNaN, h.nans, 0);
    *count = n;
    return SKETCH_OK;
}

sketch_status sketch_quantile_histogram_at(const sketch_quantile *sketch, const double *bounds, size_t count,
                                           uint64_t *rows) noexcept {
    for (size_t i = 0; i < count; i++)
        if (std::isnan(bounds[i]) || (i > 0 && bounds[i] < bounds[i - 1])) return SKETCH_OUT_OF_RANGE;
    const Histogram &h = sketch->histogram;
    uint64_t below = 0;
    for (size_t i = 0; i < count; i++) {  // differences of rounded sums: they add up, whatever the rounding
        const double estimate = h.rows_up_to(bounds[i]);
        uint64_t up_to = estimate >= static_cast<double>(h.total) ? h.total : static_cast<uint64_t>(estimate + 0.5);
        up_to = up_to < below ? below : up_to > h.total ? h.total : up_to;
        rows[i] = up_to - below;
        below = up_to;
    }
    rows[count] = h.total - below;
    return SKETCH_OK;
}

sketch_status sketch_quantile_describe(const sketch_quantile *sketch, sketch_quantile_info *info) noexcept {
    *info = info_of(sketch->histogram);
    return SKETCH_OK;
}

sketch_status sketch_quantile_peek(const uint8_t *first, size_t first_size, size_t size,
                                   sketch_quantile_info *info) noexcept {
    return peek_with(first_size, size, [=](size_t at_hand) {
        Hull hull;
        if (Status s = peek(first, at_hand, hull); s != SKETCH_OK) return s;
        *info = info_of(hull.histogram);
        info->negative_buckets = hull.negatives;
        info->positive_buckets = hull.positives;
        return SKETCH_OK;
    });
}
