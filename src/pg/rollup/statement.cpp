// The SQL of a roll-up. It is made of the query anew in each session, and nothing of it is stored but the view. All
// names are qualified but those of pg_catalog: it is parsed with search_path = pg_catalog, pg_temp.
//
// Ranges of time are [lo, hi), unbounded where NULL. A bucket whose time is not finite, or whose end might not be, is
// in the unbounded range: then all is hot, or invalid, which costs time but is right.
//
// Of a partitioned source, the triggers of each partition see what is done under its own name. A partition that has
// none yet is not followed: its range is dirty until it is. One that is gone is kept: its range is as if sealed, as far
// as no other partition has it.
#include "rollup.hpp"

extern "C" {
#include "utils/lsyscache.h"
}

namespace pg::rollup {

namespace {

// What the statements have in common.
struct Parts {
    const Definition *query;
    int number;
    const char *type, *range, *multirange;  // of times, and the constructors of the last two
    const char *source;
    StringInfoData sql;

    Parts(const Definition *of, int its_number) : query(of), number(its_number) {
        const bool zone = query->at_type == TIMESTAMPTZOID;
        type = zone ? "pg_catalog.timestamptz" : "pg_catalog.timestamp";
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
        for (const Column *column : each<Column>(query->columns)) {
            const char *one = text(column);
            if (one != nullptr) appendStringInfo(&all, "%s%s", all.len > 0 ? ", " : "", one);
        }
        return all.data;
    }
    const char *names(const char *of) const {
        return list([of](const Column *c) { return psprintf("%s.%s", of, c->name); });
    }
    const char *keys() const {
        return list([](const Column *column) { return column->is_key ? column->name : nullptr; });
    }
    const char *indexed() const {
        return list([](const Column *column) { return column->is_key ? column->indexed : nullptr; });
    }
    const char *merged() const {
        return list([](const Column *c) { return c->is_key ? c->name : psprintf("%s AS %s", c->merged, c->name); });
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
    const char *state(const char *column) const {
        return psprintf("(SELECT pg_catalog.max(t.%s) FROM %s t)", column, table("state"));
    }
    // The ranges, widened to whole buckets.
    const char *whole(const char *ranges) const {
        return psprintf("sketch_rollup.whole(%s, '" INT64_FORMAT "'::pg_catalog.int8, '" INT64_FORMAT
                        "'::pg_catalog.int8, %s)",
                        ranges, query->width, query->origin, state("folds"));
    }
    const char *folded(const char *bucket) const {
        return psprintf("sketch_rollup.folded(%s, '" INT64_FORMAT "'::pg_catalog.int8, %s)", bucket, query->origin,
                        state("folds"));
    }
    // Columns of deltas as rows of the roll-up have them.
    const char *folded_names(const char *of) const {
        return list([=, this](const Column *c) {
            const char *name = psprintf("%s.%s", of, c->name);
            return c == query->bucket ? psprintf("%s AS %s", folded(name), c->name) : name;
        });
    }
    // Partitions as they are, c, beside those that are recorded, k: both, if it is followed; of those that are kept,
    // there is no partition any more.
    const char *partitions() const {
        return psprintf(
            "%s k FULL JOIN sketch_rollup.partitions(%d, NULL::%s) c ON k.part = c.part AND k.during = "
            "c.during",
            table("partitions"), number, range);
    }
    // What partitions do: changed, the ranges that are not as recorded; unfollowed, those of partitions that are there;
    // gone, those of partitions that are not; kept, in two parts: what whole partitions had, and what default
    // partitions had if there is none now. What was invalid when a partition went is not kept: it would bring back what
    // was deleted. All is invalid also when it is only not known what is right, so that does not count.
    const char *by_partition() const {
        auto ranges = [this](const char *which, const char *condition) {
            return psprintf("COALESCE(pg_catalog.range_agg(%s) FILTER (WHERE %s), '{}'::%s)", which, condition,
                            multirange);
        };
        const char *none = psprintf("'{}'::%s", multirange), *all = psprintf("%s(%s(NULL, NULL))", multirange, range);
        const char *pending = psprintf(
            "(SELECT %s FROM %s i)", ranges(psprintf("%s(i.lo, i.hi)", range), "i.lo IS NOT NULL OR i.hi IS NOT NULL"),
            table("invalid"));
        const char *uncovered = whole(psprintf("%s - a.live", all));
        auto kept = [=, this](const char *suffix) {
            const char *gone = psprintf("a.was_followed%s", suffix);
            // What was kept before is kept, whatever is invalid.
            return psprintf("(%s - %s + %s) * %s", whole(gone), whole(psprintf("%s * %s", pending, gone)),
                            whole(psprintf("a.was_kept%s", suffix)), uncovered);
        };
        return psprintf(
            "(SELECT a.changed, a.unfollowed, a.was_followed + a.was_followed_rest AS gone, %s AS kept_whole, CASE "
            "WHEN "
            "a.has_default THEN %s ELSE %s END AS kept_rest FROM (SELECT %s AS changed, %s AS unfollowed, %s AS "
            "was_followed, %s AS was_followed_rest, %s AS was_kept, %s AS was_kept_rest, %s AS live, "
            "COALESCE(pg_catalog.bool_or(c.is_leaf AND NOT c.is_whole), false) AS has_default FROM %s) AS a)",
            kept(""), none, kept("_rest"), ranges("COALESCE(c.during, k.during)", "c.part IS NULL OR k.part IS NULL"),
            ranges("c.during", "k.part IS NULL"),
            ranges("k.during", "c.part IS NULL AND k.part IS NOT NULL AND k.is_whole"),
            ranges("k.during", "c.part IS NULL AND k.part IS NOT NULL AND NOT k.is_whole"),
            ranges("k.during", "c.part IS NULL AND k.part IS NULL AND k.is_whole"),
            ranges("k.during", "c.part IS NULL AND k.part IS NULL AND NOT k.is_whole"),
            ranges("c.during", "c.is_leaf AND c.is_whole"), partitions());
    }
    const char *unsealed() const { return psprintf("%s(%s(%s, NULL))", multirange, range, state("sealed")); }
    // Invalid ranges, without what is sealed: the rows of these buckets and their deltas mean nothing.
    // To a snapshot that is older than the roll-up, all is invalid.
    const char *dirty() const {
        const char *invalid = psprintf(
            "(SELECT %s AS ranges FROM (SELECT i.lo, i.hi FROM %s i UNION ALL SELECT NULL, NULL WHERE NOT EXISTS "
            "(SELECT FROM %s t)) AS i) AS i",
            range_agg(psprintf("%s(i.lo, i.hi)", range)), table("invalid"), table("state"));
        if (!query->is_partitioned) return psprintf("(SELECT %s * %s FROM %s)", whole("i.ranges"), unsealed(), invalid);
        return psprintf("(SELECT (%s - p.kept_whole - p.kept_rest) * %s FROM %s, %s AS p)",
                        whole("i.ranges + p.changed"), unsealed(), invalid, by_partition());
    }
    // The same without partitions that are not followed, or gone without being noticed, which stay dirty.
    const char *refreshable() const {
        return psprintf("(%s - %s)", dirty(), of_partitions(whole("p.unfollowed + p.gone")));
    }
    // Ranges by what partitions do, p: none of a plain table.
    const char *of_partitions(const char *ranges) const {
        return query->is_partitioned ? psprintf("(SELECT %s FROM %s AS p)", ranges, by_partition())
                                     : psprintf("'{}'::%s", multirange);
    }
    const char *kept() const { return of_partitions("p.kept_whole + p.kept_rest"); }
    // Buckets with deltas.
    const char *hot() const {
        return whole(psprintf("(SELECT %s FROM (SELECT DISTINCT d.%s AS bucket FROM %s d) d)",
                              range_agg(range_of("d.bucket")), query->bucket->name, table("deltas")));
    }
    // That a bucket has not been dropped for its age. Rows have not; deltas may be late.
    const char *retained(const char *bucket) const {
        return psprintf("%s >= COALESCE(%s, '-infinity')", bucket, state("retained"));
    }
    // That a time lies in a range, so that an index can tell.
    const char *within(const char *time, const char *in) const {
        return psprintf(
            "%s >= COALESCE(pg_catalog.lower(%s), '-infinity') AND %s <= COALESCE(pg_catalog.upper(%s) - "
            "'1 microsecond'::pg_catalog.interval, 'infinity')",
            time, in, time, in);
    }
    // The query over the rows of the source in ranges. With an index on the time, the rows of each range are looked up;
    // without one, all are read, and once.
    void grouped_in(const char *ranges) {
        add("SELECT e.* FROM sketch_rollup.spans(%d, %s) AS r CROSS JOIN LATERAL (%s) AS e", number, ranges,
            grouped(source, psprintf("%s AND (r.ranges IS NULL OR %s <@ r.ranges)", within(time(), "r.span"), time()),
                    true));
    }
    // The query over rows of the source, from any relation.
    const char *grouped(const char *from, const char *condition, bool is_folded) const {
        int place = 0;
        const char *by = list([&place](const Column *column) {
            place++;
            return column->is_key ? psprintf("%d", place) : nullptr;
        });
        const char *where = condition == nullptr      ? query->where
                            : query->where == nullptr ? condition
                                                      : psprintf("%s AND (%s)", condition, query->where);
        return psprintf("SELECT %s FROM %s %s%s%s GROUP BY %s", list([=, this](const Column *c) {
                            const bool folds = is_folded && c == query->bucket;
                            return psprintf("%s AS %s", folds ? folded(c->value) : c->value, c->name);
                        }),
                        from, kAlias, where == nullptr ? "" : " WHERE ", where == nullptr ? "" : where, by);
    }

    void view() {
        const char *bucket = query->bucket->name, *is_dirty = psprintf("(SELECT %s)", dirty());
        add("SELECT %s FROM %s m WHERE NOT m.%s <@ (SELECT %s + %s) UNION ALL SELECT %s FROM (", names("m"),
            table("rows"), bucket, hot(), dirty(), merged());
        add("SELECT %s FROM sketch_rollup.ranges((SELECT %s - %s)) AS r, %s m WHERE %s", names("m"), hot(), dirty(),
            table("rows"), within(psprintf("m.%s", bucket), "r.r"));
        add(" UNION ALL SELECT %s FROM %s d WHERE NOT d.%s <@ %s AND %s", folded_names("d"), table("deltas"), bucket,
            is_dirty, retained(psprintf("d.%s", bucket)));
        add(" UNION ALL ");
        grouped_in(is_dirty);
        add(") AS parts GROUP BY %s", keys());
    }

    // Records ranges of times of rows: neighbours as one.
    void invalidate(const char *buckets) {
        add("INSERT INTO %s SELECT pg_catalog.lower(r), pg_catalog.upper(r) FROM pg_catalog.unnest((SELECT "
            "pg_catalog.range_agg(%s) FROM (%s) AS c (bucket))) AS r",
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

    // Merges rows of a relation in the order of columns, which is said before, into those of the roll-up.
    void merge_into_rows(const char *from) {
        add("INSERT INTO %s AS m SELECT %s FROM %s GROUP BY %s ON CONFLICT (%s) DO ", table("rows"), merged(), from,
            keys(), indexed());
        const char *updates =
            list([](const Column *c) { return c->is_key ? nullptr : psprintf("%s = %s", c->name, c->updated); });
        if (*updates != '\0') add("UPDATE SET %s", updates);
        else add("NOTHING");
    }

    void compact() {
        const char *deltas = table("deltas");
        add("WITH s AS (DELETE FROM %s i WHERE i.hi <= (SELECT pg_catalog.max(t.sealed) FROM %s t)), "
            "d AS (DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s LIMIT $1)) RETURNING *), u AS (",
            table("invalid"), table("state"), deltas, deltas);
        merge_into_rows(psprintf("(SELECT %s FROM d WHERE %s) AS d", folded_names("d"),
                                 retained(psprintf("d.%s", query->bucket->name))));
        add(") SELECT pg_catalog.count(*) FROM d");
    }

    void fold() {
        const char *bucket = psprintf("m.%s", query->bucket->name);
        add("WITH d AS (DELETE FROM %s m WHERE %s <> %s RETURNING m.*), u AS (", table("rows"), bucket, folded(bucket));
        merge_into_rows(psprintf("(SELECT %s FROM d) AS d", folded_names("d")));
        add(") SELECT pg_catalog.count(*) FROM d");
    }

    void retain() {
        const char *bucket = query->bucket->name;
        add("WITH m AS (DELETE FROM %s m WHERE m.%s < $1), d AS (DELETE FROM %s d WHERE d.%s < $1) UPDATE %s SET "
            "retained = GREATEST(retained, $1), sealed = GREATEST(sealed, $1) RETURNING retained",
            table("rows"), bucket, table("deltas"), bucket, table("state"));
    }

    // What is kept stays invalid, as the partition that had it may come back as it was; and so does what is not
    // followed, as the partition that has it may go.
    void recompute(const char *ranges) {
        const char *bucket = query->bucket->name, *asked = asked_buckets();
        add("WITH g AS MATERIALIZED (SELECT r FROM sketch_rollup.ranges(%s * %s) AS r), ", ranges, asked);
        add("x AS (DELETE FROM %s i WHERE %s(i.lo, i.hi) && %s RETURNING lo, hi), ", table("invalid"), range, asked);
        add("k AS (INSERT INTO %s SELECT pg_catalog.lower(r), pg_catalog.upper(r) FROM pg_catalog.unnest((SELECT %s "
            "FROM x) - (%s - %s)) AS r), ",
            table("invalid"), range_agg(psprintf("%s(x.lo, x.hi)", range)), asked,
            of_partitions(whole("p.gone + p.kept_whole + p.kept_rest + p.unfollowed")));
        add("d AS (DELETE FROM %s d WHERE d.%s <@ (SELECT %s FROM g)), ", table("deltas"), bucket, range_agg("g.r"));
        // These before the others come, who may have the same keys.
        add("m AS (DELETE FROM %s m USING g WHERE %s RETURNING 1), ", table("rows"),
            within(psprintf("m.%s", bucket), "g.r"));
        add("n AS (INSERT INTO %s ", table("rows"));
        grouped_in(psprintf("(SELECT %s FROM g)", range_agg("g.r")));
        add(" WHERE (SELECT pg_catalog.count(*) FROM m) >= 0 RETURNING 1) ");
        add("SELECT pg_catalog.count(*) FROM n");
    }

    void unfollowed() {
        add("SELECT COALESCE(pg_catalog.array_agg(c.part::pg_catalog.oid) FILTER (WHERE k.part IS NULL AND c.part IS "
            "NOT NULL AND c.can_trigger), '{}'::pg_catalog.oid[]), pg_catalog.bool_or(c.part IS NULL AND k.part IS NOT "
            "NULL), pg_catalog.bool_or(c.part IS NOT NULL AND k.part IS NULL) FROM %s",
            partitions());
    }

    // Rows that come to a partition that is not followed are in deltas as well, if the statement names a table that is:
    // if that partition goes, nothing else tells that they are gone.
    void note() {
        add("INSERT INTO %s SELECT pg_catalog.lower(r), pg_catalog.upper(r) FROM (SELECT DISTINCT c.during FROM %s "
            "WHERE k.part IS NULL AND c.part IS NOT NULL) AS u (r) WHERE NOT EXISTS (SELECT FROM %s i WHERE %s(i.lo, "
            "i.hi) @> r)",
            table("invalid"), partitions(), table("invalid"), range);
    }

    // The ranges of those that are new, and of those that are gone where others have taken their place, are computed
    // anew. Not of those that have not had a row: what came to them in another way was noted.
    void follow() {
        const char *partitions = table("partitions");
        add("WITH c AS MATERIALIZED (SELECT k.part AS known, COALESCE(c.during, k.during) AS during, c.part, "
            "c.is_whole, c.part IS NOT NULL AND (k.part IS NOT NULL OR c.part::pg_catalog.oid = ANY ($1)) AS "
            "is_followed FROM %s), ",
            this->partitions());
        add("p AS MATERIALIZED (SELECT p.kept_whole, p.kept_rest - p.kept_whole AS kept_rest FROM %s AS p), ",
            by_partition());
        add("i AS (INSERT INTO %s SELECT pg_catalog.lower(r), pg_catalog.upper(r) FROM pg_catalog.unnest((SELECT %s "
            "FROM c WHERE (c.is_followed AND c.known IS NULL AND NOT (SELECT COALESCE(pg_catalog.bool_and("
            "pg_catalog.pg_relation_size(t.relid) = 0), true) FROM pg_catalog.pg_partition_tree(c.part) AS t WHERE "
            "t.isleaf)) OR c.part IS NULL) - (SELECT p.kept_whole + p.kept_rest FROM p)) AS r), ",
            table("invalid"), range_agg("c.during"));
        add("x AS (DELETE FROM %s i USING p WHERE %s(i.lo, i.hi) <@ (p.kept_whole + p.kept_rest)), ", table("invalid"),
            range);
        add("d AS (DELETE FROM %s) ", partitions);
        add("INSERT INTO %s SELECT c.part, c.during, c.is_whole FROM c WHERE c.is_followed UNION ALL SELECT NULL, r, "
            "true FROM p, pg_catalog.unnest(p.kept_whole) AS r UNION ALL SELECT NULL, r, false FROM p, "
            "pg_catalog.unnest(p.kept_rest) AS r",
            partitions);
    }

    // The bucket of any time.
    const char *bucket_of(const char *time) const {
        return psprintf("(SELECT %s FROM (SELECT %s AS %s) AS %s)", query->bucket->value, time, query->time, kAlias);
    }
    // [$1, $2): unbounded where infinite.
    const char *asked() const { return psprintf("%s(NULLIF($1, '-infinity'), NULLIF($2, 'infinity'))", range); }
    // The same as ranges of whole buckets: one, or none.
    const char *asked_buckets() const { return whole(psprintf("%s(%s)", multirange, asked())); }

    void next() {
        auto end = [&](const char *which) {
            return psprintf("(SELECT %s FROM (SELECT pg_catalog.%s(%s.%s) AS %s FROM %s %s WHERE %s) AS %s)",
                            query->bucket->value, which, kAlias, query->time, query->time, source, kAlias,
                            within(time(), "g.r"), kAlias);
        };
        add("SELECT pg_catalog.lower(g.r), pg_catalog.upper(g.r), %s, %s FROM (SELECT r FROM pg_catalog.unnest(%s * "
            "%s) AS r ORDER BY r LIMIT 1) AS g",
            end("min"), end("max"), refreshable(), asked_buckets());
    }

    void check() {
        const char *compared = list([](const Column *c) { return c->compared; });
        const char *bucket = query->bucket->name;
        Parts kept(query, number);
        kept.view();
        const char *made = grouped(source, within(time(), psprintf("(%s)", asked_buckets())), true);
        const char *condition =
            psprintf("v.%s <@ (SELECT %s * %s - %s)", bucket, asked_buckets(), unsealed(), this->kept());
        add("WITH kept AS MATERIALIZED (SELECT %s FROM (%s) AS v WHERE %s), ", compared, kept.sql.data, condition);
        add("made AS MATERIALIZED (SELECT %s FROM (%s) AS v WHERE %s) ", compared, made, condition);
        add("SELECT pg_catalog.array_agg(c.b::pg_catalog.text ORDER BY c.b) FROM (SELECT DISTINCT e.%s FROM ((TABLE "
            "kept EXCEPT ALL TABLE made) UNION ALL (TABLE made EXCEPT ALL TABLE kept)) AS e) AS c (b)",
            bucket);
    }

    void status() {
        auto size_of = [&](const char *kind) {
            return psprintf("pg_catalog.pg_total_relation_size('%s'::pg_catalog.regclass)", table(kind));
        };
        const char *folds = psprintf(
            "(SELECT pg_catalog.string_agg(pg_catalog.format('%%s before %%s', pg_catalog.justify_hours(t.folds[i + 1] "
            "* "
            "'1 microsecond'::pg_catalog.interval), '%s'::%s + t.folds[i] * '1 microsecond'::pg_catalog.interval), ', "
            "' "
            "ORDER BY i) FROM pg_catalog.generate_subscripts(t.folds, 1) AS i WHERE i %% 2 = 1)",
            query->at_type == TIMESTAMPTZOID ? "2000-01-01 00:00:00+00" : "2000-01-01", type);
        const char *those = "pg_catalog.array_agg(c.part ORDER BY c.part::pg_catalog.text) FILTER (WHERE";
        add("SELECT (SELECT pg_catalog.count(*) FROM %s), %s + %s, (SELECT pg_catalog.count(*) FROM %s), i.*, "
            "t.sealed::pg_catalog.text, t.retained::pg_catalog.text, t.refreshed, t.compacted, f.*, %s FROM %s t, ",
            table("rows"), size_of("rows"), size_of("deltas"), table("deltas"), folds, table("state"));
        if (query->is_partitioned)
            add("(SELECT %s k.part = c.part), %s k.part IS NULL AND c.part IS NOT NULL) FROM %s) AS f, ", those, those,
                partitions());
        else add("(SELECT NULL::pg_catalog.regclass[], NULL::pg_catalog.regclass[]) AS f, ");
        add("(SELECT pg_catalog.count(*), CASE WHEN pg_catalog.bool_or(pg_catalog.lower_inf(a.r)) THEN '-infinity' "
            "ELSE pg_catalog.min(pg_catalog.lower(a.r))::pg_catalog.text END FROM pg_catalog.unnest(%s) AS a (r)) AS i",
            dirty());
    }
};

}  // namespace

const char *key_names(const Definition *query) { return Parts(query, 0).keys(); }
const char *indexed_keys(const Definition *query) { return Parts(query, 0).indexed(); }

char *statement(const Definition *query, int number, Action action) {
    Parts parts(query, number);
    const char *buckets = psprintf("SELECT DISTINCT %s FROM %s %s", query->bucket->value, kOldRows, kAlias);
    switch (action) {
        case Action::kView: parts.view(); break;
        case Action::kInserted:
            parts.add("INSERT INTO %s %s", parts.table("deltas"), parts.grouped(kNewRows, nullptr, false));
            break;
        case Action::kUpdated: parts.updated(); break;
        case Action::kDeleted: parts.invalidate(buckets); break;
        case Action::kTouched: parts.invalidate(psprintf("SELECT %s", parts.bucket_of("$1"))); break;
        case Action::kEmptied: parts.add("INSERT INTO %s VALUES (NULL, NULL)", parts.table("invalid")); break;
        case Action::kCompact: parts.compact(); break;
        case Action::kRecompute: parts.recompute(parts.refreshable()); break;
        case Action::kRecomputeAll: parts.recompute(parts.dirty()); break;
        case Action::kNext: parts.next(); break;
        case Action::kCheck: parts.check(); break;
        case Action::kInvalidate:
            parts.add("INSERT INTO %s SELECT pg_catalog.lower(r), pg_catalog.upper(r) FROM pg_catalog.unnest(%s) AS r",
                      parts.table("invalid"), parts.asked_buckets());
            break;
        case Action::kLeft:
            parts.add("UPDATE %s k SET part = NULL WHERE k.part = $1", parts.table("partitions"));
            break;
        case Action::kRetain: parts.retain(); break;
        case Action::kLimits:  // Of these types, whatever an owner has made of the columns.
            parts.add("SELECT t.sealed::%s, t.folds::pg_catalog.int8[] FROM %s t", parts.type, parts.table("state"));
            break;
        case Action::kSetFolds: parts.add("UPDATE %s SET folds = $1", parts.table("state")); break;
        case Action::kFold: parts.fold(); break;
        case Action::kUnfollowed: parts.unfollowed(); break;
        case Action::kFollow: parts.follow(); break;
        case Action::kNote: parts.note(); break;
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
