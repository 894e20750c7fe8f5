"""The five families: states that grow, from columns, from packed bytes and from each other."""

import ctypes
import threading

import numpy

from .items import NUMBER, Items, item_of, numbers_of, value_of, weights_of
from .library import END, GROW, LIBRARY, PACKED, WORK, Growth, SketchError, address, memory, must, pointer, size_t


def packed_bytes(packed):
    """Bytes, or the text that PostgreSQL writes of a sketch."""
    if not isinstance(packed, str):
        return bytes(memoryview(packed))  # no integer, no list
    try:
        return bytes.fromhex(packed.removeprefix('\\x'))
    except ValueError:
        raise SketchError('no bytes in hexadecimal digits behind \\x') from None


class Sketch:
    """
    A state that grows, of one family: `family` is what the names of its functions have.

    Threads may share one: its calls wait for each other.
    """

    family = None
    check = 'check'  # of bytes behind the header, which opening does not look at

    def __init__(self, *parameters):
        self.lock = threading.RLock()
        self.state = memory(self.call('init_size', restype=size_t))
        must(self.call('init', address(self.state), size_t(self.state.nbytes), *parameters))

    @classmethod
    def from_bytes(cls, packed):
        """
        The sketch that was packed, here or in the database, or its text there, '\\x...'; what is none is a SketchError.
        """
        packed = packed_bytes(packed)
        sketch, scratch = cls.checked(packed)
        self = cls.__new__(cls)
        self.lock = threading.RLock()
        self.state, growth = memory(0), Growth()
        while True:
            status = cls.call('load', sketch, address(self.state), size_t(self.state.nbytes), ctypes.byref(growth))
            if status != GROW:
                break
            self.state = memory(growth.size)
        must(status)
        return self

    @classmethod
    def call(cls, name, *arguments, restype=ctypes.c_int):
        function = getattr(LIBRARY, f'sketch_{cls.family}_{name}')
        function.restype = restype  # the same one each time
        return function(*arguments)

    def grown(self, name, arguments):
        """A call that changes the state, and is made again when the state has grown."""
        growth = Growth()
        with self.lock:
            while True:
                state = address(self.state), size_t(self.state.nbytes)
                status = self.call(name, *state, *arguments(), ctypes.byref(growth))
                if status != GROW:
                    return must(status)
                larger = memory(growth.size)
                self.call('move', address(larger), *state, ctypes.byref(growth), restype=None)
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
        return self

    @classmethod
    def opened(cls, data, size, form):
        """The sketch, and the memory that it stands in."""
        scratch = memory(cls.call('open_size', data, size_t(size), form, restype=size_t))
        sketch = pointer()
        must(cls.call('open', data, size_t(size), form, address(scratch), size_t(scratch.nbytes), ctypes.byref(sketch)))
        return sketch, scratch

    @classmethod
    def checked(cls, packed):
        """The sketch of packed bytes of any origin, which are sound to the last one."""
        opened = cls.opened(ctypes.c_char_p(packed), len(packed), PACKED)
        if cls.check is not None:
            must(cls.call(cls.check, opened[0]))
        return opened

    def read(self, name, *arguments):
        """A call that reads the state, and writes to `arguments`."""
        with self.lock:
            sketch, scratch = self.opened(address(self.state), self.state.nbytes, WORK)
            must(self.call(name, sketch, *arguments))

    def merge(self, other):
        """All rows of another one of this family, or of its packed bytes."""
        if isinstance(other, Sketch) and other.family != self.family:
            raise TypeError(f'a {other.family} sketch does not merge with a {self.family} sketch')
        other = bytes(other) if isinstance(other, Sketch) else packed_bytes(other)
        sketch, scratch = self.checked(other)
        self.grown('merge', lambda: (sketch,))
        return self

    def __bytes__(self):
        with self.lock:
            sketch, scratch = self.opened(address(self.state), self.state.nbytes, WORK)
            out = numpy.empty(self.call('packed_bound', sketch, restype=size_t), dtype=numpy.uint8)
            size = size_t()
            must(self.call('pack', sketch, *self.pack_arguments(sketch), address(out), size_t(out.nbytes),
                           ctypes.byref(size)))
            return out[:size.value].tobytes()

    def __bool__(self):
        return True

    def pack_arguments(self, sketch):
        return ()

    def __eq__(self, other):
        """Equal rows and parameters; of TopK equal counters."""
        return bytes(self) == bytes(other) if type(other) is type(self) else NotImplemented

    __hash__ = None  # it changes

    def __reduce__(self):
        return type(self).from_bytes, (bytes(self),)

    def __repr__(self):
        return f'{type(self).__name__}.from_bytes({bytes(self)!r})'


class QuantileInfo(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_uint64) for name in ('total', 'zeros', 'negative_infinities', 'positive_infinities', 'nans')),
        *((name, ctypes.c_double) for name in ('minimum', 'maximum', 'finite_minimum', 'finite_maximum', 'accuracy',
                                               'current_accuracy')),
        ('requested_scale', ctypes.c_int), ('scale', ctypes.c_int), ('negative_buckets', ctypes.c_uint32),
        ('positive_buckets', ctypes.c_uint32), ('extremes_known', ctypes.c_int), ('whole', ctypes.c_int)]

    def __repr__(self):
        return f"QuantileInfo({', '.join(f'{name}={getattr(self, name)}' for name, _ in self._fields_)})"


class Quantile(Sketch):
    """Percentiles of numbers, each within `accuracy` of the row's value."""

    family = 'quantile'
    check = None

    def __init__(self, accuracy=0.01):
        scale = ctypes.c_int()
        must(LIBRARY.sketch_quantile_scale(ctypes.c_double(accuracy), ctypes.byref(scale)))
        super().__init__(scale, 0)

    def add(self, column, weights=None):
        column, weights = numbers_of(column, weights)
        return self.add_rows('add_many', arrays=(column, weights), count=len(column))

    def percentiles(self, fractions):
        """Interpolated between rows, as percentile_cont does; None of an empty sketch."""
        return self.bounded(fractions)[0]

    def percentile(self, fraction):
        values = self.percentiles([fraction])
        return None if values is None else float(values[0])

    def percentile_bounds(self, fraction):
        """What percentile_cont of the rows is at least and at most."""
        _, lower, upper = self.bounded([fraction])
        return None if lower is None else (float(lower[0]), float(upper[0]))

    def bounded(self, fractions):
        fractions, _ = numbers_of(fractions)
        values, lower, upper = (numpy.empty(len(fractions)) for _ in range(3))
        rows = ctypes.c_uint64()
        self.read('percentiles', address(fractions), size_t(len(fractions)), address(values), address(lower),
                  address(upper), ctypes.byref(rows))
        return (values, lower, upper) if rows.value > 0 else (None, None, None)

    def number(self, name, *arguments):
        """An answer that an empty sketch has not."""
        value, rows = ctypes.c_double(), ctypes.c_uint64()
        self.read(name, *arguments, ctypes.byref(value), ctypes.byref(rows))
        return value.value if rows.value > 0 else None

    def rank(self, x):
        """The fraction of rows that are at most x."""
        return self.number('rank', ctypes.c_double(x))

    def sum(self):
        return self.number('sum')

    def mean(self):
        return self.number('mean', ctypes.c_double(0), ctypes.c_double(1))

    def info(self):
        info = QuantileInfo()
        self.read('describe', ctypes.byref(info))
        return info

    def histogram(self, bounds):
        """Rows up to the first bound, above it and up to the second, ..., above the last: one more than bounds."""
        bounds, _ = numbers_of(bounds)
        rows = numpy.empty(len(bounds) + 1, dtype=numpy.uint64)
        self.read('histogram_at', address(bounds), size_t(len(bounds)), address(rows))
        return rows

    @property
    def total(self):
        return self.info().total

    @property
    def min(self):
        """The least row; the edge of its bucket where it is not known. None of an empty sketch."""
        info = self.info()
        return info.minimum if info.total > 0 else None

    @property
    def max(self):
        info = self.info()
        return info.maximum if info.total > 0 else None

    def __len__(self):
        return self.total


class Hashed(Sketch):
    """Of the families that hold items: those of a column, which gives an empty sketch their kind."""

    has_weights = False

    def add(self, column, weights=None):
        if weights is not None and not self.has_weights:
            raise TypeError(f'a {self.family} sketch counts no rows')
        is_topk = self.family == 'topk'
        items = column if isinstance(column, Items) else Items(column, is_topk)
        if items.kind == NUMBER and items.for_topk != is_topk:
            raise TypeError('of numbers, Items are made for_topk=True if they are for a TopK')
        weights = weights_of(weights, len(items))
        arrays = (items.offsets, weights) if self.has_weights else (items.offsets,)
        return self.add_rows('add_items', items.kind, address(items.bytes), arrays=arrays, count=len(items))

    @staticmethod
    def hash_of(value):
        kind, item = item_of(value, False)
        return kind, ctypes.c_uint64(LIBRARY.sketch_hash(ctypes.c_char_p(item), size_t(len(item))))


class Distinct(Hashed):
    """How many different items."""

    family = 'distinct'

    def __init__(self, precision=10):
        super().__init__(0, precision)

    def count(self):
        """The estimate; `round` gives what distinct_count does."""
        estimate = ctypes.c_double()
        self.read('count', ctypes.byref(estimate))
        return estimate.value

    def bounds(self, confidence=0.95):
        lower, upper = ctypes.c_double(), ctypes.c_double()
        self.read('bounds', ctypes.c_double(confidence), ctypes.byref(lower), ctypes.byref(upper))
        return lower.value, upper.value


class Frequency(Hashed):
    """How often an item came, at most `error` of all rows too often."""

    family = 'frequency'
    has_weights = True

    def __init__(self, error=0.001):
        log2_width = ctypes.c_int()
        must(LIBRARY.sketch_frequency_log2_width(ctypes.c_double(error), ctypes.byref(log2_width)))
        super().__init__(0, log2_width)

    def counted(self, value):
        estimate, lower, upper = (ctypes.c_uint64() for _ in range(3))
        self.read('count', *self.hash_of(value), ctypes.byref(estimate), ctypes.byref(lower), ctypes.byref(upper))
        return estimate.value, lower.value, upper.value

    def count(self, value):
        return self.counted(value)[0]

    def bounds(self, value):
        return self.counted(value)[1:]


class TopKEntry(ctypes.Structure):
    _fields_ = [('item', ctypes.c_void_p), ('item_size', ctypes.c_size_t), ('estimate', ctypes.c_uint64),
                ('lower', ctypes.c_uint64), ('upper', ctypes.c_uint64)]


class TopKInfo(ctypes.Structure):
    _fields_ = [('kind', ctypes.c_int), ('is_work', ctypes.c_int), ('is_exact', ctypes.c_int), ('k', ctypes.c_uint32),
                ('items', ctypes.c_uint32), ('total', ctypes.c_uint64), ('offset', ctypes.c_uint64)]


CURSOR_SIZE = 32 * 8 + 8192  # of a sketch_topk_cursor


class TopK(Hashed):
    """The k most frequent items."""

    family = 'topk'
    check = 'check_items'
    has_weights = True

    def __init__(self, k=10):
        super().__init__(0, ctypes.c_uint32(k))

    def pack_arguments(self, sketch):
        self.scratch = memory(self.call('pack_size', sketch, restype=size_t))
        return address(self.scratch), size_t(self.scratch.nbytes)

    def top(self, k=None):
        """The first k of (value, estimate, lower, upper), the largest estimate first; of equal ones the surest."""
        packed = bytes(self)
        sketch, scratch = self.opened(ctypes.c_char_p(packed), len(packed), PACKED)
        info, entry, cursor, entries = TopKInfo(), TopKEntry(), memory(CURSOR_SIZE), []
        must(self.call('describe', sketch, ctypes.byref(info)))
        must(self.call('begin', sketch, address(cursor)))
        while (status := self.call('next', address(cursor), ctypes.byref(entry))) != END:
            must(status)
            item = ctypes.string_at(entry.item, entry.item_size)
            entries.append((-entry.estimate, -entry.lower, item, entry.upper))
        entries.sort()
        return [(value_of(info.kind, item), -estimate, -lower, upper)
                for estimate, lower, item, upper in entries[:info.k if k is None else min(k, info.k)]]


class Membership(Hashed):
    """Whether an item came: never a false no."""

    family = 'membership'

    def __init__(self, expected_items=1_000_000, false_positive_rate=0.01):
        if expected_items < 1:
            raise SketchError('at least one item is expected')
        log2_blocks, rate = ctypes.c_int(), ctypes.c_int()
        must(LIBRARY.sketch_membership_log2_blocks(ctypes.c_uint64(expected_items),
                                                   ctypes.c_double(false_positive_rate), ctypes.byref(log2_blocks)))
        must(LIBRARY.sketch_membership_kept_rate(ctypes.c_double(false_positive_rate), ctypes.byref(rate)))
        super().__init__(0, log2_blocks, rate)

    def __contains__(self, value):
        found = ctypes.c_int()
        self.read('contains', *self.hash_of(value), ctypes.byref(found))
        return found.value != 0

    def false_positive_rate(self):
        rate = ctypes.c_double()
        self.read('rate', ctypes.byref(rate))
        return rate.value
