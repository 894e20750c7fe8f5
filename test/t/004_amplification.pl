# What a few stored bytes can cost: memory that a read or a merge takes, and time after which a statement cannot be
# cancelled. Of values that are small as they are stored, and large as something else.
use strict;
use warnings FATAL => 'all';

use File::Spec;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('server');
$node->init;
$node->append_conf('postgresql.conf', "jit = off\nmax_parallel_workers_per_gather = 0\n");
$node->start;
# numbers:  of 131,062 digits each if they are spelled
# texts:    of 8,192 bytes, which are alike but for the last 7
# counts:   of one byte each, most of what is stored; of anything else there is much more
$node->safe_psql('postgres', q{
    CREATE EXTENSION sketch_ext;
    CREATE TABLE numbers AS SELECT topk_agg((n || 'e131060')::numeric, 100000) AS s FROM generate_series(1, 7900) n;
    CREATE TABLE texts AS SELECT topk_agg(repeat('a', 8185) || lpad(n::text, 7, '0'), 100000) AS s FROM generate_series(1, 13000) n;
    CREATE TABLE halves AS SELECT topk_agg(repeat('a', 8185) || lpad(n::text, 7, '0'), 100000) AS s FROM generate_series(1, 13000) n GROUP BY n % 2;
    CREATE TABLE counts AS SELECT topk_agg(n, 100000) AS s FROM generate_series(1, 65000) n});

# An exact sketch of ascending texts that came once each, which share all that they have in common with the one before:
# what no version of the library that bounds memory writes.
sub shared_texts {
    my @texts = @_;
    my (@rows, $before);
    for my $text (@texts) {
        my ($prefix, $suffix) = (0, 0);
        if (defined $before) {
            ($before ^ $text) =~ /^\0*/;
            $prefix = $+[0];
            my $most = length($text) - $prefix;
            $most = 15 if $most > 15;
            $suffix++ while $suffix < $most && substr($before, -1 - $suffix, 1) eq substr($text, -1 - $suffix, 1);
        }
        push @rows, [ $prefix, $suffix, substr($text, $prefix, length($text) - $prefix - $suffix) ];
        $before = $text;
    }
    my $size = sub { my $n = shift; my $bits = 0; $bits++, $n >>= 1 while $n; return $bits };
    my @values = map { [ $_->[0], $_->[1], length $_->[2], 0 ] } @rows;
    my @orders;
    for my $column (0 .. 3) {
        my $bits = 0;
        $bits += $size->($_->[$column]) for @values;
        push @orders, int(($bits + int(@rows / 2)) / @rows);
    }
    my $low = sub { my ($n, $bits) = @_; return join '', map { $n >> $_ & 1 } 0 .. $bits - 1 };
    my $stream = join '', map { $low->($_, 6) } @orders;
    for my $row (@values) {
        for my $column (0 .. 3) {
            my $w = $row->[$column] + (1 << $orders[$column]);
            my $length = $size->($w) - 1;
            $stream .= '0' x ($length - $orders[$column]) . '1' . $low->($w, $length);
        }
    }
    my $own = join '', map { $_->[2] } @rows;
    return pack('C4', 1, 4, 0, 3) . join('', map { varint($_) } 100000, scalar @rows, 0, scalar @rows, 0, length $own) . $own . pack('b*', $stream);
}
sub varint {
    my ($n, $bytes) = (shift, '');
    for (; $n >= 128; $n >>= 7) { $bytes .= chr($n & 127 | 128) }
    return $bytes . chr($n);
}

# The peak of what a statement takes beyond what the session has, in bytes.
sub peak_of {
    my ($statement) = @_;
    my $out = $node->safe_psql('postgres', qq{
        SELECT s::jsonb, merge(s, s), sketch_info(s), s::text, (SELECT count(*) FROM top_k(s)) FROM (SELECT topk_agg(1, 3) AS s) warm;
        SELECT pg_backend_pid() AS pid \\gset
        \\setenv PID :pid
        \\! echo 5 >/proc/\$PID/clear_refs
        \\! grep VmHWM /proc/\$PID/status
        $statement;
        \\! grep VmHWM /proc/\$PID/status});
    my ($before, $after) = $out =~ /VmHWM:\s*(\d+) kB/g;
    return 1024 * ($after - $before);
}

my %of_one = (
    'as jsonb'            => 'SELECT s::jsonb IS NULL FROM %s',
    'as text'             => 'SELECT length(s::text) FROM %s',
    'as bytes'            => 'SELECT length(topk_sketch_send(s)) FROM %s',
    'information'         => 'SELECT sketch_info(s) FROM %s',
    'all'                 => 'SELECT sum(length(item)) FROM %s, top_k(s)',
    'ten'                 => 'SELECT sum(length(item)) FROM %s, top_k(s, 10)',
    'heavy hitters'       => 'SELECT sum(length(item)) FROM %s, heavy_hitters(s, 1e-9)',
    'one'                 => "SELECT frequency_bounds(s, '1') FROM %s",
    'compared'            => 'SELECT a.s = b.s, topk_sketch_cmp(a.s, b.s), topk_sketch_hash(a.s) FROM %1$s a, %1$s b',
    'merged with itself'  => 'SELECT length(merge(s, s)::bytea) FROM %s',
    'merged as aggregate' => 'SELECT length(merge(s)::bytea) FROM (SELECT s FROM %1$s UNION ALL SELECT s FROM %1$s) two',
    'one more'            => "SELECT length(add(s, '1')::bytea) FROM %s");
my @cases = map { my $table = $_; map { [ "$table, $_", $table, sprintf $of_one{$_}, $table ] } sort keys %of_one } qw(numbers texts counts);
push @cases, [ 'halves, merged', 'halves', 'SELECT length(merge(s)::bytea) FROM halves' ], [ 'halves, merged by two', 'halves', 'SELECT length(merge(a.s, b.s)::bytea) FROM halves a, halves b WHERE a.s < b.s' ],
    [ 'numbers, typed', 'numbers', 'SELECT count(item) FROM numbers, top_k(NULL::numeric, s)' ], [ 'texts, typed', 'texts', 'SELECT count(item) FROM texts, top_k(NULL::varchar, s)' ],
    [ 'numbers, their jsonb as text', 'numbers', 'SELECT length(s::jsonb::text) FROM numbers' ];
my %stored = map { $_ => $node->safe_psql('postgres', "SELECT sum(length(s::bytea)) FROM $_") } qw(numbers texts counts halves);
note join ', ', map { "$_: $stored{$_} bytes" } sort keys %stored;

# One megabyte that any value may take, and two for other things: pages that the session touches for the first time, rows
# on their way, what the allocator holds back.
my $allowance = 3 << 20;
for (@cases) {
    my ($what, $table, $statement) = @$_;
    my $peak = peak_of($statement);
    cmp_ok($peak, '<=', 100 * $stored{$table} + $allowance, sprintf '%s: %.1f MB, %d times what is stored', $what, $peak / 2**20, $peak / $stored{$table});
}

# ---- cancelled
for (@cases) {
    my ($what, $table, $statement) = @$_;
    my $start = time;
    my ($status, $out, $error) = $node->psql('postgres', "SET statement_timeout = '200ms'; $statement");
    my $late = time - $start - 0.2;
    note sprintf '%s: ended %.0f ms after its time', $what, 1000 * $late if $status != 0;
    like($error, qr/^$|canceling statement due to statement timeout/, "$what: done or cancelled");
    # A watchdog, not a measurement: other programs may hold the processor.
    cmp_ok($late, '<', $ENV{SKETCH_LONG} ? 0.2 : 3, "$what: soon");
}

# ---- bytes that would need more: refused at every door, at once
my $hostile = unpack 'H*', shared_texts(map { 'a' x 8185 . sprintf '%07d', $_ } 1 .. 13000);
cmp_ok(length($hostile) / 2, '<', 110_000, 'few bytes of many long texts');
my $small = unpack 'H*', shared_texts(map { 'a' x 100 . sprintf '%07d', $_ } 1 .. 100);
is($node->safe_psql('postgres', "SELECT topk_sketch '\\x$small' = topk_agg(repeat('a', 100) || lpad(n::text, 7, '0'), 100000) FROM generate_series(1, 100) n"), 't', 'such bytes are what the library writes, of few');
my $file = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir() . '/hostile.bin');
open(my $binary, '>:raw', $file) or die $!;
my $value = pack 'H*', $hostile;
print $binary "PGCOPY\n\xff\r\n\0", pack('N2 n N', 0, 0, 1, length $value), $value, pack('n', 0xffff);
close $binary;
chmod 0644, $file;
my %door = (text => "SELECT length((topk_sketch '\\x$hostile')::bytea)", bytea => "SELECT length(('\\x$hostile'::bytea)::topk_sketch::bytea)", binary => "CREATE TEMP TABLE door (s topk_sketch); COPY door FROM '$file' (FORMAT binary)");
for my $door (sort keys %door) {
    my ($status, $out, $error) = $node->psql('postgres', "\\set VERBOSITY verbose\n$door{$door};");
    like($error, qr/ERROR:  54000: .*topk_sketch/, "$door: refused");
    my $peak = peak_of("DO \$\$ BEGIN EXECUTE \$statement\$$door{$door}\$statement\$; EXCEPTION WHEN program_limit_exceeded THEN NULL; END \$\$");
    cmp_ok($peak, '<=', 100 * length($value) + $allowance, sprintf '%s: %.1f MB', $door, $peak / 2**20);
}
$node->stop;
done_testing();
