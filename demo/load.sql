-- Loads the flights into :table, and writes down how long that took: :script has a COPY for each day.
SELECT count(*) AS before, clock_timestamp() AS started FROM :table \gset
\i :script
SELECT clock_timestamp() AS ended \gset
INSERT INTO loads
SELECT :'table', count(*) - :before, count(DISTINCT date_trunc('day', at)), 1000 * extract(epoch FROM :'ended'::timestamptz - :'started'::timestamptz) FROM :table;
