// Entropy coding of registers (distinct_entropy.cpp).
#pragma once

#include "distinct.hpp"

namespace sketch::distinct {

// Room for coded registers: no more than they take as they are.
union Coded {
    std::uint8_t bytes[sizeof(Register) << kMaxPrecision];
};

// Writes them to `into` and returns how many bytes, or 0 if that is not less than they take as they are.
std::size_t encode_registers(const Register *registers, int precision, Coded &into) noexcept;

// Accepts exactly what encode_registers writes.
Status decode_registers(const std::uint8_t *from, std::size_t size, Register *registers, int precision) noexcept;

}  // namespace sketch::distinct
