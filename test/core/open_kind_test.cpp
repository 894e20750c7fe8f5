// Sketches whose kind is open, in every family that has kinds: they have no items, take the first kind that comes, by
// an item or by a merge, and count in merges with their parameter as any other sketch does.
#include <algorithm>
#include <iterator>
#include <random>
#include <vector>

#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "topk_sketch.hpp"

namespace {

using Random = std::mt19937_64;

// What the tests need of a family: two parameters, the smaller first; where kinds stand; one more item; and whether
// anything is found of an item, asked as of `kind`.
struct Distinct {
    using Sketch = DistinctSketch;
    static constexpr int few = 6, many = 11;
    static constexpr size_t packed_kind = 3, work_kind = 8;
    static sketch_status add(Sketch &s, int kind, uint64_t item, sketch_growth *g) {
        return sketch_distinct_add(s.data(), s.size(), kind, sketch_hash_word(item), g);
    }
    static void must_add(Sketch &s, uint64_t item) { s.add(sketch_hash_word(item)); }
    static sketch_status merge(Sketch &s, const Bytes &packed, sketch_growth *g) {
        return sketch_distinct_merge(s.data(), s.size(), packed.data(), packed.size(), g);
    }
    static sketch_status find(const Bytes &sketch, int kind, bool &found) {
        Sketch other(10, kind);
        other.add(1);
        double intersection = -1, jaccard = -1;
        const Bytes packed = other.pack();
        sketch_status s = sketch_distinct_overlap(sketch.data(), sketch.size(), packed.data(), packed.size(),
                                                  &intersection, &jaccard);
        if (s == SKETCH_OK)
            s = sketch_distinct_overlap(packed.data(), packed.size(), sketch.data(), sketch.size(), &intersection,
                                        &jaccard);
        found = intersection != 0 || jaccard != 0;
        return s;
    }
    static sketch_status check(const Bytes &packed) { return sketch_distinct_check(packed.data(), packed.size()); }
};

struct Frequency {
    using Sketch = FrequencySketch;
    static constexpr int few = 6, many = 9;
    static constexpr size_t packed_kind = 3, work_kind = 16;
    static sketch_status add(Sketch &s, int kind, uint64_t item, sketch_growth *g) {
        return sketch_frequency_add(s.data(), s.size(), kind, sketch_hash_word(item), 1 + item % 3, g);
    }
    static void must_add(Sketch &s, uint64_t item) { s.add_item(item, 1 + item % 3); }
    static sketch_status merge(Sketch &s, const Bytes &packed, sketch_growth *g) {
        return sketch_frequency_merge(s.data(), s.size(), packed.data(), packed.size(), g);
    }
    static sketch_status find(const Bytes &sketch, int kind, bool &found) {
        uint64_t estimate = 1, lower = 1, upper = 1;
        sketch_status s = sketch_frequency_count(sketch.data(), sketch.size(), kind, 1, &estimate, &lower, &upper);
        found = estimate != 0 || lower != 0 || upper != 0;
        return s;
    }
    static sketch_status check(const Bytes &packed) { return sketch_frequency_check(packed.data(), packed.size()); }
};

struct Membership {
    using Sketch = MembershipSketch;
    static constexpr int few = 3, many = 8;
    static constexpr size_t packed_kind = 3, work_kind = 8;
    static sketch_status add(Sketch &s, int kind, uint64_t item, sketch_growth *g) {
        return sketch_membership_add(s.data(), s.size(), kind, sketch_hash_word(item), g);
    }
    static void must_add(Sketch &s, uint64_t item) { s.add(sketch_hash_word(item)); }
    static sketch_status merge(Sketch &s, const Bytes &packed, sketch_growth *g) {
        return sketch_membership_merge(s.data(), s.size(), packed.data(), packed.size(), g);
    }
    static sketch_status find(const Bytes &sketch, int kind, bool &found) {
        int is_found = 1;
        sketch_status s = sketch_membership_contains(sketch.data(), sketch.size(), kind, 1, &is_found);
        found = is_found != 0;
        return s;
    }
    static sketch_status check(const Bytes &packed) { return sketch_membership_check(packed.data(), packed.size()); }
};

struct Topk {
    using Sketch = TopkSketch;
    static constexpr uint32_t few = 5000, many = 90000;  // exact in these tests: then the law holds
    static constexpr size_t packed_kind = 3, work_kind = 32;
    // Some short, some long, and all with the 8 bytes that items of some kinds begin with.
    static std::string item_of(uint64_t item) {
        return std::string(topk_integer(item * 0x9e3779b97f4a7c15u)) + std::string(item % 30, 'x');
    }
    static sketch_status add(Sketch &s, int kind, uint64_t item, sketch_growth *g) {
        const std::string bytes = item_of(item);
        return sketch_topk_add(s.data(), s.size(), kind, bytes.data(), bytes.size(), 1 + item % 3, g);
    }
    static void must_add(Sketch &s, uint64_t item) { s.add(item_of(item), 1 + item % 3); }
    static sketch_status merge(Sketch &s, const Bytes &packed, sketch_growth *g) {
        return sketch_topk_merge(s.data(), s.size(), packed.data(), packed.size(), g);
    }
    static sketch_status find(const Bytes &sketch, int kind, bool &found) {
        uint64_t estimate = 1, lower = 1, upper = 1;
        sketch_status s =
            sketch_topk_count(sketch.data(), sketch.size(), kind, "12345678", 8, &estimate, &lower, &upper);
        found = estimate != 0 || lower != 0 || upper != 0;
        return s;
    }
    static sketch_status check(const Bytes &packed) { return sketch_topk_check(packed.data(), packed.size()); }
};

constexpr int kKinds[] = {SKETCH_KIND_NUMBER, SKETCH_KIND_TEXT, SKETCH_KIND_RECORD,
                          SKETCH_KIND_ARRAY + SKETCH_KIND_DATE};

template <typename Family>
typename Family::Sketch with_items(int parameter, int kind, uint64_t count, bool is_open) {
    typename Family::Sketch s(static_cast<decltype(Family::few)>(parameter), kind, is_open);
    for (uint64_t i = 0; i < count; i++) Family::must_add(s, i);
    return s;
}

Bytes with(Bytes packed, size_t at, int byte) {
    packed[at] = static_cast<uint8_t>(byte);
    return packed;
}

}  // namespace

TEMPLATE_TEST_CASE("open kind: a sketch whose kind is open takes that of its first items", "[open][law]", Distinct,
                   Frequency, Membership, Topk) {
    using Sketch = typename TestType::Sketch;
    for (int kind : kKinds)
        for (uint64_t count : {1, 3, 70, 3000}) {
            INFO("kind " << kind << ", " << count << " items");
            const Sketch typed = with_items<TestType>(TestType::many, kind, count, false);
            const Bytes packed = typed.pack();
            Sketch open(TestType::many, kind, true), merged = open, of_packed = open;
            const Bytes empty = open.pack();
            REQUIRE(open.info().kind == SKETCH_KIND_NONE);
            REQUIRE(with_items<TestType>(TestType::many, kind, count, true).pack() == packed);
            merged.merge(typed);
            of_packed.merge(packed);
            REQUIRE(merged.pack() == packed);
            REQUIRE(of_packed.pack() == packed);
            // And the other way round, of both forms; the kind is no longer open.
            merged.merge(open);
            merged.merge(empty);
            REQUIRE(merged.pack() == packed);
            sketch_growth growth{};
            const int other_kind = kind == SKETCH_KIND_TEXT ? SKETCH_KIND_BYTEA : SKETCH_KIND_TEXT;
            REQUIRE(TestType::add(merged, other_kind, 1, &growth) == SKETCH_WRONG_KIND);
            REQUIRE(TestType::merge(merged, Sketch(TestType::many, other_kind).pack(), &growth) == SKETCH_WRONG_KIND);
            REQUIRE(merged.pack() == packed);
        }
}

TEMPLATE_TEST_CASE("open kind: kinds and parameters of sketches without items merge alike in every tree", "[open][law]",
                   Distinct, Frequency, Membership, Topk) {
    using Sketch = typename TestType::Sketch;
    Random random(1);
    for (int round = 0; round < 300; round++) {
        std::vector<Sketch> forest(1 + random() % 5);
        auto least = TestType::many;
        bool has_kind = false;
        for (Sketch &leaf : forest) {
            const auto parameter = random() % 2 ? TestType::few : TestType::many;
            const bool is_open = random() % 3 > 0;
            leaf = Sketch(parameter, SKETCH_KIND_TEXT, is_open);
            least = std::min(least, parameter);
            has_kind = has_kind || !is_open;
        }
        while (forest.size() > 1) {
            const size_t a = random() % forest.size(), b = (a + 1 + random() % (forest.size() - 1)) % forest.size();
            if (random() % 2) forest[a].merge(forest[b].pack());
            else forest[a].merge(forest[b]);
            forest.erase(forest.begin() + static_cast<long>(b));
        }
        const Bytes packed = forest[0].pack();
        REQUIRE(packed == Sketch(least, SKETCH_KIND_TEXT, !has_kind).pack());
        REQUIRE(TestType::check(packed) == SKETCH_OK);
        // It says so to the items that come.
        Sketch later = with_items<TestType>(static_cast<int>(TestType::many), SKETCH_KIND_TEXT, 40, false);
        later.merge(packed);
        REQUIRE(later.pack() == with_items<TestType>(static_cast<int>(least), SKETCH_KIND_TEXT, 40, false).pack());
    }
}

TEMPLATE_TEST_CASE("open kind: in a sketch whose kind is open nothing is found, of any kind", "[open]", Distinct,
                   Frequency, Membership, Topk) {
    using Sketch = typename TestType::Sketch;
    Sketch open(TestType::many, SKETCH_KIND_NONE), limited = open;
    for (int kind : kKinds) {
        bool found = true;
        CHECK(TestType::find(open.pack(), kind, found) == SKETCH_OK);
        CHECK_FALSE(found);
        CHECK(TestType::find(Sketch(TestType::many, SKETCH_KIND_BOOL).pack(), kind, found) == SKETCH_WRONG_KIND);
    }
    limited.limit(TestType::few);
    CHECK(limited.pack() == Sketch(TestType::few, SKETCH_KIND_NONE).pack());
}

TEMPLATE_TEST_CASE("open kind: a kind is open until an item is in", "[open][growth]", Distinct, Frequency, Membership,
                   Topk) {
    using Sketch = typename TestType::Sketch;
    int asked = 0;
    for (auto parameter : {TestType::few, TestType::many})
        for (uint64_t count : {30, 70, 200, 3000, 20000}) {
            const int kind = kKinds[count / 10 % std::size(kKinds)];
            // The caller gets no memory: the sketch is as it was, and may take any kind.
            Sketch open(parameter, SKETCH_KIND_NONE);
            const Bytes empty = open.pack();
            const Bytes packed = with_items<TestType>(static_cast<int>(parameter), kind, count, false).pack();
            sketch_growth growth{};
            const bool asks = TestType::merge(open, packed, &growth) == SKETCH_GROW;
            asked += asks;
            INFO("kind " << kind << ", " << count << " items");
            REQUIRE(open.pack() == (asks ? empty : packed));
            if (!asks) continue;
            Sketch other(parameter, SKETCH_KIND_BYTEA);
            TestType::must_add(other, 5);
            open.merge(other);
            REQUIRE(open.pack() == other.pack());
        }
    CHECK(asked >= 4);
    // So it is after bytes that are no sketch.
    Sketch open(TestType::few, SKETCH_KIND_NONE);
    Bytes packed = with_items<TestType>(static_cast<int>(TestType::few), SKETCH_KIND_TEXT, 20, false).pack();
    packed.pop_back();
    sketch_growth growth{};
    CHECK(TestType::merge(open, packed, &growth) != SKETCH_OK);
    CHECK(open.pack() == Sketch(TestType::few, SKETCH_KIND_NONE).pack());
}

TEMPLATE_TEST_CASE("open kind: no sketch with items says that its kind is open", "[open][packed]", Distinct, Frequency,
                   Membership, Topk) {
    using Sketch = typename TestType::Sketch;
    const Bytes open = Sketch(TestType::few, SKETCH_KIND_NONE).pack();
    REQUIRE(open[TestType::packed_kind] == SKETCH_KIND_NONE);
    for (uint64_t count : {0, 1, 20, 3000, 9000}) {  // few and exact, or not
        Sketch s = with_items<TestType>(static_cast<int>(TestType::few), SKETCH_KIND_TEXT, count, false);
        Bytes packed = with(s.pack(), TestType::packed_kind, SKETCH_KIND_NONE);
        INFO(count << " items");
        CHECK(TestType::check(packed) == (count == 0 ? SKETCH_OK : SKETCH_CORRUPT));
        if (count == 0) CHECK(packed == open);
        for (int kind : {SKETCH_KIND_LAST + 1, 62, int{SKETCH_KIND_ARRAY}, 128, 255})
            CHECK(TestType::check(with(packed, TestType::packed_kind, kind)) == SKETCH_CORRUPT);
        static_cast<uint8_t *>(s.data())[TestType::work_kind] = SKETCH_KIND_NONE;
        Sketch other(TestType::few, SKETCH_KIND_TEXT);
        CHECK(other.try_merge(s.data(), s.size()) == (count == 0 ? SKETCH_OK : SKETCH_CORRUPT));
    }
}

TEST_CASE("frequency: kinds and what is subtracted", "[frequency][subtract][open]") {
    const FrequencySketch open(8, SKETCH_KIND_NONE), narrow(6, SKETCH_KIND_NONE), empty(8, SKETCH_KIND_TEXT);
    FrequencySketch text(8, SKETCH_KIND_TEXT), number(8);
    text.add(1);
    number.add(1);
    auto difference = [](FrequencySketch a, const FrequencySketch &b) {
        a.subtract(b);
        return a.pack();
    };
    CHECK(difference(text, open) == text.pack());
    CHECK(difference(text, text) == empty.pack());  // an empty result keeps its kind
    CHECK(difference(open, open) == open.pack());
    CHECK(difference(open, narrow) == open.pack());  // nothing is taken away
    CHECK(difference(open, empty) == empty.pack());
    CHECK(difference(empty, open) == empty.pack());
    FrequencySketch nothing = open;
    CHECK(nothing.try_subtract(text.data(), text.size()) == SKETCH_BELOW_ZERO);
    CHECK(nothing.pack() == open.pack());
    CHECK(text.try_subtract(number.data(), number.size()) == SKETCH_WRONG_KIND);
}
