// Sums and means of what a decoded quantile sketch holds. See quantile.hpp.
//
// Each row is taken for a number that is within accuracy * |x| of the row x, as percentiles take it: the smallest and
// the largest one for themselves if they are known, neighbouring rows of a bucket for the mean of their estimates,
// moved to where it is within accuracy * |x| of every x that the bucket may hold. So a sum of rows is off by at most
// the sum of accuracy * |x| over these rows, which is accuracy * |sum| if all have one sign; and a mean, by that over
// the number of rows. A bucket that holds one whole number is taken for it, without an error.
//
// The order of additions is fixed, products are not rounded, and what each addition rounds away is added in the end
// (Neumaier 1974, with Knuth's form of the step). So a result does not depend on the machine; and where all rows are
// known it is their sum, rounded once, unless that is 2^50 times smaller than the sum of |x|. A mean is rounded twice.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "../common/poll.hpp"
#include "quantile.hpp"

namespace sketch::quantile {

namespace {

class ExactSum {
  public:
    // Adds rows * value, in parts whose products have at most 27 + 26 bits.
    void add(double value, std::uint64_t rows) noexcept {
        const double upper = std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) & ~kLowerHalf);
        const double lower = value - upper;
        for (double unit = 1; rows > 0; rows >>= kDigit, unit *= 1u << kDigit) {
            const double digit = unit * static_cast<double>(rows & ((1u << kDigit) - 1));
            add(upper * digit);
            add(lower * digit);
        }
    }
    void add(double term) noexcept {
        const double next = sum_ + term, added = next - sum_;
        lost_ += (sum_ - (next - added)) + (term - added);
        sum_ = next;
    }
    double value() const noexcept { return sum_ + lost_; }

  private:
    static constexpr std::uint64_t kLowerHalf = (1u << 27) - 1;  // leaves 26 bits above it, with the leading one
    static constexpr unsigned kDigit = 26;
    double sum_ = 0, lost_ = 0;
};

// p * n, where p was meant as a decimal fraction that makes a whole number of it: 0.29 * 100 is 29.
double rows_below(double p, std::uint64_t n) noexcept {
    const double place = p * static_cast<double>(n), whole = std::floor(place + 0.5);
    return std::fabs(place - whole) <= std::numeric_limits<double>::epsilon() * whole ? whole : place;
}

// What infinities and NaN among the rows first .. last - 1 make of their sum; 0 if all of these rows are finite.
double special_sum(const Histogram &h, std::uint64_t first, std::uint64_t last) noexcept {
    const std::uint64_t finite_end = h.negative_infinities + h.finite(), number_end = h.total - h.nans;
    const bool below = first < h.negative_infinities;
    const bool above = first < number_end && last > finite_end && finite_end < number_end;
    if (last > number_end || (below && above)) return kNaN;
    return below ? -kInfinity : above ? kInfinity : 0;
}

// 1, or a power of two that makes a double of every sum of 2^63 numbers up to this one.
double unit_for(double largest) noexcept { return largest < 0x1p900 ? 1 : 0x1p-100; }

// Adds the rows first .. last - 1, all of them finite and counted from the first finite one, in units.
void add_rows(const Histogram &h, std::uint64_t first, std::uint64_t last, double unit, ExactSum &sum) noexcept {
    if (h.extremes_known && first == 0 && first < last) {
        sum.add(h.minimum * unit, 1);
        first++;
    }
    if (h.extremes_known && last == h.finite() && first < last) {
        sum.add(h.maximum * unit, 1);
        last--;
    }
    std::uint64_t start = 0;  // the number of the bucket's first row
    for (std::uint32_t i = 0; i < h.buckets() && start < last; i++) {
        poll_at(i);
        if (i == h.negatives) start += h.zeros;
        const std::uint64_t from = std::max(first, start), to = std::min(last, start + h.count[i]);
        if (from < to) sum.add(h.mean_in_bucket(i, from - start, to - start) * unit, to - from);
        start += h.count[i];
    }
}

}  // namespace

double Histogram::sum() const noexcept {
    if (const double special = special_sum(*this, 0, total); special != 0) return special;
    const double unit = unit_for(std::max(std::fabs(finite_minimum()), std::fabs(finite_maximum())));
    ExactSum sum;
    add_rows(*this, 0, finite(), unit, sum);
    return sum.value() / unit;
}

// Row k of n lies between the fractions k/n and (k + 1)/n. One that low or high divides counts by that part of it which
// is between them.
double Histogram::mean(double low, double high) const noexcept {
    const double from = rows_below(low, total), to = rows_below(high, total);
    std::uint64_t first = std::min(static_cast<std::uint64_t>(from), total - 1);
    std::uint64_t last = high == 1 ? total : std::min(static_cast<std::uint64_t>(std::ceil(to)), total);
    const Row lowest = row(first);
    if (last <= first + 1) return lowest.estimate;
    if (const double special = special_sum(*this, first, last); special != 0) return special;

    const Row highest = row(last - 1);
    const double unit = unit_for(std::max(std::fabs(lowest.lower), std::fabs(highest.upper)));
    const double first_part = 1 - (from - std::floor(from)), last_part = 1 - (std::ceil(to) - to);
    ExactSum sum, rows;
    if (first_part < 1) {
        sum.add(first_part * (lowest.estimate * unit));
        rows.add(first_part);
        first++;
    }
    if (last_part < 1) {
        sum.add(last_part * (highest.estimate * unit));
        rows.add(last_part);
        last--;
    }
    add_rows(*this, first - negative_infinities, last - negative_infinities, unit, sum);
    rows.add(1, last - first);
    return std::clamp(sum.value() / rows.value() / unit, lowest.lower, highest.upper);
}

}  // namespace sketch::quantile
