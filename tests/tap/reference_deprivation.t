# Deprivation: the files of an edition, made up in the official layouts, fill one row an LSOA in any order; line
# ends, byte order marks, cut headings and thousands commas make no difference; what contradicts is rejected.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ReferenceTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('deprivation');
$node->init;
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
$node->safe_psql('postgres', 'CREATE DATABASE made');
hub_ok([ $node, 'made' ], 'migrate');

sub fresh
{
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS trial');
	$node->safe_psql('postgres', 'CREATE DATABASE trial TEMPLATE made');
	return [ $node, 'trial' ];
}
sub sql { return $node->safe_psql('trial', $_[0]) }

# A CSV file with every cell quoted that needs it.
sub csv { return map { join(',', map { /[",]/ ? '"' . s/"/""/gr . '"' : $_ } @$_) . "\n" } @_ }

my @head = ('LSOA code (2011)', 'LSOA name (2011)', 'Local Authority District code (2019)', 'Local Authority District name (2019)');
my @who = map { [ "E0190000$_", "Made up 00$_", 'E07900001', 'Made up' ] } 1 .. 3;
my %file = (
	# Thousands commas where there are thousands; the first two ranks tie.
	'File_1.csv' => [ [ @head, 'Index of Multiple Deprivation (IMD) Rank', 'Index of Multiple Deprivation (IMD) Decile' ],
		[ @{ $who[0] }, '12,345', 4 ], [ @{ $who[1] }, '12,345', 4 ], [ @{ $who[2] }, 7, 1 ] ],
	'File_2.csv' => [ [ @head, 'Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)', 'Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)',
			'Income Rank (where 1 is most deprived)', 'Income Decile (where 1 is most deprived 10% of LSOAs)' ],
		[ @{ $who[0] }, 12345, 4, 100, 1 ], [ @{ $who[1] }, 12345, 4, 200, 1 ], [ @{ $who[2] }, 7, 1, 300, 1 ] ],
	'File_6.csv' => [ [ @head, 'Total population: mid 2015 (excluding prisoners)', 'Dependent Children aged 0-15: mid 2015 (excluding prisoners)' ],
		[ @{ $who[0] }, '1,296', 175 ], [ @{ $who[1] }, 999, 100 ], [ @{ $who[2] }, '2,000', 0 ] ],
	'File_7.csv' => [ [ @head, 'Index of Multiple Deprivation (IMD) Score', 'Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)',
			'Income Score (rate)', 'Total population: mid 2015 (excluding prisoners)' ],
		[ @{ $who[0] }, '20.5', 12345, '0.171', 1296 ], [ @{ $who[1] }, '20.5', 12345, '0.2', 999 ], [ @{ $who[2] }, '80.25', 7, '0.466', 2000 ] ],
	# As one republisher writes it: rates as percentages with the tails of binary arithmetic.
	'scores.csv' => [ [qw(lsoa overall_local_score income_score)], [ 'E01900001', '20.5', '17.1' ], [ 'E01900003', '80.25', '46.6' ], [ 'E01900002', '20.5', '20.000000000000004' ] ],
);
my $expected = lines(
	'2019|E01900001|2011|E07900001|20.5|12345|4|0.171|100|1|1296|175', '2019|E01900002|2011|E07900001|20.5|12345|4|0.2|200|1|999|100',
	'2019|E01900003|2011|E07900001|80.25|7|1|0.466|300|1|2000|0');
my $query = 'SELECT edition, lsoa, lsoa_vintage, district, score, rank, decile, income_score, income_rank, income_decile, population, population_0_15
	FROM reference.deprivation ORDER BY lsoa';

# Orders, and for each order another way of writing the bytes.
my %writing = (
	'LF' => sub { join '', @_ },
	'CRLF' => sub { join '', map { s/\n/\r\n/r } @_ },
	'CR alone' => sub { join '', map { s/\n/\r/r } @_ },
	'a byte order mark, CRLF and no end of the last line' => sub { "\xef\xbb\xbf" . join('', map { s/\n/\r\n/r } @_) =~ s/\r\n$//r },
	'headings cut at 64' => sub { join '', csv([ map { substr $_, 0, 64 } @{ shift() } ]), @_ },
);
my @names = sort keys %file;
my $turn = 0;
for my $way (sort keys %writing)
{
	fresh();
	my @order = (@names[ $turn .. $#names ], @names[ 0 .. $turn - 1 ]);
	@order = reverse @order if $turn++ % 2;
	for my $name (@order)
	{
		my @rows = @{ $file{$name} };
		spill("$tmp/$name", $writing{$way}->($way =~ /cut/ ? ($rows[0], csv(@rows[ 1 .. $#rows ])) : csv(@rows)));
		load_file([ $node, 'trial' ], 0, "$name with $way", "$tmp/$name");
	}
	is(sql($query), $expected, "@order with $way");
}

# A part of a file fills and removes nothing.
fresh();
spill("$tmp/a.csv", join '', csv(@{ $file{'File_7.csv'} }));
load_file([ $node, 'trial' ], 0, 'File 7', "$tmp/a.csv");
spill("$tmp/b.csv", join '', csv(@{ $file{'File_2.csv'} }[ 0, 3 ]));
load_file([ $node, 'trial' ], 0, 'one row of File 2', "$tmp/b.csv");
is(sql('SELECT lsoa, rank, decile, income_rank FROM reference.deprivation ORDER BY lsoa'), lines('E01900001|12345||', 'E01900002|12345||', 'E01900003|7|1|300'),
	'leaves the other rows');
is(sql('SELECT cardinality(source_files) FROM reference.deprivation ORDER BY lsoa'), lines(1, 1, 2), 'the files of a row are on record');

# What contradicts what is loaded, or can't be, is rejected, and the row left as it was.
spill("$tmp/c.csv", join '', csv([ @head, 'Index of Multiple Deprivation (IMD) Rank', 'Index of Multiple Deprivation (IMD) Decile', 'Income Score (rate)' ],
	[ @{ $who[0] }, '12,346', 4, '' ], [ @{ $who[1] }, '12,345', 11, '' ], [ @{ $who[2] }, '7th', 1, '' ], [ 'E0190000', 'x', '', '', 7, 1, '' ],
	[ 'E05900001', 'x', '', '', 7, 1, '' ], [ '', 'x', '', '', 7, 1, '' ], [ 'E01900004', 'x', '', '', 7, 1, '1.5' ], [ 'E01900005', 'x', '', '', 8, 1, '' ],
	[ 'E01900005', 'x', '', '', 9, 1, '' ], [ 'E01900006', 'x', '', '', '1,23', 1, '' ], [ 'E01900002', 'x', '', '', '', 4, 'NaN' ]));
load_file([ $node, 'trial' ], 3, 'contradictions and errors', "$tmp/c.csv");
is(rejects([ $node, 'trial' ]), lines(
	'2|Index of Multiple Deprivation (IMD) Rank 12346 differs from 12345, which is loaded already',
	'3|Index of Multiple Deprivation (IMD) Decile "11" is not a decile, 1 to 10',
	'4|Index of Multiple Deprivation (IMD) Rank "7th" is not a rank', '5|"E0190000" is no area code', '6|E05900001 is no LSOA', '7|there is no LSOA code',
	'8|Income Score (rate) "1.5" is not a rate, 0 to 1', '10|E01900005 stands in line 9 too', '11|Index of Multiple Deprivation (IMD) Rank "1,23" is not a rank',
	'12|Income Score (rate) "NaN" is not a rate, 0 to 1'), 'each with its reason');
is(sql('SELECT lsoa, rank, decile FROM reference.deprivation ORDER BY lsoa'), lines('E01900001|12345|', 'E01900002|12345|', 'E01900003|7|1', 'E01900005|8|1'),
	'what is stored is as it was, and the good row came');

# Two editions stand beside each other.
spill("$tmp/d.csv", join '', csv([ 'LSOA code (2021)', 'LSOA name (2021)', 'Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)' ], [ 'E01900001', 'x', 5 ]));
load_file([ $node, 'trial' ], 0, 'File 1 of 2025', "$tmp/d.csv");
is(sql("SELECT edition, lsoa_vintage, rank FROM reference.deprivation WHERE lsoa = 'E01900001' ORDER BY edition"), lines('2019|2011|12345', '2025|2021|5'), 'another edition is another row');

$node->stop;
done_testing();
