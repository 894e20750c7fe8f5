#include "rows.hpp"

#include <charconv>

namespace cli {

std::string place_of(const Input &input, const std::string &column) { return input.place() + ", column " + column; }

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = static_cast<char>(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool parse_double(std::string_view text, double &value) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    if (!text.empty() && text.back() == ')') return false;  // nan(...)
    const char *const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && at == end;
}

std::unique_ptr<Rows> make_rows(Input &input, const RowOptions &options) {
    Format format = options.format;
    std::string_view first;
    if (format == Format::kGuessed && input.next(first)) {
        const std::size_t begin = std::min(first.find_first_not_of(" \t"), first.size());
        const bool is_json = begin < first.size() && (first[begin] == '{' || first[begin] == '[');
        format = is_json ? Format::kJson : first.find('\t') != std::string_view::npos ? Format::kTsv : Format::kCsv;
        input.again();
    }
    return format == Format::kJson ? make_json_rows(input, options) : make_delimited_rows(input, options, format);
}

}  // namespace cli
