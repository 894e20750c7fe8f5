-- Old buckets of a roll-up become wider, and the oldest are dropped: each row is counted once.
SET client_min_messages = warning;
CREATE EXTENSION sketch_rollup;
SET TimeZone = 'UTC';
CREATE TABLE events (at timestamptz NOT NULL, host int, latency numeric, id bigint);
CREATE INDEX ON events (at);
-- ages count from now, so the rows are at days before this one, which must not end before the test does
DO $$ BEGIN PERFORM pg_sleep(61 - extract(second FROM now())) WHERE now()::time > '23:59'; END $$;
CREATE FUNCTION day(back int) RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT date_trunc('day', now()) - back * interval '1 day' $$;
INSERT INTO events SELECT day(10) + i * interval '90 s', i % 3, i / 7.0, i FROM generate_series(0, 10 * 960 - 1) i;
SELECT rollup_create('per_minute',
                     'SELECT date_bin(''1 minute'', at, ''2000-01-01'') AS minute, host, '
                     'quantile_agg(latency) AS latency, distinct_agg(id) AS ids, count(*) AS requests '
                     'FROM events WHERE id >= 0 GROUP BY 1, 2');
CREATE FUNCTION compared(OUT rows numeric, OUT differing bigint, OUT problems bigint, OUT deltas bigint,
                         OUT is_invalid boolean, OUT folds int) LANGUAGE sql AS $$
    WITH limits AS (SELECT coalesce((SELECT folds[1] FROM sketch_rollup_data.state_1 WHERE cardinality(folds) > 2),
                                    -1e18) AS day, coalesce((SELECT folds[cardinality(folds) - 1]
                                                             FROM sketch_rollup_data.state_1), -1e18) AS hour),
    fine AS (SELECT *, date_bin('1 minute', at, '2000-01-01') AS minute FROM events WHERE id >= 0),
    wanted AS (SELECT CASE WHEN extract(epoch FROM minute - '2000-01-01 00:00+00') * 1e6 < day
               THEN date_bin('1 day', minute, '2000-01-01')
               WHEN extract(epoch FROM minute - '2000-01-01 00:00+00') * 1e6 < hour
               THEN date_bin('1 hour', minute, '2000-01-01') ELSE minute END AS minute,
                      host, quantile_agg(latency) AS latency, distinct_agg(id) AS ids, count(*) AS requests
                      FROM fine, limits WHERE at >= coalesce((SELECT retained FROM sketch_rollup_data.state_1),
                                                             '-infinity') GROUP BY 1, 2)
    SELECT (SELECT sum(requests) FROM per_minute),
           (SELECT count(*) FROM ((TABLE per_minute EXCEPT ALL TABLE wanted)
                                  UNION ALL (TABLE wanted EXCEPT ALL TABLE per_minute)) AS d),
           (SELECT count(*) FROM rollup_check('per_minute')), s.deltas, s.invalid_ranges > 0,
           (SELECT cardinality(folds) / 2 FROM sketch_rollup_data.state_1) FROM rollup_status s $$;
SELECT * FROM compared();
SELECT rollup_fold('per_minute', '3 days', '1 hour') = day(3) + (date_trunc('hour', now()) - day(0)) AS folded;
SELECT * FROM compared(); -- nothing is filled in yet
CALL rollup_refresh('per_minute');
SELECT * FROM compared();

-- late rows, updates, deletes on both sides, in transactions and rolled back
INSERT INTO events VALUES (day(7) + interval '10:20', 1, 5, 1), (day(7) + interval '10:30', 1, 5, 1),
    (day(1) + interval '10:30', 1, 5, 1);
SELECT * FROM compared();
SELECT rollup_compact('per_minute');
SELECT * FROM compared();
UPDATE events SET latency = 3 WHERE at = day(7) + interval '10:30';
UPDATE events SET at = at + interval '5 days' WHERE at = day(7) + interval '10:45';
DELETE FROM events WHERE at = day(8) + interval '11:15';
SELECT * FROM compared();
CALL rollup_refresh('per_minute', day(7) + interval '10:31', day(7) + interval '10:32'); -- widened to the hour
SELECT * FROM compared();
CALL rollup_refresh('per_minute');
SELECT * FROM compared();
BEGIN; INSERT INTO events VALUES (day(7), 1, 5, 1); DELETE FROM events WHERE host = 2; SELECT *
FROM compared(); ROLLBACK;
SELECT * FROM compared();

-- further, and a second width
SELECT rollup_fold('per_minute', '2 days', '1 hour') = day(2) + (date_trunc('hour', now()) - day(0)) AS folded;
SELECT * FROM compared();
SELECT rollup_fold('per_minute', '5 days', '1 hour') = day(2) + (date_trunc('hour', now()) - day(0)) AS not_back;
SELECT * FROM compared();
INSERT INTO events SELECT day(9) + i * interval '1 h', 1, 5, 1 FROM generate_series(0, 200) i;
SELECT * FROM compared();
SELECT rollup_fold('per_minute', '5 days', '1 day') = day(5) AS folded;
SELECT * FROM compared();
SELECT folds IS NOT NULL FROM rollup_status;
DELETE FROM events WHERE at BETWEEN day(6) + interval '3 hours' AND day(6) + interval '4 hours';
INSERT INTO events SELECT day(9) + i * interval '1 h', 1, 5, 1 FROM generate_series(0, 200) i;
SELECT * FROM compared();
SELECT rollup_compact('per_minute') > 0 AS compacted;
SELECT * FROM compared();
CALL rollup_refresh('per_minute');
SELECT * FROM compared();
SELECT rollup_invalidate('per_minute');
CALL rollup_refresh('per_minute');
SELECT * FROM compared();
SELECT count(DISTINCT minute) FROM per_minute WHERE minute < day(6);

-- what is sealed ends where a bucket does
SELECT rollup_seal('per_minute', day(6) + interval '7 hours') = day(6) AS whole_day;
SELECT rollup_seal('per_minute', day(1) + interval '7 hours 30 minutes') = day(1) +
       interval '7 hours 30 minutes' AS whole_minute;
SELECT * FROM compared();
SELECT rollup_fold('per_minute', '1 hour', '1 hour') = date_trunc('hour', now()) - interval '1 hour' AS folded;
SELECT sealed = day(1) + interval '8 hours' AS whole_hour FROM sketch_rollup_data.state_1;
SELECT * FROM compared();
DELETE FROM events WHERE at < day(1) + interval '8 hours';
SELECT sum(requests) FROM per_minute;
SELECT count(*) FROM rollup_check('per_minute');
CALL rollup_refresh('per_minute');
SELECT sum(requests) FROM per_minute;
INSERT INTO events VALUES (day(1), 1, 5, 1);
SELECT sum(requests) FROM per_minute;

-- the oldest go
SELECT rollup_retain('per_minute', '8 days') <= day(8) AS retained;
SELECT min(minute) = day(8) AS first_left FROM per_minute;
INSERT INTO events VALUES (day(9), 1, 5, 1); -- too late
SELECT min(minute) = day(8) AS first_left FROM per_minute;
SELECT rollup_compact('per_minute');
SELECT min(minute) = day(8) AS first_left FROM per_minute;
SELECT rollup_retain('per_minute', '9 days') = day(8) AS not_back;
SELECT retained_from IS NOT NULL FROM rollup_status;
SELECT count(*) FROM rollup_check('per_minute');

-- what is refused
SELECT rollup_fold('per_minute', '1 day', '90 seconds');
SELECT rollup_fold('per_minute', '1 day', '1 minute');
SELECT rollup_fold('per_minute', '1 day', '30 seconds');
SELECT rollup_fold('per_minute', '1 day', '1 month');
SELECT rollup_fold('per_minute', '1 day', '-1 hour');
SELECT rollup_fold('per_minute', '1 day', NULL);
SELECT rollup_fold('per_minute', NULL, '1 hour');
SELECT rollup_fold('per_minute', '-1 day', '1 hour');
SELECT rollup_fold('per_minute', '1 hour', '2 days');
SELECT rollup_fold('per_minute', '1 day', '7 hours');
SELECT rollup_fold('per_minute', '1000001 days', '1000001 days');
SELECT rollup_fold('events', '1 day', '7 hours');
SELECT rollup_fold('per_minute', '1000000 years', '1 hour');
SELECT rollup_retain('per_minute', NULL);
SELECT rollup_retain('per_minute', '-1 s');
SELECT rollup_fold('per_minute', '1000 days', w::interval) IS NOT NULL AS folded
FROM unnest(ARRAY['2 days', '4 days', '8 days', '16 days', '32 days', '64 days']) AS w;
SELECT rollup_fold('per_minute', '200 days', '128 days');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT rollup_fold('per_minute', '1 day', '1 hour');
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT rollup_retain('per_minute', '1 day');
ROLLBACK;
SELECT rollup_drop('per_minute');

-- weeks of days without time zone, with partitions that go: whole weeks stay
CREATE TABLE visits (at timestamp NOT NULL, x int) PARTITION BY RANGE (at);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-01-08');
CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2026-01-08') TO ('2026-01-15');
INSERT INTO visits SELECT '2026-01-01'::timestamp + i * interval '1 hour', i FROM generate_series(0, 335) i;
SELECT rollup_create('per_day', 'SELECT date_trunc(''day'', at) AS day, count(*), sum(x) FROM visits GROUP BY 1');
CALL rollup_refresh('per_day');
SELECT rollup_fold('per_day', '7 days', '7 days') IS NOT NULL AS folded;
SELECT * FROM per_day ORDER BY day;
SELECT * FROM rollup_check('per_day');
DROP TABLE visits_1;
SELECT * FROM per_day ORDER BY day;
DELETE FROM visits WHERE at < '2026-01-12';
CALL rollup_refresh('per_day');
SELECT * FROM per_day ORDER BY day;
SELECT * FROM rollup_check('per_day');
INSERT INTO visits VALUES ('2026-01-09', 1);
SELECT * FROM per_day ORDER BY day;
SELECT rollup_drop('per_day');
-- a fold drops nothing that was retained
CREATE TABLE pings (at timestamptz NOT NULL);
INSERT INTO pings SELECT '2026-01-05'::timestamptz + i * interval '10 min' FROM generate_series(0, 2015) i;
SELECT rollup_create('r', 'SELECT date_bin(''1 hour'', at, ''2001-01-01'') AS h, count(*) AS c FROM pings GROUP BY 1');
CALL rollup_refresh('r');
SELECT sketch_rollup.retain(1, '2026-01-08 13:00');
SELECT sum(c) FROM r;
SELECT rollup_seal('r', '2026-01-15');
DELETE FROM pings WHERE at < '2026-01-15';
INSERT INTO pings VALUES ('2026-01-06'), ('2026-01-09'); -- too late, and late
SELECT sum(c) FROM r;
SELECT sketch_rollup.fold(1, '2026-01-12', 7 * 86400000000::bigint);
SELECT sum(c), min(h) FROM r;
SELECT rollup_compact('r');
SELECT sum(c), min(h) FROM r;
INSERT INTO pings VALUES ('2026-01-06'), ('2026-01-09');
SELECT sum(c), min(h) FROM r;
SELECT rollup_drop('r');
DROP TABLE events, visits, pings;
DROP FUNCTION compared, day;
DROP EXTENSION sketch_rollup;
