// With and without vector instructions: the same answers, and the same statuses on hostile bytes.
#include <cmath>
#include <string>

#include "catch.hpp"
#include "mutations.hpp"
#include "portably.hpp"
#include "quantile_sketch.hpp"

namespace {

using mutations::hex;
using mutations::Random;

struct Outcome {
    sketch_status check, merge;
    std::vector<double> percentiles;
    Bytes packed, merged;
    bool operator==(const Outcome &) const = default;
};

Outcome outcome_of(const Bytes &bytes, const QuantileSketch &other) {
    Outcome o{};
    o.check = sketch_quantile_check(bytes.data(), bytes.size());
    if (o.check == SKETCH_OK) {
        o.percentiles.resize(9);
        const std::vector<double> fractions = {0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1};
        uint64_t rows = 0;
        sketch_quantile_percentiles(bytes.data(), bytes.size(), fractions.data(), 9, o.percentiles.data(), nullptr,
                                    nullptr, &rows);
        o.packed.resize(quantile_packed_bound(bytes.data(), bytes.size()));
        size_t size = 0;
        sketch_quantile_pack(bytes.data(), bytes.size(), 0, o.packed.data(), o.packed.size(), &size);
        o.packed.resize(size);
    }
    QuantileSketch into = other;
    o.merge = into.try_merge(bytes.data(), bytes.size());
    o.merged = into.pack();
    for (double &x : o.percentiles)
        if (std::isnan(x)) x = -1;  // equal to itself
    return o;
}

// Rows whose buckets are side by side, or `spread` powers of two apart; of either sign, or both.
QuantileSketch sketch_of(Random &random, uint64_t rows, double accuracy, double spread, int signs) {
    QuantileSketch s(accuracy);
    for (uint64_t i = 0; i < rows; i++) {
        const double x = std::exp2(spread * (static_cast<double>(random() >> 11) * 0x1p-53 - 0.5));
        s.add(signs == 0 || (signs == 1 && random() % 2) ? x : -x);
    }
    return s;
}

}  // namespace

TEST_CASE("quantile: both instruction sets read the same bytes alike", "[quantile][simd]") {
    Random random(41);
    int accepted = 0, refused = 0;
    for (double accuracy : {0.5, 0.05, 0.01, 0.0002})
        for (double spread : {0.5, 8.0, 60.0, 2000.0})
            for (uint64_t rows : {1, 2, 3, 8, 9, 10, 11, 17, 70, 300, 2000, 30000}) {
                const int signs = static_cast<int>(random() % 3);
                const QuantileSketch s = sketch_of(random, rows, accuracy, spread, signs),
                                     other = sketch_of(random, random() % 500, accuracy, spread, signs);
                const Bytes packed = s.pack();
                for (int round = 0; round < (packed.size() < 2000 ? 30 : 6); round++) {
                    Bytes bytes = packed;
                    if (round > 0 && round % 3 == 0) mutations::damage(random, bytes);
                    if (round % 3 != 0)  // one bit
                        bytes[3 + random() % (bytes.size() - 3)] ^= static_cast<uint8_t>(1u << random() % 8);
                    const Outcome o = outcome_of(bytes, other);
                    INFO(hex(bytes));
                    REQUIRE(o == portably([&] { return outcome_of(bytes, other); }));
                    (o.check == SKETCH_OK ? accepted : refused)++;
                }
            }
    CHECK(accepted > 500);
    CHECK(refused > 500);
}
