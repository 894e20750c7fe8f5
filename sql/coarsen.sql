-- coarsen(sketch, parameter): for each pair of parameters as if built with the coarser one, before and after merges.
-- Prints what differs, and how many pairs there were.
SET client_min_messages = error;
CREATE TABLE rows AS SELECT size, i % 2 AS part, (i * 7919 % 9973)::bigint AS n, 'key ' || i * i % 7919 AS t,
                            sin(i) * exp(cos(i * 1.3) * 9) AS x
FROM unnest(ARRAY[0, 1, 70, 5000]) size, generate_series(1, size) i;

CREATE TABLE accuracies AS SELECT * FROM unnest(ARRAY[0.0002, 0.001, 0.01, 0.05, 0.3, 1]::float8[]) accuracy;
CREATE TABLE q AS SELECT size, part, accuracy, quantile_agg(x, accuracy) AS s FROM rows, accuracies
GROUP BY GROUPING SETS ((size, part, accuracy), (size, accuracy));
SELECT count(*) AS pairs, count(*) FILTER (WHERE coarsen(a.s, b.accuracy) <> CASE WHEN a.accuracy >= b.accuracy
                                           THEN a.s ELSE b.s END) AS unlike_built,
       count(*) FILTER (WHERE coarsen(merge(a.s, b.s), b.accuracy) <>
                          merge(coarsen(a.s, b.accuracy), b.s)) AS unlike_merged
FROM q a JOIN q b ON a.size = b.size AND a.part IS NOT DISTINCT FROM b.part;
SELECT count(*) AS pairs, count(*) FILTER (WHERE merge(coarsen(a.s, c.accuracy), b.s) <> coarsen(whole.s, c.accuracy)
                                             OR merge(coarsen(a.s, c.accuracy), coarsen(b.s, c.accuracy)) <>
                                             coarsen(merge(a.s, b.s), c.accuracy)) AS unlike_parts
FROM q a JOIN q b USING (size, accuracy) JOIN q whole USING (size, accuracy), accuracies c
WHERE a.part = 0 AND b.part = 1 AND whole.part IS NULL;

CREATE TABLE d AS SELECT size, part, p, distinct_agg(t, p) AS s FROM rows, generate_series(4, 16) p
GROUP BY GROUPING SETS ((size, part, p), (size, p));
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE coarsen(a.s, b.p) <> CASE WHEN a.p <= b.p THEN a.s ELSE b.s END) AS unlike_built,
       count(*) FILTER (WHERE coarsen(merge(a.s, b.s), b.p) <> merge(coarsen(a.s, b.p), b.s)) AS unlike_merged
FROM d a JOIN d b ON a.size = b.size AND a.part IS NOT DISTINCT FROM b.part;
SELECT count(*) AS pairs, count(*) FILTER (WHERE merge(coarsen(a.s, c), b.s) <> coarsen(whole.s, c)
                                             OR merge(coarsen(a.s, c), coarsen(b.s, c)) <>
                                             coarsen(merge(a.s, b.s), c)) AS unlike_parts
FROM d a JOIN d b USING (size, p) JOIN d whole USING (size, p), generate_series(4, 16) c
WHERE a.part = 0 AND b.part = 1 AND whole.part IS NULL;

CREATE TABLE errors AS SELECT * FROM unnest(ARRAY[0.000003, 0.0001, 0.001, 0.01, 0.04]::float8[]) error;
CREATE TABLE f AS SELECT size, part, error, frequency_agg(n, error) AS s FROM rows, errors
GROUP BY GROUPING SETS ((size, part, error), (size, error));
SELECT count(*) AS pairs, count(*) FILTER (WHERE coarsen(a.s, b.error) <> CASE WHEN a.error >= b.error THEN a.s
                                           ELSE b.s END) AS unlike_built,
       count(*) FILTER (WHERE coarsen(merge(a.s, b.s), b.error) <> merge(coarsen(a.s, b.error), b.s)) AS unlike_merged
FROM f a JOIN f b ON a.size = b.size AND a.part IS NOT DISTINCT FROM b.part;
SELECT count(*) AS pairs, count(*) FILTER (WHERE merge(coarsen(a.s, c.error), b.s) <> coarsen(whole.s, c.error)
                                             OR merge(coarsen(a.s, c.error), coarsen(b.s, c.error)) <>
                                             coarsen(merge(a.s, b.s), c.error)) AS unlike_parts
FROM f a JOIN f b USING (size, error) JOIN f whole USING (size, error), errors c
WHERE a.part = 0 AND b.part = 1 AND whole.part IS NULL;

CREATE TABLE sizes AS SELECT * FROM unnest(ARRAY[1, 100, 3000, 1000000]) items,
    unnest(ARRAY[0.5, 0.05, 0.01, 0.00001]::float8[]) rate;
CREATE TABLE m AS SELECT size, part, items, rate, membership_agg(t, items, rate) AS s FROM rows, sizes
GROUP BY GROUPING SETS ((size, part, items, rate), (size, items, rate));
-- (where one filter is the smaller and the other has the larger rate, the result is neither, but what merging both
-- gives)
SELECT count(*) AS pairs, count(*) FILTER (WHERE sketch_info(b.s)->'blocks' <= sketch_info(a.s)->'blocks'
                                             AND b.rate >= a.rate) AS coarser,
       count(*) FILTER (WHERE sketch_info(b.s)->'blocks' <= sketch_info(a.s)->'blocks' AND b.rate >= a.rate
                          AND coarsen(a.s, b.items, b.rate) <> b.s) AS unlike_built,
       count(*) FILTER (WHERE sketch_info(b.s)->'blocks' >= sketch_info(a.s)->'blocks' AND b.rate <= a.rate
                          AND coarsen(a.s, b.items, b.rate) <> a.s) AS finer_changes,
       count(*) FILTER (WHERE coarsen(a.s, b.items, b.rate) <> merge(a.s, b.s)) AS unlike_both,
       count(*) FILTER (WHERE coarsen(merge(a.s, b.s), b.items, b.rate) <>
                          merge(coarsen(a.s, b.items, b.rate), b.s)) AS unlike_merged
FROM m a JOIN m b ON a.size = b.size AND a.part IS NOT DISTINCT FROM b.part;
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE merge(coarsen(a.s, c.items, c.rate), b.s) <> coarsen(whole.s, c.items, c.rate)
                          OR merge(coarsen(a.s, c.items, c.rate), coarsen(b.s, c.items, c.rate)) <>
                          coarsen(merge(a.s, b.s), c.items, c.rate)) AS unlike_parts
FROM m a JOIN m b USING (size, items, rate) JOIN m whole USING (size, items, rate), sizes c
WHERE a.part = 0 AND b.part = 1 AND whole.part IS NULL;
SELECT coarsen(membership_agg(t, 100000), 50) = membership_agg(t, 50, 0.01) AS default_rate FROM rows;
RESET client_min_messages;

-- other states: without rows, of work forms, after a subtraction; what is null, and what is out of range
SELECT coarsen(quantile_empty(), 0.1) = quantile_empty(0.1) AS q, coarsen(distinct_empty(), 5) =
       distinct_empty(5) AS d, coarsen(frequency_empty(), 0.02) = frequency_empty(0.02) AS f,
       coarsen(membership_empty(1000), 5) = membership_empty(5) AS m;
CREATE AGGREGATE distinct_state(x bigint) (SFUNC = distinct_agg_trans, STYPE = distinct_sketch);
SELECT coarsen(distinct_state(n), 6) = distinct_agg(n, 6) AS work_form FROM rows;
SELECT total_count(coarsen(subtract(quantile_agg(x), quantile_agg(x) FILTER (WHERE part = 1)), 0.1)) =
       count(*) FILTER (WHERE part = 0) AS difference FROM rows;
SELECT coarsen(quantile_empty(), 2);
SELECT coarsen(distinct_empty(), 3);
SELECT coarsen(frequency_empty(), 0.5);
SELECT coarsen(membership_empty(5), 0);
SELECT coarsen(membership_empty(5), 1, 0.9);

DROP AGGREGATE distinct_state(bigint);
DROP TABLE rows, accuracies, q, d, errors, f, sizes, m;
-- a null parameter is no parameter: nothing is erased; a null sketch stays one
\set VERBOSITY terse
SELECT coarsen(quantile_agg(1), NULL);
SELECT coarsen(distinct_agg(1), NULL);
SELECT coarsen(frequency_agg(1), NULL);
SELECT coarsen(membership_agg(1, 10), NULL);
SELECT coarsen(membership_agg(1, 10), 5, NULL);
SELECT coarsen(NULL::quantile_sketch, 0.1) AS q, coarsen(NULL::distinct_sketch, 4) AS d,
       coarsen(NULL::frequency_sketch, 0.01) AS f, coarsen(NULL::membership_sketch, 5) AS m,
       coarsen(NULL::membership_sketch, NULL, NULL) AS all_null;

-- a parameter that changes from row to row, in some of the groups whose rows alternate: the coarsest of each group wins
\set VERBOSITY default
CREATE TABLE changing AS
SELECT i, i % 7 AS part, i % 11 AS x, i % 7 < 4 AS changes, i % 7 < 4 AND i / 7 IN (90, 120) AS is_coarser
FROM generate_series(0, 1399) i;
CREATE TEMP VIEW as_it_comes AS
SELECT part, changes, quantile_agg(i, CASE WHEN is_coarser THEN 0.05 ELSE 0.01 END) AS q,
       quantile_weighted_agg(i, 2, CASE WHEN is_coarser THEN 0.05 ELSE 0.01 END) AS w,
       distinct_agg(i, CASE WHEN is_coarser THEN 5 ELSE 9 END) AS d,
       frequency_agg(i, CASE WHEN is_coarser THEN 0.04 ELSE 0.01 END) AS f,
       topk_agg(x, CASE WHEN is_coarser THEN 4 ELSE 9 END) AS t,
       membership_agg(i, CASE WHEN is_coarser THEN 50 ELSE 500 END) AS m
FROM changing GROUP BY part, changes;
CREATE TEMP VIEW coarsened AS
SELECT part, coarsen(quantile_agg(i, 0.01), CASE WHEN changes THEN 0.05 ELSE 0.01 END) AS q,
       coarsen(quantile_weighted_agg(i, 2, 0.01), CASE WHEN changes THEN 0.05 ELSE 0.01 END) AS w,
       coarsen(distinct_agg(i, 9), CASE WHEN changes THEN 5 ELSE 9 END) AS d,
       coarsen(frequency_agg(i, 0.01), CASE WHEN changes THEN 0.04 ELSE 0.01 END) AS f,
       merge(topk_agg(x, 9), topk_empty(CASE WHEN changes THEN 4 ELSE 9 END)) AS t,
       coarsen(membership_agg(i, 500), CASE WHEN changes THEN 50 ELSE 500 END) AS m
FROM changing GROUP BY part, changes;
SET client_min_messages = error;
SELECT count(*), bool_and(a.q = c.q) AS q, bool_and(a.w = c.w) AS w, bool_and(a.d = c.d) AS d,
       bool_and(a.f = c.f) AS f, bool_and(a.t = c.t) AS t, bool_and(a.m = c.m) AS m
FROM as_it_comes a JOIN coarsened c USING (part);
-- groups one after the other, and each at its own parameter
SELECT bool_and(by_group.d = coarsen(d9, 4 + part)) AS d, bool_and(by_group.t = merge(t9, topk_empty(2 + part))) AS t
FROM (SELECT part, distinct_agg(i, 4 + part) AS d, topk_agg(x, 2 + part) AS t, distinct_agg(i, 12) AS d9,
             topk_agg(x, 20) AS t9 FROM changing GROUP BY part) by_group;
SET enable_hashagg = off;
SELECT bool_and(by_group.d = coarsen(d9, 4 + part)) AS d, bool_and(by_group.t = merge(t9, topk_empty(2 + part))) AS t
FROM (SELECT part, distinct_agg(i, 4 + part) AS d, topk_agg(x, 2 + part) AS t, distinct_agg(i, 12) AS d9,
             topk_agg(x, 20) AS t9 FROM changing GROUP BY part) by_group;
RESET enable_hashagg;
RESET client_min_messages;
-- the first state is not the aggregate's own
SELECT distinct_agg(i, 12) AS finer FROM changing \gset
CREATE AGGREGATE from_finer(x integer, "precision" integer)
    (SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, INITCOND = :'finer');
SELECT bool_and(d = coarsen(:'finer', 6)) AS limited FROM (SELECT from_finer(i, 6) AS d FROM changing GROUP BY part) f;
DROP AGGREGATE from_finer(integer, integer);
DROP VIEW as_it_comes, coarsened;
DROP TABLE changing;
