-- One sketch of all delays, made in four ways: the same bytes.
\pset footer off
\set whole 'SELECT md5(quantile_agg(delay)::text) AS md5 FROM flights'

SELECT md5 AS one_process FROM (:whole) AS built \gset

SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT md5 AS two_workers FROM (:whole) AS built \gset
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
RESET max_parallel_workers_per_gather;

SELECT md5(merge(part)::text) AS thousand_parts
FROM (SELECT quantile_agg(delay) AS part
      FROM flights
      GROUP BY (hashtext(ctid::text) & 2147483647) % 1000) AS parts \gset

SELECT md5(merge(delay)::text) AS hours, count(*) AS number_of_hours FROM flights_hourly \gset

\echo 'The sketch of all delays, made in four ways'
SELECT * FROM (VALUES ('from the rows, in one process', :'one_process'),
                      ('from the rows, by 2 parallel workers', :'two_workers'),
                      ('merged from 1000 random parts', :'thousand_parts'),
                      ('merged from ' || :'number_of_hours' || ' hours', :'hours')) AS built (made, md5);

SELECT :'one_process' = ALL (ARRAY[:'two_workers', :'thousand_parts', :'hours']) AS same \gset
\if :same
    \echo 'All are equal.'
\else
    DO $$ BEGIN RAISE EXCEPTION 'the sketches differ'; END $$;
\endif
