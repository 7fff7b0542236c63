# What may be repeated of what partners write: answers to questions for numbers, and file names. All people are made up.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('plain_words');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
# A database of locale C knows no letter beyond ASCII.
my %database = (postgres => 'the locale of the cluster', plain_c => 'locale C');
$node->safe_psql('postgres', "CREATE DATABASE plain_c TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
for my $database (sort keys %database)
{
	hub_ok([ $node, $database ], 'migrate', '--quiet');
	hub_ok([ $node, $database ], 'programme', 'add', 'Time-Matters', '--organisation', 'Partners of Prisoners', '--quiet');
}
my $in;

sub plain
{
	my ($sql) = @_;
	my $got = $node->safe_psql($in, "SET search_path = pg_catalog, public; SET client_encoding = 'UTF8'; SELECT $sql");
	return $got;
}

for my $database (sort keys %database)
{
	$in = $database;
	for ([ '12', '12' ], [ '1,234', '1,234' ], [ '25%', '25%' ], [ '16 or 17', '16 or 17' ], [ 'about 12', 'about 12' ], [ 'N/A', 'N/A' ], [ '2.5', '2.5' ],
		[ '5 + 3 children', '5 + 3 children' ], [ '-4', '-4' ], [ 'Wilhelmina Quackenbush', '…' ], [ '12 (Wilhelmina, O\'\'Brien)', '12 (…)' ], [ '1.2.1990', '…' ],
		[ '01/02/2001', '…' ], [ '2025-11-05 00:00:00', '…' ], [ '07700 900123', '…' ], [ '943 476 5919', '…' ], [ '9434765919', '…' ], [ 'A1234BC', '…' ],
		[ 'L1 8JQ', '…' ], [ 'jane@example.org', '…' ], [ '12 x', '12 x' ], [ 'Jürgen 3', '… 3' ], [ '', '' ],
		[ '12 03 2004', '…' ], [ '12,03,2004', '…' ], [ '2004 03 12', '…' ], [ '1203 2004', '…' ], [ '3 May 2004', '3 … …' ], [ '1500 to 2000', '1500 to 2000' ],
		[ 'Łukasz', '…' ], [ 'Иван', '…' ], [ 'محمد علي', '…' ], [ 'O’Brien 4', '… 4' ], [ '≥5', '≥5' ], [ '10–12', '10–12' ])
	{
		my ($written, $kept) = @$_;
		is(plain("intake.plain_answer('$written')"), $kept, "$database{$database}, answer: $written");
	}
	for ([ 'return.csv', 'return.csv' ], [ 'Return2.CSV', 'Return2.csv' ], [ 'POPs Q2 2025.docx', '… Q2 2025.docx' ], [ 'Time-Matters Q2_2025 final.xlsx', 'Time-Matters Q2 2025 final.xlsx' ],
		[ 'Wilhelmina Quackenbush 01-02-1990.docx', '….docx' ], [ 'return_Quackenbush.xlsx', 'return ….xlsx' ], [ 'Q1 return 07700900123.csv', '….csv' ],
		[ 'prisoners return Jan-Mar 2026 (2).ods', 'prisoners return Jan-Mar 2026 (2).ods' ], [ 'quackenbush', '…' ], [ 'return.quackenbush', 'return.…' ], [ 'return 1990.csv', 'return ….csv' ],
		[ 'Return Иван Петров.csv', 'Return ….csv' ], [ 'return – Łukasz.csv', 'return – ….csv' ])
	{
		my ($written, $kept) = @$_;
		is(plain("intake.plain_file_name('$written', 'Partners of Prisoners')"), $kept, "$database{$database}, file: $written");
	}
}
$node->stop;
done_testing();
