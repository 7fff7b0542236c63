# What the service waits for, and what it doesn't: keys are changed while the database keeps a check waiting, and work is
# found in time though the clock of the day is set back meanwhile. All clients are made up.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('serve_waits');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\n");
$node->start;
my $folder = $node->basedir . '/files';
mkdir $folder or die $!;
my @options = serve_prepare($node, $folder);
my $token = serve_partner($node, 'Partners', 'POPs');
my $clients = "client_ref,sex,year_of_birth,consent_to_share\nBarnaby-1,female,1990,no\n";

# Until $what holds, at most $seconds.
sub within
{
	my ($seconds, $what) = @_;
	my $until = time + $seconds;

	sleep 0.1 until $what->() || time > $until;
	return $what->();
}

my $serve = serve_start($node, $folder, @options);
my $psql = $node->background_psql('postgres', on_error_stop => 1);
$psql->query_safe('BEGIN; LOCK TABLE casework.record_form IN ACCESS EXCLUSIVE MODE');
my $answer = upload($serve, $token, 'programme=POPs&period=2025-Q2&kind=records', $clients);
is($answer->{status}, 201, 'a table of clients is received');
my $waits = "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.application_name = 'wardstar-hub worker'";
ok(within(30, sub { $node->safe_psql('postgres', $waits) > 0 }), 'its check waits for a lock of the database');
kill 'HUP', $serve->{pid};
ok(within(10, sub { serve_log($serve) =~ /event=reloaded/ }), 'keys and settings are read anew meanwhile');
my $second = upload($serve, $token, 'programme=POPs&period=2025-Q3&form=new', "field,value\nbasis,new_referrals\ntotal,3\nage.18-25,3\n");
is($second->{status}, 201, 'and more is received');
$psql->query_safe('COMMIT');
$psql->quit;
is(wait_for_verdict($serve, $token, $answer->{json}{submission})->{state}, 'accepted', 'once the lock is gone, it is checked');
is(serve_stop($serve), 0, 'the service stops');

SKIP:
{
	skip 'no C compiler', 4 if system('cc --version >/dev/null 2>&1') != 0;
	# To whoever asks for the time of day, the clock is an hour ahead of the kernel's, as if it were set back right after.
	spill("$folder/ahead.c", <<'C');
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *t)
{
	int result = (int) syscall(SYS_clock_gettime, clock, t);
	if (result == 0 && clock == CLOCK_REALTIME)
		t->tv_sec += 3600;
	return result;
}
C
	is(system('cc', '-shared', '-fPIC', '-o', "$folder/ahead.so", "$folder/ahead.c"), 0, 'a clock that is set back');
	$serve = serve_start($node, $folder, { before => [ 'env', "LD_PRELOAD=$folder/ahead.so" ] }, @options);
	ok(within(30, sub { ask($serve, undef, 'GET', '/readyz')->{status} == 200 }), 'the service is ready');
	sleep 1;
	# Without its notice, as work that a hub elsewhere let go of.
	$node->safe_psql('postgres', <<'SQL');
DO $$ BEGIN
	EXECUTE replace(pg_get_functiondef('intake.keep_entered()'::regprocedure), $a$PERFORM pg_notify('wardstar_work', e.id::text) FROM entered e;$a$, '');
END $$
SQL
	$answer = upload($serve, $token, 'programme=POPs&period=2025-Q4&form=new', "field,value\nbasis,new_referrals\ntotal,3\nage.18-25,3\n");
	is($answer->{status}, 201, 'a return is received, and no worker told');
	is(wait_for_verdict($serve, $token, $answer->{json}{submission}, 20)->{state}, 'accepted', 'it is found by looking');
	serve_stop($serve);
}
$node->stop;
done_testing();
