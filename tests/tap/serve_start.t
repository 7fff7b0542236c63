# What the service refuses to start with, and what it says then.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('serve_start');
$node->init;
$node->start;
my $folder = PostgreSQL::Test::Utils::tempdir();
my ($key_option, $key_file, $spool_option, $spool) = serve_prepare($node, $folder);

sub refused
{
	my ($exit, $says, $what, @options) = @_;
	my $log = "$folder/refused.log";
	unlink $log;
	my $serve = serve_start($node, $folder, { may_fail => 1, log => $log }, $key_option, $key_file, @options);
	is($serve, undef, "$what: it does not start") or serve_kill($serve);
	my $said = slurp_file($log);
	like($said, $says, '... and says why');
	unlike($said, qr/event=listening/, '... before it lets anybody in');
	return if $serve;
	my ($code) = hub($node, 'serve', $key_option, $key_file, @options);
	is($code, $exit, "... with exit code $exit");
}

# The default is a folder that only the installed service has: nothing could be kept.
refused(9, qr/could not make the spool folder.*hint: --spool names the folder/s, 'a spool folder that can\'t be made', $spool_option, "$folder/no/such/spool", '--listen', '127.0.0.1:0');
spill("$folder/file", '');
refused(9, qr/could not make the spool folder/, 'a file in its place', $spool_option, "$folder/file", '--listen', '127.0.0.1:0');
refused(2, qr/nonsense\W+ is not an address with a port/, 'no address', $spool_option, $spool, '--listen', 'nonsense');
refused(2, qr/refusing to listen on 0\.0\.0\.0:8420 without TLS/, 'an address that others can reach, without TLS', $spool_option, $spool, '--listen', '0.0.0.0:8420');

SKIP:
{
	my $first = -r '/proc/sys/net/ipv4/ip_unprivileged_port_start' ? slurp_file('/proc/sys/net/ipv4/ip_unprivileged_port_start') : 1024;
	skip 'this user may listen on every port', 4 if $> == 0 || $first <= 443;
	refused(2, qr/could not listen on 127\.0\.0\.1:443: Permission denied.*hint: A port below 1024.*docs\/serve\.md/s, 'a port of root', $spool_option, $spool, '--listen', '127.0.0.1:443');
}

# A login that may not take on the hub's roles.
$node->safe_psql('postgres', 'CREATE ROLE nobody_in_particular LOGIN; GRANT USAGE ON SCHEMA hub TO nobody_in_particular; GRANT SELECT ON hub.migration TO nobody_in_particular');
my ($code, $out, $err) = do
{
	local $ENV{WARDSTAR_DSN} = $node->connstr('postgres') . ' user=nobody_in_particular';
	my ($o, $e);
	my $ran = IPC::Run::run([ "$ENV{WARDSTAR_ROOT}/build/wardstar-hub", 'serve', $key_option, $key_file, $spool_option, $spool, '--listen', '127.0.0.1:0' ], '<', \undef, '>', \$o, '2>', \$e, IPC::Run::timeout(60));
	($? >> 8, $o, $e);
};
is($code, 7, 'a login without the service\'s role is refused');
like($err, qr/SQLSTATE 42501.*hint: Sign in as a role that may: docs\/security\.md/s, '... and told where it is written');

# Once in order, it starts, and nothing of the trial is left in the spool.
my $serve = serve_start($node, $folder, $key_option, $key_file, $spool_option, $spool);

# An organisation whose role somebody dropped: nobody is told of roles, and nothing is taken that could not be entered.
my $token = serve_partner($node, 'Roleless (made up)', 'R');
is(ask($serve, $token, 'GET', '/v1/submissions')->{status}, 200, 'an organisation with its role');
my $role = $node->safe_psql('postgres', "SELECT role FROM returns.organisation WHERE organisation = 'Roleless (made up)'");
$node->safe_psql('postgres', "DROP ROLE \"$role\"");
my @answers = (ask($serve, $token, 'GET', '/v1/submissions'), upload($serve, $token, 'programme=R&period=2025-Q1&form=new', "field,value\n"));
like($_->{status}, qr/^50[03]$/, 'and without it: the service\'s own fault') or diag explain $_ for @answers;
is($answers[0]{status}, 503, '... which passes when the role is back');
unlike($_->{body}, qr/\Q$role\E|role/, '... of which it is not told') for @answers;
is($node->safe_psql('postgres', 'SELECT count(*) FROM intake.submission'), 0, '... and nothing is entered');
hub_ok($node, 'migrate', '--quiet');
is(ask($serve, $token, 'GET', '/v1/submissions')->{status}, 200, 'migrate makes it anew');
is(serve_stop($serve), 0, 'it starts and stops');
chomp(my $left = `find '$spool' -type f ! -name .database | wc -l`);
is($left, 0, '... and the trial leaves no file');
done_testing();
