// The commands, and what several of them do alike.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "groups.hpp"
#include "rows.hpp"
#include "state.hpp"

namespace cli {

void build(int argc, char **argv);
void merge(int argc, char **argv);
void read(int argc, char **argv);
void info(int argc, char **argv);

// Options of rows that come in, and of groups that go out. Whether the argument was one of them.
inline constexpr Option kRowOptions[] = {{"format", true}, {"no-header", false}, {"delimiter", true}, {"null", true}};
bool take_row_option(const Argument &argument, RowOptions &options);
inline constexpr Option kOutputOptions[] = {
    {"copy", true}, {"header", false}, {"flush", true}, {"max-groups", true}, {"quiet", false}};
bool take_output_option(const Argument &argument, OutputOptions &options, bool &has_header);

// A point in time, in microseconds since 2000-01-01 in UTC: ISO 8601, what web servers log, or a number since
// 1970-01-01, which is one of seconds, milliseconds, microseconds or nanoseconds, by its size. False if it is none.
bool parse_time(std::string_view text, std::int64_t &microseconds);

// Intervals of one width, from 2000-01-01 on: the text of the beginning of that in which a point in time is.
class Buckets {
  public:
    explicit Buckets(std::int64_t width) : width_(width) {}
    const std::string &text_of(std::int64_t microseconds);

  private:
    std::int64_t width_, last_ = 0;
    std::string text_;  // of the last one
};

// The item that a text is, which may stand in `scratch`. False if it is none of its kind.
bool item_from_text(int kind, std::string_view text, std::vector<std::uint64_t> &scratch, sketch_item &item);
// And back; in hexadecimal where there is no other text.
std::string item_text(int kind, const void *item, std::size_t size);

// A double as PostgreSQL writes it.
std::string double_text(double value);

// With question marks in place of what a terminal would obey: control characters, and those that turn its direction.
std::string printable(std::string_view text);
// In quotes, and not too long, for messages.
std::string shown(std::string_view text);

// Rows that sketch build, sketch merge or COPY wrote: columns of sketches, and others.
class StoredRows {
  public:
    StoredRows(Input &input, bool has_header) : input_(input), has_header_(has_header) {}

    // All fields of the next row; they last until the next call. False at the end.
    bool next(std::vector<Field> &fields);

    // From the first row on. The names of the header, or the number of each column from 1 on.
    const std::vector<std::string> &names() const { return names_; }
    // The family of the sketches in each column, by its first value that is not NULL; 0 of other columns.
    const std::vector<int> &families() const { return families_; }
    // The column of this name or number; throws.
    std::size_t column(const std::string &name) const;
    // Where a field of this row stands.
    std::string place(std::size_t column) const { return place_ + ", column " + names_[column]; }
    // The packed bytes of a sketch, which are checked; throws.
    std::string packed(std::size_t column, const Field &field) const;

  private:
    struct Line {
        std::string place, text;
    };
    bool read_line(Line &line);
    void split(const Line &line, std::vector<Field> &fields);
    void look_ahead();

    Input &input_;
    const bool has_header_;
    std::vector<std::string> names_, unescaped_;
    std::vector<int> families_;
    std::deque<Line> ahead_;  // read in order to know the families
    Line line_;
    std::string place_;
};

}  // namespace cli
