-- frequency_sketch: build, merge, subtract, read.
CREATE TABLE requests AS SELECT i AS id, i / 1000 AS minute,
                                'path ' || floor(exp(ln(20000) * (i * 7919 % 100003) / 100003.0)) AS path
FROM generate_series(1, 100003) i;
-- few values are counted exactly
SELECT x, frequency(s, x), frequency_bounds(s, x) FROM generate_series(0, 4) x,
    (SELECT frequency_agg(i % 4) AS s FROM generate_series(1, 10) i) t ORDER BY x;
SELECT total_count(frequency_agg(x)) AS total FROM generate_series(1, 1234) x;

-- many: within the error, the bounds around
CREATE TABLE truth AS SELECT path, count(*) AS n FROM requests GROUP BY path;
SELECT sketch_info(s)->>'mode' AS mode, bool_and(lower <= estimate AND estimate <= upper) AS ordered,
       bool_and(n <= upper) AS never_too_few,
       avg((upper - n <= 0.001 * 100003)::int) >= 0.982 AS within_error, avg((lower <= n)::int) >= 0.95 AS lower_holds
FROM (SELECT frequency_agg(path) AS s FROM requests) f, truth, LATERAL frequency(s, path) AS estimate,
     LATERAL frequency_bounds(s, path) GROUP BY 1;
SELECT path, abs(frequency(s, path) - n) < 50 AS close FROM (SELECT frequency_agg(path) AS s FROM requests) f, truth
ORDER BY n DESC, path LIMIT 3;

-- per minute, then merged: as if made at once
CREATE TABLE minutes AS SELECT minute, frequency_agg(path) AS paths FROM requests GROUP BY minute;
SELECT merge(paths) = (SELECT frequency_agg(path) FROM requests) AS all FROM minutes;
SELECT count(*) AS tens, bool_and(merged = direct AND merged::text = direct::text) AS same
FROM (SELECT minute / 10 AS ten, merge(paths) AS merged FROM minutes GROUP BY 1) m
JOIN (SELECT minute / 10 AS ten, frequency_agg(path) AS direct FROM requests GROUP BY 1) d USING (ten);

-- the error: the coarser wins, and merging gives what building with it gives
SELECT e, sketch_info(frequency_agg(path, e))->>'width' AS width,
       (sketch_info(frequency_agg(path, e))->>'error')::float8 <= e AS kept
FROM requests, unnest(ARRAY[0.04, 0.01, 0.001, 0.0001]) e GROUP BY e ORDER BY e;
SELECT merge(frequency_agg(path, 0.01) FILTER (WHERE id % 2 = 0),
             frequency_agg(path, 0.0001) FILTER (WHERE id % 2 = 1)) = frequency_agg(path, 0.01) AS same FROM requests;
SELECT frequency_agg(path, CASE WHEN id % 3 = 0 THEN 0.02 ELSE 0.001 END) = frequency_agg(path, 0.02) AS coarsest_wins
FROM requests;
SELECT frequency_agg(1, 0);
SELECT frequency_agg(1, 0.5);
SELECT frequency_agg(1, 'NaN');
SELECT frequency_agg(1, -0.01);
SELECT frequency_agg(1, 1e-9);
SELECT frequency_agg(1, NULL);

-- weights: any up to 2^63 - 1, 0 skips the row, NULL too
SELECT x, frequency(s, x), total_count(s) FROM generate_series(1, 4) x,
    (SELECT frequency_weighted_agg(v, w) AS s
     FROM (VALUES (1, 5), (2, 0), (3, NULL), (1, 2), (4, 9223372036854775800)) t(v, w)) f ORDER BY x;
SELECT frequency_weighted_agg(path, 3) =
       merge(frequency_agg(path), merge(frequency_agg(path), frequency_agg(path))) AS thrice FROM requests;
SELECT frequency_weighted_agg(path, 3, 0.01) =
       merge(frequency_agg(path, 0.01), merge(frequency_agg(path), frequency_agg(path))) AS thrice FROM requests;
SELECT frequency_weighted_agg(1, -1);
SELECT frequency_weighted_agg(x, 9223372036854775807) FROM generate_series(1, 2) x;
SELECT merge(s, s) FROM (SELECT frequency_weighted_agg(1, 4611686018427387904) AS s) t;
SELECT add(frequency_weighted_agg(1, 9223372036854775807), 1);
SELECT frequency(frequency_weighted_agg(path, CASE WHEN path = 'path 7' THEN 1000000000000 ELSE 1 END), 'path 7') >=
       1000000000000 AS wide FROM requests;
SELECT frequency_weighted_agg(1, 0) AS nothing, frequency_weighted_agg(1, NULL) AS null,
       frequency_agg(NULL::int) AS nulls;

-- subtract: rows of a that are not in b
SELECT subtract(all_rows, odd) = frequency_agg(x) AS same
FROM (SELECT frequency_agg(x) AS all_rows, frequency_agg(x) FILTER (WHERE x % 2 = 1) AS odd
      FROM generate_series(1, 400) x) t, generate_series(2, 400, 2) x GROUP BY all_rows, odd;
SELECT total_count(rest) AS rest, sum(abs(frequency(rest, path) - coalesce(n, 0))) / count(*) < 10 AS close
FROM (SELECT subtract(frequency_agg(path), frequency_agg(path) FILTER (WHERE id <= 90000)) AS rest FROM requests) r,
     (SELECT path, count(*) FILTER (WHERE id > 90000) AS n FROM requests GROUP BY path) t GROUP BY 1;
SELECT subtract(s, s) = subtract(t, t) AS empty, total_count(subtract(s, s))
FROM (SELECT frequency_agg(path) AS s, frequency_agg(minute::text) AS t FROM requests) q;
SELECT subtract(frequency_agg(1), frequency_agg(2));
SELECT subtract(frequency_agg(x), frequency_weighted_agg(x, 2)) FROM generate_series(1, 100000) x;

-- nothing, NULLs, one more
SELECT frequency(NULL::frequency_sketch, 1), frequency(frequency_agg(1), NULL::int),
       total_count(NULL::frequency_sketch), merge(NULL::frequency_sketch, NULL);
SELECT merge(s, t) = merge(t, s) AS commutative
FROM (SELECT frequency_agg(path) AS s, frequency_agg(id::text) AS t FROM requests) q;
SELECT add(frequency_agg(x), 7) = (SELECT frequency_agg(x)
                                   FROM (SELECT generate_series(1, 100) UNION ALL SELECT 7) t(x)) AS one_more
FROM generate_series(1, 100) x;

-- what it says of itself
SELECT sketch_info(frequency_agg(i % 3)) - 'bytes' AS exact FROM generate_series(1, 9) i;
SELECT sketch_info(frequency_agg(path)) - 'bytes' AS counters FROM requests;
SELECT frequency_agg(i % 3)::jsonb AS json FROM generate_series(1, 9) i;

DROP TABLE requests, truth, minutes;
