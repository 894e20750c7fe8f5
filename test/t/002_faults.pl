# What goes wrong around sketches: replication by values, a server that dies while they are written, cancelled
# statements, and memory that must neither leak nor exceed what a query may use.
use strict;
use warnings FATAL => 'all';

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time sleep);

# An aggregate of each type over (i, n): a new family adds a line.
my %aggregate = (
    quantile_sketch   => 'quantile_agg(i * n)',
    distinct_sketch   => 'distinct_agg(i * n)',
    frequency_sketch  => 'frequency_agg(i % (7 * n))',
    topk_sketch       => q{topk_agg('value ' || i % (7 * n), 20)},
    membership_sketch => 'membership_agg(i * n, 500)');
my @types = sort keys %aggregate;
my $columns = join ', ', map { "$_ $_" } @types;
my $fingerprint = 'SELECT count(*), md5(string_agg(id || ' . join(' || ', map { "md5(coalesce($_\::text, ''))" } @types) . q{, ',' ORDER BY id)) FROM sketches};
sub rows {
    my ($from, $to) = @_;
    return "SELECT n, " . join(', ', map { $aggregate{$_} } @types) . " FROM generate_series($from, $to) n, generate_series(1, n * n % 997 + 1) i GROUP BY n";
}

my $node = PostgreSQL::Test::Cluster->new('publisher');
$node->init(allows_streaming => 'logical');
$node->append_conf('postgresql.conf', "jit = off\nmax_parallel_workers_per_gather = 0\n");
$node->start;
$node->safe_psql('postgres', "CREATE EXTENSION sketch_ext; CREATE TABLE sketches (id int PRIMARY KEY, $columns)");
is($node->safe_psql('postgres', q{SELECT string_agg(typname, ' ' ORDER BY typname) FROM pg_type WHERE typname LIKE '%\_sketch' AND typelem = 0}), join(' ', @types), 'every type is tested');

# ---- logical replication: values as text, and in their binary form
for my $binary ('false', 'true') {
    my $subscriber = PostgreSQL::Test::Cluster->new("subscriber_$binary");
    $subscriber->init;
    $subscriber->start;
    $subscriber->safe_psql('postgres', "CREATE EXTENSION sketch_ext; CREATE TABLE sketches (id int PRIMARY KEY, $columns)");
    $node->safe_psql('postgres', "CREATE PUBLICATION all_$binary FOR TABLE sketches");
    my $connection = $node->connstr . ' dbname=postgres';
    $subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION s_$binary CONNECTION '$connection' PUBLICATION all_$binary WITH (binary = $binary)");
    $subscriber->wait_for_subscription_sync($node, "s_$binary");
    my $offset = $binary eq 'true' ? 200 : 0;
    $node->safe_psql('postgres', "INSERT INTO sketches " . rows($offset + 1, $offset + 100));
    $node->safe_psql('postgres', "UPDATE sketches SET " . join(', ', map { "$_ = merge($_, $_)" } @types) . " WHERE id % 3 = 0");
    $node->safe_psql('postgres', "DELETE FROM sketches WHERE id % 7 = 0");
    $node->wait_for_catchup("s_$binary");
    is($subscriber->safe_psql('postgres', $fingerprint), $node->safe_psql('postgres', $fingerprint), "logical replication, binary $binary: equal");
    $subscriber->safe_psql('postgres', "DROP SUBSCRIPTION s_$binary");
    $subscriber->stop;
}

# ---- the server dies while sketches are written: what was committed is there, and sound
my $deaths = $ENV{SKETCH_LONG} ? 50 : 4;
my $first = 1000;
for my $death (1 .. $deaths) {
    my ($out, $error) = ('', '');
    my $writer = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-c',
        "DO \$\$ BEGIN FOR id IN $first .. 1000000 LOOP INSERT INTO sketches " . rows('id', 'id') . "; COMMIT; END LOOP; END \$\$" ], '>', \$out, '2>', \$error);
    $node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM sketches WHERE id >= $first)") or die 'nothing is written';
    sleep 0.05 * ($death % 5);
    $node->stop('immediate');
    $writer->finish;
    $node->start;
    my $wrong = $node->safe_psql('postgres', q{SELECT count(*) FROM sketches WHERE } . join(' OR ', map { "$_\::text::$_ <> $_" } @types));
    is($wrong, '0', "death $death: every sketch is sound");
    my $next = $node->safe_psql('postgres', 'SELECT max(id) + 1 FROM sketches');
    cmp_ok($next, '>', $first, "death $death: some were committed");
    $first = $next;
}
is($node->safe_psql('postgres', 'SELECT count(*) > 0 AND count(*) = (SELECT count(*) FROM sketches WHERE id BETWEEN 1000 AND 1010) FROM sketches s JOIN (' . rows(1000, 1010) . ') r (id, ' . join(', ', map { "r_$_" } @types) . ') USING (id) WHERE ' . join(' AND ', map { "$_ = r_$_" } @types)),
    't', 'and is what it was made of');

# ---- a statement that takes long ends soon after it is cancelled
$node->safe_psql('postgres', q{
    CREATE TABLE large AS SELECT membership_agg(i, 80000000) AS tokens, topk_agg(md5((i % 90000)::text), 100000) AS top, distinct_agg(i, 16) AS d, frequency_agg(i, 0.000003) AS f
        FROM generate_series(1, 3000000) i;
    CREATE TABLE filter AS SELECT membership_agg(1, 80000000) AS blank;
    CREATE TABLE many AS SELECT quantile_agg(exp(i % 600), 0.0002) AS q FROM generate_series(1, 60000) i;
});
my %long = (
    'building tokens' => 'SELECT membership_agg(i, 80000000) FROM generate_series(1, 30000000) i',
    'merging tokens'  => 'SELECT count(merge(a.tokens, b.tokens)) FROM large a, large b, generate_series(1, 100)',
    'tokens as text'  => 'SELECT count(length(tokens::text)) FROM large, generate_series(1, 100)',
    'top-k of many'   => 'SELECT topk_agg(md5(i::text), 100000) FROM generate_series(1, 30000000) i',
    'merging top-k'   => 'SELECT count(merge(a.top, b.top)) FROM large a, large b, generate_series(1, 1000)',
    'listing top-k'   => 'SELECT count(t.item) FROM large, generate_series(1, 1000), top_k(top) t',
    'top-k as JSON'   => 'SELECT count(top::jsonb) FROM large, generate_series(1, 1000)',
    'frequency'       => 'SELECT count(merge(a.f, b.f)) FROM large a, large b, generate_series(1, 1000)',
    'distinct'        => 'SELECT count(merge(a.d, b.d)) FROM large a, large b, generate_series(1, 100000)',
    'quantile'        => 'SELECT count(percentiles(merge(a.q, b.q), ARRAY(SELECT random() FROM generate_series(1, 1000)))) FROM many a, many b, generate_series(1, 100000)',
    'arrays'          => 'SELECT distinct_agg(ARRAY(SELECT generate_series(1, 30000000)))');
for my $what (sort keys %long) {
    my $start = time;
    my ($status, $out, $error) = $node->psql('postgres', "SET statement_timeout = '400ms'; $long{$what}");
    my $late = time - $start - 0.4;
    note sprintf '%s: ended %.0f ms after its time', $what, 1000 * $late;
    like($error, qr/canceling statement due to statement timeout/, "$what: cancelled");
    # A watchdog, not a measurement: other programs may hold the processor.
    cmp_ok($late, '<', $ENV{SKETCH_LONG} ? 0.2 : 3, "$what: soon");
}

# ---- memory
my $rows = $ENV{SKETCH_LONG} ? 10_000_000 : 1_000_000;
for my $type (@types) {
    my $result = $node->safe_psql('postgres', qq{
        CREATE TEMP TABLE before AS SELECT 0::numeric AS bytes;
        SELECT ($aggregate{$type}) IS NULL FROM (SELECT 1 AS n) one, generate_series(1, 1000) i;
        UPDATE before SET bytes = (SELECT sum(used_bytes) FROM pg_backend_memory_contexts);
        SELECT ($aggregate{$type}) IS NULL FROM (SELECT 1 AS n) one, generate_series(1, $rows) i;
        SELECT count(merge(s, s)) FROM (SELECT $aggregate{$type} AS s FROM (SELECT 1 AS n) one, generate_series(1, 1000) i) a, generate_series(1, 100);
        SELECT sum(used_bytes) - (SELECT bytes FROM before) < 65536 FROM pg_backend_memory_contexts});
    is((split /\n/, $result)[-1], 't', "$type: $rows rows leave no memory behind");
}
for my $type (@types) {
    my $peak = $node->safe_psql('postgres', qq{
        SET work_mem = '4MB';
        SELECT count(*) FROM (SELECT i % 100000 AS g, $aggregate{$type} AS s FROM (SELECT 1 AS n) one, generate_series(1, 400000) i GROUP BY 1) groups;
        SELECT pg_backend_pid() \\g | xargs -I{} grep VmHWM /proc/{}/status});
    ($peak) = $peak =~ /VmHWM:\s*(\d+) kB/;
    cmp_ok($peak, '<', 200_000, "$type: 100,000 groups at 4 MB of work_mem take $peak kB");
}
# ---- a backend that gets no more memory: an error, and the session goes on
SKIP: {
    skip 'no prlimit', 2 * @types if system('prlimit --version >/dev/null 2>&1');
    # In kB beyond what the backend has: some end in growing, some in what is made of it, the last ones in nothing.
    my @headroom = map { int(64 * 1.5 ** $_) } 0 .. ($ENV{SKETCH_LONG} ? 24 : 18);
    for my $type (@types) {
        my $made = $aggregate{$type} =~ s/, 500\)/, 80000000)/r =~ s/, 20\)/, 100000)/r =~ s/i % \(7 \* n\)/i/r;
        my $script = "SELECT pg_backend_pid() AS pid \\gset\n\\setenv PID :pid\nSELECT 1 AS warm, sketch_info($made) IS NULL FROM (SELECT 1 AS n) one, generate_series(1, 10) i;\n";
        for my $kb (@headroom) {
            $script .= "\\! prlimit --pid \$PID --data=\$((1024 * (\$(sed -n 's/^VmData:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/\$PID/status) + $kb))):\n"
                . "SELECT 'made ' || length(s::text) + length(merge(s, s)::bytea) FROM (SELECT $made AS s FROM (SELECT 1 AS n) one, generate_series(1, 300000) i) made;\n"
                . "\\! prlimit --pid \$PID --data=unlimited:\n"
                . "SELECT 'alive ' || (sketch_info($aggregate{$type}) ->> 'type') FROM (SELECT 1 AS n) one, generate_series(1, 1000) i;\n";
        }
        my ($out, $error) = ('', '');
        IPC::Run::run([ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('postgres') ], '<', \$script, '>', \$out, '2>', \$error);
        my $alive = () = $out =~ /^alive $type$/mg;
        my $refused = () = $error =~ /out of memory/g;
        my $made_at_all = () = $out =~ /^made /mg;
        is($alive, scalar @headroom, "$type: the session survives every want of memory");
        cmp_ok($refused, '>', 0, "$type: $refused times out of memory, made $made_at_all times");
    }
}
$node->stop;
done_testing();
