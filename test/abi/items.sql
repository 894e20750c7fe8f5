-- Values of each type, corners and any others, in `item`; `lines` of them, as test/abi/items.c and columns.py read them;
-- and what PostgreSQL makes of them: `expected`.
\set ON_ERROR_STOP on
CREATE EXTENSION sketch_ext;
CREATE TYPE mood AS ENUM ('sad', 'happy', 'äußerst gelassen');
CREATE TABLE item (n serial, type text, value text);
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SELECT setseed(0.5) \g /dev/null

INSERT INTO item (type, value)
SELECT type, value FROM (VALUES
    ('int2', '{0,-1,1,5,-32768,32767,127,128,255,256,-128,-129,-256,-257}'),
    ('int4', '{0,-1,1,5,65535,65536,-2147483648,2147483647,8388607,8388608,-8388609}'),
    ('int8', '{0,-1,1,5,4294967296,-9223372036854775808,9223372036854775807,72057594037927935,-72057594037927936}'),
    ('numeric', '{0,0.00,5,5.00,-5.0,0.1,-0.1,123456789.000100,9999,10000,0.0001,0.00001,1e20,-1e20,NaN,Infinity,-Infinity,
                 9223372036854775807,9223372036854775808,-9223372036854775808,-9223372036854775809,1e18,1e19,12e-30,1e1000,
                 1e-1000,1e131071,-1e-16383,3.14159265358979323846264338327950288419716939937510582097494459230781640628620899}'),
    ('float4', '{0,-0,NaN,Infinity,-Infinity,0.1,-0.1,1,1e-45,3.4e38,16777216}'),
    ('float8', '{0,-0,NaN,Infinity,-Infinity,0.1,-0.1,1,5e-324,1.7976931348623157e308,9007199254740993,5}'),
    ('text', '{"",a,abcdefg,abcdefgh,abcdefghi,"ä ß €","tab	and space","a long one, of more than a cache line: sketches are made of it, too",5}'),
    ('bytea', '{"","\\x00","\\xff","\\x0000000000000000","\\x00000000000000ff","\\xdeadbeef"}'),
    ('mood', '{sad,happy,"äußerst gelassen"}'),
    ('bool', '{t,f}'),
    ('uuid', '{00000000-0000-0000-0000-000000000000,ffffffff-ffff-ffff-ffff-ffffffffffff,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'),
    ('timestamptz', '{infinity,-infinity,2000-01-01 00:00+00,1970-01-01 00:00+00,4714-11-24 00:00+00 BC,294276-12-31 23:59:59.999999+00,2024-02-29 12:34:56.789+05}'),
    ('timestamp', '{2000-01-01,1970-01-01,4714-11-24 00:00 BC,9999-12-31 23:59:59.999999,2024-02-29 12:34:56.789}'),
    ('date', '{infinity,-infinity,2000-01-01,1970-01-01,4714-11-24 BC,5874897-12-31,2024-02-29}'),
    ('time', '{00:00,24:00,23:59:59.999999,12:34:56.7}'),
    ('interval', '{0,1 mon,30 days,720 hours,-1 mon,1 year,-1 year,2 years -3 mons +4 days -05:06:07.08,1 mon -30 days,-1 day +02:03,
                  00:00:00.000001,-00:00:01,-178000000 years,178000000 years 2147483647 days,100000:00:00}'),
    ('inet', '{0.0.0.0/0,10.1.2.3,10.1.2.3/8,255.255.255.255,::,::1,2001:db8::1/64,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,::ffff:1.2.3.4}')
) AS corners (type, list), unnest(list::text[]) AS value;

INSERT INTO item (type, value)
SELECT type, value FROM generate_series(1, 300) AS i, LATERAL (SELECT random() AS a, random() AS b, md5(i::text) AS m) AS r,
    LATERAL (VALUES
    ('int2', ((a - 0.5) * 60000)::int2::text),
    ('int4', ((a - 0.5) * exp(21 * b))::int4::text),
    ('int8', ((a - 0.5) * exp(43 * b))::int8::text),
    ('numeric', round((a - 0.5)::numeric * 10 ^ round(b * 60)::numeric / 10 ^ (i % 40)::numeric, i % 50)::text),
    ('float4', ((a - 0.5) * exp(80 * b - 40))::float4::text),
    ('float8', ((a - 0.5) * exp(900 * b - 450))::text),
    ('text', left(repeat(m, 9), i)),
    ('bytea', '\x' || left(repeat(m, 9), 2 * (i % 140))),
    ('uuid', m::uuid::text),
    ('timestamptz', (timestamptz '2000-01-01 00:00+00' + (a - 0.5) * interval '9000 years')::text),
    ('timestamp', (timestamp '2000-01-01 00:00' + (a - 0.5) * interval '9000 years')::text),
    ('date', (date '2000-01-01' + ((a - 0.5) * 3000000)::int)::text),
    ('time', (time '00:00' + a * interval '24 hours')::text),
    ('interval', make_interval(0, ((a - 0.5) * 50)::int, 0, ((b - 0.5) * 100)::int, 0, 0, (a - b) * (CASE WHEN i % 2 = 0 THEN 100 ELSE 1e6 END))::text),
    ('inet', CASE WHEN i % 2 = 0 THEN host(inet '0.0.0.0' + (a * 4294967295)::bigint) || '/' || i % 33
             ELSE regexp_replace(m, '(.{4})(?!$)', '\1:', 'g') || '/' || i % 129 END)
    ) AS v (type, value);

-- Of each type, what gives the bytes that the program reads; and the order in which rows come to a sketch.
CREATE TABLE lines AS SELECT NULL::text AS type, NULL::int AS n, NULL::text AS line LIMIT 0;
CREATE TABLE expected AS SELECT NULL::text AS type, NULL::text AS family, NULL::text AS bytes LIMIT 0;
DO $$
DECLARE
    t text;
    sent text;
BEGIN
    FOREACH t IN ARRAY ARRAY(SELECT DISTINCT type FROM item) LOOP
        sent := CASE t WHEN 'mood' THEN 'convert_to(x::text, ''UTF8'')' WHEN 'float4' THEN 'float8send(x)'
                       ELSE replace(t || 'send(x)', 'zsend', 'z_send') END;
        IF t IN ('uuid', 'date', 'time', 'timestamp', 'interval', 'inet') THEN sent := t || '_send(x)'; END IF;
        sent := CASE t WHEN 'numeric' THEN 'x::text' ELSE format('encode(%s, ''hex'')', sent) END;
        EXECUTE format('INSERT INTO lines SELECT %L, n, %s FROM (SELECT n, value::%s AS x FROM item WHERE type = %L) AS i',
                       t, sent, t, t);
        EXECUTE format('INSERT INTO expected SELECT %L, family, encode(bytes, ''hex'')
            FROM (SELECT distinct_agg(x, 12)::bytea, frequency_agg(x, 0.001)::bytea, topk_agg(x, 1000)::bytea,
                         membership_agg(x, 5000)::bytea
                  FROM (SELECT value::%s AS x FROM item WHERE type = %L ORDER BY n) AS i) AS s (d, f, t, m),
                 LATERAL (VALUES (''distinct'', d), (''frequency'', f), (''topk'', t), (''membership'', m)) AS v (family, bytes)',
            t, t, t);
        CONTINUE WHEN t IN ('float4', 'float8', 'interval');
        EXECUTE format('INSERT INTO lines SELECT %L, n, (SELECT item FROM top_k((SELECT topk_agg(y, 1) FROM (SELECT x AS y) AS one)))
                        FROM (SELECT n, value::%s AS x FROM item WHERE type = %L) AS i', t || ':text', t, t);
    END LOOP;
END $$;
INSERT INTO expected SELECT l.type, e.family, e.bytes FROM expected AS e JOIN (SELECT DISTINCT type FROM lines) AS l ON l.type = e.type || ':text';
INSERT INTO expected SELECT 'float8', 'quantile', encode(quantile_agg(value::float8)::bytea, 'hex') FROM item WHERE type = 'float8';
