// Canonical bytes of values of each kind, as docs/FORMAT.md gives them under "Items": for those who have no PostgreSQL
// to make them.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "bytes.hpp"
#include "format.hpp"
#include "int128.hpp"

namespace sketch {

// First bytes of the items of kind number that a topk sketch keeps.
inline constexpr std::uint8_t kDecimalItem = 1, kZeroItem = 0x80;

// Little-endian, so that every machine writes the same. Returns where the next byte goes.
template <typename Integer>
inline std::uint8_t *append(std::uint8_t *to, Integer value) noexcept {
    for (std::size_t i = 0; i < sizeof value; i++) *to++ = static_cast<std::uint8_t>(value >> (8 * i));
    return to;
}

// Doubles that SQL calls equal have equal bits.
inline std::uint64_t canonical_bits(double value) noexcept {
    if (value == 0) value = 0;  // -0
    return std::bit_cast<std::uint64_t>(std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value);
}
static_assert(std::bit_cast<std::uint64_t>(std::numeric_limits<double>::quiet_NaN()) == 0x7ff8000000000000u);

// What a topk sketch keeps of an integer: the length, then the bytes, most significant first, so that items are in the
// order of their numbers; of a negative one the complement of both, of -1 - value.
inline std::uint8_t *append_integer_item(std::uint8_t *to, std::int64_t value) noexcept {
    const std::uint64_t flip = value < 0 ? ~std::uint64_t{0} : 0;
    const std::uint64_t magnitude = static_cast<std::uint64_t>(value) ^ flip;
    const int length = (64 - std::countl_zero(magnitude) + 7) / 8;
    *to++ = static_cast<std::uint8_t>(value < 0 ? kZeroItem - 1 - length : kZeroItem + length);
    for (int i = length; i-- > 0;) *to++ = static_cast<std::uint8_t>((magnitude ^ flip) >> (8 * i));
    return to;
}

// The length of an interval in microseconds, which is what tells intervals apart: months have 30 days, days 24 hours.
inline constexpr std::int64_t kMicrosecondsPerDay = 86'400'000'000;
inline i128 interval_length(std::int32_t months, std::int32_t days, std::int64_t microseconds) noexcept {
    return (static_cast<i128>(months) * 30 + days) * kMicrosecondsPerDay + microseconds;
}

// As PostgreSQL prints an interval with IntervalStyle postgres. Returns where the text ends.
inline constexpr std::size_t kMaxIntervalText = 80;
char *append_interval_text(char *to, std::int32_t months, std::int32_t days, std::int64_t microseconds) noexcept;

// A decimal number: a literal of SQL, read where it stands.
class Decimal {
  public:
    // Digits with a sign, a point and an exponent if need be; or NaN, Infinity, -Infinity. False if it is none of
    // these, or beyond what numeric holds: 131,072 digits before the point and 16,383 behind it.
    bool parse(const char *text, std::size_t size) noexcept;

    // Whether it is an integer of 64 bits, and which.
    bool is_integer(std::int64_t &value) const noexcept;

    // Of every other number: sign, weight and digits to base 10,000.
    std::size_t size() const noexcept { return 3 + 2 * static_cast<std::size_t>(groups()); }
    void write(std::uint8_t *to) const noexcept;

  private:
    enum Sign : std::uint8_t { kPositive, kNegative, kNaN, kInfinity, kNegativeInfinity };

    bool parse_special(const char *text, std::size_t size, bool has_sign) noexcept;
    bool is_finite() const noexcept { return sign_ <= kNegative; }
    // The digit that stands for 10^power; those outside of what is written are 0.
    int digit(std::int32_t power) const noexcept {
        const std::int64_t place = std::int64_t{point_} - 1 - power;
        if (place < 0 || place >= digits_) return 0;
        return text_[place + (place >= before_point_)] - '0';
    }
    int weight() const noexcept { return highest_ >> 2; }
    int groups() const noexcept { return is_finite() ? weight() - (lowest_ >> 2) + 1 : 0; }

    Sign sign_ = kPositive;
    const char *text_ = nullptr;             // of the first digit
    std::int64_t digits_ = 0;                // in all, on both sides of the point
    std::int64_t before_point_ = 0;          // of them, where a point is written
    std::int64_t point_ = 0;                 // the same with the exponent: where the point belongs
    std::int32_t highest_ = 0, lowest_ = 0;  // powers of ten of the first and the last digit that is not 0
    bool is_zero_ = false;
};

}  // namespace sketch
