-- 20,000 flights in 20 days of two months, with more routes than a sketch has counters. The seed makes them the same each time.
SELECT setseed(0.2001) \g /dev/null
INSERT INTO flights
SELECT timestamp '2001-01-17' + i * interval '86.4 s', round(-25 - 30 * ln(1 - random())), 100 + 2000 * random(), 'A' || lpad(o::text, 2, '0'), 'A' || lpad(d::text, 2, '0')
FROM generate_series(0, 19999) AS i,
     LATERAL (SELECT floor(60 * random() ^ 2) AS o, floor(60 * random() ^ 2) AS d WHERE i >= 0) AS airports;

-- A night with too few flights for percentiles in all hours but one: the others leave later. 42 or 41 flights an hour elsewhere.
UPDATE flights SET at = at + interval '6 hours'
WHERE date_trunc('hour', at) IN ('2001-01-24 01:00', '2001-01-24 02:00', '2001-01-24 05:00') OR at >= '2001-01-24 03:00' AND at < '2001-01-24 03:33';

-- What the demo would have measured.
INSERT INTO loads VALUES ('flights_alone', 20000, 20, 100), ('flights', 20000, 20, 250), ('deltas', 440, 1, 30);
