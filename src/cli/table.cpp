#include "table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "commands.hpp"

namespace cli {

namespace {

std::string quoted_json(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        char escape[8];
        if (c == '"' || c == '\\') (out += '\\') += c;
        else if (static_cast<unsigned char>(c) >= ' ') out += c;
        else out.append(escape, static_cast<std::size_t>(std::snprintf(escape, sizeof escape, "\\u%04x", c)));
    }
    return out += '"';
}

std::string quoted_csv(const std::string &text) {
    if (!text.empty() && text.find_first_of(",\"\r\n") == text.npos) return text;
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? 2 : 1, c);
    return out += '"';
}

// JSON has no infinity, and no NaN.
std::string json_of(const Cell &cell) {
    if (cell.kind == Cell::kNull) return "null";
    const bool is_number = cell.kind == Cell::kNumber && cell.text.back() != 'y' && cell.text.back() != 'N';
    return is_number ? cell.text : quoted_json(cell.text);
}

std::string json_of(const Answer &answer) {
    std::string out = "{";
    for (const auto &[name, cell] : answer)
        out += (out.size() > 1 ? ", " : "") + quoted_json(name) + ": " + json_of(cell);
    return out += '}';
}

std::string csv_of(const Cell &cell) {
    return cell.kind == Cell::kNull ? "" : cell.kind == Cell::kNumber ? cell.text : quoted_csv(cell.text);
}

// Characters that a terminal shows beside each other; control characters would not be.
std::size_t width_of(const std::string &text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

Cell Cell::of(double number) { return {kNumber, double_text(number)}; }

void Table::add_line(const Answer &answer) {
    std::vector<Cell> names, cells;
    std::string names_line, line;
    for (const auto &[name, cell] : answer) {
        names.push_back(Cell::of_text(name));
        cells.push_back(cell);
        names_line += (names_line.empty() ? "" : ",") + quoted_csv(name);
        line += (cells.size() == 1 ? "" : ",") + csv_of(cell);
    }
    if (style_ == Style::kCsv) write_out(has_header_ ? line + "\n" : names_line + "\n" + line + "\n");
    else if (!has_header_) lines_.push_back(std::move(names));
    if (style_ == Style::kTable) lines_.push_back(std::move(cells));
    has_header_ = true;
}

void Table::add(const Answer &answer) {
    if (style_ == Style::kJson) write_out(json_of(answer) + "\n");
    else add_line(answer);
}

void Table::add(const Answer &answer, const std::string &name, const std::vector<Answer> &entries) {
    if (style_ == Style::kJson) {
        std::string line = json_of(answer);
        line.pop_back();
        line += (answer.empty() ? "" : ", ") + quoted_json(name) + ": [";
        for (const Answer &entry : entries) line += (&entry == &entries.front() ? "" : ", ") + json_of(entry);
        return write_out(line + "]}\n");
    }
    for (const Answer &entry : entries) {
        Answer whole = answer;
        whole.insert(whole.end(), entry.begin(), entry.end());
        add_line(whole);
    }
}

void Table::end() {
    std::vector<std::size_t> widths;
    for (std::vector<Cell> &line : lines_)
        for (std::size_t i = 0; i < line.size(); i++) {
            line[i].text = printable(line[i].text);
            if (i == widths.size()) widths.push_back(0);
            widths[i] = std::max(widths[i], width_of(line[i].text));
        }
    for (const std::vector<Cell> &line : lines_) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); i++) {
            if (i > 0) text += "  ";
            const std::string blanks(widths[i] - width_of(line[i].text), ' ');
            text += line[i].kind == Cell::kNumber ? blanks + line[i].text : line[i].text + blanks;
        }
        text.erase(text.find_last_not_of(' ') + 1);
        write_out(text + "\n");
    }
    lines_.clear();
    flush_out();
}

}  // namespace cli
