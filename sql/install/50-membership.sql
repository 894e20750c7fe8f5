-- membership_sketch: have I seen X? See docs/membership.md.

-- ---- type -----------------------------------------------------------------------------------------------------------

CREATE TYPE membership_sketch;

CREATE FUNCTION membership_sketch_in(cstring) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION membership_sketch_in(cstring) IS 'I/O';
CREATE FUNCTION membership_sketch_out(membership_sketch) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION membership_sketch_out(membership_sketch) IS 'I/O';
CREATE FUNCTION membership_sketch_recv(internal) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION membership_sketch_recv(internal) IS 'I/O';
CREATE FUNCTION membership_sketch_send(membership_sketch) RETURNS bytea
    AS 'MODULE_PATHNAME', 'membership_sketch_to_bytea' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION membership_sketch_send(membership_sketch) IS 'I/O';

-- Not compressed, so that a probe fetches only the block that it needs.
CREATE TYPE membership_sketch (
    INPUT = membership_sketch_in, OUTPUT = membership_sketch_out,
    RECEIVE = membership_sketch_recv, SEND = membership_sketch_send, ANALYZE = sketch_typanalyze,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE membership_sketch
    IS 'filter that tells values that were never added, but for a small false-positive rate';

-- ---- build ----------------------------------------------------------------------------------------------------------

-- One overload for each common type, because distributed planners cannot ship polymorphic aggregates; anyelement serves
-- the others. Transition functions are declared as typed: who calls them without an expression has no other way to tell
-- the type. (time has its overload because it casts to interval, and would be ambiguous without.)

CREATE FUNCTION membership_agg_trans(membership_sketch, smallint, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, smallint, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, integer, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, integer, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, bigint, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, bigint, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, double precision, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, double precision, bigint)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, numeric, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, numeric, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, text, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, text, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, bytea, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, bytea, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, uuid, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, uuid, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, timestamp with time zone, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, timestamp with time zone, bigint)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, timestamp without time zone, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, timestamp without time zone, bigint)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, date, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, date, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, inet, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, inet, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, boolean, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, boolean, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, jsonb, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, jsonb, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, interval, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, interval, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, time without time zone, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, time without time zone, bigint)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_trans(membership_sketch, anyelement, bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_trans(membership_sketch, anyelement, bigint) IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, smallint, bigint, double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, smallint, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, integer, bigint, double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, integer, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, bigint, bigint, double precision) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, bigint, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, double precision, bigint, double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, double precision, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, numeric, bigint, double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, numeric, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, text, bigint, double precision) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, text, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, bytea, bigint, double precision) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, bytea, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, uuid, bigint, double precision) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, uuid, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, timestamp with time zone, bigint, double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, timestamp with time zone, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, timestamp without time zone, bigint, double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, timestamp without time zone, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, date, bigint, double precision) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, date, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, inet, bigint, double precision) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, inet, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, boolean, bigint, double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, boolean, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, jsonb, bigint, double precision) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, jsonb, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, interval, bigint, double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, interval, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, time without time zone, bigint, double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, time without time zone, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_agg_rate_trans(membership_sketch, anyelement, bigint, double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_agg_rate_trans(membership_sketch, anyelement, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION membership_merge_trans(membership_sketch, membership_sketch) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION membership_merge_trans(membership_sketch, membership_sketch)
    IS 'aggregate transition and combine function';
CREATE FUNCTION membership_agg_final(membership_sketch) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION membership_agg_final(membership_sketch) IS 'aggregate final function';

CREATE AGGREGATE membership_agg(x smallint, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(smallint, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x integer, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(integer, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x bigint, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(bigint, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x double precision, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(double precision, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x numeric, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(numeric, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x text, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(text, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x bytea, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(bytea, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x uuid, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(uuid, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x timestamp with time zone, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(timestamp with time zone, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x timestamp without time zone, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(timestamp without time zone, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x date, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(date, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x inet, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(inet, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x boolean, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(boolean, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x jsonb, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(jsonb, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x interval, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(interval, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x time without time zone, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(time without time zone, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';
CREATE AGGREGATE membership_agg(x anyelement, expected_items bigint) (
    SFUNC = membership_agg_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(anyelement, bigint)
    IS 'filter of the values, false-positive rate 1 % up to the expected number of different ones';

CREATE AGGREGATE membership_agg(x smallint, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(smallint, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x integer, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(integer, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x bigint, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(bigint, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x double precision, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(double precision, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x numeric, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(numeric, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x text, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(text, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x bytea, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(bytea, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x uuid, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(uuid, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x timestamp with time zone, expected_items bigint,
                                false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(timestamp with time zone, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x timestamp without time zone, expected_items bigint,
                                false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(timestamp without time zone, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x date, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(date, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x inet, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(inet, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x boolean, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(boolean, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x jsonb, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(jsonb, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x interval, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(interval, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x time without time zone, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(time without time zone, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';
CREATE AGGREGATE membership_agg(x anyelement, expected_items bigint, false_positive_rate double precision) (
    SFUNC = membership_agg_rate_trans, STYPE = membership_sketch, SSPACE = 2048,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE membership_agg(anyelement, bigint, double precision)
    IS 'filter of the values, with this false-positive rate, 0.00001 to 0.5, up to the expected number of different '
       'ones';

-- ---- empty, merge, add ----------------------------------------------------------------------------------------------

-- The first value, or the first sketch that is merged in, tells what kind of values it is of.
CREATE FUNCTION membership_empty(expected_items bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_empty(bigint) IS 'filter of no values, to be added to, for so many different ones';
CREATE FUNCTION membership_empty(expected_items bigint, false_positive_rate double precision) RETURNS membership_sketch
    AS 'MODULE_PATHNAME', 'membership_empty' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION membership_empty(bigint, double precision)
    IS 'filter of no values, to be added to, for so many different ones and a false-positive rate of 0.00001 to 0.5';

CREATE AGGREGATE merge(sketch membership_sketch) (
    SFUNC = membership_merge_trans, STYPE = membership_sketch, SSPACE = 4096,
    FINALFUNC = membership_agg_final, COMBINEFUNC = membership_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE merge(membership_sketch) IS 'sketch of the values of all the sketches';

CREATE FUNCTION merge(a membership_sketch, b membership_sketch) RETURNS membership_sketch
    AS 'MODULE_PATHNAME', 'membership_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION merge(membership_sketch, membership_sketch)
    IS 'sketch of the values of both sketches; null has none';

-- A literal without a type is text, which is read as a value of the sketch's kind.
CREATE FUNCTION add(sketch membership_sketch, x anyelement) RETURNS membership_sketch
    AS 'MODULE_PATHNAME', 'membership_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION add(membership_sketch, anyelement) IS 'filter with one more value';
CREATE FUNCTION add(sketch membership_sketch, x text) RETURNS membership_sketch
    AS 'MODULE_PATHNAME', 'membership_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION add(membership_sketch, text) IS 'filter with one more value';

CREATE FUNCTION coarsen(sketch membership_sketch, expected_items bigint) RETURNS membership_sketch
    AS 'MODULE_PATHNAME', 'membership_coarsen' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION coarsen(membership_sketch, bigint)
    IS 'filter of the same values with the size for fewer, as if built with it';
CREATE FUNCTION coarsen(sketch membership_sketch, expected_items bigint, false_positive_rate double precision)
    RETURNS membership_sketch
    AS 'MODULE_PATHNAME', 'membership_coarsen' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION coarsen(membership_sketch, bigint, double precision)
    IS 'filter of the same values with the size for fewer or for a larger rate, as if built with it';

-- ---- read -----------------------------------------------------------------------------------------------------------

-- A literal without a type is text, which is read as a value of the sketch's kind.
CREATE FUNCTION contains(sketch membership_sketch, x anyelement) RETURNS boolean
    AS 'MODULE_PATHNAME', 'membership_contains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION contains(membership_sketch, anyelement)
    IS 'whether the value may have been added; false is certain';
CREATE FUNCTION contains(sketch membership_sketch, x text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'membership_contains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION contains(membership_sketch, text) IS 'whether the value may have been added; false is certain';

CREATE FUNCTION false_positive_rate(sketch membership_sketch) RETURNS double precision
    AS 'MODULE_PATHNAME', 'membership_false_positive_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION false_positive_rate(membership_sketch)
    IS 'probability that a value that was not added is found, from the bits that are set';

CREATE FUNCTION sketch_info(sketch membership_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'membership_sketch_info' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION sketch_info(membership_sketch) IS 'parameters, fill and size of a sketch';

-- ---- casts ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION membership_sketch_from_bytea(bytea) RETURNS membership_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION membership_sketch_from_bytea(bytea) IS 'sketch from its packed bytes, which are checked';
CREATE FUNCTION membership_sketch_to_bytea(membership_sketch) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION membership_sketch_to_bytea(membership_sketch) IS 'packed bytes of a sketch';
CREATE FUNCTION membership_sketch_to_jsonb(membership_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION membership_sketch_to_jsonb(membership_sketch)
    IS 'parameters and estimates of a sketch in JSON, to read';

CREATE CAST (bytea AS membership_sketch) WITH FUNCTION membership_sketch_from_bytea(bytea);
CREATE CAST (membership_sketch AS bytea) WITH FUNCTION membership_sketch_to_bytea(membership_sketch);
CREATE CAST (membership_sketch AS jsonb) WITH FUNCTION membership_sketch_to_jsonb(membership_sketch);

-- ---- comparison: equal bytes are equal sets of values; the order is arbitrary but fixed -----------------------------

CREATE FUNCTION membership_sketch_eq(membership_sketch, membership_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION membership_sketch_eq(membership_sketch, membership_sketch) IS 'implementation of = operator';
CREATE FUNCTION membership_sketch_ne(membership_sketch, membership_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION membership_sketch_ne(membership_sketch, membership_sketch) IS 'implementation of <> operator';
CREATE FUNCTION membership_sketch_lt(membership_sketch, membership_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION membership_sketch_lt(membership_sketch, membership_sketch) IS 'implementation of < operator';
CREATE FUNCTION membership_sketch_le(membership_sketch, membership_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION membership_sketch_le(membership_sketch, membership_sketch) IS 'implementation of <= operator';
CREATE FUNCTION membership_sketch_gt(membership_sketch, membership_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION membership_sketch_gt(membership_sketch, membership_sketch) IS 'implementation of > operator';
CREATE FUNCTION membership_sketch_ge(membership_sketch, membership_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION membership_sketch_ge(membership_sketch, membership_sketch) IS 'implementation of >= operator';
CREATE FUNCTION membership_sketch_cmp(membership_sketch, membership_sketch) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION membership_sketch_cmp(membership_sketch, membership_sketch) IS 'less-equal-greater';
CREATE FUNCTION membership_sketch_hash(membership_sketch) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION membership_sketch_hash(membership_sketch) IS 'hash';
CREATE FUNCTION membership_sketch_hash_extended(membership_sketch, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION membership_sketch_hash_extended(membership_sketch, bigint) IS 'hash';

CREATE OPERATOR = (
    LEFTARG = membership_sketch, RIGHTARG = membership_sketch, FUNCTION = membership_sketch_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (membership_sketch, membership_sketch) IS 'equal';
CREATE OPERATOR <> (
    LEFTARG = membership_sketch, RIGHTARG = membership_sketch, FUNCTION = membership_sketch_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (membership_sketch, membership_sketch) IS 'not equal';
CREATE OPERATOR < (
    LEFTARG = membership_sketch, RIGHTARG = membership_sketch, FUNCTION = membership_sketch_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (membership_sketch, membership_sketch) IS 'less than, in byte order';
CREATE OPERATOR <= (
    LEFTARG = membership_sketch, RIGHTARG = membership_sketch, FUNCTION = membership_sketch_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (membership_sketch, membership_sketch) IS 'less than or equal, in byte order';
CREATE OPERATOR > (
    LEFTARG = membership_sketch, RIGHTARG = membership_sketch, FUNCTION = membership_sketch_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (membership_sketch, membership_sketch) IS 'greater than, in byte order';
CREATE OPERATOR >= (
    LEFTARG = membership_sketch, RIGHTARG = membership_sketch, FUNCTION = membership_sketch_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (membership_sketch, membership_sketch) IS 'greater than or equal, in byte order';

CREATE OPERATOR CLASS membership_sketch_ops DEFAULT FOR TYPE membership_sketch USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 membership_sketch_cmp(membership_sketch, membership_sketch);
CREATE OPERATOR CLASS membership_sketch_ops DEFAULT FOR TYPE membership_sketch USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 membership_sketch_hash(membership_sketch),
    FUNCTION 2 membership_sketch_hash_extended(membership_sketch, bigint);
