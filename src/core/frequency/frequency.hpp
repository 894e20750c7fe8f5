// frequency: count-min (Cormode and Muthukrishnan, "An Improved Data Stream Summary: The Count-Min Sketch and its
// Applications", 2005) with linear update; exact counts of each hash while there are few.
//
// Departures from the paper: the rows' hash functions are made from one 64-bit hash by double hashing (Kirsch and
// Mitzenmacher 2006), and the counter is its top bits, so that adding neighbouring counters gives the sketch of half
// the width exactly; the estimate is debiased by what the sketch's own counters tell about the noise in them (after
// Ting, "Count-Min: Optimal Estimation and Tight Error Bounds using Empirical Error Distributions", KDD 2018).
//
// The state is a function of the multiset of hashes: exact while it has at most max_entries(k) different ones,
// counters from then on. The number of different hashes does not depend on the width 2^k and max_entries falls with
// it, so narrowing a sketch of either form gives what a direct build at that width gives.
//
// Two forms of one value:
//   packed     canonical bytes at rest (packed.cpp; its counters: layers.hpp)
//   work       a flat buffer mutated in place (work.cpp)
// A View is the checked header of either.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../common/bytes.hpp"
#include "../common/format.hpp"
#include "../common/ordered_table.hpp"
#include "../common/poll.hpp"
#include "../common/salt.hpp"
#include "../common/width.hpp"
#include "../common/work_form.hpp"

namespace sketch::frequency {

inline constexpr int kDepth = SKETCH_FREQUENCY_DEPTH;
inline constexpr int kMinLog2Width = SKETCH_FREQUENCY_MIN_LOG2_WIDTH;
inline constexpr int kMaxLog2Width = SKETCH_FREQUENCY_MAX_LOG2_WIDTH;

// Different hashes that a sketch of width 2^k counts exactly.
constexpr std::uint32_t max_entries(int log2_width) noexcept {
    return static_cast<std::uint32_t>((std::uint64_t{kDepth} << log2_width) / 16);
}

// An item's counters, as indexes into all kDepth << log2_width of them.
struct Cells {
    std::size_t at[kDepth];
    [[gnu::always_inline]] Cells(std::uint64_t hash, int log2_width) noexcept {
        const std::uint64_t step = mix(hash) | 1;
        for (std::size_t row = 0; row < kDepth; row++)
            at[row] = (row << log2_width) + static_cast<std::size_t>((hash + row * step) >> (64 - log2_width));
    }
};

// What reading needs to know about the noise in each row's counters: two order statistics. With c_0 <= c_1 <= ... the
// sorted counters of a row, the counters of an item that never came are draws from that distribution, nearly
// independent between rows. Their least is above the (1 - p^(1/kDepth)) quantile of all rows with probability p.
//   typical   p = 0.5:  c_i, i = floor(0.15910... * 2^k): the median of the noise
//   high      p = 0.05: c_i, i = floor(0.52712... * 2^k)
// The fractions are truncated to 32 bits. An item's own counters are not left out: they can only raise a quantile, and
// so only lower the bound.
struct Noise {
    std::uint64_t typical[kDepth], high[kDepth];
};
inline constexpr std::uint32_t kTypicalFraction = 0x28bb0335;  // (1 - 0.5^(1/4)) * 2^32
inline constexpr std::uint32_t kHighFraction = 0x86f1f05f;     // (1 - 0.05^(1/4)) * 2^32
constexpr std::uint32_t rank_at(std::uint32_t fraction, int log2_width) noexcept {
    return fraction >> (32 - log2_width);
}

// A sketch of either form: its header, checked, and where its data are. Nothing outside [data, data + size) is ever
// read, whatever the data hold.
struct View {
    bool is_work, is_dense;
    int kind, log2_width;
    int width;  // of a work form's counters, or of its table's counts: log2 of bytes
    std::uint64_t total;
    std::uint32_t items;  // different hashes; 0 if dense
    std::uint32_t slots;  // of a work form's table
    std::uint64_t salt;   // of its order, or 0
    const std::uint8_t *data;
    std::size_t size;
    std::size_t begin;   // of the counters, the table, or the packed entries or layers
    std::uint64_t base;  // that is in all packed counters
    Noise noise;         // that packed bytes of a dense sketch state

    const std::uint8_t *at() const noexcept { return data + begin; }
    // Of a dense work form, which is 8-byte aligned.
    template <typename T>
    const T *counters() const noexcept {
        return reinterpret_cast<const T *>(at());
    }
};

struct Entry {
    std::uint64_t hash, count;
};

// Reads the header of either form. Not the data: see check_data. Of a packed value of `size` bytes, `at_hand` are
// there: all, or SKETCH_PEEK_SIZE or more.
Status open_header(const std::uint8_t *packed, std::size_t size, std::size_t at_hand, View &view) noexcept;
inline Status open_packed(const std::uint8_t *packed, std::size_t size, View &view) noexcept {
    return open_header(packed, size, size, view);
}
Status open_work(const void *state, std::size_t size, View &view) noexcept;

// Whether every row of a dense view adds up to the total: what a merge relies on.
Status check_rows(const View &view) noexcept;

// Order statistics of the counters of a dense work form whose rows add up.
void measure_noise(const View &work, Noise &noise) noexcept;

struct Estimate {
    std::uint64_t estimate, lower, upper;
};
Estimate count(const View &view, std::uint64_t hash) noexcept;

// ---- packed bytes (packed.cpp) ----------------------------------------

// Validates untrusted bytes: accepts only what `encode` writes.
Status check(const View &packed) noexcept;
std::size_t packed_bound(const View &view) noexcept;
// Checks a view and writes it.
Status encode(const View &view, ByteWriter &out) noexcept;

// The entries of packed bytes of an exact sketch, in order of their hashes.
class PackedEntries {
  public:
    explicit PackedEntries(const View &view) noexcept;
    // The next ones, at most `capacity`; 0 at the end, and where the bytes make no sense: `ok` tells which.
    std::uint32_t read(Entry *out, std::uint32_t capacity) noexcept;
    bool ok() const noexcept { return ok_; }
    // When all are read: whether what ends them is canonical, and where that is.
    bool end(std::size_t &size) noexcept;
    // Whether the bytes ended before the entries did.
    bool past_end() const noexcept { return counts_.position() + (ok_ ? 0 : 1) > 8 * std::uint64_t{counts_.size()}; }
    int order() const noexcept { return order_; }

  private:
    bool read_hashes(Entry *out, std::uint32_t count) noexcept;
    bool read_counts(Entry *out, std::uint32_t count) noexcept;
    bool read_long_count(Entry &entry) noexcept;

    BitReader middle_, high_, counts_;
    const std::uint8_t *low_;
    std::uint32_t items_, at_ = 0;
    std::uint64_t top_ = 0;       // high part of the latest hash
    std::uint64_t high_end_ = 0;  // bits
    int high_bits_ = 0, order_ = 0;
    bool ok_ = true;
};

// ---- the work form (work.cpp) ----------------------------------------
//
//   0  length word of the caller            4  magic, family, layout, flags
//   8  total                               16  kind, log2_width
//  20  entries                             24  slots
//  28  probes of searches in the table      32  salt
//  40  exact: a table (common/ordered_table.hpp) by the hash, or by its permutation by the salt: the keys, then counts
//             of 1 to 8 bytes
//      dense: kDepth rows of 2^log2_width counters of 1 to 8 bytes
struct WorkHeader : WorkPrefix {
    static constexpr Family kFamily = Family::frequency;
    static constexpr std::uint8_t kLayout = 2;

    std::uint64_t total;
    std::uint8_t kind, log2_width;
    std::uint16_t unused;
    std::uint32_t entries, slots;
    std::uint32_t probes;
    std::uint64_t salt;
};
static_assert(sizeof(WorkHeader) == 40);

enum : std::uint8_t {
    kWorkWidthMask = 3,  // log2 of the bytes of a counter or a count
    kWorkDense = 4,
};

constexpr std::uint64_t table_size(std::uint64_t slots, int width) noexcept {
    return sizeof(WorkHeader) + 8 * (slots + 1) + (slots << width);
}

// Homes are fewer than slots, so that the last entries find room behind the last home.
constexpr std::uint32_t homes_of(std::uint32_t slots) noexcept {
    return slots - slots / 16 - (slots < 32 ? slots / 4 : 8);
}

// The entries of a work form's table, in the order of their keys. Whether they ascend is for the reader to see.
class WorkEntries {
  public:
    explicit WorkEntries(const View &view) noexcept
        : keys_(view.at()),
          counts_(keys_ + 8 * (std::size_t{view.slots} + 1)),
          salt_(view.salt),
          slots_(view.slots),
          width_(view.width) {}
    // To the first slot where this hash can stand.
    void seek(std::uint64_t hash) noexcept { at_ = home_of(permuted(hash, salt_), homes_of(slots_)); }
    // The next ones, at most `capacity`; 0 at the end.
    std::uint32_t read(Entry *out, std::uint32_t capacity) noexcept {
        const std::uint32_t count = with_width(width_, [&](auto zero) {
            std::uint32_t found = 0;
            for (; at_ < slots_ && found < capacity; at_++) {
                out[found] = {load<std::uint64_t>(keys_ + 8 * std::size_t{at_}),
                              load<decltype(zero)>(counts_ + at_ * sizeof zero)};
                found += out[found].count != 0;
            }
            return found;
        });
        if (salt_ != 0)
            for (std::uint32_t i = 0; i < count; i++) out[i].hash = unpermuted(out[i].hash, salt_);
        return count;
    }

  private:
    const std::uint8_t *keys_, *counts_;
    std::uint64_t salt_;
    std::uint32_t slots_, at_ = 0;
    int width_;
};

template <typename Reader, typename Visit>
void for_each_read(Reader &reader, Visit visit) noexcept {
    Entry block[64];
    while (std::uint32_t count = reader.read(block, 64))
        for (std::uint32_t i = 0; i < count; i++)
            if (!visit(block[i])) return;
}

// visit(entry) for the entries of an exact view, until it answers false. Bounded, and never outside the view.
template <typename Visit>
void for_each_entry(const View &view, Visit visit) noexcept {
    if (view.is_work) {
        WorkEntries entries(view);
        for_each_read(entries, visit);
    } else {
        PackedEntries entries(view);
        for_each_read(entries, visit);
    }
}

// The entries of an exact view for those who go through them more than once: few of them are decoded only once.
class Entries {
  public:
    explicit Entries(const View &view) noexcept : view_(view) {}

    // Reads them, and checks that their keys ascend and that they add up to the total. First of all.
    Status load() noexcept {
        if (!view_.is_work) {
            PackedEntries reader(view_);
            return load_from(reader);
        }
        WorkEntries reader(view_);
        return load_from(reader);
    }
    template <typename Reader>
    Status load_from(Reader &reader) noexcept {
        const std::uint64_t salt = view_.salt;
        std::uint64_t sum = 0, previous = 0;
        std::uint32_t count = 0;
        bool right = true;
        for_each_read(reader, [&](const Entry &e) {
            const std::uint64_t key = permuted(e.hash, salt);
            right = count < view_.items && (count == 0 || key > previous) && e.count <= view_.total - sum;
            if (!right) return false;
            previous = key;
            sum += e.count;
            if (count < kBuffered) buffer_[count] = e;
            count++;
            return true;
        });
        return right && count == view_.items && sum == view_.total ? SKETCH_OK : SKETCH_CORRUPT;
    }

    // From now on they come in the order of their hashes, whatever the order of their keys. `buffer` has sort_size
    // bytes, 8-byte aligned, and stays where it is. After load only.
    void sort(std::uint8_t *buffer) noexcept;
    static constexpr std::size_t sort_size(std::uint32_t items) noexcept {
        return items <= kBuffered ? 0 : 2 * sizeof(Entry) * items;
    }
    bool are_sorted() const noexcept { return view_.salt == 0; }

    // visit(entry) for the first `limit` of them, until it answers false; how many answered true.
    template <typename Visit>
    std::uint32_t for_each(std::uint32_t limit, Visit visit) const noexcept {
        std::uint32_t done = 0;
        if (view_.items <= kBuffered) {
            while (done < limit && visit(buffer_[done])) done++;
            return done;
        }
        if (sorted_ != nullptr) {
            while (done < limit && visit(sorted_[done])) poll_at(done++);
            return done;
        }
        frequency::for_each_entry(view_, [&](const Entry &e) {
            if (done == limit || !visit(e)) return false;
            poll_at(done++);
            return true;
        });
        return done;
    }
    // change(entry) for all of them; or undo(entry) for those before the first for which it answers false.
    template <typename Change, typename Undo>
    bool change_all(Change change, Undo undo) const noexcept {
        const std::uint32_t done = for_each(size(), change);
        if (done == size()) return true;
        for_each(done, [&](const Entry &e) {
            undo(e);
            return true;
        });
        return false;
    }
    // use(entry) for all of them.
    template <typename Use>
    void for_all(Use use) const noexcept {
        for_each(size(), [&](const Entry &e) {
            use(e);
            return true;
        });
    }
    std::uint32_t size() const noexcept { return view_.items; }

  private:
    static constexpr std::uint32_t kBuffered = 512;
    const View &view_;
    const Entry *sorted_ = nullptr;
    Entry buffer_[kBuffered];
};

void work_init(void *state, std::size_t size, int kind, int log2_width) noexcept;
void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept;
Status work_add(void *state, std::size_t size, int kind, std::uint64_t hash, std::uint64_t weight,
                sketch_growth &growth) noexcept;
Status work_limit(void *state, std::size_t size, int log2_width, sketch_growth &growth) noexcept;
Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept;
Status work_subtract(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept;

}  // namespace sketch::frequency
