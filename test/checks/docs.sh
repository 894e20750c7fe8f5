#!/usr/bin/env bash
# Runs the SQL of README.md and docs/*.md as written, each page in a database of its own, and compares what psql prints
# with the text block that follows. So it runs what is marked as bash, in an empty directory, with the command sketch of
# the CMake build in $SKETCH_BUILD. With --update as first argument, writes what is printed into the pages.
set -euo pipefail

place=$(mktemp -d)
trap 'rm -r "$place"' EXIT
export PATH=${SKETCH_BUILD:-/nowhere}:$PATH
if [[ -e ${SKETCH_BUILD:-}/CMakeCache.txt ]] && grep -q '^simdjson_DIR:PATH=/' "$SKETCH_BUILD/CMakeCache.txt"; then
	cmake --build "$SKETCH_BUILD" --target sketch_all -j "$(nproc)" >"$place.log" 2>&1 || cat "$place.log"
	rm "$place.log"
fi

page_check() { # <page>
	perl -- - "$1" "$place" "${2:-}" <<-'PERL'
		use strict; use warnings;
		use IPC::Open2;
		my ($page, $place, $update) = @ARGV;
		open my $in, '<', $page or die "$page: $!";
		my $text = do { local $/; <$in> };
		exit 0 unless $text =~ /^```(?:sql|bash)\n/m;
		my $has_shell = $text =~ /^```bash\n/m;
		if ($has_shell && system('command -v sketch >/dev/null') != 0) { print "skipped: the command of $page\n"; exit 0; }
		my $database = 'docs_check';
		system('psql', '-Xqc', "DROP DATABASE IF EXISTS $database", '-c', "CREATE DATABASE $database") == 0 or die;
		my (%reader, %writer, @pids);
		my $open = sub { my ($language, $command) = @_; push @pids, open2($reader{$language}, $writer{$language}, $command); };
		$open->('sql', "psql -X -q -P footer=off -P null= -d $database 2>&1");
		$open->('bash', "cd '$place' && PGDATABASE=$database PGOPTIONS='-c timezone=UTC' exec bash 2>&1") if $has_shell;
		print {$writer{sql}} "CREATE EXTENSION sketch_ext;\n";
		my ($number, $wrong) = (0, 0);
		$text =~ s{^```(sql|bash)\n(.*?)^```\n(?:```text\n(.*?)^```\n)?}{
			my ($language, $sql, $expected) = ($1, $2, $3);
			my ($out, $in) = ($reader{$language}, $writer{$language});
			$number++;
			print $in "$sql\n", ($language eq 'sql' ? '\\echo' : 'echo'), " --- end of block $number\n";
			$in->flush;
			my $got = '';
			while (defined(my $line = <$out>)) { last if $line eq "--- end of block $number\n"; $got .= $line; }
			$got =~ s/\n+\z/\n/;
			my $same = defined $expected ? join("\n", map { s/\s+\z//r } split /\n/, $got) eq join("\n", map { s/\s+\z//r } split /\n/, $expected) : $got !~ /ERROR|^sketch: /m;
			my ($title) = $sql =~ /^(.*)/;
			print $same ? "ok - $page, block $number: $title\n" : "not ok - $page, block $number: $title\n";
			print "# expected:\n$expected# got:\n$got" if !$same && defined $expected;
			print "# got:\n$got" if !$same && !defined $expected;
			$wrong ||= !$same;
			"```$language\n$sql```\n" . (defined $expected ? "```text\n$got```\n" : '');
		}gemsx;
		close $_ for values %writer;
		waitpid $_, 0 for @pids;
		system('psql', '-Xqc', "DROP DATABASE $database");
		if ($update eq '--update') { open my $file, '>', $page or die; print $file $text; }
		exit($wrong && $update ne '--update');
	PERL
}

status=0
for page in README.md docs/*.md; do
	page_check "$page" "${1:-}" || status=1
done
exit $status
