-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION sketch_ext" to load this file. \quit

CREATE FUNCTION sketch_ext_version() RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_ext_version() IS 'version of the loaded sketch_ext library';
