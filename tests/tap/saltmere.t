# The made-up district: the same bytes on every run, and every promise of its README, counted here from the
# files alone (by perl, awk and PostGIS, not by the code that wrote them).
use strict;
use warnings;
use utf8;
use Digest::SHA;
use Encode;
use File::Find qw(find);
use JSON;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $data = $ENV{WARDSTAR_DATA};
my $dir = "$ENV{TESTDIR}/saltmere";
my $again = "$ENV{TESTDIR}/saltmere_again";
# What the files are on every machine. Changes with each change of the generator.
my $digest = '6b340f19eade243cf232eef4a005b7c103faf7a3b40a96f9288aabfeeda5dedd';

sub generate
{
	my (@arguments) = @_;
	my ($out, $err) = ('', '');
	my $rc = IPC::Run::run([ 'perl', "$root/script/saltmere", @arguments ], '>', \$out, '2>', \$err);
	return ($rc, $err);
}

sub files
{
	my $top = shift;
	my @found;
	find({ no_chdir => 1, wanted => sub { push @found, substr($_, length($top) + 1) if -f } }, $top);
	return sort @found;
}

# Rows as hashes by heading.
sub table
{
	my $file = shift;
	my ($head, @rows) = map { [ split_csv($_) ] } split /\n/, Encode::decode('UTF-8', slurp_file($file), 1);
	return map { my %row; @row{@$head} = @$_; \%row } @rows;
}

sub split_csv
{
	my ($line, @fields) = (shift);
	push @fields, defined $1 ? $1 : $2 while $line =~ /(?:^|,)(?:"([^"]*)"|([^,]*))/g;
	return @fields;
}

# 1. The same bytes, whatever the locale, the order of hashes and the time zone.
{
	local @ENV{qw(PERL_HASH_SEED LC_ALL TZ)} = (1, 'C', 'UTC');
	is_deeply([ generate($dir) ], [ 1, '' ], 'saltmere writes its folder');
	@ENV{qw(PERL_HASH_SEED LC_ALL TZ)} = (987654, 'C.UTF-8', 'Asia/Tokyo');
	is_deeply([ generate($again) ], [ 1, '' ], 'and once more');
}
my @files = files($dir);
is_deeply([ files($again) ], \@files, 'the same files');
is_deeply([ grep { slurp_file("$dir/$_") ne slurp_file("$again/$_") } @files ], [], 'with the same bytes');
my $sum = Digest::SHA->new(256);
$sum->add("$_\n", slurp_file("$dir/$_")) for @files;
is($sum->hexdigest, $digest, 'which are those of every machine');
my ($rc, $err) = generate($dir);
ok(!$rc && $err =~ /is not empty/, 'it writes into no folder that holds something');
($rc, $err) = generate();
ok(!$rc && $err =~ /^usage:/, 'no folder: says how it is used');

# 2. Marked everywhere.
for my $file (grep { $_ ne 'README.md' } @files)
{
	ok(("$file\n" . slurp_file("$dir/$file")) =~ /made up|made_up/i, "$file says that it is made up");
}
like(slurp_file("$dir/README.md"), qr/Nothing here is real/, 'so does its README');

# 3. Areas and lookups.
my %areas = map { $_->[0] => [ map { $_->{properties} } @{ decode_json(slurp_file("$dir/boundaries/$_->[0]_saltmere_made_up.geojson"))->{features} } ] }
  [ 'lsoa2021' ], [ 'lsoa2011' ], [ 'ward2024' ], [ 'lad2024' ];
is(scalar @{ $areas{lsoa2021} }, 60, '60 LSOAs of 2021');
is(scalar @{ $areas{lsoa2011} }, 57, '57 LSOAs of 2011');
is(scalar @{ $areas{ward2024} }, 12, '12 wards');
is(scalar @{ $areas{lad2024} }, 2, '2 districts');
is_deeply([ grep { $_->{FICTIONAL} !~ /made up/ } map { @$_ } values %areas ], [], 'each feature is marked');
is_deeply([ grep { !/^E(01999|05999|08999)\d{3}$/ } map { map { $_->{LSOA21CD} // $_->{LSOA11CD} // $_->{WD24CD} // $_->{LAD24CD} } @$_ } values %areas ],
	[], 'codes of the right kind, beyond those in use');
ok(scalar(grep { $_->{WD24NM} =~ /^Môrfa/ } @{ $areas{ward2024} }), 'a name in UTF-8');
ok(scalar(grep { $_->{LAD24NM} =~ /,/ } @{ $areas{lad2024} }), 'a name with a comma');

my ($lookup) = glob "'$dir/lookups/LSOA_(2021)*'";
my @ward = table($lookup);
my %ward_of = map { $_->{LSOA21CD} => $_->{WD24CD} } @ward;
is_deeply([ sort keys %ward_of ], [ sort map { $_->{LSOA21CD} } @{ $areas{lsoa2021} } ], 'every LSOA has a ward');
my %fitted = map { $_ => 1 } values %ward_of;
is_deeply([ map { $_->{WD24NM} } grep { !$fitted{ $_->{WD24CD} } } @{ $areas{ward2024} } ], ['Lighthouse Point (made up)'], 'and every ward but one an LSOA');
my ($changes) = glob "'$dir/lookups/LSOA_(2011)*'";
my (%kind, %then, %now);
for (table($changes))
{
	$kind{ $_->{CHGIND} }++;
	$then{ $_->{LSOA11CD} }{ $_->{CHGIND} } = $now{ $_->{LSOA21CD} }{ $_->{CHGIND} } = 1;
}
is_deeply(\%kind, { U => 50, S => 7, M => 2, X => 3 }, '50 unchanged, 3 split in 7, 2 merged, 2 redrawn');
is_deeply([ sort keys %then ], [ sort map { $_->{LSOA11CD} } @{ $areas{lsoa2011} } ], 'all LSOAs of 2011 are in it');
is_deeply([ sort keys %now ], [ sort keys %ward_of ], 'and all of 2021');
is(scalar(grep { $_->{S} } values %then), 3, 'three were split');
is(scalar(grep { keys %$_ > 1 } values %then, values %now), 0, 'one kind of change for each');

# 4. Population and deprivation: one population everywhere.
my ($years) = glob "$dir/population/mid2020*";
my ($bands) = glob "$dir/population/census2021*";
my ($file_7) = glob "$dir/deprivation/File_7*";
my $years_total = 0;
for (table($years))
{
	my %row = %$_;
	my $sum = 0;
	$sum += $row{$_} for 0 .. 89, '90+';
	is($sum, $row{total_population}, "$row{lsoa11_code}: the years add up") if $sum != $row{total_population};
	$years_total += $sum;
}
my %banded;
$banded{ $_->{lsoa21_code} } += $_->{usual_residents} for table($bands);
my $banded_total = 0;
$banded_total += $_ for values %banded;
is($banded_total, $years_total, 'people by year and by band add up to the same');
ok($banded_total > 60 * 1000 && $banded_total < 60 * 3000, "$banded_total people are likely for 60 LSOAs");
my ($imd) = map { "Index of Multiple Deprivation (IMD) $_" } 'Rank (where 1 is most deprived)';
my (@deprived, @off, %rank);
for my $row (table($file_7))
{
	push @off, $row->{'LSOA code (2021)'} if $row->{'Total population: mid 2022'} != $banded{ $row->{'LSOA code (2021)'} };
	my ($decile) = map { $row->{$_} } grep { /^Index of Multiple.*Decile/ } keys %$row;
	my $rank = $row->{$imd};
	# 3,375 or 3,376 areas a decile, as in the publication
	push @off, "decile of rank $rank" if $decile != POSIX::ceil($rank * 10 / 33755);
	$rank{$rank}++;
	push @deprived, [ $rank, $row->{'Index of Multiple Deprivation (IMD) Score'} ];
}
is_deeply(\@off, [], 'denominators and deciles agree with the bands and ranks');
is(scalar keys %rank, 60, 'no two share a rank');
my @by_rank = map { $_->[1] } sort { $a->[0] <=> $b->[0] } @deprived;
is_deeply(\@by_rank, [ sort { $b <=> $a } @by_rank ], 'the higher the score, the lower the rank');
SKIP:
{
	my ($official) = glob "$data/iod2025/File_7*";
	skip 'no official File 7', 1 if !$official;
	is((split /\n/, slurp_file($file_7))[0], (split /\n/, slurp_file($official))[0], 'the 56 headings are the official ones');
}

# 5. Crime. What awk finds in the raw files; no field before the ninth holds a comma.
sub awk
{
	my ($program, @in) = @_;
	my $out = '';
	IPC::Run::run([ 'awk', '-F,', $program, @in ], '>', \$out) or die 'awk';
	chomp $out;
	return $out;
}
my @crime = map { "$dir/$_" } grep { m{^crime/} } @files;
is_deeply([ map { m{crime/([^/]+)/\1-saltmere-street\.csv$} ? $1 : '?' } @crime ],
	[ (map { sprintf '2025-%02d', $_ } 4 .. 12), (map { sprintf '2026-%02d', $_ } 1 .. 3) ], 'twelve months');
is(awk('FNR==1{print $0}', @crime),
	join("\n", ('Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context') x 12),
	"police.uk's heading in each");
is(awk('FNR>1 && substr(FILENAME, length(FILENAME)-26, 7)!=$2{n++} END{print n+0}', @crime), 0, "each row is of its file's month");
my $rows = awk('FNR>1{n++} END{print n}', @crime);
ok($rows > 8000 && $rows < 16000, "$rows crimes");
is(awk('FNR>1 && ($1=="") != (index($0, "Anti-social behaviour")>0){n++} END{print n+0}', @crime), 0, 'without ID are anti-social behaviour and no other');
ok(awk('FNR>1 && $1=="" && seen[$0]++ {n++} END{print n}', @crime) >= 12, 'some of these are alike, in every month');
is(awk('FNR>1 && $1!="" && seen[$1]++ {n++; m=$2} END{print n, m}', @crime), '1 2025-11', 'one ID comes twice');
is(awk('FNR>1 && $5!="" && $8=="" {n[$2]++} END{for (m in n) print m, n[m]}', @crime), '2025-06 4', 'four rows with coordinates and no LSOA');
is(awk('FNR>1 && $5=="" {n[$2]++; if ($8!="") bad++} END{for (m in n) print m, n[m], bad+0}', @crime), '2025-09 4 0', 'four with neither');
is(awk('FNR>1 && $8=="E01999901" {n[$2]++} END{for (m in n) if (n[m]==2) k++; print k}', @crime), 12, 'two a month outside the district');
ok(awk('/"/{n++} END{print n}', @crime) > 100, 'quoted commas');
my %then_only = map { $_ => 1 } grep { !$now{$_} } keys %then;
my %now_only = map { $_ => 1 } grep { !$then{$_} } keys %now;
my (%vintage, %per_decile, %people_in, @strange);
for my $row (map { table($_) } @crime)
{
	my $code = $row->{'LSOA code'};
	$vintage{ $row->{Month} }{2011}++ if $then_only{$code};
	$vintage{ $row->{Month} }{2021}++ if $now_only{$code};
	push @strange, $code if $code ne '' && $code ne 'E01999901' && !$then{$code} && !$now{$code};
}
is_deeply(\@strange, [], 'every other code is one of the lookup');
is_deeply({ map { $_ => [ keys %{ $vintage{$_} } ] } keys %vintage },
	{ (map { $_ => [2011] } map { sprintf '2025-%02d', $_ } 4 .. 7), map { $_ => [2021] } (map { sprintf '2025-%02d', $_ } 8 .. 12), map { sprintf '2026-%02d', $_ } 1 .. 3 },
	'codes of 2011 to July 2025, of 2021 from August');

# 6. Postcodes: grammar, no live one twice, some ended; both headings.
my @postcodes = map { table("$dir/$_") } grep { m{^postcodes/} } @files;
my %heading = map { (exists $_->{pcd} ? 'pcd' : exists $_->{pcd7} ? 'pcd7' : '?') => 1 } @postcodes;
is_deeply(\%heading, { pcd => 1, pcd7 => 1 }, 'both spellings of the heading');
is_deeply([ grep { $_->{pcds} !~ /^SX[1-9] [0-9][ABD-HJLNP-UW-Z]{2}$/ } @postcodes ], [], "the Royal Mail's grammar, area SX");
my %seen;
is_deeply([ grep { $seen{ $_->{pcds} }++ } @postcodes ], [], 'each postcode once');
my $ended = grep { $_->{doterm} ne '' } @postcodes;
ok($ended > 20 && $ended < @postcodes / 5, "$ended of them ended");
is(scalar(grep { $_->{doterm} ne '' && $_->{doterm} lt $_->{dointr} } @postcodes), 0, 'none before it began');

# 7. Returns: Table 1 of the report, and its faults.
my %table_1 = (
	'Time-MattersUK' => [qw(old old new new)], 'Shelter' => [qw(old new new new)], 'POPs' => [qw(old new new new)],
	'Magistra – Restorative Lives' => [ 'N/A', qw(new new new) ], 'Sefton CVS (MOMS)' => [ 'No return', 'No return', 'new', 'new' ]);
my @manifest = table("$dir/returns/manifest.csv");
# The first file of each; what was corrected comes after it.
my %manifest = map { ("$_->{programme} $_->{period}" => $_) } reverse @manifest;
my %status;
for (table("$dir/returns/expected.csv"))
{
	my $is = $manifest{"$_->{programme} $_->{period}"};
	push @{ $status{ $_->{programme} } }, $is ? $is->{form} : $_->{expected} eq 'true' ? 'No return' : 'N/A';
}
is_deeply(\%status, \%table_1, 'Table 1, cell by cell');
is_deeply([ map { $_->{file} } grep { $_->{file} =~ /corrected/ } @manifest ], ['2025-Q2/2025-Q2-time-matters-old-form-corrected-made-up.csv'], 'one was sent again, corrected');
is_deeply([ sort map { "returns/$_->{file}" } @manifest ], [ grep { m{^returns/\d} } @files ], 'a file for each return and no other');
is_deeply([ sort map { $_->{programme} } table("$dir/returns/register.csv") ], [ sort keys %table_1 ], 'every programme is registered');

sub answers
{
	my ($programme, $quarter) = @_;
	my $file = $manifest{"$programme 2025-Q$quarter"}{file};
	return map { $_->{field} => $_->{value} } table("$dir/returns/$file");
}
my %figure_1 = answers('POPs', 1);
delete @figure_1{ grep { /^narrative/ } keys %figure_1 };
is_deeply(\%figure_1, { 'role.parent_carer' => 18, 'age.18-25' => 5, 'age.25+' => 16 }, 'fault 1: Figure 1');
my %seventy = answers('Magistra – Restorative Lives', 3);
is_deeply([ @seventy{qw(total sex.female sex.male sex.not_known)} ], [ 70, 18, 10, undef ], 'fault 2: 42 of 70 unaccounted for');
my %zero = answers('Sefton CVS (MOMS)', 3);
is($zero{total}, 0, 'fault 3: zero');
my %yes = answers('Time-MattersUK', 2);
is(join(',', grep { ($yes{$_}) eq 'yes' } keys %yes), 'age.5-11', 'fault 4: yes for a number');
my %once = answers('POPs', 2);
my %twice = answers('POPs', 3);
delete $_->{'narrative.activities'} for \%once, \%twice;
is_deeply(\%twice, \%once, 'fault 5: the same people again');
my (%third, %fourth) = answers('Shelter', 3);
%fourth = answers('Shelter', 4);
isnt($fourth{basis}, $third{basis}, 'fault 5: another basis');
my @clean = grep { $manifest{$_}{what_is_wrong} eq '' } keys %manifest;
ok(@clean >= 5, 'some returns have no fault');
for my $key (@clean)
{
	my %answer = answers($key =~ /^(.*) 2025-Q(\d)$/);
	my %of;
	for (grep { $answer{$_} =~ /^\d+$/ } keys %answer) { $of{ (split /\./)[0] } += $answer{$_} if /\./; }
	is($of{$_}, $answer{total}, encode_utf8("$key: $_ adds up to the total")) for grep { !/^(secondary|role)$/ } sort keys %of;
}
my %fields = map { $_->{field} => 1 } map { table("$dir/returns/$_->{file}") } @manifest;
is_deeply([ grep { /^referr|^contact|^complet/ } keys %fields ], [], 'fault 7: nothing on referrals, contacts and completion');
is_deeply([ grep { !$now{$_} } map { /^place\.lsoa\.(.*)/ ? $1 : () } keys %fields ], [], 'places are LSOAs of 2021');
is_deeply([ grep { !$fitted{$_} } map { /^place\.ward\.(.*)/ ? $1 : () } keys %fields ], [], 'wards');
my %live = map { $_->{pcds} => 1 } grep { $_->{doterm} eq '' } @postcodes;
is_deeply([ grep { !$live{$_} } map { /^place\.postcode\.(.*)/ ? $1 : () } keys %fields ], [], 'and live postcodes');

# 8. Geometry, by PostGIS.
my $node = PostgreSQL::Test::Cluster->new('saltmere');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION postgis; CREATE TABLE area (level text, code text, shape geometry, valid boolean)');
my %column = (lsoa2021 => 'LSOA21CD', lsoa2011 => 'LSOA11CD', ward2024 => 'WD24CD', lad2024 => 'LAD24CD');
for my $level (sort keys %column)
{
	my $text = slurp_file("$dir/boundaries/${level}_saltmere_made_up.geojson");
	$node->safe_psql('postgres', <<"SQL");
INSERT INTO area
SELECT '$level', f->'properties'->>'$column{$level}', ST_MakeValid(g), ST_IsValid(g)
FROM json_array_elements((\$json\$${text}\$json\$::json)->'features') f, ST_Transform(ST_GeomFromGeoJSON(f->>'geometry'), 27700) g
SQL
}
is($node->safe_psql('postgres', q{SELECT string_agg(level, ',') FROM area WHERE NOT valid}), 'lsoa2021', 'one ring crosses itself');
is($node->safe_psql('postgres', <<'SQL'), "t\nt\nt\nt", 'each level is without overlap, gap or hole');
SELECT abs(sum(ST_Area(shape)) - ST_Area(ST_Union(shape))) < 1
  AND (SELECT sum(ST_NumInteriorRings((p).geom)) FROM (SELECT ST_Dump(ST_Union(shape)) p) d) = 0
FROM area GROUP BY level ORDER BY level
SQL
is($node->safe_psql('postgres', <<'SQL'), 't', 'and all levels cover the same ground');
SELECT max(ST_Area(ST_SymDifference(a.u, b.u))) < 1
FROM (SELECT ST_Union(shape) u FROM area GROUP BY level) a, (SELECT ST_Union(shape) u FROM area GROUP BY level) b
SQL
is($node->safe_psql('postgres', q{SELECT count(DISTINCT ST_GeometryType(shape)) FROM area WHERE level = 'lsoa2021'}), 2, 'Polygon and MultiPolygon');
is($node->safe_psql('postgres', q{SELECT ST_NumGeometries(ST_Union(shape)) FROM area WHERE level = 'lad2024'}), 2, 'mainland and island');
ok($node->safe_psql('postgres', q{SELECT ST_XMin(e) > 260000 AND ST_XMax(e) < 290000 AND ST_YMin(e) > 405000 AND ST_YMax(e) < 430000 FROM (SELECT ST_Extent(shape) e FROM area) x}) eq 't',
	'in the open sea');

# Every point lies in the LSOA of its row, and every postcode where its grid reference says.
my $points = join ',', map { "('$_->{'LSOA code'}',$_->{Longitude},$_->{Latitude})" }
  grep { $_->{'LSOA code'} =~ /^E01999[0-8]/ } map { table($_) } @crime;
is($node->safe_psql('postgres', <<"SQL"), 0, 'crimes lie in their LSOA');
SELECT count(*) FROM (SELECT DISTINCT * FROM (VALUES $points) v (code, lon, lat)) v
WHERE NOT EXISTS (SELECT FROM area a WHERE a.level LIKE 'lsoa%' AND a.code = v.code
	AND ST_Covers(a.shape, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 27700)))
SQL
my $codes = join ',', map {
	my $p = $_;
	my ($e, $n, $lsoa, $ward) = map { my $k = $_; (grep { defined } @{$p}{@$k})[0] }
	  [qw(oseast1m east1m)], [qw(osnrth1m north1m)], [qw(lsoa21 lsoa21cd)], [qw(osward wd25cd)];
	"('$lsoa','$ward',$e,$n,$p->{long},$p->{lat})"
} @postcodes;
is($node->safe_psql('postgres', <<"SQL"), '0|t', 'postcodes lie in their LSOA and ward, and their two coordinates agree to 6 metres');
SELECT count(*) FILTER (WHERE NOT EXISTS (SELECT FROM area a, area w WHERE a.level = 'lsoa2021' AND a.code = lsoa AND ST_Covers(a.shape, p)
	AND w.level = 'ward2024' AND w.code = ward AND ST_Covers(w.shape, p))), max(p <-> ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 27700)) < 6
FROM (VALUES $codes) v (lsoa, ward, e, n, lon, lat), ST_SetSRID(ST_MakePoint(e, n), 27700) p
SQL
$node->stop;

# 9. Over real areas.
SKIP:
{
	skip 'no real data', 5 if !-d "$data/boundaries";
	my $over = "$ENV{TESTDIR}/saltmere_over";
	is_deeply([ generate('--over', $data, $over) ], [ 1, '' ], 'returns over real areas');
	is(scalar(grep { m{^returns/\d} } files($over)), 18, 'as many as in Table 1, and a corrected one');
	like(slurp_file("$over/README.md"), qr/every figure is invented/, 'marked as made up');
	my %wanted = map { $_ => 1 } map { $_->{field} =~ /^place\.(?:lsoa|ward)\.(.*)/ ? $1 : () } map { table("$over/$_") } grep { m{^returns/\d.*csv$} } files($over);
	my %real = map { $_ => 1 } slurp_file("$data/lookups/lsoa21_ward24_ltla24_england_wales.csv") =~ /"(E0[15]\d{6})"/g;
	is_deeply([ grep { !$real{$_} } keys %wanted ], [], 'every place is in the lookup');
	ok(scalar(keys %wanted) > 50, 'many places');
}
($rc, $err) = generate('--over', $dir . '/crime', "$ENV{TESTDIR}/saltmere_none");
ok(!$rc && $err =~ /no LSOA boundaries/, 'nothing to lay them over: says so');
done_testing();
