# Nothing is lost, doubled or half there: partners send files while the hub and PostgreSQL are killed with kill -9 at random,
# the disk fills once, connections are cut, and clients close in the middle. At the end each acknowledged file is in the
# ledger exactly once, with its SHA-256, its bytes and a receipt. WARDSTAR_LONG=1 sends 2,000 files from 20 clients and kills 40
# times; otherwise it is a tenth of that. WARDSTAR_SEED=n repeats a run's choices.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use HubTest;
use JSON;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $seed = $ENV{WARDSTAR_SEED} // time % 1000000;
my ($uploads, $kills, $pace) = $ENV{WARDSTAR_LONG} ? (2000, 40, 1.2) : (200, 6, 1);
my $clients = 20;
$seed = int $seed;
srand $seed;
note "seed $seed: $uploads files from $clients clients, $kills kills";

my $node = PostgreSQL::Test::Cluster->new('nothing_lost');
$node->init;
$node->append_conf('postgresql.conf', "fsync = on\nrestart_after_crash = on\n");
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
my @keep = serve_prepare($node, $tmp);
my @tokens;
for my $n (0 .. $clients - 1)
{
	my $programme = "Programme $n";
	push @tokens, [ serve_partner($node, "Partner $n (made up)", $programme), $programme ];
}
spill("$tmp/tokens", join '', map { "$_->[0]\t$_->[1]\n" } @tokens);

# The spool lies on a small disk of its own, in a namespace where an ordinary user may mount one.
my $disk;
mkdir "$tmp/spool";
my $holder = open(my $mounted, '-|', 'unshare', '-rm', 'sh', '-c', "mount -t tmpfs -o size=96m tmpfs '$tmp/spool' && chmod 700 '$tmp/spool' && echo ready && exec sleep 7200");
if ($holder && (<$mounted> // '') eq "ready\n")
{
	$disk = "/proc/$holder/root$tmp/spool";
	undef $disk if !-d $disk;
}
my %with = (before => $disk ? [ 'nsenter', '-t', $holder, '-U', '-m', '--preserve-credentials', '--' ] : []);
my @options = (@keep, '--rate-token', 0, '--rate-address', 0, '--sweep-after', 10, '--log-level', 'info');
my $hub = serve_start($node, $tmp, \%with, @options);
$with{port} = $hub->{port};
spill("$tmp/port", $hub->{port});

END
{
	my $status = $?;
	serve_kill($hub);
	# Before its pipe is closed, which waits for it.
	kill 'KILL', $holder if $holder;
	close $mounted if $mounted;
	$? = $status;
}

my $began = time;
my $partners = fork // die "fork: $!";
if ($partners == 0)
{
	open STDOUT, '>', "$tmp/counts";
	exec '/usr/bin/python3', "$ENV{WARDSTAR_ROOT}/tests/serve/partners.py", $seed, $clients, $uploads, $pace, "$tmp/port", "$tmp/tokens", "$tmp/told"
	  or POSIX::_exit(127);
}

sub told { my @lines = split /\n/, slurp_file("$tmp/told"); return @lines; }

sub start_server
{
	for (1 .. 100)
	{
		$node->{_pid} = undef;
		return if $node->start(fail_ok => 1);
		sleep 0.3;
	}
	BAIL_OUT('the server did not start again');
}

sub start_hub
{
	for (1 .. 100)
	{
		return if $hub = serve_start($node, $tmp, { %with, may_fail => 1 }, @options);
		sleep 0.2;
	}
	BAIL_OUT('the hub did not start again: ' . substr(slurp_file("$tmp/serve.log"), -3000));
}

my %killed = (hub => 0, server => 0, backend => 0);
my $filled = $disk ? 0 : -1;
for my $n (1 .. $kills)
{
	# The kills are spread over the run; the moment is left to chance.
	my $until = time + 120;
	sleep 0.05 while (-e "$tmp/told" ? told() : 0) < $uploads * ($n - 0.7) / ($kills + 1) && time < $until;
	sleep rand 0.4;
	if ($filled == 0 && $n > $kills / 2)
	{
		open my $filler, '>', "$disk/filler" or die "$disk/filler: $!";
		my $block = "\0" x 65536;
		1 while syswrite($filler, $block);
		$filled = 1;
		my $got = wait_for_full();
		close $filler;
		unlink "$disk/filler";
		ok($got, 'with a full disk files are answered 503');
	}
	my $what = (qw(hub hub hub server backend))[ int rand 5 ];
	$what = 'server' if $n == 2;
	$what = 'hub' if $n == 1;
	$killed{$what}++;
	if ($what eq 'hub')
	{
		serve_kill($hub);
		sleep rand 0.5;
		start_hub();
	}
	elsif ($what eq 'server')
	{
		my ($pid) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
		kill 'KILL', $pid;
		sleep rand 0.5;
		start_server();
	}
	else
	{
		my $pid = eval { $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE usename = 'hub_service' ORDER BY random() LIMIT 1}) };
		kill 'KILL', $pid if $pid;
	}
}

# One attempt of our own, so that the moment is not left to chance.
sub wait_for_full
{
	my $until = time + 20;
	while (time < $until)
	{
		my $answer = upload($hub, $tokens[0][0], 'programme=Programme%200&period=2020-Q1&form=new&file=full.csv', "field,value\n" . 'y' x 200000);
		return $answer->{header}{'retry-after'} if $answer->{status} == 503;
		return 0 if $answer->{status} =~ /^20/;
		sleep 0.1;
	}
	return 0;
}

waitpid($partners, 0);
is($?, 0, 'the partners are done');
my $seconds = time - $began;
SKIP: { skip 'no small disk can be mounted here', 1 if $filled == -1; is($filled, 1, 'the disk was full once'); }

# The hub is started once more, and whoever held work gives it back in time.
serve_kill($hub);
start_hub();
my $open = 1;
for (my $until = time + 180; $open && time < $until; sleep 0.5)
{
	$open = eval { $node->safe_psql('postgres', q{SELECT count(*) FROM intake.submission WHERE state IN ('received', 'checking')}) } // 1;
}
is($open, 0, 'each file has its verdict');

my @files = map { decode_json($_) } told();
is(scalar @files, $uploads, 'each file was tried');
is_deeply([ map { $_->{refused} // () } @files ], [], 'none was refused');
my @kept = grep { $_->{submission} } @files;
my %kept = map { $_->{sha256} => $_ } @kept;
is(scalar keys %kept, scalar @kept, 'all files are different');
is_deeply([ grep { $_->{answer_sha256} ne $_->{sha256} } @kept ], [], 'each answer held the SHA-256 of what was sent');

my %ledger;
for (split /\n/, $node->safe_psql('postgres', q{SELECT encode(sha256, 'hex'), id, file_size, organisation, state, spool IS NOT NULL FROM intake.submission ORDER BY id}))
{
	my ($sha256, $id, $size, $organisation, $state, $spool) = split /\|/;
	push @{ $ledger{$sha256} }, { id => $id, size => $size, organisation => $organisation, state => $state, spool => $spool };
}
is_deeply([ map { "$_->{n}: " . (exists $ledger{ $_->{sha256} } ? scalar @{ $ledger{ $_->{sha256} } } : 0) } grep { @{ $ledger{ $_->{sha256} } // [] } != 1 } @kept ],
	[], 'each acknowledged file is in the ledger exactly once');
is_deeply([ map { $_->{n} } grep { my $row = ($ledger{ $_->{sha256} } // [ {} ])->[0];
			$row->{id} != $_->{submission} || $row->{size} != $_->{size} || $row->{organisation} ne "Partner $_->{client} (made up)" } @kept ],
	[], '... under the number it was told, with its size, for whoever sent it');
my %sent = map { $_->{sha256} => $_ } @files;
my @unasked = grep { !$kept{$_} } keys %ledger;
is_deeply([ grep { !$sent{$_} && $ledger{$_}[0]{size} != 200012 } @unasked ], [], 'nothing is in the ledger that was not sent whole');
is_deeply([ grep { @{ $ledger{$_} } != 1 } keys %ledger ], [], 'nothing is there twice');

# All that is in the ledger has its bytes and its receipt, acknowledged or not.
my (@no_bytes, @no_receipt);
for my $sha256 (keys %ledger)
{
	my $row = $ledger{$sha256}[0];
	my ($n) = $row->{organisation} =~ /Partner (\d+)/;
	my $bytes = ask($hub, $tokens[$n][0], 'GET', "/v1/submissions/$row->{id}/file");
	push @no_bytes, "$row->{id}: $bytes->{status}" if $bytes->{status} != 200 || sha256_hex($bytes->{body}) ne $sha256;
	my $receipt = ask($hub, $tokens[$n][0], 'GET', "/v1/submissions/$row->{id}/receipt");
	push @no_receipt, "$row->{id}: $receipt->{status}" if $receipt->{status} != 200 || $receipt->{json}{submission} != $row->{id}
	  || $receipt->{json}{state} !~ /^(accepted|rejected|waiting for answer|superseded)$/;
}
is_deeply(\@no_bytes, [], 'each file in the ledger comes back byte for byte');
is_deeply(\@no_receipt, [], '... and has a receipt with a verdict');

# What was never acknowledged and is not in the ledger leaves nothing in the spool. (What was being written when its
# writer was killed is named .part, and goes an hour later.)
my $rows = $node->safe_psql('postgres', 'SELECT count(*) FROM intake.submission');
my $spool = $disk // "$tmp/spool";
my $left = -1;
for (my $until = time + 30; time < $until; sleep 0.5)
{
	chomp($left = `find '$spool' -type f -not -name .database -not -name '*.part' | wc -l`);
	last if $left == $rows;
}
is($left, $rows, 'the spool holds a file for each row and no other') or diag `ls -lA '$spool' | head; grep -i 'sweep\|another database' '$tmp/serve.log' | tail -5`;
is($node->safe_psql('postgres', <<'SQL'), 0, 'the chain of events is unbroken');
SELECT count(*) FILTER (WHERE e.broken) FROM (
	SELECT e.sha256 <> intake.event_sha256(e) OR e.number <> row_number() OVER w
		OR e.previous <> coalesce(lag(e.sha256) OVER w, decode(repeat('0', 64), 'hex')) AS broken
	FROM intake.submission_event e WINDOW w AS (PARTITION BY e.submission ORDER BY e.number)) e
SQL

my $counts = decode_json(slurp_file("$tmp/counts"));
note sprintf '%d files in %.0f s: %d acknowledged, %d given up, of these %d arrived whole; killed: hub %d, server %d, backend %d; %s',
  $uploads, $seconds, scalar @kept, $uploads - @kept, scalar(grep { $sent{$_} } @unasked), @killed{qw(hub server backend)},
  join ', ', map { "$_ $counts->{$_}" } sort keys %$counts;
serve_stop($hub);
kill 'KILL', $holder if $holder;
done_testing();
