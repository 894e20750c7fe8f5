// Where a state needs more memory and its caller gets none, at the first time or at any later one: the state is as it
// was before the call, and the call can be made again. The core takes no memory itself, so no other allocation can
// fail.
#include <cmath>
#include <string>
#include <vector>

#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "quantile_sketch.hpp"
#include "topk_sketch.hpp"

namespace {

// Makes a call that is refused what it asks for, some times, and then for good. Whether it asked.
template <typename Sketch, typename Raw, typename Call>
bool refused(Sketch &sketch, Raw raw, Call call) {
    const Sketch before = sketch;
    sketch_growth growth{};
    const bool asked = raw(sketch, &growth) == SKETCH_GROW;
    for (int again = 0; asked && again < 3; again++) {
        REQUIRE(growth.size % 64 == 0);
        REQUIRE(sketch.pack() == before.pack());
        REQUIRE(raw(sketch, &growth) == SKETCH_GROW);
    }
    if (!asked) sketch = before;  // it had room: once is enough
    call(sketch);
    Sketch expected = before;
    call(expected);
    REQUIRE(sketch.pack() == expected.pack());
    return asked;
}

// The same of a merge, of packed bytes by the ABI and of a sketch for good.
using Merge = sketch_status(void *, size_t, const void *, size_t, sketch_growth *);
template <typename Sketch, typename Other>
bool refused_merge(Sketch &sketch, Merge merge, const Bytes &packed, const Other &other) {
    return refused(
        sketch, [&](auto &s, auto *g) { return merge(s.data(), s.size(), packed.data(), packed.size(), g); },
        [&](auto &s) { s.merge(other); });
}

}  // namespace

TEST_CASE("growth: adding without the memory for it leaves every sketch as it was", "[growth]") {
    QuantileSketch quantile;
    DistinctSketch distinct;
    FrequencySketch frequency(8);
    MembershipSketch membership(6);
    TopkSketch topk(20);
    int asked[5] = {};
    for (uint64_t i = 0; i < 4000; i++) {
        const double x = std::exp(static_cast<double>(i * i % 997) / 20 - 20) * (i % 3 ? 1 : -1);
        const uint64_t hash = sketch_hash_word(i % 1500), weight = 1 + (i % 5 == 0 ? i << i % 24 : 0);
        const std::string item = std::string(i % 40, 'x') + std::to_string(i * i % 61);
        asked[0] += refused(
            quantile, [&](auto &s, auto *g) { return sketch_quantile_add(s.data(), s.size(), x, weight, g); },
            [&](auto &s) { s.add(x, weight); });
        asked[1] += refused(
            distinct, [&](auto &s, auto *g) { return sketch_distinct_add(s.data(), s.size(), s.kind(), hash, g); },
            [&](auto &s) { s.add(hash); });
        asked[2] += refused(
            frequency,
            [&](auto &s, auto *g) {
                return sketch_frequency_add(s.data(), s.size(), SKETCH_KIND_NUMBER, hash, weight, g);
            },
            [&](auto &s) { s.add(hash, weight); });
        asked[3] += refused(
            membership,
            [&](auto &s, auto *g) { return sketch_membership_add(s.data(), s.size(), SKETCH_KIND_NUMBER, hash, g); },
            [&](auto &s) { s.add(hash); });
        if (i < 60)  // later an item may be dropped before more is asked for
            asked[4] += refused(
                topk,
                [&](auto &s, auto *g) {
                    return sketch_topk_add(s.data(), s.size(), s.kind(), item.data(), item.size(), weight, g);
                },
                [&](auto &s) { s.add(item, weight); });
    }
    for (int times : asked) CHECK(times >= 3);
}

TEST_CASE("growth: merging without the memory for it leaves a sketch as it was", "[growth]") {
    int asked[5] = {};
    for (uint64_t rows : {1, 5, 30, 70, 120, 200, 1000, 5000}) {
        QuantileSketch quantile, more_quantile(0.02);
        DistinctSketch distinct, more_distinct(9);
        FrequencySketch frequency(8), more_frequency(7);
        MembershipSketch membership(6), more_membership(5);
        TopkSketch topk(20), more_topk(15);
        for (uint64_t i = 0; i < rows; i++) {
            more_quantile.add(std::exp(static_cast<double>(i % 331) / 10 - 16), 1 + (i << 20));
            more_distinct.add(sketch_hash_word(i));
            more_frequency.add(sketch_hash_word(i), 1 + (i << 10));
            more_membership.add(sketch_hash_word(i));
            more_topk.add(std::string(30, 'x') + std::to_string(i % 90), 1 + i);
            if (i % 3 != 0) continue;
            quantile.add(static_cast<double>(i) - 10);
            distinct.add(sketch_hash_word(i * 3));
            frequency.add(sketch_hash_word(i * 3));
            membership.add(sketch_hash_word(i * 3));
            topk.add(std::to_string(i % 70));
        }
        const auto packed = more_quantile.pack(), hashes = more_distinct.pack(), counts = more_frequency.pack();
        const auto tokens = more_membership.pack(), items = more_topk.pack();
        asked[0] += refused_merge(quantile, sketch_quantile_merge, packed, more_quantile);
        asked[1] += refused_merge(distinct, sketch_distinct_merge, hashes, hashes);
        asked[2] += refused_merge(frequency, sketch_frequency_merge, counts, counts);
        asked[4] += refused_merge(topk, sketch_topk_merge, items, items);

        // A filter may have taken some of the tokens in: it is sound, and a second merge makes up for it.
        MembershipSketch whole = membership;
        sketch_growth growth{};
        asked[3] += sketch_membership_merge(membership.data(), membership.size(), tokens.data(), tokens.size(),
                                            &growth) == SKETCH_GROW;
        const Bytes now = membership.pack();
        REQUIRE(sketch_membership_check(now.data(), now.size()) == SKETCH_OK);
        for (uint64_t i = 0; i < rows; i += 3) REQUIRE(membership.contains(sketch_hash_word(i * 3)));
        membership.merge(tokens);
        whole.merge(tokens);
        REQUIRE(membership.pack() == whole.pack());
    }
    for (int family = 0; family < 5; family++) {
        INFO("family " << family);
        CHECK(asked[family] >= 2);
    }
}

// Who moves a state for a merge sees the merge through. Until then a filter may be made of blocks with too few items for
// that, which is no filter yet; with enough of them it is one, also if all of their bits are pending.
TEST_CASE("membership: a filter of which every bit is still pending is packed", "[growth][membership]") {
    MembershipSketch dense(0), empty(0);
    for (uint64_t i = 0; i < 100; i++) dense.add(sketch_hash_word(i));
    REQUIRE(dense.info().is_dense);
    const Bytes packed = dense.pack();
    sketch_growth growth{};
    REQUIRE(sketch_membership_merge(empty.data(), empty.size(), packed.data(), packed.size(), &growth) == SKETCH_GROW);
    std::vector<uint64_t> moved(growth.size / 8);
    sketch_membership_move(moved.data(), empty.data(), empty.size(), &growth);
    const size_t size = growth.size;
    Bytes out(dense_packed_max(3));
    size_t used = 0;
    MembershipSketch expected(0);
    for (uint64_t i = 0; i < 4; i++) {
        REQUIRE(sketch_membership_pack(moved.data(), size, out.data(), out.size(), &used) ==
                (i < 2 ? SKETCH_CORRUPT : SKETCH_OK));
        REQUIRE(sketch_membership_add(moved.data(), size, SKETCH_KIND_NUMBER, sketch_hash_word(i), &growth) ==
                SKETCH_OK);
        expected.add(sketch_hash_word(i));
    }
    REQUIRE(sketch_membership_pack(moved.data(), size, out.data(), out.size(), &used) == SKETCH_OK);
    out.resize(used);
    REQUIRE(out == expected.pack());
    REQUIRE(sketch_membership_merge(moved.data(), size, packed.data(), packed.size(), &growth) == SKETCH_OK);
    REQUIRE(sketch_membership_pack(moved.data(), size, out.data(), out.size(), &used) == SKETCH_OK);
    REQUIRE(out == packed);
}
