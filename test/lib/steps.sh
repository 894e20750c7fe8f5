# shellcheck shell=bash
# Steps that count what passed and failed, for test/run and test/versions, which source this file after setup.sh:
#
#   step "title" function                runs it in a subshell; what breaks off is a failure
#   check "name" command ...             one test
#   beside "name" command ...            runs it while others go on; collect, in the same shell, waits for all of them
#   tally_tap, tally_run, tally_script   counts of other programs' tests
#   summary                              the last line, "N passed, N failed", and the exit status
#
# And the steps that both have: test_build, installcheck, test_nodes.

### Counting: steps run in subshells, so the counts are lines "passed failed" of a file.

TALLY=$WORK/tally
tally() { say "$1 $2" >>"$TALLY"; }

ok() {
	say "ok - $1"
	tally 1 0
}

not_ok() {
	say "not ok - $1"
	tally 0 1
}

check() { # <name> <command ...>
	if "${@:2}"; then ok "$1"; else not_ok "$1"; fi
}

# Commands beside what follows, and waiting for them: then they show what they printed.
BESIDE=() # "process output name", of this shell
beside() { # <name> <command ...>
	local output
	output=$(mktemp "$WORK/beside.XXXXXX")
	(set -e && BESIDE=() && "${@:2}") >"$output" 2>&1 &
	BESIDE+=("$! $output $1")
}
collect() {
	local entry process output name
	for entry in "${BESIDE[@]}"; do
		read -r process output name <<<"$entry"
		wait "$process" || not_ok "$name: broke off"
		cat "$output"
	done
	BESIDE=()
}

# A run that fails without a failed test, or that has no test at all, is one failure.
tally_run() { # <name> <exit status> <passed> <failed>
	say "$1: passed $3, failed $4"
	tally "$3" "$4"
	(($4 > 0 || ($2 == 0 && $3 > 0))) || not_ok "$1: exit status $2, tests passed $3"
}

tally_tap() { # <name> <exit status> <output>
	local passed failed
	passed=$(grep '^ok ' "$3" | grep -civ '# skip' || true)
	failed=$(grep -c '^not ok ' "$3" || true)
	tally_run "$1" "$2" "$passed" "$failed"
}

# A script whose last line is as ours.
tally_script() { # <name> <command ...>
	local log=$WORK/$1.log status=0 passed failed
	"${@:2}" </dev/null 2>&1 | tee "$log" || status=$?
	read -r passed failed < <(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$log") || true
	tally_run "$1" "$status" "${passed:-0}" "${failed:-0}"
}

step() { # <title> <function>
	local start=$SECONDS status
	printf '\n== %s\n' "$1"
	set +e # for the next line only: inside, errexit stays on
	(set -e && BESIDE=() && "$2") </dev/null
	status=$?
	set -e
	((status == 0)) || not_ok "$1: broke off with exit status $status"
	say "($((SECONDS - start)) s)"
}

# The last line.
summary() {
	local passed failed
	read -r passed failed < <(awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }' "$TALLY")
	((failed == 0)) || show_server_log
	stop_cluster
	say "" "$passed passed, $failed failed"
	((failed == 0))
}

### Steps

test_build() {
	local log=$WORK/build.log status=0
	(build_extension WERROR=1) >"$log" 2>&1 || status=$?
	cat "$log"
	check "it builds and installs" test $status = 0
	check "no warning" test "$(grep -ci warning "$log" || true)" = 0
	cd "$WORK/src"
	check "no C++ exception can start in the extension or pass through PostgreSQL" \
		without '__cxa|__gxx_personality|_Unwind' nm -A src/*/*.o src/*/*/*.o
	check "the extension takes memory from PostgreSQL only" \
		without ' U (malloc|calloc|realloc|free|_Zn[wa]|_Zd[la])' nm -D sketch_ext.so
}

# The command works and prints no line with this pattern.
without() { # <pattern> <command ...>
	local output
	output=$("${@:2}") || return
	! grep -E -- "$1" <<<"$output"
}

# The regression tests against the server that runs, and the isolation tests. make would not go on to these if one of
# those fails, so each have a run.
installcheck() { # <name>
	run_installcheck "$1" "$WORK/src" ISOLATION=
	run_installcheck "$1, isolation" "$WORK/src/output_iso" REGRESS=
}

run_installcheck() { # <name> <where pg_regress writes> <variable of make ...>
	local log=$WORK/regress.log status=0 passed failed
	# A step that waits for ever fails after a minute: the names of the setting up to PostgreSQL 15, and of half of it since.
	as_postgres env PGISOLATIONTIMEOUT=60 PG_TEST_TIMEOUT_DEFAULT=30 \
		make -C "$WORK/src" --no-print-directory -s installcheck PG_CONFIG="$PG_CONFIG" "${@:3}" >"$log" 2>&1 || status=$?
	cat "$log"
	[[ ! -s $2/regression.diffs ]] || head -n 200 "$2/regression.diffs"
	# "ok 1 - name" since PostgreSQL 16, "test name ... ok" before.
	passed=$(grep -cE '^ok |\.\.\. ok( |$)' "$log" || true)
	failed=$(grep -cE '^not ok |\.\.\. (FAILED|failed)' "$log" || true)
	tally_run "$1" "$status" "$passed" "$failed"
}

test_nodes() {
	local log=$WORK/tap.log status=0 pgxs
	pgxs=$(dirname "$("$PG_CONFIG" --pgxs)")/..
	mkdir "$WORK/tap" # the tests keep their nodes in the current directory
	own_by_postgres "$WORK/tap"
	cd "$WORK/tap"
	as_postgres env PG_REGRESS="$pgxs/test/regress/pg_regress" \
		prove -v -I "$pgxs/test/perl" "$WORK/src/test/t/"*.pl >"$log" 2>&1 || status=$?
	cat "$log"
	((status == 0)) || tail -n 30 tmp_check/log/* || true
	tally_tap "nodes" "$status" "$log"
}
