// Estimates, intervals and overlaps: what holds for each sketch. What holds on average is in distinct_statistics_test.
#include <algorithm>
#include <cmath>
#include <random>

#include "catch.hpp"
#include "distinct_sketch.hpp"

namespace {

// Items first, first + 1, ...
DistinctSketch sketch_of_items(uint64_t first, uint64_t count, int precision = 10) {
    DistinctSketch s(precision);
    for (uint64_t i = first; i < first + count; i++) s.add(sketch_hash_word(i));
    return s;
}

}  // namespace

TEST_CASE("distinct: nothing is counted as nothing", "[distinct][estimate]") {
    for (int precision : {4, 10, 16}) {
        DistinctSketch s(precision);
        CHECK(s.count() == 0);
        CHECK(s.bounds().lower == 0);
        CHECK(s.bounds().upper == 0);
        DistinctOverlap o = overlap_of(s, s);
        CHECK(o.intersection == 0);
        CHECK(o.jaccard == 0);
    }
}

TEST_CASE("distinct: a few items are counted exactly", "[distinct][estimate]") {
    for (uint64_t first = 0; first < 100000; first += 1000)
        for (uint64_t count = 1; count <= 3; count++) {
            DistinctSketch s = sketch_of_items(first, count, first % 2 ? 5 : 12);
            CHECK(s.count() == static_cast<double>(count));
            CHECK(s.bounds().lower == static_cast<double>(count));
            CHECK(s.bounds().upper == static_cast<double>(count));
        }
    CHECK(sketch_of_items(0, 70).count() == 70);
}

// Cells of tokens are never larger than here, so nothing makes the estimate larger.
TEST_CASE("distinct: tokens are their number's estimate until two may well have been one", "[distinct][estimate]") {
    for (uint64_t count = 1; count <= 800; count += count < 690 ? 23 : 1) {
        DistinctSketch s(16);
        for (uint64_t index = 0; index < count; index++) s.add(uint64_t{1} << 63 | index);
        REQUIRE(s.info().tokens == count);
        const double n = static_cast<double>(count);
        double low = n, high = 2 * n;  // the root of n t / (e^t - 1) = x (1 - n 2^-19), t = x 2^-19
        for (int round = 0; round < 100; round++) {
            const double x = (low + high) / 2, t = x * 0x1p-19;
            (n * t / std::expm1(t) > x * (1 - n * 0x1p-19) ? low : high) = x;
        }
        INFO(count << " tokens, likeliest " << low);
        CHECK(s.count() == std::round(low));
        CHECK(s.bounds().lower == n);
    }
}

TEST_CASE("distinct: the interval is normal on the scale of logarithms", "[distinct][estimate]") {
    // Quantiles of the normal distribution, from tables.
    struct {
        double confidence, z;
    } const known[] = {{0.5, 0.674489750},  {0.8, 1.281551566},   {0.9, 1.644853627},     {0.96, 2.053748911},
                       {0.99, 2.575829304}, {0.998, 3.090232306}, {0.999999, 4.891638475}};
    DistinctSketch s = sketch_of_items(0, 300000, 8);
    // In the middle is the likeliest number, from which the one that is told is half a step of its grid away at most.
    const DistinctSketch::Bounds usual = s.bounds(0.95);
    const double n = std::sqrt(usual.lower * usual.upper), unit = std::log(usual.upper / n) / 1.959963985;
    CHECK(std::abs(std::log2(s.count() / n)) < 0.5001 / 1024);
    CHECK(unit == Approx(0.4939 / 16).epsilon(0.1));  // far from few items, the observed information is the expected
    for (auto [confidence, z] : known) {
        DistinctSketch::Bounds b = s.bounds(confidence);
        INFO("confidence " << confidence);
        CHECK(std::log(b.upper / n) / unit == Approx(z).epsilon(1e-7));
        CHECK(-std::log(b.lower / n) / unit == Approx(z).epsilon(1e-7));
    }
}

TEST_CASE("distinct: intervals keep to what is certain", "[distinct][estimate]") {
    for (int precision = 4; precision <= 12; precision++) {
        uint64_t most = (uint64_t{1} << precision) / 8;
        for (uint64_t count : {most + 1, most + 2, 2 * most + 1}) {
            DistinctSketch s = sketch_of_items(7, count, precision);
            if (!s.info().is_dense) continue;  // two of them had one token
            INFO("precision " << precision << ", " << count << " items");
            CHECK(s.bounds(0.9999999).lower >= static_cast<double>(most + 1));
            CHECK(s.count() >= static_cast<double>(most + 1));
            CHECK(s.bounds(0.9999999).upper >= static_cast<double>(count));
        }
    }
}

TEST_CASE("distinct: hashes that no data have give large numbers, not infinite ones", "[distinct][estimate]") {
    for (int precision : {4, 8, 16}) {
        DistinctSketch s(precision), tokens(precision);
        // All registers, all levels.
        for (uint64_t low = 0; low < uint64_t{2} << precision; low++)
            for (int bit = precision + 1; bit <= 64; bit++) s.add(low | (bit < 64 ? uint64_t{1} << bit : 0));
        INFO("precision " << precision);
        CHECK(std::isfinite(s.count()));
        CHECK(s.count() > 1e18);
        CHECK(std::isfinite(s.bounds(0.999999).upper));
        CHECK(s.bounds().lower <= s.count());
        CHECK(overlap_of(s, s).jaccard == 1);
        for (uint64_t i = 0; i < 2; i++) tokens.add(i);  // 46 leading zeros: one hash in 2^64, but these are two hashes
        CHECK(tokens.count() == 2);
        CHECK(tokens.bounds(0.999999).upper == 2);
    }
}

TEST_CASE("distinct: equal sketches overlap entirely, disjoint tokens not at all", "[distinct][estimate]") {
    for (uint64_t count : {1, 2, 70, 128, 129, 1000, 100000}) {
        DistinctSketch a = sketch_of_items(0, count), b = sketch_of_items(uint64_t{1} << 40, count);
        INFO(count << " items");
        CHECK(overlap_of(a, a).jaccard == 1);
        CHECK(overlap_of(a, a).intersection == a.count());
        if (count <= 128) {
            CHECK(overlap_of(a, b).intersection == 0);
            CHECK(overlap_of(a, b).jaccard == 0);
        }
        CHECK(overlap_of(a, DistinctSketch(4)).intersection == 0);
    }
    DistinctSketch a = sketch_of_items(0, 100), b = sketch_of_items(60, 90);
    CHECK(overlap_of(a, b).intersection == 40);
    CHECK(overlap_of(a, b).jaccard == Approx(40.0 / 150).epsilon(1e-12));
}

TEST_CASE("distinct: overlaps are estimated within a few errors of the union", "[distinct][estimate]") {
    for (uint64_t in_a : {50, 1000, 100000, 1000000})
        for (uint64_t in_b : {100, 3000, 500000})
            for (int precision : {12, 14}) {
                uint64_t common = std::min(in_a, in_b) / 2;
                DistinctSketch a = sketch_of_items(0, in_a, precision), b = sketch_of_items(in_a - common, in_b, 12);
                double all = static_cast<double>(in_a + in_b - common), error = 0.4939 / 64 * all;
                DistinctOverlap o = overlap_of(a, b), swapped = overlap_of(b, a);
                INFO(in_a << " and " << in_b << ", precision " << precision);
                CHECK(std::abs(o.intersection - static_cast<double>(common)) < 4 * std::sqrt(3.0) * error + 0.5);
                CHECK(std::abs(o.jaccard - static_cast<double>(common) / all) < 0.06);
                CHECK(o.intersection == Approx(swapped.intersection).epsilon(1e-9));
            }
}

TEST_CASE("distinct: what is in one sketch and not in another", "[distinct][estimate]") {
    for (uint64_t count : {1, 70, 128, 129, 1000, 100000}) {
        DistinctSketch a = sketch_of_items(0, count), b = sketch_of_items(uint64_t{1} << 40, count), nothing;
        INFO(count << " items");
        CHECK(difference_of(a, a) == 0);
        CHECK(difference_of(a, nothing) == Approx(a.count()).epsilon(1e-9));
        CHECK(difference_of(nothing, a) == 0);
        if (count <= 128) CHECK(difference_of(a, b) == static_cast<double>(count));
    }
    CHECK(difference_of(sketch_of_items(0, 100), sketch_of_items(60, 90)) == 60);
    for (uint64_t in_a : {50, 1000, 100000, 1000000})
        for (uint64_t in_b : {100, 3000, 500000})
            for (int precision : {12, 14}) {
                uint64_t common = std::min(in_a, in_b) / 2;
                DistinctSketch a = sketch_of_items(0, in_a, precision), b = sketch_of_items(in_a - common, in_b, 12);
                double all = static_cast<double>(in_a + in_b - common), error = 0.4939 / 64 * all;
                double only_a = difference_of(a, b), only_b = difference_of(b, a);
                INFO(in_a << " and " << in_b << ", precision " << precision);
                CHECK(std::abs(only_a - static_cast<double>(in_a - common)) < 4 * std::sqrt(2.0) * error + 0.5);
                CHECK(std::abs(only_b - static_cast<double>(in_b - common)) < 4 * std::sqrt(2.0) * error + 0.5);
                CHECK(only_a <= a.count());
                CHECK(only_b <= b.count());
            }
}

// Of 8000 items of the other sketch 81 have the token of one of these 8000.
TEST_CASE("distinct: a difference of tokens makes up for tokens that two items share", "[distinct][estimate]") {
    double sum = 0;
    for (uint64_t run = 0; run < 20; run++) {
        DistinctSketch a(16), b(16);
        for (uint64_t i = 0; i < 8000; i++) a.add(sketch_hash_word(run << 40 | i)), b.add(sketch_hash_word(~(run << 40 | i)));
        REQUIRE_FALSE(a.info().is_dense);
        sum += difference_of(a, b) / 20;
    }
    CHECK(sum == Approx(8000).margin(3 * std::sqrt(122.0 / 20)));
}

TEST_CASE("distinct: bounds of overlaps and differences keep to what is certain", "[distinct][estimate]") {
    for (uint64_t in_a : {0, 1, 40, 120, 1000, 50000})
        for (uint64_t in_b : {0, 1, 60, 128, 3000, 50000})
            for (uint64_t percent : {0, 1, 50, 100})
                for (int precision : {4, 10, 12}) {
                    uint64_t common = std::min(in_a, in_b) * percent / 100;
                    DistinctSketch a = sketch_of_items(0, in_a, precision), b = sketch_of_items(in_a - common, in_b);
                    INFO(in_a << " and " << in_b << ", " << common << " in both, precision " << precision);
                    double both = overlap_of(a, b).intersection, only = difference_of(a, b);
                    DistinctSketch::Bounds last{both, both}, last_only{only, only};
                    for (double confidence : {1e-9, 0.5, 0.95, 0.999999, 1 - 1e-16}) {
                        DistinctSketch::Bounds x = intersection_bounds_of(a, b, confidence),
                                               y = difference_bounds_of(a, b, confidence);
                        CHECK((0 <= x.lower && x.lower <= last.lower && last.upper <= x.upper));
                        CHECK((0 <= y.lower && y.lower <= last_only.lower && last_only.upper <= y.upper));
                        const double surer = 1 - (1 - confidence) / 8;
                        const double in_a = a.bounds(surer).upper;
                        CHECK(x.upper <= std::max(both, in_a));
                        CHECK(y.upper <= std::max(only, in_a));
                        last = x;
                        last_only = y;
                    }
                    DistinctSketch::Bounds swapped = intersection_bounds_of(b, a), x = intersection_bounds_of(a, b);
                    CHECK(swapped.lower == Approx(x.lower).epsilon(1e-9).margin(1e-6));
                    CHECK(swapped.upper == Approx(x.upper).epsilon(1e-9).margin(1e-6));
                }
}

TEST_CASE("distinct: bounds of overlaps and differences of tokens are the numbers themselves", "[distinct][estimate]") {
    for (uint64_t in_a : {1, 40, 100, 128})
        for (uint64_t in_b : {1, 60, 128})
            for (uint64_t percent : {30, 50, 100}) {
                uint64_t common = std::min(in_a, in_b) * percent / 100;
                DistinctSketch a = sketch_of_items(0, in_a), b = sketch_of_items(in_a - common, in_b);
                REQUIRE(a.info().tokens == in_a);
                REQUIRE(b.info().tokens == in_b);
                INFO(in_a << " and " << in_b << ", " << common << " in both");
                DistinctSketch::Bounds x = intersection_bounds_of(a, b), y = difference_bounds_of(a, b);
                CHECK(x.lower == static_cast<double>(common));
                CHECK(x.upper == static_cast<double>(common));
                CHECK(y.lower == static_cast<double>(in_a - common));
                CHECK(y.upper == static_cast<double>(in_a - common));
            }
}

TEST_CASE("distinct: descriptions", "[distinct][estimate]") {
    DistinctSketch s = sketch_of_items(0, 70);
    const sketch_distinct_info info = s.info();
    CHECK(info.kind == SKETCH_KIND_NUMBER);
    CHECK(info.precision == 10);
    CHECK(info.is_dense == 0);
    CHECK(info.tokens == 70);
    CHECK(info.relative_standard_error == Approx(0.01543).epsilon(0.001));
    CHECK(s.count() == 70);
    s = sketch_of_items(0, 70000);
    CHECK(s.info().is_dense == 1);
    CHECK(s.info().tokens == 0);
}

// Sketches are compared at the smaller precision, where one that is finer is less exact than by itself.
TEST_CASE("distinct: no more values are in both than in either one, whatever their precisions", "[distinct][estimate]") {
    std::mt19937_64 random(16);
    int mixed = 0, clamped = 0;
    for (int round = 0; round < 400; round++) {
        auto precision = [&] { return 4 + static_cast<int>(random() % (round % 8 ? 8 : 13)); };
        auto count = [&] { return static_cast<uint64_t>(std::exp(std::uniform_real_distribution<>(0, 10)(random))); };
        DistinctSketch a(precision()), b(precision());
        const uint64_t in_both = round % 5 ? count() : 0, only_a = random() % 3 ? count() : 0,
                       only_b = random() % 3 ? count() : 0;
        for (uint64_t i = 0; i < in_both; i++) {
            const uint64_t hash = random();
            a.add(hash);
            b.add(hash);
        }
        for (uint64_t i = 0; i < only_a; i++) a.add(random());
        for (uint64_t i = 0; i < only_b; i++) b.add(random());
        const double in_a = a.count(), in_b = b.count();
        const DistinctOverlap o = overlap_of(a, b), swapped = overlap_of(b, a);
        INFO("precisions " << a.info().precision << " and " << b.info().precision << ", " << in_both << " in both, "
                           << only_a << " and " << only_b << " in one");
        REQUIRE(o.intersection >= 0);
        REQUIRE(o.intersection <= in_a);
        REQUIRE(o.intersection <= in_b);
        REQUIRE(o.jaccard >= 0);
        REQUIRE(o.jaccard <= 1);
        REQUIRE((o.jaccard == 0) == (o.intersection == 0));
        REQUIRE(swapped.intersection == Approx(o.intersection).epsilon(1e-9));
        REQUIRE(swapped.jaccard == Approx(o.jaccard).epsilon(1e-9));
        // As between sketches that were both made with the smaller precision.
        DistinctSketch coarse_a = a, coarse_b = b;
        coarse_a.limit(b.info().precision);
        coarse_b.limit(a.info().precision);
        const DistinctOverlap coarse = overlap_of(coarse_a, coarse_b);
        const double in_coarse_a = coarse_a.count(), in_coarse_b = coarse_b.count();
        REQUIRE(o.jaccard == coarse.jaccard);
        REQUIRE(o.intersection == std::min({coarse.intersection, in_a, in_b}));
        const double in_either = in_coarse_a + in_coarse_b - coarse.intersection;
        REQUIRE(coarse.jaccard * in_either == Approx(coarse.intersection));
        mixed += a.info().precision != b.info().precision;
        clamped += o.intersection < coarse.intersection;
    }
    CHECK(mixed > 300);
    CHECK(clamped > 30);
}
