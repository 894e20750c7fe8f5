// What the membership core costs below PostgreSQL: time an item, a probe, a merge, a pack. core_bench prints, never
// judges.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "../../src/core/membership/block.hpp"
#include "../../test/core/membership_sketch.hpp"
#include "../../test/core/portably.hpp"

namespace {

void per_item(benchmark::State &state, size_t items) {
    state.counters["each"] = benchmark::Counter(
        static_cast<double>(items), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

Hashes hashes_of(size_t count, uint64_t first = 0) {
    Hashes hashes(count);
    for (size_t i = 0; i < count; i++) hashes[i] = sketch_hash_word(first + i);
    return hashes;
}

// Numbers into a dense filter of 2^range blocks, the hash of the number included.
void add(benchmark::State &state) {
    const int log2_blocks = static_cast<int>(state.range(0));
    constexpr uint64_t kItems = 1 << 20;
    MembershipSketch s = filter_of(hashes_of(3 << log2_blocks), log2_blocks);
    sketch_growth growth;
    for (auto _ : state)
        for (uint64_t i = 0; i < kItems; i++)
            sketch_membership_add(s.data(), s.size(), SKETCH_KIND_NUMBER, sketch_hash_word(i), &growth);
    per_item(state, kItems);
}
BENCHMARK(add)->Name("membership_add")->Arg(8)->Arg(10)->Arg(13)->Arg(16)->Arg(20);

// A fresh filter, from its first item on: the table of tokens, its growth, and blocks. Other items each time: no
// processor can learn where they go.
void build(benchmark::State &state) {
    const int log2_blocks = static_cast<int>(state.range(0));
    const uint64_t items = static_cast<uint64_t>(state.range(1));
    uint64_t item = 0;
    for (auto _ : state) {
        MembershipSketch s(log2_blocks);
        for (uint64_t i = 0; i < items; i++) s.try_add(sketch_hash_word(item++));
        benchmark::DoNotOptimize(s.data());
    }
    per_item(state, items);
}
BENCHMARK(build)->Name("membership_build")->Args({10, 70})->Args({10, 2000})->Args({10, 20000})->Args({16, 130000});

void contains(benchmark::State &state) {
    const int log2_blocks = static_cast<int>(state.range(0));
    const uint64_t items = static_cast<uint64_t>(state.range(1));
    const bool work = state.range(2);
    MembershipSketch s = filter_of(hashes_of(items), log2_blocks);
    Bytes packed = s.pack();
    const void *data = work ? s.data() : packed.data();
    const size_t size = work ? s.size() : packed.size();
    OpenedMembership opened(data, size);
    constexpr uint64_t kProbes = 1 << 16;
    for (auto _ : state)
        for (uint64_t i = 0; i < kProbes; i++) {
            int found;
            sketch_membership_contains(opened.sketch, SKETCH_KIND_NUMBER, sketch_hash_word(i), &found);
            benchmark::DoNotOptimize(found);
        }
    per_item(state, kProbes);
    state.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK(contains)
    ->Name("membership_contains")
    ->ArgNames({"log2_blocks", "items", "work"})
    ->Args({10, 5000, 0})
    ->Args({16, 300000, 0})
    ->Args({10, 70, 0})
    ->Args({10, 2000, 0})
    ->Args({20, 2000000, 0})
    ->Args({16, 131072, 0})
    ->Args({22, 8000000, 0})
    ->Args({10, 5000, 1})
    ->Args({10, 70, 1});

void merge(benchmark::State &state) {
    const int to = static_cast<int>(state.range(0)), from = static_cast<int>(state.range(1));
    MembershipSketch s = filter_of(hashes_of(size_t{4} << to), to);
    Bytes packed = filter_of(hashes_of(static_cast<size_t>(state.range(2)), 1u << 30), from).pack();
    for (auto _ : state) s.try_merge(packed.data(), packed.size());
    state.counters["bytes"] = static_cast<double>(packed.size());
}
BENCHMARK(merge)
    ->Name("membership_merge")
    ->ArgNames({"to", "from", "items"})
    ->Args({10, 10, 5000})
    ->Args({10, 14, 50000})
    ->Args({10, 10, 70})
    ->Args({20, 20, 3000000});

// Tokens into a fresh state that gets as many twice: from work forms, as partial states are, and from packed ones.
void merge_tokens(benchmark::State &state) {
    const size_t items = static_cast<size_t>(state.range(0));
    MembershipSketch one = filter_of(hashes_of(items), 22), two = filter_of(hashes_of(items, 1u << 30), 22);
    Bytes packed_one = one.pack(), packed_two = two.pack();
    for (auto _ : state) {
        MembershipSketch s(22);
        if (state.range(1)) s.merge(one), s.merge(two);
        else s.merge(packed_one), s.merge(packed_two);
        benchmark::DoNotOptimize(s.data());
    }
    per_item(state, 2 * items);
}
BENCHMARK(merge_tokens)
    ->Name("membership_merge_tokens")
    ->ArgNames({"items", "work"})
    ->Args({1000, 0})
    ->Args({1000, 1})
    ->Args({100000, 0})
    ->Args({100000, 1})
    ->Args({2000000, 0})
    ->Args({2000000, 1});

// Roll-up: filters of small groups into one fresh state each time.
void merge_small(benchmark::State &state) {
    std::vector<Bytes> packed;
    for (uint64_t i = 0; i < 100; i++) packed.push_back(filter_of(hashes_of(70, 100 * i), 14).pack());
    for (auto _ : state) {
        MembershipSketch s(14);
        for (const Bytes &p : packed) s.try_merge(p.data(), p.size());
        benchmark::DoNotOptimize(s.data());
    }
    per_item(state, packed.size());
}
BENCHMARK(merge_small)->Name("membership_merge_small");

void pack(benchmark::State &state) {
    MembershipSketch s = filter_of(hashes_of(static_cast<size_t>(state.range(1))), static_cast<int>(state.range(0)));
    Bytes out(dense_packed_max(state.range(0)));
    size_t used = 0;
    for (auto _ : state) {
        sketch_membership_pack(s.data(), s.size(), out.data(), out.size(), &used);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["bytes"] = static_cast<double>(used);
}
BENCHMARK(pack)->Name("membership_pack")->Args({10, 70})->Args({10, 2000})->Args({10, 5000})->Args({20, 2000000});

void check(benchmark::State &state) {
    Bytes packed = filter_of(hashes_of(static_cast<size_t>(state.range(1))), static_cast<int>(state.range(0))).pack();
    for (auto _ : state) benchmark::DoNotOptimize(sketch_membership_check(packed.data(), packed.size()));
    state.counters["bytes"] = static_cast<double>(packed.size());
}
BENCHMARK(check)->Name("membership_check")->Args({10, 70})->Args({10, 2000})->Args({10, 5000})->Args({20, 3000000});

void rate(benchmark::State &state) {
    Bytes packed = filter_of(hashes_of(size_t{8} << state.range(0)), static_cast<int>(state.range(0))).pack();
    double rate = 0;
    for (auto _ : state) {
        sketch_membership_rate(packed.data(), packed.size(), &rate);
        benchmark::DoNotOptimize(rate);
    }
    state.counters["rate"] = rate;
}
BENCHMARK(rate)->Name("membership_rate")->Arg(10)->Arg(20);

void choose_size(benchmark::State &state) {
    for (auto _ : state) benchmark::DoNotOptimize(sketch_membership_log2_blocks(1000000, 0.01));
}
BENCHMARK(choose_size)->Name("membership_log2_blocks");

// The two ways to set an item's bits, without the rest.
void set_bits(benchmark::State &state, void (*set)(uint8_t *, uint32_t) noexcept) {
    Bytes blocks(32 << 8);
    for (auto _ : state)
        for (uint32_t i = 0; i < 65536; i++) set(blocks.data() + 32 * (i & 255), i * 0x9e3779b9u);
    per_item(state, 65536);
}
BENCHMARK_CAPTURE(set_bits, portable, sketch::membership::set_bits_portable)->Name("membership_set_bits/portable");
#ifdef SKETCH_X86
BENCHMARK_CAPTURE(set_bits, avx2, sketch::membership::set_bits_avx2)->Name("membership_set_bits/avx2");
#endif

void merge_blocks(benchmark::State &state) {
    Bytes to(32 << 10), from(32 << 10);
    for (auto _ : state) {
        sketch::membership::or_blocks(to.data(), from.data(), 1 << 10, 0, sketch::membership::Words::native);
        benchmark::DoNotOptimize(to.data());
    }
}
void merge_blocks_portably(benchmark::State &state) {
    portably([&] { return merge_blocks(state); });
}
BENCHMARK(merge_blocks_portably)->Name("membership_or_32kB/portable");
#ifdef SKETCH_X86
BENCHMARK(merge_blocks)->Name("membership_or_32kB/avx2");
#endif

}  // namespace
