// Canonical bytes of SQL values: see item.hpp.
#include "item.hpp"

#include <bit>

#include <sys/socket.h>

extern "C" {
#include "catalog/dependency.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "parser/parse_coerce.h"
#include "utils/arrayaccess.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/inet.h"
#include "utils/inval.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/multirangetypes.h"
#include "utils/pg_lsn.h"
#include "utils/rangetypes.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"
}

namespace pg {

namespace {

// Little-endian, so that every machine writes the same.
template <typename Integer>
void append(ItemBytes *item, Integer value) {
    for (size_t i = 0; i < sizeof value; i++) item->room[item->size++] = static_cast<uint8>(value >> (8 * i));
}

void append(ItemBytes *item, const void *from, size_t size) {
    memcpy(item->room + item->size, from, size);
    item->size += size;
}

// To be appended to.
void clear(ItemBytes *item) {
    item->bytes = item->room;
    item->size = 0;
}

// ---- numbers ----------------------------------------

uint64 hash_integer(int64 value) { return sketch_hash_word(static_cast<uint64>(value)); }

double canonical_double(double value) {
    if (value == 0) return 0;  // -0
    return isnan(value) ? get_float8_nan() : value;
}

uint64 hash_double(double value) { return sketch_hash_word(std::bit_cast<uint64>(canonical_double(value))); }

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

// Whether the value is an integer that fits into a bigint, and which.
bool is_integer(Digits digits, int64 *integer) {
    constexpr int kLargestWeight = 4;  // 10,000^4 < 2^63 < 10,000^5
    if (digits.sign > Digits::negative || digits.count > digits.weight + 1 || digits.weight > kLargestWeight)
        return false;
    __int128 value = 0;
    for (int i = 0; i <= digits.weight; i++) value = value * 10000 + (i < digits.count ? digits[i] : 0);
    if (digits.sign == Digits::negative) value = -value;
    *integer = static_cast<int64>(value);
    return value >= PG_INT64_MIN && value <= PG_INT64_MAX;
}

// Sign, weight and digits: 3 + 2 * count bytes.
void append_digits(uint8 *bytes, Digits digits) {
    bytes[0] = digits.sign;
    bytes[1] = static_cast<uint8>(digits.weight);
    bytes[2] = static_cast<uint8>(digits.weight >> 8);
    for (int i = 0; i < digits.count; i++) {
        bytes[3 + 2 * i] = static_cast<uint8>(digits[i]);
        bytes[4 + 2 * i] = static_cast<uint8>(digits[i] >> 8);
    }
}

// An integer that fits hashes as a bigint does; every other number by sign, weight and digits, whose bytes are never 8.
uint64 hash_digits(Digits digits) {
    int64 integer;
    if (is_integer(digits, &integer)) return hash_integer(integer);
    size_t size = 3 + 2 * static_cast<size_t>(digits.count);
    uint8 stack[256];
    uint8 *bytes = size <= sizeof stack ? stack : static_cast<uint8 *>(palloc(size));
    append_digits(bytes, digits);
    uint64 hash = sketch_hash(bytes, size);
    if (bytes != stack) pfree(bytes);
    return hash;
}

// As an item an integer is its length and its bytes, most significant first, so that the order of items is that of
// numbers: 0x80 + length and the bytes of n; for negative ones 0x7f - length and the complement of those of -1 - n.
void item_integer(ItemBytes *item, int64 value) {
    clear(item);
    uint64 magnitude = static_cast<uint64>(value < 0 ? ~value : value), flip = value < 0 ? ~uint64{0} : 0;
    int length = (64 - std::countl_zero(magnitude) + 7) / 8;
    append(item, static_cast<uint8>(value < 0 ? kZeroItem - 1 - length : kZeroItem + length));
    for (int i = length; i-- > 0;) append(item, static_cast<uint8>((magnitude ^ flip) >> (8 * i)));
}

// Every other number is kDecimalItem and what is hashed.
void item_digits(ItemBytes *item, Digits digits) {
    int64 integer;
    if (is_integer(digits, &integer)) return item_integer(item, integer);
    item->size = 4 + 2 * static_cast<size_t>(digits.count);
    uint8 *bytes = item->size <= sizeof item->room ? item->room : static_cast<uint8 *>(palloc(item->size));
    bytes[0] = kDecimalItem;
    append_digits(bytes + 1, digits);
    item->bytes = bytes;
}

// ---- one function for each representation ----------------------------------------

uint64 hash_int2(Hasher *, Datum value) { return hash_integer(DatumGetInt16(value)); }
uint64 hash_int4(Hasher *, Datum value) { return hash_integer(DatumGetInt32(value)); }
uint64 hash_int8(Hasher *, Datum value) { return hash_integer(DatumGetInt64(value)); }
uint64 hash_oid(Hasher *, Datum value) { return hash_integer(DatumGetObjectId(value)); }
uint64 hash_float4(Hasher *, Datum value) { return hash_double(DatumGetFloat4(value)); }
uint64 hash_float8(Hasher *, Datum value) { return hash_double(DatumGetFloat8(value)); }
uint64 hash_numeric(Hasher *, Datum value) { return hash_digits(digits_of(PG_DETOAST_DATUM_PACKED(value))); }

void item_int2(Hasher *, Datum value, ItemBytes *item) { item_integer(item, DatumGetInt16(value)); }
void item_int4(Hasher *, Datum value, ItemBytes *item) { item_integer(item, DatumGetInt32(value)); }
void item_int8(Hasher *, Datum value, ItemBytes *item) { item_integer(item, DatumGetInt64(value)); }
void item_oid(Hasher *, Datum value, ItemBytes *item) { item_integer(item, DatumGetObjectId(value)); }
void item_numeric(Hasher *, Datum value, ItemBytes *item) {
    item_digits(item, digits_of(PG_DETOAST_DATUM_PACKED(value)));
}

void item_word(Hasher *, Datum value, ItemBytes *item) {
    clear(item);
    append(item, static_cast<uint64>(DatumGetInt64(value)));
}

void item_double(ItemBytes *item, double value) {
    clear(item);
    append(item, std::bit_cast<uint64>(canonical_double(value)));
}
void item_float4(Hasher *, Datum value, ItemBytes *item) { item_double(item, DatumGetFloat4(value)); }
void item_float8(Hasher *, Datum value, ItemBytes *item) { item_double(item, DatumGetFloat8(value)); }

void item_bytes(Hasher *, Datum value, ItemBytes *item) {
    varlena *bytes = PG_DETOAST_DATUM_PACKED(value);
    item->bytes = VARDATA_ANY(bytes);
    item->size = VARSIZE_ANY_EXHDR(bytes);
}

void item_bpchar(Hasher *, Datum value, ItemBytes *item) {  // without its padding
    varlena *text = PG_DETOAST_DATUM_PACKED(value);
    item->bytes = VARDATA_ANY(text);
    item->size = static_cast<size_t>(bpchartruelen(VARDATA_ANY(text), static_cast<int>(VARSIZE_ANY_EXHDR(text))));
}

void item_name(Hasher *, Datum value, ItemBytes *item) {
    item->bytes = NameStr(*DatumGetName(value));
    item->size = strlen(NameStr(*DatumGetName(value)));
}

template <size_t Size>
void item_fixed(Hasher *, Datum value, ItemBytes *item) {
    item->bytes = DatumGetPointer(value);
    item->size = Size;
}

void item_bool(Hasher *, Datum value, ItemBytes *item) {
    clear(item);
    append(item, static_cast<uint8>(DatumGetBool(value)));
}

void item_date(Hasher *, Datum value, ItemBytes *item) {
    clear(item);
    append(item, static_cast<uint32>(DatumGetDateADT(value)));
}

void item_inet(Hasher *, Datum value, ItemBytes *item) {  // cidr too
    inet *address = DatumGetInetPP(value);
    clear(item);
    append(item, static_cast<uint8>(ip_family(address) == PGSQL_AF_INET ? 4 : 6));
    append(item, static_cast<uint8>(ip_bits(address)));
    append(item, ip_addr(address), static_cast<size_t>(ip_addrsize(address)));
}

void item_timetz(Hasher *, Datum value, ItemBytes *item) {
    const TimeTzADT *time = DatumGetTimeTzADTP(value);
    clear(item);
    append(item, static_cast<uint64>(time->time));
    append(item, static_cast<uint32>(time->zone));
}

// Of what is an item as it is.
template <void (*ItemOf)(Hasher *, Datum, ItemBytes *)>
uint64 hash_item(Hasher *hasher, Datum value) {
    ItemBytes item;
    ItemOf(hasher, value, &item);
    return sketch_hash(item.bytes, item.size);
}

// Intervals are equal if their lengths are, with months of 30 days and days of 24 hours.
uint64 hash_interval(Hasher *, Datum value) {
    const Interval *interval = DatumGetIntervalP(value);
    __int128 days = static_cast<__int128>(interval->month) * DAYS_PER_MONTH + interval->day;
    ItemBytes bytes;
    clear(&bytes);
    append(&bytes, static_cast<unsigned __int128>(days * USECS_PER_DAY + interval->time));
    return sketch_hash(bytes.bytes, bytes.size);
}

constexpr size_t kLabels = 64;

// Counts the changes of labels that this session learns of.
uint64 label_changes = 0;
void count_label_change(Datum, int, uint32) { label_changes++; }

// By label: the values that stand for labels are made anew when a dump is restored.
const Hasher::EnumLabel &label_of(Hasher *hasher, Oid oid) {
    if (unlikely(hasher->labels_known != label_changes)) {
        memset(hasher->labels, 0, kLabels * sizeof(Hasher::EnumLabel));
        hasher->labels_known = label_changes;
    }
    Hasher::EnumLabel &label = hasher->labels[oid % kLabels];
    if (likely(label.value == oid)) return label;
    HeapTuple tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple))
        ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
                errmsg("invalid internal value for enum: %u", oid));
    label.name = reinterpret_cast<Form_pg_enum>(GETSTRUCT(tuple))->enumlabel;
    label.value = oid;
    label.hash = sketch_hash(NameStr(label.name), strlen(NameStr(label.name)));
    ReleaseSysCache(tuple);
    return label;
}

uint64 hash_enum(Hasher *hasher, Datum value) { return label_of(hasher, DatumGetObjectId(value)).hash; }

void item_enum(Hasher *hasher, Datum value, ItemBytes *item) {
    const Hasher::EnumLabel &label = label_of(hasher, DatumGetObjectId(value));
    item->bytes = NameStr(label.name);
    item->size = strlen(NameStr(label.name));
}

// Hash of a sequence: of the hash of what came before, of what comes next, and of what it is.
uint64 chained(uint64 before, uint64 next, uint8 what) {
    ItemBytes bytes;
    clear(&bytes);
    append(&bytes, before);
    append(&bytes, next);
    append(&bytes, what);
    return sketch_hash(bytes.bytes, bytes.size);
}

constexpr uint8 kPresent = 0, kNull = 1;

// Hashed once more: a type's own hash tells values apart, but its bits need not look random.
uint64 hash_by_type(Hasher *hasher, Datum value) {
    Datum hash = FunctionCall2Coll(hasher->extended, hasher->collation, value, UInt64GetDatum(0));
    return sketch_hash_word(DatumGetUInt64(hash));
}

// A scalar of JSON: its content, and what it is.
uint64 hash_scalar(const JsonbValue &scalar) {
    switch (scalar.type) {
        case jbvString:
            return chained(sketch_hash(scalar.val.string.val, static_cast<size_t>(scalar.val.string.len)), 0, 1);
        case jbvNumeric: return chained(hash_digits(digits_of(reinterpret_cast<varlena *>(scalar.val.numeric))), 0, 2);
        case jbvBool: return chained(scalar.val.boolean, 0, 3);
        default: return chained(0, 0, 4);
    }
}

// Every token in order; PostgreSQL keeps the keys of an object sorted and unique.
uint64 hash_jsonb(Hasher *, Datum value) {
    JsonbIterator *each = JsonbIteratorInit(&DatumGetJsonbP(value)->root);
    JsonbValue token;
    uint64 hash = sketch_hash_word(0);
    for (uint32 i = 0;; i++) {
        if (i % 1024 == 0) CHECK_FOR_INTERRUPTS();
        switch (JsonbIteratorNext(&each, &token, false)) {
            case WJB_DONE: return hash;
            case WJB_KEY: hash = chained(hash, hash_scalar(token), 1); break;
            case WJB_VALUE: hash = chained(hash, hash_scalar(token), 2); break;
            case WJB_ELEM: hash = chained(hash, hash_scalar(token), 3); break;
            case WJB_BEGIN_ARRAY: hash = chained(hash, token.val.array.rawScalar, 4); break;
            case WJB_END_ARRAY: hash = chained(hash, 0, 5); break;
            case WJB_BEGIN_OBJECT: hash = chained(hash, 0, 6); break;
            case WJB_END_OBJECT: hash = chained(hash, 0, 7); break;
        }
    }
}

// Whether it is empty; then for each bound whether it is infinite, inclusive, and which.
uint64 hash_range_value(Hasher *hasher, const RangeType *range) {
    RangeBound bounds[2];
    bool is_empty;
    range_deserialize(hasher->range, range, &bounds[0], &bounds[1], &is_empty);
    uint64 hash = sketch_hash_word(is_empty);
    if (is_empty) return hash;
    for (const RangeBound &bound : bounds)
        hash = bound.infinite ? chained(hash, 0, kNull)
                              : chained(hash, (*hasher->element)(bound.val), bound.inclusive ? 2 : 3);
    return hash;
}

uint64 hash_range_type(Hasher *hasher, Datum value) { return hash_range_value(hasher, DatumGetRangeTypeP(value)); }

uint64 hash_multirange_type(Hasher *hasher, Datum value) {
    int32 count;
    RangeType **ranges;
    multirange_deserialize(hasher->range, DatumGetMultirangeTypeP(value), &count, &ranges);
    uint64 hash = sketch_hash_word(0);
    for (int32 i = 0; i < count; i++) {
        if (i % 1024 == 0) CHECK_FOR_INTERRUPTS();
        hash = chained(hash, hash_range_value(hasher, ranges[i]), kPresent);
    }
    return hash;
}

// Dimensions and lower bounds, then the elements.
uint64 hash_array(Hasher *hasher, Datum value) {
    AnyArrayType *array = DatumGetAnyArrayP(value);
    int dimensions = AARR_NDIM(array), count = ArrayGetNItems(dimensions, AARR_DIMS(array));
    uint64 hash = sketch_hash_word(static_cast<uint64>(dimensions));
    for (int i = 0; i < dimensions; i++) {
        uint64 length = static_cast<uint32>(AARR_DIMS(array)[i]), lower = static_cast<uint32>(AARR_LBOUND(array)[i]);
        hash = chained(hash, length << 32 | lower, kPresent);
    }
    array_iter each;
    array_iter_setup(&each, array);
    for (int i = 0; i < count; i++) {
        if (i % 1024 == 0) CHECK_FOR_INTERRUPTS();
        bool is_null;
        Datum element = array_iter_next(&each, &is_null, i, hasher->length, hasher->by_value, hasher->alignment);
        hash = is_null ? chained(hash, 0, kNull) : chained(hash, (*hasher->element)(element), kPresent);
    }
    return hash;
}

}  // namespace

void fix_settings(bool with_path) {
    static const char *const settings[][2] = {
        {"datestyle", "ISO, YMD"},        {"intervalstyle", "postgres"}, {"timezone", "GMT"},
        {"bytea_output", "hex"},          {"extra_float_digits", "1"},   {"lc_monetary", "C"},
        {"quote_all_identifiers", "off"}, {"search_path", "pg_catalog"}};
    const size_t count = lengthof(settings) - !with_path;
    for (size_t i = 0; i < count; i++)
        (void)set_config_option(settings[i][0], settings[i][1], PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
                                false);
}

namespace {

// Values without canonical bytes: the hash that tells them apart, and their text under settings that are always the
// same.
void item_with_hash(Hasher *hasher, Datum value, ItemBytes *item) {
    if (hasher->output == nullptr) {
        Oid function;
        bool is_varlena;
        getTypeOutputInfo(hasher->type, &function, &is_varlena);
        FmgrInfo *output = static_cast<FmgrInfo *>(MemoryContextAlloc(hasher->context, sizeof(FmgrInfo)));
        fmgr_info_cxt(function, output, hasher->context);
        hasher->output = output;
    }
    uint64 hash = (*hasher)(value);
    const bool has_settings = hasher->type != JSONBOID;
    int level = has_settings ? NewGUCNestLevel() : 0;
    if (has_settings) fix_settings(true);
    char *text = OutputFunctionCall(hasher->output, value);
    if (has_settings) AtEOXact_GUC(true, level);
    size_t size = strlen(text);
    uint8 *bytes = static_cast<uint8 *>(palloc(sizeof hash + size));
    for (size_t i = 0; i < sizeof hash; i++) bytes[i] = static_cast<uint8>(hash >> (8 * i));
    memcpy(bytes + sizeof hash, text, size);
    item->bytes = bytes;
    item->size = sizeof hash + size;
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
        hash = columns->nulls[i] ? chained(hash, 0, kNull)
                                 : chained(hash, (*columns->hashers[i])(columns->values[i]), kPresent);
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
    void (*item)(Hasher *, Datum, ItemBytes *);
};

template <void (*ItemOf)(Hasher *, Datum, ItemBytes *)>
constexpr Representation as_item(int kind) {
    return {kind, hash_item<ItemOf>, ItemOf};
}

// For the types whose equality we know; all null for the others.
Representation representation_of(Oid type) {
    switch (type) {
        case INT2OID: return {SKETCH_KIND_NUMBER, hash_int2, item_int2};
        case INT4OID: return {SKETCH_KIND_NUMBER, hash_int4, item_int4};
        case INT8OID: return {SKETCH_KIND_NUMBER, hash_int8, item_int8};
        case OIDOID: return {SKETCH_KIND_NUMBER, hash_oid, item_oid};
        case NUMERICOID: return {SKETCH_KIND_NUMBER, hash_numeric, item_numeric};
        case FLOAT4OID: return {SKETCH_KIND_FLOAT, hash_float4, item_float4};
        case FLOAT8OID: return {SKETCH_KIND_FLOAT, hash_float8, item_float8};
        case TEXTOID:
        case VARCHAROID: return as_item<item_bytes>(SKETCH_KIND_TEXT);
        case BPCHAROID: return as_item<item_bpchar>(SKETCH_KIND_TEXT);
        case NAMEOID: return as_item<item_name>(SKETCH_KIND_TEXT);
        case BYTEAOID: return as_item<item_bytes>(SKETCH_KIND_BYTEA);
        case UUIDOID: return as_item<item_fixed<UUID_LEN>>(SKETCH_KIND_UUID);
        case TIMESTAMPTZOID: return {SKETCH_KIND_TIMESTAMPTZ, hash_int8, item_word};
        case TIMESTAMPOID: return {SKETCH_KIND_TIMESTAMP, hash_int8, item_word};
        case DATEOID: return as_item<item_date>(SKETCH_KIND_DATE);
        case INETOID:
        case CIDROID: return as_item<item_inet>(SKETCH_KIND_INET);
        case BOOLOID: return as_item<item_bool>(SKETCH_KIND_BOOL);
        case INTERVALOID: return {SKETCH_KIND_INTERVAL, hash_interval, item_with_hash};
        case TIMEOID: return {SKETCH_KIND_TIME, hash_int8, item_word};
        case TIMETZOID: return as_item<item_timetz>(SKETCH_KIND_TIMETZ);
        case MACADDROID: return as_item<item_fixed<sizeof(macaddr)>>(SKETCH_KIND_MACADDR);
        case MACADDR8OID: return as_item<item_fixed<sizeof(macaddr8)>>(SKETCH_KIND_MACADDR8);
        case MONEYOID: return {SKETCH_KIND_MONEY, hash_int8, item_word};
        case PG_LSNOID: return {SKETCH_KIND_PG_LSN, hash_int8, item_word};
        case JSONBOID: return {SKETCH_KIND_JSONB, hash_jsonb, item_with_hash};
        case XID8OID: return {SKETCH_KIND_OTHER, hash_int8, item_with_hash};  // its own hash folds it to 32 bits
        default: return {0, nullptr, nullptr};
    }
}

// All in one memory context, which lives as long as the call site. Types that we know take no look-up: some executors
// make a call site at each row.
Hasher *hasher_for(Oid type, Oid collation, MemoryContext context) {
    Representation known = representation_of(type);
    if (known.hash == nullptr) known = representation_of(type = getBaseType(type));
    Hasher *hasher = static_cast<Hasher *>(MemoryContextAllocZero(context, sizeof(Hasher)));
    hasher->type = type;
    hasher->collation = collation;
    hasher->context = context;
    if (known.hash != nullptr) {
        if (known.kind == SKETCH_KIND_TEXT) check_collation(collation);
        hasher->kind = known.kind;
        hasher->hash = known.hash;
        hasher->item = known.item;
        return hasher;
    }
    if (type_is_collatable(type)) check_collation(collation);
    Oid element = get_element_type(type);
    hasher->item = item_with_hash;
    if (type_is_enum(type)) {
        hasher->kind = SKETCH_KIND_ENUM;
        hasher->hash = hash_enum;
        hasher->item = item_enum;
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
    } else if (type_is_range(type) || type_is_multirange(type)) {
        const bool is_range = type_is_range(type);
        TypeCacheEntry *cache = lookup_type_cache(type, TYPECACHE_RANGE_INFO | TYPECACHE_MULTIRANGE_INFO);
        hasher->range = is_range ? cache : cache->rngtype;
        hasher->element = hasher_for(hasher->range->rngelemtype->type_id, hasher->range->rng_collation, context);
        hasher->kind = SKETCH_KIND_OTHER;
        hasher->hash = is_range ? hash_range_type : hash_multirange_type;
    } else {
        TypeCacheEntry *cache = lookup_type_cache(type, TYPECACHE_HASH_EXTENDED_PROC_FINFO);
        if (!OidIsValid(cache->hash_extended_proc_finfo.fn_oid))
            ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
                    errmsg("could not identify an extended hash function for type %s", format_type_be(type)));
        hasher->kind = SKETCH_KIND_OTHER;
        hasher->hash = hash_by_type;
        hasher->extended = &cache->hash_extended_proc_finfo;  // type cache entries are never freed
    }
    return hasher;
}

// The expression behind the item of a call, or null if we cannot tell.
Node *item_expression(FunctionCallInfo fcinfo) {
    Node *call = fcinfo->flinfo->fn_expr;
    Aggref *aggregate = AggGetAggref(fcinfo);
    if (aggregate == nullptr) {
        List *arguments = call == nullptr       ? NIL
                          : IsA(call, FuncExpr) ? reinterpret_cast<FuncExpr *>(call)->args
                          : IsA(call, OpExpr)   ? reinterpret_cast<OpExpr *>(call)->args
                                                : NIL;
        return list_length(arguments) > kItem ? static_cast<Node *>(list_nth(arguments, kItem)) : nullptr;
    }
    auto argument = [aggregate](int i) {
        return reinterpret_cast<Node *>(static_cast<TargetEntry *>(list_nth(aggregate->args, i))->expr);
    };
    if (call != nullptr) return aggregate->args == NIL ? nullptr : argument(0);
    // Not PostgreSQL's own executor, which tells the types: one of others, who call transition functions through an
    // aggregate of their own. Its last argument is the item, or a row of all arguments, as in Citus'
    // worker_partial_agg(aggregate, x) and worker_partial_agg(aggregate, ROW(x, 10)).
    const int arguments = PG_NARGS() - 1;
    int last = list_length(aggregate->args) - 1;
    while (last >= 0 && static_cast<TargetEntry *>(list_nth(aggregate->args, last))->resjunk) last--;  // of ORDER BY
    if (last < 0) return nullptr;
    Node *expression = argument(last);
    if (IsA(expression, RowExpr)) {
        List *fields = reinterpret_cast<RowExpr *>(expression)->args;
        return list_length(fields) == arguments ? static_cast<Node *>(linitial(fields)) : nullptr;
    }
    return arguments == 1 ? expression : nullptr;
}

// A type that is seen as another one without being asked for, citext as text above all: it may call values equal that
// the other one does not.
void check_not_disguised(Node *item, Oid type) {
    if (IsA(item, RelabelType) && reinterpret_cast<RelabelType *>(item)->relabelformat == COERCE_IMPLICIT_CAST)
        item = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(item)->arg);
    Oid disguised = exprType(item);
    if (disguised == type) return;
    disguised = getBaseType(disguised);
    if (disguised == UNKNOWNOID || representation_of(disguised).hash != nullptr) return;
    if (!IsBinaryCoercible(disguised, type)) return;  // it is not the item
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("values of type %s are not supported for sketches", format_type_be(disguised)),
            errdetail("The type may call strings equal that differ in their bytes."),
            errhint("Cast to text what shall be told apart, as in lower(x::text)."));
}

// Who gives sketches where items are expected means to merge them, not to count how many different ones there are.
void check_not_sketch(Oid function, const Hasher &hasher) {
    if (hasher.extended == nullptr) return;  // no type of ours is among those that we know
    const Oid extension = getExtensionOfObject(ProcedureRelationId, function);
    if (!OidIsValid(extension) || getExtensionOfObject(TypeRelationId, hasher.type) != extension) return;
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("values of type %s are not items of a sketch", format_type_be(hasher.type)),
            errhint("To unite sketches, use merge. To tell equal sketches from others, cast them to bytea."));
}

// What the call says that the item is; without an expression, what the function was declared with.
Oid item_type(FunctionCallInfo fcinfo) {
    Oid type = get_fn_expr_argtype(fcinfo->flinfo, kItem);
    if (OidIsValid(type)) return type;
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(fcinfo->flinfo->fn_oid));
    if (HeapTupleIsValid(tuple)) {
        const oidvector &types = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->proargtypes;
        if (kItem < types.dim1) type = types.values[kItem];
        ReleaseSysCache(tuple);
    }
    return type;
}

}  // namespace

CallSite *make_call_site(FunctionCallInfo fcinfo) {
    Oid type = item_type(fcinfo);
    if (!OidIsValid(type) || (representation_of(type).hash == nullptr && get_typtype(type) == TYPTYPE_PSEUDO &&
                              type != RECORDOID && type != RECORDARRAYOID))
        ereport(ERROR, errcode(ERRCODE_INDETERMINATE_DATATYPE),
                errmsg("could not determine the data type of the value"));
    Oid collation = PG_GET_COLLATION();
    if (Node *item = item_expression(fcinfo)) {
        check_not_disguised(item, type);
        if (!OidIsValid(collation)) collation = exprCollation(item);  // a row of arguments has none
    }
    MemoryContext context = fcinfo->flinfo->fn_mcxt;
    CallSite *site = static_cast<CallSite *>(MemoryContextAllocZero(context, sizeof(CallSite)));
    site->hasher = hasher_for(type, collation, context);
    check_not_sketch(fcinfo->flinfo->fn_oid, *site->hasher);
    site->parameter = {};
    return site;
}

// ---- probes ----------------------------------------

namespace {

[[noreturn]] void no_conversion(Oid type, int kind, const char *sketch_type, ProbeUse use) {
    const char *type_name = format_type_be(type);
    ereport(
        ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
        use == ProbeUse::kAdd
            ? errmsg("cannot add a value of type %s to a %s of kind %s", type_name, sketch_type, kind_name(kind))
            : errmsg("cannot look up a value of type %s in a %s of kind %s", type_name, sketch_type, kind_name(kind)),
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

// A value and how to look at it.
struct Probe {
    Hasher *hasher;
    Representation as;
    Datum value;
};

Probe probe_as(Oid type, Datum value) { return {nullptr, representation_of(type), value}; }

// Text as a literal of the kind, where what it means does not depend on settings of the session.
Probe probe_from_literal(const Hasher &probe, Datum value, int kind, const char *sketch_type, ProbeUse use) {
    if (probe.type == BPCHAROID) value = DirectFunctionCall1(rtrim1, value);
    if (probe.type == NAMEOID) value = DirectFunctionCall1(name_text, value);
    Datum literal = CStringGetDatum(text_to_cstring(DatumGetTextPP(value)));
    // Errors of a type's input function say why text was taken for a literal of that type.
    ErrorCallback context([=] { errcontext("text for a %s of kind %s", sketch_type, kind_name(kind)); });
    auto converted = [&]() -> Probe {
        switch (kind) {
            case SKETCH_KIND_NUMBER: return probe_as(NUMERICOID, numeric_from(DatumGetCString(literal)));
            case SKETCH_KIND_FLOAT: return probe_as(FLOAT8OID, DirectFunctionCall1(float8in, literal));
            case SKETCH_KIND_BYTEA: return probe_as(BYTEAOID, DirectFunctionCall1(byteain, literal));
            case SKETCH_KIND_UUID: return probe_as(UUIDOID, DirectFunctionCall1(uuid_in, literal));
            case SKETCH_KIND_INET: return probe_as(INETOID, DirectFunctionCall1(inet_in, literal));
            case SKETCH_KIND_BOOL: return probe_as(BOOLOID, DirectFunctionCall1(boolin, literal));
            case SKETCH_KIND_ENUM: return probe_as(TEXTOID, value);  // its label
            default: context.pop(); no_conversion(probe.type, kind, sketch_type, use);
        }
    };
    Probe as_literal = converted();
    context.pop();
    return as_literal;
}

Probe probe_of(FunctionCallInfo fcinfo, int kind, const char *sketch_type, ProbeUse use) {
    Hasher &probe = *call_site(fcinfo).hasher;
    Datum value = PG_GETARG_DATUM(1);
    if (likely(probe.kind == kind)) return {&probe, {kind, probe.hash, probe.item}, value};
    if (probe.kind == SKETCH_KIND_NUMBER && kind == SKETCH_KIND_FLOAT)
        return probe_as(FLOAT8OID, Float8GetDatum(double_from_number(probe.type, value)));
    if (probe.kind == SKETCH_KIND_DATE && kind == SKETCH_KIND_TIMESTAMP)
        return probe_as(TIMESTAMPOID, DirectFunctionCall1(date_timestamp, value));
    if (probe.kind == SKETCH_KIND_TEXT) return probe_from_literal(probe, value, kind, sketch_type, use);
    no_conversion(probe.type, kind, sketch_type, use);
}

}  // namespace

uint64 probe_hash(FunctionCallInfo fcinfo, int kind, const char *sketch_type, ProbeUse use) {
    Hasher &probe = *call_site(fcinfo).hasher;
    if (likely(probe.kind == kind)) return probe(PG_GETARG_DATUM(1));
    Probe converted = probe_of(fcinfo, kind, sketch_type, use);
    return converted.as.hash(converted.hasher, converted.value);
}

void probe_item(FunctionCallInfo fcinfo, int kind, const char *sketch_type, ItemBytes *item, ProbeUse use) {
    Probe probe = probe_of(fcinfo, kind, sketch_type, use);
    probe.as.item(probe.hasher, probe.value, item);
}

Hasher *hasher_of_type(Oid type) { return hasher_for(type, C_COLLATION_OID, CurrentMemoryContext); }

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
