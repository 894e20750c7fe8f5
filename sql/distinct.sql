-- distinct_sketch: build, merge, read.
CREATE TABLE visits AS SELECT i AS id,
                              date_trunc('minute', '2026-01-01'::timestamptz + i * interval '0.7 second') AS minute,
                              i * 7919 % 10007 AS user_id,
    'user ' || i * 7919 % 10007 AS name FROM generate_series(1, 50000) i;
SELECT approx_count_distinct(user_id) BETWEEN 10007 * 0.95 AND 10007 * 1.05 AS users,
       approx_count_distinct(name) BETWEEN 10007 * 0.95 AND 10007 * 1.05 AS names FROM visits;
-- few values are counted exactly, almost always
SELECT n, approx_count_distinct(i) AS count FROM unnest(ARRAY[1, 2, 3, 10, 70]) n, generate_series(1, n) i GROUP BY n
ORDER BY n;
SELECT distinct_count(distinct_agg(i % 7)) AS duplicates FROM generate_series(1, 1000) i;

-- per minute, then merged by hour: as if made at once
CREATE TABLE minutes AS SELECT minute, distinct_agg(user_id) AS users FROM visits GROUP BY minute;
SELECT count(*) AS hours, bool_and(merged = direct) AS same, bool_and(merged::text = direct::text) AS same_bytes
FROM (SELECT date_trunc('hour', minute) AS hour, merge(users) AS merged FROM minutes GROUP BY 1) m
JOIN (SELECT date_trunc('hour', minute) AS hour, distinct_agg(user_id) AS direct FROM visits GROUP BY 1) d USING (hour);
SELECT merge(users) = (SELECT distinct_agg(user_id) FROM visits) AS all FROM minutes;

-- precision: 4 to 16, the smaller wins, and merging gives what building with it gives
SELECT p, round(abs(distinct_count(s) / 10007.0 - 1), 2) <= round(4 * 0.494 / sqrt(2 ^ p)::numeric,
    2) AS within_4_sigma, (sketch_info(s)->>'precision')::int AS precision
FROM generate_series(4, 16) p, LATERAL (SELECT distinct_agg(user_id, p) AS s FROM visits) t ORDER BY p;
SELECT p, q, merge(distinct_agg(user_id, p) FILTER (WHERE id % 2 = 0),
                   distinct_agg(user_id, q) FILTER (WHERE id % 2 = 1)) = distinct_agg(user_id, least(p, q)) AS same
FROM visits, (VALUES (4, 16), (10, 12), (12, 10), (16, 15)) v(p, q) GROUP BY p, q ORDER BY p, q;
SELECT distinct_agg(user_id, 8 + id % 3) = distinct_agg(user_id, 8) AS smallest_wins FROM visits;
SELECT distinct_agg(1, 3);
SELECT distinct_agg(1, 17);
SELECT distinct_agg(1, -2147483648);
SELECT distinct_agg(1, NULL);
SELECT distinct_agg(NULL::int, 99) IS NULL AS skipped;

-- nothing, NULLs, duplicates, merging with itself
SELECT distinct_agg(NULL::int) AS agg, approx_count_distinct(NULL::text) AS count,
       merge(NULL::distinct_sketch) AS merge;
SELECT distinct_agg(x) IS NULL AS no_rows, approx_count_distinct(x) AS count FROM generate_series(1, 0) x;
SELECT distinct_agg(x) = distinct_agg(x) FILTER (WHERE x IS NOT NULL) AS nulls_skipped FROM unnest(ARRAY[1, NULL, 2]) x;
SELECT merge(s, s) = s AS idempotent, merge(s, t) = merge(t, s) AS commutative, merge(s, NULL) = s AS null
FROM (SELECT distinct_agg(user_id) AS s, distinct_agg(id) AS t FROM visits) q;
SELECT distinct_count(NULL), distinct_bounds(NULL), intersection_count(NULL, NULL), jaccard(NULL, NULL),
       sketch_info(NULL::distinct_sketch), add(NULL::distinct_sketch, 1);

-- one more
SELECT add(distinct_agg(x), 101) = distinct_agg(x) AS there_already, add(distinct_agg(x), 0) = (SELECT distinct_agg(x)
    FROM generate_series(0, 200) x) AS new FROM generate_series(1, 200) x;

-- bounds hold the truth, and widen with the confidence
SELECT n, lower <= n AND n <= upper AS holds, lower <= distinct_count(s) AND distinct_count(s) <= upper AS around
FROM unnest(ARRAY[1, 10, 100, 1000, 10000]) n, LATERAL (SELECT distinct_agg(i) AS s FROM generate_series(1, n) i) t,
     LATERAL distinct_bounds(s) ORDER BY n;
SELECT bool_and(narrow.upper - narrow.lower < wide.upper - wide.lower) AS wider
FROM (SELECT distinct_agg(user_id) AS s FROM visits) t, distinct_bounds(s, 0.5) narrow, distinct_bounds(s, 0.999) wide;
SELECT distinct_bounds(distinct_agg(1), 0);
SELECT distinct_bounds(distinct_agg(1), 1);
SELECT distinct_bounds(distinct_agg(1), 'NaN');

-- overlap
SELECT intersection_count(a, b) AS few, jaccard(a, b) AS jaccard, jaccard(a, a) AS self, jaccard(a, c) AS disjoint,
       intersection_count(a, c) AS none
FROM (SELECT distinct_agg(i) FILTER (WHERE i <= 30) AS a, distinct_agg(i) FILTER (WHERE i BETWEEN 21 AND 60) AS b,
             distinct_agg(i) FILTER (WHERE i > 60) AS c FROM generate_series(1, 90) i) t;
SELECT intersection_count(a, b) BETWEEN 45000 AND 55000 AS many, jaccard(a, b) BETWEEN 0.29 AND 0.37 AS jaccard,
       jaccard(a, a) AS self
FROM (SELECT distinct_agg(i, 12) FILTER (WHERE i <= 100000) AS a, distinct_agg(i, 14) FILTER (WHERE i > 50000) AS b
      FROM generate_series(1, 150000) i) t;

-- what it says of itself
SELECT sketch_info(distinct_agg(i)) - 'bytes' AS tokens FROM generate_series(1, 3) i;
SELECT sketch_info(distinct_agg(user_id)) - 'bytes' - 'distinct_count' - 'lower' - 'upper' AS registers FROM visits;
SELECT distinct_agg(i)::jsonb AS json FROM generate_series(1, 3) i;

DROP TABLE visits, minutes;
