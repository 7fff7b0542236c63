# The order of loads never matters: the made-up files in many orders, the last of which is drawn anew each time
# (its seed is printed), give the same tables. WARDSTAR_LONG=1 tries more.
use strict;
use warnings;
use HubTest;
use List::Util qw(shuffle);
use PostgreSQL::Test::Cluster;
use ReferenceTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('order');
$node->init;
$node->start;
my %world = world();
my @names = sort keys %world;
my $seed = $ENV{SEED} // time;
diag("SEED=$seed");

$node->safe_psql('postgres', 'CREATE DATABASE made');
hub_ok([ $node, 'made' ], 'migrate');

# Kinds that depend on each other stand once before and once after each other in these.
my @orders = (
	[qw(lsoa11 lsoa21 ward24 best11 best21 change census mid2020 old new)],
	[qw(new old mid2020 census change best21 best11 ward24 lsoa21 lsoa11)],
	[qw(change old lsoa21 new census ward24 best21 lsoa11 best11 mid2020)],
	[qw(best11 ward24 old best21 mid2020 lsoa11 change new lsoa21 census)],
);
srand $seed;
push @orders, [ shuffle @names ] for 1 .. $ENV{WARDSTAR_LONG} ? 40 : 3;
my $first;
for my $order (@orders)
{
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS shuffled');
	$node->safe_psql('postgres', 'CREATE DATABASE shuffled TEMPLATE made');
	for my $name (@$order)
	{
		my ($code, $out, $err) = hub([ $node, 'shuffled' ], 'load', '--quiet', $world{$name});
		is($code, $name eq 'old' ? 3 : 0, "$name loads") or diag($out . $err);
	}
	my $contents = contents([ $node, 'shuffled' ]);
	$first //= $contents;
	is($contents, $first, "@$order");
}
like($first, qr/^crime_moved\|.*\|0\.750000\|t$/m, 'there is something estimated in them');
like($first, qr/^ward_crime_count\|/m, '... and something by point');

# All at once, by as many workers as there are.
$node->safe_psql('postgres', 'DROP DATABASE shuffled');
$node->safe_psql('postgres', 'CREATE DATABASE shuffled TEMPLATE made');
my ($code, $out, $err) = hub([ $node, 'shuffled' ], 'load', '--quiet', map { $world{$_} } @names);
is($code, 3, 'all in one command') or diag($out . $err);
is(contents([ $node, 'shuffled' ]), $first, '... give the same tables');

$node->stop;
done_testing();
