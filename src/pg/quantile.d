src/pg/quantile.o: src/pg/quantile.cpp src/pg/family.hpp src/pg/pg.hpp \
 src/pg/../sketch.h
src/pg/family.hpp:
src/pg/pg.hpp:
src/pg/../sketch.h:
