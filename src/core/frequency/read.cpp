// What is read off a frequency sketch.
#include "layers.hpp"

namespace sketch::frequency {

Status check_rows(const View &view) noexcept {
    DenseCounters counters(view);
    if (Status s = counters.open(); s != SKETCH_OK) return s;
    return counters.for_each([](const auto *, std::size_t, std::uint32_t) {});
}

namespace {

// The value at a place among `count` sorted ones, by bisection: it is `low` to `high`.
template <typename T>
std::uint64_t value_at(const T *values, std::size_t count, std::size_t place, std::uint64_t low,
                       std::uint64_t high) noexcept {
    while (low < high) {
        const std::uint64_t middle = high - (high - low) / 2;
        if (count_at_least(values, count, middle) >= count - place) low = middle;
        else high = middle - 1;
    }
    return low;
}

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

// The counters from a place on are not smaller than the one there and add up to no more than the total. That bounds
// what we look for.
void measure_noise(const View &work, Noise &noise) noexcept {
    const std::size_t count = std::size_t{1} << work.log2_width;
    const std::size_t typical = rank_at(kTypicalFraction, work.log2_width),
                      high = rank_at(kHighFraction, work.log2_width);
    with_width(work.width, [&](auto zero) {
        const auto *counters = work.counters<decltype(zero)>();
        for (std::size_t row = 0; row < kDepth; row++, counters += count) {
            noise.typical[row] = value_at(counters, count, typical, 0, work.total / (count - typical));
            noise.high[row] = value_at(counters, count, high, noise.typical[row], work.total / (count - high));
        }
    });
}

namespace {

// By their hashes, from the lowest byte to the highest: in a time that no choice of values changes. In one of two
// equally large arrays, which is the result.
Entry *sort_by_hash(Entry *entries, Entry *buffer, std::uint32_t count) noexcept {
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
        for (std::uint32_t i = 0; i < count; i++)
            buffer[ends[digit][entries[i].hash >> 8 * digit & 0xff]++] = entries[i];
        std::swap(entries, buffer);
    }
    return entries;
}

}  // namespace

void Entries::sort(std::uint8_t *buffer) noexcept {
    if (view_.items <= kBuffered) {
        std::sort(buffer_, buffer_ + view_.items, [](const Entry &a, const Entry &b) { return a.hash < b.hash; });
        return;
    }
    Entry *const entries = reinterpret_cast<Entry *>(buffer);
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
    Noise noise;
    if (view.is_work) {
        with_width(view.width, [&](auto zero) {
            const auto *counters = view.counters<decltype(zero)>();
            for (std::size_t at : cells.at) least = std::min<std::uint64_t>(least, counters[at]);
        });
        measure_noise(view, noise);
    } else {
        least = least_of(view, cells);
        noise = view.noise;
    }
    std::uint64_t typical = mean_of(noise.typical), high = *std::max_element(noise.high, noise.high + kDepth);
    std::uint64_t lower = least - std::min(least, high);
    // Packed bytes that were never checked may state a typical noise above the high one.
    return {std::max(lower, least - std::min(least, typical)), lower, least};
}

}  // namespace sketch::frequency
