// CSV as in RFC 4180, and PostgreSQL's text format of COPY.
#include <algorithm>
#include <cstring>

#include "commands.hpp"

namespace cli {

namespace {

constexpr std::string_view kEndOfData = "\\.";

void remove_carriage_return(std::string_view &line) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
}

std::size_t find(std::string_view text, char c) {
    const void *const found = std::memchr(text.data(), c, text.size());
    return found == nullptr ? text.size() : static_cast<std::size_t>(static_cast<const char *>(found) - text.data());
}

int octal_digit(char c) { return c >= '0' && c <= '7' ? c - '0' : -1; }

// COPY's escapes: letters for control characters, \NNN and \xNN for bytes, and any other character for itself.
void unescape(std::string_view text, std::string &out) {
    static constexpr std::string_view kLetters = "bfnrtv", kControls = "\b\f\n\r\t\v";
    out.clear();
    for (std::size_t i = 0; i < text.size(); i++) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char c = text[++i];
        const bool is_hex = c == 'x' && i + 1 < text.size() && hex_digit(text[i + 1]) >= 0;
        if (is_hex || octal_digit(c) >= 0) {
            int value = 0;
            std::size_t digits = is_hex ? 2 : 3;
            if (is_hex) i++;
            for (; digits > 0 && i < text.size(); digits--, i++) {
                const int digit = is_hex ? hex_digit(text[i]) : octal_digit(text[i]);
                if (digit < 0) break;
                value = (is_hex ? 16 : 8) * value + digit;
            }
            i--;
            out += static_cast<char>(value);
        } else {
            const std::size_t letter = kLetters.find(c);
            out += letter == std::string_view::npos ? c : kControls[letter];
        }
    }
}

class DelimitedRows : public Rows {
  public:
    DelimitedRows(Input &input, const RowOptions &options, Format format)
        : input_(input),
          options_(options),
          format_(format),
          delimiter_(format == Format::kTsv ? '\t' : options.delimiter),
          unescaped_(options.columns.size()) {}

    bool next(std::vector<Field> &fields) override {
        std::string_view line;
        for (;;) {
            if (!input_.next(line)) return false;
            remove_carriage_return(line);
            if (format_ == Format::kTsv && line == kEndOfData) {
                input_.skip_file();
                continue;
            }
            if (input_.is_first()) {
                read_header(line);
                header_ = options_.has_header ? std::string(line) : "";
            }
            if (options_.has_header && line == header_) continue;  // also where a rotated file begins
            if (!line.empty() || slots_.size() == 1) break;
        }
        fields.assign(options_.columns.size(), Field());
        count_ = 0;
        if (format_ == Format::kTsv) split_tsv(line, fields);
        else split_csv(line, fields);
        if (count_ != slots_.size())
            throw BadRow(input_.place() + ": " + std::to_string(count_) + (count_ == 1 ? " column" : " columns") +
                         ", where the first line has " + std::to_string(slots_.size()));
        return true;
    }

  private:
    // Which field each column is, or none.
    void read_header(std::string_view line) {
        slots_.clear();
        count_ = 0;
        names_.clear();
        is_header_ = true;
        std::vector<Field> none;
        if (format_ == Format::kTsv) split_tsv(line, none);
        else split_csv(line, none);
        is_header_ = false;
        slots_.assign(names_.size(), kNone);
        for (std::size_t i = 0; i < options_.columns.size(); i++) slots_[place_of_column(options_.columns[i])] = i;
    }

    std::size_t place_of_column(const std::string &column) {
        if (options_.has_header) {
            const auto found = std::find(names_.begin(), names_.end(), column);
            if (found != names_.end() && std::find(found + 1, names_.end(), column) != names_.end())
                throw Failure(input_.place() + ": two columns are called " + shown(column));
            if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
        }
        std::size_t place = 0;
        if (parse_whole(column, place) && place >= 1 && place <= names_.size()) return place - 1;
        std::string names;
        for (const std::string &name : names_) names += (names.empty() ? "" : ", ") + printable(name);
        throw Failure(input_.place() + ": no column " + shown(column) +
                      (options_.has_header ? " is among " + names : " among " + std::to_string(names_.size())));
    }

    // The text of the next column, which may be that of `unescaped`.
    void put(std::vector<Field> &fields, std::string_view text, bool is_null) {
        if (is_header_) {
            names_.emplace_back(text);
        } else if (count_ < slots_.size() && slots_[count_] != kNone) {
            fields[slots_[count_]] = {text, is_null || (!options_.null.empty() && text == options_.null)};
        }
        count_++;
    }
    // Where the text of the next column goes if it does not stand in the line.
    std::string &unescaped() {
        const bool is_wanted = count_ < slots_.size() && slots_[count_] != kNone;
        return is_wanted ? unescaped_[slots_[count_]] : ignored_;
    }

    void split_tsv(std::string_view line, std::vector<Field> &fields) {
        const bool has_escapes = find(line, '\\') < line.size();
        for (;;) {
            const std::size_t end = find(line, delimiter_);
            std::string_view text = line.substr(0, end);
            const bool is_null = text == "\\N";
            if (has_escapes && find(text, '\\') < text.size()) {
                std::string &plain = unescaped();
                unescape(text, plain);
                text = plain;
            }
            put(fields, text, is_null);
            if (end == line.size()) return;
            line.remove_prefix(end + 1);
        }
    }

    // Fields in quotes may go on in the next lines.
    void split_csv(std::string_view line, std::vector<Field> &fields) {
        if (find(line, '"') == line.size()) {
            for (;;) {
                const std::size_t end = find(line, delimiter_);
                put(fields, line.substr(0, end), end == 0);
                if (end == line.size()) return;
                line.remove_prefix(end + 1);
            }
        }
        // Lines are joined first, for then the buffer stays where it is.
        for (std::size_t quotes = count_quotes(line), before = 0; quotes % 2 == 1;) {
            before = line.size();
            if (!input_.extend(line)) throw BadRow(input_.place() + ": a quote that does not end");
            remove_carriage_return(line);
            quotes += count_quotes(line.substr(std::min(before, line.size())));
        }
        for (std::size_t at = 0;;) {
            if (at == line.size() || line[at] != '"') {
                const std::size_t size = find(line.substr(at), delimiter_);
                put(fields, line.substr(at, size), size == 0);
                at += size;
            } else {
                std::string &text = unescaped();
                text.clear();
                for (at++;; at++) {
                    const std::size_t size = find(line.substr(at), '"');
                    text += line.substr(at, size);
                    at += size + 1;
                    if (at >= line.size() || line[at] != '"') break;
                    text += '"';
                }
                if (at < line.size() && line[at] != delimiter_) throw BadRow(input_.place() + ": text behind a quote");
                put(fields, text, false);
            }
            if (at >= line.size()) return;
            at++;
        }
    }
    static std::size_t count_quotes(std::string_view text) {
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '"'));
    }

    static constexpr std::size_t kNone = ~std::size_t{0};

    Input &input_;
    const RowOptions options_;
    const Format format_;
    const char delimiter_;
    bool is_header_ = false;
    std::string header_;  // the line
    std::vector<std::string> names_;
    std::vector<std::size_t> slots_;  // of each column
    std::size_t count_ = 0;           // columns of this row so far
    std::vector<std::string> unescaped_;
    std::string ignored_;
};

}  // namespace

std::unique_ptr<Rows> make_delimited_rows(Input &input, const RowOptions &options, Format format) {
    return std::make_unique<DelimitedRows>(input, options, format);
}

void split_copied(std::string_view line, std::vector<std::string> &unescaped, std::vector<Field> &fields) {
    remove_carriage_return(line);
    const std::size_t count = 1 + static_cast<std::size_t>(std::count(line.begin(), line.end(), '\t'));
    unescaped.resize(count);
    fields.assign(count, Field());
    for (std::size_t i = 0; i < count; i++) {
        const std::size_t end = find(line, '\t');
        const std::string_view text = line.substr(0, end);
        // As psql shows a sketch its backslash stands alone. Nothing else is \x01 and then digits only.
        const bool is_shown = text.size() > 6 && text.substr(0, 4) == "\\x01" &&
                              text.find_first_not_of("0123456789abcdef", 2) == text.npos;
        if (is_shown) unescaped[i] = text;
        else unescape(text, unescaped[i]);
        fields[i] = {unescaped[i], text == "\\N"};
        line.remove_prefix(std::min(end + 1, line.size()));
    }
}

void append_copied(std::string &out, const Field &field) {
    static constexpr std::string_view kLetters = "bfnrtv\\", kControls = "\b\f\n\r\t\v\\";
    if (field.is_null) {
        out += "\\N";
        return;
    }
    const auto is_plain = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\\'; };
    if (std::all_of(field.text.begin(), field.text.end(), is_plain)) {
        out += field.text;
        return;
    }
    for (const char c : field.text) {
        const std::size_t control = kControls.find(c);
        if (control != std::string_view::npos) {
            out += '\\';
            out += kLetters[control];
        } else {
            out += c;
        }
    }
}

}  // namespace cli
