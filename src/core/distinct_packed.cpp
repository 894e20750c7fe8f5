// The packed form of a distinct sketch, both ways. docs/FORMAT.md describes every byte.
#include "distinct.hpp"
#include "distinct_entropy.hpp"
#include "distinct_tokens.hpp"

namespace sketch::distinct {

namespace {

enum : std::uint8_t { kIsDense = 1, kIsRaw = 2 };

constexpr std::size_t kHeaderSize = 5;

Status decode_counted_tokens(ByteReader &in, std::uint32_t *tokens, View &v) noexcept {
    const std::uint64_t stored = in.varint();
    if (!in.ok()) return in.remaining() == 0 ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
    if (stored > most_tokens(v.precision) || !is_header_kind(v.kind, stored == 0)) return SKETCH_CORRUPT;
    v.token_count = static_cast<std::uint32_t>(stored);
    v.tokens = tokens;
    if (stored == 0) return in.remaining() == 0 ? SKETCH_OK : SKETCH_TRAILING;
    return decode_tokens(in.position(), in.remaining(), v.token_count, tokens);
}

void encode_raw(const View &v, std::uint8_t *to) noexcept {
    for (std::uint32_t i = 0; i < register_count(v.precision); i++) {
        to[2 * i] = static_cast<std::uint8_t>(v.registers[i]);
        to[2 * i + 1] = static_cast<std::uint8_t>(v.registers[i] >> 8);
    }
}

Status decode_raw(const std::uint8_t *from, std::size_t size, Register *registers, int precision) noexcept {
    if (size < registers_size(precision)) return SKETCH_TRUNCATED;
    for (std::uint32_t i = 0; i < register_count(precision); i++)
        registers[i] = static_cast<Register>(from[2 * i] | from[2 * i + 1] << 8);
    if (size > registers_size(precision)) return SKETCH_TRAILING;
    // Only what coding does not make smaller is stored so.
    return are_registers(registers, precision) && encode_registers(registers, precision, nullptr) == 0 ? SKETCH_OK
                                                                                                       : SKETCH_CORRUPT;
}

void write_header(const View &v, unsigned flags, std::uint8_t *to) noexcept {
    const std::uint8_t header[kHeaderSize] = {kFormatVersion, static_cast<std::uint8_t>(Family::distinct),
                                              static_cast<std::uint8_t>(flags), static_cast<std::uint8_t>(v.kind),
                                              static_cast<std::uint8_t>(v.precision)};
    std::memcpy(to, header, kHeaderSize);
}

}  // namespace

// Tokens: two bits of gaps each on average, their low parts, and up to 47 bits of leading zeros.
std::size_t packed_bound(const View &v) noexcept {
    return 64 + (v.dense ? registers_size(v.precision) : std::size_t{16} * v.token_count);
}

Status encode(const View &v, ByteWriter &out) noexcept {
    if (!v.dense) {
        std::uint8_t *header = out.reserve(kHeaderSize);
        if (header == nullptr) return SKETCH_NO_ROOM;
        write_header(v, 0, header);
        encode_tokens(v, out);
        return out.ok() ? SKETCH_OK : SKETCH_NO_ROOM;
    }
    // Registers that do not become smaller take as much as they do in memory: room for both.
    const std::size_t room = registers_size(v.precision);
    std::uint8_t *header = out.reserve(kHeaderSize), *coded = out.reserve(room);
    if (!out.ok()) return SKETCH_NO_ROOM;
    const std::size_t size = encode_registers(v.registers, v.precision, coded);
    if (size > 0) out.give_back(room - size);
    else encode_raw(v, coded);
    write_header(v, size > 0 ? kIsDense : kIsDense | kIsRaw, header);
    return SKETCH_OK;
}

namespace {

Status decode_header(ByteReader &in, std::size_t size, View &into, std::uint8_t &flags) noexcept {
    std::uint8_t version = in.byte(), family = in.byte();
    flags = in.byte();
    std::uint8_t kind = in.byte(), precision = in.byte();
    if (size == 0) return SKETCH_TRUNCATED;
    if (version != kFormatVersion) return SKETCH_WRONG_VERSION;
    if (size > 1 && family != static_cast<std::uint8_t>(Family::distinct)) return SKETCH_WRONG_FAMILY;
    if (!in.ok()) return SKETCH_TRUNCATED;
    if (flags > (kIsDense | kIsRaw) || flags == kIsRaw || !is_header_kind(kind, flags == 0) ||
        precision < kMinPrecision || precision > kMaxPrecision)
        return SKETCH_CORRUPT;
    into = View();
    into.kind = kind;
    into.precision = precision;
    into.dense = flags & kIsDense;
    return SKETCH_OK;
}

}  // namespace

Status decode(const std::uint8_t *packed, std::size_t size, Storage storage, View &into) noexcept {
    ByteReader in(packed, size);
    View view;
    std::uint8_t flags = 0;
    if (Status s = decode_header(in, size, view, flags); s != SKETCH_OK) return s;
    Status s;
    if (!view.dense) {
        s = decode_counted_tokens(in, storage.tokens, view);
    } else {
        view.registers = storage.registers;
        const std::uint8_t *from = packed + kHeaderSize;
        s = flags & kIsRaw ? decode_raw(from, size - kHeaderSize, storage.registers, view.precision)
                           : decode_registers(from, size - kHeaderSize, storage.registers, view.precision);
    }
    if (s == SKETCH_OK) into = view;
    return s;
}

std::size_t storage_size(const void *sketch, std::size_t size, bool is_work) noexcept {
    View view;
    if (is_work) {
        if (work_read_header(sketch, size, view) != SKETCH_OK) return 0;
        return view.dense ? registers_size(view.precision) : sizeof(std::uint32_t) * view.token_count;
    }
    ByteReader in(static_cast<const std::uint8_t *>(sketch), size);
    std::uint8_t flags = 0;
    if (decode_header(in, size, view, flags) != SKETCH_OK) return 0;
    if (view.dense) return registers_size(view.precision);
    // A token takes two bits or more; that there are too few is found out before any is written.
    const std::uint64_t tokens =
        std::min({in.varint(), std::uint64_t{most_tokens(view.precision)}, 8 * std::uint64_t{size}});
    return sizeof(std::uint32_t) * (static_cast<std::size_t>(tokens) + kTokenSlack);
}

}  // namespace sketch::distinct
