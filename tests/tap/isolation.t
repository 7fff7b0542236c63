# The isolation tests (tests/isolation, pg_isolation_regress), each of its files a test here, on a database with the hub's schema.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
plan skip_all => 'pg_isolation_regress is not installed' if !-x $ENV{PG_ISOLATION_REGRESS};
my $node = PostgreSQL::Test::Cluster->new('isolation');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = 'none'");
$node->start;
hub_ok($node, 'migrate', '--quiet');
# The ledger is never emptied; between the permutations of a test it must be.
$node->safe_psql('postgres', q{
	CREATE FUNCTION public.intake_test_forget() RETURNS void LANGUAGE plpgsql SET client_min_messages = error AS $$
	DECLARE t record;
	BEGIN
		FOR t IN SELECT g.tgname, g.tgrelid::regclass AS of FROM pg_trigger g WHERE g.tgenabled = 'A' LOOP
			EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', t.of, t.tgname);
		END LOOP;
		TRUNCATE returns.organisation, returns.programme, intake.submission, intake.submission_event, intake.event_anchor, intake.event_loose RESTART IDENTITY CASCADE;
		FOR t IN SELECT g.tgname, g.tgrelid::regclass AS of FROM pg_trigger g WHERE g.tgenabled = 'D' LOOP
			EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.of, t.tgname);
		END LOOP;
	END $$});
my @names = sort map { m{([^/]+)\.spec$} } glob "$root/tests/isolation/specs/*.spec";
my $out = "$ENV{TESTDIR}/isolation";
mkdir $out;
my ($stdout, $stderr);
IPC::Run::run(
	[
		$ENV{PG_ISOLATION_REGRESS}, "--inputdir=$root/tests/isolation", "--outputdir=$out", '--use-existing', '--dbname=postgres',
		"--bindir=$root/build/pg/bin", '--host=' . $node->host, '--port=' . $node->port, @names
	],
	'>', \$stdout, '2>', \$stderr);

my %ok;
for (split /\n/, $stdout)
{
	$ok{$1} = $2 eq 'ok' if /^test (\S+)\s+\.\.\. (\S+)/;       # 15
	$ok{$2} = !$1 if /^(not )?ok \d+\s+[-+] (\S+)/;             # 16 and later
}
ok($ok{$_}, $_) for @names;
if (grep { !$ok{$_} } @names)
{
	diag($stdout . $stderr);
	diag(slurp_file("$out/regression.diffs")) if -s "$out/regression.diffs";
}
$node->stop;
done_testing();
