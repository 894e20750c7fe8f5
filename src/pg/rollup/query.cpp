// What a roll-up can keep: the query of its definition view is read as the parser left it, not as text, so that tables
// and columns may be renamed, and names mean what they meant when the view was made.
#include "../item/item.hpp"
#include "rollup.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/catalog.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_namespace.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewriteManip.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
}

namespace pg::rollup {

namespace {

[[noreturn]] void refuse(const char *what, const char *hint = nullptr) {
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("a roll-up cannot keep %s", what),
            hint == nullptr ? 0 : errhint("%s", hint));
    pg_unreachable();
}

// ---- the query as a whole ----------------------------------------

void check_shape(const Query *query) {
    if (query->commandType != CMD_SELECT) refuse("what is no SELECT");
    if (query->setOperations != nullptr) refuse("a UNION", "Make one roll-up of each table.");
    if (query->cteList != NIL || query->hasSubLinks) refuse("a query in a query");
    if (query->distinctClause != NIL) refuse("DISTINCT");
    if (query->havingQual != nullptr) refuse("HAVING", "Put the condition into the queries on the roll-up.");
    if (query->hasWindowFuncs) refuse("window functions", "Put them into the queries on the roll-up.");
    if (query->limitCount != nullptr || query->limitOffset != nullptr || query->sortClause != NIL)
        refuse("ORDER BY or LIMIT", "Put them into the queries on the roll-up.");
    if (query->hasTargetSRFs) refuse("functions that return sets");
    if (query->groupingSets != NIL) refuse("grouping sets", "Make a roll-up of the finest ones.");
    if (query->rowMarks != NIL) refuse("row locks");
    if (list_length(query->jointree->fromlist) != 1 || !IsA(linitial(query->jointree->fromlist), RangeTblRef))
        refuse("anything but one table", "Join the roll-up to other tables when it is read.");
}

void check_source(const RangeTblEntry *entry) {
    if (entry->rtekind != RTE_RELATION || entry->relkind == RELKIND_VIEW || entry->relkind == RELKIND_MATVIEW)
        refuse("anything but a table", "Roll up the table that the rows are inserted into.");
    const char *name = get_rel_name(entry->relid);
    if (entry->relkind == RELKIND_FOREIGN_TABLE)
        refuse(psprintf("foreign table \"%s\"", name), "Make the roll-up on the server that has the table.");
    if (entry->relkind != RELKIND_RELATION && entry->relkind != RELKIND_PARTITIONED_TABLE)
        refuse(psprintf("\"%s\", which is no table", name));
    if (entry->tablesample != nullptr) refuse("TABLESAMPLE");
}

// What may not be when a roll-up is made. If it comes later, docs/rollup.md says what then.
void check_source_at_first(const Definition *query, Relation source, const FormData_pg_attribute *time) {
    const char *name = RelationGetRelationName(source);
    if (IsSystemRelation(source)) refuse(psprintf("system table \"%s\"", name));
    if (source->rd_rel->relpersistence == RELPERSISTENCE_TEMP) refuse(psprintf("temporary table \"%s\"", name));
    if (source->rd_rel->relpersistence == RELPERSISTENCE_UNLOGGED)
        refuse(psprintf("unlogged table \"%s\"", name), "A crash would empty it, and not the roll-up.");
    if (source->rd_rel->relrowsecurity)
        refuse(psprintf("table \"%s\" with row-level security", name),
               "A roll-up would tell of rows that its readers may not see.");
    if (has_superclass(query->source) ||
        (!query->is_partitioned && find_inheritance_children(query->source, NoLock) != NIL))
        refuse(psprintf("table \"%s\", which has a parent or children", name),
               "Of partitions, make a roll-up of the table that they are partitions of.");
    for (const Partition *partition : each<Partition>(query->is_partitioned ? partitions_of(query) : NIL))
        if (!partition->can_trigger)
            refuse(psprintf("partition \"%s\", which is foreign or unlogged", get_rel_name(partition->relation)),
                   "Its changes cannot be followed.");
    if (!time->attnotnull)
        refuse(psprintf("buckets of column \"%s\", which may be NULL", NameStr(time->attname)),
               psprintf("ALTER TABLE %s ALTER %s SET NOT NULL.", name, NameStr(time->attname)));
}

// ---- buckets ----------------------------------------

// A Monday, midnight, before all times that matter: where date_trunc's units begin.
constexpr Timestamp kFirstMonday = -INT64CONST(730119) * USECS_PER_DAY;  // 0001-01-01

// The width of date_trunc's units that are always equally long, or 0.
int64 truncated_width(Node *unit) {
    if (!IsA(unit, Const) || reinterpret_cast<Const *>(unit)->constisnull) return 0;
    const char *name = TextDatumGetCString(reinterpret_cast<Const *>(unit)->constvalue);
    constexpr std::pair<const char *, int64> units[] = {{"second", USECS_PER_SEC},
                                                        {"minute", USECS_PER_MINUTE},
                                                        {"hour", USECS_PER_HOUR},
                                                        {"day", USECS_PER_DAY},
                                                        {"week", 7 * USECS_PER_DAY}};
    for (const auto &[known, width] : units)
        if (pg_strcasecmp(name, known) == 0) return width;
    return 0;
}

// The time column and width, if the expression is a bucket of it.
bool is_bucket(Node *expression, Definition *query) {
    if (!IsA(expression, FuncExpr)) return false;
    const FuncExpr *call = reinterpret_cast<FuncExpr *>(expression);
    const bool is_bin = call->funcid == F_DATE_BIN_INTERVAL_TIMESTAMP_TIMESTAMP ||
                        call->funcid == F_DATE_BIN_INTERVAL_TIMESTAMPTZ_TIMESTAMPTZ;
    if (!is_bin && call->funcid != F_DATE_TRUNC_TEXT_TIMESTAMP) return false;
    // Constants as they are written: nothing in a view of another user is evaluated here.
    Node *width = static_cast<Node *>(linitial(call->args)), *time = static_cast<Node *>(lsecond(call->args));
    if (!IsA(time, Var)) return false;
    auto is_value = [](Node *node) { return IsA(node, Const) && !reinterpret_cast<Const *>(node)->constisnull; };
    if (!is_bin) {
        query->width = truncated_width(width);
        if (query->width == 0)
            refuse("buckets of different lengths",
                   "Use date_trunc to second, minute, hour, day or week, or date_bin; make months of days when the "
                   "roll-up is read.");
        query->origin = kFirstMonday;
    } else {
        Node *origin = static_cast<Node *>(lthird(call->args));
        if (!is_value(width) || !is_value(origin)) refuse("buckets whose width or origin is no constant");
        if (TIMESTAMP_NOT_FINITE(DatumGetTimestamp(reinterpret_cast<Const *>(origin)->constvalue)))
            refuse("buckets whose origin is infinite");
        query->origin = DatumGetTimestamp(reinterpret_cast<Const *>(origin)->constvalue);
        const Interval *interval = DatumGetIntervalP(reinterpret_cast<Const *>(width)->constvalue);
        constexpr int32 kMaxDays = 1000000;
        const bool has_days = interval->day >= 0 && interval->day <= kMaxDays && interval->month == 0;
        query->width = has_days ? interval->time + interval->day * USECS_PER_DAY : 0;
        if (query->width <= 0)
            refuse("buckets whose width is not positive, or in months",
                   "Use days, hours, minutes and seconds; make months of days when the roll-up is read.");
    }
    query->at = reinterpret_cast<Var *>(time)->varattno;
    query->at_type = reinterpret_cast<Var *>(time)->vartype;
    return true;
}

// ---- group keys and measures ----------------------------------------

bool is_nondeterministic(Oid collation) { return OidIsValid(collation) && !get_collation_isdeterministic(collation); }

// Text of any length can be a key, but not in an index: all keys together may have some 2,700 bytes there.
bool may_be_long(Oid type) { return type == TEXTOID || type == VARCHAROID || type == BYTEAOID; }
constexpr int kIndexBytes = 2400, kDigestBytes = 80;

void set_indexed(List *columns) {
    int keys = 0, long_keys = 0;
    for (const Column *column : each<Column>(columns)) {
        if (!column->is_key) continue;
        keys++;
        if (column->indexed == nullptr) long_keys++;
    }
    if (keys > INDEX_MAX_KEYS)
        refuse(psprintf("more than %d group keys", INDEX_MAX_KEYS), "Make one of several, as text.");
    for (Column *column : each<Column>(columns))
        if (column->is_key && column->indexed == nullptr)
            column->indexed = psprintf("sketch_rollup.shortened(%s, %d)", column->name,
                                       Max(kIndexBytes / long_keys - kDigestBytes, 0));
}

void check_key(Node *key, const char *name) {
    const Oid type = getBaseType(exprType(key));
    if (type == FLOAT4OID || type == FLOAT8OID || type == NUMERICOID)
        refuse(psprintf("group key \"%s\" of type %s", name, format_type_be(type)),
               "Equal numbers of this type may be written in different ways. Group by an integer, or by text.");
    if (!OidIsValid(lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY)->btree_opf))
        refuse(psprintf("group key \"%s\" of type %s, which has no order", name, format_type_be(type)),
               "Group by its text.");
    if (is_nondeterministic(exprCollation(key)))
        refuse(psprintf("group key \"%s\" with a nondeterministic collation", name));
}

// What an aggregate's results over parts are merged by.
void describe_measure(Node *expression, Oid extension, const char *plain_name, Column *column) {
    if (!IsA(expression, Aggref))
        refuse(psprintf("column \"%s\"", plain_name),
               "Each column is a group key or one aggregate. Compute with aggregates when the roll-up is read.");
    const Aggref *aggregate = reinterpret_cast<Aggref *>(expression);
    if (aggregate->aggdistinct != NIL)
        refuse("DISTINCT in an aggregate", "Counts of different values can be kept as distinct_agg(x).");
    if (aggregate->aggorder != NIL || aggregate->aggkind != AGGKIND_NORMAL)
        refuse("an aggregate of ordered rows",
               aggregate->aggkind == AGGKIND_NORMAL
                   ? nullptr
                   : "Keep quantile_agg(x), and ask it for percentiles when the roll-up is read.");
    const char *name = column->name;
    const char *type = format_type_be_qualified(aggregate->aggtype);
    const char *function = get_func_name(aggregate->aggfnoid);
    const bool is_ours = getExtensionOfObject(ProcedureRelationId, aggregate->aggfnoid) == extension;
    if (is_ours && getExtensionOfObject(TypeRelationId, aggregate->aggtype) == extension &&
        get_typtype(aggregate->aggtype) == TYPTYPE_BASE) {
        if (is_nondeterministic(aggregate->inputcollid))
            refuse(psprintf("%s with a nondeterministic collation", function), "No sketch takes such values.");
        const char *schema = get_namespace_name(get_func_namespace(aggregate->aggfnoid));
        const char *merge = quote_qualified_identifier(schema, "merge");
        column->merged = psprintf("%s(%s)", merge, name);
        column->updated = psprintf("%s(m.%s, excluded.%s)", merge, name, name);
        // The bounds of topk_sketch are as good in any order of merges, but not the same.
        if (strcmp(strrchr(type, '.'), ".topk_sketch") == 0)
            column->compared = psprintf("%s(v.%s)", quote_qualified_identifier(schema, "total_count"), name);
        return;
    }
    if (is_ours)
        refuse(psprintf("%s", function), "Keep the sketch, as quantile_agg(x), and ask it when the roll-up is read.");
    const bool is_builtin = get_func_namespace(aggregate->aggfnoid) == PG_CATALOG_NAMESPACE;
    switch (aggregate->aggfnoid) {
        case F_COUNT_ANY:
        case F_COUNT_:
            column->merged = psprintf("pg_catalog.sum(%s)::pg_catalog.int8", name);
            column->updated = psprintf("m.%s + excluded.%s", name, name);
            return;
        case F_SUM_INT2:
        case F_SUM_INT4:
        case F_SUM_INT8:
        case F_SUM_NUMERIC:
            column->merged = psprintf("pg_catalog.sum(%s)::%s", name, type);
            column->updated = psprintf("COALESCE(m.%s + excluded.%s, m.%s, excluded.%s)", name, name, name, name);
            return;
        case F_SUM_FLOAT4:
        case F_SUM_FLOAT8:
            refuse("a sum of type double precision or real",
                   "It depends on the order of rows. Sum numeric, or keep quantile_agg(x) and read sum_value.");
        default: break;
    }
    if (is_builtin && (strcmp(function, "min") == 0 || strcmp(function, "max") == 0)) {
        if (is_nondeterministic(aggregate->inputcollid))
            refuse(psprintf("%s with a nondeterministic collation", function));
        column->merged = psprintf("pg_catalog.%s(%s)", function, name);
        column->updated =
            psprintf("%s(m.%s, excluded.%s)", strcmp(function, "min") == 0 ? "LEAST" : "GREATEST", name, name);
        return;
    }
    if (is_builtin && strcmp(function, "avg") == 0)
        refuse("avg", "Keep sum(x) and count(x), or quantile_agg(x) and read mean_value.");
    refuse(psprintf("aggregate %s", function),
           "It keeps sketch aggregates and their merge, count, sum of integers and numeric, min and max.");
}

// The columns that are read, as a row.
char *used_columns(Node *expressions, Relation source) {
    Bitmapset *used = nullptr;
    pull_varattnos(expressions, 1, &used);
    StringInfoData row;
    initStringInfo(&row);
    for (int member = -1; (member = bms_next_member(used, member)) >= 0;) {
        const int number = member + FirstLowInvalidHeapAttributeNumber;
        if (number <= 0) refuse("system columns or whole rows", "Name the columns.");
        const Form_pg_attribute column = TupleDescAttr(RelationGetDescr(source), number - 1);
        if (column->attgenerated != '\0')
            refuse(psprintf("generated column \"%s\"", NameStr(column->attname)),
                   "Use the expression that generates it.");
        appendStringInfo(&row, "%s%s.%s", row.len > 0 ? ", " : "", kAlias, quote_identifier(NameStr(column->attname)));
    }
    return row.data;
}

}  // namespace

Definition *read_definition(Oid view, bool at_first) {
    Relation relation = try_relation_open(view, AccessShareLock);
    if (relation == nullptr) return nullptr;
    if (relation->rd_rel->relkind != RELKIND_VIEW)
        ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
                errmsg("\"%s\" is not a view", RelationGetRelationName(relation)));
    Query *tree = static_cast<Query *>(copyObjectImpl(get_view_query(relation)));
    relation_close(relation, AccessShareLock);
    check_shape(tree);
    const int place = static_cast<RangeTblRef *>(linitial(tree->jointree->fromlist))->rtindex;
    const RangeTblEntry *entry = rt_fetch(place, tree->rtable);
    check_source(entry);
#if PG_VERSION_NUM >= 180000
    if (tree->hasGroupRTE)
        tree->targetList =
            reinterpret_cast<List *>(flatten_group_exprs(nullptr, tree, reinterpret_cast<Node *>(tree->targetList)));
#endif
    // As if the source were the only table, which is what the deparser below is told.
    ChangeVarNodes(reinterpret_cast<Node *>(tree->targetList), place, 1, 0);
    Node *where = tree->jointree->quals;
    if (where != nullptr) ChangeVarNodes(where, place, 1, 0);
    if (contain_mutable_functions(reinterpret_cast<Node *>(tree->targetList)) ||
        (where != nullptr && contain_mutable_functions(where)))
        refuse("expressions that depend on time or settings",
               "Use immutable functions only. date_trunc of a timestamp with time zone depends on TimeZone: use "
               "date_bin('1 minute', at, '2000-01-01'). A condition on now() belongs to the queries on the roll-up.");

    Definition *query = static_cast<Definition *>(palloc0(sizeof(Definition)));
    query->source = entry->relid;
    query->is_partitioned = entry->relkind == RELKIND_PARTITIONED_TABLE;
    const Oid extension = get_extension_oid("sketch_ext", false);
    List *context = deparse_context_for(kAlias, query->source);
    const int settings = NewGUCNestLevel();
    fix_settings(true);  // of constants as text
    for (const TargetEntry *target : each<TargetEntry>(tree->targetList)) {
        Node *expression = reinterpret_cast<Node *>(target->expr);
        if (target->resjunk) refuse("a group key that is no column", "Select all that the query groups by.");
        Column *column = static_cast<Column *>(palloc0(sizeof(Column)));
        column->name = pstrdup(quote_identifier(target->resname));
        column->value = deparse_expression(expression, context, true, false);
        column->is_key = target->ressortgroupref != 0;
        column->compared = psprintf("v.%s", column->name);
        query->columns = lappend(query->columns, column);
        if (!column->is_key) {
            describe_measure(expression, extension, target->resname, column);
        } else if (is_bucket(expression, query)) {
            if (query->bucket != nullptr) refuse("two buckets of time");
            query->bucket = column;
            column->indexed = column->name;
        } else {
            check_key(expression, target->resname);
            if (!may_be_long(getBaseType(exprType(expression)))) column->indexed = column->name;
        }
    }
    set_indexed(query->columns);
    if (query->bucket == nullptr)
        refuse("a query without a bucket of time",
               "Group by date_bin('1 minute', at, '2000-01-01'), where at is a column of type timestamp.");
    if (where != nullptr) query->where = deparse_expression(where, context, true, false);
    Relation source = try_relation_open(query->source, AccessShareLock);
    if (source == nullptr) {
        AtEOXact_GUC(false, settings);
        return nullptr;
    }
    const Form_pg_attribute time = TupleDescAttr(RelationGetDescr(source), query->at - 1);
    query->time = pstrdup(quote_identifier(NameStr(time->attname)));
    query->used = used_columns(reinterpret_cast<Node *>(list_make2(tree->targetList, where)), source);
    if (at_first) check_source_at_first(query, source, time);
    // Nor is the definition locked by now: rollup_drop locks them the other way round.
    relation_close(source, AccessShareLock);
    AtEOXact_GUC(false, settings);
    return query;
}

}  // namespace pg::rollup
