# wardstar-hub audit: whoever may do everything in the database tampers with ledger, events, anchors and spool in every
# way, each in a copy of its own, and is found.
use strict;
use warnings;
use File::Copy qw(copy);
use HubTest;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('audit');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = 'none'");
$node->start;
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);
my $spool = $ENV{WARDSTAR_SPOOL};
sub value { my ($sql, $db) = @_; return $node->safe_psql($db // 'postgres', $sql); }
hub_ok($node, 'programme', 'add', 'P', '--organisation', 'O', '--quiet');

# Two returns, of which the second supersedes the first; a rejected one; one that waits to be checked.
my $n = 0;
for my $text ("basis,new_referrals\ntotal,30\n", "basis,new_referrals\ntotal,31\n", "total,31\ntotal,32\n")
{
	hub($node, 'load', '--as', 'return', '--quiet', '--programme', 'P', '--period', '2025-Q1', '--form', 'new', spill($node->basedir . '/' . ++$n . '.csv', $text));
}
is(value("SELECT string_agg(state, ' ' ORDER BY id) FROM intake.submission"), 'superseded accepted rejected', 'three submissions');
my $first = hub_ok($node, 'audit');
like($first, qr/^3 submissions, \d+ events, 0 anchors: nothing is missing, changed or added, and the spool has their files$/m, 'all is well');
my ($anchor) = $first =~ /^anchor (1:[0-9a-f]{64}) /m;
ok($anchor, 'the events are under an anchor');
value("SELECT FROM intake.enter('O', 'P', '2025-Q2', 'new', 'return', 'return.csv', 1, sha256('x'), 'test', NULL)");
value("SELECT FROM intake.enter('O', 'P', '2025-Q3', 'new', 'return', 'return.csv', 1, sha256('y'), 'test', NULL)");
my ($second) = hub_ok($node, 'audit') =~ /^anchor (2:[0-9a-f]{64}) /m;
ok($second, 'so are later ones');
hub_ok($node, 'audit', '--anchor', $anchor, '--quiet');
value("SELECT FROM intake.enter('O', 'P', '2025-Q4', 'new', 'return', 'return.csv', 1, sha256('z'), 'test', NULL)");
is(value('SELECT count(*) FROM intake.event_loose'), 1, 'and one is under none');
my ($code, $out, $err) = hub($node, 'audit', '--anchor', '1');
is($code, 2, 'an anchor has a number and a sum');

# What a superuser can do with the guards off.
my $off = join '', map { "ALTER TABLE intake.$_ DISABLE TRIGGER ALL;" } qw(submission submission_event event_anchor finding answer);
my $on = join '', map { my $t = $_; "ALTER TABLE intake.$t ENABLE TRIGGER ALL;" . join '', map { "ALTER TABLE intake.$t ENABLE ALWAYS TRIGGER $_;" } ($t eq 'submission' ? ('guard', 'keep_entered', 'keep_event') : ()), 'refuse_change' }
	qw(submission submission_event event_anchor);
$on .= 'ALTER TABLE intake.finding ENABLE TRIGGER ALL; ALTER TABLE intake.answer ENABLE TRIGGER ALL;';
my $copies = 0;

# tamper(what, SQL, what is found, options of audit): in a copy of the database. Without a pattern nothing is found.
sub tamper
{
	my ($what, $sql, $found, @options) = @_;
	my $db = 'copy' . ++$copies;
	value("CREATE DATABASE $db TEMPLATE postgres");
	value("SET client_min_messages = warning; $off $sql; $on", $db);
	my ($c, $o, $e) = hub([ $node, $db ], 'audit', @options);
	is($c, $found ? 12 : 0, "$what: exit code") or diag("$o$e");
	like($o, $found, "$what: is found") if $found;
	value("DROP DATABASE $db");
}

my $gone = 'DELETE FROM intake.finding WHERE submission = %1$d; DELETE FROM intake.answer WHERE submission = %1$d; DELETE FROM intake.submission WHERE id = %1$d';
tamper('nothing', 'SELECT', undef);
tamper('an event changed', "UPDATE intake.submission_event SET caused_by = 'nobody' WHERE submission = 1 AND number = 2", qr/^submission 1: event 2: an event was changed/m);
tamper('an event changed, with its sum', "UPDATE intake.submission_event e SET caused_by = 'nobody' WHERE id = 2; UPDATE intake.submission_event e SET sha256 = intake.event_sha256(e) WHERE id = 2", qr/^submission 1: event 3: an event is missing before this one.*^anchor 1: an anchor was changed, or an event under it/ms);
tamper('a time changed', "UPDATE intake.submission_event SET happened_at = happened_at - interval '1 day' WHERE id = 1", qr/^submission 1: event 1: an event was changed/m);
tamper('an event in the middle removed', 'DELETE FROM intake.submission_event WHERE submission = 1 AND number = 2', qr/^submission 1: event 3: an event is missing before this one/m);
tamper('the first event removed', 'DELETE FROM intake.submission_event WHERE submission = 1 AND number = 1', qr/^submission 1: event 2: an event is missing before this one/m);
tamper('the last event removed', 'DELETE FROM intake.submission_event WHERE submission = 2 AND number = (SELECT max(number) FROM intake.submission_event WHERE submission = 2)', qr/^submission 2: a submission is not what its events say: .*(?:spool|state)/m);
tamper('a submission removed with its events', 'DELETE FROM intake.submission_event WHERE submission = 3; ' . sprintf($gone, 3), qr/^anchor 1: events are missing under an anchor/m);
tamper('the newest removed with its event', 'DELETE FROM intake.submission_event WHERE submission = 6; ' . sprintf($gone, 6), qr/^event \d+: an event is missing: it was kept, and is not there/m);
tamper('a submission removed, its events not', sprintf($gone, 3), qr/^submission 3: a submission is missing: its events are there/m);
tamper('a submission added', "INSERT INTO intake.submission (organisation, file_name, file_size, sha256, received_from) VALUES ('O', 'f', 1, sha256('added'), 'test')", qr/^submission 7: a submission was added/m);
tamper('all that is of a submission removed but its events', 'DELETE FROM intake.submission_event WHERE submission = 4', qr/^submission 4: a submission was added: it has no event/m);
for my $change ("state = 'accepted', decision = 'accepted', programme = 'P', period = '2024-Q1'", "sha256 = sha256('other')", 'file_size = 99', "received_at = now() - interval '1 year'", "decided_by = 'x', decided_at = now(), decision = 'rejected'", "received_from = 'elsewhere'", 'spool = NULL', "file_name = 'other.csv'")
{
	(my $columns = join '|', $change =~ /(\w+) = /g) =~ s/\|/.*|.*/g;
	tamper("a submission changed ($change)", "UPDATE intake.submission SET $change WHERE id = 3", qr/^submission 3: a submission is not what its events say: .*(?:$columns)/m);
}
my $forge = "INSERT INTO intake.submission_event OVERRIDING SYSTEM VALUE SELECT 1000, submission, number + 1, to_state, 'superseded', now(), 'x', '{}', sha256, sha256('') FROM intake.submission_event WHERE submission = 3 ORDER BY number DESC LIMIT 1; UPDATE intake.submission_event e SET sha256 = intake.event_sha256(e) WHERE id = 1000";
tamper('an event added, with its sum', $forge, qr/^submission 3: event 1000: an event was added: it was not kept by the ledger itself/m);
tamper('a step that there is not', "$forge; INSERT INTO intake.event_loose VALUES (1000); INSERT INTO intake.submission_event OVERRIDING SYSTEM VALUE SELECT 1001, submission, number + 1, to_state, 'received', now(), 'x', '{}', sha256, sha256('') FROM intake.submission_event WHERE id = 1000; UPDATE intake.submission_event e SET sha256 = intake.event_sha256(e) WHERE id = 1001", qr/^submission 3: event 1001: an event tells of a step that no submission may take/m);
tamper('an anchor changed', "UPDATE intake.event_anchor SET anchored_at = now() WHERE number = 1", qr/^anchor 1: an anchor was changed/m);
tamper('an anchor removed', 'DELETE FROM intake.event_anchor WHERE number = 1', qr/^anchor 2: an anchor is missing before this one/m);
tamper('the last anchor removed', 'DELETE FROM intake.event_anchor WHERE number = 2', qr/an event was added/);
tamper('an anchor that holds an event twice', 'UPDATE intake.event_anchor SET events = events + int8multirange(int8range(1, 2)) WHERE number = 2', qr/^submission 1: event 1: an event is held twice/m);
# Everything anew: each sum is right, and only what was noted down elsewhere tells.
my $anew = "UPDATE intake.submission SET received_from = 'forged' WHERE id = 3;
	UPDATE intake.submission_event SET change = change || '{\"received_from\": \"forged\"}' WHERE submission = 3 AND number = 1;
	DO \$\$ DECLARE e intake.submission_event; before bytea := decode(repeat('00', 32), 'hex'); BEGIN
		FOR e IN SELECT * FROM intake.submission_event WHERE submission = 3 ORDER BY number LOOP
			e.previous := before; before := intake.event_sha256(e);
			UPDATE intake.submission_event x SET previous = e.previous, sha256 = before WHERE x.id = e.id;
		END LOOP; END \$\$;
	DELETE FROM intake.event_anchor; DELETE FROM intake.event_loose; INSERT INTO intake.event_loose SELECT id FROM intake.submission_event; SELECT FROM intake.anchor()";
tamper('the whole ledger written anew', $anew, undef);
tamper('the whole ledger written anew, an anchor noted', $anew, qr/^anchor 1: it is not the one that was noted down/m, '--anchor', $anchor);
tamper('nothing, an anchor noted', 'SELECT', undef, '--anchor', $second);
$node->safe_psql('postgres', 'CREATE DATABASE guards TEMPLATE postgres');
value('ALTER TABLE intake.submission_event DISABLE TRIGGER refuse_change', 'guards');
($code, $out, $err) = hub([ $node, 'guards' ], 'audit');
is($code, 12, 'a guard that is off: exit code');
like($out, qr/a guard of the ledger is off: trigger refuse_change of intake\.submission_event/, '... is found');

# The spool.
my ($a, $b) = map { my $id = value("SELECT spool FROM intake.submission WHERE id = $_"); "$spool/" . substr($id, 0, 2) . "/$id" } 1, 2;
ok(-e $a && -e $b, 'the files of the spool') or diag `find $spool`;
sub spoiled
{
	my ($what, $found, $do) = @_;
	copy($_, "$_.kept") for $a, $b;
	rename "$_.kept", $spool . '/../' . ($_ eq $a ? 'a' : 'b') for $a, $b;
	$do->();
	my ($c, $o, $e) = hub($node, 'audit');
	is($c, 13, "$what: exit code") or diag("$o$e");
	like($o, $found, "$what: is found");
	unlink $a, $b;
	copy("$spool/../" . ($_ eq $a ? 'a' : 'b'), $_) for $a, $b;
}
my $changed = sub { my ($file, $at) = @_; open my $fh, '+<:raw', $file or die $!; seek $fh, $at, 0; read $fh, my $byte, 1; seek $fh, $at, 0; print $fh chr(ord($byte) ^ 1); close $fh; };
spoiled('a file removed', qr/^submission 1: its file is missing from the spool/m, sub { unlink $a });
spoiled('a byte of its content changed', qr/^submission 1: its file in the spool was changed or cut/m, sub { $changed->($a, (-s $a) - 20) });
spoiled('a byte of its head changed', qr/^submission 1: its file is missing from the spool, or does not open/m, sub { $changed->($a, 40) });
spoiled('a file cut', qr/^submission 1: its file in the spool was changed or cut/m, sub { truncate $a, (-s $a) - 1 });
spoiled('two files exchanged', qr/\A(?=.*^submission 1: )(?=.*^submission 2: )/ms, sub { rename $a, "$a.x"; rename $b, $a; rename "$a.x", $b });
# A file that opens with the key, with other bytes: its name in the ledger is what is wrong.
value("SELECT FROM intake.submission; $off UPDATE intake.submission SET spool = CASE id WHEN 1 THEN '" . ('0' x 32) . "' ELSE spool END WHERE id IN (1, 2); $on");
($code, $out, $err) = hub($node, 'audit');
is($code, 12, 'ledger and spool tampered with: the exit code of the ledger');
like($out, qr/^submission 1: a submission is not what its events say: spool.*^submission 1: its file is missing.*belong to nothing/ms, 'both are told');
($code, $out, $err) = hub($node, 'audit', '--key-file', $node->basedir . '/none');
isnt($code, 0, 'without its key the spool is not said to be well');

$node->stop;
done_testing();
