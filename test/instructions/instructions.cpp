// Does one operation of the core a number of times, for an instruction counter to watch: the same each time, whatever
// else the machine does. ./test/run counts, and compares with its ceilings.
//
//   instructions [times ...]      the operations, and each so many times, in a process of its own for each number
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../core/chosen.hpp"
#include "../core/distinct_sketch.hpp"
#include "../core/frequency_sketch.hpp"
#include "../core/membership_sketch.hpp"
#include "../core/quantile_sketch.hpp"
#include "../core/topk_sketch.hpp"

namespace {

// Rows made without a random number generator or a logarithm of whose instructions the count would depend.
uint64_t row(uint64_t i) { return sketch_hash_word(i); }
double value(uint64_t i) { return static_cast<double>(row(i) >> 40) * static_cast<double>(1 + (row(i) & 0xff)); }
const std::string &path(uint64_t i) {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> paths;
        for (uint64_t n = 0; n < 4096; n++)
            paths.push_back("/shop/items/" + std::to_string(100000 + (row(n) >> 52) * (row(n) >> 40 & 0xfff) % 7919));
        return paths;
    }();
    return all[i % all.size()];
}

template <typename Sketch, typename Add>
Sketch filled(Sketch s, uint64_t rows, Add add) {
    for (uint64_t i = 0; i < rows; i++) add(s, i);
    return s;
}
auto add_value = [](QuantileSketch &s, uint64_t i) { s.add(value(i)); };
auto add_hash = [](auto &s, uint64_t i) { s.add(row(i)); };
auto add_path = [](TopkSketch &s, uint64_t i) { s.add(path(i)); };

// What is prepared once, and what is done so many times.
using Operation = std::function<std::function<void(uint64_t)>()>;

// Adding to a sketch that has seen many rows.
template <typename Sketch, typename Add>
Operation adding(Sketch empty, uint64_t rows, Add add) {
    return [=] { return [s = filled(empty, rows, add), add](uint64_t i) mutable { add(s, i); }; };
}

// Merging packed sketches into a state, in turn.
template <typename Sketch, typename Add>
Operation merging(Sketch empty, uint64_t rows, Add add) {
    return [=] {
        std::vector<std::vector<uint8_t>> packed;
        for (uint64_t part = 0; part < 16; part++)
            packed.push_back(filled(empty, rows, [&](Sketch &s, uint64_t i) { add(s, i + part * rows); }).pack());
        Sketch into = empty;
        for (const auto &bytes : packed) into.merge(bytes);
        return [packed, into](uint64_t i) mutable { into.merge(packed[i % packed.size()]); };
    };
}

// Packing alone, into room that is there.
struct Room {
    std::vector<uint8_t> bytes = std::vector<uint8_t>(1 << 19);
    std::vector<uint64_t> scratch = std::vector<uint64_t>(1 << 12);
    size_t used = 0;
};
void pack(const QuantileSketch &s, Room &room) {
    sketch_quantile_pack(s.data(), s.size(), 0, room.bytes.data(), room.bytes.size(), &room.used);
}
void pack(const DistinctSketch &s, Room &room) {
    sketch_distinct_pack(s.data(), s.size(), room.bytes.data(), room.bytes.size(), &room.used);
}
void pack(const FrequencySketch &s, Room &room) {
    sketch_frequency_pack(s.data(), s.size(), room.bytes.data(), room.bytes.size(), &room.used);
}
void pack(const MembershipSketch &s, Room &room) {
    sketch_membership_pack(s.data(), s.size(), room.bytes.data(), room.bytes.size(), &room.used);
}
void pack(const TopkSketch &s, Room &room) {
    sketch_topk_pack(s.data(), s.size(), room.scratch.data(), 8 * room.scratch.size(), room.bytes.data(),
                     room.bytes.size(), &room.used);
}

template <typename Sketch, typename Add>
Operation packing(Sketch empty, uint64_t rows, Add add) {
    return [=] { return [s = filled(empty, rows, add), room = Room()](uint64_t) mutable { pack(s, room); }; };
}

// Estimates of packed sketches, in turn.
Operation counting(uint64_t rows) {
    return [=] {
        std::vector<Bytes> packed;
        for (uint64_t part = 0; part < 16; part++)
            packed.push_back(
                filled(DistinctSketch(), rows, [&](DistinctSketch &s, uint64_t i) { s.add(row(i + part * rows)); })
                    .pack());
        return [packed](uint64_t i) {
            const Bytes &bytes = packed[i % packed.size()];
            double n = 0;
            sketch_distinct_count(bytes.data(), bytes.size(), &n);
        };
    };
}

// All of a sketch, from the first row to its packed form: each value twice. Chosen ones share places in tables of
// hashes as far as they can, and come in the order that is worst for them: see chosen.hpp.
template <typename Sketch, typename Value>
Operation filling(Sketch empty, std::vector<Value> values) {
    return [=] {
        return [=, room = Room()](uint64_t) mutable {
            Sketch s = empty;
            for (int times = 0; times < 2; times++)
                for (const Value &value : values) s.add(value);
            pack(s, room);
        };
    };
}

// Two packed sketches, of one half of the values each, into one packed sketch.
template <typename Sketch>
Operation uniting(Sketch empty, std::vector<uint64_t> values) {
    return [=] {
        std::vector<uint8_t> halves[2];
        for (uint64_t half = 0; half < 2; half++)
            halves[half] =
                filled(empty, values.size() / 2, [&](Sketch &s, uint64_t i) { s.add(values[2 * i + half]); }).pack();
        return [=, room = Room()](uint64_t) mutable {
            Sketch s = empty;
            for (const auto &bytes : halves) s.merge(bytes);
            pack(s, room);
        };
    };
}
constexpr size_t kFill = 1000;  // of random ones and of chosen ones: no sketch below becomes dense, or drops an item
std::vector<uint64_t> hashes() {
    std::vector<uint64_t> all(kFill);
    for (uint64_t i = 0; i < kFill; i++) all[i] = row(i);
    return all;
}
// Any finite doubles: a bucket of its own for nearly each of them.
std::vector<double> any_doubles() {
    std::vector<double> all(2 * kFill);
    for (uint64_t i = 0; i < all.size(); i++) all[i] = std::bit_cast<double>(row(i) % 0x7ff0000000000000u);
    return all;
}
std::vector<uint64_t> chosen_tokens() {
    std::vector<uint64_t> all;
    for (uint32_t token : chosen::tokens_from(9, kFill)) all.insert(all.begin(), sketch::distinct::hash_of(token));
    return all;
}
std::vector<uint64_t> neighbours() {
    std::vector<uint64_t> all(kFill);
    for (uint64_t i = 0; i < kFill; i++) all[i] = (uint64_t{7} << 60) - i;
    return all;
}
std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (uint64_t hash : hashes()) all.emplace_back(reinterpret_cast<const char *>(&hash), sizeof hash);
    return all;
}

const std::map<std::string, Operation> &operations() {
    static const std::map<std::string, Operation> all = {
        {"quantile_add", adding(QuantileSketch(), 10000, add_value)},
        {"quantile_merge_70", merging(QuantileSketch(), 70, add_value)},
        {"quantile_merge_7000", merging(QuantileSketch(), 7000, add_value)},
        {"quantile_pack_7000", packing(QuantileSketch(), 7000, add_value)},
        {"quantile_merge_few_into_many",
         [] {
             QuantileSketch into(0.0002), few(0.0002);
             for (double x : any_doubles()) into.add(x);
             for (double x : {1.0, 2e200, 3e-200}) few.add(x);
             return [into, packed = few.pack()](uint64_t) mutable { into.merge(packed); };
         }},
        {"quantile_ranks_wide",
         [] {
             QuantileSketch s(0.0002);
             for (double x : any_doubles()) s.add(x);
             auto opened = std::make_shared<OpenedQuantile>(s.data(), s.size());
             return [s, opened, values = any_doubles()](uint64_t i) {
                 double fraction, p[100], percentiles[100];
                 uint64_t rows;
                 for (uint64_t j = 0; j < 100; j++) {
                     p[j] = static_cast<double>((i + j) % 97) / 97;
                     sketch_quantile_rank(opened->sketch, values[j], &fraction, &rows);
                 }
                 sketch_quantile_percentiles(opened->sketch, p, 100, percentiles, nullptr, nullptr, &rows);
             };
         }},
        {"quantile_fill_wide", filling(QuantileSketch(0.0002), any_doubles())},
        {"distinct_add", adding(DistinctSketch(), 100000, add_hash)},
        {"distinct_merge_70", merging(DistinctSketch(), 70, add_hash)},
        {"distinct_merge_7000", merging(DistinctSketch(), 7000, add_hash)},
        {"distinct_pack_7000", packing(DistinctSketch(), 7000, add_hash)},
        {"distinct_count_70", counting(70)},
        {"distinct_count_7000", counting(7000)},
        {"distinct_fill", filling(DistinctSketch(14), hashes())},
        {"distinct_fill_chosen", filling(DistinctSketch(14), chosen_tokens())},
        {"frequency_add", adding(FrequencySketch(12), 10000, add_hash)},
        {"frequency_merge_70", merging(FrequencySketch(12), 70, add_hash)},
        {"frequency_pack_7000", packing(FrequencySketch(12), 7000, add_hash)},
        {"frequency_merge_7000", merging(FrequencySketch(12), 7000, add_hash)},
        {"frequency_fill", filling(FrequencySketch(12), hashes())},
        {"frequency_fill_chosen", filling(FrequencySketch(12), neighbours())},
        {"frequency_unite", uniting(FrequencySketch(12), hashes())},
        {"frequency_unite_chosen", uniting(FrequencySketch(12), neighbours())},
        {"membership_add", adding(MembershipSketch(13), 100000, add_hash)},
        {"membership_merge_70", merging(MembershipSketch(10), 70, add_hash)},
        {"membership_merge_7000", merging(MembershipSketch(14), 7000, add_hash)},
        {"membership_pack_7000", packing(MembershipSketch(14), 7000, add_hash)},
        {"membership_pack_70", packing(MembershipSketch(10), 70, add_hash)},
        {"membership_fill", filling(MembershipSketch(10), hashes())},
        {"membership_fill_chosen", filling(MembershipSketch(10), neighbours())},
        {"topk_add", adding(TopkSketch(100), 10000, add_path)},
        {"topk_merge_7000", merging(TopkSketch(100), 7000, add_path)},
        {"topk_fill", filling(TopkSketch(kFill), texts())},
        {"topk_fill_chosen", filling(TopkSketch(kFill), chosen::texts_with_tags(kFill, 250))},
        {"topk_pack_7000", packing(TopkSketch(100), 7000, add_path)},
    };
    return all;
}

}  // namespace

int main(int argc, char **argv) {
    for (const auto &[name, operation] : operations()) {
        const auto once = argc > 1 ? operation() : nullptr;
        for (int arg = 1; arg < argc; arg++) {
            const pid_t child = fork();
            if (child == 0) {
                const uint64_t times = std::strtoull(argv[arg], nullptr, 10);
                for (uint64_t i = 0; i < times; i++) once(i);
                return 0;
            }
            int status = -1;
            if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
                std::fprintf(stderr, "%s failed\n", name.c_str());
                return 1;
            }
        }
        std::puts(name.c_str());
        std::fflush(stdout);
    }
    return 0;
}
