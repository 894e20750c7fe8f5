// A quantile sketch as a C++ value on top of the C ABI: what the tests and benchmarks are written with.
#pragma once

#include <cstring>
#include <initializer_list>
#include <random>
#include <stdexcept>
#include <vector>

#include "opening.hpp"
#include "sketch.h"

using Bytes = std::vector<uint8_t>;

// Bytes that suffice for any packed quantile sketch without fractions.
constexpr size_t kAnyPacked = 128 + 14 * size_t{SKETCH_QUANTILE_MAX_BUCKETS(SKETCH_QUANTILE_MAX_SCALE)};

class QuantileSketch {
  public:
    explicit QuantileSketch(double accuracy = 0.01, bool moving = false, std::vector<double> fractions = {},
                            bool fractions_are_array = false) {
        init({sketch_quantile_scale(accuracy), moving, fractions.data(), fractions.size(), fractions_are_array});
    }
    explicit QuantileSketch(const sketch_quantile_options &options) { init(options); }
    QuantileSketch(std::initializer_list<double> rows) : QuantileSketch() {
        for (double x : rows) add(x);
    }

    void init(const sketch_quantile_options &options) {
        size_t size = sketch_quantile_init_size_with(&options);
        words_.resize(size / 8);
        must(sketch_quantile_init_with(words_.data(), size, &options));
    }
    void *data() { return words_.data(); }
    const void *data() const { return words_.data(); }
    size_t size() const { return 8 * words_.size(); }

    sketch_status try_add(double x, uint64_t weight = 1) {
        return grown([&](sketch_growth *g) { return sketch_quantile_add(data(), size(), x, weight, g); });
    }
    sketch_status try_merge(const void *other, size_t other_size) {
        return grown([&](sketch_growth *g) { return sketch_quantile_merge(data(), size(), other, other_size, g); });
    }
    void add(double x, uint64_t weight = 1) { must(try_add(x, weight)); }
    void remove(double x) { must(sketch_quantile_remove(data(), size(), x)); }
    void merge(const QuantileSketch &other) { must(try_merge(other.data(), other.size())); }
    void merge(const Bytes &packed) { must(try_merge(packed.data(), packed.size())); }
    void coarsen(int scale) {
        must(grown([&](sketch_growth *g) { return sketch_quantile_limit(data(), size(), scale, g); }));
    }

    Bytes pack(bool with_fractions = false) const {
        Bytes out(quantile_packed_bound(data(), size()));
        size_t used = 0;
        must(sketch_quantile_pack(data(), size(), with_fractions, out.data(), out.size(), &used));
        out.resize(used);
        return out;
    }

    double percentile(double p) const {
        double result = 0;
        uint64_t rows = 0;
        must(sketch_quantile_percentiles(data(), size(), &p, 1, &result, nullptr, nullptr, &rows));
        if (rows == 0) throw std::logic_error("percentile of an empty sketch");
        return result;
    }
    // What the fractions that the state carries give: read whole, or (of a moving state) on the way to the rows only.
    std::vector<double> carried(bool moving = false) const {
        std::vector<double> values(SKETCH_QUANTILE_MAX_FRACTIONS);
        size_t count = 0;
        int are_array = 0;
        uint64_t rows = 0;
        must(moving ? sketch_quantile_moving_percentiles(data(), size(), values.data(), &count, &are_array, &rows)
                    : sketch_quantile_carried_percentiles(data(), size(), values.data(), &count, &are_array, &rows));
        values.resize(rows == 0 ? 0 : count);
        return values;
    }
    struct Bounds {
        double estimate, lower, upper;
    };
    Bounds bounds(double p) const {
        Bounds b{};
        uint64_t rows = 0;
        must(sketch_quantile_percentiles(data(), size(), &p, 1, &b.estimate, &b.lower, &b.upper, &rows));
        return b;
    }
    double rank(double x) const {
        double fraction = 0;
        uint64_t rows = 0;
        must(sketch_quantile_rank(data(), size(), x, &fraction, &rows));
        return fraction;
    }
    double sum() const {
        double result = 0;
        uint64_t rows = 0;
        must(sketch_quantile_sum(data(), size(), &result, &rows));
        if (rows == 0) throw std::logic_error("sum of an empty sketch");
        return result;
    }
    double mean(double low = 0, double high = 1) const {
        double result = 0;
        uint64_t rows = 0;
        must(sketch_quantile_mean(data(), size(), low, high, &result, &rows));
        if (rows == 0) throw std::logic_error("mean of an empty sketch");
        return result;
    }
    sketch_quantile_info info() const {
        sketch_quantile_info i{};
        must(sketch_quantile_describe(data(), size(), &i));
        return i;
    }
    std::vector<sketch_quantile_bucket> histogram() const {
        std::vector<sketch_quantile_bucket> buckets(info().negative_buckets + info().positive_buckets + 4);
        size_t n = 0;
        must(sketch_quantile_histogram(data(), size(), buckets.data(), buckets.size(), &n));
        buckets.resize(n);
        return buckets;
    }

    static void must(sketch_status s) {
        if (s != SKETCH_OK) throw std::runtime_error(sketch_status_message(s));
    }

  private:
    template <typename Call>
    sketch_status grown(Call call) {
        sketch_growth growth{};
        for (int tries = 0; tries < 64; tries++) {
            sketch_status s = call(&growth);
            if (s != SKETCH_GROW) return s;
            std::vector<uint64_t> larger(growth.size / 8);
            sketch_quantile_move(larger.data(), words_.data(), size(), &growth);
            words_.swap(larger);
        }
        throw std::logic_error("a state asks to grow without end");
    }

    std::vector<uint64_t> words_;
};

inline QuantileSketch sketch_of(const std::vector<double> &rows, double accuracy = 0.01) {
    QuantileSketch s(accuracy);
    for (double x : rows) s.add(x);
    return s;
}

// Bytes as a sketch again, as a stored value is read.
inline QuantileSketch unpacked(const Bytes &packed) {
    double fractions[SKETCH_QUANTILE_MAX_FRACTIONS];
    sketch_quantile_options options{};
    QuantileSketch::must(sketch_quantile_options_of(packed.data(), packed.size(), fractions, &options));
    QuantileSketch s(options);
    s.merge(packed);
    return s;
}

inline std::vector<double> lognormal_rows(size_t count, double sigma, uint64_t seed, bool signs = false) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> lognormal(0, sigma);
    std::vector<double> rows(count);
    for (double &x : rows) x = lognormal(random) * (signs && random() % 2 ? -1 : 1);
    return rows;
}
