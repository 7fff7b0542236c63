# wardstar-hub key: the key file against database and spool. The key file is made in the test's own folder.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('key');
$node->init;
$node->start;
my $dsn = $node->connstr('postgres');
my $tmp = PostgreSQL::Test::Utils::tempdir();
my $file = "$tmp/keys/hub.keys";
delete @ENV{ grep { /^WARDSTAR_(KEY_FILE|SPOOL|DSN)$/ } keys %ENV };
my @on = ('--dsn', $dsn, '--key-file', $file, '--spool', "$tmp/spool");

sub run_hub { my @r = hub(undef, @_); return @r; }

sub known { return $node->safe_psql('postgres', 'SELECT count(*), max(number) FROM hub.key'); }

run_hub('migrate', '--dsn', $dsn);
my ($code, $out, $err) = run_hub('key', 'check', '--dsn', $dsn);
is($code, 11, 'no key file named');
like($err, qr/key new/, '... says how to make one');
($code, $out, $err) = run_hub('key', 'new', '--key-file', $file);
is($code, 0, 'key new');
is(sprintf('%04o', (stat $file)[2] & 07777), '0600', '... mode 0600');
is(sprintf('%04o', (stat "$tmp/keys")[2] & 07777), '0700', '... in a folder of its own');
like($out, qr/Keep a copy/, '... and says to keep a copy');
my $text = PostgreSQL::Test::Utils::slurp_file($file);
unlike($out . $err, qr/[0-9a-f]{32}/, '... and prints no key');
($code, $out, $err) = run_hub('key', 'new', '--key-file', $file);
is($code, 2, 'key new does not overwrite');
is(PostgreSQL::Test::Utils::slurp_file($file), $text, '... anything');

($code, $out, $err) = run_hub('key', 'check', @on);
is($code, 0, 'key check registers the keys of a new database') or diag $err;
is(known(), '6|1', '... by fingerprint');
my $dump = $node->safe_psql('postgres', 'SELECT k::text FROM hub.key k');
my @secrets = $text =~ /([0-9a-f]{64})/g;
is(scalar(@secrets), 6, 'six secrets');
is(scalar(grep { index($dump, substr $_, 0, 16) >= 0 } @secrets), 0, 'none of them is in the database');

# Another key file, one without a key, one that others can read.
my $other = "$tmp/other/hub.keys";
run_hub('key', 'new', '--key-file', $other);
($code, $out, $err) = run_hub('key', 'check', @on, '--key-file', $other);
is($code, 11, 'the wrong key file is refused');
like($err, qr/key client 1 of the key file is not the one that the database was filled with/, '... says which');
like($err, qr/every client would be counted as new/, '... and why it matters');
is(known(), '6|1', '... and nothing is registered');
chmod 0644, $file;
($code, $out, $err) = run_hub('key', 'check', @on);
is($code, 2, 'a key file that others can read is refused');
like($err, qr/chmod 600/, '... says what to do');
chmod 0600, $file;
($code, $out, $err) = run_hub('key', 'check', @on, '--key-file', "$tmp/keys/none");
is($code, 11, 'a key file that is not there');
like($err, qr/there is no key file .*restore it from its backup/s, '... says what to do');

# Rotation keeps the older keys; the file before it is then too old.
PostgreSQL::Test::Utils::append_to_file("$tmp/keys/before", $text);
chmod 0600, "$tmp/keys/before";
($code, $out, $err) = run_hub('key', 'rotate', 'nothing', @on);
is($code, 2, 'rotate of a purpose that there is not');
($code, $out, $err) = run_hub('key', 'rotate', 'client', @on);
is($code, 0, 'rotate one purpose') or diag $err;
is(known(), '7|2', '... registers its second key');
my $after = PostgreSQL::Test::Utils::slurp_file($file);
is(substr($after, 0, length $text) eq $text || !grep({ index($after, $_) < 0 } @secrets), 1, '... and keeps the older ones');
($code, $out, $err) = run_hub('key', 'check', @on, '--key-file', "$tmp/keys/before");
is($code, 11, 'the key file of before the rotation is refused');
like($err, qr/key client 2, which is not in the key file/, '... says which key it lacks');
($code, $out, $err) = run_hub('key', 'rotate', @on);
is($code, 0, 'rotate all');
is(known(), '13|3', '... all');
($code, $out, $err) = run_hub('key', 'check', @on);
is($code, 0, 'key check after it');
like($out, qr/^client +3 .*in use$/m, '... shows the keys in use');

# A database restored from before the rotation takes the newer file, whose older keys are the same.
$node->safe_psql('postgres', 'DELETE FROM hub.key WHERE number > 1');
($code, $out, $err) = run_hub('key', 'check', @on);
is($code, 0, 'a database that was restored from an older backup') or diag $err;
is(known(), '13|3', '... learns the newer keys');
($code, $out, $err) = run_hub('key', 'check', 'more', @on);
is($code, 2, 'too many arguments');
$node->stop;
done_testing();
