-- Different routes, departures of an airport, routes that were flown: sketches of each hour, and the rows.
\pset footer off

\ir milliseconds.sql

-- ---- different routes ----------------------------------------

CREATE TEMP TABLE routes AS
SELECT grain, start, sketch, exact, lower, upper, 100 * abs(sketch - exact) / exact::numeric AS error
FROM (SELECT 'month' AS grain, date_trunc('month', hour) AS start, merge(routes) AS s FROM flights_hourly GROUP BY 2
      UNION ALL
      SELECT 'day', date_trunc('day', hour), merge(routes) FROM flights_hourly GROUP BY 2) AS merged
JOIN (SELECT 'month' AS grain, date_trunc('month', at) AS start, count(DISTINCT origin || '-' || destination) AS exact FROM flights GROUP BY 2
      UNION ALL
      SELECT 'day', date_trunc('day', at), count(DISTINCT origin || '-' || destination) FROM flights GROUP BY 2) AS counted USING (grain, start),
LATERAL (SELECT distinct_count(s) AS sketch) AS estimate, LATERAL distinct_bounds(s);

\echo 'Different routes by month: sketch, bounds at 95 %, exact'
SELECT to_char(start, 'YYYY-MM') AS month, sketch, lower, upper, exact, round(error, 2) AS "error %" FROM routes WHERE grain = 'month' ORDER BY start;

\echo 'Different routes by day'
SELECT count(*) AS days, round(avg(error), 2) AS "mean error %", round(max(error), 2) AS "worst %", round(sqrt(avg(error * error)), 2) AS "RMS %",
       round(100 * avg((exact BETWEEN lower AND upper)::int)) AS "in bounds %"
FROM routes WHERE grain = 'day';

-- ---- departures of an airport ----------------------------------------

CREATE TEMP TABLE departures AS
SELECT airport, frequency(s, airport) AS sketch, lower, upper, coalesce(exact, 0) AS exact
FROM (SELECT merge(origins) AS s FROM flights_hourly) AS merged,
     (SELECT unnest(ARRAY['ATL', 'ORD', 'SFO', 'SAN', 'JAC', 'GUC', 'XXX']) AS airport) AS asked
LEFT JOIN (SELECT origin, count(*) AS exact FROM flights GROUP BY 1) AS counted ON origin = airport,
LATERAL frequency_bounds(s, airport);

\echo 'Departures of some airports; XXX does not exist'
SELECT airport, sketch, lower, upper, exact, round(100 * abs(sketch - exact) / nullif(exact, 0)::numeric, 3) AS "error %" FROM departures ORDER BY exact DESC;

-- ---- routes that were flown ----------------------------------------

CREATE TEMP TABLE flown AS SELECT DISTINCT origin || '-' || destination AS route FROM flights;
CREATE INDEX ON flown (route);
ANALYZE flown;

CREATE TEMP TABLE asked AS
SELECT route, flown, contains(s, route) AS sketch, false_positive_rate(s) AS rate
FROM (SELECT merge(flown) AS s FROM flights_hourly) AS merged,
     (SELECT o.airport || '-' || d.airport AS route,
             EXISTS (SELECT FROM flown WHERE flown.route = o.airport || '-' || d.airport) AS flown
      FROM (SELECT DISTINCT origin AS airport FROM flights) AS o, (SELECT DISTINCT destination AS airport FROM flights) AS d) AS pairs;

\echo 'All pairs of airports: was the route flown?'
SELECT CASE WHEN flown THEN 'flown' ELSE 'never flown' END AS routes, count(*) AS asked, count(*) FILTER (WHERE sketch) AS "sketch says yes",
       CASE WHEN NOT flown THEN round(100 * avg(sketch::int), 4) END AS "false positives %", CASE WHEN NOT flown THEN round(100 * rate::numeric, 4) END AS "stated %"
FROM asked GROUP BY flown, rate ORDER BY flown DESC;

-- ---- time and bytes ----------------------------------------

\echo 'Time on one core, median of three'
SELECT question, round(sketches, 1) AS "sketches, ms", round(rows, 1) AS "rows, ms", round(rows / sketches) AS "times faster"
FROM (VALUES (1, 'different routes, each month', 'SELECT distinct_count(merge(routes)) FROM flights_hourly GROUP BY date_trunc(''month'', hour)',
              'SELECT count(DISTINCT origin || ''-'' || destination) FROM flights GROUP BY date_trunc(''month'', at)'),
             (2, 'different routes, each day', 'SELECT distinct_count(merge(routes)) FROM flights_hourly GROUP BY date_trunc(''day'', hour)',
              'SELECT count(DISTINCT origin || ''-'' || destination) FROM flights GROUP BY date_trunc(''day'', at)'),
             (3, 'departures of ATL', 'SELECT frequency(merge(origins), ''ATL'') FROM flights_hourly', 'SELECT count(*) FROM flights WHERE origin = ''ATL'''),
             (4, 'was ATL-SFO flown?', 'SELECT contains(merge(flown), ''ATL-SFO'') FROM flights_hourly', 'SELECT EXISTS (SELECT FROM flights WHERE origin || ''-'' || destination = ''ATL-XXX'')')
     ) AS questions (number, question, to_sketches, to_rows),
     LATERAL (SELECT pg_temp.milliseconds(to_sketches) AS sketches, pg_temp.milliseconds(to_rows) AS rows) AS timing
ORDER BY number;

\echo 'Bytes'
SELECT what, count(*) AS sketches, round(avg(bytes), 1) AS "bytes each, mean", max(bytes) AS largest, max(whole) AS "all hours merged"
FROM (SELECT 1, 'distinct_sketch of routes', pg_column_size(routes), (SELECT length(merge(routes)::bytea) + 4 FROM flights_hourly) FROM flights_hourly
      UNION ALL
      SELECT 2, 'frequency_sketch of origins', pg_column_size(origins), (SELECT length(merge(origins)::bytea) + 4 FROM flights_hourly) FROM flights_hourly
      UNION ALL
      SELECT 3, 'membership_sketch of routes', pg_column_size(flown), (SELECT length(merge(flown)::bytea) + 4 FROM flights_hourly) FROM flights_hourly) AS sizes (number, what, bytes, whole)
GROUP BY number, what ORDER BY number;

-- What this demo promises. The data are what they are, so that nothing here is left to chance.
DO $$
BEGIN
    IF EXISTS (SELECT FROM routes WHERE error > 5) OR (SELECT avg((exact BETWEEN lower AND upper)::int) < 0.9 FROM routes) THEN
        RAISE EXCEPTION 'the number of routes is off by more than three standard errors, or out of its bounds too often';
    END IF;
    IF EXISTS (SELECT FROM departures WHERE exact > upper OR upper - exact > 0.001 * (SELECT count(*) FROM flights)) THEN
        RAISE EXCEPTION 'a count of departures is not within 0.1 %% of all';
    END IF;
    IF EXISTS (SELECT FROM asked WHERE flown AND NOT sketch) OR (SELECT avg(sketch::int) > 0.01 FROM asked WHERE NOT flown) THEN
        RAISE EXCEPTION 'a route that was flown is not found, or too many that were not are';
    END IF;
END $$;
SELECT (SELECT count(*) FROM routes) AS routes, (SELECT count(*) FROM departures) AS departures, (SELECT count(*) FROM asked) AS asked \gset
\echo 'All' :routes 'counts of routes,' :departures 'of departures, and' :asked 'answers of the filter are as promised.'
\echo
