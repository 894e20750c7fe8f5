// quantile: UDDSketch (Epicoco et al., arXiv 2004.08604) on the exact base-2 ladder of ladder.hpp.
//
// Departures from the paper: buckets are those of OpenTelemetry (base 2^(2^-s) instead of (1 + a)/(1 - a)); negative
// values and zero are kept; a row's estimate is interpolated in its bucket; sketches of any two accuracies merge.
//
// The state is a function of the multiset of rows: bucket counts at scale
//     s = the largest s <= the scale r asked for with at most 2048 * 2^max(0, r - 6) non-empty buckets,
// which is monotone in the multiset and therefore the same for every order and every tree of merges.
//
// Three shapes of one value:
//   Histogram  sorted buckets, decoded into memory of the caller; everything is read from it
//   packed     canonical bytes at rest (packed.cpp)
//   work       a flat buffer mutated in place (work.cpp), read by work_read.cpp
#pragma once

#include <cstddef>
#include <cstdint>

#include "../common/bytes.hpp"
#include "../common/format.hpp"
#include "../common/ones.hpp"
#include "../common/work_form.hpp"
#include "ladder.hpp"

namespace sketch::quantile {

inline constexpr std::size_t kMaxFractions = 1000;
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
inline std::uint64_t magnitude_bits(double x) noexcept { return std::bit_cast<std::uint64_t>(x) & ~kSignBit; }
static_assert(ladder::kMinScale == SKETCH_QUANTILE_MIN_SCALE && ladder::kMaxScale == SKETCH_QUANTILE_MAX_SCALE);

// How many non-empty buckets a sketch may have. A function of the scale asked for, which may only fall with it: then
// what a merge with a coarser sketch allows is never more than what either side was allowed, and a state stays a
// function of its rows and of the coarsest scale asked for.
// Each scale from 6 on holds 32 octaves.
constexpr std::uint32_t max_buckets(int requested_scale) noexcept {
    return SKETCH_QUANTILE_MAX_BUCKETS(requested_scale);
}

// The fractions that a partial state of percentile_sketch carries to its final function. `at` may be unaligned.
struct Fractions {
    const std::uint8_t *at =
        nullptr;  // little-endian doubles in a packed value, native ones in a work form: see `little_endian`
    std::size_t count = 0;
    bool is_array = false;
    bool little_endian = false;

    bool any() const noexcept { return count > 0 || is_array; }
    double operator[](std::size_t i) const noexcept {
        std::uint64_t bits = load<std::uint64_t>(at + 8 * i);
        return std::bit_cast<double>(little_endian ? to_little_endian(bits) : bits);
    }
};

inline bool is_fraction(double p) noexcept { return p >= 0 && p <= 1; }

// One row's place: what the sketch says about the k-th smallest row.
struct Row {
    double estimate, lower, upper;
};

// The row of a bucket that has k smaller ones in it. `negative` buckets hold the values -x of those with this index.
Row row_in_bucket(bool negative, std::int32_t index, std::uint64_t count, std::uint64_t k, int scale,
                  bool whole) noexcept;

// Which two rows a percentile lies between, computed as percentile_cont computes it, roundings included.
struct Place {
    std::uint64_t first, second;
    double part;

    Place(double p, std::uint64_t total) noexcept;
};

// The percentile there, and bounds of percentile_cont if `lower` is not null.
double interpolate(const Row &first, const Row &second, double part, double *lower, double *upper) noexcept;

// Rows of which nothing but their number is kept.
struct Counters {
    std::uint64_t total;  // all rows
    std::uint64_t zeros, negative_infinities, positive_infinities, nans;

    std::uint64_t specials() const noexcept { return negative_infinities + positive_infinities + nans; }
    std::uint64_t finite() const noexcept { return total - specials(); }
    // True if the k-th row is infinite or NaN; else k becomes its number among the finite rows.
    bool is_special(std::uint64_t &k, Row &row) const noexcept;
};

// The decoded sketch: non-empty buckets in value order, negative ones (index descending) before positive ones.
// Empty until a decoder fills it in: the first negatives + positives of `capacity` buckets are in use.
struct Histogram : Counters {
    int requested_scale, scale;
    bool extremes_known;
    bool whole;               // all finite rows are whole numbers
    double minimum, maximum;  // over the finite rows, if known and if there are any
    std::uint32_t negatives, positives;
    Fractions fractions;
    std::uint32_t capacity;
    std::uint64_t *count;
    std::int32_t *index;        // has kOnesSlack places more, for a decoder writes beyond what it finds
    std::uint64_t *block_ends;  // rows in the buckets up to the end of each whole block of them, if there are `blocks`
    std::uint32_t blocks;

    static constexpr std::uint32_t kBlock = 256;  // buckets: so a row of many is found by looking at few of them
    void sum_blocks() noexcept;                   // once all buckets are there

    void clear(int requested) noexcept;
    std::uint32_t buckets() const noexcept { return negatives + positives; }
    bool is_negative(std::uint32_t bucket) const noexcept { return bucket < negatives; }

    // The smallest and largest double of a bucket, by value; if rows are whole numbers, the smallest and largest of
    // those.
    double lower(std::uint32_t bucket) const noexcept;
    double upper(std::uint32_t bucket) const noexcept;

    void collapse_to(int coarser) noexcept;
    bool collapse_was_needed() const noexcept;
    bool may_hold_fraction() const noexcept;  // whether any bucket has doubles that are no whole numbers
    bool whole_is_right() const noexcept;

    // Extremes over the finite rows: exact if known, else bucket edges. Needs finite() > 0.
    double finite_minimum() const noexcept;
    double finite_maximum() const noexcept;
    // Over all rows, infinities and NaN included. Needs total > 0.
    double overall_minimum() const noexcept;
    double overall_maximum() const noexcept;

    Row row(std::uint64_t k) const noexcept;                                   // 0 <= k < total
    double percentile(double p, double *lower, double *upper) const noexcept;  // total > 0
    double rows_up_to(double x) const noexcept;                                // estimated number of rows <= x

    std::uint64_t rows_before(std::uint32_t bucket) const noexcept;
    // The bucket of the k-th row of those that are in buckets; k becomes its number in it.
    std::uint32_t bucket_of(std::uint64_t &k) const noexcept;

    // Needs total > 0. Infinities and NaN give what a sum of doubles makes of them (sum.cpp).
    double sum() const noexcept;                          // +-Infinity, too, if finite rows exceed the doubles
    double mean(double low, double high) const noexcept;  // of the rows between two fractions, low < high
    // What rows first .. last - 1 of a bucket are taken for on average: within accuracy * |x| of each of its rows x.
    double mean_in_bucket(std::uint32_t bucket, std::uint64_t first, std::uint64_t last) const noexcept;
};

// Whether one of the rows may be a fraction if these extremes are none: one row more than the extremes must be among
// the `rows` that are in buckets with fractions.
bool may_be_between(double minimum, double maximum, std::uint64_t rows, int scale) noexcept;

// Buckets that a sketch can have at most, by its header and size, which may be anybody's: what `capacity` must be.
std::uint32_t packed_capacity(const std::uint8_t *packed, std::size_t size) noexcept;
std::uint32_t work_capacity(const void *state, std::size_t size) noexcept;

// Packed bytes, both ways (packed.cpp). decode_packed validates untrusted bytes.
Status decode_packed(const std::uint8_t *packed, std::size_t size, Histogram &into) noexcept;
Status encode(const Histogram &from, bool with_fractions, ByteWriter &out) noexcept;

// What stands in front of the bits: all but the counts, and the buckets between the ends. The histogram has the first
// and the last bucket of each side, with one row each; `negatives` and `positives` are how many there are.
struct Hull {
    Histogram histogram;
    std::uint32_t negatives, positives;
    std::uint64_t count[4];
    std::int32_t index[4];
};
Status peek(const std::uint8_t *first, std::size_t size, Hull &hull) noexcept;

// a - b; `a` becomes the difference. Rows are known by their buckets: b's are taken for rows of a if there are as many.
Status subtract(Histogram &a, Histogram &b) noexcept;

// ---- the work form (work.cpp, buckets.cpp, work_read.cpp) ----------------------------------------
//
//   0  length word of the caller            4  magic, family, layout, flags
//   8  remaining_rows (see work.hpp)   16  minimum   24  maximum
//  32  base[2]   40  cells[2]               per side: 0 negative, 1 positive
//  48  scale, requested scale, number of fractions
//  52  pending: 1 + the cell of a row that its counter does not have yet, or 0
//  56  used: entries (list) or non-empty buckets (window, pairs), without the pending one
//  60  whether a row came that is no whole number
//  64  zeros
//  72  data, by mode:
//      list    entries of 16 bits in order of arrival: sign << 15 | index - base[side]. What small groups are made of
//      window  counters for the buckets base[side] .. base[side] + cells[side] - 1 of either side, 1 to 8 bytes each
//      pairs   up to cells[0] buckets: 8-byte counts, then 4-byte keys. For few buckets spread widely. In value order
//              but for the last cells[1], which are in an order of their own
//  end  of a moving state MovingCounts; counts of -Infinity, +Infinity and NaN (if any came); the fractions
//
// A moving state is a window without a limit of buckets. So that a row is found and a scale chosen without looking at
// all of its counters, sums stand behind them: level l has the sum of each 2^l neighbours of either side, up to one for
// a side. Bases are multiples of 2^l as long as l is one of the scales that a reader may have to go down to, so that
// these sums are the buckets of scale - l; how many of them are not zero is counted too.
//
// Rows of a window are deferred, one at a time: see common/work_form.hpp. Total and extremes are in the header, and
// always up to date.
struct WorkHeader : WorkPrefix {
    static constexpr Family kFamily = Family::quantile;
    static constexpr std::uint8_t kLayout = 3;

    std::int64_t remaining_rows;
    double minimum, maximum;
    std::int32_t base[2];
    std::uint32_t cells[2];
    std::int8_t scale, requested_scale;
    std::uint16_t fraction_count;
    std::uint32_t pending;
    std::uint32_t used;
    std::uint32_t not_whole;  // 1 if a finite row is no whole number; a moving state counts such rows instead
    std::uint64_t zeros;
};
static_assert(sizeof(WorkHeader) == 72);

struct MovingCounts {
    std::uint32_t filled[ladder::kMaxScale - ladder::kWholeRangeScale];  // sums that are not zero, by level - 1
    std::uint64_t not_whole;                                             // rows that are no whole numbers
};

// How to make a state: see sketch_quantile_init, and the fractions that it carries.
struct Options {
    int scale;
    bool moving = false;
    const double *fractions = nullptr;
    std::size_t fraction_count = 0;
    bool fractions_are_array = false;
};
std::size_t work_init_size(const Options &options) noexcept;
void work_init(void *state, std::size_t size, const Options &options) noexcept;
void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept;
Status work_add(void *state, std::size_t size, double x, std::uint64_t weight, sketch_growth &growth) noexcept;
bool work_is_moving(const void *state) noexcept;
Status moving_percentiles(const void *state, std::size_t size, double *out, Fractions &fractions,
                          std::uint64_t &rows) noexcept;
Status work_remove(void *state, std::size_t size, double x) noexcept;
Status work_limit(void *state, std::size_t size, int scale, sketch_growth &growth) noexcept;
Status work_merge(void *state, std::size_t size, Histogram &other, sketch_growth &growth) noexcept;
Status work_add_bucket(void *state, std::size_t size, int scale, std::int32_t index, bool negative, std::uint64_t count,
                       sketch_growth &growth) noexcept;
Status work_set_extremes(void *state, std::size_t size, double minimum, double maximum) noexcept;
Fractions work_fractions(const void *state, std::size_t size) noexcept;
Status decode_work(const void *state, std::size_t size, Histogram &into) noexcept;

}  // namespace sketch::quantile
