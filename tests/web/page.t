# The partners' page in a real browser: Chromium, driven by playwright-core (page.mjs). The screenshots stay in build/check/shots.
use strict;
use warnings;
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $python = '/usr/bin/python3';
plan skip_all => 'Chromium is not installed' if !-x '/usr/bin/chromium';
plan skip_all => 'Node.js is not installed' if system('command -v node >/dev/null') != 0;
plan skip_all => 'the packages of tests/web are not installed: npm ci in tests/web' if !-d "$root/tests/web/node_modules/playwright-core";
plan skip_all => 'openpyxl is not installed' if system("$python -c 'import openpyxl' 2>/dev/null") != 0;

my $node = PostgreSQL::Test::Cluster->new('page');
$node->init;
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
my @keep = serve_prepare($node, $tmp);
my $token = serve_partner($node, 'Saltmere Test Charity (made up)', 'Harbour Mentoring (made up)', 'Northgate Youth Outreach and Family Support (made up)');
my $hub = serve_start($node, $tmp, @keep, '--rate-token', 0, '--rate-address', 0);
END { my $status = $?; serve_kill($hub); $? = $status; }

# A workbook with faults, as a person would fill it in, and the same put right.
hub_ok($node, 'template', 'improved', '--period', '2025-Q2', '-o', "$tmp/form.xlsx");
spill("$tmp/fill.py", <<'PY');
import sys, openpyxl
tmp = sys.argv[1]
answers = {'total': 12, 'age.18-24': 9, 'age.25+': 2, 'age.not_known': 1, 'sex.female': 4, 'sex.male': 7, 'sex.not_known': 1,
    'ethnicity.W1': 11, 'ethnicity.not_known': 1, 'place.not_known': 12, 'referrals.total': 9, 'referrals.accepted': 8,
    'referrals.refused': 1, 'caseload.opening': 5, 'caseload.new': 7, 'caseload.closed': 3, 'caseload.closing': 9,
    'secondary.total': 'yes', 'basis': 'caseload_in_period', 'narrative.activities': 'Made up: weekly sessions.'}
for name, more in (('return test 1', {'sex.male': 40, 'age.25+': 'twelve or so', 'caseload.closing': -3}), ('return test 2', {})):
    book = openpyxl.load_workbook(tmp + '/form.xlsx')
    sheet = book['Return']
    for row in sheet.iter_rows(min_row=6):
        field = row[4].value
        if field in answers:
            row[1].value = {**answers, **more}[field]
    sheet['A2'] = 'Programme: Harbour Mentoring (made up)'
    book.save(f'{tmp}/{name}.xlsx')
PY
is(system($python, "$tmp/fill.py", $tmp), 0, 'the workbooks are filled in');

my $shots = "$root/build/check/shots";
mkdir $shots;
local $ENV{WARDSTAR_URL} = "http://127.0.0.1:$hub->{port}/";
local $ENV{WARDSTAR_TOKEN} = $token;
local $ENV{WARDSTAR_FAULTY} = "$tmp/return test 1.xlsx";
local $ENV{WARDSTAR_CORRECTED} = "$tmp/return test 2.xlsx";
local $ENV{WARDSTAR_SHOTS} = $shots;
local $ENV{HOME} = $tmp;
my @lines = `timeout 300 node '$root/tests/web/page.mjs' 2>'$tmp/node.err'`;
my $status = $?;
# Its lines are tests of this one.
my $at = 0;
while ($at < @lines)
{
	my $line = $lines[$at++];
	next if $line !~ /^(not )?ok \d+ - (.*)/;
	my ($bad, $title) = ($1, $2);
	my $why = '';
	$why .= $lines[$at++] while $at < @lines && $lines[$at] =~ /^#/;
	ok(!$bad, $title) or diag $why;
}
is($status, 0, 'the browser came to the end') or diag slurp_file("$tmp/node.err");

is($node->safe_psql('postgres', q{SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) AS n FROM intake.submission GROUP BY state) s}),
	'accepted 1, rejected 1, superseded 1', 'the ledger holds the faulty file once, the corrected one, which replaced it, once, and the photo');
unlike(serve_log($hub), qr/\Q$token\E|return\.xlsx/, 'neither token nor file name is in the log');
is(serve_stop($hub), 0, 'the service stops when asked');
done_testing();
