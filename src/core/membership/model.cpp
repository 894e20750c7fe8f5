// How many blocks a filter needs, and what it lets through.
#include <algorithm>
#include <cmath>

#include "membership.hpp"

namespace sketch::membership {

namespace {

// Rates from one hundred-thousandth to a half. (The doubles that these quotients are have the literals 0.00001 and
// 0.5.)
constexpr double kRateUnits = 100000;
bool is_in_range(double rate) noexcept { return rate >= 1 / kRateUnits && rate <= kMaxRate / kRateUnits; }

// The chance that a bit of a word is still zero after one more item of its block, and that this item has the low bits
// of a probe, and so its mask.
constexpr double kStaysZero = 31.0 / 32.0, kSameLow = 1.0 / (1 << kLowBits);

// Either an item of the block has the low bits of the probe, or all 8 bits of the probe are set by several items: as if
// the bits of a mask were independent, although the low bits choose them all. (A test compares.)
double either(double same, double all_set) noexcept { return all_set + same * (1 - all_set); }

double block_rate(double items) noexcept {
    return either(-std::expm1(items * std::log1p(-kSameLow)),
                  std::pow(-std::expm1(items * std::log(kStaysZero)), kWords));
}

// The mean of that over the blocks: the number of items in a block is binomially distributed, n trials of chance 1/2^j.
// (Putze, Sanders and Singler, section 3, with the Poisson distribution instead, which is its limit for many blocks.)
double dense_rate(int log2_blocks, double items) noexcept {
    if (log2_blocks == 0) return block_rate(items);
    const double p = std::ldexp(1.0, -log2_blocks), mean = items * p;
    constexpr double kMaxTerms = 512;  // e^-512 is still a normal double
    if (mean <= kMaxTerms) {
        double chance = std::exp(items * std::log1p(-p)), sum = 0;
        const double odds = p / (1 - p);
        double zero = 1, same = 0;
        for (double i = 0; i <= items; i++, zero *= kStaysZero, same = either(same, kSameLow)) {
            double set = 1 - zero, squared = set * set;
            sum += chance * either(same, (squared * squared) * (squared * squared));
            chance *= (items - i) / (i + 1) * odds;
            if (i > mean && chance < sum * 1e-17) break;
        }
        return std::min(sum, 1.0);
    }
    // The same by the binomial theorem: 1 - E s^I (1 - (1 - z^I)^8), s the chance of other low bits, with E z^I =
    // (1 - p (1 - z))^n. Nearly 1, so nothing cancels.
    double sum = 1, choose = 1;
    for (int k = 1; k <= kWords; k++) {
        choose *= -(kWords + 1.0 - k) / k;
        sum += choose * std::exp(items * std::log1p(-p * (1 - (1 - kSameLow) * std::pow(kStaysZero, k))));
    }
    return std::min(sum, 1.0);
}

}  // namespace

double expected_rate(int log2_blocks, std::uint64_t items) noexcept {
    if (items <= max_tokens(log2_blocks)) return std::ldexp(static_cast<double>(items), -(kLowBits + log2_blocks));
    return dense_rate(log2_blocks, static_cast<double>(items));
}

int log2_blocks_for(std::uint64_t items, double rate) noexcept {
    if (items == 0 || !is_in_range(rate)) return kOutOfRange;
    for (int log2_blocks = 0; log2_blocks <= kMaxLog2Blocks; log2_blocks++)
        if (expected_rate(log2_blocks, items) <= rate) return log2_blocks;
    return kTooLarge;
}

// The least that may be kept and is no less than this.
int kept_rate(double rate) noexcept {
    if (!is_in_range(rate)) return kOutOfRange;
    int kept = 1;
    while (kept / kRateUnits < rate) {
        const RateDigit split(kept);
        kept = rate_from(split.digit + 1, split.exponent);
    }
    return kept;
}

Fill fill_in(const View &view, std::uint64_t enough) noexcept {
    Fill all = {0, 0};
    // Blocks with pending tokens, once each, as they will be.
    std::uint64_t done[kPending], count = 0;
    for_each_pending(view, [&](std::uint64_t token) {
        const std::uint64_t number = token_block(token);
        if (number >= blocks_of(view.log2_blocks) || std::find(done, done + count, number) != done + count) return;
        done[count++] = number;
        std::uint8_t copy[kBlockSize];
        copy_block(view, number, copy);
        const Fill then = fill_of(copy, 1), before = fill_of(view.data + kBlockSize * number, 1);
        all.masks += then.masks - before.masks;
        all.ones += then.ones - before.ones;
    });
    for_blocks(blocks_of(view.log2_blocks), 0, [&](std::uint64_t first, std::uint64_t blocks) {
        const Fill more = fill_of(view.data + kBlockSize * first, blocks);
        all.masks += more.masks;
        all.ones += more.ones;
        return all.masks < enough;
    });
    return all;
}

// Bits set in the 8 words of a block are independent for a probe: their product over 32^8, averaged over the blocks, an
// exact integer until the end. To that comes the chance of an item's low bits, which matters for rates that are next to
// the least: for that the items of a block are counted by the bits of all blocks that are zero. There are e^(-m / 32)
// of them, if blocks have m items on average.
double measured_rate(const View &view) noexcept {
    if (!view.dense) return std::ldexp(static_cast<double>(view.tokens), -(kLowBits + view.log2_blocks));
    const Fill fill = fill_in(view, ~std::uint64_t{0});
    const double all_set = std::ldexp(static_cast<double>(fill.masks), -(5 * kWords + view.log2_blocks));
    const double ones = std::ldexp(static_cast<double>(fill.ones), -(8 + view.log2_blocks));
    return ones == 1 ? 1 : either(-32 * std::log1p(-ones) * kSameLow, all_set);
}

// Hashes choose the blocks: the first ones are like the others.
double sampled_rate(const View &view) noexcept {
    View sample = view;
    if (view.dense) sample.log2_blocks = std::min(view.log2_blocks, 10);
    return measured_rate(sample);
}

}  // namespace sketch::membership
