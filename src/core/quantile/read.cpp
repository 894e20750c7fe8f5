// What a decoded quantile sketch knows: estimates, bounds, ranks. See quantile.hpp.
#include "quantile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sketch::quantile {

namespace {

constexpr double kLargest = std::numeric_limits<double>::max();

// Makes up for the roundings of a product and a sum, so that the promise holds to the last bit.
constexpr double kRoundingMargin = 0x1p-51;

double from_bits(std::uint64_t bits) noexcept { return std::bit_cast<double>(bits); }

// std::floor and std::ceil, which are calls where the processor may lack an instruction for them: some of them are in
// each read of a small sketch, which takes less than half a microsecond.
constexpr double kAllWholeFrom = 0x1p52;
double rounded_down(double x) noexcept {
    if (!(std::fabs(x) < kAllWholeFrom)) return x;
    const double towards_zero = static_cast<double>(static_cast<std::int64_t>(x));
    return towards_zero - (towards_zero > x ? 1 : 0);
}
double rounded_up(double x) noexcept { return -rounded_down(-x); }

// A bucket's magnitudes. Whole numbers lie between whole numbers. (Forged bytes may have a bucket that holds none.)
struct Edges {
    double lowest, highest;
    bool whole = false;

    Edges(std::int32_t index, int scale, bool whole_rows) noexcept
        : lowest(from_bits(ladder::lower_bits(index, scale))), highest(from_bits(ladder::upper_bits(index, scale))) {
        const double first = whole_rows ? rounded_up(lowest) : 1, last = whole_rows ? rounded_down(highest) : 0;
        if (first <= last) *this = Edges(first, last);
    }

  private:
    Edges(double first, double last) noexcept : lowest(first), highest(last), whole(true) {}
};

// A place inside a bucket, moved so that every row x of the bucket is within (accuracy - kRoundingMargin) * x of it.
double within_bound(double place, Edges edges, int scale) noexcept {
    if (scale >= 1) {  // at coarser scales there is nothing to move: only one place is within the bound of both ends
        const double margin = ladder::accuracy(scale) - kRoundingMargin;
        place = std::min(place, (1 + margin) * edges.lowest);
        place = std::max(place, (1 - margin) * edges.highest);
    }
    return std::clamp(place, edges.lowest, edges.highest);
}

// The only place within the bound of both ends of a bucket where scales are coarse.
double harmonic_middle(Edges edges) noexcept { return edges.lowest / (0.5 + 0.5 * (edges.lowest / edges.highest)); }

// The (r + 1/2)/c-th part of the way through a bucket, as near to it as the bound allows: every row x of the bucket is
// within accuracy * x of the result. Each whole number of a bucket of such gets the same part of its rows, as far as
// the bound allows a whole number.
double estimate_inside(Edges edges, double part, int scale) noexcept {
    const auto [lowest, highest, whole] = edges;
    double margin = ladder::accuracy(scale) - kRoundingMargin;
    double middle = scale >= 1 ? lowest + (highest - lowest) * part : harmonic_middle(edges);
    if (whole) {
        double number = scale >= 1 ? lowest + rounded_down((highest - lowest + 1) * part) : rounded_down(middle + 0.5);
        double low = std::max(lowest, rounded_up((1 - margin) * highest));
        double high = std::min(highest, rounded_down((1 + margin) * lowest));
        if (low <= high) return std::clamp(number, low, high);
    }
    return within_bound(middle, edges, scale);
}

// The mean of neighbouring rows in the middle of which lies this part of a bucket's rows. They are spread evenly, of
// whole numbers those from least - 1/2 to most + 1/2.
double mean_inside(Edges edges, double part, int scale) noexcept {
    if (scale < 1) return within_bound(harmonic_middle(edges), edges, scale);
    const double reach = edges.whole ? 0.5 : 0;
    return within_bound(edges.lowest - reach + (edges.highest - edges.lowest + 2 * reach) * part, edges, scale);
}

// (1 - f) a + f b for values that may be infinite or NaN, in the order -Infinity < finite < +Infinity < NaN. An
// infinity stays one: between the two infinities the nearer one is taken, as there is nothing in between. Rounded as it
// is, the result is monotone in f and lies in [a, b]: with one sign b - a loses next to nothing and cannot overflow,
// with two signs both products grow.
double interpolate(double a, double b, double f) noexcept {
    if (f == 0 || a == b) return a;
    if (std::isnan(a) || std::isnan(b)) return kNaN;
    if (std::isinf(a) && std::isinf(b)) return f < 0.5 ? a : b;
    if (std::isinf(a)) return a;
    if ((a < 0) == (b < 0)) return std::min(a + f * (b - a), b);
    return (1 - f) * a + f * b;
}

}  // namespace

void Histogram::clear(int requested) noexcept {
    requested_scale = scale = requested;
    extremes_known = whole = true;
    total = zeros = negative_infinities = positive_infinities = nans = 0;
    minimum = kInfinity;
    maximum = -kInfinity;
    negatives = positives = blocks = 0;
    fractions = {};
}

void Histogram::sum_blocks() noexcept {
    std::uint64_t rows = 0;
    for (blocks = 0; (blocks + 1) * kBlock <= buckets(); blocks++) {
        for (std::uint32_t i = blocks * kBlock; i < (blocks + 1) * kBlock; i++) rows += count[i];
        block_ends[blocks] = rows;
    }
}

std::uint64_t Histogram::rows_before(std::uint32_t bucket) const noexcept {
    const std::uint32_t whole_blocks = std::min(bucket / kBlock, blocks);
    std::uint64_t rows = whole_blocks > 0 ? block_ends[whole_blocks - 1] : 0;
    for (std::uint32_t i = whole_blocks * kBlock; i < bucket; i++) rows += count[i];
    return rows;
}

std::uint32_t Histogram::bucket_of(std::uint64_t &k) const noexcept {
    const std::uint32_t block =
        static_cast<std::uint32_t>(std::upper_bound(block_ends, block_ends + blocks, k) - block_ends);
    if (block > 0) k -= block_ends[block - 1];
    std::uint32_t bucket = block * kBlock;
    for (; k >= count[bucket]; bucket++) k -= count[bucket];
    return bucket;
}

double Histogram::lower(std::uint32_t bucket) const noexcept {
    const Edges edges(index[bucket], scale, whole);
    return is_negative(bucket) ? -edges.highest : edges.lowest;
}

double Histogram::upper(std::uint32_t bucket) const noexcept {
    const Edges edges(index[bucket], scale, whole);
    return is_negative(bucket) ? -edges.lowest : edges.highest;
}

void Histogram::collapse_to(int coarser) noexcept {
    int shift = scale - coarser;
    if (shift <= 0) return;
    blocks = 0;
    std::uint32_t kept = 0, kept_negatives = 0;
    for (std::uint32_t i = 0; i < buckets(); i++) {
        std::int32_t parent = index[i] >> shift;
        std::uint32_t side_start = is_negative(i) ? 0 : kept_negatives;
        if (kept > side_start && index[kept - 1] == parent) {
            count[kept - 1] += count[i];
        } else {
            index[kept] = parent;
            count[kept] = count[i];
            kept++;
        }
        if (is_negative(i)) kept_negatives = kept;
    }
    negatives = kept_negatives;
    positives = kept - kept_negatives;
    scale = coarser;
}

// A sketch is no coarser than its rows need: one scale finer they had more buckets than are allowed. Each bucket comes
// from at most two of those, and from no more than it has rows. Merges keep this true, with a coarser scale asked for
// too, because it does not allow more buckets. Where rows were taken away (extremes are unknown then) the ones that
// needed the collapse may have left.
bool Histogram::collapse_was_needed() const noexcept {
    if (scale == requested_scale) return true;
    if (!extremes_known) {  // what all doubles of both signs could need
        const int finer = scale + 1;
        return 2 * (ladder::last_index(finer) - ladder::first_index(finer) + 1) >
               static_cast<std::int64_t>(max_buckets(requested_scale));
    }
    std::uint32_t finer = 0;
    for (std::uint32_t i = 0; i < buckets(); i++) finer += count[i] > 1 ? 2 : 1;
    return finer > max_buckets(requested_scale);
}

bool Histogram::may_hold_fraction() const noexcept {
    for (std::uint32_t i : {negatives - 1, negatives})  // the smallest magnitude of either side
        if (i < buckets() && ladder::lower_bits(index[i], scale) < ladder::kAllWhole) return true;
    return false;
}

// What is said about whole numbers fits what is known: buckets, and extremes, which are one row each.
bool Histogram::whole_is_right() const noexcept {
    auto is_whole = [](double x) { return rounded_down(x) == x; };
    const bool extremes_are_whole = !extremes_known || finite() == 0 || (is_whole(minimum) && is_whole(maximum));
    if (whole) return extremes_are_whole;
    if (!extremes_known || !extremes_are_whole) return may_hold_fraction();
    const std::int32_t last = ladder::index_of_bits(ladder::kAllWhole, scale);
    std::uint64_t rows = 0;
    for (std::uint32_t i = 0; i < buckets(); i++) rows += index[i] <= last ? count[i] : 0;
    return finite() > 0 && may_be_between(minimum, maximum, rows, scale);
}

bool may_be_between(double minimum, double maximum, std::uint64_t rows, int scale) noexcept {
    const std::int32_t last = ladder::index_of_bits(ladder::kAllWhole, scale);
    std::uint64_t are_extremes = 0;
    for (double x : {minimum, maximum})
        are_extremes += x != 0 && ladder::index_of_bits(magnitude_bits(x), scale) <= last;
    return minimum != maximum && rows > are_extremes;
}

double Histogram::finite_minimum() const noexcept {
    if (extremes_known) return minimum;
    if (negatives > 0) return lower(0);
    return zeros > 0 ? 0.0 : lower(0);
}

double Histogram::finite_maximum() const noexcept {
    if (extremes_known) return maximum;
    if (positives > 0) return upper(buckets() - 1);
    return zeros > 0 ? 0.0 : upper(buckets() - 1);
}

double Histogram::overall_minimum() const noexcept {
    if (negative_infinities > 0) return -kInfinity;
    if (finite() > 0) return finite_minimum();
    return positive_infinities > 0 ? kInfinity : kNaN;
}

double Histogram::overall_maximum() const noexcept {
    if (nans > 0) return kNaN;
    if (positive_infinities > 0) return kInfinity;
    return finite() > 0 ? finite_maximum() : -kInfinity;
}

Row row_in_bucket(bool negative, std::int32_t index, std::uint64_t count, std::uint64_t k, int scale,
                  bool whole) noexcept {
    const Edges edges(index, scale, whole);
    double part = (static_cast<double>(k) + 0.5) / static_cast<double>(count);
    if (negative) return {-estimate_inside(edges, 1 - part, scale), -edges.highest, -edges.lowest};
    return {estimate_inside(edges, part, scale), edges.lowest, edges.highest};
}

double Histogram::mean_in_bucket(std::uint32_t bucket, std::uint64_t first, std::uint64_t last) const noexcept {
    const Edges edges(index[bucket], scale, whole);
    const double middle = 0.5 * (static_cast<double>(first) + static_cast<double>(last));
    const double part = middle / static_cast<double>(count[bucket]);
    const double mean = is_negative(bucket) ? -mean_inside(edges, 1 - part, scale) : mean_inside(edges, part, scale);
    return extremes_known ? std::clamp(mean, minimum, maximum) : mean;
}

bool Counters::is_special(std::uint64_t &k, Row &row) const noexcept {
    double special = -kInfinity;
    if (k >= negative_infinities) {
        k -= negative_infinities;
        if (k < finite()) return false;
        special = k - finite() < positive_infinities ? kInfinity : kNaN;
    }
    row = {special, special, special};
    return true;
}

Row Histogram::row(std::uint64_t k) const noexcept {
    Row result = {0, 0, 0};
    if (is_special(k, result)) return result;
    if (extremes_known && (k == 0 || k == finite() - 1)) {  // the two rows that are known exactly
        double extreme = k == 0 ? minimum : maximum;
        return {extreme, extreme, extreme};
    }
    const std::uint64_t below_zero = rows_before(negatives);
    if (k < below_zero || k >= below_zero + zeros) {
        std::uint64_t rest = k < below_zero ? k : k - zeros;
        const std::uint32_t bucket = bucket_of(rest);
        result = row_in_bucket(is_negative(bucket), index[bucket], count[bucket], rest, scale, whole);
    }
    if (extremes_known) {
        result.estimate = std::clamp(result.estimate, minimum, maximum);
        result.lower = std::max(result.lower, minimum);
        result.upper = std::min(result.upper, maximum);
    }
    return result;
}

double Histogram::percentile(double p, double *lower_bound, double *upper_bound) const noexcept {
    const Place place(p, total);
    const Row low = row(place.first);
    return interpolate(low, place.second == place.first ? low : row(place.second), place.part, lower_bound,
                       upper_bound);
}

Place::Place(double p, std::uint64_t total) noexcept {
    double place = p * static_cast<double>(total - 1);
    double whole = rounded_down(place);
    part = place - whole;
    // Above 2^53 rows the last one's number is no double: p = 1 means it all the same.
    first = p == 1 ? total - 1 : std::min(static_cast<std::uint64_t>(whole), total - 1);
    second = part > 0 && first < total - 1 ? first + 1 : first;
}

double interpolate(const Row &first, const Row &second, double part, double *lower_bound,
                   double *upper_bound) noexcept {
    if (lower_bound != nullptr) {
        *lower_bound = interpolate(first.lower, second.lower, part);
        *upper_bound = interpolate(first.upper, second.upper, part);
        bool exact = first.lower == second.lower && first.upper == second.upper && first.lower == first.upper;
        if (part > 0 && !exact && std::isfinite(first.lower) && std::isfinite(second.upper)) {
            // percentile_cont rounds a + part * (b - a) three times, each time by at most half a unit of the largest;
            // units of subnormals are all equal.
            double slack = 0x1p-50 * std::max(std::fabs(first.lower), std::fabs(second.upper)) + 0x1p-1072;
            *lower_bound = std::max(*lower_bound - slack, -kLargest);
            *upper_bound = std::min(*upper_bound + slack, kLargest);
        } else if (part > 0 && first.lower == -kInfinity && second.upper == kInfinity) {
            *lower_bound = -kInfinity;
            *upper_bound = kInfinity;
        }
    }
    return interpolate(first.estimate, second.estimate, part);
}

double Histogram::rows_up_to(double x) const noexcept {
    std::uint64_t below = negative_infinities;  // whole buckets, summed without rounding
    if (std::isnan(x)) return static_cast<double>(total);
    if (x == -kInfinity) return static_cast<double>(below);
    if (x == kInfinity) return static_cast<double>(total - nans);
    if (finite() == 0 || (extremes_known && x < minimum)) return static_cast<double>(below);
    if (extremes_known && x >= maximum) return static_cast<double>(below + finite());
    std::uint32_t i = 0;  // the first bucket that ends above x
    for (std::uint32_t many = buckets(); many > 0;) {
        const std::uint32_t half = many / 2;
        const bool is_below = x >= upper(i + half);
        i += is_below ? half + 1 : 0;
        many = is_below ? many - half - 1 : half;
    }
    below += rows_before(i) + (i >= negatives && x >= 0 ? zeros : 0);
    if (i == buckets() || x < lower(i)) return static_cast<double>(below);
    const double lowest = lower(i), highest = upper(i);
    const bool by_number = whole && std::floor(lowest) == lowest;  // each whole number has as many rows
    const double covered =
        by_number ? (std::floor(x) - lowest + 1) / (highest - lowest + 1) : (x - lowest) / (highest - lowest);
    const double part = static_cast<double>(count[i]) * covered;
    return std::min(static_cast<double>(below) + part, static_cast<double>(below + count[i]));
}

Status subtract(Histogram &a, Histogram &b) noexcept {
    a.fractions = {};
    if (b.total == 0) return SKETCH_OK;  // nothing is taken away: extremes and accuracy stay what they are
    int scale = std::min(a.scale, b.scale);
    a.collapse_to(scale);
    b.collapse_to(scale);
    if (b.total > a.total || b.zeros > a.zeros || b.negative_infinities > a.negative_infinities ||
        b.positive_infinities > a.positive_infinities || b.nans > a.nans)
        return SKETCH_BELOW_ZERO;

    // Both lists are in value order; each bucket of b must be in a. Buckets that become empty are dropped.
    std::uint32_t kept = 0, kept_negatives = 0, j = 0;
    for (std::uint32_t i = 0; i < a.buckets(); i++) {
        std::uint64_t rows = a.count[i];
        if (j < b.buckets() && b.is_negative(j) == a.is_negative(i) && b.index[j] == a.index[i]) {
            if (b.count[j] > rows) return SKETCH_BELOW_ZERO;
            rows -= b.count[j++];
        }
        bool negative = a.is_negative(i);
        if (rows > 0) {
            a.index[kept] = a.index[i];
            a.count[kept++] = rows;
        }
        if (negative) kept_negatives = kept;
    }
    if (j < b.buckets()) return SKETCH_BELOW_ZERO;

    int requested = std::min(a.requested_scale, b.requested_scale);
    if (a.total == b.total) {
        a.clear(requested);
        return SKETCH_OK;
    }
    a.total -= b.total;
    a.zeros -= b.zeros;
    a.negative_infinities -= b.negative_infinities;
    a.positive_infinities -= b.positive_infinities;
    a.nans -= b.nans;
    a.negatives = kept_negatives;
    a.positives = kept - kept_negatives;
    a.blocks = 0;
    a.requested_scale = requested;
    a.extremes_known = false;
    a.whole = a.whole || !a.may_hold_fraction();
    while (a.buckets() > max_buckets(requested)) a.collapse_to(a.scale - 1);  // b's accuracy allows fewer than a's
    return SKETCH_OK;
}

}  // namespace sketch::quantile
