// The estimate that is stored with registers: the integers that decide it, against the formulas that they stand for,
// and the estimate against the root that floating point finds.
#include <algorithm>
#include <cmath>
#include <random>

#include "../../src/core/distinct/grid.hpp"
#include "catch.hpp"
#include "distinct_sketch.hpp"

namespace {

namespace core = sketch::distinct;
namespace grid = sketch::distinct::grid;

constexpr double power(int k) { return std::exp2((k - grid::kPointOfOne) / 1024.0); }

// Registers that anything may have left: of levels and flags that are chosen at random, around some level or anywhere.
std::vector<uint16_t> some_registers(std::mt19937_64 &random, int precision) {
    std::vector<uint16_t> registers(size_t{1} << precision);
    const uint32_t most = core::largest_level(precision);
    const uint32_t around = 1 + static_cast<uint32_t>(random() % most),
                   spread = 1 + random() % (random() % 2 ? 8 : most);
    const uint64_t flags = random() % 3;
    for (uint16_t &r : registers) {
        const uint32_t u = std::clamp<uint32_t>(around + static_cast<uint32_t>(random() % spread), 1, most);
        const uint32_t any = flags == 0 ? 0 : flags == 1 ? 511 : static_cast<uint32_t>(random() & 511);
        r = static_cast<uint16_t>(u << 9 | (any & ~core::given_flags_mask(u)) | core::given_flags(u));
    }
    // Few of them, or all but one, or all.
    const uint64_t empty = random() % 4;
    if (empty == 0) registers[random() % registers.size()] = 0;
    if (empty == 1)
        for (size_t i = 1; i < registers.size(); i++)
            if (random() % 8 > 0) registers[i] = 0;
    return registers;
}

// The derivative of the likelihood times lambda, and what it loses to rounding at most.
struct Derivative {
    double value = 0, error = 0;
};
Derivative derivative_at(const grid::Tally &t, int precision, double lambda) {
    Derivative d;
    for (int j = 0; j < grid::kLevels; j++) {
        if (t.hit[j] == 0) continue;
        const double x = lambda * std::exp2(-j);
        d.value += t.hit[j] * (x < 1e-12 ? 1 : x / std::expm1(x));
        d.error += t.hit[j] * 1e-8;
    }
    const double missed = lambda * std::ldexp(static_cast<double>(t.missed), precision - 64);
    d.value -= missed;
    d.error += missed * 1e-9;
    return d;
}

}  // namespace

TEST_CASE("distinct: t / (e^t - 1) in integers never rises, and is what it stands for", "[distinct][grid]") {
    uint64_t before = uint64_t{1} << 32;
    double worst = 0;
    bool falls = true;
    for (int i = -70 * 1024; i < 10 * 1024; i++) {
        const uint64_t ratio = grid::ratio(i);
        const double t = std::exp2(i / 1024.0);
        falls &= ratio <= before;
        worst = std::max(worst, std::abs(static_cast<double>(ratio) - 0x1p32 * (t / std::expm1(t))));
        before = ratio;
    }
    CHECK(falls);
    CHECK(worst < 36);
    CHECK(grid::ratio(-70 * 1024) == uint64_t{1} << 32);
    CHECK(grid::ratio(6 * 1024) == 0);
}

TEST_CASE("distinct: a place stands for the number half-way to the next, less the bias", "[distinct][grid]") {
    for (int precision = core::kMinPrecision; precision <= core::kMaxPrecision; precision++) {
        const double m = core::register_count(precision);
        double before = 0;
        for (int place = 0; place <= grid::kLargest; place++) {
            const double n = grid::items_at(place, precision);
            const double expected = m * (power(place) + power(place + 1)) / 2 / (1 + grid::kBias / m);
            if (!(n > before && std::abs(n / expected - 1) < 1e-9)) FAIL("place " << place << ": " << n);
            before = n;
        }
    }
}

TEST_CASE("distinct: the place of an estimate is that of the root, or the least with items enough",
          "[distinct][grid]") {
    std::mt19937_64 random(31);
    int likely = 0, certain = 0, last = 0;
    for (int round = 0; round < 6000; round++) {
        const int precision = 4 + round % 7;
        const std::vector<uint16_t> registers = some_registers(random, precision);
        const grid::Tally t = grid::tally(registers.data(), precision);
        INFO("round " << round);
        const int place = grid::place_of(t, precision, 1);
        // Wherever the search begins.
        for (double nearby :
             {0.0, 1e-300, power(place), power(static_cast<int>(random() & 65535)), 1e300, double{INFINITY}})
            REQUIRE(grid::place_of(t, precision, nearby) == place);
        const double least = grid::certain_items(t, precision);
        REQUIRE(grid::items_at(place, precision) >= least);
        const Derivative here = derivative_at(t, precision, power(place)),
                         next = derivative_at(t, precision, power(place + 1));
        if (place == grid::kLargest) {
            last++;
            REQUIRE(here.value > -here.error);
        } else if (here.value < -here.error) {  // the root is below
            certain++;
            REQUIRE(grid::items_at(place - 1, precision) < least);
        } else {
            likely++;
            REQUIRE(next.value < next.error);
        }
    }
    CHECK(likely > 1000);
    CHECK(certain > 100);
    CHECK(last > 10);
}

TEST_CASE("distinct: registers are tallied as they are", "[distinct][grid]") {
    std::mt19937_64 random(32);
    for (int round = 0; round < 300; round++) {
        const int precision = 4 + round % 13;
        const std::vector<uint16_t> registers = some_registers(random, precision);
        const grid::Tally t = grid::tally(registers.data(), precision);
        uint64_t hit[grid::kLevels] = {}, seen = 0;
        double missed = 0;
        auto exponent = [&](uint32_t level) {
            return std::min<int>(2 + static_cast<int>(level - 1) / 2, 64 - precision);
        };
        for (uint16_t r : registers) {
            const uint32_t u = r >> 9;
            for (uint32_t level = 1; level <= core::largest_level(precision); level++) {
                const bool is_hit =
                    u > 0 && (level == u || (level < u && u - level <= 9 && r >> (9 - (u - level)) & 1));
                hit[exponent(level)] += is_hit;
                seen += is_hit;
                if (!is_hit && (level > u || u - level <= 9)) missed += std::exp2(-exponent(level));
            }
        }
        INFO("round " << round);
        REQUIRE(std::equal(hit, hit + grid::kLevels, t.hit));
        REQUIRE(t.seen == seen);
        REQUIRE(std::ldexp(static_cast<double>(t.missed), precision - 64) == Approx(missed).epsilon(1e-10));
    }
}

TEST_CASE("distinct: what is stored is what the work form tells", "[distinct][grid]") {
    std::mt19937_64 random(33);
    for (int round = 0; round < 400; round++) {
        DistinctSketch s(4 + round % 10);
        for (uint64_t items = random() % (uint64_t{1} << (4 + round % 14)); items > 0; items--) s.add(random());
        const Bytes packed = s.pack();
        double stored = -1;
        REQUIRE(sketch_distinct_count(packed.data(), packed.size(), &stored) == SKETCH_OK);
        REQUIRE(stored == s.count());
    }
}
