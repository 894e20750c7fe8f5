"""librdkafka's mock cluster, in memory, until it is told to end: prints its address."""

import signal

from confluent_kafka import Producer

cluster = Producer({'bootstrap.servers': 'none', 'test.mock.num.brokers': 1})
(broker,) = cluster.list_topics(timeout=10).brokers.values()
print(f'{broker.host}:{broker.port}', flush=True)
signal.sigwait([signal.SIGTERM, signal.SIGINT])
