// A frequency sketch as a C++ value on top of the C ABI: what the tests and benchmarks are written with.
#pragma once

#include "buffered_sketch.hpp"
#include "opening.hpp"
#include "sketch.h"

struct FrequencyFamily {
    using Info = sketch_frequency_info;
    static constexpr int kKind = SKETCH_KIND_NUMBER;
    static constexpr auto move = sketch_frequency_move;
    static constexpr calls::Merge *merge = sketch_frequency_merge;
    static constexpr calls::Load *load = sketch_frequency_load;
    static constexpr calls::Describe<Info> *describe = sketch_frequency_describe;
    static constexpr calls::PackedBound *packed_bound = frequency_packed_bound;
    static constexpr calls::Pack *pack = sketch_frequency_pack;
    static sketch_status add(void *state, size_t size, int kind, sketch_growth *growth, uint64_t hash,
                             uint64_t weight = 1) {
        return sketch_frequency_add(state, size, kind, hash, weight, growth);
    }
};

class FrequencySketch : public BufferedSketch<FrequencyFamily> {
  public:
    // Open: without a kind until something comes; what it adds then are items of `kind`.
    explicit FrequencySketch(int log2_width = 10, int kind = SKETCH_KIND_NUMBER, bool is_open = false)
        : BufferedSketch(kind) {
        make(sketch_frequency_init_size(), [&](void *state, size_t size) {
            must(sketch_frequency_init(state, size, is_open ? SKETCH_KIND_NONE : kind, log2_width));
        });
    }
    // Bytes as a sketch again, as a stored value is read.
    static FrequencySketch of(const Bytes &packed) {
        const Info info = info_of(packed.data(), packed.size());
        FrequencySketch s(info.log2_width, info.kind);
        s.merge(packed);
        return s;
    }

    sketch_status try_subtract(const void *other, size_t other_size) {
        return grown([&](sketch_growth *g) { return sketch_frequency_subtract(data(), size(), other, other_size, g); });
    }
    void add_item(uint64_t item, uint64_t weight = 1) { add(sketch_hash_word(item), weight); }
    void subtract(const FrequencySketch &other) { must(try_subtract(other.data(), other.size())); }
    void limit(int log2_width) {
        must(grown([&](sketch_growth *g) { return sketch_frequency_limit(data(), size(), log2_width, g); }));
    }

    struct Count {
        uint64_t estimate, lower, upper;
        bool operator==(const Count &) const = default;
    };
    static Count count(const void *sketch, size_t size, int kind, uint64_t hash) {
        Count c{};
        must(sketch_frequency_count(sketch, size, kind, hash, &c.estimate, &c.lower, &c.upper));
        return c;
    }
    Count count(uint64_t hash) const { return count(data(), size(), kind(), hash); }
};
