// Canonical bytes of what has no fixed size: decimal numbers, and the text of intervals. See item.hpp.
#include "item.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace sketch {

namespace {

// What numeric holds.
constexpr std::int64_t kDigitsBeforePoint = 131072, kDigitsBehindPoint = 16383;
// An exponent that is out of range whatever the digits are.
constexpr std::int64_t kHugeExponent = std::int64_t{1} << 40;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace

bool Decimal::parse_special(const char *text, std::size_t size, bool has_sign) noexcept {
    auto is = [=](std::string_view name) {
        return std::equal(text, text + size, name.begin(), name.end(), [](char a, char b) { return (a | 0x20) == b; });
    };
    if (is("nan") && !has_sign) sign_ = kNaN;
    else if (is("infinity") || is("inf")) sign_ = sign_ == kNegative ? kNegativeInfinity : kInfinity;
    else return false;
    return true;
}

bool Decimal::parse(const char *text, std::size_t size) noexcept {
    *this = {};
    const char *at = text, *const end = text + size;
    if (at < end && (*at == '-' || *at == '+')) sign_ = *at++ == '-' ? kNegative : kPositive;
    if (at < end && !is_digit(*at) && *at != '.')
        return parse_special(at, static_cast<std::size_t>(end - at), at > text);

    text_ = at;
    std::int64_t first = -1, last = -1;
    bool has_point = false;
    for (; at < end && (is_digit(*at) || (*at == '.' && !has_point)); at++) {
        if (*at == '.') {
            has_point = true;
            before_point_ = digits_;
            continue;
        }
        if (*at != '0') last = digits_;
        if (first < 0) first = last;
        digits_++;
    }
    if (digits_ == 0) return false;
    if (!has_point) before_point_ = digits_;

    std::int64_t exponent = 0;
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        const bool is_negative = at < end && *at == '-';
        if (at < end && (*at == '-' || *at == '+')) at++;
        if (at == end || !is_digit(*at)) return false;
        for (; at < end && is_digit(*at); at++) exponent = std::min(10 * exponent + (*at - '0'), kHugeExponent);
        if (is_negative) exponent = -exponent;
    }
    if (at != end) return false;

    is_zero_ = first < 0;
    if (is_zero_) return true;
    point_ = before_point_ + exponent;
    const std::int64_t highest = point_ - 1 - first, lowest = point_ - 1 - last;
    if (highest >= kDigitsBeforePoint || lowest < -kDigitsBehindPoint) return false;
    highest_ = static_cast<std::int32_t>(highest);
    lowest_ = static_cast<std::int32_t>(lowest);
    return true;
}

bool Decimal::is_integer(std::int64_t &value) const noexcept {
    constexpr int kMaxDigits = 19;  // 10^19 < 2^64
    if (!is_finite() || (!is_zero_ && (lowest_ < 0 || highest_ >= kMaxDigits))) return false;
    std::uint64_t magnitude = 0;
    for (std::int32_t power = highest_; !is_zero_ && power >= 0; power--)
        magnitude = 10 * magnitude + static_cast<std::uint64_t>(digit(power));
    const bool is_negative = sign_ == kNegative;
    if (magnitude > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + is_negative) return false;
    value = static_cast<std::int64_t>(is_negative ? std::uint64_t{0} - magnitude : magnitude);
    return true;
}

void Decimal::write(std::uint8_t *to) const noexcept {
    *to++ = sign_;
    to = append(to, static_cast<std::uint16_t>(is_finite() ? weight() : 0));
    for (int i = 0, group = weight(); i < groups(); i++, group--) {
        int value = 0;
        for (int power = 4 * group + 3; power >= 4 * group; power--) value = 10 * value + digit(power);
        to = append(to, static_cast<std::uint16_t>(value));
    }
}

char *append_interval_text(char *to, std::int32_t months, std::int32_t days, std::int64_t microseconds) noexcept {
    char *const begin = to;
    bool was_negative = false;
    auto number = [&](std::uint64_t value, int width) {
        char digits[20], *const end = digits + sizeof digits, *at = end;
        for (; value > 0 || end - at < width; value /= 10) *--at = static_cast<char>('0' + value % 10);
        to = std::copy(at, end, to);
    };
    auto separate = [&](bool is_negative) {  // a sign where it is not the one of what stands before
        if (to > begin) *to++ = ' ';
        if (is_negative) *to++ = '-';
        else if (was_negative) *to++ = '+';
    };
    auto part = [&](std::int32_t value, const char *unit) {
        if (value == 0) return;
        separate(value < 0);
        was_negative = value < 0;
        number(static_cast<std::uint64_t>(std::abs(std::int64_t{value})), 1);
        *to++ = ' ';
        to = std::copy_n(unit, std::strlen(unit), to);
        if (value != 1) *to++ = 's';
    };
    part(months / 12, "year");
    part(months % 12, "mon");
    part(days, "day");
    if (to > begin && microseconds == 0) return to;

    constexpr std::uint64_t kSecond = 1'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
    separate(microseconds < 0);
    const std::uint64_t bits = static_cast<std::uint64_t>(microseconds);
    const std::uint64_t time = microseconds < 0 ? std::uint64_t{0} - bits : bits;
    number(time / kHour, 2);
    *to++ = ':';
    number(time % kHour / kMinute, 2);
    *to++ = ':';
    number(time % kMinute / kSecond, 2);
    if (time % kSecond != 0) {
        *to++ = '.';
        number(time % kSecond, 6);
        while (to[-1] == '0') to--;
    }
    return to;
}

}  // namespace sketch
