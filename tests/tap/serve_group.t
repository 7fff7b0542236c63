# wardstar-hub serve: uploads that come while the ledger is held up are entered together, each under its own
# organisation's role, and none suffers for another's. All programmes and figures are made up.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use File::Find;
use HubTest;
use JSON;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('serve_group');
$node->init;
$node->start;
my $folder = PostgreSQL::Test::Utils::tempdir();
my @options = (serve_prepare($node, $folder), '--rate-token', 0, '--rate-address', 0);
my %token = (Alpha => serve_partner($node, 'Alpha (made up)', 'A'), Beta => serve_partner($node, 'Beta (made up)', 'B'), Gamma => serve_partner($node, 'Gamma (made up)', 'C'));
my $serve = serve_start($node, $folder, @options);
sub value { my $sql = shift; return $node->safe_psql('postgres', $sql); }
sub spooled { my @found; find(sub { push @found, $_ if /^[0-9a-f]{32}$/ }, "$folder/spool"); return @found; }
my $same = "field,value\nbasis,new_referrals\nclients.total,1\n";
my $before = upload($serve, $token{Alpha}, 'programme=A&period=2025-Q1&form=new&file=first.csv', $same);
is($before->{status}, 201, 'one that comes alone');
wait_for_verdict($serve, $token{Alpha}, $before->{json}{submission});

# Who, what is asked, the bytes, the answer's status.
my @uploads = (
	[ 'Alpha', 'programme=A&period=2025-Q2&form=new&file=Alpha%20return.csv', 'a', 201 ],
	[ 'Beta', 'programme=B&period=2025-Q2&form=new&file=return.csv', 'b', 201 ],
	[ 'Alpha', 'programme=B&period=2025-Q2&form=new&file=return.csv', 'not its own', 422 ],
	[ 'Beta', 'programme=B&period=spring&form=new&file=return.csv', 'no quarter', 422 ],
	[ 'Beta', 'programme=B&period=2025-Q2&form=none&file=return.csv', 'no form', 422 ],
	[ 'Alpha', 'programme=A&period=2025-Q2&form=new&kind=letter&file=return.csv', 'no kind', 422 ],
	[ 'Alpha', 'programme=A&period=2025-Q1&form=new&file=again.csv', $same, 200 ],
	[ 'Beta', 'period=2025-Q1&form=new&file=return.csv', $same, 201 ],
	[ 'Alpha', 'file=%22%5C%5Cu0022%7D%5D%0A.csv', 'signs', 201 ],
	[ 'Gamma', 'programme=C&period=2025-Q2&form=new&file=return.csv', 'twice at once', undef ],
	[ 'Gamma', 'programme=C&period=2025-Q2&form=new&file=other.csv', 'twice at once', undef ],
	[ 'Gamma', 'programme=C&period=2025-Q1&form=new&file=return.csv', 'twice at once', 201 ]);
my $had = spooled();
my $holder = $node->background_psql('postgres');
$holder->query_safe('BEGIN; LOCK TABLE intake.submission IN SHARE MODE;');
my @children;
for my $i (0 .. $#uploads)
{
	my ($who, $query, $bytes) = @{ $uploads[$i] };
	my $pid = fork // die "fork: $!";
	if ($pid == 0)
	{
		my $answer = upload($serve, $token{$who}, $query, $bytes);
		open my $out, '>', "$folder/answer.$i" or die;
		print $out encode_json({ map { $_ => $answer->{$_} } qw(status json) });
		close $out;
		POSIX::_exit(0);
	}
	push @children, $pid;
	next if $i > 0;
	# The first holds the ledger up; what is refused need not wait for it.
	$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_locks l WHERE l.relation = 'intake.submission'::regclass AND NOT l.granted AND l.mode = 'RowExclusiveLock'
		AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = l.pid AND a.application_name LIKE '%ledger%'))")
	  or fail('the ledger does not wait');
}
for (1 .. 600) { last if spooled() == $had + @uploads; sleep 0.1; }
sleep 0.5;
is(spooled(), $had + @uploads, 'all are on disk while the ledger is held up');
is(scalar(grep { -e "$folder/answer.$_" } 0 .. $#uploads), 0, '... and none is answered');
$holder->query_safe('COMMIT');
$holder->quit;
waitpid $_, 0 for @children;
my @answers = map { decode_json(PostgreSQL::Test::Utils::slurp_file("$folder/answer.$_")) } 0 .. $#uploads;

for my $i (0 .. $#uploads)
{
	my ($who, $query, $bytes, $status) = @{ $uploads[$i] };
	my $answer = $answers[$i];
	is($answer->{status}, $status, "$who, $query") or diag explain $answer if defined $status;
	next if $answer->{status} == 422;
	is($answer->{json}{sha256}, sha256_hex($bytes), '... the SHA-256 of its own bytes');
	is(value("SELECT organisation, encode(sha256, 'hex') FROM intake.submission WHERE id = $answer->{json}{submission}"), "$who (made up)|" . sha256_hex($bytes), '... its own row');
}
like($answers[2]{json}{detail}, qr/none of your organisation's\. They are: A\./, "a programme of another's is refused, and only its own are named");
like($answers[3]{json}{detail}, qr/not a quarter/, 'what is no quarter');
like($answers[4]{json}{detail}, qr/form is not known/, 'what is no form');
like($answers[5]{json}{detail}, qr/kind is neither/, 'what is no kind');
is($answers[6]{json}{submission}, $before->{json}{submission}, 'bytes that were there before');
is(join(' ', sort map { $_->{status} } @answers[ 9, 10 ]), '200 201', 'the same at once: one is new');
is($answers[9]{json}{submission}, $answers[10]{json}{submission}, '... and they are one submission');
is(value('SELECT count(*) FROM intake.submission'), 7, 'nothing else is in the ledger');
is(value("SELECT count(*) FROM intake.submission s WHERE (SELECT count(*) FROM intake.submission_event e WHERE e.submission = s.id AND e.number = 1
	AND e.caused_by = (SELECT o.role FROM returns.organisation o WHERE o.organisation = s.organisation)) = 1"), 7, "each was entered under its own organisation's role");
# The first may have gone alone; the others waited for it.
cmp_ok(value("SELECT count(DISTINCT e.xmin::text) FROM intake.submission_event e WHERE e.number = 1 AND e.submission <> $before->{json}{submission}"), '<=', 3, 'in few transactions');
is(scalar(grep { my $file = $_; !-e "$folder/spool/" . substr($file, 0, 2) . "/$file" } split /\n/, value('SELECT spool FROM intake.submission WHERE spool IS NOT NULL')), 0, 'every file that is named is there');
is(scalar(spooled()), value('SELECT count(spool) FROM intake.submission'), '... and no other');
is(serve_stop($serve), 0, 'stops');
hub_ok($node, 'audit', '--key-file', "$folder/keys/hub.keys", '--spool', "$folder/spool");
$node->stop;
done_testing();
