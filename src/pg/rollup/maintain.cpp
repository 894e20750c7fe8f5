// The maintenance of roll-ups that SQL calls. Times go in and out as timestamp with time zone; of a timestamp without
// one, as if in UTC: the bits are the same.
#include "rollup.hpp"

extern "C" {
#include "catalog/pg_authid.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
}

namespace {

using namespace pg;
using namespace pg::rollup;

// Connects to SPI, and finds the roll-up of a call, which the caller may maintain.
Rollup *owned(FunctionCallInfo fcinfo) {
    connect();
    Rollup *rollup = find(PG_GETARG_INT32(0));
    if (rollup->gone)
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("roll-up %d does not exist", rollup->number));
    if (!has_privs_of_role(GetUserId(), rollup->owner))
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("must be owner of roll-up \"%s\"", get_rel_name(rollup->view)));
    return rollup;
}

// The same, to be changed.
Rollup *to_maintain(FunctionCallInfo fcinfo) {
    Rollup *rollup = owned(fcinfo);
    if (IsolationUsesXactSnapshot())
        ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                errmsg("roll-ups are maintained in READ COMMITTED transactions only"),
                errdetail("A statement of this transaction does not see what others have done to the roll-up."),
                errhint("BEGIN ISOLATION LEVEL READ COMMITTED."));
    return rollup;
}

// With the arguments of the call behind the number.
void run_between(FunctionCallInfo fcinfo, Rollup *rollup, Action action) {
    run(rollup, action, {{PG_GETARG_DATUM(1), PG_ARGISNULL(1)}, {PG_GETARG_DATUM(2), PG_ARGISNULL(2)}});
}

// The first row of the result as a row of the function's type, with its own columns behind. It outlives the connection.
Datum result_row(FunctionCallInfo fcinfo, std::initializer_list<Datum> more) {
    TupleDesc shape = row_type(fcinfo);
    const int columns = shape->natts, found = columns - static_cast<int>(more.size());
    Datum *values = static_cast<Datum *>(palloc0(sizeof(Datum) * static_cast<size_t>(columns)));
    bool *nulls = static_cast<bool *>(palloc0(sizeof(bool) * static_cast<size_t>(columns)));
    for (int i = 0; i < found; i++) {
        nulls[i] = true;
        if (SPI_processed > 0) values[i] = first_value(i + 1, &nulls[i]);
    }
    int at = found;
    for (Datum value : more) values[at++] = value;
    return HeapTupleHeaderGetDatum(SPI_returntuple(heap_form_tuple(shape, values, nulls), shape));
}

}  // namespace

// compact(number, most): how many deltas were merged, or NULL if somebody else is at it.
PG_FN(sketch_rollup_compact) {
    Rollup *rollup = to_maintain(fcinfo);
    int64 merged = -1;
    // Partitions are looked at next, and a source is locked before the tables of its roll-up.
    if (rollup->query->is_partitioned) LockRelationOid(rollup->query->source, AccessShareLock);
    if (try_lock(rollup, false)) {
        run(rollup, Action::kCompact, {{PG_GETARG_DATUM(1), PG_ARGISNULL(1), INT8OID}});
        merged = DatumGetInt64(first_value());
        if (merged > 0) run(rollup, Action::kCompacted);
    }
    SPI_finish();
    if (merged < 0) PG_RETURN_NULL();
    PG_RETURN_INT64(merged);
}

// recompute(number, from, to): how many rows the roll-up has there now.
PG_FN(sketch_rollup_recompute) {
    Rollup *rollup = to_maintain(fcinfo);
    LockRelationOid(rollup->query->source, AccessShareLock);  // as all who lock both do: first the source
    try_lock(rollup, true);
    run_between(fcinfo, rollup, Action::kRecompute);
    const int64 rows = DatumGetInt64(first_value());
    run(rollup, Action::kRefreshed);
    SPI_finish();
    PG_RETURN_INT64(rows);
}

// next_invalid(number, from, to): the first invalid range, the buckets of the first and last rows in it, and whether
// there is one.
PG_FN(sketch_rollup_next_invalid) {
    run_between(fcinfo, owned(fcinfo), Action::kNext);
    Datum row = result_row(fcinfo, {BoolGetDatum(SPI_processed > 0)});
    SPI_finish();
    return row;
}

// invalidate(number, from, to).
PG_FN(sketch_rollup_invalidate) {
    run_between(fcinfo, to_maintain(fcinfo), Action::kInvalidate);
    SPI_finish();
    PG_RETURN_VOID();
}

// ---- seal, fold, retain ----------------------------------------

namespace {

// What a roll-up's state says. Unbounded if it says nothing.
constexpr int kMaxFolds = 8;
struct Limits {
    Timestamp sealed;
    int folds;
    int64 pairs[2 * kMaxFolds];

    ArrayType *array() const {
        Datum numbers[2 * kMaxFolds];
        for (int i = 0; i < 2 * folds; i++) numbers[i] = Int64GetDatum(pairs[i]);
        return construct_array(numbers, 2 * folds, INT8OID, sizeof(int64), true, TYPALIGN_DOUBLE);
    }
};

Limits limits_of(Rollup *rollup) {
    run(rollup, Action::kLimits);
    Limits limits = {DT_NOBEGIN, 0, {}};
    if (SPI_processed == 0) return limits;
    bool is_null;
    if (Datum sealed = first_value(1, &is_null); !is_null) limits.sealed = DatumGetTimestamp(sealed);
    if (Datum folds = first_value(2, &is_null); !is_null) {
        ArrayType *array = DatumGetArrayTypeP(folds);
        const int numbers = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
        if (ARR_HASNULL(array) || numbers % 2 != 0 || numbers > 2 * kMaxFolds)
            ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED), errmsg("invalid folds of a roll-up"));
        limits.folds = numbers / 2;
        memcpy(limits.pairs, ARR_DATA_PTR(array), sizeof(int64) * static_cast<size_t>(numbers));
    }
    return limits;
}

// Waits for a lock on a partition until a time at the latest. All waits of a call end before deadlocks are looked for:
// whoever holds it may wait for another lock that is ours, and should not be the one to fail.
TimestampTz last_moment() { return TimestampTzPlusMilliseconds(GetCurrentTimestamp(), Max(DeadlockTimeout / 2, 1)); }
void lock_partition(Oid partition, TimestampTz last) {
    if (ConditionalLockRelationOid(partition, ShareRowExclusiveLock)) return;
    const int level = NewGUCNestLevel();
    const int left = static_cast<int>(Max(TimestampDifferenceMilliseconds(GetCurrentTimestamp(), last), 1));
    if (LockTimeout == 0 || LockTimeout > left) set_locally("lock_timeout", psprintf("%d", left));
    LockRelationOid(partition, ShareRowExclusiveLock);
    AtEOXact_GUC(false, level);
}

// Who has deleted or updated rows and not committed yet would be late for a seal. The lock is that of CREATE TRIGGER.
void lock_source(const Rollup *rollup, Timestamp before) {
    const Oid source = rollup->query->source;
    if (AclResult result = pg_class_aclcheck(source, GetUserId(), ACL_TRIGGER); result != ACLCHECK_OK)
        aclcheck_error(result, OBJECT_TABLE, get_rel_name(source));
    LockRelationOid(source, ShareRowExclusiveLock);
    if (!rollup->query->is_partitioned) return;
    const TimestampTz last = last_moment();
    PushActiveSnapshot(GetLatestSnapshot());  // with those that have come before the lock
    for (const Partition *partition : each<Partition>(partitions_of(rollup->query)))
        if (partition->lo < before) lock_partition(partition->relation, last);
    PopActiveSnapshot();
}

// The bucket that a time is in, as the roll-up has it.
Timestamp bucket_at(const Rollup *rollup, const Limits &limits, Timestamp time) {
    return folded_bucket(rollup->query, bucket_of(rollup->query, time), limits.array()).begin;
}

void recompute_before(Rollup *rollup, Timestamp before) {
    run(rollup, Action::kRecomputeAll, {{Datum(0), true}, {TimestampGetDatum(before)}});
}

// A statement that sets a limit, and returns what it is then.
Timestamp set_limit(Rollup *rollup, Action action, Timestamp limit) {
    run(rollup, action, {{TimestampGetDatum(limit)}});
    return DatumGetTimestamp(first_value());
}

// With both locks.
Timestamp seal(Rollup *rollup, Timestamp before) {
    recompute_before(rollup, before);
    return set_limit(rollup, Action::kSeal, before);
}

// The folds with one more, or with one that goes further than it did: up to where is returned.
Timestamp add_fold(const Rollup *rollup, Limits *limits, Timestamp before, int64 width) {
    int place = 0;
    for (int i = 0; i < limits->folds; i++) {
        const int64 other = limits->pairs[2 * i + 1];
        if (width % other != 0 && other % width != 0)
            ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("buckets of roll-up \"%s\" are folded already into such as are neither multiples nor parts "
                           "of these",
                           get_rel_name(rollup->view)));
        if (other > width) place = i + 1;
    }
    int64 *pair = limits->pairs + 2 * place;
    if (place < limits->folds && pair[1] == width) {
        pair[0] = Max(pair[0], before);
        return pair[0];
    }
    if (limits->folds == kMaxFolds)
        ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                errmsg("buckets of roll-up \"%s\" have %d widths already", get_rel_name(rollup->view), kMaxFolds));
    memmove(pair + 2, pair, sizeof(int64) * 2 * static_cast<size_t>(limits->folds - place));
    pair[0] = before;
    pair[1] = width;
    limits->folds++;
    return before;
}

// The end of a folded bucket that a time is within, or the time itself where a bucket begins.
Timestamp end_of_bucket(const Rollup *rollup, const Limits &limits, Timestamp time) {
    const Bucket bucket = folded_bucket(rollup->query, time, limits.array());
    return bucket.begin == time ? time : bucket.begin + bucket.width;
}

}  // namespace

// seal(number, before): computes what is invalid before, and never again. Returns from where on that is not so.
PG_FN(sketch_rollup_seal) {
    Rollup *rollup = to_maintain(fcinfo);
    lock_source(rollup, PG_GETARG_TIMESTAMP(1));
    try_lock(rollup, true);
    const Timestamp sealed = seal(rollup, bucket_at(rollup, limits_of(rollup), PG_GETARG_TIMESTAMP(1)));
    SPI_finish();
    PG_RETURN_TIMESTAMP(sealed);
}

// retain(number, from): drops what is before. Returns from where on there are rows.
PG_FN(sketch_rollup_retain) {
    Rollup *rollup = to_maintain(fcinfo);
    try_lock(rollup, true);
    const Timestamp from = bucket_at(rollup, limits_of(rollup), PG_GETARG_TIMESTAMP(1));
    const Timestamp retained = set_limit(rollup, Action::kRetain, from);
    SPI_finish();
    PG_RETURN_TIMESTAMP(retained);
}

// fold(number, before, width): from now on, buckets that begin before are as wide as that, in microseconds. Returns
// from where on they are not.
PG_FN(sketch_rollup_fold) {
    Rollup *rollup = to_maintain(fcinfo);
    const int64 width = PG_GETARG_INT64(2);
    if (width <= rollup->query->width || width % rollup->query->width != 0)
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("buckets of roll-up \"%s\" can be folded into multiples of their width only",
                       get_rel_name(rollup->view)),
                errdetail("They are " INT64_FORMAT " seconds wide.", rollup->query->width / USECS_PER_SEC));
    Limits wanted = {DT_NOBEGIN, 1, {PG_INT64_MAX, width}};
    const Timestamp before = folded_bucket(rollup->query, PG_GETARG_TIMESTAMP(1), wanted.array()).begin;
    Timestamp folded;
    // What is sealed reaches to the end of a folded bucket, which is computed as a whole. That needs the lock of a
    // seal, which is taken first.
    bool is_locked = false;
    for (;;) {
        wanted = limits_of(rollup);
        folded = add_fold(rollup, &wanted, before, width);
        const Timestamp sealed = end_of_bucket(rollup, wanted, wanted.sealed);
        if (is_locked) {
            if (sealed != wanted.sealed) seal(rollup, sealed);
            break;
        }
        if (sealed != wanted.sealed) lock_source(rollup, sealed);
        else if (rollup->query->is_partitioned) LockRelationOid(rollup->query->source, AccessShareLock);
        try_lock(rollup, true);
        is_locked = true;  // others may have been here before
    }
    // A bucket of which a part is kept is kept as a whole: what is invalid of the rest would stay as it is.
    if (rollup->query->is_partitioned) recompute_before(rollup, before);
    run(rollup, Action::kSetFolds, {{PointerGetDatum(wanted.array()), false, INT8ARRAYOID}});
    run(rollup, Action::kFold);
    SPI_finish();
    PG_RETURN_TIMESTAMP(folded);
}

// ---- partitions ----------------------------------------

namespace {

// Makes the triggers of a partition, if nobody writes to it, or after a short wait.
ErrorData *add_triggers(Rollup *rollup, Oid partition, bool waits, bool *done) {
    *done = false;
    return try_to(false, [=] {
        if (waits) lock_partition(partition, last_moment());
        else if (!ConditionalLockRelationOid(partition, ShareRowExclusiveLock)) return;
        if (get_rel_relkind(partition) == '\0') return;  // dropped meanwhile
        run_command(rollup, psprintf("SELECT sketch_rollup.add_triggers(%d, %u::pg_catalog.oid::pg_catalog.regclass)",
                                     rollup->number, partition));
        *done = true;
    });
}

}  // namespace

// follow(number): makes the triggers of partitions that have none, and keeps what those had that are gone. Returns how
// many partitions are still not followed.
PG_FN(sketch_rollup_follow) {
    Rollup *rollup = to_maintain(fcinfo);
    if (!rollup->query->is_partitioned) {
        SPI_finish();
        PG_RETURN_INT64(0);
    }
    LockRelationOid(rollup->query->source, AccessShareLock);
    run(rollup, Action::kUnfollowed);
    Datum *partitions;
    int count;
    deconstruct_array(DatumGetArrayTypeP(first_value()), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &partitions, nullptr,
                      &count);
    const bool has_gone = DatumGetBool(first_value(2));
    int followed = 0;
    if ((count > 0 || has_gone) && try_lock(rollup, false)) {
        // All that nobody writes to. If there are only others, one of them: who waits for one lock and holds none of
        // this kind stops nobody for good.
        int left = count;
        for (const bool waits : {false, true}) {
            for (int i = followed; i < left && (!waits || followed == 0); i++) {
                const Oid partition = DatumGetObjectId(partitions[i]);
                bool done;
                ErrorData *error = add_triggers(rollup, partition, waits, &done);
                if (done) std::swap(partitions[i], partitions[followed++]);
                if (error == nullptr) continue;
                std::swap(partitions[i--], partitions[--left]);  // that one not again
                if (error->sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE)
                    ereport(WARNING,
                            errmsg("roll-up \"%s\" cannot follow partition \"%s\"", get_rel_name(rollup->view),
                                   get_rel_name(partition)),
                            errdetail_internal("%s", error->message),
                            errhint("Until it can, the roll-up reads the range of this partition from the table. It "
                                    "needs the owner of the roll-up: ALTER TABLE ... OWNER TO."));
                FreeErrorData(error);
            }
        }
        Datum array = PointerGetDatum(construct_array(partitions, followed, OIDOID, sizeof(Oid), true, TYPALIGN_INT));
        if (followed > 0 || has_gone) {
            run(rollup, Action::kFollow, {{array, false, OIDARRAYOID}});
            CacheInvalidateRelcacheByRelid(rollup->query->source);  // writers note no more which are not
        }
    }
    SPI_finish();
    PG_RETURN_INT64(count - followed);
}

// ---- watching ----------------------------------------

// differing(number, from, to): the buckets in which the view is not what the query gives, as text, or NULL.
PG_FN(sketch_rollup_differing) {
    Rollup *rollup = owned(fcinfo);
    run_between(fcinfo, rollup, Action::kCheck);
    // A partition that was attached after this was planned is in the view, and not in the query beside it. So a
    // difference is looked at once more, while none can come.
    bool is_null;
    first_value(1, &is_null);
    if (!is_null && rollup->query->is_partitioned && !RecoveryInProgress()) {
        LockRelationOid(rollup->query->source, ShareUpdateExclusiveLock);
        run_between(fcinfo, rollup, Action::kCheck);
        UnlockRelationOid(rollup->query->source, ShareUpdateExclusiveLock);
    }
    Datum buckets = first_value(1, &is_null);
    if (!is_null) buckets = SPI_datumTransfer(buckets, false, -1);
    SPI_finish();
    if (is_null) PG_RETURN_NULL();
    return buckets;
}

// status_of(number): what the roll-up's tables tell, its view and its source. NULL if it is gone.
PG_FN(sketch_rollup_status_of) {
    connect();
    Rollup *rollup = find(PG_GETARG_INT32(0));
    if (rollup->gone ||
        !(has_privs_of_role(GetUserId(), rollup->owner) || has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS))) {
        SPI_finish();
        PG_RETURN_NULL();
    }
    if (ErrorData *error = try_to(false, [=] { run(rollup, Action::kStatus); }); error != nullptr) {
        if (error->sqlerrcode != ERRCODE_UNDEFINED_TABLE) ReThrowError(error);
        SPI_finish();  // somebody has dropped it meanwhile
        PG_RETURN_NULL();
    }
    Datum row = result_row(fcinfo, {ObjectIdGetDatum(rollup->view), ObjectIdGetDatum(rollup->query->source)});
    SPI_finish();
    return row;
}

// view_of(number): the view that people read, or NULL if the roll-up is gone.
PG_FN(sketch_rollup_view_of) {
    const Rollup *rollup = find(PG_GETARG_INT32(0));
    if (rollup->gone) PG_RETURN_NULL();
    PG_RETURN_OID(rollup->view);
}

namespace {

const Definition *definition_of(Oid view, bool at_first) {
    const Definition *query = OidIsValid(view) ? read_definition(view, at_first) : nullptr;
    if (query == nullptr) ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("roll-up does not exist"));
    return query;
}

}  // namespace

// view_query(view, number): the query of the view that people read.
PG_FN(sketch_rollup_view_query) {
    PG_RETURN_TEXT_P(
        cstring_to_text(statement(definition_of(PG_GETARG_OID(0), false), PG_GETARG_INT32(1), Action::kView)));
}

// described(number, at_first): the source, the time's type, the names of the bucket and of all group keys, the buckets'
// width, whether the source is partitioned.
PG_FN(sketch_rollup_described) {
    const Definition *query = definition_of(part_of(PG_GETARG_INT32(0), kDefinition), PG_GETARG_BOOL(1));
    Interval *width = static_cast<Interval *>(palloc0(sizeof(Interval)));
    width->time = query->width;
    Datum values[] = {ObjectIdGetDatum(query->source),          ObjectIdGetDatum(query->at_type),
                      CStringGetTextDatum(query->bucket->name), CStringGetTextDatum(key_names(query)),
                      CStringGetTextDatum(indexed_keys(query)), IntervalPGetDatum(width),
                      BoolGetDatum(query->is_partitioned)};
    bool nulls[lengthof(values)] = {};
    PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row_type(fcinfo), values, nulls)));
}
