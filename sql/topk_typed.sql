-- Items of a topk_sketch as values of domains with a length, whatever the settings of the session: they do not go
-- through text that depends on them.
CREATE DOMAIN d_timestamptz AS timestamptz(0);
CREATE DOMAIN d_timestamp AS timestamp(0);
CREATE DOMAIN d_time AS time(0);
CREATE DOMAIN d_timetz AS timetz(0);
CREATE DOMAIN d_interval AS interval second(0);
CREATE DOMAIN d_numeric AS numeric(5, 2);
CREATE DOMAIN d_varchar AS varchar(3);
CREATE DOMAIN d_char AS char(5);
CREATE DOMAIN d_nested AS d_timestamptz CHECK (VALUE > '2000-01-01 00:00+00');
CREATE DOMAIN d_date AS date;
CREATE DOMAIN d_money AS money;
CREATE DOMAIN d_bytea AS bytea;
CREATE DOMAIN d_float AS float8;
CREATE DOMAIN d_cidr AS cidr CHECK (family(VALUE) = 4);
CREATE DOMAIN d_moments AS timestamptz(0)[];
CREATE DOMAIN d_times AS interval second(0)[];
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN d_mood AS mood;
CREATE TYPE pair AS (at timestamptz(0), price money, lasts interval);
-- (made under settings of their own; an interval of negative parts, which some styles write without a sign for each)
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET TimeZone = 'GMT';
CREATE TABLE typed (type text, s topk_sketch, literal text);
CREATE FUNCTION make(type text, literal text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO typed SELECT %L, topk_agg(%L::%s, 3), %2$L', type, literal, type);
END $$;
SELECT count(make(type, literal)) AS made FROM (VALUES
    ('d_timestamptz', '2026-02-03 04:05:06+00'), ('d_timestamptz', 'infinity'),
    ('d_timestamptz', '0044-03-15 12:00:00+00 BC'), ('d_nested', '2026-02-03 04:05:06+00'),
    ('d_timestamp', '2026-02-03 04:05:06'), ('d_timestamp', '-infinity'), ('d_time', '04:05:06'), ('d_time', '24:00'),
    ('d_timetz', '04:05:06-03:30'), ('d_interval', '-1 day -02:03:04'),
    ('d_numeric', '1.25'), ('d_numeric', '-999.99'), ('d_numeric', '0'), ('d_numeric', 'NaN'), ('d_varchar', 'äöü'),
    ('d_varchar', ''), ('d_char', 'ab'), ('d_char', ''), ('d_date', '2026-02-03'), ('d_money', '1234.56'),
    ('d_bytea', '\x5c00ff'),
    ('d_float', '0.1'), ('d_float', 'NaN'), ('d_cidr', '10.1.0.0/16'), ('d_mood', 'ok'),
    ('d_moments', '{"2026-02-03 04:05:06+00",NULL,infinity}'), ('d_times', '{"-1 day -02:03:04"}'),
    ('pair', '("2026-02-03 04:05:06+00",1234.56,"-1 year -2 days -03:04:05")'),
    ('pair[]', '{"(\"2026-02-03 04:05:06+00\",-7.25,\"1 mon -1 day\")"}'),
    ('interval', '-1 year -2 days -03:04:05'), ('money[]', '{1234.56,-0.01}'),
    ('timestamp without time zone[]', '{"2026-02-03 04:05:06.789"}'), ('tstzrange', '["2026-02-03 04:05:06+00",)'),
    ('bytea[]', '{"\\\\x5c00"}'), ('double precision[]', '{0.1,1e300}')) v(type, literal);
-- Each comes back, as the same value of its type, in every session. The literals are read in the one that they were
-- written for.
CREATE FUNCTION wrong(type text, s topk_sketch) RETURNS text LANGUAGE plpgsql AS $$
DECLARE same boolean;
BEGIN
    EXECUTE format('SELECT topk_agg(item, 3) = %L::topk_sketch AND count(*) = 1 AND bool_and(pg_typeof(item)::text = '
                   '%2$L) FROM top_k(NULL::%2$s, %1$L::topk_sketch)', s, type) INTO same;
    RETURN CASE WHEN same THEN NULL ELSE coalesce(same::text, 'null') END;
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM;
END $$;
CREATE FUNCTION pg_temp.sessions(OUT style text, OUT intervals text, OUT zone text) RETURNS SETOF record LANGUAGE sql
    AS $$
    SELECT * FROM unnest(ARRAY['ISO, MDY', 'SQL, DMY', 'SQL, MDY', 'Postgres, DMY', 'German, YMD']) a,
                  unnest(ARRAY['postgres', 'sql_standard', 'iso_8601', 'postgres_verbose']) b,
                  unnest(ARRAY['GMT', 'Asia/Kolkata', 'America/St_Johns']) c
$$;
CREATE FUNCTION pg_temp.all_sessions() RETURNS TABLE (session text, type text, what text) LANGUAGE plpgsql AS $$
DECLARE session record;
BEGIN
    FOR session IN SELECT * FROM pg_temp.sessions() LOOP
        PERFORM set_config('DateStyle', session.style, true), set_config('IntervalStyle', session.intervals, true),
        set_config('TimeZone', session.zone, true),
        set_config('bytea_output', CASE WHEN session.zone = 'GMT' THEN 'hex' ELSE 'escape' END, true),
            set_config('extra_float_digits', CASE WHEN session.zone = 'GMT' THEN '1' ELSE '-5' END, true);
        RETURN QUERY SELECT session::text, t.type, wrong(t.type, t.s) FROM typed t WHERE wrong(t.type, t.s) IS NOT NULL;
    END LOOP;
END $$;
SELECT count(*) AS sessions FROM pg_temp.sessions();
SELECT type, what, count(*), min(session) FROM pg_temp.all_sessions() GROUP BY type, what ORDER BY type, what;
-- and what it was made from
SELECT count(*) AS same, array_agg(type) FILTER (WHERE NOT same) AS differ FROM (
    SELECT type, (xpath('/row/same/text()',
                        query_to_xml(format('SELECT item::text = (%L::%s)::text AS same '
                                            'FROM top_k(NULL::%2$s, %3$L::topk_sketch)', literal, type, s), false,
                                            true, '')))[1]::text = 'true' AS same FROM typed) q;
-- as issue 13 found it
SET DateStyle = 'SQL, DMY';
SET TimeZone = 'Asia/Kolkata';
SELECT item, item = timestamptz '2026-02-03 04:05:06+00' AS same FROM typed, top_k(NULL::d_timestamptz, s)
WHERE type = 'd_timestamptz' AND literal LIKE '2026%';
RESET DateStyle;
RESET TimeZone;
RESET IntervalStyle;

-- a length is the type's own: values that it would change are no values of the domain
SELECT item FROM (SELECT topk_agg(timestamptz '2026-02-03 04:05:06.7+00', 3) AS s) q, top_k(NULL::d_timestamptz, s);
SELECT item FROM (SELECT topk_agg(timestamp '2026-02-03 04:05:06.7', 3) AS s) q, top_k(NULL::d_timestamp, s);
SELECT item FROM (SELECT topk_agg(time '04:05:06.7', 3) AS s) q, top_k(NULL::d_time, s);
SELECT item FROM (SELECT topk_agg(interval '1.7 s', 3) AS s) q, top_k(NULL::d_interval, s);
SELECT item FROM (SELECT topk_agg(1.255, 3) AS s) q, top_k(NULL::d_numeric, s);
SELECT item FROM (SELECT topk_agg(1000, 3) AS s) q, top_k(NULL::d_numeric, s);
SELECT item FROM (SELECT topk_agg('abcd', 3) AS s) q, top_k(NULL::d_varchar, s);
SELECT item FROM (SELECT topk_agg('abc ', 3) AS s) q, top_k(NULL::d_varchar, s);
SELECT item FROM (SELECT topk_agg('ab ', 3) AS s) q, top_k(NULL::d_char, s);
SELECT item FROM (SELECT topk_agg(timestamptz '1999-01-01 00:00+00', 3) AS s) q, top_k(NULL::d_nested, s);
SELECT item FROM (SELECT topk_agg(inet '10.0.0.1/16', 3) AS s) q, top_k(NULL::d_cidr, s);
SELECT item FROM (SELECT topk_agg(inet '::/16', 3) AS s) q, top_k(NULL::d_cidr, s);
SELECT item FROM (SELECT topk_agg('happy'::text, 3) AS s) q, top_k(NULL::d_mood, s);
SELECT octet_length(item) AS padded, item = 'ab' AS same
FROM (SELECT topk_agg('ab'::text, 3) AS s) q, top_k(NULL::d_char, s);
SELECT item, pg_typeof(item) FROM (SELECT topk_agg(2.50, 3) AS s) q, heavy_hitters(NULL::d_numeric, s, 0.5);
-- integers of every width, and what is none
SELECT item FROM (SELECT topk_agg(x, 9) AS s FROM unnest(ARRAY[-32768, 32767, 0]) x) q, top_k(NULL::smallint, s);
SELECT item FROM (SELECT topk_agg(32768, 3) AS s) q, top_k(NULL::smallint, s);
SELECT item FROM (SELECT topk_agg(2147483648, 3) AS s) q, top_k(NULL::integer, s);
SELECT item FROM (SELECT topk_agg(9223372036854775808, 3) AS s) q, top_k(NULL::bigint, s);
SELECT item FROM (SELECT topk_agg('NaN'::numeric, 3) AS s) q, top_k(NULL::bigint, s);
SELECT item FROM (SELECT topk_agg(4294967296, 3) AS s) q, top_k(NULL::oid, s);
SELECT item FROM (SELECT topk_agg(x, 3) AS s FROM unnest(ARRAY['a', 'b ']) x) q, top_k(NULL::char(9), s);

DROP FUNCTION wrong, make;
DROP TABLE typed;
DROP DOMAIN d_nested, d_timestamptz, d_timestamp, d_time, d_timetz, d_interval, d_numeric, d_varchar, d_char, d_date,
    d_money, d_bytea, d_float, d_cidr, d_moments, d_times, d_mood;
DROP TYPE pair, mood;
