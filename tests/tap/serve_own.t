# What an organisation sent stays its own when its programme is given to another; and a form's fields may come in any pieces.
# All programmes and figures are made up.
use strict;
use warnings;
use HubTest;
use IO::Socket::INET;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Test::More;
use Time::HiRes qw(sleep);

my $node = PostgreSQL::Test::Cluster->new('serve_own');
$node->init;
$node->start;
my $folder = PostgreSQL::Test::Utils::tempdir();
my @options = (serve_prepare($node, $folder), '--rate-token', 0, '--rate-address', 0);
my $one = serve_partner($node, 'One Trust', 'Mentors', 'Unused');
my $two = serve_partner($node, 'Two Trust', 'Sports');
my $serve = serve_start($node, $folder, @options);

# A form byte by byte, so that each field comes in many pieces.
my $form = join('', map { "--boundary\r\nContent-Disposition: form-data; name=\"$_->[0]\"\r\n\r\n$_->[1]\r\n" }
	[ programme => 'Mentors' ], [ programme => 'Sports' ], [ period => '2025-Q1' ], [ form => 'new' ])
  . "--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"return.csv\"\r\n\r\nfield,value\nbasis,new_referrals\ntotal,437\nage.18-25,437\n\r\n--boundary--\r\n";

sub send_slowly
{
	my ($body) = @_;
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $serve->{port}) or die;
	setsockopt($socket, IPPROTO_TCP, TCP_NODELAY, 1);
	syswrite($socket, "POST /v1/submissions?wait=20 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer $one\r\nConnection: close\r\n"
		. "Content-Type: multipart/form-data; boundary=boundary\r\nContent-Length: " . length($body) . "\r\n\r\n");
	for (split //, $body)
	{
		syswrite($socket, $_);
		sleep 0.001;
	}
	return answer_of($socket, 30);
}
my $answer = send_slowly($form);
is($answer->{status}, 201, 'a form in pieces of a byte') or diag $answer->{body};
like($answer->{body}, qr/"programme" : "Mentors".*"period" : "2025-Q1".*"form" : "new"/, '... whose fields are whole, the first of two alike');
(my $long = $form) =~ s/2025-Q1/'1' x 500/e;
is(send_slowly($long)->{status}, 400, '... and not longer than they may be');

# Another organisation gets nothing of it.
my ($code, $out, $err) = hub($node, 'programme', 'add', 'Mentors', '--organisation', 'Two Trust');
isnt($code, 0, 'a programme for which something was sent is not given to another organisation');
like($err, qr/stays with "One Trust"/, '... and it is said why');
is((hub($node, 'programme', 'add', 'Mentors', '--organisation', 'One Trust', '--serves', 'young people'))[0], 0, '... but may be changed');
is((hub($node, 'programme', 'add', 'Unused', '--organisation', 'Two Trust'))[0], 0, 'one for which nothing was sent is');
unlike(ask($serve, $two, 'GET', $_)->{body}, qr/Mentors|437/, "nothing of it in $_") for qw(/v1/due /v1/submissions /v1/data/returns.csv /v1/data/stars.csv);
is(serve_stop($serve), 0, 'stopped');
done_testing();
