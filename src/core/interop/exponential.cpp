#include "exponential.hpp"

#include <array>
#include <cmath>

#include "../quantile/work.hpp"

namespace sketch::interop {

using quantile::kInfinity;
using quantile::kNaN;

namespace {

// Where Prometheus' messages have the buckets of a side: fields of spans, and of how much more a bucket has than the
// one before.
struct SideFields {
    std::uint32_t spans, deltas;
};
SideFields side_fields(sketch_bucket_encoding encoding, bool negative) noexcept {
    if (encoding == SKETCH_BUCKETS_CLIENT_MODEL) return negative ? SideFields{9, 10} : SideFields{12, 13};
    return negative ? SideFields{8, 9} : SideFields{11, 12};
}

constexpr std::uint32_t kBucketsOffset = varint(1), kBucketCounts = 2;  // of OpenTelemetry's Buckets

}  // namespace

BucketReader::BucketReader(const sketch_exponential &histogram, bool negative) noexcept
    : encoding_(histogram.encoding) {
    const sketch_bucket_range &range = negative ? histogram.negative : histogram.positive;
    if (encoding_ == SKETCH_BUCKETS_PLAIN) {
        index_ = range.offset;
        plain_ = range.data;
    } else if (encoding_ == SKETCH_BUCKETS_OTLP) {
        numbers_ = RepeatedVarint(range.data, kBucketCounts);
        begun_ = each_field(range.data, [this](const Field &field) {
            if (field.number != kBucketsOffset >> 3) return SKETCH_OK;
            index_ = static_cast<std::int32_t>(from_zigzag(field.value));
            return tag_of(field) == kBucketsOffset ? SKETCH_OK : SKETCH_CORRUPT;
        });
    } else {
        const SideFields fields = side_fields(encoding_, negative);
        numbers_ = RepeatedVarint(range.data, fields.deltas);
        spans_ = range.data;
        span_number_ = fields.spans;
        index_ = -1;  // Prometheus counts buckets from 1
    }
}

Status BucketReader::next(std::int64_t &index, std::uint64_t &count) noexcept {
    if (begun_ != SKETCH_OK) return fail(begun_, "buckets are no message, or their offset is no integer");
    do {
        poll_at(visited_++);
        Status s;
        if (encoding_ == SKETCH_BUCKETS_PLAIN) s = next_plain(count);
        else if (encoding_ == SKETCH_BUCKETS_OTLP) s = numbers_.next(count);
        else s = next_in_span(count);
        if (s == SKETCH_END) return s;
        if (s != SKETCH_OK) return fail(s, problem_ != nullptr ? problem_ : "buckets are no repeated numbers");
        index = index_++;
    } while (count == 0);
    return SKETCH_OK;
}

Status BucketReader::next_plain(std::uint64_t &count) noexcept {
    Slice number;
    if (!take(plain_, sizeof count, number)) return SKETCH_END;
    count = load<std::uint64_t>(number.at);
    return SKETCH_OK;
}

// A span tells how many buckets are left out before it, and how many it has.
Status BucketReader::next_span() noexcept {
    Field field;
    do {
        if (const Status s = next_field(spans_, field); s != SKETCH_OK) return s;
    } while (tag_of(field) != bytes(span_number_));
    std::int32_t offset = 0;
    in_span_ = 0;
    const Status s = each_field(field.bytes, [&](const Field &part) {
        if (tag_of(part) == varint(1)) offset = static_cast<std::int32_t>(from_zigzag(part.value));
        else if (tag_of(part) == varint(2)) in_span_ = static_cast<std::uint32_t>(part.value);
        else if (part.number <= 2) return SKETCH_CORRUPT;
        return SKETCH_OK;
    });
    if (s != SKETCH_OK) return fail(s, "a span is no message");
    if (offset < 0 && !is_first_span_) return fail(SKETCH_CORRUPT, "spans of buckets overlap");
    is_first_span_ = false;
    index_ += offset;
    return SKETCH_OK;
}

Status BucketReader::next_in_span(std::uint64_t &count) noexcept {
    std::uint64_t delta;
    while (in_span_ == 0) {
        poll_at(visited_++);
        const Status s = next_span();
        if (s == SKETCH_OK) continue;
        if (s == SKETCH_END && numbers_.next(delta) != SKETCH_END)
            return fail(SKETCH_CORRUPT, "more buckets than spans say");
        return s;
    }
    in_span_--;
    const Status s = numbers_.next(delta);
    if (s == SKETCH_END) return fail(SKETCH_CORRUPT, "fewer buckets than spans say");
    if (s != SKETCH_OK) return s;
    // Both are at most 2^63 in size, so that their sum is seen to be what it is.
    const std::int64_t change = from_zigzag(delta);
    if (change < 0 ? count_ < 0 - static_cast<std::uint64_t>(change)
                   : count_ > kMaxTotal - static_cast<std::uint64_t>(change))
        return fail(SKETCH_CORRUPT, "a bucket's count is negative or out of range");
    count = count_ += static_cast<std::uint64_t>(change);
    return SKETCH_OK;
}

namespace {

// Prometheus has infinities in the bucket behind that of the largest double.
std::int64_t infinity_index(int scale) noexcept {
    return std::int64_t{ladder::index_of_bits(ladder::kLargestFinite, std::min(scale, ladder::kMaxScale))} + 1;
}

bool holds_doubles(std::int64_t index, int scale) noexcept {
    const int shift = std::max(scale - ladder::kMaxScale, 0);
    scale -= shift;
    index >>= shift;
    return index >= ladder::first_index(scale) && index <= ladder::last_index(scale) &&
           ladder::holds_a_double(static_cast<std::int32_t>(index), scale);
}

}  // namespace

Status check(const sketch_exponential &histogram, int &initial_scale, const char *&problem) noexcept {
    const bool prometheus = is_prometheus(histogram.encoding);
    if (prometheus && histogram.scale == kCustomBuckets) {
        problem = "histograms with custom buckets are not exponential";
        return SKETCH_OUT_OF_RANGE;
    }
    if (prometheus ? histogram.scale < kMinSchema || histogram.scale > kMaxSchema
                   : histogram.scale < kMinScale || histogram.scale > kMaxScale) {
        problem = prometheus ? "unknown schema" : "scale is out of range";
        return SKETCH_OUT_OF_RANGE;
    }
    if (!(histogram.zero_threshold >= 0 && histogram.zero_threshold < kInfinity)) {
        problem = "zero threshold is negative or not finite";
        return SKETCH_OUT_OF_RANGE;
    }
    std::uint64_t rows = histogram.zero_count;
    bool has_buckets = false;
    for (const bool negative : {true, false}) {
        BucketReader reader(histogram, negative);
        std::int64_t index;
        std::uint64_t count;
        Status s;
        while ((s = reader.next(index, count)) == SKETCH_OK) {
            if (rows > kMaxTotal || count > kMaxTotal - rows) {
                problem = "total count is out of range";
                return SKETCH_OUT_OF_RANGE;
            }
            rows += count;
            has_buckets = true;
            if (!holds_doubles(index, histogram.scale) && !(prometheus && index == infinity_index(histogram.scale))) {
                problem = "a bucket lies beyond all numbers of double precision";
                return SKETCH_OUT_OF_RANGE;
            }
        }
        if (s != SKETCH_END) {
            problem = reader.problem();
            return s;
        }
    }
    if (histogram.count > kMaxTotal) {
        problem = "total count is out of range";
        return SKETCH_OUT_OF_RANGE;
    }
    const bool has_nan = histogram.has_sum && std::isnan(histogram.sum);
    if (has_nan ? rows > histogram.count : rows != histogram.count) {
        problem = "the count is not the sum of the buckets' counts";
        return SKETCH_OUT_OF_RANGE;
    }
    // A scale of 0 is what protobuf has where none is told. Of no bucket it says nothing, and coarsens nothing.
    const bool has_scale = histogram.scale != 0 || has_buckets;
    initial_scale = has_scale ? std::min(histogram.scale, ladder::kMaxScale) : ladder::kMaxScale;
    return SKETCH_OK;
}

namespace {

Status add_bucket(const sketch_exponential &histogram, bool negative, std::int64_t index, std::uint64_t count,
                  void *state, std::size_t size, sketch_growth &growth) noexcept {
    if (is_prometheus(histogram.encoding) && index == infinity_index(histogram.scale))
        return quantile::work_add(state, size, negative ? -kInfinity : kInfinity, count, growth);
    return quantile::work_add_bucket(state, size, histogram.scale, static_cast<std::int32_t>(index), negative, count,
                                     growth);
}

// Producers that compute indexes with logarithms miss by a neighbouring double; a sketch's extremes lie in its
// outermost buckets.
void set_extremes(const sketch_exponential &histogram, void *state, std::size_t size) noexcept {
    double ends[] = {histogram.minimum, histogram.maximum};
    for (double &end : ends)
        if (std::abs(end) <= histogram.zero_threshold) end = 0;
    const auto neighbours = [](double x) {
        return std::array{x, std::nextafter(x, kInfinity), std::nextafter(x, -kInfinity)};
    };
    for (const double minimum : neighbours(ends[0]))
        for (const double maximum : neighbours(ends[1]))
            if (quantile::work_set_extremes(state, size, minimum, maximum) == SKETCH_OK) return;
}

Status add_rows(void *state, std::size_t size, double x, std::uint64_t rows, sketch_growth &growth) noexcept {
    return rows == 0 ? SKETCH_OK : quantile::work_add(state, size, x, rows, growth);
}

enum class Stage : std::uint8_t { begin, negative, positive, zeros, nans, done };

// How far a histogram was added, and the bucket that is next.
struct Cursor {
    BucketReader reader;
    std::uint64_t rows;  // of the buckets that were read
    std::int64_t index;
    std::uint64_t count;
    Stage stage;
    bool has_bucket;
    bool is_alone;  // the state had no rows before
};

Status add_buckets(const sketch_exponential &histogram, Cursor &at, void *state, std::size_t size,
                   sketch_growth &growth) noexcept {
    const bool negative = at.stage == Stage::negative;
    for (;;) {
        if (!at.has_bucket && at.reader.next(at.index, at.count) != SKETCH_OK) return SKETCH_OK;
        at.rows += at.has_bucket ? 0 : at.count;
        at.has_bucket = true;
        if (const Status s = add_bucket(histogram, negative, at.index, at.count, state, size, growth); s != SKETCH_OK)
            return s;
        at.has_bucket = false;
    }
}

Status add_from(const sketch_exponential &histogram, Cursor &at, void *state, std::size_t size,
                sketch_growth &growth) noexcept {
    Status s;
    switch (at.stage) {
        case Stage::begin:
            at.reader = BucketReader(histogram, true);
            at.is_alone = quantile::Work(state, size).total() == 0;
            at.stage = Stage::negative;
            [[fallthrough]];
        case Stage::negative:
            if ((s = add_buckets(histogram, at, state, size, growth)) != SKETCH_OK) return s;
            at.reader = BucketReader(histogram, false);
            at.stage = Stage::positive;
            [[fallthrough]];
        case Stage::positive:
            if ((s = add_buckets(histogram, at, state, size, growth)) != SKETCH_OK) return s;
            at.stage = Stage::zeros;
            [[fallthrough]];
        case Stage::zeros:
            if ((s = add_rows(state, size, 0, histogram.zero_count, growth)) != SKETCH_OK) return s;
            at.stage = Stage::nans;
            [[fallthrough]];
        case Stage::nans: {
            const std::uint64_t nans = histogram.count - histogram.zero_count - at.rows;
            if ((s = add_rows(state, size, kNaN, nans, growth)) != SKETCH_OK) return s;
            if (at.is_alone && histogram.has_extremes) set_extremes(histogram, state, size);
            at.stage = Stage::done;
            [[fallthrough]];
        }
        case Stage::done: return SKETCH_OK;
    }
    return SKETCH_OK;
}

}  // namespace

Status add(const sketch_exponential &histogram, sketch_exponential_cursor &cursor, void *state, std::size_t size,
           sketch_growth &growth) noexcept {
    return resumed<Cursor>(cursor, [&](Cursor &at) { return add_from(histogram, at, state, size, growth); });
}

}  // namespace sketch::interop
