// Integers, numerics and floats as items: docs/FORMAT.md describes the bytes.
#include "kinds.hpp"

#include <bit>
#include <cfloat>

extern "C" {
#include "utils/numeric.h"
}

namespace pg {

namespace {

// The first byte of an item of kind number: kDecimal, or kZero and the length of an integer.
constexpr uint8 kDecimal = 1, kZero = 0x80;

uint64 hash_integer(int64 value) { return sketch_hash_word(static_cast<uint64>(value)); }

double canonical_double(double value) {
    if (value == 0) return 0;  // -0
    return isnan(value) ? get_float8_nan() : value;
}

uint64 hash_double(double value) { return sketch_hash_word(std::bit_cast<uint64>(canonical_double(value))); }

enum Sign : uint8 { positive, negative, nan, positive_infinity, negative_infinity };

// A numeric: sign, weight (the power of 10,000 of the first digit) and digits of 10,000; these in the machine's order
// of bytes, as numeric stores them, or least significant byte first, as items have them.
enum class Bytes { machine, item };

template <Bytes kBytes>
struct Digits {
    uint8 sign;
    int weight;
    const uint8 *at;  // at any address
    int count;

    int operator[](int i) const {
        if (kBytes == Bytes::item) return at[2 * i] | at[2 * i + 1] << 8;
        int16 digit;
        memcpy(&digit, at + sizeof digit * static_cast<size_t>(i), sizeof digit);
        return digit;
    }
    bool is_finite() const { return sign <= negative; }

    // Whether the value is an integer that fits into a bigint, and which.
    bool is_bigint(int64 *integer) const {
        constexpr int kMaxWeight = 4;  // 10,000^4 < 2^63 < 10,000^5
        if (!is_finite() || count > weight + 1 || weight > kMaxWeight) return false;
        __int128 value = 0;
        for (int i = 0; i <= weight; i++) value = value * 10000 + (i < count ? (*this)[i] : 0);
        if (sign == negative) value = -value;
        *integer = static_cast<int64>(value);
        return value >= PG_INT64_MIN && value <= PG_INT64_MAX;
    }
};

using Stored = Digits<Bytes::machine>;
using Decimal = Digits<Bytes::item>;

// The structure of a numeric is private to the server's numeric.c, and as stable as a stored format is.
Stored digits_of(varlena *value) {
    constexpr uint16 kSignMask = 0xC000, kNegative = 0x4000, kShort = 0x8000, kSpecial = 0xC000;
    constexpr uint16 kSpecialMask = 0xF000, kPositiveInfinity = 0xD000, kNegativeInfinity = 0xF000;
    const uint8 *at = reinterpret_cast<const uint8 *>(VARDATA_ANY(value));
    int size = static_cast<int>(VARSIZE_ANY_EXHDR(value));
    uint16 header;
    memcpy(&header, at, sizeof header);
    Stored digits = {positive, 0, nullptr, 0};
    int16 weight = 0;
    switch (header & kSignMask) {
        case kSpecial:
            digits.sign = (header & kSpecialMask) == kPositiveInfinity   ? positive_infinity
                          : (header & kSpecialMask) == kNegativeInfinity ? negative_infinity
                                                                         : nan;
            return digits;
        case kShort:  // weight in 7 bits, two's complement
            digits.sign = header & 0x2000 ? negative : positive;
            digits.weight = (header & 0x3F) - (header & 0x40);
            digits.at = at + sizeof header;
            break;
        default:
            digits.sign = header & kNegative ? negative : positive;
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
    if (digits.count == 0) digits.sign = positive, digits.weight = 0;
    return digits;
}

// Sign, weight and digits: 3 + 2 * count bytes.
void append_digits(uint8 *bytes, Stored digits) {
    bytes[0] = digits.sign;
    bytes[1] = static_cast<uint8>(digits.weight);
    bytes[2] = static_cast<uint8>(digits.weight >> 8);
    for (int i = 0; i < digits.count; i++) {
        bytes[3 + 2 * i] = static_cast<uint8>(digits[i]);
        bytes[4 + 2 * i] = static_cast<uint8>(digits[i] >> 8);
    }
}

// An integer is its length and its bytes, most significant first, so that the order of items is that of numbers:
// 0x80 + length and the bytes of n; for negative ones 0x7f - length and the complement of those of -1 - n.
void append_integer(ItemBytes *item, int64 value) {
    uint64 magnitude = static_cast<uint64>(value < 0 ? ~value : value), flip = value < 0 ? ~uint64{0} : 0;
    int length = (64 - std::countl_zero(magnitude) + 7) / 8;
    begin(item, static_cast<uint8>(value < 0 ? kZero - 1 - length : kZero + length));
    for (int i = length; i-- > 0;) append(item, static_cast<uint8>((magnitude ^ flip) >> (8 * i)));
}

void append_double(ItemBytes *item, double value) { begin(item, std::bit_cast<uint64>(canonical_double(value))); }

bool is_integer(const uint8 *bytes, size_t size) { return size > 0 && bytes[0] != kDecimal; }

int64 integer_of(const uint8 *bytes, size_t size) {
    uint64 value = bytes[0] < kZero ? ~uint64{0} : 0;
    for (size_t i = 1; i < size; i++) value = value << 8 | bytes[i];
    return static_cast<int64>(value);
}

// Its length in the first byte, no byte more than needed, and no more than a bigint holds.
bool is_canonical_integer(const uint8 *bytes, size_t size) {
    const int length = bytes[0] < kZero ? kZero - 1 - bytes[0] : bytes[0] - kZero;
    if (length > 8 || size != 1 + static_cast<size_t>(length)) return false;
    const int zero = bytes[0] < kZero ? 0xff : 0;
    return length == 0 || (bytes[1] != zero && (length < 8 || (bytes[1] ^ zero) < 0x80));
}

Decimal decimal_of(const uint8 *bytes, size_t size) {
    return {bytes[1], static_cast<int16>(bytes[2] | bytes[3] << 8), bytes + 4, static_cast<int>(size - 4) / 2};
}

// The one spelling of a number that numeric can hold and that is no bigint.
bool is_canonical_decimal(const uint8 *bytes, size_t size) {
    if (size < 4 || size % 2 != 0 || bytes[1] > negative_infinity) return false;
    Decimal decimal = decimal_of(bytes, size);
    if (!decimal.is_finite()) return decimal.count == 0 && decimal.weight == 0;
    if (decimal.count == 0 || decimal[0] == 0 || decimal[decimal.count - 1] == 0) return false;
    for (int i = 0; i < decimal.count; i++)
        if (decimal[i] >= 10000) return false;
    // numeric's limits: 131,072 digits before the point, 16,383 behind it
    const int behind = decimal.count - 1 - decimal.weight;
    if (decimal.weight >= 131072 / 4 || behind > (16383 + 3) / 4) return false;
    if (behind == (16383 + 3) / 4 && decimal[decimal.count - 1] % 10 != 0) return false;
    int64 integer;
    return !decimal.is_bigint(&integer);
}

}  // namespace

// ---- values as items ----------------------------------------

uint64 hash_int2(Hasher *, Datum value) { return hash_integer(DatumGetInt16(value)); }
uint64 hash_int4(Hasher *, Datum value) { return hash_integer(DatumGetInt32(value)); }
uint64 hash_int8(Hasher *, Datum value) { return hash_integer(DatumGetInt64(value)); }
uint64 hash_oid(Hasher *, Datum value) { return hash_integer(DatumGetObjectId(value)); }
uint64 hash_float4(Hasher *, Datum value) { return hash_double(DatumGetFloat4(value)); }
uint64 hash_float8(Hasher *, Datum value) { return hash_double(DatumGetFloat8(value)); }

void item_int2(Hasher *, Datum value, ItemBytes *item) { append_integer(item, DatumGetInt16(value)); }
void item_int4(Hasher *, Datum value, ItemBytes *item) { append_integer(item, DatumGetInt32(value)); }
void item_int8(Hasher *, Datum value, ItemBytes *item) { append_integer(item, DatumGetInt64(value)); }
void item_oid(Hasher *, Datum value, ItemBytes *item) { append_integer(item, DatumGetObjectId(value)); }
void item_float4(Hasher *, Datum value, ItemBytes *item) { append_double(item, DatumGetFloat4(value)); }
void item_float8(Hasher *, Datum value, ItemBytes *item) { append_double(item, DatumGetFloat8(value)); }

// An integer that fits hashes as a bigint does; every other number by sign, weight and digits, whose bytes are never 8.
uint64 hash_of_numeric(varlena *number) {
    const Stored digits = digits_of(number);
    int64 integer;
    if (digits.is_bigint(&integer)) return hash_integer(integer);
    size_t size = 3 + 2 * static_cast<size_t>(digits.count);
    uint8 stack[256];
    uint8 *bytes = size <= sizeof stack ? stack : static_cast<uint8 *>(palloc(size));
    append_digits(bytes, digits);
    uint64 hash = sketch_hash(bytes, size);
    if (bytes != stack) pfree(bytes);
    return hash;
}

uint64 hash_numeric(Hasher *, Datum value) { return hash_of_numeric(PG_DETOAST_DATUM_PACKED(value)); }

// Every other number is kDecimal and what is hashed.
void item_numeric(Hasher *, Datum value, ItemBytes *item) {
    const Stored digits = digits_of(PG_DETOAST_DATUM_PACKED(value));
    int64 integer;
    if (digits.is_bigint(&integer)) return append_integer(item, integer);
    item->size = 4 + 2 * static_cast<size_t>(digits.count);
    uint8 *bytes = item->size <= sizeof item->buffer ? item->buffer : static_cast<uint8 *>(palloc(item->size));
    bytes[0] = kDecimal;
    append_digits(bytes + 1, digits);
    item->bytes = bytes;
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

// ---- items as values ----------------------------------------

bool is_number(const uint8 *bytes, size_t size) {
    return is_integer(bytes, size) ? is_canonical_integer(bytes, size) : is_canonical_decimal(bytes, size);
}

bool is_float(const uint8 *bytes, size_t size) {
    if (size != sizeof(uint64)) return false;
    const uint64 bits = read<uint64>(bytes);
    return bits == std::bit_cast<uint64>(canonical_double(std::bit_cast<double>(bits)));
}

Datum number_value(const uint8 *bytes, size_t size) {
    if (is_integer(bytes, size)) return NumericGetDatum(int64_to_numeric(integer_of(bytes, size)));
    return numeric_from(scientific_text(bytes, size));
}

Datum float_value(const uint8 *bytes, size_t) { return Float8GetDatum(std::bit_cast<double>(read<uint64>(bytes))); }

// Cut to the type's width: the caller sees that it is another number.
Datum integer_as(ItemReader *reader, const uint8 *bytes, size_t size) {
    if (!is_integer(bytes, size)) raise_no_value(reader, bytes, size);
    const int64 value = integer_of(bytes, size);
    switch (reader->base_type) {
        case INT2OID: return Int16GetDatum(static_cast<int16>(value));
        case INT4OID: return Int32GetDatum(static_cast<int32>(value));
        case OIDOID: return ObjectIdGetDatum(static_cast<Oid>(value));
        default: return Int64GetDatum(value);
    }
}

Datum float4_as(ItemReader *reader, const uint8 *bytes, size_t size) {
    const double value = std::bit_cast<double>(read<uint64>(bytes));
    if (isfinite(value) && fabs(value) > FLT_MAX) raise_no_value(reader, bytes, size);
    return Float4GetDatum(static_cast<float4>(value));
}

bool is_finite(int kind, const uint8 *bytes, size_t size) {
    if (kind == SKETCH_KIND_FLOAT) return isfinite(std::bit_cast<double>(read<uint64>(bytes)));
    return is_integer(bytes, size) || decimal_of(bytes, size).is_finite();
}

// Behind the digits of an integer, or between the point and those of a fraction.
bool has_too_many_zeros(const uint8 *bytes, size_t size) {
    if (is_integer(bytes, size)) return false;
    const Decimal decimal = decimal_of(bytes, size);
    if (!decimal.is_finite()) return false;
    int behind = 4 * (decimal.weight - decimal.count + 1), before = -4 * (decimal.weight + 1);
    for (int last = decimal[decimal.count - 1]; last % 10 == 0; last /= 10) behind++;
    for (int first = decimal[0]; first < 1000; first *= 10) before++;
    return Max(behind, before) > kMaxZeros;
}

// Of a number that is no bigint, as numeric_in reads it.
char *scientific_text(const uint8 *bytes, size_t size) {
    static const char *const specials[] = {"NaN", "Infinity", "-Infinity"};
    const Decimal decimal = decimal_of(bytes, size);
    if (!decimal.is_finite()) return pstrdup(specials[decimal.sign - nan]);
    char first[8];
    const int length = snprintf(first, sizeof first, "%d", decimal[0]);
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfo(&text, "%s%c.%s", decimal.sign == negative ? "-" : "", first[0], first + 1);
    for (int i = 1; i < decimal.count; i++) appendStringInfo(&text, "%04d", decimal[i]);
    while (text.data[text.len - 1] == '0') text.len--;
    if (text.data[text.len - 1] == '.') text.len--;
    text.data[text.len] = '\0';
    appendStringInfo(&text, "e%d", 4 * decimal.weight + length - 1);
    return text.data;
}

}  // namespace pg
