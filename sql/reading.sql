-- How sketches are read: by slices where the header tells, and once where one comes again and again. Generated from the
-- catalog; prints what is wrong, and how much was tried.
\set ECHO none
SET client_min_messages = error;
CREATE SCHEMA reading;
SET search_path = reading, public;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
-- every row of a join calls, as if no two rows were alike
SET enable_memoize = off;
SET enable_material = off;

-- Buffers that a statement touches.
CREATE FUNCTION buffers(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING off, FORMAT json) ' || query INTO plan;
    RETURN (plan->0->'Plan'->>'Shared Hit Blocks')::bigint + (plan->0->'Plan'->>'Shared Read Blocks')::bigint;
END $$;

-- ---- what reads a sketch: not what makes one, moves one, or compares two --------------------------------------------
CREATE VIEW members AS SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
    WHERE e.extname = 'sketch_ext' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';
CREATE VIEW sketches AS SELECT t.oid::regtype AS type FROM pg_type t JOIN members m ON m.objid = t.oid
    AND m.classid = 'pg_type'::regclass WHERE typname LIKE '%\_sketch' AND typelem = 0;
CREATE TABLE recipes (type regtype, value text);
INSERT INTO recipes VALUES ('double precision', '0.5'), ('double precision[]', '''{0.1,0.9}''::float8[]'),
    ('anyelement', '7::bigint'), ('text', '''7'''), ('integer', '5');
CREATE TABLE recipes_by_name (name text, value text);
INSERT INTO recipes_by_name VALUES ('high', '0.9');
-- {s} is the sketch
CREATE TABLE accessors AS
SELECT p.oid::regprocedure::text AS accessor, (SELECT type FROM sketches WHERE type = proargtypes[0]) AS type,
       format('%s(%s)', proname,
              string_agg(CASE WHEN a.type = proargtypes[0]::regtype THEN '{s}' ELSE coalesce(b.value, r.value) END,
                         ', ' ORDER BY place)) AS call,
       bool_and(a.type = proargtypes[0]::regtype OR r.value IS NOT NULL) AS complete
FROM pg_proc p JOIN members m ON m.objid = p.oid AND m.classid = 'pg_proc'::regclass CROSS
JOIN unnest(p.proargtypes::oid[]::regtype[]) WITH ORDINALITY a (type, place)
     LEFT JOIN recipes r USING (type) LEFT JOIN recipes_by_name b ON b.name = p.proargnames[place]
WHERE prokind = 'f' AND NOT proretset AND proisstrict AND proargtypes[0] IN (SELECT type FROM sketches)
    AND prorettype NOT IN (SELECT type FROM sketches)
      AND prosrc !~ '_(out|send|to_bytea|eq|ne|lt|le|gt|ge|cmp|hash|hash_extended|final|inverse)$'
GROUP BY p.oid;
SELECT accessor AS lacks_recipe FROM accessors WHERE NOT complete;
SELECT type, count(*) AS accessors FROM accessors GROUP BY type ORDER BY type::text;

-- ---- large sketches, out of line, compressed there, and both in the row ---------------------------------------------
CREATE TABLE made (form text, q quantile_sketch, d distinct_sketch, f frequency_sketch, k topk_sketch,
                   m membership_sketch, t membership_sketch);
CREATE TABLE external_values (LIKE made);
CREATE TABLE compressed_values (LIKE made);
DO $$ DECLARE c text; BEGIN
    FOREACH c IN ARRAY '{q,d,f,k,m,t}'::text[] LOOP
        EXECUTE format('ALTER TABLE external_values ALTER %I SET STORAGE external', c);
        EXECUTE format('ALTER TABLE compressed_values ALTER %I SET STORAGE extended', c);
    END LOOP;
END $$;
INSERT INTO external_values SELECT 'external', quantile_agg(exp(sin(i) * 300), 0.0002), distinct_agg(i, 16),
                                   frequency_agg(i, 0.000003), topk_agg(i * 7919 % 50021, 100000),
                                   membership_agg(i, 50000), membership_agg(i % 20000, 100000000)
FROM generate_series(1, 200000::bigint) i;
INSERT INTO compressed_values SELECT 'compressed', (e).q, (e).d, (e).f, (e).k, (e).m, (e).t FROM external_values e;
CREATE TABLE columns (name text, type regtype);
-- the same in memory
CREATE VIEW plain_values AS SELECT merge(q, NULL) AS q, merge(d, NULL) AS d, merge(f, NULL) AS f, merge(k, NULL) AS k,
                                   merge(m, NULL) AS m, merge(t, NULL) AS t FROM external_values OFFSET 0;
INSERT INTO columns VALUES ('q', 'quantile_sketch'), ('d', 'distinct_sketch'), ('f', 'frequency_sketch'),
    ('k', 'topk_sketch'), ('m', 'membership_sketch'), ('t', 'membership_sketch');

-- What a header tells is read from one chunk of 2 kB, which takes 4 buffers; the whole of these takes 8 to more than
-- 1,000. (contains looks at some chunks in between: see membership.sql.)
CREATE TABLE one_read AS
SELECT accessor, name, least(buffers(query), buffers(query)) AS touched,
       buffers(format('SELECT length(%I::bytea) FROM external_values', name)) AS whole
FROM accessors JOIN columns USING (type), format('SELECT %s FROM external_values', replace(call, '{s}', name)) query
WHERE accessor NOT LIKE 'contains%';
SELECT accessor, name AS of_column FROM one_read WHERE touched <= 6 ORDER BY 1, 2;
SELECT count(*) AS read_the_whole FROM one_read WHERE touched > 6;
SELECT * FROM one_read WHERE whole < 8 OR (touched > 6 AND touched NOT BETWEEN whole AND 3 * whole + 20);
-- ... and says the same, compressed or not
CREATE FUNCTION answer(call text, name text, relation text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text; BEGIN EXECUTE format('SELECT %s::text FROM %s', replace(call, '{s}', name), relation) INTO result;
RETURN result; END $$;
SELECT count(*) AS compared, count(*) FILTER (WHERE plain IS DISTINCT FROM answer(call, name, 'external_values')
    OR plain IS DISTINCT FROM answer(call, name, 'compressed_values')) AS wrong
FROM accessors JOIN columns USING (type), answer(call, name, 'plain_values') plain;

-- ---- one that comes again in each of 20 rows is fetched two times at most -------------------------------------------
-- (membership probes, by slices, until these have cost as much)
CREATE TABLE again AS
SELECT accessor, name, relation, buffers(format('SELECT %s FROM %s', replace(call, '{s}', name), relation)) AS once,
       buffers(format('SELECT count(%s) FROM generate_series(1, 20), (SELECT * FROM %s OFFSET 0) v',
                      replace(call, '{s}', name), relation)) AS rows_20
FROM accessors JOIN columns USING (type), unnest('{external_values,compressed_values}'::text[]) relation;
SELECT count(*) AS tried,
       count(*) FILTER (WHERE rows_20 > 3 * once + 100 AND accessor NOT LIKE 'contains%') AS fetched_again FROM again;
SELECT * FROM again WHERE rows_20 > 3 * once + 100 AND accessor NOT LIKE 'contains%';
SELECT * FROM again WHERE accessor LIKE 'contains%' AND rows_20 > (SELECT 2 * max(whole) + 1000 FROM one_read o
    WHERE o.name = again.name);

-- ---- the right one, whatever comes after what -----------------------------------------------------------------------
-- 60 sketches of each family, of the same size or nearly, that differ in one or two rows; twice in succession, three
-- times, alternating, by chance; plain, out of line, and compressed.
CREATE VIEW variants AS
SELECT v, quantile_agg(CASE WHEN i = v THEN v * 1.17 ELSE i END) AS q,
       distinct_agg(CASE WHEN i = v THEN 1000 + v ELSE i END::bigint) AS d,
       frequency_agg(CASE WHEN i = v THEN 7 ELSE i END::bigint) AS f,
       topk_agg(CASE WHEN i = v THEN 7 ELSE i END::bigint, 100) AS k,
       membership_agg(CASE WHEN i = v THEN 7 ELSE i END::bigint, 1000) AS m
FROM generate_series(10, 69) v, generate_series(1, 80) i GROUP BY v;
CREATE TABLE alike_plain AS SELECT v, q, d, f, k, m FROM variants;
CREATE TABLE alike_toasted (LIKE alike_plain);
DO $$ DECLARE c text; BEGIN
    FOREACH c IN ARRAY '{q,d,f,k,m}'::text[] LOOP
        EXECUTE format('ALTER TABLE alike_toasted ALTER %I SET STORAGE external', c);
    END LOOP;
END $$;
-- with something beside them that has to stay in the row: small ones go out of line then
ALTER TABLE alike_toasted ADD filler text DEFAULT repeat('x', 3000), ALTER filler SET STORAGE plain,
    SET (toast_tuple_target = 128);
INSERT INTO alike_toasted SELECT * FROM alike_plain;
SELECT pg_relation_size(reltoastrelid) / 8192 > 10 AS out_of_line FROM pg_class WHERE oid = 'alike_toasted'::regclass;
CREATE TABLE sequence AS
SELECT row_number() OVER () AS id, v FROM (
    SELECT 10 + i / 2 % 60 AS v FROM generate_series(0, 119) i UNION ALL SELECT 10 + i / 3 % 60
    FROM generate_series(0, 179) i UNION ALL SELECT 10 + i % 2 FROM generate_series(0, 20) i
    UNION ALL SELECT 10 + i / 4 * (i % 2) FROM generate_series(0, 200) i UNION ALL SELECT 10 + i * i / 7 % 60
    FROM generate_series(0, 500) i) s;
CREATE TABLE truth (type regtype, call text, v int, answer text);
CREATE TABLE compared (call text, relation text, rows bigint, wrong bigint);
CREATE FUNCTION compare_call(call text, type regtype) RETURNS void LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE name text := (SELECT c.name FROM columns c WHERE c.type = compare_call.type LIMIT 1); v int; relation text;
BEGIN
    FOR v IN 10 .. 69 LOOP -- a constant, folded by the planner: one call
        EXECUTE format($q$SELECT format('INSERT INTO truth SELECT %%L, %%L, %s, (%%s)::text', %L, %L,
                                        replace(%L, '{s}', format('%%L::%s', %I))) FROM alike_plain WHERE v = %1$s$q$,
                       v, type, call, call, type, name) INTO relation;
        EXECUTE relation;
    END LOOP;
    FOREACH relation IN ARRAY '{alike_plain,alike_toasted}'::text[] LOOP
        EXECUTE format($q$INSERT INTO compared SELECT %L, %L, count(*),
                                                      count(*) FILTER (WHERE answer IS DISTINCT FROM (got)::text)
            FROM (SELECT v, %s AS got
                  FROM (SELECT v, r.%I AS value FROM sequence JOIN %s r USING (v) ORDER BY id OFFSET 0) o OFFSET 0) g
                  JOIN truth t USING (v) WHERE t.call = %1$L AND t.type = %6$L::regtype$q$, call, relation,
                  replace(call, '{s}', 'value'), name, relation, type);
    END LOOP;
END $$;
SELECT count(compare_call(call, type)) AS accessors FROM accessors WHERE call <> '' \gset
SELECT :accessors AS accessors, count(*) AS tried, sum(rows) AS rows, sum(wrong) AS wrong FROM compared;
SELECT * FROM compared WHERE wrong > 0 OR rows < 900;

-- ---- parameters and variables: what is constant to one execution, or one expression, is not to the next -------------
CREATE FUNCTION loop(relation text) RETURNS TABLE (what text, wrong bigint) LANGUAGE plpgsql AS $$
DECLARE r record; q quantile_sketch; d distinct_sketch; f frequency_sketch; m membership_sketch; p float8; n bigint;
t bigint; c boolean; wrong_q int := 0; wrong_d int := 0; wrong_f int := 0; wrong_m int := 0;
BEGIN
    FOR r IN EXECUTE format('SELECT s.id, a.* FROM sequence s JOIN %s a USING (v) ORDER BY id', relation) LOOP
        q := r.q; d := r.d; f := r.f; m := r.m;
        p := percentile(q, 0.5); n := distinct_count(d); t := frequency(f, 7); c := contains(m, r.v::bigint);
        wrong_q := wrong_q +
        (p::text <> (SELECT x.answer FROM truth x WHERE x.v = r.v AND x.call = 'percentile({s}, 0.5)'))::int;
        wrong_d := wrong_d +
        (n::text <> (SELECT x.answer FROM truth x WHERE x.v = r.v AND x.call = 'distinct_count({s})'))::int;
        wrong_f := wrong_f + (t <> 2)::int;
        wrong_m := wrong_m + (c)::int;
    END LOOP;
    RETURN QUERY VALUES ('percentile', wrong_q::bigint), ('distinct_count', wrong_d),
    ('frequency', wrong_f), ('contains', wrong_m);
END $$;
SELECT * FROM loop('alike_plain') UNION ALL SELECT * FROM loop('alike_toasted');
-- a value that is changed under a variable
CREATE FUNCTION changes() RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE now_held quantile_sketch; totals bigint[];
BEGIN
    CREATE TABLE running (s quantile_sketch);
    ALTER TABLE running ALTER s SET STORAGE external, ADD filler text DEFAULT repeat('x', 3000),
    ALTER filler SET STORAGE plain, SET (toast_tuple_target = 128);
    INSERT INTO running SELECT q FROM alike_plain WHERE v = 10;
    FOR i IN 1 .. 4 LOOP
        SELECT s INTO now_held FROM running;
        totals := totals || total_count(now_held) || total_count(now_held);
        UPDATE running SET s = add(s, i * 3);
    END LOOP;
    RETURN totals;
END $$;
SELECT changes();
PREPARE p (quantile_sketch) AS SELECT sum(percentile($1, i / 100.0)) > 0 AS any,
    max(percentile($1, 0.5 + i * 0)) AS p50 FROM generate_series(0, 100) i;
SET plan_cache_mode = force_generic_plan;
SELECT format('EXECUTE p(%L)', q) FROM alike_plain WHERE v IN (10, 40, 69) ORDER BY v \gexec
SET plan_cache_mode = force_custom_plan;
SELECT format('EXECUTE p(%L)', q) FROM alike_plain WHERE v IN (10, 40, 69) ORDER BY v \gexec
RESET plan_cache_mode;
SELECT v, same FROM alike_toasted a,
                    LATERAL (SELECT bool_and(percentile_rank(a.q, i) = percentile_rank(p.q, i)
                                             AND frequency(a.f, i) = frequency(p.f, i)
                                             AND contains(a.m, i) = contains(p.m, i)
                                             AND frequency(a.k, i) = frequency(p.k, i)) AS same
    FROM generate_series(1, 90) i, alike_plain p WHERE p.v = a.v) l WHERE v % 20 = 0 ORDER BY v;

-- ---- bytes that no input function saw, out of line ------------------------------------------------------------------
-- Behind a sound header anything: what the header tells is told. Every other reader, and every one of a header that is
-- not sound, raises an error or answers; none crashes, in the first call, in the second, or in those after.
CREATE TABLE hostile (id serial, bytes bytea, s bytea);
ALTER TABLE hostile ALTER s SET STORAGE external;
CREATE FUNCTION attempt(call text, of int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
    EXECUTE format('SELECT string_agg(DISTINCT (%s)::text, '','') FROM generate_series(1, 5), (SELECT s FROM hostile '
                   'WHERE id = %s OFFSET 0) v', replace(call, '{s}', 's'), of) INTO result;
    RETURN coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN RETURN CASE WHEN SQLSTATE IN ('22P03', '22003', '54000', '42804', '22023') THEN 'error'
    ELSE 'ERROR ' || SQLSTATE || ' ' || SQLERRM END;
END $$;
CREATE TABLE attempts (type regtype, call text, id int, kind text, result text);
CREATE FUNCTION try_hostile(sketch regtype, name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE whole bytea; garbage bytea := decode(repeat('5aa5c3', 4000), 'hex'); i int;
BEGIN
    TRUNCATE hostile RESTART IDENTITY;
    EXECUTE format('SELECT %I::bytea FROM smaller_values', name) INTO whole;
    -- 1: sound; 2: garbage behind the header; 3: ends early; 4 on: header bytes that are not right
    INSERT INTO hostile (s) VALUES (whole),
    (overlay(whole PLACING substr(garbage, 1, greatest(0, least(12000, length(whole) - 300))) FROM 301)),
    (substr(whole, 1, 2500));
    FOR i IN 0 .. 24 LOOP
        INSERT INTO hostile (s) VALUES (set_byte(whole, i, get_byte(whole, i) # 255)),
        (set_byte(whole, i, get_byte(whole, i) # 1));
    END LOOP;
    UPDATE pg_attribute SET atttypid = sketch WHERE attrelid = 'hostile'::regclass AND attname = 's';
    INSERT INTO attempts SELECT sketch, call, id, CASE id WHEN 1 THEN 'sound' WHEN 2 THEN 'garbage behind' WHEN 3
                                THEN 'ends early' ELSE 'header' END, attempt(call, id) FROM accessors a, hostile
                                WHERE a.type = sketch;
    UPDATE pg_attribute SET atttypid = 'bytea'::regtype WHERE attrelid = 'hostile'::regclass AND attname = 's';
END $$;
CREATE TABLE smaller_values (LIKE made);
INSERT INTO smaller_values SELECT 'smaller', quantile_agg(exp(sin(i) * 20), 0.001), distinct_agg(i, 13),
                                  frequency_agg(i, 0.001), topk_agg('value ' || i % 700, 1000),
                                  membership_agg(i, 5000), membership_agg(i % 2000, 1000000)
                                  FROM generate_series(1, 7000) i;
SELECT count(try_hostile(type, name)) FROM columns \gset
SELECT type, kind, count(*) AS tried, count(*) FILTER (WHERE result LIKE 'ERROR%') AS unexpected FROM attempts
GROUP BY type, kind ORDER BY type::text, kind;
SELECT DISTINCT type, call, left(result, 100) AS unexpected FROM attempts WHERE result LIKE 'ERROR%';
SELECT DISTINCT type, call, left(result, 100) AS several FROM attempts WHERE result ~ '^[0-9.]+,';
-- what is told all the same of garbage
SELECT g.call, g.result = s.result AS as_sound FROM attempts g JOIN attempts s USING (type, call)
WHERE g.kind = 'garbage behind' AND s.kind = 'sound' AND g.call ~ '^(total_count|min_value|max_value)'
AND g.result <> 'error' ORDER BY g.type::text, g.call;
DROP SCHEMA reading CASCADE;
