-- Every public function as drivers call it that send values without their types: each argument but the sketches is a
-- literal or a parameter without a type. Generated from the catalog: what a new function resolves to shows here, and
-- what cannot resolve must have its reason below.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE TABLE sketches AS
SELECT quantile_agg(i) AS quantile_sketch, distinct_agg(i) AS distinct_sketch, frequency_agg(i) AS frequency_sketch,
       topk_agg(i, 100) AS topk_sketch, membership_agg(i, 100) AS membership_sketch
FROM (SELECT i % 20 AS i FROM generate_series(1, 100) i UNION ALL SELECT 7 FROM generate_series(1, 50)) rows;

CREATE TABLE reasons (shape text, reason text);
INSERT INTO reasons VALUES
    ('top_k($1, topk_sketch)', 'the first argument is there to tell a type: NULL::bigint'),
    ('top_k($1, topk_sketch, $2)', 'the first argument is there to tell a type: NULL::bigint'),
    ('heavy_hitters($1, topk_sketch, $2)', 'the first argument is there to tell a type: NULL::bigint'),
    ('percentile_sketch($1, $2)', 'a number or an array? The values of a column have a type, and then it is a number'),
    ('approx_percentile($1, $2)', 'a number or an array? The values of a column have a type, and then it is a number'),
    ('percentile_sketch(''7''::double precision, $1)', 'an array wants its type: $1::float8[]'),
    ('approx_percentile(''7''::double precision, $1)', 'an array wants its type: $1::float8[]');

-- What belongs to a type, an aggregate, an operator, an operator class or a cast is not public.
CREATE TABLE calls AS
WITH members AS (SELECT classid, objid FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
                 WHERE extname = 'sketch_ext' AND refclassid = 'pg_extension'::regclass AND deptype = 'e'),
parts AS (SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend, typanalyze]::oid[]) AS oid FROM pg_type
          JOIN members ON classid = 'pg_type'::regclass AND objid = oid
          UNION SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggmtransfn, aggminvtransfn,
                              aggmfinalfn]::oid[]) FROM pg_aggregate JOIN members ON classid = 'pg_proc'::regclass
                              AND objid = aggfnoid
          UNION SELECT oprcode FROM pg_operator JOIN members ON classid = 'pg_operator'::regclass AND objid = oid
          UNION SELECT amproc FROM pg_amproc UNION SELECT castfunc FROM pg_cast),
arguments AS (
    SELECT p.oid, proname, prokind, n, a.type, a.type::text LIKE '%\_sketch' AS is_sketch,
           -- by type, but what is counted is the number 7 in all of them
           CASE WHEN proargnames[n] = 'x' AND a.type <> 'float8[]'::regtype THEN '7' WHEN proargnames[n] = 'high'
           THEN '0.9' WHEN a.type = 'float8'::regtype THEN '0.03' WHEN a.type = 'float8[]'::regtype
           THEN '{0.03,0.9}' WHEN a.type = 'timestamptz'::regtype THEN '2026-01-01' WHEN a.type = 'jsonb'::regtype
           THEN '{}' WHEN proargnames[n] = 'frequent_items' THEN '\x01010a0603050000'
           WHEN a.type = 'bytea'::regtype THEN '\x' ELSE '7' END AS literal
    FROM pg_proc p JOIN members ON classid = 'pg_proc'::regclass AND objid = p.oid,
         unnest(proargtypes::oid[]::regtype[]) WITH ORDINALITY AS a(type, n)
         WHERE p.oid NOT IN (SELECT oid FROM parts)),
-- of an aggregate the first argument is a literal, too, or a column
ways AS (SELECT a.*, false AS of_column FROM arguments a UNION ALL SELECT a.*, true FROM arguments a
         WHERE prokind = 'a' AND oid IN (SELECT oid FROM arguments WHERE n = 2)
                             AND oid IN (SELECT oid FROM arguments
                                         WHERE n = 1 AND type IN ('float8'::regtype,
                                             'bigint'::regtype, 'text'::regtype))),
numbered AS (SELECT w.*, NOT is_sketch AND NOT (of_column AND n = 1) AS is_untyped,
                    count(*) FILTER (WHERE NOT is_sketch AND NOT (of_column AND n = 1)) OVER (PARTITION BY oid,
                        of_column ORDER BY n) AS number FROM ways w)
SELECT oid, prokind, of_column,
       format('%s(%s)', proname,
              string_agg(CASE WHEN is_sketch THEN type::text WHEN is_untyped THEN '$' || number
                         ELSE format('%L::%s', literal, type) END, ', ' ORDER BY n)) AS shape,
       format('%s(%s)', proname,
              string_agg(CASE WHEN is_sketch THEN type::text WHEN is_untyped THEN quote_literal(literal)
                         ELSE format('%L::%s', literal, type) END, ', ' ORDER BY n)) AS untyped,
       format('%s(%s)', proname,
              string_agg(CASE WHEN is_sketch THEN type::text
                         ELSE format('%L::%s', literal, CASE type WHEN 'anyelement'::regtype THEN 'int' ELSE type END)
                         END, ', ' ORDER BY n)) AS typed,
       string_agg(quote_literal(literal), ', ' ORDER BY n) FILTER (WHERE is_untyped) AS literals
FROM numbered GROUP BY oid, prokind, proname, of_column HAVING bool_or(is_untyped);

CREATE FUNCTION query(prokind "char", call text) RETURNS text LANGUAGE sql AS $$
    SELECT format(CASE prokind WHEN 'a' THEN 'SELECT (%s)::text FROM generate_series(1, 3)'
                  ELSE 'SELECT string_agg(r::text, '' '') FROM sketches, LATERAL %s r' END, call)
$$;
CREATE FUNCTION try(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
    EXECUTE query INTO result;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN 'ERROR ' || SQLSTATE;
END $$;
-- The types that parameters get, and what the call gives.
CREATE FUNCTION try_parameters(prokind "char", shape text, literals text, OUT types text, OUT result text)
    LANGUAGE plpgsql AS $$
BEGIN
    DEALLOCATE ALL;
    EXECUTE 'PREPARE call AS ' || query(prokind, shape);
    SELECT parameter_types::text INTO types FROM pg_prepared_statements WHERE name = 'call';
    EXECUTE format('EXECUTE call(%s)', literals) INTO result;
EXCEPTION WHEN OTHERS THEN
    result := 'ERROR ' || SQLSTATE;
END $$;

-- Right is what a call with types gives, of the function or of one that differs in types only.
CREATE TABLE outcomes AS
SELECT shape, literals, types, result, untyped_result, bool_or(result = typed_result AND untyped_result = typed_result
                                                               AND typed_result NOT LIKE 'ERROR%') AS is_right
FROM (SELECT shape, literals, try(query(prokind, untyped)) AS untyped_result,
             try(query(prokind, typed)) AS typed_result, p.*
FROM calls, try_parameters(prokind, shape, literals) p) tried
GROUP BY shape, literals, types, result, untyped_result;
SELECT DISTINCT shape COLLATE "C" AS shape, types FROM outcomes WHERE is_right ORDER BY 1;
SELECT shape, literals, result, untyped_result, reason FROM outcomes LEFT JOIN reasons USING (shape) WHERE NOT is_right
ORDER BY shape COLLATE "C", literals COLLATE "C";
SELECT * FROM reasons WHERE shape NOT IN (SELECT shape FROM outcomes WHERE NOT is_right);

-- no function that reads a sketch is overloaded on the type of another argument, but on that of an item and text
SELECT a.oid::regprocedure, b.oid::regprocedure FROM calls a JOIN calls b ON a.shape = b.shape AND a.oid < b.oid
WHERE a.prokind = 'f' AND a.oid::regprocedure::text !~ '(anyelement|text)\)$';

-- the answers themselves: 7 came 55 times, 100 never
PREPARE in_numbers AS SELECT contains(membership_sketch, $1) AS contains, frequency(frequency_sketch, $1) AS frequency,
                             frequency_bounds(frequency_sketch, $1) AS bounds, frequency(topk_sketch, $1) AS topk,
                             percentile(quantile_sketch, $2), percentiles(quantile_sketch, $3) FROM sketches;
EXECUTE in_numbers('7', '0.5', '{0,1}');
EXECUTE in_numbers('7.00', 1, ARRAY[0.5]);
EXECUTE in_numbers('100', '0', '{}');
EXECUTE in_numbers('seven', '0', '{}');
PREPARE more AS SELECT total_count(add(quantile_sketch, $1)), distinct_count(add(distinct_sketch, $2)),
                       frequency(add(frequency_sketch, $2), $2), contains(add(membership_sketch, $2), $2) FROM sketches;
EXECUTE more('7', '7e0');
EXECUTE more(1000, 1000);
DEALLOCATE ALL;
DROP FUNCTION try_parameters, try, query;
DROP TABLE sketches, calls, outcomes, reasons;
