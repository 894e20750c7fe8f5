// The counters of a packed frequency sketch: fields of few bits in layers, and in the next layer what does not fit.
//
// The first layer has a field for each counter: what it is above the least of all, or the largest number of the layer's
// bits if it is as large or larger: then the field is full. What such a counter has beyond that is in the next layer,
// which has a field for each full field of this one, in their order; and so on, until no field is full. docs/FORMAT.md
// describes every byte.
//
// Counters are mostly small and sometimes huge. A layer's width is the least one at which few enough fields are full;
// how few that is falls with the width, because a counter that goes on costs about as many bits again.
#pragma once

#include <type_traits>

#include "frequency.hpp"
#include "../common/simd.hpp"

namespace sketch::frequency {

inline constexpr int kMaxFieldBits = 63;

constexpr std::uint64_t largest_field(int width) noexcept { return (std::uint64_t{1} << width) - 1; }

// Whether a layer of this width may have so many full fields. Its width is the least one of at least 1 for which this
// holds.
constexpr bool is_wide_enough(int width, std::uint64_t fields, std::uint64_t full) noexcept {
    return static_cast<unsigned>(width + 1) * full <= fields;
}

// At most half of a layer's fields are full.
inline constexpr int kMaxLayers = [] {
    int layers = 0;
    for (std::uint64_t fields = std::uint64_t{kDepth} << kMaxLog2Width; fields > 0; fields /= 2) layers++;
    return layers;
}();

struct Layer {
    std::uint32_t fields, full;
    int width;
    const std::uint8_t *samples;  // how many fields are full before each sampled one
    const std::uint8_t *at;       // the fields

    // Each 2^sample_shift-th field but the first is sampled, so that there are 128 to 256 bytes between two of them; in
    // the last layer none is.
    static constexpr int sample_shift(int width) noexcept {
        return 11 - static_cast<int>(std::bit_width(static_cast<unsigned>(width - 1)));
    }
    static constexpr std::size_t sample_bytes(std::uint32_t fields) noexcept { return fields <= 0x10000 ? 2 : 3; }
    std::uint32_t sample_count() const noexcept { return full == 0 ? 0 : (fields - 1) >> sample_shift(width); }
    std::size_t samples_size() const noexcept { return sample_count() * sample_bytes(fields); }
    // i < sample_count()
    std::uint32_t sample(std::uint32_t i) const noexcept {
        const std::size_t bytes = sample_bytes(fields);
        std::uint32_t value = 0;
        for (std::size_t b = 0; b < bytes; b++) value |= std::uint32_t{samples[i * bytes + b]} << (8 * b);
        return value;
    }
    std::size_t size() const noexcept { return size_of(fields, width); }
    static constexpr std::size_t size_of(std::uint64_t fields, int width) noexcept {
        return static_cast<std::size_t>((fields * static_cast<unsigned>(width) + 7) / 8);
    }
};

// The layer of so many fields that begins at `at`, which is then behind it. Only whether it lies before `end`, and may
// have so many full fields, is checked.
Status read_layer(const std::uint8_t *&at, const std::uint8_t *end, std::uint32_t fields, Layer &layer) noexcept;

// All layers of a packed dense view.
struct Layers {
    Layer layer[kMaxLayers];
    int count;
    std::uint64_t base;     // what all counters have at least
    std::uint64_t largest;  // no counter is larger, nor than the total
    const std::uint8_t *end;

    // Checks that they end where the view does, and that no counter comes to 2^64.
    Status read(const View &view) noexcept;
};

// Reads fields, and what belongs to the full ones from the layer behind. Never outside of the layers, whatever they
// hold; counters are of type V if Layers::largest is.
template <typename V>
class CounterReader {
  public:
    explicit CounterReader(const Layers &layers) noexcept;
    CounterReader(const CounterReader &) = delete;
    CounterReader &operator=(const CounterReader &) = delete;

    // The next counters: a multiple of 8, but where they end.
    void read(V *out, std::uint32_t count) noexcept;
    // When all are read: whether each layer has as many full fields as it says.
    bool ok() const noexcept;

  private:
    // Values of a layer that are decoded, and not taken by the layer before yet: begin to end.
    struct Level {
        const std::uint8_t *at;
        V *values;
        std::uint32_t left, full;
        std::uint32_t begin, end;
        int width;
    };
    // Fields are taken by as many, or they end. Of values there are that many more than the capacity of a level, and 16
    // more can be read.
    static constexpr std::uint32_t kStep = sizeof(V) == 8 ? 16 : 64, kSlack = kStep + 16;
    static constexpr std::uint32_t capacity_of(int l) noexcept {
        return std::max(l < 4 ? (sizeof(V) == 8 ? 512u : 1024u) >> l : 0, sizeof(V) == 8 ? 32u : 64u);
    }
    static constexpr std::uint32_t kAllRoom = [] {
        std::uint32_t capacity = 0;
        for (int l = 1; l <= kMaxLayers; l++) capacity += capacity_of(l) + kSlack;
        return capacity;
    }();

    void fill(int l, V *out, std::uint32_t count) noexcept;
    void refill(int l) noexcept;

    const Layers &layers_;
    Level levels_[kMaxLayers + 1];  // and one of zeros
    V values_[kAllRoom];
};

// The least of an item's counters.
std::uint64_t least_of(const View &packed, const Cells &cells) noexcept;

// Whether everything about the layers is as `write_layers` writes it, apart from what the counters are.
bool are_canonical(const Layers &layers) noexcept;

// Writes the base and the layers of a work form's counters: layers_bound bytes at most. Needs layers_scratch bytes of
// the writer's scratch memory besides.
Status write_layers(const View &work, ByteWriter &out) noexcept;
std::size_t layers_scratch(const View &work) noexcept;
std::size_t layers_bound(const View &work) noexcept;

// How many values are as large as this one or larger.
template <typename T>
std::uint64_t count_at_least(const T *values, std::size_t count, std::uint64_t least) noexcept {
    if (least > static_cast<T>(~T{0})) return 0;
    constexpr std::size_t kStep = std::size_t{1} << 15;
    std::uint64_t found = 0;
    for (std::size_t from = 0; from < count; from += kStep) {
        if (from > 0) poll();
        found += vectorised([=]() SKETCH_INLINED {
            // Counted in their own type, which is what vectors of them can do without more ado.
            constexpr std::size_t kBlock = sizeof(T) == 1 ? 128 : kStep / 2;
            std::uint64_t sum = 0;
            for (std::size_t at = from, end = std::min(count, from + kStep); at < end; at += kBlock) {
                T here = 0;
                for (std::size_t i = at; i < std::min(end, at + kBlock); i++)
                    here = static_cast<T>(here + (values[i] >= static_cast<T>(least)));
                sum += here;
            }
            return sum;
        });
    }
    return found;
}

// The counters of a dense view of either form, in pieces that lie within a row.
class DenseCounters {
  public:
    explicit DenseCounters(const View &view) noexcept : view_(view) {}

    // First of all.
    Status open() noexcept { return view_.is_work ? SKETCH_OK : layers_.read(view_); }
    const Layers &layers() const noexcept { return layers_; }  // of a packed view
    // Log2 of the bytes that do for each of them.
    int width() const noexcept {
        return view_.is_work ? view_.width : width_for(std::min(layers_.largest, view_.total));
    }
    // use(values, first, count) with all of them, whether or not something is wrong: then the answer says so. Checks
    // that each row adds up to the total, which also says that nothing wraps.
    template <typename Use>
    Status for_each(Use use) const noexcept {
        if (view_.is_work) return with_width(view_.width, [&](auto zero) { return visit_work<decltype(zero)>(use); });
        if (layers_.largest <= kMaxCount[1]) return visit_packed<std::uint16_t>(use);
        return layers_.largest <= kMaxCount[2] ? visit_packed<std::uint32_t>(use) : visit_packed<std::uint64_t>(use);
    }

  private:
    static constexpr std::uint32_t kPiece = 512;

    template <typename Use, typename Next>
    Status visit(Use use, Next next) const noexcept {
        const std::uint32_t row = std::uint32_t{1} << view_.log2_width, piece = std::min(row, kPiece);
        bool right = true;
        for (std::size_t first = 0; first < std::size_t{kDepth} << view_.log2_width;) {
            std::uint64_t left = view_.total;
            for (const std::size_t end = first + row; first < end; first += piece) {
                if ((first & 0x7fff) == 0 && first > 0) poll();
                const auto *values = next(first, piece);
                right &= take(values, piece, left);
                use(values, first, piece);
            }
            right &= left == 0;
        }
        return right ? SKETCH_OK : SKETCH_CORRUPT;
    }
    template <typename T, typename Use>
    Status visit_work(Use use) const noexcept {
        return visit(use, [&](std::size_t first, std::uint32_t) { return view_.counters<T>() + first; });
    }
    template <typename V, typename Use>
    Status visit_packed(Use use) const noexcept {
        CounterReader<V> reader(layers_);
        V values[kPiece];
        const Status s = visit(use, [&](std::size_t, std::uint32_t count) {
            reader.read(values, count);
            return static_cast<const V *>(values);
        });
        return reader.ok() ? s : SKETCH_CORRUPT;
    }

    // Takes what they add up to from what is left; false if it is not.
    template <typename T>
    static bool take(const T *values, std::uint32_t count, std::uint64_t &left) noexcept {
        if constexpr (sizeof(T) == 8) {
            bool right = true;
            for (std::uint32_t i = 0; i < count; i++) {
                right &= values[i] <= left;
                left -= std::min<std::uint64_t>(values[i], left);
            }
            return right;
        } else {
            using Sum = std::conditional_t<sizeof(T) == 4, std::uint64_t, std::uint32_t>;
            const std::uint64_t sum = vectorised([=]() SKETCH_INLINED {
                Sum part = 0;
                for (std::uint32_t i = 0; i < count; i++) part += static_cast<Sum>(values[i]);
                return std::uint64_t{part};
            });
            const bool right = sum <= left;
            left -= std::min(sum, left);
            return right;
        }
    }

    const View &view_;
    Layers layers_;
};

}  // namespace sketch::frequency
