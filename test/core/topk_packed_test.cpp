// Bytes from anywhere: a packed value is refused or it is canonical and every function can work with it, and no work
// form, however damaged, makes a reader leave its buffer. What is checked about each stands in fuzz/topk_decoder.cpp.
#include <algorithm>
#include <cstring>
#include <memory>
#include <random>

#include "../../src/core/topk/topk.hpp"
#include "catch.hpp"
#include "mutations.hpp"
#include "topk_sketch.hpp"
#include "untrusted.hpp"

std::string topk_complaint(const uint8_t *data, size_t size, size_t shift);

namespace {

using mutations::hex;
using mutations::Random;
using mutations::telling_byte;

constexpr uint64_t kMax = 0x7fffffffffffffff;

const int kRounds = kSanitized ? 800 : 4000;
const size_t kStride = kSanitized ? 7 : 2;  // of the bits that are flipped one by one

// One of everything that a sketch can be.
std::vector<TopkSketch> samples() {
    std::vector<TopkSketch> all;
    for (uint32_t k : {1u, 100u, 100000u}) all.emplace_back(k, SKETCH_KIND_TEXT);
    for (uint64_t items : {1, 2, 9, 40})
        for (uint64_t weight : {uint64_t{1}, uint64_t{70000}, uint64_t{1} << 40}) {
            TopkSketch exact(50, SKETCH_KIND_NUMBER), cut(5), hashes(7, SKETCH_KIND_RECORD);
            for (uint64_t i = 0; i < items; i++) {
                exact.add(topk_integer(i * 3000), 1 + i * weight);
                cut.add("/path/" + std::to_string(i * 37 % 11) + "/" + std::to_string(i), 1 + i * weight);
                hashes.add(std::string(topk_integer(i * 0x9e3779b97f4a7c15u)) + "(" + std::to_string(i) + ")", 1 + i);
            }
            for (const TopkSketch &s : {exact, cut, hashes}) all.push_back(s);
        }
    TopkSketch merged(6), long_items(3, SKETCH_KIND_BYTEA), full(2), ties(3);
    for (int part = 0; part < 5; part++) {
        TopkSketch s(6);
        for (int i = 0; i < 60; i++) s.add("item " + std::to_string(i * i % (20 + part)), 1 + i % 9);
        merged.merge(s.pack());
    }
    for (size_t length : {8192, 8191, 300, 0}) long_items.add(std::string(length, 'z'), 1 + length);
    full.add("a", kMax - 2);
    full.add("b", 1);
    full.add("c", 1);
    for (int i = 0; i < 30; i++) ties.add(std::to_string(i));
    TopkSketch filtered(2), merged_filters(3), heavy(2, SKETCH_KIND_NUMBER);
    for (uint64_t i = 0; i < 400; i++) {
        filtered.add(std::to_string(i * i % 211));
        merged_filters.add(std::to_string(i * i % 97));
        heavy.add(topk_integer(i * i % 101), 1 + (i << 40));
    }
    merged_filters.merge(filtered);
    for (const TopkSketch &s : {merged, long_items, full, ties, filtered, merged_filters, heavy}) all.push_back(s);
    return all;
}

const untrusted::Tests &tests() {
    static const untrusted::Tests all(topk_complaint, sketch_topk_check, TopkFamily::pack,
                                      untrusted::samples_of(samples()));
    return all;
}

}  // namespace

TEST_CASE("topk: valid sketches are sound at any alignment", "[topk][packed]") {
    tests().valid();
    for (const TopkSketch &s : samples()) {
        const Bytes packed = s.pack();
        REQUIRE(TopkSketch::info_of(packed.data(), packed.size()).kind == s.kind());
    }
}

TEST_CASE("topk: every truncation and every further byte is refused", "[topk][packed]") {
    tests().truncations([](size_t at, size_t size) { return at < 400 ? 1 : 1 + size / 60; }, 255);
}

TEST_CASE("topk: every flipped bit gives a refusal or another sound sketch", "[topk][packed]") {
    tests().flips([](size_t bit, size_t bits) { return bit < 1600 ? kStride : bits / 97; });
}

TEST_CASE("topk: so do random changes of several bytes", "[topk][packed]") { tests().changes(kRounds); }

TEST_CASE("topk: bytes of nothing but one value are refused", "[topk][packed]") { tests().fills(); }

TEST_CASE("topk: fields that contradict each other are refused", "[topk][packed]") {
    TopkSketch s(3);
    s.add("apple", 5);
    s.add("apricot", 7);
    const Bytes packed = s.pack();
    // 01 04 00 03, k = 3, total 12, offset 0, 2 entries, lowest upper 1 + 4, 10 bytes of their own: apple, ricot
    REQUIRE(hex(packed).substr(0, 40) ==
            "0104000303"
            "0c"
            "00"
            "02"
            "08"
            "0a"
            "6170706c65"
            "7269636f74");
    auto status = [&](size_t at, uint8_t byte) {
        Bytes changed = packed;
        changed[at] = byte;
        return sketch_topk_check(changed.data(), changed.size());
    };
    CHECK(status(0, 2) == SKETCH_WRONG_VERSION);
    CHECK(status(1, 3) == SKETCH_WRONG_FAMILY);
    CHECK(status(2, 1) == SKETCH_CORRUPT);
    CHECK(status(2, SKETCH_PACKED_PARTIAL) == SKETCH_CORRUPT);
    CHECK(status(3, 0) == SKETCH_CORRUPT);
    CHECK(status(4, 0) == SKETCH_CORRUPT);   // k
    CHECK(status(4, 1) == SKETCH_OK);        // 22 counters
    CHECK(status(5, 11) == SKETCH_CORRUPT);  // exact, and the total is not that of the counts
    CHECK(status(5, 13) == SKETCH_CORRUPT);
    CHECK(status(7, 4) == SKETCH_TRUNCATED);
    CHECK(status(8, 6) == SKETCH_CORRUPT);     // the counts are 4 + 0 and 4 + 2 then, of 12 rows
    CHECK(status(8, 7) == SKETCH_CORRUPT);     // below 0
    CHECK(status(15, 'p') == SKETCH_CORRUPT);  // p is shared with apple
    CHECK(status(15, 'o') == SKETCH_CORRUPT);  // less than apple
    CHECK(status(15, 's') == SKETCH_OK);

    // k = 1 has 22 counters.
    for (int items : {22, 23}) {
        TopkSketch two(2);
        for (int i = 0; i < items; i++) two.add(std::to_string(i));
        Bytes as_one = two.pack();
        as_one[4] = 1;
        CHECK(sketch_topk_check(as_one.data(), as_one.size()) == (items == 22 ? SKETCH_OK : SKETCH_CORRUPT));
    }
}

TEST_CASE("topk: damaged work forms are refused or read as sound sketches", "[topk][work]") {
    static constexpr uint32_t kWords[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 1u << 30, 1u << 16};
    tests().work_flips(128, kStride);
    tests().work_changes(kRounds, [](Random &random, Bytes &work) {
        const size_t at = 4 + random() % (random() % 2 ? 68 : work.size() - 4);
        work[at] = telling_byte(random, work[at]);
        if (random() % 8 == 0)
            std::memcpy(work.data() + 8 + 4 * (random() % 16), &kWords[random() % std::size(kWords)], 4);
        if (random() % 8 == 0) {  // an item twice
            const size_t from = 72 + 8 * (random() % 16), to = 72 + 8 * (random() % 16);
            std::memmove(work.data() + to, work.data() + from, 8);
        }
    });
}

TEST_CASE("topk: a work form of another size, layout or family is refused", "[topk][work]") {
    TopkSketch s(8);
    s.add("a");
    auto status = [&](size_t at, uint8_t byte, size_t size) { return untrusted::status_with(s, at, byte, size); };
    CHECK(status(4, SKETCH_WORK_MAGIC, s.size()) == SKETCH_OK);
    CHECK(status(5, 3, s.size()) == SKETCH_WRONG_FAMILY);
    CHECK(status(6, 5, s.size()) == SKETCH_WRONG_VERSION);
    CHECK(status(7, 8, s.size()) == SKETCH_CORRUPT);
    CHECK(status(4, SKETCH_WORK_MAGIC, 63) == SKETCH_TRUNCATED);
    CHECK(status(4, SKETCH_WORK_MAGIC, 128) == SKETCH_TRUNCATED);
    CHECK(status(32, 0, s.size()) == SKETCH_CORRUPT);    // kind
    CHECK(status(36, 0, s.size()) == SKETCH_CORRUPT);    // k
    CHECK(status(16, 1, s.size()) == SKETCH_CORRUPT);    // offset 1, total 1
    CHECK(status(69, 8, s.size()) == SKETCH_TRUNCATED);  // 2,048 cells of a filter
    CHECK(status(71, 8, s.size()) == SKETCH_CORRUPT);    // more than any has
    CHECK(sketch_topk_check(s.bytes(), s.size()) == SKETCH_WRONG_VERSION);
}

TEST_CASE("topk: too small a buffer is told and left alone", "[topk][packed]") {
    for (const TopkSketch &s : samples()) {
        const Bytes packed = s.pack();
        REQUIRE(packed.size() <= topk_packed_bound(s.data(), s.size()));
        REQUIRE(packed.size() <= topk_packed_bound(packed.data(), packed.size()));
        if (TopkSketch::info_of(packed.data(), packed.size()).items == 0) continue;
        Bytes out(packed.size());  // and of scratch memory
        uint64_t scratch = 0;
        size_t used = 12345;
        REQUIRE(sketch_topk_pack(s.data(), s.size(), &scratch, 0, out.data(), out.size(), &used) == SKETCH_NO_ROOM);
    }
    tests().small_buffers();
}

TEST_CASE("topk: packed sketches are as small as promised", "[topk][size]") {
    CHECK(TopkSketch(100).pack().size() == 8);
    TopkSketch one(100);
    one.add("a");
    CHECK(one.pack().size() == 15);
    // Of 100 numbers below 10,000, two bytes each and what tells so; and of paths that differ in four digits.
    TopkSketch numbers(100, SKETCH_KIND_NUMBER), paths(100);
    for (uint64_t i = 0; i < 100; i++) {
        numbers.add(topk_integer(i * 97), 1 + i % 3);
        paths.add("/shop/items/category-7/" + std::to_string(1000 + i * 89) + "/page.html", 1 + i % 3);
    }
    INFO(numbers.pack().size() << " and " << paths.pack().size());
    CHECK(numbers.pack().size() <= 400);
    CHECK(paths.pack().size() <= 600);
}

// ---- memory follows the stored bytes ----------------------------------------

namespace {

// Long texts that share all but their last 7 bytes.
std::string alike(int i, size_t size = SKETCH_TOPK_MAX_ITEM) {
    std::string digits = std::to_string(1000000 + i);
    return std::string(size - digits.size(), 'a') + digits;
}

// An exact sketch of texts that came once, of any sharing: what the library would not write, too.
struct Text {
    uint64_t prefix, suffix;
    std::string own;
};
Bytes written(const std::vector<Text> &texts) {
    using namespace sketch;
    Bytes bytes(64 << 20);
    ByteWriter out(bytes.data(), bytes.size());
    for (uint8_t b : {1, 4, 0, 3}) out.byte(b);
    std::string own;
    topk::Orders orders;
    for (const Text &t : texts) {
        own += t.own;
        orders.add(topk::kPrefix, t.prefix);
        orders.add(topk::kSuffix, t.suffix);
        orders.add(topk::kOwn, t.own.size());
    }
    const uint32_t count = static_cast<uint32_t>(texts.size());
    for (uint64_t v : {uint64_t{SKETCH_TOPK_MAX_K}, uint64_t{count}, uint64_t{0}, uint64_t{count}, uint64_t{0},
                       uint64_t{own.size()}})
        out.varint(v);
    std::memcpy(out.reserve(own.size()), own.data(), own.size());
    BitWriter bits(out);
    auto order = [&](topk::Column column) { return orders.of(column, count); };
    for (topk::Column column : {topk::kPrefix, topk::kSuffix, topk::kOwn, topk::kCount})
        bits.bits(static_cast<uint64_t>(order(column)), topk::kOrderBits);
    for (const Text &t : texts) {
        bits.golomb(t.prefix, order(topk::kPrefix));
        bits.golomb(t.suffix, order(topk::kSuffix));
        bits.golomb(t.own.size(), order(topk::kOwn));
        bits.golomb(0, order(topk::kCount));
    }
    bits.flush();
    REQUIRE(out.ok());
    bytes.resize(out.size());
    return bytes;
}

// The texts as docs/FORMAT.md shares them: `most` is how many bytes they may take, before each.
std::vector<Text> shared(const std::vector<std::string> &texts) {
    std::vector<Text> result;
    uint64_t taken = 0, own = 0;
    std::string before;
    for (const std::string &text : texts) {
        taken += text.size();
        uint64_t prefix = 0, suffix = 0;
        if (taken <= 262144 + 24 * (own + result.size())) {
            while (prefix < std::min(before.size(), text.size()) && before[prefix] == text[prefix]) prefix++;
            const uint64_t most = std::min<uint64_t>(15, std::min(before.size(), text.size()) - prefix);
            while (suffix < most && before[before.size() - 1 - suffix] == text[text.size() - 1 - suffix]) suffix++;
        }
        result.push_back({prefix, suffix, text.substr(prefix, text.size() - prefix - suffix)});
        own += result.back().own.size();
        before = text;
    }
    return result;
}

sketch_status status_of(const Bytes &packed) { return sketch_topk_check(packed.data(), packed.size()); }

}  // namespace

TEST_CASE("topk: items take no more memory than their stored bytes justify", "[topk][packed][size]") {
    TopkSketch s(SKETCH_TOPK_MAX_K), half(SKETCH_TOPK_MAX_K), other(SKETCH_TOPK_MAX_K);
    constexpr int kItems = 13000;
    for (int i = 0; i < kItems; i++) {
        s.add(alike(i), 1 + static_cast<uint64_t>(i));
        (i % 2 == 0 ? half : other).add(alike(i), 1 + static_cast<uint64_t>(i));
    }
    const Bytes packed = s.pack();
    INFO(packed.size() << " bytes");
    CHECK(status_of(packed) == SKETCH_OK);
    CHECK(size_t{kItems} * SKETCH_TOPK_MAX_ITEM <= 24 * packed.size() + 262144);
    CHECK(packed.size() < 5u << 20);
    const std::vector<TopkSketch::Entry> entries = TopkSketch::entries(packed);
    REQUIRE(entries.size() == kItems);
    for (int i = 0; i < kItems; i += 97) {
        REQUIRE(entries[static_cast<size_t>(i)].item == alike(i));
        REQUIRE(TopkSketch::bounds(packed, SKETCH_KIND_TEXT, alike(i)).lower == 1 + static_cast<uint64_t>(i));
    }
    TopkSketch merged(SKETCH_TOPK_MAX_K);
    merged.merge(half.pack());
    merged.merge(other.pack());
    CHECK((merged.pack() == packed));
    // Small ones share as much as there is.
    TopkSketch few(100);
    for (int i = 0; i < 100; i++) few.add(alike(i, 2000));
    CHECK(few.pack().size() < 3000);
}

TEST_CASE("topk: fronts are shared as the format says, neither more nor less", "[topk][packed]") {
    std::vector<std::string> texts;
    TopkSketch s(SKETCH_TOPK_MAX_K);
    for (int i = 0; i < 140; i++) texts.push_back(alike(i * 37, 4000 + i % 7 * 300));
    std::sort(texts.begin(), texts.end());
    for (const std::string &text : texts) s.add(text);
    const std::vector<Text> canonical = shared(texts);
    std::vector<size_t> whole;
    for (size_t i = 1; i < canonical.size(); i++)
        if (canonical[i].prefix == 0) whole.push_back(i);
    REQUIRE(whole.size() >= 2);
    const Bytes packed = s.pack();
    REQUIRE((written(canonical) == packed));
    REQUIRE(status_of(packed) == SKETCH_OK);
    tests().must_be_sound(packed, 1, "with texts that are written whole");
    for (size_t bit = 0; bit < 8 * packed.size(); bit += bit < 8 * (packed.size() - 800) ? 4999 : 101) {
        Bytes damaged = packed;
        mutations::flip(damaged, bit);
        tests().must_be_sound(damaged, bit % 2, "bit " + std::to_string(bit));
    }

    // Shared where it may not be: the first such text, and all of them.
    auto share = [&](std::vector<Text> &all, size_t i) {
        size_t prefix = 0;
        while (prefix < std::min(texts[i - 1].size(), texts[i].size()) && texts[i - 1][prefix] == texts[i][prefix])
            prefix++;
        all[i] = {prefix, 0, texts[i].substr(prefix)};
    };
    std::vector<Text> all = canonical;
    share(all, whole[0]);
    CHECK(status_of(written(all)) == SKETCH_TOO_LARGE);
    for (size_t i : whole) share(all, i);
    CHECK(status_of(written(all)) == SKETCH_TOO_LARGE);
    all = canonical;  // one byte is too much as well, and one at the end
    all[whole[0]] = {1, 0, texts[whole[0]].substr(1)};
    CHECK(status_of(written(all)) == SKETCH_TOO_LARGE);
    all[whole[0]] = {0, 1, texts[whole[0]].substr(0, texts[whole[0]].size() - 1)};
    CHECK(status_of(written(all)) == SKETCH_TOO_LARGE);
    // Written whole where it may be shared.
    all = canonical;
    all[whole[0] - 1] = {0, 0, texts[whole[0] - 1]};
    CHECK(status_of(written(all)) == SKETCH_CORRUPT);
    // A whole text that is not greater than the one before: equal to it, its front, or less in its first byte.
    const std::string &before = texts[whole[0] - 1];
    for (const std::string &text : {before, before.substr(0, before.size() - 1), std::string(before.size(), '_')}) {
        all = canonical;
        all.resize(whole[0]);
        all.push_back({0, 0, text});
        CHECK(status_of(written(all)) != SKETCH_OK);
    }
    // More than a work form can ever hold.
    all.clear();
    std::vector<std::string> many;
    for (int i = 0; i < 33000; i++) many.push_back(alike(i));
    CHECK(status_of(written(shared(many))) == SKETCH_TOO_LARGE);
    many.resize(32000);
    CHECK(status_of(written(shared(many))) == SKETCH_OK);
}
