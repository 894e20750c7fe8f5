// Registers as they are packed: with the prefix code of code.hpp, in four streams, so that a processor works
// on four registers at once. Stream s has the s-th quarter of the registers.
//
//      differences of the streams' sizes from that of the one before, zigzag: three varints
//      number of escaped registers: varint
//      four streams of bits, the most significant bit of a byte first, each filled up with zeros to a byte
//      escaped registers, 2 bytes each
//
// This is one to one: the code of lambda follows from the registers, and is known already; the streams end where they
// must; and no register is escaped that has a code word.
#include "entropy.hpp"

#include <algorithm>

#include "code.hpp"
#include "../common/simd.hpp"

#ifdef SKETCH_X86
#include <immintrin.h>
#endif

namespace sketch::distinct {

namespace {

constexpr std::size_t kStreams = 4, kEscapeSize = sizeof(Register);

std::uint64_t most_significant_first(std::uint64_t word) noexcept {
    if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
    return word;
}

// ---- writing ----------------------------------------

class StreamWriter {
  public:
    explicit StreamWriter(std::uint8_t *to) noexcept : to_(to) {}
    void put(PrefixCode::Word word) noexcept {  // of up to 32 bits
        pending_ |= std::uint64_t{word.bits} << (64 - used_ - word.length);
        used_ += word.length;
        if (used_ < 32) return;
        const std::uint64_t bytes = most_significant_first(pending_);
        std::memcpy(to_, &bytes, 4);
        to_ += 4;
        pending_ <<= 32;
        used_ -= 32;
    }
    std::uint8_t *flush() noexcept {
        for (; used_ > 0; used_ -= 8, pending_ <<= 8) *to_++ = static_cast<std::uint8_t>(pending_ >> 56);
        return to_;
    }

  private:
    std::uint8_t *to_;
    std::uint64_t pending_ = 0;
    int used_ = 0;
};

}  // namespace

std::size_t encode_registers(const Register *registers, int precision, int code, std::uint8_t *into) noexcept {
    const std::size_t count = register_count(precision), limit = sizeof(Register) * count;
    const std::size_t quarter = count / kStreams;
    const PrefixCode &prefix = PrefixCode::of(code);
    const std::uint32_t base = PrefixCode::base(code) << kFlagBits;
    const PrefixCode::Word escape = prefix.escape();

    std::size_t sizes[kStreams], escapes = 0, all = 0;
    for (std::size_t s = 0; s < kStreams; s++) {
        std::size_t bits = 0, without = 0;
        for (std::size_t i = s * quarter; i < (s + 1) * quarter; i++) {
            const int length = prefix.word_of(registers[i] - base).length;
            bits += static_cast<std::size_t>(length);
            without += length == 0;
        }
        sizes[s] = (bits + without * static_cast<std::size_t>(escape.length) + 7) / 8;
        escapes += without;
        all += sizes[s];
    }
    std::uint8_t header[4 * 10];
    ByteWriter out(header, sizeof header);
    for (std::size_t s = 1; s < kStreams; s++)
        out.varint(zigzag(static_cast<std::int64_t>(sizes[s]) - static_cast<std::int64_t>(sizes[s - 1])));
    out.varint(escapes);
    const std::size_t size = out.size() + all + kEscapeSize * escapes;
    if (size >= limit) return 0;
    if (into == nullptr) return size;

    std::memcpy(into, header, out.size());
    std::uint8_t *to = into + out.size(), *escaped = to + all;
    for (std::size_t s = 0; s < kStreams; s++) {
        StreamWriter stream(to);
        for (std::size_t i = s * quarter; i < (s + 1) * quarter; i++) {
            const PrefixCode::Word word = prefix.word_of(registers[i] - base);
            if (word.length == 0) [[unlikely]] {
                *escaped++ = static_cast<std::uint8_t>(registers[i]);
                *escaped++ = static_cast<std::uint8_t>(registers[i] >> 8);
            }
            stream.put(word.length == 0 ? escape : word);
        }
        to = stream.flush();
    }
    return size;
}

// ---- reading ----------------------------------------

namespace {

constexpr std::size_t kPerWindow = 4, kBlock = 64;  // registers; of each stream a block is read at once
constexpr std::size_t kMaxWordBits = PrefixCode::kMaxBits + PrefixCode::kMaxRawFlags;
static_assert(7 + kPerWindow * kMaxWordBits < 64);
static_assert(register_count(kMinPrecision) / kStreams % kPerWindow == 0);

// The next bits of a stream, from the highest bit of a window on, which is filled again after kPerWindow registers.
struct Cursor {
    const std::uint8_t *at;
    std::uint64_t window;
    std::uint32_t used;  // in its low bits: of the window, when it was last filled and since

    [[gnu::always_inline]] void fill() noexcept {
        used &= PrefixCode::Slot::kSix;
        at += used / 8;
        used %= 8;
        window = most_significant_first(load<std::uint64_t>(at)) << used;
    }
    [[gnu::always_inline]] PrefixCode::Slot pop(const PrefixCode &prefix) noexcept {
        const PrefixCode::Slot slot = prefix.slot(window);
        window <<= slot.length();
        used += slot.bits();
        return slot;
    }
};

// pop(cursor, stream, k) for the next `count` slots of each stream.
template <typename Pop>
[[gnu::always_inline]] inline void pop_slots(Cursor *cursors, std::size_t count, Pop pop) noexcept {
    Cursor a = cursors[0], b = cursors[1], c = cursors[2], d = cursors[3];
    for (std::size_t i = 0; i < count; i += kPerWindow) {
        for (std::size_t k = i; k < i + kPerWindow; k++) {
            pop(a, 0, k);
            pop(b, 1, k);
            pop(c, 2, k);
            pop(d, 3, k);
        }
        a.fill();
        b.fill();
        c.fill();
        d.fill();
    }
    cursors[0] = a, cursors[1] = b, cursors[2] = c, cursors[3] = d;
}

// The next `count` registers of each stream, less the base, to `to` and so many `stride`s behind it.
using Block = void(const PrefixCode &prefix, Cursor *cursors, Register *to, std::size_t stride, std::size_t count);
using Slot = PrefixCode::Slot;

void read_block_portably(const PrefixCode &prefix, Cursor *cursors, Register *to, std::size_t stride,
                         std::size_t count) noexcept {
    auto pop = [=, &prefix](Cursor &cursor, std::size_t stream, std::size_t k) SKETCH_INLINED {
        const std::uint64_t window = cursor.window;
        to[stream * stride + k] = static_cast<Register>(cursor.pop(prefix).register_in(window));
    };
    pop_slots(cursors, count, pop);
}

#ifdef SKETCH_X86
// In two steps: slots and windows side by side, then registers of eight at a time.
SKETCH_AVX2 void read_block_avx2(const PrefixCode &prefix, Cursor *cursors, Register *to, std::size_t stride,
                                 std::size_t count) noexcept {
    alignas(32) std::uint32_t slots[kStreams][kBlock], windows[kStreams][kBlock];  // windows: their upper halves
    auto pop = [&](Cursor &cursor, std::size_t stream, std::size_t k) SKETCH_INLINED {
        windows[stream][k] = static_cast<std::uint32_t>(cursor.window >> 32);
        slots[stream][k] = cursor.pop(prefix).bits();
    };
    pop_slots(cursors, count, pop);

    const __m256i six = _mm256_set1_epi32(Slot::kSix), upper = _mm256_set1_epi32(32);
    const __m256i raw_mask = _mm256_set1_epi32(Slot::kRawMask);
    for (std::size_t stream = 0; stream < kStreams; stream++) {
        for (std::size_t k = 0; k < count; k += 8) {  // what is behind `count` is not kept
            const __m256i slot = _mm256_load_si256(reinterpret_cast<const __m256i *>(slots[stream] + k));
            const __m256i window = _mm256_load_si256(reinterpret_cast<const __m256i *>(windows[stream] + k));
            const __m256i shift = _mm256_and_si256(_mm256_srli_epi32(slot, Slot::kShiftAt), six);
            const __m256i raw = _mm256_and_si256(
                _mm256_srlv_epi32(window, _mm256_sub_epi32(shift, upper)),
                _mm256_sllv_epi32(raw_mask, _mm256_and_si256(_mm256_srli_epi32(slot, Slot::kFirstAt), six)));
            const __m256i wide = _mm256_xor_si256(_mm256_srli_epi32(slot, Slot::kRegisterAt), raw);
            const __m128i registers = _mm_packus_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
            if (k + 8 <= count) _mm_storeu_si128(reinterpret_cast<__m128i *>(to + stream * stride + k), registers);
            else _mm_storel_epi64(reinterpret_cast<__m128i *>(to + stream * stride + k), registers);
        }
    }
}
static_assert(kPerWindow == 4);  // as many as are kept of eight
#endif

// One of the streams, at data[0, size). Its last bytes are read from a copy with zeros behind: of what is beyond it,
// nothing is seen.
class Stream {
  public:
    void open(const std::uint8_t *data, std::size_t size, Cursor &cursor) noexcept {
        from_ = data;
        end_ = data + size;
        before_ = 0;
        size_ = size;
        last_ = size > 0 ? data[size - 1] : 0;
        is_copied_ = false;
        cursor = {data, 0, 0};
    }
    // To be called before a block is read. False if it was read beyond its end.
    bool prepare(Cursor &cursor) noexcept {
        if (is_copied_) return cursor.at <= end_;
        const std::size_t left = static_cast<std::size_t>(end_ - cursor.at);
        if (left < kReach) {
            before_ += static_cast<std::size_t>(cursor.at - from_);
            std::memcpy(copy_, cursor.at, left);
            std::memset(copy_ + left, 0, sizeof copy_ - left);
            from_ = cursor.at = copy_;
            end_ = copy_ + left;
            is_copied_ = true;
        }
        cursor.fill();
        return true;
    }
    // Whether it was read to its end, which is filled up with zeros.
    bool is_whole(const Cursor &cursor) const noexcept {
        const std::size_t bits = 8 * (before_ + static_cast<std::size_t>(cursor.at - from_)) + cursor.used;
        return (bits + 7) / 8 == size_ && (bits % 8 == 0 || static_cast<std::uint8_t>(last_ << bits % 8) == 0);
    }

  private:
    // A block takes up to so many bytes, and eight are loaded at a time.
    static constexpr std::size_t kReach = (7 + kBlock * kMaxWordBits) / 8 + 1 + sizeof(std::uint64_t);

    const std::uint8_t *from_, *end_;  // of what is read: the data or the copy
    std::size_t before_, size_;        // bytes before from_; of all
    std::uint8_t last_;
    bool is_copied_;
    std::uint8_t copy_[2 * kReach];
};

// All registers, less the base, of four streams; false if these do not end where they must.
bool read_streams(const PrefixCode &prefix, const std::uint8_t *data, const std::size_t *sizes, Register *registers,
                  std::size_t count) noexcept {
    Block *read_block = read_block_portably;
#ifdef SKETCH_X86
    if (has_avx2) read_block = read_block_avx2;
#endif
    Stream streams[kStreams];
    Cursor cursors[kStreams];
    for (std::size_t s = 0; s < kStreams; s++) {
        streams[s].open(data, sizes[s], cursors[s]);
        data += sizes[s];
    }
    const std::size_t quarter = count / kStreams;
    for (std::size_t i = 0; i < quarter; i += kBlock) {
        for (std::size_t s = 0; s < kStreams; s++)
            if (!streams[s].prepare(cursors[s])) return false;
        read_block(prefix, cursors, registers + i, quarter, std::min(kBlock, quarter - i));
    }
    bool whole = true;
    for (std::size_t s = 0; s < kStreams; s++) whole &= streams[s].is_whole(cursors[s]);
    return whole;
}

struct Totals {
    std::uint32_t empty = 0, escaped = 0;  // registers that are 0; those that are escaped
};

// Adds the base to all registers.
[[gnu::noinline]] Totals add_base(Register *registers, std::size_t count, Register base) noexcept {
    constexpr std::size_t kStep = 1024;  // counts of which fit 16 bits
    return vectorised([=]() SKETCH_INLINED {
        Totals totals;
        for (std::size_t from = 0; from < count; from += kStep) {
            std::uint16_t empty = 0, escaped = 0;
            for (std::size_t i = from; i < std::min(from + kStep, count); i++) {
                const Register r = registers[i], whole = static_cast<Register>(r + base);
                escaped = static_cast<std::uint16_t>(escaped + (r == PrefixCode::kEscape));
                empty = static_cast<std::uint16_t>(empty + (whole == 0));
                registers[i] = whole;
            }
            totals.empty += empty;
            totals.escaped += escaped;
        }
        return totals;
    });
}

// Which of sixteen registers are this mark.
[[gnu::always_inline]] inline std::uint32_t marks_among(const Register *registers, Register mark) noexcept {
#ifdef SKETCH_X86
    if (has_avx2) {  // though it takes no more than SSE2
        const __m128i wanted = _mm_set1_epi16(static_cast<short>(mark));
        const __m128i *const at = reinterpret_cast<const __m128i *>(registers);
        const __m128i equal = _mm_packs_epi16(_mm_cmpeq_epi16(_mm_loadu_si128(at), wanted),
                                              _mm_cmpeq_epi16(_mm_loadu_si128(at + 1), wanted));
        return static_cast<std::uint32_t>(_mm_movemask_epi8(equal));
    }
#endif
    std::uint32_t marks = 0;
    for (std::size_t i = 0; i < 16; i++) marks |= static_cast<std::uint32_t>(registers[i] == mark) << i;
    return marks;
}

// The escaped registers, in order, to where the mark of one stands: visit(register) of each.
template <typename Visit>
void fill_escapes(Register *registers, std::size_t count, Register mark, const std::uint8_t *escaped, Visit visit) {
    for (Register *sixteen = registers; sixteen != registers + count; sixteen += 16)
        for (std::uint32_t marks = marks_among(sixteen, mark); marks != 0; marks &= marks - 1) {
            Register &r = sixteen[std::countr_zero(marks)];
            r = static_cast<Register>(escaped[0] | escaped[1] << 8);
            escaped += kEscapeSize;
            visit(r);
        }
}

}  // namespace

Status decode_registers(const std::uint8_t *from, std::size_t size, Register *registers, int precision,
                        int code) noexcept {
    const std::size_t count = register_count(precision);
    ByteReader in(from, size);
    std::int64_t differences[kStreams] = {}, sum_of_differences = 0;
    for (std::size_t s = 1; s < kStreams; s++) {
        const std::uint64_t difference = in.varint();
        if (difference > 4 * count) return in.remaining() == 0 ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
        differences[s] = differences[s - 1] + unzigzag(difference);
        sum_of_differences += differences[s];
    }
    const std::uint64_t escapes = in.varint();
    if (!in.ok()) return in.remaining() == 0 ? SKETCH_TRUNCATED : SKETCH_CORRUPT;
    if (escapes > count || size >= sizeof(Register) * count) return SKETCH_CORRUPT;
    if (in.remaining() < kEscapeSize * escapes) return SKETCH_TRUNCATED;
    const std::int64_t all = static_cast<std::int64_t>(in.remaining() - kEscapeSize * escapes);
    const std::int64_t four_times_first = all - sum_of_differences;
    if (four_times_first < 0 || static_cast<std::uint64_t>(four_times_first) % kStreams != 0) return SKETCH_CORRUPT;
    std::size_t sizes[kStreams];
    for (std::size_t s = 0; s < kStreams; s++) {
        const std::int64_t bytes = four_times_first / static_cast<std::int64_t>(kStreams) + differences[s];
        if (bytes < 0) return SKETCH_CORRUPT;
        sizes[s] = static_cast<std::size_t>(bytes);
    }

    const PrefixCode &prefix = PrefixCode::of(code);
    if (!read_streams(prefix, in.position(), sizes, registers, count)) return SKETCH_CORRUPT;
    const std::uint32_t base = PrefixCode::base(code);
    const Register base_bits = static_cast<Register>(base << kFlagBits);
    const Totals totals = add_base(registers, count, base_bits);
    std::uint32_t empty = totals.empty;
    if (totals.escaped != escapes) return SKETCH_CORRUPT;
    bool sound = true;
    if (escapes > 0) {
        const Register mark = static_cast<Register>(PrefixCode::kEscape + base_bits);
        fill_escapes(registers, count, mark, in.position() + all, [&](Register r) {
            sound &= is_register(r, precision) && prefix.word_of(r - std::uint32_t{base_bits}).length == 0;
            empty += r == 0;
        });
    }
    if (!sound) return SKETCH_CORRUPT;
    // What has a code word is a register, if none of its rows is above the largest level.
    const bool are_sound = base + model::kRows <= largest_level(precision) + 1 && count - empty > max_tokens(precision);
    return are_sound || are_registers(registers, precision) ? SKETCH_OK : SKETCH_CORRUPT;
}

}  // namespace sketch::distinct
