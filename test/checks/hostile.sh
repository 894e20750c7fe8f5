#!/usr/bin/env bash
# Hostile input, short form: mutated values of each type through every door, and every function with every special value.
# The long form is the same with more inputs: test/checks/hostile.sh 1000000 [seed], for a server that PGHOST names, or
# SKETCH_LONG=1 ./test/run.
set -euo pipefail

most=5000
[[ ! ${SKETCH_LONG:-} ]] || most=1000000
inputs=${1:-$most} seed=${2:-1}
export PGDATABASE=hostile_check PGOPTIONS='-c client_min_messages=warning'
directory=$(mktemp -d)
chmod 777 "$directory" # where the server writes what COPY reads
psql -Xqc "DROP DATABASE IF EXISTS $PGDATABASE" -c "CREATE DATABASE $PGDATABASE" postgres
psql -Xqc 'CREATE EXTENSION sketch_ext'
trap 'rm -r "$directory"; psql -Xqc "DROP DATABASE $PGDATABASE" postgres' EXIT

report() { # <name> <psql arguments ...>: ok if it ends, and says that nothing is wrong
	local output status=0
	output=$(psql -X -q -A -t "${@:2}" 2>&1) || status=$?
	if ((status == 0)) && [[ $output =~ ', 0 wrong'$ ]]; then
		printf 'ok - %s: %s\n' "$1" "$output"
	else
		printf 'not ok - %s: exit status %d\n' "$1" "$status"
		sed 's/^/# /' <<<"$output"
		failed=1
	fi
}

failed=0
types=$(psql -XAtc "SELECT typname FROM pg_type WHERE typname LIKE '%\_sketch' AND typelem = 0 ORDER BY 1")
for type in $types; do
	report "mutated $type" -v type="$type" -v inputs="$inputs" -v seed="$seed" -v directory="$directory" -f test/fuzz/sql/fuzz.sql
done
report "every function, every argument" -f test/fuzz/sql/matrix.sql
exit "$failed"
