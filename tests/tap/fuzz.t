# Every fuzzer of build/fuzz over its corpus, and on for WARDSTAR_FUZZ_SECONDS (2 by default; 60 in CI).
use strict;
use warnings;
use File::Basename qw(basename);
use File::Temp qw(tempdir);
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $seconds = $ENV{WARDSTAR_FUZZ_SECONDS} // 2;
my $seed = $ENV{WARDSTAR_FUZZ_SEED} // 1 + int(rand(1_000_000));
note "seed $seed (WARDSTAR_FUZZ_SEED), $seconds s each";
for my $fuzzer (sort glob "$root/build/fuzz/*_fuzz")
{
	(my $name = basename($fuzzer)) =~ s/_fuzz$//;
	my $work = tempdir(CLEANUP => 1);
	my @corpus = grep { -d } "$root/tests/fuzz/corpus/$name";
	my $out = `cd $work && "$fuzzer" -seed=$seed -max_total_time=$seconds -timeout=10 -rss_limit_mb=1024 $work @corpus 2>&1`;
	my $status = $?;
	ok($status == 0, "$name: seed $seed, " . ($out =~ /Done (\d+) runs/ ? "$1 runs" : 'stopped'));
	diag($out) if $status != 0;
}
plan skip_all => 'no fuzzer is built' if !Test::More->builder->current_test;
done_testing();
