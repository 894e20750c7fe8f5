// What estimates and intervals are worth, over many runs with random hashes: the error that theory predicts, no bias,
// and intervals that hold the truth as often as they say.
//
// Bounds: with R runs the bias has a standard error of SE / sqrt(R), the root of the mean square has one of
// 1 / sqrt(2 R) of itself, and a coverage of 95 % one of sqrt(0.0475 / R). The tolerances are three of those at least.
#include <cmath>

#include "catch.hpp"
#include "distinct_sketch.hpp"

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

#if defined(__SANITIZE_ADDRESS__)
constexpr int kShare = 5;  // of the runs
#else
constexpr int kShare = 1;
#endif

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
