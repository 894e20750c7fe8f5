// Code words are those of Huffman (1952), made from weights that are integers, with ties that are fixed; and made
// canonical, so that nothing but their lengths matters. docs/FORMAT.md has the same in words.
//
// Codes are kept for the life of the process, 46 kB each, of which a page is taken when it is first written to. There
// are 60 of them: from kFirstShared on, where no row reaches down to the flags that are given, they differ in the base
// only. A code takes some 30 us to make, which is why it is kept; sketches of one size and precision need one or two.
// Memory of the caller would have to be handed through all calls that read a sketch.
#include "code.hpp"

#include <algorithm>
#include <array>

namespace sketch::distinct {

namespace {

using model::Fraction;
using model::kOne;

// A word takes at most so many bits if no weight is below 2^-bits of all. Rarer symbols have none, but for those that
// are nearly as frequent.
constexpr Fraction kLeastWeight = kOne >> PrefixCode::kMaxBits, kRarest = kLeastWeight * 3 / 16;

// Levels of the flags that stand raw.
constexpr int kFirstRawLevel = 2, kLastRawLevel = 3;

struct Symbol {
    std::uint32_t weight;
    std::uint16_t register_less_base;
    std::uint8_t length;
};

constexpr std::size_t kMaxSymbols = 704;

// All symbols of a code, in ascending order of their registers, the escape last.
class Symbols {
  public:
    explicit Symbols(int code) noexcept : first_u_(model::first_u(code)), unseen_(model::unseen_by_pair(code & 3)) {
        const std::uint32_t base = PrefixCode::base(code);
        Fraction empty = 0;  // register 0
        for (int row = 0; row < -first_u_ + 1 && row < model::kRows; row++) empty += of_row(row);
        if (first_u_ <= 0) push(empty, 0);
        for (int row = std::max(1 - first_u_, 0); row < model::kRows; row++) {
            const std::uint32_t u = static_cast<std::uint32_t>(first_u_ + row);
            const Register above = static_cast<Register>((u - base) << kFlagBits | given_flags(u));
            add(of_row(row), above, row + model::kFirstLevel - 1, raw_flags(code, row), kFlagBits - 1);
        }
        push(kOne - sum_, PrefixCode::kEscape);
    }

    static std::uint32_t raw_flags(int code, int row) noexcept {
        std::uint32_t mask = 0;
        if (code < PrefixCode::kFirstCodeWithRawFlags) return mask;
        for (int level = kFirstRawLevel; level <= kLastRawLevel; level++) {
            const int below = row + model::kFirstLevel - level;  // u
            if (below >= 1 && below <= kFlagBits) mask |= 1u << (kFlagBits - below);
        }
        return mask;
    }

    std::size_t size() const noexcept { return size_; }
    Symbol &operator[](std::size_t i) noexcept { return symbols_[i]; }

  private:
    Fraction unseen(int level) const noexcept {
        return unseen_[static_cast<std::size_t>((level >> 1) - model::kFirstPair)];
    }

    // Above an odd level there is 2 rho in all, and above an even one the other level of its pair too.
    Fraction of_row(int row) const noexcept {
        const int level = row + model::kFirstLevel;
        const Fraction e = unseen(level), square = model::times(e, e);
        return model::times(level & 1 ? square : model::times(square, e), kOne - e);
    }

    // Both values of each flag from `bit`, which tells of `level`, downwards; but of raw ones, and of those that are
    // given, none.
    void add(Fraction weight, Register flags_above, int level, std::uint32_t raw, int bit) noexcept {
        if (weight < kRarest) return;
        if (bit < 0 || level - model::kFirstLevel + first_u_ < 1) return push(weight, flags_above);
        if (raw >> bit & 1) return add(weight, flags_above, level - 1, raw, bit - 1);
        add(model::times(weight, unseen(level)), flags_above, level - 1, raw, bit - 1);
        const Register set = static_cast<Register>(flags_above | 1u << bit);
        add(model::times(weight, kOne - unseen(level)), set, level - 1, raw, bit - 1);
    }

    void push(Fraction weight, std::uint32_t register_less_base) noexcept {
        symbols_[size_++] = {static_cast<std::uint32_t>(weight), static_cast<std::uint16_t>(register_less_base), 0};
        sum_ += weight;
    }

    int first_u_;
    std::array<Fraction, model::kPairs> unseen_;
    Fraction sum_ = 0;
    std::size_t size_ = 0;
    Symbol symbols_[kMaxSymbols];
};

// The lengths of Huffman's code, by two queues (van Leeuwen 1976): of symbols, the lightest first and of those that
// are as light the first one, and of sums, in the order in which they were made. Of two that are as light, the symbol
// goes first.
void set_lengths(Symbols &symbols) noexcept {
    const std::size_t count = symbols.size();
    std::uint16_t order[kMaxSymbols], parent[2 * kMaxSymbols];
    std::uint8_t depth[2 * kMaxSymbols];
    Fraction sums[kMaxSymbols];
    for (std::size_t i = 0; i < count; i++) order[i] = static_cast<std::uint16_t>(i);
    std::sort(order, order + count, [&](std::uint16_t a, std::uint16_t b) {
        const std::uint32_t left = symbols[a].weight, right = symbols[b].weight;
        return left < right || (left == right && a < b);
    });
    std::size_t leaf = 0, sum = 0, made = 0;
    auto take = [&]() -> Fraction {
        const std::uint16_t above = static_cast<std::uint16_t>(count + made);
        if (leaf < count) {
            const Fraction weight = std::max<Fraction>(symbols[order[leaf]].weight, kLeastWeight);
            if (sum == made || weight <= sums[sum]) {
                parent[leaf++] = above;
                return weight;
            }
        }
        parent[count + sum] = above;
        return sums[sum++];
    };
    while (made < count - 1) {
        const Fraction first = take();
        sums[made] = first + take();
        made++;
    }
    std::size_t node = 2 * count - 2;
    depth[node] = 0;
    while (node-- > 0) depth[node] = static_cast<std::uint8_t>(depth[parent[node]] + 1);
    for (std::size_t i = 0; i < count; i++) symbols[order[i]].length = depth[i];
}

constexpr int kFirstShared = 56;
static_assert(model::first_u(kFirstShared) > kFlagBits);

// Where the code for lambda's code is kept: without the base they are the same from kFirstShared on.
constexpr int kept_at(int code) noexcept { return code < kFirstShared ? code : kFirstShared + (code & 3); }
static_assert(kFirstShared % model::kPhases == 0);

PrefixCode kept[kFirstShared + model::kPhases];

}  // namespace

void PrefixCode::make(int code) noexcept {
    Symbols symbols(code);
    set_lengths(symbols);
    for (int row = 0; row < model::kRows; row++) {
        const std::uint32_t mask = Symbols::raw_flags(code, row);
        // Rows below level 1 are not there.
        const int above = row + std::min(model::first_u(code), 0);
        if (mask == 0 || above < 0) continue;
        const std::uint32_t first = static_cast<std::uint32_t>(std::countr_zero(mask));
        const std::uint32_t number = static_cast<std::uint32_t>(std::popcount(mask));
        write(raw_[above], mask << kRawMaskAt | number << 4 | first);
    }
    // Canonical: the shortest first, those of one length in the order of their symbols.
    std::uint32_t next = 0;
    for (int length = 1; length <= kMaxBits; length++, next <<= 1)
        for (std::size_t i = 0; i < symbols.size(); i++) {
            if (symbols[i].length != length) continue;
            const std::uint32_t r = symbols[i].register_less_base, word = next++;
            const bool escapes = r == kEscape;
            const std::uint32_t raw = escapes ? 0 : read(raw_[r >> kFlagBits]);
            const int all = length + static_cast<int>(raw >> 4 & 15);
            const std::uint32_t first = raw & 15, shift = static_cast<std::uint32_t>(64 - all) - first;
            const std::uint64_t window = std::uint64_t{word} << (64 - length);
            const std::uint32_t by_the_way = static_cast<std::uint32_t>(window >> shift) & Slot::kRawMask << first;
            const std::uint32_t slot = static_cast<std::uint32_t>(all) | first << Slot::kFirstAt |
                                       shift << Slot::kShiftAt | (r ^ by_the_way) << Slot::kRegisterAt;
            const int free = kMaxBits - length;
            for (std::uint32_t s = word << free; s < (word + 1) << free; s++) write(slots_[s], slot);
            write(escapes ? escape_ : words_[r], word << 4 | static_cast<std::uint32_t>(length));
        }
    __atomic_store_n(&is_ready_, true, __ATOMIC_RELEASE);
}

const PrefixCode &PrefixCode::of(int code) noexcept {
    PrefixCode &code_kept = kept[kept_at(code)];
    if (!__atomic_load_n(&code_kept.is_ready_, __ATOMIC_ACQUIRE)) [[unlikely]]
        code_kept.make(code);
    return code_kept;
}

}  // namespace sketch::distinct
