// What a filter promises: no false negative ever; false positives at the rate that was asked for, and at the rate that
// it says it has.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <set>

#include "../../src/core/membership/block.hpp"
#include "catch.hpp"
#include "membership_sketch.hpp"
#include "sanitized.hpp"

namespace {

using Random = std::mt19937_64;

const uint64_t kEffort = kSanitized ? 1 : 10;

// Different numbers, far from those that are probed for.
Hashes items(uint64_t count, uint64_t batch) {
    Hashes hashes(count);
    for (uint64_t i = 0; i < count; i++) hashes[i] = sketch_hash_word((batch + 1) << 40 | i);
    return hashes;
}

// Fraction of `probes` numbers, none of which was added, that are found.
double found_of(const Bytes &packed, uint64_t probes, uint64_t batch) {
    uint64_t found = 0;
    for (uint64_t i = 0; i < probes; i++) found += packed_contains(packed, sketch_hash_word(batch << 32 | i));
    return static_cast<double>(found) / static_cast<double>(probes);
}

double sigma_of(double rate, uint64_t probes) { return std::sqrt(rate * (1 - rate) / static_cast<double>(probes)); }

// The most items that a filter of this size is chosen for.
uint64_t most_items(int log2_blocks, double rate) {
    uint64_t low = 1, high = uint64_t{1} << 40;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (sketch_membership_expected_rate(log2_blocks, middle) <= rate) low = middle;
        else high = middle - 1;
    }
    return low;
}

// What a block of so many items lets through: probes with the low 24 bits of an item, and of the others those whose
// bits several items have set.
long double block_rate(double items) {
    const long double same = -std::expm1(items * std::log1p(-std::exp2(-24.0L)));
    return same + (1 - same) * std::pow(1 - std::pow(31.0L / 32, static_cast<long double>(items)), 8.0L);
}

// Poisson mixture over the items of a block, from the definition: the limit for many blocks.
double poisson_rate(double mean) {
    long double sum = 0;
    for (int i = 0; i < 4000; i++) {
        long double log_chance = i * std::log(static_cast<long double>(mean)) - mean - std::lgamma(i + 1.0L);
        sum += std::exp(log_chance) * block_rate(i);
    }
    return static_cast<double>(sum);
}

}  // namespace

TEST_CASE("membership: what was added is found, in every form and at every size", "[membership][statistics]") {
    Random random(51);
    for (int log2_blocks : {0, 1, 3, 6, 10, 13, 22})
        for (size_t count : {1, 2, 30, 500, 5000}) {
            Hashes hashes(count);
            uint64_t shape = random() % 3, some = random();
            for (uint64_t &h : hashes) {
                h = random();
                if (shape == 1) h = (h & 0xffffffff) | some << 32;
                if (shape == 2) h = (h & ~uint64_t{0xffffff}) | (some & 0xffffff);
            }
            if (log2_blocks == 22 && count > 500) continue;
            MembershipSketch s = filter_of(hashes, log2_blocks);
            for (int to = log2_blocks; to >= 0; to -= 1 + log2_blocks / 8) {
                s.limit(to);
                Bytes packed = s.pack();
                for (uint64_t h : hashes) {
                    REQUIRE(s.contains(h));
                    REQUIRE(packed_contains(packed, h));
                    REQUIRE(contains_by_pieces(packed, h));
                }
            }
        }
}

TEST_CASE("membership: all forms answer alike about what was not added", "[membership][statistics]") {
    Random random(52);
    for (int log2_blocks : {0, 2, 5, 8})
        for (size_t count :
             {size_t{1}, size_t{2} << log2_blocks, size_t{20} << log2_blocks, size_t{60} << log2_blocks}) {
            MembershipSketch s = filter_of(items(count, 3), log2_blocks);
            Bytes packed = s.pack();
            for (int i = 0; i < 3000; i++) {
                uint64_t h = random();
                bool found = s.contains(h);
                REQUIRE(packed_contains(packed, h) == found);
                REQUIRE(contains_by_pieces(packed, h) == found);
            }
        }
}

TEST_CASE("membership: tokens tell items apart by all of their bits", "[membership][statistics]") {
    Random random(53);
    for (int log2_blocks : {0, 1, 4, 10, 22})
        for (size_t count : {1, 2, 3, 31, 32, 33, 1000}) {
            if (count > size_t{2} << log2_blocks) continue;
            Hashes hashes(count);
            uint64_t crowded = random();  // half of them in one block: a long run of equal high parts
            for (uint64_t &h : hashes) h = random() % 2 ? random() : crowded >> 32 << 32 | (random() & 0xffffffff);
            MembershipSketch s = filter_of(hashes, log2_blocks);
            Bytes packed = s.pack();
            REQUIRE_FALSE(s.info().is_dense);
            std::set<uint64_t> tokens;
            auto token = [&](uint64_t h) { return ((h >> 1) >> (63 - log2_blocks)) << 24 | (h & 0xffffff); };
            for (uint64_t h : hashes) tokens.insert(token(h));
            CHECK(s.info().tokens == tokens.size());
            CHECK(s.rate() == std::ldexp(static_cast<double>(tokens.size()), -24 - log2_blocks));
            for (uint64_t h : hashes)
                for (int bit = 0; bit < 64; bit++) {
                    uint64_t other = h ^ uint64_t { 1 } << bit;
                    bool expected = tokens.count(token(other)) > 0;
                    REQUIRE(s.contains(other) == expected);
                    REQUIRE(packed_contains(packed, other) == expected);
                    REQUIRE(contains_by_pieces(packed, other) == expected);
                }
        }
}

TEST_CASE("membership: tokens around every sample are found, and what is read does not grow",
          "[membership][statistics]") {
    for (size_t count : {255, 256, 257, 511, 512, 1023, 3000, 131072, 1000000}) {
        const int log2_blocks = 19;
        Hashes hashes = items(count, 1), others = items(count, 2);
        MembershipSketch s = filter_of(hashes, log2_blocks);
        REQUIRE_FALSE(s.info().is_dense);
        Bytes packed = s.pack();
        const size_t some = std::min<size_t>(count, 3000);
        size_t read = 0;
        uint64_t wrong = 0;
        for (size_t i = 0; i < some; i++) {
            wrong += !contains_by_pieces(packed, hashes[i], &read) + contains_by_pieces(packed, others[i], &read);
            wrong += !packed_contains(packed, hashes[i]) + packed_contains(packed, others[i]);
        }
        for (uint64_t bits = 0; bits < 3000; bits++) {  // the borders of high parts, and both ends
            const uint64_t h = bits << 53;
            for (uint64_t other : {h, h - 1, ~h}) wrong += contains_by_pieces(packed, other) != s.contains(other);
        }
        CHECK(wrong == 0);
        CHECK(read <= 2 * some * 90);
    }
}

TEST_CASE("membership: tokens that crowd in one place are found as well", "[membership][statistics]") {
    Random random(55);
    for (int round = 0; round < 40; round++) {
        const int log2_blocks = 9 + static_cast<int>(random() % 8);
        Hashes hashes = items(256 + random() % 700, static_cast<uint64_t>(round));
        const uint64_t place = random();
        for (size_t i = 0; i < hashes.size(); i += 1 + round % 3)
            hashes[i] = place + random() % (1 << (round % 30 + 2));
        MembershipSketch s = filter_of(hashes, log2_blocks);
        Bytes packed = s.pack();
        REQUIRE(packed == packed_model(hashes, log2_blocks));
        for (uint64_t h : hashes)
            for (uint64_t probe : {h, h + 1, h - 1, h ^ uint64_t{1} << 63}) {
                const bool expected = s.contains(probe);
                REQUIRE(packed_contains(packed, probe) == expected);
                REQUIRE(contains_by_pieces(packed, probe) == expected);
            }
    }
}

TEST_CASE("membership: the rate asked for holds at the expected number of items", "[membership][statistics]") {
    // `rounds` filters of different items each, so that the luck of one small filter does not matter. Tolerance: 4
    // standard deviations of the binomial count of false positives; and the filters' own spread, at most a quarter of
    // the rate for one of 100 items, divided by the root of their number.
    for (double rate : {0.1, 0.01, 0.001})
        for (uint64_t count : {100, 1000, 10000, 100000, 1000000}) {
            int log2_blocks = sketch_membership_log2_blocks(count, rate);
            REQUIRE(sketch_membership_expected_rate(log2_blocks, count) <= rate);
            if (log2_blocks > 0) REQUIRE(sketch_membership_expected_rate(log2_blocks - 1, count) > rate);
            // As asked for, and with as many items as a filter of this size is chosen for at all.
            for (uint64_t n : {count, most_items(log2_blocks, rate)}) {
                REQUIRE(sketch_membership_log2_blocks(n, rate) == log2_blocks);
                uint64_t rounds = 1 + std::min<uint64_t>(50 * kEffort, 100000 * kEffort / n);
                uint64_t probes = static_cast<uint64_t>(500.0 * static_cast<double>(kEffort) / rate) / rounds;
                double found = 0, claimed = 0;
                for (uint64_t round = 0; round < rounds; round++) {
                    MembershipSketch s = filter_of(items(n, round), log2_blocks);
                    claimed += s.rate() / static_cast<double>(rounds);
                    found += found_of(s.pack(), probes, round) / static_cast<double>(rounds);
                }
                double spread = 0.25 * std::sqrt(100.0 / static_cast<double>(n * rounds));
                double tolerance = 4 * sigma_of(rate, probes * rounds) + rate * spread;
                double expected = sketch_membership_expected_rate(log2_blocks, n);
                INFO(n << " items, rate " << rate << ", 2^" << log2_blocks << " blocks: found " << found << " of "
                       << rounds << " x " << probes << ", expected " << expected << ", claimed " << claimed);
                CHECK(found <= rate + tolerance);
                if (n != count) CHECK(found >= rate - tolerance);
            }
        }
}

TEST_CASE("membership: the mean rate is not above the one asked for, at any rate down to the least",
          "[membership][statistics]") {
    // As many items as a filter of this size is chosen for, other ones in each filter. Two means, each with four
    // standard errors and nothing else: of what filters tell, from their own spread, and of what is found, from the
    // count. Only a filter's block is looked at, chosen by the hash, which is what `contains` does: for so many probes.
    for (double rate : {0.5, 0.2, 0.05, 0.01, 0.001, 0.0001, 0.00001})
        for (int log2_blocks : {5, 10}) {
            const uint64_t n = most_items(log2_blocks, rate);
            REQUIRE(sketch_membership_log2_blocks(n, rate) == log2_blocks);
            const uint64_t rounds = (log2_blocks == 5 ? 400 : 20) * kEffort;
            const uint64_t probes = static_cast<uint64_t>(400.0 * static_cast<double>(kEffort) / rate) / rounds + 1;
            double told = 0, squares = 0;
            uint64_t found = 0, probe = uint64_t{1} << 62;
            for (uint64_t round = 0; round < rounds; round++) {
                MembershipSketch s = filter_of(items(n, round), log2_blocks);
                const double one = s.rate();
                told += one / static_cast<double>(rounds);
                squares += one * one / static_cast<double>(rounds);
                const Bytes packed = s.pack();
                const uint8_t *blocks = packed.data() + 8;
                for (uint64_t i = 0; i < probes; i++) {
                    const uint64_t h = sketch_hash_word(probe++);
                    found +=
                        sketch::membership::has_bits(blocks + 32 * (h >> (64 - log2_blocks)), static_cast<uint32_t>(h),
                                                     sketch::membership::Words::little_endian);
                }
            }
            const double mean = static_cast<double>(found) / static_cast<double>(probes * rounds);
            const double filters = std::sqrt((squares - told * told) / static_cast<double>(rounds));
            INFO("rate " << rate << ", 2^" << log2_blocks << " blocks, " << n << " items: told " << told << " +- "
                         << filters << ", found " << mean << " +- " << sigma_of(rate, probes * rounds));
            CHECK(told <= rate + 4 * filters);
            CHECK(mean <= rate + 4 * std::hypot(filters, sigma_of(rate, probes * rounds)));
        }
}

TEST_CASE("membership: 24 bits of a hash choose masks as if bits in different words were independent",
          "[membership][statistics]") {
    // All low bits there are, looked for in blocks of some different ones: those are found, each once, and of the
    // others the fraction that the product of the numbers of bits tells. Tolerance: 4 standard deviations of a Poisson
    // count, and half of that again.
    Random random(56);
    for (size_t count : {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64}) {
        double found = 0, expected = 0;
        for (uint64_t block = 0; block < (count < 16 ? kEffort : 1); block++) {
            alignas(32) uint8_t bits[32] = {};
            std::set<uint32_t> items;
            while (items.size() < count) items.insert(static_cast<uint32_t>(random() % (1 << 24)));
            for (uint32_t low : items) sketch::membership::set_bits(bits, low);
            uint64_t here = 0, masks = 1;
            for (uint32_t low = 0; low < 1 << 24; low++)
                here += sketch::membership::has_bits(bits, low, sketch::membership::Words::native);
            for (size_t word = 0; word < 8; word++) {
                uint32_t ones;
                std::memcpy(&ones, bits + 4 * word, 4);
                masks *= static_cast<uint64_t>(std::popcount(ones));
            }
            if (count == 1) REQUIRE(here == 1);
            REQUIRE(here >= count);
            found += static_cast<double>(here);
            expected += static_cast<double>(count) +
                        static_cast<double>((1 << 24) - count) * std::ldexp(static_cast<double>(masks), -40);
        }
        INFO(count << " items: found " << found << ", expected " << expected);
        CHECK(std::abs(found - expected) <= 6 * std::sqrt(expected));
    }
}

TEST_CASE("membership: the least rate that may be asked for leaves room for equal tokens", "[membership][model]") {
    // A probe has the low bits of an item of its block with a chance of (items a block) / 2^24, and filters are chosen
    // such that the other false positives fit too. By Jensen's inequality these are at least (1 - (31/32)^m)^8 for m
    // items a block on average. So for the least rate m is at most 8.53, and m / 2^24 at most 5.1 % of that rate.
    const double most = std::log1p(-std::pow(0.00001, 1 / 8.0)) / std::log(31 / 32.0);
    for (int log2_blocks = 0; log2_blocks <= SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS; log2_blocks++) {
        const uint64_t n = most_items(log2_blocks, 0.00001);
        const double a_block = std::ldexp(static_cast<double>(n), -log2_blocks), same = a_block / (1 << 24);
        INFO("2^" << log2_blocks << " blocks, " << n << " items");
        CHECK(sketch_membership_log2_blocks(n, 0.00001) == log2_blocks);
        CHECK(n > uint64_t{2} << log2_blocks);  // blocks, so that this is about the model of blocks
        CHECK(a_block <= most);
        CHECK(same <= 0.051 * 0.00001);
        CHECK(sketch_membership_expected_rate(log2_blocks, n) <= 0.00001);
        CHECK(sketch_membership_expected_rate(log2_blocks, n) >= same);
        // As tokens a filter has much less than that, up to the last one.
        CHECK(sketch_membership_expected_rate(log2_blocks, uint64_t{2} << log2_blocks) == std::exp2(-23));
    }
}

TEST_CASE("membership: equal tokens are part of the rate that a filter tells", "[membership][statistics]") {
    // Every token there is, looked for in filters that were made for the least rate, of which equal tokens take 3.7 %.
    // Tolerance: 4 standard deviations of a Poisson count, which is 2.7 % of it (and more under a sanitizer).
    using namespace sketch::membership;
    const int kLog2Blocks = kEffort < 10 ? 2 : 5;
    const uint64_t n = most_items(kLog2Blocks, 0.00001), filters = kEffort < 10 ? 1 : 4;
    double found = 0, told = 0;
    for (uint64_t filter = 0; filter < filters; filter++) {
        const MembershipSketch s = filter_of(items(n, filter), kLog2Blocks);
        const Bytes packed = s.pack();
        REQUIRE(s.info().is_dense);
        told += s.rate() * std::exp2(24 + kLog2Blocks);
        for (size_t number = 0; number < size_t{1} << kLog2Blocks; number++) {
            const uint8_t *block = packed.data() + 8 + 32 * number;
            const uint32_t first = load_word(block, Words::little_endian);
            for (uint32_t low = 0; low < 1 << 24; low++)
                if ((first & mask_word(low, 0)) != 0) found += has_bits(block, low, Words::little_endian);
        }
    }
    INFO("found " << found << ", told " << told);
    CHECK(std::abs(found - told) <= 4 * std::sqrt(told));
}

TEST_CASE("membership: the rate that a filter tells is the one it has, at any fill", "[membership][statistics]") {
    // Enough probes for 10 % to be 4 standard deviations of the count: 1600 false positives. The fill is given in
    // percent of the items that the filter is made for.
    for (double rate : {0.5, 0.1, 0.01})
        for (int log2_blocks : {4, 11}) {
            uint64_t expected_items = most_items(log2_blocks, rate);
            for (uint64_t percent : {10, 25, 50, 75, 100, 150, 200, 300, 400}) {
                uint64_t n = expected_items * percent / 100;
                MembershipSketch s = filter_of(items(n, percent), log2_blocks);
                double told = s.rate();
                if (told < 1600 / (1e6 * static_cast<double>(kEffort))) continue;
                uint64_t probes = static_cast<uint64_t>(1600 / told) + 20000;
                double found = found_of(s.pack(), probes, 1);
                INFO("made for " << expected_items << " at " << rate << ", " << percent << " %: found " << found
                                 << " of " << probes << ", told " << told);
                CHECK(std::abs(found - told) <= 0.1 * told);

                // And it is the rate that the model expects: up to 3 %, and to 4 standard deviations of its own. The
                // rate of a block with m items on average has relative deviation e / sqrt(m), e = d ln rate / d ln m.
                double m = static_cast<double>(n) / std::exp2(log2_blocks), zero = std::pow(31.0 / 32, m);
                double e = 8 * m * zero * std::log(32.0 / 31) / (1 - zero);
                double expected = sketch_membership_expected_rate(log2_blocks, n);
                CHECK(std::abs(told - expected) <= expected * (0.03 + 4 * e / std::sqrt(static_cast<double>(n))));
            }
        }
}

TEST_CASE("membership: a sample of a filter's blocks tells its rate", "[membership][statistics]") {
    for (int log2_blocks : {3, 10, 11, 14})
        for (uint64_t a_block : {3, 8, 20, 60}) {
            const MembershipSketch s = filter_of(items(a_block << log2_blocks, a_block), log2_blocks);
            const Bytes packed = s.pack();
            double of_work = 0, sampled = 0;
            MembershipSketch::must(sketch_membership_sampled_rate(s.data(), s.size(), &of_work));
            MembershipSketch::must(sketch_membership_sampled_rate(packed.data(), packed.size(), &sampled));
            INFO("2^" << log2_blocks << " blocks of " << a_block << " items: " << sampled << " of " << s.rate());
            CHECK(of_work == sampled);
            if (log2_blocks <= 10) CHECK(sampled == s.rate());
            CHECK(std::abs(sampled - s.rate()) < s.rate() / 2);
        }
    // Tokens are counted as they are.
    double sampled = 0;
    const MembershipSketch tokens = filter_of(items(100, 1), 20);
    MembershipSketch::must(sketch_membership_sampled_rate(tokens.data(), tokens.size(), &sampled));
    CHECK(sampled == tokens.rate());
}

TEST_CASE("membership: the expected rate is the model's", "[membership][model]") {
    // One block: no mixture. Many blocks: the Poisson limit, but for a relative O(1 / blocks).
    for (uint64_t n : {3, 10, 50, 100, 1000})
        CHECK(sketch_membership_expected_rate(0, n) ==
              Approx(static_cast<double>(block_rate(static_cast<double>(n)))).epsilon(1e-12));
    for (int log2_blocks : {16, 20, 22})
        for (double mean : {2.5, 5.0, 8.0, 12.8, 20.0, 50.0, 100.0, 300.0, 511.0, 513.0, 700.0}) {
            uint64_t n = static_cast<uint64_t>(std::ldexp(mean, log2_blocks));
            CHECK(sketch_membership_expected_rate(log2_blocks, n) == Approx(poisson_rate(mean)).epsilon(0.002));
        }
    // Two blocks, by hand: three items fall 3-0 or 2-1, with chances 1/4 and 3/4. Five are the first to be dense.
    auto block = [](int i) { return static_cast<double>(block_rate(i)); };
    double five = (block(5) + block(0) + 5 * (block(4) + block(1)) + 10 * (block(3) + block(2))) / 32;
    CHECK(sketch_membership_expected_rate(1, 5) == Approx(five).epsilon(1e-12));
    CHECK(sketch_membership_expected_rate(1, 4) == Approx(4 / std::ldexp(1, 25)).epsilon(1e-12));
    CHECK(sketch_membership_expected_rate(10, 0) == 0);
    CHECK(sketch_membership_expected_rate(22, std::numeric_limits<uint64_t>::max()) == 1);
    CHECK(sketch_membership_expected_rate(0, std::numeric_limits<uint64_t>::max()) == 1);
}

TEST_CASE("membership: more items never lower the expected rate, more blocks never raise it", "[membership][model]") {
    for (int log2_blocks = 0; log2_blocks <= SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS; log2_blocks++) {
        double last = 0;
        for (double n = 1; n < 1e12; n = n * 1.07 + 1) {
            uint64_t count = static_cast<uint64_t>(n);
            double rate = sketch_membership_expected_rate(log2_blocks, count);
            REQUIRE(rate >= last * (1 - 1e-12));
            REQUIRE(rate <= 1);
            last = rate;
            if (log2_blocks > 0) {
                double coarser = sketch_membership_expected_rate(log2_blocks - 1, count);
                REQUIRE(rate <= coarser * (1 + 1e-12));
            }
        }
        CHECK(last > 0.999);
    }
}

TEST_CASE("membership: the size that is chosen is the smallest that will do", "[membership][model]") {
    Random random(54);
    for (int round = 0; round < 2000; round++) {
        double rate = std::pow(10, -5 + 4.69 * static_cast<double>(random() % 1000) / 999);
        uint64_t count = 1 + static_cast<uint64_t>(std::exp2(static_cast<double>(random() % 4000) / 100));
        int log2_blocks = sketch_membership_log2_blocks(count, rate);
        INFO(count << " items, rate " << rate << ": " << log2_blocks);
        REQUIRE(log2_blocks >= -1);
        if (log2_blocks >= 0) REQUIRE(sketch_membership_expected_rate(log2_blocks, count) <= rate);
        int below = log2_blocks < 0 ? SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS : log2_blocks - 1;
        if (below >= 0) REQUIRE(sketch_membership_expected_rate(below, count) > rate);
    }
    CHECK(sketch_membership_log2_blocks(1, 0.00001) == 0);
    CHECK(sketch_membership_log2_blocks(1, 0.5) == 0);
    CHECK(sketch_membership_log2_blocks(50000000, 0.01) == 21);
    CHECK(sketch_membership_log2_blocks(100000000, 0.01) == 22);
    int untouched = 77;
    CHECK(sketch_membership_log2_blocks(110000000, 0.01, &untouched) == SKETCH_TOO_LARGE);
    CHECK(sketch_membership_log2_blocks(std::numeric_limits<uint64_t>::max(), 0.5, &untouched) == SKETCH_TOO_LARGE);
    constexpr double kInf = std::numeric_limits<double>::infinity(), kNaN = std::numeric_limits<double>::quiet_NaN();
    for (double rate : {0.0, 0.0000099, 0.500001, 1.0, -0.1, kInf, -kInf, kNaN})
        CHECK(sketch_membership_log2_blocks(100, rate, &untouched) == SKETCH_OUT_OF_RANGE);
    CHECK(sketch_membership_log2_blocks(0, 0.01, &untouched) == SKETCH_OUT_OF_RANGE);
    CHECK(untouched == 77);
}

TEST_CASE("membership: a filled filter tells that it lets everything through", "[membership][statistics]") {
    MembershipSketch s = filter_of(items(20000, 1), 2);
    CHECK(s.rate() == 1);
    CHECK(found_of(s.pack(), 1000, 1) == 1);
    CHECK(MembershipSketch(7).rate() == 0);
    CHECK(found_of(MembershipSketch(7).pack(), 1000, 1) == 0);
}
