-- One value in its many forms: text, binary, bytea, jsonb; short, long, toasted, compressed, work form; equal in each.
CREATE TABLE sample (id int PRIMARY KEY, s quantile_sketch);
INSERT INTO sample
SELECT n, quantile_agg(x) FROM unnest(ARRAY[1, 2, 10, 70, 1000, 20000]) n,
    LATERAL (SELECT sin(i) * exp(i % 50) FROM generate_series(1, n) i) r(x) GROUP BY n;
SELECT id, pg_column_size(s) AS bytes, length(s::bytea) AS packed FROM sample ORDER BY id;

-- text, bytea, binary COPY and send all give the value back
SELECT id, s::text::quantile_sketch = s AS text, s::bytea::quantile_sketch = s AS bytea,
       quantile_sketch_send(s) = s::bytea AS send, s::text = s::bytea::text AS hex FROM sample ORDER BY id;
SELECT s::text FROM sample WHERE id = 1;
SELECT upper(substr(s::text, 3)) = substr(s::text, 3) AS has_letters,
       ('\x' || upper(substr(s::text, 3)))::quantile_sketch = s AS upper_case
FROM sample WHERE id = 10;
CREATE TABLE copied (LIKE sample);
\copy sample TO 'results/sample.bin' (FORMAT binary)
\copy copied FROM 'results/sample.bin' (FORMAT binary)
SELECT count(*) AS equal FROM sample JOIN copied USING (id) WHERE sample.s = copied.s
    AND sample.s::text = copied.s::text;

-- bad text and bytes: an ERROR that names the type
\set VERBOSITY default
SELECT ''::quantile_sketch;
SELECT 'x'::quantile_sketch;
SELECT '\x'::quantile_sketch;
SELECT '\x0'::quantile_sketch;
SELECT '\x0g'::quantile_sketch;
SELECT '\x01'::quantile_sketch;
SELECT '\x0201000600'::quantile_sketch;
SELECT '\x0102000600'::quantile_sketch;
SELECT '\x01010010'::quantile_sketch;
SELECT '\x0101001000'::quantile_sketch;
SELECT '\x01010017'::quantile_sketch;
SELECT '\x01018010'::quantile_sketch;
-- coarser than its one row needs
SELECT '\x010144b00101f23ff001'::quantile_sketch;
SELECT '\x'::bytea::quantile_sketch;
SELECT '\xdeadbeef'::bytea::quantile_sketch;
SELECT repeat('a', 200000)::bytea::quantile_sketch;
SELECT (E'\\x' || repeat('01', 200000))::quantile_sketch;
\set VERBOSITY terse
-- truncated and lengthened, each sample and each length
DO $$
DECLARE r record; accepted int := 0; refused int := 0;
BEGIN
    FOR r IN SELECT substr(s::bytea, 1, n) AS bytes FROM sample, generate_series(0, length(s::bytea) - 1) n
    WHERE id <= 1000
             UNION ALL SELECT s::bytea || '\x00'::bytea FROM sample LOOP
        BEGIN
            PERFORM r.bytes::quantile_sketch;
            accepted := accepted + 1;
        EXCEPTION WHEN invalid_binary_representation THEN refused := refused + 1;
        END;
    END LOOP;
    RAISE NOTICE 'accepted %', accepted;
END $$;

-- binary input is checked too: a bytea goes out as its bytes, which come in as a sketch
\copy (SELECT 7, '\xdeadbeef'::bytea) TO 'results/sample.bin' (FORMAT binary)
\copy copied FROM 'results/sample.bin' (FORMAT binary)
\copy (SELECT 7, substr(s::bytea, 1, 20) FROM sample WHERE id = 70) TO 'results/sample.bin' (FORMAT binary)
\copy copied FROM 'results/sample.bin' (FORMAT binary)
SELECT count(*) FROM copied;

-- comparison and hashing
SELECT a.id, count(*) FILTER (WHERE a.s = b.s) AS eq, count(*) FILTER (WHERE a.s <> b.s) AS ne,
       count(*) FILTER (WHERE a.s < b.s) + count(*) FILTER (WHERE a.s > b.s) AS lt_gt,
       count(*) FILTER (WHERE a.s <= b.s) + count(*) FILTER (WHERE a.s >= b.s) AS le_ge
FROM sample a, sample b GROUP BY 1 ORDER BY 1;
SELECT count(DISTINCT s) FROM (SELECT s FROM sample UNION ALL SELECT s FROM sample) t;
SELECT count(*) FROM (SELECT s FROM sample UNION SELECT s FROM sample) t;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT s FROM sample UNION ALL SELECT s FROM sample) t(s) GROUP BY s;
RESET enable_hashagg;
CREATE UNIQUE INDEX sample_unique ON sample (s);
CREATE INDEX sample_hash ON sample USING hash (s);
SET enable_seqscan = off;
SELECT id FROM sample WHERE s = (SELECT s FROM sample WHERE id = 70);
SELECT id FROM sample WHERE s = (SELECT s FROM sample WHERE id = 70);
DROP INDEX sample_unique;
SELECT id FROM sample WHERE s = (SELECT s FROM sample WHERE id = 70);
RESET enable_seqscan;
INSERT INTO sample SELECT id + 1, s FROM sample WHERE id = 1000;
SELECT a.id, b.id FROM sample a JOIN sample b ON a.s = b.s AND a.id < b.id;
CREATE TABLE by_hash (s quantile_sketch) PARTITION BY HASH (s);
CREATE TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_hash_1 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_hash SELECT s FROM sample;
SELECT count(*) FROM by_hash;

-- storage: every toast strategy, values from short to out of line, and sub-columns of rows and arrays
CREATE TABLE stored (id int, kind text, plain quantile_sketch, external quantile_sketch, main quantile_sketch,
                     extended quantile_sketch);
ALTER TABLE stored ALTER plain SET STORAGE plain, ALTER external SET STORAGE external, ALTER main SET STORAGE main,
    ALTER extended SET STORAGE extended;
INSERT INTO stored SELECT n, 'x', s, s, s, s
FROM unnest(ARRAY[1, 20, 30, 35, 40, 45, 50, 60, 70, 1000, 3000]) n,
    LATERAL (SELECT quantile_weighted_agg(exp(sin(i * 1.7) / 4), CASE WHEN n < 100 THEN 1 ELSE i * 7919 % 1000003 END,
                                          0.0002) AS s
             FROM generate_series(1, n) i) q;
SELECT count(*) AS rows, bool_and(plain = external AND external = main AND main = extended) AS equal,
       bool_and(total_count(plain) = total_count(external) AND total_count(main) = total_count(extended)
                AND total_count(plain) >= id) AS read,
       bool_and(merge(external, extended) = merge(plain, main)) AS merged,
       max(length(external::bytea)) > 2000 AS out_of_line
FROM stored;
SELECT merge(e) = merge(p) AS merged
FROM (SELECT unnest(ARRAY[external]) AS e, unnest(ARRAY[plain]) AS p FROM stored) t;

-- A work form can be stored: an aggregate with our transition function and no final function. Every reader takes it.
CREATE AGGREGATE unpacked_agg(float8) (SFUNC = quantile_agg_trans, STYPE = quantile_sketch);
CREATE TABLE work AS SELECT n AS id, unpacked_agg(x) AS w, quantile_agg(x) AS s
FROM unnest(ARRAY[1, 50, 120, 600, 5000]) n, LATERAL (SELECT sin(i) * exp(i % 50) FROM generate_series(1, n) i) r(x)
GROUP BY n;
SELECT id, sketch_info(w)->>'form' AS form, pg_column_size(w) AS bytes, w = s AS eq, s = w AS eq2,
       w::text = s::text AS out,
       quantile_sketch_hash(w) = quantile_sketch_hash(s) AS hash, w::bytea = s::bytea AS bytea,
       w::jsonb = s::jsonb AS jsonb,
       percentile(w, 0.9) = percentile(s, 0.9) AS percentile, merge(w, s) = merge(s, w) AS merge,
       add(w, 1) = add(s, 1) AS add,
       total_count(subtract(w, s)) AS left FROM work ORDER BY id;
SELECT merge(w) = merge(s) AS merged FROM work;
SELECT DISTINCT count(*) FROM (SELECT w FROM work UNION SELECT s FROM work) t;
ALTER TABLE work ALTER w SET STORAGE extended;
UPDATE work SET w = w;
CREATE TABLE work_compressed (id int, w quantile_sketch);
ALTER TABLE work_compressed ALTER w SET STORAGE main;
INSERT INTO work_compressed SELECT id, w FROM work;
SELECT bool_and(work_compressed.w = work.s) AS equal FROM work_compressed JOIN work USING (id);

-- First arguments of transition functions in every form, outside and inside of an aggregate
SELECT id, quantile_agg_trans(w, 7) = add(s, 7) AS work, quantile_agg_trans(s, 7) = add(s, 7) AS packed,
       quantile_merge_trans(w, s) = merge(s, s) AS merge_work, quantile_merge_trans(s, w) = merge(s, s) AS merge_packed,
       w = s AS unchanged FROM work ORDER BY id;
CREATE AGGREGATE from_packed(float8) (SFUNC = quantile_agg_trans, STYPE = quantile_sketch, INITCOND = '\x01010010');
SELECT sketch_info(from_packed(x))->>'form' AS form, from_packed(x) = quantile_agg(x) AS equal
FROM generate_series(1, 500) x;
SELECT from_packed(x) FROM generate_series(1, 0) x;
CREATE AGGREGATE partial_agg(float8, float8) (SFUNC = percentile_sketch_trans, STYPE = quantile_sketch);
CREATE TABLE partial AS SELECT g, partial_agg(x, 0.9) AS p, quantile_agg(x) AS s
FROM generate_series(1, 900) x, LATERAL (SELECT x % 3) m(g) GROUP BY g;
-- partial states keep their fractions in text and binary; = and hash ignore them, merge and add drop them
SELECT g, length(p::bytea) - length(s::bytea) AS more_bytes, p = s AS eq,
       quantile_sketch_hash(p) = quantile_sketch_hash(s) AS hash,
       p::text::quantile_sketch = s AS eq_text, merge(p, p) = merge(s, s) AS merge,
       add(p, 1)::text = add(s, 1)::text AS add,
       percentile_sketch_final(p) = percentile(s, 0.9) AS final, percentile_sketch_final(p::text::quantile_sketch) =
       percentile(s, 0.9) AS final_text
FROM partial ORDER BY g;
CREATE AGGREGATE combine_partials(quantile_sketch) (SFUNC = percentile_sketch_combine, STYPE = quantile_sketch,
                                                    FINALFUNC = percentile_sketch_final);
SELECT (SELECT combine_partials(p) FROM partial) = (SELECT percentile_sketch(x, 0.9)
                                                    FROM generate_series(1, 900) x) AS work,
       (SELECT combine_partials(p::text::quantile_sketch) FROM partial) = (SELECT percentile_sketch(x, 0.9)
           FROM generate_series(1, 900) x) AS packed;
SELECT combine_partials(p) FROM (SELECT p FROM partial UNION ALL SELECT partial_agg(1, 0.5)) t;
SELECT percentile_sketch_final(quantile_agg(1));
SELECT percentile_sketch_array_final(p) FROM partial;
SELECT percentile_sketch_moving_trans(NULL, 1, 0.5) IS NOT NULL AS starts;
SELECT percentile_sketch_moving_trans(s, 1, 0.5) FROM partial;
SELECT percentile_sketch_moving_inverse(s, 1, 0.5) FROM partial;

DROP TABLE sample, copied, stored, work, work_compressed, partial, by_hash;
DROP AGGREGATE unpacked_agg(float8), from_packed(float8), partial_agg(float8, float8),
    combine_partials(quantile_sketch);

-- sorting long values does not keep their copies: the sort's own memory is bounded by work_mem
CREATE TABLE long_values AS SELECT g, s FROM generate_series(1, 600) g,
    LATERAL (SELECT quantile_weighted_agg(exp(((i * 7919 + g) % 10007) / 700.0),
                                          1 + (i::bigint * g * 7919) % 100000007, 0.0002) AS s
             FROM generate_series(1, 900) i) q;
SELECT avg(length(s::bytea)) > 2500 AS long FROM long_values;
CREATE FUNCTION sort_context_kb() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE most bigint := 0; now_kb bigint; r record;
BEGIN
    FOR r IN SELECT s FROM long_values ORDER BY s LOOP
        SELECT max(total_bytes) / 1024 INTO now_kb FROM pg_backend_memory_contexts;
        most := greatest(most, now_kb);
        EXIT;
    END LOOP;
    RETURN most;
END $$;
SELECT sort_context_kb() < 20000 AS bounded;
DROP FUNCTION sort_context_kb();
DROP TABLE long_values;
