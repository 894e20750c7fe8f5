// Entropy coding of registers (distinct_entropy.cpp).
#pragma once

#include "distinct.hpp"

namespace sketch::distinct {

// Bytes that encode_registers writes for these, or a number that is not smaller than what they take as they are.
std::size_t coded_size(const Register *registers, int precision) noexcept;

void encode_registers(const Register *registers, int precision, ByteWriter &out) noexcept;

// Accepts exactly what encode_registers writes in fewer bytes than the registers take as they are.
Status decode_registers(const std::uint8_t *from, std::size_t size, Register *registers, int precision) noexcept;

}  // namespace sketch::distinct
