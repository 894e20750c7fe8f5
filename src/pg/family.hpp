// What all sketch types have in common: text and binary forms, comparison, hashing. A family is a struct with
//
//     SKETCH_ABI(name)                             what the C ABI has
//     static sketch_status check(opened);          where open looks at the header only: at all the rest
//     static sketch_status pack(opened, partial, out, capacity, out_size);
//     static varlena *empty_like(opened, partial); an empty work form with the same parameters
//     static sketch_status limit(state, size, parameter, growth);   the coarser parameter wins
//
// and one visible thunk per SQL function that calls a body below. One level of templates, nothing more.
#pragma once

#include "item/item.hpp"

// The SQL type's name, an opened sketch, and what all families have in the C ABI by the same names.
#define SKETCH_ABI(name)                                               \
    static constexpr const char *type = #name "_sketch";               \
    using Opened = sketch_##name;                                      \
    static constexpr auto open_size = sketch_##name##_open_size;       \
    static constexpr auto open = sketch_##name##_open;                 \
    static constexpr auto packed_bound = sketch_##name##_packed_bound; \
    static constexpr auto merge = sketch_##name##_merge;               \
    static constexpr auto move = sketch_##name##_move;

namespace pg {

// A sketch as the ABI takes it: packed bytes at any address, or a whole work form at a multiple of 8.
struct Sketch {
    const void *data;
    size_t size;
    sketch_form form;
    void *copy;  // what was allocated to read it, or null
};

// A work form, if behind the length word of a plain or short header there is one. Nothing else tells: a small one gets
// a short header when it goes through a tuple.
inline bool is_work_form(const varlena *value) {
    return VARSIZE_ANY_EXHDR(value) > 0 && static_cast<uint8>(*VARDATA_ANY(value)) == SKETCH_WORK_MAGIC;
}

// Reads a datum in whatever form it comes: short, compressed, external, packed or work. The first argument of a
// transition function is no exception: it is packed after an initial condition or a shipped partial state.
inline Sketch sketch_from(Datum datum) {
    varlena *value = PG_DETOAST_DATUM_PACKED(datum);
    void *copy = PointerGetDatum(value) == datum ? nullptr : value;
    const size_t size = VARSIZE_ANY_EXHDR(value);
    if (!is_work_form(value)) return {VARDATA_ANY(value), size, SKETCH_PACKED, copy};
    // With a whole length word, and aligned: columns are aligned to 4 bytes only.
    if (VARATT_IS_SHORT(value) || reinterpret_cast<uintptr_t>(value) % 8 != 0) {
        varlena *aligned = varlena_from(VARDATA_ANY(value), size);
        if (copy != nullptr) pfree(copy);
        copy = value = aligned;
    }
    return {value, VARHDRSZ + size, SKETCH_WORK, copy};
}

// A state that this library made.
inline Sketch sketch_of(const varlena *state) { return {state, VARSIZE(state), SKETCH_WORK, nullptr}; }

// For callers that read many values in one memory context: a sort compares in one of its own, where nothing else frees
// the copies.
inline void release(Sketch sketch) {
    if (sketch.copy != nullptr) pfree(sketch.copy);
}

// Memory to open a sketch in: on the caller's stack, or allocated if that is too small.
struct Scratch {
    alignas(8) uint8 stack[26 * 1024];
    void *more = nullptr;
};

template <typename Family>
sketch_status try_open(Sketch sketch, Scratch &scratch, typename Family::Opened **opened) {
    const size_t size = Family::open_size(sketch.data, sketch.size, sketch.form);
    if (unlikely(size > sizeof scratch.stack)) scratch.more = palloc_extended(size, MCXT_ALLOC_HUGE);
    void *memory = scratch.more != nullptr ? scratch.more : scratch.stack;
    return Family::open(sketch.data, sketch.size, sketch.form, memory, size, opened);
}

template <typename Family>
typename Family::Opened *open(Sketch sketch, Scratch &scratch) {
    typename Family::Opened *opened = nullptr;
    check(try_open<Family>(sketch, scratch, &opened), Family::type);
    return opened;
}

inline void release(Scratch &scratch) {
    if (scratch.more != nullptr) pfree(scratch.more);
}

// The state, if this call may change it in place: inside an aggregate, a plain datum, and a work form.
inline varlena *own_state(FunctionCallInfo fcinfo, Datum state) {
    varlena *value = reinterpret_cast<varlena *>(DatumGetPointer(state));
    bool ours = in_aggregate(fcinfo) && VARATT_IS_4B_U(value) && is_work_form(value) &&
                reinterpret_cast<uintptr_t>(value) % 8 == 0;
    return ours ? value : nullptr;
}

// Calls a function of the ABI that adds to a state until it has the layout that it needs. A larger copy is made in the
// current, short-lived context: the executor copies it into the aggregate's and frees the one it had. (repalloc would
// leave the executor a dead pointer.) Small sizes are powers of two, which is what palloc rounds to.
template <typename Family, typename Call>
varlena *with_growth(varlena *state, Call call) {
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

// Packed forms up to this are made on the stack, so that what is returned is not larger than needed.
constexpr size_t kStackCapacity = 40000;

// The packed form: with what partial states carry, or canonical.
template <typename Family>
varlena *packed(const typename Family::Opened *opened, bool partial) {
    size_t capacity = Family::packed_bound(opened), size = 0;
    if (likely(capacity <= kStackCapacity)) {
        uint8 buffer[kStackCapacity];
        check(Family::pack(opened, partial, buffer, capacity, &size), Family::type);
        return varlena_from(buffer, size);
    }
    varlena *result = static_cast<varlena *>(palloc(VARHDRSZ + capacity));
    check(Family::pack(opened, partial, reinterpret_cast<uint8 *>(VARDATA(result)), capacity, &size), Family::type);
    SET_VARSIZE(result, VARHDRSZ + size);
    return size < capacity / 2 ? static_cast<varlena *>(repalloc(result, VARHDRSZ + size)) : result;
}

template <typename Family>
varlena *packed(Sketch sketch, bool partial) {
    Scratch scratch;
    varlena *result = packed<Family>(open<Family>(sketch, scratch), partial);
    release(scratch);
    return result;
}

// A state in its canonical form, as functions return it.
template <typename Family>
Datum result_from(const varlena *state) {
    PG_RETURN_POINTER(packed<Family>(sketch_of(state), false));
}

// The canonical bytes in place of others, without a copy where they are there already.
template <typename Family>
Sketch canonical(Datum datum) {
    const Sketch sketch = sketch_from(datum);
    bool partial = sketch.size > 2 && static_cast<const uint8 *>(sketch.data)[2] & SKETCH_PACKED_PARTIAL;
    if (sketch.form == SKETCH_PACKED && !partial) return sketch;
    varlena *copy = packed<Family>(sketch, false);
    release(sketch);
    return {VARDATA(copy), VARSIZE(copy) - VARHDRSZ, SKETCH_PACKED, copy};
}

// Validates untrusted bytes to the last one.
template <typename Family>
sketch_status check_bytes(const void *bytes, size_t size) {
    Scratch scratch;
    typename Family::Opened *opened = nullptr;
    sketch_status status = try_open<Family>({bytes, size, SKETCH_PACKED, nullptr}, scratch, &opened);
    if constexpr (requires { Family::check(opened); })
        if (status == SKETCH_OK) status = Family::check(opened);
    release(scratch);
    return status;
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
    sketch_status status = check_bytes<Family>(buffer, size);
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

// Validates untrusted bytes before anything else looks at them.
template <typename Family>
varlena *checked(const void *bytes, size_t size) {
    check(check_bytes<Family>(bytes, size), Family::type);
    return varlena_from(bytes, size);
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

// With seed 0 the lower half is the hash of 32 bits, by the rule for all extended hash functions.
template <typename Family>
uint64 sketch_hash(FunctionCallInfo fcinfo, int64 seed) {
    Sketch s = canonical<Family>(PG_GETARG_DATUM(0));
    const uint64 hash = hash_bytes_extended(static_cast<const unsigned char *>(s.data), static_cast<int>(s.size),
                                            static_cast<uint64>(seed));
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

// Argument `i`, which must not be null.
inline double double_argument(FunctionCallInfo fcinfo, int i, const char *name) {
    if (PG_ARGISNULL(i)) null_parameter(name);
    return PG_GETARG_FLOAT8(i);
}
inline int32 int_argument(FunctionCallInfo fcinfo, int i, const char *name) {
    if (PG_ARGISNULL(i)) null_parameter(name);
    return PG_GETARG_INT32(i);
}

inline uint64 checked_weight(int64 weight) {
    check_argument(weight >= 0, "weight must not be negative");
    return static_cast<uint64>(weight);
}

// Where in the argument list of an aggregate a weight and the parameter stand; 0 for one without them.
struct Arguments {
    int weight, parameter;
};

// Says which kinds of values a state and the sketch that was to be merged into it hold.
template <typename Family>
[[noreturn]] void raise_mixed_kinds(Sketch state, const typename Family::Opened *other) {
    Scratch scratch;
    raise_different_kinds(Family::type, Family::kind_of(open<Family>(state, scratch)), Family::kind_of(other));
}

// `other` added to the state; a null state starts as an empty one with the parameters of `other`.
template <typename Family>
varlena *merged(varlena *state, typename Family::Opened *other) {
    if (state == nullptr) state = Family::empty_like(other, false);
    auto *merge = Family::merge;  // GCC 16 warns of calls in a lambda through a pointer that is a constant
    return with_growth<Family>(state, [other, merge](varlena *buffer, size_t size, sketch_growth *growth) {
        const sketch_status status = merge(buffer, size, other, growth);
        if constexpr (requires { Family::kind_of(other); })
            if (unlikely(status == SKETCH_WRONG_KIND)) raise_mixed_kinds<Family>(sketch_of(buffer), other);
        return status;
    });
}

template <typename Family>
varlena *merged(varlena *state, Sketch other) {
    Scratch scratch;
    return merged<Family>(state, open<Family>(other, scratch));
}

// A state that may be changed, for any first argument: itself, or its decoded copy.
template <typename Family>
varlena *state_of(FunctionCallInfo fcinfo, Datum datum, bool partial) {
    varlena *own = own_state(fcinfo, datum);
    if (likely(own != nullptr)) return own;
    Scratch scratch;
    typename Family::Opened *sketch = open<Family>(sketch_from(datum), scratch);
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

// An argument in its canonical form, or null if it is. As a final function it never changes the state, which windows
// and shared transitions read again.
template <typename Family>
Datum stored(FunctionCallInfo fcinfo, int argument) {
    if (PG_ARGISNULL(argument)) PG_RETURN_NULL();
    PG_RETURN_POINTER(packed<Family>(sketch_from(PG_GETARG_DATUM(argument)), false));
}

// merge(a, b): NULL counts as a sketch without rows, so that no rows are lost.
template <typename Family>
Datum merge_two(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(0)) return stored<Family>(fcinfo, 1);
    if (PG_ARGISNULL(1)) return stored<Family>(fcinfo, 0);
    varlena *state = merged<Family>(nullptr, sketch_from(PG_GETARG_DATUM(0)));
    state = merged<Family>(state, sketch_from(PG_GETARG_DATUM(1)));
    return result_from<Family>(state);
}

// At most this parameter from now on: see Family::limit of the C ABI.
template <typename Family>
varlena *with_limit(varlena *state, int parameter) {
    auto *limit = Family::limit;  // GCC 16 warns of calls in a lambda through a pointer that is a constant
    return with_growth<Family>(state, [parameter, limit](varlena *buffer, size_t size, sketch_growth *growth) {
        return limit(buffer, size, parameter, growth);
    });
}

// A state that may be changed, for the first argument of an aggregate, at most of this parameter.
template <typename Family>
varlena *limited_state(FunctionCallInfo fcinfo, CommonLimit &limit, int parameter) {
    varlena *own = own_state(fcinfo, PG_GETARG_DATUM(0));
    if (likely(own != nullptr && limit.is_of_all(parameter))) return own;
    if (own == nullptr) limit.begin_state(parameter);
    else limit.states = CommonLimit::kUnknown;
    return with_limit<Family>(state_of<Family>(fcinfo, PG_GETARG_DATUM(0), false), parameter);
}

// coarsen(sketch, parameter): as if the rows had come to a sketch of this parameter, unless it has a coarser one.
// `parameter_of` reads it from the arguments, behind a sketch that is not null.
template <typename Family>
Datum coarsened(FunctionCallInfo fcinfo, int (*parameter_of)(FunctionCallInfo fcinfo, int i)) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    const int parameter = parameter_of(fcinfo, 1);
    varlena *state = merged<Family>(nullptr, sketch_from(PG_GETARG_DATUM(0)));
    return result_from<Family>(with_limit<Family>(state, parameter));
}

// A row of the composite type that a function returns, which has two columns.
inline Datum row_of(FunctionCallInfo fcinfo, Datum first, Datum second) {
    TupleDesc shape = row_type(fcinfo);
    if (shape->natts != 2) elog(ERROR, "bounds must be returned as a row of two columns");
    Datum columns[2] = {first, second};
    bool nulls[2] = {false, false};
    return HeapTupleGetDatum(heap_form_tuple(shape, columns, nulls));
}

// ---- JSON ----------------------------------------

// One more member. JSON has no infinities and no NaN: they are strings, spelt as float8 spells them.
inline void append_json_number(StringInfo out, const char *name, double x) {
    char *text = float8out_internal(x);
    appendStringInfo(out, isfinite(x) ? ", \"%s\": %s" : ", \"%s\": \"%s\"", name, text);
    pfree(text);
}

template <typename Family>
void begin_json(StringInfo out) {
    initStringInfo(out);
    appendStringInfo(out, "{\"type\": \"%s\"", Family::type);
}

// What sketch_info says of every family.
template <typename Family>
void begin_info(StringInfo out, sketch_form form, size_t size) {
    begin_json<Family>(out);
    appendStringInfo(out, ", \"format_version\": %d, \"form\": \"%s\", \"bytes\": %zu", SKETCH_FORMAT_VERSION,
                     form == SKETCH_WORK ? "work" : "packed", size);
}

inline Datum jsonb_from(StringInfo text) { return DirectFunctionCall1(jsonb_in, CStringGetDatum(text->data)); }

}  // namespace pg
