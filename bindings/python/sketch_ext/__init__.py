"""
Sketches of NumPy columns: those that sketch_ext makes of the same columns in PostgreSQL, byte for byte.

    from sketch_ext import Distinct, Quantile
    people = Distinct().add(column)                 # int64, float64, bool, str, bytes, datetime64, uuid.UUID
    people.merge(other).count()
    bytes(people)                                   # to store and to send; Distinct.from_bytes makes it a sketch again

With psycopg, `sketch_ext.psycopg.register(connection)` makes columns of sketches such objects. The calls below are those of
libsketch: what they promise stands in its headers.
"""

from .families import Distinct, Frequency, Membership, Quantile, Sketch, TopK
from .items import Items
from .library import SketchError

__all__ = ['Distinct', 'Frequency', 'Items', 'Membership', 'Quantile', 'Sketch', 'SketchError', 'TopK']
