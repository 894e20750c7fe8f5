/*
 * interop: exponential histograms of OpenTelemetry and native histograms of Prometheus, read from the protobuf messages
 * in which they are sent. Their buckets are those of quantile sketches: they come in as they are, and nothing is
 * estimated. Messages come from anywhere: every length, count and index is checked before it is used.
 *
 * And frequent-items sketches of Apache DataSketches, which come into topk sketches as they are.
 *
 * Sources: opentelemetry-proto (metrics.proto, "ExponentialHistogramDataPoint"; data model, "ExponentialHistogram");
 * client_model (metrics.proto) and Prometheus' remote write 1.0 (types.proto, "Histogram"); DataSketches,
 * "Frequent Items Sketches" (PreambleUtil of Java, frequent_items_sketch_impl.hpp of C++).
 *
 * Conventions are in sketch.h, which includes this.
 */
#ifndef SKETCH_INTEROP_H
#define SKETCH_INTEROP_H

#include "common.h"

SKETCH_BEGIN_DECLS

/* A part of a message, which must stay as it is while it is used. Text is what was sent: it may be no UTF-8. */
typedef struct sketch_slice {
    const uint8_t *at;
    size_t size;
} sketch_slice;

/*
 * The next field of a protobuf message, which is taken off the front of it. Of a varint, fixed64 and fixed32 `value`
 * has the bits, of bytes (strings and messages) `bytes` tells where they are. OK, END, TRUNCATED, or CORRUPT.
 */
typedef enum sketch_wire_type {
    SKETCH_WIRE_VARINT = 0,
    SKETCH_WIRE_FIXED64 = 1,
    SKETCH_WIRE_BYTES = 2,
    SKETCH_WIRE_FIXED32 = 5
} sketch_wire_type;
typedef struct sketch_field {
    uint32_t number;
    sketch_wire_type wire_type;
    uint64_t value;
    sketch_slice bytes;
} sketch_field;
SKETCH_API sketch_status sketch_protobuf_next(sketch_slice *message, sketch_field *field) SKETCH_NOEXCEPT;

/* How the buckets of a histogram are written. */
typedef enum sketch_bucket_encoding {
    SKETCH_BUCKETS_PLAIN,        /* uint64_t counts of successive buckets, at a multiple of 8 */
    SKETCH_BUCKETS_OTLP,         /* OpenTelemetry's message "Buckets" */
    SKETCH_BUCKETS_CLIENT_MODEL, /* Prometheus' message "Histogram", of a scraped page */
    SKETCH_BUCKETS_REMOTE_WRITE  /* the same of a write request, where fields have other numbers */
} sketch_bucket_encoding;
typedef struct sketch_bucket_range {
    int32_t offset;    /* PLAIN: index of the first one, as OpenTelemetry counts */
    sketch_slice data; /* as the encoding says */
} sketch_bucket_range;

/* A histogram whose buckets stand in the message yet. */
typedef struct sketch_exponential {
    int scale; /* as OpenTelemetry has it: Prometheus' schema */
    uint64_t count;
    uint64_t zero_count;    /* rows from -zero_threshold to zero_threshold: they become 0 */
    double zero_threshold;
    double sum, minimum, maximum; /* minimum and maximum of all rows */
    int has_sum, has_extremes;
    sketch_bucket_encoding encoding;
    sketch_bucket_range negative, positive;
} sketch_exponential;

/*
 * Whether the histogram can be a sketch: its scale is -10 .. 20 (Prometheus: -4 .. 8), its buckets hold doubles, and
 * all rows are accounted for. Those that are in no bucket are NaN, of which the sum tells that there are some; a last
 * bucket beyond the doubles, which Prometheus has, holds infinities. OK, TRUNCATED, CORRUPT or OUT_OF_RANGE: then
 * *problem is what is wrong, a phrase that lives for ever. `initial_scale` is for sketch_quantile_init.
 */
SKETCH_API sketch_status sketch_exponential_check(const sketch_exponential *histogram, int *initial_scale,
                                                  const char **problem) SKETCH_NOEXCEPT;

/*
 * Adds a histogram that was checked to a state of a quantile sketch. Begin with a cursor that is all zero; after GROW
 * move the state, and call again. Extremes, if they are told and the state has no other rows, are put into the
 * outermost buckets if they are beside them by rounding, and are unknown if they are further away. OK, GROW or
 * OVERFLOW.
 */
typedef struct sketch_exponential_cursor {
    uint64_t opaque[24];
} sketch_exponential_cursor;
SKETCH_API sketch_status sketch_exponential_add(const sketch_exponential *histogram, sketch_exponential_cursor *cursor,
                                                void *state, size_t size, sketch_growth *growth) SKETCH_NOEXCEPT;

/*
 * The exponential histograms of an OpenTelemetry ExportMetricsServiceRequest, one after the other. Begin with a cursor
 * whose `request` is set, and all else is zero. OK, END, TRUNCATED or CORRUPT: then cursor->problem tells what is
 * wrong. Of points of other kinds cursor->skipped has the number, and of those without a value.
 */
typedef struct sketch_otlp_point {
    sketch_slice resource;   /* a message whose fields 1 are KeyValue: attributes */
    sketch_slice attributes; /* the same of the point */
    sketch_slice metric, unit;
    int temporality;           /* 1 delta, 2 cumulative, or something else */
    uint64_t start_time, time; /* nanoseconds since 1970; 0 if not told */
    sketch_exponential histogram;
} sketch_otlp_point;
typedef struct sketch_otlp_cursor {
    sketch_slice request;
    uint64_t skipped;
    const char *problem;
    uint64_t opaque[20];
} sketch_otlp_cursor;
SKETCH_API sketch_status sketch_otlp_next(sketch_otlp_cursor *cursor, sketch_otlp_point *point) SKETCH_NOEXCEPT;

/*
 * The native histograms of a Prometheus message, in the same way: of one MetricFamily of client_model, as a scraped
 * page has it, or of a WriteRequest of remote write 1.0, decompressed. Histograms with float counts are CORRUPT; those
 * with custom buckets or of an unknown schema are what sketch_exponential_check refuses.
 */
typedef enum sketch_prometheus_message {
    SKETCH_PROMETHEUS_METRIC_FAMILY,
    SKETCH_PROMETHEUS_WRITE_REQUEST
} sketch_prometheus_message;
typedef struct sketch_prometheus_point {
    sketch_slice name;   /* of the metric, in a MetricFamily; in a WriteRequest it is among the labels */
    sketch_slice labels; /* a message whose fields 1 are pairs of name 1 and value 2 */
    int has_time;
    int64_t time; /* milliseconds since 1970 */
    sketch_exponential histogram;
} sketch_prometheus_point;
typedef struct sketch_prometheus_cursor {
    sketch_slice request;
    sketch_prometheus_message message;
    uint64_t skipped;
    const char *problem;
    uint64_t opaque[12];
} sketch_prometheus_cursor;
SKETCH_API sketch_status sketch_prometheus_next(sketch_prometheus_cursor *cursor,
                                                sketch_prometheus_point *point) SKETCH_NOEXCEPT;

/*
 * The items of a frequent-items sketch of Apache DataSketches, in the order of its table. Begin with a cursor whose
 * `bytes` and `are_longs` are set, and all else is zero: the bytes do not tell whether items are strings or longs, 64-bit
 * integers. The first call fills in the rest, also of an empty one. For sketch_topk_merge_counters an item came at most
 * count + offset times, with the error `offset`, and `max_items` counters have k = (max_items - 21) / 2. OK, END,
 * TRUNCATED, WRONG_VERSION, WRONG_FAMILY, CORRUPT or TRAILING: then cursor->problem tells what is wrong, a phrase that
 * lives for ever. Whether an item comes twice is not looked at.
 */
typedef struct sketch_frequent_item {
    sketch_slice item; /* of a string its UTF-8, of a long 8 bytes, least significant first */
    uint64_t count;    /* it came so often at least */
} sketch_frequent_item;
typedef struct sketch_frequent_items_cursor {
    sketch_slice bytes;
    int are_longs;
    uint32_t items, max_items;
    uint64_t total, offset;
    const char *problem;
    uint64_t opaque[6];
} sketch_frequent_items_cursor;
SKETCH_API sketch_status sketch_frequent_items_next(sketch_frequent_items_cursor *cursor,
                                                    sketch_frequent_item *item) SKETCH_NOEXCEPT;

SKETCH_END_DECLS

#endif
