// Values that somebody chose so that they share places in tables of hashes: adding and merging them takes no more steps
// than random ones do, but for a factor. Steps are not timed but seen in the table: who looks for an entry, or for
// one that is not there, walks at most through a run of full slots.
#include <algorithm>
#include <cstring>
#include <functional>
#include <random>

#include "catch.hpp"
#include "chosen.hpp"
#include "core/frequency/frequency.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "topk_sketch.hpp"

namespace {

using Random = std::mt19937_64;

template <typename T>
T word_at(const void *state, size_t at) {
    T word;
    std::memcpy(&word, static_cast<const uint8_t *>(state) + at, sizeof word);
    return word;
}

// How long the run of full slots is that an entry stands in, on average over `count` slots of a table.
template <typename T>
double mean_run(const void *state, size_t at, size_t count, T empty) {
    double entries = 0, sum = 0, run = 0;
    for (size_t i = 0; i <= count; i++) {
        if (i < count && word_at<T>(state, at + i * sizeof(T)) != empty) {
            run++;
            continue;
        }
        entries += run;
        sum += run * run;
        run = 0;
    }
    return entries == 0 ? 0 : sum / entries;
}

double mean_run(const DistinctSketch &s) {
    if (s.info().is_dense) return 0;
    return mean_run<uint32_t>(s.data(), 16, (s.size() - 16) / 4, 0);
}
double mean_run(const FrequencySketch &s) {
    if (s.info().is_dense) return 0;
    return mean_run<uint64_t>(s.data(), sizeof(sketch::frequency::WorkHeader), word_at<uint32_t>(s.data(), 24),
                              ~uint64_t{0});
}
double mean_run(const MembershipSketch &s) {
    if (s.info().is_dense) return 0;
    return mean_run<uint64_t>(s.data(), 32, (s.size() - 32) / 8, 0);
}
double mean_run(const TopkSketch &s) {
    return mean_run<uint64_t>(s.data(), 64, word_at<uint32_t>(s.data(), 44), ~uint64_t{0});
}

// Does something so many times to a sketch; of now and then, the longest mean run.
template <typename Sketch>
double longest(Sketch &s, size_t times, const std::function<void(size_t)> &step) {
    double most = 0;
    const size_t every = std::max<size_t>(1, times / 64);
    for (size_t i = 0; i < times; i++) {
        step(i);
        if (i % every == every - 1) most = std::max(most, mean_run(s));
    }
    return most;
}

// In random tables of 7/8 it is some 100 at most; and in one where all share a place it is as large as the table.
void check_like_random(double of_chosen, double of_random) {
    INFO("mean run: " << of_chosen << " of chosen values, " << of_random << " of random ones");
    CHECK(of_random > 0);
    CHECK(of_chosen <= 3 * std::max(of_random, 50.0));
}

// The same values in several orders.
template <typename T>
std::vector<std::vector<T>> in_orders(std::vector<T> values) {
    std::vector<std::vector<T>> orders{values};
    std::reverse(values.begin(), values.end());
    orders.push_back(values);
    std::shuffle(values.begin(), values.end(), Random(5));
    orders.push_back(values);
    return orders;
}

}  // namespace

TEST_CASE("chosen: the hash of a word can be undone, so anybody can choose hashes", "[chosen]") {
    Random random(1);
    for (int i = 0; i < 1000; i++) {
        const uint64_t hash = random();
        REQUIRE(sketch_hash_word(chosen::word_with_hash(hash)) == hash);
    }
    CHECK(sketch_hash_word(chosen::word_with_hash(0)) == 0);
}

TEST_CASE("distinct: values that were chosen to share places take no longer", "[chosen][distinct]") {
    const int precision = GENERATE(10, 16);
    const size_t count = sketch::distinct::max_tokens(precision);
    auto add_all = [&](const std::vector<uint64_t> &words) {
        DistinctSketch s(precision);
        return longest(s, 3 * count, [&](size_t i) { s.add(sketch_hash_word(words[i % count])); });
    };
    Random random(2);
    std::vector<uint64_t> words(count);
    for (uint64_t &word : words) word = random();
    const double usual = add_all(words);
    for (uint32_t first : {0u, 1000u, sketch::distinct::kTokenIndexes - 175}) {
        const std::vector<uint32_t> tokens = chosen::tokens_from(first, count);
        for (size_t i = 0; i < count; i++) words[i] = chosen::word_with_hash(sketch::distinct::hash_of(tokens[i]));
        std::vector<Bytes> packed;
        for (const auto &order : in_orders(words)) {
            check_like_random(add_all(order), usual);
            DistinctSketch s(precision);
            for (uint64_t word : order) s.add(sketch_hash_word(word));
            packed.push_back(s.pack());
            CHECK(packed.back() == packed.front());
            // By packed sketches of a few of them, and by work forms.
            DistinctSketch merged(precision), again(precision);
            const double run = longest(merged, count / 16, [&](size_t part) {
                DistinctSketch few(precision);
                for (size_t i = 0; i < 16; i++) few.add(sketch_hash_word(order[16 * part + i]));
                merged.merge(few.pack());
                again.merge(few);
            });
            check_like_random(run, usual);
            CHECK(merged.pack() == packed.front());
            CHECK(again.pack() == packed.front());
            again.merge(s);
            s.merge(again);
            check_like_random(std::max(mean_run(again), mean_run(s)), usual);
            CHECK(s.pack() == packed.front());
        }
    }
}

TEST_CASE("frequency: values that were chosen to share places take no longer", "[chosen][frequency]") {
    const int log2_width = GENERATE(8, 12, 18);
    const size_t count = sketch::frequency::max_entries(log2_width);
    auto add_all = [&](const std::vector<uint64_t> &words) {
        FrequencySketch s(log2_width);
        return longest(s, 2 * count, [&](size_t i) { s.add_item(words[i % count]); });
    };
    Random random(3);
    std::vector<uint64_t> words(count);
    for (uint64_t &word : words) word = random();
    const double usual = add_all(words);
    for (uint64_t first : {uint64_t{0}, uint64_t{0x123456789abcdef0}, ~uint64_t{0} - count}) {
        for (size_t i = 0; i < count; i++) words[i] = chosen::word_with_hash(first + i);
        const size_t usual_size = FrequencySketch(log2_width).size() + 16 * count * 10 / 8;
        Bytes packed;
        for (const auto &order : in_orders(words)) {
            check_like_random(add_all(order), usual);
            FrequencySketch s(log2_width);
            for (uint64_t word : order) s.add_item(word, 1 + (word & 0x3ff));
            CHECK(s.size() <= 2 * usual_size);
            if (packed.empty()) packed = s.pack();
            CHECK(s.pack() == packed);
            CHECK(sketch_frequency_check(packed.data(), packed.size()) == SKETCH_OK);
            for (size_t i = 0; i < count; i += count / 16)
                REQUIRE(s.count(sketch_hash_word(order[i])).estimate == 1 + (order[i] & 0x3ff));
            FrequencySketch merged(log2_width), again(log2_width);
            const double run = longest(merged, count / 16, [&](size_t part) {
                FrequencySketch few(log2_width);
                for (size_t i = 0; i < 16; i++) few.add_item(order[16 * part + i], 1 + (order[16 * part + i] & 0x3ff));
                merged.merge(few.pack());
                again.merge(few);
            });
            check_like_random(run, usual);
            CHECK(merged.pack() == packed);
            CHECK(again.pack() == packed);
            again.merge(s);
            check_like_random(mean_run(again), usual);
            again.subtract(merged);
            CHECK(again.pack() == packed);
            again.subtract(s);
            CHECK(again.pack() == FrequencySketch(log2_width).pack());
        }
    }
}

TEST_CASE("topk: values that were chosen to share places take no longer", "[chosen][topk]") {
    const uint32_t k = 4000;
    auto add_all = [&](const std::vector<std::string> &texts) {
        TopkSketch s(k);
        return longest(s, 2 * texts.size(), [&](size_t i) { s.add(texts[i % texts.size()]); });
    };
    const size_t group = GENERATE(0, 60, 250, 4000);  // with one tag; 0: short ones
    std::vector<std::string> texts, others;
    for (size_t i = 0; i < k; i++) others.push_back(std::to_string(i * i) + (group == 0 ? "" : "-texts"));
    const double usual = add_all(others);
    texts = group == 0 ? chosen::short_texts(k) : chosen::texts_with_tags(k, group);
    Bytes packed;
    for (const auto &order : in_orders(texts)) {
        check_like_random(add_all(order), usual);
        TopkSketch s(k), merged(k), again(k);
        for (const std::string &text : order) s.add(text);
        if (packed.empty()) packed = s.pack();
        CHECK(s.pack() == packed);
        const double run = longest(merged, k / 16, [&](size_t part) {
            TopkSketch few(k);
            for (size_t i = 0; i < 16; i++) few.add(order[16 * part + i]);
            merged.merge(few.pack());
            again.merge(few);
        });
        check_like_random(run, usual);
        CHECK(merged.pack() == packed);
        CHECK(again.pack() == packed);
        merged.merge(s);
        again.merge(packed);
        check_like_random(std::max(mean_run(merged), mean_run(again)), usual);
        CHECK(merged.pack() == again.pack());
    }
}

TEST_CASE("membership: values that were chosen to share places take no longer", "[chosen][membership]") {
    const int log2_blocks = 12;
    const size_t count = 8000;
    auto add_all = [&](const std::vector<uint64_t> &hashes) {
        MembershipSketch s(log2_blocks);
        return longest(s, 2 * count, [&](size_t i) { s.add(hashes[i % count]); });
    };
    Random random(4);
    std::vector<uint64_t> hashes(count);
    for (uint64_t &hash : hashes) hash = random();
    const double usual = add_all(hashes);
    // Every table draws a salt, and there are salts that spread a progression badly if any do: so there are many.
    for (uint64_t step : {uint64_t{1}, uint64_t{1} << 16, uint64_t{1} << 52, uint64_t{1} << 52 | 1}) {
        for (size_t i = 0; i < count; i++) hashes[i] = i * step + (step >> 52) * (i >> 12);
        for (const auto &order : in_orders(hashes)) check_like_random(add_all(order), usual);
        for (int table = 0; table < 300; table++) {
            MembershipSketch s(log2_blocks);
            for (uint64_t hash : hashes) s.add(hash);
            check_like_random(mean_run(s), usual);
        }
    }
}

TEST_CASE("chosen: no salt changes a packed byte or an answer", "[chosen]") {
    // Chosen ones, so that tables are salted, and others between them.
    const auto texts = chosen::texts_with_tags(3000, 250);
    const auto tokens = chosen::tokens_from(77, 900);
    Random random(6);
    std::vector<uint64_t> others(700);
    for (uint64_t &hash : others) hash = random();
    auto pack_all = [&](uint64_t salt) {
        sketch_set_salt(salt);
        DistinctSketch distinct(14), more_distinct(13);
        FrequencySketch frequency(13), more_frequency(14);
        MembershipSketch membership(10), more_membership(11);
        TopkSketch topk(3000), more_topk(500);
        for (uint64_t token : tokens) distinct.add(sketch::distinct::hash_of(static_cast<uint32_t>(token)));
        for (uint64_t i = 0; i < 2000; i++) frequency.add((i * 1237) % 2000, 1 + i);
        for (uint64_t i = 0; i < 1500; i++) membership.add(i << 32);
        for (const std::string &text : texts) topk.add(text, 1 + topk.size() % 3 % 1);
        for (uint64_t hash : others) {
            more_distinct.add(hash);
            more_frequency.add(hash);
            more_membership.add(hash);
            more_topk.add(std::to_string(hash % 2000));
        }
        std::vector<Bytes> all{distinct.pack(), frequency.pack(), membership.pack(), topk.pack()};
        distinct.merge(more_distinct);
        frequency.merge(more_frequency);
        membership.merge(more_membership);
        topk.merge(more_topk);
        for (const Bytes &bytes : {distinct.pack(), frequency.pack(), membership.pack(), topk.pack()})
            all.push_back(bytes);
        return all;
    };
    const std::vector<Bytes> usual = pack_all(0);
    for (uint64_t salt : {uint64_t{1}, ~uint64_t{0}, uint64_t{0x9e3779b97f4a7c15}, random(), random()})
        REQUIRE(pack_all(salt) == usual);
    sketch_set_salt(0);
}
