"""
Answers over HTTP: JSON, CSV, server-sent events, Prometheus' formats, and the dashboard at /.

All of it is what the functions of the schema sketch_api give. /docs has every parameter.
"""

import argparse
import asyncio
import csv
import datetime
import io
import json
import logging
import pathlib
import re

import psycopg
import uvicorn
from fastapi import Depends, Query, Request
from fastapi.dependencies.utils import get_flat_dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, Response, StreamingResponse
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from web import Refused, delimited, make_app, refuse

log = logging.getLogger('live')
HERE = pathlib.Path(__file__).parent
UTC = datetime.timezone.utc
MOST_ROWS = 100_000  # of an answer
UNITS = {'s': 1, 'm': 60, 'h': 3600, 'd': 86400}

app = make_app(title='Answers', description=__doc__)
state = argparse.Namespace(listeners=set())


async def rows_of(function, **arguments):
    """A call as PostgREST makes it: by name, and without what was not given."""
    given = {name: value for name, value in arguments.items() if value is not None}
    call = ', '.join(f'"{name}" := %({name})s' for name in given)
    for attempt in 1, 2:
        try:
            async with state.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
                await cursor.execute(f'SELECT * FROM sketch_api.{function}({call}) LIMIT {MOST_ROWS + 1}', given)
                rows = await cursor.fetchall()
            break
        except psycopg.OperationalError as error:
            if attempt == 2 or isinstance(error, (psycopg.errors.QueryCanceled, PoolTimeout)):
                raise
            await state.pool.check()  # connections that died unseen
    if len(rows) > MOST_ROWS:
        raise Refused(400, f'that would be more than {MOST_ROWS} rows')
    return rows


async def answer(request, function, **arguments):
    names = {'format'} | {parameter.alias for parameter in get_flat_dependant(request.scope['route'].dependant).query_params}
    if unknown := set(request.query_params) - names:
        raise Refused(400, f'no parameter {", ".join(sorted(unknown))} is among {", ".join(sorted(names))}')
    if request.query_params.get('format', 'json') not in ('json', 'csv'):
        raise Refused(400, '"format" is json or csv')
    rows = await rows_of(function, **arguments)
    if 'text/csv' in request.headers.get('accept', '') or request.query_params.get('format') == 'csv':
        text = io.StringIO()
        writer = csv.writer(text)
        if rows:
            writer.writerow(rows[0])
        writer.writerows([value.isoformat() if isinstance(value, datetime.datetime) else value for value in row.values()] for row in rows)
        return Response(text.getvalue(), media_type='text/csv')
    return Response(to_json(rows), media_type='application/json')


def to_json(value):
    return json.dumps(value, default=lambda time: time.isoformat(), separators=(',', ':'))


def step_of(step):
    """1s, 5m, 1h, 1d."""
    match = re.fullmatch(r'([1-9][0-9]{0,5})([smhd])', step or '1s', re.ASCII)
    if not match:
        raise Refused(400, '"step" is a number and s, m, h or d: 5m')
    return None if step is None else datetime.timedelta(seconds=int(match[1]) * UNITS[match[2]])


def time_of(name, text):
    """An ISO time or date (of UTC, if nothing else is said), seconds since 1970, or -15m: fifteen minutes ago."""
    if text is None:
        return None
    try:
        if text.startswith('-'):
            return datetime.datetime.now(UTC) - step_of(text[1:])
        if re.fullmatch(r'[0-9]{1,11}(\.[0-9]+)?', text, re.ASCII):
            return datetime.datetime.fromtimestamp(float(text), UTC)
        time = datetime.datetime.fromisoformat(text.replace(' ', '+'))  # as which a plus in an address comes here
        return time if time.tzinfo else time.replace(tzinfo=UTC)
    except (Refused, ValueError, OverflowError):
        raise Refused(400, f'"{name}" is an ISO time, seconds since 1970, or -15m for fifteen minutes ago') from None


def numbers_of(name, text, least, most, count):
    try:
        numbers = [float(part) for part in text.split(',')]
    except ValueError:
        raise Refused(400, f'"{name}" are numbers with commas between them') from None
    if len(numbers) > count or not all(least <= number <= most for number in numbers):
        raise Refused(400, f'"{name}" are at most {count} numbers from {least:g} to {most:g}')
    return numbers


From = Query(None, alias='from', description='ISO time, seconds since 1970, or -15m; 5 minutes before "to" if not given')
To = Query(None, description='the first moment that is not in it; now if not given')
Host = Query(None, max_length=200)
By = Query(None, description='host')
Step = Query(None, description='1s, 5m, 1h, ...: a row for each such interval')
Text = str | None


def interval(start: Text = From, to: Text = To, host: Text = Host):
    """What nearly all questions have."""
    return {'from': time_of('from', start), 'to': time_of('to', to), 'host': host}


@app.get('/percentiles')
async def percentiles(request: Request, p: str = '0.5,0.9,0.99', asked: dict = Depends(interval), by: Text = By, step: Text = Step):
    return await answer(request, 'percentiles', p=numbers_of('p', p, 0, 1, 100), **asked, by=by, step=step_of(step))


@app.get('/distinct')
async def distinct(request: Request, asked: dict = Depends(interval), by: Text = By, step: Text = Step):
    return await answer(request, 'distinct_clients', **asked, by=by, step=step_of(step))


@app.get('/top')
async def top(request: Request, what: str = 'routes', k: int = Query(10, ge=1, le=50), asked: dict = Depends(interval)):
    return await answer(request, 'top', what=what, k=k, **asked)


@app.get('/frequency')
async def frequency(request: Request, client: str = Query(..., max_length=200), asked: dict = Depends(interval), step: Text = Step):
    return await answer(request, 'frequency', client=client, **asked, step=step_of(step))


@app.get('/seen')
async def seen(request: Request, client: str = Query(..., max_length=200), asked: dict = Depends(interval), step: Text = Step):
    return await answer(request, 'seen', client=client, **asked, step=step_of(step))


@app.get('/histogram')
async def histogram(request: Request, bounds: Text = Query(None, description='milliseconds, ascending'), asked: dict = Depends(interval), step: Text = Step):
    edges = None if bounds is None else numbers_of('bounds', bounds, -1e15, 1e15, 200)
    return await answer(request, 'histogram', bounds=edges, **asked, step=step_of(step))


@app.get('/exact', description='From the events themselves, as long as they are kept, beside the answers of the sketches: slow')
async def exact(request: Request, asked: dict = Depends(interval), by: Text = By):
    return await answer(request, 'exact', **asked, by=by)


@app.get('/alerts')
async def alerts(request: Request, after: int = Query(0, ge=0, lt=2**63), limit: int = Query(100, ge=1, le=1000)):
    return await answer(request, 'alerts', after=after, limit=limit)


@app.get('/hosts')
async def hosts(request: Request):
    return await answer(request, 'hosts')


### Server-sent events

@app.get('/live', description='Server-sent events: "now" each second, "alert" as they come; those after Last-Event-ID come first')
async def live(request: Request):
    if len(state.listeners) >= 500:
        raise Refused(503, 'too many listeners: come again')
    last = request.headers.get('last-event-id', '')

    async def events():
        queue = asyncio.Queue(maxsize=100)  # who reads too slowly is disconnected, and comes again
        state.listeners.add(queue)
        try:
            yield 'retry: 1000\n\n'
            if last.isascii() and last.isdigit() and len(last) < 19:
                for alert in await rows_of('alerts', after=int(last), limit=1000):
                    yield event_of('alert', alert)
            if state.latest:
                yield state.latest
            while not queue.full() and not state.server.should_exit:
                try:
                    yield await asyncio.wait_for(queue.get(), 15)
                except asyncio.TimeoutError:
                    yield ': still here\n\n'
        except (psycopg.Error, PoolTimeout) as error:  # who listens comes again, as after any lost connection
            log.warning('live: %s', str(error).partition('\n')[0])
        finally:
            state.listeners.discard(queue)
    return StreamingResponse(events(), media_type='text/event-stream', headers={'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no'})


def event_of(name, value):
    return f'{"id: " + str(value["id"]) + chr(10) if name == "alert" else ""}event: {name}\ndata: {to_json(value)}\n\n'


def tell(event):
    for queue in list(state.listeners):
        if not queue.full():
            queue.put_nowait(event)


async def look():
    """Once a second for all who look, and for nobody if there is nobody."""
    while True:
        begin = asyncio.get_running_loop().time()
        if state.listeners:
            try:
                (row,) = await rows_of('now_playing')
                state.latest = event_of('now', row['now_playing'])
                tell(state.latest)
            except (psycopg.Error, PoolTimeout) as error:
                log.warning('look: %s', str(error).partition('\n')[0])
        else:
            state.latest = None
        await asyncio.sleep(max(0.05, begin + 1 - asyncio.get_running_loop().time()))


async def listen():
    """A notification says that there is something; what it is stands in the table, also what came while we were not connected."""
    last = None
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(state.options.database, autocommit=True, connect_timeout=5) as connection:
                await connection.execute('LISTEN live_alert')
                last = max([alert['id'] for alert in await rows_of('alerts', limit=1)], default=0) if last is None else await tell_alerts(last)
                async for _ in connection.notifies():
                    last = await tell_alerts(last)
        except (psycopg.Error, PoolTimeout) as error:
            log.warning('listen: %s', str(error).partition('\n')[0])
            await asyncio.sleep(0.5)


async def tell_alerts(last):
    for alert in await rows_of('alerts', after=last, limit=1000):
        tell(event_of('alert', alert))
        last = alert['id']
    return last


### Prometheus

@app.get('/metrics', description='Native histograms for Prometheus, in protobuf; counters begin at midnight UTC')
async def metrics(request: Request):
    if 'application/vnd.google.protobuf' not in request.headers.get('accept', ''):
        raise Refused(406, 'for Prometheus with --enable-feature=native-histograms, which accepts protobuf')
    rows = await rows_of('prometheus')
    return Response(b''.join(delimited(row['family']) for row in rows), media_type='application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited')


### The page, and what goes wrong

PAGES = {'': 'page.html', 'page.js': 'page.js', 'page.css': 'page.css'}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


@app.get('/', include_in_schema=False)
@app.get('/{name}', include_in_schema=False)
async def page(name: str = ''):
    if name not in PAGES:
        raise Refused(404, 'there is nothing here: see /docs')
    return FileResponse(HERE / PAGES[name], headers={'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff'})


@app.exception_handler(RequestValidationError)
@app.exception_handler(psycopg.Error)
@app.exception_handler(PoolTimeout)
async def refused(request, error):
    if isinstance(error, RequestValidationError):
        error = Refused(400, '; '.join(f'"{part["loc"][-1]}": {part["msg"]}' for part in error.errors()))
    elif isinstance(error, PoolTimeout):
        error = Refused(503, 'no connection is free: come again')
    elif isinstance(error, psycopg.errors.QueryCanceled):
        error = Refused(503, 'that took too long: ask for less, or for wider steps')
    elif isinstance(error, psycopg.DataError):
        error = Refused(400, error.diag.message_primary or str(error))
    elif isinstance(error, psycopg.Error):
        log.warning('%s', str(error).partition('\n')[0])
        error = Refused(503, 'no answer from the database: come again')
    return await refuse(request, error)


@app.on_event('startup')
async def start():
    options = state.options
    state.pool = AsyncConnectionPool(options.database, min_size=1, max_size=options.connections, timeout=5, open=False,
                                     kwargs={'autocommit': True, 'options': '-c timezone=UTC'})
    await state.pool.open()
    state.latest = None
    state.tasks = [asyncio.create_task(look()), asyncio.create_task(listen())]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--database', default='user=live_reader', help='connection string')
    parser.add_argument('--host', default='127.0.0.1')
    parser.add_argument('--port', type=int, default=8081)
    parser.add_argument('--connections', type=int, default=8, help='to the database')
    state.options = parser.parse_args()
    logging.basicConfig(format='%(asctime)s api: %(message)s')
    state.server = uvicorn.Server(uvicorn.Config(app, state.options.host, state.options.port, log_config=None, access_log=False))
    state.server.run()


if __name__ == '__main__':
    main()
