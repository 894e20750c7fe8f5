// Packed bytes that stay as they are for ever: test/golden/ has those of every family, mode, parameter and kind, as
// they were when the format was settled. What is built today must have the same bytes, and what was built then must be
// read.
//
// SKETCH_GOLDEN=write writes the lines of new cases; lines that are there are never written anew.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "mutations.hpp"
#include "quantile_sketch.hpp"
#include "topk_sketch.hpp"

namespace {

struct Case {
    std::string name;
    Bytes packed;
};
using Cases = std::vector<Case>;

// Nothing of libm or <random>, which differ from one library to the next.
uint64_t row(uint64_t i) { return sketch_hash_word(i); }
double value(uint64_t i) {
    const double fraction = static_cast<double>(row(i) >> 12) * 0x1p-52;
    return std::ldexp(1 + fraction, static_cast<int>(row(i + (uint64_t{1} << 40)) % 16) - 6);
}

template <typename... Parts>
std::string name_of(const Parts &...parts) {
    std::ostringstream out;
    const char *between = "";
    ((out << between << parts, between = ","), ...);
    return out.str();
}

constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNaN = std::numeric_limits<double>::quiet_NaN();

Cases quantile_cases() {
    Cases all;
    auto add = [&](const std::string &name, const QuantileSketch &s, bool with_fractions = false) {
        all.push_back({name, s.pack(with_fractions)});
    };
    for (double accuracy : {0.5, 0.1, 0.02, 0.01, 0.001, 0.0002}) {
        for (uint64_t rows : {0, 1, 2, 5, 20, 70, 200, 1000, 20000}) {
            QuantileSketch positive(accuracy), both(accuracy), whole(accuracy);
            for (uint64_t i = 0; i < rows; i++) {
                positive.add(value(i));
                both.add(i % 3 == 0 ? -value(i) : i % 17 == 1 ? 0 : value(i));
                whole.add(static_cast<double>(row(i) % 1000));
            }
            add(name_of("positive", accuracy, rows), positive);
            if (rows == 0) continue;
            add(name_of("both", accuracy, rows), both);
            add(name_of("whole", accuracy, rows), whole);
        }
        QuantileSketch wide(accuracy), heavy(accuracy);
        for (uint64_t i = 0; i < 3000; i++) wide.add(std::ldexp(value(i), static_cast<int>(row(i) % 1800) - 900));
        for (uint64_t i = 0; i < 100; i++) heavy.add(value(i), 1 + (row(i) >> (i % 50 + 12)));
        add(name_of("collapsed", accuracy), wide);
        add(name_of("heavy", accuracy), heavy);
    }
    add("specials", QuantileSketch{kNaN, kInfinity, kInfinity, -kInfinity});
    add("specials and others", QuantileSketch{kNaN, kInfinity, -kInfinity, 0, -0.0, 1, -1, 5e-324, -5e-324, 1.7e308});
    add("zeros", QuantileSketch{0, -0.0, 0});
    add("negative", QuantileSketch{-1, -2, -3.5});
    add("subnormal", QuantileSketch{5e-324, 1e-310, 2e-308});
    add("largest", QuantileSketch{std::numeric_limits<double>::max(), -std::numeric_limits<double>::max()});
    add("equal", QuantileSketch{2.5, 2.5, 2.5});
    QuantileSketch moving(0.01, true);
    for (uint64_t i = 0; i < 300; i++) moving.add(value(i));
    for (uint64_t i = 0; i < 200; i++) moving.remove(value(i));
    add("extremes unknown", moving);
    QuantileSketch one(0.01, false, {0.9}), some(0.01, false, {0, 0.5, 0.99, 1}, true);
    for (uint64_t i = 0; i < 50; i++) one.add(value(i)), some.add(value(i));
    add("with a fraction", one, true);
    add("with fractions", some, true);
    return all;
}

// Hashes with many leading zeros, which no data ever has.
uint64_t extreme(uint64_t i) { return (row(i) & 0x3ffff) | uint64_t{1} << (18 + row(i + 1000000) % 46); }

Cases distinct_cases() {
    Cases all;
    for (int precision = SKETCH_DISTINCT_MIN_PRECISION; precision <= SKETCH_DISTINCT_MAX_PRECISION; precision++) {
        const uint64_t m = uint64_t{1} << precision;
        for (uint64_t items : {uint64_t{0}, uint64_t{1}, uint64_t{2}, m / 16, m / 8, m / 8 + 1, m / 4, m, 16 * m}) {
            DistinctSketch s(precision, SKETCH_KIND_NUMBER, items == 0);
            for (uint64_t i = 0; i < items; i++) s.add(row(i));
            all.push_back({name_of("items", precision, items), s.pack()});
        }
        DistinctSketch odd(precision), mixed(precision);
        for (uint64_t i = 0; i < m; i++) odd.add(extreme(i)), mixed.add(i % 8 == 0 ? extreme(i) : row(i));
        all.push_back({name_of("extreme", precision), odd.pack()});
        all.push_back({name_of("mixed", precision), mixed.pack()});
    }
    DistinctSketch many(10);
    for (uint64_t i = 0; i < 1000000; i++) many.add(row(i));
    all.push_back({"a million", many.pack()});
    return all;
}

Cases frequency_cases() {
    Cases all;
    for (int log2_width = SKETCH_FREQUENCY_MIN_LOG2_WIDTH; log2_width <= 16; log2_width++) {
        const uint64_t width = uint64_t{1} << log2_width;
        for (uint64_t items :
             {uint64_t{0}, uint64_t{1}, uint64_t{2}, width / 4, width / 4 + 1, 2 * width, 10 * width}) {
            if (items > 200000) continue;
            FrequencySketch s(log2_width, SKETCH_KIND_NUMBER, items == 0);
            for (uint64_t i = 0; i < items; i++) s.add_item(i, 1 + (row(i) >> 40) % (1 + i % 7));
            all.push_back({name_of("items", log2_width, items), s.pack()});
        }
        if (log2_width > 12) continue;
        FrequencySketch heavy(log2_width), few(log2_width);
        for (uint64_t i = 0; i < width; i++) heavy.add_item(i, 1 + (row(i) >> (12 + row(i) % 50)));
        for (uint64_t i = 0; i < 10; i++) few.add_item(i, 1 + (row(i) >> (12 + row(i) % 50)));
        all.push_back({name_of("heavy", log2_width), heavy.pack()});
        all.push_back({name_of("heavy and few", log2_width), few.pack()});
        FrequencySketch part(log2_width);
        for (uint64_t i = 0; i < width; i += 2) part.add_item(i, 1 + (row(i) >> (12 + row(i) % 50)));
        heavy.subtract(part);
        all.push_back({name_of("subtracted", log2_width), heavy.pack()});
    }
    return all;
}

Cases topk_cases() {
    Cases all;
    for (uint32_t k : {1u, 2u, 10u, 100u, 1000u})
        for (uint64_t rows : {0, 1, 20, 300, 5000, 40000}) {
            TopkSketch texts(k, SKETCH_KIND_TEXT, rows == 0), numbers(k, SKETCH_KIND_NUMBER),
                hashed(k, SKETCH_KIND_OTHER), weighted(k, SKETCH_KIND_BYTEA);
            for (uint64_t i = 0; i < rows; i++) {
                const uint64_t item = row(i) % (1 + row(i + (uint64_t{1} << 41)) % 5000);
                const std::string text = "/shop/items/" + std::to_string(item * item) + (item % 3 == 0 ? ".html" : "");
                texts.add(text);
                numbers.add(topk_integer(item));
                const uint64_t hash = row(item);
                hashed.add(std::string(topk_integer(hash)) + text);
                weighted.add(text.substr(0, item % 12), 1 + (row(i) >> (20 + row(i) % 40)));
            }
            all.push_back({name_of("texts", k, rows), texts.pack()});
            if (rows == 0) continue;
            all.push_back({name_of("numbers", k, rows), numbers.pack()});
            all.push_back({name_of("hashed", k, rows), hashed.pack()});
            all.push_back({name_of("weighted", k, rows), weighted.pack()});
        }
    TopkSketch merged(10), part(10);
    for (uint64_t i = 0; i < 5000; i++) {
        part.add("value " + std::to_string(row(i) % (1 + row(i + 7777) % 300)));
        if (i % 500 == 499) {
            merged.merge(part);
            part = TopkSketch(10);
        }
    }
    all.push_back({"merged", merged.pack()});
    TopkSketch odd(20, SKETCH_KIND_BYTEA);
    for (size_t size : {0, 1, 7, 8, 9, 15, 16, 17, 255, 8192}) odd.add(std::string(size, 'x'), size + 1);
    all.push_back({"sizes", odd.pack()});
    return all;
}

Cases membership_cases() {
    Cases all;
    for (int log2_blocks : {0, 1, 2, 5, 8, 10, 13, 16})
        for (int rate : {1, 10, 50, 1000, 50000}) {
            const uint64_t blocks = uint64_t{1} << log2_blocks;
            for (uint64_t items :
                 {uint64_t{0}, uint64_t{1}, uint64_t{3}, blocks, 2 * blocks, 2 * blocks + 2, 10 * blocks}) {
                if (rate != 1000 && items > 3 && log2_blocks > 5) continue;
                MembershipSketch s(log2_blocks, SKETCH_KIND_NUMBER, items == 0, rate);
                for (uint64_t i = 0; i < items; i++) s.add(row(i));
                all.push_back({name_of("items", log2_blocks, rate, items), s.pack()});
            }
        }
    return all;
}

// Every kind that there is, of a family.
template <typename Sketch, typename Add>
Cases kind_cases(Add add) {
    Cases all;
    for (int kind = SKETCH_KIND_NUMBER; kind <= SKETCH_KIND_LAST; kind++)
        for (int of_arrays : {0, static_cast<int>(SKETCH_KIND_ARRAY)}) {
            Sketch s(7, kind | of_arrays);
            for (uint64_t i = 0; i < 3; i++) add(s, i);
            all.push_back({name_of("kind", kind | of_arrays), s.pack()});
        }
    return all;
}

void append(Cases &to, const Cases &more) { to.insert(to.end(), more.begin(), more.end()); }

// Large values by their size and their hash.
constexpr size_t kWritten = 1500;
std::string line_of(const Bytes &packed) {
    if (packed.size() <= kWritten) return mutations::hex(packed);
    std::ostringstream out;
    out << packed.size() << " bytes, " << std::hex << sketch_hash(packed.data(), packed.size());
    return out.str();
}

// Also what was built then: accepted, and merged into an empty sketch whose parameters are no coarser than
// theirs, the same bytes again.
template <typename Check, typename Sketch>
void must_be_golden(const std::string &family, const Cases &cases, Check check, const Sketch &empty) {
    const std::string path = std::string(SKETCH_GOLDEN_FILES) + "/" + family + ".txt";
    std::map<std::string, std::string> golden;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const size_t tab = line.find('\t');
        REQUIRE(tab != std::string::npos);
        REQUIRE(golden.emplace(line.substr(0, tab), line.substr(tab + 1)).second);
    }
    if (const char *wanted = std::getenv("SKETCH_GOLDEN"); wanted != nullptr && wanted == std::string("write")) {
        std::ofstream out(path, std::ios::app);
        for (const Case &c : cases)
            if (golden.emplace(c.name, line_of(c.packed)).second) out << c.name << '\t' << line_of(c.packed) << '\n';
    }
    std::set<std::string> names;  // small parameters give some cases twice
    for (const Case &c : cases) {
        INFO(family << ": " << c.name);
        REQUIRE(golden[c.name] == line_of(c.packed));
        names.insert(c.name);
        REQUIRE(check(c.packed.data(), c.packed.size()) == SKETCH_OK);
        if (c.name.starts_with("with ")) continue;  // fractions are not merged
        Sketch merged = empty;
        merged.merge(c.packed);
        REQUIRE(merged.pack() == c.packed);
    }
    CHECK(golden.size() == names.size());
}

}  // namespace

// Each check by its name with two arguments, of test/core/opening.hpp.
#define SKETCH_CHECK(family) [](const uint8_t *p, size_t size) { return sketch_##family##_check(p, size); }

TEST_CASE("quantile: packed bytes are what they have been", "[quantile][golden]") {
    must_be_golden("quantile", quantile_cases(), SKETCH_CHECK(quantile), QuantileSketch(0.0002));
}

TEST_CASE("distinct: packed bytes are what they have been", "[distinct][golden]") {
    Cases cases = distinct_cases();
    append(cases, kind_cases<DistinctSketch>([](DistinctSketch &s, uint64_t i) { s.add(row(i)); }));
    const DistinctSketch empty(SKETCH_DISTINCT_MAX_PRECISION, SKETCH_KIND_NUMBER, true);
    must_be_golden("distinct", cases, SKETCH_CHECK(distinct), empty);
}

TEST_CASE("frequency: packed bytes are what they have been", "[frequency][golden]") {
    Cases cases = frequency_cases();
    append(cases, kind_cases<FrequencySketch>([](FrequencySketch &s, uint64_t i) { s.add(row(i)); }));
    const FrequencySketch empty(SKETCH_FREQUENCY_MAX_LOG2_WIDTH, SKETCH_KIND_NUMBER, true);
    must_be_golden("frequency", cases, SKETCH_CHECK(frequency), empty);
}

TEST_CASE("topk: packed bytes are what they have been", "[topk][golden]") {
    Cases cases = topk_cases();
    append(cases, kind_cases<TopkSketch>([](TopkSketch &s, uint64_t i) {
               const uint64_t hash = row(i);
               s.add(std::string(topk_integer(hash)) + std::to_string(i));
           }));
    must_be_golden("topk", cases, SKETCH_CHECK(topk), TopkSketch(SKETCH_TOPK_MAX_K, SKETCH_KIND_TEXT, true));
}

TEST_CASE("membership: packed bytes are what they have been", "[membership][golden]") {
    Cases cases = membership_cases();
    append(cases, kind_cases<MembershipSketch>([](MembershipSketch &s, uint64_t i) { s.add(row(i)); }));
    const MembershipSketch empty(SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS, SKETCH_KIND_NUMBER, true, 1);
    must_be_golden("membership", cases, SKETCH_CHECK(membership), empty);
}
