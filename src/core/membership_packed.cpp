// The packed form of a membership filter: one canonical byte string per filter. docs/FORMAT.md tells the same story.
//
//   version  family  flags  kind  log2_blocks  tokens                8 bytes, the last three the number of tokens
//   blocks                                                           of a dense filter: raw, so that one can be fetched
//   upper bits  low bits                                             else: the tokens, ascending, in Elias-Fano
//
// Elias-Fano (Elias 1974, Fano 1971) of n tokens of w bits: the lowest w - bit_width(n) bits of each as they are; the
// high parts as a bit vector with bit (high + i) set for token i. That split takes the fewest bits: less than 3 n for
// the vector, and with the low bits within a percent or two of the information that the set has. A membership test
// finds the tokens with its high part, less than one on average, by counting zeros, and compares their low bits.
#include <algorithm>
#include <cstring>

#include "membership.hpp"

namespace sketch::membership {

namespace {

constexpr unsigned kTokenBytes = 3;  // most_tokens(kMaxLog2Blocks) is 2^23
static_assert(most_tokens(kMaxLog2Blocks) < 1u << 8 * kTokenBytes);

std::uint64_t packed_size(bool dense, int log2_blocks, std::uint64_t tokens) noexcept {
    return kPackedHeader + (dense ? kBlockSize << log2_blocks : TokenLayout(tokens, log2_blocks).size());
}

void write_header(std::uint8_t *out, const View &view) noexcept {
    out[0] = kFormatVersion;
    out[1] = static_cast<std::uint8_t>(Family::membership);
    out[2] = view.dense ? kDense : 0;
    out[3] = static_cast<std::uint8_t>(view.kind);
    out[4] = static_cast<std::uint8_t>(view.log2_blocks);
    for (unsigned i = 0; i < kTokenBytes; i++) out[5 + i] = static_cast<std::uint8_t>(view.tokens >> 8 * i);
}

bool is_zero_from(const std::uint8_t *bytes, std::uint64_t bit, std::uint64_t byte_count) noexcept {
    return bit % 8 == 0 || bytes[byte_count - 1] >> bit % 8 == 0;
}

// Tokens of a table, ascending: dealt out by their top bits, then each deal sorted. `into` has room for all. False if
// the table does not hold what its header says.
bool sort_tokens(const View &work, std::uint64_t *into) noexcept {
    constexpr int kMostDealBits = 11;  // as many streams as the caches near the core can write at once
    const int deal_bits = std::min(static_cast<int>(std::bit_width(work.tokens)), kMostDealBits);
    const int shift = kLowBits + work.log2_blocks - deal_bits;
    std::uint32_t end[(1 << kMostDealBits) + 1];
    std::memset(end, 0, sizeof end[0] * ((std::size_t{1} << deal_bits) + 1));
    for_each_token(work, [&](std::uint64_t token) { return end[(token >> shift) + 1]++, true; });
    for (std::size_t i = 0; i < std::size_t{1} << deal_bits; i++) end[i + 1] += end[i];
    for_each_token(work, [&](std::uint64_t token) { return into[end[token >> shift]++] = token, true; });
    std::uint32_t begin = 0;  // by now each entry is the end of its own deal
    for (std::size_t i = 0; i < std::size_t{1} << deal_bits; begin = end[i++])
        if (end[i] - begin > 1) std::sort(into + begin, into + end[i]);
    return std::adjacent_find(into, into + work.tokens) == into + work.tokens;
}

Status pack_tokens(const View &work, std::uint8_t *out, std::size_t capacity, std::size_t &out_size) noexcept {
    if (Status s = check_work_tokens(work); s != SKETCH_OK) return s;
    TokenLayout layout(work.tokens, work.log2_blocks);
    const std::uint64_t size = kPackedHeader + layout.size(), scratch = 8 * work.tokens;
    if (capacity < size + scratch + 7) return SKETCH_NO_ROOM;
    std::uintptr_t end = reinterpret_cast<std::uintptr_t>(out) + capacity;
    std::uint64_t *tokens = reinterpret_cast<std::uint64_t *>(out + capacity - end % 8 - scratch);
    if (!sort_tokens(work, tokens)) return SKETCH_CORRUPT;

    write_header(out, work);
    std::uint8_t *upper = out + kPackedHeader;
    std::memset(upper, 0, layout.upper_bytes);
    for (std::uint64_t i = 0; i < work.tokens; i++) {
        std::uint64_t at = (tokens[i] >> layout.low_bits) + i;
        upper[at / 8] = static_cast<std::uint8_t>(upper[at / 8] | 1u << at % 8);
    }
    ByteWriter bytes(upper + layout.upper_bytes, layout.low_bytes);
    BitWriter bits(bytes);
    for (std::uint64_t i = 0; i < work.tokens; i++) bits.bits(tokens[i] & low_mask(layout.low_bits), layout.low_bits);
    bits.flush();
    out_size = size;
    return SKETCH_OK;
}

Status pack_blocks(const View &view, std::uint8_t *out, std::size_t capacity, std::size_t &out_size) noexcept {
    const std::uint64_t blocks = blocks_of(view.log2_blocks), size = packed_size(true, view.log2_blocks, 0);
    std::uint64_t used = 0;
    if (!block_loops().are_sound(view.data, blocks, used) || used == 0) return SKETCH_CORRUPT;
    if (capacity < size) return SKETCH_NO_ROOM;
    write_header(out, view);
    std::uint8_t *to = out + kPackedHeader;
    if constexpr (std::endian::native == std::endian::little) std::memcpy(to, view.data, blocks * kBlockSize);
    else
        for (std::uint64_t i = 0; i < kWords * blocks; i++)
            store_word(to + 4 * i, load_word(view.data + 4 * i, view.words()), Words::little_endian);
    out_size = size;
    return SKETCH_OK;
}

}  // namespace

Status read_header(const std::uint8_t *head, std::size_t head_size, PackedHeader &header) noexcept {
    if (head_size == 0) return SKETCH_TRUNCATED;
    if (head[0] != kFormatVersion) return SKETCH_WRONG_VERSION;
    if (head_size > 1 && head[1] != static_cast<std::uint8_t>(Family::membership)) return SKETCH_WRONG_FAMILY;
    if (head_size < kPackedHeader) return SKETCH_TRUNCATED;
    if (head[2] & ~kDense || !is_kind(head[3]) || head[4] > kMaxLog2Blocks) return SKETCH_CORRUPT;
    header.dense = (head[2] & kDense) != 0;
    header.kind = head[3];
    header.log2_blocks = head[4];
    header.tokens = 0;
    for (unsigned i = 0; i < kTokenBytes; i++) header.tokens |= static_cast<std::uint64_t>(head[5 + i]) << 8 * i;
    if (header.tokens > (header.dense ? 0 : most_tokens(header.log2_blocks))) return SKETCH_CORRUPT;
    header.size = packed_size(header.dense, header.log2_blocks, header.tokens);
    return SKETCH_OK;
}

Status open_packed(const std::uint8_t *packed, std::size_t size, View &view) noexcept {
    PackedHeader header;
    if (Status s = read_header(packed, size, header); s != SKETCH_OK) return s;
    if (size != header.size) return size < header.size ? SKETCH_TRUNCATED : SKETCH_TRAILING;
    view = {header.kind, header.log2_blocks, header.dense, false, header.tokens, packed + kPackedHeader, 0, packed,
            size};
    return SKETCH_OK;
}

Status check_tokens(const View &packed) noexcept {
    TokenLayout layout(packed.tokens, packed.log2_blocks);
    const std::uint8_t *low = packed.data + layout.upper_bytes;
    if (!is_zero_from(packed.data, layout.upper_length, layout.upper_bytes) ||
        !is_zero_from(low, layout.count * static_cast<unsigned>(layout.low_bits), layout.low_bytes))
        return SKETCH_CORRUPT;
    std::uint64_t next = 0;  // at least
    std::uint64_t ascending = for_each_packed_token(packed, [&](std::uint64_t token) {
        if (token < next) return false;
        next = token + 1;
        return true;
    });
    return ascending == layout.count ? SKETCH_OK : SKETCH_CORRUPT;
}

Status check_packed(const std::uint8_t *packed, std::size_t size) noexcept {
    View view;
    if (Status s = open_packed(packed, size, view); s != SKETCH_OK) return s;
    if (!view.dense) return check_tokens(view);
    std::uint64_t used = 0;
    bool sound = block_loops().are_sound(view.data, blocks_of(view.log2_blocks), used);
    return sound && used > 0 ? SKETCH_OK : SKETCH_CORRUPT;
}

Status pack(const View &view, std::uint8_t *out, std::size_t capacity, std::size_t &out_size) noexcept {
    if (view.dense) return pack_blocks(view, out, capacity, out_size);
    if (view.work) return pack_tokens(view, out, capacity, out_size);
    if (Status s = check_tokens(view); s != SKETCH_OK) return s;
    if (capacity < view.size) return SKETCH_NO_ROOM;
    std::memcpy(out, view.begin, view.size);
    out_size = view.size;
    return SKETCH_OK;
}

bool packed_tokens_contain(const View &packed, std::uint64_t token) noexcept {
    TokenLayout layout(packed.tokens, packed.log2_blocks);
    if (layout.count == 0) return false;
    const std::uint64_t high = token >> layout.low_bits, mask = low_mask(layout.low_bits);
    BitReader bits(packed.begin, packed.size, 0);
    const std::size_t upper = 8 * kPackedHeader, lower = upper + 8 * layout.upper_bytes;
    // Behind the high-th zero stand the ones of this high part; before it, as many ones as there are smaller tokens.
    std::uint64_t at =
        high == 0 ? 0 : block_loops().behind_zero(packed.data, packed.size - kPackedHeader, layout.upper_length, high);
    const std::uint64_t first = at - high;
    for (int step = kPeekBits; step == kPeekBits && at < layout.upper_length; at += static_cast<unsigned>(step))
        step = std::countr_one(bits.peek_at(upper + at) & low_mask(kPeekBits));
    // Their low parts ascend: mostly there is one or none.
    std::uint64_t from = first, count = std::min(at - high, layout.count) - std::min(first, layout.count);
    while (count > 0) {
        std::uint64_t half = count / 2, middle = from + half;
        std::uint64_t low = bits.peek_at(lower + middle * static_cast<unsigned>(layout.low_bits)) & mask;
        if (low == (token & mask)) return true;
        from = low < (token & mask) ? middle + 1 : from;
        count = low < (token & mask) ? count - half - 1 : half;
    }
    return false;
}

}  // namespace sketch::membership
