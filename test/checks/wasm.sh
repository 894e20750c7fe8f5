#!/usr/bin/env bash
# The package for JavaScript: built by make wasm, tested in Node and in a browser, and its sketches against those that
# PostgreSQL makes of the same rows. In a database of its own.
set -euo pipefail
# shellcheck source=test/lib/report.sh
source "$(dirname "$0")/../lib/report.sh"

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
if ! clang++ --target=wasm32-wasi -mexec-model=reactor -x c++ - -o "$place/empty" <<<'#include <bit>' 2>/dev/null; then
	printf 'skipped: no C++ for WebAssembly\n'
	exit 0
fi
if ! node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null; then
	printf 'skipped: no Node 18\n'
	exit 0
fi

# What a command prints if it fails.
trouble() { "$@" >"$place/log" 2>&1 || tail -n 30 "$place/log" - <<<"$1 failed"; } # <command ...>

differences() { diff <(sort "$1") <(sort "$2") 2>&1 || true; } # <file> <file>

# In $SKETCH_WASM, for others to have it, or here.
build=${SKETCH_WASM:-$place}
report "make wasm builds the package" "$(trouble env -u MAKEFLAGS make -C "$build" -f "$PWD/Makefile" wasm WERROR=1)"
package=$build/build-wasm/package
[[ -e $package/sketch.wasm ]] || exit 1
printf '{"private": true}\n' >"$place/package.json"
mkdir "$place/node_modules"
ln -s "$package" "$place/node_modules/sketch-ext"
sed -n '/^```js$/,/^```$/ { /^```/d; p }' bindings/wasm/README.md >"$place/page.mjs"
report "what its page shows runs" "$(trouble node "$place/page.mjs")"

export PGDATABASE=wasm_check PGCLIENTENCODING=UTF8
export PGOPTIONS='-c client_min_messages=warning -c TimeZone=UTC -c DateStyle=ISO'
run_sql() { psql -XqAtv ON_ERROR_STOP=1 "$@"; }
psql -Xqc "DROP DATABASE IF EXISTS $PGDATABASE" \
	-c "CREATE DATABASE $PGDATABASE TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'" postgres
trap 'rm -rf "$place"; psql -Xqc "DROP DATABASE $PGDATABASE" postgres' EXIT
run_sql -f test/abi/items.sql

# Items of every type, from text and back, and sketches of them.
run_sql -F $'\t' <<'SQL' >"$place/lines"
SELECT format('SELECT type, to_json(value::%s::text) FROM item WHERE type = %L ORDER BY n', type, type)
FROM item WHERE type <> 'interval' GROUP BY type \gexec
SQL
run_sql -F $'\t' <<'SQL' >"$place/all_expected"
SELECT type, family, bytes FROM expected WHERE type NOT LIKE '%:text';
SELECT format($$SELECT %L, 'item', format('[%%s,%%s]', to_json(item), estimate)
    FROM top_k((SELECT topk_agg(value::%s, 1000 ORDER BY n) FROM item WHERE type = %L), 1000)$$, type, type, type)
FROM item WHERE type NOT IN ('interval', 'float4', 'float8') GROUP BY type \gexec
SQL
node test/wasm/columns.mjs "$package" <"$place/lines" >"$place/output" 2>&1 || true
while read -r type; do
	grep -P "^$type\t" "$place/all_expected" >"$place/expected"
	grep -P "^$type\t" "$place/output" >"$place/of_type" || tail -n 5 "$place/output" >"$place/of_type"
	report "items of type $type are those of PostgreSQL" "$(differences "$place/expected" "$place/of_type")"
done < <(cut -f 1 "$place/lines" | sort -u)

# Many rows: one md5 a family, from whatever makes sketches.
run_sql -F $'\t' <<'SQL' >"$place/all_expected"
CREATE TABLE many AS
SELECT i, 'Straße €' || i * i % 9973 AS text,
       CASE i % 1000 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN '-Infinity' WHEN 3 THEN 0
                     ELSE (i % 2000 - 500) * 1.1 ^ (i % 300) END::float8 AS x
FROM generate_series(0, 39999) AS i;
SELECT family, md5(bytes)
FROM (SELECT quantile_agg(x)::bytea AS q, distinct_agg(text)::bytea AS d, membership_agg(text, 10000)::bytea AS m,
             frequency_weighted_agg(i, i % 5)::bytea AS f, topk_weighted_agg(text, i % 5, 5000)::bytea AS t FROM many) AS s,
     LATERAL (VALUES ('quantile', q), ('distinct', d), ('frequency', f), ('topk', t), ('membership', m)) AS v (family, bytes);
SQL
run_sql -c 'SELECT json_build_array(i, x::text, text) FROM many ORDER BY i' |
	node test/wasm/families.mjs "$package" >"$place/all_output" 2>&1 || true
one_md5() { # <maker> <file of its output>
	local family
	for family in quantile distinct frequency topk membership; do
		grep "^$family" "$2" >"$place/output" || tail -n 5 "$2" >"$place/output"
		report "$family: one md5, by $1 and by PostgreSQL" \
			"$(diff <(grep "^$family" "$place/all_expected") "$place/output" 2>&1 || true)"
	done
}
one_md5 JavaScript "$place/all_output"
run_sql -c '\copy (SELECT i, i % 5 AS weight, x, text FROM many ORDER BY i) TO pstdout (FORMAT csv, HEADER)' >"$place/many.csv"
if [[ -x ${SKETCH_BUILD:-}/sketch ]]; then
	# In four parts, which are merged.
	for part in 0 1 2 3; do
		awk -v part="$part" 'NR == 1 || NR % 4 == part' "$place/many.csv" |
			"$SKETCH_BUILD/sketch" build quantile --column x distinct --column text frequency --column i --type bigint --weight weight \
				topk --column text --weight weight --k 5000 membership --column text --expected-items 10000
	done | "$SKETCH_BUILD/sketch" merge | tr '\t' '\n' | perl -MDigest::MD5=md5_hex -ne 'chomp; print md5_hex(pack("H*", substr($_, 3))), "\n"' |
		paste <(printf '%s\n' quantile distinct frequency topk membership) - >"$place/all_output"
	one_md5 "the command" "$place/all_output"
else
	printf 'skipped: no command\n'
fi
if /usr/bin/python3 -c 'import numpy' 2>/dev/null && [[ -e ${SKETCH_BUILD:-}/libsketch.so ]]; then
	cat >"$place/many.py" <<-'PYTHON'
		import csv, hashlib, sys
		import numpy
		from sketch_ext import Distinct, Frequency, Membership, Quantile, TopK
		rows = list(csv.DictReader(open(sys.argv[1], encoding='utf-8')))
		i, weight = (numpy.array([int(row[name]) for row in rows]) for name in ('i', 'weight'))
		x, text = numpy.array([float(row['x']) for row in rows]), numpy.array([row['text'] for row in rows], dtype=object)
		for name, make, column, weights in (('quantile', Quantile, x, None), ('distinct', Distinct, text, None), ('frequency', Frequency, i, weight),
		                                    ('topk', lambda: TopK(5000), text, weight), ('membership', lambda: Membership(10000), text, None)):
		    whole = make()
		    for part in numpy.array_split(numpy.arange(len(rows)), 4):
		        whole.merge(make().add(column[part], weights[part]) if weights is not None else make().add(column[part]))
		    print(name, hashlib.md5(bytes(whole)).hexdigest(), sep='\t')
	PYTHON
	LD_LIBRARY_PATH=$SKETCH_BUILD PYTHONPATH=bindings/python PYTHONDONTWRITEBYTECODE=1 \
		/usr/bin/python3 "$place/many.py" "$place/many.csv" >"$place/all_output" 2>&1 || true
	one_md5 Python "$place/all_output"
else
	printf 'skipped: no NumPy, or no library\n'
fi

# The example of a serverless function: its rows, by an INSERT, by one more of the same event, and by COPY, are those that
# SQL makes of the same records.
cp examples/serverless/* "$place"
cat >"$place/rows.mjs" <<-'JS'
	import { readFileSync } from 'node:fs';
	import { copyOf, handler, linesOf } from './handler.mjs';
	const [path, what] = process.argv.slice(2);
	const event = JSON.parse(readFileSync(path, 'utf8'));
	const { rows, ...counts } = await handler(event);
	process.stdout.write({ rows: () => JSON.stringify(rows), counts: () => JSON.stringify(counts), copy: () => copyOf(rows),
	  lines: () => linesOf(event).lines.map((line) => JSON.stringify([line])).join('\n') }[what]());
JS
run_sql -f examples/serverless/schema.sql -f - <<'SQL'
CREATE TABLE line (message jsonb);
CREATE FUNCTION record(message text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM (message::jsonb ->> 'time')::timestamptz;
    RETURN message::jsonb;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;
CREATE VIEW wrong AS
WITH records AS (SELECT record(message ->> 0) AS r FROM line),
sketched AS (SELECT date_trunc('minute', (r ->> 'time')::timestamptz) AS minute, r ->> 'route' AS route, quantile_agg((r -> 'ms')::float8) AS latency,
                    distinct_agg(r ->> 'user') AS users, topk_agg((r -> 'status')::bigint, 10) AS statuses
             FROM records WHERE r ? 'time' AND jsonb_typeof(r -> 'route') = 'string' AND jsonb_typeof(r -> 'ms') = 'number' GROUP BY 1, 2)
SELECT minute, route, s.latency AS expected, r.latency, s.users AS expected_users, r.users, s.statuses AS expected_statuses, r.statuses
FROM sketched AS s FULL JOIN requests AS r USING (minute, route)
WHERE (s.latency::text, s.users::text, s.statuses::text) IS DISTINCT FROM (r.latency::text, r.users::text, r.statuses::text);
SQL
for event in event event-kinesis; do
	file=$place/$event.json
	rows() { node "$place/rows.mjs" "$file" "$1" 2>/dev/null; } # <what of them>
	run_sql -c 'TRUNCATE requests, line'
	rows lines | run_sql -c "\\copy line FROM pstdin WITH (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')"
	report "$event: records and bad ones are counted" "$(diff <(rows counts) <(printf '{"records":160,"bad":8}') 2>&1 || true)"
	for _ in first again; do
		{
			printf 'PREPARE insert AS %s; EXECUTE insert ($rows$' "$(sed '/^--/d' examples/serverless/insert.sql)"
			rows rows
			printf '$rows$);'
		} | run_sql
	done
	report "$event: rows are those of SQL" "$(run_sql -c 'SELECT * FROM wrong' -c 'SELECT 1 WHERE NOT EXISTS (SELECT FROM requests)')"
	run_sql -c 'TRUNCATE requests'
	rows copy | run_sql -c '\copy requests FROM pstdin'
	report "$event: also by COPY" "$(run_sql -c 'SELECT * FROM wrong')"
done

# What cannot be read keeps nothing else from being counted.
cat >"$place/hostile.mjs" <<-'JS'
	import { gzipSync } from 'node:zlib';
	import { sketchBatch } from './handler.mjs';
	const record = (data) => ({ eventID: 'a', kinesis: { data: Buffer.from(data).toString('base64') } });
	const good = { time: '2026-01-31T12:00:00Z', route: '/', ms: 1, user: null, status: null };
	const line = JSON.stringify(good);
	const local = sketchBatch({ Records: [record(JSON.stringify({ ...good, time: '2026-01-31T12:00:00' }))] });
	if (local.rows[0]?.minute !== '2026-01-31T12:00:00.000Z') console.log('a time without a zone', local);
	for (const [name, data, records, bad] of [
	  ['cut-off gzip', gzipSync(line).subarray(0, 20), 1, 1], ['two bytes', Buffer.from([0x1f, 0x8b]), 1, 1],
	  ['no events', '{"messageType":"DATA_MESSAGE"}', 1, 1], ['events that are none', '{"messageType":"DATA_MESSAGE","logEvents":[null]}', 1, 1],
	  ['half a message', '{"messageType":"DATA_MESSAGE","logEv', 1, 1], ['a gzip of 100 MB', gzipSync(Buffer.alloc(1e8, 32)), 1, 1],
	  ['a number of a user', JSON.stringify({ ...good, user: 7 }), 2, 0], ['two lines', `${line}
${line}
`, 3, 0], ['nothing', '', 1, 0],
	  ['a long route', JSON.stringify({ ...good, route: 'x'.repeat(501) }), 1, 1], ['a route of 500', JSON.stringify({ ...good, route: '€'.repeat(500) }), 2, 0]]) {
	  try {
	    const batch = sketchBatch({ Records: [record(data), record(line)] });
	    if (batch.records !== records || batch.bad !== bad) console.log(name, batch.records, batch.bad);
	  } catch (error) {
	    console.log(name, error);
	  }
	}
JS
report "a record that cannot be read is counted as one" "$(TZ=America/New_York node "$place/hostile.mjs" 2>&1)"

browser=$(type -P chromium || type -P google-chrome || true)
node test/wasm/package_test.mjs "$package" "$browser" || failed=1
exit "$failed"
