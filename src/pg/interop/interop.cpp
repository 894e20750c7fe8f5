#include "interop.hpp"

extern "C" {
#include "common/int.h"
}

namespace pg {

void raise_invalid(const char *what, const char *detail) {
    ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid %s", what),
            errdetail("%s.", detail));
    pg_unreachable();
}

Datum sketch_from_histogram(const sketch_exponential &histogram) {
    int scale = 0;
    const char *problem = nullptr;
    if (sketch_exponential_check(&histogram, &scale, &problem) != SKETCH_OK)
        raise_invalid("exponential histogram", problem);
    sketch_exponential_cursor cursor = {};
    varlena *state = with_growth<Quantile>(Quantile::make({scale, 0, nullptr, 0, 0}),
                                           [&](varlena *buffer, size_t size, sketch_growth *growth) {
                                               return sketch_exponential_add(&histogram, &cursor, buffer, size, growth);
                                           });
    return result_from<Quantile>(state);
}

ServerText server_text(sketch_slice utf8) {
    if (utf8.size == 0) return {"", 0};
    if (utf8.size > MaxAllocSize / MAX_CONVERSION_GROWTH)
        ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("text of a request is too long"));
    const char *text = reinterpret_cast<const char *>(utf8.at);
    const char *converted = pg_any_to_server(text, static_cast<int>(utf8.size), PG_UTF8);
    return {converted, converted == text ? static_cast<int>(utf8.size) : static_cast<int>(strlen(converted))};
}

Datum text_datum(sketch_slice utf8) {
    const ServerText text = server_text(utf8);
    return PointerGetDatum(cstring_to_text_with_len(text.at, text.size));
}

constexpr int64 kEpoch = int64{POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE} * USECS_PER_DAY;

NullableDatum time_from_nanoseconds(uint64 nanoseconds) {
    return {TimestampTzGetDatum(static_cast<int64>(nanoseconds / 1000) - kEpoch), nanoseconds == 0};
}

Datum time_from_milliseconds(int64 milliseconds) {
    int64 microseconds;
    if (pg_mul_s64_overflow(milliseconds, 1000, &microseconds) ||
        pg_sub_s64_overflow(microseconds, kEpoch, &microseconds) || !IS_VALID_TIMESTAMP(microseconds))
        ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range"));
    return TimestampTzGetDatum(microseconds);
}

void JsonbObject::push_double(JsonbIteratorToken token, double x) {
    char *text = float8out_internal(x);
    if (isfinite(x))
        push_numeric(token, DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
                                                Int32GetDatum(-1)));
    else push_string(token, {text, static_cast<int>(strlen(text))});
}

void notice_skipped(uint64 points) {
    if (points > 0)
        ereport(NOTICE, errmsg_plural(UINT64_FORMAT
                                      " data point that is no exponential histogram, or has no value, was skipped",
                                      UINT64_FORMAT
                                      " data points that are no exponential histograms, or have no value, were skipped",
                                      static_cast<unsigned long>(Min(points, 2)), points));
}

void Repeated::add(size_t bytes) {
    if (bytes > left_)
        ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("request would become too many times as large"),
                errdetail("Each data point repeats the attributes of its resource and the name of its metric."));
    left_ -= bytes;
}

}  // namespace pg
