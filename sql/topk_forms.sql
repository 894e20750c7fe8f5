-- topk_sketch in its many forms: text, binary, bytea; compared, indexed; damaged; and in every plan.
CREATE TABLE sample (id int PRIMARY KEY, s topk_sketch);
INSERT INTO sample SELECT n, topk_agg('value ' || (i * i % 997), 20) FROM unnest(ARRAY[1, 2, 20, 70, 5000]) n,
    LATERAL (SELECT generate_series(1, n)) r(i) GROUP BY n;
INSERT INTO sample SELECT -n, topk_agg(i % n, 10) FROM unnest(ARRAY[1, 10, 11]) n,
    LATERAL (SELECT generate_series(1, 300)) r(i) GROUP BY n;
SELECT id, s FROM sample WHERE id IN (-10, 1, 2) ORDER BY id;
SELECT bool_and(s::text::topk_sketch = s) AS text, bool_and(s::bytea::topk_sketch = s) AS bytea,
       bool_and(topk_sketch_send(s) = s::bytea) AS send FROM sample;
CREATE TABLE copied (LIKE sample);
\copy sample TO 'results/topk.bin' (FORMAT binary)
\copy copied FROM 'results/topk.bin' (FORMAT binary)
SELECT count(*) AS equal FROM sample a JOIN copied b USING (id) WHERE a.s = b.s AND a.s::text = b.s::text;
SELECT count(DISTINCT s) AS eight FROM (SELECT s FROM sample UNION ALL SELECT s FROM copied) t;
CREATE INDEX ON sample USING hash (s);
CREATE INDEX ON sample (s);
SET enable_seqscan = off;
SELECT a.id FROM sample a, copied b WHERE a.s = b.s AND b.id = 70;
RESET enable_seqscan;

-- bad text and bytes: an ERROR that names the type
\set VERBOSITY default
SELECT ''::topk_sketch;
SELECT '\x'::topk_sketch;
SELECT '\x0104'::topk_sketch;
SELECT (s::bytea || '\x00')::topk_sketch FROM sample WHERE id = 70;
SELECT distinct_agg(1)::bytea::topk_sketch;
-- bytes that are a sketch, but not one of values: not UTF-8, 300 in a boolean, no uuid
SELECT set_byte(s::bytea, 10, 255)::topk_sketch FROM (SELECT topk_agg('abcdefgh', 3) AS s) t;
SELECT set_byte(s::bytea, 3, 10)::topk_sketch FROM (SELECT topk_agg(300, 3) AS s) t;
SELECT set_byte(s::bytea, 3, 5)::topk_sketch FROM (SELECT topk_agg('abcdefgh', 3) AS s) t;
-- zones farther from Greenwich than timetz reads, which AT TIME ZONE makes, and the farthest that it reads
SELECT '\x0104000e03010001000c00a493d60000000000e10000004000e7'::topk_sketch::text =
       topk_agg(timetz '17:00+00' AT TIME ZONE interval '-16:00', 3)::text AS is_made;
SELECT item FROM top_k('\x0104000e03010001000c00a493d60000000000e10000004000e7'::topk_sketch);
SELECT item FROM top_k((SELECT topk_agg(x::timetz, 3) FROM unnest(ARRAY['01:00:00+15:59:59', '01:00:00-15:59:59']) x));
\set VERBOSITY terse
CREATE FUNCTION outcome(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s topk_sketch;
BEGIN
    s := bytes::topk_sketch;
    IF s::bytea <> bytes
    OR (SELECT bool_or(NOT lower <= estimate OR NOT estimate <= upper OR lower < 0 OR item IS NULL) FROM top_k(s))
    THEN RETURN 'wrong'; END IF;
    PERFORM sketch_info(s), s::jsonb, merge(s, s), frequency_bounds(s, item) FROM top_k(s);
    RETURN 'sound';
EXCEPTION WHEN invalid_binary_representation THEN RETURN 'refused';
    WHEN numeric_value_out_of_range THEN RETURN 'sound';
END $$;
SELECT outcome(substr(s::bytea, 1, n)), count(*) > 0 AS some
FROM sample, LATERAL generate_series(0, length(s::bytea) - 1) n GROUP BY 1 ORDER BY 1;
SELECT outcome(set_bit(s::bytea, n, 1 - get_bit(s::bytea, n))), count(*) > 100 AS many
FROM sample, LATERAL generate_series(0, 8 * length(s::bytea) - 1) n GROUP BY 1 ORDER BY 1;

-- every plan keeps the bounds
CREATE TABLE events (id int, minute int, path text) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (20000);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (20000) TO (70000);
CREATE TABLE events_empty PARTITION OF events FOR VALUES FROM (70000) TO (80000);
INSERT INTO events SELECT i, i % 97, 'path ' || floor(exp(ln(20000) * (i * 7919 % 69997) / 69997.0))
FROM generate_series(0, 69999) i;
ANALYZE events;
CREATE TABLE truth AS SELECT path, count(*) AS n FROM events GROUP BY path;
CREATE TABLE truth_by_minute AS SELECT minute, path, count(*) AS n FROM events GROUP BY minute, path;
CREATE FUNCTION bounds_hold(OUT one boolean, OUT groups boolean) LANGUAGE sql AS $$
    SELECT (SELECT bool_and(coalesce(n, 0) BETWEEN lower AND upper AND upper - lower <= 70000 / 31) AND count(*) > 0
            FROM (SELECT topk_agg(path, 30) AS s FROM events) q, top_k(s) LEFT JOIN truth ON path = item),
           (SELECT bool_and(coalesce(n, 0) BETWEEN lower AND upper AND upper - lower <= total_count(s) / 31)
                   AND count(*) > 0
            FROM (SELECT minute, topk_agg(path, 30) AS s FROM events GROUP BY minute) q CROSS JOIN LATERAL top_k(s)
            LEFT JOIN truth_by_minute t ON path = item AND t.minute = q.minute)
$$;
SET max_parallel_workers_per_gather = 0;
SELECT * FROM bounds_hold();
SET enable_hashagg = off;
SELECT * FROM bounds_hold();
RESET enable_hashagg;
SET work_mem = '64kB';
SELECT * FROM bounds_hold();
RESET work_mem;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT * FROM bounds_hold();
SET enable_partitionwise_aggregate = on;
SELECT * FROM bounds_hold();
RESET ALL;
-- a moving window recomputes
SELECT bool_and(total_count(s) = least(id + 1, 50)) AS right_size
FROM (SELECT id, topk_agg(path, 5) OVER (ORDER BY id ROWS 49 PRECEDING) AS s FROM events WHERE id < 500) w;
-- two final functions on one state, a state that is merged on
SELECT topk_agg(path, 30) = (SELECT topk_agg(path, 30) FROM events WHERE id < 1000) AS same,
       jsonb_array_length(approx_top_k(path, 30)) BETWEEN 1 AND 30 AS kept FROM events WHERE id < 1000;
DROP TABLE sample, copied, events, truth, truth_by_minute;
DROP FUNCTION outcome, bounds_hold;
