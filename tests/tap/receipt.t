# Receipts: the four formats say the same, hold what was sent and nothing that they must not hold, and are a page that
# prints on two sheets, is well-formed, readable and inert, and a table in which no spreadsheet finds a formula. Made up.
use strict;
use warnings;
use HubTest;
use IPC::Run;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('receipt');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = 'none'");
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);
open my $fh, '<', "$ENV{WARDSTAR_ROOT}/tests/fixtures/two_wards.sql" or die $!;
$node->safe_psql('postgres', do { local $/; 'SET search_path = pg_catalog, public;' . <$fh> });

# Names that mean something to HTML, spreadsheets and formats.
my $programme = q{=HYPERLINK("http://x.example/","P") <script>alert('1')</script> & %s};
my $organisation = q{@Org "quoted" </td><img src=x onerror=alert(2)>};
hub_ok($node, 'programme', 'add', $programme, '--organisation', $organisation, '--made-up', '--expected', '2025-Q1,2025-Q2', '--quiet');
hub_ok($node, 'programme', 'add', 'Plain', '--organisation', 'Org', '--expected', '2025-Q1,2025-Q2', '--quiet');

sub send_return
{
	my ($who, $period, $form, $text, $name) = @_;
	my $file = spill("$tmp/" . ($name // 'return.csv'), $text);
	my ($code, $out, $err) = hub($node, 'load', '--as', 'return', '--programme', $who, '--period', $period, '--form', $form, $file);
	my ($id) = $out =~ /submission (\d+)/ or die $out . $err;
	return $id;
}

sub receipt
{
	my ($id, $format) = @_;
	return hub_ok($node, 'receipt', $id, '--format', $format);
}

my $first = send_return($programme, '2025-Q1', 'new', "basis,new_referrals\ntotal,30\nage.18-25,20\nage.25+,10\nsex.female,18\nsex.male,12\n");
my $second = send_return($programme, '2025-Q2', 'new', <<'END', "=1+1 <i>'.csv");
basis,caseload_in_period
total,70
age.18-25,54
age.25+,16
sex.female,18
sex.male,10
age.0-4,-3
ethnicity.W1,yes
role.parent_carer,18
place.postcode.ZE9 1AA,4
place.postcode.ZE9 2ZZ,3
place.postcode.ZE9 8ZZ,6
place.lsoa.E01111111,2
Wilhelmina Quackenbush,1
narrative.activities,"Zebulon Quartermain of ZE9 1AA came to the weekly group"
END
my %text = map { $_ => receipt($second, $_) } qw(html text csv json);
my $json = decode_json($text{json});

# What was sent stands in it, beside the quarter before.
my %understood = map { ($_->{field} => [ $_->{words}, $_->{before} ]) } @{ $json->{understood} };
is_deeply($understood{$_->[0]}, [ $_->[1], $_->[2] ], "understood: $_->[0]") for ([ 'total', '70', '30' ], [ 'age.18-25', '54', '20' ],
	[ 'sex.male', '10', '12' ], [ 'ethnicity.W1', '1 or more', undef ], [ 'place.lsoa.E01990001', '4', undef ], [ 'role.parent_carer', '18', undef ]);
is($json->{state}, 'rejected', 'it is not accepted');
is($json->{errors}, scalar(grep { $_->{severity} eq 'error' } @{ $json->{findings} }), 'errors are counted');
like($json->{verdict}, qr/^The return of \Q$programme\E for 1 July to 30 September 2025 is not accepted yet: $json->{errors} errors? needs? to be corrected\.$/, 'the verdict is one sentence');
my ($yes) = grep { $_->{rule} eq 'P102' } @{ $json->{findings} };
is_deeply([ @$yes{qw(title line observed)} ], [ 'Ethnicity: White: British', 8, 'yes' ], 'a finding: title, line, what was seen');
like($yes->{suggestion}, qr/in digits/, '... and what to do');
my ($post) = grep { $_->{rule} eq 'H106' || $_->{rule} eq 'H105' } @{ $json->{findings} };
is_deeply([ @$post{qw(field title)} ], [ 'place.postcode', 'Where people live: Post code' ], 'a postcode is told by its box');
like($post->{line}, qr/^1[12]$/, '... and its line');
is_deeply($json->{compared}, [ 'Last quarter counted 30 different people; this one counts ' . $json->{people}{words} . '.',
	'The two are not counted in the same way, so the numbers can\'t be compared as they stand.' ], 'how it compares with the last quarter');
is($json->{before}{submission}, $first, 'which is that of its programme');

# All formats say the same. Plain text is read without its line breaks.
(my $flat = $text{text}) =~ s/\s+/ /g;
my $parsed = '';
IPC::Run::run([ 'python3', '-c', <<'PY' ], '<', \$text{csv}, '>', \$parsed);
import csv, io, json, sys
text = sys.stdin.buffer.read().decode("utf-8")
assert text[0] == "\ufeff" and "\r\n" in text
json.dump(list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True)), sys.stdout)
PY
my $rows = decode_json($parsed);
my %plain = map { ($_ => $text{html} =~ s/<style>.*?<\/style>//sr =~ s/<[^>]*>/ /gr =~ s/&lt;/</gr =~ s/&gt;/>/gr =~ s/&quot;/"/gr =~ s/&#39;/'/gr =~ s/&amp;/&/gr =~ s/\s+/ /gr) } 'html';
for my $said ($json->{verdict}, (map { $_->{message} } @{ $json->{findings} }), @{ $json->{compared} }, @{ $json->{next} }, @{ $json->{use} }, @{ $json->{kept} })
{
	(my $once = $said) =~ s/\s+/ /g;
	my $short = substr($once, 0, 60);
	ok(index($flat, $once) >= 0, "text: $short");
	ok(index($plain{html}, $once) >= 0, "page: $short");
	ok((grep { index($_->{says}, $said) >= 0 } @$rows), "CSV: $short");
}
for my $row (grep { $_->{kind} eq 'understood' } @$rows)
{
	is_deeply([ $row->{says}, $row->{before} ], [ map { $_ // ($_[0]++ ? '' : 'blank') } $understood{$row->{name}}[0] // 'blank', $understood{$row->{name}}[1] // '' ], "CSV: $row->{name}");
}
is(scalar(grep { $_->{kind} =~ /^(error|question|note)$/ } @$rows), scalar @{ $json->{findings} }, 'CSV: a row a finding');

# What must not be in it.
for my $format (sort keys %text)
{
	unlike($text{$format}, qr/ZE9|Quackenbush|Wilhelmina|Quartermain|Zebulon|weekly group/, "$format repeats no postcode, name or narrative");
	like($text{$format}, qr/MADE UP|"made_up": true/, "$format says that it is made up");
	like($text{$format}, qr/Not for publication|"not_for_publication": true/, "$format says that it is not for publication");
}

# The page: well-formed, inert, marked up for readers.
my $html = spill("$tmp/receipt.html", $text{html});
is(system('xmllint', '--noout', '--nonet', $html), 0, 'the page is well-formed, whatever names hold');
is(`xmllint --xpath 'count(//script | //img | //iframe | //link | //object | //form | //\@src | //\@href | //\@*[starts-with(name(), "on")])' $html`, "0\n", 'no script, nothing from outside, nothing to click');
unlike($text{html} =~ /<style>(.*?)<\/style>/s ? $1 : 'url(', qr/url\(|\@import|expression/, 'nor in its style sheet');
is(`xmllint --xpath 'string(/html/\@lang)' $html`, "en-GB\n", 'its language is said');
is(`xmllint --xpath 'count(//table[not(caption)]) + count(//th[not(\@scope)]) + count(//h1) - 1' $html`, "0\n", 'tables have captions, headings of tables a scope, the page one heading');
is(`xmllint --xpath 'count(//li[not(.//strong[starts-with(., "Error") or starts-with(., "Question") or starts-with(., "Note")])])' $html`, "0\n", 'what kind a finding is is written, not only coloured');
my ($hash) = $text{html} =~ /sha256-([^&]+)/;
my ($style) = $text{html} =~ /<style>(.*?)<\/style>/s;
is($hash, do { require Digest::SHA; require MIME::Base64; MIME::Base64::encode_base64(Digest::SHA::sha256($style), '') }, 'its own policy allows its own style sheet alone');

# Contrast by WCAG 2: 4.5 or more between every colour of text and the paper.
sub luminance
{
	my ($colour) = @_;
	$colour =~ s/^#(.)(.)(.)$/#$1$1$2$2$3$3/;
	my @c = map { my $v = hex($_) / 255; $v <= 0.03928 ? $v / 12.92 : (($v + 0.055) / 1.055)**2.4 } $colour =~ /#(..)(..)(..)/;
	return 0.2126 * $c[0] + 0.7152 * $c[1] + 0.0722 * $c[2];
}
my $themes = 0;
while ($style =~ /:root \{([^}]*--paper[^}]*)\}/g)
{
	my %colour = $1 =~ /--(\w+): (#[0-9a-f]+)/g;
	my $paper = luminance($colour{paper});
	for my $name (grep { $_ ne 'paper' } sort keys %colour)
	{
		my ($light, $dark) = sort { $b <=> $a } $paper, luminance($colour{$name});
		my $least = $name eq 'rule' ? 3 : 4.5;
		cmp_ok(($light + 0.05) / ($dark + 0.05), '>=', $least, "contrast of $name $colour{$name} on $colour{paper}");
	}
	$themes++;
}
is($themes, 3, 'light, dark and print');

# In Chromium: two sheets at most, and nothing asked for. A full return of the largest form, with many places and findings.
my $form = decode_json(slurp_file("$ENV{WARDSTAR_ROOT}/sql/hub/forms/improved.json"));
my %full = map { $_->{name} => 0 } grep { $_->{type} eq 'integer' && $_->{name} !~ /\*$/ } @{ $form->{fields} };
for my $part (grep { $_->{kind} eq 'partition' && $_->{name} ne 'place' } @{ $form->{groups} })
{
	# Each part adds up to its whole: 85 people, 40 referrals, 20 cases closed.
	my ($whole, $n) = ({ referrals => 40, closed => 20 }->{ $part->{people} // '' } // 85, scalar @{ $part->{fields} });
	$full{ $part->{fields}[$_] } = int($whole / $n) + ($_ < $whole % $n) for 0 .. $n - 1;
}
@full{qw(total referrals.total caseload.opening caseload.new caseload.closed caseload.closing role.parent_carer role.lone_parent onward.total)} = (85, 40, 60, 25, 20, 65, 10, 5, 7);
@full{qw(outcome.baseline outcome.follow_up outcome.improved contacts.total contacts.hours secondary.total place.not_known)} = (50, 30, 20, 300, 400, 12, 25);
my $full = join('', "basis,caseload_in_period\n", map { "$_,$full{$_}\n" } sort keys %full) . join('', map { sprintf "place.lsoa.E010%05d,1\n", $_ } 1 .. 60)
  . join('', map { "$_->{name},\"A few words about what was done in these three months\"\n" } @{ $form->{narrative} });
my $long = send_return('Plain', '2025-Q1', 'improved', $full);
send_return('Plain', '2025-Q2', 'improved', $full . "\n");
hub_ok($node, 'programme', 'add', 'Plain', '--expected', '2025-Q3', '--quiet');
my $mixed = send_return('Plain', '2025-Q3', 'new', "basis,caseload_in_period\ntotal,20\nage.5-11,20\n");
my %mixed = map { ($_->{field} => [ @$_{qw(section words before)} ]) } decode_json(receipt($mixed, 'json'))->{understood}->@*;
is_deeply($mixed{'age.5-11'}, [ 'Age', '20', 'not asked' ], 'what the form before did not ask is not blank');
is_deeply($mixed{'age.5-10'}, [ 'Only on the form before', 'not asked', '12' ], 'nor what this one does not');
is_deeply($mixed{'sex.female'}, [ 'Sex', undef, '22' ], 'what both ask and one leaves blank is');
my $page = spill("$tmp/long.html", receipt($long + 1, 'html'));
my @shown = decode_json(receipt($long + 1, 'json'))->{understood}->@*;
cmp_ok(scalar @shown, '>', 100, 'a long return');
like(slurp_file($page), qr/48 more areas/, 'of many places the first are shown, and what the others add up to');
SKIP:
{
	skip 'Chromium or pdfinfo is not installed', 3 if system('command -v chromium >/dev/null && command -v pdfinfo >/dev/null') != 0;
	for my $file ($html, $page)
	{
		(my $pdf = $file) =~ s/html$/pdf/;
		system("cd $tmp && HOME=$tmp timeout 120 chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf=$pdf file://$file >/dev/null 2>&1");
		my ($pages) = `pdfinfo $pdf` =~ /^Pages: +(\d+)/m;
		cmp_ok($pages // 99, '<=', 2, 'it prints on two sheets at most') or diag($pages);
	}
	like(`pdftotext $tmp/receipt.pdf -`, qr/not accepted yet.*What we understood/s, 'with its words');
}

# The table: no cell that a spreadsheet would take for a formula, in the words of a made-up attacker.
unlike($parsed, qr/": "[-=+\@\\]/, 'no cell begins as a formula does');
my @attack = ('=1+1', '+1', '-1', '@SUM(A1)', ' =1', "\t=1", "\r=1", "\n=1", "\x{ff1d}1", "\x{2212}1", "\x{a0}=1", '"=1"', 'a"b', "a,b\nc", 'plain', '12', "\x{1}=1");
for my $cell (@attack)
{
	my $got = $node->safe_psql('postgres', "SELECT api.csv_cell(convert_from(decode('" . unpack('H*', do { my $b = $cell; utf8::encode($b); $b }) . "', 'hex'), 'UTF8'))");
	utf8::decode($got);
	my ($inner) = $got =~ /^"(.*)"$/s;
	$inner =~ s/""/"/g;
	unlike($inner, qr/^[\s\x{a0}]*[-=+\@\x{ff1d}\x{2212}]|^[\t\r\n]/, 'neutralised: ' . join(' ', map { sprintf '%x', ord } split //, $cell));
	is($inner, $cell, '... and left as it is') if $cell =~ /^[a-z1]/;
}
SKIP:
{
	skip 'LibreOffice or openpyxl is not installed', 2
	  if system('command -v soffice >/dev/null && /usr/bin/python3 -c "import openpyxl" 2>/dev/null') != 0;
	spill("$tmp/receipt.csv", $text{csv});
	system("cd $tmp && HOME=$tmp timeout 180 soffice --headless --infilter='Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false' --convert-to xlsx receipt.csv >/dev/null 2>&1");
	my $formulas = `/usr/bin/python3 -c 'import openpyxl, sys
cells = [c for row in openpyxl.load_workbook(sys.argv[1]).active.iter_rows() for c in row]
print(sum(c.data_type == "f" for c in cells), sum(c.value is not None for c in cells) > 100)' $tmp/receipt.xlsx`;
	is($formulas, "0 True\n", 'LibreOffice finds no formula in it');
}

# Texts of the partnership, and the command.
hub_ok($node, 'partnership', 'name', 'Saltmere <b>VRP</b> (made up)');
hub_ok($node, 'partnership', 'contact', 'hub@saltmere.example');
hub_ok($node, 'partnership', 'use', "First use.\n\nSecond use.");
like(receipt($first, 'html'), qr/Saltmere &lt;b&gt;VRP&lt;\/b&gt; \(made up\).*<p>First use\.<\/p>\n<p>Second use\.<\/p>/s, 'the partnership\'s own words');
like(receipt($first, 'text'), qr/^Questions\? hub\@saltmere\.example$/m, 'and whom to ask');
like(hub_ok($node, 'partnership'), qr/^contact: .*\nhub\@saltmere\.example$/m, 'partnership lists them');
my ($code, $out, $err) = hub($node, 'partnership', 'nonsense', 'x');
is($code, 2, 'a name that there is none of');
($code, $out, $err) = hub($node, 'partnership', 'keep-narrative', 'perhaps');
is($code, 2, 'on or off');
like(receipt($first, 'text'), qr/There is no earlier return of this programme to compare with\./, 'the first return of a programme');
hub_ok($node, 'receipt', $second, '-o', "$tmp/out.html");
is(slurp_file("$tmp/out.html"), receipt($second, 'html'), 'a file\'s ending tells the format');
hub_ok($node, 'receipt', $second, '--output', "$tmp/out.csv");
is(slurp_file("$tmp/out.csv"), receipt($second, 'csv'), '... CSV');
($code, $out, $err) = hub($node, 'receipt', $_->[0], '--format', $_->[1]), is($code, 2, "receipt @$_") for [ 9999, 'text' ], [ 'x', 'text' ], [ $first, 'pdf' ];
($code, $out, $err) = hub($node, 'receipt', $first, '-o', "$tmp/no/such/folder.html");
is($code, 9, 'a file that can\'t be written');
is((sort { $b <=> $a } map { length } split /\n/, $text{text} =~ s/^SHA.*//mr)[0] <= 78 ? 1 : 0, 1, 'plain text has no line longer than 78 characters') or diag($text{text});

# Each state has its words: what replaced it, what is still to be checked, what can't be told.
my $third = send_return($programme, '2025-Q1', 'new', "basis,new_referrals\ntotal,31\nage.18-25,20\nage.25+,11\nsex.female,19\nsex.male,12\n");
like(receipt($first, 'text'), qr/was\s+replaced\s+by\s+a\s+later\s+file\s+\(submission\s+$third\)/, 'superseded');
my $entered = $node->safe_psql('postgres', "SELECT submission FROM intake.enter('Org', NULL, NULL, NULL, 'return', 'new.docx', 12, sha256('x'), 'test', NULL)");
like(receipt($entered, $_), qr/Your file new\.docx has reached us and is waiting to be checked\./, "received, $_") for qw(text html csv json);
is(system('xmllint', '--noout', '--nonet', spill("$tmp/entered.html", receipt($entered, 'html'))), 0, 'of which little is known');

$node->stop;
done_testing();
