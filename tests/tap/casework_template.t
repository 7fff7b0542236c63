# The workbook of a record-level return: every column that is asked for, values to choose from, and what is filled in, by
# openpyxl and after LibreOffice saved it, is read back without a finding. All clients are made up.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $python = -x '/usr/bin/python3' ? '/usr/bin/python3' : 'python3';
plan skip_all => 'openpyxl is not installed' if system("$python -c 'import openpyxl' 2>/dev/null") != 0;
my $node = PostgreSQL::Test::Cluster->new('casework_template');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\n");
$node->start;
my $folder = $node->basedir . '/files';
mkdir $folder or die $!;
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);
hub_ok($node, 'programme', 'add', $_, '--organisation', 'Saltmere Families', '--made-up', '--quiet') for 'Families', 'Tables', 'Sheets';
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }

hub_ok($node, 'template', 'records', '--programme', 'Families', '--period', '2025-Q3', '-o', "$folder/records.xlsx");
is((hub($node, 'template', 'records', '-o', "$folder/records.csv"))[0], 2, 'a workbook alone');
is((hub($node, 'template', 'records', '--period', 'summer', '-o', "$folder/none.xlsx"))[0], 2, 'a quarter is one');
ok(!-e "$folder/none.xlsx", 'and nothing is left');
spill("$folder/look.py", <<'PY');
import json, openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
out = {'sheets': [s.title for s in book.worksheets], 'hidden': [s.title for s in book.worksheets if s.sheet_state != 'visible'], 'columns': {}, 'rules': {}}
for s in book.worksheets:
    out['columns'][s.title] = [c.value for c in s[1] if c.value]
    for v in s.data_validations.dataValidation:
        column = str(v.sqref).split(':')[0].rstrip('0123456789')
        values = None
        if v.type == 'list':
            name, cells = v.formula1.split('!')
            values = [c[0].value for c in book[name.lstrip('=')][cells.replace('$', '')]] if ':' in cells else [book[name][cells].value]
        out['rules'][s.title + '.' + s[column + '1'].value] = [v.type, values]
print(json.dumps(out))
PY
my $look = decode_json(`$python $folder/look.py $folder/records.xlsx`);
is_deeply($look->{hidden}, [], 'no sheet is hidden');
for my $table (qw(clients referrals engagements contacts stars measures feedback))
{
	my $definition = decode_json(slurp_file("$ENV{WARDSTAR_ROOT}/sql/hub/records/$table.json"));
	my @asked = grep { ($_->{meaning} // '') !~ /^(?:name|birth|nhs|prison|left out)$/ } @{ $definition->{fields} };
	is_deeply($look->{columns}{$table}, [ map { $_->{name} } @asked ], "$table: its columns, and none for names");
	for my $field (@asked)
	{
		my ($type, $values) = @{ $look->{rules}{"$table.$field->{name}"} // [] };
		if (my $choices = $field->{constraints}{enum})
		{
			is_deeply([ grep { my $v = $_; grep { $_ eq $v } @$choices } @{ $values // [] } ], $choices, "$table.$field->{name}: values to choose from");
		}
		elsif ($field->{type} eq 'date') { is($type, 'date', "$table.$field->{name}: a date"); }
		elsif ($field->{type} eq 'integer') { is($type, 'whole', "$table.$field->{name}: a whole number"); }
	}
}
ok((grep { $_ eq 'Families' } @{ $look->{rules}{'referrals.source'}[1] }), 'programmes of the register are among the sources');

spill("$folder/fill.py", <<'PY');
import datetime, openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
book['About']['B1'] = sys.argv[3]
def put(sheet, **values):
    s = book[sheet]
    heads = {c.value: c.column for c in s[1]}
    row = 2
    while s.cell(row, 1).value: row += 1
    for name, value in values.items(): s.cell(row, heads[name]).value = value
day = datetime.date
put('clients', client_ref='0017', sex='male', age_band='5-10', ethnicity='W1', consent_to_share='yes', consent_given_on=day(2025, 10, 1), custody_status='on licence')
put('clients', client_ref='0018', sex='female', year_of_birth=1990, consent_to_share='no')
put('referrals', client_ref='0017', referred_on=day(2025, 10, 2), source='youth justice', result='accepted')
put('engagements', client_ref='0017', started_on=day(2025, 10, 3), outcome='open')
put('contacts', client_ref='0017', contact_on=day(2025, 10, 4), kind='visit')
put('stars', client_ref='0017', taken_on=day(2025, 10, 9), mode='agreed', instrument='teen', scores='1,2,3,4,5,1')
put('measures', client_ref='0017', measured_on=day(2025, 10, 9), measure='swemwbs', occasion='before', value=21.5)
put('feedback', client_ref='0017', given_on=day(2025, 12, 9), giver='participant', rating=5, recommend='yes')
book.save(sys.argv[2])
PY
sub rows { my ($programme) = @_; return value("SELECT concat_ws(' ', q.sex, q.age_band, q.ethnicity, q.custody_status, q.consent_given_on, r.source, r.referred_on, e.started_on, k.kind, k.contact_on, s.star, m.measure, m.value, b.rating, b.recommend)
	FROM casework.client_quarter q JOIN casework.referral r USING (submission, client) JOIN casework.engagement e USING (submission, client) JOIN casework.contact k USING (submission, client)
	JOIN casework.star_review s USING (submission, client) JOIN casework.measure m USING (submission, client) JOIN casework.feedback b USING (submission, client) WHERE q.programme = '$programme'"); }
my $wanted = 'male [5,11) W1 on licence 2025-10-01 youth justice 2025-10-02 2025-10-03 visit 2025-10-04 teen(1,2,3,4,5,1) swemwbs 21.5 5 t';
is(system($python, "$folder/fill.py", "$folder/records.xlsx", "$folder/filled.xlsx", 'Families'), 0, 'filled in');
my $out = hub_ok($node, 'load', '--as', 'records', "$folder/filled.xlsx");
is(join(' ', $out =~ /^  (?:error|query|note) (\w+)/mg), 'H315', 'nothing is found but that one does not share');
is(rows('Families'), $wanted, 'and all of it is there');
SKIP:
{
	skip 'LibreOffice is not installed', 6 if system('command -v soffice >/dev/null') != 0;
	mkdir "$folder/saved";
	# An .ods has a row for each that has a drop-down, and then one for the rest of the sheet: GDAL stops there.
	for ([ 'Tables', 'xlsx' ], [ 'Sheets', 'ods' ])
	{
		my ($programme, $kind) = @$_;
		system($python, "$folder/fill.py", "$folder/records.xlsx", "$folder/$programme.xlsx", $programme);
		system("cd $folder && HOME=$folder timeout 180 soffice --headless --convert-to $kind --outdir saved $programme.xlsx >/dev/null 2>&1");
		ok(-e "$folder/saved/$programme.$kind", "LibreOffice opens it and saves it as .$kind");
		$out = hub_ok($node, 'load', '--as', 'records', "$folder/saved/$programme.$kind");
		is(rows($programme), $wanted, 'and the same is read back');
	}
}
$node->stop;
done_testing();
