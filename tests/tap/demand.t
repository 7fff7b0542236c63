# The demand views on a made-up district: people reached against counts made here from each person, population,
# deprivation, crime and rates against figures worked out by hand, and what is not loaded said so.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use JSON::PP;
use List::Util qw(max sum0);
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('demand');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
hub_ok($node, 'migrate', '--quiet');
$node->safe_psql('postgres', 'CREATE DATABASE empty TEMPLATE postgres');

my $path = 'SET search_path = pg_catalog, public;';
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "$path $sql"); }

# Quarters of the reporting year.
is(value("SELECT returns.period_words('2025-Q2')"), '1 July to 30 September 2025', 'a quarter in words');
is(value("SELECT string_agg(returns.period_range(p)::text || ' ' || returns.period_words(p), '; ' ORDER BY p)
	FROM unnest('{2023-Q4,2025-Q1,2025-Q3}'::returns.period[]) p"),
	'[2024-01-01,2024-04-01) 1 January to 31 March 2024; [2025-04-01,2025-07-01) 1 April to 30 June 2025; '
	  . '[2025-10-01,2026-01-01) 1 October to 31 December 2025', 'quarters, a leap year among them');
is(value("SELECT bool_and(d <@ returns.period_range(returns.period_of(d))) AND count(DISTINCT returns.period_of(d)) = 13
	FROM (SELECT generate_series('2023-01-01'::date, '2026-03-31', '1 day')::date AS d) x"), 't', 'each day lies in its quarter');
for my $wrong ('2025', '2025-Q5', '2025-Q0', '25-Q1', '2025-q1', '2025-Q1 ', '')
{
	my ($code) = $node->psql('postgres', "SELECT '$wrong'::returns.period");
	isnt($code, 0, "\"$wrong\" is no quarter");
}

# Nothing loaded: empty, not an error.
is($node->safe_psql('empty', "$path SELECT count(*) FROM analysis.demand_lsoa_in('2025-Q2')"), 0, 'no areas, no rows');
my ($code, $out, $err) = hub([ $node, 'empty' ], 'status');
is($code, 0, 'status of an empty hub');
like($out, qr/boundaries of LSOAs.*street crime.*programmes/s, 'status says what is missing');
($code, $out, $err) = hub([ $node, 'empty' ], 'report', 'demand');
is($code, 7, 'no report without a quarter');
like($err, qr/no quarter to report on/, 'and it says why');

$node->safe_psql('postgres', $path . slurp("$ENV{WARDSTAR_ROOT}/tests/fixtures/two_wards.sql"));
value("INSERT INTO returns.organisation VALUES ('Org');
	INSERT INTO returns.programme SELECT 'P' || i, 'Org' FROM generate_series(1, 3) i;
	INSERT INTO returns.expected_stated SELECT 'P' || i, '2025-Q2', true FROM generate_series(1, 2) i");

# Before a return is in, the open figures are there and the others say so.
is(value("SELECT string_agg(area::text || ' ' || reached_status || ' ' || (reached_lower IS NULL), ', ' ORDER BY area)
	FROM analysis.demand_ward WHERE period = '2025-Q2'"),
	'E05990001 not returned true, E05990002 not returned true, E05990003 not returned true', 'no return is in');

is(value("SELECT string_agg(concat_ws(' ', area, population, deprivation_score, deprivation_rank, deprivation_decile,
		deprivation_status, crimes, violent_crimes, crime_months, crime_status), '; ' ORDER BY area)
	FROM analysis.demand_lsoa WHERE period = '2025-Q2'"),
	'E01990001 1000 60 100 1 known 36 6 3 known; E01990002 2000 not loaded 72 12 3 known; '
	  . 'E01990003 3000 40 4000 2 known 72 12 3 known; E01990004 4000 70.5 7 1 known 144 24 3 known', 'open figures by LSOA');
# Ward 2: (3000 x 40 + 4000 x 70.5) / 7000 = 57.428…; ward 1: only LSOA 1 has a score, 1000 of 3000 residents.
is(value("SELECT string_agg(concat_ws(' ', area, lsoas, population, round(deprivation_score::numeric, 4),
		round(deprivation_population_share::numeric, 4), deprivation_most_deprived_share, deprivation_status, population_status,
		crimes, violent_crimes, crime_months, crime_status, crime_rate_status), '; ' ORDER BY area)
	FROM analysis.demand_ward WHERE period = '2025-Q2'"),
	'E05990001 2 3000 60.0000 0.3333 1 part loaded known 108 18 3 known known; '
	  . 'E05990002 2 7000 57.4286 1.0000 0.5 known known 216 36 3 known known; '
	  . 'E05990003 0 no best-fit area no best-fit area 36 27 3 by point no best-fit area', 'open figures by ward');
is(value("SELECT string_agg(concat_ws(' ', area, crimes, crime_months, crime_status, crime_rate), '; ' ORDER BY area)
	FROM analysis.demand_ward WHERE period = '2025-Q3'"),
	'E05990001 36 1 part loaded 12; E05990002 84 1 part loaded 12; E05990003 12 1 by point', 'one month of three: part loaded, not scaled up');
is(value("SELECT string_agg(concat_ws(' ', area, coalesce(crimes::text, 'none'), crime_months, crime_status,
		coalesce(crime_rate::text, 'none'), crime_rate_status), '; ' ORDER BY area) FROM analysis.demand_ward_in('2026-Q1')"),
	'E05990001 none 0 not loaded none not loaded; E05990002 none 0 not loaded none not loaded; '
	  . 'E05990003 none 0 not loaded none no best-fit area', 'no month loaded is not nought');
is(value("SELECT edition || '; ' || crime_edition FROM analysis.demand_ward WHERE period = '2025-Q2' LIMIT 1"),
	'Ward 2025, best fit of LSOA 2021 to Ward 2024 (2 of 3 wards); data.police.uk, 2025-07, 2025-08, 2025-09',
	'the lookup that covers the wards best, by name');

# Rates per 1,000 with Byar's limits, worked out here.
my ($value, $lower, $upper) = split /\|/,
  value("SELECT violent_rate, violent_rate_lower, violent_rate_upper FROM analysis.demand_ward WHERE period = '2025-Q2' AND area = 'E05990001'");
my $z = 1.959963984540054;
cmp_ok(abs($value - 18 / 3000 * 1000), '<', 1e-12, 'violent crimes per 1,000');
cmp_ok(abs($lower - 18 * (1 - 1 / (9 * 18) - $z / (3 * sqrt 18))**3 / 3), '<', 1e-9, 'lower limit');
cmp_ok(abs($upper - 19 * (1 - 1 / (9 * 19) + $z / (3 * sqrt 19))**3 / 3), '<', 1e-9, 'upper limit');

# A month that only a few of a district's LSOAs have is a neighbour's file, not its own.
is(value("BEGIN; DELETE FROM reference.crime_force_count WHERE area <> 'E01990001';
	SELECT string_agg(DISTINCT concat_ws(' ', coalesce(crimes::text, 'none'), crime_status), '; ') FROM analysis.demand_lsoa WHERE period = '2025-Q2'"),
	'none not loaded', 'crimes strayed into a district are not taken for its month');

# People reached, against a count of each person. Every person has a place, and a way in which the return tells it.
srand(20252);
my @ward_of = (undef, 1, 1, 2, 2);
for my $round (1 .. 25)
{
	my (%least, %most, @truth);
	my @programmes = map { "P$_" } 1 .. 1 + int rand 3;
	my $sql = 'BEGIN;';
	for my $programme (@programmes)
	{
		my (%answers, %surely, %maybe, $nowhere);
		my $n = int rand 12;
		# Some say how many have no known place, some leave them out.
		my $told = int rand 2;
		$answers{total} = 0;
		$answers{'place.not_known'} = 0 if $told;
		for (1 .. $n)
		{
			my $lsoa = 1 + int rand 4;
			my $way = int rand 5;
			$answers{total}++;
			if ($way == 0) { $answers{"place.lsoa.E0199000$lsoa"}++; $surely{"lsoa$lsoa"}++; $surely{"ward$ward_of[$lsoa]"}++; }
			elsif ($way == 1) { $answers{"place.ward.E0599000$ward_of[$lsoa]"}++; $surely{"ward$ward_of[$lsoa]"}++; $maybe{"lsoa$_"}++ for grep { $ward_of[$_] == $ward_of[$lsoa] } 1 .. 4; }
			elsif ($way == 2 && $lsoa == 1) { $answers{'place.postcode.ze91aa'}++; $surely{lsoa1}++; $surely{ward1}++; }
			# The LSOA of 2011 that was split into 3 and 4.
			elsif ($way == 3 && $lsoa > 2) { $answers{'place.lsoa.E01980034'}++; $maybe{lsoa3}++; $maybe{lsoa4}++; $surely{ward2}++; }
			else { $nowhere++; $answers{'place.not_known'}++ if $told; }
		}
		for my $area (map({ "lsoa$_" } 1 .. 4), map { "ward$_" } 1 .. 2)
		{
			my $least = $surely{$area} // 0;
			push @{ $least{$area} }, $least;
			push @{ $most{$area} }, $least + ($maybe{$area} // 0) + ($nowhere // 0);
		}
		my $json = encode_json({ basis => 'new_referrals', map { $_ => "$answers{$_}" } keys %answers });
		$sql .= "SELECT state FROM intake.receive('$programme', '2025-Q2', 'new', 'f.csv', 1, sha256('$round $programme'), 'test', \$\$$json\$\$);";
	}
	my @got = split /\n/, value("$sql
		SELECT 'lsoa' || right(area::text, 1), people FROM analysis.people_reached('lsoa', '2025-Q2')
		UNION ALL SELECT 'ward' || right(area::text, 1), people FROM analysis.people_reached('ward', '2025-Q2')
		WHERE area <> 'E05990003' ORDER BY 1");
	my @states = splice @got, 0, scalar @programmes;
	is(join(' ', @states), join(' ', map { 'accepted' } @programmes), "round $round: accepted");
	is(join(' ', @got),
		join(' ', map { sprintf '%s|[%d,%d)', $_, max(@{ $least{$_} }), sum0(@{ $most{$_} }) + 1 } sort keys %least),
		"round $round: at least those surely there, at most all who may be; programmes united");
}

# A ward without LSOAs, told by name, and one of another year by what it overlaps.
is(value(q{BEGIN; INSERT INTO reference.area (level, vintage, code, name, geom, source_file)
		SELECT 'ward', 2013, 'E05980009', 'Old', ST_Multi(ST_MakeEnvelope(332000, 390000, 334000, 391000, 27700)), 2;
	SELECT 1 FROM intake.receive('P1', '2025-Q2', 'new', 'f.csv', 1, sha256('w'), 'test',
		'{"total": "12", "place.ward.E05990003": "5", "place.ward.E05980009": "7", "place.not_known": "0"}');
	SELECT string_agg(area || ' ' || people, ', ' ORDER BY area) FROM (SELECT * FROM analysis.people_reached('lsoa', '2025-Q2')
		UNION ALL SELECT * FROM analysis.people_reached('ward', '2025-Q2')) x}),
	"1\nE01990001 [0,1), E01990002 [0,8), E01990003 [0,8), E01990004 [0,6), E05990001 [0,8), E05990002 [0,8), E05990003 [5,6)",
	'wards that the lookup lacks');

# An expected return that is not in: its people are in no figure, and the row says so.
value(q{SELECT 1 FROM intake.receive('P1', '2025-Q2', 'new', 'f.csv', 1, sha256('p1'), 'test',
	'{"basis": "new_referrals", "total": "9", "place.lsoa.E01990001": "7", "place.not_known": "2"}')});
is(value("SELECT string_agg(DISTINCT reached_status || ' ' || returns_received || '/' || returns_expected, ', ') FROM analysis.demand_lsoa WHERE period = '2025-Q2'"),
	'part returned 1/2', 'one of two returns is in');
value(q{SELECT 1 FROM intake.receive('P2', '2025-Q2', 'old', 'f.csv', 1, sha256('p2'), 'test', '{"age.18-25": "3"}')});
is(value("SELECT string_agg(area || ' ' || reached_lower || ' ' || coalesce(reached_upper::text, '-') || ' ' || reached_status, ', ' ORDER BY area)
	FROM analysis.demand_ward WHERE period = '2025-Q2'"),
	'E05990001 7 - no upper limit, E05990002 0 - no upper limit, E05990003 0 - no upper limit',
	'an old form that leaves roles blank may speak of anybody: no upper limit');

# The report in its formats.
$out = hub_ok($node, 'report', 'demand', '--undisclosed', '--period', '2025-Q2', '--top', '1');
like($out, qr/^Demand by ward, 2025-Q2: 1 July to 30 September 2025\nNOT FOR PUBLICATION/, 'the title says when, and not for publication');
like($out, qr/^E05990001 .* 7 or more /m, 'the ward with most violent crime for its residents');
unlike($out, qr/E05990002/, 'and only that');
$out = hub_ok($node, 'report', 'demand', '--undisclosed', '--period', '2025-Q2', '--level', 'lsoa', '--format', 'csv');
my @lines = split /\n/, $out;
is(scalar @lines, 5, 'CSV: heading and four LSOAs');
my @heading = split /,/, $lines[0];
is($heading[0], 'not_for_publication', 'CSV says not for publication');
is(scalar(() = $lines[1] =~ /("[^"]*"|[^,]*)(?:,|$)/g) - 1, scalar @heading, 'as many cells as headings');
my $json = decode_json(hub_ok($node, 'report', 'demand', '--undisclosed', '--period', '2025-Q2', '--format', 'json'));
ok($json->{not_for_publication}, 'JSON says not for publication');
is($json->{dates}, '1 July to 30 September 2025', 'JSON says when');
is(join(',', map { $_->{area} } @{ $json->{rows} }), 'E05990001,E05990002,E05990003', 'JSON rows');
my $geojson = spill($node->basedir . '/demand.geojson',
	hub_ok($node, 'report', 'demand', '--undisclosed', '--period', '2025-Q2', '--format', 'geojson'));
$json = decode_json(slurp($geojson));
is($json->{type}, 'FeatureCollection', 'GeoJSON');
is($json->{features}[0]{properties}{not_for_publication}, 'not for publication', 'each feature says not for publication');
my $info = `ogrinfo -so -al $geojson 2>&1`;
like($info, qr/Geometry: Multi Polygon\nFeature Count: 3\n/, 'ogrinfo reads it');
my ($west, $south) = $info =~ /Extent: \((-?[0-9.]+), ([0-9.]+)\)/;
ok(abs($west + 3.039) < 0.01 && abs($south - 53.402) < 0.01, 'in degrees, longitude first');
($code, $out, $err) = hub($node, 'report', 'demand', '--period', '2025-Q2');
is($code, 7, 'nothing is published yet');
like($err, qr/has not been made.*wardstar-hub publish/s, 'and the message says what to do');
($code, $out, $err) = hub($node, 'report', 'supply');
is($code, 2, 'no such report');

sub slurp
{
	my ($file) = @_;
	open my $fh, '<:raw', $file or die "$file: $!";
	local $/;
	return scalar <$fh>;
}

$node->stop;
done_testing();
