// The packed form of a frequency sketch: one canonical byte string per sketch. docs/FORMAT.md tells the same story with
// a table and an example.
//
//   exact: version  family  flags  kind  log2_width              5 bytes
//          entries  [total - entries  order]                     varints; a byte. In order of the hashes:
//          low 32 bits of each hash                              4 bytes each
//          middle bits of each hash                              32 - high bits each, high = floor(log2 entries)
//          high bits of all hashes                               in unary (Elias-Fano): entries + 2^high - 1 bits
//          counts                                                bits, Exp-Golomb codes of this order
//   dense: version  family  flags  kind  log2_width              5 bytes
//          total                                                 varint
//          typical and high noise of each row                    8 varints
//          counters, row by row                                  see layers.hpp
//
// Why so: a hash has no structure, so 64 - log2(n) + 1.5 bits an entry is all that order can save. Counts are small or
// heavy-tailed: a code whose length grows with the logarithm suits both. Of dense counters a reader of one count needs
// four, and finds them without the others.
#include <algorithm>

#include "layers.hpp"

namespace sketch::frequency {

namespace {

constexpr std::uint8_t kDense = 1;  // the only flag

int high_bits_of(std::uint32_t entries) noexcept { return static_cast<int>(std::bit_width(entries)) - 1; }

// Bits of the unary part: a one for each entry, a zero for each step of the high part.
std::size_t unary_bits(std::uint32_t entries) noexcept {
    return entries + (std::size_t{1} << high_bits_of(entries)) - 1;
}

// Exp-Golomb code of order e of a count c >= 1: with v = c - 1 + 2^e, of n bits: n - 1 - e zeros, a one, the low n - 1
// bits of v.
constexpr int kMaxOrder = 62;

int code_bits(std::uint64_t count, int order) noexcept {
    int length = static_cast<int>(std::bit_width(count - 1 + (std::uint64_t{1} << order)));
    return 2 * length - 1 - order;
}

std::uint64_t size_of_counts(const Entries &entries, int order) noexcept {
    std::uint64_t bits = 0;
    entries.for_all([&](const Entry &e) { bits += static_cast<unsigned>(code_bits(e.count, order)); });
    return bits;
}

// The first order than which the next is not shorter.
int order_for(const Entries &entries) noexcept {
    int order = 0;
    for (std::uint64_t bits = size_of_counts(entries, 0); order < kMaxOrder; order++) {
        std::uint64_t next = size_of_counts(entries, order + 1);
        if (next >= bits) break;
        bits = next;
    }
    return order;
}

void write_word(ByteWriter &out, std::uint64_t v, int bytes) noexcept {
    for (int i = 0; i < bytes; i++) out.byte(static_cast<std::uint8_t>(v >> (8 * i)));
}

void encode_exact(const View &view, const Entries &entries, ByteWriter &out) noexcept {
    out.byte(0);
    out.byte(static_cast<std::uint8_t>(view.kind));
    out.byte(static_cast<std::uint8_t>(view.log2_width));
    out.varint(view.items);
    if (view.items == 0) return;
    out.varint(view.total - view.items);
    const int order = order_for(entries);
    out.byte(static_cast<std::uint8_t>(order));

    const int high_bits = high_bits_of(view.items), middle_bits = 32 - high_bits;
    entries.for_all([&](const Entry &e) { write_word(out, e.hash, 4); });
    BitWriter bits(out);
    entries.for_all([&](const Entry &e) { bits.bits((e.hash >> 32) & low_mask(middle_bits), middle_bits); });
    std::uint64_t top = 0;
    entries.for_all([&](const Entry &e) {
        std::uint64_t high = high_bits == 0 ? 0 : e.hash >> (64 - high_bits);
        bits.unary(high - top);
        top = high;
    });
    bits.zeros((std::size_t{1} << high_bits) - 1 - top);
    entries.for_all([&](const Entry &e) { bits.golomb(e.count - 1, order); });
    bits.flush();
}

Status encode_dense(const View &view, ByteWriter &out) noexcept {
    out.byte(kDense);
    out.byte(static_cast<std::uint8_t>(view.kind));
    out.byte(static_cast<std::uint8_t>(view.log2_width));
    out.varint(view.total);
    Noise noise;
    measure_noise(view, noise);
    for (std::size_t row = 0; row < kDepth; row++) {
        out.varint(noise.typical[row]);
        out.varint(noise.high[row] - noise.typical[row]);
    }
    return write_layers(view, out);
}

}  // namespace

std::size_t packed_bound(const View &view) noexcept {
    constexpr std::size_t kDenseHeader = 5 + 9 * (1 + 2 * kDepth);
    if (view.is_dense && view.is_work)
        return kDenseHeader + layers_bound(view) + layers_scratch(view) + kScratchAlignment;
    if (view.is_dense) return view.size;
    // An entry: 64 bits of its hash and 2 of their order; no order of codes is chosen that is longer than the first,
    // and there the largest count takes 125 bits. And what it takes to sort the entries of a salted table.
    constexpr std::size_t kHeader = 32, kEntry = 24;
    return kHeader + kEntry * view.items + (view.salt == 0 ? 0 : Entries::sort_size(view.items) + kScratchAlignment);
}

Status encode(const View &view, ByteWriter &out) noexcept {
    Entries entries(view);
    if (Status s = view.is_dense ? check_rows(view) : entries.load(); s != SKETCH_OK) return s;
    if (!view.is_dense && !entries.are_sorted()) {
        std::uint8_t *buffer = out.scratch(Entries::sort_size(view.items));
        if (buffer == nullptr) return SKETCH_NO_ROOM;
        entries.sort(buffer);
    }
    out.byte(kFormatVersion);
    out.byte(static_cast<std::uint8_t>(Family::frequency));
    if (view.is_dense) return encode_dense(view, out);
    encode_exact(view, entries, out);
    return out.ok() ? SKETCH_OK : SKETCH_NO_ROOM;
}

Status open_header(const std::uint8_t *packed, std::size_t size, std::size_t at_hand, View &view) noexcept {
    ByteReader in(packed, at_hand);
    std::uint8_t version = in.byte(), family = in.byte(), flags = in.byte(), kind = in.byte(), log2_width = in.byte();
    if (size == 0) return SKETCH_TRUNCATED;
    if (version != kFormatVersion) return SKETCH_WRONG_VERSION;
    if (size > 1 && family != static_cast<std::uint8_t>(Family::frequency)) return SKETCH_WRONG_FAMILY;
    if (!in.ok()) return SKETCH_TRUNCATED;
    if (!is_header_kind(kind, flags == 0) || log2_width < kMinLog2Width || log2_width > kMaxLog2Width)
        return SKETCH_CORRUPT;
    if (flags > kDense) return SKETCH_CORRUPT;
    view.is_work = false;
    view.is_dense = flags == kDense;
    view.kind = kind;
    view.log2_width = log2_width;
    view.width = 0;
    view.slots = 0;
    view.salt = view.base = 0;
    view.data = packed;
    view.size = size;
    if (view.is_dense) {
        view.items = 0;
        view.total = in.varint();
        for (std::size_t row = 0; row < kDepth; row++) {
            view.noise.typical[row] = in.varint();
            view.noise.high[row] = view.noise.typical[row] + in.varint();
        }
        view.base = in.varint();
        if (!in.ok()) return in.remaining() == 0 ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
        view.begin = at_hand - in.remaining();
        return view.total == 0 || view.total > kMaxTotal ? SKETCH_CORRUPT : SKETCH_OK;
    }
    std::uint64_t items = in.varint(), more = items == 0 ? 0 : in.varint();
    if (!in.ok()) return in.remaining() == 0 ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
    if (items > max_entries(log2_width) || more > kMaxTotal - items || !is_header_kind(kind, items == 0))
        return SKETCH_CORRUPT;
    view.items = static_cast<std::uint32_t>(items);
    view.total = items + more;
    view.begin = at_hand - in.remaining();
    // The order, the low parts, and at least the bits without the counts.
    std::uint64_t bits =
        items == 0 ? 0 : items * static_cast<unsigned>(32 - high_bits_of(view.items)) + unary_bits(view.items) + items;
    if (items > 0 && size - view.begin < 1 + 4 * items + (bits + 7) / 8) return SKETCH_TRUNCATED;
    if (items > 0 && *view.at() > kMaxOrder) return SKETCH_CORRUPT;
    return SKETCH_OK;
}

PackedEntries::PackedEntries(const View &view) noexcept
    : middle_(view.data, view.size, view.begin + 1 + 4 * std::size_t{view.items}),
      high_(middle_),
      counts_(middle_),
      low_(view.at() + 1),
      items_(view.items) {
    if (items_ == 0) return;
    order_ = *view.at();
    high_bits_ = high_bits_of(items_);
    high_.advance(std::size_t{items_} * static_cast<unsigned>(32 - high_bits_));
    high_end_ = high_.position() + unary_bits(items_);
    counts_ = high_;
    counts_.advance(unary_bits(items_));
}

std::uint32_t PackedEntries::read(Entry *out, std::uint32_t capacity) noexcept {
    std::uint32_t count = std::min(capacity, items_ - at_);
    ok_ = ok_ && read_hashes(out, count) && read_counts(out, count);
    at_ += count;
    return ok_ ? count : 0;
}

bool PackedEntries::read_hashes(Entry *out, std::uint32_t count) noexcept {
    const std::size_t middle_bits = static_cast<std::size_t>(32 - high_bits_);
    const std::uint64_t middle = middle_.position();
    const std::uint64_t mask = low_mask(32 - high_bits_);
    const bool fast = middle_.can_peek_fast(middle + count * middle_bits);
    for (std::uint32_t i = 0; i < count; i++) {
        std::uint64_t low = load<std::uint32_t>(low_ + 4 * std::size_t{at_ + i});
        if constexpr (std::endian::native == std::endian::big) low = to_little_endian(low) >> 32;
        std::uint64_t at = middle + i * middle_bits;
        out[i].hash = ((fast ? middle_.peek_fast(at) : middle_.peek_at(at)) & mask) << 32 | low;
    }
    middle_.advance(count * middle_bits);
    if (high_bits_ == 0) {
        high_.advance(count);  // one entry: the unary part is one bit
        return count == 0 || (high_.peek_at(high_end_ - 1) & 1) == 1;
    }
    for (std::uint32_t i = 0; i < count;) {
        const std::uint64_t window = high_.peek() & low_mask(kPeekBits);
        int used = 0;
        for (std::uint64_t rest = window; rest != 0 && i < count; rest &= rest - 1, i++) {
            int zeros = std::countr_zero(rest) - used;
            used += zeros + 1;
            top_ += static_cast<unsigned>(zeros);
            out[i].hash |= top_ << (64 - high_bits_);
        }
        if (i < count) {
            top_ += static_cast<unsigned>(kPeekBits - used);
            used = kPeekBits;
        }
        high_.advance(static_cast<std::size_t>(used));
        if (i < count && high_.position() >= high_end_) return false;
    }
    return high_.position() <= high_end_;
}

bool PackedEntries::read_counts(Entry *out, std::uint32_t count) noexcept {
    const std::uint64_t bias = (std::uint64_t{1} << order_) - 1;
    for (std::uint32_t i = 0; i < count; i++) {
        std::uint64_t window =
            counts_.can_peek_fast(counts_.position()) ? counts_.peek_fast(counts_.position()) : counts_.peek();
        int zeros = std::countr_zero(window), length = zeros + order_;  // of v behind its leading one
        if (zeros + 1 + length <= kPeekBits) [[likely]] {
            counts_.advance(static_cast<std::size_t>(zeros + 1 + length));
            out[i].count = ((window >> (zeros + 1) & low_mask(length)) | std::uint64_t{1} << length) - bias;
        } else if (!read_long_count(out[i])) {
            return false;
        }
    }
    return true;
}

[[gnu::noinline]] bool PackedEntries::read_long_count(Entry &entry) noexcept {
    entry.count = counts_.golomb(order_) + 1;
    return entry.count <= kMaxTotal;
}

bool PackedEntries::end(std::size_t &size) noexcept {
    if (!ok_ || at_ != items_) return false;
    for (std::uint64_t left = high_end_ - high_.position(); left > 0;) {
        int step = static_cast<int>(std::min<std::uint64_t>(left, kPeekBits));
        if ((high_.peek() & low_mask(step)) != 0) return false;
        high_.advance(static_cast<std::size_t>(step));
        left -= static_cast<std::size_t>(step);
    }
    bool filled = counts_.align();
    size = static_cast<std::size_t>(counts_.position() / 8);
    return filled;
}

namespace {

Status check_exact(const View &view) noexcept {
    if (view.items == 0) return view.begin == view.size ? SKETCH_OK : SKETCH_TRAILING;
    PackedEntries reader(view);
    Entries entries(view);
    Status s = entries.load_from(reader);
    std::size_t end = 0;
    bool canonical = reader.end(end);
    if (reader.past_end()) return SKETCH_TRUNCATED;
    if (s != SKETCH_OK || !canonical || reader.order() != order_for(entries)) return SKETCH_CORRUPT;
    return end == view.size ? SKETCH_OK : SKETCH_TRAILING;
}

// Of the counters of one row, how many are below the two noises that are stated, and how many are not above them.
struct Places {
    std::uint64_t stated[2];
    std::uint32_t below[2], up_to[2];

    template <typename V>
    void add(const V *values, std::uint32_t count) noexcept {
        vectorised([&, this]() SKETCH_INLINED {
            for (int i = 0; i < 2; i++) {
                const V limit = static_cast<V>(stated[i]);
                std::uint32_t under = 0, not_over = 0;
                for (std::uint32_t j = 0; j < count; j++) {
                    under += values[j] < limit ? 1 : 0;
                    not_over += values[j] <= limit ? 1 : 0;
                }
                below[i] += under;
                up_to[i] += not_over;
            }
        });
    }
    bool is(int i, std::uint32_t place) const noexcept { return below[i] <= place && place < up_to[i]; }
};

Status check_dense(const View &view) noexcept {
    DenseCounters counters(view);
    if (Status s = counters.open(); s != SKETCH_OK) return s;
    const Layers &layers = counters.layers();
    if (!are_canonical(layers)) return SKETCH_CORRUPT;
    Places places[kDepth];
    for (std::size_t row = 0; row < kDepth; row++) {
        // A counter is at most the total; nothing larger is cut off where they are narrower.
        if (view.noise.typical[row] > layers.largest || view.noise.high[row] > layers.largest) return SKETCH_CORRUPT;
        places[row] = {{view.noise.typical[row], view.noise.high[row]}, {0, 0}, {0, 0}};
    }
    const Status s = counters.for_each([&](const auto *values, std::size_t first, std::uint32_t count) {
        places[first >> view.log2_width].add(values, count);
    });
    if (s != SKETCH_OK) return s;
    for (const Places &of_row : places)
        if (!of_row.is(0, rank_at(kTypicalFraction, view.log2_width)) ||
            !of_row.is(1, rank_at(kHighFraction, view.log2_width)))
            return SKETCH_CORRUPT;
    return SKETCH_OK;
}

}  // namespace

Status check(const View &packed) noexcept { return packed.is_dense ? check_dense(packed) : check_exact(packed); }

}  // namespace sketch::frequency
