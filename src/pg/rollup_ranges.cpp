// Ranges of time that consist of whole buckets, and partitions with theirs.
//
// Buckets older than some time may be folded into wider ones. The folds of a roll-up are an array of pairs, the widest
// first: buckets that begin before the first number are as wide as the second, in microseconds. The wider widths are
// multiples of the narrower ones and all have one origin, so that a folded bucket consists of whole buckets.
#include "rollup.hpp"

extern "C" {
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/multirangetypes.h"
#include "utils/partcache.h"
#include "utils/rangetypes.h"
#include "utils/rel.h"
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

// The range of a bucket.
struct Bucket {
    Timestamp begin;
    int64 width;
};

// The buckets as a roll-up has them.
struct Buckets {
    Interval width;
    int64 microseconds;
    Timestamp origin;
    const int64 *folds;
    int pairs;

    Buckets(int64 wide, Timestamp first, ArrayType *array) : width{wide, 0, 0}, microseconds(wide), origin(first) {
        const bool has_folds = array != nullptr && ARR_NDIM(array) == 1;
        if (wide <= 0 || (has_folds && (ARR_HASNULL(array) || ARR_ELEMTYPE(array) != INT8OID)))
            ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid width or folds of buckets"));
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
    Timestamp begin_of(Timestamp lo) const { return of(lo).begin; }
    Timestamp end_of(Timestamp hi) const {
        const Bucket last = of(hi - 1);
        return last.begin + last.width;
    }
};

bool is_bounded(Timestamp time) { return time > kFirst && time < kLast; }

// The time that the first column of a range partition's bound gives.
Timestamp time_of(const PartitionBoundInfoData *bounds, int place, Timestamp unbounded) {
    return bounds->kind[place][0] == PARTITION_RANGE_DATUM_VALUE ? DatumGetTimestamp(bounds->datums[place][0])
                                                                 : unbounded;
}

void add_partitions(const Definition *query, Oid parent, const Partition *of, List **all) {
    check_stack_depth();
    Relation relation = table_open(parent, AccessShareLock);
    const PartitionDesc parts = RelationGetPartitionDesc(relation, true);
    const PartitionKey key = RelationGetPartitionKey(relation);
    const PartitionBoundInfo bounds = parts->boundinfo;  // null without partitions
    const bool is_by_time = parts->nparts > 0 && key->strategy == PARTITION_STRATEGY_RANGE && key->partattrs[0] != 0 &&
                            key->partattrs[0] == get_attnum(parent, get_attname(query->source, query->at, false));
    const int first = list_length(*all);
    for (int i = 0; i < parts->nparts; i++) {
        Partition *partition = static_cast<Partition *>(palloc0(sizeof(Partition)));
        *partition = *of;
        partition->relation = parts->oids[i];
        partition->is_whole = of->is_whole && !(is_by_time && i == bounds->default_index);
        const char kind = get_rel_relkind(partition->relation);
        partition->can_trigger = (kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE) &&
                                 get_rel_persistence(partition->relation) == RELPERSISTENCE_PERMANENT;
        *all = lappend(*all, partition);
    }
    // The range at each place ends with the bound there, and begins with the one before.
    for (int place = 0; is_by_time && place < bounds->nindexes; place++) {
        if (bounds->indexes[place] < 0) continue;
        Partition *partition = static_cast<Partition *>(list_nth(*all, first + bounds->indexes[place]));
        const Timestamp lo = place > 0 ? time_of(bounds, place - 1, DT_NOBEGIN) : DT_NOBEGIN;
        Timestamp hi = place < bounds->ndatums ? time_of(bounds, place, DT_NOEND) : DT_NOEND;
        // More columns follow: there are rows with the very time of the bound.
        if (key->partnatts > 1 && is_bounded(hi)) hi++;
        partition->lo = Max(partition->lo, lo);
        partition->hi = Min(partition->hi, hi);
    }
    table_close(relation, NoLock);
    const int last = list_length(*all);
    for (int i = first; i < last; i++) {
        const Partition *partition = static_cast<const Partition *>(list_nth(*all, i));
        if (get_rel_relkind(partition->relation) == RELKIND_PARTITIONED_TABLE)
            add_partitions(query, partition->relation, partition, all);
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
    // As new as the snapshot of the statement, so that what was followed by then is there.
    AcceptInvalidationMessages();
    const Partition all = {query->source, DT_NOBEGIN, DT_NOEND, true, true};
    List *partitions = NIL;
    add_partitions(query, query->source, &all, &partitions);
    return partitions;
}

Timestamp bucket_of(const Definition *query, Timestamp time) {
    return is_bounded(time) ? Buckets(query->width, query->origin, nullptr).of(time).begin : time;
}

Timestamp folded_bucket(Timestamp bucket, Timestamp origin, ArrayType *folds) {
    return is_bounded(bucket) ? Buckets(1, origin, folds).folded(bucket).begin : bucket;
}

}  // namespace pg::rollup

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
        if (is_bounded(lo)) lo = buckets.begin_of(lo);
        if (is_bounded(hi)) hi = buckets.end_of(hi);
        each[i] = range_of(type, lo, hi);
    }
    PG_RETURN_MULTIRANGE_P(make_multirange(MultirangeTypeGetOid(ranges), type, count, each));
}

// folded(bucket, origin, folds): the bucket that it is folded into, or itself.
PG_FN(sketch_rollup_folded) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) PG_RETURN_NULL();
    const Timestamp bucket = PG_GETARG_TIMESTAMP(0);
    if (PG_ARGISNULL(2)) PG_RETURN_TIMESTAMP(bucket);
    PG_RETURN_TIMESTAMP(folded_bucket(bucket, PG_GETARG_INT64(1), PG_GETARG_ARRAYTYPE_P(2)));
}

// partitions(number, NULL of a type of ranges): all partitions of the source, the ranges of their times, whether all
// rows of the range are in it or beside it, and whether it can have the triggers.
PG_FN(sketch_rollup_partitions) {
    if (SRF_IS_FIRSTCALL()) {
        FuncCallContext *context = SRF_FIRSTCALL_INIT();
        MemoryContext previous = MemoryContextSwitchTo(context->multi_call_memory_ctx);
        if (get_call_result_type(fcinfo, nullptr, &context->tuple_desc) != TYPEFUNC_COMPOSITE)
            elog(ERROR, "return type must be a row type");
        BlessTupleDesc(context->tuple_desc);
        const Rollup *rollup = find(PG_GETARG_INT32(0));
        if (!rollup->gone && rollup->query->is_partitioned) context->user_fctx = partitions_of(rollup->query);
        MemoryContextSwitchTo(previous);
    }
    FuncCallContext *context = SRF_PERCALL_SETUP();
    const List *partitions = static_cast<const List *>(context->user_fctx);
    if (context->call_cntr >= static_cast<uint64>(list_length(partitions))) SRF_RETURN_DONE(context);
    const Partition *partition =
        static_cast<const Partition *>(list_nth(partitions, static_cast<int>(context->call_cntr)));
    TypeCacheEntry *type = lookup_type_cache(get_fn_expr_argtype(fcinfo->flinfo, 1), TYPECACHE_RANGE_INFO);
    Datum values[] = {ObjectIdGetDatum(partition->relation),
                      RangeTypePGetDatum(range_of(type, partition->lo, partition->hi)),
                      BoolGetDatum(partition->is_whole), BoolGetDatum(partition->can_trigger)};
    bool nulls[lengthof(values)] = {};
    SRF_RETURN_NEXT(context, HeapTupleGetDatum(heap_form_tuple(context->tuple_desc, values, nulls)));
}
