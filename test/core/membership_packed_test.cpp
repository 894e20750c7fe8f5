// Bytes from anywhere: a packed value is refused or it is canonical and every function can work with it, and no work
// form, however damaged, makes a reader leave its buffer. What is checked about each stands in
// fuzz/membership_decoder.cpp.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "catch.hpp"
#include "membership_sketch.hpp"
#include "mutations.hpp"
#include "untrusted.hpp"
#include "portably.hpp"

std::string membership_complaint(const uint8_t *data, size_t size, size_t shift);

namespace {

using mutations::Random;
using mutations::telling_byte;

const int kRounds = kSanitized ? 6000 : 40000;

Hashes numbers(size_t count) {
    Hashes hashes(count);
    for (size_t i = 0; i < count; i++) hashes[i] = sketch_hash_word(i);
    return hashes;
}

// Tokens and blocks of all sizes, crowded tokens, kinds.
std::vector<MembershipSketch> samples() {
    std::vector<MembershipSketch> all;
    for (int log2_blocks : {0, 1, 3, 10, 22})
        for (size_t count : {0, 1, 2, 3, 7, 8, 17, 70}) all.push_back(filter_of(numbers(count), log2_blocks));
    all.push_back(filter_of(numbers(300), 7));
    all.push_back(filter_of(numbers(300), 10));
    all.push_back(filter_of(numbers(2000), 10));
    all.push_back(filter_of({0}, 10));
    all.push_back(filter_of({~uint64_t{0}}, 22));
    all.push_back(filter_of({0, ~uint64_t{0}, 1, uint64_t{1} << 63}, 4));
    Hashes crowded;
    for (uint64_t i = 0; i < 100; i++) crowded.push_back((uint64_t{77} << 56) + 3 * i);
    all.push_back(filter_of(crowded, 8));
    MembershipSketch texts(6, SKETCH_KIND_TEXT), arrays(2, SKETCH_KIND_ARRAY + SKETCH_KIND_DATE);
    for (uint64_t h : numbers(20)) texts.add(h), arrays.add(h);
    all.push_back(texts);
    all.push_back(arrays);
    return all;
}

const untrusted::Tests &tests() {
    static const untrusted::Tests all(membership_complaint, sketch_membership_check, MembershipFamily::pack,
                                      untrusted::samples_of(samples()));
    return all;
}

sketch_status check(const Bytes &packed) { return sketch_membership_check(packed.data(), packed.size()); }

}  // namespace

TEST_CASE("membership: valid filters are sound at any alignment", "[membership][packed]") {
    tests().valid();
    for (const MembershipSketch &s : samples()) {
        const Bytes packed = s.pack();
        REQUIRE(MembershipSketch::of(packed).pack() == packed);
    }
}

TEST_CASE("membership: every truncation and every further byte is refused", "[membership][packed]") {
    tests().truncations([](size_t at, size_t) { return 1 + at / 200; }, 51);
}

TEST_CASE("membership: every flipped bit gives a refusal or another sound filter", "[membership][packed]") {
    tests().flips([](size_t bit, size_t) -> size_t { return bit < 1000 ? 1 : 37; });
}

TEST_CASE("membership: so do random changes of several bytes", "[membership][packed]") { tests().changes(kRounds); }

TEST_CASE("membership: random upper bits of tokens give a refusal or a sound filter", "[membership][packed]") {
    // As many ones as there are tokens, anywhere: half of these are canonical.
    Random random(62);
    int accepted = 0;
    for (int round = 0; round < kRounds / 4; round++) {
        const size_t n = 1 + random() % 20;
        int width = 0;
        while (n >> width != 0) width++;
        const int log2_blocks = 4 + static_cast<int>(random() % 19), low_bits = 24 + log2_blocks - width;
        const size_t length = n + (size_t{1} << width) - 1, upper = (length + 7) / 8;
        Bytes packed = {1, 5, 2, 1, static_cast<uint8_t>(log2_blocks), static_cast<uint8_t>(n), 0, 0};
        packed.resize(8 + upper + (n * static_cast<size_t>(low_bits) + 7) / 8);
        std::vector<size_t> places(length);
        for (size_t i = 0; i < length; i++) places[i] = i;
        std::shuffle(places.begin(), places.end(), random);
        for (size_t i = 0; i < n; i++) packed[8 + places[i] / 8] |= static_cast<uint8_t>(1 << places[i] % 8);
        for (size_t bit = 0; bit < n * static_cast<size_t>(low_bits); bit++)
            if (random() % 2) packed[8 + upper + bit / 8] |= static_cast<uint8_t>(1 << bit % 8);
        tests().must_be_sound(packed, round % 2, "round " + std::to_string(round));
        accepted += check(packed) == SKETCH_OK;
    }
    CHECK(accepted > kRounds / 40);
}

TEST_CASE("membership: packed tokens are read alike by both instruction sets, damaged ones too", "[membership][simd]") {
    struct Outcome {
        sketch_status checked, into_tokens, into_blocks;
        Bytes tokens, blocks;
        bool operator==(const Outcome &) const = default;
    };
    auto read = [](const Bytes &packed, int log2_blocks) {
        Outcome outcome{};
        MembershipSketch tokens(log2_blocks), blocks = filter_of(numbers(40), std::min(log2_blocks, 4));
        outcome.checked = check(packed);
        outcome.into_tokens = tokens.try_merge(packed.data(), packed.size());
        outcome.into_blocks = blocks.try_merge(packed.data(), packed.size());
        outcome.tokens = tokens.pack();
        outcome.blocks = blocks.pack();
        return outcome;
    };
    // Every number of tokens around whole batches, every width of their low bits, and places that are crowded.
    Random random(64);
    int refused = 0, rounds = 0;
    for (int log2_blocks = 0; log2_blocks <= SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS; log2_blocks++)
        for (size_t count : {1, 2, 7, 8, 9, 56, 63, 64, 65, 127, 128, 129, 200, 1000, 5000}) {
            if (count > size_t{2} << log2_blocks) continue;
            Hashes hashes = numbers(count);
            if (random() % 4 == 0)
                for (uint64_t &h : hashes) h = random() % 2 ? h : (h & 0xffffffff) | uint64_t{5} << 60;
            const Bytes packed = filter_of(hashes, log2_blocks).pack();
            for (int round = 0; round < (count > 200 ? 5 : 30); round++, rounds++) {
                Bytes bytes = packed;
                if (round > 0) {  // a bit of what the tokens are, or several bytes of anything
                    const size_t at = 8 + random() % (bytes.size() - 8);
                    if (round % 2) bytes[at] ^= static_cast<uint8_t>(1u << random() % 8);
                    else mutations::damage(random, bytes);
                }
                const Outcome fast = read(bytes, log2_blocks);
                INFO("2^" << log2_blocks << " blocks, " << count << " tokens, round " << round);
                REQUIRE(fast == portably([&] { return read(bytes, log2_blocks); }));
                if (round == 0) REQUIRE(fast.tokens == packed);
                refused += fast.checked != SKETCH_OK;
            }
        }
    CHECK(refused > rounds / 4);
    CHECK(refused < rounds * 3 / 4);
}

TEST_CASE("membership: what no filter can hold is refused", "[membership][packed]") {
    Bytes tokens = filter_of(numbers(70), 10).pack(), dense = filter_of(numbers(70), 3).pack();
    auto with = [](Bytes packed, size_t at, int byte) {
        packed[at] = static_cast<uint8_t>(byte);
        return packed;
    };
    for (const Bytes &packed : {tokens, dense}) {
        REQUIRE(check(packed) == SKETCH_OK);
        CHECK(check(with(packed, 0, 2)) == SKETCH_WRONG_VERSION);
        CHECK(check(with(packed, 0, 0xe7)) == SKETCH_WRONG_VERSION);
        CHECK(check(with(packed, 1, 2)) == SKETCH_WRONG_FAMILY);
        // Of flags, the lowest is that of blocks, and the others are the digit of the rate; the highest bits of the
        // number of blocks are its exponent: 1 to 50,000 hundred-thousandths.
        const int dense_flag = packed[2] & 1;
        for (int digit = 0; digit < 128; digit++)
            for (int exponent = 0; exponent < 8; exponent++) {
                const bool is_rate = digit >= 1 && digit <= 9 && exponent <= 4 && (exponent < 4 || digit <= 5);
                const Bytes other = with(with(packed, 2, dense_flag + 2 * digit), 4, (packed[4] & 31) + 32 * exponent);
                INFO("digit " << digit << ", exponent " << exponent);
                REQUIRE(check(other) == (is_rate ? SKETCH_OK : SKETCH_CORRUPT));
            }
        for (int kind : {0, SKETCH_KIND_LAST + 1, 62, 64, 128, 255})
            CHECK(check(with(packed, 3, kind)) == SKETCH_CORRUPT);
        for (int log2_blocks : {23, 24, 30, 31}) CHECK(check(with(packed, 4, 0x60 + log2_blocks)) == SKETCH_CORRUPT);
        CHECK(check({}) == SKETCH_TRUNCATED);
    }
    CHECK(check(with(dense, 5, 1)) == SKETCH_CORRUPT);
    CHECK(check(with(dense, 7, 1)) == SKETCH_CORRUPT);
    CHECK(check(with(tokens, 4, 0x65)) == SKETCH_CORRUPT);                                  // 70 tokens where 64 may be
    CHECK(check(with(tokens, tokens.size() - 1, tokens.back() | 0x80)) == SKETCH_CORRUPT);  // fill

    // The kind is open in a filter without items, and in no other.
    const Bytes empty = filter_of({}, 10).pack();
    CHECK(check(with(empty, 3, SKETCH_KIND_NONE)) == SKETCH_OK);
    for (int kind : {SKETCH_KIND_LAST + 1, 62, 64, 128, 255}) CHECK(check(with(empty, 3, kind)) == SKETCH_CORRUPT);

    // A block some of whose words are empty, and a filter without items.
    for (size_t word = 0; word < 8; word++) {
        Bytes packed = dense;
        std::fill_n(packed.begin() + static_cast<long>(8 + 4 * word), 4, uint8_t{0});
        CHECK(check(packed) == SKETCH_CORRUPT);
    }
    std::fill_n(dense.begin() + 8, 32, uint8_t{0});
    CHECK(check(dense) == SKETCH_OK);  // an empty block is nothing special
    std::fill(dense.begin() + 8, dense.end(), uint8_t{0});
    CHECK(check(dense) == SKETCH_CORRUPT);

    // Samples: of 1,100 tokens there are 7, of 3 bytes, which ascend.
    Bytes sampled = filter_of(numbers(1100), 10).pack();
    REQUIRE(check(sampled) == SKETCH_OK);
    for (size_t at = 8; at < 8 + 3 * 7; at++)
        for (int change : {1, 0xff, 0x80}) CHECK(check(with(sampled, at, sampled[at] ^ change)) == SKETCH_CORRUPT);

    // Two equal tokens; two in the wrong order.
    Bytes pair = filter_of({5, 6}, 0).pack();  // 5 = 101b and 6 = 110b in 22 bits each, high parts 0
    REQUIRE(pair == Bytes{1, 5, 2, 1, 0x60, 2, 0, 0, 3, 5, 0, 0x80, 1, 0, 0});
    CHECK(check(with(pair, 11, 0x40)) == SKETCH_CORRUPT);
    pair[9] = 7;
    CHECK(check(pair) == SKETCH_CORRUPT);
}

TEST_CASE("membership: bytes of nothing but one value are refused", "[membership][packed]") { tests().fills(); }

TEST_CASE("membership: damaged work forms of filters are refused or read as sound ones", "[membership][work]") {
    tests().work_flips(64, 1);
    tests().work_changes(kRounds, [](Random &random, Bytes &work) {
        const size_t at = random() % 2 ? 6 + random() % 26 : 4 + random() % (work.size() - 4);
        work[at] = telling_byte(random, work[at]);
    });
}

TEST_CASE("membership: damaged tables of tokens are refused where it matters", "[membership][work]") {
    MembershipSketch s = filter_of(numbers(11), 10);
    auto packing = [&](auto damage) {
        std::vector<uint64_t> words(s.size() / 8);
        std::memcpy(words.data(), s.data(), s.size());
        damage(words);
        tests().must_be_sound(reinterpret_cast<const uint8_t *>(words.data()), s.size(), 0, "damaged table");
        Bytes out(tokens_packed_max(100));
        size_t used;
        return sketch_membership_pack(words.data(), s.size(), out.data(), out.size(), &used);
    };
    auto nth_full = [](std::vector<uint64_t> &words, int n) {
        size_t at = 4;
        for (; words[at] == 0 || n-- > 0; at++) {
        }
        return at;
    };
    CHECK(packing([](auto &) {}) == SKETCH_OK);
    CHECK(packing([&](auto &w) { w[nth_full(w, 0)] = w[nth_full(w, 1)]; }) == SKETCH_CORRUPT);        // twice
    CHECK(packing([&](auto &w) { w[nth_full(w, 3)] = 0; }) == SKETCH_CORRUPT);                        // missing
    CHECK(packing([&](auto &w) { w[nth_full(w, 3)] = (uint64_t{1} << 42) + 1; }) == SKETCH_CORRUPT);  // too large
    CHECK(packing([&](auto &w) { w[nth_full(w, 3)] = ~uint64_t{0}; }) == SKETCH_CORRUPT);
    for (size_t at = 4; at < s.size() / 8; at++)  // one more, wherever there is room
        for (uint64_t slot : {uint64_t{12345}, ~uint64_t{0}}) {
            if (static_cast<const uint64_t *>(s.data())[at] != 0) continue;
            CHECK(packing([&](auto &w) { w[at] = slot; }) == SKETCH_CORRUPT);
        }
    CHECK(packing([&](auto &w) { std::fill(w.begin() + 4, w.end(), ~uint64_t{0}); }) == SKETCH_CORRUPT);  // all full
}

TEST_CASE("membership: a work form of another size, layout or family is refused", "[membership][work]") {
    for (int log2_blocks : {3, 10}) {
        MembershipSketch s = filter_of(numbers(20), log2_blocks);
        auto status = [&](size_t at, uint8_t byte, size_t size) { return untrusted::status_with(s, at, byte, size); };
        CHECK(status(4, SKETCH_WORK_MAGIC, s.size()) == SKETCH_OK);
        CHECK(status(5, 1, s.size()) == SKETCH_WRONG_FAMILY);
        CHECK(status(6, 2, s.size()) == SKETCH_WRONG_VERSION);
        CHECK(status(6, 5, s.size()) == SKETCH_WRONG_VERSION);
        CHECK(status(6, 7, s.size()) == SKETCH_WRONG_VERSION);
        CHECK(status(7, 2, s.size()) == SKETCH_CORRUPT);
        CHECK(status(24, s.info().is_dense ? 96 : 64, s.size()) == SKETCH_CORRUPT);
        CHECK(status(24, s.info().is_dense ? 56 : 8, s.size()) == SKETCH_CORRUPT);
        CHECK(status(27, 1, s.size()) == SKETCH_CORRUPT);
        CHECK(status(28, 0xe9, s.size()) == SKETCH_CORRUPT);  // 1,001: two digits and more
        CHECK(status(29, 0, s.size()) == SKETCH_CORRUPT);     // 232
        CHECK(status(31, 1, s.size()) == SKETCH_CORRUPT);
        CHECK(status(8, 0, s.size()) == SKETCH_CORRUPT);
        CHECK(status(9, 23, s.size()) == SKETCH_CORRUPT);
        CHECK(status(4, SKETCH_WORK_MAGIC, 31) == SKETCH_TRUNCATED);
        CHECK(status(4, SKETCH_WORK_MAGIC, 64) == SKETCH_TRUNCATED);
        CHECK(status(4, SKETCH_WORK_MAGIC, s.size() - 1) == SKETCH_CORRUPT);
    }
}

TEST_CASE("membership: too small a buffer is told and left alone", "[membership][packed]") {
    for (const MembershipSketch &s : samples()) {
        Bytes packed = s.pack();
        sketch_membership_info info = s.info();
        REQUIRE(packed.size() <= dense_packed_max(info.log2_blocks));
        if (!info.is_dense) REQUIRE(tokens_packed_max(info.tokens) >= packed.size() + 8 * info.tokens);
        // What the size alone promises is enough too, at any alignment.
        if (info.log2_blocks > 10) continue;
        for (size_t shift : {0, 1, 7}) {
            size_t capacity = dense_packed_max(info.log2_blocks), used = 0;
            std::unique_ptr<uint8_t[]> out(new uint8_t[capacity + shift]);
            REQUIRE(sketch_membership_pack(s.data(), s.size(), out.get() + shift, capacity, &used) == SKETCH_OK);
            REQUIRE(Bytes(out.get() + shift, out.get() + shift + used) == packed);
        }
    }
    tests().small_buffers();
}

TEST_CASE("membership: the fullest tables of tokens fit into what the ABI promises", "[membership][size]") {
    for (int log2_blocks = 0; log2_blocks <= 16; log2_blocks++) {
        MembershipSketch s = filter_of(numbers(size_t{2} << log2_blocks), log2_blocks);
        REQUIRE(s.info().tokens == uint64_t{2} << log2_blocks);
        Bytes out(dense_packed_max(log2_blocks));
        size_t used = 0;
        REQUIRE(sketch_membership_pack(s.data(), s.size(), out.data(), out.size(), &used) == SKETCH_OK);
        out.resize(used);
        REQUIRE(check(out) == SKETCH_OK);
        // 25 bits a token: a quarter of the blocks' size, the header, and 3 bytes for each 256 of 2^(j+2) high parts.
        const size_t samples = log2_blocks < 6 ? 0 : (size_t{4} << log2_blocks) / 256 - 1;
        CHECK(used <= 8 + 2 + 3 * samples + ((size_t{25} << (log2_blocks + 1)) + 7) / 8);
    }
}

TEST_CASE("membership: packed filters are as small as promised", "[membership][size]") {
    // Of any 70 among 2^34 tokens, log2 C(2^34, 70) = 2047.5 bits are information. With 2^b / x of them, 1 <= x <= 2,
    // Elias-Fano takes x - log2(x) - 0.44 bits more for each, which is at most 0.56, and fills two bytes.
    CHECK(filter_of(numbers(70), 10).pack().size() <= 8 + (2047.5 + 0.56 * 70) / 8 + 2);
    CHECK(MembershipSketch(10).pack().size() == 8);
    CHECK(filter_of(numbers(1), 10).pack().size() == 14);
    CHECK(filter_of(numbers(100000), 10).pack().size() == 8 + (32 << 10));
}

// What a decoder relies on: as many tokens as a block has, as many masks does it hold.
TEST_CASE("membership: no two tokens of a block have one mask", "[membership][packed]") {
    const uint32_t salt[8] = {0xb6137b, 0x974d91, 0x24ad5b, 0xb7289d, 0x5495c7, 0xf1424b, 0xfc4947, 0x6bfb31};
    // If two had one, all products of their difference would be near 0.
    constexpr uint32_t kLow = 1 << 24, kFreeProbes = 1 << 19;
    uint64_t equal = 0;
    for (uint32_t difference = 1; difference < kLow; difference++) {
        int word = 0;
        while (word < 8 && std::min(difference * salt[word] % kLow, 0 - difference * salt[word] % kLow) < kFreeProbes) word++;
        equal += word == 8;
    }
    CHECK(equal == 0);
}

TEST_CASE("membership: blocks that fewer items could set than a filter of blocks has are refused",
          "[membership][packed]") {
    // One bit in each word is one mask; a second one in some words makes 2, 4, 8 of it, a third in one makes 3.
    auto block = [](int doubled, bool third) {
        Bytes bytes;
        for (int word = 0; word < 8; word++)
            for (int byte = 0; byte < 4; byte++)
                bytes.push_back(byte == 0 ? (word < doubled ? 3 : third && word == 7 ? 7 : 1) : 0);
        return bytes;
    };
    auto filter = [](int log2_blocks, const Bytes &first, const Bytes &rest) {
        Bytes packed = {1, 5, 3, SKETCH_KIND_NUMBER, static_cast<uint8_t>(log2_blocks), 0, 0, 0};
        for (int i = 0; i < 1 << log2_blocks; i++)
            packed.insert(packed.end(), (i ? rest : first).begin(), (i ? rest : first).end());
        return packed;
    };
    const Bytes none(32, 0);
    for (int log2_blocks : {0, 1, 3, 8}) {
        CHECK(check(filter(log2_blocks, none, none)) == SKETCH_CORRUPT);
        CHECK(check(filter(log2_blocks, block(0, false), none)) == SKETCH_CORRUPT);
        CHECK(check(filter(log2_blocks, block(0, false), block(0, false))) == SKETCH_CORRUPT);
        CHECK(check(filter(log2_blocks, block(1, false), block(1, false))) == SKETCH_CORRUPT);  // 2 for each block
        CHECK(check(filter(log2_blocks, block(0, true), block(1, false))) == SKETCH_OK);        // and one more
        CHECK(check(filter(log2_blocks, block(log2_blocks + 1, false), none)) == SKETCH_CORRUPT);
        if (log2_blocks < 6) {
            CHECK(check(filter(log2_blocks, block(log2_blocks + 2, false), none)) == SKETCH_OK);
        }
    }
    // What is made, however its tokens lie, is accepted at every size that it is folded to.
    for (int log2_blocks : {0, 1, 5, 10})
        for (int apart : {0, 1, 2, 3}) {
            MembershipSketch s(log2_blocks);
            for (uint64_t i = 0; i <= uint64_t{2} << log2_blocks; i++)
                s.add(apart == 0   ? i
                      : apart == 1 ? i << 32 << (31 - log2_blocks) | (i & 1)
                      : apart == 2 ? ~(i * 0x9e3779b9)
                                   : sketch_hash_word(i));
            if (apart != 1) REQUIRE(s.info().is_dense);
            for (int smaller = log2_blocks; smaller >= 0; smaller--) {
                s.limit(smaller);
                REQUIRE(check(s.pack()) == SKETCH_OK);
            }
        }
}
