# Readings of stars in the hub: load --as cases and stars, what is refused, which readings are compared, reviews due, the
# report. The clients are made up (script/saltmere-stars) or stand in this file.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('hub_star');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_statement = all\nlog_min_duration_statement = 0\nlog_parameter_max_length_on_error = 0\n");
$node->start;
my $folder = $node->basedir . '/files';
mkdir $folder or die $!;
my @keys = ('--key-file', "$folder/keys/keys", '--spool', "$folder/spool");
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }

hub_ok($node, 'migrate', '--quiet');
hub_ok($node, 'key', 'new', '--key-file', $keys[1], '--quiet');
hub_ok($node, 'programme', 'add', 'POPs', '--organisation', 'Partners', '--made-up');
hub_ok($node, 'programme', 'add', 'Other', '--organisation', 'Others');

# The cohort: 60 referred, 6 refused, 5 of the rest not completed.
is(system($^X, "$ENV{WARDSTAR_ROOT}/script/saltmere-stars", $folder), 0, 'the cohort is written');
my @load = ('load', '--programme', 'POPs', @keys, '--as');
my $out = hub_ok($node, @load, 'cases', "$folder/cases.csv");
is($out, "cases.csv: 60 cases stored for POPs, 0 already there\n", 'cases');
my $readings = () = slurp_file("$folder/stars.csv") =~ /\n(?=POP)/g;
$out = hub_ok($node, @load, 'stars', "$folder/stars.csv");
is($out, "stars.csv: $readings stars stored for POPs, 0 already there\n", 'stars');
is(hub_ok($node, @load, 'stars', "$folder/stars.csv"), "stars.csv: already loaded\n", 'the same bytes again');
is(value("SELECT string_agg(outcome || ' ' || n, ', ' ORDER BY outcome) FROM (SELECT outcome, count(*) AS n FROM casework.engagement GROUP BY 1) o"),
	'completed 49, left early 5, refused 6', 'what became of the referrals');

# The figures, by hand from the file: first and last row of each client.
my (%first, %last);
for (split /\n/, slurp_file("$folder/stars.csv"))
{
	my ($client, undef, undef, undef, @score) = split /,/, $_, -1;
	next if $client !~ /^POP/;
	if ($first{$client}) { $last{$client} = \@score; } else { $first{$client} = \@score; }
}
my ($pairs, $improved, $sum) = (0, 0, 0);
for my $client (keys %last)
{
	my ($b, $l) = ($first{$client}[9], $last{$client}[9]);
	next if $b eq '' || $l eq '';
	$pairs++;
	$improved++ if $l > $b;
	$sum += $l - $b;
}
is(value("SELECT pairs, unpaired, improved, round(mean_change::numeric, 9) FROM api.star_distance('POPs') d, star_distance_table(d.distance) t WHERE t.scale = 'offending'"),
	join('|', $pairs, keys(%first) - $pairs, $improved, sprintf('%.9f', $sum / $pairs)), 'distance travelled on offending, as counted from the file');
is(value("SELECT sum(pairs) || ' ' || sum(unpaired) FROM analysis.distance_travelled WHERE scale = 'offending' AND made_up"), "$pairs " . (keys(%first) - $pairs), 'the view by quarter adds up');

# The report.
$out = hub_ok($node, 'report', 'stars', '--programme', 'POPs', '--svg', "$folder/pops.svg", '--html', "$folder/pops.html");
like($out, qr/^Outcome stars of POPs \(MADE UP\)\nNOT FOR PUBLICATION.*\nReferrals: 60, of which 49 completed, 6 refused, 5 left early\nHomelessness Star, editions to 3\.1: 54 clients/, 'its title');
like($out, qr/^ *offending +$pairs +/m, 'its table');
# docs/star.md shows this report and this picture.
my ($shown) = slurp_file("$ENV{WARDSTAR_ROOT}/docs/star.md") =~ /<!-- report stars -->\n```\n(.*?)```\n<!-- end -->/s;
is($shown, $out, 'docs/star.md prints it');
is(slurp_file("$ENV{WARDSTAR_ROOT}/docs/star-pops.svg"), slurp_file("$folder/pops.svg"), 'and shows its picture');
like(slurp_file("$folder/pops.svg"), qr/^<svg .*<title>POPs, Homelessness Star.*made up/s, 'its picture');
like(slurp_file("$folder/pops.html"), qr/^<!DOCTYPE html>.*<svg .*<table>.*offending.*<\/html>\n$/s, 'its page');
unlike(slurp_file("$folder/pops.html"), qr/<th[^>]*>instrument</, 'without a column that has nothing to say');
unlike(slurp_file("$folder/pops.html"), qr/<script|href=|src=|url\(/i, 'which reaches for nothing');
SKIP:
{
	skip 'no xmllint', 2 if system('command -v xmllint >/dev/null') != 0;
	is(system("xmllint --noout $folder/pops.svg"), 0, 'xmllint takes the picture');
	is(system("xmllint --html --noout $folder/pops.html 2>/dev/null"), 0, 'and the page');
}
is((hub($node, 'report', 'stars', '--programme', 'Other'))[0], 4, 'no readings, no report');
is((hub($node, 'report', 'stars', '--programme', 'None'))[0], 4, 'nor of an unknown programme');
is((hub($node, 'report', 'stars'))[0], 2, 'nor of none');

# What is refused, whole, and why. Nothing that stood in the file is repeated.
my $before = value('SELECT count(*) FROM casework.star_review');
my $number = 0;
sub refused
{
	my ($text, $reason, $name) = @_;
	$number++;
	my ($code, undef, $err) = hub($node, @load, $text =~ /referred_on/ ? 'cases' : 'stars', spill("$folder/refused$number.csv", $text));
	is($code, 4, "$name: refused");
	like($err, $reason, "$name: why");
	unlike($err, qr/Barnaby/, "$name: nothing is repeated");
}
my $h = "client_ref,taken_on,mode,instrument,scores\n";
my $first_row = (split /\n/, slurp_file("$folder/stars.csv"))[1];
my ($known, $day) = split /,/, $first_row;
refused("${h}REF-A,2021-05-01,agreed,teen,\"1,2,3,4,5,1\"\nREF-A,2021-05-01,agreed,teen,\"1,2,3,4,5,2\"\n", qr/line 3: the same client, date and instrument as line 2/, 'twice with different scores');
refused("${h}$known,$day,agreed,homelessness,\"1,1,1,1,1,1,1,1,1,1\"\n", qr/line 2: .* already stored with other scores/, 'stored with different scores');
refused("${h}REF-A,2021-05-01,agreed,teen,\"1,2,3,4,5,6\"\n", qr/line 2: Scale 6, "family and other key adults", is 6/, 'a score out of range');
refused("${h}REF-A,2021-05-01,agreed,teen,\"1,2,3\"\n", qr/line 2: teen has 6 scales, but 3 are given/, 'too few');
refused("${h}REF-A,2021-05-01,agreed,Barnaby,\"1,2,3\"\n", qr/line 2: the instrument is not known: .*homelessness/, 'a name as instrument');
refused("${h}REF-A,2021-05-01,agreed,teen,Barnaby\n", qr/line 2: the column scores must hold whole numbers/, 'a name among the scores');
refused("${h}REF-A,Barnaby,agreed,teen,\"1,2,3,4,5,1\"\n", qr/line 2: taken_on must be a date/, 'a name as date');
refused("${h}REF-A,2021-02-30,agreed,teen,\"1,2,3,4,5,1\"\n", qr/line 2: taken_on must be a date/, 'a day that is none');
refused("${h}REF-A,2999-01-01,agreed,teen,\"1,2,3,4,5,1\"\n", qr/line 2: the date lies in the future/, 'the future');
refused("${h}REF-A,2021-05-01,Barnaby,teen,\"1,2,3,4,5,1\"\n", qr/line 2: mode must be agreed, worker, client or disputed/, 'a name as mode');
refused("${h} ,2021-05-01,agreed,teen,\"1,2,3,4,5,1\"\n", qr/line 2: client_ref is empty/, 'no client');
refused("${h}REF-A,2021-05-01,agreed,teen,\"-,-,-,-,-,-\"\n", qr/line 2: no score is given/, 'no score');
refused("client_ref,taken_on,mode,instrument,surname,scale 1\nREF-A,2021-05-01,agreed,goals[0-5],Barnaby,1\n", qr/column 5 is none of those expected/, 'a column that nobody asked for');
refused("Barnaby,2021-05-01,agreed,teen,1\n", qr/the first row must hold the headings/, 'no heading');
refused("client_ref,taken_on,mode,instrument,offending\nREF-A,2021-05-01,agreed,teen,1\n", qr/column "offending" holds a value, but is no scale/, 'a scale of another instrument');
refused($h, qr/the file has no row/, 'no row');
refused("client_ref,referred_on,started_on,closed_on,outcome\nREF-A,2021-05-01,2021-04-01,,open\n", qr/line 2: the dates are out of order/, 'dates out of order');
refused("client_ref,referred_on,started_on,closed_on,outcome\nREF-A,2021-05-01,2021-05-02,,Barnaby\n", qr/line 2: outcome must be/, 'an outcome that is none');
is(value('SELECT count(*) FROM casework.star_review'), $before, 'nothing of these was stored');
is((hub($node, 'load', '--as', 'stars', '--programme', 'POPs', "$folder/stars.csv"))[0], 11, 'without a key file nothing is loaded');
is((hub($node, 'load', '--as', 'stars', '--programme', 'None', @keys, "$folder/stars.csv"))[0], 4, 'nor for an unknown programme');

# Columns by name, number or in one cell, and dates day first, make the same star; a note is left out.
spill("$folder/ways.csv", "client_ref,Taken On,mode,instrument,scores,Drugs & Alcohol,Well-being,scale 3,4,behaviour_and_citizenship,6,note\n"
	. "W1,01/05/2021,agreed,Teen,,1,2,3,4,5,-,Barnaby was here\nREF-W2,2021/05/01,agreed,teen,\"1,2,3,4,5,-\",,,,,,,\nREF-W3,2021-05-01,agreed,teen,,1,2,3.0,4,5,,\n"
	. "W4,2021-05-01,client,goals[0-5],,,,2,1,,,\n");
my ($code, undef, $err) = hub($node, 'load', '--as', 'stars', '--programme', 'Other', @keys, "$folder/ways.csv");
is($code, 0, 'several ways to write it');
like($err, qr/column "note" is left out/, 'a note is left out');
is(value("SELECT string_agg(star || ' ' || n, '; ' ORDER BY star) FROM (SELECT star, count(*) AS n FROM casework.star_review WHERE programme = 'Other' GROUP BY star) s"),
	'goals[0-5](-,-,2,1) 1; teen(1,2,3,4,5,-) 3', 'the same star');

# A workbook, as GDAL and LibreOffice write it.
SKIP:
{
	skip 'no ogr2ogr', 6 if system('command -v ogr2ogr >/dev/null') != 0;
	spill("$folder/book.csv", "client_ref,taken_on,mode,instrument,scale 1,scale 2\nREF-B1,2021-05-01,agreed,book[0-5],1,\nREF-B2,2021-05-02,worker,book[0-5],3,4\n");
	for my $format ([ 'XLSX', 'xlsx' ], [ 'ODS', 'ods' ])
	{
		my ($driver, $ending) = @$format;
		is(system("ogr2ogr -f $driver $folder/book.$ending $folder/book.csv -oo AUTODETECT_TYPE=YES >/dev/null 2>&1"), 0, "a workbook: $ending");
		my ($rc, $stdout, $stderr) = hub($node, 'load', '--as', 'stars', '--programme', 'Other', @keys, "$folder/book.$ending");
		is($rc, 0, "$ending is loaded") or diag $stderr;
		is($stdout, $ending eq 'xlsx' ? "book.xlsx: 2 stars stored for Other, 0 already there\n" : "book.ods: 0 stars stored for Other, 2 already there\n", "$ending: the same readings");
	}
}

# Which later reading is compared: made-up dates of one client. The disputed one is left out unless asked for.
spill("$folder/pairs.csv", "${h}REF-P,2022-01-31,agreed,goals[0-9],1\nREF-P,2022-04-20,worker,goals[0-9],2\nREF-P,2022-05-10,client,goals[0-9],3\nREF-P,2022-08-01,agreed,goals[0-9],4\nREF-P,2022-09-01,disputed,goals[0-9],5\nREF-Q,2022-02-01,agreed,goals[0-9],7\n");
hub_ok($node, 'load', '--as', 'stars', '--programme', 'Other', @keys, "$folder/pairs.csv", '--quiet');
sub pairs { my ($arguments) = @_; return value("SELECT string_agg(coalesce(latest::text, 'none'), ' ' ORDER BY baseline) FROM analysis.star_pair($arguments) WHERE instrument = 'goals[0-9]'"); }
is(pairs(''), 'goals[0-9](4) none', 'last');
is(pairs("'last_on_or_before', '2022-05-09'"), 'goals[0-9](2) none', 'last on or before');
is(pairs("'nearest_to_months', NULL, 3"), 'goals[0-9](2) none', 'nearest to three months, 30 April: 10 days before and after, the earlier');
is(pairs("'nearest_to_months', NULL, 6"), 'goals[0-9](4) none', 'nearest to six months');
is(pairs("'last', NULL, NULL, '{agreed,disputed}'"), 'goals[0-9](5) none', 'with the disputed');
is(pairs("'last', NULL, NULL, '{client}'"), 'none', 'of the client alone');
for my $wrong ("'first'", "'last', '2022-01-01'", "'last_on_or_before'", "'nearest_to_months'", "'nearest_to_months', NULL, 0", "'last', NULL, NULL, '{all}'")
{
	my ($rc, undef, $stderr) = $node->psql('postgres', "SET search_path = pg_catalog, public; SELECT analysis.distance_travelled($wrong)");
	isnt($rc, 0, "refused: $wrong");
}

# Reviews due: baseline on 30 November, so that three months later is 28 February.
spill("$folder/due_cases.csv", "client_ref,referred_on,started_on,closed_on,outcome\nREF-D1,2021-11-01,2021-11-30,,open\nREF-D2,2021-11-01,2021-11-30,2022-02-20,completed\nREF-D3,2021-11-01,2021-11-30,2022-06-15,left early\n");
spill("$folder/due.csv", "${h}REF-D1,2021-11-30,agreed,goals[1-9],1\nREF-D1,2022-02-20,agreed,goals[1-9],2\nREF-D2,2021-11-30,agreed,goals[1-9],1\nREF-D3,2021-11-30,agreed,goals[1-9],1\nREF-D3,2021-12-05,agreed,goals[1-9],2\nREF-D3,2022-03-10,agreed,goals[1-9],2\n");
hub_ok($node, 'load', '--as', 'cases', '--programme', 'Other', @keys, "$folder/due_cases.csv", '--quiet');
hub_ok($node, 'load', '--as', 'stars', '--programme', 'Other', @keys, "$folder/due.csv", '--quiet');
sub due { my ($day) = @_; return [ split /\n/, value("SELECT e.closed_on, r.review, r.due_on, r.status, r.days FROM analysis.review_due_on('$day') r
	JOIN casework.engagement e USING (programme, client) WHERE r.instrument = 'goals[1-9]' ORDER BY e.closed_on NULLS FIRST, r.review") ]; }
is_deeply(due('2022-02-19'), [ '|1|2022-02-28|due|9', '2022-02-20|1|2022-02-28|due|9', '2022-06-15|1|2022-02-28|due|9' ], 'before anything');
is_deeply(due('2022-03-05'), [ '|1|2022-02-28|done early|-8', '|2|2022-05-30|due|86', '2022-02-20|1|2022-02-28|closed before due|', '2022-06-15|1|2022-02-28|overdue|5',
	'2022-06-15|2|2022-05-30|due|86' ],
	'done early; closed before due is not overdue; overdue by 5 days') or diag explain due('2022-03-05');
is_deeply(due('2022-07-01'), [ '|1|2022-02-28|done early|-8', '|2|2022-05-30|overdue|32', '|3|2022-08-30|due|60', '2022-02-20|1|2022-02-28|closed before due|',
	'2022-06-15|1|2022-02-28|done late|10', '2022-06-15|2|2022-05-30|missed|16', '2022-06-15|3|2022-08-30|closed before due|' ], 'later') or diag explain due('2022-07-01');
cmp_ok(value("SELECT count(*) FROM analysis.review_due WHERE programme = 'POPs' AND status = 'overdue'"), '==', 0, 'closed cases have no review overdue');

# Without the reference nobody can tell the client: not in the database, its dump or the server's log.
is(value("SELECT count(*) FROM casework.star_review WHERE client !~ '^[0-9a-f]{64}\$'"), 0, 'clients are tokens');
$node->command_ok([ 'pg_dump', '-f', "$folder/dump.sql", $node->connstr('postgres') ], 'pg_dump');
unlike(slurp_file("$folder/dump.sql"), qr/POP-0|REF-|Barnaby/, 'no client reference in a dump');
unlike(slurp_file($node->logfile), qr/POP-0|REF-|Barnaby/, 'nor in the log of a server that logs everything');

# A new key: the client is still known by the old token.
hub_ok($node, 'key', 'rotate', 'client', @keys, '--quiet', '--spool', "$folder/spool");
spill("$folder/after.csv", "${h}REF-P,2022-12-01,agreed,goals[0-9],6\nREF-R,2022-12-01,agreed,goals[0-9],6\n");
hub_ok($node, 'load', '--as', 'stars', '--programme', 'Other', @keys, "$folder/after.csv", '--quiet');
is(value("SELECT count(DISTINCT client) || ' ' || count(*) FROM casework.star_review WHERE instrument = 'goals[0-9]'"), '3 8', 'a known client stays one after a rotation');
$node->stop;
done_testing();
