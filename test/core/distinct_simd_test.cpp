// With and without vector instructions: the same bytes, the same answers, and the same statuses on hostile bytes.
#include <cmath>
#include <string>

#include "../../src/core/distinct/distinct.hpp"
#include "../../src/core/distinct/tokens.hpp"
#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "mutations.hpp"
#include "portably.hpp"

namespace {

namespace core = sketch::distinct;
using mutations::hex;
using mutations::Random;

// A hash with a number of leading zeros above the low 18 bits that is chosen: random, few, or many.
uint64_t hash(Random &random, int how) {
    const uint64_t h = random();
    if (how == 0) return h;
    const int zeros = static_cast<int>(random() % (how == 1 ? 4 : 47));
    return (h & 0x3ffff) | (((h >> 18) | uint64_t{1} << 45) >> zeros) << 18;
}

DistinctSketch sketch_of(Random &random, uint64_t count, int precision, int how) {
    DistinctSketch s(precision);
    for (uint64_t i = 0; i < count; i++) s.add(hash(random, how));
    return s;
}

struct Outcome {
    sketch_status check, merge;
    double count = -1, lower = -1, upper = -1;
    Bytes packed, merged;
    bool operator==(const Outcome &) const = default;
};

Outcome outcome_of(const Bytes &bytes, const DistinctSketch &other) {
    Outcome o{};
    o.check = sketch_distinct_check(bytes.data(), bytes.size());
    if (o.check == SKETCH_OK) {
        sketch_distinct_count(bytes.data(), bytes.size(), &o.count);
        sketch_distinct_bounds(bytes.data(), bytes.size(), 0.95, &o.lower, &o.upper);
        o.packed.resize(SKETCH_DISTINCT_PACKED_MAX(SKETCH_DISTINCT_MAX_PRECISION));
        size_t size = 0;
        sketch_distinct_pack(bytes.data(), bytes.size(), o.packed.data(), o.packed.size(), &size);
        o.packed.resize(size);
    }
    DistinctSketch into = other;
    o.merge = into.try_merge(bytes.data(), bytes.size());
    o.merged = into.pack();
    return o;
}

}  // namespace

TEST_CASE("distinct: both instruction sets make and read the same bytes", "[distinct][simd]") {
    Random random(31);
    int accepted = 0, refused = 0;
    for (int precision : {4, 7, 10, 11, 16})
        for (uint64_t count : {1, 2, 5, 6, 7, 8, 9, 15, 60, 100, 137, 200, 1000, 4000, 8192, 30000})
            for (int how = 0; how < 3; how++) {
                const DistinctSketch s = sketch_of(random, count, precision, how),
                                     other = sketch_of(random, random() % 2000, precision, how);
                const Bytes packed = s.pack();
                REQUIRE(packed == portably([&] { return s.pack(); }));
                for (int round = 0; round < (packed.size() < 2000 ? 12 : 4); round++) {
                    Bytes bytes = packed;
                    if (round > 0) mutations::damage(random, bytes);
                    if (round % 3 == 2) {  // behind the header, where the decoders are
                        bytes = packed;
                        bytes[5 + random() % (bytes.size() - 5)] ^= static_cast<uint8_t>(1u << random() % 8);
                    }
                    const Outcome o = outcome_of(bytes, other);
                    INFO(hex(bytes));
                    REQUIRE(o == portably([&] { return outcome_of(bytes, other); }));
                    (o.check == SKETCH_OK ? accepted : refused)++;
                }
            }
    CHECK(accepted > 200);
    CHECK(refused > 200);
}

TEST_CASE("distinct: tokens are read alike, however many and however long", "[distinct][simd]") {
    Random random(32);
    for (int round = 0; round < 400; round++) {
        const uint64_t count = round < 200 ? 1 + round : 1 + random() % core::kMaxTokens;
        DistinctSketch s(16);
        for (uint64_t tokens = 0; tokens < count; tokens = s.info().tokens)  // some are equal
            while (tokens++ < count) s.add(hash(random, round % 3));
        const Bytes packed = s.pack();
        std::vector<uint8_t> data(packed.begin() + 5, packed.end());
        while (data[0] & 0x80) data.erase(data.begin());
        data.erase(data.begin());  // the number of tokens
        auto read = [&] {
            std::vector<uint32_t> tokens(count + core::kTokenSlack);
            const auto status =
                core::decode_tokens(data.data(), data.size(), static_cast<uint32_t>(count), tokens.data());
            tokens.resize(count);
            return std::pair{status, tokens};
        };
        const auto tokens = read();
        REQUIRE(tokens.first == SKETCH_OK);
        REQUIRE(tokens == portably(read));
        for (int change = 0; change < 8; change++) {
            const size_t bit = random() % (8 * data.size());
            mutations::flip(data, bit);
            const auto changed = read();
            const auto expected = portably(read);
            REQUIRE(changed.first == expected.first);
            if (changed.first == SKETCH_OK) REQUIRE(changed.second == expected.second);
            mutations::flip(data, bit);
        }
    }
}

TEST_CASE("distinct: tokens go to the same registers together and one by one", "[distinct][simd]") {
    Random random(33);
    for (int precision = 4; precision <= 16; precision++)
        for (int round = 0; round < 30; round++) {
            std::vector<uint32_t> tokens(random() % 700);
            for (uint32_t &token : tokens) token = core::token_of(hash(random, round % 3));
            std::vector<uint16_t> one_by_one(size_t{1} << precision), together = one_by_one, portable = one_by_one;
            for (uint32_t token : tokens) core::insert_token(one_by_one.data(), precision, token);
            core::insert_tokens(together.data(), precision, tokens.data(), tokens.size());
            portably([&] { return core::insert_tokens(portable.data(), precision, tokens.data(), tokens.size()), 0; });
            REQUIRE(together == one_by_one);
            REQUIRE(portable == one_by_one);
            // And registers that are merged.
            std::vector<uint16_t> into = one_by_one, into_portably = into;
            for (uint16_t &r : together) r = static_cast<uint16_t>(random());
            core::merge_registers(into.data(), together.data(), into.size());
            core::merge_registers_portably(into_portably.data(), together.data(), into.size());
            REQUIRE(into == into_portably);
        }
}
