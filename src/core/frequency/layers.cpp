// Reading layers of fields: all counters in their order, or the few of one item.
#include "layers.hpp"

#include <array>

#ifdef SKETCH_X86
#include <immintrin.h>
#endif

namespace sketch::frequency {

Status read_layer(const std::uint8_t *&at, const std::uint8_t *end, std::uint32_t fields, Layer &layer) noexcept {
    ByteReader in(at, static_cast<std::size_t>(end - at));
    const int width = in.byte();
    const std::uint64_t full = in.varint();
    if (!in.ok()) return in.remaining() == 0 ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
    if (width < 1 || width > kMaxFieldBits || full > fields || !is_wide_enough(width, fields, full))
        return SKETCH_CORRUPT;
    layer.fields = fields;
    layer.full = static_cast<std::uint32_t>(full);
    layer.width = width;
    layer.samples = in.position();
    const std::size_t samples_size = layer.samples_size(), size = samples_size + layer.size();
    if (in.remaining() < size) return SKETCH_TRUNCATED;
    layer.at = layer.samples + samples_size;
    at = layer.samples + size;
    return SKETCH_OK;
}

Status Layers::read(const View &view) noexcept {
    const std::uint8_t *at = view.at();
    end = view.data + view.size;
    count = 0;
    base = largest = view.base;
    for (std::uint32_t fields = static_cast<std::uint32_t>(kDepth) << view.log2_width; fields > 0;
         fields = layer[count++].full) {
        // Some counter has come up to here.
        if (largest > view.total) return SKETCH_CORRUPT;
        if (Status s = read_layer(at, end, fields, layer[count]); s != SKETCH_OK) return s;
        largest += largest_field(layer[count].width);
    }
    return at == end ? SKETCH_OK : SKETCH_TRAILING;
}

namespace {

// The field at a bit from `at` on.
std::uint64_t field_at(const std::uint8_t *at, const std::uint8_t *end, std::uint64_t bit, int width) noexcept {
    at += bit / 8;
    const int skip = static_cast<int>(bit % 8);
    std::uint64_t field = load_before(at, end) >> skip;
    if (skip + width > 64) field |= std::uint64_t{at[8]} << (64 - skip);
    return field & largest_field(width);
}

#ifdef SKETCH_X86

// Where the eight fields of a group are, in lanes of type V: the bytes of each, and where its bits begin in them.
template <typename V, int Width>
struct Groups {
    alignas(16) std::uint8_t bytes[Width + 1][8 * sizeof(V)]{};
    alignas(16) V shift[Width + 1][8]{};

    constexpr Groups() {
        for (int width = 1; width <= Width; width++)
            for (int i = 0; i < 8; i++) {
                const int bit = i * width;
                shift[width][i] = static_cast<V>(bit % 8);
                // Lanes of 16 bits are shifted to the left, by a multiplication.
                if constexpr (sizeof(V) == 2) shift[width][i] = static_cast<V>(1 << (16 - width - bit % 8));
                for (int b = 0; b < static_cast<int>(sizeof(V)); b++)
                    bytes[width][static_cast<int>(sizeof(V)) * i + b] =
                        static_cast<std::uint8_t>(bit / 8 + b < 16 ? bit / 8 + b : 0x80);
            }
    }
};
constexpr Groups<std::uint16_t, 9> kNarrowGroups;
constexpr Groups<std::uint32_t, 16> kWideGroups;

// For each set of full fields among eight: the place among them of each, as lanes and as bytes of lanes of 16 bits.
struct Places {
    alignas(16) std::uint8_t bytes[256][16];
    alignas(8) std::uint8_t lanes[256][8];
};
constexpr Places kPlaces = [] {
    Places places{};
    for (unsigned set = 0; set < 256; set++)
        for (unsigned i = 0, place = 0; i < 8; i++)
            if (set >> i & 1) {
                places.lanes[set][i] = static_cast<std::uint8_t>(place);
                places.bytes[set][2 * i] = static_cast<std::uint8_t>(2 * place);
                places.bytes[set][2 * i + 1] = static_cast<std::uint8_t>(2 * place + 1);
                place++;
            }
    return places;
}();

inline __m128i load128(const void *from) noexcept { return _mm_loadu_si128(static_cast<const __m128i *>(from)); }
SKETCH_AVX2 inline __m256i load256(const void *from) noexcept {
    return _mm256_loadu_si256(static_cast<const __m256i *>(from));
}

// As take_fields, of some groups each of which is read as 16 bytes; of 16-bit lanes two at a time.
SKETCH_AVX2 const std::uint16_t *take_groups(const std::uint8_t *at, std::uint32_t groups, int width,
                                             const std::uint16_t *rest, std::uint16_t *out) noexcept {
    const __m256i bytes = _mm256_broadcastsi128_si256(load128(kNarrowGroups.bytes[width]));
    const __m256i shift = _mm256_broadcastsi128_si256(load128(kNarrowGroups.shift[width]));
    const __m256i top = _mm256_set1_epi16(static_cast<short>(largest_field(width)));
    const __m128i down = _mm_cvtsi32_si128(16 - width);
    const std::uint8_t *const end = at + std::size_t{groups} * static_cast<std::size_t>(width);
    for (; at != end; at += 2 * width, out += 16) {
        const __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(load128(at)), load128(at + width), 1);
        const __m256i fields = _mm256_srl_epi16(_mm256_mullo_epi16(_mm256_shuffle_epi8(both, bytes), shift), down);
        const __m256i full = _mm256_cmpeq_epi16(fields, top);
        const unsigned sets = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_packs_epi16(full, full)));
        const std::uint16_t *const second = rest + __builtin_popcount(sets & 0xff);
        const __m256i more = _mm256_inserti128_si256(_mm256_castsi128_si256(load128(rest)), load128(second), 1);
        const __m256i places = _mm256_inserti128_si256(_mm256_castsi128_si256(load128(kPlaces.bytes[sets & 0xff])),
                                                       load128(kPlaces.bytes[sets >> 24]), 1);
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(out),
                            _mm256_add_epi16(fields, _mm256_and_si256(_mm256_shuffle_epi8(more, places), full)));
        rest = second + __builtin_popcount(sets >> 24);
    }
    return rest;
}
SKETCH_AVX2 const std::uint32_t *take_groups(const std::uint8_t *at, std::uint32_t groups, int width,
                                             const std::uint32_t *rest, std::uint32_t *out) noexcept {
    const __m256i bytes = load256(kWideGroups.bytes[width]), shift = load256(kWideGroups.shift[width]);
    const __m256i top = _mm256_set1_epi32(static_cast<int>(largest_field(width)));
    for (std::uint32_t i = 0; i < groups; i++, at += width, out += 8) {
        const __m256i group = _mm256_broadcastsi128_si256(load128(at));
        const __m256i fields = _mm256_and_si256(_mm256_srlv_epi32(_mm256_shuffle_epi8(group, bytes), shift), top);
        const __m256i full = _mm256_cmpeq_epi32(fields, top);
        const unsigned set = static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(full)));
        const __m256i places =
            _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(kPlaces.lanes[set])));
        const __m256i more = _mm256_permutevar8x32_epi32(load256(rest), places);
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(out), _mm256_add_epi32(fields, _mm256_and_si256(more, full)));
        rest += __builtin_popcount(set);
    }
    return rest;
}

#endif

// A field, and the next of `rest` if it is full. Without a branch: which ones are is chance.
template <typename V>
[[gnu::always_inline]] inline const V *take_field(std::uint64_t field, std::uint64_t top, const V *rest,
                                                  V *out) noexcept {
    const std::uint64_t full = field == top;
    *out = static_cast<V>(field + (*rest & (std::uint64_t{0} - full)));
    return rest + full;
}

// As take_fields, of groups of eight fields that are in a word.
constexpr int kMaxWordBits = 8;
template <typename V, int Width>
const V *take_words(const std::uint8_t *at, const std::uint8_t *end, std::uint32_t groups, const V *rest,
                    V *out) noexcept {
    constexpr std::uint64_t top = largest_field(Width);
    for (; groups > 0; groups--, at += Width, out += 8) {
        const std::uint64_t word = load_before(at, end);
#pragma GCC unroll 8
        for (int i = 0; i < 8; i++) rest = take_field(word >> i * Width & top, top, rest, out + i);
    }
    return rest;
}
template <typename V>
constexpr decltype(&take_words<V, 1>) kTakeWords[kMaxWordBits + 1] = {
    nullptr,          take_words<V, 1>, take_words<V, 2>, take_words<V, 3>, take_words<V, 4>,
    take_words<V, 5>, take_words<V, 6>, take_words<V, 7>, take_words<V, 8>};

// Reads some fields from a byte on, and adds to each full one the next of `rest`, of which there are as many as fields
// and 16 more. Returns how many it took.
template <typename V>
std::uint32_t take_fields(const std::uint8_t *at, const std::uint8_t *end, std::uint32_t count, int width,
                          const V *rest, V *out) noexcept {
    const V *next = rest;
    const std::size_t step = static_cast<std::size_t>(width);
    std::uint32_t i = 0;
#ifdef SKETCH_X86
    if constexpr (sizeof(V) <= 4) {
        const std::size_t size = static_cast<std::size_t>(end - at);
        if (has_avx2 && width <= (sizeof(V) == 2 ? 9 : 16) && size >= 16) {
            std::uint32_t groups = static_cast<std::uint32_t>(std::min<std::size_t>(count / 8, (size - 16) / step + 1));
            if constexpr (sizeof(V) == 2) groups -= groups % 2;
            next = take_groups(at, groups, width, next, out);
            i = 8 * groups;
            at += groups * step;
        }
    }
#endif
    if (width <= kMaxWordBits) {
        const std::uint32_t groups = (count - i) / 8;
        next = kTakeWords<V>[width](at, end, groups, next, out + i);
        i += 8 * groups;
        at += groups * step;
    }
    for (std::uint64_t bit = 0; i < count; i++, bit += step)
        next = take_field<V>(field_at(at, end, bit, width), largest_field(width), next, out + i);
    return static_cast<std::uint32_t>(next - rest);
}

}  // namespace

template <typename V>
CounterReader<V>::CounterReader(const Layers &layers) noexcept : layers_(layers) {
    V *values = values_;
    for (int l = 0; l <= layers.count; l++) {
        Level &level = levels_[l];
        const bool is_layer = l < layers.count;
        level.at = is_layer ? layers.layer[l].at : layers.end;
        level.left = is_layer ? layers.layer[l].fields : 0;
        level.width = is_layer ? layers.layer[l].width : 1;
        level.full = level.begin = level.end = 0;
        level.values = values;
        if (l > 0) values += capacity_of(l) + kSlack;
    }
}

template <typename V>
void CounterReader<V>::refill(int l) noexcept {
    Level &level = levels_[l];
    const std::uint32_t kept = level.end - level.begin;  // less than kStep
    std::memmove(level.values, level.values + level.begin, kept * sizeof(V));
    const std::uint32_t more = std::min(level.left, capacity_of(l));
    if (more > 0) fill(l, level.values + kept, more);
    level.begin = 0;
    // Where there are no more, any number of zeros: that too many were taken shows in the end.
    level.end = kept + std::max(more, kStep);
    std::fill(level.values + kept + more, level.values + level.end + 16, V{0});
}

template <typename V>
void CounterReader<V>::fill(int l, V *out, std::uint32_t count) noexcept {
    Level &level = levels_[l], &next = levels_[l + 1];
    level.left -= count;
    while (count > 0) {
        if (next.end - next.begin < std::min(count, kStep)) refill(l + 1);
        // No more than there are values, should all be full; and so that the next one begins at a byte.
        const std::uint32_t values = next.end - next.begin, some = count <= values ? count : values / 16 * 16;
        const std::uint32_t full = take_fields(level.at, layers_.end, some, level.width, next.values + next.begin, out);
        next.begin += full;
        level.full += full;
        level.at += Layer::size_of(some, level.width);
        out += some;
        count -= some;
    }
}

template <typename V>
void CounterReader<V>::read(V *out, std::uint32_t count) noexcept {
    fill(0, out, count);
    if (const V base = static_cast<V>(layers_.base); base != 0)
        for (std::uint32_t i = 0; i < count; i++) out[i] = static_cast<V>(out[i] + base);
}

template <typename V>
bool CounterReader<V>::ok() const noexcept {
    for (int l = 0; l < layers_.count; l++)
        if (levels_[l].full != layers_.layer[l].full) return false;
    return true;
}

template class CounterReader<std::uint16_t>;
template class CounterReader<std::uint32_t>;
template class CounterReader<std::uint64_t>;

namespace {

// Words of fields of up to 8 bits: as many as begin and end at a byte, and the first bit of each.
struct Word {
    std::uint32_t fields, bytes;
    std::uint64_t first_bits;
};
constexpr auto kWord = [] {
    std::array<Word, 9> words{};
    for (unsigned width = 1; width <= 8; width++) {
        Word &word = words[width];
        word.fields = 64 % width == 0 ? 64 / width : 56 / width / 8 * 8;
        word.bytes = word.fields * width / 8;
        for (unsigned i = 0; i < word.fields; i++) word.first_bits |= std::uint64_t{1} << (i * width);
    }
    return words;
}();

// Full fields from one on that begins at a byte, before another. Those of a word together: the first bit of a field
// stays if the others are set, too, which takes so many steps.
template <int Steps>
[[gnu::always_inline]] inline std::uint32_t count_full_narrow(const std::uint8_t *at, const std::uint8_t *end,
                                                              int width, std::uint32_t count) noexcept {
    const Word form = kWord[static_cast<unsigned>(width)];
    auto full_in = [&](std::uint64_t word) SKETCH_INLINED {
        if constexpr (Steps >= 1) word &= word >> 1;
        if constexpr (Steps == 2) word &= word >> (width - 2);
        if constexpr (Steps >= 3) word &= word >> 2;
        if constexpr (Steps >= 3) word &= word >> (width - 4);
        return word & form.first_bits;
    };
    std::uint32_t full = 0;
    for (; count >= form.fields && end - at >= 8; count -= form.fields, at += form.bytes)
        full += static_cast<std::uint32_t>(std::popcount(full_in(to_little_endian(load<std::uint64_t>(at)))));
    while (count > 0) {
        const std::uint32_t some = std::min(count, form.fields - 1);
        const std::uint64_t word = full_in(load_before(at, end));
        full += static_cast<std::uint32_t>(
            std::popcount(word & low_mask(static_cast<int>(some * static_cast<unsigned>(width)))));
        if (some == count) break;
        full += static_cast<std::uint32_t>(word >> (some * static_cast<unsigned>(width)));
        count -= form.fields;
        at += form.bytes;
    }
    return full;
}

[[gnu::always_inline]] inline std::uint32_t count_full(const Layer &layer, const std::uint8_t *end, std::uint32_t from,
                                                       std::uint32_t to) noexcept {
    const int width = layer.width;
    const std::uint8_t *const at = layer.at + Layer::size_of(from, width);
    if (width == 1) return count_full_narrow<0>(at, end, width, to - from);
    if (width == 2) return count_full_narrow<1>(at, end, width, to - from);
    if (width <= 4) return count_full_narrow<2>(at, end, width, to - from);
    if (width <= 8) return count_full_narrow<3>(at, end, width, to - from);
    std::uint32_t full = 0;
    for (std::uint64_t bit = 0; from < to; from++, bit += static_cast<unsigned>(width))
        full += field_at(at, end, bit, width) == largest_field(width);
    return full;
}

// How many fields are full before this one.
std::uint32_t rank_of(const Layer &layer, const std::uint8_t *end, std::uint32_t field) noexcept {
    const int shift = Layer::sample_shift(layer.width);
    const std::uint32_t sample = field >> shift;
    const std::uint32_t before = sample == 0 ? 0 : layer.sample(sample - 1);
    return before + vectorised([&]() SKETCH_INLINED { return count_full(layer, end, sample << shift, field); });
}

}  // namespace

// A counter whose field is not full is less than all whose fields are: so mostly four fields are enough.
std::uint64_t least_of(const View &packed, const Cells &cells) noexcept {
    const std::uint8_t *at = packed.at(), *const end = packed.data + packed.size;
    std::uint32_t fields = static_cast<std::uint32_t>(kDepth) << packed.log2_width, place[kDepth];
    for (int row = 0; row < kDepth; row++) place[row] = static_cast<std::uint32_t>(cells.at[row]);
    std::uint64_t value = packed.base;
    for (Layer layer; fields > 0; fields = layer.full) {
        if (read_layer(at, end, fields, layer) != SKETCH_OK) break;
        std::uint64_t least = ~std::uint64_t{0};
        for (std::uint32_t p : place)
            least = std::min(
                least, field_at(layer.at, end, std::uint64_t{p} * static_cast<unsigned>(layer.width), layer.width));
        value += least;
        if (least < largest_field(layer.width)) break;
        for (std::uint32_t &p : place)
            if ((p = rank_of(layer, end, p)) >= layer.full) return value;
    }
    return value;
}

namespace {

// V holds the fields.
template <typename V>
bool is_canonical(const Layer &layer, const std::uint8_t *end, bool is_first) noexcept {
    constexpr int kMaxBits = sizeof(V) == 8 ? kMaxFieldBits : 8 * static_cast<int>(sizeof(V));
    constexpr std::uint32_t kPiece = 1u << Layer::sample_shift(kMaxBits);  // samples are at multiples of this
    const int shift = Layer::sample_shift(layer.width);
    const V zeros[kPiece + 16] = {};
    std::uint32_t full[kMaxBits + 1] = {};  // with each width
    bool has_zero = false;
    V fields[kPiece];
    for (std::uint32_t from = 0; from < layer.fields; from += kPiece) {
        if ((from & 0x7fff) == 0 && from > 0) poll();
        if (from > 0 && layer.full > 0 && (from & ((1u << shift) - 1)) == 0 &&
            layer.sample((from >> shift) - 1) != full[layer.width])
            return false;
        const std::uint32_t count = std::min(kPiece, layer.fields - from);
        full[layer.width] +=
            take_fields(layer.at + Layer::size_of(from, layer.width), end, count, layer.width, zeros, fields);
        vectorised([&]() SKETCH_INLINED {
            V least = fields[0];
            for (std::uint32_t i = 0; i < count; i++) least = std::min(least, fields[i]);
            has_zero |= least == 0;
            for (int width = 1; width < layer.width; width++) {
                const V top = static_cast<V>(largest_field(width));
                V here = 0;
                for (std::uint32_t i = 0; i < count; i++) here = static_cast<V>(here + (fields[i] >= top));
                full[width] += static_cast<std::uint32_t>(here);
            }
        });
    }
    for (int width = 1; width < layer.width; width++)
        if (is_wide_enough(width, layer.fields, full[width])) return false;
    const int used = static_cast<int>((std::uint64_t{layer.fields} * static_cast<unsigned>(layer.width)) % 8);
    const bool filled = used == 0 || layer.at[layer.size() - 1] >> used == 0;
    return filled && full[layer.width] == layer.full && (has_zero || !is_first);
}

}  // namespace

bool are_canonical(const Layers &layers) noexcept {
    for (int l = 0; l < layers.count; l++) {
        auto is = [&](auto zero) { return is_canonical<decltype(zero)>(layers.layer[l], layers.end, l == 0); };
        const int width = layers.layer[l].width;
        if (!(width <= 16 ? is(std::uint16_t{}) : width <= 32 ? is(std::uint32_t{}) : is(std::uint64_t{})))
            return false;
    }
    return true;
}

}  // namespace sketch::frequency
