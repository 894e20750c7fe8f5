# PostgreSQL extension, by PGXS: make, make install, make installcheck, with PG_CONFIG= for another server.
# The package for JavaScript, in build-wasm/package: make wasm, which needs no PostgreSQL.
# The core alone, its tests and benchmarks: see CMakeLists.txt. Everything at once: ./test/run
ifeq ($(MAKECMDGOALS),wasm)
ROOT := $(dir $(lastword $(MAKEFILE_LIST)))
wasm:
	cmake --no-warn-unused-cli -S '$(ROOT)' -B build-wasm -DCMAKE_TOOLCHAIN_FILE=test/wasm/wasi.cmake -DCMAKE_BUILD_TYPE=MinSizeRel \
		-DSKETCH_TESTS=OFF -DSKETCH_WERROR=$(if $(WERROR),ON,OFF)
	cmake --build build-wasm --target sketch_module -j $(shell nproc)
.PHONY: wasm
else
EXTENSION = sketch_ext sketch_rollup
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(dir $(lastword $(MAKEFILE_LIST)))sketch_ext.control)

MODULE_big = sketch_ext
ROOT := $(dir $(lastword $(MAKEFILE_LIST)))
OBJS := $(patsubst $(ROOT)%.cpp,%.o,$(sort $(wildcard $(addprefix $(ROOT)src/,core/*/*.cpp abi/*.cpp pg/*.cpp pg/*/*.cpp))))

INSTALL_SQL := $(sort $(wildcard $(ROOT)sql/install/*.sql))
DATA_built = sketch_ext--$(EXTVERSION).sql sketch_rollup--$(EXTVERSION).sql
DATA = $(patsubst $(srcdir)/%,%,$(wildcard $(srcdir)/sql/upgrade/*.sql))
# What README.md and the pages link to, each in its directory, so that the links work where they are installed.
PAGES := $(patsubst $(ROOT)%,%,$(wildcard $(addprefix $(ROOT),*.md LICENSE docs/*.md docs/plots/*.svg src/sketch.h \
	src/sketch/*.h examples/c/* examples/python/* examples/serverless/* bindings/*/*.md)))

# WITHOUT= leaves some of them out.
REGRESS = $(filter-out $(WITHOUT),quantile quantile_special quantile_forms quantile_plans quantile_windows \
          items distinct frequency membership hashed_forms hashed_plans topk topk_forms topk_typed bounds drivers empty \
          coarsen reading interop every_way conventions rollup rollup_partitions rollup_fold)
REGRESS_OPTS = --inputdir=$(srcdir) --load-extension=sketch_ext
ISOLATION := $(patsubst $(ROOT)test/isolation/specs/%.spec,%,$(sort $(wildcard $(ROOT)test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=$(srcdir)/test/isolation --load-extension=sketch_ext --load-extension=sketch_rollup
EXTRA_CLEAN = $(DATA_built) $(OBJS:.o=.d) results regression.diffs regression.out

PG_CONFIG ?= pg_config
# The bitcode rule knows no C++ standard, and a call by pointer is not inlined anyway.
override with_llvm := no
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Server headers are system headers: some of them do not compile cleanly as C++20.
override CPPFLAGS := -isystem $(shell $(PG_CONFIG) --includedir-server) $(CPPFLAGS) \
	-DSKETCH_VERSION='"$(EXTVERSION)"' -DSKETCH_API=
override CXXFLAGS += -std=c++20 -O2 -Wall -Wextra -fno-exceptions -fno-rtti -ffp-contract=off -fvisibility=hidden \
	$(if $(WERROR),-Werror)
src/core/%.o src/abi/%.o: override CXXFLAGS += -O3
# As PGXS does for C: options for one build, say of sanitizers.
override CXXFLAGS += -MMD -MP $(COPT)
-include $(OBJS:.o=.d)

# A VPATH build needs directories of its own for the objects.
$(shell mkdir -p $(sort $(dir $(OBJS))))

sketch_ext--$(EXTVERSION).sql: $(INSTALL_SQL)
	cat $^ > $@
sketch_rollup--$(EXTVERSION).sql: $(ROOT)sql/rollup/sketch_rollup.sql
	cat $^ > $@

install: install-pages
uninstall: uninstall-pages
pagesdir = $(DESTDIR)$(docdir)/extension/sketch_ext
install-pages:
	$(MKDIR_P) $(addprefix '$(pagesdir)'/,$(sort $(dir $(PAGES))))
	$(foreach directory,$(sort $(dir $(PAGES))),$(INSTALL_DATA) \
		$(addprefix '$(srcdir)'/,$(foreach page,$(PAGES),$(if $(filter $(directory),$(dir $(page))),$(page)))) '$(pagesdir)/$(directory)' &&) :
uninstall-pages:
	rm -rf '$(pagesdir)'
.PHONY: install-pages uninstall-pages
endif
