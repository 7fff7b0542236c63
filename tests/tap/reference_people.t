# Postcodes and populations, made up in the official layouts.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ReferenceTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('people');
$node->init;
$node->start;
my %world = world();
my $tmp = PostgreSQL::Test::Utils::tempdir();
sub sql { return $node->safe_psql('postgres', $_[0]) }
hub_ok($node, 'migrate');

# Where the middle of the first made-up LSOA lies on the grid, and that of the eastern half of the second.
my ($x, $y) = split /\|/, sql("SELECT round(ST_X(p)), round(ST_Y(p)) FROM ST_Transform(ST_SetSRID(ST_MakePoint(-3.59, 53.91), 4326), 27700) AS p");
my ($x2, $y2) = split /\|/, sql("SELECT round(ST_X(p)), round(ST_Y(p)) FROM ST_Transform(ST_SetSRID(ST_MakePoint(-3.565, 53.91), 4326), 27700) AS p");

# Code-Point Open: no heading; the postcode in seven places; a place unknown as 0, 0.
spill("$tmp/zz.csv", <<"CSV" =~ s/\n/\r\n/gr);
"ZY1 1AA",10,$x,$y,"E92000001","E19000001","E18000002","","E07900001","E05900001"
"ZY1 1AB",10,$x2,$y2,"E92000001","E19000001","E18000002","","E07900001","E05900001"
"ZY1 1AD",90,0,0,"E92000001","E19000001","E18000002","","",""
"ZY1 1AE",10,100000,100000,"E92000001","E19000001","E18000002","","E07900001","E05900001"
"ZY1 1A",10,$x,$y,"E92000001","E19000001","E18000002","","E07900001","E05900001"
"ZY1 1AF",10,east,$y,"E92000001","E19000001","E18000002","","E07900001","E05900001"
"ZY1 1AA",10,$x,$y,"E92000001","E19000001","E18000002","","E07900001","E05900001"
CSV
my $said = load_file($node, 3, 'Code-Point Open before any boundary', "$tmp/zz.csv");
is(rejects($node), lines('5|"ZY1 1A" is no postcode', '6|the easting "east" is no whole number', '7|ZY1 1AA stands in line 1 too'), 'bad rows, by line');
like($said, qr/no boundaries of LSOA 2011 are loaded/, 'it says that the LSOA is to come');
my $codes = "SELECT postcode, lsoa11, lsoa21 FROM reference.postcode WHERE postcode::text LIKE 'ZY1%' ORDER BY postcode";
is(sql($codes), lines('ZY1 1AA||', 'ZY1 1AB||', 'ZY1 1AD||', 'ZY1 1AE||'), 'kept without LSOA');
load_file($node, 0, 'boundaries of 2021', $world{lsoa21});
is(sql($codes), lines('ZY1 1AA||E01900001', 'ZY1 1AB||E01910002', 'ZY1 1AD||', 'ZY1 1AE||'), 'which comes with the boundaries');
load_file($node, 0, 'boundaries of 2011', $world{lsoa11});
is(sql($codes), lines('ZY1 1AA|E01900001|E01900001', 'ZY1 1AB|E01900002|E01910002', 'ZY1 1AD||', 'ZY1 1AE||'), 'of either vintage');
is(sql("SELECT easting, northing, positional_quality, lsoa_by_point, edition FROM reference.postcode WHERE postcode = 'ZY11AD'"), '||90|t|Code-Point Open', '0, 0 is no place');

# A directory: terminated postcodes with their dates; it goes before Code-Point Open, whichever comes first.
my $heading = 'pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,laua,ward,lsoa11';
spill("$tmp/NSPL_NOV_2021_UK.csv", <<"CSV");
$heading
"ZY1 1AA","ZY1  1AA","ZY1 1AA","198001","","0","350000","0398942","1","E07900001","E05900001","E01900003"
"ZY1 2AA","ZY1  2AA","ZY1 2AA","198001","199606","0","350000","0398942","1","E07900001","E05900001","E01900003"
"BT1 1AA","BT1  1AA","BT1 1AA","198001","","0","","","9","N09000003","N08000308","95GG01S1"
"JE2 3XP","JE2  3XP","JE2 3XP","198001","","0","","","9","L99999999","L99999999","L99999999"
"ZY1 3AA","ZY1  3AA","ZY1 3AA","19801","","0","350000","0398942","1","E07900001","E05900001","E01900003"
"ZY1 4AA","ZY1  4AA","ZY1 4AA","198013","","0","350000","0398942","1","E07900001","E05900001","E01900003"
"ZY1 5AA","ZY1  5AA","ZY1 5AA","198001","","0","350000","0398942","1","E07900001","E05900001","E0190"
CSV
load_file($node, 3, 'NSPL', "$tmp/NSPL_NOV_2021_UK.csv");
is(rejects($node), lines('6|the month of introduction "19801" can\'t be read', '7|the month of introduction "198013" can\'t be read', '8|"E0190" is no area code'),
	'bad rows, by line');
is(sql("SELECT postcode, introduced, terminated, easting, northing, lsoa11, lsoa21, lsoa_by_point, ward, district, edition FROM reference.postcode
	WHERE edition LIKE 'NSPL%' ORDER BY postcode"), lines(
	'BT1 1AA|1980-01-01|||||||N08000308|N09000003|NSPL 2021-11' =~ s/\|\|\|\|\|\|\|/||||||f|/r,
	'JE2 3XP|1980-01-01||||||f|||NSPL 2021-11',
	'ZY1 1AA|1980-01-01||350000|398942|E01900003||f|E05900001|E07900001|NSPL 2021-11',
	'ZY1 2AA|1980-01-01|1996-06-01|350000|398942|E01900003||f|E05900001|E07900001|NSPL 2021-11'), 'live and terminated, and codes of other schemes left blank');
spill("$tmp/zy.csv", qq("ZY1 1AA",10,$x,$y,"E92000001","E19000001","E18000002","","E07900001","E05900001"\n));
like(load_file($node, 0, 'Code-Point Open after the directory', "$tmp/zy.csv"), qr/1 postcode left as an edition gives them that goes before this one/, 'changes nothing');
is(sql("SELECT edition, lsoa11 FROM reference.postcode WHERE postcode = 'ZY1 1AA'"), 'NSPL 2021-11|E01900003', '... it is as the directory says');
for my $case ([ 'ONSPD_FEB_2024_UK.csv', '2024', 'E01900004' ], [ 'ONSPD_FEB_2020_UK.csv', 'an older one', 'E01900004' ])
{
	spill("$tmp/$case->[0]", "pcds,dointr,doterm,oslaua,osward,lsoa11,lsoa21\nZY1 1AA,198001,,E07900001,E05900001," . ($case->[1] eq '2024' ? 'E01900004' : 'E01900005') . ",E01910003\n");
	load_file($node, 0, "ONSPD of $case->[1]", "$tmp/$case->[0]");
	is(sql("SELECT edition, lsoa11, lsoa21 FROM reference.postcode WHERE postcode = 'ZY1 1AA'"), 'ONSPD 2024-02|E01900004|E01910003', '... the newest edition holds');
}

# Populations.
spill("$tmp/single_mid-2019.csv", "LSOA Code,LSOA Name,All Ages,0,1,2+\nE01900001,a,\"1,006\",1,5,\"1,000\"\nE01900002,b,x,1,2,3\nE019,b,6,1,2,3\nE01900003,b,6,1,,3\nE01900001,b,6,1,2,3\n");
load_file($node, 3, 'a wide table', "$tmp/single_mid-2019.csv");
is(rejects($node), lines('3|"x" is no number of people', '4|"E019" is no area code', '5|"" is no number of people', '6|E01900001 stands in line 2 too, with another number'),
	'a line is rejected whole');
is(sql("SELECT area, age, n FROM reference.population WHERE edition = 'mid-2019' ORDER BY area, age"),
	lines('E01900001|[0,1)|1', 'E01900001|[0,)|1006', 'E01900001|[1,2)|5', 'E01900001|[2,)|1000'), 'and nothing of it is stored');
spill("$tmp/sex_mid-2022.csv", "LSOA 2021 Code,F0,F1+,M0,M1+\nE01900001,1,2,3,4\n");
load_file($node, 0, 'a wide table by sex, without total', "$tmp/sex_mid-2022.csv");
is(sql("SELECT characteristic, category, age, n, summed FROM reference.population WHERE edition = 'mid-2022' ORDER BY category, age"), lines(
	'sex|Female|[0,1)|1|f', 'sex|Female|[1,)|2|f', 'sex|Male|[0,1)|3|f', 'sex|Male|[1,)|4|f', 'sex|all|[0,)|10|t'), 'gets its total added up');
is(sql("SELECT n FROM reference.population_total WHERE edition = 'mid-2022'"), 10, '... which is the total of the area');
spill("$tmp/ethnic_census_2021.csv", qq("lsoa21_code","total_residents","ethnic_group","n"\nE01900001,21,White,15\nE01900001,21,"Asian, Asian British or Asian Welsh",5\nE01900002,9,White,9\n));
load_file($node, 0, 'a row an ethnic group', "$tmp/ethnic_census_2021.csv");
is(sql("SELECT area, characteristic, category, n, summed FROM reference.population WHERE edition = 'Census 2021' ORDER BY area, category COLLATE \"C\""), lines(
	'E01900001|ethnic group|Asian, Asian British or Asian Welsh|5|f', 'E01900001|ethnic group|White|15|f', 'E01900001|ethnic group|all|21|f',
	'E01900002|ethnic group|White|9|f', 'E01900002|ethnic group|all|9|f'), 'keeps the published total, though the groups do not add up to it');
spill("$tmp/age_a_census2021.csv", "lsoa21_code,age_group,usual_residents\nE01900001,Aged 15 years and under,8\nE01900002,Aged 15 years and under,1\nE01900002,Lone Parent,1\n");
load_file($node, 3, 'a part of the age bands', "$tmp/age_a_census2021.csv");
is(rejects($node), '4|the age "Lone Parent" can\'t be read', 'a role is no age');
my $total = "SELECT area, n, summed FROM reference.population_total WHERE edition = 'Census 2021' ORDER BY area";
is(sql($total), lines('E01900001|21|f', 'E01900002|9|f'), '... does not make a total');
spill("$tmp/age_b_census2021.csv", "lsoa21_code,age_group,usual_residents\nE01900001,Aged 16 years and over,12\n");
load_file($node, 0, 'the other part', "$tmp/age_b_census2021.csv");
is(sql($total), lines('E01900001|20|t', 'E01900002|9|f'), '... does, and ages go before ethnic groups');

$node->stop;
done_testing();
