# publish: what is withheld, the shape that GIS tools ask for, stable keys, and readers who never see an empty table.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('publish');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
hub_ok($node, 'migrate', '--quiet');
my $path = 'SET search_path = pg_catalog, public;';
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "$path $sql"); }

open my $fh, '<', "$ENV{WARDSTAR_ROOT}/tests/fixtures/two_wards.sql" or die $!;
value(do { local $/; <$fh> });
hub_ok($node, 'programme', 'add', 'P1', '--organisation', 'Org', '--expected', '2025-Q2,2025-Q3', '--made-up');
hub_ok($node, 'programme', 'add', 'P2', '--organisation', 'Org', '--not-expected', '2025-Q2');
sub receive
{
	my ($programme, $period, $answers) = @_;
	is(value("SELECT state FROM intake.receive('$programme', '$period', 'new', 'f.csv', 1, sha256('$programme $period $answers'), 'test', '$answers')"),
		'accepted', "$programme $period");
}
receive('P1', '2025-Q2', '{"total": "17", "place.lsoa.E01990001": "12", "place.lsoa.E01990003": "4", "place.not_known": "1"}');

# Rates exist for all three, so what is withheld would be there to see.
is(value("SELECT string_agg(area || ' ' || reached_lower || ' ' || reached_upper, ', ' ORDER BY area) FROM analysis.demand_lsoa WHERE period = '2025-Q2'"),
	'E01990001 12 13, E01990002 0 1, E01990003 4 5, E01990004 0 1', 'undisclosed');
my $out = hub_ok($node, 'publish');
like($out, qr/^publish\.demand_ward: 6 rows, publish\.demand_lsoa: 8 rows; 14 changed, version 1\nnot for publication/, 'what publish says');
is(value("SELECT string_agg(concat_ws(' ', area, coalesce(reached_lower::text, '-'), reached_lower_status, coalesce(reached_upper::text, '-'),
		reached_upper_status, coalesce(reached_rate_lower::text, '-'), reached_rate_lower_status, coalesce(reached_rate_upper::text, '-'),
		reached_rate_upper_status, coalesce(reached_rate_lower_limit::numeric(6,3)::text, '-'), coalesce(reached_rate_upper_limit::text, '-')), '; ' ORDER BY area)
	FROM publish.demand_lsoa WHERE period = '2025-Q2'"),
	'E01990001 12 published - suppressed 12 published - suppressed 6.194 -; E01990002 0 published - suppressed 0 published - suppressed 0.000 -; '
	  . 'E01990003 - suppressed - suppressed - suppressed - suppressed - -; E01990004 0 published - suppressed 0 published - suppressed 0.000 -',
	'1 to 4 people are withheld, and the upper bounds that stand 1 to 4 above');
is(value("SELECT string_agg(DISTINCT concat_ws(' ', reached_lower_status, reached_rate_upper_status, population_status, crimes_status), ', ')
	FROM publish.demand_lsoa WHERE period = '2025-Q3'"), 'not returned not returned published part loaded', 'a quarter without a return');

# A true zero is one that the returns leave no doubt about.
receive('P1', '2025-Q2', '{"total": "12", "place.lsoa.E01990001": "12", "place.not_known": "0"}');
hub_ok($node, 'publish', '--quiet');
is(value("SELECT string_agg(concat_ws(' ', area, reached_lower, reached_lower_status, reached_upper, reached_upper_status, reached_rate_upper_status), ', ' ORDER BY area)
	FROM publish.demand_lsoa WHERE period = '2025-Q2'"),
	join(', ', 'E01990001 12 published 12 published published', map { "E0199000$_ 0 true zero 0 true zero true zero" } 2 .. 4), 'true zeros');

# Exhaustively, over small bounds: nothing published lets 1 to 4 people be read off a row.
is(value(q{SELECT count(*) FROM generate_series(0, 12) l, generate_series(0, 12) u,
		LATERAL analysis.reached_shown(l, u, 'known') s
	WHERE u >= l AND (
		(l BETWEEN 1 AND 4 AND (s.lower_status <> 'suppressed' OR s.upper_status <> 'suppressed'))
		OR (u BETWEEN 1 AND 4 AND s.upper_status <> 'suppressed')
		OR (u - l BETWEEN 1 AND 4 AND s.upper_status <> 'suppressed' AND s.lower_status <> 'suppressed')
		OR ((l = 0 OR l > 4) AND s.lower_status = 'suppressed')
		OR ((l = 0 OR l > 4) AND (u = l OR u - l > 4) AND u NOT BETWEEN 1 AND 4 AND s.upper_status = 'suppressed'))}), 0,
	'what is withheld is 1 to 4 and what gives it away, and nothing else');

# The columns: names and order as the views that fill them, types that QGIS shows, a status beside each value.
for my $level (qw(lsoa ward))
{
	is(value("SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'publish.demand_$level'::regclass AND attnum > 0"),
		value("SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'analysis.publish_$level'::regclass AND attnum > 0"),
		"demand_$level: columns of the view, in order");
	is(value("SELECT coalesce(string_agg(attname, ','), '') FROM pg_attribute WHERE attrelid = 'publish.demand_$level'::regclass AND attnum > 0
		AND format_type(atttypid, atttypmod) NOT IN ('text', 'integer', 'double precision', 'boolean', 'date', 'geometry(MultiPolygon,27700)')"),
		'', "demand_$level: types");
	is(value("SELECT string_agg(a.attname, ',') FROM pg_attribute a WHERE attrelid = 'publish.demand_$level'::regclass AND attnum > 0
		AND attname ~ '^(reached|population|deprivation|crimes|violent|crime_rate)' AND attname !~ '(_status|_edition|_source|_limit|rate_lower|rate_upper)\$'
		AND NOT EXISTS (SELECT FROM pg_attribute b WHERE b.attrelid = a.attrelid AND b.attname = a.attname || '_status')"),
		'', "demand_$level: each value has a status");
	is(value("SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
		WHERE indrelid = 'publish.demand_$level'::regclass AND amname = 'gist'"), 1, "demand_$level: GiST index");
	is(value("SELECT type || srid FROM geometry_columns WHERE f_table_schema = 'publish' AND f_table_name = 'demand_$level'"),
		'MULTIPOLYGON27700', "demand_$level: geometry");
	is(value("SELECT count(*) FROM publish.demand_$level WHERE not_for_publication <> 'not for publication'"), 0, "demand_$level: not for publication");
	like(value("SELECT obj_description('publish.demand_$level'::regclass)"), qr/^NOT FOR PUBLICATION/, "demand_$level: its comment says so");
}
is(value(q{SELECT string_agg(DISTINCT grantee || ' ' || privilege_type, ', ' ORDER BY grantee || ' ' || privilege_type) FROM information_schema.table_privileges
	WHERE table_schema = 'publish' AND grantee NOT IN (current_user, 'wardstar_owner')}),
	'wardstar_analyst SELECT, wardstar_loader DELETE, wardstar_loader INSERT, wardstar_loader SELECT, wardstar_loader UPDATE', 'granted to the hub alone');
is(value(q{CREATE ROLE anybody; SELECT has_schema_privilege('anybody', 'publish', 'USAGE')}), 'f', 'nor is the schema');

# Keys stay; what didn't change is not touched.
my $ids = value("SELECT md5(string_agg(id || area || period, ',' ORDER BY id)) FROM publish.demand_ward");
my $places = value("SELECT string_agg(ctid::text, ',' ORDER BY id) FROM publish.demand_ward WHERE period = '2025-Q3'");
receive('P1', '2025-Q2', '{"total": "40", "place.lsoa.E01990001": "40"}');
like(hub_ok($node, 'publish'), qr/; 2 changed, version 3\n/, 'only the rows of the LSOA and ward whose figures changed');
is(value("SELECT md5(string_agg(id || area || period, ',' ORDER BY id)) FROM publish.demand_ward"), $ids, 'keys stay');
is(value("SELECT string_agg(ctid::text, ',' ORDER BY id) FROM publish.demand_ward WHERE period = '2025-Q3'"), $places, 'other rows are not written');
like(hub_ok($node, 'publish'), qr/; 0 changed, version 3\n/, 'nothing changed, same version');
value(q{SET session_replication_role = replica; DELETE FROM returns.expected_stated WHERE period = '2025-Q3'; DELETE FROM reference.crime_month WHERE month = '2025-10-01'});
hub_ok($node, 'publish', '--quiet');
is(value("SELECT string_agg(DISTINCT period, ',') FROM publish.demand_ward"), '2025-Q2', 'a quarter of which nothing is known any more goes');
value(q{INSERT INTO returns.expected_stated VALUES ('P1', '2025-Q3', true)});
hub_ok($node, 'publish', '--quiet');
is(value("SELECT md5(string_agg(id || area || period, ',' ORDER BY id)) FROM publish.demand_ward"), $ids, 'and gets its old keys when it comes back');

# The disclosed report reads what is published.
$out = hub_ok($node, 'report', 'demand', '--period', '2025-Q2', '--level', 'lsoa');
like($out, qr/NOT FOR PUBLICATION: counts of 1 to 4 people are withheld \[c\].*Some returns are MADE UP/, 'its title');
receive('P1', '2025-Q2', '{"total": "3", "place.lsoa.E01990001": "3"}');
is(hub_ok($node, 'report', 'demand', '--period', '2025-Q2', '--level', 'lsoa'), $out, 'is that of the last publish');
hub_ok($node, 'publish', '--quiet');
like(hub_ok($node, 'report', 'demand', '--period', '2025-Q2', '--level', 'lsoa'), qr/^E01990001.*\[c\]/m, 'withheld in print too');
unlike(hub_ok($node, 'report', 'demand', '--period', '2025-Q2', '--level', 'lsoa', '--format', 'json'),
	qr/"reached_(?:rate_)?(?:lower|upper)(?:_limit)?":3/, 'and in JSON');

# Readers see the whole table at any moment, and are not held up.
{
	local $ENV{PGOPTIONS} = '-c lock_timeout=1s';
	my ($seen, $complaint) = ('', '');
	my $script = spill($node->basedir . '/reader.sql', <<'END');
CREATE TEMP TABLE seen (rows int, periods int);
DO $$ BEGIN LOOP
	INSERT INTO seen SELECT count(*), count(DISTINCT period) FROM publish.demand_ward; COMMIT;
	EXIT WHEN EXISTS (SELECT FROM pg_tables WHERE tablename = 'enough');
END LOOP; END $$;
SELECT min(rows) || ' ' || max(rows) || ' ' || min(periods) || ' ' || (count(*) > 100) FROM seen;
END
	my $reader = IPC::Run::start([ 'psql', '-XAtq', '-d', hub_dsn($node), '-f', $script ], '>', \$seen, '2>', \$complaint);
	for my $i (1 .. 6)
	{
		value("UPDATE reference.population SET n = n + 1");
		hub_ok($node, 'publish', '--quiet');
	}
	value('CREATE TABLE public.enough ()');
	$reader->finish;
	is($seen, "6 6 2 true\n", 'readers saw six rows whenever they looked') or diag($complaint);
}

# Two at once wait for each other; one that fails leaves the tables as they were.
value('UPDATE reference.population SET n = n + 1');
my @both = map { my ($o, $e) = ('', ''); [ hub_start($node, \$o, \$e, 'publish'), \$o, \$e ] } 1 .. 2;
is(join(',', map { $_->[0]->finish ? 'done' : 'failed' } @both), 'done,done', 'two at once');
is(join(',', sort map { ${ $_->[1] } =~ /; (\d+) changed/ } @both), '0,12', 'one of them had nothing left to do');
my $before = value("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM publish.demand_ward t");
value('ALTER TABLE publish.demand_ward ADD CONSTRAINT broken CHECK (population IS NULL OR population < 2000) NOT VALID; UPDATE reference.population SET n = n + 1');
my ($code) = hub($node, 'publish');
is($code, 7, 'a publish that fails');
is(value("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM publish.demand_ward t"), $before, 'leaves the tables as they were');

$node->stop;
done_testing();
