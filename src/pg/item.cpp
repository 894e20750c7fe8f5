// Canonical bytes of SQL values: see item.hpp.
#include "item.hpp"

#include <bit>

#include <sys/socket.h>

extern "C" {
#include "catalog/pg_enum.h"
#include "catalog/pg_proc.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "utils/arrayaccess.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/inet.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/pg_lsn.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
#include "utils/uuid.h"
}

namespace pg {

namespace {

// Little-endian bytes, so that every machine hashes the same.
class Bytes {
  public:
    template <typename Integer>
    void add(Integer value) {
        for (size_t i = 0; i < sizeof value; i++) bytes_[size_++] = static_cast<uint8>(value >> (8 * i));
    }
    void add(const void *from, size_t size) {
        memcpy(bytes_ + size_, from, size);
        size_ += size;
    }
    uint64 hash() const { return sketch_hash(bytes_, size_); }

  private:
    uint8 bytes_[32];
    size_t size_ = 0;
};

// ---- numbers ----------------------------------------

uint64 hash_integer(int64 value) { return sketch_hash_word(static_cast<uint64>(value)); }

uint64 hash_double(double value) {
    if (value == 0) value = 0;  // -0
    if (isnan(value)) value = get_float8_nan();
    return sketch_hash_word(std::bit_cast<uint64>(value));
}

// A numeric as it is stored; its structure is private to the server's numeric.c, and as stable as a stored format is:
// sign, weight (the power of 10,000 of the first digit) and digits of 10,000.
struct Digits {
    enum Sign : uint8 { positive, negative, nan, positive_infinity, negative_infinity } sign;
    int weight;
    const char *at;  // at any address
    int count;

    int operator[](int i) const {
        int16 digit;
        memcpy(&digit, at + sizeof digit * static_cast<size_t>(i), sizeof digit);
        return digit;
    }
};

Digits digits_of(varlena *value) {
    constexpr uint16 kSignMask = 0xC000, kNegative = 0x4000, kShort = 0x8000, kSpecial = 0xC000;
    constexpr uint16 kSpecialMask = 0xF000, kPositiveInfinity = 0xD000, kNegativeInfinity = 0xF000;
    const char *at = VARDATA_ANY(value);
    int size = static_cast<int>(VARSIZE_ANY_EXHDR(value));
    uint16 header;
    memcpy(&header, at, sizeof header);
    Digits digits = {Digits::positive, 0, nullptr, 0};
    int16 weight = 0;
    switch (header & kSignMask) {
        case kSpecial:
            digits.sign = (header & kSpecialMask) == kPositiveInfinity   ? Digits::positive_infinity
                          : (header & kSpecialMask) == kNegativeInfinity ? Digits::negative_infinity
                                                                         : Digits::nan;
            return digits;
        case kShort:  // weight in 7 bits, two's complement
            digits.sign = header & 0x2000 ? Digits::negative : Digits::positive;
            digits.weight = (header & 0x3F) - (header & 0x40);
            digits.at = at + sizeof header;
            break;
        default:
            digits.sign = header & kNegative ? Digits::negative : Digits::positive;
            memcpy(&weight, at + sizeof header, sizeof weight);
            digits.weight = weight;
            digits.at = at + sizeof header + sizeof weight;
    }
    digits.count = (size - static_cast<int>(digits.at - at)) / 2;
    while (digits.count > 0 && digits[0] == 0) {  // trailing and leading zeros are not stored, but do not matter
        digits.at += 2;
        digits.count--;
        digits.weight--;
    }
    while (digits.count > 0 && digits[digits.count - 1] == 0) digits.count--;
    if (digits.count == 0) digits.sign = Digits::positive, digits.weight = 0;
    return digits;
}

// An integer that fits hashes as a bigint does; every other number by sign, weight and digits, whose bytes are never 8.
uint64 hash_digits(Digits digits) {
    constexpr int kLargestWeight = 4;  // 10,000^4 < 2^63 < 10,000^5
    if (digits.sign <= Digits::negative && digits.count <= digits.weight + 1 && digits.weight <= kLargestWeight) {
        __int128 value = 0;
        for (int i = 0; i <= digits.weight; i++) value = value * 10000 + (i < digits.count ? digits[i] : 0);
        if (digits.sign == Digits::negative) value = -value;
        if (value >= PG_INT64_MIN && value <= PG_INT64_MAX) return hash_integer(static_cast<int64>(value));
    }
    size_t size = 3 + 2 * static_cast<size_t>(digits.count);
    uint8 stack[256];
    uint8 *bytes = size <= sizeof stack ? stack : static_cast<uint8 *>(palloc(size));
    bytes[0] = digits.sign;
    bytes[1] = static_cast<uint8>(digits.weight);
    bytes[2] = static_cast<uint8>(digits.weight >> 8);
    for (int i = 0; i < digits.count; i++) {
        bytes[3 + 2 * i] = static_cast<uint8>(digits[i]);
        bytes[4 + 2 * i] = static_cast<uint8>(digits[i] >> 8);
    }
    uint64 hash = sketch_hash(bytes, size);
    if (bytes != stack) pfree(bytes);
    return hash;
}

// ---- one function for each representation ----------------------------------------

uint64 hash_int2(Hasher *, Datum value) { return hash_integer(DatumGetInt16(value)); }
uint64 hash_int4(Hasher *, Datum value) { return hash_integer(DatumGetInt32(value)); }
uint64 hash_int8(Hasher *, Datum value) { return hash_integer(DatumGetInt64(value)); }
uint64 hash_oid(Hasher *, Datum value) { return hash_integer(DatumGetObjectId(value)); }
uint64 hash_float4(Hasher *, Datum value) { return hash_double(DatumGetFloat4(value)); }
uint64 hash_float8(Hasher *, Datum value) { return hash_double(DatumGetFloat8(value)); }
uint64 hash_numeric(Hasher *, Datum value) { return hash_digits(digits_of(PG_DETOAST_DATUM_PACKED(value))); }

uint64 hash_bytes(Hasher *, Datum value) {
    varlena *bytes = PG_DETOAST_DATUM_PACKED(value);
    return sketch_hash(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

uint64 hash_bpchar(Hasher *, Datum value) {  // without its padding
    varlena *text = PG_DETOAST_DATUM_PACKED(value);
    int length = bpchartruelen(VARDATA_ANY(text), static_cast<int>(VARSIZE_ANY_EXHDR(text)));
    return sketch_hash(VARDATA_ANY(text), static_cast<size_t>(length));
}

uint64 hash_name(Hasher *, Datum value) {
    const char *name = NameStr(*DatumGetName(value));
    return sketch_hash(name, strlen(name));
}

uint64 hash_uuid(Hasher *, Datum value) { return sketch_hash(DatumGetUUIDP(value)->data, UUID_LEN); }

uint64 hash_bool(Hasher *, Datum value) {
    Bytes bytes;
    bytes.add(static_cast<uint8>(DatumGetBool(value)));
    return bytes.hash();
}

uint64 hash_date(Hasher *, Datum value) {
    Bytes bytes;
    bytes.add(static_cast<uint32>(DatumGetDateADT(value)));
    return bytes.hash();
}

uint64 hash_inet(Hasher *, Datum value) {  // cidr too
    inet *address = DatumGetInetPP(value);
    Bytes bytes;
    bytes.add(static_cast<uint8>(ip_family(address) == PGSQL_AF_INET ? 4 : 6));
    bytes.add(static_cast<uint8>(ip_bits(address)));
    bytes.add(ip_addr(address), static_cast<size_t>(ip_addrsize(address)));
    return bytes.hash();
}

// Intervals are equal if their lengths are, with months of 30 days and days of 24 hours.
uint64 hash_interval(Hasher *, Datum value) {
    const Interval *interval = DatumGetIntervalP(value);
    __int128 days = static_cast<__int128>(interval->month) * DAYS_PER_MONTH + interval->day;
    Bytes bytes;
    bytes.add(static_cast<unsigned __int128>(days * USECS_PER_DAY + interval->time));
    return bytes.hash();
}

uint64 hash_timetz(Hasher *, Datum value) {
    const TimeTzADT *time = DatumGetTimeTzADTP(value);
    Bytes bytes;
    bytes.add(static_cast<uint64>(time->time));
    bytes.add(static_cast<uint32>(time->zone));
    return bytes.hash();
}

uint64 hash_macaddr(Hasher *, Datum value) { return sketch_hash(DatumGetPointer(value), 6); }
uint64 hash_macaddr8(Hasher *, Datum value) { return sketch_hash(DatumGetPointer(value), 8); }

constexpr size_t kLabels = 256;

// Counts the changes of labels that this session learns of.
uint64 label_changes = 0;
void count_label_change(Datum, int, uint32) { label_changes++; }

// By label: the values that stand for labels are made anew when a dump is restored.
uint64 hash_enum(Hasher *hasher, Datum value) {
    Oid oid = DatumGetObjectId(value);
    if (unlikely(hasher->labels_known != label_changes)) {
        memset(hasher->labels, 0, kLabels * sizeof(Hasher::EnumLabel));
        hasher->labels_known = label_changes;
    }
    Hasher::EnumLabel &label = hasher->labels[oid % kLabels];
    if (likely(label.value == oid)) return label.hash;
    HeapTuple tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple))
        ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
                errmsg("invalid internal value for enum: %u", oid));
    const char *name = NameStr(reinterpret_cast<Form_pg_enum>(GETSTRUCT(tuple))->enumlabel);
    label = {oid, sketch_hash(name, strlen(name))};
    ReleaseSysCache(tuple);
    return label.hash;
}

// Hash of a sequence: of the hash of what came before and what comes next, or that it is null.
uint64 chained(uint64 before, uint64 next, bool is_null) {
    Bytes bytes;
    bytes.add(before);
    bytes.add(is_null ? uint64{0} : next);
    bytes.add(static_cast<uint8>(is_null));
    return bytes.hash();
}

uint64 hash_by_type(Hasher *hasher, Datum value) {
    return DatumGetUInt64(FunctionCall2Coll(hasher->extended, hasher->collation, value, UInt64GetDatum(0)));
}

// Dimensions and lower bounds, then the elements.
uint64 hash_array(Hasher *hasher, Datum value) {
    AnyArrayType *array = DatumGetAnyArrayP(value);
    int dimensions = AARR_NDIM(array), count = ArrayGetNItems(dimensions, AARR_DIMS(array));
    uint64 hash = sketch_hash_word(static_cast<uint64>(dimensions));
    for (int i = 0; i < dimensions; i++) {
        uint64 length = static_cast<uint32>(AARR_DIMS(array)[i]), lower = static_cast<uint32>(AARR_LBOUND(array)[i]);
        hash = chained(hash, length << 32 | lower, false);
    }
    array_iter each;
    array_iter_setup(&each, array);
    for (int i = 0; i < count; i++) {
        if (i % 1024 == 0) CHECK_FOR_INTERRUPTS();
        bool is_null;
        Datum element = array_iter_next(&each, &is_null, i, hasher->length, hasher->by_value, hasher->alignment);
        hash = chained(hash, is_null ? 0 : (*hasher->element)(element), is_null);
    }
    return hash;
}

}  // namespace

// What is known of a record type, as its definition is now.
struct Columns {
    uint64 definition;      // of the type: a number that changes with every ALTER
    MemoryContext context;  // of all of this
    TupleDesc descriptor;
    Hasher **hashers;
    Datum *values;
    bool *nulls;
};

namespace {

Hasher *hasher_for(Oid type, Oid collation, MemoryContext context);

Columns *columns_of(Oid type, int32 modifier, uint64 definition, MemoryContext parent) {
    MemoryContext context = AllocSetContextCreate(parent, "sketch_ext record", ALLOCSET_SMALL_SIZES);
    MemoryContext previous = MemoryContextSwitchTo(context);
    Columns *columns = static_cast<Columns *>(palloc(sizeof(Columns)));
    columns->descriptor = lookup_rowtype_tupdesc_copy(type, modifier);
    size_t count = static_cast<size_t>(columns->descriptor->natts);
    columns->definition = definition;
    columns->context = context;
    columns->hashers = static_cast<Hasher **>(palloc0(count * sizeof(Hasher *)));
    columns->values = static_cast<Datum *>(palloc(count * sizeof(Datum)));
    columns->nulls = static_cast<bool *>(palloc(count * sizeof(bool)));
    MemoryContextSwitchTo(previous);
    for (size_t i = 0; i < count; i++) {
        Form_pg_attribute column = TupleDescAttr(columns->descriptor, i);
        if (!column->attisdropped) columns->hashers[i] = hasher_for(column->atttypid, column->attcollation, context);
    }
    return columns;
}

// The columns in order, without the dropped ones.
uint64 hash_record(Hasher *hasher, Datum value) {
    check_stack_depth();
    HeapTupleHeader record = DatumGetHeapTupleHeader(value);
    Oid type = HeapTupleHeaderGetTypeId(record);
    int32 modifier = HeapTupleHeaderGetTypMod(record);
    uint64 definition = assign_record_type_identifier(type, modifier);
    Columns *columns = hasher->columns;
    if (unlikely(columns == nullptr || columns->definition != definition)) {
        hasher->columns = nullptr;
        if (columns != nullptr) MemoryContextDelete(columns->context);
        columns = hasher->columns = columns_of(type, modifier, definition, hasher->context);
    }
    HeapTupleData tuple = {};
    tuple.t_len = HeapTupleHeaderGetDatumLength(record);
    ItemPointerSetInvalid(&tuple.t_self);
    tuple.t_data = record;
    heap_deform_tuple(&tuple, columns->descriptor, columns->values, columns->nulls);
    uint64 hash = sketch_hash_word(0);
    for (int i = 0; i < columns->descriptor->natts; i++) {
        if (columns->hashers[i] == nullptr) continue;
        bool is_null = columns->nulls[i];
        hash = chained(hash, is_null ? 0 : (*columns->hashers[i])(columns->values[i]), is_null);
    }
    return hash;
}

// ---- types ----------------------------------------

// Bytes tell equal strings from different ones only under a deterministic collation.
void check_collation(Oid collation) {
    if (!OidIsValid(collation))
        ereport(ERROR, errcode(ERRCODE_INDETERMINATE_COLLATION),
                errmsg("could not determine which collation to use for string hashing"),
                errhint("Use the COLLATE clause to set the collation explicitly."));
    if (!get_collation_isdeterministic(collation))
        ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                errmsg("nondeterministic collations are not supported for sketches"),
                errdetail(
                    "Collation \"%s\" makes different strings equal, and a sketch tells strings apart by their bytes.",
                    get_collation_name(collation)),
                errhint("Use a deterministic collation, as in x COLLATE \"C\"."));
}

struct Representation {
    int kind;
    uint64 (*hash)(Hasher *, Datum);
};

// For the types whose equality we know; {0, nullptr} for the others.
Representation representation_of(Oid type) {
    switch (type) {
        case INT2OID: return {SKETCH_KIND_NUMBER, hash_int2};
        case INT4OID: return {SKETCH_KIND_NUMBER, hash_int4};
        case INT8OID: return {SKETCH_KIND_NUMBER, hash_int8};
        case OIDOID: return {SKETCH_KIND_NUMBER, hash_oid};
        case NUMERICOID: return {SKETCH_KIND_NUMBER, hash_numeric};
        case FLOAT4OID: return {SKETCH_KIND_FLOAT, hash_float4};
        case FLOAT8OID: return {SKETCH_KIND_FLOAT, hash_float8};
        case TEXTOID:
        case VARCHAROID: return {SKETCH_KIND_TEXT, hash_bytes};
        case BPCHAROID: return {SKETCH_KIND_TEXT, hash_bpchar};
        case NAMEOID: return {SKETCH_KIND_TEXT, hash_name};
        case BYTEAOID: return {SKETCH_KIND_BYTEA, hash_bytes};
        case UUIDOID: return {SKETCH_KIND_UUID, hash_uuid};
        case TIMESTAMPTZOID: return {SKETCH_KIND_TIMESTAMPTZ, hash_int8};
        case TIMESTAMPOID: return {SKETCH_KIND_TIMESTAMP, hash_int8};
        case DATEOID: return {SKETCH_KIND_DATE, hash_date};
        case INETOID:
        case CIDROID: return {SKETCH_KIND_INET, hash_inet};
        case BOOLOID: return {SKETCH_KIND_BOOL, hash_bool};
        case INTERVALOID: return {SKETCH_KIND_INTERVAL, hash_interval};
        case TIMEOID: return {SKETCH_KIND_TIME, hash_int8};
        case TIMETZOID: return {SKETCH_KIND_TIMETZ, hash_timetz};
        case MACADDROID: return {SKETCH_KIND_MACADDR, hash_macaddr};
        case MACADDR8OID: return {SKETCH_KIND_MACADDR8, hash_macaddr8};
        case MONEYOID: return {SKETCH_KIND_MONEY, hash_int8};
        case PG_LSNOID: return {SKETCH_KIND_PG_LSN, hash_int8};
        default: return {0, nullptr};
    }
}

// All in one memory context, which lives as long as the call site.
Hasher *hasher_for(Oid type, Oid collation, MemoryContext context) {
    type = getBaseType(type);
    Hasher *hasher = static_cast<Hasher *>(MemoryContextAllocZero(context, sizeof(Hasher)));
    hasher->type = type;
    hasher->collation = collation;
    hasher->context = context;
    if (type_is_collatable(type)) check_collation(collation);
    Representation known = representation_of(type);
    Oid element = get_element_type(type);
    if (known.hash != nullptr) {
        hasher->kind = known.kind;
        hasher->hash = known.hash;
    } else if (type_is_enum(type)) {
        hasher->kind = SKETCH_KIND_ENUM;
        hasher->hash = hash_enum;
        hasher->labels_known = label_changes;
        static bool is_registered = false;
        if (!is_registered) CacheRegisterSyscacheCallback(ENUMOID, count_label_change, Datum(0));
        is_registered = true;
        hasher->labels =
            static_cast<Hasher::EnumLabel *>(MemoryContextAllocZero(context, kLabels * sizeof(Hasher::EnumLabel)));
    } else if (OidIsValid(element)) {
        hasher->element = hasher_for(element, collation, context);
        hasher->kind = SKETCH_KIND_ARRAY | hasher->element->kind;
        hasher->hash = hash_array;
        get_typlenbyvalalign(element, &hasher->length, &hasher->by_value, &hasher->alignment);
    } else if (type == RECORDOID || get_typtype(type) == TYPTYPE_COMPOSITE) {
        hasher->kind = SKETCH_KIND_RECORD;
        hasher->hash = hash_record;
    } else {
        TypeCacheEntry *cache = lookup_type_cache(type, TYPECACHE_HASH_EXTENDED_PROC_FINFO);
        if (!OidIsValid(cache->hash_extended_proc_finfo.fn_oid))
            ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
                    errmsg("could not identify an extended hash function for type %s", format_type_be(type)));
        hasher->kind = type == JSONBOID ? SKETCH_KIND_JSONB : SKETCH_KIND_OTHER;
        hasher->hash = hash_by_type;
        hasher->extended = &cache->hash_extended_proc_finfo;  // type cache entries are never freed
    }
    return hasher;
}

// The expression behind an argument: of the aggregate, if it is a transition function that is called.
Node *argument_expression(FunctionCallInfo fcinfo, int argument) {
    if (Aggref *aggregate = AggGetAggref(fcinfo)) {
        if (list_length(aggregate->args) < argument) return nullptr;
        return reinterpret_cast<Node *>(static_cast<TargetEntry *>(list_nth(aggregate->args, argument - 1))->expr);
    }
    Node *call = fcinfo->flinfo->fn_expr;
    List *arguments = call == nullptr       ? NIL
                      : IsA(call, FuncExpr) ? reinterpret_cast<FuncExpr *>(call)->args
                      : IsA(call, OpExpr)   ? reinterpret_cast<OpExpr *>(call)->args
                                            : NIL;
    return list_length(arguments) > argument ? static_cast<Node *>(list_nth(arguments, argument)) : nullptr;
}

// A type that is seen as text without being asked for, citext above all: it may call strings equal that text does not.
void check_not_disguised(FunctionCallInfo fcinfo, int argument) {
    Node *expression = argument_expression(fcinfo, argument);
    if (expression == nullptr || !IsA(expression, RelabelType)) return;
    RelabelType *relabelled = reinterpret_cast<RelabelType *>(expression);
    if (relabelled->relabelformat == COERCE_EXPLICIT_CAST) return;
    Oid type = getBaseType(exprType(reinterpret_cast<Node *>(relabelled->arg)));
    if (type == UNKNOWNOID || representation_of(type).hash != nullptr) return;
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("values of type %s are not supported for sketches", format_type_be(type)),
            errdetail("The type may call strings equal that differ in their bytes."),
            errhint("Cast to text what shall be told apart, as in lower(x::text)."));
}

// What the call says that the argument is; without an expression, what the function was declared with.
Oid argument_type(FunctionCallInfo fcinfo, int argument) {
    Oid type = get_fn_expr_argtype(fcinfo->flinfo, argument);
    if (OidIsValid(type)) return type;
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(fcinfo->flinfo->fn_oid));
    if (HeapTupleIsValid(tuple)) {
        const oidvector &types = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->proargtypes;
        if (argument < types.dim1) type = types.values[argument];
        ReleaseSysCache(tuple);
    }
    return type;
}

}  // namespace

CallSite *make_call_site(FunctionCallInfo fcinfo) {
    constexpr int kItem = 1;
    Oid type = argument_type(fcinfo, kItem);
    if (!OidIsValid(type) || (get_typtype(type) == TYPTYPE_PSEUDO && type != RECORDOID))
        ereport(ERROR, errcode(ERRCODE_INDETERMINATE_DATATYPE),
                errmsg("could not determine the data type of the value"));
    check_not_disguised(fcinfo, kItem);
    MemoryContext context = fcinfo->flinfo->fn_mcxt;
    CallSite *site = static_cast<CallSite *>(MemoryContextAllocZero(context, sizeof(CallSite)));
    site->hasher = hasher_for(type, PG_GET_COLLATION(), context);
    site->parameter = kUnset;
    return site;
}

// ---- probes ----------------------------------------

namespace {

[[noreturn]] void no_conversion(Oid type, int kind, const char *sketch_type) {
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("cannot look up a value of type %s in a %s of kind %s", format_type_be(type), sketch_type,
                   kind_name(kind)),
            errhint("Cast the value to the type that the sketch was made from."));
    pg_unreachable();
}

double double_from_number(Oid type, Datum value) {
    switch (type) {
        case INT2OID: return DatumGetInt16(value);
        case INT4OID: return DatumGetInt32(value);
        case INT8OID: return static_cast<double>(DatumGetInt64(value));
        case OIDOID: return DatumGetObjectId(value);
        default: return DatumGetFloat8(DirectFunctionCall1(numeric_float8, value));
    }
}

// Text as a literal of the kind, where what it means does not depend on settings of the session.
uint64 hash_literal(const Hasher &probe, Datum value, int kind, const char *sketch_type) {
    if (probe.type == BPCHAROID) value = DirectFunctionCall1(rtrim1, value);
    if (probe.type == NAMEOID) value = DirectFunctionCall1(name_text, value);
    Datum literal = CStringGetDatum(text_to_cstring(DatumGetTextPP(value)));
    Datum any_type = ObjectIdGetDatum(InvalidOid), any_length = Int32GetDatum(-1);
    switch (kind) {
        case SKETCH_KIND_NUMBER:
            return hash_numeric(nullptr, DirectFunctionCall3(numeric_in, literal, any_type, any_length));
        case SKETCH_KIND_FLOAT: return hash_float8(nullptr, DirectFunctionCall1(float8in, literal));
        case SKETCH_KIND_BYTEA: return hash_bytes(nullptr, DirectFunctionCall1(byteain, literal));
        case SKETCH_KIND_UUID: return hash_uuid(nullptr, DirectFunctionCall1(uuid_in, literal));
        case SKETCH_KIND_INET: return hash_inet(nullptr, DirectFunctionCall1(inet_in, literal));
        case SKETCH_KIND_BOOL: return hash_bool(nullptr, DirectFunctionCall1(boolin, literal));
        case SKETCH_KIND_ENUM: {
            const char *label = DatumGetCString(literal);
            return sketch_hash(label, strlen(label));
        }
        default: no_conversion(probe.type, kind, sketch_type);
    }
}

}  // namespace

uint64 probe_hash(FunctionCallInfo fcinfo, int kind, const char *sketch_type) {
    Hasher &probe = *call_site(fcinfo).hasher;
    Datum value = PG_GETARG_DATUM(1);
    if (likely(probe.kind == kind)) return probe(value);
    if (probe.kind == SKETCH_KIND_NUMBER && kind == SKETCH_KIND_FLOAT)
        return hash_double(double_from_number(probe.type, value));
    if (probe.kind == SKETCH_KIND_DATE && kind == SKETCH_KIND_TIMESTAMP)
        return hash_int8(nullptr, DirectFunctionCall1(date_timestamp, value));
    if (probe.kind == SKETCH_KIND_TEXT) return hash_literal(probe, value, kind, sketch_type);
    no_conversion(probe.type, kind, sketch_type);
}

void raise_different_kinds(const char *sketch_type, int kind, int other_kind) {
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("cannot combine %s values of different kinds", sketch_type),
            errdetail("One holds items of kind %s, the other of kind %s.", kind_name(kind), kind_name(other_kind)));
    pg_unreachable();
}

const char *kind_name(int kind) {
    static const char *const names[] = {"none",      "number",  "float",    "text",  "bytea", "uuid",     "timestamptz",
                                        "timestamp", "date",    "inet",     "bool",  "enum",  "interval", "time",
                                        "timetz",    "macaddr", "macaddr8", "jsonb", "money", "pg_lsn",   "record"};
    int element = kind & ~SKETCH_KIND_ARRAY;
    const char *name = element <= SKETCH_KIND_LAST ? names[element] : "other";
    return kind & SKETCH_KIND_ARRAY ? psprintf("array of %s", name) : name;
}

}  // namespace pg
