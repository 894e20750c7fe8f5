// Rows of which only the bucket is known, as those of somebody else's exponential histogram.
#include "work.hpp"

namespace sketch::quantile {

// As a sketch of its own, that has nothing but this bucket, is merged: so the law holds, and a coarser scale wins.
Status work_add_bucket(void *state, std::size_t size, int scale, std::int32_t index, bool negative, std::uint64_t count,
                       sketch_growth &growth) noexcept {
    if (scale < ladder::kMinScale || scale > SKETCH_QUANTILE_MAX_BUCKET_SCALE) return SKETCH_OUT_OF_RANGE;
    if (count == 0) return SKETCH_OK;
    if (count > kMaxTotal) return SKETCH_OVERFLOW;
    const int shift = std::max(scale - ladder::kMaxScale, 0);
    scale -= shift;
    index >>= shift;
    // What the bucket is at a coarser scale does not matter: or it would depend on what came before whether it is one.
    if (index < ladder::first_index(scale) || index > ladder::last_index(scale) ||
        !ladder::holds_a_double(index, scale))
        return SKETCH_OUT_OF_RANGE;

    Histogram bucket;
    bucket.clear(scale);
    bucket.capacity = 1;
    bucket.count = &count;
    bucket.index = &index;
    bucket.total = count;
    (negative ? bucket.negatives : bucket.positives) = 1;
    bucket.extremes_known = false;
    bucket.whole = ladder::lower_bits(index, scale) >= ladder::kAllWhole;
    return work_merge(state, size, bucket, growth);
}

namespace {

// That of the zeros is between those of the two sides.
std::int32_t key_of_value(double x, int scale) noexcept {
    if (x == 0) return 0;
    return key_of(x < 0 ? kNegative : kPositive, ladder::index_of_bits(magnitude_bits(x), scale));
}

bool is_whole(double x) noexcept { return ladder::is_whole(magnitude_bits(x)); }

}  // namespace

Status work_set_extremes(void *state, std::size_t size, double minimum, double maximum) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    std::uint64_t finite = work.total();
    if (h.flags & kHasSpecials) finite -= work.specials()[0] + work.specials()[1] + work.specials()[2];
    // Rows that came as such are within the extremes, too. (This is false for NaN.)
    const bool in_order = minimum <= maximum && minimum <= h.minimum && maximum >= h.maximum;
    if (!in_order || finite == 0 || (finite == 1 && minimum != maximum) || work.moving()) return SKETCH_OUT_OF_RANGE;
    if (!(h.flags & kExtremesUnknown))
        return minimum == h.minimum && maximum == h.maximum ? SKETCH_OK : SKETCH_OUT_OF_RANGE;
    if (std::isinf(minimum) || std::isinf(maximum)) return SKETCH_OUT_OF_RANGE;

    std::int32_t lowest = h.zeros > 0 ? 0 : std::numeric_limits<std::int32_t>::max(),
                 highest = h.zeros > 0 ? 0 : -lowest;
    std::uint32_t finer = 0;            // buckets that there were one scale finer, at most: see collapse_was_needed
    std::uint64_t may_be_no_whole = 0;  // rows
    const std::int32_t last = ladder::index_of_bits(ladder::kAllWhole, h.scale);
    work.for_each([&](Side side, std::int32_t index, std::uint64_t count) {
        lowest = std::min(lowest, key_of(side, index));
        highest = std::max(highest, key_of(side, index));
        finer += count > 1 ? 2 : 1;
        may_be_no_whole += index <= last ? count : 0;
    });
    if (key_of_value(minimum, h.scale) != lowest || key_of_value(maximum, h.scale) != highest)
        return SKETCH_OUT_OF_RANGE;
    if (h.scale < h.requested_scale && finer <= max_buckets(h.requested_scale)) return SKETCH_OUT_OF_RANGE;
    const bool whole = is_whole(minimum) && is_whole(maximum);
    if (!whole && h.not_whole == 0) return SKETCH_OUT_OF_RANGE;
    if (whole && !may_be_between(minimum, maximum, may_be_no_whole, h.scale)) h.not_whole = 0;
    h.minimum = minimum + 0.0;  // no -0
    h.maximum = maximum + 0.0;
    h.flags &= static_cast<std::uint8_t>(~kExtremesUnknown);
    return SKETCH_OK;
}

}  // namespace sketch::quantile
