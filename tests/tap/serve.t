# wardstar-hub serve: its routes, who may use them, the drop folder, stopping, reloading and limits. All programmes and
# figures are made up.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use HubTest;
use IO::Socket::INET;
use JSON;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $valgrind = $ENV{WARDSTAR_VALGRIND};
my $node = PostgreSQL::Test::Cluster->new($valgrind ? 'serve_valgrind' : 'serve');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 60\n");
$node->start;
my $folder = PostgreSQL::Test::Utils::tempdir();
my @options = (serve_prepare($node, $folder), '--rate-token', 0, '--rate-address', 0);
my $token = serve_partner($node, 'Made-up Trust', 'POPs', 'Mentors');
my $other = serve_partner($node, 'Another Trust', 'Sports');
ok($token && $other, 'two partners');

my $return = "field,value\nbasis,new_referrals\nclients.total,12\nage.18-25,12\n";
my $other_return = "field,value\nbasis,new_referrals\nage.18-25,7\n";
mkdir "$folder/inbox" or die;
my $serve = serve_start($node, $folder, $valgrind ? { before => [ split / /, $valgrind ], patience => 120 } : (), @options, '--inbox', "$folder/inbox", '--sweep-after', 10, '--upload-limit', 1);
my $before_start = -s $serve->{log};

# What anyone may have.
my $answer = ask($serve, undef, 'GET', '/healthz');
is($answer->{status}, 200, '/healthz');
for (1 .. 100) { $answer = ask($serve, undef, 'GET', '/readyz'); last if $answer->{status} == 200; sleep 0.1; }
is($answer->{status}, 200, '/readyz');
$answer = ask($serve, undef, 'GET', '/metrics');
like($answer->{body}, qr/^wardstar_ready 1$/m, '/metrics');
is(ask($serve, undef, 'GET', '/metrics', { 'X-Forwarded-For' => '203.0.113.9' })->{status}, 404, '... not through a proxy');
$answer = ask($serve, undef, 'GET', '/');
is($answer->{status}, 200, 'the page');
like($answer->{header}{'content-security-policy'}, qr/default-src 'none'/, '... with a strict policy');
is(ask($serve, undef, 'GET', '/', { 'If-None-Match' => $answer->{header}{etag} })->{status}, 304, '... and a tag');
is(ask($serve, undef, 'HEAD', '/')->{header}{'content-length'}, length $answer->{body}, 'HEAD tells the length');
is(ask($serve, undef, 'GET', "/$_")->{status}, 404, "no /$_")
  for ('nosuch', '../etc/passwd', '%2e%2e/etc/passwd', 'index.html%00', 'v1', '.git', 'v1/submissions/');

# Signing in.
$answer = ask($serve, undef, 'GET', '/v1/submissions');
is($answer->{status}, 401, 'no token');
like($answer->{header}{'www-authenticate'}, qr/^Bearer/, '... says how to sign in');
is($answer->{header}{'content-type'}, 'application/problem+json', '... as a problem document');
is($answer->{json}{status}, 401, '... with its status');
is(ask($serve, "wst_00000000_wrong", 'GET', '/v1/submissions')->{status}, 401, 'a wrong token');
is(ask($serve, undef, 'GET', '/v1/submissions', { Authorization => 'Digest x' })->{status}, 401, 'another scheme');
use MIME::Base64 qw(encode_base64);
is(ask($serve, undef, 'GET', '/v1/submissions', { Authorization => 'Basic ' . encode_base64("x:$token", '') })->{status}, 200, 'Basic, with the token as password');

# Uploads.
$answer = upload($serve, $token, 'programme=POPs&period=2025-Q2&form=new&file=return.csv', $return);
is($answer->{status}, 201, 'an upload') or diag explain $answer;
my $id = $answer->{json}{submission};
is($answer->{header}{location}, "/v1/submissions/$id", '... with its address');
is($answer->{json}{sha256}, sha256_hex($return), '... and its SHA-256');
my $file = $node->safe_psql('postgres', "SELECT spool FROM intake.submission WHERE id = $id");
ok(-s "$folder/spool/" . substr($file, 0, 2) . "/$file", '... its bytes lie in the spool');
$answer = upload($serve, $token, 'programme=POPs&period=2025-Q2&form=new', $return);
is($answer->{status}, 200, 'the same bytes again');
is($answer->{json}{submission}, $id, '... are the same submission');
is($answer->{json}{already}, JSON::true, '... and it says so');
my $verdict = wait_for_verdict($serve, $token, $id);
like($verdict->{state}, qr/^(accepted|rejected)$/, "checked: $verdict->{state}");
is($node->safe_psql('postgres', "SELECT string_agg(DISTINCT to_state, ' ' ORDER BY to_state) FROM intake.submission_event WHERE submission = $id"),
	join(' ', sort 'received', 'checking', $verdict->{state}), 'its events are kept');
$answer = upload($serve, $token, 'programme=Mentors&period=2025-Q2&form=new&wait=30', $return);
like($answer->{json}{state}, qr/^(accepted|rejected)$/, 'wait=30 waits for the verdict');
my $boundary = 'xxBOUNDARYxx';
my $form = join "\r\n", map { ("--$boundary", "Content-Disposition: form-data; $_->[0]", '', $_->[1]) }
  (['name="programme"', 'POPs'], ['name="period"', '2025-Q1'], ['name="form"', 'new'], ['name="file"; filename="test.csv"', $return]);
$answer = ask($serve, $token, 'POST', '/v1/submissions?wait=30', { 'Content-Type' => "multipart/form-data; boundary=$boundary" }, "$form\r\n--$boundary--\r\n");
is($answer->{status}, 201, 'multipart/form-data') or diag explain $answer;
is($answer->{json}{sha256}, sha256_hex($return), '... the file alone');
is($answer->{json}{period}, '2025-Q1', '... and what the form says');
is($answer->{json}{file}, 'test.csv', '... with the file\'s name');
$answer = upload($serve, $token, 'wait=20', 'not a return');
is($answer->{json}{state}, 'waiting for answer', 'a file of which nothing can be told waits') or diag explain $answer;
my $told = ask($serve, $token, 'GET', $answer->{json}{receipt})->{json};
is($told->{findings}[0]{suggestion}, 'Say which of your programmes it is for.', '... and asks in words that are no program\'s options');
my $first = $answer->{json}{submission};
$answer = upload($serve, $token, 'programme=POPs&period=2025-Q1&form=new&wait=20', 'not a return');
is($answer->{json}{state}, 'rejected', 'the same file again, with what it is said to be, is checked');
is(ask($serve, $token, 'GET', "/v1/submissions/$first")->{json}{superseded_by}, $answer->{json}{submission}, '... and the first no longer waits');
# The same blank return of two programmes.
$answer = upload($serve, $token, 'programme=Mentors&wait=20', 'blank alike');
is($answer->{json}{state}, 'waiting for answer', 'one that does not say its quarter waits');
$first = $answer->{json}{submission};
is(upload($serve, $token, 'programme=POPs&period=2025-Q1&form=new&wait=20', 'blank alike')->{json}{state}, 'rejected', 'the same bytes for another programme');
is(ask($serve, $token, 'GET', "/v1/submissions/$first")->{json}{state}, 'waiting for answer', '... are no answer for it');
for my $file ([ "\xff\xd8\xff\xe0\0\x10JFIF\0" . "\0" x 5000, qr/^It is a picture/, qr/that it was made from/ ],
	[ "\0\1\2\3" x 5000, qr/^It is neither a Word document/, qr/it is damaged/ ],
	[ "a,\xe9\nb,\xe9\n", qr/^Line 1: the line is not valid UTF-8; line 2: the line is not valid UTF-8\.$/, qr/In Excel|in Excel/ ])
{
	$answer = upload($serve, $token, 'programme=POPs&period=2025-Q1&wait=20', $file->[0]);
	is($answer->{json}{state}, 'rejected', 'what is no return is not accepted');
	$told = ask($serve, $token, 'GET', $answer->{json}{receipt})->{json}{findings}[0];
	like($told->{message}, $file->[1], '... and told what it seems to be');
	like($told->{suggestion}, $file->[2], '... and what to do');
}

$answer = upload($serve, $token, 'programme=POPs&period=2025-Q2&kind=records&wait=30', "client_ref,referred_on\nA1,2025-07-02\n");
is($answer->{json}{kind}, 'records', 'a record-level return');
like($answer->{json}{state}, qr/^(accepted|rejected|waiting for answer)$/, '... is checked too');
is($node->safe_psql('postgres', "SELECT count(*) FROM intake.finding WHERE rule = 'H129'"), 0, '... without a fault of the hub');

for my $case (
	[ 422, 'programme=Nosuch', 'an unknown programme' ],
	[ 422, 'programme=Sports', 'a programme of another' ],
	[ 422, 'programme=POPs&period=2025-Q9', 'no quarter' ],
	[ 422, 'programme=POPs&form=nosuch', 'no form' ],
	[ 422, 'kind=nosuch', 'no kind' ],
	[ 400, 'wait=soon', 'wait that is no number' ],
	[ 400, 'programme=%ff', 'no UTF-8' ],
	[ 400, 'programme=PO%00Ps', 'a NUL' ])
{
	is(upload($serve, $token, $case->[1], $return)->{status}, $case->[0], $case->[2]);
}
is(ask($serve, $token, 'POST', '/v1/submissions', { 'Content-Type' => 'application/octet-stream' }, '')->{status}, 400, 'an empty file');
is(ask($serve, $token, 'POST', '/v1/submissions', { 'Content-Type' => 'application/x-www-form-urlencoded' }, 'x')->{status}, 415, 'a web form');
is(ask($serve, $token, 'POST', '/v1/submissions', { 'Content-Encoding' => 'gzip' }, 'x')->{status}, 415, 'compressed');
is(upload($serve, $token, '', 'x' x (1024 * 1024 + 1))->{status}, 413, 'too large');
$answer = raw_ask($serve, "POST /v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $token\r\nTransfer-Encoding: chunked\r\n\r\n"
	  . join('', map { sprintf "%x\r\n%s\r\n", 65536, 'y' x 65536 } 1 .. 17) . "0\r\n\r\n");
is($answer->{status}, 413, 'too large, in chunks');
$answer = ask($serve, $token, 'PUT', '/v1/submissions');
is($answer->{status}, 405, 'no such method');
is($answer->{header}{allow}, 'GET, HEAD, POST', '... says which there are');
is(ask($serve, $token, 'OPTIONS', '/v1/submissions')->{status}, 405, 'OPTIONS');

# Reading, one's own and nothing else.
$answer = ask($serve, $token, 'GET', "/v1/submissions/$id/file");
is($answer->{body}, $return, 'the bytes as they came');
like($answer->{header}{'content-disposition'}, qr/^attachment; filename\*=UTF-8''return\.csv$/, '... to be saved');
for my $case ([ 'text/html', qr{^text/html}, qr/<!DOCTYPE html>/i ], [ 'text/csv', qr{^text/csv}, qr/,/ ],
	[ 'text/plain', qr{^text/plain}, qr/POPs/ ], [ 'application/json', qr{^application/json}, qr/"submission"/ ],
	[ 'text/*;q=0.5, application/json;q=0.1', qr{^text/html}, qr/html/ ], [ undef, qr{^application/json}, qr/\{/ ])
{
	$answer = ask($serve, $token, 'GET', "/v1/submissions/$id/receipt", { Accept => $case->[0] });
	is($answer->{status}, 200, 'a receipt as ' . ($case->[0] // 'it comes'));
	like($answer->{header}{'content-type'}, $case->[1], '... of that type');
	like($answer->{body}, $case->[2], '... and content');
}
is(ask($serve, $token, 'GET', "/v1/submissions/$id/receipt", { Accept => 'image/png' })->{status}, 406, 'a receipt is no picture');
my $list = ask($serve, $token, 'GET', '/v1/submissions?limit=2')->{json};
is(scalar @{ $list->{submissions} }, 2, 'two submissions a page');
my $next = ask($serve, $token, 'GET', "/v1/submissions?limit=500&before=$list->{next}")->{json};
is(scalar @{ $next->{submissions} } + 2, $node->safe_psql('postgres', "SELECT count(*) FROM intake.submission WHERE organisation = 'Made-up Trust'"), '... and the rest');
is($next->{next}, undef, '... which is the last page');
is(ask($serve, $token, 'GET', '/v1/submissions?limit=0')->{status}, 400, 'a page of none');
$answer = ask($serve, $token, 'GET', '/v1/data/returns.csv');
my @counts = split /\r\n/, $answer->{body};
is($#counts, $node->safe_psql('postgres', q{SELECT count(*) FROM returns.count c JOIN returns.programme p USING (programme) WHERE p.organisation = 'Made-up Trust'}),
	'own counts, a line each');
is(ask($serve, $token, 'GET', '/v1/data/stars.csv')->{status}, 200, 'own stars');
$answer = ask($serve, $token, 'GET', '/v1/forms');
is(join(' ', sort map { $_->{form} } @{ $answer->{json}{forms} }), 'improved new old', 'forms');
$answer = ask($serve, $token, 'GET', '/v1/forms/improved/template.xlsx?period=2025-Q2');
is(substr($answer->{body}, 0, 4), "PK\3\4", 'a template');
is(ask($serve, $token, 'GET', '/v1/forms/nosuch/template.xlsx')->{status}, 404, 'no such form');
is(join(' ', map { $_->{name} } @{ ask($serve, $token, 'GET', '/v1/forms')->{json}{workbooks} }), 'records', 'and a workbook of records');
my $workbook = ask($serve, $token, 'GET', '/v1/forms/records/template.xlsx?period=2025-Q2');
is($workbook->{status}, 200, '... which is sent');
spill("$folder/records.xlsx", $workbook->{body});
PostgreSQL::Test::Utils::run_log([ '/usr/bin/python3', '-c', 'import openpyxl, sys
b = openpyxl.load_workbook(sys.argv[1])
print(",".join(b.sheetnames))
print(",".join(sorted({str(c.value) for r in b["Lists"].iter_rows() for c in r} & {"POPs", "Mentors", "Sports"})))
print(any("1 July to 30 September 2025" in str(c.value) for r in b["About"].iter_rows() for c in r))', "$folder/records.xlsx" ], '>', \my $sheets) or fail('openpyxl reads it');
like($sheets, qr/^.*clients,referrals,engagements,contacts,stars,measures,feedback.*$/mi, '... a sheet a table');
like($sheets, qr/^Mentors,POPs$/m, "... its own programmes to choose from, not another's");
like($sheets, qr/^True$/m, '... for the quarter that was asked for');
is(ask($serve, $token, 'GET', '/v1/forms/records/template.xlsx?period=soon')->{status}, 422, '... and no such quarter');
is(ask($serve, $token, 'GET', '/v1/forms/new/template.xlsx?period=soon')->{status}, 422, 'no such quarter');

is(upload($serve, $other, 'programme=Sports&period=2025-Q2&form=new&wait=30', $other_return)->{status}, 201, 'the other partner sends');
for my $path ("/v1/submissions/$id", "/v1/submissions/$id/file", "/v1/submissions/$id/receipt")
{
	my $theirs = ask($serve, $other, 'GET', $path);
	my $none = ask($serve, $other, 'GET', $path =~ s/$id/999999/r);
	is($theirs->{status}, 404, "the other does not see $path");
	is($theirs->{body}, $none->{body}, '... and can\'t tell it from one that is not there');
}
is(join(',', map { $_->{programme} } @{ ask($serve, $other, 'GET', '/v1/submissions')->{json}{submissions} }), 'Sports', '... only its own in the list');
unlike(ask($serve, $other, 'GET', '/v1/data/returns.csv')->{body}, qr/POPs|Mentors/, '... and in its data');
$answer = upload($serve, $other, 'form=new', $return);
isnt($answer->{json}{submission}, $id, 'the same bytes of another are another submission');

# A client that stops in the middle, and one that is slow.
my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $serve->{port});
print $socket "POST /v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $token\r\nContent-Length: 100\r\n\r\nhalf";
close $socket;
is(ask($serve, undef, 'GET', '/healthz')->{status}, 200, 'a client that breaks off');
$socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $serve->{port});
my @pieces = split //, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
for (@pieces) { syswrite $socket, $_; sleep 0.002; }
is(answer_of($socket, 20)->{status}, 200, 'a request in single bytes');
syswrite $socket, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n\r\n";
is(answer_of($socket, 20)->{status}, 200, '... and two at once on the same connection');
close $socket;

# The drop folder.
my $drop = "$folder/inbox/Made-up Trust/POPs/2024-Q4";
PostgreSQL::Test::Utils::system_or_bail('mkdir', '-p', $drop);
sleep 0.5;
sub spill_to { my ($path, $text) = @_; open my $fh, '>', $path or die "$path: $!"; print $fh $text; close $fh; }
sub wait_for { my $path = shift; for (1 .. 300) { return 1 if glob("\"$path\"") && -e (glob("\"$path\""))[0]; sleep 0.1; } return 0; }
spill_to("$drop/return.csv", $return);
spill_to("$drop/half.csv.part", $return);
symlink '/etc/passwd', "$drop/link.csv";
my ($moved) = grep { wait_for($_) } "$drop/" . ($verdict->{state} eq 'accepted' ? 'accepted' : 'rejected') . '/return.csv';
ok($moved, "the file lies with those $verdict->{state}");
ok(wait_for("$moved.receipt.html"), '... beside its receipt');
ok(!-e "$drop/return.csv", '... and not where it was');
ok(-e "$drop/half.csv.part" && -l "$drop/link.csv", 'what is not finished, and what is no file, stays');
is($node->safe_psql('postgres', "SELECT received_from FROM intake.submission WHERE asked_period = '2024-Q4'"), 'drop folder', 'it is in the ledger');
my $strange = "$folder/inbox/Nobody/POPs/2024-Q4";
PostgreSQL::Test::Utils::system_or_bail('mkdir', '-p', $strange);
sleep 0.3;
spill_to("$strange/return.csv", $return);
ok(wait_for("$strange/rejected/return.csv.receipt.txt"), 'a folder that is no organisation\'s');

# A token that is withdrawn opens nothing from then on.
my $second = hub_ok($node, 'token', 'issue', 'Made-up Trust');
($second) = $second =~ /\b(wst_\S+)/;
is(ask($serve, $second, 'GET', '/v1/submissions')->{status}, 200, 'a second token');
hub_ok($node, 'token', 'revoke', ($second =~ /^wst_([^_]+)/)[0]);
my $status = 200;
for (1 .. 50) { $status = ask($serve, $second, 'GET', '/v1/submissions')->{status}; last if $status == 401; sleep 0.1; }
is($status, 401, 'a token that was withdrawn');
my @began = (time);
ask($serve, "wst_00000000_wrong$_", 'GET', '/v1/submissions') for 1 .. 8;
push @began, time;
is(ask($serve, 'wst_00000000_again', 'GET', '/v1/submissions')->{status}, 401, 'the eleventh wrong token');
cmp_ok(time - $began[1], '>=', 2, '... is slowed');
is(ask($serve, $token, 'GET', '/v1/submissions')->{status}, 200, '... and a right one is not refused');

# The database goes and comes back.
$node->stop('immediate');
$answer = upload($serve, $token, 'programme=POPs&period=2025-Q2&form=new', "$return\n");
is($answer->{status}, 503, 'no database: 503');
ok($answer->{header}{'retry-after'}, '... with Retry-After');
is(ask($serve, undef, 'GET', '/healthz')->{status}, 200, '... alive');
$node->start;
for (1 .. 300) { last if ask($serve, undef, 'GET', '/readyz')->{status} == 200; sleep 0.1; }
$answer = upload($serve, $token, 'programme=POPs&period=2025-Q2&form=new', "$return\n");
like($answer->{status}, qr/^20[01]$/, 'back again: the same upload is taken');

# A spool file that nothing names is swept; those that the ledger names stay.
my $orphan = "$folder/spool/ab/ab" . ('0' x 30);
PostgreSQL::Test::Utils::system_or_bail('mkdir', '-p', "$folder/spool/ab");
spill_to($orphan, 'left behind');
my $named = $node->safe_psql('postgres', 'SELECT count(*) FROM intake.submission WHERE spool IS NOT NULL');
for (1 .. 400) { last if !-e $orphan; sleep 0.1; }
ok(!-e $orphan, 'a spool file that nothing names is removed');
sub spooled { return scalar grep { -f && m{/[0-9a-f]{32}$} } glob "$folder/spool/*/*"; }
is(spooled(), $named, 'all others are there, and no more');

my $anchors = 0;
for (1 .. 150) { $anchors = $node->safe_psql('postgres', 'SELECT count(*) FROM intake.event_anchor'); last if $anchors; sleep 0.1; }
cmp_ok($anchors, '>', 0, 'events are anchored');

# Settings and limits.
my $log = serve_log($serve);
like($log, qr/event=received submission=$id partner="Made-up Trust"/, 'the log names submission and partner');
unlike($log, qr/\Q$token\E|clients\.total/, '... never a token or content');
is(serve_stop($serve), 0, 'it stops when asked to');
like(serve_log($serve), qr/event=stopped/, '... and says so');
like(serve_log($serve), qr/ERROR SUMMARY: 0 errors/, 'no error of memory, and nothing leaked') if $valgrind;
is($node->safe_psql('postgres', "SELECT count(*) FROM intake.submission WHERE state = 'checking'"), 0, 'nothing is left half checked');
if (!$valgrind)
{
	spill_to("$folder/settings", "rate-token = 2\nlog-level = debug\n");
	$serve = serve_start($node, $folder, @options[ 0 .. 3 ], '--settings', "$folder/settings", '--header-timeout', 2);
	my @statuses = map { ask($serve, $token, 'GET', '/v1/forms')->{status} } 1 .. 15;
	ok((grep { $_ == 429 } @statuses), 'too many requests with a token: 429') or diag "@statuses";
	spill_to("$folder/settings", "rate-token = 1000\n");
	kill 'HUP', $serve->{pid};
	for (1 .. 50) { last if serve_log($serve) =~ /event=reloaded/; sleep 0.1; }
	@statuses = map { ask($serve, $token, 'GET', '/v1/forms')->{status} } 1 .. 15;
	is(join(' ', grep { $_ != 200 } @statuses), '', 'a reload takes the new limit');
	spill_to("$folder/settings", "nonsense = 1\n");
	kill 'HUP', $serve->{pid};
	for (1 .. 50) { last if serve_log($serve) =~ /settings are no good/; sleep 0.1; }
	is(ask($serve, $token, 'GET', '/v1/forms')->{status}, 200, 'settings that are no good change nothing');
	$socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $serve->{port});
	syswrite $socket, "GET /healthz HTTP/1.1\r\nHost:";
	$answer = answer_of($socket, 20);
	is($answer->{status}, 408, 'headers that never end: 408');
	is(serve_stop($serve), 0, 'it stops again');
	# Behind a proxy it is the client's address that counts, as the last proxy says it, and nothing that the client says.
	$serve = serve_start($node, $folder, @options[ 0 .. 3 ], '--behind-proxy', '--trusted-proxies', '203.0.113.1', '--rate-address', 1);
	my $flood = sub { my $from = shift; return scalar grep { ask($serve, undef, 'GET', '/healthz', { 'X-Forwarded-For' => $from })->{status} == 429 } 1 .. 8; };
	cmp_ok($flood->('198.51.100.7'), '>', 0, 'too many requests from an address: 429');
	is(ask($serve, undef, 'GET', '/healthz', { 'X-Forwarded-For' => '198.51.100.8' })->{status}, 200, '... and another is not touched');
	is(ask($serve, undef, 'GET', '/healthz', { 'X-Forwarded-For' => '198.51.100.99, 198.51.100.7' })->{status}, 429, '... nor believed when it says that it is another');
	is(ask($serve, undef, 'GET', '/healthz', { 'X-Forwarded-For' => '198.51.100.7, 203.0.113.1' })->{status}, 429, '... and known behind a second proxy');
	is(ask($serve, undef, 'GET', '/metrics', { 'X-Forwarded-For' => '127.0.0.1' })->{status}, 404, '... and /metrics is not for whoever says that it is here');

	serve_stop($serve);
	$serve = serve_start($node, $folder, @options);

	# A stop in the midst of uploads: each that was acknowledged is in the ledger, and nothing is left in hand.
	my @pids;
	for my $n (1 .. 4)
	{
		my $child = fork // die;
		if ($child == 0)
		{
			open my $fh, '>', "$folder/acknowledged.$n";
			for my $i (1 .. 1000)
			{
				my $a = upload($serve, $token, 'programme=POPs&period=2025-Q2&form=new', "field,value\nage.18-25,$n\nnotes,$i\n");
				last if $a->{status} == 0;
				syswrite $fh, "$a->{json}{submission} $a->{json}{sha256}\n" if $a->{status} =~ /^20[01]$/;
			}
			POSIX::_exit(0);
		}
		push @pids, $child;
	}
	sleep 1.5;
	my $asked = time;
	is(serve_stop($serve), 0, 'it stops in the midst of uploads');
	cmp_ok(time - $asked, '<', 10, '... within 10 seconds');
	waitpid $_, 0 for @pids;
	my %known = map { my ($k, $v) = split /\|/; $k => $v } split /\n/, $node->safe_psql('postgres', "SELECT id, encode(sha256, 'hex') FROM intake.submission");
	my @acknowledged = map { split /\n/, PostgreSQL::Test::Utils::slurp_file("$folder/acknowledged.$_") } 1 .. 4;
	cmp_ok(scalar @acknowledged, '>', 10, scalar(@acknowledged) . ' were acknowledged');
	is(scalar(grep { my ($k, $v) = split / /; ($known{$k} // '') ne $v } @acknowledged), 0, '... and each is in the ledger');
	is($node->safe_psql('postgres', "SELECT count(*) FROM intake.submission WHERE state = 'checking'"), 0, '... none left half checked');
	is(spooled(), $node->safe_psql('postgres', 'SELECT count(*) FROM intake.submission WHERE spool IS NOT NULL'), '... and no spool file without its row');
	my ($code, $out, $err) = hub($node, 'serve', @options[ 0 .. 3 ], '--listen', '0.0.0.0:0');
	is($code, 2, 'it does not listen to the world without TLS');
	like($err, qr/refusing to listen/, '... and says why');
}
$node->stop;
done_testing();
