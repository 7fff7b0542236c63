#!/usr/bin/perl
# tests/harness.pl [--long] [NAME ...]
# Runs the TAP tests of tests/tap, tests/web and build/unit by TAP::Harness and prints the sum as its last
# line. Run by script/test, which builds what they need.
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Basename qw(basename);
use TAP::Harness;

my $long = @ARGV && $ARGV[0] eq '--long' ? shift @ARGV : '';
my $root = getcwd();
my $pg_config = "$root/build/pg/bin/pg_config";
chomp(my $pgxs = `$pg_config --pgxs`);
(my $source = $pgxs) =~ s{.*build/pg}{};
$source =~ s{/makefiles/pgxs\.mk$}{};

$ENV{WARDSTAR_ROOT} = $root;
$ENV{WARDSTAR_LONG} = $long ? 1 : 0;
$ENV{WARDSTAR_DATA} //= "$root/../shared/data";
$ENV{PATH} = "$root/build/pg/bin:$root/build:$ENV{PATH}";
$ENV{PG_REGRESS} = "$source/test/regress/pg_regress";
$ENV{PG_ISOLATION_REGRESS} = "$source/test/isolation/pg_isolation_regress";
$ENV{TESTDIR} = "$root/build/check";
$ENV{TESTDATADIR} = "$root/build/check/tmp_check";
$ENV{TESTLOGDIR} = "$root/build/check/tmp_check/log";
$ENV{PGAPPNAME} = 'wardstar-test';
$ENV{LC_ALL} = 'C.UTF-8';
delete @ENV{grep { /^PG(HOST|PORT|USER|DATABASE|SERVICE|PASSWORD|OPTIONS)/ } keys %ENV};

my @tests = (glob("build/unit/*"), glob("tests/tap/*.t"), glob("tests/web/*.t"));
if (@ARGV)
{
	my $want = join '|', map { quotemeta } @ARGV;
	@tests = grep { /$want/ } @tests;
}

my $harness = TAP::Harness->new(
	{
		verbosity => $ENV{VERBOSE} ? 1 : 0,
		timer => 1,
		merge => 0,
		jobs => $ENV{JOBS} // 2,
		color => 0,
		lib => ["$source/test/perl", "$root/tests/perl"],
		exec => sub {
			my (undef, $file) = @_;
			return undef if $file =~ /\.t$/;
			return ["$root/$file"];
		},
	});
my $sum = $harness->runtests(@tests);
my $failed = $sum->failed;
# A test program that died, or planned more than it ran, is a failure even if each of its lines said "ok".
$failed += grep { !$sum->{parser_for}{$_}->failed && $sum->{parser_for}{$_}->has_problems } @tests;
printf "%d skipped\n", scalar $sum->skipped if $sum->skipped;
printf "%d passed, %d failed\n", scalar($sum->passed) - scalar($sum->skipped), $failed;
exit($failed ? 1 : 0);
