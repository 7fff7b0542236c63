# Clients that are slow, broken or hostile: always an answer or a closed connection within the limits, and the service goes
# on for everybody else.
use strict;
use warnings;
use HubTest;
use IO::Socket::INET;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('serve_bad');
$node->init;
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
my @keep = serve_prepare($node, $tmp);
my $token = serve_partner($node, 'One (made up)', 'Programme One');
mkdir "$tmp/inbox";
my $hub = serve_start($node, $tmp, @keep, '--upload-limit', 1, '--header-timeout', 3, '--rate-token', 0, '--rate-address', 0,
	'--client-limit-address', 0, '--inbox', "$tmp/inbox");
my $auth = "Host: localhost\r\nAuthorization: Bearer $token\r\n";
my $csv = "field,value\nbasis,new_referrals\ntotal,9\nage.25+,9\nsex.female,9\nplace.not_known,9\n";
my $good = 'programme=Programme%20One&period=2025-Q1&form=new';

sub rows { return $node->safe_psql('postgres', 'SELECT count(*) FROM intake.submission'); }
sub memory { my ($kib) = slurp_file("/proc/$hub->{pid}/status") =~ /VmRSS:\s*(\d+)/; return $kib; }
sub descriptors { return scalar(() = glob "/proc/$hub->{pid}/fd/*"); }
sub connected { return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $hub->{port}, Timeout => 10); }
sub ended { my $got = shift; return $got->{status} =~ /^(4\d\d|50[15])$/ || $got->{closed}; }
local $SIG{PIPE} = 'IGNORE';

is(upload($hub, $token, "$good&wait=30", $csv)->{status}, 201, 'a good file is taken');
my $before = rows();
my $kib = memory();

# Slowloris: heads that never end, a byte at a time, on many connections.
my $began = time;
my @slow = map { connected() } 1 .. 150;
syswrite($_, "POST /v1/submissions HTTP/1.1\r\nX-A: b") for @slow;
my ($served, $worst, $open) = (0, 0, scalar @slow);
while ($open && time - $began < 40)
{
	for my $s (grep { defined } @slow)
	{
		next if syswrite($s, 'a');
		undef $s;
		$open--;
	}
	my $asked = time;
	$served += ask($hub, undef, 'GET', '/healthz')->{status} == 200;
	$served += ask($hub, $token, 'GET', '/v1/submissions?limit=1')->{status} == 200;
	$worst = time - $asked if time - $asked > $worst;
	sleep 0.5;
	for my $s (grep { defined } @slow)
	{
		my $bits = '';
		vec($bits, fileno $s, 1) = 1;
		next if select($bits, undef, undef, 0) <= 0 || sysread($s, my $data, 4096);
		undef $s;
		$open--;
	}
}
is($open, 0, sprintf('slow heads: all 150 connections are closed, after %.0f s', time - $began));
cmp_ok($worst, '<', 3, "... others are served meanwhile ($served answers)");

# The same with bodies.
$began = time;
@slow = map { connected() } 1 .. 50;
syswrite($_, "POST /v1/submissions?$good HTTP/1.1\r\n${auth}Content-Length: 100000\r\n\r\nfield") for @slow;
my @ends = map { answer_of($_, 60) } @slow;
is(scalar(grep { !ended($_) } @ends), 0, sprintf('slow bodies: each is answered or closed, within %.0f s', time - $began));
is(rows(), $before, '... and nothing of them is in the ledger');

# Bodies that never end: by length, and in chunks.
my $got = raw_ask($hub, "POST /v1/submissions?$good HTTP/1.1\r\n${auth}Content-Length: 999999999999\r\n\r\n" . 'x' x 4_000_000, 20);
ok($got->{status} == 413 || $got->{closed}, 'a length beyond the limit is refused') or diag explain $got;
$got = raw_ask($hub, "POST /v1/submissions?$good HTTP/1.1\r\n${auth}Transfer-Encoding: chunked\r\n\r\n" . ("10000\r\n" . 'x' x 65536 . "\r\n") x 200, 20);
ok($got->{status} == 413 || $got->{closed}, 'chunks beyond the limit are refused') or diag explain $got->{head};
my $socket = connected();
syswrite($socket, "POST /v1/submissions?$good HTTP/1.1\r\n${auth}Transfer-Encoding: chunked\r\n\r\n1\r\n");
$began = time;
while (time - $began < 60) { last if !syswrite($socket, "x\r\n1\r\n"); sleep 0.2; my $bits = ''; vec($bits, fileno $socket, 1) = 1; last if select($bits, undef, undef, 0) > 0; }
cmp_ok(time - $began, '<', 60, sprintf('chunks that never end are ended, after %.0f s', time - $began));

# Wrong lengths.
for ([ 'a length longer than the body', "Content-Length: 500\r\n\r\n$csv", 1 ], [ 'a negative length', "Content-Length: -1\r\n\r\n$csv" ],
	[ 'a length that is no number', "Content-Length: 5x\r\n\r\n$csv" ], [ 'a length past 64 bits', "Content-Length: 99999999999999999999999\r\n\r\n$csv" ],
	[ 'two lengths', "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd" ],
	[ 'a length and chunks', 'Content-Length: ' . length($csv) . "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" ],
	[ 'a chunk without a number', "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n" ], [ 'a chunk past 64 bits', "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc" ],
	[ 'an unknown transfer encoding', "Transfer-Encoding: gzip\r\n\r\nabc" ], [ 'no length', "\r\n" ])
{
	my ($what, $rest, $half) = @$_;
	my $s = connected();
	syswrite($s, "POST /v1/submissions?$good HTTP/1.1\r\n$auth$rest");
	$s->shutdown(1) if $half;
	my $end = answer_of($s, 20);
	ok(ended($end), "$what: " . ($end->{status} || 'closed')) or diag explain $end;
}
is(rows(), $before, '... and nothing of them is in the ledger');

# Heads.
$got = raw_ask($hub, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n" . join('', map { "X-$_: y\r\n" } 1 .. 10000) . "\r\n", 20);
ok(ended($got), '10,000 headers: ' . ($got->{status} || 'closed'));
$got = raw_ask($hub, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " . 'y' x 1_000_000 . "\r\n\r\n", 20);
ok(ended($got), 'a header of a megabyte: ' . ($got->{status} || 'closed'));
$got = raw_ask($hub, 'GET /' . 'a' x 1_000_000 . " HTTP/1.1\r\nHost: localhost\r\n\r\n", 20);
ok(ended($got), 'a path of a megabyte: ' . ($got->{status} || 'closed'));
$got = ask($hub, $token, 'GET', '/v1/submissions?' . join('&', map { "a$_=b" } 1 .. 500));
ok($got->{status} == 200 || ended($got), '500 parameters: ' . ($got->{status} || 'closed'));
for my $line ("GET /healthz\r\n\r\n", "GET /healthz HTTP/2.0\r\n\r\n", "\r\n\r\n\r\n", "\0\0\0\0\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "get /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" . 'x' x 500, "GET http://169.254.169.254/ HTTP/1.1\r\nHost: a\r\n\r\n",
	"CONNECT localhost:5432 HTTP/1.1\r\nHost: a\r\n\r\n")
{
	my $s = connected();
	syswrite($s, $line);
	$s->shutdown(1);
	my $end = answer_of($s, 20);
	ok(ended($end), (substr($line, 0, 25) =~ s/[^ -~]/./gr) . ': ' . ($end->{status} || 'closed')) or diag explain $end;
}

# Names that try to leave their folder, or to be something else.
my $inside = `find '$tmp' -newer '$tmp/keys/hub.keys' -type f -not -path '$tmp/spool/*' | sort`;
my @tricks = ('../../../../etc/passwd', '..%2f..%2fx.csv', '/etc/passwd', '..\\..\\x.csv', 'C:\\x.csv', '.', '..', '', 'x' x 5000, "a\x00b.csv", "a\r\nX-Injected: 1.csv",
	'<script>alert(1)</script>.csv', '"; DROP TABLE x; --.csv', '=HYPERLINK("x").csv', "\xe2\x80\xaegpj.exe", "\xff\xfe.csv", 'return.csv', 'CON', '~/.ssh/id', '$(id).csv', '|id');
my $n = 0;
for my $name (@tricks)
{
	my $shown = substr($name, 0, 30) =~ s/[^ -~]/./gr;
	my $coded = join '', map { sprintf '%%%02x', ord } split //, $name;
	$n++;
	my $got = upload($hub, $token, "$good&file=$coded", $csv . "narrative.activities,name $n\n");
	like($got->{status}, qr/^(201|400|414|422)$/, "file name \"$shown\" in the address: $got->{status}");
	unlike($got->{head}, qr/^X-Injected/mi, '... adds no header');
	my $quoted = $name =~ s/(["\\])/\\$1/gr;
	$got = ask($hub, $token, 'POST', "/v1/submissions?$good", { 'Content-Type' => 'multipart/form-data; boundary=BBB' },
		"--BBB\r\nContent-Disposition: form-data; name=\"file\"; filename=\"$quoted\"\r\n\r\n${csv}narrative.activities,part $n\n\r\n--BBB--\r\n");
	like($got->{status}, qr/^(201|400|422)$/, "... as name of a part: $got->{status}");
	if ($got->{status} == 201)
	{
		my $own = ask($hub, $token, 'GET', "/v1/submissions/$got->{json}{submission}/file");
		is($own->{status}, 200, '... comes back');
		unlike($own->{head}, qr/^X-Injected|\.\.\//mi, '... under a name that does no harm');
		unlike($got->{json}{file}, qr{[/\\\x00-\x1f]}, '... which is a plain name');
	}
	for my $where ("programme=$coded&period=2025-Q1&form=new", "programme=Programme%20One&period=$coded&form=new", "programme=Programme%20One&period=2025-Q1&form=$coded")
	{
		my $got = upload($hub, $token, $where, $csv . "narrative.activities,$where\n");
		like($got->{status}, qr/^(201|400|414|422)$/, "... as programme, quarter or form: $got->{status}") or diag $where, $got->{head}, $got->{body};
	}
	my $form = ask($hub, $token, 'GET', "/v1/forms/$coded/template.xlsx");
	like($form->{status}, qr/^(400|404|414)$/, "... as a form to be had: $form->{status}");
	my $page = ask($hub, undef, 'GET', "/$coded");
	ok($page->{status} =~ /^(400|404|414)$/ || $name =~ /^$/ , "... as a file of the page: $page->{status}");
}
for my $path ('/../hub/program/settings.c', '/..', '/./app.js/../../x', '//etc/passwd', '/app.js/', '/app.js%00.html', '/.', '/%2e%2e/%2e%2e/etc/passwd', '/index.html/..%2f', '/v1', '/v1/', '/v1/submissions/',
	'/v1/submissions/1/../2', '/v1/submissions/0x1', '/v1/submissions/-1', '/v1/submissions/+1', '/v1/submissions/1e0', '/v1/submissions/99999999999999999999', '/v1/submissions/1%20',
	'/v1/submissions/1;2', '/V1/submissions', '/v1/submissions/%31/file/x', '/etc/passwd', '/server-status')
{
	my $got = ask($hub, $token, 'GET', $path);
	like($got->{status}, qr/^(400|404)$/, "GET $path: $got->{status}");
	unlike($got->{body}, qr/root:/, '... nothing of the machine');
}
is(`find '$tmp' -newer '$tmp/keys/hub.keys' -type f -not -path '$tmp/spool/*' -not -name serve.log | sort`, $inside =~ s/^.*serve\.log\n//mr, 'no file was written but in the spool');

# The drop folder: links, pipes, folders and odd names are not followed and do not stop it.
my $place = "$tmp/inbox/One (made up)/Programme One/2025-Q2";
system('mkdir', '-p', $place, "$tmp/inbox/Nobody/Programme One/2025-Q2", "$tmp/inbox/..x/Programme One/2025-Q2") == 0 or die;
spill("$tmp/secret.csv", "field,value\nnarrative.activities,SECRET-OUTSIDE\n");
symlink "$tmp/secret.csv", "$place/link.csv";
symlink '/etc', "$tmp/inbox/One (made up)/Programme One/2025-Q3";
system('mkfifo', "$place/pipe.csv");
mkdir "$place/folder.csv";
spill("$tmp/inbox/Nobody/Programme One/2025-Q2/stray.csv", $csv . "narrative.activities,stray\n");
spill("$place/new\nline.csv", $csv . "narrative.activities,line\n");
spill("$place/-rf.csv", $csv . "narrative.activities,dash\n");
spill("$place/good.csv", $csv . "narrative.activities,inbox\n");
my $until = time + 40;
sleep 0.2 while time < $until && -e "$place/good.csv";
ok(!-e "$place/good.csv", 'drop folder: a good file among tricks is taken');
sleep 1;
is($node->safe_psql('postgres', q{SELECT count(*) FROM intake.submission WHERE file_name LIKE '%link%' OR file_name LIKE '%pipe%' OR file_name LIKE '%stray%'}), 0,
	'... links, pipes and strangers\' files are not');
ok(-e "$tmp/secret.csv", '... what a link points at stays where it is');

# Requests in two pieces, split at each byte.
my $bad = 0;
my $request = "POST /v1/submissions?$good&file=split.csv HTTP/1.1\r\n${auth}Content-Type: multipart/form-data; boundary=BB\r\nConnection: close\r\nContent-Length: %d\r\n\r\n";
my $body = "--BB\r\nContent-Disposition: form-data; name=\"file\"; filename=\"split.csv\"\r\n\r\n${csv}narrative.activities,split\n\r\n--BB--\r\n";
$request = ($request =~ s/Content-Length: %d/'Content-Length: ' . length $body/er) . $body;
my %ids;
for my $at (1 .. length($request) - 1)
{
	my $s = connected();
	setsockopt($s, IPPROTO_TCP, TCP_NODELAY, 1);
	syswrite($s, substr($request, 0, $at));
	sleep 0.002;
	syswrite($s, substr($request, $at));
	my $got = answer_of($s, 20);
	$bad++ if $got->{status} !~ /^20[01]$/;
	$ids{$1} = 1 if $got->{body} =~ /"submission" ?: ?(\d+)/;
}
is($bad, 0, 'a request in two pieces, split at each of its ' . length($request) . ' bytes, is understood');
is(scalar keys %ids, 1, '... always as the same submission');
my $s = connected();
setsockopt($s, IPPROTO_TCP, TCP_NODELAY, 1);
syswrite($s, $_) for split //, $request;
is(answer_of($s, 20)->{status}, 200, 'a request byte by byte is understood');

# A multipart body that is broken in each way.
for ([ 'no boundary', 'multipart/form-data', $body ], [ 'another boundary', 'multipart/form-data; boundary=CC', $body ], [ 'no end', 'multipart/form-data; boundary=BB', substr($body, 0, -8) ],
	[ 'no file', 'multipart/form-data; boundary=BB', "--BB\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\nnew\r\n--BB--\r\n" ], [ 'nothing', 'multipart/form-data; boundary=BB', '' ],
	[ 'two files', 'multipart/form-data; boundary=BB', ($body =~ s/--BB--\r\n$//r) . $body ], [ 'a boundary of 5,000', 'multipart/form-data; boundary=' . 'B' x 5000, $body ],
	[ 'an empty file', 'application/octet-stream', '' ])
{
	my ($what, $type, $bytes) = @$_;
	my $got = ask($hub, $token, 'POST', "/v1/submissions?$good", { 'Content-Type' => $type }, $bytes);
	like($got->{status}, qr/^(400|413|415|422)$/, "multipart, $what: $got->{status}") or diag $got->{body};
}

ok(kill(0, $hub->{pid}), 'the service still runs');
is(upload($hub, $token, "$good&wait=30", $csv . "narrative.activities,at last\n")->{status}, 201, '... and takes a good file');
$until = time + 20;
sleep 0.5 while time < $until && descriptors() > 100;
cmp_ok(descriptors(), '<', 100, '... holds no connection of the gone');
cmp_ok(memory() - $kib, '<', 64 * 1024, sprintf('... and has not grown: %d to %d KiB', $kib, memory()));
unlike(serve_log($hub), qr/\Q$token\E|narrative|SECRET-OUTSIDE/, 'neither token nor content is in the log');
is(serve_stop($hub), 0, 'it stops when asked');
done_testing();
