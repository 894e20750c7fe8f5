# Roll-ups on a server: who may do what, dump and restore, replication, crashes, and many sessions at once.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RollupLoad;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('primary');
$node->init(allows_streaming => 'logical');
$node->append_conf('postgresql.conf', "jit = off\nmax_prepared_transactions = 5\nrestart_after_crash = on\n");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE maker LOGIN; CREATE ROLE writer LOGIN; CREATE ROLE reader LOGIN; CREATE DATABASE owned OWNER maker');

sub as { # <role> <SQL> [database]
    my ($role, $sql, $database) = @_;
    return $node->safe_psql($database // 'owned', $sql, extra_params => [ '-U', $role ]);
}
sub refused { # <role> <SQL> <what it says> <name>
    my ($role, $sql, $message, $name) = @_;
    my ($status, $out, $error) = $node->psql('owned', $sql, extra_params => [ '-U', $role ]);
    like($error, $message, $name);
}
sub differences { return $_[0]->safe_psql($_[1] // 'owned', q{SELECT count(*) FROM rollup_check('per_minute')}); }
my $query = q{SELECT date_bin('1 minute', at, '2000-01-01') AS minute, host, quantile_agg(latency) AS latency, distinct_agg(user_id) AS users,
    count(*) AS requests, sum(latency) AS total, min(user_id) AS least FROM events GROUP BY 1, 2};
my $table = 'CREATE TABLE events (id bigint, at timestamptz NOT NULL, host int, latency numeric, user_id int)';
my $rows = q{SELECT i, '2026-01-01'::timestamptz + i * interval '1 s', i % 3, i % 100 / 7.0, i % 50 FROM generate_series(1, 3000) i};

# ---- the jobs of docs/rollup.md, in a server of their own: they run at the full minute, and are looked at in the end
my $cron = PostgreSQL::Test::Cluster->new('cron');
my $has_cron = -e $cron->config_data('--sharedir') . '/extension/pg_cron.control';
if ($has_cron) {
    $cron->init;
    $cron->append_conf('postgresql.conf', "shared_preload_libraries = pg_cron\ncron.database_name = postgres\ncron.use_background_workers = on\nmax_worker_processes = 20\n");
    $cron->start;
    $cron->safe_psql('postgres', "CREATE EXTENSION pg_cron; CREATE EXTENSION sketch_rollup CASCADE; $table; INSERT INTO events $rows; SELECT rollup_create('per_minute', \$\$ $query \$\$)");
    $cron->safe_psql('postgres', 'BEGIN; INSERT INTO events VALUES (9000, now(), 1, 1, 1); COMMIT'); # would not compact by itself
    $cron->safe_psql('postgres', q{
        SELECT cron.schedule('compact', '* * * * *', $$ SELECT rollup_compact('per_minute') $$);
        SELECT cron.schedule('refresh', '* * * * *', $$ CALL rollup_refresh('per_minute') $$);
        SELECT cron.schedule('fold', '* * * * *', $$ SELECT rollup_fold('per_minute', '2 days', '1 hour') $$);
        SELECT cron.schedule('retain', '* * * * *', $$ DO '
            DECLARE sealed timestamptz;
            BEGIN
                sealed := rollup_seal(''per_minute'', now() - interval ''30 days'');
                COMMIT;
                DELETE FROM events WHERE at < sealed;
            END' $$)});
}

# ---- rights
as('maker', "CREATE EXTENSION sketch_rollup CASCADE; $table; INSERT INTO events $rows; SELECT rollup_create('per_minute', \$\$ $query \$\$);
    GRANT INSERT ON events TO writer; GRANT SELECT ON per_minute TO reader; GRANT USAGE, CREATE ON SCHEMA public TO writer; GRANT CREATE ON DATABASE owned TO writer");
is(as('reader', 'SELECT sum(requests) FROM per_minute'), 3000, 'who may read the view reads it, all from the table');
as('maker', q{CALL rollup_refresh('per_minute')});
as('writer', "INSERT INTO events $rows");
is(as('reader', 'SELECT sum(requests), distinct_count(merge(users)) FROM per_minute'), '6000|50', 'and deltas of others');
refused('reader', 'TABLE sketch_rollup_data.rows_1', qr/permission denied for table rows_1/, 'but not its tables');
refused('reader', q{SELECT rollup_compact('per_minute')}, qr/must be owner of roll-up/, 'and does not maintain it');
refused('writer', q{SELECT rollup_drop('per_minute')}, qr/must be owner of roll-up/, 'nor does who writes');
refused('writer', q{SELECT sketch_rollup.compact(1, NULL)}, qr/must be owner of roll-up "per_minute"/, 'in C, too');
refused('writer', qq{SELECT rollup_create('mine', \$\$ $query \$\$)}, qr/permission denied for table events/, 'who may only write makes none');
is(differences($node), 0, 'no difference');

refused('writer', q{CREATE FUNCTION sketch_rollup.whole(tstzmultirange, bigint, int, bigint[]) RETURNS tstzmultirange LANGUAGE sql AS 'SELECT $1'}, qr/permission denied for schema sketch_rollup/, 'nobody has functions among those of roll-ups');
# What a writer puts in the way of names is not seen by what runs as the owner.
as('writer', q{
    CREATE SCHEMA AUTHORIZATION writer;
    CREATE FUNCTION writer.caught() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE 'caught as %', current_user; END $$;
    CREATE FUNCTION writer.date_bin(interval, timestamptz, timestamptz) RETURNS timestamptz LANGUAGE sql AS 'SELECT writer.caught()::text::timestamptz';
    CREATE FUNCTION writer.add(timestamptz, interval) RETURNS timestamptz LANGUAGE sql AS 'SELECT writer.caught()::text::timestamptz';
    CREATE OPERATOR writer.+ (FUNCTION = writer.add, LEFTARG = timestamptz, RIGHTARG = interval);
    CREATE FUNCTION writer.in_range(timestamptz, tstzmultirange) RETURNS boolean LANGUAGE sql AS 'SELECT writer.caught() > 0';
    CREATE OPERATOR writer.<@ (FUNCTION = writer.in_range, LEFTARG = timestamptz, RIGHTARG = tstzmultirange);
    CREATE FUNCTION sketch_rollup_data.compact(int, int) RETURNS bigint LANGUAGE sql AS 'SELECT writer.caught()';
    CREATE TEMP TABLE pg_class (oid oid);
    CREATE TEMP VIEW events AS SELECT writer.caught();
    SET search_path = writer, pg_temp, sketch_rollup, public, pg_catalog;
    INSERT INTO public.events VALUES (1, '2026-01-02', 1, 1, 1)});
is(differences($node), 0, 'hostile names of a writer: no difference');
as('maker', q{SET search_path = writer, public, pg_catalog; SELECT public.rollup_compact('per_minute'); CALL public.rollup_refresh('per_minute'); SELECT * FROM public.rollup_check('per_minute')});
pass('nor are they called when the owner maintains it with such a path');
# A table of somebody else that asks for the roll-up's triggers.
as('writer', q{CREATE TABLE writer.events (id bigint, at timestamptz NOT NULL, host int, latency numeric, user_id int); CREATE TRIGGER sketch_rollup_1_insert AFTER INSERT ON writer.events REFERENCING NEW TABLE AS sketch_new_rows FOR EACH STATEMENT EXECUTE FUNCTION sketch_rollup.capture('1')});
as('writer', q{INSERT INTO writer.events VALUES (1, '2026-01-01', 1, 1, 1)});
is(differences($node), 0, 'a trigger on another table does nothing');
as('writer', q{CREATE TABLE sketch_rollup_data.rows_7 (x int); CREATE TABLE sketch_rollup_data.guarded (x int); CREATE TRIGGER g AFTER INSERT ON sketch_rollup_data.guarded FOR EACH STATEMENT EXECUTE FUNCTION sketch_rollup.guard('1'); INSERT INTO sketch_rollup_data.guarded VALUES (1)});
is(as('maker', 'SELECT invalid_ranges FROM rollup_status'), 0, 'a guard on another table does nothing');
as('writer', q{CREATE TABLE sketch_rollup_data.partitions_1 (x int); INSERT INTO events VALUES (1, '2026-01-02', 1, 1, 1)}); # it has none
is(differences($node), 0, 'nor does a table that looks like a part of a roll-up');
as('writer', 'DROP TABLE sketch_rollup_data.partitions_1');
as('writer', 'DROP TABLE sketch_rollup_data.rows_7, sketch_rollup_data.guarded; DROP FUNCTION sketch_rollup_data.compact(int, int); DROP SCHEMA writer CASCADE');
# What a superuser calls runs nothing of the owner as the superuser: expressions of his query, triggers and views in the
# place of his tables.
as('maker', qq{
    CREATE SCHEMA AUTHORIZATION maker;
    CREATE FUNCTION maker.trap(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS \$\$ BEGIN IF current_user <> 'maker' THEN RAISE 'trapped %', current_user; END IF; RETURN 1; END \$\$;
    CREATE FUNCTION maker.trap() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM maker.trap(1); RETURN NEW; END \$\$;
    CREATE TABLE maker.t (at timestamptz NOT NULL, x int);
    SELECT rollup_create('maker.trapped', 'SELECT date_bin(''1 minute'', at, ''2000-01-01'') AS minute, sum(maker.trap(x)) FROM maker.t WHERE maker.trap(x) = 1 GROUP BY 1');
    INSERT INTO maker.t VALUES ('2026-01-01', 1);
    CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE ON sketch_rollup_data.state_2 FOR EACH ROW EXECUTE FUNCTION maker.trap();
    CREATE TRIGGER trap BEFORE INSERT OR UPDATE ON sketch_rollup_data.rows_2 FOR EACH ROW EXECUTE FUNCTION maker.trap();
    CREATE TRIGGER trap BEFORE INSERT OR UPDATE ON sketch_rollup_data.invalid_2 FOR EACH ROW EXECUTE FUNCTION maker.trap();
    CREATE VIEW sketch_rollup_data.state_77 AS SELECT maker.trap(2)::regclass AS view, NULL::timestamptz AS sealed, NULL::timestamptz AS refreshed, NULL::timestamptz AS compacted;
    CREATE VIEW sketch_rollup_data.query_77 AS SELECT date_bin(make_interval(mins => maker.trap(3)), at, '2000-01-01') AS minute, count(*) FROM maker.t GROUP BY 1;
    CREATE TABLE sketch_rollup_data.rows_77 (x int); CREATE TABLE sketch_rollup_data.deltas_77 (x int); CREATE TABLE sketch_rollup_data.invalid_77 (x int)});
$node->safe_psql('owned', $_) for (q{SELECT * FROM rollup_status}, q{SELECT rollup_compact('maker.trapped')}, q{CALL rollup_refresh('maker.trapped')}, q{SELECT * FROM rollup_check('maker.trapped')},
    q{INSERT INTO maker.t VALUES ('2026-01-01', 2); UPDATE maker.t SET x = 3; DELETE FROM maker.t; SELECT rollup_compact('maker.trapped')},
    q{SELECT rollup_invalidate('maker.trapped')}, q{SELECT rollup_seal('maker.trapped', '2026-01-01')});
is($node->safe_psql('owned', q{SELECT count(*) FROM rollup_status}), 2, 'a superuser maintains what others own, and runs nothing of theirs');
$node->safe_psql('owned', q{SELECT rollup_drop('maker.trapped')});
as('maker', 'DROP VIEW sketch_rollup_data.state_77, sketch_rollup_data.query_77; DROP TABLE sketch_rollup_data.rows_77, sketch_rollup_data.deltas_77, sketch_rollup_data.invalid_77; DROP SCHEMA maker CASCADE');

$node->safe_psql('postgres', 'ALTER ROLE maker NOLOGIN');
as("writer", q{INSERT INTO public.events VALUES (1, '2026-01-02', 1, 1, 1)});
$node->safe_psql('postgres', 'ALTER ROLE maker LOGIN');
is(differences($node), 0, 'an owner who cannot log in: no difference');

# ---- who inserts merges deltas now and then, if nobody else does
my $directory = PostgreSQL::Test::Utils::tempdir();
as('maker', q{SELECT rollup_compact('per_minute')});
PostgreSQL::Test::Utils::append_to_file("$directory/valve", q{INSERT INTO events VALUES (1, '2026-01-02', 1, 1, 1);});
$node->command_ok([ 'pgbench', '-n', '-U', 'writer', '-c', 2, '-t', 2000, '-f', "$directory/valve", '-d', $node->connstr('owned') ], '4,000 inserts');
cmp_ok(as('maker', 'SELECT deltas FROM rollup_status'), '<', 2000, 'of which most are merged');
# Merging that takes longer than a statement may does no harm to it.
as('maker', q{CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON sketch_rollup_data.rows_1 FOR EACH ROW EXECUTE FUNCTION slow()});
{
    local $ENV{PGOPTIONS} = '-c statement_timeout=500';
    $node->command_ok([ 'pgbench', '-n', '-U', 'writer', '-t', 1100, '-f', "$directory/valve", '-d', $node->connstr('owned') ], '1,100 inserts, while merging takes too long');
}
as('maker', 'DROP TRIGGER slow ON sketch_rollup_data.rows_1; DROP FUNCTION slow');
is(differences($node), 0, 'no difference');

# ---- a statement of many rows takes memory for its groups, not for its rows
my $many = $ENV{SKETCH_LONG} ? 10_000_000 : 1_000_000;
my $peak = sub { # <table>
    return $node->safe_psql('owned', "BEGIN; INSERT INTO $_[0] SELECT i, '2026-01-03'::timestamptz + i * interval '1 ms', i % 11, i % 1000, i % 50 FROM generate_series(1, $many) i;
        SELECT (regexp_match(pg_read_file('/proc/self/status'), 'VmHWM:\\s+(\\d+)'))[1]; ROLLBACK");
};
SKIP: {
    skip 'there is no /proc', 1 unless -e '/proc/self/status';
    as('maker', 'CREATE TABLE bare (LIKE events)');
    my $without = $peak->('bare');
    cmp_ok($peak->('events') - $without, '<', 100_000, "memory of $many rows in one statement, in kB beyond that of the table alone");
    as('maker', 'DROP TABLE bare');
}

# ---- a transaction that is older than the roll-up, and does not see it, commits after the first refresh
$node->safe_psql('postgres', 'CREATE DATABASE older');
$node->safe_psql('older', "CREATE EXTENSION sketch_rollup CASCADE; $table; INSERT INTO events $rows");
my ($older_out, $older_error) = ('', '');
my $older = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('older'), '-c',
    q{BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM events; SELECT pg_sleep(4); INSERT INTO events VALUES (1, '2026-01-01 00:10', 1, 1, 1); DELETE FROM events WHERE id = 100; COMMIT} ], '>', \$older_out, '2>', \$older_error);
$node->poll_query_until('older', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'}) or die;
$node->safe_psql('older', "SELECT rollup_create('per_minute', \$\$ $query \$\$)");
$node->safe_psql('older', q{CALL rollup_refresh('per_minute')});
$older->finish;
is($older_error, '', 'a transaction that is older than the roll-up commits');
is(differences($node, 'older'), 0, 'and is in the view');

# ---- a trigger of the owner on his roll-up's own tables that writes to the table, and changes definitions
$node->safe_psql('older', q{
    CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF pg_trigger_depth() < 4 THEN
            EXECUTE 'CREATE OR REPLACE FUNCTION public.other() RETURNS int LANGUAGE sql AS $q$SELECT ' || pg_trigger_depth() || '$q$';
            INSERT INTO public.events VALUES (7, '2026-01-01 00:11', 1, 1, 1);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER again AFTER INSERT ON sketch_rollup_data.deltas_1 FOR EACH STATEMENT EXECUTE FUNCTION again();
    INSERT INTO events VALUES (6, '2026-01-01 00:12', 1, 1, 1);
    INSERT INTO events VALUES (6, '2026-01-01 00:12', 1, 1, 1);
    DROP TRIGGER again ON sketch_rollup_data.deltas_1});
is(differences($node, 'older'), 0, 'triggers in triggers: no difference');
is($node->safe_psql('older', 'SELECT count(*) FROM events WHERE id = 7'), '3', 'which all ran');

# ---- two-phase commit
as('maker', q{BEGIN; INSERT INTO events VALUES (2, '2026-01-02', 1, 1, 1); PREPARE TRANSACTION 'later'});
is(differences($node), 0, 'prepared: no difference');
as('maker', q{SELECT rollup_compact('per_minute'); COMMIT PREPARED 'later'});
is(differences($node), 0, 'and committed');

# ---- dump and restore, by its owner
as('maker', q{SELECT rollup_seal('per_minute', '2026-01-01 00:10'); DELETE FROM events WHERE at < '2026-01-01 00:05'; INSERT INTO events VALUES (3, '2026-01-01 00:20', 1, 1, 1); DELETE FROM events WHERE id = 2500});
my $fingerprint = q{SELECT count(*), md5(string_agg(r::text, ',' ORDER BY minute, host)) FROM per_minute r};
my $expected = as('maker', $fingerprint);
my $connection = $node->connstr('owned');
$node->command_ok([ 'pg_dump', '-U', 'maker', '-Fd', '-f', "$directory/dump", '-d', $connection ], 'dump');
my %restores = (
    'all'                   => [ [] ],
    'in parallel'           => [ ['-j4'] ],
    'schema, then data'     => [ ['--schema-only'], ['--data-only'] ],
    'in sections'           => [ ['--section=pre-data'], ['--section=data'], ['--section=post-data'] ],
    'data over what there is' => [ [], ['--data-only'] ]);
for my $name (sort keys %restores) {
    $node->safe_psql('postgres', 'DROP DATABASE IF EXISTS restored');
    $node->safe_psql('postgres', 'CREATE DATABASE restored OWNER maker');
    $node->safe_psql('restored', 'ALTER SCHEMA public OWNER TO maker');
    for my $options (@{ $restores{$name} }) {
        # What is over what there is has errors: of the one row of state.
        my ($out, $error);
        IPC::Run::run([ 'pg_restore', '-U', 'maker', '-d', $node->connstr('restored'), @$options, "$directory/dump" ], '>', \$out, '2>', \$error);
        unlike($error, $name =~ /over/ ? qr/crash/ : qr/error: (?!.*(?:COMMENT|comment|schema "?public))/, "restore, $name: no error") or diag($error);
    }
    is($node->safe_psql('restored', q{SELECT string_agg(bucket || ' ' || problem, ', ') FROM rollup_check('per_minute')}), '', "restore, $name: no difference");
    is($node->safe_psql('restored', $fingerprint, extra_params => [ '-U', 'maker' ]), $expected, "restore, $name: the same, and what is sealed") unless $name =~ /over/;
    $node->safe_psql('restored', q{INSERT INTO events VALUES (4, '2026-01-01 00:30', 1, 1, 1); SELECT rollup_compact('per_minute')}, extra_params => [ '-U', 'maker' ]);
    is(differences($node, 'restored'), 0, "restore, $name: it goes on");
}

# ---- a standby reads
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
as('maker', q{INSERT INTO events VALUES (5, '2026-01-01 00:40', 1, 1, 1); DELETE FROM events WHERE id = 2600});
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is($standby->safe_psql('owned', $fingerprint), as('maker', $fingerprint), 'a standby reads deltas and invalid ranges');
$standby->stop;

# ---- logical replication into a table with a roll-up
$node->safe_psql('postgres', "CREATE DATABASE source");
$node->safe_psql('source', "$table; ALTER TABLE events ADD PRIMARY KEY (id); INSERT INTO events $rows; CREATE PUBLICATION p FOR TABLE events; SELECT pg_create_logical_replication_slot('s', 'pgoutput')");
$node->safe_psql('postgres', 'CREATE DATABASE target');
$node->safe_psql('target', "CREATE EXTENSION sketch_rollup CASCADE; $table; ALTER TABLE events ADD PRIMARY KEY (id); SELECT rollup_create('per_minute', \$\$ $query \$\$); CALL rollup_refresh('per_minute');
    CREATE SUBSCRIPTION s CONNECTION '" . $node->connstr . " dbname=source' PUBLICATION p WITH (create_slot = false, slot_name = s)");
$node->poll_query_until('target', q{SELECT count(*) = 3000 FROM events}) or die;
is(differences($node, 'target'), 0, 'subscription: the first copy');
$node->safe_psql('target', q{CALL rollup_refresh('per_minute')});
$node->safe_psql('source', q{INSERT INTO events VALUES (5001, '2026-01-01 00:40', 1, 1, 1); UPDATE events SET latency = 5 WHERE id = 7; DELETE FROM events WHERE id = 8});
$node->poll_query_until('target', q{SELECT count(*) = 1 FROM events WHERE id = 5001}) or die;
$node->poll_query_until('target', q{SELECT count(*) = 0 FROM events WHERE id = 8}) or die;
is(differences($node, 'target'), 0, 'subscription: insert, update and delete');
$node->safe_psql('target', q{CALL rollup_refresh('per_minute')});
$node->safe_psql('source', 'TRUNCATE events');
$node->poll_query_until('target', q{SELECT count(*) = 0 FROM events}) or die;
is(differences($node, 'target'), 0, 'subscription: truncate');
$node->safe_psql('target', 'ALTER SUBSCRIPTION s DISABLE; ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s');
$node->safe_psql('source', q{SELECT pg_drop_replication_slot('s')});

# ---- many sessions at once: at any moment the view is what the query on the table gives
my %scripts = (
    'insert@20'  => q{
\set n random(1, 50)
\set t random(1, 3600)
\set h random(1, 5)
INSERT INTO events SELECT :t * 1000 + i, '2026-01-01'::timestamptz + (:t + i) * interval '1 s', nullif(:h, 1), (i * :t % 1000) / 10.0, i * :t % 77 FROM generate_series(1, :n) i;
},
    'one@40' => q{
\set t random(1, 3600)
INSERT INTO events VALUES (:t, '2026-01-01'::timestamptz + :t * interval '1 s', :t % 3, :t / 7.0, :t);
},
    'late@10' => late_writer(3600),
    'update@2' => q{
\set t random(1, 3600)
UPDATE events SET latency = latency + 1, host = host + 1, at = at + interval '100 s' WHERE at >= '2026-01-01'::timestamptz + :t * interval '1 s' AND at < '2026-01-01'::timestamptz + (:t + 5) * interval '1 s';
},
    'delete@2' => q{
\set t random(1, 3600)
DELETE FROM events WHERE at >= '2026-01-01'::timestamptz + :t * interval '1 s' AND at < '2026-01-01'::timestamptz + (:t + 40) * interval '1 s';
},
    'several@3' => q{
\set t random(1, 3600)
WITH d AS (DELETE FROM events WHERE id = :t RETURNING *), u AS (UPDATE events SET latency = 3 WHERE id = :t + 1 RETURNING *) INSERT INTO events SELECT * FROM d UNION ALL SELECT * FROM u;
},
    'compact@5' => q{SELECT rollup_compact('per_minute');},
    'refresh@2' => q{CALL rollup_refresh('per_minute');},
    'check@1'   => q{SELECT verdict();});
$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS stress');
$node->safe_psql('postgres', 'CREATE DATABASE stress');
$node->safe_psql('stress', qq{CREATE EXTENSION sketch_rollup CASCADE; $table; CREATE INDEX ON events (at); CREATE INDEX ON events (id);
    SELECT rollup_create('per_minute', \$\$ $query \$\$);
    @{[verdict(q{true})]}});
under_load($node, \%scripts);
is(differences($node, 'stress'), 0, 'nor in the end');
cmp_ok($node->safe_psql('stress', 'SELECT count(*) FROM events'), '>', 1000, 'there are rows');

# ---- and a server that dies under them
deaths_under_load($node, sub { differences($node, 'stress') }, 0);
$node->stop;

# ---- what the scheduler has done by now
SKIP: {
    skip 'there is no pg_cron', 4 unless $has_cron;
    $cron->poll_query_until('postgres', q{SELECT count(DISTINCT jobid) = 4 FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')}) or die;
    is($cron->safe_psql('postgres', q{SELECT string_agg(return_message, ', ') FROM cron.job_run_details WHERE status = 'failed'}), '', 'jobs of a scheduler do not fail');
    is($cron->safe_psql('postgres', 'SELECT count(*) FROM events'), '1', 'old rows are deleted');
    is($cron->safe_psql('postgres', 'SELECT sum(requests) FROM per_minute'), '3001', 'and known');
    is(differences($cron, 'postgres'), 0, 'scheduler: no difference');
    $cron->stop;
}
done_testing();
