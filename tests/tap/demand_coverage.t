# How often the limits of demand hold the truth: the simulations of tests/bench/demand_coverage.sh, and the bands that
# docs/statistics.md tells. Only with --long.
use strict;
use warnings;
use Test::More;

plan skip_all => 'takes minutes: script/test --long' if !$ENV{WARDSTAR_LONG};
chdir $ENV{WARDSTAR_ROOT} or die $!;
my @lines = `tests/bench/demand_coverage.sh`;
is($?, 0, 'the simulations ran');
ok(@lines > 25, 'every case is printed');
for (@lines)
{
	chomp;
	my ($what, $case, $share) = split /\t/;
	note $_;
	# Conservative by their nature: exact limits of few events, and short series.
	my $most = $what eq 'rate' ? 99 : $what eq 'dsr' ? 98 : $what eq 'projection' && $case =~ /^[1-4] / ? 98.5 : 97;
	ok($share >= 93 && $share <= $most, "$what, $case: $share%");
}
done_testing();
