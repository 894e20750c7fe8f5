#!/usr/bin/env bash
# Static analysis of the sources: cppcheck, and in the long form clang-tidy with .clang-tidy (minutes). What is not asked:
# shifts of negative numbers, which C++20 defines; buffers that constructors leave alone on purpose.
set -euo pipefail

report() { # <name> <what it found>
	if [[ ! $2 ]]; then
		printf 'ok - %s\n' "$1"
	else
		printf 'not ok - %s\n%s\n' "$1" "$2"
		failed=1
	fi
}

failed=0
report "cppcheck finds nothing" "$(cppcheck --std=c++20 --language=c++ --enable=warning,portability --quiet -I src \
	--suppress=shiftNegativeLHS --suppress=shiftTooManyBitsSigned --suppress=uninitMemberVar \
	src test/core test/fuzz test/instructions bench 2>&1)"
if [[ ${SKETCH_LONG:-} ]]; then
	report "clang-tidy finds nothing" "$(find src/core src/abi -name '*.cpp' -print0 | xargs -0 -n 1 -P "$(nproc)" \
		sh -c 'clang-tidy --quiet "$1" -- -std=c++20 -Isrc -DSKETCH_VERSION=\"0\" 2>/dev/null' clang-tidy)"
fi
exit "$failed"
