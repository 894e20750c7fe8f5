-- What SQLsmith makes its queries of: a table with a column of each type, found in the catalog, and some of plain ones;
-- and a user without rights.
\set QUIET on
SET client_min_messages = error;
CREATE EXTENSION sketch_ext;
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'smith') THEN CREATE ROLE smith LOGIN; END IF; END $$;
ALTER ROLE smith SET statement_timeout = '2s';
CREATE TABLE plain AS
SELECT i, i::bigint * 7919 AS b, i / 7.0::float8 AS f, i::numeric / 3 AS n, 'v' || i % 9 AS t, timestamptz '2026-01-01' + i * interval '1 hour' AS at, ARRAY[i / 10.0]::float8[] AS fs
FROM generate_series(1, 20) i;
DO $$
DECLARE t text; made text; empty text; columns text := ''; empties text := '';
BEGIN
    FOR t IN SELECT typname FROM pg_type WHERE typname LIKE '%\_sketch' AND typelem = 0 ORDER BY 1 LOOP
        -- an aggregate that takes bigint, or float8, and perhaps a number more
        SELECT format('%s(%s)', oid::regproc, string_agg(CASE n WHEN 1 THEN CASE a WHEN 'bigint' THEN 'b % (1 + i)' ELSE 'f' END ELSE '9' END, ', ' ORDER BY n)) INTO made
        FROM (SELECT p.oid, proargtypes FROM pg_proc p WHERE prokind = 'a' AND prorettype = t::regtype AND proname LIKE '%\_agg' AND proargtypes[0] IN ('bigint'::regtype, 'float8'::regtype)
              ORDER BY pronargs, oid LIMIT 1) f, unnest(f.proargtypes::oid[]::regtype[]::text[]) WITH ORDINALITY u(a, n) GROUP BY oid;
        columns := columns || format(', %s AS %s', made, t);
        SELECT format('%s(%s)', oid::regproc, (SELECT string_agg('7::' || a, ', ') FROM unnest(proargtypes::oid[]::regtype[]) a)) INTO empty
        FROM pg_proc WHERE proname LIKE '%\_empty' AND prorettype = t::regtype ORDER BY pronargs LIMIT 1;
        empties := empties || ', ' || empty;
    END LOOP;
    EXECUTE format('CREATE TABLE sketches AS SELECT i %% 5 AS part %s FROM plain GROUP BY 1', columns);
    EXECUTE 'INSERT INTO sketches (part) VALUES (NULL)';
    EXECUTE format('INSERT INTO sketches SELECT 9 %s', empties);
END $$;
GRANT SELECT ON plain, sketches TO smith;
