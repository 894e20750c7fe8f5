// Exponential histograms on their way into a quantile sketch: their buckets, in each of the encodings.
#pragma once

#include "../quantile/quantile.hpp"
#include "protobuf.hpp"

namespace sketch::interop {

inline constexpr int kMinScale = SKETCH_QUANTILE_MIN_SCALE, kMaxScale = SKETCH_QUANTILE_MAX_BUCKET_SCALE;
inline constexpr int kMinSchema = -4, kMaxSchema = 8, kCustomBuckets = -53;

inline bool is_prometheus(sketch_bucket_encoding encoding) noexcept {
    return encoding == SKETCH_BUCKETS_CLIENT_MODEL || encoding == SKETCH_BUCKETS_REMOTE_WRITE;
}

// The non-empty buckets of one side, from the lowest magnitude on.
class BucketReader {
  public:
    BucketReader() = default;
    BucketReader(const sketch_exponential &histogram, bool negative) noexcept;

    // The index is OpenTelemetry's, and may be any number yet. OK, END, or what is wrong; then problem() says it.
    Status next(std::int64_t &index, std::uint64_t &count) noexcept;
    const char *problem() const noexcept { return problem_; }

  private:
    Status next_plain(std::uint64_t &count) noexcept;
    Status next_span() noexcept;
    Status next_in_span(std::uint64_t &count) noexcept;
    Status fail(Status status, const char *problem) noexcept {
        problem_ = problem;
        return status;
    }

    sketch_bucket_encoding encoding_ = SKETCH_BUCKETS_PLAIN;
    std::int64_t index_ = 0;  // of the next bucket
    const char *problem_ = nullptr;
    Status begun_ = SKETCH_OK;
    Slice plain_ = {};
    RepeatedVarint numbers_;  // counts, or how much more each is than the one before
    Slice spans_ = {};        // the message, from the next span on
    std::uint32_t span_number_ = 0, in_span_ = 0;
    bool is_first_span_ = true;
    std::uint64_t count_ = 0, visited_ = 0;
};

Status check(const sketch_exponential &histogram, int &initial_scale, const char *&problem) noexcept;
Status add(const sketch_exponential &histogram, sketch_exponential_cursor &cursor, void *state, std::size_t size,
           sketch_growth &growth) noexcept;

}  // namespace sketch::interop
