-- Roll-ups: the view is what the query on the table gives, whatever happens to the table.
SET client_min_messages = warning;
CREATE EXTENSION sketch_rollup;
SET TimeZone = 'UTC';
CREATE TABLE events (id bigint, at timestamptz NOT NULL, host int, latency numeric, user_id int, note json,
                     place point);
INSERT INTO events SELECT i, '2026-01-01'::timestamptz + i * interval '5 s', nullif(i % 5, 0), i % 97 / 4.0, i % 300,
                          '{}', point(i, 1) FROM generate_series(1, 3000) i;
SELECT rollup_create('per_minute', $$
    SELECT date_bin('1 minute', at, '2000-01-01') AS minute, host, quantile_agg(latency) AS latency,
           distinct_agg(user_id) AS users, topk_agg(user_id, 5) AS top,
           frequency_agg(user_id) AS counts, membership_agg(user_id, 100) AS seen, count(*) AS requests,
           count(host) FILTER (WHERE user_id > 100) AS some,
           sum(latency) AS total, sum(user_id) AS ids, min(latency) AS least, max(user_id) AS most
    FROM events WHERE id > 10 GROUP BY 1, 2; $$);

-- what the view has, and what the query on the table gives
CREATE FUNCTION compared(OUT groups bigint, OUT rows numeric, OUT problems bigint, OUT deltas bigint,
                         OUT invalid bigint) LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM per_minute), (SELECT sum(requests) FROM per_minute),
           (SELECT count(*) FROM rollup_check('per_minute')), deltas, invalid_ranges FROM rollup_status $$;
SELECT * FROM compared(); -- all from the table
CALL rollup_refresh('per_minute');
SELECT * FROM compared();
SELECT percentile(merge(latency), 0.99) AS p99, distinct_count(merge(users)) AS users, sum(requests) AS requests
FROM per_minute WHERE minute < '2026-01-01 01:00';

-- inserts add deltas, of any statement
INSERT INTO events SELECT i, '2026-01-01'::timestamptz + i * interval '5 s', nullif(i % 5, 0), i % 97 / 4.0, i % 300
FROM generate_series(2990, 3200) i;
SELECT * FROM compared();
INSERT INTO events (id, at) VALUES (1000, '2026-01-01 00:10:30'), (5, '2026-01-01 00:10:30');
COPY events (id, at, host, latency) FROM stdin;
2000	2026-01-01 00:10:31+00	1	7.5
2001	2026-01-01 00:10:59.999999+00	\N	\N
2001	1999-12-31 23:59:59.999999+00	\N	\N
\.
SELECT * FROM compared();
SELECT rollup_compact('per_minute');
SELECT rollup_compact('per_minute');
SELECT * FROM compared();

-- updates invalidate what they change, deletes what was there
UPDATE events SET note = '{"a": 1}' WHERE id < 100;                     -- no column of the query
SELECT * FROM compared();
UPDATE events SET latency = latency * 1.00 WHERE id = 500;              -- equal, but other bytes
UPDATE events SET host = 9, at = at + interval '1 day' WHERE id BETWEEN 600 AND 610;
UPDATE events SET id = 3 WHERE id = 700;                                -- leaves the condition
DELETE FROM events WHERE id BETWEEN 1500 AND 1600;
SELECT * FROM compared();
WITH d AS (DELETE FROM events WHERE id BETWEEN 20 AND 25 RETURNING *),
    u AS (UPDATE events SET latency = 1 WHERE id = 30 RETURNING *)
INSERT INTO events SELECT * FROM d UNION ALL SELECT * FROM u;
SELECT * FROM compared();
CALL rollup_refresh('per_minute', '2026-01-01 00:50', '2026-01-01 00:51'); -- a part
SELECT * FROM compared();
CALL rollup_refresh('per_minute');
SELECT * FROM compared();
BEGIN; INSERT INTO events (id, at) SELECT 100, '2026-01-01'; SAVEPOINT a; DELETE FROM events; ROLLBACK TO a; COMMIT;
BEGIN; DELETE FROM events; ROLLBACK;
SELECT * FROM compared();

-- a new unique index for ON CONFLICT, a trigger of the user's own, before and after
CREATE UNIQUE INDEX ON events (id) WHERE id > 100000;
CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.latency := 50; RETURN NEW; END $$;
CREATE TRIGGER own BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION own();
INSERT INTO events (id, at) VALUES (100001, '2026-01-02'), (100002, '2026-01-02') ON CONFLICT DO NOTHING;
INSERT INTO events (id, at) VALUES (100001, '2026-01-02'), (100003, '2026-01-02') ON CONFLICT (id)
WHERE id > 100000 DO UPDATE SET latency = 60;
SELECT * FROM compared();

-- times that are not finite, at the end of time, and none
INSERT INTO events (id, at) VALUES (11, 'infinity'), (12, '-infinity'), (13, '294276-12-31 23:59:59'),
    (14, '4714-11-24 00:00:00 BC');
SELECT * FROM compared();
SELECT rollup_compact('per_minute') > 0 AS compacted;
SELECT * FROM compared();
DELETE FROM events WHERE id BETWEEN 11 AND 14;
SELECT * FROM compared();
CALL rollup_refresh('per_minute');
SELECT * FROM compared();
ALTER TABLE events ALTER at DROP NOT NULL;
INSERT INTO events (id, at) VALUES (15, NULL);
ALTER TABLE events ALTER at SET NOT NULL;

-- where triggers of statements do not fire
SET session_replication_role = replica;
INSERT INTO events (id, at) VALUES (16, '2026-01-03'), (17, '2026-01-03');
UPDATE events SET latency = 3 WHERE id = 16;
DELETE FROM events WHERE id = 17;
RESET session_replication_role;
SELECT * FROM compared();
ALTER TABLE events DISABLE TRIGGER USER;
INSERT INTO events (id, at) VALUES (18, '2026-01-05');
SELECT problem, bucket FROM rollup_check('per_minute');
SELECT DISTINCT problem FROM rollup_check('per_minute', '2026-01-06') WHERE bucket IS NOT NULL; -- not there
ALTER TABLE events ENABLE TRIGGER USER;
ALTER TABLE events ENABLE ALWAYS TRIGGER sketch_rollup_1_written, ENABLE ALWAYS TRIGGER sketch_rollup_1_removed,
    ENABLE ALWAYS TRIGGER sketch_rollup_1_truncate;
UPDATE events SET latency = 1 WHERE id = 18;
SELECT problem, bucket FROM rollup_check('per_minute');

-- another hand in the rows
UPDATE sketch_rollup_data.rows_1 SET requests = requests + 1;
SELECT * FROM compared();
CALL rollup_refresh('per_minute');
INSERT INTO sketch_rollup_data.deltas_1 SELECT * FROM sketch_rollup_data.rows_1 LIMIT 3;
SELECT * FROM compared();
TRUNCATE sketch_rollup_data.deltas_1;
CALL rollup_refresh('per_minute');
SELECT * FROM compared();

-- partition of another table: rows come through it
CREATE TABLE all_events (LIKE events) PARTITION BY LIST (host);
ALTER TABLE all_events ATTACH PARTITION events DEFAULT;
INSERT INTO all_events (id, at) VALUES (19, '2026-01-03');
UPDATE all_events SET latency = 4 WHERE id = 19;
SELECT * FROM compared();
INSERT INTO events (id, at) VALUES (20, '2026-01-03');
SELECT * FROM compared();
ALTER TABLE all_events DETACH PARTITION events;
DROP TABLE all_events;
CALL rollup_refresh('per_minute');

-- names change
DROP TRIGGER own ON events;
ALTER TABLE events RENAME latency TO took;
ALTER TABLE events RENAME at TO "at Time";
ALTER TABLE events RENAME TO "all Events";
CREATE SCHEMA other;
ALTER TABLE "all Events" SET SCHEMA other;
INSERT INTO other."all Events" (id, "at Time") VALUES (21, '2026-01-03');
DELETE FROM other."all Events" WHERE id = 300;
SELECT * FROM compared();
ALTER TABLE other."all Events" RENAME "at Time" TO at;
ALTER TABLE other."all Events" RENAME took TO latency;
ALTER TABLE other."all Events" RENAME TO events;
ALTER TABLE other.events SET SCHEMA public;
ALTER VIEW per_minute RENAME TO "per Minute";
INSERT INTO events (id, at) VALUES (22, '2026-01-03');
SELECT rollup_compact('"per Minute"');
ALTER VIEW "per Minute" RENAME TO per_minute;
ALTER TABLE events ADD extra int DEFAULT 5, DROP place;
INSERT INTO events (id, at) VALUES (23, '2026-01-03');
CALL rollup_refresh('per_minute');
SELECT * FROM compared();

-- functions, types and schemas change their names while a session has plans
CREATE FUNCTION tenfold(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 10 * $1';
SELECT rollup_create('renamed',
                     'SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS hour, sum(tenfold(host)) FROM events '
                     'GROUP BY 1');
INSERT INTO events (id, at, host) VALUES (200, '2026-01-03', 1);
ALTER FUNCTION tenfold RENAME TO tenfold_by_another_name;
INSERT INTO events (id, at, host) VALUES (201, '2026-01-03', 1);
ALTER TABLE events SET SCHEMA other;
INSERT INTO other.events (id, at, host) VALUES (201, '2026-01-03', 1);
ALTER SCHEMA other RENAME TO another;
INSERT INTO another.events (id, at, host) VALUES (202, '2026-01-03', 1);
CALL rollup_refresh('renamed');
SELECT * FROM rollup_check('renamed');
ALTER SCHEMA another RENAME TO other;
ALTER TABLE other.events SET SCHEMA public;
SELECT rollup_drop('renamed');
DROP FUNCTION tenfold_by_another_name;

-- many ranges, and what is made invalid by hand
DELETE FROM events WHERE extract(minute FROM at)::int % 2 = 0 AND id > 1000;
CALL rollup_refresh('per_minute');
SELECT * FROM compared();
ALTER TABLE events DISABLE TRIGGER sketch_rollup_1_delete;
DELETE FROM events WHERE id = 2001;
ALTER TABLE events ENABLE TRIGGER sketch_rollup_1_delete;
SELECT * FROM rollup_check('per_minute');
SELECT rollup_invalidate('per_minute', '1999-12-31', '2000-01-01');
SELECT * FROM compared();
SELECT rollup_invalidate('per_minute');
CALL rollup_refresh('per_minute');
SELECT * FROM compared();
CALL rollup_refresh('per_minute', '2026-01-02', '2026-01-01');

-- what is sealed stays
SELECT rollup_seal('per_minute', '2026-01-01 01:00:30');
DELETE FROM events WHERE at < '2026-01-01 01:00';
SELECT * FROM compared();
INSERT INTO events (id, at) VALUES (24, '2026-01-01 00:30'); -- late
SELECT * FROM compared();
CALL rollup_refresh('per_minute');
SELECT rollup_compact('per_minute');
SELECT * FROM compared();
TRUNCATE events;
SELECT * FROM compared();
CALL rollup_refresh('per_minute');
SELECT * FROM compared();
SELECT min(minute), max(minute) FROM per_minute;

-- isolation
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT rollup_compact('per_minute');
ROLLBACK;

-- gone in parts
DROP TABLE events;
DROP TABLE events CASCADE;
SELECT count(*) FROM pg_class WHERE relnamespace = 'sketch_rollup_data'::regnamespace AND relkind IN ('r', 'v');
SELECT * FROM rollup_status;
CREATE TABLE events (id bigint, at timestamp NOT NULL, host text, x float8);
SELECT rollup_create('per_day',
                     'SELECT date_trunc(''day'', at) AS day, count(*), quantile_agg(x) AS x FROM events GROUP BY 1');
SELECT relname FROM pg_class WHERE relnamespace = 'sketch_rollup_data'::regnamespace AND relkind IN ('r', 'v')
ORDER BY 1;
SET TimeZone = 'America/New_York'; -- a table without time zone does not mind
INSERT INTO events SELECT i, '2026-03-07'::timestamp + i * interval '17 minutes', 'h', i FROM generate_series(1, 300) i;
SELECT day, count, percentile(x, 0.5) FROM per_day ORDER BY 1;
SELECT * FROM rollup_check('per_day');
CALL rollup_refresh('per_day', '2026-03-08 02:30', '2026-03-09');
SELECT deltas, invalid_ranges, invalid_from FROM rollup_status;
CALL rollup_refresh('per_day');
SELECT rollup_seal('per_day', '2026-03-08 12:00');
SELECT sealed_before FROM rollup_status;
SELECT * FROM rollup_check('per_day');
RESET TimeZone;
DROP VIEW per_day;
INSERT INTO events VALUES (1, '2026-03-07', 'h', 1); -- its triggers do nothing
SELECT rollup_create('by_host',
                     'SELECT host, date_bin(''1 hour'', at, ''2000-01-01'') AS hour, min(x), count(*) FROM events '
                     'GROUP BY host, hour');
SELECT tgname FROM pg_trigger WHERE tgrelid = 'events'::regclass ORDER BY 1;
SELECT rollup_drop('by_host');
SELECT count(*) FROM pg_class WHERE relnamespace = 'sketch_rollup_data'::regnamespace;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'events'::regclass;

-- names that the statements use themselves, and that need quotes
CREATE TABLE "s" (r timestamptz NOT NULL, s int, m int, d int, e int, g int, i int, t int, x numeric, c int, v int,
                  u int, n int, k int, lo int, hi int, bucket int, parts int, "excluded" int, kept int,
                  made int, rows int, "Ü ""x" text);
SELECT rollup_create('"r"',
                     'SELECT date_bin(''1 hour'', r, ''2000-01-01'') AS r, m, "Ü ""x" AS d, count(*) AS excluded,
    sum(s) AS s, sum(g) AS g, min(i) AS i, max(t) AS t, sum(x) AS x, count(c) AS c, count(v) AS v,
    count(u) AS u, count(n) AS n, count(k) AS k,
    count(lo) AS lo, count(hi) AS hi, count(bucket) AS bucket, count(parts) AS parts, count(kept) AS kept,
    count(made) AS made, count(rows) AS rows, max(e) AS "E e" FROM s GROUP BY 1, 2, 3');
INSERT INTO s (r, m, s, x) SELECT '2026-01-01'::timestamptz + i * interval '10 min', i % 3, i, i / 10.0
FROM generate_series(1, 30) i;
CALL rollup_refresh('r');
INSERT INTO s (r, m, s, x) SELECT '2026-01-01'::timestamptz + i * interval '10 min', i % 3, i, i / 10.0
FROM generate_series(20, 50) i;
DELETE FROM s WHERE s = 7;
SELECT * FROM rollup_check('r');
SELECT rollup_compact('r');
SELECT * FROM rollup_check('r');
CALL rollup_refresh('r');
SELECT * FROM rollup_check('r');
SELECT count(*), sum(excluded), sum(s), sum(x) FROM r;
-- of another owner in part: nothing is lost without a word
CREATE ROLE regress_rollup_other;
ALTER VIEW r OWNER TO regress_rollup_other;
INSERT INTO s (r) VALUES ('2026-01-01');
ALTER VIEW r OWNER TO current_user;
SELECT * FROM rollup_check('r');
ALTER TABLE sketch_rollup_data.deltas_1 OWNER TO regress_rollup_other;
INSERT INTO s (r) VALUES ('2026-01-01');
ALTER TABLE sketch_rollup_data.deltas_1 OWNER TO current_user;
INSERT INTO s (r) VALUES ('2026-01-01');
SELECT * FROM rollup_check('r');
SELECT rollup_drop('r');
DROP ROLE regress_rollup_other;
DROP TABLE s;

-- what a roll-up cannot keep
\set VERBOSITY default
CREATE VIEW a_view AS SELECT * FROM events;
CREATE TABLE parted (at timestamp NOT NULL, x int) PARTITION BY RANGE (at);
CREATE UNLOGGED TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE child (y int) INHERITS (events);
CREATE TEMP TABLE temporary_one (at timestamp NOT NULL);
CREATE UNLOGGED TABLE unlogged_one (at timestamp NOT NULL);
CREATE TABLE shapes (id int PRIMARY KEY, at timestamp NOT NULL, zone timestamptz NOT NULL, perhaps timestamp, x float8,
                     n numeric, t text, g float8 GENERATED ALWAYS AS (x * 2) STORED);
CREATE COLLATION ignoring (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE FUNCTION try(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE what text; why text;
BEGIN
    PERFORM rollup_create('refused', query);
    RETURN 'was made';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS why = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ' ' || SQLERRM || coalesce(' -- ' || nullif(why, ''), '');
END $$;
SELECT query, try('SELECT ' || query) FROM unnest(ARRAY[
    'date_bin(''1 min'', at, ''2000-01-01'') AS minute, count(*) FROM a_view GROUP BY 1',
    'date_bin(''1 min'', at, ''2000-01-01'') AS minute, count(*) FROM parted GROUP BY 1',
    'date_bin(''1 min'', at, ''2000-01-01'') AS minute, count(*) FROM parted_1 GROUP BY 1',
    'date_bin(''1 min'', at, ''2000-01-01'') AS minute, count(*) FROM events GROUP BY 1',
    'date_bin(''1 min'', at, ''2000-01-01'') AS minute, count(*) FROM child GROUP BY 1',
    'date_bin(''1 min'', at, ''2000-01-01'') AS minute, count(*) FROM temporary_one GROUP BY 1',
    'date_bin(''1 min'', at, ''2000-01-01'') AS minute, count(*) FROM unlogged_one GROUP BY 1',
    'date_bin(''1 min'', perhaps, ''2000-01-01'') AS minute, count(*) FROM shapes GROUP BY 1',
    'date_bin(''1 min'', at, perhaps) AS minute, count(*) FROM shapes GROUP BY 1',
    'date_bin(''1 min'', at, ''2000-01-01'') AS minute, date_bin(''1 hour'', at, ''2000-01-01'') AS hour, count(*) '
    'FROM shapes GROUP BY 1, 2',
    'date_bin(''1 min'', at + ''1 h'', ''2000-01-01'') AS minute, count(*) FROM shapes GROUP BY 1',
    'date_bin(''1 min'', at, ''infinity'') AS minute, count(*) FROM shapes GROUP BY 1',
    'date_bin(''1 min'', at, NULL) AS minute, count(*) FROM shapes GROUP BY 1',
    'date_bin(''1 month'', at, ''2000-01-01'') AS month, count(*) FROM shapes GROUP BY 1',
    'date_bin(''2000000000 days'', at, ''2000-01-01'') AS month, count(*) FROM shapes GROUP BY 1',
    'date_trunc(''hour'', zone) AS hour, count(*) FROM shapes GROUP BY 1',
    'date_trunc(''month'', at) AS month, count(*) FROM shapes GROUP BY 1',
    't, count(*) FROM shapes GROUP BY 1',
    'count(*) FROM shapes',
    'at FROM shapes',
    'date_trunc(''day'', at) AS day FROM shapes',
    'date_trunc(''day'', at) AS day, x, count(*) FROM shapes GROUP BY 1, 2',
    'date_trunc(''day'', at) AS day, n, count(*) FROM shapes GROUP BY 1, 2',
    'date_trunc(''day'', at) AS day, t COLLATE ignoring AS t, count(*) FROM shapes GROUP BY 1, t COLLATE ignoring',
    'date_trunc(''day'', at) AS day, max(t COLLATE ignoring) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, distinct_agg(t COLLATE ignoring) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, avg(x) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, sum(x) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(*) + 1 AS more FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(DISTINCT t) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, array_agg(t ORDER BY t) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, string_agg(t, '','') FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, percentile_sketch(x, 0.5) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, approx_count_distinct(t) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(g) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(shapes) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(*) FILTER (WHERE at < now()) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(*) FROM shapes WHERE random() < 0.5 GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(*) FROM shapes WHERE id IN (SELECT id FROM events) GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(*) FROM shapes GROUP BY 1, t',
    'date_trunc(''day'', at) AS day, count(*) FROM shapes GROUP BY 1 HAVING count(*) > 1',
    'date_trunc(''day'', at) AS day, count(*) FROM shapes GROUP BY 1 ORDER BY 1',
    'date_trunc(''day'', at) AS day, count(*) FROM shapes GROUP BY 1 LIMIT 5',
    'DISTINCT date_trunc(''day'', at) AS day, count(*) FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(*) FROM shapes GROUP BY ROLLUP (1)',
    'date_trunc(''day'', at) AS day, count(*), sum(count(*)) OVER () FROM shapes GROUP BY 1',
    'date_trunc(''day'', at) AS day, unnest(ARRAY[1, 2]) AS n, count(*) FROM shapes GROUP BY 1, 2',
    'date_trunc(''day'', s.at) AS day, count(*) FROM shapes s JOIN shapes t USING (id) GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(*) FROM shapes TABLESAMPLE SYSTEM (10) GROUP BY 1',
    'date_trunc(''day'', at) AS day, count(*) FROM shapes GROUP BY 1 UNION ALL SELECT ''2026-01-01'', 1',
    'date_trunc(''day'', at) AS day, count(*) FROM (SELECT * FROM shapes) s GROUP BY 1',
    'date_bin(''1 day'', now()::timestamp, ''2000-01-01'') AS day, count(*) FROM shapes GROUP BY 1']) AS query;
SELECT count(*) FROM pg_class WHERE relnamespace = 'sketch_rollup_data'::regnamespace;
SELECT rollup_create('a.b.c', 'SELECT 1');
SELECT rollup_create(NULL, 'SELECT 1');
SELECT rollup_create('pg_temp.x', 'SELECT 1');
SELECT rollup_compact('a_view');
SELECT rollup_compact('nothing');
SELECT rollup_compact(NULL);
SELECT rollup_drop('shapes');
CALL rollup_refresh(NULL);
SELECT rollup_seal('a_view', 'now');
CREATE TRIGGER false_one AFTER TRUNCATE ON shapes FOR EACH STATEMENT EXECUTE FUNCTION sketch_rollup.capture('1');
TRUNCATE shapes; -- there is no roll-up 1
SELECT sketch_rollup.view_query('a_view', 1);
DROP VIEW a_view;
SELECT rollup_create('keys_only', 'SELECT date_trunc(''day'', at) AS day FROM shapes GROUP BY 1');
DROP TRIGGER false_one ON shapes;
INSERT INTO shapes SELECT i, '2026-01-01', '2026-01-01' FROM generate_series(1, 3) i;
INSERT INTO shapes SELECT i, '2026-01-01', '2026-01-01' FROM generate_series(4, 6) i;
SELECT rollup_compact('keys_only');
SELECT * FROM keys_only;
SELECT * FROM rollup_check('keys_only');
SELECT rollup_drop('keys_only');
-- ---- found by trying to break it

-- keys that are too long for an index
CREATE TABLE pages (at timestamptz NOT NULL, url text, body bytea, short varchar, n int);
SELECT rollup_create('per_url',
                     'SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS hour, url, body, short, count(*) AS visits, '
                     'sum(n) AS n FROM pages GROUP BY 1, 2, 3, 4');
CREATE FUNCTION url(i int) RETURNS text LANGUAGE sql
    AS $$ SELECT string_agg(md5(j::text), '') || i FROM generate_series(1, 40 * i) AS j $$;
INSERT INTO pages SELECT '2026-01-01'::timestamptz + i * interval '10 min', url(i % 9),
                         decode(repeat(md5(i % 3 || ''), 100), 'hex'), left(url(i % 9), i % 700), i
FROM generate_series(0, 80) i;
INSERT INTO pages SELECT '2026-01-01'::timestamptz + i * interval '10 min', repeat('ü', 2000 + i % 2), NULL,
                         repeat('ü', i % 700), i FROM generate_series(0, 80) i;
SELECT rollup_compact('per_url') > 0 AS compacted;
INSERT INTO pages SELECT * FROM pages;
SELECT rollup_compact('per_url') > 0 AS compacted;
SELECT * FROM rollup_check('per_url');
CALL rollup_refresh('per_url');
INSERT INTO pages SELECT * FROM pages LIMIT 100;
UPDATE pages SET url = url || 'x' WHERE n = 5;
SELECT rollup_compact('per_url') > 0 AS compacted;
CALL rollup_refresh('per_url');
SELECT * FROM rollup_check('per_url');
SELECT sum(visits), count(DISTINCT url), max(length(url)) FROM per_url;
SELECT bool_and(length(sketch_rollup.shortened(repeat('ü', i), 5)) = CASE WHEN i <= 2 THEN i ELSE 66 END),
       count(DISTINCT sketch_rollup.shortened(repeat('ü', i), 5)) FROM generate_series(0, 100) AS i;
SELECT rollup_drop('per_url');

-- more keys than an index has, and keys without order
SELECT try('SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS hour, ' ||
           string_agg(format('left(url, %s) AS u%1$s', i), ', ') || ', count(*) FROM pages GROUP BY 1, ' ||
           string_agg(1 + i || '', ', ')) FROM generate_series(1, 32) AS i;
SELECT try('SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS hour, n::text::xid AS x, count(*) FROM pages '
           'GROUP BY 1, 2');
DROP TABLE pages;
DROP FUNCTION url;

-- many ranges, with and without an index that finds them
CREATE TABLE persons (at timestamptz NOT NULL, person int);
SELECT rollup_create('per_person',
                     'SELECT date_bin(''1 minute'', at, ''2000-01-01'') AS minute, count(*) AS n, '
                     'distinct_agg(person) AS persons FROM persons GROUP BY 1');
INSERT INTO persons SELECT '2026-01-01'::timestamptz + i * interval '30 s', i % 10 FROM generate_series(1, 6000) i;
CALL rollup_refresh('per_person');
DELETE FROM persons WHERE person IN (3, 7);
SELECT invalid_ranges, (SELECT sum(n) FROM per_person) FROM rollup_status;
SELECT count(*) FROM rollup_check('per_person');
CREATE INDEX ON persons (at) WHERE person > 0; -- finds some only
SELECT sum(n) FROM per_person;
CREATE INDEX ON persons (at);
SELECT sum(n) FROM per_person;
SELECT count(*) FROM rollup_check('per_person');
CALL rollup_refresh('per_person', '2026-01-01 00:10', '2026-01-01 06:00');
SELECT invalid_ranges, (SELECT sum(n) FROM per_person) FROM rollup_status;
DROP INDEX persons_at_idx, persons_at_idx1;
CALL rollup_refresh('per_person');
SELECT invalid_ranges, (SELECT sum(n) FROM per_person) FROM rollup_status;
SELECT count(*) FROM rollup_check('per_person');

-- in a parallel query of something else, when the session does not know the roll-up yet, and without an index
DELETE FROM persons WHERE person = 4;
ALTER TABLE persons SET (fillfactor = 90);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT (SELECT count(*) FROM persons), (SELECT sum(n) FROM per_person);
SELECT count(*) FROM persons WHERE person > (SELECT sum(n) FROM per_person WHERE minute < '2000-01-01');
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
CALL rollup_refresh('per_person');

-- rows of replication: one range for each bucket of a transaction, also if a part of it is undone
SET session_replication_role = replica;
BEGIN;
SAVEPOINT a;
INSERT INTO persons VALUES ('2026-01-05', 1);
ROLLBACK TO a;
INSERT INTO persons SELECT '2026-01-05'::timestamptz + i % 3 * interval '1 min', 1 FROM generate_series(1, 1000) i;
COMMIT;
SELECT count(*) FROM sketch_rollup_data.invalid_1;
BEGIN;
INSERT INTO persons VALUES ('2026-01-05', 1);
SELECT sketch_rollup.recompute(1, '2026-01-05', '2026-01-06');
INSERT INTO persons VALUES ('2026-01-05', 1);
COMMIT;
RESET session_replication_role;
SELECT count(*) FROM rollup_check('per_person');
CALL rollup_refresh('per_person');

-- settings of a session that change what text means
SET standard_conforming_strings = off;
SET escape_string_warning = off;
INSERT INTO persons VALUES ('2026-01-01', 1);
SELECT rollup_compact('per_person');
SELECT view, deltas FROM rollup_status;
CALL rollup_refresh('per_person');
SELECT count(*) FROM rollup_check('per_person');
RESET standard_conforming_strings;
RESET escape_string_warning;

-- triggers that are not enabled as they were come back
ALTER TABLE persons DISABLE TRIGGER USER, ENABLE TRIGGER USER;
DROP TRIGGER sketch_rollup_1_insert ON persons;
INSERT INTO persons VALUES ('2026-01-02', 1);
SELECT count(*) FROM rollup_check('per_person');
SELECT rollup_invalidate('per_person', '2026-01-02', '2026-01-03');
SELECT count(*) FROM rollup_check('per_person');
INSERT INTO persons VALUES ('2026-01-03', 1);
SELECT count(*) FROM rollup_check('per_person');

-- a view in its place is no roll-up, and one that depends on what is left of it is left alone
CREATE OR REPLACE VIEW per_person AS SELECT NULL::timestamptz AS minute, NULL::bigint AS n,
    NULL::distinct_sketch AS persons;
SELECT view FROM rollup_status;
CREATE VIEW depends AS SELECT count(*) FROM sketch_rollup_data.rows_1;
SELECT sketch_rollup.drop_remains();
DROP VIEW depends;
SELECT sketch_rollup.drop_remains();
SELECT relname FROM pg_class WHERE relnamespace = 'sketch_rollup_data'::regnamespace;
DROP VIEW per_person;

-- other ways to write: MERGE, ON CONFLICT, COPY FREEZE, foreign keys, views, five writes in one statement
CREATE TABLE owners (id int PRIMARY KEY);
CREATE TABLE deeds (id int PRIMARY KEY, at timestamptz NOT NULL,
                    owner int REFERENCES owners ON DELETE CASCADE ON UPDATE CASCADE, n int);
SELECT rollup_create('per_owner',
                     'SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS hour, owner, count(*) AS deeds, sum(n) AS n, '
                     'distinct_agg(id) AS ids FROM deeds GROUP BY 1, 2');
INSERT INTO owners SELECT generate_series(1, 5);
INSERT INTO deeds SELECT i, '2026-01-01'::timestamptz + i * interval '7 min', i % 5 + 1, i
FROM generate_series(1, 200) i;
SELECT rollup_compact('per_owner');
CREATE FUNCTION known(OUT deeds numeric, OUT n numeric, OUT problems bigint) LANGUAGE sql
    AS $$ SELECT sum(deeds), sum(n), (SELECT count(*) FROM rollup_check('per_owner')) FROM per_owner $$;
DELETE FROM owners WHERE id = 1;
UPDATE owners SET id = 9 WHERE id = 2;
SELECT * FROM known();
MERGE INTO deeds d USING generate_series(195, 205) AS v (id) ON d.id = v.id WHEN MATCHED AND d.id % 2 = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET n = -n WHEN NOT MATCHED THEN INSERT VALUES (v.id, '2026-01-03', 3, v.id);
SELECT * FROM known();
INSERT INTO deeds VALUES (203, '2026-01-04', 3, 1), (300, '2026-01-04', 3, 1)
    ON CONFLICT (id) DO UPDATE SET n = 1000, at = excluded.at;
INSERT INTO deeds VALUES (203, '2026-01-05', 3, 1) ON CONFLICT DO NOTHING;
CREATE VIEW some_deeds AS SELECT id, at, owner, n FROM deeds WHERE n < 100;
INSERT INTO some_deeds VALUES (400, '2026-01-04', 4, 7);
UPDATE some_deeds SET n = n + 1 WHERE id < 20;
DELETE FROM some_deeds WHERE id = 30;
SELECT * FROM known();
WITH a AS (INSERT INTO deeds VALUES (500, '2026-01-06', 4, 1) RETURNING 1), b AS (UPDATE deeds SET n = 3 WHERE id = 50
    RETURNING 1), c AS (DELETE FROM deeds WHERE id = 51 RETURNING 1),
     d AS (INSERT INTO deeds VALUES (501, '2026-01-06', 4, 1) RETURNING 1),
     e AS (UPDATE deeds SET at = at + interval '1 day' WHERE id = 52 RETURNING 1)
SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM b) + (SELECT count(*) FROM c) + (SELECT count(*) FROM d) +
       (SELECT count(*) FROM e);
SELECT * FROM known();
BEGIN;
TRUNCATE deeds;
COPY deeds FROM stdin (FREEZE);
600	2026-01-07 00:00:00+00	4	5
601	2026-01-07 00:30:00+00	4	6
\.
COMMIT;
SELECT * FROM known();
DROP VIEW some_deeds;
SELECT rollup_drop('per_owner');
DROP TABLE deeds, owners;
DROP FUNCTION known;

-- names of 63 bytes, and longer
CREATE TABLE table_with_a_name_of_sixty_three_bytes_which_is_all_that_there_can (at timestamptz NOT NULL,
    column_with_a_name_of_sixty_three_bytes_which_is_all_there_can_be int);
SELECT rollup_create('view_with_a_name_of_sixty_three_bytes_which_is_all_there_can_be',
                     'SELECT date_bin(''1 hour'', at, ''2000-01-01'')
        AS hour_with_a_name_of_sixty_three_bytes_which_is_all_there_can_be_,
    column_with_a_name_of_sixty_three_bytes_which_is_all_there_can_be,
    count(*) AS count_with_a_name_of_sixty_three_bytes_which_is_all_there_can_be
FROM table_with_a_name_of_sixty_three_bytes_which_is_all_that_there_can GROUP BY 1, 2');
INSERT INTO table_with_a_name_of_sixty_three_bytes_which_is_all_that_there_can VALUES ('2026-01-01', 1);
SELECT rollup_compact('view_with_a_name_of_sixty_three_bytes_which_is_all_there_can_be');
INSERT INTO table_with_a_name_of_sixty_three_bytes_which_is_all_that_there_can VALUES ('2026-01-01', 1);
SELECT rollup_compact('view_with_a_name_of_sixty_three_bytes_which_is_all_there_can_be');
SELECT count(*) FROM rollup_check('view_with_a_name_of_sixty_three_bytes_which_is_all_there_can_be');
SELECT rollup_drop('view_with_a_name_of_sixty_three_bytes_which_is_all_there_can_be');
DROP TABLE table_with_a_name_of_sixty_three_bytes_which_is_all_that_there_can;

-- names of roles and types in the way
CREATE ROLE "regress Rollup.O'Maker";
SELECT format('GRANT CREATE ON SCHEMA public TO %I', rolname) FROM pg_roles WHERE rolname LIKE 'regress Rollup%' \gexec
CREATE TYPE sketch_rollup_data.rows_1 AS ENUM ();
SET ROLE "regress Rollup.O'Maker";
CREATE TABLE own_events (at timestamptz NOT NULL, k text);
SELECT rollup_create('own_hours',
                     'SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS hour, k, count(*) AS n FROM own_events '
                     'GROUP BY 1, 2');
INSERT INTO own_events VALUES ('2026-01-01', 'a'), ('2026-01-01', 'secret');
CALL rollup_refresh('own_hours');

-- row-level security that is forced on the owner later: what is computed anew has all rows
ALTER TABLE own_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON own_events USING (k <> 'secret') WITH CHECK (true);
SELECT rollup_invalidate('own_hours');
CALL rollup_refresh('own_hours');
SELECT k, n FROM own_hours ORDER BY k;
SELECT sketch_rollup.drop_remains();
SELECT rollup_drop('own_hours');
DROP TABLE own_events;
RESET ROLE;
DROP OWNED BY "regress Rollup.O'Maker";
DROP ROLE "regress Rollup.O'Maker";
DROP TYPE sketch_rollup_data.rows_1;
DROP TABLE persons;
-- nobody's function is taken for one of ours, and settings that an owner's functions make end with the statement
CREATE ROLE regress_rollup_lowly;
GRANT CREATE ON SCHEMA public TO regress_rollup_lowly;
SET ROLE regress_rollup_lowly;
CREATE FUNCTION sketch_rollup.whole(tstzmultirange, bigint, integer, bigint[]) RETURNS tstzmultirange
    LANGUAGE sql AS 'SELECT $1';
CREATE TYPE sketch_rollup_data.invalid_1 AS ENUM ();
CREATE FUNCTION sets(int) RETURNS int LANGUAGE plpgsql
    AS $$ BEGIN
        PERFORM set_config('search_path', 'evil, pg_catalog', false), set_config('work_mem', '65kB', false);
        RETURN $1;
    END $$;
CREATE FUNCTION key_of(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN public.sets($1); END $$;
CREATE TABLE lowly_events (at timestamptz NOT NULL, k int);
SELECT rollup_create('lowly_hours',
                     'SELECT date_bin(''1 hour'', at, ''2000-01-01'') AS hour, key_of(k) AS k, count(*) AS n '
                     'FROM lowly_events GROUP BY 1, 2');
RESET ROLE;
SET work_mem = '5MB';
INSERT INTO lowly_events SELECT '2026-01-01'::timestamptz + i * interval '1 min', i FROM generate_series(1, 100) i;
SELECT current_setting('search_path'), current_setting('work_mem');
CALL rollup_refresh('lowly_hours');
DELETE FROM lowly_events WHERE k = 1;
SELECT count(*) FROM rollup_check('lowly_hours');
SELECT rollup_seal('lowly_hours', '2026-01-01 00:30') IS NOT NULL AS sealed;
SELECT rollup_compact('lowly_hours'), current_setting('search_path'), current_setting('work_mem');
RESET work_mem;

-- the end of time
INSERT INTO lowly_events VALUES ('294276-12-31 12:00', 1), ('-infinity', 1);
DELETE FROM lowly_events WHERE k = 5;
CALL rollup_refresh('lowly_hours');
SELECT invalid_ranges FROM rollup_status;
SELECT count(*) FROM rollup_check('lowly_hours');
SELECT rollup_drop('lowly_hours');
DROP TABLE lowly_events;
DROP FUNCTION key_of, sets;
DROP TYPE sketch_rollup_data.invalid_1;
DROP OWNED BY regress_rollup_lowly;
DROP ROLE regress_rollup_lowly;
DROP TABLE parted, events, child, temporary_one, unlogged_one, shapes;
DROP COLLATION ignoring;
DROP FUNCTION compared, own, try;
DROP SCHEMA other;
-- the extension: with comments, without SECURITY DEFINER, nothing to write for everybody but the schema of roll-ups
CREATE VIEW members AS SELECT p.* FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass
    AND d.objid = p.oid JOIN pg_extension e ON e.oid = d.refobjid
    WHERE e.extname = 'sketch_rollup' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';
SELECT oid::regprocedure FROM members WHERE obj_description(oid, 'pg_proc') IS NULL OR prosecdef;
-- all that is not in C has a search_path of its own, but for the one that must not and the one that cannot
SELECT proname FROM members WHERE prolang NOT IN (SELECT oid FROM pg_language WHERE lanname IN ('c', 'internal'))
                              AND coalesce(array_to_string(proconfig, ' ') <> 'search_path=pg_catalog, pg_temp', true)
ORDER BY 1;
SELECT relname FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
    AND d.deptype = 'e' JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'sketch_rollup'
WHERE relkind NOT IN ('v', 'c') OR has_table_privilege('public', c.oid, 'INSERT');
DROP VIEW members;
DROP EXTENSION sketch_rollup;
