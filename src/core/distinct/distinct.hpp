// distinct: ExaLogLog with t = 1 and d = 9 (Ertl, arXiv 2402.13726), and its hash tokens while there are
// few.
//
// The state is a function of the set of hashes and of the precision p. A hash is read as
//     bit 0: the low bit of the level   bits 1 .. p: the register   leading zeros of the rest: the level
// so that its level is k = 2 nlz + bit 0 + 1, from 1 to 128 - 2p, of probability rho(k) = 2^-(2 + (k - 1) / 2), but for
// the last two, which share the probability of the two before. A register keeps the largest level u that it has seen,
// and for each of the nine levels below whether that was seen.
//
// A token keeps the low 18 bits of a hash and the leading zeros of the rest: all that registers of any precision up to
// 16 depend on. Dense exactly if there are more than 2^p / 8 different tokens, which is monotone in the set.
//
// Departure from the paper: nothing else is stored, so no martingale estimate, which would depend on the order of rows.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "../common/bytes.hpp"
#include "../common/format.hpp"
#include "../common/work_form.hpp"

namespace sketch::distinct {

inline constexpr int kMinPrecision = SKETCH_DISTINCT_MIN_PRECISION;
inline constexpr int kMaxPrecision = SKETCH_DISTINCT_MAX_PRECISION;

constexpr std::uint32_t register_count(int precision) noexcept { return std::uint32_t{1} << precision; }
constexpr std::uint32_t max_tokens(int precision) noexcept { return register_count(precision) / 8; }

// ---- tokens ----------------------------------------

inline constexpr int kTokenBits = 18;  // v of the paper: t + p <= v holds for every precision
inline constexpr std::uint32_t kTokenIndexes = std::uint32_t{1} << kTokenBits;
inline constexpr std::uint32_t kLargestNlz = 64 - kTokenBits;
inline constexpr std::uint32_t kMaxTokens = max_tokens(kMaxPrecision);

constexpr std::uint32_t token_of(std::uint64_t hash) noexcept {
    constexpr std::uint64_t low = kTokenIndexes - 1;
    return static_cast<std::uint32_t>(hash & low) << 6 | static_cast<std::uint32_t>(std::countl_zero(hash | low));
}
constexpr std::uint32_t index_of(std::uint32_t token) noexcept { return token >> 6; }
constexpr std::uint32_t nlz_of(std::uint32_t token) noexcept { return token & 63; }
constexpr bool is_token(std::uint32_t token) noexcept {
    return index_of(token) < kTokenIndexes && nlz_of(token) <= kLargestNlz;
}

// A hash that has this token: the same as any other such hash to every register.
constexpr std::uint64_t hash_of(std::uint32_t token) noexcept {
    return (~std::uint64_t{0} >> kTokenBits >> nlz_of(token)) << kTokenBits | index_of(token);
}

// ---- registers ----------------------------------------
//
// u << 9 | flags; flag bit 9 - i tells of level u - i. There is no level 0, but its flag is always set, and those below
// are not: so an empty register needs no case of its own. All empty is 0.

using Register = std::uint16_t;

inline constexpr int kFlagBits = 9;
inline constexpr std::uint32_t kFlagMask = (1u << kFlagBits) - 1;

constexpr std::uint32_t largest_level(int precision) noexcept {
    return 128 - 2 * static_cast<std::uint32_t>(precision);
}
constexpr std::uint32_t level_of(std::uint64_t hash, int precision) noexcept {
    std::uint64_t low = (std::uint64_t{2} << precision) - 1;
    return 2 * static_cast<std::uint32_t>(std::countl_zero(hash | low)) + static_cast<std::uint32_t>(hash & 1) + 1;
}

// The flags that are given by there being no level below 1: where, and which.
constexpr std::uint32_t given_flags_mask(std::uint32_t u) noexcept {
    return u == 0 ? kFlagMask : u <= kFlagBits ? (2u << (kFlagBits - u)) - 1 : 0;
}
constexpr std::uint32_t given_flags(std::uint32_t u) noexcept {
    return u == 0 || u > kFlagBits ? 0 : 1u << (kFlagBits - u);
}
constexpr bool is_register(std::uint32_t r, int precision) noexcept {
    std::uint32_t u = r >> kFlagBits;
    return u <= largest_level(precision) && (r & given_flags_mask(u)) == given_flags(u);
}

// Algorithm 5 of the paper, without branches. A hash is merged as the register level << 9.
constexpr Register merged(Register a, Register b) noexcept {
    std::uint32_t high = a > b ? a : b, low = a > b ? b : a;
    std::uint32_t distance = (high >> kFlagBits) - (low >> kFlagBits);
    distance = distance < 15 ? distance : 15;
    return static_cast<Register>(high | ((((low & kFlagMask) | 1u << kFlagBits) >> distance) & kFlagMask));
}

[[gnu::always_inline]] inline void insert_level(Register &r, std::uint32_t level) noexcept {
    r = merged(r, static_cast<Register>(level << kFlagBits));
}

[[gnu::always_inline]] inline void insert(Register *registers, int precision, std::uint64_t hash) noexcept {
    const std::uint64_t low = (std::uint64_t{2} << precision) - 1;
    insert_level(registers[(hash & low) >> 1], level_of(hash, precision));
}

constexpr std::uint32_t register_of(std::uint32_t token, int precision) noexcept {
    return (index_of(token) & ((2u << precision) - 1)) >> 1;
}

// The same for any hash that has this token: nearly always the token shows the level.
inline void insert_token(Register *registers, int precision, std::uint32_t token) noexcept {
    if (nlz_of(token) == kLargestNlz) [[unlikely]]
        return insert(registers, precision, hash_of(token));
    insert_level(registers[register_of(token, precision)], 2 * nlz_of(token) + (index_of(token) & 1) + 1);
}

// All of them, in any order (registers.cpp).
void insert_tokens(Register *registers, int precision, const std::uint32_t *tokens, std::size_t count) noexcept;

// into[i] = merged(into[i], from[i]) (registers.cpp). The second is the same without vector instructions.
void merge_registers(Register *into, const Register *from, std::size_t count) noexcept;
void merge_registers_portably(Register *into, const Register *from, std::size_t count) noexcept;

// Merges registers of a precision into those of a smaller or equal one.
void merge_downsized(Register *into, int precision, const Register *from, int from_precision) noexcept;

// The same in place: the registers of the smaller precision come first, the rest is left over.
void downsize(Register *registers, int from_precision, int precision) noexcept;

// True for registers that some set of more than max_tokens(precision) tokens gives.
bool are_registers(const Register *registers, int precision) noexcept;

// ---- a sketch as it is read ----------------------------------------

// Points to where the sketch stands, or into Storage.
struct View {
    int kind = 0, precision = 0;
    bool dense = false;
    std::uint32_t token_count = 0;
    const std::uint32_t *tokens = nullptr;  // ascending
    const Register *registers = nullptr;
    int place = -1;  // of the estimate, as packed registers say: only check() looks whether it is true
};

// Memory of the caller for what is decoded: one or the other.
struct Storage {
    std::uint32_t *tokens;
    Register *registers;
};

constexpr std::size_t registers_size(int precision) noexcept { return sizeof(Register) * register_count(precision); }

// Bytes of storage that a sketch needs, by its header and size, which may be anybody's.
std::size_t storage_size(const void *sketch, std::size_t size, bool is_work) noexcept;

// Packed bytes, both ways (packed.cpp). decode_packed validates untrusted bytes; what check adds to
// it, that the place of the estimate is true, takes as long as reading an estimate off the registers.
Status decode_packed(const std::uint8_t *packed, std::size_t size, Storage storage, View &into) noexcept;
Status check(const View &packed) noexcept;
// The header. Of a value of `size` bytes, `at_hand` are there: all, or SKETCH_PEEK_SIZE or more.
Status open_header(const std::uint8_t *packed, std::size_t size, std::size_t at_hand, View &into) noexcept;
Status encode(const View &from, ByteWriter &out) noexcept;
std::size_t packed_bound(const View &view) noexcept;

// The same sketch made with at most this precision, or as registers: in `storage` if it changes, where it may be now.
void limit(View &view, int precision, Storage storage) noexcept;
void make_dense(View &view, Storage storage) noexcept;

// ---- estimation (read.cpp) ----------------------------------------

double estimate(const View &view) noexcept;
// As a packed sketch tells it: of registers, in its header. False if that takes tokens of which there is no more than
// the number.
bool told_estimate(const View &view, double &n) noexcept;
// What is stored of the estimate of a sketch with registers: two bytes (grid.hpp).
int place_of_estimate(const View &view) noexcept;
void bounds(const View &view, double confidence, double &lower, double &upper) noexcept;
// Each storage is of overlap_storage_size.
constexpr std::size_t overlap_storage_size(const View &view) noexcept { return registers_size(view.precision); }
void overlap(View a, Storage a_storage, View b, Storage b_storage, double &intersection, double &jaccard) noexcept;
double difference(View a, Storage a_storage, View b, Storage b_storage) noexcept;  // items of a that are not in b
void intersection_bounds(View a, Storage a_storage, View b, Storage b_storage, double confidence, double &lower,
                         double &upper) noexcept;
void difference_bounds(View a, Storage a_storage, View b, Storage b_storage, double confidence, double &lower,
                       double &upper) noexcept;
double relative_standard_error(int precision) noexcept;  // asymptotic

// ---- the work form (work.cpp) ----------------------------------------
//
//   0  length word of the caller            4  magic, family, layout, flags (1: dense, 2: salted)
//   8  kind, precision; probes of searches  12  tokens: how many; dense: 0, or 1 + a token that no register has yet
//  16  tokens: as many slots of 4 bytes as the buffer holds, open addressing, linear probing from index * slots / 2^18;
//              a token is stored as token + 1, so 0 is a free slot
//      salted: a salt of 8 bytes, then such slots, with probing from where the salt puts the token: see
//              common/probe_budget.hpp
//      dense: 2^precision registers, then zeros
//
// Registers are written to one row late: see common/work_form.hpp.
struct WorkHeader : WorkPrefix {
    static constexpr Family kFamily = Family::distinct;
    static constexpr std::uint8_t kLayout = 3;

    std::uint8_t kind, precision;
    std::uint16_t probes;  // of searches in a table: see common/probe_budget.hpp
    std::uint32_t used;    // or pending, if dense
};
static_assert(sizeof(WorkHeader) == 16);

void work_init(void *state, std::size_t size, int kind, int precision) noexcept;
void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept;
Status work_add(void *state, std::size_t size, int kind, std::uint64_t hash, sketch_growth &growth) noexcept;
Status work_limit(void *state, std::size_t size, int precision, sketch_growth &growth) noexcept;
Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept;
Status decode_work(const void *state, std::size_t size, Storage storage, View &into) noexcept;
Status open_work(const void *state, std::size_t size, View &into) noexcept;

// Sorts what is nearly in order, as the slots of a work form are; or gives up, with no token lost, and returns false.
bool sort_by_insertion(std::uint32_t *tokens, std::size_t count) noexcept;

}  // namespace sketch::distinct
