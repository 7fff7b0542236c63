# The OWASP API security top ten of 2023, each item that applies. docs/security.md says what stops each; item 10 (unsafe
# consumption of other APIs) does not apply, since the service calls none.
use strict;
use warnings;
use HubTest;
use Digest::SHA qw(sha256_hex);
use IO::Socket::INET;
use JSON;
use MIME::Base64;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('serve_owasp');
$node->init;
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
my @keep = serve_prepare($node, $tmp);
my $token = serve_partner($node, 'One (made up)', 'Programme One');
my $other = serve_partner($node, 'Two (made up)', 'Programme Two');
my $hub = serve_start($node, $tmp, @keep, '--upload-limit', 1, '--rate-token', 0, '--rate-address', 0);
my $csv = "field,value\nbasis,new_referrals\ntotal,9\nage.25+,9\nsex.female,9\nplace.not_known,9\nnarrative.activities,";
my $good = 'programme=Programme%20One&period=2025-Q1&form=new&wait=30';

my $mine = upload($hub, $token, "$good&file=mine.csv", "${csv}mine\n")->{json};
my $theirs = upload($hub, $other, 'programme=Programme%20Two&period=2025-Q1&form=new&file=SECRETNAME.csv&wait=30', "${csv}theirs\n")->{json};
is($mine->{state}, 'accepted', 'a file of the one');
is($theirs->{state}, 'accepted', 'a file of the other');

# 1. Broken object level authorization
for my $path ('', '/receipt', '/file')
{
	my $foreign = ask($hub, $token, 'GET', "/v1/submissions/$theirs->{submission}$path");
	my $none = ask($hub, $token, 'GET', "/v1/submissions/99999999$path");
	is($foreign->{status}, 404, "1: another's submission$path is not found");
	is($foreign->{body} =~ s/\b$theirs->{submission}\b/N/r, $none->{body} =~ s/\b99999999\b/N/r, '... in the same words as one that does not exist');
}
for my $path ('/v1/submissions?limit=500', '/v1/due', '/v1/data/returns.csv', '/v1/data/stars.csv')
{
	my $got = ask($hub, $token, 'GET', $path);
	is($got->{status}, 200, "1: $path");
	unlike($got->{body}, qr/Two|SECRETNAME|"submission" ?: ?$theirs->{submission}\b/, '... holds nothing of another');
}
my $same = upload($hub, $other, 'programme=Programme%20Two&period=2025-Q1&form=new', "${csv}mine\n");
is($same->{status}, 201, '1: bytes that another has sent are not "already received"');

# 2. Broken authentication
my ($prefix, $secret) = $token =~ /^wst_([^_]+)_(.+)$/;
my ($other_secret) = $other =~ /^wst_[^_]+_(.+)$/;
my %wrong = (none => undef, empty => 'Bearer ', 'another scheme' => "Digest $token", 'the prefix alone' => "Bearer wst_$prefix", 'a wrong secret' => 'Bearer wst_' . $prefix . '_' . reverse($secret),
	'the secret of another' => "Bearer wst_${prefix}_$other_secret", 'a cut secret' => 'Bearer ' . substr($token, 0, -1), 'a longer secret' => "Bearer ${token}x",
	'other letters' => 'Bearer ' . uc $token, 'a hash' => 'Bearer ' . sha256_hex($token), SQL => "Bearer ' OR true --");
serve_stop($hub);
$hub = serve_start($node, $tmp, @keep, '--upload-limit', 1, '--rate-token', 0, '--rate-address', 0);
for my $what (sort keys %wrong)
{
	my $got = ask($hub, undef, 'GET', '/v1/due', { Authorization => $wrong{$what} });
	like($got->{status}, qr/^(400|401|429)$/, "2: $what: $got->{status}");
	unlike($got->{body}, qr/Programme/, '... and no data');
}
is(ask($hub, undef, 'GET', "/v1/due?token=$token&access_token=$token")->{status} =~ /^(401|429)$/, 1, '2: a token in the address is not looked at');
is(ask($hub, undef, 'GET', '/v1/due', { Cookie => "token=$token" })->{status} =~ /^(401|429)$/, 1, '2: nor one in a cookie');
serve_stop($hub);
$hub = serve_start($node, $tmp, @keep, '--upload-limit', 1, '--rate-token', 0, '--rate-address', 0);
is(ask($hub, undef, 'GET', '/v1/due', { Authorization => 'Basic ' . encode_base64("any:$token", '') })->{status}, 200, '2: as password of Basic it is');
# Ten wrong tokens from an address within a minute are slowed.
my @times;
for (1 .. 14)
{
	my $began = time;
	my $got = ask($hub, undef, 'GET', '/v1/due', { Authorization => "Bearer wst_none_$_" });
	push @times, time - $began;
	$times[-1] += 1 if $got->{status} == 429;
}
cmp_ok($times[-1], '>', 0.5, sprintf('2: after ten wrong tokens the next are slowed (%.2f s, the first %.2f s)', @times[-1, 0]));
is(ask($hub, $token, 'GET', '/v1/due')->{status}, 200, '2: a right token still works, or is asked to wait') if $times[-1] < 60;
# Expired, revoked, disabled.
my $list = hub_ok($node, 'token', 'issue', 'One (made up)');
my ($second) = $list =~ /\b(wst_\S+)/;
is(ask($hub, $second, 'GET', '/v1/due')->{status}, 200, '2: a second token');
my ($second_prefix) = $second =~ /^wst_([^_]+)_/;
hub_ok($node, 'token', 'revoke', $second_prefix);
sleep 1;
is(ask($hub, $second, 'GET', '/v1/due')->{status}, 401, '2: revoked, it ends at once');
is(ask($hub, $token, 'GET', '/v1/due')->{status}, 200, '... the first goes on');

# 3. Broken object property level authorization
my $part = sub { return "--BB\r\nContent-Disposition: form-data; name=\"$_[0]\"\r\n\r\n$_[1]\r\n" };
my %forced = (state => 'accepted', decision => 'accepted', organisation => 'Two (made up)', id => 1, submission => 1, sha256 => '0' x 64, received_from => 'x', spool => '0' x 32, decided_by => 'x', role => 'wardstar_owner');
my $got = ask($hub, $token, 'POST', "/v1/submissions?$good&" . join('&', map { "$_=$forced{$_}" =~ s/ /%20/gr } sort keys %forced), { 'Content-Type' => 'multipart/form-data; boundary=BB' },
	join('', map { $part->($_, $forced{$_}) } sort keys %forced) . "--BB\r\nContent-Disposition: form-data; name=\"file\"; filename=\"forced.csv\"\r\n\r\nfield,value\ntotal,-5\n\r\n--BB--\r\n");
my $id = $got->{json}{submission};
is($got->{status}, 201, '3: parts and parameters that are not asked for are passed over') or diag $got->{body};
is($node->safe_psql('postgres', "SELECT organisation, state, encode(sha256, 'hex') = repeat('0', 64), spool = repeat('0', 32) FROM intake.submission WHERE id = $id"), 'One (made up)|rejected|f|f', '... and set nothing');
for my $path ("/v1/submissions/$id", "/v1/submissions/$id/receipt", '/v1/submissions', '/v1/due')
{
	unlike(ask($hub, $token, 'GET', $path)->{body}, qr/"(spool|decided_by|taken_by|role|password|token)" ?:/, "3: $path shows nothing internal");
}

# 4. Unrestricted resource consumption
is(raw_ask($hub, "POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer $token\r\nContent-Length: 50000000\r\nConnection: close\r\n\r\n", 20)->{status}, 413, '4: a file beyond the limit');
is(ask($hub, $token, 'GET', '/v1/submissions?limit=100000000')->{status} =~ /^(200|400)$/, 1, '4: a page of a hundred million');
my $began = time;
upload($hub, $token, 'wait=0&file=a.csv', "${csv}wait\n");
cmp_ok(time - $began, '<', 10, '4: no wait is no wait');
serve_stop($hub);
my $limited = serve_start($node, $tmp, @keep, '--rate-token', 5, '--rate-address', 0);
my @limited = map { ask($limited, $token, 'GET', '/v1/due') } 1 .. 60;
my @slowed = grep { $_->{status} == 429 } @limited;
ok(@slowed > 10 && $slowed[0]{header}{'retry-after'} > 0, '4: more than the rate of a token is answered 429, with Retry-After');
is(ask($limited, $other, 'GET', '/v1/due')->{status}, 200, '... another token is not slowed');
serve_stop($limited);
$hub = serve_start($node, $tmp, @keep, '--rate-token', 0, '--rate-address', 0);

# 5. Broken function level authorization
for my $path ('/v1/organisations', '/v1/tokens', '/v1/admin', '/v1/audit', '/v1/retention', '/v1/submissions/1/waive', '/v1/submissions/1/recheck', '/admin', '/v1/publish', '/v1/settings')
{
	for my $method (qw(GET POST DELETE))
	{
		is(ask($hub, $token, $method, $path, {}, $method eq 'GET' ? undef : '{}')->{status}, 404, "5: $method $path does not exist");
	}
}
for my $method (qw(PUT PATCH DELETE))
{
	is(ask($hub, $token, $method, "/v1/submissions/$mine->{submission}", {}, '{"state": "accepted"}')->{status}, 405, "5: $method of a submission");
}
is(ask($hub, $token, 'POST', "/v1/submissions/$mine->{submission}", { 'X-HTTP-Method-Override' => 'DELETE' }, '')->{status}, 405, '5: a method override is not looked at');

# 6. Unrestricted access to sensitive business flows: a return of another can't be replaced, nor one that is accepted undone by a bad file.
my $accepted = sub { $node->safe_psql('postgres', "SELECT string_agg(id::text, ' ' ORDER BY id) FROM intake.submission WHERE state = 'accepted'") };
my $was = $accepted->();
$got = upload($hub, $token, 'programme=Programme%20Two&period=2025-Q1&form=new&wait=30', "${csv}not mine\n");
my $unknown = upload($hub, $token, 'programme=Programme%20Nobody&period=2025-Q1&form=new&wait=30', "${csv}not mine\n");
isnt($got->{json}{state} // '', 'accepted', "6: a return for another's programme is not accepted ($got->{status})");
is($got->{status}, $unknown->{status}, '... as if there were no such programme');
is($got->{body} =~ s/Programme Two|\d+//gr =~ s/[0-9a-f]{64}//r, $unknown->{body} =~ s/Programme Nobody|\d+//gr =~ s/[0-9a-f]{64}//r, '... in the same words') if $got->{status} == 422;
upload($hub, $token, $good, "field,value\ntotal,-9\n");
is($accepted->(), $was, '6: what was accepted stands');

# 7. Server side request forgery: nothing in a file makes the service or its reader ask another machine.
my $trap = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16) or die;
my $port = $trap->sockport;
my $url = "http://127.0.0.1:$port/x";
spill("$tmp/vrt.csv", "<OGRVRTDataSource><OGRVRTLayer name=\"a\"><SrcDataSource>/vsicurl/$url</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>");
spill("$tmp/xxe.csv", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"$url\">]><a>&b;</a>");
spill("$tmp/vsi.csv", "/vsicurl/$url\n");
spill("$tmp/make.py", <<'PY');
import sys, zipfile
tmp, url = sys.argv[1:]
dtd = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY % b SYSTEM "{url}"> %b; <!ENTITY c SYSTEM "{url}">]>'
rels = f'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s" TargetMode="%s"/></Relationships>'
kinds = {
  'docx': ('word/document.xml', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml', '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>', 'attachedTemplate'),
  'xlsx': ('xl/workbook.xml', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml', '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>', 'externalLinkPath')}
for kind, (part, ctype, body, external) in kinds.items():
    with zipfile.ZipFile(f'{tmp}/ssrf.{kind}', 'w') as z:
        z.writestr('[Content_Types].xml', f'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/{part}" ContentType="{ctype}"/></Types>')
        z.writestr('_rels/.rels', rels % ('officeDocument', part, 'Internal'))
        z.writestr(part, dtd + body)
        z.writestr(part.replace('/', '/_rels/') + '.rels', rels % (external, url, 'External'))
with zipfile.ZipFile(f'{tmp}/ssrf.ods', 'w') as z:
    z.writestr('mimetype', 'application/vnd.oasis.opendocument.spreadsheet')
    z.writestr('content.xml', dtd + f'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet><table:table><table:table-source xlink:href="{url}"/></table:table></office:spreadsheet></office:body></office:document-content>')
PY
is(system('/usr/bin/python3', "$tmp/make.py", $tmp, $url), 0, '7: files that point elsewhere');
for my $file (qw(vrt.csv xxe.csv vsi.csv ssrf.docx ssrf.xlsx ssrf.ods))
{
	my $got = upload($hub, $token, "file=$file&programme=Programme%20One&period=2025-Q1&wait=30", slurp_file("$tmp/$file"));
	like($got->{json}{state} // $got->{status}, qr/^(rejected|waiting for answer|4\d\d)$/, "7: $file is not taken in: " . ($got->{json}{state} // $got->{status}));
	upload($hub, $token, "file=$url&programme=$url&form=$url&wait=1", slurp_file("$tmp/$file") . ' ');
}
$trap->blocking(0);
ok(!$trap->accept, '7: and nobody was asked for anything');

# 8. Security misconfiguration
for my $what ([ undef, 'GET', '/' ], [ undef, 'GET', '/app.js' ], [ undef, 'GET', '/nosuch' ], [ undef, 'GET', '/v1/due' ], [ $token, 'GET', '/v1/due' ], [ $token, 'PUT', '/v1/due' ],
	[ $token, 'GET', "/v1/submissions/$mine->{submission}/file" ], [ $token, 'GET', "/v1/submissions/$mine->{submission}/receipt" ], [ $token, 'GET', '/v1/submissions?limit=x' ], [ undef, 'GET', '/healthz' ])
{
	my ($who, $method, $path) = @$what;
	my $got = ask($hub, $who, $method, $path, { Origin => 'https://elsewhere.example', 'X-Forwarded-For' => '1.2.3.4' }, $method eq 'PUT' ? 'x' : undef);
	my $name = "8: $method $path ($got->{status})";
	is($got->{header}{'x-content-type-options'}, 'nosniff', "$name: nosniff");
	like($got->{header}{'content-security-policy'} // '', qr/default-src 'none'/, '... a content security policy');
	unlike($got->{header}{'content-security-policy'} // '', qr/unsafe|\*/, '... without holes') if $path !~ /receipt/;
	is($got->{header}{'referrer-policy'}, 'no-referrer', '... no referrer');
	like($got->{header}{'cache-control'}, $path =~ m{^/(app.js)?$} ? qr/no-cache|max-age/ : qr/no-store/, '... caching as it should be');
	is(join(' ', grep { /^(server|x-powered-by|access-control-.*|set-cookie)$/ } keys %{ $got->{header} }), '', '... no name of the server, no cross-origin grant, no cookie');
	unlike($got->{body}, qr/libpq|SELECT |pg_|at line \d+ of|\.c:\d+/, '... and nothing of the inside') if $path !~ /file|js/;
}
my ($code, $out, $err) = hub($node, 'serve', @keep, '--listen', '0.0.0.0:0');
isnt($code, 0, '8: it does not listen to the world without TLS');
like($err, qr/TLS|--tls-cert|--behind-proxy/, '... and says what is needed');

# 9. Improper inventory management: what openapi.t shows for the routes; here that there is no other version and nothing forgotten.
is(ask($hub, $token, 'GET', $_)->{status}, 404, "9: $_") for qw(/v0/due /v2/due /v1beta/due /api /api/v1/due /debug /test /v1/debug /.git/config /.well-known/x /swagger.json /openapi.json.bak /README.md);
unlike(serve_log($hub), qr/\Q$secret\E|narrative/, 'no token and no content in the log');
is(serve_stop($hub), 0, 'it stops when asked');
done_testing();
