// Entropy coding of registers: none yet, all are stored as they are.
#include "distinct_entropy.hpp"

namespace sketch::distinct {

std::size_t coded_size(const Register *, int precision) noexcept {
    return sizeof(Register) * register_count(precision);
}

void encode_registers(const Register *, int, ByteWriter &) noexcept {}

Status decode_registers(const std::uint8_t *, std::size_t, Register *, int) noexcept { return SKETCH_CORRUPT; }

}  // namespace sketch::distinct
