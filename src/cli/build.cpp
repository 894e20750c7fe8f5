// sketch build: sketches of the columns of rows.
#include <algorithm>
#include <cstdio>
#include <limits>

#include "../core/common/utf8.hpp"
#include "commands.hpp"

namespace cli {

namespace {

// A sketch that is asked for, and what of a row it takes.
struct Target {
    Parameters parameters;
    std::string column, weight_column, type = "text";
    int kind = SKETCH_KIND_TEXT;
    std::size_t slot = 0, weight_slot = 0;  // in the fields of a row
    std::vector<std::uint64_t> scratch;     // of an item

    bool has_weight() const { return !weight_column.empty(); }
};

class Build {
  public:
    explicit Build(const std::vector<Argument> &arguments) {
        for (const Argument &argument : arguments) take(argument);
        if (targets_.empty()) throw UsageFailure("which sketch? As in: sketch build quantile --column latency");
        if (time_column_.empty() == has_buckets_) throw UsageFailure("--time and --bucket go together");
        for (Target &target : targets_) prepare(target);
    }

    void run() {
        add_header();
        Groups groups(!time_column_.empty() || !by_.empty(), targets_.size(), output_);
        try {
            read_rows(groups);
        } catch (const WriteFailure &) {
            throw;
        } catch (const Failure &) {
            if (output_.flush != 0) groups.flush();  // of a pipe that never ends, all but the bad row
            groups.end_progress();
            throw;
        }
        groups.flush();
        groups.end_progress();
        if (bad_rows_ > 0)
            std::fprintf(stderr, "sketch: bad rows left out: %llu; the last one: %s\n",
                         static_cast<unsigned long long>(bad_rows_), last_bad_.c_str());
    }

  private:
    void read_rows(Groups &groups) {
        std::uint64_t count = 0;
        Input input(files_, [&](const Input &reading) { return groups.wait(reading, count); });
        if (output_.flush != 0) stop_on_signals();
        const std::unique_ptr<Rows> rows = make_rows(input, rows_);
        std::vector<Field> fields;
        std::vector<Value> values(targets_.size());
        for (;; count++) {
            try {
                if (!rows->next(fields)) break;
                read_key(input, fields);
                // All of a row is read before any of it is added.
                for (std::size_t i = 0; i < targets_.size(); i++) read(input, targets_[i], fields, values[i]);
            } catch (const BadRow &bad) {
                tolerate(bad);
                continue;
            }
            States &states = groups.of(key_);
            for (std::size_t i = 0; i < targets_.size(); i++) {
                if (values[i].weight == 0) continue;
                if (states[i] == nullptr) states[i] = make_state(targets_[i].parameters);
                if (const sketch_status status = states[i]->add(values[i]); status != SKETCH_OK)
                    throw Failure(place_of(input, targets_[i].column) + ": " + sketch_status_message(status));
            }
        }
    }

    // Options behind the name of a sketch are those of this sketch.
    void take(const Argument &argument) {
        const std::string &option = argument.option, &value = argument.value;
        if (option.empty()) {
            if (!targets_.empty() && !is_family_name(value)) return files_.push_back(value);
            targets_.emplace_back().parameters.family = family_of_name(value);
            return;
        }
        if (option == "by") {
            for (std::string &column : split_list(value)) by_.push_back(std::move(column));
        } else if (option == "time") {
            time_column_ = value;
        } else if (option == "bucket") {
            buckets_ = Buckets(duration_argument(argument));
            has_buckets_ = true;
        } else if (option == "skip-bad") {
            max_bad_rows_ =
                argument.value == "all" ? std::numeric_limits<std::uint64_t>::max() : count_argument(argument);
        } else if (!take_row_option(argument, rows_) && !take_output_option(argument, output_, has_header_)) {
            if (targets_.empty()) throw UsageFailure("--" + option + " belongs behind the name of a sketch");
            take_of(targets_.back(), argument);
        }
    }

    static void take_of(Target &target, const Argument &argument) {
        const std::string &option = argument.option;
        Parameters &parameters = target.parameters;
        const auto only = [&](std::initializer_list<sketch_family> families) {
            if (std::find(families.begin(), families.end(), parameters.family) == families.end())
                throw UsageFailure("--" + option + " is not for a " + family_name(parameters.family) + " sketch");
        };
        if (option == "column") {
            if (!target.column.empty())
                throw UsageFailure(std::string("a ") + family_name(parameters.family) +
                                   " sketch is of one column: name the sketch again for the next one");
            target.column = argument.value;
        } else if (option == "weight") {
            only({SKETCH_QUANTILE, SKETCH_FREQUENCY, SKETCH_TOPK});
            target.weight_column = argument.value;
        } else if (option == "type") {
            only({SKETCH_DISTINCT, SKETCH_FREQUENCY, SKETCH_TOPK, SKETCH_MEMBERSHIP});
            target.type = argument.value;
        } else if (option == "accuracy") {
            only({SKETCH_QUANTILE});
            parameters.accuracy = number_argument(argument);
        } else if (option == "precision") {
            only({SKETCH_DISTINCT});
            parameters.precision = static_cast<int>(std::min<std::uint64_t>(count_argument(argument), 1000));
        } else if (option == "error") {
            only({SKETCH_FREQUENCY});
            parameters.error = number_argument(argument);
        } else if (option == "k") {
            only({SKETCH_TOPK});
            parameters.k = static_cast<std::uint32_t>(
                std::min<std::uint64_t>(count_argument(argument), std::numeric_limits<std::uint32_t>::max()));
        } else if (option == "expected-items") {
            only({SKETCH_MEMBERSHIP});
            parameters.expected_items = count_argument(argument);
        } else {
            only({SKETCH_MEMBERSHIP});
            parameters.false_positive_rate = number_argument(argument);
        }
    }

    void prepare(Target &target) {
        const char *const family = family_name(target.parameters.family);
        if (target.column.empty()) throw UsageFailure("a " + std::string(family) + " sketch of what? --column");
        if (target.parameters.family == SKETCH_MEMBERSHIP && target.parameters.expected_items == 0)
            throw UsageFailure("a membership sketch wants --expected-items");
        target.kind = sketch_kind_of_type(target.type.c_str());
        if (target.kind == SKETCH_KIND_NONE)
            throw UsageFailure(
                "--type " + shown(target.type) + ": there are bigint, numeric, float8, text, uuid, bytea, " +
                "boolean, date, timestamp, timestamptz, time, inet, enum, and other names of these in SQL");
        try {
            make_state(target.parameters);
        } catch (const Failure &) {
            throw UsageFailure("a " + std::string(family) + " sketch: " + range_of(target.parameters.family));
        }
        target.slot = slot_of(target.column);
        if (target.has_weight()) target.weight_slot = slot_of(target.weight_column);
    }

    // Where a parameter must be.
    static const char *range_of(sketch_family family) {
        switch (family) {
            case SKETCH_QUANTILE: return "accuracy is 0.00015625 to 1";
            case SKETCH_DISTINCT: return "precision is 4 to 16";
            case SKETCH_FREQUENCY: return "error is 0.0000026 to 0.0424";
            case SKETCH_TOPK: return "k is 1 to 100000";
            default: return "rate is 0.00001 to 0.5, and no filter is larger than 128 MB";
        }
    }

    std::size_t slot_of(const std::string &column) {
        const auto found = std::find(rows_.columns.begin(), rows_.columns.end(), column);
        if (found == rows_.columns.end()) return rows_.columns.push_back(column), rows_.columns.size() - 1;
        return static_cast<std::size_t>(found - rows_.columns.begin());
    }

    // Columns have their own names; sketches those of their columns, and their family where there are several of one.
    void add_header() {
        if (!time_column_.empty()) time_slot_ = slot_of(time_column_);
        for (const std::string &column : by_) by_slots_.push_back(slot_of(column));
        if (!has_header_) return;
        std::vector<std::string> names;
        if (!time_column_.empty()) names.push_back(time_column_);
        names.insert(names.end(), by_.begin(), by_.end());
        for (const Target &target : targets_) {
            const auto is_same = [&](const Target &other) { return other.column == target.column; };
            const bool is_alone = std::count_if(targets_.begin(), targets_.end(), is_same) == 1;
            std::string name = is_alone ? target.column : target.column + "_" + family_name(target.parameters.family);
            for (int number = 2; std::find(names.begin(), names.end(), name) != names.end(); number++)
                name = target.column + "_" + family_name(target.parameters.family) + "_" + std::to_string(number);
            names.push_back(name);
        }
        output_.header = std::move(names);
    }

    void tolerate(const BadRow &bad) {
        if (bad_rows_ == max_bad_rows_) throw Failure(bad.what());
        bad_rows_++;
        last_bad_ = bad.what();
    }

    // The columns of the group, as they are written.
    void read_key(const Input &input, const std::vector<Field> &fields) {
        key_.clear();
        if (!time_column_.empty()) key_ += bucket_of(input, fields[time_slot_]);
        for (std::size_t i = 0; i < by_slots_.size(); i++) {
            const Field &field = fields[by_slots_[i]];
            if (!sketch::is_utf8(field.text)) throw BadRow(place_of(input, by_[i]) + ": no text in UTF-8");
            if (i > 0 || !time_column_.empty()) key_ += '\t';
            append_copied(key_, field);
        }
    }

    const std::string &bucket_of(const Input &input, const Field &field) {
        static const std::string kNull = "\\N";
        if (field.is_null) return kNull;
        std::int64_t microseconds;
        if (!parse_time(field.text, microseconds))
            throw BadRow(place_of(input, time_column_) + ": no time: " + shown(field.text));
        return buckets_.text_of(microseconds);
    }

    // The value of a row; its weight is 0 if it has none.
    void read(const Input &input, Target &target, const std::vector<Field> &fields, Value &value) {
        const Field &field = fields[target.slot];
        value.weight = field.is_null ? 0 : 1;
        if (field.is_null) return;
        if (target.parameters.family == SKETCH_QUANTILE) {
            if (!parse_double(field.text, value.number))
                throw BadRow(place_of(input, target.column) + ": no number: " + shown(field.text));
        } else {
            read_item(input, target, field.text, value.item);
        }
        if (target.has_weight()) read_weight(input, target, fields[target.weight_slot], value.weight);
    }

    static void read_item(const Input &input, Target &target, std::string_view text, sketch_item &item) {
        if (text.size() > 8 * target.scratch.size() && target.kind != SKETCH_KIND_TEXT)
            target.scratch.resize(text.size() / 8 + 1);
        if (!item_from_text(target.kind, text, target.scratch, item))
            throw BadRow(place_of(input, target.column) + ": no " + target.type + ": " + shown(text));
        if (target.parameters.family == SKETCH_TOPK && item.size > SKETCH_TOPK_MAX_ITEM)
            throw BadRow(place_of(input, target.column) + ": an item of more than 8,192 bytes");
    }

    static void read_weight(const Input &input, const Target &target, const Field &field, std::uint64_t &weight) {
        weight = 0;
        if (field.is_null) return;
        if (!parse_whole(field.text, weight) ||
            weight > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            throw BadRow(place_of(input, target.weight_column) + ": no weight: " + shown(field.text));
    }

    std::vector<Target> targets_;
    std::vector<std::string> by_, files_;
    std::string time_column_;
    Buckets buckets_{0};
    RowOptions rows_;
    OutputOptions output_;
    bool has_header_ = false, has_buckets_ = false;
    std::uint64_t max_bad_rows_ = 0, bad_rows_ = 0;
    std::string last_bad_;
    std::size_t time_slot_ = 0;
    std::vector<std::size_t> by_slots_;
    std::string key_;
};

}  // namespace

void build(int argc, char **argv) {
    std::vector<Option> options = {{"by", true},        {"time", true},   {"bucket", true}, {"skip-bad", true},
                                   {"column", true},    {"weight", true}, {"type", true},   {"accuracy", true},
                                   {"precision", true}, {"error", true},  {"k", true},      {"expected-items", true},
                                   {"rate", true}};
    options.insert(options.end(), std::begin(kRowOptions), std::end(kRowOptions));
    options.insert(options.end(), std::begin(kOutputOptions), std::end(kOutputOptions));
    Build(parse_arguments(argc, argv, options)).run();
}

}  // namespace cli
