#include "commands.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "../core/common/bytes.hpp"
#include "../core/common/calendar.hpp"

namespace cli {

bool take_row_option(const Argument &argument, RowOptions &options) {
    if (argument.option == "no-header") {
        options.has_header = false;
    } else if (argument.option == "delimiter") {
        const bool is_one = argument.value.size() == 1 && argument.value.find_first_of("\"\r\n") == std::string::npos;
        if (!is_one) throw UsageFailure("--delimiter " + shown(argument.value) + ": one character of ASCII is wanted");
        options.delimiter = argument.value[0];
        if (options.format == Format::kGuessed) options.format = Format::kCsv;
    } else if (argument.option == "null") {
        options.null = argument.value;
    } else if (argument.option == "format") {
        if (argument.value == "csv") options.format = Format::kCsv;
        else if (argument.value == "tsv") options.format = Format::kTsv;
        else if (argument.value == "json") options.format = Format::kJson;
        else throw UsageFailure("--format \"" + argument.value + "\": there are csv, tsv and json");
    } else {
        return false;
    }
    return true;
}

bool take_output_option(const Argument &argument, OutputOptions &options, bool &has_header) {
    if (argument.option == "copy" && (argument.value.empty() || argument.value.find('\n') != std::string::npos))
        throw UsageFailure("--copy wants the name of a table");
    if (argument.option == "max-groups" && argument.value == "0") throw UsageFailure("--max-groups 0: of no group?");
    if (argument.option == "copy") options.copy = argument.value;
    else if (argument.option == "header") has_header = true;
    else if (argument.option == "flush") options.flush = duration_argument(argument);
    else if (argument.option == "max-groups") options.max_groups = static_cast<std::size_t>(count_argument(argument));
    else if (argument.option == "quiet") options.is_quiet = true;
    else return false;
    return true;
}

namespace {

// Seconds since 1970 are below this until the year 5138, and milliseconds, a thousandfold, not since 1973.
constexpr double kSecondsEnd = 1e11;

bool parse_unix_time(std::string_view text, std::int64_t &microseconds) {
    double number;
    if (!parse_double(text, number) || !(std::fabs(number) < kSecondsEnd * 1e9)) return false;
    double unit = 1e6;
    for (double end = kSecondsEnd; std::fabs(number) >= end; end *= 1e3) unit /= 1e3;
    // Whole numbers are exact beyond what a double holds.
    std::int64_t whole = 0;
    if (parse_whole(text, whole)) {
        microseconds = unit >= 1 ? whole * static_cast<std::int64_t>(unit) : whole / 1000 - (whole % 1000 < 0);
    } else {
        microseconds = std::llround(number * unit);
    }
    microseconds -= SKETCH_UNIX_MICROSECONDS;
    return true;
}

// As web servers log it: 31/Jan/2026:12:34:56 +0100. It becomes 2026-01-31 12:34:56 +0100.
bool rewrite_log_time(std::string_view text, std::string &iso) {
    static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() < 20 || text[2] != '/' || text[6] != '/' || text[11] != ':') return false;
    const std::size_t month = kMonths.find(text.substr(3, 3));
    if (month == kMonths.npos || month % 3 != 0) return false;
    const std::string number = std::to_string(101 + month / 3).substr(1);
    iso = std::string(text.substr(7, 4)) + "-" + number + "-" + std::string(text.substr(0, 2)) + " " +
          std::string(text.substr(12));
    return true;
}

}  // namespace

bool parse_time(std::string_view text, std::int64_t &microseconds) {
    std::string iso;
    if (rewrite_log_time(text, iso)) text = iso;
    const bool is_date = text.size() > 4 && text.find('-', 1) != text.npos && text.find_first_of("eE") == text.npos;
    if (!is_date) return parse_unix_time(text, microseconds);
    sketch_item item;
    if (sketch_item_parse(SKETCH_KIND_TIMESTAMPTZ, text.data(), text.size(), nullptr, 0, &item) != SKETCH_OK)
        return false;
    microseconds = sketch::load_little_endian<std::int64_t>(item.bytes);
    return true;
}

const std::string &Buckets::text_of(std::int64_t microseconds) {
    const std::int64_t bucket = sketch::floor_divided(microseconds, width_);
    if (bucket != last_ || text_.empty()) {
        sketch_item item;
        must(sketch_item_timestamptz(bucket * width_, &item));
        last_ = bucket;
        text_ = item_text(item.kind, item.bytes, item.size);
    }
    return text_;
}

bool item_from_text(int kind, std::string_view text, std::vector<std::uint64_t> &scratch, sketch_item &item) {
    if (kind == SKETCH_KIND_FLOAT) {
        double value;
        if (!parse_double(text, value)) return false;
        sketch_item_double(value, &item);
        return true;
    }
    return sketch_item_parse(kind, text.data(), text.size(), scratch.data(), 8 * scratch.size(), &item) == SKETCH_OK;
}

std::string item_text(int kind, const void *item, std::size_t size) {
    if (kind == SKETCH_KIND_FLOAT && size == 8)
        return double_text(std::bit_cast<double>(sketch::load_little_endian<std::uint64_t>(item)));
    std::string text(sketch_item_print_size(kind, size), '\0');
    std::size_t text_size;
    sketch_status status = sketch_item_print(kind, item, size, text.data(), text.size(), &text_size);
    if (status == SKETCH_WRONG_KIND)
        status = sketch_item_print(SKETCH_KIND_BYTEA, item, size, text.data(), text.size(), &text_size);
    must(status);
    text.resize(text_size);
    return text;
}

std::string double_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    char text[32], *const end = text + sizeof text;
    const char *const last = std::to_chars(text, end, value, std::chars_format::scientific).ptr;
    const std::string_view scientific(text, static_cast<std::size_t>(last - text));
    int exponent = 0;
    std::string_view digits = scientific.substr(scientific.find('e') + 1);
    if (digits[0] == '+') digits.remove_prefix(1);
    std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (exponent < -4 || exponent >= 15) return std::string(scientific);
    return std::string(text, std::to_chars(text, end, value, std::chars_format::fixed).ptr);
}

std::string printable(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); i++) {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(at < text.size() ? text[at] : 0); };
        const auto is_between = [](unsigned char x, int first, int last) { return x >= first && x <= last; };
        std::size_t hidden = byte(i) < ' ' || byte(i) == 0x7f ? 1 : 0;
        if (byte(i) == 0xc2 && is_between(byte(i + 1), 0x80, 0x9f)) hidden = 2;  // U+0080 to U+009F
        if (byte(i) == 0xe2 && byte(i + 1) == 0x80 && is_between(byte(i + 2), 0xaa, 0xae)) hidden = 3;  // U+202A to E
        if (byte(i) == 0xe2 && byte(i + 1) == 0x81 && is_between(byte(i + 2), 0xa6, 0xa9)) hidden = 3;  // U+2066 to 9
        result += hidden > 0 ? '?' : text[i];
        i += hidden > 0 ? hidden - 1 : 0;
    }
    return result;
}

std::string shown(std::string_view text) {
    constexpr std::size_t kMost = 60;
    return "\"" + printable(text.substr(0, kMost)) + (text.size() > kMost ? "\"..." : "\"");
}

bool StoredRows::read_line(Line &line) {
    std::string_view record;
    for (;;) {
        if (!input_.next(record)) return false;
        line = {input_.place(), std::string(record)};
        if (!line.text.empty() && line.text.back() == '\r') line.text.pop_back();
        if (line.text == "\\.") {
            input_.skip_file();
            continue;
        }
        if (!input_.is_first()) return true;
        std::vector<Field> fields;
        split_copied(line.text, unescaped_, fields);
        names_.clear();
        for (std::size_t i = 0; i < fields.size(); i++)
            names_.push_back(has_header_ ? std::string(fields[i].text) : std::to_string(i + 1));
        if (!has_header_) return true;
    }
}

void StoredRows::split(const Line &line, std::vector<Field> &fields) {
    split_copied(line.text, unescaped_, fields);
    if (fields.size() != names_.size())
        throw Failure(line.place + ": " + std::to_string(fields.size()) + " columns, where the first line has " +
                      std::to_string(names_.size()));
}

namespace {

// A column of which so many rows are NULL is none of sketches.
constexpr std::size_t kMostAhead = 10000;

// Whether a field is as PostgreSQL writes a sketch of some family: \x, the format's version, and the family.
bool is_sketch(const Field &field) {
    const std::string_view text = field.text;
    return !field.is_null && text.size() >= 6 && text.substr(0, 5) == "\\x010" && text[5] >= '1' && text[5] <= '5';
}

}  // namespace

void StoredRows::look_ahead() {
    Line line;
    std::vector<Field> fields;
    std::vector<bool> is_known;
    for (std::size_t unknown = 1; unknown > 0 && ahead_.size() < kMostAhead && read_line(line);) {
        split(line, fields);
        if (ahead_.empty()) {
            unknown = fields.size();
            families_.resize(unknown);
            is_known.resize(unknown);
        }
        ahead_.push_back(line);
        if (fields.size() != families_.size()) return;  // of another file: it will be an error
        for (std::size_t i = 0; i < fields.size(); i++) {
            if (is_known[i] || fields[i].is_null) continue;
            is_known[i] = true;
            families_[i] = is_sketch(fields[i]) ? fields[i].text[5] - '0' : 0;
            unknown--;
        }
    }
}

bool StoredRows::next(std::vector<Field> &fields) {
    if (families_.empty()) look_ahead();
    if (!ahead_.empty()) {
        line_ = std::move(ahead_.front());
        ahead_.pop_front();
    } else if (!read_line(line_)) {
        return false;
    }
    place_ = line_.place;
    split(line_, fields);
    if (fields.size() != families_.size())
        throw Failure(place_ + ": " + std::to_string(fields.size()) + " columns, where the first file has " +
                      std::to_string(families_.size()));
    return true;
}

std::size_t StoredRows::column(const std::string &name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
    std::size_t number = 0;
    if (parse_whole(name, number) && number >= 1 && number <= names_.size()) return number - 1;
    throw Failure("there is no column " + shown(name) +
                  (has_header_ ? "" : " (with --header, the first line has names)"));
}

std::string StoredRows::packed(std::size_t column, const Field &field) const {
    std::string packed;
    bool is_hex = is_sketch(field) && field.text.size() % 2 == 0;
    for (std::size_t i = 2; is_hex && i < field.text.size(); i += 2) {
        const int high = hex_digit(field.text[i]), low = hex_digit(field.text[i + 1]);
        is_hex = high >= 0 && low >= 0;
        packed += static_cast<char>(high << 4 | low);
    }
    if (!is_hex) throw Failure(place(column) + ": no sketch: " + shown(field.text));
    try {
        check_packed(packed);
    } catch (const Failure &failure) {
        throw Failure(place(column) + ": no sketch: " + failure.what());
    }
    return packed;
}

}  // namespace cli
