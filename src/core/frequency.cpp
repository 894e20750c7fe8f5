// Reading a frequency sketch of either form.
#include "frequency.hpp"

namespace sketch::frequency {

Status view_of_work(const void *state, std::size_t size, View &view) noexcept {
    if (size < sizeof(WorkHeader)) return SKETCH_TRUNCATED;
    WorkHeader h = load<WorkHeader>(state);
    if (h.magic != kWorkMagic || h.layout != kWorkLayout) return SKETCH_WRONG_VERSION;
    if (h.family != static_cast<std::uint8_t>(Family::frequency)) return SKETCH_WRONG_FAMILY;
    if ((h.flags & ~(kWorkWidthMask | kWorkDense)) || !is_kind(h.kind) || h.log2_width < kMinLog2Width ||
        h.log2_width > kMaxLog2Width || h.total > kMaxTotal || h.unused != 0 || h.unused_too != 0)
        return SKETCH_CORRUPT;
    view.is_work = true;
    view.is_dense = (h.flags & kWorkDense) != 0;
    view.kind = h.kind;
    view.log2_width = h.log2_width;
    view.width = h.flags & kWorkWidthMask;
    view.total = h.total;
    view.items = h.entries;
    view.slots = h.slots;
    view.data = static_cast<const std::uint8_t *>(state);
    view.size = size;
    view.begin = sizeof(WorkHeader);
    if (view.is_dense) {
        if (h.entries != 0 || h.slots != 0 || h.total == 0) return SKETCH_CORRUPT;
        if (size - view.begin < std::size_t{kDepth} << (h.log2_width + view.width)) return SKETCH_TRUNCATED;
        return SKETCH_OK;
    }
    if (h.entries > most_entries(h.log2_width) || h.entries > h.slots || h.slots == 0 || h.total < h.entries ||
        (h.total > 0 && h.entries == 0))
        return SKETCH_CORRUPT;
    return size < table_size(h.slots, view.width) ? SKETCH_TRUNCATED : SKETCH_OK;
}

Status view_of(const void *sketch, std::size_t size, View &view) noexcept {
    if (sketch_is_work_form(sketch, size)) return view_of_work(sketch, size, view);
    return view_of_packed(static_cast<const std::uint8_t *>(sketch), size, view);
}

namespace {

// Whether every row adds up to the total. Sums of 8-byte counters could wrap, so each is compared on the way.
template <typename T>
bool rows_add_up(const View &view) noexcept {
    const std::size_t width = std::size_t{1} << view.log2_width;
    bool right = true;
    for (std::size_t row = 0; row < kDepth; row++) {
        Counters<T> counters = view.counters<T>().row(row, view.log2_width);
        std::uint64_t sum = 0;
        if constexpr (sizeof(T) == 8) {
            for (std::size_t i = 0; i < width; i++) {
                if (counters[i] > view.total - sum) return false;
                sum += counters[i];
            }
        } else {
            for (std::size_t i = 0; i < width; i++) sum += counters[i];
        }
        right &= sum == view.total;
    }
    return right;
}

bool entries_add_up(const View &view) noexcept {
    std::uint64_t sum = 0, previous = 0;
    std::uint32_t items = 0;
    bool right = true;
    for_each_entry(view, [&](const Entry &e) {
        right = (items == 0 || e.hash > previous) && e.count <= view.total - sum;
        previous = e.hash;
        sum += e.count;
        items++;
        return right;
    });
    return right && items == view.items && sum == view.total;
}

}  // namespace

Status check_data(const View &view) noexcept {
    bool right = view.is_dense ? with_width(view.width, [&](auto zero) { return rows_add_up<decltype(zero)>(view); })
                               : entries_add_up(view);
    return right ? SKETCH_OK : SKETCH_CORRUPT;
}

namespace {

// The two order statistics of one row by radix selection: a histogram of the leading digit tells which digit the
// wanted rank has, and how many counters are below; then the next digit, among the counters that begin so.
template <typename T>
class Selection {
  public:
    Selection(Counters<T> counters, int log2_width) noexcept
        : counters_(counters), size_(std::size_t{1} << log2_width), digit_bits_(log2_width <= 8 ? 8 : kMostDigitBits) {}

    void run(std::uint32_t first_rank, std::uint32_t second_rank, std::uint64_t &first,
             std::uint64_t &second) noexcept {
        std::uint64_t any = 0;
        for (std::size_t i = 0; i < size_; i++) any |= counters_[i];
        int shift = std::max(0, static_cast<int>(std::bit_width(any)) - digit_bits_);
        clear();
        for (std::size_t i = 0; i < size_; i++) bins_[std::uint64_t{counters_[i]} >> shift]++;
        std::uint64_t first_prefix = take(first_rank), second_prefix = take(second_rank);
        first = refine(first_prefix, shift, first_rank);
        second = refine(second_prefix, shift, second_rank);
    }

  private:
    static constexpr int kMostDigitBits = 11;

    void clear() noexcept { std::memset(bins_, 0, sizeof *bins_ << digit_bits_); }

    // The digit of the counter of this rank; the rank becomes that among the counters with this digit.
    std::uint64_t take(std::uint32_t &rank) const noexcept {
        std::uint64_t digit = 0;
        for (; rank >= bins_[digit]; digit++) rank -= bins_[digit];
        return digit;
    }

    std::uint64_t refine(std::uint64_t prefix, int shift, std::uint32_t rank) noexcept {
        while (shift > 0) {
            int bits = std::min(shift, digit_bits_), next = shift - bits;
            clear();
            for (std::size_t i = 0; i < size_; i++) {
                std::uint64_t c = counters_[i];
                if (c >> shift == prefix) bins_[(c >> next) & low_mask(bits)]++;
            }
            prefix = prefix << bits | take(rank);
            shift = next;
        }
        return prefix;
    }

    Counters<T> counters_;
    std::size_t size_;
    int digit_bits_;
    std::uint32_t bins_[1 << kMostDigitBits];
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

}  // namespace

void measure_noise(const View &view, Noise &noise) noexcept {
    with_width(view.width, [&](auto zero) {
        using T = decltype(zero);
        for (std::size_t row = 0; row < kDepth; row++) {
            Selection<T> selection(view.counters<T>().row(row, view.log2_width), view.log2_width);
            selection.run(rank_at(kTypicalFraction, view.log2_width), rank_at(kHighFraction, view.log2_width),
                          noise.typical[row], noise.high[row]);
        }
    });
}

Status count(const View &view, std::uint64_t hash, Estimate &result) noexcept {
    if (!view.is_dense) {
        std::uint64_t found = 0;
        for_each_entry(view, [&](const Entry &e) {
            if (e.hash == hash) found = e.count;
            return e.hash < hash;
        });
        result = {found, found, found};
        return SKETCH_OK;
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
    result.upper = least;
    result.lower = least - std::min(least, high);
    // Packed bytes that were never checked may state a typical noise above the high one.
    result.estimate = std::max(result.lower, least - std::min(least, typical));
    return SKETCH_OK;
}

}  // namespace sketch::frequency
