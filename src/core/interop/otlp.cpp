#include "otlp.hpp"

namespace sketch::interop {

namespace {

// Messages within messages: each has the next level in a repeated field, and what holds for all of it in others.
enum Level { kRequest, kResourceMetrics, kScopeMetrics, kExponentialHistogram, kLevels };
constexpr std::uint32_t kDataPoint = bytes(1);  // of each kind of data
constexpr std::uint32_t kNextLevel[] = {bytes(1), bytes(2), bytes(2), kDataPoint};

struct Cursor {
    Slice rest[kLevels];  // of the message of each level
    Slice resource, metric, unit;
    std::uint32_t temporality;
    std::uint16_t level;
    bool began;
};

std::uint64_t count_points(Slice data) noexcept {
    std::uint64_t points = 0;
    (void)each_field(data, [&](const Field &field) {
        points += tag_of(field) == kDataPoint;
        return SKETCH_OK;
    });
    return points;
}

// A Metric: which data it has, and their points if they are of another kind.
Status enter_metric(sketch_otlp_cursor &cursor, Cursor &at, Slice metric) noexcept {
    at.metric = at.unit = {};
    at.temporality = 0;
    Slice data = {};
    bool found = false;
    Status s = each_field(metric, [&](const Field &field) {
        switch (tag_of(field)) {
            case bytes(1): at.metric = field.bytes; break;
            case bytes(3): at.unit = field.bytes; break;
            case bytes(10):
                if (found) return SKETCH_CORRUPT;
                data = field.bytes;
                found = true;
                break;
            case bytes(5):   // gauge
            case bytes(7):   // sum
            case bytes(9):   // histogram with bounds
            case bytes(11):  // summary
                cursor.skipped += count_points(field.bytes);
                break;
            default: break;
        }
        return SKETCH_OK;
    });
    if (s == SKETCH_OK)
        s = each_field(data, [&](const Field &field) {
            if (tag_of(field) == varint(2)) at.temporality = static_cast<std::uint32_t>(field.value);
            return SKETCH_OK;
        });
    at.rest[at.level = kExponentialHistogram] = data;
    return s == SKETCH_OK ? s : fail(cursor, s, "a metric is no message, or has two histograms");
}

Status enter_resource(sketch_otlp_cursor &cursor, Cursor &at, Slice metrics) noexcept {
    at.resource = {};
    at.rest[at.level = kResourceMetrics] = metrics;
    const Status s = each_field(metrics, [&](const Field &field) {
        if (tag_of(field) == bytes(1)) at.resource = field.bytes;
        return SKETCH_OK;
    });
    return s == SKETCH_OK ? s : fail(cursor, s, "metrics of a resource are no message");
}

// An ExponentialHistogramDataPoint. False if it says that it has no value.
Status read_point(sketch_otlp_cursor &cursor, Slice message, sketch_otlp_point &point, bool &has_value) noexcept {
    sketch_exponential h = {};
    h.encoding = SKETCH_BUCKETS_OTLP;
    bool has_minimum = false, has_maximum = false;
    int sides[2] = {};
    std::uint64_t flags = 0;
    const auto side = [&](sketch_bucket_range &range, int which, const Field &field) {
        range.data = field.bytes;
        return sides[which]++ == 0 ? SKETCH_OK : SKETCH_CORRUPT;
    };
    const Status s = each_field(message, [&](const Field &field) {
        switch (tag_of(field)) {
            case fixed64(2): point.start_time = field.value; break;
            case fixed64(3): point.time = field.value; break;
            case fixed64(4): h.count = field.value; break;
            case fixed64(5):
                h.sum = as_double(field);
                h.has_sum = 1;
                break;
            case varint(6): h.scale = static_cast<std::int32_t>(from_zigzag(field.value)); break;
            case fixed64(7): h.zero_count = field.value; break;
            case bytes(8): return side(h.positive, 0, field);
            case bytes(9): return side(h.negative, 1, field);
            case varint(10): flags = field.value; break;
            case fixed64(12):
                h.minimum = as_double(field);
                has_minimum = true;
                break;
            case fixed64(13):
                h.maximum = as_double(field);
                has_maximum = true;
                break;
            case fixed64(14): h.zero_threshold = as_double(field); break;
            case bytes(1):   // attributes
            case bytes(11):  // exemplars
                break;
            default:  // a field from later, or one of these as something else
                if (field.number <= 14) return SKETCH_CORRUPT;
        }
        return SKETCH_OK;
    });
    if (s != SKETCH_OK)
        return fail(cursor, s, "a data point is no message, has buckets twice, or a field of another type");
    h.has_extremes = has_minimum && has_maximum;
    point.attributes = message;
    point.histogram = h;
    has_value = (flags & 1) == 0;
    return SKETCH_OK;
}

Status next_point(sketch_otlp_cursor &cursor, Cursor &at, sketch_otlp_point &point) noexcept {
    for (std::uint64_t n = 0;; n++) {
        poll_at(n);
        Field field;
        Status s = next_field(at.rest[at.level], field);
        if (s == SKETCH_END) {
            if (at.level == kRequest) return s;
            at.level--;
            continue;
        }
        if (s != SKETCH_OK) return fail(cursor, s, "this is no ExportMetricsServiceRequest");
        if (tag_of(field) != kNextLevel[at.level]) continue;
        switch (at.level) {
            case kRequest: s = enter_resource(cursor, at, field.bytes); break;
            case kResourceMetrics: at.rest[at.level = kScopeMetrics] = field.bytes; break;
            case kScopeMetrics: s = enter_metric(cursor, at, field.bytes); break;
            default: {
                bool has_value = false;
                point = {};
                point.resource = at.resource;
                point.metric = at.metric;
                point.unit = at.unit;
                point.temporality = static_cast<int>(at.temporality);
                s = read_point(cursor, field.bytes, point, has_value);
                if (s == SKETCH_OK && has_value) return s;
                cursor.skipped++;
            }
        }
        if (s != SKETCH_OK) return s;
    }
}

}  // namespace

Status next_point(sketch_otlp_cursor &cursor, sketch_otlp_point &point) noexcept {
    return resumed<Cursor>(cursor.opaque, [&](Cursor &at) {
        if (!at.began) at.rest[kRequest] = cursor.request;
        at.began = true;
        return next_point(cursor, at, point);
    });
}

}  // namespace sketch::interop
