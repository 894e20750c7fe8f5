// What the topk core costs below PostgreSQL: time an item, a merge, a pack, a read. core_bench prints, never judges.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "../../test/core/topk_sketch.hpp"

namespace {

using Items = std::vector<uint64_t>;
using Texts = std::vector<std::string>;

constexpr size_t kItems = size_t{1} << 20, kDifferent = 1000000;

// Item i comes with probability proportional to 1 / (i + 1)^1.1.
Items zipf(size_t count, uint64_t seed) {
    std::vector<double> sums(kDifferent);
    double sum = 0;
    for (size_t i = 0; i < kDifferent; i++) sums[i] = sum += std::pow(static_cast<double>(i + 1), -1.1);
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(0, sum);
    Items items(count);
    for (uint64_t &item : items)
        item = static_cast<uint64_t>(std::upper_bound(sums.begin(), sums.end() - 1, uniform(random)) - sums.begin());
    return items;
}

// A path of 35 bytes.
std::string text_of(uint64_t item) {
    std::string number = std::to_string(item * 2654435761u % 1000000007);
    return "/shop/items/category-7/" + std::string(12 - number.size(), '0') + number;
}
Texts texts_of(const Items &items) {
    Texts texts;
    for (uint64_t item : items) texts.push_back(text_of(item));
    return texts;
}

void per_item(benchmark::State &state, size_t items) {
    state.counters["each"] = benchmark::Counter(
        static_cast<double>(items), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// One group that all items go to. Range: k.
void topk_add_texts(benchmark::State &state) {
    Texts texts = texts_of(zipf(kItems, 1));
    TopkSketch s(static_cast<uint32_t>(state.range(0)));
    for (auto _ : state)
        for (const std::string &text : texts) s.try_add(text);
    per_item(state, texts.size());
    state.counters["bytes"] = static_cast<double>(s.size());
}
BENCHMARK(topk_add_texts)->Arg(10)->Arg(100)->Arg(1000)->Arg(100000)->Unit(benchmark::kMillisecond);

void topk_add_integers(benchmark::State &state) {
    Items items = zipf(kItems, 1);
    TopkSketch s(static_cast<uint32_t>(state.range(0)), SKETCH_KIND_NUMBER);
    for (auto _ : state)
        for (uint64_t item : items) s.try_add(topk_integer(item));
    per_item(state, items.size());
    state.counters["bytes"] = static_cast<double>(s.size());
}
BENCHMARK(topk_add_integers)->Arg(10)->Arg(100)->Arg(1000)->Arg(100000)->Unit(benchmark::kMillisecond);

// No item comes twice: what an adversary would do.
void topk_add_different(benchmark::State &state) {
    Items items(kItems);
    for (size_t i = 0; i < kItems; i++) items[i] = i;
    Texts texts = texts_of(items);
    for (auto _ : state) {
        TopkSketch s(static_cast<uint32_t>(state.range(0)));
        for (const std::string &text : texts) s.try_add(text);
        benchmark::DoNotOptimize(s.data());
    }
    per_item(state, texts.size());
}
BENCHMARK(topk_add_different)->Arg(100)->Arg(100000)->Unit(benchmark::kMillisecond);

// Rows of a day, each to the group of its minute, in random order: fresh groups that grow. Range: groups, rows each.
void topk_add_to_groups(benchmark::State &state) {
    const size_t groups = static_cast<size_t>(state.range(0)), rows_each = static_cast<size_t>(state.range(1));
    Texts texts = texts_of(zipf(groups * rows_each, 2));
    std::mt19937_64 random(3);
    std::vector<uint32_t> group_of(texts.size());
    for (uint32_t &g : group_of) g = static_cast<uint32_t>(random() % groups);
    double bytes = 0;
    for (auto _ : state) {
        std::vector<TopkSketch> sketches(groups, TopkSketch(100));
        for (size_t i = 0; i < texts.size(); i++) sketches[group_of[i]].try_add(texts[i]);
        bytes = 0;
        for (const TopkSketch &s : sketches) bytes += static_cast<double>(s.size());
    }
    per_item(state, texts.size());
    state.counters["bytes"] = bytes / static_cast<double>(groups);
}
BENCHMARK(topk_add_to_groups)->Args({1440, 70})->Args({1440, 700})->Args({144, 7000})->Unit(benchmark::kMillisecond);

// Roll-up: many packed sketches into one state. Range: rows each, k.
void topk_merge_packed(benchmark::State &state) {
    const uint32_t k = static_cast<uint32_t>(state.range(1));
    const size_t rows = static_cast<size_t>(state.range(0));
    Texts texts = texts_of(zipf(300 * rows, 4));
    std::vector<Bytes> packed;
    double bytes = 0;
    for (size_t i = 0; i < 300; i++) {
        TopkSketch s(k);
        for (size_t row = 0; row < rows; row++) s.add(texts[i * rows + row]);
        packed.push_back(s.pack());
        bytes += static_cast<double>(packed.back().size()) / 300;
    }
    for (auto _ : state) {
        TopkSketch s(k);
        for (const Bytes &p : packed) s.try_merge(p.data(), p.size());
        benchmark::DoNotOptimize(s.data());
    }
    per_item(state, packed.size());
    state.counters["bytes"] = bytes;
}
BENCHMARK(topk_merge_packed)->Args({70, 96})->Args({1000, 96})->Args({3000, 1000})->Unit(benchmark::kMicrosecond);

TopkSketch sketch_of(size_t rows, uint32_t k) {
    TopkSketch s(k);
    for (const std::string &text : texts_of(zipf(rows, 5))) s.add(text);
    return s;
}

void topk_pack(benchmark::State &state) {
    TopkSketch s = sketch_of(static_cast<size_t>(state.range(0)), static_cast<uint32_t>(state.range(1)));
    Bytes out(topk_packed_bound(s.data(), s.size()));
    std::vector<uint64_t> scratch(topk_pack_size(s.data(), s.size()) / 8);
    size_t used = 0;
    for (auto _ : state)
        sketch_topk_pack(s.data(), s.size(), scratch.data(), 8 * scratch.size(), out.data(), out.size(), &used);
    state.counters["bytes"] = static_cast<double>(used);
}
BENCHMARK(topk_pack)->Args({70, 100})->Args({1000000, 100})->Args({1000000, 10000})->Unit(benchmark::kMicrosecond);

void topk_check(benchmark::State &state) {
    Bytes packed = sketch_of(static_cast<size_t>(state.range(0)), static_cast<uint32_t>(state.range(1))).pack();
    for (auto _ : state) benchmark::DoNotOptimize(sketch_topk_check(packed.data(), packed.size()));
}
BENCHMARK(topk_check)->Args({70, 100})->Args({1000000, 100})->Unit(benchmark::kMicrosecond);

}  // namespace
