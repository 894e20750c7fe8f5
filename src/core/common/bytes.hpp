// Bytes and bits of the packed formats: little-endian words, varints, and a bit stream with adaptive Rice codes.
// Everything here is bounds-checked, allocates nothing and never throws.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace sketch {

// A value of type T at any address. Every load from memory that we did not allocate goes through here:
// stored values need not be aligned.
template <typename T>
inline T load(const void *from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <typename T>
inline void store(void *to, T value) noexcept {
    std::memcpy(to, &value, sizeof value);
}

inline std::uint64_t to_little_endian(std::uint64_t v) noexcept {
    if constexpr (std::endian::native == std::endian::big) v = __builtin_bswap64(v);
    return v;
}

// An integer as stored formats have it, on any machine.
template <typename Integer>
inline Integer load_little_endian(const void *from) noexcept {
    using Unsigned = std::make_unsigned_t<Integer>;
    const std::uint8_t *const bytes = static_cast<const std::uint8_t *>(from);
    Unsigned value = 0;
    for (std::size_t i = 0; i < sizeof value; i++) value |= static_cast<Unsigned>(Unsigned{bytes[i]} << (8 * i));
    return static_cast<Integer>(value);
}

// 8 bytes, little-endian, of which those from `end` on are 0.
inline std::uint64_t load_before(const std::uint8_t *at, const std::uint8_t *end) noexcept {
    if (end - at >= 8) [[likely]]
        return to_little_endian(load<std::uint64_t>(at));
    std::uint64_t word = 0;
    for (int shift = 0; at < end; at++, shift += 8) word |= std::uint64_t{*at} << shift;
    return word;
}

// Of what a caller of ByteWriter::scratch puts there.
inline constexpr std::size_t kScratchAlignment = 8;

// Writes into memory that the caller has sized by the family's PACKED_MAX; `ok` turns false instead of overflowing.
class ByteWriter {
  public:
    ByteWriter(std::uint8_t *begin, std::size_t capacity) noexcept
        : begin_(begin), at_(begin), end_(begin + capacity) {}

    void byte(std::uint8_t b) noexcept {
        if (at_ == end_) {
            ok_ = false;
            return;
        }
        *at_++ = b;
    }

    void varint(std::uint64_t v) noexcept {
        for (; v >= 0x80; v >>= 7) byte(static_cast<std::uint8_t>(v | 0x80));
        byte(static_cast<std::uint8_t>(v));
    }

    // The `count` most significant bytes of v, most significant first.
    void top_bytes(std::uint64_t v, int count) noexcept {
        for (int i = 0; i < count; i++) byte(static_cast<std::uint8_t>(v >> (56 - 8 * i)));
    }

    // Room for `count` bytes that the caller writes itself, or nullptr.
    std::uint8_t *reserve(std::size_t count) noexcept {
        if (count > static_cast<std::size_t>(end_ - at_)) {
            ok_ = false;
            return nullptr;
        }
        at_ += count;
        return at_ - count;
    }

    // The last bytes that were reserved are not needed after all.
    void give_back(std::size_t count) noexcept { at_ -= count; }

    // So many bytes at the end of the room, at a multiple of kScratchAlignment, for the caller's own use: nothing is
    // written there from now on. nullptr if they are not left.
    std::uint8_t *scratch(std::size_t count) noexcept {
        count += (reinterpret_cast<std::uintptr_t>(end_) - count) % kScratchAlignment;
        if (count > static_cast<std::size_t>(end_ - at_)) return nullptr;
        return end_ -= count;
    }

    bool ok() const noexcept { return ok_; }
    std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

  private:
    std::uint8_t *begin_, *at_, *end_;
    bool ok_ = true;
};

// Reading past the end returns zeros and clears `ok`, so a decoder may check once after a group of fields.
class ByteReader {
  public:
    ByteReader(const std::uint8_t *begin, std::size_t size) noexcept : at_(begin), end_(begin + size) {}

    std::uint8_t byte() noexcept {
        if (at_ == end_) {
            ok_ = false;
            return 0;
        }
        return *at_++;
    }

    // Only the shortest form is accepted: a stored value has one encoding.
    std::uint64_t varint() noexcept {
        std::uint64_t v = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            std::uint8_t b = byte();
            if (shift == 63 && b > 1) break;
            v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
            if (b < 0x80) {
                if (b == 0 && shift > 0) break;
                return v;
            }
        }
        ok_ = false;
        return 0;
    }

    std::uint64_t top_bytes(int count) noexcept {
        std::uint64_t v = 0;
        for (int i = 0; i < count; i++) v |= static_cast<std::uint64_t>(byte()) << (56 - 8 * i);
        return v;
    }

    void skip(std::size_t bytes) noexcept {
        if (bytes > remaining()) {
            ok_ = false;
            bytes = remaining();
        }
        at_ += bytes;
    }

    bool ok() const noexcept { return ok_; }
    const std::uint8_t *position() const noexcept { return at_; }
    std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - at_); }

  private:
    const std::uint8_t *at_, *end_;
    bool ok_ = true;
};

inline std::uint64_t zigzag(std::int64_t v) noexcept {
    return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}

inline std::int64_t unzigzag(std::uint64_t v) noexcept {
    return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
}

// Golomb-Rice code of u with parameter k: u >> k zeros, a one, then the k low bits of u, least significant bit first.
// From kRiceEscape zeros on, the zeros end there without a one; six bits tell how many bits follow, and those are u
// without its leading one.
inline constexpr int kRiceEscape = 16;
inline constexpr int kRiceLengthBits = 6;
inline constexpr int kRiceMaxParameter = 32;  // 16 + 1 + 32 bits always fit in one peek
inline constexpr int kPeekBits = 57;

constexpr std::uint64_t low_mask(int bits) noexcept { return (std::uint64_t{1} << bits) - 1; }  // bits < 64

class BitWriter {
  public:
    explicit BitWriter(ByteWriter &out) noexcept : out_(out) {}

    void bits(std::uint64_t v, int count) noexcept {  // v < 2^count, count <= 56
        pending_ |= v << used_;
        used_ += count;
        for (; used_ >= 8; used_ -= 8, pending_ >>= 8) out_.byte(static_cast<std::uint8_t>(pending_));
    }

    void zeros(std::uint64_t count) noexcept {
        for (; count > 32; count -= 32) bits(0, 32);
        bits(0, static_cast<int>(count));
    }

    // So many zeros, and a one.
    void unary(std::uint64_t count) noexcept {
        for (; count > 32; count -= 32) bits(0, 32);
        bits(std::uint64_t{1} << count, static_cast<int>(count) + 1);
    }

    // The low bits of v: count <= 63.
    [[gnu::always_inline]] void low_bits(std::uint64_t v, int count) noexcept {
        const int low = std::min(count, 32);
        bits(v & low_mask(low), low);
        bits((v & low_mask(count)) >> low, count - low);
    }

    void rice(std::uint64_t u, int k) noexcept {
        std::uint64_t q = u >> k;
        if (q >= kRiceEscape) {
            const int length = static_cast<int>(std::bit_width(u)) - 1;
            bits(0, kRiceEscape);
            bits(static_cast<std::uint64_t>(length), kRiceLengthBits);
            return low_bits(u, length);
        }
        bits(std::uint64_t{1} << q, static_cast<int>(q) + 1);
        bits(u & low_mask(k), k);
    }

    // Exp-Golomb code of order e of u < 2^63: with v = u + 2^e, of n bits: n - 1 - e zeros, a one, the low n - 1 bits
    // of v. Its length grows with the logarithm: for what is mostly small and sometimes huge.
    void golomb(std::uint64_t u, int order) noexcept {
        const std::uint64_t v = u + (std::uint64_t{1} << order);
        const int length = static_cast<int>(std::bit_width(v)) - 1;
        unary(static_cast<std::uint64_t>(length - order));
        low_bits(v, length);
    }

    void flush() noexcept {  // the last byte is filled up with zeros
        if (used_ > 0) out_.byte(static_cast<std::uint8_t>(pending_));
        pending_ = 0;
        used_ = 0;
    }

  private:
    ByteWriter &out_;
    std::uint64_t pending_ = 0;
    int used_ = 0;
};

// Reads bits of data[0, size) from a byte position on. Past the end there are zeros, and `ok` turns false. Positions
// count bits: more than a size_t of 32 bits can.
class BitReader {
  public:
    BitReader(const std::uint8_t *data, std::size_t size, std::size_t first_byte) noexcept
        : data_(data), size_(size), position_(8 * std::uint64_t{first_byte}) {}

    std::size_t size() const noexcept { return size_; }
    std::uint64_t position() const noexcept { return position_; }
    void advance(std::uint64_t bits) noexcept { position_ += bits; }
    std::uint64_t bits_left() const noexcept { return position_ < size_in_bits() ? size_in_bits() - position_ : 0; }

    // At least kPeekBits bits from a position on.
    std::uint64_t peek_at(std::uint64_t position) const noexcept {
        std::uint64_t byte = position / 8;
        if (size_ < 8) [[unlikely]]
            return peek_short(position);
        std::uint64_t from = std::min<std::uint64_t>(byte, size_ - 8);
        std::uint64_t shift = 8 * (byte - from) + position % 8;
        std::uint64_t window = to_little_endian(load<std::uint64_t>(data_ + from));
        return shift < 64 ? window >> shift : 0;
    }
    std::uint64_t peek() const noexcept { return peek_at(position_); }

    // The same for positions that are 8 bytes or more before the end.
    bool can_peek_fast(std::uint64_t last_position) const noexcept { return last_position / 8 + 8 <= size_; }
    std::uint64_t peek_fast(std::uint64_t position) const noexcept {
        return to_little_endian(load<std::uint64_t>(data_ + position / 8)) >> (position % 8);
    }

    std::uint64_t rice(int k) noexcept {
        std::uint64_t window = can_peek_fast(position_) ? peek_fast(position_) : peek();
        if ((window & low_mask(kRiceEscape)) == 0) [[unlikely]]
            return escaped(k);
        int q = std::countr_zero(window);
        position_ += static_cast<std::size_t>(q + 1 + k);
        return (static_cast<std::uint64_t>(q) << k) | ((window >> (q + 1)) & low_mask(k));
    }

    // Orders are at most 62. A number of 2^63 or more is not ok.
    std::uint64_t golomb(int order) noexcept {
        const std::uint64_t window = can_peek_fast(position_) ? peek_fast(position_) : peek();
        const int zeros = std::countr_zero(window), length = zeros + order;
        if (zeros + 1 + length > kPeekBits) [[unlikely]]
            return long_golomb(order);
        position_ += static_cast<std::size_t>(zeros + 1 + length);
        return ((window >> (zeros + 1) & low_mask(length)) | std::uint64_t{1} << length) - (std::uint64_t{1} << order);
    }

    // True when nothing was read past the end and no escape stood where a plain code would do.
    bool ok() const noexcept { return ok_ && position_ <= size_in_bits(); }

    // To the next byte; false if the bits in between are not zero.
    bool align() noexcept {
        std::uint64_t used = position_ % 8;
        if (used == 0) return true;
        bool zero = (peek() & low_mask(static_cast<int>(8 - used))) == 0;
        position_ += 8 - used;
        return zero;
    }

  private:
    std::uint64_t size_in_bits() const noexcept { return 8 * std::uint64_t{size_}; }

    std::uint64_t peek_short(std::uint64_t position) const noexcept {
        std::uint64_t window = 0;
        for (std::size_t i = 0; i < size_; i++) window |= static_cast<std::uint64_t>(data_[i]) << (8 * i);
        return position < 64 ? window >> position : 0;
    }

    // Up to 63 bits.
    [[gnu::always_inline]] std::uint64_t bits(int count) noexcept {
        const int low = std::min(count, 32);
        std::uint64_t v = peek() & low_mask(low);
        position_ += static_cast<std::size_t>(low);
        v |= (peek() & low_mask(count - low)) << low;
        position_ += static_cast<std::size_t>(count - low);
        return v;
    }

    std::uint64_t escaped(int k) noexcept {
        position_ += kRiceEscape;
        const int length = static_cast<int>(peek() & low_mask(kRiceLengthBits));
        position_ += kRiceLengthBits;
        const std::uint64_t u = bits(length) | std::uint64_t{1} << length;
        if (u >> k < kRiceEscape) ok_ = false;
        return u;
    }

    std::uint64_t long_golomb(int order) noexcept {
        int zeros = 0;
        for (; (peek() & 1) == 0; zeros++, position_++)
            if (zeros + order == 63) {
                ok_ = false;
                return std::uint64_t{1} << 63;  // more than any value, for those who look at it alone
            }
        position_++;
        const int length = zeros + order;
        const std::uint64_t v = (bits(length) | std::uint64_t{1} << length) - (std::uint64_t{1} << order);
        ok_ = ok_ && v >> 63 == 0;
        return v;
    }

    const std::uint8_t *data_;
    std::size_t size_;
    std::uint64_t position_;
    bool ok_ = true;
};

// The Rice parameter follows a running mean of what was coded before, over about 2^Shift values. Integers only, so
// writer and reader agree everywhere. The latest value is left out: a reader knows the parameter of the next code, and
// so where it ends, before it has made a number of this one.
template <int Shift>
class AdaptiveRice {
  public:
    int parameter() const noexcept { return parameter_; }

    void update(std::uint64_t u) noexcept {
        parameter_ = std::min(static_cast<int>(std::bit_width(sum_ >> (Shift + 1))), kRiceMaxParameter);
        sum_ += std::min(u, kCeiling) - (sum_ >> Shift);
    }

  private:
    static constexpr std::uint64_t kCeiling = std::uint64_t{1} << 48;
    std::uint64_t sum_ = 0;
    int parameter_ = 0;
};

}  // namespace sketch
