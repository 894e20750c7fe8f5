-- Values of the hashed families in their many forms: text, binary, bytea, jsonb; short, long, toasted, compressed,
-- work.
SET client_min_messages = error;  -- filters that are too small on purpose say so: sql/membership.sql
CREATE TABLE sample (id int PRIMARY KEY, d distinct_sketch, f frequency_sketch, m membership_sketch);
INSERT INTO sample SELECT n, distinct_agg(i), frequency_agg(i % (1 + n / 2), 0.01), membership_agg(i, 500)
FROM unnest(ARRAY[1, 2, 10, 70, 1000, 20000]) n, LATERAL (SELECT generate_series(1, n)) r(i) GROUP BY n;
SELECT id, sketch_info(d)->>'mode' AS d, sketch_info(f)->>'mode' AS f, sketch_info(m)->>'mode' AS m,
       length(d::bytea) < 1300 AS small FROM sample ORDER BY id;
SELECT id, d, f, m FROM sample WHERE id <= 2 ORDER BY id;

-- text, bytea, binary COPY and send all give the value back
SELECT bool_and(d::text::distinct_sketch = d AND f::text::frequency_sketch = f
                AND m::text::membership_sketch = m) AS text,
       bool_and(d::bytea::distinct_sketch = d AND f::bytea::frequency_sketch = f
                AND m::bytea::membership_sketch = m) AS bytea,
       bool_and(distinct_sketch_send(d) = d::bytea AND frequency_sketch_send(f) = f::bytea
                AND membership_sketch_send(m) = m::bytea) AS send FROM sample;
CREATE TABLE copied (LIKE sample);
\copy sample TO 'results/hashed.bin' (FORMAT binary)
\copy copied FROM 'results/hashed.bin' (FORMAT binary)
SELECT count(*) AS equal FROM sample s JOIN copied c USING (id) WHERE (s.d, s.f, s.m) = (c.d, c.f, c.m)
    AND s.f::text = c.f::text;

-- bad text and bytes: an ERROR that names the type
\set VERBOSITY default
SELECT ''::distinct_sketch;
SELECT '\x'::frequency_sketch;
SELECT '\x0g'::membership_sketch;
SELECT '\x01'::membership_sketch;
SELECT d::text::frequency_sketch FROM sample WHERE id = 1;
SELECT m::bytea::distinct_sketch FROM sample WHERE id = 20000;
SELECT ('\x02' || substr(f::bytea, 2))::frequency_sketch FROM sample WHERE id = 70;
SELECT (substr(d::bytea, 1, 3) || '\x7f' || substr(d::bytea, 5))::distinct_sketch FROM sample WHERE id = 70;
SELECT (d::bytea || '\x00')::distinct_sketch FROM sample WHERE id = 70;
SELECT '\xdeadbeef'::bytea::distinct_sketch;
SELECT repeat('a', 200000)::bytea::membership_sketch;
\set VERBOSITY terse
-- truncated and lengthened, each sample and each length; single bits flipped: refused, or another value that is as good
CREATE FUNCTION outcome(bytes bytea, type text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE again bytea;
BEGIN
    EXECUTE format('SELECT $1::%I::bytea', type) INTO again USING bytes;
    RETURN CASE WHEN again = bytes THEN 'taken' ELSE 'changed' END;
EXCEPTION WHEN invalid_binary_representation THEN RETURN 'refused';
END $$;
SELECT type, outcome(substr(bytes, 1, n), type), count(*) > 0 AS some FROM (
    SELECT 'distinct_sketch' AS type, d::bytea AS bytes FROM sample UNION ALL SELECT 'frequency_sketch', f::bytea
    FROM sample UNION ALL SELECT 'membership_sketch', m::bytea FROM sample) t,
    LATERAL generate_series(0, length(bytes) - 1, 1 + length(bytes) / 500) n GROUP BY 1, 2 ORDER BY 1, 2;
SELECT type, sum((outcome(set_bit(bytes, n, 1 - get_bit(bytes, n)), type) = 'changed')::int) AS changed,
       count(*) > 1000 AS many FROM (
    SELECT 'distinct_sketch' AS type, d::bytea AS bytes FROM sample UNION ALL SELECT 'frequency_sketch', f::bytea
    FROM sample UNION ALL SELECT 'membership_sketch', m::bytea FROM sample) t,
    LATERAL generate_series(0, 8 * length(bytes) - 1, 1 + length(bytes) / 50) n GROUP BY 1 ORDER BY 1;
-- what is taken can be read
CREATE FUNCTION survives(bytes bytea, type text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT sketch_info(merge(s, s)) IS NOT NULL AND sketch_info(s) IS NOT NULL AND s::jsonb IS NOT '
                   'NULL FROM (SELECT $1::%I AS s) t', type) USING bytes;
    RETURN true;
EXCEPTION WHEN invalid_binary_representation OR numeric_value_out_of_range OR datatype_mismatch THEN RETURN true;
END $$;
SELECT type, bool_and(survives(set_bit(bytes, n, 1 - get_bit(bytes, n)), type)) AS survives FROM (
    SELECT 'distinct_sketch' AS type, d::bytea AS bytes FROM sample UNION ALL SELECT 'frequency_sketch', f::bytea
    FROM sample UNION ALL SELECT 'membership_sketch', m::bytea FROM sample) t,
    LATERAL generate_series(0, 8 * length(bytes) - 1, 1 + length(bytes) / 50) n GROUP BY 1 ORDER BY 1;

-- comparison, hashing, indexes
SELECT count(DISTINCT d) AS d, count(DISTINCT f) AS f, count(DISTINCT m) AS m
FROM (SELECT * FROM sample UNION ALL SELECT * FROM sample) t;
SELECT a.id, count(*) FILTER (WHERE a.d < b.d) + count(*) FILTER (WHERE a.d >= b.d) AS d,
       count(*) FILTER (WHERE a.f < b.f) + count(*) FILTER (WHERE a.f >= b.f) AS f,
       count(*) FILTER (WHERE a.m <= b.m) + count(*) FILTER (WHERE a.m > b.m) AS m FROM sample a, sample b GROUP BY 1
ORDER BY 1;
CREATE INDEX ON sample USING hash (d);
CREATE INDEX ON sample USING hash (f);
CREATE INDEX ON sample USING hash (m);
CREATE UNIQUE INDEX ON sample (d);
SET enable_seqscan = off;
SELECT a.id, (SELECT id FROM sample b WHERE b.d = a.d) AS d, (SELECT id FROM sample b WHERE b.f = a.f) AS f,
       (SELECT id FROM sample b WHERE b.m = a.m) AS m FROM copied a ORDER BY id;
RESET enable_seqscan;

-- storage: every toast strategy, values from short to out of line
CREATE TABLE stored (id int, ep distinct_sketch, ee distinct_sketch, em distinct_sketch, ex distinct_sketch,
                     fe frequency_sketch, fx frequency_sketch, me membership_sketch, mx membership_sketch);
ALTER TABLE stored ALTER ep SET STORAGE plain, ALTER ee SET STORAGE external, ALTER em SET STORAGE main,
    ALTER ex SET STORAGE extended, ALTER fe SET STORAGE external, ALTER fx SET STORAGE extended,
    ALTER me SET STORAGE external, ALTER mx SET STORAGE extended;
INSERT INTO stored SELECT id, d, d, d, d, f, f, m, m FROM sample;
SELECT bool_and(ep = ee AND ee = em AND em = ex AND fe = fx AND me = mx) AS equal,
       bool_and(distinct_count(ep) = distinct_count(ex) AND frequency(fe, 1) = frequency(fx, 1)
                AND contains(me, 1) = contains(mx, 1)) AS read,
       bool_and(merge(ee, ex) = ep AND merge(fe, fx) = merge(fx, fx) AND merge(me, mx) = me) AS merged FROM stored;

-- A work form can be stored: an aggregate with our transition function and no final function. Every reader takes it.
CREATE AGGREGATE unpacked_distinct(int) (SFUNC = distinct_agg_trans, STYPE = distinct_sketch);
CREATE AGGREGATE unpacked_frequency(int, float8) (SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch);
CREATE AGGREGATE unpacked_membership(int, bigint) (SFUNC = membership_agg_trans, STYPE = membership_sketch);
CREATE TABLE work AS SELECT n AS id, unpacked_distinct(i) AS d, unpacked_frequency(i % (1 + n / 2), 0.01) AS f,
                            unpacked_membership(i, 500) AS m
FROM unnest(ARRAY[1, 2, 10, 70, 1000, 20000]) n, LATERAL (SELECT generate_series(1, n)) r(i) GROUP BY n;
SELECT id, sketch_info(w.d)->>'form' AS form, w.d = s.d AS d, s.f = w.f AS f, w.m = s.m AS m, w.d::text = s.d::text
       AND w.f::text = s.f::text AND w.m::bytea = s.m::bytea AS out,
       (distinct_sketch_hash(w.d), frequency_sketch_hash(w.f), membership_sketch_hash_extended(w.m, 7)) =
       (distinct_sketch_hash(s.d), frequency_sketch_hash(s.f), membership_sketch_hash_extended(s.m, 7)) AS hash,
       distinct_count(w.d) = distinct_count(s.d) AND distinct_bounds(w.d) = distinct_bounds(s.d)
       AND jaccard(w.d, s.d) = 1 AS read_d,
       frequency(w.f, 1) = frequency(s.f, 1) AND frequency_bounds(w.f, 1) = frequency_bounds(s.f, 1)
       AND total_count(w.f) = total_count(s.f) AS read_f,
       contains(w.m, 1) = contains(s.m, 1) AND contains(w.m, -1) = contains(s.m, -1)
       AND false_positive_rate(w.m) = false_positive_rate(s.m) AS read_m,
       merge(w.d, s.d) = s.d AND merge(s.f, w.f) = merge(w.f, s.f) AND merge(w.m, w.m) = s.m AS merge,
       add(w.d, -5) = add(s.d, -5) AND add(w.f, 0) = add(s.f, 0) AND add(w.m, -5) = add(s.m, -5) AS add
FROM work w JOIN sample s USING (id) ORDER BY id;
SELECT merge(w.d) = merge(s.d) AS d, merge(w.f) = merge(s.f) AS f, merge(w.m) = merge(s.m) AS m FROM work w
JOIN sample s USING (id);
-- first arguments of transition functions in every form
SELECT id, distinct_agg_trans(w.d, 7) = add(s.d, 7) AS d, distinct_agg_trans(s.d, 7) = add(s.d, 7) AS dp,
       frequency_agg_trans(w.f, 7) = add(s.f, 7) AS f, frequency_agg_trans(s.f, 7) = add(s.f, 7) AS fp,
       membership_agg_trans(w.m, 7, 500) = add(s.m, 7) AS m, membership_agg_trans(s.m, 7, 500) = add(s.m, 7) AS mp,
       (w.d, w.f, w.m) = (s.d, s.f, s.m) AS unchanged FROM work w JOIN sample s USING (id) ORDER BY id;
DROP TABLE sample, copied, stored, work;
DROP FUNCTION outcome, survives;
DROP AGGREGATE unpacked_distinct(int), unpacked_frequency(int, float8), unpacked_membership(int, bigint);
