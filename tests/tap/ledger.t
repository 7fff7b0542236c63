# The ledger: every arrow that a submission may go along and every other one, the same bytes again, taking work, and
# events that nobody may change.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('ledger');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = 'none'");
$node->start;
hub_ok($node, 'migrate', '--quiet');
hub_ok($node, 'programme', 'add', 'P', '--organisation', 'O', '--quiet');
sub value { my ($sql) = @_; return $node->safe_psql('postgres', $sql); }
sub fails { my ($sql) = @_; my ($rc, $out, $err) = $node->psql('postgres', $sql); return $rc ? $err : ''; }
my $made = 0;

# A new submission, brought along the arrows to a state.
my %way = (
	'received' => [],
	'checking' => ['checking'],
	'accepted' => [ 'checking', 'accepted' ],
	'rejected' => [ 'checking', 'rejected' ],
	'waiting for answer' => [ 'checking', 'waiting for answer' ],
	'superseded' => [ 'checking', 'rejected', 'superseded' ],
);

sub step
{
	my ($id, $state) = @_;
	my $set = "state = '$state'";
	$set .= ", taken_by = 'w', taken_until = now() + interval '1 minute'" if $state eq 'checking';
	$set .= ', superseded_by = 1' if $state eq 'superseded';
	return "UPDATE intake.submission SET $set WHERE id = $id";
}

sub enter
{
	my ($programme, $what) = @_;
	return (split /\|/, value("SELECT * FROM intake.enter('O', '$programme', '2025-Q1', 'new', 'return', 'f.csv', 1, sha256('$what'), 'test', NULL)"));
}

sub submission
{
	my ($state) = @_;
	my ($id) = enter('P', ++$made);
	value("UPDATE intake.submission SET programme = 'P', period = '" . (1900 + $made) . "-Q1', form = 'new' WHERE id = $id");
	value(step($id, $_)) for @{ $way{$state} };
	return $id;
}

# As the issue draws them: received → checking → accepted | rejected | waiting for answer → superseded, and giving back.
my %arrow = map { $_ => 1 } ('received>checking', 'checking>received', 'checking>accepted', 'checking>rejected',
	'checking>waiting for answer', 'waiting for answer>checking', 'waiting for answer>accepted',
	'waiting for answer>rejected', 'waiting for answer>superseded', 'accepted>superseded', 'rejected>superseded');
submission('received');
for my $from (sort keys %way)
{
	for my $to (sort keys %way)
	{
		next if $from eq $to;
		my $id = submission($from);
		my $events = value('SELECT count(*) FROM intake.submission_event');
		my $err = fails(step($id, $to));
		if ($arrow{"$from>$to"})
		{
			is($err, '', "$from → $to");
			is(value("SELECT from_state || '>' || to_state FROM intake.submission_event WHERE submission = $id ORDER BY number DESC LIMIT 1"),
				"$from>$to", '... is an event');
		}
		else
		{
			like($err, qr/a submission can't go from "$from" to "$to"/, "$from → $to is refused");
			is(value('SELECT count(*) FROM intake.submission_event') . value("SELECT state FROM intake.submission WHERE id = $id"),
				"$events$from", '... and leaves nothing');
		}
	}
}
is(value("SELECT count(*) FILTER (WHERE intake.may_become(a, b)) FROM unnest('{received,checking,accepted,rejected,waiting for answer,superseded,x}'::text[]) a,
	unnest('{received,checking,accepted,rejected,waiting for answer,superseded,x}'::text[]) b"), scalar keys %arrow, 'there is no other arrow');
like(fails("INSERT INTO intake.submission (organisation, file_name, file_size, sha256, received_from, state, taken_by, taken_until) VALUES ('O', 'f', 1, sha256('x'), 'test', 'checking', 'w', now())"),
	qr/a submission begins as "received"/, 'a submission begins as received');

# What was received stays; a decision is taken once.
my $id = submission('accepted');
like(fails("UPDATE intake.submission SET $_ WHERE id = $id"), qr/what was received can't be changed/, "$_: refused")
	for "sha256 = sha256('y')", 'file_size = 2', "received_from = 'x'", 'received_at = now()', "asked_programme = 'x'", 'asked_form = NULL';
like(fails("UPDATE intake.submission SET $_ WHERE id = $id"), qr/a decided submission can't be changed/, "$_: refused")
	for "period = '2024-Q1'", "form = 'old'", "decided_by = 'x'", "decision = 'rejected'", "kind = 'records'", 'programme = NULL';
value("INSERT INTO returns.organisation VALUES ('Other')");
like(fails("UPDATE intake.submission SET organisation = 'Other' WHERE id = $id"), qr/stays with its organisation/, 'and with whom it was');
$id = submission('checking');
like(fails("UPDATE intake.submission SET programme = NULL, state = 'accepted' WHERE id = $id"), qr/accepted_is_known/, 'what is accepted has a programme');
value("UPDATE intake.submission SET programme = NULL, period = NULL, form = NULL, state = 'waiting for answer' WHERE id = $id");
is(value("SELECT decision, decided_by = current_user, taken_by IS NULL FROM intake.submission WHERE id = $id"), 'waiting for answer|t|t', 'what waits need not');

# Append only, by whomever.
for my $table ('submission_event', 'event_anchor', 'submission')
{
	like(fails("DELETE FROM intake.$table"), qr/DELETE of intake\.$table is not allowed/, "DELETE of $table");
	like(fails("TRUNCATE intake.$table CASCADE"), qr/TRUNCATE of intake\.\w+ is not allowed/, "TRUNCATE of $table");
	like(fails("SET session_replication_role = replica; DELETE FROM intake.$table"), qr/DELETE of intake\.$table is not allowed/, "DELETE of $table by a replica");
}
like(fails("UPDATE intake.$_ SET sha256 = sha256"), qr/UPDATE of intake\.$_ is not allowed/, "UPDATE of $_") for 'submission_event', 'event_anchor';

# The same bytes with the same statements are one submission.
my @one = enter('P', 'same');
is("$one[1] $one[2]", 'received f', 'bytes that are new');
my @two = enter('P', 'same');
is("@two", "$one[0] received t", 'the same again');
my @three = enter('Q', 'same');
is("$three[1] $three[2]", 'received f', 'for another programme it is another, known or not');
is(value("SELECT asked_programme, asked_period, asked_form FROM intake.submission WHERE id = $three[0]"), '…|2025-Q1|new', 'what is no programme of theirs is not kept: it may be a name');
is(value("SELECT submission = $one[0], already FROM intake.enter('O', 'P', '2025-Q1', 'new', 'return', 'other name', 1, sha256('same'), 'elsewhere', NULL)"), 't|t', 'by another name and way: the same');
is(value("SELECT count(DISTINCT submission), bool_and(already) FROM generate_series(1, 2) n, LATERAL intake.enter('O', NULL, NULL, NULL, 'return', 'f', n, sha256('unsaid'), 'test', NULL)"), '1|f', 'nothing stated twice is the same, too');

# Taking work.
value("UPDATE intake.submission SET state = 'checking', taken_by = 'w', taken_until = 'infinity' WHERE state = 'received'");
my ($a) = enter('P', 'a');
my ($b) = enter('P', 'b');
is(value("SELECT submission, programme, period, form, attempts FROM intake.take('w1')"), "$a|P|2025-Q1|new|1", 'the oldest is taken, with what was stated');
is(value("SELECT intake.give_back($a), intake.give_back($a)"), 't|f', 'and given back once');
is(value("SELECT submission FROM intake.take('w1')"), $b, 'one that was given back waits for the others');
is(value("SELECT submission, attempts FROM intake.take('w2', '0 s')"), "$a|2", 'then it is its turn');
is(value("SELECT submission, attempts FROM intake.take('w3')"), "$a|3", 'when the time is up another takes it');
is(value("SELECT count(*) FROM intake.take('w3')"), 0, 'there is no more');
my @all = split / /, value(q{SELECT string_agg(submission::text, ' ' ORDER BY n) FROM (SELECT n, (intake.enter(CASE WHEN n < 4 THEN 'O' ELSE 'Other' END, NULL, NULL,
	NULL, 'return', 'f', 1, sha256(convert_to('turn ' || n, 'UTF8')), 'test', NULL)).submission FROM generate_series(1, 5) n) e});
my @taken;
is(value("SELECT count(*) FROM intake.take('w', awaited => '{$a,$b}', awaited_only => true)"), 0, 'of those awaited none is to be taken');
push @taken, value("SELECT submission FROM intake.take('w', awaited => '{$all[4],$all[2],$b}', awaited_only => true)");
push @taken, value("SELECT submission FROM intake.take('w', awaited => '{$b,$all[4]}', after => 'Other')");
push @taken, value("SELECT submission FROM intake.take('w', awaited => '{$b}', after => '$_')") for 'Other', 'O', 'Other';
is("@taken", "@all[2, 4, 0, 3, 1]", 'those awaited come first, the oldest of them before the others; then the organisations have their turns');
is(value("SELECT count(*) FROM intake.take('w', after => 'O')"), 0, 'all are taken');
is(value("SELECT string_agg(to_state, ' ' ORDER BY number) FROM intake.submission_event WHERE submission = $a"),
	'received checking received checking received checking', 'all that is kept');

# Of the same bytes the later sending, which says what they are, may be checked first.
my ($unsaid) = split /\|/, value("SELECT submission FROM intake.enter('O', NULL, NULL, NULL, 'return', 'f.csv', 1, sha256('late'), 'test', NULL)");
my ($said) = enter('P', 'late');
value(step($said, 'checking'));
value("SELECT intake.refuse($said, 'H120', 'Damaged.', 'Send it again.')");
value(step($unsaid, 'checking'));
value("SELECT intake.doubt($unsaid, 'H121', 'Whose?', 'Say it.')");
is(value("SELECT state, superseded_by FROM intake.submission WHERE id = $unsaid"), "superseded|$said", 'the earlier one does not wait for what is told already');

# Who is told.
my $listener = $node->background_psql('postgres');
$listener->query_safe('LISTEN wardstar_work; LISTEN wardstar_checked');
my ($c) = enter('P', 'c');
value(step($c, 'checking'));
value(step($c, 'rejected'));
like($listener->query_safe('SELECT 1'), qr/notification "wardstar_work" with payload "$c".*notification "wardstar_checked" with payload "$c"/s, 'workers and service are told');
$listener->quit;

# Each event follows from the one before, and a submission is what its events say.
is(value('SELECT count(*) FROM intake.submission_event e WHERE intake.event_sha256(e) <> e.sha256'), 0, 'the sums of events');
is(value("SELECT count(*) FROM (SELECT e.previous, lag(e.sha256, 1, decode(repeat('00', 32), 'hex')) OVER (PARTITION BY submission ORDER BY number) AS p FROM intake.submission_event e) e WHERE previous <> p"), 0, 'their order');
# Computed by another program, from the documented text.
my ($previous, $text, $sum) = split /\|/, value("SELECT encode(previous, 'hex'), jsonb_build_array(id, submission, number, from_state, to_state, extract(epoch FROM happened_at), caused_by, change), encode(sha256, 'hex') FROM intake.submission_event WHERE submission = $c AND number = 3");
require Digest::SHA;
is(Digest::SHA::sha256_hex(pack('H*', $previous) . $text), $sum, 'the sum of an event by another program');

$node->stop;
done_testing();
