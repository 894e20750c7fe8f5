// Entropy coding of registers: range asymmetric numeral systems (rANS; Duda, arXiv 1311.2540) with the model of
// distinct_model.hpp.
//
// Four states of 64 bits take turns, so that a processor works on four registers at once: register i belongs to state
// i mod 4. A state is kept in [2^32, 2^64) by moving words of 32 bits out and in. Each register is two symbols of 13
// and 10 bits: 23 together, so one word at most is moved for it.
//
// The last eight registers are not coded: states begin with them, two registers each, because the bits that a state
// begins with would be lost otherwise.
//
//   0  code of lambda                     1  lengths: two bits for each state's bytes, less 5
//   2  the four states, shortest form     then the words, in the order in which the decoder needs them
//
// This is one to one. The decoder undoes what the encoder did step by step, and it must come out at states that an
// encoder begins with; so it is enough to check that lambda is the one that the registers ask for.
#include "distinct_entropy.hpp"

#include <algorithm>

#include "distinct_model.hpp"

namespace sketch::distinct {

namespace {

constexpr std::size_t kStates = 4, kUncoded = 2 * kStates;
constexpr int kWordBits = 32, kRawBits = 16;
constexpr std::uint64_t kLeastState = std::uint64_t{1} << kWordBits;
constexpr int kCodedBits = model::kHeadBits + model::kTailBits, kEscapeBits = model::kHeadBits + kRawBits;
static_assert(kCodedBits <= kWordBits && kEscapeBits <= kWordBits);

int state_bytes(std::uint64_t state) noexcept { return (static_cast<int>(std::bit_width(state)) + 7) / 8; }  // 5 .. 8

// The model for one lambda. Where the rows reach below level 1, symbols that differ in levels which do not exist are
// one symbol, with the slots of all of them: symbols are ordered so that these are neighbours.
class Model {
  public:
    struct Head {
        std::uint16_t start, frequency;
        Register given;  // u, the upper flags and the flags that are given
        std::uint8_t row;
        std::uint8_t absent;  // those of the lower flags that do not exist
    };

    explicit Model(int code) noexcept
        : frequencies_(*model::kFrequenciesOf[code & 3]),
          slots_(*model::kSlotsOf[code & 3]),
          first_u_(model::first_u(code)) {
        const std::uint16_t *starts = frequencies_.head;
        const int empty_rows = std::clamp(1 - first_u_, 0, model::kRows);
        for (std::uint32_t row = 0; row < model::kRows; row++) {
            const int u = first_u_ + static_cast<int>(row);
            const std::uint32_t given = u > 0 ? given_flags_mask(static_cast<std::uint32_t>(u)) : kFlagMask;
            const std::uint32_t absent = given >> model::kTailFlags;
            for (std::uint32_t flags = 0; flags < 1u << model::kHeadFlags; flags++) {
                const std::uint32_t first = row << model::kHeadFlags | (flags & ~absent);
                const std::uint32_t last = row << model::kHeadFlags | (flags | absent);
                Head &head = heads_[row << model::kHeadFlags | flags];
                head.start = starts[first];
                head.frequency = static_cast<std::uint16_t>(starts[last + 1] - starts[first]);
                head.row = static_cast<std::uint8_t>(row);
                head.absent = static_cast<std::uint8_t>(given & (model::kTails - 1));
                const std::uint32_t level = static_cast<std::uint32_t>(std::max(u, 0));
                head.given = static_cast<Register>(level << kFlagBits | (flags & ~absent) << model::kTailFlags |
                                                   given_flags(level));
                if (u <= 0)
                    head = {0, starts[static_cast<std::uint32_t>(empty_rows) << model::kHeadFlags], 0, 0,
                            model::kTails - 1};
            }
        }
        heads_[model::kEscape] = {starts[model::kEscape],
                                  static_cast<std::uint16_t>(starts[model::kEscape + 1] - starts[model::kEscape]), 0,
                                  model::kRows, 0};
    }

    const Head &head_at(std::uint32_t slot) const noexcept { return heads_[slots_.head[slot]]; }
    const Head &escape() const noexcept { return heads_[model::kEscape]; }
    const Head &head_of(Register r) const noexcept {
        const int row = (r >> kFlagBits) - first_u_;
        if (row < 0 || row >= model::kRows) return escape();
        return heads_[static_cast<std::uint32_t>(row) << model::kHeadFlags |
                      (r >> model::kTailFlags & ((1u << model::kHeadFlags) - 1))];
    }

    struct Tail {
        std::uint32_t start, frequency, flags;
    };
    Tail tail_at(const Head &head, std::uint32_t slot) const noexcept {
        return tail_of(head, slots_.tail[head.row][slot]);
    }
    Tail tail_of(const Head &head, std::uint32_t flags) const noexcept {
        const std::uint16_t *starts = frequencies_.tail[head.row];
        const std::uint32_t absent = head.absent;
        flags &= ~absent;
        return {starts[flags], static_cast<std::uint32_t>(starts[(flags | absent) + 1] - starts[flags]), flags};
    }

  private:
    const model::Frequencies &frequencies_;
    const model::Slots &slots_;
    int first_u_;
    Head heads_[model::kHeads + 1];
};

int code_of(const Register *registers, int precision) noexcept {
    std::uint32_t sum = 0;  // below 2^23
    for (std::uint32_t i = 0; i < register_count(precision); i++) sum += registers[i] >> kFlagBits;
    return model::code_for((sum << 8) >> precision);
}

void push(std::uint64_t &state, std::uint32_t start, std::uint32_t frequency, int bits) noexcept {
    state = (state / frequency << bits) + state % frequency + start;
}

constexpr Register kNoRegister = 0xffff;
static_assert(!is_register(kNoRegister, kMinPrecision));

// The next register of a state, without its refill.
[[gnu::always_inline]] inline Register pop(const Model &model, std::uint64_t &state) noexcept {
    const std::uint32_t head_slot = state & ((1u << model::kHeadBits) - 1);
    const Model::Head head = model.head_at(head_slot);
    state = head.frequency * (state >> model::kHeadBits) + head_slot - head.start;
    if (head.row == model::kRows) [[unlikely]] {
        const Register r = static_cast<Register>(state);
        state >>= kRawBits;
        return &model.head_of(r) == &model.escape() ? r : kNoRegister;
    }
    const std::uint32_t tail_slot = state & ((1u << model::kTailBits) - 1);
    const Model::Tail tail = model.tail_at(head, tail_slot);
    state = tail.frequency * (state >> model::kTailBits) + tail_slot - tail.start;
    return static_cast<Register>(head.given | tail.flags);
}

std::uint32_t little_endian_word(std::uint32_t word) noexcept {
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap32(word);
    return word;
}
std::uint32_t word_at(const std::uint8_t *at) noexcept { return little_endian_word(load<std::uint32_t>(at)); }

}  // namespace

std::size_t encode_registers(const Register *registers, int precision, std::uint8_t *into) noexcept {
    const std::size_t count = register_count(precision), limit = sizeof(Register) * count;
    const int code = code_of(registers, precision);
    const Model model(code);
    std::uint64_t state[kStates];
    for (std::size_t s = 0; s < kStates; s++)
        state[s] = kLeastState | static_cast<std::uint64_t>(registers[count - kUncoded + s]) << kRawBits |
                   registers[count - kStates + s];
    std::size_t room = limit;  // words are written from the end
    for (std::size_t i = count - kUncoded; i-- > 0;) {
        std::uint64_t &x = state[i % kStates];
        const Register r = registers[i];
        const Model::Head &head = model.head_of(r);
        const bool escape = head.row == model::kRows;
        const Model::Tail tail = escape ? Model::Tail{0, 1, 0} : model.tail_of(head, r & (model::kTails - 1));
        if (x >> (64 - (escape ? kEscapeBits : kCodedBits)) >= std::uint64_t{head.frequency} * tail.frequency) {
            if (room < sizeof(std::uint32_t)) return 0;
            room -= sizeof(std::uint32_t);
            if (into != nullptr) store(into + room, little_endian_word(static_cast<std::uint32_t>(x)));
            x >>= kWordBits;
        }
        if (escape) x = x << kRawBits | r;
        else push(x, tail.start, tail.frequency, model::kTailBits);
        push(x, head.start, head.frequency, model::kHeadBits);
    }
    std::size_t head = 2;
    std::uint32_t lengths = 0;
    for (std::size_t s = 0; s < kStates; s++) {
        head += static_cast<std::size_t>(state_bytes(state[s]));
        lengths |= static_cast<std::uint32_t>(state_bytes(state[s]) - 5) << (2 * s);
    }
    const std::size_t words = limit - room;
    if (head + words >= limit) return 0;
    if (into == nullptr) return head + words;
    std::memmove(into + head, into + room, words);
    into[0] = static_cast<std::uint8_t>(code);
    into[1] = static_cast<std::uint8_t>(lengths);
    std::uint8_t *to = into + 2;
    for (std::uint64_t x : state)
        for (int byte = state_bytes(x); byte > 0; byte--, x >>= 8) *to++ = static_cast<std::uint8_t>(x);
    return head + words;
}

Status decode_registers(const std::uint8_t *from, std::size_t size, Register *registers, int precision) noexcept {
    const std::size_t count = register_count(precision);
    if (size < 2) return SKETCH_TRUNCATED;
    const int code = from[0];
    if (code > model::kLargestCode) return SKETCH_CORRUPT;
    const std::uint8_t *at = from + 2, *const end = from + size;
    std::uint64_t state[kStates];
    for (std::size_t s = 0; s < kStates; s++) {
        const int bytes = (from[1] >> (2 * s) & 3) + 5;
        if (end - at < bytes) return SKETCH_TRUNCATED;
        state[s] = 0;
        for (int byte = 0; byte < bytes; byte++) state[s] |= static_cast<std::uint64_t>(*at++) << (8 * byte);
        if (state_bytes(state[s]) != bytes) return SKETCH_CORRUPT;
    }
    const Model model(code);
    std::size_t i = 0;
    const std::size_t coded = count - kUncoded;
    std::uint64_t a = state[0], b = state[1], c = state[2], d = state[3];
    auto refill = [&](std::uint64_t &x) {
        const bool low = x < kLeastState;
        const std::uint64_t filled = x << kWordBits | word_at(at);
        x = low ? filled : x;
        at += low ? sizeof(std::uint32_t) : 0;
    };
    for (; i < coded && end - at >= static_cast<std::ptrdiff_t>(kStates * sizeof(std::uint32_t)); i += kStates) {
        registers[i] = pop(model, a);
        registers[i + 1] = pop(model, b);
        registers[i + 2] = pop(model, c);
        registers[i + 3] = pop(model, d);
        refill(a);
        refill(b);
        refill(c);
        refill(d);
    }
    for (; i < coded; i += kStates) {
        std::uint64_t *states[kStates] = {&a, &b, &c, &d};
        for (std::size_t s = 0; s < kStates; s++) {
            registers[i + s] = pop(model, *states[s]);
            if (*states[s] >= kLeastState) continue;
            if (end - at < static_cast<std::ptrdiff_t>(sizeof(std::uint32_t))) return SKETCH_TRUNCATED;
            refill(*states[s]);
        }
    }
    if (at != end) return SKETCH_TRAILING;
    bool sound = true;
    const std::uint64_t ends[kStates] = {a, b, c, d};
    for (std::size_t s = 0; s < kStates; s++) {
        sound &= ends[s] >> kWordBits == 1;
        registers[count - kUncoded + s] = static_cast<Register>(ends[s] >> kRawBits);
        registers[count - kStates + s] = static_cast<Register>(ends[s]);
    }
    return sound && size < sizeof(Register) * count && are_registers(registers, precision) &&
                   code_of(registers, precision) == code
               ? SKETCH_OK
               : SKETCH_CORRUPT;
}

}  // namespace sketch::distinct
