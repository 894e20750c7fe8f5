-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION sketch_ext" to load this file. \quit

-- COST: what calls cost the planner, beside the 1 of a row's transition function (8 to 45 ns). A unit
-- (cpu_operator_cost) is about 10 ns here: PostgreSQL's own are such that a scanned row has 4 (cpu_tuple_cost), and
-- takes 40 to 50 ns. Powers of ten of what calls on packed sketches of 7,000 rows took, default parameters. Combine and
-- final functions by what sketches of 70 rows take: plans with many groups are what their cost decides.
--
--        10   up to 0.2 us: comparisons, and a value looked up
--       100   about 1 us: what decodes a small sketch, or a header and some hundred counters
--     1,000   about 10 us: what decodes, packs or merges a sketch of thousands of rows, or makes rows or JSON of it
--    10,000   about 100 us: blocks of a filter, all of them

CREATE FUNCTION sketch_ext_version() RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_ext_version() IS 'version of the loaded sketch_ext library';

-- ANALYZE of all sketch types: no sketch is copied into pg_statistic, where it could be of any size and would tell of
-- rows that the reader of statistics may not see.
CREATE FUNCTION sketch_typanalyze(internal) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sketch_typanalyze(internal)
    IS 'statistics of a column of sketches: fraction of nulls and mean width';

-- ---- bounds: one type each, so that they stand in views and tables, and have named columns everywhere ---------------

CREATE TYPE sketch_bounds AS (lower double precision, upper double precision);
COMMENT ON TYPE sketch_bounds IS 'lower and upper bound of a number';
COMMENT ON COLUMN sketch_bounds.lower IS 'lower bound, itself included';
COMMENT ON COLUMN sketch_bounds.upper IS 'upper bound, itself included';

CREATE TYPE sketch_count_bounds AS (lower bigint, upper bigint);
COMMENT ON TYPE sketch_count_bounds IS 'lower and upper bound of a count';
COMMENT ON COLUMN sketch_count_bounds.lower IS 'lower bound, itself included';
COMMENT ON COLUMN sketch_count_bounds.upper IS 'upper bound, itself included';
