#!/usr/bin/env bash
# The headers of the C ABI, as C and C++ of any standard see them: each compiles by itself, without a warning; and what
# they declare is what a C program can link, no more and no less.
set -euo pipefail
# shellcheck source=test/lib/report.sh
source "$(dirname "$0")/../lib/report.sh"

build=$(mktemp -d)
trap 'rm -r "$build"' EXIT
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Werror)
headers=(src/sketch.h src/sketch_postgres.h src/sketch/*.h)

compiles() { # <compiler ...>: with each header alone, and twice
	local header
	for header in "${headers[@]}"; do
		printf '#include "%s"\n#include "%s"\ntypedef sketch_status used;\n' "$PWD/$header" "$PWD/$header" |
			"$@" "${warnings[@]}" -fsyntax-only - 2>&1 || true
	done
}

for standard in c99 c11 c2x; do
	report "the headers are $standard" "$(compiles gcc -x c "-std=$standard" -Wstrict-prototypes)"
done
for standard in c++11 c++20; do
	report "the headers are $standard" "$(compiles g++ -x c++ "-std=$standard")"
done

# All declarations, as the compiler reads them: `SKETCH_API type name(arguments) SKETCH_NOEXCEPT;`
declared=$(gcc -E -P -DSKETCH_API=EXPORTED src/sketch.h | tr '\n' ' ' | grep -o 'EXPORTED [^;(]*(' |
	sed 's/.*[ *]\(sketch_[a-z0-9_]*\)($/\1/' | sort)
report "there are declarations" "$([[ $(wc -l <<<"$declared") -gt 80 ]] || echo "$declared")"
objects=${SKETCH_BUILD:-}
if [[ ! -e $objects/CMakeCache.txt ]]; then
	objects=$build
	cmake -S . -B "$objects" -DSKETCH_TESTS=OFF >"$build/log" 2>&1 || cat "$build/log"
fi
cmake --build "$objects" --target sketch_shared -j "$(nproc)" >"$build/log" 2>&1 || cat "$build/log"
library=$(readlink -f "$objects/libsketch.so")
report "the shared library exports what sketch.h declares" \
	"$(diff <(nm -D --defined-only "$library" | awk '$2 == "T" { print $3 }' | sort) <(printf '%s\n' "$declared") || true)"
version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" sketch_ext.control)
soname=${version%.*}
[[ $version == 0.* ]] || soname=${version%%.*}
report "its SONAME has the numbers that change with the ABI" \
	"$(readelf -d "$library" | grep -qF "[libsketch.so.$soname]" || readelf -d "$library" | grep SONAME)"
exit "$failed"
