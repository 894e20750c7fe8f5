// The bucket boundaries, against big integers that owe nothing to the code under test.
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "../../src/core/quantile/ladder.hpp"
#include "catch.hpp"

using namespace sketch;

namespace {

// A natural number, least significant 32-bit limb first: just enough to raise a boundary to a power.
using Natural = std::vector<uint32_t>;

Natural squared(const Natural &a) {
    Natural result(2 * a.size(), 0);
    for (size_t i = 0; i < a.size(); i++) {
        uint64_t carry = 0;
        for (size_t j = 0; j < a.size(); j++) {
            carry += uint64_t{a[i]} * a[j] + result[i + j];
            result[i + j] = static_cast<uint32_t>(carry);
            carry >>= 32;
        }
        result[i + a.size()] = static_cast<uint32_t>(carry);
    }
    while (!result.empty() && result.back() == 0) result.pop_back();
    return result;
}

// t^(2^power) <= 2^exponent?
bool power_is_at_most(uint64_t t, int power, uint64_t exponent) {
    Natural n = {static_cast<uint32_t>(t), static_cast<uint32_t>(t >> 32)};
    for (int i = 0; i < power; i++) n = squared(n);
    uint64_t bits = 32 * (n.size() - 1) + static_cast<uint64_t>(std::bit_width(n.back()));
    if (bits != exponent + 1) return bits <= exponent;
    for (size_t i = 0; i + 1 < n.size(); i++)
        if (n[i] != 0) return false;
    return std::has_single_bit(n.back());
}

}  // namespace

TEST_CASE("quantile: T[j] is floor(2^(52 + j/64)), proved with big integers", "[ladder]") {
    // T <= 2^(52 + j/64) < T + 1 if and only if T^64 <= 2^(3328 + j) < (T + 1)^64
    for (uint64_t j = 0; j < 64; j++) {
        uint64_t t = ladder::detail::kPlain.boundary[j];
        REQUIRE(power_is_at_most(t, 6, 3328 + j));
        REQUIRE_FALSE(power_is_at_most(t + 1, 6, 3328 + j));
    }
}

TEST_CASE("quantile: the fine boundaries too, a sample of them", "[ladder]") {
    for (uint64_t j : {1, 2, 3, 1023, 2047, 2048, 2049, 4095}) {
        uint64_t t = ladder::detail::kFine.boundary[j];
        REQUIRE(power_is_at_most(t, 12, 52 * 4096 + j));
        REQUIRE_FALSE(power_is_at_most(t + 1, 12, 52 * 4096 + j));
    }
}

TEST_CASE("quantile: a value lies between the edges of its bucket, at every scale", "[ladder]") {
    std::mt19937_64 random(7);
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = random() & 0x7fffffffffffffff;
        if (i % 10 == 0) bits >>= 11 + random() % 50;  // subnormal
        if (bits == 0 || bits > ladder::kLargestFinite) continue;
        int coarser = 0;
        for (int scale = ladder::kMaxScale; scale >= ladder::kMinScale; scale--) {
            int32_t index = ladder::index_of_bits(bits, scale);
            bool inside = ladder::lower_bits(index, scale) <= bits && bits <= ladder::upper_bits(index, scale);
            bool parent = scale == ladder::kMaxScale || index == coarser >> 1;
            if (!inside || !parent) FAIL("bits " << bits << " at scale " << scale);
            coarser = index;
        }
    }
}

TEST_CASE("quantile: on an edge the lower bucket wins; one step above, the upper", "[ladder]") {
    for (int scale : {12, 9, 6, 3, 0, -2, -3, -5, -10})
        for (int32_t index = -3000; index <= 3000; index += 7) {
            if (index <= ladder::first_index(scale) || index >= ladder::last_index(scale)) continue;
            uint64_t edge = ladder::upper_bits(index, scale);
            REQUIRE(ladder::index_of_bits(edge, scale) == index);
            REQUIRE(ladder::index_of_bits(edge + 1, scale) == index + 1);
        }
    CHECK(ladder::index_of_bits(std::bit_cast<uint64_t>(1.0), 6) == -1);
    CHECK(ladder::index_of_bits(std::bit_cast<uint64_t>(2.0), 6) == 63);
    CHECK(ladder::index_of_bits(std::bit_cast<uint64_t>(std::nextafter(1.0, 2.0)), 6) == 0);
}

TEST_CASE("quantile: the extreme doubles have the extreme indexes", "[ladder]") {
    for (int scale = ladder::kMinScale; scale <= ladder::kMaxScale; scale++) {
        CHECK(ladder::index_of_bits(1, scale) == ladder::first_index(scale));
        CHECK(ladder::index_of_bits(ladder::kLargestFinite, scale) == ladder::last_index(scale));
        CHECK(ladder::upper_bits(ladder::last_index(scale), scale) == ladder::kLargestFinite);
        CHECK(ladder::lower_bits(ladder::first_index(scale), scale) == 1);
    }
}

TEST_CASE("quantile: the coarse scales hold whole octaves", "[ladder]") {
    for (int scale = 0; scale >= ladder::kMinScale; scale--)
        for (int exponent = -1074; exponent < 1024; exponent++) {
            const double power = std::ldexp(1, exponent);
            const int octaves = 1 << -scale;
            const auto below = static_cast<int32_t>(std::ceil(static_cast<double>(exponent) / octaves)) - 1;
            const auto above = static_cast<int32_t>(std::floor(static_cast<double>(exponent) / octaves));
            INFO("2^" + std::to_string(exponent) + " at scale " + std::to_string(scale));
            REQUIRE(ladder::index_of_bits(std::bit_cast<uint64_t>(power), scale) == below);
            REQUIRE(ladder::index_of_bits(std::bit_cast<uint64_t>(power) + 1, scale) == above);
        }
}

TEST_CASE("quantile: buckets of the subnormal range that hold no double are known", "[ladder]") {
    CHECK(ladder::holds_a_double(ladder::first_index(6), 6));
    CHECK_FALSE(ladder::holds_a_double(ladder::first_index(6) + 1, 6));
    for (int32_t i = ladder::first_index(6); i < ladder::first_index(6) + 4000; i++)
        REQUIRE(ladder::holds_a_double(i, 6) == (ladder::lower_bits(i, 6) <= ladder::upper_bits(i, 6)));
}

TEST_CASE("quantile: an accuracy picks the coarsest scale that keeps it", "[ladder]") {
    CHECK(ladder::scale_for(0.01) == 6);
    CHECK(ladder::scale_for(0.0099) == 7);
    CHECK(ladder::scale_for(0.0002) == 12);
    CHECK(ladder::scale_for(0.5) == 0);
    CHECK(ladder::scale_for(0.33) == 1);
    CHECK(ladder::scale_for(1) == -6);
    for (double bad : {0.0, -1.0, 0.000156, 1.1, 1e300, std::nan("")})
        CHECK(ladder::scale_for(bad) < ladder::kMinScale);
    for (int scale = ladder::kMinScale; scale <= ladder::kMaxScale; scale++)
        CHECK(ladder::scale_for(ladder::accuracy(scale)) == scale);
    for (int scale = ladder::kMinScale; scale < ladder::kMaxScale; scale++)
        CHECK(ladder::accuracy(scale) > ladder::accuracy(scale + 1));  // a collapse never claims to be better
}
