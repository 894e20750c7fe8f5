"""Whether the database of the environment answers what is asked here. What is written to it is undone. Arguments, if any: promtool, node_modules."""

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
HOSTS = ['\' OR \'\'=\'"\\\n$__timeTo() %s {{x}} <b>é', *(f'host {number}' for number in range(120))]
DATA = """WITH host AS (INSERT INTO live.host SELECT unnest(%(hosts)s::text[])), alert AS (INSERT INTO live.alert (at, rule, subject, state, value, above)
        SELECT now(), 'slow', unnest(%(hosts)s::text[]), 'firing', 7, 6), consumed AS (INSERT INTO live.consumed VALUES ('test', 1, 7))
    INSERT INTO live.delta (at, host, requests, latency, clients, top_routes)
    SELECT now() - interval '2 s', host, count(*), quantile_agg(i::float8), distinct_agg(i::text, 11), topk_agg('/' || host, 50)
    FROM unnest(%(hosts)s::text[]) WITH ORDINALITY AS h (host, n), generate_series(1, 20000 / n) AS i GROUP BY 2"""
failures, metrics = [], set()


def report(name, trouble):
    print(f'not ok - {name}\n{trouble}' if trouble else f'ok - {name}', flush=True)
    failures.extend([name] if trouble else [])


def ask(name, role, query, is_good=lambda row: True):
    rows, trouble = [], None
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(f"SET LOCAL ROLE {role}; SET LOCAL statement_timeout = '5s'; SET LOCAL transaction_read_only = on")
            rows = connection.execute(query).fetchall()
    except psycopg.Error as error:
        trouble = error
    report(name, trouble or [row for row in rows if not is_good(row)] or not rows and f'no rows: {query}')
    return rows


promtool, node_modules = (*sys.argv[1:], None, None)[:2]
queries, rules, shown = ((HERE / name).read_text() for name in ('queries.yaml', 'rules.yaml', 'dashboard.json'))
with psycopg.connect(row_factory=psycopg.rows.dict_row) as connection, connection.transaction(force_rollback=True):
    connection.execute(DATA, {'hosts': HOSTS})
    connection.execute('DROP ROLE IF EXISTS live_monitor;' + ''.join(re.findall('^# +((?:CREATE|ALTER) .*;)$', queries, re.M)))
    for name, query in yaml.safe_load(queries).items():
        usages = {column: how['usage'] for metric in query['metrics'] for column, how in metric.items()}
        metrics |= {f'{name}_{column}' for column in usages}
        found = ask(f'queries.yaml, {name}', 'live_monitor', query['query'], lambda row: list(row) == list(usages) and all(
            value is not None and (usages[column] == 'LABEL' or 0 <= float(value) < 1e15) for column, value in row.items()))
    ours = [host for host in dict.fromkeys(row['host'] for row in found) if host in HOSTS]  # there may be others
    report('queries.yaml: a hundred hosts, the busiest first, with names as they are', (len(found), ours) != (300, HOSTS[:max(1, len(ours))]) and found)
    report('rules.yaml has metrics of queries.yaml', set(re.findall(r'\blive_\w+', rules)) - metrics)

    dashboard, to, kinds = json.loads(shown), datetime.datetime.now(datetime.timezone.utc), {'time': datetime.datetime, 'metric': str}
    ask('dashboard.json, hosts', 'live_reader', dashboard['templating']['list'][-1]['query'], lambda row: row['__text'].encode().hex() == row['__value'])
    hosts = {'all hosts': 'NULL', 'one host': f"'{HOSTS[0].encode().hex()}'"}
    for title, target, whose in [(p['title'], t, whose) for p in dashboard['panels'] for t in p['targets'] if 'rawSql' in t for whose in hosts]:
        sql = target['rawSql'].replace('${host:sqlstring}', hosts[whose]).replace('$__interval_ms', '2000')
        sql = sql.replace('$__timeFrom()', f"'{to - datetime.timedelta(minutes=5)}'").replace('$__timeTo()', f"'{to}'")
        found = ask(f'dashboard.json, {title} of {whose}', 'live_reader', sql, lambda row: target['format'] == 'table' or 'time' in row and all(
            isinstance(value, kinds.get(column, (int, float))) for column, value in row.items()))
        if (title, whose) == ('Requests', 'one host'):
            report('dashboard.json: one host has nothing of others', [row['requests'] for row in found] != [10_000])
with tempfile.TemporaryDirectory() as place:
    commands = [(HERE, promtool, *check.split()) for check in ('check config prometheus.yaml', 'check rules rules.yaml', 'test rules rules_test.yaml')]
    if node_modules:
        pathlib.Path(place, 'node_modules').symlink_to(pathlib.Path(node_modules).resolve())
        pathlib.Path(place, 'dashboard.ts').write_text((HERE / 'dashboard.ts').read_text())
        commands += [(place, *line.split()) for line in ('node_modules/.bin/tsc --strict --target es2022 --module nodenext dashboard.ts', 'node dashboard.js')]
    for directory, *command in commands if promtool else []:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
        report(' '.join(command).rpartition('/')[2], done.returncode and done.stdout + done.stderr)
if node_modules:
    report('dashboard.json is what dashboard.ts prints', done.stdout != shown and done.stdout)
sys.exit(bool(failures))
