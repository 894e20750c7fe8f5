-- quantile_sketch: how slow is p99? See docs/quantile.md.

-- ---- type -----------------------------------------------------------------------------------------------------------

CREATE TYPE quantile_sketch;

CREATE FUNCTION quantile_sketch_in(cstring) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION quantile_sketch_in(cstring) IS 'I/O';
CREATE FUNCTION quantile_sketch_out(quantile_sketch) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION quantile_sketch_out(quantile_sketch) IS 'I/O';
CREATE FUNCTION quantile_sketch_recv(internal) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION quantile_sketch_recv(internal) IS 'I/O';
CREATE FUNCTION quantile_sketch_send(quantile_sketch) RETURNS bytea
    AS 'MODULE_PATHNAME', 'quantile_sketch_to_bytea' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION quantile_sketch_send(quantile_sketch) IS 'I/O';

-- Entropy-coded already, so nothing is gained by compression.
CREATE TYPE quantile_sketch (
    INPUT = quantile_sketch_in, OUTPUT = quantile_sketch_out,
    RECEIVE = quantile_sketch_recv, SEND = quantile_sketch_send, ANALYZE = sketch_typanalyze,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE quantile_sketch
    IS 'distribution of numbers, from which percentiles are read within a relative accuracy';

-- ---- intervals, in seconds ------------------------------------------------------------------------------------------

-- An aggregate for interval itself would make literals and parameters without a type ambiguous: number or interval? A
-- type of the category of numbers does not, for double precision is the preferred one among those.
CREATE TYPE sketch_seconds;

CREATE FUNCTION sketch_seconds_in(cstring) RETURNS sketch_seconds
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_seconds_in(cstring) IS 'I/O';
CREATE FUNCTION sketch_seconds_out(sketch_seconds) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_seconds_out(sketch_seconds) IS 'I/O';
CREATE FUNCTION sketch_seconds_recv(internal) RETURNS sketch_seconds
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_seconds_recv(internal) IS 'I/O';
CREATE FUNCTION sketch_seconds_send(sketch_seconds) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_seconds_send(sketch_seconds) IS 'I/O';

CREATE TYPE sketch_seconds (
    INPUT = sketch_seconds_in, OUTPUT = sketch_seconds_out,
    RECEIVE = sketch_seconds_recv, SEND = sketch_seconds_send,
    LIKE = double precision, CATEGORY = 'N'
);
COMMENT ON TYPE sketch_seconds IS 'seconds of an interval, as which quantile_agg takes it';

CREATE FUNCTION sketch_seconds(interval) RETURNS sketch_seconds
    AS 'MODULE_PATHNAME', 'sketch_seconds_from_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_seconds(interval) IS 'seconds of an interval, as extract(epoch FROM ...) has them';
CREATE CAST (interval AS sketch_seconds) WITH FUNCTION sketch_seconds(interval) AS IMPLICIT;
COMMENT ON CAST (interval AS sketch_seconds) IS 'so that quantile_agg takes intervals';

-- ---- build ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION quantile_agg_trans(quantile_sketch, double precision) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION quantile_agg_trans(quantile_sketch, double precision) IS 'aggregate transition function';
CREATE FUNCTION quantile_agg_accuracy_trans(quantile_sketch, double precision, double precision) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION quantile_agg_accuracy_trans(quantile_sketch, double precision, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION quantile_agg_trans(quantile_sketch, sketch_seconds) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION quantile_agg_trans(quantile_sketch, sketch_seconds) IS 'aggregate transition function';
CREATE FUNCTION quantile_agg_accuracy_trans(quantile_sketch, sketch_seconds, double precision) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION quantile_agg_accuracy_trans(quantile_sketch, sketch_seconds, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION quantile_weighted_agg_trans(quantile_sketch, double precision, bigint) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION quantile_weighted_agg_trans(quantile_sketch, double precision, bigint)
    IS 'aggregate transition function';
CREATE FUNCTION quantile_weighted_agg_accuracy_trans(quantile_sketch, double precision, bigint, double precision)
    RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION quantile_weighted_agg_accuracy_trans(quantile_sketch, double precision, bigint, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION quantile_merge_trans(quantile_sketch, quantile_sketch) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION quantile_merge_trans(quantile_sketch, quantile_sketch)
    IS 'aggregate transition and combine function';
CREATE FUNCTION quantile_agg_final(quantile_sketch) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION quantile_agg_final(quantile_sketch) IS 'aggregate final function';

CREATE AGGREGATE quantile_agg(x double precision) (
    SFUNC = quantile_agg_trans, STYPE = quantile_sketch, SSPACE = 512,
    FINALFUNC = quantile_agg_final, COMBINEFUNC = quantile_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE quantile_agg(double precision) IS 'sketch of the distribution of the values, accuracy 1 %';

CREATE AGGREGATE quantile_agg(x double precision, accuracy double precision) (
    SFUNC = quantile_agg_accuracy_trans, STYPE = quantile_sketch, SSPACE = 512,
    FINALFUNC = quantile_agg_final, COMBINEFUNC = quantile_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE quantile_agg(double precision, double precision)
    IS 'sketch of the distribution of the values, with a relative accuracy of 0.00015625 to 1';

CREATE AGGREGATE quantile_agg(x sketch_seconds) (
    SFUNC = quantile_agg_trans, STYPE = quantile_sketch, SSPACE = 512,
    FINALFUNC = quantile_agg_final, COMBINEFUNC = quantile_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE quantile_agg(sketch_seconds)
    IS 'sketch of the distribution of intervals, in seconds, accuracy 1 %';

CREATE AGGREGATE quantile_agg(x sketch_seconds, accuracy double precision) (
    SFUNC = quantile_agg_accuracy_trans, STYPE = quantile_sketch, SSPACE = 512,
    FINALFUNC = quantile_agg_final, COMBINEFUNC = quantile_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE quantile_agg(sketch_seconds, double precision)
    IS 'sketch of the distribution of intervals, in seconds, with a relative accuracy of 0.00015625 to 1';

CREATE AGGREGATE quantile_weighted_agg(x double precision, weight bigint) (
    SFUNC = quantile_weighted_agg_trans, STYPE = quantile_sketch, SSPACE = 512,
    FINALFUNC = quantile_agg_final, COMBINEFUNC = quantile_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE quantile_weighted_agg(double precision, bigint)
    IS 'sketch of the distribution of the values, each counted weight times';

CREATE AGGREGATE quantile_weighted_agg(x double precision, weight bigint, accuracy double precision) (
    SFUNC = quantile_weighted_agg_accuracy_trans, STYPE = quantile_sketch, SSPACE = 512,
    FINALFUNC = quantile_agg_final, COMBINEFUNC = quantile_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE quantile_weighted_agg(double precision, bigint, double precision)
    IS 'sketch of the distribution of the values, each counted weight times, with a relative accuracy of 0.00015625 '
       'to 1';

-- ---- empty, merge, add, subtract ------------------------------------------------------------------------------------

CREATE FUNCTION quantile_empty() RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION quantile_empty() IS 'sketch of no rows, to be added to';
CREATE FUNCTION quantile_empty(accuracy double precision) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME', 'quantile_empty' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION quantile_empty(double precision)
    IS 'sketch of no rows, to be added to, with a relative accuracy of 0.00015625 to 1';

CREATE AGGREGATE merge(sketch quantile_sketch) (
    SFUNC = quantile_merge_trans, STYPE = quantile_sketch, SSPACE = 4096,
    FINALFUNC = quantile_agg_final, COMBINEFUNC = quantile_merge_trans, PARALLEL = SAFE
);
COMMENT ON AGGREGATE merge(quantile_sketch) IS 'sketch of all rows of all the sketches';

CREATE FUNCTION merge(a quantile_sketch, b quantile_sketch) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME', 'quantile_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION merge(quantile_sketch, quantile_sketch) IS 'sketch of the rows of both sketches; null has none';

CREATE FUNCTION add(sketch quantile_sketch, x double precision) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME', 'quantile_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION add(quantile_sketch, double precision) IS 'sketch with one more row';

CREATE FUNCTION subtract(a quantile_sketch, b quantile_sketch) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME', 'quantile_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION subtract(quantile_sketch, quantile_sketch)
    IS 'sketch of the rows of a without those of b, which must be among them; its extremes are known to their buckets '
       'only';

CREATE FUNCTION coarsen(sketch quantile_sketch, accuracy double precision) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME', 'quantile_coarsen' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION coarsen(quantile_sketch, double precision)
    IS 'sketch of the same rows with a coarser relative accuracy, as if built with it';

-- ---- read -----------------------------------------------------------------------------------------------------------

CREATE FUNCTION percentile(sketch quantile_sketch, p double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'quantile_percentile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentile(quantile_sketch, double precision)
    IS 'value below which a fraction p of the rows lies, interpolated as percentile_cont does';

CREATE FUNCTION percentiles(sketch quantile_sketch, p double precision[]) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'quantile_percentiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentiles(quantile_sketch, double precision[])
    IS 'values below which each fraction p of the rows lies';

CREATE FUNCTION percentile_bounds(sketch quantile_sketch, p double precision) RETURNS sketch_bounds
    AS 'MODULE_PATHNAME', 'quantile_percentile_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentile_bounds(quantile_sketch, double precision)
    IS 'bounds that contain the exact percentile_cont';

CREATE FUNCTION percentile_rank(sketch quantile_sketch, x double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'quantile_percentile_rank' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentile_rank(quantile_sketch, double precision)
    IS 'estimated fraction of the rows that are at most x';

CREATE FUNCTION percentile_ranks(sketch quantile_sketch, x double precision[]) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'quantile_percentile_ranks' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentile_ranks(quantile_sketch, double precision[])
    IS 'estimated fractions of the rows that are at most each x';

CREATE FUNCTION histogram(sketch quantile_sketch, OUT lower double precision, OUT upper double precision,
                          OUT count bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'quantile_histogram' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 300;
COMMENT ON FUNCTION histogram(quantile_sketch)
    IS 'the buckets that hold rows, in ascending order: count rows lie between lower and upper, both included';

CREATE FUNCTION histogram(sketch quantile_sketch, bounds double precision[], OUT lower double precision,
                          OUT upper double precision, OUT count bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'quantile_histogram_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 20;
COMMENT ON FUNCTION histogram(quantile_sketch, double precision[])
    IS 'estimated rows above lower and up to upper, for the intervals that the bounds divide the numbers into';

CREATE FUNCTION histogram_bins(sketch quantile_sketch, n integer, OUT lower double precision,
                               OUT upper double precision, OUT count bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'quantile_histogram_bins' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 20;
COMMENT ON FUNCTION histogram_bins(quantile_sketch, integer)
    IS 'estimated rows above lower and up to upper, for n intervals of equal width from the smallest to the largest '
       'finite value; infinities and NaN have rows of their own';

CREATE FUNCTION cumulative_histogram(sketch quantile_sketch, bounds double precision[], OUT upper double precision,
                                     OUT count bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'quantile_cumulative_histogram' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 20;
COMMENT ON FUNCTION cumulative_histogram(quantile_sketch, double precision[])
    IS 'estimated rows that are at most each bound; last, up to Infinity, all rows with NaN among them';

CREATE FUNCTION mean_value(sketch quantile_sketch) RETURNS double precision
    AS 'MODULE_PATHNAME', 'quantile_mean_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION mean_value(quantile_sketch) IS 'estimated mean: off by at most accuracy times the mean of |x|';

CREATE FUNCTION sum_value(sketch quantile_sketch) RETURNS double precision
    AS 'MODULE_PATHNAME', 'quantile_sum_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION sum_value(quantile_sketch) IS 'estimated sum: off by at most accuracy times the sum of |x|';

CREATE FUNCTION trimmed_mean(sketch quantile_sketch, low double precision, high double precision)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'quantile_trimmed_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION trimmed_mean(quantile_sketch, double precision, double precision)
    IS 'estimated mean of the rows between the fractions low and high of all, in ascending order';

CREATE FUNCTION min_value(sketch quantile_sketch) RETURNS double precision
    AS 'MODULE_PATHNAME', 'quantile_min_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION min_value(quantile_sketch) IS 'smallest value, exact unless subtracted: then within its bucket';

CREATE FUNCTION max_value(sketch quantile_sketch) RETURNS double precision
    AS 'MODULE_PATHNAME', 'quantile_max_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION max_value(quantile_sketch) IS 'largest value, exact unless subtracted: then within its bucket';

CREATE FUNCTION total_count(sketch quantile_sketch) RETURNS bigint
    AS 'MODULE_PATHNAME', 'quantile_total_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION total_count(quantile_sketch) IS 'number of rows, exact';

CREATE FUNCTION sketch_info(sketch quantile_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'quantile_sketch_info' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION sketch_info(quantile_sketch) IS 'parameters, counters and size of a sketch';

-- ---- in one step ----------------------------------------------------------------------------------------------------

CREATE FUNCTION percentile_sketch_trans(quantile_sketch, double precision, double precision) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION percentile_sketch_trans(quantile_sketch, double precision, double precision)
    IS 'aggregate transition function';
CREATE FUNCTION percentile_sketch_array_trans(quantile_sketch, double precision, double precision[])
    RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION percentile_sketch_array_trans(quantile_sketch, double precision, double precision[])
    IS 'aggregate transition function';
CREATE FUNCTION percentile_sketch_combine(quantile_sketch, quantile_sketch) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentile_sketch_combine(quantile_sketch, quantile_sketch) IS 'aggregate combine function';
CREATE FUNCTION percentile_sketch_final(quantile_sketch) RETURNS double precision
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentile_sketch_final(quantile_sketch) IS 'aggregate final function';
CREATE FUNCTION percentile_sketch_array_final(quantile_sketch) RETURNS double precision[]
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION percentile_sketch_array_final(quantile_sketch) IS 'aggregate final function';
CREATE FUNCTION percentile_sketch_moving_trans(quantile_sketch, double precision, double precision)
    RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION percentile_sketch_moving_trans(quantile_sketch, double precision, double precision)
    IS 'moving-aggregate transition function';
CREATE FUNCTION percentile_sketch_moving_inverse(quantile_sketch, double precision, double precision)
    RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION percentile_sketch_moving_inverse(quantile_sketch, double precision, double precision)
    IS 'moving-aggregate inverse transition function';
CREATE FUNCTION percentile_sketch_array_moving_trans(quantile_sketch, double precision, double precision[])
    RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION percentile_sketch_array_moving_trans(quantile_sketch, double precision, double precision[])
    IS 'moving-aggregate transition function';
CREATE FUNCTION percentile_sketch_moving_inverse(quantile_sketch, double precision, double precision[])
    RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION percentile_sketch_moving_inverse(quantile_sketch, double precision, double precision[])
    IS 'moving-aggregate inverse transition function';

CREATE AGGREGATE percentile_sketch(x double precision, p double precision) (
    SFUNC = percentile_sketch_trans, STYPE = quantile_sketch, SSPACE = 512,
    FINALFUNC = percentile_sketch_final, COMBINEFUNC = percentile_sketch_combine, PARALLEL = SAFE,
    MSFUNC = percentile_sketch_moving_trans, MINVFUNC = percentile_sketch_moving_inverse,
    MSTYPE = quantile_sketch, MSSPACE = 4096, MFINALFUNC = percentile_sketch_final
);
COMMENT ON AGGREGATE percentile_sketch(double precision, double precision)
    IS 'approximate percentile, within 1 % of the exact one';

CREATE AGGREGATE percentile_sketch(x double precision, p double precision[]) (
    SFUNC = percentile_sketch_array_trans, STYPE = quantile_sketch, SSPACE = 512,
    FINALFUNC = percentile_sketch_array_final, COMBINEFUNC = percentile_sketch_combine, PARALLEL = SAFE,
    MSFUNC = percentile_sketch_array_moving_trans, MINVFUNC = percentile_sketch_moving_inverse,
    MSTYPE = quantile_sketch, MSSPACE = 4096, MFINALFUNC = percentile_sketch_array_final
);
COMMENT ON AGGREGATE percentile_sketch(double precision, double precision[])
    IS 'approximate percentiles, each within 1 % of the exact one';

CREATE AGGREGATE approx_percentile(x double precision, p double precision) (
    SFUNC = percentile_sketch_trans, STYPE = quantile_sketch, SSPACE = 512,
    FINALFUNC = percentile_sketch_final, COMBINEFUNC = percentile_sketch_combine, PARALLEL = SAFE,
    MSFUNC = percentile_sketch_moving_trans, MINVFUNC = percentile_sketch_moving_inverse,
    MSTYPE = quantile_sketch, MSSPACE = 4096, MFINALFUNC = percentile_sketch_final
);
COMMENT ON AGGREGATE approx_percentile(double precision, double precision) IS 'same as percentile_sketch';

CREATE AGGREGATE approx_percentile(x double precision, p double precision[]) (
    SFUNC = percentile_sketch_array_trans, STYPE = quantile_sketch, SSPACE = 512,
    FINALFUNC = percentile_sketch_array_final, COMBINEFUNC = percentile_sketch_combine, PARALLEL = SAFE,
    MSFUNC = percentile_sketch_array_moving_trans, MINVFUNC = percentile_sketch_moving_inverse,
    MSTYPE = quantile_sketch, MSSPACE = 4096, MFINALFUNC = percentile_sketch_array_final
);
COMMENT ON AGGREGATE approx_percentile(double precision, double precision[]) IS 'same as percentile_sketch';

-- ---- casts ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION quantile_sketch_from_bytea(bytea) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION quantile_sketch_from_bytea(bytea) IS 'sketch from its packed bytes, which are checked';
CREATE FUNCTION quantile_sketch_to_bytea(quantile_sketch) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION quantile_sketch_to_bytea(quantile_sketch) IS 'packed bytes of a sketch';
CREATE FUNCTION quantile_sketch_to_jsonb(quantile_sketch) RETURNS jsonb
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION quantile_sketch_to_jsonb(quantile_sketch) IS 'sketch as an exponential histogram in JSON, to read';

CREATE CAST (bytea AS quantile_sketch) WITH FUNCTION quantile_sketch_from_bytea(bytea);
CREATE CAST (quantile_sketch AS bytea) WITH FUNCTION quantile_sketch_to_bytea(quantile_sketch);
CREATE CAST (quantile_sketch AS jsonb) WITH FUNCTION quantile_sketch_to_jsonb(quantile_sketch);

-- ---- comparison: equal bytes are equal multisets of rows; the order is arbitrary but fixed --------------------------

CREATE FUNCTION quantile_sketch_eq(quantile_sketch, quantile_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION quantile_sketch_eq(quantile_sketch, quantile_sketch) IS 'implementation of = operator';
CREATE FUNCTION quantile_sketch_ne(quantile_sketch, quantile_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION quantile_sketch_ne(quantile_sketch, quantile_sketch) IS 'implementation of <> operator';
CREATE FUNCTION quantile_sketch_lt(quantile_sketch, quantile_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION quantile_sketch_lt(quantile_sketch, quantile_sketch) IS 'implementation of < operator';
CREATE FUNCTION quantile_sketch_le(quantile_sketch, quantile_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION quantile_sketch_le(quantile_sketch, quantile_sketch) IS 'implementation of <= operator';
CREATE FUNCTION quantile_sketch_gt(quantile_sketch, quantile_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION quantile_sketch_gt(quantile_sketch, quantile_sketch) IS 'implementation of > operator';
CREATE FUNCTION quantile_sketch_ge(quantile_sketch, quantile_sketch) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION quantile_sketch_ge(quantile_sketch, quantile_sketch) IS 'implementation of >= operator';
CREATE FUNCTION quantile_sketch_cmp(quantile_sketch, quantile_sketch) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION quantile_sketch_cmp(quantile_sketch, quantile_sketch) IS 'less-equal-greater';
CREATE FUNCTION quantile_sketch_hash(quantile_sketch) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION quantile_sketch_hash(quantile_sketch) IS 'hash';
CREATE FUNCTION quantile_sketch_hash_extended(quantile_sketch, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION quantile_sketch_hash_extended(quantile_sketch, bigint) IS 'hash';

CREATE OPERATOR = (
    LEFTARG = quantile_sketch, RIGHTARG = quantile_sketch, FUNCTION = quantile_sketch_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (quantile_sketch, quantile_sketch) IS 'equal';
CREATE OPERATOR <> (
    LEFTARG = quantile_sketch, RIGHTARG = quantile_sketch, FUNCTION = quantile_sketch_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (quantile_sketch, quantile_sketch) IS 'not equal';
CREATE OPERATOR < (
    LEFTARG = quantile_sketch, RIGHTARG = quantile_sketch, FUNCTION = quantile_sketch_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (quantile_sketch, quantile_sketch) IS 'less than, in byte order';
CREATE OPERATOR <= (
    LEFTARG = quantile_sketch, RIGHTARG = quantile_sketch, FUNCTION = quantile_sketch_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (quantile_sketch, quantile_sketch) IS 'less than or equal, in byte order';
CREATE OPERATOR > (
    LEFTARG = quantile_sketch, RIGHTARG = quantile_sketch, FUNCTION = quantile_sketch_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (quantile_sketch, quantile_sketch) IS 'greater than, in byte order';
CREATE OPERATOR >= (
    LEFTARG = quantile_sketch, RIGHTARG = quantile_sketch, FUNCTION = quantile_sketch_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (quantile_sketch, quantile_sketch) IS 'greater than or equal, in byte order';

CREATE OPERATOR CLASS quantile_sketch_ops DEFAULT FOR TYPE quantile_sketch USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 quantile_sketch_cmp(quantile_sketch, quantile_sketch);
CREATE OPERATOR CLASS quantile_sketch_ops DEFAULT FOR TYPE quantile_sketch USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 quantile_sketch_hash(quantile_sketch),
    FUNCTION 2 quantile_sketch_hash_extended(quantile_sketch, bigint);
