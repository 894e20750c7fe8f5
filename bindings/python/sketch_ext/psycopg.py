"""Columns of sketches as objects, by psycopg 3: both ways, in text and in binary, also in COPY."""

from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format
from psycopg.types import TypeInfo

from .families import Distinct, Frequency, Membership, Quantile, TopK


def adapters_of(sketch, oid):
    class TextLoader(Loader):
        def load(self, data):
            return sketch.from_bytes(bytes.fromhex(bytes(data[2:]).decode()))

    class BinaryLoader(Loader):
        format = Format.BINARY

        def load(self, data):
            return sketch.from_bytes(data)

    class TextDumper(Dumper):
        def dump(self, obj):
            return b'\\x' + bytes(obj).hex().encode()

    class BinaryDumper(Dumper):
        format = Format.BINARY

        def dump(self, obj):
            return bytes(obj)

    TextDumper.oid = BinaryDumper.oid = oid
    return (TextLoader, BinaryLoader), (TextDumper, BinaryDumper)


def types_of(schema):
    """Names of the types, and of their classes."""
    prefix = '' if schema is None else f'{schema}.'
    return [(f'{prefix}{sketch.family}_sketch', sketch) for sketch in (Quantile, Distinct, Frequency, TopK, Membership)]


def adapt(connection, name, sketch, info):
    if info is None:
        raise LookupError(f'no type {name} is found: is sketch_ext installed, and its schema in the search_path or given?')
    info.register(connection)
    loaders, dumpers = adapters_of(sketch, info.oid)
    for loader in loaders:
        connection.adapters.register_loader(info.oid, loader)
    for dumper in dumpers:
        connection.adapters.register_dumper(sketch, dumper)


def register(connection, schema=None):
    """Of this connection; `schema` is where the extension is, if that is not in the search_path."""
    for name, sketch in types_of(schema):
        adapt(connection, name, sketch, TypeInfo.fetch(connection, name))


async def register_async(connection, schema=None):
    """The same of an AsyncConnection."""
    for name, sketch in types_of(schema):
        adapt(connection, name, sketch, await TypeInfo.fetch(connection, name))
