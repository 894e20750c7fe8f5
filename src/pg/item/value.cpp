// Items as SQL values again, for the families that keep the items themselves.
#include "kinds.hpp"

extern "C" {
#include "catalog/pg_collation.h"
#include "parser/parse_coerce.h"
#include "utils/lsyscache.h"
}

namespace pg {

void make_item_reader(ItemReader *reader, int kind, Oid type, const char *sketch_type) {
    Oid function;
    bool is_varlena;
    *reader = {};
    reader->kind = kind;
    reader->context = CurrentMemoryContext;
    if (kind == SKETCH_KIND_NONE) return;  // there will be no items
    reader->natural = kind_of_items(kind).type;
    getTypeOutputInfo(reader->natural, &function, &is_varlena);
    fmgr_info(function, &reader->output);
    if (!OidIsValid(type)) return;
    reader->type = type;
    reader->modifier = -1;
    reader->base_type = getBaseTypeAndTypmod(type, &reader->modifier);
    reader->hasher = hasher_for(type, C_COLLATION_OID, CurrentMemoryContext);
    if (reader->hasher->kind != kind)
        ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
                errmsg("cannot return items of kind %s as type %s", kind_name(kind), format_type_be(type)),
                errdetail("A %s returns its items as the type that it was made from, or as text.", sketch_type));
    if (kind_of_items(kind).kept_as != KeptAs::kValue) {
        getTypeInputInfo(reader->base_type, &function, &reader->input_parameter);
        fmgr_info(function, &reader->input);
    } else if (reader->modifier != -1 &&
               find_typmod_coercion_function(reader->base_type, &function) == COERCION_PATH_FUNC) {
        fmgr_info(function, &reader->coercion);
    }
}

char *item_text(ItemReader *reader, const uint8 *bytes, size_t size) {
    if (reader->kind == SKETCH_KIND_BOOL) return pstrdup(bytes[0] != 0 ? "true" : "false");  // as a cast does
    if (reader->kind == SKETCH_KIND_NUMBER && has_too_many_zeros(bytes, size)) return scientific_text(bytes, size);
    return OutputFunctionCall(&reader->output, kind_of_items(reader->kind).value(bytes, size));
}

namespace {

// Zeros that plain notation would put beside the digits of a float, of its text: its digits and exponent are those of
// the shortest decimal number.
int zeros_beside_float(const char *text) {
    const char *exponent = strchr(text, 'e');
    if (exponent == nullptr) return 0;
    int digits = 0;
    for (const char *at = text; at < exponent; at++) digits += *at >= '0' && *at <= '9';
    const int power = static_cast<int>(strtol(exponent + 1, nullptr, 10));
    return power < 0 ? -power - 1 : power - (digits - 1);
}

bool is_json_number(ItemReader *reader, const uint8 *bytes, size_t size) {
    switch (reader->kind) {
        case SKETCH_KIND_NUMBER: return is_finite(reader->kind, bytes, size) && !has_too_many_zeros(bytes, size);
        case SKETCH_KIND_FLOAT:
            return is_finite(reader->kind, bytes, size) &&
                   zeros_beside_float(item_text(reader, bytes, size)) <= kMaxZeros;
        default: return false;
    }
}

// The value must have the item that it was made from.
void check_same_item(ItemReader *reader, Datum value, const uint8 *bytes, size_t size) {
    ItemBytes again;
    reader->hasher->item(reader->hasher, value, &again);
    const size_t identity = sketch_topk_item_has_hash(reader->kind) ? sizeof(uint64) : size;
    if (again.size < identity || (identity == size && again.size != size) || memcmp(again.bytes, bytes, identity) != 0)
        raise_no_value(reader, bytes, size);
}

// An enum, an interval, an array, ...: read under the settings that its text was made with.
Datum value_from_text(ItemReader *reader, const uint8 *bytes, size_t size) {
    char *text = item_text(reader, bytes, size);
    const bool by_settings = kind_of_items(reader->kind).kept_as == KeptAs::kTextBySettings;
    const int level = by_settings ? NewGUCNestLevel() : 0;
    if (by_settings) fix_settings(false);
    Datum value = InputFunctionCall(&reader->input, text, reader->input_parameter, reader->modifier);
    if (by_settings) AtEOXact_GUC(true, level);
    return value;
}

// A value of the base type. One that the type lacks is cut to one that it has, which check_same_item notices.
Datum base_value(ItemReader *reader, const uint8 *bytes, size_t size) {
    const ItemType *type = item_type(reader->base_type);
    if (type != nullptr && type->value != nullptr) return type->value(reader, bytes, size);
    return kind_of_items(reader->kind).value(bytes, size);
}

Datum coerced(ItemReader *reader, Datum value) {
    const Datum modifier = Int32GetDatum(reader->modifier);
    if (reader->coercion.fn_nargs < 3) return FunctionCall2(&reader->coercion, value, modifier);
    return FunctionCall3(&reader->coercion, value, modifier, BoolGetDatum(false));  // as in an assignment
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
                                                              : number_value(bytes, size));
        return;
    }
    char *text = item_text(reader, bytes, size);
    scalar->type = jbvString;
    scalar->val.string.val = text;
    scalar->val.string.len = static_cast<int>(strlen(text));
}

void raise_no_value(ItemReader *reader, const uint8 *bytes, size_t size) {
    ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
            errmsg("item %s is not a value of type %s", item_text(reader, bytes, size), format_type_be(reader->type)));
    pg_unreachable();
}

Datum item_value(ItemReader *reader, const uint8 *bytes, size_t size) {
    const bool is_kept = kind_of_items(reader->kind).kept_as != KeptAs::kValue,
               is_coerced = OidIsValid(reader->coercion.fn_oid);
    Datum value = is_kept ? value_from_text(reader, bytes, size) : base_value(reader, bytes, size);
    if (is_coerced) value = coerced(reader, value);
    if (is_kept || is_coerced || reader->base_type != reader->natural) check_same_item(reader, value, bytes, size);
    if (reader->type != reader->base_type) domain_check(value, false, reader->type, &reader->domain, reader->context);
    return value;
}

}  // namespace pg
