# Returns: the seven faults of real ones, what is kept and what never is, the same bytes again, corrections, and
# refusals. All figures and people are made up.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use IPC::Run;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('returns');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = 'none'");
$node->start;
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }
my $number = 0;

# A return of answers (or of a text) by the command; exit code, what it printed, the rules found.
sub send_return
{
	my ($programme, $period, $form, $text) = @_;
	my $file = spill($node->basedir . '/return' . ++$number . '.csv', $text);
	my ($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', $programme, '--period', $period, '--form', $form, $file);
	my %rules = map { $_ => 1 } $out =~ /^  (?:error|query|note) ([A-Z][0-9]+)/mg;
	return ($code, $out, \%rules, $err);
}

sub everyone
{
	my ($programme, $period) = @_;
	return value("SELECT people FROM returns.count WHERE programme = '$programme' AND period = '$period' AND category = 'everyone'");
}

# Function bodies are made unchecked, since they may name what comes after: here they are checked.
for my $language (qw(plpgsql sql))
{
	my $validator = $language eq 'sql' ? 'pg_catalog.fmgr_sql_validator' : 'plpgsql_validator';
	my ($rc, $out, $err) = $node->psql('postgres', "SET search_path = pg_catalog, public;
		SELECT count($validator(p.oid)) > 0 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
		WHERE n.nspname IN ('intake', 'returns', 'analysis', 'api') AND l.lanname = '$language'");
	is($rc, 0, "bodies of the functions in $language") or diag($err);
}

# The register.
my ($code, $out, $rules, $err) = send_return('Nobody', '2025-Q1', 'new', "total,1\n");
is($code, 4, 'a programme that is not in the register is refused');
like($err, qr/"Nobody" is not in the register.*programme add/s, 'and told how to be');
($code, $out, $err) = hub($node, 'programme', 'add', 'New', '--expected', '2025-Q1');
is($code, 2, 'a new programme needs its organisation');
($code, $out, $err) = hub($node, 'programme', 'add', 'New', '--organisation', 'O', '--expected', '2025-13');
is($code, 2, 'quarters are quarters');
for my $p (qw(POPs Magistra Shelter MOMS Time-Matters))
{
	hub_ok($node, 'programme', 'add', $p, '--organisation', "$p Ltd", '--expected', '2025-Q1,2025-Q2,2025-Q3,2025-Q4', '--quiet');
}
hub_ok($node, 'programme', 'add', 'Magistra', '--not-expected', '2025-Q1', '--quiet');
like(hub_ok($node, 'programme', 'list'), qr/^Magistra +Magistra Ltd +2025-Q2, 2025-Q3, 2025-Q4 +2025-Q1$/m, 'the register, changed');

# 1. Figure 1: 39 people, or 21 adults of whom 18 are parents?
($code, $out, $rules) = send_return('POPs', '2025-Q1', 'old', "field,value\nrole.parent_carer,18\nage.18-25,5\nage.25+,16\nnarrative.activities,Made up\n");
is($code, 3, 'fault 1 is accepted with a question');
ok($rules->{P306}, 'fault 1: the number of people is not clear');
like($out, qr/accepted as submission.*different people: 21 to 39;/s, 'fault 1: 21 to 39');
is(everyone('POPs', '2025-Q1'), '[21,40)', 'fault 1: bounds');
# 2. 70 people, 18 female and 10 male.
($code, $out, $rules) = send_return('Magistra', '2025-Q3', 'new', "total,70\nsex.female,18\nsex.male,10\nage.18-25,54\nage.25+,16\n");
ok($rules->{P303}, 'fault 2: fewer people than the total');
like($out, qr/\b42\b/, 'fault 2: 42 unaccounted for');
is(everyone('Magistra', '2025-Q3'), '[70,71)', 'fault 2: bounds');
# 3. Nobody.
($code, $out, $rules) = send_return('MOMS', '2025-Q3', 'new', "basis,caseload_in_period\ntotal,0\n");
ok($rules->{P401}, 'fault 3: a return of nobody is queried');
is(everyone('MOMS', '2025-Q3'), '[0,1)', 'fault 3: bounds');
# 4. "yes" beside a category.
($code, $out, $rules) = send_return('Time-Matters', '2025-Q2', 'old', "age.0-4,3\nage.5-11,yes\nage.11-16,8\n");
ok($rules->{P102}, 'fault 4: yes for a number');
like($out, qr/^  (?:error|query) P102, line 2, age\.5-11: .*"yes"/m, 'fault 4: line, box and what was seen');
# 5. The same people again; another way of counting.
my $same = "basis,caseload_in_period\ntotal,26\nage.18-25,8\nage.25+,18\nsex.female,22\nsex.male,4\n";
send_return('POPs', '2025-Q2', 'new', $same);
($code, $out, $rules) = send_return('POPs', '2025-Q3', 'new', $same);
ok((grep { /^P6/ } keys %$rules), 'fault 5: last quarter\'s numbers again') or diag($out);
send_return('Shelter', '2025-Q3', 'new', "basis,caseload_at_end\ntotal,15\nage.18-25,11\nage.25+,4\n");
($code, $out, $rules) = send_return('Shelter', '2025-Q4', 'new', "basis,new_referrals\ntotal,9\nage.18-25,7\nage.25+,2\n");
ok($rules->{P503}, 'fault 5: counted in another way than before');
# 6. Old and new form in one series: the old one says nothing of whom it counts, and both are on record.
is(value("SELECT string_agg(status, ', ' ORDER BY period) FROM analysis.return_status WHERE programme = 'POPs'"), 'Old form, New form, New form, No return', 'fault 6: which form came when');
is(value(q{SELECT concat_ws(' | ', "Q1", "Q2", "Q3", "Q4") FROM analysis.return_year WHERE programme = 'Magistra'}), 'N/A | No return | New form | No return', 'N/A where none was expected');
# 7. What was not collected is not there: no referral, no outcome, and not 0 either.
is(value("SELECT count(*) FROM returns.count WHERE category ~ '^(referrals|outcome|contacts)'"), 0, 'fault 7: what a form does not ask has no row');

# What is stored: submission, answers, findings; accepted ones alone are counted.
is(value("SELECT concat_ws('|', organisation, programme, period, form, file_name, file_size, length(sha256), received_from LIKE 'command line%', state, decision, decided_by IS NOT NULL)
	FROM intake.submission WHERE id = 1"), 'POPs Ltd|POPs|2025-Q1|old|return2.csv|85|32|t|accepted|accepted|t', 'the ledger');
is(value("SELECT string_agg(category || ' ' || people, ', ' ORDER BY category) FROM returns.count WHERE submission = 1"),
	'age.18-25 [5,6), age.25+ [16,17), everyone [21,40), role.parent_carer [18,19)', 'the counts');
is(value("SELECT string_agg(question, ',') FROM returns.narrative WHERE submission = 1"), 'narrative.activities', 'that a question was answered');

# The same bytes are one submission; a correction supersedes, whole; an older file changes nothing any more.
my $first = "basis,new_referrals\ntotal,30\nage.18-25,20\nage.25+,10\n";
($code, $out) = send_return('Magistra', '2025-Q2', 'new', $first);
my ($id) = $out =~ /submission (\d+)/;
($code, $out) = send_return('Magistra', '2025-Q2', 'new', $first);
is($code, 0, 'the same bytes again');
like($out, qr/already received as submission $id, accepted/, 'are told so');
is(value("SELECT count(*) FROM intake.submission WHERE programme = 'Magistra' AND period = '2025-Q2'"), 1, 'and are one submission');
($code, $out) = send_return('Magistra', '2025-Q2', 'new', "basis,new_referrals\ntotal,31\nage.25+,31\n");
is(value("SELECT string_agg(state || ' ' || decision, ', ' ORDER BY id) FROM intake.submission WHERE programme = 'Magistra' AND period = '2025-Q2'"),
	'superseded accepted, accepted accepted', 'a corrected file supersedes');
is(value("SELECT string_agg(category || ' ' || people, ', ' ORDER BY category) FROM returns.count WHERE programme = 'Magistra' AND period = '2025-Q2'"),
	'age.25+ [31,32), everyone [31,32), total [31,32)', 'whole: nothing of the older one is left');
($code, $out) = send_return('Magistra', '2025-Q2', 'new', $first);
like($out, qr/superseded by submission/, 'the older file again changes nothing');
is(everyone('Magistra', '2025-Q2'), '[31,32)', 'indeed');
($code, $out, $rules) = send_return('Magistra', '2025-Q2', 'new', "total,31\ntotal,32\n");
is($code, 3, 'a field given twice is not accepted');
ok($rules->{H101}, 'and named');
is(value("SELECT string_agg(a.category || ' ' || a.people, ', ') FROM intake.answer a WHERE a.submission = (SELECT max(id) FROM intake.submission)"), 'everyone [0,)', '... and neither of its answers is understood, nor their sum');
is(everyone('Magistra', '2025-Q2'), '[31,32)', 'a rejected file leaves what was accepted');
my $two = spill($node->basedir . '/two.csv', "basis,new_referrals\ntotal,77\n");
my @both = map { my ($o, $e) = ('', ''); [ hub_start($node, \$o, \$e, 'load', '--as', 'return', '--programme', 'Magistra', '--period', '2025-Q4', '--form', 'new', $two), \$o, \$e ] } 1 .. 3;
$_->[0]->finish for @both;
is(value("SELECT count(*) FROM intake.submission WHERE programme = 'Magistra' AND period = '2025-Q4'"), 1, 'three at once are one submission');
is(join(' ', sort map { ${ $_->[1] } =~ /(accepted as|already received)/ } @both), 'accepted as already received already received', 'and one of them was first');

# Places: postcodes become areas and are dropped; nothing that may be a person is repeated or kept.
($code, $out, $rules, $err) = send_return('MOMS', '2025-Q4', 'new', "total,4\nplace.postcode.ZE9 1AA,4\n");
is($code, 4, 'postcodes without a postcode file: refused');
like($err, qr/no postcode file is loaded/, 'with the reason');
unlike($out . $err, qr/ZE9/, 'which does not repeat them');
open my $fh, '<', "$ENV{WARDSTAR_ROOT}/tests/fixtures/two_wards.sql" or die $!;
value(do { local $/; <$fh> });
($code, $out, $rules, $err) = send_return('MOMS', '2025-Q2', 'new', <<'END');
basis,caseload_in_period
total,27
place.postcode.ze91aa,4
place.postcode.ZE9 4AA,5
place.postcode.ZE9 2ZZ,1
place.postcode.ZE9 3ZZ,2
place.postcode.QX1 1ZZ,3
place.postcode.ZE9 8ZZ,6
place.postcode.ZZ99 3VZ,1
place.lsoa.E01990002,3
place.lsoa.E01111111,2
age.Wilhelmina Quackenbush,1
Wilhelmina Quackenbush,1
narrative.activities,"Wilhelmina Quackenbush of ZE9 1AA, born 1.2.1990, came twice."
narrative.stories,Call 07700 900123
END
like($out, qr/^  query H104, line 7, place\.postcode: this is not a UK postcode/m, 'not a postcode, by its line');
is(join(' ', map { $rules->{$_} ? $_ : "no $_" } qw(H103 H104 H105 H106 H108 H109 P204)), 'H103 H104 H105 H106 H108 H109 P204', 'each trouble with a place has its finding');
is(value("SELECT string_agg(concat_ws(' ', category, area, ward, people), ', ' ORDER BY category, area, ward) FROM intake.answer
	WHERE submission = (SELECT max(id) FROM intake.submission) AND category ~ '^place'"),
	'place E01111111 [2,3), place E01990001 E05990001 [4,5), place E01990002 E05990001 [1,2), place E01990002 [3,4), '
	  . 'place E01990004 E05990003 [5,6), place.not_known [12,13)', 'postcodes of the quarter as LSOA and ward');
my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-d', $node->connstr('postgres'), '-f', $dump, map { ('-n', $_) } qw(hub intake returns casework analysis publish) ], 'a dump');
is(`grep -ciE 'ZE9|QX1|ZZ99|Quackenbush|Wilhelmina|07700|born' $dump`, "0\n", 'holds no postcode, name, date or telephone number') or diag(`grep -iE 'ZE9|QX1|Quackenbush|Wilhelmina|07700|born' $dump`);
unlike($out . $err, qr/ZE9|QX1|Quackenbush|Wilhelmina|07700/, 'nor does the receipt');
open my $log, '<', $node->logfile or die $!;
unlike(do { local $/; <$log> }, qr/ZE9 [12348]|QX1|Quackenbush|07700/, 'nor the server\'s log');

# Files: heading or none, CR and CRLF, BOM, quotes, lines of another kind.
for ([ 'no heading', "total,12\nbasis,new_referrals" ], [ 'heading, BOM, CRLF', "\x{ef}\x{bb}\x{bf}Field,Value\r\ntotal,12\r\nbasis,new_referrals\r\n" ],
	[ 'CR', "total,12\rbasis,new_referrals\r" ], [ 'quotes, blanks and empty cells', "\"total\", 12 ,,\n\n,,\nbasis,\"new_referrals\",\n" ])
{
	my ($what, $text) = @$_;
	($code, $out) = send_return('Shelter', '2025-Q1', 'new', $text);
	like($out, qr/accepted as submission.*\n  different people: 12; counted: new referrals/, $what);
}
# What a file says of itself may be anything: only what is known is believed, and nothing else repeated.
for ([ 'programme', "programme,Wilhelmina Quackenbush\nperiod,2025-Q1\n" ], [ 'quarter', "programme,Shelter\nperiod,Quackenbush\n" ],
	[ 'form', "programme,Shelter\nperiod,2025-Q1\nform,Quackenbush\n" ])
{
	my ($what, $text) = @$_;
	my ($told, $said, $why) = hub($node, 'load', '--as', 'return', spill($node->basedir . '/own.csv', "${text}total,3\n"));
	is($told, 5, "a $what that is none: in doubt");
	like($why, qr/in doubt: .*$what.*\n.*hint: /, 'what to say');
	unlike($said . $why, qr/Quackenbush/, 'which does not repeat it');
}
# A name where a number belongs: the rest of the answer is enough to find it.
($code, $out, $rules, $err) = send_return('Shelter', '2025-Q1', 'new', "basis,Wilhelmina\ntotal,12 Quackenbush\nage.18-25,07700 900123\nage.25+,1.2.1990\nsex.male,ten\n");
is($code, 3, 'names for numbers');
unlike($out . $err, qr/Wilhelmina|Quackenbush|07700|1990/, 'are not repeated');
like($out, qr/12 …/, 'numbers are') or diag $out;
is(value("SELECT count(*) FROM intake.finding f WHERE f::text ~ 'Wilhelmina|Quackenbush|07700|1990'"), 0, 'nor kept');

for ([ 'three cells', "total,12\nnarrative.activities,we met, twice\n", qr/line 2/ ], [ 'Latin-1', "narrative.activities,caf\x{e9}\n", qr/line 1/ ], [ 'nothing', "field,value\n", qr/refused/ ])
{
	my ($what, $text, $says) = @$_;
	($code, $out, $rules, $err) = send_return('Shelter', '2025-Q1', 'new', $text);
	is($code, 4, "$what: refused");
	like($err, $says, "$what: says where");
}
($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', 'Shelter', '--period', '2025-Q9', $two);
is($code, 2, 'no such quarter');
for my $command ([ 'report', 'demand' ], [ 'template', 'improved', '-o', $node->basedir . '/none.xlsx' ], [ 'template', 'records', '-o', $node->basedir . '/none.xlsx' ])
{
	($code, $out, $err) = hub($node, @$command, '--period', '2025-Q9');
	is($code, 2, "$command->[0] $command->[1]: no such quarter");
	like($err, qr/"2025-Q9" is not a quarter/, '... and says so');
}
($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', 'Shelter', '--period', '2025-Q1', '--form', 'green', $two);
is($code, 2, 'no such form');
($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', 'Shelter', '--period', '2025-Q1', $node->basedir . '/none.csv');
is($code, 9, 'no such file');
($code, $out, $err) = hub($node, 'load', '--as', 'return', '--json', '--programme', 'Magistra', '--period', '2025-Q4', '--form', 'new', $two);
my $json = decode_json($out);
is("$json->{state} $json->{dates} $json->{people}{lower} $json->{people}{upper}", 'accepted 1 January to 31 March 2026 77 77', 'the receipt as JSON');

# The answers as one object give the same.
is(value("SELECT state FROM intake.receive('Shelter', '2024-Q4', 'new', 'f', 1, sha256('x'), 'test', '{\"basis\": \"new_referrals\", \"total\": \"3\"}')"), 'accepted', 'answers as an object');
is(everyone('Shelter', '2024-Q4'), '[3,4)', 'with their bounds');

$node->stop;
done_testing();
