// A frequency sketch as a C++ value on top of the C ABI: what the tests and benchmarks are written with.
#pragma once

#include <map>
#include <random>
#include <stdexcept>
#include <vector>

#include "opening.hpp"
#include "sketch.h"

class FrequencySketch {
  public:
    using Bytes = std::vector<uint8_t>;

    // Open: without a kind until something comes; what it adds then are items of `kind`.
    explicit FrequencySketch(int log2_width = 10, int kind = SKETCH_KIND_NUMBER, bool is_open = false)
        : kind_(kind == SKETCH_KIND_NONE ? SKETCH_KIND_NUMBER : kind) {
        words_.resize(sketch_frequency_init_size() / 8);
        must(sketch_frequency_init(words_.data(), size(), is_open ? SKETCH_KIND_NONE : kind, log2_width));
    }
    void *data() { return words_.data(); }
    const void *data() const { return words_.data(); }
    size_t size() const { return 8 * words_.size(); }
    int kind() const { return kind_; }

    sketch_status try_add(uint64_t hash, uint64_t weight = 1) {
        return grown([&](sketch_growth *g) { return sketch_frequency_add(data(), size(), kind_, hash, weight, g); });
    }
    sketch_status try_merge(const void *other, size_t other_size) {
        return grown([&](sketch_growth *g) { return sketch_frequency_merge(data(), size(), other, other_size, g); });
    }
    sketch_status try_subtract(const void *other, size_t other_size) {
        return grown([&](sketch_growth *g) { return sketch_frequency_subtract(data(), size(), other, other_size, g); });
    }
    void add(uint64_t hash, uint64_t weight = 1) { must(try_add(hash, weight)); }
    void add_item(uint64_t item, uint64_t weight = 1) { add(sketch_hash_word(item), weight); }
    void merge(const FrequencySketch &other) { must(try_merge(other.data(), other.size())); }
    void merge(const Bytes &packed) { must(try_merge(packed.data(), packed.size())); }
    void subtract(const FrequencySketch &other) { must(try_subtract(other.data(), other.size())); }
    void limit(int log2_width) {
        must(grown([&](sketch_growth *g) { return sketch_frequency_limit(data(), size(), log2_width, g); }));
    }

    Bytes pack() const {
        Bytes out(frequency_packed_bound(data(), size()));
        size_t used = 0;
        must(sketch_frequency_pack(data(), size(), out.data(), out.size(), &used));
        out.resize(used);
        return out;
    }
    sketch_frequency_info info() const {
        sketch_frequency_info i{};
        must(sketch_frequency_describe(data(), size(), &i));
        return i;
    }
    // Bytes as a sketch again, as a stored value is read.
    static FrequencySketch of(const Bytes &packed) {
        sketch_frequency_info info{};
        must(sketch_frequency_describe(packed.data(), packed.size(), &info));
        FrequencySketch s(info.log2_width, info.kind);
        s.merge(packed);
        return s;
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
    Count count(uint64_t hash) const { return count(data(), size(), kind_, hash); }

    static void must(sketch_status s) {
        if (s != SKETCH_OK) throw std::runtime_error(sketch_status_message(s));
    }

  private:
    template <typename Call>
    sketch_status grown(Call call) {
        for (int tries = 0; tries < 64; tries++) {
            sketch_growth growth{};
            sketch_status s = call(&growth);
            if (s != SKETCH_GROW) return s;
            if (growth.size % 64 != 0) throw std::logic_error("a size that is no multiple of 64");
            if (growth.size <= 8192 && (growth.size & (growth.size - 1)) != 0)
                throw std::logic_error("a small size that is no power of two");
            std::vector<uint64_t> larger(growth.size / 8, ~uint64_t{0});
            sketch_frequency_move(larger.data(), words_.data(), size(), &growth);
            words_.swap(larger);
        }
        throw std::logic_error("a state asks to grow without end");
    }

    int kind_;
    std::vector<uint64_t> words_;
};
