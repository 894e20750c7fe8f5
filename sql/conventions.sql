-- What every family must have, asserted over the catalog: a new family that lacks a part of it fails here.
CREATE VIEW members AS
    SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
    WHERE e.extname = 'sketch_ext' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';
CREATE VIEW sketches AS SELECT t.oid, t.typname FROM pg_type t JOIN members m ON m.objid = t.oid
    AND m.classid = 'pg_type'::regclass WHERE typname LIKE '%\_sketch' AND typelem = 0;
CREATE VIEW functions AS SELECT p.* FROM pg_proc p JOIN members m ON m.objid = p.oid
    AND m.classid = 'pg_proc'::regclass;
SELECT typname, typlen, typalign, typstorage, typreceive::text, typsend::text, typanalyze::text FROM pg_type
WHERE oid IN (SELECT oid FROM sketches) ORDER BY 1;

-- common functions that a type lacks, and what makes an empty sketch
SELECT typname, wanted FROM sketches, unnest(ARRAY['merge', 'add', 'sketch_info']) wanted
WHERE NOT EXISTS (SELECT FROM functions WHERE proname = wanted AND proargtypes[0] = sketches.oid);
SELECT typname FROM sketches
WHERE NOT EXISTS (SELECT FROM functions WHERE proname = replace(typname, '_sketch', '_empty')
                                          AND prorettype = sketches.oid);
SELECT typname FROM sketches
WHERE NOT EXISTS (SELECT FROM functions f WHERE proname = 'merge' AND prokind = 'a' AND proargtypes[0] = sketches.oid);
-- operators and operator classes that a type lacks
SELECT typname, wanted FROM sketches, unnest(ARRAY['=', '<>', '<', '<=', '>', '>=']) wanted
WHERE NOT EXISTS (SELECT FROM pg_operator WHERE oprname = wanted AND oprleft = sketches.oid AND oprright = sketches.oid
                                            AND oprcom <> 0 AND oprnegate <> 0 AND oprrest <> 0 AND oprjoin <> 0);
SELECT typname, amname FROM sketches, pg_am WHERE amname IN ('btree', 'hash')
    AND NOT EXISTS (SELECT FROM pg_opclass WHERE opcintype = sketches.oid AND opcmethod = pg_am.oid AND opcdefault);
SELECT typname FROM sketches WHERE (SELECT count(*) FROM pg_amproc a JOIN pg_opfamily f ON f.oid = amprocfamily
                                    JOIN pg_am ON pg_am.oid = opfmethod
                                    WHERE amname = 'hash' AND amproclefttype = sketches.oid) <> 2;
-- casts: to and from bytea with a function, to jsonb; none is implicit, none without a function
SELECT typname, wanted FROM sketches, unnest(ARRAY['bytea', 'jsonb']) wanted
WHERE NOT EXISTS (SELECT FROM pg_cast WHERE castsource = sketches.oid AND casttarget = wanted::regtype
                                        AND castfunc <> 0 AND castcontext = 'e');
SELECT castsource::regtype, casttarget::regtype FROM pg_cast
WHERE (castsource IN (SELECT oid FROM sketches) OR casttarget IN (SELECT oid FROM sketches))
    AND (castmethod <> 'f' OR castcontext <> 'e');

-- functions: in C, immutable, parallel safe, leak-free of privileges, with a comment; strict but for aggregate support
-- (stable: what shows values as text, by the settings of the session, and what is about the server; not strict: where
-- NULL::type only tells the type, what adds to a sketch, which nothing erases, and what makes an empty or a coarser
-- one, of which no parameter is null; a counter that has no older reading, and a sum that is to be estimated)
SELECT oid::regprocedure FROM functions WHERE prokind = 'f'
    AND (prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c') OR provolatile <> 'i' OR proparallel <> 's'
         OR prosecdef OR proconfig IS NOT NULL)
    AND NOT (provolatile = 's'
             AND (proargnames[1] = 'item_type' OR 'item' = ANY (proargnames)
                  OR proname IN ('topk_sketch_to_jsonb', 'approx_top_k_final',
                                 'sketch_ext_version', 'sketch_typanalyze')));
SELECT oid::regprocedure FROM functions WHERE prokind = 'f' AND NOT proisstrict
    AND proargnames[1] IS DISTINCT FROM 'item_type'
    AND proname NOT IN ('merge', 'add', 'coarsen', 'counter_delta', 'to_prometheus')
    AND proname NOT LIKE '%\_empty'
    AND oid NOT IN (SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggmtransfn, aggminvtransfn,
                                  aggmfinalfn]::oid[]) FROM pg_aggregate WHERE aggfnoid IN (SELECT oid FROM functions));
SELECT oid::regprocedure FROM functions WHERE prokind = 'f' AND proisstrict
    AND (proname IN ('merge', 'add', 'coarsen') OR proname LIKE '%\_empty');
SELECT oid::regprocedure FROM functions WHERE obj_description(oid, 'pg_proc') IS NULL;
-- functions of a sketch of which no cost is stated (sql/install/00-extension.sql): transition functions, and I/O that
-- the planner does not choose
SELECT oid::regprocedure AS lacks_cost FROM functions WHERE prokind = 'f' AND procost = 1
    AND proargtypes::oid[] && ARRAY(SELECT oid FROM sketches)
    AND proname !~ '_trans$|_inverse$|_(out|send)$';
SELECT o.oid::regoperator FROM pg_operator o JOIN members m ON m.objid = o.oid AND m.classid = 'pg_operator'::regclass
WHERE obj_description(o.oid, 'pg_operator') IS NULL;
SELECT typname FROM pg_type t JOIN members m ON m.objid = t.oid AND m.classid = 'pg_type'::regclass
WHERE typelem = 0 AND obj_description(t.oid, 'pg_type') IS NULL;
-- bounds have a type of their own: no function returns one row of no type; rows have the columns that are wanted
SELECT oid::regprocedure FROM functions WHERE prorettype = 'record'::regtype AND NOT proretset;
SELECT oid::regprocedure, prorettype::regtype FROM functions WHERE proname LIKE '%\_bounds'
    AND prorettype NOT IN ('sketch_bounds'::regtype, 'sketch_count_bounds'::regtype);
SELECT typname, attname, atttypid::regtype, col_description(attrelid, attnum) FROM pg_type t
JOIN pg_attribute a ON attrelid = typrelid AND attnum > 0 WHERE typname IN ('sketch_bounds', 'sketch_count_bounds')
ORDER BY typname, attnum;
-- aggregates: parallel safe, combinable, their state is the sketch type itself (no internal, no serialize functions),
-- read-only final functions, a stated state size
SELECT a.aggfnoid::regprocedure FROM pg_aggregate a JOIN functions f ON f.oid = a.aggfnoid
WHERE f.proparallel <> 's' OR aggcombinefn = 0 OR aggtranstype NOT IN (SELECT oid FROM sketches) OR aggserialfn <> 0
  OR aggfinalmodify <> 'r' OR aggtransspace = 0
   OR aggfinalfn = 0 OR (aggmtransfn <> 0 AND (aggminvtransfn = 0 OR aggmfinalmodify <> 'r' OR aggmtransspace = 0));

-- aggregates and functions over items: what takes anyelement has an overload for text, too; an aggregate for each
-- common type
SELECT f.oid::regprocedure AS polymorphic, wanted
FROM functions f, unnest(ARRAY['smallint', 'integer', 'bigint', 'double precision', 'numeric', 'text', 'bytea', 'uuid',
                         'timestamptz', 'timestamp', 'date', 'inet', 'boolean', 'jsonb', 'interval',
                         'time']::regtype[]) wanted
WHERE 'anyelement'::regtype = ANY (proargtypes::oid[]) AND proargnames[1] IS DISTINCT FROM 'item_type'
    AND (prokind = 'a' OR wanted = 'text'::regtype OR proname LIKE '%trans')
    AND NOT EXISTS (SELECT FROM functions g WHERE g.proname = f.proname
                                              AND g.proargtypes::oid[] =
                                              array_replace(f.proargtypes::oid[], 'anyelement'::regtype, wanted::oid));

-- nothing is created outside of the extension's schema; no function is security definer; it can be moved
SELECT extname, extrelocatable FROM pg_extension WHERE extname = 'sketch_ext';
CREATE SCHEMA elsewhere;
ALTER EXTENSION sketch_ext SET SCHEMA elsewhere;
SELECT elsewhere.percentile(elsewhere.merge(s), 0.5)
FROM (SELECT elsewhere.quantile_agg(x) AS s FROM generate_series(1, 9) x) t;
ALTER EXTENSION sketch_ext SET SCHEMA public;
DROP SCHEMA elsewhere;

-- the whole surface, so that a change of it shows in review
SELECT oid::regprocedure AS function, CASE prokind WHEN 'a' THEN 'aggregate' ELSE CASE WHEN proretset THEN 'setof '
       ELSE '' END || prorettype::regtype::text END AS kind
FROM functions ORDER BY prokind, oid::regprocedure::text COLLATE "C";
DROP VIEW functions, sketches, members;
