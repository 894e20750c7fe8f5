-- Nothing that is null erases a sketch, and sketches can be made before there is anything to put into them.

-- merge: what is null has no rows
CREATE TABLE parts AS
SELECT i % 3 AS part, quantile_agg(i) AS q, distinct_agg(i) AS d, frequency_agg(i) AS f, topk_agg(i, 9) AS t,
       membership_agg(i, 100) AS m FROM generate_series(1, 300) i GROUP BY 1;
INSERT INTO parts VALUES (NULL);
SELECT bool_and(merge(q, NULL) = q AND merge(NULL, q) = q) AS quantile,
       bool_and(merge(d, NULL) = d AND merge(NULL, d) = d) AS distinct,
       bool_and(merge(f, NULL) = f AND merge(NULL, f) = f) AS frequency,
       bool_and(merge(t, NULL) = t AND merge(NULL, t) = t) AS topk,
       bool_and(merge(m, NULL) = m AND merge(NULL, m) = m) AS membership FROM parts WHERE part IS NOT NULL;
SELECT merge(q, q) AS q, merge(d, d) AS d, merge(f, f) AS f, merge(t, t) AS t, merge(m, m) AS m
FROM parts WHERE part IS NULL;
SELECT bool_and(merge(a.q, b.q) = a.q AND merge(b.q, a.q) = a.q AND merge(a.d, b.d) = a.d AND merge(b.d, a.d) = a.d
                AND merge(a.f, b.f) = a.f AND merge(b.f, a.f) = a.f
            AND merge(a.t, b.t) = a.t AND merge(b.t, a.t) = a.t AND merge(a.m, b.m) = a.m
            AND merge(b.m, a.m) = a.m) AS unchanged
FROM parts a, parts b WHERE a.part IS NOT NULL AND b.part IS NULL;
-- and the result is packed, whatever it was made of: a work form, a partial state
CREATE AGGREGATE distinct_state(x bigint) (SFUNC = distinct_agg_trans, STYPE = distinct_sketch);
CREATE AGGREGATE percentile_state(x float8, p float8) (SFUNC = percentile_sketch_trans, STYPE = quantile_sketch);
SELECT sketch_info(merge(distinct_state(x), NULL))->>'form' AS merged,
       sketch_info(merge(NULL, distinct_state(x)))->>'form' AS merged_too,
       sketch_info(add(distinct_state(x), NULL))->>'form' AS added,
       merge(NULL, percentile_state(x, 0.5))::text = quantile_agg(x)::text AS without_fractions,
       add(percentile_state(x, 0.5), NULL)::text = quantile_agg(x)::text AS nor_here FROM generate_series(1, 9) x;
DROP AGGREGATE distinct_state(bigint), percentile_state(float8, float8);

-- add: nothing more, of any type; and nothing is added to nothing
SELECT bool_and(add(q, NULL) = q AND add(q, NULL::float8) = q) AS quantile,
       bool_and(add(d, NULL) = d AND add(d, NULL::bigint) = d AND add(d, NULL::uuid) = d
                AND add(d, NULL::json) = d) AS distinct,
       bool_and(add(f, NULL) = f AND add(f, NULL::text) = f AND add(f, NULL::int[]) = f) AS frequency,
       bool_and(add(t, NULL) = t AND add(t, NULL::numeric) = t AND add(t, NULL::point) = t) AS topk,
       bool_and(add(m, NULL) = m AND add(m, NULL::date) = m) AS membership FROM parts WHERE part IS NOT NULL;
SELECT add(q, 1) AS q, add(d, 1) AS d, add(f, 'a') AS f, add(t, 1.5) AS t, add(m, now()) AS m
FROM parts WHERE part IS NULL;
-- a difference with what is unknown is unknown
SELECT subtract(q, NULL) IS NULL AS quantile, subtract(f, NULL) IS NULL AS frequency,
       subtract(NULL, f) IS NULL AS reverse FROM parts WHERE part = 0;

-- upserts: batches of nothing but nulls keep what there is
CREATE TABLE totals (key text PRIMARY KEY, q quantile_sketch, d distinct_sketch, f frequency_sketch,
                     t topk_sketch, m membership_sketch);
PREPARE upsert(int, int) AS
INSERT INTO totals SELECT 'all', quantile_agg(x), distinct_agg(x), frequency_agg(x), topk_agg(x, 9),
                          membership_agg(x, 100)
FROM (SELECT nullif(i % 3, 0) * i AS x FROM generate_series($1, $2, 3) i) batch
ON CONFLICT (key) DO UPDATE SET q = merge(totals.q, excluded.q), d = merge(totals.d, excluded.d),
    f = merge(totals.f, excluded.f), t = merge(totals.t, excluded.t), m = merge(totals.m, excluded.m);
EXECUTE upsert(3, 30);
SELECT q, d, f, t, m FROM totals;
EXECUTE upsert(1, 20);
EXECUTE upsert(3, 30);
EXECUTE upsert(3, 3);
SELECT total_count(q) AS q, distinct_count(d) AS d, total_count(f) AS f, total_count(t) AS t, contains(m, 19) AS m
FROM totals;
EXECUTE upsert(2, 20);
EXECUTE upsert(3, 30);
SELECT q = (SELECT quantile_agg(i % 3 * i) FROM generate_series(1, 20) i WHERE i % 3 > 0) AS q,
       d = (SELECT distinct_agg(i % 3 * i) FROM generate_series(1, 20) i WHERE i % 3 > 0) AS d,
       total_count(f) AS f, total_count(t) AS t, contains(m, 2 * 20) AS m FROM totals;
DEALLOCATE upsert;

-- constructors: the parameters of the aggregates, and their defaults
SELECT sketch_info(quantile_empty())->'accuracy' AS q, sketch_info(quantile_empty(0.05))->'accuracy' AS q5,
       sketch_info(distinct_empty())->'precision' AS d, sketch_info(distinct_empty(7))->'precision' AS d7,
       sketch_info(frequency_empty())->'width' AS f, sketch_info(frequency_empty(0.01))->'width' AS f1,
       sketch_info(topk_empty(7))->'k' AS t, sketch_info(membership_empty(1000))->'blocks' AS m,
       sketch_info(membership_empty(1000, 0.1))->'blocks' AS m1;
SELECT quantile_empty(), distinct_empty(), frequency_empty(), topk_empty(7), membership_empty(1000);
SELECT quantile_empty(NULL);
SELECT distinct_empty(NULL);
SELECT frequency_empty(NULL);
SELECT topk_empty(NULL);
SELECT membership_empty(NULL);
SELECT membership_empty(10, NULL);
SELECT quantile_empty(1.1);
SELECT distinct_empty(3);
SELECT frequency_empty('NaN');
SELECT topk_empty(0);
SELECT membership_empty(0);
SELECT membership_empty(10, 1);
SELECT membership_empty(9223372036854775807);

-- nothing is in them, of any kind
SELECT total_count(quantile_empty()) AS rows, percentile(quantile_empty(), 0.5) AS p50,
       min_value(quantile_empty()) AS min, percentile_rank(quantile_empty(), 5) AS rank;
SELECT distinct_count(distinct_empty()) AS count, distinct_bounds(distinct_empty()) AS bounds,
       intersection_count(distinct_empty(), d) AS common, intersection_count(d, distinct_empty(4)) AS common_too,
       jaccard(distinct_empty(), d) AS jaccard, jaccard(distinct_empty(), distinct_empty()) AS of_nothing
FROM parts WHERE part = 0;
SELECT total_count(frequency_empty()) AS rows, frequency(frequency_empty(), 'a') AS text,
       frequency(frequency_empty(), 5) AS number, frequency_bounds(frequency_empty(), now()) AS time,
       frequency(frequency_empty(), ARRAY[1]) AS of_array;
SELECT total_count(topk_empty(7)) AS rows, frequency(topk_empty(7), 'a') AS text,
       frequency(topk_empty(7), 5.5) AS number, frequency_bounds(topk_empty(7), ARRAY[1]) AS of_array;
SELECT * FROM top_k(topk_empty(7));
SELECT * FROM top_k(topk_empty(7), 3);
SELECT * FROM top_k(NULL::bigint, topk_empty(7));
SELECT * FROM heavy_hitters(topk_empty(7), 0.1);
SELECT * FROM heavy_hitters(NULL::date, topk_empty(7), 0.1);
SELECT contains(membership_empty(10), 'a') AS text, contains(membership_empty(10), 5) AS number,
       contains(membership_empty(10), false) AS of_bool, false_positive_rate(membership_empty(10)) AS rate;
SELECT distinct_empty()::jsonb;
SELECT frequency_empty()::jsonb->'kind' AS frequency, topk_empty(7)::jsonb->'items' AS topk,
       membership_empty(10)::jsonb->'kind' AS membership, sketch_info(topk_empty(7))->'kind' AS info;
-- text, bytea, a stored value; equal to itself, not to one of another parameter
SELECT distinct_empty()::text::distinct_sketch = distinct_empty() AS text, topk_empty(3)::bytea::topk_sketch =
       topk_empty(3) AS bytea, membership_empty(10)::text::membership_sketch = membership_empty(10) AS m,
       frequency_empty()::text::frequency_sketch = frequency_empty(0.001) AS f,
       distinct_empty() = distinct_empty(11) AS other,
       (SELECT count(DISTINCT s) FROM (VALUES (topk_empty(3)), (topk_empty(3)), (topk_empty(4))) v(s)) AS two;

-- the first item, or the first sketch, tells the kind: as if it had been built from the rows
SELECT add(quantile_empty(), 5) = quantile_agg(x) AS q, add(distinct_empty(12), 5) = distinct_agg(x, 12) AS d,
       add(frequency_empty(0.01), 5) = frequency_agg(x, 0.01) AS f, add(topk_empty(3), 5) = topk_agg(x, 3) AS t,
       add(membership_empty(10), 5) = membership_agg(x, 10) AS m FROM (VALUES (5)) v(x);
SELECT sketch_info(add(distinct_empty(), 'x'))->>'kind' AS literal,
       sketch_info(add(frequency_empty(), 1.5))->>'kind' AS decimal,
       sketch_info(add(topk_empty(3), 1.5::float8))->>'kind' AS double,
       sketch_info(add(membership_empty(10), date '2026-01-01'))->>'kind' AS day,
       sketch_info(add(distinct_empty(), ARRAY[uuid '00000000-0000-0000-0000-000000000001']))->>'kind' AS of_array,
       sketch_info(add(distinct_empty(), NULL::text))->>'kind' AS nothing;
SELECT add(add(distinct_empty(), 5), 'six');
SELECT distinct_count(add(add(add(distinct_empty(), 5), '5.0'), 6::smallint)) AS two;
SELECT add(distinct_empty(), '(1,2)'::point);
-- as everywhere, the coarser parameter wins
SELECT merge(quantile_empty(0.1), quantile_agg(x)) = quantile_agg(x, 0.1) AS q,
       merge(distinct_agg(x), distinct_empty(6)) = distinct_agg(x, 6) AS d,
       merge(frequency_empty(0.02), frequency_agg(x)) = frequency_agg(x, 0.02) AS f,
       merge(topk_agg(x, 100), topk_empty(60)) = topk_agg(x, 60) AS t,
       merge(membership_agg(x, 1000), membership_empty(20)) = membership_agg(x, 20) AS m FROM generate_series(1, 50) x;
SELECT merge(distinct_empty(), distinct_empty(6)) = distinct_empty(6) AS empty, merge(d, distinct_empty(16)) =
       d AS neutral FROM parts WHERE part = 0;
-- an empty sketch that had rows keeps its kind
SELECT sketch_info(subtract(f, f))->>'kind' AS kind, subtract(f, f) = frequency_empty() AS is_open,
       subtract(f, frequency_empty()) = f AS nothing_less, merge(subtract(f, f), frequency_empty()) =
       subtract(f, f) AS kept FROM parts WHERE part = 0;
SELECT merge(subtract(f, f), frequency_agg('a'::text)) FROM parts WHERE part = 0 GROUP BY f;
SELECT subtract(frequency_empty(), f) FROM parts WHERE part = 0;
SELECT subtract(quantile_empty(), quantile_empty()) = quantile_empty() AS q,
       subtract(frequency_empty(), frequency_empty(0.02)) = frequency_empty() AS f;

-- in a column by default, as what an aggregate of no rows gives, as the initial condition of an aggregate
CREATE TABLE days (day int PRIMARY KEY, q quantile_sketch NOT NULL DEFAULT quantile_empty(),
                   d distinct_sketch NOT NULL DEFAULT distinct_empty(),
                   f frequency_sketch NOT NULL DEFAULT frequency_empty(),
                   t topk_sketch NOT NULL DEFAULT topk_empty(5),
                   m membership_sketch NOT NULL DEFAULT membership_empty(100));
INSERT INTO days SELECT generate_series(1, 4);
UPDATE days SET q = add(q, day), d = add(d, day::bigint), f = add(f, 'a'), t = add(t, 'a'), m = add(m, 7.0)
WHERE day < 3;
SELECT total_count(merge(q)) AS q, distinct_count(merge(d)) AS d, frequency(merge(f), 'a') AS f,
       (SELECT top_k(merge(t))) AS t, contains(merge(m), 7) AS m FROM days;
SELECT COALESCE(merge(d), distinct_empty()) = distinct_empty() AS d,
       distinct_count(COALESCE(merge(d), distinct_empty())) AS none,
       total_count(COALESCE(merge(f), frequency_empty())) AS f FROM days WHERE false;
SELECT day, distinct_count(merge(d) OVER w) AS d, total_count(merge(f) OVER w) AS f, contains(merge(m) OVER w, 7) AS m
FROM days WINDOW w AS (ORDER BY day DESC ROWS 1 PRECEDING) ORDER BY day;
SELECT day, sketch_info(merge(d, lag(d) OVER (ORDER BY day)))->>'kind' AS kind FROM days ORDER BY day;
SELECT distinct_empty(7)::text AS d, frequency_empty()::text AS f, membership_empty(20)::text AS m,
       topk_empty(60)::text AS t, quantile_empty(0.1)::text AS q \gset
CREATE AGGREGATE distinct_from(x bigint) (SFUNC = distinct_agg_trans, STYPE = distinct_sketch, INITCOND = :'d',
                                          FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans,
                                          PARALLEL = SAFE);
CREATE AGGREGATE frequency_from(x text) (SFUNC = frequency_agg_trans, STYPE = frequency_sketch, INITCOND = :'f',
                                         FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans,
                                         PARALLEL = SAFE);
CREATE AGGREGATE membership_from(membership_sketch) (SFUNC = membership_merge_trans, STYPE = membership_sketch,
                                                     INITCOND = :'m', FINALFUNC = membership_agg_final,
                                                     COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE);
CREATE AGGREGATE topk_from(x numeric, k int) (SFUNC = topk_agg_trans, STYPE = topk_sketch, INITCOND = :'t',
                                              FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans,
                                              PARALLEL = SAFE);
CREATE AGGREGATE quantile_from(x float8) (SFUNC = quantile_agg_trans, STYPE = quantile_sketch, INITCOND = :'q',
                                          FINALFUNC = quantile_agg_final, COMBINEFUNC = quantile_merge_trans,
                                          PARALLEL = SAFE);
CREATE TABLE events AS SELECT i, i % 40 AS key, nullif(i % 37, 5) AS x FROM generate_series(1, 20000) i;
ANALYZE events;
CREATE VIEW answers AS
SELECT distinct_from(x) = distinct_agg(x, 7) AS d, frequency_from(x::text) = frequency_agg(x::text) AS f,
       topk_from(x, 100) = topk_agg(x, 60) AS t, quantile_from(x) = quantile_agg(x, 0.1) AS q, key
FROM events GROUP BY key;
CREATE VIEW answer AS
SELECT distinct_from(x) = distinct_agg(x, 7) AS d, frequency_from(x::text) = frequency_agg(x::text) AS f,
       topk_from(x, 100) = topk_agg(x, 60) AS t, quantile_from(x) = quantile_agg(x, 0.1) AS q,
       (SELECT membership_from(m) FROM (SELECT membership_agg(x, 200) AS m FROM events GROUP BY i % 50) parts) =
       membership_agg(x, 20) AS m FROM events;
SELECT distinct_from(x) = :'d'::distinct_sketch AS d, frequency_from(x::text) = frequency_empty() AS f,
       topk_from(x, 100) = topk_empty(60) AS t, quantile_from(x) = quantile_empty(0.1) AS q FROM events WHERE x IS NULL;
SET max_parallel_workers_per_gather = 0;
SELECT count(*), bool_and(d AND f AND t AND q) AS right FROM answers;
SELECT * FROM answer;
SET enable_hashagg = off;
SELECT count(*), bool_and(d AND f AND t AND q) AS right FROM answers;
RESET enable_hashagg;
SET work_mem = '64kB';
SELECT count(*), bool_and(distinct_from = d) AS right
FROM (SELECT distinct_from(x), distinct_agg(x, 7) AS d FROM events WHERE x > 0 GROUP BY i) spilling;
RESET work_mem;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS off) SELECT distinct_from(x) FROM events;
SELECT count(*), bool_and(d AND f AND t AND q) AS right FROM answers;
SELECT * FROM answer;
-- workers that see nulls only send what they began with
SELECT distinct_from(x) = distinct_empty(7) AS d, frequency_from(x::text) = frequency_empty() AS f
FROM events WHERE x IS NULL;
SELECT COALESCE(merge(s), distinct_empty()) = distinct_empty(7) AS merged
FROM (SELECT distinct_from(x) AS s FROM events WHERE x IS NULL GROUP BY key) t;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET parallel_leader_participation;
SELECT bool_and(distinct_count(running) = i) AS windows
FROM (SELECT i, distinct_from(i) OVER (ORDER BY i) AS running FROM events WHERE i <= 12) t;

-- a kind that is open says nothing of items: bytes that say otherwise are refused
SELECT overlay(distinct_agg(1)::bytea PLACING '\x00' FROM 4)::distinct_sketch;
SELECT overlay(frequency_agg('a'::text)::bytea PLACING '\x00' FROM 4)::frequency_sketch;
SELECT overlay(topk_agg(1, 5)::bytea PLACING '\x00' FROM 4)::topk_sketch;
SELECT overlay(membership_agg(1, 5)::bytea PLACING '\x00' FROM 4)::membership_sketch;

DROP VIEW answers, answer;
DROP TABLE parts, totals, days, events;
DROP AGGREGATE distinct_from(bigint), frequency_from(text), membership_from(membership_sketch),
    topk_from(numeric, int), quantile_from(float8);
