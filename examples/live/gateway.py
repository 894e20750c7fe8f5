"""
Takes events over HTTP, and answers when they are committed.

POST /events      JSON (one event, or an array) or NDJSON; with X-Producer and X-Sequence, what is sent again is counted once
POST /v1/metrics  OTLP, JSON or protobuf: exponential histograms
GET /stats        what it did, and has to do
"""

import argparse
import asyncio
import itertools
import json
import logging
import os
import time
import uuid
import zlib

import uvicorn
from fastapi import Request as HttpRequest, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from events import Columns, Parsed, SKETCH_SIZE, TooMany
from store import Request, Store
from web import Refused, delimited, make_app

log = logging.getLogger('live')
MOST_BYTES = 4 << 20        # of a request, inflated
MOST_BYTES_READ = 64 << 20  # of all requests that are being read


class Database:
    """What waits goes into one transaction every `interval` seconds."""

    def __init__(self, store, interval):
        self.store, self.interval = store, interval
        self.entries, self.waiting = [], 0  # entries: a request, its size, and who waits for the answer

    def submit(self, request, size):
        answer = asyncio.get_running_loop().create_future()
        self.entries.append((request, size, answer))
        self.waiting += size
        return answer

    async def run(self):
        while True:
            begin = time.monotonic()
            if self.entries:
                entries, self.entries = self.entries, []
                verdicts = await asyncio.to_thread(self.flush, [request for request, _, _ in entries])
                for (_, size, answer), verdict in zip(entries, verdicts):
                    self.waiting -= size
                    if not answer.done():
                        answer.set_result(verdict)
                await asyncio.to_thread(self.store.evaluate)
            await asyncio.sleep(max(0.0, self.interval - (time.monotonic() - begin)))

    def flush(self, batch):
        number = next(state.numbers) << 32  # a part of the batch may need one of its own
        for request in batch:
            request.sequence = number if request.is_ours else request.sequence
        return self.store.take(batch)


class Kafka:
    """A message for each request, since a sketch of several could not be taken apart when one of them comes again."""

    def __init__(self, settings, topic):
        import confluent_kafka
        self.topic, self.waiting = topic, 0
        self.producer = confluent_kafka.Producer({'acks': 'all', 'enable.idempotence': True, 'linger.ms': 20, 'delivery.timeout.ms': 20_000,
                                                  'queue.buffering.max.kbytes': 65536, 'compression.type': 'lz4', **settings})

    def submit(self, request, size):
        loop = asyncio.get_running_loop()
        if request.is_ours:
            request.sequence = next(state.numbers)
            request.producer += f'/{request.sequence % 16}'  # its key, for all partitions to have a share
        answer, value = loop.create_future(), request.columns.to_json()
        if len(value) > 900_000:
            raise Refused(413, 'that is too much for one message: send less at once')

        def delivered(error, _message):
            def settle():
                self.waiting -= size
                if not answer.done():
                    answer.set_result(('new', None) if error is None else ('error', error.str()))
            loop.call_soon_threadsafe(settle)
        try:
            self.producer.produce(self.topic, value, request.producer, on_delivery=delivered,
                                  headers={'producer': request.producer, 'sequence': str(request.sequence)})
        except BufferError:
            raise Refused(503, 'the queue is full: come again') from None
        self.waiting += size
        return answer

    async def run(self):
        while True:
            await asyncio.to_thread(self.producer.poll, 0.05)


app = make_app(title='Events in', docs_url=None, redoc_url=None, openapi_url=None)
state = argparse.Namespace(read=0, taken=0, bad=0)


def media_type(request, *types):
    kind, *parameters = (part.strip().lower() for part in request.headers.get('content-type', '').split(';'))
    charset = [parameter.partition('=')[2].strip('"') for parameter in parameters if parameter.startswith('charset=')]
    if kind not in types or charset not in ([], ['utf-8'], ['utf8']):
        raise Refused(415, f'Content-Type must be {" or ".join(types)}, in UTF-8')
    if request.headers.get('content-encoding', 'identity').lower() not in ('identity', 'gzip'):
        raise Refused(415, 'Content-Encoding must be gzip, if any')
    return kind


async def read(request, take):
    """Hands over the parts of its body as they come, inflated, within limits of size and time."""
    inflate, size, sent = zlib.decompressobj(31) if request.headers.get('content-encoding', '').lower() == 'gzip' else None, 0, 0
    try:
        async with asyncio.timeout(state.options.read_within):
            async for part in request.stream():
                sent += len(part)
                if inflate is not None:
                    part = inflate.decompress(part, MOST_BYTES + 1 - size)
                size += len(part)
                state.read += len(part)
                if max(size, sent) > MOST_BYTES:
                    raise Refused(413, f'a request has at most {MOST_BYTES} bytes')
                if inflate is not None and inflate.unused_data:
                    raise ValueError('no gzip: it goes on behind its end')
                if state.read > MOST_BYTES_READ:
                    raise Refused(503, 'too much is being read: come again')
                take(part)
        if inflate is not None and not inflate.eof:
            raise ValueError('no gzip: it ends too early')
    except TimeoutError:
        raise Refused(408, f'the request was not sent within {state.options.read_within:g} seconds') from None
    except ClientDisconnect:
        raise Refused(400, 'the request ended too early') from None
    except zlib.error as error:
        raise ValueError(f'no gzip: {error}') from None
    finally:
        state.read -= size


def identity_of(request):
    """Its producer and number, or ours: so that we ourselves can send it again."""
    producer, sequence = request.headers.get('x-producer'), request.headers.get('x-sequence')
    if producer is None and sequence is None:
        return {'producer': state.name, 'sequence': None, 'is_ours': True}
    if not producer or len(producer) > 200 or not sequence or not sequence.isascii() or not sequence.isdigit() or len(sequence) > 18:
        raise Refused(400, 'X-Producer (1 to 200 characters) and X-Sequence (0, 1, 2, ...) go together')
    return {'producer': f'= {producer}', 'sequence': int(sequence)}


async def answered(sink, request, size):
    """What became of it; nobody waits for ever."""
    if sink.waiting + size > state.options.most_waiting:
        raise Refused(503, 'the buffer is full: come again')
    try:
        verdict, detail = await asyncio.wait_for(asyncio.shield(sink.submit(request, size)), state.options.answer_within)
    except asyncio.TimeoutError:
        raise Refused(503, 'not committed yet: send it again, with the same X-Sequence') from None
    if verdict == 'gap':
        raise Refused(409, f'X-Sequence {request.sequence} comes too early: {"the first one is 0" if detail is None else f"the last one was {detail}"}')
    if verdict in ('refused', 'error'):
        raise Refused(400 if verdict == 'refused' else 503, f'not taken: {detail}')
    return verdict, detail


@app.post('/events')
async def take_events(http: HttpRequest):
    identity = identity_of(http)
    kind = media_type(http, 'application/json', 'application/x-ndjson')
    parsed = Parsed(kind == 'application/x-ndjson', state.kept)
    try:
        await read(http, parsed.take)
        parsed.finish()
    except TooMany as error:
        raise Refused(413, str(error)) from None
    except ValueError as error:  # nothing of it is taken, but it is a request, whose number is used
        parsed.columns = Columns()
        parsed.refuse(parsed.line, str(error))
    state.bad += parsed.bad
    size = len(parsed.columns)
    verdict, _ = await answered(state.sink, Request(**identity, columns=parsed.columns), size + SKETCH_SIZE * parsed.sketches + 1)
    state.taken += size if verdict == 'new' else 0
    return JSONResponse({'accepted': size, 'rejected': parsed.bad, 'errors': parsed.errors, 'duplicate': verdict == 'known' and 'is_ours' not in identity},
                        400 if parsed.bad and not size else 200)


@app.post('/v1/metrics')
async def take_metrics(http: HttpRequest):
    """Of OTLP every point has a time, by which it is known when it comes again."""
    is_json, parts = media_type(http, 'application/json', 'application/x-protobuf') == 'application/json', []
    try:
        await read(http, parts.append)
        body = b''.join(parts)
        metrics = (body.decode(), None) if is_json else (None, body)
    except ValueError as error:
        raise Refused(400, f'no JSON: {error}') from None
    verdict, detail = await answered(state.database, Request(state.name, None, metrics=metrics, is_ours=True), len(body) // 16 + 1)
    left_out = detail if verdict == 'new' else ''
    if is_json:
        return JSONResponse({'partialSuccess': {'errorMessage': left_out}} if left_out else {})
    message = b'\x0a' + delimited(b'\x12' + delimited(left_out.encode())) if left_out else b''  # partial_success 1 {error_message 2}
    return Response(message, media_type='application/x-protobuf')


@app.get('/stats')
async def stats():
    return {'waiting': state.sink.waiting, 'taken': state.taken, 'bad': state.bad, 'reading': state.read}


@app.on_event('startup')
async def start():
    options = state.options
    state.name, state.numbers = f'gateway {uuid.uuid4()}', itertools.count(1)
    store = Store(options.database, options.keep_events)
    state.kept = await asyncio.to_thread(store.seconds_kept)
    state.database = state.sink = Database(store, options.interval)
    if options.kafka:
        state.sink = Kafka(json.loads(options.kafka), options.topic)
    state.tasks = [asyncio.create_task(sink.run()) for sink in {state.database, state.sink}]
    for task in state.tasks:  # none of them ends, or nothing is right any more
        task.add_done_callback(lambda task: task.cancelled() or log.error('%r', task.exception()) or os._exit(1))


@app.on_event('shutdown')
async def end():  # all have their answers; a flush that waits for the database would go on
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--database', default='user=live_writer', help='connection string')
    parser.add_argument('--host', default='127.0.0.1')
    parser.add_argument('--port', type=int, default=8080)
    parser.add_argument('--interval', type=float, default=0.25, help='seconds between flushes')
    parser.add_argument('--most-waiting', type=int, default=400_000, help='events, and 30 for each second of a host that they are of; beyond them 503')
    parser.add_argument('--read-within', type=float, default=20, help='seconds that a client has to send a request')
    parser.add_argument('--answer-within', type=float, default=30, help='seconds until 503')
    parser.add_argument('--no-events', dest='keep_events', action='store_false', help='keep sketches only')
    parser.add_argument('--kafka', help='settings of librdkafka as JSON: events go there, and consumer.py takes them on')
    parser.add_argument('--topic', default='events')
    state.options = parser.parse_args()
    logging.basicConfig(format='%(asctime)s gateway: %(message)s')
    uvicorn.run(app, host=state.options.host, port=state.options.port, limit_concurrency=1000, log_config=None, access_log=False)


if __name__ == '__main__':
    main()
