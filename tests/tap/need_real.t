# The need views on real data: both deprivation editions, every ward and LSOA, ten months of crime. Everything is counted
# again from the raw files, by awk and by this script.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use JSON::PP;
use List::Util qw(max min sum0 uniq);
use PostgreSQL::Test::Cluster;
use Test::More;

my $data = $ENV{WARDSTAR_DATA};
plan skip_all => "the real files are not at WARDSTAR_DATA ($data)" unless -d "$data/crime" && -d "$data/boundaries";
my $node = PostgreSQL::Test::Cluster->new('need_real');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nshared_buffers = '256MB'\nmax_wal_size = '4GB'\n");
$node->start;
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }
sub table { my ($sql) = @_; return map { my @c = split /\|/, $_, -1; (shift @c => \@c) } split /\n/, value($sql); }
hub_ok($node, 'migrate', '--quiet');
hub_ok($node, 'load', '--quiet', $data);

# The raw files. Only names hold commas, and those of File 1 of 2019 its ranks, in double quotes.
sub rows
{
	my ($file) = @_;
	open my $fh, '<:raw', $file or die "$file: $!";
	<$fh>;
	return map { s/\r?\n//; [ map { s/^"|"$//gr } /("[^"]*"|[^,]*)(?:,|$)/g ] } <$fh>;
}
my (%violent, %all_lsoas);
for (split /\n/, `awk -F, 'FNR > 1 && (\$10 == "Violence and sexual offences" || \$10 == "Robbery" || \$10 == "Possession of weapons") { n[\$2 " " \$8]++ } END { for (k in n) print k, n[k] }' $data/crime/*-street.csv`)
{
	my ($month, $lsoa, $n) = split / /;
	$violent{$month}{$lsoa} = $n;
}
my %residents;
my %young;
for (rows("$data/population/census2021_age_bands_lsoa21_merseyside.csv"))
{
	$residents{ $_->[0] } += $_->[3];
	$young{ $_->[0] } = $_->[3] if $_->[2] eq 'Aged 15 years and under';
}
my %decile = map { ($_->[0] => $_->[5]) } rows("$data/iod2025/File_1_IoD2025_Index_of_Multiple_Deprivation.csv");
my %ward_of = map { ($_->[1] => $_->[3]) } rows("$data/lookups/lsoa21_ward24_ltla24_england_wales.csv");
my %district_of = map { ($_->[1] => $_->[5]) } rows("$data/lookups/lsoa21_ward24_ltla24_england_wales.csv");
my @lsoas = keys %residents;
is(scalar @lsoas, 923, 'LSOAs in the raw files');

# Two made-up returns, one of them with bounds: Figure 1 of the report.
my $in = 'E01033760';
my $ward = 'E05015277';
for ([ 'A', 'new', { total => 60, 'age.5-11' => 25, 'age.25+' => 35, "place.lsoa.$in" => 30, "place.ward.$ward" => 12, 'place.not_known' => 18 } ],
	[ 'B', 'old', { 'role.parent_carer' => 18, 'age.18-25' => 5, 'age.25+' => 16, "place.lsoa.$in" => 9 } ])
{
	my ($programme, $form, $answers) = @$_;
	hub_ok($node, 'programme', 'add', $programme, '--organisation', $programme, '--made-up', '--expected', '2025-Q2');
	my $json = encode_json({ map { $_ => "$answers->{$_}" } keys %$answers });
	is(value("SELECT state FROM intake.receive('$programme', '2025-Q2', '$form', 'f.csv', 1, sha256('$programme'), 'test', '$json')"), 'accepted', "the return of $programme");
}
# Bounds of deciles: A has 30 surely in that of its LSOA, 12 somewhere in the ward's, 18 anywhere; B has 9, and 30 more at most.
my %ward_deciles = map { $decile{$_} => 1 } grep { $ward_of{$_} eq $ward } @lsoas;
my %in_decile;
push @{ $in_decile{ $decile{$_} } }, $_ for @lsoas;
my (%low, %high, %people);
for my $d (1 .. 10)
{
	$people{$d} = sum0(@residents{ @{ $in_decile{$d} } });
	$low{$d} = $d == $decile{$in} ? 30 : 0;
	$high{$d} = ($d == $decile{$in} ? 30 : 0) + ($ward_deciles{$d} ? 12 : 0) + 18 + 39 - ($d == $decile{$in} ? 0 : 9);
}
my %got = table("SELECT decile, lsoas, population, reached_lower, reached_upper FROM analysis.need_decile WHERE period = '2025-Q2'");
is(join('; ', map { join ' ', $_, @{ $got{$_} } } sort { $a <=> $b } keys %got),
	join('; ', map { join ' ', $_, scalar @{ $in_decile{$_} }, $people{$_}, $low{$_}, $high{$_} } 1 .. 10), 'LSOAs, residents and bounds of each decile');

# By ward, LSOA and district: expected people, expected violence, and the ratio with Byar's or exact limits.
my @months = ('2025-07', '2025-08', '2025-09');
my %v = map { my $l = $_; ($l => sum0(map { $violent{$_}{$l} // 0 } @months)) } @lsoas;
my %rate = map { my $d = $_; ($d => sum0(@v{ @{ $in_decile{$d} } }) / $people{$d}) } 1 .. 10;
my $z = 1.959963984540054;
# Everything of an area that is made of these LSOAs.
sub expected
{
	my (@in) = @_;
	my $o = sum0(@v{@in});
	my $e = sum0(map { $residents{$_} * $rate{ $decile{$_} } } @in);
	return (sum0(@residents{@in}), $o, $e, $o / $e,
		$o < 10 ? undef : $o * (1 - 1 / (9 * $o) - $z / (3 * sqrt $o))**3 / $e,
		$o < 10 ? undef : ($o + 1) * (1 - 1 / (9 * ($o + 1)) + $z / (3 * sqrt($o + 1)))**3 / $e,
		sum0(map { $residents{$_} * $low{ $decile{$_} } / $people{ $decile{$_} } } @in),
		sum0(map { $residents{$_} * $high{ $decile{$_} } / $people{ $decile{$_} } } @in));
}
my %of;
for my $l (@lsoas)
{
	push @{ $of{lsoa}{$l} }, $l;
	push @{ $of{ward}{ $ward_of{$l} } }, $l;
	push @{ $of{district}{ $district_of{$l} } }, $l;
}
my $columns = 'population, violent_crimes, violent_expected, violent_ratio, violent_ratio_lower, violent_ratio_upper, expected_lower, expected_upper';
for ([ 'lsoa', 923 ], [ 'ward', 140 ], [ 'district', 5 ])
{
	my ($level, $areas) = @$_;
	my %view = table("SELECT area, $columns FROM analysis.need_$level WHERE period = '2025-Q2'");
	my (@wrong, $compared);
	for my $area (keys %view)
	{
		my $in = $of{$level}{$area} or next;
		$compared++;
		my @want = expected(@$in);
		for my $i (0 .. $#want)
		{
			push @wrong, "$area $i: $view{$area}[$i] $want[$i]" if defined $want[$i] && abs($view{$area}[$i] - $want[$i]) > 1e-9 * (1e-3 + abs $want[$i]);
		}
	}
	is($compared, $areas, "$level: areas");
	is(join(', ', @wrong[ 0 .. min(5, $#wrong) ]), '', "$level: $columns, by the raw files");
}
is(value("SELECT count(*) || ' ' || min(expected_status) || ', ' || min(violent_status) FROM analysis.need_ward WHERE period = '2025-Q2' AND area = 'E05015332'"),
	'1 no best-fit area, no best-fit area', 'all 141 wards: the one that the lookup leaves out says so');
# Unmet need and reach of one ward and its LSOA, from the bounds above.
{
	my @e = (expected(@{ $of{ward}{ $ward_of{$in} } }))[ 6, 7 ];
	my ($ratio_low, $ratio_high, $unmet_low, $unmet_high) = split /\|/, value("SELECT reach_ratio_lower, reach_ratio_upper, unmet_lower, unmet_upper FROM analysis.need_ward WHERE period = '2025-Q2' AND area = '$ward_of{$in}'");
	# At least 30 are there; at most A's 30 and 18, and B's 39.
	cmp_ok(abs($ratio_low - 30 / $e[1]), '<', 1e-9, 'least reach');
	cmp_ok(abs($ratio_high - (30 + 18 + 39) / $e[0]), '<', 1e-9, 'most reach');
	cmp_ok(abs($unmet_low - max(0, $e[0] - 87)) + abs($unmet_high - max(0, $e[1] - 30)), '<', 1e-9, 'unmet need');
}
# Rates drawn to the neighbours, beside spdep's.
SKIP:
{
	my $files = $node->basedir;
	my $r = "$ENV{WARDSTAR_ROOT}/tests/fixtures/need_rates.R";
	for my $level ('ward', 'lsoa')
	{
		my %rate = table("SELECT area, violent_crimes, population, violent_rate_smoothed_local, neighbours FROM analysis.need_rate_$level WHERE period = '2025-Q2' AND violent_rate IS NOT NULL");
		my @pairs = grep { my @p = split / /; $rate{ $p[0] } && $rate{ $p[1] } } split /\n/, value("SELECT area::text || ' ' || neighbour FROM reference.area_neighbours('queen', '$level')");
		PostgreSQL::Test::Utils::append_to_file("$files/$level.areas", join '', map { "$_ $rate{$_}[0] $rate{$_}[1]\n" } sort keys %rate);
		PostgreSQL::Test::Utils::append_to_file("$files/$level.pairs", join '', map { "$_\n" } @pairs);
		my ($out, $err) = ('', '');
		skip 'R and spdep are not at hand', 3 if system(q(Rscript -e 'library(spdep)' >/dev/null 2>&1)) != 0;
		ok(IPC::Run::run([ 'Rscript', $r, "$files/$level.areas", "$files/$level.pairs" ], '>', \$out, '2>', \$err), 'spdep runs') or diag($err);
		my %spdep = map { split / / } split /\n/, $out;
		my @off = grep { abs($rate{$_}[2] - ($spdep{$_} // -1)) > 1e-9 * $rate{$_}[2] } keys %rate;
		is(scalar(keys %spdep) . " @off", { ward => '140 ', lsoa => '923 ' }->{$level}, "$level: rates drawn to the neighbours are spdep's");
		is(sum0(map { $_->[3] } values %rate), scalar @pairs, "$level: by so many neighbours");
	}
}
# Ages 5 to 15 of a census whose band ends at 15: shared evenly, and at most the band.
my %prevalence = table("SELECT area, people, people_lower, people_upper, expected, expected_upper, people_status FROM analysis.need_prevalence_ward WHERE period = '2025-Q2'");
my @off = grep { my $n = sum0(@young{ @{ $of{ward}{$_} } }); abs($prevalence{$_}[0] - $n * 11 / 16) > 1e-6 || $prevalence{$_}[2] != $n
		|| abs($prevalence{$_}[3] - 0.07 * $n * 11 / 16) > 1e-9 * $n || abs($prevalence{$_}[4] - 0.07 * $n) > 1e-9 * $n || $prevalence{$_}[5] ne 'estimated' } grep { $of{ward}{$_} } keys %prevalence;
is(scalar(keys %prevalence) . " @off", '141 ', '7% of those aged 5 to 15, by ward');

# Every quarter of the ten months. December 2021 has codes of 2011, the others those of 2021.
my %quarters = ('2021-Q3' => ['2021-12'], '2024-Q4' => [ '2025-01', '2025-02', '2025-03' ], '2025-Q1' => [ '2025-04', '2025-05', '2025-06' ], '2025-Q2' => \@months);
for my $q (sort keys %quarters)
{
	my ($n, $months, $status) = split /\|/, value("SELECT sum(violent_crimes), max(crime_months), string_agg(DISTINCT violent_status, ',') FROM analysis.need_lsoa WHERE period = '$q'");
	my %known = map { $_ => 1 } @lsoas;
	if ($q eq '2021-Q3') { $known{ $_->[1] } = 1 for grep { $known{ $_->[4] } } rows("$data/lookups/lsoa11_lsoa21_ltla22_england_wales.csv"); }
	my $raw = sum0(map { my $m = $_; map { $violent{$m}{$_} } grep { $known{$_} } keys %{ $violent{$m} } } @{ $quarters{$q} });
	cmp_ok(abs($n - $raw), '<', 1e-6, "$q: $raw violent crimes");
	is($months, scalar @{ $quarters{$q} }, "$q: months");
	is($status, $q eq '2021-Q3' ? 'part loaded' : 'known', "$q: $status");
}

# The edition of 2019 speaks of LSOAs of 2011. Without those of 2021 it is the one chosen, with the population by single years.
my %decile_2019 = map { ($_->[0] => $_->[5]) } rows("$data/imd2019/File_1_-_IMD2019_Index_of_Multiple_Deprivation.csv");
my (%n_2020, %school);
for (rows("$data/population/mid2020_population_single_year_lsoa11_merseyside.csv"))
{
	$n_2020{ $_->[1] } = $_->[2];
	$school{ $_->[1] } = sum0(@$_[ 3 + 5 .. 3 + 15 ]);
}
my $old = "BEGIN; DELETE FROM reference.area WHERE level = 'lsoa' AND vintage = 2021; ANALYZE reference.area;";
my %deciles_2019 = table("$old SELECT decile, lsoas, population, deprivation_edition, population_edition FROM analysis.need_decile WHERE period = '2025-Q2'");
delete $deciles_2019{''};
my %count_2019;
for (keys %n_2020) { $count_2019{ $decile_2019{$_} }[0]++; $count_2019{ $decile_2019{$_} }[1] += $n_2020{$_}; }
is(join('; ', map { join ' ', $_, @{ $deciles_2019{$_} } } sort { $a <=> $b } keys %deciles_2019),
	join('; ', map { join ' ', $_, @{ $count_2019{$_} }, 2019, 'mid-2020' } sort { $a <=> $b } keys %count_2019), 'deciles of 2019');
my %school_got = table("$old SELECT area, people, people_lower, people_upper, expected, people_status FROM analysis.need_prevalence_lsoa WHERE period = '2025-Q2'");
@off = grep { my $g = $school_got{$_} // []; ($g->[0] // -1) != $school{$_} || $g->[1] != $school{$_} || $g->[2] != $school{$_} || abs($g->[3] - 0.07 * $school{$_}) > 1e-9 || $g->[4] ne 'known' } keys %school;
is(scalar(keys %school) . " @off", '910 ', '5 to 15 by single years: no bounds are needed');

# Clusters and islands: every area has a status, and as many neighbours as reference.area_neighbours says.
is(value("SELECT string_agg(s, ', ' ORDER BY s) FROM (SELECT measure || ' ' || moran_status || ' ' || count(*) AS s FROM analysis.need_cluster_ward WHERE period = '2025-Q2'
	AND measure <> 'unmet need' GROUP BY measure, moran_status) x"), 'deprivation no value 1, deprivation tested 140, violent crime no value 1, violent crime tested 140', 'clusters of wards');
is(value("SELECT sum(neighbours) FROM analysis.need_cluster_lsoa WHERE period = '2025-Q2' AND measure = 'deprivation'"), 5316, 'neighbours of LSOAs, each pair both ways');
# The highest smoothed rate lies in the hot spot of the city centre.
is(value("SELECT quadrant || ' ' || spot FROM analysis.need_cluster_ward WHERE period = '2025-Q2' AND measure = 'violent crime' ORDER BY measure_value DESC NULLS LAST LIMIT 1"), 'HH hot spot', 'the city centre');
done_testing();
