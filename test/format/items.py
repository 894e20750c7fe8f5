"""Items and their hashes, from docs/FORMAT.md and the specification of xxHash alone."""

import datetime
import decimal
import struct

MASK = 2**64 - 1
PRIME_1, PRIME_2, PRIME_3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9

# The first 128 bytes of XXH3's secret: what inputs of up to 128 bytes need.
SECRET = bytes.fromhex('''
    b8fe6c3923a44bbe7c01812cf721ad1c ded46de9839097db7240a4a4b7b3671f cb79e64eccc0e578825ad07dccff7221
    b8084674f743248ee03590e6813a264c 3c2852bb91c300cb88d0658b1b532ea3 71644897a20df94e3819ef46a9deacd8
    a8fa763fe39c343ff9dcbbc7c70b4f1d 8a51e04bcdb45931c89f7ec9d9787364
''')


def word(data, at, size=8):
    return int.from_bytes(data[at:at + size], 'little')


def rotate(x, bits):
    return (x << bits | x >> (64 - bits)) & MASK


def fold(a, b):
    product = a * b
    return (product ^ product >> 64) & MASK


def avalanche_64(h):
    h = (h ^ h >> 33) * PRIME_2 & MASK
    h = (h ^ h >> 29) * PRIME_3 & MASK
    return h ^ h >> 32


def avalanche(h):
    h = (h ^ h >> 37) * 0x165667919E3779F9 & MASK
    return h ^ h >> 32


def xxh3(data):
    """XXH3 of 64 bits, seed 0."""
    n = len(data)
    if n == 0:
        return avalanche_64(word(SECRET, 56) ^ word(SECRET, 64))
    if n <= 3:
        value = data[0] << 16 | data[n >> 1] << 24 | data[n - 1] | n << 8
        return avalanche_64(value ^ word(SECRET, 0, 4) ^ word(SECRET, 4, 4))
    if n <= 8:
        h = (word(data, n - 4, 4) + (word(data, 0, 4) << 32)) ^ word(SECRET, 8) ^ word(SECRET, 16)
        h = (h ^ rotate(h, 49) ^ rotate(h, 24)) * 0x9FB21C651E98DF25 & MASK
        h = (h ^ (h >> 35) + n) * 0x9FB21C651E98DF25 & MASK
        return h ^ h >> 28
    if n <= 16:
        low = word(data, 0) ^ word(SECRET, 24) ^ word(SECRET, 32)
        high = word(data, n - 8) ^ word(SECRET, 40) ^ word(SECRET, 48)
        swapped = int.from_bytes(low.to_bytes(8, 'little'), 'big')
        return avalanche((n + swapped + high + fold(low, high)) & MASK)
    if n <= 128:
        def mix(at, key):
            return fold(word(data, at) ^ word(SECRET, key), word(data, at + 8) ^ word(SECRET, key + 8))
        h = n * PRIME_1
        for i in range((n - 1) // 32 + 1):
            h += mix(16 * i, 32 * i) + mix(n - 16 * (i + 1), 32 * i + 16)
        return avalanche(h & MASK)
    raise NotImplementedError('items of more than 128 bytes')


def link(so_far, following, what=0):
    return xxh3(struct.pack('<QQB', so_far, following & MASK, what))


def chain(start, links):
    h = xxh3(struct.pack('<Q', start))
    for following, what in links:
        h = link(h, following, what)
    return h


def with_hash(h):
    """The integer whose 8 bytes have this hash: each step of xxh3, undone."""
    inverse = pow(0x9FB21C651E98DF25, -1, 2**64)
    h ^= h >> 28 ^ h >> 56
    h = h * inverse & MASK
    h ^= (h >> 35) + 8
    h = h * inverse & MASK
    for _ in range(63):  # 64 times is once around
        h ^= rotate(h, 49) ^ rotate(h, 24)
    h ^= word(SECRET, 8) ^ word(SECRET, 16)
    return number(int.from_bytes(struct.pack('<II', h >> 32, h & 2**32 - 1), 'little', signed=True))


class Item:
    """A value: its kind, its canonical bytes or else its hash, and for topk its text."""

    def __init__(self, kind, canonical=None, hashed=None, text=None, integer=None):
        self.kind = kind
        self.canonical = canonical
        self.hash = xxh3(canonical) if hashed is None else hashed
        self.text = text
        self.integer = integer

    def topk(self):
        """What a topk sketch keeps."""
        if self.canonical is None or self.kind in (12, 17, 20, 63) or self.kind >= 64:
            return struct.pack('<Q', self.hash) + self.text.encode()
        if self.kind != 1:
            return self.canonical
        if self.integer is None:
            return b'\1' + self.canonical
        n = self.integer if self.integer >= 0 else -1 - self.integer
        digits = n.to_bytes((n.bit_length() + 7) // 8, 'big')
        if self.integer >= 0:
            return bytes([0x80 + len(digits)]) + digits
        return bytes([0x7f - len(digits)]) + bytes(0xff - digit for digit in digits)


def number(value):
    """An int, a Decimal, or 'NaN', 'Infinity', '-Infinity'."""
    special = {'NaN': 2, 'Infinity': 3, '-Infinity': 4}
    if value in special:
        return Item(1, struct.pack('<BH', special[value], 0))
    if value == int(value) and -2**63 <= value < 2**63:
        return Item(1, struct.pack('<q', int(value)), integer=int(value))
    sign, digits, exponent = decimal.Decimal(value).as_tuple()
    digits = ''.join(map(str, digits))
    digits += '0' * (exponent % 4)
    exponent -= exponent % 4
    digits = digits.zfill((len(digits) + 3) // 4 * 4)
    groups = [int(digits[i:i + 4]) for i in range(0, len(digits), 4)]
    first = exponent // 4 + len(groups) - 1
    while groups[0] == 0:
        groups.pop(0)
        first -= 1
    while groups[-1] == 0:
        groups.pop()
    return Item(1, struct.pack('<Bh%dH' % len(groups), sign, first, *groups))


def double(value):
    if value != value:
        return Item(2, struct.pack('<Q', 0x7ff8000000000000))
    return Item(2, struct.pack('<d', value + 0.0))


def text(value):
    return Item(3, value.encode())


def raw(kind, data):
    return Item(kind, bytes(data))


def microseconds(kind, since, moment):
    return Item(kind, struct.pack('<q', (moment - since) // datetime.timedelta(microseconds=1)))


def interval(months, days, micros, shown):
    total = (months * 30 + days) * 86400 * 10**6 + micros
    canonical = total.to_bytes(16, 'little', signed=True)
    return Item(12, canonical, text=shown)


def array(kind, lengths, lower_bounds, elements, shown):
    """Elements are items; None is NULL."""
    links = [(length * 2**32 + lower % 2**32, 0) for length, lower in zip(lengths, lower_bounds)]
    links += [(0, 1) if element is None else (element.hash, 0) for element in elements]
    return Item(64 + kind, hashed=chain(len(lengths), links), text=shown)


def record(columns, shown):
    return Item(20, hashed=chain(0, [(0, 1) if c is None else (c.hash, 0) for c in columns]), text=shown)


def value_range(bounds, shown):
    """Bounds are (item, 'inclusive' or 'exclusive') or None for an infinite one; no bounds: the empty range."""
    links = [(0, 1) if b is None else (b[0].hash, {'inclusive': 2, 'exclusive': 3}[b[1]]) for b in bounds]
    return Item(63, hashed=chain(0 if bounds else 1, links), text=shown)


def multirange(ranges, shown):
    return Item(63, hashed=chain(0, [(r.hash, 0) for r in ranges]), text=shown)


def jsonb(value, shown):
    """What the json module makes of it, with Decimal for numbers."""
    def scalar(v):
        if v is None:
            return link(0, 0, 4)
        if isinstance(v, bool):
            return link(int(v), 0, 3)
        if isinstance(v, str):
            return link(xxh3(v.encode()), 0, 1)
        return link(number(v).hash, 0, 2)

    def tokens(v, what):
        if isinstance(v, list):
            yield 0, 4
            for element in v:
                yield from tokens(element, 3)
            yield 0, 5
        elif isinstance(v, dict):
            yield 0, 6
            for key in sorted(v, key=lambda k: (len(k.encode()), k.encode())):
                yield scalar(key), 1
                yield from tokens(v[key], 2)
            yield 0, 7
        else:
            yield scalar(v), what

    links = tokens(value, 3) if isinstance(value, (list, dict)) else [(1, 4), (scalar(value), 3), (0, 5)]
    return Item(17, hashed=chain(0, links), text=shown)
