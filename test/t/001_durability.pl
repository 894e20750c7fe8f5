# Sketches survive what a server goes through: a crash, a standby and its promotion, dump and restore.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# Every sketch as text and as binary, with what is read from it.
my $fingerprint = q{
    SELECT count(*), md5(string_agg(id || s::text || encode(quantile_sketch_send(s), 'hex')
                                    || percentiles(s, ARRAY[0, 0.5, 0.99, 1])::text || s::jsonb::text, ',' ORDER BY id))
    FROM sketches};

# The same of the other families, in a table of their own.
my $hashed_fingerprint = q{
    SELECT count(*), md5(string_agg(id || d::text || f::text || m::text || encode(distinct_sketch_send(d) || frequency_sketch_send(f) || membership_sketch_send(m), 'hex')
                                    || distinct_count(d) || frequency(f, 'item 1') || contains(m, id) || d::jsonb || f::jsonb || m::jsonb, ',' ORDER BY id))
    FROM hashed};

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;

$primary->safe_psql('postgres', q{
    CREATE EXTENSION sketch_ext;
    CREATE TABLE sketches (id int PRIMARY KEY, s quantile_sketch);
    INSERT INTO sketches
        SELECT n, quantile_agg(sin(i) * exp(i % 60), CASE WHEN n % 2 = 0 THEN 0.01 ELSE 0.0005 END)
        FROM generate_series(1, 200) n, generate_series(1, n * n % 997 + 1) i GROUP BY n;
    INSERT INTO sketches VALUES (1000, (SELECT quantile_weighted_agg(exp(sin(i)), i * 7919, 0.0002) FROM generate_series(1, 4000) i)),
        (1001, (SELECT quantile_agg(x) FROM unnest('{NaN,Infinity,-Infinity,0,-1}'::float8[]) x)),
        (1002, (SELECT subtract(s, s) FROM sketches WHERE id = 70)), (1003, NULL);
    CREATE UNIQUE INDEX ON sketches (s) WHERE id < 1000; -- btree takes up to 2,704 bytes
    CREATE INDEX ON sketches USING hash (s);
});
$primary->safe_psql('postgres', q{
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TABLE hashed (id int PRIMARY KEY, d distinct_sketch, f frequency_sketch, m membership_sketch, e distinct_sketch);
    INSERT INTO hashed
        SELECT n, distinct_agg(i, 4 + n % 13), frequency_agg('item ' || i % (1 + n * 5), 0.01), membership_agg(i, 300), distinct_agg((ARRAY['sad', 'ok'])[1 + i % 2]::mood)
        FROM generate_series(1, 60) n, generate_series(1, n * n) i GROUP BY n;
    CREATE AGGREGATE unpacked_distinct(int) (SFUNC = distinct_agg_trans, STYPE = distinct_sketch);
    CREATE AGGREGATE unpacked_frequency(text) (SFUNC = frequency_agg_trans, STYPE = frequency_sketch);
    CREATE AGGREGATE unpacked_membership(int, bigint) (SFUNC = membership_agg_trans, STYPE = membership_sketch);
    INSERT INTO hashed SELECT 100 + n, unpacked_distinct(i), unpacked_frequency('item ' || i), unpacked_membership(i, 300), NULL FROM generate_series(1, 3) n, generate_series(1, n * 300) i GROUP BY n;
    CREATE INDEX ON hashed USING hash (d);
    CREATE INDEX ON hashed USING hash (m);
});
# A work form in a table: it leaves by dump as a packed one.
$primary->safe_psql('postgres', q{
    CREATE AGGREGATE unpacked_agg(float8) (SFUNC = quantile_agg_trans, STYPE = quantile_sketch);
    INSERT INTO sketches SELECT 2000 + n, unpacked_agg(i * n) FROM generate_series(1, 3) n, generate_series(1, 900) i GROUP BY n;
    CREATE MATERIALIZED VIEW rolled_up AS SELECT id / 10 AS part, merge(s) AS s FROM sketches GROUP BY 1;
});
my $expected = $primary->safe_psql('postgres', $fingerprint);
like($expected, qr/^207\|[0-9a-f]{32}$/, 'the primary has its sketches');

my $expected_hashed = $primary->safe_psql('postgres', $hashed_fingerprint);
like($expected_hashed, qr/^63\|[0-9a-f]{32}$/, 'and those of hashes');

$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', $hashed_fingerprint), $expected_hashed, 'a standby has equal sketches of hashes');
is($standby->safe_psql('postgres', $fingerprint), $expected, 'a standby has equal ones');
is($standby->safe_psql('postgres', 'SELECT count(*) FROM sketches a JOIN sketches b ON a.s = b.s'),
    $primary->safe_psql('postgres', 'SELECT count(*) FROM sketches a JOIN sketches b ON a.s = b.s'),
    'and joins them as the primary does');

$primary->stop('immediate');
$primary->start;
is($primary->safe_psql('postgres', $fingerprint), $expected, 'they survive a crash');
is($primary->safe_psql('postgres', $hashed_fingerprint), $expected_hashed, 'and so do those of hashes');

$primary->safe_psql('postgres', 'CREATE DATABASE restored_plain');
$primary->safe_psql('postgres', 'CREATE DATABASE restored_custom');
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
command_ok([ 'pg_dump', '-f', "$dump.sql", '-d', $primary->connstr('postgres') ], 'plain dump');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dump.sql", '-d', $primary->connstr('restored_plain') ], 'plain restore');
is($primary->safe_psql('restored_plain', $fingerprint), $expected, 'a plain dump restores equal sketches');
is($primary->safe_psql('restored_plain', 'SELECT md5(string_agg(s::text, part::text ORDER BY part)) FROM rolled_up'),
    $primary->safe_psql('postgres', 'SELECT md5(string_agg(s::text, part::text ORDER BY part)) FROM rolled_up'),
    'and an equal materialized view');
is($primary->safe_psql('restored_plain', q{SELECT DISTINCT sketch_info(s)->>'form' FROM sketches WHERE s IS NOT NULL}),
    'packed', 'work forms come back packed');

command_ok([ 'pg_dump', '-Fc', '-f', "$dump.custom", '-d', $primary->connstr('postgres') ], 'custom dump');
command_ok([ 'pg_restore', '-e', '-d', $primary->connstr('restored_custom'), "$dump.custom" ], 'custom restore');
is($primary->safe_psql('restored_custom', $fingerprint), $expected, 'a custom dump restores equal sketches');
is($primary->safe_psql('restored_custom', $hashed_fingerprint), $expected_hashed, 'and those of hashes');
is($primary->safe_psql('restored_custom', q{SELECT bool_and(d = merge(d, d)) AND bool_and(e = add(e, 'ok'::mood)) FROM hashed WHERE id BETWEEN 2 AND 60}),
    't', 'which are equal to what is made now, of enums that were made anew too');

$standby->promote;
is($standby->safe_psql('postgres', $fingerprint), $expected, 'a promoted standby still has them');
$standby->safe_psql('postgres', q{INSERT INTO sketches SELECT 3000, merge(s) FROM sketches});
is($standby->safe_psql('postgres', 'SELECT total_count(s) = (SELECT sum(total_count(s)) FROM sketches WHERE id < 3000) FROM sketches WHERE id = 3000'),
    't', 'and merges them');

done_testing();
