"""
From Kafka into PostgreSQL, each request once.

Where to go on stands in PostgreSQL, in the transaction that has what came before; Kafka's own offsets are not used. After a
rebalance, or beside a consumer that was thought dead, only one finds its offset as it left it: the other one's transaction
is undone.
"""

import argparse
import json
import logging
import signal
import time

import confluent_kafka

from events import Columns
from store import Fenced, Request, Store

log = logging.getLogger('live')
MOST_EVENTS, MOST_MESSAGES = 50_000, 500  # of a transaction, more or less, and of a look at Kafka


class Consumer:
    def __init__(self, options):
        self.store = Store(options.database, options.keep_events)
        self.next = {}  # of each partition that we have
        self.interval, self.is_running = options.interval, True
        self.consumer = confluent_kafka.Consumer({'group.id': 'sketches', 'enable.auto.commit': False, 'auto.offset.reset': 'earliest',
                                                  'session.timeout.ms': 6000, **json.loads(options.kafka)})
        self.consumer.subscribe([options.topic], on_assign=self.assigned, on_revoke=self.revoked)

    def resume(self, *place):
        """From where the database is: what was read beyond that is read again."""
        at = self.next[place] = self.store.until_done(lambda connection: connection.execute(
            'INSERT INTO live.consumed AS c VALUES (%s, %s, 0) ON CONFLICT (topic, partition) DO UPDATE SET next = c.next RETURNING next', place).fetchone()[0])
        return confluent_kafka.TopicPartition(*place, at if at > 0 else confluent_kafka.OFFSET_BEGINNING)

    def assigned(self, consumer, partitions):
        consumer.assign([self.resume(partition.topic, partition.partition) for partition in partitions])

    def revoked(self, _consumer, partitions):
        for partition in partitions:
            self.next.pop((partition.topic, partition.partition), None)

    def commit(self, messages):
        """In transactions of about as many events as one should have."""
        requests, after, size = [], {}, 0
        for message in messages:
            if message.error():
                log.warning('Kafka: %s', message.error().str())
                continue
            place = message.topic(), message.partition()
            if place not in self.next or message.offset() < after.get(place, self.next[place]):
                continue  # of a partition that has gone, or read twice
            if message.offset() > after.get(place, self.next[place]):
                log.error('%s/%d: messages %d to %d are not in Kafka any more', *place, after.get(place, self.next[place]), message.offset() - 1)
            after[place] = message.offset() + 1
            try:
                headers = dict(message.headers())
                requests.append(Request(headers['producer'].decode(), int(headers['sequence']), Columns.from_json(message.value())))
                size += len(requests[-1].columns)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                log.error('%s/%d: message %d is none of the gateway, and left out: %r', *place, message.offset(), error)
            if size >= MOST_EVENTS:
                self.write(requests, after)
                requests, after, size = [], {}, 0
        self.write(requests, after)

    def write(self, requests, after):
        if after:
            self.store.take(requests, [(*place, self.next[place], offset) for place, offset in sorted(after.items())], strict=False)
            self.next |= after

    def run(self):
        while self.is_running:
            begin = time.monotonic()
            messages = self.consumer.consume(MOST_MESSAGES, timeout=self.interval)
            if messages:
                try:
                    self.commit(messages)
                except Fenced as error:  # also after a commit whose answer was lost
                    log.warning('fenced: %s', error)
                    for place in list(self.next):
                        self.consumer.seek(self.resume(*place))
                    continue
                self.store.evaluate()
            time.sleep(max(0.0, begin + self.interval - time.monotonic()))
        self.consumer.close()

    def stop(self, *_):
        self.is_running = False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--database', default='user=live_writer', help='connection string')
    parser.add_argument('--kafka', required=True, help='settings of librdkafka as JSON')
    parser.add_argument('--topic', default='events')
    parser.add_argument('--interval', type=float, default=0.25, help='seconds between transactions')
    parser.add_argument('--no-events', dest='keep_events', action='store_false', help='keep sketches only')
    options = parser.parse_args()
    logging.basicConfig(format='%(asctime)s consumer: %(message)s')
    consumer = Consumer(options)
    signal.signal(signal.SIGTERM, consumer.stop)
    signal.signal(signal.SIGINT, consumer.stop)
    consumer.run()


if __name__ == '__main__':
    main()
