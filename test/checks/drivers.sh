#!/usr/bin/env bash
# The extension from programs: Node by `pg`, Python by psycopg, in a database of their own. Either is skipped where the
# distribution lacks it.
set -euo pipefail

export PGDATABASE=drivers_check PGOPTIONS='-c client_min_messages=warning'
directory=$(mktemp -d)
psql -Xqc "DROP DATABASE IF EXISTS $PGDATABASE" -c "CREATE DATABASE $PGDATABASE" postgres
trap 'rm -r "$directory"; psql -Xqc "DROP DATABASE $PGDATABASE" postgres' EXIT
psql -Xqv ON_ERROR_STOP=1 -f test/drivers/drivers.sql

failed=0
if type -P npm >/dev/null; then
	cp test/drivers/{package.json,package-lock.json,node_test.mjs} "$directory"
	(cd "$directory" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null && node node_test.mjs) || failed=1
else
	printf 'skipped: no npm\n'
fi
# Debian's: another Python in the PATH has not its packages
if /usr/bin/python3 -c 'import psycopg' 2>/dev/null; then
	/usr/bin/python3 test/drivers/psycopg_test.py || failed=1
else
	printf 'skipped: no psycopg\n'
fi
exit "$failed"
