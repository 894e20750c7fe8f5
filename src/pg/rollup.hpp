// Roll-ups: what is known of one. See sql/rollup/sketch_rollup.sql for the objects that it is made of, and
// docs/rollup.md for what it promises.
#pragma once

#include "pg.hpp"

extern "C" {
#include "nodes/pg_list.h"
}

namespace pg::rollup {

inline constexpr const char *kSchema = "sketch_rollup";
// What capturing statements call the rows of a statement, and the alias that expressions are written for.
inline constexpr const char *kNewRows = "sketch_new_rows", *kOldRows = "sketch_old_rows", *kAlias = "s";

// One column of the query. All text is SQL with every name qualified, which means the same under any search_path.
struct Column {
    const char *name;   // quoted
    const char *value;  // of the rows of the source: a group key, or an aggregate
    bool is_key;
    const char *merged;    // a measure of rows that are merged: an aggregate of the column
    const char *updated;   // a measure of a row of the roll-up, m, to which one more, excluded, is merged
    const char *compared;  // what of a measure of row v is the same however rows were merged
};

// The query of a roll-up: one table, one bucket of its time, group keys and measures.
struct Definition {
    Oid source;
    AttrNumber at;      // the time
    Oid at_type;        // timestamp, with or without time zone
    const char *time;   // quoted name of its column
    List *columns;      // of Column
    Column *bucket;     // one of them
    int64 width;        // of the bucket, in microseconds
    const char *where;  // of the source's rows, or null
    const char *used;   // all columns of the source that the query reads, as a row
};

// What is done with a roll-up, each in one statement and so in one snapshot.
enum class Action {
    kView,        // the query of the view that people read
    kInserted,    // after an INSERT: a delta for each bucket and group of the new rows
    kUpdated,     // after an UPDATE: the buckets of rows that changed are invalid
    kDeleted,     // after a DELETE: the buckets of the rows that were there
    kTouched,     // one row, whose time is $1
    kEmptied,     // after a TRUNCATE: everything is invalid
    kInvalidate,  // the buckets from $1 to $2
    kCompact,     // merges up to $1 deltas (all, if NULL) into the rows; how many there were. Forgets what is sealed
    kRecompute,   // makes the rows of invalid ranges anew, from $1 to $2; how many there are
    kNext,        // the first invalid range from $1 to $2, and the buckets of the first and the last row in it
    kCheck,       // the buckets from $1 to $2 in which the view is not what the query gives, as an array of text
    kBucket,      // the bucket of the time $1
    kSeal,        // seals what is before $1; what is sealed then
    kCompacted,   // notes when the work was done
    kRefreshed,
    kStatus,  // what rollup_status shows
};
inline constexpr int kActions = static_cast<int>(Action::kStatus) + 1;

// The statement for it, of the roll-up with this number.
char *statement(const Definition *query, int number, Action action);

// The names of all group keys, the bucket among them, with commas between.
const char *key_names(const Definition *query);

// Reads a view's definition in the current memory context. Raises an error that says what a roll-up cannot keep;
// `at_first` also of what its table may become later.
Definition *read_definition(Oid view, bool at_first);

}  // namespace pg::rollup
