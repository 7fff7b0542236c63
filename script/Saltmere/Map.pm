# The map of Saltmere: a grid of cells with shifted corners, gathered into wards and LSOAs. All areas are
# sets of cells and share the cells' corners, so there are neither gaps nor overlaps between them. It lies
# in the open Irish Sea, where there is no land.
package Saltmere::Map;
use strict;
use warnings;
use Saltmere::Grid;
use Saltmere::Random;

use constant { CELL => 320, WIDTH => 24, HEIGHT => 16, EAST => 272000, NORTH => 415000 };
use constant MARK => '(made up)';

# The first column of land in each row, from the south; and an island.
my @coast = (3, 3, 2, 2, 1, 1, 2, 3, 4, 4, 3, 2, 2, 3, 4, 5);
my @island = ([ 0, 12 ], [ 0, 13 ]);

# Where each ward begins to grow; its name. The last ward has no cells of its own at first: see build().
my @wards = (
	[ 4, 2, 'Cockle Bank' ], [ 5, 7, 'Harbour' ], [ 4, 12, "M\x{f4}rfa Sands" ],
	[ 9, 4, 'Ropewalk' ], [ 9, 10, 'St Elmo' ], [ 11, 14, 'Tern Hill' ],
	[ 13, 1, 'Brine Row' ], [ 14, 7, 'Saltpan' ], [ 18, 12, 'Windmill' ],
	[ 20, 3, 'Eastfield' ], [ 21, 8, 'Heron Park' ]);
my @six_lsoas = (1, 3, 4, 7, 9);	# the other wards have five
my $point_ward = 'Lighthouse Point';
my @districts = ('Saltmere', 'Gullhaven, Port of');

sub new
{
	my $self = bless {}, shift;
	$self->{cells} = [];
	for my $y (0 .. HEIGHT - 1)
	{
		for my $x ($coast[$y] .. WIDTH - 1) { push @{ $self->{cells} }, [ $x, $y ]; }
	}
	my %ward = grow([ map { [ $_->[0], $_->[1] ] } @wards ], @{ $self->{cells} });
	my (%lsoa, @ward_of);
	for my $w (0 .. $#wards)
	{
		my @cells = grep { $ward{key($_)} == $w } @{ $self->{cells} };
		my $n = 5 + grep { $_ == $w } @six_lsoas;
		my %part = grow([ spread($n, $wards[$w], @cells) ], @cells);
		$lsoa{$_} = @ward_of + $part{$_} for keys %part;
		push @ward_of, ($w) x $n;
	}
	@$self{qw(lsoa ward_of)} = (\%lsoa, \@ward_of);

	# The island belongs to the LSOA nearest to it: a MultiPolygon.
	$self->{island} = $lsoa{'2,12'};
	for my $cell (@island)
	{
		push @{ $self->{cells} }, $cell;
		$lsoa{ key($cell) } = $self->{island};
	}
	$self->{bow} = $self->make_bow;
	$self->name_areas;
	$self->make_point_ward;
	$self->make_2011;
	$self->shift_corners;
	return $self;
}

sub key { my $cell = shift; return "$cell->[0],$cell->[1]"; }

sub near
{
	my ($x, $y) = split /,/, shift;
	return (($x - 1) . ",$y", ($x + 1) . ",$y", "$x," . ($y - 1), "$x," . ($y + 1));
}

# Regions around the seeds, which take turns (the smallest first) to claim the free cell nearest to them.
sub grow
{
	my ($seeds, @cells) = @_;
	my %free = map { key($_) => 1 } @cells;
	my (%region, @size, @edge);
	for my $r (0 .. $#$seeds)
	{
		$edge[$r] = { key($seeds->[$r]) => 1 };
		$size[$r] = 0;
	}
	while (%free)
	{
		my ($best) = sort { $size[$a] <=> $size[$b] || $a <=> $b } grep { %{ $edge[$_] } } 0 .. $#$seeds;
		die 'cells that no region reaches' if !defined $best;
		my ($sx, $sy) = @{ $seeds->[$best] };
		my %far = map { my ($x, $y) = split /,/; $_ => ($x - $sx) * ($x - $sx) + ($y - $sy) * ($y - $sy) } keys %{ $edge[$best] };
		my ($cell) = sort { $far{$a} <=> $far{$b} || $a cmp $b } keys %far;
		delete $edge[$best]{$cell};
		next if !delete $free{$cell};
		$region{$cell} = $best;
		$size[$best]++;
		$edge[$best]{$_} = 1 for grep { $free{$_} } near($cell);
	}
	return %region;
}

# n of the cells, each as far as can be from those before it.
sub spread
{
	my ($n, $centre, @cells) = @_;
	my @chosen;
	my %far = map { key($_) => 1e9 } @cells;
	while (@chosen < $n)
	{
		my ($next) = sort {
			$far{ key($b) } <=> $far{ key($a) }
			  || ($b->[0] - $centre->[0])**2 + ($b->[1] - $centre->[1])**2
			  <=> ($a->[0] - $centre->[0])**2 + ($a->[1] - $centre->[1])**2
			  || key($a) cmp key($b)
		} @cells;
		push @chosen, $next;
		for my $cell (@cells)
		{
			my $d = ($cell->[0] - $next->[0])**2 + ($cell->[1] - $next->[1])**2;
			$far{ key($cell) } = $d if $d < $far{ key($cell) };
		}
	}
	return @chosen;
}

sub cells_of
{
	my ($self, $map, $area) = @_;
	return grep { $map->{$_} == $area } map { key($_) } @{ $self->{cells} };
}

# The LSOAs of 2021 in the order of their codes.
sub by_code
{
	my $self = shift;
	my $lsoas = $self->{lsoas};
	return sort { $lsoas->[$a]{code} cmp $lsoas->[$b]{code} } 0 .. $#$lsoas;
}

sub connected
{
	my @cells = @_;
	return 0 if !@cells;
	my %left = map { $_ => 1 } @cells;
	my @pending = $cells[0];
	while (@pending)
	{
		my $cell = pop @pending;
		push @pending, near($cell) if delete $left{$cell};
	}
	return !%left;
}

sub are_neighbours
{
	my ($self, $map, $one, $other) = @_;
	return scalar grep { ($map->{$_} // -1) == $other } map { near($_) } $self->cells_of($map, $one);
}

# One LSOA gets a cell of its neighbour's that touches it in a corner only. Written as one ring it crosses
# itself there: invalid, as four of the real LSOAs of Merseyside are, and repaired without loss of area.
sub make_bow
{
	my $self = shift;
	my $lsoa = $self->{lsoa};
	for my $cell (sort keys %$lsoa)
	{
		my ($x, $y) = split /,/, $cell;
		my $from = $lsoa->{$cell};
		my @rest = grep { $_ ne $cell } $self->cells_of($lsoa, $from);
		next if @rest < 4 || $from == $self->{island} || !connected(@rest);
		for my $corner ([ 1, 1 ], [ 1, -1 ], [ -1, 1 ], [ -1, -1 ])
		{
			my $to = $lsoa->{ ($x + $corner->[0]) . ',' . ($y + $corner->[1]) } // next;
			next if $to == $from || $to == $self->{island} || $self->{ward_of}[$to] != $self->{ward_of}[$from];
			next if grep { ($lsoa->{$_} // -1) == $to } near($cell);
			$lsoa->{$cell} = $to;
			return $to;
		}
	}
	die 'no place for a ring that crosses itself';
}

# Codes beyond any that ONS has issued, and names. Districts: the western six wards, and the eastern five.
sub name_areas
{
	my $self = shift;
	$self->{districts} = [ map { { code => sprintf('E089990%02d', $_ + 1), name => "$districts[$_] " . MARK } } 0, 1 ];
	my (@in_district, @in_ward);
	for my $w (0 .. $#wards)
	{
		my $d = $wards[$w][0] < 12 ? 0 : 1;
		$self->{wards}[$w] = {
			code => sprintf('E05999%03d', $w + 1), name => "$wards[$w][2] " . MARK,
			district => $d, number => ++$in_district[$d]
		};
	}
	for my $i (0 .. $#{ $self->{ward_of} })
	{
		my $w = $self->{ward_of}[$i];
		my $ward = $self->{wards}[$w];
		$self->{lsoas}[$i] = {
			code => sprintf('E01999%03d', $i + 1), ward => $w,
			stem => sprintf('%s %03d', $districts[ $ward->{district} ], $ward->{number}), letter => chr(65 + $in_ward[$w]++)
		};
	}
}

# A twelfth ward, cut from one LSOA of the coast that is best fitted to another ward: no LSOA is its own.
sub make_point_ward
{
	my $self = shift;
	my ($lsoa) = grep { $_ != $self->{bow} && $_ != $self->{island} && $self->cells_of($self->{lsoa}, $_) >= 5 }
	  map { $self->{lsoa}{$_} } '1,4', '1,5', '2,6', '3,1', '2,3';
	my @cells = sort { $a cmp $b } $self->cells_of($self->{lsoa}, $lsoa);
	for my $i (0 .. $#cells)
	{
		my ($beside) = grep { my $n = $_; grep { $_ eq $n } @cells } near($cells[$i]);
		my @rest = grep { $_ ne $cells[$i] && $_ ne $beside } @cells;
		next if !connected(@rest);
		$self->{point_lsoa} = $lsoa;
		$self->{point} = { $cells[$i] => 1, $beside => 1 };
		last;
	}
	die 'no place for the twelfth ward' if !$self->{point};
	push @{ $self->{wards} },
	  {
		code => sprintf('E05999%03d', @wards + 1), name => "$point_ward " . MARK,
		district => $self->{wards}[ $self->{ward_of}[$lsoa] ]{district}
	  };
}

# The LSOAs of 2011: most as in 2021, three that were split since, two that were merged, two redrawn.
sub make_2011
{
	my $self = shift;
	my ($new, %free) = ($self->{lsoa});
	$free{$_} = 1 for grep { $_ != $self->{bow} && $_ != $self->{island} && $_ != $self->{point_lsoa} } 0 .. $#{ $self->{lsoas} };
	my @old = map { { code => $_->{code}, stem => $_->{stem}, letter => $_->{letter} } } @{ $self->{lsoas} };
	my %old = %$new;
	my @links;

	my $chain = sub {
		my ($ward, $n) = @_;
		my @in = grep { $free{$_} && $self->{ward_of}[$_] == $ward } 0 .. $#{ $self->{lsoas} };
		for my $first (@in)
		{
			my @others = grep { $_ != $first && $self->are_neighbours($new, $first, $_) } @in;
			next if @others < $n - 1;
			my @chosen = ($first, @others[ 0 .. $n - 2 ]);
			delete @free{@chosen};
			return @chosen;
		}
		die "no $n neighbours in ward $ward";
	};
	for my $split ([ 1, 2 ], [ 4, 2 ], [ 7, 3 ])
	{
		my ($first, @others) = $chain->(@$split);
		for my $other (@others)
		{
			$old{$_} = $first for $self->cells_of($new, $other);
			$old[$other] = undef;
		}
		push @links, [ $first, 'S', $_ ] for $first, @others;
	}

	# Merged: the largest LSOA of its ward was two.
	my ($big) = sort { $self->cells_of($new, $b) <=> $self->cells_of($new, $a) || $a <=> $b }
	  grep { $free{$_} && $self->{ward_of}[$_] == 3 } 0 .. $#{ $self->{lsoas} };
	delete $free{$big};
	my @cells = $self->cells_of($new, $big);
	my %half = grow([ map { [ split /,/ ] } $cells[0], $cells[-1] ], map { [ split /,/ ] } @cells);
	push @old, { code => 'E01999061', stem => $old[$big]{stem}, letter => 'G' };
	$old{$_} = $#old for grep { $half{$_} } @cells;
	push @links, [ $_, 'M', $big ] for $big, $#old;

	# Redrawn: part of one went to its neighbour.
	my ($less, $more) = $chain->(9, 2);
	my ($moved) = grep { my $c = $_; connected(grep { $_ ne $c } $self->cells_of($new, $less)) }
	  grep { grep { ($new->{$_} // -1) == $more } near($_) } $self->cells_of($new, $less);
	$old{$moved} = $more;
	push @links, [ $less, 'X', $less ], [ $more, 'X', $less ], [ $more, 'X', $more ];

	# What has changed has a new code, as in the real codes.
	my $code = 500;
	for my $link (@links)
	{
		my $l = $self->{lsoas}[ $link->[2] ];
		$l->{code} = sprintf('E01999%03d', ++$code) if $l->{code} lt 'E01999500';
		# Its letter too, save where 2021 keeps the first.
		$l->{letter} = chr(ord('H') + $code - 501) if !$l->{changed}++;
	}
	push @links, [ $_, 'U', $_ ] for sort { $a <=> $b } keys %{ { %free, map { $_ => 1 } @$self{qw(bow island point_lsoa)} } };

	for my $l (@{ $self->{lsoas} }, grep { defined } @old) { $l->{name} = "$l->{stem}$l->{letter} " . MARK; }
	$self->{links} = [ sort { $old[ $a->[0] ]{code} cmp $old[ $b->[0] ]{code}
			|| $self->{lsoas}[ $a->[2] ]{code} cmp $self->{lsoas}[ $b->[2] ]{code} } @links ];
	@$self{qw(old_lsoas lsoa_2011)} = (\@old, \%old);
}

# Corners of cells, and a point between each two, in whole metres.
sub shift_corners
{
	my $self = shift;
	my $random = Saltmere::Random->new('map');
	my ($corner, $side) = (int(CELL / 5), int(CELL / 10));
	for my $y (0 .. HEIGHT)
	{
		for my $x (0 .. WIDTH)
		{
			$self->{at}{"$x,$y"} =
			  [ EAST + CELL * $x + $random->between(-$corner, $corner), NORTH + CELL * $y + $random->between(-$corner, $corner) ];
		}
	}
	for my $y (0 .. HEIGHT)
	{
		for my $x (0 .. WIDTH)
		{
			for my $to ([ $x + 1, $y ], [ $x, $y + 1 ])
			{
				my ($p, $q) = map { $self->{at}{$_} } "$x,$y", key($to);
				next if !$q;
				$self->{between}{ "$x,$y " . key($to) } =
				  [ map { int(($p->[$_] + $q->[$_]) / 2) + $random->between(-$side, $side) } 0, 1 ];
			}
		}
	}
}

# A point in a cell, up to a fifth of its width from the middle.
sub point_in
{
	my ($self, $cell, $random) = @_;
	my ($x, $y) = split /,/, $cell;
	my $reach = int(CELL / 5);
	return (EAST + CELL * $x + CELL / 2 + $random->between(-$reach, $reach),
		NORTH + CELL * $y + CELL / 2 + $random->between(-$reach, $reach));
}

# The rings around a set of cells, anticlockwise. At a corner where four edges meet the ring turns left,
# so that each ring is simple; with $cross it turns right, and runs through the corner twice.
sub rings
{
	my ($self, $cross, @cells) = @_;
	my %out;
	for my $cell (@cells)
	{
		my ($x, $y) = split /,/, $cell;
		my @round = ([ $x, $y ], [ $x + 1, $y ], [ $x + 1, $y + 1 ], [ $x, $y + 1 ], [ $x, $y ]);
		for my $i (0 .. 3)
		{
			my ($from, $to) = (key($round[$i]), key($round[ $i + 1 ]));
			if ($out{$to} && delete $out{$to}{$from}) { delete $out{$to} if !%{ $out{$to} }; }
			else { $out{$from}{$to} = 1; }
		}
	}
	my @rings;
	while (%out)
	{
		my ($start) = sort { my ($ax, $ay) = split /,/, $a; my ($bx, $by) = split /,/, $b; $ay <=> $by || $ax <=> $bx } keys %out;
		my ($at, @ring, $dx, $dy) = ($start);
		do
		{
			my ($x, $y) = split /,/, $at;
			my %turn;
			for my $to (keys %{ $out{$at} })
			{
				my ($tx, $ty) = split /,/, $to;
				# positive to the left
				$turn{$to} = defined $dx ? $dx * ($ty - $y) - $dy * ($tx - $x) : 0;
			}
			my ($to) = sort { ($cross ? $turn{$a} <=> $turn{$b} : $turn{$b} <=> $turn{$a}) || $a cmp $b } keys %turn;
			my ($tx, $ty) = split /,/, $to;
			($dx, $dy) = ($tx - $x, $ty - $y);
			push @ring, $self->{at}{$at}, $self->{between}{"$at $to"} // $self->{between}{"$to $at"};
			delete $out{$at}{$to};
			delete $out{$at} if !%{ $out{$at} };
			$at = $to;
		} until $at eq $start;
		my $area = 0;
		for my $i (0 .. $#ring) { $area += $ring[ $i - 1 ][0] * $ring[$i][1] - $ring[$i][0] * $ring[ $i - 1 ][1]; }
		die 'a hole' if $area <= 0;
		push @rings, [ @ring, $ring[0] ];
	}
	return @rings;
}

# A GeoJSON geometry in WGS84, seven decimals (a centimetre).
sub geometry
{
	my ($self, $cross, @cells) = @_;
	my @polygons = map {
		'[' . join(',', map { sprintf '[%.7f,%.7f]', $self->wgs84(@$_) } @$_) . ']'
	} $self->rings($cross, @cells);
	return '{"type":"Polygon","coordinates":[' . $polygons[0] . ']}' if @polygons == 1;
	return '{"type":"MultiPolygon","coordinates":[' . join(',', map { "[$_]" } @polygons) . ']}';
}

sub wgs84
{
	my ($self, $e, $n) = @_;
	return @{ $self->{wgs84}{"$e,$n"} //= [ Saltmere::Grid::wgs84($e, $n) ] };
}

sub ward_cells
{
	my ($self, $w) = @_;
	return grep { $self->ward_at($_) == $w } map { key($_) } @{ $self->{cells} };
}

# The ward in which a cell lies; for two cells not the ward of their LSOA.
sub ward_at
{
	my ($self, $cell) = @_;
	return $#{ $self->{wards} } if $self->{point}{$cell};
	return $self->{ward_of}[ $self->{lsoa}{$cell} ];
}

1;
