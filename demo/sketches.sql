CREATE EXTENSION sketch_ext;

CREATE MATERIALIZED VIEW flights_hourly AS
SELECT date_trunc('hour', at) AS hour, quantile_agg(delay) AS delay
FROM flights
GROUP BY 1;
