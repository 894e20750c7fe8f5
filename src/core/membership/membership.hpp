// membership: split-block Bloom filter (Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom Filters",
// 2007) with masks made as those of Apache Parquet, of 24 bits of a hash; hash tokens while there are few.
//
// A filter has 2^j blocks of 256 bits. An item's block is the top j bits of its hash, its mask one bit in each of the
// block's 8 words, chosen by the low 24 bits. So a filter folds: the block for j - 1 bits is the OR of two neighbours.
//
// The state is a function of the set of items: of the tokens (block, low 24 bits) while at most 2 * 2^j of them differ,
// else of their masks. Folding keeps the rule: a token at j - 1 stands for at most two at j, so more than 2 * 2^j
// tokens at j are more than 2 * 2^(j-1) at j - 1. A dense filter stays dense at every smaller size, as if made there.
//
// The rate that was asked for changes no bit of the filter: it is kept so that a reader can tell whether the filter has
// become worse than it was meant to be. Of two filters that are merged, the larger rate wins.
//
// Shapes of one value:
//   packed     canonical bytes at rest (packed.cpp), whose tokens are read by tokens.cpp
//   work       a flat buffer mutated in place (work.cpp)
//   View       where things are in either of them, once checked; everything is read through it
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "../common/bytes.hpp"
#include "../common/format.hpp"
#include "../common/poll.hpp"
#include "../common/work_form.hpp"
#include "block.hpp"

namespace sketch::membership {

inline constexpr int kMaxLog2Blocks = SKETCH_MEMBERSHIP_MAX_LOG2_BLOCKS;

constexpr std::uint64_t blocks_of(int log2_blocks) noexcept { return std::uint64_t{1} << log2_blocks; }

// Different tokens that a filter of this size may hold before it is made of blocks.
constexpr std::uint64_t max_tokens(int log2_blocks) noexcept { return std::uint64_t{2} << log2_blocks; }

constexpr std::uint64_t block_of(std::uint64_t hash, int log2_blocks) noexcept {
    return (hash >> 1) >> (63 - log2_blocks);  // no shift by 64 for a single block
}

// What a filter keeps of a hash, in 24 + j bits. More would not pay: an item that was not added has the token of one
// that was with a chance of 2^-24 for each item of its block, and at a rate of one hundred-thousandth, the least that
// may be asked for, blocks have some six items.
constexpr std::uint64_t token_of(std::uint64_t hash, int log2_blocks) noexcept {
    return block_of(hash, log2_blocks) << kLowBits | (hash & low_mask(kLowBits));
}
constexpr std::uint64_t token_block(std::uint64_t token) noexcept { return token >> kLowBits; }
constexpr std::uint64_t token_low(std::uint64_t token) noexcept { return token & low_mask(kLowBits); }

// What set_bits and its like want of a token: they do not look above the low bits.
constexpr std::uint32_t mask_choice(std::uint64_t token) noexcept { return static_cast<std::uint32_t>(token); }

// The same item's token in a filter with 2^shift times fewer blocks.
constexpr std::uint64_t fold_token(std::uint64_t token, int shift) noexcept {
    return token_block(token) >> shift << kLowBits | token_low(token);
}

// The rate that was asked for, in hundred-thousandths and rounded up to one digit: digit * 10^exponent, which is how it
// is packed.
inline constexpr int kMaxRate = SKETCH_MEMBERSHIP_MAX_RATE;
inline constexpr int kDigitAt = 1, kExponentAt = 5;  // bits of the packed flags, and of the byte of log2_blocks

constexpr int rate_from(int digit, int exponent) noexcept {
    for (; exponent > 0; exponent--) digit *= 10;
    return digit;
}

struct RateDigit {
    int digit, exponent;

    explicit constexpr RateDigit(int rate) noexcept : digit(rate), exponent(0) {
        for (; digit >= 10; digit /= 10) exponent++;
    }
};

constexpr bool is_rate(std::uint32_t rate) noexcept {
    if (rate == 0 || rate > kMaxRate) return false;
    const RateDigit split(static_cast<int>(rate));
    return rate_from(split.digit, split.exponent) == static_cast<int>(rate);
}

// How packed tokens are laid out: Elias-Fano with samples, see packed.cpp. A function of their number and
// the size.
struct TokenLayout {
    static constexpr int kSampleBits = 8;      // one sample for 2^8 high parts: at most 0.6 % of the size
    static constexpr unsigned kRankBytes = 3;  // max_tokens(kMaxLog2Blocks) is 2^23

    std::uint64_t count;
    int low_bits;  // of each token, stored as they are
    std::uint64_t samples, sample_bytes, upper_length, upper_bytes, low_bytes;

    TokenLayout(std::uint64_t tokens, int log2_blocks) noexcept
        : count(tokens),
          low_bits(kLowBits + log2_blocks - static_cast<int>(std::bit_width(tokens))),
          samples(std::max(std::uint64_t{1} << std::bit_width(tokens) >> kSampleBits, std::uint64_t{1}) - 1),
          sample_bytes(kRankBytes * samples),
          upper_length(tokens == 0 ? 0 : tokens + (std::uint64_t{1} << std::bit_width(tokens)) - 1),
          upper_bytes((upper_length + 7) / 8),
          low_bytes((tokens * static_cast<unsigned>(low_bits) + 7) / 8) {}
    std::uint64_t size() const noexcept { return sample_bytes + upper_bytes + low_bytes; }

    static std::uint64_t read_rank(const std::uint8_t *bytes) noexcept {
        std::uint64_t rank = 0;
        for (unsigned i = 0; i < kRankBytes; i++) rank |= static_cast<std::uint64_t>(bytes[i]) << 8 * i;
        return rank;
    }
};

// The parts of a packed or of a work form. Places and sizes are checked; what stands there need not be.
struct View {
    int kind, log2_blocks, rate;
    bool dense, work;
    std::uint64_t tokens;       // different ones; 0 if dense
    const std::uint8_t *data;   // blocks; packed tokens: the samples; work tokens: the slots of the table
    std::uint64_t slots;        // of the table of a work form
    const std::uint8_t *begin;  // of the whole form
    std::size_t size;

    Words words() const noexcept { return work ? Words::native : Words::little_endian; }
};

// Header of a work form, 32 bytes. Behind it are slots of a hash table (token + 1, or 0 if empty); or pending tokens
// and blocks; then zeros.
//
// Rows of blocks are deferred, up to kPending of them, in a ring: see common/work_form.hpp.
struct WorkHeader : WorkPrefix {
    static constexpr Family kFamily = Family::membership;
    static constexpr std::uint8_t kLayout = 6;

    std::uint8_t kind, log2_blocks;
    std::uint8_t pending, oldest;  // how many, and once there are kPending, which is the next to be set
    std::uint32_t tokens;
    std::uint64_t salt;       // of the places in the table
    std::uint32_t blocks_at;  // dense: where the blocks begin, a multiple of the block size in memory when it was made
    std::uint32_t rate;
};
static_assert(sizeof(WorkHeader) == 32);

inline constexpr unsigned kPending = 4;  // rows of a query take some 50 ns, and memory 100 to 200
inline constexpr std::size_t kBlocksAt = sizeof(WorkHeader) + 8 * kPending;
inline constexpr std::size_t kMaxShift = kBlockSize - 8;  // blocks begin so much later at most: see blocks_at

inline constexpr std::uint8_t kDense = 1;  // flag of both forms

// Bytes in front of the data of a packed value.
inline constexpr std::size_t kPackedHeader = 8;

// By the header, fully bounds-checked in constant time. Of a packed value of `size` bytes, `at_hand` are there: all, or
// kPackedHeader or more.
Status open_header(const std::uint8_t *packed, std::size_t size, std::size_t at_hand, View &view) noexcept;
inline Status open_packed(const std::uint8_t *packed, std::size_t size, View &view) noexcept {
    return open_header(packed, size, size, view);
}
Status open_work(const void *state, std::size_t size, View &view) noexcept;

// Packed values (packed.cpp, tokens.cpp).
// Validates untrusted bytes: accepts only what `encode` writes.
Status check(const View &packed) noexcept;
std::size_t packed_bound(const View &view) noexcept;
Status check_tokens(const View &packed) noexcept;
Status encode(const View &view, std::uint8_t *out, std::size_t capacity, std::size_t &out_size) noexcept;

// One item looked for in a packed value, which is read in a few short pieces: see sketch_membership_probe.
Status probe_open(const std::uint8_t *head, std::size_t head_size, std::size_t total_size,
                  sketch_membership_probe &probe) noexcept;
void probe_hash(sketch_membership_probe &probe, std::uint64_t hash) noexcept;
int probe_read(sketch_membership_probe &probe, const std::uint8_t *bytes, std::size_t size) noexcept;
bool packed_contains(const View &packed, std::uint64_t hash) noexcept;

// Work forms (work.cpp).
void work_init(void *state, std::size_t size, int kind, int log2_blocks, int rate) noexcept;
void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept;
Status work_add(void *state, std::size_t size, int kind, std::uint64_t hash, sketch_growth &growth) noexcept;
Status work_limit(void *state, std::size_t size, int log2_blocks, int rate, sketch_growth &growth) noexcept;
Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept;
bool work_tokens_contain(const View &work, std::uint64_t token) noexcept;
Status check_work_tokens(const View &work) noexcept;

// What a filter of a size lets through (model.cpp).
inline constexpr int kTooLarge = -1, kOutOfRange = -2;
int log2_blocks_for(std::uint64_t items, double rate) noexcept;
int kept_rate(double rate) noexcept;
double expected_rate(int log2_blocks, std::uint64_t items) noexcept;
double measured_rate(const View &view) noexcept;
double sampled_rate(const View &view) noexcept;

// All blocks as use(first, count), so many at a time that two megabytes are read: 2^shift blocks for each. Or until it
// answers false.
template <typename Use>
void for_blocks(std::uint64_t blocks, int shift, Use use) noexcept {
    const std::uint64_t at_once = std::max(std::uint64_t{1 << 16} >> shift, std::uint64_t{1});
    for (std::uint64_t first = 0; first < blocks; first += at_once) {
        if (first > 0) poll();
        const std::uint64_t count = std::min(at_once, blocks - first);
        if constexpr (std::is_same_v<decltype(use(first, count)), bool>) {
            if (!use(first, count)) return;
        } else {
            use(first, count);
        }
    }
}

// What is set in all blocks, as it is once nothing is pending. No further than to `enough` masks; 2^22 blocks of 2^40
// fit in 64 bits.
Fill fill_in(const View &dense, std::uint64_t enough) noexcept;

// Whether blocks are such as more than max_tokens items make them. Different tokens have different masks (see
// block.hpp), so there are no fewer masks than that. Every filter that is made, merged or folded keeps this:
// it has more than max_tokens tokens of its own size, whatever they were folded from.
bool blocks_are_sound(const View &dense) noexcept;

// Every pending token of a dense work form, as visit(token); of other forms none.
template <typename Visit>
void for_each_pending(const View &view, Visit visit) noexcept {
    if (!view.work || !view.dense) return;
    for (unsigned i = 0; i < load<WorkHeader>(view.begin).pending; i++)
        visit(load<std::uint64_t>(view.begin + sizeof(WorkHeader) + 8 * std::size_t{i}));
}

// One block of a dense filter as it is once nothing is pending.
void copy_block(const View &dense, std::uint64_t number, std::uint8_t *copy) noexcept;
bool dense_contains(const View &view, std::uint64_t token) noexcept;

// Packed tokens, ascending, by batches (tokens.cpp). Memory-safe for any bytes of a view; they are the
// tokens of a filter if check_tokens says so.
class TokenReader {
  public:
    static constexpr std::size_t kBatch = 64;

    TokenReader(const View &packed, const TokenLayout &layout) noexcept;

    // Goes on to the next tokens. How many there are: kBatch but for the last ones, 0 at the end, or where the upper
    // bits end before.
    std::size_t next() noexcept;
    const std::uint64_t *tokens() const noexcept { return tokens_ + 1; }

    // Whether these tokens ascend, and the first is more than the last one before.
    bool ascends() const noexcept;

  private:
    // Where the low bits of eight tokens stand: two are taken from each of four places.
    struct LowBits {
        static constexpr int kPlaces = 4;

        int length;  // of one token
        std::uint32_t place[kPlaces];
        std::uint64_t bytes[kPlaces][2];  // of either token, counted from the place: the order of a shuffle
        std::uint64_t shift[kPlaces][2];

        explicit LowBits(int bits) noexcept;
    };
    static constexpr std::uint64_t kBelowAll = ~std::uint64_t{0};  // by signed comparison

    bool find_ones(std::size_t count) noexcept;
    bool fill_portable(const std::uint8_t *low, std::size_t count) noexcept;
    bool fill_avx2(const std::uint8_t *low, std::size_t count) noexcept;

    const std::uint8_t *upper_, *upper_end_, *low_, *end_;  // what is still to be read
    std::uint64_t left_;                                    // tokens, these included
    std::size_t count_ = 0;                                 // of these
    std::uint32_t first_ = 0;                               // number of the first of these
    std::uint32_t at_ = 0;                                  // position in the upper bits
    std::size_t held_ = 0;                                  // positions of ones that were found, these included
    std::uint32_t positions_[kBatch + 8];
    std::uint64_t tokens_[1 + kBatch];  // the last one before, then these
    LowBits low_bits_;
};

// Every packed token, as use(tokens, count) -> bool until one says false.
template <typename Use>
void for_packed_batches(const View &packed, Use use) noexcept {
    TokenReader reader(packed, TokenLayout(packed.tokens, packed.log2_blocks));
    std::uint64_t read = 0;
    for (std::size_t count; (count = reader.next()) > 0; read += count) {
        if (!use(reader.tokens(), count)) return;
        poll_at(read + TokenReader::kBatch - 1);
    }
}

// Every token in a table, in the same way. Up to half of the slots are empty, which no processor can foresee: so the
// full ones are picked out first, without a branch.
template <typename Use>
void for_table_batches(const std::uint8_t *table, std::uint64_t slots, Use use) noexcept {
    constexpr std::uint64_t kBatch = 256;
    for (std::uint64_t begin = 0; begin < slots; begin += kBatch) {
        poll_at(begin + kBatch - 1);
        std::uint64_t tokens[kBatch];
        std::size_t count = 0;
        for (std::uint64_t i = begin; i < std::min(slots, begin + kBatch); i++) {
            const std::uint64_t slot = load<std::uint64_t>(table + 8 * i);
            tokens[count] = slot - 1;
            count += slot != 0;
        }
        if (!use(tokens, count)) return;
    }
}

template <typename Use>
void for_token_batches(const View &view, Use use) noexcept {
    if (view.work) for_table_batches(view.data, view.slots, use);
    else for_packed_batches(view, use);
}

// Every token of either form, as visit(token) -> bool until one says false; returns for how many it said true.
template <typename Visit>
std::uint64_t for_each_token(const View &view, Visit visit) noexcept {
    std::uint64_t visited = 0;
    for_token_batches(view, [&](const std::uint64_t *tokens, std::size_t count) {
        for (std::size_t i = 0; i < count; i++, visited++)
            if (!visit(tokens[i])) return false;
        return true;
    });
    return visited;
}

}  // namespace sketch::membership
