"""The extension from Python, by psycopg 3, which sends str without a type, and numbers with theirs."""
import sys
from decimal import Decimal

import psycopg
from psycopg.types.composite import CompositeInfo, register_composite

number = failures = 0


def ok(condition, name, detail=None):
    global number, failures
    number += 1
    failures += not condition
    print(f"{'ok' if condition else 'not ok'} {number} - psycopg: {name}")
    if not condition:
        print(f"# {detail!r}")


def near(x, wanted):
    return abs(x / wanted - 1) <= 0.01


with psycopg.connect(autocommit=True) as connection:
    def row(query, *values, **options):
        return connection.execute(query, values, **options).fetchone()

    for p in (0.5, "0.5", Decimal("0.5")):
        for prepare in (False, True):
            (percentile,) = row("SELECT percentile(latency, %s) FROM sketches", p, prepare=prepare)
            ok(near(percentile, 500.5), f"percentile of a {type(p).__name__}, prepared: {prepare}", percentile)
    for ps in ([0.0, 0.9, 1.0], "{0,0.9,1}", [Decimal(0), Decimal("0.9"), Decimal(1)]):
        (several,) = row("SELECT percentiles(latency, %s) FROM sketches", ps)
        ok(several[0] == 1 and near(several[1], 900.1) and several[2] == 1000, f"percentiles of {ps!r}", several)

    for user in (7, "7", Decimal("7.00")):
        answer = row("SELECT contains(seen, %s), frequency(requests, %s), frequency(top, %s) FROM sketches", user, user, user)
        ok(answer == (True, 242, 242), f"{user!r} in sketches of numbers", answer)
    ok(row("SELECT contains(seen, %s), frequency(requests, %s) FROM sketches", 1000, "1000") == (False, 0), "a number that is not there")

    answer = row("SELECT lower, upper FROM sketches, distinct_bounds(users, %s)", "0.9")
    ok(answer == (19, 19), "bounds are columns", answer)
    register_composite(CompositeInfo.fetch(connection, "sketch_count_bounds"), connection)
    register_composite(CompositeInfo.fetch(connection, "sketch_bounds"), connection)
    users, p90 = row("SELECT distinct_bounds(users), percentile_bounds(latency, 0.9) FROM sketches")
    ok((users.lower, users.upper) == (19, 19) and p90.lower <= 900.1 <= p90.upper, "or one value with attributes", (users, p90))

    def copied(table):
        with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as copy:
            return b"".join(bytes(piece) for piece in copy)

    connection.execute("CREATE TABLE copies (LIKE sketches)")
    sent = copied("sketches")
    with connection.cursor().copy("COPY copies FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(sent)
    ok(row("SELECT count(*) FROM copies NATURAL JOIN sketches") == (1,) and copied("copies") == sent, "a binary copy, out and in")
    with connection.cursor(binary=True) as cursor:
        latency, bytes_ = cursor.execute("SELECT latency, latency::bytea FROM sketches").fetchone()
    ok(latency == bytes_, "a binary result is the bytes of the sketch", (latency, bytes_))
    answer = row("SELECT %b::bytea::quantile_sketch = latency FROM sketches", bytes_)
    ok(answer == (True,), "which come back as it was", answer)

    upsert = """INSERT INTO minutes SELECT %s, quantile_agg(ms), distinct_agg(ms) FROM unnest(%s) AS ms
        ON CONFLICT (minute) DO UPDATE SET latency = merge(minutes.latency, excluded.latency), users = merge(minutes.users, excluded.users)"""
    with connection.cursor() as cursor:
        cursor.executemany(upsert, [(2, [1.0, 2.0, 3.0]), (2, [3.0, 4.0])])
    answer = row("SELECT total_count(latency), max_value(latency), distinct_count(users) FROM minutes WHERE minute = %s", "2")
    ok(answer == (5, 4, 4), "an upsert merges", answer)

sys.exit(failures > 0)
