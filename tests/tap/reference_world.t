# The made-up world of tests/fixtures/reference: each fault of real files comes through as it should, and crimes
# of either LSOA vintage come out on either. The expected rows were worked out by hand from the fixtures.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ReferenceTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('world');
$node->init;
$node->start;
my %world = world();
my $tmp = PostgreSQL::Test::Utils::tempdir();

sub sql { return $node->safe_psql("postgres", $_[0]) }

hub_ok($node, 'migrate');
hub_ok($node, 'load', @world{qw(lsoa11 lsoa21 ward24 best11 best21 change census mid2020)});
my $said = load_file($node, 3, 'a street file with three bad rows loads the others', $world{old});
load_file($node, 0, 'one without a bad row', $world{new});

# Rows that can't be stored.
is(sql("SELECT line, reason FROM reference.rejected_row ORDER BY line"), lines(
	'14|too few columns: 7 instead of 12',
	'16|LSOA code "E0190" is not an area code such as E01006512',
	'17|Month "2021-13" is not a month such as 2025-06'), 'rejected rows have line and reason');
is(sql("SELECT rows_read, rows_stored, rows_rejected, kind, edition FROM reference.source_file WHERE name LIKE '2021-12%'"),
	'19|16|3|crime|2021-12', 'and are counted');

# Incidents.
is(sql("SELECT count(*) FROM reference.crime WHERE crime_id IS NULL AND month = '2021-12-01'"), 3, 'rows without ID are incidents of their own, however alike');
is(sql("SELECT c.lsoa, t.name FROM reference.crime AS c JOIN reference.crime_type AS t ON t.id = c.crime_type
	WHERE crime_id = decode(repeat('01', 32), 'hex') ORDER BY line"), lines('E01900002|Violence and sexual offences', 'E01900003|Robbery'),
	'an ID that repeats with another place and type is kept');
is(sql("SELECT convert_from(crime_id, 'UTF8') FROM reference.crime WHERE length(crime_id) <> 32"), 'not-hex', 'an ID that is not hexadecimal keeps its text');
is(sql("SELECT location FROM reference.crime WHERE location LIKE '%,%'"), 'On or near Café Quay, The', 'a quoted comma, and letters beyond ASCII');
is(sql("SELECT line, lsoa, lsoa_derived FROM reference.crime WHERE month = '2021-12-01' AND line BETWEEN 10 AND 12 ORDER BY line"),
	lines('10|E01900002|t', '11||f', '12||f'), 'a blank LSOA is found by the point; outside all boundaries or without point it stays blank');
is(sql("SELECT line, lsoa, lsoa_derived FROM reference.crime WHERE month = '2025-01-01' AND lsoa_derived"), '8|E01910002|t',
	'and is of the vintage that the month speaks');
is(sql("SELECT month, crimes, derived, unplaced FROM reference.crime_month ORDER BY month"), lines('2021-12-01|16|1|2', '2025-01-01|8|1|0'), 'months loaded');
like($said, qr/1 crime without LSOA code, placed by point/, 'derived codes are reported');
like($said, qr/2 crimes without LSOA, counted as unplaced/, 'so are unplaced crimes');
like($said, qr/1 crime with codes outside the loaded boundaries, kept: E01999999/, 'and codes outside the boundaries, which are kept');

is(sql('SELECT * FROM reference.crime_count ORDER BY month, area NULLS LAST, crime_type'), lines(
	'E01900001|2021-12-01|Anti-social behaviour|3', 'E01900001|2021-12-01|Bicycle theft|1', 'E01900002|2021-12-01|Burglary|1',
	'E01900002|2021-12-01|Drugs|2', 'E01900002|2021-12-01|Shoplifting|1', 'E01900002|2021-12-01|Violence and sexual offences|1',
	'E01900003|2021-12-01|Robbery|1', 'E01900004|2021-12-01|Vehicle crime|1', 'E01900005|2021-12-01|Robbery|1',
	'E01900006|2021-12-01|Robbery|1', 'E01999999|2021-12-01|Drugs|1', '|2021-12-01|Other theft|2',
	'E01900001|2025-01-01|Anti-social behaviour|1', 'E01910001|2025-01-01|Burglary|1', 'E01910002|2025-01-01|Drugs|1',
	'E01910003|2025-01-01|Burglary|3', 'E01910004|2025-01-01|Robbery|1', 'E01910005|2025-01-01|Robbery|1'), 'crimes by code as published');

# On one vintage. Line 9 of 2021-12 lies in the split E01900002 and has no point: 300 and 100 residents. Line 18, in
# E01900005, has none either: 1 and 2 residents. Line 5 of 2025-01 in the merged E01910003: 600 and 200.
my $on = "SELECT area, month, crime_type, trim_scale(n), estimated FROM reference.crime_count_on WHERE vintage = %d AND area::text <> 'E01900001'
	ORDER BY month, area NULLS LAST, crime_type";
is(sql(sprintf $on, 2021), lines(
	'E01910001|2021-12-01|Drugs|1.75|t', 'E01910001|2021-12-01|Shoplifting|1|f', 'E01910001|2021-12-01|Violence and sexual offences|1|f',
	'E01910002|2021-12-01|Burglary|1|f', 'E01910002|2021-12-01|Drugs|0.25|t',
	'E01910003|2021-12-01|Robbery|1|f', 'E01910003|2021-12-01|Vehicle crime|1|f',
	'E01910004|2021-12-01|Robbery|0.333333|t', 'E01910005|2021-12-01|Robbery|1.666667|t', 'E01999999|2021-12-01|Drugs|1|f',
	'E01910001|2025-01-01|Burglary|1|f', 'E01910002|2025-01-01|Drugs|1|f', 'E01910003|2025-01-01|Burglary|3|f',
	'E01910004|2025-01-01|Robbery|1|f', 'E01910005|2025-01-01|Robbery|1|f'), 'crimes on 2021: split by point, nearest if in none, merged exactly, else estimated')
  or diag(sql(sprintf $on, 2021));
is(sql(sprintf $on, 2011), lines(
	'E01900002|2021-12-01|Burglary|1|f', 'E01900002|2021-12-01|Drugs|2|f', 'E01900002|2021-12-01|Shoplifting|1|f',
	'E01900002|2021-12-01|Violence and sexual offences|1|f', 'E01900003|2021-12-01|Robbery|1|f', 'E01900004|2021-12-01|Vehicle crime|1|f',
	'E01900005|2021-12-01|Robbery|1|f', 'E01900006|2021-12-01|Robbery|1|f', 'E01999999|2021-12-01|Drugs|1|f',
	'E01900002|2025-01-01|Burglary|1|f', 'E01900002|2025-01-01|Drugs|1|f', 'E01900003|2025-01-01|Burglary|1.75|t',
	'E01900004|2025-01-01|Burglary|1.25|t', 'E01900005|2025-01-01|Robbery|1|f', 'E01900006|2025-01-01|Robbery|1|f'), 'crimes on 2011')
  or diag(sql(sprintf $on, 2011));
is(sql('SELECT vintage, trim_scale(sum(n)) FROM reference.crime_count_on GROUP BY vintage ORDER BY vintage'), lines('2011|24', '2021|24'), 'no crime is lost on either');

# Boundaries.
is(sql("SELECT level, vintage, count(*), count(*) FILTER (WHERE repaired), bool_and(ST_IsValid(geom)) FROM reference.area GROUP BY 1, 2 ORDER BY 1, 2"),
	lines('lsoa|2011|6|1|t', 'lsoa|2021|6|0|t', 'ward|2024|3|0|t'), 'boundaries, one of them mended');
is(sql('SELECT code, name FROM reference.area WHERE repaired'), 'E01900003|Môr 002A', 'which one');
is(sql("SELECT DISTINCT GeometryType(geom), ST_SRID(geom) FROM reference.area"), 'MULTIPOLYGON|27700', 'Polygon and MultiPolygon alike are MultiPolygon on the grid');
# 0.02 degrees of latitude are about 2,225 m, of longitude at 53.91 degrees north about 1,313 m.
cmp_ok(abs(sql("SELECT ST_Area(geom) / (2225.6 * 1313.6) - 1 FROM reference.area WHERE code = 'E01900001' AND vintage = 2011")), '<', 0.01, 'area on the grid');

# Wards.
is(sql('SELECT ward, name, district, lsoas, status, edition FROM reference.ward ORDER BY ward'), lines(
	map { "$_|Ward 2024 boundaries, LSOA 2021 to Ward 2024 best fit (2 of 3 wards)" }
	  'E05900001|Môr West|E07900001|3|best fit', 'E05900002|Môr East|E07900001|3|best fit', 'E05900003|Môr Quay|E07900001|0|no best-fit area'),
	'the lookup that covers the wards best, and a ward without LSOA');
is(sql('SELECT lsoa_vintage, ward_vintage, covered, wards, chosen FROM reference.ward_lookup ORDER BY 1'), lines('2011|2019|1|3|f', '2021|2024|2|3|t'), 'the other lookup');
is(sql('SELECT * FROM reference.ward_crime_count ORDER BY month'), lines('2024|E05900003|2021-12-01|Robbery|1', '2024|E05900003|2025-01-01|Robbery|1'),
	'its crimes by point');

# Populations.
is(sql("SELECT area, n, summed FROM reference.population_total WHERE edition = 'Census 2021' ORDER BY area"), lines(
	'E01900001|300|t', 'E01910001|300|t', 'E01910002|100|t', 'E01910003|400|t', 'E01910004|1|t', 'E01910005|2|t'), 'totals added up from bands');
is(sql("SELECT age, n FROM reference.population WHERE edition = 'mid-2020' AND area = 'E01900001' ORDER BY age"), lines('[0,16)|100', '[0,)|300', '[16,)|200'),
	'bands of a wide table, and its total');

# The same bytes again, and a month published again.
my $before = contents($node);
like(load_file($node, 0, 'the same bytes again', $world{old}), qr/already loaded/, 'are not loaded again');
(my $corrected = slurp_file($world{new})) =~ s/^1a1a.*\n//m;
spill("$tmp/2025-01-made-up-street.csv", $corrected);
load_file($node, 0, 'the month published again, one crime fewer', "$tmp/2025-01-made-up-street.csv");
is(sql("SELECT count(*), sum(n) FROM reference.crime_count WHERE month = '2025-01-01'"), '5|7', 'replaces the month whole');
is(sql("SELECT count(*) FROM reference.crime WHERE month = '2025-01-01'"), 7, '... rows and counts');
is(sql("SELECT o.name, n.size FROM reference.source_file AS o JOIN reference.source_file AS n ON n.id = o.replaced_by"),
	'2025-01-made-up-street.csv|' . length($corrected), '... and says so of the earlier file');
load_file($node, 0, 'the first one once more', $world{new});
is(contents($node), $before, 'is loaded again, and all is as before');

# A partial boundary file of better resolution replaces its areas only.
spill("$tmp/one.geojson", '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"LSOA21CD":"E01900001","LSOA21NM":"New name"},
"geometry":{"type":"Polygon","coordinates":[[[-3.6,53.9],[-3.58,53.9],[-3.58,53.92],[-3.59,53.92],[-3.6,53.92],[-3.6,53.9]]]}}]}');
like(load_file($node, 0, 'one area again', "$tmp/one.geojson"), qr/replaces rows of lsoa2021\.geojson/, 'says what it replaces');
is(sql("SELECT count(*), count(*) FILTER (WHERE name = 'New name') FROM reference.area WHERE level = 'lsoa' AND vintage = 2021"), '6|1', 'one area replaced, five left');

# What is no area.
spill("$tmp/bad.geojson", '{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"LSOA21CD":"E05900001"},"geometry":{"type":"Polygon","coordinates":[[[-3.6,53.9],[-3.58,53.9],[-3.58,53.92],[-3.6,53.9]]]}},
{"type":"Feature","properties":{"LSOA21CD":"E0190"},"geometry":{"type":"Polygon","coordinates":[[[-3.6,53.9],[-3.58,53.9],[-3.58,53.92],[-3.6,53.9]]]}},
{"type":"Feature","properties":{"LSOA21CD":null},"geometry":{"type":"Polygon","coordinates":[[[-3.6,53.9],[-3.58,53.9],[-3.58,53.92],[-3.6,53.9]]]}},
{"type":"Feature","properties":{"LSOA21CD":"E01920001"},"geometry":{"type":"Polygon","coordinates":[[[20.6,53.9],[20.58,53.9],[20.58,53.92],[20.6,53.9]]]}},
{"type":"Feature","properties":{"LSOA21CD":"E01920002"},"geometry":null},
{"type":"Feature","properties":{"LSOA21CD":"E01920004"},"geometry":{"type":"Point","coordinates":[-3.6,53.9]}},
{"type":"Feature","properties":{"LSOA21CD":"E01920003"},"geometry":{"type":"Polygon","coordinates":[[[-3.6,53.9],[-3.58,53.9],[-3.58,53.92],[-3.6,53.9]]]}},
{"type":"Feature","properties":{"LSOA21CD":"E01920003"},"geometry":{"type":"Polygon","coordinates":[[[-3.6,53.9],[-3.58,53.9],[-3.58,53.92],[-3.6,53.9]]]}}
]}');
load_file($node, 3, 'features that are no areas', "$tmp/bad.geojson");
is(rejects($node), lines('1|E05900001 is a code of level ward, not lsoa', '2|"E0190" is no area code', '3|the feature has no LSOA21CD',
	'4|the geometry lies outside Great Britain', '5|the feature has no geometry', '6|a point is no area', '8|E01920003 stands in feature 7 too'), 'each with its reason');
is(sql("SELECT count(*) FROM reference.area WHERE level = 'lsoa' AND vintage = 2021"), 7, 'the one good feature is stored');

# Lookups.
spill("$tmp/best.csv", "LSOA21CD,LSOA21NM,WD24CD,WD24NM,LAD24CD,LAD24NM\nE01900001,a,E05900001,b,E07900001,c\n,a,E05900001,b,,\nE01X,a,E05900001,b,,\n"
	  . "E05900001,a,E05900001,b,,\nE01900002,a,,b,,\nE01900003,a,E01900001,b,,\nE01900001,a,E05900002,b,,\nE01900004,a,E05900001,b,X,c\n");
load_file($node, 3, 'a best fit with faults', "$tmp/best.csv");
is(rejects($node), lines('3|there is no LSOA code', '4|"E01X" is no area code', '5|E05900001 is no LSOA', '6|E01900002 has no ward', '7|E01900001 is no ward',
	'8|E01900001 stands in line 2 too', '9|"X" is no area code'), 'each with its reason');
spill("$tmp/change.csv", "LSOA11CD,LSOA21CD,CHGIND\nE01930001,E01930001,U\nE01930002,,S\nE01930003,E01930003,Q\nE01930004,E01930005,U\nE01930001,E01930001,U\n");
load_file($node, 3, 'a change lookup with faults', "$tmp/change.csv");
is(rejects($node), lines('3|there is no code on one of the two sides', '4|"Q" is no change code: U, S, M or X is', '5|E01930004 is called unchanged but becomes E01930005',
	'6|E01930001 to E01930001 stands in line 2 too'), 'each with its reason');

$node->stop;
done_testing();
