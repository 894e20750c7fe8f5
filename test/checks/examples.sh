#!/usr/bin/env bash
# libsketch as strangers have it: installed, and moved to another place. The examples, and a program that makes items of
# values, are built with nothing else, and make the bytes that PostgreSQL makes. The library is that of the CMake build
# in $SKETCH_BUILD, or one that is built here.
set -euo pipefail
# shellcheck source=test/lib/report.sh
source "$(dirname "$0")/../lib/report.sh"

# What a command prints if it fails.
trouble() { "$@" >"$place/log" 2>&1 || cat "$place/log" - <<<"$1 failed"; } # <command ...>

differences() { diff <(sort "$1") <(sort "$2") 2>&1 || true; } # <file> <file>

place=$(mktemp -d)
export PGDATABASE=examples_check PGCLIENTENCODING=UTF8 PGOPTIONS='-c client_min_messages=warning'
psql -Xqc "DROP DATABASE IF EXISTS $PGDATABASE" \
	-c "CREATE DATABASE $PGDATABASE TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'" postgres
trap 'rm -r "$place"; psql -Xqc "DROP DATABASE $PGDATABASE" postgres' EXIT

build=${SKETCH_BUILD:-}
if [[ ! -e $build/CMakeCache.txt ]]; then
	build=$place/build
	cmake -S . -B "$build" -DSKETCH_TESTS=OFF >/dev/null
fi
report "the libraries are built" "$(trouble cmake --build "$build" --target sketch_all -j "$(nproc)")"
cmake --install "$build" --prefix "$place/first" >/dev/null
mv "$place/first" "$place/installed"
library=$(dirname "$(find "$place/installed" -name libsketch.a)")
report "the licence is installed" "$(cmp LICENSE "$(find "$place/installed" -name LICENSE)" 2>&1)"
report "nothing that is installed names a place" "$(grep -rIl -e "$place" -e "$PWD" "$place/installed" || true)"
export PKG_CONFIG_PATH=$library/pkgconfig LD_LIBRARY_PATH=$library CMAKE_PREFIX_PATH=$place/installed

# The example in C, and what it says is what PostgreSQL says.
strict=(-std=c99 -Wall -Wextra -pedantic -Werror)
psql -XqAto "$place/expected" -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION sketch_ext' \
	-c 'SELECT quantile_agg((i * server / 8.0)::float8) FROM unnest(ARRAY[1, 3]) AS server, generate_series(1, 10000) AS i'
sketched() { # <name> <program>
	"$2" >"$place/output" 2>&1 || true
	report "$1" "$(diff <(tail -n 1 "$place/output") "$place/expected" 2>&1 || true)"
}
read -ra flags < <(pkg-config --cflags --libs sketch)
report "the example in C is built by pkg-config" \
	"$(trouble cc "${strict[@]}" examples/c/example.c "${flags[@]}" -o "$place/by_pkg_config")"
sketched "and packs what PostgreSQL packs" "$place/by_pkg_config"
read -ra flags < <(pkg-config --static --cflags --libs sketch)
flags=("${flags[@]/#-lsketch/$library/libsketch.a}")
report "and with the static library" "$(trouble cc "${strict[@]}" examples/c/example.c "${flags[@]}" -o "$place/static")"
sketched "which packs the same" "$place/static"
for target in sketch sketch_static; do
	mkdir "$place/$target"
	cp examples/c/example.c "$place/$target"
	sed "s/sketch::sketch)/sketch::$target)/" examples/c/CMakeLists.txt >"$place/$target/CMakeLists.txt"
	report "the example in C is built by find_package with sketch::$target" "$(
		trouble cmake -S "$place/$target" -B "$place/$target/build" -DCMAKE_C_FLAGS="${strict[*]}"
		trouble cmake --build "$place/$target/build"
	)"
	sketched "and packs the same" "$place/$target/build/example"
done

# Items, one by one and as columns.
psql -Xqc 'DROP EXTENSION sketch_ext'
psql -Xqf test/abi/items.sql
psql -XqAto "$place/lines" -F $'\t' -c 'SELECT type, line FROM lines ORDER BY type, n'
expected() { psql -XqAt -F $'\t' -c "SELECT * FROM expected WHERE $1" >"$place/expected"; } # <condition>
read -ra flags < <(pkg-config --cflags --libs sketch)
report "a program that makes items is built" "$(trouble cc "${strict[@]}" test/abi/items.c "${flags[@]}" -o "$place/items")"
"$place/items" <"$place/lines" >"$place/output" 2>&1 || true
mapfile -t types < <(cut -f 1 "$place/lines" | sort -u)
for type in "${types[@]}"; do
	expected "type = '$type' AND family <> 'quantile'"
	grep -P "^$type\t" "$place/output" >"$place/of_type" || true
	report "items of type $type are those of PostgreSQL, in C" "$(differences "$place/expected" "$place/of_type")"
done
# Debian's: another Python in the PATH has not its packages
if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
	export PYTHONPATH=bindings/python PYTHONDONTWRITEBYTECODE=1
	/usr/bin/python3 test/abi/columns.py <"$place/lines" >"$place/output" 2>&1 || true
	for type in int2 int4 int8 float4 float8 bool text bytea uuid date timestamp; do
		expected "type = '$type'"
		grep -P "^$type\t" "$place/output" >"$place/of_type" || tail -n 3 "$place/output" >"$place/of_type"
		report "columns of type $type are those of PostgreSQL, in Python" "$(differences "$place/expected" "$place/of_type")"
	done
	report "the example in Python runs" "$(trouble /usr/bin/python3 examples/python/example.py)"
	if /usr/bin/python3 -c 'import psycopg' 2>/dev/null; then
		sed -n '/^```python$/,/^```$/ { /^```/d; p }' bindings/python/README.md >"$place/page.py"
		report "what the page of the package shows runs" "$(trouble /usr/bin/python3 "$place/page.py")"
	fi
	/usr/bin/python3 test/python/package_test.py || failed=1
else
	printf 'skipped: no NumPy\n'
fi
exit "$failed"
