-- Items of the hashed families: equal values hash equally, others do not; kinds; probes; what is refused.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (a bigint, b text);
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN label AS text;

-- Equal in SQL means equal sketches, for each = that a hash operator family has, within and across types.
CREATE TABLE literals AS SELECT t::regtype AS type, l AS literal FROM (VALUES
    ('smallint', ARRAY['0', '5', '-5', '32767']), ('integer', ARRAY['0', '5', '-5', '32767', '2147483647']),
    ('bigint', ARRAY['0', '5', '-5', '32767', '2147483647', '9223372036854775807', '-9223372036854775808',
     '4294967301', '30064771084']),
    ('numeric', ARRAY['0', '0.0', '-0', '5', '5.00', '-5.0', '32767', '32767.000', '0.1', '0.10', '-0.1', '100000000',
     '1e8', '1e-8', '0.00000001000',
                      '9223372036854775807', '9223372036854775808', '-9223372036854775808.0', '-9223372036854775809',
                      '1e400', '123456789012345678901234567890.123', '12345678901234567890123456789.0123', 'NaN',
                      'Infinity', '-Infinity']),
    ('real', ARRAY['0', '-0', '5', '0.1', '0.5', 'NaN', 'Infinity', '1e-40']),
    ('double precision', ARRAY['0', '-0', '5', '0.1', '0.5', 'NaN', '-NaN', 'Infinity', '-Infinity', '5e-324']),
    ('text', ARRAY['', 'a', 'a ', 'A', 'ab', 'ä', repeat('x', 300)]),
    ('varchar', ARRAY['', 'a', 'a ', 'A', 'ab', 'ä']), ('name', ARRAY['', 'a', 'A', 'ab', 'ä']),
    ('char(4)', ARRAY['', 'a', 'a ', 'A', 'ab']), ('bpchar', ARRAY['', 'a', 'a  ', 'A', 'ab']),
    ('bytea', ARRAY['', '\x00', '\x0000', '\x61']),
    ('uuid', ARRAY['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC999C0B4EF8BB6D6BB9BD380A11',
     '00000000-0000-0000-0000-000000000000']),
    ('timestamptz', ARRAY['2026-01-01 00:00+00', '2026-01-01 01:00+01', '2026-01-01 00:00:00.000001+00',
     'infinity', '-infinity']),
    ('timestamp', ARRAY['2026-01-01', '2026-01-01 00:00:00', '2026-01-01 00:00:00.000001', 'infinity']),
    ('date', ARRAY['2026-01-01', '2026-01-02', '4713-01-01 BC', 'infinity']),
    ('inet', ARRAY['10.0.0.1', '10.0.0.1/32', '10.0.0.1/24', '10.0.0.0/24', '::1', '::1/128', '::ffff:10.0.0.1']),
    ('cidr', ARRAY['10.0.0.1', '10.0.0.0/24', '::1']),
    ('boolean', ARRAY['t', 'true', 'f']), ('mood', ARRAY['sad', 'ok', 'happy']), ('positive', ARRAY['5', '7']),
    ('label', ARRAY['a', 'A']),
    ('interval', ARRAY['1 day', '24 hours', '1 month', '30 days', '-1 month', '1 month -30 days', '0', '1 year',
     '360 days', '296 years 7 mons']),
    ('time', ARRAY['00:00', '24:00', '12:30']), ('timetz', ARRAY['12:00+00', '13:00+01', '12:00:00.000+00']),
    ('macaddr', ARRAY['08:00:2b:01:02:03', '08002b010203', '08:00:2b:01:02:04']),
    ('macaddr8', ARRAY['08:00:2b:ff:fe:01:02:03', '08002bfffe010203', '08:00:2b:01:02:03']),
    ('jsonb', ARRAY['1', '1.0', '{"a":1,"b":2}', '{"b":2.00,"a":1}', '[]', 'null', '"1"']),
    ('money', ARRAY['1', '1.00', '2']), ('pg_lsn', ARRAY['0/0', '0/16', '1/16']),
    ('oid', ARRAY['0', '5', '4294967295']), ('int4range', ARRAY['[1,3]', '[1,4)', 'empty', '[5,5)']),
    ('int4multirange', ARRAY['{[1,3]}', '{[1,4)}', '{}', '{[1,2),[2,4)}', '{[1,2),[3,4)}']),
    ('numrange', ARRAY['[1,2]', '[1.0,2.00]', '[1,2)', '(,2)', '(,)', 'empty']),
    ('jsonb[]', ARRAY['{1}', '{1.0}', '{null}', '{NULL}']),
    ('xid8', ARRAY['5', '6']), ('integer[]', ARRAY['{}', '{1}', '{1,2}', '{{1,2}}', '[0:1]={1,2}', '{1,NULL}',
                                '{NULL,1}', '{NULL}']), ('text[]', ARRAY['{a}', '{"a "}', '{a,b}']),
    ('numeric[]', ARRAY['{1}', '{1.0}', '{1.00,2}', '{1,2.0}']),
    ('double precision[]', ARRAY['{0}', '{-0}', '{NaN}', '{-NaN}']), ('mood[]', ARRAY['{sad}', '{ok,sad}']),
    ('pair', ARRAY['(1,a)', '(01,"a")', '(1,)', '(,a)', '(1,"a ")', '(,)']),
    ('pair[]', ARRAY['{}', '{"(1,a)","(2,)"}', '{"(2,)","(1,a)"}'])) v(t, ls), unnest(ls) l;
CREATE FUNCTION compare_literals(OUT pairs int, OUT equal int, OUT equal_but_hash_differs text[],
                                 OUT differ_but_hash_equal text[]) LANGUAGE plpgsql AS $$
DECLARE a record; b record; same boolean; hashes_same boolean;
BEGIN
    pairs := 0; equal := 0; equal_but_hash_differs := '{}'; differ_but_hash_equal := '{}';
    FOR a IN SELECT * FROM literals LOOP
        FOR b IN SELECT * FROM literals l WHERE l.type = a.type OR EXISTS (
                SELECT FROM pg_amop o JOIN pg_am ON pg_am.oid = amopmethod WHERE amname = 'hash'
                AND amoplefttype = a.type AND amoprighttype = l.type) LOOP
            CONTINUE WHEN a.type = 'money'::regtype; -- has no hash operator family, and prints by locale
            EXECUTE format('SELECT %L::%s = %L::%s, distinct_agg(%1$L::%2$s)::text = distinct_agg(%3$L::%4$s)::text',
                           a.literal, a.type, b.literal, b.type) INTO same, hashes_same;
            pairs := pairs + 1;
            equal := equal + same::int;
            IF same AND NOT hashes_same THEN equal_but_hash_differs := equal_but_hash_differs ||
                    format('%s %s %s %s', a.type, a.literal, b.type, b.literal); END IF;
            IF NOT same AND hashes_same THEN differ_but_hash_equal := differ_but_hash_equal ||
                        format('%s %s %s %s', a.type, a.literal, b.type, b.literal); END IF;
        END LOOP;
    END LOOP;
END $$;
SELECT * FROM compare_literals();

-- numbers across all their types; floats apart; text of all types
SELECT distinct_agg(5::smallint) = distinct_agg(5::numeric) AS int2_numeric,
       distinct_agg(5::bigint) = distinct_agg(5.00) AS int8_numeric,
       distinct_agg(5::positive) = distinct_agg(5) AS domain, distinct_agg(5::oid) = distinct_agg(5) AS oid,
       distinct_agg('a'::char(5)) = distinct_agg('a') AS padded,
       distinct_agg('a'::name) = distinct_agg('a'::varchar(3)) AS name,
       distinct_agg('-0'::float8) = distinct_agg(0::real) AS zero, distinct_agg('2026-01-01'::date)::text =
       distinct_agg('2026-01-01'::timestamp)::text AS date;

-- A bigint has 64 bits, all of which count; so do the others that PostgreSQL folds to 32.
SELECT approx_count_distinct((g::bigint << 32) | g) BETWEEN 95000 AND 105000 AS bigints
FROM generate_series(1, 100000) g;
SELECT approx_count_distinct('2026-01-01'::timestamptz +
                             (g::bigint << 20 | g) * interval '1 microsecond') BETWEEN 95000 AND 105000 AS timestamps
FROM generate_series(1, 100000) g;
SELECT approx_count_distinct(make_interval(secs => (g::bigint << 32 | g) / 1e6)) BETWEEN 95000 AND 105000 AS intervals
FROM generate_series(1, 100000) g;
SELECT approx_count_distinct(ARRAY[(g::bigint << 32) | g]) BETWEEN 95000 AND 105000 AS arrays
FROM generate_series(1, 100000) g;
SELECT approx_count_distinct(int8range(g << 32 | g, NULL)) BETWEEN 95000 AND 105000 AS ranges,
       approx_count_distinct(int8multirange(int8range(g << 32, (g << 32) + 1),
                                            int8range((g << 32) + 5, NULL))) BETWEEN 95000 AND 105000 AS multiranges
FROM generate_series(1::bigint, 100000) g;
-- nor does it matter how like each other values are: PostgreSQL's own hash of jsonb has few different bits here
CREATE TABLE documents AS SELECT g, (SELECT jsonb_object_agg('k' || k, (g >> k) & 1 = 1)
                                     FROM generate_series(0, 13) k) AS object,
    (SELECT jsonb_agg((g >> k) & 1 = 1) FROM generate_series(0, 13) k) AS list,
    jsonb_build_object('user', jsonb_build_array(g, NULL)) AS nested FROM generate_series(0, 16383) g;
SELECT approx_count_distinct(object) BETWEEN 15500 AND 17300 AS objects,
       approx_count_distinct(list) BETWEEN 15500 AND 17300 AS lists,
       approx_count_distinct(nested) BETWEEN 15500 AND 17300 AS nested FROM documents;
SELECT count(*) FILTER (WHERE contains(s, object)) < 200 AS rarely_confused
FROM documents, (SELECT membership_agg(object, 8192) AS s FROM documents WHERE g < 8192) m WHERE g >= 8192;
SELECT approx_count_distinct(v::jsonb) AS eleven
FROM unnest(ARRAY['{}', '[]', '[[]]', '[{}]', 'null', '[null]', '0', '[0]', '"0"', 'false', '{"0": null}',
            '0.00', '{"0":null}']) v;
DROP TABLE documents;
-- ranges over enums go by labels, as enums do
CREATE TYPE letter AS ENUM ('a', 'b');
CREATE TYPE letters AS RANGE (subtype = letter);
CREATE TABLE kept AS SELECT distinct_agg(letters('a', 'b')) AS s;
DROP TYPE letters, letter;
CREATE TYPE letter AS ENUM ('a', 'b');
CREATE TYPE letters AS RANGE (subtype = letter);
SELECT distinct_agg(letters('a', 'b')) = s AS same FROM kept GROUP BY s;
DROP TYPE letters, letter;
DROP TABLE kept;
SELECT approx_count_distinct(ARRAY[(g, 2), (3, g)]) AS arrays_of_records FROM generate_series(1, 3) g;

-- toasted, compressed and short values are what they are
CREATE TABLE texts (id int, plain text, external text, compressed text);
ALTER TABLE texts ALTER plain SET STORAGE plain, ALTER external SET STORAGE external, ALTER compressed SET STORAGE main;
INSERT INTO texts SELECT n, t, t, t FROM unnest(ARRAY[1, 126, 127, 3000, 7000]) n,
    LATERAL (SELECT repeat(chr(64 + n % 26), n)) r(t);
SELECT distinct_agg(plain) = distinct_agg(external) AS external,
       distinct_agg(plain) = distinct_agg(compressed) AS compressed, distinct_count(distinct_agg(plain)) FROM texts;

-- every type of the catalog finds its aggregate, without a cast
CREATE FUNCTION unresolved(aggregate text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE t record;
BEGIN
    FOR t IN SELECT oid::regtype AS type FROM pg_type WHERE typtype IN ('b', 'e', 'd', 'r', 'm', 'c') AND typisdefined
    AND typcategory <> 'Z' LOOP
        BEGIN
            EXECUTE format('SELECT ' || aggregate, format('NULL::%s', t.type));
        EXCEPTION WHEN OTHERS THEN RETURN NEXT t.type || ': ' || SQLERRM;
        END;
    END LOOP;
END $$;
-- (but for the catalog's own)
SELECT string_agg(DISTINCT split_part(u, ':', 1), ', ') AS not_unique,
       count(*) FILTER (WHERE u NOT LIKE '%is not unique') AS other_errors FROM (
    SELECT unresolved('distinct_agg(%s)') UNION ALL SELECT unresolved('distinct_agg(%s, 12)')
    UNION ALL SELECT unresolved('approx_count_distinct(%s)')
    UNION ALL SELECT unresolved('frequency_agg(%s)') UNION ALL SELECT unresolved('frequency_agg(%s, 0.01)')
    UNION ALL SELECT unresolved('frequency_weighted_agg(%s, 1)')
    UNION ALL SELECT unresolved('frequency_weighted_agg(%s, 1, 0.01)')
    UNION ALL SELECT unresolved('membership_agg(%s, 1)') UNION ALL SELECT unresolved('membership_agg(%s, 1, 0.1)')
    UNION ALL SELECT unresolved('add(NULL::distinct_sketch, %s)')
    UNION ALL SELECT unresolved('frequency(NULL::frequency_sketch, %s)')
    UNION ALL SELECT unresolved('contains(NULL, %s)')
    UNION ALL SELECT unresolved('topk_agg(%s, 10)') UNION ALL SELECT unresolved('topk_weighted_agg(%s, 1, 10)')
    UNION ALL SELECT unresolved('approx_top_k(%s, 10)')
    UNION ALL SELECT unresolved('frequency(NULL::topk_sketch, %s)')) t(u);
-- and that of another type only where it is cast so
CREATE FUNCTION overload(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE chosen text;
BEGIN
    EXECUTE 'CREATE TEMP VIEW caller AS SELECT ' || call || ' AS result';
    SELECT format_type(p.proargtypes[0], NULL) INTO chosen FROM pg_rewrite r
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_proc'::regclass
        JOIN pg_proc p ON p.oid = d.refobjid AND prokind = 'a' WHERE r.ev_class = 'caller'::regclass;
    DROP VIEW caller;
    RETURN chosen;
END $$;
SELECT chosen, string_agg(format_type(oid, NULL), ', ' ORDER BY format_type(oid, NULL) COLLATE "C") AS types
FROM (SELECT oid, overload(format('distinct_agg(NULL::%s)', format_type(oid, NULL))) AS chosen FROM pg_type
      WHERE typtype IN ('b', 'e', 'd', 'r') AND typisdefined AND typcategory NOT IN ('A', 'Z') AND typname <> 'char'
      AND (oid < 16384 OR oid IN ('mood'::regtype, 'positive'::regtype, 'label'::regtype))
      AND typnamespace <> 'information_schema'::regnamespace) t
WHERE chosen <> 'anyelement' GROUP BY chosen ORDER BY chosen COLLATE "C";
-- literals without a type are text, of whatever they look like
SELECT call, overload(call)
FROM unnest(ARRAY['distinct_agg(''a'')', 'distinct_agg(NULL)', 'distinct_agg(''1 day'', 12)',
            'approx_count_distinct(''{}'')', 'frequency_agg(''12:30'')', 'frequency_weighted_agg(''1'', 2)',
            'topk_agg(''{"a": 1}'', 3)', 'topk_weighted_agg(''a'', 2, 3)', 'approx_top_k(''1 day'', 3)',
            'membership_agg(''a'', 10)', 'membership_agg(''2026-01-01'', 10, 0.1)',
    'distinct_agg(1)', 'distinct_agg(1.5)', 'distinct_agg(true)', 'topk_agg(ARRAY[1], 3)',
    'topk_agg(jsonb_build_object(), 3)', 'topk_agg(now() - now(), 3)', 'topk_agg(localtime, 3)',
    'topk_agg(current_time, 3)', 'topk_agg(''{}''::json, 3)']) call;
SELECT distinct_agg('a') = distinct_agg('a'::text) AS text;
-- what has an overload is what it was without: equal intervals and documents, whatever they look like
SELECT approx_count_distinct(i) AS intervals
FROM unnest(ARRAY['1 day', '24 hours', '1 month', '30 days', '720:00:00', '0']::interval[]) i;
SELECT t.* FROM (SELECT topk_weighted_agg(i, w, 9) AS s
                 FROM (VALUES ('24 hours'::interval, 3), ('1 day', 4), ('1 month', 2), (NULL, 9)) v(i, w)) q,
                 top_k(NULL::interval, s) t;
SELECT t.* FROM (SELECT topk_agg(j, 9) AS s
                 FROM unnest(ARRAY['{"a": 1, "b": 2}', '{"b": 2.0, "a": 1.00}', '[]', NULL, 'null',
                             'null']::jsonb[]) j) q, top_k(NULL::jsonb, s) t;
SELECT frequency(frequency_agg(j, 0.01), '{"b": 2, "a": 1}'::jsonb),
       contains(membership_agg(j, 10, 0.1), '[1]'::jsonb) AS contains,
       contains(membership_agg(j, 10), '[2]'::jsonb) AS not_this
FROM unnest(ARRAY['{"a": 1.0, "b": 2}', '[1.00]']::jsonb[]) j;
SELECT distinct_agg(t) = distinct_agg(t::time(0)) AS times, frequency(frequency_weighted_agg(t, 7, 0.01), time '12:30')
FROM (VALUES (time '12:30:00')) v(t);

-- types without an equality that we could follow
SELECT distinct_agg('{}'::json);
SELECT distinct_agg('(1,2)'::point);
SELECT distinct_agg(ARRAY['{}'::json]);
SELECT distinct_agg(ROW(1, '{}'::json));
SELECT distinct_agg(ROW(1, 'a'::text COLLATE "C")) IS NOT NULL AS record,
       approx_count_distinct(ROW(g << 32 | g, 1)) BETWEEN 95 AND 105 AS each FROM generate_series(1::bigint, 100) g;
SELECT distinct_agg('1 2'::tsvector);

-- collations: bytes under a deterministic one, a clear error otherwise
SELECT distinct_agg('a' COLLATE "C") = distinct_agg('a' COLLATE "POSIX") AS equal;
CREATE TABLE collated (c text COLLATE "C", u text COLLATE "POSIX");
INSERT INTO collated VALUES ('a', 'b');
SELECT distinct_agg(c || u) FROM collated;
SELECT distinct_agg((c || u) COLLATE "C") IS NOT NULL AS stated FROM collated;
CREATE COLLATION ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT distinct_agg('a' COLLATE ignore_case);
SELECT frequency_agg(ARRAY['a' COLLATE ignore_case]);
SELECT contains(membership_agg('a', 10), 'A' COLLATE ignore_case);
SELECT distinct_agg(('a' COLLATE ignore_case) COLLATE "C") = distinct_agg('a') AS stated;
DROP COLLATION ignore_case;
CREATE EXTENSION citext;
CREATE TABLE ci (c citext, a citext[]);
INSERT INTO ci VALUES ('a', '{a}'), ('A', '{A}');
SELECT distinct_agg(c) FROM ci;
SELECT frequency_agg(c ORDER BY c) FROM ci GROUP BY c > 'a';
SELECT approx_count_distinct(c) FROM ci;
SELECT contains(membership_agg('a', 10), c) FROM ci GROUP BY c;
SELECT approx_count_distinct(c::text) AS by_bytes, approx_count_distinct(lower(c::text)) AS ignoring_case,
       approx_count_distinct(text(c)) AS called FROM ci;
DROP TABLE ci;
DROP EXTENSION citext;

-- kinds do not mix
SELECT merge(distinct_agg(1), distinct_agg(1.5::float8));
SELECT merge(s) FROM (SELECT distinct_agg(1) AS s UNION ALL SELECT distinct_agg('a')) t;
SELECT intersection_count(distinct_agg(1), distinct_agg('a'));
SELECT merge(frequency_agg(now()), frequency_agg(ARRAY[now()]));
SELECT subtract(frequency_agg('a'), frequency_agg(1));
SELECT merge(membership_agg(1, 10), membership_agg(uuid '00000000-0000-0000-0000-000000000000', 10));
-- enums merge by label, whatever their type, and so do domains by what they are made from
SELECT distinct_count(merge(distinct_agg('sad'::mood), distinct_agg('ok'::mood)));
SELECT sketch_info(s)->>'kind' AS kind FROM (
    SELECT unnest(ARRAY[distinct_agg(1), distinct_agg(1::float8), distinct_agg('a'::label), distinct_agg('ok'::mood),
                  distinct_agg(ARRAY['ok'::mood]), distinct_agg('[1,2]'::int4range), distinct_agg('1'::jsonb),
                  distinct_agg(ROW(1, 2))]) AS s) v;

-- probes: of the sketch's kind, as SQL's = would convert them, or an error
CREATE FUNCTION try(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; hint text;
BEGIN
    EXECUTE 'SELECT ' || expression INTO answer;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE || ': ' || SQLERRM;
END $$;
SELECT e AS expression, try(e) FROM unnest(ARRAY[
    'contains(membership_agg(0.1::float8, 10), 0.1)', 'contains(membership_agg(0.1::float8, 10), 0.2)',
    'contains(membership_agg(5::float8, 10), 5)', 'contains(membership_agg(5::float8, 10), 5::smallint)',
    'contains(membership_agg(0.1::real, 10), 0.1::real)', 'contains(membership_agg(0.1::real, 10), 0.1)',
    'contains(membership_agg(5, 10), 5.00)', 'contains(membership_agg(5.5, 10), 5.5)',
    'contains(membership_agg(5, 10), 5::float8)', 'contains(membership_agg(5, 10), ''5'')',
    'contains(membership_agg(5, 10), ''x'')',
    'contains(membership_agg(''a'', 10), ''a'')', 'contains(membership_agg(''a'', 10), ''a''::char(3))',
    'contains(membership_agg(''a'', 10), ''a''::name)', 'contains(membership_agg(''a'', 10), 1)',
    'contains(membership_agg(''a'', 10), ''00000000-0000-0000-0000-000000000000''::uuid)',
    'contains(membership_agg(''00000000-0000-0000-0000-000000000000''::uuid, 10), '
    '''00000000-0000-0000-0000-000000000000'')',
    'contains(membership_agg(''00000000-0000-0000-0000-000000000000''::uuid, 10), ''x'')',
    'contains(membership_agg(true, 10), ''t'')', 'contains(membership_agg(''\x00''::bytea, 10), ''\x00'')',
    'contains(membership_agg(''10.0.0.1''::inet, 10), ''10.0.0.1'')',
    'contains(membership_agg(0.5::float8, 10), ''0.5'')',
    'contains(membership_agg(''ok''::mood, 10), ''ok'')', 'contains(membership_agg(''ok''::mood, 10), ''sad''::mood)',
    'contains(membership_agg(''ok'', 10), ''ok''::mood)',
    'contains(membership_agg(''2026-01-01''::timestamp, 10), ''2026-01-01''::date)',
    'contains(membership_agg(''2026-01-01''::date, 10), ''2026-01-01''::timestamp)',
    'contains(membership_agg(now(), 10), now()::timestamp)',
    'contains(membership_agg(now(), 10), now())', 'contains(membership_agg(''2026-01-01''::date, 10), ''2026-01-01'')',
    'contains(membership_agg(ARRAY[1], 10), ARRAY[1::bigint])', 'contains(membership_agg(ARRAY[1], 10), ARRAY[1.00])',
    'contains(membership_agg(ARRAY[1], 10), 1)',
    'frequency(frequency_agg(0.1::float8), 0.1)', 'frequency(topk_agg(0.1::float8, 3), 0.1)',
    'frequency(topk_agg(5, 3), 5.0)', 'frequency(topk_agg(5, 3), 6)', 'frequency(topk_agg(5, 3), ''5'')',
    'frequency(topk_agg(5, 3), ''a'')', 'frequency(topk_agg(5, 3), 5::float8)', 'frequency(frequency_agg(5), 5.0)',
    'frequency(frequency_agg(5), 6)', 'distinct_count(add(distinct_agg(0.1::float8), 0.1))',
    'distinct_count(add(distinct_agg(5), 5.5))', 'distinct_count(add(distinct_agg(5), ''a''))',
    'add(distinct_agg(5), true)', 'add(frequency_agg(''a''), 5)', 'add(topk_agg(''a'', 3), 5)',
    'add(membership_agg(''2026-01-01''::date, 10), ''2026-01-01'')']) e;
-- equal arrays of numbers are not only equal within their types
SELECT distinct_agg(ARRAY[1, 2]::smallint[]) = distinct_agg(ARRAY[1, 2.0]) AS arrays;

-- called by hand, without a query that tells types
SELECT distinct_count(distinct_agg_trans(NULL, 5));
SELECT distinct_agg_trans(distinct_agg('a'), 5);

-- a setting that changes how names are shown
SELECT topk_agg('pg_class'::regclass, 3) AS plain, topk_agg(ARRAY['pg_class'::regclass], 3) AS plain_array \gset
SET quote_all_identifiers = on;
SELECT topk_agg('pg_class'::regclass, 3) = :'plain'::topk_sketch AS same, topk_agg(ARRAY['pg_class'::regclass], 3) =
       :'plain_array'::topk_sketch AS same_array;
RESET quote_all_identifiers;

-- sketches are merged, not counted
SELECT distinct_count(distinct_agg(s)) FROM (SELECT quantile_agg(i) AS s FROM generate_series(1, 3) i) t;
SELECT approx_top_k(s, 3) FROM (SELECT topk_agg(i, 3) AS s FROM generate_series(1, 3) i) t;
SELECT add(distinct_empty(), distinct_empty());
CREATE DOMAIN daily AS membership_sketch;
SELECT membership_agg(s::daily, 10) FROM (SELECT membership_agg(i, 10) AS s FROM generate_series(1, 3) i) t;
SELECT distinct_count(distinct_agg(s::bytea)) AS bytes, distinct_count(distinct_agg(t)) AS rows,
       distinct_count(distinct_agg(ARRAY[s])) AS arrays
FROM (SELECT i / 2, quantile_agg(i) AS s FROM generate_series(1, 3) i GROUP BY 1) t;
DROP DOMAIN daily;

-- text that is no literal of the kind says for what it was taken
SELECT contains(membership_agg(5, 10), 'five');
SELECT frequency(topk_agg(true, 10), 'perhaps');
SELECT add(frequency_agg(1.5::float8), 'x'::name);
SELECT contains(membership_agg('2026-01-01'::date, 10), 'today');

-- what is remembered of a type is given up when the type changes: columns, labels; and takes no more memory with every
-- change
CREATE TABLE changing (a int, b int);
INSERT INTO changing VALUES (1, 2);
CREATE FUNCTION once(x anyelement) RETURNS distinct_sketch LANGUAGE plpgsql
    AS $$ BEGIN RETURN distinct_agg_final(distinct_agg_trans(NULL, x)); END $$;
BEGIN;
SELECT once(c) = distinct_agg(c) AS same FROM changing c GROUP BY c;
ALTER TABLE changing ALTER a TYPE text, DROP b, ADD d int DEFAULT 7;
SELECT once(c) = distinct_agg(c) AS same FROM changing c GROUP BY c;
SELECT once('sad'::mood) = distinct_agg('sad'::mood) AS same;
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
SELECT once('blue'::mood) = distinct_agg('blue'::mood) AS same;
ROLLBACK;
CREATE FUNCTION memory(i int) RETURNS bigint
    LANGUAGE sql VOLATILE AS 'SELECT sum(total_bytes)::bigint FROM pg_backend_memory_contexts WHERE i > 0';
SELECT distinct_count(distinct_agg(CASE WHEN i % 2 = 0 THEN ROW(i, 1) ELSE ROW(i::text, 'x'::text)
                                   END)) > 15000 AS many,
       max(CASE WHEN i = 20000 THEN memory(i) END) - max(CASE WHEN i = 100 THEN memory(i) END) < 1000000 AS bounded
FROM generate_series(1, 20000) i;
DROP FUNCTION once, memory;
DROP TABLE changing;

DROP TABLE literals, texts, collated;
DROP FUNCTION compare_literals, unresolved, overload, try;
DROP TYPE mood, pair;
DROP DOMAIN positive, label;
