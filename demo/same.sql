-- One sketch of all flights, of each type, made in four ways: the same bytes.
\pset footer off
CREATE TEMP TABLE built (number int, made text, quantile text, "distinct" text, frequency text, membership text);

CREATE FUNCTION pg_temp.build(number int, made text, query text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO built SELECT %s, %L, md5(delay::text), md5(routes::text), md5(origins::text), md5(flown::text) FROM (%s) AS s',
                   number, made, query);
END $$;

\set sketches 'quantile_agg(delay) AS delay, distinct_agg(origin || \'-\' || destination) AS routes, frequency_agg(origin) AS origins, membership_agg(origin || \'-\' || destination, 10000) AS flown'
\set merges 'merge(delay) AS delay, merge(routes) AS routes, merge(origins) AS origins, merge(flown) AS flown'
\set whole 'SELECT ' :sketches ' FROM flights'
\set parts 'SELECT ' :merges ' FROM (SELECT ' :sketches ' FROM flights GROUP BY (hashtext(ctid::text) & 2147483647) % 1000) AS parts'
\set hours 'SELECT ' :merges ' FROM flights_hourly'

SELECT pg_temp.build(1, 'from the rows, in one process', :'whole') \g /dev/null
SELECT pg_temp.build(3, 'merged from 1000 random parts', :'parts') \g /dev/null
SELECT pg_temp.build(4, 'merged from ' || count(*) || ' hours', :'hours') FROM flights_hourly \g /dev/null

-- INSERT is not planned in parallel, a SELECT is.
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT set_config('demo.query', :'whole', false) AS query \gset
DO $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || current_setting('demo.query') INTO plan;
    IF NOT plan @? '$.**."Workers Launched" ? (@ == 2)' THEN
        RAISE EXCEPTION 'the parallel plan had no two workers: %', plan;
    END IF;
END $$;
SELECT md5(delay::text) AS quantile, md5(routes::text) AS "distinct", md5(origins::text) AS frequency, md5(flown::text) AS membership FROM (:whole) AS s \gset
INSERT INTO built VALUES (2, 'from the rows, by 2 parallel workers', :'quantile', :'distinct', :'frequency', :'membership');
RESET max_parallel_workers_per_gather;

\echo 'Sketches of all flights, made in four ways: md5 of each'
SELECT made, left(quantile, 12) AS quantile, left("distinct", 12) AS "distinct", left(frequency, 12) AS frequency, left(membership, 12) AS membership FROM built ORDER BY number;

SELECT count(*) = 4 AND count(DISTINCT (quantile, "distinct", frequency, membership)) = 1 AS same FROM built \gset
\if :same
    \echo 'All are equal.'
\else
    DO $$ BEGIN RAISE EXCEPTION 'the sketches differ'; END $$;
\endif
