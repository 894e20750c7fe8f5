// Which SQL types and which kinds of items there are, and what is done with each.
#include "kinds.hpp"

#include <array>

extern "C" {
#include "utils/inet.h"
#include "utils/lsyscache.h"
#include "utils/uuid.h"
}

namespace pg {

namespace {

constexpr ItemType kTypes[] = {
    {INT2OID, SKETCH_KIND_NUMBER, hash_int2, item_int2, integer_as},
    {INT4OID, SKETCH_KIND_NUMBER, hash_int4, item_int4, integer_as},
    {INT8OID, SKETCH_KIND_NUMBER, hash_int8, item_int8, integer_as},
    {OIDOID, SKETCH_KIND_NUMBER, hash_oid, item_oid, integer_as},
    {NUMERICOID, SKETCH_KIND_NUMBER, hash_numeric, item_numeric},
    {FLOAT4OID, SKETCH_KIND_FLOAT, hash_float4, item_float4, float4_as},
    {FLOAT8OID, SKETCH_KIND_FLOAT, hash_float8, item_float8},
    {TEXTOID, SKETCH_KIND_TEXT, hash_bytes, item_bytes},
    {VARCHAROID, SKETCH_KIND_TEXT, hash_bytes, item_bytes},
    {BPCHAROID, SKETCH_KIND_TEXT, hash_bpchar, item_bpchar},
    {NAMEOID, SKETCH_KIND_TEXT, hash_name, item_name, name_as},
    {BYTEAOID, SKETCH_KIND_BYTEA, hash_bytes, item_bytes},
    {UUIDOID, SKETCH_KIND_UUID, hash_of_item<item_fixed<UUID_LEN>>, item_fixed<UUID_LEN>},
    {TIMESTAMPTZOID, SKETCH_KIND_TIMESTAMPTZ, hash_int8, item_word},
    {TIMESTAMPOID, SKETCH_KIND_TIMESTAMP, hash_int8, item_word},
    {DATEOID, SKETCH_KIND_DATE, hash_date, item_date},
    {INETOID, SKETCH_KIND_INET, hash_inet, item_inet},
    {CIDROID, SKETCH_KIND_INET, hash_inet, item_inet, cidr_as},
    {BOOLOID, SKETCH_KIND_BOOL, hash_bool, item_bool},
    {INTERVALOID, SKETCH_KIND_INTERVAL, hash_interval, item_with_hash},
    {TIMEOID, SKETCH_KIND_TIME, hash_int8, item_word},
    {TIMETZOID, SKETCH_KIND_TIMETZ, hash_timetz, item_timetz},
    {MACADDROID, SKETCH_KIND_MACADDR, hash_of_item<item_fixed<sizeof(macaddr)>>, item_fixed<sizeof(macaddr)>},
    {MACADDR8OID, SKETCH_KIND_MACADDR8, hash_of_item<item_fixed<sizeof(macaddr8)>>, item_fixed<sizeof(macaddr8)>},
    {JSONBOID, SKETCH_KIND_JSONB, hash_jsonb, item_with_hash},
    {MONEYOID, SKETCH_KIND_MONEY, hash_int8, item_word},
    {PG_LSNOID, SKETCH_KIND_PG_LSN, hash_int8, item_word},
    {XID8OID, SKETCH_KIND_OTHER, hash_int8, item_with_hash},  // its own hash folds it to 32 bits
};

// By kind. The last one is of all kinds that have no row: SKETCH_KIND_OTHER and arrays.
constexpr ItemKind kKinds[] = {
    {"none", TEXTOID, is_text, varlena_value},
    {"number", NUMERICOID, is_number, number_value, numeric_in},
    {"float", FLOAT8OID, is_float, float_value, float8in},
    {"text", TEXTOID, is_text, varlena_value},
    {"bytea", BYTEAOID, is_any, varlena_value, byteain},
    {"uuid", UUIDOID, is_fixed<UUID_LEN>, copied_value, uuid_in},
    {"timestamptz", TIMESTAMPTZOID, is_timestamp, word_value},
    {"timestamp", TIMESTAMPOID, is_timestamp, word_value},
    {"date", DATEOID, is_date, date_value},
    {"inet", INETOID, is_inet, inet_value, inet_in},
    {"bool", BOOLOID, is_bool, bool_value, boolin},
    {"enum", TEXTOID, is_label, varlena_value, nullptr, KeptAs::kText},
    {"interval", TEXTOID, is_text_behind_hash, text_behind_hash, nullptr, KeptAs::kTextBySettings},
    {"time", TIMEOID, is_time, word_value},
    {"timetz", TIMETZOID, is_timetz, timetz_value},
    {"macaddr", MACADDROID, is_fixed<sizeof(macaddr)>, copied_value},
    {"macaddr8", MACADDR8OID, is_fixed<sizeof(macaddr8)>, copied_value},
    {"jsonb", TEXTOID, is_text_behind_hash, text_behind_hash, nullptr, KeptAs::kText},
    {"money", MONEYOID, is_fixed<sizeof(int64)>, word_value},
    {"pg_lsn", PG_LSNOID, is_fixed<sizeof(int64)>, word_value},
    {"record", TEXTOID, is_text_behind_hash, text_behind_hash, nullptr, KeptAs::kTextBySettings},
    {"other", TEXTOID, is_text_behind_hash, text_behind_hash, nullptr, KeptAs::kTextBySettings},
};
static_assert(lengthof(kKinds) == SKETCH_KIND_LAST + 2);

// Rows of kTypes, from 1 on, by type. Executors that make a call site at each row look there at each row.
constexpr auto kRowOfType = [] {
    std::array<uint8, XID8OID + 1> rows = {};
    for (const ItemType &row : kTypes) rows[row.type] = static_cast<uint8>(&row - kTypes + 1);
    return rows;
}();

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

// Hashed once more: a type's own hash tells values apart, but its bits need not look random.
uint64 hash_by_type(Hasher *hasher, Datum value) {
    Datum hash = FunctionCall2Coll(hasher->extended, hasher->collation, value, UInt64GetDatum(0));
    return sketch_hash_word(DatumGetUInt64(hash));
}

}  // namespace

const ItemType *item_type(Oid type) {
    const size_t row = type < kRowOfType.size() ? kRowOfType[type] : 0;
    return row == 0 ? nullptr : &kTypes[row - 1];
}

const ItemKind &kind_of_items(int kind) { return kKinds[Min(kind, SKETCH_KIND_LAST + 1)]; }

bool is_item(int kind, const uint8 *bytes, size_t size) { return kind_of_items(kind).is_item(bytes, size); }

const char *kind_name(int kind) {
    const char *name = kind_of_items(kind & ~SKETCH_KIND_ARRAY).name;
    return kind & SKETCH_KIND_ARRAY ? psprintf("array of %s", name) : name;
}

void raise_different_kinds(const char *sketch_type, int kind, int other_kind) {
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("cannot combine %s values of different kinds", sketch_type),
            errdetail("One holds items of kind %s, the other of kind %s.", kind_name(kind), kind_name(other_kind)));
    pg_unreachable();
}

// ---- hashers ----------------------------------------

// Types that we know take no look-up in the catalog: some executors make a call site at each row.
Hasher *hasher_for(Oid type, Oid collation, MemoryContext context) {
    const ItemType *known = item_type(type);
    if (known == nullptr) known = item_type(type = getBaseType(type));
    Hasher *hasher = static_cast<Hasher *>(MemoryContextAllocZero(context, sizeof(Hasher)));
    hasher->type = type;
    hasher->collation = collation;
    hasher->context = context;
    if (known != nullptr) {
        if (known->kind == SKETCH_KIND_TEXT) check_collation(collation);
        hasher->kind = known->kind;
        hasher->hash = known->hash;
        hasher->item = known->item;
        return hasher;
    }
    if (type_is_collatable(type)) check_collation(collation);
    Oid element = get_element_type(type);
    hasher->item = item_with_hash;
    if (type_is_enum(type)) {
        hasher->kind = SKETCH_KIND_ENUM;
        hasher->hash = hash_enum;
        hasher->item = item_enum;
        prepare_enum(hasher);
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
        hasher->hash = is_range ? hash_range : hash_multirange;
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

}  // namespace pg
