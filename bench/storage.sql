-- What the storage of a column costs, and what reading one large sketch again and again does: the tables of
-- docs/operations.md. Best of many, in ms.
--
--   createdb sketch_storage && psql -d sketch_storage -f bench/storage.sql
\set QUIET on
SET client_min_messages = error;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
CREATE EXTENSION IF NOT EXISTS sketch_ext;
DROP SCHEMA IF EXISTS bench_storage CASCADE;
CREATE SCHEMA bench_storage;
SET search_path = bench_storage, public;

-- ---- 300 minutes of all five families: quiet, usual and busy ------------------------------------------------------------
CREATE TABLE source AS
SELECT minute, count(*) AS requests, quantile_agg(exp(sin(minute * 7919 + i) * 3)) AS q, distinct_agg((minute * 7919 + i * 31) % 100000::bigint) AS d,
       topk_agg('/item/' || floor(exp(9 * ((i * 7919 + minute) % 9973) / 9973.0)), 20) AS k, frequency_agg(floor(exp(9 * ((i * 7919 + minute) % 9973) / 9973.0))::bigint, 0.01) AS f,
       membership_agg((minute * 7919 + i * 31)::bigint, 200000) AS m
FROM generate_series(1, 300) minute, LATERAL generate_series(1, (ARRAY[70, 1000, 7000])[1 + minute % 3]) i GROUP BY minute;
SELECT requests, round(avg(length(q::bytea))) AS q, round(avg(length(d::bytea))) AS d, round(avg(length(k::bytea))) AS k, round(avg(length(f::bytea))) AS f, round(avg(length(m::bytea))) AS m
FROM source GROUP BY requests ORDER BY requests;

-- pglz and lz4, as far as the server has them
CREATE TABLE variants (variant text, storage text, compression text);
INSERT INTO variants VALUES ('external', 'external', NULL), ('extended_pglz', 'extended', 'pglz'), ('main', 'main', NULL), ('tuple_target', 'external', NULL);
INSERT INTO variants SELECT 'extended_lz4', 'extended', 'lz4' FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals);
SELECT format('CREATE TABLE %I (LIKE source)', variant) FROM variants \gexec
SELECT format('ALTER TABLE %I ALTER %I SET STORAGE %s', variant, c, storage) FROM variants, unnest('{q,d,k,f,m}'::text[]) c \gexec
SELECT format('ALTER TABLE %I ALTER %I SET COMPRESSION %s', variant, c, compression) FROM variants, unnest('{q,d,k,f,m}'::text[]) c WHERE compression IS NOT NULL \gexec
ALTER TABLE tuple_target SET (toast_tuple_target = 8160);

CREATE TABLE times (what text, variant text, ms float8);
CREATE FUNCTION measure(what text, variant text, query text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE began timestamptz := clock_timestamp();
BEGIN
    EXECUTE query;
    INSERT INTO times VALUES (what, variant, extract(epoch FROM clock_timestamp() - began) * 1000);
END $$;
DO $$
DECLARE v text;
BEGIN
    FOR i IN 1 .. 9 LOOP
        FOR v IN SELECT variant FROM variants LOOP
            EXECUTE format('TRUNCATE %I', v);
            PERFORM measure('INSERT', v, format('INSERT INTO %I SELECT * FROM source', v));
            COMMIT;
        END LOOP;
    END LOOP;
    FOR i IN 1 .. 25 LOOP
        FOR v IN SELECT variant FROM variants LOOP
            PERFORM measure('sum', v, format('SELECT sum(requests) FROM %I', v)), measure('percentile', v, format('SELECT sum(percentile(q, 0.9)) FROM %I', v)),
                    measure('merge', v, format('SELECT merge(m) FROM %I', v)), measure('contains', v, format('SELECT count(contains(m, 7)) FROM %I', v));
        END LOOP;
    END LOOP;
END $$;
SELECT variant, what, round(min(ms)::numeric, 2) AS ms FROM times GROUP BY variant, what ORDER BY what, variant \crosstabview variant what ms
SELECT relname AS table, pg_relation_size(oid) / 1024 AS main_kb, pg_relation_size(reltoastrelid) / 1024 AS toast_kb FROM pg_class WHERE oid IN (SELECT variant::regclass FROM variants) ORDER BY 1;

-- ---- one sketch for each of 1,000 rows --------------------------------------------------------------------------------------
SET enable_memoize = off;
SET enable_material = off;
CREATE TABLE large (q quantile_sketch, d distinct_sketch, f frequency_sketch, k topk_sketch, m membership_sketch);
INSERT INTO large SELECT quantile_agg(exp(sin(i) * 20), 0.0002), distinct_agg(i, 16), frequency_agg(i, 0.000003), topk_agg(i % 100000, 100000), membership_agg(i, 3000000)
FROM generate_series(1, 1000000::bigint) i;
SELECT length(q::bytea) AS q, length(d::bytea) AS d, length(f::bytea) AS f, length(k::bytea) AS k, length(m::bytea) AS m FROM large;
CREATE TABLE probes AS SELECT i, i / 1000.0::float8 AS p FROM generate_series(0, 999::bigint) i;
TRUNCATE times;
DO $$
DECLARE call text;
BEGIN
    FOR i IN 1 .. 5 LOOP
        FOREACH call IN ARRAY '{total_count(f),total_count(k),total_count(q),min_value(q),sum_value(q),"percentile(q, p)","percentile_rank(q, p)","frequency(f, i)","frequency(k, i)",distinct_count(d),false_positive_rate(m),"contains(m, i)"}'::text[] LOOP
            PERFORM measure(call, 'once', format('SELECT %s FROM large, probes WHERE i = 7', call)), measure(call, '1,000 rows', format('SELECT count(%s) FROM probes, (SELECT * FROM large OFFSET 0) l', call));
        END LOOP;
    END LOOP;
END $$;
SELECT what, variant, round(min(ms)::numeric, 2) AS ms FROM times GROUP BY what, variant ORDER BY what, variant DESC \crosstabview what variant ms
DROP SCHEMA bench_storage CASCADE;
