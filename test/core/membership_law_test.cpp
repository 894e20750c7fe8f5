// The law: a filter is a function of the set of items and the number of blocks, byte for byte.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <set>
#include <string>

#include "../../src/core/membership/block.hpp"
#include "catch.hpp"
#include "membership_sketch.hpp"
#include "portably.hpp"

namespace {

using Random = std::mt19937_64;

// Hashes of many shapes: as good as random; few, with repetitions; and such as an enemy would choose: all in one block,
// all with one mask, or with tokens that become equal when a filter is folded.
Hashes random_hashes(Random &random, size_t count) {
    Hashes hashes(count);
    uint64_t shape = random() % 8, some = random(), few = 1 + random() % 50;
    for (size_t i = 0; i < count; i++) {
        uint64_t h = random();
        switch (shape) {
            case 0: h = sketch_hash_word(h % few); break;
            case 1: h = (h & ~uint64_t{0xffffff}) | (some & 0xffffff); break;                          // one mask
            case 2: h = (h & 0xffffffff) | (some & ~uint64_t{0xffffffff}); break;                      // one block
            case 3: h = (h & ~uint64_t{0xffffffff}) | (h & 3); break;                                  // four masks
            case 4: h = (uint64_t{i} / 2) | (i % 2 ? uint64_t{1} << (42 + random() % 22) : 0); break;  // pairs
            case 5: h = random() % 4 == 0 ? ~uint64_t{0} : random() % 4 == 0 ? 0 : h; break;
            default: break;
        }
        hashes[i] = h;
    }
    return hashes;
}

struct Parameters {
    int log2_blocks, rate;
};

// One of the rates that are kept: a digit and zeros.
int random_rate(Random &random) {
    const int rate = static_cast<int>(1 + random() % 9);
    constexpr int kTenTo[] = {1, 10, 100, 1000, 10000};
    return std::min(rate * kTenTo[random() % 5], SKETCH_MEMBERSHIP_MAX_RATE);
}

// Splits the items among filters, each packed or not, and merges them as a random tree. All of `sizes` take part.
MembershipSketch merged_by_random_tree(Random &random, const Hashes &hashes, const std::vector<Parameters> &sizes) {
    size_t parts = std::max<size_t>(sizes.size(), 1 + random() % 20);
    std::vector<MembershipSketch> forest(parts);
    for (size_t i = 0; i < parts; i++) {  // without items, the first one tells the kind
        const auto [log2_blocks, rate] = sizes[i % sizes.size()];
        forest[i] = MembershipSketch(log2_blocks, SKETCH_KIND_NUMBER, random() % 2 == 0 && i > 0, rate);
    }
    size_t favourite = random() % parts;  // mostly one part holds much more than the others
    for (uint64_t h : hashes) forest[random() % 4 ? favourite : random() % parts].add(h);
    while (forest.size() > 1) {
        size_t a = random() % forest.size(), b = random() % (forest.size() - 1);
        b += b >= a;
        if (random() % 8 == 0) forest[a].limit(forest[b].info().log2_blocks, forest[b].info().rate);
        if (random() % 2) forest[a].merge(forest[b].pack());
        else forest[a].merge(forest[b]);
        if (random() % 4 == 0) forest[a] = MembershipSketch::of(forest[a].pack());
        forest.erase(forest.begin() + static_cast<long>(b));
    }
    return forest[0];
}

}  // namespace

TEST_CASE("membership: any order and any tree of merges gives the bytes of the definition", "[membership][law]") {
    Random random(1);
    for (int round = 0; round < 1500; round++) {
        int log2_blocks = static_cast<int>(random() % 12);
        size_t around = size_t{2} << log2_blocks;  // where a filter becomes dense
        Hashes hashes = random_hashes(random, random() % (random() % 2 ? 2 * around + 2 : 3 * around + 100));
        Bytes expected = packed_model(hashes, log2_blocks);
        INFO("round " << round << ", 2^" << log2_blocks << " blocks, " << hashes.size() << " items");
        REQUIRE(filter_of(hashes, log2_blocks).pack() == expected);
        std::shuffle(hashes.begin(), hashes.end(), random);
        REQUIRE(filter_of(hashes, log2_blocks).pack() == expected);
        REQUIRE(merged_by_random_tree(random, hashes, {{log2_blocks, kRate}}).pack() == expected);
    }
}

TEST_CASE("membership: filters of different sizes and rates merge to the smallest and the largest, in any tree",
          "[membership][law]") {
    Random random(2);
    for (int round = 0; round < 1500; round++) {
        int log2_blocks = static_cast<int>(random() % 9);
        size_t around = size_t{2} << log2_blocks;
        Hashes hashes = random_hashes(random, random() % (4 * around + 20));
        std::vector<Parameters> sizes = {{log2_blocks, random_rate(random)}};
        int rate = sizes[0].rate;
        for (uint64_t more = random() % 4; more > 0; more--) {
            sizes.push_back({log2_blocks + static_cast<int>(random() % 6), random_rate(random)});
            rate = std::max(rate, sizes.back().rate);
        }
        INFO("round " << round << ", 2^" << log2_blocks << " blocks, " << hashes.size() << " items, rate " << rate);
        REQUIRE(merged_by_random_tree(random, hashes, sizes).pack() ==
                packed_model(hashes, log2_blocks, SKETCH_KIND_NUMBER, rate));
    }
}

TEST_CASE("membership: folding from any size to any other equals building at the smaller one", "[membership][law]") {
    Random random(3);
    for (int from = 0; from <= 13; from++)
        for (size_t items : {size_t{0}, size_t{1}, size_t{5}, size_t{70}, size_t{1} << from, size_t{3} << from}) {
            Hashes hashes = random_hashes(random, items);
            MembershipSketch large = filter_of(hashes, from);
            for (int to = from; to >= 0; to--) {
                MembershipSketch at_once = large, by_merging(to);
                at_once.limit(to);
                by_merging.merge(large);
                Bytes expected = packed_model(hashes, to);
                INFO(items << " items, from 2^" << from << " to 2^" << to << " blocks");
                REQUIRE(at_once.pack() == expected);
                REQUIRE(by_merging.pack() == expected);
            }
            for (int to = from; to >= 0; to--) {
                large.limit(to);  // step by step
                REQUIRE(large.pack() == packed_model(hashes, to));
            }
        }
}

TEST_CASE("membership: a filter that is limited is the one of the coarser parameters, before and after merges",
          "[membership][law][coarsen]") {
    Random random(12);
    for (int from = 0; from <= 8; from += 2)
        for (int to = 0; to <= 8; to += 2)
            for (int from_rate : {1, 40, 1000, 50000})
                for (int to_rate : {1, 50, 1000, 20000}) {
                    const Hashes some = random_hashes(random, random() % (size_t{6} << std::min(from, to))),
                                 more = random_hashes(random, random() % (size_t{3} << from));
                    Hashes all = some;
                    all.insert(all.end(), more.begin(), more.end());
                    const int log2_blocks = std::min(from, to), rate = std::max(from_rate, to_rate);
                    MembershipSketch a = filter_of(some, from, from_rate), merged = a;
                    const MembershipSketch b = filter_of(more, from, from_rate);
                    const Bytes expected = packed_model(all, log2_blocks, SKETCH_KIND_NUMBER, rate);
                    INFO("2^" << from << " blocks, rate " << from_rate << " to 2^" << to << ", rate " << to_rate);
                    a.limit(to, to_rate);
                    REQUIRE(a.pack() == packed_model(some, log2_blocks, SKETCH_KIND_NUMBER, rate));
                    a.merge(b);
                    REQUIRE(a.pack() == expected);
                    merged.merge(b);
                    merged.limit(to, to_rate);
                    REQUIRE(merged.pack() == expected);
                }
}

TEST_CASE("membership: the largest filters fold as well", "[membership][law]") {
    Random random(4);
    Hashes hashes = random_hashes(random, 0);
    for (int i = 0; i < 3000; i++) hashes.push_back(random());
    MembershipSketch tokens = filter_of(hashes, SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS);
    REQUIRE(tokens.pack() == packed_model(hashes, SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS));
    for (int to = SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS; to >= 0; to--) {
        tokens.limit(to);
        REQUIRE(tokens.pack() == packed_model(hashes, to));
    }
}

TEST_CASE("membership: a filter becomes dense at the first token too many and not before", "[membership][law]") {
    Random random(5);
    for (int log2_blocks = 0; log2_blocks <= 15; log2_blocks++) {
        const uint64_t most = uint64_t{2} << log2_blocks;
        MembershipSketch s(log2_blocks);
        std::set<uint64_t> hashes;
        while (hashes.size() < most) {
            uint64_t h = random();
            hashes.insert(h);
            s.add(h);
            s.add(h);
        }
        INFO("2^" << log2_blocks << " blocks");
        CHECK(s.info().tokens == most);  // no two of these collide
        CHECK_FALSE(s.info().is_dense);
        for (uint64_t h : hashes) s.add(h);
        CHECK_FALSE(s.info().is_dense);
        s.add(random());
        CHECK(s.info().is_dense);
        CHECK(s.info().tokens == 0);
    }
}

TEST_CASE("membership: tokens that folding makes equal do not keep a filter from being dense", "[membership][law]") {
    // The worst case: each token at j - 1 stands for two at j. 2 * 2^j + 2 tokens at j make 2^j + 1 > 2 * 2^(j-1).
    for (int log2_blocks = 1; log2_blocks <= 10; log2_blocks++) {
        const uint64_t blocks = uint64_t{1} << log2_blocks;
        Hashes hashes;
        for (uint64_t i = 0; i < blocks + 1; i++)
            for (uint64_t neighbour : {0, 1})
                hashes.push_back((2 * (i % (blocks / 2)) + neighbour) << (64 - log2_blocks) | i);
        MembershipSketch s = filter_of(hashes, log2_blocks);
        CHECK(s.info().is_dense);
        s.limit(log2_blocks - 1);
        CHECK(s.info().is_dense);
        REQUIRE(s.pack() == packed_model(hashes, log2_blocks - 1));

        hashes.resize(hashes.size() - 2);  // exactly as many as there may be, at both sizes
        s = filter_of(hashes, log2_blocks);
        CHECK(s.info().tokens == 2 * blocks);
        s.limit(log2_blocks - 1);
        CHECK(s.info().tokens == blocks);
        REQUIRE(s.pack() == packed_model(hashes, log2_blocks - 1));
    }
}

TEST_CASE("membership: adding an item again and merging with itself change nothing", "[membership][law]") {
    Random random(6);
    for (size_t items : {0, 1, 2, 3, 70, 500, 4000}) {
        Hashes hashes = random_hashes(random, items);
        MembershipSketch s = filter_of(hashes, 8);
        Bytes packed = s.pack();
        for (uint64_t h : hashes) s.add(h);
        CHECK(s.pack() == packed);
        MembershipSketch copy = s;
        s.merge(copy);
        s.merge(packed);
        CHECK(s.pack() == packed);
    }
}

TEST_CASE("membership: an empty filter is the neutral element but for its size", "[membership][law]") {
    Random random(7);
    Hashes hashes = random_hashes(random, 3000);
    MembershipSketch s = filter_of(hashes, 10);
    s.merge(MembershipSketch(12));
    CHECK(s.pack() == packed_model(hashes, 10));
    s.merge(MembershipSketch(3).pack());
    CHECK(s.pack() == packed_model(hashes, 3));
    CHECK(MembershipSketch(5).pack() == packed_model({}, 5));
}

// What stands in stored bytes is chosen by who made them. The tests below are about time, which they do not measure:
// they would take minutes, or hours, if it grew with the square of the number of tokens.

namespace {

// That many tokens for 2^log2_blocks blocks whose products with an odd constant are the smallest: one place, wherever
// places are the top bits of that product. As hashes, which are the smallest numbers with these tokens.
Hashes tokens_of_one_place(uint64_t multiplier, size_t count, int log2_blocks) {
    const uint64_t limit = uint64_t{1} << (24 + log2_blocks);
    uint64_t inverse = 1;
    for (int i = 0; i < 6; i++) inverse *= 2 - multiplier * inverse;
    // Multiples of the inverse that are below the limit come at three distances only: the first that goes up by less
    // than the limit, the first that goes down by less, and their sum.
    uint64_t up = 1, down = 1;
    while (up * inverse >= limit) up++;
    while (-(down * inverse) >= limit) down++;
    Hashes hashes;
    for (uint64_t at = 0; hashes.size() < count;) {
        const uint64_t token = at * inverse;
        hashes.push_back((log2_blocks == 0 ? 0 : token >> 24 << (64 - log2_blocks)) | (token & 0xffffff));
        const bool can_rise = token + up * inverse < limit, can_fall = token >= -(down * inverse);
        at += can_rise && (!can_fall || up < down) ? up : can_fall ? down : up + down;
    }
    return hashes;
}

// Uniform hashes, the same for each call.
Hashes some_hashes(size_t count, uint64_t first) {
    Hashes hashes(count);
    for (uint64_t &h : hashes) h = sketch_hash_word(first++);
    return hashes;
}

}  // namespace

TEST_CASE("membership: merging large tables of tokens takes time in proportion to them", "[membership][time]") {
    // The second leaves a target with some room; then the third comes in the order of the places in its own table.
    const Hashes first = some_hashes(100000, 0), second = some_hashes(1000, 1 << 24),
                 third = some_hashes(2000000, 2 << 24);
    MembershipSketch merged(22), at_once = filter_of(first, 22);
    for (const Hashes *part : {&first, &second, &third}) {
        merged.merge(filter_of(*part, 22));
        if (part != &first)
            for (uint64_t h : *part) at_once.add(h);
    }
    CHECK(merged.info().tokens == 2101000);
    REQUIRE(merged.pack() == at_once.pack());

    // As full as tables may be, so that most of the tokens come to an end that is full already.
    MembershipSketch full = filter_of(some_hashes(1040000, 3 << 24), 19);
    CHECK(full.info().tokens == 1040000);
    for (uint64_t i = 4; i < 7; i++) {
        MembershipSketch target = full, other = filter_of(some_hashes(1000000, i << 24), 19);
        for (uint64_t h : some_hashes(1040000, 3 << 24)) other.add(h);
        target.merge(other);
        REQUIRE(target.info().is_dense);
    }
}

TEST_CASE("membership: tokens that are chosen to share places cost no more than others", "[membership][time]") {
    for (uint64_t multiplier : {uint64_t{0x9e3779b97f4a7c15}, uint64_t{0xbf58476d1ce4e5b9}})
        for (auto [count, log2_blocks] : {std::pair{100000, 16}, {1000000, 22}}) {
            if (multiplier != 0x9e3779b97f4a7c15 && count > 100000) continue;  // one such set takes its time to make
            Hashes hashes = tokens_of_one_place(multiplier, static_cast<size_t>(count), log2_blocks);
            Bytes packed = packed_model(hashes, log2_blocks);
            REQUIRE(sketch_membership_check(packed.data(), packed.size()) == SKETCH_OK);
            MembershipSketch merged(log2_blocks), added = filter_of(hashes, log2_blocks);
            merged.merge(packed);
            CHECK(merged.info().tokens == static_cast<uint64_t>(count));
            REQUIRE(merged.pack() == packed);
            merged.merge(added);
            REQUIRE(merged.pack() == packed);
        }
}

TEST_CASE("membership: salts change no byte of a packed filter", "[membership][law]") {
    Random random(11);
    for (size_t count : {5, 300, 3000}) {
        const Hashes hashes = random_hashes(random, count);
        const Bytes expected = packed_model(hashes, 11);
        MembershipSketch merged(11);
        for (uint64_t salt : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}, random()}) {
            sketch_set_salt(salt);
            MembershipSketch s = filter_of(hashes, 11);
            REQUIRE(s.pack() == expected);
            for (uint64_t h : hashes) REQUIRE(s.contains(h));
            sketch_set_salt(salt);  // the same again
            MembershipSketch same = filter_of(hashes, 11);
            same.merge(s);
            REQUIRE(same.pack() == expected);
            merged.merge(same);
            REQUIRE(merged.pack() == expected);
        }
    }
    sketch_set_salt(0);
}

TEST_CASE("membership: a rate is kept rounded up to one digit", "[membership][rate]") {
    // -2 if it is out of range.
    const auto kept = [](double rate) {
        int result = -2;
        const sketch_status status = sketch_membership_kept_rate(rate, &result);
        REQUIRE(status == (result == -2 ? SKETCH_OUT_OF_RANGE : SKETCH_OK));
        return result;
    };
    CHECK(kept(0.5) == 50000);
    CHECK(kept(0.1) == 10000);
    CHECK(kept(0.01) == 1000);
    CHECK(kept(0.001) == 100);
    CHECK(kept(0.00001) == 1);
    CHECK(kept(0.011) == 2000);
    CHECK(kept(0.0123) == 2000);
    CHECK(kept(0.0999) == 10000);
    CHECK(kept(0.45) == 50000);
    for (double rate : {0.0, -0.1, 0.0000099, 0.50001, 1.0, std::nan(""), HUGE_VAL}) CHECK(kept(rate) == -2);
    int rates = 0, before = 0;
    for (double power : {100000.0, 10000.0, 1000.0, 100.0, 10.0})
        for (int digit = 1; digit <= (power > 10 ? 9 : 5); digit++, rates++) {
            const double rate = digit / power;
            const int exact = kept(rate);
            INFO(rate);
            REQUIRE(exact / 100000.0 == rate);
            REQUIRE(exact > before);  // in order, so that the larger one wins
            REQUIRE(kept(std::nextafter(rate, 0)) == (before == 0 ? -2 : exact));
            REQUIRE((digit == 5 && power == 10 ? kept(std::nextafter(rate, 1)) == -2
                                               : kept(std::nextafter(rate, 1)) > exact));
            before = exact;
            // And comes back from both forms.
            MembershipSketch s = filter_of(some_hashes(100, 1), 3, exact);
            REQUIRE(s.info().rate == exact);
            REQUIRE(s.info().is_dense);
            REQUIRE(MembershipSketch::of(s.pack()).info().rate == exact);
        }
    CHECK(rates == 41);
}

TEST_CASE("membership: work forms are no larger than need be", "[membership][size]") {
    Random random(8);
    for (int log2_blocks = 0; log2_blocks <= 14; log2_blocks++) {
        const size_t dense = size_t{32} << log2_blocks, header = 32;
        MembershipSketch s(log2_blocks);
        CHECK(s.size() == 256);
        while (!s.info().is_dense) {
            size_t tokens = s.info().tokens;
            if (s.size() > 256 && s.size() <= 8192) REQUIRE(s.size() / 2 <= header + 8 * (tokens * 8 / 7 + 1));
            if (s.size() > 8192) REQUIRE(s.size() <= dense + header + 63);
            if (s.size() > 4 * 8192) REQUIRE(s.size() <= header + 8 * 8 * tokens + 63);
            s.add(random());
        }
        size_t wanted = dense + 88;  // with pending items, and room to align the blocks
        CHECK(s.size() <= (wanted <= 8192 ? 2 * wanted : wanted + 63));
    }
}

TEST_CASE("membership: what is left of a buffer is zero", "[membership][work]") {
    Random random(9);
    for (int log2_blocks : {0, 1, 2, 3, 7, 9}) {
        MembershipSketch s = filter_of(random_hashes(random, size_t{8} << log2_blocks), log2_blocks);
        REQUIRE(s.info().is_dense);
        uint32_t blocks_at;
        std::memcpy(&blocks_at, s.bytes() + 24, 4);
        REQUIRE((blocks_at >= 64 && blocks_at <= 88));
        for (size_t i = blocks_at + (size_t{32} << log2_blocks); i < s.size(); i++) REQUIRE(s.bytes()[i] == 0);
    }
}

TEST_CASE("membership: items of another kind are refused", "[membership][kind]") {
    for (size_t items : {0, 5, 500}) {
        MembershipSketch numbers(3), texts(3, SKETCH_KIND_TEXT);
        for (size_t i = 0; i < items; i++) numbers.add(sketch_hash_word(i)), texts.add(sketch_hash_word(i));
        Bytes before = numbers.pack(), other = texts.pack();
        sketch_growth growth{};
        int found = 7;
        CHECK(sketch_membership_add(numbers.data(), numbers.size(), SKETCH_KIND_TEXT, 1, &growth) == SKETCH_WRONG_KIND);
        CHECK(numbers.try_merge(texts.data(), texts.size()) == SKETCH_WRONG_KIND);
        CHECK(numbers.try_merge(other.data(), other.size()) == SKETCH_WRONG_KIND);
        CHECK(sketch_membership_contains(other.data(), other.size(), SKETCH_KIND_NUMBER, 1, &found) ==
              SKETCH_WRONG_KIND);
        CHECK(found == 7);
        CHECK(numbers.pack() == before);
        CHECK(texts.info().kind == SKETCH_KIND_TEXT);
    }
}

TEST_CASE("membership: the bytes of these filters never change", "[membership][golden]") {
    auto hex = [](const Bytes &bytes) {
        std::string s;
        for (uint8_t b : bytes) s += "0123456789abcdef"[b >> 4], s += "0123456789abcdef"[b & 15];
        return s;
    };
    auto of_numbers = [](uint64_t count, int log2_blocks) {
        MembershipSketch s(log2_blocks);
        for (uint64_t i = 1; i <= count; i++) s.add(sketch_hash_word(i));
        return s.pack();
    };
    CHECK(hex(of_numbers(0, 10)) == "010502016a000000");
    CHECK(hex(of_numbers(1, 10)) == "010502016a010000012e79dbbe00");
    CHECK(hex(of_numbers(3, 10)) == "010502016a0300000b43e2ee822e79dbbe7d2ef436");
    CHECK(hex(of_numbers(3, 0)) == "01050301600000005000100001000010801000020028000180080010401000080100c00002000400");
    CHECK(hex(of_numbers(5, 1)) ==
          "01050301610000005000100001000010801000020028000180080010401000080100c000020004000800004000101000100004000020"
          "002008000004000000900000202000c00000");
    CHECK(sketch_hash(of_numbers(1000, 5).data(), 8 + 32 * 32) == 0x43e61fb083128399);
}

TEST_CASE("membership: both instruction sets do the same", "[membership][simd]") {
    using namespace sketch::membership;
#ifdef SKETCH_X86
    using sketch::has_avx2;
    if (!has_avx2) return;
    Random random(10);
    for (int round = 0; round < 2000; round++) {
        uint64_t blocks = 1 + random() % 9;
        int shift = static_cast<int>(random() % 4);
        size_t misaligned = random() % 9;
        auto filled = [&](uint64_t count) {
            Bytes bytes(32 * count + misaligned);
            uint64_t density = random() % 4;
            for (uint8_t &b : bytes) b = density == 0 ? 0 : random() % 5 < density ? uint8_t(random()) : 0xff;
            return bytes;
        };
        Bytes from = filled(blocks << shift), one = filled(blocks), two = one;
        uint32_t low = static_cast<uint32_t>(random());
        set_bits_portable(one.data() + misaligned, low);
        set_bits_avx2(two.data() + misaligned, low);
        REQUIRE(one == two);
        for (uint32_t probe : {low, static_cast<uint32_t>(random())})
            REQUIRE(has_bits_portable(one.data() + misaligned, probe, Words::native) ==
                    has_bits_avx2(one.data() + misaligned, probe, Words::native));
        REQUIRE(has_bits_avx2(one.data() + misaligned, low, Words::native));
        std::vector<uint64_t> tokens(random() % 80);
        for (uint64_t &token : tokens) token = (random() % (blocks << shift)) << kLowBits | (random() & 0xffffff);
        auto add_tokens = [&](Bytes &to) { set_tokens(to.data() + misaligned, tokens.data(), tokens.size(), shift); };
        portably([&] { add_tokens(one); });
        for (uint64_t token : tokens)
            set_bits_portable(two.data() + misaligned + 32 * (token >> kLowBits >> shift),
                              static_cast<uint32_t>(token));
        REQUIRE(one == two);
        add_tokens(one);
        REQUIRE(one == two);  // they are there already
        for (uint64_t &token : tokens) token ^= random() & 0xffffff;
        portably([&] { add_tokens(one); });
        add_tokens(two);
        REQUIRE(one == two);
        auto merge = [&](Bytes &to) {
            or_blocks(to.data() + misaligned, from.data() + misaligned, blocks, shift, Words::native);
        };
        portably([&] { merge(one); });
        merge(two);
        REQUIRE(one == two);
        auto sound = [&] { return are_sound(one.data(), blocks); };
        auto fill = [&] { return fill_of(one.data(), blocks); };
        REQUIRE(portably(sound) == sound());
        REQUIRE(portably(fill) == fill());
        uint64_t length = random() % (8 * one.size() + 1), n = 1 + random() % (length + 1);
        uint64_t behind = length, zeros = 0;  // bit by bit
        for (uint64_t i = 0; i < length && zeros < n; i++)
            if ((one[i / 8] >> i % 8 & 1) == 0 && ++zeros == n) behind = i + 1;
        auto found = [&] { return behind_zero(one.data(), one.size(), length, n); };
        REQUIRE(portably(found) == behind);
        REQUIRE(found() == behind);
    }
#endif
}
