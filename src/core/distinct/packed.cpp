// The packed form of a distinct sketch, both ways. docs/FORMAT.md describes every byte.
#include "distinct.hpp"
#include "entropy.hpp"
#include "grid.hpp"
#include "tokens.hpp"

namespace sketch::distinct {

namespace {

enum : std::uint8_t { kIsDense = 1, kIsRaw = 2 };

constexpr std::size_t kHeaderSize = 5, kPlaceSize = 2;  // that of the estimate, of registers only

void encode_raw(const View &v, std::uint8_t *to) noexcept {
    for (std::uint32_t i = 0; i < register_count(v.precision); i++) {
        to[2 * i] = static_cast<std::uint8_t>(v.registers[i]);
        to[2 * i + 1] = static_cast<std::uint8_t>(v.registers[i] >> 8);
    }
}

Status decode_raw(const std::uint8_t *from, std::size_t size, Register *registers, int precision, int code) noexcept {
    if (size < registers_size(precision)) return SKETCH_TRUNCATED;
    for (std::uint32_t i = 0; i < register_count(precision); i++)
        registers[i] = static_cast<Register>(from[2 * i] | from[2 * i + 1] << 8);
    if (size > registers_size(precision)) return SKETCH_TRAILING;
    // Only what coding does not make smaller is stored so.
    if (!are_registers(registers, precision)) return SKETCH_CORRUPT;
    return encode_registers(registers, precision, code, nullptr) == 0 ? SKETCH_OK : SKETCH_CORRUPT;
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
    const std::size_t capacity = registers_size(v.precision);
    std::uint8_t *header = out.reserve(kHeaderSize + kPlaceSize), *coded = out.reserve(capacity);
    if (!out.ok()) return SKETCH_NO_ROOM;
    const int place = place_of_estimate(v);
    if (v.place >= 0 && v.place != place) return SKETCH_CORRUPT;
    header[kHeaderSize] = static_cast<std::uint8_t>(place);
    header[kHeaderSize + 1] = static_cast<std::uint8_t>(place >> 8);
    const std::size_t size = encode_registers(v.registers, v.precision, grid::code_at(place), coded);
    if (size > 0) out.give_back(capacity - size);
    else encode_raw(v, coded);
    write_header(v, size > 0 ? kIsDense : kIsDense | kIsRaw, header);
    return SKETCH_OK;
}

namespace {

// `in` stands behind the header then.
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
    if (into.dense) {
        const int low = in.byte();
        into.place = low | in.byte() << 8;
        return in.ok() ? SKETCH_OK : SKETCH_TRUNCATED;
    }
    const std::uint64_t tokens = in.varint();
    if (!in.ok()) return in.remaining() == 0 ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
    if (tokens > max_tokens(precision) || !is_header_kind(kind, tokens == 0)) return SKETCH_CORRUPT;
    into.token_count = static_cast<std::uint32_t>(tokens);
    return SKETCH_OK;
}

}  // namespace

Status open_header(const std::uint8_t *packed, std::size_t size, std::size_t at_hand, View &into) noexcept {
    ByteReader in(packed, at_hand);
    std::uint8_t flags = 0;
    const Status s = decode_header(in, size, into, flags);
    if (s != SKETCH_OK) return s;
    const std::size_t behind = size - (at_hand - in.remaining()), raw_size = registers_size(into.precision);
    if (into.dense) {
        if (behind < (flags & kIsRaw ? raw_size : 1)) return SKETCH_TRUNCATED;
        return behind < raw_size || flags & kIsRaw ? SKETCH_OK : SKETCH_CORRUPT;
    }
    return into.token_count <= 4 * behind ? SKETCH_OK : SKETCH_TRUNCATED;  // of two bits or more
}

Status decode_packed(const std::uint8_t *packed, std::size_t size, Storage storage, View &into) noexcept {
    ByteReader in(packed, size);
    View view;
    std::uint8_t flags = 0;
    Status s = decode_header(in, size, view, flags);
    if (s != SKETCH_OK) return s;
    const std::uint8_t *const from = in.position();
    const std::size_t left = in.remaining();
    if (view.dense) {
        const int code = grid::code_at(view.place);
        view.registers = storage.registers;
        s = flags & kIsRaw ? decode_raw(from, left, storage.registers, view.precision, code)
                           : decode_registers(from, left, storage.registers, view.precision, code);
    } else {
        view.tokens = storage.tokens;
        if (view.token_count > 0) s = decode_tokens(from, left, view.token_count, storage.tokens);
        else if (left > 0) s = SKETCH_TRAILING;
    }
    if (s == SKETCH_OK) into = view;
    return s;
}

Status check(const View &packed) noexcept {
    return packed.dense && packed.place != place_of_estimate(packed) ? SKETCH_CORRUPT : SKETCH_OK;
}

std::size_t storage_size(const void *sketch, std::size_t size, bool is_work) noexcept {
    View view;
    if (is_work) {
        if (open_work(sketch, size, view) != SKETCH_OK) return 0;
        return view.dense ? registers_size(view.precision) : sizeof(std::uint32_t) * view.token_count;
    }
    ByteReader in(static_cast<const std::uint8_t *>(sketch), size);
    std::uint8_t flags = 0;
    if (decode_header(in, size, view, flags) != SKETCH_OK) return 0;
    if (view.dense) return registers_size(view.precision);
    // A token takes two bits or more; that there are too few is found out before any is written.
    const std::size_t tokens = std::min<std::size_t>(view.token_count, 8 * size);
    return sizeof(std::uint32_t) * (tokens + kTokenSlack);
}

}  // namespace sketch::distinct
