"""
What an event is: checked, in columns, and as sketches.

    {"host": "web1", "route": "/cart", "client": "c17", "ms": 12.5, "at": 1764570000.25}

"at" is seconds since 1970 or an ISO time, and "now" where it is missing. Other fields are ignored.
"""

import codecs
import datetime
import json
import time

import numpy
from sketch_ext import Distinct, Frequency, Items, Membership, Quantile, TopK

TEXTS = {'host': 200, 'route': 1000, 'client': 200}  # their longest
MOST_MS = 10**15
LATEST = 60  # seconds that an event may be ahead of us
REASONS = 20  # of bad events that are told of
MOST_EVENTS = 50_000  # of a request
MOST_SKETCHES, SKETCH_SIZE = 5000, 30  # seconds and hosts of a request; each takes as long as so many events


def no_number(name):
    raise ValueError(f'{name} is no number of JSON')


decode_json = json.JSONDecoder(parse_constant=no_number).decode


def decode(body):
    try:
        return decode_json(body.removeprefix(codecs.BOM_UTF8).decode())
    except (ValueError, RecursionError) as error:
        raise ValueError(f'no JSON: {error}') from None


def seconds_of(at):
    if isinstance(at, str):
        time_ = datetime.datetime.fromisoformat(at)
        return (time_ if time_.tzinfo else time_.replace(tzinfo=datetime.timezone.utc)).timestamp()
    return at


def row_of(event, oldest, now):
    """The fields of an event, in the order of Columns; or a ValueError with what is wrong."""
    if not isinstance(event, dict):
        raise ValueError('no object')
    texts = []
    for name, longest in TEXTS.items():
        text = event.get(name)
        if not isinstance(text, str) or not 0 < len(text) <= longest:
            raise ValueError(f'"{name}" must be a text of 1 to {longest} characters')
        if not text.isprintable() and any(character == '\0' or '\ud800' <= character <= '\udfff' for character in text):
            raise ValueError(f'"{name}" has a character that PostgreSQL cannot store')
        texts.append(text)
    ms, at = event.get('ms'), event.get('at', now)
    if type(ms) not in (int, float) or not 0 <= ms < MOST_MS:
        raise ValueError('"ms" must be a number of milliseconds, from 0 to less than 10^15')
    try:
        at = seconds_of(at)
    except (ValueError, OverflowError):
        at = None
    if type(at) not in (int, float):
        raise ValueError('"at" must be seconds since 1970 or an ISO time')
    if not oldest <= at <= now + LATEST:
        raise ValueError(f'"at" is {"too old" if at < oldest else "in the future"}: {at}')
    return at, *texts, ms


class Columns:
    """Events, a list for each field."""

    def __init__(self):
        self.at, self.host, self.route, self.client, self.ms = [], [], [], [], []

    def __len__(self):
        return len(self.at)

    def extend(self, columns):
        for mine, theirs in zip(vars(self).values(), columns):
            mine.extend(theirs)

    def to_json(self):
        return json.dumps(vars(self), separators=(',', ':'), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, text):
        """ValueError, TypeError or KeyError, if it is not of the gateway: what row_of asks for, by whole columns, which takes a tenth of the time."""
        columns = cls()
        parsed = decode(text)
        vars(columns).update({name: parsed[name] for name in vars(columns)})
        for name, column in vars(columns).items():
            if name in TEXTS:
                whole = ''.join(column).encode()  # half characters are an error here
                is_good = b'\0' not in whole and all(0 < len(text) <= TEXTS[name] for text in {*column})
            else:
                is_good = {*map(type, column)} <= {int, float} and 0 <= min(column, default=0) and max(column, default=0) < (MOST_MS if name == 'ms' else time.time() + 86400)
            if not is_good or not isinstance(column, list) or len(column) != len(columns):
                raise ValueError(f'"{name}" is no column of events')
        return columns


class TooMany(Exception):
    """Events in one request."""


class Parsed:
    """The good events of a request, how many were bad, and why the first ones are."""

    def __init__(self, are_lines, kept):
        self.columns, self.sketches, self.bad, self.errors, self.now = Columns(), 0, 0, [], time.time()
        self.are_lines, self.rest, self.line, self.oldest = are_lines, [], 1, self.now // 86400 * 86400 - kept

    def refuse(self, line, reason):
        self.bad += 1
        if len(self.errors) < REASONS:
            self.errors.append({'line': line, 'error': reason})

    def take(self, part):
        """A part of the body: lines of JSON are read as they come."""
        self.rest.append(part)
        if self.are_lines and (ends := part.count(b'\n')):
            if self.line + ends > 2 * MOST_EVENTS:
                raise TooMany(f'a request has at most {2 * MOST_EVENTS} lines')
            *whole, last = b''.join(self.rest).split(b'\n')
            self.rest = [last]
            self.add_lines(whole)

    def finish(self):
        body = b''.join(self.rest)
        if self.are_lines:
            self.add_lines([body])
        elif sum(map(body.count, (b'{', b'[', b','))) > 10 * MOST_EVENTS:  # before it takes a second to read them
            raise TooMany(f'a request has at most {MOST_EVENTS} events')
        else:
            events = decode(body)
            self.add(list(enumerate(events if isinstance(events, list) else [events], 1)))
        self.sketches = len(set(zip(map(int, self.columns.at), self.columns.host)))
        if self.sketches > MOST_SKETCHES:
            raise TooMany(f'the events of a request are of at most {MOST_SKETCHES} different seconds and hosts')

    def add_lines(self, lines):
        self.add([(number, line) for number, line in enumerate(lines, self.line) if line.strip()], decode)
        self.line += len(lines)

    def add(self, numbered, read=lambda event: event):
        """Of each event its number, from 1, that errors name."""
        if len(self.columns) + self.bad + len(numbered) > MOST_EVENTS:
            raise TooMany(f'a request has at most {MOST_EVENTS} events')
        rows = []
        for number, source in numbered:
            try:
                rows.append(row_of(read(source), self.oldest, self.now))
            except ValueError as error:
                self.refuse(number, str(error))
        self.columns.extend(zip(*rows))


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
