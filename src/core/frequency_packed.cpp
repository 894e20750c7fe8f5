// The packed form of a frequency sketch: one canonical byte string per sketch. docs/FORMAT.md tells the same story with
// a table and an example.
//
//   exact: version  family  flags  kind  log2_width              5 bytes
//          entries  [total - entries  order]                     varints; a byte. In order of the hashes:
//          low 32 bits of each hash                              4 bytes each
//          middle bits of each hash                              32 - high bits each, high = floor(log2 entries)
//          high bits of all hashes                               in unary (Elias-Fano): entries + 2^high - 1 bits
//          counts                                                bits, Exp-Golomb codes of this order
//   dense: version  family  flags  kind  log2_width  0 0 0       8 bytes
//          total                                                 8 bytes
//          typical and high noise of each row                    8 counters
//          counters, row by row                                  at the width that the largest one needs
//
// Why so: a hash has no structure, so 64 - log2(n) + 1.5 bits an entry is all that order can save. Counts are small or
// heavy-tailed: a code whose length grows with the logarithm suits both. Dense counters keep their places, so that one
// count reads four of them.
#include <algorithm>

#include "frequency.hpp"

namespace sketch::frequency {

namespace {

enum : std::uint8_t {
    kDense = 1,
    kWidthShift = 1,  // two bits: log2 of a counter's bytes
    kDenseFlags = 7,
};

constexpr std::size_t kDenseHeader = 16;
constexpr std::size_t dense_size(int log2_width, int width) noexcept {
    return kDenseHeader + (std::size_t{2 * kDepth} << width) + (std::size_t{kDepth} << (log2_width + width));
}

int high_bits_of(std::uint32_t entries) noexcept { return static_cast<int>(std::bit_width(entries)) - 1; }

// Bits of the unary part: a one for each entry, a zero for each step of the high part.
std::size_t unary_bits(std::uint32_t entries) noexcept {
    return entries + (std::size_t{1} << high_bits_of(entries)) - 1;
}

// Exp-Golomb code of order e of a count c >= 1: with v = c - 1 + 2^e, of n bits: n - 1 - e zeros, a one, the low n - 1
// bits of v.
constexpr int kMostOrder = 62;

int code_bits(std::uint64_t count, int order) noexcept {
    int length = static_cast<int>(std::bit_width(count - 1 + (std::uint64_t{1} << order)));
    return 2 * length - 1 - order;
}

// The order is the first one than which the next is not shorter.
class OrderSearch {
  public:
    template <typename ForEachCount>
    static int run(ForEachCount for_each_count) noexcept {
        std::uint64_t bits = size_with(0, for_each_count);
        for (int order = 0; order < kMostOrder; order++) {
            std::uint64_t next = size_with(order + 1, for_each_count);
            if (next >= bits) return order;
            bits = next;
        }
        return kMostOrder;
    }

  private:
    template <typename ForEachCount>
    static std::uint64_t size_with(int order, ForEachCount for_each_count) noexcept {
        std::uint64_t bits = 0;
        for_each_count([&](std::uint64_t count) { bits += static_cast<unsigned>(code_bits(count, order)); });
        return bits;
    }
};

int order_for(const View &view) noexcept {
    return OrderSearch::run([&](auto use) {
        for_each_entry(view, [&](const Entry &e) {
            use(e.count);
            return true;
        });
    });
}

void write_long(BitWriter &bits, std::uint64_t v, int count) noexcept {  // count <= 64
    int low = std::min(count, 32);
    bits.bits(v & low_mask(low), low);
    if (count > 32) bits.bits(v >> 32 & low_mask(count - 32), count - 32);
}

void write_zeros(BitWriter &bits, std::size_t count) noexcept {
    for (; count > 32; count -= 32) bits.bits(0, 32);
    bits.bits(0, static_cast<int>(count));
}

void write_word(ByteWriter &out, std::uint64_t v, int bytes) noexcept {
    for (int i = 0; i < bytes; i++) out.byte(static_cast<std::uint8_t>(v >> (8 * i)));
}

void encode_exact(const View &view, ByteWriter &out) noexcept {
    out.byte(0);
    out.byte(static_cast<std::uint8_t>(view.kind));
    out.byte(static_cast<std::uint8_t>(view.log2_width));
    out.varint(view.items);
    if (view.items == 0) return;
    out.varint(view.total - view.items);
    const int order = order_for(view);
    out.byte(static_cast<std::uint8_t>(order));

    const int high_bits = high_bits_of(view.items), middle_bits = 32 - high_bits;
    for_each_entry(view, [&](const Entry &e) {
        write_word(out, e.hash, 4);
        return true;
    });
    BitWriter bits(out);
    for_each_entry(view, [&](const Entry &e) {
        bits.bits((e.hash >> 32) & low_mask(middle_bits), middle_bits);
        return true;
    });
    std::uint64_t top = 0;
    for_each_entry(view, [&](const Entry &e) {
        std::uint64_t high = high_bits == 0 ? 0 : e.hash >> (64 - high_bits);
        write_zeros(bits, high - top);
        bits.bits(1, 1);
        top = high;
        return true;
    });
    write_zeros(bits, (std::size_t{1} << high_bits) - 1 - top);
    for_each_entry(view, [&](const Entry &e) {
        std::uint64_t v = e.count - 1 + (std::uint64_t{1} << order);
        int length = static_cast<int>(std::bit_width(v));
        write_zeros(bits, static_cast<std::size_t>(length - 1 - order));
        bits.bits(1, 1);
        write_long(bits, v, length - 1);
        return true;
    });
    bits.flush();
}

template <typename T>
std::uint64_t largest_counter(const View &view) noexcept {
    Counters<T> counters = view.counters<T>();
    T largest = 0;
    for (std::size_t i = 0; i < std::size_t{kDepth} << view.log2_width; i++) largest = std::max(largest, counters[i]);
    return largest;
}

int needed_width(const View &view) noexcept {
    return width_for(with_width(view.width, [&](auto zero) { return largest_counter<decltype(zero)>(view); }));
}

template <typename T>
T to_wire(T value) noexcept {
    if constexpr (std::endian::native == std::endian::big && sizeof(T) > 1)
        return static_cast<T>(to_little_endian(value) >> (64 - 8 * sizeof(T)));
    return value;
}

// out has room for all of them.
template <typename From, typename To>
void write_counters(const View &view, const Noise &noise, std::uint8_t *out) noexcept {
    for (std::size_t row = 0; row < kDepth; row++) {
        store(out, to_wire(static_cast<To>(noise.typical[row])));
        store(out + sizeof(To), to_wire(static_cast<To>(noise.high[row])));
        out += 2 * sizeof(To);
    }
    Counters<From> counters = view.counters<From>();
    for (std::size_t i = 0; i < std::size_t{kDepth} << view.log2_width; i++)
        store(out + i * sizeof(To), to_wire(static_cast<To>(counters[i])));
}

void encode_dense(const View &view, ByteWriter &out) noexcept {
    const int width = needed_width(view);
    out.byte(static_cast<std::uint8_t>(kDense | width << kWidthShift));
    out.byte(static_cast<std::uint8_t>(view.kind));
    write_word(out, static_cast<std::uint64_t>(view.log2_width), 4);
    write_word(out, view.total, 8);
    Noise noise;
    measure_noise(view, noise);
    std::uint8_t *at = out.reserve(dense_size(view.log2_width, width) - kDenseHeader);
    if (at == nullptr) return;
    with_width(view.width, [&](auto from) {
        with_width(width, [&](auto to) { write_counters<decltype(from), decltype(to)>(view, noise, at); });
    });
}

}  // namespace

Status encode(const View &view, ByteWriter &out) noexcept {
    out.byte(kFormatVersion);
    out.byte(static_cast<std::uint8_t>(Family::frequency));
    if (view.is_dense) encode_dense(view, out);
    else encode_exact(view, out);
    return out.ok() ? SKETCH_OK : SKETCH_NO_ROOM;
}

Status view_of_packed(const std::uint8_t *packed, std::size_t size, View &view) noexcept {
    ByteReader in(packed, size);
    std::uint8_t version = in.byte(), family = in.byte(), flags = in.byte(), kind = in.byte(), log2_width = in.byte();
    if (size == 0) return SKETCH_TRUNCATED;
    if (version != kFormatVersion) return SKETCH_WRONG_VERSION;
    if (size > 1 && family != static_cast<std::uint8_t>(Family::frequency)) return SKETCH_WRONG_FAMILY;
    if (!in.ok()) return SKETCH_TRUNCATED;
    if (!is_kind(kind) || log2_width < kMinLog2Width || log2_width > kMaxLog2Width) return SKETCH_CORRUPT;
    if (flags & kDense ? (flags & ~kDenseFlags) != 0 : flags != 0) return SKETCH_CORRUPT;
    view.is_work = false;
    view.is_dense = (flags & kDense) != 0;
    view.kind = kind;
    view.log2_width = log2_width;
    view.width = flags >> kWidthShift;
    view.slots = 0;
    view.data = packed;
    view.size = size;
    if (view.is_dense) {
        view.items = 0;
        if (size < dense_size(log2_width, view.width)) return SKETCH_TRUNCATED;
        if (packed[5] != 0 || packed[6] != 0 || packed[7] != 0) return SKETCH_CORRUPT;
        view.total = to_little_endian(load<std::uint64_t>(packed + 8));
        view.begin = dense_size(log2_width, view.width) - (std::size_t{kDepth} << (log2_width + view.width));
        return view.total == 0 || view.total > kMaxTotal ? SKETCH_CORRUPT : SKETCH_OK;
    }
    std::uint64_t items = in.varint(), more = items == 0 ? 0 : in.varint();
    if (!in.ok()) return in.remaining() == 0 ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
    if (items > most_entries(log2_width) || more > kMaxTotal - items) return SKETCH_CORRUPT;
    view.items = static_cast<std::uint32_t>(items);
    view.total = items + more;
    view.begin = size - in.remaining();
    // The order, the low parts, and at least the bits without the counts.
    std::uint64_t bits =
        items == 0 ? 0 : items * static_cast<unsigned>(32 - high_bits_of(view.items)) + unary_bits(view.items) + items;
    if (items > 0 && in.remaining() < 1 + 4 * items + (bits + 7) / 8) return SKETCH_TRUNCATED;
    if (items > 0 && *view.at() > kMostOrder) return SKETCH_CORRUPT;
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

bool PackedEntries::next(Entry &entry) noexcept {
    if (at_ == items_ || !ok_) return false;
    ok_ = false;
    std::uint64_t window;
    while ((window = high_.peek() & low_mask(kPeekBits)) == 0) {
        if (high_.position() >= high_end_) return false;
        top_ += kPeekBits;
        high_.advance(kPeekBits);
    }
    int zeros = std::countr_zero(window);
    top_ += static_cast<unsigned>(zeros);
    high_.advance(static_cast<std::size_t>(zeros) + 1);
    if (high_.position() > high_end_) return false;

    const int middle_bits = 32 - high_bits_;
    std::uint64_t low = to_little_endian(load<std::uint32_t>(low_ + 4 * std::size_t{at_}));
    if constexpr (std::endian::native == std::endian::big) low >>= 32;
    std::uint64_t upper = (middle_.peek() & low_mask(middle_bits)) | top_ << middle_bits;
    middle_.advance(static_cast<std::size_t>(middle_bits));
    entry.hash = upper << 32 | low;

    window = counts_.peek() & low_mask(kPeekBits);
    zeros = window == 0 ? kPeekBits : std::countr_zero(window);
    if (zeros == kPeekBits) {
        counts_.advance(kPeekBits);
        window = counts_.peek() & low_mask(kPeekBits);
        zeros = window == 0 ? kPeekBits : std::countr_zero(window);
        counts_.advance(static_cast<std::size_t>(zeros) + 1);
        zeros += kPeekBits;
    } else {
        counts_.advance(static_cast<std::size_t>(zeros) + 1);
    }
    int length = zeros + order_;  // bits of v behind its leading one
    if (length > 63) return false;
    std::uint64_t v = counts_.peek();
    if (length > 32) {
        v &= low_mask(32);
        counts_.advance(32);
        v |= (counts_.peek() & low_mask(length - 32)) << 32;
        counts_.advance(static_cast<std::size_t>(length - 32));
    } else {
        v &= low_mask(length);
        counts_.advance(static_cast<std::size_t>(length));
    }
    v |= std::uint64_t{1} << length;
    entry.count = v - (std::uint64_t{1} << order_) + 1;
    at_++;
    return ok_ = entry.count - 1 < kMaxTotal;
}

bool PackedEntries::end(std::size_t &size) noexcept {
    if (!ok_ || at_ != items_) return false;
    for (std::size_t left = high_end_ - high_.position(); left > 0;) {
        int step = static_cast<int>(std::min<std::size_t>(left, kPeekBits));
        if ((high_.peek() & low_mask(step)) != 0) return false;
        high_.advance(static_cast<std::size_t>(step));
        left -= static_cast<std::size_t>(step);
    }
    bool filled = counts_.align();
    size = counts_.position() / 8;
    return filled;
}

void stated_noise(const View &view, Noise &noise) noexcept {
    with_width(view.width, [&](auto zero) {
        Counters<decltype(zero)> stated(view.data + kDenseHeader, true);
        for (std::size_t row = 0; row < kDepth; row++) {
            noise.typical[row] = stated[2 * row];
            noise.high[row] = stated[2 * row + 1];
        }
    });
}

namespace {

Status check_exact(const View &view) noexcept {
    if (view.items == 0) return view.begin == view.size ? SKETCH_OK : SKETCH_TRAILING;
    PackedEntries entries(view);
    Entry entry;
    std::uint64_t sum = 0, previous = 0;
    for (std::uint32_t i = 0; i < view.items; i++) {
        if (!entries.next(entry)) return entries.past_end() ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
        if ((i > 0 && entry.hash <= previous) || entry.count > view.total - sum) return SKETCH_CORRUPT;
        previous = entry.hash;
        sum += entry.count;
    }
    std::size_t end = 0;
    bool canonical = entries.end(end);
    if (end > view.size) return SKETCH_TRUNCATED;
    if (!canonical || sum != view.total || entries.order() != order_for(view)) return SKETCH_CORRUPT;
    return end == view.size ? SKETCH_OK : SKETCH_TRAILING;
}

Status check_dense(const View &view) noexcept {
    if (Status s = check_data(view); s != SKETCH_OK) return s;
    if (needed_width(view) != view.width) return SKETCH_CORRUPT;
    Noise stated, measured;
    stated_noise(view, stated);
    measure_noise(view, measured);
    for (std::size_t row = 0; row < kDepth; row++)
        if (stated.typical[row] != measured.typical[row] || stated.high[row] != measured.high[row])
            return SKETCH_CORRUPT;
    return view.size == dense_size(view.log2_width, view.width) ? SKETCH_OK : SKETCH_TRAILING;
}

}  // namespace

Status check(const std::uint8_t *packed, std::size_t size) noexcept {
    View view;
    if (Status s = view_of_packed(packed, size, view); s != SKETCH_OK) return s;
    return view.is_dense ? check_dense(view) : check_exact(view);
}

}  // namespace sketch::frequency
