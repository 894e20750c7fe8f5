// A sketch as a C++ value on top of the C ABI, in a buffer of just the size that it asks for: what the tests and
// benchmarks of every family are written with. What differs between families stands in their headers:
//
//   Family::Info          what describe fills in
//   Family::kKind         of the items that a sketch without a kind of its own is given
//   Family::add           one row, and `growth` before it; what a row has more may have defaults
//   Family::merge, load, describe, packed_bound, move, pack
//                         as in sketch.h, of bytes in place of an opened sketch: opening.hpp
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "opening.hpp"
#include "sketch.h"

using Bytes = std::vector<uint8_t>;

// The types of functions that are alike in all families, of sketch.h as opening.hpp has them.
namespace calls {
using Merge = sketch_status(void *state, size_t state_size, const void *data, size_t size, sketch_growth *growth);
using Load = sketch_status(const void *data, size_t size, void *state, size_t state_size, sketch_growth *growth);
using PackedBound = size_t(const void *data, size_t size);
using Pack = sketch_status(const void *data, size_t size, uint8_t *out, size_t capacity, size_t *used);
template <typename Info>
using Describe = sketch_status(const void *data, size_t size, Info *info);
}  // namespace calls

template <typename Family>
class BufferedSketch {
  public:
    using Info = typename Family::Info;

    void *data() { return words_.data(); }
    const void *data() const { return words_.data(); }
    const uint8_t *bytes() const { return reinterpret_cast<const uint8_t *>(words_.data()); }
    size_t size() const { return 8 * words_.size(); }
    int kind() const { return kind_; }

    template <typename... Row>
    sketch_status try_add_as(int kind, const Row &...row) {
        return grown([&](sketch_growth *g) { return Family::add(data(), size(), kind, g, row...); });
    }
    template <typename... Row>
    sketch_status try_add(const Row &...row) {
        return try_add_as(kind_, row...);
    }
    template <typename... Row>
    void add(const Row &...row) {
        must(try_add_as(kind_, row...));
    }
    sketch_status try_merge(const void *other, size_t other_size) {
        return grown([&](sketch_growth *g) { return Family::merge(data(), size(), other, other_size, g); });
    }
    void merge(const BufferedSketch &other) { must(try_merge(other.data(), other.size())); }
    void merge(const Bytes &packed) { must(try_merge(packed.data(), packed.size())); }

    // Becomes what these bytes are, in memory of exactly the size that is asked for.
    void load(const void *sketch, size_t sketch_size) {
        sketch_growth growth;
        sketch_status status;
        words_.clear();
        for (int rounds = 0; (status = Family::load(sketch, sketch_size, data(), size(), &growth)) == SKETCH_GROW;
             rounds++) {
            if (growth.size % 8 != 0 || rounds == 6) throw std::logic_error("a load asks for a size without end");
            words_.assign(growth.size / 8, kFresh);
        }
        must(status);
    }

    // With what the family's pack takes more.
    template <typename... More>
    Bytes pack(More... more) const {
        Bytes out(Family::packed_bound(data(), size()));
        size_t used = 0;
        must(Family::pack(data(), size(), out.data(), out.size(), &used, more...));
        out.resize(used);
        return out;
    }
    Info info() const { return info_of(data(), size()); }
    static Info info_of(const void *sketch, size_t size) {
        Info i{};
        must(Family::describe(sketch, size, &i));
        return i;
    }

    static void must(sketch_status s) {
        if (s != SKETCH_OK) throw std::runtime_error(sketch_status_message(s));
    }

  protected:
    explicit BufferedSketch(int kind = SKETCH_KIND_NONE) : kind_(kind == SKETCH_KIND_NONE ? Family::kKind : kind) {}

    // A new work form of this size, made by init(state, size).
    template <typename Init>
    void make(size_t size, Init init) {
        words_.assign(size / 8, kFresh);
        init(words_.data(), size);
    }

    // call(growth), again and again while it asks for another buffer.
    template <typename Call>
    sketch_status grown(Call call) {
        sketch_growth growth;
        sketch_status status = call(&growth);
        for (int tries = 0; status == SKETCH_GROW; tries++) {
            if (tries == 64) throw std::logic_error("a state asks to grow without end");
            move(growth);
            status = call(&growth);
        }
        return status;
    }

  private:
    static constexpr uint64_t kFresh = ~uint64_t{0};  // fresh memory may hold anything

    void move(const sketch_growth &growth) {
        if (growth.size % 64 != 0) throw std::logic_error("a size that is no multiple of 64");
        if (growth.size <= 8192 && (growth.size & (growth.size - 1)) != 0)
            throw std::logic_error("a small size that is no power of two, as PostgreSQL allocates them");
        std::vector<uint64_t> other(growth.size / 8, kFresh);
        Family::move(other.data(), words_.data(), size(), &growth);
        words_.swap(other);
    }

    int kind_;
    std::vector<uint64_t> words_;
};
