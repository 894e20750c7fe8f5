# Many sessions on a table "events" with a roll-up "per_minute" in the database stress, and deaths under them. For the
# tests of nodes.
package RollupLoad;
use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

our @EXPORT = qw(verdict late_writer under_load deaths_under_load);

# A function that fails where the view is not what the query gives, at any moment.
sub verdict { # <condition on what rollup_check finds>
    return qq{CREATE FUNCTION verdict() RETURNS void LANGUAGE plpgsql AS \$\$ DECLARE wrong text; BEGIN
        SELECT string_agg(bucket || ' ' || problem, ', ') INTO wrong FROM rollup_check('per_minute') WHERE $_[0];
        IF wrong <> '' THEN RAISE EXCEPTION 'DIFFERS: %', wrong; END IF;
    END \$\$};
}

# A transaction that commits late, or not, or in part.
sub late_writer { # <seconds of the times of rows>
    return qq{
\\set t random(1, $_[0])
\\set r random(1, 3)
BEGIN;
INSERT INTO events VALUES (:t, '2026-01-01'::timestamptz + :t * interval '1 s', :t % 3, :t / 7.0, :t);
SAVEPOINT a;
UPDATE events SET latency = latency + 1 WHERE id = :t;
INSERT INTO events VALUES (:t, '2026-01-01'::timestamptz + :t * interval '1 s', :t % 3, :t / 7.0, :t);
\\if :r = 1
ROLLBACK TO a;
\\endif
\\sleep 20 ms
\\if :r = 2
ROLLBACK;
\\else
COMMIT;
\\endif
};
}

my ($load, $error);

# Scripts of pgbench by name@weight, for eight seconds, or ten minutes.
sub under_load { # <node> <scripts> [option of pgbench ...]
    my ($node, $scripts, @options) = @_;
    my $directory = $node->basedir;
    for my $name (sort keys %$scripts) {
        my ($file, $weight) = split /@/, $name;
        PostgreSQL::Test::Utils::append_to_file("$directory/$file", $scripts->{$name});
        push @options, '-f', "$directory/$file\@$weight";
    }
    $load = sub { # <seconds>
        ($error, my $out) = ('', '');
        return IPC::Run::start([ 'pgbench', '-n', '-c', 6, '-j', 2, '-T', $_[0], @options, '-d', $node->connstr('stress') ], '>', \$out, '2>', \$error);
    };
    my $seconds = $ENV{SKETCH_LONG} ? 600 : 8;
    $load->($seconds)->finish;
    unlike($error, qr/DIFFERS/, "$seconds seconds of many sessions: no difference at any moment") or diag($error);
    unlike($error, qr/ERROR/, 'and no error') or diag($error);
}

# The same load, while a backend is killed, or the server stopped.
sub deaths_under_load { # <node> <what finds differences> <what it gives if there are none>
    my ($node, $problems, $nothing) = @_;
    for my $death (1 .. ($ENV{SKETCH_LONG} ? 30 : 3)) {
        my $running = $load->(60);
        sleep 1.5 + rand;
        if ($death % 2) {
            my $pid = $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE datname = 'stress' LIMIT 1});
            kill 'KILL', $pid;
            sleep 0.5;
            $node->poll_query_until('postgres', 'SELECT true');
        } else {
            $node->stop('immediate');
            $node->start;
        }
        $running->finish;
        unlike($error, qr/DIFFERS/, "death $death: no difference before") or diag($error);
        is($problems->(), $nothing, "death $death: nor after it");
    }
}

1;
