# Whose file wardstar-hub serve has checked first: what somebody waits for, then the organisations in turn. One worker is held
# up by a lock until all files are there. All organisations and figures are made up.
use strict;
use warnings;
use HubTest;
use IO::Handle;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use POSIX ();
use ServeTest;
use Test::More;
use Time::HiRes qw(sleep);

my $node = PostgreSQL::Test::Cluster->new('serve_turn');
$node->init;
$node->start;
my $folder = PostgreSQL::Test::Utils::tempdir();
my @options = serve_prepare($node, $folder);
my $many = serve_partner($node, 'Many Files', 'POPs');
my $other = serve_partner($node, 'Other Trust', 'Mentors');
my $serve = serve_start($node, $folder, @options, '--intake-workers', 1);

sub return_of { return "field,value\nbasis,new_referrals\nage.18-25,$_[0]\n" }

sub is_sent
{
	my ($token, $people, $query) = @_;
	my $answer = upload($serve, $token, $query // '', return_of($people));
	is($answer->{status}, 201, "$people sent");
	return $answer->{json};
}

open my $lock, '|-', 'psql', '-qXd', $node->connstr('postgres') or die;
$lock->autoflush(1);
print $lock "BEGIN; LOCK TABLE intake.finding IN EXCLUSIVE MODE;\n";
$node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM pg_locks WHERE relation = 'intake.finding'::regclass AND mode = 'ExclusiveLock' AND granted}) or die;
is_sent($many, 1);
$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM intake.submission WHERE state = 'checking'}) or die;
is_sent($many, $_) for 2 .. 4;
is_sent($other, $_) for 5, 6;
my $waiting = fork // die;
if ($waiting == 0)
{
	my $json = upload($serve, $many, 'wait=30', return_of(7))->{json};
	POSIX::_exit($json->{state} =~ /^(received|checking)$/ ? 1 : 0);
}
$node->poll_query_until('postgres', 'SELECT count(*) = 7 FROM intake.submission') or die;
sleep 1;
print $lock "COMMIT;\n";
waitpid $waiting, 0;
my $status = $?;
close $lock;
is($status, 0, 'who waits gets the verdict in the answer');
$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM intake.submission WHERE state IN ('received', 'checking')}) or die;
is($node->safe_psql('postgres', q{SELECT string_agg(rank::text, ' ' ORDER BY decided) FROM (
	SELECT row_number() OVER (ORDER BY s.id) AS rank, e.id AS decided
	FROM intake.submission s JOIN intake.submission_event e ON e.submission = s.id AND e.from_state = 'checking') f}),
	'1 7 5 2 6 3 4', 'what is in work is finished, then what somebody waits for, then one of each organisation');
is(serve_stop($serve), 0, 'stopped');
done_testing();
