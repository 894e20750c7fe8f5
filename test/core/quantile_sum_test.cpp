// Sums and means, against rows that are added up one by one: docs/quantile.md words their guarantee for users.
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "catch.hpp"
#include "quantile_sketch.hpp"

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Random = std::mt19937_64;
using Rows = std::vector<double>;

double uniform(Random &random) { return std::uniform_real_distribution<double>(0, 1)(random); }

// How many of n rows lie below a fraction, which may be a decimal fraction that was meant to be exact.
double rows_below(double p, size_t n) {
    const double place = p * static_cast<double>(n);
    return std::fabs(place - std::round(place)) < 1e-12 * place ? std::round(place) : place;
}

// Sums of x and of |x| over the part of sorted rows between two fractions, in units of 2^100, and the rows in it.
struct Exact {
    long double sum = 0, magnitude = 0, rows = 0;

    explicit Exact(const Rows &sorted, double low = 0, double high = 1) {
        const double from = rows_below(low, sorted.size()), to = rows_below(high, sorted.size());
        for (size_t k = 0; k < sorted.size(); k++) {
            const auto place = static_cast<double>(k);
            const long double part = std::min(place + 1, to) - std::max(place, from);
            if (part <= 0) continue;
            const long double x = static_cast<long double>(sorted[k]) * 0x1p-100L;
            sum += part * x;
            magnitude += part * std::fabs(x);
            rows += part;
        }
    }
    // What a sum may be off by: the promise, the roundings of sum and reference, and subnormal rows.
    long double allowed(double accuracy) const {
        return (accuracy + 0x1p-48L) * magnitude + 2 * rows * static_cast<long double>(DBL_MIN) * 0x1p-100L;
    }
};

void check_mean(const QuantileSketch &s, const Rows &sorted, double low, double high, const std::string &what) {
    const Exact exact(sorted, low, high);
    const double mean = s.mean(low, high);
    INFO(what << ", " << sorted.size() << " rows, mean between " << low << " and " << high << ": " << mean << " for "
              << static_cast<double>(exact.sum / exact.rows * 0x1p100L));
    REQUIRE(std::isfinite(mean));
    REQUIRE(std::fabs(static_cast<long double>(mean) * 0x1p-100L * exact.rows - exact.sum) <=
            exact.allowed(s.info().current_accuracy));
    REQUIRE((mean >= s.info().finite_minimum && mean <= s.info().finite_maximum));
}

void check_sums(const QuantileSketch &s, const Rows &sorted, const std::string &what) {
    const Exact exact(sorted);
    const double sum = s.sum();
    {
        INFO(what << ", " << sorted.size() << " rows: " << sum << " for " << static_cast<double>(exact.sum * 0x1p100L));
        if (exact.magnitude < 0x1p920L)
            REQUIRE(std::fabs(static_cast<long double>(sum) * 0x1p-100L - exact.sum) <=
                    exact.allowed(s.info().current_accuracy));
        REQUIRE_FALSE(std::isnan(sum));
    }
    check_mean(s, sorted, 0, 1, what);
    Random random(sorted.size());
    for (const auto &[low, high] : {std::pair{0.0, 0.5}, {0.5, 1.0}, {0.25, 0.75}, {0.1, 0.9}, {0.05, 0.95}})
        check_mean(s, sorted, low, high, what);
    for (int i = 0; i < 12; i++) {
        const double one = uniform(random), other = i % 3 ? uniform(random) : one + (1 - one) * 1e-3 * uniform(random);
        if (one != other) check_mean(s, sorted, std::min(one, other), std::max(one, other), what);
    }
}

// Without extremes, so that buckets alone decide.
QuantileSketch without_extremes(const QuantileSketch &s) {
    Bytes out(128 + 14 * s.histogram().size());
    size_t size = 0;
    const QuantileSketch nothing;
    QuantileSketch::must(
        sketch_quantile_subtract(s.data(), s.size(), nothing.data(), nothing.size(), out.data(), out.size(), &size));
    out.resize(size);
    return QuantileSketch::of(out);
}

struct Distribution {
    const char *name;
    double (*draw)(Random &, size_t);
};

double lognormal(Random &random, double sigma) { return std::lognormal_distribution<double>(0, sigma)(random); }

const Distribution kDistributions[] = {
    {"lognormal 1", [](Random &r, size_t) { return lognormal(r, 1); }},
    {"lognormal 5", [](Random &r, size_t) { return lognormal(r, 5); }},
    {"negative pareto", [](Random &r, size_t) { return -std::pow(1 - uniform(r), -1 / 1.5); }},
    {"uniform", [](Random &r, size_t) { return uniform(r); }},
    {"normal around 0", [](Random &r, size_t) { return std::normal_distribution<double>(0, 50)(r); }},
    {"bimodal", [](Random &r, size_t) { return (r() % 3 ? 1e-7 : -4e8) * (1 + 0.1 * uniform(r)); }},
    {"two neighbours", [](Random &r, size_t) { return r() % 4 ? 3.0 : std::nextafter(3.0, 4.0); }},
    {"constant", [](Random &, size_t) { return 0.7; }},
    {"zeros among others", [](Random &r, size_t) { return r() % 2 ? 0.0 : uniform(r) - 0.3; }},
    {"whole numbers", [](Random &r, size_t) { return std::floor(lognormal(r, 3)) - 3; }},
    {"large whole numbers", [](Random &r, size_t) { return std::floor(1e17 * uniform(r)); }},
    {"large offset", [](Random &r, size_t) { return 1.7e12 + 1000 * uniform(r); }},
    {"powers of two", [](Random &r, size_t) { return std::ldexp(r() % 2 ? 1 : -1, static_cast<int>(r() % 40) - 20); }},
    {"just above powers of two",
     [](Random &r, size_t) { return std::nextafter(std::ldexp(1, static_cast<int>(r() % 60) - 30), kInf); }},
    {"every magnitude",
     [](Random &r, size_t) {
         return std::ldexp(1 + uniform(r), static_cast<int>(r() % 2044) - 1021) * (r() % 2 ? 1 : -1);
     }},
    {"largest doubles", [](Random &r, size_t) { return DBL_MAX * (r() % 5 ? -1 : 1) * (1 - uniform(r) / 3); }},
    {"subnormal", [](Random &r, size_t) { return std::ldexp(uniform(r), -1030 - static_cast<int>(r() % 40)); }},
};

Rows drawn(const Distribution &d, size_t n, uint64_t seed) {
    Random random(seed);
    Rows rows(n);
    for (size_t i = 0; i < n; i++) rows[i] = d.draw(random, i);
    return rows;
}

}  // namespace

TEST_CASE("quantile: sums and means are within the accuracy of the magnitudes", "[quantile][guarantee][sum]") {
    for (const Distribution &d : kDistributions)
        for (double accuracy : {0.01, 0.0002, 0.1, 0.5})
            for (size_t n : {1, 2, 3, 10, 70, 3000}) {
                Rows rows = drawn(d, n, n);
                QuantileSketch s = sketch_of(rows, accuracy);
                std::sort(rows.begin(), rows.end());
                const std::string what = std::string(d.name) + " at " + std::to_string(accuracy);
                check_sums(s, rows, what);
                check_sums(QuantileSketch::of(s.pack()), rows, what + ", packed");
                check_sums(without_extremes(s), rows, what + ", without extremes");
            }
}

TEST_CASE("quantile: sums and means at each scale that there is", "[quantile][guarantee][sum]") {
    for (int scale = SKETCH_QUANTILE_MIN_SCALE; scale <= SKETCH_QUANTILE_MAX_SCALE; scale++)
        for (const Distribution &d : kDistributions) {
            Rows rows = drawn(d, 400, 51);
            QuantileSketch s({scale, 0, nullptr, 0, 0});
            for (double x : rows) s.add(x);
            std::sort(rows.begin(), rows.end());
            const std::string what = std::string(d.name) + " at scale " + std::to_string(scale);
            check_sums(s, rows, what);
            check_sums(without_extremes(s), rows, what + ", without extremes");
        }
}

TEST_CASE("quantile: means of rows on the edges of buckets, where the bound has the least to spare",
          "[quantile][guarantee][sum]") {
    for (int scale = SKETCH_QUANTILE_MIN_SCALE; scale <= SKETCH_QUANTILE_MAX_SCALE; scale++)
        for (bool at_upper : {false, true})
            for (double sign : {1.0, -1.0}) {
                QuantileSketch inner({scale, 0, nullptr, 0, 0}), s({scale, 0, nullptr, 0, 0});
                for (double x : {1.5, 3e5, 7e-9}) inner.add(x);
                Rows rows;
                for (const sketch_quantile_bucket &b : without_extremes(inner).histogram())
                    rows.insert(rows.end(), 50, sign * (at_upper ? b.upper : b.lower));
                for (double x : rows) s.add(x);
                std::sort(rows.begin(), rows.end());
                s = without_extremes(s);
                const std::string what = "edges at scale " + std::to_string(scale);
                check_sums(s, rows, what);
                for (int k = 0; k < 150; k++) check_mean(s, rows, k / 150.0, (k + 1) / 150.0, what);
                for (int k = 2; k <= 150; k++) check_mean(s, rows, 0, k / 150.0, what);
            }
}

TEST_CASE("quantile: sums of collapsed, merged, weighted and subtracted sketches", "[quantile][guarantee][sum]") {
    Rows rows = drawn(kDistributions[14], 20000, 7);
    QuantileSketch collapsed = sketch_of(rows, 0.005);
    REQUIRE(collapsed.info().scale < collapsed.info().requested_scale);
    std::sort(rows.begin(), rows.end());
    check_sums(collapsed, rows, "collapsed");

    for (const Distribution &d : kDistributions) {
        Random random(52);
        const Rows values = drawn(d, 300, 8), others = drawn(d, 200, 9);
        QuantileSketch weighted, fine = sketch_of(others, 0.001);
        Rows repeated;
        for (double x : values) {
            const uint64_t weight = 1 + random() % 9;
            weighted.add(x, weight);
            repeated.insert(repeated.end(), weight, x);
        }
        Rows all = repeated;
        all.insert(all.end(), others.begin(), others.end());
        QuantileSketch merged = weighted;
        merged.merge(fine);
        std::sort(repeated.begin(), repeated.end());
        std::sort(all.begin(), all.end());
        check_sums(weighted, repeated, std::string(d.name) + ", weighted");
        check_sums(merged, all, std::string(d.name) + ", merged");

        Bytes difference(1 << 16);
        size_t size = 0;
        REQUIRE(sketch_quantile_subtract(merged.data(), merged.size(), fine.data(), fine.size(), difference.data(),
                                         difference.size(), &size) == SKETCH_OK);
        difference.resize(size);
        check_sums(QuantileSketch::of(difference), repeated, std::string(d.name) + ", subtracted");
    }
}

// Up to 91 a bucket of 1 % holds one whole number at most, so that all rows are known.
TEST_CASE("quantile: sums and means of whole numbers that have a bucket each are exact", "[quantile][sum][whole]") {
    Random random(53);
    for (int round = 0; round < 300; round++) {
        Rows rows;
        QuantileSketch s;
        int64_t sum = 0;
        for (size_t i = 1 + random() % 300; i > 0; i--) {
            const double x = static_cast<double>(random() % 183) - 91;
            const uint64_t weight = round % 3 == 0 ? 1 + random() % 5 : 1;
            s.add(x, weight);
            rows.insert(rows.end(), weight, x);
            sum += static_cast<int64_t>(weight) * static_cast<int64_t>(x);
        }
        std::sort(rows.begin(), rows.end());
        const double n = static_cast<double>(rows.size());
        for (const QuantileSketch &each : {s, without_extremes(s)}) {
            REQUIRE(each.sum() == static_cast<double>(sum));
            REQUIRE(each.mean() == static_cast<double>(sum) / n);
            for (int i = 0; i < 20; i++) {  // whole rows
                size_t first = random() % rows.size(), last = random() % rows.size();
                if (first > last) std::swap(first, last);
                last++;
                int64_t kept = 0;
                for (size_t k = first; k < last; k++) kept += static_cast<int64_t>(rows[k]);
                INFO("rows " << first << " to " << last << " of " << rows.size());
                REQUIRE(each.mean(static_cast<double>(first) / n, static_cast<double>(last) / n) ==
                        static_cast<double>(kept) / static_cast<double>(last - first));
            }
        }
    }
}

TEST_CASE("quantile: sums of more rows than doubles count are rounded once", "[quantile][sum][limits]") {
    constexpr uint64_t kMany = (uint64_t{1} << 61) + 12345;
    QuantileSketch s;
    s.add(3, kMany);
    s.add(-3, kMany - 7);
    CHECK(s.sum() == 21);
    s.add(5, 1);
    CHECK(s.sum() == 26);
    CHECK(s.mean() == 26 / static_cast<double>(s.info().total));
    CHECK(s.mean(0, 0.25) == -3);
    CHECK(s.mean(0.75, 1) == Approx(3).epsilon(1e-15));

    QuantileSketch full;
    full.add(7, 0x7fffffffffffffff);
    CHECK(full.sum() == 7 * 0x1p63);
    CHECK(full.mean() == 7);
    CHECK(full.mean(1 - 0x1p-53, 1) == 7);
    CHECK(full.mean(0.5, std::nextafter(0.5, 1)) == 7);
    CHECK(full.mean(0, DBL_MIN) == 7);
    full = QuantileSketch();
    full.add(1, 0x7ffffffffffffffe);
    full.add(9);
    CHECK(full.mean(0.25, 1) == 1);
    CHECK(full.mean(1 - 0x1p-53, 1) == 1 + 8 / 1023.0);
}

// scipy.stats.trim_mean(rows, p) leaves out floor(p * n) rows at either end.
TEST_CASE("quantile: trimmed means leave out what scipy leaves out, and parts of rows otherwise", "[quantile][sum]") {
    for (int n : {10, 20, 50, 100, 200, 1000})
        for (int percent : {1, 5, 7, 10, 20, 25, 29, 35, 43, 49}) {
            if (n * percent % 100 != 0) continue;
            Rows rows;
            for (int i = 0; i < n; i++) rows.push_back(i * i % 90);
            std::sort(rows.begin(), rows.end());
            const int cut = n * percent / 100;
            double kept = 0;
            for (int k = cut; k < n - cut; k++) kept += rows[static_cast<size_t>(k)];
            INFO(n << " rows without " << percent << " % at either end");
            REQUIRE(sketch_of(rows).mean(percent / 100.0, 1 - percent / 100.0) == kept / (n - 2 * cut));
            REQUIRE(sketch_of(rows).mean(percent / 100.0, (100 - percent) / 100.0) == kept / (n - 2 * cut));
        }
    // The interquartile mean of nine rows: the third and the seventh row count for three quarters.
    QuantileSketch nine{1, 3, 5, 7, 9, 11, 13, 15, 17};
    CHECK(nine.mean(0.25, 0.75) == 9);
    CHECK(nine.mean(0, 0.25) == Approx((1 + 3 + 5 * 0.25) / 2.25).epsilon(1e-15));
    CHECK(nine.mean(0.5, 1) == Approx((9 * 0.5 + 11 + 13 + 15 + 17) / 4.5).epsilon(1e-15));
    CHECK(nine.mean(0.5, 0.51) == 9);
    CHECK(nine.mean(0.99, 1) == 17);
    CHECK(nine.mean(0, 1e-9) == 1);
}

TEST_CASE("quantile: infinities and NaN give what a sum of doubles makes of them", "[quantile][sum][specials]") {
    Random random(54);
    for (int round = 0; round < 600; round++) {
        Rows rows;
        for (double special : {-kInf, kInf, kNaN}) rows.insert(rows.end(), random() % 3, special);
        for (size_t i = random() % 6; i > 0; i--) rows.push_back(static_cast<double>(random() % 50) - 25);
        if (rows.empty()) continue;
        const QuantileSketch s = sketch_of(rows);
        std::sort(rows.begin(), rows.end(), [](double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; });
        const auto n = static_cast<double>(rows.size());
        auto is_like = [](double a, double b) { return std::isnan(b) ? std::isnan(a) : a == b; };
        double sum = 0;
        for (double x : rows) sum += x;
        INFO("round " << round << ": " << s.sum() << " for " << sum);
        REQUIRE(is_like(s.sum(), sum));
        REQUIRE(is_like(s.mean(), sum / n));
        for (size_t first = 0; first < rows.size(); first++)
            for (size_t last = first + 1; last <= rows.size(); last++) {
                double kept = 0;
                for (size_t k = first; k < last; k++) kept += rows[k];
                INFO("rows " << first << " to " << last << " of " << rows.size());
                REQUIRE(is_like(s.mean(static_cast<double>(first) / n, static_cast<double>(last) / n),
                                kept / static_cast<double>(last - first)));
            }
    }
    // A part of an infinite row is infinite.
    CHECK(QuantileSketch({-kInf, 1, 2, 3}).mean(0.24, 1) == -kInf);
    CHECK(QuantileSketch({-kInf, 1, 2, 3}).mean(0.25, 1) == 2);
    CHECK(QuantileSketch({1, 2, 3, kInf}).mean(0, 0.76) == kInf);
    CHECK(QuantileSketch({1, 2, 3, kInf}).mean(0, 0.75) == 2);
}

TEST_CASE("quantile: means of finite rows are finite, sums beyond the doubles infinite", "[quantile][sum][limits]") {
    QuantileSketch s;
    s.add(DBL_MAX, 3);
    CHECK(s.mean() == DBL_MAX);
    CHECK(s.sum() == kInf);
    s.add(-DBL_MAX, 3);
    CHECK(s.mean() == 0);
    CHECK(s.sum() == 0);
    CHECK(s.mean(0, 0.5) / -DBL_MAX == Approx(1).epsilon(0.01));
    s.add(-DBL_MAX, uint64_t{1} << 62);
    CHECK(s.mean() / -DBL_MAX == Approx(1).epsilon(0.01));
    CHECK(s.sum() == -kInf);
    CHECK(QuantileSketch({-DBL_MAX, DBL_MAX, DBL_MAX}).sum() / DBL_MAX == Approx(1).epsilon(0.01));
    CHECK(QuantileSketch({-DBL_MAX, DBL_MAX}).mean() == 0);
    CHECK(QuantileSketch({5e-324, 5e-324, 5e-324}).mean() == 5e-324);
    CHECK(QuantileSketch({5e-324, 5e-324, 5e-324}).sum() == 1.5e-323);
    CHECK(QuantileSketch({0.0, -0.0}).sum() == 0);
}

// Arithmetic of IEEE 754 in a fixed order, and no function of libm but exact ones: these bits on any machine.
TEST_CASE("quantile: sums are the same on every machine", "[quantile][sum]") {
    QuantileSketch s;
    for (int i = -3000; i < 7000; i++) s.add(i * std::fabs(i) / 7.0);
    CHECK(s.sum() == 0x1.c055a050f6b51p+33);
    CHECK(s.mean() == 0x1.6f468dfb0e18ap+20);
    CHECK(s.mean(0.1, 0.9) == 0x1.2e2ee8c502d5cp+20);
    CHECK(s.mean(0.123, 0.456) == -0x1.889a09b31b5e6p+14);
}

TEST_CASE("quantile: errors of means are a hundred times smaller than the accuracy where the data are smooth",
          "[quantile][guarantee][sum]") {
    for (size_t i : {0, 3}) {
        Rows rows = drawn(kDistributions[i], 100000, 55);
        const QuantileSketch s = sketch_of(rows);
        std::sort(rows.begin(), rows.end());
        const Exact exact(rows), middle(rows, 0.05, 0.95);
        INFO(kDistributions[i].name);
        CHECK(std::fabs(s.mean() / static_cast<double>(exact.sum / exact.rows * 0x1p100L) - 1) < 1e-4);
        CHECK(std::fabs(s.mean(0.05, 0.95) / static_cast<double>(middle.sum / middle.rows * 0x1p100L) - 1) < 1e-4);
    }
}
