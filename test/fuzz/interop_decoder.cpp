// What must hold for any bytes at all that are given as a message with histograms, or as a sketch of others: as a
// libFuzzer target, and as the oracle of the tests that mutate messages. The first byte says of which kind the message
// is.
#include <cmath>
#include <string>

#include "../core/quantile_sketch.hpp"
#include "decoder.hpp"

namespace {

bool is_within(sketch_slice part, const uint8_t *data, size_t size) {
    return part.size == 0 || (part.at >= data && part.size <= size && part.at <= data + size - part.size);
}

// A histogram is refused with a reason, or it becomes a sketch of as many rows.
const char *complaint_about_histogram(const sketch_exponential &h) {
    int scale = -100;
    const char *problem = nullptr;
    const sketch_status status = sketch_exponential_check(&h, &scale, &problem);
    if (status != SKETCH_OK) return problem == nullptr ? "refused without a reason" : nullptr;
    if (scale < SKETCH_QUANTILE_MIN_SCALE || scale > SKETCH_QUANTILE_MAX_SCALE) return "a scale that no sketch has";
    QuantileSketch s(sketch_quantile_options{scale, 0, nullptr, 0, 0});
    const sketch_status added = s.try_add_histogram(h);
    if (added != SKETCH_OK) return "what was checked cannot be added";
    const auto info = s.info();
    if (info.total != h.count) return "another count";
    if (info.zeros != h.zero_count) return "another count of zeros";
    if (h.count > 0 && !std::isnan(h.sum) && std::isnan(s.percentile(0.5)) && info.nans <= h.count / 2)
        return "a percentile that is NaN";
    QuantileSketch again = QuantileSketch::of(s.pack());
    return again.pack() == s.pack() ? nullptr : "its packed form is not canonical";
}

const char *complaint_about_otlp(const uint8_t *data, size_t size) {
    sketch_otlp_cursor cursor = {};
    cursor.request = {data, size};
    for (size_t points = 0;; points++) {
        sketch_otlp_point point;
        const sketch_status status = sketch_otlp_next(&cursor, &point);
        if (status == SKETCH_END) return nullptr;
        if (status != SKETCH_OK) return cursor.problem == nullptr ? "refused without a reason" : nullptr;
        if (points > size) return "more points than bytes";
        for (sketch_slice part : {point.resource, point.attributes, point.metric, point.unit})
            if (!is_within(part, data, size)) return "a part is not in the message";
        if (const char *complaint = complaint_about_histogram(point.histogram)) return complaint;
    }
}

const char *complaint_about_prometheus(sketch_prometheus_message message, const uint8_t *data, size_t size) {
    sketch_prometheus_cursor cursor = {};
    cursor.request = {data, size};
    cursor.message = message;
    for (size_t points = 0;; points++) {
        sketch_prometheus_point point;
        const sketch_status status = sketch_prometheus_next(&cursor, &point);
        if (status == SKETCH_END) return nullptr;
        if (status != SKETCH_OK) return cursor.problem == nullptr ? "refused without a reason" : nullptr;
        if (points > size) return "more points than bytes";
        for (sketch_slice part : {point.name, point.labels})
            if (!is_within(part, data, size)) return "a part is not in the message";
        if (const char *complaint = complaint_about_histogram(point.histogram)) return complaint;
    }
}

// Items are within, no more than they say, and add up to no more than all rows.
const char *complaint_about_frequent_items(bool are_longs, const uint8_t *data, size_t size) {
    sketch_frequent_items_cursor cursor = {};
    cursor.bytes = {data, size};
    cursor.are_longs = are_longs;
    uint64_t count = 0, total = 0;
    sketch_frequent_item item;
    sketch_status status;
    for (; (status = sketch_frequent_items_next(&cursor, &item)) == SKETCH_OK; count++) {
        if (!is_within(item.item, data, size)) return "an item is not in the sketch";
        if (are_longs && item.item.size != 8) return "a long of another size";
        total += item.count;
    }
    if (status != SKETCH_END) return cursor.problem == nullptr ? "refused without a reason" : nullptr;
    if (count != cursor.items || count > cursor.max_items) return "another number of items than it says";
    return total > cursor.total || cursor.offset > cursor.total ? "counts that do not add up" : nullptr;
}

// First bytes of what is no histogram.
constexpr uint8_t kFrequentStrings = 3, kFrequentLongs = 4;

const char *complaint_about(const uint8_t *data, size_t size) {
    if (size == 0) return nullptr;
    if (data[0] == kFrequentStrings || data[0] == kFrequentLongs)
        return complaint_about_frequent_items(data[0] == kFrequentLongs, data + 1, size - 1);
    switch (data[0] % 3) {
        case 0: return complaint_about_otlp(data + 1, size - 1);
        case 1: return complaint_about_prometheus(SKETCH_PROMETHEUS_METRIC_FAMILY, data + 1, size - 1);
        default: return complaint_about_prometheus(SKETCH_PROMETHEUS_WRITE_REQUEST, data + 1, size - 1);
    }
}

}  // namespace

std::string interop_complaint(const uint8_t *data, size_t size, size_t shift) {
    return decoder::complaint_about_copy(complaint_about, data, size, shift);
}

#ifdef SKETCH_FUZZER
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return decoder::try_input(complaint_about, data, size);
}
#endif
