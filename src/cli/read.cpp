// sketch read: what stored sketches answer. sketch info: what they are.
#include <algorithm>
#include <cmath>
#include <optional>

#include "commands.hpp"
#include "table.hpp"

namespace cli {

namespace {

// What is asked; nothing asked is the usual of each family.
struct Questions {
    std::vector<double> percentiles, ranks;
    bool sum = false, mean = false, min = false, max = false, count = false, bounds = false;
    double confidence = 0.95;
    std::vector<std::string> items;  // how often they came, or whether they did
    std::size_t top = 0;

    bool is_nothing() const {
        return percentiles.empty() && ranks.empty() && items.empty() && top == 0 && !sum && !mean && !min && !max &&
               !count;
    }
};

std::vector<double> numbers_of(const Argument &argument) {
    std::vector<double> numbers;
    for (const std::string &text : split_list(argument.value))
        numbers.push_back(number_argument({argument.option, text}));
    return numbers;
}

// "p99" of 0.99.
std::string percentile_name(double p) { return "p" + double_text(std::round(p * 1e12) / 1e10); }

// An item that is asked for, as the sketch's kind has it.
void make_item(int kind, const std::string &text, std::vector<std::uint64_t> &scratch, sketch_item &item) {
    scratch.resize(text.size() / 8 + 1);
    if (!item_from_text(kind, text, scratch, item))
        throw Failure(shown(text) + " is no item of kind " + kind_name(kind));
}

// A sketch to read, of NULL none; and what its header says.
template <sketch_family kFamily>
struct Described {
    std::optional<Opening<kFamily>> opening;
    typename Calls<kFamily>::Info info = {};

    explicit Described(const std::string &packed) {
        if (packed.empty()) return;
        opening.emplace(packed);
        must(Calls<kFamily>::describe(get(), &info));
    }
    explicit operator bool() const { return opening.has_value(); }
    typename Calls<kFamily>::Opened *get() const { return opening->get(); }
};

class Reader {
  public:
    explicit Reader(const std::vector<Argument> &arguments) {
        for (const Argument &argument : arguments) take(argument);
        if (questions_.is_nothing()) {
            questions_.percentiles = {0.5, 0.9, 0.99};
            questions_.count = true;
            questions_.top = 10;
            is_usual_ = true;
        }
        for (const double p : questions_.percentiles)
            if (!(p >= 0 && p <= 1))
                throw UsageFailure("--percentiles " + double_text(p) + ": a fraction from 0 to 1 is wanted, as 0.99");
    }

    void run() {
        Input input(files_, [](const Input &) { return -1; });
        StoredRows rows(input, has_header_);
        Table table(style_);
        std::vector<Field> fields;
        while (rows.next(fields)) {
            if (families_.empty()) choose_columns(rows);
            answer_row(rows, fields, table);
        }
        table.end();
    }

  private:
    void take(const Argument &argument) {
        const std::string &option = argument.option;
        if (option.empty()) files_.push_back(argument.value);
        else if (option == "percentiles") questions_.percentiles = numbers_of(argument);
        else if (option == "ranks") questions_.ranks = numbers_of(argument);
        else if (option == "sum") questions_.sum = true;
        else if (option == "mean") questions_.mean = true;
        else if (option == "min") questions_.min = true;
        else if (option == "max") questions_.max = true;
        else if (option == "count") questions_.count = true;
        else if (option == "bounds") questions_.bounds = true;
        else if (option == "confidence") questions_.confidence = number_argument(argument);
        else if (option == "item") questions_.items.push_back(argument.value);
        else if (option == "top") questions_.top = static_cast<std::size_t>(count_argument(argument));
        else if (option == "column") columns_ = split_list(argument.value);
        else if (option == "header") has_header_ = true;
        else if (argument.value == "table") style_ = Style::kTable;
        else if (argument.value == "csv") style_ = Style::kCsv;
        else if (argument.value == "json") style_ = Style::kJson;
        else throw UsageFailure("--format \"" + argument.value + "\": there are table, csv and json");
    }

    // Of a sketch that is asked for, all that it may answer is.
    void choose_columns(const StoredRows &rows) {
        families_ = rows.families();
        std::size_t sketches = 0, lists = 0;
        for (std::size_t i = 0; i < families_.size(); i++) {
            if (families_[i] == 0) continue;
            const auto is_this = [&](const std::string &name) { return rows.column(name) == i; };
            if (!columns_.empty() && std::none_of(columns_.begin(), columns_.end(), is_this)) families_[i] = kIgnored;
            sketches += families_[i] != kIgnored;
            lists += families_[i] == SKETCH_TOPK;
        }
        if (sketches == 0) throw Failure("there is no column of sketches");
        if (lists > 1 && questions_.top > 0)
            throw Failure("there are several columns of topk sketches: which one? --column");
        has_names_ = sketches > 1;
        check_questions();
    }

    // What nobody can answer is a mistake.
    void check_questions() const {
        const auto has = [&](std::initializer_list<int> some) {
            return std::find_first_of(families_.begin(), families_.end(), some.begin(), some.end()) != families_.end();
        };
        const Questions &q = questions_;
        const bool asks_numbers = !q.percentiles.empty() || !q.ranks.empty() || q.sum || q.mean || q.min || q.max;
        if (is_usual_) return;
        if (asks_numbers && !has({SKETCH_QUANTILE}))
            throw Failure("percentiles, ranks, sum, mean, min and max are asked of quantile sketches: there is none");
        if (q.top > 0 && !has({SKETCH_TOPK})) throw Failure("--top is asked of topk sketches: there is none");
        if (!q.items.empty() && !has({SKETCH_FREQUENCY, SKETCH_TOPK, SKETCH_MEMBERSHIP}))
            throw Failure("--item is asked of frequency, topk and membership sketches: there is none");
    }

    void answer_row(const StoredRows &rows, const std::vector<Field> &fields, Table &table) {
        Answer answer;
        std::vector<Answer> entries;
        bool has_list = false;
        for (std::size_t i = 0; i < fields.size(); i++) {
            if (families_[i] == kIgnored) continue;
            const std::string &name = rows.names()[i];
            if (families_[i] == 0) {
                answer.emplace_back(has_header_ ? name : "column" + name,
                                    fields[i].is_null ? Cell() : Cell::of_text(fields[i].text));
                continue;
            }
            prefix_ = has_names_ ? (has_header_ ? name : "column" + name) + "_" : "";
            const std::string packed = fields[i].is_null ? "" : rows.packed(i, fields[i]);
            if (!fields[i].is_null && family_of(packed) != families_[i])
                throw Failure(rows.place(i) + ": a sketch of another family than in the first row");
            try {
                ask(static_cast<sketch_family>(families_[i]), packed, answer, entries, has_list);
            } catch (const Failure &failure) {
                throw Failure(rows.place(i) + ": " + failure.what());
            }
        }
        if (has_list) table.add(answer, "top", entries);
        else table.add(answer);
    }

    // `packed` is empty where there is no sketch: then the same columns are NULL.
    void ask(sketch_family family, const std::string &packed, Answer &answer, std::vector<Answer> &entries,
             bool &has_list) {
        switch (family) {
            case SKETCH_QUANTILE: return ask_quantile(packed, answer);
            case SKETCH_DISTINCT: return ask_distinct(packed, answer);
            case SKETCH_FREQUENCY: return ask_frequency(packed, answer);
            case SKETCH_MEMBERSHIP: return ask_membership(packed, answer);
            case SKETCH_TOPK:
                ask_topk(packed, answer);
                if (questions_.top == 0) return;
                has_list = true;
                if (!packed.empty()) entries = entries_of(packed);
        }
    }

    void put(Answer &answer, const std::string &name, Cell cell) {
        answer.emplace_back(prefix_ + name, std::move(cell));
    }

    void ask_quantile(const std::string &packed, Answer &answer) {
        const Described<SKETCH_QUANTILE> sketch(packed);
        const sketch_quantile_info &info = sketch.info;
        const bool has_rows = info.total > 0;
        const auto number = [&](const std::string &name, auto call) {
            double value;
            std::uint64_t rows;
            if (has_rows) must(call(&value, &rows));
            put(answer, name, has_rows ? Cell::of(value) : Cell());
        };
        if (questions_.count) put(answer, "count", !sketch ? Cell() : Cell::of(info.total));
        for (const double p : questions_.percentiles) {
            double value, lower, upper;
            std::uint64_t rows;
            if (has_rows) must(sketch_quantile_percentiles(sketch.get(), &p, 1, &value, &lower, &upper, &rows));
            const std::string name = percentile_name(p);
            put(answer, name, has_rows ? Cell::of(value) : Cell());
            if (!questions_.bounds) continue;
            put(answer, name + "_lower", has_rows ? Cell::of(lower) : Cell());
            put(answer, name + "_upper", has_rows ? Cell::of(upper) : Cell());
        }
        for (const double x : questions_.ranks)
            number("rank_" + double_text(x), [&](double *value, std::uint64_t *rows) {
                return sketch_quantile_rank(sketch.get(), x, value, rows);
            });
        if (questions_.sum)
            number("sum",
                   [&](double *value, std::uint64_t *rows) { return sketch_quantile_sum(sketch.get(), value, rows); });
        if (questions_.mean)
            number("mean", [&](double *value, std::uint64_t *rows) {
                return sketch_quantile_mean(sketch.get(), 0, 1, value, rows);
            });
        if (questions_.min) put(answer, "min", has_rows ? Cell::of(info.minimum) : Cell());
        if (questions_.max) put(answer, "max", has_rows ? Cell::of(info.maximum) : Cell());
    }

    void ask_distinct(const std::string &packed, Answer &answer) {
        if (!questions_.count) return;
        double estimate = 0, lower = 0, upper = 0;
        if (!packed.empty()) {
            const Opening<SKETCH_DISTINCT> sketch(packed);
            must(sketch_distinct_count(sketch.get(), &estimate));
            must(sketch_distinct_bounds(sketch.get(), questions_.confidence, &lower, &upper));
        }
        const auto cell = [&](double value) {
            return packed.empty() ? Cell() : Cell::of(static_cast<std::uint64_t>(std::llround(value)));
        };
        put(answer, "distinct", cell(estimate));
        if (!questions_.bounds) return;
        put(answer, "distinct_lower", cell(std::floor(lower)));
        put(answer, "distinct_upper", cell(std::ceil(upper)));
    }

    void ask_frequency(const std::string &packed, Answer &answer) {
        ask_counts<SKETCH_FREQUENCY>(
            packed, answer, [](const sketch_frequency *sketch, const sketch_item &item, std::uint64_t(&n)[3]) {
                return sketch_frequency_count(sketch, item.kind, item.hash, &n[0], &n[1], &n[2]);
            });
    }
    void ask_topk(const std::string &packed, Answer &answer) {
        ask_counts<SKETCH_TOPK>(
            packed, answer, [](const sketch_topk *sketch, const sketch_item &item, std::uint64_t(&n)[3]) {
                return sketch_topk_count(sketch, item.kind, item.bytes, item.size, &n[0], &n[1], &n[2]);
            });
    }

    // Rows, and how often items came: count(sketch, item, n) with the estimate and both bounds.
    template <sketch_family kFamily, typename Count>
    void ask_counts(const std::string &packed, Answer &answer, Count count) {
        const Described<kFamily> sketch(packed);
        if (questions_.count) put(answer, "count", !sketch ? Cell() : Cell::of(sketch.info.total));
        for (const std::string &text : questions_.items) {
            std::uint64_t n[3] = {};
            if (sketch && sketch.info.kind != SKETCH_KIND_NONE) {
                make_item(sketch.info.kind, text, scratch_, item_);
                must(count(sketch.get(), item_, n));
            }
            static constexpr const char *kNames[] = {"", "_lower", "_upper"};
            for (int i = 0; i < (questions_.bounds ? 3 : 1); i++)
                put(answer, text + kNames[i], !sketch ? Cell() : Cell::of(n[i]));
        }
    }

    // As top_k in SQL: the most frequent first, of equally frequent ones the surest, then by their bytes.
    std::vector<Answer> entries_of(const std::string &packed) {
        struct Entry {
            std::string item;
            std::uint64_t estimate, lower, upper;
        };
        const Described<SKETCH_TOPK> sketch(packed);
        const auto cursor = std::make_unique<sketch_topk_cursor>();
        must(sketch_topk_begin(sketch.get(), cursor.get()));
        std::vector<Entry> entries;
        sketch_topk_entry next;
        sketch_status status;
        while ((status = sketch_topk_next(cursor.get(), &next)) == SKETCH_OK)
            entries.push_back(
                {{reinterpret_cast<const char *>(next.item), next.item_size}, next.estimate, next.lower, next.upper});
        if (status != SKETCH_END) must(status);
        const std::size_t most = std::min({entries.size(), questions_.top, std::size_t{sketch.info.k}});
        std::stable_sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) {
            return a.estimate != b.estimate ? a.estimate > b.estimate : a.lower > b.lower;
        });
        std::vector<Answer> answers;
        for (std::size_t i = 0; i < most; i++) {
            const Entry &entry = entries[i];
            answers.push_back(
                {{"item", Cell::of_text(item_text(sketch.info.kind, entry.item.data(), entry.item.size()))},
                 {"estimate", Cell::of(entry.estimate)},
                 {"lower", Cell::of(entry.lower)},
                 {"upper", Cell::of(entry.upper)}});
        }
        return answers;
    }

    void ask_membership(const std::string &packed, Answer &answer) {
        const Described<SKETCH_MEMBERSHIP> sketch(packed);
        for (const std::string &text : questions_.items) {
            int found = 0;
            if (sketch && sketch.info.kind != SKETCH_KIND_NONE) {
                make_item(sketch.info.kind, text, scratch_, item_);
                must(sketch_membership_contains(sketch.get(), item_.kind, item_.hash, &found));
            }
            put(answer, text, !sketch ? Cell() : Cell::of(found != 0));
        }
        if (!questions_.count) return;
        double rate = 0;
        if (sketch) must(sketch_membership_rate(sketch.get(), &rate));
        put(answer, "false_positive_rate", !sketch ? Cell() : Cell::of(rate));
    }

    static constexpr int kIgnored = -1;

    std::vector<std::string> files_, columns_;
    bool has_header_ = false, has_names_ = false;
    Style style_ = Style::kTable;
    Questions questions_;
    bool is_usual_ = false;      // nothing was asked
    std::vector<int> families_;  // of each column; 0 if it is no sketch
    std::string prefix_;
    std::vector<std::uint64_t> scratch_;
    sketch_item item_;
};

// Parameters and size, with the names of sketch_info in SQL.
Answer info_of(const std::string &packed) {
    const sketch_family family = family_of(packed);
    Answer answer = {{"type", Cell::of_text(std::string(family_name(family)) + "_sketch")},
                     {"bytes", Cell::of(std::uint64_t{packed.size()})}};
    const auto put = [&](const char *name, auto value) { answer.emplace_back(name, Cell::of(value)); };
    const auto put_text = [&](const char *name, const char *text) { answer.emplace_back(name, Cell::of_text(text)); };
    switch (family) {
        case SKETCH_QUANTILE: {
            const sketch_quantile_info info = Described<SKETCH_QUANTILE>(packed).info;
            put("total_count", info.total);
            put("accuracy", info.accuracy);
            put("current_accuracy", info.current_accuracy);
            put("buckets", std::uint64_t{info.negative_buckets} + info.positive_buckets);
            break;
        }
        case SKETCH_DISTINCT: {
            const Described<SKETCH_DISTINCT> sketch(packed);
            const sketch_distinct_info &info = sketch.info;
            double estimate;
            must(sketch_distinct_count(sketch.get(), &estimate));
            put_text("kind", kind_name(info.kind));
            put("distinct_count", static_cast<std::uint64_t>(std::llround(estimate)));
            put("precision", static_cast<std::uint64_t>(info.precision));
            put("relative_standard_error", info.relative_standard_error);
            break;
        }
        case SKETCH_FREQUENCY: {
            const sketch_frequency_info info = Described<SKETCH_FREQUENCY>(packed).info;
            put_text("kind", kind_name(info.kind));
            put_text("mode", info.is_dense ? "counters" : "exact");
            put("total_count", info.total);
            put("error", info.error);
            break;
        }
        case SKETCH_TOPK: {
            const sketch_topk_info info = Described<SKETCH_TOPK>(packed).info;
            put_text("kind", kind_name(info.kind));
            put_text("mode", info.is_exact ? "exact" : "counters");
            put("total_count", info.total);
            put("k", std::uint64_t{info.k});
            put("items", std::uint64_t{info.items});
            put("error", info.offset);
            break;
        }
        case SKETCH_MEMBERSHIP: {
            const Described<SKETCH_MEMBERSHIP> sketch(packed);
            const sketch_membership_info &info = sketch.info;
            double rate;
            must(sketch_membership_rate(sketch.get(), &rate));
            put_text("kind", kind_name(info.kind));
            put_text("mode", info.is_dense ? "blocks" : "tokens");
            put("blocks", std::uint64_t{1} << info.log2_blocks);
            put("requested_rate", info.rate / 100000.0);
            put("false_positive_rate", rate);
            break;
        }
    }
    return answer;
}

}  // namespace

void read(int argc, char **argv) {
    Reader(parse_arguments(argc, argv,
                           {{"percentiles", true},
                            {"ranks", true},
                            {"sum", false},
                            {"mean", false},
                            {"min", false},
                            {"max", false},
                            {"count", false},
                            {"bounds", false},
                            {"confidence", true},
                            {"item", true},
                            {"top", true},
                            {"column", true},
                            {"header", false},
                            {"format", true}}))
        .run();
}

void info(int argc, char **argv) {
    std::vector<std::string> files;
    bool has_header = false;
    for (const Argument &argument : parse_arguments(argc, argv, {{"header", false}})) {
        if (argument.option.empty()) files.push_back(argument.value);
        else has_header = true;
    }
    Input input(files, [](const Input &) { return -1; });
    StoredRows rows(input, has_header);
    Table table(Style::kJson);
    std::vector<Field> fields;
    bool has_sketch = false;
    for (std::uint64_t row = 1; rows.next(fields); row++)
        for (std::size_t i = 0; i < fields.size(); i++) {
            if (rows.families()[i] == 0 || fields[i].is_null) continue;
            has_sketch = true;
            Answer answer = {{"row", Cell::of(row)}, {"column", Cell::of_text(rows.names()[i])}};
            const Answer facts = info_of(rows.packed(i, fields[i]));
            answer.insert(answer.end(), facts.begin(), facts.end());
            table.add(answer);
        }
    if (!has_sketch && !rows.names().empty()) throw Failure("there is no column of sketches");
    table.end();
}

}  // namespace cli
