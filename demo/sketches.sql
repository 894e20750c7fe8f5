CREATE EXTENSION sketch_ext;

CREATE MATERIALIZED VIEW flights_hourly AS
SELECT date_trunc('hour', at) AS hour,
       quantile_agg(delay) AS delay,                                    -- how late?
       distinct_agg(origin || '-' || destination) AS routes,            -- how many different routes?
       frequency_agg(origin) AS origins,                                -- how often from each airport?
       topk_agg(origin, 40) AS top_airports,                            -- which airports most often?
       membership_agg(origin || '-' || destination, 10000) AS flown     -- was this route flown?
FROM flights
GROUP BY 1;

-- An hour has few flights of any one route; a day has enough to tell which routes are busy.
CREATE MATERIALIZED VIEW flights_daily AS
SELECT date_trunc('day', at) AS day,
       topk_agg(origin || '-' || destination, 200) AS top_routes        -- which routes most often?
FROM flights
GROUP BY 1;
