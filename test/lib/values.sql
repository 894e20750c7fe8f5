-- Sketches of every family, of many parameters and kinds of items, in the forms in which they are stored, in a database of
-- their own. Every version must make the same of these rows; so they are made without libm, and without parallel workers
-- and sorting where the order of rows matters.
SET max_parallel_workers_per_gather = 0;
SET enable_sort = off;
SET TimeZone = 'UTC';
CREATE EXTENSION sketch_ext;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (a numeric, b text);
CREATE TABLE rows AS
SELECT n AS id, i, (i::bigint * 7919 + n * 104729) % 1000003 AS x FROM generate_series(1, 40) n, generate_series(1, n * n * 2) i;

-- quantiles: accuracies, signs, weights, and what a double may be besides a number
CREATE TABLE quantile AS
SELECT id, quantile_agg((x - 300000)::float8 / 7) AS plain,
       quantile_agg((x * x * x)::float8 / 1048576, (ARRAY[0.5, 0.1, 0.01, 0.002, 0.0002])[1 + id % 5]) AS fine,
       quantile_weighted_agg(x::float8 / 3, 1 + x * x % 1000000007) AS weighted,
       subtract(quantile_agg(x), quantile_agg(x) FILTER (WHERE i % 2 = 0)) AS fewer
FROM rows GROUP BY id;
INSERT INTO quantile (id, plain) VALUES
    (100, (SELECT quantile_agg(v) FROM unnest('{NaN,Infinity,-Infinity,0,-0,-1,5e-324,1.7976931348623157e308}'::float8[]) v)),
    (101, (SELECT subtract(plain, plain) FROM quantile WHERE id = 20)), (102, NULL);

-- items of every kind
CREATE TABLE items AS
SELECT id, distinct_agg(x::int) AS ints, distinct_agg(x) AS bigints, distinct_agg(x::float8 / 8) AS floats, distinct_agg(x::numeric / 8) AS numerics,
       distinct_agg(x::text) AS texts, distinct_agg(decode(md5(x::text), 'hex')) AS bytes, distinct_agg(md5(x::text)::uuid) AS uuids,
       distinct_agg(timestamptz '2026-01-01' + x * interval '1 second') AS instants, distinct_agg(timestamp '2026-01-01' + x * interval '1 second') AS times,
       distinct_agg(date '2026-01-01' + x::int % 10000) AS dates, distinct_agg(inet '10.0.0.0' + x) AS addresses, distinct_agg(x % 2 = 0) AS booleans,
       distinct_agg((ARRAY['sad', 'ok', 'happy'])[1 + x % 3]::mood) AS moods, distinct_agg(ARRAY[x, i]) AS arrays, distinct_agg((x / 2.0, x::text)::pair) AS pairs,
       distinct_agg(x * interval '1 minute') AS intervals, distinct_agg(to_jsonb(x)) AS json, distinct_agg(int8range(x, x + 9)) AS ranges
FROM rows GROUP BY id;

CREATE TABLE distincts AS SELECT id, distinct_agg(x, 4 + id % 13) AS s FROM rows GROUP BY id;
CREATE TABLE frequency AS
SELECT id, frequency_agg(x % 5000) AS plain, frequency_agg(x::text, (ARRAY[0.04, 0.01, 0.001])[1 + id % 3]) AS coarse,
       frequency_weighted_agg(x % 100, 1 + x * x % 1000000007, 0.01) AS weighted
FROM rows GROUP BY id;
CREATE TABLE topk AS
SELECT id, topk_agg(x % 90, 100) AS exact, topk_agg('item ' || x % (id * 10), 20) AS texts, topk_agg((x % 50) / 4.0, 100) AS numerics,
       topk_agg(timestamptz '2026-01-01' + x % 60 * interval '1 minute', 100) AS instants, topk_agg((ARRAY['sad', 'ok', 'happy'])[1 + x % 3]::mood, 10) AS moods,
       topk_agg(repeat('long ', 1 + (x % 30)::int), 50) AS long, topk_weighted_agg(x % 90, 1 + x, 100) AS weighted
FROM rows GROUP BY id;
CREATE TABLE membership AS
SELECT id, membership_agg(x, 100) AS dense, membership_agg(x, 200000) AS tokens, membership_agg(x::text, 20) AS least,
       membership_agg(md5(x::text)::uuid, 1000, (ARRAY[0.5, 0.1, 0.001])[1 + id % 3]) AS rates
FROM rows GROUP BY id;

-- work forms, which leave as packed ones
CREATE AGGREGATE unpacked_quantile(float8) (SFUNC = quantile_agg_trans, STYPE = quantile_sketch);
CREATE AGGREGATE unpacked_distinct(bigint) (SFUNC = distinct_agg_trans, STYPE = distinct_sketch);
CREATE AGGREGATE unpacked_frequency(bigint) (SFUNC = frequency_agg_trans, STYPE = frequency_sketch);
CREATE AGGREGATE unpacked_topk(bigint, int) (SFUNC = topk_agg_trans, STYPE = topk_sketch);
CREATE AGGREGATE unpacked_membership(bigint, bigint) (SFUNC = membership_agg_trans, STYPE = membership_sketch);
CREATE TABLE work AS
SELECT id, unpacked_quantile(x) AS q, unpacked_distinct(x) AS d, unpacked_frequency(x) AS f, unpacked_topk(x % 90, 100) AS t, unpacked_membership(x, 300) AS m
FROM rows GROUP BY id;

-- what a dump makes anew: views, generated columns, indexes, checks
CREATE MATERIALIZED VIEW merged AS
SELECT id / 10 AS id, merge(q.plain) AS q, merge(d.s) AS d, merge(f.plain) AS f, merge(t.exact) AS t, merge(m.dense) AS m
FROM quantile q JOIN distincts d USING (id) JOIN frequency f USING (id) JOIN topk t USING (id) JOIN membership m USING (id) GROUP BY 1;
CREATE TABLE columns (id int PRIMARY KEY, s quantile_sketch CHECK (total_count(s) >= 0),
    more quantile_sketch GENERATED ALWAYS AS (add(s, id)) STORED, p99 float8 GENERATED ALWAYS AS (percentile(s, 0.99)) STORED);
INSERT INTO columns SELECT id, plain FROM quantile WHERE id < 100;
CREATE INDEX ON quantile USING hash (plain);
CREATE INDEX ON distincts USING hash (s);
CREATE UNIQUE INDEX ON distincts (s) WHERE id <= 5;
CREATE INDEX ON columns (percentile(s, 0.5));
