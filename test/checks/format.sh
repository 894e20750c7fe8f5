#!/usr/bin/env bash
# docs/FORMAT.md is enough to write the formats: an encoder that was made from that page alone (test/format/, Python
# without packages) makes the bytes that the extension makes of the same rows, and that it accepts.
set -euo pipefail

export PGDATABASE=format_check PGOPTIONS="-c client_min_messages=error" # filters are overfilled on purpose
psql -Xqc "DROP DATABASE IF EXISTS $PGDATABASE" -c "CREATE DATABASE $PGDATABASE" postgres
trap 'psql -Xqc "DROP DATABASE $PGDATABASE" postgres' EXIT
status=0
output=$(python3 -B test/format/cases.py | psql -XqAt 2>&1) || status=$?
printf '%s\n' "$output"
! grep '^not ok ' <<<"$output" >/dev/null || status=1
exit "$status"
