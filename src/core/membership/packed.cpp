// The packed form of a membership filter: one canonical byte string per filter. docs/FORMAT.md tells the same story.
//
//   version  family  flags  kind  log2_blocks  tokens                8 bytes, the last three the number of tokens; the
//                                                                    rate stands in free bits of the others
//   blocks                                                           of a dense filter: raw, so that one can be fetched
//   samples  upper bits  low bits                                    else: the tokens, ascending, in Elias-Fano
//
// Elias-Fano (Elias 1974, Fano 1971) of n tokens of w bits: the lowest w - bit_width(n) bits of each as they are; the
// high parts as a bit vector with bit (high + i) set for token i. That split takes the fewest bits: less than 3 n for
// the vector, and with the low bits at most 0.56 n more than the information that the set has. Samples tell how many
// tokens come before each 256th high part, and so where in the vector to begin: a membership test counts zeros from
// there to its high part, which has less than one token on average, and compares low bits. It reads some ten, sixty and
// four bytes for that, of a value of any size, and need not have the rest.
#include <algorithm>
#include <cstring>

#include "membership.hpp"

namespace sketch::membership {

namespace {

constexpr unsigned kTokenBytes = TokenLayout::kRankBytes;
static_assert(max_tokens(kMaxLog2Blocks) < 1u << 8 * kTokenBytes);

std::uint64_t packed_size(bool dense, int log2_blocks, std::uint64_t tokens) noexcept {
    return kPackedHeader + (dense ? kBlockSize << log2_blocks : TokenLayout(tokens, log2_blocks).size());
}

void write_count(std::uint8_t *out, std::uint64_t tokens) noexcept {
    for (unsigned i = 0; i < kTokenBytes; i++) out[i] = static_cast<std::uint8_t>(tokens >> 8 * i);
}

void write_header(std::uint8_t *out, const View &view) noexcept {
    out[0] = kFormatVersion;
    out[1] = static_cast<std::uint8_t>(Family::membership);
    const RateDigit rate(view.rate);
    out[2] = static_cast<std::uint8_t>((view.dense ? kDense : 0) | rate.digit << kDigitAt);
    out[3] = static_cast<std::uint8_t>(view.kind);
    out[4] = static_cast<std::uint8_t>(view.log2_blocks | rate.exponent << kExponentAt);
    write_count(out + 5, view.tokens);
}

// Tokens of a table, ascending: dealt out by their top bits, then each deal sorted. `into` has room for all. False if
// the table does not hold what its header says.
bool sort_tokens(const View &work, std::uint64_t *into) noexcept {
    constexpr int kMaxDealBits = 11;  // as many streams as the caches near the core can write at once
    constexpr std::uint32_t kLargeDeal = 1 << 15;
    const int deal_bits = std::min(static_cast<int>(std::bit_width(work.tokens)), kMaxDealBits);
    const int shift = kLowBits + work.log2_blocks - deal_bits;
    std::uint32_t end[(1 << kMaxDealBits) + 1];
    std::memset(end, 0, sizeof end[0] * ((std::size_t{1} << deal_bits) + 1));
    for_each_token(work, [&](std::uint64_t token) { return end[(token >> shift) + 1]++, true; });
    for (std::size_t i = 0; i < std::size_t{1} << deal_bits; i++) end[i + 1] += end[i];
    for_each_token(work, [&](std::uint64_t token) { return into[end[token >> shift]++] = token, true; });
    // Deals are small if tokens are hashes. Chosen ones may all be in one, which takes long.
    std::uint64_t compared = 0;
    auto less = [&](std::uint64_t a, std::uint64_t b) { return poll_at(compared++), a < b; };
    std::uint32_t begin = 0;  // by now each entry is the end of its own deal
    for (std::size_t i = 0; i < std::size_t{1} << deal_bits; begin = end[i++]) {
        if (end[i] - begin <= kLargeDeal) std::sort(into + begin, into + end[i]);
        else std::sort(into + begin, into + end[i], less);
        if (end[i] - begin > 1024) poll();
    }
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
    std::uint8_t *samples = out + kPackedHeader, *upper = samples + layout.sample_bytes;
    std::memset(upper, 0, static_cast<std::size_t>(layout.upper_bytes));
    std::uint64_t sample = 0;
    for (std::uint64_t i = 0; i < work.tokens; i++) {
        const std::uint64_t high = tokens[i] >> layout.low_bits, at = high + i;
        for (; sample < high >> TokenLayout::kSampleBits; sample++) write_count(samples + kTokenBytes * sample, i);
        upper[at / 8] = static_cast<std::uint8_t>(upper[at / 8] | 1u << at % 8);
        poll_at(i);
    }
    for (; sample < layout.samples; sample++) write_count(samples + kTokenBytes * sample, work.tokens);
    ByteWriter bytes(upper + layout.upper_bytes, static_cast<std::size_t>(layout.low_bytes));
    BitWriter bits(bytes);
    for (std::uint64_t i = 0; i < work.tokens; i++) {
        bits.bits(tokens[i] & low_mask(layout.low_bits), layout.low_bits);
        poll_at(i);
    }
    bits.flush();
    out_size = static_cast<std::size_t>(size);
    return SKETCH_OK;
}

Status pack_blocks(const View &view, std::uint8_t *out, std::size_t capacity, std::size_t &out_size) noexcept {
    const std::uint64_t blocks = blocks_of(view.log2_blocks), size = packed_size(true, view.log2_blocks, 0);
    if (!blocks_are_sound(view)) return SKETCH_CORRUPT;
    if (capacity < size) return SKETCH_NO_ROOM;
    write_header(out, view);
    std::uint8_t *to = out + kPackedHeader;
    for_blocks(blocks, 0, [&](std::uint64_t first, std::uint64_t count) {
        if constexpr (std::endian::native == std::endian::little) {
            std::memcpy(to + kBlockSize * first, view.data + kBlockSize * first,
                        static_cast<std::size_t>(kBlockSize * count));
        } else {
            for (std::uint64_t i = kWords * first; i < kWords * (first + count); i++)
                store_word(to + 4 * i, load_word(view.data + 4 * i, view.words()), Words::little_endian);
        }
    });
    for_each_pending(view, [to](std::uint64_t token) {
        std::uint8_t *block = to + kBlockSize * token_block(token);
        for (int i = 0; i < kWords; i++) {
            const std::uint32_t word =
                load_word(block + 4 * i, Words::little_endian) | mask_word(mask_choice(token), i);
            store_word(block + 4 * i, word, Words::little_endian);
        }
    });
    out_size = static_cast<std::size_t>(size);
    return SKETCH_OK;
}

}  // namespace

Status open_header(const std::uint8_t *packed, std::size_t size, std::size_t at_hand, View &view) noexcept {
    if (at_hand == 0) return SKETCH_TRUNCATED;
    if (packed[0] != kFormatVersion) return SKETCH_WRONG_VERSION;
    if (at_hand > 1 && packed[1] != static_cast<std::uint8_t>(Family::membership)) return SKETCH_WRONG_FAMILY;
    if (at_hand < kPackedHeader) return SKETCH_TRUNCATED;
    const bool dense = (packed[2] & kDense) != 0;
    const int log2_blocks = packed[4] & static_cast<int>(low_mask(kExponentAt));
    const int digit = packed[2] >> kDigitAt;  // with all flags but kDense, so that none may be set
    const int rate = rate_from(digit, packed[4] >> kExponentAt);
    if (digit < 1 || digit > 9 || rate > kMaxRate || log2_blocks > kMaxLog2Blocks) return SKETCH_CORRUPT;
    const std::uint64_t tokens = TokenLayout::read_rank(packed + 5);
    if (tokens > (dense ? 0 : max_tokens(log2_blocks)) || !is_header_kind(packed[3], !dense && tokens == 0))
        return SKETCH_CORRUPT;
    view = {packed[3], log2_blocks, rate, dense, false, tokens, packed + kPackedHeader, 0, packed, size};
    const std::uint64_t right_size = packed_size(dense, log2_blocks, tokens);
    return size == right_size ? SKETCH_OK : size < right_size ? SKETCH_TRUNCATED : SKETCH_TRAILING;
}

bool blocks_are_sound(const View &dense) noexcept {
    bool sound = true;
    for_blocks(blocks_of(dense.log2_blocks), 0, [&](std::uint64_t first, std::uint64_t count) {
        sound &= are_sound(dense.data + kBlockSize * first, count);
    });
    const std::uint64_t least = max_tokens(dense.log2_blocks) + 1;
    return sound && fill_in(dense, least).masks >= least;
}

Status check(const View &packed) noexcept {
    if (!packed.dense) return check_tokens(packed);
    return blocks_are_sound(packed) ? SKETCH_OK : SKETCH_CORRUPT;
}

// Tokens are sorted behind their packed form, which takes less than 8 bytes each.
std::size_t packed_bound(const View &view) noexcept {
    return 64 + (view.dense ? std::size_t{kBlockSize} << view.log2_blocks : 16 * static_cast<std::size_t>(view.tokens));
}

Status encode(const View &view, std::uint8_t *out, std::size_t capacity, std::size_t &out_size) noexcept {
    if (view.dense) return pack_blocks(view, out, capacity, out_size);
    if (view.work) return pack_tokens(view, out, capacity, out_size);
    if (Status s = check_tokens(view); s != SKETCH_OK) return s;
    if (capacity < view.size) return SKETCH_NO_ROOM;
    std::memcpy(out, view.begin, view.size);
    out_size = view.size;
    return SKETCH_OK;
}

// ---- one item ----------------------------------------

namespace {

// What a probe reads next.
enum Step { kBlock, kRanks, kUpper, kLow };

void read_next(sketch_membership_probe &probe, Step step, std::uint64_t first_bit, std::uint64_t bits) noexcept {
    probe.step = step;
    probe.offset = static_cast<std::size_t>(first_bit / 8);
    probe.length = static_cast<std::size_t>((first_bit + bits + 7) / 8 - first_bit / 8);
    probe.skip = static_cast<int>(first_bit % 8);
    probe.bits = bits;
}

sketch_membership_probe probe_of(const View &packed) noexcept {
    sketch_membership_probe probe = {};
    probe.kind = packed.kind;
    probe.is_dense = packed.dense;
    probe.log2_blocks = packed.log2_blocks;
    probe.tokens = packed.tokens;
    return probe;
}

// The upper bits between two samples, which say how many tokens come before them. Damaged ones may say anything.
void read_upper(sketch_membership_probe &probe, const TokenLayout &layout, std::uint64_t from,
                std::uint64_t to) noexcept {
    const std::uint64_t group = probe.token >> layout.low_bits >> TokenLayout::kSampleBits;
    from = std::min(from, layout.count);
    to = std::clamp(to, from, layout.count);
    probe.first = (group << TokenLayout::kSampleBits) + from;
    const std::uint64_t end =
        group < layout.samples ? ((group + 1) << TokenLayout::kSampleBits) + to : layout.upper_length;
    read_next(probe, kUpper, 8 * (kPackedHeader + layout.sample_bytes) + probe.first, end - probe.first);
}

int read_ranks(sketch_membership_probe &probe, const std::uint8_t *bytes) noexcept {
    const TokenLayout layout(probe.tokens, probe.log2_blocks);
    const std::uint64_t group = probe.token >> layout.low_bits >> TokenLayout::kSampleBits;
    const std::uint64_t from = group == 0 ? 0 : TokenLayout::read_rank(bytes);
    const std::uint64_t to =
        group == layout.samples ? layout.count : TokenLayout::read_rank(bytes + (group == 0 ? 0 : kTokenBytes));
    read_upper(probe, layout, from, to);
    return -1;
}

// Behind the high-th zero of all stand the ones of this high part; before it, as many ones as there are smaller tokens.
int find_high_part(sketch_membership_probe &probe, const std::uint8_t *bytes, std::size_t size) noexcept {
    const TokenLayout layout(probe.tokens, probe.log2_blocks);
    const std::uint64_t high = probe.token >> layout.low_bits, skip = static_cast<unsigned>(probe.skip);
    const std::uint64_t end = skip + probe.bits;
    std::uint64_t at = skip;
    if (std::uint64_t zeros = high & low_mask(TokenLayout::kSampleBits); zeros != 0) {
        zeros += skip - static_cast<unsigned>(std::popcount(bytes[0] & static_cast<unsigned>(low_mask(probe.skip))));
        at = behind_zero(bytes, size, end, zeros);
    }
    BitReader bits(bytes, size, 0);
    const std::uint64_t begin = at;
    for (std::uint64_t step = kPeekBits; step == kPeekBits && at < end; at += step)
        step = static_cast<unsigned>(std::countr_one(bits.peek_at(at) & low_mask(kPeekBits)));
    at = std::min(at, end);
    if (at == begin) return 0;
    const std::uint64_t from = std::min(probe.first + (begin - skip) - high, layout.count);
    const std::uint64_t count = std::min(at - begin, layout.count - from);
    const std::uint64_t low_bits = static_cast<unsigned>(layout.low_bits);
    const std::uint64_t lows = 8 * (kPackedHeader + layout.sample_bytes + layout.upper_bytes);
    read_next(probe, kLow, lows + from * low_bits, count * low_bits);
    return count == 0 ? 0 : -1;
}

// Low parts of one high part ascend: mostly there is one.
int find_low_part(const sketch_membership_probe &probe, const std::uint8_t *bytes, std::size_t size) noexcept {
    const TokenLayout layout(probe.tokens, probe.log2_blocks);
    const std::uint64_t low_bits = static_cast<unsigned>(layout.low_bits), mask = low_mask(layout.low_bits);
    const std::uint64_t wanted = probe.token & mask;
    BitReader bits(bytes, size, 0);
    std::uint64_t from = 0, count = probe.bits / low_bits;
    while (count > 0) {
        std::uint64_t half = count / 2, middle = from + half;
        std::uint64_t low = bits.peek_at(static_cast<unsigned>(probe.skip) + middle * low_bits) & mask;
        if (low == wanted) return 1;
        from = low < wanted ? middle + 1 : from;
        count = low < wanted ? count - half - 1 : half;
    }
    return 0;
}

}  // namespace

Status probe_open(const std::uint8_t *head, std::size_t head_size, std::size_t total_size,
                  sketch_membership_probe &probe) noexcept {
    View view;
    const Status s = open_header(head, total_size, head_size, view);
    if (s == SKETCH_OK) probe = probe_of(view);
    return s;
}

void probe_hash(sketch_membership_probe &probe, std::uint64_t hash) noexcept {
    probe.token = token_of(hash, probe.log2_blocks);
    if (probe.is_dense)
        return read_next(probe, kBlock, 8 * (kPackedHeader + kBlockSize * token_block(probe.token)), 8 * kBlockSize);
    const TokenLayout layout(probe.tokens, probe.log2_blocks);
    if (layout.samples == 0) return read_upper(probe, layout, 0, layout.count);
    const std::uint64_t group = probe.token >> layout.low_bits >> TokenLayout::kSampleBits;
    const std::uint64_t first = group == 0 ? 0 : group - 1, last = std::min(group, layout.samples - 1);
    read_next(probe, kRanks, 8 * (kPackedHeader + TokenLayout::kRankBytes * first),
              8 * TokenLayout::kRankBytes * (last - first + 1));
}

int probe_read(sketch_membership_probe &probe, const std::uint8_t *bytes, std::size_t size) noexcept {
    switch (probe.step) {
        case kBlock: return has_bits(bytes, mask_choice(probe.token), Words::little_endian);
        case kRanks: return read_ranks(probe, bytes);
        case kUpper: return find_high_part(probe, bytes, size);
        default: return find_low_part(probe, bytes, size);
    }
}

bool packed_contains(const View &packed, std::uint64_t hash) noexcept {
    sketch_membership_probe probe = probe_of(packed);
    probe_hash(probe, hash);
    for (;;)
        if (int answer = probe_read(probe, packed.begin + probe.offset, packed.size - probe.offset); answer >= 0)
            return answer != 0;
}

}  // namespace sketch::membership
