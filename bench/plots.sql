-- What bench/plots.mjs draws, as one JSON object.
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned

WITH kinds AS (SELECT *, CASE WHEN what ~ '_agg|_sketch' THEN 'sketch_ext' WHEN what IN ('tdigest', 'hll') THEN 'hll, tdigest' ELSE 'exact SQL' END AS kind
               FROM figure WHERE what <> 'count')
SELECT json_build_object(
    'floor', (SELECT json_object_agg(split_part(section, ' ', 3), ms * 1e6 / rows) FROM figure WHERE section ~ '^build events .* one$' AND what = 'count'),
    'row', (SELECT json_agg(json_build_object('what', CASE WHEN section LIKE '%float8%' THEN what ELSE split_part(what, ',', 1) || ' of ' || split_part(section, ' ', 3) END, 'kind', kind,
                                              'plan', CASE split_part(section, ' ', 4) WHEN 'one' THEN 'one group' ELSE '1,440 groups' END, 'ns', round(ns, 1)))
            FROM kinds WHERE section ~ '^build events .* (one|minute)$' AND what !~ '2,000,000'),
    'memory', (SELECT json_agg(json_build_object('what', what, 'kind', kind, 'mb', round(kb / 1024.0), 'spilled', round(spilled / 1048576.0)))
               FROM kinds WHERE section = 'limited'),
    'bytes', (SELECT json_agg(json_build_object('rows', rows, 'n', n, 'what', what, 'bytes', round(v, 1), 'kind', CASE WHEN what ~ '_sketch' THEN 'sketch_ext' ELSE 'hll, tdigest' END))
              FROM bytes, LATERAL (VALUES ('quantile_sketch', quantile), ('tdigest(100)', tdigest), ('distinct_sketch', "distinct"), ('hll', hll)) AS v (what, v)),
    'percentiles', (WITH p AS (SELECT array_agg(i / 200.0::float8 ORDER BY i) AS ps FROM generate_series(1, 199) AS i),
                         q AS MATERIALIZED (SELECT merge(q) AS s FROM minutes), e AS MATERIALIZED (SELECT percentile_cont((SELECT ps FROM p)) WITHIN GROUP (ORDER BY lat) AS xs FROM events),
                         d AS MATERIALIZED (SELECT tdigest_percentile(t, (SELECT ps FROM p)) AS ds FROM minutes_t)
                    SELECT json_agg(json_build_object('p', round((100 * p)::numeric, 1), 'what', what, 'error', round((100 * abs(v / x - 1))::numeric, 4)))
                    FROM p, q, e, d, unnest(ps, xs, percentiles(s, ps), ds) AS u (p, x, a, b), LATERAL (VALUES ('quantile_sketch', a), ('tdigest(100)', b)) AS v (what, v)),
    'scale', (SELECT json_agg(json_build_object('panel', panel, 'what', regexp_replace(what, 'merge of |_sketch|_agg', '', 'g'), 'x', x, 'y', y))
              FROM (SELECT 'seconds, by rows in one group' AS panel, what, rows AS x, round(ms / 1000, 3) AS y FROM figure WHERE section = 'scale rows'
                    UNION ALL SELECT 'seconds, by groups of 70 rows', what, rows / 70, round(ms / 1000, 3) FROM figure WHERE section = 'scale groups'
                    UNION ALL SELECT 'MB, by groups of 70 rows', what, rows / 70, round(kb / 1024.0, 1) FROM figure WHERE section = 'scale groups'
                    UNION ALL SELECT 'ms to merge stored partitions', what, rows, round(ms, 2) FROM figure WHERE section = 'scale partitions' AND what LIKE 'merge%') AS s));
