// Ranges of time that consist of whole buckets, and partitions with theirs.
//
// Buckets older than some time may be folded into wider ones. The folds of a roll-up are an array of pairs, the widest
// first: buckets that begin before the first number are as wide as the second, in microseconds. The wider widths are
// multiples of the narrower ones and all have one origin, so that a folded bucket consists of whole buckets.
#include "rollup.hpp"

extern "C" {
#include "access/genam.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "mb/pg_wchar.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/multirangetypes.h"
#include "utils/partcache.h"
#include "utils/rangetypes.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"
}

namespace pg::rollup {

namespace {

// A range that ends beyond these is unbounded, as arithmetic with them could leave the type.
constexpr Timestamp kFirst = -INT64CONST(2400000) * USECS_PER_DAY;                         // 4572 BC
constexpr Timestamp kLast = INT64CONST(288000) * INT64CONST(36525) / 100 * USECS_PER_DAY;  // 290000

constexpr int64 floor_to(int64 time, int64 width, int64 origin) {
    const int64 over = (time % width - origin % width) % width;  // their difference may be too large
    return time - over - (over < 0 ? width : 0);
}

// The buckets as a roll-up has them.
struct Buckets {
    Interval width;
    int64 microseconds;
    Timestamp origin;
    const int64 *folds;
    int pairs;

    Buckets(int64 wide, Timestamp first, ArrayType *array) : width{wide, 0, 0}, microseconds(wide), origin(first) {
        const bool has_folds = array != nullptr && ARR_NDIM(array) == 1;
        check_argument(wide > 0 && (!has_folds || (!ARR_HASNULL(array) && ARR_ELEMTYPE(array) == INT8OID)),
                       "invalid width or folds of buckets");
        folds = has_folds ? reinterpret_cast<const int64 *>(ARR_DATA_PTR(array)) : nullptr;
        pairs = has_folds ? ARR_DIMS(array)[0] / 2 : 0;
    }
    Bucket folded(Timestamp begin) const {
        for (int i = 0; i < pairs; i++) {
            const int64 before = folds[2 * i], wide = folds[2 * i + 1];
            if (begin < before && wide > 0) return {floor_to(begin, wide, origin), wide};
        }
        return {begin, microseconds};
    }
    // The query's own function, whatever it makes of times before the origin.
    Bucket of(Timestamp time) const {
        return folded(DatumGetTimestamp(DirectFunctionCall3(timestamp_bin, IntervalPGetDatum(&width),
                                                            TimestampGetDatum(time), TimestampGetDatum(origin))));
    }
    Timestamp end_of(Timestamp hi) const {
        const Bucket last = of(hi - 1);
        return last.begin + last.width;
    }
};

bool is_bounded(Timestamp time) { return time > kFirst && time < kLast; }

// ---- partitions ----------------------------------------
//
// Several parts of one statement ask for the partitions, and must get the same ones: those of the snapshot. A partition
// can be attached while the statement runs, and by then be known to the relation cache; or be in the snapshot, and not
// known yet. None can be detached, as the statement holds a lock on the source.

// The rows of a catalog in the snapshot of the statement that have this value in a column with an index.
template <typename Row>
void each_row(Oid catalog, Oid index, AttrNumber column, Oid value, Row row) {
    Relation table = table_open(catalog, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(value));
    SysScanDesc scan = systable_beginscan(table, index, true, GetActiveSnapshot(), 1, &key);
    while (HeapTuple tuple = systable_getnext(scan)) row(tuple, RelationGetDescr(table));
    systable_endscan(scan);
    table_close(table, AccessShareLock);
}

// The children, sorted.
int children_of(Oid parent, Oid **children) {
    StringInfoData found;
    initStringInfo(&found);
    each_row(InheritsRelationId, InheritsParentIndexId, Anum_pg_inherits_inhparent, parent,
             [&](HeapTuple tuple, TupleDesc) {
                 const Form_pg_inherits row = reinterpret_cast<Form_pg_inherits>(GETSTRUCT(tuple));
                 if (!row->inhdetachpending)
                     appendBinaryStringInfo(&found, reinterpret_cast<const char *>(&row->inhrelid), sizeof(Oid));
             });
    const size_t count = static_cast<size_t>(found.len) / sizeof(Oid);
    qsort(found.data, count, sizeof(Oid), oid_cmp);
    *children = reinterpret_cast<Oid *>(found.data);
    return static_cast<int>(count);
}

// The bounds of a partition that the relation cache does not know yet, or null.
PartitionBoundSpec *bounds_in_catalog(Oid partition) {
    PartitionBoundSpec *bounds = nullptr;
    each_row(RelationRelationId, ClassOidIndexId, Anum_pg_class_oid, partition, [&](HeapTuple tuple, TupleDesc shape) {
        bool is_null;
        const Datum bound = heap_getattr(tuple, Anum_pg_class_relpartbound, shape, &is_null);
        if (!is_null) bounds = static_cast<PartitionBoundSpec *>(stringToNode(TextDatumGetCString(bound)));
    });
    return bounds;
}

// A partition's range of the time, within that of its parent. There are rows with the very time of the upper bound if
// the partition key has more columns.
void narrow(Partition *partition, Timestamp lo, Timestamp hi, bool has_more_columns) {
    if (has_more_columns && is_bounded(hi)) hi++;
    partition->lo = Max(partition->lo, lo);
    partition->hi = Max(Min(partition->hi, hi), partition->lo);  // none, where the two do not meet
}

// The time that the first column of a bound gives.
Timestamp time_of(PartitionRangeDatumKind kind, Datum value) {
    return kind == PARTITION_RANGE_DATUM_VALUE      ? DatumGetTimestamp(value)
           : kind == PARTITION_RANGE_DATUM_MINVALUE ? DT_NOBEGIN
                                                    : DT_NOEND;
}
Timestamp time_of(List *bound) {
    const PartitionRangeDatum *first = static_cast<const PartitionRangeDatum *>(linitial(bound));
    return time_of(first->kind, first->value == nullptr ? Datum(0) : castNode(Const, first->value)->constvalue);
}

Partition *add_partition(const Partition *parent, Oid relation, bool is_default, List **all) {
    Partition *partition = static_cast<Partition *>(palloc0(sizeof(Partition)));
    *partition = *parent;
    partition->relation = relation;
    partition->is_whole = parent->is_whole && !is_default;
    const char kind = get_rel_relkind(relation);
    partition->can_trigger = (kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE) &&
                             get_rel_persistence(relation) == RELPERSISTENCE_PERMANENT;
    partition->is_leaf = kind != RELKIND_PARTITIONED_TABLE;
    *all = lappend(*all, partition);
    return partition;
}

void add_partitions(const Definition *query, const Partition *parent, List **all) {
    check_stack_depth();
    Relation relation = try_relation_open(parent->relation, AccessShareLock);
    if (relation == nullptr) return;
    Oid *children;
    const int count = children_of(parent->relation, &children);
    const PartitionDesc known = RelationGetPartitionDesc(relation, true);
    const PartitionKey key = RelationGetPartitionKey(relation);
    const PartitionBoundInfo bounds = known->boundinfo;  // null without partitions
    const AttrNumber at = get_attnum(parent->relation, get_attname(query->source, query->at, false));
    const bool is_by_time = key->strategy == PARTITION_STRATEGY_RANGE && key->partattrs[0] == at;
    const bool has_more_columns = key->partnatts > 1;
    const int first = list_length(*all);
    Partition **placed =
        static_cast<Partition **>(palloc0(sizeof(Partition *) * static_cast<size_t>(known->nparts + 1)));
    for (int i = 0; i < known->nparts; i++) {
        Oid *child =
            static_cast<Oid *>(bsearch(&known->oids[i], children, static_cast<size_t>(count), sizeof(Oid), oid_cmp));
        if (child == nullptr) continue;
        placed[i] = add_partition(parent, *child, is_by_time && i == bounds->default_index, all);
    }
    // The range at each place ends with the bound there, and begins with the one before.
    for (int place = 0; is_by_time && bounds != nullptr && place < bounds->nindexes; place++) {
        const int i = bounds->indexes[place];
        if (i < 0 || placed[i] == nullptr) continue;
        auto time_at = [=](int at_place) { return time_of(bounds->kind[at_place][0], bounds->datums[at_place][0]); };
        narrow(placed[i], place > 0 ? time_at(place - 1) : DT_NOBEGIN,
               place < bounds->ndatums ? time_at(place) : DT_NOEND, has_more_columns);
    }
    for (int i = 0; list_length(*all) - first < count && i < count; i++) {
        bool is_known = false;
        for (int j = 0; j < known->nparts && !is_known; j++) is_known = known->oids[j] == children[i];
        if (is_known) continue;
        const PartitionBoundSpec *spec = bounds_in_catalog(children[i]);
        Partition *partition =
            add_partition(parent, children[i], is_by_time && spec != nullptr && spec->is_default, all);
        if (is_by_time && spec != nullptr && !spec->is_default)
            narrow(partition, time_of(spec->lowerdatums), time_of(spec->upperdatums), has_more_columns);
    }
    relation_close(relation, NoLock);
    const int last = list_length(*all);
    for (int i = first; i < last; i++) {
        const Partition *partition = static_cast<const Partition *>(list_nth(*all, i));
        if (!partition->is_leaf) add_partitions(query, partition, all);
    }
}

RangeType *range_of(TypeCacheEntry *type, Timestamp lo, Timestamp hi) {
    RangeBound lower = {}, upper = {};
    lower.lower = lower.inclusive = true;
    lower.infinite = !is_bounded(lo);
    lower.val = TimestampGetDatum(lo);
    upper.infinite = !is_bounded(hi);
    upper.val = TimestampGetDatum(hi);
#if PG_VERSION_NUM >= 160000
    return make_range(type, &lower, &upper, false, nullptr);
#else
    return make_range(type, &lower, &upper, false);
#endif
}

}  // namespace

List *partitions_of(const Definition *query) {
    AcceptInvalidationMessages();  // most are known by then
    const Partition all = {query->source, DT_NOBEGIN, DT_NOEND, true, false, true};
    List *partitions = NIL;
    add_partitions(query, &all, &partitions);
    return partitions;
}

Timestamp bucket_of(const Definition *query, Timestamp time) {
    return is_bounded(time) ? Buckets(query->width, query->origin, nullptr).of(time).begin : time;
}

Bucket folded_bucket(const Definition *query, Timestamp bucket, ArrayType *folds) {
    if (!is_bounded(bucket)) return {bucket, query->width};
    return Buckets(query->width, query->origin, folds).folded(bucket);
}

}  // namespace pg::rollup

using namespace pg;
using namespace pg::rollup;

// whole(ranges, width, origin, folds): the ranges, widened to whole buckets.
PG_FN(sketch_rollup_whole) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2)) PG_RETURN_NULL();
    const MultirangeType *ranges = PG_GETARG_MULTIRANGE_P(0);
    const Buckets buckets(PG_GETARG_INT64(1), PG_GETARG_INT64(2), PG_ARGISNULL(3) ? nullptr : PG_GETARG_ARRAYTYPE_P(3));
    TypeCacheEntry *type = multirange_get_typcache(fcinfo, MultirangeTypeGetOid(ranges))->rngtype;
    int32 count;
    RangeType **each;
    multirange_deserialize(type, ranges, &count, &each);
    for (int32 i = 0; i < count; i++) {
        RangeBound lower, upper;
        bool is_empty;
        range_deserialize(type, each[i], &lower, &upper, &is_empty);
        Timestamp lo = lower.infinite ? DT_NOBEGIN : DatumGetTimestamp(lower.val);
        Timestamp hi = upper.infinite ? DT_NOEND : DatumGetTimestamp(upper.val);
        if (is_bounded(lo)) lo = buckets.of(lo).begin;
        if (is_bounded(hi)) hi = buckets.end_of(hi);
        each[i] = range_of(type, lo, hi);
    }
    PG_RETURN_MULTIRANGE_P(make_multirange(MultirangeTypeGetOid(ranges), type, count, each));
}

// folded(bucket, origin, folds): the bucket that it is folded into, or itself.
PG_FN(sketch_rollup_folded) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) PG_RETURN_NULL();
    const Timestamp bucket = PG_GETARG_TIMESTAMP(0);
    if (PG_ARGISNULL(2) || !is_bounded(bucket)) PG_RETURN_TIMESTAMP(bucket);
    PG_RETURN_TIMESTAMP(Buckets(1, PG_GETARG_INT64(1), PG_GETARG_ARRAYTYPE_P(2)).folded(bucket).begin);
}

// shortened(key, most): the bytes of a text or bytea if there are no more than that, otherwise some of them and the
// SHA-256 of all in hexadecimal digits: longer than any key that is not shortened.
PG_FN(sketch_rollup_shortened) {
    const text *key = PG_GETARG_TEXT_PP(0);
    const int max_size = Max(PG_GETARG_INT32(1), 0), length = static_cast<int>(VARSIZE_ANY_EXHDR(key));
    if (length <= max_size) PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    const int kept = pg_mbcliplen(VARDATA_ANY(key), length, max_size);
    const bytea *digest = DatumGetByteaPP(DirectFunctionCall1(sha256_bytea, PointerGetDatum(key)));
    const size_t bytes = VARSIZE_ANY_EXHDR(digest), size = VARHDRSZ + static_cast<size_t>(kept) + 2 * bytes;
    text *made = static_cast<text *>(palloc(size));
    SET_VARSIZE(made, size);
    memcpy(VARDATA(made), VARDATA_ANY(key), static_cast<size_t>(kept));
    hex_encode(VARDATA_ANY(digest), bytes, VARDATA(made) + kept);
    PG_RETURN_TEXT_P(made);
}

namespace {

// Whether the rows of a range of time can be looked up.
bool has_index(const Definition *query) {
    Relation source = try_relation_open(query->source, AccessShareLock);
    if (source == nullptr) return false;
    bool found = false;
    ListCell *cell;
    foreach (cell, RelationGetIndexList(source)) {
        HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
        if (!HeapTupleIsValid(tuple)) continue;
        const Form_pg_index index = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
        found = found || (index->indisvalid && index->indkey.values[0] == query->at &&
                          heap_attisnull(tuple, Anum_pg_index_indpred, nullptr));
        ReleaseSysCache(tuple);
    }
    relation_close(source, NoLock);
    return found;
}

}  // namespace

// spans(number, ranges): each of the ranges, with NULL; or one that has all of them, with them.
PG_FN(sketch_rollup_spans) {
    const MultirangeType *ranges = PG_GETARG_MULTIRANGE_P(1);
    // multirange_get_typcache would keep it where the calls keep theirs.
    TypeCacheEntry *type = lookup_type_cache(MultirangeTypeGetOid(ranges), TYPECACHE_MULTIRANGE_INFO)->rngtype;
    auto begin = [=](FuncCallContext *context) {
        const Rollup *rollup = find(PG_GETARG_INT32(0));
        int32 count;
        RangeType **each;
        multirange_deserialize(type, ranges, &count, &each);
        const bool as_one = count > 1 && (rollup->gone || !has_index(rollup->query));
        context->max_calls = as_one ? 1 : static_cast<uint64>(count);
        context->user_fctx = as_one ? nullptr : each;
    };
    return return_rows(fcinfo, begin, [=](FuncCallContext *context) {
        RangeType **each = static_cast<RangeType **>(context->user_fctx);
        RangeType *span = each == nullptr ? multirange_get_union_range(type, ranges) : each[context->call_cntr];
        Datum values[] = {RangeTypePGetDatum(span), MultirangeTypePGetDatum(ranges)};
        bool nulls[] = {false, each != nullptr};
        return HeapTupleGetDatum(heap_form_tuple(context->tuple_desc, values, nulls));
    });
}

// partitions(number, NULL of a type of ranges): all partitions of the source, the ranges of their times, whether all
// rows of the range are in it or beside it, whether rows are in it itself, and whether it can have the triggers.
PG_FN(sketch_rollup_partitions) {
    auto begin = [=](FuncCallContext *context) {
        const Rollup *rollup = find(PG_GETARG_INT32(0));
        List *partitions = !rollup->gone && rollup->query->is_partitioned ? partitions_of(rollup->query) : NIL;
        context->user_fctx = partitions;
        context->max_calls = static_cast<uint64>(list_length(partitions));
    };
    return return_rows(fcinfo, begin, [=](FuncCallContext *context) {
        const auto partitions = each<Partition>(static_cast<const List *>(context->user_fctx));
        const Partition *partition = partitions[context->call_cntr];
        TypeCacheEntry *type = lookup_type_cache(get_fn_expr_argtype(fcinfo->flinfo, 1), TYPECACHE_RANGE_INFO);
        Datum values[] = {
            ObjectIdGetDatum(partition->relation), RangeTypePGetDatum(range_of(type, partition->lo, partition->hi)),
            BoolGetDatum(partition->is_whole), BoolGetDatum(partition->is_leaf), BoolGetDatum(partition->can_trigger)};
        bool nulls[lengthof(values)] = {};
        return HeapTupleGetDatum(heap_form_tuple(context->tuple_desc, values, nulls));
    });
}
