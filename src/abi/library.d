src/abi/library.o: src/abi/library.cpp src/abi/../core/format.hpp \
 src/abi/../core/../sketch.h
src/abi/../core/format.hpp:
src/abi/../core/../sketch.h:
