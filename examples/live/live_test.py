"""
The whole system under load and faults, in the database of the environment, which has schema.sql and api.sql and nothing else yet.

live_test.py [directory with packages of npm [browser]]: a minute; with SKETCH_LONG=1 the long form, in five.
"""

import collections
import concurrent.futures
import contextlib
import gzip
import http.client
import http.server
import importlib.util
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import psycopg
import sketch_ext.psycopg
from events import Columns
from generate import Generator, Ledger, send_yesterday
from show import Probe, System, fetch, memory_of, until
from store import Request, Store
from web import delimited

HERE = pathlib.Path(__file__).parent
LONG = bool(os.environ.get('SKETCH_LONG'))
failures = 0


def ok(condition, name, detail=None):
    global failures
    failures += not condition
    print(f"{'ok' if condition else 'not ok'} - live: {name}", flush=True)
    if not condition:
        print(f'# {detail!r}'[:2000], flush=True)


def database():
    return psycopg.connect(user='postgres', autocommit=True)


def send(url, body, kind='application/json', path='/events', **headers):
    """Status and answer."""
    connection = http.client.HTTPConnection(url.removeprefix('http://'), timeout=40)
    try:
        connection.request('POST', path, body, {'Content-Type': kind, **{name.replace('_', '-'): str(value) for name, value in headers.items()}})
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text[:1] in (b'{', b'[') else text
    except (BrokenPipeError, ConnectionResetError):  # it was told no before it had sent all
        return 413, {'error': 'closed'}
    finally:
        connection.close()


def event(**fields):
    return {'host': 'h', 'route': '/', 'client': 'c', 'ms': 1, **fields}


class Webhook(http.server.BaseHTTPRequestHandler):
    alerts, refuse = [], 2

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        Webhook.refuse -= 1
        if Webhook.refuse < 0:
            Webhook.alerts.append(body)
        if Webhook.refuse == 1:  # the first ones have to come again
            self.wfile.write(b'no HTTP')
            return
        self.send_response(500 if Webhook.refuse == 0 else 200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Listener(threading.Thread):
    """Server-sent events, also after the server has gone and come back."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.address, self.alerts, self.looks, self.last = url.removeprefix('http://'), {}, 0, 0
        self.start()

    def run(self):
        while True:
            try:
                connection = http.client.HTTPConnection(self.address, timeout=20)
                connection.request('GET', '/live', headers={'Last-Event-ID': str(self.last)})
                name = None
                for line in connection.getresponse():
                    field, _, value = line.decode().strip().partition(': ')
                    name = value if field == 'event' else name
                    if field == 'data' and name == 'alert':
                        alert = json.loads(value)
                        self.last = alert['id']
                        self.alerts[alert['id']] = alert
                    self.looks += field == 'data' and name == 'now'
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)


def otlp(count=1, host='h', seconds=0, name='http.server.duration'):
    point = {'timeUnixNano': f'{time.time() + seconds:.0f}000000000', 'count': str(count), 'scale': 0, 'positive': {'offset': 1, 'bucketCounts': [str(count)]}}
    metric = {'name': name, 'unit': 'ms', 'exponentialHistogram': {'aggregationTemporality': 1, 'dataPoints': [point]}}
    resource = {'attributes': [{'key': 'host.name', 'value': {'stringValue': host}}]}
    return dict(body=json.dumps({'resourceMetrics': [{'resource': resource, 'scopeMetrics': [{'metrics': [metric]}]}]}), path='/v1/metrics')


def field(number, message):
    """Of a message of protobuf."""
    return bytes([number << 3 | 2]) + delimited(message)


def test_bodies(system):
    begin = memory_of(system.processes['gateway'].pid)
    cases = {
        'no JSON': (400, dict(body=b'{"host":')), 'nothing': (400, dict(body=b'')), 'a number': (400, dict(body=b'17')), 'depth': (400, dict(body=b'[' * 100_000)),
        'NaN': (400, dict(body=b'{"host":"h","route":"/","client":"c","ms":NaN}')), 'a huge number': (400, dict(body=json.dumps(event(ms=int('9' * 400))))),
        'negative': (400, dict(body=json.dumps(event(ms=-1)))), 'true': (400, dict(body=json.dumps(event(ms=True)))), 'a long host': (400, dict(body=json.dumps(event(host='h' * 201)))),
        'a zero byte': (400, dict(body=json.dumps(event(client='\0')))), 'half a character': (400, dict(body=b'{"host":"h","route":"/","client":"\\ud800","ms":1}')),
        'the future': (400, dict(body=json.dumps(event(at=time.time() + 900)))), 'long ago': (400, dict(body=json.dumps(event(at='1999-12-31T00:00:00Z')))),
        'latin-1': (400, dict(body=json.dumps(event(host='é'), ensure_ascii=False).encode('latin-1'))), 'UTF-16': (415, dict(body=b'', kind='application/json; charset=utf-16')),
        'a form': (415, dict(body=b'a=1', kind='application/x-www-form-urlencoded')), 'brotli': (415, dict(body=b'', content_encoding='br')),
        'no gzip': (400, dict(body=b'{}', content_encoding='gzip')), 'more than a gzip': (400, dict(body=gzip.compress(b'[]') + b'[]', content_encoding='gzip')), 'half a gzip': (400, dict(body=gzip.compress(b'[]' * 99)[:-9], content_encoding='gzip')),
        'a gzip bomb': (413, dict(body=gzip.compress(b' ' * 10**8), content_encoding='gzip')), '100 MB': (413, dict(body=b' ' * 10**8)),
        '100 MB in chunks': (413, dict(body=iter([b' ' * 10**6] * 100))), 'too many lines': (413, dict(body=b'{}\n' * 60_000, kind='application/x-ndjson')), 'too many events': (413, dict(body=b'[0' + b',0' * 1_500_000 + b']')),
        'more behind a gzip': (400, dict(body=iter([gzip.compress(json.dumps(event()).encode()), *[b' ' * 10**5] * 9]), kind='application/x-ndjson', content_encoding='gzip')),
        'many lists': (413, dict(body=gzip.compress(b'[' + b'[],' * 10**6 + b'[]]'), content_encoding='gzip')), 'many seconds': (413, dict(body=json.dumps([event(at=time.time() - number) for number in range(5002)]))),
        'a producer without a number': (400, dict(body=b'[]', x_producer='p')), 'a number that is none': (400, dict(body=b'[]', x_producer='p', x_sequence='-1')),
        'OTLP of too many values': (400, otlp(count=2**62)), 'OTLP of a long host': (400, otlp(host='h' * 9000)), 'OTLP of the future': (400, otlp(seconds=1e6)),
        'a time without end': (400, dict(body=b'{"host":"h","route":"/","client":"c","ms":1,"at":1' + b'0' * 400 + b'}')),
        'millions of lines': (413, dict(body=gzip.compress(b'x\n' * 2**20), kind='application/x-ndjson', content_encoding='gzip')),
        'too many hosts': (413, dict(body=b'\n'.join(json.dumps(event(host=f'host {number}')).encode() for number in range(10_001)), kind='application/x-ndjson')),
        'deep OTLP': (400, dict(body=b'{"resourceMetrics":' + b'[' * 10**6 + b']' * 10**6 + b'}', path='/v1/metrics')), 'OTLP that is none': (400, dict(body=b'{"resourceMetrics": 3}', path='/v1/metrics')), 'protobuf that is none': (400, dict(body=b'\xff' * 99, path='/v1/metrics', kind='application/x-protobuf')),
    }
    for name, (status, request) in cases.items():
        got = send(system.gateway, **request)
        ok(got[0] == status and (got[1].get('error') or got[1]['errors'][0]['error']), f'{name}: {status}, in words', got)
    got = send(system.gateway, (json.dumps(event(host='whole')) + '\n') * 50_000, 'application/x-ndjson')
    ok(got[0] == 200 and got[1]['accepted'] == 50_000, 'as many as there may be', got)
    with database() as connection, concurrent.futures.ThreadPoolExecutor() as pool:
        connection.execute("INSERT INTO live.host SELECT 'many ' || i FROM generate_series(1, 9995 - (SELECT count(*) FROM live.host)) AS i")
        got = [got[0] for got in pool.map(lambda part: send(system.gateway, json.dumps([event(host=f'many {part}'), event(host=f'more {part}')])), 'abc')]
        ok(sorted(got) == [200, 200, 400] and connection.execute("DELETE FROM live.host WHERE name LIKE 'm%'").rowcount > 9900, 'hosts that are too many together', got)
    got = send(system.gateway, **otlp(name='other'))
    ok(got == (200, {}), 'OTLP', got)
    body = otlp()['body'].replace('"exponentialHistogram"', '"histogram"')
    got = send(system.gateway, body, path='/v1/metrics')
    ok(got[0] == 200 and 'skipped' in got[1]['partialSuccess']['errorMessage'], 'OTLP of other kinds is left out, and told', got)
    gauge = field(1, field(2, field(2, field(1, b'x') + field(5, field(1, b'')))))
    left_out = got[1]['partialSuccess']['errorMessage'].encode()
    got = send(system.gateway, gauge, 'application/x-protobuf', '/v1/metrics')
    ok(got == (200, field(1, field(2, left_out))), 'in protobuf, too', got)
    got = send(system.gateway, b'\xef\xbb\xbf%s\n{\n%s\n\n%s\n%s' % tuple(json.dumps(event(**fields)).encode() for fields in ({}, {'ms': 'x'}, {'at': '2 o clock'}, {'host': 'é'})), 'application/x-ndjson')
    ok(got[0] == 200 and (got[1]['accepted'], got[1]['rejected'], [error['line'] for error in got[1]['errors']]) == (2, 3, [2, 3, 5]), 'good lines are kept, bad ones told', got)
    for number, expected in (1, (409, None)), (0, (200, False)), (0, (200, True)), (2, (409, None)), (1, (200, False)), (0, (200, True)):
        got = send(system.gateway, json.dumps(event(host='numbered')), x_producer='p', x_sequence=number)
        ok((got[0], got[1].get('duplicate')) == expected, f'sequence {number}: {expected}', got)
    got = [send(system.gateway, body, x_producer='p', x_sequence=number, **headers)[0] for number, (body, headers) in
           enumerate([(b'{}', {}), (b'{', {}), (b'{}', {'content_encoding': 'gzip'}), (json.dumps(event(host='numbered')), {})], 2)]
    ok(got == [400, 400, 400, 200], 'requests without a good event have numbers, too', got)
    (store := Store('user=live_writer')).evaluate()
    answers = store.take([Request('p\0', 0, Columns()), Request('other', 0, Columns()), Request('p', 10**30, Columns())], strict=False)
    ok([answer[0] for answer in answers] == ['refused', 'new', 'refused'], 'names and numbers that cannot be stored stop nothing, wherever they come from', answers)
    good = {'at': [1e9], 'host': ['h'], 'route': ['/'], 'client': ['c'], 'ms': [1]}
    bad = {'at': ([None], [1e308], [True], [], '1', [1e10]), 'host': ([1], [1.5], [''], 'h', {'h': 1}), 'client': (['\ud800'], ['\0'], ['c' * 201]), 'ms': ([-1], [None], ['1'])}
    columns = [json.dumps({**good, name: column}).encode() for name, some in bad.items() for column in some]
    for message in b'[' * 100_000, b'{}', b'7', b'\xff', *columns:
        with contextlib.suppress(KeyError, TypeError, ValueError):
            ok(not Columns.from_json(message), f'a message of Kafka that is none is refused: {message[:100]}')
    ok(vars(Columns.from_json(json.dumps(good).encode())) == good, 'a good one is taken')
    slow = socket.create_connection(('127.0.0.1', system.ports['gateway']))
    slow.sendall(b'POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{')
    answer = slow.recv(1000)
    ok(answer.startswith(b'HTTP/1.1 408'), 'a slow client: 408', answer)
    with database() as connection:
        ok(connection.execute("SELECT sum(requests) FROM live.traffic WHERE host = 'numbered'").fetchone() == (3,), 'each number counts once')
        connection.execute("ALTER TABLE live.event ADD CONSTRAINT whim CHECK (route <> '/refused')")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            got = list(pool.map(lambda number: send(system.gateway, json.dumps(event(host='whim', route='/refused' if number % 3 == 0 else '/')))[0], range(12)))
        again = [send(system.gateway, json.dumps(event(host='again', route=route)), x_producer='again', x_sequence=number)[0] for number, route in [(0, '/refused'), (0, '/refused'), (1, '/'), (1, '/')]]
        connection.execute('ALTER TABLE live.event DROP CONSTRAINT whim')
        ok(again == [400, 400, 200, 200], 'what was refused is refused when it comes again', again)
        ok(got == [400, 200, 200] * 4 and connection.execute("SELECT sum(requests) FROM live.traffic WHERE host = 'whim'").fetchone() == (8,), 'what the database refuses stops nothing else', got)
    ok(memory_of(system.processes['gateway'].pid) < begin + 60, 'memory is bounded', (begin, memory_of(system.processes['gateway'].pid)))
    ok(system.restarts == 0, 'nothing had to be started again', system.restarts)


def test_queries(system):
    send(system.gateway, json.dumps(event(host='half', at=time.time() - 3600)))
    send(system.gateway, **otlp(host='half', seconds=-3600))  # of which there are no events
    for path in ('percentiles?p=2', 'percentiles?p=a', 'percentiles?by=route', 'percentiles?step=1y', 'percentiles?from=now', 'percentiles?from=-1m&to=-2m', 'percentiles?from=-8d&step=1s',
                 'top?k=0', 'top?hosts=h', 'top?format=xml', 'top?what=all', 'frequency', 'histogram?bounds=3,2', 'histogram?bounds=nan', 'seen?client=%00', 'alerts?after=x'):
        try:
            got = 200, fetch(f'{system.api}/{path}')
        except OSError as error:
            got = error.code, json.load(error)
        ok(got[0] == 400 and got[1]['error'], f'/{path}: 400, in words', got)
    for name, condition in {
            'percentiles?host=numbered&p=0,1&step=1m': lambda rows: rows and all(row['lower'] <= row['value'] <= row['upper'] for row in rows), 'distinct?host=numbered': lambda rows: rows[0]['clients'] == 1,
            'top?host=numbered': lambda rows: rows == [{'item': '/', 'requests': 3, 'lower': 3, 'upper': 3, 'total': 3}], 'frequency?client=c&host=numbered': lambda rows: rows[0]['requests'] == 3,
            'seen?client=c': lambda rows: rows[0]['seen'], 'seen?client=nobody': lambda rows: not rows[0]['seen'], 'histogram?host=numbered': lambda rows: sum(row['requests'] for row in rows) == 3,
            'exact?host=numbered': lambda rows: [row['error'] for row in rows] == [0] * 5, 'exact?host=half&from=-61m&to=-59m': lambda rows: len(rows) == 5 and all(row['lower'] is row['error'] is None for row in rows), 'hosts': lambda rows: {'host': 'é'}.items() <= rows[-1].items()}.items():
        got = fetch(f'{system.api}/{name}')
        ok(condition(got), f'/{name}', got)
    with database() as connection:
        calls = connection.execute("""
            SELECT proname, format('SELECT coalesce(json_agg(f), ''[]'') FROM json_to_record(%L) AS a (%s), LATERAL sketch_api.%I(%s) AS f', '{"client": "c", "p": [0.5], "host": "h"}',
                concat_ws(', ', '_ text', string_agg(format('%I %s', name, format_type(type, NULL)), ', ') FILTER (WHERE name > '')), proname, string_agg(format('%1$I := a.%1$I', name), ', ') FILTER (WHERE name > ''))
            FROM pg_proc LEFT JOIN LATERAL unnest(proargnames, proargtypes::oid[]) AS a (name, type) ON name IN ('client', 'p', 'host') AND type IS NOT NULL
            WHERE pronamespace = 'sketch_api'::regnamespace GROUP BY oid, proname""").fetchall()
        for function, call in calls:
            ok(connection.execute(call).fetchone(), f'sketch_api.{function} as PostgREST calls it')
        ok(connection.execute("SELECT count(DISTINCT proname) = count(*) FROM pg_proc WHERE pronamespace = 'sketch_api'::regnamespace").fetchone()[0], 'each has one signature')
        for role, statement in {'live_reader': 'DELETE FROM live.delta', 'live_writer': 'SELECT * FROM live.event', 'live_keeper': 'UPDATE live.producer SET sequence = 0'}.items():
            try:
                connection.execute(f'SET ROLE {role}')
                ok(connection.execute(statement) is None, f'{role} may not: {statement}')
            except psycopg.errors.InsufficientPrivilege:
                ok(True, f'{role} may not: {statement}')
    with psycopg.connect(user='live_writer', autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE point (series text, time timestamptz, start_time timestamptz, temporality text, metric text, unit text, resource jsonb, "
                           "attributes jsonb, count bigint, sum float8, sketch quantile_sketch, host text, run_by name DEFAULT current_user)")
        connection.execute('SELECT live.take_metrics(%s::jsonb, NULL)', (otlp(name='mine')['body'],))
        rows = connection.execute('SELECT run_by FROM point').fetchall()
        ok(rows == [], "nothing of a writer's own is run with the rights of the owner", rows)


def test_keeping(system):
    """Seals and deletes; whatever the session's style of dates is."""
    send(system.gateway, b'\n'.join(json.dumps(event(host='kept', at=time.time() - 20 * number)).encode() for number in range(60)), 'application/x-ndjson')
    with database() as connection:
        connection.execute("SET timezone = 'Asia/Shanghai'; SET datestyle = 'SQL'")
        connection.execute('SELECT live.compact()')
        connection.execute('SELECT live.seal()')
        connection.execute("UPDATE live.retention SET age = age + interval '1 day' WHERE what = 'event'; INSERT INTO live.event VALUES (live.oldest_event(), 'kept', '/', 'c', 1); SELECT live.keep()")
        ok(connection.execute("SELECT count(*) FROM live.event WHERE at = live.oldest_event() AND tableoid <> 'live.event_rest'::regclass").fetchone() == (1,), 'what came before its partition is moved')
        ok(connection.execute("SELECT sum(requests) FROM live.traffic WHERE host = 'kept'").fetchone() == (60,), 'what is sealed and folded is what came')
        ok(14 <= connection.execute("SELECT count(*) FROM live.delta WHERE host = 'kept'").fetchone()[0] <= 16, 'deltas of more than five minutes are gone')


def test_alerts(system, listener):
    with database() as connection:
        connection.execute("UPDATE live.rule SET period = '2 s', hold = '2 s', every = '0 s'")
        time.sleep(3)
        connection.execute("NOTIFY live_alert, 'from anybody'; INSERT INTO live.rule (name, kind, period, above, below) VALUES ('broken', 'share', '200000 years', 0, 0)")
        connection.execute('TRUNCATE live.alert, live.firing')
        now = time.time()
        send(system.gateway, json.dumps([event(host='quiet', client=f'c{i % 10}', at=now - 86400 + i % 5) for i in range(100)]))
        long = ''.join(chr(0x20000 + (i * 7919) % 40000) for i in range(1000))
        send(system.gateway, json.dumps([event(host='unknown', client='heavy' if i % 4 else f'c{i}', route='/' if i % 3 else long, ms=1000) for i in range(1000)]))
        until(lambda: connection.execute('SELECT count(*) >= 14 FROM live.alert').fetchone()[0])
        time.sleep(3)  # for what would come twice
        alerts = connection.execute('SELECT id, rule, subject, state, value, above FROM live.alert ORDER BY id').fetchall()
        connection.execute("INSERT INTO live.firing VALUES ('broken', 'it', now()); DELETE FROM live.rule WHERE name = 'broken'")
        ok(connection.execute("SELECT subject, state FROM live.alert WHERE rule = 'broken'").fetchall() == [('it', 'cleared')], 'who deletes a rule clears what it fired')
    with database() as connection, connection.transaction():
        connection.execute('UPDATE live.rule SET above = above')
        begin = time.monotonic()
        ok([send(system.gateway, json.dumps(event()))[0] for _ in range(3)] == [200] * 3 and time.monotonic() - begin < 5, 'who changes a rule holds up no events')
    found = collections.defaultdict(list)
    for _, rule, subject, state, *_ in alerts:
        found[rule, subject].append(state)
    expected = {('slow', 'unknown'), ('many clients', 'all'), ('heavy item', 'client heavy'), ('heavy item', 'route /'), ('heavy item', f'route {long[:994]}'), ('new host', 'quiet'), ('new host', 'unknown')}
    ok(set(found) == expected and all(states == ['firing', 'cleared'] for states in found.values()), 'every rule fires once and clears once', dict(found))
    ok(all(value > above for *_, state, value, above in alerts if state == 'firing'), 'with a value above its line', alerts)
    ids = [alert[0] for alert in alerts]
    ok(until(lambda: [alert['id'] for alert in Webhook.alerts if alert['id'] in ids] == ids), 'the webhook has all, in order, also what it refused first', Webhook.alerts)
    ok(set(ids) <= set(listener.alerts), 'and so have server-sent events', listener.alerts)


def kill(system, name):
    """In the middle of what it does; of PostgreSQL one process, whereupon it ends all others and recovers. Or the database says no for a while."""
    if name in system.processes:
        is_there = system.processes[name].poll() is None
        system.processes[name].kill()
        return is_there
    with database() as connection:
        writers = connection.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'live_writer' ORDER BY xact_start NULLS LAST").fetchall()
        if name == 'postgres' and writers:
            os.kill(writers[0][0], signal.SIGKILL)
        elif name == 'rights' and writers:
            connection.execute('REVOKE INSERT ON live.event FROM live_writer')
            time.sleep(1)
            connection.execute('GRANT INSERT ON live.event TO live_writer')
        elif name == 'offsets' and writers:  # where there is nothing
            connection.execute('UPDATE live.consumed SET next = next + 1000000')
        elif name == 'connections' and writers:
            for _ in range(5):
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'live_%'")
                time.sleep(0.2)
        return writers


def test_kills(systems, rate, victims, every):
    ledger = Ledger()
    generators = [Generator(system.gateway, rate / len(systems), 8, ledger, seed=number).start() for number, system in enumerate(systems)]
    for number, (system, name) in enumerate(victims):
        time.sleep(every)
        ok(until(lambda: kill(system, name)), f'{name}: was there to be killed')
    time.sleep(every)
    for generator in generators:
        generator.stop()
    total = sum(generator.acknowledged for generator in generators)

    def stored():
        with database() as connection:
            return connection.execute("SELECT coalesce(sum(requests), 0) FROM live.traffic WHERE host LIKE 'web%'").fetchone()[0]
    until(lambda: stored() >= total, 60)
    time.sleep(1)  # for what would come twice
    ok(stored() == total, f'{total} events acknowledged through {len(victims)} kills, {sum(generator.sent_again for generator in generators)} requests sent again: each is counted once', stored())
    ok(sum(generator.refused for generator in generators) == 0, 'and none was refused')
    with database() as connection:
        sketch_ext.psycopg.register(connection)
        ok(connection.execute("SELECT count(*) FROM live.event WHERE host LIKE 'web%'").fetchone() == (total,), 'also in the events themselves')
        rows = connection.execute("SELECT host, merge(latency), merge(clients), merge(client_requests), merge(seen_clients), merge(top_routes) FROM live.traffic WHERE host LIKE 'web%' GROUP BY 1").fetchall()
        ok({row[0] for row in rows} == set(ledger.hosts), 'of all hosts', rows)
        ok(all(bytes(mine) == bytes(theirs) for host, *sketches, _ in rows for mine, theirs in zip(ledger.hosts[host], sketches)), 'the sketches are those of the acknowledged events, byte for byte')
        wrong = [(host, entry, ledger.hosts[host][4][entry[0]]) for host, *_, top in rows for entry in top.top() if not entry[2] <= ledger.hosts[host][4][entry[0]] <= entry[3]]
        ok(not wrong, 'and the bounds of top routes hold', wrong)


def test_clients(system, packages):
    got = subprocess.run(['curl', '-sS', '-d', json.dumps(event(host='curl')), '-H', 'Content-Type: application/json', f'{system.gateway}/events'], capture_output=True, text=True)
    ok('"accepted":1' in got.stdout, 'curl', got)
    program = packages and shutil.copy(HERE / 'otlp_client.mjs', packages)
    for form in ('json', 'protobuf') if packages else ():
        for temporality in 'delta', 'cumulative':
            got = subprocess.run(['node', program, system.gateway, form, temporality], capture_output=True, text=True)
            (row,) = fetch(f'{system.api}/percentiles?p=0.5&host=otlp-{form}-{temporality}') or [None]
            ok(row and row['requests'] == 1000 and abs(row['value'] / 500.5 - 1) < 0.01, f"OpenTelemetry's exporter for JavaScript, {form}, {temporality}", (row, got))


def test_page(system, packages, browser):
    if not browser:
        return
    send_yesterday(system.gateway)
    generator = Generator(system.gateway, 5000 if LONG else 500).start()
    program = shutil.copy(HERE / 'page_test.mjs', packages)
    got = subprocess.run(['node', program, browser, system.api], env={**os.environ, 'GATEWAY': system.gateway}, capture_output=True, text=True)
    print(got.stdout, end='')
    ok(got.returncode == 0, 'the page in a browser', got.stderr)
    generator.stop()


def test_load(system, browser):
    """A minute at 20,000 events a second with the page open: the promise in figures, of an idle machine with two cores."""
    page = subprocess.Popen([browser, '--headless', '--no-sandbox', '--remote-debugging-port=0', f'--user-data-dir={tempfile.mkdtemp()}', f'{system.api}/'], stderr=subprocess.DEVNULL)
    generator, probe = Generator(system.gateway, 20_000).start(), Probe(system)
    probe.start()
    time.sleep(20)
    early = {name: memory_of(process.pid) for name, process in system.processes.items()}
    time.sleep(40)
    late = {name: memory_of(process.pid) for name, process in system.processes.items()}
    probe.is_running = False
    generator.stop()
    median, p99 = probe.figures()
    print(f'# {generator.acknowledged} events in 60 s; lag {median:.2f} s, p99 {p99:.2f} s of {len(probe.lags)}; MB at 20 s {early}, at 60 s {late}')
    ok(generator.acknowledged > 60 * 18_000, '20,000 events a second', generator.acknowledged)
    ok(median <= 1 and p99 <= 2.5, 'the lag from POST to a changed answer', (median, p99))
    ok(all(late[name] <= 1.1 * early[name] + 1 for name in late), 'memory at 60 s is what it was at 20 s', (early, late))
    page.kill()


def main():
    packages, browser = (sys.argv + [None, None])[1:3]
    has_kafka = importlib.util.find_spec('confluent_kafka') is not None
    for name in [name for name, is_there in (('packages of OpenTelemetry', packages), ('browser', browser), ('Kafka', has_kafka)) if not is_there]:
        print(f'skipped: no {name}')
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Webhook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with database() as connection:  # seconds of yesterday are kept, for windows of two seconds
        connection.execute("UPDATE live.level SET older_than = CASE width WHEN '1 minute' THEN interval '3 days' WHEN '1 hour' THEN '5 days' ELSE older_than END")
    logs = tempfile.mkdtemp()
    direct = System(webhook=f'http://127.0.0.1:{server.server_port}/', logs=logs, gateway=['--read-within', '3'])
    systems = [direct]
    try:
        listener = Listener(direct.api)
        test_bodies(direct)
        test_queries(direct)
        test_keeping(direct)
        test_alerts(direct, listener)
        victims = []
        if has_kafka:
            systems.append(System(use_kafka=True, logs=logs))
            victims = [(systems[1], 'consumer'), (systems[1], 'gateway'), (systems[1], 'offsets')]
        victims = [(direct, 'gateway'), *victims, (direct, 'postgres'), (direct, 'connections'), (direct, 'rights'), (direct, 'api'), (direct, 'keeper')]
        if LONG:
            victims = random.Random(1).choices(victims[:-4], k=10) + victims
        looks = listener.looks
        test_kills(systems, 20_000 if LONG else 2000, victims, 15 / (len(victims) + 1) if not LONG else 4)
        ok(until(lambda: listener.looks > looks), 'who listens is told again', listener.looks)
        (api := direct.processes['api']).terminate()
        ok(until(lambda: api.poll() is not None, 8) and until(lambda: fetch(f'{direct.api}/hosts')), 'the API ends although somebody listens, and comes again')
        test_page(direct, packages, browser)
        test_clients(direct, packages)
        if LONG:  # with a browser
            test_load(direct, browser)
    finally:
        for system in systems:
            system.stop()
    for log in sorted(pathlib.Path(logs).iterdir()) if failures else []:
        print(f'--- {log.name}', *log.read_text().splitlines()[-30:], sep='\n# ')
    shutil.rmtree(logs)
    sys.exit(failures > 0)


if __name__ == '__main__':
    main()
