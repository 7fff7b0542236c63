# The check of a submission that a worker took: the same as the command line's, and what waits, is refused or comes too
# late. Made up.
use strict;
use warnings;
use HubTest;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('receipt_check');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = 'none'");
$node->start;
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);
hub_ok($node, 'programme', 'add', $_->[0], '--organisation', $_->[1], '--expected', '2025-Q1,2025-Q2,2025-Q3', '--quiet') for [ 'A', 'Org' ], [ 'B', 'Org' ], [ 'C', 'Other' ];
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }
my $number = 0;

# Enters a file and takes it; its number.
sub taken
{
	my ($programme, $period, $form) = map { defined ? "'$_'" : 'NULL' } @_;
	++$number;
	my $id = value("SELECT submission FROM intake.enter('Org', $programme, $period, $form, 'return', 'f.csv', 1, sha256('worker $number'), 'test', NULL)");
	value("UPDATE intake.submission SET state = 'checking', taken_by = 'w', taken_until = 'infinity' WHERE id = $id");
	return $id;
}

# Checks it: $answers is a text of field,value lines.
sub check_it
{
	my ($id, $programme, $period, $form, $answers, $more) = @_;
	my @given = map { defined ? "'$_'" : 'NULL' } $programme, $period, $form;
	my @rows = map { [ split /,/, $_, 2 ] } split /\n/, $answers;
	my $list = sub { my ($at) = @_; return 'ARRAY[' . join(', ', map { "'" . ($_->[$at] =~ s/'/''/gr) . "'" } @rows) . ']::text[]'; };
	my $lines = 'ARRAY[' . join(', ', 1 .. @rows) . ']::int[]';
	return value("SELECT intake.check($id, " . join(', ', @given, $lines, $list->(0), $list->(1)) . ', ' . ($more // '0, 0, 0') . ')');
}

sub of
{
	my ($id) = @_;
	return value("SELECT concat_ws(' ', rule, severity, line, field, message, suggestion, observed, expected) FROM intake.finding WHERE submission = $id ORDER BY number;
		SELECT concat_ws(' ', category, area, people) FROM intake.answer WHERE submission = $id ORDER BY category, area;
		SELECT concat_ws(' ', state, form, form_version, period, basis, decision) FROM intake.submission WHERE id = $id");
}

# The same answers by the command line and by a worker.
for my $answers ("basis,new_referrals\ntotal,12\nage.18-25,7\nage.25+,5\nsex.female,4\nsex.male,yes", "total,12\ntotal,13\nage.25+,-5\nnarrative.activities,we met",
	"total,5\nplace.lsoa.E01990001,2\nnonsense,4")
{
	$number++;
	my $period = '2025-Q' . ($number <= 3 ? $number : 3);
	my $file = spill($node->basedir . "/f$number.csv", $answers . "\n");
	my ($code, $out) = hub($node, 'load', '--as', 'return', '--programme', 'A', '--period', $period, '--form', 'new', $file);
	my ($first) = $out =~ /submission (\d+)/;
	my $id = taken('B', $period, 'new');
	my $state = check_it($id, 'B', $period, 'new', $answers);
	is(of($id), of($first), "a worker finds what the command line finds: $state") or diag($out);
	like($out, $state eq 'accepted' ? qr/: accepted/ : qr/not accepted/, '... with the same verdict');
}
my $id = taken('A', '2025-Q2', 'new');
check_it($id, 'A', '2025-Q2', 'new', "basis,new_referrals\ntotal,1", '2, 3, 4');
is(value("SELECT string_agg(rule || ' ' || observed, ', ' ORDER BY rule) FROM intake.finding WHERE submission = $id AND rule ~ '^H11'"), 'H110 2, H111 3, H112 4', 'what a document hides is asked about');
my ($rc, $out, $err) = $node->psql('postgres', "SELECT intake.check($id, 'A', '2025-Q2', 'new', NULL, '{total}', '{1}', 0, 0, 0)");
like($err, qr/submission $id is not being checked.*It is "accepted"/s, 'a submission is decided once');

# What is in doubt waits, and says what to state. Another organisation's programme is as unknown as one that there is not.
my %said;
for ([ undef, '2025-Q2', 'new', 'H121', qr/not said for which programme/ ], [ 'C', '2025-Q2', 'new', 'H121', qr/no programme of this name that is yours/ ],
	[ 'Nobody', '2025-Q2', 'new', 'H121', qr/no programme of this name that is yours/ ], [ 'A', undef, 'new', 'H122', qr/not said for which quarter/ ],
	[ 'A', '2025-13', 'new', 'H122', qr/quarter that was stated is none/ ], [ 'A', '2025-Q2', undef, 'H123', qr/can't be told which form/ ],
	[ 'A', '2025-Q2', 'green', 'H123', qr/no form of the name/ ])
{
	my ($programme, $period, $form, $rule, $says) = @$_;
	my $what = join ' ', map { $_ // 'nothing' } $programme, $period, $form;
	my $doubt = taken($programme, $period, $form);
	is(check_it($doubt, $programme, $period, $form, "total,1"), 'waiting for answer', "$what: waits");
	my $found = value("SELECT concat_ws('|', rule, message, suggestion) FROM intake.finding WHERE submission = $doubt");
	like($found, qr/^$rule\|.*$says/, '... and asks');
	unlike($found, qr/\bC\b|Nobody/, '... without repeating what may be another\'s');
	$said{$programme // ''} = $found if $rule eq 'H121';
	like(value("SELECT api.receipt($doubt, 'text')"), qr/can't\s+be\s+used\s+until\s+you\s+tell\s+us\s+what\s+is\s+missing.*send\s+the\s+file\s+again\s+and\s+say\s+beside\s+it\s+what\s+is\s+asked\s+for/s, '... as the receipt says');
}
is($said{C}, $said{Nobody}, 'the same words for both');
my $post = taken('A', '2025-Q3', 'new');
is(check_it($post, 'A', '2025-Q3', 'new', "total,1\nplace.postcode.ZE9 1AA,1"), 'waiting for answer', 'postcodes wait for a postcode file');
unlike(of($post), qr/ZE9/, '... which is not repeated');
my $ours = value("SELECT api.receipt($post, 'text')");
like($ours, qr/waits\s+for\s+something\s+that\s+the\s+hub\s+has\s+to\s+put\s+right.*You\s+need\s+do\s+nothing/s, '... and the receipt says that the hub has to do it');
unlike($ours, qr/tell\s+us|send\s+the\s+file\s+again/, '... and asks nothing of the sender');

# A document that can't be read.
my $bad = taken('A', '2025-Q3', 'new');
value("SELECT intake.refuse($bad, NULL, 'it is encrypted', 'Save it without a password.')");
is(value("SELECT concat_ws('|', s.state, s.programme, s.period, f.rule, f.severity, f.message) FROM intake.submission s JOIN intake.finding f ON f.submission = s.id WHERE s.id = $bad"),
	'rejected|A|2025-Q3|H120|error|it is encrypted', 'a refused document is rejected, with its programme and quarter as stated');
like(value("SELECT api.receipt($bad, 'text')"), qr/not accepted\s+yet: 1 error.*It is encrypted.*Save it without a password/s, '... and the receipt says why');
my $large = taken('A', '2025-Q3', 'new');
is(value("SELECT intake.check($large, 'A', '2025-Q3', 'new', array_agg(i), array_agg('total'::text), array_agg('1'::text), 0, 0, 0) FROM generate_series(1, 100001) i"), 'rejected', 'more than 100,000 rows');

# An earlier file that is checked after a later one was accepted counts nothing.
my ($early, $late) = (taken('B', '2024-Q4', 'new'), taken('B', '2024-Q4', 'new'));
is(check_it($late, 'B', '2024-Q4', 'new', "basis,new_referrals\ntotal,8"), 'accepted', 'the later file first');
is(check_it($early, 'B', '2024-Q4', 'new', "basis,new_referrals\ntotal,5"), 'superseded', 'the earlier one comes too late');
is(value("SELECT string_agg(people::text, ' ') FROM returns.count WHERE programme = 'B' AND period = '2024-Q4' AND category = 'total'"), '[8,9)', 'and counts nothing');
is(value("SELECT superseded_by FROM intake.submission WHERE id = $early"), $late, 'its place is taken');

# By row-level security a partner reads the receipts of its own organisation, kept or written anew, and no others; the
# loader decides, the analyst reads.
hub_ok($node, 'organisation', 'add', $_, '--quiet') for 'Org', 'Other';
my %role = map { $_ => value("SELECT quote_ident(role) FROM returns.organisation WHERE organisation = '$_'") } 'Org', 'Other';
sub as_role { my ($role, $sql) = @_; my ($r, $o, $e) = $node->psql('postgres', "SET search_path = pg_catalog, public; SET ROLE $role; $sql"); return $e || $o; }
for my $format (qw(json html text csv))
{
	is(as_role($role{Org}, "SELECT api.receipt($late, '$format')"), value("SELECT api.receipt($late, '$format')"), "its own receipt, $format");
	like(as_role($role{Other}, "SELECT api.receipt($late, '$format')"), qr/there is no submission $late/, 'another\'s is not there');
}
is(as_role($role{Org}, 'SELECT api.receipt_data(id)::text FROM intake.submission WHERE id = ' . $late), value("SELECT api.receipt_data($late)"), 'written anew it says the same');
is(as_role($role{Other}, 'SELECT count(*) FROM intake.receipt_kept') . as_role($role{Other}, 'SELECT count(*) FROM intake.finding_reply'), '00', 'nothing of another can be read beside it');
like(as_role($role{Org}, "SELECT $_"), qr/permission denied/, "a partner can't $_") for "intake.waive($bad, 'H120', NULL, 'x')", "intake.keep_receipt($late)", "intake.explain($late, 'P303', 'sex', 'x')";
my $work = taken('B', '2024-Q2', 'new');
is(as_role('wardstar_loader', "SELECT intake.check($work, 'B', '2024-Q2', 'new', '{1,2}', '{basis,total}', '{new_referrals,8}', 0, 0, 0)"), 'accepted', 'the loader checks');
my ($asked) = value("SELECT rule || '|' || coalesce(field, '-') FROM intake.finding WHERE submission = $work AND severity = 'query' LIMIT 1");
like(as_role('wardstar_loader', "SELECT answered FROM intake.explain($work, split_part('$asked', '|', 1), split_part('$asked', '|', 2), 'It is so')"), qr/^1$/, '... explains');
my $wrong = taken('B', '2024-Q3', 'new');
as_role('wardstar_loader', "SELECT intake.check($wrong, 'B', '2024-Q3', 'new', '{1,2,3}', '{basis,total,age.25+}', '{new_referrals,8,-8}', 0, 0, 0)");
is(as_role('wardstar_loader', "SELECT w.state FROM (SELECT DISTINCT rule, field FROM intake.finding WHERE submission = $wrong AND severity = 'error') f, LATERAL intake.waive($wrong, f.rule, f.field, 'Agreed') w") =~ /accepted$/ ? 1 : 0, 1, '... waives')
  or diag(as_role('wardstar_loader', "SELECT rule, field, message FROM intake.finding WHERE submission = $wrong AND severity = 'error'"));
is(as_role('wardstar_loader', "SELECT count(*) FROM intake.recheck($work, '{1,2}', '{basis,total}', '{new_referrals,8}', 0, 0, 0)"), '0', '... and checks again');
like(as_role('wardstar_analyst', 'SELECT sum(n) FROM analysis.finding_summary'), qr/^[1-9]/, 'the analyst counts findings');

$node->stop;
done_testing();
