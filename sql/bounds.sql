-- Bounds have types of their own: they stand in views and tables, and have columns everywhere.
CREATE TABLE visits AS SELECT i AS id, i * 7919 % 3001 AS user_id, (i * 31 % 997)::float8 AS ms
FROM generate_series(1, 20000) i;
CREATE VIEW bounds AS
SELECT percentile_bounds(quantile_agg(ms), 0.9) AS p90, distinct_bounds(distinct_agg(user_id)) AS users,
       distinct_bounds(distinct_agg(user_id), 0.5) AS users_50,
       frequency_bounds(frequency_agg(user_id), 7) AS of_7, frequency_bounds(topk_agg(user_id % 3, 10), '1') AS of_1,
       intersection_bounds(distinct_agg(user_id) FILTER (WHERE user_id < 80),
                           distinct_agg(user_id) FILTER (WHERE user_id BETWEEN 50 AND 150)) AS in_both,
       difference_bounds(distinct_agg(user_id) FILTER (WHERE user_id < 80),
                         distinct_agg(user_id) FILTER (WHERE user_id BETWEEN 50 AND 150), 0.9) AS in_one
FROM visits;
CREATE TABLE kept AS SELECT * FROM bounds;
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'kept'::regclass AND attnum > 0
ORDER BY attnum;
SELECT kept.* = bounds.* AS same, (kept.p90).lower <= exact AND exact <= (kept.p90).upper AS p90,
       (kept.users).lower <= 3001 AND 3001 <= (kept.users).upper AS users, kept.of_7, kept.of_1,
       kept.in_both, kept.in_one
FROM kept, bounds, (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY ms) AS exact FROM visits) e;
CREATE INDEX ON kept (p90, in_both);
SELECT row_to_json(users_50)::jsonb ? 'lower' AS named FROM kept;
DROP VIEW bounds;
DROP TABLE kept;
-- columns in FROM, once for each sketch
SELECT lower < upper AS ordered FROM (SELECT distinct_agg(user_id) AS s FROM visits) q, distinct_bounds(s);

-- what is in one and not in the other: tokens, registers, one of each; exact are 50 and 30; 1500; 2950 and 0
SELECT difference_count(a, b), difference_bounds(a, b), intersection_count(a, b), intersection_bounds(a, b)
FROM (SELECT distinct_agg(user_id) FILTER (WHERE user_id < 80) AS a,
             distinct_agg(user_id) FILTER (WHERE user_id BETWEEN 50 AND 150) AS b FROM visits) q;
SELECT difference_count(a, b) BETWEEN 0.95 * 1500 AND 1.05 * 1500 AS count, lower <= 1500 AND 1500 <= upper AS within,
       difference_count(a, b) BETWEEN lower AND upper AS around, upper <= 1.3 * lower AS narrow
FROM (SELECT distinct_agg(user_id, 12) FILTER (WHERE user_id < 2500) AS a,
             distinct_agg(user_id, 14) FILTER (WHERE user_id >= 1500) AS b FROM visits) q,
             difference_bounds(a, b, 0.99);
SELECT difference_count(a, b) BETWEEN 0.95 * 2950 AND 1.05 * 2950 AS count, lower <= 2950 AND 2950 <= upper AS within,
       difference_count(b, a) AS other, b_lower <= 0 AND b_upper <= 51 AS other_within
FROM (SELECT distinct_agg(user_id) AS a, distinct_agg(user_id) FILTER (WHERE user_id <= 50) AS b FROM visits) q,
     difference_bounds(a, b), difference_bounds(b, a) AS o (b_lower, b_upper);
SELECT difference_count(a, a), difference_bounds(a, a), intersection_bounds(a, a)
FROM (SELECT distinct_agg(i) AS a FROM generate_series(1, 100) i) q;
-- more confidence, wider; NULL; out of range; kinds that do not go together
SELECT bool_and(i.upper - i.lower < j.upper - j.lower AND d.upper - d.lower < e.upper - e.lower) AS wider
FROM (SELECT distinct_agg(user_id) FILTER (WHERE user_id < 2500) AS a,
             distinct_agg(user_id) FILTER (WHERE user_id >= 1500) AS b FROM visits) q,
     intersection_bounds(a, b, 0.5) i, intersection_bounds(a, b, 0.999) j, difference_bounds(a, b, 0.5) d,
     difference_bounds(a, b, 0.999) e;
SELECT difference_count(NULL, NULL), difference_bounds(NULL, NULL), difference_bounds(NULL, NULL, 0.5),
       intersection_bounds(NULL, NULL), intersection_bounds(NULL, NULL, 0.5);
SELECT intersection_bounds(distinct_agg(1), distinct_agg(1), 1);
SELECT difference_bounds(distinct_agg(1), distinct_agg(1), 'NaN');
SELECT difference_count(distinct_agg(1), distinct_agg('a'));
SELECT difference_bounds(distinct_agg(1), distinct_agg('a'));
SELECT intersection_bounds(distinct_agg('a'::text), distinct_agg(1.5::float8), 0.9);
DROP TABLE visits;
