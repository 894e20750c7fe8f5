// What the files of item/ share. kinds.cpp has two tables: of the SQL types whose equality is known, and of the kinds
// of items. number.cpp, text.cpp, fixed.cpp and composite.cpp have the functions that these name; probe.cpp tells of
// which type an item is, and converts what is looked up; value.cpp makes values of items again.
#pragma once

#include "item.hpp"

namespace pg {

using HashOf = uint64(Hasher *, Datum);
using ItemOf = void(Hasher *, Datum, ItemBytes *);
// Whether untrusted bytes are an item.
using IsItem = bool(const uint8 *bytes, size_t size);
// The value of an item: of the type that the kind has by itself; of another type, which may lack that value.
using ValueOf = Datum(const uint8 *bytes, size_t size);
using ValueAs = Datum(ItemReader *, const uint8 *bytes, size_t size);

// A SQL type whose equality is known.
struct ItemType {
    Oid type;
    int kind;
    HashOf *hash;
    ItemOf *item;
    ValueAs *value = nullptr;  // null if that of the kind is of this type too
};

// Null for all other types, be they domains over one of these.
const ItemType *item_type(Oid type);

// Whether items are the text of a value, and whether that depends on settings.
enum class KeptAs : uint8 { kValue, kText, kTextBySettings };

// A kind of items: see sketch_kind.
struct ItemKind {
    const char *name;
    Oid type;  // of the items; TEXTOID for those that are kept as text
    IsItem *is_item;
    ValueOf *value;
    PGFunction literal = nullptr;  // reads a text that is looked up; null if what that means depends on settings
    KeptAs kept_as = KeptAs::kValue;
};

const ItemKind &kind_of_items(int kind);

// Everything in one memory context, which lives as long as the call site.
Hasher *hasher_for(Oid type, Oid collation, MemoryContext context);

// ---- bytes: little-endian, so that every machine writes the same ----------------------------------------

template <typename Integer>
void append(ItemBytes *item, Integer value) {
    for (size_t i = 0; i < sizeof value; i++) item->buffer[item->size++] = static_cast<uint8>(value >> (8 * i));
}

// Begins with these; more can be appended.
template <typename... Integers>
void begin(ItemBytes *item, Integers... values) {
    item->bytes = item->buffer;
    item->size = 0;
    (append(item, values), ...);
}

template <typename Integer>
Integer read(const uint8 *bytes) {
    Integer value = 0;
    for (size_t i = 0; i < sizeof value; i++) value |= static_cast<Integer>(bytes[i]) << (8 * i);
    return value;
}

// The hash of a value whose item is what is hashed.
template <ItemOf *Item>
uint64 hash_of_item(Hasher *hasher, Datum value) {
    ItemBytes item;
    Item(hasher, value, &item);
    return sketch_hash(item.bytes, item.size);
}

// Values that are their bytes, of which all are valid.
template <size_t kSize>
void item_fixed(Hasher *, Datum value, ItemBytes *item) {
    item->bytes = DatumGetPointer(value);
    item->size = kSize;
}

template <size_t kSize>
bool is_fixed(const uint8 *, size_t size) {
    return size == kSize;
}

// ---- number.cpp ----------------------------------------

HashOf hash_int2, hash_int4, hash_int8, hash_oid, hash_numeric, hash_float4, hash_float8;
ItemOf item_int2, item_int4, item_int8, item_oid, item_numeric, item_float4, item_float8;
IsItem is_number, is_float;
ValueOf number_value, float_value;
ValueAs integer_as, float4_as;

uint64 hash_of_numeric(varlena *number);
double double_from_number(Oid type, Datum value);
bool is_finite(int kind, const uint8 *bytes, size_t size);
// Plain notation of a number may have 131,071 zeros beside few digits; scientific notation has none of them.
constexpr int kMaxZeros = 100;
bool has_too_many_zeros(const uint8 *bytes, size_t size);
char *scientific_text(const uint8 *bytes, size_t size);

// ---- text.cpp ----------------------------------------

HashOf hash_bytes, hash_bpchar, hash_name, hash_enum;
ItemOf item_bytes, item_bpchar, item_name, item_enum, item_with_hash;
IsItem is_any, is_text, is_label, is_text_behind_hash;
ValueOf varlena_value, text_behind_hash;
ValueAs name_as;

// What hash_enum and item_enum need.
void prepare_enum(Hasher *hasher);

// ---- fixed.cpp ----------------------------------------

HashOf hash_date, hash_timetz, hash_inet, hash_bool, hash_interval;
ItemOf item_date, item_timetz, item_inet, item_bool, item_word;
IsItem is_date, is_timestamp, is_time, is_timetz, is_inet, is_bool;
ValueOf copied_value, word_value, date_value, timetz_value, inet_value, bool_value;
ValueAs cidr_as;

// ---- composite.cpp ----------------------------------------

HashOf hash_jsonb, hash_array, hash_record, hash_range, hash_multirange;

// ---- value.cpp ----------------------------------------

[[noreturn]] void raise_no_value(ItemReader *reader, const uint8 *bytes, size_t size);

}  // namespace pg
