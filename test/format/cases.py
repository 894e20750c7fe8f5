"""
Rows, and the bytes that the independent encoder makes of them, as a script for psql. It prints a line of TAP for each
case: whether the extension accepts these bytes, and makes just them of the same rows.
"""

import datetime
import decimal
import json
import math
import random
import struct
import sys

import encode
import items

sys.stdout.reconfigure(encoding='utf-8')
random.seed(1)
D = decimal.Decimal
UTC = datetime.timezone.utc

print(r'''
\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
CREATE EXTENSION sketch_ext;
CREATE FUNCTION check_bytes(name text, of_rows anyelement, encoded bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    library bytea := of_rows::bytea;
    again bytea;
    difference text := format(E'\n# encoder: %s\n# library: %s', left(encoded::text, 1000), left(library::text, 1000));
BEGIN
    EXECUTE format('SELECT ($1::%s)::bytea', pg_typeof(of_rows)) USING encoded INTO again;
    RETURN CASE WHEN library = encoded AND again = encoded
                THEN format('ok - %s, %s bytes', name, length(encoded))
                ELSE format('not ok - %s', name) || difference END;
EXCEPTION WHEN invalid_text_representation OR invalid_binary_representation THEN
    RETURN format('not ok - %s is refused: %s', name, sqlerrm) || difference;
END $$;
''')


def quoted(value):
    return "'" + value.replace("'", "''") + "'"


def check(name, of_rows, encoded):
    """An SQL expression that makes a sketch, and what the encoder makes."""
    print(f"SELECT check_bytes({quoted(name)}, ({of_rows}), '\\x{encoded.hex()}');")


def literal(values, type_name):
    return quoted('{' + ','.join(f'"{value}"' for value in values) + '}') + f'::{type_name}[]'


def counted(values, type_name, counts):
    """What stands behind FROM, with columns x and n."""
    return f'unnest({literal(values, type_name)}, {literal(counts, "bigint")}) AS r (x, n)'


### quantile

ACCURACIES = {scale: repr(0.64 / 2**scale) for scale in range(1, 13)}
ACCURACIES.update({0: '0.334', -1: '0.601', -2: '0.883', -3: '0.9923', -4: '0.99997', -6: '1'})


def weighted(rows, scale):
    source = counted([repr(x) for x, _ in rows], 'float8', [n for _, n in rows])
    return f'SELECT quantile_weighted_agg(x, n, {ACCURACIES[scale]}) FROM {source}'


def quantile(name, rows, scale=6):
    rows = [row if isinstance(row, tuple) else (float(row), 1) for row in rows]
    check(f'quantile: {name}', weighted(rows, scale), encode.quantile(rows, scale))


def magnitude():
    """Any finite double but 0, subnormal ones not too rarely."""
    if random.random() < 0.05:
        return random.getrandbits(random.randint(1, 52)) * 2.0**-1074 or 2.0**-1074
    return min(random.uniform(1, 2) * 2.0**random.randint(-1022, 1023), float.fromhex('0x1.fffffffffffffp1023'))


inf, nan = math.inf, math.nan
for scale in ACCURACIES:
    check(f'quantile: nothing, scale {scale}', f'quantile_empty({ACCURACIES[scale]})', encode.quantile([], scale))
quantile('the example', [1, 2, 2])
quantile('one whole number', [7])
quantile('one number', [0.1])
quantile('one negative number', [-0.1])
quantile('the least double', [5e-324])
quantile('the largest double', [1.7976931348623157e308, -1.7976931348623157e308])
quantile('a zero', [0.0])
quantile('zeros of both signs', [0.0, -0.0])
quantile('zeros and positive numbers', [0, 0, 1.5, 3])
quantile('zeros and negative numbers', [0, -1.5, -3, -3])
quantile('all signs', [0, -1, -2, -2.5, 1, 2, 3, 3])
quantile('both signs', [-10, 10])
quantile('both signs, not whole', [-10.5, 10.25, 3.125])
quantile('infinities and NaN alone', [inf, -inf, -inf, nan])
quantile('NaN alone', [nan])
quantile('infinities among whole numbers', [inf, 1, 2, -inf, nan, nan])
quantile('infinities and zero', [inf, 0])
quantile('a bucket with several numbers', [1000, 1000.5, 1001, 1001.25])
quantile('equal numbers not whole', [(0.3, 100)])
quantile('numbers of one bucket', [(1000.5, 3), (1001.5, 100)])
quantile('negative numbers of one bucket', [(-1000.5, 3), (-1001.5, 100)])
quantile('most rows in one bucket', [(2.5, 2**62), (3.5, 2**61), (80.5, 5), (-3.5, 1), (0, 2**60)])
quantile('2^63 - 1 rows', [(2.5, 2**63 - 1)])
quantile('twice as many rows as buckets', [(1, 3), (2, 1)])
quantile('one more than that', [(1, 3), (2, 2)])
quantile('all of a range', [1.01**i for i in range(-300, 300)])
quantile('a bitmap of indexes', [i / 2 for i in range(1, 1500)])
quantile('distant indexes', [1e-300, 1, 1e300, 1e200, 1.5, 1e-8])
quantile('counts from small to large', [(1.1**i, round(1.5**i)) for i in range(90)])
quantile('counts from large to small', [(1.1**-i, round(1.5**i)) for i in range(90)])
quantile('alternating counts', [(1.1**i, 1 if i % 2 else 2**50 - i) for i in range(200)])
quantile('a long code among short ones', [(1.02**i, 10**9 if i == 100 else 3) for i in range(150)])
quantile('2,048 buckets', [2.0**(i / 64 + 0.001) for i in range(2048)])
quantile('2,049 buckets', [2.0**(i / 64 + 0.001) for i in range(2049)])
quantile('2,049 buckets of both signs', [2.0**(i / 64 + 0.001) * (-1)**i for i in range(2049)])
for scale in ACCURACIES:
    some = [magnitude() * random.choice([-1, 1]) for _ in range(300)]
    quantile(f'numbers of all magnitudes, scale {scale}', some, scale)
    quantile(f'whole numbers, scale {scale}', [random.randint(-1000, 1000) for _ in range(300)], scale)
    quantile(f'one octave, scale {scale}', [random.uniform(1, 2) for _ in range(300)], scale)
quantile('4,000 numbers of all magnitudes', [magnitude() for _ in range(4000)])
quantile('4,000 numbers of one octave, at the finest scale', [random.uniform(1, 2) for _ in range(4000)], 12)
# The edges of buckets: a power of two, and the doubles beside the other edges.
edges = [2.0**(j / 64) for j in range(1, 64)]
quantile('edges of buckets', [1, *edges, *(math.nextafter(x, toward) for x in edges for toward in (0, 3))])
quantile('edges of buckets, at the finest scale', [math.nextafter(2.0**(j / 4096), 3) for j in range(0, 4096, 13)]
         + [2.0**(j / 4096) for j in range(0, 4096, 13)], 12)
for i in range(100):
    low = random.choice([1e-3, 1, 1e6])
    some = []
    for _ in range(random.randint(1, 60)):
        x = random.choice([1, 1, 1, -1]) * low * random.lognormvariate(0, random.choice([0.1, 1, 5]))
        count = random.choice([1, 1, random.randint(0, 10), random.randint(0, 10**9)])
        some.append((round(x, random.choice([0, 3])), count))
    if random.random() < 0.3:
        some += random.choices([(inf, 2), (-inf, 1), (nan, 3), (0.0, 5)], k=2)
    if any(n for _, n in some):
        quantile(f'random rows {i}', some, random.choice([*ACCURACIES]))


def subtracted(name, rows, taken, scale=6):
    check(f'quantile: subtract {name}', f'subtract(({weighted(rows, scale)}), ({weighted(taken, scale)}))',
          encode.quantile(rows, scale, taken))


some = [(x / 4 * (-1)**(x % 3), x) for x in range(1, 200)] + [(0.0, 9), (inf, 3), (nan, 2), (-inf, 1)]
subtracted('half', some, some[::2])
subtracted('all but one', some, some[1:])
subtracted('all of one sign', some, [row for row in some if row[0] < 0])
subtracted('all', some, some)
subtracted('all but zeros and specials', some, [row for row in some if math.isfinite(row[0]) and row[0]])
subtracted('what is not whole', [(1.0, 1), (2.0, 3), (2.5, 1), (2.0**60, 1)], [(2.5, 1)])
subtracted('all that may be not whole', [(1.0, 1), (2.5, 1), (2.0**60, 1)], [(1.0, 1), (2.5, 1)])
subtracted('what is not whole, where others may be', [(1.0, 1), (100.0, 3), (2.5, 1)], [(2.5, 1)])
wide = [(2.0**(i / 64 + 0.001), 1) for i in range(2500)]
subtracted('what made it coarser', wide, wide[3:])
subtracted('all of a coarser one', wide, wide)

# No accuracy asks for the coarsest scales.
for scale in range(-10, -6):
    empty = encode.quantile([], scale)
    rows = [(magnitude(), random.randint(1, 9)) for _ in range(20)]
    check(f'quantile: merged into an empty one of scale {scale}',
          f"merge('\\x{empty.hex()}'::quantile_sketch, ({weighted(rows, 6)}))", encode.quantile(rows, scale))

# The state of percentile_sketch, which carries the fractions.
print('''
CREATE AGGREGATE partial_one (float8, float8) (SFUNC = percentile_sketch_trans, STYPE = quantile_sketch);
CREATE AGGREGATE partial_array (float8, float8[]) (SFUNC = percentile_sketch_array_trans, STYPE = quantile_sketch);''')
for call, fractions, is_array in (('partial_one(x, 0.9)', [0.9], False), ("partial_array(x, '{}')", [], True),
                                  ("partial_array(x, '{0,0.5,1}')", [0, 0.5, 1], True)):
    check(f'quantile: a state of percentile_sketch, {call}', f"SELECT {call} FROM unnest('{{1,2,2.5}}'::float8[]) AS x",
          encode.quantile([(1.0, 1), (2.0, 1), (2.5, 1)], 6, None, fractions, is_array))

### values of all kinds, by the hashed families and by topk

UUID = bytes.fromhex('0123456789abcdef0123456789abcdef')
EPOCH, EPOCH_UTC = datetime.datetime(2000, 1, 1), datetime.datetime(2000, 1, 1, tzinfo=UTC)


def int4(*values):
    return [None if value is None else items.number(value) for value in values]


def from_to(low, high, shown=''):
    return items.value_range([(items.number(low), 'inclusive'), (items.number(high), 'exclusive')], shown)


KINDS = [
    ('integers', 'bigint', [(str(n), items.number(n)) for n in (0, 1, -1, 127, 128, 255, 256, -128, -256, -257, 65536,
                                                                2**63 - 1, -2**63, 10**12, -10**12)]),
    ('numerics', 'numeric', [(str(n), items.number(n)) for n in (
        D('5.00'), D('1.5'), D('-1.5'), D('0.0001'), D('0.00001'), D('-12345.678900'), D('1e30'), D('1e-20'),
        D('9223372036854775808'), D('-9223372036854775809'), D('3.14159265358979'), D('100000000.00010000'),
        'NaN', 'Infinity', '-Infinity')]),
    ('doubles', 'float8', [(repr(x), items.double(x)) for x in (0.0, -0.0, 1.5, -2.25, 1e300, inf, -inf, nan)]),
    ('text', 'text', [(t, items.text(t)) for t in (
        '', 'a', 'ab', 'abc', 'abcd', 'abcdefgh', 'abcdefghi', 'ä' * 8, 'x' * 17, 'y' * 33, 'z' * 65, 'w' * 97, 'v' * 128)]),
    ('bytea', 'bytea', [('\\x' + b.hex(), items.raw(4, b)) for b in (b'', b'\0', b'\xff\0', bytes(range(16)))]),
    ('uuid', 'uuid', [(UUID.hex(), items.raw(5, UUID))]),
    ('timestamptz', 'timestamptz', [
        ('2026-01-02 03:04:05.678901+02',
         items.microseconds(6, EPOCH_UTC, datetime.datetime(2026, 1, 2, 1, 4, 5, 678901, UTC))),
        ('infinity', items.raw(6, struct.pack('<q', 2**63 - 1))),
        ('-infinity', items.raw(6, struct.pack('<q', -2**63)))]),
    ('timestamp', 'timestamp', [
        ('1999-12-31 23:59:59.5', items.microseconds(7, EPOCH, datetime.datetime(1999, 12, 31, 23, 59, 59, 500000))),
        ('infinity', items.raw(7, struct.pack('<q', 2**63 - 1)))]),
    ('date', 'date', [
        ('2026-01-02', items.raw(8, struct.pack('<i', (datetime.date(2026, 1, 2) - EPOCH.date()).days))),
        ('infinity', items.raw(8, struct.pack('<i', 2**31 - 1)))]),
    ('inet', 'inet', [
        ('10.1.2.3/24', items.raw(9, [4, 24, 10, 1, 2, 3])),
        ('::1', items.raw(9, [6, 128] + [0] * 15 + [1]))]),
    ('bool', 'bool', [('true', items.raw(10, [1])), ('false', items.raw(10, [0]))]),
    ('enum', 'mood', [('happy', items.raw(11, b'happy')), ('sad', items.raw(11, b'sad'))]),
    ('interval', 'interval', [('1 mon 2 days 00:00:03.5', items.interval(1, 2, 3500000, '1 mon 2 days 00:00:03.5')),
                              ('-00:00:01', items.interval(0, 0, -10**6, '-00:00:01'))]),
    ('time', 'time', [('01:02:03.5', items.raw(13, struct.pack('<q', 3723500000)))]),
    ('timetz', 'timetz', [('01:02:03+02', items.raw(14, struct.pack('<qi', 3723000000, -7200)))]),
    ('macaddr', 'macaddr', [('08:00:2b:01:02:03', items.raw(15, bytes.fromhex('08002b010203')))]),
    ('macaddr8', 'macaddr8', [('08:00:2b:01:02:03:04:05', items.raw(16, bytes.fromhex('08002b0102030405')))]),
    ('money', 'money', [('-12.34', items.raw(18, struct.pack('<q', -1234)))]),
    ('pg_lsn', 'pg_lsn', [('1/2', items.raw(19, struct.pack('<Q', 2**32 + 2)))]),
    ('xid8', 'xid8', [('12345', items.Item(63, struct.pack('<Q', 12345), text='12345'))]),
    ('arrays', 'int[]', [
        ('{}', items.array(1, [], [], [], '{}')),
        ('{1,NULL,3}', items.array(1, [3], [1], int4(1, None, 3), '{1,NULL,3}')),
        ('{{1,2},{3,4}}', items.array(1, [2, 2], [1, 1], int4(1, 2, 3, 4), '{{1,2},{3,4}}')),
        ('[-2:-1]={5,6}', items.array(1, [2], [-2], int4(5, 6), '[-2:-1]={5,6}'))]),
    ('arrays of text', 'text[]', [('{ab,c}', items.array(3, [2], [1], [items.text('ab'), items.text('c')], '{ab,c}'))]),
    ('rows', 'pair', [('(1,x)', items.record([items.number(1), items.text('x')], '(1,x)')),
                      ('(,)', items.record([None, None], '(,)'))]),
    ('ranges', 'int4range', [
        ('empty', items.value_range([], 'empty')),
        ('[1,5)', from_to(1, 5, '[1,5)')),
        ('(,5)', items.value_range([None, (items.number(5), 'exclusive')], '(,5)')),
        ('(,)', items.value_range([None, None], '(,)'))]),
    ('ranges of numeric', 'numrange', [
        ('(1.5,2]', items.value_range([(items.number(D('1.5')), 'exclusive'), (items.number(2), 'inclusive')], '(1.5,2]'))]),
    ('multiranges', 'int4multirange', [
        ('{}', items.multirange([], '{}')),
        ('{[1,3),[7,9)}', items.multirange([from_to(1, 3), from_to(7, 9)], '{[1,3),[7,9)}'))]),
    ('jsonb', 'jsonb', [(shown, items.jsonb(json.loads(shown, parse_float=D), shown)) for shown in (
        '{}', '[]', 'null', 'true', '5', '"abc"', '[1, 2.5, null, false]', '{"a": {"b": [1]}, "bb": "x"}',
        '{"b": 1, "aa": 2}', '[[1], [[]]]')]),
]
print('''
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TYPE pair AS (a int, b text);''')
for name, type_name, values in KINDS:
    kind = values[0][1].kind
    rows = [item for _, item in values for _ in range(2)]
    listed = ', '.join(f'({quoted(shown)}::{type_name})' for shown, _ in values)
    unnested = f'(VALUES {listed}) AS v (x), generate_series(1, 2)'
    check(f'{name}: distinct', f'SELECT distinct_agg(x, 12) FROM {unnested}', encode.distinct(rows, 12))
    check(f'{name}: frequency', f'SELECT frequency_agg(x) FROM {unnested}',
          encode.frequency([(row, 1) for row in rows], 12))
    check(f'{name}: membership', f'SELECT membership_agg(x, 100) FROM {unnested}', encode.membership(rows, 3))
    entries = {}
    for item in rows:
        entries.setdefault(item.topk(), 0)
        entries[item.topk()] += 1
    check(f'{name}: topk', f'SELECT topk_agg(x, 50) FROM {unnested}',
          encode.topk(kind, 50, len(rows), 0, [(item, count, 0) for item, count in entries.items()]))


### the hashed families, all modes

def numbers(count):
    return [items.number(random.randrange(10**9) * 10**random.randint(0, 6)) for _ in range(count)]


def unnest(some):
    return f'unnest({literal([item.integer for item in some], "bigint")}) AS x'


for precision in range(4, 17):
    check(f'distinct: nothing, precision {precision}', f'distinct_empty({precision})', encode.distinct([], precision))
    most = 2**precision // 8
    for count in sorted({1, 2, 3, 5, 10, 100, most // 2, *(n * most for n in (1, 3, 8, 40, 1000)), most + 1} - {0}):
        if count <= 10000:
            some = numbers(count)
            check(f'distinct: {count} values, precision {precision}',
                  f'SELECT distinct_agg(x, {precision}) FROM {unnest(some)}', encode.distinct(some, precision))

# Registers that no chance makes, which are raw.
for precision in range(4, 13, 2):
    some = []
    for register in range(2**precision):
        u = random.randint(0, 2 * (63 - precision) + 2)
        levels = {level for level in range(u - 9, u + 1) if level == u or random.getrandbits(1)}
        for z, bit in (divmod(level - 1, 2) for level in levels if level > 0):
            high = 1 << (62 - precision - z) if z < 63 - precision else 0
            some.append(items.with_hash(high << (1 + precision) | register << 1 | bit))
    encoded = encode.distinct(some, precision)
    assert encoded[2] == 3
    check(f'distinct: chosen registers, precision {precision}',
          f'SELECT distinct_agg(x, {precision}) FROM {unnest(some)}', encoded)


def frequency_sketch(some, error):
    source = counted([item.integer for item, _ in some], 'bigint', [count for _, count in some])
    return f'SELECT frequency_weighted_agg(x, n, {error}) FROM {source}'


ERRORS = {7: 0.04, 8: 0.012, 9: 0.006, 12: 0.001, 15: 0.0001, 20: 0.000003}
for k, error in ERRORS.items():
    check(f'frequency: nothing, k = {k}', f'frequency_empty({error})', encode.frequency([], k))
    most = 2**k // 4
    for count in sorted({1, 2, 3, 31, most, most + 1, 4 * most}):
        if count > 1100 or k > 12 and count > most:
            continue
        for most_rows in (1, 10, 300, 10**6, 2**40):
            some = [(item, random.randint(1, most_rows)) for item in numbers(count)]
            if k > 9 and count > most and most_rows > 300:
                continue
            check(f'frequency: {count} values, k = {k}, up to {most_rows} rows each', frequency_sketch(some, error),
                  encode.frequency(some, k))
for k, count, most_rows in (12, 2000, 1), (12, 3000, 10), (15, 9000, 3):  # layers with samples, of both sizes
    some = [(item, random.randint(1, most_rows)) for item in numbers(count)]
    check(f'frequency: {count} values, k = {k}, up to {most_rows} rows each', frequency_sketch(some, ERRORS[k]),
          encode.frequency(some, k))
some = [(item, 1 + i % 5) for i, item in enumerate(numbers(40))]
for what, rows in ('counters', some), ('counts', some[:30]):
    for how_many, taken in ('some', rows[::2]), ('all but one', rows[1:]), ('all', rows):
        check(f'frequency: subtract {how_many}, of {what}',
              f'subtract(({frequency_sketch(rows, 0.04)}), ({frequency_sketch(taken, 0.04)}))',
              encode.frequency(rows, 7, taken))

for rate in '0.5', '0.3', '0.29999', '0.05', '0.0101', '0.01', '0.001', '0.00095', '0.00001':
    check(f'membership: nothing, rate {rate}', f'membership_empty(1, {rate})',
          encode.membership([], 0, encode.decimal.Decimal(rate)))
SIZES = {0: 1, 1: 30, 3: 100, 5: 700, 10: 20000, 15: 400000, 22: 100000000}
for j, expected in SIZES.items():
    check(f'membership: nothing, 2^{j} blocks', f'membership_empty({expected})', encode.membership([], j))
    most = 2 * 2**j
    for count in sorted({1, 2, 3, 100, 255, 256, 300, most, most + 1, 6 * most}):
        if count > 3000 or j > 10 and count > most:
            continue
        some = numbers(count)
        check(f'membership: {count} values, 2^{j} blocks', f'SELECT membership_agg(x, {expected}) FROM {unnest(some)}',
              encode.membership(some, j))

### topk

for k in (1, 10, 100000):
    check(f'topk: nothing, k = {k}', f'topk_empty({k})', encode.topk(0, k, 0, 0, []))


def paths(count):
    return [random.choice(['/item/', '/shop/item/', 'https://example.org/']) + str(random.randrange(10**6))
            + random.choice(['', '.html', '/details/of/this/item.html']) for _ in range(count)]


def topk(name, rows, k=100):
    """Of at most k different texts, so that all is known."""
    counts = {}
    for text, n in rows:
        counts[text.encode()] = counts.get(text.encode(), 0) + n
    source = counted([text for text, _ in rows], 'text', [n for _, n in rows])
    check(f'topk: {name}', f'SELECT topk_weighted_agg(x, n, {k}) FROM {source}',
          encode.topk(3, k, sum(counts.values()), *encode.topk_cut(k, counts)))


topk('the example', [('apple', 5), ('apricot', 7)], 3)
topk('the empty text', [('', 5)])
topk('texts that are fronts of each other', [('a' * i, i + 1) for i in range(30)])
topk('texts with long common ends', [(str(i) + 'x' * 30, 1) for i in range(30)])
topk('counts of all sizes', [(str(i), 2**i) for i in range(62)])
topk('one count', [('a', 2**63 - 1)])
topk('as many as there are counters', [(str(i), 7 + i) for i in range(22)], 1)
topk('one more than there are counters', [(str(i), 7 + i) for i in range(23)], 1)
topk('a cut', [(str(i), 2**i) for i in range(60)], 2)
for i in range(20):
    topk(f'paths {i}', [(path, random.choice([1, random.randint(1, 100), random.randint(1, 2**40)]))
                        for path in paths(random.randint(1, 100))])
topk('long texts that share less than they could', [('%08d' % i + 'x' * 8000 + '%03d' % i, 1) for i in range(40)]
     + [('y' * 8000 + '%03d' % i, 1) for i in range(40)])

# With an offset, entries are what some order of rows left: so they are chosen here, and the extension must read them so.
for i in range(10):
    k = random.randint(5, 40)
    offset = random.choice([1, 7, 1000])
    entries = []
    for path in sorted(set(paths(2 * k + 20))):
        error = random.randint(0, offset)
        entries.append((path, error + random.randint(1, 10 ** random.randint(0, 9)), error))
    total = sum(max(upper - offset, 0) for _, upper, _ in entries) + offset * (2 * k + 21) + random.randint(0, 100)
    total = max(total, sum(upper - error for _, upper, error in entries))
    sketch = encode.topk(3, k, total, offset, [(path.encode(), upper, error) for path, upper, error in entries])
    name = quoted(f'topk: chosen entries {i}, offset {offset}')
    wanted = ', '.join(f'({quoted(path)}, {upper - error}, {upper})' for path, upper, error in entries)
    print(f"""
SELECT CASE WHEN total_count(s) = {total} AND (sketch_info(s) ->> 'error')::bigint = {offset}
                 AND s::bytea = '\\x{sketch.hex()}'
                 AND NOT EXISTS (SELECT item, lower, upper FROM jsonb_to_recordset(s::jsonb->'items') AS i (item text, lower bigint, upper bigint) EXCEPT VALUES {wanted})
                 AND (sketch_info(s)->>'items')::int = {len(entries)}
            THEN 'ok - ' ELSE 'not ok - ' END || {name}
FROM (SELECT '\\x{sketch.hex()}'::topk_sketch AS s) AS encoded;""")
