-- Every function of the extension with every argument NULL and every special value, as a user without rights; every
-- aggregate alone, beside every other one, and over moving frames against a recomputation. All generated from the
-- catalog: a new family needs values for types that no family had before, and nothing else.
--
-- Prints one row: calls, and what must be 0: errors of a class that arguments must not raise, results that differ.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = error;
SET statement_timeout = '300s';
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sketch_nobody') THEN CREATE ROLE sketch_nobody; END IF; END $$;

-- The first literal of a type is an ordinary value.
CREATE TEMP TABLE value (type regtype, literals text[]);
INSERT INTO value VALUES
    ('smallint', '{7,0,-1,32767,-32768}'), ('int', '{7,0,-1,2147483647,-2147483648}'), ('bigint', '{7,0,-1,9223372036854775807,-9223372036854775808}'),
    ('float8', '{0.03,0.5,NaN,Infinity,-Infinity,0,-0,-1,1,1e308,5e-324}'), ('numeric', '{0.5,NaN,Infinity,-Infinity,0,-1,1e1000,1e-1000,9223372036854775808}'),
    ('float8[]', ARRAY['{0.5,0.9}', '{}', '{NaN}', '{NULL}', '{-1}', '{{0.5},{0.6}}', '[0:0]={0.5}', '{0.5,Infinity}']), ('text', ARRAY['a', '', repeat('x', 9000), '7', '\x', 'NaN']), ('cstring', ARRAY['a', '', '\x', '\x01']),
    ('bytea', ARRAY['\x01', '', '\x00', '\xffffffffffffffffffff']), ('uuid', '{00000000-0000-0000-0000-000000000001}'), ('timestamptz', '{2026-01-01,infinity,-infinity}'), ('timestamp', '{2026-01-01,infinity,-infinity}'),
    ('date', '{2026-01-01,infinity,-infinity,5874897-12-31}'), ('inet', '{10.0.0.1,::1,10.0.0.0/8}'), ('boolean', '{t,f}'), ('jsonb', ARRAY['{"a": [1, null]}', 'null', '[]', '1e1000', '""']), ('sketch_seconds', '{7,0,NaN,Infinity,-1}'), ('interval', '{1 day,-178000000 years,178000000 years -1 days,0}'), ('time', '{12:30,24:00,00:00}');
CREATE TEMP TABLE item (literal text);
INSERT INTO item VALUES ($$7::bigint$$), ($$NULL::bigint$$), ($$'{1,NULL}'::int[]$$), ($$ROW(1, 'a')$$), ($$NULL$$), ($$'{"a": 1}'::jsonb$$), ($$'[1,2]'::int4range$$), ($$'(1,2)'::point$$), ($$'1 day'::interval$$), ($$'{}'::json$$), ($$ARRAY[ROW(1)]$$);
CREATE TEMP VIEW functions AS SELECT p.* FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass JOIN pg_extension e ON e.oid = d.refobjid AND d.deptype = 'e' WHERE extname = 'sketch_ext';
CREATE TEMP TABLE sample (type regtype, literals text[]);
INSERT INTO sample SELECT t, ARRAY[format('(SELECT packed FROM samples WHERE type = %L::regtype)::bytea::%s', t, t), format('(SELECT packed FROM samples WHERE type = %L::regtype AND false)::bytea::%s', t, t),
    -- and one without items
    (SELECT format('%s(%s)', f.oid::regproc, (SELECT string_agg('7::' || a, ', ') FROM unnest(f.proargtypes::oid[]::regtype[]) a)) FROM functions f WHERE proname LIKE '%\_empty' AND prorettype = t ORDER BY pronargs LIMIT 1)]
FROM (SELECT DISTINCT unnest(proargtypes::oid[])::regtype AS t FROM functions) types WHERE t::text LIKE '%\_sketch';
CREATE TEMP TABLE samples (type regtype, packed bytea);
DO $$
DECLARE t regtype; made bytea;
BEGIN
    -- an aggregate of each type that takes numbers makes the sample
    FOR t IN SELECT type FROM sample LOOP
        EXECUTE (SELECT format('SELECT %s(%s)::bytea FROM generate_series(1, 300) i', oid::regproc, string_agg(CASE n WHEN 1 THEN '(i % 9)::' || a ELSE '7::' || a END, ', ' ORDER BY n))
                 FROM (SELECT f.oid, f.proargtypes FROM functions f WHERE prokind = 'a' AND prorettype = t AND proargtypes[0] IN ('bigint'::regtype, 'float8'::regtype) AND proname LIKE '%\_agg' ORDER BY pronargs, oid LIMIT 1) f,
                      unnest(f.proargtypes::oid[]::regtype[]) WITH ORDINALITY u(a, n) GROUP BY oid) INTO made;
        INSERT INTO samples VALUES (t, made);
    END LOOP;
END $$;
GRANT SELECT ON ALL TABLES IN SCHEMA pg_temp TO sketch_nobody;

CREATE TEMP TABLE outcome (call text, state text, message text);
GRANT ALL ON outcome TO sketch_nobody;
CREATE FUNCTION pg_temp.allowed(state text, message text) RETURNS boolean LANGUAGE sql AS $$
    SELECT state IN ('22P02', '22P03', '22003', '22004', '22023', '22008', '42804', '54000', '22001', '22021', '42883', '0A000', '42846', '2202E', '42P18', '42P22')
        AND message NOT LIKE '%invalid memory alloc%'
$$;
CREATE FUNCTION pg_temp.try(query text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text; result text;
BEGIN
    EXECUTE query INTO result;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    IF NOT pg_temp.allowed(state, message) THEN INSERT INTO outcome VALUES (call, state, message); END IF;
    RETURN 'error ' || state;
END $$;
CREATE FUNCTION pg_temp.literals(type regtype) RETURNS text[] LANGUAGE sql AS $$
    SELECT CASE WHEN type = 'anyelement'::regtype THEN (SELECT array_agg(literal) FROM item)
                ELSE coalesce((SELECT literals FROM sample s WHERE s.type = $1), (SELECT array_agg(format('%L::%s', l, type) ORDER BY n) FROM value v, unnest(literals) WITH ORDINALITY u(l, n) WHERE v.type = $1)) || format('NULL::%s', type) END
$$;

-- ---- functions ------------------------------------------------------------------------------------------------------
SET ROLE sketch_nobody;
SELECT count(*) AS calls, count(*) FILTER (WHERE r NOT LIKE 'error%') AS worked FROM (SELECT pg_temp.try(format('SELECT count(c.v) FROM (SELECT %s) c(v)', call), call) AS r FROM (
    -- one argument takes each of its values while the others are ordinary
    SELECT f.oid, special.n, special.literal, format('%s(%s)', f.oid::regproc, string_agg(CASE WHEN a.n = special.n THEN special.literal ELSE (pg_temp.literals(a.type))[1] END, ', ' ORDER BY a.n)) AS call
    FROM functions f, unnest(f.proargtypes::oid[]::regtype[]) WITH ORDINALITY AS a(type, n),
         LATERAL (SELECT b.n, l AS literal FROM unnest(f.proargtypes::oid[]::regtype[]) WITH ORDINALITY AS b(type, n), unnest(pg_temp.literals(b.type)) l) special
    WHERE prokind = 'f' AND NOT 'internal'::regtype = ANY (f.proargtypes::oid[])
    GROUP BY f.oid, special.n, special.literal) calls) results \gset function_
-- what no literal stands for would be a hole
SELECT count(*) AS missing FROM functions f WHERE NOT 'internal'::regtype = ANY (f.proargtypes::oid[]) AND EXISTS (SELECT FROM unnest(f.proargtypes::oid[]::regtype[]) t WHERE t <> 'anyelement'::regtype AND NOT EXISTS (SELECT FROM value v WHERE v.type = t) AND NOT EXISTS (SELECT FROM sample s WHERE s.type = t)) \gset
-- and all NULL
SELECT count(pg_temp.try(format('SELECT count(c.v) FROM (SELECT %s(%s)) c(v)', oid::regproc, (SELECT string_agg(format('NULL::%s', CASE t WHEN 'anyelement'::regtype THEN 'int' ELSE t END), ', ') FROM unnest(proargtypes::oid[]::regtype[]) t)), oid::regprocedure::text)) AS calls
FROM functions WHERE prokind = 'f' AND NOT 'internal'::regtype = ANY (proargtypes::oid[]) \gset null_
RESET ROLE;

-- ---- aggregates -----------------------------------------------------------------------------------------------------
CREATE TEMP TABLE numbers AS SELECT i AS id, (i * 7919) % 31 AS x FROM generate_series(1, 40) i;
CREATE TEMP TABLE aggregates AS
SELECT f.oid, f.oid::regprocedure::text AS name, f.proname, f.pronargs, prorettype AS result,
       (SELECT aggmtransfn <> 0 FROM pg_aggregate WHERE aggfnoid = f.oid) AS is_moving,
       array_agg(CASE WHEN a.n > 1 THEN (pg_temp.literals(a.type))[1] WHEN a.type = 'text'::regtype THEN $$'v' || x$$ WHEN a.type = 'anyelement'::regtype THEN 'ARRAY[x]'
                      WHEN a.type IN ('smallint'::regtype, 'int'::regtype, 'bigint'::regtype, 'float8'::regtype, 'numeric'::regtype) THEN format('nullif(x, 5)::%s', a.type)
                      ELSE (pg_temp.literals(a.type))[1] END ORDER BY a.n) AS arguments, array_agg(a.type ORDER BY a.n) AS types
FROM functions f, unnest(f.proargtypes::oid[]::regtype[]) WITH ORDINALITY AS a(type, n) WHERE prokind = 'a' GROUP BY f.oid, f.proname, f.pronargs, prorettype;
ALTER TABLE aggregates ADD call text, ADD alone text;
UPDATE aggregates SET call = format('%s(%s)', oid::regproc, array_to_string(arguments, ', '));
UPDATE aggregates SET alone = pg_temp.try(format('SELECT (%s)::text FROM numbers', call), call);
-- ordinary arguments give a value, no rows give null or nothing's count
INSERT INTO outcome SELECT call, 'alone', alone FROM aggregates WHERE alone IS NULL OR alone LIKE 'error%';
INSERT INTO outcome SELECT call, 'of no rows', r FROM (SELECT call, pg_temp.try(format('SELECT (%s)::text FROM numbers WHERE false', call), call) AS r FROM aggregates) e WHERE r <> '0';
SELECT count(pg_temp.try(format('SELECT (%s(%s))::text FROM numbers', oid::regproc, (SELECT string_agg(CASE WHEN n = special.n THEN special.literal ELSE argument END, ', ' ORDER BY n) FROM unnest(arguments) WITH ORDINALITY u(argument, n))), name || special.literal)) AS calls
FROM aggregates, LATERAL (SELECT n, l AS literal FROM unnest(types) WITH ORDINALITY AS t(type, n), unnest(pg_temp.literals(t.type)) l) special \gset aggregate_
-- beside each other: shared arguments, shared states, final functions that must not change them
CREATE TEMP TABLE one_each AS SELECT DISTINCT ON (proname, types[1] = 'text'::regtype, pronargs, result) * FROM aggregates WHERE alone NOT LIKE 'error%' ORDER BY proname, types[1] = 'text'::regtype, pronargs, result, oid;
SELECT count(*) AS calls FROM one_each a, one_each b \gset pair_
INSERT INTO outcome SELECT a.call || ' beside ' || b.call, 'pair', NULL FROM one_each a, one_each b
WHERE pg_temp.try(format('SELECT (%s)::text || ''/'' || (%s)::text FROM numbers', a.call, b.call), a.call || ' beside ' || b.call) IS DISTINCT FROM a.alone || '/' || b.alone;
-- moving frames: what is computed anew; approximately, where rows are taken away again
SELECT count(*) AS calls FROM one_each \gset frame_
INSERT INTO outcome SELECT call || ' over a moving frame', 'frame', r FROM (SELECT call, pg_temp.try(format(
    CASE WHEN NOT is_moving THEN 'SELECT bool_and(a IS NOT DISTINCT FROM b)' WHEN result = 'float8'::regtype THEN 'SELECT bool_and(abs(a::float8 - b::float8) <= 0.021 * greatest(abs(a::float8), 1))' ELSE 'SELECT count(a) > 30 AND count(b) > 30' END ||
    ' FROM (SELECT (%1$s OVER (ORDER BY id ROWS 9 PRECEDING))::text AS a, (SELECT (%1$s)::text FROM numbers m WHERE m.id BETWEEN n.id - 9 AND n.id) AS b FROM numbers n) f', call), call) AS r FROM one_each) f WHERE r IS DISTINCT FROM 'true';

SELECT count(*) AS wrong FROM outcome \gset
\unset QUIET
\echo matrix: :function_calls calls of functions (:function_worked gave a value), :null_calls of only NULLs, :aggregate_calls of aggregates, :pair_calls pairs, :frame_calls frames, :missing without literals, :wrong wrong
SELECT state, left(message, 200) AS message, left(min(call), 200) AS example, count(*) FROM outcome GROUP BY 1, 2 LIMIT 30;
