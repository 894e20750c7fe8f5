# Installing is safe: by a user without rights, among objects that others put in the way, beside other sketch extensions.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('server');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN');

sub database {
    my ($name) = @_;
    $node->safe_psql('postgres', "CREATE DATABASE $name");
    $node->safe_psql($name, "GRANT CREATE ON DATABASE $name TO alice; GRANT ALL ON SCHEMA public TO alice, bob");
}
sub as { return (extra_params => [ '-U', $_[0] ]) }

# Objects of the extension, or used by them, that bob owns.
my $hijacked = q{
    WITH member AS (SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND extname = 'sketch_ext'),
         used AS (SELECT * FROM member UNION SELECT d.refclassid, d.refobjid FROM pg_depend d JOIN member USING (classid, objid)
                  UNION SELECT 'pg_proc'::regclass, unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggmtransfn, aggminvtransfn, aggmfinalfn]::oid[]) FROM pg_aggregate JOIN member ON aggfnoid = objid
                  UNION SELECT 'pg_proc'::regclass, oprcode FROM pg_operator o JOIN member ON o.oid = objid)
    SELECT count(*) FROM used WHERE (classid = 'pg_proc'::regclass AND objid IN (SELECT oid FROM pg_proc WHERE proowner = 'bob'::regrole))
        OR (classid = 'pg_type'::regclass AND objid IN (SELECT oid FROM pg_type WHERE typowner = 'bob'::regrole))
        OR (classid = 'pg_operator'::regclass AND objid IN (SELECT oid FROM pg_operator WHERE oprowner = 'bob'::regrole))};
my $works = q{SELECT percentile_sketch(x, 0.5) BETWEEN 4.9 AND 5.1, approx_count_distinct(x), (SELECT item FROM (SELECT topk_agg(x, 3) AS s FROM generate_series(1, 3) x) q, top_k(s) LIMIT 1) FROM generate_series(1, 9) x};

# ---- a trusted extension: CREATE on the database is enough
database('plain');
$node->safe_psql('plain', 'CREATE EXTENSION sketch_ext', as('alice'));
is($node->safe_psql('plain', $works, as('bob')), 't|9|1', 'a user without rights installs, another one uses');
is($node->safe_psql('plain', 'SELECT count(*) FROM pg_proc WHERE prosecdef'), '0', 'nothing runs with the rights of its owner');
$node->safe_psql('plain', 'DROP EXTENSION sketch_ext', as('alice'));
is($node->safe_psql('plain', q{SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'}), '0', 'and nothing is left when it is dropped');

# ---- functions, operators and casts that are in the way
database('crowded');
$node->safe_psql('crowded', q{
    CREATE FUNCTION merge(a text, b text) RETURNS text LANGUAGE sql AS $$ SELECT 'bob' $$;
    CREATE FUNCTION merge(a anyelement, b anyelement) RETURNS anyelement LANGUAGE sql AS $$ SELECT a $$;
    CREATE FUNCTION contains(anyelement, anyelement) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
    CREATE FUNCTION percentile(anyelement, float8) RETURNS float8 LANGUAGE sql AS $$ SELECT 42.0::float8 $$;
    CREATE FUNCTION quantile_agg_trans(anyelement, float8) RETURNS anyelement LANGUAGE sql AS $$ SELECT $1 $$;
    CREATE FUNCTION distinct_merge_trans(anyelement, anyelement) RETURNS anyelement LANGUAGE sql AS $$ SELECT $1 $$;
    CREATE FUNCTION topk_agg_final(anyelement) RETURNS anyelement LANGUAGE sql AS $$ SELECT $1 $$;
    CREATE FUNCTION quantile_sketch_eq(anyelement, anyelement) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
    CREATE FUNCTION quantile_sketch_cmp(anyelement, anyelement) RETURNS int LANGUAGE sql AS $$ SELECT 0 $$;
    CREATE FUNCTION quantile_sketch_from_bytea(anyelement) RETURNS text LANGUAGE sql AS $$ SELECT 'bob' $$;
    CREATE OPERATOR = (LEFTARG = anyelement, RIGHTARG = anyelement, FUNCTION = quantile_sketch_eq)}, as('bob'));
$node->safe_psql('crowded', 'CREATE EXTENSION sketch_ext', as('alice'));
is($node->safe_psql('crowded', $hijacked), '0', 'no object of the extension is, or uses, what was put in the way');
is($node->safe_psql('crowded', q{SELECT percentile(quantile_agg(x), 0.5) < 42, quantile_agg(x) = quantile_agg(x + 1), total_count(merge(quantile_agg(x), quantile_agg(x))) FROM generate_series(1, 9) x}),
    't|f|18', 'and its own functions are found first');

# ---- objects of the very same name: an error, not a replacement
for my $object (q{TYPE topk_sketch AS (x int)}, q{FUNCTION distinct_sketch_in(cstring) RETURNS text LANGUAGE internal STRICT AS 'textin'}) {
    my $name = $object =~ /^TYPE/ ? 'taken_type' : 'taken_function';
    database($name);
    $node->safe_psql($name, "CREATE $object"); # by the superuser: bob may not make functions of cstring
    my ($status, $out, $error) = $node->psql($name, 'CREATE EXTENSION sketch_ext', as('alice'));
    isnt($status, 0, "$name: refused");
    like($error, qr/already exists|must be owner|permission denied/, "$name: and says why");
    is($node->safe_psql($name, q{SELECT count(*) FROM pg_extension WHERE extname = 'sketch_ext'}), '0', "$name: nothing is half installed");
}

# ---- a search_path that others write to
database('astray');
$node->safe_psql('astray', 'CREATE SCHEMA evil; GRANT ALL ON SCHEMA evil TO bob; CREATE SCHEMA sketches AUTHORIZATION alice');
$node->safe_psql('astray', q{
    CREATE TYPE evil.quantile_sketch AS (x int);
    CREATE FUNCTION evil.length(bytea) RETURNS int LANGUAGE sql AS $$ SELECT 0 $$;
    CREATE FUNCTION evil.numeric_in(text) RETURNS numeric LANGUAGE sql AS $$ SELECT 0::numeric $$}, as('bob'));
$node->safe_psql('astray', q{SET search_path = evil, public; CREATE EXTENSION sketch_ext SCHEMA sketches}, as('alice'));
is($node->safe_psql('astray', $hijacked), '0', 'nothing of a hostile search_path is used');
is($node->safe_psql('astray', "SET search_path = evil, pg_catalog, sketches; $works"), 't|9|1', 'or matters later');
$node->safe_psql('astray', 'SET search_path = sketches; CREATE TABLE public.kept AS SELECT quantile_agg(x) AS q, topk_agg(x, 3) AS t FROM generate_series(1, 9) x', as('alice'));
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump.sql';
command_ok([ 'pg_dump', '-f', $dump, '-d', $node->connstr('astray') ], 'a dump of another schema');
database('again');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('again') ], 'which restores');
is($node->safe_psql('again', 'SELECT sketches.total_count(q), sketches.total_count(t) FROM public.kept'), '9|9', 'what it was');

# ---- beside other extensions of the kind
database('beside');
my @others = split /\n/, $node->safe_psql('beside', q{SELECT name FROM pg_available_extensions WHERE name IN ('hll', 'tdigest', 'citext') ORDER BY 1});
for my $order ([ @others, 'sketch_ext' ], [ 'sketch_ext', @others ]) {
    $node->safe_psql('beside', join('', map { "CREATE EXTENSION $_;" } @$order));
    is($node->safe_psql('beside', $works), 't|9|1', "works beside @$order");
    $node->safe_psql('beside', join('', map { "DROP EXTENSION $_;" } @$order));
}
$node->stop;
done_testing();
