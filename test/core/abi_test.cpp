// The conventions of sketch.h: statuses for what is out of range, and nothing touched then; versions that agree.
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "quantile_sketch.hpp"
#include "topk_sketch.hpp"

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr uint64_t kUntouched = 0x0123456789abcdef;
constexpr int kKind = SKETCH_KIND_TEXT;

// init(state, size, parameters...) of a family: `right` are parameters that it takes, `wrong` others, which init and
// limit refuse. A buffer that is not as it has to be is refused, too.
template <typename Init>
void refuses(size_t size, Init init, const std::vector<bool> &rights) {
    std::vector<uint64_t> state(size / 8 + 8, kUntouched);
    for (size_t i = 0; i < rights.size(); i++) {
        INFO("parameters " << i);
        std::fill(state.begin(), state.end(), kUntouched);
        REQUIRE(init(state.data(), size, i) == (rights[i] ? SKETCH_OK : SKETCH_OUT_OF_RANGE));
        REQUIRE((state[1] == kUntouched) == !rights[i]);
        REQUIRE(state[size / 8] == kUntouched);
        if (!rights[i]) continue;
        std::fill(state.begin(), state.end(), kUntouched);
        for (size_t other : {size_t{0}, size - 1, size - 64, size + 1, size + 64, 2 * size})
            CHECK(init(state.data(), other, i) == SKETCH_NO_ROOM);
        CHECK(init(reinterpret_cast<uint8_t *>(state.data()) + 4, size, i) == SKETCH_NO_ROOM);
        CHECK(init(nullptr, size, i) == SKETCH_NO_ROOM);
        CHECK(std::set<uint64_t>(state.begin(), state.end()).size() == 1);
    }
}

constexpr int kKinds[] = {0, 1, 20, 63, 64 + 5, 64 + 63, -1, 21, 62, 64, 128, 256, 1 << 30};
const std::vector<bool> kKindsAreRight = {1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0};

}  // namespace

TEST_CASE("abi: the header's version is the library's", "[abi]") {
    CHECK(std::string(sketch_version()) == std::to_string(SKETCH_VERSION_MAJOR) + "." +
                                               std::to_string(SKETCH_VERSION_MINOR) + "." +
                                               std::to_string(SKETCH_VERSION_PATCH));
}

TEST_CASE("abi: each status has words of its own, and any number has some", "[abi]") {
    std::set<std::string> words;
    for (int status = SKETCH_OK; status <= SKETCH_TRAILING; status++)
        words.insert(sketch_status_message(static_cast<sketch_status>(status)));
    CHECK(words.size() == SKETCH_TRAILING + 1);
    CHECK(words.count("unknown status") == 0);
    CHECK(sketch_status_message(static_cast<sketch_status>(31)) == std::string("unknown status"));
}

TEST_CASE("abi: init takes parameters in range and a buffer of its size, and nothing else", "[abi]") {
    SECTION("quantile") {
        constexpr int scales[] = {-10, 12, -11, 13, INT32_MIN, INT32_MAX};
        for (int moving : {0, 1})
            refuses(sketch_quantile_init_size(),
                    [&](void *s, size_t n, size_t i) { return sketch_quantile_init(s, n, scales[i], moving); },
                    {1, 1, 0, 0, 0, 0});
    }
    SECTION("quantile, with what a partial state carries") {
        const double halves[2] = {0.5, 0.25}, beyond[2] = {0.5, 1.5}, none[2] = {0.5, kNaN};
        const std::vector<double> many(SKETCH_QUANTILE_MAX_FRACTIONS + 1, 0.5);
        const sketch_quantile_options options[] = {{6, 0, halves, 2, 1},  {6, 0, halves, 1, 0},
                                                   {6, 0, halves, 2, 0},  {6, 0, beyond, 2, 1},
                                                   {6, 0, none, 2, 1},    {6, 0, many.data(), many.size(), 1},
                                                   {-11, 0, halves, 2, 1}};
        refuses(256, [&](void *s, size_t n, size_t i) { return sketch_quantile_init_with(s, n, &options[i]); },
                {1, 1, 0, 0, 0, 0, 0});
    }
    SECTION("distinct") {
        constexpr int precisions[] = {4, 16, 3, 17, -4, INT32_MAX, 256 + 10};
        const size_t size = sketch_distinct_init_size();
        refuses(size, [&](void *s, size_t n, size_t i) { return sketch_distinct_init(s, n, kKind, precisions[i]); },
                {1, 1, 0, 0, 0, 0, 0});
        refuses(
            size, [&](void *s, size_t n, size_t i) { return sketch_distinct_init(s, n, kKinds[i], 10); },
            kKindsAreRight);
    }
    SECTION("frequency") {
        constexpr int widths[] = {6, 20, 5, 21, -6, INT32_MAX, 256 + 10};
        const size_t size = sketch_frequency_init_size();
        refuses(size, [&](void *s, size_t n, size_t i) { return sketch_frequency_init(s, n, kKind, widths[i]); },
                {1, 1, 0, 0, 0, 0, 0});
        refuses(
            size, [&](void *s, size_t n, size_t i) { return sketch_frequency_init(s, n, kKinds[i], 10); },
            kKindsAreRight);
    }
    SECTION("topk") {
        constexpr uint32_t ks[] = {1, SKETCH_TOPK_MAX_K, 0, SKETCH_TOPK_MAX_K + 1, UINT32_MAX};
        const size_t size = sketch_topk_init_size();
        refuses(size, [&](void *s, size_t n, size_t i) { return sketch_topk_init(s, n, kKind, ks[i]); },
                {1, 1, 0, 0, 0});
        refuses(
            size, [&](void *s, size_t n, size_t i) { return sketch_topk_init(s, n, kKinds[i], 10); }, kKindsAreRight);
    }
    SECTION("membership") {
        constexpr int sizes[][2] = {{0, 1},  {22, 50000}, {10, 2000}, {-1, 1000},  {23, 1000},
                                    {10, 0}, {10, -1},    {10, 1234}, {10, 60000}, {256 + 10, 1000}};
        const size_t size = sketch_membership_init_size();
        refuses(
            size,
            [&](void *s, size_t n, size_t i) { return sketch_membership_init(s, n, kKind, sizes[i][0], sizes[i][1]); },
            {1, 1, 1, 0, 0, 0, 0, 0, 0, 0});
        refuses(
            size, [&](void *s, size_t n, size_t i) { return sketch_membership_init(s, n, kKinds[i], 10, 1000); },
            kKindsAreRight);
    }
}

TEST_CASE("abi: limit refuses what no sketch can have, and passes over what is finer than the state", "[abi]") {
    sketch_growth growth{};
    auto keeps = [](auto &sketch, sketch_status wanted, auto limit) {
        const auto before = sketch.pack();
        CHECK(limit(sketch) == wanted);
        CHECK(sketch.pack() == before);
    };
    QuantileSketch quantile{1, 2, 3};
    DistinctSketch distinct(10);
    FrequencySketch frequency(10);
    TopkSketch topk(10);
    MembershipSketch membership(10);
    // Bindings are captured by name: clang before 16 has it no other way.
    for (auto [scale, status] : {std::pair{-11, SKETCH_OUT_OF_RANGE}, {12, SKETCH_OK}, {13, SKETCH_OK}})
        keeps(quantile, status,
              [&, scale = scale](auto &s) { return sketch_quantile_limit(s.data(), s.size(), scale, &growth); });
    for (auto [precision, status] : {std::pair{3, SKETCH_OUT_OF_RANGE}, {-1, SKETCH_OUT_OF_RANGE}, {17, SKETCH_OK}})
        keeps(distinct, status, [&, precision = precision](auto &s) {
            return sketch_distinct_limit(s.data(), s.size(), precision, &growth);
        });
    for (auto [width, status] : {std::pair{5, SKETCH_OUT_OF_RANGE}, {-1, SKETCH_OUT_OF_RANGE}, {21, SKETCH_OK}})
        keeps(frequency, status,
              [&, width = width](auto &s) { return sketch_frequency_limit(s.data(), s.size(), width, &growth); });
    for (auto [k, status] : {std::pair{0u, SKETCH_OUT_OF_RANGE}, {11u, SKETCH_OK}, {UINT32_MAX, SKETCH_OK}})
        keeps(topk, status,
              [&, k = k](auto &s) { return sketch_topk_limit(s.data(), s.size(), k, &growth); });
    for (auto [blocks, rate, status] : {std::tuple{-1, 1000, SKETCH_OUT_OF_RANGE},
                                        {10, 1234, SKETCH_OUT_OF_RANGE},
                                        {10, 0, SKETCH_OUT_OF_RANGE},
                                        {30, 1, SKETCH_OK}})
        keeps(membership, status,
              [&, blocks = blocks, rate = rate](auto &s) {
                  return sketch_membership_limit(s.data(), s.size(), blocks, rate, &growth);
              });
}

TEST_CASE("abi: the first item gives a sketch no kind that is none", "[abi]") {
    sketch_growth growth{};
    for (int kind : {-1, 0, 21, 64, 128, 256}) {  // 0, as a sketch_item has that was never filled in
        DistinctSketch distinct(10, kKind, true);
        CHECK(sketch_distinct_add(distinct.data(), distinct.size(), kind, 7, &growth) == SKETCH_WRONG_KIND);
        FrequencySketch frequency(10, kKind, true);
        CHECK(sketch_frequency_add(frequency.data(), frequency.size(), kind, 7, 1, &growth) == SKETCH_WRONG_KIND);
        TopkSketch topk(10, kKind, true);
        CHECK(sketch_topk_add(topk.data(), topk.size(), kind, "eight by", 8, 1, &growth) == SKETCH_WRONG_KIND);
        MembershipSketch membership(10, kKind, true);
        CHECK(sketch_membership_add(membership.data(), membership.size(), kind, 7, &growth) == SKETCH_WRONG_KIND);
    }
}

// The error is the answer, however often it is asked for.
TEST_CASE("abi: a cursor over a damaged sketch does not come to its end", "[abi]") {
    TopkSketch topk(10);
    for (int i = 0; i < 200; i++) topk.add(std::to_string(i % 40 * i % 17), 1 + i % 5);
    const Bytes packed = topk.pack();
    auto cursor = std::make_unique<sketch_topk_cursor>();
    sketch_topk_entry entry;
    size_t damaged = 0;
    for (size_t bit = 0; bit < 8 * packed.size(); bit++) {
        Bytes bytes = packed;
        bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        OpenedTopk opened(bytes.data(), bytes.size(), SKETCH_PACKED);
        if (opened.status != SKETCH_OK || sketch_topk_check(opened.sketch) == SKETCH_OK) continue;
        INFO("bit " << bit);
        REQUIRE(sketch_topk_begin(opened.sketch, cursor.get()) == SKETCH_OK);
        sketch_status status;
        while ((status = sketch_topk_next(cursor.get(), &entry)) == SKETCH_OK) {
        }
        REQUIRE(status != SKETCH_END);
        for (int again = 0; again < 3; again++) REQUIRE(sketch_topk_next(cursor.get(), &entry) == status);
        damaged++;
    }
    CHECK(damaged > 100);
}

TEST_CASE("abi: questions that are out of range are refused", "[abi]") {
    const Bytes packed = sketch_of({-1, 0, 1, 2, 3, HUGE_VAL}).pack();
    OpenedQuantile quantile(packed.data(), packed.size());
    REQUIRE(quantile.status == SKETCH_OK);
    double out[4] = {77, 77, 77, 77};
    uint64_t rows = 77, counts[4] = {77, 77, 77, 77};
    for (double wrong : {-0.1, 1.1, kNaN}) {
        const double p[2] = {0.5, wrong};
        CHECK(sketch_quantile_percentiles(quantile.sketch, p, 2, out, nullptr, nullptr, &rows) == SKETCH_OUT_OF_RANGE);
    }
    for (auto [low, high] : {std::pair{0.5, 0.5}, {0.6, 0.5}, {-0.1, 0.5}, {0.5, 1.1}, {kNaN, 1.0}, {0.0, kNaN}})
        CHECK(sketch_quantile_mean(quantile.sketch, low, high, out, &rows) == SKETCH_OUT_OF_RANGE);
    for (auto [a, b] : {std::pair{2.0, 1.0}, {kNaN, 1.0}, {1.0, kNaN}}) {
        const double bounds[2] = {a, b};
        CHECK(sketch_quantile_histogram_at(quantile.sketch, bounds, 2, counts) == SKETCH_OUT_OF_RANGE);
    }
    sketch_quantile_bucket buckets[6] = {};
    size_t count = 77;
    for (size_t capacity : {0, 5})
        CHECK(sketch_quantile_histogram(quantile.sketch, buckets, capacity, &count) == SKETCH_NO_ROOM);
    CHECK(buckets[0].count == 0);
    CHECK((rows == 77 && out[0] == 77 && counts[0] == 77 && count == 77));
    CHECK(sketch_quantile_histogram(quantile.sketch, buckets, 6, &count) == SKETCH_OK);
    const double equal[2] = {0, 0};
    CHECK(sketch_quantile_histogram_at(quantile.sketch, equal, 2, counts) == SKETCH_OK);
    CHECK((counts[0] == 2 && counts[1] == 0 && counts[2] == 4));
    CHECK(count == 6);

    const DistinctSketch items = distinct_of({1, 2, 3});
    OpenedDistinct distinct(items.data(), items.size());
    std::vector<uint64_t> scratch(sketch_distinct_overlap_size(distinct.sketch, distinct.sketch) / 8 + 1);
    for (double wrong : {0.0, -1.0, std::nextafter(1.0, 2.0), 2.0, kNaN}) {
        CHECK(sketch_distinct_bounds(distinct.sketch, wrong, out, out + 1) == SKETCH_OUT_OF_RANGE);
        CHECK(sketch_distinct_intersection_bounds(distinct.sketch, distinct.sketch, wrong, scratch.data(),
                                                  8 * scratch.size(), out, out + 1) == SKETCH_OUT_OF_RANGE);
        CHECK(sketch_distinct_difference_bounds(distinct.sketch, distinct.sketch, wrong, scratch.data(),
                                                8 * scratch.size(), out, out + 1) == SKETCH_OUT_OF_RANGE);
    }
    for (int wrong : {-1, SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS + 1})
        CHECK(sketch_membership_expected_rate(wrong, 1, out) == SKETCH_OUT_OF_RANGE);
    CHECK(out[0] == 77);
}

TEST_CASE("abi: what reads packed bytes only says so of work forms", "[abi]") {
    TopkSketch topk(10);
    topk.add("an item");
    OpenedTopk opened_topk(topk.data(), topk.size(), SKETCH_WORK);
    auto cursor = std::make_unique<sketch_topk_cursor>();
    uint64_t estimate, lower, upper;
    CHECK(sketch_topk_begin(opened_topk.sketch, cursor.get()) == SKETCH_WRONG_FORM);
    CHECK(sketch_topk_check(opened_topk.sketch) == SKETCH_WRONG_FORM);
    CHECK(sketch_topk_count(opened_topk.sketch, kKind, "an item", 7, &estimate, &lower, &upper) == SKETCH_WRONG_FORM);
    for (size_t count : {100, 1000}) {  // tokens, and registers
        DistinctSketch distinct(10);
        for (size_t i = 0; i < count; i++) distinct.add(sketch_hash_word(i));
        CHECK(sketch_distinct_check(OpenedDistinct(distinct.data(), distinct.size(), SKETCH_WORK).sketch) ==
              SKETCH_WRONG_FORM);
    }
    FrequencySketch frequency(10);
    CHECK(sketch_frequency_check(OpenedFrequency(frequency.data(), frequency.size(), SKETCH_WORK).sketch) ==
          SKETCH_WRONG_FORM);
    MembershipSketch membership(10);
    CHECK(sketch_membership_check(OpenedMembership(membership.data(), membership.size(), SKETCH_WORK).sketch) ==
          SKETCH_WRONG_FORM);
}

TEST_CASE("abi: a piece that is shorter than a probe wants is refused", "[abi]") {
    MembershipSketch s(10);
    for (uint64_t i = 0; i < 20; i++) s.add(sketch_hash_word(i));
    const Bytes packed = s.pack();
    sketch_membership_probe probe;
    REQUIRE(sketch_membership_probe_open(packed.data(), SKETCH_MEMBERSHIP_HEAD_SIZE, packed.size(), &probe) ==
            SKETCH_OK);
    sketch_membership_probe_hash(&probe, sketch_hash_word(1));
    int found = 7;
    CHECK(sketch_membership_probe_read(&probe, packed.data() + probe.offset, probe.length - 1, &found) ==
          SKETCH_TRUNCATED);
    CHECK(found == 7);
}

TEST_CASE("abi: the first bytes of a packed sketch tell its family", "[abi]") {
    auto family_of = [](const Bytes &packed) {
        sketch_family family;
        REQUIRE(sketch_packed_family(packed.data(), packed.size(), &family) == SKETCH_OK);
        return family;
    };
    CHECK(family_of(QuantileSketch().pack()) == SKETCH_QUANTILE);
    CHECK(family_of(DistinctSketch().pack()) == SKETCH_DISTINCT);
    CHECK(family_of(FrequencySketch().pack()) == SKETCH_FREQUENCY);
    CHECK(family_of(TopkSketch().pack()) == SKETCH_TOPK);
    CHECK(family_of(MembershipSketch().pack()) == SKETCH_MEMBERSHIP);
    auto status = [](const Bytes &bytes) {
        sketch_family family = SKETCH_TOPK;
        const sketch_status s = sketch_packed_family(bytes.data(), bytes.size(), &family);
        CHECK(family == SKETCH_TOPK);
        return s;
    };
    CHECK(status({}) == SKETCH_TRUNCATED);
    CHECK(status({1}) == SKETCH_TRUNCATED);
    CHECK(status({2}) == SKETCH_WRONG_VERSION);
    CHECK(status({1, 0}) == SKETCH_CORRUPT);
    CHECK(status({1, 6}) == SKETCH_CORRUPT);
}
