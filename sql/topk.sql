-- topk_sketch: build, merge, read; bounds that hold; every kind of item comes back as it went in.
CREATE TABLE requests AS SELECT i AS id, i / 1000 AS minute,
                                'path ' || floor(exp(ln(20000) * (i * 7919 % 100003) / 100003.0)) AS path,
                                i % 9 AS bytes FROM generate_series(1, 100003) i;
CREATE TABLE truth AS SELECT path, count(*) AS n, sum(bytes) AS bytes FROM requests GROUP BY path;
ALTER TABLE truth ADD PRIMARY KEY (path);

-- at most k different values are counted exactly; ties in a fixed order
SELECT t.* FROM (SELECT topk_agg(x, 3) AS s FROM unnest(ARRAY['b', 'a', 'c', 'a', 'b', 'a']) x) q, top_k(s) t;
SELECT t.* FROM (SELECT topk_agg(x, 3) AS s FROM unnest(ARRAY['b', 'a', 'c', 'a', 'b', 'a']) x) q, top_k(s, 2) t;
SELECT t.* FROM (SELECT topk_agg(i % 5, 5) AS s FROM generate_series(1, 100) i) q, top_k(s) t;

-- more: bounds hold, and are no wider than one in k + 1 of the rows
SELECT count(*) AS kept, bool_and(lower <= n AND n <= upper AND lower <= estimate AND estimate <= upper) AS hold,
       max(upper - lower) <= 100003 / 101 AS narrow,
       (SELECT bool_and((n BETWEEN lower AND upper) AND upper - lower <= 100003 / 101)
        FROM (SELECT topk_agg(path, 100) AS s FROM requests) f, truth, LATERAL frequency_bounds(s, path)) AS of_all
FROM (SELECT topk_agg(path, 100) AS s FROM requests) q, top_k(s), truth WHERE path = item;
SELECT count(*) AS found FROM (SELECT path FROM truth ORDER BY n DESC, path LIMIT 48) t
JOIN (SELECT item FROM (SELECT topk_agg(path, 100) AS s FROM requests) q, top_k(s)) k ON path = item;
SELECT total_count(topk_agg(path, 10)), sketch_info(topk_agg(path, 10))->>'mode' AS mode,
       sketch_info(topk_agg(minute, 200))->>'mode' AS few FROM requests;

-- per minute, then merged: of the last hour, of any hour
CREATE TABLE minutes AS SELECT minute, topk_agg(path, 50) AS paths FROM requests GROUP BY minute;
SELECT bool_and(n BETWEEN lower AND upper) AS hold, max(upper - lower) <= 60000 / 51 AS narrow, count(*) AS kept
FROM (SELECT merge(paths) AS s FROM minutes WHERE minute >= 40) q, top_k(s),
     LATERAL (SELECT count(*) AS n FROM requests WHERE path = item AND minute >= 40) t;
SELECT bool_and(n BETWEEN lower AND upper) AS hold
FROM (SELECT minute / 20 AS part, merge(paths) AS s FROM minutes GROUP BY 1) q, top_k(s, 5),
     LATERAL (SELECT count(*) AS n FROM requests WHERE path = item AND minute / 20 = part) t;
SELECT merge(a.paths, b.paths) = merge(b.paths, a.paths) AS commutative, total_count(merge(a.paths, b.paths))
FROM minutes a, minutes b WHERE a.minute = 1 AND b.minute = 2;
-- the smallest k wins
SELECT sketch_info(merge(topk_agg(path, 10), topk_agg(path, 20)))->>'k' AS merged,
       sketch_info(topk_agg(path, CASE WHEN id = 500 THEN 7 ELSE 30 END))->>'k' AS by_row FROM requests;

-- heavy hitters: all that have the fraction, and perhaps some that do not
SELECT bool_and(CASE WHEN guaranteed THEN n >= 0.02 * 100003 ELSE upper >= 0.02 * 100003 END) AS as_said,
       count(*) FILTER (WHERE n >= 0.02 * 100003) = (SELECT count(*) FROM truth
                                                     WHERE n >= 0.02 * 100003) AS none_missing
FROM (SELECT topk_agg(path, 100) AS s FROM requests) q, heavy_hitters(s, 0.02), truth WHERE path = item;
SELECT * FROM heavy_hitters((SELECT topk_agg(x, 5) FROM unnest(ARRAY[1, 1, 1, 2, 2, 3]) x), 1.0 / 3);
SELECT * FROM heavy_hitters(NULL::smallint, (SELECT topk_agg(x, 5) FROM unnest(ARRAY[1, 1, 1, 2, 2, 3]) x), 0.5);
-- a value with the very fraction is among them, as division tells, whatever a product would be rounded to
SELECT count(*) AS cases, count(*) FILTER (WHERE NOT found) AS missed, count(*) FILTER (WHERE false_one) AS too_few
FROM (SELECT rows, percent, 'a' IN (SELECT item FROM heavy_hitters(s, percent / 100.0)) AS found,
             'a' IN (SELECT item FROM heavy_hitters(s, percent / 100.0 + 1e-9)) AS false_one
      FROM generate_series(1, 300) AS rows, generate_series(1, 99) AS percent,
           LATERAL (SELECT topk_agg(CASE WHEN i <= rows * percent / 100 THEN 'a' ELSE 'b' END, 3) AS s
                    FROM generate_series(1, rows) i) t
      WHERE rows * percent % 100 = 0) c;
SELECT heavy_hitters(topk_agg(path, 2), 1e-5) FROM requests;
SELECT heavy_hitters(topk_agg(path, 2), 0) FROM requests;
SELECT heavy_hitters(topk_agg(path, 2), 'NaN') FROM requests;
SELECT heavy_hitters(topk_agg(path, 2), 1.5) FROM requests;

-- weights: bytes by client; 0 and NULL skip the row; up to 2^63 - 1
SELECT bool_and(bytes BETWEEN lower AND upper) AS hold, max(upper - lower) <= total / 101 AS narrow
FROM (SELECT topk_weighted_agg(path, bytes, 100) AS s FROM requests) q, top_k(s), truth,
     (SELECT sum(bytes) AS total FROM truth) w WHERE path = item GROUP BY total;
SELECT t.*, total_count(s)
FROM (SELECT topk_weighted_agg(v, w, 9) AS s
      FROM (VALUES (1, 5), (2, 0), (3, NULL), (1, 2), (4, 9223372036854775800)) t(v, w)) q, top_k(s) t;
SELECT topk_weighted_agg(path, 3, 1000) =
       merge(topk_agg(path, 1000), merge(topk_agg(path, 1000), topk_agg(path, 1000))) AS thrice
FROM requests WHERE id <= 900;
SELECT topk_weighted_agg(1, -1, 10);
SELECT topk_weighted_agg(x, 9223372036854775807, 10) FROM generate_series(1, 2) x;
SELECT merge(s, s) FROM (SELECT topk_weighted_agg(1, 4611686018427387904, 10) AS s) t;
SELECT topk_weighted_agg(1, 0, 10) AS nothing, topk_weighted_agg(1, NULL, 10) AS null, topk_agg(NULL::int, 10) AS nulls;

-- items of every kind, as text and typed, are what went in
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (a numeric, b text);
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN stamp AS timestamptz;
CREATE FUNCTION comes_back(type text, literal text, OUT as_text boolean, OUT typed boolean) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT item IN (%1$L::%2$s::text, format(''%%s'', %1$L::%2$s)), (SELECT item = %1$L::%2$s AND '
                   'item::text = %1$L::%2$s::text FROM top_k(NULL::%2$s, s)) FROM (SELECT '
                   'topk_agg(%1$L::%2$s, 3) AS s) q, top_k(s)', literal, type) INTO as_text, typed;
END $$;
SET TimeZone = 'GMT';
SET IntervalStyle = 'postgres';
-- (a float is shown as the double that it is)
SELECT type, literal, as_text, typed FROM (VALUES
    ('smallint', ARRAY['0', '5', '-5', '-32768', '32767']),
    ('integer', ARRAY['-1', '2147483647', '-2147483648', '255', '256', '-256', '-257']),
    ('bigint', ARRAY['9223372036854775807', '-9223372036854775808', '281474976710656']),
    ('oid', ARRAY['4294967295']), ('numeric', ARRAY['0', '0.5', '-0.5', '12345678901234567890', '-9223372036854775809',
                                   '9223372036854775808', '1e100', '0.00001', '100000.00001', 'NaN',
                                   'Infinity', '-Infinity']),
    ('real', ARRAY['0.1', '1e-40', 'NaN', '-Infinity']),
    ('double precision', ARRAY['0', '0.1', '5e-324', 'NaN', 'Infinity']),
    ('text', ARRAY['', 'a', 'ä "quoted"', repeat('x', 8192)]), ('varchar(5)', ARRAY['abc']),
    ('char(4)', ARRAY['ab']), ('name', ARRAY['ab']), ('bytea', ARRAY['', '\x00ff']),
    ('uuid', ARRAY['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']),
    ('timestamptz', ARRAY['2026-01-01 00:00:00.000001+05', 'infinity', '4713-01-01 BC']),
    ('timestamp', ARRAY['2026-01-01 12:34:56.789', '-infinity', '294276-12-31 23:59:59.999999']),
    ('date', ARRAY['2026-01-01', 'infinity', '5874897-12-31', '4713-01-01 BC']),
    ('inet', ARRAY['10.0.0.1', '10.0.0.1/24', '::1', 'ffff::/16']),
    ('cidr', ARRAY['10.0.0.0/24', '::1']), ('boolean', ARRAY['t', 'f']), ('mood', ARRAY['ok']),
    ('positive', ARRAY['5']), ('stamp', ARRAY['2026-01-01 00:00+00']),
    ('interval', ARRAY['1 month 2 days 03:04:05.678', '-1 year']),
    ('time', ARRAY['24:00', '12:30:00.5']), ('timetz', ARRAY['12:00+02', '12:00-15:59']),
    ('macaddr', ARRAY['08:00:2b:01:02:03']), ('macaddr8', ARRAY['08:00:2b:ff:fe:01:02:03']),
    ('money', ARRAY['12.34', '-5']), ('pg_lsn', ARRAY['16/B374D848']),
    ('jsonb', ARRAY['{"a": [1, null, "x"]}', '1.50']), ('integer[]', ARRAY['{1,2,NULL}', '{}', '[0:1]={1,2}']),
    ('timestamptz[]', ARRAY['{"2026-01-01 00:00:00+00"}']), ('pair', ARRAY['(1.50,"x y")']),
    ('pair[]', ARRAY['{"(1,a)"}']),
    ('int4range', ARRAY['[1,5)']), ('xid8', ARRAY['7'])) v(type, literals), unnest(literals) literal,
    LATERAL comes_back(type, literal) WHERE as_text IS NOT TRUE OR typed IS NOT TRUE;
RESET TimeZone;
RESET IntervalStyle;
-- equal values of several spellings are one item, whatever the order of rows and the settings of the session
SELECT item, upper FROM (SELECT topk_agg(x, 3) AS s FROM unnest(ARRAY['1 day', '24:00', '1 day']::interval[]) x) q,
                        top_k(s);
SELECT item, upper FROM (SELECT topk_agg(x, 3) AS s FROM unnest(ARRAY['[1.00]', '[1]', '[1.0]']::jsonb[]) x) q,
                        top_k(s);
SELECT topk_agg(x, 3) = topk_agg(x, 3 ORDER BY id DESC) AS same
FROM unnest(ARRAY['[1.00]', '[1]', '[1.0]', '[2]']::jsonb[]) WITH ORDINALITY t(x, id);
CREATE TABLE iso AS SELECT topk_agg(ARRAY[t], 3) AS a, topk_agg(t, 3) AS t
FROM (SELECT timestamptz '2026-02-01 00:00+00') v(t);
SET DateStyle = 'German, DMY';
SET TimeZone = 'Asia/Tokyo';
SELECT topk_agg(ARRAY[v], 3) = a AS same, (SELECT item FROM top_k(NULL::timestamptz[], a)) = ARRAY[v] AS typed,
       (SELECT item FROM top_k(t)) AS shown FROM iso, (SELECT timestamptz '2026-02-01 00:00+00') q(v) GROUP BY a, t, v;
RESET DateStyle;
RESET TimeZone;
-- a typed read of another type
SELECT t.* FROM (SELECT topk_agg('a', 3) AS s) q, top_k(NULL::int, s) t;
SELECT t.* FROM (SELECT topk_agg(1, 3) AS s) q, top_k(NULL::text, s) t;
SELECT t.* FROM (SELECT topk_agg(100000, 3) AS s) q, top_k(NULL::smallint, s) t;
SELECT t.* FROM (SELECT topk_agg(1.5, 3) AS s) q, top_k(NULL::bigint, s) t;
SELECT t.* FROM (SELECT topk_agg(-1, 3) AS s) q, top_k(NULL::positive, s) t;
SELECT pg_typeof(item), item FROM (SELECT topk_agg(100000, 3) AS s) q, top_k(NULL::numeric, s);
SELECT t.* FROM (SELECT topk_agg(1, 3) AS s) q, top_k(NULL::json, s) t;

-- typed reads give the items, or an error
CREATE DOMAIN checked_text AS text CHECK (VALUE <> 'zzz');
SELECT sum(length(item)) AS many_of_a_domain
FROM top_k(NULL::checked_text, (SELECT topk_agg(repeat('v', i * 8), 1000) FROM generate_series(1, 1000) i));
SELECT item FROM (SELECT topk_agg('zzz', 3) AS s) q, top_k(NULL::checked_text, s);
CREATE DOMAIN cents AS numeric(5, 2);
SELECT item FROM (SELECT topk_agg(1.25, 3) AS s) q, top_k(NULL::cents, s);
SELECT item FROM (SELECT topk_agg(1.23456, 3) AS s) q, top_k(NULL::cents, s);
SELECT item FROM (SELECT topk_agg(-1, 3) AS s) q, top_k(NULL::oid, s);
SELECT item FROM (SELECT topk_agg(1e300::float8, 3) AS s) q, top_k(NULL::real, s);
SELECT item FROM (SELECT topk_agg(0.1::float8, 3) AS s) q, top_k(NULL::real, s);
SELECT item FROM (SELECT topk_agg(repeat('x', 100), 3) AS s) q, top_k(NULL::name, s);
SELECT item FROM (SELECT topk_agg(numrange(1, 5, '[]'), 3) AS s) q, top_k(NULL::int4range, s);
DROP DOMAIN checked_text, cents;
-- what tells values apart, and shows them, is not the type's 32-bit hash, nor the session's search_path
SELECT t.* FROM (SELECT topk_agg(x, 3) AS s FROM unnest(ARRAY['1', '4294967296', '4294967296']::xid8[]) x) q,
                top_k(s) t;
CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TABLE a.t ();
CREATE TABLE b.t ();
SET search_path = a, public;
CREATE TABLE public.tables AS SELECT topk_agg('a.t'::regclass, 3) AS s;
SET search_path = b, public;
SELECT item, item = 'a.t'::regclass AS same FROM tables, top_k(NULL::regclass, s);
RESET search_path;
DROP TABLE tables, a.t, b.t;
DROP SCHEMA a, b;
-- what is made can be read in
CREATE TYPE unnamed AS ENUM ('', 'b');
SELECT topk_agg(''::unnamed, 3)::text::topk_sketch IS NOT NULL AS empty_label,
       topk_agg(timetz '12:00+00' AT TIME ZONE interval '20:00', 3)::text::topk_sketch IS NOT NULL AS far_zone;
DROP TYPE unnamed;
-- a guarantee is none beyond 2^53 if it comes from rounding
SELECT h.item, h.guaranteed
FROM (SELECT topk_weighted_agg(v, w, 9) AS s FROM (VALUES (1, 9007199254740992), (2, 1)) t(v, w)) q,
     heavy_hitters(s, 1.0) h;
-- long items that share their front: neither much memory nor a long time, and no fewer bytes than justify that memory
SELECT length(s::bytea) BETWEEN 5000 * 8184 / 24 - 262144 AND 1800000 AS small,
       (SELECT length(item) FROM top_k(s, 1)) AS length
FROM (SELECT topk_agg(repeat('a', 8180) || i, 5000) AS s FROM generate_series(1, 5000) i) q;

-- probes are converted to the kind, as those of the other families are
SELECT frequency_bounds(topk_agg(x, 3), 5.0), frequency_bounds(topk_agg(x, 3), '5'),
       frequency_bounds(topk_agg(x::float8, 3), 5), frequency_bounds(topk_agg(x, 3), 7) FROM unnest(ARRAY[5, 5, 6]) x;
-- the estimate is that of top_k, between the bounds; 0 for what is not kept
SELECT frequency(topk_agg(x, 3), 5.0), frequency(topk_agg(x, 3), '5') AS literal,
       frequency(topk_agg(x::float8, 3), 5) AS number, frequency(topk_agg(x, 3), 7) AS never,
       frequency(topk_agg(x, 3), NULL::int) AS null, frequency(NULL::topk_sketch, 5) AS of_null
FROM unnest(ARRAY[5, 5, 6]) x;
SELECT bool_and(frequency(s, path) BETWEEN b.lower AND b.upper) AS within,
       count(*) FILTER (WHERE frequency(s, path) > 0) = (sketch_info(s)->>'items')::int AS kept,
       bool_and(frequency(s, path) = coalesce(k.estimate, 0)) AS as_listed
FROM (SELECT topk_agg(path, 100) AS s FROM requests) q, truth, LATERAL frequency_bounds(s, path) b LEFT
JOIN LATERAL (SELECT estimate FROM jsonb_to_recordset(s::jsonb->'items') AS kept (item text, estimate bigint)
              WHERE item = path) k ON true GROUP BY s;
SELECT frequency(topk_agg('a', 3), 1);
-- what no sketch can hold was never in one
SELECT frequency(s, repeat('x', 8193)), frequency_bounds(s, repeat('x', 8193)), frequency(s, repeat('x', 8192)),
       frequency_bounds(s, repeat('x', 8192)) FROM (SELECT topk_agg(i::text, 3) AS s FROM generate_series(1, 100) i) t;
SELECT frequency_bounds(topk_agg('a', 3), 1);
SELECT frequency_bounds(topk_agg(1, 3), 1.5::float8);
SELECT t.* FROM (SELECT add(add(topk_agg(x, 3), 6), '5') AS s FROM unnest(ARRAY[5, 5, 6]) x) q, top_k(s) t;
SELECT merge(topk_agg(1, 3), topk_agg('a', 3));

-- limits
SELECT topk_agg(1, 0);
SELECT topk_agg(1, 100001);
SELECT topk_agg(1, NULL);
SELECT topk_agg(repeat('x', 8193), 10);
SELECT sketch_info(topk_agg('x', 100000))->>'k' AS largest;
SELECT top_k(topk_agg(1, 3), 0);
SELECT (SELECT count(*) FROM top_k(NULL::topk_sketch)) + (SELECT count(*) FROM top_k(s, NULL)) + (SELECT count(*)
    FROM top_k(NULL::int, NULL)) + (SELECT count(*) FROM heavy_hitters(NULL::int, s, NULL)) AS nothing
FROM (SELECT topk_agg(1, 3) AS s) q;
SELECT topk_agg('a' COLLATE "de-x-icu", 3) = topk_agg('a', 3) AS deterministic;
CREATE COLLATION ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT topk_agg('a' COLLATE ignore_case, 3);
DROP COLLATION ignore_case;
-- nobody's stream of different values makes a state that grows with it
SELECT (sketch_info(topk_agg(i || repeat('x', 1000), 100))->>'items')::int <= 100 AS at_most_k,
       length(topk_agg(i || repeat('x', 1000), 100)::bytea) < 110000 AS small FROM generate_series(1, 30000) i;

-- in one step, and as JSON
SELECT approx_top_k(x, 2) FROM unnest(ARRAY[5, 5, 5, 6, 6, 7]) x;
SELECT jsonb_array_length(approx_top_k(path, 10)) AS ten,
       approx_top_k(path, 10) = jsonb_path_query_array(topk_agg(path, 10)::jsonb, '$.items[0 to 9]') AS same
FROM requests;
-- a list has k items, and a shorter one what is asked for; what is kept beside has bounds, and may be a heavy hitter
SELECT (SELECT count(*) FROM top_k(s)) AS all, (SELECT count(*) FROM top_k(s, 7)) AS seven,
       (SELECT count(*) FROM top_k(s, 1000)) AS no_more, (SELECT count(*) FROM top_k(NULL::text, s)) AS typed,
       (sketch_info(s)->>'items')::int BETWEEN 11 AND 40 AS kept,
       (SELECT count(*) FROM heavy_hitters(s, 0.005)) > 10 AS heavy
FROM (SELECT topk_agg(path, 10) AS s FROM requests) q;
-- the largest estimates first; of equal ones the largest lower bounds, then the smallest values
SELECT count(*) FILTER (WHERE (estimate, lower) > (estimate_before, lower_before)) AS out_of_order,
       count(*) FILTER (WHERE estimate = estimate_before AND lower < lower_before) > 0 AS lower_decides
FROM (SELECT *, lag(estimate) OVER w AS estimate_before, lag(lower) OVER w AS lower_before
      FROM (SELECT topk_agg((i::bigint * 7919 % 100003) % 5000, 37 ORDER BY i) AS s
            FROM generate_series(1, 40000) i) q, top_k(s) WITH ORDINALITY AS t (item, estimate, lower, upper, place)
WINDOW w AS (ORDER BY place)) l;
-- values that tie fill the list, whatever came first
SELECT (SELECT string_agg(item, ' ' ORDER BY item) FROM top_k(s)) = (SELECT string_agg(item, ' ' ORDER BY item)
    FROM top_k(r)) AS same, (SELECT count(*) FROM top_k(s)) AS three,
    (SELECT string_agg(format('%s-%s', lower, upper), ' ') FROM top_k(s)) AS bounds
FROM (SELECT topk_agg(x, 3 ORDER BY x) AS s, topk_agg(x, 3 ORDER BY x DESC) AS r FROM generate_series(1, 60) x,
    generate_series(1, 2)) q;
SELECT approx_top_k('a "b" \ c', 2), approx_top_k('NaN'::float8, 2), approx_top_k(true, 2),
       approx_top_k(NULL::text, 2) AS none;
SELECT sketch_info(topk_agg(x, 2)) - 'bytes' AS info, topk_agg(x, 3)::jsonb AS json FROM unnest(ARRAY[5, 5, 6]) x;
-- a jsonb is what its text would be: short ways to later elements, numbers at their places, strings of all kinds
SELECT kind, j::text::jsonb = j AS same, jsonb_array_length(j->'items') AS items, (j->'items'->70->>'item')::text =
       (SELECT item FROM top_k(s) OFFSET 70 LIMIT 1) AS seventieth, j->'items'->-1->'upper' AS last,
       j - 'items' AS facts
FROM (SELECT kind, s, s::jsonb AS j FROM (
    SELECT 'number' AS kind, topk_agg(i % 100 * 1.5 - 20, 200) AS s FROM generate_series(1, 5000) i UNION ALL
    SELECT 'float', topk_agg(i % 100 * 1.5::float8 - 20, 200) FROM generate_series(1, 5000) i UNION ALL
    SELECT 'text', topk_agg(repeat('"ä\', i % 100) || i % 100, 200) FROM generate_series(1, 5000) i UNION ALL
    SELECT 'many', topk_agg(floor(exp(i % 700 / 100.0)), 90) FROM generate_series(1, 50000) i) made) q ORDER BY kind;
SELECT approx_top_k(x, 9) AS bool FROM unnest(ARRAY[true, true, false]) x;
SELECT approx_top_k(x, 9) = approx_top_k(x, 9)::text::jsonb AS same, approx_top_k(x, 9) AS json
FROM unnest(ARRAY['-0.0625', 'NaN', '-Infinity', '1e-120', '123456789012345678901234567890', '1e300']::numeric[]) x;
SELECT jsonb_agg(e->'item') AS floats,
       bool_and(CASE WHEN jsonb_typeof(e->'item') = 'number' THEN length(e->>'item') <= 120
                ELSE length(e->>'item') < 30 END) AS short
FROM (SELECT topk_agg(x, 20) AS s
      FROM unnest(ARRAY[0, 0.5, -5e-324, 1.5e-101, 1.5e-102, 1e100, -1e101, 1.25e102, 1.25e103, 1.7976931348623157e308,
                  'NaN', 'Infinity']::float8[]) x) q, jsonb_array_elements(s::jsonb->'items') e;
SELECT topk_agg(NULL::int, 1)::jsonb AS null, (topk_sketch '\x0104000303000000')::jsonb AS empty;

-- numbers with more than 100 zeros beside their digits are short: in text, in JSON as strings; and are the same numbers
SELECT item, item::numeric = x AS same, typed = x AS typed, frequency_bounds(s, item) AS found, j->0->'item' AS json
FROM unnest(ARRAY['1e100', '1e101', '-12.5e103', '1e-101', '1e-102', '-1234567890123456789012345e-150', '1e131071',
            '1e-16383', '99990001e120', '1.2e131071']::numeric[]) WITH ORDINALITY v(x, id),
    LATERAL (SELECT topk_agg(y, 3) AS s, approx_top_k(y, 3) AS j FROM (SELECT x AS y) one) q,
    LATERAL (SELECT item FROM top_k(s)) t, LATERAL (SELECT item AS typed FROM top_k(NULL::numeric, s)) n ORDER BY id;
SELECT length(s::bytea) AS stored, length((s::jsonb)::text) < 200000 AS small,
       (SELECT max(length(item)) FROM top_k(s)) AS longest, (SELECT count(*) FROM top_k(NULL::numeric, s)
                                                             WHERE item > 1e131060) AS many
FROM (SELECT topk_agg((n || 'e131060')::numeric, 100000) AS s FROM generate_series(1, 1000) n) q;

DROP TABLE requests, truth, minutes, iso;
DROP FUNCTION comes_back;
DROP TYPE mood, pair, positive, stamp;
