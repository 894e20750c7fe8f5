// Of which type the item of a call is, and how what is looked up or added becomes an item of the sketch's kind.
#include "kinds.hpp"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/pg_proc.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace pg {

// ---- call sites ----------------------------------------

namespace {

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
    // Not PostgreSQL's own executor, which passes types, but one that calls transition functions through an aggregate
    // of its own. Its last argument is the item, or a row of all arguments, as in Citus' worker_partial_agg(aggregate,
    // x) and worker_partial_agg(aggregate, ROW(x, 10)).
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

// A type that is implicitly relabelled as another one, above all citext as text: it may call values equal that the
// other one does not.
void check_not_disguised(Node *item, Oid type) {
    if (IsA(item, RelabelType) && reinterpret_cast<RelabelType *>(item)->relabelformat == COERCE_IMPLICIT_CAST)
        item = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(item)->arg);
    Oid disguised = exprType(item);
    if (disguised == type) return;
    disguised = getBaseType(disguised);
    if (disguised == UNKNOWNOID || item_type(disguised) != nullptr) return;
    if (!IsBinaryCoercible(disguised, type)) return;  // it is not the item
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("values of type %s are not supported for sketches", format_type_be(disguised)),
            errdetail("The type may call strings equal that differ in their bytes."),
            errhint("Cast to text what shall be told apart, as in lower(x::text)."));
}

// Someone who passes sketches where items are expected wants to merge them, not to count distinct sketches.
void check_not_sketch(Oid function, const Hasher &hasher) {
    if (hasher.extended == nullptr) return;  // no type of ours is among those that we know
    const Oid extension = getExtensionOfObject(ProcedureRelationId, function);
    if (!OidIsValid(extension) || getExtensionOfObject(TypeRelationId, hasher.type) != extension) return;
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("values of type %s are not items of a sketch", format_type_be(hasher.type)),
            errhint("To unite sketches, use merge. To tell equal sketches from others, cast them to bytea."));
}

// What the call says that the item is; without an expression, what the function was declared with.
Oid type_of_item(FunctionCallInfo fcinfo) {
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

// A value and how to look at it.
struct Probe {
    Hasher *hasher;
    HashOf *hash;
    ItemOf *item;
    Datum value;
};

Probe probe_as(Oid type, Datum value) {
    const ItemType *as = item_type(type);
    return {nullptr, as->hash, as->item, value};
}

// Text as a literal of the kind, where its meaning does not depend on settings of the session.
Probe probe_from_literal(const Hasher &probe, Datum value, int kind, const char *sketch_type, ProbeUse use) {
    const ItemKind &as = kind_of_items(kind);
    if (probe.type == BPCHAROID) value = DirectFunctionCall1(rtrim1, value);
    if (probe.type == NAMEOID) value = DirectFunctionCall1(name_text, value);
    if (kind == SKETCH_KIND_ENUM) return probe_as(TEXTOID, value);  // its label
    if (as.literal == nullptr) no_conversion(probe.type, kind, sketch_type, use);
    Datum literal = CStringGetDatum(text_to_cstring(DatumGetTextPP(value)));
    // Errors of a type's input function say why text was taken for a literal of that type.
    ErrorCallback context([=] { errcontext("text for a %s of kind %s", sketch_type, kind_name(kind)); });
    value = DirectFunctionCall3(as.literal, literal, ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
    context.pop();
    return probe_as(as.type, value);
}

Probe probe_of(FunctionCallInfo fcinfo, int kind, const char *sketch_type, ProbeUse use) {
    Hasher &probe = *call_site(fcinfo).hasher;
    Datum value = PG_GETARG_DATUM(1);
    if (likely(probe.kind == kind)) return {&probe, probe.hash, probe.item, value};
    if (probe.kind == SKETCH_KIND_NUMBER && kind == SKETCH_KIND_FLOAT)
        return probe_as(FLOAT8OID, Float8GetDatum(double_from_number(probe.type, value)));
    if (probe.kind == SKETCH_KIND_DATE && kind == SKETCH_KIND_TIMESTAMP)
        return probe_as(TIMESTAMPOID, DirectFunctionCall1(date_timestamp, value));
    if (probe.kind == SKETCH_KIND_TEXT) return probe_from_literal(probe, value, kind, sketch_type, use);
    no_conversion(probe.type, kind, sketch_type, use);
}

}  // namespace

CallSite *make_call_site(FunctionCallInfo fcinfo) {
    Oid type = type_of_item(fcinfo);
    if (!OidIsValid(type) || (item_type(type) == nullptr && get_typtype(type) == TYPTYPE_PSEUDO && type != RECORDOID &&
                              type != RECORDARRAYOID))
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
    return site;
}

// ---- probes ----------------------------------------

uint64 probe_hash(FunctionCallInfo fcinfo, int kind, const char *sketch_type, ProbeUse use) {
    Hasher &probe = *call_site(fcinfo).hasher;
    if (likely(probe.kind == kind)) return probe(PG_GETARG_DATUM(1));
    Probe converted = probe_of(fcinfo, kind, sketch_type, use);
    return converted.hash(converted.hasher, converted.value);
}

void probe_item(FunctionCallInfo fcinfo, int kind, const char *sketch_type, ItemBytes *item, ProbeUse use) {
    Probe probe = probe_of(fcinfo, kind, sketch_type, use);
    probe.item(probe.hasher, probe.value, item);
}

}  // namespace pg
