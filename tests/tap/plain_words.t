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
hub_ok($node, 'migrate', '--quiet');
hub_ok($node, 'programme', 'add', 'Time-Matters', '--organisation', 'Partners of Prisoners', '--quiet');

sub plain
{
	my ($sql) = @_;
	my $got = $node->safe_psql('postgres', "SET search_path = pg_catalog, public; SET client_encoding = 'UTF8'; SELECT $sql");
	return $got;
}

for ([ '12', '12' ], [ '1,234', '1,234' ], [ '25%', '25%' ], [ '16 or 17', '16 or 17' ], [ 'about 12', 'about 12' ], [ 'N/A', 'N/A' ], [ '2.5', '2.5' ],
	[ '5 + 3 children', '5 + 3 children' ], [ '-4', '-4' ], [ 'Wilhelmina Quackenbush', '…' ], [ '12 (Wilhelmina, O\'\'Brien)', '12 (…)' ], [ '1.2.1990', '…' ],
	[ '01/02/2001', '…' ], [ '2025-11-05 00:00:00', '…' ], [ '07700 900123', '…' ], [ '943 476 5919', '…' ], [ '9434765919', '…' ], [ 'A1234BC', '…' ],
	[ 'L1 8JQ', '…' ], [ 'jane@example.org', '…' ], [ '12 x', '12 x' ], [ 'Jürgen 3', '… 3' ], [ '', '' ])
{
	my ($written, $kept) = @$_;
	is(plain("intake.plain_answer('$written')"), $kept, "answer: $written");
}
for ([ 'return.csv', 'return.csv' ], [ 'Return2.CSV', 'Return2.csv' ], [ 'POPs Q2 2025.docx', '… Q2 2025.docx' ], [ 'Time-Matters Q2_2025 final.xlsx', 'Time-Matters Q2 2025 final.xlsx' ],
	[ 'Wilhelmina Quackenbush 01-02-1990.docx', '….docx' ], [ 'return_Quackenbush.xlsx', 'return ….xlsx' ], [ 'Q1 return 07700900123.csv', '….csv' ],
	[ 'prisoners return Jan-Mar 2026 (2).ods', 'prisoners return Jan-Mar 2026 (2).ods' ], [ 'quackenbush', '…' ], [ 'return.quackenbush', 'return.…' ], [ 'return 1990.csv', 'return ….csv' ])
{
	my ($written, $kept) = @$_;
	is(plain("intake.plain_file_name('$written', 'Partners of Prisoners')"), $kept, "file: $written");
}
$node->stop;
done_testing();
