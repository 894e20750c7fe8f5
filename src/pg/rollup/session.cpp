// What a session knows of roll-ups, and how it runs their statements: as the owner of the roll-up, under a search_path
// that nobody else chooses, so that who writes to the source needs no right on the roll-up and gets none.
#include "rollup.hpp"

#include "../item/item.hpp"

extern "C" {
#include "access/relation.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace pg::rollup {

namespace {

HTAB *rollups = nullptr;
uint64 statements_of_maintenance = 0;
bool is_ours = false;  // the statement that runs is one of a roll-up's own: guards let it through

// ---- what a session knows ----------------------------------------

void forget(Datum, Oid relation) {
    HASH_SEQ_STATUS all;
    hash_seq_init(&all, rollups);
    while (Rollup *rollup = static_cast<Rollup *>(hash_seq_search(&all))) {
        bool changed = !OidIsValid(relation) || rollup->gone || relation == rollup->view ||
                       (rollup->query != nullptr && relation == rollup->query->source);
        for (Oid part : rollup->parts) changed = changed || relation == part;
        if (changed) rollup->known = false;
        if (changed || list_member_oid(rollup->parents, relation)) rollup->partitions_known = false;
    }
}

// Names of functions, types and schemas stand in the statements that are kept.
void forget_all(Datum, int, uint32) { forget(Datum(0), InvalidOid); }

// The view that people read, if it is still there. As it is now, whatever the snapshot of the transaction: one that is
// older than the roll-up must be captured as well, as its rows may be committed after the first refresh. A parallel
// query has one snapshot only; it does not write.
Oid view_of(Oid state) {
    Relation table = try_relation_open(state, AccessShareLock);
    if (table == nullptr) return InvalidOid;
    Snapshot now = RegisterSnapshot(IsInParallelMode() ? GetActiveSnapshot() : GetLatestSnapshot());
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
    relation_close(table, AccessShareLock);
    return get_rel_relkind(view) == RELKIND_VIEW ? view : InvalidOid;
}

void read(Rollup *rollup) {
    for (SPIPlanPtr &plan : rollup->plans) {
        if (plan != nullptr) SPI_freeplan(plan);
        plan = nullptr;
    }
    if (rollup->context != nullptr) MemoryContextDelete(rollup->context);
    rollup->context = nullptr;
    rollup->query = nullptr;
    rollup->parents = NIL;
    rollup->partitions_known = false;
    rollup->view = InvalidOid;
    rollup->gone = true;
    rollup->known = true;  // what changes from here on makes it unknown again
    bool is_whole = true;
    auto has = [&](int part) {
        rollup->parts[part] = part_of(rollup->number, static_cast<Part>(part));
        if (get_rel_relkind(rollup->parts[part]) != (part == kDefinition ? RELKIND_VIEW : RELKIND_RELATION))
            return false;
        if (part == kDefinition) rollup->owner = owner_of(rollup->parts[part]);
        is_whole = is_whole && owner_of(rollup->parts[part]) == rollup->owner;
        return true;
    };
    rollup->parts[kPartitions] = InvalidOid;
    for (int part = 0; part < kPartitions; part++)
        if (!has(part)) return;
    if (is_whole) rollup->view = view_of(rollup->parts[kState]);
    if (is_whole && !OidIsValid(rollup->view)) return;
    rollup->context = AllocSetContextCreate(CacheMemoryContext, "sketch_rollup", ALLOCSET_SMALL_SIZES);
    MemoryContext previous = MemoryContextSwitchTo(rollup->context);
    rollup->query = read_definition(rollup->parts[kDefinition], false);
    MemoryContextSwitchTo(previous);
    if (rollup->query == nullptr) return;
    // Of a plain table there is none, whatever others have called so.
    if (rollup->query->is_partitioned && !has(kPartitions)) return;
    rollup->allowed = pg_class_aclcheck(rollup->query->source, rollup->owner, ACL_SELECT) == ACLCHECK_OK;
    // Anybody may create tables in the schema: one that was slipped in gets nothing of rows that its owner may not
    // read.
    if (!is_whole && !rollup->allowed) return;
    if (!is_whole)
        ereport(
            ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("the tables of roll-up %d have different owners", rollup->number),
            errhint(
                "Make all tables sketch_rollup_data.*_%d and the view sketch_rollup_data.query_%d belong to one role.",
                rollup->number, rollup->number));
    rollup->source_is_partition = get_rel_relispartition(rollup->query->source);
    rollup->gone = false;
}

}  // namespace

Oid part_of(int32 number, Part part) {
    return get_relname_relid(psprintf("%s_%d", kPartNames[part], number), get_namespace_oid(kSchema, true));
}

Oid owner_of(Oid relation) {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple)) return InvalidOid;
    const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
    ReleaseSysCache(tuple);
    return owner;
}

Rollup *find(int32 number, bool again) {
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
    if ((!rollup->known || (rollup->gone && again)) && rollup->running == 0) {
        PG_TRY();
        {
            read(rollup);
            if (rollup->gone && IsInParallelMode()) rollup->known = false;  // it may not be in that snapshot
        }
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

namespace {

// Partitions have their columns in other places than the source, so that plans that read new and old rows are for one
// table. The last one is kept: who writes to partitions by their names stays with one for a while.
SPIPlanPtr plan_of(Rollup *rollup, Action action, int arguments, Oid *types, Oid relation) {
    SPIPlanPtr &plan = rollup->plans[static_cast<int>(action)];
    Oid &planned_for = rollup->planned_for[static_cast<int>(action)];
    if (plan != nullptr && planned_for == relation) return plan;
    SPIPlanPtr made = SPI_prepare(statement(rollup->query, rollup->number, action), arguments, types);
    if (made == nullptr) elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
    const bool is_in_use = plan != nullptr && rollup->running > 1;
    if (is_in_use) return made;
    SPI_keepplan(made);
    if (plan != nullptr) SPI_freeplan(plan);
    planned_for = relation;
    return plan = made;
}

// Settings of a statement: those of its text, or that it is not compiled. The planner thinks that it has a million
// rows, as it does not know how few ranges there are.
enum class Settings { kNone, kOfText, kNotCompiled };

template <typename Work>
void as_owner(Rollup *rollup, Settings settings, Work work) {
    ErrorCallback context([=] {
        const char *name = get_rel_name(rollup->view);
        errcontext("roll-up \"%s\"", name == nullptr ? "?" : name);
    });
    const bool was_ours = is_ours;
    as_user(rollup->owner, [&] {
        if (settings == Settings::kOfText) fix_settings(false);
        if (settings == Settings::kNotCompiled) set_locally("jit", "off");
        set_locally("search_path", "pg_catalog, pg_temp");  // names mean what is there, whatever the caller has
        rollup->running++;
        PG_TRY();
        {
            is_ours = true;
            work();
        }
        PG_FINALLY();
        {
            is_ours = was_ours;
            rollup->running--;
        }
        PG_END_TRY();
    });
    context.pop();
}

}  // namespace

void connect() {
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
}

void run(Rollup *rollup, Action action, std::initializer_list<Argument> arguments, Oid relation, Snapshot snapshot) {
    constexpr int kMaxArguments = 2;
    Oid types[kMaxArguments];
    Datum values[kMaxArguments];
    char nulls[kMaxArguments];
    int count = 0;
    for (const Argument &argument : arguments) {
        types[count] = OidIsValid(argument.type) ? argument.type : rollup->query->at_type;
        values[count] = argument.value;
        nulls[count++] = argument.is_null ? 'n' : ' ';
    }
    // An update compares values as text; no other text depends on settings, and setting them takes time.
    const bool is_maintenance = action >= Action::kInvalidate && snapshot == InvalidSnapshot;
    const Settings settings = action == Action::kUpdated                      ? Settings::kOfText
                              : is_maintenance || snapshot != InvalidSnapshot ? Settings::kNotCompiled
                                                                              : Settings::kNone;
    if (is_maintenance) statements_of_maintenance++;
    as_owner(rollup, settings, [&] {
        SPIPlanPtr plan = plan_of(rollup, action, count, types, relation);
        if (SPI_execute_snapshot(plan, values, nulls, snapshot, InvalidSnapshot, false, true, 0) < 0)
            elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(SPI_result));
    });
}

void run_command(Rollup *rollup, const char *sql) {
    as_owner(rollup, Settings::kNone, [&] {
        if (SPI_execute(sql, false, 0) < 0) elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(SPI_result));
    });
}

bool runs_our_statement() { return is_ours; }
uint64 maintained() { return statements_of_maintenance; }

Datum first_value(int column, bool *is_null) {
    bool unused;
    return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, is_null == nullptr ? &unused : is_null);
}

bool try_lock(const Rollup *rollup, bool wait) {
    if (wait) LockRelationOid(rollup->parts[kState], ShareUpdateExclusiveLock);
    return wait || ConditionalLockRelationOid(rollup->parts[kState], ShareUpdateExclusiveLock);
}

ErrorData *try_to(bool ignores_cancel, void (*work)(void *), void *argument) {
    MemoryContext memory = CurrentMemoryContext;
    ResourceOwner resources = CurrentResourceOwner;
    ErrorData *volatile error = nullptr;
    BeginInternalSubTransaction(nullptr);
    MemoryContextSwitchTo(memory);
    PG_TRY();
    {
        work(argument);
        ReleaseCurrentSubTransaction();
    }
    PG_CATCH();
    {
        MemoryContextSwitchTo(memory);
        error = CopyErrorData();
        FlushErrorState();
        RollbackAndReleaseCurrentSubTransaction();
    }
    PG_END_TRY();
    MemoryContextSwitchTo(memory);
    CurrentResourceOwner = resources;
    if (error != nullptr && error->sqlerrcode == ERRCODE_QUERY_CANCELED && !ignores_cancel) ReThrowError(error);
    return error;
}

}  // namespace pg::rollup
