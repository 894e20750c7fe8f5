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
