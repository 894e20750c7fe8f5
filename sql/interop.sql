-- Histograms of OpenTelemetry and Prometheus, in and out. What real producers send: test/checks/interop.sh.
SET extra_float_digits = 1;

-- A request with points of two kinds of which one is taken, two resources, attributes of every type.
CREATE TEMP TABLE request AS SELECT '{"resourceMetrics": [
  {"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}},
                               {"key": "replica", "value": {"intValue": "3"}}]},
   "scopeMetrics": [{"scope": {"name": "http"}, "metrics": [
     {"name": "requests", "unit": "1", "sum": {"dataPoints": [{"asInt": "7"}, {"asInt": "8"}]}},
     {"name": "latency", "unit": "ms", "exponentialHistogram": {"aggregationTemporality": 1, "dataPoints": [
       {"attributes": [{"key": "route", "value": {"stringValue": "/a"}},
                       {"key": "ok", "value": {"boolValue": true}},
                       {"key": "load", "value": {"doubleValue": 0.25}},
                       {"key": "nan", "value": {"doubleValue": "NaN"}},
                       {"key": "large", "value": {"intValue": 9007199254740993}},
                       {"key": "tags",
                        "value": {"arrayValue": {"values": [{"stringValue": "x"}, {"intValue": 1}, {}]}}},
                       {"key": "more",
                        "value": {"kvlistValue": {"values": [{"key": "b", "value": {"bytesValue": "AQID"}}]}}},
                       {"key": "none"}],
        "startTimeUnixNano": "1795943958336000000", "timeUnixNano": "1795943958337123456",
        "count": "6", "sum": 21.5, "scale": 0, "zeroCount": 1, "min": 0, "max": 7.5,
        "positive": {"offset": 0, "bucketCounts": ["2", 1, "2"]}, "negative": {"offset": 0, "bucketCounts": []}},
       {"flags": 1, "count": 0}]}}]}]},
  {"scopeMetrics": [{"metrics": [
     {"name": "empty", "exponentialHistogram": {"aggregationTemporality": "AGGREGATION_TEMPORALITY_CUMULATIVE",
                                                "dataPoints": [{}]}}]}]}
]}'::jsonb AS body;
SELECT resource, metric, unit, attributes FROM request, otlp_points(body);
SELECT metric, start_time AT TIME ZONE 'UTC' AS start_time, time AT TIME ZONE 'UTC' AS time, temporality, count, sum,
       sketch_info(sketch) - 'bytes' AS info
FROM request, otlp_points(body);
SELECT count(*) FROM otlp_points('{}');
SELECT count(*) FROM otlp_points('{"resourceMetrics": null}');
SELECT count(*) FROM otlp_points(NULL);
SELECT * FROM otlp_points_protobuf('');
SELECT metric FROM request, LATERAL (SELECT metric FROM otlp_points(body) LIMIT 1) AS first;

-- One point. Numbers may be strings, and strings numbers.
SELECT percentile_bounds(quantile_sketch_from_otlp(point), 1),
       quantile_sketch_from_otlp(same) = quantile_sketch_from_otlp(point) AS same
FROM (VALUES ('{"count": 3, "scale": 4, "positive": {"offset": 9, "bucketCounts": [1, 2]}}'::jsonb,
              '{"count": "3", "scale": "4", "positive": {"offset": "9", "bucketCounts": ["1", 2.0]}}'::jsonb))
     AS v (point, same);
SELECT quantile_sketch_from_otlp('{"flags": 1}') IS NULL AS no_value,
       total_count(quantile_sketch_from_otlp('{}')) AS none;

-- What is wrong is said.
CREATE FUNCTION problem(body text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    code text; message text; detail text;
BEGIN
    EXECUTE body;
    RETURN 'none';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' ', code, message || ':', detail);
END $$;
SELECT point, problem(format('SELECT quantile_sketch_from_otlp(%L::jsonb)', point))
FROM unnest(ARRAY['[]', '1', '"x"', '{"count": -1}', '{"count": 1.5}', '{"count": "x"}', '{"count": ""}',
                  '{"count": 1}', '{"count": 99999999999999999999}',
                  '{"count": 18446744073709551615}', '{"count": true}',
                  '{"scale": 21}', '{"scale": -11}', '{"scale": 3000000000}', '{"scale": -2147483648}',
                  '{"zeroThreshold": -1}', '{"zeroThreshold": "x"}', '{"zeroThreshold": "Infinity"}',
                  '{"positive": 1}', '{"positive": []}',
                  '{"positive": {"bucketCounts": 1}}', '{"positive": {"bucketCounts": {}}}',
                  '{"positive": {"bucketCounts": [-1]}}', '{"positive": {"bucketCounts": [[1]]}}',
                  '{"positive": {"offset": 2147483648, "bucketCounts": []}}',
                  '{"count": 1, "positive": {"offset": 1024, "bucketCounts": [1]}}',
                  '{"count": 9223372036854775808, "zeroCount": 9223372036854775808}',
                  '{"count": 9223372036854775807, "zeroCount": 9223372036854775807}',
                  '{"flags": {}}']) AS point;
-- (of a metric, and of its histogram)
SELECT metric, problem(format('SELECT otlp_points(%L::jsonb)', metric))
FROM unnest(ARRAY['[]', '{"resourceMetrics": 1}', '{"resourceMetrics": [1]}', '{"resourceMetrics": [{"resource": 1}]}',
                  '{"resourceMetrics": [{"scopeMetrics": {}}]}']) AS metric
UNION ALL
SELECT metric, problem(format('SELECT otlp_points(%L::jsonb)',
                              format('{"resourceMetrics": [{"scopeMetrics": [{"metrics": [%s]}]}]}', metric)))
FROM unnest(ARRAY['{"exponentialHistogram": 1}', '{"name": 1, "exponentialHistogram": {"dataPoints": [{}]}}',
                  '{"exponentialHistogram": {"dataPoints": [{"attributes": [1]}]}}',
                  '{"exponentialHistogram": {"dataPoints": [{"attributes": [{"key": "a", "value": 1}]}]}}',
                  '{"exponentialHistogram": {"dataPoints": [{"attributes": [{"value": {}}]}]}}',
                  '{"exponentialHistogram": {"aggregationTemporality": [], "dataPoints": [{}]}}']) AS metric;
SELECT message, problem(format('SELECT otlp_points_protobuf(%L)', message)) AS otlp,
       problem(format('SELECT quantile_sketch_from_prometheus(%L)', message)) AS prometheus,
       problem(format('SELECT prometheus_write_request(%L)', message)) AS remote_write
FROM unnest(ARRAY['\x0a', '\x0aff', '\x0b', '\x00', '\xffffffffffffffffffff', '\x0a00',
                  '\x0affffffff0f']::bytea[]) AS message;

-- Attributes within attributes have an end, and rows repeat what they share no more often than a request justifies.
CREATE FUNCTION request_of(attribute text, points int) RETURNS jsonb LANGUAGE sql AS $$
    SELECT format('{"resourceMetrics": [{"resource": {"attributes": [{"key": "a", "value": %s}]}, "scopeMetrics":
                                         [{"metrics": [{"exponentialHistogram": {"dataPoints": [%s]}}]}]}]}',
                  attribute, string_agg('{"count": 0}', ', '))::jsonb
    FROM generate_series(1, points)
$$;
CREATE FUNCTION field(number int, content bytea) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    left_over int := length(content);
    tag_and_length bytea := set_byte('\x00', 0, number * 8 + 2);
BEGIN
    WHILE left_over >= 128 LOOP
        tag_and_length := tag_and_length || set_byte('\x00', 0, 128 + left_over % 128);
        left_over := left_over / 128;
    END LOOP;
    RETURN tag_and_length || set_byte('\x00', 0, left_over) || content;
END $$;
DO $$
DECLARE
    value bytea := '';
BEGIN
    SET LOCAL max_stack_depth = '100kB';  -- whatever a level takes
    FOR level IN 1 .. 10000 LOOP
        value := field(5, field(1, value));
    END LOOP;
    PERFORM * FROM otlp_points_protobuf(field(1, field(1, field(1, field(2, value)))
                                                 || field(2, field(2, field(10, field(1, ''))))));
EXCEPTION WHEN statement_too_complex THEN
    RAISE NOTICE '%', SQLERRM;
END $$;
SELECT problem($$SELECT otlp_points(request_of(format('{"stringValue": "%s"}', repeat('x', 100000)), 1000))$$),
       count(*) AS points FROM otlp_points(request_of(format('{"stringValue": "%s"}', repeat('x', 1000)), 1000));

-- Out and in again.
CREATE TEMP TABLE sketches AS
SELECT 'values' AS of, quantile_agg(exp(i / 100.0)) AS sketch FROM generate_series(-900, 900) AS i
UNION ALL SELECT 'signs', quantile_agg(CASE WHEN i % 2 = 0 THEN -1 ELSE 1 END * exp(i / 400.0))
          FROM generate_series(-900, 900) AS i
UNION ALL SELECT 'zeros', quantile_agg(x) FROM unnest(ARRAY[0, 0, 0.5, 0, 2.5]) AS x
UNION ALL SELECT 'one', quantile_agg(0.1::float8)
UNION ALL SELECT 'empty', quantile_empty()
UNION ALL SELECT 'fine', quantile_agg(1 + i / 1e4, 0.001) FROM generate_series(1, 1000) AS i
UNION ALL SELECT 'coarse', quantile_agg(exp(i / 10.0), 0.2) FROM generate_series(-900, 900) AS i
UNION ALL SELECT 'wide', quantile_agg(x, 1) FROM unnest(ARRAY[5e-324, 1, 1.7976931348623157e308, -1e-300]) AS x
UNION ALL SELECT 'specials', quantile_agg(x)
          FROM unnest(ARRAY['NaN', 'Infinity', '-Infinity', 1.5, -2.5]::float8[]) AS x;
SELECT of, quantile_sketch_from_otlp(to_otlp(sketch, 131072)) = sketch AS same,
       (to_otlp(sketch) ->> 'scale')::int AS scale, sketch_info(sketch) ->> 'scale' AS of_sketch,
       jsonb_array_length(to_otlp(sketch) #> '{positive, bucketCounts}') AS positive,
       jsonb_array_length(to_otlp(sketch) #> '{negative, bucketCounts}') AS negative
FROM sketches;
SELECT to_otlp(sketch) FROM sketches WHERE of IN ('zeros', 'one', 'empty', 'specials');
-- Fewer buckets are those of a coarser scale, exactly.
SELECT of, n, (sketch_info(quantile_sketch_from_otlp(to_otlp(sketch, n))) ->> 'scale')::int AS scale,
       total_count(quantile_sketch_from_otlp(to_otlp(sketch, n))) = total_count(sketch) AS all_rows
FROM sketches, unnest(ARRAY[4, 20, 1000]) AS n WHERE of IN ('values', 'signs', 'wide');
SELECT to_otlp(quantile_empty(), 3);
SELECT to_otlp(quantile_empty(), 131073);
SELECT to_otlp(NULL), to_otlp(quantile_empty(), NULL);

SELECT of, problem(format('SELECT to_prometheus(%L, 0, %L)', sketch, 'm')) FROM sketches;
SELECT of, labels, count, sum, s = sketch AS same, percentile(s, 0.5) = percentile(sketch, 0.5) AS same_median
FROM sketches, quantile_sketch_from_prometheus(to_prometheus(sketch, NULL, 'latency', '{"host": "a", "b": "\"c\""}'))
     AS f (labels, count, sum, s)
WHERE of NOT IN ('wide');
SELECT to_prometheus(quantile_empty(), 1, 'm');
SELECT to_prometheus(NULL, 1, 'm') IS NULL AND to_prometheus(quantile_empty(), 1, NULL) IS NULL
   AS null_in_null_out,
   to_prometheus(quantile_empty(), 1, 'm', NULL) = to_prometheus(quantile_empty(), 1, 'm') AS no_labels;
SELECT labels FROM quantile_sketch_from_prometheus(to_prometheus(quantile_empty(), 1, 'm',
                       '{"__name__": "old", "text": "a", "number": 1.50, "yes": true, "none": null}'));
SELECT to_prometheus(quantile_empty(), 1, 'm', '[]');
SELECT to_prometheus(quantile_empty(), 1, 'm', '{"a": {}}');
SELECT to_prometheus(quantile_empty(), 1, 'm', '1');

-- What came between two readings.
CREATE TEMP TABLE readings (n int, start timestamptz, sketch quantile_sketch);
INSERT INTO readings SELECT 1, '2026-01-01', quantile_agg(i) FROM generate_series(1, 100) AS i;
INSERT INTO readings SELECT 2, '2026-01-01', quantile_agg(i) FROM generate_series(1, 250) AS i;
-- (began anew, unseen by counts)
INSERT INTO readings SELECT 3, '2026-01-02', quantile_agg(i) FROM generate_series(1, 260) AS i;
INSERT INTO readings SELECT 4, '2026-01-03', quantile_agg(i) FROM generate_series(1, 50) AS i;
SELECT n, total_count(counter_delta(sketch, lag(sketch) OVER w)) AS by_counts,
       total_count(counter_delta(sketch, start, lag(sketch) OVER w, lag(start) OVER w)) AS by_start
FROM readings WINDOW w AS (ORDER BY n) ORDER BY n;
SELECT counter_delta(NULL, sketch) IS NULL AS no_newer, counter_delta(sketch, NULL) = sketch AS no_older,
       counter_delta(sketch, NULL, sketch, NULL) = counter_delta(sketch, sketch) AS no_start,
       counter_delta(sketch, start, sketch, NULL) = counter_delta(sketch, sketch) AS one_start
FROM readings WHERE n = 1;

-- Frequent items of Apache DataSketches. They merge with those of rows, and are as good as their counters.
CREATE TABLE frequent (of text, items bytea);
INSERT INTO frequent VALUES
    ('empty', '\x01010a0603050000'),
    ('few', '\x04010a06030000000300000000000000080000000000000000000000000000000500000000000000010000000000000002'
            '0000000000000005000000' || convert_to('apple', 'UTF8') || '\x04000000' || convert_to('pear', 'UTF8') ||
            '\x00000000'),
    ('longs', '\x04010a0603000000020000000000000008000000000000000000000000000000070000000000000001000000000000002a'
              '00000000000000ffffffffffffffff');
SELECT of, sketch_info(s) - 'bytes' AS info, ARRAY(SELECT t FROM top_k(s) AS t) AS items
FROM frequent, LATERAL (SELECT CASE of WHEN 'longs' THEN topk_sketch_from_frequent_longs(items)
                                       ELSE topk_sketch_from_frequent_strings(items) END AS s) AS t;
SELECT t.* FROM frequent, top_k(merge(topk_sketch_from_frequent_strings(items),
                                (SELECT topk_agg(x, 10) FROM unnest(ARRAY['pear', 'pear', 'fig']) AS x))) AS t
WHERE of = 'few';
SELECT topk_sketch_from_frequent_longs(items) =
       (SELECT topk_agg(x, 13) FROM unnest('{42,42,42,42,42,42,42,-1}'::int[]) AS x) AS same
FROM frequent WHERE of = 'longs';
SELECT topk_sketch_from_frequent_strings(NULL) IS NULL AND topk_sketch_from_frequent_longs(NULL) IS NULL AS nothing;
-- What is none: ends early, another family, a byte of 0, no UTF-8, counts beyond the sum, six counters; an item twice.
SELECT problem(format('SELECT topk_sketch_from_frequent_strings(%L)', bytes))
FROM frequent, LATERAL (VALUES ('\x'::bytea), (substr(items, 1, 60)), (set_byte(items, 2, 8)),
                               (overlay(items PLACING '\x00' FROM 62)), (overlay(items PLACING '\xff' FROM 62)),
                               (set_byte(items, 39, 127)), (items || '\x00'), (set_byte(set_byte(items, 24, 1), 3, 3)))
                       AS damaged (bytes)
WHERE of = 'few';
SELECT problem(format('SELECT topk_sketch_from_frequent_longs(%L)',
                      overlay(items PLACING '\x2a00000000000000' FROM 57)))
FROM frequent WHERE of = 'longs';

DROP FUNCTION problem, request_of, field;
