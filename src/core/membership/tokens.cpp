// Packed tokens, read: see packed.cpp for how they are laid out. Checking and merging take most of their
// time here, so tokens come by batches, and eight at a time.
//
// Upper bits are read by a table of the ones of a byte. The low bits of eight tokens are as many bytes as one token has
// low bits, so where they stand in these bytes is the same for all eights: that is worked out once, and then they are
// taken out by one shuffle, one shift and one mask for four tokens.
#include "membership.hpp"
#include "../common/ones.hpp"

#ifdef SKETCH_X86
#include <immintrin.h>
#endif

namespace sketch::membership {

namespace {

constexpr int kMaxLowBits = kLowBits + kMaxLog2Blocks - 1;
static_assert(7 + kMaxLowBits <= 64, "low bits that begin within a byte are in one word");

std::uint64_t ones_between(const BitReader &bits, std::uint64_t from, std::uint64_t to) noexcept {
    constexpr std::uint64_t kStep = 56;
    return vectorised([&]() SKETCH_INLINED {
        std::uint64_t ones = 0;
        for (std::uint64_t at = from; at < to; at += kStep)
            ones += static_cast<unsigned>(
                std::popcount(bits.peek_at(at) & low_mask(static_cast<int>(std::min(kStep, to - at)))));
        return ones;
    });
}

bool is_zero_from(const std::uint8_t *bytes, std::uint64_t bit, std::uint64_t byte_count) noexcept {
    return bit % 8 == 0 || bytes[byte_count - 1] >> bit % 8 == 0;
}

// Whether the upper bits have a one for each token, and the samples say where their high parts are: the m-th zero
// stands behind as many ones as there are tokens with a high part below m.
bool upper_is_sound(const View &packed, const TokenLayout &layout) noexcept {
    const BitReader bits(packed.begin, packed.size, 0);
    const std::uint64_t upper = 8 * (kPackedHeader + layout.sample_bytes);
    std::uint64_t at = 0, before = 0;
    for (std::uint64_t sample = 0; sample < layout.samples; sample++) {
        const std::uint64_t rank = TokenLayout::read_rank(packed.data + TokenLayout::kRankBytes * sample);
        if (rank < before || rank > layout.count) return false;
        const std::uint64_t end = ((sample + 1) << TokenLayout::kSampleBits) + rank;
        if ((bits.peek_at(upper + end - 1) & 1) != 0) return false;
        if (ones_between(bits, upper + at, upper + end) != rank - before) return false;
        at = end;
        before = rank;
        poll_at(sample);
    }
    return ones_between(bits, upper + at, upper + layout.upper_length) == layout.count - before;
}

}  // namespace

TokenReader::LowBits::LowBits(int bits) noexcept : length(bits) {
    const std::uint32_t each = static_cast<std::uint32_t>(bits);
    for (std::uint32_t i = 0; i < kPlaces; i++) {
        place[i] = 2 * i * each / 8;
        for (std::uint32_t k = 0; k < 2; k++) {
            const std::uint32_t bit = (2 * i + k) * each;
            bytes[i][k] = 0x0706050403020100u + 0x0101010101010101u * (bit / 8 - place[i]);
            shift[i][k] = bit % 8;
        }
    }
}

TokenReader::TokenReader(const View &packed, const TokenLayout &layout) noexcept
    : upper_(packed.data + layout.sample_bytes),
      upper_end_(upper_ + layout.upper_bytes),
      low_(upper_end_),
      end_(low_ + layout.low_bytes),
      left_(layout.count),
      low_bits_(layout.low_bits) {
    tokens_[0] = kBelowAll;
}

// Of at least so many ones the positions, or false if there are fewer.
[[gnu::always_inline]] inline bool TokenReader::find_ones(std::size_t count) noexcept {
    const std::uint8_t *upper = upper_;
    std::uint32_t at = at_, *to = positions_ + held_;
    for (; to < positions_ + count; at += 8) {
        if (upper == upper_end_) [[unlikely]]
            return false;
        const unsigned byte = *upper++;
        for (int k = 0; k < 8; k++) to[k] = at + kOnesOfBytes.position[byte][k];
        to += kOnesOfBytes.count[byte];
    }
    upper_ = upper;
    at_ = at;
    held_ = static_cast<std::size_t>(to - positions_);
    return true;
}

bool TokenReader::fill_portable(const std::uint8_t *low, std::size_t count) noexcept {
    if (!find_ones(count)) return false;
    const std::uint64_t mask = low_mask(low_bits_.length);
    for (std::size_t i = 0; i < count; i++) {
        const std::size_t bit = i * static_cast<unsigned>(low_bits_.length);
        const std::uint64_t high = positions_[i] - (first_ + static_cast<std::uint32_t>(i));
        tokens_[1 + i] =
            high << low_bits_.length | (to_little_endian(load<std::uint64_t>(low + bit / 8)) >> bit % 8 & mask);
    }
    return true;
}

#ifdef SKETCH_X86

namespace {

SKETCH_AVX2 inline __m128i half_at(const void *from) noexcept {
    return _mm_loadu_si128(static_cast<const __m128i_u *>(from));
}
SKETCH_AVX2 inline __m256i all_at(const void *from) noexcept {
    return _mm256_loadu_si256(static_cast<const __m256i_u *>(from));
}

}  // namespace

SKETCH_AVX2 bool TokenReader::fill_avx2(const std::uint8_t *low, std::size_t count) noexcept {
    if (!find_ones(count)) return false;
    const __m128i length = _mm_cvtsi32_si128(low_bits_.length), four = _mm_set1_epi32(4);
    const __m256i mask = _mm256_set1_epi64x(static_cast<long long>(low_mask(low_bits_.length)));
    __m128i number = _mm_add_epi32(_mm_set1_epi32(static_cast<int>(first_)), _mm_setr_epi32(0, 1, 2, 3));
    for (std::size_t i = 0; i < count; i += 8, low += low_bits_.length)
        for (std::size_t place = 0, at = i; place < LowBits::kPlaces; place += 2, at += 4) {
            __m256i lows = _mm256_inserti128_si256(_mm256_castsi128_si256(half_at(low + low_bits_.place[place])),
                                                   half_at(low + low_bits_.place[place + 1]), 1);
            lows = _mm256_srlv_epi64(_mm256_shuffle_epi8(lows, all_at(low_bits_.bytes[place])),
                                     all_at(low_bits_.shift[place]));
            const __m256i high = _mm256_cvtepu32_epi64(_mm_sub_epi32(half_at(positions_ + at), number));
            number = _mm_add_epi32(number, four);
            _mm256_storeu_si256(reinterpret_cast<__m256i_u *>(tokens_ + 1 + at),
                                _mm256_or_si256(_mm256_sll_epi64(high, length), _mm256_and_si256(lows, mask)));
        }
    return true;
}

#endif

std::size_t TokenReader::next() noexcept {
    if (const std::size_t done = count_; done > 0) {
        tokens_[0] = tokens_[done];
        held_ -= done;
        std::memmove(positions_, positions_ + done, sizeof positions_[0] * held_);
        first_ += static_cast<std::uint32_t>(done);
        left_ -= done;
        low_ += static_cast<unsigned>(low_bits_.length) * (done / 8);
    }
    count_ = static_cast<std::size_t>(std::min<std::uint64_t>(kBatch, left_));
    if (count_ == 0) return 0;
    // Whole words and more are read: not from behind the end.
    constexpr std::size_t kMaxRead = kMaxLowBits * kBatch / 8 + 16;
    const std::uint8_t *low = low_;
    std::uint8_t last[kMaxRead];
    if (const std::size_t there = static_cast<std::size_t>(end_ - low_); there < kMaxRead) {
        std::memcpy(last, low_, there);
        std::memset(last + there, 0, kMaxRead - there);
        low = last;
    }
#ifdef SKETCH_X86
    if (has_avx2) return count_ = fill_avx2(low, count_) ? count_ : 0;
#endif
    return count_ = fill_portable(low, count_) ? count_ : 0;
}

bool TokenReader::ascends() const noexcept {
    return vectorised([this]() SKETCH_INLINED {
        std::uint64_t descents = 0;
        for (std::size_t i = 0; i < count_; i++)
            descents |= static_cast<std::int64_t>(tokens_[i]) >= static_cast<std::int64_t>(tokens_[1 + i]);
        return descents == 0;
    });
}

Status check_tokens(const View &packed) noexcept {
    const TokenLayout layout(packed.tokens, packed.log2_blocks);
    const std::uint8_t *upper = packed.data + layout.sample_bytes, *low = upper + layout.upper_bytes;
    if (!is_zero_from(upper, layout.upper_length, layout.upper_bytes) ||
        !is_zero_from(low, layout.count * static_cast<unsigned>(layout.low_bits), layout.low_bytes) ||
        !upper_is_sound(packed, layout))
        return SKETCH_CORRUPT;
    bool ascending = true;
    TokenReader reader(packed, layout);
    for (std::uint64_t read = 0; ascending && reader.next() > 0; read += TokenReader::kBatch) {
        ascending = reader.ascends();
        poll_at(read + TokenReader::kBatch - 1);
    }
    return ascending ? SKETCH_OK : SKETCH_CORRUPT;
}

}  // namespace sketch::membership
