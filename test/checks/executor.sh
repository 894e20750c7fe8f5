#!/usr/bin/env bash
# Aggregates run by an executor of another kind than PostgreSQL's own, as those of distributed databases:
# test/executor. Needs a server on this machine, which loads the module from here.
set -euo pipefail

export PGDATABASE=executor_check PGOPTIONS='-c client_min_messages=warning'
make -s -C test/executor PG_CONFIG="${PG_CONFIG:-pg_config}" COPT=-Werror
psql -Xqc "DROP DATABASE IF EXISTS $PGDATABASE" -c "CREATE DATABASE $PGDATABASE" postgres
trap 'psql -Xqc "DROP DATABASE $PGDATABASE" postgres' EXIT
psql -Xqc 'CREATE EXTENSION sketch_ext'
status=0
output=$(psql -Xv module="$PWD/test/executor/executor" -f test/executor/executor.sql 2>&1) || status=$?
printf '%s\n' "$output"
((status == 0)) && [[ $output != *'not ok - '* ]]
