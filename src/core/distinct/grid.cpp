#include "grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "../common/int128.hpp"
#include "../common/octave.hpp"

namespace sketch::distinct::grid {

namespace {

// ---- counting ----------------------------------------

// Seven bits for each of nine flags, so that 127 registers are counted by additions of one word.
constexpr int kCountBits = 7, kMaxCount = (1 << kCountBits) - 1;
constexpr auto kSpread = [] {
    std::array<std::uint64_t, 1 << kFlagBits> spread{};
    for (std::uint32_t flags = 0; flags <= kFlagMask; flags++)
        for (int bit = 0; bit < kFlagBits; bit++)
            spread[flags] |= static_cast<std::uint64_t>(flags >> bit & 1) << (kCountBits * bit);
    return spread;
}();

}  // namespace

// Algorithm 3 of the paper, by counting the registers of each largest level first.
Tally tally(const Register *registers, int precision) noexcept {
    constexpr std::uint32_t kValues = 128;
    struct Column {
        std::uint64_t pending = 0;
        std::uint32_t pending_count = 0, count = 0, set[kFlagBits] = {};
        void flush() noexcept {
            for (int bit = 0; bit < kFlagBits; bit++)
                set[bit] += static_cast<std::uint32_t>(pending >> (kCountBits * bit)) & kMaxCount;
            count += pending_count;
            pending = 0;
            pending_count = 0;
        }
    } column[kValues];
    for (std::uint32_t i = 0; i < register_count(precision); i++) {
        Column &c = column[registers[i] >> kFlagBits];
        c.pending += kSpread[registers[i] & kFlagMask];
        if (++c.pending_count == kMaxCount) c.flush();
    }
    const int smallest = 64 - precision;  // exponent of the smallest probability
    auto exponent = [=](std::uint32_t level) { return std::min(2 + static_cast<int>(level - 1) / 2, smallest); };
    auto probability = [=](std::uint32_t level) { return std::uint64_t{1} << (smallest - exponent(level)); };
    Tally t;
    std::uint64_t above = 0;  // the probability of all levels above u
    for (std::uint32_t u = largest_level(precision); u > 0; u--) {
        Column &c = column[u];
        if (c.pending_count > 0) c.flush();
        if (c.count > 0) {
            t.hit[exponent(u)] += c.count;
            t.missed += c.count * above;
            t.seen += c.count;
            for (std::uint32_t below = 1; below <= kFlagBits && below < u; below++) {
                const std::uint32_t set = c.set[static_cast<std::uint32_t>(kFlagBits) - below];
                t.hit[exponent(u - below)] += set;
                t.missed += (c.count - set) * probability(u - below);
                t.seen += set;
            }
        }
        above += probability(u);
    }
    column[0].flush();
    t.missed += std::uint64_t{column[0].count} << smallest;
    return t;
}

std::uint32_t certain_items(const Tally &tally, int precision) noexcept {
    return std::max(tally.seen, max_tokens(precision) + 1);
}

// ---- the grid ----------------------------------------

namespace {

// floor(2^(32 + f / 1024)) less 2^32.
constexpr auto kMantissa = [] {
    std::array<std::uint32_t, kStepsPerOctave> mantissa{};
    for (std::size_t f = 0; f < kStepsPerOctave; f++)
        mantissa[f] = static_cast<std::uint32_t>(octave::kSteps.at[(f << octave::kLog2Steps) / kStepsPerOctave] >> 20);
    return mantissa;
}();

// i = 1024 octave + fraction, of any sign.
constexpr int octave_of(int i) noexcept { return i >> 10; }
constexpr std::uint64_t mantissa_of(int i) noexcept {
    return (std::uint64_t{1} << 32) + kMantissa[static_cast<std::size_t>(i & (kStepsPerOctave - 1))];
}

// exp(-b) as a multiple of 2^-63, for b = mantissa 2^-35, from 1/8 to 1/4: the Taylor series.
std::uint64_t exponential(std::uint64_t mantissa) noexcept {
    constexpr std::uint64_t kOne = std::uint64_t{1} << 63;
    constexpr std::uint64_t kTerms = 14;
    std::uint64_t sum = kOne;
    for (std::uint64_t k = kTerms; k > 0; k--)  // 1 - b/k (1 - b/(k+1) (...))
        sum = kOne - static_cast<std::uint64_t>(u128{sum} * mantissa >> 35) / k;
    return sum;
}

// t / (e^t - 1) for t in one octave after the other, t = mantissa 2^(octave - 32), upwards.
class Ratios {
  public:
    explicit Ratios(std::uint64_t mantissa) noexcept : mantissa_(mantissa) {}

    // Below 1/4: 1 - t/2 + t^2/12 - t^4/720, t and its powers as multiples of 2^-32.
    std::uint64_t small(int octave) const noexcept {
        const int shift = -octave;
        const std::uint64_t t = shift < 64 ? mantissa_ >> shift : 0;
        const std::uint64_t square = t * t >> 32;
        return kOne - t / 2 + square / 12 - (square * square >> 32) / 720;
    }
    // From there on, from e^-t, which is squared from octave to octave.
    std::uint64_t next(int octave) noexcept {
        if (exponential_ == 0) exponential_ = exponential(mantissa_);
        for (; at_ < octave; at_++) exponential_ = static_cast<std::uint64_t>(u128{exponential_} * exponential_ >> 63);
        if (exponential_ == 0) return 0;
        const u128 product = u128{mantissa_ << (octave - kFirst)} * exponential_ >> -kFirst;
        return static_cast<std::uint64_t>(product / ((std::uint64_t{1} << 63) - exponential_));
    }

    static constexpr int kFirst = -2, kLast = 5;  // from 64 on it is 0

  private:
    static constexpr std::uint64_t kOne = std::uint64_t{1} << 32;
    std::uint64_t mantissa_, exponential_ = 0;
    int at_ = kFirst - 1;
};

// Whether the derivative of the likelihood is not negative at grid point k:
//     sum of hit[j] t / (e^t - 1) at t = lambda 2^-j  >=  lambda missed.
bool is_not_beyond(const Tally &tally, int precision, int k) noexcept {
    const std::uint64_t mantissa = mantissa_of(k - kPointOfOne);
    const int octave = octave_of(k - kPointOfOne);  // lambda = mantissa 2^(octave - 32)
    Ratios ratios(mantissa);
    std::uint64_t sum = 0;  // in 2^-32: below 2^(32 + 4 + 16)
    for (int j = kLevels - 1; j >= 0; j--) {
        if (tally.hit[j] == 0) continue;
        const int of_t = octave - j;
        if (of_t > Ratios::kLast) break;
        sum += tally.hit[j] * (of_t < Ratios::kFirst ? ratios.small(of_t) : ratios.next(of_t));
    }
    // In 2^-(32 + 64 - precision), and doubled or halved until both have the octave.
    u128 left = u128{sum} << (64 - precision), right = u128{mantissa} * tally.missed;
    if (octave < 0) left <<= -octave;
    else left >>= octave;
    return left >= right;
}

// Of the points 0 to kLargest the last one of which `holds` says so, 0 if none; it holds up to some point.
template <typename Holds>
int last_of(int nearby, Holds holds) noexcept {
    int from = 0, to = kLargest + 1;
    for (int step = 1, at = nearby; from < at && at < to; step *= 2) {
        if (holds(at)) {
            from = at;
            at += step;
        } else {
            to = at;
            at -= step;
        }
    }
    while (to - from > 1) {
        const int middle = from + (to - from) / 2;
        (holds(middle) ? from : to) = middle;
    }
    return from;
}

// Items are estimated half-way between two grid points, less the bias: as numerator 2^exponent / denominator.
constexpr std::uint64_t kBiasFraction = static_cast<std::uint64_t>(kBias * 0x1p32 + 0.5);  // in 2^-32

struct Quotient {
    std::uint64_t numerator, denominator;
    int exponent;
};

Quotient quotient_at(int place, int precision) noexcept {
    const int i = place - kPointOfOne, next = i + 1;
    const std::uint64_t both = mantissa_of(i) + (mantissa_of(next) << (octave_of(next) - octave_of(i)));
    return {both, (std::uint64_t{1} << 32 << precision) + kBiasFraction, octave_of(i) + 2 * precision - 1};
}

bool is_at_least(const Quotient &q, std::uint64_t items) noexcept {
    // items < 2^20, the denominator is below 2^49, and an exponent below 0 is above -8.
    u128 left = q.numerator, right = u128{items} * q.denominator;
    if (q.exponent < 0) right <<= -q.exponent;
    else left <<= q.exponent;
    return left >= right;
}

}  // namespace

std::uint64_t ratio(int i) noexcept {
    const int octave = octave_of(i);
    Ratios ratios(mantissa_of(i));
    return octave > Ratios::kLast ? 0 : octave < Ratios::kFirst ? ratios.small(octave) : ratios.next(octave);
}

int place_of(const Tally &tally, int precision, double lambda_nearby) noexcept {
    const double nearby = kStepsPerOctave * std::log2(lambda_nearby) + kPointOfOne;
    const int begin = nearby >= 1 ? static_cast<int>(std::min<double>(nearby, kLargest)) : 1;
    const int likely = last_of(begin, [&](int k) { return is_not_beyond(tally, precision, k); });
    const std::uint32_t certain = certain_items(tally, precision);
    if (is_at_least(quotient_at(likely, precision), certain)) [[likely]]
        return likely;
    const int fewer = last_of(likely + 1, [&](int k) { return !is_at_least(quotient_at(k, precision), certain); });
    return std::min(fewer + 1, kLargest);
}

double items_at(int place, int precision) noexcept {
    const Quotient q = quotient_at(place, precision);
    // Both are numbers of less than 53 bits, and so is what one division makes of them the same everywhere.
    return std::ldexp(static_cast<double>(q.numerator) / static_cast<double>(q.denominator), q.exponent);
}

}  // namespace sketch::distinct::grid
