# kill -9 of wardstar-hub in the middle of a crime load, ten times at different moments: the next run ends with the same
# rows and counts as an undisturbed one. On the real files where they are, else on made-up ones.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use Test::More;
use Time::HiRes qw(time sleep);

my $tmp = PostgreSQL::Test::Utils::tempdir();
my $data = "$ENV{WARDSTAR_DATA}/crime";
my $node = PostgreSQL::Test::Cluster->new('hub_kill');
$node->init;
$node->start;

if (!-d $data)
{
	$data = "$tmp/crime";
	mkdir $data;
	spill(sprintf('%s/2024-%02d-saltmere-street.csv', $data, $_), crime_heading() . crime_rows(sprintf('2024-%02d', $_), 'Saltmere Police', 8000)) for 1 .. 10;
}
my @files = glob "$data/*.csv";
# The rows of a file are told apart by its name, since the number of a file depends on the turn.
my $state = <<'SQL';
SELECT 'rows ' || count(*) || ' ' || sum(hashtextextended(format('%s %s %s %s %s %s %s %s %s %s %s %s', s.name, c.line, c.month, f.name, c.crime_id,
	c.longitude, c.latitude, c.location, c.lsoa, c.lsoa_derived, t.name, o.name), 0)::numeric)
FROM reference.crime c JOIN reference.source_file s ON s.id = c.source_file JOIN reference.force f ON f.id = c.force
JOIN reference.crime_type t ON t.id = c.crime_type LEFT JOIN reference.crime_outcome o ON o.id = c.outcome
UNION ALL
SELECT 'counts ' || count(*) || ' ' || sum(n) || ' ' || sum(hashtextextended(format('%s %s %s %s', area, month, crime_type, n), 0)::numeric) FROM reference.crime_count
UNION ALL
SELECT 'files ' || count(*) || ' ' || sum(rows_stored) || ' ' || sum(hashtextextended(format('%s %s %s %s %s', name, sha256, rows_read, rows_stored, rows_rejected), 0)::numeric)
FROM reference.source_file
UNION ALL
SELECT 'months ' || count(*) || ' ' || sum(crimes) FROM reference.crime_month
ORDER BY 1
SQL

$node->safe_psql('postgres', 'CREATE DATABASE template');
is((hub([ $node, 'template' ], 'migrate'))[0], 0, 'migrated');
$node->safe_psql('postgres', 'CREATE DATABASE undisturbed TEMPLATE template');
my $began = time;
is((hub([ $node, 'undisturbed' ], 'load', '--quiet', $data))[0], 0, 'the undisturbed load');
my $whole = time - $began;
my $undisturbed = $node->safe_psql('undisturbed', $state);
my $lines = `cat $data/*.csv | grep -c .` - @files;
like($undisturbed, qr/^counts \d+ $lines .*^files @{[scalar @files]} $lines .*^months \d+ $lines\n.*^rows $lines /ms, "it has all $lines rows");

my ($killed, $between) = (0, 0);
for my $n (1 .. 10)
{
	my $database = "killed_$n";
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template");
	my ($out, $err) = ('', '');
	my $h = hub_start([ $node, $database ], \$out, \$err, 'load', '--quiet', $data);
	sleep($whole * ($n - 0.5) / 10.5);
	$h->signal('KILL');
	$h->finish;
	$killed++ if ($h->full_results)[0] == 9;

	# What is there now is whole files, each with all that follows from it.
	$node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = '$database'") or die;
	my $half = $node->safe_psql($database, <<'SQL');
SELECT count(*) FILTER (WHERE s.rows_stored IS DISTINCT FROM c.n OR s.seconds IS NULL), count(s.id)
FROM reference.source_file s FULL JOIN (SELECT source_file, count(*) AS n FROM reference.crime GROUP BY 1) c ON c.source_file = s.id
SQL
	my ($broken, $files) = split /\|/, $half;
	is($broken, 0, "kill $n: no file is half there");
	is($node->safe_psql($database, 'SELECT coalesce(sum(n), 0) = (SELECT count(*) FROM reference.crime) FROM reference.crime_count'), 't', "kill $n: the counts are those of the rows");
	$between++ if $files > 0 && $files < @files;
	is((hub([ $node, $database ], 'load', '--quiet', $data))[0], 0, "kill $n: the next run");
	is($node->safe_psql($database, $state), $undisturbed, "kill $n: ends as the undisturbed one");
	$node->safe_psql('postgres', "DROP DATABASE $database");
}
cmp_ok($killed, '>=', 7, "$killed of 10 were killed while they ran");
cmp_ok($between, '>=', 3, "$between of 10 between the first file and the last");
$node->stop;
done_testing();
