-- What bench/run measures on: rows of events, three million flights, and sketches of both, stored as a user would store them.
-- :rows events, :groups groups of about 70 rows.
\set ON_ERROR_STOP on
SET client_min_messages = error;
CREATE EXTENSION sketch_ext;
CREATE EXTENSION tdigest;
CREATE EXTENSION hll;

-- ---- rows ----------------------------------------

SELECT setseed(0.20261121) \g /dev/null
CREATE TABLE events AS
SELECT i AS id, (random() * 1439)::int AS minute, i % :groups AS grp,
       exp(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())) AS lat,
       (random() * 2e6)::bigint * 7919 AS uid,
       'https://example.com/path/' || floor(exp(ln(100000) * random()))::int AS url
FROM generate_series(1, :rows) AS i;
CREATE TABLE sample AS SELECT * FROM events WHERE id <= 100000;
CREATE TABLE million AS SELECT uid FROM events WHERE id <= 1000000;

-- The same behind columns that have to be walked over, and before all others.
CREATE TABLE behind AS SELECT url, nullif(id % 3, 0) AS maybe, minute, lat FROM events;
CREATE TABLE before AS SELECT lat, minute, nullif(id % 3, 0) AS maybe, url FROM events;

CREATE TABLE flights (
    at          timestamp,
    delay       double precision,  -- minutes; negative: early
    distance    integer,           -- miles
    origin      text,
    destination text,
    hour        timestamp GENERATED ALWAYS AS (date_trunc('hour', at)) STORED,
    route       text GENERATED ALWAYS AS (origin || '-' || destination) STORED
);
\copy flights FROM pstdin

-- ---- sketches ----------------------------------------

CREATE TABLE minutes AS SELECT minute, quantile_agg(lat) AS q FROM events GROUP BY minute;
CREATE TABLE minutes_t AS SELECT minute, tdigest(lat, 100) AS t FROM events GROUP BY minute;
CREATE TABLE minutes_d AS SELECT minute, distinct_agg(uid) AS d FROM events GROUP BY minute;
CREATE TABLE minutes_h AS SELECT minute, hll_add_agg(hll_hash_bigint(uid)) AS h FROM events GROUP BY minute;
CREATE TABLE minutes_f AS SELECT minute, frequency_agg(url) AS f FROM events GROUP BY minute;
CREATE TABLE minutes_k AS SELECT minute, topk_agg(url, 100) AS k FROM events GROUP BY minute;
CREATE TABLE minutes_m AS SELECT minute, membership_agg(uid, 200000) AS m FROM events GROUP BY minute;

-- Whole rows of a roll-up: by how many events a minute has.
CREATE FUNCTION roll_up(each int, most bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE rolled_%1$s AS
        SELECT id / %1$s AS minute, quantile_agg(lat) AS q, distinct_agg(uid) AS d, frequency_agg(url) AS f, topk_agg(url, 100) AS k, membership_agg(uid, 200000) AS m
        FROM events WHERE id < %2$s GROUP BY 1', each, most);
END $$;
SELECT roll_up(70, 700000), roll_up(700, 700000), roll_up(7000, 7000000), roll_up(90000, 9000000) \g /dev/null

SET enable_hashagg = off; -- tdigest and hll want gigabytes for so many groups at a time
CREATE TABLE fine AS SELECT grp, quantile_agg(lat) AS q FROM events GROUP BY grp;
CREATE TABLE fine_t AS SELECT grp, tdigest(lat, 100) AS t FROM events GROUP BY grp;
CREATE TABLE fine_d AS SELECT grp, distinct_agg(uid) AS d FROM events GROUP BY grp;
CREATE TABLE fine_h AS SELECT grp, hll_add_agg(hll_hash_bigint(uid)) AS h FROM events GROUP BY grp;
RESET enable_hashagg;

CREATE TABLE whole AS
SELECT distinct_agg(uid) AS d, hll_add_agg(hll_hash_bigint(uid)) AS h, frequency_agg(uid) AS f,
       membership_agg(uid, 2000000) AS m, membership_agg(uid, 200000) AS few
FROM events;

-- ---- what is measured ----------------------------------------

CREATE TABLE result (section text, what text, rows bigint, ms numeric, kb bigint, spilled bigint);
VACUUM ANALYZE;
