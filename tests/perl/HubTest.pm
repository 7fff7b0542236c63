# Running wardstar-hub against a server of PostgreSQL::Test::Cluster.
package HubTest;
use strict;
use warnings;
use Exporter 'import';
use IPC::Run;

our @EXPORT = qw(hub hub_ok hub_start hub_dsn spill);

my $program = "$ENV{WARDSTAR_ROOT}/build/wardstar-hub";

sub hub_dsn
{
	my ($node, $database) = @_;
	return $node->connstr($database // 'postgres') . ' user=' . getpwuid($>);
}

# hub($node, ARGUMENT …): exit code (or "signal N"), standard output, standard error. $node may be [$node, $database].
sub hub
{
	my ($node, @arguments) = @_;
	my ($out, $err) = ('', '');
	local $ENV{WARDSTAR_DSN} = $node ? ref $node eq 'ARRAY' ? hub_dsn(@$node) : hub_dsn($node) : '';
	IPC::Run::run([ $program, @arguments ], '<', \undef, '>', \$out, '2>', \$err);
	my $code = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
	return ($code, $out, $err);
}

# As hub(), with the test that it ended with 0; gives what it printed.
sub hub_ok
{
	my ($code, $out, $err) = hub(@_);
	Test::More::is($code, 0, "wardstar-hub @_[1 .. $#_]") or Test::More::diag($out . $err);
	return $out;
}

# Starts it and comes back at once; the caller ends it with finish.
sub hub_start
{
	my ($node, $out, $err, @arguments) = @_;
	local $ENV{WARDSTAR_DSN} = hub_dsn($node);
	return IPC::Run::start([ $program, @arguments ], '<', \undef, '>', $out, '2>', $err);
}

# Writes a file.
sub spill
{
	my ($file, $text) = @_;
	open my $fh, '>:raw', $file or die "$file: $!";
	print $fh $text;
	close $fh or die "$file: $!";
	return $file;
}

1;
