// What the distinct core costs below PostgreSQL: time a row, a merge, a pack, a read. core_bench prints, never judges.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "../../src/core/distinct/distinct.hpp"
#include "../../test/core/distinct_sketch.hpp"

namespace {

constexpr size_t kRows = size_t{1} << 20;  // more than the caches near the core hold, as rows of a table are

std::vector<uint64_t> words(size_t count, uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<uint64_t> all(count);
    for (uint64_t &word : all) word = random();
    return all;
}

DistinctSketch sketch_of_items(size_t count, int precision, uint64_t seed) {
    return distinct_of(words(count, seed), precision);  // random words are as good as their hashes
}

void per_item(benchmark::State &state, size_t items) {
    state.counters["each"] = benchmark::Counter(
        static_cast<double>(items), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// One group that all rows go to, hashing included.
void distinct_add(benchmark::State &state) {
    std::vector<uint64_t> rows = words(kRows, 1);
    DistinctSketch s = sketch_of_items(100000, static_cast<int>(state.range(0)), 2);
    sketch_growth growth;
    for (auto _ : state)
        for (uint64_t word : rows)
            sketch_distinct_add(s.data(), s.size(), SKETCH_KIND_NUMBER, sketch_hash_word(word), &growth);
    per_item(state, rows.size());
}
BENCHMARK(distinct_add)->Arg(10)->Arg(12)->Arg(14);

// Rows of a day, each to the group of its minute, in random order: fresh groups that grow from tokens to registers.
void distinct_add_to_groups(benchmark::State &state) {
    const size_t groups = static_cast<size_t>(state.range(0)), rows_each = static_cast<size_t>(state.range(1));
    std::vector<uint64_t> rows = words(groups * rows_each, 2);
    for (auto _ : state) {
        std::vector<DistinctSketch> sketches(groups, DistinctSketch());
        for (uint64_t word : rows) sketches[(word >> 32) % groups].add(sketch_hash_word(word));
        benchmark::DoNotOptimize(sketches.data());
    }
    per_item(state, rows.size());
}
BENCHMARK(distinct_add_to_groups)
    ->Args({1440, 70})
    ->Args({1440, 700})
    ->Args({1440, 7000})
    ->Unit(benchmark::kMillisecond);

// Roll-up: many packed sketches into one state.
void distinct_merge_packed(benchmark::State &state) {
    std::vector<Bytes> packed;
    for (uint64_t i = 0; i < 200; i++)
        packed.push_back(sketch_of_items(static_cast<size_t>(state.range(0)), 10, 100 + i).pack());
    for (auto _ : state) {
        DistinctSketch s;
        for (const Bytes &p : packed) s.try_merge(p.data(), p.size());
        benchmark::DoNotOptimize(s.data());
    }
    per_item(state, packed.size());
}
BENCHMARK(distinct_merge_packed)->Arg(70)->Arg(1000)->Arg(10000)->Arg(1000000);

void distinct_merge_work(benchmark::State &state) {
    const int precision = static_cast<int>(state.range(0));
    DistinctSketch a = sketch_of_items(100000, precision, 1), b = sketch_of_items(100000, precision, 2);
    for (auto _ : state) {
        a.try_merge(b.data(), b.size());
        benchmark::DoNotOptimize(a.data());
    }
}
BENCHMARK(distinct_merge_work)->Arg(10)->Arg(12);

template <void (*Merge)(uint16_t *, const uint16_t *, size_t) noexcept>
void distinct_merge_registers(benchmark::State &state) {
    std::vector<uint16_t> a(1024, 20 << 9), b(1024, 21 << 9);
    for (auto _ : state) {
        Merge(a.data(), b.data(), a.size());
        benchmark::DoNotOptimize(a.data());
        benchmark::ClobberMemory();
    }
}
BENCHMARK_TEMPLATE(distinct_merge_registers, sketch::distinct::merge_registers);
BENCHMARK_TEMPLATE(distinct_merge_registers, sketch::distinct::merge_registers_portably);

void distinct_pack(benchmark::State &state) {
    DistinctSketch s = sketch_of_items(static_cast<size_t>(state.range(0)), 10, 4);
    Bytes out(SKETCH_DISTINCT_PACKED_MAX(10));
    size_t used = 0;
    for (auto _ : state) {
        sketch_distinct_pack(s.data(), s.size(), out.data(), out.size(), &used);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["bytes"] = static_cast<double>(used);
}
BENCHMARK(distinct_pack)->Arg(70)->Arg(1000)->Arg(10000)->Arg(1000000);

void distinct_check(benchmark::State &state) {
    Bytes packed = sketch_of_items(static_cast<size_t>(state.range(0)), 10, 4).pack();
    for (auto _ : state) benchmark::DoNotOptimize(sketch_distinct_check(packed.data(), packed.size()));
}
BENCHMARK(distinct_check)->Arg(70)->Arg(1000)->Arg(10000)->Arg(1000000);

void distinct_count_of_packed(benchmark::State &state) {
    Bytes packed = sketch_of_items(static_cast<size_t>(state.range(0)), 10, 4).pack();
    double n = 0;
    for (auto _ : state) {
        sketch_distinct_count(packed.data(), packed.size(), &n);
        benchmark::DoNotOptimize(n);
    }
}
BENCHMARK(distinct_count_of_packed)->Arg(70)->Arg(1000)->Arg(1000000);

void distinct_overlap(benchmark::State &state) {
    const int precision = static_cast<int>(state.range(0));
    Bytes a = sketch_of_items(300000, precision, 4).pack(), b = sketch_of_items(300000, precision, 5).pack();
    double intersection = 0, jaccard = 0;
    for (auto _ : state) {
        sketch_distinct_overlap(a.data(), a.size(), b.data(), b.size(), &intersection, &jaccard);
        benchmark::DoNotOptimize(jaccard);
    }
}
BENCHMARK(distinct_overlap)->Arg(10)->Arg(16);

}  // namespace
