// Counters of somebody else, merged into a topk sketch: what it says of them is true, and what they cannot be is
// refused.
#include <algorithm>
#include <map>
#include <random>

#include "catch.hpp"
#include "chosen.hpp"
#include "topk_sketch.hpp"

namespace {

using Random = std::mt19937_64;

// A list with the memory that it needs.
struct List {
    int kind = SKETCH_KIND_TEXT;
    uint64_t total = 0, offset = 0;
    std::vector<std::string> items = {};
    std::vector<uint64_t> uppers = {}, errors = {};

    void add(const std::string &item, uint64_t upper, uint64_t error) {
        items.push_back(item);
        uppers.push_back(upper);
        errors.push_back(error);
    }
    // Exactly as large as it is, so that the address sanitizer sees every byte too many.
    sketch_status merge_into(TopkSketch &s) const {
        std::string bytes;
        std::vector<size_t> offsets = {0};
        for (const std::string &item : items) {
            bytes += item;
            offsets.push_back(bytes.size());
        }
        const std::vector<char> exactly(bytes.begin(), bytes.end());
        return s.try_merge_counters({kind, total, offset, items.size(), exactly.data(), offsets.data(), uppers.data(),
                                     errors.empty() ? nullptr : errors.data()});
    }
};

List list_of(const Bytes &packed) {
    const sketch_topk_info info = TopkSketch::info_of(packed.data(), packed.size());
    List list{info.kind, info.total, info.offset};
    for (const TopkSketch::Entry &e : TopkSketch::entries(packed)) list.add(e.item, e.upper, e.upper - e.lower);
    return list;
}

std::string item_of(Random &random, uint64_t different) {
    const uint64_t n = random() % (1 + random() % different);
    return n % 3 == 0 ? std::to_string(n) : "/some/longer/item/" + std::to_string(n * n);
}

TopkSketch random_sketch(Random &random, uint32_t k) {
    TopkSketch s(k);
    const uint64_t rows = random() % 4000, different = random() % 2 ? 30 : 2000;
    for (uint64_t i = 0; i < rows; i++) s.add(item_of(random, different), random() % 3 == 0 ? 1 + random() % 1000 : 1);
    return s;
}

// SpaceSaving as its paper has it, with m counters.
struct SpaceSaving {
    struct Counter {
        uint64_t upper, error;
    };
    size_t m;
    uint64_t total = 0;
    std::map<std::string, Counter> counters = {};

    void add(const std::string &item, uint64_t weight) {
        total += weight;
        if (auto found = counters.find(item); found != counters.end()) {
            found->second.upper += weight;
        } else if (counters.size() < m) {
            counters[item] = {weight, 0};
        } else {
            auto least = std::min_element(counters.begin(), counters.end(),
                                          [](auto &a, auto &b) { return a.second.upper < b.second.upper; });
            const uint64_t upper = least->second.upper;
            counters.erase(least);
            counters[item] = {upper + weight, upper};
        }
    }
    List list() const {
        List list{SKETCH_KIND_TEXT, total};
        for (const auto &[item, counter] : counters) list.add(item, counter.upper, counter.error);
        if (counters.size() == m) list.offset = *std::min_element(list.uppers.begin(), list.uppers.end());
        return list;
    }
};

// Misra and Gries, as DataSketches keeps it: what was taken away from all is the error of each.
struct MisraGries {
    size_t m;
    uint64_t total = 0, offset = 0;
    std::map<std::string, uint64_t> counters = {};

    void add(const std::string &item, uint64_t weight) {
        total += weight;
        counters[item] += weight;
        if (counters.size() <= m) return;
        std::vector<uint64_t> counts;
        for (const auto &[ignored, count] : counters) counts.push_back(count);
        std::nth_element(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(m / 2), counts.end());
        const uint64_t median = counts[m / 2];
        offset += median;
        std::erase_if(counters, [=](const auto &c) { return c.second <= median; });
        for (auto &[ignored, count] : counters) count -= median;
    }
    List list() const {
        List list{SKETCH_KIND_TEXT, total, offset};
        for (const auto &[item, count] : counters) list.add(item, count + offset, offset);
        return list;
    }
};

using Truth = std::map<std::string, uint64_t>;

void must_be_true(const TopkSketch &s, const Truth &truth, uint64_t total) {
    const Bytes packed = s.pack();
    const sketch_topk_info info = TopkSketch::info_of(packed.data(), packed.size());
    REQUIRE(sketch_topk_check(packed.data(), packed.size()) == SKETCH_OK);
    REQUIRE(info.total == total);
    REQUIRE(info.offset <= total / (2 * info.k + 21));
    Truth left = truth;
    for (const TopkSketch::Entry &e : TopkSketch::entries(packed)) {
        const auto found = truth.find(e.item);
        const uint64_t count = found == truth.end() ? 0 : found->second;
        REQUIRE(e.lower <= count);
        REQUIRE(count <= e.upper);
        left.erase(e.item);
    }
    for (const auto &[item, count] : left) REQUIRE(count <= info.offset);
}

}  // namespace

TEST_CASE("topk: the entries of a sketch, as counters, are the sketch", "[topk]") {
    Random random(1);
    for (int round = 0; round < 200; round++) {
        const uint32_t k = 1 + static_cast<uint32_t>(random() % 60);
        const Bytes packed = random_sketch(random, k).pack();
        TopkSketch again(k);
        const List list = list_of(packed);
        REQUIRE(list.merge_into(again) == SKETCH_OK);
        CHECK(again.info().k == k);
        REQUIRE(again.pack() == packed);

        TopkSketch merged = random_sketch(random, k), with_list(1);
        with_list = TopkSketch::of(merged.pack());
        merged = TopkSketch::of(merged.pack());
        merged.merge(packed);
        REQUIRE(list.merge_into(with_list) == SKETCH_OK);
        REQUIRE(with_list.pack() == merged.pack());
    }
}

TEST_CASE("topk: what a sketch says of somebody else's counters is true", "[topk]") {
    Random random(2);
    for (int round = 0; round < 60; round++) {
        const size_t m = 23 + random() % 100;
        SpaceSaving saving{m};
        MisraGries misra{2 * m};
        Truth truth;
        const uint64_t rows = random() % 3000 + 1, different = random() % 2 ? 2 * m : 3000;
        for (uint64_t i = 0; i < rows; i++) {
            const std::string item = item_of(random, different);
            const uint64_t weight = random() % 4 ? 1 : random() % 50 + 1;
            saving.add(item, weight);
            misra.add(item, weight);
            truth[item] += weight;
        }
        TopkSketch from_saving(1000), from_misra(1000);
        REQUIRE(saving.list().merge_into(from_saving) == SKETCH_OK);
        CHECK(from_saving.info().k >= (m - 21) / 2);
        must_be_true(from_saving, truth, saving.total);
        if (misra.list().merge_into(from_misra) == SKETCH_OK) must_be_true(from_misra, truth, misra.total);

        // And it stays true when rows, other lists and sketches come.
        uint64_t total = 2 * saving.total;
        for (auto &[item, count] : truth) count *= 2;
        REQUIRE(saving.list().merge_into(from_saving) == SKETCH_OK);
        TopkSketch other(50);
        for (uint64_t i = 0; i < 3000; i++) {
            const std::string item = item_of(random, 3000);
            (i % 2 ? from_saving : other).add(item);
            truth[item]++;
            total++;
        }
        from_saving.merge(other);
        must_be_true(from_saving, truth, total);
    }
}

TEST_CASE("topk: counters that cannot be are refused, and change nothing", "[topk]") {
    Random random(3);
    TopkSketch s = random_sketch(random, 10);
    s.add("b", 5);
    const Bytes before = s.pack();
    auto refused = [&](const List &list, sketch_status with) {
        CHECK(list.merge_into(s) == with);
        CHECK(s.pack() == before);
    };
    const List good = {SKETCH_KIND_TEXT, 12, 0, {"a", "b"}, {5, 7}, {0, 0}};
    auto changed = [&](auto change) {
        List list = good;
        change(list);
        return list;
    };
    refused(changed([](List &l) { l.total = 11; }), SKETCH_CORRUPT);
    refused(changed([](List &l) { l.total = 13; }), SKETCH_CORRUPT);  // exact, and not all
    refused(changed([](List &l) { l.items = {"b", "a"}; }), SKETCH_CORRUPT);
    refused(changed([](List &l) { l.items = {"b", "b"}; }), SKETCH_CORRUPT);
    refused(changed([](List &l) { l.errors = {0, 1}; }), SKETCH_CORRUPT);  // more than the offset
    refused(changed([](List &l) { l.uppers = {0, 12}; }), SKETCH_CORRUPT);
    refused(changed([](List &l) { l.offset = 1; }), SKETCH_OUT_OF_RANGE);  // for no k
    refused(changed([](List &l) { l.total = 23, l.offset = 1; }), SKETCH_OUT_OF_RANGE);
    refused(changed([](List &l) { l.kind = SKETCH_KIND_NUMBER; }), SKETCH_WRONG_KIND);
    refused(changed([](List &l) { l.kind = SKETCH_KIND_NONE; }), SKETCH_OUT_OF_RANGE);
    refused(changed([](List &l) { l.kind = 99; }), SKETCH_OUT_OF_RANGE);
    refused(changed([](List &l) { l.items[1] = std::string(SKETCH_TOPK_MAX_ITEM + 1, 'x'); }), SKETCH_BAD_ITEM);
    refused(changed([](List &l) { l.total = uint64_t{1} << 63; }), SKETCH_OVERFLOW);
    refused(changed([](List &l) {
                l.total = (uint64_t{1} << 63) - 1;
                l.uppers[1] = l.total - l.uppers[0];
            }),
            SKETCH_OVERFLOW);
    refused(changed([](List &l) { l.uppers[1] = ~uint64_t{0}; }), SKETCH_CORRUPT);
    refused(changed([](List &l) { l.uppers[1] = ~uint64_t{0}, l.offset = 1; }), SKETCH_CORRUPT);
    refused({SKETCH_KIND_TEXT, 5}, SKETCH_CORRUPT);
    refused({SKETCH_KIND_TEXT, 0, 1}, SKETCH_OUT_OF_RANGE);

    size_t falling[] = {5, 3};
    const uint64_t one = 1;
    CHECK(s.try_merge_counters({SKETCH_KIND_TEXT, 1, 0, 1, "abcdef", falling, &one, nullptr}) == SKETCH_BAD_ITEM);
    CHECK(s.try_merge_counters({SKETCH_KIND_TEXT, 1, 0, size_t{1} << 30, "", falling, &one, nullptr}) ==
          SKETCH_TOO_LARGE);
    CHECK(s.pack() == before);

    TopkSketch hashed(10, SKETCH_KIND_JSONB);  // the hash tells which is which
    CHECK(List{SKETCH_KIND_JSONB, 2, 0, {"12345678a", "12345678b"}, {1, 1}}.merge_into(hashed) == SKETCH_CORRUPT);
    CHECK(List{SKETCH_KIND_JSONB, 1, 0, {"1234567"}, {1}}.merge_into(hashed) == SKETCH_BAD_ITEM);
    CHECK(List{SKETCH_KIND_JSONB, 2, 0, {"12345678b", "12345679a"}, {1, 1}}.merge_into(hashed) == SKETCH_OK);

    CHECK(List{SKETCH_KIND_NONE}.merge_into(s) == SKETCH_OK);  // of nothing
    CHECK(List{SKETCH_KIND_TEXT}.merge_into(s) == SKETCH_OK);
    CHECK(s.pack() == before);
    CHECK(good.merge_into(s) == SKETCH_OK);
    TopkSketch empty(3);
    CHECK(changed([](List &l) {
              l.items[0] = "";
              l.errors.clear();
          }).merge_into(empty) == SKETCH_OK);
    CHECK(TopkSketch::bounds(empty.pack(), SKETCH_KIND_TEXT, "").upper == 5);
}

TEST_CASE("topk: lists that are large, or whose items crowd, are merged", "[topk]") {
    for (const std::vector<std::string> &texts : {chosen::short_texts(3000), chosen::texts_with_tags(3000, 100)}) {
        List list{SKETCH_KIND_TEXT, 0};
        std::vector<std::string> sorted = texts;
        std::sort(sorted.begin(), sorted.end());
        for (const std::string &text : sorted) list.add(text, 1 + text.size() % 5, 0), list.total += list.uppers.back();
        TopkSketch s(100);
        REQUIRE(list.merge_into(s) == SKETCH_OK);
        Truth truth;
        for (size_t i = 0; i < sorted.size(); i++) truth[sorted[i]] = list.uppers[i];
        must_be_true(s, truth, list.total);
    }
}

TEST_CASE("topk: whatever a list says, the state is sound", "[topk]") {
    Random random(4);
    for (int round = 0; round < 3000; round++) {
        List list = list_of(random_sketch(random, 1 + static_cast<uint32_t>(random() % 5)).pack());
        for (int i = 0; i < 2; i++) {
            uint64_t *const fields[] = {&list.total, &list.offset};
            const size_t at = list.items.empty() ? 0 : random() % list.items.size();
            uint64_t *field = fields[random() % 2];
            if (!list.items.empty() && random() % 2) field = random() % 2 ? &list.uppers[at] : &list.errors[at];
            switch (random() % 4) {
                case 0: *field += random() % 7 - 3; break;
                case 1: *field = random() >> random() % 64; break;
                case 2:
                    if (!list.items.empty()) std::swap(list.items[at], list.items[0]);
                    break;
                default: break;
            }
        }
        TopkSketch s(1 + static_cast<uint32_t>(random() % 5));
        if (random() % 2) s.add("x", 3);
        const Bytes before = s.pack();
        if (list.merge_into(s) != SKETCH_OK) REQUIRE(s.pack() == before);
        const Bytes packed = s.pack();
        REQUIRE(sketch_topk_check(packed.data(), packed.size()) == SKETCH_OK);
    }
}
