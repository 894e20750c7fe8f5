-- What the page shows, as one JSON object. Each section makes the tables of one picture, and the page shows it as its SQL.
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned

-- ---- intervals ----------------------------------------

-- What the page lets choose. One that begins with the last hour has nothing but that hour, and is left out.
CREATE TEMP TABLE intervals AS
SELECT grain, start, start + step AS stop
FROM (VALUES ('month', interval '1 month'), ('week', interval '7 days'), ('day', interval '1 day')) AS grains (grain, step),
     LATERAL (SELECT DISTINCT date_trunc(grain, hour) AS start FROM flights_hourly) AS starts
WHERE start < (SELECT max(hour) FROM flights_hourly)
UNION ALL
SELECT 'all', date_trunc('day', min(hour)), max(hour) + interval '1 hour' FROM flights_hourly;

-- ---- delays ----------------------------------------

-- By hour: the stored sketches as they are. By interval: merged.
CREATE TEMP TABLE delay_by_hour AS
SELECT hour AS start, total_count(delay) AS flights, percentiles(delay, ARRAY[0.5, 0.9, 0.99]) AS p
FROM flights_hourly;

CREATE TEMP TABLE delays AS
SELECT grain, start, stop, s, total_count(s) AS flights, percentiles(s, ARRAY[0.5, 0.9, 0.99]) AS p
FROM intervals,
     LATERAL (SELECT merge(delay) AS s FROM flights_hourly WHERE hour >= start AND hour < stop) AS merged;

-- ---- embedded ----------------------------------------

-- What the page merges by itself: delays of each hour; routes and airports of each day, which are larger.
CREATE TEMP TABLE embedded_days AS
SELECT date_trunc('day', hour) AS day, merge(routes) AS routes, merge(top_airports ORDER BY hour) AS airports
FROM flights_hourly GROUP BY 1;

-- ---- distribution ----------------------------------------

-- Intervals of five minutes, from half an hour early to three hours late.
CREATE TEMP TABLE distribution AS
SELECT grain, start, array_agg(count ORDER BY lower) AS counts
FROM delays, histogram(s, (SELECT array_agg(minutes) FROM generate_series(-30, 180, 5) AS minutes))
GROUP BY grain, start;

-- ---- top ----------------------------------------

CREATE TEMP TABLE top_airports AS
SELECT grain, start, item, estimate, lower, upper
FROM intervals,
     LATERAL (SELECT merge(top_airports) AS s FROM flights_hourly WHERE hour >= start AND hour < stop) AS merged,
     LATERAL top_k(s, 10);

CREATE TEMP TABLE top_routes AS
SELECT grain, start, item, estimate, lower, upper
FROM intervals,
     LATERAL (SELECT merge(top_routes) AS s FROM flights_daily WHERE day >= start AND day < stop) AS merged,
     LATERAL top_k(s, 10);

-- ---- frequency ----------------------------------------

-- Large and small airports, those of ranks 1, 4, 9, 16 and so on, and one that does not exist.
CREATE TEMP TABLE asked AS
SELECT airport, rank
FROM (SELECT origin AS airport, row_number() OVER (ORDER BY count(*) DESC, origin) AS rank FROM flights GROUP BY 1) AS ranked
WHERE rank IN (SELECT n * n FROM generate_series(1, 50) AS n)
UNION ALL
SELECT 'XXX', NULL;

CREATE TEMP TABLE departures AS
SELECT grain, start, airport, frequency(s, airport) AS estimate, lower, upper
FROM (SELECT grain, start, merge(origins) AS s FROM intervals JOIN flights_hourly ON hour >= start AND hour < stop GROUP BY 1, 2) AS merged,
     asked,
     LATERAL frequency_bounds(s, airport);

-- ---- membership ----------------------------------------

-- Was there a flight from each of these airports to each other?
CREATE TEMP TABLE answers AS
SELECT grain, start, o.airport AS origin, d.airport AS destination, contains(s, o.airport || '-' || d.airport) AS yes, false_positive_rate(s) AS rate
FROM (SELECT grain, start, merge(flown) AS s FROM intervals JOIN flights_hourly ON hour >= start AND hour < stop GROUP BY 1, 2) AS merged,
     asked AS o,
     asked AS d;

-- ---- routes ----------------------------------------

CREATE TEMP TABLE routes_by_day AS
SELECT start, distinct_count(s) AS estimate, lower, upper
FROM (SELECT date_trunc('day', hour) AS start, merge(routes) AS s FROM flights_hourly GROUP BY 1) AS merged,
     LATERAL distinct_bounds(s, 0.95);

-- ---- exact ----------------------------------------

-- The same questions to the rows.
CREATE TEMP TABLE exact_delays AS
SELECT date_trunc('day', at) AS start, percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY delay) AS p
FROM flights GROUP BY 1;

CREATE TEMP TABLE flown AS
SELECT date_trunc('day', at) AS day, origin, origin || '-' || destination AS route, count(*) AS flights
FROM flights GROUP BY 1, 2, 3;

CREATE TEMP TABLE exact_routes AS
SELECT day AS start, count(*) AS routes FROM flown GROUP BY 1;

CREATE TEMP TABLE exact_top AS
SELECT kind, grain, start, item, sum(flights) AS exact
FROM (SELECT 'airport' AS kind, grain, start, stop, item FROM top_airports JOIN intervals USING (grain, start)
      UNION ALL
      SELECT 'route', grain, start, stop, item FROM top_routes JOIN intervals USING (grain, start)) AS asked
JOIN (SELECT 'airport' AS kind, day, origin AS item, sum(flights) AS flights FROM flown GROUP BY 2, 3
      UNION ALL
      SELECT 'route', day, route, flights FROM flown) AS counted USING (kind, item)
WHERE day >= start AND day < stop
GROUP BY 1, 2, 3, 4;

CREATE TEMP TABLE exact_departures AS
SELECT grain, start, airport, coalesce(sum(flights), 0) AS exact
FROM intervals CROSS JOIN asked
LEFT JOIN (SELECT day, origin, sum(flights) AS flights FROM flown GROUP BY 1, 2) AS counted ON origin = airport AND day >= start AND day < stop
GROUP BY 1, 2, 3;

CREATE TEMP TABLE exact_answers AS
SELECT grain, start, o.airport AS origin, d.airport AS destination, count(day) > 0 AS yes
FROM intervals CROSS JOIN asked AS o CROSS JOIN asked AS d
LEFT JOIN flown ON route = o.airport || '-' || d.airport AND day >= start AND day < stop
GROUP BY 1, 2, 3, 4;

-- ---- speed ----------------------------------------

\ir milliseconds.sql

-- Each query on one core, median of three runs.
CREATE TEMP TABLE speed AS
SELECT number, question, to_sketches, to_rows,
       pg_temp.milliseconds(to_sketches) AS sketches, pg_temp.milliseconds(to_rows) AS rows
FROM (VALUES
    (1, 'Delay percentiles, all flights',
     $$SELECT percentiles(merge(delay), ARRAY[0.5, 0.9, 0.99]) FROM flights_hourly$$,
     $$SELECT percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY delay) FROM flights$$),
    (2, 'Delay percentiles, each day',
     $$SELECT date_trunc('day', hour), percentiles(merge(delay), ARRAY[0.5, 0.9, 0.99]) FROM flights_hourly GROUP BY 1$$,
     $$SELECT date_trunc('day', at), percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY delay) FROM flights GROUP BY 1$$),
    (3, 'Different routes, each day',
     $$SELECT date_trunc('day', hour), distinct_count(merge(routes)) FROM flights_hourly GROUP BY 1$$,
     $$SELECT date_trunc('day', at), count(DISTINCT origin || '-' || destination) FROM flights GROUP BY 1$$),
    (4, 'Top ten routes, all flights',
     $$SELECT * FROM top_k((SELECT merge(top_routes) FROM flights_daily), 10)$$,
     $$SELECT origin || '-' || destination, count(*) FROM flights GROUP BY 1 ORDER BY 2 DESC LIMIT 10$$),
    (5, 'Top ten airports, all flights',
     $$SELECT * FROM top_k((SELECT merge(top_airports) FROM flights_hourly), 10)$$,
     $$SELECT origin, count(*) FROM flights GROUP BY 1 ORDER BY 2 DESC LIMIT 10$$),
    (6, 'Departures of one airport, each day',
     $$SELECT date_trunc('day', hour), frequency(merge(origins), 'ORD') FROM flights_hourly GROUP BY 1$$,
     $$SELECT date_trunc('day', at), count(*) FROM flights WHERE origin = 'ORD' GROUP BY 1$$),
    (7, 'Was a route flown, each day',
     $$SELECT date_trunc('day', hour), contains(merge(flown), 'ORD-SFO') FROM flights_hourly GROUP BY 1$$,
     $$SELECT date_trunc('day', at), bool_or(origin = 'ORD' AND destination = 'SFO') FROM flights GROUP BY 1$$)
) AS questions (number, question, to_sketches, to_rows);

-- ---- bytes ----------------------------------------

-- The sketches of each kind, and the roll-ups that they are in: with the heads of rows, indexes and the room that is left in pages.
CREATE TEMP TABLE bytes AS
SELECT 1 AS number, 'Delays, each hour' AS question, 'quantile_sketch' AS type, count(*) AS sketches, sum(pg_column_size(delay)) AS bytes FROM flights_hourly
UNION ALL
SELECT 2, 'Top airports, each hour', 'topk_sketch', count(*), sum(pg_column_size(top_airports)) FROM flights_hourly
UNION ALL
SELECT 3, 'Top routes, each day', 'topk_sketch', count(*), sum(pg_column_size(top_routes)) FROM flights_daily
UNION ALL
SELECT 4, 'Departures, each hour', 'frequency_sketch', count(*), sum(pg_column_size(origins)) FROM flights_hourly
UNION ALL
SELECT 5, 'Routes flown, each hour', 'membership_sketch', count(*), sum(pg_column_size(flown)) FROM flights_hourly
UNION ALL
SELECT 6, 'Different routes, each hour', 'distinct_sketch', count(*), sum(pg_column_size(routes)) FROM flights_hourly;

CREATE TEMP TABLE stored AS
SELECT sum(bytes) AS sketches, pg_table_size('flights') AS rows FROM rollup_status;

-- ---- all of it ----------------------------------------

SELECT json_build_object(
    'stored', (SELECT json_build_object('sketches', sketches, 'rows', rows) FROM stored),
    'server', current_setting('server_version'),
    'loads', (SELECT json_object_agg(what, json_build_object('rows', rows, 'statements', statements, 'ms', ms)) FROM loads),
    'embedded', json_build_object(
        'hours', (SELECT json_agg(json_build_array(hour, delay) ORDER BY hour) FROM flights_hourly),
        'days', (SELECT json_agg(json_build_array(day, routes, airports) ORDER BY day) FROM embedded_days)),
    'hours', (SELECT json_agg(json_build_array(start, flights, p[1], p[2], p[3]) ORDER BY start) FROM delay_by_hour),
    'delays', (SELECT json_agg(json_build_array(grain, start, stop, flights, p[1], p[2], p[3], counts) ORDER BY grain, start)
               FROM delays JOIN distribution USING (grain, start)),
    'exact_delays', (SELECT json_agg(json_build_array(start, p[1], p[2], p[3]) ORDER BY start) FROM exact_delays),
    'airports', (SELECT json_agg(json_build_array(grain, start, item, estimate, lower, upper, exact) ORDER BY grain, start, estimate DESC, item)
                 FROM top_airports JOIN (SELECT * FROM exact_top WHERE kind = 'airport') AS counted USING (grain, start, item)),
    'routes', (SELECT json_agg(json_build_array(grain, start, item, estimate, lower, upper, exact) ORDER BY grain, start, estimate DESC, item)
               FROM top_routes JOIN (SELECT * FROM exact_top WHERE kind = 'route') AS counted USING (grain, start, item)),
    'asked', (SELECT json_agg(airport ORDER BY rank) FROM asked),
    'departures', (SELECT json_agg(json_build_array(grain, start, counts))
                   FROM (SELECT grain, start, json_agg(json_build_array(estimate, lower, upper, exact) ORDER BY rank) AS counts
                         FROM departures JOIN exact_departures USING (grain, start, airport) JOIN asked USING (airport) GROUP BY 1, 2) AS asked_in),
    -- A digit for each answer: 0 no, 1 yes; 2 and 3 are a no and a yes that are wrong.
    'answers', (SELECT json_agg(json_build_array(grain, start, rate, digits))
                FROM (SELECT grain, start, max(rate) AS rate,
                             string_agg((a.yes::int + 2 * (a.yes <> e.yes)::int)::text, '' ORDER BY o.rank, d.rank) AS digits
                      FROM answers AS a JOIN exact_answers AS e USING (grain, start, origin, destination)
                           JOIN asked AS o ON o.airport = origin JOIN asked AS d ON d.airport = destination GROUP BY 1, 2) AS asked_in),
    'routes_by_day', (SELECT json_agg(json_build_array(start, estimate, lower, upper, routes) ORDER BY start)
                      FROM routes_by_day JOIN exact_routes USING (start)),
    'speed', (SELECT json_agg(json_build_object('question', question, 'sketches', sketches, 'rows', rows,
                                                'to_sketches', to_sketches, 'to_rows', to_rows) ORDER BY number) FROM speed),
    'bytes', (SELECT json_agg(json_build_object('question', question, 'type', type, 'sketches', sketches, 'bytes', bytes) ORDER BY number) FROM bytes));
