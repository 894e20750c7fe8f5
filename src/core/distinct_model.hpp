// The model that registers are coded with: how probable a register is when lambda = n / m items came to each.
//
// A level of probability rho was seen with probability 1 - exp(-lambda rho), independently of the others, so
//     P(u) = exp(-lambda sum of rho above u) (1 - exp(-lambda rho(u))),
// and the flags are independent bits. Lambda is taken to be a power of 2^(1/4). As doubling it moves all levels up by
// two, four tables tell everything, one for each phase = log2(lambda) * 4 modulo 4. In them levels are counted from
// where lambda rho = 2^(phase/4): level l has lambda rho = 2^(phase/4 - floor(l/2)), and a register has row l + 6.
//
// All in integers, for bytes depend on it: exp(-lambda rho) as round-down multiples of 2^-32, and frequencies from
// those as described at `cumulate`. docs/FORMAT.md has the same in words.
#pragma once

#include <array>
#include <cstdint>

namespace sketch::distinct::model {

inline constexpr int kPhases = 4;
inline constexpr int kFirstLevel = -6;  // of the smallest row: less than one register in 10^6 is below
inline constexpr int kRows = 29;        // one register in 500 is above; those are written out
inline constexpr int kHeadFlags = 3, kTailFlags = 6;
inline constexpr int kHeadBits = 13, kTailBits = 10;  // frequencies add up to 2^these

// First symbol: row and the three upper flags, or a register that is written out. Second symbol: the other six.
inline constexpr std::uint32_t kHeads = kRows << kHeadFlags, kEscape = kHeads;
inline constexpr std::uint32_t kTails = 1u << kTailFlags;

using Fraction = std::uint64_t;  // of 2^32
inline constexpr Fraction kOne = Fraction{1} << 32;
constexpr Fraction times(Fraction a, Fraction b) noexcept { return (a >> 1) * b >> 31; }  // a, b <= kOne

struct Frequencies {
    std::uint16_t head[kHeads + 2];  // where each symbol's slots begin, and the end
    std::uint16_t tail[kRows][kTails + 1];
};

struct Slots {
    std::uint8_t head[1 << kHeadBits];
    std::uint8_t tail[kRows][1 << kTailBits];
};

// exp(-lambda rho) at level 2 g for g = kFirstPair ... : the Taylor series where it is close to 1, and squares from
// there.
inline constexpr int kFirstPair = -8, kPairs = 21;
constexpr std::array<Fraction, kPairs> unseen_by_pair(int phase) noexcept {
    constexpr Fraction power[kPhases] = {4294967296, 5107605667, 6074000999, 7223245205};  // 2^(32 + phase/4)
    std::array<Fraction, kPairs> unseen{};
    const Fraction x = power[phase] >> (kFirstPair + kPairs - 1);
    unseen[kPairs - 1] = kOne - x + times(x, x) / 2 - times(times(x, x), x) / 6;
    for (int g = kPairs - 1; g > 0; g--)
        unseen[static_cast<std::size_t>(g - 1)] =
            times(unseen[static_cast<std::size_t>(g)], unseen[static_cast<std::size_t>(g)]);
    return unseen;
}

// Symbols of probability p in this order, each as at least one of 2^bits slots: symbol s begins at
// s + floor((sum of p before s) (2^bits - symbols)).
class Cumulate {
  public:
    constexpr Cumulate(int bits, std::uint32_t symbols) noexcept : shared_((std::uint32_t{1} << bits) - symbols) {}
    constexpr std::uint16_t next(Fraction probability) noexcept {
        std::uint64_t start = symbol_++ + (sum_ * shared_ >> 32);
        sum_ += probability;
        return static_cast<std::uint16_t>(start);
    }

  private:
    std::uint32_t shared_, symbol_ = 0;
    Fraction sum_ = 0;
};

constexpr Frequencies frequencies(int phase) noexcept {
    const std::array<Fraction, kPairs> pairs = unseen_by_pair(phase);
    auto unseen = [&](int level) { return pairs[static_cast<std::size_t>((level >> 1) - kFirstPair)]; };
    // The probability of `flags`, whose highest bit is about `level`, whose next one is about the level below, ...
    auto probability = [&](Fraction p, std::uint32_t flags, int count, int level) {
        for (int bit = count - 1; bit >= 0; bit--, level--)
            p = times(p, flags >> bit & 1 ? kOne - unseen(level) : unseen(level));
        return p;
    };
    Frequencies f{};
    Cumulate heads(kHeadBits, kHeads + 1);
    for (int row = 0; row < kRows; row++) {
        const int level = row + kFirstLevel;
        const Fraction e = unseen(level), square = times(e, e);
        // Above an odd level there is 2 rho in all, and above an even one the other level of its pair too.
        const Fraction u = times(level & 1 ? square : times(square, e), kOne - e);
        for (std::uint32_t flags = 0; flags < 1u << kHeadFlags; flags++)
            f.head[static_cast<std::uint32_t>(row) << kHeadFlags | flags] =
                heads.next(probability(u, flags, kHeadFlags, level - 1));
        Cumulate tails(kTailBits, kTails);
        for (std::uint32_t flags = 0; flags < kTails; flags++)
            f.tail[row][flags] = tails.next(probability(kOne, flags, kTailFlags, level - 1 - kHeadFlags));
        f.tail[row][kTails] = 1 << kTailBits;
    }
    f.head[kEscape] = heads.next(0);
    f.head[kEscape + 1] = 1 << kHeadBits;
    return f;
}

constexpr Slots slots(const Frequencies &f) noexcept {
    Slots s{};
    for (std::uint32_t symbol = 0; symbol <= kEscape; symbol++)
        for (std::uint32_t i = f.head[symbol]; i < f.head[symbol + 1]; i++)
            s.head[i] = static_cast<std::uint8_t>(symbol);
    for (int row = 0; row < kRows; row++)
        for (std::uint32_t symbol = 0; symbol < kTails; symbol++)
            for (std::uint32_t i = f.tail[row][symbol]; i < f.tail[row][symbol + 1]; i++)
                s.tail[row][i] = static_cast<std::uint8_t>(symbol);
    return s;
}

// One variable each: compilers limit how much one constant may take to compute.
template <int Phase>
inline constexpr Frequencies kFrequencies = frequencies(Phase);
template <int Phase>
inline constexpr Slots kSlots = slots(kFrequencies<Phase>);

inline constexpr const Frequencies *kFrequenciesOf[kPhases] = {&kFrequencies<0>, &kFrequencies<1>, &kFrequencies<2>,
                                                               &kFrequencies<3>};
inline constexpr const Slots *kSlotsOf[kPhases] = {&kSlots<0>, &kSlots<1>, &kSlots<2>, &kSlots<3>};

// ---- the choice of lambda ----------------------------------------
//
// Code c stands for lambda = 2^((c - 16) / 4), and is the one that the mean of u is nearest to: it is above
// kMeanLimit[c - 1], 256 times the mean of u at lambda = 2^((c - 16.5) / 4), and not above the next. From the last one
// in the table on they are 128 apart.
inline constexpr int kCodeOfOne = 16, kLargestCode = 235;  // so that u of every row fits seven bits
inline constexpr std::uint32_t kMeanLimit[] = {60,  71,  84,  99,  117, 139, 163,  192,  226,  265,  309,  361,  419,
                                               485, 560, 642, 732, 831, 936, 1048, 1166, 1287, 1411, 1537, 1665, 1792};
inline constexpr std::uint32_t kMeanStep = 128;

constexpr int code_for(std::uint32_t mean256) noexcept {
    constexpr int count = sizeof kMeanLimit / sizeof *kMeanLimit;
    int code = 0;
    if (mean256 > kMeanLimit[count - 1])
        code = count + static_cast<int>((mean256 - kMeanLimit[count - 1] - 1) / kMeanStep);
    else
        while (kMeanLimit[code] < mean256) code++;
    return code < kLargestCode ? code : kLargestCode;
}

// u of row 0: below 1 for a small lambda.
constexpr int first_u(int code) noexcept { return 2 * ((code - kCodeOfOne) >> 2) - 3 + kFirstLevel; }
static_assert(first_u(kLargestCode) + kRows <= 128);

}  // namespace sketch::distinct::model
