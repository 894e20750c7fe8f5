-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION sketch_ext" to load this file. \quit

CREATE FUNCTION sketch_ext_version() RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_ext_version() IS 'version of the loaded sketch_ext library';

-- ANALYZE of all sketch types: no sketch is copied into pg_statistic, where it could be of any size and would tell of rows
-- that the reader of statistics may not see.
CREATE FUNCTION sketch_typanalyze(internal) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_typanalyze(internal) IS 'statistics of a column of sketches: fraction of nulls and mean width';

-- ---- bounds: one type each, so that they stand in views and tables, and have named columns everywhere ---------------

CREATE TYPE sketch_bounds AS (lower double precision, upper double precision);
COMMENT ON TYPE sketch_bounds IS 'lower and upper bound of a number';
COMMENT ON COLUMN sketch_bounds.lower IS 'lower bound, itself included';
COMMENT ON COLUMN sketch_bounds.upper IS 'upper bound, itself included';

CREATE TYPE sketch_count_bounds AS (lower bigint, upper bigint);
COMMENT ON TYPE sketch_count_bounds IS 'lower and upper bound of a count';
COMMENT ON COLUMN sketch_count_bounds.lower IS 'lower bound, itself included';
COMMENT ON COLUMN sketch_count_bounds.upper IS 'upper bound, itself included';
