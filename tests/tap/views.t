# What the planner makes of the views: sessions run without JIT, and no view is thought to give a multitude of rows, on the
# made-up district with the returns, cases and stars of its programmes.
use strict;
use warnings;
use HubTest;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $node = PostgreSQL::Test::Cluster->new('views');
$node->init;
# The statistics are those of a moment that the test chooses.
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\n");
$node->start;
my $name = 'hub of "Saltmere"';
$node->safe_psql('postgres', 'CREATE DATABASE "hub of ""Saltmere"""; CREATE ROLE analyst LOGIN; CREATE ROLE somebody LOGIN');
sub dsn { my ($user) = @_; return $node->connstr . " dbname='$name'" . ($user ? " user=$user" : ''); }
sub value { my ($sql, $user) = @_; my ($rc, $out, $err) = $node->psql('postgres', $sql, connstr => dsn($user)); is($err, '', $sql) if $rc; return $out; }
sub in_hub { my @args = @_; my ($code, $out, $err) = hub($node, @args, '--dsn', dsn()); ok($code == 0 || $code == 3, "@args") or diag($err); return $err; }

# JIT
is(value('SHOW jit'), 'on', 'a server has JIT');
in_hub('migrate', '--quiet');
value('GRANT wardstar_analyst TO analyst');
is(value('SHOW jit', $_), 'off', 'not in the hub\'s database: ' . ($_ // 'a superuser')) for undef, 'analyst', 'somebody';
is($node->safe_psql('postgres', 'SHOW jit'), 'on', 'other databases keep it');
value('ALTER DATABASE "hub of ""Saltmere""" RESET ALL');
is(value('SHOW jit'), 'on', 'a database restored from a dump has the server\'s setting');
my $settings = do { local (@ARGV, $/) = "$root/sql/hub/queries/migrate/migrate_settings.sql"; <> };
my ($rc, $out, $err) = $node->psql('postgres', $settings, connstr => dsn('somebody'));
is($rc, 0, 'who may not set it fails in nothing');
like($err, qr/WARNING:  could not switch JIT off .*\n.*ALTER DATABASE "hub of ""Saltmere""" SET jit = off/, 'but is told who may');
in_hub('migrate', '--quiet');
is(value('SHOW jit'), 'off', 'migrate sets it again');
is(value("SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname LIKE 'hub of%'"), '{jit=off}', 'and nothing else');

# Rows
my $made = $node->basedir . '/saltmere';
my $stars = $node->basedir . '/stars';
mkdir $stars;
is(system("$root/script/saltmere", $made), 0, 'the made-up district');
is(system("$root/script/saltmere-stars", $stars), 0, 'and its stars');
in_hub('load', '--quiet', map { "$made/$_" } qw(boundaries lookups population deprivation postcodes crime));
sub lines { my ($file) = @_; open my $fh, '<', "$made/returns/$file" or die "$file: $!"; <$fh>; return map { chomp; [ split /,/ ] } <$fh>; }
my %quarters;
push @{ $quarters{ $_->[0] }{ $_->[2] } }, $_->[1] for lines('expected.csv');
hub_keys($node);
for (lines('register.csv'))
{
	my ($organisation, $programme) = @$_;
	in_hub('programme', 'add', $programme, '--organisation', $organisation, '--made-up', '--expected', join(',', @{ $quarters{$programme}{true} // [] }),
		'--not-expected', join(',', @{ $quarters{$programme}{false} // [] }), '--quiet');
}
in_hub('load', '--quiet', '--as', 'return', '--programme', $_->[1], '--period', $_->[2], '--form', $_->[3], "$made/returns/$_->[0]") for lines('manifest.csv');
in_hub('load', '--quiet', '--as', $_, '--programme', 'POPs', "$stars/$_.csv") for qw(cases stars);

my @views = split /\n/, value("SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind = 'v' AND n.nspname IN (SELECT name FROM hub.owned_schema) ORDER BY 1");
cmp_ok(scalar @views, '>', 50, 'views');
my $above = value('SHOW jit_above_cost');
# Counted without the columns, which would be worked out: but for those of clusters, whose rows are the areas'.
my %rows = map { /cluster/ ? () : ($_ => value("SET search_path = pg_catalog, public; SELECT count(*) FROM $_")) } @views;
value('ANALYZE');
my (@costly, @many, @few);
for my $view (@views)
{
	my $plan = decode_json(value("SET search_path = pg_catalog, public; EXPLAIN (FORMAT json) SELECT * FROM $view"))->[0]{Plan};
	push @costly, "$view $plan->{'Total Cost'}" if $plan->{'Total Cost'} >= $above;
	push @many, "$view $plan->{'Plan Rows'}" if $plan->{'Plan Rows'} > 100 * (($rows{$view} // 0) > 1000 ? $rows{$view} : 1000);
	# The server keeps no statistics of equal ranges, such as all ages.
	push @few, "$view $plan->{'Plan Rows'}" if $plan->{'Plan Rows'} * 100 < ($rows{$view} // 0) && $view ne 'reference.population_total';
}
is("@costly", '', 'no view costs so much that it would be compiled');
is("@many", '', 'none is thought to give 100 times the rows that it does, and more than 100,000');
is("@few", '', 'none is thought to give a hundredth of them');
done_testing();
