"""Whether the database of the environment, with schema.sql and api.sql, answers what is asked here. What is written to it is undone."""

import argparse
import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import psycopg
import yaml

HERE = pathlib.Path(__file__).resolve().parent
HOSTS = ['\' OR \'\'=\'"\\\n$1 %s {{x}} <b>é', *(f'host {number}' for number in range(120))]
DATA = """WITH host AS (INSERT INTO live.host SELECT unnest(%(hosts)s::text[])), alert AS (INSERT INTO live.alert (at, rule, subject, state, value, above)
        SELECT now(), 'slow', unnest(%(hosts)s::text[]), 'firing', 7, 6), consumed AS (INSERT INTO live.consumed VALUES ('test', 1, 7))
    INSERT INTO live.delta (at, host, requests, latency, clients, top_routes)
    SELECT now() - interval '2 s', host, count(*), quantile_agg(i::float8), distinct_agg(i::text, 11), topk_agg('/' || host, 50)
    FROM unnest(%(hosts)s::text[]) WITH ORDINALITY AS h (host, n), generate_series(1, 20000 / n) AS i GROUP BY 2"""
TSC = 'node_modules/.bin/tsc --strict --noEmitOnError --target es2022 --module nodenext dashboard.ts'
failures = []


def report(name, trouble):
    print(f'not ok - {name}\n{trouble}' if trouble else f'ok - {name}', flush=True)
    failures.extend([name] if trouble else [])


def ask(name, role, query, is_good=lambda row: True):
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(f"SET LOCAL ROLE {role}; SET LOCAL statement_timeout = '5s'; SET LOCAL transaction_read_only = on")
            rows = connection.execute(query).fetchall()
            report(name, [row for row in rows if not is_good(row)] or not rows and f'no rows: {query}')
            return rows
    except psycopg.Error as error:
        return report(name, f'{error}\n{query}') or []


def run(command, directory):
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    report(' '.join(command).rpartition('/')[2], done.returncode and done.stdout + done.stderr)
    return done.stdout


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('--promtool', type=pathlib.Path, help='the program')
parser.add_argument('--npm', type=pathlib.Path, help='node_modules with @grafana/schema and typescript')
options = parser.parse_args()
queries, rules, shown = ((HERE / name).read_text() for name in ('queries.yaml', 'rules.yaml', 'dashboard.json'))
with psycopg.connect(row_factory=psycopg.rows.dict_row) as connection, connection.transaction(force_rollback=True):
    to = connection.execute('SELECT now()', DATA and None).fetchone()['now']
    connection.execute(DATA, {'hosts': HOSTS})
    for statement in re.findall('^# +((?:CREATE|ALTER) .*;)$', queries, re.M):
        connection.execute(statement)
    usages = {name: {column: how['usage'] for metric in query['metrics'] for column, how in metric.items()} for name, query in yaml.safe_load(queries).items()}
