# The kind, edition and columns of a file are told by its heading: official headings, their variants by year and
# by publisher, cut headings, and what must not be taken for a reference file.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('recognise');
$node->init;
$node->start;
hub_ok($node, 'migrate');

sub literal { return defined $_[0] ? "'" . $_[0] =~ s/'/''/gr . "'" : 'NULL' }
sub list { return 'ARRAY[' . join(',', map { literal($_) } @_) . ']::text[]' }

# recognise([heading], [first record], kind, edition, file name): kind|edition|has heading|columns|problem
sub recognise
{
	my ($heading, $sample, $kind, $edition, $file) = @_;
	return $node->safe_psql('postgres', sprintf 'SELECT kind, edition, has_heading, columns, problem FROM reference.recognise(%s, %s, %s, %s, %s)',
		list(@$heading), list(@{ $sample // [] }), literal($kind), literal($edition), literal($file));
}

my @crime = split /,/, 'Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context';
is(recognise(\@crime), 'crime||t|{1,2,3,4,5,6,7,8,9,10,11,12}|', 'street crime');
is(recognise([ reverse @crime ]), 'crime||t|{12,11,10,9,8,7,6,5,4,3,2,1}|', 'street crime, columns in another order');
is(recognise([ map { uc " $_ " } @crime ]), 'crime||t|{1,2,3,4,5,6,7,8,9,10,11,12}|', 'street crime, capitals and blanks');
is(recognise([ @crime[ 0 .. 10 ] ]), 'crime||t|{1,2,3,4,5,6,7,8,9,10,11,0}|', 'street crime without Context');
is(recognise([ @crime[ 0 .. 6, 8 .. 11 ] ]), 'crime||t||the column "LSOA code" is missing', 'a lacking column is named');
is(recognise([ @crime[ 1 .. 4, 6, 8 .. 11 ] ]), 'crime||t||the columns "Crime ID", "Latitude", "LSOA code" are missing', 'so are several');
is(recognise([ split /,/, 'Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type' ]),
	'||t||', 'the outcomes file of the same archive is another thing');

# Deprivation. All 2025 measures are in File 7; here its headings in full.
my @iod = (
	'LSOA code (2021)', 'LSOA name (2021)', 'Local Authority District code (2024)', 'Local Authority District name (2024)',
	(map { my $d = $_; map { "$d $_" } ($d =~ /^(Income|Employment)$|IDA/ ? 'Score (rate)' : 'Score'), 'Rank (where 1 is most deprived)', 'Decile (where 1 is most deprived 10% of LSOAs)' }
		'Index of Multiple Deprivation (IMD)', 'Income', 'Employment', 'Education, Skills and Training', 'Health Deprivation and Disability', 'Crime',
		'Barriers to Housing and Services', 'Living Environment', 'Income Deprivation Affecting Children Index (IDACI)',
		'Income Deprivation Affecting Older People (IDAOPI)', 'Children and Young People Sub-domain', 'Adult Skills Sub-domain',
		'Geographical Barriers Sub-domain', 'Wider Barriers Sub-domain', 'Indoors Sub-domain', 'Outdoors Sub-domain'),
	'Total population: mid 2022', 'Dependent Children aged 0-15: mid 2022', 'Older population aged 60 and over: mid 2022',
	'Working age population 18-66 (for use with Employment Deprivation Domain): mid 2022');
my $whole = recognise(\@iod);
like($whole, qr/^deprivation\|2025\|t\|\{1,2,3,5,6,7,/, 'File 7 of 2025');
my $fields = $node->safe_psql('postgres', sprintf 'SELECT count(DISTINCT field) FROM reference.layout(%s, %s)', literal('deprivation'), list(@iod));
is($fields, @iod - 1, 'each of its columns but the name of the district has a field of its own');
for my $length (60 .. 80)
{
	is(recognise([ map { substr $_, 0, $length } @iod ]), $whole, "File 7 with headings cut at $length");
}
my @iod2019 = map { s/2021/2011/r =~ s/2024/2019/r =~ s/mid 2022/mid 2015 (excluding prisoners)/r } @iod;
(my $as_2019 = $whole) =~ s/2025/2019/;
is(recognise(\@iod2019), $as_2019, 'File 7 of 2019');
is(recognise([ 'LSOA code (2011)', 'LSOA name (2011)', 'Local Authority District code (2019)', 'Local Authority District name (2019)',
	'Index of Multiple Deprivation (IMD) Rank', 'Index of Multiple Deprivation (IMD) Decile' ]), 'deprivation|2019|t|{1,2,3,5,6}|', 'File 1 of 2019');
is(recognise([ 'LSOA code (2011)', 'LSOA name (2011)', 'Local Authority District code (2019)', 'Local Authority District name (2019)',
	'Total population: mid 2015 (excluding prisoners)', 'Dependent Children aged 0-15: mid 2015 (excluding prisoners)',
	'Population aged 16-59: mid 2015 (excluding prisoners)', 'Older population aged 60 and over: mid 2015 (excluding prisoners)',
	'Working age population 18-59/64: for use with Employment Deprivation Domain (excluding prisoners)' ]),
	'deprivation|2019|t|{1,2,3,5,6,7,8,9}|', 'File 6 of 2019');
is(recognise([ 'lsoa', 'overall_local_score' ]), 'deprivation|2019|t|{1,2}|', 'lsoa,overall_local_score');
is(recognise([ 'lsoa', 'overall_local_score' ], undef, undef, '2025'), 'deprivation|2025|t|{1,2}|', 'of the edition that is said');
is(recognise([ 'lsoa', 'overall_local_score' ], undef, undef, 'newest'),
	'deprivation||t||"newest" is no edition of the Indices of Deprivation: give the year, such as --edition 2019', 'which must be a year');
is(recognise([ @iod[ 1 .. 6 ] ]), 'deprivation||t||the column "LSOA code (2021)" is missing', 'deprivation without code');
is(recognise([ 'LSOA code (2021)', 'LSOA name (2021)' ], undef, 'deprivation'),
	'deprivation||t||the column "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)" is missing', 'deprivation without a measure');

# Postcodes.
my @tail = qw(usertype oseast1m osnrth1m osgrdind);
is(recognise([ qw(pcd pcd2 pcds dointr doterm), @tail, qw(oa11 laua ward lsoa11) ], undef, undef, undef, 'NSPL_NOV_2021_UK.csv'),
	'postcodes|NSPL 2021-11|t|{1,4,5,7,8,9,13,12,11}|', 'NSPL of 2021');
is(recognise([ qw(pcd pcd2 pcds dointr doterm oscty ced oslaua osward), @tail, qw(oa21 lsoa21 lsoa11) ], undef, undef, undef, 'ONSPD_FEB_2024_UK.csv'),
	'postcodes|ONSPD 2024-02|t|{1,4,5,11,12,13,16,15,9,8}|', 'ONSPD of 2024');
is(recognise([ qw(pcd7 pcd8 pcds dointr doterm cty25cd ced25cd lad25cd wd25cd), 'usrtypind', qw(east1m north1m gridind oa21cd lsoa21cd lsoa11cd) ], undef, undef, undef, 'ONSPD_MAY_2025_UK.csv'),
	'postcodes|ONSPD 2025-05|t|{1,4,5,11,12,13,16,15,9,8}|', 'ONSPD of 2025, every name with its year');
is(recognise([ qw(pcds doterm lsoa21cd lad23cd) ]), 'postcodes|postcode directory|t|{1,2,3,4}|', 'a part of one');
is(recognise([ qw(pcds dointr doterm) ]), 'postcodes||t||the column "lsoa21" is missing', 'neither LSOA nor place');
my @point = ('L1  0AB', '10', '334941', '389332', 'E92000001', 'E19000001', 'E18000002', '', 'E08000012', 'E05000907');
is(recognise(\@point, \@point), 'postcodes|Code-Point Open|f|{1,2,3,4,9,10}|', 'Code-Point Open has no heading');
is(recognise([ 'rec_id', 'given_name', 'postcode', 'state' ]), '||t||', 'a list of people with a postcode column is not taken for one');
is(recognise([ 'field', 'value' ]), '||t||', 'nor is a return');

# Lookups.
is(recognise([ qw(FID LSOA11CD LSOA11NM WD19CD WD19NM LAD19CD LAD19NM) ]), 'lookup|LSOA 2011 to Ward 2019|t|{2,4,3,5,6,7}|', 'LSOA 2011 to Ward 2019');
is(recognise([ qw(LSOA21CD LSOA21NM LSOA21NMW WD25CD WD25NM WD25NMW LAD25CD LAD25NM LAD25NMW ObjectId) ]),
	'lookup|LSOA 2021 to Ward 2025|t|{1,4,2,5,7,8}|', 'LSOA 2021 to Ward 2025');
is(recognise([ qw(lsoa21_name lsoa21_code ward24_name ward24_code ltla24_name ltla24_code) ]), 'lookup|LSOA 2021 to Ward 2024|t|{2,4,1,3,6,5}|', 'in other words');
is(recognise([ qw(OA21CD LSOA21CD LSOA21NM WD24CD WD24NM) ]), '||t||', 'one by output area is no best fit of LSOAs');
is(recognise([ qw(ObjectId LSOA11CD LSOA11NM CHGIND LSOA21CD LSOA21NM LAD22CD LAD22NM LAD22NMW) ]),
	'lookup_change|LSOA 2011 to LSOA 2021|t|{2,5,4,3,6,7,8}|', 'LSOA 2011 to 2021');
is(recognise([ qw(lsoa11_name lsoa11_code change_code lsoa21_name lsoa21_code ltla22_name ltla22_code) ]),
	'lookup_change|LSOA 2011 to LSOA 2021|t|{2,5,3,1,4,7,6}|', 'in other words');
is(recognise([ qw(LSOA11CD LSOA21CD LAD22CD) ]), 'lookup_change||t||the column "CHGIND" is missing', 'without change code');
is(recognise([ qw(LSOA11CD LSOA11NM WD19CD) ], undef, 'lookup'), 'lookup|LSOA 2011 to Ward 2019|t|{1,3,2}|', '--as lookup takes either');
is(recognise([ qw(LSOA11CD LSOA21CD CHGIND) ], undef, 'lookup'), 'lookup_change|LSOA 2011 to LSOA 2021|t|{1,2,3}|', '... the change lookup too');

# Population.
is(recognise([ 'lsoa11_name', 'lsoa11_code', 'total_population', 0 .. 89, '90+' ], undef, undef, undef, 'mid2020_population.csv'),
	'population|mid-2020|t|{' . join(',', 2 .. 94) . '}|', 'single years, mid-2020');
like(recognise([ 'LSOA Code', 'LSOA Name', 'LA Code (2018 boundaries)', 'LA name (2018 boundaries)', 'All Ages', 0 .. 89, '90+' ], undef, undef, undef, 'SAPE22DT2-mid-2019-lsoa.csv'),
	qr/^population\|mid-2019\|t\|\{1,5,6,/, "the ONS's own layout");
is(recognise([ 'LSOA Code', 'All Ages', '0-4', '5+' ]), 'population||t||neither heading nor file name tells the edition: give it with --edition, such as --edition mid-2020',
	'an edition that nothing tells');
is(recognise([ 'LSOA Code', 'All Ages', '0-4', '5+' ], undef, undef, 'mid-2018'), 'population|mid-2018|t|{1,2,3,4}|', '... is what the user says');
is(recognise([ 'LAD 2023 Code', 'LSOA 2021 Code', 'LSOA 2021 Name', 'Total', 'F0', 'F90', 'M0', 'M90' ], undef, undef, undef, 'sapelsoasyoa_mid-2022.csv'),
	'population|mid-2022|t|{1,4,5,6,7,8}|', 'columns by sex');
is(recognise([ qw(lsoa21_code lsoa21_name age_group usual_residents) ]), 'population|Census 2021|t|{1,3,4}|', 'a row an age band');
is(recognise([ 'Lower layer Super Output Areas Code', 'Lower layer Super Output Areas', 'Age (6 categories) Code', 'Age (6 categories)', 'Observation' ]),
	'population|Census 2021|t|{1,4,5}|', "the ONS's own layout");
is(recognise([ 'date', 'geography', 'geography code', 'Ethnic group: Total: All usual residents', 'Ethnic group: White', 'Ethnic group: Other ethnic group' ]),
	'population|Census 2021|t|{3,4,5,6}|', 'a column an ethnic group');
is(recognise([ 'LSOA 2021 Code', 'Age (6 categories) Code', 'Age (6 categories)', 'Sex (2 categories) Code', 'Sex (2 categories)', 'Observation' ]),
	'population||t||it divides by several things at once ("Age (6 categories)", "Sex (2 categories)"): load a table of one', 'a row an age and sex');
is(recognise([ 'LSOA Code', 'All Ages', '0-4', '5+', '0 to 4' ]), 'population||t||the columns "0-4", "0 to 4" are for the same people', 'one band twice');
is(recognise([ qw(All_Ages 0-4 5-9) ]), 'population||t||the column "LSOA21CD" is missing', 'population without code');

# Boundaries, whose heading are the properties of a feature.
is(recognise([ qw(LSOA11CD LSOA11NM) ], undef, 'areas'), 'areas|LSOA 2011|t||', 'LSOA 2011');
is(recognise([ qw(FID WD25CD WD25NM WD25NMW LAD25CD LAD25NM BNG_E RGNCD) ], undef, 'areas'), 'areas|Ward 2025|t||', 'wards, though they name their district');
is(recognise([ qw(LAD24CD LAD24NM) ], undef, 'areas'), 'areas|District 2024|t||', 'districts');
is(recognise([ qw(WD13CD WD13CDO WD13NM WD13NMW) ], undef, 'areas'), 'areas|Ward 2013|t||', 'wards of 2013');
is(recognise([ qw(lsoa21_code lsoa21_name) ], undef, 'areas'), 'areas|LSOA 2021|t||', 'lsoa21_code');
is(recognise([ qw(WDCD WDNM) ], undef, 'areas'), 'areas||t||the heading does not tell the year of the codes: give it with --edition, such as --edition 2021', 'no year');
is(recognise([ qw(WDCD WDNM) ], undef, 'areas', '2024'), 'areas|2024|t||', '... unless the user says it');
is(recognise([ qw(id name) ], undef, 'areas'), 'areas||t||the column "LSOA21CD, WD25CD or LAD24CD" is missing', 'no code');
is(recognise([ 'a', 'b' ], undef, 'weather'), '||t||there is no kind "weather"', 'a kind that there is not');

# Labels of ages.
my %band = ('7' => '[7,8)', '90+' => '[90,)', '0-4' => '[0,5)', '11- 16 years' => '[11,17)', "16 \xe2\x80\x93 18 years" => '[16,19)',
	'Aged 15 years and under' => '[0,16)', 'Aged 16 to 24 years' => '[16,25)', 'Aged 65 years and over' => '[65,)', 'Age: Aged 5 to 9 years' => '[5,10)',
	'Under 1' => '[0,1)', '85 and over' => '[85,)', 'All ages' => '[0,)', '24-16' => '', 'N/A' => '', 'Lone Parent' => '', 'Under 0' => '');
is($node->safe_psql('postgres', 'SELECT reference.age_band(' . literal($_) . ')'), $band{$_}, "age band of \"$_\"") for sort keys %band;

$node->stop;
done_testing();
