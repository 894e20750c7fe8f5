-- A table of 1,000 partitions of :each rows, for the scale part of bench/run: 100 million rows by default.
\set ON_ERROR_STOP on
SET client_min_messages = error;
SELECT setseed(0.20261121) \g /dev/null
CREATE TABLE scale (part int, g10k int, g100k int, g1m int, lat double precision, uid bigint) PARTITION BY LIST (part);
SELECT format('CREATE UNLOGGED TABLE scale_%s PARTITION OF scale FOR VALUES IN (%s)', i, i) FROM generate_series(1, 1000) AS i \gexec
SELECT format('INSERT INTO scale_%s SELECT %s, random() * 9999, random() * 99999, random() * 999999, exp(5 * random()), (random() * 2e6)::bigint * 7919 FROM generate_series(1, %s)', i, i, :each)
FROM generate_series(1, 1000) AS i \gexec
VACUUM ANALYZE scale;
CREATE TABLE scale_sketches AS
SELECT part, quantile_agg(lat) AS q, distinct_agg(uid) AS d, topk_agg(uid, 100) AS k FROM scale GROUP BY part;
VACUUM ANALYZE scale_sketches;
