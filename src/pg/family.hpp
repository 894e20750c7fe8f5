// What every sketch type does alike: text and binary forms, comparison, hashing. A family is a struct with
//
//     static constexpr const char *type;            the SQL type's name
//     static size_t packed_room(Sketch);            its packed form is not larger
//     static sketch_status check(packed, size);     the one door for bytes from outside
//     static sketch_status pack(sketch, size, partial, out, capacity, out_size);
//     static varlena *empty_like(Sketch, partial);  an empty work form with the same parameters
//     static sketch_status merge / move             as the C ABI has them
//
// and one visible thunk per SQL function that calls a body below. One level of templates, nothing more.
#pragma once

#include "item.hpp"

namespace pg {

// A sketch as the ABI takes it: packed bytes at any address, or a whole work form at a multiple of 8.
struct Sketch {
    const void *data;
    size_t size;
    bool is_work;
    void *copy;  // what was allocated to read it, or null
};

// Reads a datum in whatever form it comes: short, compressed, external, packed or work. The first argument of a
// transition function is no exception: it is packed after an initial condition or a shipped partial state.
inline Sketch sketch_from(Datum datum) {
    varlena *value = PG_DETOAST_DATUM_PACKED(datum);
    void *copy = PointerGetDatum(value) == datum ? nullptr : value;
    const uint8 *payload = reinterpret_cast<const uint8 *>(VARDATA_ANY(value));
    size_t size = VARSIZE_ANY_EXHDR(value);
    bool is_work = size > 0 && payload[0] == SKETCH_WORK_MAGIC && !VARATT_IS_1B(value);
    if (!is_work) return {payload, size, false, copy};
    if (reinterpret_cast<uintptr_t>(value) % 8 != 0) {  // columns are aligned to 4 bytes only
        void *aligned = palloc(VARSIZE(value));
        memcpy(aligned, value, VARSIZE(value));
        if (copy != nullptr) pfree(copy);
        copy = aligned;
        value = static_cast<varlena *>(aligned);
    }
    return {value, VARSIZE(value), true, copy};
}

// Where many are read in one memory context: a sort compares in its own, and nothing else would free the copies.
inline void release(Sketch sketch) {
    if (sketch.copy != nullptr) pfree(sketch.copy);
}

// The state, if this call may change it in place: inside an aggregate, a plain datum, and a work form.
inline varlena *own_state(FunctionCallInfo fcinfo, Datum state) {
    varlena *value = reinterpret_cast<varlena *>(DatumGetPointer(state));
    bool ours = in_aggregate(fcinfo) && VARATT_IS_4B_U(value) && sketch_is_work_form(value, VARSIZE(value));
    return ours ? value : nullptr;
}

// Calls a function of the ABI that adds to a state until it has the room that it needs. A larger copy is made in the
// current, short-lived context: the executor copies it into the aggregate's and frees the one it had. (repalloc would
// leave the executor a dead pointer.) Small sizes are powers of two, which is what palloc rounds to.
template <typename Family, typename Call>
varlena *with_room(varlena *state, Call call) {
    bool temporary = false;
    for (;;) {
        sketch_growth growth;
        sketch_status status = call(state, VARSIZE(state), &growth);
        if (likely(status == SKETCH_OK)) return state;
        if (status != SKETCH_GROW) raise(status, Family::type);
        varlena *larger = static_cast<varlena *>(palloc(growth.size));
        Family::move(larger, state, VARSIZE(state), &growth);
        SET_VARSIZE(larger, growth.size);
        if (temporary) pfree(state);
        state = larger;
        temporary = true;
    }
}

inline varlena *varlena_from(const uint8 *bytes, size_t size) {
    varlena *result = static_cast<varlena *>(palloc(VARHDRSZ + size));
    SET_VARSIZE(result, VARHDRSZ + size);
    memcpy(VARDATA(result), bytes, size);
    return result;
}

// Packed forms up to this are made on the stack, so that what is returned is not larger than needed.
constexpr size_t kStackRoom = 40000;

// The packed form: with what partial states carry, or canonical.
template <typename Family>
varlena *packed(Sketch sketch, bool partial) {
    size_t room = Family::packed_room(sketch), size = 0;
    if (likely(room <= kStackRoom)) {
        uint8 buffer[kStackRoom];
        check(Family::pack(sketch.data, sketch.size, partial, buffer, room, &size), Family::type);
        return varlena_from(buffer, size);
    }
    varlena *result = static_cast<varlena *>(palloc(VARHDRSZ + room));
    uint8 *bytes = reinterpret_cast<uint8 *>(VARDATA(result));
    check(Family::pack(sketch.data, sketch.size, partial, bytes, room, &size), Family::type);
    SET_VARSIZE(result, VARHDRSZ + size);
    return size < room / 2 ? static_cast<varlena *>(repalloc(result, VARHDRSZ + size)) : result;
}

// The canonical bytes, without a copy where they are there already.
template <typename Family>
Sketch canonical(Datum datum) {
    Sketch sketch = sketch_from(datum);
    bool partial = sketch.size > 2 && static_cast<const uint8 *>(sketch.data)[2] & SKETCH_PACKED_PARTIAL;
    if (!sketch.is_work && !partial) return sketch;
    varlena *copy = packed<Family>(sketch, false);
    release(sketch);
    return {VARDATA(copy), VARSIZE(copy) - VARHDRSZ, false, copy};
}

// ---- text and binary forms ----------------------------------------

inline int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Text is \x and the packed bytes in hexadecimal, as bytea's.
template <typename Family>
Datum sketch_in(FunctionCallInfo fcinfo) {
    const char *text = PG_GETARG_CSTRING(0);
    size_t digits = strlen(text);
    size_t size = digits < 2 ? 0 : digits / 2 - 1;
    varlena *value = static_cast<varlena *>(palloc(VARHDRSZ + size));
    SET_VARSIZE(value, VARHDRSZ + size);
    uint8 *buffer = reinterpret_cast<uint8 *>(VARDATA(value));
    bool valid = digits >= 2 && digits % 2 == 0 && text[0] == '\\' && text[1] == 'x';
    for (size_t i = 0; valid && i < size; i++) {
        if (i % 65536 == 65535) CHECK_FOR_INTERRUPTS();
        int high = hex_digit(text[2 * i + 2]), low = hex_digit(text[2 * i + 3]);
        valid = high >= 0 && low >= 0;
        buffer[i] = static_cast<uint8>(high << 4 | low);
    }
    if (!valid)
        ereturn(fcinfo->context, Datum(0), errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
                errmsg("invalid input syntax for type %s", Family::type),
                errdetail("Expected \\x and an even number of hexadecimal digits."));
    sketch_status status = Family::check(buffer, size);
    if (status != SKETCH_OK)
        ereturn(
            fcinfo->context, Datum(0),
            errcode(status == SKETCH_TOO_LARGE ? ERRCODE_PROGRAM_LIMIT_EXCEEDED : ERRCODE_INVALID_TEXT_REPRESENTATION),
            errmsg("invalid input syntax for type %s", Family::type), errdetail("%s", sketch_status_message(status)));
    PG_RETURN_POINTER(value);
}

template <typename Family>
Datum sketch_out(FunctionCallInfo fcinfo) {
    static const char digits[] = "0123456789abcdef";
    varlena *value = packed<Family>(sketch_from(PG_GETARG_DATUM(0)), true);
    size_t size = VARSIZE(value) - VARHDRSZ;
    const uint8 *bytes = reinterpret_cast<const uint8 *>(VARDATA(value));
    char *text = static_cast<char *>(palloc(2 * size + 3));
    char *at = text;
    *at++ = '\\';
    *at++ = 'x';
    for (size_t i = 0; i < size; i++) {
        if (i % 65536 == 65535) CHECK_FOR_INTERRUPTS();
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    *at = '\0';
    PG_RETURN_CSTRING(text);
}

// Bytes from outside: checked as a whole before anything else looks at them.
template <typename Family>
varlena *checked(const void *bytes, size_t size) {
    check(Family::check(static_cast<const uint8 *>(bytes), size), Family::type);
    return varlena_from(static_cast<const uint8 *>(bytes), size);
}

template <typename Family>
Datum sketch_recv(FunctionCallInfo fcinfo) {
    StringInfo message = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
    int size = message->len - message->cursor;
    PG_RETURN_POINTER(checked<Family>(pq_getmsgbytes(message, size), static_cast<size_t>(size)));
}

template <typename Family>
Datum sketch_from_bytea(FunctionCallInfo fcinfo) {
    bytea *bytes = PG_GETARG_BYTEA_PP(0);
    PG_RETURN_POINTER(checked<Family>(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes)));
}

// send, and the cast to bytea: the packed form.
template <typename Family>
Datum sketch_to_bytea(FunctionCallInfo fcinfo) {
    PG_RETURN_POINTER(packed<Family>(sketch_from(PG_GETARG_DATUM(0)), true));
}

// ---- comparison and hashing: of the canonical bytes ----------------------------------------

template <typename Family>
int compare(FunctionCallInfo fcinfo) {
    Sketch a = canonical<Family>(PG_GETARG_DATUM(0));
    Sketch b = canonical<Family>(PG_GETARG_DATUM(1));
    int order = memcmp(a.data, b.data, Min(a.size, b.size));
    if (order == 0) order = a.size < b.size ? -1 : a.size > b.size;
    release(a);
    release(b);
    return order;
}

template <typename Family>
Datum sketch_hash(FunctionCallInfo fcinfo) {
    Sketch s = canonical<Family>(PG_GETARG_DATUM(0));
    Datum hash = hash_any(static_cast<const unsigned char *>(s.data), static_cast<int>(s.size));
    release(s);
    return hash;
}

template <typename Family>
Datum sketch_hash_extended(FunctionCallInfo fcinfo) {
    Sketch s = canonical<Family>(PG_GETARG_DATUM(0));
    Datum hash = hash_any_extended(static_cast<const unsigned char *>(s.data), static_cast<int>(s.size),
                                   static_cast<uint64>(PG_GETARG_INT64(1)));
    release(s);
    return hash;
}

// ---- merging ----------------------------------------

// The state that a row without a value leaves behind.
inline Datum unchanged(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    return PG_GETARG_DATUM(0);
}

[[noreturn]] inline void null_parameter(const char *name) {
    ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be null", name));
    pg_unreachable();
}

inline uint64 checked_weight(int64 weight) {
    if (weight < 0) ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("weight must not be negative"));
    return static_cast<uint64>(weight);
}

// `other` added to the state; a null state starts as an empty one with the parameters of `other`.
template <typename Family>
varlena *merged(varlena *state, Sketch other) {
    if (state == nullptr) state = Family::empty_like(other, false);
    if constexpr (requires { Family::kind_of(other); }) {
        int kind = Family::kind_of({state, VARSIZE(state), true, nullptr}), other_kind = Family::kind_of(other);
        if (unlikely(kind != other_kind)) raise_different_kinds(Family::type, kind, other_kind);
    }
    sketch_status (*merge)(void *, size_t, const void *, size_t, sketch_growth *) = Family::merge;
    return with_room<Family>(state, [other, merge](varlena *room, size_t size, sketch_growth *growth) {
        return merge(room, size, other.data, other.size, growth);
    });
}

// A state that may be changed, for any first argument: itself, or its decoded copy.
template <typename Family>
varlena *state_of(FunctionCallInfo fcinfo, Datum datum, bool partial) {
    varlena *own = own_state(fcinfo, datum);
    if (likely(own != nullptr)) return own;
    Sketch sketch = sketch_from(datum);
    return merged<Family>(Family::empty_like(sketch, partial), sketch);
}

// Transition function of merge(sketch), and combine function of the aggregates whose states carry nothing else.
template <typename Family>
Datum merge_trans(FunctionCallInfo fcinfo) {
    varlena *state = PG_ARGISNULL(0) ? nullptr : state_of<Family>(fcinfo, PG_GETARG_DATUM(0), false);
    if (!PG_ARGISNULL(1)) state = merged<Family>(state, sketch_from(PG_GETARG_DATUM(1)));
    if (state == nullptr) PG_RETURN_NULL();
    PG_RETURN_POINTER(state);
}

template <typename Family>
Datum merge_two(FunctionCallInfo fcinfo) {
    varlena *state = merged<Family>(nullptr, sketch_from(PG_GETARG_DATUM(0)));
    state = merged<Family>(state, sketch_from(PG_GETARG_DATUM(1)));
    PG_RETURN_POINTER(packed<Family>({state, VARSIZE(state), true, nullptr}, false));
}

// Final function: never changes the state, which windows and shared transitions read again.
template <typename Family>
Datum agg_final(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    PG_RETURN_POINTER(packed<Family>(sketch_from(PG_GETARG_DATUM(0)), false));
}

// ---- JSON ----------------------------------------

// JSON has no infinities and no NaN: they are strings, spelt as float8 spells them.
inline void append_json_number(StringInfo out, double x) {
    char *text = float8out_internal(x);
    bool is_number = isfinite(x);
    appendStringInfo(out, is_number ? "%s" : "\"%s\"", text);
    pfree(text);
}

template <typename Family>
void begin_json(StringInfo out) {
    initStringInfo(out);
    appendStringInfo(out, "{\"type\": \"%s\"", Family::type);
}

// What sketch_info says of every family.
template <typename Family>
void begin_info(StringInfo out, Sketch s) {
    begin_json<Family>(out);
    appendStringInfo(out, ", \"format_version\": %d, \"form\": \"%s\", \"bytes\": %zu", SKETCH_FORMAT_VERSION,
                     s.is_work ? "work" : "packed", s.size);
}

inline Datum jsonb_from(StringInfo text) { return DirectFunctionCall1(jsonb_in, CStringGetDatum(text->data)); }

}  // namespace pg
