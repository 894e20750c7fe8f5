// Strings, labels of enums, and values that are kept as their text.
#include "kinds.hpp"

extern "C" {
#include "catalog/pg_enum.h"
#include "mb/pg_wchar.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace pg {

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

uint64 hash_bytes(Hasher *hasher, Datum value) { return hash_of_item<item_bytes>(hasher, value); }
uint64 hash_bpchar(Hasher *hasher, Datum value) { return hash_of_item<item_bpchar>(hasher, value); }
uint64 hash_name(Hasher *hasher, Datum value) { return hash_of_item<item_name>(hasher, value); }

// ---- enums ----------------------------------------

namespace {

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

}  // namespace

void prepare_enum(Hasher *hasher) {
    static bool is_registered = false;
    if (!is_registered) CacheRegisterSyscacheCallback(ENUMOID, count_label_change, Datum(0));
    is_registered = true;
    hasher->labels_known = label_changes;
    hasher->labels =
        static_cast<Hasher::EnumLabel *>(MemoryContextAllocZero(hasher->context, kLabels * sizeof(Hasher::EnumLabel)));
}

uint64 hash_enum(Hasher *hasher, Datum value) { return label_of(hasher, DatumGetObjectId(value)).hash; }

void item_enum(Hasher *hasher, Datum value, ItemBytes *item) {
    const Hasher::EnumLabel &label = label_of(hasher, DatumGetObjectId(value));
    item->bytes = NameStr(label.name);
    item->size = strlen(NameStr(label.name));
}

// ---- values without canonical bytes ----------------------------------------

void fix_settings(bool with_path) {
    static const char *const settings[][2] = {
        {"datestyle", "ISO, YMD"},        {"intervalstyle", "postgres"}, {"timezone", "GMT"},
        {"bytea_output", "hex"},          {"extra_float_digits", "1"},   {"lc_monetary", "C"},
        {"quote_all_identifiers", "off"}, {"search_path", "pg_catalog"}};
    const size_t count = lengthof(settings) - !with_path;
    for (size_t i = 0; i < count; i++) set_locally(settings[i][0], settings[i][1]);
}

// The hash that tells them apart, and their text under settings that are always the same.
void item_with_hash(Hasher *hasher, Datum value, ItemBytes *item) {
    if (hasher->output == nullptr) {
        Oid function;
        bool is_varlena;
        getTypeOutputInfo(hasher->type, &function, &is_varlena);
        FmgrInfo *output = static_cast<FmgrInfo *>(MemoryContextAlloc(hasher->context, sizeof(FmgrInfo)));
        fmgr_info_cxt(function, output, hasher->context);
        hasher->output = output;
    }
    begin(item, (*hasher)(value));
    const bool by_settings = kind_of_items(hasher->kind).kept_as == KeptAs::kTextBySettings;
    int level = by_settings ? NewGUCNestLevel() : 0;
    if (by_settings) fix_settings(true);
    char *text = OutputFunctionCall(hasher->output, value);
    if (by_settings) AtEOXact_GUC(true, level);
    const size_t hash_size = item->size, size = strlen(text);
    uint8 *bytes = static_cast<uint8 *>(palloc(hash_size + size));
    memcpy(bytes, item->buffer, hash_size);
    memcpy(bytes + hash_size, text, size);
    item->bytes = bytes;
    item->size = hash_size + size;
}

// ---- items as values ----------------------------------------

bool is_any(const uint8 *, size_t) { return true; }

bool is_text(const uint8 *bytes, size_t size) {
    return pg_verify_mbstr(GetDatabaseEncoding(), reinterpret_cast<const char *>(bytes), static_cast<int>(size), true);
}

bool is_label(const uint8 *bytes, size_t size) { return size < NAMEDATALEN && is_text(bytes, size); }

bool is_text_behind_hash(const uint8 *bytes, size_t size) {
    return size >= sizeof(uint64) && is_text(bytes + sizeof(uint64), size - sizeof(uint64));
}

Datum varlena_value(const uint8 *bytes, size_t size) { return PointerGetDatum(varlena_from(bytes, size)); }

Datum text_behind_hash(const uint8 *bytes, size_t size) {
    return varlena_value(bytes + sizeof(uint64), size - sizeof(uint64));
}

Datum name_as(ItemReader *reader, const uint8 *bytes, size_t size) {
    if (size >= NAMEDATALEN) raise_no_value(reader, bytes, size);
    Name name = static_cast<Name>(palloc0(NAMEDATALEN));
    memcpy(NameStr(*name), bytes, size);
    return NameGetDatum(name);
}

}  // namespace pg
