# No identifier: names, dates of birth, postcodes, references, numbers of the NHS and of prisons, telephone numbers and e-mail addresses
# go in by every path, into boxes where they belong and where they do not, through refusals, rejects and crashes. Then the
# database, its files, its log, temporary files and the spool are searched for them. The server logs as much as it can. All people are made up.
use strict;
use warnings;
use HubTest;
use IPC::Run;
use JSON;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;
use Time::HiRes qw(usleep);

my $python = '/usr/bin/python3';
my $documents = system("$python -c 'import openpyxl, docx' 2>/dev/null") == 0;

# What nobody may find again, in any of the ways in which it is written.
my %secret = (
	'a name' => qr/Quackenbush|Wilhelmina/i, 'a date of birth' => qr/1990-02-17|17.0?2.1990|19900217/, 'a postcode' => qr/ZE9 ?[1-9][A-Z]{2}/i,
	'a reference' => qr/QU-4711/i, 'an NHS number' => qr/943 ?476 ?5919/, 'a prison number' => qr/A9876ZX/i, 'a telephone number' => qr/07700 ?900 ?123/,
	'an e-mail address' => qr/\@quack\.example/i);
my $narrative = 'Wilhelmina Quackenbush, born 17.02.1990, of ZE9 1AA, NHS 943 476 5919, prison A9876ZX, our reference QU-4711, '
  . 'came twice. Call 07700 900123 or wilhelmina@quack.example.';

my $node = PostgreSQL::Test::Cluster->new('no_identifier');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nrestart_after_crash = on\n");
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
mkdir "$tmp/$_" for qw(in out work);
$ENV{TMPDIR} = "$tmp/out";
$ENV{HOME} = "$tmp/out";
chdir "$tmp/work" or die $!;
hub_ok($node, 'migrate', '--quiet');
my ($keys, $spool) = hub_keys($node);
hub_ok($node, 'programme', 'add', $_, '--organisation', 'Test (made up)', '--made-up', '--quiet') for qw(Alpha Beta Gamma);
# Reference data are public: its postcodes are no one's until somebody says so.
$node->safe_psql('postgres', "SET search_path = pg_catalog, public; SET log_statement = 'none'; " . slurp_file("$ENV{WARDSTAR_ROOT}/tests/fixtures/two_wards.sql"));
# From here on the server logs all that it can.
$node->append_conf('postgresql.conf', <<'END');
shared_preload_libraries = 'auto_explain'
log_statement = all
log_min_duration_statement = 0
log_min_duration_sample = 0
log_transaction_sample_rate = 1
log_parameter_max_length = -1
log_parameter_max_length_on_error = -1
log_min_error_statement = debug1
log_min_messages = debug1
log_error_verbosity = verbose
log_lock_waits = on
log_temp_files = 0
deadlock_timeout = 50ms
auto_explain.log_min_duration = 0
auto_explain.log_nested_statements = on
auto_explain.log_verbose = on
auto_explain.log_analyze = on
END
$node->restart;

my $said = '';
my $loads = 0;

# Loads a file; notes all that the program says. Any end is right here but a crash of the program.
sub load
{
	my ($as, $file, @more) = @_;
	my ($code, $out, $err) = hub($node, 'load', '--as', $as, @more, $file);
	$said .= $out . $err;
	$loads++;
	fail("load of $file ended by $code: $err") if $code !~ /^\d+$/ || $code == 1;
	return $code;
}

sub in_file { my ($name, $text) = @_; return spill("$tmp/in/$name", $text); }

# Returns as CSV: accepted, rejected, refused, in doubt.
my @for = ('--programme', 'Alpha', '--period', '2025-Q2', '--form', 'new');
my $places = "place.postcode.ZE9 1AA,3\nplace.postcode.ZE9 2ZZ,1\nplace.postcode.ZE9 9QQ,1\n";
is(load('return', in_file('Wilhelmina Quackenbush 17-02-1990.csv', "basis,caseload_in_period\ntotal,5\nage.18-25,5\n${places}narrative.activities,\"$narrative\"\n"), @for), 3,
	'a return whose narrative names a person');
is(load('return', in_file('rejected.csv', "basis,Wilhelmina Quackenbush\ntotal,5\ntotal,6\nage.18-25,Quackenbush 943 476 5919\nage.25+,17.02.1990\nsex.male,07700 900123\n"
			. "sex.female,A9876ZX\nethnicity.W1,wilhelmina\@quack.example\nplace.lsoa.Quackenbush,1\nplace.postcode.ZE9 Quackenbush,1\n"
			. "QU-4711,1\nnarrative.QU-4711,x\nWilhelmina Quackenbush,17.02.1990\n") , @for), 3, 'a rejected one with names for fields and numbers');
is(load('return', in_file('cells.csv', "field,value\ntotal,5\nnarrative.stories,Wilhelmina, Quackenbush of ZE9 1AA,QU-4711\n"), @for), 4, 'a malformed one');
is(load('return', in_file('latin.csv', "field,value\ntotal,5\nnarrative.stories,Wilhelmina Quackenbush at the caf\xe9\n"), @for), 4, 'one that is not UTF-8');
is(load('return', in_file('open.csv', "total,5\nnarrative.stories,\"Wilhelmina Quackenbush\n"), @for), 4, 'one with an open quote');
is(load('return', in_file('nul.csv', "total,5\nnarrative.stories,Wilhelmina\0Quackenbush\n"), @for), 4, 'one with a NUL');
is(load('return', in_file('wide.csv', "programme,period,total,age.18-25,narrative.stories,Quackenbush\nBeta,2025-Q2,5,5,\"$narrative\",ZE9 1AA\n")), 3, 'a wide one');
is(load('return', in_file("own $_->[0].csv", "programme,$_->[1]\nperiod,$_->[2]\nform,$_->[3]\ntotal,4\n")), 5, "what a file says of itself: $_->[0]")
  for ([ 'programme', 'Wilhelmina Quackenbush', '2025-Q2', 'new' ], [ 'period', 'Alpha', '17.02.1990', 'new' ], [ 'form', 'Alpha', '2025-Q2', 'QU-4711' ]);
is(load('return', in_file('long.csv', "total,5\nnarrative.stories,\"" . ("$narrative " x 20000) . "\"\n"), '--programme', 'Beta', '--period', '2025-Q3', '--form', 'new'), 4, 'a line of megabytes');
is(load('return', in_file('lines.csv', join '', map { "narrative.stories,\"$narrative\"\n" } 1 .. 20000), '--programme', 'Beta', '--period', '2025-Q3', '--form', 'new'), 3,
	'megabytes of lines, more than the server keeps in memory by itself');

# Documents: filled in, damaged, with nothing of a form, protected, hidden.
SKIP:
{
	skip 'openpyxl and python-docx are not installed', 1 if !$documents;
	hub_ok($node, 'template', 'improved', '--programme', 'Gamma', '--period', '2025-Q2', '-o', "$tmp/in/form.$_", '--quiet') for qw(xlsx docx);
	spill("$tmp/in/answers.json", encode_json({ narrative => $narrative }));
	spill("$tmp/in/fill.py", <<'PY');
import sys, json, openpyxl, docx
tmp = sys.argv[1]
narrative = json.load(open(tmp + "/answers.json"))["narrative"]
book = openpyxl.load_workbook(tmp + "/form.xlsx")
sheet = book["Return"]
for row in sheet.iter_rows(min_row=6):
    field = row[4].value
    if field == "total":
        row[1].value = 5
    elif field == "age.18-24":
        row[1].value = "Wilhelmina Quackenbush"
    elif field and field.startswith("narrative"):
        row[1].value = narrative
sheet["A2"] = "Programme: Gamma"
row = sheet.max_row + 2
sheet.cell(row, 1, "Wilhelmina Quackenbush").comment = openpyxl.comments.Comment("born 17.02.1990", "Quackenbush")
sheet.cell(row, 2, 7)
sheet.row_dimensions[row].hidden = True
other = book.create_sheet("Quackenbush ZE9 1AA")
other["A1"] = "QU-4711"
other.sheet_state = "hidden"
book.properties.creator = "Wilhelmina Quackenbush"
book.save(tmp + "/filled.xlsx")
d = docx.Document(tmp + "/form.docx")
d.core_properties.author = "Wilhelmina Quackenbush"
for table in d.tables:
    for row in table.rows:
        if "hat" in row.cells[0].text:
            row.cells[1].text = narrative
d.save(tmp + "/filled.docx")
d = docx.Document()
d.add_paragraph("Programme: Wilhelmina Quackenbush")
d.add_paragraph(narrative)
d.save(tmp + "/letter.docx")
import zipfile
z = zipfile.ZipFile(tmp + "/stored.docx", "w", zipfile.ZIP_STORED)
z.writestr("word/document.xml", "<w:document><w:t>" + narrative)
z.close()
PY
	is(system($python, "$tmp/in/fill.py", "$tmp/in"), 0, 'documents are made');
	my @gamma = ('--programme', 'Gamma', '--period', '2025-Q2');
	is(load('return', "$tmp/in/filled.xlsx", @gamma), 3, 'a workbook with a name for a number, a hidden row and a hidden sheet');
	load('return', "$tmp/in/filled.docx", '--programme', 'Gamma', '--period', '2025-Q3');
	is(load('return', "$tmp/in/letter.docx", @gamma), 5, 'a letter');
	is(load('return', "$tmp/in/stored.docx", @gamma), 4, 'a damaged document');
	my $bytes = slurp_file("$tmp/in/filled.xlsx");
	for my $cut (100, 2000, length($bytes) - 30)
	{
		load('return', in_file('cut.xlsx', substr $bytes, 0, $cut), @gamma);
	}
	if (system('command -v soffice >/dev/null 2>&1') == 0)
	{
		system("cd '$tmp/in' && HOME='$tmp/in' timeout 120 soffice --headless --convert-to ods filled.xlsx >/dev/null 2>&1");
		is(load('return', "$tmp/in/filled.ods", @gamma), 3, 'an OpenDocument sheet');
	}
}

# Readings and cases: the reference is known again, and is not there.
my @who = ('--programme', 'Alpha');
my $stars = "client_ref,taken_on,mode,instrument,scores\n";
is(load('stars', in_file('stars.csv', $stars . "QU-4711,2025-04-01,agreed,homelessness,\"3,4,2,5,7,6,4,3,2,8\"\n"), @who), 0, 'readings');
is(load('cases', in_file('cases.csv', "client_ref,referred_on,started_on,closed_on,outcome\nQU-4711,2025-04-01,2025-04-02,,open\nWilhelmina Quackenbush 17.02.1990,2025-04-01,,,waiting\n"), @who), 0,
	'cases, one under a name');
for ([ 'a name for a date', $stars . "QU-4711,Quackenbush,agreed,homelessness,\"3,4,2,5,7,6,4,3,2,8\"\n" ], [ 'for a mode', $stars . "QU-4711,2025-04-01,Wilhelmina,homelessness,1\n" ],
	[ 'for an instrument', $stars . "QU-4711,2025-04-01,agreed,Quackenbush,1\n" ], [ 'for scores', $stars . "QU-4711,2025-04-01,agreed,homelessness,Quackenbush\n" ],
	[ 'for a column', "client_ref,taken_on,mode,instrument,scores,Quackenbush\nQU-4711,2025-04-01,agreed,homelessness,1,2\n" ],
	[ 'before the heading', "QU-4711,Wilhelmina Quackenbush\n" ], [ 'more cells than headings', $stars . "QU-4711,2025-04-01,agreed,homelessness,1,Quackenbush,ZE9 1AA\n" ],
	[ 'a reference not in UTF-8', $stars . "QU-4711 \xe9,2025-04-01,agreed,homelessness,1\n" ], [ 'two dates of birth', $stars . "QU-4711,17.02.1990,agreed,homelessness,1990-02-17\n" ])
{
	is(load('stars', in_file('refused.csv', $_->[1]), @who), 4, "$_->[0]: refused");
}
is(load('cases', in_file('outcome.csv', "client_ref,referred_on,started_on,closed_on,outcome\nQU-4711,2025-04-01,,,Wilhelmina\n"), @who), 4, 'a name for an outcome: refused');
is($node->safe_psql('postgres', "SELECT count(DISTINCT client) FROM (SELECT client FROM casework.engagement UNION ALL SELECT client FROM casework.star_review) c"), 2, 'two clients, one of them in both files');

# Record-level returns: every column that may hold an identifier holds one, and columns that may not do too.
my @records = ('--programme', 'Gamma', '--period', '2025-Q1');
my $client = 'QU-4711,primary,QU-4711-F,female,1990,25+,1990-02-17,Wilhelmina Quackenbush,943 476 5919,A9876ZX,W1,ZE9 1AA,yes,2025-04-01';
my $clients = "client_ref,relation,family_ref,sex,year_of_birth,age_band,date_of_birth,name,nhs_number,prison_number,ethnicity,postcode,consent_to_share,consent_given_on,notes\n";
my $code = load('records', in_file('clients.csv', "$clients$client,\"$narrative\"\n"), @records);
ok($code == 0 || $code == 3, 'records are taken') or diag $said;
is($node->safe_psql('postgres', 'SELECT count(*) > 0 FROM casework.identity'), 't', 'names, dates of birth and numbers have left their tokens');
is(load('records', in_file('clients.csv', "${clients}Wilhelmina Quackenbush,QU-4711,A9876ZX,Quackenbush,17.02.1990,Wilhelmina,Quackenbush,17.02.1990,wilhelmina\@quack.example,07700 900123,"
			. "Quackenbush,Quackenbush ZE9 1AA,QU-4711,Wilhelmina,x\n" . ($client =~ s/W1/Wilhelmina/r) . ",x\n"), @records), 3, 'records with names in every column');
load('records', in_file('clients.csv', "client_ref,Wilhelmina Quackenbush,sex\nQU-4711,17.02.1990,female\n"), @records);
load('records', in_file('clients.csv', "QU-4711,Wilhelmina Quackenbush\n"), @records);
load('records', in_file('clients.csv', "client_ref,sex\nQU-4711,\"female\nWilhelmina Quackenbush\n"), @records);

# Answers to questions, and what is let be.
for my $words ($narrative, 'Wilhelmina Quackenbush, 17.02.1990', 'of ZE9 1AA', 'prison A9876ZX')
{
	my $id = $node->safe_psql('postgres', "SELECT f.submission FROM intake.finding f JOIN intake.submission s ON s.id = f.submission WHERE f.severity = 'query' AND s.state = 'accepted' ORDER BY 1 LIMIT 1");
	my ($rule, $field) = split /\|/, $node->safe_psql('postgres', "SELECT rule, coalesce(field, '-') FROM intake.finding WHERE submission = $id AND severity = 'query' ORDER BY number LIMIT 1");
	for ([ 'explain', $id, $rule, $field, $words ], [ 'waive', $id, $rule, $field, '--reason', $words ])
	{
		my ($end, $out, $err) = hub($node, @$_);
		is($end, 2, "$_->[0]: words that name a person are refused") or diag $out . $err;
		$said .= $out . $err;
	}
}

# By HTTP, and by the drop folder: as a login that may do nothing but sign in.
{
	$node->safe_psql('postgres', 'CREATE ROLE hub_service LOGIN IN ROLE wardstar_service; GRANT SET ON PARAMETER auto_explain.log_min_duration TO wardstar_service, wardstar_loader');
	my $token = serve_partner($node, 'Web (made up)', 'Delta');
	mkdir "$tmp/inbox";
	my $serve = serve_start($node, "$tmp/work", '--inbox', "$tmp/inbox", '--rate-token', 0, '--rate-address', 0);
	my $body = "basis,Wilhelmina\ntotal,5\nage.18-25,5 Quackenbush\n${places}narrative.activities,\"$narrative\"\n";
	my $number = 0;
	for ([ 'programme=Delta&period=2025-Q2&form=new&file=Wilhelmina%20Quackenbush.csv', $body ], [ 'programme=Wilhelmina%20Quackenbush&period=2025-Q2', $body ],
		[ 'programme=Delta&period=17.02.1990', $body ], [ 'programme=Delta&period=2025-Q2&form=QU-4711', $body ],
		[ 'period=2025-Q1&form=new', "programme,Wilhelmina Quackenbush\n$body" ], [ 'programme=Delta&period=2025-Q1', "PK\3\4 Wilhelmina Quackenbush ZE9 1AA" ],
		[ 'programme=Delta&period=2025-Q1&form=new', "a,b,c\nWilhelmina,Quackenbush,QU-4711\n" ], [ 'kind=records&programme=Delta&period=2025-Q1', "$clients$client,x\n" ])
	{
		my ($query, $bytes) = @$_;
		my $answer = upload($serve, $token, $query, $bytes . "\n" x ++$number);
		$said .= $answer->{head} . $answer->{body};
		next if $answer->{status} != 201;
		my $id = $answer->{json}{submission};
		wait_for_verdict($serve, $token, $id);
		$said .= ask($serve, $token, 'GET', "/v1/submissions/$id/receipt", { Accept => $_ })->{body} for qw(application/json text/html text/csv text/plain);
		$said .= ask($serve, $token, 'GET', '/v1/submissions')->{body};
	}
	cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM intake.submission WHERE organisation LIKE 'Web%' AND decision IS NOT NULL"), '>', 3, 'files came by HTTP and were checked');
	system('mkdir', '-p', "$tmp/inbox/Web (made up)/Delta/2025-Q3");
	spill("$tmp/inbox/Web (made up)/Delta/2025-Q3/Wilhelmina Quackenbush.csv", $body . "\n\n");
	$node->poll_query_until('postgres', "SELECT count(*) > 0 FROM intake.submission WHERE organisation LIKE 'Web%' AND coalesce(period, asked_period) = '2025-Q3' AND decision IS NOT NULL")
	  or fail('the drop folder was not read');
	# Uploads that break off, and a service that is killed.
	raw_ask($serve, "POST /v1/submissions?programme=Delta HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $token\r\nContent-Length: 100000\r\n\r\nWilhelmina Quackenbush ZE9 1AA", 1);
	serve_kill($serve);
	$said .= serve_log($serve);
	unlink $serve->{log};
	# The drop folder is the sender's: what is in it is theirs to remove.
	system('rm', '-rf', "$tmp/inbox");
}

# Crashes: the hub dies while the server stores its return; then the server itself does.
my $blocker = $node->background_psql('postgres');
for my $victim (qw(hub server))
{
	my ($out, $err) = ('', '');
	$blocker->query_safe('BEGIN; LOCK TABLE intake.answer, intake.submission IN SHARE MODE') if $victim eq 'hub';
	$blocker->query_safe('LOCK TABLE intake.answer, intake.submission IN SHARE MODE');
	my $file = in_file("crash $victim.csv", "basis,new_referrals\ntotal,3\nage.18-25,Quackenbush\n${places}narrative.stories,\"" . ("$narrative " x 500) . "\"\n");
	my $load = hub_start($node, \$out, \$err, 'load', '--as', 'return', '--programme', 'Beta', '--period', '2025-Q4', '--form', 'new', $file);
	my $backend;
	for (1 .. 200)
	{
		$backend = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE application_name = 'wardstar-hub return' AND wait_event_type = 'Lock'");
		last if $backend;
		usleep 50_000;
	}
	ok($backend, "the server is in the midst of a return ($victim)");
	if ($victim eq 'hub')
	{
		$load->signal('KILL');
		eval { $load->finish };
		$node->safe_psql('postgres', "SELECT pg_terminate_backend($backend)");
	}
	else
	{
		kill 'KILL', $backend;
		eval { $load->finish };
		$said .= $out . $err;
		like($err, qr/connection/, 'the hub tells that the connection was lost');
		$node->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()');
	}
}
eval { $blocker->quit };
is($node->safe_psql('postgres', "SELECT count(*) FROM intake.submission WHERE coalesce(programme, asked_programme) = 'Beta' AND coalesce(period, asked_period) = '2025-Q4' AND state = 'accepted'"), 0, 'neither was taken');

# A role that may not keep parameters out of the log: nothing is sent until it may.
$node->safe_psql('postgres', 'CREATE ROLE clerk LOGIN IN ROLE pg_read_all_data, pg_write_all_data');
my @clerk = ('--dsn', $node->connstr('postgres') . ' user=clerk');
my $clerk_file = in_file('clerk.csv', "total,5\nnarrative.stories,Wilhelmina Quackenbush\n");
my ($clerk_code, $clerk_out, $clerk_err) = hub(undef, 'load', '--as', 'return', @clerk, @for, $clerk_file);
is($clerk_code, 2, 'a server that logs parameters, and a role that can\'t help it: nothing is sent');
like($clerk_err, qr/would write answers and postcodes into its log: auto_explain\.log_min_duration, log_parameter_max_length\n.*hint: .*GRANT SET ON PARAMETER/, 'and what to do');
$node->safe_psql('postgres', 'GRANT SET ON PARAMETER log_parameter_max_length, auto_explain.log_min_duration TO clerk');
($clerk_code, $clerk_out, $clerk_err) = hub(undef, 'load', '--as', 'return', @clerk, @for, $clerk_file);
$said .= $clerk_out . $clerk_err;
unlike($clerk_err, qr/into its log/, 'with the right to turn it off it goes on');

# Everything that was made of it.
sub search
{
	my ($where, $text, %but) = @_;
	for my $what (sort keys %secret)
	{
		next if $but{$what};
		my $found = $text =~ $secret{$what};
		ok(!$found, "$where: not $what") or diag(substr($text, $-[0] > 60 ? $-[0] - 60 : 0, 100) =~ s/[^[:print:]]/./gr);
	}
}

cmp_ok($loads, '>', 20, "$loads files were loaded");
search('what the hub prints', $said);
# The data are there at all, or the search would prove nothing.
my ($dump, $dump_error) = ('', '');
IPC::Run::run([ 'pg_dump', '--inserts', '--exclude-table-data', 'reference.*', '-d', $node->connstr('postgres') ], '>', \$dump, '2>', \$dump_error);
like($dump, qr/INSERT INTO intake\.answer.*INSERT INTO returns\.count/s, 'the dump holds the counts') or diag $dump_error;
search('the dump', $dump);
my $receipts = '';
for my $id (split /\n/, $node->safe_psql('postgres', 'SELECT id FROM intake.submission ORDER BY id'))
{
	for my $format (qw(html text csv json))
	{
		my ($code, $out, $err) = hub($node, 'receipt', $id, '--format', $format);
		$receipts .= $out . $err;
	}
}
cmp_ok(length $receipts, '>', 1000, 'receipts are printed');
search('receipts', $receipts);
my $log = slurp_file($node->logfile);
like($log, qr/intake\.(enter|receive|check)/, 'the log holds the statements');
like($log, qr/Query Text/, 'and plans of statements that need no keys');
search('the log', $log);
chomp(my @spooled = split /\n/, `find '$spool' -type f`);
cmp_ok(scalar @spooled, '>', 5, 'the spool holds files');
search('the spool', join '', map { slurp_file($_) . "\n$_\n" } @spooled);
is(`find '$tmp/out' '$tmp/work' -type f`, '', 'no temporary file, no core dump');
$node->stop('fast');
# A file of the server a time; those of reference data hold postcodes as numbers, never as text.
for my $file (split /\n/, `find '@{[ $node->data_dir ]}' -type f -size +0`)
{
	my $text = slurp_file($file);
	for my $what (sort keys %secret)
	{
		next if $text !~ $secret{$what};
		fail("the server's files: $what");
		diag("$file: " . (substr($text, $-[0] > 60 ? $-[0] - 60 : 0, 100) =~ s/[^[:print:]]/./gr));
	}
}
pass('the server\'s files were searched: tables, indexes, write-ahead log');
is(`grep -lraE 'Quackenbush|QU-4711' /dev/shm 2>/dev/null`, '', 'nothing in shared memory');
chdir '/';
done_testing();
