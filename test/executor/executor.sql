-- Every aggregate over values, for every type of item, by an executor of another kind (executor.c) as by PostgreSQL's
-- own: equal bytes. psql's variable "module" is the path of the module. Prints lines "ok - ..." and "not ok - ...".
\set ON_ERROR_STOP on
\set QUIET on
\pset format unaligned
\pset tuples_only on

CREATE FUNCTION shipped_trans(internal, regprocedure, anyelement) RETURNS internal AS :'module' LANGUAGE C PARALLEL SAFE;
CREATE FUNCTION shipped_final(internal) RETURNS text AS :'module' LANGUAGE C PARALLEL SAFE;
CREATE AGGREGATE shipped(regprocedure, anyelement) (SFUNC = shipped_trans, STYPE = internal, FINALFUNC = shipped_final);
CREATE FUNCTION combined_trans(internal, regprocedure, text, anyelement) RETURNS internal AS :'module' LANGUAGE C PARALLEL SAFE;
CREATE FUNCTION combined_final(internal, regprocedure, text, anyelement) RETURNS anyelement AS :'module' LANGUAGE C PARALLEL SAFE;
CREATE AGGREGATE combined(regprocedure, text, anyelement) (SFUNC = combined_trans, STYPE = internal, FINALFUNC = combined_final, FINALFUNC_EXTRA);

CREATE FUNCTION report(name text, wrong text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN coalesce(wrong, '') = '' THEN 'ok - ' || name ELSE 'not ok - ' || name || E'\n# ' || replace(wrong, E'\n', E'\n# ') END $$;

-- ---- values, few enough different ones that top-k counts them exactly; some are NULL

CREATE TABLE item (type text, own text, expression text); -- own: the type of the overload that takes it
INSERT INTO item SELECT t, t, e FROM (VALUES
    ('smallint', 'v'), ('integer', 'v * 100003'), ('bigint', 'v * 4294967297'), ('double precision', 'v / 7.0'), ('numeric', 'v / 8.0'), ('text', '''text '' || v'), ('bytea', 'decode(md5(v::text), ''hex'')'),
    ('uuid', 'md5(v::text)'), ('timestamp with time zone', 'timestamptz ''2026-01-01'' + v * interval ''1 min'''), ('timestamp without time zone', 'timestamp ''2026-01-01'' + v * interval ''1 min'''),
    ('date', 'date ''2026-01-01'' + v::int'), ('inet', 'inet ''10.0.0.0'' + v'), ('boolean', 'v % 2 = 0'), ('jsonb', 'jsonb_build_object(''a'', v, ''b'', jsonb_build_array(v, v || '''', NULL))'), ('interval', 'v * interval ''1 hour'''),
    ('time without time zone', 'time ''00:00'' + v * interval ''1 min''')) t(t, e);
-- such as are passed as another type, and so the query of a node says
INSERT INTO item VALUES ('sketch_seconds', 'sketch_seconds', 'v * interval ''1 hour'''), ('character varying(20)', 'text', '''text '' || v'), ('character(20)', 'text', '''text '' || v'), ('name', 'text', '''text '' || v'), ('label', 'text', '''text '' || v'), ('real', 'double precision', 'v / 8.0'), ('positive', 'integer', 'v + 1'), ('cidr', 'inet', 'set_masklen(cidr ''10.0.0.0/8'' + v, 32)');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN label AS text;
CREATE TABLE parameter (name text, expression text);
INSERT INTO parameter VALUES ('weight', 'i % 4'), ('precision', '8'), ('error', '0.01'), ('k', '50'), ('expected_items', '100'), ('false_positive_rate', '0.02'), ('accuracy', '0.03'), ('p', NULL);

SELECT format('CREATE TABLE rows AS SELECT i, i %% 4 AS node, %s FROM (SELECT i, CASE WHEN i %% 11 > 0 THEN i * 7 %% 43 END::bigint AS v FROM generate_series(1, 600) i) t',
              string_agg(format('(%s)::%s AS %I', expression, type, type), ', ')) FROM item \gexec

-- ---- cases, from the catalog: how a call's arguments are written

CREATE VIEW aggregate AS
    SELECT f.oid::regprocedure AS call, proname AS name, proargtypes::oid[]::regtype[] AS types, proargnames AS names, prorettype::regtype AS result
    FROM pg_proc f JOIN pg_depend d ON d.objid = f.oid AND d.classid = 'pg_proc'::regclass JOIN pg_extension e ON e.oid = d.refobjid AND d.deptype = 'e'
    WHERE extname = 'sketch_ext' AND prokind = 'a' AND proargnames[1] = 'x' AND proargtypes[0] <> 'anyelement'::regtype;
CREATE VIEW call AS
    SELECT a.call, name, item.type, result,
           (SELECT string_agg(CASE n WHEN 1 THEN format('%I', item.type) ELSE format('(%s)::%s', coalesce(p.expression, CASE WHEN t::text LIKE '%[]' THEN '''{0.1,0.9}''' ELSE '0.9' END), t) END, ', ' ORDER BY n)
            FROM unnest(types, names) WITH ORDINALITY u(t, argument, n) LEFT JOIN parameter p ON p.name = argument) AS plain,
           (SELECT string_agg(CASE n WHEN 1 THEN format('%I::%s', item.type, own) ELSE format('(%s)::%s', coalesce(p.expression, CASE WHEN t::text LIKE '%[]' THEN '''{0.1,0.9}''' ELSE '0.9' END), t) END, ', ' ORDER BY n)
            FROM unnest(types, names) WITH ORDINALITY u(t, argument, n) LEFT JOIN parameter p ON p.name = argument) AS written,
           array_length(types, 1) AS arguments
    FROM aggregate a JOIN item ON own::regtype = types[0];

CREATE FUNCTION try(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
    EXECUTE query INTO result;
    RETURN result;
EXCEPTION WHEN OTHERS THEN RETURN 'ERROR: ' || SQLERRM;
END $$;

-- What is wrong with the calls whose arguments come in a form: 'ROW(%s)', or '%s' for a single one.
CREATE FUNCTION wrong(form text, most_arguments int, OUT cases int, OUT wrong text) LANGUAGE plpgsql AS $$
DECLARE c call; single text; shipped text;
BEGIN
    cases := 0;
    FOR c IN SELECT * FROM call WHERE arguments <= most_arguments ORDER BY call::text, type LOOP
        single := try(format('SELECT %s(%s)::text FROM rows', c.name, c.plain));
        shipped := try(format('SELECT combined(%1$L::regprocedure, state, NULL::%2$s)::text FROM (SELECT shipped(%1$L::regprocedure, %3$s) AS state FROM rows GROUP BY node) nodes', c.call, c.result, format(form, c.written)));
        cases := cases + 1;
        IF single LIKE 'ERROR%' OR length(single) IS NULL OR single <> shipped OR shipped IS NULL THEN
            wrong := concat_ws(E'\n', wrong, format('%s of %s: %s, not %s', c.call, c.type, left(shipped, 100), left(single, 100)));
        END IF;
    END LOOP;
END $$;

SELECT report(cases || ' calls through a ROW give a single node''s bytes', wrong) FROM wrong('ROW(%s)', 9);
SELECT report(cases || ' calls of one argument do', wrong) FROM wrong('%s', 1);
SELECT report(cases || ' calls over sorted rows do', wrong) FROM (SELECT set_config('enable_hashagg', 'off', false)) s, wrong('ROW(%s) ORDER BY i DESC', 9);
RESET enable_hashagg;

-- every type that an aggregate has an overload for is among the items, and every aggregate among the calls
SELECT report('no overload is left out', string_agg(call::text, ', ')) FROM aggregate WHERE call NOT IN (SELECT call FROM call);
SELECT report('there are aggregates of every family', string_agg(wanted, ', ')) FROM unnest(ARRAY['quantile', 'distinct', 'frequency', 'topk', 'membership']) wanted WHERE wanted || '_agg' NOT IN (SELECT name FROM call);

-- ---- what a call must not find of another one: parameters of two calls in one query differ
SELECT report('two sizes in one query', CASE WHEN small <> shipped_small OR large <> shipped_large OR coarse <> shipped_coarse OR fine <> shipped_fine THEN 'differ' END) FROM (
    SELECT membership_agg(text, 10)::text AS small, shipped('membership_agg(text, bigint)', ROW(text, 10::bigint)) AS shipped_small,
           membership_agg(text, 9000, 0.1)::text AS large, shipped('membership_agg(text, bigint, double precision)', ROW(text, 9000::bigint, 0.1::float8)) AS shipped_large,
           frequency_agg(text, 0.04)::text AS coarse, shipped('frequency_agg(text, double precision)', ROW(text, 0.04::float8)) AS shipped_coarse,
           frequency_agg(text, 0.001)::text AS fine, shipped('frequency_agg(text, double precision)', ROW(text, 0.001::float8)) AS shipped_fine FROM rows) t;
SELECT report('and a size that is refused is refused again', nullif(concat_ws(E'\n', try(query), try(query)), E'ERROR: expected_items must be positive\nERROR: expected_items must be positive'))
FROM (VALUES ('SELECT shipped(''membership_agg(text, bigint)'', ROW(text, 0::bigint)) FROM rows')) q(query);

-- ---- collations: the item's own, and errors where PostgreSQL's executor has them
CREATE COLLATION ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE FUNCTION says(query text, expected text) RETURNS text LANGUAGE sql AS $$ SELECT CASE WHEN try(query) LIKE expected THEN NULL ELSE query || ': ' || coalesce(try(query), 'NULL') END $$;
SELECT report('a deterministic collation of the item counts', says('SELECT shipped(''topk_agg(text, integer)'', ROW(text COLLATE "C", 50)) = topk_agg(text, 50)::text FROM rows', 'true'));
SELECT report('a nondeterministic one is an error', says('SELECT shipped(''topk_agg(text, integer)'', ROW(text COLLATE ignore_case, 50)) FROM rows', 'ERROR: nondeterministic collations are not supported%'));
SELECT report('as it is for one argument', says('SELECT shipped(''distinct_agg(text)'', text COLLATE ignore_case) FROM rows', 'ERROR: nondeterministic collations are not supported%'));
SELECT report('two that contradict each other are an error', says('SELECT shipped(''topk_agg(text, integer)'', ROW(concat_collated, 50)) FROM (SELECT a.text || b.text AS concat_collated FROM (SELECT text COLLATE "C" AS text FROM rows) a, (SELECT text COLLATE "POSIX" AS text FROM rows) b LIMIT 9) t',
    'ERROR: could not determine which collation%'));
SELECT report('a row that was made elsewhere hides them', says('SELECT shipped(''topk_agg(text, integer)'', r) FROM (SELECT ROW(text, 50) AS r FROM rows OFFSET 0) t', 'ERROR: could not determine which collation%'));
DROP COLLATION ignore_case;

-- ---- citext: seen in the row, unless the query has a cast of its own
CREATE EXTENSION citext;
CREATE TABLE ci AS SELECT unnest(ARRAY['a', 'A'])::citext AS c;
SELECT report('citext in a ROW is an error', says('SELECT shipped(''topk_agg(text, integer)'', ROW(c, 50)) FROM ci', 'ERROR: values of type citext are not supported%'));
SELECT report('citext as the only argument is an error', says('SELECT shipped(''distinct_agg(text)'', c) FROM ci', 'ERROR: values of type citext are not supported%'));
SELECT report('with a cast it is text', says('SELECT shipped(''topk_agg(text, integer)'', ROW(c::text, 50)) = topk_agg(c::text, 50)::text FROM ci', 'true'));
