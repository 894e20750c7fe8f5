#!/usr/bin/env bash
# Every link between the documents leads to a file: in the source tree, and where `make install` puts them.
set -euo pipefail
# shellcheck source=test/lib/report.sh
source "$(dirname "$0")/../lib/report.sh"

# shellcheck disable=SC2016 # a pattern
links() { grep -ohE '\]\([^)#:]+(#[^)]*)?\)' "$1" | sed -E 's/^\]\(([^)#]+).*/\1/'; } # <page>

broken() { # <directory of the pages>
	local page link
	for page in "$1"/*.md "$1"/docs/*.md; do
		while read -r link; do
			[[ -e $(dirname "$page")/$link ]] || printf '%s: %s\n' "${page#"$1"/}" "$link"
		done < <(links "$page")
	done
}

report "links lead to files" "$(broken .)"
place=$(mktemp -d)
trap 'rm -r "$place"' EXIT
make --no-print-directory -s install DESTDIR="$place" PG_CONFIG="${PG_CONFIG:-pg_config}" >/dev/null
installed=$(find "$place" -path '*/extension/sketch_ext/README.md' -printf '%h\n')
report "documents are installed" "$([[ $installed ]] || echo 'no README.md')"
report "links lead to files where they are installed" "$(broken "${installed:-/nowhere}" 2>&1)"
make --no-print-directory -s uninstall DESTDIR="$place" PG_CONFIG="${PG_CONFIG:-pg_config}" >/dev/null
report "nothing is left when it is uninstalled" "$(find "$place" -type f)"
exit "$failed"
