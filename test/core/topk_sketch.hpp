// A topk sketch as a C++ value on top of the C ABI: what the tests and benchmarks are written with.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "buffered_sketch.hpp"
#include "opening.hpp"
#include "sketch.h"

struct TopkFamily {
    using Info = sketch_topk_info;
    static constexpr int kKind = SKETCH_KIND_TEXT;
    static constexpr calls::Merge *merge = sketch_topk_merge;
    static constexpr calls::Load *load = sketch_topk_load;
    static constexpr calls::Describe<Info> *describe = sketch_topk_describe;
    static constexpr calls::PackedBound *packed_bound = topk_packed_bound;
    static void move(void *to, const void *from, size_t from_size, const sketch_growth *growth) {
        if (growth->size > SKETCH_TOPK_MAX_BYTES) throw std::logic_error("larger than promised");
        sketch_topk_move(to, from, from_size, growth);
    }
    static sketch_status pack(const void *data, size_t size, uint8_t *out, size_t capacity, size_t *used) {
        std::vector<uint64_t> scratch(topk_pack_size(data, size) / 8);
        return sketch_topk_pack(data, size, scratch.data(), 8 * scratch.size(), out, capacity, used);
    }
    static sketch_status add(void *state, size_t size, int kind, sketch_growth *growth, std::string_view item,
                             uint64_t weight = 1) {
        return sketch_topk_add(state, size, kind, item.data(), item.size(), weight, growth);
    }
};

class TopkSketch : public BufferedSketch<TopkFamily> {
  public:
    // Open: without a kind until something comes; what it adds then are items of `kind`.
    explicit TopkSketch(uint32_t k = 100, int kind = SKETCH_KIND_TEXT, bool is_open = false) : BufferedSketch(kind) {
        make(sketch_topk_init_size(),
             [&](void *state, size_t size) { must(sketch_topk_init(state, size, is_open ? SKETCH_KIND_NONE : kind, k)); });
    }
    sketch_status try_merge_counters(const sketch_topk_counters &counters) {
        return grown([&](sketch_growth *g) { return sketch_topk_merge_counters(data(), size(), &counters, g); });
    }
    // Bytes as a sketch again, as a stored value is read.
    static TopkSketch of(const Bytes &packed, int kind_if_open = SKETCH_KIND_TEXT) {
        const Info info = info_of(packed.data(), packed.size());
        const bool is_open = info.kind == SKETCH_KIND_NONE;
        TopkSketch s(info.k, is_open ? kind_if_open : info.kind, is_open);
        s.merge(packed);
        return s;
    }
    void limit(uint32_t k) {
        must(grown([&](sketch_growth *g) { return sketch_topk_limit(data(), size(), k, g); }));
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
};

// The canonical bytes of an integer.
inline std::string_view topk_integer(const uint64_t &value) {
    return {reinterpret_cast<const char *>(&value), sizeof value};
}
