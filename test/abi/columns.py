"""The sketches of bindings/python, of the columns that test/abi/items.c reads one by one: the same lines."""

import itertools
import sys
import uuid

import numpy

import sketch_ext

COLUMNS = {
    'int2': lambda sent: numpy.frombuffer(b''.join(sent), dtype='>i2'),
    'int4': lambda sent: numpy.frombuffer(b''.join(sent), dtype='>i4'),
    'int8': lambda sent: numpy.frombuffer(b''.join(sent), dtype='>i8'),
    'float4': lambda sent: numpy.frombuffer(b''.join(sent), dtype='>f8').astype(numpy.float32),
    'float8': lambda sent: numpy.frombuffer(b''.join(sent), dtype='>f8'),
    'bool': lambda sent: numpy.array([value == b'\1' for value in sent]),
    'text': lambda sent: numpy.array([value.decode() for value in sent], dtype=object),
    'bytea': lambda sent: numpy.array(sent, dtype=object),
    'uuid': lambda sent: [uuid.UUID(bytes=value) for value in sent],
    'date': lambda sent: numpy.datetime64('2000-01-01', 'D') + numpy.frombuffer(b''.join(sent), dtype='>i4'),
    'timestamp': lambda sent: numpy.datetime64('2000-01-01', 'us') + numpy.frombuffer(b''.join(sent), dtype='>i8'),
}


def show(type_name, state):
    print(type_name, state.family, bytes(state).hex(), sep='\t')


for type_name, lines in itertools.groupby((line.rstrip('\n').split('\t') for line in sys.stdin), lambda line: line[0]):
    if type_name not in COLUMNS:
        continue
    column = COLUMNS[type_name]([bytes.fromhex(sent) for _, sent in lines])
    for make in (lambda: sketch_ext.Distinct(12), sketch_ext.Frequency, lambda: sketch_ext.TopK(1000),
                 lambda: sketch_ext.Membership(5000)):
        show(type_name, make().add(column[:100]).merge(make().add(column[100:])))
    if type_name == 'float8':
        show(type_name, sketch_ext.Quantile().add(column[:100]).merge(sketch_ext.Quantile().add(column[100:])))
