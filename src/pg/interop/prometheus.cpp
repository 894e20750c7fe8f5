// Native histograms of Prometheus: of a scraped MetricFamily and of a remote write request.
#include "interop.hpp"

namespace pg {

namespace {

struct Message {
    sketch_prometheus_message message;
    const char *name;
};
constexpr Message kMetricFamily = {SKETCH_PROMETHEUS_METRIC_FAMILY, "Prometheus metric family"};
constexpr Message kWriteRequest = {SKETCH_PROMETHEUS_WRITE_REQUEST, "Prometheus write request"};

void push_label(JsonbObject &out, ServerText name, ServerText value) {
    out.key(name);
    out.push_string(WJB_VALUE, value);
}

// Labels, the metric's name among them as __name__.
Datum labels_from(const sketch_prometheus_point &point, const char *what) {
    JsonbObject out;
    if (point.name.size > 0) push_label(out, {"__name__", 8}, server_text(point.name));
    each_pair(point.labels, what,
              [&](sketch_slice name, sketch_slice value) { push_label(out, server_text(name), server_text(value)); });
    return out.end();
}

struct Cursor {
    sketch_prometheus_cursor request;
    Repeated repeated;
};

// The columns of both functions; that of remote write has the time, too.
Datum points_of(FunctionCallInfo fcinfo, const Message &kind) {
    auto begin = [=] {
        Cursor *cursor = begin_request<Cursor>(fcinfo);
        cursor->request.message = kind.message;
        return cursor;
    };
    return return_until<Cursor>(fcinfo, begin, [&kind](Cursor *cursor, Datum *columns, bool *nulls) {
        sketch_prometheus_point point;
        if (!has_next(&cursor->request, sketch_prometheus_next, &point, kind.name)) return false;
        int column = 0;
        columns[column++] = labels_from(point, kind.name);
        cursor->repeated.add(VARSIZE_ANY(DatumGetPointer(columns[0])));
        if (kind.message == SKETCH_PROMETHEUS_WRITE_REQUEST) {
            nulls[column] = !point.has_time;
            columns[column++] = time_from_milliseconds(point.time);
        }
        const Datum sketch = sketch_from_histogram(point.histogram);  // which checks the count
        columns[column++] = Int64GetDatum(static_cast<int64>(point.histogram.count));
        nulls[column] = !point.histogram.has_sum;
        columns[column++] = Float8GetDatum(point.histogram.sum);
        columns[column] = sketch;
        return true;
    });
}

}  // namespace

}  // namespace pg

PG_FN(quantile_sketch_from_prometheus) { return pg::points_of(fcinfo, pg::kMetricFamily); }
PG_FN(prometheus_write_request) { return pg::points_of(fcinfo, pg::kWriteRequest); }
