# Where a postcode lies: a date's own vintage, by lookup or by point, and how surely. The district is made up; in the last
# part the points of the ONS's own directory are placed by ours, and compared with the LSOAs that it names.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ReferenceTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('postcode_area');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
sub value { my ($sql, $database) = @_; return $node->safe_psql($database // 'postgres', "SET search_path = pg_catalog, public; $sql"); }
sub area { my ($postcode, @days) = @_; return value('SELECT a FROM reference.postcode_area(' . join(', ', map { "'$_'" } $postcode, @days) . ') a'); }

hub_ok($node, 'migrate', '--quiet');
is(area('ZE9 1AA', '2025-07-01'), '(,,,,,"unknown postcode")', 'nothing is loaded');
value(PostgreSQL::Test::Utils::slurp_file("$ENV{WARDSTAR_ROOT}/tests/fixtures/two_wards.sql"));
# By point: LSOA 1 is the square from 331000, 390000 to 332000, 391000. Code-Point 10 is best, 60 the mean of a sector.
value("INSERT INTO reference.postcode (postcode, easting, northing, positional_quality, lsoa21, lsoa_by_point, ward, district, edition, source_file) VALUES
	('ZE8 1AA', 331500, 390500, 10, 'E01990001', true, 'E05000001', 'E08990001', 'Code-Point Open', 7),
	('ZE8 2AA', 333500, 390500, 60, 'E01990003', true, NULL, 'E08990001', 'Code-Point Open', 7),
	('ZE8 3AA', 331500, 391050, 10, NULL, true, NULL, 'E08990001', 'Code-Point Open', 7),
	('ZE8 4AA', 331500, 391050, 10, NULL, true, NULL, 'E08990002', 'Code-Point Open', 7),
	('ZE8 5AA', 331500, 391150, 10, NULL, true, NULL, 'E08990001', 'Code-Point Open', 7),
	('ZE8 6AA', 334900, 390500, 20, 'E01990004', true, NULL, 'E08990001', 'Code-Point Open', 7),
	('ZE8 7AA', NULL, NULL, 90, NULL, true, NULL, NULL, 'Code-Point Open', 7)");

is(area('ze94aa', '2025-07-01'), '(E01990004,2021,E05990003,2025,lookup,)', 'a directory names the LSOA, of 2021 since that census');
is(area('ZE9 4AA', '2021-03-20'), '(E01980034,2011,E05990003,2025,lookup,)', 'and of 2011 on the day before it');
is(area('ZE9 4AA', '2021-01-01', '2021-03-31'), '(E01990004,2021,E05990003,2025,lookup,)', 'a quarter has the vintage of its end');
is(area('ZE9 2ZZ', '2009-12-31'), '(E01990002,2011,E05990001,2025,lookup,)', 'while it was in use');
is(area('ZE9 2ZZ', '2025-07-01'), '(E01990002,2021,E05990001,2025,lookup,"no longer in use")', 'long after');
is(area('ZE9 3ZZ', '2025-12-31'), '(,,,,,"not yet in use")', 'before it was');
is(area('ZE8 1AA', '2025-07-01'), '(E01990001,2021,E05990001,2025,point,)', 'by point, with the ward whose boundary holds it, not the one of an older edition');
is(area('ZE8 6AA', '2025-07-01'), '(E01990004,2021,E05990003,2025,point,)', 'a ward to which no LSOA is best fitted is found by point');
is(area('ZE8 2AA', '2025-07-01'), '(E01990003,2021,E05990002,2025,approximate,"placed roughly")', 'the point is a mean of the sector');
is(area('ZE8 3AA', '2025-07-01'), '(E01990001,2021,E05990001,2024,nearest,"placed roughly")', '50 m beyond the boundary, in the district: the nearest, and its best-fit ward');
is(area('ZE8 4AA', '2025-07-01'), '(,,,,,"postcode without area")', 'in another district it is not that');
is(area('ZE8 5AA', '2025-07-01'), '(,,,,,"postcode without area")', 'nor 150 m away');
is(area('ZE8 7AA', '2025-07-01'), '(,,,,,"postcode without area")', 'no point, no area');
is(area('ZZ99 3VZ', '2025-07-01'), '(,,,,,"no fixed address")', 'a pseudo-postcode');
is(area('5 High Street', '2025-07-01'), '(,,,,,"not a postcode")', 'not a postcode');
is(area('ZE8 1AA', '2015-01-01'), '(E01990001,2021,E05990001,2025,point,)', 'placed in 2021 only: that is told, not left out');

# The grade goes with the counts: of several ways to one place the least sure.
hub_keys($node);
hub_ok($node, 'programme', 'add', 'P', '--organisation', 'O');
my $file = spill("$tmp/r.csv", "basis,new_referrals\ntotal,12\nplace.postcode.ZE9 1AA,3\nplace.postcode.ZE8 1AA,2\nplace.postcode.ZE8 2AA,4\nplace.lsoa.E01990004,3\n");
my ($code, $out) = hub($node, 'load', '--as', 'return', '--programme', 'P', '--period', '2025-Q2', '--form', 'new', $file);
like($out, qr/note H113, line 5/, 'a note says that one was placed roughly') or diag $out;
is(value("SELECT string_agg(concat_ws(' ', area, ward, grade, people), ', ' ORDER BY area) FROM returns.count WHERE category = 'place'"),
	'E01990001 E05990001 point [5,6), E01990003 E05990002 approximate [4,5), E01990004 stated [3,4)', 'each place with its grade');

# The directory's own points, placed by boundary: NSPL of November 2021 says in which LSOA of 2011 each of them lies.
SKIP:
{
	my $data = $ENV{WARDSTAR_DATA} // '';
	my $directory = "$data/postcodes/NSPL_NOV_2021_WN_st_helens.csv";
	skip 'no real data (WARDSTAR_DATA)', 5 if !-f $directory;
	value('CREATE DATABASE points');
	hub_ok([ $node, 'points' ], 'migrate', '--quiet');
	my ($head, @rows) = map { [ map { s/^"|"$//gr } split /,/ ] } split /\r?\n/, slurp_file($directory);
	my %at = map { $head->[$_] => $_ } 0 .. $#$head;
	# Code-Point Open: ten columns without heading, live postcodes only.
	my @live = grep { $_->[ $at{doterm} ] eq '' && $_->[ $at{oseast1m} ] ne '' } @rows;
	spill("$tmp/wn.csv", join '', map { my $r = $_;
		sprintf qq("%s",10,%d,%d,"E92000001","","","","%s","%s"\r\n), @$r[ map { $at{$_} } qw(pcd oseast1m osnrth1m laua ward) ] } @live);
	hub_ok([ $node, 'points' ], 'load', '--quiet', "$data/boundaries/lsoa2011_E08000013.geojson", "$data/boundaries/ward2013_E08000013.geojson");
	hub_ok([ $node, 'points' ], 'load', '--quiet', '--as', 'postcodes', '--edition', 'Code-Point Open 2021-11', "$tmp/wn.csv");
	my %ours = map { split /\|/ } split /\n/, value("SELECT p.postcode, concat_ws(' ', a.lsoa, a.vintage, a.grade) FROM reference.postcode p, reference.postcode_area(p.postcode::text, '2020-06-01') a", 'points');
	my @differ = grep { my $of = $_->[ $at{pcds} ]; ($ours{$of} // '') ne $_->[ $at{lsoa11} ] . ' 2011 point' } @live;
	cmp_ok(scalar @live, '>', 150, scalar(@live) . ' live postcodes of the directory');
	# The ONS assigns by the exact boundary, ours here is clipped and generalised: one in a hundred may lie on the other side.
	cmp_ok(scalar @differ, '<=', @live / 100, 'lie in the LSOA that the ONS names') or diag map { "$_->[2] $_->[ $at{lsoa11} ] " . ($ours{ $_->[ $at{pcds} ] } // 'none') . "\n" } @differ;
}
$node->stop;
done_testing();
