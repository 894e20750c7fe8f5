// What registers tell of the number of items, in integers, and the estimate that is stored with them (grid.cpp).
//
// A stored sketch says how many items it has: as the place of its maximum-likelihood estimate in a grid, of which 1,024
// points double the number. A reader then needs the header alone, and does not care for what an exponential function
// gives on some machine. Half a step is 0.034 %, a sixth of the standard error at the largest precision.
//
// With lambda = n / m items to each of m registers, grid point k stands for lambda(k) = 2^((k - 4224) / 1024): so k >>
// 8 is the code of the nearest power of 2^(1/4), which registers are coded with (model.hpp). The place is the
// last point at which the derivative of the likelihood is not negative, but none at which fewer items are estimated
// than there are for certain.
//
// All is decided in integers, which is what makes bytes the same everywhere; docs/FORMAT.md has it in words.
#pragma once

#include <algorithm>
#include <cstdint>

#include "distinct.hpp"
#include "model.hpp"

namespace sketch::distinct::grid {

inline constexpr int kStepsPerOctave = 1024, kPointOfOne = 4224, kLargest = 65535;

// Which code registers are written with.
constexpr int code_at(int place) noexcept { return std::min(place >> 8, model::kLargestCode); }

inline constexpr int kLevels = 65;  // a probability is 2^-0 to 2^-64

// Within a register, cells of probability 2^-j: one for each level, but for the last two, which have that of the two
// before.
struct Tally {
    std::uint32_t hit[kLevels] = {};  // [j]: cells that were hit, in all registers
    std::uint64_t missed = 0;         // probability of those that were not, in all registers, in 2^-(64 - precision)
    std::uint32_t seen = 0;           // cells that were hit: there are at least as many items
};

// Of registers that are not all empty.
Tally tally(const Register *registers, int precision) noexcept;

// There are more items than this, or tokens would have been kept: so many of them for certain.
std::uint32_t certain_items(const Tally &tally, int precision) noexcept;

// The place of the estimate. Where the search begins makes no difference to what it finds.
int place_of(const Tally &tally, int precision, double lambda_nearby) noexcept;

// The estimate has a bias: kBias / m of it, to first order, with t = 1 and d = 9.
inline constexpr double kBias = 0.19074089878372704;

// The number of items that a place stands for, less the bias: 0 <= place <= kLargest.
double items_at(int place, int precision) noexcept;

// t / (e^t - 1) at t = 2^(i / 1024), as a round-down multiple of 2^-32, but for an error; it never rises with i.
std::uint64_t ratio(int i) noexcept;

}  // namespace sketch::distinct::grid
