"""Packed sketches, written from docs/FORMAT.md alone: what that page leaves open, this could not do. Plain and slow."""

import bisect
import decimal
import functools
import math
import struct
from fractions import Fraction


class Bits:
    """Bits fill bytes from the least significant bit on."""

    def __init__(self):
        self.value, self.size = 0, 0

    def put(self, value, size):
        assert 0 <= value < 1 << size
        self.value |= value << self.size
        self.size += size

    def unary(self, zeros):
        self.put(1 << zeros, zeros + 1)

    def exp_golomb(self, value, order):
        w = value + (1 << order)
        length = w.bit_length()
        self.unary(length - 1 - order)
        self.put(w - (1 << (length - 1)), length - 1)

    def bitmap(self, places, size):
        self.put(sum(1 << place for place in places), size)

    def bytes(self):
        return self.value.to_bytes((self.size + 7) // 8, 'little')


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value):
    return 2 * value if value >= 0 else -2 * value - 1


### quantile

LARGEST = struct.unpack('<Q', struct.pack('<d', float.fromhex('0x1.fffffffffffffp1023')))[0]
DIGITS = decimal.Context(prec=50)
LN_2 = DIGITS.ln(2)


def index_at_12(bits):
    """The bucket of a magnitude, given as the bits of the double. 2^(52 + j/4096) is irrational but for j = 0."""
    exponent, mantissa = bits >> 52, bits & (1 << 52) - 1
    if exponent == 0:
        shift = 53 - mantissa.bit_length()
        mantissa <<= shift
        exponent = 1 - shift
    else:
        mantissa |= 1 << 52
    steps = 0
    if mantissa > 1 << 52:
        octaves = DIGITS.subtract(DIGITS.divide(DIGITS.ln(mantissa), LN_2), 52)
        steps = int(DIGITS.multiply(octaves, 4096)) + 1  # rounded up: j from 0 to the one before
    return 4096 * (exponent - 1023) + steps - 1


def bits_of(x):
    return struct.unpack('<Q', struct.pack('<d', x))[0]


def first_in(index, scale):
    """Bits of the least magnitude whose index at this scale is at least that."""
    low, high = 1, LARGEST + 1
    while low < high:
        middle = (low + high) // 2
        if index_at_12(middle) >> (12 - scale) >= index:
            high = middle
        else:
            low = middle + 1
    return low


def significant(value):
    return value.to_bytes(8, 'big').rstrip(b'\0')


def put_indexes(bits, offsets, room):
    """Offsets of what lies between the first and the last bucket, which have so much room between them."""
    n = len(offsets)
    if n in (0, room):
        return
    best_size, best = room, 0
    for low in range(1, 24):
        size = n * low + n + ((room - 1) >> low)
        if size < best_size:
            best_size, best = size, low
        if room >> low < n:
            break
    if best == 0:
        bits.bitmap(offsets, room)
        return
    for offset in offsets:
        bits.put(offset & (1 << best) - 1, best)
    bits.bitmap([(offset >> best) + j for j, offset in enumerate(offsets)], n + ((room - 1) >> best))


def put_rice(bits, counts):
    m, r, k = 4, 0, 0
    for c in counts:
        mean = max(1, m >> 2)
        u = zigzag(c - mean) if c < 2 * mean else c - 1
        if u >> k >= 16:
            length = u.bit_length()
            bits.put(0, 16)
            bits.put(length - 1, 6)
            bits.put(u - (1 << (length - 1)), length - 1)
        else:
            bits.unary(u >> k)
            bits.put(u & (1 << k) - 1, k)
        k = min(32, (r >> 4).bit_length())
        r += min(u, 2**48) - (r >> 3)
        m += min(c, 2**48) - (m >> 2)


def quantile(rows, scale=6, taken=None, fractions=None, is_array=False):
    """
    Rows are pairs of a double and how often it came. Those taken away again (by subtract) leave the extremes unknown.
    """
    rows = [(x, count) for x, count in rows if count]
    finite = [(x, count) for x, count in rows if math.isfinite(x) and x != 0]
    sides = {-1: {}, 1: {}}
    for x, count in finite:
        side, index = sides[-1 if x < 0 else 1], index_at_12(bits_of(abs(x)))
        side[index] = side.get(index, 0) + count

    def at(scale):
        coarse = {-1: {}, 1: {}}
        for sign, side in sides.items():
            for index, count in side.items():
                place = index >> (12 - scale)
                coarse[sign][place] = coarse[sign].get(place, 0) + count
        return coarse

    now = scale
    while sum(map(len, at(now).values())) > 2048 * 2 ** max(0, scale - 6):
        now -= 1
    sides = at(now)
    for x, count in taken or []:
        if math.isfinite(x) and x != 0:
            side, place = sides[-1 if x < 0 else 1], index_at_12(bits_of(abs(x))) >> (12 - now)
            side[place] -= count
            if side[place] == 0:
                del side[place]
    taken_of = lambda test: sum(count for x, count in taken or [] if test(x))
    specials = [sum(count for x, count in rows if test(x)) - taken_of(test)
                for test in (lambda x: x == -math.inf, lambda x: x == math.inf, lambda x: x != x)]
    zeros = sum(count for x, count in rows if x == 0) - taken_of(lambda x: x == 0)
    negative = sorted(sides[-1].items(), reverse=True)
    positive = sorted(sides[1].items())
    buckets = negative + positive
    if not (buckets or zeros or any(specials)):
        now = scale
    unknown = taken is not None and bool(buckets or zeros or any(specials))

    flags = 0x01 * bool(negative) | 0x02 * bool(zeros) | 0x04 * bool(positive) | 0x08 * any(specials)
    flags |= 0x10 * unknown | 0x20 * (fractions is not None)
    unary = bool(buckets) and sum(count for _, count in buckets) <= 2 * len(buckets)
    flags |= 0x40 * unary
    flags |= 0x80 * (any(x != math.floor(x) for x, _ in finite)
                     and any(first_in(index, now) < bits_of(2.0**52) for index, _ in buckets))

    out = bytes([1, 1, flags]) + varint(scale + 10 | (scale - now) << 5)
    if any(specials):
        out += b''.join(map(varint, specials))
    if zeros:
        out += varint(zeros)
    minimum = maximum = None
    if not unknown:
        if negative or positive and not zeros:
            minimum = min(x for x, _ in finite)
        if positive or negative and not zeros:
            maximum = max(x for x, _ in finite)
    for side, first_is_known in ((negative, minimum is not None), (positive, minimum is not None and not negative)):
        if side:
            out += varint(len(side))
            if not first_is_known:
                out += varint(zigzag(side[0][0]))
            if len(side) > 1:
                out += varint(abs(side[-1][0] - side[0][0]) - (len(side) - 1))
    if minimum is not None or maximum is not None:
        low = significant(bits_of(minimum)) if minimum is not None else b''
        high = b''
        if maximum is not None and maximum != minimum:
            last = buckets[-1][0]
            w = ((first_in(last + 1, now) - 1) - first_in(last, now)).bit_length()
            high = significant((bits_of(abs(maximum)) & (1 << w) - 1) << (64 - w))
        out += bytes([len(low) | (15 if maximum == minimum else len(high)) << 4]) + low + high
    bits = Bits()
    for side in negative, positive:
        if len(side) > 1:
            put_indexes(bits, [abs(index - side[0][0]) - 1 for index, _ in side[1:-1]],
                        abs(side[-1][0] - side[0][0]) - 1)
    counts = [count for _, count in buckets]
    if unary:
        for count in counts:
            bits.unary(count - 1)
    else:
        put_rice(bits, counts)
    out += bits.bytes()
    if fractions is not None:
        out += varint(2 * len(fractions) + is_array) + b''.join(struct.pack('<d', f) for f in fractions)
    return out


### distinct

def distinct(items, precision=10):
    kind = items[0].kind if items else 0
    hashes = {item.hash for item in items}
    tokens = sorted({(h & 2**18 - 1, 46 - (h >> 18).bit_length()) for h in hashes})
    head = bytes([1, 2]), bytes([kind, precision])
    if len(tokens) > 2**precision // 8:
        flags, out = registers(hashes, precision)
        return head[0] + bytes([flags]) + head[1] + out
    out = varint(len(tokens))
    if tokens:
        bits = Bits()
        k = max(0, (181704 // len(tokens)).bit_length() - 1)
        indexes = [index for index, _ in tokens]
        distances = [index - before for before, index in zip([0] + indexes, indexes)]
        for distance in distances:
            bits.unary(distance >> k)
        for distance in distances:
            bits.put(distance & (1 << k) - 1, k)
        for _, zeros in tokens:
            bits.unary(zeros)
        out += bits.bytes()
    return head[0] + bytes([0]) + head[1] + out


def registers(hashes, precision):
    levels = [set() for _ in range(2**precision)]
    for h in hashes:
        z = 63 - precision - (h >> (1 + precision)).bit_length()
        levels[(h >> 1) & 2**precision - 1].add(2 * z + (h & 1) + 1)
    table = []
    for came in levels:
        u = max(came, default=0)
        flags = sum(1 << (9 - i) for i in range(1, 10) if u - i == 0 or u - i in came)
        table.append(u * 512 + flags if u else 0)
    raw = b''.join(struct.pack('<H', register) for register in table)
    place = place_of_estimate(levels, table, precision)
    coded = code_registers(table, min(235, place >> 8))
    flags, out = (1, coded) if len(coded) < len(raw) else (3, raw)
    return flags, struct.pack('<H', place) + out


@functools.cache
def mantissa(f):
    x = 1 << (32 * 1024 + f)
    for _ in range(10):
        x = math.isqrt(x)
    return x


def ratio(m, a):
    """t / (e^t - 1) in 2^-32, for t = m 2^(a - 32)."""
    if a < -2:
        t = m >> -a
        q = t * t >> 32
        return 2**32 - t // 2 + q // 12 - (q * q >> 32) // 720
    if a > 5:
        return 0
    e = 2**63
    for i in range(14, 0, -1):
        e = 2**63 - (e * m >> 35) // i
    for _ in range(a + 3):
        e = e * e >> 63
    return (m * 2**(a + 2) * e // 4) // (2**63 - e)


def place_of_estimate(levels, table, precision):
    """The place of the estimate in its grid; levels are those that came, of each register."""
    exponent = lambda level: min(2 + (level - 1) // 2, 64 - precision)
    most = 128 - 2 * precision
    hit, missed = {}, 0  # in 2^-(64 - precision)
    for came, register in zip(levels, table):
        u = register >> 9
        if u == 0:
            missed += 2**(64 - precision)
        for level in range(max(1, u - 9), most + 1) if u else ():
            j = exponent(level)
            if level in came:
                hit[j] = hit.get(j, 0) + 1
            else:
                missed += 2**(64 - precision - j)
    least = max(sum(hit.values()), 2**precision // 8 + 1)

    def is_not_beyond(k):
        o, f = divmod(k - 4224, 1024)
        left = sum(count * ratio(mantissa(f), o - j) for j, count in hit.items())
        return Fraction(left, 2**32) >= Fraction(2)**(o - 32) * mantissa(f) * Fraction(missed, 2**(64 - precision))

    def has_items(k):
        o, f = divmod(k - 4224, 1024)
        both = mantissa(f) + mantissa(f + 1)
        return both * Fraction(2)**(o + 2 * precision - 1) / (2**(32 + precision) + 819225922) >= least

    last = lambda holds: bisect.bisect_left(range(65536), True, key=lambda k: not holds(k)) - 1
    return max(0, last(is_not_beyond), min(65535, last(lambda k: not has_items(k)) + 1))


def times(a, b):
    return (a >> 1) * b >> 31


@functools.cache
def code_words(c):
    """Words as strings of 0 and 1: of registers whose raw flags are 0, and the escape's; and the masks of raw flags."""
    x = (4294967296, 5107605667, 6074000999, 7223245205)[c % 4] >> 12
    pairs = {12: 2**32 - x + times(x, x) // 2 - times(times(x, x), x) // 6}
    for g in range(12, -8, -1):
        pairs[g - 1] = times(pairs[g], pairs[g])
    weights, raw_masks, empty = {}, {}, None
    for row in range(29):
        u, level = row + 2 * ((c - 16) // 4) - 9, row - 6
        e = pairs[level >> 1]
        weight = times(e, e)
        if level % 2 == 0:
            weight = times(weight, e)
        weight = times(weight, 2**32 - e)
        if u < 1:
            empty = (empty or 0) + weight
            continue
        raw = [i for i in range(1, 10) if c >= 21 and level - i in (2, 3)]
        raw_masks[u] = sum(1 << (9 - i) for i in raw)
        symbols = [(weight, 0)]
        for i in range(1, 10):
            if u - i < 0:
                continue
            if u - i == 0:
                symbols = [(w, flags | 1 << (9 - i)) for w, flags in symbols]
            elif i not in raw:
                e = pairs[(level - i) >> 1]
                symbols = [(w, flags) for w, flags in
                           [(times(w, e), flags) for w, flags in symbols]
                           + [(times(w, 2**32 - e), flags | 1 << (9 - i)) for w, flags in symbols]
                           if w >= 196608]
        weights.update((u * 512 + flags, w) for w, flags in symbols if w >= 196608)
    if empty is not None:
        weights[0] = empty
    symbols = sorted(weights)
    listed = [weights[symbol] for symbol in symbols] + [2**32 - sum(weights.values())]
    leaves = [(max(w, 2**20), [i]) for w, i in sorted((w, i) for i, w in enumerate(listed))]
    nodes, lengths = [], [0] * len(listed)
    while len(leaves) + len(nodes) > 1:
        taken = []
        for _ in range(2):
            leaf_first = leaves and (not nodes or leaves[0][0] <= nodes[0][0])
            taken.append((leaves if leaf_first else nodes).pop(0))
        members = taken[0][1] + taken[1][1]
        for i in members:
            lengths[i] += 1
        nodes.append((taken[0][0] + taken[1][0], members))
    words, word, length = {}, 0, 0
    for size, i in sorted((size, i) for i, size in enumerate(lengths)):
        word, length = word << (size - length), size
        words[symbols[i] if i < len(symbols) else None] = format(word, f'0{size}b')
        word += 1
    return words, raw_masks


def code_registers(table, c):
    words, raw_masks = code_words(c)
    streams, escaped, quarter = [], [], len(table) // 4
    for s in range(4):
        bits = ''
        for register in table[s * quarter:(s + 1) * quarter]:
            raw = raw_masks.get(register >> 9, 0)
            if register & ~raw in words:
                bits += words[register & ~raw]
                bits += ''.join(str(register >> bit & 1) for bit in reversed(range(9)) if raw >> bit & 1)
            else:
                bits += words[None]
                escaped.append(register)
        bits += '0' * (-len(bits) % 8)
        streams.append(bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)))
    out = b''
    for before, stream in zip(streams, streams[1:]):
        out += varint(zigzag(len(stream) - len(before)))
    out += varint(len(escaped)) + b''.join(streams)
    return out + b''.join(struct.pack('<H', register) for register in escaped)


### frequency

def mix(h):
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9 % 2**64
    h = (h ^ h >> 27) * 0x94d049bb133111eb % 2**64
    return h ^ h >> 31


def layers(values):
    out = b''
    while values:
        n, w = len(values), 1
        while (w + 1) * sum(v >= 2**w - 1 for v in values) > n:
            w += 1
        top = 2**w - 1
        full = [v >= top for v in values]
        out += bytes([w]) + varint(sum(full))
        if any(full):
            for i in range(2**11 >> (w - 1).bit_length(), n, 2**11 >> (w - 1).bit_length()):
                out += sum(full[:i]).to_bytes(3 if n > 65536 else 2, 'little')
        bits = Bits()
        for v in values:
            bits.put(min(v, top), w)
        out += bits.bytes()
        values = [v - top for v in values if v >= top]
    return out


def frequency(items, k, taken=None):
    """Items are pairs of an item and how often it came; a sketch that some were taken from has counters."""
    counts = {}
    for item, count in items:
        counts[item.hash] = counts.get(item.hash, 0) + count
    kind = items[0][0].kind if items else 0
    if len(counts) > 2**k // 4:
        for item, count in taken or []:
            counts[item.hash] -= count
        if not any(counts.values()):
            return bytes([1, 3, 0, kind, k, 0])
        rows = [[0] * 2**k for _ in range(4)]
        for h, count in counts.items():
            step = mix(h) | 1
            for j, row in enumerate(rows):
                row[(h + j * step) % 2**64 >> (64 - k)] += count
        out = bytes([1, 3, 1, kind, k]) + varint(sum(counts.values()))
        for row in rows:
            typical, high = (sorted(row)[place >> (32 - k)] for place in (0x28bb0335, 0x86f1f05f))
            out += varint(typical) + varint(high - typical)
        base = min(map(min, rows))
        return out + varint(base) + layers([counter - base for row in rows for counter in row])
    for item, count in taken or []:
        counts[item.hash] -= count
    counts = {h: count for h, count in counts.items() if count}
    n = len(counts)
    out = bytes([1, 3, 0, kind, k]) + varint(n)
    if n == 0:
        return out
    hashes = sorted(counts)

    def coded(order):
        bits = Bits()
        for h in hashes:
            bits.exp_golomb(counts[h] - 1, order)
        return bits

    order = next(e for e in range(63) if e == 62 or coded(e + 1).size >= coded(e).size)
    out += varint(sum(counts.values()) - n) + bytes([order])
    out += b''.join(struct.pack('<I', h & 2**32 - 1) for h in hashes)
    high = n.bit_length() - 1
    bits = Bits()
    for h in hashes:
        bits.put(h >> 32 & (1 << (32 - high)) - 1, 32 - high)
    bits.bitmap([(h >> (64 - high)) + i for i, h in enumerate(hashes)], n + 2**high - 1)
    codes = coded(order)
    bits.put(codes.value, codes.size)
    return out + bits.bytes()


### topk

def common(a, b):
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))


def topk(kind, k, total, offset, entries):
    """Entries are (bytes of the item, upper, error)."""
    entries = sorted(entries)
    lowest = min((upper for _, upper, _ in entries), default=0)
    out = bytes([1, 4, 0, kind]) + varint(k) + varint(total) + varint(offset) + varint(len(entries))
    if not entries:
        return out
    before, own, columns, taken = b'', b'', [], 0
    for i, (item, upper, error) in enumerate(entries):
        front = end = 0
        taken += len(item)
        if i and taken <= 2**18 + 24 * (len(own) + i):
            front = common(before, item)
            end = min(15, common(before[front:][::-1], item[front:][::-1]))
        part = item[front:len(item) - end]
        own += part
        columns.append([front, end, len(part), upper - lowest] + ([error] if offset else []))
        before = item
    n = len(entries)
    orders = [min(62, (sum(value.bit_length() for value in column) + n // 2) // n) for column in zip(*columns)]
    bits = Bits()
    for order in orders:
        bits.put(order, 6)
    for entry in columns:
        for value, order in zip(entry, orders):
            bits.exp_golomb(value, order)
    above = lowest - offset - 1
    return out + varint(2 * above if above >= 0 else -2 * above - 1) + varint(len(own)) + own + bits.bytes()


def topk_cut(k, counts):
    """Of exact counts, which are no ties: offset and entries that packing leaves."""
    left = 2 * k + 20
    ranked = sorted(counts.items(), key=lambda entry: -entry[1])
    return ranked[left][1] if len(ranked) > left else 0, [(item, n, 0) for item, n in ranked[:left]]


### membership

SALTS = (0xb6137b, 0x974d91, 0x24ad5b, 0xb7289d, 0x5495c7, 0xf1424b, 0xfc4947, 0x6bfb31)


def membership(items, j, rate=decimal.Decimal('0.01')):
    r, e = math.ceil(rate * 100000), 0
    while r > 9:
        e += 1
        r = math.ceil(rate * 100000 / 10**e)
    kind = items[0].kind if items else 0
    hashes = {item.hash for item in items}
    tokens = sorted({h >> (64 - j) << 24 | h & 2**24 - 1 for h in hashes})
    n = len(tokens)
    if n > 2 * 2**j:
        blocks = [[0] * 8 for _ in range(2**j)]
        for h in hashes:
            for i, salt in enumerate(SALTS):
                blocks[h >> (64 - j)][i] |= 1 << ((h & 2**24 - 1) * salt % 2**24 >> 19)
        return bytes([1, 5, 1 + 2 * r, kind, j + 32 * e, 0, 0, 0]) + b''.join(struct.pack('<8I', *block) for block in blocks)
    out = bytes([1, 5, 2 * r, kind, j + 32 * e]) + n.to_bytes(3, 'little')
    if n == 0:
        return out
    b = n.bit_length()
    l = 24 + j - b
    for m in range(256, 2**b, 256):
        out += sum(t >> l < m for t in tokens).to_bytes(3, 'little')
    upper, lower = Bits(), Bits()
    upper.bitmap([(t >> l) + i for i, t in enumerate(tokens)], n + 2**b - 1)
    for t in tokens:
        lower.put(t & (1 << l) - 1, l)
    return out + upper.bytes() + lower.bytes()
