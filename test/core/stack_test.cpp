// How much stack the calls of the C ABI take, on the largest sketches of each family: sketch.h promises 48 kB, so that
// they may run on the small stacks of threads, coroutines and WebAssembly.
#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "quantile_sketch.hpp"
#include "sanitized.hpp"
#include "topk_sketch.hpp"

namespace {

// Runs it on a stack that was painted first: how deep the paint is gone.
size_t stack_of(const std::function<void()> &call) {
    constexpr size_t kSize = 1 << 20;
    constexpr uint8_t kPaint = 0xa5;
    struct Free {
        void operator()(void *memory) const { std::free(memory); }
    };
    std::unique_ptr<uint8_t, Free> stack(static_cast<uint8_t *>(std::aligned_alloc(4096, kSize)));
    std::fill_n(stack.get(), kSize, kPaint);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack.get(), kSize);
    pthread_t thread;
    auto run = [](void *what) -> void * {
        (*static_cast<const std::function<void()> *>(what))();
        return nullptr;
    };
    REQUIRE(pthread_create(&thread, &attributes, run, const_cast<std::function<void()> *>(&call)) == 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    return static_cast<size_t>(stack.get() + kSize -
                               std::find_if(stack.get(), stack.get() + kSize, [](uint8_t b) { return b != kPaint; }));
}

// A sanitizer puts red zones between all that is on a stack.
const size_t kPromised = kSanitized ? 1 << 20 : 48 * 1024;

void stays_small(const std::string &what, const std::function<void()> &call) {
    // The least of several: what a thread's own start and end take varies, most of all under a sanitizer.
    static const size_t thread = [] {
        size_t least = SIZE_MAX;
        for (int i = 0; i < 16; i++) least = std::min(least, stack_of([] {}));
        return least;
    }();
    const size_t used = stack_of(call);
    INFO(what << ": " << used << " bytes of stack, a thread alone " << thread);
    REQUIRE(thread > 0);
    CHECK(used <= thread + kPromised);
}

template <typename Sketch>
void reads_and_merges(const std::string &family, const Sketch &sketch, Sketch into) {
    const auto packed = sketch.pack();
    stays_small(family + ": pack", [&] { sketch.pack(); });
    stays_small(family + ": describe", [&] { sketch.info(); });
    stays_small(family + ": merge of packed bytes", [&] { Sketch(into).merge(packed); });
    stays_small(family + ": merge of a work form", [&] { Sketch(into).merge(sketch); });
}

}  // namespace

TEST_CASE("quantile: no call takes more stack than promised", "[quantile][stack]") {
    QuantileSketch few{1, 2, 3}, list, pairs(0.0002), window(0.0002), moving(0.01, true);
    for (int i = 0; i < 900; i++) list.add(std::exp(i % 200 / 10.0));
    for (int i = 0; i < 2000; i++) pairs.add(std::exp(i / 4.0 - 250), 3);
    for (int i = 0; i < 100000; i++) window.add(1 + i / 1e5);
    for (int i = 0; i < 20000; i++) moving.add(std::exp(i / 50.0 - 200));
    for (const QuantileSketch *s : {&few, &list, &pairs, &window, &moving}) {
        reads_and_merges("quantile", *s, few);
        stays_small("quantile: percentile", [&] { s->bounds(0.7); });
        stays_small("quantile: rank", [&] { s->rank(0.7); });
        stays_small("quantile: histogram", [&] { s->histogram(); });
        stays_small("quantile: subtract", [&] {
            Bytes out(kAnyPacked);
            size_t used = 0;
            sketch_quantile_subtract(s->data(), s->size(), s->data(), s->size(), out.data(), out.size(), &used);
        });
    }
}

TEST_CASE("distinct: no call takes more stack than promised", "[distinct][stack]") {
    DistinctSketch tokens(16), registers(16), empty(16);
    for (uint64_t i = 0; i < 8000; i++) tokens.add(sketch_hash_word(i));
    for (uint64_t i = 0; i < 300000; i++) registers.add(sketch_hash_word(i));
    for (const DistinctSketch *s : {&tokens, &registers}) {
        reads_and_merges("distinct", *s, empty);
        reads_and_merges("distinct", *s, tokens);
        stays_small("distinct: count", [&] { s->count(); });
        stays_small("distinct: bounds", [&] { s->bounds(); });
        stays_small("distinct: overlap", [&] { overlap_of(*s, tokens), overlap_of(tokens, *s); });
        stays_small("distinct: difference", [&] { difference_of(*s, tokens), difference_of(tokens, *s); });
        stays_small("distinct: bounds of two", [&] {
            intersection_bounds_of(*s, tokens), intersection_bounds_of(tokens, *s);
            difference_bounds_of(*s, tokens), difference_bounds_of(tokens, *s);
        });
        stays_small("distinct: limit", [&] { DistinctSketch(*s).limit(9); });
        stays_small("distinct: add until it is dense", [&] {
            DistinctSketch more = *s;
            for (uint64_t i = 0; i < 9000; i++) more.add(sketch_hash_word(i));
        });
    }
}

TEST_CASE("frequency: no call takes more stack than promised", "[frequency][stack]") {
    FrequencySketch exact(20), dense(20), empty(20);
    for (uint64_t i = 0; i < 200000; i++) exact.add_item(i);
    for (uint64_t i = 0; i < 500000; i++) dense.add_item(i);
    for (const FrequencySketch *s : {&exact, &dense}) {
        reads_and_merges("frequency", *s, empty);
        reads_and_merges("frequency", *s, exact);
        stays_small("frequency: count", [&] { s->count(7); });
        stays_small("frequency: subtract", [&] { FrequencySketch(*s).subtract(*s); });
        stays_small("frequency: limit", [&] { FrequencySketch(*s).limit(7); });
    }
}

TEST_CASE("topk: no call takes more stack than promised", "[topk][stack]") {
    TopkSketch large(20000), small(100);
    for (uint64_t i = 0; i < 50000; i++) large.add("/an/item/of/some/length/" + std::to_string(i * i), 1 + i % 7);
    for (uint64_t i = 0; i < 5000; i++) small.add(std::string(i % 300, 'x') + std::to_string(i));
    for (const TopkSketch *s : {&large, &small}) {
        reads_and_merges("topk", *s, small);
        reads_and_merges("topk", *s, large);
        const Bytes packed = s->pack();
        stays_small("topk: entries", [&] { TopkSketch::entries(packed); });
        stays_small("topk: bounds", [&] { TopkSketch::bounds(packed, s->kind(), "x1"); });
    }
}

TEST_CASE("membership: no call takes more stack than promised", "[membership][stack]") {
    MembershipSketch tokens(16), dense(16), empty(16);
    for (uint64_t i = 0; i < 100000; i++) tokens.add(sketch_hash_word(i));
    for (uint64_t i = 0; i < 500000; i++) dense.add(sketch_hash_word(i));
    for (const MembershipSketch *s : {&tokens, &dense}) {
        reads_and_merges("membership", *s, empty);
        reads_and_merges("membership", *s, tokens);
        stays_small("membership: contains", [&] { s->contains(7); });
        stays_small("membership: rate", [&] { s->rate(); });
        stays_small("membership: limit", [&] { MembershipSketch(*s).limit(7); });
    }
}
