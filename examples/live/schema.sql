-- What is stored, and what happens to it: run once, as a superuser or as the owner of the database.
-- Programs come as live_writer (gateway, consumer), live_keeper (keeper.py), and live_reader (the API, PostgREST, Grafana).

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS sketch_rollup CASCADE;

CREATE SCHEMA live;
CREATE SCHEMA sketch_api;
SET search_path = live, public;

-- Roles belong to the whole server: they may be there from another database.
SELECT format('CREATE ROLE %I LOGIN', role) FROM unnest('{live_writer, live_keeper, live_reader}'::text[]) AS role WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec
ALTER ROLE live_reader SET statement_timeout = '5s';
ALTER ROLE live_reader SET default_transaction_read_only = on;
ALTER ROLE live_writer SET idle_in_transaction_session_timeout = '30s'; -- a program that was stopped holds up others for no longer
GRANT USAGE ON SCHEMA live TO live_writer, live_keeper, live_reader;
GRANT USAGE ON SCHEMA sketch_api TO live_reader;

---------- What comes in

-- The events of one host, one second and one flush.
CREATE TABLE delta (
    at timestamptz NOT NULL CHECK (isfinite(at)),
    host text NOT NULL CHECK (length(host) BETWEEN 1 AND 200),
    requests bigint NOT NULL CHECK (requests BETWEEN 1 AND 1000000000), -- far from where sums of them end
    latency quantile_sketch,          -- of milliseconds
    clients distinct_sketch,
    top_routes topk_sketch,
    top_clients topk_sketch,
    client_requests frequency_sketch,
    seen_clients membership_sketch
);
CREATE INDEX ON delta (at);

-- The events themselves, for exact answers as long as they are kept: a partition a day.
CREATE TABLE event (at timestamptz NOT NULL, host text NOT NULL, route text NOT NULL, client text NOT NULL, ms float8 NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_rest PARTITION OF event DEFAULT; -- what comes before its partition, or waited in a queue until that was gone

-- Each producer numbers its requests, from 0 on. What it sends again is known by that, also after a crash between commit and answer.
CREATE TABLE producer (id text PRIMARY KEY, sequence bigint NOT NULL, refused boolean NOT NULL, seen timestamptz NOT NULL DEFAULT now());

-- Where the consumer goes on in each partition of a topic: written in the transaction that has what came before it.
CREATE TABLE consumed (topic text, partition int, next bigint NOT NULL, PRIMARY KEY (topic, partition));

-- Hosts, as they come up. They are rows of each second and lines of each answer: somebody has to mind how many there are.
CREATE TABLE host (name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200), since timestamptz NOT NULL DEFAULT now());
CREATE FUNCTION know_hosts(names text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = live, public, pg_temp AS $$
BEGIN
    INSERT INTO host SELECT DISTINCT name FROM unnest(names) AS n (name) ORDER BY 1 ON CONFLICT DO NOTHING;
    IF FOUND AND (SELECT count(*) FROM host) > 10000 THEN
        RAISE program_limit_exceeded USING MESSAGE = 'there are 10000 hosts already';
    END IF;
END $$;

-- 'new' where a request is taken now, 'known' where it was taken before (or 'refused', when only its number was), 'gap' where it is not taken as one
-- before it is missing (of those that are strict), with the sequence that the producer has reached. Producers wait for each other here, in the order of their names.
CREATE FUNCTION claim(producers text[], sequences bigint[], strict boolean[], refused boolean[]) RETURNS TABLE (producer text, verdict text, reached bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = live, public, pg_temp AS $$
DECLARE
    taken text[];
BEGIN
    WITH claimed AS (
        INSERT INTO live.producer AS p (id, sequence, refused)
        SELECT w.id, w.sequence, w.refused FROM unnest(producers, sequences, strict, refused) AS w (id, sequence, strict, refused)
        WHERE NOT w.strict OR w.sequence = 0 OR EXISTS (SELECT FROM live.producer AS p WHERE p.id = w.id)
        ORDER BY w.id
        ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, refused = excluded.refused, seen = now()
        WHERE p.sequence < excluded.sequence AND (p.sequence = excluded.sequence - 1 OR NOT strict[array_position(producers, p.id)])
        RETURNING id)
    SELECT array_agg(id) INTO taken FROM claimed;
    RETURN QUERY -- a statement of its own sees what the first one waited for
    SELECT w.id, CASE WHEN p.id = ANY (taken) THEN 'new' WHEN p.sequence = w.sequence AND p.refused THEN 'refused' WHEN p.sequence >= w.sequence THEN 'known' ELSE 'gap' END, p.sequence
    FROM unnest(producers, sequences) AS w (id, sequence) LEFT JOIN live.producer AS p USING (id);
END $$;

---------- What is kept: one roll-up, whose buckets grow with age

SELECT rollup_create('live.traffic', $$
    SELECT date_bin('1 second', at, '2000-01-01 00:00+00') AS bucket, host, sum(requests) AS requests, merge(latency) AS latency,
        merge(clients) AS clients, merge(top_routes) AS top_routes, merge(top_clients) AS top_clients,
        merge(client_requests) AS client_requests, merge(seen_clients) AS seen_clients
    FROM live.delta
    GROUP BY 1, 2 $$);
CALL rollup_refresh('live.traffic');

-- Buckets become this wide when they are older than that; "before" is how far that is done. Widths are multiples of each other.
CREATE TABLE level (width interval PRIMARY KEY, older_than interval NOT NULL CHECK (older_than >= width), before timestamptz NOT NULL DEFAULT '-infinity');
INSERT INTO level VALUES ('1 minute', '10 minutes'), ('1 hour', '2 days'), ('1 day', '60 days');

CREATE TABLE retention (what text PRIMARY KEY, age interval NOT NULL);
INSERT INTO retention VALUES ('traffic', '2 years'), ('event', '8 days'), ('producer', '1 day'), ('alert', '90 days'), ('metric', '8 days');

-- Events that are older than this are refused.
CREATE FUNCTION oldest_event() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = live, public, pg_temp AS $$
    SELECT date_bin('1 day', now(), '2000-01-01 00:00+00') - age + interval '1 day' FROM live.retention WHERE what = 'event' $$;

CREATE FUNCTION make_partitions() RETURNS void LANGUAGE plpgsql SET search_path = live, public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
    day timestamptz;
    old regclass;
BEGIN
    FOR day IN SELECT d FROM generate_series(oldest_event(), now() + interval '2 days', interval '24 hours') AS d
        WHERE to_regclass('live.event_' || to_char(d, 'YYYYMMDD')) IS NULL LOOP
        EXECUTE format('CREATE TABLE live.%1$I (LIKE live.event); WITH moved AS (DELETE FROM live.event_rest WHERE at >= %2$L AND at < %3$L RETURNING *) INSERT INTO live.%1$I SELECT * FROM moved;'
            'ALTER TABLE live.event ATTACH PARTITION live.%1$I FOR VALUES FROM (%2$L) TO (%3$L)', 'event_' || to_char(day, 'YYYYMMDD'), day, day + interval '24 hours');
    END LOOP;
    FOR old IN SELECT relid FROM pg_partition_tree('live.event') WHERE relid::text ~ '_[0-9]{8}$' AND to_date(right(relid::text, 8), 'YYYYMMDD') < oldest_event() LOOP
        EXECUTE format('DROP TABLE %s', old);
    END LOOP;
END $$;
SELECT make_partitions();

-- Once a minute, then keep(). What is sealed does not follow its table any more, so the deltas that it was made of can go:
-- in a transaction of their own, for writers wait for this one.
CREATE TABLE sealed (before timestamptz NOT NULL);
INSERT INTO sealed VALUES ('-infinity');
CREATE FUNCTION seal() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = live, public, pg_temp SET lock_timeout = '2 s' AS $$
    UPDATE live.sealed SET before = rollup_seal('live.traffic', now() - interval '5 minutes') $$;

CREATE FUNCTION keep() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = live, public, pg_temp SET lock_timeout = '2 s' AS $$
BEGIN
    PERFORM make_partitions();
    PERFORM rollup_compact('live.traffic');
    UPDATE level SET before = rollup_fold('live.traffic', older_than, width);
    DELETE FROM delta WHERE at < (SELECT before FROM sealed);
    PERFORM rollup_retain('live.traffic', age) FROM retention WHERE what = 'traffic';
    DELETE FROM event_rest WHERE at < oldest_event();
    DELETE FROM producer WHERE seen < now() - (SELECT age FROM retention WHERE what = 'producer');
    DELETE FROM alert WHERE at < now() - (SELECT age FROM retention WHERE what = 'alert');
    DELETE FROM metric WHERE time < now() - (SELECT age FROM retention WHERE what = 'metric');
END $$;

-- Every second: so that there are few deltas to read.
CREATE FUNCTION compact() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = live, public, pg_temp AS $$
    SELECT rollup_compact('live.traffic') $$;

---------- Alerts

-- kind        value of a subject, over the last `period`                                argument
-- percentile  milliseconds at a percentile, of each host                                the percentile
-- clients     different clients, as a multiple of those in the same period yesterday     clients that there must be, at least
-- share       part of all requests that an item has at least, of clients and routes     requests that there must be
-- new         1 of a host that was never seen before                                    -
CREATE TABLE rule (
    name text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('percentile', 'clients', 'share', 'new')),
    argument float8,
    period interval NOT NULL DEFAULT '1 minute' CHECK (period > '0 s'),
    above float8 NOT NULL CHECK (abs(above) < 'Infinity'), -- fires when the value is above this,
    below float8 NOT NULL CHECK (below <= above),   -- and clears when it was not above this
    hold interval NOT NULL DEFAULT '10 seconds' CHECK (hold BETWEEN '0 s' AND '1 year'), -- for as long
    every interval NOT NULL DEFAULT '0 s' CHECK (every BETWEEN '0 s' AND '1 year'), -- no more often than that
    evaluated timestamptz NOT NULL DEFAULT '-infinity',
    CHECK (kind <> 'percentile' OR argument IS NOT NULL AND argument BETWEEN 0 AND 1)
);
INSERT INTO rule (name, kind, argument, period, above, below, every) VALUES
    ('slow', 'percentile', 0.99, '1 minute', 250, 200, '0 s'),
    ('many clients', 'clients', 100, '1 hour', 10, 8, '30 s'),
    ('heavy item', 'share', 100, '1 minute', 0.20, 0.15, '0 s'),
    ('new host', 'new', NULL, '1 minute', 0, 0, '0 s');

CREATE TABLE firing (rule text NOT NULL REFERENCES rule, subject text NOT NULL, since timestamptz NOT NULL, quiet_since timestamptz);
CREATE UNIQUE INDEX ON firing (rule, md5(subject)); -- which may be too long for an index
CREATE TABLE alert (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    rule text NOT NULL,
    subject text NOT NULL,
    state text NOT NULL, -- firing or cleared
    value float8,
    above float8 NOT NULL,
    delivered boolean NOT NULL DEFAULT false -- to the webhook
);
CREATE INDEX ON alert (id) WHERE NOT delivered;

CREATE FUNCTION measure(kind text, argument float8, period interval, moment timestamptz) RETURNS TABLE (subject text, value float8)
LANGUAGE plpgsql STABLE SET search_path = live, public, pg_temp AS $$
BEGIN
    CASE kind
    WHEN 'percentile' THEN
        RETURN QUERY SELECT t.host, percentile(merge(latency), argument) FROM traffic AS t WHERE bucket > moment - period GROUP BY 1;
    WHEN 'clients' THEN
        RETURN QUERY
        WITH days AS (
            SELECT distinct_count(merge(clients) FILTER (WHERE bucket > moment - period)) AS today,
                distinct_count(merge(clients) FILTER (WHERE bucket <= moment - interval '24 hours')) AS yesterday
            FROM traffic WHERE bucket > moment - period OR bucket > moment - period - interval '24 hours' AND bucket <= moment - interval '24 hours')
        SELECT 'all', today::float8 / yesterday FROM days WHERE today >= coalesce(argument, 0) AND yesterday > 0;
    WHEN 'share' THEN
        RETURN QUERY
        WITH last AS MATERIALIZED (
            SELECT merge(top_routes) AS routes, merge(top_clients) AS clients FROM traffic
            WHERE bucket > moment - period HAVING sum(requests) >= coalesce(argument, 0))
        SELECT 'route ' || item, lower::float8 / total_count(routes) FROM last, heavy_hitters(NULL::text, routes, 0.05)
        UNION ALL SELECT 'client ' || item, lower::float8 / total_count(clients) FROM last, heavy_hitters(NULL::text, clients, 0.05);
    WHEN 'new' THEN -- of a fresh database all are new, which is no news
        RETURN QUERY SELECT name, 1::float8 FROM host
        WHERE since > moment - period AND (SELECT min(since) FROM host) <= moment - period;
    END CASE;
END $$;

CREATE FUNCTION report(rule rule, subject text, state text, value float8, moment timestamptz) RETURNS void
LANGUAGE sql SET search_path = live, public, pg_temp AS $$
    WITH logged AS (
        INSERT INTO live.alert (at, rule, subject, state, value, above) VALUES (moment, rule.name, left(subject, 1000), state, value, rule.above)
        RETURNING id, at, alert.rule, alert.subject, alert.state, alert.value, alert.above)
    SELECT pg_notify('live_alert', to_jsonb(logged)::text) FROM logged $$;

-- Who deletes a rule ends what it fired.
CREATE FUNCTION end_rule() RETURNS trigger LANGUAGE plpgsql SET search_path = live, public, pg_temp AS $$
BEGIN
    PERFORM report(OLD, subject, 'cleared', NULL, now()) FROM firing WHERE rule = OLD.name;
    DELETE FROM firing WHERE rule = OLD.name;
    RETURN OLD;
END $$;
CREATE TRIGGER end_rule BEFORE DELETE ON rule FOR EACH ROW EXECUTE FUNCTION end_rule();

CREATE FUNCTION evaluate_rule(due rule, moment timestamptz) RETURNS void LANGUAGE plpgsql SET search_path = live, public, pg_temp AS $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT subject, m.value, f.since IS NOT NULL AS is_firing, f.quiet_since
        FROM measure(due.kind, due.argument, due.period, moment) AS m
        FULL JOIN (SELECT * FROM firing WHERE rule = due.name) AS f USING (subject)
    LOOP
        IF NOT one.is_firing AND one.value > due.above THEN
            INSERT INTO firing VALUES (due.name, one.subject, moment);
            PERFORM report(due, one.subject, 'firing', one.value, moment);
        ELSIF one.is_firing AND one.value > due.below THEN
            UPDATE firing SET quiet_since = NULL WHERE rule = due.name AND subject = one.subject AND quiet_since IS NOT NULL;
        ELSIF one.is_firing AND coalesce(one.quiet_since, moment) <= moment - due.hold THEN
            DELETE FROM firing WHERE rule = due.name AND subject = one.subject;
            PERFORM report(due, one.subject, 'cleared', one.value, moment);
        ELSIF one.is_firing THEN
            UPDATE firing SET quiet_since = moment WHERE rule = due.name AND subject = one.subject AND quiet_since IS NULL;
        END IF;
    END LOOP;
EXCEPTION WHEN OTHERS THEN -- the other rules go on
    RAISE WARNING 'rule "%": %', due.name, sqlerrm;
END $$;

-- After each flush, and each second. Who comes while another one is at it has nothing to do.
CREATE FUNCTION evaluate() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = live, public, pg_temp SET lock_timeout = '100 ms' AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    due rule;
BEGIN
    BEGIN
        LOCK TABLE firing IN SHARE ROW EXCLUSIVE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN;
    END;
    FOR due IN UPDATE rule SET evaluated = moment WHERE evaluated <= moment - every RETURNING * LOOP
        PERFORM evaluate_rule(due, moment);
    END LOOP;
END $$;

---------- OTLP: a metric's points, each once

CREATE TABLE metric (
    series text NOT NULL, -- of resource, metric, unit and attributes
    time timestamptz NOT NULL,
    metric text NOT NULL, unit text, resource jsonb, attributes jsonb,
    count bigint, sum float8, sketch quantile_sketch, -- of this interval
    host text, -- of those that count as traffic
    PRIMARY KEY (series, time)
);
CREATE TABLE counter (series text PRIMARY KEY, time timestamptz NOT NULL, start_time timestamptz, sum float8, sketch quantile_sketch);

CREATE TYPE otlp_point AS (series text, time timestamptz, start_time timestamptz, temporality text, metric text, unit text,
    resource jsonb, attributes jsonb, count bigint, sum float8, sketch quantile_sketch, host text);

-- Points of counters become what came since the one before. Server latencies in milliseconds count as traffic. No temporary
-- table: it could be one of the caller's, whose defaults and triggers would run with the rights of the owner.
CREATE FUNCTION take_metrics(request jsonb, request_protobuf bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = live, public, pg_temp AS $$
DECLARE
    points otlp_point[];
BEGIN
    LOCK TABLE counter IN SHARE ROW EXCLUSIVE MODE;
    SELECT array_agg(ROW(p.*)::otlp_point) INTO points FROM (
        SELECT DISTINCT ON (1, 2) md5(jsonb_build_array(resource, metric, unit, attributes)::text), time, start_time, temporality, metric, unit, resource, attributes, count, sum, sketch,
            CASE WHEN unit = 'ms' AND metric LIKE 'http.server.%duration' THEN coalesce(resource ->> 'host.name', resource ->> 'service.name', 'unknown') END
        FROM (SELECT * FROM otlp_points(request) UNION ALL SELECT * FROM otlp_points_protobuf(request_protobuf)) AS o) AS p;
    IF EXISTS (SELECT FROM unnest(points) WHERE time IS NULL OR NOT time BETWEEN oldest_event() AND now() + interval '1 minute' OR count > 1000000000 OR NOT length(host) BETWEEN 1 AND 200) THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a point has no time, or one that is too old or in the future, or more than 10^9 values, or a host of more than 200 characters';
    END IF;
    PERFORM know_hosts(array_agg(host)) FROM unnest(points) WHERE host IS NOT NULL;
    WITH chain AS ( -- with the point before, here or in an earlier request
        SELECT p.*, lag(p.sketch, 1, c.sketch) OVER w AS older, lag(p.start_time, 1, c.start_time) OVER w AS older_start, lag(p.sum, 1, c.sum) OVER w AS older_sum
        FROM unnest(points) AS p LEFT JOIN counter AS c ON c.series = p.series AND p.temporality = 'cumulative'
        WHERE p.temporality <> 'cumulative' OR p.time > c.time IS NOT FALSE
        WINDOW w AS (PARTITION BY p.series ORDER BY p.time)),
    since AS (
        SELECT *, CASE WHEN temporality = 'cumulative' AND older IS NOT NULL THEN counter_delta(sketch, start_time, older, older_start) ELSE sketch END AS new
        FROM chain),
    taken AS (
        INSERT INTO metric SELECT series, time, metric, unit, resource, attributes, total_count(new), CASE WHEN total_count(new) < count THEN sum - older_sum ELSE sum END, new, host FROM since
        ON CONFLICT DO NOTHING RETURNING *)
    INSERT INTO delta (at, host, requests, latency)
    SELECT date_trunc('second', time), host, count, sketch FROM taken WHERE host IS NOT NULL AND count > 0;
    INSERT INTO counter SELECT DISTINCT ON (series) series, time, start_time, sum, sketch FROM unnest(points) WHERE temporality = 'cumulative' ORDER BY series, time DESC
    ON CONFLICT (series) DO UPDATE SET time = excluded.time, start_time = excluded.start_time, sum = excluded.sum, sketch = excluded.sketch WHERE counter.time < excluded.time;
END $$;

---------- Rights

GRANT INSERT ON delta, event TO live_writer;
GRANT SELECT, INSERT, UPDATE ON consumed TO live_writer;
GRANT SELECT ON host TO live_writer;
GRANT SELECT, UPDATE ON alert TO live_keeper;
GRANT SELECT ON traffic, event, alert, firing, rule, host, level, metric, consumed TO live_reader, live_keeper;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA live FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim, know_hosts, evaluate, oldest_event, take_metrics TO live_writer;
GRANT EXECUTE ON FUNCTION evaluate, compact, seal, keep TO live_keeper;
