src/core/quantile_packed.o: src/core/quantile_packed.cpp \
 src/core/quantile.hpp src/core/bytes.hpp src/core/format.hpp \
 src/core/../sketch.h src/core/ladder.hpp
src/core/quantile.hpp:
src/core/bytes.hpp:
src/core/format.hpp:
src/core/../sketch.h:
src/core/ladder.hpp:
