# A partner sends a record-level return over HTTP: a workbook and a CSV file are checked by the service's worker as the
# command line checks them, and a programme of somebody else is none of its. All clients are made up.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use ServeTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('casework_serve');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\nlog_statement = all\n");
$node->start;
my $folder = $node->basedir . '/files';
mkdir $folder or die $!;
my @options = serve_prepare($node, $folder);
my $token = serve_partner($node, 'Partners', 'POPs');
my $other = serve_partner($node, 'Others', 'Mentors');
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }
my $serve = serve_start($node, $folder, @options);

my $clients = "client_ref,sex,year_of_birth,consent_to_share,consent_given_on\nBarnaby-1,female,1990,yes,2025-07-01\nBarnaby-2,male,1991,no,\nBarnaby-3,male,1992,yes,2025-07-01\n";
my $answer = upload($serve, $token, 'programme=POPs&period=2025-Q2&wait=30', $clients);
is("$answer->{json}{state} $answer->{json}{kind}", 'accepted records', 'a CSV file of clients is told to be records by its heading') or diag explain $answer;
is(value("SELECT people FROM returns.count WHERE category = 'everyone'"), '[3,4)', 'everyone');
is(value("SELECT count(*) FROM casework.client_quarter"), 2, 'and two who share');
$answer = ask($serve, $token, 'GET', "$answer->{json}{receipt}", { Accept => 'text/plain' });
like($answer->{body}, qr/POPs/, 'a receipt');
unlike($answer->{body}, qr/Barnaby/, 'that repeats nobody');
like($answer->{body}, qr/row\s+for\s+each\s+client/, 'and says that rows are kept');

$answer = upload($serve, $token, 'programme=POPs&period=2025-Q2&wait=30', "client_ref,sex,consent_to_share\nBarnaby-1,Barnaby,no\n");
is($answer->{json}{state}, 'rejected', 'one with a name in place of the sex is rejected');
is(value("SELECT count(*) FROM casework.client_quarter"), 2, 'and what was there stays');
$answer = upload($serve, $token, 'programme=POPs&period=2025-Q2&wait=30', "client_ref,consent_to_share\nBarnaby-1,no\nBarnaby-2,no,Barnaby\n");
is($answer->{json}{state}, 'rejected', 'one with a cell too many is rejected');
$answer = ask($serve, $token, 'GET', "$answer->{json}{receipt}", { Accept => 'text/plain' });
like($answer->{body} =~ s/\s+/ /gr, qr/Line 3: it has more cells than the heading/i, '... as records, and not as a form');
unlike($answer->{body}, qr/Barnaby/, '... and repeats nobody');
hub_ok($node, 'programme', 'add', 'POPs', '--expected', '2025-Q1,2025-Q2', '--quiet');
is(join(', ', map { "$_->{period} $_->{state}" } @{ ask($serve, $token, 'GET', '/v1/due')->{json}{due} }), '2025-Q1 not sent, 2025-Q2 accepted', 'the quarter is no longer due');
$answer = upload($serve, $token, 'wait=30', $clients . "Barnaby-4,male,1993,no,\n");
is($answer->{json}{state}, 'waiting for answer', 'one that does not say its programme waits');
$answer = upload($serve, $other, 'period=2025-Q2&kind=records&programme=Mentors&wait=30', $clients);
is($answer->{json}{state}, 'accepted', 'another organisation');
is(value('SELECT count(DISTINCT client) FROM casework.client_quarter'), 4, 'with the same references has other clients');

SKIP:
{
	my $python = -x '/usr/bin/python3' ? '/usr/bin/python3' : 'python3';
	skip 'openpyxl is not installed', 4 if system("$python -c 'import openpyxl' 2>/dev/null") != 0;
	spill("$folder/book.py", <<'PY');
import openpyxl, sys
def book(programme, path):
    b = openpyxl.Workbook()
    b.active.title = 'About'
    b.active.append(['Programme', programme])
    b.active.append(['Period', '2025-Q3'])
    s = b.create_sheet('Clients')
    for row in [['Client ref', 'Sex', 'Consent to share', 'Consent given on'], ['Barnaby-1', 'F', True, '2025-10-01'], ['Barnaby-9', 'M', 'Yes', '01/10/2025']]:
        s.append(row)
    s = b.create_sheet('Contacts')
    for row in [['Client ref', 'Contact on', 'Kind'], ['Barnaby-9', '2025-10-09', 'phone']]:
        s.append(row)
    b.save(path)
book('POPs', sys.argv[1] + '/own.xlsx')
book('Mentors', sys.argv[1] + '/other.xlsx')
PY
	system($python, "$folder/book.py", $folder) == 0 or die;
	$answer = upload($serve, $token, 'wait=30', slurp_file("$folder/own.xlsx"));
	is("$answer->{json}{state} $answer->{json}{programme} $answer->{json}{period}", 'accepted POPs 2025-Q3', 'a workbook says what it is for') or diag explain $answer;
	is(value("SELECT count(*) || ' ' || (SELECT count(*) FROM casework.contact) FROM casework.client_quarter WHERE period = '2025-Q3'"), '2 1', 'and fills the tables');
	$answer = upload($serve, $token, 'wait=30', slurp_file("$folder/other.xlsx"));
	is($answer->{json}{state}, 'waiting for answer', 'one that says another organisation\'s programme waits');
	is(value("SELECT count(*) FROM casework.client_quarter WHERE programme = 'Mentors' AND period = '2025-Q3'"), 0, 'and changes nothing there');
}
serve_stop($serve);
# Told what it is, a file that waits is checked from its bytes in the spool.
my $waiting = value("SELECT min(id) FROM intake.submission WHERE state = 'waiting for answer'");
my ($code, $out, $err) = hub($node, 'explain', $waiting, '--programme', 'POPs', '--period', '2025-Q4', @options);
is(value("SELECT state || ' ' || kind || ' ' || period FROM intake.submission WHERE id = $waiting"), 'accepted records 2025-Q4', 'explain tells the quarter') or diag "$code $out $err";
is(value("SELECT count(*) FROM casework.client_quarter WHERE period = '2025-Q4'"), 2, 'and its rows are stored');
$node->command_ok([ 'pg_dump', '-f', "$folder/dump.sql", $node->connstr('postgres') ], 'pg_dump');
unlike(slurp_file("$folder/dump.sql") . slurp_file($node->logfile) . serve_log($serve), qr/Barnaby/, 'no reference in a dump or a log');
$node->stop;
done_testing();
