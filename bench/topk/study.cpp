// Which method finds the most frequent items? Runs topk_sketch and what else people read about over the same streams,
// and writes Markdown: what bench/topk-study puts into docs/topk.md.
//
//   topk_study <rounds> [<file of items, one a line, in the order of time> <what they are>] ...
//
// Each method with a knob for its size gets the knob with which it never holds more bytes than the topk_sketch of k =
// 100 on the same stream: found by trying, which is more than anyone can know beforehand. Bytes are those that the
// allocator handed out, looked at after each row. Timings are medians of rounds in which the methods take turns.
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <new>
#include <random>
#include <stdexcept>

#include "../../test/core/topk_sketch.hpp"
#include "methods.hpp"

// ---- bytes in use ---------------------------------------------------------------------------------------------------

static size_t bytes_in_use = 0;

void *operator new(size_t size) {
    void *p = std::malloc(size);
    if (p == nullptr) throw std::bad_alloc();
    bytes_in_use += malloc_usable_size(p);
    return p;
}
void operator delete(void *p) noexcept {
    bytes_in_use -= malloc_usable_size(p);
    std::free(p);
}
void operator delete(void *p, size_t) noexcept { operator delete(p); }

namespace study {

namespace {

constexpr size_t kRows = 3000000, kMinutes = 1000, kMax = 100, kParts = 200;
constexpr size_t kTops[] = {10, 50, 100};

// ---- streams --------------------------------------------------------------------------------------------------------

struct Stream {
    std::string name;
    std::vector<std::string> items;  // different ones
    std::vector<uint32_t> rows;      // their numbers, in the order of time
};

Stream read(const char *path, const char *name) {
    Stream stream{name, {}, {}};
    std::map<std::string, uint32_t, std::less<>> numbers;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        auto [known, is_new] = numbers.try_emplace(line, static_cast<uint32_t>(stream.items.size()));
        if (is_new) stream.items.push_back(line);
        stream.rows.push_back(known->second);
    }
    if (stream.rows.size() < kMinutes) throw std::runtime_error(std::string(path) + " has too few lines");
    return stream;
}

// Item i comes with probability proportional to 1 / (i + 1)^exponent. Items are texts of 30 bytes in no order.
Stream zipf(double exponent, const char *name) {
    constexpr uint32_t different = 100000, prime = 100003;
    Stream stream{name, {}, {}};
    std::vector<double> sums;
    double sum = 0;
    for (uint32_t i = 0; i < different; i++) {
        char text[64];
        std::snprintf(text, sizeof text, "/shop/items/category-%02u/%06u", i * 37 % 100,
                      static_cast<uint32_t>((i + 1) * uint64_t{77773} % prime));
        stream.items.emplace_back(text, 30);
        sums.push_back(sum += std::pow(i + 1.0, -exponent));
    }
    std::mt19937_64 random(20260101);
    for (size_t row = 0; row < kRows; row++) {
        const double at = static_cast<double>(random() >> 11) * 0x1p-53 * sum;
        stream.rows.push_back(static_cast<uint32_t>(std::upper_bound(sums.begin(), sums.end() - 1, at) - sums.begin()));
    }
    return stream;
}

// ---- topk_sketch as a method ----------------------------------------------------------------------------------------

class Sketch {
  public:
    explicit Sketch(uint32_t k) : work_(k), k_(k) {}
    void add(std::string_view item) { work_.add(item); }
    // What is stored, merged and read is the packed form. Not part of a merge's time, like building is not.
    void pack() { packed_ = work_.pack(); }
    void merge(const Sketch &other) { work_.merge(other.packed_); }
    size_t stored() const { return packed_.size(); }
    std::vector<Listed> list(size_t n) const {
        std::vector<Listed> all;
        for (const TopkSketch::Entry &e : TopkSketch::entries(packed_))
            all.push_back({e.item, e.estimate, e.lower, e.upper});
        return best_of(std::move(all), std::min<size_t>(n, k_));
    }

  private:
    TopkSketch work_;
    uint32_t k_;
    Bytes packed_;
};

template <typename Method>
void pack(Method &method) {
    if constexpr (requires { method.pack(); }) method.pack();
}
template <typename Method>
constexpr bool can_merge = requires(Method a, const Method b) {
    a.merge(b);
};

// ---- what is measured -----------------------------------------------------------------------------------------------

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// The counts of a stream, by sorting it: what all methods are judged by.
class Truth {
  public:
    explicit Truth(const Stream &stream) : rows(stream.rows.size()) {
        std::vector<uint32_t> sorted = stream.rows;
        std::sort(sorted.begin(), sorted.end());
        for (size_t i = 0, end; i < sorted.size(); i = end) {
            for (end = i; end < sorted.size() && sorted[end] == sorted[i];) end++;
            counts_[stream.items[sorted[i]]] = end - i;
            descending_.push_back(end - i);
        }
        std::sort(descending_.begin(), descending_.end(), std::greater<>());
    }
    uint64_t count(const std::string &item) const { return counts_.at(item); }
    size_t different() const { return descending_.size(); }
    // The n-th largest count, n from 1: who has it or more is one of the top n.
    uint64_t nth(size_t n) const { return descending_[std::min(n, descending_.size()) - 1]; }

    const size_t rows;

  private:
    std::map<std::string, uint64_t> counts_;
    std::vector<uint64_t> descending_;
};

// How a list of at most kMax items compares with the truth.
struct Quality {
    Quality(const std::vector<Listed> &list, const Truth &truth) {
        for (size_t n : kTops) {
            size_t found = 0;
            for (size_t i = 0; i < std::min(n, list.size()); i++) found += truth.count(list[i].item) >= truth.nth(n);
            recall.push_back(static_cast<double>(found) / static_cast<double>(n));
        }
        listed = list.size();
        for (const Listed &l : list) {
            const uint64_t count = truth.count(l.item);
            const double error = std::abs(static_cast<double>(l.estimate) - static_cast<double>(count));
            mean += error;
            max = std::max(max, error);
            width += static_cast<double>(l.upper - l.lower);
            within += l.lower <= count && count <= l.upper;
        }
        const double millions = static_cast<double>(truth.rows) / 1e6, items = static_cast<double>(listed);
        mean /= items * millions;
        width /= items * millions;
        max /= millions;
    }
    size_t right() const { return static_cast<size_t>(std::lround(100 * recall.back())); }  // of the top 100
    std::vector<double> recall;
    double mean = 0, max = 0, width = 0;  // per million rows
    size_t within = 0, listed = 0;
};

std::string format(const char *format, auto... values) {
    char text[256];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}
std::string shown(double value) {
    return format(value == 0 || value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
}
std::string kilobytes(size_t bytes) {
    return format(bytes < 99500 ? "%.1f" : "%.0f", static_cast<double>(bytes) / 1000);
}
std::string shown(const Quality &q) {
    return format("%.2f / %.2f / %.2f | %s / %s | %zu of %zu | %s", q.recall[0], q.recall[1], q.recall[2],
                  shown(q.mean).c_str(), shown(q.max).c_str(), q.within, q.listed, shown(q.width).c_str());
}

// A method with its parameters, and what came out. The two runs give what the medians are taken of.
struct Row {
    std::string name = {}, name_merged = {};
    std::function<double()> add_all = nullptr;    // ns an add
    std::function<double()> merge_all = nullptr;  // ns a merge
    std::string whole = {}, merged = {};          // quality
    std::string right = {};                       // in one stream, of parts merged in turn, and in a random tree
    size_t bytes = 0, most = 0, stored = 0;       // of the whole stream: at the end, the most, as stored
    size_t stored_minutes = 0;                    // of all minutes together
    size_t bytes_merged = 0, stored_merged = 0;
    std::vector<double> adds = {}, merges = {};
};

class Study {
  public:
    explicit Study(const Stream &stream) : stream_(stream), truth_(stream) {
        for (uint32_t row : stream.rows) views_.push_back(stream.items[row]);
    }

    void run(int rounds) {
        note("the sketch");
        auto sketch = [](uint32_t k) { return [k] { return Sketch(k); }; };
        const size_t budget = max_bytes(sketch(kMax));
        Row merged;
        merge_minutes(sketch(kMax), sketch(kMax), &merged);
        include("hash map + heap", [] { return HashMap(); });
        const size_t width = fit(budget, 16, 1 << 20, [](size_t w) { return CountMin(w, kMax); });
        include("count-min 4 x " + std::to_string(width) + " + heap of 100", [=] { return CountMin(width, kMax); });
        const size_t k = fit(budget, 1, 1 << 16, [](size_t n) { return SpaceSaving(n); });
        const size_t wide = fit(merged.bytes_merged, 1, 1 << 16, [](size_t n) { return SpaceSaving(n); });
        const std::string counters = "Space-Saving, " + std::to_string(k) + " counters";
        include(
            counters, [=] { return SpaceSaving(k); }, [=] { return SpaceSaving(wide); },
            counters + ", merged into " + std::to_string(wide));
        include("Space-Saving, 100 counters", [] { return SpaceSaving(kMax); });
        const size_t filtered = fit(budget, 1, 1 << 16, [](size_t n) { return FilteredSpaceSaving(n); });
        include("Filtered Space-Saving, " + std::to_string(filtered) + " counters",
                [=] { return FilteredSpaceSaving(filtered); });
        const size_t keeper = fit(budget, 16, 1 << 20, [](size_t w) { return HeavyKeeper(w, kMax); });
        include("HeavyKeeper 2 x " + std::to_string(keeper), [=] { return HeavyKeeper(keeper, kMax); });
        const size_t window = fit(budget, 1, 1 << 20, [](size_t w) { return LossyCounting(w); });
        include("Lossy Counting, 1/ε = " + std::to_string(window), [=] { return LossyCounting(window); });
        const size_t t = fit(budget, 1, 1 << 20, [](size_t n) { return StickySampling(n); });
        include("Sticky Sampling, t = " + std::to_string(t), [=] { return StickySampling(t); });
        include("**topk_sketch, k = 100**", sketch(kMax));
        include("topk_sketch, k = 10", sketch(10));
        include("topk_sketch, k = 500", sketch(500));
        for (int round = 0; round < rounds; round++) {
            note("round " + std::to_string(round + 1) + " of " + std::to_string(rounds));
            loops_.push_back(hash_all());
            for (Row &row : rows_) {
                row.adds.push_back(row.add_all());
                if (row.merge_all) row.merges.push_back(row.merge_all());
            }
        }
    }
    void print_whole() const {
        for (const Row &row : rows_)
            std::printf("| %s | %s | %s | %s%s | %s | %.0f |\n", stream_.name.c_str(), row.name.c_str(),
                        row.whole.c_str(), kilobytes(row.bytes).c_str(),
                        row.most > row.bytes ? (" (" + kilobytes(row.most) + ")").c_str() : "",
                        kilobytes(row.stored).c_str(), median(row.adds));
    }
    void print_merged() const {
        for (const Row &row : rows_) {
            std::printf("| %s | %s | ", stream_.name.c_str(), row.name_merged.c_str());
            if (row.merge_all)
                std::printf("%s | %s | %s | %s | %.1f |\n", row.merged.c_str(),
                            kilobytes(row.stored_minutes / kMinutes).c_str(), kilobytes(row.bytes_merged).c_str(),
                            kilobytes(row.stored_merged).c_str(), median(row.merges) / 1000);
            else std::printf("cannot | | | | | | | |\n");
        }
    }
    void print_right() const {
        for (const Row &row : rows_)
            std::printf("| %s | %s | %s | %s |\n", stream_.name.c_str(), row.name.c_str(), kilobytes(row.most).c_str(),
                        row.right.c_str());
    }
    // How many of the top 10 are listed when the first rows are added to one sketch in batches, which is stored after
    // each.
    void print_batches() const {
        constexpr size_t rows = 20000;
        const Truth truth(Stream{{}, stream_.items, {stream_.rows.begin(), stream_.rows.begin() + rows}});
        for (uint32_t k : {10u, 20u, 50u, 100u}) {
            std::printf("| %s | %zu, the first has %.0f %% of the rows | %u |", stream_.name.c_str(), truth.different(),
                        100.0 * static_cast<double>(truth.nth(1)) / rows, k);
            for (size_t batch : {rows, size_t{1000}, size_t{100}, size_t{20}, size_t{5}, size_t{1}}) {
                Bytes stored = TopkSketch(k).pack();
                for (size_t from = 0; from < rows; from += batch) {
                    TopkSketch added(k), sum(k);
                    for (size_t i = from; i < from + batch; i++) added.add(views_[i]);
                    sum.merge(stored);
                    sum.merge(added);
                    stored = sum.pack();
                }
                std::vector<Listed> all;
                for (const TopkSketch::Entry &e : TopkSketch::entries(stored))
                    all.push_back({e.item, e.estimate, e.lower, e.upper});
                size_t found = 0;
                const std::vector<Listed> best = best_of(all, 10);
                for (const Listed &l : best) found += truth.count(l.item) >= truth.nth(10);
                std::printf(" %zu |", found);
            }
            std::printf("\n");
        }
    }
    void print_stream() const {
        std::printf(
            "- %s: %zu rows, %zu different; the first has %.2f %% of the rows, the 10th %.2f %%, the 100th %.3f %%; "
            "the loop with no method, but hashing, takes %.0f ns a row\n",
            stream_.name.c_str(), truth_.rows, truth_.different(), percent(1), percent(10), percent(100),
            median(loops_));
    }

  private:
    void note(const std::string &what) const { std::fprintf(stderr, "%s: %s\n", stream_.name.c_str(), what.c_str()); }
    double percent(size_t n) const {
        return 100 * static_cast<double>(truth_.nth(n)) / static_cast<double>(truth_.rows);
    }

    // The most bytes that a method holds between two rows.
    template <typename Make>
    size_t max_bytes(Make make, size_t limit = ~size_t{0}) const {
        const size_t before = bytes_in_use;
        auto method = make();
        size_t most = bytes_in_use - before;
        for (size_t i = 0; i < views_.size() && most <= limit; i++) {
            method.add(views_[i]);
            most = std::max(most, bytes_in_use - before);
        }
        return most;
    }
    // The largest parameter with which a method stays within the budget: as if memory grew with it, which it does
    // nearly. What is returned was tried.
    template <typename Make>
    size_t fit(size_t budget, size_t lo, size_t hi, Make make) const {
        while (hi - lo > 1 + lo / 100) {
            const size_t middle = lo + (hi - lo) / 2;
            (max_bytes([&] { return make(middle); }, budget) <= budget ? lo : hi) = middle;
        }
        return lo;
    }

    template <typename Make>
    void include(const std::string &name, Make make) {
        include(name, make, make, name);
    }
    // `whole` makes what minutes are merged into.
    template <typename Make, typename MakeWhole>
    void include(const std::string &name, Make make, MakeWhole whole, const std::string &name_merged) {
        note(name);
        Row row{name, name_merged, [this, make] { return add_all(make); }};
        row.most = max_bytes(make);
        const size_t before = bytes_in_use;
        auto method = make();
        for (std::string_view view : views_) method.add(view);
        row.bytes = bytes_in_use - before;
        pack(method);
        row.stored = method.stored();
        const Quality quality(method.list(kMax), truth_);
        row.whole = shown(quality);
        row.right = std::to_string(quality.right()) + " | | ";
        if constexpr (can_merge<decltype(method)>) {
            row.right = std::to_string(quality.right()) + " | " + std::to_string(merge_parts(make, false)) + " | " +
                        std::to_string(merge_parts(make, true));
            row.merge_all = [=, this] { return merge_minutes(make, whole, nullptr); };
            merge_minutes(make, whole, &row);
        }
        if constexpr (std::is_same_v<decltype(method), HashMap>) check(method);
        rows_.push_back(std::move(row));
    }

    template <typename Make>
    double add_all(Make make) const {
        auto method = make();
        const double start = seconds();
        for (std::string_view view : views_) method.add(view);
        return 1e9 * (seconds() - start) / static_cast<double>(views_.size());
    }
    double hash_all() const {
        volatile uint64_t sink;
        const double start = seconds();
        for (std::string_view view : views_) sink = hash_of(view);
        (void)sink;
        return 1e9 * (seconds() - start) / static_cast<double>(views_.size());
    }
    // Each minute is built, packed if that is what it is stored as, merged, and forgotten.
    template <typename Make, typename MakeWhole>
    double merge_minutes(Make make, MakeWhole make_whole, Row *row) const {
        double spent = 0;
        const size_t before = bytes_in_use;
        auto whole = make_whole();
        for (size_t minute = 0; minute < kMinutes; minute++) {
            auto part = make();
            const size_t end = views_.size() * (minute + 1) / kMinutes;
            for (size_t i = views_.size() * minute / kMinutes; i < end; i++) part.add(views_[i]);
            pack(part);
            if (row) row->stored_minutes += part.stored();
            const double start = seconds();
            whole.merge(part);
            spent += seconds() - start;
        }
        if (row) {
            row->bytes_merged = bytes_in_use - before;
            pack(whole);
            row->stored_merged = whole.stored();
            row->merged = shown(Quality(whole.list(kMax), truth_));
            if constexpr (std::is_same_v<decltype(whole), HashMap>) check(whole);
        }
        return 1e9 * spent / kMinutes;
    }
    // How many of the top 100 are listed when the stream comes in parts: each merged into the first; or two of them at
    // random, until one is left.
    template <typename Make>
    size_t merge_parts(Make make, bool is_tree) const {
        std::vector<decltype(make())> parts;
        for (size_t part = 0; part < kParts; part++) {
            parts.push_back(make());
            const size_t end = views_.size() * (part + 1) / kParts;
            for (size_t i = views_.size() * part / kParts; i < end; i++) parts.back().add(views_[i]);
            pack(parts.back());
        }
        std::mt19937_64 random(5);
        while (parts.size() > 1) {
            if (is_tree) std::swap(parts[random() % parts.size()], parts.back());
            size_t into = is_tree ? random() % (parts.size() - 1) : 0;
            auto merged = make();
            if (!is_tree) std::swap(merged, parts[0]);
            else merged.merge(parts[into]);
            merged.merge(parts[is_tree ? parts.size() - 1 : 1]);
            if (is_tree) pack(merged);
            parts[into] = std::move(merged);
            parts.erase(is_tree ? parts.end() - 1 : parts.begin() + 1);
        }
        pack(parts[0]);
        return Quality(parts[0].list(kMax), truth_).right();
    }
    // All exact counts, by sorting and by hashing, of the whole and of the parts.
    void check(const HashMap &map) const {
        uint64_t sum = 0;
        const std::vector<Listed> all = map.list(~size_t{0});
        for (const Listed &l : all) {
            if (truth_.count(l.item) != l.estimate) throw std::logic_error("exact counts that differ: " + l.item);
            sum += l.estimate;
        }
        if (sum != truth_.rows || all.size() != truth_.different()) throw std::logic_error("exact counts lack items");
    }

    const Stream &stream_;
    Truth truth_;
    std::vector<std::string_view> views_;
    std::vector<Row> rows_;
    std::vector<double> loops_;
};

void run(int rounds, const std::vector<std::pair<const char *, const char *>> &files) {
    std::vector<Stream> streams = {zipf(1.1, "zipf(1.1)"), zipf(0.8, "zipf(0.8)")};
    for (auto [path, name] : files) streams.push_back(read(path, name));
    std::vector<Study> studies(streams.begin(), streams.end());
    for (Study &study : studies) study.run(rounds);
    for (const Study &study : studies) study.print_stream();
    std::printf(
        "\nHow many of the 100 most frequent are listed: of one stream, of %zu parts merged in turn, and in a random "
        "tree, "
        "each result stored:\n\n"
        "| stream | method | kB (most) | one stream | in turn | random tree |\n|---|---|---|---|---|---|\n",
        kParts);
    for (const Study &study : studies) study.print_right();
    std::printf(
        "\nOne stream:\n\n"
        "| stream | method | recall of the top 10 / 50 / 100 | error, mean / max | true count within the bounds | "
        "their width | kB (most) | kB stored | ns a row |\n|---|---|---|---|---|---|---|---|---|\n");
    for (const Study &study : studies) study.print_whole();
    std::printf(
        "\n1,000 minutes, merged:\n\n"
        "| stream | method | recall of the top 10 / 50 / 100 | error, mean / max | true count within the bounds | "
        "their width | kB stored a minute | kB merged | kB merged, stored | µs a merge |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n");
    for (const Study &study : studies) study.print_merged();
    std::printf(
        "\nA sketch that is stored after each batch of the first 20,000 rows: how many of the true top 10 are among "
        "the "
        "first ten listed:\n\n"
        "| stream | different values | k | all rows at once | batches of 1,000 | of 100 | of 20 | of 5 | row by row |\n"
        "|---|---|---|---|---|---|---|---|---|\n");
    for (const Study &study : studies) study.print_batches();
}

}  // namespace

}  // namespace study

int main(int argc, char **argv) {
    if (argc < 2 || argc % 2 != 0) {
        std::fprintf(stderr, "usage: %s <rounds> [<file of items> <what they are>] ...\n", argv[0]);
        return 2;
    }
    try {
        std::vector<std::pair<const char *, const char *>> files;
        for (int i = 2; i < argc; i += 2) files.push_back({argv[i], argv[i + 1]});
        study::run(std::max(1, std::atoi(argv[1])), files);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return 1;
    }
}
