// A quantile sketch as a C++ value on top of the C ABI: what the tests and benchmarks are written with.
#pragma once

#include <initializer_list>
#include <random>
#include <stdexcept>
#include <vector>

#include "buffered_sketch.hpp"
#include "opening.hpp"
#include "sketch.h"

// Bytes that suffice for any packed quantile sketch without fractions.
constexpr size_t kAnyPacked = 128 + 14 * size_t{SKETCH_QUANTILE_MAX_BUCKETS(SKETCH_QUANTILE_MAX_SCALE)};

struct QuantileFamily {
    using Info = sketch_quantile_info;
    static constexpr int kKind = SKETCH_KIND_NONE;  // rows are numbers
    static constexpr auto move = sketch_quantile_move;
    static constexpr calls::Merge *merge = sketch_quantile_merge;
    static constexpr calls::Load *load = sketch_quantile_load;
    static constexpr calls::Describe<Info> *describe = sketch_quantile_describe;
    static constexpr calls::PackedBound *packed_bound = quantile_packed_bound;
    static sketch_status pack(const void *data, size_t size, uint8_t *out, size_t capacity, size_t *used,
                              bool with_fractions = false) {
        return sketch_quantile_pack(data, size, with_fractions, out, capacity, used);
    }
    static sketch_status add(void *state, size_t size, int, sketch_growth *growth, double x, uint64_t weight = 1) {
        return sketch_quantile_add(state, size, x, weight, growth);
    }
};

class QuantileSketch : public BufferedSketch<QuantileFamily> {
  public:
    explicit QuantileSketch(double accuracy = 0.01, bool moving = false, std::vector<double> fractions = {},
                            bool fractions_are_array = false) {
        init({sketch_quantile_scale(accuracy), moving, fractions.data(), fractions.size(), fractions_are_array});
    }
    explicit QuantileSketch(const sketch_quantile_options &options) { init(options); }
    QuantileSketch(std::initializer_list<double> rows) : QuantileSketch() {
        for (double x : rows) add(x);
    }
    // Bytes as a sketch again, as a stored value is read.
    static QuantileSketch of(const Bytes &packed) {
        double fractions[SKETCH_QUANTILE_MAX_FRACTIONS];
        sketch_quantile_options options{};
        must(sketch_quantile_options_of(packed.data(), packed.size(), fractions, &options));
        QuantileSketch s(options);
        s.merge(packed);
        return s;
    }

    sketch_status try_add_bucket(int scale, int32_t index, int negative, uint64_t count) {
        return grown([&](sketch_growth *g) {
            return sketch_quantile_add_bucket(data(), size(), scale, index, negative, count, g);
        });
    }
    sketch_status try_add_histogram(const sketch_exponential &histogram) {
        sketch_exponential_cursor cursor = {};
        return grown([&](sketch_growth *g) {
            return sketch_exponential_add(&histogram, &cursor, data(), size(), g);
        });
    }
    void remove(double x) { must(sketch_quantile_remove(data(), size(), x)); }
    void coarsen(int scale) {
        must(grown([&](sketch_growth *g) { return sketch_quantile_limit(data(), size(), scale, g); }));
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
    std::vector<sketch_quantile_bucket> histogram() const {
        std::vector<sketch_quantile_bucket> buckets(info().negative_buckets + info().positive_buckets + 4);
        size_t n = 0;
        must(sketch_quantile_histogram(data(), size(), buckets.data(), buckets.size(), &n));
        buckets.resize(n);
        return buckets;
    }

  private:
    void init(const sketch_quantile_options &options) {
        make(sketch_quantile_init_size_with(&options),
             [&](void *state, size_t size) { must(sketch_quantile_init_with(state, size, &options)); });
    }
};

inline QuantileSketch sketch_of(const std::vector<double> &rows, double accuracy = 0.01) {
    QuantileSketch s(accuracy);
    for (double x : rows) s.add(x);
    return s;
}

inline std::vector<double> lognormal_rows(size_t count, double sigma, uint64_t seed, bool signs = false) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> lognormal(0, sigma);
    std::vector<double> rows(count);
    for (double &x : rows) x = lognormal(random) * (signs && random() % 2 ? -1 : 1);
    return rows;
}
