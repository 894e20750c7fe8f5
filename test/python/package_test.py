"""The package of bindings/python, alone and, where there is psycopg, through a database that has the extension."""

import asyncio
import datetime
import pickle
import sys
import threading
import uuid

import numpy

from sketch_ext import Distinct, Frequency, Items, Membership, Quantile, SketchError, TopK

failures = 0


def ok(condition, name, detail=None):
    global failures
    failures += not condition
    print(f"{'ok' if condition else 'not ok'} - python: {name}")
    if not condition:
        print(f'# {detail!r}')


def refused(call, *errors):
    try:
        call()
    except errors:
        return True
    return False


latency = Quantile().add(numpy.arange(1, 1001))
ok(abs(latency.percentile(0.5) / 500.5 - 1) <= 0.01, 'a percentile', latency.percentile(0.5))
lower, upper = latency.percentile_bounds(0.99)
ok(lower <= 990.01 <= upper, 'its bounds', (lower, upper))
ok(list(latency.percentiles([0, 1])) == [1, 1000] and len(latency) == 1000, 'extremes and the number of rows')
ok(abs(latency.mean() / 500.5 - 1) <= 0.01 and abs(latency.sum() / 500500 - 1) <= 0.01, 'mean and sum')
ok(abs(latency.rank(500) - 0.5) <= 0.01, 'a rank', latency.rank(500))
ok(Quantile().percentile(0.5) is None and Quantile().mean() is None and Quantile().percentile_bounds(1) is None, 'an empty one has none')
ok(Quantile().add([1, 2], weights=[3, 0]) == Quantile().add([1, 1, 1]), 'weights')
ok(Quantile().add([]) == Quantile(), 'an empty column')
spread = Quantile().add(range(1, 101))
ok((spread.min, spread.max, spread.total, spread.histogram([50, 200]).tolist()) == (1, 100, 100, [50, 50, 0]) and Quantile().min is None, 'extremes and histograms', spread.histogram([50, 200]))
text = '\\x' + bytes(spread).hex()
ok(Quantile.from_bytes(text) == spread and Quantile().merge(text) == spread and refused(lambda: Quantile.from_bytes('\\xzz'), SketchError), 'the text of PostgreSQL')

users = numpy.arange(20000) % 3000
halves = Distinct().add(users[:10000]).merge(Distinct().add(users[10000:]))
ok(halves == Distinct().add(users) and abs(halves.count() / 3000 - 1) < 0.06, 'halves are the whole', halves.count())
ok(halves.bounds()[0] <= 3000 <= halves.bounds()[1], 'bounds of a count', halves.bounds())
ok(Frequency().add(['a', 'b', 'a', None]).count('a') == 2 and Frequency().add(['a']).bounds('z') == (0, 0), 'frequencies')
ok('a' in Membership(100).add(['a']) and 'b' not in Membership(100).add(['a']), 'a filter')
ok(0 <= Membership(100).add(['a']).false_positive_rate() < 0.01, 'its rate')
for values in ([3, -5, 2**40, -2**63, 0], [0.5, -2.0], ['x', 'ä'], [b'\0\1'], [True, False], [uuid.UUID(int=5)],
               numpy.array(['2026-01-02', '1999-12-31'], dtype='datetime64[D]'),
               numpy.array(['2026-01-02T03:04:05.678901'], dtype='datetime64[us]')):
    top = TopK(10).add(values).top()
    ok({value for value, *_ in top} == set(numpy.asarray(values, dtype=None if isinstance(values, numpy.ndarray) else object)),
       f'items come back as values: {type(top[0][0]).__name__}', top)
ok(TopK(2).add(['a', 'b', 'b', 'c', 'c', 'c']).top() == [('c', 3, 3, 3), ('b', 2, 2, 2)], 'the first two')

# NULL is no row, whatever it is made of; what is no number, or no item, is an error.
masked = numpy.ma.masked_array([1.0, 2.0, 3.0], [False, True, False])
ok(Quantile().add([1.0, None, 2.0]) == Quantile().add([1, 2]) and Quantile().add(masked) == Quantile().add([1, 3]), 'None and masked numbers are left out')
ok(Distinct().add([1, None, 2]) == Distinct().add([1, 2]) and Distinct().add([None]) == Distinct(), 'None and masked items are left out')
ok(Quantile().add(masked, weights=[1, 2]) == Quantile().add([1, 3, 3]), 'weights are those of the other rows')
ok(Distinct().add(['a', float('nan'), None]) == Distinct().add(['a']), 'NaN among texts is none')
instants = [datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.timezone(datetime.timedelta(hours=hours))) for hours in (0, 5)]
ok(numpy.datetime64('2026-01-01T22', 'us') in {value for value, *_ in TopK(5).add(instants).top()}, 'times with a zone are points in time', TopK(5).add(instants).top())
ok(Quantile().add(numpy.array([1500], 'm8[ms]')) == Quantile().add([1.5]), 'intervals are seconds')
for name, call in {
        'None': lambda: Quantile().add(None), 'NaT': lambda: Quantile().add(numpy.array(['NaT'], 'm8[s]')),
        'a date': lambda: Quantile().add(numpy.array(['2026-01-01'], 'M8[D]')), 'text': lambda: Quantile().add(['1']),
        'a text that is no column': lambda: Distinct().add('abc'), 'one number': lambda: Quantile().add(12.5),
        'complex': lambda: Quantile().add([1j]), 'a weight with a fraction': lambda: Quantile().add([1, 2], weights=[3.5, 1]),
        'a negative weight': lambda: TopK().add(['a', 'b'], weights=[1, -1]), 'a weight too few': lambda: TopK().add(['a', 'b'], weights=[1]),
        'mixed items': lambda: Distinct().add([1, 'b']), 'no item': lambda: None in Membership(9).add([1]),
        'a large number': lambda: Distinct().add(numpy.array([2**63], dtype=numpy.uint64)), 'no sketch': lambda: latency.merge(None),
        'a weight of a masked row': lambda: Quantile().add(masked, weights=[1, 1, 1]),
        'two dimensions': lambda: Quantile().add([[1, 2], [3, 4]]), 'few items': lambda: Membership(-1)}.items():
    ok(refused(call, TypeError, ValueError), f'{name} is refused')
ok(Distinct().add(numpy.arange(5, dtype=numpy.uint64)) == Distinct().add(range(5)), 'unsigned integers')
ok(Distinct().add([datetime.datetime(2026, 1, 2, 3)]) == Distinct().add(numpy.array(['2026-01-02T03'], 'M8[us]'))
   and Distinct().add([datetime.date(2026, 1, 2)]) == Distinct().add(numpy.array(['2026-01-02'], 'M8[D]')), "Python's dates and times")
ok(bool(Quantile()) and bool(Distinct()), 'an empty sketch is one')

# Columns that are given to several sketches.
for column, for_topk in (['a', 'ä', None, 'a', 'long' * 99] * 3, False), (range(-9, 9), False), (range(-9, 9), True), ([2.5, -0.0, 1e300], False):
    items = Items(column, for_topk)
    rows = [value for value in column if value is not None]
    for family in (TopK,) if for_topk else (Distinct, Frequency, lambda: Membership(50)):
        ok(family().add(items) == family().add(column) and family().add(items[2:5]).add(items[5:5]) == family().add(rows[2:5])
           and family().add(items[-2:]) == family().add(rows[-2:]) and len(items[7:3]) == 0, f'Items of {type(column).__name__}: the same, and some of its rows', rows)
ok(TopK(9).add(Items(['a', 'b', 'b'])[1:], weights=[1, 5]).top() == [('b', 6, 6, 6)], 'Items with weights')
for name, call in {'rows with a step': lambda: Items(['a'])[::2], 'one row': lambda: Items(['a'])[0], 'of numbers': lambda: TopK().add(Items([1])),
                   'of numbers for a TopK': lambda: Distinct().add(Items([1], for_topk=True)), 'a weight too many': lambda: TopK().add(Items(['a'])[:0], weights=[1])}.items():
    ok(refused(call, TypeError, ValueError), f'Items: {name} is refused')

# Threads share a sketch.
shared, several = Quantile(), TopK(50)
def add_and_read(part):
    for scale in range(40):
        shared.add(numpy.arange(1, 100) * 10.0 ** (scale % 9 - part))
        several.add(numpy.arange(part * 1000, part * 1000 + 100 + scale))
        bytes(shared), len(shared), several.top(3)
interval = sys.getswitchinterval()
sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=add_and_read, args=(part,)) for part in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.setswitchinterval(interval)
ok(len(shared) == 4 * 40 * 99 and len(several.top()) == 50, 'threads share a sketch', len(shared))

for sketch in latency, halves, Frequency().add(users), TopK(5).add(users), Membership(5000).add(users):
    kind = type(sketch)
    ok(kind.from_bytes(bytes(sketch)) == sketch and pickle.loads(pickle.dumps(sketch)) == sketch, f'{kind.__name__}: bytes and back')
    grown = kind.from_bytes(bytes(sketch)).add([1.5] if kind is Quantile else [7])
    ok(grown == pickle.loads(pickle.dumps(grown)), f'{kind.__name__}: what was packed goes on')
    ok(all(refused(lambda: kind.from_bytes(wrong), SketchError) for wrong in (b'', b'\1', bytes(sketch)[:-1], bytes(sketch) + b'\0', b'\xff' * 40)),
       f'{kind.__name__}: other bytes are an error')
    whole, before = bytes(sketch), bytes(grown)
    damaged = (whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1:] for at in range(len(whole)))
    wrong = [some for some in damaged if refused(lambda: kind.from_bytes(some), SketchError)]
    ok(wrong and all(refused(lambda: grown.merge(some), SketchError) for some in wrong) and bytes(grown) == before,
       f'{kind.__name__}: nor are they merged', len(wrong))
ok(refused(lambda: latency.merge(halves), TypeError) and refused(lambda: Distinct().add(['a']).merge(halves), SketchError),
   'another family or kind is an error')
ok(refused(lambda: Quantile(7), SketchError) and refused(lambda: TopK(0), SketchError) and refused(lambda: Distinct(3), SketchError),
   'so is a parameter out of its range')

try:
    import psycopg
except ImportError:
    print('skipped: no psycopg')
    sys.exit(failures > 0)

import sketch_ext.psycopg

with psycopg.connect(autocommit=True) as connection:
    sketch_ext.psycopg.register(connection)
    for binary in False, True:
        cursor = connection.cursor(binary=binary)
        row = cursor.execute('''SELECT quantile_agg(i), distinct_agg(i), frequency_agg(i), topk_agg(i, 5), membership_agg(i, 5000)
                                FROM (SELECT (i % 3000)::bigint AS i FROM generate_series(0, 19999) AS i) AS r''').fetchone()
        made = (Quantile().add(users), Distinct().add(users), Frequency().add(users), TopK(5).add(users), Membership(5000).add(users))
        for mine, theirs in zip(made, row):
            ok(type(mine) is type(theirs) and mine == theirs, f'psycopg, binary {binary}: {type(mine).__name__} of the database', (mine, theirs))
    numbers = ['0.125', '-12345678.9', '1' + 30 * '0', '123456789012345678901234567890.12345678901234567890', '7', '-' + 6000 * '1' + '.5']
    (decimals,) = connection.execute('SELECT topk_agg(x, 9) FROM unnest(%s::numeric[]) AS x', (numbers,)).fetchone()
    ok({str(value) for value, *_ in decimals.top()} == {number.rstrip('0') if '.' in number else number for number in numbers},
       'decimals come back, every digit', decimals.top())
    for query in 'SELECT total_count(%s)', 'SELECT total_count(%t)', 'SELECT total_count(%b)':
        ok(connection.execute(query, (latency,)).fetchone() == (1000,), f'a parameter: {query}')
    connection.execute('CREATE TEMP TABLE kept (minute int, latency quantile_sketch, top topk_sketch)')
    with connection.cursor().copy('COPY kept FROM STDIN') as copy:
        copy.write_row((1, latency, TopK(3).add(['x'])))
    with connection.cursor().copy('COPY kept FROM STDIN (FORMAT binary)') as copy:
        copy.set_types(['int4', 'quantile_sketch', 'topk_sketch'])
        copy.write_row((2, latency, TopK(3).add(['x'])))
    rows = connection.execute('SELECT latency, top FROM kept ORDER BY minute').fetchall()
    ok(len(rows) == 2 and all(row[0] == latency and row[1].top() == [('x', 1, 1, 1)] for row in rows), 'COPY, text and binary', rows)
    ok(connection.execute('SELECT merge(latency) FROM kept').fetchone()[0] == Quantile().merge(latency).merge(latency), 'and merges there are merges here')
    for special in 'infinity', '-infinity':
        (top,) = connection.execute('SELECT topk_agg(%s::timestamp, 3)', (special,)).fetchone()
        ok(top.top() == [(special, 1, 1, 1)], f'{special} comes back', top.top())
    connection.execute('CREATE SCHEMA elsewhere')
    connection.execute('ALTER EXTENSION sketch_ext SET SCHEMA elsewhere')

with psycopg.connect(autocommit=True) as connection:
    ok(refused(lambda: sketch_ext.psycopg.register(connection), LookupError), 'a schema that is not in the search_path')
    sketch_ext.psycopg.register(connection, 'elsewhere')
    ok(connection.execute('SELECT elsewhere.quantile_agg(1.5)').fetchone()[0] == Quantile().add([1.5]), 'and is given')


async def ask():
    async with await psycopg.AsyncConnection.connect() as connection:
        await sketch_ext.psycopg.register_async(connection, 'elsewhere')
        return (await (await connection.execute('SELECT elsewhere.quantile_agg(1.5)')).fetchone())[0]
ok(asyncio.run(ask()) == Quantile().add([1.5]), 'an asynchronous connection')
sys.exit(failures > 0)
