// Histograms of other producers: what the functions for OpenTelemetry and for Prometheus have in common. The surface is
// declared in sql/install/60-interop.sql; contracts of the functions called here are in sketch/interop.h.
#pragma once

#include "../quantile.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#include "utils/timestamp.h"
}

namespace pg {

// What comes from elsewhere is no such message: detail says why.
[[noreturn]] void raise_invalid(const char *what, const char *detail);

// A histogram as a sketch, in its packed form.
Datum sketch_from_histogram(const sketch_exponential &histogram);

// Text that should be UTF-8, in the encoding of the database.
struct ServerText {
    const char *at;
    int size;
};
ServerText server_text(sketch_slice utf8);
Datum text_datum(sketch_slice utf8);

// Nanoseconds since 1970 as a timestamptz; null if they are 0, which is "not told".
NullableDatum time_from_nanoseconds(uint64 nanoseconds);
// Milliseconds since 1970 as a timestamptz.
Datum time_from_milliseconds(int64 milliseconds);

// A jsonb object that is written member by member.
class JsonbObject {
  public:
    JsonbObject() { push(WJB_BEGIN_OBJECT, nullptr); }
    void key(ServerText name) { push_string(WJB_KEY, name); }
    void push(JsonbIteratorToken token, JsonbValue *value) { last_ = pushJsonbValue(&state_, token, value); }
    void push_string(JsonbIteratorToken token, ServerText text) {
        JsonbValue value;
        value.type = jbvString;
        value.val.string.val = const_cast<char *>(text.at);
        value.val.string.len = text.size;
        push(token, &value);
    }
    void push_numeric(JsonbIteratorToken token, Datum numeric) {
        JsonbValue value;
        value.type = jbvNumeric;
        value.val.numeric = DatumGetNumeric(numeric);
        push(token, &value);
    }
    // Infinities and NaN, which JSON lacks, are strings.
    void push_double(JsonbIteratorToken token, double x);
    void push_null(JsonbIteratorToken token) {
        JsonbValue value;
        value.type = jbvNull;
        push(token, &value);
    }
    void push_bool(JsonbIteratorToken token, bool x) {
        JsonbValue value;
        value.type = jbvBool;
        value.val.boolean = x;
        push(token, &value);
    }
    Datum end() {
        push(WJB_END_OBJECT, nullptr);
        return JsonbPGetDatum(JsonbValueToJsonb(last_));
    }

  private:
    JsonbParseState *state_ = nullptr;
    JsonbValue *last_ = nullptr;
};

// A field of a message as its tag has it.
constexpr uint32 field_tag(uint32 number, sketch_wire_type wire_type) { return number << 3 | wire_type; }

// Calls visit(field) for the fields of a message, which is part of `what`.
template <typename Visit>
void each_field(sketch_slice message, const char *what, Visit visit) {
    sketch_field field;
    sketch_status status;
    while ((status = sketch_protobuf_next(&message, &field)) == SKETCH_OK) {
        CHECK_FOR_INTERRUPTS();
        visit(field);
    }
    if (status != SKETCH_END) raise_invalid(what, sketch_status_message(status));
}

// Calls visit(key, value) for its fields 1, which are pairs of a key 1 and a value 2.
template <typename Visit>
void each_pair(sketch_slice message, const char *what, Visit visit) {
    each_field(message, what, [&](const sketch_field &field) {
        if (field.number != 1 || field.wire_type != SKETCH_WIRE_BYTES) return;
        sketch_slice key = {}, value = {};
        each_field(field.bytes, what, [&](const sketch_field &part) {
            if (part.wire_type != SKETCH_WIRE_BYTES) return;
            if (part.number == 1) key = part.bytes;
            if (part.number == 2) value = part.bytes;
        });
        visit(key, value);
    });
}

// Says how many points were passed over, if any.
void notice_skipped(uint64 points);

// Each row of a set repeats what its points share: no more of it than a multiple of the request, which may be hostile.
class Repeated {
  public:
    explicit Repeated(size_t request) : left_(kMaxTimes * request + kAlways) {}
    void add(size_t bytes);

  private:
    static constexpr size_t kMaxTimes = 64, kAlways = 1 << 20;
    size_t left_;
};

// One call of a function that returns a set of rows of unknown number: `begin` makes a `Cursor` of the arguments, and
// `next(cursor, columns, nulls)` the columns of the next row, or false.
template <typename Cursor, typename Begin, typename Next>
Datum return_until(FunctionCallInfo fcinfo, Begin begin, Next next) {
    if (SRF_IS_FIRSTCALL()) {
        FuncCallContext *context = SRF_FIRSTCALL_INIT();
        MemoryContext previous = MemoryContextSwitchTo(context->multi_call_memory_ctx);
        context->tuple_desc = row_type(fcinfo);
        context->user_fctx = begin();
        MemoryContextSwitchTo(previous);
    }
    FuncCallContext *context = SRF_PERCALL_SETUP();
    constexpr int kMaxColumns = 10;
    Datum columns[kMaxColumns] = {};
    bool nulls[kMaxColumns] = {};
    Assert(context->tuple_desc->natts <= kMaxColumns);
    if (!next(static_cast<Cursor *>(context->user_fctx), columns, nulls)) SRF_RETURN_DONE(context);
    Datum row = HeapTupleGetDatum(heap_form_tuple(context->tuple_desc, columns, nulls));
    SRF_RETURN_NEXT(context, row);
}

// A new `Cursor` of the request in protobuf that is the first argument: its members `request` and `repeated` begin.
template <typename Cursor>
Cursor *begin_request(FunctionCallInfo fcinfo) {
    bytea *request = PG_GETARG_BYTEA_PP(0);
    const size_t size = VARSIZE_ANY_EXHDR(request);
    Cursor *cursor = static_cast<Cursor *>(palloc0(sizeof(Cursor)));
    cursor->request.request = {reinterpret_cast<const uint8 *>(VARDATA_ANY(request)), size};
    cursor->repeated = Repeated(size);
    return cursor;
}

// Its next point by next(request, point), or false at the end, which says how many were passed over.
template <typename Request, typename Next, typename Point>
bool has_next(Request *request, Next next, Point *point, const char *what) {
    const sketch_status status = next(request, point);
    if (status == SKETCH_OK) return true;
    if (status != SKETCH_END) raise_invalid(what, request->problem);
    notice_skipped(request->skipped);
    return false;
}

}  // namespace pg
