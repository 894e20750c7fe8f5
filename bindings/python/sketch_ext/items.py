"""
Items of columns and of single values, as the hashed families take them, and values of the items that a TopK has.

The canonical bytes of each kind: docs/FORMAT.md, "Items".
"""

import ctypes
import datetime
import struct
import uuid
from decimal import Decimal

import numpy

from .library import LIBRARY, address, memory, must, pointer, size_t

NUMBER, FLOAT, TEXT, BYTEA, UUID, TIMESTAMPTZ, TIMESTAMP, DATE, BOOL = 1, 2, 3, 4, 5, 6, 7, 8, 10
ITEM_SIZE = 128  # of a sketch_item


def rows_of(column):
    """A column of one dimension, without the rows that are None or masked: NULL is no item."""
    if isinstance(column, (str, bytes)) or not hasattr(column, '__iter__'):
        raise TypeError(f'a column is an array or a list, not {type(column).__name__}')
    if isinstance(column, numpy.ma.MaskedArray):
        column = column.compressed()
    if not isinstance(column, numpy.ndarray):
        values = [value for value in column if value is not None]
        if set(map(type, values)) == {str}:  # what is most often a list: nothing has to be found out
            return as_objects(values)
        column = numpy.array(values)
        if column.dtype.kind in 'OSU' or column.ndim != 1:  # as they are, not as the text of one of them
            column = as_objects(values)
    if column.dtype == object and column.ndim == 1:
        values = column.tolist()
        has_text = any(isinstance(value, str) for value in values)  # pandas has NaN where a text is missing
        is_there = [value is not None and not (has_text and isinstance(value, float) and value != value) for value in values]
        column = column[is_there]
        dtype = common_dtype(column.tolist())
        column = column if dtype is None else column.astype(dtype)
    if column.ndim != 1:
        raise ValueError('a column has one dimension')
    return numpy.ascontiguousarray(column)


def as_objects(values):
    column = numpy.empty(len(values), dtype=object)
    column[:] = values
    return column


def common_dtype(values):
    """Of objects that are all integers, dates, or times without a time zone."""
    kinds = {type(value) for value in values}
    if kinds and all(issubclass(kind, (int, numpy.integer)) and kind is not bool for kind in kinds):
        return numpy.int64
    if kinds == {datetime.date}:
        return 'datetime64[D]'
    if kinds and all(issubclass(kind, datetime.datetime) for kind in kinds) and all(value.tzinfo is None for value in values):
        return 'datetime64[us]'
    return None


def weights_of(weights, count):
    """As the library takes them, or None for 1 each."""
    if weights is None:
        return None
    weights = numpy.asarray(weights)
    if weights.dtype.kind not in 'iu' and weights.size > 0:
        raise TypeError('weights are integers')
    if weights.shape != (count,):
        raise ValueError('each row has one weight')
    if weights.dtype.kind == 'i' and (weights < 0).any():
        raise ValueError('a weight is not negative')
    return numpy.ascontiguousarray(weights, dtype=numpy.uint64)


def numbers_of(column, weights=None):
    """A column of numbers, and weights of the rows that are not None or masked; intervals are seconds, as in SQL."""
    column = rows_of(column)
    if column.dtype.kind == 'm':
        if numpy.isnat(column).any():
            raise ValueError('NaT is no number')
        column = column / numpy.timedelta64(1, 's')
    if column.dtype == object:
        if not all(isinstance(value, (int, float, Decimal, numpy.number)) for value in column.tolist()):
            raise TypeError('no numbers')
    elif column.dtype.kind not in 'iufb' and column.size > 0:
        raise TypeError(f'no numbers are made of {column.dtype}')
    column = numpy.ascontiguousarray(column, dtype=numpy.float64)
    return column, weights_of(weights, len(column))


def joined(parts):
    """Items of any size: their bytes one behind the other, and where each begins and ends."""
    offsets = numpy.zeros(len(parts) + 1, dtype=numpy.uintp)
    numpy.cumsum([len(part) for part in parts], out=offsets[1:])
    return numpy.frombuffer(b''.join(parts) or b'\0', dtype=numpy.uint8), offsets


def equally_sized(array):
    return array, numpy.arange(0, array.nbytes + 1, array.itemsize, dtype=numpy.uintp)


def moments(column):
    """Dates or timestamps since 2000-01-01. The library knows which PostgreSQL has; infinities are the two extremes."""
    if numpy.isnat(column).any():
        raise ValueError('NaT is no item')
    if column.dtype == 'datetime64[D]':
        kind, unit, integer, item_of, number = DATE, 'D', '<i4', LIBRARY.sketch_item_date, ctypes.c_int32
    else:
        kind, unit, integer, item_of, number = TIMESTAMP, 'us', '<i8', LIBRARY.sketch_item_timestamp, ctypes.c_int64
    times = column.astype(f'datetime64[{unit}]')
    since = (times - numpy.datetime64('2000-01-01', unit)).astype(numpy.int64)
    has_wrapped = times.astype('datetime64[D]') != column.astype('datetime64[D]')
    limits = numpy.iinfo(integer)
    if has_wrapped.any() or ((since < limits.min) | (since > limits.max)).any():
        raise ValueError('PostgreSQL has no such time')
    finite = since[(since != limits.min) & (since != limits.max)]
    item = memory(ITEM_SIZE)
    for extreme in [finite.min(), finite.max()] if len(finite) > 0 else []:
        must(item_of(number(int(extreme)), address(item)))
    return kind, *equally_sized(since.astype(integer))


def items_of(column, is_topk):
    """Kind, bytes and offsets of a column's items. A topk sketch has integers in bytes of its own, to show them."""
    column = rows_of(column)
    kind = column.dtype.kind
    if kind in 'iu':
        if column.dtype == numpy.uint64 and (column > numpy.iinfo(numpy.int64).max).any():
            raise ValueError('bigint has no such number')
        column = column.astype('<i8')
        if not is_topk:
            return NUMBER, *equally_sized(column)
        items, offsets = memory(9 * len(column)), numpy.empty(len(column) + 1, dtype=numpy.uintp)
        LIBRARY.sketch_item_int64_many(address(column), size_t(len(column)), address(items), address(offsets))
        return NUMBER, items, offsets
    if kind == 'f':
        column = column.astype(numpy.float64)
        items, offsets = memory(8 * len(column)), numpy.empty(len(column) + 1, dtype=numpy.uintp)
        LIBRARY.sketch_item_double_many(address(column), size_t(len(column)), address(items), address(offsets))
        return FLOAT, items, offsets
    if kind == 'b':
        return BOOL, *equally_sized(column.astype(numpy.uint8))
    if kind == 'M':
        return moments(column)
    values = column.tolist()
    if all(isinstance(value, str) for value in values):
        return TEXT, *joined([value.encode() for value in values])
    if all(isinstance(value, bytes) for value in values):
        return BYTEA, *joined(values)
    if all(isinstance(value, uuid.UUID) for value in values):
        return UUID, *joined([value.bytes for value in values])
    if values and all(isinstance(value, datetime.datetime) and value.tzinfo is not None for value in values):
        return instants(values)
    raise TypeError(f'no items are made of {column.dtype}')


class Items:
    """
    A column in the form that the library takes, made once for several sketches: `add(items)`, or of some rows that follow
    each other, `add(items[10:20])`, which copies nothing. Numbers for a TopK have a form of their own.
    """

    def __init__(self, column, for_topk=False):
        self.kind, self.bytes, self.offsets = items_of(column, for_topk)
        self.for_topk = for_topk or self.kind != NUMBER

    def __getitem__(self, rows):
        if not isinstance(rows, slice) or rows.step not in (None, 1):
            raise TypeError('rows that follow each other are taken, as items[10:20]')
        begin, end, _ = rows.indices(len(self))
        part = object.__new__(Items)
        part.kind, part.bytes, part.for_topk = self.kind, self.bytes, self.for_topk
        part.offsets = self.offsets[begin:max(begin, end) + 1]
        return part

    def __len__(self):
        return len(self.offsets) - 1


EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)


def instants(values):
    """Times with a time zone, which are points in time: timestamptz."""
    since = numpy.array([(value - EPOCH) // datetime.timedelta(microseconds=1) for value in values], dtype='<i8')
    return TIMESTAMPTZ, *equally_sized(since)


def item_of(value, is_topk):
    """Kind and bytes of one value."""
    column = numpy.empty(1, dtype=object)
    column[0] = value
    if isinstance(value, (bool, int, float, numpy.generic)):
        column = numpy.array([value])
    kind, items, offsets = items_of(column, is_topk)
    if len(offsets) != 2:
        raise TypeError('None is no item')
    return kind, items.tobytes()[:int(offsets[1])]


def number_of(item):
    """What a TopK keeps of a number: docs/FORMAT.md, "topk"."""
    first, rest = item[0], item[1:]
    if first == 1:
        sign, exponent = rest[0], struct.unpack('<h', rest[1:3])[0]
        if sign > 1:
            return Decimal({2: 'NaN', 3: 'Infinity', 4: '-Infinity'}[sign])
        groups = struct.unpack(f'<{(len(rest) - 3) // 2}H', rest[3:])
        digits = ''.join(f'{group:04}' for group in groups)
        power = 4 * (exponent - len(groups) + 1)
        zeros = min(len(digits) - len(digits.rstrip('0')), max(-power, 0))
        digits, power = digits[:len(digits) - zeros].lstrip('0'), power + zeros
        digits += '0' * max(power, 0)
        return Decimal((sign, tuple(int(digit) for digit in digits), min(power, 0)))  # exact, whatever the context
    if first >= 0x80:
        return int.from_bytes(rest, 'big')
    return -1 - int.from_bytes(bytes(255 - byte for byte in rest), 'big')


def value_of(kind, item):
    """A value as Python has it; of kinds that it lacks the item's bytes."""
    if kind == NUMBER:
        return number_of(item)
    if kind == FLOAT:
        return struct.unpack('<d', item)[0]
    if kind == TEXT:
        return item.decode()
    if kind == UUID:
        return uuid.UUID(bytes=item)
    if kind == BOOL:
        return item != b'\0'
    if kind in (DATE, TIMESTAMP, TIMESTAMPTZ):
        integer, unit = ('<i', 'D') if kind == DATE else ('<q', 'us')
        since = struct.unpack(integer, item)[0]
        limit = 2 ** (8 * len(item) - 1)
        if since in (-limit, limit - 1):
            return 'infinity' if since > 0 else '-infinity'
        return numpy.datetime64('2000-01-01', unit) + since
    return item
