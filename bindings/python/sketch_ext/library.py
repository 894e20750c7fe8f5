"""libsketch by ctypes: how it is found, what a call says, and memory for it."""

import ctypes
import os

import numpy

try:
    LIBRARY = ctypes.CDLL(os.environ.get('LIBSKETCH', 'libsketch.so'))
except OSError as error:
    raise OSError(f'{error}. The variable LIBSKETCH says which file libsketch is') from None
LIBRARY.sketch_status_message.restype = ctypes.c_char_p
LIBRARY.sketch_hash.restype = ctypes.c_uint64
OK, GROW, END = 0, 1, 3
PACKED, WORK = 0, 1
size_t, pointer = ctypes.c_size_t, ctypes.c_void_p


class Growth(ctypes.Structure):
    """The size that a state asks for, and what only the library knows."""
    _fields_ = [('size', ctypes.c_uint64), ('opaque', ctypes.c_uint64 * 3)]


class SketchError(ValueError):
    """What the library refuses: bytes that are no sketch, a parameter out of its range, items of another kind."""


def must(status):
    if status != OK:
        raise SketchError(LIBRARY.sketch_status_message(status).decode())


def memory(size):
    """Aligned to 8 bytes; an array keeps it alive."""
    return numpy.zeros((size + 7) // 8, dtype=numpy.uint64)


def address(array):
    return pointer(array.ctypes.data)
