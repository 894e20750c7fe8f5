// Roll-ups: what is known of one, and what is done with it. See sql/rollup/sketch_rollup.sql for the objects that it is
// made of, and docs/rollup.md for what it promises.
#pragma once

#include "../pg.hpp"

#include <initializer_list>
#include <span>
#include <utility>

extern "C" {
#include "executor/spi.h"
#include "nodes/pg_list.h"
#include "utils/timestamp.h"
}

namespace pg::rollup {

// Where the parts of roll-ups are, in which everybody may create tables. Functions are in sketch_rollup, where nobody
// may: so no other function is a better match for a call.
inline constexpr const char *kSchema = "sketch_rollup_data";
// What capturing statements call the rows of a statement, and the alias that expressions are written for.
inline constexpr const char *kNewRows = "sketch_new_rows", *kOldRows = "sketch_old_rows", *kAlias = "s";

// The elements of a list of pointers.
template <typename Element>
std::span<Element *const> each(const List *list) {
    static_assert(sizeof(ListCell) == sizeof(Element *));
    return {reinterpret_cast<Element *const *>(list_head(list)), static_cast<size_t>(list_length(list))};
}

// ---- definition (query.cpp) ----------------------------------------

// One column of the query. All text is SQL with every name qualified, which means the same under any search_path.
struct Column {
    const char *name;   // quoted
    const char *value;  // of the rows of the source: a group key, or an aggregate
    bool is_key;
    const char *indexed;   // of a key, what the index of rows has: a long one is shortened
    const char *merged;    // a measure of rows that are merged: an aggregate of the column
    const char *updated;   // a measure of a row of the roll-up, m, to which one more, excluded, is merged
    const char *compared;  // what of a measure of row v is the same however rows were merged
};

// The query of a roll-up: one table, one bucket of its time, group keys and measures.
struct Definition {
    Oid source;
    bool is_partitioned;  // the source is
    AttrNumber at;        // the time
    Oid at_type;          // timestamp, with or without time zone
    const char *time;     // quoted name of its column
    List *columns;        // of Column
    Column *bucket;       // one of them
    int64 width;          // of the bucket, in microseconds
    Timestamp origin;     // where one of the buckets begins
    const char *where;    // of the source's rows, or null
    const char *used;     // all columns of the source that the query reads, as a row
};

// Reads a view's definition in the current memory context. Raises an error that says what a roll-up cannot keep;
// `at_first` also of what its table may become later. Null if the view or its table was dropped meanwhile.
Definition *read_definition(Oid view, bool at_first);

// ---- buckets and partitions (ranges.cpp) ----------------------------------------

// A partition of the source, at any level, and the range of times of its rows: [lo, hi), unbounded where not finite.
struct Partition {
    Oid relation;
    Timestamp lo, hi;
    bool is_whole;     // all rows of its range are in it, or in partitions beside it: not so for a default partition
    bool is_leaf;      // rows are in it, and not in partitions of it
    bool can_trigger;  // its changes can be seen: not so of foreign and unlogged tables
};

// All partitions in the snapshot of the statement, of Partition.
List *partitions_of(const Definition *query);

// The bucket of a time as the query gives it, and as the roll-up has it, where old buckets are folded.
Timestamp bucket_of(const Definition *query, Timestamp time);
struct Bucket {
    Timestamp begin;
    int64 width;
};
Bucket folded_bucket(const Definition *query, Timestamp bucket, ArrayType *folds);

// ---- statements (statement.cpp) ----------------------------------------

// What is done with a roll-up, each in one statement and so in one snapshot.
enum class Action {
    kView,      // the query of the view that people read
    kInserted,  // after an INSERT: a delta for each bucket and group of the new rows
    kUpdated,   // after an UPDATE: the buckets of rows that changed are invalid
    kDeleted,   // after a DELETE: the buckets of the rows that were there
    kTouched,   // one row, whose time is $1
    kEmptied,   // after a TRUNCATE: everything is invalid
    kNote,      // after an INSERT, too: the ranges of partitions that are not followed are invalid, if they go
    kLeft,      // table $1 is no partition any more and changes: it is unknown, should it come back
    // All above is what triggers do, all below is maintenance.
    kInvalidate,    // the buckets from $1 to $2
    kCompact,       // merges up to $1 deltas (all, if NULL) into the rows; how many there were. Forgets what is sealed
    kRecompute,     // makes the rows of invalid ranges anew, from $1 to $2; how many there are
    kRecomputeAll,  // the same, also where partitions are not followed
    kNext,          // the first invalid range from $1 to $2, and the buckets of the first and the last row in it
    kCheck,         // the buckets from $1 to $2 in which the view is not what the query gives, as an array of text
    kSeal,          // seals what is before $1; what is sealed then
    kRetain,        // drops what is before $1; from where on the roll-up has rows
    kLimits,        // what is sealed and folded
    kSetFolds,      // folds are $1
    kFold,          // merges rows into their folded buckets; how many
    kUnfollowed,    // partitions that are not followed, and whether there are others that are gone
    kFollow,        // partitions $1, an array, are followed from now on; those that are gone are kept
    kCompacted,     // notes when the work was done
    kRefreshed,
    kStatus,  // what rollup_status shows
};
inline constexpr int kActions = static_cast<int>(Action::kStatus) + 1;

// The statement for it, of the roll-up with this number.
char *statement(const Definition *query, int number, Action action);

// The names of all group keys, the bucket among them, and what the index of rows has of them, with commas between.
const char *key_names(const Definition *query);
const char *indexed_keys(const Definition *query);

// ---- sessions (session.cpp) ----------------------------------------

// The tables of a roll-up, and its definition. Their names end in its number, which the triggers know.
enum Part { kDefinition, kRows, kDeltas, kInvalid, kState, kPartitions, kParts };
inline constexpr const char *kPartNames[kParts] = {"query", "rows", "deltas", "invalid", "state", "partitions"};

// A roll-up as this session knows it.
struct Rollup {
    int32 number;              // the key of the table of all
    bool known;                // false: to be read again, as something of it has changed
    bool gone;                 // it was dropped, all or in part: its triggers do nothing
    bool allowed;              // the owner may read the source
    bool source_is_partition;  // of another table
    int running;               // so many of its plans are in use, one in a trigger of another: it is not read again
    Oid owner, view, parts[kParts];
    Definition *query;
    MemoryContext context;  // of the query
    SPIPlanPtr plans[kActions];
    Oid planned_for[kActions];  // the table whose new and old rows a plan reads
    // Of a partitioned source: whether it is known that all partitions are followed, and the tables, the source among
    // them, which partitions come to.
    bool partitions_known, all_followed;
    List *parents;
};

// What the session knows, read again where something has changed, and, if asked to, where it was gone.
Rollup *find(int32 number, bool again = true);

// Connects to SPI. All below is called within a connection.
void connect();

// Of a statement: a time of the roll-up's source, if no other type is given.
struct Argument {
    Datum value;
    bool is_null = false;
    Oid type = InvalidOid;
};

// Runs a statement as the owner of the roll-up: in that snapshot, whatever the transaction has. The result is in
// SPI_tuptable.
void run(Rollup *rollup, Action action, std::initializer_list<Argument> arguments = {}, Oid relation = InvalidOid,
         Snapshot snapshot = InvalidSnapshot);
// The same of any other SQL.
void run_command(Rollup *rollup, const char *sql);
// Of its first row: 0 if NULL.
Datum first_value(int column = 1, bool *is_null = nullptr);
bool runs_our_statement();
// How many statements of maintenance this session has run.
uint64 maintained();

// One at a time changes the rows. The lock belongs to the roll-up's own table: only who may change that can take it.
bool try_lock(const Rollup *rollup, bool wait);

// A part of a roll-up by its name, and who owns it.
Oid part_of(int32 number, Part part);
Oid owner_of(Oid relation);

// Runs something as another user, who can do nothing that lasts longer than the statement: not even settings do. As the
// owner of a table he sees all its rows, also if row-level security is forced on him since: a roll-up of some would be
// wrong.
template <typename Work>
void as_user(Oid user, Work work) {
    Oid caller;
    int security;
    GetUserIdAndSecContext(&caller, &security);
    SetUserIdAndSecContext(
        user, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
    const int level = NewGUCNestLevel();
    work();
    AtEOXact_GUC(false, level);
    SetUserIdAndSecContext(caller, security);
}

// Runs something in a subtransaction, which is undone if it fails: then the error is given back. A cancellation is one
// that goes on, unless it may be ignored.
ErrorData *try_to(bool ignores_cancel, void (*work)(void *), void *argument);
template <typename Work>
ErrorData *try_to(bool ignores_cancel, Work work) {
    return try_to(
        ignores_cancel, [](void *argument) { (*static_cast<Work *>(argument))(); }, &work);
}

}  // namespace pg::rollup
