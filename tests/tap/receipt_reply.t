# Explaining, waiving, narratives held back and kept, files that wait, and checking again. Made up.
use strict;
use warnings;
use HubTest;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('receipt_reply');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = 'none'");
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);
hub_ok($node, 'programme', 'add', $_, '--organisation', 'Org', '--expected', '2025-Q1,2025-Q2,2025-Q3', '--quiet') for 'A' .. 'H';
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }
my ($code, $out, $err);

# Receipts are kept as they were written, and never read when something that they say has changed since.
sub kept_are_true
{
	my ($when) = @_;
	is(value(q{SELECT count(*) FILTER (WHERE api.receipt(s.id, 'json')::jsonb <> api.receipt_data(s.id)), count(*) FILTER (WHERE api.receipt(s.id, 'html') <> api.receipt_html(api.receipt_data(s.id)))
		FROM intake.submission s}), '0|0', "receipts say how it is $when");
	value('SELECT intake.keep_receipt(id) FROM intake.submission');
	return;
}

# Sends a return; its number and the exit code.
sub send_return
{
	my ($who, $period, $text, $form) = @_;
	my $file = spill("$tmp/return.csv", $text);
	($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', $who, '--period', $period, '--form', $form // 'new', $file);
	my ($id) = $out =~ /submission (\d+)/ or die $out . $err;
	return $id;
}

sub receipt { my ($id) = @_; return decode_json(hub_ok($node, 'receipt', $id, '--format', 'json')); }
sub refused { my ($what, $says, @arguments) = @_; ($code, $out, $err) = hub($node, @arguments); is($code, 2, $what); like($err, $says, '... with the reason'); return; }
sub all_in { return value("SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM (SELECT s::text FROM intake.submission s UNION ALL SELECT f::text FROM intake.finding f
	UNION ALL SELECT a::text FROM intake.answer a UNION ALL SELECT c::text FROM returns.count c UNION ALL SELECT n::text FROM returns.narrative n UNION ALL SELECT r::text FROM intake.reply r) t (t)"); }

# A query is answered; the answer holds for that value in that quarter.
my $clean = "basis,new_referrals\nage.18-25,20\nage.25+,10\nage.not_known,0\nrole.parent_carer,0\nrole.lone_parent,0\nethnicity.not_known,30\nplace.not_known,30\nnarrative.activities,Weekly group for everybody who came\nsecondary.total,0\n";
my $id = send_return('A', '2025-Q1', "total,30\nsex.female,18\nsex.male,10\n$clean");
my %before = %{ receipt($id) };
my @open = map { "$_->{rule} " . ($_->{field} // '-') } grep { $_->{severity} eq 'query' } @{ $before{findings} };
ok((grep { $_ eq 'P303 sex' } @open), 'there is a question about two people') or diag("@open");
like($before{verdict}, qr/accepted, and we have/, 'which the verdict says');
like(hub_ok($node, 'explain', $id, 'P303', 'sex', 'Two people preferred not to say.'), qr/^answered: 1; still open: @{[ @open - 1 ]}$/, 'it is answered');
my %after = %{ receipt($id) };
is($after{queries}, $before{queries} - 1, 'one question less is open');
is($after{answered}, 1, '... and one answered');
my ($finding) = grep { $_->{rule} eq 'P303' } @{ $after{findings} };
is("$finding->{reply}{kind}: $finding->{reply}{words}", 'explained: Two people preferred not to say.', 'the receipt has the answer');
ok($finding->{reply}{by} && $finding->{reply}{at} =~ /^\d{4}-\d\d-\d\dT/, '... with who and when');
like(hub_ok($node, 'receipt', $id), qr/P303, Sex:.*Answered\s+on \d+ \w+ \d{4}: Two people preferred not to say\./s, '... in words');
unlike((hub_ok($node, 'receipt', $id) =~ /(P303.*?)\n- /s)[0], qr/What to do/, '... and nothing to do');
for my $question (grep { !/^P303/ } @open)
{
	my ($rule, $field) = split / /, $question;
	hub_ok($node, 'explain', $id, $rule, $field, 'Explained in a few words', '--quiet');
}
like(receipt($id)->{verdict}, qr/accepted, and there is nothing more for you to do\.$/, 'with all answered there is nothing to do');
my $again = send_return('A', '2025-Q1', "total,30\nsex.female,18\nsex.male,10\n$clean\n");
is($code, 0, 'the corrected file with the same value: nothing is asked') or diag($out);
is(receipt($again)->{queries}, 0, '... again');
my $other = send_return('A', '2025-Q1', "total,30\nsex.female,18\nsex.male,9\n$clean");
is($code, 3, 'another value is asked about');
is(join(' ', map { $_->{rule} } grep { $_->{severity} eq 'query' && !$_->{reply} } @{ receipt($other)->{findings} }), 'P303', '... that alone');
send_return('B', '2025-Q1', "total,30\nsex.female,18\nsex.male,10\n$clean");
is($code, 3, 'another programme is asked');
send_return('A', '2025-Q2', "total,30\nsex.female,18\nsex.male,10\n$clean");
is($code, 3, 'another quarter is asked');

kept_are_true('after answers and corrections');

# What is no answer.
my $state = all_in();
refused('a replaced return', qr/was replaced by/, 'explain', $id, 'P303', 'sex', 'Late');
refused('no such finding', qr/has no such finding.*Open are: P303 sex/s, 'explain', $other, 'P999', 'sex', 'x');
refused('no such submission', qr/there is no submission 9999/, 'explain', '9999', 'P303', 'sex', 'x');
refused('a note', qr/needs no answer/, 'explain', $other, 'P203', 'age', 'x');
refused('nothing said', qr/needs a few words/, 'explain', $other, 'P303', 'sex', '  ');
refused('too much said', qr/needs a few words/, 'explain', $other, 'P303', 'sex', 'word ' x 500);
for (['a date of birth', 'Ann Example, born 3/2/1999, left'], ['an NHS number', 'it was 943 476 5919'], ['a telephone number', 'ring 07700 900123'],
	['an e-mail address', 'ask ann@example.org'], ['a full postcode', 'lives at L1 8JQ'], ['a prison', 'A1234BC left'])
{
	my ($what, $text) = @$_;
	refused("an answer with $what", qr/seems to hold $what.*Say it without/s, 'explain', $other, 'P303', 'sex', $text);
	unlike($err, qr/Ann|1999|943|07700|example|L1 8|A1234/, '... is not repeated');
}
refused('too few arguments', qr/takes a submission/, 'explain', $other);
is(all_in(), $state, 'and nothing of it is kept');

# Errors are corrected or waived.
my $bad = send_return('C', '2025-Q1', "total,30\nsex.female,15\nsex.male,15\nage.0-4,-1\n$clean");
my @errors = grep { $_->{severity} eq 'error' } @{ receipt($bad)->{findings} };
cmp_ok(scalar @errors, '>', 0, 'a return with errors: ' . join(', ', map { "$_->{rule} $_->{field}" } @errors));
refused('an error', qr/is an error.*Correct it/s, 'explain', $bad, $errors[0]{rule}, $errors[0]{field}, 'We mean it');
refused('a waiver without a reason', qr/--reason/, 'waive', $bad, $errors[0]{rule}, $errors[0]{field});
refused('a reason with a name and birthday', qr/seems to hold a date of birth/, 'waive', $bad, $errors[0]{rule}, $errors[0]{field}, '--reason', 'Ann Example (3/2/1999)');
my $printed = '';
for my $i (0 .. $#errors)
{
	is(value("SELECT state FROM intake.submission WHERE id = $bad"), 'rejected', "before waiver $i it is rejected");
	$printed = hub_ok($node, 'waive', $bad, $errors[$i]{rule}, $errors[$i]{field}, '--reason', 'Agreed with the programme');
}
my ($new) = $printed =~ /submission (\d+): accepted, in the place of $bad$/m or diag($printed);
is(value("SELECT string_agg(id || ' ' || state || ' ' || decision, ', ' ORDER BY id) FROM intake.submission WHERE programme = 'C'"), "$bad superseded rejected, $new accepted accepted", 'the last one accepts it; what was rejected stays on record');
is(value("SELECT string_agg(category || people, ' ' ORDER BY category) FROM returns.count WHERE programme = 'C' AND category IN ('total', 'sex.female')"), 'sex.female[15,16) total[30,31)', 'it is counted');
is(value("SELECT count(*) FROM returns.narrative WHERE submission = $new"), 1, 'with what it answers in words');
is(value("SELECT (SELECT spool IS NULL FROM intake.submission WHERE id = $bad) AND (SELECT spool IS NOT NULL FROM intake.submission WHERE id = $new)"), 't', 'the bytes are its own now');
like(hub_ok($node, 'receipt', $new), qr/Accepted as it is\s+by\s+the\s+hub\s+on \d+ \w+ \d+:\s+Agreed\s+with\s+the\s+programme/, 'the receipt says that it was waived');
my $corrected = send_return('C', '2025-Q1', "total,30\nsex.female,16\nsex.male,14\nage.0-4,-1\n$clean");
like($out, qr/accepted as submission $corrected/, 'the same error in a later file of the quarter is waived too') or diag($out);
my $twice = send_return('D', '2025-Q1', "total,30\ntotal,31\n");
refused('a field given twice', qr/H101 can't be waived/, 'waive', $twice, 'H101', 'total', '--reason', 'x');
my $unread = value("SELECT submission FROM intake.enter('Org', 'D', '2025-Q2', 'new', 'return', 'f', 1, sha256('u'), 'test', NULL)");
value("UPDATE intake.submission SET state = 'checking', taken_by = 'w', taken_until = 'infinity' WHERE id = $unread; SELECT intake.refuse($unread, NULL, 'it is encrypted', 'Save it again.')");
refused('a file that was not read', qr/the file was not read/, 'waive', $unread, 'H120', '-', '--reason', 'x');

kept_are_true('after waivers');

# Narratives: none by default; where the partnership keeps them, those that name nobody, and others once that is answered.
sub words { return value("SELECT string_agg(question || ': ' || coalesce(words, 'none'), '; ' ORDER BY question) FROM returns.narrative n JOIN intake.submission s ON s.id = n.submission WHERE s.programme = '$_[0]'"); }
my $told = "total,30\nsex.female,15\nsex.male,15\n" . $clean =~ s/^narrative.*\n//mr . "narrative.activities,Weekly group in town\nnarrative.stories,Call our office on 07700 900123\nnarrative.challenges,The number was 943 476 5919\n";
send_return('E', '2025-Q1', $told);
is(words('E'), 'narrative.activities: none; narrative.challenges: none; narrative.stories: none', 'no words are kept by default');
hub_ok($node, 'partnership', 'keep-narrative', 'on');
my $kept = send_return('F', '2025-Q1', $told);
is(words('F'), 'narrative.activities: Weekly group in town; narrative.challenges: none; narrative.stories: none', 'where they are, those that may name somebody stay out');
my ($dump) = run_command([ 'pg_dump', '--data-only', '--inserts', '-d', $node->connstr('postgres') ]);
unlike($dump, qr/07700|943 ?476|our office/, '... of the whole database');
like(hub_ok($node, 'explain', $kept, 'P804', 'narrative.stories', 'That is the number of the office, which is public.'), qr/^answered: 1/, 'the sender says that nobody is named');
is(words('F'), 'narrative.activities: Weekly group in town; narrative.challenges: none; narrative.stories: Call our office on 07700 900123', '... and the words are read from the spool and kept');
refused('an NHS number', qr/never kept/, 'explain', $kept, 'P803', 'narrative.challenges', 'It is not real.');
is(value("SELECT words IS NULL FROM returns.narrative WHERE submission = $kept AND question = 'narrative.challenges'"), 't', '... stays out');
send_return('F', '2025-Q1', $told . "referrals.total,3\n");
is(words('F'), 'narrative.activities: Weekly group in town; narrative.challenges: none; narrative.stories: none', 'another file is asked again, since its words can\'t be compared');
unlike(join('', map { hub_ok($node, 'receipt', $kept, '--format', $_) } qw(text html csv json)), qr/office on|Weekly group/, 'no receipt repeats them');
hub_ok($node, 'partnership', 'keep-narrative', 'off');
is(value('SELECT count(*), count(words) FROM returns.narrative WHERE question = $$narrative.activities$$') =~ s/^[1-9]\d*/some/r, 'some|0', 'off again: those that were kept are gone');

kept_are_true('with and without words');
cmp_ok(value('SELECT count(*) FROM intake.receipt_kept k WHERE k.stamp = intake.receipt_stamp(k.submission)'), '>', 4, 'some are read as they were kept');
value("UPDATE intake.submission SET spool = NULL WHERE id = $other; UPDATE returns.programme SET made_up = true WHERE programme = 'B'");
kept_are_true('when bytes are removed and a programme is marked');
hub_ok($node, 'partnership', 'contact', 'the hub');
kept_are_true('when the partnership changes its words');

# A file that waits is told what it is, and is checked.
my $source = send_return('G', '2025-Q1', "total,30\nsex.female,15\nsex.male,15\n$clean");
my ($spool) = split /\|/, value("SELECT spool FROM intake.submission WHERE id = $source");
my $waiting = value("UPDATE intake.submission SET spool = NULL WHERE id = $source;
	SELECT submission FROM intake.enter('Org', NULL, NULL, NULL, 'return', 'f.csv', 1, sha256('w'), 'test', '$spool')");
value("UPDATE intake.submission SET state = 'checking', taken_by = 'w', taken_until = 'infinity' WHERE id = $waiting; SELECT intake.check($waiting, NULL, NULL, NULL, NULL, '{total}', '{1}', 0, 0, 0)");
refused('a doubt is not explained away', qr/by saying what the file is/, 'explain', $waiting, 'H121', '-', 'It is ours');
refused('another\'s programme', qr/its organisation has no programme "Nobody"/, 'explain', $waiting, '--programme', 'Nobody');
refused('no quarter', qr/not a quarter/, 'explain', $waiting, '--programme', 'H', '--period', '2025-Q7');
($code, $out, $err) = hub($node, 'explain', $waiting, '--programme', 'H');
is("$code $out", "3 submission $waiting: waiting for answer\n", 'half said: it waits on');
is(value("SELECT programme || ' ' || count(*) || ' ' || min(rule) FROM intake.submission s JOIN intake.finding f ON f.submission = s.id WHERE s.id = $waiting GROUP BY programme"), 'H 1 H122', '... for the other half');
($code, $out, $err) = hub($node, 'explain', $waiting, '--period', '2025-Q1', '--form', 'new');
is("$code $out", "0 submission $waiting: accepted\n", 'all said: it is checked from the spool') or diag($err);
is(value("SELECT people FROM returns.count WHERE programme = 'H' AND category = 'total'"), '[30,31)', '... and counted');
refused('what is decided does not wait', qr/does not wait/, 'explain', $waiting, '--period', '2025-Q2');

kept_are_true('when it is told');

# What was said stays; a programme may still be called otherwise.
for my $sql ("UPDATE intake.reply SET words = 'x'", 'DELETE FROM intake.reply', 'TRUNCATE intake.reply', "SET session_replication_role = replica; DELETE FROM intake.reply")
{
	my ($rc, $o, $e) = $node->psql('postgres', $sql);
	like($e, qr/of intake\.reply is not allowed/, "$sql: refused");
}
value("UPDATE returns.programme SET programme = 'A2' WHERE programme = 'A'");
is(value("SELECT count(*) > 0 FROM intake.reply WHERE programme = 'A2'"), 't', 'a new name goes with it');
value("UPDATE returns.programme SET programme = 'A' WHERE programme = 'A2'");

# Findings by rule, programme and quarter, counted another way: by the receipts of all that stands.
my %count;
for my $one (split /\n/, value("SELECT id FROM intake.submission WHERE state NOT IN ('superseded', 'received')"))
{
	my $data = receipt($one);
	for my $f (@{ $data->{findings} })
	{
		my $row = $count{ join '|', $f->{rule}, $data->{programme} // '', $data->{period} // '' } //= [ 0, 0, 0, 0 ];
		$row->[0]++;
		my $reply = $f->{reply} ? $f->{reply}{kind} : $f->{severity} eq 'note' ? '' : 'open';
		$row->[1]++ if $reply eq 'explained';
		$row->[2]++ if $reply eq 'waived';
		$row->[3]++ if $reply eq 'open';
	}
}
is(value('SELECT rule, coalesce(programme, $$$$), coalesce(period, $$$$), n, answered, waived, open FROM analysis.finding_summary WHERE n > 0 ORDER BY concat_ws($$|$$, rule, coalesce(programme, $$$$), coalesce(period, $$$$)) COLLATE "C"'),
	join("\n", map { join '|', $_, @{ $count{$_} } } sort keys %count), 'analysis.finding_summary');

# Checked again: nothing differs until something has changed.
($code, $out, $err) = hub($node, 'recheck', '--programme', 'E');
is($out, "1 returns checked again, 0 differ, 0 renewed\n", 'nothing has changed') or diag($err);
open my $fh, '<', "$ENV{WARDSTAR_ROOT}/tests/fixtures/two_wards.sql" or die $!;
value(do { local $/; <$fh> });
my $placed = send_return('E', '2025-Q2', "basis,new_referrals\ntotal,9\nplace.postcode.ZE9 7AA,4\nplace.not_known,5\n");
like($out, qr/H105/, 'a postcode that no file has');
value("INSERT INTO reference.postcode SELECT (jsonb_populate_record(p, jsonb_build_object('postcode', 'ZE9 7AA'))).* FROM reference.postcode p WHERE p.postcode = 'ZE9 1AA'");
$state = all_in();
$out = hub_ok($node, 'recheck', '--period', '2025-Q2', '--programme', 'E');
like($out, qr/^E, 2025-Q2, submission $placed \(accepted\)\n(?:  .*\n)*  gone query H105, line 3, place\.postcode: /m, 'once one has it the question is gone');
like($out, qr/^  count +, place\.lsoa\.E01990001: was not there, would be 4$/m, '... its people have a place');
like($out, qr/^1 returns checked again, 1 differs, 0 renewed$/m, '... in one return');
unlike($out, qr/ZE9/, '... which is not repeated');
is(all_in(), $state, 'and nothing is changed');
$out = hub_ok($node, 'recheck', '--period', '2025-Q2', '--programme', 'E', '--apply');
my ($renewed) = $out =~ /renewed as submission (\d+): accepted/ or diag($out);
is(value("SELECT string_agg(area || ' ' || people, ', ') FROM returns.count WHERE programme = 'E' AND category = 'place'"), 'E01990001 [4,5)', '--apply: a new submission of the same bytes takes its place');
is(value("SELECT state || superseded_by FROM intake.submission WHERE id = $placed"), "superseded$renewed", '... and the old one stays on record');
($code, $out, $err) = hub($node, 'recheck', '--period', '2025-Q9', '--programme', 'E');
is("$code $out", "0 0 returns checked again, 0 differ, 0 renewed\n", 'a quarter that none is of');
like($err, qr/warning: no return of E for 2025-Q9 was found/, '... is not passed over in silence');
is(hub_ok($node, 'recheck', '--period', '2025-Q2', '--programme', 'E'), "1 returns checked again, 0 differ, 0 renewed\n", 'then nothing differs');

kept_are_true('when checked again');

# What would no longer be accepted is reported and left.
value(q{UPDATE intake.form SET definition = jsonb_set(definition, '{fields,0,constraints}', '{"minimum": 0, "maximum": 10}') WHERE form = 'new'});
$out = hub_ok($node, 'recheck', '--programme', 'E', '--period', '2025-Q1', '--apply');
like($out, qr/new error P209.*\n(?:.*\n)*  verdict +: accepted, would be rejected\n  left as it is/, 'a verdict that would change for the worse is for people to settle');
{
	local $ENV{WARDSTAR_KEY_FILE};
	delete $ENV{WARDSTAR_KEY_FILE};
	like(hub_ok($node, 'recheck', '--programme', 'B'), qr/^B, 2025-Q1, submission \d+ \(accepted\): by its stored counts alone\n1 returns checked again, 0 differ/m, 'without the key, the stored counts tell what they can');
	($code, $out, $err) = hub($node, 'recheck', '--apply');
	is($code, 2, '--apply needs the key');
}

$node->stop;
done_testing();
