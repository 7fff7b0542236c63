# gss_code and uk_postcode on the real files under $WARDSTAR_DATA: every code and postcode in them is taken, comes back
# as it was written, and is of the level that its column says.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{WARDSTAR_DATA};
plan skip_all => "no real data in WARDSTAR_DATA ($data)" if !-d "$data/postcodes";

my $node = PostgreSQL::Test::Cluster->new('area');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION wardstar');
sub answer { return $node->safe_psql('postgres', shift); }

# load(TABLE, FILE [, COLUMNS]): the whole file as text, under its own headings where it has some.
sub load
{
	my ($table, $file, @columns) = @_;
	my $heading = !@columns;
	open my $in, '<', "$data/$file" or die "$file: $!";
	if ($heading)
	{
		chomp(my $first = <$in>);
		$first =~ s/^\xEF\xBB\xBF|\r$//g;
		@columns = map { s/"//gr } split /,/, $first;
	}
	close $in;
	my $list = join ', ', map { qq("$_" text) } @columns;
	my $option = $heading ? ', HEADER' : '';
	answer("CREATE TABLE $table ($list)");
	answer("COPY $table FROM '$data/$file' (FORMAT csv$option)");
	# What awk counts, not what was loaded.
	chomp(my $lines = `awk 'END { print NR }' '$data/$file'`);
	return $lines - $heading;
}

# Postcodes: padded to seven characters, and in the three forms of the National Statistics Postcode Lookup.
my $rows = load('codepoint', 'postcodes/codepoint_open_2014_merseyside.csv', qw(postcode quality e n country region ha county district ward));
is(answer('SELECT count(*), count(DISTINCT postcode::uk_postcode), count(*) FILTER (WHERE uk_postcode_is_valid(postcode)) FROM codepoint'),
	"$rows|$rows|$rows", "Code-Point Open: $rows postcodes, all valid, all different");
is(answer(q{SELECT count(*) FROM codepoint WHERE replace(postcode::uk_postcode::text, ' ', '') <> replace(postcode, ' ', '')}), '0', 'as they are written');
is( answer(q{SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY postcode::uk_postcode) a, row_number() OVER (ORDER BY
		regexp_replace(postcode, ' *(...)$', ' \1') COLLATE "C") b FROM codepoint) x WHERE a <> b}), '0', 'in the order of the written form');
is(answer(q{SELECT string_agg(DISTINCT postcode_area(postcode::uk_postcode), ' ') FROM codepoint}), 'CH L PR WA', 'of the areas that the file is of');

$rows = load('nspl', 'postcodes/NSPL_NOV_2021_WN_st_helens.csv');
is(answer('SELECT count(*) FROM nspl WHERE pcd::uk_postcode::text = pcds AND pcd2::uk_postcode::text = pcds AND pcds::uk_postcode::text = pcds'),
	$rows, "National Statistics Postcode Lookup: $rows in all three forms");
is(answer('SELECT count(*) FROM nspl WHERE NOT postcode_unit_is_pseudo(pcd::uk_postcode)'), $rows, 'none of them a pseudo-postcode');

# Codes, each column with the level that its heading says.
my %level = (oa11 => 'oa', lsoa11 => 'lsoa', msoa11 => 'msoa', ward => 'ward', laua => 'metropolitan_district', cty => 'metropolitan_county',
	rgn => 'region', ctry => 'country', pfa => 'police_force_area', pcon => 'other', ttwa => 'other');
is(answer("SELECT string_agg(DISTINCT gss_level(\"$_\"::gss_code), ' ') FROM nspl"), $level{$_}, "NSPL: $_ is $level{$_}") for sort keys %level;

my $lsoas = load('change', 'lookups/lsoa11_lsoa21_ltla22_england_wales.csv');
load('fit', 'lookups/lsoa21_ward24_ltla24_england_wales.csv');
for (['change', 'lsoa11_code', 'lsoa'], ['change', 'lsoa21_code', 'lsoa'], ['fit', 'lsoa21_code', 'lsoa'], ['fit', 'ward24_code', 'ward'],
	['fit', 'ltla24_code', 'district london_borough metropolitan_district unitary'])
{
	my ($table, $column, $expected) = @$_;
	is(answer("SELECT string_agg(DISTINCT gss_level($column\::gss_code), ' ') FROM $table"), $expected, "$column of $table: $expected");
	is(answer("SELECT count(*) FROM $table WHERE $column\::gss_code::text <> $column"), '0', 'as they are written');
	is(answer("SELECT count(DISTINCT $column\::gss_code) = count(DISTINCT $column) FROM $table"), 't', 'as many different ones');
}
is(answer(q{SELECT string_agg(DISTINCT gss_country(lsoa11_code::gss_code), ' ') FROM change}), 'England Wales', 'England and Wales');
is(answer('SELECT count(*) FROM change c JOIN fit f ON f.lsoa21_code::gss_code = c.lsoa21_code::gss_code'),
	answer('SELECT count(*) FROM change c JOIN fit f USING (lsoa21_code)'), 'a join by code finds what a join by text does');

# The crime files: groups by code are the groups by text.
my @crimes = glob "$data/crime/*-street.csv";
load('crime', 'crime/' . ($crimes[0] =~ m{([^/]+)$})[0]);
my $by_text = 'SELECT "LSOA code" AS code, count(*) FROM crime GROUP BY 1';
my $by_code = 'SELECT "LSOA code"::gss_code::text, count(*) FROM crime GROUP BY "LSOA code"::gss_code';
is(answer("SELECT count(*) FROM (($by_text EXCEPT $by_code) UNION ALL ($by_code EXCEPT $by_text)) x"), '0', 'crimes by LSOA: the same counts by code as by text');
$node->stop;
done_testing();
