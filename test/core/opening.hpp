// The functions of sketch.h that read an opened sketch, for bytes that are opened for this one call: what most tests
// do.
//
// The form is told by the bytes here, as the inputs of the fuzzers have no other way to tell it: aligned ones with the
// magic number of work forms behind the caller's four bytes are a work form, unless they begin as packed values do.
// Scratch memory is exactly as large as asked for, so that the address sanitizer sees every byte too many.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <type_traits>

#include "sketch.h"
#include "sketch_postgres.h"

inline sketch_form form_of(const void *data, size_t size) {
    const uint8_t *bytes = static_cast<const uint8_t *>(data);
    const bool is_work = size > 4 && bytes[4] == SKETCH_WORK_MAGIC && bytes[0] != SKETCH_FORMAT_VERSION &&
                         reinterpret_cast<uintptr_t>(data) % 8 == 0;
    return is_work ? SKETCH_WORK : SKETCH_PACKED;
}

template <typename Family>
class Opening {
  public:
    using Opened = typename Family::Opened;

    Opening(const void *data, size_t size) : Opening(data, size, form_of(data, size)) {}
    Opening(const void *data, size_t size, sketch_form form) {
        const size_t needed = Family::open_size(data, size, form);
        scratch_.reset(new uint64_t[(needed + 7) / 8]);
        status = Family::open(data, size, form, scratch_.get(), needed, &sketch);
    }

    // use(sketch), if it is one; else what is wrong with it.
    template <typename Use>
    sketch_status then(Use use) {
        return status == SKETCH_OK ? use(sketch) : status;
    }

    Opened *sketch = nullptr;
    sketch_status status;

  private:
    std::unique_ptr<uint64_t[]> scratch_;
};

struct QuantileOpening {
    using Opened = sketch_quantile;
    static constexpr auto open_size = sketch_quantile_open_size;
    static constexpr auto open = sketch_quantile_open;
};
struct DistinctOpening {
    using Opened = sketch_distinct;
    static constexpr auto open_size = sketch_distinct_open_size;
    static constexpr auto open = sketch_distinct_open;
};
struct FrequencyOpening {
    using Opened = sketch_frequency;
    static constexpr auto open_size = sketch_frequency_open_size;
    static constexpr auto open = sketch_frequency_open;
};
struct TopkOpening {
    using Opened = sketch_topk;
    static constexpr auto open_size = sketch_topk_open_size;
    static constexpr auto open = sketch_topk_open;
};
struct MembershipOpening {
    using Opened = sketch_membership;
    static constexpr auto open_size = sketch_membership_open_size;
    static constexpr auto open = sketch_membership_open;
};
using OpenedQuantile = Opening<QuantileOpening>;
using OpenedDistinct = Opening<DistinctOpening>;
using OpenedFrequency = Opening<FrequencyOpening>;
using OpenedTopk = Opening<TopkOpening>;
using OpenedMembership = Opening<MembershipOpening>;

// Each function by its own name, with the bytes in place of the opened sketch.
#define SKETCH_TEST_READS(Opening, function)                                                                 \
    template <typename Bytes, typename... Arguments>                                                         \
    requires(!std::is_same_v<Bytes, Opening::Opened>) sketch_status function(const Bytes *data, size_t size, \
                                                                             Arguments... arguments) {       \
        return Opening(data, size).then([&](auto *sketch) { return function(sketch, arguments...); });       \
    }
#define SKETCH_TEST_MERGES(Opened, function)                                                                     \
    inline sketch_status function(void *state, size_t state_size, const void *data, size_t size,                 \
                                  sketch_growth *growth) {                                                       \
        return Opened(data, size).then([&](auto *other) { return function(state, state_size, other, growth); }); \
    }
SKETCH_TEST_READS(OpenedQuantile, sketch_quantile_percentiles)
SKETCH_TEST_READS(OpenedQuantile, sketch_quantile_carried_percentiles)
SKETCH_TEST_READS(OpenedQuantile, sketch_quantile_rank)
SKETCH_TEST_READS(OpenedQuantile, sketch_quantile_sum)
SKETCH_TEST_READS(OpenedQuantile, sketch_quantile_mean)
SKETCH_TEST_READS(OpenedQuantile, sketch_quantile_histogram)
SKETCH_TEST_READS(OpenedQuantile, sketch_quantile_histogram_at)
SKETCH_TEST_READS(OpenedQuantile, sketch_quantile_describe)
SKETCH_TEST_READS(OpenedQuantile, sketch_quantile_load)
SKETCH_TEST_MERGES(OpenedQuantile, sketch_quantile_merge)
SKETCH_TEST_READS(OpenedDistinct, sketch_distinct_pack)
SKETCH_TEST_READS(OpenedDistinct, sketch_distinct_count)
SKETCH_TEST_READS(OpenedDistinct, sketch_distinct_bounds)
SKETCH_TEST_READS(OpenedDistinct, sketch_distinct_describe)
SKETCH_TEST_READS(OpenedDistinct, sketch_distinct_load)
SKETCH_TEST_MERGES(OpenedDistinct, sketch_distinct_merge)
SKETCH_TEST_READS(OpenedFrequency, sketch_frequency_pack)
SKETCH_TEST_READS(OpenedFrequency, sketch_frequency_count)
SKETCH_TEST_READS(OpenedFrequency, sketch_frequency_describe)
SKETCH_TEST_READS(OpenedFrequency, sketch_frequency_load)
SKETCH_TEST_MERGES(OpenedFrequency, sketch_frequency_merge)
SKETCH_TEST_MERGES(OpenedFrequency, sketch_frequency_subtract)
SKETCH_TEST_READS(OpenedTopk, sketch_topk_pack)
SKETCH_TEST_READS(OpenedTopk, sketch_topk_count)
SKETCH_TEST_READS(OpenedTopk, sketch_topk_describe)
SKETCH_TEST_READS(OpenedTopk, sketch_topk_load)
SKETCH_TEST_MERGES(OpenedTopk, sketch_topk_merge)
SKETCH_TEST_READS(OpenedMembership, sketch_membership_pack)
SKETCH_TEST_READS(OpenedMembership, sketch_membership_contains)
SKETCH_TEST_READS(OpenedMembership, sketch_membership_rate)
SKETCH_TEST_READS(OpenedMembership, sketch_membership_sampled_rate)
SKETCH_TEST_READS(OpenedMembership, sketch_membership_describe)
SKETCH_TEST_READS(OpenedMembership, sketch_membership_load)
SKETCH_TEST_MERGES(OpenedMembership, sketch_membership_merge)
#undef SKETCH_TEST_READS
#undef SKETCH_TEST_MERGES

// Whether bytes are a packed sketch in canonical form: to open it says all of quantile and distinct.
inline sketch_status sketch_quantile_check(const uint8_t *packed, size_t size) {
    return OpenedQuantile(packed, size, SKETCH_PACKED).status;
}
inline sketch_status sketch_distinct_check(const uint8_t *packed, size_t size) {
    return OpenedDistinct(packed, size, SKETCH_PACKED).then([](auto *s) { return sketch_distinct_check(s); });
}
inline sketch_status sketch_frequency_check(const uint8_t *packed, size_t size) {
    return OpenedFrequency(packed, size, SKETCH_PACKED).then([](auto *s) { return sketch_frequency_check(s); });
}
inline sketch_status sketch_topk_check_items(const uint8_t *packed, size_t size) {
    return OpenedTopk(packed, size, SKETCH_PACKED).then([](auto *s) { return sketch_topk_check_items(s); });
}
inline sketch_status sketch_topk_check(const uint8_t *packed, size_t size) {
    return OpenedTopk(packed, size, SKETCH_PACKED).then([](auto *s) { return sketch_topk_check(s); });
}
inline sketch_status sketch_membership_check(const uint8_t *packed, size_t size) {
    return OpenedMembership(packed, size, SKETCH_PACKED).then([](auto *s) { return sketch_membership_check(s); });
}

// Canonical bytes, or those of a partial state.
inline sketch_status sketch_quantile_pack(const void *data, size_t size, int partial, uint8_t *out, size_t capacity,
                                          size_t *out_size) {
    return OpenedQuantile(data, size).then([&](const sketch_quantile *sketch) {
        return partial ? sketch_quantile_pack_partial(sketch, out, capacity, out_size)
                       : sketch_quantile_pack(sketch, out, capacity, out_size);
    });
}
inline sketch_status sketch_quantile_options_of(const void *data, size_t size, double *fractions,
                                                sketch_quantile_options *options) {
    return OpenedQuantile(data, size).then([&](const sketch_quantile *sketch) {
        sketch_quantile_options_of(sketch, fractions, options);
        return SKETCH_OK;
    });
}
inline size_t quantile_packed_bound(const void *data, size_t size) {
    OpenedQuantile opened(data, size);
    return opened.status == SKETCH_OK ? sketch_quantile_packed_bound(opened.sketch) : 0;
}
inline size_t distinct_packed_bound(const void *data, size_t size) {
    OpenedDistinct opened(data, size);
    return opened.status == SKETCH_OK ? sketch_distinct_packed_bound(opened.sketch) : 0;
}
inline sketch_status sketch_quantile_subtract(const void *a, size_t a_size, const void *b, size_t b_size, uint8_t *out,
                                              size_t capacity, size_t *out_size) {
    return OpenedQuantile(a, a_size).then([&](auto *from) {
        return OpenedQuantile(b, b_size).then(
            [&](auto *taken) { return sketch_quantile_subtract(from, taken, out, capacity, out_size); });
    });
}

// call(left, right, scratch, size), with scratch memory of exactly the size that comparing them needs.
template <typename Call>
sketch_status distinct_compared(const void *a, size_t a_size, const void *b, size_t b_size, Call call) {
    return OpenedDistinct(a, a_size).then([&](auto *left) {
        return OpenedDistinct(b, b_size).then([&](auto *right) {
            const size_t needed = sketch_distinct_overlap_size(left, right);
            std::unique_ptr<uint64_t[]> scratch(new uint64_t[(needed + 7) / 8]);
            return call(left, right, static_cast<void *>(scratch.get()), needed);
        });
    });
}
inline sketch_status sketch_distinct_overlap(const void *a, size_t a_size, const void *b, size_t b_size,
                                             double *intersection, double *jaccard) {
    return distinct_compared(a, a_size, b, b_size, [&](auto *left, auto *right, void *scratch, size_t size) {
        return sketch_distinct_overlap(left, right, scratch, size, intersection, jaccard);
    });
}
inline sketch_status sketch_distinct_difference(const void *a, size_t a_size, const void *b, size_t b_size,
                                                double *difference) {
    return distinct_compared(a, a_size, b, b_size, [&](auto *left, auto *right, void *scratch, size_t size) {
        return sketch_distinct_difference(left, right, scratch, size, difference);
    });
}
inline sketch_status sketch_distinct_intersection_bounds(const void *a, size_t a_size, const void *b, size_t b_size,
                                                         double confidence, double *lower, double *upper) {
    return distinct_compared(a, a_size, b, b_size, [&](auto *left, auto *right, void *scratch, size_t size) {
        return sketch_distinct_intersection_bounds(left, right, confidence, scratch, size, lower, upper);
    });
}
inline sketch_status sketch_distinct_difference_bounds(const void *a, size_t a_size, const void *b, size_t b_size,
                                                       double confidence, double *lower, double *upper) {
    return distinct_compared(a, a_size, b, b_size, [&](auto *left, auto *right, void *scratch, size_t size) {
        return sketch_distinct_difference_bounds(left, right, confidence, scratch, size, lower, upper);
    });
}
inline size_t frequency_packed_bound(const void *data, size_t size) {
    OpenedFrequency opened(data, size);
    return opened.status == SKETCH_OK ? sketch_frequency_packed_bound(opened.sketch) : 0;
}
inline size_t topk_packed_bound(const void *data, size_t size) {
    OpenedTopk opened(data, size);
    return opened.status == SKETCH_OK ? sketch_topk_packed_bound(opened.sketch) : 0;
}
inline size_t topk_pack_size(const void *data, size_t size) {
    OpenedTopk opened(data, size);
    return opened.status == SKETCH_OK ? sketch_topk_pack_size(opened.sketch) : 0;
}
inline size_t membership_packed_bound(const void *data, size_t size) {
    OpenedMembership opened(data, size);
    return opened.status == SKETCH_OK ? sketch_membership_packed_bound(opened.sketch) : 0;
}

// What parameters give, of which it is known that they are in range.
template <typename Value, typename Call>
Value value_of(Call call) {
    Value value{};
    if (sketch_status s = call(&value); s != SKETCH_OK) throw std::runtime_error(sketch_status_message(s));
    return value;
}
inline int sketch_quantile_scale(double accuracy) {
    return value_of<int>([=](int *scale) { return sketch_quantile_scale(accuracy, scale); });
}
inline double sketch_quantile_accuracy(int scale) {
    return value_of<double>([=](double *accuracy) { return sketch_quantile_accuracy(scale, accuracy); });
}
inline int sketch_frequency_log2_width(double error) {
    return value_of<int>([=](int *log2_width) { return sketch_frequency_log2_width(error, log2_width); });
}
inline double sketch_frequency_error(int log2_width) {
    return value_of<double>([=](double *error) { return sketch_frequency_error(log2_width, error); });
}
// -1 if none is large enough.
inline int sketch_membership_log2_blocks(uint64_t items, double rate) {
    return value_of<int>([=](int *log2_blocks) {
        const sketch_status s = sketch_membership_log2_blocks(items, rate, log2_blocks);
        if (s == SKETCH_TOO_LARGE) *log2_blocks = -1;
        return s == SKETCH_TOO_LARGE ? SKETCH_OK : s;
    });
}
inline int sketch_membership_kept_rate(double rate) {
    return value_of<int>([=](int *kept) { return sketch_membership_kept_rate(rate, kept); });
}
inline double sketch_membership_expected_rate(int log2_blocks, uint64_t items) {
    return value_of<double>([=](double *rate) { return sketch_membership_expected_rate(log2_blocks, items, rate); });
}
