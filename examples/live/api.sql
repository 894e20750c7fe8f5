-- What is asked: functions with one signature a name, so that PostgREST can serve the schema as it is. All of them are for
-- live_reader. Times are widened to whole buckets as they are kept at that age; every row has bounds that hold.

\set ON_ERROR_STOP 1
SET search_path = live, public;

-- The interval, the step and the grouping, as they can be answered.
CREATE TYPE live.span AS ("from" timestamptz, "to" timestamptz, step interval, each_host boolean);
CREATE FUNCTION live.span("from" timestamptz, "to" timestamptz, step interval DEFAULT NULL, "by" text DEFAULT NULL) RETURNS live.span
LANGUAGE plpgsql STABLE SET search_path = live, public, pg_temp AS $$
DECLARE
    width interval;
    origin CONSTANT timestamptz := '2000-01-01 00:00+00';
BEGIN
    "to" := coalesce("to", now());
    "from" := coalesce("from", "to" - interval '5 minutes');
    IF NOT isfinite("from") OR NOT isfinite("to") OR "from" >= "to" THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"from" must be before "to": %s, %s', "from", "to");
    END IF;
    SELECT coalesce(max(level.width), '1 second') INTO width FROM level WHERE before > "from";
    "from" := date_bin(width, "from", origin);
    IF step IS NOT NULL THEN
        IF date_part('month', step) + date_part('year', step) > 0 OR step < width OR mod(date_part('epoch', step)::numeric, date_part('epoch', width)::numeric) <> 0 THEN
            RAISE invalid_parameter_value USING MESSAGE = format('"step" must be a multiple of %s, without months, for data of that age', width);
        ELSIF extract(epoch FROM "to" - "from") > 5000 * extract(epoch FROM step) THEN
            RAISE invalid_parameter_value USING MESSAGE = 'that would be more than 5000 steps';
        END IF;
        width := step;
    END IF;
    "to" := "from" + width * ceil(extract(epoch FROM "to" - "from") / extract(epoch FROM width))::float8;
    IF "by" <> 'host' THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"by" can be host, not %s', "by");
    END IF;
    RETURN ("from", "to", coalesce(step, "to" - "from"), "by" IS NOT NULL)::live.span;
END $$;

-- What is merged: by steps of the span, and by hosts if that was asked. Without settings of its own it becomes a part of the
-- query that calls it, which reads only the columns that it names.
CREATE FUNCTION live.slices(span live.span, only_host text) RETURNS TABLE (at timestamptz, by_host text, requests numeric, latency quantile_sketch, clients distinct_sketch,
    top_routes topk_sketch, top_clients topk_sketch, client_requests frequency_sketch, seen_clients membership_sketch)
LANGUAGE sql STABLE AS $$
    SELECT date_bin((span).step, bucket, (span)."from"), CASE WHEN (span).each_host THEN host END, requests, latency, clients, top_routes, top_clients, client_requests, seen_clients
    FROM live.traffic WHERE bucket >= (span)."from" AND bucket < (span)."to" AND (only_host IS NULL OR host = only_host) $$;

-- Edges of a heat map: 1 ms to 10 s.
CREATE FUNCTION live.edges() RETURNS float8[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(power(10, i / 8.0)::float8 ORDER BY i) FROM generate_series(0, 32) AS i $$;

CREATE FUNCTION sketch_api.percentiles(p float8[] DEFAULT '{0.5,0.9,0.99}', "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL,
    host text DEFAULT NULL, "by" text DEFAULT NULL, step interval DEFAULT NULL)
RETURNS TABLE (at timestamptz, by_host text, requests bigint, percentile float8, value float8, lower float8, upper float8)
LANGUAGE plpgsql STABLE SET search_path = live, public, pg_temp AS $$
DECLARE
    span live.span := live.span("from", "to", step, "by");
BEGIN
    RETURN QUERY
    SELECT s.at, s.by_host, total_count(s.latency), q, public.percentile(s.latency, q), b.lower, b.upper
    FROM (SELECT t.at, t.by_host, merge(latency) AS latency FROM slices(span, host) AS t GROUP BY 1, 2) AS s, unnest(p) AS q, percentile_bounds(s.latency, q) AS b
    WHERE s.latency IS NOT NULL
    ORDER BY 1, 2, 4;
END $$;

CREATE FUNCTION sketch_api.distinct_clients("from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL,
    host text DEFAULT NULL, "by" text DEFAULT NULL, step interval DEFAULT NULL)
RETURNS TABLE (at timestamptz, by_host text, clients bigint, lower float8, upper float8)
LANGUAGE plpgsql STABLE SET search_path = live, public, pg_temp AS $$
DECLARE
    span live.span := live.span("from", "to", step, "by");
BEGIN
    RETURN QUERY
    SELECT s.at, s.by_host, distinct_count(s.clients), b.lower::float8, b.upper::float8
    FROM (SELECT t.at, t.by_host, merge(t.clients) AS clients FROM slices(span, host) AS t GROUP BY 1, 2) AS s, distinct_bounds(s.clients) AS b
    WHERE s.clients IS NOT NULL
    ORDER BY 1, 2;
END $$;

CREATE FUNCTION sketch_api.top(what text DEFAULT 'routes', k int DEFAULT 10, "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL, host text DEFAULT NULL)
RETURNS TABLE (item text, requests bigint, lower bigint, upper bigint, total bigint)
LANGUAGE plpgsql STABLE SET search_path = live, public, pg_temp AS $$
DECLARE
    span live.span := live.span("from", "to");
BEGIN
    IF what IS NULL OR what NOT IN ('routes', 'clients') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"what" is routes or clients, not %s', what);
    END IF;
    RETURN QUERY
    SELECT e.item, e.estimate, e.lower, e.upper, total_count(s.items)
    FROM (SELECT merge(CASE what WHEN 'routes' THEN top_routes ELSE top_clients END) AS items FROM slices(span, host)) AS s, top_k(NULL::text, s.items, k) AS e;
END $$;

CREATE FUNCTION sketch_api.frequency(client text, "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL, host text DEFAULT NULL, step interval DEFAULT NULL)
RETURNS TABLE (at timestamptz, requests bigint, lower bigint, upper bigint)
LANGUAGE plpgsql STABLE SET search_path = live, public, pg_temp AS $$
DECLARE
    span live.span := live.span("from", "to", step);
BEGIN
    RETURN QUERY
    SELECT s.at, public.frequency(s.counts, client), b.lower::bigint, b.upper::bigint
    FROM (SELECT t.at, merge(client_requests) AS counts FROM slices(span, host) AS t GROUP BY 1) AS s, frequency_bounds(s.counts, client) AS b
    WHERE s.counts IS NOT NULL
    ORDER BY 1;
END $$;

-- "seen": false is sure; true is wrong with the probability that stands beside it.
CREATE FUNCTION sketch_api.seen(client text, "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL, host text DEFAULT NULL, step interval DEFAULT NULL)
RETURNS TABLE (at timestamptz, seen boolean, false_positive_rate float8)
LANGUAGE plpgsql STABLE SET search_path = live, public, pg_temp AS $$
DECLARE
    span live.span := live.span("from", "to", step);
BEGIN
    RETURN QUERY
    SELECT s.at, contains(s.clients, client), public.false_positive_rate(s.clients)
    FROM (SELECT t.at, merge(seen_clients) AS clients FROM slices(span, host) AS t GROUP BY 1) AS s
    WHERE s.clients IS NOT NULL
    ORDER BY 1;
END $$;

-- Requests that took more than `lower` and at most `upper` milliseconds. Edges are those of the sketch's buckets next to the
-- bounds asked for, so the counts are exact. NULL is an edge that is open.
CREATE FUNCTION sketch_api.histogram(bounds float8[] DEFAULT NULL, "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL, host text DEFAULT NULL, step interval DEFAULT NULL)
RETURNS TABLE (at timestamptz, lower float8, upper float8, requests bigint)
LANGUAGE plpgsql STABLE SET search_path = live, public, pg_temp AS $$
DECLARE
    span live.span := live.span("from", "to", step);
BEGIN
    RETURN QUERY
    SELECT s.at, nullif(h.lower, '-Infinity'), nullif(h.upper, 'Infinity'), h.count
    FROM (SELECT t.at, merge(latency) AS latency FROM slices(span, host) AS t GROUP BY 1) AS s, public.histogram(s.latency, coalesce(bounds, edges())) AS h
    WHERE h.count > 0
    ORDER BY 1, h.lower;
END $$;

-- The slow path: answers from the events themselves, and the sketches' beside them. The error is relative. Where not all requests
-- have their events any more, or never had, as those of OTLP, the sketches answer for more than the events: then no row has bounds or an error.
CREATE FUNCTION sketch_api.exact("from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL, host text DEFAULT NULL, "by" text DEFAULT NULL)
RETURNS TABLE (by_host text, measure text, exact float8, sketch float8, lower float8, upper float8, error float8)
LANGUAGE plpgsql STABLE SET search_path = live, public, pg_temp AS $$
DECLARE
    span live.span := live.span("from", "to", NULL, "by");
    fractions CONSTANT float8[] := '{0.5,0.9,0.99}';
BEGIN
    RETURN QUERY
    WITH truth AS (
        SELECT CASE WHEN span.each_host THEN e.host END AS host, count(*) AS requests, percentile_cont(fractions) WITHIN GROUP (ORDER BY ms) AS percentiles, count(DISTINCT client) AS clients
        FROM event AS e WHERE e.at >= span."from" AND e.at < span."to" AND (exact.host IS NULL OR e.host = exact.host)
        GROUP BY 1),
    sketches AS (SELECT t.by_host AS host, sum(requests) AS requests, merge(latency) AS latency, merge(clients) AS clients FROM slices(span, exact.host) AS t GROUP BY 1),
    pairs AS (SELECT t.*, s.requests::float8 AS in_sketch, s.latency, s.clients AS client_sketch FROM truth AS t LEFT JOIN sketches AS s ON s.host IS NOT DISTINCT FROM t.host),
    measures AS (
        SELECT p.host, 0 AS place, 'requests' AS measure, requests::float8 AS exact, in_sketch AS sketch, in_sketch AS lower, in_sketch AS upper FROM pairs AS p
        UNION ALL
        SELECT p.host, i, 'p' || fractions[i] * 100, percentiles[i], percentile(latency, fractions[i]), b.lower, b.upper
        FROM pairs AS p, generate_subscripts(fractions, 1) AS i, percentile_bounds(latency, fractions[i]) AS b
        UNION ALL
        SELECT p.host, 9, 'clients', clients, distinct_count(client_sketch), b.lower, b.upper FROM pairs AS p, distinct_bounds(client_sketch) AS b)
    SELECT m.host, m.measure, m.exact, m.sketch, r.lower, r.upper, r.error
    FROM measures AS m JOIN pairs AS p ON p.host IS NOT DISTINCT FROM m.host
        LEFT JOIN LATERAL (SELECT m.lower, m.upper, abs(m.sketch - m.exact) / nullif(abs(m.exact), 0) AS error WHERE p.requests = p.in_sketch) AS r ON true
    ORDER BY m.host, m.place;
END $$;

CREATE FUNCTION sketch_api.alerts(after bigint DEFAULT 0, "limit" int DEFAULT 100)
RETURNS TABLE (id bigint, at timestamptz, rule text, subject text, state text, value float8, above float8)
LANGUAGE sql STABLE SET search_path = live, public, pg_temp AS $$
    SELECT * FROM (SELECT a.id, a.at, a.rule, a.subject, a.state, a.value, a.above FROM live.alert AS a WHERE a.id > after ORDER BY a.id DESC LIMIT "limit") AS last ORDER BY id $$;

CREATE FUNCTION sketch_api.hosts() RETURNS TABLE (host text, since timestamptz) LANGUAGE sql STABLE SET search_path = live, public, pg_temp AS $$
    SELECT name, since FROM live.host ORDER BY name $$;

-- One look at the last seconds, for the dashboard: what it shows is computed once for all who look.
CREATE FUNCTION sketch_api.now_playing(period interval DEFAULT '1 minute') RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = live, public, pg_temp AS $$
DECLARE
    moment timestamptz := date_trunc('second', now());
BEGIN
    RETURN (
        WITH whole AS MATERIALIZED (SELECT merge(latency) AS latency, merge(clients) AS clients, merge(top_routes) AS routes, sum(requests) AS requests FROM traffic WHERE bucket >= moment - period),
        seconds AS (SELECT bucket, merge(latency) AS latency, sum(requests) AS requests FROM traffic WHERE bucket >= moment - interval '3 seconds' GROUP BY 1)
        SELECT jsonb_build_object('at', moment, 'requests', requests,
            'percentiles', (SELECT jsonb_agg(jsonb_build_object('p', p, 'value', percentile(latency, p), 'lower', b.lower, 'upper', b.upper)) FROM unnest('{0.5,0.9,0.99}'::float8[]) AS p, percentile_bounds(latency, p) AS b),
            'clients', (SELECT jsonb_build_object('value', distinct_count(clients), 'lower', b.lower, 'upper', b.upper) FROM distinct_bounds(clients) AS b),
            'routes', (SELECT jsonb_agg(to_jsonb(e)) FROM top_k(NULL::text, routes, 8) AS e), 'total', total_count(routes),
            'seconds', (SELECT jsonb_agg(jsonb_build_object('at', bucket, 'requests', s.requests, 'percentiles', percentiles(s.latency, '{0.5,0.9,0.99}'),
                'histogram', (SELECT jsonb_agg(jsonb_build_array(h.lower, h.upper, h.count)) FROM histogram(s.latency, edges()) AS h WHERE h.count > 0)) ORDER BY bucket) FROM seconds AS s WHERE s.latency IS NOT NULL),
            'firing', (SELECT coalesce(jsonb_agg(jsonb_build_object('rule', rule, 'subject', subject, 'since', since) ORDER BY since), '[]') FROM firing))
        FROM whole);
END $$;

-- What Prometheus counts, of the busiest hosts: since midnight UTC, which it sees as a counter that begins anew.
CREATE FUNCTION sketch_api.prometheus() RETURNS TABLE (family bytea) LANGUAGE sql STABLE SET search_path = live, public, pg_temp AS $$
    SELECT to_prometheus(latency, sum_value(latency), 'http_request_milliseconds', jsonb_build_object('host', host))
    FROM (SELECT host, merge(latency) AS latency FROM live.traffic WHERE bucket >= date_bin('1 day', now(), '2000-01-01 00:00+00') GROUP BY 1) AS t
    WHERE latency IS NOT NULL ORDER BY total_count(latency) DESC LIMIT 1000 $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA sketch_api FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA sketch_api TO live_reader;
GRANT EXECUTE ON FUNCTION live.span, live.slices, live.edges TO live_reader;
