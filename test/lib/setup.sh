# shellcheck shell=bash
# A private PostgreSQL for test/run, demo/run, examples/live/run and bench/run, which source this file:
#
#   need_packages g++ postgresql-N ...  install what is missing; N stands for PostgreSQL's major version
#   need_wasm_packages                  the same of what make wasm takes, where the distribution has it
#   available_packages package ...      those of them that the distribution has
#   build_extension [WERROR=1 ...]      make a copy of the source tree and install it into $DESTDIR
#   build_library                       the core alone, named by LIBSKETCH, from that copy
#   start_cluster ['name = value' ...]  a cluster of our own, with these settings; psql finds it by PGHOST
#   start_live ['name = value' ...]     the same with the database of examples/live, where PGDATABASE leads to
#   as_postgres command ...             the server refuses to run as root
#   fetch_npm [option of npm ci ...]    go to $WORK/npm, with what demo/package.json wants
#
# Everything lives in $WORK and ends with the script. Nothing is written to the source tree, no other
# cluster is touched, and any number of these scripts may run side by side. PG_CONFIG chooses another
# PostgreSQL than the distribution's own.

set -euo pipefail
umask 022 # as root, the user postgres must be able to read what we build
# shellcheck disable=SC2046 # names of variables
unset $(compgen -v PG | grep -vx PG_CONFIG) MAKEFLAGS MAKELEVEL # settings of the caller's own PostgreSQL, or make

say() { printf '%s\n' "$@"; }
die() {
	show_server_log >&2
	say "$0: $1" >&2
	exit 1
}

cleanup() {
	local status=$?
	trap '' HUP INT TERM
	((status == 0 || status > 128)) || show_server_log >&2
	stop_cluster
	[[ ! ${main_cluster_forbidden:-} ]] || allow_main_cluster
	cd /
	rm -rf "$WORK"
}

### Packages

need_packages() {
	[[ -d /var/lib/dpkg ]] || die "this needs Debian or Ubuntu"
	exec 9</var/lib/dpkg # one script at a time: another one may be installing what we miss
	flock -n 9 || { say "Waiting for another one to install packages." && flock 9; }
	find_postgres_version
	local missing
	mapfile -t missing < <(missing_packages "${@/-N/-$PG_MAJOR}")
	((${#missing[@]} == 0)) || install_packages "${missing[@]}"
	exec 9<&-
	export PG_CONFIG=${GIVEN_PG_CONFIG:-/usr/lib/postgresql/$PG_MAJOR/bin/pg_config}
	PG_BIN=$("$PG_CONFIG" --bindir)
	PATH=$PG_BIN:$PATH
	((EUID)) || as_postgres test -x "$WORK" || die "root needs a user postgres who may enter $WORK (or another TMPDIR)"
	choose_install_place
}

# What make wasm takes.
WASM_PACKAGES=(cmake libxxhash-dev clang lld wasi-libc libc++-dev-wasm32 libclang-rt-dev-wasm32)
need_wasm_packages() {
	[[ $(available_packages libclang-rt-dev-wasm32) ]] && need_packages "${WASM_PACKAGES[@]}"
}

# Those of them that the distribution has; its lists are read by find_postgres_version.
available_packages() {
	local package
	for package; do
		[[ ! $(apt-cache show "$package" 2>/dev/null) ]] || say "$package"
	done
}

# Sets PG_MAJOR: that of PG_CONFIG, or else what the distribution calls just "postgresql".
find_postgres_version() {
	if [[ ${PG_MAJOR:-} ]]; then
		return
	elif [[ $GIVEN_PG_CONFIG ]]; then
		PG_MAJOR=$("$GIVEN_PG_CONFIG" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
		return
	fi
	local depends='apt-cache depends --important postgresql'
	if [[ ! $($depends 2>/dev/null) ]]; then
		say "Reading the package lists."
		apt_get update
	fi
	PG_MAJOR=$($depends | sed -nE 's/.*Depends: postgresql-([0-9]+)$/\1/p')
	[[ $PG_MAJOR ]] || die "apt knows no package postgresql"
}

missing_packages() {
	local package
	for package; do
		case $package in
		# They come from elsewhere, too, and then Debian's must not replace them.
		chromium) find_browser >/dev/null || say chromium ;;
		nodejs) type -P node >/dev/null || say nodejs ;;
		npm) type -P npm >/dev/null || say npm ;;
		"postgresql-$PG_MAJOR" | "postgresql-server-dev-$PG_MAJOR")
			[[ $GIVEN_PG_CONFIG ]] || is_installed "$package" || say "$package"
			;;
		*) is_installed "$package" || say "$package" ;;
		esac
	done
}

find_browser() { type -P chromium || type -P google-chrome; }

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed* ]]; }

install_packages() {
	say "Installing, in a minute or two: $*"
	apt_get update
	forbid_main_cluster
	apt_get install "$@"
	allow_main_cluster
}

apt_get() {
	((EUID == 0)) || type -P sudo >/dev/null || die "neither root nor sudo: cannot install packages"
	as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -y -qq --no-install-recommends \
		-o DPkg::Lock::Timeout=600 "$@" </dev/null >"$WORK/apt.log" 2>&1 9<&- || {
		tail -n 20 "$WORK/apt.log" >&2
		die "cannot do apt-get $*"
	}
}

as_root() {
	if ((EUID == 0)); then
		"$@"
	else
		sudo "$@"
	fi
}

# Debian makes and starts a cluster "main" with the first server of each version, unless told not to.
NO_MAIN_CLUSTER=/etc/postgresql-common/createcluster.d/sketch_ext.conf
forbid_main_cluster() {
	main_cluster_forbidden=yes
	as_root mkdir -p "${NO_MAIN_CLUSTER%/*}"
	as_root tee "$NO_MAIN_CLUSTER" <<<'create_main_cluster = false' >/dev/null
}
allow_main_cluster() {
	as_root rm -f "$NO_MAIN_CLUSTER"
	as_root rmdir --ignore-fail-on-non-empty "${NO_MAIN_CLUSTER%/*}"
	main_cluster_forbidden=
}

### The extension

build_extension() {
	[[ -d $WORK/src ]] || copy_source
	local make=(make -C "$WORK/src" --no-print-directory -s "-j$(nproc)" PG_CONFIG="$PG_CONFIG" "$@")
	"${make[@]}" all && "${make[@]}" install DESTDIR="$DESTDIR" &&
		own_by_postgres "$WORK/src" # where pg_regress writes its results
}

# Sets LIBSKETCH to the core alone, from the sources that build_extension has copied.
build_library() {
	cmake -S "$WORK/src" -B "$WORK/core" -DCMAKE_BUILD_TYPE=Release &&
		cmake --build "$WORK/core" --target sketch_shared -j "$(nproc)" &&
		export LIBSKETCH=$WORK/core/libsketch.so
}

# The sources without what was built in place, perhaps for another PostgreSQL.
copy_source() {
	mkdir -p "$WORK/src"
	tar -C "$ROOT" --exclude=./.git --exclude=node_modules --exclude='./build*' --exclude='*.o' --exclude='*.d' --exclude='*.so' \
		--exclude='./sketch_*--*.sql' -cf - . | tar -C "$WORK/src" --no-same-owner -xf -
}

# Writes the settings that let a server find the extension below $DESTDIR.
choose_install_place() {
	local libdir
	libdir=$("$PG_CONFIG" --pkglibdir)
	if has_setting extension_destdir; then # Debian's and Ubuntu's servers
		say "extension_destdir = '$DESTDIR'"
	elif has_setting extension_control_path; then # PostgreSQL 18 and later
		say "extension_control_path = '$DESTDIR$("$PG_CONFIG" --sharedir):\$system'"
		say "dynamic_library_path = '$DESTDIR$libdir:\$libdir'"
	fi >"$TEMP_CONFIG"
	if [[ ! -s $TEMP_CONFIG ]]; then
		[[ -w $libdir ]] || die "this PostgreSQL loads extensions from $libdir only: run this as a user who may write there"
		say "This PostgreSQL loads extensions from its own directories only: they will get sketch_ext."
		DESTDIR=
	fi
	export SKETCH_EXT_DESTDIR=$DESTDIR
}

has_setting() { "$PG_BIN/postgres" --describe-config | grep "^$1"$'\t' >/dev/null; }

# Runs a program with an address sanitizer in it: older ones cannot work with as much randomness in addresses as newer
# kernels use.
sanitized() {
	if setarch -R true 2>/dev/null; then
		setarch -R "$@"
	else
		"$@"
	fi
}

### The cluster

as_postgres() {
	if ((EUID)); then
		"$@"
	else
		setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$WORK" "$@"
	fi
}

own_by_postgres() { ((EUID)) || chown -R postgres: "$@"; }

start_cluster() {
	mkdir "$SERVER"
	own_by_postgres "$SERVER"
	as_postgres "$PG_BIN/initdb" -D "$SERVER/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
		--no-sync >"$WORK/initdb.log" 2>&1 || die "initdb failed: $(tail -n 5 "$WORK/initdb.log")"
	{
		cat "$TEMP_CONFIG"
		printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$SERVER'" \
			'fsync = off' 'full_page_writes = off' 'synchronous_commit = off' \
			'log_min_messages = log' 'log_checkpoints = off' "$@" # errors are the client's; the log is for crashes
	} >>"$SERVER/data/postgresql.conf"
	as_postgres "${SERVER_WRAPPER[@]}" "$PG_BIN/pg_ctl" -D "$SERVER/data" -l "$SERVER/log" -s -w start </dev/null >/dev/null ||
		die "the server did not start"
	: >"$SERVER/log" # what matters now is yet to come
}

start_live() {
	start_cluster "$@"
	psql -Xqo /dev/null -c 'CREATE DATABASE live' postgres
	export PGDATABASE=live
	psql -Xqo /dev/null -f "$ROOT/examples/live/schema.sql" -f "$ROOT/examples/live/api.sql"
}

stop_cluster() {
	[[ -e $SERVER/data/postmaster.pid ]] || return 0
	as_postgres "$PG_BIN/pg_ctl" -D "$SERVER/data" -s -w -m immediate stop || true
}

show_server_log() {
	[[ -s ${SERVER:-}/log && ! ${log_shown:-} ]] || return 0
	log_shown=yes
	say "--- the end of the server's log:"
	tail -n 30 "$SERVER/log"
}

### Packages of npm

fetch_npm() {
	local npm=(env TMPDIR="$WORK" npm --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error)
	mkdir "$WORK/npm"
	cp "$ROOT"/demo/*.* "$WORK/npm"
	cd "$WORK/npm"
	"${npm[@]}" ci "$@" >/dev/null
	# DuckDB wants Node 16 or later, and Playwright 18; Ubuntu 22.04 has 12.
	if (($(node -p 'parseInt(process.versions.node)') < 18)); then
		local newer
		newer=node-linux-$(node -p process.arch)
		"${npm[@]}" install --no-save "$newer@20" >/dev/null
		PATH=$PWD/node_modules/$newer/bin:$PATH
	fi
}

### What the functions above work with

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
GIVEN_PG_CONFIG=
if [[ ${PG_CONFIG:-} ]]; then
	GIVEN_PG_CONFIG=$(type -P "$PG_CONFIG") || die "PG_CONFIG=$PG_CONFIG is no program"
	GIVEN_PG_CONFIG=$(realpath -s "$GIVEN_PG_CONFIG")
fi
TMPDIR=$(realpath "${TMPDIR:-/tmp}")
((${#TMPDIR} < 70)) || die "TMPDIR is too long for the path of a Unix socket"
WORK=$(mktemp -d "$TMPDIR/sketch_ext.XXXXXX")
DESTDIR=$WORK/install
SERVER=$WORK/server                     # data, socket and log
SERVER_WRAPPER=()                       # a command that the server is to be started by
export TEMP_CONFIG=$WORK/extension.conf # PostgreSQL's test modules append it to the settings of their nodes, too
export PGHOST=$SERVER PGPORT=54321 PGUSER=postgres PGDATABASE=postgres
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$WORK"
cd "$WORK" # where the user postgres may be, too
