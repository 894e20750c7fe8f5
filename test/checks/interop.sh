#!/usr/bin/env bash
# Messages of real producers, in JSON and in protobuf, against the values that they were made from; what is exported,
# read by the other side: Prometheus, where the distribution has it. In a database of their own.
set -euo pipefail
# shellcheck source=test/lib/report.sh
source "$(dirname "$0")/../lib/report.sh"

export PGDATABASE=interop_check PGOPTIONS='-c client_min_messages=warning'
directory=$(mktemp -d)
psql -Xqc "DROP DATABASE IF EXISTS $PGDATABASE" -c "CREATE DATABASE $PGDATABASE" postgres
trap 'rm -r "$directory"; psql -Xqc "DROP DATABASE $PGDATABASE" postgres' EXIT

run_sql() { psql -XqAtv ON_ERROR_STOP=1 "$@"; }

run_sql <<'SQL'
CREATE EXTENSION sketch_ext;
CREATE TABLE sent (name text, protobuf bytea, json jsonb);
CREATE TABLE raw (name text, x float8);
-- Percentiles whose bounds do not hold, or whose estimates are further away than the accuracy. Producers that take
-- logarithms file a value that is next to an edge in the next bucket.
CREATE FUNCTION wrong_percentiles(of text, sketch quantile_sketch) RETURNS bigint LANGUAGE sql AS $$
    WITH asked AS (SELECT array_agg(i / 1000.0::float8 ORDER BY i) AS p FROM generate_series(0, 1000) AS i),
    exact AS (SELECT p, percentile_cont(p) WITHIN GROUP (ORDER BY x) AS x FROM asked, raw WHERE name = of GROUP BY p)
    SELECT count(*) FILTER (WHERE NOT (y BETWEEN b.lower - abs(b.lower) * 3e-16 AND b.upper + abs(b.upper) * 3e-16
               AND abs(percentile(sketch, q) - y) <= (sketch_info(sketch) ->> 'current_accuracy')::float8 * abs(y) * (1 + 1e-12)))
    FROM exact, unnest(exact.p, exact.x) AS each (q, y), percentile_bounds(sketch, q) AS b;
$$;
SQL

sent() { # <name> <file of the message> <file in JSON, or nothing>: through psql, wherever the server is
	{
		printf "INSERT INTO sent VALUES ('%s', decode('" "$1"
		base64 -w 0 "$2"
		printf "', 'base64'), "
		if [[ $3 ]]; then
			printf '$json$'
			cat "$3"
			printf '$json$::jsonb);\n'
		else
			printf 'NULL);\n'
		fi
	} | run_sql
}

for file in test/interop/otel_*.pb; do
	name=$(basename "$file" .pb)
	sent "$name" "$file" "${file%.pb}.json"
	input=${name%.*} export=${name##*.}
	{
		printf "INSERT INTO raw SELECT '%s', x::float8 FROM jsonb_path_query(\$json$" "$name"
		cat "test/interop/$input.input.json"
		printf "\$json\$, '\$.batches[0 to %s][*]') AS x;" "$export"
	} | run_sql
	report "$name: JSON and protobuf are the same points" "$(run_sql -c "
		SELECT a, b FROM sent, LATERAL (SELECT to_jsonb(p) FROM otlp_points(json) AS p) AS j (a)
			FULL JOIN LATERAL (SELECT to_jsonb(p) FROM otlp_points_protobuf(protobuf) AS p) AS b (b) ON a = b
		WHERE name = '$name' AND (a IS NULL OR b IS NULL)")"
	report "$name: every percentile holds" "$(run_sql -c "
		SELECT count, sum, wrong FROM sent, otlp_points_protobuf(protobuf), LATERAL (SELECT wrong_percentiles(name, sketch) AS wrong) AS w,
			LATERAL (SELECT count(*) AS n, sum(x) AS s FROM raw WHERE raw.name = sent.name) AS r
		WHERE name = '$name' AND (wrong > 0 OR count <> n OR abs(sum - s) > 1e-9 * s)")"
done
for name in prom_edges prom_lognormal; do
	sent "$name" "test/interop/$name.pb" ''
	sed "s/^/$name\t/" "test/interop/$name.input" | run_sql -c '\copy raw FROM pstdin'
	report "$name: every percentile holds" "$(run_sql -c "
		SELECT labels, count, wrong FROM sent, quantile_sketch_from_prometheus(protobuf), LATERAL (SELECT wrong_percentiles(name, sketch) AS wrong) AS w
		WHERE name = '$name' AND (wrong > 0 OR labels <> '{\"__name__\": \"h_ms\"}' OR count <> (SELECT count(*) FROM raw WHERE raw.name = sent.name))")"
done
sent prom_remote_write test/interop/prom_remote_write.pb ''
report "remote write: every percentile holds" "$(run_sql -c "
	SELECT 'wrong', labels, time, wrong FROM sent, prometheus_write_request(protobuf), LATERAL (SELECT wrong_percentiles('prom_lognormal', sketch) AS wrong) AS w
	WHERE name = 'prom_remote_write' AND (wrong > 0 OR labels ->> '__name__' <> 'h_ms' OR time IS NULL)
	UNION ALL SELECT 'nothing', NULL, NULL, NULL WHERE NOT EXISTS (SELECT FROM sent, prometheus_write_request(protobuf) WHERE name = 'prom_remote_write')")"

# Frequent items of DataSketches: bounds hold for each item that was in the rows, and for those that are kept.
run_sql <<'SQL'
CREATE TABLE frequent AS SELECT i * 48271 % 2147483647 % (1 + i % 20011) AS x, count(*) AS n FROM generate_series(1, 1000000::bigint) AS i GROUP BY 1;
CREATE FUNCTION wrong_items(sketch topk_sketch, prefix text, less bigint) RETURNS SETOF record LANGUAGE sql AS $$
    SELECT prefix || x, n, t FROM (SELECT x - less AS x, n FROM frequent) AS f LEFT JOIN top_k(sketch, 100000) AS t ON item = prefix || x
    WHERE NOT (CASE WHEN item IS NULL THEN n <= (sketch_info(sketch) ->> 'error')::bigint ELSE n BETWEEN lower AND upper END)
    UNION ALL SELECT item, NULL, t FROM top_k(sketch, 100000) AS t WHERE item NOT IN (SELECT prefix || x - less FROM frequent)
    UNION ALL SELECT 'all', total_count(sketch), NULL WHERE total_count(sketch) <> 1000000;
$$;
SQL
for name in strings strings_merged longs; do
	sent "frequent_$name" "test/interop/frequent_$name.bin" ''
	prefix=/é/ less=0 function=strings
	[[ $name != longs ]] || prefix='' less=5 function=longs
	report "frequent items, $name: every bound holds" "$(run_sql -c "
		SELECT w.* FROM sent, topk_sketch_from_frequent_$function(protobuf) AS s, wrong_items(s, '$prefix', $less) AS w (item text, n bigint, kept record) WHERE name = 'frequent_$name'
		UNION ALL SELECT 'few', count(*), NULL FROM sent, top_k(topk_sketch_from_frequent_$function(protobuf), 1000) WHERE name = 'frequent_$name' HAVING count(*) < 80")"
done

# Prometheus scrapes what to_prometheus makes, and answers within the accuracy. Installed, the package would start a server.
if ! type -P prometheus >/dev/null && (cd "$directory" && apt-get download prometheus && dpkg-deb -x prometheus_*.deb .) >/dev/null 2>&1; then
	PATH=$directory/usr/bin:$PATH
fi
if type -P prometheus >/dev/null; then
	run_sql -c "WITH sketches AS (SELECT host, quantile_agg(exp(i / 1000.0) * host) AS sketch FROM generate_series(-2000, 2000) AS i, unnest(ARRAY[1, 20]) AS host GROUP BY host)
		SELECT encode(to_prometheus(sketch, NULL, 'latency', jsonb_build_object('host', host::text)), 'hex'),
			format('{\"host\": \"%s\", \"0.5\": %s, \"0.99\": %s, \"accuracy\": %s}', host, percentile(sketch, 0.5), percentile(sketch, 0.99), sketch_info(sketch) ->> 'current_accuracy')
		FROM sketches" | /usr/bin/python3 test/interop/prometheus_test.py "$directory" || failed=1
else
	printf 'skipped: no Prometheus\n'
fi
exit "$failed"
