# Running wardstar-hub against a server of PostgreSQL::Test::Cluster.
package HubTest;
use strict;
use warnings;
use Exporter 'import';
use IPC::Run;

our @EXPORT = qw(hub hub_ok hub_start hub_dsn hub_keys spill crime_heading crime_rows);

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
	local $ENV{WARDSTAR_DSN} = ref $node eq 'ARRAY' ? hub_dsn(@$node) : hub_dsn($node);
	return IPC::Run::start([ $program, @arguments ], '<', \undef, '>', $out, '2>', $err);
}

# Street crime, made up, in the layout of police.uk.
sub crime_heading
{
	return "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context\n";
}

# crime_rows($month, $force, $n): as many lines, always the same for the same arguments.
sub crime_rows
{
	my ($month, $force, $n) = @_;
	my @types = ('Anti-social behaviour', 'Violence and sexual offences', 'Robbery', 'Other theft', 'Vehicle crime');
	my $state = unpack('%32C*', "$month$force") + $n;
	my $next = sub { $state = ($state * 1103515245 + 12345) % 2**31; return int($state / 65536) % shift; };
	my $text = '';
	for my $i (1 .. $n)
	{
		my $type = $next->(5);
		my $id = $type ? unpack('H*', pack('L>8', map { $next->(32768) * 65536 + $next->(32768) } 1 .. 8)) : '';
		my $lsoa = $next->(40);
		my $place = $lsoa ? sprintf('E01%06d', 6400 + $lsoa) : '';
		$text .= join(',', $id, $month, $force, $force, sprintf('%.6f', -3 + $next->(1000) / 5000),
			sprintf('%.6f', 53 + $next->(1000) / 2000), "On or near Street $lsoa", $place, $place && "Saltmere $lsoa",
			$types[$type], $type ? 'Under investigation' : '', '') . "\n";
	}
	return $text;
}

# Makes a key file and names it and a spool folder beside the server's, for all that follows. Gives the two paths.
sub hub_keys
{
	my ($node) = @_;
	$ENV{WARDSTAR_KEY_FILE} = $node->basedir . '/keys/hub.keys';
	$ENV{WARDSTAR_SPOOL} = $node->basedir . '/spool';
	hub_ok(undef, 'key', 'new', '--quiet');
	return ($ENV{WARDSTAR_KEY_FILE}, $ENV{WARDSTAR_SPOOL});
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
