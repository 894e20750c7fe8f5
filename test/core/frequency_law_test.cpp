// The law: a sketch is a function of the multiset of items and the parameters, byte for byte.
#include <algorithm>
#include <limits>
#include <random>

#include "catch.hpp"
#include "frequency_sketch.hpp"
#include "sanitized.hpp"

namespace {

using Random = std::mt19937_64;

constexpr uint64_t kMax = 0x7fffffffffffffff;

struct Row {
    uint64_t hash, weight;
};
using Rows = std::vector<Row>;

constexpr uint32_t max_entries(int log2_width) { return 4u * (1u << log2_width) / 16; }

// Rows of many shapes: few and many items, even and skewed, with and without weights, hashes that crowd.
Rows random_rows(Random &random, size_t count) {
    uint64_t items = 1 + random() % (random() % 2 ? 40 : 3000);
    int shape = static_cast<int>(random() % 4), weights = static_cast<int>(random() % 4);
    Rows rows(count);
    for (Row &row : rows) {
        uint64_t item = random() % items;
        if (shape == 1) item = random() % (item + 1);
        row.hash = sketch_hash_word(item);
        if (shape == 2) row.hash >>= random() % 64;
        if (shape == 3 && random() % 8 == 0) row.hash = random() % 2 ? 0 : ~uint64_t{0} - random() % 3;
        row.weight = weights == 0   ? 1
                     : weights == 1 ? 1 + random() % 5
                     : weights == 2 ? uint64_t{1} << random() % 20
                                    : 1 + random() % (uint64_t{1} << random() % 45);
    }
    return rows;
}

FrequencySketch sketch_of(const Rows &rows, int log2_width) {
    FrequencySketch s(log2_width);
    for (const Row &row : rows) s.add(row.hash, row.weight);
    return s;
}

// Splits the rows among sketches, each packed or not, and merges them as a random tree.
FrequencySketch merged_by_random_tree(Random &random, const Rows &rows, const std::vector<int> &log2_widths) {
    size_t parts = log2_widths.size() + random() % 12;
    std::vector<FrequencySketch> forest(parts);
    for (size_t i = 0; i < parts; i++)
        forest[i] = FrequencySketch(log2_widths[i % log2_widths.size()], SKETCH_KIND_NUMBER, random() % 2 == 0);
    for (const Row &row : rows) forest[random() % parts].add(row.hash, row.weight);
    while (forest.size() > 1) {
        size_t a = random() % forest.size(), b = random() % (forest.size() - 1);
        b += b >= a;
        if (random() % 2) forest[a].merge(forest[b].pack());
        else forest[a].merge(forest[b]);
        if (random() % 4 == 0) forest[a] = FrequencySketch::of(forest[a].pack());
        forest.erase(forest.begin() + static_cast<long>(b));
    }
    return forest[0];
}

}  // namespace

TEST_CASE("frequency: any order and any tree of merges gives the same bytes", "[frequency][law]") {
    Random random(1);
    for (int round = 0; round < 300; round++) {
        Rows rows = random_rows(random, 1 + random() % (round % 10 == 0 ? 8000 : 400));
        int log2_width = std::vector<int>{6, 7, 8, 10, 12}[random() % 5];
        Bytes in_order = sketch_of(rows, log2_width).pack();
        std::shuffle(rows.begin(), rows.end(), random);
        INFO("round " << round);
        REQUIRE(sketch_frequency_check(in_order.data(), in_order.size()) == SKETCH_OK);
        REQUIRE(sketch_of(rows, log2_width).pack() == in_order);
        REQUIRE(merged_by_random_tree(random, rows, {log2_width}).pack() == in_order);
        REQUIRE(FrequencySketch::of(in_order).pack() == in_order);
    }
}

TEST_CASE("frequency: sketches of different widths merge to the smaller, in any tree", "[frequency][law]") {
    Random random(2);
    for (int round = 0; round < 200; round++) {
        Rows rows = random_rows(random, 1 + random() % 3000);
        Bytes expected = sketch_of(rows, 7).pack();
        INFO("round " << round);
        REQUIRE(merged_by_random_tree(random, rows, {7, 11, 9, 12}).pack() == expected);
    }
}

TEST_CASE("frequency: narrowing a sketch is building it narrower", "[frequency][law]") {
    Random random(3);
    for (int round = 0; round < 100; round++) {
        Rows rows = random_rows(random, 1 + random() % 4000);
        int wide = 7 + static_cast<int>(random() % 6);
        FrequencySketch s = sketch_of(rows, wide);
        while (s.info().log2_width > 6) {
            int narrower = std::max(6, s.info().log2_width - 1 - static_cast<int>(random() % 3));
            s.limit(narrower);
            REQUIRE(s.info().log2_width == narrower);
            REQUIRE(s.pack() == sketch_of(rows, narrower).pack());
        }
        s.limit(9);  // wider than it is: nothing to do
        REQUIRE(s.info().log2_width == 6);
    }
}

TEST_CASE("frequency: a sketch is exact up to 4 * 2^k / 16 different items and not beyond", "[frequency][law]") {
    for (int log2_width : {6, 7, 10, 12, 14}) {
        uint32_t most = max_entries(log2_width);
        FrequencySketch s(log2_width);
        for (int pass = 0; pass < 2; pass++)
            for (uint32_t i = 0; i < most; i++) s.add_item(i, i + 1);
        CHECK_FALSE(s.info().is_dense);
        CHECK(s.info().items == most);
        for (uint32_t i = 0; i < most; i++) {
            uint64_t twice = 2 * (uint64_t{i} + 1);
            REQUIRE(s.count(sketch_hash_word(i)) == FrequencySketch::Count{twice, twice, twice});
        }
        CHECK(s.count(sketch_hash_word(most)) == FrequencySketch::Count{0, 0, 0});
        uint64_t total = s.info().total;
        CHECK(total == uint64_t{most} * (most + 1));
        s.add_item(most);
        CHECK(s.info().is_dense);
        CHECK(s.info().items == 0);
        CHECK(s.info().total == total + 1);
        CHECK(s.count(sketch_hash_word(most - 1)).upper >= 2 * most);

        // At the border by a merge: an item in both, then one more.
        FrequencySketch a(log2_width), b(log2_width), c(log2_width);
        for (uint32_t i = 0; i < most; i++) (i % 2 ? a : b).add_item(i);
        a.add_item(0);
        c.add_item(most);
        a.merge(b);
        CHECK_FALSE(a.info().is_dense);
        a.merge(c);
        CHECK(a.info().is_dense);
    }
}

TEST_CASE("frequency: the largest width works as the others do", "[frequency][law]") {
    FrequencySketch wide(20), narrow(12);
    for (uint64_t i = 0; i < 300000; i++) wide.add_item(i % 270000, 1 + i % 300);
    for (uint64_t i = 0; i < 300000; i++) narrow.add_item(i % 270000, 1 + i % 300);
    CHECK(wide.info().is_dense);
    Bytes packed = wide.pack();
    CHECK(packed.size() <= SKETCH_FREQUENCY_PACKED_MAX(20));
    CHECK(sketch_frequency_check(packed.data(), packed.size()) == SKETCH_OK);
    wide.limit(12);
    CHECK(wide.pack() == narrow.pack());
}

TEST_CASE("frequency: weights are repeated items", "[frequency][law]") {
    Random random(4);
    for (int round = 0; round < 50; round++) {
        FrequencySketch weighted(6 + round % 3), repeated(6 + round % 3);
        for (int i = 0; i < 60; i++) {
            uint64_t item = random() % (round % 2 ? 10 : 100), weight = 1 + random() % 20;
            weighted.add_item(item, weight);
            for (uint64_t w = 0; w < weight; w++) repeated.add_item(item);
        }
        REQUIRE(weighted.pack() == repeated.pack());
    }
}

TEST_CASE("frequency: subtract undoes merge", "[frequency][subtract]") {
    Random random(5);
    int exact = 0, dense = 0;
    for (int round = 0; round < 400; round++) {
        int log2_width = 6 + static_cast<int>(random() % 4);
        Rows in_a = random_rows(random, 1 + random() % 500), in_b = random_rows(random, 1 + random() % 500);
        FrequencySketch a = sketch_of(in_a, log2_width), b = sketch_of(in_b, log2_width), both = a;
        both.merge(b);
        Bytes b_packed = b.pack();
        if (random() % 2) both.subtract(b);
        else FrequencySketch::must(both.try_subtract(b_packed.data(), b_packed.size()));
        REQUIRE(both.info().total == a.info().total);
        if (both.info().is_dense == a.info().is_dense) {
            REQUIRE(both.pack() == a.pack());
            (a.info().is_dense ? dense : exact)++;
        }
        REQUIRE(both.info().is_dense >= a.info().is_dense);
        for (const Row &row : in_a) REQUIRE(both.count(row.hash).upper >= a.count(row.hash).lower);
        FrequencySketch narrow_both = both, narrow_a = a;  // as good a sketch of a as a's own
        narrow_both.limit(6);
        narrow_a.limit(6);
        if (narrow_a.info().is_dense && narrow_both.info().is_dense) REQUIRE(narrow_both.pack() == narrow_a.pack());
    }
    CHECK(exact > 50);
    CHECK(dense > 50);
}

TEST_CASE("frequency: subtract works at the smaller of both widths", "[frequency][subtract]") {
    Random random(6);
    for (int round = 0; round < 300; round++) {
        int width_a = 6 + static_cast<int>(random() % 5), width_b = 6 + static_cast<int>(random() % 5);
        Rows in_a = random_rows(random, 1 + random() % 600), in_b = random_rows(random, 1 + random() % 300);
        FrequencySketch both = sketch_of(in_a, width_a), b = sketch_of(in_b, width_b), a = both;
        for (const Row &row : in_b) both.add(row.hash, row.weight);
        both.subtract(b);
        a.limit(std::min(width_a, width_b));
        INFO("round " << round);
        REQUIRE(both.info().log2_width == std::min(width_a, width_b));
        REQUIRE(both.info().total == a.info().total);
        if (both.info().is_dense == a.info().is_dense) REQUIRE(both.pack() == a.pack());
        Bytes packed = both.pack();
        REQUIRE(sketch_frequency_check(packed.data(), packed.size()) == SKETCH_OK);
    }
}

TEST_CASE("frequency: subtracting everything leaves the canonical empty sketch", "[frequency][subtract]") {
    for (uint32_t items : {0, 1, 16, 17, 500}) {
        FrequencySketch a(6, SKETCH_KIND_TEXT), empty(6, SKETCH_KIND_TEXT);
        for (uint32_t i = 0; i < items; i++) a.add_item(i, 1 + i * 300);
        Bytes packed = a.pack();
        FrequencySketch b = a;
        FrequencySketch::must(a.try_subtract(packed.data(), packed.size()));
        CHECK(a.pack() == empty.pack());
        CHECK(a.info().items == 0);
        a.add_item(7);  // and it is as good as new
        empty.add_item(7);
        CHECK(a.pack() == empty.pack());
        FrequencySketch wide(8, SKETCH_KIND_TEXT);
        for (uint32_t i = 0; i < items; i++) wide.add_item(i, 1 + i * 300);
        wide.subtract(b);  // at the smaller of both widths, if anything is taken away
        CHECK(wide.pack() == FrequencySketch(items == 0 ? 8 : 6, SKETCH_KIND_TEXT).pack());
    }
}

TEST_CASE("frequency: subtracting nothing changes nothing", "[frequency][subtract]") {
    for (uint64_t items : {0, 1, 100, 5000}) {
        FrequencySketch s(12);
        for (uint64_t i = 0; i < items; i++) s.add_item(i, 1 + i % 3);
        const Bytes before = s.pack();
        s.subtract(FrequencySketch(6));
        CHECK(s.pack() == before);
        s.subtract(FrequencySketch(6, SKETCH_KIND_NONE));
        CHECK(s.pack() == before);
    }
}

TEST_CASE("frequency: subtracting items that are not there is refused", "[frequency][subtract]") {
    for (uint32_t items : {5, 400}) {
        FrequencySketch a(6);
        for (uint32_t i = 0; i < items; i++) a.add_item(i, 10);
        Bytes before = a.pack();
        FrequencySketch absent(6), too_often(6), too_many(6);
        absent.add_item(100000, items == 5 ? 1 : 4000);
        too_often.add_item(1, 1);
        too_often.add_item(2, items * 10 - 1);
        too_many.add_item(1, items * 10 + 1);
        for (const FrequencySketch *b : {&absent, &too_often, &too_many}) {
            CHECK(a.try_subtract(b->data(), b->size()) == SKETCH_BELOW_ZERO);
            CHECK(a.pack() == before);
        }
        FrequencySketch dense(6);
        for (uint32_t i = 0; i < 60; i++) dense.add_item(1000 + i % 30, items == 5 ? 1 : 60);
        CHECK(a.try_subtract(dense.data(), dense.size()) == SKETCH_BELOW_ZERO);
        if (items != 5) CHECK(a.pack() == before);
    }
}

TEST_CASE("frequency: items of another kind are refused", "[frequency][limits]") {
    FrequencySketch number(6), text(6, SKETCH_KIND_TEXT);
    number.add_item(1);
    text.add_item(1);
    Bytes before = number.pack(), packed = text.pack();
    CHECK(number.try_merge(text.data(), text.size()) == SKETCH_WRONG_KIND);
    CHECK(number.try_merge(packed.data(), packed.size()) == SKETCH_WRONG_KIND);
    CHECK(number.try_subtract(packed.data(), packed.size()) == SKETCH_WRONG_KIND);
    sketch_growth growth;
    CHECK(sketch_frequency_add(number.data(), number.size(), SKETCH_KIND_TEXT, 1, 1, &growth) == SKETCH_WRONG_KIND);
    uint64_t out[3];
    CHECK(sketch_frequency_count(number.data(), number.size(), SKETCH_KIND_TEXT, 1, out, out + 1, out + 2) ==
          SKETCH_WRONG_KIND);
    CHECK(number.pack() == before);
}

TEST_CASE("frequency: a total never exceeds 2^63 - 1", "[frequency][limits]") {
    for (uint32_t items : {1, 100}) {
        FrequencySketch s(6);
        for (uint32_t i = 0; i < items; i++) s.add_item(i);
        s.add_item(0, kMax - items - 1);
        s.add_item(1);
        Bytes full = s.pack();
        CHECK(s.info().total == kMax);
        for (uint64_t item : {0, 1, 12345}) CHECK(s.try_add(sketch_hash_word(item)) == SKETCH_OVERFLOW);
        CHECK(s.try_add(1, kMax) == SKETCH_OVERFLOW);
        CHECK(s.try_merge(full.data(), full.size()) == SKETCH_OVERFLOW);
        CHECK(s.try_merge(s.data(), s.size()) == SKETCH_OVERFLOW);
        CHECK(s.pack() == full);
        CHECK(sketch_frequency_check(full.data(), full.size()) == SKETCH_OK);
        CHECK(FrequencySketch::of(full).pack() == full);
        CHECK(s.count(sketch_hash_word(0)).upper >= kMax - items);
    }
}

TEST_CASE("frequency: counters widen when they must, and are packed as if they never had", "[frequency][law]") {
    const uint64_t edges[] = {255, 65535, 0xffffffff};
    for (int form = 0; form < 2; form++) {  // exact, dense
        for (uint64_t edge : edges) {
            FrequencySketch s(6), stepped(6);
            if (form == 1)
                for (uint64_t other = 1; other < 40; other++) {
                    s.add_item(other << 40);
                    stepped.add_item(other << 40);
                }
            const Bytes before = s.pack();
            uint64_t hash = sketch_hash_word(1), held = s.count(hash).upper;
            s.add(hash, edge - held);
            // The fullest of the item's own counters may already be above the edge.
            if (form == 1) CHECK(s.count(hash).upper == edge);
            for (uint64_t part = edge - held; part > 0;) {
                uint64_t step = part / 2 + 1;
                stepped.add(hash, step);
                part -= step;
            }
            REQUIRE(stepped.pack() == s.pack());
            s.add(hash);
            stepped.add(hash);
            CHECK(s.count(hash).upper == edge + 1);
            REQUIRE(stepped.pack() == s.pack());
            // What a wider counter was needed for goes away again: the work form's width need not fall.
            FrequencySketch one(6);
            one.add(hash, edge + 1 - held);
            s.subtract(one);
            if (form == 1) CHECK(s.pack() == before);
            REQUIRE(FrequencySketch::of(s.pack()).pack() == s.pack());
            // By a merge in all combinations of widths.
            FrequencySketch merged = s;
            merged.merge(one);
            REQUIRE(merged.pack() == stepped.pack());
            one.merge(s);
            REQUIRE(one.pack() == stepped.pack());
        }
    }
}

TEST_CASE("frequency: the error and the width are inverse", "[frequency]") {
    for (int k = 6; k <= 20; k++) {
        double error = sketch_frequency_error(k);
        CHECK(error == Approx(2.718281828459045 / (1 << k)).epsilon(1e-15));
        CHECK(sketch_frequency_log2_width(error) == k);
        if (k < 20) CHECK(sketch_frequency_log2_width(error * 0.99) == k + 1);
        if (k > 6) CHECK(sketch_frequency_log2_width(error * 1.01) == k);
    }
    CHECK(sketch_frequency_log2_width(0.001) == 12);
    int log2_width = 77;
    for (double wrong : {0.0, -1.0, 1.0, 1e-7, sketch_frequency_error(20) * 0.99, sketch_frequency_error(6) * 1.01,
                         std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        CHECK(sketch_frequency_log2_width(wrong, &log2_width) == SKETCH_OUT_OF_RANGE);
    CHECK(log2_width == 77);
    double error = 77;
    for (int wrong : {SKETCH_FREQUENCY_MIN_LOG2_WIDTH - 1, SKETCH_FREQUENCY_MAX_LOG2_WIDTH + 1})
        CHECK(sketch_frequency_error(wrong, &error) == SKETCH_OUT_OF_RANGE);
    CHECK(error == 77);
}

TEST_CASE("frequency: hashes that crowd at one place of the table are counted exactly", "[frequency][law]") {
    for (uint64_t first : {uint64_t{0}, ~uint64_t{0} - 3000, uint64_t{0x123456789abcdef0}}) {
        FrequencySketch s(12), other(12), empty(12);
        for (uint64_t i = 0; i < 1000; i++) s.add(first + (i * 7919) % 1000, i + 1);
        CHECK(s.info().items == 1000);
        for (uint64_t i = 0; i < 1000; i++) REQUIRE(s.count(first + (i * 7919) % 1000).estimate == i + 1);
        for (uint64_t i = 0; i < 1000; i++) other.add(first + i);
        empty.merge(other.pack());
        CHECK(empty.pack() == other.pack());
        s.subtract(other);
        CHECK(s.info().items == 999);  // one had come once
        s.merge(other);
        for (uint64_t i = 0; i < 1000; i++) REQUIRE(s.count(first + (i * 7919) % 1000).estimate == i + 1);
    }
}

// Quadratic work on the most hashes that there can be would take a minute here.
TEST_CASE("frequency: hashes that crowd at one place of the largest table merge and subtract in time",
          "[frequency][law]") {
    static const uint64_t kHalf = kSanitized ? 20000 : 100000;
    auto packed = [](uint64_t first, uint64_t step, uint64_t weight) {
        FrequencySketch s(20);
        for (uint64_t i = 0; i < kHalf; i++) s.add(first + i * step, weight);
        return s.pack();
    };
    uint64_t first = GENERATE(uint64_t{0}, uint64_t{1} << 40, ~uint64_t{0} - 2 * kHalf);
    const auto low = packed(first, 1, 1), high = packed(first + kHalf, 1, 1);
    const auto even = packed(first, 2, 1), odd = packed(first + 1, 2, 1), wide = packed(first + 1, 2, 300);
    auto merged = [](const Bytes &a, const Bytes &b) {
        FrequencySketch s(20);
        s.merge(a);
        s.merge(b);
        return s;
    };
    FrequencySketch all = merged(high, low);
    CHECK(all.info().items == 2 * kHalf);
    CHECK(all.pack() == merged(low, high).pack());
    CHECK(all.pack() == merged(odd, even).pack());
    FrequencySketch wider = merged(even, wide);
    CHECK(wider.count(first + 7).estimate == 300);
    CHECK(wider.count(first + 6).estimate == 1);
    CHECK(wider.pack() == merged(wide, even).pack());
    FrequencySketch twice = merged(merged(even, odd).pack(), even);
    CHECK(twice.count(first + 6).estimate == 2);
    auto subtracted = [](FrequencySketch s, const Bytes &other) {
        s.subtract(FrequencySketch::of(other));
        return s.pack();
    };
    CHECK(subtracted(all, even) == odd);
    CHECK(subtracted(all, low) == high);
    CHECK(subtracted(twice, even) == all.pack());
}
