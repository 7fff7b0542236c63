# Database, spool and key file together: nothing is taken in with the wrong key, a missing one or that of before a rotation; a backup
# that is restored in another place knows its files and clients again. All figures and people are made up.
use strict;
use warnings;
use File::Copy qw(copy);
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('backup');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
sub value { my ($sql, $database) = @_; return $node->safe_psql($database // 'postgres', $sql); }
sub spooled { my ($folder) = @_; chomp(my $n = `find '$folder' -type f 2>/dev/null | wc -l`); return $n; }

hub_ok($node, 'migrate', '--quiet');
my ($keys, $spool) = hub_keys($node);
hub_ok($node, 'programme', 'add', 'P', '--organisation', 'O', '--quiet');
my %file = (
	return => spill("$tmp/return.csv", "basis,new_referrals\ntotal,12\nage.18-25,12\nnarrative.activities,Made up\n"),
	stars => spill("$tmp/stars.csv", "client_ref,taken_on,mode,instrument,scores\nREF-1,2025-04-01,agreed,homelessness,\"3,4,2,5,7,6,4,3,2,8\"\n"),
	cases => spill("$tmp/cases.csv", "client_ref,referred_on,started_on,closed_on,outcome\nREF-1,2025-04-01,2025-04-02,,open\n"),
	records => spill("$tmp/clients.csv", "client_ref,sex,year_of_birth,consent_given_on\nREF-1,female,1990,2025-04-01\n"));

sub load
{
	my ($kind, @more) = @_;
	my @what = $kind eq 'return' ? ('--period', '2025-Q1', '--form', 'new') : $kind eq 'records' ? ('--period', '2025-Q3') : ();
	my @target = @more && ref $more[0] ? @{ shift @more } : ($node);
	return hub(@target == 1 ? $target[0] : [@target], 'load', '--as', $kind, '--programme', 'P', @what, @more, $file{$kind});
}

# Keys that are not there, not named, another's, or of before a rotation; each kind of file, and nothing is stored of any.
sub refused
{
	my ($what, $says, @more) = @_;
	my $before = value('SELECT (SELECT count(*) FROM intake.submission) + (SELECT count(*) FROM casework.file), (SELECT count(*) FROM hub.key)');
	my $files = spooled($spool);
	for my $kind (sort keys %file)
	{
		my ($code, $out, $err) = load($kind, @more);
		is($code, 11, "$what: $kind is refused") or diag $out . $err;
		like($err, $says, '... with the reason');
	}
	is(value('SELECT (SELECT count(*) FROM intake.submission) + (SELECT count(*) FROM casework.file), (SELECT count(*) FROM hub.key)'), $before, '... nothing of it is in the database');
	is(spooled($spool), $files, '... nor in the spool');
}

# A new database does not know its keys yet: it has none to be wrong.
{
	local $ENV{WARDSTAR_KEY_FILE};
	delete $ENV{WARDSTAR_KEY_FILE};
	refused('no key file is named', qr/no key file is named.*hint: "wardstar-hub key new" makes one/s);
}
refused('a key file that is not there', qr/there is no key file/, '--key-file', "$tmp/none/hub.keys");
my ($code, $out, $err) = load('return');
is($code, 3, 'with its key the return is taken') or diag $out . $err;
for my $kind (qw(stars cases))
{
	($code, $out, $err) = load($kind);
	is($code, 0, "with its key: $kind") or diag $out . $err;
}
hub_ok(undef, 'key', 'new', '--key-file', "$tmp/other/hub.keys", '--quiet');
refused('another key file', qr/key client 1 of the key file is not the one that the database was filled with.*every client would be counted as new/s,
	'--key-file', "$tmp/other/hub.keys");

# Two hubs with two new key files, on a new database, at once: one of them is the database's.
value('CREATE DATABASE race');
hub_ok([ $node, 'race' ], 'migrate', '--quiet');
my @codes = sort map { $_->finish; ($_->full_results)[0] >> 8 } map { my ($o, $e) = ('', ''); hub_start([ $node, 'race' ], \$o, \$e, 'key', 'check', '--quiet', '--spool', "$tmp/race.spool", '--key-file', $_) }
  $keys, "$tmp/other/hub.keys";
is("@codes", '0 11', 'of two key files for a new database one is taken');
is(value('SELECT count(*) FROM hub.key', 'race'), 6, '... whole');

# Two organisations that sign in, one of which was shut out since.
hub_ok($node, 'organisation', 'add', $_, '--quiet') for 'O', 'Shut Trust';
hub_ok($node, 'organisation', 'disable', 'Shut Trust', '--quiet');

# The backup: first the database, then the spool, and the key file apart.
is(system('pg_dump', '-Fc', '-f', "$tmp/backup.dump", '-d', $node->connstr('postgres')), 0, 'the database is backed up');
is(system('cp', '-a', $spool, "$tmp/backup.spool"), 0, 'and the spool');
mkdir "$tmp/backup.keys", 0700;
copy($keys, "$tmp/backup.keys/hub.keys") && chmod 0600, "$tmp/backup.keys/hub.keys";

# Life goes on: a rotation, and more files.
hub_ok($node, 'key', 'rotate', '--quiet');
refused('the key file of before the rotation', qr/was filled with key client 2, which is not in the key file/, '--key-file', "$tmp/backup.keys/hub.keys");
spill($file{stars}, "client_ref,taken_on,mode,instrument,scores\nREF-1,2025-07-01,agreed,homelessness,\"4,4,4,5,7,6,4,3,2,8\"\n");
($code, $out, $err) = load('stars');
is($code, 0, 'readings after the rotation') or diag $out . $err;
is(value('SELECT count(DISTINCT client), count(*) FROM casework.star_review'), '1|2', 'are of the client that was known by the older key');
like(hub_ok($node, 'key', 'check', '--content'), qr/^spool: 4 files, 0 under an older key, 0 that do not open or are not what was received\n\z/m, 'every file opens to its end');

# All is lost, and restored elsewhere: the database under another name, spool and keys in other folders.
value('CREATE DATABASE restored');
is(system('pg_restore', '-d', $node->connstr('restored'), "$tmp/backup.dump"), 0, 'the database is restored');
my @there = ('--key-file', "$tmp/backup.keys/hub.keys", '--spool', "$tmp/backup.spool");
my $restored = [ $node, 'restored' ];
like(hub_ok($restored, 'key', 'check', '--content', @there), qr/^spool: 3 files, 0 under an older key, 0 that do not open or are not what was received\n\z/m,
	'with spool and key file of the same backup all is there');
($code, $out, $err) = load('return', $restored, @there);
is($code, 0, 'the return that it holds');
like($out, qr/already received as submission 1/, '... is known');
($code, $out, $err) = load('stars', $restored, @there);
is($code, 0, 'a file that came after the backup is taken again') or diag $out . $err;
is(value('SELECT count(DISTINCT client), count(*) FROM casework.star_review', 'restored'), '1|2', '... and its client known');

# Parts of different age. A newer key file goes with an older database and spool; an older spool lacks files, and that is told.
value('CREATE DATABASE older');
is(system('pg_restore', '-d', $node->connstr('older'), "$tmp/backup.dump"), 0, 'the database again');
is(system('cp', '-a', $spool, "$tmp/newer.spool"), 0, 'and the newer spool');
($code, $out, $err) = hub([ $node, 'older' ], 'key', 'check', '--spool', "$tmp/newer.spool");
is($code, 0, 'an older database takes the newer key file and spool') or diag $err;
like($out, qr/0 files that the database names are not there, 1 files are named by nothing/, '... and tells of the file that it does not know');
is(value('SELECT max(number) FROM hub.key', 'older'), 2, '... the newer keys are registered');
($code, $out, $err) = hub($node, 'key', 'check', '--spool', "$tmp/backup.spool");
is($code, 9, 'a newer database with an older spool');
like($err . $out, qr/spool file [0-9a-f]{32}, which the database names, is not there.*1 files that the database names are not there/s, '... is told what is missing');
like($out, qr/1 files|2 files|3 files|4 files/, '... and what is there');
($code, $out, $err) = hub([ $node, 'older' ], 'key', 'check', '--spool', "$tmp/backup.spool", '--key-file', "$tmp/backup.keys/hub.keys");
is($code, 11, 'once the newer keys are known the older file no longer does');

# A file that was changed, one in another's place, one that is cut: each is found.
my @files = sort split /\n/, `find '$tmp/newer.spool' -type f`;
chmod 0600, @files;
my $text = slurp_file($files[0]);
substr($text, length($text) - 20, 1) ^= chr 1;
spill($files[0], $text);
($code, $out, $err) = hub([ $node, 'older' ], 'key', 'check', '--spool', "$tmp/newer.spool");
is($code, 0, 'the head of a changed file still opens');
($code, $out, $err) = hub([ $node, 'older' ], 'key', 'check', '--content', '--spool', "$tmp/newer.spool");
is($code, 11, '... its content does not');
like($out, qr/1 that do not open or are not what was received/, '... and it is counted');
copy($files[1], $files[0]);
($code, $out, $err) = hub([ $node, 'older' ], 'key', 'check', '--spool', "$tmp/newer.spool");
is($code, 11, 'a file in the place of another');
truncate $files[0], 50;
($code, $out, $err) = hub([ $node, 'older' ], 'key', 'check', '--spool', "$tmp/newer.spool");
is($code, 11, 'a file that is cut');

# A backup without its key is of no use to whoever finds it.
chomp(my @heads = map { slurp_file($_) } split /\n/, `find '$tmp/backup.spool' -type f`);
is(scalar(grep { /client_ref|REF-1|narrative|total/ } @heads), 0, 'no spool file can be read');
is(system("pg_restore -f - '$tmp/backup.dump' | grep -q 'REF-1'") >> 8, 1, 'and no reference stands in the dump');

# On another server there are no roles but those that migrate makes. The organisations' come back with it, each as it was.
my $server = PostgreSQL::Test::Cluster->new('elsewhere');
$server->init;
$server->append_conf('postgresql.conf', "fsync = off\n");
$server->start;
$server->safe_psql('postgres', "CREATE DATABASE $_") for 'nothing', 'hub';
hub_ok([ $server, 'nothing' ], 'migrate', '--quiet');
is(system('pg_restore', '-d', $server->connstr('hub'), "$tmp/backup.dump"), 0, 'restored on another server');
my $roles = q{SELECT string_agg(concat_ws(' ', o.organisation, r.oid IS NOT NULL, pg_has_role(r.oid, 'wardstar_partner', 'USAGE'),
	pg_has_role('wardstar_service', r.oid, 'MEMBER')), ', ' ORDER BY o.organisation) FROM returns.organisation o LEFT JOIN pg_roles r ON r.rolname = o.role};
is($server->safe_psql('hub', $roles), 'O f, Shut Trust f', 'the organisations have no role there');
hub_ok([ $server, 'hub' ], 'migrate', '--quiet');
is($server->safe_psql('hub', $roles), 'O t t t, Shut Trust t t f', 'migrate makes them, and lets the service take those that are not shut out');
$server->stop;

# And one that no superuser fills: the database's owner may make roles, and restores all but what is PostGIS's own.
my $owned = PostgreSQL::Test::Cluster->new('owned');
$owned->init;
$owned->append_conf('postgresql.conf', "fsync = off\n");
$owned->start;
$owned->safe_psql('postgres', 'CREATE ROLE hub_owner LOGIN CREATEROLE');
for my $database (qw(nothing hub))
{
	$owned->safe_psql('postgres', "CREATE DATABASE $database OWNER hub_owner");
	$owned->safe_psql($database, 'CREATE EXTENSION postgis');
}
{
	no warnings 'redefine';
	local *HubTest::hub_dsn = sub { my ($n, $database) = @_; return $n->connstr($database) . ' user=hub_owner'; };
	hub_ok([ $owned, 'nothing' ], 'migrate', '--quiet');
	is(system("pg_restore -l '$tmp/backup.dump' | grep -vE 'EXTENSION postgis|DATA [^ ]+ spatial_ref_sys ' > '$tmp/backup.list'"), 0, 'what an owner restores');
	is(system('pg_restore', '-L', "$tmp/backup.list", '-d', $owned->connstr('hub') . ' user=hub_owner', "$tmp/backup.dump"), 0, '... is restored by the owner');
	hub_ok([ $owned, 'hub' ], 'migrate', '--quiet');
	is($owned->safe_psql('hub', $roles), 'O t t t, Shut Trust t t f', '... with the organisations\' roles');
	is($owned->safe_psql('hub', "SELECT count(*) FROM pg_class c WHERE c.relnamespace::regnamespace::name IN (SELECT name FROM hub.owned_schema) AND c.relowner <> 'wardstar_owner'::regrole AND c.relkind NOT IN ('i', 'c')"), 0, '... all of it wardstar_owner\'s');
	hub_ok([ $owned, 'hub' ], 'organisation', $_, 'Shut Trust', '--quiet') for 'add', 'disable';
}
$owned->stop;
$node->stop;
done_testing();
