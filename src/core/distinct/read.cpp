// How many different items there are: maximum likelihood (Ertl, arXiv 2402.13726), its error from
// the observed information, and the overlap of two sketches.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "distinct.hpp"
#include "grid.hpp"

namespace sketch::distinct {

namespace {

using grid::kLevels;

constexpr double power_of_two(int exponent) noexcept {  // -1022 .. 1023
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

// What was observed: n items fell at random into `parts` equal parts (the registers), and there into cells (the
// levels). hit[j] cells of probability 2^-j within their part were hit, and those that were not hit have the
// probability `missed` in all.
struct Observation {
    double hit[kLevels] = {};
    double missed = 0, parts = 1;
    double seen = 0;  // cells that were hit: there are at least as many items
};

struct Estimate {
    double n = 0;
    double variance = 0;  // of n as an estimator of a fixed number of items
};

// Maximises -x missed + sum_j hit[j] ln(1 - exp(-x 2^-j)) in x = n / parts.
//
// With t = x 2^-j the derivative times x is g(x) = sum_j hit[j] t / (e^t - 1) - x missed, which falls and is convex: so
// Newton's method from the left of the root never overshoots. It begins where 1 / (e^t - 1) >= 1 / t - 1 / 2 says.
// e^t - 1 is computed once, for the smallest t; the others follow by e^2t - 1 = (e^t - 1)(e^t - 1 + 2).
//
// The items come in a fixed number, not as a Poisson process, so the inverse of the observed information has the
// variance n too much.
Estimate solve(const Observation &o) noexcept {
    int first = kLevels, last = 0;
    double sum = 0, weighted = 0;
    for (int j = 0; j < kLevels; j++) {
        if (o.hit[j] == 0) continue;
        first = std::min(first, j);
        last = j;
        sum += o.hit[j];
        weighted += o.hit[j] * power_of_two(-j);
    }
    Estimate result;
    if (sum == 0) return result;
    // When everything was hit, any large number is as likely: taken as if half a smallest cell were left.
    const double missed = std::max(o.missed, power_of_two(-kLevels));
    double x = sum / (missed + weighted / 2);
    double information = 0;  // times x^2
    for (int round = 0; round < 100; round++) {
        double t = x * power_of_two(-last), z = std::expm1(t);
        double value = 0, slope = 0;
        information = 0;
        for (int j = last; j >= first; j--) {
            if (!(z < 1e100)) break;  // hit for certain: nothing that a double could tell
            double ratio = t / z;
            value += o.hit[j] * ratio;
            slope += o.hit[j] * (ratio * (t + ratio) - ratio);
            information += o.hit[j] * (ratio * (t + ratio));
            z *= z + 2;
            t *= 2;
        }
        double step = (value - x * missed) / (slope + x * missed);
        if (!(step > 1e-13)) break;
        x += x * step;
    }
    result.n = x * o.parts;
    result.variance = information > 0 ? std::max(result.n * (result.n / information - 1), 0.0) : result.n * result.n;
    if (!std::isfinite(result.variance)) result.variance = result.n * result.n;
    return result;
}

Observation observation_of(const grid::Tally &tally, int precision) noexcept {
    Observation o;
    for (int j = 0; j < kLevels; j++) o.hit[j] = tally.hit[j];
    o.missed = static_cast<double>(tally.missed) * power_of_two(precision - 64);
    o.parts = register_count(precision);
    o.seen = tally.seen;
    return o;
}

// Tokens are cells of probability 2^-(19 + nlz); the last two values of nlz have the same.
Observation observe(const std::uint32_t *tokens, std::uint32_t count) noexcept {
    Observation o;
    o.missed = 1;
    for (std::uint32_t i = 0; i < count; i++) {
        int j = kTokenBits + 1 + static_cast<int>(std::min(nlz_of(tokens[i]), kLargestNlz - 1));
        o.hit[j]++;
        o.missed -= power_of_two(-j);
    }
    o.seen = count;
    return o;
}

// Asymptotic constant of t = 1, d = 9: sqrt(m) times the relative standard error follows from the Fisher information of
// a register.
constexpr double kStandardError = 0.4939;

// What a sketch was observed to be and what follows: the number of items as it is told, and the root of the
// likelihood's derivative with its variance.
struct Observed {
    Observation o;
    Estimate raw;
    double n = 0;
    double certain = 0;  // as many items there are at least
    int place = 0;       // of n in the grid, if there are registers

    explicit Observed(const View &v) noexcept {
        if (!v.dense) {
            o = observe(v.tokens, v.token_count);
            raw = solve(o);
            certain = o.seen;
            n = std::max(std::round(raw.n), certain);  // nearly always what it is rounded to
            return;
        }
        const grid::Tally tally = grid::tally(v.registers, v.precision);
        o = observation_of(tally, v.precision);
        raw = solve(o);
        place = grid::place_of(tally, v.precision, raw.n / o.parts);
        n = grid::items_at(place, v.precision);
        certain = grid::certain_items(tally, v.precision);
        const double shrink = 1 / (1 + grid::kBias / o.parts);
        raw.n *= shrink;
        raw.variance *= shrink * shrink;
    }
};

// The inverse of the lower tail of the standard normal distribution, 0 < p <= 1/2, relative error below 1.2e-9:
// rational approximations of P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution
// function".
double normal_quantile(double p) noexcept {
    constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                            1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                            6.680131188771972e+01,  -1.328068155288572e+01, 1};
    constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                            -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00,
                            1};
    auto polynomial = [](const auto &coefficients, double x) {
        double sum = 0;
        for (double coefficient : coefficients) sum = sum * x + coefficient;
        return sum;
    };
    constexpr double kTail = 0.02425;
    if (p < kTail) {
        double q = std::sqrt(-2 * std::log(p));
        return polynomial(c, q) / polynomial(d, q);
    }
    double q = p - 0.5;
    return q * polynomial(a, q * q) / polynomial(b, q * q);
}

// The smallest c with P(X <= c) >= p for a Poisson variable X.
double poisson_quantile(double mean, double p) noexcept {
    double probability = std::exp(-mean), below = probability, c = 0;
    while (below < p && probability > 0) {
        c++;
        probability *= mean / c;
        below += probability;
    }
    return c;
}

// How many of n items are hidden: fell into a cell that others had hit, or into one that the registers do not tell of.
//
// Given that a cell of rate t was hit, the other items in it are Poisson, but for the condition that there was one: the
// mean is t / (1 - e^-t) - 1, the variance t / (1 - e^-t) (1 + t - t / (1 - e^-t)). t is taken of n - 1 items: of n,
// one is the one that was seen. The variance of their sum is V for Poisson n and V (1 - V / n) for fixed n; that is n -
// information, and what it becomes as in `solve`. The distribution is taken to be the one with this mean and variance
// for which P(j + 1) / P(j) is linear in j, divided by j + 1 (Panjer's class: binomial, Poisson or negative binomial):
// the true one is close to it, lattice and skewness included.
class Hidden {
  public:
    Hidden(const Observation &o, double n) noexcept {
        double untold = o.parts - o.missed, variance = 0;
        const double x = (n - 1) / o.parts;
        double t = x * power_of_two(1 - kLevels), z = std::expm1(t);
        for (int j = kLevels - 1; j >= 0; j--) {
            if (o.hit[j] > 0) {
                const double others = z < kCertain ? t / z : 0, items = t + others;
                untold -= o.hit[j] * power_of_two(-j);
                mean_ += o.hit[j] * (items - 1);
                variance += o.hit[j] * (items * (1 - others));
            }
            z = z < kCertain ? z * (z + 2) : z;
            t *= 2;
        }
        untold = std::max(untold, 0.0) * x;
        mean_ = std::max(mean_ + untold, 0.0);
        variance_ = std::max(variance + untold, 0.0);
        slope_ = mean_ > 0 ? 1 - variance_ * std::max(1 - variance_ / n, 0.0) / mean_ : 0;
    }
    double variance() const noexcept { return variance_; }  // V

    // P(hidden >= k) and P(hidden <= k), each together with as much of the other tail as is not more probable (Blaker
    // 2000, "Confidence curves and improved exact confidence intervals for discrete distributions"). That is the
    // smallest error at which a two-sided test rejects n; where one tail cannot be reached, the other has all of it.
    double plausibility_of_at_least(double k) const noexcept {
        double right = at_least(k), left = 0, p = first(), j = 0;
        while (left + p <= right && j < k) {
            left += p;
            p = next(p, j++);
        }
        return right + left;
    }
    double plausibility_of_at_most(double k) const noexcept {
        double left = at_most(k), right = 1, p = first(), j = 0;
        while (right > left && p > 0) {
            right -= p;
            p = next(p, j++);
        }
        return left + std::clamp(right, 0.0, left);
    }
    double at_least(double k) const noexcept {
        double p = first(), sum = 0, j = 0;
        while (j < k) p = next(p, j++);
        for (; p > sum * 1e-17; p = next(p, j++)) sum += p;
        return sum;
    }
    double at_most(double k) const noexcept {
        double p = first(), sum = 0;
        for (double j = 0; j <= k; p = next(p, j++)) sum += p;
        return sum;
    }

  private:
    static constexpr double kCertain = 1e100;  // e^t - 1 of a cell that is hit for certain

    double first() const noexcept {
        return std::exp(std::abs(slope_) < 1e-9 ? -mean_ : mean_ / slope_ * std::log1p(-slope_));
    }
    double next(double p, double j) const noexcept {
        return p * std::max(mean_ - j * slope_, 0.0) / ((j + 1) * (1 - slope_));
    }

    double mean_ = 0, variance_ = 0;
    double slope_ = 0;  // 1 - variance / mean, of fixed n
};

// Up to this variance V of hidden items intervals are computed from their distribution; above, it is normal.
constexpr double kFewHidden = 100;

// The most items that are plausible, n or more of them: the test rejects a larger number with this error.
double most_plausible(const Observation &o, double n, double error) noexcept {
    auto tail = [&](double items) { return Hidden(o, items).at_least(items - o.seen); };
    // Plausible is at most twice the tail, which falls.
    double step = 1;
    while (2 * tail(n + step) > error) step *= 2;
    double from = n;
    for (double to = n + step; to - from > 1;) {
        double middle = std::floor((from + to) / 2);
        (2 * tail(middle) > error ? from : to) = middle;
    }
    while (from > n && Hidden(o, from).plausibility_of_at_least(from - o.seen) <= error) from--;
    return from;
}

// The fewest items that are plausible, from `least` to n.
double least_plausible(const Observation &o, double least, double n, double error) noexcept {
    double from = least - 1;
    for (double to = n; to - from > 1;) {
        double middle = std::floor((from + to) / 2);
        (2 * Hidden(o, middle).at_most(middle - o.seen) > error ? to : from) = middle;
    }
    from++;
    while (from < n && Hidden(o, from).plausibility_of_at_most(from - o.seen) <= error) from++;
    return from;
}

}  // namespace

double relative_standard_error(int precision) noexcept { return kStandardError / std::sqrt(register_count(precision)); }

// Of up to so many tokens the estimate is their number. n tokens have a probability s of at most n 2^-19 in all, so
// that the root of sum of t / (e^t - 1) = x (1 - s), where t / (e^t - 1) <= 1 - t / 2 + t^2 / 12, is below n + 1/2
// while n^2 2^-20 is, but for a thousandth.
constexpr std::uint32_t kMaxCertainTokens = 700;

double estimate(const View &view) noexcept {
    if (!view.dense && view.token_count <= kMaxCertainTokens) return view.token_count;
    return Observed(view).n;
}

bool told_estimate(const View &view, double &n) noexcept {
    if (view.dense && view.place >= 0) n = grid::items_at(view.place, view.precision);
    else if (view.dense ? view.registers == nullptr : view.tokens == nullptr && view.token_count > kMaxCertainTokens)
        return false;
    else n = estimate(view);
    return true;
}

int place_of_estimate(const View &view) noexcept { return Observed(view).place; }

void bounds(const View &view, double confidence, double &lower, double &upper) noexcept {
    const Observed observed(view);
    const Observation &o = observed.o;
    const Estimate &raw = observed.raw;
    const double n = observed.n, certain = observed.certain;
    lower = upper = n;
    if (n == 0) return;
    const double tail = std::max((1 - confidence) / 2, 1e-300);
    if (!view.dense) {
        // All that is unknown is how many items had the token of another one: few, as tokens are below a sixtieth of
        // all probability, and nearly Poisson.
        const double hidden = raw.n - o.seen;
        lower = std::min(n, o.seen + poisson_quantile(hidden, tail));
        upper = std::max(n, o.seen + poisson_quantile(hidden, 1 - tail));
        return;
    }
    if (Hidden(o, n).variance() <= kFewHidden) {
        lower = std::min(n, least_plausible(o, certain, std::ceil(n), 2 * tail));
        upper = std::max(n, most_plausible(o, std::floor(n), 2 * tail));
        return;
    }
    // The error is relative, so it is normal on the scale of logarithms.
    const double widest = 100;
    double spread = std::min(-normal_quantile(tail) * std::sqrt(raw.variance) / raw.n, widest);
    lower = std::min(n, std::max(certain, raw.n * std::exp(-spread)));
    upper = std::max(n, raw.n * std::exp(spread));
}

namespace {

// The registers of both, in the storage of a, of two sketches of one precision.
View united(View a, Storage a_storage, View b, Storage b_storage) noexcept {
    make_dense(a, a_storage);
    make_dense(b, b_storage);
    if (a.registers != a_storage.registers) std::copy_n(a.registers, register_count(a.precision), a_storage.registers);
    a.registers = a_storage.registers;
    merge_registers(a_storage.registers, b.registers, register_count(a.precision));
    return a;
}

// Visits the tokens that are in both of two sets of them.
template <typename Visit>
void for_each_common_token(const View &a, const View &b, Visit visit) noexcept {
    for (std::uint32_t i = 0, j = 0; i < a.token_count && j < b.token_count;) {
        const std::uint32_t left = a.tokens[i], right = b.tokens[j];
        if (left == right) visit(left);
        i += left <= right;
        j += right <= left;
    }
}

}  // namespace

// Of two sets of tokens those in both are known. Else inclusion and exclusion, all three at the smaller precision,
// where their errors have most in common. There a set may seem larger than its own sketch says: no more than that is in
// both.
void overlap(View a, Storage a_storage, View b, Storage b_storage, double &intersection, double &jaccard) noexcept {
    double least = std::numeric_limits<double>::infinity();
    if (a.precision != b.precision) least = estimate(a.precision > b.precision ? a : b);
    limit(a, b.precision, a_storage);
    limit(b, a.precision, b_storage);
    const double in_a = estimate(a), in_b = estimate(b);
    double in_both = 0;
    if (!a.dense && !b.dense) {
        std::uint32_t common = 0;  // never more than were read already
        for_each_common_token(a, b, [&](std::uint32_t token) { a_storage.tokens[common++] = token; });
        a.tokens = a_storage.tokens;
        a.token_count = common;
        in_both = estimate(a);
    } else {
        in_both = in_a + in_b - estimate(united(a, a_storage, b, b_storage));
    }
    intersection = std::clamp(in_both, 0.0, std::min(in_a, in_b));
    const double in_either = in_a + in_b - intersection;
    jaccard = in_either > 0 ? intersection / in_either : 0;
    intersection = std::min(intersection, least);
}

// ---- one set without the other, and how sure that and an overlap are ----------------------------------------
//
// Intervals of |a|, |b| and |a or b| that each miss with an error of a third of what is allowed all hold at once but
// for the whole of it, however their errors depend on each other (Boole's inequality). What follows from them by
// arithmetic, and from what sets are like, then holds too.
//
// Of tokens more is known. Let x items be in both sets, y in a only, z in b only. There are as many common tokens as
//     x - (items of x hidden behind others of x) + (tokens that an item of y and one of z share by accident),
// and as many tokens of a only as y - (items of y whose token another one of y, or one of b, has). What is hidden or
// accidental is at most the number of pairs that share a token: Poisson, nearly, with a known mean.

namespace {

constexpr double kSameToken = 0x1p-20 * 4 / 3;  // the probability that two items have one token

struct Interval {
    double lower, upper;
};

// That misses with at most this error, half of it on each side.
Interval interval(const View &view, double error) noexcept {
    Interval result{};
    bounds(view, 1 - error, result.lower, result.upper);
    return result;
}

// So many pairs share a token, or fewer, but for this error.
double max_pairs(double pairs, double error) noexcept { return poisson_quantile(pairs * kSameToken, 1 - error); }

std::uint32_t common_tokens(const View &a, const View &b) noexcept {
    std::uint32_t common = 0;
    for_each_common_token(a, b, [&](std::uint32_t) { common++; });
    return common;
}

// A bound, replaced by what it implies until that is the same. What it implies is no worse, and whole.
template <typename Implied>
double settled(double bound, Implied implied) noexcept {
    for (double better = implied(bound); better != bound; better = implied(bound)) bound = better;
    return bound;
}

Interval intersection_of_tokens(const View &a, const View &b, double error) noexcept {
    const double common = common_tokens(a, b);
    const double max_a = interval(a, error / 4).upper, max_b = interval(b, error / 4).upper;  // an eighth each
    const double lower =
        settled(0, [=](double x) { return std::max(x, common - max_pairs((max_a - x) * (max_b - x), error / 4)); });
    const double upper = settled(std::min(max_a, max_b),
                                 [=](double x) { return std::min(x, common + max_pairs(x * x / 2, error / 2)); });
    return {lower, upper};
}

Interval difference_of_tokens(const View &a, const View &b, double error) noexcept {
    const double only = a.token_count - common_tokens(a, b);
    const double max_a = interval(a, error / 2).upper, max_b = interval(b, error / 2).upper;  // a quarter each
    const double upper =
        settled(max_a, [=](double y) { return std::min(y, only + max_pairs(y * (max_b + y / 2), error / 2)); });
    return {only, upper};
}

// Sizes of two sets and of their union, at once but for this error.
struct Sizes {
    Interval a, b, either;

    Sizes(const View &a_view, const View &b_view, const View &united, double error) noexcept
        : a(interval(a_view, error / 3)), b(interval(b_view, error / 3)), either(interval(united, error / 3)) {
        either.lower = std::max({either.lower, a.lower, b.lower});
        either.upper = std::min(either.upper, a.upper + b.upper);
        a.upper = std::min(a.upper, either.upper);
        b.upper = std::min(b.upper, either.upper);
    }
    Interval intersection() const noexcept {
        return {std::max(a.lower + b.lower - either.upper, 0.0),
                std::min({a.upper, b.upper, a.upper + b.upper - either.lower})};
    }
    Interval difference() const noexcept {
        return {std::max(either.lower - b.upper, 0.0), std::min(a.upper, either.upper - b.lower)};
    }
};

}  // namespace

double difference(View a, Storage a_storage, View b, Storage b_storage) noexcept {
    const double in_a = estimate(a);
    limit(a, b.precision, a_storage);
    limit(b, a.precision, b_storage);
    const double in_b = estimate(b);
    if (a.dense || b.dense) return std::clamp(estimate(united(a, a_storage, b, b_storage)) - in_b, 0.0, in_a);
    const double only = a.token_count - common_tokens(a, b);
    double n = only;  // the number of items that is expected to leave so many tokens
    for (int round = 0; round < 4; round++) n = only / (1 - (in_b + n / 2) * kSameToken);
    return std::min(std::round(n), in_a);
}

namespace {

// of_sizes, or of_tokens(a, b, error) where both are tokens, around an estimate. Each size at the precision that
// it is known with; the union at the smaller one. Estimates that are not where they should be widen what is said.
void bounds_around(double estimated, const View &a, Storage a_storage, const View &b, Storage b_storage,
                   double confidence, Interval (Sizes::*of_sizes)() const noexcept,
                   Interval (*of_tokens)(const View &, const View &, double) noexcept, double &lower,
                   double &upper) noexcept {
    View like_b = a, like_a = b;
    limit(like_b, b.precision, a_storage);
    limit(like_a, a.precision, b_storage);
    const double error = 1 - confidence;
    const Interval x = like_b.dense || like_a.dense
                           ? (Sizes(a, b, united(like_b, a_storage, like_a, b_storage), error).*of_sizes)()
                           : of_tokens(a, b, error);
    lower = std::min(x.lower, estimated);
    upper = std::max(x.upper, estimated);
}

}  // namespace

void intersection_bounds(View a, Storage a_storage, View b, Storage b_storage, double confidence, double &lower,
                         double &upper) noexcept {
    double estimated = 0, jaccard = 0;
    overlap(a, a_storage, b, b_storage, estimated, jaccard);
    bounds_around(estimated, a, a_storage, b, b_storage, confidence, &Sizes::intersection, intersection_of_tokens,
                  lower, upper);
}

void difference_bounds(View a, Storage a_storage, View b, Storage b_storage, double confidence, double &lower,
                       double &upper) noexcept {
    const double estimated = difference(a, a_storage, b, b_storage);
    bounds_around(estimated, a, a_storage, b, b_storage, confidence, &Sizes::difference, difference_of_tokens, lower,
                  upper);
}

}  // namespace sketch::distinct
