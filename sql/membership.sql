-- membership_sketch: build, merge, read.
CREATE TABLE seen AS SELECT i AS id, i % 60 AS minute, 'key ' || i AS key FROM generate_series(1, 20000) i;
CREATE TABLE filters AS SELECT membership_agg(key, 20000) AS s FROM seen;
-- no false negative; false positives at or below the rate
SELECT bool_and(contains(s, key)) AS all_found FROM filters, seen;
SELECT avg(contains(s, 'other ' || i)::int) < 0.01 AS rate_kept,
       false_positive_rate(s) BETWEEN 0.00001 AND 0.01 AS stated FROM filters, generate_series(1, 20000) i GROUP BY s;
-- few values: practically exact
SELECT x, contains(membership_agg(i, 1000), x) FROM generate_series(1, 5) x, generate_series(2, 8, 2) i GROUP BY x
ORDER BY x;
SELECT false_positive_rate(membership_agg(1, 1000)) < 1e-9 AS next_to_nothing;

-- per minute, then merged: as if made at once
CREATE TABLE minutes AS SELECT minute, membership_agg(key, 20000) AS keys FROM seen GROUP BY minute;
SELECT merge(keys) = (SELECT s FROM filters) AS all, merge(keys)::text = (SELECT s::text FROM filters) AS bytes
FROM minutes;

-- size: from the expected items and the rate; the smaller wins, and merging gives what building with it gives
SELECT n, r, (sketch_info(membership_agg(1, n, r))->>'blocks')::int * 256 / n AS bits_an_item
FROM unnest(ARRAY[1000, 100000]) n, unnest(ARRAY[0.1, 0.01, 0.001]) r GROUP BY n, r ORDER BY n, r;
SELECT merge(membership_agg(key, 20000) FILTER (WHERE id % 2 = 0),
             membership_agg(key, 1000) FILTER (WHERE id % 2 = 1)) = membership_agg(key, 1000) AS same FROM seen;
SELECT merge(membership_agg(id, 1000000) FILTER (WHERE id < 50),
             membership_agg(id, 100) FILTER (WHERE id BETWEEN 50 AND 80)) = membership_agg(id, 100)
             FILTER (WHERE id <= 80) AS same FROM seen;
SELECT membership_agg(key, CASE WHEN id % 3 = 0 THEN 500 ELSE 100000 END) = membership_agg(key, 500) AS smallest_wins
FROM seen;
-- more items than expected: a warning, no error; the rate degrades, and says so
SELECT false_positive_rate(s) > 0.01 AS worse,
       abs(false_positive_rate(s) - avg(contains(s, 'other ' || i)::int)) < 0.02 AS as_stated,
       bool_and(contains(s, 'key ' || i)) AS all_found
FROM (SELECT membership_agg(key, 8000) AS s FROM seen) t, generate_series(1, 20000) i GROUP BY s;
SELECT false_positive_rate(s) > 0.99 AS full FROM (SELECT membership_agg(key, 10) AS s FROM seen) t;

SELECT membership_agg(1, 0);
SELECT membership_agg(1, -5);
SELECT membership_agg(1, NULL);
SELECT membership_agg(1, 10, 0);
SELECT membership_agg(1, 10, 0.9);
SELECT membership_agg(1, 10, 'NaN');
SELECT membership_agg(1, 10, NULL);
SELECT membership_agg(1, 1000000000000);
SELECT membership_agg(1, 9223372036854775807, 0.00001);
SELECT sketch_info(membership_agg(1, 100000000))->>'blocks' AS largest;

-- nothing, NULLs, duplicates, merging with itself, one more
SELECT membership_agg(NULL::int, 10) AS agg, merge(NULL::membership_sketch) AS merge, contains(NULL, 1) AS contains,
       false_positive_rate(NULL) AS rate;
SELECT membership_agg(x, 10) IS NULL AS no_rows FROM generate_series(1, 0) x;
SELECT contains(membership_agg(1, 10), NULL::int) AS null;
SELECT merge(s, s) = s AS idempotent, merge(s, t) = merge(t, s) AS commutative
FROM (SELECT membership_agg(key, 100) AS s, membership_agg(minute::text, 5000) AS t FROM seen) q;
SELECT add(membership_agg(x, 100), 50) = membership_agg(x, 100) AS there_already,
       contains(add(membership_agg(x, 100), 0), 0) AS new FROM generate_series(1, 60) x;

-- stored out of line: a probe fetches one block; the same value probed again and again is fetched as a whole
CREATE TABLE stored (id int, s membership_sketch);
INSERT INTO stored SELECT g, membership_agg(i * 10 + g, 200000) FROM generate_series(1, 3) g,
    generate_series(1, 140000) i GROUP BY g;
SELECT id, length(s::bytea) > 100000 AS large, contains(s, 10 + id) AS first, contains(s, 1400000 + id) AS last,
       contains(s, 5) AS other FROM stored ORDER BY id;
SELECT id, bool_and(contains(s, i * 10 + id)) AS all_found, count(*) FILTER (WHERE contains(s, -i)) < 100 AS few_others
FROM stored, generate_series(1, 5000) i GROUP BY id ORDER BY id;
SELECT bool_and(contains((SELECT s FROM stored WHERE id = 2), i * 10 + 2)) AS subquery FROM generate_series(1, 1000) i;
SELECT contains(s, 'x') FROM stored;
ALTER TABLE stored ALTER s SET STORAGE extended;
UPDATE stored SET s = merge(s, s);
SELECT id, contains(s, 10 + id) AS first, contains(s, 5) AS other FROM stored ORDER BY id;
-- tokens, too; and whatever work_mem allows to keep, slices answer as the whole does
CREATE TABLE tokens (id int, s membership_sketch);
INSERT INTO tokens SELECT g, membership_agg(i * 10 + g, g * 1000000) FROM generate_series(1, 3) g,
    generate_series(1, 40000) i GROUP BY g;
SELECT id, length(s::bytea) > 100000 AS large, sketch_info(s)->>'mode' AS mode, contains(s, 10 + id) AS first,
       contains(s, 400000 + id) AS last, contains(s, 5) AS other FROM tokens ORDER BY id;
SELECT id, bool_and(contains(s, i * 10 + id)) AS all_found, count(*) FILTER (WHERE contains(s, -i)) AS others
FROM tokens, generate_series(1, 5000) i GROUP BY id ORDER BY id;
SET work_mem = '64kB';
SELECT t.id, bool_and(contains(t.s, i * 10 + t.id)) AS tokens, bool_and(contains(b.s, i * 10 + t.id)) AS blocks,
       count(*) FILTER (WHERE contains(t.s, -i)) AS others
FROM tokens t JOIN stored b USING (id), generate_series(1, 3000) i GROUP BY t.id ORDER BY t.id;
SELECT sum(contains((SELECT s FROM tokens WHERE id = 2), i)::int) AS in_slices FROM generate_series(1, 2000) i;
RESET work_mem;
SELECT sum(contains((SELECT s FROM tokens WHERE id = 2), i)::int) AS as_a_whole FROM generate_series(1, 2000) i;
-- damaged where it is stored: said of the filter before anything is said of the item
CREATE FUNCTION raw(bytea, bytea) RETURNS membership_sketch LANGUAGE internal STRICT IMMUTABLE AS 'byteacat';
CREATE TABLE damaged (id int, s membership_sketch);
INSERT INTO damaged SELECT 1, raw(set_byte(s::bytea, 3, 0), '') FROM tokens WHERE id = 1;
INSERT INTO damaged SELECT 2, raw(set_byte(s::bytea, 3, 30), '') FROM tokens WHERE id = 1;
INSERT INTO damaged SELECT 3, raw(s::bytea, 'x') FROM tokens WHERE id = 1;
INSERT INTO damaged SELECT 4, raw(set_byte(s::bytea, 4, 23), '') FROM tokens WHERE id = 1;
SELECT contains(s, 5) FROM damaged WHERE id = 1;
SELECT contains(s, 5) FROM damaged WHERE id = 2;
SELECT contains(s, 'x') FROM damaged WHERE id = 3;
SELECT contains(s, 5) FROM damaged WHERE id = 4;

-- filters that let through more than four times what was asked: one warning a statement, whatever makes them
\set VERBOSITY terse
CREATE TABLE small AS SELECT i % 20 AS part, membership_agg(i, 300) AS s FROM generate_series(1, 4000) i GROUP BY 1;
SELECT count(s), max(sketch_info(s)->>'mode') AS mode
FROM (SELECT membership_agg(i, 10) AS s FROM generate_series(1, 4000) i GROUP BY i % 20) groups;
SELECT false_positive_rate(merge(s)) > 0.04 AS aggregate FROM small;
CREATE TABLE crowded AS SELECT merge(s) AS s FROM small;
SELECT bool_and(contains(merge(small.s, crowded.s), 5)) AS scalar FROM small, crowded;
SELECT bool_and(contains(add(s, part), part)) AS add FROM crowded, generate_series(1, 3) part;
SELECT bool_and(contains(coarsen(s, 1), 7 * 20 + part)) AS coarsened FROM small;
SELECT count(s) AS windows FROM (SELECT merge(s) OVER (ORDER BY part) AS s FROM small) moving;
-- a later statement has its own; a loop in one has one
SELECT merge(s) IS NULL AS again FROM small;
DO $$ BEGIN FOR i IN 1..3 LOOP PERFORM merge(s) FROM small; END LOOP; END $$;
-- how much worse it is shows beside what was asked for: the larger rate of two wins, the smaller size, too
\set VERBOSITY default
SELECT round((sketch_info(s)->>'false_positive_rate')::numeric, 3) AS rate,
       sketch_info(s)->'requested_rate' AS requested, sketch_info(s)->'blocks' AS blocks
FROM (SELECT merge(merge(s), membership_empty(1000000, 0.02)) AS s FROM small) merged;
-- none where filters keep what was asked for, nearly keep it, are tokens, or were asked for a rate that cannot be so
-- much worse; nor where one is read
SELECT false_positive_rate(s) > 0.04 AS crowded, contains(s, 5) AS read, s = s::text::membership_sketch AS copied,
       s::bytea::membership_sketch = s AS cast FROM crowded;
SELECT false_positive_rate(membership_agg(i, 4000)) <= 0.01 AS kept FROM generate_series(1, 4000) i;
SELECT false_positive_rate(membership_agg(i, 4000)) BETWEEN 0.01 AND 0.04 AS nearly FROM generate_series(1, 8000) i;
SELECT sketch_info(membership_agg(i, 4000))->'mode' AS tokens FROM generate_series(1, 250) i;
SELECT false_positive_rate(membership_agg(i, 10, 0.3)) > 0.99 AS full FROM generate_series(1, 4000) i;
SELECT count(s) AS windows
FROM (SELECT membership_agg(i, 4000) OVER (ORDER BY i) AS s FROM generate_series(1, 1000) i) moving;
-- the rate that was asked for, rounded up to one digit; that of the larger wins everywhere
SELECT r AS asked, sketch_info(membership_empty(1000, r))->'requested_rate' AS kept
FROM unnest(ARRAY[0.5, 0.25, 0.1, 0.03, 0.0101, 0.01, 0.001, 0.00099, 0.00001]) r;
SELECT sketch_info(membership_empty(1000))->'requested_rate' AS default,
       sketch_info(merge(a, b))->'requested_rate' AS merged, merge(a, b) = merge(b, a) AS commutative,
       sketch_info(add(a, 1))->'requested_rate' AS added,
       sketch_info(a::text::membership_sketch)->'requested_rate' AS text
FROM (SELECT membership_empty(1000, 0.001) AS a, membership_empty(900, 0.02) AS b) two;
SELECT membership_agg(i, 1000, CASE WHEN i = 3 THEN 0.02 ELSE 0.01 END) = membership_agg(i, 1000, 0.02) AS largest_wins
FROM generate_series(1, 5) i;
-- workers: their states know it, the leader tells
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
ALTER TABLE seen SET (parallel_workers = 2);
EXPLAIN (COSTS off) SELECT membership_agg(id, 300) FROM seen;
\set VERBOSITY terse
SELECT false_positive_rate(membership_agg(id, 300)) > 0.9 AS worse FROM seen;
\set VERBOSITY default
SELECT false_positive_rate(membership_agg(id, 30000)) < 0.01 AS kept FROM seen;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- what it says of itself
SELECT sketch_info(membership_agg(i, 1000)) - 'bytes' - 'false_positive_rate' AS tokens FROM generate_series(1, 3) i;
SELECT sketch_info(s) - 'bytes' - 'false_positive_rate' AS blocks FROM filters;
SELECT membership_agg(i, 1000)::jsonb - 'false_positive_rate' AS json FROM generate_series(1, 3) i;

DROP TABLE seen, filters, minutes, stored, tokens, damaged, small, crowded;
DROP FUNCTION raw;

-- a running filter is told of when it becomes too full, and not by each statement from then on
CREATE TABLE running AS SELECT membership_agg(i, 100) AS seen FROM generate_series(1, 60) i;
DO $$ BEGIN FOR i IN 61 .. 1000 LOOP UPDATE running SET seen = add(seen, i); END LOOP; END $$;
UPDATE running SET seen = add(seen, 5000);
UPDATE running SET seen = merge(seen, (SELECT membership_agg(i, 100) FROM generate_series(2000, 2010) i));
SELECT merge((SELECT membership_agg(i, 1000) FROM generate_series(1, 900) i), seen) IS NULL AS ruined FROM running;
DROP TABLE running;
