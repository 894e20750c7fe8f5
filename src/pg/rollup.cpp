// What runs for a roll-up: triggers on its source and on its own tables, and the maintenance that SQL calls. Statements
// run as the owner of the roll-up, under a search_path that nobody else chooses, so that who writes to the source needs
// no right on the roll-up and gets none.
#include "rollup.hpp"

#include <initializer_list>

#include "item.hpp"

extern "C" {
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
}

namespace {

using namespace pg;
using namespace pg::rollup;

// The tables of a roll-up, and its definition. Their names end in its number, which the triggers know.
enum Part { kDefinition, kRows, kDeltas, kInvalid, kState, kParts };
constexpr const char *kPartNames[kParts] = {"query", "rows", "deltas", "invalid", "state"};

// A roll-up as this session knows it.
struct Rollup {
    int32 number;  // the key of the table of all
    bool known;    // false: to be read again, as something of it has changed
    bool gone;     // it was dropped, all or in part: its triggers do nothing
    bool allowed;  // the owner may read the source
    int running;   // so many of its plans are in use, one in a trigger of another: it is not read again
    Oid owner, view, parts[kParts];
    Definition *query;
    MemoryContext context;  // of the query
    SPIPlanPtr plans[kActions];
};

HTAB *rollups = nullptr;
bool is_ours = false;  // the statement that runs is one of those below: guards let it through

// ---- what a session knows ----------------------------------------

void forget(Datum, Oid relation) {
    HASH_SEQ_STATUS all;
    hash_seq_init(&all, rollups);
    while (Rollup *rollup = static_cast<Rollup *>(hash_seq_search(&all))) {
        bool changed = !OidIsValid(relation) || rollup->gone || relation == rollup->view ||
                       (rollup->query != nullptr && relation == rollup->query->source);
        for (Oid part : rollup->parts) changed = changed || relation == part;
        if (changed) rollup->known = false;
    }
}

// Names of functions, types and schemas stand in the statements that are kept.
void forget_all(Datum, int, uint32) { forget(Datum(0), InvalidOid); }

// Within a level of settings: names mean what is in pg_catalog, whatever the caller has.
void pin_search_path() {
    (void)set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
                            false);
}

// The view that people read, if it is still there. As it is now, whatever the snapshot of the transaction: one that is
// older than the roll-up must be captured as well, as its rows may be committed after the first refresh.
Oid view_of(Oid state) {
    Relation table = table_open(state, AccessShareLock);
    Snapshot now = RegisterSnapshot(GetLatestSnapshot());
    TableScanDesc scan = table_beginscan(table, now, 0, nullptr);
    TupleTableSlot *row = table_slot_create(table, nullptr);
    Oid view = InvalidOid;
    if (TupleDescAttr(RelationGetDescr(table), 0)->atttypid == REGCLASSOID &&
        table_scan_getnextslot(scan, ForwardScanDirection, row)) {
        bool is_null;
        view = DatumGetObjectId(slot_getattr(row, 1, &is_null));
        if (is_null) view = InvalidOid;
    }
    ExecDropSingleTupleTableSlot(row);
    table_endscan(scan);
    UnregisterSnapshot(now);
    table_close(table, AccessShareLock);
    return get_rel_relkind(view) == RELKIND_VIEW ? view : InvalidOid;
}

Oid owner_of(Oid relation) {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple)) return InvalidOid;
    const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
    ReleaseSysCache(tuple);
    return owner;
}

// Runs something as another user, who can do nothing that lasts longer than the statement.
template <typename Work>
void as_user(Oid user, Work work) {
    Oid caller;
    int security;
    GetUserIdAndSecContext(&caller, &security);
    SetUserIdAndSecContext(user, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
    work();
    SetUserIdAndSecContext(caller, security);
}

void read(Rollup *rollup) {
    for (SPIPlanPtr &plan : rollup->plans) {
        if (plan != nullptr) SPI_freeplan(plan);
        plan = nullptr;
    }
    if (rollup->context != nullptr) MemoryContextDelete(rollup->context);
    rollup->context = nullptr;
    rollup->query = nullptr;
    rollup->view = InvalidOid;
    rollup->gone = true;
    rollup->known = true;  // what changes from here on makes it unknown again
    const Oid schema = get_namespace_oid(kSchema, true);
    for (int part = 0; part < kParts; part++) {
        rollup->parts[part] = get_relname_relid(psprintf("%s_%d", kPartNames[part], rollup->number), schema);
        const char kind = get_rel_relkind(rollup->parts[part]);
        if (kind != (part == kDefinition ? RELKIND_VIEW : RELKIND_RELATION)) return;
    }
    rollup->owner = owner_of(rollup->parts[kDefinition]);
    bool is_whole = true;
    for (Oid part : rollup->parts) is_whole = is_whole && owner_of(part) == rollup->owner;
    if (is_whole) rollup->view = view_of(rollup->parts[kState]);
    if (is_whole && !OidIsValid(rollup->view)) return;
    rollup->context = AllocSetContextCreate(CacheMemoryContext, "sketch_rollup", ALLOCSET_SMALL_SIZES);
    MemoryContext previous = MemoryContextSwitchTo(rollup->context);
    rollup->query = read_definition(rollup->parts[kDefinition], false);
    MemoryContextSwitchTo(previous);
    rollup->allowed = pg_class_aclcheck(rollup->query->source, rollup->owner, ACL_SELECT) == ACLCHECK_OK;
    // Anybody may create tables in the schema: one that was slipped in gets nothing of rows that its owner may not
    // read.
    if (!is_whole && !rollup->allowed) return;
    if (!is_whole)
        ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                errmsg("the tables of roll-up %d have different owners", rollup->number),
                errhint("Make all tables sketch_rollup.*_%d and the view sketch_rollup.query_%d belong to one role.",
                        rollup->number, rollup->number));
    rollup->gone = false;
}

// Within an SPI connection.
Rollup *find(int32 number) {
    if (rollups == nullptr) {
        HASHCTL control = {};
        control.keysize = sizeof(int32);
        control.entrysize = sizeof(Rollup);
        rollups = hash_create("sketch_rollup", 16, &control, HASH_ELEM | HASH_BLOBS);
        CacheRegisterRelcacheCallback(forget, Datum(0));
        for (int catalog : {PROCOID, TYPEOID, NAMESPACEOID, OPEROID})
            CacheRegisterSyscacheCallback(catalog, forget_all, Datum(0));
    }
    bool found;
    Rollup *rollup = static_cast<Rollup *>(hash_search(rollups, &number, HASH_ENTER, &found));
    if (!found) {
        memset(rollup, 0, sizeof *rollup);
        rollup->number = number;
    }
    // What was not there may be by now, without any change of a definition: a restore fills in tables that there are.
    if ((!rollup->known || rollup->gone) && rollup->running == 0) {
        PG_TRY();
        { read(rollup); }
        PG_CATCH();
        {
            rollup->known = false;
            PG_RE_THROW();
        }
        PG_END_TRY();
    }
    return rollup;
}

// ---- running statements ----------------------------------------

SPIPlanPtr plan_of(Rollup *rollup, Action action) {
    SPIPlanPtr &plan = rollup->plans[static_cast<int>(action)];
    if (plan != nullptr) return plan;
    Oid time = rollup->query->at_type, types[2] = {time, time};
    int arguments = 0;
    switch (action) {
        case Action::kTouched:
        case Action::kBucket:
        case Action::kSeal: arguments = 1; break;
        case Action::kCompact:
            arguments = 1;
            types[0] = INT8OID;
            break;
        case Action::kInvalidate:
        case Action::kRecompute:
        case Action::kNext:
        case Action::kCheck: arguments = 2; break;
        default: break;
    }
    SPIPlanPtr made = SPI_prepare(statement(rollup->query, rollup->number, action), arguments, types);
    if (made == nullptr) elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
    SPI_keepplan(made);
    return plan = made;
}

void connect() {
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
}

// Within an SPI connection. The result is in SPI_tuptable.
void run(Rollup *rollup, Action action, Datum *values = nullptr, const char *nulls = nullptr) {
    ErrorCallback context([=] {
        const char *name = get_rel_name(rollup->view);
        errcontext("roll-up \"%s\"", name == nullptr ? "?" : name);
    });
    const bool was_ours = is_ours;
    as_user(rollup->owner, [&] {
        const int level = NewGUCNestLevel();
        // An update compares values as text; nothing else depends on settings, and setting them takes time.
        if (action == Action::kUpdated) fix_settings(false);
        pin_search_path();
        rollup->running++;
        PG_TRY();
        {
            is_ours = true;
            if (SPI_execute_plan(plan_of(rollup, action), values, nulls, false, 0) < 0)
                elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(SPI_result));
        }
        PG_FINALLY();
        {
            is_ours = was_ours;
            rollup->running--;
        }
        PG_END_TRY();
        AtEOXact_GUC(true, level);
    });
    context.pop();
}

Datum first_value(bool *is_null) { return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, is_null); }

int64 only_count() {
    bool is_null;
    return DatumGetInt64(first_value(&is_null));
}

// One at a time changes the rows. The lock belongs to the roll-up's own table: only who may change that can take it.
bool try_lock(const Rollup *rollup, bool wait) {
    if (wait) LockRelationOid(rollup->parts[kState], ShareUpdateExclusiveLock);
    return wait || ConditionalLockRelationOid(rollup->parts[kState], ShareUpdateExclusiveLock);
}

// ---- the valve ----------------------------------------

// Deltas are merged now and then by who makes them, if nobody else does: where that cannot make anybody wait for long,
// as the transaction ends with the statement. An error there is no error of the statement.
constexpr int kAppendsBetween = 500, kMostAtOnce = 2000;

void relieve(Rollup *rollup) {
    static int appends = 0;
    if (++appends < kAppendsBetween || IsTransactionBlock() || IsolationUsesXactSnapshot()) return;
    appends = 0;
    MemoryContext memory = CurrentMemoryContext;
    ResourceOwner resources = CurrentResourceOwner;
    BeginInternalSubTransaction(nullptr);
    MemoryContextSwitchTo(memory);
    PG_TRY();
    {
        Datum most = Int64GetDatum(kMostAtOnce);
        if (try_lock(rollup, false)) run(rollup, Action::kCompact, &most);
        ReleaseCurrentSubTransaction();
    }
    PG_CATCH();
    {
        MemoryContextSwitchTo(memory);
        ErrorData *error = CopyErrorData();
        FlushErrorState();
        RollbackAndReleaseCurrentSubTransaction();
        if (error->sqlerrcode == ERRCODE_QUERY_CANCELED) ReThrowError(error);
        FreeErrorData(error);
    }
    PG_END_TRY();
    MemoryContextSwitchTo(memory);
    CurrentResourceOwner = resources;
}

// ---- triggers ----------------------------------------

TriggerData *trigger_of(FunctionCallInfo fcinfo, int32 *number) {
    if (!CALLED_AS_TRIGGER(fcinfo))
        ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                errmsg("function can only be called as a trigger"));
    TriggerData *trigger = reinterpret_cast<TriggerData *>(fcinfo->context);
    if (trigger->tg_trigger->tgnargs != 1)
        ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                errmsg("trigger needs the number of a roll-up"));
    *number = pg_strtoint32(trigger->tg_trigger->tgargs[0]);
    return trigger;
}

// The roll-up of a trigger on its source, or null if it is gone, or has another source. A second trigger on the same
// table would count rows twice.
Rollup *rollup_of(const TriggerData *trigger, int32 number, const char *kind) {
    Rollup *rollup = find(number);
    if (rollup->gone || RelationGetRelid(trigger->tg_relation) != rollup->query->source) return nullptr;
    if (strcmp(trigger->tg_trigger->tgname, psprintf("sketch_rollup_%d_%s", number, kind)) != 0)
        ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                errmsg("trigger \"%s\" is not one of roll-up %d", trigger->tg_trigger->tgname, number));
    return rollup;
}

}  // namespace

// After each statement that changes the source.
PG_FN(sketch_rollup_capture) {
    int32 number;
    TriggerData *trigger = trigger_of(fcinfo, &number);
    const TriggerEvent event = trigger->tg_event;
    if (!TRIGGER_FIRED_AFTER(event) || !TRIGGER_FIRED_FOR_STATEMENT(event))
        ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                errmsg("trigger must be fired after a statement"));
    Tuplestorestate *rows = TRIGGER_FIRED_BY_INSERT(event) ? trigger->tg_newtable : trigger->tg_oldtable;
    const bool is_truncate = TRIGGER_FIRED_BY_TRUNCATE(event);
    if (!is_truncate && (rows == nullptr || tuplestore_tuple_count(rows) == 0)) return PointerGetDatum(nullptr);
    struct Captured {
        Action action;
        const char *trigger;
    };
    const Captured captured = is_truncate                      ? Captured{Action::kEmptied, "truncate"}
                              : TRIGGER_FIRED_BY_INSERT(event) ? Captured{Action::kInserted, "insert"}
                              : TRIGGER_FIRED_BY_UPDATE(event) ? Captured{Action::kUpdated, "update"}
                                                               : Captured{Action::kDeleted, "delete"};
    connect();
    if (SPI_register_trigger_data(trigger) < 0) elog(ERROR, "SPI_register_trigger_data failed");
    if (Rollup *rollup = rollup_of(trigger, number, captured.trigger); rollup != nullptr) {
        // An owner who may not read the source gets to know no more than that it was changed.
        run(rollup, rollup->allowed ? captured.action : Action::kEmptied);
        if (captured.action == Action::kInserted) relieve(rollup);
    }
    SPI_finish();
    return PointerGetDatum(nullptr);
}

// After a row that was changed where statement triggers do not fire: see is_touched.
PG_FN(sketch_rollup_touch) {
    int32 number;
    TriggerData *trigger = trigger_of(fcinfo, &number);
    if (!TRIGGER_FIRED_AFTER(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
        ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED), errmsg("trigger must be fired after a row"));
    connect();
    if (Rollup *rollup = rollup_of(trigger, number, TRIGGER_FIRED_BY_DELETE(trigger->tg_event) ? "removed" : "written");
        rollup != nullptr) {
        for (HeapTuple row : {trigger->tg_trigtuple, trigger->tg_newtuple}) {
            if (row == nullptr) continue;
            bool is_null;
            Datum time = heap_getattr(row, rollup->query->at, RelationGetDescr(trigger->tg_relation), &is_null);
            const char nulls[2] = {is_null ? 'n' : ' ', '\0'};
            run(rollup, Action::kTouched, &time, nulls);
        }
    }
    SPI_finish();
    return PointerGetDatum(nullptr);
}

// Whether statement triggers may not see what happens to a row: they do not fire where logical replication is applied,
// nor in sessions whose session_replication_role is replica; and those of a partition only fire for its own name.
PG_FN(sketch_rollup_is_touched) {
    PG_RETURN_BOOL(SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA ||
                   get_rel_relispartition(PG_GETARG_OID(0)));
}

// After a statement that changes a roll-up's rows or deltas, if it is none of ours: what they are worth is not known.
// This works on tables without the rest of a roll-up, too, as a restore of data makes them one by one.
PG_FN(sketch_rollup_guard) {
    int32 number;
    TriggerData *trigger = trigger_of(fcinfo, &number);
    if (is_ours) return PointerGetDatum(nullptr);
    const Oid relation = RelationGetRelid(trigger->tg_relation), schema = get_namespace_oid(kSchema, false);
    const char *invalid = psprintf("%s_%d", kPartNames[kInvalid], number);
    const Oid owner = owner_of(get_relname_relid(invalid, schema));
    const bool guarded = relation == get_relname_relid(psprintf("%s_%d", kPartNames[kRows], number), schema) ||
                         relation == get_relname_relid(psprintf("%s_%d", kPartNames[kDeltas], number), schema);
    if (!guarded || owner != owner_of(relation)) return PointerGetDatum(nullptr);
    connect();
    as_user(owner, [&] {
        if (SPI_execute(psprintf("INSERT INTO %s.%s VALUES (NULL, NULL)", kSchema, invalid), false, 0) < 0)
            elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(SPI_result));
    });
    SPI_finish();
    return PointerGetDatum(nullptr);
}

// ---- maintenance ----------------------------------------
//
// Times go in and out as timestamp with time zone; of a timestamp without one, as if in UTC: the bits are the same.

namespace {

// A roll-up that the caller may maintain. Within an SPI connection.
Rollup *owned(int32 number) {
    Rollup *rollup = find(number);
    if (rollup->gone) ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("roll-up %d does not exist", number));
    if (!has_privs_of_role(GetUserId(), rollup->owner))
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("must be owner of roll-up \"%s\"", get_rel_name(rollup->view)));
    return rollup;
}

// The same, to be changed.
Rollup *to_maintain(int32 number) {
    Rollup *rollup = owned(number);
    if (IsolationUsesXactSnapshot())
        ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                errmsg("roll-ups are maintained in READ COMMITTED transactions only"),
                errdetail("A statement of this transaction does not see what others have done to the roll-up."),
                errhint("BEGIN ISOLATION LEVEL READ COMMITTED."));
    return rollup;
}

// With the arguments of the call behind the number.
void run_between(FunctionCallInfo fcinfo, Rollup *rollup, Action action) {
    Datum ends[2];
    char nulls[3] = "  ";
    for (int i = 0; i < 2; i++) {
        ends[i] = PG_GETARG_DATUM(i + 1);
        if (PG_ARGISNULL(i + 1)) nulls[i] = 'n';
    }
    run(rollup, action, ends, nulls);
}

// The first row of the result as a row of the function's type, with its own columns behind.
Datum result_row(FunctionCallInfo fcinfo, MemoryContext memory, std::initializer_list<Datum> more = {}) {
    MemoryContext previous = MemoryContextSwitchTo(memory);
    TupleDesc shape;
    if (get_call_result_type(fcinfo, nullptr, &shape) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    const int columns = shape->natts, found = columns - static_cast<int>(more.size());
    Datum *values = static_cast<Datum *>(palloc0(sizeof(Datum) * static_cast<size_t>(columns)));
    bool *nulls = static_cast<bool *>(palloc0(sizeof(bool) * static_cast<size_t>(columns)));
    for (int i = 0; i < found; i++) {
        nulls[i] = true;
        if (SPI_processed > 0)
            values[i] = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, i + 1, &nulls[i]);
    }
    int at = found;
    for (Datum value : more) values[at++] = value;
    HeapTuple row = heap_form_tuple(BlessTupleDesc(shape), values, nulls);
    MemoryContextSwitchTo(previous);
    return HeapTupleGetDatum(row);
}

}  // namespace

// compact(number, most): how many deltas were merged, or NULL if somebody else is at it.
PG_FN(sketch_rollup_compact) {
    connect();
    Rollup *rollup = to_maintain(PG_GETARG_INT32(0));
    Datum most = PG_ARGISNULL(1) ? Datum(0) : PG_GETARG_DATUM(1);
    const char nulls[2] = {PG_ARGISNULL(1) ? 'n' : ' ', '\0'};
    int64 merged = -1;
    if (try_lock(rollup, false)) {
        run(rollup, Action::kCompact, &most, nulls);
        merged = only_count();
        if (merged > 0) run(rollup, Action::kCompacted);
    }
    SPI_finish();
    if (merged < 0) PG_RETURN_NULL();
    PG_RETURN_INT64(merged);
}

// recompute(number, from, to): how many rows the roll-up has there now.
PG_FN(sketch_rollup_recompute) {
    connect();
    Rollup *rollup = to_maintain(PG_GETARG_INT32(0));
    LockRelationOid(rollup->query->source, AccessShareLock);  // as all who lock both do: first the source
    try_lock(rollup, true);
    run_between(fcinfo, rollup, Action::kRecompute);
    const int64 rows = only_count();
    run(rollup, Action::kRefreshed);
    SPI_finish();
    PG_RETURN_INT64(rows);
}

// next_invalid(number, from, to): the first invalid range, the buckets of the first and last rows in it, and whether
// there is one.
PG_FN(sketch_rollup_next_invalid) {
    MemoryContext memory = CurrentMemoryContext;
    connect();
    run_between(fcinfo, owned(PG_GETARG_INT32(0)), Action::kNext);
    Datum row = result_row(fcinfo, memory, {BoolGetDatum(SPI_processed > 0)});
    SPI_finish();
    return row;
}

// invalidate(number, from, to).
PG_FN(sketch_rollup_invalidate) {
    connect();
    run_between(fcinfo, to_maintain(PG_GETARG_INT32(0)), Action::kInvalidate);
    SPI_finish();
    PG_RETURN_VOID();
}

// seal(number, before): computes what is invalid before, and never again. Returns from where on that is not so.
PG_FN(sketch_rollup_seal) {
    connect();
    Rollup *rollup = to_maintain(PG_GETARG_INT32(0));
    // Who has deleted or updated rows and not committed yet would be late. The lock is that of CREATE TRIGGER.
    if (AclResult result = pg_class_aclcheck(rollup->query->source, GetUserId(), ACL_TRIGGER); result != ACLCHECK_OK)
        aclcheck_error(result, OBJECT_TABLE, get_rel_name(rollup->query->source));
    LockRelationOid(rollup->query->source, ShareRowExclusiveLock);
    try_lock(rollup, true);
    bool is_null;
    Datum before = PG_GETARG_DATUM(1);
    run(rollup, Action::kBucket, &before);
    Datum ends[2] = {Datum(0), first_value(&is_null)};
    run(rollup, Action::kRecompute, ends, "n ");
    run(rollup, Action::kSeal, ends + 1);
    Datum sealed = first_value(&is_null);
    SPI_finish();
    return sealed;  // 8 bytes, by value
}

// differing(number, from, to): the buckets in which the view is not what the query gives, as text, or NULL.
PG_FN(sketch_rollup_differing) {
    MemoryContext memory = CurrentMemoryContext;
    connect();
    run_between(fcinfo, owned(PG_GETARG_INT32(0)), Action::kCheck);
    bool is_null;
    Datum buckets = first_value(&is_null);
    MemoryContext previous = MemoryContextSwitchTo(memory);
    if (!is_null) buckets = PointerGetDatum(PG_DETOAST_DATUM_COPY(buckets));
    MemoryContextSwitchTo(previous);
    SPI_finish();
    if (is_null) PG_RETURN_NULL();
    return buckets;
}

// status_of(number): what the roll-up's tables tell, its view and its source. NULL if it is gone.
PG_FN(sketch_rollup_status_of) {
    MemoryContext memory = CurrentMemoryContext;
    connect();
    Rollup *rollup = find(PG_GETARG_INT32(0));
    if (rollup->gone || !has_privs_of_role(GetUserId(), rollup->owner)) {
        SPI_finish();
        PG_RETURN_NULL();
    }
    run(rollup, Action::kStatus);
    Datum row = result_row(fcinfo, memory, {ObjectIdGetDatum(rollup->view), ObjectIdGetDatum(rollup->query->source)});
    SPI_finish();
    return row;
}

// view_of(number): the view that people read, or NULL if the roll-up is gone.
PG_FN(sketch_rollup_view_of) {
    connect();
    const Rollup *rollup = find(PG_GETARG_INT32(0));
    SPI_finish();
    if (rollup->gone) PG_RETURN_NULL();
    PG_RETURN_OID(rollup->view);
}

// view_query(view, number): the query of the view that people read.
PG_FN(sketch_rollup_view_query) {
    PG_RETURN_TEXT_P(
        cstring_to_text(statement(read_definition(PG_GETARG_OID(0), false), PG_GETARG_INT32(1), Action::kView)));
}

// described(view, at_first): the source, the time's type, the names of the bucket and of all group keys, the buckets'
// width.
PG_FN(sketch_rollup_described) {
    TupleDesc shape;
    if (get_call_result_type(fcinfo, nullptr, &shape) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    const Definition *query = read_definition(PG_GETARG_OID(0), PG_GETARG_BOOL(1));
    Interval *width = static_cast<Interval *>(palloc0(sizeof(Interval)));
    width->time = query->width;
    Datum values[] = {ObjectIdGetDatum(query->source), ObjectIdGetDatum(query->at_type),
                      CStringGetTextDatum(query->bucket->name), CStringGetTextDatum(key_names(query)),
                      IntervalPGetDatum(width)};
    bool nulls[lengthof(values)] = {};
    PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(shape), values, nulls)));
}
