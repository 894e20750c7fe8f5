-- What the tests of the drivers read and write: 1,000 requests of 20 users, a fifth of them user 7.
CREATE EXTENSION sketch_ext;
CREATE TABLE sketches AS
SELECT quantile_agg(ms) AS latency, distinct_agg(user_id) AS users, frequency_agg(user_id) AS requests, topk_agg(user_id, 5) AS top, membership_agg(user_id, 100) AS seen
FROM (SELECT i AS ms, CASE WHEN i % 5 = 0 THEN 7 ELSE i % 19 END AS user_id FROM generate_series(1, 1000) i) AS rows;
CREATE TABLE minutes (minute int PRIMARY KEY, latency quantile_sketch, users distinct_sketch);
