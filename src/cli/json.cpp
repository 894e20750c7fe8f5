// JSON lines: an object a line.
#include <algorithm>
#include <cstdio>
#include <map>

#include <simdjson.h>

#include "commands.hpp"

namespace cli {

namespace {

using namespace simdjson;

static_assert(kPadding >= SIMDJSON_PADDING);

class JsonRows : public Rows {
  public:
    JsonRows(Input &input, const RowOptions &options)
        : input_(input), columns_(options.columns), null_(options.null), was_seen_(options.columns.size()) {
        for (std::size_t i = 0; i < columns_.size(); i++) {
            // As a key itself, and as a way through objects.
            Node *node = &root_;
            node->below[columns_[i]].slot = i;
            std::string_view path = columns_[i];
            for (std::size_t point; (point = path.find('.')) != path.npos; path.remove_prefix(point + 1))
                node = &node->below[std::string(path.substr(0, point))];
            node->below[std::string(path)].slot = i;
        }
    }

    bool next(std::vector<Field> &fields) override {
        std::string_view line;
        do {
            if (!input_.next(line)) return warn(), false;
        } while (line.find_first_not_of(" \t\r") == line.npos);
        if (input_.is_first() && line[line.find_first_not_of(" \t")] == '[')
            throw Failure(input_.place() + ": an array, where an object a line is wanted, as jq -c '.[]' makes them");
        fields.assign(columns_.size(), Field());
        try {
            ondemand::document document = parser_.iterate(line.data(), line.size(), line.size() + kPadding);
            if (keys_.empty()) {
                note_keys(document.get_object());
                document.rewind();
            }
            read_object(document.get_object(), root_, fields);
            if (document.current_location().error() != OUT_OF_BOUNDS)
                throw BadRow(input_.place() + ": text behind an object");
        } catch (const simdjson_error &error) {
            throw BadRow(input_.place() + ": " + error.what());
        }
        return true;
    }

  private:
    struct Node {
        static constexpr std::size_t kNone = ~std::size_t{0};
        std::size_t slot = kNone;
        std::map<std::string, Node, std::less<>> below;
    };

    void read_object(ondemand::object object, const Node &node, std::vector<Field> &fields) {
        for (ondemand::field field : object) {
            const auto found = node.below.find(std::string_view(field.unescaped_key()));
            if (found != node.below.end()) read_value(field.value(), found->second, fields);
        }
    }

    void read_value(ondemand::value value, const Node &node, std::vector<Field> &fields) {
        const ondemand::json_type type = value.type();
        if (type == ondemand::json_type::object && !node.below.empty()) {
            read_object(value.get_object(), node, fields);
        } else if (node.slot != Node::kNone) {
            read_scalar(value, type, node.slot, fields[node.slot]);
        }
    }

    void note_keys(ondemand::object object) {
        for (ondemand::field field : object)
            keys_ += (keys_.empty() ? "" : ", ") + printable(std::string_view(field.unescaped_key()));
    }

    // A column that no row has is rather misspelt than NULL everywhere.
    void warn() const {
        for (std::size_t i = 0; i < columns_.size() && !keys_.empty(); i++)
            if (!was_seen_[i])
                std::fprintf(stderr, "sketch: warning: no row has a column %s; the first one has %s\n",
                             shown(columns_[i]).c_str(), keys_.c_str());
    }

    void read_scalar(ondemand::value value, ondemand::json_type type, std::size_t slot, Field &field) {
        was_seen_[slot] = true;
        switch (type) {
            case ondemand::json_type::string:
                field = {value.get_string(), false};
                field.is_null = !null_.empty() && field.text == null_;
                return;
            case ondemand::json_type::boolean: field = {value.get_bool() ? "true" : "false", false}; return;
            case ondemand::json_type::null:
                if (!value.is_null()) throw simdjson_error(N_ATOM_ERROR);
                field = {};
                return;
            case ondemand::json_type::number: field = {number_of(value, slot), false}; return;
            default: throw BadRow(place_of(input_, columns_[slot]) + ": an object or an array");
        }
    }

    // As it is written, for doubles have not all of its digits.
    std::string_view number_of(ondemand::value value, std::size_t slot) {
        std::string_view token = value.raw_json_token();
        token = token.substr(0, std::min(token.find_first_of(" \t\r\n"), token.size()));
        if (!is_number(token)) throw BadRow(place_of(input_, columns_[slot]) + ": no number");
        return token;
    }

    // RFC 8259, section 6.
    static bool is_number(std::string_view text) {
        const auto take = [&](char c) {
            if (text.empty() || text.front() != c) return false;
            text.remove_prefix(1);
            return true;
        };
        const auto take_digits = [&] {
            const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
            text.remove_prefix(digits);
            return digits > 0;
        };
        take('-');
        if (!take('0') && !take_digits()) return false;
        if (take('.') && !take_digits()) return false;
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            if (!take_digits()) return false;
        }
        return text.empty();
    }

    Input &input_;
    const std::vector<std::string> columns_;
    const std::string null_;
    std::vector<bool> was_seen_;  // of each column
    std::string keys_;            // of the first row
    Node root_;
    ondemand::parser parser_;
};

}  // namespace

std::unique_ptr<Rows> make_json_rows(Input &input, const RowOptions &options) {
    return std::make_unique<JsonRows>(input, options);
}

}  // namespace cli
