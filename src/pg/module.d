src/pg/module.o: src/pg/module.cpp src/pg/pg.hpp src/pg/../sketch.h
src/pg/pg.hpp:
src/pg/../sketch.h:
