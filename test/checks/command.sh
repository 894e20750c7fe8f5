#!/usr/bin/env bash
# The command sketch: what it builds, merges and reads is what PostgreSQL does, byte for byte, from each format; pipes
# that never end; and what is wrong, with its line and column. The command is that of the CMake build in $SKETCH_BUILD.
set -euo pipefail
# shellcheck source=test/lib/report.sh
source "$(dirname "$0")/../lib/report.sh"

place=$(mktemp -d)
export PGDATABASE=command_check PGCLIENTENCODING=UTF8 PGOPTIONS='-c client_min_messages=warning -c timezone=UTC'
psql -Xqc "DROP DATABASE IF EXISTS $PGDATABASE" \
	-c "CREATE DATABASE $PGDATABASE TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'" postgres
trap 'rm -r "$place"; psql -Xqc "DROP DATABASE $PGDATABASE" postgres' EXIT
# What goes wrong is told where it is looked at.
run_sql() { psql -XqAtv ON_ERROR_STOP=1 "$@" 2>&1 || echo 'psql failed'; }

build=${SKETCH_BUILD:-}
if [[ ! -e $build/CMakeCache.txt ]]; then
	build=$place/build
	cmake -S . -B "$build" -DSKETCH_TESTS=OFF >/dev/null
fi
if ! grep -q '^simdjson_DIR:PATH=/' "$build/CMakeCache.txt"; then
	printf 'skipped: no simdjson\n'
	exit
fi
report "the command is built" "$(cmake --build "$build" --target sketch_all -j "$(nproc)" >"$place/log" 2>&1 || cat "$place/log")"
sketch() { "$build/sketch" "$@"; }

### What PostgreSQL makes of the same rows

run_sql <<'SQL'
CREATE EXTENSION sketch_ext;
SELECT setseed(0.5) \g /dev/null
CREATE TABLE event AS
SELECT timestamptz '2026-01-31 23:58:30+00' + i * interval '0.1 s' AS at,
       CASE WHEN i % 50 > 0 THEN (ARRAY['web 1', 'é, "two"', E'a\tb\\c\nd', ''])[1 + i % 4] END AS host,
       CASE WHEN i % 7 > 0 THEN (ARRAY[0, -0.0, 'NaN', 'Infinity', '-Infinity', -1.5, 1e300, 5e-324])[1 + i % 40] END AS special,
       exp(random() * 10)::float8 AS ms, (i % 4)::bigint AS bytes,
       CASE WHEN i % 9 > 0 THEN (random() * 30)::bigint END AS id, (random() * 20)::numeric(20, 2) AS price,
       (random() * 10)::int::float8 / 4 AS ratio, md5((i % 13)::text)::uuid AS session, decode(md5((i % 5)::text), 'hex') AS digest,
       i % 3 = 0 AS ok, date '2024-02-27' + i % 5 AS day, timestamp '1999-12-31 23:59:59.5' + i % 6 * interval '0.25 s' AS local,
       time '12:34' + i % 4 * interval '1 min' AS clock, ('10.0.0.' || i % 9)::inet AS address
FROM generate_series(1, 2000) AS i;
CREATE FUNCTION minute_of(timestamptz) RETURNS timestamptz LANGUAGE sql AS $$ SELECT date_bin('1 minute', $1, '2000-01-01 00:00+00') $$;
CREATE TABLE wanted AS
SELECT minute_of(at) AS minute, host, quantile_agg(ms) AS ms, quantile_weighted_agg(special, bytes, 0.05) AS special,
       distinct_agg(id) AS ids, distinct_agg(price, 12) AS prices, distinct_agg(ratio) AS ratios, frequency_agg(session) AS sessions,
       frequency_weighted_agg(digest, bytes, 0.01) AS digests, topk_agg(day, 10) AS days, topk_weighted_agg(host, bytes, 5) AS hosts,
       topk_agg(id, 100) AS top_ids, membership_agg(local, 100) AS locals, membership_agg(address, 1000, 0.1) AS addresses,
       topk_agg(clock, 10) AS clocks, distinct_agg(ok) AS oks, topk_agg(at, 1000) AS ats
FROM event GROUP BY 1, 2;
CREATE TABLE built (LIKE wanted);
SQL
sketches=(
	quantile --column ms quantile --column special --weight bytes --accuracy 0.05
	distinct --column id --type bigint distinct --column price --type numeric --precision 12 distinct --column ratio --type float8
	frequency --column session --type uuid frequency --column digest --type bytea --weight bytes --error 0.01
	topk --column day --type date topk --column host --weight bytes --k 5 topk --column id --type bigint --k 100
	membership --column local --type timestamp --expected-items 100 membership --column address --type inet --expected-items 1000 --rate 0.1
	topk --column clock --type time distinct --column ok --type boolean topk --column at --type timestamptz --k 1000
)
groups=(--by host --time at --bucket 1m)
names=$(run_sql -c "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'wanted'::regclass AND attnum > 2")
same_rows() { # <table> <table>
	local columns='minute, host' name
	for name in $names; do columns+=", $name::bytea"; done
	run_sql -c "SELECT 'differ', * FROM (SELECT minute, host FROM ((SELECT $columns FROM $1 EXCEPT SELECT $columns FROM $2) UNION ALL (SELECT $columns FROM $2 EXCEPT SELECT $columns FROM $1)) AS x) AS d
		UNION ALL SELECT 'rows', NULL, (SELECT count(*) FROM $1)::text WHERE (SELECT count(*) FROM $1) NOT IN (SELECT count(*) FROM $2) OR NOT EXISTS (SELECT FROM $1)"
}
load() { run_sql -c "TRUNCATE $1" && run_sql -c "\\copy $1 FROM pstdin"; }

run_sql -c '\copy event TO pstdout (FORMAT csv, HEADER)' >"$place/event.csv"
run_sql -c '\copy event TO pstdout (FORMAT text, HEADER)' >"$place/event.tsv"
run_sql -c '\copy (SELECT row_to_json(event) FROM event) TO pstdout (FORMAT csv, DELIMITER E'"'\\x01', QUOTE E'\\x02')" >"$place/event.json"
for format in csv tsv json; do
	sketch build "${sketches[@]}" "${groups[@]}" "$place/event.$format" >"$place/built.$format" 2>"$place/log" || cat "$place/log"
	report "of $format it builds what PostgreSQL builds" "$(load built <"$place/built.$format" && same_rows built wanted)"
	report "and guesses the format" "$(sketch build "${sketches[@]}" "${groups[@]}" --format "$format" <"$place/event.$format" | cmp - "$place/built.$format" 2>&1)"
done
# Columns by numbers, and several files.
tail -n +2 "$place/event.tsv" | split -l 700 - "$place/part."
report "columns may be numbers, and files several" "$(sketch build --no-header quantile --column 4 --by 2 "$place"/part.* | cmp - <(sketch build quantile --column ms --by host "$place/event.tsv") 2>&1)"
report "a CSV with CR LF is the same" "$(sketch build quantile --column ms distinct --column id --type bigint <(sed 's/$/\r/' <(cut -d, -f 4-6 "$place/event.csv" | grep -v '"')) | cmp - <(sketch build quantile --column ms distinct --column id --type bigint <(cut -d, -f 4-6 "$place/event.csv" | grep -v '"')) 2>&1)"
for format in csv tsv json; do
	report "the last line of $format need not end" "$(head -c -1 "$place/event.$format" | sketch build "${sketches[@]}" "${groups[@]}" | cmp - "$place/built.$format" 2>&1)"
done
report "nor one of few bytes, or of merged rows" "$(
	for rows in 'ms\n7' 'ms\r\n"7"\r' '{"ms": 7}' 'ms\n"7"'; do
		# shellcheck disable=SC2059 # escapes
		printf "$rows" | sketch build quantile --column ms | sketch read --max --format csv | sed 1d
	done | diff - <(printf '7\n7\n7\n7\n') 2>&1
	sketch build quantile --column ms --by host "$place/event.csv" | head -c -1 | sketch merge | cmp - <(sketch build quantile --column ms --by host "$place/event.csv") 2>&1
)"
report "a header that comes again, as a rotated file has it, is no row" "$(
	for format in csv tsv; do
		cat "$place/event.$format" <(head -n 1 "$place/event.$format") | sketch build distinct --column host --by ok --format $format | cmp - <(sketch build distinct --column host --by ok --format $format "$place/event.$format") 2>&1
	done
)"
report "a CSV may have another delimiter, and another NULL" "$(printf 'ms;host\n1,5;-\n-;b\n2;b\n' | sketch build distinct --column ms --by host --delimiter ';' --null - | cmp - <(printf 'host,ms\n,"1,5"\nb,\nb,2\n' | sketch build distinct --column ms --by host) 2>&1)"
report "columns with names have numbers, too" "$(sketch build quantile --column 4 --by 2 "$place/event.csv" | cmp - <(sketch build quantile --column ms --by host "$place/event.csv") 2>&1)"
report "all rows but one may be bad" "$(diff <(printf 'ms\nx\ny\n1\n' | sketch build quantile --column ms --skip-bad all 2>/dev/null | sketch read --count --format csv) <(printf 'count\n1\n') 2>&1)"
report "times may be those of logs" "$(for time in '31/Jan/2026:23:58:30 +0000' '01/Feb/2026:00:58:30 +0100' '2026-01-31 23:58:30,000 UTC' '2026-01-31T23:58:30.000 +00'; do
	printf 'at;ms\n%s;1\n' "$time" | sketch build quantile --column ms --time at --bucket 1m --delimiter ';' | cut -f 1
done | sort -u | diff - <(echo '2026-01-31 23:58:00+00') 2>&1)"
report "times may be numbers" "$(for unit in 1 1000 1000000; do
	run_sql -c "SELECT (extract(epoch FROM at) * $unit)::numeric(30, 1), ms FROM event" -F , | (printf 'at,ms\n' && cat) | sketch build quantile --column ms --time at --bucket 1m |
		cmp - <(sketch build quantile --column ms --time at --bucket 1m "$place/event.csv") 2>&1
done)"

### Merging

run_sql -c "CREATE TABLE hourly AS SELECT date_trunc('hour', minute) AS minute, host, $(for name in $names; do printf 'merge(%s) AS %s, ' "$name" "$name"; done)0 AS n FROM wanted GROUP BY 1, 2" -c 'ALTER TABLE hourly DROP n' -c 'CREATE TABLE merged (LIKE hourly)'
run_sql -c '\copy wanted TO pstdout' >"$place/wanted"
report "it merges what PostgreSQL merges" "$(sketch merge --time 1 --bucket 1h --by 1,2 "$place/wanted" | load merged && same_rows merged hourly)"
report "what is merged in parts is what is merged at once" "$(
	sketch merge --by 2 "$place/wanted" >"$place/at_once"
	half=$(($(wc -l <"$place/wanted") / 2))
	sketch merge --by 1 <(head -n "$half" "$place/wanted" | sketch merge --by 2) <(tail -n +$((half + 1)) "$place/wanted" | sketch merge --by 2) | sort | cmp - <(sort "$place/at_once") 2>&1
)"
report "everything is one row" "$(sketch merge --by '' "$place/wanted" | cut -f 1 | sed 's/^\\//' | diff - <(run_sql -c 'SELECT merge(ms) FROM wanted') 2>&1)"
report "names go from the header to the header" "$(diff <(sketch build --header quantile --column ms distinct --column ms --by host "$place/event.csv" | sketch merge --header --by '' | head -n 1) <(printf 'ms_quantile\tms_distinct\n') 2>&1)"

### Reading

run_sql -c '\copy (SELECT host, ms, ids, days, sessions, locals FROM hourly WHERE length(host) > 1 ORDER BY minute, host) TO pstdout (HEADER)' >"$place/stored"
report "what psql shows is read" "$(run_sql -F $'\t' -c 'SELECT ms, ids FROM hourly ORDER BY host' | sketch read --count --format csv | tail -n +2 | diff - <(run_sql -F , -c 'SELECT total_count(ms), distinct_count(ids) FROM hourly ORDER BY host') 2>&1)"
report "it reads what PostgreSQL reads" "$(diff <(sketch read --header --format csv --count --bounds --percentiles 0,0.5,0.99,1 --ranks 1000 --sum --mean --min --max --top 2 "$place/stored") <(
	psql -Xq --csv -c "SELECT host, total_count(ms) AS ms_count,
		percentile(ms, 0) AS ms_p0, (percentile_bounds(ms, 0)).lower AS ms_p0_lower, (percentile_bounds(ms, 0)).upper AS ms_p0_upper,
		percentile(ms, 0.5) AS ms_p50, (percentile_bounds(ms, 0.5)).lower AS ms_p50_lower, (percentile_bounds(ms, 0.5)).upper AS ms_p50_upper,
		percentile(ms, 0.99) AS ms_p99, (percentile_bounds(ms, 0.99)).lower AS ms_p99_lower, (percentile_bounds(ms, 0.99)).upper AS ms_p99_upper,
		percentile(ms, 1) AS ms_p100, (percentile_bounds(ms, 1)).lower AS ms_p100_lower, (percentile_bounds(ms, 1)).upper AS ms_p100_upper,
		percentile_rank(ms, 1000) AS ms_rank_1000, sum_value(ms) AS ms_sum, mean_value(ms) AS ms_mean, min_value(ms) AS ms_min, max_value(ms) AS ms_max,
		distinct_count(ids) AS ids_distinct, (distinct_bounds(ids)).lower AS ids_distinct_lower, (distinct_bounds(ids)).upper AS ids_distinct_upper,
		total_count(days) AS days_count, total_count(sessions) AS sessions_count, false_positive_rate(locals) AS locals_false_positive_rate,
		item, estimate, lower, upper
	FROM (SELECT * FROM hourly WHERE length(host) > 1 ORDER BY minute, host) AS h, top_k(days, 2)") 2>&1)"
report "and items" "$(diff <(sketch read --format csv --bounds --item 2024-02-28 <(cut -f 4 "$place/stored" | tail -n +2)) <(
	psql -Xq --csv -c "SELECT frequency(days, '2024-02-28'::date) AS \"2024-02-28\", lower AS \"2024-02-28_lower\", upper AS \"2024-02-28_upper\"
	FROM (SELECT * FROM hourly WHERE length(host) > 1 ORDER BY minute, host) AS h, frequency_bounds(days, '2024-02-28'::date)") 2>&1)"
report "and whether they came" "$(diff <(sketch read --format json --item '1999-12-31 23:59:59.75' --item '1970-01-01' <(cut -f 6 "$place/stored" | tail -n 1)) - <<<'{"1999-12-31 23:59:59.75": true, "1970-01-01": false}' 2>&1)"
report "JSON has the list in the row" "$(sketch read --header --column days --top 1 --format json "$place/stored" | sed 's/\\/\\\\/g' | run_sql -c 'CREATE TEMP TABLE line (j jsonb)' -c '\copy line FROM pstdin' -c "SELECT j FROM line WHERE (SELECT count(*) FROM jsonb_array_elements(j -> 'top') AS e WHERE e ?& ARRAY['item', 'estimate', 'lower', 'upper']) <> 1")"
report "a table has nothing that a terminal obeys" "$(printf 'h,ms\n"a\x1b[31m\nb\xc2\x9b0mé\xe2\x80\xae",1\n' | sketch build quantile --column ms --by h | sketch read --count | diff - <(printf 'column1        count\na?[31m?b?0mé?      1\n') 2>&1)"
report "info says what sketch_info says" "$(
	run_sql -c 'CREATE TABLE info (j jsonb)' -c '\copy info FROM pstdin' < <(sketch info "$place/wanted" | sed 's/\\/\\\\/g')
	# shellcheck disable=SC2086 # a list
	run_sql -c "SELECT j, facts FROM (SELECT row_number() OVER () AS row, * FROM wanted) AS w, LATERAL (VALUES $(i=3 && for name in $names; do printf '%s(%s, sketch_info(%s))' "$([[ $i = 3 ]] || echo ,)" $i "$name" && i=$((i + 1)); done)) AS s (n, facts), info
		WHERE (j ->> 'row')::int = w.row AND (j ->> 'column')::int = s.n AND NOT facts @> (j - 'row' - 'column')" | head -n 3
	[[ $(run_sql -c 'SELECT count(*) FROM info') == "$(run_sql -c "SELECT $(for name in $names; do printf 'count(%s) + ' "$name"; done)0 FROM wanted")" ]] || echo 'not as many'
)"

### Pipes that never end

run_sql -c 'CREATE TABLE live (at timestamptz, ms quantile_sketch)'
mkfifo "$place/pipe"
"$build/sketch" build quantile --column ms --time at --bucket 1m --flush 50ms --copy 'live (at, ms)' <"$place/pipe" >"$place/statements" &
reader=$!
exec 7>"$place/pipe"
within() { # <seconds> <command ...>: whether it succeeds until then
	local end=$((SECONDS + $1))
	until "${@:2}"; do
		((SECONDS < end)) || return 1
		sleep 0.05
	done
}
# shellcheck disable=SC2317 # called by within
has_statements() { [[ $(grep -c '^COPY live (at, ms) FROM STDIN;$' "$place/statements") -ge $1 && $(tail -n 1 "$place/statements") == '\.' ]]; }
head -n 101 "$place/event.tsv" | cut -f 1,4 >&7
report "what came is written while the pipe is open" "$(within 10 has_statements 1 || cat "$place/statements")"
head -n 2001 "$place/event.tsv" | tail -n +102 | cut -f 1,4 | head -c -7 >&7
report "and what comes later" "$(within 10 has_statements 2 || cat "$place/statements")"
kill -TERM "$reader"
stopped=0
wait "$reader" || stopped=$?
report "told to stop, it ends well" "$([[ $stopped == 0 ]] || echo "status $stopped")"
exec 7>&-
mkfifo "$place/blocked"
# The first row that can be read says that it writes; all others wait for a reader until it was told to stop.
{ IFS= read -r first && printf '%s\n' "$first" && touch "$place/began" && within 10 test -e "$place/told" && sleep 0.2 && cat; } <"$place/blocked" >"$place/late" &
late=$!
{ printf 'id,ms\n' && seq 1 20000 | sed 's/.*/&,&/' && sleep 3; } | (exec "$build/sketch" build quantile --column ms --by id --flush 200ms) >"$place/blocked" 2>"$place/log" &
within 10 test -e "$place/began"
pkill -TERM -f -- "--by id --flush 200ms" || true
touch "$place/told"
wait "$late"
rows=$(wc -l <"$place/late")
report "also while nobody reads" "$( ((rows > 1)) || echo "$rows rows"; sketch build quantile --column ms --by id <(printf 'id,ms\n' && seq 1 "$rows" | sed 's/.*/&,&/') | cmp - "$place/late" 2>&1; cat "$place/log")"
report "and nothing came twice or was lost" "$(run_sql -f "$place/statements" -c "SELECT sum(total_count(ms)) FROM live HAVING sum(total_count(ms)) <> 1999
	UNION ALL SELECT 2 FROM live HAVING merge(ms) <> (SELECT quantile_agg(ms) FROM (SELECT ms FROM event ORDER BY at LIMIT 1999) AS e)")"
report "before a bad row ends it, what came is written" "$(diff <(printf 'ms\n1\n2\nx\n4\n' | sketch build quantile --column ms --flush 1h 2>/dev/null | sketch read --count --format csv | sed 1d) - <<<2 2>&1)"
report "on a terminal it shows how far it is" "$(/usr/bin/python3 - "$build/sketch" <<'PYTHON'
import os, pty, subprocess, sys, time
terminal, theirs = pty.openpty()
run = subprocess.Popen([sys.argv[1], 'build', 'quantile', '--column', 'ms'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs)
run.stdin.write(b'ms\n' + b'1\n' * 100000)
run.stdin.flush()
time.sleep(1.2)
out, _ = run.communicate(b'2\n')
shown = os.read(terminal, 10000).decode()
if '0.1 million rows, 0 MB, 1 groups' not in shown or not shown.endswith('\r\x1b[K') or not out.startswith(b'\\\\x0101'):
    print(repr(shown), out)
PYTHON
)"
report "many groups are written early" "$(for n in 1 2 7 1000; do
	sketch build quantile --column ms --by id --max-groups $n "$place/event.csv" | sketch merge | sort | cmp - <(sketch build quantile --column ms --by id "$place/event.csv" | sort) 2>&1
done)"
report "who stops reading is no crash" "$(sketch build topk --column host --by at --max-groups 1 "$place/event.csv" 2>"$place/log" | head -n 1 >/dev/null || true; grep -v '^sketch: cannot write: Broken pipe$' "$place/log")"

### What is wrong

printf 'ms,user,at\n1.5,a,2026-01-01\nabc,b,2026-01-02\n2.5,\xff,2026-01-03\n3.5,c,2026-13-01\n4.5,d\n5.5,"e"f,2026-01-06\n6.5,g,2026-01-07\n' >"$place/bad.csv"
complains() { # <what it says> <status> <command ...>
	local said status=0
	said=$("${@:3}" 2>&1 >"$place/out" </dev/null) || status=$?
	report "$1" "$([[ $said == *"$1"* && $status == "$2" ]] || printf '%s\nstatus %s\n' "$said" "$status")"
}
complains 'line 3, column ms: no number: "abc"' 1 sketch build quantile --column ms "$place/bad.csv"
complains 'line 4, column user: no text: ' 1 sketch build distinct --column user "$place/bad.csv"
complains 'line 4, column user: no text in UTF-8' 1 sketch build quantile --column at --by user --skip-bad 2 "$place/bad.csv"
complains 'line 5, column at: no time: "2026-13-01"' 1 sketch build distinct --column user --time at --bucket 1m --skip-bad 1 "$place/bad.csv"
complains 'line 6: 2 columns, where the first line has 3' 1 sketch build quantile --column ms --skip-bad 1 "$place/bad.csv"
complains 'line 7: text behind a quote' 1 sketch build quantile --column ms --skip-bad 2 "$place/bad.csv"
complains 'bad rows left out: 5; the last one: line 7: text behind a quote' 0 sketch build quantile --column ms distinct --column user --time at --bucket 1d --skip-bad 5 "$place/bad.csv"
report "a bad row adds nothing" "$(cut -f 1 "$place/out" | diff - <(printf '2026-01-01 00:00:00+00\n2026-01-07 00:00:00+00\n') 2>&1)"
complains "$place/bad.csv: line 3, column ms: no number" 1 sketch build quantile --column ms "$place/event.csv" "$place/bad.csv"
complains 'line 1: no column "latency" is among ms, user, at' 1 sketch build quantile --column latency "$place/bad.csv"
complains 'no column "4" among 3' 1 sketch build quantile --column 4 --no-header "$place/bad.csv"
complains 'cannot open /nowhere: No such file or directory' 1 sketch build quantile --column ms /nowhere
complains 'cannot read .: Is a directory' 1 sketch build quantile --column ms .
printf '{"ms": 1, "user": {"id": 7}}\n{"ms": 2, "user": {"id": [1]}}\n{"ms": 2, "user":\n{"ms": 1} {"ms": 2}\n[1]\n{"ms": 1x}\n{"user": 3}\n{"ms": "\\ud800"}\n' >"$place/bad.json"
complains 'line 2, column user.id: an object or an array' 1 sketch build distinct --column user.id "$place/bad.json"
complains 'line 3: ' 1 sketch build quantile --column ms "$place/bad.json"
complains 'line 4: text behind an object' 1 sketch build quantile --column ms --skip-bad 1 "$place/bad.json"
complains 'line 5: ' 1 sketch build quantile --column ms --skip-bad 2 "$place/bad.json"
complains 'line 6, column ms: no number' 1 sketch build quantile --column ms --skip-bad 3 "$place/bad.json"
for number in 01 1. -01 .5 1.e3 +1 1e; do
	complains 'line 1' 1 sketch build quantile --column ms <(printf '{"ms":%s}\n' "$number")
done
report "JSON's numbers are read" "$(for number in 0 -0.5 10.25E+1 1e-2; do printf '{"ms":%s}\n' "$number"; done | sketch build quantile --column ms | cmp - <(printf 'ms\n0\n-0.5\n102.5\n0.01\n' | sketch build quantile --column ms) 2>&1)"
complains 'line 8: ' 1 sketch build quantile --column ms --skip-bad 4 "$place/bad.json"
complains 'no row has a column "request.MS"; the first one has request, at' 0 sketch build quantile --column request.MS <(printf '{"request": {"ms": 1}, "at": 2}\n{"request": {"ms": 1}}\n')
complains 'an array, where an object a line is wanted' 1 sketch build quantile --column ms <(printf '[{"ms": 1}]\n')
complains 'a quantile sketch is of one column' 2 sketch build quantile --column ms --column at
complains 'sketch build quantile?' 2 sketch quantile --column ms
complains 'one character of ASCII is wanted' 2 sketch build quantile --column ms --delimiter '||'
complains 'there is no column "host" (with --header' 1 sketch merge --by host "$place/wanted"
complains '--top is asked of topk sketches' 1 sketch read --top 3 <(cut -f 3 "$place/wanted")
complains '--item is asked of' 1 sketch read --item 3 <(cut -f 3 "$place/wanted")
complains 'mean, min and max are asked of quantile sketches' 1 sketch read --max <(cut -f 5 "$place/wanted")
complains '--percentiles 99: a fraction' 2 sketch read --percentiles 99 "$place/wanted"
complains 'there is no column of sketches' 1 sketch info "$place/bad.csv"
complains 'two columns are called "ms"' 1 sketch build quantile --column ms <(printf 'ms,ms\n1,2\n')
complains 'is compressed by gzip' 1 sketch build quantile --column ms <(gzip -c "$place/event.csv")
complains '--copy wants the name of a table' 2 sketch build quantile --column ms --copy ''
complains 'which sketch?' 2 sketch build
complains 'there is no sketch "quantil"' 2 sketch build quantil --column ms
complains '--column wants a value' 2 sketch build quantile --column
complains 'unknown option --colunm' 2 sketch build quantile --colunm ms
complains 'a quantile sketch of what? --column' 2 sketch build quantile
complains '--precision is not for a quantile sketch' 2 sketch build quantile --column ms --precision 10
complains 'a quantile sketch: accuracy is 0.00015625 to 1' 2 sketch build quantile --column ms --accuracy 0
complains 'a distinct sketch: precision is 4 to 16' 2 sketch build distinct --column ms --precision 17
complains 'a topk sketch: k is 1 to 100000' 2 sketch build topk --column ms --k 99999999999
complains 'a membership sketch wants --expected-items' 2 sketch build membership --column ms
complains '--time and --bucket go together' 2 sketch build quantile --column ms --time at
complains '--bucket "1 m": no duration' 2 sketch build quantile --column ms --time at --bucket '1 m'
complains '--type "point": there are bigint,' 2 sketch build distinct --column ms --type point
complains 'there is no command "bild"' 2 sketch bild
complains 'there is no column of sketches' 1 sketch merge "$place/bad.csv"
complains 'line 1, column 2: no sketch: ' 1 sketch read <(printf 'a\t\\\\x01010000000000000000\n')
complains 'The value is a sketch of another type.' 1 sketch merge <(cut -f 3 "$place/wanted" | head -n 1; cut -f 5 "$place/wanted" | head -n 1)
for kind in 01 02 03 05 06 08 09 0a 0b 0d; do # an item of two bytes that no value has
	complains 'line 1, column 1: no sketch: ' 1 sketch merge <(printf '\\\\x010400%s03f5020500010802fffe00200037\n' "$kind" | sed 's/03f5/f5/')
done
complains '--max-groups 0' 2 sketch build quantile --column ms --max-groups 0
complains 'is no item of kind date' 1 sketch read --item 7 <(cut -f 4 "$place/stored" | tail -n 1)
report "help and version are told" "$(sketch --help | grep -q '^Usage: sketch build' && sketch build --help | grep -q '^Usage' && sketch --version | grep -qx "sketch $(sed -n "s/^default_version *= *'\(.*\)'/\1/p" sketch_ext.control)" || echo neither)"

# Damaged sketches are refused or read, whatever byte it is; and nothing else happens.
report "no damaged sketch makes it crash" "$(/usr/bin/python3 - "$build/sketch" "$place/wanted" <<'PYTHON'
import random, subprocess, sys
random.seed(1)
rows = [line.rstrip('\n').split('\t') for line in open(sys.argv[2], encoding='utf-8')]
for column in range(2, len(rows[0])):
    for _ in range(12):
        sketch = bytearray.fromhex(random.choice([row for row in rows if row[column] != '\\N'])[column][3:])
        for _ in range(random.randrange(1, 4)):
            sketch[random.randrange(2, min(len(sketch), 60))] = random.choice([0, 1, 0x7f, 0x80, 0xff, random.randrange(256)])
        if random.random() < 0.2:
            del sketch[random.randrange(2, len(sketch)):]
        for command in ['merge'], ['read'], ['info']:
            run = subprocess.run([sys.argv[1], *command], input=b'\\\\x' + sketch.hex().encode() + b'\n', capture_output=True, timeout=60)
            if run.returncode not in (0, 1) or (run.returncode == 1) != run.stderr.startswith(b'sketch: '):
                print(command, sketch.hex(), run.returncode, run.stderr)
PYTHON
)"
exit "$failed"
