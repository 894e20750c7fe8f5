// Each step of a topk sketch is a function of what it is given: where items lie, in how large a buffer, in which order
// they came while they are few, and which of two sketches is merged into the other, is never seen.
#include <algorithm>
#include <cstring>
#include <map>
#include <random>

#include "catch.hpp"
#include "chosen.hpp"
#include "topk_sketch.hpp"

namespace {

using Entries = std::vector<TopkSketch::Entry>;
using Random = std::mt19937_64;

constexpr uint64_t kMax = 0x7fffffffffffffff;

struct Row {
    std::string item;
    uint64_t weight;
};
using Rows = std::vector<Row>;

Rows random_rows(Random &random, size_t count, size_t different) {
    const int shape = static_cast<int>(random() % 3);
    std::vector<std::string> items;
    for (size_t i = 0; i < different; i++)
        items.push_back(shape == 0   ? std::string(topk_integer(i * i * 977))
                        : shape == 1 ? "/path/" + std::to_string(i) + "/page.html"
                                     : std::string(i % 11, static_cast<char>(i)) + std::to_string(i));
    Rows rows(count);
    for (Row &row : rows) {
        size_t item = random() % different;
        if (random() % 2) item = random() % (item + 1);
        row = {items[item], random() % 3 ? 1 : 1 + random() % 1000};
    }
    return rows;
}

TopkSketch sketch_of(const Rows &rows, uint32_t k, int kind = SKETCH_KIND_TEXT) {
    TopkSketch s(k, kind);
    for (const Row &row : rows) s.add(row.item, row.weight);
    return s;
}

std::map<std::string, uint64_t> counts_of(const Rows &rows) {
    std::map<std::string, uint64_t> counts;
    for (const Row &row : rows) counts[row.item] += row.weight;
    return counts;
}

std::string hashed(uint64_t hash, const std::string &text) { return std::string(topk_integer(hash)) + text; }

}  // namespace

TEST_CASE("topk: up to k different items are exact, in any order and any tree", "[topk][law]") {
    Random random(1);
    for (int round = 0; round < 300; round++) {
        const uint32_t k = 1 + static_cast<uint32_t>(random() % 200);
        Rows rows = random_rows(random, 1 + random() % 1500, k);
        std::map<std::string, uint64_t> counts = counts_of(rows);
        Bytes in_order = sketch_of(rows, k).pack();
        Entries entries = TopkSketch::entries(in_order);
        INFO("round " << round);
        REQUIRE(TopkSketch::info_of(in_order.data(), in_order.size()).is_exact);
        REQUIRE(entries.size() == counts.size());
        auto expected = counts.begin();  // std::string compares as memcmp does, then the shorter first
        for (const TopkSketch::Entry &e : entries) {
            REQUIRE(e == TopkSketch::Entry{expected->first, expected->second, expected->second, expected->second});
            ++expected;
        }
        std::shuffle(rows.begin(), rows.end(), random);
        REQUIRE(sketch_of(rows, k).pack() == in_order);
        std::vector<TopkSketch> parts(1 + random() % 6, TopkSketch(k));
        for (size_t i = 0; i < parts.size(); i += 2) parts[i] = TopkSketch(k, SKETCH_KIND_TEXT, true);
        for (const Row &row : rows) parts[random() % parts.size()].add(row.item, row.weight);
        while (parts.size() > 1) {
            TopkSketch part = parts.back();
            parts.pop_back();
            if (random() % 2) parts[random() % parts.size()].merge(part);
            else parts[random() % parts.size()].merge(part.pack());
        }
        REQUIRE(parts[0].pack() == in_order);
    }
}

TEST_CASE("topk: a + b is b + a, byte for byte", "[topk][law]") {
    Random random(2);
    for (int round = 0; round < 300; round++) {
        const size_t different = 1 + random() % 3000;
        TopkSketch a = sketch_of(random_rows(random, random() % 4000, different), 1 + random() % 120),
                   b = sketch_of(random_rows(random, random() % 4000, different), 1 + random() % 120);
        if (random() % 4 == 0) a = TopkSketch::of(a.pack());
        TopkSketch ab = a, ba = b;
        if (random() % 2) {
            ab.merge(b);
            ba.merge(a);
        } else {
            ab = TopkSketch::of(a.pack());
            ab.merge(b.pack());
            ba = TopkSketch::of(b.pack());
            ba.merge(a.pack());
        }
        INFO("round " << round);
        REQUIRE(ab.pack() == ba.pack());
        // And what is added afterwards.
        for (const Row &row : random_rows(random, 500, different)) {
            ab.add(row.item, row.weight);
            ba.add(row.item, row.weight);
        }
        REQUIRE(ab.pack() == ba.pack());
    }
}

TEST_CASE("topk: merging into an empty sketch and packing again change nothing", "[topk][law]") {
    Random random(3);
    for (int round = 0; round < 200; round++) {
        const uint32_t k = 1 + static_cast<uint32_t>(random() % 150);
        TopkSketch s = sketch_of(random_rows(random, random() % 5000, 1 + random() % 2000), k);
        Bytes packed = s.pack();
        INFO("round " << round);
        REQUIRE(TopkSketch::of(packed).pack() == packed);
        TopkSketch empty(k), of_work(k);
        s.merge(empty);
        REQUIRE(s.pack() == packed);
        of_work.merge(s);
        REQUIRE(of_work.pack() == packed);
        size_t used = 0;
        Bytes again(packed.size());
        REQUIRE(sketch_topk_pack(packed.data(), packed.size(), nullptr, 0, again.data(), again.size(), &used) ==
                SKETCH_OK);
        REQUIRE(used == packed.size());
        REQUIRE(again == packed);
    }
}

TEST_CASE("topk: the size of buffers is never seen", "[topk][law]") {
    Random random(4);
    for (int round = 0; round < 60; round++) {
        const uint32_t k = 1 + static_cast<uint32_t>(random() % 100);
        Rows rows = random_rows(random, 4000, 1500);
        TopkSketch usual(k), widened(k);
        for (size_t i = 0; i < rows.size(); i++) {
            usual.add(rows[i].item, rows[i].weight);
            widened.add(rows[i].item, rows[i].weight);
            // Makes counters of 8 bytes, and the table another one; then as if it had not been.
            if (i == 100) {
                TopkSketch heavy(k);
                heavy.add(rows[0].item, uint64_t{1} << 33);
                widened.merge(heavy);
                usual.merge(heavy.pack());
            }
        }
        INFO("round " << round);
        REQUIRE(usual.pack() == widened.pack());
    }
}

TEST_CASE("topk: every row in another buffer gives the same", "[topk][law]") {
    Random random(5);
    Rows rows = random_rows(random, 3000, 900);
    TopkSketch usual(20);
    std::vector<uint64_t> one(1 << 17), other(1 << 17);
    size_t size = sketch_topk_init_size();
    sketch_topk_init(one.data(), size, SKETCH_KIND_TEXT, 20);
    for (const Row &row : rows) {
        usual.add(row.item, row.weight);
        for (;;) {
            sketch_growth growth{};
            sketch_status s = sketch_topk_add(one.data(), size, SKETCH_KIND_TEXT, row.item.data(), row.item.size(),
                                              row.weight, &growth);
            if (s == SKETCH_OK) break;
            REQUIRE(s == SKETCH_GROW);
            growth.size *= 2;  // more than asked for
            REQUIRE(growth.size <= 8 * other.size());
            sketch_topk_move(other.data(), one.data(), size, &growth);
            one.swap(other);
            size = growth.size;
        }
    }
    TopkSketch merged(20);
    merged.merge(usual.pack());
    TopkSketch merged_other(20);
    REQUIRE(merged_other.try_merge(one.data(), size) == SKETCH_OK);
    CHECK(merged_other.pack() == merged.pack());
    CHECK(merged.pack() == usual.pack());
}

namespace {

bool is_salted(const TopkSketch &s) {
    uint64_t salt;
    std::memcpy(&salt, static_cast<const uint8_t *>(s.data()) + 24, sizeof salt);
    return salt != 0;
}

}  // namespace

TEST_CASE("topk: items that crowd in the table cost nothing but another salt", "[topk][law]") {
    // 1,500 items whose unsalted hashes begin alike, so that their homes are one; in a sketch that keeps them all, in
    // both directions, and in one that does not.
    std::vector<std::string> crowd;
    for (uint64_t i = 0; crowd.size() < 1500; i++) {
        std::string item = "crowding-" + std::to_string(i);
        if (sketch_hash(item.data(), item.size()) >> 52 == 0x123) crowd.push_back(item);
    }
    std::sort(crowd.begin(), crowd.end(), [](const std::string &a, const std::string &b) {
        return sketch_hash(a.data(), a.size()) > sketch_hash(b.data(), b.size());
    });
    for (uint32_t k : {100u, 1500u}) {
        TopkSketch up(k), down(k), merged(k);
        for (size_t i = 0; i < crowd.size(); i++) {
            down.add(crowd[i], 1 + i % 7);
            if (k == 1500) up.add(crowd[crowd.size() - 1 - i], 1 + (crowd.size() - 1 - i) % 7);
        }
        Bytes packed = down.pack();
        REQUIRE(sketch_topk_check(packed.data(), packed.size()) == SKETCH_OK);
        merged.merge(packed);
        CHECK(merged.pack() == packed);
        merged.merge(down);
        CHECK(merged.info().total == 2 * down.info().total);
        CHECK(is_salted(down));
        if (k == 1500) {
            CHECK(is_salted(up));
            CHECK(is_salted(merged));
            CHECK(up.pack() == packed);
            CHECK(TopkSketch::entries(packed).size() == 1500);
            for (size_t i = 0; i < crowd.size(); i += 50)
                CHECK(TopkSketch::bounds(packed, SKETCH_KIND_TEXT, crowd[i]).lower == 1 + i % 7);
        }
    }
}

TEST_CASE("topk: a merge that finds its items crowded begins again, as if nothing had been", "[topk][law]") {
    TopkSketch crowded(600), state(600);
    uint64_t items = 0;
    for (uint64_t i = 0; items < 600; i++) {
        std::string item = "crowding-" + std::to_string(i);
        if (sketch_hash(item.data(), item.size()) >> 52 != 0x123) continue;
        crowded.add(item, 10 + items++ % 5);
        if (items % 7 == 0) state.add(item, 20);
    }
    for (int i = 0; i < 5000; i++) {
        crowded.add("other " + std::to_string(i), 1 + i % 2);
        state.add("third " + std::to_string(i), 1 + i % 3);
    }
    const Bytes a = state.pack(), b = crowded.pack();
    REQUIRE(TopkSketch::info_of(a.data(), a.size()).offset > 0);
    REQUIRE(TopkSketch::info_of(b.data(), b.size()).offset > 0);
    TopkSketch ab = TopkSketch::of(a), ba = TopkSketch::of(b);
    ab.merge(b);
    ba.merge(a);
    CHECK(ab.pack() == ba.pack());
    CHECK(is_salted(ab));
}

TEST_CASE("topk: crowded items leave nothing behind in a sketch whose kind is open, until they are in",
          "[topk][open]") {
    TopkSketch crowded(600);
    for (uint64_t i = 0, items = 0; items < 600; i++) {
        const std::string item = "crowding-" + std::to_string(i);
        if (sketch_hash(item.data(), item.size()) >> 52 != 0x123) continue;
        crowded.add(item, 1 + items++ % 5);
    }
    const Bytes packed = crowded.pack(), empty = TopkSketch(600, SKETCH_KIND_NONE).pack();
    std::vector<uint64_t> state(sketch_topk_init_size() / 8);
    sketch_topk_init(state.data(), 8 * state.size(), SKETCH_KIND_NONE, 600);
    sketch_growth growth{};
    while (sketch_topk_merge(state.data(), 8 * state.size(), packed.data(), packed.size(), &growth) == SKETCH_GROW) {
        const sketch_topk_info info = TopkSketch::info_of(state.data(), 8 * state.size());
        REQUIRE(info.kind == SKETCH_KIND_NONE);
        REQUIRE(info.items == 0);
        TopkSketch records(600, SKETCH_KIND_RECORD), other = records;
        records.merge(empty);
        REQUIRE(records.try_merge(state.data(), 8 * state.size()) == SKETCH_OK);
        REQUIRE(records.pack() == other.pack());
        std::vector<uint64_t> larger(growth.size / 8);
        sketch_topk_move(larger.data(), state.data(), 8 * state.size(), &growth);
        state.swap(larger);
    }
    CHECK(state[3] != 0);  // it was salted
    TopkSketch merged(600, SKETCH_KIND_NONE);
    merged.merge(packed);
    CHECK(merged.pack() == packed);
}

TEST_CASE("topk: of items that tie, as many are kept as a list has, whatever came first", "[topk][law]") {
    Random random(8);
    std::vector<std::string> items;
    for (int i = 0; i < 40; i++) items.push_back(std::to_string(i));
    for (uint32_t k : {1u, 3u, 8u}) {
        Bytes first;
        for (int round = 0; round < 20; round++) {
            TopkSketch s(k);
            std::shuffle(items.begin(), items.end(), random);
            for (const std::string &item : items) s.add(item, 5);
            s.add("most", 6);
            const Bytes packed = s.pack();
            const Entries entries = TopkSketch::entries(packed);
            REQUIRE(entries.size() == k);
            for (const TopkSketch::Entry &e : entries) {
                const uint64_t count = e.item == "most" ? 6 : 5;
                REQUIRE(e == TopkSketch::Entry{e.item, count, count, count});
            }
            REQUIRE(TopkSketch::bounds(packed, SKETCH_KIND_TEXT, "most").lower == 6);
            REQUIRE(TopkSketch::info_of(packed.data(), packed.size()).offset == 5);
            if (round == 0) first = packed;
            REQUIRE(packed == first);
        }
        // What is not kept may have come five times before.
        TopkSketch again = TopkSketch::of(first);
        again.add("another", 2);
        CHECK(TopkSketch::bounds(again.pack(), SKETCH_KIND_TEXT, "another") == TopkSketch::Entry{"another", 5, 2, 7});
    }
}

TEST_CASE("topk: items whose hashes are one may make a list shorter, and no more", "[topk][law]") {
    // More of them than a state keeps: an order among them would not depend on the items alone.
    const std::vector<std::string> items = chosen::texts_with_tags(2000, 2000);
    TopkSketch s(5), merged(5);
    for (const std::string &item : items) s.add(item, 3);
    const Bytes packed = s.pack();
    REQUIRE(sketch_topk_check(packed.data(), packed.size()) == SKETCH_OK);
    CHECK(s.size() < 64 * 1024);
    CHECK(TopkSketch::info_of(packed.data(), packed.size()).total == 6000);
    s.add("most", 4000);
    for (int i = 0; i < 50; i++) merged.merge(s);
    CHECK(TopkSketch::bounds(merged.pack(), SKETCH_KIND_TEXT, "most").lower == 50 * 4000);
    TopkSketch few(5);
    for (int i = 0; i < 20; i++) few.add(items[i], 3);
    CHECK(TopkSketch::entries(few.pack()).size() == 20);
}

TEST_CASE("topk: items of every length come back as they were", "[topk][law]") {
    TopkSketch s(4000);
    std::map<std::string, uint64_t> expected;
    uint64_t weight = 1;
    auto add = [&](const std::string &item) {
        s.add(item, weight);
        expected[item] += weight++;
    };
    for (size_t length = 0; length <= 40; length++)
        for (char fill : {'\0', 'a', '\xff'}) add(std::string(length, fill));
    for (size_t length : {100, 255, 256, 1000, 8191, 8192}) {
        add(std::string(length, 'x'));
        add(std::string(length - 1, 'x') + "y");
        add("y" + std::string(length - 1, 'x'));
    }
    for (int last = 0; last < 256; last++) add("1234567" + std::string(1, static_cast<char>(last)));
    Bytes packed = s.pack();
    Entries entries = TopkSketch::entries(packed);
    REQUIRE(entries.size() == expected.size());
    auto next = expected.begin();
    for (const TopkSketch::Entry &e : entries) {
        REQUIRE(e.item == next->first);
        REQUIRE(e.lower == next->second);
        REQUIRE(e.upper == next->second);
        ++next;
    }
    CHECK(TopkSketch::of(packed).pack() == packed);

    std::string too_long(SKETCH_TOPK_MAX_ITEM + 1, 'x');
    CHECK(s.try_add(too_long) == SKETCH_BAD_ITEM);
    uint64_t estimate, lower, upper;
    CHECK(sketch_topk_count(packed.data(), packed.size(), SKETCH_KIND_TEXT, too_long.data(), too_long.size(), &estimate,
                            &lower, &upper) == SKETCH_BAD_ITEM);
    CHECK(s.pack() == packed);
}

TEST_CASE("topk: of items with a hash, the hash is what counts and the least text is kept", "[topk][law]") {
    Random random(6);
    CHECK(sketch_topk_item_has_hash(SKETCH_KIND_JSONB));
    CHECK(sketch_topk_item_has_hash(SKETCH_KIND_RECORD));
    CHECK(sketch_topk_item_has_hash(SKETCH_KIND_OTHER));
    CHECK(sketch_topk_item_has_hash(SKETCH_KIND_ARRAY + SKETCH_KIND_NUMBER));
    CHECK_FALSE(sketch_topk_item_has_hash(SKETCH_KIND_TEXT));
    CHECK_FALSE(sketch_topk_item_has_hash(SKETCH_KIND_PG_LSN));
    for (int round = 0; round < 100; round++) {
        Rows rows;
        std::map<uint64_t, std::pair<uint64_t, std::string>> expected;
        for (int i = 0; i < 600; i++) {
            uint64_t hash = random() % 40 * 0x9e3779b97f4a7c15u;
            std::string text(random() % 50, static_cast<char>('a' + random() % 3));
            auto [at, is_new] = expected.try_emplace(hash, 0, text);
            at->second.first += 2;
            at->second.second = std::min(at->second.second, text);
            rows.push_back({hashed(hash, text), 2});
        }
        Bytes packed = sketch_of(rows, 40, SKETCH_KIND_RECORD).pack();
        Entries entries = TopkSketch::entries(packed);
        INFO("round " << round);
        REQUIRE(entries.size() == expected.size());
        for (const auto &[hash, what] : expected) {
            REQUIRE(std::find(entries.begin(), entries.end(),
                              TopkSketch::Entry{hashed(hash, what.second), what.first, what.first, what.first}) !=
                    entries.end());
            REQUIRE(TopkSketch::bounds(packed, SKETCH_KIND_RECORD, hashed(hash, "zzz")).lower == what.first);
        }
        std::shuffle(rows.begin(), rows.end(), random);
        TopkSketch first(40, SKETCH_KIND_RECORD), second(40, SKETCH_KIND_RECORD);
        for (const Row &row : rows) (random() % 2 ? first : second).add(row.item, row.weight);
        TopkSketch other = second;
        other.merge(first.pack());
        first.merge(second);
        REQUIRE(first.pack() == packed);
        REQUIRE(other.pack() == packed);
    }
    TopkSketch s(5, SKETCH_KIND_OTHER);
    CHECK(s.try_add("1234567") == SKETCH_BAD_ITEM);
    CHECK(s.try_add("") == SKETCH_BAD_ITEM);
    CHECK(s.try_add("12345678") == SKETCH_OK);
}

TEST_CASE("topk: sketches of different k merge to the smaller", "[topk][law]") {
    Random random(7);
    for (int round = 0; round < 100; round++) {
        Rows rows = random_rows(random, 2000, 400);
        TopkSketch a = sketch_of(rows, 50), b = sketch_of(rows, 10), limited = a;
        TopkSketch ab = a, ba = b;
        ab.merge(b);
        ba.merge(a);
        CHECK(ab.info().k == 10);
        REQUIRE(ab.pack() == ba.pack());
        limited.limit(10);
        CHECK(limited.info().k == 10);
        CHECK(limited.info().items <= 10 * 4 + 56);
        Bytes packed = limited.pack();
        CHECK(TopkSketch::info_of(packed.data(), packed.size()).items <= 2 * 10 + 20);
        limited.limit(20);  // more than it has: nothing to do
        CHECK(limited.pack() == packed);
    }
}

TEST_CASE("topk: kinds are not mixed", "[topk][law]") {
    TopkSketch texts(10), numbers(10, SKETCH_KIND_NUMBER);
    texts.add("a");
    numbers.add(topk_integer(1));
    CHECK(texts.try_merge(numbers.data(), numbers.size()) == SKETCH_WRONG_KIND);
    CHECK(texts.try_merge(numbers.pack().data(), numbers.pack().size()) == SKETCH_WRONG_KIND);
    sketch_growth growth;
    CHECK(sketch_topk_add(texts.data(), texts.size(), SKETCH_KIND_BYTEA, "a", 1, 1, &growth) == SKETCH_WRONG_KIND);
    CHECK(texts.info().total == 1);
}

TEST_CASE("topk: counters widen at 2^32 and the total ends at 2^63 - 1", "[topk][law]") {
    for (uint64_t before : {uint64_t{0xfffffffe}, uint64_t{0xffffffff}}) {
        TopkSketch s(10);
        s.add("a", before);
        s.add("a", 1);
        s.add("b", 7);
        Bytes packed = s.pack();
        CHECK(TopkSketch::bounds(packed, SKETCH_KIND_TEXT, "a").lower == before + 1);
        CHECK(TopkSketch::bounds(packed, SKETCH_KIND_TEXT, "b").lower == 7);
        TopkSketch merged(10);
        merged.merge(packed);
        merged.merge(s);
        CHECK(TopkSketch::bounds(merged.pack(), SKETCH_KIND_TEXT, "a").upper == 2 * (before + 1));
    }
    TopkSketch s(2), one(2), full(2);
    s.add("a", kMax - 2);
    s.add("b", 1);
    s.add("a", 1);
    Bytes packed = s.pack();
    CHECK(s.info().total == kMax);
    CHECK(s.try_add("a") == SKETCH_OVERFLOW);
    CHECK(s.try_add("c") == SKETCH_OVERFLOW);
    CHECK(s.try_add("c", kMax) == SKETCH_OVERFLOW);
    one.add("a");
    full.add("a", kMax);
    for (const TopkSketch &other : {one, full}) {
        CHECK(s.try_merge(other.data(), other.size()) == SKETCH_OVERFLOW);
        CHECK(s.try_merge(other.pack().data(), other.pack().size()) == SKETCH_OVERFLOW);
    }
    CHECK(s.pack() == packed);
    CHECK(TopkSketch::bounds(packed, SKETCH_KIND_TEXT, "a") == TopkSketch::Entry{"a", kMax - 1, kMax - 1, kMax - 1});
    CHECK(TopkSketch::bounds(full.pack(), SKETCH_KIND_TEXT, "a").upper == kMax);
    // Large counts among many items: the selection goes digit by digit.
    TopkSketch many(5);
    for (uint64_t i = 0; i < 200; i++) many.add(std::to_string(i), (i + 1) << 48);
    Entries entries = TopkSketch::entries(many.pack());
    CHECK(entries.size() == 30);
    for (const TopkSketch::Entry &e : entries) CHECK(std::stoi(e.item) >= 170);
}

TEST_CASE("topk: large items cost memory up to a limit, which is told", "[topk][law]") {
    // 100,000 items of 8 kB would be 800 MB.
    TopkSketch s(SKETCH_TOPK_MAX_K, SKETCH_KIND_BYTEA);
    std::string item(SKETCH_TOPK_MAX_ITEM, 'x');
    sketch_status status = SKETCH_OK;
    uint64_t added = 0;
    for (; status == SKETCH_OK && added < 100000; added += status == SKETCH_OK) {
        std::memcpy(item.data(), &added, 8);
        status = s.try_add(item);
    }
    CHECK(status == SKETCH_TOO_LARGE);
    CHECK(s.size() <= SKETCH_TOPK_MAX_BYTES);
    CHECK(added > 20000);
    CHECK(s.info().total == added);
    CHECK(s.try_add("small") == SKETCH_OK);

    // With a small k they are dropped.
    TopkSketch small(1000, SKETCH_KIND_BYTEA);
    for (uint64_t i = 0; i < 20000; i++) {
        std::memcpy(item.data(), &i, 8);
        small.add(item);
    }
    CHECK(small.size() < 100u << 20);
    CHECK(small.info().offset <= 20000 / 2021);
}

TEST_CASE("topk: small groups take little memory", "[topk][size]") {
    CHECK(sketch_topk_init_size() == 256);
    TopkSketch few(100), hundred(100), many(100), numbers(100, SKETCH_KIND_NUMBER);
    for (int i = 0; i < 3; i++) few.add("a");
    CHECK(few.size() == 256);
    auto url = [](int i) { return "/shop/items/category-7/" + std::to_string(100000000000 + i); };
    for (int i = 0; i < 70; i++) hundred.add(url(i));
    CHECK(hundred.size() <= 8256);  // of which PostgreSQL makes no more: it takes this from the system
    for (int i = 0; i < 5000; i++) {
        many.add(url(i));
        numbers.add(topk_integer(static_cast<uint64_t>(i)));
    }
    CHECK(many.size() <= 43000);
    CHECK(numbers.size() <= 24000);
}
