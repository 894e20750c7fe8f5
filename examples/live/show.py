"""Everything at once, on free ports of this machine: see ./run --help, which has started a database for it."""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

import psycopg
from generate import Generator, send_yesterday

HERE = pathlib.Path(__file__).parent


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def fetch(url, timeout=10):
    with urllib.request.urlopen(url, timeout=timeout) as response:
        return json.load(response)


def until(condition, seconds=30):
    """What it gives at last; servers may be down meanwhile."""
    end = time.monotonic() + seconds
    while True:
        try:
            value = condition()
        except (OSError, ValueError, psycopg.Error):
            value = None
        if value or time.monotonic() > end:
            return value
        time.sleep(0.1)


def memory_of(process):
    """Megabytes that are its own, of a process and its children."""
    try:
        status = pathlib.Path(f'/proc/{process}/status').read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith(('RssAnon', 'VmSwap'))) / 1024


class System:
    """The processes, each started again when it ends."""

    def __init__(self, use_kafka=False, webhook=None, logs=None, gateway=()):
        self.ports = {name: free_port() for name in ('gateway', 'api')}
        self.gateway, self.api = (f'http://127.0.0.1:{self.ports[name]}' for name in ('gateway', 'api'))
        self.logs, self.is_running, self.restarts = logs, True, 0
        self.commands = {
            'gateway': ['gateway.py', '--port', str(self.ports['gateway']), *gateway],
            'keeper': ['keeper.py', *(['--webhook', webhook] if webhook else [])],
            'api': ['api.py', '--port', str(self.ports['api'])]}
        self.processes = {}
        if use_kafka:
            self.processes['kafka'] = subprocess.Popen([sys.executable, HERE / 'mock_kafka.py'], stdout=subprocess.PIPE, text=True, start_new_session=True)
            kafka = json.dumps({'bootstrap.servers': self.processes['kafka'].stdout.readline().strip()})
            self.commands['gateway'] += ['--kafka', kafka]
            self.commands['consumer'] = ['consumer.py', '--kafka', kafka]
        for name in self.commands:
            self.start(name)
        self.watcher = threading.Thread(target=self.watch, daemon=True)
        self.watcher.start()
        for url in f'{self.gateway}/stats', f'{self.api}/hosts':
            if not until(lambda: fetch(url) is not None, 60):
                raise TimeoutError(f'no answer of {url}')

    def start(self, name):
        command = [sys.executable, HERE / self.commands[name][0], *self.commands[name][1:]]
        log = open(f'{self.logs}/{name}.log', 'a') if self.logs else None
        self.processes[name] = subprocess.Popen(command, stderr=log, start_new_session=True)  # Ctrl-C is for us: we end them in order

    def watch(self):
        while self.is_running:
            for name in self.commands:
                if self.processes[name].poll() is not None and self.is_running:
                    self.restarts += 1
                    self.start(name)
            time.sleep(0.1)

    def stop(self):
        self.is_running = False
        self.watcher.join()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Probe(threading.Thread):
    """How long it takes from a POST until an answer of the API has the event."""

    def __init__(self, system):
        super().__init__(daemon=True)
        self.system, self.lags, self.is_running = system, [], True

    def run(self):
        number = 0
        while self.is_running:
            number += 1
            client = f'probe-{os.getpid()}-{number}'
            begin = time.time()
            try:
                threading.Thread(target=self.post, args=(client,), daemon=True).start()
                while not any(row['seen'] for row in fetch(f'{self.system.api}/seen?client={client}&from={begin - 5:.0f}&host=web1')):
                    time.sleep(0.03)
                self.lags.append(time.time() - begin)
            except (OSError, ValueError, http.client.HTTPException):
                pass  # down: there is no answer that could be late
            time.sleep(max(0.0, begin + 0.5 - time.time()))

    def post(self, client):
        event = json.dumps({'host': 'web1', 'route': '/', 'client': client, 'ms': 1})
        with contextlib.suppress(OSError):
            urllib.request.urlopen(urllib.request.Request(f'{self.system.gateway}/events', event.encode(), {'Content-Type': 'application/json'}), timeout=30).close()

    def figures(self):
        """Median and 99th percentile, in seconds."""
        lags = sorted(self.lags)
        return (statistics.median(lags), lags[min(len(lags) - 1, int(0.99 * len(lags)))]) if lags else (float('nan'), float('nan'))


def main():
    parser = argparse.ArgumentParser(prog='run')
    parser.add_argument('--seconds', type=int, help='end then; without, at Ctrl-C')
    parser.add_argument('--rate', type=int, default=20_000, help='events a second')
    parser.add_argument('--kafka', action='store_true', help="with Kafka between: librdkafka's mock cluster")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    system = generator = None
    try:
        system = System(options.kafka)
        print(f'\nThe dashboard: {system.api}/   The API: {system.api}/docs   Events go to {system.gateway}/events\nFirst 100,000 events of yesterday, then {options.rate:,} a second of now', flush=True)
        send_yesterday(system.gateway)
        generator, probe, begin = Generator(system.gateway, options.rate).start(), Probe(system), time.monotonic()
        probe.start()
        last = 0
        while options.seconds is None or time.monotonic() - begin < options.seconds:
            time.sleep(1)
            done = generator.acknowledged
            memory = ', '.join(f'{name} {memory_of(process.pid):.0f}' for name, process in system.processes.items())
            print(f'{time.monotonic() - begin:5.0f} s  {done - last:7,} events/s  lag {probe.figures()[0]:.2f} s (p99 {probe.figures()[1]:.2f})  MB: {memory}', flush=True)
            last = done
    except KeyboardInterrupt:
        print()
    finally:
        for number in signal.SIGINT, signal.SIGTERM:
            signal.signal(number, signal.SIG_IGN)
        try:
            if generator:
                probe.is_running = False
                generator.stop()
                print_summary(system, generator, probe)
        finally:
            if system:
                system.stop()


def print_summary(system, generator, probe):
    states, (median, p99) = [alert['state'] for alert in fetch(f'{system.api}/alerts')], probe.figures()
    print(f'{generator.acknowledged:,} events committed, {generator.refused} refused, {generator.sent_again} requests sent again; '
          f'lag from POST to answer {median:.2f} s, p99 {p99:.2f} s; {states.count("firing")} alerts fired, {states.count("cleared")} cleared', flush=True)


if __name__ == '__main__':
    main()
