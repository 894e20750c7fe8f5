// A distinct sketch as a C++ value on top of the C ABI: what the tests and benchmarks are written with.
#pragma once

#include <cstring>
#include <random>
#include <stdexcept>
#include <vector>

#include "opening.hpp"
#include "sketch.h"

using Bytes = std::vector<uint8_t>;

class DistinctSketch {
  public:
    // Open: without a kind until something comes; what it adds then are items of `kind`.
    explicit DistinctSketch(int precision = 10, int kind = SKETCH_KIND_NUMBER, bool is_open = false)
        : kind_(kind == SKETCH_KIND_NONE ? SKETCH_KIND_NUMBER : kind) {
        words_.resize(sketch_distinct_init_size() / 8);
        must(sketch_distinct_init(words_.data(), size(), is_open ? SKETCH_KIND_NONE : kind, precision));
    }
    void *data() { return words_.data(); }
    const void *data() const { return words_.data(); }
    size_t size() const { return 8 * words_.size(); }
    int kind() const { return kind_; }

    sketch_status try_add(int kind, uint64_t hash) {
        return grown([&](sketch_growth *g) { return sketch_distinct_add(data(), size(), kind, hash, g); });
    }
    sketch_status try_merge(const void *other, size_t other_size) {
        return grown([&](sketch_growth *g) { return sketch_distinct_merge(data(), size(), other, other_size, g); });
    }
    void add(uint64_t hash) { must(try_add(kind_, hash)); }
    void merge(const DistinctSketch &other) { must(try_merge(other.data(), other.size())); }
    void merge(const Bytes &packed) { must(try_merge(packed.data(), packed.size())); }
    void limit(int precision) {
        must(grown([&](sketch_growth *g) { return sketch_distinct_limit(data(), size(), precision, g); }));
    }

    Bytes pack() const {
        Bytes out(SKETCH_DISTINCT_PACKED_MAX(SKETCH_DISTINCT_MAX_PRECISION));
        size_t used = 0;
        must(sketch_distinct_pack(data(), size(), out.data(), SKETCH_DISTINCT_PACKED_MAX(info().precision), &used));
        out.resize(used);
        return out;
    }

    double count() const {
        double n = -1;
        must(sketch_distinct_count(data(), size(), &n));
        return n;
    }
    struct Bounds {
        double lower, upper;
    };
    Bounds bounds(double confidence = 0.95) const {
        Bounds b{};
        must(sketch_distinct_bounds(data(), size(), confidence, &b.lower, &b.upper));
        return b;
    }
    sketch_distinct_info info() const {
        sketch_distinct_info i{};
        must(sketch_distinct_describe(data(), size(), &i));
        return i;
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
            if (growth.size % 64 != 0 || (growth.size <= 8192 && (growth.size & (growth.size - 1)) != 0))
                throw std::logic_error("a size that memory does not come in");
            std::vector<uint64_t> larger(growth.size / 8);
            sketch_distinct_move(larger.data(), words_.data(), size(), &growth);
            words_.swap(larger);
        }
        throw std::logic_error("a state asks to grow without end");
    }

    int kind_;
    std::vector<uint64_t> words_;
};

inline DistinctSketch distinct_of(const std::vector<uint64_t> &hashes, int precision = 10) {
    DistinctSketch s(precision);
    for (uint64_t hash : hashes) s.add(hash);
    return s;
}

// Bytes as a sketch again, as a stored value is read.
inline DistinctSketch distinct_unpacked(const Bytes &packed) {
    sketch_distinct_info info{};
    DistinctSketch::must(sketch_distinct_describe(packed.data(), packed.size(), &info));
    DistinctSketch s(info.precision, info.kind);
    s.merge(packed);
    return s;
}

struct DistinctOverlap {
    double intersection = -1, jaccard = -1;
};
inline DistinctOverlap overlap_of(const DistinctSketch &a, const DistinctSketch &b) {
    DistinctOverlap o;
    DistinctSketch::must(sketch_distinct_overlap(a.data(), a.size(), b.data(), b.size(), &o.intersection, &o.jaccard));
    return o;
}

inline double difference_of(const DistinctSketch &a, const DistinctSketch &b) {
    double n = -1;
    DistinctSketch::must(sketch_distinct_difference(a.data(), a.size(), b.data(), b.size(), &n));
    return n;
}
inline DistinctSketch::Bounds intersection_bounds_of(const DistinctSketch &a, const DistinctSketch &b,
                                                     double confidence = 0.95) {
    DistinctSketch::Bounds n{};
    DistinctSketch::must(sketch_distinct_intersection_bounds(a.data(), a.size(), b.data(), b.size(), confidence,
                                                             &n.lower, &n.upper));
    return n;
}
inline DistinctSketch::Bounds difference_bounds_of(const DistinctSketch &a, const DistinctSketch &b,
                                                   double confidence = 0.95) {
    DistinctSketch::Bounds n{};
    DistinctSketch::must(
        sketch_distinct_difference_bounds(a.data(), a.size(), b.data(), b.size(), confidence, &n.lower, &n.upper));
    return n;
}
