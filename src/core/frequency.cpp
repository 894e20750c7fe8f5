// Reading a frequency sketch of either form.
#include <type_traits>

#include "frequency.hpp"

namespace sketch::frequency {

Status view_of_work(const void *state, std::size_t size, View &view) noexcept {
    if (size < sizeof(WorkHeader)) return SKETCH_TRUNCATED;
    WorkHeader h = load<WorkHeader>(state);
    if (h.magic != kWorkMagic || h.layout != kWorkLayout) return SKETCH_WRONG_VERSION;
    if (h.family != static_cast<std::uint8_t>(Family::frequency)) return SKETCH_WRONG_FAMILY;
    if ((h.flags & ~(kWorkWidthMask | kWorkDense)) || !is_header_kind(h.kind, h.total == 0) ||
        h.log2_width < kMinLog2Width || h.log2_width > kMaxLog2Width || h.total > kMaxTotal || h.unused != 0)
        return SKETCH_CORRUPT;
    view.is_work = true;
    view.is_dense = (h.flags & kWorkDense) != 0;
    view.kind = h.kind;
    view.log2_width = h.log2_width;
    view.width = h.flags & kWorkWidthMask;
    view.total = h.total;
    view.items = h.entries;
    view.slots = h.slots;
    view.salt = h.salt;
    view.data = static_cast<const std::uint8_t *>(state);
    view.size = size;
    view.begin = sizeof(WorkHeader);
    if (view.is_dense) {
        if (h.entries != 0 || h.slots != 0 || h.steps != 0 || h.salt != 0 || h.total == 0) return SKETCH_CORRUPT;
        if (size - view.begin < std::size_t{kDepth} << (h.log2_width + view.width)) return SKETCH_TRUNCATED;
        return SKETCH_OK;
    }
    if (h.entries > most_entries(h.log2_width) || h.entries > h.slots || h.slots == 0 || h.total < h.entries ||
        (h.total > 0 && h.entries == 0))
        return SKETCH_CORRUPT;
    return size < table_size(h.slots, view.width) ? SKETCH_TRUNCATED : SKETCH_OK;
}

namespace {

// The sum of some counters, or false where it exceeds `most`. Blocks whose sum fits 32 bits are quicker to add up;
// sums of 8-byte counters could wrap, so each is compared on the way.
template <typename T>
bool add_up(const Counters<T> &counters, std::size_t count, std::uint64_t most, std::uint64_t &sum) noexcept {
    sum = 0;
    if constexpr (sizeof(T) == 8) {
        for (std::size_t i = 0; i < count; i++) {
            if (counters[i] > most - sum) return false;
            sum += counters[i];
        }
        return true;
    }
    using Sum = std::conditional_t<sizeof(T) <= 2, std::uint32_t, std::uint64_t>;
    constexpr std::size_t kBlock = 65536;
    for (std::size_t from = 0; from < count; from += kBlock) {
        Sum part = 0;
        for (std::size_t i = from; i < std::min(count, from + kBlock); i++) part += static_cast<Sum>(counters[i]);
        sum += part;
    }
    return sum <= most;
}

}  // namespace

Status check_rows(const View &view) noexcept {
    return with_width(view.width, [&](auto zero) {
        using T = decltype(zero);
        for (std::size_t row = 0; row < kDepth; row++) {
            std::uint64_t sum;
            if (!add_up(view.counters<T>().row(row, view.log2_width), std::size_t{1} << view.log2_width, view.total,
                        sum) ||
                sum != view.total)
                return SKETCH_CORRUPT;
        }
        return SKETCH_OK;
    });
}

namespace {

// The two order statistics of one row by radix selection: a histogram of the leading digit tells which digit the
// wanted rank has, and how many counters are below; then the next digit, among the counters that begin so.
//
// The counters above a rank are not smaller than the one there and add up to no more than the total. That bounds what
// we look for, so the few large counters count as that bound, and one digit will do unless counters are large on
// average.
template <typename T>
class Selection {
  public:
    Selection(Counters<T> counters, int log2_width, std::uint64_t total) noexcept
        : counters_(counters), size_(std::size_t{1} << log2_width) {
        std::uint64_t bound = total / (size_ - rank_at(kHighFraction, log2_width));
        bound_ = static_cast<T>(std::min<std::uint64_t>(bound, static_cast<T>(~T{0})));
    }

    void run(std::uint32_t first_rank, std::uint32_t second_rank, std::uint64_t &first,
             std::uint64_t &second) noexcept {
        int shift = std::max(0, static_cast<int>(std::bit_width(bound_)) - kDigitBits);
        clear();
        for (std::size_t i = 0; i < size_; i += 2) {
            bins_[0][at(i) >> shift]++;
            bins_[1][at(i + 1) >> shift]++;
        }
        std::uint64_t first_prefix = take(first_rank), second_prefix = take(second_rank);
        first = refine(first_prefix, shift, first_rank);
        second = refine(second_prefix, shift, second_rank);
    }

  private:
    static constexpr int kDigitBits = 10;

    std::uint64_t at(std::size_t i) const noexcept { return std::min(counters_[i], bound_); }
    void clear() noexcept { std::memset(bins_, 0, sizeof bins_); }

    // The digit of the counter of this rank; the rank becomes that among the counters with this digit.
    std::uint64_t take(std::uint32_t &rank) const noexcept {
        std::uint64_t digit = 0;
        for (std::uint32_t here; rank >= (here = bins_[0][digit] + bins_[1][digit]); digit++) rank -= here;
        return digit;
    }

    std::uint64_t refine(std::uint64_t prefix, int shift, std::uint32_t rank) noexcept {
        while (shift > 0) {
            int bits = std::min(shift, kDigitBits), next = shift - bits;
            clear();
            for (std::size_t i = 0; i < size_; i++) {
                std::uint64_t c = at(i);
                if (c >> shift == prefix) bins_[0][(c >> next) & low_mask(bits)]++;
            }
            prefix = prefix << bits | take(rank);
            shift = next;
        }
        return prefix;
    }

    Counters<T> counters_;
    std::size_t size_;
    T bound_;
    std::uint32_t bins_[2][1 << kDigitBits];  // of the even and the odd counters: equal ones need not wait
};

// Rounded half up, without overflow.
std::uint64_t mean_of(const std::uint64_t (&v)[kDepth]) noexcept {
    std::uint64_t whole = 0, rest = kDepth / 2;
    for (std::uint64_t x : v) {
        whole += x / kDepth;
        rest += x % kDepth;
    }
    return whole + rest / kDepth;
}

// Rows of so many counters take a millisecond each.
constexpr int kPollFrom = 18;

}  // namespace

void measure_noise(const View &view, Noise &noise) noexcept {
    with_width(view.width, [&](auto zero) {
        using T = decltype(zero);
        for (std::size_t row = 0; row < kDepth; row++) {
            if (view.log2_width >= kPollFrom) poll();
            Selection<T> selection(view.counters<T>().row(row, view.log2_width), view.log2_width, view.total);
            selection.run(rank_at(kTypicalFraction, view.log2_width), rank_at(kHighFraction, view.log2_width),
                          noise.typical[row], noise.high[row]);
        }
    });
}

namespace {

// By their hashes, from the lowest byte to the highest: in a time that no choice of values changes. In one of two
// equally large arrays, which is the result.
Entry *sort_by_hash(Entry *entries, Entry *room, std::uint32_t count) noexcept {
    constexpr int kDigits = 8;
    static_assert(sizeof(std::uint32_t) * kDigits * 256 <= 8192);  // of stack
    std::uint32_t ends[kDigits][256] = {};
    for (std::uint32_t i = 0; i < count; i++)
        for (int digit = 0; digit < kDigits; digit++) ends[digit][entries[i].hash >> 8 * digit & 0xff]++;
    for (int digit = 0; digit < kDigits; digit++) {
        poll();
        if (ends[digit][entries[0].hash >> 8 * digit & 0xff] == count) continue;  // all have the same
        for (std::uint32_t value = 0, sum = 0; value < 256; value++) {
            const std::uint32_t here = ends[digit][value];
            ends[digit][value] = sum;
            sum += here;
        }
        for (std::uint32_t i = 0; i < count; i++) room[ends[digit][entries[i].hash >> 8 * digit & 0xff]++] = entries[i];
        std::swap(entries, room);
    }
    return entries;
}

}  // namespace

void Entries::sort(std::uint8_t *room) noexcept {
    if (view_.items <= kBuffered) {
        std::sort(buffer_, buffer_ + view_.items, [](const Entry &a, const Entry &b) { return a.hash < b.hash; });
        return;
    }
    Entry *const entries = reinterpret_cast<Entry *>(room);
    std::uint32_t count = 0;
    WorkEntries reader(view_);
    while (std::uint32_t more = reader.read(entries + count, view_.items - count)) count += more;
    sorted_ = sort_by_hash(entries, entries + count, count);
}

Estimate count(const View &view, std::uint64_t hash) noexcept {
    if (!view.is_dense) {
        std::uint64_t found = 0;
        const std::uint64_t key = permuted(hash, view.salt);
        auto visit = [&](const Entry &e) {
            if (e.hash == hash) found = e.count;
            return permuted(e.hash, view.salt) < key;
        };
        if (view.is_work) {
            WorkEntries entries(view);
            entries.seek(hash);
            for_each_read(entries, visit);
        } else {
            PackedEntries entries(view);
            for_each_read(entries, visit);
        }
        return {found, found, found};
    }
    Cells cells(hash, view.log2_width);
    std::uint64_t least = ~std::uint64_t{0};
    with_width(view.width, [&](auto zero) {
        auto counters = view.counters<decltype(zero)>();
        for (std::size_t at : cells.at) least = std::min<std::uint64_t>(least, counters[at]);
    });
    Noise noise;
    if (view.is_work) measure_noise(view, noise);
    else stated_noise(view, noise);
    std::uint64_t typical = mean_of(noise.typical), high = *std::max_element(noise.high, noise.high + kDepth);
    std::uint64_t lower = least - std::min(least, high);
    // Packed bytes that were never checked may state a typical noise above the high one.
    return {std::max(lower, least - std::min(least, typical)), lower, least};
}

}  // namespace sketch::frequency
