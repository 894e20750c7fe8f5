"""
Sketches of NumPy columns, by ctypes: those that PostgreSQL makes of the same columns, byte for byte.

    people = sketch.Distinct(12)
    people.add(column)                          # int64, float64, bool, str, bytes, datetime64, uuid.UUID
    cursor.execute('INSERT INTO days VALUES (%s, %s)', (day, people.pack()))      # a bytea, cast to distinct_sketch

It is an example of how libsketch is called, not a package: what it lacks is in sketch.h.
"""

import ctypes
import uuid

import numpy

LIBRARY = ctypes.CDLL('libsketch.so')
LIBRARY.sketch_status_message.restype = ctypes.c_char_p
OK, GROW = 0, 1
PACKED, WORK = 0, 1
NUMBER, FLOAT, TEXT, BYTEA, UUID, TIMESTAMP, DATE, BOOL = 1, 2, 3, 4, 5, 7, 8, 10
ITEM_SIZE = 128  # of a sketch_item
size_t, pointer = ctypes.c_size_t, ctypes.c_void_p


class Growth(ctypes.Structure):
    """The size that a state asks for, and what only the library knows."""
    _fields_ = [('size', ctypes.c_uint64), ('opaque', ctypes.c_uint64 * 3)]


def must(status):
    if status != OK:
        raise ValueError(LIBRARY.sketch_status_message(status).decode())


def memory(size):
    """Aligned to 8 bytes; an array keeps it alive."""
    return numpy.zeros((size + 7) // 8, dtype=numpy.uint64)


def rows_of(column, dtype=None):
    column = numpy.ascontiguousarray(column, dtype=dtype)
    if column.ndim != 1:
        raise ValueError('a column has one dimension')
    return column


def address(array):
    return pointer(array.ctypes.data)


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
        column = column.astype('<i8', casting='safe')
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
    raise TypeError(f'no items are made of {column.dtype}')


class Sketch:
    """A state that grows, of one family: `family` is what the names of its functions have."""

    family = None

    def __init__(self, *parameters):
        self.state = memory(self.call('init_size', restype=size_t))
        must(self.call('init', address(self.state), size_t(self.state.nbytes), *parameters))

    @classmethod
    def call(cls, name, *arguments, restype=ctypes.c_int):
        function = getattr(LIBRARY, f'sketch_{cls.family}_{name}')
        function.restype = restype
        return function(*arguments)

    def grown(self, name, arguments):
        """A call that changes the state, and is made again when the state has grown."""
        growth = Growth()
        while True:
            status = self.call(name, address(self.state), size_t(self.state.nbytes), *arguments(), ctypes.byref(growth))
            if status != GROW:
                return must(status)
            larger = memory(growth.size)
            self.call('move', address(larger), address(self.state), size_t(self.state.nbytes), ctypes.byref(growth),
                      restype=None)
            self.state = larger

    def add_rows(self, name, *arguments, arrays, count):
        """Arrays have a row at each place; what comes before them is the same for all."""
        done, taken = 0, size_t(0)

        def from_here():
            nonlocal done
            done += taken.value
            rest = [None if array is None else pointer(array.ctypes.data + done * array.itemsize) for array in arrays]
            return *arguments, *rest, size_t(count - done), ctypes.byref(taken)

        self.grown(name, from_here)

    def opened(self, data, size, form):
        """The sketch, and the memory that it stands in."""
        scratch = memory(self.call('open_size', data, size_t(size), form, restype=size_t))
        sketch = pointer()
        must(self.call('open', data, size_t(size), form, address(scratch), size_t(scratch.nbytes),
                       ctypes.byref(sketch)))
        return sketch, scratch

    def merge(self, packed):
        """What another one of this family has packed."""
        sketch, scratch = self.opened(ctypes.c_char_p(packed), len(packed), PACKED)
        self.grown('merge', lambda: (sketch,))
        return self

    def pack(self):
        sketch, scratch = self.opened(address(self.state), self.state.nbytes, WORK)
        out = numpy.empty(self.call('packed_bound', sketch, restype=size_t), dtype=numpy.uint8)
        size = size_t()
        must(self.call('pack', sketch, *self.pack_arguments(sketch), address(out), size_t(out.nbytes),
                       ctypes.byref(size)))
        return out[:size.value].tobytes()

    def pack_arguments(self, sketch):
        return ()


class Quantile(Sketch):
    family = 'quantile'

    def __init__(self, accuracy=0.01):
        scale = ctypes.c_int()
        must(LIBRARY.sketch_quantile_scale(ctypes.c_double(accuracy), ctypes.byref(scale)))
        super().__init__(scale, 0)

    def add(self, column):
        column = rows_of(column, numpy.float64)
        self.add_rows('add_many', arrays=(column, None), count=len(column))
        return self

    def percentile(self, fraction):
        sketch, scratch = self.opened(address(self.state), self.state.nbytes, WORK)
        value, rows = ctypes.c_double(), ctypes.c_uint64()
        must(self.call('percentiles', sketch, ctypes.byref(ctypes.c_double(fraction)), size_t(1),
                       ctypes.byref(value), None, None, ctypes.byref(rows)))
        return value.value if rows.value > 0 else None


class Hashed(Sketch):
    """Of the families that hold items: those of a column, which gives an empty sketch their kind."""

    has_weights = False

    def add(self, column):
        kind, items, offsets = items_of(column, self.family == 'topk')
        arrays = (offsets, None) if self.has_weights else (offsets,)
        self.add_rows('add_items', kind, address(items), arrays=arrays, count=len(offsets) - 1)
        return self


class Distinct(Hashed):
    family = 'distinct'

    def __init__(self, precision=10):
        super().__init__(0, precision)

    def count(self):
        sketch, scratch = self.opened(address(self.state), self.state.nbytes, WORK)
        estimate = ctypes.c_double()
        must(self.call('count', sketch, ctypes.byref(estimate)))
        return estimate.value


class Frequency(Hashed):
    family = 'frequency'
    has_weights = True

    def __init__(self, log2_width=12):  # 0.066 % of the rows
        super().__init__(0, log2_width)


class Topk(Hashed):
    family = 'topk'
    has_weights = True

    def __init__(self, k=10):
        super().__init__(0, ctypes.c_uint32(k))

    def pack_arguments(self, sketch):
        self.scratch = memory(self.call('pack_size', sketch, restype=size_t))
        return address(self.scratch), size_t(self.scratch.nbytes)


class Membership(Hashed):
    family = 'membership'

    def __init__(self, log2_blocks=10, rate=1000):  # in hundred-thousandths: 1 %
        super().__init__(0, log2_blocks, rate)


if __name__ == '__main__':
    generator = numpy.random.default_rng(1)
    milliseconds = generator.gamma(2, 40, 1_000_000)
    users = generator.integers(0, 50_000, 1_000_000)
    print('p99', Quantile().add(milliseconds).percentile(0.99), 'exactly', numpy.quantile(milliseconds, 0.99))
    halves = Distinct().add(users[:500_000]).merge(Distinct().add(users[500_000:]).pack())
    print('users', halves.count(), 'exactly', len(numpy.unique(users)))
