CREATE EXTENSION sketch_ext;

CREATE MATERIALIZED VIEW flights_hourly AS
SELECT date_trunc('hour', at) AS hour,
       quantile_agg(delay) AS delay,                                    -- how late?
       distinct_agg(origin || '-' || destination) AS routes,            -- how many different routes?
       frequency_agg(origin) AS origins,                                -- how often from each airport?
       membership_agg(origin || '-' || destination, 10000) AS flown     -- was this route flown?
FROM flights
GROUP BY 1;
