"""
Events of a day that lasts a minute: its rate swings, a host becomes slow (web3, seconds 10 to 20), a client becomes heavy (22 to
32), a host is new (web21, from second 36), and one event of a hundred is late.

Each producer sends what is due, waits for the answer, and sends it again until it is committed.
"""

import collections
import http.client
import json
import math
import threading
import time

import numpy
from sketch_ext import Distinct, Frequency, Items, Membership, Quantile

HOSTS = [f'web{number}' for number in range(1, 21)]
ROUTES = ['/', '/search', '/cart', '/product', '/login', '/api/items', '/api/prices', '/help'] + [f'/page/{number}' for number in range(200)]
ROUTE_SHARES = 1 / numpy.arange(1, len(ROUTES) + 1)
ROUTE_SHARES /= ROUTE_SHARES.sum()


def columns_of(random, count, phase, now):
    """`phase` is the second of the short day."""
    hosts = random.integers(0, len(HOSTS) + (phase >= 36), count)
    ms = random.gamma(2, 12 + hosts / 2)
    if 10 <= phase < 20:
        ms[hosts == 2] *= 8
    clients = random.zipf(1.2, count) % 20_000 + random.integers(0, 5000, count)
    if 22 <= phase < 32:
        clients[random.random(count) < 0.3] = -1
    late = random.random(count) < 0.01
    at = now - random.random(count) * numpy.where(late, 3600, 0.1)
    return {'at': numpy.round(at, 3).tolist(), 'host': [f'web{host + 1}' for host in hosts.tolist()],
            'route': [ROUTES[route] for route in random.choice(len(ROUTES), count, p=ROUTE_SHARES).tolist()],
            'client': ['crawler' if client < 0 else f'c{client}' for client in clients.tolist()], 'ms': numpy.round(ms, 3).tolist()}


def body_of(columns):
    return '\n'.join(f'{{"at":{at},"host":"{host}","route":"{route}","client":"{client}","ms":{ms}}}' for at, host, route, client, ms in zip(*columns.values())).encode()


class Ledger:
    """What was acknowledged, as sketches and counts of routes: to compare with what the database has."""

    def __init__(self):
        self.lock, self.hosts = threading.Lock(), {}

    def add(self, columns):
        hosts = numpy.array(columns['host'])
        with self.lock:
            for host in set(columns['host']):
                rows = numpy.flatnonzero(hosts == host).tolist()
                latency, *of_clients, routes = self.hosts.setdefault(host, [Quantile(), Distinct(11), Frequency(), Membership(100_000), collections.Counter()])
                latency.add([columns['ms'][row] for row in rows])
                clients = Items([columns['client'][row] for row in rows])
                for sketch in of_clients:
                    sketch.add(clients)
                routes.update(columns['route'][row] for row in rows)


class Generator:
    def __init__(self, url, rate, producers=16, ledger=None, seed=None):
        self.address, self.rate, self.ledger = url.removeprefix('http://'), rate, ledger
        self.random = numpy.random.default_rng(seed)
        self.name = f'generator {self.random.integers(2**40)}'
        self.acknowledged = self.sent_again = self.refused = 0
        self.begin, self.is_running, self.lock = time.time(), True, threading.Lock()
        self.threads = [threading.Thread(target=self.produce, args=(number, producers), daemon=True) for number in range(producers)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self, seconds=60):
        """When all that was sent is acknowledged, or not within that time."""
        self.is_running, end = False, time.time() + seconds
        for thread in self.threads:
            thread.join(max(0, end - time.time()))

    def produce(self, number, producers):
        random = numpy.random.default_rng(self.random.integers(2**63) + number)
        connection, sequence, last = http.client.HTTPConnection(self.address, timeout=10), -1, time.time()
        time.sleep(0.25 * number / producers)
        while self.is_running:
            now = time.time()
            phase = (now - self.begin) % 60
            count = min(5000, int(self.rate / producers * (now - last) * (1 + 0.3 * math.sin(phase * math.pi / 30))))
            if count == 0:
                time.sleep(0.05)
                continue
            last, columns = now, columns_of(random, count, phase, now)
            sequence += 1
            self.send(connection, f'{self.name}/{number}', sequence, body_of(columns))
            if self.ledger:
                self.ledger.add(columns)
            with self.lock:
                self.acknowledged += count
            time.sleep(0.05)

    def send(self, connection, producer, sequence, body):
        while True:
            try:
                connection.request('POST', '/events', body, {'Content-Type': 'application/x-ndjson', 'X-Producer': producer, 'X-Sequence': str(sequence)})
                response = connection.getresponse()
                answer = json.loads(response.read())
                if response.status == 200:
                    self.refused += answer['rejected']
                    return
                if response.status != 503:
                    raise AssertionError(f'{response.status}: {answer}')
                time.sleep(0.2)
            except (OSError, http.client.HTTPException, ValueError):
                connection.close()
                time.sleep(0.1)
            with self.lock:
                self.sent_again += 1


def send_yesterday(url, count=100_000):
    """At every tenth minute of it, all within a second."""
    random, generator = numpy.random.default_rng(1), Generator(url, 0, 0)
    midnight = time.time() // 86400 * 86400
    connection = http.client.HTTPConnection(generator.address, timeout=30)
    for sequence in range(144):
        columns = columns_of(random, count // 144, 0, 0)
        columns['at'] = [midnight - 86400 + sequence * 600 + place / count for place in range(len(columns['at']))]
        generator.send(connection, generator.name, sequence, body_of(columns))
