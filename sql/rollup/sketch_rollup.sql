-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION sketch_rollup" to load this file. \quit

-- A roll-up with the number 7 is made of these, all owned by who made it; docs/rollup.md tells how they work together.
--
--   sketch_rollup_data.query_7      a view: the query, as it was given
--   sketch_rollup_data.rows_7       its result, as far as it was merged
--   sketch_rollup_data.deltas_7     its result over the rows of each statement since
--   sketch_rollup_data.invalid_7    ranges of time that are to be computed anew, because rows were changed or deleted
--   sketch_rollup_data.partitions_7 of a partitioned table: partitions that have the triggers, and ranges that are kept
--                                   of those that are gone
--   sketch_rollup_data.state_7      one row: the view that people read, what is sealed, dropped for its age, and folded
--   triggers of the table      sketch_rollup_7_insert, _update, _delete, _truncate, _written, _removed; each partition
--                              has its own
--
-- Nothing is a member of the extension, so pg_dump dumps it as anybody's tables, and who restores them owns them.
--
-- Anybody may create tables in the schema of these parts. Functions have a schema of their own, in which nobody may
-- create any: a call that is qualified means the one that is meant, whatever others have made.
CREATE SCHEMA sketch_rollup;
GRANT USAGE ON SCHEMA sketch_rollup TO PUBLIC;
COMMENT ON SCHEMA sketch_rollup IS 'how roll-ups work: see rollup_create';
CREATE SCHEMA sketch_rollup_data;
GRANT USAGE, CREATE ON SCHEMA sketch_rollup_data TO PUBLIC;
COMMENT ON SCHEMA sketch_rollup_data IS 'what roll-ups are made of: see rollup_create';

-- ---- triggers ----------------------------------------

CREATE FUNCTION sketch_rollup.capture() RETURNS trigger
    AS 'MODULE_PATHNAME', 'sketch_rollup_capture' LANGUAGE C;
COMMENT ON FUNCTION sketch_rollup.capture() IS 'trigger on the table of a roll-up, after each statement';
CREATE FUNCTION sketch_rollup.touch() RETURNS trigger
    AS 'MODULE_PATHNAME', 'sketch_rollup_touch' LANGUAGE C;
COMMENT ON FUNCTION sketch_rollup.touch() IS 'trigger on the table of a roll-up, after rows that replication changes';
CREATE FUNCTION sketch_rollup.is_touched(number integer) RETURNS boolean
    AS 'MODULE_PATHNAME', 'sketch_rollup_is_touched' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_rollup.is_touched(integer)
    IS 'whether triggers on statements may not see a change of a row: of logical replication, '
       'or if the table is a partition of another';
CREATE FUNCTION sketch_rollup.guard() RETURNS trigger
    AS 'MODULE_PATHNAME', 'sketch_rollup_guard' LANGUAGE C;
COMMENT ON FUNCTION sketch_rollup.guard()
    IS 'trigger on the rows and deltas of a roll-up, after changes by another hand';

-- ---- in C ----------------------------------------

-- All of these look at a roll-up's tables as its owner, and evaluate its query as him: who else calls them, a superuser
-- above all, runs nothing of his. Times of a timestamp without time zone go in and out as if they were in UTC.
CREATE FUNCTION sketch_rollup.compact(number integer, most bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'sketch_rollup_compact' LANGUAGE C;
COMMENT ON FUNCTION sketch_rollup.compact(integer, bigint)
    IS 'merges deltas into rows; how many, or NULL if another session does';
CREATE FUNCTION sketch_rollup.recompute(number integer, lo timestamptz, hi timestamptz) RETURNS bigint
    AS 'MODULE_PATHNAME', 'sketch_rollup_recompute' LANGUAGE C;
COMMENT ON FUNCTION sketch_rollup.recompute(integer, timestamptz, timestamptz)
    IS 'computes invalid ranges anew, between bounds of buckets; how many rows there are now';
CREATE FUNCTION sketch_rollup.next_invalid(number integer, lo timestamptz, hi timestamptz,
                                           OUT invalid_from timestamptz, OUT invalid_to timestamptz,
                                           OUT first_bucket timestamptz, OUT last_bucket timestamptz,
                                           OUT is_there boolean) RETURNS record
    AS 'MODULE_PATHNAME', 'sketch_rollup_next_invalid' LANGUAGE C STABLE;
COMMENT ON FUNCTION sketch_rollup.next_invalid(integer, timestamptz, timestamptz)
    IS 'the first invalid range, and the buckets of the first and last row of the table in it';
CREATE FUNCTION sketch_rollup.invalidate(number integer, lo timestamptz, hi timestamptz) RETURNS void
    AS 'MODULE_PATHNAME', 'sketch_rollup_invalidate' LANGUAGE C;
COMMENT ON FUNCTION sketch_rollup.invalidate(integer, timestamptz, timestamptz)
    IS 'records that buckets are to be computed anew';
CREATE FUNCTION sketch_rollup.seal(number integer, before timestamptz) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'sketch_rollup_seal' LANGUAGE C STRICT;
COMMENT ON FUNCTION sketch_rollup.seal(integer, timestamptz)
    IS 'computes what is invalid before a time, and never again';
CREATE FUNCTION sketch_rollup.retain(number integer, "from" timestamptz) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'sketch_rollup_retain' LANGUAGE C STRICT;
COMMENT ON FUNCTION sketch_rollup.retain(integer, timestamptz) IS 'drops the buckets before a time';
CREATE FUNCTION sketch_rollup.fold(number integer, before timestamptz, width bigint) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'sketch_rollup_fold' LANGUAGE C STRICT;
COMMENT ON FUNCTION sketch_rollup.fold(integer, timestamptz, bigint)
    IS 'makes wider buckets, in microseconds, of those before a time';
CREATE FUNCTION sketch_rollup.follow(number integer) RETURNS bigint
    AS 'MODULE_PATHNAME', 'sketch_rollup_follow' LANGUAGE C STRICT;
COMMENT ON FUNCTION sketch_rollup.follow(integer)
    IS 'makes triggers of new partitions, and keeps what those had that are gone; how many are still not followed';
CREATE FUNCTION sketch_rollup.differing(number integer, lo timestamptz, hi timestamptz) RETURNS text[]
    AS 'MODULE_PATHNAME', 'sketch_rollup_differing' LANGUAGE C STABLE;
COMMENT ON FUNCTION sketch_rollup.differing(integer, timestamptz, timestamptz)
    IS 'buckets in which the view is not what the query gives';
CREATE FUNCTION sketch_rollup.status_of(number integer, OUT rows bigint, OUT bytes bigint, OUT deltas bigint,
                                        OUT invalid_ranges bigint, OUT invalid_from text,
                                        OUT sealed_before text, OUT retained_from text, OUT refreshed timestamptz,
                                        OUT compacted timestamptz,
                                        OUT followed regclass[], OUT unfollowed regclass[], OUT folds text,
                                        OUT view regclass, OUT source regclass) RETURNS record
    AS 'MODULE_PATHNAME', 'sketch_rollup_status_of' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION sketch_rollup.status_of(integer)
    IS 'what rollup_status shows of a roll-up; NULL if it is gone, or not the caller''s';
CREATE FUNCTION sketch_rollup.view_of(number integer) RETURNS regclass
    AS 'MODULE_PATHNAME', 'sketch_rollup_view_of' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION sketch_rollup.view_of(integer) IS 'the view of a roll-up; NULL if it is gone';
CREATE FUNCTION sketch_rollup.view_query(query regclass, number integer) RETURNS text
    AS 'MODULE_PATHNAME', 'sketch_rollup_view_query' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION sketch_rollup.view_query(regclass, integer) IS 'what the view of a roll-up selects';
CREATE FUNCTION sketch_rollup.described(number integer, at_first boolean, OUT source regclass, OUT time_type regtype,
                                        OUT bucket text, OUT keys text, OUT indexed text, OUT width interval,
                                        OUT is_partitioned boolean) RETURNS record
    AS 'MODULE_PATHNAME', 'sketch_rollup_described' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION sketch_rollup.described(integer, boolean)
    IS 'table, type of times, quoted names of the bucket, of all group keys and of what the index has of them, '
       'and width of buckets, of a roll-up; whether the table is partitioned';

-- unnest, but that the planner expects one range and not a hundred.
CREATE FUNCTION sketch_rollup.ranges(anymultirange) RETURNS SETOF anyrange
    AS 'multirange_unnest' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE ROWS 1;
COMMENT ON FUNCTION sketch_rollup.ranges(anymultirange) IS 'ranges of times, of which there are few';

-- What the index of rows has of group keys that may be long.
CREATE FUNCTION sketch_rollup.shortened(key text, most integer) RETURNS text
    AS 'MODULE_PATHNAME', 'sketch_rollup_shortened' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_rollup.shortened(text, integer)
    IS 'the text itself up to so many bytes, and a part of it with a digest of all if it has more: '
       'different texts give different ones';
CREATE FUNCTION sketch_rollup.shortened(key bytea, most integer) RETURNS bytea
    AS 'MODULE_PATHNAME', 'sketch_rollup_shortened' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_rollup.shortened(bytea, integer)
    IS 'the bytes themselves up to so many, and a part of them with a digest of all if there are more: '
       'different ones give different ones';

-- One span of time for each range, if an index finds its rows, with NULL; otherwise one for all ranges, with these.
CREATE FUNCTION sketch_rollup.spans(number integer, anymultirange, OUT span anyrange, OUT ranges anymultirange)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'sketch_rollup_spans' LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 1;
COMMENT ON FUNCTION sketch_rollup.spans(integer, anymultirange)
    IS 'spans of time in which to look for the rows of ranges';

-- Buckets are so many microseconds wide, and one of them begins at the origin, in microseconds since 2000. Folds are
-- pairs, the widest first: buckets that begin before the first of the two are as wide as the second.
CREATE FUNCTION sketch_rollup.whole(ranges tstzmultirange, width bigint, origin bigint, folds bigint[])
    RETURNS tstzmultirange
    AS 'MODULE_PATHNAME', 'sketch_rollup_whole' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sketch_rollup.whole(tstzmultirange, bigint, bigint, bigint[])
    IS 'ranges of times, widened to whole buckets';
CREATE FUNCTION sketch_rollup.whole(ranges tsmultirange, width bigint, origin bigint, folds bigint[])
    RETURNS tsmultirange
    AS 'MODULE_PATHNAME', 'sketch_rollup_whole' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sketch_rollup.whole(tsmultirange, bigint, bigint, bigint[])
    IS 'ranges of times, widened to whole buckets';
CREATE FUNCTION sketch_rollup.folded(bucket timestamptz, origin bigint, folds bigint[]) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'sketch_rollup_folded' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sketch_rollup.folded(timestamptz, bigint, bigint[])
    IS 'the bucket that a bucket is folded into, or itself';
CREATE FUNCTION sketch_rollup.folded(bucket timestamp, origin bigint, folds bigint[]) RETURNS timestamp
    AS 'MODULE_PATHNAME', 'sketch_rollup_folded' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sketch_rollup.folded(timestamp, bigint, bigint[])
    IS 'the bucket that a bucket is folded into, or itself';
CREATE FUNCTION sketch_rollup.partitions(number integer, tstzrange, OUT part regclass, OUT during tstzrange,
                                         OUT is_whole boolean, OUT is_leaf boolean, OUT can_trigger boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'sketch_rollup_partitions' LANGUAGE C STABLE PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION sketch_rollup.partitions(integer, tstzrange)
    IS 'partitions of the table of a roll-up, at all levels, and their ranges of time';
CREATE FUNCTION sketch_rollup.partitions(number integer, tsrange, OUT part regclass, OUT during tsrange,
                                         OUT is_whole boolean, OUT is_leaf boolean, OUT can_trigger boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'sketch_rollup_partitions' LANGUAGE C STABLE PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION sketch_rollup.partitions(integer, tsrange)
    IS 'partitions of the table of a roll-up, at all levels, and their ranges of time';

-- ---- numbers ----------------------------------------

-- The smallest number that nothing has. Two at once may get the same: then one of them fails.
CREATE FUNCTION sketch_rollup.next_number() RETURNS integer LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT min(n) FROM generate_series(1, (SELECT count(*)::integer + 1 FROM pg_type
                                           WHERE typnamespace = 'sketch_rollup_data'::regnamespace)) AS n
    WHERE NOT EXISTS (SELECT FROM (SELECT relname, relnamespace FROM pg_class UNION ALL SELECT typname, typnamespace
                                   FROM pg_type) AS taken (name, schema)
                      WHERE schema = 'sketch_rollup_data'::regnamespace
                        AND name ~ format('^(query|rows|deltas|invalid|partitions|state)_%s$', n)) $$;
COMMENT ON FUNCTION sketch_rollup.next_number() IS 'the number of the next roll-up';

-- The number that a view's definition tells; the roll-up may have another view.
CREATE FUNCTION sketch_rollup.number_in(view regclass) RETURNS integer
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT substring(c.relname FROM '^state_([0-9]{1,9})$')::integer
    FROM pg_rewrite r
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class c ON c.oid = d.refobjid
    WHERE r.ev_class = view AND c.relnamespace = 'sketch_rollup_data'::regnamespace AND c.relname ~ '^state_[0-9]{1,9}$'
    LIMIT 1 $$;
COMMENT ON FUNCTION sketch_rollup.number_in(regclass) IS 'number of the roll-up whose view this looks like';

CREATE FUNCTION sketch_rollup.number_of(view regclass) RETURNS integer
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number integer := sketch_rollup.number_in(view);
BEGIN
    IF view IS NULL THEN
        RAISE EXCEPTION 'name of the roll-up must not be NULL' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF sketch_rollup.view_of(number) IS DISTINCT FROM view THEN
        IF view::text ~ '^[0-9]+$' THEN -- by now it has no name, whatever the snapshot says
            RAISE EXCEPTION 'roll-up does not exist' USING ERRCODE = 'undefined_object';
        END IF;
        RAISE EXCEPTION '"%" is not a roll-up', view USING ERRCODE = 'wrong_object_type',
            HINT = 'SELECT * FROM rollup_status lists them.';
    END IF;
    RETURN number;
END $$;
COMMENT ON FUNCTION sketch_rollup.number_of(regclass) IS 'number of a roll-up';

-- ---- making and dropping ----------------------------------------

-- Those that each table of a roll-up has, or is to have. A partitioned table has no rows of its own.
CREATE FUNCTION sketch_rollup.triggers(number integer, relation regclass, OUT name text, OUT definition text,
                                       OUT enabled "char") RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format('sketch_rollup_%s_%s', number, t.name),
           format('AFTER %s ON %s %s EXECUTE FUNCTION sketch_rollup.%s(%L)', t.event, relation, t.rows,
                  t.called, number),
           t.enabled
    FROM (VALUES ('insert', 'INSERT', 'REFERENCING NEW TABLE AS sketch_new_rows', 'capture', 'O'::"char"),
                 ('update', 'UPDATE', 'REFERENCING OLD TABLE AS sketch_old_rows NEW TABLE AS sketch_new_rows',
                  'capture', 'O'),
                 ('delete', 'DELETE', 'REFERENCING OLD TABLE AS sketch_old_rows', 'capture', 'O'),
                 ('truncate', 'TRUNCATE', '', 'capture', 'A'),
                 ('written', 'INSERT OR UPDATE', format('FOR EACH ROW WHEN (sketch_rollup.is_touched(%s))', number),
                  'touch', 'A'),
                 ('removed', 'DELETE', format('FOR EACH ROW WHEN (sketch_rollup.is_touched(%s))', number),
                  'touch', 'A')) AS t (name, event, rows, called, enabled)
    WHERE t.called = 'capture' OR (SELECT c.relkind = 'r' FROM pg_class c WHERE c.oid = relation) $$;
COMMENT ON FUNCTION sketch_rollup.triggers(integer, regclass) IS 'triggers that a table or partition of a roll-up has';

CREATE FUNCTION sketch_rollup.add_triggers(number integer, relation regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT t.name, t.definition, t.enabled FROM sketch_rollup.triggers(number, relation) t LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER %s %s', made.name, made.definition);
        IF made.enabled = 'A' THEN
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %s', relation, made.name);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION sketch_rollup.add_triggers(integer, regclass)
    IS 'makes the triggers of a table or partition of a roll-up';

-- Those of others' tables, which were partitions, stay and do nothing.
CREATE FUNCTION sketch_rollup.drop_triggers(number integer) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    command text;
BEGIN
    FOR command IN SELECT format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass)
                   FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                   WHERE t.tgname ~ format('^sketch_rollup_%s_', number) AND pg_has_role(c.relowner, 'USAGE')
                   ORDER BY t.tgrelid, t.tgname LOOP
        EXECUTE command;
    END LOOP;
END $$;
COMMENT ON FUNCTION sketch_rollup.drop_triggers(integer) IS 'drops the triggers of a roll-up';

CREATE FUNCTION sketch_rollup.build(number integer, schema text, name text) RETURNS regclass
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    definition regclass := format('sketch_rollup_data.query_%s', number)::regclass;
    described record;
    view text;
    part text;
    has_rows boolean;
    is_modern boolean := current_setting('server_version_num')::integer >= 150000;
BEGIN
    described := sketch_rollup.described(number, true);
    view := format('%I.%I', schema, name);
    -- As writers do: first the table, then what is the roll-up's.
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', described.source);

    EXECUTE format('CREATE TABLE sketch_rollup_data.rows_%s AS SELECT * FROM %s WITH NO DATA', number, definition);
    EXECUTE format('CREATE TABLE sketch_rollup_data.deltas_%1$s (LIKE sketch_rollup_data.rows_%1$s)', number);
    EXECUTE format('CREATE TABLE sketch_rollup_data.invalid_%s (lo %2$s, hi %2$s)', number, described.time_type);
    EXECUTE format('CREATE TABLE sketch_rollup_data.state_%s (view regclass NOT NULL, sealed %s, retained %2$s, '
                   'folds bigint[], refreshed timestamptz, compacted timestamptz)', number, described.time_type);
    IF described.is_partitioned THEN
        EXECUTE format('CREATE TABLE sketch_rollup_data.partitions_%s (part regclass, during %srange NOT NULL, '
                       'is_whole boolean NOT NULL)', number,
                       CASE described.time_type WHEN 'timestamp'::regtype THEN 'ts' ELSE 'tstz' END);
    END IF;
    EXECUTE format('CREATE UNIQUE INDEX ON sketch_rollup_data.state_%s ((true))', number);
    EXECUTE format('ALTER TABLE sketch_rollup_data.rows_%s ALTER %s SET NOT NULL', number, described.bucket);
    EXECUTE format('ALTER TABLE sketch_rollup_data.deltas_%s ALTER %s SET NOT NULL', number, described.bucket);
    IF NOT is_modern THEN -- without NULLS NOT DISTINCT
        EXECUTE (SELECT string_agg(format('ALTER TABLE sketch_rollup_data.rows_%s ALTER %s SET NOT NULL', number, key),
                                   '; ') FROM regexp_split_to_table(described.keys, ', ') AS key);
    END IF;
    EXECUTE format('CREATE UNIQUE INDEX ON sketch_rollup_data.rows_%s (%s)%s', number, described.indexed,
                   CASE WHEN is_modern THEN ' NULLS NOT DISTINCT' END);
    -- A truncation at the end of a vacuum would lock readers of a standby out.
    EXECUTE format('ALTER TABLE sketch_rollup_data.rows_%s SET (fillfactor = 70, '
                   'autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000)', number);
    EXECUTE format('ALTER TABLE sketch_rollup_data.deltas_%s SET (autovacuum_vacuum_scale_factor = 0, '
                   'autovacuum_vacuum_threshold = 2000, autovacuum_analyze_threshold = 100000, vacuum_truncate = off, '
                   'toast.vacuum_truncate = off)', number);
    EXECUTE format('ALTER TABLE sketch_rollup_data.invalid_%s SET (autovacuum_vacuum_scale_factor = 0, '
                   'autovacuum_vacuum_threshold = 1000, vacuum_truncate = off)', number);

    EXECUTE format('CREATE VIEW %s AS %s', view, sketch_rollup.view_query(definition, number));
    EXECUTE format('INSERT INTO sketch_rollup_data.state_%s (view) VALUES (%L)', number, view);
    -- The whole past, which the view reads from the table until it is filled in. Of partitions, as long as they are not
    -- followed.
    IF NOT described.is_partitioned THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s)', described.source) INTO has_rows;
        IF has_rows OR current_setting('transaction_isolation') <> 'read committed' THEN -- which would not see them
            EXECUTE format('INSERT INTO sketch_rollup_data.invalid_%s VALUES (NULL, NULL)', number);
        END IF;
    END IF;

    FOREACH part IN ARRAY ARRAY['rows', 'deltas'] LOOP
        EXECUTE format('CREATE TRIGGER guard AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sketch_rollup_data.%s_%s '
                       'FOR EACH STATEMENT EXECUTE FUNCTION sketch_rollup.guard(%2$L)', part, number);
    END LOOP;
    -- Partitions get theirs when it is filled in.
    PERFORM sketch_rollup.add_triggers(number, described.source);
    IF has_rows OR described.is_partitioned THEN
        RAISE NOTICE 'roll-up "%" reads its table until it is filled in', name
            USING HINT = format('CALL rollup_refresh(%L).', view);
    END IF;
    RETURN view::regclass;
END $$;
COMMENT ON FUNCTION sketch_rollup.build(integer, text, text) IS 'makes all of a roll-up whose query there is';

-- The query means what it means to the caller, so this is the one function without a search_path of its own.
CREATE FUNCTION rollup_create(name text, query text) RETURNS regclass LANGUAGE plpgsql AS $$
DECLARE
    number integer;
    parts text[];
BEGIN
    IF name IS NULL OR query IS NULL THEN
        RAISE EXCEPTION 'name and query of a roll-up must not be NULL' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    parts := pg_catalog.parse_ident(name);
    IF pg_catalog.cardinality(parts) OPERATOR(pg_catalog.>) 2 THEN
        RAISE EXCEPTION 'improper qualified name: %', name USING ERRCODE = 'syntax_error';
    END IF;
    IF pg_catalog.cardinality(parts) OPERATOR(pg_catalog.=) 1 THEN
        parts := ARRAY[pg_catalog.current_schema()::text, parts[1]];
    END IF;
    IF parts[1] IS NULL THEN
        RAISE EXCEPTION 'no schema has been selected to create in' USING ERRCODE = 'invalid_schema_name';
    ELSIF pg_catalog.starts_with(parts[1], 'pg_temp'::text) THEN
        RAISE EXCEPTION 'a roll-up cannot be temporary' USING ERRCODE = 'invalid_table_definition';
    END IF;
    PERFORM sketch_rollup.drop_remains();
    number := sketch_rollup.next_number();
    EXECUTE pg_catalog.format('CREATE VIEW sketch_rollup_data.query_%s AS %s', number,
                              pg_catalog.regexp_replace(query, ';[[:space:]]*$', ''));
    RETURN sketch_rollup.build(number, parts[1], parts[2]);
END $$;
COMMENT ON FUNCTION rollup_create(text, text)
    IS 'makes a view that is what the query gives, and is kept fresh as the table changes';

-- What is left of roll-ups of the caller whose view, or table, was dropped by its name.
CREATE FUNCTION sketch_rollup.drop_remains() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me oid := (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user);
    number integer;
    is_there boolean;
    command text;
BEGIN
    FOR number IN SELECT DISTINCT substring(c.relname FROM '^(?:query|rows|deltas|invalid|partitions|state)_'
                                                           '([0-9]{1,9})$')::integer AS n
                  FROM pg_class c
                  WHERE c.relnamespace = 'sketch_rollup_data'::regnamespace AND c.relowner = me
                  AND c.relname ~ '^(query|rows|deltas|invalid|partitions|state)_[0-9]{1,9}$' LOOP
        is_there := to_regclass(format('sketch_rollup_data.state_%s', number)) IS NOT NULL
            AND to_regclass(format('sketch_rollup_data.query_%s', number)) IS NOT NULL;
        -- What belongs to others is not read.
        IF is_there AND EXISTS (SELECT FROM pg_class c
                                WHERE c.oid = to_regclass(format('sketch_rollup_data.state_%s', number))
                                AND c.relkind = 'r' AND c.relowner = me) THEN
            -- Not so in a restore, before the data come.
            EXECUTE format('SELECT NOT EXISTS (SELECT FROM sketch_rollup_data.state_%s t '
                           'WHERE sketch_rollup.number_in(t.view) IS DISTINCT FROM %1$s)', number) INTO is_there;
        END IF;
        CONTINUE WHEN is_there;
        PERFORM sketch_rollup.drop_triggers(number);
        FOR command IN SELECT format('DROP %s sketch_rollup_data.%I',
                                     CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, c.relname)
                       FROM pg_class c
                       WHERE c.relnamespace = 'sketch_rollup_data'::regnamespace AND c.relowner = me
                       AND c.relkind IN ('r', 'v')
                         AND c.relname ~ format('^(query|rows|deltas|invalid|partitions|state)_%s$', number) LOOP
            BEGIN
                EXECUTE command;
            EXCEPTION WHEN dependent_objects_still_exist THEN
                RAISE WARNING '%', sqlerrm USING DETAIL = 'It is left of a roll-up that was dropped.';
            END;
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION sketch_rollup.drop_remains()
    IS 'drops what is left of the caller''s roll-ups whose view or table is gone';

CREATE FUNCTION rollup_drop(view regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number integer := sketch_rollup.number_of(view);
    described record := sketch_rollup.described(number, false);
BEGIN
    IF NOT (SELECT pg_has_role(c.relowner, 'USAGE') FROM pg_class c WHERE c.oid = view) THEN
        RAISE EXCEPTION 'must be owner of roll-up "%"', view USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- As readers do: first the view, then the table, then what is the roll-up's.
    EXECUTE format('DROP VIEW %s', view);
    EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', described.source);
    PERFORM sketch_rollup.drop_triggers(number);
    EXECUTE format('DROP VIEW sketch_rollup_data.query_%s', number);
    EXECUTE format('DROP TABLE sketch_rollup_data.rows_%1$s, sketch_rollup_data.deltas_%1$s, '
                   'sketch_rollup_data.invalid_%1$s, sketch_rollup_data.state_%1$s', number);
    IF described.is_partitioned THEN
        EXECUTE format('DROP TABLE sketch_rollup_data.partitions_%s', number);
    END IF;
END $$;
COMMENT ON FUNCTION rollup_drop(regclass) IS 'drops a roll-up: its view, its rows and its triggers';

-- ---- maintenance ----------------------------------------

CREATE FUNCTION rollup_compact(view regclass) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    number integer := sketch_rollup.number_of(view);
    merged bigint := sketch_rollup.compact(number, NULL::bigint);
BEGIN
    PERFORM sketch_rollup.follow(number);
    RETURN merged;
END $$;
COMMENT ON FUNCTION rollup_compact(regclass)
    IS 'merges what statements have added into the rows of a roll-up; how many deltas that were, '
       'or NULL if another session is doing it';

-- A moment of the session as a time of the table, and back: those of a timestamp without time zone go into C and out as
-- if they were in UTC.
CREATE FUNCTION sketch_rollup.time_at(number integer, moment timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE (sketch_rollup.described(number, false)).time_type WHEN 'timestamp'::regtype
           THEN moment::timestamp AT TIME ZONE 'UTC' ELSE moment END $$;
COMMENT ON FUNCTION sketch_rollup.time_at(integer, timestamptz) IS 'a moment of the session as a time of the table';
CREATE FUNCTION sketch_rollup.moment(number integer, "time" timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE (sketch_rollup.described(number, false)).time_type WHEN 'timestamp'::regtype
           THEN ("time" AT TIME ZONE 'UTC')::timestamptz ELSE "time" END $$;
COMMENT ON FUNCTION sketch_rollup.moment(integer, timestamptz) IS 'a time of the table as a moment of the session';

-- Bounds that a user gives.
CREATE FUNCTION sketch_rollup.bounds(number integer, "from" timestamptz, "to" timestamptz, OUT lo timestamptz,
                                     OUT hi timestamptz) RETURNS record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF "from" IS NULL OR "to" IS NULL THEN
        RAISE EXCEPTION 'bounds must not be NULL' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Use -infinity and infinity.';
    ELSIF "from" > "to" THEN
        RAISE EXCEPTION 'the first bound, %, is after the second, %', "from", "to"
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    lo := sketch_rollup.time_at(number, "from");
    hi := sketch_rollup.time_at(number, "to");
END $$;
COMMENT ON FUNCTION sketch_rollup.bounds(integer, timestamptz, timestamptz)
    IS 'moments of the session as times of the table';

-- Ages, as intervals before the transaction.
CREATE FUNCTION sketch_rollup.ago(age interval) RETURNS timestamptz
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF age IS NULL OR age < interval '0' THEN
        RAISE EXCEPTION 'age of buckets must be an interval, and not negative'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN now() - age;
END $$;
COMMENT ON FUNCTION sketch_rollup.ago(interval) IS 'the moment that is so long ago';

CREATE FUNCTION sketch_rollup.repair(number integer) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN SELECT DISTINCT m.relation FROM sketch_rollup.missing_triggers(number) m LOOP
        PERFORM sketch_rollup.add_triggers(number, relation);
    END LOOP;
END $$;
COMMENT ON FUNCTION sketch_rollup.repair(integer) IS 'makes triggers again that are missing or disabled';

CREATE FUNCTION rollup_invalidate(view regclass, "from" timestamptz DEFAULT '-infinity',
                                  "to" timestamptz DEFAULT 'infinity') RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number integer := sketch_rollup.number_of(view);
    asked record := sketch_rollup.bounds(number, "from", "to");
BEGIN
    PERFORM sketch_rollup.invalidate(number, asked.lo, asked.hi);
    PERFORM sketch_rollup.repair(number);
END $$;
COMMENT ON FUNCTION rollup_invalidate(regclass, timestamptz, timestamptz)
    IS 'has buckets computed anew: the view reads them from the table until rollup_refresh has done it. '
       'Gives the table back triggers that are missing';

-- A transaction for each chunk of some seconds, so that others get the locks in between, and what is done stays done.
-- No search_path of its own, which a procedure that commits cannot have: it is set anew in each transaction.
CREATE PROCEDURE rollup_refresh(view regclass, "from" timestamptz DEFAULT '-infinity',
                                "to" timestamptz DEFAULT 'infinity') LANGUAGE plpgsql AS $$
DECLARE
    number integer;
    width interval;
    asked record;
    chunk bigint := 64; -- buckets
    found record;
    stop timestamptz;
    all_rows bigint := 0;
    began timestamptz;
    last_notice timestamptz := pg_catalog.clock_timestamp();
    took float8;
BEGIN
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    number := sketch_rollup.number_of(view);
    width := (sketch_rollup.described(number, false)).width;
    asked := sketch_rollup.bounds(number, "from", "to");
    PERFORM sketch_rollup.follow(number);
    COMMIT;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    LOOP
        found := sketch_rollup.next_invalid(number, asked.lo, asked.hi);
        EXIT WHEN NOT found.is_there;
        -- Chunks begin where there are rows, and go on beyond the end of a range: the next ones may be near.
        stop := coalesce(found.first_bucket, found.invalid_from);
        IF isfinite(stop)
            AND extract(epoch FROM timestamptz '290000-01-01 00:00+00' - stop) > chunk * extract(epoch FROM width) THEN
            stop := stop + chunk * width;
        ELSE
            stop := NULL;
        END IF;
        IF stop IS NULL OR (found.invalid_to < stop AND isfinite(asked.hi))
            OR (coalesce(stop < found.invalid_to, found.invalid_to IS NULL)
                AND coalesce(found.last_bucket < stop, true)) THEN
            stop := found.invalid_to;
        END IF;
        began := clock_timestamp();
        all_rows := all_rows + sketch_rollup.recompute(number, found.invalid_from, stop);
        took := extract(epoch FROM clock_timestamp() - began);
        IF clock_timestamp() > last_notice + interval '5 s' AND stop IS NOT NULL THEN
            RAISE NOTICE 'roll-up "%" is filled in up to %: % rows', view, stop, all_rows;
            last_notice := clock_timestamp();
        END IF;
        chunk := CASE WHEN took < 1 THEN least(chunk * 2, 1000000)
                      WHEN took > 4 THEN greatest(chunk / 2, 1) ELSE chunk END;
        COMMIT;
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    END LOOP;
END $$;
COMMENT ON PROCEDURE rollup_refresh(regclass, timestamptz, timestamptz)
    IS 'computes what is invalid of a roll-up anew from its table, a transaction for each chunk';

CREATE FUNCTION rollup_seal(view regclass, before timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number integer := sketch_rollup.number_of(view);
    sealed timestamptz;
BEGIN
    IF before IS NULL OR NOT isfinite(before) THEN
        RAISE EXCEPTION 'bound of what is sealed must be a finite time' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    sealed := sketch_rollup.seal(number, sketch_rollup.time_at(number, before));
    PERFORM sketch_rollup.follow(number); -- what comes late to partitions is to be seen
    RETURN sketch_rollup.moment(number, sealed);
END $$;
COMMENT ON FUNCTION rollup_seal(regclass, timestamptz)
    IS 'computes what is invalid before a time, and keeps that for ever: rows of the table from before may go. '
       'Returns from where on the roll-up follows its table';

CREATE FUNCTION rollup_fold(view regclass, older_than interval, width interval) RETURNS timestamptz
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number integer := sketch_rollup.number_of(view);
    before timestamptz := sketch_rollup.ago(older_than);
    microseconds numeric := extract(epoch FROM width) * 1000000;
BEGIN
    IF width IS NULL OR extract(year FROM width) <> 0 OR extract(month FROM width) <> 0
        OR microseconds NOT BETWEEN 1 AND 86400000000000000 THEN
        RAISE EXCEPTION 'width of buckets must be a positive interval without months'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Make months of days when the roll-up is read.';
    END IF;
    IF older_than < width THEN
        RAISE EXCEPTION 'buckets that are folded must be older than they get wide'
            USING ERRCODE = 'invalid_parameter_value',
            HINT = format('rollup_fold(%L, older_than => ''%s'', width => ''%s'')?', view, greatest(older_than, width),
                          least(older_than, width));
    END IF;
    RETURN sketch_rollup.moment(number, sketch_rollup.fold(number, sketch_rollup.time_at(number, before),
                                                           microseconds::bigint));
END $$;
COMMENT ON FUNCTION rollup_fold(regclass, interval, interval)
    IS 'makes wider buckets of those that are older than that. Returns from where on buckets are not so wide';

CREATE FUNCTION rollup_retain(view regclass, age interval) RETURNS timestamptz
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number integer := sketch_rollup.number_of(view);
    "from" timestamptz := sketch_rollup.ago(age);
BEGIN
    RETURN sketch_rollup.moment(number, sketch_rollup.retain(number, sketch_rollup.time_at(number, "from")));
END $$;
COMMENT ON FUNCTION rollup_retain(regclass, interval)
    IS 'drops the buckets of a roll-up that are older than that. Returns from where on it has rows';

-- ---- watching ----------------------------------------

CREATE FUNCTION sketch_rollup.missing_triggers(number integer, OUT relation regclass, OUT name text,
                                               OUT is_there boolean) RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.relation, t.name, p.tgenabled IS NOT NULL FROM sketch_rollup.status_of(number) AS s,
    unnest(s.source || s.followed) AS r (relation) CROSS JOIN LATERAL sketch_rollup.triggers(number, r.relation) AS t
    LEFT JOIN pg_trigger p ON p.tgrelid = r.relation AND p.tgname = t.name
    WHERE p.tgenabled IS DISTINCT FROM t.enabled $$;
COMMENT ON FUNCTION sketch_rollup.missing_triggers(integer)
    IS 'triggers that a roll-up''s table and partitions should have, and have not, or not as they were made';

CREATE FUNCTION rollup_check(view regclass, "from" timestamptz DEFAULT '-infinity',
                             "to" timestamptz DEFAULT 'infinity', OUT bucket text, OUT problem text)
    RETURNS SETOF record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number integer := sketch_rollup.number_of(view);
    asked record := sketch_rollup.bounds(number, "from", "to");
    missing record;
BEGIN
    FOR missing IN SELECT m.relation, m.name, m.is_there FROM sketch_rollup.missing_triggers(number) m LOOP
        problem := CASE WHEN missing.is_there
            THEN format('trigger %s of table %s is disabled, or not enabled as it was', missing.name, missing.relation)
                        ELSE format('table %s has no trigger %s', missing.relation, missing.name) END;
        RETURN NEXT;
    END LOOP;
    problem := 'the view differs from the query on the table';
    FOREACH bucket IN ARRAY coalesce(sketch_rollup.differing(number, asked.lo, asked.hi), '{}'::text[]) LOOP
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION rollup_check(regclass, timestamptz, timestamptz)
    IS 'buckets in which the view is not what the query gives, sketches compared byte for byte, '
       'and triggers that are missing or disabled';

CREATE FUNCTION sketch_rollup.status(OUT view regclass, OUT source regclass, OUT rows bigint, OUT bytes bigint,
                                     OUT deltas bigint, OUT invalid_ranges bigint, OUT invalid_from text,
                                     OUT unfollowed regclass[], OUT folds text, OUT sealed_before text,
                                     OUT retained_from text, OUT refreshed timestamptz, OUT compacted timestamptz)
                                     RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.view, s.source, s.rows, s.bytes, s.deltas, s.invalid_ranges, s.invalid_from, s.unfollowed, s.folds,
           s.sealed_before, s.retained_from, s.refreshed, s.compacted
    FROM (SELECT substring(c.relname FROM '^state_([0-9]{1,9})$')::integer AS number FROM pg_class c
          WHERE c.relnamespace = 'sketch_rollup_data'::regnamespace AND c.relname ~ '^state_[0-9]{1,9}$'
          ORDER BY 1) AS n,
         LATERAL sketch_rollup.status_of(n.number) AS s
    WHERE sketch_rollup.number_in(s.view) = n.number $$;
COMMENT ON FUNCTION sketch_rollup.status() IS 'roll-ups that the caller owns';

CREATE VIEW rollup_status AS SELECT * FROM sketch_rollup.status();
COMMENT ON VIEW rollup_status
    IS 'your roll-ups: how much there is, how much is to be merged or computed anew, and when that was done last';
GRANT SELECT ON rollup_status TO PUBLIC;
