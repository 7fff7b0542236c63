# What spreadsheets and people do to a return: the same answers, with every trap in them, as workbook, OpenDocument sheet, Word document and CSV
# give the same counts and findings. The documents are made by openpyxl, python-docx, LibreOffice and by hand in XML; none
# is our template. What can't be read is refused in seconds, and nothing of it is stored. All figures are made up.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $python = '/usr/bin/python3';
plan skip_all => 'openpyxl and python-docx are not installed' if system("$python -c 'import openpyxl, docx' 2>/dev/null") != 0;

my $node = PostgreSQL::Test::Cluster->new('return_traps');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }
hub_ok($node, 'migrate', '--quiet');
my ($keys, $spool) = hub_keys($node);
value(slurp_file("$ENV{WARDSTAR_ROOT}/tests/fixtures/two_wards.sql"));
my @ways = qw(csv wide xlsx ods hand docx);
hub_ok($node, 'programme', 'add', $_, '--organisation', 'Test (made up)', '--made-up', '--quiet') for @ways, 'Far', 'Hidden', 'Lo', 'Records';

spill("$tmp/make.py", <<'PY');
import sys, datetime, zipfile, csv, openpyxl, docx
from xml.sax.saxutils import escape
tmp = sys.argv[1]
# field, label, what is typed, and, for a spreadsheet, the value and number format that it makes of it
rows = [
    ("age.0-4", "0-4", "007", ("007", None)),
    ("age.5-11", "5-11", "13", (13, None)),                 # the label becomes 5 November
    ("age.11-16", "11 \u2013 16 YEARS:", "2.0", (2.0, None)),
    ("age.16-18", "16-18", "TRUE", (True, None)),            # a tick
    ("age.18-25", "18 - 25", "25%", (0.25, "0%")),
    ("age.25+", "25+", "16\n17", ("16\n17", None)),          # two numbers in a box
    ("role.parent_carer", "Parent / Carers", "05/11/2025", (datetime.date(2025, 11, 5), "yyyy-mm-dd")),
    ("sex.female", "Female", "about 9", ("about 9", None)),
    ("sex.male", "male", " 1,024 ", (" 1,024 ", None)),
    ("ethnicity.W1", "White: British", "-3", (-3, None)),
    ("ethnicity.B1", "Black or Black British: Caribbean", "2.5", (2.5, None)),
    ("ethnicity.O1", "Chinese", "1e3", ("1e3", None)),
    ("place.postcode.ZE9 1AA", "ze9 1aa", "4", (4, None)),
    ("place.lsoa.E01990002", "E01990002", "5", (5, None)),
    ("secondary.total", "Secondary beneficiaries", "0", (0, None)),
]
sections = {"age.0-4": "Children: Age Group", "role.parent_carer": "Adults", "sex.female": "Sex", "ethnicity.W1": "Ethnicity", "place.postcode.ZE9 1AA": "Where people live",
    "secondary.total": "Secondary beneficiaries"}
with open(tmp + "/a.csv", "w", newline="") as f:
    out = csv.writer(f)
    out.writerows([r[0], r[2]] for r in rows)
with open(tmp + "/wide.csv", "w", newline="") as f:
    out = csv.writer(f)
    out.writerow([r[0] for r in rows])
    out.writerow([r[2] for r in rows])

book = openpyxl.Workbook()
sheet = book.active
sheet["A1"] = "Quarterly proforma (made up), Q2 2025/26"
at = 2
for field, label, typed, (stored, form) in rows:
    if field in sections and sections[field] != label:
        sheet.cell(at, 1, sections[field])
        at += 1
    cell = sheet.cell(at, 1, label)
    if label == "5-11":
        cell.value = datetime.date(2025, 11, 5)
        cell.number_format = "d-mmm"
    cell = sheet.cell(at, 2, stored)
    if form:
        cell.number_format = form
    at += 1
book.save(tmp + "/a.xlsx")
# The same with answers in a hidden row and a hidden sheet.
sheet.row_dimensions[3].hidden = True
other = book.create_sheet("Old")
other["A1"] = "kept"
other.sheet_state = "hidden"
book.save(tmp + "/hidden.xlsx")

d = docx.Document()
d.add_paragraph("Quarterly proforma (made up), Quarter 2 2025/26")
table = None
for field, label, typed, _ in rows:
    if field in sections or table is None:
        table = d.add_table(rows=0, cols=2)
        if sections.get(field, label) != label:
            cells = table.add_row().cells
            cells[0].merge(cells[1]).text = sections[field]
    cells = table.add_row().cells
    cells[0].text = label
    cells[1].text = typed
d.save(tmp + "/a.docx")

# An OpenDocument sheet by hand.
def cell(value, form=None):
    if isinstance(value, bool):
        return '<table:table-cell office:value-type="boolean" office:boolean-value="%s"><text:p>%s</text:p></table:table-cell>' % (str(value).lower(), str(value).upper())
    if isinstance(value, datetime.date):
        return '<table:table-cell office:value-type="date" office:date-value="%s"><text:p>%s</text:p></table:table-cell>' % (value.isoformat(), value.strftime("%d-%b"))
    if form == "0%":
        return '<table:table-cell office:value-type="percentage" office:value="%s"><text:p>25%%</text:p></table:table-cell>' % value
    if isinstance(value, (int, float)):
        return '<table:table-cell office:value-type="float" office:value="%s"><text:p>%s</text:p></table:table-cell>' % (value, value)
    return '<table:table-cell office:value-type="string">%s</table:table-cell>' % "".join("<text:p>%s</text:p>" % escape(p) for p in value.split("\n"))
body = "<table:table-row>" + cell("Quarterly proforma (made up), Q2 2025/26") + "</table:table-row>"
for field, label, typed, (stored, form) in rows:
    if field in sections and sections[field] != label:
        body += "<table:table-row>" + cell(sections[field]) + "</table:table-row>"
    body += "<table:table-row>" + cell(datetime.date(2025, 11, 5) if label == "5-11" else label) + cell(stored, form) + "</table:table-row>"
z = zipfile.ZipFile(tmp + "/hand.ods", "w")
z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
z.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
z.writestr("content.xml", '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    '<office:body><office:spreadsheet><table:table table:name="Sheet1">' + body + '</table:table></office:spreadsheet></office:body></office:document-content>')
z.close()

# Record-level: real dates, in a workbook and as text.
people = [("client_ref", "sex", "year_of_birth", "postcode", "consent_to_share", "consent_given_on"),
    ("007", "female", 1990, "ZE9 1AA", "yes", datetime.date(2025, 4, 1)), ("7", "male", 2001, "ze94aa", "yes", datetime.date(2025, 7, 31))]
work = [("client_ref", "contact_on", "kind"), ("007", datetime.date(2025, 7, 1), "meeting"), ("7", datetime.date(2025, 8, 2), "call")]
book = openpyxl.Workbook()
for name, table in (("clients", people), ("contacts", work)):
    sheet = book.active if name == "clients" else book.create_sheet()
    sheet.title = name
    for r in table:
        sheet.append(r)
    for way, form in (("iso", "%Y-%m-%d"), ("slash", "%Y/%m/%d"), ("british", "%d/%m/%Y")):
        with open("%s/%s %s.csv" % (tmp, name, way), "w", newline="") as f:
            csv.writer(f).writerows([c.strftime(form) if isinstance(c, datetime.date) else c for c in r] for r in table)
book.save(tmp + "/records.xlsx")

# What is refused.
far = openpyxl.load_workbook(tmp + "/a.xlsx")
far.active["XFD1048576"] = "far"
far.save(tmp + "/far.xlsx")
z = zipfile.ZipFile(tmp + "/bomb.xlsx", "w", zipfile.ZIP_DEFLATED)
z.writestr("xl/workbook.xml", b" " * 300 * 1024 * 1024)
z.close()
z = zipfile.ZipFile(tmp + "/macros.xlsm", "w")
source = zipfile.ZipFile(tmp + "/a.xlsx")
for name in source.namelist():
    z.writestr(name, source.read(name))
z.writestr("xl/vbaProject.bin", b"x")
z.close()
open(tmp + "/encrypted.xlsx", "wb").write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 5000)
data = open(tmp + "/a.xlsx", "rb").read()
open(tmp + "/damaged.xlsx", "wb").write(data[:len(data) // 2])
for name in ("large.csv", "large.xlsx"):
    with open(tmp + "/" + name, "wb") as f:
        f.write(data[:100])
        f.truncate(200 * 1024 * 1024)
open(tmp + "/scan.pdf", "wb").write(b"%PDF-1.7\n")
PY
is(system($python, "$tmp/make.py", $tmp), 0, 'the documents are made');
my %file = (csv => 'a.csv', wide => 'wide.csv', xlsx => 'a.xlsx', hand => 'hand.ods', docx => 'a.docx');
if (system('command -v soffice >/dev/null 2>&1') == 0)
{
	system("cd '$tmp' && mkdir -p lo && HOME='$tmp' timeout 120 soffice --headless --convert-to ods --outdir lo a.xlsx >/dev/null 2>&1; HOME='$tmp' timeout 120 soffice --headless --convert-to ods --outdir lo records.xlsx >/dev/null 2>&1");
	$file{ods} = 'lo/a.ods' if -f "$tmp/lo/a.ods";
}

# All that is known of a programme's return: counts, and findings with all that they say.
sub of_programme
{
	my ($programme) = @_;
	return value("SELECT string_agg(concat_ws(' ', a.category, a.area, a.ward, a.grade, a.people), E'\\n' ORDER BY a.category, a.area) FROM intake.answer a JOIN intake.submission s ON s.id = a.submission
		WHERE s.programme = '$programme';
		SELECT string_agg(concat_ws(' | ', f.rule, f.severity, f.field, f.observed, f.expected, f.message), E'\\n' ORDER BY f.rule, f.field, f.message) FROM intake.finding f JOIN intake.submission s ON s.id = f.submission
		WHERE s.programme = '$programme'");
}

my %told;
for my $way (grep { $file{$_} } @ways)
{
	my ($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', $way, '--period', '2025-Q2', $way =~ /csv|wide/ ? ('--form', 'old') : (), "$tmp/$file{$way}");
	is($code, 3, "$way is read") or diag $out . $err;
	$told{$way} = of_programme($way);
}
is($told{$_}, $told{csv}, "$_: the same counts and findings as the CSV") for grep { $told{$_} && $_ ne 'csv' } @ways;
for ([ 'leading zeros', qr/^age\.0-4 \[7,8\)$/m ], [ 'a label that became a date', qr/^age\.5-11 \[13,14\)$/m ], [ 'a decimal point', qr/^age\.11-16 \[2,3\)$/m ], [ 'a tick', qr/^P112 \| error \| age\.16-18 \| TRUE/m ],
	[ 'a percentage', qr/^P\d+ \| \w+ \| age\.18-25 \| 25%/m ], [ 'two numbers in a box', qr/^P\d+ \| query \| age\.25\+ \| 16.17/ms ], [ 'a date for a number', qr/^P\d+ \| \w+ \| role\.parent_carer \|/m ],
	[ 'about', qr/^P\d+ \| \w+ \| sex\.female \| about 9/m ], [ 'a comma for thousands', qr/^sex\.male \[1024,1025\)$/m ], [ 'less than nobody', qr/^P\d+ \| error \| ethnicity\.W1 \| -3/m ],
	[ 'half a person', qr/^P\d+ \| error \| ethnicity\.B1 \| 2\.5/m ], [ 'a postcode', qr/^place E01990001 E05990001 lookup \[4,5\)$/m ])
{
	like($told{csv}, $_->[1], "$_->[0]: as it should be");
}
unlike(join('', values %told), qr/2025.11.05|05.11.2025|ZE9/i, 'no date and no postcode is repeated');

# Hidden rows are read as the others; that, and hidden sheets, are told.
my ($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', 'Hidden', "$tmp/hidden.xlsx");
is($code, 3, 'hidden rows and sheets') or diag $out . $err;
my $hidden = of_programme('Hidden');
like($hidden, qr/^H110 \| query.*^H111 \| query/ms, 'are told');
is(join("\n", grep { !/^H11[01]/ } split /\n/, $hidden), $told{xlsx}, 'all else is the same');

# Dates of records, as spreadsheets store and people type them.
my %records;
for my $way ('iso', 'slash', 'british', 'xlsx', 'ods')
{
	my @files = $way eq 'xlsx' ? "$tmp/records.xlsx" : $way eq 'ods' ? "$tmp/lo/records.ods" : map { "$tmp/$_ $way.csv" } qw(clients contacts);
	next if !-f $files[0];
	($code, $out, $err) = hub($node, 'load', '--as', 'records', '--programme', 'Records', '--period', '2025-Q2', @files);
	ok($code == 0 || $code == 3, "records, dates as in $way") or diag $out . $err;
	$records{$way} = value("SELECT string_agg(concat_ws(' ', q.client, q.year_of_birth, q.lsoa), ', ' ORDER BY q.client) FROM casework.client_quarter q;
		SELECT string_agg(c.client || ' ' || c.contact_on, ', ' ORDER BY c.contact_on) FROM casework.contact c");
}
like($records{iso}, qr/2025-07-01.*2025-08-02/, 'dates as they were typed');
is(scalar(() = $records{iso} =~ /(?<![0-9a-f])[0-9a-f]{64}/g), 4, 'two clients: 007 is not 7');
is($records{$_}, $records{iso}, "$_: the same rows") for grep { $_ ne 'iso' } sort keys %records;

# What can't be read, or should not be: the reason in seconds, and nothing of it is stored.
my $before = value('SELECT count(*) FROM intake.submission');
chomp(my $files = `find '$spool' -type f | wc -l`);
for ([ 'a cell far away', 'far.xlsx', qr/far away/ ], [ 'a ZIP bomb', 'bomb.xlsx', qr/far more than a return/ ], [ 'macros', 'macros.xlsm', qr/macros/ ], [ 'a password', 'encrypted.xlsx', qr/password/ ],
	[ 'damage', 'damaged.xlsx', qr/damaged/ ], [ '200 MB of CSV', 'large.csv', qr/larger than|not larger/ ], [ '200 MB of a workbook', 'large.xlsx', qr/larger than|not larger/ ], [ 'a PDF', 'scan.pdf', qr/PDF/ ])
{
	my ($what, $name, $reason) = @$_;
	my $start = time;
	($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', 'Far', '--period', '2025-Q2', "$tmp/$name");
	is($code, 4, "$what is refused") or diag $out . $err;
	like($err, $reason, '... with the reason');
	cmp_ok(time - $start, '<', 20, '... in seconds');
}
is(value('SELECT count(*) FROM intake.submission'), $before, 'nothing of them is in the database');
chomp(my $after = `find '$spool' -type f | wc -l`);
is($after, $files, 'nor in the spool');
$node->stop;
done_testing();
