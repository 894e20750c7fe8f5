// Items as SQL values again: the inverse of item.cpp, for the families that keep the items themselves.
#include "item.hpp"

#include <bit>
#include <cfloat>

#include <sys/socket.h>

extern "C" {
#include "datatype/timestamp.h"
#include "mb/pg_wchar.h"
#include "parser/parse_coerce.h"
#include "utils/cash.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/inet.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/pg_lsn.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"
}

namespace pg {

namespace {

template <typename Integer>
Integer read(const uint8 *bytes) {
    Integer value = 0;
    for (size_t i = 0; i < sizeof value; i++) value |= static_cast<Integer>(bytes[i]) << (8 * i);
    return value;
}

// ---- numbers ----------------------------------------

bool is_integer_item(const uint8 *bytes, size_t size) { return size > 0 && bytes[0] != kDecimalItem; }

int64 integer_of(const uint8 *bytes, size_t size) {
    uint64 value = bytes[0] < kZeroItem ? ~uint64{0} : 0;
    for (size_t i = 1; i < size; i++) value = value << 8 | bytes[i];
    return static_cast<int64>(value);
}

// Its length in the first byte, no byte more than needed, and no more than a bigint holds.
bool is_integer(const uint8 *bytes, size_t size) {
    const int length = bytes[0] < kZeroItem ? kZeroItem - 1 - bytes[0] : bytes[0] - kZeroItem;
    if (length > 8 || size != 1 + static_cast<size_t>(length)) return false;
    const int zero = bytes[0] < kZeroItem ? 0xff : 0;
    return length == 0 || (bytes[1] != zero && (length < 8 || (bytes[1] ^ zero) < 0x80));
}

// Sign, weight and digits of 10,000, as numeric stores them; see Digits in item.cpp.
struct Decimal {
    uint8 sign;
    int weight, count;
    const uint8 *digits;
    int operator[](int i) const { return digits[2 * i] | digits[2 * i + 1] << 8; }
};

Decimal decimal_of(const uint8 *bytes, size_t size) {
    return {bytes[1], static_cast<int16>(bytes[2] | bytes[3] << 8), static_cast<int>(size - 4) / 2, bytes + 4};
}

bool is_finite(Decimal decimal) { return decimal.sign < 2; }

// In scientific notation, as numeric_in reads it.
char *decimal_text(Decimal decimal) {
    static const char *const specials[] = {"NaN", "Infinity", "-Infinity"};
    if (!is_finite(decimal)) return pstrdup(specials[decimal.sign - 2]);
    char first[8];
    const int length = snprintf(first, sizeof first, "%d", decimal[0]);
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfo(&text, "%s%c.%s", decimal.sign == 1 ? "-" : "", first[0], first + 1);
    for (int i = 1; i < decimal.count; i++) appendStringInfo(&text, "%04d", decimal[i]);
    while (text.data[text.len - 1] == '0') text.len--;
    if (text.data[text.len - 1] == '.') text.len--;
    text.data[text.len] = '\0';
    appendStringInfo(&text, "e%d", 4 * decimal.weight + length - 1);
    return text.data;
}

// Zeros that plain notation puts behind the digits of an integer, or between the point and those of a fraction: up to
// 131,071, of a few bytes.
int zeros_beside(Decimal decimal) {
    int behind = 4 * (decimal.weight - decimal.count + 1), before = -4 * (decimal.weight + 1);
    for (int last = decimal[decimal.count - 1]; last % 10 == 0; last /= 10) behind++;
    for (int first = decimal[0]; first < 1000; first *= 10) before++;
    return Max(behind, before);
}

constexpr int kMostZeros = 100;

// A number that is shown in scientific notation.
bool is_short_text(int kind, const uint8 *bytes, size_t size) {
    if (kind != SKETCH_KIND_NUMBER || is_integer_item(bytes, size)) return false;
    const Decimal decimal = decimal_of(bytes, size);
    return is_finite(decimal) && zeros_beside(decimal) > kMostZeros;
}

// The one spelling of a number that numeric can hold and that is no bigint.
bool is_decimal(const uint8 *bytes, size_t size) {
    if (size < 4 || size % 2 != 0 || bytes[1] > 4) return false;
    Decimal decimal = decimal_of(bytes, size);
    if (decimal.sign >= 2) return decimal.count == 0 && decimal.weight == 0;
    if (decimal.count == 0 || decimal[0] == 0 || decimal[decimal.count - 1] == 0) return false;
    for (int i = 0; i < decimal.count; i++)
        if (decimal[i] >= 10000) return false;
    // numeric's limits: 131,072 digits before the point, 16,383 behind it
    const int behind = decimal.count - 1 - decimal.weight;
    if (decimal.weight >= 131072 / 4 || behind > (16383 + 3) / 4) return false;
    if (behind == (16383 + 3) / 4 && decimal[decimal.count - 1] % 10 != 0) return false;
    if (behind > 0 || decimal.weight > 4) return true;
    __int128 value = 0;
    for (int i = 0; i <= decimal.weight; i++) value = value * 10000 + (i < decimal.count ? decimal[i] : 0);
    return value > static_cast<__int128>(PG_INT64_MAX) + decimal.sign;
}

// ---- what items have by themselves ----------------------------------------

bool is_text(const uint8 *bytes, size_t size) {
    return pg_verify_mbstr(GetDatabaseEncoding(), reinterpret_cast<const char *>(bytes), static_cast<int>(size), true);
}

bool is_float(uint64 bits) {
    double value = std::bit_cast<double>(bits);
    return bits != std::bit_cast<uint64>(-0.0) && (!isnan(value) || bits == std::bit_cast<uint64>(get_float8_nan()));
}

bool is_inet(const uint8 *bytes, size_t size) {
    if (size < 2) return false;
    return bytes[0] == 4 ? size == 2 + 4 && bytes[1] <= 32 : bytes[0] == 6 && size == 2 + 16 && bytes[1] <= 128;
}

bool is_timestamp(int64 value) { return TIMESTAMP_NOT_FINITE(value) || IS_VALID_TIMESTAMP(value); }
bool is_date(int32 value) { return DATE_NOT_FINITE(value) || IS_VALID_DATE(value); }
bool is_time(int64 value) { return value >= 0 && value <= USECS_PER_DAY; }

// For a kind: the type of its items; TEXTOID for those that are kept as text.
Oid natural_type(int kind) {
    switch (kind) {
        case SKETCH_KIND_NUMBER: return NUMERICOID;
        case SKETCH_KIND_FLOAT: return FLOAT8OID;
        case SKETCH_KIND_BYTEA: return BYTEAOID;
        case SKETCH_KIND_UUID: return UUIDOID;
        case SKETCH_KIND_TIMESTAMPTZ: return TIMESTAMPTZOID;
        case SKETCH_KIND_TIMESTAMP: return TIMESTAMPOID;
        case SKETCH_KIND_DATE: return DATEOID;
        case SKETCH_KIND_INET: return INETOID;
        case SKETCH_KIND_BOOL: return BOOLOID;
        case SKETCH_KIND_TIME: return TIMEOID;
        case SKETCH_KIND_TIMETZ: return TIMETZOID;
        case SKETCH_KIND_MACADDR: return MACADDROID;
        case SKETCH_KIND_MACADDR8: return MACADDR8OID;
        case SKETCH_KIND_MONEY: return MONEYOID;
        case SKETCH_KIND_PG_LSN: return PG_LSNOID;
        default: return TEXTOID;
    }
}

void *copied(const uint8 *bytes, size_t size) {
    void *copy = palloc(size);
    memcpy(copy, bytes, size);
    return copy;
}

varlena *varlena_copy(const uint8 *bytes, size_t size) {
    varlena *copy = static_cast<varlena *>(palloc(VARHDRSZ + size));
    SET_VARSIZE(copy, VARHDRSZ + size);
    memcpy(VARDATA(copy), bytes, size);
    return copy;
}

Datum inet_from(const uint8 *bytes, size_t size) {
    inet *address = static_cast<inet *>(palloc0(sizeof(inet)));
    ip_family(address) = bytes[0] == 4 ? PGSQL_AF_INET : PGSQL_AF_INET6;
    ip_bits(address) = bytes[1];
    memcpy(ip_addr(address), bytes + 2, size - 2);
    SET_INET_VARSIZE(address);
    return InetPGetDatum(address);
}

Datum timetz_from(const uint8 *bytes) {
    TimeTzADT *time = static_cast<TimeTzADT *>(palloc(sizeof(TimeTzADT)));
    time->time = read<int64>(bytes);
    time->zone = read<int32>(bytes + 8);
    return TimeTzADTPGetDatum(time);
}

// Of which the item is the text: as that of a label, or behind a hash.
bool is_kept_as_text(int kind) { return kind == SKETCH_KIND_ENUM || sketch_topk_item_has_hash(kind); }

// An item that is_item accepts, as a value of its natural type.
Datum natural_value(int kind, const uint8 *bytes, size_t size) {
    switch (kind) {
        case SKETCH_KIND_NUMBER:
            if (is_integer_item(bytes, size)) return NumericGetDatum(int64_to_numeric(integer_of(bytes, size)));
            return numeric_from(decimal_text(decimal_of(bytes, size)));
        case SKETCH_KIND_FLOAT: return Float8GetDatum(std::bit_cast<double>(read<uint64>(bytes)));
        case SKETCH_KIND_UUID:
        case SKETCH_KIND_MACADDR:
        case SKETCH_KIND_MACADDR8: return PointerGetDatum(copied(bytes, size));
        case SKETCH_KIND_TIMESTAMPTZ:
        case SKETCH_KIND_TIMESTAMP:
        case SKETCH_KIND_TIME:
        case SKETCH_KIND_MONEY:
        case SKETCH_KIND_PG_LSN: return Int64GetDatum(read<int64>(bytes));
        case SKETCH_KIND_DATE: return DateADTGetDatum(read<int32>(bytes));
        case SKETCH_KIND_INET: return inet_from(bytes, size);
        case SKETCH_KIND_BOOL: return BoolGetDatum(bytes[0] != 0);
        case SKETCH_KIND_TIMETZ: return timetz_from(bytes);
        default: break;
    }
    const size_t hash = sketch_topk_item_has_hash(kind) ? sizeof(uint64) : 0;
    return PointerGetDatum(varlena_copy(bytes + hash, size - hash));
}

}  // namespace

bool is_item(int kind, const uint8 *bytes, size_t size) {
    switch (kind) {
        case SKETCH_KIND_NUMBER:
            return size > 0 && (is_integer_item(bytes, size) ? is_integer(bytes, size) : is_decimal(bytes, size));
        case SKETCH_KIND_FLOAT: return size == 8 && is_float(read<uint64>(bytes));
        case SKETCH_KIND_BYTEA: return true;
        case SKETCH_KIND_UUID: return size == UUID_LEN;
        case SKETCH_KIND_TIMESTAMPTZ:
        case SKETCH_KIND_TIMESTAMP: return size == 8 && is_timestamp(read<int64>(bytes));
        case SKETCH_KIND_DATE: return size == 4 && is_date(read<int32>(bytes));
        case SKETCH_KIND_INET: return is_inet(bytes, size);
        case SKETCH_KIND_BOOL: return size == 1 && bytes[0] <= 1;
        case SKETCH_KIND_ENUM: return size < NAMEDATALEN && is_text(bytes, size);
        case SKETCH_KIND_TIME: return size == 8 && is_time(read<int64>(bytes));
        case SKETCH_KIND_TIMETZ: return size == 12 && is_time(read<int64>(bytes));  // AT TIME ZONE makes any zone
        case SKETCH_KIND_MACADDR: return size == sizeof(macaddr);
        case SKETCH_KIND_MACADDR8: return size == sizeof(macaddr8);
        case SKETCH_KIND_MONEY:
        case SKETCH_KIND_PG_LSN: return size == 8;
        default: break;
    }
    if (!sketch_topk_item_has_hash(kind)) return is_text(bytes, size);
    return size >= sizeof(uint64) && is_text(bytes + sizeof(uint64), size - sizeof(uint64));
}

void make_item_reader(ItemReader *reader, int kind, Oid type, const char *sketch_type) {
    Oid function;
    bool is_varlena;
    *reader = {};
    reader->kind = kind;
    reader->context = CurrentMemoryContext;
    if (kind == SKETCH_KIND_NONE) return;  // there will be no items
    reader->natural = natural_type(kind);
    getTypeOutputInfo(reader->natural, &function, &is_varlena);
    fmgr_info(function, &reader->output);
    if (!OidIsValid(type)) return;
    reader->type = type;
    reader->modifier = -1;
    reader->base_type = getBaseTypeAndTypmod(type, &reader->modifier);
    reader->hasher = hasher_of_type(type);
    if (reader->hasher->kind != kind)
        ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
                errmsg("cannot return items of kind %s as type %s", kind_name(kind), format_type_be(type)),
                errdetail("A %s returns its items as the type that it was made from, or as text.", sketch_type));
    if (is_kept_as_text(kind)) {
        getTypeInputInfo(reader->base_type, &function, &reader->input_parameter);
        fmgr_info(function, &reader->input);
    } else if (reader->modifier != -1 &&
               find_typmod_coercion_function(reader->base_type, &function) == COERCION_PATH_FUNC) {
        fmgr_info(function, &reader->coercion);
    }
}

char *item_text(ItemReader *reader, const uint8 *bytes, size_t size) {
    if (reader->kind == SKETCH_KIND_BOOL) return pstrdup(bytes[0] != 0 ? "true" : "false");  // as a cast does
    if (is_short_text(reader->kind, bytes, size)) return decimal_text(decimal_of(bytes, size));
    return OutputFunctionCall(&reader->output, natural_value(reader->kind, bytes, size));
}

namespace {

// The same of a float, of its text: its digits and exponent are those of the shortest decimal number.
int zeros_beside_float(const char *text) {
    const char *exponent = strchr(text, 'e');
    if (exponent == nullptr) return 0;
    int digits = 0;
    for (const char *at = text; at < exponent; at++) digits += *at >= '0' && *at <= '9';
    const int power = static_cast<int>(strtol(exponent + 1, nullptr, 10));
    return power < 0 ? -power - 1 : power - (digits - 1);
}

bool is_json_number(ItemReader *reader, const uint8 *bytes, size_t size) {
    const int kind = reader->kind;
    if (kind == SKETCH_KIND_FLOAT)
        return isfinite(std::bit_cast<double>(read<uint64>(bytes))) &&
               zeros_beside_float(item_text(reader, bytes, size)) <= kMostZeros;
    return kind == SKETCH_KIND_NUMBER && !is_short_text(kind, bytes, size) &&
           (is_integer_item(bytes, size) || is_finite(decimal_of(bytes, size)));
}

}  // namespace

void item_json(ItemReader *reader, const uint8 *bytes, size_t size, JsonbValue *scalar) {
    if (reader->kind == SKETCH_KIND_BOOL) {
        scalar->type = jbvBool;
        scalar->val.boolean = bytes[0] != 0;
        return;
    }
    if (is_json_number(reader, bytes, size)) {
        scalar->type = jbvNumeric;
        scalar->val.numeric =
            DatumGetNumeric(reader->kind == SKETCH_KIND_FLOAT ? numeric_from(item_text(reader, bytes, size))
                                                              : natural_value(reader->kind, bytes, size));
        return;
    }
    char *text = item_text(reader, bytes, size);
    scalar->type = jbvString;
    scalar->val.string.val = text;
    scalar->val.string.len = static_cast<int>(strlen(text));
}

namespace {

[[noreturn]] void no_value(ItemReader *reader, const uint8 *bytes, size_t size) {
    ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
            errmsg("item %s is not a value of type %s", item_text(reader, bytes, size), format_type_be(reader->type)));
    pg_unreachable();
}

// What the type made of an item must be the item again.
void check_same_item(ItemReader *reader, Datum value, const uint8 *bytes, size_t size) {
    ItemBytes again;
    reader->hasher->item(reader->hasher, value, &again);
    const size_t identity = sketch_topk_item_has_hash(reader->kind) ? sizeof(uint64) : size;
    if (again.size < identity || (identity == size && again.size != size) || memcmp(again.bytes, bytes, identity) != 0)
        no_value(reader, bytes, size);
}

// An enum, an interval, an array, ...: read under the settings that its text was made with.
Datum value_from_text(ItemReader *reader, const uint8 *bytes, size_t size) {
    char *text = item_text(reader, bytes, size);
    const bool has_settings = reader->kind != SKETCH_KIND_ENUM && reader->kind != SKETCH_KIND_JSONB;
    const int level = has_settings ? NewGUCNestLevel() : 0;
    if (has_settings) fix_settings(false);
    Datum value = InputFunctionCall(&reader->input, text, reader->input_parameter, reader->modifier);
    if (has_settings) AtEOXact_GUC(true, level);
    return value;
}

Datum float4_from(ItemReader *reader, const uint8 *bytes, size_t size) {
    const double value = std::bit_cast<double>(read<uint64>(bytes));
    if (isfinite(value) && fabs(value) > FLT_MAX) no_value(reader, bytes, size);
    return Float4GetDatum(static_cast<float4>(value));
}

Datum name_from(ItemReader *reader, const uint8 *bytes, size_t size) {
    if (size >= NAMEDATALEN) no_value(reader, bytes, size);
    Name name = static_cast<Name>(palloc0(NAMEDATALEN));
    memcpy(NameStr(*name), bytes, size);
    return NameGetDatum(name);
}

// Of the base type, which may hold fewer values than the natural one: integers are cut, and hosts of networks.
Datum base_value(ItemReader *reader, const uint8 *bytes, size_t size) {
    const bool is_integer = reader->kind == SKETCH_KIND_NUMBER && is_integer_item(bytes, size);
    switch (reader->base_type) {
        case INT2OID:
        case INT4OID:
        case INT8OID:
        case OIDOID: {
            if (!is_integer) no_value(reader, bytes, size);
            const int64 value = integer_of(bytes, size);
            return reader->base_type == INT2OID   ? Int16GetDatum(static_cast<int16>(value))
                   : reader->base_type == INT4OID ? Int32GetDatum(static_cast<int32>(value))
                   : reader->base_type == OIDOID  ? ObjectIdGetDatum(static_cast<Oid>(value))
                                                  : Int64GetDatum(value);
        }
        case FLOAT4OID: return float4_from(reader, bytes, size);
        case NAMEOID: return name_from(reader, bytes, size);
        case CIDROID: return DirectFunctionCall1(inet_to_cidr, natural_value(reader->kind, bytes, size));
        default: return natural_value(reader->kind, bytes, size);  // text, varchar and char(n) too
    }
}

Datum coerced(ItemReader *reader, Datum value) {
    const Datum modifier = Int32GetDatum(reader->modifier);
    if (reader->coercion.fn_nargs < 3) return FunctionCall2(&reader->coercion, value, modifier);
    return FunctionCall3(&reader->coercion, value, modifier, BoolGetDatum(false));  // as in an assignment
}

}  // namespace

Datum item_value(ItemReader *reader, const uint8 *bytes, size_t size) {
    const bool is_kept = is_kept_as_text(reader->kind), is_coerced = OidIsValid(reader->coercion.fn_oid);
    Datum value = is_kept ? value_from_text(reader, bytes, size) : base_value(reader, bytes, size);
    if (is_coerced) value = coerced(reader, value);
    if (is_kept || is_coerced || reader->base_type != reader->natural) check_same_item(reader, value, bytes, size);
    if (reader->type != reader->base_type) domain_check(value, false, reader->type, &reader->domain, reader->context);
    return value;
}

}  // namespace pg
