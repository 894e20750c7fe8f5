# shellcheck shell=bash
# For scripts of test/checks whose tests find something wrong or nothing: `failed` is their exit status.

failed=0
report() { # <name> <what is wrong, or nothing>
	if [[ ! $2 ]]; then
		printf 'ok - %s\n' "$1"
	else
		printf 'not ok - %s\n%s\n' "$1" "$(head -c 10000 <<<"$2")"
		failed=1
	fi
}
