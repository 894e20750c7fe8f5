// The layers of fields that packed counters are made of: read, written and looked into alike with and without vector
// instructions, and of whatever widths they have.
#include <algorithm>
#include <vector>

#include "catch.hpp"
#include "frequency_sketch.hpp"
#include "mutations.hpp"
#include "portably.hpp"
#include "sanitized.hpp"

namespace {

const int kRounds = kSanitized ? 200 : 3000, kWidest = kSanitized ? 9 : 15;

using mutations::Random;

// Calls it with vector instructions, if this processor has them, and without: what it answers must be the same.
template <typename Call>
auto both_ways(Call call) {
    auto result = call();
    REQUIRE((result == portably(call)));
    return result;
}

// Counters of every size: rows a counter, how many items are heavy, and how heavy at most.
FrequencySketch counters(Random &random, int log2_width, uint64_t items, uint64_t weight, int heavy, int heavy_bits) {
    FrequencySketch s(log2_width);
    for (uint64_t i = 0; i < items; i++) s.add_item(random(), 1 + random() % weight);
    for (int i = 0; i < heavy; i++) s.add_item(random(), uint64_t{1} << random() % static_cast<unsigned>(heavy_bits));
    return s;
}

std::vector<FrequencySketch> shapes() {
    Random random(31);
    std::vector<FrequencySketch> all;
    for (int log2_width : {6, 7, 9, 12})
        for (uint64_t rows : {1, 2, 5, 30, 1000}) {
            const uint64_t items = (uint64_t{1} << log2_width) * rows / (rows == 1000 ? 30 : 1);
            for (uint64_t weight : {uint64_t{1}, uint64_t{100}, uint64_t{1} << 36}) {
                all.push_back(counters(random, log2_width, items, weight, 0, 1));
                all.push_back(counters(random, log2_width, items, weight, 20, 55));
            }
        }
    for (int bits = 1; bits < 56; bits++) all.push_back(counters(random, 6, 40, uint64_t{1} << bits, 3, 56));
    return all;
}

struct Answers {
    sketch_status check, merge;
    std::vector<uint64_t> counts;
    Bytes merged;
    bool operator==(const Answers &) const = default;
};

Answers answers(const Bytes &packed, const FrequencySketch &other) {
    Answers a{sketch_frequency_check(packed.data(), packed.size()), SKETCH_OK, {}, {}};
    for (uint64_t item = 0; item < 40; item++) {
        uint64_t count[3] = {};
        sketch_frequency_count(packed.data(), packed.size(), SKETCH_KIND_NUMBER, sketch_hash_word(item), count,
                               count + 1, count + 2);
        a.counts.insert(a.counts.end(), count, count + 3);
    }
    FrequencySketch into = other;
    a.merge = into.try_merge(packed.data(), packed.size());
    into.try_subtract(packed.data(), packed.size());
    a.merged = into.pack();
    return a;
}

}  // namespace

TEST_CASE("frequency: the same bytes and answers with and without vector instructions", "[frequency][layers]") {
    const FrequencySketch some = [] {
        Random random(32);
        return counters(random, 12, 5000, 3, 10, 20);
    }();
    for (const FrequencySketch &s : shapes()) {
        REQUIRE(s.info().is_dense);
        const Bytes packed = both_ways([&] { return s.pack(); });
        const Answers a = both_ways([&] { return answers(packed, some); });
        REQUIRE(a.check == SKETCH_OK);
        REQUIRE(both_ways([&] { return FrequencySketch::of(packed).pack(); }) == packed);
        for (int log2_width : {6, 8}) {
            FrequencySketch narrow = s, merged(log2_width);
            narrow.limit(log2_width);
            both_ways([&] {
                merged = FrequencySketch(std::min(log2_width, s.info().log2_width));
                merged.merge(packed);
                return merged.pack();
            });
            REQUIRE(merged.pack() == narrow.pack());
        }
    }
}

TEST_CASE("frequency: an item's count is read from layers as from plain counters", "[frequency][layers]") {
    Random random(33);
    for (int log2_width = 6; log2_width <= kWidest; log2_width += 3) {
        for (uint64_t weight : {uint64_t{1}, uint64_t{7}, uint64_t{1} << 20, uint64_t{1} << 38}) {
            FrequencySketch s(log2_width);
            // Every 97th item is so heavy that all its counters go through many layers.
            for (uint64_t i = 0; i < (uint64_t{3} << log2_width); i++)
                s.add_item(i, i % 97 == 0 ? 1 + random() % (weight << 14) : 1 + random() % weight);
            const Bytes packed = s.pack();
            for (uint64_t i = 0; i < 3000; i++) {
                if (i >= 1000 && i % 97 != 0) continue;
                const uint64_t hash = sketch_hash_word(i);
                REQUIRE(both_ways([&] {
                            return FrequencySketch::count(packed.data(), packed.size(), SKETCH_KIND_NUMBER, hash);
                        }) == s.count(hash));
            }
        }
    }
}

TEST_CASE("frequency: damaged layers get the same answers with and without vector instructions",
          "[frequency][layers][packed]") {
    Random random(34);
    const std::vector<FrequencySketch> all = shapes();
    const FrequencySketch some = counters(random, 9, 700, 3, 10, 20);
    for (int round = 0; round < kRounds; round++) {
        Bytes packed = all[random() % all.size()].pack();
        if (random() % 2) mutations::damage(random, packed);
        else packed[random() % packed.size()] ^= static_cast<uint8_t>(1u << random() % 8);
        if (packed.empty()) continue;
        const Bytes exact(packed.begin(), packed.end());  // so that reading beyond is seen
        INFO("round " << round);
        both_ways([&] { return answers(exact, some); });
    }
}

TEST_CASE("frequency: no packed form needs more room than it is promised", "[frequency][layers]") {
    // Counters that are as large as they can be: an item for each, and a total of nearly 2^63.
    for (int log2_width : {6, 8, 11}) {
        for (uint64_t part : {1, 3, 64, 1000}) {
            Random random(35);
            FrequencySketch s(log2_width);
            const uint64_t items = uint64_t{1} << log2_width;
            for (uint64_t i = 0; i < items; i++)
                s.add_item(random(), 0x7fffffffffffffff / items / part * (1 + random() % part));
            const Bytes packed = s.pack();
            CHECK(sketch_frequency_check(packed.data(), packed.size()) == SKETCH_OK);
            CHECK(frequency_packed_bound(s.data(), s.size()) <= SKETCH_FREQUENCY_PACKED_MAX(log2_width));
        }
    }
}
