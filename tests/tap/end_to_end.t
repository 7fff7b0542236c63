# The main job on real data: every official file in, made-up returns in, the demand table out. What the hub says is
# compared with figures that awk and this script find in the raw files.
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

my $node = PostgreSQL::Test::Cluster->new('end_to_end');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nshared_buffers = '256MB'\nmax_wal_size = '4GB'\n");
$node->start;
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);

my ($code, $out, $err) = hub($node, 'load', $data);
is($code, 0, 'every file in') or diag($err);
like($out, qr/^\d+ files loaded, [\d,]+ rows stored, 0 rejected/, 'none rejected');

# Sizes.
is(value('SELECT count(*) FROM reference.crime'), 128132, 'crimes');
is(value("SELECT count(*) || ' ' || count(*) FILTER (WHERE crime_id IS NULL) FROM reference.crime WHERE month = '2021-12-01'"), '14018 1144', 'December 2021, and without ID');
is(value("SELECT string_agg(level || vintage || ' ' || n, ', ' ORDER BY level, vintage) FROM
	(SELECT level, vintage, count(*) AS n FROM reference.area WHERE (level, vintage) IN (('lsoa', 2011), ('lsoa', 2021), ('ward', 2025)) GROUP BY level, vintage) x"),
	'lsoa2011 910, lsoa2021 923, ward2025 141', 'areas');

# Counts by LSOA, month and type: those that an awk line finds. These files have no quoted cell.
my @crime_files = glob "$data/crime/*-street.csv";
my @raw = sort `awk -F, 'FNR > 1 { n[\$8 "|" \$2 "-01|" \$10]++ } END { for (k in n) print k "|" n[k] }' @crime_files`;
my @ours = sort map { "$_\n" } split /\n/, value('SELECT area, month, crime_type, n FROM reference.crime_count');
ok(scalar @raw > 40000, 'awk finds ' . @raw . ' counts');
ok(join('', @raw) eq join('', @ours), 'counts by LSOA, month and type equal those of the raw files');
is(value("SELECT sum(n) FROM reference.crime_count WHERE area = 'E01033760' AND crime_type = 'Violence and sexual offences'"), 1327, 'E01033760');

# Deciles of every Merseyside LSOA, from the files' own last column.
for ([ 2019, "$data/imd2019/File_1_-_IMD2019_Index_of_Multiple_Deprivation.csv", 2011 ], [ 2025, "$data/iod2025/File_1_IoD2025_Index_of_Multiple_Deprivation.csv", 2021 ])
{
	my ($edition, $file, $vintage) = @$_;
	my %decile = map { ($_->[0] => $_->[-1]) } rows($file);
	my %ours = map { split /\|/ } split /\n/, value("SELECT a.code, d.decile FROM reference.area a
		LEFT JOIN reference.deprivation d ON d.lsoa = a.code AND d.edition = $edition WHERE a.level = 'lsoa' AND a.vintage = $vintage");
	is(scalar(grep { $ours{$_} ne ($decile{$_} // '') } keys %ours), 0, "IMD $edition: decile of each of " . keys(%ours) . ' LSOAs');
}

# Returns of two made-up programmes.
hub_ok($node, 'programme', 'add', 'Alpha (made up)', '--organisation', 'Alpha (made up)', '--made-up', '--expected', '2025-Q1,2025-Q2');
hub_ok($node, 'programme', 'add', 'Beta (made up)', '--organisation', 'Beta (made up)', '--made-up', '--expected', '2025-Q2', '--not-expected', '2025-Q1');
my %lookup = map { ($_->[1] => $_->[3]) } rows("$data/lookups/lsoa21_ward24_ltla24_england_wales.csv");
my ($postcode, $postcode_lsoa) = split /\|/, value("SELECT postcode, lsoa21 FROM reference.postcode WHERE edition LIKE 'Code-Point%' AND lsoa21 IS NOT NULL AND postcode::text LIKE 'L1 %' ORDER BY postcode LIMIT 1");
ok($postcode, 'a postcode of Liverpool has an LSOA by point');
my $alpha = spill($node->basedir . '/alpha.csv', <<END);
field,value
basis,caseload_in_period
total,60
age.18-25,50
age.25+,10
sex.female,20
sex.male,40
place.lsoa.E01033760,30
place.ward.E05015277,12
place.postcode.$postcode,8
place.not_known,10
narrative.activities,"Made up for a test: contacts at Zebedee Court"
END
my $beta = spill($node->basedir . '/beta.csv', <<END);
field,value
role.parent_carer,18
age.18-25,5
age.25+,16
place.lsoa.E01033760,9
END
($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', 'Alpha (made up)', '--period', '2025-Q2', '--form', 'new', $alpha);
like($out, qr/2025-Q2 \(1 July to 30 September 2025\), new form: accepted as submission 1 \[made up\]\n  different people: 60; counted: everybody seen in the quarter; not for publication/, 'a return in');
unlike($out . $err, qr/\Q$postcode\E|Zebedee/, 'neither its postcode nor its narrative is repeated');
($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', 'Beta (made up)', '--period', '2025-Q2', '--form', 'old', $beta);
like($out, qr/accepted.*different people: 21 to 39;/s, 'Figure 1 of the report: 21 to 39 people');
is(value("SELECT string_agg(programme || ' ' || period || ' ' || status, ', ' ORDER BY programme, period) FROM analysis.return_status"),
	'Alpha (made up) 2025-Q1 No return, Alpha (made up) 2025-Q2 New form, Beta (made up) 2025-Q1 N/A, Beta (made up) 2025-Q2 Old form', 'return status');

# The demand table by ward, from the raw files: three months of crime, the census, the lookup, the deciles.
my (%crimes, %violent, %residents, %decile, %lsoas);
for my $file (grep { /2025-0[789]/ } @crime_files)
{
	for my $r (rows($file))
	{
		$crimes{ $r->[7] }++;
		$violent{ $r->[7] }++ if $r->[9] =~ /^(Violence and sexual offences|Robbery|Possession of weapons)$/;
	}
}
$residents{ $_->[0] } += $_->[3] for rows("$data/population/census2021_age_bands_lsoa21_merseyside.csv");
$decile{ $_->[0] } = $_->[-1] for rows("$data/iod2025/File_1_IoD2025_Index_of_Multiple_Deprivation.csv");
push @{ $lsoas{ $lookup{$_} } }, $_ for keys %lookup;
my %ward = map { my @c = split /\|/, $_, -1; (shift @c => \@c) } split /\n/,
  value("SELECT area, lsoas, population, crimes, violent_crimes, deprivation_most_deprived_share, crime_rate, violent_rate,
		reached_lower, reached_upper, crime_status, population_status FROM analysis.demand_ward WHERE period = '2025-Q2'");
is(scalar keys %ward, 141, 'wards of 2025');
my %wrong;
for my $w (keys %ward)
{
	next if $w eq 'E05015332';
	my @in = @{ $lsoas{$w} };
	my $n = sum0(map { $residents{$_} } @in);
	my $c = sum0(map { $crimes{$_} // 0 } @in);
	my $v = sum0(map { $violent{$_} // 0 } @in);
	my @expected = (scalar @in, $n, $c, $v, (grep { $decile{$_} == 1 } @in) / @in, $c / $n * 1000, $v / $n * 1000);
	for my $i (0 .. 6) { push @{ $wrong{$i} }, $w if abs($ward{$w}[$i] - $expected[$i]) > 1e-9 * (1 + $expected[$i]); }
}
is(join(' ', map { "column $_: @{ $wrong{$_} }" } sort keys %wrong), '', 'LSOAs, residents, crimes, violent crimes, share in decile 1 and rates of 140 wards');
is("$ward{E05015332}[0] $ward{E05015332}[9] $ward{E05015332}[10]", '0 by point no best-fit area', 'the ward that the lookup leaves out');
cmp_ok($ward{E05015332}[2], '>', 0, 'has its crimes by point');
my %lsoa = map { my @c = split /\|/, $_, -1; (shift @c => \@c) } split /\n/,
  value("SELECT area, crimes, violent_crimes, population, deprivation_decile, reached_lower, reached_upper FROM analysis.demand_lsoa WHERE period = '2025-Q2'");
is(join(' ', grep { $lsoa{$_}[0] != ($crimes{$_} // 0) || $lsoa{$_}[1] != ($violent{$_} // 0) || $lsoa{$_}[2] != $residents{$_} || $lsoa{$_}[3] != $decile{$_} } keys %lsoa),
	'', 'crimes, violent crimes, residents and decile of ' . keys(%lsoa) . ' LSOAs');

# Of 2021-12, published on LSOAs of 2011, every crime within the five districts comes out on those of 2021.
my %old = map { ($_->[1] => 1) } grep { $_->[6] =~ /^E0800001[1-5]$/ } rows("$data/lookups/lsoa11_lsoa21_ltla22_england_wales.csv");
my $december = grep { $old{ $_->[7] } } rows("$data/crime/2021-12-merseyside-street.csv");
is(value("SELECT sum(crimes) || ' ' || string_agg(DISTINCT crime_months::text, ',') FROM analysis.demand_lsoa WHERE period = '2021-Q3'"), "$december 1", 'December 2021 on the LSOAs of 2021');

# People reached: Alpha's 10 without a place may be anywhere, its 12 of ward E05015277 in any LSOA of it; Beta's up to 30
# others may be anywhere, and may be Alpha's people too.
my %reached = (E01033760 => [ 30, 30 + 10 + 39 ]);
$reached{$postcode_lsoa} = [ 8, 8 + 10 + 30 ];
my $elsewhere = (grep { $lookup{$_} ne 'E05015277' && !$reached{$_} && exists $lsoa{$_} } sort keys %lookup)[0];
my $inside = (grep { !$reached{$_} } sort @{ $lsoas{E05015277} })[0];
$reached{$elsewhere} = [ 0, 40 ];
$reached{$inside} = [ 0, 52 ];
for my $area (sort keys %reached)
{
	my $more = ($lookup{$area} eq 'E05015277' && $area ne $inside) ? 12 : 0;
	is("@{ $lsoa{$area} }[4, 5]", $reached{$area}[0] . ' ' . ($reached{$area}[1] + $more), "people reached in $area");
}

# Published, reported, and nothing of a person left behind.
like(hub_ok($node, 'publish'), qr/publish\.demand_ward: \d+ rows.*not for publication/s, 'publish');
is(value("SELECT count(*) FROM publish.demand_ward WHERE period = '2025-Q2' AND (NOT ST_IsValid(geom) OR not_for_publication <> 'not for publication' OR NOT made_up)"), 0, '141 valid wards, marked');
$out = hub_ok($node, 'report', 'demand', '--level', 'ward', '--period', '2025-Q2', '--top', '10');
like($out, qr/2025-Q2: 1 July to 30 September 2025\nNOT FOR PUBLICATION.*MADE UP/, 'the report says when, that it is not for publication, and made up');
is(scalar(() = $out =~ /^E05\d{6} /mg), 10, 'ten wards');
my $geojson = spill($node->basedir . '/ward.geojson', hub_ok($node, 'report', 'demand', '--period', '2025-Q2', '--format', 'geojson'));
is(scalar @{ decode_json(join "", `cat $geojson`)->{features} }, 141, 'GeoJSON of 141 wards');
like(scalar `ogrinfo -so -al $geojson 2>&1`, qr/Feature Count: 141\n/, 'that ogrinfo reads');
my $csv = hub_ok($node, 'report', 'demand', '--level', 'lsoa', '--period', '2025-Q2', '--format', 'csv');
is(scalar(split /\n/, $csv), 924, 'CSV of 923 LSOAs and a heading');
$out = hub_ok($node, 'status');
like($out, qr/crime +Merseyside Police, 10 months, 2021-12 to 2025-09 +10 +128132/, 'status: crime');
like($out, qr/the return of Alpha \(made up\) for 2025-Q1 \(1 April to 30 June 2025\)/, 'status: what is missing');
my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-d', $node->connstr('postgres'), '-f', $dump, map { ('-n', $_) } qw(hub intake returns casework analysis publish) ], 'dump of all but the reference data');
(my $bare = $postcode) =~ s/ //;
is(`grep -ciE '$postcode|$bare|Zebedee' $dump`, "0\n", 'holds neither the postcode nor the narrative');
($code, $out) = hub($node, 'load', $data);
is($code, 0, 'the same files again');
like($out, qr/^0 files loaded.*\b40 already loaded/, 'are already loaded');

# Cells of a CSV file, without its heading.
sub rows
{
	my ($file) = @_;
	open my $fh, '<:raw', $file or die "$file: $!";
	my $heading = <$fh>;
	my @rows;
	while (my $line = <$fh>)
	{
		$line =~ s/\r?\n$//;
		my @cells;
		push @cells, defined $1 ? $1 : $2 while $line =~ /\G(?:"([^"]*)"|([^,]*))(?:,|$)/g && length $line > ($-[0] // 0);
		push @rows, \@cells;
	}
	return @rows;
}

$node->stop;
done_testing();
