# The real areas of a folder of official files: which LSOAs have a boundary there, which ward each is best
# fitted to, how deprived it is (where a file says), and which reporting year its crime covers.
package Saltmere::Over;
use strict;
use warnings;
use File::Find qw(find);

# Returns (year in which the reporting year starts, places), as Returns::files() wants them.
sub places
{
	my $dir = shift;
	my @files;
	find({ no_chdir => 1, follow => 1, wanted => sub { push @files, $_ if -f && /\.(csv|geojson)$/i } }, $dir);
	@files = sort @files;

	# The vintage is the newest that has both boundaries and a lookup to wards.
	my %bounded;
	for my $file (grep { /\.geojson$/i } @files)
	{
		my $text = slurp($file);
		$bounded{"20$1"}{$2} = 1 while $text =~ /"lsoa(\d\d)(?:cd|_code)"\s*:\s*"([A-Z]\d{8})"/gi;
	}
	my (%ward_of, %wards);
	for my $file (grep { /\.csv$/i } @files)
	{
		my @head = heading($file);
		my ($lsoa) = grep { $head[$_] =~ /^lsoa(\d\d)(?:cd|_code)$/i } 0 .. $#head;
		my ($ward) = grep { $head[$_] =~ /^w(?:ar)?d(\d\d)(?:cd|_code)$/i } 0 .. $#head;
		next if !defined $lsoa || !defined $ward;
		my ($vintage) = $head[$lsoa] =~ /(\d\d)/;
		my ($year) = $head[$ward] =~ /(\d\d)/;
		next if !$bounded{"20$vintage"} || $year lt ($wards{"20$vintage"} // '');
		$wards{"20$vintage"} = $year;
		$ward_of{"20$vintage"} = { map { $_->[$lsoa] => $_->[$ward] } rows($file) };
	}
	my ($vintage) = sort { $b <=> $a } grep { $bounded{$_} } keys %ward_of;
	die "script/saltmere: $dir holds no LSOA boundaries (GeoJSON) with a lookup from LSOA to ward (CSV)\n" if !$vintage;
	my @lsoas = sort grep { $ward_of{$vintage}{$_} } keys %{ $bounded{$vintage} };
	die "script/saltmere: no LSOA of $dir has both a boundary and a ward\n" if !@lsoas;

	my $decile = deciles($vintage, @files);
	return (
		reporting_year(@files),
		map {
			my $need = 11 - ($decile->{$_} // 5);
			{ lsoa => $_, ward => $ward_of{$vintage}{$_}, weight => $need * $need, postcodes => [] }
		} @lsoas);
}

# Of the Indices of Deprivation on LSOAs of that vintage, if there.
sub deciles
{
	my ($vintage, @files) = @_;
	my %decile;
	for my $file (grep { /\.csv$/i } @files)
	{
		my @head = heading($file);
		my ($code) = grep { $head[$_] eq "LSOA code ($vintage)" } 0 .. $#head;
		my ($column) = grep { $head[$_] =~ /^Index of Multiple Deprivation \(IMD\) Decile/ } 0 .. $#head;
		next if !defined $code || !defined $column;
		$decile{ $_->[$code] } = $_->[$column] for grep { ($_->[$column] // '') =~ /^([1-9]|10)$/ } rows($file);
	}
	return \%decile;
}

# The latest year whose fourth quarter (January to March) is covered by crime, else that of the latest month.
sub reporting_year
{
	my %month = map { m{(\d{4}-\d\d)-[^/]+-street\.csv$} ? ($1 => 1) : () } @_;
	my ($last) = sort { $b cmp $a } keys %month;
	return 2025 if !$last;
	for my $year (reverse 2010 .. substr($last, 0, 4))
	{
		return $year if 3 == grep { $month{ sprintf '%d-%02d', $year + 1, $_ } } 1 .. 3;
	}
	my ($year, $month) = split /-/, $last;
	return $month < 4 ? $year - 1 : $year + 0;
}

sub slurp
{
	my $file = shift;
	open my $in, '<:raw', $file or die "script/saltmere: $file: $!\n";
	local $/;
	my $text = <$in>;
	return $text // '';
}

sub heading
{
	my $file = shift;
	open my $in, '<:raw', $file or die "script/saltmere: $file: $!\n";
	my $line = <$in> // '';
	$line =~ s/^\xEF\xBB\xBF//;
	return fields($line);
}

sub rows
{
	my $file = shift;
	my (undef, @lines) = split /\r\n|\n|\r/, slurp($file);
	return map { [ fields($_) ] } @lines;
}

sub fields
{
	my $line = shift;
	$line =~ s/[\r\n]+$//;
	my @fields;
	while ($line =~ /\G(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/g)
	{
		push @fields, defined $1 ? $1 =~ s/""/"/gr : $2;
		last if $3 eq '';
	}
	return @fields;
}

1;
