# The service over TLS, a certificate that is replaced while it runs, what it tells systemd, and its unit file.
use strict;
use warnings;
use HubTest;
use IO::Socket::UNIX;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Socket;
use Test::More;
use Time::HiRes qw(sleep);

my $root = $ENV{WARDSTAR_ROOT};
plan skip_all => 'there is no openssl program here' if system('openssl version >/dev/null 2>&1') != 0;
my $node = PostgreSQL::Test::Cluster->new('serve_tls');
$node->init;
$node->start;
my $folder = PostgreSQL::Test::Utils::tempdir();
my @options = serve_prepare($node, $folder);

sub certificate
{
	my $name = shift;
	system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=$name "
		  . "-addext subjectAltName=DNS:$name -keyout $folder/key.pem.new -out $folder/cert.pem.new 2>/dev/null") == 0 or die 'openssl';
	rename "$folder/$_.new", "$folder/$_" for 'key.pem', 'cert.pem';
}

# An exchange by the openssl program; gives what it prints.
sub secure_ask
{
	my ($port, @more) = @_;
	return `printf 'GET /healthz HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' | timeout 20 openssl s_client -connect 127.0.0.1:$port -ign_eof @more 2>&1`;
}

# Stands for systemd.
my $path = PostgreSQL::Test::Utils::tempdir_short() . "/notify";
my $notify = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path) or die $!;
my $told = '';
sub listen_to_it
{
	my $pattern = shift;
	for (1 .. 200)
	{
		my $data = '';
		return 1 if $told =~ $pattern;
		$told .= "$data\n" if defined recv($notify, $data, 4096, MSG_DONTWAIT) && length $data;
		sleep 0.05 if !length $data;
	}
	return 0;
}

certificate('first.example');
my $serve;
{
	local $ENV{NOTIFY_SOCKET} = $path;
	local $ENV{WATCHDOG_USEC} = 1500000;
	$serve = serve_start($node, $folder, @options, '--tls-cert', "$folder/cert.pem", '--tls-key', "$folder/key.pem");
}
ok(listen_to_it(qr/READY=1/), 'it says that it is ready');
ok(listen_to_it(qr/WATCHDOG=1/), '... and that it lives');
my $out = secure_ask($serve->{port});
like($out, qr{HTTP/1\.1 200 OK}, 'an answer over TLS');
like($out, qr/Strict-Transport-Security/, '... which is to be kept to');
like($out, qr/CN\s*=\s*first\.example/, '... with its certificate');
unlike(secure_ask($serve->{port}, '-tls1_1'), qr{200 OK}, 'none over an old protocol');
is(ask($serve, undef, 'GET', '/healthz')->{status}, 0, 'none without TLS');
certificate('second.example');
kill 'HUP', $serve->{pid};
ok(listen_to_it(qr/RELOADING=1\n(?:.*\n)*READY=1/), 'a reload is told');
like(secure_ask($serve->{port}), qr/CN\s*=\s*second\.example/, '... and takes the new certificate');
open my $fh, '>', "$folder/cert.pem" or die $!;
print $fh "no certificate\n";
close $fh;
kill 'HUP', $serve->{pid};
for (1 .. 100) { last if serve_log($serve) =~ /certificate is no good/; sleep 0.05; }
like(secure_ask($serve->{port}), qr/CN\s*=\s*second\.example/, 'one that is no good is not taken');
is(serve_stop($serve), 0, 'it stops');
ok(listen_to_it(qr/STOPPING=1/), '... and says so');

my ($code, undef, $err) = hub($node, 'serve', @options, '--tls-cert', "$folder/cert.pem");
is($code, 2, 'a certificate without its key');
($code, undef, $err) = hub($node, 'serve', @options, '--tls-cert', "$folder/cert.pem", '--tls-key', "$folder/key.pem");
is($code, 9, 'a certificate that is none');

SKIP:
{
	skip 'there is no systemd-analyze here', 2 if system('systemd-analyze --version >/dev/null 2>&1') != 0;
	my $unit = "$folder/wardstar-hub.service";
	my $text = PostgreSQL::Test::Utils::slurp_file("$root/hub/serve/wardstar-hub.service");
	$text =~ s{/usr/local/bin/}{$root/build/};
	PostgreSQL::Test::Utils::append_to_file($unit, $text);
	my $words = `systemd-analyze verify --man=no $unit 2>&1`;
	unlike($words, qr/wardstar-hub\.service:\d+:|Unknown|Failed to parse/, 'the unit file is well-formed') or diag $words;
	my ($exposure) = `systemd-analyze security --offline=true $unit 2>&1` =~ /Overall exposure level.*?: ([\d.]+)/;
	cmp_ok($exposure // 10, '<', 3, 'and leaves little to go wrong');
}
$node->stop;
done_testing();
