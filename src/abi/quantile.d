src/abi/quantile.o: src/abi/quantile.cpp src/abi/../core/quantile.hpp \
 src/abi/../core/bytes.hpp src/abi/../core/format.hpp \
 src/abi/../core/../sketch.h src/abi/../core/ladder.hpp
src/abi/../core/quantile.hpp:
src/abi/../core/bytes.hpp:
src/abi/../core/format.hpp:
src/abi/../core/../sketch.h:
src/abi/../core/ladder.hpp:
