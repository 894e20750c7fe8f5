-- docs/BENCHMARKS.md, from what bench/run measured: prose by \qecho, and tables that bench/run makes Markdown of.
-- :command, :date, :cpu and :server say where the figures come from.
\set ON_ERROR_STOP on
\pset format aligned
\pset border 2
\pset linestyle ascii
\pset footer off
SET client_min_messages = error;

-- ---- figures ----------------------------------------

CREATE VIEW figure AS
WITH m AS (SELECT section, what, rows, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric AS ms, min(ms) AS lo, max(ms) AS hi,
                  max(kb) AS kb, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY spilled)) AS spilled
           FROM result GROUP BY 1, 2, 3)
SELECT m.*, (m.ms - c.ms) * 1e6 / m.rows AS ns
FROM m LEFT JOIN m AS c ON c.section = m.section AND c.rows = m.rows AND c.what = 'count' AND m.what <> 'count';

-- What answers the same question in other ways.
CREATE TABLE rival (what text, peer text, exact text);
INSERT INTO rival VALUES
    ('quantile_agg', 'tdigest', 'percentile_cont'), ('percentile_sketch', 'tdigest', 'percentile_cont'), ('distinct_agg', 'hll', 'count(DISTINCT)'),
    ('frequency_agg', NULL, 'count(*) of each value'), ('topk_agg, k = 100', NULL, 'count(*) of each value'),
    ('membership_agg, 200,000 items', NULL, 'count(*) of each value'), ('membership_agg, 2,000,000 items', NULL, 'count(*) of each value');

CREATE FUNCTION ns(section text, what text) RETURNS numeric LANGUAGE sql AS $$
    SELECT round(ns, 1) FROM figure AS f WHERE f.section = $1 AND f.what = $2 $$;
CREATE FUNCTION mb(section text, what text) RETURNS numeric LANGUAGE sql AS $$
    SELECT round(kb / 1024.0) FROM figure AS f WHERE f.section = $1 AND f.what = $2 $$;
CREATE FUNCTION times(numeric) RETURNS text LANGUAGE sql AS $$ SELECT CASE WHEN $1 >= 10 THEN round($1)::text ELSE round($1, 1)::text END || ' x' $$;
CREATE FUNCTION grouped(bigint) RETURNS text LANGUAGE sql AS $$ SELECT to_char($1, 'FM999,999,999,999') $$;

CREATE FUNCTION build_table(data text, plan text)
RETURNS TABLE ("column" text, "aggregate" text, "ms" numeric, "min - max" text, "ns a row above count" numeric, "avg's time" text, "peer takes" text, "exact takes" text, "backend MB" numeric)
LANGUAGE sql AS $$
    SELECT split_part(f.section, ' ', 3), f.what, round(f.ms), round(f.lo) || ' - ' || round(f.hi), round(f.ns, 1),
           CASE WHEN f.what NOT IN ('count', 'avg') THEN times(f.ns / a.ns) END, times(p.ns / f.ns), times(e.ns / f.ns), round(f.kb / 1024.0)
    FROM figure AS f
    JOIN figure AS a ON a.section = 'build ' || $1 || ' float8 ' || $2 AND a.what = 'avg'
    LEFT JOIN rival AS r ON r.what = f.what
    LEFT JOIN figure AS p ON p.section = f.section AND p.what = r.peer
    LEFT JOIN figure AS e ON e.section = f.section AND e.what = r.exact
    WHERE f.section LIKE 'build ' || $1 || ' % ' || $2
    ORDER BY array_position(ARRAY['float8', 'bigint', 'text'], split_part(f.section, ' ', 3)),
             array_position(ARRAY['count', 'avg', 'quantile_agg', 'percentile_sketch', 'tdigest', 'percentile_cont', 'distinct_agg', 'hll', 'count(DISTINCT)'], f.what),
             f.what $$;

CREATE FUNCTION stored_table(kind text)
RETURNS TABLE ("task" text, "sketch" text, "sketches" text, "ms" numeric, "min - max" text, "ns each above count" numeric)
LANGUAGE sql AS $$
    SELECT substr(regexp_replace(section, ', (tdigest|hll)$', ''), length($1) + 2), what, grouped(rows), round(ms, 1), round(lo, 1) || ' - ' || round(hi, 1), round(ns)
    FROM figure WHERE section LIKE $1 || ' %' AND what <> 'count'
    ORDER BY section ~ 'of one sketch', section ~ 'minute', section, what $$;

SELECT grouped(count(*)) AS rows, grouped(count(DISTINCT grp)) AS groups FROM events \gset
SELECT count(*) AS hours FROM (SELECT FROM flights GROUP BY hour) AS h \gset

-- ---- the page ----------------------------------------

\qecho '# Benchmarks'
\qecho
\set line 'Made by `' :command '` on ' :date ': PostgreSQL ' :server ', ' :cpu ', one core, no parallelism (but where it is told), JIT off.'
\qecho :line
\qecho
\set line '- **Data**: ' :rows ' rows of events: lognormal(0, 1) `float8`, 2 million different `bigint`, 100,000 different `text` (zipf); fixed seed. Three million flights of 2001.'
\qecho :line
\qecho '- **Times**: each query in a fresh connection, all of them in turn, in several rounds; medians, and the smallest and largest. Those of all rows in one'
\qecho '  group ran three times a round; those of more than four seconds once. "Above count" is the time above `count(x)` of the same plan: what the'
\qecho '  aggregate itself costs. A row of `count(x)` takes some 50 ns.'
\qecho '- **Ratios**: "avg''s time": how often the time of `avg(float8)` above count. "Peer takes", "exact takes": how many times as long hll or tdigest'
\qecho '  (Debian''s packages), or exact SQL, needs above count.'
\qecho '- **Memory**: the most that the backend had in anonymous pages (RssAnon) while the query ran; an idle backend has 3 MB. `work_mem` is 2 GB.'
\qecho
\qecho '## What was to be reached'
\qecho
\qecho '[PERFORMANCE.md](PERFORMANCE.md#what-misses-its-aim-and-why) tells what stops those that are missed, and what was tried.'
\qecho

CREATE TABLE reached AS
WITH q AS MATERIALIZED (SELECT merge(q) AS s FROM minutes),
     p AS (SELECT array_agg(i / 1000.0::float8 ORDER BY i) AS ps FROM generate_series(1, 999) AS i),
     exact AS MATERIALIZED (SELECT percentile_cont((SELECT ps FROM p)) WITHIN GROUP (ORDER BY lat) AS xs FROM events),
     error AS MATERIALIZED (SELECT max(e) AS worst, percentile_cont(0.5) WITHIN GROUP (ORDER BY e) AS typical
                            FROM q, p, exact, unnest(xs, percentiles(s, ps)) AS u (x, v), LATERAL (SELECT 100 * abs(v / x - 1) AS e) AS each),
     hundredth AS MATERIALIZED (SELECT quantile_agg(lat) AS q, distinct_agg(uid) AS d FROM events GROUP BY id % 100)
SELECT *
FROM (VALUES
    (1, 'quantile_agg(float8), one group, ns a row', ARRAY[8], ARRAY[ns('build events float8 one', 'quantile_agg')], 'tdigest ' || ns('build events float8 one', 'tdigest')),
    (2, 'quantile_agg(float8), 1,440 groups, ns a row', ARRAY[15], ARRAY[ns('build events float8 minute', 'quantile_agg')], 'tdigest ' || ns('build events float8 minute', 'tdigest')),
    (3, 'distinct_agg(bigint) / (text), one group, ns a row', ARRAY[9, 17], ARRAY[ns('build events bigint one', 'distinct_agg'), ns('build events text one', 'distinct_agg')],
        'hll ' || ns('build events bigint one', 'hll') || ' / ' || ns('build events text one', 'hll')),
    (4, 'distinct_agg(bigint), 1,440 groups, ns a row: half of hll''s', ARRAY[round(ns('build events bigint minute', 'hll') / 2, 1)], ARRAY[ns('build events bigint minute', 'distinct_agg')],
        'hll ' || ns('build events bigint minute', 'hll')),
    (5, 'frequency_agg(bigint), ns a row', ARRAY[18], ARRAY[ns('build events bigint one', 'frequency_agg')], 'none'),
    (6, 'topk_agg(text, 100) / (bigint, 100), ns a row', ARRAY[42, 30], ARRAY[ns('build events text one', 'topk_agg, k = 100'), ns('build events bigint one', 'topk_agg, k = 100')], 'none'),
    (7, 'membership_agg(bigint, 200000), ns a row', ARRAY[12], ARRAY[ns('build events bigint one', 'membership_agg, 200,000 items')], 'none'),
    (8, 'stored bytes of 70 rows, mean: quantile / distinct', ARRAY[72, 150], (SELECT ARRAY[round(avg(pg_column_size(q)), 1), (SELECT round(avg(pg_column_size(d)), 1) FROM fine_d)] FROM fine),
        (SELECT 'tdigest ' || round(avg(pg_column_size(t))) FROM fine_t) || ' / ' || (SELECT 'hll ' || round(avg(pg_column_size(h))) FROM fine_h)),
    (9, 'stored bytes of a hundredth of the rows, mean: quantile / distinct', ARRAY[650, 1150], (SELECT ARRAY[round(avg(length(q::bytea)), 1), round(avg(length(d::bytea)), 1)] FROM hundredth),
        (SELECT 'tdigest ' || pg_column_size(tdigest(lat, 100)) FROM sample) || ' / ' || (SELECT 'hll ' || pg_column_size(h) FROM whole)),
    (10, 'memory of all groups of 70 rows, MB: quantile / distinct', ARRAY[100, 120], ARRAY[mb('build events float8 grp', 'quantile_agg'), mb('build events bigint grp', 'distinct_agg')],
        'tdigest ' || mb('build events float8 grp', 'tdigest')),
    (11, 'memory of 1,440 groups, MB: distinct / topk of text', ARRAY[10, 60], ARRAY[mb('build events bigint minute', 'distinct_agg'), mb('build events text minute', 'topk_agg, k = 100')],
        'hll ' || mb('build events bigint minute', 'hll')),
    (12, 'merge of packed sketches, ns: quantile of 70 rows', ARRAY[240], ARRAY[round(ns('merge 70-row sketches into one', 'quantile_sketch'))],
        'tdigest ' || round(ns('merge 70-row sketches into one, tdigest', 'tdigest'))),
    (13, 'merge of packed sketches, ns: distinct of 70 rows / of 7,000', ARRAY[250, 3000],
        ARRAY[round(ns('merge 70-row distinct sketches into one', 'distinct_sketch')), round(ns('merge minute distinct sketches', 'distinct_sketch'))],
        'hll ' || round(ns('merge 70-row distinct sketches into one, hll', 'hll')) || ' / ' || round(ns('merge minute distinct sketches, hll', 'hll'))),
    (14, 'merge of packed sketches of 7,000 rows, us: frequency / topk, k = 100 / membership', ARRAY[15, 15, 35],
        ARRAY[round(ns('merge minute frequency sketches', 'frequency_sketch') / 1000, 1), round(ns('merge minute top-k sketches', 'topk_sketch') / 1000, 1),
              round(ns('merge minute filters for 200,000', 'membership_sketch') / 1000, 1)], 'none'),
    (15, 'contains() of a parameter, ns: 512 kB / 4 MB', ARRAY[100, 100],
        ARRAY[round(ns('read values of one sketch', 'contains of membership_sketch, 512 kB')), round(ns('read values of one sketch', 'contains of membership_sketch, 4 MB'))], 'none'),
    (16, 'error of 999 percentiles of all rows, %: worst / typical', ARRAY[1, 0.1], (SELECT ARRAY[round(worst::numeric, 2), round(typical::numeric, 2)] FROM error), ''),
    (17, 'read of a packed distinct sketch, ns: 70 rows / 7,000', ARRAY[200, 1500],
        ARRAY[round(ns('read count of 70-row distinct sketches', 'distinct_sketch')), round(ns('read count of minute distinct sketches', 'distinct_sketch'))],
        'hll ' || round(ns('read count of 70-row distinct sketches, hll', 'hll')) || ' / ' || round(ns('read count of minute distinct sketches, hll', 'hll'))),
    (18, 'bytes of a minute of 7,000 rows: frequency / filter for 200,000', ARRAY[6000, 24500],
        ARRAY[(SELECT round(avg(pg_column_size(f))) FROM rolled_7000), (SELECT round(avg(pg_column_size(m))) FROM rolled_7000)], 'none'),
    (19, 'bytes of a minute but for the filter: 7,000 rows / 90,000', ARRAY[9000, 16000],
        ARRAY[(SELECT round(avg(pg_column_size(q) + pg_column_size(d) + pg_column_size(f) + pg_column_size(k))) FROM rolled_7000),
              (SELECT round(avg(pg_column_size(q) + pg_column_size(d) + pg_column_size(f) + pg_column_size(k))) FROM rolled_90000)], 'none')
) AS t (number, question, target, measured, peer);

SELECT question AS " ", array_to_string(target, ' / ') AS "to reach", array_to_string(measured, ' / ') AS measured,
       (SELECT string_agg(CASE WHEN m <= t THEN 'yes' ELSE 'no' END, ' / ') FROM unnest(target, measured) AS u (t, m)) AS reached, peer AS "best peer in this run"
FROM reached ORDER BY number;

\qecho
\qecho '![Time of a row](plots/row.svg)'
\qecho
\qecho '## Build: one group'
\qecho
SELECT * FROM build_table('events', 'one');
\qecho
\qecho '## Build: 1,440 groups'
\qecho
SELECT * FROM build_table('events', 'minute');
\qecho
\set line '## Build: ' :groups ' groups of 70 rows'
\qecho :line
\qecho
\qecho 'hll and top-k take minutes for so many groups; hll within a limit of memory is below.'
\qecho
SELECT * FROM build_table('events', 'grp');
\qecho
\qecho '![Memory of many groups](plots/memory.svg)'
\qecho
\qecho 'The same with `work_mem` of 64 MB: PostgreSQL gives a hash aggregate 128 MB, and spills the rows of the groups that do not fit.'
\qecho
SELECT what AS aggregate, round(ms) AS ms, round(lo) || ' - ' || round(hi) AS "min - max", round(ns, 1) AS "ns a row above count", round(kb / 1024.0) AS "backend MB", round(spilled / 1048576.0) AS "spilled MB"
FROM figure WHERE section = 'limited' ORDER BY array_position(ARRAY['count', 'quantile_agg', 'tdigest', 'percentile_cont', 'distinct_agg', 'hll'], what);
\qecho
\qecho '## Build: three million flights'
\qecho
\qecho 'One group: delays in minutes, and 3,000 or so routes.'
\qecho
SELECT * FROM build_table('flights', 'one');
\qecho
\set line 'By hour, ' :hours ' groups, in the order of the hours:'
\qecho :line
\qecho
SELECT * FROM build_table('flights', 'hour');
\qecho
\qecho '## Merge packed sketches of a table'
\qecho
SELECT * FROM stored_table('merge');
\qecho
\qecho '## Read packed sketches of a table'
\qecho
SELECT * FROM stored_table('read');
\qecho
\qecho '## A whole row of a roll-up'
\qecho
\qecho 'All five families of a minute: `quantile_agg(lat)`, `distinct_agg(uid)`, `frequency_agg(url)`, `topk_agg(url, 100)` and `membership_agg(uid, 200000)`. Bytes in a'
\qecho 'table, means; megabytes of a day of 1,440 minutes. To read is p99, the different values, one frequency, the top 10, and whether a value was seen.'
\qecho
CREATE FUNCTION bytes_of_row(each int) RETURNS TABLE (quantile numeric, "distinct" numeric, frequency numeric, topk numeric, membership numeric) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT avg(pg_column_size(q)), avg(pg_column_size(d)), avg(pg_column_size(f)), avg(pg_column_size(k)), avg(pg_column_size(m)) FROM rolled_%s', each);
END $$;
SELECT grouped(each) AS "events a minute", round(quantile) AS quantile, round("distinct") AS "distinct", round(frequency) AS frequency, round(topk) AS "top-k", round(membership) AS membership,
       round(quantile + "distinct" + frequency + topk) AS "all but the filter", round((quantile + "distinct" + frequency + topk + membership) * 1440 / 1e6, 1) AS "MB a day",
       round(b.ns) AS "build, ns an event above count", round(m.ns / 1000, 1) AS "merge, us", round(r.ns / 1000, 1) AS "read, us"
FROM unnest(ARRAY[70, 700, 7000, 90000]) AS sizes (each) CROSS JOIN LATERAL bytes_of_row(each) JOIN figure AS b ON b.section = 'roll-up build ' || each AND b.what = 'five sketches'
JOIN figure AS m ON m.section = 'roll-up merge ' || each AND m.what = 'five sketches' JOIN figure AS r ON r.section = 'roll-up read ' || each AND r.what = 'five sketches'
ORDER BY each;
\qecho
\qecho '## Whole queries beside DuckDB'
\qecho
\qecho 'The same rows in a table of DuckDB''s own, in memory, one thread. All included, ns a row: PostgreSQL brings rows to an aggregate one by one, DuckDB by columns, in'
\qecho 'blocks. What is stored as sketches of minutes needs no row: `merge` of all of them, in milliseconds.'
\qecho
WITH d AS (SELECT substr(section, 8) AS plan, what, ms * 1e6 / rows AS ns FROM figure WHERE section LIKE 'duckdb%'),
     p AS (SELECT split_part(section, ' ', 2) AS plan, split_part(what, ', ', 1) AS what, max(ms * 1e6 / rows) FILTER (WHERE what LIKE '%one process') AS one, max(ms * 1e6 / rows) FILTER (WHERE what LIKE '%two workers') AS two
           FROM figure WHERE section LIKE 'parallel%' GROUP BY 1, 2),
     q (n, question, what, other, stored) AS (VALUES (1, 'how many rows', 'count', 'count', NULL), (2, 'p99', 'quantile_agg', 'approx_quantile', 'merge minute sketches'),
        (3, 'different values', 'distinct_agg', 'approx_count_distinct', 'merge minute distinct sketches'), (4, 'the top 100', 'topk_agg', 'approx_top_k', 'merge minute top-k sketches'))
SELECT CASE plan WHEN 'one' THEN 'one group' ELSE '1,440 groups' END AS plan, question, round(p.one, 1) AS "one process", round(p.two, 1) AS "two workers", round(d.ns, 1) AS "DuckDB",
       CASE WHEN plan = 'one' THEN (SELECT round(ms, 1) FROM figure WHERE section = q.stored AND figure.what LIKE '%sketch') END AS "stored minutes, ms in all"
FROM q JOIN p USING (what) JOIN d USING (plan) WHERE d.what = q.other ORDER BY plan DESC, n;
\qecho
\qecho '## The order of columns, and large pages'
\qecho
\qecho 'The same `float8` in front of all other columns, and behind a text and a column with NULLs; and in front, with `huge_pages = on`. All included, ns a row.'
\qecho
SELECT CASE section WHEN 'layout before' THEN 'in front' WHEN 'layout behind' THEN 'behind a text and NULLs' ELSE 'in front, huge pages' END AS "where it is", max(round(ms * 1e6 / rows, 1)) FILTER (WHERE what = 'count') AS "count",
       max(round(ms * 1e6 / rows, 1)) FILTER (WHERE what = 'quantile_agg') AS "quantile_agg"
FROM figure WHERE section LIKE 'layout%' GROUP BY section ORDER BY array_position(ARRAY['layout before', 'layout huge'], section);
\qecho
\qecho '## Moving windows'
\qecho
\qecho '`percentile_sketch` and `avg` see the rows before each row. `percentile_sketch` adds one row and takes one away; the others build each frame anew.'
\qecho
SELECT grouped(split_part(section, ' ', 2)::bigint) AS "rows of a frame", what AS aggregate, round(ms) AS ms, grouped(rows) AS rows, round(ms * 1e6 / rows) AS "ns a row, all included"
FROM figure WHERE section LIKE 'window%' ORDER BY split_part(section, ' ', 2)::bigint, what = 'percentile_sketch' DESC, what;
\qecho
\qecho '## Two workers'
\qecho
\qecho Two workers and a leader that only combines their sketches, on a machine of two cores.
\qecho
WITH p AS (SELECT split_part(section, ' ', 2) AS plan, split_part(what, ', ', 1) AS what, split_part(what, ', ', 2) AS how, ms FROM figure WHERE section LIKE 'parallel%')
SELECT CASE plan WHEN 'one' THEN 'one group' ELSE '1,440 groups' END AS plan, what AS aggregate, round(one.ms) AS "one process, ms", round(two.ms) AS "two workers, ms", times(one.ms / two.ms) AS "speed-up"
FROM p AS one JOIN p AS two USING (plan, what) WHERE one.how = 'one process' AND two.how = 'two workers'
ORDER BY plan DESC, array_position(ARRAY['count', 'quantile_agg', 'distinct_agg', 'topk_agg'], what), what;
\qecho
\qecho '## Bytes'
\qecho
\qecho 'Stored in a table (pg_column_size), length word included. Quantile sketches know their exact minimum and maximum.'
\qecho
CREATE TABLE bytes AS
SELECT 1 AS n, 'one row' AS rows, (SELECT avg(pg_column_size(q)) FROM (SELECT quantile_agg(lat) AS q FROM sample WHERE id <= 1000 GROUP BY id OFFSET 0) AS s) AS quantile,
       (SELECT avg(pg_column_size(t)) FROM (SELECT tdigest(lat, 100) AS t FROM sample WHERE id <= 1000 GROUP BY id OFFSET 0) AS s) AS tdigest,
       (SELECT avg(pg_column_size(d)) FROM (SELECT distinct_agg(uid) AS d FROM sample WHERE id <= 1000 GROUP BY id OFFSET 0) AS s) AS "distinct",
       (SELECT avg(pg_column_size(h)) FROM (SELECT hll_add_agg(hll_hash_bigint(uid)) AS h FROM sample WHERE id <= 1000 GROUP BY id OFFSET 0) AS s) AS hll
UNION ALL
SELECT 2, '70 rows', (SELECT avg(pg_column_size(q)) FROM fine), (SELECT avg(pg_column_size(t)) FROM fine_t), (SELECT avg(pg_column_size(d)) FROM fine_d), (SELECT avg(pg_column_size(h)) FROM fine_h)
UNION ALL
SELECT 3, 'a minute: ' || grouped((SELECT round(avg(total_count(q)))::bigint FROM minutes)), (SELECT avg(pg_column_size(q)) FROM minutes), (SELECT avg(pg_column_size(t)) FROM minutes_t),
       (SELECT avg(pg_column_size(d)) FROM minutes_d), (SELECT avg(pg_column_size(h)) FROM minutes_h)
UNION ALL
SELECT 4, 'a hundredth: ' || grouped(count(*)), pg_column_size(quantile_agg(lat)), pg_column_size(tdigest(lat, 100)), pg_column_size(distinct_agg(uid)), pg_column_size(hll_add_agg(hll_hash_bigint(uid))) FROM sample
UNION ALL
SELECT 5, 'all: ' || :'rows', (SELECT pg_column_size(merge(q)) FROM minutes), (SELECT pg_column_size(tdigest(t)) FROM minutes_t), pg_column_size(d), pg_column_size(h) FROM whole;
SELECT rows, round(quantile, 1) AS quantile_sketch, round(tdigest, 1) AS "tdigest(100)", round("distinct", 1) AS distinct_sketch, round(hll, 1) AS hll FROM bytes ORDER BY n;
\qecho
\qecho '![Bytes of a sketch](plots/bytes.svg)'
\qecho
SELECT what AS "other sketches", round(mean, 1) AS "bytes, mean", largest
FROM (SELECT 'frequency_sketch of url, minutes' AS what, avg(pg_column_size(f)) AS mean, max(pg_column_size(f)) AS largest FROM minutes_f
      UNION ALL SELECT 'frequency_sketch of uid, all rows', length(f::bytea) + 4, length(f::bytea) + 4 FROM whole
      UNION ALL SELECT 'topk_sketch of 100 urls, minutes', avg(pg_column_size(k)), max(pg_column_size(k)) FROM minutes_k
      UNION ALL SELECT 'membership_sketch for 200,000, minutes', avg(pg_column_size(m)), max(pg_column_size(m)) FROM minutes_m
      UNION ALL SELECT 'membership_sketch for 2,000,000, all rows', length(m::bytea) + 4, length(m::bytea) + 4 FROM whole) AS b;
\qecho
\qecho Tables on disk, of an integer and a sketch, with TOAST:
\qecho
SELECT what AS "table", grouped(reltuples::bigint) AS rows, round(pg_relation_size(c.oid) / 1024.0) AS "main, kB",
       round(coalesce(pg_total_relation_size(reltoastrelid), 0) / 1024.0) AS "TOAST, kB", round(pg_table_size(c.oid) / reltuples) AS "bytes a row"
FROM (VALUES (1, 'events', 'the rows themselves'), (2, 'minutes', 'minutes, quantile_sketch'), (3, 'minutes_t', 'minutes, tdigest(100)'), (4, 'minutes_d', 'minutes, distinct_sketch'), (5, 'minutes_h', 'minutes, hll'),
             (6, 'minutes_f', 'minutes, frequency_sketch'), (7, 'minutes_k', 'minutes, topk_sketch'), (8, 'minutes_m', 'minutes, membership_sketch for 200,000'),
             (9, 'fine', 'groups of 70 rows, quantile_sketch'), (10, 'fine_t', 'groups of 70 rows, tdigest(100)'), (11, 'fine_d', 'groups of 70 rows, distinct_sketch'), (12, 'fine_h', 'groups of 70 rows, hll')) AS t (n, name, what)
JOIN pg_class AS c ON c.oid = name::regclass ORDER BY n;
\qecho
\qecho '## Accuracy'
\qecho
\qecho '### Percentiles'
\qecho
\qecho Error in % of the exact value, of all rows.
\qecho
WITH f AS (SELECT ARRAY[0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999]::float8[] AS ps),
     q AS MATERIALIZED (SELECT 'lat' AS of, merge(q) AS s, (SELECT tdigest(t) FROM minutes_t) AS t FROM minutes
                        UNION ALL SELECT 'delay', quantile_agg(delay), tdigest(delay, 100) FROM flights),
     e AS MATERIALIZED (SELECT 'lat' AS of, percentile_cont((SELECT ps FROM f)) WITHIN GROUP (ORDER BY lat) AS exact FROM events
                        UNION ALL SELECT 'delay', percentile_cont((SELECT ps FROM f)) WITHIN GROUP (ORDER BY delay) FROM flights),
     d AS (SELECT of, tdigest_percentile(t, (SELECT ps FROM f)) AS digest FROM q GROUP BY of)
SELECT CASE of WHEN 'lat' THEN 'events, lognormal' ELSE 'flights, minutes of delay' END AS "of", 'p' || trim_scale(p::numeric * 100) AS percentile, round(x::numeric, 5) AS exact,
       round((100 * abs(percentile(s, p) / nullif(x, 0) - 1))::numeric, 3) AS "quantile_sketch", round((100 * abs(v / nullif(x, 0) - 1))::numeric, 3) AS "tdigest(100)"
FROM q JOIN e USING (of) JOIN d USING (of), f, unnest(ps, exact, digest) AS u (p, x, v) ORDER BY q.of DESC, p;
\qecho
\qecho '![Error of percentiles](plots/percentiles.svg)'
\qecho
\qecho '### Different values'
\qecho
WITH exact AS MATERIALIZED (SELECT grp, count(DISTINCT uid) AS n FROM events WHERE grp < 2000 GROUP BY grp), exact_minute AS MATERIALIZED (SELECT minute, count(DISTINCT uid) AS n FROM events WHERE minute < 200 GROUP BY minute),
     truth AS MATERIALIZED (SELECT 'groups of 70 rows' AS of, n::numeric, d, h FROM exact JOIN fine_d USING (grp) JOIN fine_h USING (grp)
                            UNION ALL SELECT 'minutes', n, d, h FROM exact_minute JOIN minutes_d USING (minute) JOIN minutes_h USING (minute)
                            UNION ALL SELECT 'flights, routes of an hour', count(DISTINCT route), distinct_agg(route), hll_add_agg(hll_hash_text(route)) FROM flights GROUP BY hour
                            UNION ALL SELECT 'hundredths of the rows', count(DISTINCT uid), distinct_agg(uid), hll_add_agg(hll_hash_bigint(uid)) FROM events GROUP BY id % 100)
SELECT of AS "of", count(*) AS sketches, round(avg(n)) AS "values, mean", round(100 * sqrt(avg((distinct_count(d) / n - 1) ^ 2)), 2) AS "sketch, RMS error in %",
       round(100 * avg((n BETWEEN lower AND upper)::int), 1) AS "within the bounds at 95 %, %", round(100 * sqrt(avg((hll_cardinality(h)::numeric / n - 1) ^ 2)), 2) AS "hll, RMS error in %"
FROM truth, distinct_bounds(d) GROUP BY of ORDER BY avg(n);
\qecho
\qecho '### Frequencies'
\qecho
\qecho 'Sketches of the urls of 20 minutes (7,000 rows each), of a flight''s route by day, and of the urls of all rows. Errors in % of the rows. By default an upper bound is more than 0.1 above the truth for at most 2 % of the values, and lower bounds hold for 95 %.'
\qecho
CREATE TABLE counts AS
SELECT 'minutes' AS of, minute::text AS g, url AS item, count(*) AS n FROM events WHERE minute < 20 GROUP BY 2, 3
UNION ALL SELECT 'flights, routes of a day', date_trunc('day', at)::text, route, count(*) FROM flights WHERE at < '2001-02-01' GROUP BY 2, 3
UNION ALL SELECT 'all rows, merged of minutes', '', url, count(*) FROM events GROUP BY 3;
WITH s AS MATERIALIZED (SELECT 'minutes' AS of, minute::text AS g, f FROM minutes_f WHERE minute < 20
                        UNION ALL SELECT 'flights, routes of a day', date_trunc('day', at)::text, frequency_agg(route) FROM flights WHERE at < '2001-02-01' GROUP BY 2
                        UNION ALL SELECT 'all rows, merged of minutes', '', merge(f) FROM minutes_f),
     e AS (SELECT of, n, frequency(f, item) AS estimate, lower, upper, sum(n) OVER (PARTITION BY of, g) AS total FROM counts JOIN s USING (of, g), frequency_bounds(f, item))
SELECT split_part(of, ', merged', 1) AS "of", grouped(count(*)) AS "values asked", round(avg(100 * abs(estimate - n) / total), 5) AS "mean error", round(max(100 * abs(estimate - n) / total), 5) AS "largest error",
       round(100.0 * avg((estimate = n)::int), 1) AS "exact, %", round(100.0 * avg((n BETWEEN lower AND upper)::int), 2) AS "within the bounds, %"
FROM e GROUP BY of ORDER BY count(*);
\qecho
\qecho '### Most frequent values'
\qecho
\qecho 'Of the values that are certainly among the first ten (or hundred), ties apart, how many top_k names: of sketches with k = 100.'
\qecho
WITH truth AS MATERIALIZED (SELECT *, count(*) OVER (PARTITION BY of, g ORDER BY n DESC) AS place FROM counts),
     s AS MATERIALIZED (SELECT 'minutes' AS of, minute::text AS g, k FROM minutes_k WHERE minute < 20
                        UNION ALL SELECT 'flights, routes of a day', date_trunc('day', at)::text, topk_agg(route, 100) FROM flights WHERE at < '2001-02-01' GROUP BY 2
                        UNION ALL SELECT 'all rows, merged of minutes', '', merge(k) FROM minutes_k),
     listed AS MATERIALIZED (SELECT of, g, t.item, lower, upper, row_number() OVER (PARTITION BY of, g ORDER BY estimate DESC) AS at FROM s, top_k(k) AS t)
SELECT of AS "of", count(DISTINCT g) AS sketches, round(100.0 * count(*) FILTER (WHERE place <= 10 AND at <= 10) / nullif(count(*) FILTER (WHERE place <= 10), 0), 1) AS "of the first 10, %",
       round(100.0 * count(at) FILTER (WHERE place <= 100) / nullif(count(*) FILTER (WHERE place <= 100), 0), 1) AS "of the first 100, %",
       round(100.0 * count(*) FILTER (WHERE n BETWEEN lower AND upper) / count(at), 1) AS "within the bounds, %"
FROM truth LEFT JOIN listed USING (of, g, item) GROUP BY of ORDER BY 2 DESC;
\qecho
\qecho '### Have I seen X'
\qecho
\qecho A million values that were not added, to the filter for 2,000,000 values, made for a rate of 1 %:
\qecho
SELECT grouped(count(*)) AS "values asked", round(100.0 * avg(contains(m, -i)::int), 3) AS "false positives, %", (SELECT round((100 * false_positive_rate(m))::numeric, 3) FROM whole) AS "as the sketch says, %",
       (SELECT grouped(count(*) FILTER (WHERE NOT contains(m, uid))) FROM million, whole) AS "false negatives of a million that were"
FROM whole, generate_series(1, 1000000::bigint) AS i;
\qecho
\qecho '## Scale'
\qecho
\qecho 'All rows in one aggregate over a table of up to 1,000 partitions, one run each: million rows a second.'
\qecho
SELECT what AS aggregate, max(round(rows / ms / 1000, 1)) FILTER (WHERE place = 1) AS "one hundredth", max(round(rows / ms / 1000, 1)) FILTER (WHERE place = 2) AS "a tenth",
       max(round(rows / ms / 1000, 1)) FILTER (WHERE place = 3) AS "all", grouped(max(rows)) AS "all: rows", max(round(kb / 1024.0)) FILTER (WHERE place = 3) AS "all: backend MB"
FROM (SELECT *, row_number() OVER (PARTITION BY what ORDER BY rows) AS place FROM figure WHERE section = 'scale rows') AS f
GROUP BY what ORDER BY array_position(ARRAY['count', 'avg', 'quantile_agg', 'distinct_agg', 'frequency_agg', 'topk_agg', 'membership_agg'], what);
\qecho
\qecho Groups of some 70 rows each, in random order:
\qecho
SELECT what AS aggregate, grouped(rows / 70) AS groups, grouped(rows) AS rows, round(ms) AS ms, round(ms * 1e6 / rows) AS "ns a row, all included", round(ns) AS "above count", round(kb / 1024.0) AS "backend MB",
       round((kb - 3072) * 1024.0 / (rows / 70)) AS "bytes a group"
FROM figure WHERE section = 'scale groups' ORDER BY array_position(ARRAY['count', 'avg', 'quantile_agg'], what), what, figure.rows;
\qecho
\qecho Stored sketches of the partitions, merged; and a plan that makes a sketch of each partition and merges them (enable_partitionwise_aggregate):
\qecho
SELECT what AS task, grouped(rows) AS partitions, round(ms, 1) AS ms, round(ms * 1e3 / rows, 1) AS "us a partition, all included"
FROM figure WHERE section = 'scale partitions' ORDER BY what LIKE '%aggregate', what, figure.rows;
\qecho
SELECT grouped(count(*)) AS partitions, (SELECT quantile_agg(lat) FROM scale) = merge(q) AS "quantile_sketch of all rows = merge of the partitions'", (SELECT distinct_agg(uid) FROM scale) = merge(d) AS "distinct_sketch"
FROM scale_sketches;
\qecho
\qecho '![Scale](plots/scale.svg)'
\qecho
\qecho '## The core alone'
\qecho
\qecho 'Google Benchmark, without PostgreSQL: `cmake -S . -B build -DSKETCH_BENCHMARKS=ON && cmake --build build && build/core_bench`. Instructions are in [PERFORMANCE.md](PERFORMANCE.md).'
\qecho
