// Items as text, as PostgreSQL writes it with DateStyle ISO and TimeZone UTC: contracts are in sketch/items.h.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "../core/common/calendar.hpp"
#include "../core/common/item.hpp"
#include "../core/common/utf8.hpp"

using namespace sketch;

namespace {

// As many zeros in a row, beside the digits of a number, are written; with more it is written with an exponent. The
// same in src/pg/item.
constexpr int kMaxZeros = 100;
constexpr std::size_t kMaxShortText = 128;  // of every kind whose items have one size

// Writes to memory that is large enough: see sketch_item_print_size.
struct Writer {
    char *at;

    void put(char c) noexcept { *at++ = c; }
    void put(std::string_view text) noexcept { at = std::copy(text.begin(), text.end(), at); }
    void put_zeros(int count) noexcept { at = std::fill_n(at, std::max(count, 0), '0'); }
    void put_number(std::int64_t value, int min_digits = 1) noexcept {
        char digits[20], *const end = digits + sizeof digits, *first = end;
        std::uint64_t magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
        for (; magnitude > 0 || end - first < min_digits; magnitude /= 10)
            *--first = static_cast<char>('0' + magnitude % 10);
        if (value < 0) put('-');
        at = std::copy(first, end, at);
    }
    void put_hex(std::uint8_t byte) noexcept {
        put("0123456789abcdef"[byte >> 4]);
        put("0123456789abcdef"[byte & 15]);
    }
    void put_hex(const std::uint8_t *bytes, std::size_t size) noexcept {
        for (std::size_t i = 0; i < size; i++) put_hex(bytes[i]);
    }
};

bool print_integer(Writer &out, const std::uint8_t *item, std::size_t size) noexcept {
    const bool is_negative = item[0] < kZeroItem;
    const int length = is_negative ? kZeroItem - 1 - item[0] : item[0] - kZeroItem;
    if (length > 8 || size != 1 + static_cast<std::size_t>(length)) return false;
    std::uint64_t value = is_negative ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 1; i < size; i++) value = value << 8 | item[i];
    const auto integer = static_cast<std::int64_t>(value);
    std::uint8_t again[9];
    if (append_integer_item(again, integer) != again + size || std::memcmp(again, item, size) != 0) return false;
    out.put_number(integer);
    return true;
}

// Of sign, exponent and digits of 10,000: see docs/FORMAT.md.
bool print_decimal(Writer &out, const std::uint8_t *item, std::size_t size) noexcept {
    static constexpr std::string_view kSpecials[] = {"NaN", "Infinity", "-Infinity"};
    if (size < 3 || size % 2 == 0 || item[0] > 4) return false;
    const int weight = load_little_endian<std::int16_t>(item + 1), groups = static_cast<int>(size - 3) / 2;
    if (item[0] >= 2) {
        out.put(kSpecials[item[0] - 2]);
        return weight == 0 && groups == 0;
    }
    const auto group = [=](int i) -> int { return load_little_endian<std::uint16_t>(item + 3 + 2 * i); };
    for (int i = 0; i < groups; i++)
        if (group(i) >= 10000) return false;
    if (groups == 0 || group(0) == 0 || group(groups - 1) == 0) return false;
    // Digits in all of the groups, and the powers of ten of the first and the last one that is not 0.
    const auto digit = [=](int place) {
        static constexpr int kPowers[] = {1000, 100, 10, 1};
        return static_cast<char>('0' + group(place / 4) / kPowers[place % 4] % 10);
    };
    int first = 0, last = 4 * groups - 1;
    while (digit(first) == '0') first++;
    while (digit(last) == '0') last--;
    const int highest = 4 * weight + 3 - first, lowest = 4 * weight + 3 - last;
    if (highest >= 131072 || lowest < -16383) return false;
    const auto put_digits = [&](int from, int to) {
        for (int place = from; place <= to; place++) out.put(digit(place));
    };
    if (item[0] == 1) out.put('-');
    if (std::max(lowest, -highest - 1) > kMaxZeros) {
        put_digits(first, first);
        if (last > first) out.put('.');
        put_digits(first + 1, last);
        out.put('e');
        out.put_number(highest);
        return true;
    }
    const int point = first + highest;  // the last digit before it
    if (highest < 0) out.put('0');
    else put_digits(first, std::min(last, point));
    out.put_zeros(lowest);
    if (lowest >= 0) return true;
    out.put('.');
    out.put_zeros(-highest - 1);
    put_digits(std::max(first, point + 1), last);
    return true;
}

void put_clock(Writer &out, std::int64_t microseconds) noexcept {
    out.put_number(microseconds / kHour, 2);
    out.put(':');
    out.put_number(microseconds % kHour / kMinute, 2);
    out.put(':');
    out.put_number(microseconds % kMinute / kSecond, 2);
    if (microseconds % kSecond == 0) return;
    out.put('.');
    out.put_number(microseconds % kSecond, 6);
    while (out.at[-1] == '0') out.at--;
}

// Whether it is before Christ, which is told behind all else.
bool put_day(Writer &out, std::int64_t days) noexcept {
    days -= kDaysToMarchOf2000;
    std::int64_t year = 2000 + floor_divided(days * 400, 146097);  // 146,097 days are 400 years: near
    while (days < days_before_year(year)) year--;
    while (days >= days_before_year(year + 1)) year++;
    days -= days_before_year(year);
    const std::int64_t from_march = (5 * days + 2) / 153, month = (from_march + 2) % 12 + 1;
    year += month < 3;
    const bool is_before_christ = year <= 0;
    out.put_number(is_before_christ ? 1 - year : year, 4);
    out.put('-');
    out.put_number(month, 2);
    out.put('-');
    out.put_number(days - days_before_month(from_march) + 1, 2);
    return is_before_christ;
}

template <typename Integer>
bool put_infinity(Writer &out, Integer value) noexcept {
    using Limits = std::numeric_limits<Integer>;
    if (value != Limits::min() && value != Limits::max()) return false;
    out.put(value < 0 ? "-infinity" : "infinity");
    return true;
}

bool print_timestamp(Writer &out, std::int64_t microseconds, bool has_zone) noexcept {
    sketch_item ignored;
    if (sketch_item_timestamp(microseconds, &ignored) != SKETCH_OK) return false;
    if (put_infinity(out, microseconds)) return true;
    const std::int64_t days = floor_divided(microseconds, kMicrosecondsPerDay);
    const bool is_before_christ = put_day(out, days);
    out.put(' ');
    put_clock(out, microseconds - days * kMicrosecondsPerDay);
    if (has_zone) out.put("+00");
    if (is_before_christ) out.put(" BC");
    return true;
}

bool print_date(Writer &out, std::int32_t days) noexcept {
    sketch_item ignored;
    if (sketch_item_date(days, &ignored) != SKETCH_OK) return false;
    if (!put_infinity(out, days) && put_day(out, days)) out.put(" BC");
    return true;
}

bool print_time(Writer &out, std::int64_t microseconds) noexcept {
    if (microseconds < 0 || microseconds > kMicrosecondsPerDay) return false;
    put_clock(out, microseconds);
    return true;
}

void print_uuid(Writer &out, const std::uint8_t *bytes) noexcept {
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out.put('-');
        out.put_hex(bytes[i]);
    }
}

void print_ipv4(Writer &out, const std::uint8_t *address) noexcept {
    for (int i = 0; i < 4; i++) {
        if (i > 0) out.put('.');
        out.put_number(address[i]);
    }
}

// As RFC 5952 has it: the longest run of two or more groups of zero, the first of equal ones, is left out. An IPv4
// address in the last two groups, behind zeros or ffff, has points. (C libraries disagree about that.)
void print_ipv6(Writer &out, const std::uint8_t *address) noexcept {
    constexpr int kGroups = 8;
    const auto group = [&](int i) { return address[2 * i] << 8 | address[2 * i + 1]; };
    int run = kGroups, length = 1;
    for (int i = 0, zeros = 0; i < kGroups; i++) {
        zeros = group(i) == 0 ? zeros + 1 : 0;
        if (zeros > length) {
            length = zeros;
            run = i + 1 - zeros;
        }
    }
    const bool embeds_ipv4 = run == 0 && (length == 6 || (length == 5 && group(5) == 0xffff));
    for (int i = 0; i < kGroups; i++) {
        if (i == run) {
            out.put("::");
            i += length - 1;
            continue;
        }
        if (i > 0 && i != run + length) out.put(':');
        if (embeds_ipv4 && i == 6) return print_ipv4(out, address + 12);
        bool has_digit = false;
        for (int shift = 12; shift >= 0; shift -= 4) {
            const int digit = group(i) >> shift & 15;
            has_digit = has_digit || digit != 0 || shift == 0;
            if (has_digit) out.put("0123456789abcdef"[digit]);
        }
    }
}

bool print_inet(Writer &out, const std::uint8_t *item, std::size_t size) noexcept {
    const bool is_v6 = size == 18;
    if ((size != 6 && !is_v6) || item[0] != (is_v6 ? 6 : 4) || item[1] > (is_v6 ? 128 : 32)) return false;
    if (is_v6) print_ipv6(out, item + 2);
    else print_ipv4(out, item + 2);
    if (item[1] == (is_v6 ? 128 : 32)) return true;
    out.put('/');
    out.put_number(item[1]);
    return true;
}

// Whether the items of a kind are texts, or have what is shown of them behind a hash.
bool is_text(int kind) noexcept { return kind == SKETCH_KIND_TEXT || kind == SKETCH_KIND_ENUM; }

bool print_item(Writer &out, int kind, const std::uint8_t *item, std::size_t size) noexcept {
    const std::string_view text = {reinterpret_cast<const char *>(item), size};
    switch (kind) {
        case SKETCH_KIND_NUMBER:
            if (size == 0) return false;
            return item[0] == kDecimalItem ? print_decimal(out, item + 1, size - 1) : print_integer(out, item, size);
        case SKETCH_KIND_BYTEA:
            out.put("\\x");
            out.put_hex(item, size);
            return true;
        case SKETCH_KIND_UUID: return size == 16 && (print_uuid(out, item), true);
        case SKETCH_KIND_TIMESTAMPTZ:
        case SKETCH_KIND_TIMESTAMP:
            return size == 8 &&
                   print_timestamp(out, load_little_endian<std::int64_t>(item), kind == SKETCH_KIND_TIMESTAMPTZ);
        case SKETCH_KIND_DATE: return size == 4 && print_date(out, load_little_endian<std::int32_t>(item));
        case SKETCH_KIND_TIME: return size == 8 && print_time(out, load_little_endian<std::int64_t>(item));
        case SKETCH_KIND_INET: return print_inet(out, item, size);
        case SKETCH_KIND_BOOL: return size == 1 && item[0] <= 1 && (out.put(item[0] == 1 ? "true" : "false"), true);
        default: {
            const std::size_t hash = is_text(kind) ? 0 : 8;
            if (size < hash || !is_utf8(text.substr(hash))) return false;
            out.put(text.substr(hash));
            return true;
        }
    }
}

}  // namespace

size_t sketch_item_print_size(int kind, size_t item_size) noexcept {
    return 2 * item_size + (kind == SKETCH_KIND_NUMBER ? kMaxZeros : 0) + kMaxShortText;
}

sketch_status sketch_item_print(int kind, const void *item, size_t item_size, char *out, size_t capacity,
                                size_t *out_size) noexcept {
    switch (kind) {
        case SKETCH_KIND_NONE:
        case SKETCH_KIND_FLOAT:
        case SKETCH_KIND_TIMETZ:
        case SKETCH_KIND_MACADDR:
        case SKETCH_KIND_MACADDR8:
        case SKETCH_KIND_MONEY:
        case SKETCH_KIND_PG_LSN: return SKETCH_WRONG_KIND;
    }
    if (capacity < sketch_item_print_size(kind, item_size)) return SKETCH_NO_ROOM;
    Writer writer = {out};
    if (!print_item(writer, kind, static_cast<const std::uint8_t *>(item), item_size)) return SKETCH_CORRUPT;
    *out_size = static_cast<size_t>(writer.at - out);
    return SKETCH_OK;
}
