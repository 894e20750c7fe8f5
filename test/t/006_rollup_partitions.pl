# Roll-ups of partitioned tables: dump and restore, a standby, replication, and many sessions at once while partitions come
# and go and old buckets are folded.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RollupLoad;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('primary');
$node->init(allows_streaming => 'logical');
$node->append_conf('postgresql.conf', "jit = off\nrestart_after_crash = on\n");
$node->start;
my $directory = $node->basedir;

my $query = q{SELECT date_bin('1 minute', at, '2000-01-01') AS minute, host, quantile_agg(latency) AS latency, distinct_agg(user_id) AS users,
    count(*) AS requests, sum(latency) AS total FROM events GROUP BY 1, 2};
my $table = q{CREATE TABLE events (gone int, id bigint, at timestamptz NOT NULL, host int, latency numeric, user_id int) PARTITION BY RANGE (at);
    ALTER TABLE events DROP gone;
    DO $$ BEGIN FOR i IN 0 .. 3 LOOP EXECUTE format('CREATE TABLE hour_%s PARTITION OF events FOR VALUES FROM (%L) TO (%L)', i, '2026-01-01'::timestamptz + i * interval '1 h', '2026-01-01'::timestamptz + (i + 1) * interval '1 h'); END LOOP; END $$};
my $rows = q{SELECT i, '2026-01-01'::timestamptz + i * interval '4 s', i % 3, i % 100 / 7.0, i % 50 FROM generate_series(1, 3000) i};
my $make = "CREATE EXTENSION sketch_rollup CASCADE; $table; INSERT INTO events $rows; SELECT rollup_create('per_minute', \$\$ $query \$\$)";
sub problems { return $_[0]->safe_psql($_[1], q{SELECT string_agg(concat_ws(' ', bucket, problem), ', ') FROM rollup_check('per_minute')}); }

# ---- dump and restore: what was kept of a partition that is gone comes back, and partitions are followed
$node->safe_psql('postgres', 'CREATE DATABASE first');
$node->safe_psql('first', $make);
$node->safe_psql('first', q{CALL rollup_refresh('per_minute')});
$node->safe_psql('first', q{DROP TABLE hour_0; SELECT sketch_rollup.fold(1, '2026-01-01 02:00+00', 600000000); INSERT INTO hour_2 VALUES (1, '2026-01-01 02:30+00', 1, 1, 1);
    UPDATE hour_1 SET latency = 5 WHERE id % 100 = 0; SELECT rollup_compact('per_minute')});
my $fingerprint = q{SELECT count(*), md5(string_agg(r::text, ',' ORDER BY minute, host)) FROM per_minute r};
my $expected = $node->safe_psql('first', $fingerprint);
is(problems($node, 'first'), '', 'no difference');
$node->command_ok([ 'pg_dump', '-Fd', '-f', "$directory/dump", '-d', $node->connstr('first') ], 'dump');
my %restores = ('all' => [ [] ], 'in parallel' => [ ['-j4'] ], 'schema, then data' => [ ['--schema-only'], ['--data-only'] ], 'in sections' => [ ['--section=pre-data'], ['--section=data'], ['--section=post-data'] ]);
for my $name (sort keys %restores) {
    $node->safe_psql('postgres', 'DROP DATABASE IF EXISTS restored');
    $node->safe_psql('postgres', 'CREATE DATABASE restored');
    $node->command_ok([ 'pg_restore', '-d', $node->connstr('restored'), @$_, "$directory/dump" ], "restore, $name") for @{ $restores{$name} };
    is(problems($node, 'restored'), '', "restore, $name: no difference");
    is($node->safe_psql('restored', $fingerprint), $expected, "restore, $name: the same, and what was kept");
    is($node->safe_psql('restored', 'SELECT unfollowed FROM rollup_status'), '', "restore, $name: partitions are followed");
    $node->safe_psql('restored', q{INSERT INTO hour_3 VALUES (4, '2026-01-01 03:30', 1, 1, 1); DELETE FROM hour_1 WHERE id % 50 = 0});
    is(problems($node, 'restored'), '', "restore, $name: it goes on");
}

# ---- a standby sees partitions that are new, and those that are gone
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
$node->safe_psql('first', q{CREATE TABLE hour_4 PARTITION OF events FOR VALUES FROM ('2026-01-01 04:00+00') TO ('2026-01-01 05:00+00'); INSERT INTO hour_4 VALUES (5, '2026-01-01 04:40+00', 1, 1, 1); DROP TABLE hour_1});
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is($standby->safe_psql('first', $fingerprint), $node->safe_psql('first', $fingerprint), 'a standby reads the same');
is(problems($standby, 'first'), '', 'and is right');
$standby->stop;

# ---- logical replication, of each partition and through the root
for my $via ('false', 'true') {
    $node->safe_psql('postgres', 'DROP DATABASE IF EXISTS source');
    $node->safe_psql('postgres', 'DROP DATABASE IF EXISTS target');
    $node->safe_psql('postgres', 'CREATE DATABASE source');
    $node->safe_psql('source', "$table; ALTER TABLE events ADD PRIMARY KEY (id, at); INSERT INTO events $rows; CREATE PUBLICATION p FOR TABLE events WITH (publish_via_partition_root = $via); SELECT pg_create_logical_replication_slot('s', 'pgoutput')");
    $node->safe_psql('postgres', 'CREATE DATABASE target');
    $node->safe_psql('target', "CREATE EXTENSION sketch_rollup CASCADE; $table; ALTER TABLE events ADD PRIMARY KEY (id, at); SELECT rollup_create('per_minute', \$\$ $query \$\$); CALL rollup_refresh('per_minute');
        CREATE SUBSCRIPTION s CONNECTION '" . $node->connstr . " dbname=source' PUBLICATION p WITH (create_slot = false, slot_name = s)");
    $node->poll_query_until('target', q{SELECT count(*) = 3000 FROM events}) or die;
    is(problems($node, 'target'), '', "subscription, via root $via: the first copy");
    $node->safe_psql('target', q{CALL rollup_refresh('per_minute')});
    $node->safe_psql('target', q{CREATE TABLE hour_4 PARTITION OF events FOR VALUES FROM ('2026-01-01 04:00+00') TO ('2026-01-01 05:00+00')});
    $node->safe_psql('source', q{CREATE TABLE hour_4 PARTITION OF events FOR VALUES FROM ('2026-01-01 04:00+00') TO ('2026-01-01 05:00+00'); INSERT INTO events VALUES (5002, '2026-01-01 04:40+00', 1, 1, 1)}) if $via eq 'true';
    $node->safe_psql('source', q{UPDATE events SET latency = 5 WHERE id = 7; DELETE FROM events WHERE id = 1800; UPDATE events SET at = at + interval '1 h' WHERE id = 9; INSERT INTO events VALUES (5001, '2026-01-01 00:40+00', 1, 1, 1)});
    $node->poll_query_until('target', q{SELECT count(*) = 1 FROM events WHERE id = 5001}) or die;
    is(problems($node, 'target'), '', "subscription, via root $via: insert, update and delete");
    $node->safe_psql('target', q{CALL rollup_refresh('per_minute')});
    is(problems($node, 'target'), '', "subscription, via root $via: refreshed");
    $node->safe_psql('source', 'TRUNCATE events');
    $node->poll_query_until('target', q{SELECT count(*) = 0 FROM events}) or die;
    is(problems($node, 'target'), '', "subscription, via root $via: truncate");
    $node->safe_psql('target', 'ALTER SUBSCRIPTION s DISABLE; ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s');
    $node->safe_psql('source', q{SELECT pg_drop_replication_slot('s')});
}

# ---- many sessions at once: hours 0 to 3 are always there, 4 to 7 come and go
my %scripts = (
    'insert@20' => q{
\set n random(1, 50)
\set t random(1, 14000)
\set h random(1, 5)
INSERT INTO events SELECT :t * 1000 + i, '2026-01-01'::timestamptz + (:t + i) * interval '1 s', nullif(:h, 1), (i * :t % 1000) / 10.0, i * :t % 77 FROM generate_series(1, :n) i;
},
    'direct@20' => q{
\set p random(0, 3)
\set t random(1, 3500)
\set n random(1, 50)
INSERT INTO hour_:p (id, at, host, latency, user_id) SELECT :t, '2026-01-01'::timestamptz + :p * interval '1 h' + (:t + i) * interval '1 s', i % 3, :t / 7.0, :t FROM generate_series(1, :n) i;
},
    'coming@15' => q{
\set p random(4, 7)
\set t random(1, 3500)
\set d random(0, 1)
CALL write_to(:p, :t, :d = 1);
},
    'late@10' => late_writer(14000),
    'update@2' => q{
\set t random(1, 10000)
UPDATE events SET latency = latency + 1, host = host + 1, at = at + interval '100 s' WHERE at >= '2026-01-01'::timestamptz + :t * interval '1 s' AND at < '2026-01-01'::timestamptz + (:t + 5) * interval '1 s';
},
    'move@2' => q{
\set t random(1, 3500)
UPDATE events SET at = at + interval '1 h' WHERE at >= '2026-01-01'::timestamptz + :t * interval '1 s' AND at < '2026-01-01'::timestamptz + (:t + 5) * interval '1 s';
},
    'delete@2' => q{
\set p random(0, 3)
\set t random(1, 3500)
DELETE FROM hour_:p WHERE at >= '2026-01-01'::timestamptz + :p * interval '1 h' + :t * interval '1 s' AND at < '2026-01-01'::timestamptz + :p * interval '1 h' + (:t + 100) * interval '1 s';
},
    'part@2' => q{
\set p random(4, 7)
\set a random(1, 4)
CALL change(:p, :a);
},
    'compact@5' => q{SELECT rollup_compact('per_minute');},
    'refresh@2' => q{CALL rollup_refresh('per_minute');},
    'fold@1'    => q{
\set t random(1, 7200)
\set w random(1, 2)
SELECT sketch_rollup.fold(1, '2026-01-01'::timestamptz + :t * interval '1 s', CASE :w WHEN 1 THEN 300000000 ELSE 1200000000 END);
},
    'check@2' => q{SELECT verdict();});
$node->safe_psql('postgres', 'CREATE DATABASE stress');
$node->safe_psql('stress', qq{$make; CREATE INDEX ON events (at); CREATE INDEX ON events (id);
    @{[verdict(q{bucket IS NOT NULL})]};
    -- writes to a partition that may not be there, by its name or through the root
    CREATE PROCEDURE write_to(p int, t int, direct boolean) LANGUAGE plpgsql AS \$\$ BEGIN
        EXECUTE format('INSERT INTO %I (id, at, host, latency, user_id) VALUES (\$1, \$2, \$1 %% 3, \$1 / 7.0, \$1)', CASE WHEN direct THEN 'hour_' || p ELSE 'events' END) USING t, '2026-01-01'::timestamptz + p * interval '1 h' + t * interval '1 s';
        IF t % 10 = 0 AND direct THEN EXECUTE format('DELETE FROM hour_%s WHERE id %% 3 = 0', p); END IF;
    EXCEPTION WHEN undefined_table OR check_violation THEN NULL;
    END \$\$;
    -- makes, attaches, detaches, empties or drops one
    CREATE PROCEDURE change(p int, a int) LANGUAGE plpgsql AS \$\$
    DECLARE
        is_attached boolean := (SELECT relispartition FROM pg_class WHERE oid = to_regclass('hour_' || p));
        bounds text := format('FOR VALUES FROM (%L) TO (%L)', '2026-01-01'::timestamptz + p * interval '1 h', '2026-01-01'::timestamptz + (p + 1) * interval '1 h');
    BEGIN
        IF is_attached IS NULL AND a < 3 THEN EXECUTE format('CREATE TABLE hour_%s PARTITION OF events %s', p, bounds);
        ELSIF is_attached IS NULL THEN EXECUTE format('CREATE TABLE hour_%s AS SELECT user_id, id, latency, host, %L::timestamptz + id %% 3600 * interval ''1 s'' AS at FROM hour_0; ALTER TABLE hour_%1\$s ALTER at SET NOT NULL', p, '2026-01-01'::timestamptz + p * interval '1 h');
        ELSIF NOT is_attached AND a < 4 THEN EXECUTE format('ALTER TABLE events ATTACH PARTITION hour_%s %s', p, bounds);
        ELSIF NOT is_attached OR a = 1 THEN EXECUTE format('DROP TABLE hour_%s', p);
        ELSIF a = 2 THEN EXECUTE format('TRUNCATE hour_%s', p);
        ELSE EXECUTE format('ALTER TABLE events DETACH PARTITION hour_%s', p);
        END IF;
    EXCEPTION WHEN undefined_table OR duplicate_table OR unique_violation OR wrong_object_type OR object_not_in_prerequisite_state OR undefined_object THEN NULL;
    END \$\$});
# Writers and partitions that are changed may deadlock without any roll-up: then they try again.
under_load($node, \%scripts, '--max-tries=1000');
like($node->safe_psql('stress', q{SELECT count(*) FROM rollup_check('per_minute') WHERE bucket IS NOT NULL}), qr/^0$/, 'nor in the end');
cmp_ok($node->safe_psql('stress', 'SELECT count(*) FROM events'), '>', 1000, 'there are rows');
$node->safe_psql('stress', q{CALL rollup_refresh('per_minute')});
is(problems($node, 'stress'), '', 'all refreshed, and all triggers there');

# ---- and a server that dies under them
deaths_under_load($node, sub { problems($node, 'stress') }, '');
$node->stop;
done_testing();
