# wardstar-read: documents made here by openpyxl, python-docx and by hand in XML come out cell by cell, and what is
# no document of ours is refused with a reason, within the limits that the hub runs it under.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IPC::Run;
use JSON;
use Test::More;
use Time::HiRes qw(time);

my $root = $ENV{WARDSTAR_ROOT};
my $tmp = tempdir(CLEANUP => 1);

# As the hub runs it: half a gigabyte of address space, ten seconds of CPU.
sub read_document
{
	my $file = shift;
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'bash', '-c', 'ulimit -v 524288 -t 10; exec "$0" "$1"', "$root/build/wardstar-read", $file ],
		'<', \undef, '>', \$out, '2>', \$err);
	my $code = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
	my @lines = map { decode_json($_) } grep { /^\{/ } split /\n/, $out;
	return ($code, \@lines, $err);
}

sub spill
{
	my ($name, $text) = @_;
	my $file = "$tmp/$name";
	(my $folder = $file) =~ s{/[^/]*$}{};
	system('mkdir', '-p', $folder);
	open my $fh, '>:raw', $file or die "$file: $!";
	print $fh $text;
	close $fh;
	return $file;
}

# A ZIP of members given as name => text.
my $packages = 0;
sub package_of
{
	my %member = @_;
	my $folder = 'package' . ++$packages;
	spill("$folder/$_", $member{$_}) for keys %member;
	system("cd '$tmp/$folder' && zip -qr ../$folder.zip .") == 0 or die 'zip';
	return "$tmp/$folder.zip";
}

sub cell_at
{
	my ($lines, $sheet, $row, $column) = @_;
	my $at = '';
	for (@$lines)
	{
		$at = $_->{name} if exists $_->{sheet};
		return $_ if $at eq $sheet && exists $_->{row} && $_->{row} == $row && $_->{column} == $column;
	}
	return {};
}

my $python = '/usr/bin/python3';
SKIP:
{
	skip 'openpyxl and python-docx are not installed', 27 if system("$python -c 'import openpyxl, docx' 2>/dev/null") != 0;
	my $script = spill('make.py', <<'PY');
import sys, datetime, openpyxl, docx
folder = sys.argv[1]
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Return"
sheet["B3"] = "Aged 18 to 25"
sheet["C3"] = 5
sheet["B4"] = "5-11"
sheet["C4"] = "1,024"
sheet["B5"] = datetime.date(2025, 11, 5)
sheet["C5"] = "00123"
sheet["B6"] = True
sheet["C6"] = 0.25
sheet["C6"].number_format = "0%"
sheet["B7"] = "two\nlines"
sheet["C7"] = "ümlaut < & >"
sheet.row_dimensions[4].hidden = True
hidden = book.create_sheet("Notes")
hidden.sheet_state = "hidden"
hidden["A1"] = "kept back"
book.save(folder + "/a.xlsx")
far = openpyxl.Workbook()
far.active["A1"] = "x"
far.active["XFD1048576"] = "far"
far.save(folder + "/far.xlsx")
from openpyxl.utils.datetime import CALENDAR_MAC_1904
mac = openpyxl.Workbook()
mac.epoch = CALENDAR_MAC_1904
mac.active.append([datetime.date(2025, 11, 5), datetime.datetime(2024, 2, 29, 13, 30), "2021/11/04", 44504])
mac.save(folder + "/mac.xlsx")
d = docx.Document()
d.add_paragraph("Quarterly return")
t = d.add_table(rows=4, cols=3)
t.cell(0, 0).merge(t.cell(0, 2)).text = "Children"
t.cell(1, 0).text = "0-4 years"
t.cell(1, 1).text = "3"
t.cell(2, 0).merge(t.cell(3, 0)).text = "Adults"
t.cell(2, 1).text = "25+"
t.cell(2, 2).text = "16\n17"
t.cell(3, 1).text = "N/A"
d.add_paragraph("Signed")
d.save(folder + "/a.docx")
PY
	is(system($python, $script, $tmp), 0, 'the documents are made');

	my ($code, $lines) = read_document("$tmp/a.xlsx");
	is($code, 0, 'a workbook is read');
	is_deeply($lines->[0], { document => 'xlsx' }, '... and known as one');
	is(cell_at($lines, 'Return', 3, 2)->{text}, 'Aged 18 to 25', '... text');
	is(cell_at($lines, 'Return', 3, 3)->{text}, '5', '... a whole number without a decimal point');
	is(cell_at($lines, 'Return', 4, 3)->{text}, '1,024', '... text that looks like a number');
	ok(cell_at($lines, 'Return', 4, 3)->{hidden}, '... a hidden row is marked');
	ok(!cell_at($lines, 'Return', 3, 3)->{hidden}, '... the others are not');
	is(cell_at($lines, 'Return', 5, 2)->{type}, 'date', '... a date');
	like(cell_at($lines, 'Return', 5, 2)->{text}, qr{^2025/11/05}, '... and its text');
	is(cell_at($lines, 'Return', 5, 3)->{text}, '00123', '... leading zeros');
	is(cell_at($lines, 'Return', 6, 2)->{type}, 'boolean', '... a yes/no value');
	is(cell_at($lines, 'Return', 6, 3)->{type}, 'percent', '... a percentage');
	is(cell_at($lines, 'Return', 6, 3)->{text}, '0.25', '... and its value');
	is(cell_at($lines, 'Return', 7, 2)->{text}, "two\nlines", '... a line break');
	is(cell_at($lines, 'Return', 7, 3)->{text}, "\x{fc}mlaut < & >", '... letters and signs');
	my ($notes) = grep { ($_->{name} // '') eq 'Notes' } @$lines;
	ok($notes->{hidden}, '... a hidden sheet is marked');
	is_deeply($lines->[-1], { end => JSON::true }, '... to the end');

	($code, $lines) = read_document("$tmp/far.xlsx");
	is($code, 4, 'a cell far away is refused');
	like($lines->[-1]{refused}, qr/far away/, '... with the reason');

	# Excel for Mac once counted days from 1904; GDAL would make 2021/11/04 of the first.
	($code, $lines) = read_document("$tmp/mac.xlsx");
	is($code, 0, 'a workbook whose days are counted from 1904');
	is_deeply([ map { $_->{text} } grep { exists $_->{row} } @$lines[0, 1, 2] ], ['2025/11/05'], '... its dates are right');
	is_deeply([ map { $_->{text} } grep { exists $_->{row} && $_->{column} > 1 } @$lines ], [ '2024/02/29', '2021/11/04', '44504' ], '... and what is no date stays');

	($code, $lines) = read_document("$tmp/a.docx");
	is($code, 0, 'a Word document is read');
	is_deeply(
		[ grep { exists $_->{row} } @$lines ],
		[
			{ row => 1, column => 1, text => 'Quarterly return' },
			{ row => 2, column => 1, text => 'Signed' },
			{ row => 1, column => 1, columns => 3, text => 'Children' },
			{ row => 2, column => 1, text => '0-4 years' },
			{ row => 2, column => 2, text => '3' },
			{ row => 3, column => 1, rows => 2, text => 'Adults' },
			{ row => 3, column => 2, text => '25+' },
			{ row => 3, column => 3, text => "16\n17" },
			{ row => 4, column => 2, text => 'N/A' },
		],
		'... its text and its table, merged cells at their first place');

	# Cut at every twentieth of its length: read or refused, never a crash.
	for my $name ('a.xlsx', 'a.docx')
	{
		open my $fh, '<:raw', "$tmp/$name" or die $!;
		my $whole = do { local $/; <$fh> };
		my $bad = 0;
		for my $part (1 .. 19)
		{
			my ($c) = read_document(spill('cut', substr($whole, 0, int(length($whole) * $part / 20))));
			$bad++ if $c ne '4';
		}
		is($bad, 0, "$name cut anywhere is refused");
	}
}

# An OpenDocument sheet, by hand.
my $ods = package_of(
	mimetype => 'application/vnd.oasis.opendocument.spreadsheet',
	'content.xml' => <<'XML');
<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet>
<table:table table:name="Return" table:style-name="ta1">
<table:table-row><table:table-cell office:value-type="string"><text:p>Aged 18 to 25</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2" table:visibility="collapse"><table:table-cell office:value-type="string"><text:p>twice</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2025-04-01"><text:p>01/04/25</text:p></table:table-cell><table:table-cell office:value-type="percentage" office:value="0.25"><text:p>25%</text:p></table:table-cell></table:table-row>
</table:table>
<table:table table:name="Notes" table:style-name="ta2"><table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>
</office:spreadsheet></office:body></office:document-content>
XML
my ($code, $lines) = read_document($ods);
is($code, 0, 'an OpenDocument spreadsheet is read') or diag explain $lines;
is(cell_at($lines, 'Return', 1, 2)->{text}, '5', '... a number');
ok(cell_at($lines, 'Return', 3, 1)->{hidden}, '... repeated rows that are hidden');
is(cell_at($lines, 'Return', 4, 1)->{type}, 'boolean', '... a yes/no value');
is(cell_at($lines, 'Return', 4, 2)->{type}, 'date', '... a date');
is(cell_at($lines, 'Return', 4, 3)->{type}, 'percent', '... a percentage');
ok((grep { ($_->{name} // '') eq 'Notes' && $_->{hidden} } @$lines), '... a hidden sheet');

# The blank rows below a form: GDAL stops at thousands of them, and nothing may be lost by that without a word.
sub ods_of
{
	my @tables = @_;
	my $xml = join '', map { sprintf '<table:table table:name="%s">%s</table:table>', @$_ } @tables;
	return package_of(
		mimetype => 'application/vnd.oasis.opendocument.spreadsheet',
		'content.xml' => '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
		  . $xml . '</office:spreadsheet></office:body></office:document-content>');
}
sub ods_cell { return '<table:table-cell office:value-type="string"><text:p>' . shift() . '</text:p></table:table-cell>'; }
sub ods_row { my ($times, @cells) = @_; return "<table:table-row table:number-rows-repeated=\"$times\">" . (join('', @cells) || '<table:table-cell/>') . '</table:table-row>'; }
my $head = join '', map { ods_row(1, map { ods_cell("$_") } 1 .. 3) } 1 .. 3;
my $wide = join '', map { ods_row(1, map { ods_cell("$_") } 1 .. 30) } 1 .. 3;
my $comment = '<table:table-cell><office:annotation><dc:creator>x</dc:creator><text:p>a comment</text:p></office:annotation></table:table-cell>';
for (
	[ '500 rows and the rest of the sheet', $head . ods_row(499) . ods_row(1_048_073) . ods_row(1) ],
	[ '12,000 rows', $head . ods_row(12_000) . ods_row(1_036_573) ],
	[ '5,000 rows of 30 columns', $wide . ods_row(5_000) . ods_row(1_043_573) ],
	[ '500 rows, a comment, and the rest', $head . ods_row(499) . ods_row(1, $comment) . ods_row(1_048_072) . ods_row(1) ],
	)
{
	my ($what, $rows) = @$_;
	($code, $lines) = read_document(ods_of([ 'clients', $rows ], [ 'after', ods_row(1, ods_cell('next sheet')) ]));
	is($code, 0, "blank below the form: $what: read") or diag explain $lines->[-1];
	is(cell_at($lines, 'clients', 3, 3)->{text}, '3', '... to the last of its rows');
	is(cell_at($lines, 'after', 1, 1)->{text}, 'next sheet', '... and the sheet after it');
}
for (
	[ 'below 10,001 rows', $head . ods_row(10_001) . ods_row(1, ods_cell('below')), 'row 10005,' ],
	[ 'below 500 rows and the filler', $head . ods_row(499) . ods_row(1_048_073) . ods_row(1, ods_cell('below')), 'row 1048576,' ],
	[ 'in the last row of all', $head . ods_row(1_048_572) . ods_row(1, ods_cell('below')), 'row 1048576,' ],
	[ 'below 5,000 rows of 30 columns', $wide . ods_row(5_000) . ods_row(1, ods_cell('below')), 'row 5004,' ],
	[ 'in a row repeated 20,000 times', $head . ods_row(20_000, ods_cell('below')), 'row 20003,' ],
	[ 'a formula', $head . ods_row(12_000) . ods_row(1, '<table:table-cell table:formula="of:=1+1"/>'), 'row 12004,' ],
	[ 'text without a type', $head . ods_row(12_000) . ods_row(1, '<table:table-cell><text:p>below</text:p></table:table-cell>'), 'row 12004,' ],
	[ 'a sheet of which nothing is read', ods_row(20_000) . ods_row(1, ods_cell('below')), 'row 20001,' ],
	)
{
	my ($what, $rows, $where) = @$_;
	($code, $lines) = read_document(ods_of([ 'clients', $rows ], [ 'after', ods_row(1, ods_cell('next sheet')) ]));
	is($code, 4, "something far below: $what: refused") or diag explain $lines;
	like($lines->[-1]{refused} // '', qr/far away from the form, in \Q$where\E/, '... and says where');
}
# GDAL drops the first cells of such a row, and the others move to the left.
($code, $lines) = read_document(ods_of([ 'clients', $head . ods_row(5_000, '<table:table-cell table:number-columns-repeated="40"/>', ods_cell('moved')) ]));
is($code, 4, 'a row of content that GDAL would read in the wrong columns: refused') or diag explain $lines;
like($lines->[-1]{refused} // '', qr/many times/, '... with the reason');

# What is not the cell's own: a comment, which may name a person, and a text in a shape. GDAL puts both before the cell's text.
my $note = '<office:annotation><dc:creator>x</dc:creator><dc:date>2025-11-22T00:00:00</dc:date><text:p>ring Jo</text:p><text:p>first</text:p></office:annotation>';
my $shape = '<draw:custom-shape xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><text:p>see page 2</text:p></draw:custom-shape>';
($code, $lines) = read_document(ods_of([
	'clients', ods_row(1, ods_cell('client_ref'), ods_cell('n')) . ods_row(1,
		qq{<table:table-cell office:value-type="string">$note<text:p>0017</text:p></table:table-cell>},
		qq{<table:table-cell office:value-type="float" office:value="5">$note<text:p>5</text:p></table:table-cell>},
		qq{<table:table-cell>$note</table:table-cell>},
		qq{<table:table-cell office:value-type="string">$note<text:p>two</text:p><text:p>lin<text:span>es</text:span></text:p></table:table-cell>},
		qq{<table:table-cell office:value-type="boolean" office:boolean-value="true">$note<text:p>TRUE</text:p></table:table-cell>},
		qq{<table:table-cell table:number-columns-repeated="2" office:value-type="string">$shape<text:p>0018</text:p></table:table-cell>},
		qq{<table:table-cell office:value-type="date" office:date-value="2025-11-05">$note<text:p>05/11/25</text:p></table:table-cell>},
		ods_cell('plain'))
	]));
is($code, 0, 'a sheet with comments and shapes is read') or diag explain $lines;
is_deeply(
	[ map { $_->{text} . (exists $_->{type} ? " ($_->{type})" : '') . " $_->{column}" } grep { ($_->{row} // 0) == 2 } @$lines ],
	[ '0017 1', '5 2', "two\nlines 4", 'TRUE (boolean) 5', '0018 6', '0018 7', '2025-11-05 (date) 8', 'plain 9' ],
	'... each cell with its own text alone');

# Word by hand: alternate namespace, nested table, tracked deletion, content control.
my $word = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
sub docx { return package_of('[Content_Types].xml' => '<Types/>', 'word/document.xml' => shift); }
($code, $lines) = read_document(docx(qq{<?xml version="1.0"?><w:document xmlns:w="$word"><w:body>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Total</w:t></w:r></w:p></w:tc><w:sdt><w:sdtContent><w:tc><w:p><w:del><w:r><w:delText>6</w:delText></w:r></w:del><w:ins><w:r><w:t>7</w:t></w:r></w:ins></w:p></w:tc></w:sdtContent></w:sdt></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>0</w:t></w:r><w:r><w:noBreakHyphen/></w:r><w:r><w:t>4</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>inner</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl></w:body></w:document>}));
is($code, 0, 'a Word document by hand');
is(cell_at($lines, 'table 1', 1, 2)->{text}, '7', '... the answer in a content control, without what was deleted');
is(cell_at($lines, 'table 1', 2, 1)->{text}, '0-4', '... a hyphen that does not break');
is(cell_at($lines, 'table 2', 1, 1)->{text}, 'inner', '... a table in a cell is one of its own');

# What is refused, and why.
my $bomb = package_of('xl/workbook.xml' => ' ' x (150 * 1024 * 1024));
my @refused = (
	[ 'an empty file', spill('empty', ''), qr/empty/ ],
	[ 'text', spill('text', 'hello'), qr/neither a Word document/ ],
	[ 'a PDF', spill('pdf', "%PDF-1.7\n"), qr/PDF/ ],
	[ 'an encrypted workbook, or one of before 2007', spill('ole', "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" . 'x' x 600), qr/password/ ],
	[ 'a ZIP that is no document', package_of('a.txt' => 'a'), qr/neither a Word document/ ],
	[ 'a workbook with macros', package_of('xl/workbook.xml' => '<workbook/>', 'xl/vbaProject.bin' => 'x'), qr/macros/ ],
	[ 'a ZIP bomb', $bomb, qr/far more than a return/ ],
	[ 'a document type with entities', docx(qq{<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><w:document xmlns:w="$word"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>}), qr/damaged/ ],
	[ 'XML that is not well formed', docx('<w:document'), qr/damaged/ ],
	[ 'tables in tables without end', docx(qq{<?xml version="1.0"?><w:document xmlns:w="$word"><w:body>} . '<w:tbl><w:tr><w:tc>' x 80 . '</w:tc></w:tr></w:tbl>' x 80 . '</w:body></w:document>'), qr/nested/ ],
	[ 'a workbook without sheets', package_of('xl/workbook.xml' => 'nothing'), qr/damaged/ ],
	[ '25 MB', do { open my $fh, '>', "$tmp/large"; truncate $fh, 25 * 1024 * 1024; "$tmp/large" }, qr/larger than 20 MB/ ],
	[ 'a file that is not there', "$tmp/none", qr/can't be read/ ],
);
for (@refused)
{
	my ($what, $file, $reason) = @$_;
	my $start = time;
	($code, $lines) = read_document($file);
	is($code, 4, "$what is refused");
	like($lines->[-1]{refused} // '', $reason, '... with the reason');
	cmp_ok(time - $start, '<', 15, '... in seconds');
	is(scalar(grep { exists $_->{row} } @$lines), 0, '... and nothing of it is given out');
}
done_testing();
