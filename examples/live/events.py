"""
What an event is: checked, in columns, and as sketches.

    {"host": "web1", "route": "/cart", "client": "c17", "ms": 12.5, "at": 1764570000.25}

"at" is seconds since 1970 or an ISO time, and "now" where it is missing. Other fields are ignored.
"""

import datetime
import json
import time

import numpy
from sketch_ext import Distinct, Frequency, Items, Membership, Quantile, TopK

TEXTS = {'host': 200, 'route': 1000, 'client': 200}  # their longest
LATEST = 60  # seconds that an event may be ahead of us
REASONS = 20  # of bad events that are told of
MOST_EVENTS = 50_000  # of a request


def no_number(name):
    raise ValueError(f'{name} is no number of JSON')


decode_json = json.JSONDecoder(parse_constant=no_number).decode


def seconds_of(at):
    if isinstance(at, str):
        time_ = datetime.datetime.fromisoformat(at)
        return (time_ if time_.tzinfo else time_.replace(tzinfo=datetime.timezone.utc)).timestamp()
    return at


def trouble_of(event, oldest, now):
    """Why this is no event, or None."""
    if not isinstance(event, dict):
        return 'no object'
    for name, longest in TEXTS.items():
        text = event.get(name)
        if not isinstance(text, str) or not 0 < len(text) <= longest:
            return f'"{name}" must be a text of 1 to {longest} characters'
        if '\0' in text or not text.isprintable() and any('\ud800' <= character <= '\udfff' for character in text):
            return f'"{name}" has a character that PostgreSQL cannot store'
    ms, at = event.get('ms'), event.get('at', now)
    if type(ms) not in (int, float) or not 0 <= ms < 1e15:
        return '"ms" must be a number of milliseconds, not negative'
    try:
        at = seconds_of(at)
    except (ValueError, OverflowError):
        at = None
    if type(at) not in (int, float):
        return '"at" must be seconds since 1970 or an ISO time'
    if not oldest <= at <= now + LATEST:
        return f'"at" is {"too old" if at < oldest else "in the future"}: {at}'
    return None


class Columns:
    """Events, a list for each field."""

    def __init__(self):
        self.at, self.host, self.route, self.client, self.ms = [], [], [], [], []

    def __len__(self):
        return len(self.at)

    def extend(self, other):
        for mine, theirs in zip(vars(self).values(), vars(other).values()):
            mine.extend(theirs)

    def to_json(self):
        return json.dumps(vars(self), separators=(',', ':'), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, text):
        columns = cls()
        parsed = json.loads(text)
        vars(columns).update({name: parsed[name] for name in vars(columns)})
        if len({len(column) for column in vars(columns).values()}) != 1:
            raise ValueError('columns of different lengths')
        return columns

    def take(self, events, oldest, now):
        """Adds them all if all are good; what is wrong with one of them is for trouble_of to find out."""
        try:
            at = [seconds_of(event.get('at', now)) for event in events]
            ms = [event['ms'] for event in events]
            texts = {name: [event[name] for event in events] for name in TEXTS}
            if not set(map(type, at)) | set(map(type, ms)) <= {int, float} or not 0 <= min(ms) <= max(ms) < 1e15 or \
                    not oldest <= min(at) <= max(at) <= now + LATEST:
                return False
            for name, longest in TEXTS.items():
                if not (0 < min(map(len, texts[name])) and max(map(len, texts[name])) <= longest) or \
                        set(map(type, texts[name])) != {str} or b'\0' in ''.join(texts[name]).encode():
                    return False
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):  # UnicodeEncodeError is a ValueError
            return False
        self.at += at
        self.ms += ms
        self.host += texts['host']
        self.route += texts['route']
        self.client += texts['client']
        return True


class TooMany(Exception):
    """Events in one request."""


class Parsed:
    """The good events of a request, how many were bad, and why the first ones are."""

    def __init__(self, kept):
        self.columns, self.bad, self.errors, self.now, self.seconds = Columns(), 0, [], time.time(), 0.0
        self.oldest = self.now // 86400 * 86400 - kept

    def refuse(self, line, reason):
        self.bad += 1
        if len(self.errors) < REASONS:
            self.errors.append({'line': line, 'error': reason})

    def check_room(self, more):
        if len(self.columns) + self.bad + more > MOST_EVENTS:
            raise TooMany(f'a request has at most {MOST_EVENTS} events')

    def add(self, events, lines):
        """`lines` are the numbers of the events, from 1, that errors name."""
        self.check_room(len(events))
        if not events or self.columns.take(events, self.oldest, self.now):
            return
        good = []
        for event, line in zip(events, lines):
            reason = trouble_of(event, self.oldest, self.now)
            if reason is None:
                good.append(event)
            else:
                self.refuse(line, reason)
        if good and not self.columns.take(good, self.oldest, self.now):
            raise AssertionError('an event is good by one rule and bad by the other')

    def add_json(self, body):
        """One event or an array of them."""
        begin = time.perf_counter()
        events = decode_json(body.decode('utf-8-sig'))
        events = events if isinstance(events, list) else [events]
        self.add(events, range(1, len(events) + 1))
        self.seconds += time.perf_counter() - begin

    def add_lines(self, lines, first):
        """Lines of JSON, as they come."""
        begin, events, numbers = time.perf_counter(), [], []
        self.check_room(len(lines))
        for number, line in enumerate(lines, first):
            if not line.strip():
                continue
            try:
                events.append(decode_json(line.decode('utf-8-sig' if number == 1 else 'utf-8')))
                numbers.append(number)
            except (ValueError, RecursionError) as error:
                self.refuse(number, f'no JSON: {error}')
        self.add(events, numbers)
        self.seconds += time.perf_counter() - begin


def sketches_of(columns):
    """Rows of live.delta: second, host, requests and the sketches of their events."""
    second = numpy.floor(numpy.array(columns.at, dtype=numpy.float64)).astype(numpy.int64)
    ids = {host: number for number, host in enumerate(dict.fromkeys(columns.host))}
    hosts = list(ids)
    key = second * len(ids) + numpy.array([ids[host] for host in columns.host], dtype=numpy.int64)
    order = numpy.argsort(key, kind='stable')
    key, places = key[order], order.tolist()
    ms = numpy.array(columns.ms, dtype=numpy.float64)[order]
    clients, routes = (Items([column[place] for place in places]) for column in (columns.client, columns.route))
    ends = [*(numpy.flatnonzero(key[1:] != key[:-1]) + 1).tolist(), len(key)]
    begin = 0
    for end in ends:
        second, host = divmod(int(key[begin]), len(ids))
        some = clients[begin:end]
        yield (second, hosts[host], end - begin, Quantile().add(ms[begin:end]), Distinct(11).add(some), TopK(50).add(routes[begin:end]),
               TopK(50).add(some), Frequency().add(some), Membership(100_000).add(some))
        begin = end
