-- Each function of quantile_sketch on ordinary data, against the exact answer.
CREATE TABLE latency AS
    SELECT i AS id, i % 7 AS host, (1 + (i * 7919) % 10007) / 10.0::float8 AS ms FROM generate_series(1, 20000) i;

SELECT percentile_sketch(ms, 0.9) FROM latency;
SELECT percentile_sketch(ms, ARRAY[0, 0.5, 0.99, 1]) FROM latency;
SELECT approx_percentile(ms, 0.9) = percentile_sketch(ms, 0.9) AS same,
       approx_percentile(ms, ARRAY[0.1, 0.2]) = percentile_sketch(ms, ARRAY[0.1, 0.2]) AS same_array FROM latency;

-- every percentile is within 1 % of percentile_cont, and inside its bounds
SELECT count(*) AS wrong
FROM (SELECT quantile_agg(ms) AS s FROM latency) a, generate_series(0, 1000) i,
     LATERAL (SELECT percentile_cont(i / 1000.0) WITHIN GROUP (ORDER BY ms) AS exact FROM latency) e,
     percentile_bounds(s, i / 1000.0) b
WHERE abs(percentile(s, i / 1000.0) - exact) > 0.01 * exact OR exact NOT BETWEEN b.lower AND b.upper
   OR percentile(s, i / 1000.0) NOT BETWEEN b.lower AND b.upper;

SELECT host, total_count(s), min_value(s), max_value(s), percentile(s, 0.5), percentiles(s, ARRAY[0.25, 0.75])
FROM (SELECT host, quantile_agg(ms) AS s FROM latency GROUP BY host) h ORDER BY host;
SELECT host, min(ms), max(ms), count(*) FROM latency GROUP BY host ORDER BY host;

-- accuracy: finer, coarser, at both ends
SELECT a AS accuracy, percentile(s, 0.5), sketch_info(s)->'scale' AS scale, sketch_info(s)->'accuracy' AS promised,
       (sketch_info(s)->>'buckets')::int AS buckets
FROM unnest(ARRAY[0.0002, 0.001, 0.01, 0.1, 0.5]) a, LATERAL (SELECT quantile_agg(ms, a) AS s FROM latency) q;

-- weights are repeated rows; weight 0 is no row
SELECT quantile_weighted_agg(ms, host) =
       (SELECT quantile_agg(ms) FROM latency, generate_series(1, host)) AS weights_repeat FROM latency;
SELECT quantile_weighted_agg(ms, host, 0.1) =
       (SELECT quantile_agg(ms, 0.1) FROM latency, generate_series(1, host)) AS weights_repeat FROM latency;
SELECT quantile_weighted_agg(x, 0) IS NULL AS no_rows FROM generate_series(1, 3) x;
SELECT total_count(quantile_weighted_agg(x, NULL)), total_count(quantile_weighted_agg(x, 4))
FROM generate_series(1, 3) x;
SELECT total_count(s), percentile(s, 0.5), percentile(s, 1)
FROM (SELECT quantile_weighted_agg(x, 9223372036854775807 - 1) FILTER (WHERE x = 1) AS a,
             quantile_agg(x) FILTER (WHERE x = 2) AS b FROM generate_series(1, 2) x) q, merge(a, b) s;

-- merge, add, subtract
SELECT merge(s) = (SELECT quantile_agg(ms) FROM latency) AS merge_is_all_rows
FROM (SELECT quantile_agg(ms) AS s FROM latency GROUP BY host) h;
SELECT merge(quantile_agg(ms) FILTER (WHERE host < 3), quantile_agg(ms) FILTER (WHERE host >= 3)) = quantile_agg(ms)
       AS merge_two FROM latency;
SELECT add(add(quantile_agg(x), 4), -5.5) = (SELECT quantile_agg(y) FROM unnest('{1,2,3,4,-5.5}'::float8[]) y) AS added
FROM generate_series(1, 3) x;
SELECT total_count(d), min_value(d), max_value(d), percentile(d, 0.5), sketch_info(d)->'extremes_known' AS known
FROM (SELECT subtract(quantile_agg(x), quantile_agg(x) FILTER (WHERE x <= 50)) AS d FROM generate_series(1, 100) x) q;
SELECT d, total_count(d), percentile(d, 0.5), percentiles(d, ARRAY[0.5]), percentile_bounds(d, 0.5),
       percentile_rank(d, 1),
       min_value(d), max_value(d), (SELECT count(*) FROM histogram(d)) AS buckets,
       (SELECT sum(count) FROM histogram(d, '{1,2}')) AS rows
FROM (SELECT subtract(quantile_agg(x), quantile_agg(x)) AS d FROM generate_series(1, 100) x) q;

-- sketches of different accuracy: the coarser wins
SELECT merge(quantile_agg(ms, 0.001), quantile_agg(ms, 0.1)) =
       merge(quantile_agg(ms, 0.1), quantile_agg(ms, 0.001)) AS commutes,
       sketch_info(merge(quantile_agg(ms, 0.001), quantile_agg(ms, 0.1)))->'scale' AS scale,
       merge(quantile_agg(ms, 0.001) FILTER (WHERE host < 3), quantile_agg(ms, 0.1) FILTER (WHERE host >= 3)) =
       quantile_agg(ms, 0.1) AS equal
FROM latency;
SELECT quantile_agg(ms, CASE WHEN id % 2 = 0 THEN 0.1 ELSE 0.001 END) = quantile_agg(ms, 0.1) AS coarsest_row_wins
FROM latency;

-- rank and histogram
SELECT x, round(percentile_rank(s, x)::numeric, 4) AS rank,
       round((SELECT count(*) FILTER (WHERE ms <= x)::numeric / count(*) FROM latency), 4) AS exact
FROM (SELECT quantile_agg(ms) AS s FROM latency) q, unnest(ARRAY[-1, 0.1, 50, 333.3, 1000.7, 5000]) x;
SELECT * FROM histogram((SELECT quantile_agg(x) FROM unnest('{-100,-1,0,0,1,1,2,3,1000}'::float8[]) x));
SELECT * FROM histogram((SELECT quantile_agg(ms) FROM latency), '{0,10,100,500,2000}');
SELECT * FROM histogram((SELECT quantile_agg(ms) FROM latency), '{}');
SELECT sum(count) = 20000 AS all_rows, count(*), bool_and(count >= 0) AS none_negative
FROM histogram((SELECT quantile_agg(ms) FROM latency), (SELECT array_agg(b::float8) FROM generate_series(1, 1500) b));
SELECT lower, count FROM (SELECT quantile_agg(x) AS s FROM generate_series(1, 5) x) q, histogram(s) LIMIT 2;
SELECT * FROM histogram_bins((SELECT quantile_agg(ms) FROM latency), 4);
SELECT * FROM cumulative_histogram((SELECT quantile_agg(ms) FROM latency), '{10,100,500}');
SELECT bool_and(c.count = h.count) AS sums FROM (SELECT quantile_agg(ms) AS s FROM latency) q,
    (SELECT array_agg(b::float8) AS bounds FROM generate_series(1, 1500) b) b,
    LATERAL (SELECT upper, sum(count) OVER (ORDER BY upper) AS count FROM histogram(s, bounds)) h
JOIN LATERAL cumulative_histogram(s, bounds) c USING (upper);
SELECT percentile_ranks(s, xs) = ARRAY(SELECT percentile_rank(s, x) FROM unnest(xs) x) AS ranks
FROM (SELECT quantile_agg(ms) AS s FROM latency) q,
     (SELECT array_agg(x::float8) AS xs FROM generate_series(-10, 1200) x) x;

-- what a sketch tells about itself
SELECT sketch_info(s) - 'bytes' AS info FROM (SELECT quantile_agg(x) AS s FROM generate_series(-1, 2) x) q;
SELECT s::jsonb FROM (SELECT quantile_agg(x) AS s FROM unnest('{-2,0,1,1,4,Infinity,NaN}'::float8[]) x) q;

-- intervals come in as their seconds; literals without a type, NULL and integers are numbers as ever
CREATE TABLE waits AS SELECT (i || ' seconds')::interval * (i % 7) AS wait, i FROM generate_series(-300, 1000) i
UNION ALL SELECT x, 0
FROM unnest('{-1 mon,13 mons 40 days 25:00:00.000001,99 years -3 mons,178000000 years,'
            '-178000000 years,0.000001 s}'::interval[]) x;
SELECT quantile_agg(wait) = quantile_agg(date_part('epoch', wait)) AS seconds,
       quantile_agg(wait, 0.001) = quantile_agg(date_part('epoch', wait), 0.001) AS fine,
       bool_and(sketch_seconds(wait)::text::float8 = date_part('epoch', wait)) AS each FROM waits;
SELECT min_value(s), max_value(s)
FROM (SELECT quantile_agg(x) AS s FROM unnest('{1 year 1 mon 1 day 00:00:01.5,1 mon}'::interval[]) x) q;
SELECT percentile(quantile_agg(at - lag), 0.5) * interval '1 second' AS median
FROM (SELECT at, lag(at) OVER (ORDER BY at)
      FROM generate_series(timestamp '2026-01-01', '2026-01-02', '90 minutes') at) times;
SELECT quantile_agg('7') = quantile_agg(7) AS literal, quantile_agg('7', '0.02') = quantile_agg(7, 0.02) AS two,
       quantile_agg(NULL) IS NULL AS nothing, quantile_agg(7::smallint) = quantile_agg(7.0) AS numbers;
SELECT quantile_agg('1 day');
SELECT quantile_agg(time '12:00');
DROP TABLE waits;

-- integers and numerics come in by their implicit casts
SELECT percentile_sketch(x, 0.5), percentile_sketch(x::numeric, 0.5), percentile_sketch(x::real, 0.5),
       percentile_sketch(x::smallint, 0.5) FROM generate_series(1, 1001) x;

-- wide data collapse and say so
SELECT sketch_info(s)->'accuracy' AS asked, sketch_info(s)->'current_accuracy' AS kept,
       sketch_info(s)->'scale' AS scale,
       abs(percentile(s, 0.25) / 1e-100 - 1) < 0.334 AS within
FROM (SELECT quantile_agg(power(10::float8, i / 10.0)) AS s FROM generate_series(-2000, 2000) i) q;

SELECT sketch_ext_version() = extversion AS versions_agree FROM pg_extension WHERE extname = 'sketch_ext';
DROP TABLE latency;

-- whole numbers are answered in whole numbers, and exactly where a bucket holds one of them
SELECT percentiles(s, ARRAY[0.05, 0.5, 0.95]), percentile_bounds(s, 0.5), percentile_rank(s, 59.9) AS below,
       percentile_rank(s, 60) AS up_to, sketch_info(s)->'whole_numbers' AS whole
FROM (SELECT quantile_agg(x) AS s FROM (SELECT 60 AS x FROM generate_series(1, 998) UNION ALL VALUES (1), (90)) t) q;
SELECT bool_and(percentile_sketch = cont) AS exact
FROM (SELECT g, p, percentile_sketch(x, p), percentile_cont(p) WITHIN GROUP (ORDER BY x) AS cont
      FROM (SELECT i % 10 AS g, (i * 7919 % 182 - 90)::float8 AS x FROM generate_series(1, 5050) i) t,
           unnest(ARRAY[0, 0.01, 0.25, 0.5, 0.9, 1]::float8[]) p GROUP BY g, p) r;
SELECT sketch_info(merge(a, b))->'whole_numbers' AS merged,
       sketch_info(subtract(merge(a, b), b))->'whole_numbers' AS subtracted,
       sketch_info(subtract(a, a))->'whole_numbers' AS empty
FROM (SELECT quantile_agg(x) AS a, quantile_agg(x + 0.5) AS b FROM generate_series(1, 9) x) q;

-- sums and means: within 1 % of sum and avg, trimmed ones of the rows in between, here the 2001st to the 18000th
CREATE TABLE times AS SELECT i, (1 + (i * 7919) % 10007) / 10.0::float8 AS ms FROM generate_series(1, 20000) i;
SELECT abs(mean_value(s) / avg - 1) < 0.01 AS mean, abs(sum_value(s) / sum - 1) < 0.01 AS sum,
       sum_value(s) / total_count(s) = mean_value(s) AS agree, trimmed_mean(s, 0, 1) = mean_value(s) AS untrimmed,
       abs(trimmed_mean(s, 0.1, 0.9) / middle - 1) < 0.01 AS middle,
       abs(trimmed_mean(s, 0.9, 1) / upper - 1) < 0.01 AS upper
FROM (SELECT quantile_agg(ms) AS s, avg(ms), sum(ms) FROM times) q,
     (SELECT avg(ms) FILTER (WHERE k > 2000 AND k <= 18000) AS middle, avg(ms) FILTER (WHERE k > 18000) AS upper
      FROM (SELECT ms, row_number() OVER (ORDER BY ms) AS k FROM times) t) m;
SELECT abs(mean_value(s) - avg) <= 0.01 * magnitude / 20000 AS mean, abs(sum_value(s) - sum) <= 0.01 * magnitude AS sum
FROM (SELECT quantile_agg(ms - 500) AS s, avg(ms - 500), sum(ms - 500), sum(abs(ms - 500)) AS magnitude FROM times) q;
SELECT merge(s) = quantile_agg AS same, mean_value(merge(s)) = mean_value(quantile_agg) AS mean
FROM (SELECT quantile_agg(ms) AS s FROM times GROUP BY i % 7) parts, (SELECT quantile_agg(ms) FROM times) q
GROUP BY quantile_agg;
-- exact of whole numbers that have a bucket each, with weights too, and of part of them
SELECT g, mean_value(s) = avg AS mean, sum_value(s) = sum AS sum, mean_value(w) AS weighted, trimmed_mean(s, 0.25, 0.75)
FROM (SELECT i % 3 AS g, quantile_agg(x) AS s, quantile_weighted_agg(x, i) AS w, avg(x), sum(x)
      FROM (SELECT i, (i * 7919 % 182 - 90)::float8 AS x FROM generate_series(1, 6000) i) t GROUP BY 1) q ORDER BY g;
SELECT sum_value(s), mean_value(s) FROM (SELECT quantile_weighted_agg(x, 2000000000000000001 - x) AS s
                                         FROM unnest(ARRAY[-3, 3]) x) q;
-- an outlier, trimmed; rows that a fraction divides count in part: (0.75 * 3 + 4 + 5 + 6 + 0.75 * 7) / 4.5
SELECT mean_value(s), trimmed_mean(s, 0.1, 0.9)
FROM (SELECT quantile_agg(x) AS s FROM unnest('{1,2,3,4,5,6,7,8,9,1000000}'::float8[]) x) q;
SELECT trimmed_mean(quantile_agg(x), 0.25, 0.75), trimmed_mean(quantile_agg(x), 0.4, 0.41) FROM generate_series(1, 9) x;
DROP TABLE times;
