// Buckets of somebody else's exponential histogram: the law and the promises hold as for rows.
#include <algorithm>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "core/quantile/ladder.hpp"
#include "quantile_sketch.hpp"
#include "sketch_postgres.h"

namespace {

using Random = std::mt19937_64;
namespace ladder = sketch::ladder;
constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNaN = std::numeric_limits<double>::quiet_NaN();

struct Bucket {
    int scale;
    int32_t index;
    int negative;
    uint64_t count;
};

QuantileSketch of_scale(int scale, bool moving = false) {
    return QuantileSketch(sketch_quantile_options{scale, moving, nullptr, 0, 0});
}
sketch_status try_add(QuantileSketch &s, const Bucket &b) {
    return s.try_add_bucket(b.scale, b.index, b.negative, b.count);
}
void add(QuantileSketch &s, const Bucket &b) { REQUIRE(try_add(s, b) == SKETCH_OK); }
sketch_status set_extremes(QuantileSketch &s, double minimum, double maximum) {
    return sketch_quantile_set_extremes(s.data(), s.size(), minimum, maximum);
}
sketch_quantile_info info_of(const QuantileSketch &s) {
    sketch_quantile_info info;
    REQUIRE(sketch_quantile_describe(s.data(), s.size(), &info) == SKETCH_OK);
    return info;
}
// Packed, which must be what a reader accepts as the only encoding.
Bytes packed(const QuantileSketch &s) {
    const Bytes bytes = s.pack();
    QuantileSketch again = of_scale(SKETCH_QUANTILE_MAX_SCALE);
    again.merge(bytes);
    REQUIRE(again.pack() == bytes);
    return bytes;
}

int32_t index_of(double x, int scale) {
    const int shift = std::max(scale - ladder::kMaxScale, 0);
    return ladder::index_of_bits(std::bit_cast<uint64_t>(std::fabs(x)), scale - shift) * (1 << shift);
}
Bucket bucket_of(double x, int scale, uint64_t count = 1) { return {scale, index_of(x, scale), x < 0, count}; }
double any_double(Random &random) {
    const double x = std::bit_cast<double>(random() & ~(uint64_t{1} << 63));
    return std::isfinite(x) && x != 0 ? (random() % 2 ? -x : x) : 1;
}

std::vector<Bucket> random_buckets(Random &random, size_t most, int least_scale) {
    std::vector<Bucket> all(random() % most + 1);
    const int spread = static_cast<int>(random() % 4);
    for (Bucket &b : all) {
        const double near = std::exp(static_cast<double>(random() % 10000) / 1000);
        const double x = spread == 0 ? any_double(random) : spread == 1 ? -near : near;
        const int scales = SKETCH_QUANTILE_MAX_BUCKET_SCALE - least_scale + 1;
        b = bucket_of(x, least_scale + static_cast<int>(random() % static_cast<unsigned>(scales)),
                      random() % 3 == 0 ? random() >> (random() % 40 + 15) : 1);
    }
    return all;
}

}  // namespace

TEST_CASE("quantile: equal buckets in any order and any tree of merges are equal bytes", "[quantile]") {
    Random random(1);
    for (int round = 0; round < 300; round++) {
        const int requested = static_cast<int>(random() % 23) - 10;
        std::vector<Bucket> buckets = random_buckets(random, round % 10 == 0 ? 5000 : 100, round % 3 == 0 ? -10 : 3);
        QuantileSketch all = of_scale(requested);
        for (const Bucket &b : buckets) add(all, b);
        const Bytes expected = packed(all);
        std::shuffle(buckets.begin(), buckets.end(), random);
        std::vector<QuantileSketch> parts;
        for (size_t i = 0; i < 1 + random() % 5; i++) parts.push_back(of_scale(requested));
        for (const Bucket &b : buckets) add(parts[random() % parts.size()], b);
        while (parts.size() > 1) {
            const size_t from = random() % parts.size(), to = (from + 1) % parts.size();
            if (random() % 2) parts[to].merge(parts[from]);
            else parts[to].merge(parts[from].pack());
            parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(from));
        }
        REQUIRE(packed(parts[0]) == expected);
    }
}

TEST_CASE("quantile: buckets are counted as rows in them are", "[quantile]") {
    Random random(2);
    for (int round = 0; round < 200; round++) {
        const std::vector<Bucket> buckets = random_buckets(random, 3000, round % 2 ? -10 : 5);
        int scale = static_cast<int>(random() % 23) - 10;
        QuantileSketch from_buckets = of_scale(scale);
        for (const Bucket &b : buckets) {
            add(from_buckets, b);
            scale = std::min(scale, b.scale);
        }
        QuantileSketch from_rows = of_scale(scale);
        for (const Bucket &b : buckets) {
            const int shift = std::max(b.scale - ladder::kMaxScale, 0);
            const double x = std::bit_cast<double>(ladder::upper_bits(b.index >> shift, b.scale - shift));
            if (b.count > 0) from_rows.add(b.negative ? -x : x, b.count);
        }
        const sketch_quantile_info a = info_of(from_buckets), b = info_of(from_rows);
        REQUIRE(a.total == b.total);
        if (a.total == 0) continue;
        REQUIRE(a.scale == b.scale);
        REQUIRE(a.requested_scale == scale);
        std::vector<sketch_quantile_bucket> mine(a.negative_buckets + a.positive_buckets), theirs(mine.size());
        REQUIRE(b.negative_buckets + b.positive_buckets == mine.size());
        size_t count = 0;
        REQUIRE(sketch_quantile_histogram(from_buckets.data(), from_buckets.size(), mine.data(), mine.size(), &count) ==
                SKETCH_OK);
        REQUIRE(sketch_quantile_histogram(from_rows.data(), from_rows.size(), theirs.data(), theirs.size(), &count) ==
                SKETCH_OK);
        for (size_t i = 0; i < count; i++)
            REQUIRE((mine[i].index == theirs[i].index && mine[i].count == theirs[i].count));
    }
}

TEST_CASE("quantile: what buckets say of their rows is true", "[quantile]") {
    Random random(3);
    for (int round = 0; round < 400; round++) {
        std::vector<double> rows(random() % 300 + 1);
        const bool whole = random() % 3 == 0, both_signs = random() % 2;
        for (double &x : rows) {
            x = std::exp(static_cast<double>(random() % 20000) / 1000 - (whole ? 0 : 10));
            if (whole) x = std::floor(x);
            if (both_signs && random() % 2) x = -x;
            if (random() % 20 == 0) x = 0;
            if (round % 20 == 0) x = any_double(random);
        }
        const int theirs = static_cast<int>(random() % 31) - 10, ours = static_cast<int>(random() % 23) - 10;
        QuantileSketch s = of_scale(ours);
        for (double x : rows) x == 0 ? s.add(0) : add(s, bucket_of(x, theirs));
        std::sort(rows.begin(), rows.end());
        if (random() % 2) {
            const sketch_status status = set_extremes(s, rows.front(), rows.back());
            REQUIRE(status == SKETCH_OK);
            CHECK(info_of(s).extremes_known);
            CHECK(info_of(s).minimum == rows.front());
            CHECK(info_of(s).maximum == rows.back());
        }
        packed(s);
        const double accuracy = info_of(s).current_accuracy;
        CHECK(info_of(s).requested_scale == std::min(ours, theirs));
        CHECK(accuracy >= ladder::accuracy(std::min({ours, theirs, 12})));
        for (size_t k = 0; k < rows.size(); k++) {
            const double p = rows.size() == 1 ? 0 : static_cast<double>(k) / static_cast<double>(rows.size() - 1);
            const QuantileSketch::Bounds b = s.bounds(p);
            const double place = p * static_cast<double>(rows.size() - 1);
            const size_t low = static_cast<size_t>(place), high = std::min(low + 1, rows.size() - 1);
            const double part = place - static_cast<double>(low);
            const double exact = rows[low] + part * (rows[high] - rows[low]);
            INFO(theirs << " into " << ours << ", row " << k << " of " << rows.size());
            REQUIRE(b.lower <= exact);
            REQUIRE(exact <= b.upper);
            if (part == 0) REQUIRE(std::fabs(b.estimate - exact) <= accuracy * std::fabs(exact));
        }
    }
}

TEST_CASE("quantile: a sketch is made again of its buckets and extremes", "[quantile]") {
    Random random(4);
    for (int round = 0; round < 300; round++) {
        const int scale = static_cast<int>(random() % 23) - 10;
        QuantileSketch original = of_scale(scale), again = of_scale(scale);
        const size_t rows = random() % 200 + 1;
        for (size_t i = 0; i < rows; i++) {
            const double x = std::exp(static_cast<double>(random() % 20000) / 2000 - 5);
            original.add(random() % 10 == 0 ? 0 : random() % 4 == 0 ? -x : x);
        }
        const sketch_quantile_info info = info_of(original);
        std::vector<sketch_quantile_bucket> buckets(info.negative_buckets + info.positive_buckets + 4);
        size_t count = 0;
        REQUIRE(sketch_quantile_histogram(original.data(), original.size(), buckets.data(), buckets.size(), &count) ==
                SKETCH_OK);
        for (size_t i = 0; i < count; i++) {
            const sketch_quantile_bucket &b = buckets[i];
            if (b.lower == 0) again.add(0, b.count);
            else add(again, {info.scale, b.index, b.upper < 0, b.count});
        }
        if (info.total > info.zeros) CHECK(!info_of(again).extremes_known);
        REQUIRE(set_extremes(again, info.minimum, info.maximum) == SKETCH_OK);
        REQUIRE(packed(again) == packed(original));
    }
}

TEST_CASE("quantile: buckets that there are not are refused, and change nothing", "[quantile]") {
    for (int scale = -10; scale <= 20; scale++) {
        INFO(scale);
        const int64_t step = int64_t{1} << (scale > 0 ? scale : 0);
        const int64_t last = scale >= 0 ? 1024 * step - 1 : 1023 >> -scale;
        QuantileSketch s{1, 2.5};
        const Bytes before = s.pack();
        const int32_t first = index_of(5e-324, scale);
        for (int64_t index :
             {last + 1, int64_t{first} - std::max<int64_t>(step, 2), int64_t{INT32_MAX}, int64_t{INT32_MIN}})
            CHECK(try_add(s, {scale, static_cast<int32_t>(index), 0, 1}) == SKETCH_OUT_OF_RANGE);
        CHECK(s.pack() == before);
        add(s, {scale, static_cast<int32_t>(last), 1, 1});
        add(s, {scale, first, 0, 1});
        CHECK(info_of(s).total == 4);
        CHECK(info_of(s).finite_minimum == -std::numeric_limits<double>::max());
    }
    QuantileSketch s{1, 2.5};
    const Bytes before = s.pack();
    for (int scale : {-11, 21, INT32_MIN, INT32_MAX}) CHECK(try_add(s, {scale, 0, 0, 1}) == SKETCH_OUT_OF_RANGE);
    CHECK(try_add(s, {6, 0, 0, uint64_t{1} << 63}) == SKETCH_OVERFLOW);
    CHECK(try_add(s, {6, 0, 0, (uint64_t{1} << 63) - 2}) == SKETCH_OVERFLOW);
    CHECK(try_add(s, {0, INT32_MIN, 0, 0}) == SKETCH_OK);  // no row
    CHECK(try_add(s, {99, INT32_MIN, 0, 0}) == SKETCH_OUT_OF_RANGE);
    CHECK(try_add(s, {12, index_of(5e-324, 12) + 1, 0, 1}) == SKETCH_OUT_OF_RANGE);  // between two doubles
    CHECK(s.pack() == before);
    add(s, {6, 0, 0, (uint64_t{1} << 63) - 3});
    packed(s);
}

TEST_CASE("quantile: extremes that cannot be are refused, and change nothing", "[quantile]") {
    auto refused = [](QuantileSketch &s, double minimum, double maximum) {
        const Bytes before = packed(s);
        INFO(minimum << ", " << maximum);
        CHECK(set_extremes(s, minimum, maximum) == SKETCH_OUT_OF_RANGE);
        CHECK(s.pack() == before);
    };
    QuantileSketch s = of_scale(0);
    refused(s, 1, 2);
    s.add(kNaN);
    s.add(kInfinity);
    refused(s, 1, kInfinity);
    add(s, {0, 0, 0, 1});  // (1, 2]
    refused(s, 1.5, 2);    // of one row
    refused(s, 1, 1);
    refused(s, 2.5, 2.5);
    refused(s, -1.5, -1.5);
    refused(s, kNaN, 2);
    refused(s, 2, kNaN);
    refused(s, -kInfinity, 2);
    CHECK(set_extremes(s, 1.5, 1.5) == SKETCH_OK);
    packed(s);
    refused(s, 1.6, 1.6);
    CHECK(set_extremes(s, 1.5, 1.5) == SKETCH_OK);
    add(s, {0, 2, 1, 5});  // [-8, -4)
    CHECK(!info_of(s).extremes_known);
    refused(s, -8.5, 1.5);
    refused(s, -4, 1.5);
    refused(s, -5, 1.4);  // less than a row that came as such
    refused(s, 1.5, -5);
    CHECK(set_extremes(s, -8, 1.5) == SKETCH_OK);
    packed(s);

    QuantileSketch zeros = of_scale(0);
    zeros.add(-0.0, 3);
    add(zeros, {0, 0, 0, 2});
    refused(zeros, 1.5, 2);
    CHECK(set_extremes(zeros, -0.0, 2) == SKETCH_OK);
    CHECK(!std::signbit(info_of(zeros).minimum));
    packed(zeros);

    QuantileSketch moving = of_scale(6, true);
    moving.add(1);
    refused(moving, 1, 1);

    // After a subtraction a sketch may be coarser than its rows need, which only unknown extremes excuse.
    QuantileSketch wide = of_scale(6), most = of_scale(6);
    for (int i = -1000; i < 1000; i++) {
        wide.add(std::ldexp(1.1, i));
        wide.add(std::ldexp(1.7, i));
        if (i != 5) most.add(std::ldexp(1.1, i));
        most.add(std::ldexp(1.7, i));
    }
    Bytes rest(wide.pack().size() + 100);
    size_t size = 0;
    OpenedQuantile a(wide.data(), wide.size()), b(most.data(), most.size());
    REQUIRE(sketch_quantile_subtract(a.sketch, b.sketch, rest.data(), rest.size(), &size) == SKETCH_OK);
    rest.resize(size);
    QuantileSketch left = of_scale(6);
    left.merge(rest);
    const sketch_quantile_info info = info_of(left);
    REQUIRE(info.total == 1);
    REQUIRE(info.scale < 6);
    refused(left, info.finite_minimum, info.finite_minimum);
}

TEST_CASE("quantile: extremes tell of few rows whether they are whole numbers", "[quantile]") {
    QuantileSketch s = of_scale(3);
    for (double x : {3.0, 9.0}) add(s, bucket_of(x, 3));
    CHECK(!info_of(s).whole);
    CHECK(set_extremes(s, 3, 9) == SKETCH_OK);
    CHECK(info_of(s).whole);
    CHECK(packed(s) == [] {
        QuantileSketch direct = of_scale(3);
        direct.add(3);
        direct.add(9);
        return direct.pack();
    }());
    add(s, bucket_of(5, 3));
    CHECK(set_extremes(s, 3, 9) == SKETCH_OK);
    CHECK(!info_of(s).whole);  // who knows
    packed(s);
    QuantileSketch large = of_scale(3);
    add(large, bucket_of(0x1p60, 3, 10));
    CHECK(info_of(large).whole);
    CHECK(set_extremes(large, 0x1p60, 0x1p60) == SKETCH_OK);
    packed(large);
}

TEST_CASE("quantile: whatever comes as buckets and extremes, the state is sound", "[quantile]") {
    Random random(5);
    for (int round = 0; round < 300; round++) {
        QuantileSketch s = of_scale(static_cast<int>(random() % 23) - 10);
        for (int step = 0; step < 40; step++) {
            const Bytes before = s.pack();
            const double x = any_double(random);
            sketch_status status = SKETCH_OK;
            switch (random() % 4) {
                case 0:
                    status = try_add(
                        s, {static_cast<int>(random() % 40) - 15, static_cast<int32_t>(random()) >> random() % 32,
                            static_cast<int>(random() % 2), random() >> random() % 64});
                    break;
                case 1: status = try_add(s, bucket_of(x, static_cast<int>(random() % 31) - 10)); break;
                case 2: s.add(x); break;
                case 3: {
                    const sketch_quantile_info info = info_of(s);
                    const double nudge = random() % 4 ? 0 : kInfinity;
                    status = set_extremes(s, std::nextafter(info.finite_minimum, nudge),
                                          std::nextafter(info.finite_maximum, -nudge));
                }
            }
            packed(s);
            if (status != SKETCH_OK) REQUIRE(s.pack() == before);
        }
    }
}
