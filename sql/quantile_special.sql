-- NULL, NaN, infinities, zeros, empty groups and arguments out of range: each has a stated behaviour.
\set VERBOSITY terse
SET client_min_messages = notice;

-- no rows, only NULLs
SELECT quantile_agg(x), percentile_sketch(x, 0.5), percentile_sketch(x, ARRAY[0.5]), quantile_weighted_agg(x, 1)
FROM (SELECT NULL::float8 AS x WHERE false) t;
SELECT quantile_agg(x), percentile_sketch(x, 0.5), percentile_sketch(x, ARRAY[0.5]), merge(s)
FROM (VALUES (NULL::float8, NULL::quantile_sketch), (NULL, NULL)) t(x, s);
SELECT total_count(quantile_agg(x)), percentile_sketch(x, 0.5) FROM (VALUES (NULL::float8), (3), (NULL)) t(x);
SELECT merge(s) = (SELECT quantile_agg(1)) AS nulls_skipped
FROM (VALUES (NULL::quantile_sketch), ((SELECT quantile_agg(1))), (NULL)) t(s);

-- accessors of NULL are NULL
SELECT percentile(NULL::quantile_sketch, 0.5), percentiles(NULL::quantile_sketch, ARRAY[0.5]),
       percentile_bounds(NULL::quantile_sketch, 0.5), percentile_rank(NULL::quantile_sketch, 1),
       min_value(NULL::quantile_sketch), max_value(NULL::quantile_sketch), total_count(NULL::quantile_sketch),
       sketch_info(NULL::quantile_sketch), merge(NULL::quantile_sketch, NULL), add(NULL::quantile_sketch, 1),
       subtract(NULL::quantile_sketch, NULL), NULL::quantile_sketch::bytea, NULL::quantile_sketch::jsonb;
SELECT count(*) FROM histogram(NULL::quantile_sketch);
SELECT count(*) FROM histogram(NULL::quantile_sketch, '{1}');
SELECT (SELECT count(*) FROM histogram_bins(NULL, 3)) AS bins,
       (SELECT count(*) FROM cumulative_histogram(NULL, '{1}')) AS cumulative, percentile_ranks(NULL, '{1}');
SELECT percentile(s, NULL::float8), percentiles(s, NULL::float8[]), percentile_rank(s, NULL), add(s, NULL)
FROM (SELECT quantile_agg(1) AS s) q;

-- thirteen doubles through every reader
CREATE TABLE special AS SELECT x
FROM unnest('{0,-0,1,-1,NaN,Infinity,-Infinity,5e-324,-5e-324,2.2250738585072014e-308,1.7976931348623157e308,'
            '-1.7976931348623157e308,1e-5}'::float8[]) x;
SELECT x, percentile(s, 0) AS p0, percentile(s, 0.5) AS p50, percentile(s, 1) AS p100,
       percentile_bounds(s, 0.5) AS bounds,
       min_value(s) AS min, max_value(s) AS max, percentile_rank(s, x) AS rank, total_count(s) AS n
FROM special, LATERAL (SELECT quantile_agg(y) AS s FROM (VALUES (special.x)) v(y)) q;
SELECT percentiles(s, ARRAY[0, 1/12.0, 2/12.0, 3/12.0, 4/12.0, 5/12.0, 6/12.0, 7/12.0, 8/12.0,
                   9/12.0, 10/12.0, 11/12.0, 1])
FROM (SELECT quantile_agg(x) AS s FROM special) q;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x), percentile_sketch(x, 0.5) FROM special;
SELECT * FROM histogram((SELECT quantile_agg(x) FROM special));
SELECT * FROM histogram((SELECT quantile_agg(x) FROM special), '{-Infinity,-1,0,1,Infinity}');
SELECT * FROM histogram_bins((SELECT quantile_agg(x) FROM special), 3);
SELECT * FROM cumulative_histogram((SELECT quantile_agg(x) FROM special), '{-Infinity,-1,0,1}');
SELECT array_agg(c) FROM cumulative_histogram((SELECT quantile_agg(x) FROM special), '{1,Infinity}') c;
SELECT x, percentile_rank(s, x) FROM special, (SELECT quantile_agg(x) AS s FROM special) q ORDER BY x;

-- equal values are equal rows
SELECT (SELECT quantile_agg(0::float8)) = (SELECT quantile_agg('-0'::float8)) AS zeros;
SELECT (SELECT quantile_agg('NaN'::float8)) = (SELECT quantile_agg('-NaN'::float8)) AS nans;

-- infinities come back as themselves and never as NaN; NaN sorts above +Infinity
SELECT p, percentile(s, p), percentile_bounds(s, p)
FROM (SELECT quantile_agg(x) AS s FROM unnest('{-Infinity,-Infinity,Infinity,Infinity}'::float8[]) x) q,
     unnest(ARRAY[0, 0.3, 0.45, 0.55, 1]) p;
SELECT p, percentile(s, p) FROM (SELECT quantile_agg(x) AS s FROM unnest('{1,Infinity,NaN}'::float8[]) x) q,
     unnest(ARRAY[0, 0.25, 0.5, 0.75, 1]) p;

-- a bare string literal is a number, or an array
SELECT percentile((SELECT quantile_agg(1)), '0.5'), percentiles((SELECT quantile_agg(1)), '{0.5,1}');

-- percentile values outside [0, 1], NULL, NaN; arrays
SELECT percentile((SELECT quantile_agg(1)), -0.1);
SELECT percentile((SELECT quantile_agg(1)), 1.1);
SELECT percentile((SELECT quantile_agg(1)), 'NaN'::float8);
SELECT percentiles((SELECT quantile_agg(1)), '{0.5,2}'::float8[]);
SELECT percentiles((SELECT quantile_agg(1)), '{0.5,NULL}'::float8[]);
SELECT percentiles((SELECT quantile_agg(1)), '{{0.5},{0.6}}'::float8[]);
SELECT percentiles((SELECT quantile_agg(1)), '{}'::float8[]);
SELECT percentile_bounds((SELECT quantile_agg(1)), 7);
SELECT percentile_sketch(1, -1);
SELECT percentile_sketch(1, NULL::float8);
SELECT percentile_sketch(1, 'NaN'::float8);
SELECT percentile_sketch(1, NULL::float8[]);
SELECT percentile_sketch(1, '{0.5,NULL}'::float8[]);
SELECT percentile_sketch(1, '{{0.5},{0.6}}'::float8[]);
SELECT percentile_sketch(1, '{1.5}'::float8[]);
SELECT percentile_sketch(1, '{}'::float8[]);
SELECT percentile_sketch(1, (SELECT array_agg(0.5::float8) FROM generate_series(1, 1001)));
SELECT array_length(percentile_sketch(1, (SELECT array_agg(i / 1000.0::float8) FROM generate_series(1, 1000) i)), 1);
SELECT array_length(percentiles((SELECT quantile_agg(1)),
                                (SELECT array_agg(0.5::float8) FROM generate_series(1, 5000))), 1);
SELECT percentile_sketch(x, x / 10.0) FROM generate_series(1, 3) x;
SELECT percentile_sketch(x, ARRAY[x / 10.0]) FROM generate_series(1, 3) x;

SELECT percentile_ranks(quantile_agg(x), '{-Infinity,0,2,NaN,Infinity,1}'), percentile_ranks(quantile_agg(x), '{}')
FROM unnest('{1,2,3,NaN}'::float8[]) x;
SELECT percentile_ranks((SELECT quantile_agg(1)), '{1,NULL}');
SELECT percentile_ranks((SELECT quantile_agg(1)), '{{1},{2}}');
SELECT percentile_ranks(subtract(s, s), '{1}'), percentiles(subtract(s, s), '{1}') FROM (SELECT quantile_agg(1) AS s) q;

-- bins: one value, nothing finite, nothing at all, neighbouring doubles, more bins than doubles, numbers out of range
SELECT array_agg(b) FROM histogram_bins((SELECT quantile_agg(7) FROM generate_series(1, 5)), 10) b;
SELECT array_agg(b)
FROM histogram_bins((SELECT quantile_agg(x) FROM unnest('{NaN,Infinity,-Infinity,Infinity}'::float8[]) x), 10) b;
SELECT array_agg(b) FROM histogram_bins((SELECT subtract(quantile_agg(1), quantile_agg(1))), 10) b;
SELECT array_agg(b)
FROM histogram_bins((SELECT quantile_agg(x) FROM unnest('{1,1.0000000000000002}'::float8[]) x), 1) b;
SELECT count(*), count(DISTINCT upper), sum(count), min(lower), max(upper)
FROM histogram_bins((SELECT quantile_agg(x) FROM unnest('{0,5e-324,1e-323}'::float8[]) x), 10000);
SELECT array_agg(b)
FROM histogram_bins((SELECT quantile_agg(x)
                     FROM unnest('{-1.7976931348623157e308,0,1.7976931348623157e308}'::float8[]) x), 2) b;
SELECT histogram_bins((SELECT quantile_agg(1)), 0);
SELECT histogram_bins((SELECT quantile_agg(1)), 10001);
-- they add up and join on to each other, whatever there is, extremes known or not
SELECT n, bool_and(count = rows) AS all_rows, bool_and(joined) AS joined, bool_and(bins = n + others) AS bins
FROM (SELECT n, total_count(s) AS rows, (SELECT sum(count) FROM histogram_bins(s, n)) AS count,
             (SELECT count(*) FROM histogram_bins(s, n)) AS bins,
             (SELECT count(*) FROM histogram(s) WHERE lower = upper AND abs(lower) > 1e308) AS others,
             (SELECT bool_and(lower IS NOT DISTINCT FROM before OR before IS NULL)
              FROM (SELECT lower, lag(upper) OVER (ORDER BY upper) AS before FROM histogram_bins(s, n)
                    WHERE abs(upper) < 1e308) b) AS joined
      FROM unnest(ARRAY[1, 2, 3, 100, 10000]) n,
           (SELECT quantile_agg(x) AS s FROM generate_series(-50, 1000) x
            UNION ALL SELECT quantile_weighted_agg(x, 9000000000000001)
            FROM unnest('{-Infinity,1,2,3,NaN,NaN,Infinity}'::float8[]) WITH ORDINALITY u(x, i)
            UNION ALL SELECT subtract(quantile_agg(x), quantile_agg(x) FILTER (WHERE x % 7 = 0))
            FROM generate_series(-100, 0) x) parts) checked GROUP BY n ORDER BY n;

-- sums and means as sum and avg have them of infinities and NaN; beyond the doubles, an error for sums only
SELECT xs, sum_value(s), mean_value(s), trimmed_mean(s, 0.25, 0.75), sum IS NOT DISTINCT FROM sum_value(s) AS as_sum,
    avg IS NOT DISTINCT FROM mean_value(s) AS as_avg
FROM unnest(ARRAY['{1,Infinity}', '{-Infinity,1}', '{-Infinity,Infinity}', '{NaN,1}', '{-Infinity,1,3,Infinity}',
            '{-Infinity,-Infinity,1,NaN}', '{0,-0}', '{5e-324,5e-324}']::text[]) xs,
     LATERAL (SELECT quantile_agg(x) AS s, sum(x), avg(x) FROM unnest(xs::float8[]) x) q;
SELECT mean_value(s), trimmed_mean(s, 0, 0.5)
FROM (SELECT quantile_agg(1.7976931348623157e308::float8) AS s FROM generate_series(1, 5)) q;
SELECT sum_value(quantile_agg(1.7976931348623157e308::float8)) FROM generate_series(1, 5);
SELECT sum_value(quantile_agg(x)) FROM unnest('{1.7976931348623157e308,1.7976931348623157e308,Infinity}'::float8[]) x;
SELECT sum_value(s), mean_value(s), trimmed_mean(s, 0, 1) FROM (SELECT quantile_empty() AS s UNION ALL SELECT NULL) q;
SELECT trimmed_mean(quantile_agg(1), NULL, 1), trimmed_mean(quantile_agg(1), 0, NULL);
SELECT trimmed_mean(quantile_agg(1), 0.5, 0.5);
SELECT trimmed_mean(quantile_agg(1), 0.9, 0.1);
SELECT trimmed_mean(quantile_agg(1), -0.1, 0.9);
SELECT trimmed_mean(quantile_agg(1), 0, 1.1);
SELECT trimmed_mean(quantile_agg(1), 'NaN', 1);
SELECT trimmed_mean(quantile_agg(1), 0, 'NaN');

-- cumulative: bounds as those of histogram
SELECT array_agg(c) FROM cumulative_histogram((SELECT quantile_agg(1)), '{}') c;
SELECT array_agg(c) FROM cumulative_histogram((SELECT subtract(quantile_agg(1), quantile_agg(1))), '{1}') c;
SELECT * FROM cumulative_histogram((SELECT quantile_agg(1)), '{2,1}');
SELECT * FROM cumulative_histogram((SELECT quantile_agg(1)), '{NaN}');
SELECT * FROM cumulative_histogram((SELECT quantile_agg(1)), '{1,NULL}');

-- accuracy
SELECT quantile_agg(1, 0.0001);
SELECT quantile_agg(1, 1.1);
SELECT quantile_agg(1, 0);
SELECT quantile_agg(1, 'NaN');
SELECT quantile_agg(1, 'Infinity');
SELECT quantile_agg(1, NULL);
-- each accuracy that a sketch tells can be asked for, and is kept
SELECT a AS asked, sketch_info(s)->'accuracy' AS told, sketch_info(s)->'scale' AS scale,
       quantile_agg(x, (sketch_info(s)->>'accuracy')::float8) = s AS same, percentile(s, 0.5)
FROM unnest(ARRAY[0.00015625, 0.0002, 0.5, 0.601, 0.883, 0.99, 0.9923, 0.99997, 1]) a,
     LATERAL (SELECT quantile_agg(x, a) AS s FROM generate_series(1, 9) x) q, generate_series(1, 9) x
GROUP BY a, s ORDER BY a;
SELECT quantile_agg(NULL, NULL);
SELECT quantile_weighted_agg(1, 1, 9);
SELECT quantile_weighted_agg(1, 0, 9);

-- weights and counts
SELECT quantile_weighted_agg(1, -1);
SELECT quantile_weighted_agg(x, 9223372036854775807) FROM generate_series(1, 2) x;
SELECT merge(s, s) FROM (SELECT quantile_weighted_agg(1, 9223372036854775807) AS s) q;
SELECT merge(s) FROM (SELECT quantile_weighted_agg(1, 9223372036854775807) AS s FROM generate_series(1, 2) g
                      GROUP BY g) q;
SELECT add(s, 0) FROM (SELECT quantile_weighted_agg(1, 9223372036854775807) AS s) q;
SELECT add(s, 'Infinity') FROM (SELECT quantile_weighted_agg(1, 9223372036854775807) AS s) q;
SELECT subtract((SELECT quantile_agg(1)), (SELECT quantile_agg(2)));
SELECT subtract((SELECT quantile_agg(1)), (SELECT quantile_weighted_agg(1, 2)));

-- histogram bounds
SELECT * FROM histogram((SELECT quantile_agg(1)), '{2,1}');
SELECT * FROM histogram((SELECT quantile_agg(1)), '{1,1}');
SELECT * FROM histogram((SELECT quantile_agg(1)), '{NaN}');
SELECT * FROM histogram((SELECT quantile_agg(1)), '{1,NULL}');
SELECT * FROM histogram((SELECT quantile_agg(1)), '{{1,2}}');

-- SQLSTATEs
DO $$
DECLARE command text; code text;
BEGIN
    FOREACH command IN ARRAY ARRAY[
        'SELECT percentile((SELECT quantile_agg(1)), 2)',
        'SELECT percentiles((SELECT quantile_agg(1)), ''{NULL}''::float8[])',
        'SELECT percentiles((SELECT quantile_agg(1)), ''{{1}}''::float8[])',
        'SELECT percentile_sketch(1, NULL::float8)',
        'SELECT percentile_sketch(x, x / 10.0) FROM generate_series(1, 3) x',
        'SELECT percentile_sketch(1, array_fill(0.5::float8, ''{1001}''))', 'SELECT quantile_agg(1, 9)',
        'SELECT quantile_agg(1, NULL)', 'SELECT quantile_weighted_agg(1, -1)',
        'SELECT quantile_weighted_agg(x, 9223372036854775807) FROM generate_series(1, 2) x',
        'SELECT subtract((SELECT quantile_agg(1)), (SELECT quantile_agg(2)))',
        'SELECT histogram((SELECT quantile_agg(1)), ''{2,1}'')',
        'SELECT trimmed_mean((SELECT quantile_agg(1)), 0.9, 0.1)',
        'SELECT sum_value((SELECT quantile_agg(1e308) FROM generate_series(1, 2)))',
        'SELECT ''junk''::quantile_sketch', 'SELECT ''\x00''::bytea::quantile_sketch'] LOOP
        BEGIN
            EXECUTE command;
            RAISE NOTICE 'no error: %', command;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE;
            RAISE NOTICE '%  %', code, command;
        END;
    END LOOP;
END $$;
DROP TABLE special;
