// The prefix code of registers (code.cpp).
//
// A symbol is a row and the flags of a register: as many of them as are frequent enough have a code word of up to
// kMaxBits bits, so that one look into a table tells the register and the length of its code. Other registers are
// escaped. Of larger codes of lambda the flags of levels 2 and 3, which are set in about half of all registers, are no
// part of the symbol: they follow the code word as they are.
#pragma once

#include <cstdint>

#include "distinct.hpp"
#include "model.hpp"

namespace sketch::distinct {

class PrefixCode {
  public:
    static constexpr int kMaxBits = 12, kMaxRawFlags = 2;
    static constexpr int kFirstCodeWithRawFlags = 21;
    static constexpr std::uint32_t kEscape = 31u << kFlagBits;  // as a register less the base

    // The code for lambda's code, made if this is the first time. Any number of threads may call it: those that find no
    // code make it, all the same, and whoever reads it does not care which of them wrote what is there.
    static const PrefixCode &of(int code) noexcept;

    // u of the first row, or 0 where rows begin below 1: registers are stored and looked up less base << kFlagBits.
    static constexpr std::uint32_t base(int code) noexcept {
        return static_cast<std::uint32_t>(model::first_u(code) > 0 ? model::first_u(code) : 0);
    }

    // What the next bits of a window say, from its highest bit on.
    class Slot {
      public:
        explicit Slot(std::uint32_t bits) noexcept : bits_(bits) {}
        std::uint32_t bits() const noexcept { return bits_; }
        int length() const noexcept { return static_cast<int>(bits_ & kSix); }  // with raw flags
        std::uint32_t register_in(std::uint64_t window) const noexcept {
            const std::uint64_t mask = std::uint64_t{kRawMask} << (bits_ >> kFirstAt & kSix);
            return bits_ >> kRegisterAt ^ static_cast<std::uint32_t>(window >> (bits_ >> kShiftAt & kSix) & mask);
        }

        // Where the parts are: six bits each, the last one has the rest. The raw flags are at kRawMask << first once
        // the window is shifted to the right. What else is there by the shift is in the register, too, and so vanishes.
        // The length comes first: sums of slots are sums of lengths.
        static constexpr std::uint32_t kRawMask = (1u << kMaxRawFlags) - 1, kSix = 63;
        static constexpr int kFirstAt = 6, kShiftAt = 12, kRegisterAt = 18;

      private:
        std::uint32_t bits_;
    };
    Slot slot(std::uint64_t window) const noexcept { return Slot(read(slots_[window >> (64 - kMaxBits)])); }

    struct Word {
        std::uint32_t bits;
        int length;  // 0: there is none
    };
    // With the raw flags.
    Word word_of(std::uint32_t register_less_base) const noexcept {
        const std::uint32_t row = register_less_base >> kFlagBits;
        if (row >= model::kRows) return {0, 0};
        const std::uint32_t raw = read(raw_[row]);
        const std::uint32_t mask = raw >> kRawMaskAt, first = raw & 15, count = raw >> 4 & 15;
        const Word word = unpacked(read(words_[register_less_base & ~mask]));
        if (word.length == 0) return word;
        return {word.bits << count | (register_less_base & mask) >> first, word.length + static_cast<int>(count)};
    }
    Word escape() const noexcept { return unpacked(read(escape_)); }

  private:
    // What is below is written by one thread or by several at once, with the same values, and read meanwhile by those
    // that found it ready. (Not of type std::atomic: so many of those are not zero before a program begins, but set to
    // zero by it.)
    template <typename T>
    static T read(const T &from) noexcept {
        return __atomic_load_n(&from, __ATOMIC_RELAXED);
    }
    template <typename T>
    static void write(T &to, std::uint32_t value) noexcept {
        __atomic_store_n(&to, static_cast<T>(value), __ATOMIC_RELAXED);
    }

    static constexpr int kRawMaskAt = 8;
    static Word unpacked(std::uint32_t word) noexcept { return {word >> 4, static_cast<int>(word & 15)}; }
    void make(int code) noexcept;

    std::uint32_t slots_[1 << kMaxBits];
    std::uint16_t words_[model::kRows << kFlagBits];  // code word << 4 | its length
    std::uint32_t raw_[model::kRows];                 // mask << 8 | number << 4 | first
    std::uint16_t escape_;
    bool is_ready_;
};

}  // namespace sketch::distinct
