// Codes of registers are made by whoever needs one first, in threads that run at once, too.
#include <pthread.h>

#include <algorithm>

#include "catch.hpp"
#include "distinct_sketch.hpp"

namespace {

// Packs sketches of many sizes, which takes as many codes, and reads them again; returns the bytes of all.
Bytes packed_and_read() {
    Bytes all;
    for (uint64_t count = 20; count < 400000; count += count / 5) {
        DistinctSketch s(6);
        for (uint64_t i = 0; i < count; i++) s.add(sketch_hash_word(i));
        const Bytes packed = s.pack();
        DistinctSketch again(6);
        again.merge(packed);
        if (again.pack() != packed) return {};
        all.insert(all.end(), packed.begin(), packed.end());
    }
    return all;
}

}  // namespace

TEST_CASE("distinct: threads may need a code at once", "[distinct][threads]") {
    constexpr int kThreads = 4;
    pthread_t threads[kThreads];
    Bytes results[kThreads];
    auto run = [](void *result) -> void * {
        *static_cast<Bytes *>(result) = packed_and_read();
        return nullptr;
    };
    for (int i = 0; i < kThreads; i++) REQUIRE(pthread_create(&threads[i], nullptr, run, &results[i]) == 0);
    for (pthread_t thread : threads) pthread_join(thread, nullptr);
    const Bytes expected = packed_and_read();
    REQUIRE_FALSE(expected.empty());
    for (const Bytes &result : results) CHECK(result == expected);
}
