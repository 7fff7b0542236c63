# load and serve in the poorest environment that a service manager can give: no variables, hard limits low or 0, an own
# temporary folder, a home that can't be written, standard streams closed, a strict umask, a far time zone, locale C.
use strict;
use warnings;
use HubTest;
use IO::Socket::INET;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('poor_environment');
$node->init;
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
my $program = "$ENV{WARDSTAR_ROOT}/build/wardstar-hub";
my $reference = "$ENV{WARDSTAR_ROOT}/tests/fixtures/reference";
my @keep = serve_prepare($node, $tmp);
my $token = serve_partner($node, 'Poor Trust (made up)', 'Outreach');
hub_ok($node, 'template', 'improved', '--period', '2025-Q1', '-o', "$tmp/form.$_") for qw(xlsx docx);
mkdir "$tmp/home", 0555;
mkdir "$tmp/own", 0700;
sub value { return $node->safe_psql($_[1] // 'postgres', $_[0]) }
sub dsn { return ('--dsn', $node->connstr($_[0]) . ' user=' . getpwuid($>)) }

# By counting the features of each file.
my %boundaries = map { my $text = slurp_file("$reference/$_.geojson"); ($_ => scalar(() = $text =~ /"type": *"Feature"/g)) } qw(lsoa2011 lsoa2021 ward2024);
my $areas = "@boundaries{qw(lsoa2011 lsoa2021 ward2024)}";

# In its own view of the machine, /tmp and /var/tmp are empty and small, as PrivateTmp makes them, where that may be had here.
my @private = system("unshare --user --map-current-user --mount sh -c 'mount -t tmpfs -o size=64m tmpfs /var/tmp' >/dev/null 2>&1") == 0
  ? ('unshare', '--user', '--map-current-user', '--mount', 'sh', '-c', 'mount -t tmpfs -o size=64m,mode=1777 tmpfs /var/tmp && exec "$@"', 'sh') : ();
note @private ? 'with a /var/tmp of its own' : 'no namespace may be made here: with a TMPDIR of its own';

# poor(LIMITS, REDIRECTIONS, VARIABLES): what goes before the program.
sub poor
{
	my ($limits, $redirect, @variables) = @_;
	return (@private, 'sh', '-c', "umask 077; $limits; cd / && exec \"\$@\" $redirect", 'sh', 'env', '-i', "HOME=$tmp/home", @variables);
}

my $lowest = 'ulimit -c 0; ulimit -Hn 256; ulimit -n 256';
my %variables = (bare => [], C => [ 'LC_ALL=C', 'TZ=Pacific/Kiritimati', "TMPDIR=$tmp/own" ]);
for my $name (sort keys %variables)
{
	my ($out, $err) = ('', '');
	$node->safe_psql('postgres', "CREATE DATABASE \"$name\"");
	hub_ok([ $node, $name ], 'migrate', '--quiet');
	IPC::Run::run([ poor($lowest, '<&-', @{ $variables{$name} }), $program, 'load', dsn($name), $reference ], '>', \$out, '2>', \$err);
	is($? >> 8, 3, "$name: a folder is loaded, but for its rows at fault") or diag($err);
	is(value("SELECT string_agg(n::text, ' ') FROM (SELECT count(*) AS n FROM reference.area GROUP BY level, vintage ORDER BY level, vintage) a", $name),
		$areas, '... with all its boundaries, which ogr2ogr reads');
}
is(system(poor($lowest, '<&- >&- 2>&-'), $program, 'load', '--quiet', dsn('postgres'), "$reference/lsoa2021.geojson") >> 8, 0, 'every standard stream closed: loaded');
is(value('SELECT count(*) FROM reference.area'), $boundaries{lsoa2021}, '... and stored');
is(system(poor($lowest, '<&- >&- 2>&-'), $program, '--version') >> 8, 1, '... but what could not be printed was no success');

# Where no temporary file can be made, that is said, and where.
{
	my ($out, $err) = ('', '');
	IPC::Run::run([ poor($lowest, '<&-', "TMPDIR=$tmp/no-such-folder"), $program, 'load', dsn('postgres'), "$reference/ward2024.geojson" ], '>', \$out, '2>', \$err);
	isnt($? >> 8, 0, 'a TMPDIR that is not there: boundaries are not loaded');
	like($err, qr{could not make a temporary file in \Q$tmp\E/no-such-folder: No such file or directory.*hint: TMPDIR}s, '... and why');
}

# A document needs the limited reader, which must start where the hard limit of core files is 0 already.
for my $name (sort keys %variables)
{
	my $log = "$tmp/$name.log";
	my $serve = serve_start($node, $tmp, { before => [ poor($lowest, '<&-', @{ $variables{$name} }) ], log => $log },
		@keep, '--dsn', $node->connstr('postgres') . ' user=hub_service');
	for my $kind (qw(xlsx docx))
	{
		my $answer = upload($serve, $token, 'programme=Outreach&period=2025-Q1', slurp_file("$tmp/form.$kind") . ($name eq 'C' && $kind eq 'docx' ? "\n" : ''));
		next if !like($answer->{status}, qr/^20[0-2]$/, "$name: a $kind is taken") or $answer->{status} == 200;
		my $verdict = wait_for_verdict($serve, $token, $answer->{json}{submission} // $answer->{json}{id});
		like($verdict->{state}, qr/^(accepted|rejected|waiting for answer|superseded)$/, '... and has its verdict') or diag(slurp_file($log));
	}
	is(serve_stop($serve), 0, '... the service stops');
	unlike(slurp_file($log), qr/could not start/, '... its reader had started');
	system("chmod -R u+rwX $tmp/spool");
	chomp(my $open = `find '$tmp/spool' -perm /077 | head -1`);
	is($open, '', '... nobody else may read what it keeps');
}

# However many clients come, the files that the service itself needs stay free.
{
	my $serve = serve_start($node, $tmp, { before => [ poor($lowest, '<&-') ], log => "$tmp/many.log" }, @keep, '--client-limit-address', 0, '--dsn', $node->connstr('postgres') . ' user=hub_service');
	like(serve_log($serve), qr/256 open files have room for \d+ connections of clients, not for the 1000 of --client-limit/, 'few open files: fewer clients, with a warning');
	my $first = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $serve->{port}) or die $!;
	my $body = "field,value\nbasis,new_referrals\ntotal,7\n";
	my $request = sub { "$_[0] HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer $token\r\n" . (@_ > 1 ? 'Content-Length: ' . length($_[1]) . "\r\n\r\n$_[1]" : "\r\n") };
	syswrite $first, $request->('GET /v1/due');
	is(answer_of($first)->{status}, 200, 'one client is there');
	my @crowd = grep { defined } map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $serve->{port}, Timeout => 5) } 1 .. 300;
	sleep 1;
	syswrite $first, $request->('POST /v1/submissions?programme=Outreach&period=2025-Q2&form=new&wait=0', $body);
	like(answer_of($first)->{status}, qr/^20[12]$/, '... and while three hundred crowd in, it sends a file');
	close $_ for @crowd;
	is(serve_stop($serve), 0, '... the service stops');
}
is(serve_start($node, $tmp, { before => [ poor('ulimit -n 64', '<&-') ], log => "$tmp/few.log", may_fail => 1 }, @keep, '--dsn', $node->connstr('postgres') . ' user=hub_service'), undef,
	'with too few open files there is no service');
like(slurp_file("$tmp/few.log"), qr/64 open files are too few .* it needs \d+.*hint: .*LimitNOFILE/s, '... and says so');

# A limit of the size of files turns a larger one away, and ends nothing.
{
	my $serve = serve_start($node, $tmp, { before => [ poor("ulimit -f 200; $lowest", '<&-') ], log => "$tmp/size.log" }, @keep, '--dsn', $node->connstr('postgres') . ' user=hub_service');
	my $large = upload($serve, $token, 'wait=0', "field,value\n" . 'x' x 400_000);
	is($large->{status}, 503, 'a file beyond the limit of sizes is not taken') or diag($large->{body});
	is(ask($serve, $token, 'GET', '/v1/due')->{status}, 200, '... and the service goes on');
	is(serve_stop($serve), 0, '... until it is stopped');
}

# A child that can't start says at which step, and why.
for my $case ([ 'ulimit -p 1', qr/could not start wardstar-read \(.*\): could not fork: Resource temporarily unavailable/, 'no process may be made' ],
	[ ':', qr/could not start wardstar-read \(.*\/no-program\): could not execute it: Exec format error/, 'a reader that is no program' ])
{
	my ($limits, $says, $what) = @$case;
	spill("$tmp/no-program", "\x7fELF nothing");
	chmod 0755, "$tmp/no-program";
  SKIP:
	{
		skip 'root has no limit of processes', 2 if $> == 0 && $limits =~ /-p/;
		my ($out, $err) = ('', '');
		IPC::Run::run([ poor("$limits; $lowest", '<&-'), $program, 'load', dsn('postgres'), '--as', 'return', '--programme', 'Outreach', '--period', '2025-Q1', @keep,
			$limits eq ':' ? ('--reader', "$tmp/no-program") : (), "$tmp/form.xlsx" ], '>', \$out, '2>', \$err);
		isnt($? >> 8, 0, "$what: not read");
		like($err, $says, '... and said why') or diag("$out$err");
	}
}
is(value("SELECT count(*) FROM intake.submission WHERE state IN ('received', 'checking')"), 0, 'nothing is left unchecked');
$node->stop;
done_testing();
