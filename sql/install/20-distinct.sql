-- distinct_sketch: how many different users? See docs/distinct.md.

-- ---- type -----------------------------------------------------------------------------------------------------------

CREATE TYPE distinct_sketch;

CREATE FUNCTION distinct_sketch_in(cstring) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distinct_sketch_in(cstring) IS 'I/O';
CREATE FUNCTION distinct_sketch_out(distinct_sketch) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distinct_sketch_out(distinct_sketch) IS 'I/O';
CREATE FUNCTION distinct_sketch_recv(internal) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distinct_sketch_recv(internal) IS 'I/O';
CREATE FUNCTION distinct_sketch_send(distinct_sketch) RETURNS bytea
    AS 'MODULE_PATHNAME', 'distinct_sketch_to_bytea' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION distinct_sketch_send(distinct_sketch) IS 'I/O';

-- Entropy-coded already, so nothing is gained by compression.
CREATE TYPE distinct_sketch (
    INPUT = distinct_sketch_in, OUTPUT = distinct_sketch_out,
    RECEIVE = distinct_sketch_recv, SEND = distinct_sketch_send, ANALYZE = sketch_typanalyze,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE distinct_sketch IS 'different values, of which the number is read';

-- ---- build ----------------------------------------------------------------------------------------------------------

-- One overload for each common type, because distributed planners cannot ship polymorphic aggregates; anyelement serves
-- the others. Transition functions are declared as typed: who calls them without an expression has no other way to tell
-- the type. (time has its overload because it casts to interval, and would be ambiguous without.)

CREATE FUNCTION distinct_agg_trans(distinct_sketch, smallint) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, smallint) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, bigint) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, bigint) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, double precision) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, double precision) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, numeric) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, numeric) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, text) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, text) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, bytea) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, bytea) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, uuid) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, uuid) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, timestamp with time zone) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, timestamp with time zone) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, timestamp without time zone) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, timestamp without time zone) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, date) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, date) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, inet) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, inet) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, boolean) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, boolean) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, jsonb) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, jsonb) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, interval) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, interval) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, time without time zone) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, time without time zone) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_trans(distinct_sketch, anyelement) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_trans(distinct_sketch, anyelement) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, smallint, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, smallint, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, integer, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, integer, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, bigint, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, bigint, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, double precision, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, double precision, integer)
    IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, numeric, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, numeric, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, text, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, text, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, bytea, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, bytea, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, uuid, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, uuid, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, timestamp with time zone, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, timestamp with time zone, integer)
    IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, timestamp without time zone, integer)
    RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, timestamp without time zone, integer)
    IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, date, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, date, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, inet, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, inet, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, boolean, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, boolean, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, jsonb, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, jsonb, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, interval, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, interval, integer) IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, time without time zone, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, time without time zone, integer)
    IS 'aggregate transition function';
CREATE FUNCTION distinct_agg_precision_trans(distinct_sketch, anyelement, integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_agg_precision_trans(distinct_sketch, anyelement, integer)
    IS 'aggregate transition function';
CREATE FUNCTION distinct_merge_trans(distinct_sketch, distinct_sketch) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION distinct_merge_trans(distinct_sketch, distinct_sketch)
    IS 'aggregate transition and combine function';
CREATE FUNCTION distinct_agg_final(distinct_sketch) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION distinct_agg_final(distinct_sketch) IS 'aggregate final function';

CREATE AGGREGATE distinct_agg(x smallint) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(smallint) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x integer) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(integer) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x bigint) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(bigint) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x double precision) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(double precision) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x numeric) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(numeric) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x text) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(text) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x bytea) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(bytea) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x uuid) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(uuid) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x timestamp with time zone) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(timestamp with time zone)
    IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x timestamp without time zone) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(timestamp without time zone)
    IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x date) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(date) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x inet) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(inet) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x boolean) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(boolean) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x jsonb) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(jsonb) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x interval) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(interval) IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x time without time zone) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(time without time zone)
    IS 'sketch of the different values, relative standard error 1.54 %';
CREATE AGGREGATE distinct_agg(x anyelement) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(anyelement) IS 'sketch of the different values, relative standard error 1.54 %';

CREATE AGGREGATE distinct_agg(x smallint, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(smallint, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x integer, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(integer, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x bigint, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(bigint, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x double precision, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(double precision, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x numeric, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(numeric, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x text, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(text, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x bytea, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(bytea, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x uuid, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(uuid, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x timestamp with time zone, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(timestamp with time zone, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x timestamp without time zone, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(timestamp without time zone, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x date, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(date, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x inet, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(inet, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x boolean, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(boolean, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x jsonb, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(jsonb, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x interval, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(interval, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x time without time zone, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(time without time zone, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';
CREATE AGGREGATE distinct_agg(x anyelement, "precision" integer) (
    SFUNC = distinct_agg_precision_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE distinct_agg(anyelement, integer)
    IS 'sketch of the different values, relative standard error 0.494 / sqrt(2^precision); precision 4 to 16';

-- ---- empty, merge, add ----------------------------------------------------------------------------------------------

-- The first value, or the first sketch that is merged in, tells what kind of values it is of.
CREATE FUNCTION distinct_empty() RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_empty() IS 'sketch of no values, to be added to';
CREATE FUNCTION distinct_empty("precision" integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME', 'distinct_empty' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distinct_empty(integer) IS 'sketch of no values, to be added to; precision 4 to 16';

CREATE AGGREGATE merge(sketch distinct_sketch) (
    SFUNC = distinct_merge_trans, STYPE = distinct_sketch, SSPACE = 4096,
    FINALFUNC = distinct_agg_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE merge(distinct_sketch) IS 'sketch of the values of all the sketches';

CREATE FUNCTION merge(a distinct_sketch, b distinct_sketch) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME', 'distinct_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION merge(distinct_sketch, distinct_sketch) IS 'sketch of the values of both sketches; null has none';

-- A literal without a type is text, which is read as a value of the sketch's kind.
CREATE FUNCTION add(sketch distinct_sketch, x anyelement) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME', 'distinct_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION add(distinct_sketch, anyelement) IS 'sketch with one more value';
CREATE FUNCTION add(sketch distinct_sketch, x text) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME', 'distinct_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION add(distinct_sketch, text) IS 'sketch with one more value';

CREATE FUNCTION coarsen(sketch distinct_sketch, "precision" integer) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME', 'distinct_coarsen' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION coarsen(distinct_sketch, integer)
    IS 'sketch of the same values with a smaller precision, as if built with it';

-- ---- read -----------------------------------------------------------------------------------------------------------

CREATE FUNCTION distinct_count(sketch distinct_sketch) RETURNS bigint
    AS 'MODULE_PATHNAME', 'distinct_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION distinct_count(distinct_sketch) IS 'estimated number of different values';

CREATE FUNCTION distinct_bounds(sketch distinct_sketch) RETURNS sketch_count_bounds
    AS 'MODULE_PATHNAME', 'distinct_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION distinct_bounds(distinct_sketch)
    IS 'interval that holds the number of different values with a confidence of 95 %';

CREATE FUNCTION distinct_bounds(sketch distinct_sketch, confidence double precision) RETURNS sketch_count_bounds
    AS 'MODULE_PATHNAME', 'distinct_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION distinct_bounds(distinct_sketch, double precision)
    IS 'interval that holds the number of different values with this confidence';

CREATE FUNCTION intersection_count(a distinct_sketch, b distinct_sketch) RETURNS bigint
    AS 'MODULE_PATHNAME', 'distinct_intersection_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intersection_count(distinct_sketch, distinct_sketch)
    IS 'estimated number of different values in both';

CREATE FUNCTION intersection_bounds(a distinct_sketch, b distinct_sketch) RETURNS sketch_count_bounds
    AS 'MODULE_PATHNAME', 'distinct_intersection_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intersection_bounds(distinct_sketch, distinct_sketch)
    IS 'interval that holds the number of different values in both with a confidence of 95 % or more';

CREATE FUNCTION intersection_bounds(a distinct_sketch, b distinct_sketch, confidence double precision)
    RETURNS sketch_count_bounds
    AS 'MODULE_PATHNAME', 'distinct_intersection_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intersection_bounds(distinct_sketch, distinct_sketch, double precision)
    IS 'interval that holds the number of different values in both with this confidence or more';

CREATE FUNCTION difference_count(a distinct_sketch, b distinct_sketch) RETURNS bigint
    AS 'MODULE_PATHNAME', 'distinct_difference_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION difference_count(distinct_sketch, distinct_sketch)
    IS 'estimated number of different values in a that are not in b';

CREATE FUNCTION difference_bounds(a distinct_sketch, b distinct_sketch) RETURNS sketch_count_bounds
    AS 'MODULE_PATHNAME', 'distinct_difference_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION difference_bounds(distinct_sketch, distinct_sketch)
    IS 'interval that holds the number of different values in a that are not in b with a confidence of 95 % or more';

CREATE FUNCTION difference_bounds(a distinct_sketch, b distinct_sketch, confidence double precision)
    RETURNS sketch_count_bounds
    AS 'MODULE_PATHNAME', 'distinct_difference_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION difference_bounds(distinct_sketch, distinct_sketch, double precision)
    IS 'interval that holds the number of different values in a that are not in b with this confidence or more';

CREATE FUNCTION jaccard(a distinct_sketch, b distinct_sketch) RETURNS double precision
    AS 'MODULE_PATHNAME', 'distinct_jaccard' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION jaccard(distinct_sketch, distinct_sketch)
    IS 'estimated number of different values in both, divided by the number in either';

CREATE FUNCTION sketch_info(sketch distinct_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'distinct_sketch_info' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION sketch_info(distinct_sketch) IS 'parameters, estimate and size of a sketch';

-- ---- in one step ----------------------------------------------------------------------------------------------------

CREATE FUNCTION approx_count_distinct_final(distinct_sketch) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION approx_count_distinct_final(distinct_sketch) IS 'aggregate final function';

CREATE AGGREGATE approx_count_distinct(x smallint) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(smallint)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x integer) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(integer)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x bigint) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(bigint)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x double precision) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(double precision)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x numeric) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(numeric)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x text) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(text)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x bytea) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(bytea)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x uuid) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(uuid)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x timestamp with time zone) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(timestamp with time zone)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x timestamp without time zone) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(timestamp without time zone)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x date) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(date)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x inet) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(inet)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x boolean) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(boolean)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x jsonb) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(jsonb)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x interval) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(interval)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x time without time zone) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(time without time zone)
    IS 'estimated number of different values, relative standard error 1.54 %';
CREATE AGGREGATE approx_count_distinct(x anyelement) (
    SFUNC = distinct_agg_trans, STYPE = distinct_sketch, SSPACE = 512,
    FINALFUNC = approx_count_distinct_final, COMBINEFUNC = distinct_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE approx_count_distinct(anyelement)
    IS 'estimated number of different values, relative standard error 1.54 %';

-- ---- casts ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION distinct_sketch_from_bytea(bytea) RETURNS distinct_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION distinct_sketch_from_bytea(bytea) IS 'sketch from its packed bytes, which are checked';
CREATE FUNCTION distinct_sketch_to_bytea(distinct_sketch) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION distinct_sketch_to_bytea(distinct_sketch) IS 'packed bytes of a sketch';
CREATE FUNCTION distinct_sketch_to_jsonb(distinct_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION distinct_sketch_to_jsonb(distinct_sketch)
    IS 'parameters and estimates of a sketch in JSON, to read';

CREATE CAST (bytea AS distinct_sketch) WITH FUNCTION distinct_sketch_from_bytea(bytea);
CREATE CAST (distinct_sketch AS bytea) WITH FUNCTION distinct_sketch_to_bytea(distinct_sketch);
CREATE CAST (distinct_sketch AS jsonb) WITH FUNCTION distinct_sketch_to_jsonb(distinct_sketch);

-- ---- comparison: equal bytes are equal sets of values; the order is arbitrary but fixed -----------------------------

CREATE FUNCTION distinct_sketch_eq(distinct_sketch, distinct_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION distinct_sketch_eq(distinct_sketch, distinct_sketch) IS 'implementation of = operator';
CREATE FUNCTION distinct_sketch_ne(distinct_sketch, distinct_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION distinct_sketch_ne(distinct_sketch, distinct_sketch) IS 'implementation of <> operator';
CREATE FUNCTION distinct_sketch_lt(distinct_sketch, distinct_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION distinct_sketch_lt(distinct_sketch, distinct_sketch) IS 'implementation of < operator';
CREATE FUNCTION distinct_sketch_le(distinct_sketch, distinct_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION distinct_sketch_le(distinct_sketch, distinct_sketch) IS 'implementation of <= operator';
CREATE FUNCTION distinct_sketch_gt(distinct_sketch, distinct_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION distinct_sketch_gt(distinct_sketch, distinct_sketch) IS 'implementation of > operator';
CREATE FUNCTION distinct_sketch_ge(distinct_sketch, distinct_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION distinct_sketch_ge(distinct_sketch, distinct_sketch) IS 'implementation of >= operator';
CREATE FUNCTION distinct_sketch_cmp(distinct_sketch, distinct_sketch) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION distinct_sketch_cmp(distinct_sketch, distinct_sketch) IS 'less-equal-greater';
CREATE FUNCTION distinct_sketch_hash(distinct_sketch) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION distinct_sketch_hash(distinct_sketch) IS 'hash';
CREATE FUNCTION distinct_sketch_hash_extended(distinct_sketch, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION distinct_sketch_hash_extended(distinct_sketch, bigint) IS 'hash';

CREATE OPERATOR = (
    LEFTARG = distinct_sketch, RIGHTARG = distinct_sketch, FUNCTION = distinct_sketch_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (distinct_sketch, distinct_sketch) IS 'equal';
CREATE OPERATOR <> (
    LEFTARG = distinct_sketch, RIGHTARG = distinct_sketch, FUNCTION = distinct_sketch_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (distinct_sketch, distinct_sketch) IS 'not equal';
CREATE OPERATOR < (
    LEFTARG = distinct_sketch, RIGHTARG = distinct_sketch, FUNCTION = distinct_sketch_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (distinct_sketch, distinct_sketch) IS 'less than, in byte order';
CREATE OPERATOR <= (
    LEFTARG = distinct_sketch, RIGHTARG = distinct_sketch, FUNCTION = distinct_sketch_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (distinct_sketch, distinct_sketch) IS 'less than or equal, in byte order';
CREATE OPERATOR > (
    LEFTARG = distinct_sketch, RIGHTARG = distinct_sketch, FUNCTION = distinct_sketch_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (distinct_sketch, distinct_sketch) IS 'greater than, in byte order';
CREATE OPERATOR >= (
    LEFTARG = distinct_sketch, RIGHTARG = distinct_sketch, FUNCTION = distinct_sketch_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (distinct_sketch, distinct_sketch) IS 'greater than or equal, in byte order';

CREATE OPERATOR CLASS distinct_sketch_ops DEFAULT FOR TYPE distinct_sketch USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 distinct_sketch_cmp(distinct_sketch, distinct_sketch);
CREATE OPERATOR CLASS distinct_sketch_ops DEFAULT FOR TYPE distinct_sketch USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 distinct_sketch_hash(distinct_sketch),
    FUNCTION 2 distinct_sketch_hash_extended(distinct_sketch, bigint);
