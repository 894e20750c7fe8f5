// Writing counters as layers of fields.
#include "layers.hpp"
#include "../common/ones.hpp"

#ifdef SKETCH_X86
#include <immintrin.h>
#endif

namespace sketch::frequency {

namespace {

constexpr std::uint32_t kPiece = 256;
// Bytes that a group of fields may be written beyond its own.
constexpr std::size_t kSlack = 16;

#ifdef SKETCH_X86

constexpr int kMaxVectorBits = 15;

// As write_fields, of a multiple of 8, and of widths up to kMaxVectorBits.
SKETCH_AVX2 std::uint32_t write_fields_avx2(const std::uint32_t *values, std::uint32_t count, int width,
                                            std::uint8_t *out, std::uint32_t *rest) noexcept {
    const __m256i top = _mm256_set1_epi32(static_cast<int>(largest_field(width)));
    const __m256i pair = _mm256_set1_epi64x(static_cast<long long>(low_mask(2 * width)));
    const __m128i up = _mm_cvtsi32_si128(32 - width), pair_up = _mm_cvtsi32_si128(2 * width);
    std::uint32_t full = 0;
    for (std::uint32_t i = 0; i < count; i += 8, out += width) {
        const __m256i value = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(values + i));
        const __m256i field = _mm256_min_epu32(value, top);
        const unsigned set =
            static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(field, top))));
        const __m256i members =
            _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(kOnesOfBytes.position[set])));
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(rest + full),
                            _mm256_permutevar8x32_epi32(_mm256_sub_epi32(value, field), members));
        full += static_cast<std::uint32_t>(__builtin_popcount(set));
        // Two fields in each half of a lane, then four in the lower half.
        const __m256i two = _mm256_and_si256(_mm256_or_si256(field, _mm256_srl_epi64(field, up)), pair);
        const __m256i four = _mm256_or_si256(two, _mm256_sll_epi64(_mm256_srli_si256(two, 8), pair_up));
        const std::uint64_t low = static_cast<std::uint64_t>(_mm256_extract_epi64(four, 0));
        const std::uint64_t high = static_cast<std::uint64_t>(_mm256_extract_epi64(four, 2));
        store(out, low | high << (4 * width));
        store(out + 8, high >> 1 >> (63 - 4 * width));
    }
    return full;
}

#endif

// Writes the fields of some values, at most kPiece; what full ones have beyond that to `rest`, which has room for as
// many and 8 more. Returns how many those are. `out` has room for kSlack bytes more than it takes.
template <typename V>
std::uint32_t write_fields(const V *values, std::uint32_t count, int width, std::uint8_t *out, V *rest) noexcept {
    std::uint32_t full = 0, i = 0;
#ifdef SKETCH_X86
    if constexpr (sizeof(V) == 4) {
        if (has_avx2 && width <= kMaxVectorBits) {
            i = count / 8 * 8;
            full = write_fields_avx2(values, i, width, out, rest);
            out += Layer::size_of(i, width);
        }
    }
#endif
    const V top = static_cast<V>(largest_field(width));
    std::uint64_t pending = 0;
    int used = 0;  // less than 32
    auto put = [&](std::uint64_t bits, int length) {
        pending |= bits << used;
        used += length;
        if (used >= 32) {
            const std::uint64_t word = to_little_endian(pending);
            std::memcpy(out, &word, 4);
            out += 4;
            pending >>= 32;
            used -= 32;
        }
    };
    for (; i < count; i++) {
        const V field = std::min(values[i], top);
        rest[full] = static_cast<V>(values[i] - field);
        full += field == top;
        if (width <= 32) {
            put(field, width);
        } else {
            put(std::uint64_t{field} & low_mask(32), 32);
            put(std::uint64_t{field} >> 16 >> 16, width - 32);
        }
    }
    for (; used > 0; used -= 8, pending >>= 8) *out++ = static_cast<std::uint8_t>(pending);
    return full;
}

template <typename T>
std::uint64_t least_counter(const T *counters, std::size_t count) noexcept {
    return vectorised([=]() SKETCH_INLINED {
        T least = static_cast<T>(~T{0});
        for (std::size_t i = 0; i < count; i++) least = std::min(least, counters[i]);
        return std::uint64_t{least};
    });
}

// The width that `is_wide_enough` makes of these values, each of them less `base`, and how many fields are full then.
template <typename T>
void choose_width(const T *values, std::uint64_t base, Layer &layer) noexcept {
    auto try_width = [=, &layer](int width) {
        layer.width = width;
        layer.full = static_cast<std::uint32_t>(
            width > kMaxFieldBits ? 0 : count_at_least(values, layer.fields, base + largest_field(width)));
    };
    // No width is enough at which so many fields are full that they would be too many of one bit.
    int width = 1;
    for (try_width(1); !is_wide_enough(1, layer.fields, layer.full); try_width(2 * layer.width))
        width = layer.width + 1;
    for (try_width(width); !is_wide_enough(layer.width, layer.fields, layer.full); try_width(layer.width + 1)) {
    }
}

void write_sample(std::uint8_t *at, std::size_t bytes, std::uint32_t value) noexcept {
    for (std::size_t b = 0; b < bytes; b++) at[b] = static_cast<std::uint8_t>(value >> (8 * b));
}

// The layer of these values, each of them less `base`. Returns how many go on; they are in `rest` then, which may be
// where the values are.
template <typename T>
std::uint32_t write_layer(const T *values, std::uint32_t count, T base, T *rest, ByteWriter &out) noexcept {
    using V = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    Layer layer{};
    layer.fields = count;
    choose_width(values, base, layer);
    out.byte(static_cast<std::uint8_t>(layer.width));
    out.varint(layer.full);
    std::uint8_t *const samples = out.reserve(layer.samples_size());
    const int shift = Layer::sample_shift(layer.width);
    const std::uint32_t piece = std::min(kPiece, 1u << shift);
    std::uint32_t full = 0;
    V some[kPiece], left[kPiece + 8];
    std::uint8_t bytes[kPiece * sizeof(V) + kSlack];
    for (std::uint32_t from = 0; from < count; from += piece) {
        if ((from & 0x7fff) == 0 && from > 0) poll();
        if (from > 0 && layer.full > 0 && (from & ((1u << shift) - 1)) == 0 && samples != nullptr)
            write_sample(samples + ((from >> shift) - 1) * Layer::sample_bytes(count), Layer::sample_bytes(count),
                         full);
        const std::uint32_t here = std::min(piece, count - from);
        const T *const these = values + from;
        vectorised([=, &some]() SKETCH_INLINED {
            for (std::uint32_t i = 0; i < here; i++) some[i] = static_cast<V>(these[i] - base);
        });
        const std::uint32_t more = write_fields(some, here, layer.width, bytes, left);
        T *const to = rest + full;
        vectorised([=, &left]() SKETCH_INLINED {
            for (std::uint32_t i = 0; i < more; i++) to[i] = static_cast<T>(left[i]);
        });
        full += more;
        const std::size_t size = Layer::size_of(here, layer.width);
        if (std::uint8_t *at = out.reserve(size); at != nullptr) std::memcpy(at, bytes, size);
    }
    return full;
}

constexpr std::uint32_t counters_of(const View &view) noexcept {
    return static_cast<std::uint32_t>(kDepth) << view.log2_width;
}

}  // namespace

std::size_t layers_scratch(const View &work) noexcept { return (std::size_t{counters_of(work)} / 2) << work.width; }

// A width w is not enough for n fields only if more than n / (w + 1) of them are full, so if the counters left add up
// to more than 2^w - 1 times that; and all rows together add up to kDepth totals. Fewer fields than the most of a layer
// may need more bits each, but not more than two bits a field of the most together.
std::size_t layers_bound(const View &work) noexcept {
    std::size_t size = 16;
    for (std::uint64_t fields = counters_of(work); fields > 0; fields /= 2) {
        int width = 1;
        while (width < kMaxFieldBits - 2 &&
               largest_field(width) / static_cast<unsigned>(kDepth * (width + 1)) <= work.total / fields)
            width++;
        const std::size_t bytes = Layer::size_of(fields, width + 2);
        size += 8 + bytes + bytes / 64;
    }
    return size;
}

Status write_layers(const View &work, ByteWriter &out) noexcept {
    return with_width(work.width, [&](auto zero) {
        using T = decltype(zero);
        T *const rest = reinterpret_cast<T *>(out.scratch(layers_scratch(work)));
        if (rest == nullptr) return SKETCH_NO_ROOM;
        const T *values = work.counters<T>();
        const T base = static_cast<T>(least_counter(values, counters_of(work)));
        out.varint(base);
        for (std::uint32_t count = write_layer(values, counters_of(work), base, rest, out); count > 0;)
            count = write_layer(rest, count, T{0}, rest, out);
        return out.ok() ? SKETCH_OK : SKETCH_NO_ROOM;
    });
}

}  // namespace sketch::frequency
