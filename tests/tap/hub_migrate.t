# wardstar-hub's command line and settings, and migrate: fresh, again, two at once, a changed or unknown migration,
# a failing one, functions and views replaced as a whole.
use strict;
use warnings;
use HubTest;
use JSON;
use PostgreSQL::Test::Cluster;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $node = PostgreSQL::Test::Cluster->new('hub_migrate');
$node->init;
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();

sub sql { my ($text, $db) = @_; return $node->safe_psql($db // 'postgres', $text); }

# The command line.
my $version = decode_json(do { local (@ARGV, $/) = "$root/META.json"; <> })->{version};
my ($code, $out, $err) = hub(undef, '--version');
is("$code $out", "0 wardstar-hub $version\n", '--version is that of META.json');
for my $case (
	[ [], qr/no command/ ],
	[ ['nonsense'], qr/unknown command "nonsense"/ ],
	[ ['migrate', '--nonsense'], qr/unknown option "--nonsense"/ ],
	[ ['migrate', '--connect-wait'], qr/--connect-wait needs a value/ ],
	[ ['migrate', '--connect-wait=many'], qr/"many" is not a whole number from 0 to 86400/ ],
	[ ['migrate', '--log-level', 'loud'], qr/"loud" is not one of/ ],
	[ ['migrate', '--quiet=1'], qr/--quiet takes no value/ ],
	[ ['migrate', '--workers', '2'], qr/--workers is no option of migrate/ ],
	[ ['migrate', 'x'], qr/migrate takes no argument/ ],
	[ ['migrate', '--settings', "$tmp/none"], qr/could not open settings file/ ],
	[ ['migrate', '--dsn', 'host=x secretpassword'], qr/malformed/ ],
  )
{
	($code, $out, $err) = hub(undef, @{ $case->[0] });
	is($code, 2, "wardstar-hub @{$case->[0]}: exit code 2");
	like($err, $case->[1], '... says why');
	unlike($err, qr/secretpassword/, '... without the password');
}

# One table gives the options, the variables and the sample file; an option wins over the variable, that over the file.
my $sample = hub_ok(undef, 'settings');
my @names = $sample =~ /^#([a-z-]+) = /mg;
is_deeply(\@names, [ sort @names ], 'the sample settings are sorted');
cmp_ok(scalar @names, '>', 5, 'and are there');
(my $all = $sample) =~ s/^#([a-z-]+ = \S)/$1/mg;
spill("$tmp/all.conf", $all);
hub_ok(undef, 'settings', 'current', '--settings', "$tmp/all.conf");
spill("$tmp/a.conf", "# a comment\n\nworkers = 3\nconnect-wait=1\n");
{
	local $ENV{WARDSTAR_SETTINGS} = "$tmp/a.conf";
	local $ENV{WARDSTAR_CONNECT_WAIT} = 2;
	like(hub_ok(undef, 'settings', 'current'), qr/^connect-wait = 2  # WARDSTAR_CONNECT_WAIT\n.*^workers = 3  # settings file$/ms,
		'environment over file');
	like(hub_ok(undef, 'settings', 'current', '--connect-wait', 4), qr/^connect-wait = 4  # option/m, 'option over environment');
}
spill("$tmp/b.conf", "nonsense = 3\n");
($code, $out, $err) = hub(undef, 'settings', '--settings', "$tmp/b.conf");
is($code, 2, 'an unknown name in the settings file');
like($err, qr/b\.conf, line 1: no setting is called "nonsense"/, '... is named with its line');

# Connections.
($code, $out, $err) = hub([ $node, 'nowhere' ], 'migrate');
is($code, 6, 'no such database: exit code 6');
like($err, qr/database "nowhere" does not exist/, '... the cause is told');
($code, $out, $err) = hub(undef, 'migrate', '--connect-wait=1', '--dsn', "host=$tmp port=1 password=hunter2 dbname=x user=y");
is($code, 6, 'no server: exit code 6');
unlike($err, qr/hunter2/, '... the password is not');

# Two at once, on a fresh database: both end well, each migration ran once.
my @run = map { { out => '', err => '' } } 1 .. 2;
$_->{h} = hub_start($node, \$_->{out}, \$_->{err}, 'migrate') for @run;
$_->{h}->finish for @run;
is($_->{h}->result(0), 0, 'one of two at once') || diag($_->{err}) for @run;
my @migrations = sort map { m{/(\d\d\d_\w+)\.sql$} } glob "$root/sql/hub/migrations/*.sql";
is(join('', map { $_->{out} =~ /^applied (\d\d\d_\w+)\n/mg } @run), join('', @migrations), 'each migration was applied by one of them');
is(sql("SELECT string_agg(name, ' ' ORDER BY name) FROM hub.migration WHERE name ~ '^[0-9]'"), "@migrations", 'all are recorded');
is(sql("SELECT count(*) FROM hub.migration WHERE version = '$version' AND applied_by = current_user AND length(checksum) = 32"),
	@migrations + 1, 'with version, who and checksum');
for my $name (@migrations)
{
	chomp(my $sum = `sha256sum < "$root/sql/hub/migrations/$name.sql"`);
	is(sql("SELECT encode(checksum, 'hex') FROM hub.migration WHERE name = '$name'"), $sum =~ s/ .*//r, "$name: SHA-256 of the file");
}
like(hub_ok($node, 'migrate'), qr/up to date/, 'again: nothing to do');

# While another holds the lock, migrate waits and says so.
my $holder = $node->background_psql('postgres');
$holder->query_safe("SELECT pg_advisory_lock(hashtextextended('wardstar-hub migrate', 0))");
my ($wout, $werr) = ('', '');
my $waiting = hub_start($node, \$wout, \$werr, 'migrate');
$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
$waiting->pump until $werr =~ /waiting/;
pass('it waits');
$waiting->signal('TERM');
$waiting->finish;
is($waiting->result(0), 10, 'SIGTERM while it waits: exit code 10');
$holder->quit;

# Schemas are closed to everybody else.
is(sql(<<'SQL'), '', 'no schema is open to PUBLIC');
SELECT n.nspname FROM hub.owned_schema s JOIN pg_namespace n ON n.nspname = s.name, aclexplode(n.nspacl) a WHERE a.grantee = 0
SQL

# Changed, and unknown.
sql("UPDATE hub.migration SET checksum = sha256('x') WHERE name = '000_hub'");
($code, $out, $err) = hub($node, 'migrate');
is($code, 8, 'a changed migration: exit code 8');
like($err, qr/migration 000_hub was changed/, '... names it');
sql("DELETE FROM hub.migration; INSERT INTO hub.migration (name, checksum, version) VALUES ('999_future', sha256('x'), '99.0.0')");
($code, $out, $err) = hub($node, 'migrate');
is($code, 8, 'an unknown migration: exit code 8');
like($err, qr/has migration 999_future/, '... names it');

# A program built from another set of SQL files: a failing migration leaves nothing of itself, an earlier one stays.
sub build
{
	my ($name, %file) = @_;
	system('mkdir', '-p', map { "$tmp/$name/$_" } qw(api/functions analysis/views reference/views migrations forms)) == 0 or die;
	system("cp $root/sql/hub/migrations/000_hub.sql $tmp/$name/migrations/ && cp -r $root/sql/hub/queries $tmp/$name/") == 0 or die;
	spill("$tmp/$name/$_", $file{$_}) for keys %file;
	# All but the embedded files is compiled already.
	system("[ -d $tmp/build ] || cp -a $root/build/hub $tmp/build") == 0 or die;
	my $make = "make -s -C $root $tmp/$name.hub HUB_SQL=$tmp/$name HUB_BUILD=$tmp/build HUB_PROGRAM=$tmp/$name.hub HUB_LIBRARY=$tmp/$name.a";
	is(system("$make >$tmp/$name.log 2>&1"), 0, "built $name") or diag(`cat $tmp/$name.log`);
	return "$tmp/$name.hub";
}

sub run_program
{
	my ($program, $db, @arguments) = @_;
	my ($o, $e) = ('', '');
	local $ENV{WARDSTAR_DSN} = hub_dsn($node, $db);
	IPC::Run::run([ $program, @arguments ], '<', \undef, '>', \$o, '2>', \$e);
	return ($? >> 8, $o, $e);
}

my $one = build('one',
	'migrations/001_a.sql' => "CREATE TABLE reference.a (n int);",
	'migrations/002_b.sql' => "CREATE TABLE reference.b (n int); SELECT 1/0;");
$node->safe_psql('postgres', 'CREATE DATABASE upgrade');
($code, $out, $err) = run_program($one, 'upgrade', 'migrate');
is($code, 7, 'a migration fails: exit code 7');
like($err, qr/migration 002_b failed and was undone: division by zero \(SQLSTATE 22012\)/, '... with its cause');
is(sql("SELECT to_regclass('reference.a'), to_regclass('reference.b')", 'upgrade'), 'reference.a|', 'the earlier one stays, of this one nothing');
my $two = build('two',
	'migrations/001_a.sql' => "CREATE TABLE reference.a (n int);",
	'migrations/002_b.sql' => "CREATE TABLE reference.b (n int);",
	'api/functions/f.sql' => "CREATE FUNCTION api.f() RETURNS int LANGUAGE sql STABLE SET search_path FROM CURRENT AS 'SELECT count(*)::int FROM analysis.v';\nCREATE FUNCTION api.gone() RETURNS int LANGUAGE sql RETURN 1;",
	'reference/views/010_base.sql' => "CREATE VIEW reference.base AS SELECT n FROM reference.a;",
	'analysis/views/020_v.sql' => "CREATE VIEW analysis.v AS SELECT n, api.gone() AS g FROM reference.base;");
($code, $out, $err) = run_program($two, 'upgrade', 'migrate');
is($code, 0, 'mended, it goes on; views by their number, whichever the schema') or diag($err);
is($out, "applied 002_b\napplied functions and views\n", '... from where it stopped');
is(sql("SELECT proconfig[1] FROM pg_proc WHERE proname = 'f'", 'upgrade'), 'search_path=pg_catalog, public, pg_temp', 'search_path of a function');
my $three = build('three',
	'migrations/001_a.sql' => "CREATE TABLE reference.a (n int);",
	'migrations/002_b.sql' => "CREATE TABLE reference.b (n int);",
	'api/functions/f.sql' => "CREATE FUNCTION api.f() RETURNS text LANGUAGE sql STABLE SET search_path FROM CURRENT AS 'SELECT max(m)::text FROM analysis.v';",
	'reference/views/030_top.sql' => "CREATE VIEW reference.top AS SELECT m FROM analysis.v;",
	'analysis/views/020_v.sql' => "CREATE VIEW analysis.v AS SELECT n::text AS m FROM reference.a;");
sql('CREATE SCHEMA own; CREATE VIEW own.w AS SELECT * FROM analysis.v; CREATE FUNCTION api.own() RETURNS int LANGUAGE sql RETURN 2', 'upgrade');
($code, $out, $err) = run_program($three, 'upgrade', 'migrate');
is($code, 7, "a user's view reads ours: refused");
like($err, qr/own\.w/, '... and named');
is(sql('SELECT api.f()', 'upgrade'), 0, 'the old ones stay');
sql('DROP VIEW own.w', 'upgrade');
($code, $out, $err) = run_program($three, 'upgrade', 'migrate');
is("$code $out", "0 applied functions and views\n", 'without it, functions and views are replaced, another return type included') or diag($err);
is(sql("SELECT pg_typeof(api.f()), to_regprocedure('api.gone()'), api.own()", 'upgrade'), 'text||2', "what is gone is dropped, the user's own stays");

$node->stop;
done_testing();
