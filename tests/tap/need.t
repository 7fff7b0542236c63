# The need views on a made-up district: figures worked out by hand, and bounds that hold the truth of made-up people.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use JSON::PP;
use List::Util qw(max min sum0);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('need');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
hub_ok($node, 'migrate', '--quiet');
$node->safe_psql('postgres', 'CREATE DATABASE empty TEMPLATE postgres');
my $path = 'SET search_path = pg_catalog, public;';
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "$path $sql"); }

# Nothing loaded: every view answers, with no row.
my @views = split /\n/, value("SELECT viewname FROM pg_views WHERE schemaname = 'analysis' AND viewname LIKE 'need\\_%' ORDER BY 1");
cmp_ok(scalar @views, '>=', 13, "the views: @views");
is($node->safe_psql('empty', "$path SELECT count(*) FROM analysis.$_"), 0, "$_ of an empty hub") for @views;
is(value("SELECT string_agg(c.relname || '.' || a.attname, ', ') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = 'analysis' AND c.relname IN ('need_lsoa', 'need_ward', 'need_district')
	AND a.attname ~ '_(lower|upper|ratio|expected|smoothed)\$' AND a.attname <> 'returns_expected' AND NOT EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.oid AND s.attname LIKE '%\\_status'
		AND split_part(s.attname, '_', 1) = split_part(a.attname, '_', 1))"), '', 'a status beside each figure');

$node->safe_psql('postgres', $path . slurp_file("$ENV{WARDSTAR_ROOT}/tests/fixtures/two_wards.sql"));
hub_ok($node, 'programme', 'add', "P$_", '--organisation', 'Org', '--made-up', '--expected', '2025-Q2') for 1 .. 2;
hub_ok($node, 'programme', 'add', 'P3', '--organisation', 'Org', '--made-up', '--not-expected', '2025-Q2');
# LSOA 1 to 4 have 1000 to 4000 residents and deciles 1, none, 2, 1. Three times as much violence in LSOA 1: 18, 12, 12, 24
# crimes in the quarter.
value("UPDATE reference.crime_force_count c SET n = 3 * n FROM reference.crime_type t WHERE t.id = c.crime_type AND c.area = 'E01990001' AND t.name <> 'Burglary';
	SELECT reference.refresh_neighbours('lsoa', 2021::smallint), reference.refresh_neighbours('ward', 2025::smallint)");

sub receive
{
	my ($programme, $period, $form, %answers) = @_;
	my $json = encode_json({ map { $_ => "$answers{$_}" } keys %answers });
	return "SELECT state FROM intake.receive('$programme', '$period', '$form', 'f.csv', 1, sha256('$programme $period " . rand() . "'), 'test', \$\$$json\$\$);";
}
my $row = sub { my ($view, $columns, $where) = @_; return value("SELECT concat_ws(' ', $columns) FROM analysis.$view WHERE period = '2025-Q2' AND $where"); };
my $n = sub { return join ', ', map { "coalesce(round($_\::numeric, 6)::float8::text, '-')" } @_; };

# No return is in: open figures are there, the others say why not.
is($row->('need_lsoa', $n->('violent_crimes', 'violent_expected', 'violent_ratio') . ', violent_status, ' . $n->('expected_lower', 'unmet_upper') . ', expected_status, unmet_status, reached_status', "area = 'E01990004'"),
	'24 33.6 0.714286 known - - not returned not returned not returned', 'before a return is in: 4000 residents at 42 / 5000');
is(value(receive('P1', '2025-Q2', 'new', basis => 'caseload_in_period', total => 20, 'age.5-11' => 8, 'age.11-16' => 7, 'age.25+' => 5,
	'place.lsoa.E01990001' => 4, 'place.lsoa.E01990003' => 6, 'place.ward.E05990002' => 5, 'place.not_known' => 5)), 'accepted', 'a return');

# By decile: 1 has the 4 surely; at most those, the 5 of ward 2 and the 5 nowhere. 2 has the 6 surely.
is(value("SELECT string_agg(concat_ws(' ', decile, lsoas, population, reached_lower, reached_upper, reached_status, violent_crimes, crime_months), '; ' ORDER BY decile)
	FROM analysis.need_decile WHERE period = '2025-Q2'"), '1 2 5000 4 14 part returned 42 3; 2 1 3000 6 16 part returned 12 3', 'deciles');
is($row->('need_lsoa', 'reached_lower, reached_upper, ' . $n->(qw(expected_lower expected_upper reach_ratio_lower reach_ratio_upper unmet_lower unmet_upper)) . ', expected_status, reach_ratio_status', "area = 'E01990004'"),
	'0 10 3.2 11.2 0 3.125 0 11.2 part returned part returned', 'LSOA 4: 4000 residents at 4 to 14 in 5000');
is($row->('need_lsoa', $n->(qw(expected_lower expected_upper reach_ratio_lower reach_ratio_upper unmet_lower unmet_upper)), "area = 'E01990003'"),
	'6 16 0.375 2.666667 0 10', 'LSOA 3');
is($row->('need_lsoa', 'population_status, deprivation_status, expected_status, reach_ratio_status, unmet_status, violent_status, ' . $n->(qw(expected_lower unmet_upper violent_ratio)), "area = 'E01990002'"),
	'known not loaded not loaded not loaded not loaded not loaded - - -', 'LSOA 2 has no decile');
is($row->('need_ward', 'lsoas, population, reached_lower, reached_upper, ' . $n->(qw(expected_lower expected_upper reach_ratio_lower reach_ratio_upper unmet_lower unmet_upper violent_crimes violent_expected violent_ratio)), "area = 'E05990002'"),
	'2 7000 11 16 9.2 27.2 0.404412 1.73913 0 16.2 36 45.6 0.789474', 'ward 2: 3000 residents of decile 2 and 4000 of decile 1');
is($row->('need_ward', 'deprivation_status, expected_status, violent_status, ' . $n->(qw(expected_lower violent_crimes violent_expected violent_ratio violent_rate_smoothed)), "area = 'E05990001'"),
	'part loaded part loaded part loaded - 30 - - -', 'ward 1: a decile is missing, so no partial sum');
is($row->('need_ward', 'lsoas, population_status, expected_status, unmet_status, violent_status, ' . $n->(qw(population expected_lower unmet_upper violent_ratio)), "area = 'E05990003'"),
	'0 no best-fit area no best-fit area no best-fit area no best-fit area - - - -', 'ward 3 has no best-fit area');
is($row->('need_district', 'area, name, lsoas, population, reached_lower, reached_upper, deprivation_status', 'true'), 'E08990001 Madeup 4 10000 15 20 part loaded', 'the district');
# Limits: Byar's of the count, worked out here.
my $z = 1.959963984540054;
my ($lower, $upper) = split / /, $row->('need_ward', 'violent_ratio_lower, violent_ratio_upper', "area = 'E05990002'");
cmp_ok(abs($lower - 36 * (1 - 1 / (9 * 36) - $z / (3 * sqrt 36))**3 / 45.6), '<', 1e-12, 'lower limit of the ratio');
cmp_ok(abs($upper - 37 * (1 - 1 / (9 * 37) + $z / (3 * sqrt 37))**3 / 45.6), '<', 1e-12, 'upper limit of the ratio');
my ($least) = $row->('need_ward', 'reach_ratio_lower_limit', "area = 'E05990002'");
cmp_ok(abs($least - 11 * (1 - 1 / (9 * 11) - $z / (3 * sqrt 11))**3 / 27.2), '<', 1e-12, 'lower limit of the reach ratio: of 11 people');
# Smoothed: areas compared are 1, 3 and 4 (Marshall's formulas).
{
	my @e = (18, 12, 24);
	my @p = (1000, 3000, 4000);
	my $r = 54 / 8000;
	my $s2 = max(0, sum0(map { $p[$_] * ($e[$_] / $p[$_] - $r)**2 } 0 .. 2) / 8000 - $r / (8000 / 3));
	my $w = $s2 / ($s2 + $r / 1000);
	my $got = $row->('need_lsoa', 'violent_rate_smoothed', "area = 'E01990001'");
	cmp_ok(abs($got - 1000 * ($w * 0.018 + (1 - $w) * $r)), '<', 1e-9, 'smoothed rate');
}
# Drawn to the neighbours, of whom those with a rate count: LSOA 2 has none, and is the only one beside LSOA 1. Those of 3
# and 4 differ no more than chance has it. Among the nearest two 1 has 3, whose rate differs.
{
	my $rates = 'violent_status, neighbours, ' . $n->(qw(violent_rate violent_rate_lower violent_rate_upper violent_rate_smoothed_local));
	my $byar = sub { my ($e, $p) = @_; return map { sprintf '%.6g', 1000 * $_ / $p } $e * (1 - 1 / (9 * $e) - $z / (3 * sqrt $e))**3, ($e + 1) * (1 - 1 / (9 * ($e + 1)) + $z / (3 * sqrt($e + 1)))**3; };
	my $short = sub { return join ' ', map { /^[\d.]+$/ ? sprintf '%.6g', $_ : $_ } split / /, $_[0]; };
	my @limits = map { join ' ', $byar->(@$_) } [ 18, 1000 ], [ 12, 3000 ], [ 24, 4000 ];
	is($short->($row->('need_rate_lsoa', $rates, "area = 'E01990001'")), "known 0 18 $limits[0] 18", 'LSOA 1 keeps its own rate');
	is($short->($row->('need_rate_lsoa', $rates, "area = 'E01990003'")), sprintf('known 1 4 %s %.6g', $limits[1], 36 / 7), 'LSOA 3 has that of 3 and 4');
	is($short->($row->('need_rate_lsoa', $rates, "area = 'E01990004'")), sprintf('known 1 6 %s %.6g', $limits[2], 36 / 7), 'and so has LSOA 4');
	is($row->('need_rate_lsoa', $rates, "area = 'E01990002'"), 'not loaded - - - -', 'LSOA 2 has no rate');
	my $r = 30 / 4000;
	my $s2 = (1000 * (0.018 - $r)**2 + 3000 * (0.004 - $r)**2) / 4000 - $r / 2000;
	my $got = value("SELECT violent_rate_smoothed_local FROM analysis.need_rates_in('lsoa', '2025-Q2', 'nearest', k => 2) WHERE area = 'E01990001'");
	cmp_ok(abs($got - 1000 * ($r + $s2 / ($s2 + $r / 1000) * (0.018 - $r))), '<', 1e-9, 'LSOA 1 drawn to 3');
	is($row->('need_rate_ward', "area, violent_status, neighbours, (violent_rate_smoothed_local = violent_rate)", "area = 'E05990002'"), 'E05990002 known 0 t', 'by ward');
	is(value("SELECT count(*) || ' ' || sum((r.violent_rate_smoothed IS NOT DISTINCT FROM n.violent_rate_smoothed AND r.violent_status = n.violent_status)::int)
		FROM analysis.need_rate_lsoa r JOIN analysis.need_lsoa n USING (area, period) WHERE r.period = '2025-Q2'"), '4 4', 'the rate drawn to all is that of need_lsoa');
	like(($node->psql('postgres', "$path SELECT * FROM analysis.need_rates_in('district', '2025-Q2')"))[2], qr/Use lsoa or ward/, 'districts have no neighbours here');
}
is(value("SELECT string_agg(area || ' ' || violent_status || ' ' || coalesce(round(violent_expected::numeric, 6)::float8::text, '-'), ', ' ORDER BY area) FROM analysis.need_lsoa WHERE period = '2025-Q3'"),
	'E01990001 part loaded 2.8, E01990002 not loaded -, E01990003 part loaded 6, E01990004 part loaded 11.2', 'one month of three, 6, 6 and 8 crimes: compared with the same month');

# A prevalence. No ages are loaded at first; then bands that the ages cut.
is($row->('need_prevalence_ward', 'people_status, expected_status, unmet_status, reached_lower, reached_upper, ' . $n->(qw(people expected unmet)), "area = 'E05990002'"),
	'ages not loaded ages not loaded ages not loaded 0 15 - - -', 'no ages are loaded');
value("INSERT INTO reference.population (edition, year, level, vintage, area, age, n, source_file)
	SELECT 'Census 2021', 2021, 'lsoa', 2021, ('E0199000' || i)::gss_code, b.age, b.n * i, 5
	FROM generate_series(1, 4) i, (VALUES ('[0,10)'::int4range, 100), ('[10,20)', 200), ('[20,)', 700), ('[0,20)', 300)) b (age, n)");
# LSOA i has 100 i aged 0 to 9 and 200 i aged 10 to 19: 5 of the 10 years of the one and 6 of the other, 170 i, at most 300 i.
is($row->('need_prevalence_lsoa', 'people_lower, people_upper, people_status, ' . $n->(qw(people expected expected_lower expected_upper)), "area = 'E01990003'"),
	'0 900 estimated 510 35.7 0 63', 'LSOA 3: bands that are cut');
# Of the 20 people at least 8 are 5 to 15, at most 15; ward 2 has 11 to 16 people.
is($row->('need_prevalence_ward', 'reached_lower, reached_upper, ' . $n->(qw(people expected unmet unmet_lower unmet_upper reach_ratio reach_ratio_lower reach_ratio_upper)) . ', reach_ratio_status', "area = 'E05990002'"),
	'0 15 1190 83.3 75.8 0 147 0.090036 0 - no upper limit', 'ward 2');
is($row->('need_prevalence_district', 'reached_lower, reached_upper, ' . $n->(qw(people expected unmet unmet_lower unmet_upper)), 'true'), '3 15 1700 119 110 0 207', 'the district: 15 people at least, of whom at most 12 are older');
is($row->('need_prevalence_ward', 'people_status, reach_ratio_status', "area = 'E05990003'"), 'no best-fit area no best-fit area', 'ward 3');
is($row->('need_prevalence_lsoa', 'share, prevalence_year, population_edition, (prevalence_source ~ $$Review$$), (cannot_tell ~ $$now$$)', "area = 'E01990003'"), '0.07 2007 Census 2021 t t', 'its source');
is(value("BEGIN; INSERT INTO reference.prevalence VALUES ('made up', 'one in ten', '[0,20)', 0.1, 0.05, 0.2, 'made up', 2025, 'anything');
	SELECT concat_ws(' ', people_lower, people_upper, people_status, people, expected, expected_lower, expected_upper) FROM analysis.need_prevalence_lsoa
	WHERE period = '2025-Q2' AND area = 'E01990002' AND prevalence = 'made up'"), '600 600 known 600 60 30 120', 'ages as the bands have them, and the limits of a source');
like(($node->psql('postgres', "$path INSERT INTO reference.prevalence VALUES ('x', 'x', '[0,20)', 1.1, NULL, NULL, 'x', 2025, 'x')"))[2], qr/check constraint/, 'a share above 1 is refused');

# Referrals. Wilson's limits of 55 in 80, worked out here.
is(value(receive('P2', '2025-Q2', 'improved', basis => 'caseload_in_period', total => 60, 'age.25+' => 60, 'sex.male' => 60, 'place.not_known' => 60, 'ethnicity.not_known' => 60,
	'caseload.opening' => 30, 'caseload.new' => 30, 'caseload.closed' => 10, 'caseload.closing' => 50,
	'referrals.total' => 80, 'referrals.accepted' => 55, 'referrals.refused' => 10, 'referrals.waiting' => 15, 'referrals.out_of_area' => 0)), 'accepted', 'a return that tells of referrals');
my ($share, $low, $high) = split / /, $row->('need_referrals', 'share_met, share_met_lower, share_met_upper', "programme = 'P2'");
cmp_ok(abs($share - 55 / 80), '<', 1e-15, 'share of demand met');
cmp_ok(abs($low - (2 * 55 + $z**2 - $z * sqrt($z**2 + 4 * 55 * (1 - 55 / 80))) / (2 * (80 + $z**2))), '<', 1e-12, 'its lower limit');
cmp_ok(abs($high - (2 * 55 + $z**2 + $z * sqrt($z**2 + 4 * 55 * (1 - 55 / 80))) / (2 * (80 + $z**2))), '<', 1e-12, 'its upper limit');
is(value("SELECT string_agg(concat_ws(' ', coalesce(programme, 'all'), received_lower, accepted_upper, status), '; ' ORDER BY programme) FROM analysis.need_referrals WHERE period = '2025-Q2'"),
	'P1 not asked; P2 80 55 known; all 80 55 part known', 'the others did not ask; those that were asked add up');
is(value("BEGIN; UPDATE returns.count SET people = '[50,61)' WHERE category = 'referrals.accepted';
	SELECT concat_ws(' ', coalesce(share_met::text, '-'), share_met_lower, share_met_upper, share_method) FROM analysis.need_referrals WHERE period = '2025-Q2' AND programme = 'P2'"),
	'- 0.625 0.75 bounds', 'bounds stay bounds');
is($row->('need_ward', 'returns_received, expected_status', "area = 'E05990002'"), '2 known', 'both returns are in');

# A return that allows any number of people leaves no upper end anywhere, not even where it places some.
is(value("BEGIN; UPDATE returns.count SET people = '[20,)' WHERE category = 'everyone' AND programme = 'P1' AND period = '2025-Q2';
	SELECT string_agg(concat_ws(' ', reached_lower, coalesce(reached_upper::text, '-'), reached_status, expected_status, unmet_lower, coalesce(unmet_upper::text, '-'), unmet_status), '; ' ORDER BY area)
	FROM analysis.need_lsoa WHERE period = '2025-Q2' AND area IN ('E01990003', 'E01990004')"),
	'6 - no upper limit no upper limit 0 - no upper limit; 0 - no upper limit no upper limit 0 - no upper limit', 'no upper limit');

# Clusters: neighbours as they lie; an island has a status.
is(value("SELECT string_agg(concat_ws(' ', area, neighbours, moran_status, quadrant), '; ' ORDER BY area) FROM analysis.need_cluster_lsoa
	WHERE period = '2025-Q2' AND measure = 'violent crime'"),
	'E01990001 1 no neighbours; E01990002 2 no value; E01990003 2 tested LL; E01990004 1 tested LL', 'the only neighbour of LSOA 1 has no value');
is(value("SELECT count(*) FROM analysis.need_cluster_ward WHERE period = '2025-Q2' AND (moran_status IS NULL OR getis_ord_status IS NULL)"), 0, 'a status everywhere');
is(value("BEGIN; UPDATE reference.area SET geom = ST_Translate(geom, 9000, 0) WHERE code = 'E01990001'; SELECT reference.refresh_neighbours('lsoa', 2021::smallint, '{E01990001}');
	SELECT concat_ws(' ', neighbours, moran_status, getis_ord_status) FROM analysis.need_cluster_lsoa WHERE period = '2025-Q2' AND measure = 'deprivation' AND area = 'E01990001'"),
	"0\n0 no neighbours no neighbours", 'an island');
for my $wrong ("'district', '2025-Q2', 'deprivation'", "'ward', '2025-Q2', 'crime'", "'ward', '2025-Q2', 'deprivation', 'bishop'")
{
	like(($node->psql('postgres', "$path SELECT * FROM analysis.need_clusters_in($wrong)"))[2], qr/HINT/, "refused: $wrong");
}
like(($node->psql('postgres', "$path SELECT * FROM analysis.need_in('county', '2025-Q2')"))[2], qr/Use lsoa, ward or district/, 'refused: county');

# Records: where the referred live, and how far they travel. Client 1 and 2 live in LSOA 1, 3 and 4 in LSOA 3, 5 in one of
# 2011 that was split, 6 nowhere that is known; client 1 was referred twice.
value(q{
	CREATE TEMP TABLE made AS SELECT i, repeat(i::text, 64) AS client FROM generate_series(1, 6) i;
	INSERT INTO casework.client_quarter (submission, programme, period, client, relation, sex, ethnicity, lsoa, custody_status)
	SELECT s.id, 'P2', '2025-Q2', m.client, 'primary', 'not known', (SELECT min(code) FROM casework.ethnicity),
		CASE WHEN i <= 2 THEN 'E01990001' WHEN i <= 4 THEN 'E01990003' WHEN i = 5 THEN 'E01980034' END::gss_code, 'not known'
	FROM made m, intake.submission s WHERE s.programme = 'P2' AND s.state = 'accepted';
	INSERT INTO casework.referral (submission, programme, period, client, referred_on, source, result)
	SELECT s.id, 'P2', '2025-Q2', m.client, d.day, 'court', CASE WHEN i = 2 THEN 'refused' WHEN i = 4 THEN 'waiting' ELSE 'accepted' END
	FROM made m, intake.submission s, (VALUES (1, date '2025-07-01'), (2, '2025-08-01')) d (n, day)
	WHERE s.programme = 'P2' AND s.state = 'accepted' AND (i = 1 OR d.n = 1);
	INSERT INTO casework.referral (submission, programme, period, client, referred_on, onward_to, result)
	SELECT s.id, 'P2', '2025-Q2', m.client, '2025-07-09', 'court', 'accepted' FROM made m, intake.submission s WHERE s.programme = 'P2' AND s.state = 'accepted';
	INSERT INTO casework.star_review (programme, client, taken_on, mode, star)
	SELECT 'P2', m.client, r.day, 'agreed', format('goals[0-10](%s,%s)', r.base + i * r.step, 5)::outcome_star
	FROM made m, (VALUES (date '2025-04-10', 1, 0), ('2025-08-10', 2, 1)) r (day, base, step) WHERE i < 6 OR r.step = 0;});
is(value("SELECT string_agg(concat_ws(' ', coalesce(area, '-'), received, received_most, accepted, accepted_most, refused, waiting, status), '; ' ORDER BY area) FROM analysis.need_referrals_lsoa WHERE period = '2025-Q2'"),
	'E01990001 3 78 2 54 1 0 part returned; E01990002 0 75 0 52 0 0 none known; E01990003 2 77 1 53 0 1 part returned; E01990004 0 75 0 52 0 0 none known; - 2 2 0 0 place not known',
	'referrals by LSOA, those made left out: of 80 (55 accepted) 5 (3) are placed');
is(value("SELECT string_agg(concat_ws(' ', coalesce(area, '-'), received, round(share_met::numeric, 6)::float8, status), '; ' ORDER BY area) FROM analysis.need_referrals_ward WHERE period = '2025-Q2'"),
	'E05990001 3 0.666667 part returned; E05990002 2 0.5 part returned; E05990003 0 none known; - 2 1 place not known', 'by ward');
is(value("SELECT string_agg(concat_ws(' ', received, status), '; ' ORDER BY area) FROM analysis.need_referrals_district WHERE period = '2025-Q2'"), '5 part returned; 2 place not known', 'by district');
is(value("SELECT DISTINCT concat_ws(' ', coalesce(received::text, '-'), status) FROM analysis.need_referrals_ward WHERE period = '2025-Q3'"), '- no records', 'a quarter without records');
# Scale 1 goes from 1 to 2 + i, scale 2 stays.
is(value("SELECT string_agg(concat_ws(' ', coalesce(decile, '-'), o.period, clients, paired, round(mean_days), pairs, mean_change, status), '; ' ORDER BY decile)
	FROM analysis.need_outcome_decile o WHERE scale = 'scale 1' AND o.period = '2025-Q2'"),
	'1 2025-Q2 2 2 122 2 2.5 known; 2 2025-Q2 2 2 122 2 4.5 known; - 2025-Q2 1 1 122 1 6 place not known', 'distance travelled by decile: plainly (2 + 3) / 2 and (4 + 5) / 2');
is(value("SELECT string_agg(concat_ws(' ', coalesce(area, '-'), clients, paired, status), '; ' ORDER BY area, paired DESC) FROM analysis.need_outcome_lsoa o WHERE scale = 'scale 1'"),
	'E01990001 2 2 known; E01990003 2 2 known; - 1 1 place not known; - 1 0 place not known', 'by LSOA');
is(value("SELECT count(*) FROM analysis.need_outcome_$_ WHERE status IS NULL"), 0, "a status everywhere: need_outcome_$_") for 'ward', 'district';

# An analyst may read them all; a partner none.
for my $view (@views)
{
	my ($code, undef, $err) = $node->psql('postgres', "$path SET ROLE wardstar_analyst; SELECT count(*) FROM analysis.$view");
	is("$code$err", '0', "an analyst reads $view");
	($code, undef, $err) = $node->psql('postgres', "$path SET ROLE wardstar_partner; SELECT count(*) FROM analysis.$view");
	like($err, qr/permission denied/, "a partner doesn't");
}
is(($node->psql('postgres', "$path SET ROLE wardstar_analyst; SELECT count(*) FROM reference.area_neighbours('distance', 'lsoa', metres => 5000), reference.area_islands('queen', 'lsoa')"))[0], 0, 'and the neighbours');

is(value("SELECT string_agg(concat_ws(' ', area, neighbours), '; ' ORDER BY area) FROM analysis.need_clusters_in('lsoa', '2025-Q2', 'deprivation', 'nearest', 99, 1, NULL, 2)"),
	'E01990001 2; E01990002 2; E01990003 2; E01990004 2', 'the two nearest as neighbours');

# Projections: the series with its gap is the one projected, under the quarters that follow.
is(value(receive('P1', '2024-Q4', 'new', total => 30, 'place.lsoa.E01990003' => 30)), 'accepted', 'two quarters before');
is(value("SELECT string_agg(concat_ws(' ', n.programme, n.period, n.ahead, n.method, n.series, n.quarters_known), '; ' ORDER BY n.programme) FROM analysis.need_projection n WHERE n.ahead = 2"),
	'P1 2025-Q4 2 level from 2 quarters, wide limits {"[30,31)",NULL,"[20,21)"} 2; P2 2025-Q4 2 level from one quarter, very wide limits {"[60,61)"} 1', 'by programme');
is(value("SELECT bool_and(ROW(n.value, n.lower_80, n.upper_80, n.lower_95, n.upper_95, n.method) = ROW(p.value, p.lower_80, p.upper_80, p.lower_95, p.upper_95, p.method)) || ' ' || count(*)
	FROM analysis.need_projection n JOIN demand_projection('{30,NULL,20}'::int[], 4) p ON p.quarter = n.ahead WHERE n.programme = 'P1'"), 'true 4', 'as demand_projection has it');
is(value("SELECT concat_ws(' ', count(*), count(DISTINCT area), max(series::text)) FROM analysis.need_projection_ward WHERE area = 'E05990002'"),
	'4 1 {"[30,31)",NULL,"[11,77)"}', 'by ward: people reached') ;
is(value("SELECT concat_ws(' ', count(*), min(area), max(quarters_known)) FROM analysis.need_projection_district"), '4 E08990001 2', 'by district');
like(($node->psql('postgres', "$path SELECT * FROM analysis.need_projection_in('lsoa')"))[2], qr/too few people/, 'LSOAs are not projected');

# Bounds by decile, district and age, against made-up people of whom everything is known.
srand(7);
my @decile_of = (undef, 1, 0, 2, 1);
my @ward_of = (undef, 1, 1, 2, 2);
my @bands = ([ 'age.0-4', 0, 4 ], [ 'age.5-11', 5, 11 ], [ 'age.11-16', 12, 16 ], [ 'age.16-18', 17, 18 ], [ 'age.18-25', 19, 25 ], [ 'age.25+', 26, 40 ]);
value('DELETE FROM returns.count; UPDATE intake.submission SET state = $$superseded$$, superseded_by = id WHERE false');
my $attained = 0;
for my $round (1 .. 30)
{
	my (%answers, %surely, %maybe, %truth, %truth_aged);
	my ($total, $nowhere) = (0, 0);
	for (1 .. int rand 15)
	{
		my $lsoa = 1 + int rand 4;
		my $way = int rand 4;
		my $band = $bands[ rand @bands ];
		my $age = $band->[1] + int rand($band->[2] - $band->[1] + 1);
		my $places = sub { return ("lsoa $_[0]", "ward $ward_of[$_[0]]", 'district', $decile_of[ $_[0] ] ? "decile $decile_of[$_[0]]" : ()) };
		$total++;
		$truth{$_}++ for $places->($lsoa);
		if ($age >= 5 && $age < 16) { $truth_aged{$_}++ for $places->($lsoa); }
		$answers{ $band->[0] }++ if $way != 3 || rand() < 0.5;
		if ($way == 0)
		{
			$answers{"place.lsoa.E0199000$lsoa"}++;
			if ($decile_of[$lsoa]) { $surely{"decile $decile_of[$lsoa]"}++; } else { $nowhere++; }
			$surely{district}++;
		}
		elsif ($way == 1) { $answers{"place.ward.E0599000$ward_of[$lsoa]"}++; $surely{district}++; if ($ward_of[$lsoa] == 2) { $maybe{"decile $_"}++ for 1, 2; } else { $nowhere++; } }
		elsif ($way == 2 && $lsoa > 2) { $answers{'place.lsoa.E01980034'}++; $surely{district}++; $maybe{"decile $_"}++ for 1, 2; }
		else { $answers{'place.not_known'}++; $nowhere++; $maybe{district}++; }
	}
	my %got = map { split /\|/ } grep { /\|/ } split /\n/, value('BEGIN; ' . receive('P1', '2023-Q1', 'new', total => $total, 'place.not_known' => 0, %answers) . q{
		SELECT 'decile ' || place, people FROM analysis.people_in_places('decile', '2023-Q1')
		UNION ALL SELECT 'district', people FROM analysis.people_in_places('district', '2023-Q1')
		UNION ALL SELECT 'aged ' || l || CASE l WHEN 'district' THEN '' ELSE ' ' || right(place, 1) END, people
		FROM unnest('{lsoa,ward,district,decile}'::text[]) l, analysis.people_in_places(l, '2023-Q1', '[5,16)')});
	is(join(' ', map { "$_ $got{$_}" } 'decile 1', 'decile 2', 'district'),
		join(' ', map { sprintf '%s [%d,%d)', $_, $surely{$_} // 0, min($total, ($surely{$_} // 0) + ($maybe{$_} // 0) + ($_ eq 'district' ? 0 : $nowhere)) + 1 } 'decile 1', 'decile 2', 'district'),
		"round $round: by decile and district");
	my @out;
	for my $place (grep { /^aged/ } sort keys %got)
	{
		my ($from, $to) = $got{$place} =~ /^\[(\d+),(\d+)\)$/;
		(my $key = $place) =~ s/^aged //;
		my $true = $truth_aged{$key} // 0;
		push @out, "$place $got{$place}: $true" if $true < $from || $true >= $to;
		$attained++ if $true == $from || $true == $to - 1;
	}
	is("@out", '', "round $round: the bounds of an age hold the truth in " . keys(%got) . ' places');
}
cmp_ok($attained, '>', 50, "and are often attained ($attained times)");
done_testing();
