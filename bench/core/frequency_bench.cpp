// What the frequency core costs below PostgreSQL: time an item, a merge, a pack, a read. core_bench prints, never
// judges.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "../../test/core/frequency_sketch.hpp"

namespace {

using Items = std::vector<uint64_t>;

constexpr size_t kItems = size_t{1} << 20;

// Item i comes with probability proportional to 1 / (i + 1)^1.1.
Items zipf(size_t count, size_t different, uint64_t seed) {
    std::vector<double> sums(different);
    double sum = 0;
    for (size_t i = 0; i < different; i++) sums[i] = sum += std::pow(static_cast<double>(i + 1), -1.1);
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(0, sum);
    Items items(count);
    for (uint64_t &item : items)
        item = static_cast<uint64_t>(std::upper_bound(sums.begin(), sums.end() - 1, uniform(random)) - sums.begin());
    return items;
}

Items uniform(size_t count, size_t different, uint64_t seed) {
    std::mt19937_64 random(seed);
    Items items(count);
    for (uint64_t &item : items) item = random() % different;
    return items;
}

FrequencySketch sketch_of(const Items &items, int log2_width) {
    FrequencySketch s(log2_width);
    for (uint64_t item : items) s.add_item(item);
    return s;
}

void per_item(benchmark::State &state, size_t items) {
    state.counters["each"] = benchmark::Counter(
        static_cast<double>(items), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// One group that all items go to, the hash of 8 bytes included. Range: log2 of the width, different items.
void frequency_add(benchmark::State &state, Items (*draw)(size_t, size_t, uint64_t)) {
    Items items = draw(kItems, static_cast<size_t>(state.range(1)), 1);
    FrequencySketch s = sketch_of(items, static_cast<int>(state.range(0)));
    for (auto _ : state)
        for (uint64_t item : items) s.try_add(sketch_hash_word(item));
    per_item(state, items.size());
}
BENCHMARK_CAPTURE(frequency_add, zipf, zipf)
    ->Args({12, 1000000})
    ->Args({12, 900})
    ->Args({9, 1000000})
    ->Args({16, 1000000});
BENCHMARK_CAPTURE(frequency_add, uniform, uniform)->Args({12, 1000000})->Args({12, 900})->Args({12, 20});

// Rows of a day, each to the group of its minute, in random order: fresh groups that grow.
void frequency_add_to_groups(benchmark::State &state) {
    const size_t groups = static_cast<size_t>(state.range(0)), rows_each = static_cast<size_t>(state.range(1));
    Items items = zipf(groups * rows_each, 1000000, 2);
    std::mt19937_64 random(3);
    std::vector<uint32_t> group_of(items.size());
    for (uint32_t &g : group_of) g = static_cast<uint32_t>(random() % groups);
    for (auto _ : state) {
        std::vector<FrequencySketch> sketches(groups, FrequencySketch(12));
        for (size_t i = 0; i < items.size(); i++) sketches[group_of[i]].try_add(sketch_hash_word(items[i]));
        benchmark::DoNotOptimize(sketches.data());
    }
    per_item(state, items.size());
}
BENCHMARK(frequency_add_to_groups)
    ->Args({1440, 70})
    ->Args({1440, 700})
    ->Args({1440, 7000})
    ->Unit(benchmark::kMillisecond);

// Roll-up: many packed sketches into one state. Range: items each, width.
void frequency_merge_packed(benchmark::State &state) {
    std::vector<Bytes> packed;
    for (size_t i = 0; i < 300; i++)
        packed.push_back(
            sketch_of(zipf(static_cast<size_t>(state.range(0)), 1000000, 100 + i), static_cast<int>(state.range(1)))
                .pack());
    for (auto _ : state) {
        FrequencySketch s(static_cast<int>(state.range(1)));
        for (const Bytes &p : packed) s.try_merge(p.data(), p.size());
        benchmark::DoNotOptimize(s.data());
    }
    per_item(state, packed.size());
    state.counters["bytes"] = static_cast<double>(packed[0].size());
}
BENCHMARK(frequency_merge_packed)->Args({70, 12})->Args({70, 16})->Args({700, 12})->Args({100000, 12})->Args({3000, 9});

void frequency_pack(benchmark::State &state) {
    FrequencySketch s = sketch_of(zipf(static_cast<size_t>(state.range(0)), 1000000, 4), 12);
    Bytes out(SKETCH_FREQUENCY_PACKED_MAX(12));
    size_t used = 0;
    for (auto _ : state) {
        sketch_frequency_pack(s.data(), s.size(), out.data(), out.size(), &used);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["bytes"] = static_cast<double>(used);
}
BENCHMARK(frequency_pack)->Arg(70)->Arg(700)->Arg(100000);

void frequency_check(benchmark::State &state) {
    Bytes packed = sketch_of(zipf(static_cast<size_t>(state.range(0)), 1000000, 4), 12).pack();
    for (auto _ : state) benchmark::DoNotOptimize(sketch_frequency_check(packed.data(), packed.size()));
}
BENCHMARK(frequency_check)->Arg(70)->Arg(700)->Arg(100000);

void frequency_count_of_packed(benchmark::State &state) {
    Bytes packed = sketch_of(zipf(static_cast<size_t>(state.range(0)), 1000000, 4), 12).pack();
    uint64_t item = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(
            FrequencySketch::count(packed.data(), packed.size(), SKETCH_KIND_NUMBER, sketch_hash_word(item++ % 100)));
}
BENCHMARK(frequency_count_of_packed)->Arg(70)->Arg(700)->Arg(100000);

}  // namespace
