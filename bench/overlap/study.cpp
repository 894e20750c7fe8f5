// How far off are answers about a small overlap of two large distinct sketches? Root mean square of the relative error
// of intersection_count, for the table in docs/distinct.md:
//
//   cmake -S . -B build -DSKETCH_BENCHMARKS=ON && cmake --build build --target overlap_study
//   build/overlap_study [runs]
//
// Two sets of equally many random values; the overlap is the part of each that is in the other, too.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <random>

#include "../../test/core/distinct_sketch.hpp"

int main(int argc, char **argv) {
    const int runs = argc > 1 ? std::atoi(argv[1]) : 400;
    constexpr int kValues = 200000, kFinest = 14;
    constexpr int kPrecisions[] = {8, 10, 12, 14};
    constexpr double kOverlaps[] = {0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1};
    std::mt19937_64 random(1);
    std::printf("| overlap |");
    for (int precision : kPrecisions) std::printf(" %d |", precision);
    std::printf("\n|---|---|---|---|---|\n");
    for (double overlap : kOverlaps) {
        const int both = static_cast<int>(std::lround(overlap * kValues));
        double squares[std::size(kPrecisions)] = {};
        for (int run = 0; run < runs; run++) {
            DistinctSketch a(kFinest), b(kFinest);
            for (int i = 0; i < 2 * kValues - both; i++) {
                const uint64_t hash = random();
                if (i < kValues) a.add(hash);
                if (i >= kValues - both) b.add(hash);
            }
            for (size_t i = std::size(kPrecisions); i-- > 0;) {
                a.limit(kPrecisions[i]);
                b.limit(kPrecisions[i]);
                const double error = overlap_of(a, b).intersection / both - 1;
                squares[i] += error * error / runs;
            }
        }
        std::printf("| %g %% |", 100 * overlap);
        for (double square : squares) std::printf(" %.*f %% |", square < 0.01 ? 1 : 0, 100 * std::sqrt(square));
        std::printf("\n");
    }
}
