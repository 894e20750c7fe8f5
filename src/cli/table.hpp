// Answers: as a table for people, as CSV, or as JSON lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

struct Cell {
    enum Kind { kNull, kNumber, kText };
    Kind kind = kNull;
    std::string text;

    static Cell of(std::uint64_t number) { return {kNumber, std::to_string(number)}; }
    static Cell of(double number);
    static Cell of(bool yes) { return {kNumber, yes ? "true" : "false"}; }
    static Cell of_text(std::string_view text) { return {kText, std::string(text)}; }
};

using Answer = std::vector<std::pair<std::string, Cell>>;  // with the names of its columns

enum class Style { kTable, kCsv, kJson };

class Table {
  public:
    explicit Table(Style style) : style_(style) {}

    // All answers have the same columns. What there are several of, as the entries of a list, is a row each in a table,
    // and in JSON an array of this name.
    void add(const Answer &answer);
    void add(const Answer &answer, const std::string &name, const std::vector<Answer> &entries);
    // A table is written when all its rows are known.
    void end();

  private:
    void add_line(const Answer &answer);

    const Style style_;
    bool has_header_ = false;
    std::vector<std::vector<Cell>> lines_;
};

}  // namespace cli
