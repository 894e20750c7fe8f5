// A topk sketch as a C++ value on top of the C ABI: what the tests and benchmarks are written with.
#pragma once

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "opening.hpp"
#include "sketch.h"

class TopkSketch {
  public:
    using Bytes = std::vector<uint8_t>;

    // Open: without a kind until something comes; what it adds then are items of `kind`.
    explicit TopkSketch(uint32_t k = 100, int kind = SKETCH_KIND_TEXT, bool is_open = false)
        : kind_(kind == SKETCH_KIND_NONE ? SKETCH_KIND_TEXT : kind) {
        words_.resize(sketch_topk_init_size() / 8);
        must(sketch_topk_init(words_.data(), size(), is_open ? SKETCH_KIND_NONE : kind, k));
    }
    void *data() { return words_.data(); }
    const void *data() const { return words_.data(); }
    size_t size() const { return 8 * words_.size(); }
    int kind() const { return kind_; }

    sketch_status try_add(std::string_view item, uint64_t weight = 1) {
        return grown([&](sketch_growth *g) {
            return sketch_topk_add(data(), size(), kind_, item.data(), item.size(), weight, g);
        });
    }
    sketch_status try_merge(const void *other, size_t other_size) {
        return grown([&](sketch_growth *g) { return sketch_topk_merge(data(), size(), other, other_size, g); });
    }
    void add(std::string_view item, uint64_t weight = 1) { must(try_add(item, weight)); }
    void merge(const TopkSketch &other) { must(try_merge(other.data(), other.size())); }
    void merge(const Bytes &packed) { must(try_merge(packed.data(), packed.size())); }
    void limit(uint32_t k) {
        must(grown([&](sketch_growth *g) { return sketch_topk_limit(data(), size(), k, g); }));
    }

    sketch_topk_info info() const { return info_of(data(), size()); }
    static sketch_topk_info info_of(const void *sketch, size_t size) {
        sketch_topk_info i{};
        must(sketch_topk_describe(sketch, size, &i));
        return i;
    }
    Bytes pack() const {
        Bytes out(topk_packed_bound(data(), size()));
        std::vector<uint64_t> scratch(topk_pack_size(data(), size()) / 8);
        size_t used = 0;
        must(sketch_topk_pack(data(), size(), scratch.data(), 8 * scratch.size(), out.data(), out.size(), &used));
        out.resize(used);
        return out;
    }
    // Bytes as a sketch again, as a stored value is read.
    static TopkSketch of(const Bytes &packed, int kind_if_open = SKETCH_KIND_TEXT) {
        sketch_topk_info info = info_of(packed.data(), packed.size());
        const bool is_open = info.kind == SKETCH_KIND_NONE;
        TopkSketch s(info.k, is_open ? kind_if_open : info.kind, is_open);
        s.merge(packed);
        return s;
    }

    struct Entry {
        std::string item;
        uint64_t estimate, lower, upper;
        bool operator==(const Entry &) const = default;
    };
    static std::vector<Entry> entries(const Bytes &packed) {
        auto cursor = std::make_unique<sketch_topk_cursor>();
        OpenedTopk opened(packed.data(), packed.size(), SKETCH_PACKED);
        must(opened.then([&](auto *sketch) { return sketch_topk_begin(sketch, cursor.get()); }));
        std::vector<Entry> all;
        sketch_topk_entry e;
        sketch_status s;
        while ((s = sketch_topk_next(cursor.get(), &e)) == SKETCH_OK)
            all.push_back(
                {std::string(reinterpret_cast<const char *>(e.item), e.item_size), e.estimate, e.lower, e.upper});
        if (s != SKETCH_END) must(s);
        return all;
    }
    static Entry bounds(const Bytes &packed, int kind, std::string_view item) {
        Entry e{std::string(item), 0, 0, 0};
        must(sketch_topk_count(packed.data(), packed.size(), kind, item.data(), item.size(), &e.estimate, &e.lower,
                               &e.upper));
        return e;
    }

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
            if (growth.size > SKETCH_TOPK_MAX_BYTES) throw std::logic_error("larger than promised");
            std::vector<uint64_t> larger(growth.size / 8, ~uint64_t{0});
            sketch_topk_move(larger.data(), words_.data(), size(), &growth);
            words_.swap(larger);
        }
        throw std::logic_error("a state asks to grow without end");
    }

    int kind_;
    std::vector<uint64_t> words_;
};

// The canonical bytes of an integer.
inline std::string_view topk_integer(const uint64_t &value) {
    return {reinterpret_cast<const char *>(&value), sizeof value};
}
