#include "prometheus.hpp"

#include <initializer_list>

namespace sketch::interop {

namespace {

// Tags of the fields of a Histogram.
struct HistogramTags {
    std::uint32_t count, float_count, sum, schema, zero_threshold, zero_count, float_zero_count;
    std::uint32_t negative_span, positive_span, negative_float, positive_float, time;

    // Whether a field that is none of these has the number of one that tells how to read the others.
    bool has_number(std::uint32_t number) const noexcept {
        for (const std::uint32_t tag :
             {count, sum, schema, zero_threshold, zero_count, negative_span, positive_span, time})
            if (tag >> 3 == number) return true;
        return false;
    }
};
constexpr HistogramTags kClientModel = {varint(1),  fixed64(4), fixed64(2), varint(5), fixed64(6), varint(7),
                                        fixed64(8), bytes(9),   bytes(12),  bytes(11), bytes(14),  0};
constexpr HistogramTags kRemoteWrite = {varint(1),  fixed64(2), fixed64(3), varint(4), fixed64(5), varint(6),
                                        fixed64(7), bytes(8),   bytes(11),  bytes(10), bytes(13),  varint(15)};

constexpr std::uint64_t kStaleMarker = 0x7ff0000000000002u;  // bits of the sum of a series that has ended

// A series of a WriteRequest, or all metrics of a MetricFamily.
struct Cursor {
    Slice outer, inner;  // what is left of them
    Slice name, labels;
    bool began, is_inside;
};

// A Histogram. False if it has no native buckets, or says that its series has ended.
Status read_histogram(sketch_prometheus_cursor &cursor, Slice message, sketch_prometheus_point &point,
                      bool &is_native) noexcept {
    const bool remote = cursor.message == SKETCH_PROMETHEUS_WRITE_REQUEST;
    const HistogramTags &tags = remote ? kRemoteWrite : kClientModel;
    sketch_exponential h = {};
    h.encoding = remote ? SKETCH_BUCKETS_REMOTE_WRITE : SKETCH_BUCKETS_CLIENT_MODEL;
    h.negative.data = h.positive.data = message;
    bool is_float = false, has_spans = false;
    const Status s = each_field(message, [&](const Field &field) {
        const std::uint32_t tag = tag_of(field);
        if (tag == tags.count) h.count = field.value;
        else if (tag == tags.schema) h.scale = static_cast<std::int32_t>(from_zigzag(field.value));
        else if (tag == tags.zero_threshold) h.zero_threshold = as_double(field);
        else if (tag == tags.zero_count) h.zero_count = field.value;
        else if (tag == tags.negative_span || tag == tags.positive_span) has_spans = true;
        else if (tag == tags.float_count || tag == tags.float_zero_count)
            is_float = is_float || remote || as_double(field) > 0;
        else if (tag == tags.negative_float || tag == tags.positive_float) is_float = true;
        else if (tag == tags.sum) {
            h.sum = as_double(field);
            h.has_sum = 1;
        } else if (tag == tags.time) {
            point.time = static_cast<std::int64_t>(field.value);
            point.has_time = 1;
        } else if (tags.has_number(field.number)) {
            return SKETCH_CORRUPT;
        }
        return SKETCH_OK;
    });
    if (s != SKETCH_OK) return fail(cursor, s, "a histogram is no message, or has a field of another type");
    if (is_float) return fail(cursor, SKETCH_CORRUPT, "histograms with fractional counts are not supported");
    is_native = remote || has_spans || h.zero_threshold > 0 || h.zero_count > 0;
    if (h.has_sum && std::bit_cast<std::uint64_t>(h.sum) == kStaleMarker) is_native = false;
    point.histogram = h;
    return SKETCH_OK;
}

// A Metric of a MetricFamily: it has one histogram, and the time stands beside it.
Status read_metric(sketch_prometheus_cursor &cursor, Slice metric, sketch_prometheus_point &point,
                   bool &is_native) noexcept {
    Slice histogram = {};
    bool found = false;
    const Status s = each_field(metric, [&](const Field &field) {
        if (tag_of(field) == varint(6)) {
            point.time = static_cast<std::int64_t>(field.value);
            point.has_time = 1;
        }
        if (tag_of(field) != bytes(7)) return SKETCH_OK;
        if (found) return SKETCH_CORRUPT;
        histogram = field.bytes;
        found = true;
        return SKETCH_OK;
    });
    if (s != SKETCH_OK) return fail(cursor, s, "a metric is no message, or has two histograms");
    point.labels = metric;
    return found ? read_histogram(cursor, histogram, point, is_native) : SKETCH_OK;
}

Status next_of_family(sketch_prometheus_cursor &cursor, Cursor &at, sketch_prometheus_point &point) noexcept {
    for (std::uint64_t n = 0;; n++) {
        poll_at(n);
        Field field;
        Status s = next_field(at.outer, field);
        if (s == SKETCH_END) return s;
        if (s != SKETCH_OK) return fail(cursor, s, "this is no MetricFamily");
        if (tag_of(field) != bytes(4)) continue;
        bool is_native = false;
        point = {};
        point.name = at.name;
        s = read_metric(cursor, field.bytes, point, is_native);
        if (s != SKETCH_OK || is_native) return s;
        cursor.skipped++;
    }
}

Status next_of_request(sketch_prometheus_cursor &cursor, Cursor &at, sketch_prometheus_point &point) noexcept {
    constexpr std::uint32_t kTimeSeries = bytes(1), kSample = bytes(2), kHistogram = bytes(4);
    for (std::uint64_t n = 0;; n++) {
        poll_at(n);
        Field field;
        Status s = next_field(at.is_inside ? at.inner : at.outer, field);
        if (s == SKETCH_END && at.is_inside) {
            at.is_inside = false;
            continue;
        }
        if (s == SKETCH_END) return s;
        if (s != SKETCH_OK) return fail(cursor, s, "this is no WriteRequest");
        if (!at.is_inside) {
            at.is_inside = tag_of(field) == kTimeSeries;
            at.inner = at.labels = field.bytes;
            continue;
        }
        cursor.skipped += tag_of(field) == kSample;
        if (tag_of(field) != kHistogram) continue;
        bool is_native = false;
        point = {};
        point.labels = at.labels;
        s = read_histogram(cursor, field.bytes, point, is_native);
        if (s != SKETCH_OK || is_native) return s;
        cursor.skipped++;
    }
}

}  // namespace

Status next_point(sketch_prometheus_cursor &cursor, sketch_prometheus_point &point) noexcept {
    const bool is_family = cursor.message == SKETCH_PROMETHEUS_METRIC_FAMILY;
    return resumed<Cursor>(cursor.opaque, [&](Cursor &at) {
        Status s = SKETCH_OK;
        if (!at.began) {
            at.began = true;
            at.outer = cursor.request;
            if (is_family)
                s = each_field(at.outer, [&](const Field &field) {
                    if (tag_of(field) == bytes(1)) at.name = field.bytes;
                    return SKETCH_OK;
                });
            if (s != SKETCH_OK) return fail(cursor, s, "this is no MetricFamily");
        }
        return is_family ? next_of_family(cursor, at, point) : next_of_request(cursor, at, point);
    });
}

}  // namespace sketch::interop
