// sketch_*_peek: what the first bytes of a packed value tell, against what the whole of it tells. Of sound values the
// same; of others never anything that opening the whole would not call wrong as well; and never a byte read behind
// them.
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "corpus.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "mutations.hpp"
#include "quantile_sketch.hpp"
#include "topk_sketch.hpp"

namespace {

// The first bytes in memory of their own, so that the address sanitizer sees every byte too many.
template <typename Peek>
sketch_status peek_at(const Bytes &packed, size_t first_size, Peek peek) {
    std::unique_ptr<uint8_t[]> first(new uint8_t[first_size]);
    if (first_size > 0) std::memcpy(first.get(), packed.data(), first_size);
    return peek(first.get(), first_size, packed.size());
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// Of families of which the header has all that describing the whole gives.
template <typename I, auto peek_of, auto describe>
struct Peeking {
    using Info = I;
    static sketch_status peek(const uint8_t *first, size_t first_size, size_t size, Info *info) {
        return peek_of(first, first_size, size, info);
    }
    static sketch_status whole(const Bytes &packed, Info *info) { return describe(packed, info); }
};
// The function of that name of test/core/opening.hpp.
#define SKETCH_DESCRIBE(family)                                                \
    [](const Bytes &packed, sketch_##family##_info *info) {                    \
        return sketch_##family##_describe(packed.data(), packed.size(), info); \
    }

struct QuantilePeek : Peeking<sketch_quantile_info, sketch_quantile_peek, SKETCH_DESCRIBE(quantile)> {
    static constexpr const char *family = "quantile";
    static bool agree(const Info &a, const Info &b) {
        const bool any = b.total > 0, finite = any && b.finite_minimum <= b.finite_maximum;
        return (a.total > 0) == any && a.total <= b.total && a.zeros == b.zeros && a.nans == b.nans &&
               a.negative_infinities == b.negative_infinities && a.positive_infinities == b.positive_infinities &&
               (!any || (same(a.minimum, b.minimum) && same(a.maximum, b.maximum))) &&
               (!finite || (same(a.finite_minimum, b.finite_minimum) && same(a.finite_maximum, b.finite_maximum))) &&
               a.accuracy == b.accuracy && a.current_accuracy == b.current_accuracy && a.scale == b.scale &&
               a.requested_scale == b.requested_scale && a.negative_buckets == b.negative_buckets &&
               a.positive_buckets == b.positive_buckets && a.extremes_known == b.extremes_known && a.whole == b.whole;
    }
};

struct DistinctPeek {
    static constexpr const char *family = "distinct";
    struct Info : sketch_distinct_info {
        double estimate;
    };
    static sketch_status peek(const uint8_t *first, size_t first_size, size_t size, Info *info) {
        return sketch_distinct_peek(first, first_size, size, info, &info->estimate);
    }
    static sketch_status whole(const Bytes &packed, Info *info) {
        if (sketch_status s = sketch_distinct_describe(packed.data(), packed.size(), info); s != SKETCH_OK) return s;
        return sketch_distinct_count(packed.data(), packed.size(), &info->estimate);
    }
    static bool agree(const Info &a, const Info &b) {
        return a.kind == b.kind && a.precision == b.precision && a.is_dense == b.is_dense && a.tokens == b.tokens &&
               a.estimate == b.estimate && a.relative_standard_error == b.relative_standard_error;
    }
};

struct FrequencyPeek : Peeking<sketch_frequency_info, sketch_frequency_peek, SKETCH_DESCRIBE(frequency)> {
    static constexpr const char *family = "frequency";
    static bool agree(const Info &a, const Info &b) {
        return a.kind == b.kind && a.log2_width == b.log2_width && a.is_dense == b.is_dense && a.items == b.items &&
               a.total == b.total && a.error == b.error;
    }
};

struct TopkPeek : Peeking<sketch_topk_info, sketch_topk_peek, SKETCH_DESCRIBE(topk)> {
    static constexpr const char *family = "topk";
    static bool agree(const Info &a, const Info &b) {
        return a.kind == b.kind && a.is_work == b.is_work && a.is_exact == b.is_exact && a.k == b.k &&
               a.items == b.items && a.total == b.total && a.offset == b.offset;
    }
};

struct MembershipPeek {
    static constexpr const char *family = "membership";
    struct Info : sketch_membership_info {
        double actual_rate;
    };
    static sketch_status peek(const uint8_t *first, size_t first_size, size_t size, Info *info) {
        return sketch_membership_peek(first, first_size, size, info, &info->actual_rate);
    }
    static sketch_status whole(const Bytes &packed, Info *info) {
        if (sketch_status s = sketch_membership_describe(packed.data(), packed.size(), info); s != SKETCH_OK) return s;
        return sketch_membership_rate(packed.data(), packed.size(), &info->actual_rate);
    }
    static bool agree(const Info &a, const Info &b) {
        return a.kind == b.kind && a.log2_blocks == b.log2_blocks && a.rate == b.rate && a.is_dense == b.is_dense &&
               a.tokens == b.tokens && (a.is_dense ? std::isnan(a.actual_rate) : a.actual_rate == b.actual_rate);
    }
};

// How many values were sound, and of how many only the peek said so.
struct Seen {
    int sound = 0, weaker = 0;
};

template <typename Peek>
void try_value(const Bytes &packed, Seen &seen) {
    using Info = typename Peek::Info;
    INFO(Peek::family << " "
                      << mutations::hex(Bytes(packed.begin(),
                                              packed.begin() + std::min<long>(300, static_cast<long>(packed.size())))));
    Info whole{}, first{}, untouched{}, all{};
    const sketch_status expected = Peek::whole(packed, &whole);
    const size_t enough = std::min<size_t>(packed.size(), SKETCH_PEEK_SIZE);
    const sketch_status status =
        peek_at(packed, enough, [&](auto *p, size_t n, size_t size) { return Peek::peek(p, n, size, &first); });
    if (expected == SKETCH_OK) {
        REQUIRE(status == SKETCH_OK);
        REQUIRE(Peek::agree(first, whole));
    } else if (status != SKETCH_OK) {
        REQUIRE(status != SKETCH_NO_ROOM);
        REQUIRE(std::memcmp(&first, &untouched, sizeof first) == 0);
    }
    seen.sound += expected == SKETCH_OK;
    seen.weaker += status == SKETCH_OK && expected != SKETCH_OK;
    // More bytes tell the same; fewer are too few.
    REQUIRE(peek_at(packed, packed.size(),
                    [&](auto *p, size_t n, size_t size) { return Peek::peek(p, n, size, &all); }) == status);
    REQUIRE((status != SKETCH_OK || Peek::agree(first, all)));
    if (enough == 0) return;
    for (size_t fewer : {size_t{0}, enough / 2, enough - 1})
        REQUIRE(peek_at(packed, fewer, [&](auto *p, size_t n, size_t size) {
                    return Peek::peek(p, n, size, &untouched);
                }) == SKETCH_NO_ROOM);
    Info zeros{};
    REQUIRE(std::memcmp(&untouched, &zeros, sizeof zeros) == 0);
}

template <typename Peek>
Seen try_values(const std::vector<Bytes> &values, int mutants) {
    Seen seen;
    std::mt19937_64 random(7);
    std::vector<Bytes> all = values;
    for (const Bytes &bytes : corpus_of(Peek::family))
        if (form_of(bytes.data(), bytes.size()) == SKETCH_PACKED) all.push_back(bytes);
    for (const Bytes &value : all) {
        try_value<Peek>(value, seen);
        for (int i = 0; i < mutants; i++) {
            Bytes damaged = value;
            mutations::damage(random, damaged);
            if (form_of(damaged.data(), damaged.size()) == SKETCH_PACKED) try_value<Peek>(damaged, seen);
        }
    }
    return seen;
}

}  // namespace

TEST_CASE("quantile: the first bytes of a sketch tell its extremes", "[quantile][peek]") {
    std::vector<Bytes> values = {QuantileSketch().pack()};
    std::mt19937_64 random(3);
    for (int n : {1, 2, 3, 70, 1000, 30000})
        for (double spread : {0.0, 1.0, 30.0, 700.0})
            for (int special = 0; special < 8; special++) {
                QuantileSketch s(n > 1000 ? 0.0002 : 0.01);
                for (int i = 0; i < n; i++) {
                    const double x = std::exp(spread * (static_cast<double>(random() >> 11) / 9007199254740992.0 - .5));
                    s.add(special & 1 && i % 2 == 0 ? -x : special & 2 ? std::round(x) : x);
                }
                if (special & 4)
                    for (double x : {-HUGE_VAL, HUGE_VAL, std::numeric_limits<double>::quiet_NaN(), 0.0}) s.add(x);
                values.push_back(s.pack());
            }
    // Without known extremes.
    QuantileSketch many = sketch_of({1, 2, 3, 4, 1e9}), few = sketch_of({2, 1e9});
    const Bytes a = many.pack(), b = few.pack();
    Bytes difference(a.size() + 128);
    size_t used = 0;
    REQUIRE(sketch_quantile_subtract(a.data(), a.size(), b.data(), b.size(), difference.data(), difference.size(),
                                     &used) == SKETCH_OK);
    difference.resize(used);
    values.push_back(difference);
    const Seen seen = try_values<QuantilePeek>(values, 20);
    CHECK(seen.sound > 200);
    CHECK(seen.weaker > 100);
}

TEST_CASE("frequency: the first bytes of a sketch tell its total", "[frequency][peek]") {
    std::vector<Bytes> values;
    for (int log2_width : {6, 10, 16})
        for (uint64_t items : {0, 1, 20, 1000, 20000})
            for (uint64_t weight : {uint64_t{1}, uint64_t{1} << 40}) {
                FrequencySketch s(log2_width);
                for (uint64_t i = 0; i < items; i++) s.add_item(i, weight);
                values.push_back(s.pack());
            }
    const Seen seen = try_values<FrequencyPeek>(values, 20);
    CHECK(seen.sound > 200);
}

TEST_CASE("distinct: the first bytes of a sketch tell how many, but of many tokens", "[distinct][peek]") {
    std::vector<Bytes> values;
    for (int precision : {4, 6, 10, 12})
        for (uint64_t items : {0, 1, 20, 100, 500, 5000, 1000000}) {
            DistinctSketch s(precision);
            for (uint64_t i = 0; i < items; i++) s.add(sketch_hash_word(i));
            values.push_back(s.pack());
        }
    const Seen seen = try_values<DistinctPeek>(values, 40);
    CHECK(seen.sound > 200);
    // More tokens than the estimate is sure to be the number of.
    for (uint64_t items : {700, 701, 8192}) {
        DistinctSketch s(16);
        for (uint64_t i = 0; s.info().tokens < items; i++) s.add(sketch_hash_word(i));
        const Bytes packed = s.pack();
        sketch_distinct_info info{};
        double estimate = 0;
        REQUIRE(sketch_distinct_peek(packed.data(), SKETCH_PEEK_SIZE, packed.size(), &info, &estimate) ==
                (items <= 700 ? SKETCH_OK : SKETCH_NO_ROOM));
        CHECK(estimate == (items <= 700 ? 700 : 0));
    }
}

TEST_CASE("topk: the first bytes of a sketch tell its total", "[topk][peek]") {
    std::vector<Bytes> values;
    for (uint32_t k : {1u, 20u, 1000u})
        for (int items : {0, 1, 20, 1000, 5000})
            for (uint64_t weight : {uint64_t{1}, uint64_t{1} << 40}) {
                TopkSketch s(k);
                for (int i = 0; i < items; i++) s.add("item " + std::to_string(i * i % 1777), weight);
                values.push_back(s.pack());
            }
    const Seen seen = try_values<TopkPeek>(values, 20);
    CHECK(seen.sound > 200);
}

TEST_CASE("membership: the first bytes of a sketch tell its size, and of tokens the rate", "[membership][peek]") {
    std::vector<Bytes> values;
    for (int log2_blocks : {0, 4, 10})
        for (uint64_t items : {0, 1, 20, 1000, 5000}) {
            MembershipSketch s(log2_blocks);
            for (uint64_t i = 0; i < items; i++) s.add(sketch_hash_word(i));
            values.push_back(s.pack());
        }
    const Seen seen = try_values<MembershipPeek>(values, 20);
    CHECK(seen.sound > 200);
}
