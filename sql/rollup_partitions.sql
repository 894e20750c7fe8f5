-- Roll-ups of partitioned tables: partitions come, go, and are written to by their own names.
SET client_min_messages = warning;
CREATE EXTENSION sketch_rollup;
SET TimeZone = 'UTC';
CREATE TABLE events (dropped int, at timestamptz NOT NULL, host int, latency numeric,
                     id bigint) PARTITION BY RANGE (at);
ALTER TABLE events DROP dropped; -- columns have other places in partitions
CREATE TABLE day_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-01-02');
CREATE TABLE day_2 PARTITION OF events FOR VALUES FROM ('2026-01-02') TO ('2026-01-03') PARTITION BY LIST (host);
CREATE TABLE day_2_some PARTITION OF day_2 FOR VALUES IN (0, 1);
CREATE TABLE day_2_rest PARTITION OF day_2 DEFAULT;
INSERT INTO events SELECT '2026-01-01'::timestamptz + i * interval '1 min', i % 4, i / 7.0, i
FROM generate_series(0, 2879) i;
SELECT rollup_create('per_hour',
                     'SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS hour, host, '
                     'quantile_agg(latency) AS latency, count(*) AS requests, sum(id) AS ids '
                     'FROM events WHERE id >= 0 GROUP BY 1, 2');

CREATE FUNCTION compared(OUT rows numeric, OUT differing bigint, OUT problems bigint, OUT deltas bigint,
                         OUT invalid bigint, OUT unfollowed regclass[]) LANGUAGE sql AS $$
    WITH wanted AS (SELECT date_bin('1 hour', at, '2000-01-01') AS hour, host, quantile_agg(latency) AS latency,
                           count(*) AS requests, sum(id) AS ids FROM events WHERE id >= 0 GROUP BY 1, 2)
    SELECT (SELECT sum(requests) FROM per_hour),
           (SELECT count(*) FROM ((TABLE per_hour EXCEPT ALL TABLE wanted)
                                  UNION ALL (TABLE wanted EXCEPT ALL TABLE per_hour)) AS d),
           (SELECT count(*) FROM rollup_check('per_hour')), s.deltas, s.invalid_ranges, s.unfollowed
           FROM rollup_status s $$;
SELECT * FROM compared(); -- nothing is followed yet, all comes from the table
INSERT INTO day_1 VALUES ('2026-01-01 05:00', 1, 1, 1);
UPDATE day_2_some SET latency = 5 WHERE id = 1500;
SELECT * FROM compared();
CALL rollup_refresh('per_hour');
SELECT * FROM compared();
SELECT part, during FROM sketch_rollup_data.partitions_1 ORDER BY part::text;

-- each statement, on each level
INSERT INTO events VALUES ('2026-01-01 06:10', 1, 2, 1), ('2026-01-02 06:10', 1, 2, 1), ('2026-01-02 06:10', 3, 2, 1);
INSERT INTO day_1 VALUES ('2026-01-01 07:10', NULL, 2, 1);
INSERT INTO day_2 VALUES ('2026-01-02 07:10', 1, 2, 1), ('2026-01-02 07:10', NULL, 2, 1);
INSERT INTO day_2_rest VALUES ('2026-01-02 08:10', 9, 2, 1);
COPY day_2_some (at, host, latency, id) FROM stdin;
2026-01-02 09:10:00+00	1	7.5	1
\.
SELECT * FROM compared();
SELECT rollup_compact('per_hour');
SELECT * FROM compared();
UPDATE events SET latency = 9 WHERE id = 100;
UPDATE day_1 SET at = at + interval '1 hour' WHERE id = 200;
UPDATE events SET at = at + interval '1 day', host = host + 1 WHERE id = 300; -- to another partition
UPDATE day_2 SET host = 7 WHERE id = 2000;                                     -- to another one below it
UPDATE day_2_rest SET latency = 4 WHERE id = 2011;
DELETE FROM events WHERE id IN (400, 2400);
DELETE FROM day_1 WHERE id = 500;
DELETE FROM day_2_some WHERE id BETWEEN 2500 AND 2505;
MERGE INTO events e USING (VALUES (600), (601), (100000)) AS v (n) ON e.id = v.n
    WHEN MATCHED AND n = 600 THEN DELETE WHEN MATCHED THEN UPDATE SET latency = 11 WHEN NOT MATCHED THEN INSERT
VALUES ('2026-01-02 11:11', 2, 3, n);
WITH a AS (INSERT INTO day_1 VALUES ('2026-01-01 10:10', 1, 1, 5) RETURNING 1),
    b AS (DELETE FROM day_2 WHERE id = 2100 RETURNING *),
    c AS (UPDATE events SET latency = 1 WHERE id = 2200 RETURNING 1)
INSERT INTO events SELECT at - interval '1 day', host, latency, id FROM b;
SELECT * FROM compared();
CALL rollup_refresh('per_hour');
SELECT * FROM compared();
TRUNCATE day_2_some;
SELECT * FROM compared();
SELECT lo, hi FROM sketch_rollup_data.invalid_1; -- its own range
CALL rollup_refresh('per_hour');
SELECT * FROM compared();
SET session_replication_role = replica;
INSERT INTO events VALUES ('2026-01-01 06:10', 1, 2, 1), ('2026-01-02 06:10', 1, 2, 1);
UPDATE day_2_some SET latency = 3;
DELETE FROM day_1 WHERE id = 700;
SELECT * FROM compared();
TRUNCATE day_2_rest;
RESET session_replication_role;
SELECT * FROM compared();
CALL rollup_refresh('per_hour');
SELECT * FROM compared();

-- new ones: made, attached with rows, written to before they are followed
CREATE TABLE day_3 PARTITION OF events FOR VALUES FROM ('2026-01-03') TO ('2026-01-04');
INSERT INTO events VALUES ('2026-01-03 06:10', 1, 2, 1);
INSERT INTO day_3 VALUES ('2026-01-03 07:10', 1, 2, 1);
CREATE TABLE day_4 (id bigint, latency numeric, host int, at timestamptz NOT NULL);
INSERT INTO day_4 SELECT i, i, i, '2026-01-04'::timestamptz + i * interval '11 min' FROM generate_series(1, 100) i;
ALTER TABLE events ATTACH PARTITION day_4 FOR VALUES FROM ('2026-01-04') TO ('2026-01-05');
UPDATE day_4 SET latency = 3 WHERE id < 10;
SELECT * FROM compared();
BEGIN;
INSERT INTO day_4 VALUES (1, 1, 1, '2026-01-04 10:00');
SELECT rollup_compact('per_hour');
COMMIT;
SELECT * FROM compared();
INSERT INTO day_4 VALUES (1, 1, 1, '2026-01-04 11:00');
DELETE FROM day_3;
CALL rollup_refresh('per_hour', '2026-01-04 06:00', '2026-01-04 12:00');
SELECT * FROM compared();
CALL rollup_refresh('per_hour');
SELECT * FROM compared();
CREATE TABLE others PARTITION OF events DEFAULT;
INSERT INTO others VALUES ('2025-01-01', 1, 1, 1), ('2027-01-01', 1, 1, 1);
INSERT INTO events VALUES ('infinity', 1, 1, 1), ('-infinity', 1, 1, 1);
SELECT * FROM compared();
CALL rollup_refresh('per_hour');
SELECT * FROM compared();
DELETE FROM others WHERE NOT isfinite(at);
CALL rollup_refresh('per_hour');
SELECT * FROM compared();
SELECT rollup_drop('per_hour');
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'sketch%';
SELECT count(*) FROM pg_class WHERE relnamespace = 'sketch_rollup_data'::regnamespace;

-- partitions that go: what the roll-up has of them stays
SELECT rollup_create('per_hour',
                     'SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS hour, host, '
                     'quantile_agg(latency) AS latency, count(*) AS requests, sum(id) AS ids '
                     'FROM events WHERE id >= 0 GROUP BY 1, 2');
DROP TABLE others;
CALL rollup_refresh('per_hour');
CREATE VIEW by_day AS SELECT hour::date AS day, sum(requests) FROM per_hour GROUP BY 1 ORDER BY 1;
TABLE by_day;
DROP TABLE day_1;
ALTER TABLE events DETACH PARTITION day_2;
TABLE by_day;
SELECT count(*) FROM rollup_check('per_hour');
INSERT INTO events VALUES ('2026-01-03 12:00', 1, 1, 1); -- others go on
DELETE FROM day_2 WHERE host = 7;                        -- none of ours any more
SELECT rollup_invalidate('per_hour');
CALL rollup_refresh('per_hour');                          -- what cannot be computed stays
TABLE by_day;
SELECT count(*) FROM rollup_check('per_hour');
SELECT part, during FROM sketch_rollup_data.partitions_1 ORDER BY 2, 1;
-- one that comes back has changed, and is as it is now
ALTER TABLE events ATTACH PARTITION day_2 FOR VALUES FROM ('2026-01-02') TO ('2026-01-03');
TABLE by_day;
SELECT count(*) FROM rollup_check('per_hour');
CALL rollup_refresh('per_hour');
TABLE by_day;
SELECT part, during FROM sketch_rollup_data.partitions_1 ORDER BY 2, 1;
-- so is one that changed while it was away, and nobody looked; below the one that was away, too
ALTER TABLE events DETACH PARTITION day_4;
DELETE FROM day_4 WHERE id > 50;
ALTER TABLE events ATTACH PARTITION day_4 FOR VALUES FROM ('2026-01-04') TO ('2026-01-05');
ALTER TABLE events DETACH PARTITION day_2;
INSERT INTO day_2_some VALUES ('2026-01-02 12:00', 1, 1, 1);
ALTER TABLE events ATTACH PARTITION day_2 FOR VALUES FROM ('2026-01-02') TO ('2026-01-03');
TABLE by_day;
SELECT count(*) FROM rollup_check('per_hour');
CALL rollup_refresh('per_hour');
SELECT count(*) FROM rollup_check('per_hour');
-- what was invalid before one went, and is refreshed before anybody has seen that it is gone
DELETE FROM day_4 WHERE id = 20;
ALTER TABLE events DETACH PARTITION day_4;
SELECT sketch_rollup.recompute(1, '2026-01-01', '2026-02-01');
ALTER TABLE events ATTACH PARTITION day_4 FOR VALUES FROM ('2026-01-04') TO ('2026-01-05');
SELECT count(*) FROM rollup_check('per_hour');
CALL rollup_refresh('per_hour');
TABLE by_day;
-- one that goes before it was followed, with rows that came through the root
CREATE TABLE day_9 PARTITION OF events FOR VALUES FROM ('2026-01-09') TO ('2026-01-10') PARTITION BY LIST (host);
CREATE TABLE day_9_1 PARTITION OF day_9 FOR VALUES IN (1);
INSERT INTO events VALUES ('2026-01-09 10:00', 1, 1, 1);
SELECT rollup_compact('per_hour') IS NOT NULL AS done;
CREATE TABLE day_9_2 PARTITION OF day_9 FOR VALUES IN (2);
CREATE TABLE day_8 PARTITION OF events FOR VALUES FROM ('2026-01-08') TO ('2026-01-09');
INSERT INTO events VALUES ('2026-01-08 10:00', 1, 1, 1), ('2026-01-09 10:00', 2, 1, 1);
BEGIN; INSERT INTO events VALUES ('2026-01-08 11:00', 1, 1, 1); ROLLBACK;
SELECT sketch_rollup.compact(1, NULL);
INSERT INTO day_9 VALUES ('2026-01-09 11:00', 2, 1, 1);
SELECT sketch_rollup.recompute(1, '2026-01-01', '2026-02-01');
DROP TABLE day_8, day_9_2;
SELECT count(*) FROM rollup_check('per_hour');
CALL rollup_refresh('per_hour');
SELECT count(*) FROM rollup_check('per_hour');
TABLE by_day;
DROP TABLE day_9;
-- and one with other bounds
ALTER TABLE events DETACH PARTITION day_3;
ALTER TABLE events ATTACH PARTITION day_3 FOR VALUES FROM ('2026-01-03 00:30') TO ('2026-01-03 18:30');
SELECT rollup_compact('per_hour') IS NOT NULL AS done;
TABLE by_day;
SELECT count(*) FROM rollup_check('per_hour');
-- a smaller one in its place
CREATE TABLE day_1 PARTITION OF events FOR VALUES FROM ('2026-01-01 12:00') TO ('2026-01-02');
TABLE by_day; -- the other half is kept
CALL rollup_refresh('per_hour');
TABLE by_day;
DROP TABLE day_1;
TABLE by_day;
CALL rollup_refresh('per_hour');
TABLE by_day;
-- within a transaction that is rolled back
BEGIN;
DROP TABLE day_4;
TABLE by_day;
SELECT rollup_compact('per_hour') IS NOT NULL AS done;
ROLLBACK;
SELECT count(*) FROM rollup_check('per_hour');

-- sealed, with and without partitions
SELECT rollup_seal('per_hour', '2026-01-03 12:30');
DELETE FROM events WHERE at < '2026-01-03 12:00';
TABLE by_day;
TRUNCATE events;
TABLE by_day;
CALL rollup_refresh('per_hour');
TABLE by_day;
DROP VIEW by_day;
SELECT rollup_drop('per_hour');
DROP TABLE events, day_2;

-- triggers of partitions that are missing
CREATE TABLE events (at timestamp NOT NULL, host int, latency numeric, id bigint) PARTITION BY RANGE (at);
CREATE TABLE day_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-01-02');
CREATE TABLE day_2 PARTITION OF events FOR VALUES FROM ('2026-01-02') TO ('2026-01-03');
SELECT rollup_create('per_hour',
                     'SELECT date_trunc(''hour'', at) AS hour, host, quantile_agg(latency) AS latency, '
                     'count(*) AS requests, sum(id) AS ids FROM events GROUP BY 1, 2');
CALL rollup_refresh('per_hour');
INSERT INTO events SELECT '2026-01-01'::timestamp + i * interval '1 min', i % 4, i / 7.0, i
FROM generate_series(0, 2879) i;
SELECT rollup_compact('per_hour');
ALTER TABLE day_1 DISABLE TRIGGER sketch_rollup_1_insert;
DROP TRIGGER sketch_rollup_1_truncate ON day_2;
SELECT * FROM rollup_check('per_hour');
TRUNCATE day_2;
SELECT count(*) FROM rollup_check('per_hour');
SELECT rollup_invalidate('per_hour', '2026-01-02', '2026-01-03');
SELECT * FROM rollup_check('per_hour');

-- partitions that cannot be followed: rows come from the table
CREATE UNLOGGED TABLE day_3 PARTITION OF events FOR VALUES FROM ('2026-01-03') TO ('2026-01-04');
INSERT INTO day_3 VALUES ('2026-01-03', 1, 1, 1);
CALL rollup_refresh('per_hour'); -- comes to an end
INSERT INTO day_3 VALUES ('2026-01-03', 1, 1, 1);
SELECT unfollowed, invalid_ranges FROM rollup_status;
SELECT hour, requests FROM per_hour WHERE hour >= '2026-01-03';
ALTER TABLE day_3 SET LOGGED;
CREATE ROLE regress_rollup_other;
ALTER TABLE day_3 OWNER TO regress_rollup_other;
CREATE ROLE regress_rollup_maker;
DO $$ DECLARE one regclass; BEGIN
    ALTER TABLE events OWNER TO regress_rollup_maker; ALTER TABLE day_1 OWNER TO regress_rollup_maker;
    ALTER TABLE day_2 OWNER TO regress_rollup_maker; ALTER VIEW per_hour OWNER TO regress_rollup_maker;
    FOR one IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'sketch_rollup_data'::regnamespace
    AND relkind IN ('r', 'v') LOOP EXECUTE format('ALTER TABLE %s OWNER TO regress_rollup_maker', one); END LOOP;
END $$;
SELECT rollup_compact('per_hour');
SELECT unfollowed, invalid_ranges FROM rollup_status;
ALTER TABLE day_3 OWNER TO regress_rollup_maker;
SELECT rollup_compact('per_hour');
SELECT unfollowed, invalid_ranges FROM rollup_status;
CALL rollup_refresh('per_hour');
SELECT hour, requests FROM per_hour WHERE hour >= '2026-01-03';
SELECT bucket FROM rollup_check('per_hour') WHERE bucket IS NOT NULL;
DROP TABLE events CASCADE;
SELECT sketch_rollup.drop_remains();
SELECT count(*) FROM pg_class WHERE relnamespace = 'sketch_rollup_data'::regnamespace;
SET ROLE regress_rollup_maker;
SELECT sketch_rollup.drop_remains();
RESET ROLE;
SELECT count(*) FROM pg_class WHERE relnamespace = 'sketch_rollup_data'::regnamespace;

-- other ways to part: by other columns, by more than one, by an expression; ranges are those of the time
CREATE TABLE events (at timestamptz NOT NULL, host int NOT NULL, latency numeric, id bigint) PARTITION BY LIST (host);
CREATE TABLE host_1 PARTITION OF events FOR VALUES IN (1) PARTITION BY RANGE (at, id);
CREATE TABLE host_1_a PARTITION OF host_1 FOR VALUES FROM (MINVALUE, MINVALUE) TO ('2026-01-02', 5);
CREATE TABLE host_1_b PARTITION OF host_1 FOR VALUES FROM ('2026-01-02', 5) TO ('infinity', MAXVALUE);
CREATE TABLE host_2 PARTITION OF events FOR VALUES IN (2) PARTITION BY RANGE ((id + 1), at);
CREATE TABLE host_2_a PARTITION OF host_2 FOR VALUES FROM (0, '2026-01-01') TO (10, '2026-01-02');
CREATE TABLE host_3 PARTITION OF events FOR VALUES IN (3) PARTITION BY HASH (at);
CREATE TABLE host_3_a PARTITION OF host_3 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE host_4 PARTITION OF events FOR VALUES IN (4) PARTITION BY RANGE (at);
CREATE TABLE host_4_a PARTITION OF host_4 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') PARTITION BY RANGE (at);
CREATE TABLE host_4_b PARTITION OF host_4_a FOR VALUES FROM ('2026-03-01') TO ('2026-04-01'); -- no row can come there
SELECT rollup_create('per_hour',
                     'SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS hour, host, '
                     'quantile_agg(latency) AS latency, count(*) AS requests, sum(id) AS ids '
                     'FROM events WHERE id >= 0 GROUP BY 1, 2');
CALL rollup_refresh('per_hour');
SELECT * FROM sketch_rollup.partitions(1, NULL::tstzrange);
INSERT INTO events SELECT '2026-01-01 21:00'::timestamptz + i / 5 * interval '1 min', i % 3 + 1, i, i % 8
FROM generate_series(0, 2000) i;
INSERT INTO host_1_b VALUES ('2026-01-02', 1, 5, 5);
INSERT INTO host_2 VALUES ('2026-01-02', 2, 5, 5);
DELETE FROM host_3_a WHERE id = 7;
SELECT * FROM compared();
CALL rollup_refresh('per_hour');
DROP TABLE host_2;     -- the others have its range: the table is right
SELECT * FROM compared();
CALL rollup_refresh('per_hour');
SELECT * FROM compared();
TRUNCATE host_1_a;
SELECT * FROM compared();
SELECT rollup_drop('per_hour');
DROP TABLE events;

-- ---- found by trying to break it
CREATE TABLE t (at timestamptz NOT NULL, who int) PARTITION BY RANGE (at);
CREATE TABLE m1 PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') PARTITION BY RANGE (at);
CREATE TABLE d1 PARTITION OF m1 FOR VALUES FROM ('2026-01-01') TO ('2026-01-02');
CREATE TABLE d2 PARTITION OF m1 FOR VALUES FROM ('2026-01-02') TO ('2026-01-03');
CREATE TABLE d3 PARTITION OF m1 FOR VALUES FROM ('2026-01-03') TO ('2026-01-04');
INSERT INTO t SELECT '2026-01-01'::timestamptz + i * interval '10 min', i % 10 FROM generate_series(0, 431) i;
SELECT rollup_create('r', 'SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS h, count(*) AS c FROM t GROUP BY 1');
CALL rollup_refresh('r');
CREATE VIEW days AS SELECT h::date AS day, sum(c) FROM r GROUP BY 1 ORDER BY 1;
-- a partition below the first level is kept
DROP TABLE d1;
TABLE days;
-- what was deleted or truncated does not come back with it
DELETE FROM t WHERE who = 7;
TABLE days;
DROP TABLE d2;
TABLE days;
TRUNCATE t;
DROP TABLE d3;
TABLE days;
SELECT rollup_compact('r');
TABLE days;
SELECT rollup_invalidate('r');
CALL rollup_refresh('r');
TABLE days;
-- what comes late to a sealed partition by its own name
CREATE TABLE d4 PARTITION OF m1 FOR VALUES FROM ('2026-01-04') TO ('2026-01-05');
INSERT INTO d4 VALUES ('2026-01-04 10:00');
SELECT rollup_seal('r', '2026-01-05');
INSERT INTO d4 VALUES ('2026-01-04 10:00');
TABLE days;
DROP VIEW days;
SELECT rollup_drop('r');
DROP TABLE t;

-- a default partition that comes back, or another one
CREATE TABLE t (at timestamptz NOT NULL, v int) PARTITION BY RANGE (at);
CREATE TABLE td PARTITION OF t DEFAULT;
SELECT rollup_create('r', 'SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS h, sum(v) AS s FROM t GROUP BY 1');
INSERT INTO t VALUES ('2026-03-03', 1);
CALL rollup_refresh('r');
ALTER TABLE t DETACH PARTITION td;
SELECT sum(s) FROM r; -- kept
UPDATE td SET v = 2;
ALTER TABLE t ATTACH PARTITION td DEFAULT;
SELECT sum(s) FROM r;
CALL rollup_refresh('r');
UPDATE t SET v = 3;
SELECT sum(s) FROM r;
ALTER TABLE t DETACH PARTITION td;
CALL rollup_refresh('r');
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE td2 PARTITION OF t DEFAULT;
INSERT INTO td2 VALUES ('2026-03-03', 4);
INSERT INTO t VALUES ('2026-01-03', 5), ('2026-04-03', 6);
SELECT * FROM r ORDER BY h;
CALL rollup_refresh('r');
DELETE FROM t WHERE v = 6;
DROP TABLE t1;
SELECT * FROM r ORDER BY h;
CALL rollup_refresh('r');
SELECT * FROM r ORDER BY h;
SELECT count(*) FROM rollup_check('r');
-- in a parallel query
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
INSERT INTO td2 SELECT '2026-05-01'::timestamptz + i * interval '1 s', 1 FROM generate_series(1, 10000) i;
ANALYZE t;
SELECT (SELECT sum(s) FROM r), (SELECT sum(v) FROM t);
SELECT count(*) FROM t WHERE v > (SELECT count(*) FROM r WHERE s < 0);
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
SELECT rollup_drop('r');
DROP TABLE t, td;

-- a fold that takes a part that is gone and a part that is there into one bucket
CREATE TABLE t (at timestamptz NOT NULL, k int) PARTITION BY RANGE (at);
DO $$ BEGIN
    FOR i IN 0 .. 6 LOOP
        CONTINUE WHEN i = 4;
        EXECUTE format('CREATE TABLE e%s PARTITION OF t FOR VALUES FROM (%L) TO (%L)', i,
                       timestamptz '2026-01-05' + i * interval '1 day',
                       timestamptz '2026-01-06' + i * interval '1 day');
    END LOOP;
END $$;
INSERT INTO t SELECT at, i % 3 FROM generate_series(0, 1007) i,
    LATERAL (SELECT '2026-01-05'::timestamptz + i * interval '10 min') AS a (at) WHERE at::date <> '2026-01-09';
SELECT rollup_create('r', 'SELECT date_bin(''1 hour'', at, ''2001-01-01'') AS h, count(*) AS c FROM t GROUP BY 1');
CALL rollup_refresh('r');
DROP TABLE e0;
DELETE FROM t WHERE at::date = '2026-01-07' AND k = 0;
CREATE TABLE e4 PARTITION OF t FOR VALUES FROM ('2026-01-09') TO ('2026-01-10');
INSERT INTO e4 VALUES ('2026-01-09', 1);
SELECT sum(c) FROM r;
SELECT sketch_rollup.fold(1, '2026-01-12', 7 * 86400000000::bigint);
SELECT count(*), sum(c) FROM r;
CALL rollup_refresh('r');
SELECT count(*), sum(c) FROM r;
SELECT rollup_drop('r');
DROP TABLE t;
DROP FUNCTION compared;
DROP OWNED BY regress_rollup_maker;
DROP ROLE regress_rollup_other, regress_rollup_maker;
DROP EXTENSION sketch_rollup;
