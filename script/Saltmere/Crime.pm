# Twelve months of street-level crime as police.uk publishes it, with the faults that its real files have,
# and the postcodes of Saltmere in two editions of ONS's layouts.
package Saltmere::Crime;
use strict;
use warnings;
use Saltmere::Random;

use constant FORCE => 'Saltmere Police (made up)';

my @months = map { $_ <= 12 ? sprintf('2025-%02d', $_) : sprintf('2026-%02d', $_ - 12) } 4 .. 15;
my $months_of_2011 = 4;

# Crimes a year for 1,000 residents at average deprivation, and the outcomes in use.
my @types = (
	[ 'Anti-social behaviour', 11 ], [ 'Bicycle theft', 1 ], [ 'Burglary', 4 ], [ 'Criminal damage and arson', 9 ], [ 'Drugs', 4 ],
	[ 'Other crime', 3 ], [ 'Other theft', 6 ], [ 'Possession of weapons', 1.2 ], [ 'Public order', 8 ], [ 'Robbery', 1.1 ],
	[ 'Shoplifting', 8 ], [ 'Theft from the person', 0.8 ], [ 'Vehicle crime', 5 ], [ 'Violence and sexual offences', 34 ]);
my @outcomes = (
	[ 'Under investigation', 30 ], [ 'Unable to prosecute suspect', 30 ], [ 'Investigation complete; no suspect identified', 24 ],
	[ 'Awaiting court outcome', 9 ], [ 'Local resolution', 4 ], [ 'Offender given a caution', 3 ]);
my @street = ('Cockle', 'Mussel', 'Bollard', 'Capstan', 'Tiller', 'Keel', 'Gull', 'Tern', 'Heron', 'Kelp', 'Marram', 'Samphire', 'Brine',
	'Saltpan', 'Windlass', 'Ropewalk', 'Lantern', 'Foghorn', 'Shingle', 'Spindrift');
my @kind = ('Street', 'Road', 'Lane', 'Close', 'Avenue', 'Place');
my @head = ('Crime ID', 'Month', 'Reported by', 'Falls within', 'Longitude', 'Latitude', 'Location', 'LSOA code', 'LSOA name',
	'Crime type', 'Last outcome category', 'Context');

sub new
{
	my ($class, $map, $people) = @_;
	my $self = bless { map => $map, people => $people }, $class;
	my $random = Saltmere::Random->new('points');
	# Three points a cell, to which the police move each crime.
	for my $cell (sort keys %{ $map->{lsoa} })
	{
		for (1 .. 3)
		{
			my ($lon, $lat) = $map->wgs84($map->point_in($cell, $random));
			push @{ $self->{points}{$cell} },
			  [ sprintf('%.6f', $lon), sprintf('%.6f', $lat), "On or near $street[$random->below(scalar @street)] $kind[$random->below(scalar @kind)]" ];
		}
	}
	return $self;
}

sub months { return @months; }

# The rows of one month (0 to 11), the heading first.
sub month
{
	my ($self, $number) = @_;
	my ($map, $people) = @$self{qw(map people)};
	my $random = Saltmere::Random->new("crime $months[$number]");
	my ($areas, $area_of) = $number < $months_of_2011 ? @$map{qw(old_lsoas lsoa_2011)} : @$map{qw(lsoas lsoa)};
	my $season = 1 + 0.08 * (4 - abs($number - 4)) / 4;
	my (@rows, $twice);
	for my $i (sort { $areas->[$a]{code} cmp $areas->[$b]{code} } grep { $areas->[$_] } 0 .. $#$areas)
	{
		my @cells = $map->cells_of($area_of, $i);
		my @weight = map { int($people->count(0, 90, $_) * (10 + 30 * $people->{level}{$_})) } @cells;
		for my $type (@types)
		{
			my $mean = 0;
			for my $cell (@cells)
			{
				my $level = $people->{level}{$cell};
				$mean += $people->count(0, 90, $cell) / 1000 * $type->[1] / 12 * (0.4 + 1.6 * $level * $level) * $season;
			}
			for (1 .. $random->poisson($mean))
			{
				my $point = $self->{points}{ $cells[ $random->weighted(@weight) ] }[ $random->below(3) ];
				push @rows, $self->row($random, $number, @$point, @{ $areas->[$i] }{qw(code name)}, $type->[0]);
				$twice //= $rows[-1] if $type->[0] eq 'Anti-social behaviour';
			}
		}
	}
	# Two incidents at one place in one month: nothing in the file tells them apart, and both count.
	push @rows, [@$twice];
	$self->add_faults($random, $number, \@rows);
	return ([@head], @rows);
}

sub row
{
	my ($self, $random, $number, $lon, $lat, $location, $code, $name, $type) = @_;
	my $asb = $type eq 'Anti-social behaviour';
	return [ $asb ? '' : $random->hex64, $months[$number], FORCE, FORCE, $lon, $lat, $location, $code, $name, $type,
		$asb ? '' : $outcomes[ $random->weighted(map { $_->[1] } @outcomes) ][0], '' ];
}

sub add_faults
{
	my ($self, $random, $number, $rows) = @_;
	my $map = $self->{map};
	my @cells = sort keys %{ $map->{lsoa} };

	# Recorded by this force, but in the next: an LSOA that no boundary here has.
	push @$rows, $self->row($random, $number, sprintf('%.6f', -3.6 - $random->below(900) / 1e4), sprintf('%.6f', 53.7 + $random->below(900) / 1e4),
		'On or near Fog Lane', 'E01999901', 'Fogwick 001A (made up)', $_) for 'Vehicle crime', 'Violence and sexual offences';

	# Coordinates without an LSOA: three inside Saltmere, and one out at sea.
	if ($months[$number] eq '2025-06')
	{
		push @$rows, $self->row($random, $number, @{ $self->{points}{ $cells[ $random->below(scalar @cells) ] }[0] }, '', '', 'Robbery') for 1 .. 3;
		push @$rows, $self->row($random, $number, '-4.250000', '53.900000', 'On or near Parking Area', '', '', 'Other theft');
	}
	# Neither.
	if ($months[$number] eq '2025-09')
	{
		push @$rows, $self->row($random, $number, '', '', 'No Location', '', '', 'Violence and sexual offences') for 1 .. 4;
	}
	# One ID twice, with another place and type: a second victim of one crime, and kept.
	if ($months[$number] eq '2025-11')
	{
		my ($first) = grep { $_->[9] eq 'Robbery' } @$rows;
		my ($place) = grep { $_->[7] ne $first->[7] && $_->[9] ne 'Anti-social behaviour' } @$rows;
		push @$rows, [ @$first[ 0 .. 3 ], @$place[ 4 .. 8 ], 'Violence and sexual offences', @$first[ 10, 11 ] ];
	}
}

# Postcodes of area SX, which Royal Mail does not use. SX1 to SX3 (the first district's wards) are written in
# the ONS Postcode Directory's headings of February 2025, SX4 and SX5 in those of the lookup of August 2025.
sub postcodes
{
	my $self = shift;
	my $map = $self->{map};
	my $random = Saltmere::Random->new('postcodes');
	my @letters = split //, 'ABDEFGHJLNPQRSTUWXYZ';
	my (%next, @found);
	for my $cell (sort keys %{ $map->{lsoa} })
	{
		my $lsoa = $map->{lsoa}{$cell};
		my $ward = $map->ward_at($cell);
		my $district = $map->{wards}[$ward]{district};
		my $out = $district ? 4 + ($ward % 2) : 1 + ($map->{ward_of}[$lsoa] % 3);
		for (1 .. 3)
		{
			my $n = $next{$out}++;
			my $in = (1 + int($n / 400)) . $letters[ int($n / 20) % 20 ] . $letters[ $n % 20 ];
			my ($e, $n_) = $map->point_in($cell, $random);
			my $old = $random->below(12) == 0;
			push @found,
			  {
				out => "SX$out", in => $in, e => $e, n => $n_, lsoa => $lsoa, lsoa11 => $map->{lsoa_2011}{$cell},
				ward => $ward, district => $district,
				from => $random->below(3) ? '198001' : '2004' . sprintf('%02d', 1 + $random->below(12)),
				to => $old ? sprintf('20%02d%02d', 8 + $random->below(16), 1 + $random->below(12)) : ''
			  };
		}
	}
	return sort { $a->{out} cmp $b->{out} || $a->{in} cmp $b->{in} } @found;
}

my @directory = qw(pcd pcd2 pcds dointr doterm oscty ced oslaua osward parish usertype oseast1m osnrth1m osgrdind oshlthau nhser
  ctry rgn streg pcon eer teclec ttwa pct nuts statsward oa01 casward park lsoa01 msoa01 ur01ind oac01 oa11 lsoa11 msoa11 wz11 ccg
  bua22 ru11ind oac11 lat long lep1 lep2 pfa imd calncv icb oa21 lsoa21 msoa21 ru21ind);
my @lookup = qw(pcd7 pcd8 pcds dointr doterm usrtypind east1m north1m gridind oa21cd cty25cd ced25cd lad25cd wd25cd nhser24cd
  ctry25cd rgn25cd pcon24cd ttwa15cd itl25cd npark16cd lsoa21cd msoa21cd wz11cd sicbl24cd bua24cd ruc21ind oac11ind lat long
  lep21cd1 lep21cd2 pfa23cd imd20ind icb23cd);

sub directory { my $self = shift; return $self->postcode_rows(\@directory, grep { $_->{out} lt 'SX4' } $self->postcodes); }

sub lookup { my $self = shift; return $self->postcode_rows(\@lookup, grep { $_->{out} ge 'SX4' } $self->postcodes); }

sub postcode_rows
{
	my ($self, $heading, @postcodes) = @_;
	my $map = $self->{map};
	my @rows = ([@$heading]);
	for my $p (@postcodes)
	{
		my ($lon, $lat) = $map->wgs84($p->{e}, $p->{n});
		my %value = (
			pcd => "$p->{out} $p->{in}", pcd2 => "$p->{out}  $p->{in}", pcds => "$p->{out} $p->{in}", dointr => $p->{from}, doterm => $p->{to},
			oslaua => $map->{districts}[ $p->{district} ]{code}, osward => $map->{wards}[ $p->{ward} ]{code}, usertype => 0,
			oseast1m => sprintf('%06d', $p->{e}), osnrth1m => sprintf('%07d', $p->{n}), osgrdind => 1, ctry => 'E92000001',
			lat => sprintf('%.6f', $lat), long => sprintf('%.6f', $lon),
			lsoa11 => $map->{old_lsoas}[ $p->{lsoa11} ]{code}, lsoa21 => $map->{lsoas}[ $p->{lsoa} ]{code});
		@value{qw(pcd7 pcd8 usrtypind east1m north1m gridind lad25cd wd25cd ctry25cd lsoa21cd)} =
		  @value{qw(pcd pcd2 usertype oseast1m osnrth1m osgrdind oslaua osward ctry lsoa21)};
		push @rows, [ map { $value{$_} // '' } @$heading ];
	}
	return @rows;
}

1;
