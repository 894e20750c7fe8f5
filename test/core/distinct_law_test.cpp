// The law: a sketch is a function of the set of hashes and the precision, byte for byte.
#include <algorithm>
#include <cstring>
#include <random>
#include <set>

#include "../../src/core/distinct/distinct.hpp"
#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "sanitized.hpp"

namespace {

namespace core = sketch::distinct;
using Random = std::mt19937_64;

// Hashes as they come, and hostile ones: few registers, few tokens, levels up to the last ones.
uint64_t random_hash(Random &random, int shape) {
    uint64_t h = random(), other = random();
    switch (shape) {
        case 0: return h;
        case 1: return h >> other % 64;
        case 2: return (h & 0x3f) | other << 40;
        case 3: return (h & 0x3ffff) | (other & 1) << (18 + (other >> 1) % 46);
        default: return h & (h >> 32) & (h << 7);
    }
}

std::vector<uint64_t> random_hashes(Random &random, size_t count) {
    int shape = static_cast<int>(random() % 5);
    std::vector<uint64_t> hashes(count);
    for (uint64_t &h : hashes) h = random_hash(random, random() % 8 ? shape : 0);
    for (size_t i = 0; i < count / 4; i++) hashes[random() % count] = hashes[random() % count];
    return hashes;
}

// What a sketch must hold, from its definition: levels by register, or tokens.
struct Definition {
    std::set<uint32_t> tokens;
    std::vector<std::set<uint32_t>> levels;

    Definition(const std::vector<uint64_t> &hashes, int precision) : levels(size_t{1} << precision) {
        for (uint64_t h : hashes) {
            uint32_t nlz = 0;
            for (int bit = 63; bit >= 18 && !(h >> bit & 1); bit--) nlz++;
            tokens.insert(static_cast<uint32_t>(h & 0x3ffff) << 6 | nlz);
            uint32_t zeros = 0;
            for (int bit = 63; bit > precision && !(h >> bit & 1); bit--) zeros++;
            levels[h >> 1 & (levels.size() - 1)].insert(2 * zeros + static_cast<uint32_t>(h & 1) + 1);
        }
    }
    bool dense() const { return tokens.size() > levels.size() / 8; }
    std::vector<uint16_t> registers() const {
        std::vector<uint16_t> result;
        for (const std::set<uint32_t> &seen : levels) {
            uint32_t u = seen.empty() ? 0 : *seen.rbegin(), r = u << 9;
            for (uint32_t below = 1; below <= 9 && below <= u; below++)
                if (below == u || seen.count(u - below)) r |= 1u << (9 - below);
            result.push_back(static_cast<uint16_t>(r));
        }
        return result;
    }
};

// What a work form is decoded to: in memory that the next call uses again.
core::View view_of(const DistinctSketch &s) {
    static uint64_t memory[(size_t{2} << core::kMaxPrecision) / sizeof(uint64_t)];
    core::View view;
    const core::Storage storage = {reinterpret_cast<uint32_t *>(memory), reinterpret_cast<core::Register *>(memory)};
    DistinctSketch::must(core::decode_work(s.data(), s.size(), storage, view));
    return view;
}

std::vector<uint16_t> registers_of(const DistinctSketch &s) {
    const core::View view = view_of(s);
    REQUIRE(view.dense);
    return {view.registers, view.registers + (size_t{1} << view.precision)};
}

std::vector<uint32_t> tokens_of(const DistinctSketch &s) {
    const core::View view = view_of(s);
    return {view.tokens, view.tokens + view.token_count};
}

DistinctSketch merged_by_random_tree(Random &random, const std::vector<uint64_t> &hashes,
                                     const std::vector<int> &precisions) {
    size_t parts = precisions.size() + random() % 12;
    std::vector<DistinctSketch> forest(parts);
    for (size_t i = 0; i < parts; i++)
        forest[i] = DistinctSketch(precisions[i % precisions.size()], SKETCH_KIND_NUMBER, random() % 2 == 0);
    // Most of the rows in one part: so forms are mixed.
    for (uint64_t h : hashes) forest[random() % 3 ? 0 : random() % parts].add(h);
    while (forest.size() > 1) {
        size_t a = random() % forest.size(), b = random() % (forest.size() - 1);
        b += b >= a;
        if (random() % 2) forest[a].merge(forest[b].pack());
        else forest[a].merge(forest[b]);
        if (random() % 4 == 0) forest[a] = DistinctSketch::of(forest[a].pack());
        forest.erase(forest.begin() + static_cast<long>(b));
    }
    return forest[0];
}

}  // namespace

TEST_CASE("distinct: a sketch holds what its definition says", "[distinct][law]") {
    Random random(1);
    for (int round = 0; round < 600; round++) {
        int precision = 4 + static_cast<int>(random() % (round % 20 == 0 ? 13 : 7));
        std::vector<uint64_t> hashes =
            random_hashes(random, 1 + random() % (random() % 3 ? 2000 : uint64_t{1} << (precision - 2)));
        Definition expected(hashes, precision);
        DistinctSketch s = distinct_of(hashes, precision);
        INFO("round " << round << ", precision " << precision);
        REQUIRE(s.info().is_dense == expected.dense());
        if (expected.dense()) REQUIRE(registers_of(s) == expected.registers());
        else REQUIRE(tokens_of(s) == std::vector<uint32_t>(expected.tokens.begin(), expected.tokens.end()));
    }
}

TEST_CASE("distinct: any order and any tree of merges gives the same bytes", "[distinct][law]") {
    Random random(2);
    for (int round = 0; round < 600; round++) {
        int precision = 4 + static_cast<int>(random() % 9);
        std::vector<uint64_t> hashes = random_hashes(random, 1 + random() % (round % 10 == 0 ? 20000 : 700));
        Bytes in_order = distinct_of(hashes, precision).pack();
        std::shuffle(hashes.begin(), hashes.end(), random);
        INFO("round " << round << ", precision " << precision);
        REQUIRE(distinct_of(hashes, precision).pack() == in_order);
        REQUIRE(merged_by_random_tree(random, hashes, {precision}).pack() == in_order);
    }
}

TEST_CASE("distinct: sketches of different precisions merge to the smallest, in any tree", "[distinct][law]") {
    Random random(3);
    for (int round = 0; round < 400; round++) {
        int smallest = 4 + static_cast<int>(random() % 7);
        std::vector<int> precisions = {smallest};
        for (int i = 0; i < 3; i++)
            precisions.push_back(std::min(16, smallest + static_cast<int>(random() % (round % 8 ? 4 : 13))));
        std::vector<uint64_t> hashes = random_hashes(random, 1 + random() % 3000);
        Bytes expected = distinct_of(hashes, smallest).pack();
        INFO("round " << round << ", precision " << smallest);
        REQUIRE(merged_by_random_tree(random, hashes, precisions).pack() == expected);
    }
}

TEST_CASE("distinct: a sketch that is limited later equals one made so", "[distinct][law]") {
    Random random(4);
    for (int round = 0; round < 400; round++) {
        int from = 4 + static_cast<int>(random() % 13), to = 4 + static_cast<int>(random() % 13);
        std::vector<uint64_t> hashes = random_hashes(random, 1 + random() % 3000);
        DistinctSketch s(from);
        size_t half = random() % (hashes.size() + 1);
        for (size_t i = 0; i < half; i++) s.add(hashes[i]);
        s.limit(to);
        for (size_t i = half; i < hashes.size(); i++) s.add(hashes[i]);
        INFO("round " << round << ", precision " << from << " to " << to);
        REQUIRE(s.pack() == distinct_of(hashes, std::min(from, to)).pack());
    }
}

TEST_CASE("distinct: registers that are limited later leave zeros behind", "[distinct][law]") {
    Random random(8);
    for (int from : {16, 12, 8})
        for (int to = 4; to < from; to += 3) {
            DistinctSketch s = distinct_of(random_hashes(random, size_t{1} << from), from);
            REQUIRE(s.info().is_dense);
            s.limit(to);
            const uint8_t *bytes = static_cast<const uint8_t *>(s.data());
            const uint8_t *rest = bytes + sizeof(core::WorkHeader) + (size_t{2} << to);
            CHECK(std::all_of(rest, bytes + s.size(), [](uint8_t byte) { return byte == 0; }));
        }
}

TEST_CASE("distinct: tokens are read from slots in any order", "[distinct][law]") {
    std::vector<uint32_t> tokens(core::kMaxTokens);
    for (uint32_t i = 0; i < core::kMaxTokens; i++) tokens[i] = i * 31 << 6 | i % 47;
    DistinctSketch s(16);
    for (uint32_t token : tokens) s.add(core::hash_of(token));
    CHECK(tokens_of(s) == tokens);
    // Work forms of others may have them anywhere.
    Random random(9);
    std::vector<uint32_t> slots = tokens;
    for (int round = 0; round < 3; round++) {
        if (round < 2) std::reverse(slots.begin(), slots.end());
        else std::shuffle(slots.begin(), slots.end(), random);
        DistinctSketch other = s;
        uint8_t *at = static_cast<uint8_t *>(other.data()) + sizeof(core::WorkHeader);
        at[-9] = 0;  // flags: no salt before the slots
        std::memset(at, 0, other.size() - sizeof(core::WorkHeader));
        for (uint32_t token : slots) {
            token++;
            std::memcpy(at, &token, 4);
            at += 4;
        }
        CHECK(tokens_of(other) == tokens);
        CHECK(other.pack() == s.pack());
    }
    // By insertion where that is fast, and not for long where it is not.
    CHECK(core::sort_by_insertion(slots.data(), 2));
    CHECK_FALSE(core::sort_by_insertion(slots.data(), slots.size()));
    std::sort(slots.begin(), slots.end());
    CHECK(slots == tokens);
    for (size_t i = 0; i + 8 < slots.size(); i += 8)
        std::reverse(slots.begin() + static_cast<long>(i), slots.begin() + static_cast<long>(i) + 4);
    CHECK(core::sort_by_insertion(slots.data(), slots.size()));
    CHECK(slots == tokens);
    std::reverse(slots.begin(), slots.end());
    CHECK_FALSE(core::sort_by_insertion(slots.data(), slots.size()));
}

TEST_CASE("distinct: a token stands for its hash at every precision", "[distinct][law]") {
    Random random(5);
    for (int round = 0; round < 200000; round++) {
        uint64_t hash = random_hash(random, round % 5), again = core::hash_of(core::token_of(hash));
        bool same = core::is_token(core::token_of(hash)) && core::token_of(again) == core::token_of(hash);
        for (int precision = 4; precision <= 16; precision++)
            same = same && core::level_of(hash, precision) == core::level_of(again, precision) &&
                   (hash & ((uint64_t{2} << precision) - 1)) == (again & ((uint64_t{2} << precision) - 1));
        REQUIRE(same);
    }
}

TEST_CASE("distinct: registers replace tokens at the first token too many, at every precision", "[distinct][law]") {
    for (int precision = 4; precision <= 16; precision++) {
        const uint64_t most = (uint64_t{1} << precision) / 8;
        std::vector<uint64_t> hashes;
        for (uint64_t i = 0; i <= most; i++) hashes.push_back(i * 31 + (uint64_t{1} << 60));
        DistinctSketch s(precision);
        for (uint64_t i = 0; i < most; i++) s.add(hashes[i]);
        for (uint64_t i = 0; i < most; i++) s.add(hashes[i] | 1ull << 50);  // the same tokens
        INFO("precision " << precision);
        CHECK_FALSE(s.info().is_dense);
        CHECK(s.info().tokens == most);
        CHECK(DistinctSketch::of(s.pack()).pack() == s.pack());
        s.add(hashes[most]);
        CHECK(s.info().is_dense);
        CHECK(s.info().tokens == 0);
        CHECK(registers_of(s) == Definition(hashes, precision).registers());
        CHECK(DistinctSketch::of(s.pack()).pack() == s.pack());
    }
}

TEST_CASE("distinct: the value that came last counts, whatever is done next", "[distinct][law]") {
    Random random(17);
    for (int precision : {4, 7, 10}) {
        DistinctSketch s(precision), merged(precision);  // one gets values, the other sketches of a value
        const std::vector<uint64_t> hashes = random_hashes(random, 1500);
        for (size_t i = 0; i < hashes.size(); i++) {
            s.add(hashes[i]);
            merged.merge(distinct_of({hashes[i]}, precision));
            INFO("precision " << precision << ", value " << i);
            const Bytes packed = s.pack();
            REQUIRE(packed == merged.pack());
            REQUIRE(s.info().is_dense == merged.info().is_dense);
            DistinctSketch twice = s, limited = s, limited_of_packed = DistinctSketch::of(packed);
            twice.merge(s);
            REQUIRE(twice.pack() == packed);
            limited.limit(4);
            limited_of_packed.limit(4);
            REQUIRE(limited.pack() == limited_of_packed.pack());
        }
    }
}

TEST_CASE("distinct: duplicates, and merging a sketch with itself, change nothing", "[distinct][law]") {
    Random random(6);
    for (size_t count : {0, 1, 2, 70, 127, 128, 129, 500, 20000}) {
        std::vector<uint64_t> hashes = random_hashes(random, count);
        DistinctSketch s = distinct_of(hashes);
        Bytes packed = s.pack();
        for (uint64_t h : hashes) s.add(h);
        CHECK(s.pack() == packed);
        s.merge(packed);
        CHECK(s.pack() == packed);
        DistinctSketch copy = s;
        s.merge(copy);
        CHECK(s.pack() == packed);
        s.merge(DistinctSketch(16));
        CHECK(s.pack() == packed);
    }
}

// Searches that walk through all of them would take minutes here.
TEST_CASE("distinct: tokens that crowd at few places of the table merge in time", "[distinct][law]") {
    const int kMerges = kSanitized ? 100 : 3000;
    using Tokens = std::vector<uint32_t>;
    // Tokens with few neighbouring indexes, each with every number of leading zeros: as many as there may be.
    auto crowd = [](uint32_t first, uint32_t step) {
        Tokens tokens;
        for (uint32_t i = first; tokens.size() < core::kMaxTokens; i += step)
            for (uint32_t nlz = 0; nlz <= core::kLargestNlz && tokens.size() < core::kMaxTokens; nlz++)
                tokens.push_back(i << 6 | nlz);
        return tokens;
    };
    auto packed = [](const Tokens &tokens, int precision = 16) {
        core::View v;
        v.kind = SKETCH_KIND_NUMBER;
        v.precision = precision;
        v.token_count = static_cast<uint32_t>(tokens.size());
        v.tokens = tokens.data();
        Bytes bytes(SKETCH_DISTINCT_PACKED_MAX(16));
        sketch::ByteWriter out(bytes.data(), bytes.size());
        REQUIRE(core::encode(v, out) == SKETCH_OK);
        bytes.resize(out.size());
        return bytes;
    };
    for (uint32_t first : {0u, 1000u, core::kTokenIndexes - 175}) {  // at the end they go around it
        const Tokens all = crowd(first, 1);
        const Bytes bytes = packed(all);
        DistinctSketch s(16);
        for (int i = 0; i < kMerges; i++) s.merge(bytes);
        CHECK(tokens_of(s) == all);
        CHECK(s.pack() == bytes);
        // Halves, in both orders; and rows one by one, where the table grows on the way.
        Tokens even, odd;
        for (size_t i = 0; i < all.size(); i++) (i % 2 ? odd : even).push_back(all[i]);
        DistinctSketch ascending(16), descending(16), added(16);
        for (const Tokens &half : {even, odd}) ascending.merge(packed(half));
        for (const Tokens &half : {odd, even}) descending.merge(packed(half));
        for (size_t i = all.size(); i-- > 0;) added.add(core::hash_of(all[i]));
        CHECK(ascending.pack() == bytes);
        CHECK(descending.pack() == bytes);
        CHECK(added.pack() == bytes);
        // One too many, at this precision or at another.
        s.merge(packed({100 << 12}));
        CHECK(s.info().is_dense);
        DistinctSketch coarse(16);
        coarse.merge(packed({all[1], all[2], all[4000]}, 12));
        for (int i = 0; i < 2; i++) coarse.merge(packed({all.begin(), all.begin() + 512}));
        CHECK(coarse.info().is_dense);
        coarse = DistinctSketch(16);
        coarse.merge(packed({all[1], all[2], all[400]}, 12));
        for (int i = 0; i < 2; i++) coarse.merge(packed({all.begin(), all.begin() + 512}));
        CHECK(tokens_of(coarse) == Tokens(all.begin(), all.begin() + 512));
        CHECK(coarse.info().precision == 12);
        ascending.limit(13);
        CHECK(ascending.info().is_dense);
    }
    // Enough to lose patience with, and still not too many: found in the table, then added to it.
    const Tokens held = crowd(50000, 1), other(held.begin(), held.begin() + 4000);
    DistinctSketch s(16);
    s.merge(packed({held.begin() + 2000, held.begin() + 6000}));
    s.merge(packed(other));
    CHECK(tokens_of(s) == Tokens(held.begin(), held.begin() + 6000));
    s.merge(packed(held));
    CHECK(tokens_of(s) == held);
    for (uint32_t token : held) s.add(core::hash_of(token));  // each is found where it stands
    CHECK(tokens_of(s) == held);
}

TEST_CASE("distinct: kinds are kept apart", "[distinct][law]") {
    DistinctSketch numbers, texts(10, SKETCH_KIND_TEXT);
    numbers.add(1);
    texts.add(1);
    CHECK(numbers.try_add_as(SKETCH_KIND_TEXT, 2) == SKETCH_WRONG_KIND);
    Bytes packed = texts.pack(), before = numbers.pack();
    CHECK(numbers.try_merge(packed.data(), packed.size()) == SKETCH_WRONG_KIND);
    CHECK(numbers.try_merge(texts.data(), texts.size()) == SKETCH_WRONG_KIND);
    CHECK(numbers.pack() == before);
    double intersection = -1, jaccard = -1;
    CHECK(sketch_distinct_overlap(before.data(), before.size(), packed.data(), packed.size(), &intersection,
                                  &jaccard) == SKETCH_WRONG_KIND);
    CHECK(intersection == -1);
    DistinctSketch arrays(10, SKETCH_KIND_TEXT | SKETCH_KIND_ARRAY);
    arrays.add(5);
    CHECK(DistinctSketch::of(arrays.pack()).info().kind == (SKETCH_KIND_TEXT | SKETCH_KIND_ARRAY));
}

TEST_CASE("distinct: vector instructions merge registers as plain ones do", "[distinct][law]") {
    Random random(7);
    std::vector<uint16_t> valid;
    for (uint32_t r = 0; r < 0x10000; r++)
        if (core::is_register(r, 4)) valid.push_back(static_cast<uint16_t>(r));
    for (int round = 0; round < 3000; round++) {
        size_t count = random() % 100 + 1;
        std::vector<uint16_t> a(count), b(count);
        for (size_t i = 0; i < count; i++) {
            size_t at = random() % valid.size();
            a[i] = valid[at];
            b[i] = valid[random() % 2 ? random() % valid.size() : std::min<size_t>(valid.size() - 1, at + random() % 8192)];
        }
        std::vector<uint16_t> fast = a, plain = a;
        core::merge_registers(fast.data(), b.data(), count);
        core::merge_registers_portably(plain.data(), b.data(), count);
        REQUIRE(fast == plain);
    }
}
