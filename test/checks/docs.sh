#!/usr/bin/env bash
# Runs the SQL of README.md and docs/*.md as written, each page in a database of its own, and compares what psql prints
# with the text block that follows. With --update as first argument, writes what psql prints into the pages.
set -euo pipefail

page_check() { # <page>
	perl -- - "$1" "${2:-}" <<-'PERL'
		use strict; use warnings;
		use IPC::Open2;
		my ($page, $update) = @ARGV;
		open my $in, '<', $page or die "$page: $!";
		my $text = do { local $/; <$in> };
		exit 0 unless $text =~ /^```sql\n/m;
		my $database = 'docs_check';
		system('psql', '-Xqc', "DROP DATABASE IF EXISTS $database", '-c', "CREATE DATABASE $database") == 0 or die;
		my $pid = open2(my $out, my $psql, "psql -X -q -P footer=off -P null= -d $database 2>&1");
		print $psql "CREATE EXTENSION sketch_ext;\n";
		my ($number, $wrong) = (0, 0);
		$text =~ s{^```sql\n(.*?)^```\n(?:```text\n(.*?)^```\n)?}{
			my ($sql, $expected) = ($1, $2);
			$number++;
			print $psql "$sql\n\\echo --- end of block $number\n";
			$psql->flush;
			my $got = '';
			while (defined(my $line = <$out>)) { last if $line eq "--- end of block $number\n"; $got .= $line; }
			$got =~ s/\n+\z/\n/;
			my $same = defined $expected ? join("\n", map { s/\s+\z//r } split /\n/, $got) eq join("\n", map { s/\s+\z//r } split /\n/, $expected) : $got !~ /ERROR/;
			my ($title) = $sql =~ /^(.*)/;
			print $same ? "ok - $page, block $number: $title\n" : "not ok - $page, block $number: $title\n";
			print "# expected:\n$expected# got:\n$got" if !$same && defined $expected;
			print "# got:\n$got" if !$same && !defined $expected;
			$wrong ||= !$same;
			"```sql\n$sql```\n" . (defined $expected ? "```text\n$got```\n" : '');
		}gemsx;
		close $psql;
		waitpid $pid, 0;
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
