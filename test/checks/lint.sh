#!/usr/bin/env bash
# Static analysis of the sources: cppcheck, and the width of SQL; in the long form (minutes) cppcheck of the tests and
# benchmarks, clang-tidy with .clang-tidy, and clang's warnings, but those about g++'s options, which PostgreSQL passes on.
# What cppcheck is not asked: shifts of negative numbers, which C++20 defines; buffers that constructors leave alone on purpose.
set -euo pipefail
# shellcheck source=test/lib/report.sh
source "$(dirname "$0")/../lib/report.sh"

sources=(src)
[[ ! ${SKETCH_LONG:-} ]] || sources+=(test/core test/fuzz test/instructions bench)
report "cppcheck finds nothing" "$(cppcheck --std=c++20 --language=c++ --enable=warning,portability --quiet -I src \
	--suppress=shiftNegativeLHS --suppress=shiftTooManyBitsSigned --suppress=uninitMemberVar \
	"${sources[@]}" 2>&1)"
report "no line of SQL is wider than 120 columns" "$(LC_ALL=C.UTF-8 grep -nE '^.{121}' sql/*.sql sql/install/*.sql sql/rollup/*.sql)"
if [[ ${SKETCH_LONG:-} ]]; then
	version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" sketch_ext.control)
	report "clang-tidy finds nothing" "$(find src/core src/abi -name '*.cpp' -print0 | xargs -0 -n 1 -P "$(nproc)" \
		sh -c 'clang-tidy --quiet "$1" -- -std=c++20 -Isrc -DSKETCH_VERSION=\"'"$version"'\" 2>/dev/null' clang-tidy)"
fi
if [[ ${SKETCH_LONG:-} ]]; then
	copy=$(mktemp -d)
	trap 'rm -r "$copy"' EXIT
	tar --exclude='*.o' --exclude='*.d' --exclude='*.so' -cf - . | tar -C "$copy" -xf -
	report "clang has no warning" "$(make -s -C "$copy" CXX=clang++ WERROR=1 COPT=-Wno-unknown-warning-option 2>&1 || echo 'it does not build')"
fi
exit "$failed"
