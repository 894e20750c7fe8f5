// Entropy coding of registers (entropy.cpp).
#pragma once

#include "distinct.hpp"

namespace sketch::distinct {

// Writes them with a code of lambda to `into`, which has room for as many bytes as they take in memory (or is null:
// nothing is written), and returns how many bytes, or 0 if that is not less than they take in memory.
std::size_t encode_registers(const Register *registers, int precision, int code, std::uint8_t *into) noexcept;

// Accepts exactly what encode_registers writes with this code.
Status decode_registers(const std::uint8_t *from, std::size_t size, Register *registers, int precision,
                        int code) noexcept;

}  // namespace sketch::distinct
