"""
From Kafka into PostgreSQL, each request once.

Where to go on stands in PostgreSQL, in the transaction that has what came before; Kafka's own offsets are not used. After a
rebalance, or beside a consumer that was thought dead, only one finds its offset as it left it: the other one's transaction
is undone.
"""

import argparse
import json
import logging
import os
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
        self.next, self.interval = {}, options.interval  # next of each partition that we have
        self.consumer = confluent_kafka.Consumer({'group.id': 'sketches', 'enable.auto.commit': False, 'auto.offset.reset': 'error',
                                                  'session.timeout.ms': 6000, **json.loads(options.kafka)})
        self.consumer.subscribe([options.topic], on_assign=self.assigned, on_revoke=self.revoked)

    def assigned(self, _consumer, partitions):
        self.next |= {(partition.topic, partition.partition): 0 for partition in partitions}
        self.resume()

    def revoked(self, _consumer, partitions):
        for partition in partitions:
            self.next.pop((partition.topic, partition.partition), None)

    def resume(self):
        """From where the database is: what was read beyond that is read again."""
        query = 'INSERT INTO live.consumed AS c VALUES (%s, %s, 0) ON CONFLICT (topic, partition) DO UPDATE SET next = c.next RETURNING next'
        for place in self.next:
            self.next[place] = self.store.until_done(lambda connection: connection.execute(query, place).fetchone()[0])
        self.consumer.assign([confluent_kafka.TopicPartition(*place, at if at > 0 else confluent_kafka.OFFSET_BEGINNING) for place, at in self.next.items()])

    def begin_anew(self, *place):
        """What comes next is gone, or the topic was deleted and made again: from its first message on. What was taken is known by its number."""
        first, _ = self.consumer.get_watermark_offsets(confluent_kafka.TopicPartition(*place), timeout=10)
        log.error('%s/%d: there is no message %d in Kafka: on with message %d', *place, self.next[place], first)
        self.store.until_done(lambda connection: connection.execute(
            'UPDATE live.consumed SET next = %s WHERE topic = %s AND partition = %s AND next = %s', (first, *place, self.next[place])))
        self.resume()

    def commit(self, messages):
        """In transactions of about as many events as one should have."""
        requests, after, size = [], {}, 0
        for message in messages:
            place = message.topic(), message.partition()
            if message.error():
                log.warning('Kafka: %s', message.error().str())
                if message.error().code() == confluent_kafka.KafkaError._AUTO_OFFSET_RESET and place in self.next:
                    self.begin_anew(*place)
                continue
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
        while True:
            begin = time.monotonic()
            messages = self.consumer.consume(MOST_MESSAGES, timeout=self.interval)
            try:
                self.commit(messages)
            except Fenced as error:  # also after a commit whose answer was lost
                log.warning('fenced: %s', error)
                self.resume()
                continue
            if messages:
                self.store.evaluate()
            if len(messages) < MOST_MESSAGES:
                time.sleep(max(0.0, begin + self.interval - time.monotonic()))

    def end(self, *_):
        """Others go on at once. What is not committed is read again."""
        self.consumer.close()
        os._exit(0)


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
    signal.signal(signal.SIGTERM, consumer.end)
    signal.signal(signal.SIGINT, consumer.end)
    consumer.run()


if __name__ == '__main__':
    main()
