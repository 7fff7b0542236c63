# A return in all the ways in which it can be written: the same answers as a workbook, an OpenDocument sheet, a Word document,
# CSV lines and one wide CSV row give the same counts and findings. The answers are made up. Nothing of what a document
# holds besides counts gets into the database, its log or the spool in the clear.
use strict;
use warnings;
use HubTest;
use IPC::Run;
use JSON;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $python = '/usr/bin/python3';
plan skip_all => 'openpyxl and python-docx are not installed'
  if system("$python -c 'import openpyxl, docx' 2>/dev/null") != 0;

my $node = PostgreSQL::Test::Cluster->new('return_document');
$node->init;
$node->append_conf('postgresql.conf', "log_min_duration_statement = 0\nlog_min_messages = info\n");
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
my @keep = ('--key-file', "$tmp/keys/hub.keys", '--spool', "$tmp/spool");

hub_ok($node, 'migrate');
hub_ok($node, 'key', 'new', '--key-file', "$tmp/keys/hub.keys");
my %ways = (xlsx => 'A', ods => 'B', docx => 'C', csv => 'D', wide => 'E');
hub_ok($node, 'programme', 'add', "Way $_", '--organisation', 'Saltmere Test (made up)', '--made-up') for values %ways, 'F', 'G', 'H';

# The form goes out, is filled in by openpyxl and python-docx, and comes back.
my $form = 'improved';
hub_ok($node, 'template', $form, '--period', '2025-Q2', '-o', "$tmp/form.$_") for qw(xlsx docx csv);
my $answers = {
	'total' => 12, 'age.18-24' => 9, 'age.25+' => 2, 'age.not_known' => 1, 'sex.female' => 4, 'sex.male' => 7,
	'sex.not_known' => 1, 'ethnicity.W1' => 11, 'ethnicity.not_known' => 1, 'place.not_known' => 12,
	'referrals.total' => 9, 'referrals.accepted' => 8, 'referrals.refused' => 1, 'caseload.opening' => 5, 'caseload.new' => 7,
	'caseload.closed' => 3, 'caseload.closing' => 9, 'secondary.total' => 'yes', 'basis' => 'caseload_in_period',
	'narrative.activities' => 'Weekly sessions. Zebulon Quartermain came.',
};
spill("$tmp/answers.json", encode_json($answers));
spill("$tmp/fill.py", <<'PY');
import sys, json, openpyxl, docx
tmp = sys.argv[1]
answers = json.load(open(tmp + "/answers.json"))
book = openpyxl.load_workbook(tmp + "/form.xlsx")
sheet = book["Return"]
titles = {}
for row in sheet.iter_rows(min_row=6):
    field = row[4].value
    if field:
        titles[row[0].value] = titles.get(row[0].value, []) + [field]
    if field in answers:
        row[1].value = answers[field]
sheet["A2"] = "Programme: Way A"
book.save(tmp + "/filled.xlsx")
d = docx.Document(tmp + "/form.docx")
for table in d.tables:
    for row in table.rows:
        for field in titles.get(row.cells[0].text, [])[:1]:
            titles[row.cells[0].text].pop(0)
            if field in answers:
                row.cells[1].text = str(answers[field])
d.save(tmp + "/filled.docx")
PY
is(system($python, "$tmp/fill.py", $tmp), 0, 'the workbook and the Word document are filled in');
spill("$tmp/filled.csv", "field,value\r\n" . join('', map { "$_,\"$answers->{$_}\"\r\n" } sort keys %$answers));
spill("$tmp/wide.csv", join(',', sort keys %$answers) . "\n" . join(',', map { "\"$answers->{$_}\"" } sort keys %$answers) . "\n");

sub load_return
{
	my ($file, @more) = @_;
	return hub($node, 'load', '--as', 'return', @keep, @more, $file);
}

sub of_submission
{
	my $programme = shift;
	return $node->safe_psql('postgres', <<"SQL");
SELECT string_agg(a.category || ' ' || a.people, E'\\n' ORDER BY a.category) FROM intake.answer a
JOIN intake.submission s ON s.id = a.submission WHERE s.programme = '$programme';
SELECT string_agg(concat_ws(' ', f.rule, f.severity, f.field), E'\\n' ORDER BY f.rule, f.field) FROM intake.finding f
JOIN intake.submission s ON s.id = f.submission WHERE s.programme = '$programme'
SQL
}

# Programme and quarter stand in the workbook; the form is told by its labels.
my ($code, $out, $err) = load_return("$tmp/filled.xlsx");
is($code, 3, 'a filled-in workbook is read; it has a query') or diag $out, $err;
like($out, qr/Way A, 2025-Q2 .*improved form: accepted/, '... programme, quarter and form are recognised');
my $expected = of_submission('Way A');
like($expected, qr/^age\.18-24 \[9,10\)$/m, '... with its counts');
like($expected, qr/^secondary\.total \[1,\)$/m, '... "yes" is at least one');
like($expected, qr/query secondary\.total/, '... and a query');

($code, $out, $err) = load_return("$tmp/filled.docx", '--programme', 'Way C');
is($code, 3, 'the Word document') or diag $out, $err;
is(of_submission('Way C'), $expected, '... gives the same counts and findings');
($code, $out, $err) = load_return("$tmp/filled.csv", '--programme', 'Way D', '--period', '2025-Q2', '--form', $form);
is($code, 3, 'CSV lines') or diag $out, $err;
is(of_submission('Way D'), $expected, '... give the same');
($code, $out, $err) = load_return("$tmp/wide.csv", '--programme', 'Way E', '--period', '2025-Q2', '--form', $form);
is($code, 3, 'one wide CSV row') or diag $out, $err;
is(of_submission('Way E'), $expected, '... gives the same');
SKIP:
{
	skip 'LibreOffice is not installed', 4 if system('command -v soffice >/dev/null 2>&1') != 0;
	for my $kind ('ods', 'xlsx')
	{
		system("cd '$tmp' && mkdir -p lo && HOME='$tmp' timeout 120 soffice --headless --convert-to $kind --outdir lo filled.xlsx >/dev/null 2>&1");
		my $programme = $kind eq 'ods' ? 'Way B' : 'Way F';
		($code, $out, $err) = load_return("$tmp/lo/filled.$kind", '--programme', $programme);
		is($code, 3, "opened and saved by LibreOffice as $kind") or diag $out, $err;
		is(of_submission($programme), $expected, '... the same');
	}
}

# The empty template says nothing that is wrong of itself, and the bytes are read back from the spool.
($code, $out, $err) = load_return("$tmp/filled.csv", '--programme', 'Way D', '--period', '2025-Q2', '--form', $form);
is($code, 0, 'the same bytes again');
my $files = $node->safe_psql('postgres', 'SELECT count(*), count(spool) FROM intake.submission');
chomp(my $spooled = `find '$tmp/spool' -type f | wc -l`);
is($files, "$spooled|$spooled", 'one spool file a submission, none left over');
($code, $out, $err) = hub($node, 'key', 'check', @keep);
like($out, qr/spool: $spooled files, 0 under an older key, 0 that do not open/, 'all of them open');

# An old form as it was printed: other dashes and spaces, answers below, two numbers in a cell.
spill("$tmp/old.py", <<'PY');
import sys, docx
tmp = sys.argv[1]
d = docx.Document()
d.add_paragraph("Violence reduction: quarterly proforma, Quarter 1 2021/22 (made up)")
t = d.add_table(rows=5, cols=2)
for i, (label, answer) in enumerate([("Children: Age Group", ""), ("0 - 4  YEARS", ""), ("5 \u2013 11 years", ""), ("11-16 years:", ""), ("16\u201418 years", "")]):
    t.cell(i, 0).text = label
    t.cell(i, 1).text = answer
t = d.add_table(rows=6, cols=2)
for i, (label, answer) in enumerate([("Adults", ""), ("N/A", ""), ("Lone parent", ""), ("Parent / Carers", "18"), ("18\u201325", "5"), ("25+", "16")]):
    t.cell(i, 0).text = label
    t.cell(i, 1).text = answer
d.save(tmp + "/old.docx")
PY
is(system($python, "$tmp/old.py", $tmp), 0, 'an old form in Word');
($code, $out, $err) = load_return("$tmp/old.docx", '--programme', 'Way G');
is($code, 3, '... is read') or diag $out, $err;
like($out, qr/Way G, 2021-Q1 .*old form: accepted/, '... as the old form, of the quarter that it names');
like($node->safe_psql('postgres', "SELECT string_agg(a.category || a.people, ' ' ORDER BY a.category COLLATE \"C\") FROM intake.answer a JOIN intake.submission s ON s.id = a.submission WHERE s.programme = 'Way G'"),
	qr/age\.18-25\[5,6\).*age\.25\+\[16,17\).*everyone\[21,40\).*role\.parent_carer\[18,19\)/, '... Figure 1 of the report: 21 to 39 people');

# In doubt it asks.
($code, $out, $err) = load_return("$tmp/filled.csv", '--programme', 'Way D');
is($code, 5, 'CSV that does not name its quarter');
like($err, qr/in doubt.*quarter/, '... is not guessed');
($code, $out, $err) = load_return("$tmp/filled.xlsx", '--period', '2025-Q3');
is($code, 5, 'a document for another quarter than was said');
spill("$tmp/none.py", "import sys, docx\nd = docx.Document()\nd.add_paragraph('Dear all')\nd.save(sys.argv[1] + '/none.docx')\n");
system($python, "$tmp/none.py", $tmp);
($code, $out, $err) = load_return("$tmp/none.docx", '--programme', 'Way H', '--period', '2025-Q2');
is($code, 5, 'a document that is no form');
spill("$tmp/bad.xlsx", "PK\3\4 and then nonsense");
($code, $out, $err) = load_return("$tmp/bad.xlsx", '--programme', 'Way H', '--period', '2025-Q2');
is($code, 4, 'a damaged document');
like($err, qr/refused: it (is damaged|can't be opened)/, '... with the reason');
($code, $out, $err) = load_return("$tmp/filled.xlsx", '--key-file', "$tmp/nowhere/hub.keys");
is($code, 11, 'no key file where one is named');

# A file that is no return at all: its first faulty lines, and how many more.
spill("$tmp/prose.csv", "a, b, c\n" . "1,2,3,4\n" x 20);
($code, $out, $err) = load_return("$tmp/prose.csv", '--programme', 'Way H', '--period', '2025-Q2');
is($code, 4, 'a file of something else');
is(scalar(() = $err =~ /refused: line/g), 5, '... its first five faults');
like($err, qr/and 15 more lines like these/, '... and how many more there are');

# Nobody's name anywhere.
my ($dump, $dump_error) = ('', '');
IPC::Run::run([ 'pg_dump', '--data-only', '--inserts', '-d', $node->connstr('postgres') ], '>', \$dump, '2>', \$dump_error);
like($dump, qr/INSERT INTO intake\.answer/, 'the database is dumped') or diag $dump_error;
unlike($dump, qr/Zebulon|Quartermain/, 'a name in a narrative is not in the database');
unlike(join('', map { slurp_file($_) } grep { -f } split /\n/, `find '$tmp/spool' -type f`), qr/Zebulon|PK\x03\x04/, 'nor in the spool');
$node->stop;
done_testing();
