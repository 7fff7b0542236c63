# From British National Grid to longitude and latitude, by Ordnance Survey's formulas ("A guide to
# coordinate systems in Great Britain", annexes B and C) and its seven-parameter shift (good to about
# 5 metres). Sine and cosine by their series: see Random.pm for why.
package Saltmere::Grid;
use strict;
use warnings;

use constant PI => 3.14159265358979324;

sub sine
{
	my $x = shift;
	my ($sum, $term) = (0, $x);
	for (my $k = 1; $k < 40; $k += 2) { $sum += $term; $term *= -$x * $x / (($k + 1) * ($k + 2)); }
	return $sum;
}

sub cosine
{
	my $x = shift;
	my ($sum, $term) = (0, 1);
	for (my $k = 0; $k < 40; $k += 2) { $sum += $term; $term *= -$x * $x / (($k + 1) * ($k + 2)); }
	return $sum;
}

sub tangent { my $x = shift; return sine($x) / cosine($x); }

# arc tangent by Newton's method, for the tangents below 2 that occur here.
sub arctangent
{
	my $t = shift;
	my $x = $t / (1 + 0.28 * $t * $t);
	for (1 .. 10)
	{
		my ($s, $c) = (sine($x), cosine($x));
		$x -= ($s - $t * $c) / ($c + $t * $s);
	}
	return $x;
}

sub square { my $x = shift; return $x * $x; }

# (easting, northing) in whole metres to (longitude, latitude) in degrees of WGS84.
sub wgs84
{
	my ($e, $n) = @_;
	my ($a, $b, $f0) = (6377563.396, 6356256.909, 0.9996012717);
	my ($phi0, $lambda0, $e0, $n0) = (49 * PI / 180, -2 * PI / 180, 400000, -100000);
	my $e2 = 1 - $b * $b / ($a * $a);
	my $k = ($a - $b) / ($a + $b);
	my ($k2, $k3) = ($k * $k, $k * $k * $k);

	my ($phi, $m) = ($phi0, 0);
	for (1 .. 10)
	{
		$phi += ($n - $n0 - $m) / ($a * $f0);
		my ($d, $s) = ($phi - $phi0, $phi + $phi0);
		$m = $b * $f0 * ((1 + $k + 1.25 * $k2 + 1.25 * $k3) * $d
			  - (3 * $k + 3 * $k2 + 2.625 * $k3) * sine($d) * cosine($s)
			  + (1.875 * $k2 + 1.875 * $k3) * sine(2 * $d) * cosine(2 * $s)
			  - 35 / 24 * $k3 * sine(3 * $d) * cosine(3 * $s));
	}
	my $s2 = square(sine($phi));
	my $nu = $a * $f0 / sqrt(1 - $e2 * $s2);
	my $rho = $nu * (1 - $e2) / (1 - $e2 * $s2);
	my $eta2 = $nu / $rho - 1;
	my ($t, $sec, $x) = (tangent($phi), 1 / cosine($phi), $e - $e0);
	my ($t2, $nu2, $x2) = ($t * $t, $nu * $nu, $x * $x);
	my ($t4, $nu3, $nu5) = ($t2 * $t2, $nu2 * $nu, $nu2 * $nu2 * $nu);
	my ($nu7, $x3, $x4, $x5) = ($nu5 * $nu2, $x2 * $x, $x2 * $x2, $x2 * $x2 * $x);
	my ($x6, $x7) = ($x3 * $x3, $x4 * $x3);
	my $latitude = $phi - $t / (2 * $rho * $nu) * $x2
	  + $t / (24 * $rho * $nu3) * (5 + 3 * $t2 + $eta2 - 9 * $t2 * $eta2) * $x4
	  - $t / (720 * $rho * $nu5) * (61 + 90 * $t2 + 45 * $t4) * $x6;
	my $longitude = $lambda0 + $sec / $nu * $x
	  - $sec / (6 * $nu3) * ($nu / $rho + 2 * $t2) * $x3
	  + $sec / (120 * $nu5) * (5 + 28 * $t2 + 24 * $t4) * $x5
	  - $sec / (5040 * $nu7) * (61 + 662 * $t2 + 1320 * $t4 + 720 * $t4 * $t2) * $x7;

	# To cartesian, shift, and back on the other ellipsoid.
	$nu = $a / sqrt(1 - $e2 * square(sine($latitude)));
	my $cx = $nu * cosine($latitude) * cosine($longitude);
	my $cy = $nu * cosine($latitude) * sine($longitude);
	my $cz = $nu * (1 - $e2) * sine($latitude);
	my ($tx, $ty, $tz, $scale) = (446.448, -125.157, 542.060, 1 - 20.4894e-6);
	my ($rx, $ry, $rz) = map { $_ / 3600 * PI / 180 } 0.1502, 0.2470, 0.8421;
	my $wx = $tx + $scale * $cx - $rz * $cy + $ry * $cz;
	my $wy = $ty + $rz * $cx + $scale * $cy - $rx * $cz;
	my $wz = $tz - $ry * $cx + $rx * $cy + $scale * $cz;

	my ($wa, $wb) = (6378137, 6356752.3141);
	my $we2 = 1 - $wb * $wb / ($wa * $wa);
	my $p = sqrt($wx * $wx + $wy * $wy);
	$phi = arctangent($wz / ($p * (1 - $we2)));
	for (1 .. 8)
	{
		my $wnu = $wa / sqrt(1 - $we2 * square(sine($phi)));
		$phi = arctangent(($wz + $we2 * $wnu * sine($phi)) / $p);
	}
	return (arctangent($wy / $wx) * 180 / PI, $phi * 180 / PI);
}

1;
