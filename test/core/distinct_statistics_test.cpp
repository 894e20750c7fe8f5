// What estimates and intervals are worth, over many runs with random hashes: the error that theory predicts, no bias,
// and intervals that hold the truth as often as they say.
//
// Bounds: with R runs the bias has a standard error of SE / sqrt(R), the root of the mean square has one of
// 1 / sqrt(2 R) of itself, and a coverage of 95 % one of sqrt(0.0475 / R). The tolerances are three of those at least.
#include <cmath>

#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "sanitized.hpp"

namespace {

class Hashes {  // SplitMix64 (Steele, Lea and Flood 2014)
  public:
    explicit Hashes(uint64_t seed) : state_(sketch_hash_word(seed)) {}
    uint64_t operator()() {
        uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }

  private:
    uint64_t state_;
};

struct Outcome {
    uint64_t items;
    double errors = 0, squares = 0;
    int runs = 0, covered = 0, exact = 0;

    void record(const DistinctSketch &s) {
        double n = static_cast<double>(items), estimate = s.count(), error = estimate / n - 1;
        DistinctSketch::Bounds b = s.bounds(0.95);
        runs++;
        errors += error;
        squares += error * error;
        covered += b.lower <= n && n <= b.upper;
        exact += estimate == n;
    }
    double bias() const { return errors / runs; }
    double rmse() const { return std::sqrt(squares / runs); }
    double coverage() const { return static_cast<double>(covered) / runs; }
    double coverage_tolerance() const { return std::max(0.02, 3 * std::sqrt(0.0475 / runs)); }
};

// One growing sketch a run, looked at after each of the numbers of items.
std::vector<Outcome> outcomes(int precision, const std::vector<uint64_t> &items, int runs) {
    std::vector<Outcome> all;
    for (uint64_t n : items) all.push_back({n});
    for (int run = 0; run < runs; run++) {
        Hashes hashes(static_cast<uint64_t>(run) * 100 + static_cast<uint64_t>(precision));
        DistinctSketch s(precision);
        uint64_t n = 0;
        for (Outcome &o : all) {
            for (; n < o.items; n++) s.add(hashes());
            o.record(s);
        }
    }
    return all;
}

// From 8 items a register on the error is the asymptotic one, or below it: about 0.77 of it at first. 0.9 at 32.
void must_be_as_predicted(int precision, const Outcome &o) {
    const double standard_error = 0.4939 / std::sqrt(std::exp2(precision)), m = std::exp2(precision);
    INFO("precision " << precision << ", " << o.items << " items, bias " << o.bias() / standard_error << ", error "
                      << o.rmse() / standard_error << ", coverage " << o.coverage());
    CHECK(std::abs(o.bias()) < 0.2 * standard_error);
    CHECK(o.rmse() < 1.2 * standard_error);
    CHECK(o.rmse() > (static_cast<double>(o.items) < 16 * m ? 0.65 : 0.8) * standard_error);
    CHECK(std::abs(o.coverage() - 0.95) < o.coverage_tolerance());
}

const int kShare = kSanitized ? 5 : 1;  // of the runs

}  // namespace

TEST_CASE("distinct: registers estimate as precisely as theory says", "[distinct][statistics]") {
    for (int precision : {8, 10, 12}) {
        const uint64_t m = uint64_t{1} << precision;
        for (const Outcome &o : outcomes(precision, {8 * m, 32 * m}, 1300 / kShare)) must_be_as_predicted(precision, o);
    }
    if (kShare > 1) return;
    for (const Outcome &o : outcomes(10, {100000, 1000000}, 300)) must_be_as_predicted(10, o);
}

// All of it, a minute or so: core_tests "[.full]"
TEST_CASE("distinct: the largest numbers of items", "[.full]") {
    for (int precision : {8, 10, 12}) {
        const uint64_t m = uint64_t{1} << precision;
        for (const Outcome &o : outcomes(precision, {8 * m, 32 * m, 128 * m, 1000000}, 1300))
            must_be_as_predicted(precision, o);
        for (const Outcome &o : outcomes(precision, {3000000, 10000000}, 300)) must_be_as_predicted(precision, o);
    }
}

TEST_CASE("distinct: a few items a register are estimated better still", "[distinct][statistics]") {
    for (int precision : {8, 10, 12}) {
        const uint64_t m = uint64_t{1} << precision;
        const double standard_error = 0.4939 / std::sqrt(static_cast<double>(m));
        for (const Outcome &o : outcomes(precision, {m / 4, m / 2, m, 2 * m, 4 * m}, 1300 / kShare)) {
            INFO("precision " << precision << ", " << o.items << " items, bias " << o.bias() / standard_error
                              << ", error " << o.rmse() / standard_error << ", coverage " << o.coverage());
            CHECK(std::abs(o.bias()) < 0.2 * standard_error);
            CHECK(o.rmse() < 0.85 * standard_error);
            CHECK(std::abs(o.coverage() - 0.95) < o.coverage_tolerance());
        }
    }
}

// How often intervals of a confidence hold the truth, and how wide they are.
struct Coverage {
    double confidence;
    int runs = 0, covered = 0;
    double width = 0;

    void record(const DistinctSketch &s, double n) {
        DistinctSketch::Bounds b = s.bounds(confidence);
        runs++;
        covered += b.lower <= n && n <= b.upper;
        width += (b.upper - b.lower) / n;
    }
    double share() const { return static_cast<double>(covered) / runs; }
    double error() const { return std::sqrt(confidence * (1 - confidence) / runs); }  // binomial
};

// Few of the items are hidden behind others then, so a confidence cannot be met exactly; but it must be met. And not by
// intervals that are wider than needed: widths are 5 % or so above what was measured, which for most is less than those
// that a normal distribution gives, although these cover too little.
TEST_CASE("distinct: intervals keep their confidence with few items and few registers", "[distinct][statistics]") {
    struct {
        int precision;
        uint64_t items;
        double widest;  // mean relative width at 95 %
    } const cases[] = {{4, 4, 0.26},   {4, 6, 0.21},   {4, 8, 0.23},    {4, 12, 0.25},  {4, 16, 0.27},
                       {4, 32, 0.34},  {4, 128, 0.41}, {5, 8, 0.16},    {5, 16, 0.17},  {5, 40, 0.23},
                       {6, 10, 0.13},  {6, 16, 0.12},  {6, 64, 0.17},   {7, 24, 0.085}, {8, 34, 0.062},
                       {8, 48, 0.064}, {9, 66, 0.042}, {10, 136, 0.034}};
    for (auto [precision, items, widest] : cases) {
        Coverage all[] = {{0.5}, {0.8}, {0.95}, {0.99}};
        for (int run = 0; run < 5000 / kShare; run++) {
            Hashes hashes(static_cast<uint64_t>(run) * 1000 + items);
            DistinctSketch s(precision);
            for (uint64_t i = 0; i < items; i++) s.add(hashes());
            for (Coverage &c : all) c.record(s, static_cast<double>(items));
        }
        for (const Coverage &c : all) {
            INFO("precision " << precision << ", " << items << " items, confidence " << c.confidence << ": covered in "
                              << c.share() << ", width " << c.width / c.runs);
            CHECK(c.share() > c.confidence - 3.5 * c.error());
            if (c.confidence == 0.95) CHECK(c.width / c.runs < widest);
        }
    }
}

TEST_CASE("distinct: 95 % intervals of few registers cover 95 % from 8 items a register on", "[distinct][statistics]") {
    for (int precision : {4, 5, 6})
        for (uint64_t items : {8, 16, 64}) {
            Coverage c{0.95};
            for (int run = 0; run < 5000 / kShare; run++) {
                Hashes hashes(static_cast<uint64_t>(run) * 1000 + items);
                DistinctSketch s(precision);
                for (uint64_t i = 0; i < items << precision; i++) s.add(hashes());
                c.record(s, static_cast<double>(items << precision));
            }
            INFO("precision " << precision << ", " << (items << precision) << " items: covered in " << c.share());
            CHECK(std::abs(c.share() - 0.95) < std::max(0.02, 3 * c.error()));
        }
}

// Without its correction the estimate would be 1.2 % too large here.
TEST_CASE("distinct: the estimate has no bias with few registers", "[distinct][statistics]") {
    const int kRuns = 20000 / kShare;
    const double standard_error = 0.4939 / 4;
    for (const Outcome &o : outcomes(4, {512, 1024}, kRuns)) {
        INFO(o.items << " items, bias " << o.bias());
        CHECK(std::abs(o.bias()) < 4 * standard_error / std::sqrt(kRuns));
    }
}

TEST_CASE("distinct: tokens are exact but for tokens that collide", "[distinct][statistics]") {
    // Two items share a token with probability 2^-20 * 4/3: 0.3 % of sketches of 70 have such a pair.
    for (const Outcome &o : outcomes(10, {1, 2, 3, 10, 70}, 3000 / kShare)) {
        INFO(o.items << " items, exact in " << o.exact << " of " << o.runs << ", coverage " << o.coverage());
        CHECK(o.exact >= o.runs * 0.99);
        CHECK(o.coverage() >= 0.95);
    }
    // 1000 items make 0.6 such pairs, 8000 make 41, give or take 6.4. Estimates are whole numbers.
    for (const Outcome &o : outcomes(16, {1000, 8000}, 1000 / kShare)) {
        INFO(o.items << " items, error " << o.rmse() << ", coverage " << o.coverage());
        const double n = static_cast<double>(o.items), pairs = std::sqrt(n * n / 2 * std::exp2(-20) * 4 / 3);
        CHECK(o.rmse() * n < 1.2 * pairs + 0.5);
        CHECK(std::abs(o.bias()) * n < 0.2 * pairs + 0.5);
        CHECK(o.coverage() >= 0.95);
    }
}

// Of 8000 items 41 have the token of another one, Poisson. So both ends of an interval lie above the number of tokens.
TEST_CASE("distinct: intervals of many tokens are those of a Poisson variable", "[distinct][statistics]") {
    const int kRuns = 400 / kShare;
    double hidden = 0, lower = 0, upper = 0;
    int below = 0, above = 0;
    for (int run = 0; run < kRuns; run++) {
        Hashes hashes(static_cast<uint64_t>(run) * 1000 + 77);
        DistinctSketch s(16);
        for (int i = 0; i < 8000; i++) s.add(hashes());
        const double tokens = s.info().tokens;
        DistinctSketch::Bounds b = s.bounds(0.95);
        hidden += (s.count() - tokens) / kRuns;
        lower += (b.lower - tokens) / kRuns;
        upper += (b.upper - tokens) / kRuns;
        below += b.upper < 8000;
        above += b.lower > 8000;
    }
    INFO("hidden " << hidden << ", " << lower << " to " << upper << ", too low " << below << ", too high " << above);
    CHECK(hidden == Approx(8000.0 * 8000 / 2 * std::exp2(-20) * 4 / 3).epsilon(0.05));
    CHECK(lower == Approx(hidden - 1.96 * std::sqrt(hidden)).margin(1));  // quantiles are whole numbers
    CHECK(upper == Approx(hidden + 1.96 * std::sqrt(hidden)).margin(1.5));
    CHECK(below + above < 0.05 * kRuns + 3 * std::sqrt(0.0475 * kRuns));
}

// How often bounds of what is in both, and in one only, hold the truth: as often as they say, or more, as they are made
// of three intervals that miss at once only by chance. What is hidden in tokens is seen at precision 16.
TEST_CASE("distinct: bounds of overlaps and differences hold the truth as often as they say", "[distinct][statistics]") {
    struct Case {
        int precision, other_precision;
        uint64_t common, only_a, only_b;
        int runs;
    } const cases[] = {
        {10, 10, 20, 60, 40, 2000},      // tokens
        {16, 16, 0, 6000, 6000, 300},    // 46 tokens in both by accident
        {16, 16, 4000, 3000, 1000, 300},
        {16, 10, 500, 2000, 100, 1000},  // tokens with registers
        {10, 10, 100, 100, 100, 2000},   // two items a register
        {8, 8, 2000, 500, 3000, 2000},   {10, 12, 0, 10000, 10000, 500}, {12, 12, 20000, 100, 100, 300},
        {10, 10, 300, 30000, 200, 500},
    };
    for (const Case &c : cases) {
        const double x = static_cast<double>(c.common), y = static_cast<double>(c.only_a);
        for (double confidence : {0.5, 0.95}) {
            const int runs = c.runs / kShare;
            int in_both = 0, in_one = 0;
            double width = 0;
            for (int run = 0; run < runs; run++) {
                Hashes hashes(static_cast<uint64_t>(run) * 1000 + c.only_a + c.common);
                DistinctSketch a(c.precision), b(c.other_precision);
                for (uint64_t i = 0; i < c.only_a; i++) a.add(hashes());
                for (uint64_t i = 0; i < c.only_b; i++) b.add(hashes());
                for (uint64_t i = 0; i < c.common; i++) {
                    const uint64_t hash = hashes();
                    a.add(hash);
                    b.add(hash);
                }
                DistinctSketch::Bounds both = intersection_bounds_of(a, b, confidence),
                                       one = difference_bounds_of(a, b, confidence);
                in_both += both.lower <= x && x <= both.upper;
                in_one += one.lower <= y && y <= one.upper;
                width += (both.upper - both.lower) / runs;
            }
            INFO("precisions " << c.precision << " and " << c.other_precision << ", " << c.common << " in both, "
                               << c.only_a << " and " << c.only_b << " in one, confidence " << confidence << ": "
                               << in_both << " and " << in_one << " of " << runs << " hold, width " << width);
            const double least = confidence - 3.5 * std::sqrt(confidence * (1 - confidence) / runs);
            CHECK(in_both >= least * runs);
            CHECK(in_one >= least * runs);
            // Not so wide that they say nothing: at most 9 standard errors of the union, and less for tokens.
            const double all = x + y + static_cast<double>(c.only_b);
            const int precision = std::min(c.precision, c.other_precision);
            CHECK(width <= 9 * 0.4939 / std::sqrt(std::exp2(precision)) * all);
        }
    }
}
