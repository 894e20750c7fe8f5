// OpenTelemetry's ExportMetricsServiceRequest as protobuf, and what its points become.
#include "otlp.hpp"

extern "C" {
#include "common/base64.h"
}

namespace pg {

namespace {

constexpr const char *kMessage = "OTLP message";

// ---- attributes: KeyValue and AnyValue (common/v1/common.proto) ----------------------------------------

void push_value(JsonbObject &out, JsonbIteratorToken token, sketch_slice any);

void push_pairs(JsonbObject &out, sketch_slice message) {
    each_pair(message, kMessage, [&](sketch_slice key, sketch_slice value) {
        out.key(server_text(key));
        push_value(out, WJB_VALUE, value);
    });
}

void push_elements(JsonbObject &out, sketch_slice message) {
    each_field(message, kMessage, [&](const sketch_field &field) {
        if (field.number == 1 && field.wire_type == SKETCH_WIRE_BYTES) push_value(out, WJB_ELEM, field.bytes);
    });
}

// As JSON of protobuf has bytes.
ServerText base64_from(sketch_slice bytes) {
    const int size = pg_b64_enc_len(static_cast<int>(bytes.size));
    char *text = static_cast<char *>(palloc(static_cast<size_t>(size) + 1));
#if PG_VERSION_NUM >= 180000
    const int length = pg_b64_encode(bytes.at, static_cast<int>(bytes.size), text, size);
#else
    const int length =
        pg_b64_encode(reinterpret_cast<const char *>(bytes.at), static_cast<int>(bytes.size), text, size);
#endif
    return {text, Max(length, 0)};
}

// Of the one field that an AnyValue has the last one counts, as protobuf has it.
void push_value(JsonbObject &out, JsonbIteratorToken token, sketch_slice any) {
    check_stack_depth();
    sketch_field last = {};
    each_field(any, kMessage, [&](const sketch_field &field) { last = field; });
    switch (field_tag(last.number, last.wire_type)) {
        case field_tag(1, SKETCH_WIRE_BYTES): return out.push_string(token, server_text(last.bytes));
        case field_tag(2, SKETCH_WIRE_VARINT): return out.push_bool(token, last.value != 0);
        case field_tag(3, SKETCH_WIRE_VARINT):
            return out.push_numeric(token, NumericGetDatum(int64_to_numeric(static_cast<int64>(last.value))));
        case field_tag(4, SKETCH_WIRE_FIXED64): {
            double x;
            memcpy(&x, &last.value, sizeof x);
            return out.push_double(token, x);
        }
        case field_tag(5, SKETCH_WIRE_BYTES):
            out.push(WJB_BEGIN_ARRAY, nullptr);
            push_elements(out, last.bytes);
            return out.push(WJB_END_ARRAY, nullptr);
        case field_tag(6, SKETCH_WIRE_BYTES):
            out.push(WJB_BEGIN_OBJECT, nullptr);
            push_pairs(out, last.bytes);
            return out.push(WJB_END_OBJECT, nullptr);
        case field_tag(7, SKETCH_WIRE_BYTES): return out.push_string(token, base64_from(last.bytes));
        default:  // a value of later versions, or one of these as something else
            if (last.number >= 1 && last.number <= 7)
                raise_invalid(kMessage, "an attribute's value has another type than its field");
            return out.push_null(token);
    }
}

Datum attributes_from(sketch_slice message) {
    JsonbObject out;
    push_pairs(out, message);
    return out.end();
}

const char *temporality_name(int temporality) {
    return temporality == 1 ? "delta" : temporality == 2 ? "cumulative" : nullptr;
}

struct Cursor {
    sketch_otlp_cursor request;
    Repeated repeated;
    SharedAttributes resource;
};

}  // namespace

void set_columns(const OtlpPoint &point, Repeated &repeated, Datum *columns, bool *nulls) {
    repeated.add(VARSIZE_ANY(DatumGetPointer(point.resource)) + VARSIZE_ANY(DatumGetPointer(point.metric)) +
                 VARSIZE_ANY(DatumGetPointer(point.unit)));
    const NullableDatum start = time_from_nanoseconds(point.start_time), time = time_from_nanoseconds(point.time);
    const char *temporality = temporality_name(point.temporality);
    const sketch_exponential &h = point.histogram;
    columns[0] = point.resource;
    columns[1] = point.metric;
    columns[2] = point.unit;
    columns[3] = point.attributes;
    columns[4] = start.value;
    nulls[4] = start.isnull;
    columns[5] = time.value;
    nulls[5] = time.isnull;
    nulls[6] = temporality == nullptr;
    if (temporality != nullptr) columns[6] = CStringGetTextDatum(temporality);
    columns[9] = sketch_from_histogram(h);  // which checks the count
    columns[7] = Int64GetDatum(static_cast<int64>(h.count));
    columns[8] = Float8GetDatum(h.sum);
    nulls[8] = !h.has_sum;
}

}  // namespace pg

PG_FN(otlp_points_protobuf) {
    using namespace pg;
    auto begin = [=] {
        Cursor *cursor = begin_request<Cursor>(fcinfo);
        cursor->resource.context = CurrentMemoryContext;
        return cursor;
    };
    return return_until<Cursor>(fcinfo, begin, [](Cursor *cursor, Datum *columns, bool *nulls) {
        sketch_otlp_point point;
        if (!has_next(&cursor->request, sketch_otlp_next, &point, kMessage)) return false;
        const Datum resource = cursor->resource.of(point.resource.at, [&] { return attributes_from(point.resource); });
        set_columns({resource, text_datum(point.metric), text_datum(point.unit), attributes_from(point.attributes),
                     point.start_time, point.time, point.temporality, point.histogram},
                    cursor->repeated, columns, nulls);
        return true;
    });
}
