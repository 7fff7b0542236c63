# The pg_regress tests of the extension (tests/sql, tests/expected), each of its files a test here.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $node = PostgreSQL::Test::Cluster->new('regress');
$node->init;
$node->append_conf('postgresql.conf', "max_parallel_workers_per_gather = 2\nwork_mem = '16MB'\n");
$node->start;

my @names = sort map { m{([^/]+)\.sql$} } glob "$root/tests/sql/*.sql";
my $out = "$ENV{TESTDIR}/regress";
mkdir $out;
my ($stdout, $stderr);
IPC::Run::run(
	[
		$ENV{PG_REGRESS}, "--inputdir=$root/tests", "--outputdir=$out",
		"--bindir=$root/build/pg/bin", '--host=' . $node->host, '--port=' . $node->port,
		'--load-extension=wardstar', '--no-locale', '--encoding=UTF8', @names
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
	diag($stderr);
	diag(slurp_file("$out/regression.diffs")) if -s "$out/regression.diffs";
}
$node->stop;
done_testing();
