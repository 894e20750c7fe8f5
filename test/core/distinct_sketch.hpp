// A distinct sketch as a C++ value on top of the C ABI: what the tests and benchmarks are written with.
#pragma once

#include <vector>

#include "buffered_sketch.hpp"
#include "opening.hpp"
#include "sketch.h"

struct DistinctFamily {
    using Info = sketch_distinct_info;
    static constexpr int kKind = SKETCH_KIND_NUMBER;
    static constexpr auto move = sketch_distinct_move;
    static constexpr calls::Merge *merge = sketch_distinct_merge;
    static constexpr calls::Load *load = sketch_distinct_load;
    static constexpr calls::Describe<Info> *describe = sketch_distinct_describe;
    static constexpr calls::PackedBound *packed_bound = distinct_packed_bound;
    static constexpr calls::Pack *pack = sketch_distinct_pack;
    static sketch_status add(void *state, size_t size, int kind, sketch_growth *growth, uint64_t hash) {
        return sketch_distinct_add(state, size, kind, hash, growth);
    }
};

class DistinctSketch : public BufferedSketch<DistinctFamily> {
  public:
    // Open: without a kind until something comes; what it adds then are items of `kind`.
    explicit DistinctSketch(int precision = 10, int kind = SKETCH_KIND_NUMBER, bool is_open = false)
        : BufferedSketch(kind) {
        make(sketch_distinct_init_size(), [&](void *state, size_t size) {
            must(sketch_distinct_init(state, size, is_open ? SKETCH_KIND_NONE : kind, precision));
        });
    }
    // Bytes as a sketch again, as a stored value is read.
    static DistinctSketch of(const Bytes &packed) {
        const Info info = info_of(packed.data(), packed.size());
        DistinctSketch s(info.precision, info.kind);
        s.merge(packed);
        return s;
    }
    void limit(int precision) {
        must(grown([&](sketch_growth *g) { return sketch_distinct_limit(data(), size(), precision, g); }));
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
};

inline DistinctSketch distinct_of(const std::vector<uint64_t> &hashes, int precision = 10) {
    DistinctSketch s(precision);
    for (uint64_t hash : hashes) s.add(hash);
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
