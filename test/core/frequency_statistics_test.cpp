// What a frequency sketch promises about its errors. Theory gives the bounds; seeds are fixed, so that a test either
// always passes or always fails.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "catch.hpp"
#include "frequency_sketch.hpp"
#include "sanitized.hpp"

namespace {

const int kScale = kSanitized ? 4 : 1;  // sanitizers are slow: fewer rows and seeds

using Counts = std::vector<uint64_t>;  // of item i
using Random = std::mt19937_64;

// Item i with probability proportional to 1 / (i + 1)^exponent; 0 is uniform.
Counts draw(size_t rows, size_t different, double exponent, uint64_t seed) {
    std::vector<double> sums(different);
    double sum = 0;
    for (size_t i = 0; i < different; i++) sums[i] = sum += std::pow(static_cast<double>(i + 1), -exponent);
    Random random(seed);
    std::uniform_real_distribution<double> uniform(0, sum);
    Counts counts(different);
    for (size_t i = 0; i < rows; i++)
        counts[static_cast<size_t>(std::upper_bound(sums.begin(), sums.end() - 1, uniform(random)) - sums.begin())]++;
    return counts;
}

// Another seed gives other hashes.
uint64_t hash_of(size_t item, uint64_t seed) { return sketch_hash_word(item + (seed << 32)); }

// The packed sketch of these items.
struct Built {
    Bytes packed;
    uint64_t seed, rows = 0;
    Built(const Counts &counts, int log2_width, uint64_t s) : seed(s) {
        FrequencySketch sketch(log2_width);
        for (size_t item = 0; item < counts.size(); item++) {
            if (counts[item] > 0) sketch.add(hash_of(item, seed), counts[item]);
            rows += counts[item];
        }
        packed = sketch.pack();
    }
    FrequencySketch::Count count(size_t item) const {
        return FrequencySketch::count(packed.data(), packed.size(), SKETCH_KIND_NUMBER, hash_of(item, seed));
    }
};

struct Errors {
    double plain = 0, estimate = 0;          // mean absolute error over all items that came
    double plain_top = 0, estimate_top = 0;  // over the 100 most frequent items: the first ones
    double covered = 0;                      // share of the items with lower <= true <= upper
    double within_bound = 0;                 // share with upper - true <= e / w * N
    double items = 0;
};

Errors errors_of(const Counts &counts, int log2_width, int seeds) {
    Errors e;
    double top = 0;
    for (int seed = 1; seed <= seeds; seed++) {
        Built built(counts, log2_width, static_cast<uint64_t>(seed));
        double bound = sketch_frequency_error(log2_width) * static_cast<double>(built.rows);
        for (size_t item = 0; item < counts.size(); item++) {
            if (counts[item] == 0) continue;
            FrequencySketch::Count c = built.count(item);
            REQUIRE(c.upper >= counts[item]);
            REQUIRE(c.lower <= c.estimate);
            REQUIRE(c.estimate <= c.upper);
            double truth = static_cast<double>(counts[item]);
            double over = static_cast<double>(c.upper) - truth;
            double off = std::abs(static_cast<double>(c.estimate) - truth);
            e.items++;
            e.plain += over;
            e.estimate += off;
            e.covered += c.lower <= counts[item];
            e.within_bound += over <= bound;
            if (item >= 100) continue;
            top++;
            e.plain_top += over;
            e.estimate_top += off;
            // What is taken off is no more than what 1 - 0.159 of a row's counters can have at least.
            REQUIRE(truth - static_cast<double>(c.estimate) <=
                    1 + static_cast<double>(built.rows) / (0.84 * (1 << log2_width)));
        }
    }
    for (double *sum : {&e.plain, &e.estimate, &e.covered, &e.within_bound}) *sum /= e.items;
    e.plain_top /= top;
    e.estimate_top /= top;
    return e;
}

}  // namespace

TEST_CASE("frequency: upper - true <= e / w * N for 1 - e^-4 of the items", "[frequency][statistics]") {
    for (int log2_width : {9, 11}) {
        for (double exponent : {1.1, 0.7, 0.0}) {
            Counts counts = draw(100000, 20000, exponent, 1);
            Errors e = errors_of(counts, log2_width, 8 / kScale);
            INFO("w = 2^" << log2_width << ", exponent " << exponent << ": " << e.within_bound);
            CHECK(e.within_bound >= 1 - std::exp(-4));
        }
    }
}

TEST_CASE("frequency: the debiased estimate beats the minimum", "[frequency][statistics]") {
    Counts counts = draw(1000000 / kScale, 100000, 1.1, 2);
    for (int log2_width : {6, 8, 9, 10, 11}) {
        Errors e = errors_of(counts, log2_width, 4 / kScale);
        INFO("w = 2^" << log2_width << ": all " << e.plain << " -> " << e.estimate << ", top 100 " << e.plain_top
                      << " -> " << e.estimate_top << ", covered " << e.covered);
        CHECK(e.estimate * 3 <= e.plain);
        CHECK(e.estimate_top <= e.plain_top);
    }
}

TEST_CASE("frequency: 95 % of the items lie within their bounds", "[frequency][statistics]") {
    struct Data {
        const char *what;
        size_t rows, different;
        double exponent;
    };
    for (const Data &data :
         {Data{"zipf 1.1", 200000, 50000, 1.1}, Data{"zipf 0.7", 200000, 50000, 0.7}, Data{"zipf 2", 200000, 50000, 2},
          Data{"uniform", 200000, 50000, 0}, Data{"uniform, few rows", 5000, 50000, 0},
          Data{"few items", 200000, 200, 0}, Data{"few items, zipf", 200000, 200, 1.1}}) {
        for (int log2_width : {6, 7, 9, 11}) {
            Counts counts = draw(data.rows, data.different, data.exponent, 3);
            Errors e = errors_of(counts, log2_width, data.different < 1000 ? 200 / kScale : 4);
            INFO(data.what << ", w = 2^" << log2_width << ": " << e.covered << " err " << e.plain << " -> "
                           << e.estimate);
            CHECK(e.covered >= 0.95);
        }
    }
}
