// sketch merge: the sketches of rows, merged into those of fewer groups.
#include <algorithm>

#include "commands.hpp"

namespace cli {

namespace {

class Merge {
  public:
    explicit Merge(const std::vector<Argument> &arguments) {
        for (const Argument &argument : arguments) {
            const std::string &option = argument.option;
            if (option.empty()) files_.push_back(argument.value);
            else if (option == "by")
                by_ = argument.value.empty() ? std::vector<std::string>() : split_list(argument.value), has_by_ = true;
            else if (option == "time") time_ = argument.value;
            else if (option == "bucket") buckets_ = Buckets(duration_argument(argument)), has_buckets_ = true;
            else take_output_option(argument, output_, has_header_);
        }
        if (time_.empty() == has_buckets_) throw UsageFailure("--time and --bucket go together");
    }

    void run() {
        std::uint64_t count = 0;
        std::unique_ptr<Groups> groups;
        Input input(files_,
                    [&](const Input &reading) { return groups == nullptr ? -1 : groups->wait(reading, count); });
        if (output_.flush != 0) stop_on_signals();
        StoredRows rows(input, has_header_);
        std::vector<Field> fields;
        for (; rows.next(fields); count++) {
            if (groups == nullptr) {
                choose_columns(rows);
                groups = std::make_unique<Groups>(!keys_.empty(), sketches_.size(), output_);
            }
            merge_row(rows, fields, *groups);
        }
        if (groups == nullptr) return;
        groups->flush();
        groups->end_progress();
    }

  private:
    // Columns of groups: as asked for, or all that are no sketches.
    void choose_columns(const StoredRows &rows) {
        const std::size_t columns = rows.names().size();
        std::vector<bool> is_key(columns);
        if (!time_.empty()) is_key[time_column_ = rows.column(time_)] = true;
        for (const std::string &name : by_) is_key[rows.column(name)] = true;
        for (std::size_t i = 0; i < columns; i++) {
            const bool is_sketch = rows.families()[i] != 0;
            if (is_key[i] || (!has_by_ && !is_sketch)) keys_.push_back(i);
            else if (is_sketch) sketches_.push_back(i);
        }
        if (sketches_.empty()) throw Failure("there is no column of sketches");
        if (!has_header_) return;
        for (const std::vector<std::size_t> *some : {&keys_, &sketches_})
            for (const std::size_t column : *some) output_.header.push_back(rows.names()[column]);
    }

    void merge_row(const StoredRows &rows, const std::vector<Field> &fields, Groups &groups) {
        key_.clear();
        for (const std::size_t column : keys_) {
            if (column != keys_.front()) key_ += '\t';
            const bool is_time = !time_.empty() && column == time_column_ && !fields[column].is_null;
            append_copied(key_, is_time ? Field{bucket_of(rows, fields[column]), false} : fields[column]);
        }
        States &states = groups.of(key_);
        for (std::size_t i = 0; i < sketches_.size(); i++) {
            const std::size_t column = sketches_[i];
            if (fields[column].is_null) continue;
            const std::string packed = rows.packed(column, fields[column]);
            if (states[i] == nullptr) {
                states[i] = load_state(packed);
                continue;
            }
            if (const sketch_status status = states[i]->merge(packed); status != SKETCH_OK)
                throw Failure(rows.place(column) + ": " + sketch_status_message(status));
        }
    }

    std::string_view bucket_of(const StoredRows &rows, const Field &field) {
        std::int64_t microseconds;
        if (!parse_time(field.text, microseconds))
            throw Failure(rows.place(time_column_) + ": no time: " + shown(field.text));
        return buckets_.text_of(microseconds);
    }

    std::vector<std::string> by_, files_;
    bool has_by_ = false, has_header_ = false, has_buckets_ = false;
    std::string time_;
    Buckets buckets_{0};
    OutputOptions output_;
    std::size_t time_column_ = 0;
    std::vector<std::size_t> keys_, sketches_;
    std::string key_;
};

}  // namespace

void merge(int argc, char **argv) {
    std::vector<Option> options = {{"by", true}, {"time", true}, {"bucket", true}};
    options.insert(options.end(), std::begin(kOutputOptions), std::end(kOutputOptions));
    Merge(parse_arguments(argc, argv, options)).run();
}

}  // namespace cli
