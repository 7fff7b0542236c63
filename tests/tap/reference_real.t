# The real files, where they are at hand (WARDSTAR_DATA): what is stored is what awk finds in the raw files, and
# the order of loads makes no difference.
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use HubTest;
use PostgreSQL::Test::Cluster;
use ReferenceTest;
use Test::More;

my $data = $ENV{WARDSTAR_DATA} // '';
plan skip_all => 'the real files are not at hand (WARDSTAR_DATA)' if !-d "$data/crime";

my $node = PostgreSQL::Test::Cluster->new('real');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nshared_buffers = 256MB\nmax_wal_size = 4GB\n");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE backwards');
sub sql { return $node->safe_psql('postgres', $_[0]) }

# One line of awk over raw files, its output sorted by bytes.
sub awk
{
	my ($program, @files) = @_;
	open my $pipe, '-|', 'awk', '-F,', $program, @files or die $!;
	return join '', sort <$pipe>;
}
sub sorted { return join '', sort map { "$_\n" } split /\n/, $_[0] }

hub_ok($node, 'migrate');
my %said;
for my $folder (qw(boundaries lookups population imd2019 iod2025 postcodes crime))
{
	my ($code, $out, $err) = hub($node, 'load', "$data/$folder");
	is($code, 0, "load $folder") or diag($out . $err);
	$said{$folder} = $out . $err;
}
is(sql('SELECT count(*) FROM reference.rejected_row'), 0, 'no row of them is rejected');

# Areas.
is(sql('SELECT level, vintage, count(*) FROM reference.area GROUP BY 1, 2 ORDER BY 1, 2'), lines('lsoa|2011|910', 'lsoa|2021|923', 'ward|2013|111', 'ward|2025|141'),
	'910 LSOAs of 2011, 923 of 2021, 141 wards of 2025');
is(sql('SELECT code, vintage FROM reference.area WHERE repaired ORDER BY code'), lines(map { "$_|2011" } qw(E01006453 E01006527 E01007009 E01007154)), 'four invalid boundaries are mended');
like($said{boundaries}, qr/with invalid rings, mended: $_/, '... and reported') for qw(E01006453 E01006527 E01007009 E01007154);
is(sql("SELECT bool_and(ST_IsValid(geom)), string_agg(DISTINCT GeometryType(geom), ' '), max(ST_SRID(geom)) FROM reference.area"), 't|MULTIPOLYGON|27700',
	'all are valid MultiPolygon on the grid');
is(sql("SELECT district, count(*) FROM reference.area WHERE level = 'ward' AND vintage = 2025 GROUP BY 1 ORDER BY 1"),
	lines('E08000011|15', 'E08000012|64', 'E08000013|18', 'E08000014|22', 'E08000015|22'), 'wards by district');
# The ONS gives the middle of each ward on the grid: it must lie in the ward's box there.
my $off = 0;
for my $file (glob "$data/boundaries/ward2025_*.geojson")
{
	open my $fh, '<', $file or die $!;
	while (<$fh>)
	{
		next if !/"WD25CD": "(E\d+)".*"BNG_E": (\d+), "BNG_N": (\d+)/;
		$off++ if sql("SELECT ST_MakePoint($2, $3)::box2d && geom::box2d FROM reference.area WHERE level = 'ward' AND vintage = 2025 AND code = '$1'") ne 't';
	}
}
is($off, 0, 'each ward lies where the ONS says');

# Crime.
my @street = glob "$data/crime/*-street.csv";
is(sql('SELECT count(*) FROM reference.crime'), 128132, '128,132 crimes');
is(sql("SELECT count(*), count(*) FILTER (WHERE crime_id IS NULL) FROM reference.crime WHERE month = '2021-12-01'"), '14018|1144', '14,018 in 2021-12, 1,144 without ID');
my $raw = awk('FNR > 1 { n[$8 "|" $2 "-01|" $10]++ } END { for (k in n) print k "|" n[k] }', @street);
ok(sorted(sql('SELECT * FROM reference.crime_count')) eq $raw, 'counts by LSOA, month and type are those of awk') or diag(substr $raw, 0, 300);
is(sql("SELECT sum(n) FROM reference.crime_count WHERE area = 'E01033760' AND crime_type = 'Violence and sexual offences'"), 1327, 'E01033760: 1,327 of violence and sexual offences');
is(sql('SELECT area, month, crime_type, n FROM reference.crime_count EXCEPT
	SELECT c.lsoa, c.month, t.name, count(*) FROM reference.crime AS c JOIN reference.crime_type AS t ON t.id = c.crime_type GROUP BY 1, 2, 3'), '',
	'the counts that are kept are those of the rows');
like($said{crime}, qr/2021-12-merseyside-street\.csv: 6 crimes with codes outside the loaded boundaries, kept/, 'codes outside the boundaries are kept and reported');

# On one vintage: which codes go elsewhere, and how many crimes, by awk over the lookup and the raw files.
is(sql('SELECT vintage, trim_scale(sum(n)), bool_or(estimated) FROM reference.crime_count_on GROUP BY 1 ORDER BY 1'), lines('2011|128132|f', '2021|128132|f'),
	'all crimes on either vintage, none of them estimated');
my ($change) = glob "$data/lookups/lsoa11_lsoa21_*.csv";
for my $case ([ 2021, '$2', '$5' ], [ 2011, '$5', '$2' ])
{
	my ($vintage, $from, $to) = @$case;
	# With one candidate the crimes of a code go there; what has several is left out on both sides.
	my $moved = awk('function bare(s) { gsub(/"/, "", s); return s }
		NR == FNR { if (FNR > 1) { f = bare(' . $from . '); t = bare(' . $to . '); many[f]++; to[f] = t; reach[t] = reach[t] " " f } next }
		FNR > 1 { c = $8; if (many[c] > 1) next; n[(c in to ? to[c] : c) "|" $2 "-01|" $10]++ }
		END { for (t in reach) { k = split(reach[t], from, " "); for (i = 1; i <= k; i++) if (many[from[i]] > 1) mixed[t] = 1 }
			for (k in n) { split(k, p, "|"); if (!(p[1] in mixed)) print k "|" n[k] } }', $change, @street);
	my $sql = sprintf 'SELECT area, month, crime_type, trim_scale(n) FROM reference.crime_count_on WHERE vintage = %d AND area NOT IN (
		SELECT %2$s FROM reference.lsoa_change WHERE %3$s IN (SELECT %3$s FROM reference.lsoa_change GROUP BY %3$s HAVING count(*) > 1))',
	  $vintage, $vintage == 2021 ? ('lsoa21', 'lsoa11') : ('lsoa11', 'lsoa21');
	ok(sorted(sql($sql)) eq $moved, "what has one candidate on $vintage is what awk finds");
	is(sql("SELECT count(*) FROM reference.crime_moved AS m WHERE m.vintage = $vintage AND NOT EXISTS (SELECT FROM reference.lsoa_change AS c
		WHERE (CASE $vintage WHEN 2021 THEN c.lsoa11 ELSE c.lsoa21 END, CASE $vintage WHEN 2021 THEN c.lsoa21 ELSE c.lsoa11 END) = (m.lsoa, m.target))"), 0,
		'what has several went to one of them');
}
is(sql("SELECT sum(n) FROM reference.crime_moved WHERE vintage = 2021"),
	awk('NR == FNR { gsub(/"/, ""); if (FNR > 1) many[$2]++; next } FNR > 1 && many[$8] > 1 { n++ } END { printf "%d", n }', $change, @street), 'crimes of split codes, by point');

# Deprivation.
my ($file1) = glob "$data/imd2019/File_1_*.csv";
my $deciles = awk('{ gsub(/\r/, "") } $3 ~ /^E0800001[1-5]$/ { print $1 "|" $NF }', $file1);
is(($deciles =~ tr/\n//), 910, 'Merseyside has 910 LSOAs in File 1 of 2019');
ok(sorted(sql("SELECT lsoa, decile FROM reference.deprivation WHERE edition = 2019 AND district BETWEEN 'E08000011' AND 'E08000015'")) eq $deciles, 'their deciles are those of the file');
ok(sorted(sql("SELECT lsoa, rank FROM reference.deprivation WHERE edition = 2019")) eq
	awk('FNR > 1 { r = $0; sub(/,[0-9]+\r?$/, "", r); if (sub(/"$/, "", r)) sub(/.*"/, "", r); else sub(/.*,/, "", r); gsub(/,/, "", r); print $1 "|" r }', $file1),
	'all ranks too, thousands commas or not');
is(sql('SELECT edition, count(*), count(rank), count(DISTINCT rank), count(score), count(income_decile), count(population) FROM reference.deprivation GROUP BY 1 ORDER BY 1'),
	lines('2019|32844|32844|32818|910|32844|32844', '2025|33755|33755|33755|3|3|3'), 'ranks of 2019 tie; each file filled its own columns');
ok(sorted(sql("SELECT lsoa, income_score FROM reference.deprivation WHERE edition = 2019 AND score IS NOT NULL")) eq
	awk('FNR > 1 { printf "%s|%s\n", $1, $3 / 100 }', "$data/imd2019/imd2019_overall_score_merseyside.csv"), 'percentages are rates');
is(sql("SELECT score, income_rank, idaopi_decile, outdoors_score, population_employment FROM reference.deprivation WHERE edition = 2025 AND lsoa = 'E01000003'"),
	'9.25|25167|5|1.679|1469', 'a row of File 7 of 2025');

# Lookups and wards.
is(sql('SELECT lsoa_vintage, ward_vintage, count(*) FROM reference.ward_best_fit GROUP BY 1, 2 ORDER BY 1'), lines('2011|2019|34753', '2021|2024|35672'), 'best fits');
is(sql('SELECT change, count(*) FROM reference.lsoa_change GROUP BY 1 ORDER BY 1'), lines('M|239', 'S|1900', 'U|33647', 'X|9'), 'changes');
is(sql('SELECT lsoa_vintage, ward_vintage, covered, wards, edition FROM reference.ward_lookup WHERE vintage = 2025 AND chosen'),
	'2021|2024|140|141|Ward 2025 boundaries, LSOA 2021 to Ward 2024 best fit (140 of 141 wards)', 'the lookup that covers the wards of 2025 best');
is(sql("SELECT ward, lsoas FROM reference.ward WHERE vintage = 2025 AND status = 'no best-fit area'"), 'E05015332|0', 'E05015332 has no best-fit area');
# Its crimes counted by another way: the published boundary in degrees, ray by ray.
my ($ward) = map { /"E05015332".*?("coordinates".*)\}\s*\}/ ? $1 : () } map { local (@ARGV, $/) = $_; <> } "$data/boundaries/ward2025_E08000012.geojson";
my @ring = map { [split /, /] } $ward =~ /\[ (-?[\d.]+, -?[\d.]+) \]/g;
my %inside;
for my $file (@street)
{
	open my $fh, '<', $file or die $!;
	while (<$fh>)
	{
		my (undef, $month, undef, undef, $x, $y, undef, undef, undef, $type) = split /,/;
		next if $month eq 'Month';
		my $in = 0;
		for my $i (0 .. $#ring)
		{
			my ($a, $b) = ($ring[ $i - 1 ], $ring[$i]);
			$in ^= 1 if ($a->[1] > $y) != ($b->[1] > $y) && $x < ($b->[0] - $a->[0]) * ($y - $a->[1]) / ($b->[1] - $a->[1]) + $a->[0];
		}
		$inside{"$month-01|$type"}++ if $in;
	}
}
is(sorted(sql("SELECT month, crime_type, n FROM reference.ward_crime_count WHERE vintage = 2025 AND ward = 'E05015332'")),
	join('', sort map { "$_|$inside{$_}\n" } keys %inside), 'its crimes are counted by point');

# Postcodes and population.
is(sql('SELECT edition, count(*), count(lsoa11), count(lsoa21) FROM reference.postcode GROUP BY 1 ORDER BY 1'),
	lines('Code-Point Open 2014|37434|33591|33568', 'NSPL 2021-11|240|240|0'), 'postcodes');
is(sql('SELECT count(*) FROM reference.postcode WHERE terminated IS NOT NULL'),
	awk('FNR > 1 && $5 != "\"\"" { n++ } END { printf "%d", n }', glob "$data/postcodes/NSPL*.csv"), 'terminated ones are kept');
# Almost all lie in the district that the file itself names.
cmp_ok(sql("SELECT count(*) FILTER (WHERE f.district = p.district)::float8 / count(*) FROM reference.postcode AS p
	JOIN reference.ward_best_fit AS f ON f.lsoa = p.lsoa21 AND f.lsoa_vintage = 2021 WHERE p.lsoa_by_point"), '>', 0.995, 'LSOAs by point lie in the district that the file gives');
ok(sorted(sql("SELECT area, n FROM reference.population_total WHERE edition = 'mid-2020'")) eq
	awk('FNR > 1 { print $2 "|" $3 }', glob "$data/population/mid2020*.csv"), 'totals of mid-2020');
ok(sorted(sql("SELECT area, n FROM reference.population_total WHERE edition = 'Census 2021'")) eq
	awk('FNR > 1 { n[$1] += $NF } END { for (k in n) print k "|" n[k] }', glob "$data/population/census2021_age*.csv"), 'totals of 2021 are the sums of the bands');

# The same files in another order.
hub_ok([ $node, 'backwards' ], 'migrate');
for my $folder (qw(crime postcodes population iod2025 imd2019 lookups boundaries))
{
	my @files = reverse sort glob "$data/$folder/*";
	my ($code, $out, $err) = hub([ $node, 'backwards' ], 'load', '--quiet', @files);
	is($code, 0, "load $folder") or diag($out . $err);
}
sub digests
{
	my %rows;
	/^(\w+)/ && push @{ $rows{$1} }, $_ for split /\n/, contents(shift);
	return { map { $_ => scalar(@{ $rows{$_} }) . ' rows ' . md5_hex(join "\n", @{ $rows{$_} }) } keys %rows };
}
is_deeply(digests([ $node, 'backwards' ]), digests($node), 'give the same tables');

$node->stop;
done_testing();
