CREATE EXTENSION sketch_rollup CASCADE;

-- Roll-ups: views that are right from the moment that flights are inserted.
SELECT rollup_create('flights_hourly', $$
SELECT date_trunc('hour', at) AS hour,
       quantile_agg(delay) AS delay,                                    -- how late?
       distinct_agg(origin || '-' || destination) AS routes,            -- how many different routes?
       frequency_agg(origin) AS origins,                                -- how often from each airport?
       topk_agg(origin, 40) AS top_airports,                            -- which airports most often?
       membership_agg(origin || '-' || destination, 10000) AS flown     -- was this route flown?
FROM flights
GROUP BY 1 $$);

-- An hour has few flights of any one route; a day has enough to tell which routes are busy.
SELECT rollup_create('flights_daily', $$
SELECT date_trunc('day', at) AS day,
       topk_agg(origin || '-' || destination, 200) AS top_routes        -- which routes most often?
FROM flights
GROUP BY 1 $$);

-- What was there before, if anything was.
CALL rollup_refresh('flights_hourly');
CALL rollup_refresh('flights_daily');
