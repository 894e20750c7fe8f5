// The law: a sketch is a function of the multiset of rows and the parameters, byte for byte.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>

#include "catch.hpp"
#include "quantile_sketch.hpp"

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Random = std::mt19937_64;

// Rows of many shapes: signs, zeros, infinities, NaN, subnormals, narrow and absurdly wide ranges.
std::vector<double> random_rows(Random &random, size_t count) {
    std::lognormal_distribution<double> lognormal(0, std::uniform_real_distribution<double>(0.1, 6)(random));
    std::uniform_int_distribution<int> shape_of(0, 5), small(-20, 100), dice(0, 99), exponent(-1070, 1020);
    std::uniform_real_distribution<double> mantissa(1, 2);
    int shape = shape_of(random);
    std::vector<double> rows(count);
    for (double &x : rows) {
        switch (shape) {
            case 0: x = lognormal(random); break;
            case 1: x = lognormal(random) - lognormal(random); break;
            case 2: x = small(random); break;
            case 3: x = std::ldexp(mantissa(random), exponent(random)) * (dice(random) < 50 ? -1 : 1); break;
            case 4: x = -std::ldexp(mantissa(random), -1060 + dice(random)); break;
            default: x = 1e9 + lognormal(random); break;
        }
        int special = dice(random);
        if (shape < 3 && special == 0) x = kInf;
        if (shape < 3 && special == 1) x = -kInf;
        if (shape == 1 && special == 2) x = kNaN;
        if (special == 3) x = dice(random) < 50 ? 0.0 : -0.0;
    }
    return rows;
}

// Splits the rows among sketches, each packed or not, and merges them as a random tree.
QuantileSketch merged_by_random_tree(Random &random, const std::vector<double> &rows,
                                     const std::vector<double> &accuracies) {
    size_t parts = 1 + random() % 20;
    std::vector<QuantileSketch> forest;
    for (size_t i = 0; i < parts; i++) forest.emplace_back(accuracies[i % accuracies.size()]);
    for (double x : rows) forest[random() % parts].add(x);
    while (forest.size() > 1) {
        size_t a = random() % forest.size(), b = random() % (forest.size() - 1);
        b += b >= a;
        if (random() % 2) forest[a].merge(forest[b].pack());
        else forest[a].merge(forest[b]);
        if (random() % 4 == 0) forest[a] = QuantileSketch::of(forest[a].pack());
        forest.erase(forest.begin() + static_cast<long>(b));
    }
    return forest[0];
}

}  // namespace

TEST_CASE("quantile: any order and any tree of merges gives the same bytes", "[quantile][law]") {
    Random random(1);
    for (int round = 0; round < 600; round++) {
        std::vector<double> rows = random_rows(random, 1 + random() % (round % 10 == 0 ? 20000 : 400));
        double accuracy = std::vector<double>{0.01, 0.01, 0.0002, 0.1, 0.5}[random() % 5];
        Bytes in_order = sketch_of(rows, accuracy).pack();
        std::shuffle(rows.begin(), rows.end(), random);
        INFO("round " << round);
        REQUIRE(sketch_of(rows, accuracy).pack() == in_order);
        REQUIRE(merged_by_random_tree(random, rows, {accuracy}).pack() == in_order);
    }
}

TEST_CASE("quantile: sketches of different accuracies merge to the coarser, in any tree", "[quantile][law]") {
    Random random(2);
    for (int round = 0; round < 200; round++) {
        std::vector<double> rows = random_rows(random, 20 + random() % 3000);
        Bytes expected = sketch_of(rows, 0.04).pack();
        REQUIRE(merged_by_random_tree(random, rows, {0.04, 0.001, 0.01}).pack() == expected);
    }
}

// Rows that need a collapse, so that sketches meet that were made coarser and ones that were asked for so. Each step
// reads what the last one packed: a decoder that took a sketch for needlessly coarse would refuse it.
TEST_CASE("quantile: collapsed sketches of different accuracies merge to one value, in any tree", "[quantile][law]") {
    Random random(22);
    const std::vector<double> accuracies = {0.0002, 0.001, 0.01, 0.04, 0.2, 0.601, 0.99997};
    for (int round = 0; round < 60; round++) {
        std::uniform_real_distribution<double> exponent(-20 << round % 6, 20 << round % 6);
        std::vector<double> rows(500 + random() % 9000);
        for (double &x : rows) x = std::exp2(exponent(random)) * (round % 4 == 0 && random() % 2 ? -1 : 1);
        std::vector<double> some;
        for (size_t i = 1 + random() % 4; i > 0; i--) some.push_back(accuracies[random() % accuracies.size()]);
        INFO("round " << round);
        QuantileSketch direct(*std::max_element(some.begin(), some.end()));
        for (double x : rows) direct.add(x);
        for (double accuracy : some) direct.merge(QuantileSketch(accuracy));
        some.resize(20, some.front());  // each of them is in the forest, whatever its size
        QuantileSketch merged = merged_by_random_tree(random, rows, some);
        for (double accuracy : some) merged.merge(QuantileSketch(accuracy).pack());
        REQUIRE(merged.pack() == direct.pack());
        QuantileSketch coarsened = sketch_of(rows, 0.0002);
        coarsened.coarsen(direct.info().requested_scale);
        REQUIRE(coarsened.pack() == direct.pack());
    }
}

TEST_CASE("quantile: a collapse happens at the first row that needs it and not before", "[quantile][law]") {
    for (double accuracy : {0.3, 0.01, 0.005, 0.001, 0.0002}) {
        QuantileSketch s(accuracy);
        const int scale = s.info().scale, most = static_cast<int>(SKETCH_QUANTILE_MAX_BUCKETS(scale));
        CHECK(most == 2048 * (scale > 6 ? 1 << (scale - 6) : 1));  // 32 octaves, or 2048 buckets
        const double step = std::exp2(-scale), first = -0.5 * most * step;
        auto value = [&](int i) { return std::exp2(first + (i + 0.5) * step); };
        if (value(most) > 1e300) continue;  // there are not as many
        for (int i = 0; i < most; i++) s.add(value(i));
        CHECK(static_cast<int>(s.info().positive_buckets) == most);
        CHECK(s.info().scale == scale);
        s.add(value(5));
        CHECK(s.info().scale == scale);
        s.add(value(most));
        CHECK(s.info().scale == scale - 1);
        CHECK(static_cast<int>(s.info().positive_buckets) == most / 2 + 1);
        CHECK(s.info().requested_scale == scale);
    }
}

namespace {

// Doubles of all magnitudes: few of them share a bucket.
std::vector<double> rows_of_all_magnitudes(Random &random, size_t count, double octaves) {
    std::uniform_real_distribution<double> exponent(-octaves / 2, octaves / 2);
    std::vector<double> rows(count);
    for (double &x : rows) x = std::exp2(exponent(random)) * (random() % 3 ? 1 : -1);
    return rows;
}

}  // namespace

TEST_CASE("quantile: fine sketches of many buckets are one value, in any order and by any tree of merges",
          "[quantile][law]") {
    Random random(81);
    for (double octaves : {20.0, 60.0, 2000.0})
        for (size_t count : {400, 600, 5000, 30000}) {
            const std::vector<double> accuracies = {0.0002, 0.001, 0.0025, 0.005, 0.01};
            std::vector<double> rows = rows_of_all_magnitudes(random, count, octaves);
            for (size_t finest = 0; finest < accuracies.size(); finest++) {
                const std::vector<double> some(accuracies.begin() + static_cast<long>(finest), accuracies.end());
                QuantileSketch direct(accuracies.back()), fine(accuracies[finest]), down(accuracies[finest]);
                for (double x : rows) direct.add(x), fine.add(x);
                std::vector<double> sorted = rows;
                std::sort(sorted.begin(), sorted.end(), std::greater<>());
                for (double x : sorted) down.add(x);
                REQUIRE(down.pack() == fine.pack());
                REQUIRE(QuantileSketch::of(fine.pack()).pack() == fine.pack());
                QuantileSketch halves(accuracies[finest]), half(accuracies[finest]);
                for (size_t i = 0; i < rows.size(); i++) (i % 2 ? halves : half).add(rows[i]);
                halves.merge(half);
                REQUIRE(halves.pack() == fine.pack());
                // A coarser sketch without rows takes buckets away, too; and so does asking for less.
                QuantileSketch coarsened = fine;
                coarsened.coarsen(direct.info().requested_scale);
                REQUIRE(coarsened.pack() == direct.pack());
                fine.merge(QuantileSketch(accuracies.back()).pack());
                REQUIRE(fine.pack() == direct.pack());
                QuantileSketch merged = merged_by_random_tree(random, rows, some);
                for (double accuracy : some) merged.merge(QuantileSketch(accuracy).pack());
                REQUIRE(merged.pack() == direct.pack());
            }
        }
}

TEST_CASE("quantile: each scale has its accuracy, and each accuracy its scale", "[quantile][law]") {
    for (int scale = SKETCH_QUANTILE_MIN_SCALE; scale <= SKETCH_QUANTILE_MAX_SCALE; scale++) {
        INFO("scale " + std::to_string(scale));
        CHECK(sketch_quantile_scale(sketch_quantile_accuracy(scale)) == scale);
        for (int from = scale; from <= SKETCH_QUANTILE_MAX_SCALE; from++) {
            QuantileSketch s({from, 0, nullptr, 0, 0}), direct({scale, 0, nullptr, 0, 0});
            for (double x : {1.0, -3.0, 1e300, 0.0}) s.add(x), direct.add(x);
            s.coarsen(scale);
            CHECK(s.pack() == direct.pack());
            CHECK(sketch_quantile_check(s.pack().data(), s.pack().size()) == SKETCH_OK);
        }
    }
    int scale = 77;
    for (double wrong : {0.000156, 1.001, 0.0, -0.01, HUGE_VAL, std::numeric_limits<double>::quiet_NaN()})
        CHECK(sketch_quantile_scale(wrong, &scale) == SKETCH_OUT_OF_RANGE);
    CHECK(scale == 77);
    double accuracy = 77;
    for (int wrong : {SKETCH_QUANTILE_MIN_SCALE - 1, SKETCH_QUANTILE_MAX_SCALE + 1})
        CHECK(sketch_quantile_accuracy(wrong, &accuracy) == SKETCH_OUT_OF_RANGE);
    CHECK(accuracy == 77);
    QuantileSketch s{1, 2, -3}, least({SKETCH_QUANTILE_MIN_SCALE, 0, nullptr, 0, 0});
    for (double x : {1.0, 2.0, -3.0}) least.add(x);
    sketch_growth growth{};
    CHECK(sketch_quantile_limit(s.data(), s.size(), SKETCH_QUANTILE_MIN_SCALE - 1, &growth) == SKETCH_OUT_OF_RANGE);
    s.coarsen(SKETCH_QUANTILE_MIN_SCALE);
    CHECK(s.pack() == least.pack());
}

TEST_CASE("quantile: every double at once fits, at the coarsest scale", "[quantile][law]") {
    QuantileSketch s;
    for (int e = -1074; e < 1024; e++)
        for (int sign : {-1, 1}) s.add(sign * std::ldexp(1.0, e));
    CHECK(s.info().total == 2 * 2098);
    CHECK(s.info().scale == -2);
    CHECK(s.info().minimum == -std::ldexp(1.0, 1023));
    CHECK(s.info().maximum == std::ldexp(1.0, 1023));
    CHECK(QuantileSketch::of(s.pack()).pack() == s.pack());
}

TEST_CASE("quantile: weights are repeated rows", "[quantile][law]") {
    Random random(3);
    for (int round = 0; round < 100; round++) {
        std::vector<double> rows = random_rows(random, 100);
        QuantileSketch weighted, repeated;
        for (double x : rows) {
            uint64_t weight = 1 + random() % 5;
            weighted.add(x, weight);
            for (uint64_t i = 0; i < weight; i++) repeated.add(x);
        }
        REQUIRE(weighted.pack() == repeated.pack());
    }
}

TEST_CASE("quantile: the row that came last counts, whatever is done next", "[quantile][law]") {
    std::vector<std::vector<double>> streams = {lognormal_rows(2500, 3, 11, true), lognormal_rows(400, 1, 12)};
    streams.back().insert(streams.back().end(), 70000, 1.0);  // through counters of one byte and of two
    std::vector<double> wide;
    for (int i = 0; i < 2049; i++) wide.push_back(std::exp2(i / 33.0));  // the last one makes a bucket too many
    streams.push_back(wide);
    for (const std::vector<double> &rows : streams) {
        QuantileSketch s, merged;  // one gets rows, the other sketches of a row
        for (size_t i = 0; i < rows.size(); i++) {
            s.add(rows[i]);
            merged.merge(QuantileSketch{rows[i]});
            if (rows.size() > 5000 && i % 255 > 2 && i > 1000) continue;
            INFO("row " << i << " of " << rows.size());
            const Bytes packed = s.pack();
            REQUIRE(packed == merged.pack());
            QuantileSketch copy = s, weighted = s, coarse = s;
            copy.merge(s);
            weighted.merge(packed);
            REQUIRE(copy.pack() == weighted.pack());
            coarse.coarsen(0);
            QuantileSketch coarse_of_packed(0.5);
            coarse_of_packed.coarsen(0);
            coarse_of_packed.merge(packed);
            REQUIRE(coarse.pack() == coarse_of_packed.pack());
            weighted = s;
            weighted.add(rows[i], 3);
            for (int times = 0; times < 3; times++) copy = times == 0 ? s : copy, copy.add(rows[i]);
            REQUIRE(copy.pack() == weighted.pack());
        }
    }
}

TEST_CASE("quantile: -0 is 0 and every NaN is one NaN", "[quantile][law]") {
    CHECK(QuantileSketch{-0.0, 1}.pack() == QuantileSketch{0.0, 1}.pack());
    CHECK(QuantileSketch{kNaN}.pack() == QuantileSketch{-kNaN}.pack());
    CHECK(QuantileSketch{kNaN}.pack() == QuantileSketch{std::nan("7")}.pack());
}

TEST_CASE("quantile: packing and reading again changes nothing", "[quantile][packed]") {
    Random random(4);
    for (int round = 0; round < 500; round++) {
        Bytes packed = sketch_of(random_rows(random, 1 + random() % 200), round % 2 ? 0.01 : 0.002).pack();
        REQUIRE(sketch_quantile_check(packed.data(), packed.size()) == SKETCH_OK);
        REQUIRE(QuantileSketch::of(packed).pack() == packed);
    }
}

TEST_CASE("quantile: subtract undoes merge on the buckets where neither side collapsed", "[quantile][subtract]") {
    Random random(5);
    for (int round = 0; round < 300; round++) {
        QuantileSketch a = sketch_of(random_rows(random, 1 + random() % 300), 0.01);
        QuantileSketch b = sketch_of(random_rows(random, 1 + random() % 300), 0.01);
        if (a.info().scale != 6 || b.info().scale != 6) continue;
        QuantileSketch both = a;
        both.merge(b);
        if (both.info().scale != 6) continue;
        Bytes packed = both.pack(), difference(kAnyPacked);
        size_t size = 0;
        REQUIRE(sketch_quantile_subtract(packed.data(), packed.size(), b.data(), b.size(), difference.data(),
                                         difference.size(), &size) == SKETCH_OK);
        difference.resize(size);
        auto left = QuantileSketch::of(difference).histogram(), right = a.histogram();
        REQUIRE(left.size() == right.size());
        for (size_t i = 0; i < left.size(); i++) {
            REQUIRE(left[i].count == right[i].count);
            REQUIRE(left[i].index == right[i].index);
        }
        CHECK_FALSE(QuantileSketch::of(difference).info().extremes_known);
    }
}

TEST_CASE("quantile: subtracting everything leaves the canonical empty sketch", "[quantile][subtract]") {
    QuantileSketch a{1, 2, -3, 0, kInf, kNaN};
    Bytes out(kAnyPacked);
    size_t size = 0;
    REQUIRE(sketch_quantile_subtract(a.data(), a.size(), a.data(), a.size(), out.data(), out.size(), &size) ==
            SKETCH_OK);
    out.resize(size);
    CHECK(out == QuantileSketch().pack());
}

TEST_CASE("quantile: a difference has no more buckets than its accuracy allows", "[quantile][subtract]") {
    Random random(82);
    for (double octaves : {60.0, 2000.0})
        for (double coarser : {0.0025, 0.01, 0.3}) {
            const std::vector<double> rows = rows_of_all_magnitudes(random, 6000, octaves);
            const Bytes a = sketch_of(rows, 0.0002).pack();
            const Bytes b = sketch_of({rows.begin(), rows.begin() + 3}, coarser).pack();
            Bytes out(kAnyPacked);
            size_t size = 0;
            REQUIRE(sketch_quantile_subtract(a.data(), a.size(), b.data(), b.size(), out.data(), out.size(), &size) ==
                    SKETCH_OK);
            out.resize(size);
            REQUIRE(sketch_quantile_check(out.data(), out.size()) == SKETCH_OK);
            CHECK(QuantileSketch::of(out).info().total == rows.size() - 3);
        }
}

TEST_CASE("quantile: subtracting nothing changes nothing", "[quantile][subtract]") {
    for (int rows : {0, 1, 70, 5000}) {
        const Bytes a = sketch_of(lognormal_rows(static_cast<size_t>(rows), 2, 3), 0.001).pack();
        const Bytes nothing = QuantileSketch(0.3).pack();
        Bytes out(kAnyPacked);
        size_t size = 0;
        REQUIRE(sketch_quantile_subtract(a.data(), a.size(), nothing.data(), nothing.size(), out.data(), out.size(),
                                         &size) == SKETCH_OK);
        out.resize(size);
        CHECK(out == a);
    }
}

TEST_CASE("quantile: subtracting rows that are not there is refused", "[quantile][subtract]") {
    QuantileSketch a{1, 2, 2, 0, kInf};
    Bytes out(kAnyPacked);
    size_t size = 12345;
    for (const QuantileSketch &b : {QuantileSketch{3}, QuantileSketch{1, 1}, QuantileSketch{-1}, QuantileSketch{0, 0},
                                    QuantileSketch{-kInf}, QuantileSketch{kNaN}, QuantileSketch{1e-300}}) {
        CHECK(sketch_quantile_subtract(a.data(), a.size(), b.data(), b.size(), out.data(), out.size(), &size) ==
              SKETCH_BELOW_ZERO);
        CHECK(size == 12345);
    }
}

TEST_CASE("quantile: a row that is not there takes another one of its bucket", "[quantile][subtract]") {
    QuantileSketch a{10.02, 20.5}, b{10.01};
    REQUIRE(a.histogram()[0].upper > 10.01);
    Bytes out(kAnyPacked);
    size_t size = 0;
    REQUIRE(sketch_quantile_subtract(a.data(), a.size(), b.data(), b.size(), out.data(), out.size(), &size) ==
            SKETCH_OK);
    out.resize(size);
    REQUIRE(QuantileSketch::of(out).histogram().size() == 1);
    CHECK(QuantileSketch::of(out).histogram()[0].upper >= 20);
    CHECK(sketch_quantile_subtract(out.data(), size, b.data(), b.size(), out.data(), out.size(), &size) ==
          SKETCH_BELOW_ZERO);
}

TEST_CASE("quantile: a total never exceeds 2^63 - 1", "[quantile][limits]") {
    constexpr uint64_t kMax = 0x7fffffffffffffff;
    QuantileSketch s;
    s.add(1, kMax - 1);
    s.add(2);
    Bytes full = s.pack();
    for (double x : {1.0, 3.0, 0.0, kInf, -7.0}) CHECK(s.try_add(x) == SKETCH_OVERFLOW);
    CHECK(s.try_merge(full.data(), full.size()) == SKETCH_OVERFLOW);
    CHECK(s.pack() == full);
    CHECK(s.info().total == kMax);
    CHECK(QuantileSketch::of(full).pack() == full);
    CHECK(s.percentile(0.5) == Approx(1).epsilon(0.01));
    CHECK(s.percentile(1) == 2);

    QuantileSketch wide;  // from 4-byte counters to 8-byte ones
    for (int i = 0; i < 3000; i++) wide.add(1 + i * 0.001);
    for (int i = 0; i < 5; i++) wide.add(1.5, 0xfffffff0u);
    wide.add(0, 0xffffffffu);
    wide.add(2);
    CHECK(wide.info().total == 3001 + 5 * uint64_t{0xfffffff0u} + 0xffffffffu);
    CHECK(QuantileSketch::of(wide.pack()).pack() == wide.pack());
}

TEST_CASE("quantile: a moving state equals one built from the rows in its frame", "[quantile][moving]") {
    Random random(6);
    for (int round = 0; round < 60; round++) {
        std::vector<double> rows = random_rows(random, 3000);
        size_t frame = 1 + random() % 500;
        QuantileSketch moving(0.01, true);
        for (size_t i = 0; i < rows.size(); i++) {
            moving.add(rows[i]);
            if (i >= frame) moving.remove(rows[i - frame]);
            if (i % 509 != 508) continue;
            size_t first = i >= frame ? i - frame + 1 : 0;
            QuantileSketch fresh =
                sketch_of({rows.begin() + static_cast<long>(first), rows.begin() + static_cast<long>(i) + 1});
            auto left = moving.histogram(), right = fresh.histogram();
            REQUIRE(left.size() == right.size());
            for (size_t b = 0; b < left.size(); b++) {
                REQUIRE(left[b].count == right[b].count);
                REQUIRE(left[b].index == right[b].index);
            }
        }
    }
}

// Rows come and go over the whole range of doubles and over parts of it, so that a read needs a collapse and then none;
// frames grow from nothing and run empty. Each answer is that of a reader who looks at everything.
TEST_CASE("quantile: whether all rows are whole numbers is a function of the rows", "[quantile][law][whole]") {
    Random random(10);
    for (int round = 0; round < 200; round++) {
        const bool is_whole = round % 2 == 0;
        std::vector<double> rows(1 + random() % 300);
        for (double &x : rows) x = static_cast<double>(random() % 500) - 100;
        for (double special : {kInf, -kInf, kNaN, 0x1p60, -0.0}) rows.push_back(special);
        if (!is_whole) rows[random() % rows.size()] = 0.5 - static_cast<double>(random() % 9);
        const QuantileSketch merged = merged_by_random_tree(random, rows, {0.01, 0.1});
        REQUIRE(merged.info().whole == is_whole);
        REQUIRE(QuantileSketch::of(merged.pack()).info().whole == is_whole);
        QuantileSketch weighted(0.1);
        for (double x : rows) weighted.add(x, 2);
        REQUIRE(weighted.info().whole == is_whole);
        // subtract keeps what a's rows were
        Bytes out(kAnyPacked);
        size_t size = 0;
        QuantileSketch::must(sketch_quantile_subtract(weighted.data(), weighted.size(), merged.data(), merged.size(),
                                                      out.data(), out.size(), &size));
        out.resize(size);
        REQUIRE(QuantileSketch::of(out).info().whole == is_whole);
    }
    CHECK(QuantileSketch().info().whole);
    CHECK(QuantileSketch{kInf, kNaN, 0}.info().whole);
    for (double x : {0.5, 1.0000000000000002, 4503599627370495.5, 5e-324, -7.25}) {
        CHECK_FALSE(QuantileSketch{x}.info().whole);
        CHECK_FALSE(QuantileSketch{1, x, 3}.info().whole);
    }
    for (double x : {1.0, 3.0, 4503599627370497.0, 1.7976931348623157e308, -2.0}) CHECK(QuantileSketch{x}.info().whole);
}

TEST_CASE("quantile: a frame of whole numbers answers in whole numbers again when the others have left",
          "[quantile][moving][whole]") {
    QuantileSketch moving(0.01, true, {0.5});
    std::vector<double> rows;
    for (int i = 0; i < 2000; i++) {
        rows.push_back(i % 100 == 7 ? 60.25 : 60);
        moving.add(rows.back());
        if (i >= 31) moving.remove(rows[rows.size() - 32]);
        const bool is_whole = (i < 7 || i % 100 < 7 || i % 100 > 37);
        REQUIRE(moving.info().whole == is_whole);
        REQUIRE(moving.carried(true) == moving.carried());
        REQUIRE((moving.carried(true)[0] == 60) == is_whole);
    }
}

TEST_CASE("quantile: a moving state finds its percentiles as a reader of all of it does", "[quantile][moving]") {
    Random random(7);
    const std::vector<double> fractions = {0, 0.001, 0.1, 0.25, 0.5, 0.6, 0.9, 0.999, 1};
    std::uniform_int_distribution<int> dice(0, 99);
    int collapsed = 0, empty = 0;
    for (int round = 0; round < 12; round++) {
        const double accuracy = std::vector<double>{0.01, 0.01, 0.1, 0.002, 0.5, 0.99}[static_cast<size_t>(round) % 6];
        const size_t frame = round % 4 == 0 ? 1 + random() % 300 : 3000 + random() % 5000;
        std::uniform_real_distribution<double> whole_range(-1070, 1023), narrow(-2, 3);
        QuantileSketch moving(accuracy, true, fractions, true);
        std::vector<double> rows;
        size_t gone = 0;
        auto compare = [&](size_t from, size_t to) {
            QuantileSketch fresh(accuracy);
            for (size_t i = from; i < to; i++) fresh.add(rows[i]);
            INFO("round " << round << ", frame from " << from << " to " << to);
            REQUIRE(moving.info().total == to - from);
            REQUIRE(moving.info().scale == fresh.info().scale);
            auto left = moving.histogram(), right = fresh.histogram();
            REQUIRE(left.size() == right.size());
            for (size_t b = 0; b < left.size(); b++)
                REQUIRE((left[b].count == right[b].count && left[b].index == right[b].index));
            const std::vector<double> found = moving.carried(true), read = moving.carried();
            REQUIRE(found.size() == read.size());
            for (size_t i = 0; i < found.size(); i++)
                REQUIRE(((std::isnan(found[i]) && std::isnan(read[i])) || found[i] == read[i]));
            collapsed += fresh.info().scale < fresh.info().requested_scale;
            empty += from == to;
        };
        for (size_t i = 0; i < 9000; i++) {
            const bool is_wide = i / 2000 % 2 == 1;
            double x = std::exp2((is_wide ? whole_range : narrow)(random)) * (dice(random) < 50 ? -1 : 1);
            if (dice(random) == 0) x = std::vector<double>{0, kInf, -kInf, kNaN}[random() % (round % 3 ? 3 : 4)];
            rows.push_back(x);
            moving.add(x);
            if (rows.size() - gone > frame) moving.remove(rows[gone++]);
            if (i % 1499 == 0) compare(gone, rows.size());
        }
        while (gone < rows.size()) {
            moving.remove(rows[gone++]);
            if ((rows.size() - gone) % 1499 == 0) compare(gone, rows.size());
        }
        moving.add(42, 3);  // and on with a frame that had run empty
        for (int i = 0; i < 3; i++) rows.push_back(42);
        compare(gone, rows.size());
    }
    CHECK(collapsed > 10);
    CHECK(empty == 12);
}

TEST_CASE("quantile: sketches merged into a moving state are rows of its frame", "[quantile][moving]") {
    Random random(8);
    for (double accuracy : {0.01, 0.1}) {
        QuantileSketch moving(0.01, true, {0.5, 0.9}, true), fresh(0.01);
        for (int i = 0; i < 40; i++) {
            QuantileSketch part = sketch_of(random_rows(random, 1 + random() % 200), i < 20 ? 0.01 : accuracy);
            moving.merge(part);
            fresh.merge(part);
            double x = std::exp(i);
            moving.add(x);
            fresh.add(x);
            if (i > 10) moving.remove(std::exp(i - 10));
            REQUIRE(moving.info().total == fresh.info().total - static_cast<uint64_t>(std::max(0, i - 10)));
            const std::vector<double> found = moving.carried(true), read = moving.carried();
            for (size_t p = 0; p < 2; p++)
                REQUIRE(((std::isnan(found[p]) && std::isnan(read[p])) || found[p] == read[p]));
            REQUIRE(moving.info().requested_scale == fresh.info().requested_scale);
        }
    }
}

TEST_CASE("quantile: a moving state takes the memory that sketch.h tells, whatever comes", "[quantile][moving]") {
    QuantileSketch moving(0.01, true);
    std::uniform_real_distribution<double> whole_range(-1074, 1023.9);
    Random random(9);
    int moves = 0;
    for (int i = 0; i < 100000; i++) {
        const double x = std::exp2(whole_range(random)) * (i % 2 ? -1 : 1);
        const void *before = moving.data();
        moving.add(x);
        moves += moving.data() != before;
        if (i % 1000 != 0) moving.remove(x);
    }
    CHECK(moves <= 20);  // few rows at a time, far apart: it does not move for each of them
    CHECK(moving.size() <= 1 << 20);
    moving.add(1, 65000);
    CHECK(moving.size() <= 2 << 20);
    moving.add(1, uint64_t{1} << 31);
    CHECK(moving.size() <= 4 << 20);
    moving.add(1, uint64_t{1} << 60);
    CHECK(moving.size() <= 8 << 20);
    QuantileSketch narrow(0.01, true);
    for (int i = 0; i < 60000; i++) narrow.add(1 + i / 3000.0);
    CHECK(narrow.size() <= 1 << 14);
}

TEST_CASE("quantile: a moving state with more buckets than a sketch may have is read at a coarser scale",
          "[quantile][moving]") {
    QuantileSketch moving(0.01, true), fresh;
    for (int i = -30000; i < 30000; i++) {
        double x = std::exp2((i % 30000) / 64.0 + 0.001) * (i < 0 ? -1 : 1);
        moving.add(x);
        fresh.add(x);
    }
    CHECK(moving.info().scale == fresh.info().scale);
    CHECK(moving.histogram().size() == fresh.histogram().size());
    for (int i = -30000; i < 29999; i++) moving.remove(std::exp2((i % 30000) / 64.0 + 0.001) * (i < 0 ? -1 : 1));
    CHECK(moving.info().total == 1);
    CHECK(moving.info().scale == 6);
    CHECK(sketch_quantile_remove(moving.data(), moving.size(), 3.0) == SKETCH_BELOW_ZERO);
}
