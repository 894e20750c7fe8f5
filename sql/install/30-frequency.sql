-- frequency_sketch: how often did X occur? See docs/frequency.md.

-- ---- type -----------------------------------------------------------------------------------------------------------

CREATE TYPE frequency_sketch;

CREATE FUNCTION frequency_sketch_in(cstring) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION frequency_sketch_in(cstring) IS 'I/O';
CREATE FUNCTION frequency_sketch_out(frequency_sketch) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION frequency_sketch_out(frequency_sketch) IS 'I/O';
CREATE FUNCTION frequency_sketch_recv(internal) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION frequency_sketch_recv(internal) IS 'I/O';
CREATE FUNCTION frequency_sketch_send(frequency_sketch) RETURNS bytea
    AS 'MODULE_PATHNAME', 'frequency_sketch_to_bytea' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION frequency_sketch_send(frequency_sketch) IS 'I/O';

-- Not compressed, so that a value is read as it is stored.
CREATE TYPE frequency_sketch (
    INPUT = frequency_sketch_in, OUTPUT = frequency_sketch_out,
    RECEIVE = frequency_sketch_recv, SEND = frequency_sketch_send, ANALYZE = sketch_typanalyze,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE frequency_sketch IS 'how often each value occurs, within a fraction of the rows';

-- ---- build ----------------------------------------------------------------------------------------------------------

-- One overload for each common type, because distributed planners cannot ship polymorphic aggregates; anyelement serves
-- the others. Transition functions are declared as typed: who calls them without an expression has no other way to tell
-- the type. (time has its overload because it casts to interval, and would be ambiguous without.)

CREATE FUNCTION frequency_agg_trans(frequency_sketch, smallint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, smallint) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, integer) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, integer) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, double precision) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, numeric) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, numeric) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, text) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, text) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, bytea) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, bytea) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, uuid) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, uuid) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, timestamp with time zone) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, timestamp with time zone) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, timestamp without time zone) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, timestamp without time zone)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, date) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, date) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, inet) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, inet) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, boolean) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, boolean) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, jsonb) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, jsonb) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, interval) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, interval) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, time without time zone) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, time without time zone) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_trans(frequency_sketch, anyelement) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_trans(frequency_sketch, anyelement) IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, smallint, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, smallint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, integer, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, integer, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, bigint, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, double precision, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, double precision, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, numeric, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, numeric, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, text, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, text, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, bytea, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, bytea, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, uuid, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, uuid, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, timestamp with time zone, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, timestamp with time zone, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, timestamp without time zone, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, timestamp without time zone, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, date, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, date, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, inet, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, inet, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, boolean, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, boolean, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, jsonb, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, jsonb, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, interval, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, interval, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, time without time zone, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, time without time zone, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_agg_error_trans(frequency_sketch, anyelement, double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_agg_error_trans(frequency_sketch, anyelement, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, smallint, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, smallint, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, integer, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, integer, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, bigint, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, bigint, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, double precision, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, double precision, bigint)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, numeric, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, numeric, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, text, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, text, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, bytea, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, bytea, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, uuid, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, uuid, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, timestamp with time zone, bigint)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, timestamp with time zone, bigint)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, timestamp without time zone, bigint)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, timestamp without time zone, bigint)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, date, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, date, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, inet, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, inet, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, boolean, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, boolean, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, jsonb, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, jsonb, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, interval, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, interval, bigint) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, time without time zone, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, time without time zone, bigint)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_trans(frequency_sketch, anyelement, bigint) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_trans(frequency_sketch, anyelement, bigint)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, smallint, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, smallint, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, integer, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, integer, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, bigint, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, bigint, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, double precision, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, double precision, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, numeric, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, numeric, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, text, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, text, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, bytea, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, bytea, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, uuid, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, uuid, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, timestamp with time zone, bigint,
                                                   double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, timestamp with time zone, bigint,
                                                       double precision) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, timestamp without time zone, bigint,
                                                   double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, timestamp without time zone, bigint,
                                                       double precision) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, date, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, date, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, inet, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, inet, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, boolean, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, boolean, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, jsonb, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, jsonb, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, interval, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, interval, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, time without time zone, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, time without time zone, bigint,
                                                       double precision) IS 'aggregate transition function';
CREATE FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, anyelement, bigint, double precision)
    RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_weighted_agg_error_trans(frequency_sketch, anyelement, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION frequency_merge_trans(frequency_sketch, frequency_sketch) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION frequency_merge_trans(frequency_sketch, frequency_sketch)
    IS 'aggregate transition and combine function';
CREATE FUNCTION frequency_agg_final(frequency_sketch) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION frequency_agg_final(frequency_sketch) IS 'aggregate final function';

CREATE AGGREGATE frequency_agg(x smallint) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(smallint)
    IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x integer) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(integer) IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x bigint) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(bigint) IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x double precision) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(double precision)
    IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x numeric) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(numeric) IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x text) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(text) IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x bytea) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(bytea) IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x uuid) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(uuid) IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x timestamp with time zone) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(timestamp with time zone)
    IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x timestamp without time zone) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(timestamp without time zone)
    IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x date) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(date) IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x inet) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(inet) IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x boolean) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(boolean) IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x jsonb) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(jsonb) IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x interval) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(interval)
    IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x time without time zone) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(time without time zone)
    IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';
CREATE AGGREGATE frequency_agg(x anyelement) (
    SFUNC = frequency_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(anyelement)
    IS 'sketch of how often each value occurs, error at most 0.1 % of the rows';

CREATE AGGREGATE frequency_agg(x smallint, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(smallint, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x integer, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(integer, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x bigint, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(bigint, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x double precision, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(double precision, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x numeric, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(numeric, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x text, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(text, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x bytea, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(bytea, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x uuid, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(uuid, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x timestamp with time zone, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(timestamp with time zone, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x timestamp without time zone, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(timestamp without time zone, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x date, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(date, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x inet, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(inet, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x boolean, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(boolean, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x jsonb, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(jsonb, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x interval, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(interval, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x time without time zone, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(time without time zone, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';
CREATE AGGREGATE frequency_agg(x anyelement, error double precision) (
    SFUNC = frequency_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_agg(anyelement, double precision)
    IS 'sketch of how often each value occurs, error at most this fraction of the rows: 0.000003 to 0.04';

CREATE AGGREGATE frequency_weighted_agg(x smallint, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(smallint, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x integer, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(integer, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x bigint, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(bigint, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x double precision, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(double precision, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x numeric, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(numeric, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x text, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(text, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x bytea, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(bytea, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x uuid, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(uuid, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x timestamp with time zone, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(timestamp with time zone, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x timestamp without time zone, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(timestamp without time zone, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x date, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(date, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x inet, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(inet, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x boolean, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(boolean, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x jsonb, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(jsonb, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x interval, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(interval, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x time without time zone, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(time without time zone, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';
CREATE AGGREGATE frequency_weighted_agg(x anyelement, weight bigint) (
    SFUNC = frequency_weighted_agg_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(anyelement, bigint)
    IS 'sketch of how often each value occurs, each counted weight times';

CREATE AGGREGATE frequency_weighted_agg(x smallint, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(smallint, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x integer, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(integer, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x bigint, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(bigint, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x double precision, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(double precision, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x numeric, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(numeric, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x text, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(text, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x bytea, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(bytea, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x uuid, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(uuid, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x timestamp with time zone, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(timestamp with time zone, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x timestamp without time zone, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(timestamp without time zone, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x date, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(date, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x inet, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(inet, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x boolean, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(boolean, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x jsonb, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(jsonb, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x interval, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(interval, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x time without time zone, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(time without time zone, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';
CREATE AGGREGATE frequency_weighted_agg(x anyelement, weight bigint, error double precision) (
    SFUNC = frequency_weighted_agg_error_trans, STYPE = frequency_sketch, SSPACE = 1024,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE frequency_weighted_agg(anyelement, bigint, double precision)
    IS 'sketch of how often each value occurs, each counted weight times, error at most this fraction of all weights: '
       '0.000003 to 0.04';

-- ---- empty, merge, add, subtract ------------------------------------------------------------------------------------

-- The first value, or the first sketch that is merged in, tells what kind of values it is of.
CREATE FUNCTION frequency_empty() RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_empty() IS 'sketch of no rows, to be added to';
CREATE FUNCTION frequency_empty(error double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME', 'frequency_empty' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION frequency_empty(double precision)
    IS 'sketch of no rows, to be added to, with an error of 0.000003 to 0.04 of all rows';

CREATE AGGREGATE merge(sketch frequency_sketch) (
    SFUNC = frequency_merge_trans, STYPE = frequency_sketch, SSPACE = 8192,
    FINALFUNC = frequency_agg_final, COMBINEFUNC = frequency_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE merge(frequency_sketch) IS 'sketch of all rows of all the sketches';

CREATE FUNCTION merge(a frequency_sketch, b frequency_sketch) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME', 'frequency_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION merge(frequency_sketch, frequency_sketch) IS 'sketch of the rows of both sketches; null has none';

-- A literal without a type is text, which is read as a value of the sketch's kind.
CREATE FUNCTION add(sketch frequency_sketch, x anyelement) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME', 'frequency_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION add(frequency_sketch, anyelement) IS 'sketch with one more row';
CREATE FUNCTION add(sketch frequency_sketch, x text) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME', 'frequency_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION add(frequency_sketch, text) IS 'sketch with one more row';

CREATE FUNCTION subtract(a frequency_sketch, b frequency_sketch) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME', 'frequency_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION subtract(frequency_sketch, frequency_sketch) IS 'sketch of the rows of a that are not in b';

CREATE FUNCTION coarsen(sketch frequency_sketch, error double precision) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME', 'frequency_coarsen' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION coarsen(frequency_sketch, double precision)
    IS 'sketch of the same rows with a larger error, as if built with it';

-- ---- read -----------------------------------------------------------------------------------------------------------

-- A literal without a type is text, which is read as a value of the sketch's kind.
CREATE FUNCTION frequency(sketch frequency_sketch, x anyelement) RETURNS bigint
    AS 'MODULE_PATHNAME', 'frequency_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency(frequency_sketch, anyelement) IS 'estimated number of rows with this value';
CREATE FUNCTION frequency(sketch frequency_sketch, x text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'frequency_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency(frequency_sketch, text) IS 'estimated number of rows with this value';

CREATE FUNCTION frequency_bounds(sketch frequency_sketch, x anyelement) RETURNS sketch_count_bounds
    AS 'MODULE_PATHNAME', 'frequency_count_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_bounds(frequency_sketch, anyelement)
    IS 'bounds of the number of rows with this value: upper always holds, lower for 95 % of the values';
CREATE FUNCTION frequency_bounds(sketch frequency_sketch, x text) RETURNS sketch_count_bounds
    AS 'MODULE_PATHNAME', 'frequency_count_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_bounds(frequency_sketch, text)
    IS 'bounds of the number of rows with this value: upper always holds, lower for 95 % of the values';

CREATE FUNCTION total_count(sketch frequency_sketch) RETURNS bigint
    AS 'MODULE_PATHNAME', 'frequency_total_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION total_count(frequency_sketch) IS 'number of rows, or sum of the weights, exact';

CREATE FUNCTION sketch_info(sketch frequency_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'frequency_sketch_info' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION sketch_info(frequency_sketch) IS 'parameters, counters and size of a sketch';

-- ---- casts ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION frequency_sketch_from_bytea(bytea) RETURNS frequency_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION frequency_sketch_from_bytea(bytea) IS 'sketch from its packed bytes, which are checked';
CREATE FUNCTION frequency_sketch_to_bytea(frequency_sketch) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION frequency_sketch_to_bytea(frequency_sketch) IS 'packed bytes of a sketch';
CREATE FUNCTION frequency_sketch_to_jsonb(frequency_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION frequency_sketch_to_jsonb(frequency_sketch)
    IS 'parameters and estimates of a sketch in JSON, to read';

CREATE CAST (bytea AS frequency_sketch) WITH FUNCTION frequency_sketch_from_bytea(bytea);
CREATE CAST (frequency_sketch AS bytea) WITH FUNCTION frequency_sketch_to_bytea(frequency_sketch);
CREATE CAST (frequency_sketch AS jsonb) WITH FUNCTION frequency_sketch_to_jsonb(frequency_sketch);

-- ---- comparison: equal bytes are equal multisets of rows; the order is arbitrary but fixed --------------------------

CREATE FUNCTION frequency_sketch_eq(frequency_sketch, frequency_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_sketch_eq(frequency_sketch, frequency_sketch) IS 'implementation of = operator';
CREATE FUNCTION frequency_sketch_ne(frequency_sketch, frequency_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_sketch_ne(frequency_sketch, frequency_sketch) IS 'implementation of <> operator';
CREATE FUNCTION frequency_sketch_lt(frequency_sketch, frequency_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_sketch_lt(frequency_sketch, frequency_sketch) IS 'implementation of < operator';
CREATE FUNCTION frequency_sketch_le(frequency_sketch, frequency_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_sketch_le(frequency_sketch, frequency_sketch) IS 'implementation of <= operator';
CREATE FUNCTION frequency_sketch_gt(frequency_sketch, frequency_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_sketch_gt(frequency_sketch, frequency_sketch) IS 'implementation of > operator';
CREATE FUNCTION frequency_sketch_ge(frequency_sketch, frequency_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_sketch_ge(frequency_sketch, frequency_sketch) IS 'implementation of >= operator';
CREATE FUNCTION frequency_sketch_cmp(frequency_sketch, frequency_sketch) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_sketch_cmp(frequency_sketch, frequency_sketch) IS 'less-equal-greater';
CREATE FUNCTION frequency_sketch_hash(frequency_sketch) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_sketch_hash(frequency_sketch) IS 'hash';
CREATE FUNCTION frequency_sketch_hash_extended(frequency_sketch, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency_sketch_hash_extended(frequency_sketch, bigint) IS 'hash';

CREATE OPERATOR = (
    LEFTARG = frequency_sketch, RIGHTARG = frequency_sketch, FUNCTION = frequency_sketch_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (frequency_sketch, frequency_sketch) IS 'equal';
CREATE OPERATOR <> (
    LEFTARG = frequency_sketch, RIGHTARG = frequency_sketch, FUNCTION = frequency_sketch_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (frequency_sketch, frequency_sketch) IS 'not equal';
CREATE OPERATOR < (
    LEFTARG = frequency_sketch, RIGHTARG = frequency_sketch, FUNCTION = frequency_sketch_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (frequency_sketch, frequency_sketch) IS 'less than, in byte order';
CREATE OPERATOR <= (
    LEFTARG = frequency_sketch, RIGHTARG = frequency_sketch, FUNCTION = frequency_sketch_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (frequency_sketch, frequency_sketch) IS 'less than or equal, in byte order';
CREATE OPERATOR > (
    LEFTARG = frequency_sketch, RIGHTARG = frequency_sketch, FUNCTION = frequency_sketch_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (frequency_sketch, frequency_sketch) IS 'greater than, in byte order';
CREATE OPERATOR >= (
    LEFTARG = frequency_sketch, RIGHTARG = frequency_sketch, FUNCTION = frequency_sketch_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (frequency_sketch, frequency_sketch) IS 'greater than or equal, in byte order';

CREATE OPERATOR CLASS frequency_sketch_ops DEFAULT FOR TYPE frequency_sketch USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 frequency_sketch_cmp(frequency_sketch, frequency_sketch);
CREATE OPERATOR CLASS frequency_sketch_ops DEFAULT FOR TYPE frequency_sketch USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 frequency_sketch_hash(frequency_sketch),
    FUNCTION 2 frequency_sketch_hash_extended(frequency_sketch, bigint);
