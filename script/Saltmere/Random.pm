# The numbers behind Saltmere: the combined generator of L'Ecuyer (1988, "Efficient and portable combined
# random number generators"), two multiplicative congruential generators subtracted. Every product stays
# below 2^53 and no function of the C library is called, so a seed gives the same bytes on every machine.
# Each purpose has a stream of its own, seeded by its label: adding draws to one leaves the others alone.
package Saltmere::Random;
use strict;
use warnings;

use constant { M1 => 2147483563, A1 => 40014, M2 => 2147483399, A2 => 40692 };

sub new
{
	my ($class, $label) = @_;
	my ($s1, $s2) = (1, 1);
	for my $byte (unpack 'C*', "saltmere 1 $label")
	{
		$s1 = ($s1 * 257 + $byte) % (M1 - 1);
		$s2 = ($s2 * 263 + $byte) % (M2 - 1);
	}
	my $self = bless { s1 => $s1 + 1, s2 => $s2 + 1 }, $class;
	$self->next for 1 .. 20;
	return $self;
}

# A whole number from 1 to M1 - 1.
sub next
{
	my $self = shift;
	$self->{s1} = A1 * $self->{s1} % M1;
	$self->{s2} = A2 * $self->{s2} % M2;
	my $z = $self->{s1} - $self->{s2};
	$z += M1 - 1 if $z < 1;
	return $z;
}

# A whole number from 0 to n - 1.
sub below { my ($self, $n) = @_; return ($self->next - 1) % $n; }

# A whole number from low to high, both included.
sub between { my ($self, $low, $high) = @_; return $low + $self->below($high - $low + 1); }

# A real number in [0, 1).
sub unit { my $self = shift; return ($self->next - 1) / (M1 - 1); }

# Irwin-Hall: roughly normal, mean 0, standard deviation 1, never beyond 3.47.
sub normal
{
	my $self = shift;
	return ($self->unit + $self->unit + $self->unit + $self->unit - 2) * 1.7320508;
}

# x as a whole number whose expected value is x.
sub rounded
{
	my ($self, $x) = @_;
	my $whole = int $x;
	return $whole + ($self->unit < $x - $whole ? 1 : 0);
}

# Poisson by Knuth's product, in pieces so that exp(-mean) stays well above zero.
sub poisson
{
	my ($self, $mean) = @_;
	my $n = 0;
	while ($mean > 0)
	{
		my $piece = $mean > 8 ? 8 : $mean;
		my ($limit, $product) = (exponential(-$piece), $self->unit);
		while ($product > $limit) { $n++; $product *= $self->unit; }
		$mean -= $piece;
	}
	return $n;
}

# An index into a list of weights that are whole numbers.
sub weighted
{
	my ($self, @weight) = @_;
	my $sum = 0;
	$sum += $_ for @weight;
	my $draw = $self->below($sum);
	for my $i (0 .. $#weight)
	{
		return $i if ($draw -= $weight[$i]) < 0;
	}
}

# The list in another order (Fisher-Yates).
sub shuffled
{
	my ($self, @list) = @_;
	for (my $i = $#list; $i > 0; $i--)
	{
		my $j = $self->below($i + 1);
		@list[ $i, $j ] = @list[ $j, $i ];
	}
	return @list;
}

# 64 hexadecimal digits, as police.uk's Crime ID.
sub hex64 { my $self = shift; return join '', map { sprintf '%04x', $self->below(65536) } 1 .. 16; }

# e^x by its series after halving the argument six times: the C library's own may differ in the last bit.
sub exponential
{
	my $x = shift() / 64;
	my ($sum, $term) = (1, 1);
	for my $k (1 .. 16) { $term *= $x / $k; $sum += $term; }
	$sum *= $sum for 1 .. 6;
	return $sum;
}

# ln x, 0 < x: halve or double into [0.75, 1.5), then the series of the inverse hyperbolic tangent.
sub logarithm
{
	my $x = shift;
	my $twos = 0;
	while ($x >= 1.5) { $x /= 2; $twos++; }
	while ($x < 0.75) { $x *= 2; $twos--; }
	my $t = ($x - 1) / ($x + 1);
	my ($sum, $power) = (0, $t);
	for (my $k = 1; $k < 60; $k += 2) { $sum += $power / $k; $power *= $t * $t; }
	return 2 * $sum + $twos * 0.693147180559945309;
}

1;
