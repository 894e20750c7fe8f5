// The triggers of roll-ups: on their sources, which add deltas and invalid ranges, and on their own tables.
#include "rollup.hpp"

extern "C" {
#include "catalog/partition.h"
#include "commands/trigger.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"
}

namespace {

using namespace pg;
using namespace pg::rollup;

// ---- the valve ----------------------------------------

// Deltas are merged now and then by who makes them, if nobody else does: where that cannot make anybody wait for long,
// as the transaction ends with the statement. An error there is no error of the statement, nor is a statement_timeout,
// which would undo rows that are in: then it is tried with fewer.
constexpr int kAppendsBetween = 500, kMaxAtOnce = 2000, kMinAtOnce = 20;

void relieve(Rollup *rollup) {
    static int appends = 0, max_rows = kMaxAtOnce;
    if (++appends < kAppendsBetween || IsTransactionBlock() || IsolationUsesXactSnapshot()) return;
    appends = 0;
    ErrorData *error = try_to(true, [=] {
        if (!try_lock(rollup, false)) return;
        run(rollup, Action::kCompact, {{Int64GetDatum(max_rows), false, INT8OID}});
        run(rollup, Action::kCompacted);
    });
    max_rows = error == nullptr ? Min(2 * max_rows, kMaxAtOnce) : Max(max_rows / 4, kMinAtOnce);
    if (error != nullptr) FreeErrorData(error);
}

// ---- triggers ----------------------------------------

void check_trigger(bool is_right, const char *otherwise) {
    if (!is_right) ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED), errmsg("%s", otherwise));
}

TriggerData *trigger_of(FunctionCallInfo fcinfo, int32 *number) {
    check_trigger(CALLED_AS_TRIGGER(fcinfo), "function can only be called as a trigger");
    TriggerData *trigger = reinterpret_cast<TriggerData *>(fcinfo->context);
    check_trigger(trigger->tg_trigger->tgnargs == 1, "trigger needs the number of a roll-up");
    *number = pg_strtoint32(trigger->tg_trigger->tgargs[0]);
    return trigger;
}

// The roll-up of a trigger on its source or a partition of it, or null if it is gone, or has another source. A second
// trigger on the same table would count rows twice.
Rollup *rollup_of(const TriggerData *trigger, int32 number, const char *kind) {
    Rollup *rollup = find(number);
    if (rollup->gone) return nullptr;
    Oid relation = RelationGetRelid(trigger->tg_relation);
    if (relation != rollup->query->source) {
        if (!rollup->query->is_partitioned) return nullptr;
        if (!trigger->tg_relation->rd_rel->relispartition ||
            !list_member_oid(get_partition_ancestors(relation), rollup->query->source)) {
            run(rollup, Action::kLeft, {{ObjectIdGetDatum(relation), false, OIDOID}});
            return nullptr;
        }
    }
    if (strcmp(trigger->tg_trigger->tgname, psprintf("sketch_rollup_%d_%s", number, kind)) != 0)
        ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                errmsg("trigger \"%s\" is not one of roll-up %d", trigger->tg_trigger->tgname, number));
    return rollup;
}

// After a TRUNCATE of a partition.
void invalidate_partition(Rollup *rollup, Oid relation) {
    for (const Partition *partition : each<Partition>(partitions_of(rollup->query))) {
        if (partition->relation != relation) continue;
        // Its partitions are emptied, too, and tell of their own ranges: there may be others that were kept.
        if (!partition->is_leaf) return;
        run(rollup, Action::kInvalidate, {{TimestampGetDatum(partition->lo)}, {TimestampGetDatum(partition->hi)}});
        return;
    }
    run(rollup, Action::kEmptied);
}

// After an INSERT, if some partitions are not followed. It is found out again when one has come or gone.
void note_unfollowed(Rollup *rollup) {
    if (!rollup->partitions_known) {
        rollup->partitions_known = true;  // what changes from here on makes it unknown again
        rollup->all_followed = false;
        PushActiveSnapshot(GetLatestSnapshot());
        List *parents = list_make1_oid(rollup->query->source);
        for (const Partition *partition : each<Partition>(partitions_of(rollup->query)))
            if (!partition->is_leaf) parents = lappend_oid(parents, partition->relation);
        PopActiveSnapshot();
        MemoryContext previous = MemoryContextSwitchTo(rollup->context);
        list_free(rollup->parents);
        rollup->parents = list_copy(parents);
        MemoryContextSwitchTo(previous);
        run(rollup, Action::kUnfollowed, {}, InvalidOid, GetLatestSnapshot());
        rollup->all_followed = !DatumGetBool(first_value(3));
    }
    if (!rollup->all_followed) run(rollup, Action::kNote, {}, InvalidOid, GetLatestSnapshot());
}

}  // namespace

// After each statement that changes the source.
PG_FN(sketch_rollup_capture) {
    int32 number;
    TriggerData *trigger = trigger_of(fcinfo, &number);
    const TriggerEvent event = trigger->tg_event;
    check_trigger(TRIGGER_FIRED_AFTER(event) && TRIGGER_FIRED_FOR_STATEMENT(event),
                  "trigger must be fired after a statement");
    Tuplestorestate *rows = TRIGGER_FIRED_BY_INSERT(event) ? trigger->tg_newtable : trigger->tg_oldtable;
    const bool is_truncate = TRIGGER_FIRED_BY_TRUNCATE(event);
    if (!is_truncate && (rows == nullptr || tuplestore_tuple_count(rows) == 0)) return PointerGetDatum(nullptr);
    using Captured = std::pair<Action, const char *>;
    const auto [action, kind] = is_truncate                      ? Captured{Action::kEmptied, "truncate"}
                                : TRIGGER_FIRED_BY_INSERT(event) ? Captured{Action::kInserted, "insert"}
                                : TRIGGER_FIRED_BY_UPDATE(event) ? Captured{Action::kUpdated, "update"}
                                                                 : Captured{Action::kDeleted, "delete"};
    connect();
    if (SPI_register_trigger_data(trigger) < 0) elog(ERROR, "SPI_register_trigger_data failed");
    if (Rollup *rollup = rollup_of(trigger, number, kind); rollup != nullptr) {
        const Oid relation = RelationGetRelid(trigger->tg_relation);
        if (is_truncate && relation != rollup->query->source) {
            invalidate_partition(rollup, relation);
        } else if (is_truncate || !rollup->allowed) {
            // An owner who may not read the source gets to know no more than that it was changed.
            run(rollup, Action::kEmptied);
        } else {
            run(rollup, action, {}, relation);
            if (action == Action::kInserted && rollup->query->is_partitioned) note_unfollowed(rollup);
        }
        if (action == Action::kInserted) relieve(rollup);
    }
    SPI_finish();
    return PointerGetDatum(nullptr);
}

namespace {

// Whether a bucket is invalid already by a row before, of the same transaction: an apply, and above all a first copy,
// has many rows of the same minutes. One set for all, which is emptied when it is large.
bool is_noted(const Rollup *rollup, Timestamp bucket) {
    struct Noted {
        int64 bucket;
        int32 number, unused;
    };
    constexpr long kMaxNoted = 100000;
    static HTAB *noted = nullptr;
    static TransactionId transaction = InvalidTransactionId;
    static SubTransactionId part = InvalidSubTransactionId;
    static uint64 after = 0;  // which makes buckets valid again
    const TransactionId now = GetTopTransactionId();
    if (noted != nullptr && (now != transaction || maintained() != after || GetCurrentSubTransactionId() != part ||
                             hash_get_num_entries(noted) >= kMaxNoted)) {
        hash_destroy(noted);
        noted = nullptr;
    }
    if (noted == nullptr) {
        HASHCTL control = {};
        control.keysize = control.entrysize = sizeof(Noted);
        noted = hash_create("sketch_rollup buckets", 64, &control, HASH_ELEM | HASH_BLOBS);
        transaction = now;
        after = maintained();
        part = GetCurrentSubTransactionId();
    }
    const Noted key = {bucket, rollup->number, 0};
    bool found;
    hash_search(noted, &key, HASH_ENTER, &found);
    return found;
}

}  // namespace

// After a row that was changed where statement triggers do not fire: see is_touched.
PG_FN(sketch_rollup_touch) {
    int32 number;
    TriggerData *trigger = trigger_of(fcinfo, &number);
    check_trigger(TRIGGER_FIRED_AFTER(trigger->tg_event) && TRIGGER_FIRED_FOR_ROW(trigger->tg_event),
                  "trigger must be fired after a row");
    connect();
    if (Rollup *rollup = rollup_of(trigger, number, TRIGGER_FIRED_BY_DELETE(trigger->tg_event) ? "removed" : "written");
        rollup != nullptr) {
        const Oid relation = RelationGetRelid(trigger->tg_relation), source = rollup->query->source;
        AttrNumber at = rollup->query->at;
        if (relation != source) at = get_attnum(relation, get_attname(source, at, false));
        for (HeapTuple row : {trigger->tg_trigtuple, trigger->tg_newtuple}) {
            if (row == nullptr) continue;
            bool is_null;
            Datum time = heap_getattr(row, at, RelationGetDescr(trigger->tg_relation), &is_null);
            if (!is_null && is_noted(rollup, bucket_of(rollup->query, DatumGetTimestamp(time)))) continue;
            run(rollup, Action::kTouched, {{time, is_null}});
        }
    }
    SPI_finish();
    return PointerGetDatum(nullptr);
}

// Whether statement triggers may not see what happens to a row: they do not fire where logical replication is applied,
// nor in sessions whose session_replication_role is replica; nor if the source is a partition, and a statement names
// the table that it is one of.
PG_FN(sketch_rollup_is_touched) {
    if (SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA) PG_RETURN_BOOL(true);
    static const Rollup *last = nullptr;  // asked for each row, of the same roll-up for a while
    const int32 number = PG_GETARG_INT32(0);
    if (last == nullptr || last->number != number || !last->known) last = find(number, false);
    PG_RETURN_BOOL(!last->gone && last->source_is_partition);
}

// After a statement that changes a roll-up's rows or deltas, if it is none of ours: what they are worth is not known.
// This works on tables without the rest of a roll-up, too, as a restore of data makes them one by one.
PG_FN(sketch_rollup_guard) {
    int32 number;
    TriggerData *trigger = trigger_of(fcinfo, &number);
    if (runs_our_statement()) return PointerGetDatum(nullptr);
    const Oid relation = RelationGetRelid(trigger->tg_relation), owner = owner_of(part_of(number, kInvalid));
    const bool guarded = relation == part_of(number, kRows) || relation == part_of(number, kDeltas);
    if (!guarded || owner != owner_of(relation)) return PointerGetDatum(nullptr);
    connect();
    as_user(owner, [&] {
        if (SPI_execute(psprintf("INSERT INTO %s.%s_%d VALUES (NULL, NULL)", kSchema, kPartNames[kInvalid], number),
                        false, 0) < 0)
            elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(SPI_result));
    });
    SPI_finish();
    return PointerGetDatum(nullptr);
}
