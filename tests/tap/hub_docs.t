# docs/hub.md says of every command what the program itself says; every setting and exit code is there.
use strict;
use warnings;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $text = do { local (@ARGV, $/) = "$root/docs/hub.md"; <> };
my $diff = `cd $root && script/hub-help --check 2>&1`;
is($?, 0, 'docs/hub.md is up to date; script/hub-help renews it') or diag($diff);
my @commands = map { m{/(\w+)\.c$} } grep { !m{/help\.c$} } glob "$root/hub/command/*.c";
for my $command (@commands)
{
	ok(index($text, "<!-- wardstar-hub $command --help -->") >= 0, "docs/hub.md has the help of $command");
}
like(`$root/build/wardstar-hub --help`, qr/^  $_ /m, "--help lists $_") for @commands;
for my $code (`cat $root/hub/program/exit_codes.h` =~ /X\(HUB_\w+, (\d+),/g)
{
	like($text, qr/^ +$code  \S/m, "exit code $code is in docs/hub.md");
}
done_testing();
