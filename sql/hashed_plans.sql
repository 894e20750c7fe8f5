-- One answer for every plan, of the families that work on hashes: parallel, partition-wise, spilling, sorted, grouping
SET client_min_messages = error;  -- filters that are too small on purpose say so: sql/membership.sql
-- sets, windows; and for every way to split and merge.
CREATE TABLE events (id int, minute int, host int, user_id bigint, path text) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (20000);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (20000) TO (60000);
CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM (60000) TO (70000);
CREATE TABLE events_empty PARTITION OF events FOR VALUES FROM (70000) TO (80000);
INSERT INTO events
SELECT i, i % 497, i % 5, CASE WHEN i % 101 <> 0 THEN i * 7919::bigint % 30011 END,
       'path ' || floor(exp(ln(20000) * (i * 7919 % 69997) / 69997.0)) FROM generate_series(0, 69999) i;
ANALYZE events;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE expected AS SELECT minute, distinct_agg(user_id) AS d, distinct_agg(path, 6) AS d6,
                                approx_count_distinct(path) AS n, frequency_agg(path) AS f,
    frequency_weighted_agg(user_id, host, 0.03) AS w, membership_agg(path, 100) AS m,
    membership_agg(user_id, 5000, 0.1) AS mu FROM events GROUP BY minute;
CREATE TABLE expected_all AS SELECT distinct_agg(user_id) AS d, distinct_agg(path, 6) AS d6,
                                    approx_count_distinct(path) AS n, frequency_agg(path) AS f,
    frequency_weighted_agg(user_id, host, 0.03) AS w, membership_agg(path, 100) AS m,
    membership_agg(user_id, 5000, 0.1) AS mu FROM events;
SELECT count(*), sum(total_count(f)) FROM expected;

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
    SELECT count(*) FILTER (WHERE (a.d, a.d6, a.n, a.f, a.w, a.m, a.mu) IS DISTINCT FROM (b.d, b.d6,
        b.n, b.f, b.w, b.m, b.mu))
    FROM (SELECT minute, distinct_agg(user_id) AS d, distinct_agg(path, 6) AS d6, approx_count_distinct(path) AS n,
                 frequency_agg(path) AS f,
                 frequency_weighted_agg(user_id, host, 0.03) AS w, membership_agg(path, 100) AS m,
                 membership_agg(user_id, 5000, 0.1) AS mu FROM events GROUP BY minute) a
    FULL JOIN expected b USING (minute)
$$;
CREATE FUNCTION wrong_total() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FILTER (WHERE (a.d, a.d6, a.n, a.f, a.w, a.m, a.mu) IS DISTINCT FROM (b.d, b.d6,
        b.n, b.f, b.w, b.m, b.mu)
                               OR a.d::text <> b.d::text OR a.f::text <> b.f::text OR a.m::text <> b.m::text)
    FROM (SELECT distinct_agg(user_id) AS d, distinct_agg(path, 6) AS d6, approx_count_distinct(path) AS n,
                 frequency_agg(path) AS f,
                 frequency_weighted_agg(user_id, host, 0.03) AS w, membership_agg(path, 100) AS m,
                 membership_agg(user_id, 5000, 0.1) AS mu FROM events) a, expected_all b
$$;

-- serial: hash, sort, spilling hash
SELECT wrong_groups(), wrong_total();
SET enable_hashagg = off;
SELECT wrong_groups();
RESET enable_hashagg;
SET enable_sort = off;
SET work_mem = '64kB';
SELECT wrong_groups();
SELECT plan_has('SELECT id % 7000, distinct_agg(user_id), frequency_agg(path) FROM events GROUP BY 1',
                'Batches: ([2-9]|[1-9][0-9])') AS spills;
SELECT merge(d) = (SELECT d FROM expected_all) AS d, merge(f) = (SELECT f FROM expected_all) AS f,
       merge(m) = (SELECT m FROM expected_all) AS m
FROM (SELECT id % 7000, distinct_agg(user_id) AS d, frequency_agg(path) AS f, membership_agg(path, 100) AS m
      FROM events GROUP BY 1) t;
RESET work_mem;
RESET enable_sort;

-- parallel: workers ship their states
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SELECT plan_has('SELECT distinct_agg(user_id), frequency_agg(path), membership_agg(path, 100) FROM events',
                'Partial Aggregate') AS partial,
       plan_has('SELECT distinct_agg(user_id), frequency_agg(path), membership_agg(path, 100) FROM events',
                'Workers Launched: 2') AS parallel;
SELECT wrong_groups(), wrong_total();
SET parallel_leader_participation = on;
SELECT wrong_groups(), wrong_total();
SET enable_hashagg = off;
SELECT wrong_groups();
RESET enable_hashagg;

-- partition-wise, with an empty partition
SET enable_partitionwise_aggregate = on;
SELECT wrong_groups(), wrong_total();
SET max_parallel_workers_per_gather = 0;
SELECT plan_has('SELECT distinct_agg(user_id) FROM events', 'Partial Aggregate') AS partial;
SELECT wrong_groups(), wrong_total();
RESET enable_partitionwise_aggregate;

-- grouping sets: a subtotal is the merge of its parts
SELECT count(*) AS totals, bool_and(d = md AND f = mf AND m = mm) AS equal
FROM (SELECT host, minute % 3 AS third, distinct_agg(user_id) AS d, frequency_agg(path) AS f,
             membership_agg(path, 100) AS m FROM events GROUP BY CUBE (host, third)) t,
     LATERAL (SELECT merge(pd) AS md, merge(pf) AS mf, merge(pm) AS mm
              FROM (SELECT host AS h, minute % 3 AS m, distinct_agg(user_id) AS pd, frequency_agg(path) AS pf,
                           membership_agg(path, 100) AS pm FROM events GROUP BY 1, 2) parts
              WHERE (t.host IS NULL OR h = t.host) AND (t.third IS NULL OR parts.m = t.third)) l;

-- FILTER, DISTINCT, ORDER BY inside of the aggregate
SELECT merge(distinct_agg(path) FILTER (WHERE host > 2), distinct_agg(path) FILTER (WHERE host <= 2)) =
       distinct_agg(path) AS filtered,
       distinct_agg(DISTINCT path) = distinct_agg(path ORDER BY path DESC) AS any_order,
       frequency_agg(path ORDER BY id DESC) = frequency_agg(path) AS ordered,
       total_count(frequency_agg(DISTINCT path)) = count(DISTINCT path) AS once_each,
       membership_agg(DISTINCT path, 100) = membership_agg(path, 100) AS members FROM events;

-- windows: final functions leave the state as it is
SELECT bool_and(running = approx_count_distinct) AS same FROM (
    SELECT id, approx_count_distinct(user_id) OVER w AS running,
           distinct_count(distinct_agg(user_id) OVER w) AS approx_count_distinct FROM events WHERE id < 1500
           WINDOW w AS (ORDER BY id)) t;
SELECT bool_and(f = (SELECT frequency_agg(path) FROM events e WHERE e.id BETWEEN t.id - 5 AND t.id)) AS frequency,
       bool_and(m = (SELECT membership_agg(path, 10) FROM events e WHERE e.id BETWEEN t.id - 5 AND t.id)) AS membership
FROM (SELECT id, frequency_agg(path) OVER w AS f, membership_agg(path, 10) OVER w AS m FROM events WHERE id < 300
      WINDOW w AS (ORDER BY id ROWS 5 PRECEDING)) t;

-- any order of rows, any tree of merges: the same bytes
SELECT merge(d) = (SELECT d FROM expected_all) AS d, merge(f) = (SELECT f FROM expected_all) AS f,
       merge(m) = (SELECT m FROM expected_all) AS m, merge(w) = (SELECT w FROM expected_all) AS w
FROM (SELECT distinct_agg(user_id) AS d, frequency_agg(path) AS f, membership_agg(path, 100) AS m,
             frequency_weighted_agg(user_id, host, 0.03) AS w FROM events GROUP BY id % 1000
ORDER BY md5(min(id)::text)) t;
SELECT count(DISTINCT (d, f, m)) AS different FROM (
    SELECT merge(d) AS d, merge(f) AS f, merge(m) AS m FROM (
        SELECT trial, md5(part::text || trial) < '8' AS half, merge(d) AS d, merge(f) AS f, merge(m) AS m FROM (
            SELECT trial, hashint4(id # trial) % (3 + trial * 11) AS part, distinct_agg(user_id, 11) AS d,
                   frequency_agg(path, 0.01) AS f, membership_agg(user_id, 3000) AS m
            FROM events, generate_series(0, 3) trial GROUP BY 1, 2) parts GROUP BY 1, 2) halves GROUP BY trial
    UNION ALL SELECT distinct_agg(user_id, 11), frequency_agg(path, 0.01), membership_agg(user_id, 3000)
    FROM events) all_trees;

DROP TABLE events, expected, expected_all;
DROP FUNCTION wrong_groups(), wrong_total(), plan_has(text, text);
