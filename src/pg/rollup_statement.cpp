// The SQL of a roll-up. It is made of the query anew in each session, and nothing of it is stored but the view. All
// names are qualified but those of pg_catalog: it is parsed with search_path = pg_catalog, pg_temp.
//
// Ranges of time are [lo, hi), unbounded where NULL. A bucket whose time is not finite, or whose end might not be, is
// in the unbounded range: then all is hot, or invalid, which costs time but is right.
#include "rollup.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/builtins.h"
}

namespace pg::rollup {

namespace {

// What the statements have in common.
struct Parts {
    const Definition *query;
    int number;
    const char *range, *multirange;  // types of times, and their constructors
    const char *source;
    StringInfoData sql;

    Parts(const Definition *of, int its_number) : query(of), number(its_number) {
        const bool zone = query->at_type == TIMESTAMPTZOID;
        range = zone ? "pg_catalog.tstzrange" : "pg_catalog.tsrange";
        multirange = zone ? "pg_catalog.tstzmultirange" : "pg_catalog.tsmultirange";
        source = quote_qualified_identifier(get_namespace_name(get_rel_namespace(query->source)),
                                            get_rel_name(query->source));
        initStringInfo(&sql);
    }

    void add(const char *format, ...) pg_attribute_printf(2, 3) {
        for (;;) {
            va_list arguments;
            va_start(arguments, format);
            const int needed = appendStringInfoVA(&sql, format, arguments);
            va_end(arguments);
            if (needed == 0) return;
            enlargeStringInfo(&sql, needed);
        }
    }
    const char *table(const char *kind) const { return psprintf("%s.%s_%d", kSchema, kind, number); }

    const char *time() const { return psprintf("%s.%s", kAlias, query->time); }

    // Columns as text(column), with commas between.
    template <typename Text>
    const char *list(Text text) const {
        StringInfoData all;
        initStringInfo(&all);
        ListCell *cell;
        foreach (cell, query->columns) {
            const char *one = text(static_cast<const Column *>(lfirst(cell)));
            if (one != nullptr) appendStringInfo(&all, "%s%s", all.len > 0 ? ", " : "", one);
        }
        return all.data;
    }
    const char *names(const char *of) const {
        return list([of](const Column *c) { return static_cast<const char *>(psprintf("%s.%s", of, c->name)); });
    }
    const char *keys() const {
        return list([](const Column *column) { return column->is_key ? column->name : nullptr; });
    }
    const char *merged() const {
        return list([](const Column *c) {
            return c->is_key ? c->name : static_cast<const char *>(psprintf("%s AS %s", c->merged, c->name));
        });
    }

    // The range of a bucket.
    const char *range_of(const char *bucket) const {
        return psprintf("CASE WHEN pg_catalog.isfinite(%s) AND %s < '290000-01-01' THEN %s(%s, %s + '" INT64_FORMAT
                        " microseconds'::pg_catalog.interval) ELSE %s(NULL, NULL) END",
                        bucket, bucket, range, bucket, bucket, query->width, range);
    }
    const char *range_agg(const char *of) const {
        return psprintf("COALESCE(pg_catalog.range_agg(%s), '{}'::%s)", of, multirange);
    }
    // Invalid ranges, without what is sealed: the rows of these buckets and their deltas mean nothing.
    const char *dirty() const {
        return psprintf("((SELECT %s FROM %s i) * %s(%s((SELECT pg_catalog.max(t.sealed) FROM %s t), NULL)))",
                        range_agg(psprintf("%s(i.lo, i.hi)", range)), table("invalid"), multirange, range,
                        table("state"));
    }
    // Buckets with deltas.
    const char *hot() const {
        return psprintf("(SELECT %s FROM (SELECT DISTINCT d.%s AS bucket FROM %s d) d)",
                        range_agg(range_of("d.bucket")), query->bucket->name, table("deltas"));
    }
    // That a time lies in a range, so that an index can tell.
    const char *within(const char *time, const char *in) const {
        return psprintf(
            "%s >= COALESCE(pg_catalog.lower(%s), '-infinity') AND %s <= COALESCE(pg_catalog.upper(%s) - "
            "'1 microsecond'::pg_catalog.interval, 'infinity')",
            time, in, time, in);
    }
    // The query over rows of the source, from any relation.
    const char *grouped(const char *from, const char *condition) const {
        int place = 0;
        StringInfoData by;
        initStringInfo(&by);
        ListCell *cell;
        foreach (cell, query->columns) {
            place++;
            if (static_cast<const Column *>(lfirst(cell))->is_key)
                appendStringInfo(&by, "%s%d", by.len > 0 ? ", " : "", place);
        }
        const char *where = condition == nullptr      ? query->where
                            : query->where == nullptr ? condition
                                                      : psprintf("%s AND (%s)", condition, query->where);
        return psprintf("SELECT %s FROM %s %s%s%s GROUP BY %s", list([](const Column *c) {
                            return static_cast<const char *>(psprintf("%s AS %s", c->value, c->name));
                        }),
                        from, kAlias, where == nullptr ? "" : " WHERE ", where == nullptr ? "" : where, by.data);
    }

    void view() {
        const char *bucket = query->bucket->name, *is_dirty = psprintf("(SELECT %s)", dirty());
        add("SELECT %s FROM %s m WHERE NOT m.%s <@ (SELECT %s + %s) UNION ALL SELECT %s FROM (", names("m"),
            table("rows"), bucket, hot(), dirty(), merged());
        add("SELECT %s FROM sketch_rollup.ranges((SELECT %s - %s)) AS r, %s m WHERE %s", names("m"), hot(), dirty(),
            table("rows"), within(psprintf("m.%s", bucket), "r.r"));
        add(" UNION ALL SELECT %s FROM %s d WHERE NOT d.%s <@ %s", names("d"), table("deltas"), bucket, is_dirty);
        add(" UNION ALL SELECT e.* FROM sketch_rollup.ranges(%s) AS r CROSS JOIN LATERAL (%s) AS e", is_dirty,
            grouped(source, within(time(), "r.r")));
        add(") AS parts GROUP BY %s", keys());
    }

    // Records ranges of times of rows: neighbours as one.
    void invalidate(const char *buckets) {
        add("INSERT INTO %s SELECT pg_catalog.lower(r), pg_catalog.upper(r) FROM pg_catalog.unnest((SELECT "
            "pg_catalog.range_agg(%s) FROM "
            "(%s) AS c (bucket))) AS r",
            table("invalid"), range_of("c.bucket"), buckets);
    }

    void updated() {
        // As text, which tells 1.0 from 1.00, and which json has.
        auto rows = [&](const char *from) {
            return psprintf("SELECT %s, ROW(%s)::pg_catalog.text FROM %s %s", query->bucket->value, query->used, from,
                            kAlias);
        };
        const char *before = rows(kOldRows), *after = rows(kNewRows);
        invalidate(psprintf(
            "SELECT DISTINCT u.bucket FROM ((%s EXCEPT ALL %s) UNION ALL (%s EXCEPT ALL %s)) AS u (bucket, used)",
            before, after, after, before));
    }

    void compact() {
        const char *deltas = table("deltas");
        add("WITH s AS (DELETE FROM %s i WHERE i.hi <= (SELECT pg_catalog.max(t.sealed) FROM %s t)), "
            "d AS (DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s LIMIT $1)) RETURNING *), "
            "u AS (INSERT INTO %s AS m SELECT %s FROM d GROUP BY %s ON CONFLICT (%s) DO ",
            table("invalid"), table("state"), deltas, deltas, table("rows"), merged(), keys(), keys());
        const char *updates = list([](const Column *c) {
            return c->is_key ? nullptr : static_cast<const char *>(psprintf("%s = %s", c->name, c->updated));
        });
        if (*updates != '\0') add("UPDATE SET %s", updates);
        else add("NOTHING");
        add(") SELECT pg_catalog.count(*) FROM d");
    }

    void recompute() {
        const char *bucket = query->bucket->name, *asked = this->asked();
        add("WITH g AS MATERIALIZED (SELECT r FROM pg_catalog.unnest(%s * %s(%s)) AS r), ", dirty(), multirange, asked);
        add("x AS (DELETE FROM %s i WHERE %s(i.lo, i.hi) && %s RETURNING lo, hi), ", table("invalid"), range, asked);
        add("k AS (INSERT INTO %s SELECT pg_catalog.lower(r), pg_catalog.upper(r) FROM pg_catalog.unnest((SELECT %s "
            "FROM x) - %s(%s)) AS r), ",
            table("invalid"), range_agg(psprintf("%s(x.lo, x.hi)", range)), multirange, asked);
        add("d AS (DELETE FROM %s d USING g WHERE d.%s <@ g.r), ", table("deltas"), bucket);
        // These before the others come, who may have the same keys.
        add("m AS (DELETE FROM %s m USING g WHERE m.%s <@ g.r RETURNING 1), ", table("rows"), bucket);
        add("n AS (INSERT INTO %s SELECT e.* FROM g CROSS JOIN LATERAL (%s) AS e WHERE (SELECT pg_catalog.count(*) "
            "FROM m) >= 0 RETURNING 1) ",
            table("rows"), grouped(source, within(time(), "g.r")));
        add("SELECT pg_catalog.count(*) FROM n");
    }

    // The bucket of any time.
    const char *bucket_of(const char *time) const {
        return psprintf("(SELECT %s FROM (SELECT %s AS %s) AS %s)", query->bucket->value, time, query->time, kAlias);
    }
    // [$1, $2): unbounded where infinite.
    const char *asked() const { return psprintf("%s(NULLIF($1, '-infinity'), NULLIF($2, 'infinity'))", range); }
    // The same, widened to whole buckets.
    const char *asked_buckets() const {
        const char *last = bucket_of("$2 - '1 microsecond'::pg_catalog.interval");
        return psprintf("%s(NULLIF(%s, '-infinity'), NULLIF(%s + '" INT64_FORMAT
                        " microseconds'::pg_catalog.interval, 'infinity'))",
                        range, bucket_of("$1"), last, query->width);
    }

    void next() {
        auto end = [&](const char *which) {
            return psprintf("(SELECT %s FROM (SELECT pg_catalog.%s(%s.%s) AS %s FROM %s %s WHERE %s) AS %s)",
                            query->bucket->value, which, kAlias, query->time, query->time, source, kAlias,
                            within(time(), "g.r"), kAlias);
        };
        add("SELECT pg_catalog.lower(g.r), pg_catalog.upper(g.r), %s, %s FROM (SELECT r FROM pg_catalog.unnest(%s * "
            "%s(%s)) AS r "
            "ORDER BY r LIMIT 1) AS g",
            end("min"), end("max"), dirty(), multirange, asked_buckets());
    }

    void check() {
        const char *compared = list([](const Column *c) { return c->compared; });
        const char *bucket = query->bucket->name;
        Parts kept(query, number);
        kept.view();
        const char *made = grouped(source, within(time(), psprintf("(%s)", asked_buckets())));
        const char *condition =
            psprintf("v.%s <@ %s AND v.%s >= COALESCE((SELECT pg_catalog.max(t.sealed) FROM %s t), '-infinity')",
                     bucket, asked_buckets(), bucket, table("state"));
        add("WITH kept AS MATERIALIZED (SELECT %s FROM (%s) AS v WHERE %s), ", compared, kept.sql.data, condition);
        add("made AS MATERIALIZED (SELECT %s FROM (%s) AS v WHERE %s) ", compared, made, condition);
        add("SELECT pg_catalog.array_agg(c.b::pg_catalog.text ORDER BY c.b) FROM (SELECT DISTINCT e.%s FROM ((TABLE "
            "kept "
            "EXCEPT ALL TABLE made) UNION ALL (TABLE made EXCEPT ALL TABLE kept)) AS e) AS c (b)",
            bucket);
    }

    void status() {
        auto size_of = [&](const char *kind) {
            return psprintf("pg_catalog.pg_total_relation_size('%s'::pg_catalog.regclass)", table(kind));
        };
        add("SELECT (SELECT pg_catalog.count(*) FROM %s), %s + %s, (SELECT pg_catalog.count(*) FROM %s), i.*, "
            "t.sealed::pg_catalog.text, t.refreshed, t.compacted FROM %s t, ",
            table("rows"), size_of("rows"), size_of("deltas"), table("deltas"), table("state"));
        add("(SELECT pg_catalog.count(*), CASE WHEN pg_catalog.bool_or(pg_catalog.lower_inf(a.r)) THEN '-infinity' "
            "ELSE "
            "pg_catalog.min(pg_catalog.lower(a.r))::pg_catalog.text END FROM pg_catalog.unnest(%s) AS a (r)) AS i",
            dirty());
    }
};

}  // namespace

const char *key_names(const Definition *query) { return Parts(query, 0).keys(); }

char *statement(const Definition *query, int number, Action action) {
    Parts parts(query, number);
    const char *buckets = psprintf("SELECT DISTINCT %s FROM %s %s", query->bucket->value, kOldRows, kAlias);
    switch (action) {
        case Action::kView: parts.view(); break;
        case Action::kInserted:
            parts.add("INSERT INTO %s %s", parts.table("deltas"), parts.grouped(kNewRows, nullptr));
            break;
        case Action::kUpdated: parts.updated(); break;
        case Action::kDeleted: parts.invalidate(buckets); break;
        case Action::kTouched: parts.invalidate(psprintf("SELECT %s", parts.bucket_of("$1"))); break;
        case Action::kEmptied: parts.add("INSERT INTO %s VALUES (NULL, NULL)", parts.table("invalid")); break;
        case Action::kCompact: parts.compact(); break;
        case Action::kRecompute: parts.recompute(); break;
        case Action::kNext: parts.next(); break;
        case Action::kCheck: parts.check(); break;
        case Action::kInvalidate:
            parts.add("INSERT INTO %s SELECT pg_catalog.lower(a.r), pg_catalog.upper(a.r) FROM (SELECT %s) AS a (r)",
                      parts.table("invalid"), parts.asked_buckets());
            break;
        case Action::kBucket: parts.add("SELECT %s", parts.bucket_of("$1")); break;
        case Action::kSeal:
            parts.add("UPDATE %s SET sealed = GREATEST(sealed, $1) RETURNING sealed", parts.table("state"));
            break;
        case Action::kCompacted: parts.add("UPDATE %s SET compacted = pg_catalog.now()", parts.table("state")); break;
        case Action::kRefreshed:
            parts.add("UPDATE %s SET refreshed = pg_catalog.clock_timestamp()", parts.table("state"));
            break;
        case Action::kStatus: parts.status(); break;
    }
    return parts.sql.data;
}

}  // namespace pg::rollup
