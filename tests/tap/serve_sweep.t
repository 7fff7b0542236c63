# What the sweep of the spool takes, and what it doesn't: a snapshot of the database that is put back lacks rows of
# acknowledged files, and nothing in it tells that it was. All programmes and figures are made up.
use strict;
use warnings;
use File::Basename;
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('serve_sweep');
$node->init;
$node->start;
my $folder = PostgreSQL::Test::Utils::tempdir();
my @options = (serve_prepare($node, $folder), '--sweep-after', 10);
my $token = serve_partner($node, 'One Trust', 'Mentors');
my $serve = serve_start($node, $folder, @options);
my $first = upload($serve, $token, "programme=Mentors&period=2025-Q1&form=new", "field,value\nbasis,new_referrals\ntotal,3\nage.18-25,3\n");
is($first->{status}, 201, 'an upload before the snapshot');
is(serve_stop($serve), 0, 'the service is stopped');
$node->stop;
my $data = $node->data_dir;
system('cp', '-a', $data, "$data.snapshot") == 0 or die;
$node->start;

$serve = serve_start($node, $folder, @options);
my $second = upload($serve, $token, "programme=Mentors&period=2025-Q2&form=new", "field,value\nbasis,new_referrals\ntotal,4\nage.18-25,4\n");
is($second->{status}, 201, 'and one after it');
serve_stop($serve);
my %spool = map { basename($_) => (stat $_)[2] & 07777 } glob "$folder/spool/*/*";
is(keys %spool, 2, 'two files in the spool');
is_deeply([ values %spool ], [ 0400, 0400 ], '... both marked as entered');

$node->stop;
system('rm', '-rf', $data) == 0 && rename("$data.snapshot", $data) or die;
$node->start;
my ($left) = grep { $node->safe_psql('postgres', "SELECT count(*) FROM intake.submission WHERE spool = '$_'") eq '0' } keys %spool;
ok($left, 'the snapshot knows nothing of the second');
# A file of a hub that died before the ledger had it: no mark, no row.
my ($orphan) = map { my $id = 'f' x 32; mkdir "$folder/spool/ff"; append_to_file("$folder/spool/ff/$id", 'WSPOOL1'); chmod 0600, "$folder/spool/ff/$id"; "$folder/spool/ff/$id" } 1;
if ($> == 0)
{
	my $owner = (stat "$folder/spool")[4];
	chown $owner, -1, "$folder/spool/ff", $orphan;
}
$serve = serve_start($node, $folder, @options);
my $until = time + 60;
sleep 0.2 while (-e $orphan || serve_log($serve) !~ /event=swept/) && time < $until;
ok(!-e $orphan, 'the sweep takes what was never entered');
is_deeply([ sort map { basename($_) } glob "$folder/spool/*/*" ], [ sort keys %spool ], '... and keeps what was acknowledged');
like(serve_log($serve), qr/event=swept\b.*\bspool=f{32}/, '... and says so');
unlike(serve_log($serve), qr/event=swept\b.*\bspool=$left/, '... of that one alone');
$second = upload($serve, $token, "programme=Mentors&period=2025-Q2&form=new", "field,value\nbasis,new_referrals\ntotal,4\nage.18-25,4\n");
is($second->{status}, 201, 'sent again it is new to the ledger');

# What a withdrawal that was cut off has left to be removed goes, mark or not.
$node->safe_psql('postgres', "INSERT INTO intake.spool_to_remove (spool) VALUES ('$left')");
$until = time + 60;
sleep 0.2 while -e "$folder/spool/" . substr($left, 0, 2) . "/$left" && time < $until;
ok(!-e "$folder/spool/" . substr($left, 0, 2) . "/$left", 'what is to be removed is removed');
is($node->poll_query_until('postgres', 'SELECT count(*) = 0 FROM intake.spool_to_remove'), 1, '... and noted');
serve_stop($serve);
$node->stop;
done_testing();
