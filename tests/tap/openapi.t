# /v1/openapi.json says what is true: it is a valid OpenAPI 3.1 document; each status that it gives for each route is provoked
# and the answer compared with it (status, type, headers, schema of the body); and each route of the server's table is in it.
use strict;
use warnings;
use HubTest;
use IO::Socket::INET;
use JSON;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $root = $ENV{WARDSTAR_ROOT};
my $node = PostgreSQL::Test::Cluster->new('openapi');
$node->init;
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
my @keep = serve_prepare($node, $tmp);
my $token = serve_partner($node, 'One (made up)', 'Programme One');
my $other = serve_partner($node, 'Two (made up)', 'Programme Two');
my $hub = serve_start($node, $tmp, @keep, '--upload-limit', 1, '--header-timeout', 2, '--behind-proxy', '--rate-token', 0, '--rate-address', 0);

my $answer = ask($hub, undef, 'GET', '/v1/openapi.json');
is($answer->{status}, 200, 'the document is there, without a token');
my $document = decode_json($answer->{body});
is($document->{openapi}, '3.1.0', 'OpenAPI 3.1');
is_deeply($document, decode_json(slurp_file("$root/hub/web/openapi.json")), 'it is that of hub/web');
spill("$tmp/openapi.json", $answer->{body});
SKIP:
{
	my $program = "$root/tests/web/node_modules/.bin/validate-api";
	skip 'the packages of tests/web are not installed', 1 if !-e $program;
	my $out = `'$program' '$tmp/openapi.json' 2>&1`;
	ok($? == 0 && $out =~ /"valid": true/, 'a validator of OpenAPI takes it') or diag $out;
}

# Both ways: the server's table against the paths.
my %table;
my $source = slurp_file("$root/hub/serve/routes.c");
$table{"$1 $2"} = 1 while $source =~ /^\t\{"(\w+)", "([^"]+)",/mg;
delete $table{'GET /{page}'};
my %documented;
for my $path (keys %{ $document->{paths} })
{
	$documented{ uc($_) . " $path" } = $document->{paths}{$path}{$_} for grep { /^(get|put|post|delete|options|head|patch|trace)$/ } keys %{ $document->{paths}{$path} };
}
cmp_ok(scalar keys %table, '>', 10, 'the server has a table of routes');
is_deeply([ sort keys %documented ], [ sort keys %table ], 'each route is documented, and each documented route is one');

# What there is to be read.
my $csv = "field,value\nbasis,new_referrals\ntotal,9\nage.25+,9\nsex.female,9\nplace.not_known,9\n";
my $good = 'programme=Programme%20One&period=2025-Q1&form=new&file=return.csv';
my $first = upload($hub, $token, $good, $csv);
my $id = $first->{json}{submission};
wait_for_verdict($hub, $token, $id);
my $foreign = upload($hub, $other, 'programme=Programme%20Two&period=2025-Q1&form=new&file=return.csv', $csv)->{json}{submission};
wait_for_verdict($hub, $other, $foreign);

my $n = 0;
sub fresh { $n++; return $csv . "narrative.activities,number $n\n"; }
sub as_type { my ($type, $body) = @_; return ask($hub, $token, 'POST', "/v1/submissions?$good", { 'Content-Type' => $type }, $body); }
sub own { my $path = shift =~ s/\{id\}/$id/r =~ s/\{form\}/new/r; return ask($hub, $token, 'GET', $path, @_); }

# "METHOD path status" => how it comes about. Those of all routes stand below.
my %provoke = (
	'POST /v1/submissions 201' => sub { upload($hub, $token, $good, fresh()) },
	'POST /v1/submissions 200' => sub { upload($hub, $token, $good, $csv) },
	'POST /v1/submissions 400' => sub { as_type('multipart/form-data; boundary=XX', "--XX\r\nContent-Disposition: form-data; name=\"programme\"\r\n\r\nOne\r\n--XX--\r\n") },
	'POST /v1/submissions 408' => sub { raw_ask($hub, "POST /v1/submissions?$good HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer $token\r\nContent-Length: 100\r\n\r\nabc", 40) },
	'POST /v1/submissions 413' => sub { raw_ask($hub, "POST /v1/submissions?$good HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer $token\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n", 20) },
	'POST /v1/submissions 415' => sub { as_type('application/x-www-form-urlencoded', 'a=b') },
	'POST /v1/submissions 422' => sub { upload($hub, $token, 'programme=Programme%20One&period=2025-Q9&form=new', fresh()) },
	'GET /v1/submissions 400' => sub { own('/v1/submissions?limit=many') },
	'GET /v1/submissions/{id} 404' => sub { ask($hub, $token, 'GET', "/v1/submissions/$foreign") },
	'GET /v1/submissions/{id}/receipt 404' => sub { ask($hub, $token, 'GET', "/v1/submissions/$foreign/receipt") },
	'GET /v1/submissions/{id}/receipt 406' => sub { own('/v1/submissions/{id}/receipt', { Accept => 'image/png' }) },
	'GET /v1/submissions/{id}/file 404' => sub { ask($hub, $token, 'GET', "/v1/submissions/$foreign/file") },
	'GET /v1/forms/{form}/template.xlsx 404' => sub { ask($hub, $token, 'GET', '/v1/forms/nosuch/template.xlsx') },
	'GET /metrics 404' => sub { raw_ask($hub, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9\r\n\r\n") },
	'GET /v1/forms/{form}/template.xlsx 422' => sub { own('/v1/forms/{form}/template.xlsx?period=2025-Q9') });

my (%missing, @bodies);

sub check
{
	my ($route, $status, $got) = @_;
	my $name = "$route $status";
	is($got->{status}, $status, $name) or diag substr(($got->{head} // '') . "\n" . ($got->{body} // ''), 0, 600);
	return if $got->{status} != $status;
	my $said = $documented{$route}{responses}{$status};
	my $pointer = '/paths/' . ($route =~ s/^\w+ //r =~ s/~/~0/gr =~ s{/}{~1}gr) . '/' . lc($route =~ s/ .*//r) . "/responses/$status";
	if ($said->{'$ref'})
	{
		($pointer) = $said->{'$ref'} =~ /^#(.*)/;
		$said = $document->{components}{responses}{ $pointer =~ s{.*/}{}r };
	}
	my ($type) = ($got->{header}{'content-type'} // '') =~ /^([^;]*)/;
	ok($said->{content}{$type}, "... $type") or return;
	for my $header (sort keys %{ $said->{headers} // {} })
	{
		ok(defined $got->{header}{ lc $header }, "... has $header");
	}
	push @bodies, [ $name, "$pointer/content/" . ($type =~ s{/}{~1}r) . '/schema', decode_json($got->{body}) ] if $type =~ /json/;
}

for my $route (sort keys %documented)
{
	my ($method, $path) = split / /, $route;
	my $public = exists $documented{$route}{security} && !@{ $documented{$route}{security} };
	for my $status (sort keys %{ $documented{$route}{responses} })
	{
		next if $status =~ /^(401|403|429|503)$/;
		my $how = $provoke{"$route $status"} // ($status == 200 && $method eq 'GET' ? sub { own($path) } : undef);
		if (!$how) { $missing{"$route $status"} = 1; next; }
		check($route, $status, $how->());
	}
	my $without = ask($hub, undef, $method, $path =~ s/\{id\}/$id/r =~ s/\{form\}/new/r, {}, $method eq 'POST' ? $csv : undef);
	if ($public) { isnt($without->{status}, 401, "$route needs no token"); }
	else { check($route, 401, $without); }
	# Methods that the path doesn't know.
	for my $wrong (grep { !$documented{"$_ $path"} } qw(PUT DELETE PATCH POST OPTIONS TRACE))
	{
		my $got = ask($hub, $token, $wrong, $path =~ s/\{id\}/$id/r =~ s/\{form\}/new/r, {}, $wrong =~ /^P/ ? 'x' : undef);
		is($got->{status}, 405, "$wrong $path is answered 405");
		like($got->{header}{allow} // '', qr/\b$method\b/, '... and Allow says what may be done');
	}
}
for my $format ('text/html', 'text/csv', 'text/plain', 'application/json')
{
	my $got = own('/v1/submissions/{id}/receipt', { Accept => $format });
	like($got->{header}{'content-type'}, qr{^\Q$format\E}, "a receipt as $format");
}

# The organisation has lost its rights.
$node->safe_psql('postgres', 'REVOKE USAGE ON SCHEMA api, intake FROM wardstar_partner, wardstar_public');
for my $route (sort keys %documented)
{
	next if !$documented{$route}{responses}{403};
	my ($method, $path) = split / /, $route;
	check($route, 403, ask($hub, $token, $method, $path =~ s/\{id\}/$id/r =~ s/\{form\}/new/r, {}, $method eq 'POST' ? fresh() : undef));
}
$node->safe_psql('postgres', 'GRANT USAGE ON SCHEMA api, intake TO wardstar_partner, wardstar_public');

# Too many requests: the same hub with a limit.
serve_stop($hub);
$hub = serve_start($node, $tmp, { port => $hub->{port} }, @keep, '--rate-address', 1);
for my $route (sort keys %documented)
{
	next if !$documented{$route}{responses}{429};
	my ($method, $path) = split / /, $route;
	my $got;
	for (1 .. 200)
	{
		$got = ask($hub, $token, $method, $path =~ s/\{id\}/$id/r =~ s/\{form\}/new/r, {}, $method eq 'POST' ? $csv : undef);
		last if $got->{status} == 429;
	}
	check($route, 429, $got);
}

# The database is away.
serve_stop($hub);
$hub = serve_start($node, $tmp, { port => $hub->{port} }, @keep, '--rate-token', 0, '--rate-address', 0);
is(ask($hub, $token, 'GET', '/v1/due')->{status}, 200, 'the token is known');
$node->stop('immediate');
for my $route (sort keys %documented)
{
	next if !$documented{$route}{responses}{503};
	my ($method, $path) = split / /, $route;
	check($route, 503, ask($hub, $token, $method, $path =~ s/\{id\}/$id/r =~ s/\{form\}/new/r, {}, $method eq 'POST' ? fresh() : undef));
}
is(ask($hub, undef, 'GET', '/healthz')->{status}, 200, 'the process lives without a database');
is_deeply([ sort keys %missing ], [], 'each documented status is provoked');

spill("$tmp/bodies.json", encode_json(\@bodies));
my $out = `/usr/bin/python3 -W ignore '$root/tests/serve/validate.py' '$tmp/openapi.json' '$tmp/bodies.json' 2>&1`;
is($out, scalar(@bodies) . " checked\n", 'each JSON body fits its schema');
done_testing();
