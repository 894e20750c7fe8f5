#!/usr/bin/env bash
# What a build needs: it says in words what is missing, does without tests where Catch2 is missing, and leaves it to the
# builder whether a warning is an error.
set -euo pipefail

report() { # <name> <exit status>
	if (($2 == 0)); then
		printf 'ok - %s\n' "$1"
	else
		printf 'not ok - %s\n' "$1"
		cat "$build/log"
		failed=1
	fi
}

# The command ends so, and says that.
ends() { # <name> <with success: yes or no> <what it says> <command ...>
	local ended=yes status=0
	"${@:4}" >"$build/log" 2>&1 || ended=no
	# Words, however they were broken into lines.
	[[ $ended == "$2" && $(tr -s ' \n' ' ' <"$build/log") == *"$3"* ]] || status=1
	report "$1" "$status"
}

configure=(cmake -S . -DCMAKE_EXPORT_COMPILE_COMMANDS=ON)
build=$(mktemp -d)
trap 'rm -r "$build"' EXIT
failed=0

no_catch2=-DCMAKE_DISABLE_FIND_PACKAGE_Catch2=ON
ends "the core is built without tests where there is no Catch2" yes "No tests are built: Catch2 is not found" \
	"${configure[@]}" -B "$build/default" "$no_catch2"
ends "unless they are asked for" no "Catch2" "${configure[@]}" -B "$build/tests" "$no_catch2" -DSKETCH_TESTS=ON
ends "warnings are no errors" no "" grep -e -Werror "$build/default/compile_commands.json"
ends "unless they are to be" yes "No tests" "${configure[@]}" -B "$build/werror" "$no_catch2" -DSKETCH_WERROR=ON
ends "which they are then" yes "-Werror" grep -e -Werror "$build/werror/compile_commands.json"
header=$(sed -n 's/^XXHASH_INCLUDE_DIR:PATH=//p' "$build/default/CMakeCache.txt")
ends "and without the command where there is no simdjson" yes "The command sketch is not built: simdjson is not found" \
	"${configure[@]}" -B "$build/command" "$no_catch2" -DCMAKE_DISABLE_FIND_PACKAGE_simdjson=ON
ends "unless it is asked for" no "simdjson" \
	"${configure[@]}" -B "$build/asked" "$no_catch2" -DCMAKE_DISABLE_FIND_PACKAGE_simdjson=ON -DSKETCH_COMMAND=ON
ends "CMake says that xxhash.h is missing" no "xxhash.h, the header of xxHash, is not found. Install it" \
	"${configure[@]}" -B "$build/xxhash" "-DCMAKE_IGNORE_PATH=$header"
ends "and so does the compiler" no "the header of xxHash, xxhash.h, is not there" \
	g++ -std=c++20 -nostdinc -I "$build" -fsyntax-only -x c++ src/core/common/hash.hpp
ends "a machine without integers of 128 bits is told so" no "integers of 128 bits (__int128), which this compiler lacks" \
	g++ -std=c++20 -U__SIZEOF_INT128__ -fsyntax-only -x c++ src/core/common/int128.hpp
exit "$failed"
