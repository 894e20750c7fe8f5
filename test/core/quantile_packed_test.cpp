// Bytes from anywhere: a packed value is refused or it is canonical and every function can work with it, and no work
// form, however damaged, makes a reader leave its buffer. What is checked about each stands in
// fuzz/quantile_decoder.cpp.
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "catch.hpp"
#include "mutations.hpp"
#include "quantile_sketch.hpp"
#include "untrusted.hpp"

std::string quantile_complaint(const uint8_t *data, size_t size, size_t shift);

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr uint64_t kMax = 0x7fffffffffffffff;

using mutations::Random;
using mutations::telling_byte;

// One of everything that a sketch can be: modes of the work form, kinds of rows, counts, collapses, fractions.
std::vector<QuantileSketch> samples() {
    std::vector<QuantileSketch> all;
    auto keep = [&](QuantileSketch s) { all.push_back(std::move(s)); };
    for (double accuracy : {0.01, 0.0002, 0.5, 1.0}) keep(QuantileSketch(accuracy));
    for (int scale : {-1, -4, SKETCH_QUANTILE_MIN_SCALE})
        keep(sketch_of(lognormal_rows(70, 30, 14, true), sketch_quantile_accuracy(scale)));
    for (double x : {1.0, -1.0, 0.0, 3.14159, kInf, -kInf, kNaN, 5e-324, -5e-324, 1.7976931348623157e308, -2.5e-310})
        keep({x});
    keep({0, 0, 0});
    keep({kInf, -kInf, kNaN, kNaN});
    keep({-1, -2, -3, -3});
    keep({-1, 0, 0, -8});
    keep({0, 7, 7, 9});
    keep({-kInf, -1e100, -5, 0, 0, 2, 2, 1e9, kInf, kNaN});
    keep({4, 4, 4, 4});
    keep({1, std::nextafter(1, 2), 2});
    keep({5e-324, 1e-323, 3e-320, 1e-310, -5e-324, -4e-315});
    for (int sign : {1, -1}) {
        QuantileSketch nearly_full;
        nearly_full.add(sign * 2.5, kMax - 5);
        nearly_full.add(sign * 2.5);
        nearly_full.add(sign * 80.0);
        keep(nearly_full);
    }
    QuantileSketch heavy;
    for (int i = 0; i < 40; i++) heavy.add(i - 20, uint64_t{1} << i);
    keep(heavy);
    for (size_t rows : {2, 10, 70, 300}) keep(sketch_of(lognormal_rows(rows, 1, rows)));
    keep(sketch_of(lognormal_rows(70, 0.001, 8), 0.0002));
    keep(sketch_of(lognormal_rows(70, 2, 9, true), 0.1));
    keep(sketch_of(lognormal_rows(5000, 1, 10)));
    keep(sketch_of(lognormal_rows(300, 40, 11, true), 0.0002));  // pairs
    keep(sketch_of(lognormal_rows(4000, 9, 12)));                // collapsed
    REQUIRE(all.back().info().scale < all.back().info().requested_scale);
    keep(QuantileSketch(0.01, false, {0.5}));
    keep(QuantileSketch(0.01, false, {0.0, 0.25, 1.0}, true));
    all.back().merge(QuantileSketch{1, 2, 3});
    keep(QuantileSketch(0.05, false, {0.99}));
    for (double x : lognormal_rows(70, 1, 13)) all.back().add(x);
    QuantileSketch moving(0.01, true);
    for (double x : {1.0, 2.0, -3.0, 0.0, kInf, 3.0, 5.0}) moving.add(x);
    moving.remove(2);
    keep(moving);
    QuantileSketch frame(0.1, true, {0.25, 0.5}, true);
    for (double x : lognormal_rows(40, 3, 15, true)) frame.add(x);
    keep(frame);
    return all;
}

const untrusted::Tests &tests() {
    static const untrusted::Tests all(
        quantile_complaint, sketch_quantile_check,
        [](const void *data, size_t size, uint8_t *out, size_t capacity, size_t *used) {
            return sketch_quantile_pack(data, size, 1, out, capacity, used);
        },
        [] {
            std::vector<untrusted::Sample> both;
            for (const QuantileSketch &s : samples()) both.emplace_back(s, true);
            return both;
        }());
    return all;
}

// Bytes of a work form that a mutation is most telling in: the header, the first data, the end.
size_t telling_position(Random &random, size_t size) {
    switch (random() % 4) {
        case 0: return 6 + random() % 58;
        case 1: return size - 1 - random() % std::min<size_t>(size, 40);
        case 2: return std::min<size_t>(size - 1, 64 + random() % 32);
        default: return random() % size;
    }
}

}  // namespace

TEST_CASE("quantile: valid sketches are sound at any alignment", "[quantile][packed]") { tests().valid(); }

TEST_CASE("quantile: every truncation and every further byte is refused", "[quantile][packed]") {
    tests().truncations(untrusted::every, 1, false);
}

TEST_CASE("quantile: every flipped bit gives a refusal or another sound sketch", "[quantile][packed]") {
    tests().flips(untrusted::every);
}

TEST_CASE("quantile: so do random changes of several bytes", "[quantile][packed]") { tests().changes(40000); }

TEST_CASE("quantile: bytes of nothing but one value are refused", "[quantile][packed]") { tests().fills(); }

TEST_CASE("quantile: damaged work forms are refused or read as sound sketches", "[quantile][work]") {
    tests().work_flips(80, 1);
    tests().work_changes(40000, [](Random &random, Bytes &work) {
        const size_t at = telling_position(random, work.size());
        work[at] = telling_byte(random, work[at]);
    });
}

TEST_CASE("quantile: damaged numbers in a work form", "[quantile][work]") {
    Random random(23);
    const std::vector<uint32_t> words = {0, 1, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 1u << 30, 1u << 16};
    for (const QuantileSketch &s : samples())
        for (size_t at = 8; at < 80; at += 4)
            for (uint32_t word : words) {
                Bytes work(s.bytes(), s.bytes() + s.size());
                std::memcpy(work.data() + at, &word, 4);
                if (random() % 2)
                    std::memcpy(work.data() + 8 + 4 * (random() % 18), &words[random() % words.size()], 4);
                tests().must_be_sound(work, 0, "word at " + std::to_string(at));
            }
}

TEST_CASE("quantile: a work form of another size, layout, family or scale is refused", "[quantile][work]") {
    QuantileSketch s{1, 2, 3};
    auto status = [&](size_t at, uint8_t byte, size_t size) { return untrusted::status_with(s, at, byte, size); };
    CHECK(status(4, SKETCH_WORK_MAGIC, s.size()) == SKETCH_OK);
    CHECK(status(5, 2, s.size()) == SKETCH_WRONG_FAMILY);
    CHECK(status(6, 1, s.size()) == SKETCH_WRONG_VERSION);
    CHECK(status(4, SKETCH_WORK_MAGIC, 71) == SKETCH_TRUNCATED);
    CHECK(status(4, SKETCH_WORK_MAGIC, 255) == SKETCH_CORRUPT);
    CHECK(status(49, static_cast<uint8_t>(-1), s.size()) == SKETCH_CORRUPT);
    CHECK(status(48, static_cast<uint8_t>(-11), s.size()) == SKETCH_CORRUPT);
    CHECK(status(49, 13, s.size()) == SKETCH_CORRUPT);
    CHECK(status(52, 1, s.size()) == SKETCH_CORRUPT);  // a pending row in a list
}

TEST_CASE("quantile: a sketch that is coarser than its rows need is refused", "[quantile][packed][work]") {
    const QuantileSketch collapsed = sketch_of(lognormal_rows(3000, 40, 11));  // from scale 6: claims what it may
    REQUIRE(collapsed.info().scale < 6);
    const Bytes header = collapsed.pack();
    const int scale = collapsed.info().scale;
    // Directly at this scale, and then as if asked for at scale 6: `buckets` buckets with `rows` rows each.
    auto accepted = [&](int buckets, uint64_t rows) {
        QuantileSketch s({scale, 0, nullptr, 0, 0});
        for (int i = 0; i < buckets; i++) s.add(std::exp2((i - buckets / 2 + 0.5) * std::exp2(-scale)), rows);
        Bytes packed = s.pack();
        REQUIRE(sketch_quantile_check(packed.data(), packed.size()) == SKETCH_OK);
        packed[3] = header[3];
        static_cast<uint8_t *>(s.data())[49] = 6;
        sketch_quantile_info info;
        const sketch_status status = sketch_quantile_describe(s.data(), s.size(), &info);
        CHECK(sketch_quantile_check(packed.data(), packed.size()) == status);
        CHECK((status == SKETCH_OK || status == SKETCH_CORRUPT));
        return status == SKETCH_OK;
    };
    CHECK_FALSE(accepted(1, 1));
    CHECK_FALSE(accepted(1, 1000));
    CHECK_FALSE(accepted(1024, 2));
    CHECK_FALSE(accepted(1500, 1));  // single rows were not in more buckets than now
    CHECK(accepted(1025, 2));
    CHECK(accepted(1025, 1000));

    // Where extremes are unknown, the rows that needed it may have been taken away.
    QuantileSketch rest;
    Bytes difference(kAnyPacked);
    size_t size = 0;
    QuantileSketch all = collapsed;
    all.add(1);
    QuantileSketch::must(sketch_quantile_subtract(all.data(), all.size(), collapsed.data(), collapsed.size(),
                                                  difference.data(), difference.size(), &size));
    CHECK(sketch_quantile_check(difference.data(), size) == SKETCH_OK);
    rest.merge(difference = Bytes(difference.begin(), difference.begin() + static_cast<long>(size)));
    CHECK(rest.info().scale == scale);
    CHECK(QuantileSketch::of(rest.pack()).info().scale == scale);
}

TEST_CASE("quantile: no scale is coarser than all doubles could force, whatever was taken away", "[quantile][packed]") {
    // One row in bucket 0, extremes unknown, 1 % asked for: collapsed to scale 6 - steps.
    for (uint8_t steps = 1; steps <= 16; steps++) {
        const uint16_t scales = static_cast<uint16_t>(16 | steps << 5);
        Bytes packed = {1, 1, 0x54};
        packed.push_back(static_cast<uint8_t>(scales > 127 ? scales | 0x80 : scales));
        if (scales > 127) packed.push_back(static_cast<uint8_t>(scales >> 7));
        packed.insert(packed.end(), {1, 0, 1});
        INFO(static_cast<int>(steps) << " steps");
        CHECK(sketch_quantile_check(packed.data(), packed.size()) == (steps <= 8 ? SKETCH_OK : SKETCH_CORRUPT));
    }
}

TEST_CASE("quantile: what is said about whole numbers must fit the rows that are known",
          "[quantile][packed][work][whole]") {
    auto flipped = [](QuantileSketch s) {  // the same status packed and as a work form
        Bytes packed = s.pack();
        packed[2] ^= 0x80;
        static_cast<uint8_t *>(s.data())[60] ^= 1;
        sketch_quantile_info info;
        const sketch_status status = sketch_quantile_describe(s.data(), s.size(), &info);
        CHECK(sketch_quantile_check(packed.data(), packed.size()) == status);
        return status;
    };
    for (const QuantileSketch &s :
         {QuantileSketch(), QuantileSketch{0}, QuantileSketch{kInf}, QuantileSketch{1}, QuantileSketch{1, 2},
          QuantileSketch{0x1p52 + 1, 0x1p53, 0x1p54}, QuantileSketch{0.5}, QuantileSketch{1, 2, 2.5},
          QuantileSketch{-0.5, 1, 2}, QuantileSketch{0, 0, 1}, QuantileSketch{1, 0x1p60, 0x1p60},
          QuantileSketch{-2, 0, 3}, QuantileSketch{5, 5, 5}})
        CHECK(flipped(s) == SKETCH_CORRUPT);
    CHECK(flipped({1, 2, 3}) == SKETCH_OK);  // what lies in between is not known
    CHECK(flipped({1, 2.5, 3}) == SKETCH_OK);
}

TEST_CASE("quantile: a work form with a pending row that cannot be is refused", "[quantile][work]") {
    QuantileSketch s, moving(0.01, true);
    for (double x : lognormal_rows(3000, 1, 7)) s.add(x), moving.add(x);
    const uint32_t *header = static_cast<const uint32_t *>(s.data());
    const uint32_t cells = header[10] + header[11];
    REQUIRE(header[13] > 0);
    auto status = [](const QuantileSketch &of, uint32_t pending, uint32_t used) {
        std::vector<uint64_t> words(of.size() / 8);
        std::memcpy(words.data(), of.data(), of.size());
        std::memcpy(reinterpret_cast<uint8_t *>(words.data()) + 52, &pending, 4);
        if (used > 0) std::memcpy(reinterpret_cast<uint8_t *>(words.data()) + 56, &used, 4);
        sketch_quantile_info info;
        return sketch_quantile_describe(words.data(), of.size(), &info);
    };
    CHECK(status(s, cells / 2, 0) == SKETCH_OK);
    CHECK(status(s, 0, 0) == SKETCH_CORRUPT);  // then the counters do not add up to the total
    CHECK(status(s, cells + 1, 0) == SKETCH_CORRUPT);
    CHECK(status(s, 0xffffffff, 0) == SKETCH_CORRUPT);
    CHECK(status(s, cells / 2, SKETCH_QUANTILE_MAX_BUCKETS(6)) == SKETCH_CORRUPT);
    CHECK(status(moving, 0, 0) == SKETCH_OK);
    CHECK(status(moving, 1, 0) == SKETCH_CORRUPT);
}

TEST_CASE("quantile: a pending row hides no counter that cannot be", "[quantile][work]") {
    QuantileSketch s;
    for (double x : lognormal_rows(400, 1, 7)) s.add(x);
    s.add(1.5, uint64_t{1} << 40);  // counters of 8 bytes
    s.add(1.5);
    std::vector<uint64_t> words(s.size() / 8);
    std::memcpy(words.data(), s.data(), s.size());
    uint32_t *header = reinterpret_cast<uint32_t *>(words.data());
    const uint32_t pending = header[13];
    REQUIRE(pending > 0);
    words[9 + pending - 1]++;  // counts the row
    uint32_t empty = 0;
    while (words[9 + empty] != 0) empty++;
    auto status = [&](uint32_t cell, uint64_t counter) {
        words[9 + empty] = counter;
        header[13] = cell;
        sketch_quantile_info info;
        return sketch_quantile_describe(words.data(), s.size(), &info);
    };
    CHECK(status(0, 0) == SKETCH_OK);
    words[1]++;  // room: one row less, so that the sum of all counters would be right
    CHECK(status(0, ~uint64_t{0}) == SKETCH_CORRUPT);
    words[1]--;
    CHECK(status(empty + 1, ~uint64_t{0}) == SKETCH_CORRUPT);
    words[1]++;
    CHECK(status(empty + 1, ~uint64_t{0}) == SKETCH_CORRUPT);
}

TEST_CASE("quantile: fractions of partial states", "[quantile][fractions]") {
    for (size_t count : {1, 3, 24, 260, 504, 505, 511, 1000}) {
        std::vector<double> fractions(count);
        for (size_t i = 0; i < count; i++) fractions[i] = static_cast<double>(i) / static_cast<double>(count);
        QuantileSketch s(0.01, false, fractions, true);
        QuantileSketch plain;
        for (double x : lognormal_rows(3000, 8, count, true)) {
            s.add(x);
            plain.add(x);
            if (s.info().total % 250 != 0) continue;
            INFO(count << " fractions, " << s.info().total << " rows");
            REQUIRE(s.pack() == plain.pack());
        }
        auto carries = [&](const std::vector<double> &f, int are_array) {
            return sketch_quantile_has_fractions(s.data(), s.size(), f.data(), f.size(), are_array);
        };
        CHECK(carries(fractions, 1));
        CHECK_FALSE(carries(fractions, 0));
        CHECK_FALSE(carries({}, 1));
        Bytes partial = s.pack(true);
        CHECK(partial.size() > s.pack().size() + 8 * count);
        std::vector<double> back(SKETCH_QUANTILE_MAX_FRACTIONS);
        sketch_quantile_options options{};
        for (const Bytes &bytes : {partial, Bytes(static_cast<const uint8_t *>(s.data()),
                                                  static_cast<const uint8_t *>(s.data()) + s.size())}) {
            REQUIRE(sketch_quantile_options_of(bytes.data(), bytes.size(), back.data(), &options) == SKETCH_OK);
            CHECK(std::vector<double>(back.begin(), back.begin() + static_cast<long>(options.fraction_count)) ==
                  fractions);
            CHECK(options.fractions_are_array == 1);
        }
    }
}

TEST_CASE("quantile: a span that wraps around is refused", "[quantile][packed]") {
    // At scale -2 there are 525 buckets a side. 600 of them with 2^32 - 599 holes in between would span nothing.
    Bytes packed = {1, 1, 4 | 16, 8};
    for (uint64_t v : {uint64_t{600}, uint64_t{0}, (uint64_t{1} << 32) - 599}) {
        for (; v >= 0x80; v >>= 7) packed.push_back(static_cast<uint8_t>(v | 0x80));
        packed.push_back(static_cast<uint8_t>(v));
    }
    for (size_t bit = 8 * 1600; bit < 8 * 2000; bit++) {
        Bytes padded = packed;
        padded.resize(bit / 8);
        padded.push_back(static_cast<uint8_t>(0xff << bit % 8));
        padded.resize(bit / 8 + 200, 0xff);
        tests().must_be_sound(padded, 0, "ones from bit " + std::to_string(bit));
        REQUIRE(sketch_quantile_check(padded.data(), padded.size()) == SKETCH_CORRUPT);
    }
}

TEST_CASE("quantile: too small a buffer is told and left alone", "[quantile][packed]") {
    for (const QuantileSketch &s : samples()) REQUIRE(s.pack(true).size() <= quantile_packed_bound(s.data(), s.size()));
    tests().small_buffers();
}

TEST_CASE("quantile: packed sketches are as small as promised", "[quantile][size]") {
    double bytes = 0;
    for (uint64_t seed = 0; seed < 1000; seed++)
        bytes += static_cast<double>(sketch_of(lognormal_rows(70, 1, seed)).pack().size());
    INFO("70 rows: mean of " << bytes / 1000);
    CHECK(bytes / 1000 <= 71);

    bytes = 0;
    for (uint64_t seed = 0; seed < 10; seed++)
        bytes += static_cast<double>(sketch_of(lognormal_rows(100000, 1, 5000 + seed)).pack().size());
    INFO("100,000 rows: mean of " << bytes / 10);
    CHECK(bytes / 10 <= 645);

    CHECK(QuantileSketch().pack().size() == 4);
    CHECK(QuantileSketch{0}.pack().size() == 5);
    CHECK(QuantileSketch{42}.pack().size() <= 10);
    Random random(31);
    QuantileSketch statuses, sizes;
    for (int i = 0; i < 100000; i++) {
        statuses.add(std::vector<double>{200, 200, 200, 200, 304, 404, 500}[random() % 7]);
        sizes.add(static_cast<double>(random() % 100));
    }
    CHECK(statuses.pack().size() <= 32);
    CHECK(sizes.pack().size() <= 180);
}

TEST_CASE("quantile: the largest packed sketches fit into what the ABI promises", "[quantile][size]") {
    // Single buckets far apart at the finest scale, with counts that defeat every prediction.
    for (double accuracy : {0.0002, 0.01}) {
        QuantileSketch s(accuracy, false, std::vector<double>(1000, 0.5), true);
        for (int i = 0; i < 1024; i++)
            for (int sign : {-1, 1})
                s.add(sign * std::exp2(i * 1.99 - 1015 + 0.001 * (i % 7)), i % 2 ? 1 : uint64_t{1} << 51);
        s.add(0, uint64_t{1} << 62);
        s.add(kInf, uint64_t{1} << 55);
        REQUIRE(s.info().negative_buckets + s.info().positive_buckets == 2048);
        CHECK(s.pack(true).size() < quantile_packed_bound(s.data(), s.size()));
        CHECK(QuantileSketch::of(s.pack()).pack() == s.pack());
    }
}
