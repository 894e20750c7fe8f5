"""Into PostgreSQL, each event once: the transaction that the gateway and the consumer have in common."""

import dataclasses
import logging
import time

import numpy
import psycopg

from events import Columns, sketches_of

log = logging.getLogger('live')


def is_refused(error):
    """It is what was sent that cannot be taken. All else may be otherwise when it is done again: nothing is given up for it."""
    return isinstance(error, psycopg.DataError) or isinstance(error, psycopg.Error) and (error.sqlstate or '')[:2] in ('22', '23', '54')


def reason(error):
    return error.diag.message_primary or str(error)


class Fenced(Exception):
    """Another consumer has gone on from where this one was."""


@dataclasses.dataclass
class Request:
    """What was sent at once. Two of one producer and sequence are one request that was sent twice, unless the number is ours."""
    producer: str
    sequence: int
    columns: Columns = None
    metrics: tuple = None  # a request of OTLP: JSON, or None and protobuf
    is_ours: bool = False  # numbered here: those of one transaction have one number, and the next ones are free


ESCAPES = str.maketrans({'\\': r'\\', '\t': r'\t', '\n': r'\n', '\r': r'\r'})


def escaped(texts):
    whole = ''.join(texts)
    return [text.translate(ESCAPES) for text in texts] if any(character in whole for character in '\\\t\n\r') else texts


class Store:
    def __init__(self, conninfo, keep_events=True):
        self.conninfo = psycopg.conninfo.make_conninfo(conninfo, client_encoding='utf8', connect_timeout=5, options='-c timezone=UTC')
        self.keep_events, self.connection, self.hosts, self.notices = keep_events, None, set(), []

    def connect(self):
        if self.connection is None or self.connection.closed or self.connection.broken:
            self.connection = psycopg.connect(self.conninfo, autocommit=True)
            self.connection.add_notice_handler(lambda notice: notice.sqlstate == '00000' and self.notices.append(notice.message_primary))
        return self.connection

    def seconds_kept(self):
        """How old an event may be at midnight (UTC)."""
        query = "SELECT extract(epoch FROM date_bin('1 day', now(), '2000-01-01') - live.oldest_event())::float8"
        return self.until_done(lambda connection: connection.execute(query).fetchone()[0])

    def take(self, requests, consumed=(), strict=True):
        """
        What is new of the requests, in one transaction, done again until it is committed.

        `consumed` is (topic, partition, next before, next after). Gives what became of each request: 'new', 'known' (taken before),
        'gap' (not taken, for one before it is missing) or 'refused', with the producer's last number or the reason.
        """
        try:
            return self.until_done(lambda connection: self.commit(connection, requests, consumed, strict))
        except psycopg.Error as error:
            log.warning('%d requests: %s', len(requests), reason(error))
            if len(requests) > 1:  # by halves, until the others do not suffer
                half = len(requests) // 2
                for request in requests[half:]:
                    request.sequence += half if request.is_ours else 0
                return self.take(requests[:half], (), strict) + self.take(requests[half:], consumed, strict)
            rest = [] if requests[0].columns is requests[0].metrics is None else requests  # its number is used, unless that is the trouble
            requests[0].columns = requests[0].metrics = None
            self.take(rest, consumed, strict)
            return [('refused', reason(error))]

    def until_done(self, action):
        """
        What an action on the connection gives, done again until the database does it, or refuses it.

        Whoever sends meanwhile waits, or is told to come again.
        """
        wait = 0.05
        while True:
            try:
                return action(self.connect())
            except Exception as error:
                if isinstance(error, Fenced) or is_refused(error):
                    raise
                log.warning('%s; again', str(error).strip())
            if self.connection:
                self.connection.close()  # there may be another server by now
            time.sleep(wait)
            wait = min(2 * wait, 2)

    def commit(self, connection, requests, consumed, strict):
        with connection.transaction():
            for topic, partition, before, after in consumed:
                if connection.execute('UPDATE live.consumed SET next = %s WHERE topic = %s AND partition = %s AND next = %s',
                                      (after, topic, partition, before)).rowcount != 1:
                    raise Fenced(f'{topic}/{partition} is not at {before} any more')
            verdicts, rest = {}, requests
            while rest:  # one sequence of a producer at a time
                now = {request.producer: request for request in reversed(rest)}
                rows = connection.execute('SELECT * FROM live.claim(%s, %s::bigint[], %s, %s)', (
                    list(now), [r.sequence for r in now.values()], [strict and not r.is_ours for r in now.values()], [r.columns is r.metrics is None for r in now.values()])).fetchall()
                verdicts |= {(producer, now[producer].sequence): (verdict, reached) for producer, verdict, reached in rows}
                rest = [request for request in rest if (request.producer, request.sequence) not in verdicts]
            columns, taken, answers = Columns(), set(), []
            for request in requests:
                claim = request.producer, request.sequence
                verdict, reached = verdicts[claim]
                if verdict == 'refused':
                    reached = 'it was refused when it came first'
                if verdict == 'new' and (request.is_ours or claim not in taken):
                    taken.add(claim)
                    if request.columns is not None:
                        columns.extend(vars(request.columns).values())
                    if request.metrics is not None:
                        verdict, reached = self.take_metrics(request.metrics)
                answers.append((verdict, reached))
            if columns:
                self.write(columns)
        self.hosts.update(columns.host)
        return answers

    def take_metrics(self, metrics):
        """With what was left out of it, which the database tells by notices."""
        self.notices.clear()
        try:
            with self.connection.transaction():
                self.connection.execute('SELECT live.take_metrics(%s::jsonb, %s)', metrics)
            return 'new', '; '.join(self.notices)
        except psycopg.Error as error:
            if not is_refused(error):
                raise
            return 'refused', reason(error)

    def write(self, columns):
        if new_hosts := set(columns.host) - self.hosts:
            self.connection.execute('SELECT live.know_hosts(%s)', (list(new_hosts),))
        lines = [f'{time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))}\t{host.translate(ESCAPES)}\t{requests}' + ''.join(f'\t\\\\x{bytes(sketch).hex()}' for sketch in sketches)
                 for second, host, requests, *sketches in sketches_of(columns)]
        with self.connection.cursor() as cursor:
            with cursor.copy('COPY live.delta FROM STDIN') as copy:
                copy.write('\n'.join(lines) + '\n')
            if self.keep_events:
                micros = (numpy.array(columns.at, dtype=numpy.float64) * 1e6).astype('datetime64[us]')
                texts = zip(micros.astype(str).tolist(), escaped(columns.host), escaped(columns.route), escaped(columns.client), map(repr, columns.ms))
                with cursor.copy('COPY live.event FROM STDIN') as copy:
                    copy.write('\n'.join(map('\t'.join, texts)) + '\n')

    def evaluate(self):
        """The rules of alerts, once what they look at is committed; if not now, then after the next time."""
        try:
            self.connect().execute('SELECT live.evaluate()')
        except psycopg.Error as error:
            log.warning('rules: %s', str(error).strip())
