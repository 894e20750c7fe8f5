-- One answer for every plan: parallel, partition-wise, spilling, sorted, grouping sets, FILTER, DISTINCT, ORDER BY.
CREATE TABLE events (id int, minute int, host int, x float8) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (20000);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (20000) TO (60000);
CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM (60000) TO (70000);
CREATE TABLE events_empty PARTITION OF events FOR VALUES FROM (70000) TO (80000);
INSERT INTO events
SELECT i, i % 997, i % 5, CASE WHEN i % 101 = 0 THEN 0 WHEN i % 1009 = 0 THEN 'Infinity'
       ELSE sin(i) * exp(cos(i * 1.3) * 9) END
FROM generate_series(0, 69999) i;
ANALYZE events;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE expected AS SELECT minute, quantile_agg(x) AS s, percentile_sketch(x, 0.9) AS p90,
                                percentile_sketch(x, ARRAY[0.5, 0.99]) AS ps,
    quantile_weighted_agg(x, host) AS w, quantile_agg(x, 0.001) AS fine FROM events GROUP BY minute;
CREATE TABLE expected_all AS SELECT quantile_agg(x) AS s, percentile_sketch(x, 0.9) AS p90,
                                    percentile_sketch(x, ARRAY[0.5, 0.99]) AS ps,
    quantile_weighted_agg(x, host) AS w, quantile_agg(x, 0.001) AS fine FROM events;
SELECT count(*), sum(total_count(s)) FROM expected;

-- whether the plan of a query, as it ran, has a line like this
CREATE FUNCTION plan_has(query text, pattern text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) ' || query LOOP
        IF line ~ pattern THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;
CREATE FUNCTION wrong_groups() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FILTER (WHERE a.s IS DISTINCT FROM b.s OR a.p90 IS DISTINCT FROM b.p90 OR a.ps IS DISTINCT FROM b.ps
                            OR a.w IS DISTINCT FROM b.w OR a.fine IS DISTINCT FROM b.fine OR a.s::text <> b.s::text)
    FROM (SELECT minute, quantile_agg(x) AS s, percentile_sketch(x, 0.9) AS p90,
                 percentile_sketch(x, ARRAY[0.5, 0.99]) AS ps,
                 quantile_weighted_agg(x, host) AS w, quantile_agg(x, 0.001) AS fine FROM events GROUP BY minute) a
    FULL JOIN expected b USING (minute)
$$;
CREATE FUNCTION wrong_total() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FILTER (WHERE (a.s, a.p90, a.ps, a.w, a.fine) IS DISTINCT FROM (b.s, b.p90, b.ps, b.w, b.fine))
    FROM (SELECT quantile_agg(x) AS s, percentile_sketch(x, 0.9) AS p90, percentile_sketch(x, ARRAY[0.5, 0.99]) AS ps,
                 quantile_weighted_agg(x, host) AS w, quantile_agg(x, 0.001) AS fine FROM events) a, expected_all b
$$;

-- serial: hash, sort, spilling hash
SELECT wrong_groups(), wrong_total();
SET enable_hashagg = off;
SELECT wrong_groups();
RESET enable_hashagg;
SET enable_sort = off;
SET work_mem = '64kB';
SELECT wrong_groups();
SELECT plan_has('SELECT id % 7000, quantile_agg(x) FROM events GROUP BY 1', 'Batches: ([2-9]|[1-9][0-9])') AS spills;
SELECT merge(s) = (SELECT s FROM expected_all) AS spilled_equal
FROM (SELECT id % 7000, quantile_agg(x) AS s FROM events GROUP BY 1) t;
RESET work_mem;
RESET enable_sort;

-- parallel: workers ship their states
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SELECT plan_has('SELECT quantile_agg(x), percentile_sketch(x, 0.9) FROM events', 'Partial Aggregate') AS partial,
       plan_has('SELECT quantile_agg(x), percentile_sketch(x, 0.9) FROM events', 'Workers Launched: 2') AS parallel;
SELECT wrong_groups(), wrong_total();
SET parallel_leader_participation = on;
SELECT wrong_groups(), wrong_total();
SET enable_hashagg = off;
SELECT wrong_groups();
RESET enable_hashagg;
SELECT merge(s) = (SELECT s FROM expected_all) AS merged FROM expected;

-- partition-wise, with an empty partition
SET enable_partitionwise_aggregate = on;
SELECT wrong_groups(), wrong_total();
SET max_parallel_workers_per_gather = 0;
SELECT plan_has('SELECT quantile_agg(x) FROM events', 'Partial Aggregate') AS partial;
SELECT wrong_groups(), wrong_total();
RESET enable_partitionwise_aggregate;

-- grouping sets, cube, rollup: a subtotal is the merge of its parts
SELECT count(*) AS totals, bool_and(s = merged) AS equal
FROM (SELECT host, minute % 3 AS third, quantile_agg(x) AS s FROM events GROUP BY CUBE (host, third)) t,
     LATERAL (SELECT merge(p) AS merged
              FROM (SELECT host AS h, minute % 3 AS m, quantile_agg(x) AS p FROM events GROUP BY 1, 2) parts
              WHERE (t.host IS NULL OR h = t.host) AND (t.third IS NULL OR m = t.third)) l;
SELECT host, total_count(quantile_agg(x)), percentile_sketch(x, 0.5) IS NOT NULL AS p50 FROM events
GROUP BY GROUPING SETS ((host), ()) ORDER BY 1;

-- FILTER, DISTINCT, ORDER BY inside of the aggregate
SELECT merge(quantile_agg(x) FILTER (WHERE x > 0), quantile_agg(x) FILTER (WHERE NOT x > 0)) =
       quantile_agg(x) AS filtered,
       quantile_agg(x ORDER BY x DESC) = quantile_agg(x) AS ordered,
       quantile_agg(x) FILTER (WHERE false) IS NULL AS none FROM events;
SELECT quantile_agg(DISTINCT x) = (SELECT quantile_agg(x) FROM (SELECT DISTINCT x FROM events) t) AS distinct_rows
FROM events;
SELECT percentile_sketch(x, 0.5 ORDER BY id DESC) = percentile_sketch(x, 0.5) AS ordered FROM events;

-- every pair of aggregates in one query, sharing states where the executor wants to
SELECT quantile_agg(x) = quantile_agg(x) AS same, percentile(quantile_agg(x), 0.9) =
       percentile_sketch(x, 0.9) AS one_step,
       percentile_sketch(x, 0.9) = approx_percentile(x, 0.9) AS alias,
       quantile_agg(x, 0.01) = quantile_agg(x) AS default_accuracy,
       quantile_weighted_agg(x, 1) = quantile_agg(x) AS weight_one FROM events;

-- a thousand parts in any order
SELECT merge(s) = (SELECT s FROM expected_all) AS parts_equal
FROM (SELECT quantile_agg(x) AS s FROM events GROUP BY id % 1000 ORDER BY md5(min(id)::text)) t;

DROP TABLE events, expected, expected_all;
DROP FUNCTION wrong_groups(), wrong_total(), plan_has(text, text);
