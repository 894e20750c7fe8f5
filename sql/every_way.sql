-- Every aggregate with its smallest and largest parameters, by every plan and in every form that a value can have:
-- equal to what the serial plan gives, byte for byte. And every function that takes a sketch: one answer for all forms.
-- Generated from the catalog; prints what differs, and how much was compared.
\set ECHO none
SET client_min_messages = error;
SET jit = off;
CREATE SCHEMA every_way;
SET search_path = every_way, public;
CREATE VIEW members AS SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
    WHERE e.extname = 'sketch_ext' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';
CREATE VIEW sketches AS SELECT t.oid::regtype AS type FROM pg_type t JOIN members m ON m.objid = t.oid
    AND m.classid = 'pg_type'::regclass WHERE typname LIKE '%\_sketch' AND typelem = 0;
CREATE VIEW functions AS SELECT p.*, p.proargtypes::regtype[] AS types FROM pg_proc p JOIN members m ON m.objid = p.oid
    AND m.classid = 'pg_proc'::regclass;

-- ---- rows: groups of none with a value, 1, 3, 300 and 10,000, over four partitions ----------------------------------
CREATE TABLE rows AS
SELECT row_number() OVER (ORDER BY i, g) AS id, g, w, CASE WHEN g > 0 THEN i * 7919::bigint END AS n,
       CASE WHEN g > 0 THEN 'value ' || floor(exp(8 * (i * 7919 % 9973) / 9973.0)) END AS t,
       CASE WHEN g = 0 THEN NULL WHEN i % 101 = 100 THEN 0 WHEN i % 1009 = 1008 THEN 'Infinity'
       ELSE sin(i) * exp(cos(i * 1.3) * 9) END::float8 AS x
FROM (VALUES (0, 5), (1, 1), (3, 3), (300, 300), (10000, 10000)) sizes (g, size), generate_series(1, size) i,
     LATERAL (SELECT i % 4::bigint AS w) weights;
CREATE TABLE events (id bigint, g int, w bigint, n bigint, t text, x float8,
    q quantile_sketch, q2 quantile_sketch, d distinct_sketch, d2 distinct_sketch, f frequency_sketch,
    f2 frequency_sketch, k topk_sketch, k2 topk_sketch, m membership_sketch, m2 membership_sketch
) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (400);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (400) TO (5000);
CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM (5000) TO (50000);
CREATE TABLE events_empty PARTITION OF events FOR VALUES FROM (50000) TO (60000);
INSERT INTO events SELECT id, g, w, n, t, x, quantile_agg(x, 0.5), quantile_agg(x, 0.0002), distinct_agg(n, 4),
                          distinct_agg(n, 16), frequency_agg(n, 0.04), frequency_agg(n, 0.000003),
    topk_agg(n, 1), topk_agg(n, 100000), membership_agg(n, 20), membership_agg(n, 100000000) FROM rows
GROUP BY id, g, w, n, t, x ORDER BY id;
ANALYZE events;
-- how often each value of a group is there; group -1 is all of them
CREATE TABLE truth AS SELECT coalesce(g, -1) AS g, kind, item, count(*) AS rows, sum(w)::bigint AS weight
FROM rows, LATERAL (VALUES ('number', n::text), ('text', t)) items (kind, item) WHERE g > 0
GROUP BY GROUPING SETS ((g, kind, item), (kind, item));

-- ---- combinations: an aggregate, a column, parameters ---------------------------------------------------------------
CREATE TABLE items (type regtype, item name, kind text);
INSERT INTO items VALUES ('bigint', 'n', 'number'), ('text', 't', 'text'), ('double precision', 'x', 'float'),
    ('quantile_sketch', 'q', 'float'), ('quantile_sketch', 'q2', 'float'),
    ('distinct_sketch', 'd', 'number'), ('distinct_sketch', 'd2', 'number'), ('frequency_sketch', 'f', 'number'),
    ('frequency_sketch', 'f2', 'number'), ('topk_sketch', 'k', 'number'),
    ('topk_sketch', 'k2', 'number'), ('membership_sketch', 'm', 'number'), ('membership_sketch', 'm2', 'number');
CREATE TABLE parameters (aggregate name, types regtype[], arguments text);
INSERT INTO parameters VALUES ('merge', '{}', ''), ('quantile_agg', '{}', ''),
    ('quantile_weighted_agg', '{bigint}', 'w'), ('distinct_agg', '{}', ''), ('approx_count_distinct', '{}', ''),
    ('frequency_agg', '{}', ''), ('frequency_weighted_agg', '{bigint}', 'w'),
    ('membership_agg', '{bigint}', '100000000'), ('membership_agg', '{bigint,double precision}', '20000000, 0.00001'),
    ('membership_agg', '{bigint,double precision}', '100000000, 0.5');
INSERT INTO parameters SELECT 'quantile_agg', '{double precision}'::regtype[], accuracy
FROM unnest(ARRAY['0.0002', '0.02', '0.5']) accuracy
    UNION ALL SELECT 'quantile_weighted_agg', '{bigint,double precision}', 'w, ' || accuracy
FROM unnest(ARRAY['0.0002', '0.5']) accuracy
    UNION ALL SELECT aggregate, '{double precision}', p FROM unnest(ARRAY['percentile_sketch']) aggregate,
    unnest(ARRAY['0', '0.5', '1']) p
    UNION ALL SELECT aggregate, '{double precision[]}',
                     format('%L::float8[]', ARRAY(SELECT i / 1000.0::float8 FROM generate_series(1, count) i))
        FROM unnest(ARRAY['percentile_sketch']) aggregate, unnest(ARRAY[0, 1, 1000]) count
    UNION ALL SELECT 'distinct_agg', '{integer}', p FROM unnest(ARRAY['4', '10', '16']) p
    UNION ALL SELECT 'frequency_agg', '{double precision}', error FROM unnest(ARRAY['0.04', '0.0001', '0.000003']) error
    UNION ALL SELECT 'frequency_weighted_agg', '{bigint,double precision}', 'w, ' || error
FROM unnest(ARRAY['0.04', '0.000003']) error
    UNION ALL SELECT aggregate, '{integer}', k FROM unnest(ARRAY['topk_agg', 'approx_top_k']) aggregate,
    unnest(ARRAY['1', '20', '100000']) k
    UNION ALL SELECT 'topk_weighted_agg', '{bigint,integer}', 'w, ' || k FROM unnest(ARRAY['1', '100000']) k
    UNION ALL SELECT 'membership_agg', '{bigint}', size
FROM unnest(ARRAY['1', '20', '26', '27', '43', '78', '5000']) size
    UNION ALL SELECT 'membership_agg', '{bigint,double precision}', size || ', ' || rate
FROM unnest(ARRAY['1', '20', '26', '27', '43', '78']) size, unnest(ARRAY['0.5', '0.1', '0.01', '0.00001']) rate;
CREATE TABLE combinations AS
SELECT row_number() OVER (ORDER BY proname, f.types::text, item, arguments)::int AS id, f.oid AS function,
       proname AS aggregate, f.types AS argument_types, kind, aggtransfn, aggfinalfn,
       aggtranstype::regtype AS state_type, prorettype::regtype AS result_type,
       format('%s(%s)', proname, concat_ws(', ', item, nullif(arguments, ''))) AS call,
       concat_ws(', ', item, nullif(arguments, '')) AS arguments
FROM functions f JOIN pg_aggregate a ON a.aggfnoid = f.oid JOIN items ON items.type = f.types[0]
     AND (item <> 'x' OR aggtranstype = 'quantile_sketch'::regtype) JOIN parameters p ON p.aggregate = f.proname
     AND p.types = f.types[1:]::regtype[];
SELECT count(*) AS combinations, count(DISTINCT aggregate) AS aggregates FROM combinations;
-- aggregates that have no line above, and are not others over again for one more type of items or under one more name
SELECT a.aggfnoid::regprocedure AS lacks_parameters FROM pg_aggregate a JOIN functions f ON f.oid = a.aggfnoid
WHERE NOT EXISTS (
    SELECT FROM combinations c JOIN pg_aggregate b ON b.aggfnoid = c.function
    WHERE c.argument_types[1:] = f.types[1:]
      AND (a.aggfinalfn, a.aggcombinefn, a.aggtranstype, a.agginitval, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
        IS NOT DISTINCT FROM (b.aggfinalfn, b.aggcombinefn, b.aggtranstype, b.agginitval, b.aggmtransfn,
                              b.aggminvtransfn, b.aggmfinalfn)
        AND (SELECT prosrc FROM pg_proc WHERE oid = a.aggtransfn) = (SELECT prosrc FROM pg_proc
            WHERE oid = b.aggtransfn));

-- ---- the serial plan ------------------------------------------------------------------------------------------------
SET max_parallel_workers_per_gather = 0;
SET work_mem = '64MB';
CREATE TABLE expected (combination int, g int, result text, exact boolean DEFAULT true, PRIMARY KEY (combination, g));
SELECT format('INSERT INTO expected SELECT %s, g, r::text FROM (SELECT g, %s AS r FROM events GROUP BY g UNION ALL '
              'SELECT -1, %2$s FROM events) t', id, call) FROM combinations ORDER BY id \gexec
-- many groups, for a plan that spills: they are numbered from 20000 on
SELECT format('INSERT INTO expected SELECT %s, g, r::text FROM (SELECT 20000 + id %% 200 AS g, %s AS r FROM events '
              'WHERE id < 1000 GROUP BY 1) t', id, call) FROM combinations ORDER BY id \gexec

-- The bytes of a topk_sketch with more different values than counters may depend on the plan, its bounds hold all the
-- same.
CREATE FUNCTION bounds_hold(s topk_sketch, of_group int, of_kind text, weighted boolean) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT total_count(s) = sum(count) AND (sketch_info(s)->>'error')::bigint <=
    sum(count) / (2 * (sketch_info(s)->>'k')::int + 21)
           AND bool_and(CASE WHEN lower IS NULL THEN count <= (sketch_info(s)->>'error')::bigint
                        ELSE count BETWEEN lower AND upper AND upper - lower <= (sketch_info(s)->>'error')::bigint END)
    FROM (SELECT item, CASE WHEN weighted THEN weight ELSE rows END AS count FROM truth WHERE g = of_group
        AND kind = of_kind) counts FULL
        JOIN jsonb_to_recordset(s::jsonb->'items') AS kept (item text, lower bigint, upper bigint) USING (item)
$$;
CREATE FUNCTION bounds_hold(list jsonb, of_group int, of_kind text, weighted boolean) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(bool_and(lower <= estimate AND estimate <= upper
                             AND coalesce((SELECT rows FROM truth WHERE g = of_group AND kind = of_kind
                                 AND truth.item = listed.item), 0) BETWEEN lower AND upper), true)
    FROM jsonb_to_recordset(list) listed (item text, estimate bigint, lower bigint, upper bigint)
$$;
SELECT format($$UPDATE expected SET exact = %s FROM combinations c
              WHERE c.id = combination AND c.result_type = %L::regtype AND c.state_type = 'topk_sketch'::regtype
                  AND g < 20000$$,
    CASE type WHEN 'jsonb'
    THEN '(SELECT count(*) FROM truth t WHERE t.g = expected.g AND t.kind = c.kind) = jsonb_array_length(result::jsonb)'
              ELSE $$(sketch_info(result::topk_sketch)->>'mode' = 'exact')$$ END, type)
              FROM unnest(ARRAY['jsonb', 'topk_sketch']) type \gexec
ANALYZE expected, combinations;
SELECT count(*) AS results, count(*) FILTER (WHERE result IS NULL) AS nulls,
       count(*) FILTER (WHERE NOT exact) AS bounds_only FROM expected;

-- ---- every plan -----------------------------------------------------------------------------------------------------
CREATE TABLE plans (plan text, combinations bigint, as_wished boolean, compared bigint, wrong bigint, error text);
-- Runs a query that gives g and an array of results, {calls}, and compares them with what is expected: all combinations
-- of an aggregate at once, and one by one where that fails. The plan must have a part that is like `shape`.
CREATE FUNCTION compare_plan(plan text, query text, shape text, options text DEFAULT 'COSTS off',
                             ids int[] DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE own text; line text; lines text := ''; compared bigint; wrong bigint;
BEGIN
    IF ids IS NULL THEN
        PERFORM compare_plan(plan, query, shape, options, array_agg(id ORDER BY id)) FROM combinations
        GROUP BY aggregate ORDER BY aggregate;
        RETURN;
    END IF;
    SELECT replace(query, '{calls}',
                   string_agg(call || CASE WHEN query ~ 'WINDOW w' THEN ' OVER w' ELSE '' END || '::text', ', '
                              ORDER BY id)) INTO own FROM combinations WHERE id = ANY (ids);
    own := format($q$
        SELECT count(*), count(*)
               FILTER (WHERE NOT coalesce(e.combination IS NOT NULL
                                          AND (u.result IS NOT DISTINCT FROM e.result OR CASE WHEN exact THEN false
            WHEN result_type = 'jsonb'::regtype THEN bounds_hold(u.result::jsonb, q.g, kind, aggregate ~ 'weighted')
            ELSE bounds_hold(u.result::topk_sketch, q.g, kind, aggregate ~ 'weighted') END), false))
        FROM (SELECT * FROM (%s) q OFFSET 0) q CROSS JOIN LATERAL unnest(%L::int[], results) u (id, result)
        JOIN combinations c USING (id) LEFT JOIN expected e ON e.combination = id AND e.g = q.g$q$, own, ids);
    FOR line IN EXECUTE format('EXPLAIN (%s) %s', options, own) LOOP lines := lines || E'\n' || line; END LOOP;
    EXECUTE own INTO compared, wrong;
    IF wrong > 0 AND array_length(ids, 1) > 1 THEN RAISE 'one of many is wrong'; END IF;
    INSERT INTO plans SELECT plan, array_length(ids, 1), lines ~ shape, compared, wrong, CASE WHEN wrong > 0
                             THEN left(call, 60) || ': differs' END FROM combinations WHERE id = ids[1];
EXCEPTION WHEN OTHERS THEN
    IF array_length(ids, 1) > 1 THEN PERFORM compare_plan(plan, query, shape, options, ARRAY[id]) FROM unnest(ids) id;
    ELSE INSERT INTO plans SELECT plan, 1, lines ~ shape, 0, 0, left(call, 60) || ': ' || SQLERRM
    FROM combinations WHERE id = ids[1];
    END IF;
END $$;
-- so that plans with combine functions are chosen for so few rows
CREATE TABLE costs AS SELECT DISTINCT aggcombinefn::regprocedure AS function, p.procost FROM pg_aggregate a
JOIN functions f ON f.oid = aggfnoid JOIN pg_proc p ON p.oid = aggcombinefn;
SELECT format('ALTER FUNCTION %s COST 1', function) FROM costs \gexec
\set groups 'SELECT g, ARRAY[{calls}] AS results FROM events GROUP BY g'
SET enable_hashagg = off;
SELECT compare_plan('sorted', :'groups', 'GroupAggregate.*Sort') \gset
SET jit = on; -- where the server has it
SET jit_above_cost = 0;
SELECT compare_plan('sorted, compiled', :'groups', 'GroupAggregate.*Sort') \gset
SET jit = off;
SELECT compare_plan('grouping sets, sorted',
                    'SELECT coalesce(g, -1) AS g, ARRAY[{calls}] AS results FROM events GROUP BY ROLLUP (g)',
                    'GroupAggregate.*Group Key.*Sort') \gset
RESET enable_hashagg;
SELECT compare_plan('window',
                    'SELECT DISTINCT ON (g) g, ARRAY[{calls}] AS results FROM events WHERE g <= 300 '
                    'WINDOW w AS (PARTITION BY g ORDER BY id) ORDER BY g, id DESC', 'WindowAgg') \gset
SET enable_sort = off;
SELECT compare_plan('grouping sets, hashed',
                    'SELECT coalesce(g, -1) AS g, ARRAY[{calls}] AS results FROM events GROUP BY ROLLUP (g)',
                    'MixedAggregate') \gset
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT compare_plan('hashed, spilled',
                    'SELECT 20000 + id::int % 200 AS g, ARRAY[{calls}] AS results FROM events WHERE id < 1000 '
                    'GROUP BY 1', 'Batches: ([2-9]|[1-9][0-9])', 'ANALYZE, COSTS off, TIMING off') \gset
SET work_mem = '64MB';
SET enable_partitionwise_aggregate = on;
SELECT compare_plan('partition-wise', :'groups', 'Finalize HashAggregate.*Append.*Partial HashAggregate') \gset
RESET enable_sort;
SELECT compare_plan('partition-wise, states are sorted', :'groups',
                    'Finalize GroupAggregate.*Sort.*Append.*Partial HashAggregate') \gset
SET enable_hashagg = off;
SELECT compare_plan('partition-wise, merged', :'groups',
                    'Finalize GroupAggregate.*Merge Append.*Partial GroupAggregate') \gset
RESET enable_hashagg;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SELECT compare_plan('parallel, partition-wise', :'groups', 'Gather.*Parallel Append.*Partial') \gset
RESET enable_partitionwise_aggregate;
SELECT compare_plan('parallel, one group', 'SELECT -1 AS g, ARRAY[{calls}] AS results FROM events',
                    'Finalize Aggregate.*Gather.*Launched: [12].*Partial Aggregate',
                    'ANALYZE, COSTS off, TIMING off') \gset
SELECT compare_plan('parallel, hashed', :'groups', 'Finalize.*Gather.*Partial HashAggregate') \gset
SET enable_hashagg = off;
SELECT compare_plan('parallel, sorted', :'groups',
                    'Finalize GroupAggregate.*Gather Merge.*Partial GroupAggregate') \gset
RESET enable_hashagg;
RESET parallel_leader_participation;
SELECT format('ALTER FUNCTION %s COST %s', function, procost) FROM costs \gexec
SET max_parallel_workers_per_gather = 0;
SELECT plan, sum(combinations) AS combinations, bool_and(as_wished) AS as_wished, sum(compared) AS compared,
       count(error) AS wrong FROM plans GROUP BY plan ORDER BY plan;
SELECT plan, error FROM plans WHERE error IS NOT NULL ORDER BY 1, 2;

-- ---- every form -----------------------------------------------------------------------------------------------------
-- Each state as a work form, as an aggregate of one's own without a final function leaves it, and packed, in columns
-- that are laid out in different ways. A filler makes a row so long that everything else leaves it.
SELECT format('CREATE TABLE states (combination int, g int, is_work boolean, form text, filler text, %s) PARTITION BY '
              'LIST (form)', string_agg(format('%I %1$s', type), ', ' ORDER BY type::text)) FROM sketches \gexec
CREATE TABLE layouts (form text, storage text, filler int,
                      columns text DEFAULT 'combination int, g int, %s, is_work boolean, form text, filler text');
INSERT INTO layouts VALUES ('aligned', 'external', 0), ('unaligned', 'external', 0), ('out of line', 'external', 3000),
    ('compressed', 'main', 3000),
    ('compressed, out of line', 'extended', 3000), ('text', 'external', 0), ('bytea', 'external', 0),
    ('binary copy', 'external', 0);
UPDATE layouts SET columns = 'combination int, %s, g int, is_work boolean, form text, filler text'
WHERE form = 'unaligned';
SELECT format('CREATE TABLE %I (%s) WITH (toast_tuple_target = %s)', 'states, ' || form,
              format(columns, (SELECT string_agg(format('%I %1$s', type), ', ' ORDER BY type::text) FROM sketches)),
              CASE filler WHEN 0 THEN 8160 ELSE 128 END),
       (SELECT string_agg(format('ALTER TABLE %I ALTER %I SET STORAGE %s', 'states, ' || form, type, storage), ';')
        FROM sketches), format('ALTER TABLE %I ALTER filler SET STORAGE plain', 'states, ' || form),
       format('ALTER TABLE states ATTACH PARTITION %I FOR VALUES IN (%L)', 'states, ' || form, form) FROM layouts \gexec
CREATE INDEX ON states (combination, g);
SELECT format('CREATE AGGREGATE unpacked_%s(%s) (SFUNC = %s, STYPE = %s)', id, array_to_string(argument_types, ', '),
              aggtransfn, state_type),
       format('INSERT INTO states (combination, g, is_work, form, filler, %s) SELECT %s, g, true, ''aligned'', '''', '
              'unpacked_%2$s(%s) FROM events WHERE g > 0 GROUP BY g', state_type, id, arguments)
              FROM combinations ORDER BY id \gexec
SELECT string_agg(type::text, ', ' ORDER BY type::text) AS columns, string_agg(format('%I::bytea::%1$s', type), ', '
    ORDER BY type::text) AS through_bytea, string_agg(format('%I::text::%1$s', type), ', '
                                                      ORDER BY type::text) AS through_text,
       string_agg(format('pg_column_size(%I)', type), ', ' ORDER BY type::text) AS sizes,
       string_agg(format('pg_column_compression(%I)', type), ', ' ORDER BY type::text) AS compressions
       FROM sketches \gset

INSERT INTO states SELECT combination, g, false, f, '', :through_bytea FROM states, unnest(ARRAY['aligned', 'bytea']) f
WHERE is_work;
INSERT INTO states SELECT combination, g, false, 'text', '', :through_text FROM states WHERE is_work;
CREATE VIEW to_copy AS SELECT combination, g, false AS is_work, 'binary copy' AS form, '' AS filler, :columns
FROM states WHERE form = 'aligned' AND is_work;
\copy (SELECT * FROM to_copy) TO 'results/every_way.bin' (FORMAT binary)
\copy states FROM 'results/every_way.bin' (FORMAT binary)
INSERT INTO states SELECT combination, g, is_work, layouts.form, repeat('-', filler), :columns
FROM (SELECT combination, g, is_work, :columns FROM states WHERE form = 'aligned') s, layouts
WHERE layouts.form NOT IN ('aligned', 'text', 'bytea', 'binary copy');
ANALYZE states;
-- they are what they are called
CREATE FUNCTION toasted(form text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE result bigint;
BEGIN
    EXECUTE format('SELECT count(DISTINCT chunk_id) FROM %s', (SELECT reltoastrelid::regclass FROM pg_class
                                                               WHERE oid = format('%I',
                                                                   'states, ' || form)::regclass)) INTO result;
    RETURN result;
END $$;
SELECT form, count(*) FILTER (WHERE is_work) AS work, count(*) FILTER (WHERE NOT is_work) AS packed,
       count(*) FILTER (WHERE is_work AND size < 127) > 50 AS short_work,
       count(*) FILTER (WHERE NOT is_work AND size < 127) > 50 AS short_packed,
       count(*) FILTER (WHERE size > 130 AND (size <= 2000 OR form IN ('aligned', 'unaligned'))) > 50 AS long,
       toasted(form) > 200 AS out_of_line, count(*) FILTER (WHERE compression IS NOT NULL) > 200 AS compressed
FROM (SELECT form, is_work, coalesce(:sizes) AS size, coalesce(:compressions) AS compression FROM states) s
GROUP BY form ORDER BY form;

-- ANALYZE copies none of them into pg_statistic
SELECT count(*) AS analyzed, bool_and(null_frac > 0 AND avg_width > 0) AS width_known,
       bool_or(most_common_vals IS NOT NULL OR histogram_bounds IS NOT NULL OR correlation IS NOT NULL) AS copied
FROM pg_stats WHERE schemaname = 'every_way' AND tablename = 'states, out of line'
    AND attname IN (SELECT type::text FROM sketches);

-- the final function of each
CREATE TABLE finals (combination int, form text, is_work boolean, compared bigint, wrong bigint);
SELECT format('INSERT INTO finals SELECT combination, form, is_work, count(*), count(*) FILTER (WHERE %s(%I)::text IS '
              'DISTINCT FROM result) FROM states JOIN expected USING (combination, g) WHERE combination = %s '
              'GROUP BY 1, 2, 3', aggfinalfn, state_type, id)
FROM combinations ORDER BY id \gexec
SELECT form, is_work, sum(compared) AS compared, sum(wrong) AS wrong FROM finals
GROUP BY form, is_work ORDER BY form, is_work;
SELECT form, is_work, left(call, 60) AS call, wrong FROM finals JOIN combinations ON id = combination
WHERE wrong > 0 ORDER BY 1, 2, 3;

-- ---- every function that takes a sketch: the same answer for each form ----------------------------------------------
CREATE TABLE recipes (type regtype, kind text, value text);
INSERT INTO recipes SELECT type::regtype, kind, value
FROM (VALUES ('double precision[]', '''{0.001}''::float8[]'), ('integer', '5'), ('bigint', '7'),
             ('timestamptz', '''2026-01-01''::timestamptz'), ('jsonb', '''{"a": "b"}''::jsonb')) any_kind (type, value),
     unnest(ARRAY['number', 'text', 'float']) kind
    UNION ALL VALUES ('double precision'::regtype, 'float', '0.5'), ('double precision', 'number', '0.03'),
    ('double precision', 'text', '0.03'), ('text', 'number', '''7'''), ('anyelement', 'number', '7::bigint'),
    ('text', 'text', '''value 3'''), ('anyelement', 'text', '''value 3''::text');
-- what lies above another argument of the same type, and the name of a metric
CREATE TABLE recipes_by_name (name text, value text);
INSERT INTO recipes_by_name VALUES ('high', '0.9'), ('name', '''latency''');
-- {a} is a sketch in any form, {p} the packed one; of functions with two, the one, the other, and both are in that
-- form.
CREATE TABLE calls AS
SELECT row_number() OVER (ORDER BY f.oid::regprocedure::text, kind, variant) AS id, f.oid AS function,
       prosrc || '/' || pronargs AS prosrc, type, kind, prorettype::regtype AS result_type, complete,
       format(CASE WHEN proretset THEN 'ARRAY(SELECT r::text FROM %s(%s) r)::text' WHEN proname = 'sketch_info'
              THEN '(%s(%s) - ''form'' - ''bytes'')::text' ELSE '%s(%s)::text' END, proname, arguments) AS call
FROM functions f CROSS JOIN LATERAL (SELECT DISTINCT type FROM sketches WHERE type = ANY (f.types)) s
JOIN (SELECT DISTINCT state_type AS type, kind FROM combinations) k USING (type) CROSS
JOIN unnest(ARRAY['aa', 'ap', 'pa']) variant
CROSS JOIN LATERAL (
    SELECT string_agg(CASE WHEN a.type = s.type THEN '{' || substr(variant, nth::int, 1) || '}'
                      ELSE coalesce(b.value, r.value) END, ', ' ORDER BY place) AS arguments,
           bool_and(a.type = s.type OR coalesce(b.value, r.value) IS NOT NULL) AS complete,
           count(*) FILTER (WHERE a.type = s.type) AS of_this_type
    FROM (SELECT u.type, place, count(*) FILTER (WHERE u.type = s.type) OVER (ORDER BY place) AS nth
          FROM unnest(f.types) WITH ORDINALITY u (type, place)) a LEFT JOIN recipes r ON r.type = a.type
          AND r.kind = k.kind LEFT JOIN recipes_by_name b ON b.name = f.proargnames[place]) t
WHERE prokind = 'f' AND (variant = 'aa' OR of_this_type = 2)
    -- of transition functions those for items of the same kind
    AND (prosrc !~ '_trans$' OR kind = 'float' OR types[1] IN (SELECT type FROM sketches)
         OR types[1] = ANY (ARRAY['anyelement', CASE kind WHEN 'text' THEN 'text' ELSE 'bigint' END]::regtype[]));
-- functions without a recipe, but those that are others over again for one more type of items
SELECT function::regprocedure AS lacks_recipe FROM calls GROUP BY function, prosrc HAVING NOT bool_or(complete)
    AND NOT EXISTS (SELECT FROM calls c WHERE c.complete AND c.prosrc = calls.prosrc);

CREATE FUNCTION attempt(call text, a anyelement, p anyelement) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
    EXECUTE 'SELECT ' || replace(replace(call, '{a}', '$1'), '{p}', '$2') INTO result USING a, p;
    RETURN result;
EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE || ': ' || SQLERRM;
END $$;
-- A work form of a topk_sketch has more values than are packed: what is added to it or merged with it may be better.
CREATE FUNCTION is_like(a text, b text) RETURNS boolean LANGUAGE sql AS $$
    SELECT total_count(a::topk_sketch) = total_count(b::topk_sketch)
           AND bool_and(info->>'mode' = 'counters'
                        AND (info->>'error')::bigint <= (info->>'total_count')::bigint / (2 * (info->>'k')::int + 21))
    FROM (VALUES (sketch_info(a::topk_sketch)), (sketch_info(b::topk_sketch))) s (info)
$$;
CREATE TABLE answers (call bigint, compared bigint, wrong bigint, errors bigint);
CREATE FUNCTION compare_call(c calls) RETURNS void LANGUAGE plpgsql AS $$
DECLARE with_p text := replace(c.call, '{a}', '{p}');
    query text := $q$
        WITH p AS MATERIALIZED (SELECT combination, g, s, %1$s AS wanted
                                FROM (SELECT combination, g, %2$I AS s FROM states
                                      JOIN combinations ON id = combination WHERE form = 'aligned' AND NOT is_work
                                      AND kind = %3$L AND %2$I IS NOT NULL AND length(%2$I::bytea) < 4000) p)
        SELECT %4$s, count(*), count(*) FILTER (WHERE NOT CASE WHEN result IS NOT DISTINCT FROM wanted THEN true %5$s
                                                ELSE false END), count(*) FILTER (WHERE result LIKE 'ERROR%%')
        FROM (SELECT %6$s AS result, wanted FROM states a JOIN p USING (combination, g) OFFSET 0) r$q$;
    alike text := CASE WHEN c.result_type = 'topk_sketch'::regtype
    THEN $q$WHEN result LIKE '\\x%' AND wanted LIKE '\\x%' THEN is_like(result, wanted)$q$ END;
BEGIN
    EXECUTE format('INSERT INTO answers ' || query, replace(with_p, '{p}', 'p.s'), c.type, c.kind, c.id, alike,
                   replace(replace(c.call, '{a}', format('a.%I', c.type)), '{p}', 'p.s'));
EXCEPTION WHEN OTHERS THEN
    EXECUTE format('INSERT INTO answers ' || query, format('attempt(%L, p.s, p.s)', with_p), c.type, c.kind, c.id,
                   alike, format('attempt(%L, a.%I, p.s)', c.call, c.type));
END $$;
SELECT count(compare_call(c)) FROM calls c WHERE complete \gset
SELECT type, count(DISTINCT prosrc) AS functions, sum(compared) AS compared, sum(errors) AS errors, sum(wrong) AS wrong
FROM answers JOIN calls ON id = answers.call GROUP BY type ORDER BY type::text;
SELECT calls.call, kind, compared, wrong, errors FROM answers JOIN calls ON id = answers.call
WHERE wrong > 0 ORDER BY 1, 2;
-- functions that gave nothing but errors
SELECT prosrc FROM answers JOIN calls ON id = answers.call GROUP BY prosrc HAVING sum(compared) = sum(errors)
ORDER BY prosrc;
DROP SCHEMA every_way CASCADE;
