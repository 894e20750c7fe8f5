-- The same questions to the sketches of each hour and to the rows: answers, errors, times, bytes.
\pset footer off
\set percentiles 'ARRAY[0.5, 0.9, 0.99, 0.999]'

CREATE TEMP TABLE question AS
SELECT grain, number,
       format('SELECT %s AS start, percentiles(merge(delay), %L::float8[]) AS answer FROM flights_hourly GROUP BY 1',
              format(start, 'hour'), :percentiles) AS to_sketches,
       format('SELECT %s AS start, percentile_cont(%L::float8[]) WITHIN GROUP (ORDER BY delay) AS answer FROM flights GROUP BY 1',
              format(start, 'at'), :percentiles) AS to_rows
FROM (VALUES (1, 'all', $$timestamp '2001-01-01'$$),
             (2, 'month', $$date_trunc('month', %s)$$),
             (3, 'day', $$date_trunc('day', %s)$$)) AS grains (number, grain, start);

CREATE FUNCTION pg_temp.answers(query text) RETURNS TABLE (start timestamp, answer float8[])
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE query;
END $$;

-- Delays are whole minutes. Were the two rows around a percentile of opposite signs, then interpolation
-- could come near 0, and the error would have to be measured against the rows; that happens nowhere here.
CREATE TEMP TABLE answer AS
SELECT grain, start, p, 'p' || trim_scale(100 * p) AS percentile, sketch[i] AS sketch, exact[i] AS exact,
       CASE WHEN sketch[i] = exact[i] THEN 0 ELSE 100 * abs(sketch[i] - exact[i]) / nullif(abs(exact[i]), 0) END AS error
FROM question
CROSS JOIN LATERAL (
    SELECT start, s.answer AS sketch, e.answer AS exact
    FROM pg_temp.answers(to_sketches) AS s FULL JOIN pg_temp.answers(to_rows) AS e USING (start)
) AS both_answers
CROSS JOIN unnest(:percentiles) WITH ORDINALITY AS percentiles (p, i);

\echo 'Delay in minutes, all flights'
SELECT percentile, round(sketch::numeric, 2) AS sketch, round(exact::numeric, 2) AS exact, round(error::numeric, 2) AS "error %"
FROM answer
WHERE grain = 'all'
ORDER BY p;

\echo 'By month: sketch, exact, error in % (the flights end at midnight of July 1)'
SELECT to_char(start, 'YYYY-MM') AS month,
       round(max(sketch) FILTER (WHERE p = 0.5)::numeric, 2) AS "p50",
       round(max(exact)  FILTER (WHERE p = 0.5)::numeric, 2) AS "exact",
       round(max(error)  FILTER (WHERE p = 0.5)::numeric, 2) AS "err %",
       round(max(sketch) FILTER (WHERE p = 0.9)::numeric, 2) AS "p90",
       round(max(exact)  FILTER (WHERE p = 0.9)::numeric, 2) AS "exact",
       round(max(error)  FILTER (WHERE p = 0.9)::numeric, 2) AS "err %",
       round(max(sketch) FILTER (WHERE p = 0.99)::numeric, 2) AS "p99",
       round(max(exact)  FILTER (WHERE p = 0.99)::numeric, 2) AS "exact",
       round(max(error)  FILTER (WHERE p = 0.99)::numeric, 2) AS "err %"
FROM answer
WHERE grain = 'month'
GROUP BY start
ORDER BY start;

\echo 'By day: the largest error of each percentile'
SELECT DISTINCT ON (p) percentile, count(*) OVER (PARTITION BY p) AS days, to_char(start, 'YYYY-MM-DD') AS "worst day",
       round(sketch::numeric, 2) AS sketch, round(exact::numeric, 2) AS exact, round(error::numeric, 2) AS "error %"
FROM answer
WHERE grain = 'day'
ORDER BY p, error DESC, start;

\ir milliseconds.sql

\echo 'Time on one core, median of three'
SELECT grain AS "percentiles by", (SELECT count(DISTINCT start) FROM answer WHERE answer.grain = question.grain) AS groups,
       round(sketches, 1) AS "sketches, ms", round(rows, 1) AS "rows, ms", round(rows / sketches) AS "times faster"
FROM question, LATERAL (SELECT pg_temp.milliseconds(to_sketches) AS sketches, pg_temp.milliseconds(to_rows) AS rows) AS timing
ORDER BY number;

\echo 'Bytes'
SELECT what, lpad(to_char(items, 'FM9,999,999'), 9) AS items, round(bytes::numeric / items, 1) AS "bytes each",
       round(bytes / 1e6, 2) AS "MB"
FROM (SELECT 1, 'rows, as a table', count(*), pg_table_size('flights') FROM flights
      UNION ALL
      SELECT 2, 'the delays alone', count(*), sum(pg_column_size(delay)) FROM flights
      UNION ALL
      SELECT 3, 'sketches of each hour, as a roll-up', rows, bytes FROM rollup_status WHERE view = 'flights_hourly'::regclass
      UNION ALL
      SELECT 4, 'the sketches alone', count(*), sum(pg_column_size(delay)) FROM flights_hourly) AS sizes (number, what, items, bytes)
ORDER BY number;

-- What this demo promises; the division above may round the last digit up.
DO $$
DECLARE
    worst record;
BEGIN
    SELECT * INTO worst FROM answer ORDER BY error DESC NULLS FIRST, start LIMIT 1;
    IF worst.error IS NULL OR worst.error > 1 + 1e-9 THEN
        RAISE EXCEPTION 'an error above 1 %%: % of % %: % by sketch, % exact',
            worst.percentile, worst.grain, worst.start, worst.sketch, worst.exact;
    END IF;
END $$;
SELECT count(*) AS answers, round(max(error)::numeric, 2) AS worst,
       count(*) FILTER (WHERE exact < 0) AS negative, count(*) FILTER (WHERE exact = 0) AS zero,
       count(*) FILTER (WHERE exact > 0) AS positive
FROM answer \gset
\echo 'All' :answers answers (:negative negative, :zero zero, :positive positive) 'are within 1 % of the exact ones, the worst within' :worst '%.'
\echo
