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


def register(connection):
    """Of this connection. The extension must be there, in a schema of the search_path."""
    for sketch in Quantile, Distinct, Frequency, TopK, Membership:
        name = f'{sketch.family}_sketch'
        info = TypeInfo.fetch(connection, name)
        if info is None:
            raise LookupError(f'the database has no type {name}: CREATE EXTENSION sketch_ext')
        info.register(connection)
        loaders, dumpers = adapters_of(sketch, info.oid)
        for loader in loaders:
            connection.adapters.register_loader(info.oid, loader)
        for dumper in dumpers:
            connection.adapters.register_dumper(sketch, dumper)
