// What the quantile core costs below PostgreSQL: time a row, a merge, a pack, a read. core_bench prints, never judges.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "../../test/core/quantile_sketch.hpp"

namespace {

using Rows = std::vector<double>;

constexpr size_t kRows = size_t{1} << 20;  // more than the caches near the core hold, as rows of a table are

Rows lognormal(size_t count, uint64_t seed) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> distribution(0, 1);
    Rows rows(count);
    for (double &x : rows) x = distribution(random);
    return rows;
}

Rows mixed_signs(size_t count, uint64_t seed) {
    std::mt19937_64 random(seed + 1);
    Rows rows = lognormal(count, seed);
    for (double &x : rows) x = random() % 2 ? -x : x;
    return rows;
}

Rows integers(size_t count, uint64_t seed) {
    std::mt19937_64 random(seed);
    Rows rows(count);
    for (double &x : rows) x = static_cast<double>(random() % 1000);
    return rows;
}

void per_item(benchmark::State &state, size_t items) {
    state.counters["each"] = benchmark::Counter(
        static_cast<double>(items), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// One group that all rows go to.
void add(benchmark::State &state, Rows (*draw)(size_t, uint64_t)) {
    Rows rows = draw(kRows, 1);
    QuantileSketch s = sketch_of(rows);
    for (auto _ : state)
        for (double x : rows) s.try_add(x);
    per_item(state, rows.size());
}
BENCHMARK_CAPTURE(add, lognormal, lognormal);
BENCHMARK_CAPTURE(add, mixed_signs, mixed_signs);
BENCHMARK_CAPTURE(add, integers, integers);

// Rows of a day, each to the group of its minute, in random order: fresh groups that grow from lists to windows.
void add_to_groups(benchmark::State &state) {
    const size_t groups = static_cast<size_t>(state.range(0)), rows_each = static_cast<size_t>(state.range(1));
    Rows rows = lognormal(groups * rows_each, 2);
    std::mt19937_64 random(3);
    std::vector<uint32_t> group_of(rows.size());
    for (uint32_t &g : group_of) g = static_cast<uint32_t>(random() % groups);
    for (auto _ : state) {
        std::vector<QuantileSketch> sketches(groups, QuantileSketch());
        for (size_t i = 0; i < rows.size(); i++) sketches[group_of[i]].try_add(rows[i]);
        benchmark::DoNotOptimize(sketches.data());
    }
    per_item(state, rows.size());
}
BENCHMARK(add_to_groups)->Args({1440, 70})->Args({1440, 700})->Args({1440, 7000})->Unit(benchmark::kMillisecond);

std::vector<Bytes> packed_sketches(size_t count, size_t rows_each) {
    std::vector<Bytes> packed;
    for (size_t i = 0; i < count; i++) packed.push_back(sketch_of(lognormal(rows_each, 100 + i)).pack());
    return packed;
}

// Roll-up: many packed sketches into one state.
void merge_packed(benchmark::State &state) {
    std::vector<Bytes> packed = packed_sketches(1000, static_cast<size_t>(state.range(0)));
    for (auto _ : state) {
        QuantileSketch s;
        for (const Bytes &p : packed) s.try_merge(p.data(), p.size());
        benchmark::DoNotOptimize(s.data());
    }
    per_item(state, packed.size());
}
BENCHMARK(merge_packed)->Arg(70)->Arg(7000);

void pack(benchmark::State &state) {
    QuantileSketch s = sketch_of(lognormal(static_cast<size_t>(state.range(0)), 4));
    Bytes out(kAnyPacked);
    size_t used = 0;
    for (auto _ : state) {
        sketch_quantile_pack(s.data(), s.size(), 0, out.data(), out.size(), &used);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["bytes"] = static_cast<double>(used);
}
BENCHMARK(pack)->Arg(70)->Arg(7000)->Arg(100000);

void check(benchmark::State &state) {
    Bytes packed = sketch_of(lognormal(static_cast<size_t>(state.range(0)), 4)).pack();
    for (auto _ : state) benchmark::DoNotOptimize(sketch_quantile_check(packed.data(), packed.size()));
}
BENCHMARK(check)->Arg(70)->Arg(7000)->Arg(100000);

void percentile_of_packed(benchmark::State &state) {
    Bytes packed = sketch_of(lognormal(static_cast<size_t>(state.range(0)), 4)).pack();
    double p = 0.99, result = 0;
    uint64_t rows = 0;
    for (auto _ : state) {
        sketch_quantile_percentiles(packed.data(), packed.size(), &p, 1, &result, nullptr, nullptr, &rows);
        benchmark::DoNotOptimize(result);
    }
}
BENCHMARK(percentile_of_packed)->Arg(70)->Arg(100000);

// A window frame that slides by one row: one row in, one out, one percentile.
void slide_frame(benchmark::State &state) {
    Rows rows = lognormal(kRows, 5);
    const size_t frame = static_cast<size_t>(state.range(0));
    QuantileSketch s(0.01, true);
    for (size_t i = 0; i < frame; i++) s.add(rows[i]);
    size_t at = frame;
    for (auto _ : state) {
        s.try_add(rows[at % kRows]);
        sketch_quantile_remove(s.data(), s.size(), rows[(at - frame) % kRows]);
        benchmark::DoNotOptimize(s.percentile(0.99));
        at++;
    }
}
BENCHMARK(slide_frame)->Arg(100)->Arg(10000);

}  // namespace
