# Who lives in Saltmere, and how deprived each of its LSOAs is. One population, by cell and year of age,
# serves every file, so areas of 2011 and 2021 add up to the same people. What follows from deprivation
# (age, crime, need) is drawn from one level a cell, highest by the harbour.
package Saltmere::People;
use strict;
use warnings;
use Saltmere::Random;

use constant AREAS_IN_ENGLAND => 33755;

my @bands = ([ 0, 15, 'Aged 15 years and under' ], [ 16, 24, 'Aged 16 to 24 years' ], [ 25, 34, 'Aged 25 to 34 years' ],
	[ 35, 49, 'Aged 35 to 49 years' ], [ 50, 64, 'Aged 50 to 64 years' ], [ 65, 90, 'Aged 65 years and over' ]);

# The 16 indices of File 7 of the English Indices of Deprivation 2025, in its order, and how a score
# follows from how deprived an area is (0 to 1).
my $rate = sub { 0.004 + 0.62 * $_[0] * $_[0] };
my $scale = sub { 5.2 * $_[0] - 2.6 };
my $points = sub { 0.1 + 88 * $_[0] * $_[0] * $_[0] };
my @indices = (
	[ 'Index of Multiple Deprivation (IMD) Score' ],
	[ 'Income Score (rate)', $rate ],
	[ 'Employment Score (rate)', $rate ],
	[ 'Education, Skills and Training Score', $points ],
	[ 'Health Deprivation and Disability Score', $scale ],
	[ 'Crime Score', $scale ],
	[ 'Barriers to Housing and Services Score', $points ],
	[ 'Living Environment Score', $points ],
	[ 'Income Deprivation Affecting Children Index (IDACI) Score (rate)', $rate ],
	[ 'Income Deprivation Affecting Older People (IDAOPI) Score (rate)', $rate ],
	[ 'Children and Young People Sub-domain Score', $scale ],
	[ 'Adult Skills Sub-domain Score', $rate ],
	[ 'Geographical Barriers Sub-domain Score', $scale ],
	[ 'Wider Barriers Sub-domain Score', $scale ],
	[ 'Indoors Sub-domain Score', $scale ],
	[ 'Outdoors Sub-domain Score', $scale ]);
my @weights = (0.225, 0.225, 0.135, 0.135, 0.093, 0.093, 0.093);

# The national rank of an IMD score, roughly as it was in 2019: (score, share of areas more deprived).
my @national = ([ 95, 0 ], [ 62, 0.02 ], [ 45, 0.1 ], [ 33.5, 0.2 ], [ 26.5, 0.3 ], [ 21.5, 0.4 ], [ 17.3, 0.5 ],
	[ 13.9, 0.6 ], [ 11.1, 0.7 ], [ 8.4, 0.8 ], [ 5.6, 0.9 ], [ 0, 1 ]);

sub new
{
	my ($class, $map) = @_;
	my $self = bless { map => $map }, $class;
	$self->settle;
	$self->rank;
	return $self;
}

# $self->{level}{cell}: 0 least to 1 most deprived; $self->{people}{cell}[age], 90 standing for 90+.
sub settle
{
	my $self = shift;
	my $random = Saltmere::Random->new('people');
	for my $cell (sort keys %{ $self->{map}{lsoa} })
	{
		my ($x, $y) = split /,/, $cell;
		# Two poor quarters, by the harbour and in the east.
		my $harbour = sqrt(($x - 5) * ($x - 5) + ($y - 8) * ($y - 8));
		my $east = sqrt(($x - 20) * ($x - 20) + ($y - 4) * ($y - 4));
		my $level = 1.25 - 0.095 * ($harbour < $east + 2 ? $harbour : $east + 2) + 0.08 * $random->normal;
		$self->{level}{$cell} = $level < 0.02 ? 0.02 : $level > 0.99 ? 0.99 : $level;
		my $poor = $self->{level}{$cell};

		my $total = 200 + 160 * $poor + $random->below(60);
		my @weight = map {
			my $age = $_;
			my $w = $age < 16 ? 1.1 + 0.5 * $poor : $age < 25 ? 1 + 0.4 * $poor : $age < 50 ? 1.25 : $age < 65 ? 1.3 - 0.2 * $poor
			  : $age < 90 ? (1.25 - 0.4 * $poor) * (90 - $age) / 25 + 0.1 : 0.6 - 0.3 * $poor;
			$w * (0.9 + 0.2 * $random->unit);
		} 0 .. 90;
		my $sum = 0;
		$sum += $_ for @weight;
		$self->{people}{$cell} = [ map { $random->rounded($total * $_ / $sum) } @weight ];
	}
}

# The people of some cells between two ages, both included.
sub count
{
	my ($self, $low, $high, @cells) = @_;
	my $n = 0;
	for my $cell (@cells) { $n += $_ for @{ $self->{people}{$cell} }[ $low .. $high ]; }
	return $n;
}

# Population-weighted level of an LSOA of 2021.
sub level
{
	my ($self, @cells) = @_;
	my ($sum, $n) = (0, 0);
	for my $cell (@cells)
	{
		my $people = $self->count(0, 90, $cell);
		$sum += $self->{level}{$cell} * $people;
		$n += $people;
	}
	return $sum / $n;
}

# Scores and ranks of each LSOA of 2021. No two share a rank, as in the publication of 2025.
sub rank
{
	my $self = shift;
	my $random = Saltmere::Random->new('deprivation');
	my @lsoas = 0 .. $#{ $self->{map}{lsoas} };
	my %level = map { $_ => $self->level($self->{map}->cells_of($self->{map}{lsoa}, $_)) } @lsoas;
	my @taken;
	my $free = sub {
		my ($i, $rank) = @_;
		$rank = $rank < 1 ? 1 : $rank > AREAS_IN_ENGLAND ? AREAS_IN_ENGLAND : $rank;
		$rank = $rank < AREAS_IN_ENGLAND ? $rank + 1 : 1 while $taken[$i]{$rank}++;
		return $rank;
	};
	for my $lsoa (@lsoas)
	{
		for my $i (1 .. $#indices)
		{
			my $near = $i == 6 || $i == 12 ? 0.3 + 0.4 * $random->unit : $level{$lsoa} + 0.06 * $random->normal;
			$near = $near < 0 ? 0 : $near > 0.9999 ? 0.9999 : $near;
			my $rank = $free->($i, 1 + int((1 - $near) * AREAS_IN_ENGLAND));
			$self->{rank}{$lsoa}[$i] = $rank;
			$self->{score}{$lsoa}[$i] = sprintf '%.3f', $indices[$i][1]->(1 - ($rank - 1) / AREAS_IN_ENGLAND);
		}
		# The published combination: ranks, from 1 for the most deprived, made exponential and weighted.
		my $score = 0;
		for my $i (1 .. 7)
		{
			my $r = 1 - ($self->{rank}{$lsoa}[$i] - 1) / AREAS_IN_ENGLAND;
			$score += $weights[ $i - 1 ] * -23 * Saltmere::Random::logarithm(1 - $r * (1 - Saltmere::Random::exponential(-100 / 23)));
		}
		$self->{score}{$lsoa}[0] = sprintf '%.3f', $score;
	}
	my $last = 0;
	for my $lsoa (sort { $self->{score}{$b}[0] <=> $self->{score}{$a}[0] || $a <=> $b } @lsoas)
	{
		my $score = $self->{score}{$lsoa}[0];
		my ($i) = grep { $score >= $national[$_][0] } 1 .. $#national;
		my ($above, $below) = @national[ $i - 1, $i ];
		my $share = $above->[1] + ($below->[1] - $above->[1]) * ($above->[0] - $score) / ($above->[0] - $below->[0]);
		my $rank = 1 + int($share * (AREAS_IN_ENGLAND - 1));
		$rank = $last + 1 if $rank <= $last;
		$self->{rank}{$lsoa}[0] = $last = $rank;
	}
}

# As published: rank 3,375 is the last of the first decile, 6,751 of the second.
sub decile { my $rank = shift; return 1 + int((10 * $rank - 1) / AREAS_IN_ENGLAND); }

# Rows of the files, the heading first.
sub single_years
{
	my $self = shift;
	my $map = $self->{map};
	my @rows = ([ qw(lsoa11_name lsoa11_code total_population), 0 .. 89, '90+' ]);
	my @old = @{ $map->{old_lsoas} };
	for my $i (sort { $old[$a]{code} cmp $old[$b]{code} } grep { $old[$_] } 0 .. $#old)
	{
		my @cells = $map->cells_of($map->{lsoa_2011}, $i);
		push @rows, [ @{ $old[$i] }{qw(name code)}, $self->count(0, 90, @cells), map { $self->count($_, $_, @cells) } 0 .. 90 ];
	}
	return @rows;
}

sub census_bands
{
	my $self = shift;
	my $map = $self->{map};
	my @rows = ([qw(lsoa21_code lsoa21_name age_group usual_residents)]);
	for my $i ($map->by_code)
	{
		my @cells = $map->cells_of($map->{lsoa}, $i);
		push @rows, [ @{ $map->{lsoas}[$i] }{qw(code name)}, $_->[2], $self->count(@$_[ 0, 1 ], @cells) ] for @bands;
	}
	return @rows;
}

sub file_7
{
	my $self = shift;
	my $map = $self->{map};
	my @head = ('LSOA code (2021)', 'LSOA name (2021)', 'Local Authority District code (2024)', 'Local Authority District name (2024)');
	for my $index (@indices)
	{
		(my $name = $index->[0]) =~ s/ Score( \(rate\))?$//;
		my $decile = "$name Decile (where 1 is most deprived 10% of LSOAs)";
		# The publication cuts this one short.
		$decile =~ s/As\)$// if $name =~ /^Children and/;
		push @head, $index->[0], "$name Rank (where 1 is most deprived)", $decile;
	}
	my @rows = ([ @head, 'Total population: mid 2022', 'Dependent Children aged 0-15: mid 2022', 'Older population aged 60 and over: mid 2022',
			'Working age population 18-66 (for use with Employment Deprivation Domain): mid 2022' ]);
	for my $i ($map->by_code)
	{
		my $district = $map->{districts}[ $map->{wards}[ $map->{ward_of}[$i] ]{district} ];
		my @cells = $map->cells_of($map->{lsoa}, $i);
		push @rows, [ @{ $map->{lsoas}[$i] }{qw(code name)}, @$district{qw(code name)},
			(map { $self->{score}{$i}[$_], $self->{rank}{$i}[$_], decile($self->{rank}{$i}[$_]) } 0 .. $#indices),
			$self->count(0, 90, @cells), $self->count(0, 15, @cells), $self->count(60, 90, @cells), $self->count(18, 66, @cells) ];
	}
	return @rows;
}

1;
