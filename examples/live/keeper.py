"""
What has to happen by the clock: compaction and the rules of alerts each second, old data each minute, and the webhook.

pg_cron can do all but the webhook: SELECT live.compact(), live.evaluate(), live.seal(), live.keep().
"""

import argparse
import http.client
import json
import logging
import threading
import time
import urllib.request

import psycopg

log = logging.getLogger('live')


def forever(options, every, statements):
    """Each statement by itself, so that one that fails stops none of the others."""
    connection, told = None, {}
    while True:
        begin = time.monotonic()
        for statement in statements:
            try:
                if connection is None or connection.closed or connection.broken:
                    connection = psycopg.connect(options.database, autocommit=True, connect_timeout=5)
                statement(connection) if callable(statement) else connection.execute(statement)
                told.pop(statement, None)
            except Exception as error:
                if told.get(statement) != str(error):  # once is enough
                    log.warning('%s: %s', statement, str(error).strip())
                told[statement] = str(error)
        time.sleep(max(0.1, begin + every - time.monotonic()))


def webhook(url):
    """Delivers alerts in their order, at least once: their id tells which came twice."""
    def deliver(connection):
        rows = connection.execute('SELECT id, to_jsonb(a) - %s FROM live.alert AS a WHERE NOT delivered ORDER BY id LIMIT 100', ('delivered',)).fetchall()
        for number, alert in rows:
            request = urllib.request.Request(url, json.dumps(alert).encode(), {'Content-Type': 'application/json'})
            try:
                urllib.request.urlopen(request, timeout=5).close()
            except (OSError, ValueError, http.client.HTTPException) as error:
                log.warning('webhook: alert %d: %s; again', number, error)
                return
            connection.execute('UPDATE live.alert SET delivered = true WHERE id = %s', (number,))
    return deliver


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--database', default='user=live_keeper', help='connection string')
    parser.add_argument('--webhook', help='where alerts are POSTed to, as JSON')
    options = parser.parse_args()
    logging.basicConfig(format='%(asctime)s keeper: %(message)s')
    jobs = [(1, ['SELECT live.compact()']), (1, ['SELECT live.evaluate()']), (60, ['SELECT live.seal()', 'SELECT live.keep()'])]
    if options.webhook:
        jobs.append((0.5, [webhook(options.webhook)]))
    for job in jobs:
        threading.Thread(target=forever, args=(options, *job)).start()


if __name__ == '__main__':
    main()
