-- topk_sketch: which K occur most? See docs/topk.md.

-- ---- type -----------------------------------------------------------------------------------------------------------

CREATE TYPE topk_sketch;

CREATE FUNCTION topk_sketch_in(cstring) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION topk_sketch_in(cstring) IS 'I/O';
CREATE FUNCTION topk_sketch_out(topk_sketch) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION topk_sketch_out(topk_sketch) IS 'I/O';
CREATE FUNCTION topk_sketch_recv(internal) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION topk_sketch_recv(internal) IS 'I/O';
CREATE FUNCTION topk_sketch_send(topk_sketch) RETURNS bytea
    AS 'MODULE_PATHNAME', 'topk_sketch_to_bytea' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION topk_sketch_send(topk_sketch) IS 'I/O';

-- Entropy-coded already, so nothing is gained by compression.
CREATE TYPE topk_sketch (
    INPUT = topk_sketch_in, OUTPUT = topk_sketch_out,
    RECEIVE = topk_sketch_recv, SEND = topk_sketch_send, ANALYZE = sketch_typanalyze,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE topk_sketch IS 'the most frequent values, with bounds of how often each occurs';

-- ---- build ----------------------------------------------------------------------------------------------------------

-- One overload for each common type, because distributed planners cannot ship polymorphic aggregates; anyelement serves
-- the others. Transition functions are declared as typed: who calls them without an expression has no other way to tell
-- the type. (time has its overload because it casts to interval, and would be ambiguous without.)

CREATE FUNCTION topk_agg_trans(topk_sketch, smallint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, smallint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, integer, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, integer, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, double precision, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, double precision, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, numeric, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, numeric, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, text, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, text, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, bytea, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, bytea, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, uuid, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, uuid, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, timestamp with time zone, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, timestamp with time zone, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, timestamp without time zone, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, timestamp without time zone, integer)
    IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, date, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, date, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, inet, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, inet, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, boolean, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, boolean, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, jsonb, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, jsonb, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, interval, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, interval, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, time without time zone, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, time without time zone, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_agg_trans(topk_sketch, anyelement, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_agg_trans(topk_sketch, anyelement, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, smallint, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, smallint, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, integer, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, integer, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, bigint, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, bigint, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, double precision, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, double precision, bigint, integer)
    IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, numeric, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, numeric, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, text, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, text, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, bytea, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, bytea, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, uuid, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, uuid, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, timestamp with time zone, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, timestamp with time zone, bigint, integer)
    IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, timestamp without time zone, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, timestamp without time zone, bigint, integer)
    IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, date, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, date, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, inet, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, inet, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, boolean, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, boolean, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, jsonb, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, jsonb, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, interval, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, interval, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, time without time zone, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, time without time zone, bigint, integer)
    IS 'aggregate transition function';
CREATE FUNCTION topk_weighted_agg_trans(topk_sketch, anyelement, bigint, integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_weighted_agg_trans(topk_sketch, anyelement, bigint, integer)
    IS 'aggregate transition function';
CREATE FUNCTION topk_merge_trans(topk_sketch, topk_sketch) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION topk_merge_trans(topk_sketch, topk_sketch) IS 'aggregate transition and combine function';
CREATE FUNCTION topk_agg_final(topk_sketch) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION topk_agg_final(topk_sketch) IS 'aggregate final function';

CREATE AGGREGATE topk_agg(x smallint, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(smallint, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x integer, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(integer, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x bigint, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(bigint, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x double precision, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(double precision, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x numeric, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(numeric, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x text, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(text, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x bytea, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(bytea, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x uuid, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(uuid, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x timestamp with time zone, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(timestamp with time zone, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x timestamp without time zone, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(timestamp without time zone, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x date, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(date, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x inet, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(inet, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x boolean, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(boolean, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x jsonb, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(jsonb, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x interval, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(interval, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x time without time zone, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(time without time zone, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';
CREATE AGGREGATE topk_agg(x anyelement, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_agg(anyelement, integer)
    IS 'sketch of the k most frequent values, each count within a (2 k + 21)-th of the rows';

CREATE AGGREGATE topk_weighted_agg(x smallint, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(smallint, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x integer, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(integer, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x bigint, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(bigint, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x double precision, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(double precision, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x numeric, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(numeric, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x text, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(text, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x bytea, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(bytea, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x uuid, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(uuid, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x timestamp with time zone, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(timestamp with time zone, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x timestamp without time zone, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(timestamp without time zone, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x date, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(date, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x inet, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(inet, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x boolean, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(boolean, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x jsonb, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(jsonb, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x interval, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(interval, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x time without time zone, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(time without time zone, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';
CREATE AGGREGATE topk_weighted_agg(x anyelement, weight bigint, k integer) (
    SFUNC = topk_weighted_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE topk_weighted_agg(anyelement, bigint, integer)
    IS 'sketch of the k values with the largest sums of weights';

-- ---- empty, merge, add ----------------------------------------------------------------------------------------------

-- The first value, or the first sketch that is merged in, tells what kind of values it is of.
CREATE FUNCTION topk_empty(k integer) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION topk_empty(integer) IS 'sketch of no rows, to be added to; k 1 to 100000';

CREATE AGGREGATE merge(sketch topk_sketch) (
    SFUNC = topk_merge_trans, STYPE = topk_sketch, SSPACE = 16384,
    FINALFUNC = topk_agg_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE merge(topk_sketch) IS 'the most frequent values of all the sketches';

CREATE FUNCTION merge(a topk_sketch, b topk_sketch) RETURNS topk_sketch
    AS 'MODULE_PATHNAME', 'topk_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION merge(topk_sketch, topk_sketch) IS 'the most frequent values of both sketches; null has none';

-- A literal without a type is text, which is read as a value of the sketch's kind.
CREATE FUNCTION add(sketch topk_sketch, x anyelement) RETURNS topk_sketch
    AS 'MODULE_PATHNAME', 'topk_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION add(topk_sketch, anyelement) IS 'sketch with one more row';
CREATE FUNCTION add(sketch topk_sketch, x text) RETURNS topk_sketch
    AS 'MODULE_PATHNAME', 'topk_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION add(topk_sketch, text) IS 'sketch with one more row';

-- ---- read -----------------------------------------------------------------------------------------------------------

-- Values as text, which depends on settings as DateStyle: so these functions are stable, not immutable. Those with a
-- first argument that tells the type, as NULL::bigint, return values of it.
CREATE FUNCTION top_k(sketch topk_sketch, OUT item text, OUT estimate bigint, OUT lower bigint, OUT upper bigint)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'topk_top_k' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION top_k(topk_sketch) IS 'the most frequent values, with bounds of how often each occurs';
CREATE FUNCTION top_k(sketch topk_sketch, k integer, OUT item text, OUT estimate bigint, OUT lower bigint,
                      OUT upper bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'topk_top_k' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION top_k(topk_sketch, integer) IS 'the k most frequent values, with bounds of how often each occurs';
CREATE FUNCTION heavy_hitters(sketch topk_sketch, fraction double precision, OUT item text, OUT estimate bigint,
                              OUT lower bigint, OUT upper bigint, OUT guaranteed boolean) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'topk_heavy_hitters' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION heavy_hitters(topk_sketch, double precision)
    IS 'every value with at least this fraction of the rows; guaranteed tells those that certainly have it';
CREATE FUNCTION top_k(item_type anyelement, sketch topk_sketch, OUT item anyelement, OUT estimate bigint,
                      OUT lower bigint, OUT upper bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'topk_top_k_typed' LANGUAGE C STABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION top_k(anyelement, topk_sketch)
    IS 'the most frequent values of this type, with bounds of how often each occurs';
CREATE FUNCTION top_k(item_type anyelement, sketch topk_sketch, k integer, OUT item anyelement, OUT estimate bigint,
                      OUT lower bigint, OUT upper bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'topk_top_k_typed' LANGUAGE C STABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION top_k(anyelement, topk_sketch, integer)
    IS 'the k most frequent values of this type, with bounds of how often each occurs';
CREATE FUNCTION heavy_hitters(item_type anyelement, sketch topk_sketch, fraction double precision, OUT item anyelement,
                              OUT estimate bigint, OUT lower bigint, OUT upper bigint, OUT guaranteed boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'topk_heavy_hitters_typed' LANGUAGE C STABLE PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION heavy_hitters(anyelement, topk_sketch, double precision)
    IS 'every value of this type with at least this fraction of the rows; '
       'guaranteed tells those that certainly have it';

-- A literal without a type is text, which is read as a value of the sketch's kind.
CREATE FUNCTION frequency(sketch topk_sketch, x anyelement) RETURNS bigint
    AS 'MODULE_PATHNAME', 'topk_frequency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency(topk_sketch, anyelement)
    IS 'estimated number of rows with this value, 0 if it is not kept';
CREATE FUNCTION frequency(sketch topk_sketch, x text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'topk_frequency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency(topk_sketch, text) IS 'estimated number of rows with this value, 0 if it is not kept';
CREATE FUNCTION frequency_bounds(sketch topk_sketch, x anyelement) RETURNS sketch_count_bounds
    AS 'MODULE_PATHNAME', 'topk_frequency_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_bounds(topk_sketch, anyelement)
    IS 'bounds of the number of rows with this value, both certain';
CREATE FUNCTION frequency_bounds(sketch topk_sketch, x text) RETURNS sketch_count_bounds
    AS 'MODULE_PATHNAME', 'topk_frequency_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_bounds(topk_sketch, text) IS 'bounds of the number of rows with this value, both certain';

CREATE FUNCTION total_count(sketch topk_sketch) RETURNS bigint
    AS 'MODULE_PATHNAME', 'topk_total_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION total_count(topk_sketch) IS 'number of rows, or sum of the weights, exact';

CREATE FUNCTION sketch_info(sketch topk_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'topk_sketch_info' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION sketch_info(topk_sketch) IS 'parameters, counters and size of a sketch';

-- ---- in one step ----------------------------------------------------------------------------------------------------

CREATE FUNCTION approx_top_k_final(topk_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION approx_top_k_final(topk_sketch) IS 'aggregate final function';

CREATE AGGREGATE approx_top_k(x smallint, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(smallint, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x integer, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(integer, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x bigint, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(bigint, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x double precision, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(double precision, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x numeric, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(numeric, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x text, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(text, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x bytea, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(bytea, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x uuid, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(uuid, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x timestamp with time zone, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(timestamp with time zone, integer)
    IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x timestamp without time zone, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(timestamp without time zone, integer)
    IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x date, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(date, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x inet, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(inet, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x boolean, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(boolean, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x jsonb, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(jsonb, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x interval, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(interval, integer) IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x time without time zone, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(time without time zone, integer)
    IS 'the k most frequent values with their counts, as JSON';
CREATE AGGREGATE approx_top_k(x anyelement, k integer) (
    SFUNC = topk_agg_trans, STYPE = topk_sketch, SSPACE = 2048,
    FINALFUNC = approx_top_k_final, COMBINEFUNC = topk_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_top_k(anyelement, integer) IS 'the k most frequent values with their counts, as JSON';

-- ---- casts ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION topk_sketch_from_bytea(bytea) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION topk_sketch_from_bytea(bytea) IS 'sketch from its packed bytes, which are checked';
CREATE FUNCTION topk_sketch_to_bytea(topk_sketch) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION topk_sketch_to_bytea(topk_sketch) IS 'packed bytes of a sketch';
CREATE FUNCTION topk_sketch_to_jsonb(topk_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION topk_sketch_to_jsonb(topk_sketch) IS 'the values and their bounds in JSON, to read';

CREATE CAST (bytea AS topk_sketch) WITH FUNCTION topk_sketch_from_bytea(bytea);
CREATE CAST (topk_sketch AS bytea) WITH FUNCTION topk_sketch_to_bytea(topk_sketch);
CREATE CAST (topk_sketch AS jsonb) WITH FUNCTION topk_sketch_to_jsonb(topk_sketch);

-- ---- comparison: equal bytes are equal items and bounds; the order is arbitrary but fixed ---------------------------

CREATE FUNCTION topk_sketch_eq(topk_sketch, topk_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION topk_sketch_eq(topk_sketch, topk_sketch) IS 'implementation of = operator';
CREATE FUNCTION topk_sketch_ne(topk_sketch, topk_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION topk_sketch_ne(topk_sketch, topk_sketch) IS 'implementation of <> operator';
CREATE FUNCTION topk_sketch_lt(topk_sketch, topk_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION topk_sketch_lt(topk_sketch, topk_sketch) IS 'implementation of < operator';
CREATE FUNCTION topk_sketch_le(topk_sketch, topk_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION topk_sketch_le(topk_sketch, topk_sketch) IS 'implementation of <= operator';
CREATE FUNCTION topk_sketch_gt(topk_sketch, topk_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION topk_sketch_gt(topk_sketch, topk_sketch) IS 'implementation of > operator';
CREATE FUNCTION topk_sketch_ge(topk_sketch, topk_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION topk_sketch_ge(topk_sketch, topk_sketch) IS 'implementation of >= operator';
CREATE FUNCTION topk_sketch_cmp(topk_sketch, topk_sketch) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION topk_sketch_cmp(topk_sketch, topk_sketch) IS 'less-equal-greater';
CREATE FUNCTION topk_sketch_hash(topk_sketch) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION topk_sketch_hash(topk_sketch) IS 'hash';
CREATE FUNCTION topk_sketch_hash_extended(topk_sketch, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION topk_sketch_hash_extended(topk_sketch, bigint) IS 'hash';

CREATE OPERATOR = (
    LEFTARG = topk_sketch, RIGHTARG = topk_sketch, FUNCTION = topk_sketch_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (topk_sketch, topk_sketch) IS 'equal';
CREATE OPERATOR <> (
    LEFTARG = topk_sketch, RIGHTARG = topk_sketch, FUNCTION = topk_sketch_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (topk_sketch, topk_sketch) IS 'not equal';
CREATE OPERATOR < (
    LEFTARG = topk_sketch, RIGHTARG = topk_sketch, FUNCTION = topk_sketch_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (topk_sketch, topk_sketch) IS 'less than, in byte order';
CREATE OPERATOR <= (
    LEFTARG = topk_sketch, RIGHTARG = topk_sketch, FUNCTION = topk_sketch_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (topk_sketch, topk_sketch) IS 'less than or equal, in byte order';
CREATE OPERATOR > (
    LEFTARG = topk_sketch, RIGHTARG = topk_sketch, FUNCTION = topk_sketch_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (topk_sketch, topk_sketch) IS 'greater than, in byte order';
CREATE OPERATOR >= (
    LEFTARG = topk_sketch, RIGHTARG = topk_sketch, FUNCTION = topk_sketch_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (topk_sketch, topk_sketch) IS 'greater than or equal, in byte order';

CREATE OPERATOR CLASS topk_sketch_ops DEFAULT FOR TYPE topk_sketch USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 topk_sketch_cmp(topk_sketch, topk_sketch);
CREATE OPERATOR CLASS topk_sketch_ops DEFAULT FOR TYPE topk_sketch USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 topk_sketch_hash(topk_sketch),
    FUNCTION 2 topk_sketch_hash_extended(topk_sketch, bigint);
