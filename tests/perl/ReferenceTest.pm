# What the tests of the reference data share: loading, and printing tables without the numbers of files.
package ReferenceTest;
use strict;
use warnings;
use Exporter 'import';
use HubTest;

our @EXPORT = qw(world load_file rejects contents lines);

# The made-up fixtures, by short name.
sub world
{
	my $dir = "$ENV{WARDSTAR_ROOT}/tests/fixtures/reference";
	return (
		lsoa11 => "$dir/lsoa2011.geojson", lsoa21 => "$dir/lsoa2021.geojson", ward24 => "$dir/ward2024.geojson",
		best11 => "$dir/lsoa11_ward19.csv", best21 => "$dir/lsoa21_ward24.csv", change => "$dir/lsoa11_lsoa21.csv",
		census => "$dir/census2021_age_made_up.csv", mid2020 => "$dir/mid-2020_made_up.csv",
		old => "$dir/2021-12-made-up-street.csv", new => "$dir/2025-01-made-up-street.csv");
}

# Loads a file and tests the exit code; gives all that was printed.
sub load_file
{
	my ($node, $expected, $name, @arguments) = @_;
	my ($code, $out, $err) = hub($node, 'load', @arguments);
	Test::More::is($code, $expected, $name) or Test::More::diag($out . $err);
	return $out . $err;
}

sub query
{
	my ($node, $sql) = @_;
	return ref $node eq 'ARRAY' ? $node->[0]->safe_psql($node->[1], $sql) : $node->safe_psql('postgres', $sql);
}

# Line and reason of the rejected rows of the file that was loaded last.
sub rejects
{
	return query(shift, 'SELECT line, reason FROM reference.rejected_row
		WHERE source_file = (SELECT max(id) FROM reference.source_file) ORDER BY line, reason');
}

sub lines { return join "\n", @_ }

# All that is stored and derived, in a fixed order, without what depends on the order of loads (numbers of files).
sub contents
{
	my $node = shift;
	return query($node, <<'SQL');
SELECT 'area', level, vintage, code, name, district, repaired, md5(ST_AsEWKB(geom)::text) FROM reference.area ORDER BY 2, 3, 4;
SELECT 'ward_best_fit', lsoa_vintage, ward_vintage, lsoa, lsoa_name, ward, ward_name, district FROM reference.ward_best_fit ORDER BY 2, 3, 4;
SELECT 'lsoa_change', lsoa11, lsoa21, change FROM reference.lsoa_change ORDER BY 2, 3;
SELECT 'lsoa_move', vintage, lsoa, target, candidates FROM reference.lsoa_move ORDER BY 2, 3;
SELECT 'postcode', postcode, introduced, terminated, easting, northing, positional_quality, lsoa11, lsoa21, lsoa_by_point, ward, district, edition
FROM reference.postcode ORDER BY 2;
SELECT 'population', edition, year, level, vintage, area, age, characteristic, category, n, summed FROM reference.population ORDER BY 2, 4, 5, 6, 8, 9, 7;
SELECT 'deprivation', to_jsonb(d) - 'source_files' FROM reference.deprivation AS d ORDER BY edition, lsoa;
SELECT 'crime', f.name, c.month, c.line, c.lsoa, c.lsoa_derived, t.name, o.name, c.crime_id, c.longitude, c.latitude, c.location, c.context
FROM reference.crime AS c JOIN reference.force AS f ON f.id = c.force JOIN reference.crime_type AS t ON t.id = c.crime_type
LEFT JOIN reference.crime_outcome AS o ON o.id = c.outcome ORDER BY 2, 3, 4;
SELECT 'crime_month', f.name, c.month, c.crimes, c.derived, c.unplaced FROM reference.crime_month AS c JOIN reference.force AS f ON f.id = c.force ORDER BY 2, 3;
SELECT 'crime_count', * FROM reference.crime_count ORDER BY 3, 2, 4;
SELECT 'crime_moved', f.name, m.month, m.vintage, m.lsoa, m.target, t.name, m.n, m.estimated FROM reference.crime_moved AS m
JOIN reference.force AS f ON f.id = m.force JOIN reference.crime_type AS t ON t.id = m.crime_type ORDER BY 2, 3, 4, 5, 6, 7, 9;
SELECT 'ward_by_point', vintage, ward FROM reference.ward_by_point ORDER BY 2, 3;
SELECT 'ward_crime_count', * FROM reference.ward_crime_count ORDER BY 2, 3, 4, 5;
SQL
}

1;
