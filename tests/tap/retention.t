# wardstar-hub retention: a trial that removes nothing, what goes and what stays, and being cut off at any time. All clients
# are made up.
use strict;
use warnings;
use HubTest;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use Test::More;
use Time::HiRes qw(sleep);

my $node = PostgreSQL::Test::Cluster->new('retention');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = 'none'");
$node->start;
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);
my $spool = $ENV{WARDSTAR_SPOOL};
my $tmp = $node->basedir;
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }
sub spool_files { return scalar grep { -f } glob "$spool/??/*"; }

is(system($^X, "$ENV{WARDSTAR_ROOT}/script/saltmere-records", $tmp, 30), 0, 'made-up records');
my @records = map { "$tmp/$_.csv" } qw(clients contacts engagements feedback measures referrals stars);
for my $programme ('Old', 'New')
{
	hub_ok($node, 'programme', 'add', $programme, '--organisation', "$programme Ltd", '--made-up', '--quiet');
	hub_ok($node, 'load', '--as', 'records', '--programme', $programme, '--period', '2025-Q2', @records, '--quiet');
	hub($node, 'load', '--as', 'return', '--programme', $programme, '--period', '2025-Q1', '--form', 'new', '--quiet', spill("$tmp/return.csv", "basis,new_referrals\ntotal,31\nnarrative.activities,Boxing\n"));
	hub_ok($node, 'load', '--as', 'cases', '--programme', $programme, '--quiet', spill("$tmp/cases.csv", "client_ref,referred_on,started_on,closed_on,outcome\nX1,2025-04-01,2025-04-02,,open\n"));
	hub_ok($node, 'load', '--as', 'stars', '--programme', $programme, '--quiet', spill("$tmp/readings.csv", "client_ref,taken_on,mode,instrument,scores\nX1,2025-04-01,agreed,goals[0-5],\"1,2,3\"\n"));
}
value('INSERT INTO casework.identity SELECT submission, programme, client, $$name$$, client FROM casework.client_quarter');
value("SELECT FROM intake.enter('Old Ltd', 'Old', '2025-Q3', 'new', 'return', 'return.csv', 1, sha256('w'), 'test', repeat('ab', 16))");
# Eight years pass for one of them. The guard is off for that alone; the events are kept.
value("ALTER TABLE intake.submission DISABLE TRIGGER guard; UPDATE intake.submission SET received_at = received_at - interval '8 years' WHERE organisation = 'Old Ltd';
	ALTER TABLE intake.submission ENABLE ALWAYS TRIGGER guard; UPDATE casework.file SET received_at = received_at - interval '8 years' WHERE programme = 'Old';
	UPDATE returns.narrative SET words = 'words' WHERE question = 'narrative.activities'");
my $files = spool_files();
is($files, 8, 'the spool');
my @tables = qw(client_quarter identity referral contact measure feedback engagement star_review);
my $counts = sub { my ($p) = @_; return join ' ', map { value("SELECT count(*) FROM casework.$_ WHERE programme = '$p'") } @tables; };
my %before = map { $_ => $counts->($_) } 'Old', 'New';
unlike($before{Old}, qr/\b0\b/, "each table has rows: $before{Old}");
my $kept = "SELECT md5(string_agg(c::text, ',' ORDER BY c::text)) || (SELECT md5(string_agg(f::text, ',' ORDER BY f::text)) FROM intake.finding f) || (SELECT md5(string_agg(a::text, ',' ORDER BY a::text)) FROM intake.answer a) || (SELECT string_agg(id || state || encode(sha256, 'hex'), ',' ORDER BY id) FROM intake.submission) FROM returns.count c";
my $stays = value($kept);

# What is asked wrongly.
for my $case ([ [], qr/needs --older-than/ ], [ [ '--older-than', 'x' ], qr/"x" is not an age.*Write it as 7y/s ], [ [ '--older-than', '0y' ], qr/is not an age/ ], [ [ '--older-than', '7y', 'x' ], qr/takes no argument/ ])
{
	my ($code, $out, $err) = hub($node, 'retention', @{ $case->[0] });
	is($code, 2, "retention @{$case->[0]}: refused");
	like($err, $case->[1], '... says why');
}

# The trial, and nothing older.
like(hub_ok($node, 'retention', '--older-than', '9y'), qr/^Nothing is older than 9y\.$/m, 'nothing is so old');
my $said = hub_ok($node, 'retention', '--older-than', '7y');
like($said, qr/would be removed with --apply:.*^files of the spool +4$/ms, 'the trial says what') or diag($said);
like($said, qr/^clients of record-level returns +\d+$/m, '... by kind');
is($counts->($_), $before{$_}, "the trial removes nothing of $_") for 'Old', 'New';
is(spool_files(), $files, 'nor a file');
is(value('SELECT count(*) FROM intake.spool_to_remove'), 0, 'nor marks one');

# A spool that can't be written: the rows go, and the files the next time.
chmod 0500, glob "$spool/??";
my ($code, $out, $err) = hub($node, 'retention', '--older-than', '7y', '--apply');
chmod 0700, glob "$spool/??";
SKIP:
{
	skip 'this user may write everywhere', 4 if $> == 0;
	is($code, 9, 'a file that can\'t be removed: exit code 9') or diag("$out$err");
	like($err, qr/run it again/, '... says what to do');
	is(value('SELECT count(*) FROM intake.spool_to_remove'), 4, '... and is not forgotten');
	is(spool_files(), $files, '... nor lost');
}
is($counts->('Old'), join(' ', (0) x @tables), 'the casework is removed');
is($counts->('New'), $before{New}, 'that of the other stays');
# One file is gone, as when the program died before it could say so.
my $one = value('SELECT spool FROM intake.spool_to_remove ORDER BY 1 LIMIT 1');
unlink "$spool/" . substr($one, 0, 2) . "/$one" or diag('not there');
hub_ok($node, 'retention', '--older-than', '7y', '--apply', '--quiet');
is(spool_files(), $files - 4, 'the second run ends it');
is(value('SELECT count(*) FROM intake.spool_to_remove'), 0, 'with nothing left to do');
like(hub_ok($node, 'retention', '--older-than', '7y', '--apply'), qr/^Nothing is older than 7y\.$/m, 'a third has nothing to do');
is(value($kept), $stays, 'counts, findings, answers, states and hashes stay');
is(value("SELECT string_agg(organisation || ' ' || state, ', ' ORDER BY id) FROM intake.submission WHERE spool IS NOT NULL"), 'New Ltd accepted, New Ltd accepted, Old Ltd received', 'what is yet to be checked keeps its file');
is(value("SELECT string_agg(s.organisation || ' ' || (n.words IS NULL), ', ' ORDER BY s.organisation) FROM returns.narrative n JOIN intake.submission s ON s.id = n.submission"), 'New Ltd false, Old Ltd true', 'words are removed, that there were some is not');
is(value("SELECT count(*) FROM intake.record_client k JOIN intake.submission s ON s.id = k.submission WHERE s.organisation = 'Old Ltd'"), 0, 'nor is kept who was in the file');
value("UPDATE intake.submission SET state = 'checking', taken_by = 'w', taken_until = now() WHERE state = 'received'; UPDATE intake.submission SET state = 'rejected', spool = NULL WHERE state = 'checking'");
like(hub_ok($node, 'audit'), qr/nothing is missing, changed or added, and the spool has their files/, 'the audit holds');

# Killed at any moment, it is as if it had run once.
value("SELECT FROM generate_series(1, 40) n, LATERAL intake.enter('New Ltd', 'New', '2024-Q1', 'new', 'return', 'return.csv', 1, sha256(n::text::bytea), 'test', md5(n::text)) e");
mkdir "$spool/" . substr($_, 0, 2) and 1 for my @ids = split /\n/, value("SELECT md5(n::text) FROM generate_series(1, 40) n");
spill("$spool/" . substr($_, 0, 2) . "/$_", 'x') for @ids;
value("UPDATE intake.submission SET state = 'checking', taken_by = 'w', taken_until = now() WHERE state = 'received'; UPDATE intake.submission SET state = 'rejected' WHERE state = 'checking'");
$files = spool_files();
value("ALTER TABLE intake.submission DISABLE TRIGGER guard; UPDATE intake.submission SET received_at = received_at - interval '2 days' WHERE sha256 IN (SELECT sha256(n::text::bytea) FROM generate_series(1, 40) n); ALTER TABLE intake.submission ENABLE ALWAYS TRIGGER guard");
for my $try (1 .. 12)
{
	my ($o, $e) = ('', '');
	my $h = hub_start($node, \$o, \$e, 'retention', '--older-than', '1d', '--apply');
	sleep 0.005 * $try;
	$h->signal('KILL');
	eval { $h->finish };
}
hub_ok($node, 'retention', '--older-than', '1d', '--apply', '--quiet');
is(spool_files(), $files - 40, 'killed at any time, all files go in the end');
is(value('SELECT count(*) FROM intake.spool_to_remove') . value('SELECT count(*) FROM intake.submission WHERE spool IN (SELECT md5(n::text) FROM generate_series(1, 40) n)'), '00', 'and nothing names them');
is($counts->('New'), $before{New}, 'and nothing else');
hub_ok($node, 'audit', '--quiet');

$node->stop;
done_testing();
