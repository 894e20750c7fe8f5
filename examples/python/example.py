"""Sketches of NumPy columns, in halves that are merged; PYTHONPATH and LD_LIBRARY_PATH tell where package and library are."""

import numpy

from sketch_ext import Distinct, Quantile, TopK

generator = numpy.random.default_rng(1)
milliseconds = generator.gamma(2, 40, 1_000_000)
users = generator.zipf(1.3, 1_000_000)

print('p99', Quantile().add(milliseconds).percentile(0.99), 'exactly', numpy.quantile(milliseconds, 0.99))
halves = Distinct().add(users[:500_000]).merge(Distinct().add(users[500_000:]))
print('users', round(halves.count()), 'exactly', len(numpy.unique(users)))
print('most active', TopK(3).add(users).top())
