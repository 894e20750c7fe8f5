// Items from text: contracts are in sketch/items.h. Of what PostgreSQL reads, the forms that it writes with DateStyle
// ISO, and those of ISO 8601.
#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "../core/common/calendar.hpp"
#include "../core/common/item.hpp"
#include "../core/common/utf8.hpp"

using namespace sketch;

namespace {

struct TypeName {
    std::string_view name;
    sketch_kind kind;
};
constexpr TypeName kTypeNames[] = {
    {"smallint", SKETCH_KIND_NUMBER},
    {"int2", SKETCH_KIND_NUMBER},
    {"integer", SKETCH_KIND_NUMBER},
    {"int", SKETCH_KIND_NUMBER},
    {"int4", SKETCH_KIND_NUMBER},
    {"bigint", SKETCH_KIND_NUMBER},
    {"int8", SKETCH_KIND_NUMBER},
    {"oid", SKETCH_KIND_NUMBER},
    {"numeric", SKETCH_KIND_NUMBER},
    {"decimal", SKETCH_KIND_NUMBER},
    {"real", SKETCH_KIND_FLOAT},
    {"float4", SKETCH_KIND_FLOAT},
    {"float8", SKETCH_KIND_FLOAT},
    {"double precision", SKETCH_KIND_FLOAT},
    {"text", SKETCH_KIND_TEXT},
    {"varchar", SKETCH_KIND_TEXT},
    {"bytea", SKETCH_KIND_BYTEA},
    {"uuid", SKETCH_KIND_UUID},
    {"timestamptz", SKETCH_KIND_TIMESTAMPTZ},
    {"timestamp with time zone", SKETCH_KIND_TIMESTAMPTZ},
    {"timestamp", SKETCH_KIND_TIMESTAMP},
    {"timestamp without time zone", SKETCH_KIND_TIMESTAMP},
    {"date", SKETCH_KIND_DATE},
    {"time", SKETCH_KIND_TIME},
    {"inet", SKETCH_KIND_INET},
    {"cidr", SKETCH_KIND_INET},
    {"boolean", SKETCH_KIND_BOOL},
    {"bool", SKETCH_KIND_BOOL},
    {"enum", SKETCH_KIND_ENUM},
};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool equals_word(std::string_view text, std::string_view word) noexcept {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return lower(a) == b; });
}

// The value of a hexadecimal digit, or -1.
int hex_digit(char c) noexcept {
    if (is_digit(c)) return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// What is left of a text, which each of these takes from the front if it stands there.
struct Reader {
    std::string_view rest;

    bool is_at_end() const noexcept { return rest.empty(); }
    bool take(char c) noexcept {
        if (rest.empty() || lower(rest.front()) != c) return false;
        rest.remove_prefix(1);
        return true;
    }
    bool take_word(std::string_view word) noexcept {
        if (!equals_word(rest.substr(0, word.size()), word)) return false;
        rest.remove_prefix(word.size());
        return true;
    }
    bool take_number(std::size_t min_digits, std::size_t max_digits, std::int64_t &value) noexcept {
        std::size_t digits = 0;
        for (value = 0; digits < rest.size() && digits < max_digits && is_digit(rest[digits]); digits++)
            value = 10 * value + (rest[digits] - '0');
        rest.remove_prefix(digits);
        return digits >= min_digits;
    }
};

bool take_infinity(Reader &text, bool &is_negative) noexcept {
    is_negative = text.take('-');
    return text.take_word("infinity") && text.is_at_end();
}

struct Day {
    std::int64_t year, month, day;
};
bool take_day(Reader &text, Day &d) noexcept {
    return text.take_number(4, 7, d.year) && text.take('-') && text.take_number(2, 2, d.month) && text.take('-') &&
           text.take_number(2, 2, d.day);
}

// The years before Christ are told at the very end. Whether that was all, and the day is one.
bool end_day(Reader &text, Day &d, std::int64_t &days) noexcept {
    if (d.year == 0) return false;
    if (text.take_word(" bc")) d.year = 1 - d.year;
    if (!text.is_at_end() || d.month < 1 || d.month > 12 || d.day < 1 || d.day > days_of_month(d.year, d.month))
        return false;
    days = days_to(d.year, d.month, d.day);
    return true;
}

// Of more than six digits behind the point, the nearest microsecond; the even one of two.
bool take_fraction(Reader &text, std::int64_t &microseconds) noexcept {
    std::int64_t unit = kSecond / 10;
    int next = -1;
    bool has_more = false;
    const std::size_t before = text.rest.size();
    for (microseconds = 0; !text.is_at_end() && is_digit(text.rest.front()); text.rest.remove_prefix(1), unit /= 10) {
        const int digit = text.rest.front() - '0';
        if (unit > 0) microseconds += digit * unit;
        else if (next < 0) next = digit;
        else has_more |= digit > 0;
    }
    if (next > 5 || (next == 5 && (has_more || microseconds % 2 == 1))) microseconds++;
    return text.rest.size() < before;
}

// HH:MM[:SS[.ffffff]], up to 24:00.
bool take_time(Reader &text, std::int64_t &time) noexcept {
    std::int64_t hours, minutes, seconds = 0, fraction = 0;
    if (!text.take_number(2, 2, hours) || !text.take(':') || !text.take_number(2, 2, minutes)) return false;
    if (text.take(':')) {
        if (!text.take_number(2, 2, seconds)) return false;
        if ((text.take('.') || text.take(',')) && !take_fraction(text, fraction)) return false;
    }
    time = hours * kHour + minutes * kMinute + seconds * kSecond + fraction;
    return minutes < 60 && seconds <= 60 && time <= kMicrosecondsPerDay;
}

// Z, UTC, GMT, +HH, +HH:MM, +HHMM or +HH:MM:SS, by what a clock there is ahead; or nothing.
bool take_zone(Reader &text, std::int64_t &ahead) noexcept {
    ahead = 0;
    if (text.rest.size() > 1 && text.rest[0] == ' ' && lower(text.rest[1]) != 'b') text.take(' ');  // " BC" is no zone
    if (text.take('z') || text.take_word("utc") || text.take_word("gmt")) return true;
    const bool is_west = text.take('-');
    if (!is_west && !text.take('+')) return true;
    std::int64_t hours, minutes = 0, seconds = 0;
    if (!text.take_number(2, 2, hours)) return false;
    const bool has_colon = text.take(':');
    if ((has_colon || (!text.is_at_end() && is_digit(text.rest.front()))) && !text.take_number(2, 2, minutes))
        return false;
    if (has_colon && text.take(':') && !text.take_number(2, 2, seconds)) return false;
    ahead = hours * kHour + minutes * kMinute + seconds * kSecond;
    if (is_west) ahead = -ahead;
    return hours < 16 && minutes < 60 && seconds < 60;
}

sketch_status parse_timestamp(Reader text, int kind, sketch_item *item) noexcept {
    const auto of_microseconds = [=](std::int64_t value) {
        return kind == SKETCH_KIND_TIMESTAMPTZ ? sketch_item_timestamptz(value, item)
                                               : sketch_item_timestamp(value, item);
    };
    using Limits = std::numeric_limits<std::int64_t>;
    bool is_negative;
    if (Reader copy = text; take_infinity(copy, is_negative))
        return of_microseconds(is_negative ? Limits::min() : Limits::max());
    Day day;
    std::int64_t days, time = 0, ahead = 0;
    if (!take_day(text, day)) return SKETCH_OUT_OF_RANGE;
    if (text.take('t') || (text.rest.size() > 1 && is_digit(text.rest[1]) && text.take(' '))) {
        if (!take_time(text, time)) return SKETCH_OUT_OF_RANGE;
        if (kind == SKETCH_KIND_TIMESTAMPTZ && !take_zone(text, ahead)) return SKETCH_OUT_OF_RANGE;
    }
    if (!end_day(text, day, days)) return SKETCH_OUT_OF_RANGE;
    const i128 microseconds = static_cast<i128>(days) * kMicrosecondsPerDay + time - ahead;
    if (microseconds <= Limits::min() || microseconds >= Limits::max()) return SKETCH_OUT_OF_RANGE;
    return of_microseconds(static_cast<std::int64_t>(microseconds));
}

sketch_status parse_date(Reader text, sketch_item *item) noexcept {
    using Limits = std::numeric_limits<std::int32_t>;
    bool is_negative;
    if (Reader copy = text; take_infinity(copy, is_negative))
        return sketch_item_date(is_negative ? Limits::min() : Limits::max(), item);
    Day day;
    std::int64_t days;
    if (!take_day(text, day) || !end_day(text, day, days) || days <= Limits::min() || days >= Limits::max())
        return SKETCH_OUT_OF_RANGE;
    return sketch_item_date(static_cast<std::int32_t>(days), item);
}

sketch_status parse_time(Reader text, sketch_item *item) noexcept {
    std::int64_t time;
    return take_time(text, time) && text.is_at_end() ? sketch_item_time(time, item) : SKETCH_OUT_OF_RANGE;
}

sketch_status parse_bool(std::string_view text, sketch_item *item) noexcept {
    static constexpr std::string_view kTrue[] = {"t", "true", "1", "y", "yes", "on"},
                                      kFalse[] = {"f", "false", "0", "n", "no", "off"};
    const auto is = [=](std::string_view word) { return equals_word(text, word); };
    const bool value = std::any_of(std::begin(kTrue), std::end(kTrue), is);
    if (!value && !std::any_of(std::begin(kFalse), std::end(kFalse), is)) return SKETCH_OUT_OF_RANGE;
    sketch_item_bool(value, item);
    return SKETCH_OK;
}

// Hyphens may stand behind every four digits, and braces around all.
sketch_status parse_uuid(Reader text, sketch_item *item) noexcept {
    std::uint8_t uuid[16];
    const bool has_brace = text.take('{');
    for (int i = 0; i < 16; i++) {
        const int high = text.rest.size() < 2 ? -1 : hex_digit(text.rest[0]),
                  low = high < 0 ? -1 : hex_digit(text.rest[1]);
        if (low < 0) return SKETCH_OUT_OF_RANGE;
        uuid[i] = static_cast<std::uint8_t>(high << 4 | low);
        text.rest.remove_prefix(2);
        if (i % 2 == 1 && i < 15) text.take('-');
    }
    if ((has_brace && !text.take('}')) || !text.is_at_end()) return SKETCH_OUT_OF_RANGE;
    sketch_item_uuid(uuid, item);
    return SKETCH_OK;
}

sketch_status parse_bytea(Reader text, void *scratch, std::size_t scratch_size, sketch_item *item) noexcept {
    if (!text.take('\\') || !text.take('x') || text.rest.size() % 2 != 0) return SKETCH_OUT_OF_RANGE;
    const std::size_t size = text.rest.size() / 2;
    if (size > sizeof item->buffer && size > scratch_size) return SKETCH_NO_ROOM;
    std::uint8_t *const bytes = size <= sizeof item->buffer ? item->buffer : static_cast<std::uint8_t *>(scratch);
    for (std::size_t i = 0; i < size; i++) {
        const int high = hex_digit(text.rest[2 * i]), low = hex_digit(text.rest[2 * i + 1]);
        if (high < 0 || low < 0) return SKETCH_OUT_OF_RANGE;
        bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    sketch_item_bytes(bytes, size, item);
    return SKETCH_OK;
}

sketch_status parse_inet(std::string_view text, sketch_item *item) noexcept {
    char address[INET6_ADDRSTRLEN];
    const std::size_t slash = std::min(text.find('/'), text.size());
    if (slash >= sizeof address || std::memchr(text.data(), 0, slash) != nullptr) return SKETCH_OUT_OF_RANGE;
    std::copy_n(text.data(), slash, address);
    address[slash] = '\0';
    const bool is_v6 = text.substr(0, slash).find(':') != text.npos;
    std::uint8_t bytes[16];
    if (inet_pton(is_v6 ? AF_INET6 : AF_INET, address, bytes) != 1) return SKETCH_OUT_OF_RANGE;
    const std::size_t size = is_v6 ? 16 : 4;
    std::int64_t prefix = static_cast<std::int64_t>(8 * size);
    if (Reader behind = {text.substr(slash)};
        behind.take('/') && (!behind.take_number(1, 3, prefix) || !behind.is_at_end()))
        return SKETCH_OUT_OF_RANGE;
    return sketch_item_inet(bytes, size, static_cast<int>(prefix), item);
}

// Integers that are written plainly, as nearly all are; of up to 18 digits, for those fit.
bool parse_short_integer(std::string_view text, std::int64_t &value) noexcept {
    Reader reader = {text};
    const bool is_negative = reader.take('-');
    if (!reader.take_number(1, 18, value) || !reader.is_at_end()) return false;
    if (is_negative) value = -value;
    return true;
}

}  // namespace

int sketch_kind_of_type(const char *name) noexcept {
    for (const TypeName &type : kTypeNames)
        if (equals_word(name, type.name)) return type.kind;
    return SKETCH_KIND_NONE;
}

sketch_status sketch_item_parse(int kind, const char *text, size_t size, void *scratch, size_t scratch_size,
                                sketch_item *item) noexcept {
    const std::string_view view = {text, size};
    switch (kind) {
        case SKETCH_KIND_NUMBER: {
            std::int64_t value;
            if (!parse_short_integer(view, value)) return sketch_item_decimal(text, size, scratch, scratch_size, item);
            sketch_item_int64(value, item);
            return SKETCH_OK;
        }
        case SKETCH_KIND_TEXT:
        case SKETCH_KIND_ENUM:
            if (!is_utf8(view)) return SKETCH_OUT_OF_RANGE;
            if (kind == SKETCH_KIND_TEXT) sketch_item_text(text, size, item);
            else sketch_item_label(text, size, item);
            return SKETCH_OK;
        case SKETCH_KIND_BYTEA: return parse_bytea({view}, scratch, scratch_size, item);
        case SKETCH_KIND_UUID: return parse_uuid({view}, item);
        case SKETCH_KIND_TIMESTAMPTZ:
        case SKETCH_KIND_TIMESTAMP: return parse_timestamp({view}, kind, item);
        case SKETCH_KIND_DATE: return parse_date({view}, item);
        case SKETCH_KIND_TIME: return parse_time({view}, item);
        case SKETCH_KIND_INET: return parse_inet(view, item);
        case SKETCH_KIND_BOOL: return parse_bool(view, item);
        default: return SKETCH_WRONG_KIND;
    }
}
