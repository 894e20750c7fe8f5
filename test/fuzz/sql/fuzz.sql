-- Mutated values of one type through every door, every function on what was accepted, and on what was not, as if it had
-- been stored: a disk may damage what a door let in.
--
--   psql -v type=topk_sketch -v inputs=20000 -v seed=1 -v directory=/tmp/x -f fuzz.sql
--
-- Prints one row: inputs, accepted, and what must be 0: wrong (errors of a class that input must not raise, or nonsense
-- read from what was accepted), with examples. A crash ends the connection; a hang, the statement_timeout.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = error;
SET statement_timeout = '300s';
SET extra_float_digits = 1;
SELECT setseed(:seed / 1000003.0) \g /dev/null

-- ---- what every type needs: a new family adds its values here, and its sense below ------------------------------------
CREATE TEMP TABLE recipe (type text, query text);
INSERT INTO recipe VALUES
    ('quantile_sketch', $$SELECT quantile_agg(x) FROM unnest('{NaN,Infinity,-Infinity,0,-1,1e300,1e-300}'::float8[]) x$$),
    ('quantile_sketch', $$SELECT quantile_agg(exp(sin(i) * n)) FROM generate_series(1, n * n * n * 10) i$$),
    ('quantile_sketch', $$SELECT quantile_weighted_agg(i, i * 7919::bigint * n, 0.001 * n) FROM generate_series(1, 5 * n) i$$),
    ('quantile_sketch', $$SELECT subtract(quantile_agg(i), quantile_agg(i)) FROM generate_series(1, n) i$$),
    ('quantile_sketch', $$SELECT quantile_empty(0.001 * n)$$), ('distinct_sketch', $$SELECT distinct_empty(n + 3)$$), ('frequency_sketch', $$SELECT frequency_empty(0.005 * n)$$),
    ('membership_sketch', $$SELECT membership_empty(n * n * n * 10)$$), ('topk_sketch', $$SELECT topk_empty(n * n * n)$$),
    ('distinct_sketch', $$SELECT distinct_agg(i * 7919) FROM generate_series(1, n * n * n * 10) i$$),
    ('distinct_sketch', $$SELECT distinct_agg('v' || i, 4 + n) FROM generate_series(1, n * 5) i$$),
    ('distinct_sketch', $$SELECT distinct_agg(ARRAY[i], 4) FROM generate_series(1, n * 100) i$$),
    ('frequency_sketch', $$SELECT frequency_agg(i % (n * 5)) FROM generate_series(1, n * n * 30) i$$),
    ('frequency_sketch', $$SELECT frequency_weighted_agg('v' || i, (i * 1000003::bigint) << (n * 3), 0.04) FROM generate_series(1, n * 20) i$$),
    ('frequency_sketch', $$SELECT frequency_agg(i::numeric / 3, 0.03) FROM generate_series(1, n * n * 30) i$$),
    ('membership_sketch', $$SELECT membership_agg(i, 100) FROM generate_series(1, n * n) i$$),
    ('membership_sketch', $$SELECT membership_agg('v' || i, n * 10, 0.1) FROM generate_series(1, n * 30) i$$),
    ('membership_sketch', $$SELECT membership_agg(i::float8, 100000) FROM generate_series(1, n * 7) i$$),
    ('topk_sketch', $$SELECT topk_agg('value ' || i % (n * 7), 4 + n * 2) FROM generate_series(1, n * n * 10) i$$),
    ('topk_sketch', $$SELECT topk_agg(i * i % 1009 - 300, 10) FROM generate_series(1, n * 50) i$$),
    ('topk_sketch', $$SELECT topk_agg(i::numeric / n, 9) FROM generate_series(1, 30) i$$),
    ('topk_sketch', $$SELECT topk_agg(i % n * 1.5::float8, 5) FROM generate_series(1, 30) i$$),
    ('topk_sketch', $$SELECT topk_agg(ARRAY[i % 3, n], 5) FROM generate_series(1, 30) i$$),
    ('topk_sketch', $$SELECT topk_agg(timestamptz '2026-01-01' + i % 4 * interval '1 day', 5) FROM generate_series(1, 30) i$$),
    ('topk_sketch', $$SELECT topk_agg(CASE n % 4 WHEN 0 THEN '10.0.0.1/8' ELSE '::1' END::inet, 5)$$);

CREATE TEMP TABLE seeds (id int PRIMARY KEY, bytes bytea);
CREATE FUNCTION pg_temp.make_seeds(type text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE recipes text[] := ARRAY(SELECT query FROM recipe r WHERE r.type = make_seeds.type); made bytea; id int := 0;
BEGIN
    IF recipes = '{}' THEN RAISE 'no recipe for values of %', type; END IF;
    FOR n IN 1 .. 7 LOOP
        FOR i IN 1 .. cardinality(recipes) LOOP
            EXECUTE format('SELECT (%s)::bytea', replace(regexp_replace(recipes[i], '\mn\M', n::text, 'g'), '::bytea', '')) INTO made;
            INSERT INTO seeds VALUES (id, made);
            id := id + 1;
        END LOOP;
    END LOOP;
END $$;
SELECT pg_temp.make_seeds(:'type') \g /dev/null

CREATE FUNCTION pg_temp.below(n int) RETURNS int LANGUAGE sql AS $$ SELECT least(n - 1, floor(random() * n))::int $$;
CREATE FUNCTION pg_temp.mutated(bytes bytea, other bytea) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE at int; size int; telling int[] := ARRAY[0, 1, 127, 128, 255, 254, 231];
BEGIN
    FOR i IN 1 .. 1 + pg_temp.below(1 + pg_temp.below(4)) LOOP
        size := length(bytes);
        CONTINUE WHEN size = 0;
        at := CASE WHEN random() < 0.5 THEN pg_temp.below(least(size, 14)) ELSE pg_temp.below(size) END;
        CASE pg_temp.below(9)
            WHEN 0, 1, 2 THEN bytes := set_bit(bytes, at * 8 + pg_temp.below(8), pg_temp.below(2));
            WHEN 3, 4 THEN bytes := set_byte(bytes, at, telling[1 + pg_temp.below(7)]);
            WHEN 5 THEN bytes := set_byte(bytes, at, pg_temp.below(256));
            WHEN 6 THEN bytes := substr(bytes, 1, at);
            WHEN 7 THEN bytes := substr(bytes, 1, at) || substr(bytes, 1 + pg_temp.below(size), pg_temp.below(12)) || substr(bytes, 1 + at);
            ELSE bytes := substr(bytes, 1, at) || substr(other, 1 + least(at, length(other)));
        END CASE;
    END LOOP;
    RETURN bytes;
END $$;

-- ---- the doors: text, bytea, binary COPY ------------------------------------------------------------------------------
CREATE TEMP TABLE door (value :type);
CREATE FUNCTION pg_temp.enter(door text, type text, bytes bytea, directory text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE back bytea;
BEGIN
    CASE door
        WHEN 'text' THEN EXECUTE format('SELECT %L::%I::bytea', bytes, type) INTO back;
        WHEN 'bytea' THEN EXECUTE format('SELECT $1::%I::bytea', type) INTO back USING bytes;
        ELSE
            EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', bytes, directory || '/value');
            EXECUTE format('COPY pg_temp.door FROM %L (FORMAT binary)', directory || '/value');
            EXECUTE 'SELECT value::bytea FROM pg_temp.door' INTO back;
            DELETE FROM pg_temp.door;
    END CASE;
    RETURN back;
END $$;

-- Past all doors, as a superuser can.
CREATE FUNCTION pg_temp.stored(bytes bytea, nothing bytea) RETURNS :type LANGUAGE internal IMMUTABLE STRICT AS 'byteacat';

-- ---- every function of the type, with arguments that tell ---------------------------------------------------------------
CREATE TEMP TABLE argument (type regtype, literals text[]);
INSERT INTO argument VALUES
    ('float8', '{NaN,Infinity,-Infinity,0,-0,0.5,1,-1,1e308,5e-324,0.95,NULL}'), ('bigint', '{0,1,-1,9223372036854775807,-9223372036854775808,NULL}'),
    ('int', '{0,1,-1,2147483647,-2147483648,10,NULL}'), ('text', '{"",a,v1,"value 3",7,NaN,NULL}'), ('float8[]', '{"{}","{0.5}","{0,0.5,1}","{NaN}","{NULL}","{-1,2}",NULL}'),
    ('anyelement', '{1::int,1.5::numeric,NaN::float8,v1::text,NULL::bigint,"{1}::int[]",infinity::timestamptz}'), ('bytea', '{"",NULL}');
CREATE TEMP TABLE calls AS
SELECT p.oid::regprocedure::text AS function, format('%s(%s)', p.oid::regproc, string_agg(
           CASE WHEN t.type = (:'type')::regtype THEN CASE n WHEN 1 THEN 's' ELSE CASE c WHEN 0 THEN 's' WHEN 1 THEN 'o' ELSE 'NULL::' || :'type' END END
                WHEN t.type = 'anyelement'::regtype THEN format('%L::%s', nullif(split_part(value, '::', 1), 'NULL'), split_part(value, '::', 2))
                ELSE format('%L::%s', nullif(value, 'NULL'), t.type) END, ', ' ORDER BY n)) AS call
FROM pg_proc p CROSS JOIN generate_series(0, 11) c,
     unnest(p.proargtypes::oid[]::regtype[]) WITH ORDINALITY AS t(type, n),
     LATERAL (SELECT (SELECT literals[1 + (c + n) % cardinality(literals)] FROM argument a WHERE a.type = t.type) AS value) v
WHERE prokind = 'f' AND (:'type')::regtype = ANY (proargtypes::oid[]) AND NOT proname ~ '_trans$|_final$|_out$'
  AND NOT EXISTS (SELECT FROM unnest(p.proargtypes::oid[]::regtype[]) u WHERE u <> (:'type')::regtype AND u NOT IN (SELECT a.type FROM argument a))
GROUP BY p.oid, c;
CREATE TEMP TABLE distinct_calls AS SELECT row_number() OVER (ORDER BY call) - 1 AS id, function, call FROM (SELECT DISTINCT function, call FROM calls) c;
SELECT count(*) AS n FROM distinct_calls \gset number_of_calls_

-- What cannot be, of values that were accepted; one query a family, true if it makes sense.
CREATE TEMP TABLE sense (type text, query text);
INSERT INTO sense VALUES
    ('quantile_sketch', $$SELECT total_count(s) = 0 OR (percentile(s, 0.1) <= percentile(s, 0.5) AND percentile(s, 0.5) <= percentile(s, 0.99) AND percentile(s, 0.99) <= max_value(s)
        AND min_value(s) <= percentile(s, 0.1) AND percentile(s, 0.5) BETWEEN (percentile_bounds(s, 0.5)).lower AND (percentile_bounds(s, 0.5)).upper
        AND mean_value(s) >= min_value(s) AND (mean_value(s) <= max_value(s) OR mean_value(s) = 'NaN') AND (trimmed_mean(s, 0.1, 0.9) BETWEEN min_value(s) AND max_value(s) OR trimmed_mean(s, 0.1, 0.9) = 'NaN')
        AND (SELECT sum(count) FROM histogram_bins(s, 7)) = total_count(s) AND (SELECT max(count) FROM cumulative_histogram(s, '{-1,0,1}')) = total_count(s)) AND merge(s, quantile_empty(0.0002)) = s$$),
    ('distinct_sketch', $$SELECT distinct_count(s) >= 0 AND distinct_count(s) BETWEEN (distinct_bounds(s)).lower AND (distinct_bounds(s)).upper AND jaccard(s, o) BETWEEN 0 AND 1
        AND distinct_count(merge(s, s)) = distinct_count(s) AND merge(distinct_empty(16), s) = s AND difference_count(s, o) BETWEEN 0 AND distinct_count(s)
        AND (SELECT bool_and(difference_count(s, o) BETWEEN d.lower AND d.upper AND intersection_count(s, o) BETWEEN i.lower AND i.upper) FROM difference_bounds(s, o) d, intersection_bounds(s, o) i)$$),
    ('frequency_sketch', $$SELECT total_count(s) >= 0 AND (SELECT bool_and(f >= 0 AND f BETWEEN lower AND upper AND upper <= total_count(s)) FROM (SELECT x FROM unnest('{1,7,v1}'::text[]) x WHERE (sketch_info(s)->>'kind') = 'text') v,
        LATERAL frequency(s, x) f, LATERAL frequency_bounds(s, x)) IS NOT FALSE AND merge(s, frequency_empty(0.000003)) = s
        AND ((sketch_info(s)->>'kind') <> 'none' OR (frequency(s, 'a') = 0 AND frequency(add(s, 'a'), 'a') = 1 AND frequency(add(s, 7), 7) = 1))$$),
    ('membership_sketch', $$SELECT false_positive_rate(s) BETWEEN 0 AND 1 AND ((sketch_info(s)->>'kind') <> 'text' OR contains(add(s, 'new'::text), 'new'::text))
        AND ((sketch_info(s)->>'kind') <> 'none' OR NOT contains(s, 7)) AND merge(membership_empty(1), s) = merge(s, membership_empty(1))$$),
    ('topk_sketch', $$SELECT (SELECT bool_and(lower >= 0 AND estimate BETWEEN lower AND upper AND upper <= total_count(s) AND item IS NOT NULL) FROM top_k(s)) IS NOT FALSE AND merge(s, topk_empty(100000)) = s$$);

CREATE TEMP TABLE outcome (input int, what text, state text, message text);
CREATE FUNCTION pg_temp.allowed(state text, message text) RETURNS boolean LANGUAGE sql AS $$
    -- bad text and bytes, values out of range, wrong kinds, limits; never an internal error or an allocation that fails
    SELECT state IN ('22P02', '22P03', '22003', '22004', '22023', '22008', '42804', '54000', '22001', '22021', '42883', '0A000') AND message NOT LIKE '%invalid memory alloc%'
$$;
CREATE FUNCTION pg_temp.fuzz(type text, inputs int, calls int, directory text, OUT accepted bigint, OUT called bigint, OUT damaged bigint) LANGUAGE plpgsql AS $$
DECLARE
    seeds bytea[] := ARRAY(SELECT bytes FROM seeds ORDER BY id);
    doors text[] := ARRAY['text', 'bytea', 'copy'];
    sense text := (SELECT query FROM sense s WHERE s.type = fuzz.type);
    bytes bytea; back bytea; other bytea; state text; message text; call text; value text; calls_each int; chosen int; good boolean;
BEGIN
    accepted := 0;
    called := 0;
    damaged := 0;
    FOR input IN 1 .. inputs LOOP
        other := seeds[1 + pg_temp.below(cardinality(seeds))];
        bytes := pg_temp.mutated(seeds[1 + pg_temp.below(cardinality(seeds))], other);
        BEGIN
            back := pg_temp.enter(doors[CASE WHEN input % 50 = 0 THEN 3 ELSE 1 + input % 2 END], type, bytes, directory);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
            IF NOT pg_temp.allowed(state, message) THEN INSERT INTO outcome VALUES (input, 'door ' || encode(bytes, 'hex'), state, message); END IF;
            back := NULL;
        END;
        IF back IS NOT NULL THEN
            accepted := accepted + 1;
            -- canonical: what goes in comes out, and goes in again in its own text form
            IF back <> bytes THEN INSERT INTO outcome VALUES (input, 'changed ' || encode(bytes, 'hex'), NULL, NULL); END IF;
            BEGIN
                EXECUTE format('SELECT ($1::%1$I)::text::%1$I = $1::%1$I AND merge(s, NULL) = s AND merge(NULL, s) = s AND (%2$s) FROM (SELECT $1::%1$I AS s, $2::%1$I AS o) v', type, sense) INTO good USING bytes, bytes;
                IF good IS NOT TRUE THEN INSERT INTO outcome VALUES (input, 'nonsense ' || encode(bytes, 'hex'), NULL, NULL); END IF;
            EXCEPTION WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
                IF NOT pg_temp.allowed(state, message) THEN INSERT INTO outcome VALUES (input, 'sense ' || encode(bytes, 'hex'), state, message); END IF;
            END;
            value := format('$1::%I', type);
            calls_each := 3;
            called := called + calls_each;
        ELSE
            value := $v$pg_temp.stored($1, '')$v$;
            calls_each := 2;
            damaged := damaged + calls_each;
        END IF;
        FOR i IN 1 .. calls_each LOOP
            chosen := pg_temp.below(calls);
            SELECT c.call INTO STRICT call FROM distinct_calls c WHERE c.id = chosen;
            BEGIN
                EXECUTE format('SELECT count(c.v) FROM (SELECT %s AS s, $2::%I AS o) v, LATERAL (SELECT %s) c(v)', value, type, call) USING bytes, other;
            EXCEPTION WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
                IF NOT pg_temp.allowed(state, message) THEN INSERT INTO outcome VALUES (input, format('%s of %s %s', call, value, encode(bytes, 'hex')), state, message); END IF;
            END;
        END LOOP;
    END LOOP;
END $$;
SELECT accepted, called, damaged FROM pg_temp.fuzz(:'type', :inputs, :number_of_calls_n, :'directory') \gset
SELECT count(*) AS wrong FROM outcome \gset
\unset QUIET
\echo :type: :inputs inputs, :accepted accepted, :called calls of :number_of_calls_n, :damaged of damaged values, :wrong wrong
SELECT state, message, left(what, 200) AS example, count(*) FROM (SELECT DISTINCT ON (state, message, split_part(what, ' ', 1)) *, count(*) OVER (PARTITION BY state, message, split_part(what, ' ', 1)) FROM outcome) o(input, what, state, message, count) GROUP BY 1, 2, 3 LIMIT 20;
