// Rows of CSV, of PostgreSQL's text format of COPY, and of JSON lines: the columns that are asked for.
#pragma once

#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "input.hpp"
#include "state.hpp"

namespace cli {

enum class Format { kGuessed, kCsv, kTsv, kJson };

// A row that cannot be used; others can.
struct BadRow : Failure {
    using Failure::Failure;
};

struct Field {
    std::string_view text;
    bool is_null = true;
};

class Rows {
  public:
    virtual ~Rows() = default;
    // The fields of the next row, in the order of the columns asked for; they last until the next call. False at the
    // end; throws BadRow, after which the next row can be asked for.
    virtual bool next(std::vector<Field> &fields) = 0;
};

struct RowOptions {
    Format format = Format::kGuessed;
    bool has_header = true;  // of columns that are named; else they are numbers from 1 on
    char delimiter = ',';    // of CSV
    std::string null;        // what else is NULL; empty: nothing else
    std::vector<std::string> columns;
};
// `input` lives longer. The format of nothing but guessed is that of the first line.
std::unique_ptr<Rows> make_rows(Input &input, const RowOptions &options);

// What stands in the fields of one line of COPY's text format, all of them, without escapes.
void split_copied(std::string_view line, std::vector<std::string> &unescaped, std::vector<Field> &fields);

// A field of COPY's text format.
void append_copied(std::string &out, const Field &field);

// The value of a hexadecimal digit; -1 if it is none.
int hex_digit(char c);

// A number as PostgreSQL reads a double precision. False if it is none.
bool parse_double(std::string_view text, double &value);

// A whole number, in digits only. False if it is none, or none of this type.
template <typename Integer>
bool parse_whole(std::string_view text, Integer &value) {
    const char *const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && at == end;
}

// "line 7, column host".
std::string place_of(const Input &input, const std::string &column);

std::unique_ptr<Rows> make_delimited_rows(Input &input, const RowOptions &options, Format format);
std::unique_ptr<Rows> make_json_rows(Input &input, const RowOptions &options);

}  // namespace cli
