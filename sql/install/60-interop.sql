-- Exponential histograms of OpenTelemetry and native histograms of Prometheus, in and out.

-- ---- OpenTelemetry --------------------------------------------------------------------------------------------------

CREATE FUNCTION otlp_points(request jsonb, OUT resource jsonb, OUT metric text, OUT unit text, OUT attributes jsonb,
                            OUT start_time timestamptz, OUT "time" timestamptz, OUT temporality text, OUT count bigint,
                            OUT sum double precision, OUT sketch quantile_sketch) RETURNS SETOF record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 100;
COMMENT ON FUNCTION otlp_points(jsonb)
    IS 'exponential histograms of an OpenTelemetry ExportMetricsServiceRequest in JSON';

CREATE FUNCTION otlp_points_protobuf(request bytea, OUT resource jsonb, OUT metric text, OUT unit text,
                                     OUT attributes jsonb, OUT start_time timestamptz, OUT "time" timestamptz,
                                     OUT temporality text, OUT count bigint, OUT sum double precision,
                                     OUT sketch quantile_sketch) RETURNS SETOF record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 100;
COMMENT ON FUNCTION otlp_points_protobuf(bytea)
    IS 'exponential histograms of an OpenTelemetry ExportMetricsServiceRequest in protobuf';

CREATE FUNCTION quantile_sketch_from_otlp(point jsonb) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION quantile_sketch_from_otlp(jsonb)
    IS 'sketch from one data point of an OpenTelemetry exponential histogram';

CREATE FUNCTION to_otlp(sketch quantile_sketch, max_buckets integer DEFAULT 160) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'quantile_sketch_to_otlp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION to_otlp(quantile_sketch, integer)
    IS 'data point of an OpenTelemetry exponential histogram, of up to max_buckets buckets on each side of zero';

-- ---- Prometheus -----------------------------------------------------------------------------------------------------

CREATE FUNCTION quantile_sketch_from_prometheus(metric_family bytea, OUT labels jsonb, OUT count bigint,
                                                OUT sum double precision, OUT sketch quantile_sketch)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 10;
COMMENT ON FUNCTION quantile_sketch_from_prometheus(bytea)
    IS 'native histograms of a Prometheus MetricFamily in protobuf';

CREATE FUNCTION prometheus_write_request(request bytea, OUT labels jsonb, OUT "time" timestamptz, OUT count bigint,
                                         OUT sum double precision, OUT sketch quantile_sketch) RETURNS SETOF record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 100;
COMMENT ON FUNCTION prometheus_write_request(bytea)
    IS 'native histograms of a request of Prometheus remote write 1.0, decompressed';

CREATE FUNCTION to_prometheus(sketch quantile_sketch, sum double precision, name text, labels jsonb DEFAULT '{}')
    RETURNS bytea
    AS 'MODULE_PATHNAME', 'quantile_sketch_to_prometheus' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION to_prometheus(quantile_sketch, double precision, text, jsonb)
    IS 'Prometheus MetricFamily with a native histogram, in protobuf; a null sum is estimated';

-- ---- cumulative histograms ------------------------------------------------------------------------------------------

CREATE FUNCTION counter_delta(newer quantile_sketch, older quantile_sketch) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME', 'quantile_counter_delta' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION counter_delta(quantile_sketch, quantile_sketch)
    IS 'rows that came between two readings of a cumulative histogram; all of the newer one if it was reset';

CREATE FUNCTION counter_delta(newer quantile_sketch, newer_start timestamptz, older quantile_sketch,
                              older_start timestamptz) RETURNS quantile_sketch
    AS 'MODULE_PATHNAME', 'quantile_counter_delta' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION counter_delta(quantile_sketch, timestamptz, quantile_sketch, timestamptz)
    IS 'the same, and all of the newer one if both start times are known and differ';

-- ---- Apache DataSketches --------------------------------------------------------------------------------------------

CREATE FUNCTION topk_sketch_from_frequent_strings(frequent_items bytea) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION topk_sketch_from_frequent_strings(bytea)
    IS 'top-k sketch from a frequent-items sketch of strings of Apache DataSketches';

CREATE FUNCTION topk_sketch_from_frequent_longs(frequent_items bytea) RETURNS topk_sketch
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION topk_sketch_from_frequent_longs(bytea)
    IS 'top-k sketch from a frequent-items sketch of longs of Apache DataSketches';
