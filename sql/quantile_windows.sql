-- Window aggregates: moving frames by inverse transitions, and every aggregate against recomputation.
CREATE TABLE w AS SELECT i AS id, i / 40 AS part,
    CASE i % 23 WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN 'Infinity' WHEN 3 THEN 'NaN' WHEN 4 THEN -i
    ELSE round((exp(sin(i) * 3))::numeric, 3) END::float8 AS x
FROM generate_series(1, 400) i;

-- Moving frames know extremes to their buckets only, so the estimates differ from fresh ones by at most the accuracy.
CREATE FUNCTION near(a float8, b float8) RETURNS boolean IMMUTABLE LANGUAGE sql AS
    $$ SELECT a IS NOT DISTINCT FROM b OR abs(a - b) <= 0.0101 * greatest(abs(a), abs(b)) $$;
SELECT count(*), bool_and(near(moving, fresh)) AS near, count(*) FILTER (WHERE moving IS NULL) AS nulls,
       count(moving) AS values
FROM (SELECT id, percentile_sketch(x, 0.5) OVER (ORDER BY id ROWS 9 PRECEDING) AS moving,
             (SELECT percentile_sketch(x, 0.5) FROM w i WHERE i.id BETWEEN w.id - 9 AND w.id) AS fresh FROM w) t;
SELECT bool_and(near(moving, fresh)) AS near
FROM (SELECT id, percentile_sketch(x, 0.99) OVER (PARTITION BY part ORDER BY id ROWS BETWEEN 5 PRECEDING
                                                  AND 3 FOLLOWING) AS moving,
             (SELECT percentile_sketch(x, 0.99) FROM w i WHERE i.part = w.part AND i.id BETWEEN w.id - 5
                                                           AND w.id + 3) AS fresh FROM w) t;
SELECT bool_and(near(moving, fresh)) AS near
FROM (SELECT id, percentile_sketch(x, 0.9) OVER (ORDER BY id RANGE 60 PRECEDING) AS moving,
             (SELECT percentile_sketch(x, 0.9) FROM w i WHERE i.id BETWEEN w.id - 60 AND w.id) AS fresh FROM w) t;
SELECT bool_and(near(moving[1], fresh[1]) AND near(moving[2], fresh[2]) AND array_length(moving, 1) = 2) AS near
FROM (SELECT id, percentile_sketch(x, ARRAY[0.25, 0.75]) OVER (ORDER BY id ROWS BETWEEN 20 PRECEDING
                                                               AND 10 PRECEDING) AS moving,
             (SELECT percentile_sketch(x, ARRAY[0.25, 0.75]) FROM w i WHERE i.id BETWEEN w.id - 20
                 AND w.id - 10) AS fresh FROM w) t
WHERE moving IS NOT NULL OR fresh IS NOT NULL;
SELECT bool_and(near(moving, fresh)) AS near
FROM (SELECT id, approx_percentile(x, 0.5) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW
                                                 AND 30 FOLLOWING EXCLUDE CURRENT ROW) AS moving,
             (SELECT percentile_sketch(x, 0.5) FROM w i WHERE i.id BETWEEN w.id + 1 AND w.id + 30) AS fresh FROM w) t;
-- one-row frames, frames that run empty, NULLs only
SELECT id, x, percentile_sketch(x, 0.5) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS one,
       percentile_sketch(x, 0.5) OVER (ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 1 FOLLOWING) AS empty,
       percentile_sketch(x, 0.5) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) AS ahead FROM w
WHERE id BETWEEN 22 AND 28 ORDER BY id;
SELECT percentile_sketch(x, 0.5) OVER (ORDER BY id ROWS 1 PRECEDING)
FROM (VALUES (1, NULL::float8), (2, NULL), (3, 7), (4, NULL), (5, NULL)) t(id, x);
-- wide data: more buckets in the frame than a sketch may have
SELECT abs(moving / exp(4500.5 * 0.02) - 1) < 0.021 AS near
FROM (SELECT id, percentile_sketch(exp(id * 0.02), 0.5) OVER (ORDER BY id ROWS 2999 PRECEDING) AS moving
      FROM generate_series(1, 6000) id) t WHERE id = 6000;
-- the whole range of doubles, both signs and infinities, in frames that need a collapse and frames that do not, and
-- empty ones in between: away from the extremes each answer is that of a fresh sketch, to the last bit
CREATE TABLE wide AS SELECT id, CASE WHEN id BETWEEN 5001 AND 6000 THEN NULL WHEN id % 101 = 0 THEN '-Infinity'
    WHEN id % 103 = 0 THEN 'Infinity' WHEN id % 7 = 0 THEN 0
    ELSE power(2::float8, (id * 7919) % 2040 - 1020 + (id % 37) / 37.0) * (CASE WHEN id * 7919 / 13 % 2 = 0 THEN -1
        ELSE 1 END) END::float8 AS x
FROM generate_series(1, 9000) id;
SELECT frame, count(*) AS frames, count(DISTINCT scale) > 1 AS scales_differ,
       bool_and(moving IS NOT DISTINCT FROM fresh) AS same, count(*) FILTER (WHERE moving IS NULL) AS empty
FROM (SELECT id, 4000 AS frame,
             percentile_sketch(x, ARRAY[0.3, 0.5, 0.6, 0.7]) OVER (ORDER BY id ROWS 3999 PRECEDING) AS moving FROM wide
      UNION ALL SELECT id, 40, percentile_sketch(x, ARRAY[0.3, 0.5, 0.6, 0.7]) OVER (ORDER BY id ROWS 39 PRECEDING)
      FROM wide) AS moved,
     LATERAL (SELECT percentiles(s, ARRAY[0.3, 0.5, 0.6, 0.7]) AS fresh, sketch_info(s)->'scale' AS scale
              FROM (SELECT quantile_agg(x) AS s FROM wide w WHERE w.id > moved.id - frame
                                                              AND w.id <= moved.id) AS q) AS fresh
WHERE id % 271 = 0 AND id > 40
GROUP BY frame ORDER BY frame;
DROP TABLE wide;
-- a fraction that changes is an error here too
SELECT percentile_sketch(x, id / 1000.0) OVER (ORDER BY id ROWS 2 PRECEDING) FROM w;
SELECT percentile_sketch(x, NULL::float8) OVER (ORDER BY id ROWS 2 PRECEDING) FROM w;
SELECT percentile_sketch(x, 2) OVER (ORDER BY id ROWS 2 PRECEDING) FROM w;

-- aggregates without inverse transitions: exact bytes, growing and recomputed frames
SELECT bool_and(grown = fresh) AS growing
FROM (SELECT id, quantile_agg(x) OVER (ORDER BY id) AS grown,
             (SELECT quantile_agg(x) FROM w i WHERE i.id <= w.id) AS fresh FROM w) t;
SELECT bool_and(a = b) AS growing_one_step
FROM (SELECT percentile_sketch(x, 0.9) OVER (ORDER BY id) AS a, (SELECT percentile_sketch(x, 0.9) FROM w i
    WHERE i.id <= w.id) AS b FROM w) t;
SELECT bool_and(moved = fresh) AS moving
FROM (SELECT id, quantile_agg(x, 0.1) OVER (ORDER BY id ROWS 7 PRECEDING) AS moved,
             (SELECT quantile_agg(x, 0.1) FROM w i WHERE i.id BETWEEN w.id - 7 AND w.id) AS fresh FROM w) t;
SELECT bool_and(merged = fresh) AS merging
FROM (SELECT part, merge(s) OVER (ORDER BY part ROWS 2 PRECEDING) AS merged,
             (SELECT quantile_agg(x) FROM w WHERE w.part BETWEEN p.part - 2 AND p.part) AS fresh
      FROM (SELECT part, quantile_agg(x) AS s FROM w GROUP BY part) p) t;
SELECT bool_and(a = b) AS weighted
FROM (SELECT quantile_weighted_agg(x, id) OVER (PARTITION BY part) AS a, (SELECT quantile_weighted_agg(x, id) FROM w i
    WHERE i.part = w.part) AS b FROM w) t;

DROP TABLE w;
DROP FUNCTION near(float8, float8);

-- rows without a value are skipped, whatever their fraction, with a moving frame as without
SELECT i, percentile_sketch(x, p) OVER (ORDER BY i ROWS 1 PRECEDING) AS moving,
       percentile_sketch(x, p) OVER (ORDER BY i) AS growing
FROM (VALUES (1, NULL::float8, NULL::float8), (2, 0, 0.5), (3, NULL, 0.6), (4, 0, 0.5), (5, NULL, NULL),
      (6, NULL, NULL)) t(i, x, p);
SELECT i, percentile_sketch(x, p) OVER (ORDER BY i ROWS 1 PRECEDING) AS moving
FROM (VALUES (1, NULL::float8, NULL::float8[]), (2, 0, '{0.5,1}'), (3, NULL, '{}'), (4, NULL, NULL)) t(i, x, p);
-- a state that was not made to move is refused
CREATE AGGREGATE odd(float8, float8) (SFUNC = percentile_sketch_trans, STYPE = quantile_sketch,
                                      FINALFUNC = percentile_sketch_final,
    MSFUNC = percentile_sketch_trans, MINVFUNC = percentile_sketch_moving_inverse, MSTYPE = quantile_sketch,
    MFINALFUNC = percentile_sketch_final);
SELECT odd(i, 0.0) OVER (ORDER BY i ROWS 1 PRECEDING) FROM generate_series(1, 4) i;
DROP AGGREGATE odd(float8, float8);
