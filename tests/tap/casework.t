# Record-level returns: what is stored equals what awk-like counting of the raw files gives, what is refused and why, consent,
# corrections, workbooks, and that no reference of a client is anywhere. All clients are made up (script/saltmere-records).
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('casework');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\nlog_statement = all\nlog_parameter_max_length = 0\nlog_parameter_max_length_on_error = 0\n");
$node->start;
my $folder = $node->basedir . '/files';
mkdir $folder or die $!;
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }
for my $language (qw(plpgsql sql))
{
	my $validator = $language eq 'sql' ? 'pg_catalog.fmgr_sql_validator' : 'plpgsql_validator';
	my ($rc, $out, $err) = $node->psql('postgres', "SET search_path = pg_catalog, public;
		SELECT count($validator(p.oid)) > 0 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
		WHERE n.nspname = 'casework' AND l.lanname = '$language'");
	is($rc, 0, "bodies of the functions in $language") or diag($err);
}
hub_ok($node, 'programme', 'add', $_, '--organisation', 'Saltmere Families', '--made-up', '--quiet') for 'Families', 'Workbook';
hub_ok($node, 'programme', 'add', 'Youth', '--organisation', 'Saltmere Youth', '--ages', '5-18', '--made-up', '--quiet');

# docs/records.md lists every column.
for my $file (glob "$ENV{WARDSTAR_ROOT}/sql/hub/records/*.json")
{
	my ($table) = $file =~ /(\w+)\.json$/;
	my ($part) = slurp_file("$ENV{WARDSTAR_ROOT}/docs/records.md") =~ /^### $table\n(.*?)(?:^###|^Example)/ms;
	is(join(' ', $part =~ /^\| `(\w+)`/mg), join(' ', slurp_file($file) =~ /^\t\t\{"name": "(\w+)"/mg), "docs/records.md lists the columns of $table");
}

# The raw files, and what they say, counted here.
is(system($^X, "$ENV{WARDSTAR_ROOT}/script/saltmere-records", $folder, 60), 0, 'made-up records are written');
my @names = qw(clients contacts engagements feedback measures referrals stars);
my %raw;
for my $name (@names)
{
	my ($head, @lines) = split /\n/, slurp_file("$folder/$name.csv");
	my @head = split /,/, $head;
	for (@lines) { s/"([^"]*)"/my $x = $1; $x =~ tr{,}{;}; $x/ge; my %row; @row{@head} = split /,/, $_, -1; push @{ $raw{$name} }, \%row; }
}
my %client = map { $_->{client_ref} => $_ } @{ $raw{clients} };
my %shares = map { $_ => 1 } grep { $client{$_}{consent_to_share} eq 'yes' && $client{$_}{consent_withdrawn_on} eq '' } keys %client;
cmp_ok(scalar(keys %shares), '<', scalar(keys %client), 'some do not share');
sub shared { my ($name, $where) = @_; return scalar grep { ($_->{client_ref} eq '' || $shares{ $_->{client_ref} }) && (!$where || $where->($_)) } @{ $raw{$name} }; }

my @files = map { "$folder/$_.csv" } @names;
my @load = ('load', '--as', 'records', '--programme', 'Families', '--period', '2025-Q2');
my $out = hub_ok($node, @load, @files);
like($out, qr/accepted as submission 1 \[made up\]\n/, 'accepted');
my $primary = grep { $_->{relation} eq 'primary' } values %client;
is(value("SELECT people FROM returns.count WHERE category = 'everyone'"), "[$primary," . ($primary + 1) . ')', 'everyone is all of them, whether they share or not');
is(value("SELECT people FROM returns.count WHERE category = 'secondary.total'"), '[' . (keys(%client) - $primary) . ',' . (keys(%client) - $primary + 1) . ')', 'secondary beneficiaries apart');
is(value("SELECT string_agg(period, ' ') || ' ' || api.demand_period('ward', NULL, true) FROM analysis.period"), '2025-Q2 2025-Q2', 'the quarter is known to the views and reports, though nothing else is in');
my $received = grep { $_->{source} ne '' } @{ $raw{referrals} };
is(value("SELECT lower(people) FROM returns.count WHERE category = 'referrals.total'"), $received, 'and so are all referrals');
is(value("SELECT count(*) FROM casework.client_quarter"), shared('clients'), 'clients who share');
is(value("SELECT count(*) FROM casework.referral"), shared('referrals'), 'their referrals');
is(value("SELECT count(*) FROM casework.engagement"), shared('engagements'), 'their engagements');
is(value("SELECT count(*) FROM casework.contact"), shared('contacts'), 'their contacts');
is(value("SELECT count(*) FROM casework.star_review"), shared('stars'), 'their stars');
is(value("SELECT count(*) FROM casework.measure"), shared('measures'), 'their measures');
is(value("SELECT count(*) FROM casework.feedback"), shared('feedback'), 'their feedback, and that without a name');
for my $sex ('female', 'male', 'not known')
{
	my $n = grep { $shares{ $_->{client_ref} } && $_->{relation} eq 'primary' && $_->{sex} eq $sex } values %client;
	is(value("SELECT coalesce(max(lower(people)), 0) FROM returns.count WHERE category = 'sex.' || replace('$sex', ' ', '_')"), $n, "sex: $sex");
}
for my $code (qw(W1 O1))
{
	my $n = grep { $shares{ $_->{client_ref} } && $_->{relation} eq 'primary' && $_->{ethnicity} eq $code } values %client;
	is(value("SELECT coalesce(max(lower(people)), 0) FROM returns.count WHERE category = 'ethnicity.$code'"), $n, "ethnicity: $code");
}
is(value(q{SELECT string_agg(count || ' ' || grp, ', ' ORDER BY grp) FROM (SELECT count(*), e.criminal_justice AS grp FROM casework.client_quarter c JOIN casework.ethnicity e ON e.code = c.ethnicity WHERE e.code = 'O1' GROUP BY 2) g}),
	shared('clients', sub { $_[0]{ethnicity} eq 'O1' }) . ' Chinese or other', 'Chinese stands with other in the criminal justice system');
is(value("SELECT string_agg(DISTINCT census_2011 || '/' || census_2021, '') FROM casework.ethnicity WHERE code = 'O1'"), 'Asian/Asian British/Asian, Asian British or Asian Welsh', 'and is Asian in the censuses');
for my $result ('accepted', 'refused', 'waiting', 'out of area')
{
	is(value("SELECT lower(people) FROM returns.count WHERE category = 'referrals.' || replace('$result', ' ', '_')"),
		shared('referrals', sub { $_[0]{source} ne '' && $_[0]{result} eq $result }), "referrals: $result");
}
my (%lsoa, %born);
for (grep { $shares{ $_->{client_ref} } && $_->{relation} eq 'primary' } values %client)
{
	$lsoa{ $_->{lsoa} }++ if $_->{lsoa} ne '';
	$born{ $_->{year_of_birth} }++ if $_->{year_of_birth} ne '';
}
is(value("SELECT string_agg(area || ' ' || lower(people), ', ' ORDER BY area) FROM returns.count WHERE category = 'place'"), join(', ', map { "$_ $lsoa{$_}" } sort keys %lsoa), 'places');
# Born in 2000: 24 on 1 July 2025 if born after it, else 25.
my ($sure, $perhaps) = (0, 0);
for (grep { $shares{ $_->{client_ref} } && $_->{relation} eq 'primary' } values %client)
{
	my ($low, $high) = $_->{year_of_birth} ne '' ? (2024 - $_->{year_of_birth}, 2025 - $_->{year_of_birth}) : $_->{age_band} eq '25+' ? (25, 999) : $_->{age_band} =~ /^(\d+)-(\d+)$/ ? ($1, $2) : next;
	$sure++ if $low >= 25;
	$perhaps++ if $high >= 25;
}
is(value("SELECT people FROM returns.count WHERE category = 'age.25+'"), "[$sure," . ($perhaps + 1) . ')', 'ages by year of birth are bounds');

# Without consent a client is in no table of casework.
is(value("SELECT count(*) FROM intake.record_client"), scalar(keys %client), 'the ledger of clients has everyone');
is(value("SELECT count(*) FROM intake.record_client k WHERE NOT k.shares AND EXISTS (SELECT FROM casework.client_quarter c WHERE c.client = k.client)
	OR EXISTS (SELECT FROM casework.referral c WHERE c.client = k.client AND NOT k.shares) OR EXISTS (SELECT FROM casework.contact c WHERE c.client = k.client AND NOT k.shares)
	OR EXISTS (SELECT FROM casework.engagement c WHERE c.client = k.client AND NOT k.shares) OR EXISTS (SELECT FROM casework.star_review c WHERE c.client = k.client AND NOT k.shares)
	OR EXISTS (SELECT FROM casework.measure c WHERE c.client = k.client AND NOT k.shares) OR EXISTS (SELECT FROM casework.feedback c WHERE c.client = k.client AND NOT k.shares)"), 0, 'who does not share is nowhere else');

# The same files in another order are the same submission.
like(hub_ok($node, @load, reverse @files), qr/already received as submission 1/, 'the same files again');

# A corrected file replaces the quarter whole.
my $text = slurp_file("$folder/clients.csv");
my ($gone) = sort grep { $shares{$_} && $client{$_}{relation} eq 'primary' } keys %client;
mkdir "$folder/corrected";
spill("$folder/corrected/$_.csv", join '', grep { !/^\Q$gone\E,/ } map { "$_\n" } split /\n/, slurp_file("$folder/$_.csv")) for @names;
$out = hub_ok($node, @load, map { "$folder/corrected/$_.csv" } @names);
is(value("SELECT string_agg(state, ', ' ORDER BY id) FROM intake.submission"), 'superseded, accepted', 'the first is superseded');
is(value("SELECT count(*) || ' ' || count(DISTINCT submission) FROM casework.client_quarter"), (shared('clients') - 1) . ' 1', 'and its rows with it');
is(value("SELECT count(*) FROM casework.contact WHERE submission = 1") + value("SELECT count(*) FROM casework.star_review WHERE submission = 1"), 0, 'all of them');
is(value("SELECT lower(people) FROM returns.count WHERE category = 'everyone'"), $primary - 1, 'the counts are those of the correction');
# A form for the same quarter doesn't touch the figures of the records.
spill("$folder/form.csv", "basis,caseload_in_period\ntotal,999\nage.not_known,999\nsex.not_known,999\nethnicity.not_known,999\nplace.not_known,999\nreferrals.total,0\ncaseload.opening,0\ncaseload.new,999\ncaseload.closed,0\ncaseload.closing,999\nnarrative.activities,Made up for a test\n");
hub($node, 'load', '--as', 'return', '--programme', 'Families', '--period', '2025-Q2', '--form', 'improved', "$folder/form.csv");
is(value("SELECT state || ' ' || kind FROM intake.submission ORDER BY id DESC LIMIT 1"), 'accepted return', 'a form is accepted beside the records');
is(value("SELECT lower(people) FROM returns.count WHERE category = 'everyone'"), $primary - 1, 'and the records still give the figures');
is(value("SELECT status FROM analysis.return_status WHERE programme = 'Families' AND period = '2025-Q2'"), 'New form', 'one row of status');

is(value("SELECT r ->> 'status' || ' ' || (r #>> '{answers,total}') FROM jsonb_array_elements(intake.previous_returns('Families', '2025-Q3')) r WHERE r ->> 'period' = '2025-Q2'"), 'returned 999',
	'and the next form is compared with the form');

# Rules. Each file is refused or asked about, with the line, and nothing that stood in a cell is repeated.
my $number = 0;
sub rules_of
{
	my (%table) = @_;
	$number++;
	mkdir "$folder/r$number";
	my @parts;
	$table{clients} //= "client_ref,year_of_birth,consent_to_share,consent_given_on\nBarnaby-1,2012,yes,2025-04-01\nBarnaby-2,2013,yes,2025-04-01\n";
	push @parts, spill("$folder/r$number/$_.csv", $table{$_}) for sort keys %table;
	my ($code, $stdout, $stderr) = hub($node, 'load', '--as', 'records', '--programme', 'Youth', '--period', '2025-Q2', @parts);
	unlike($stdout . $stderr, qr/Barnaby|[0-9a-f]{32}/, 'nothing is repeated');
	return ($code, $stdout . $stderr);
}
my $cases = "client_ref,started_on,ended_on,outcome\n";
for (
	[ 'a clean one', 0, qr/accepted as/ ],
	[ 'a client that is not in clients', 3, qr/H304, line 2, contacts\.client_ref/, contacts => "client_ref,contact_on,kind\nBarnaby-9,2025-07-03,call\n" ],
	[ 'a client twice', 3, qr/H305, line 3, clients\.client_ref.*line 2/, clients => "client_ref,consent_to_share\nBarnaby-1,no\nBarnaby-1,no\n" ],
	[ 'a name as sex', 3, qr/H302, line 2, clients\.sex: .*Use one of: female, male, other, not known/, clients => "client_ref,sex,consent_to_share\nBarnaby-1,Barnaby,no\n" ],
	[ 'consent is not said', 3, qr/R102, line 2, clients\.consent_to_share/, clients => "client_ref,consent_to_share\nBarnaby-1,\n" ],
	[ 'shares since nobody knows when', 3, qr/query H313, line 2, clients\.consent_given_on/, clients => "client_ref,consent_to_share\nBarnaby-1,yes\n" ],
	[ 'a band that is a date', 3, qr/H302, line 2, clients\.age_band/, clients => "client_ref,age_band,consent_to_share\nBarnaby-1,2025-10-05,no\n" ],
	[ 'a band upside down', 3, qr/H310, line 2, clients\.age_band/, clients => "client_ref,age_band,consent_to_share\nBarnaby-1,15-11,no\n" ],
	[ 'a band that the year does not allow', 3, qr/H309, line 2, clients\.age_band/, clients => "client_ref,age_band,year_of_birth,consent_to_share\nBarnaby-1,11-15,1980,no\n" ],
	[ 'a year yet to come', 3, qr/H308, line 2, clients\.year_of_birth/, clients => "client_ref,year_of_birth,consent_to_share\nBarnaby-1,2026,no\n" ],
	[ 'a date of birth of another year', 3, qr/H312, line 2, clients\.date_of_birth/, clients => "client_ref,year_of_birth,date_of_birth,consent_to_share\nBarnaby-1,1980,01/02/1981,no\n" ],
	[ 'a date of birth that is none', 3, qr/H302, line 2, clients\.date_of_birth/, clients => "client_ref,date_of_birth,consent_to_share\nBarnaby-1,Barnaby,no\n" ],
	[ 'an age that the programme does not serve', 3, qr/query H311, line 2, .*ages 5 to 18/, clients => "client_ref,year_of_birth,consent_to_share,consent_given_on\nBarnaby-1,1980,yes,2025-07-01\n" ],
	[ 'a postcode without a directory', 3, qr/error H124, line 2, clients\.postcode/, clients => "client_ref,postcode,consent_to_share\nBarnaby-1,L1 8JQ,no\n" ],
	[ 'a code of another area', 3, qr/H102, line 2, clients\.lsoa/, clients => "client_ref,lsoa,consent_to_share\nBarnaby-1,E05000901,no\n" ],
	[ 'a day to come', 3, qr/H306, line 2, contacts\.contact_on/, contacts => "client_ref,contact_on,kind\nBarnaby-1,2999-07-03,call\n" ],
	[ 'a day after the quarter', 3, qr/query H307, line 2, contacts\.contact_on/, contacts => "client_ref,contact_on,kind\nBarnaby-1,2025-10-01,call\n" ],
	[ 'a day before the quarter', 3, qr/query R110, line 2, contacts\.contact_on/, contacts => "client_ref,contact_on,kind\nBarnaby-1,2025-06-30,call\n" ],
	[ 'a day that is none', 3, qr/R101, line 2, contacts\.contact_on/, contacts => "client_ref,contact_on,kind\nBarnaby-1,2025-09-31,call\n" ],
	[ 'source and destination', 3, qr/R111, line 2, referrals/, referrals => "client_ref,referred_on,source,onward_to,result\nBarnaby-1,2025-07-01,prison,housing,accepted\n" ],
	[ 'neither', 3, qr/R111, line 2, referrals/, referrals => "client_ref,referred_on,source,onward_to,result\nBarnaby-1,2025-07-01,,,accepted\n" ],
	[ 'a programme as source', 0, qr/accepted as/, referrals => "client_ref,referred_on,source,result\nBarnaby-1,2025-07-01,families,accepted\n" ],
	[ 'decided before it was made', 3, qr/R109, line 2, referrals/, referrals => "client_ref,referred_on,source,result,decided_on\nBarnaby-1,2025-07-10,prison,accepted,2025-07-09\n" ],
	[ 'a referral twice', 3, qr/R201, line 3, referrals\.client_ref: the same row as line 2/, referrals => "client_ref,referred_on,source,result\nBarnaby-1,2025-07-10,prison,accepted\nBarnaby-1,10/07/2025,Prison,refused\n" ],
	[ 'overlapping engagements', 3, qr/query R202, line 3, engagements\.started_on: .*line 2/, engagements => "${cases}Barnaby-1,2025-07-01,2025-08-01,completed\nBarnaby-1,2025-07-20,,open\nBarnaby-2,2025-07-20,,open\n" ],
	[ 'one after the other', 0, qr/accepted as/, engagements => "${cases}Barnaby-1,2025-07-01,2025-08-01,completed\nBarnaby-1,2025-08-01,,open\n" ],
	[ 'completed without an end', 3, qr/H316, line 2, engagements\.ended_on/, engagements => "${cases}Barnaby-1,2025-07-01,,completed\n" ],
	[ 'open with an end', 3, qr/H316, line 2, engagements\.ended_on/, engagements => "${cases}Barnaby-1,2025-07-01,2025-07-02,open\n" ],
	[ 'waiting with a start', 3, qr/H316, line 2, engagements\.started_on/, engagements => "${cases}Barnaby-1,2025-07-01,,waiting\n" ],
	[ 'ended before it began', 3, qr/R109, line 2, engagements/, engagements => "${cases}Barnaby-1,2025-07-01,2025-06-01,completed\n" ],
	[ 'a contact outside of all engagements', 3, qr/query H317, line 2, contacts/, engagements => "${cases}Barnaby-1,2025-07-10,,open\n", contacts => "client_ref,contact_on,kind\nBarnaby-1,2025-07-03,call\n" ],
	[ 'a star out of range', 3, qr/H318, line 2, stars\.scores: Scale 6/, stars => "client_ref,taken_on,mode,instrument,scores\nBarnaby-1,2025-07-10,agreed,teen,\"1,2,3,4,5,6\"\n" ],
	[ 'an instrument that is a name', 3, qr/H302, line 2, stars\.instrument/, stars => "client_ref,taken_on,mode,instrument,scores\nBarnaby-1,2025-07-10,agreed,Barnaby,\"1,2\"\n" ],
	[ 'a measure out of its range', 3, qr/H319, line 2, measures\.value/, measures => "client_ref,measured_on,measure,occasion,value\nBarnaby-1,2025-07-10,trust[0-10],before,11\n" ],
	[ 'a rating of 6', 3, qr/R106, line 2, feedback\.rating/, feedback => "client_ref,given_on,giver,rating\nBarnaby-1,2025-07-10,participant,6\n" ],
	[ 'two engagements after one referral, which one of them names', 0, qr/accepted as/, referrals => "client_ref,referred_on,source,result\nBarnaby-1,2025-07-01,prison,accepted\n",
		engagements => "client_ref,referred_on,started_on,ended_on,outcome\nBarnaby-1,,2025-07-05,2025-07-20,completed\nBarnaby-1,2025-07-01,2025-08-01,,open\n" ],
	[ 'refused before it was made', 3, qr/H316, line 2, engagements\.ended_on: .*before the referral/, engagements => "client_ref,referred_on,started_on,ended_on,outcome\nBarnaby-1,2025-07-10,,2025-07-01,refused\n" ],
	[ 'a star twice, its range written in two ways', 3, qr/R201, line 3, stars/, stars => "client_ref,taken_on,mode,instrument,scores\nBarnaby-1,2025-07-10,agreed,goals[0-5],\"1,2\"\nBarnaby-1,2025-07-10,agreed,goals [0 - 5],\"1,3\"\n" ],
	[ 'born in 1850', 3, qr/H308, line 2, clients\.year_of_birth: .*before 1900/, clients => "client_ref,date_of_birth,consent_to_share,consent_given_on\nBarnaby-1,01/02/1850,yes,2025-07-01\n" ],
	[ 'a column twice', 4, qr/columns 2 and 3/, clients => "client_ref,sex,Sex,consent_to_share\nBarnaby-1,male,female,no\n" ],
	[ 'a scale twice', 3, qr/H318, line 2, stars/, stars => "client_ref,taken_on,mode,instrument,1,scale 1,2\nBarnaby-1,2025-07-10,agreed,goals[0-5],1,2,3\n" ],
	[ 'a minus as a rating', 3, qr/R101, line 2, feedback\.rating/, feedback => "client_ref,given_on,giver,rating\nBarnaby-1,2025-07-10,participant,-\n" ],
	[ 'a minus as a value', 3, qr/R101, line 2, measures\.value/, measures => "client_ref,measured_on,measure,occasion,value\nBarnaby-1,2025-07-10,trust[0-10],before,-\n" ],
	[ 'a measure whose range is upside down', 3, qr/H319, line 2, measures\.value/, measures => "client_ref,measured_on,measure,occasion,value\nBarnaby-1,2025-07-10,trust[10-0],before,5\n" ],
	[ 'a year of the year 0', 3, qr/R105, line 2, clients\.year_of_birth/, clients => "client_ref,year_of_birth,consent_to_share,consent_given_on\nBarnaby-1,0000,yes,2025-07-01\n" ],
	[ 'the same measure in capitals', 3, qr/R201, line 3, measures/, measures => "client_ref,measured_on,measure,occasion,value\nBarnaby-1,2025-07-10,gad-7,before,5\nBarnaby-1,2025-07-10,GAD-7,after,3\n" ],
	[ 'a feedback without a name twice', 0, qr/accepted as/, feedback => "client_ref,given_on,giver,rating\n,2025-07-10,participant,5\n,2025-07-10,participant,5\n" ],
	[ 'no client at all', 3, qr/H320/, clients => "client_ref,consent_to_share\n" ],
	[ 'a column that nobody asked for', 4, qr/clients: column 2 is none of those expected/, clients => "client_ref,Barnaby,consent_to_share\nx,Barnaby,no\n" ],
	[ 'no heading', 4, qr/clients: the first row must hold the headings/, clients => "Barnaby,2012,yes\n" ],
	[ 'more cells than anybody has', 4, qr/it has more than 1000000 cells/, clients => "client_ref,consent_to_share\n" . "1,no\n" x 500_000 ],
	[ 'more cells than headings', 4, qr/line 2: it has more cells/, clients => "client_ref,consent_to_share\nBarnaby,no,Barnaby\n" ])
{
	my ($name, $wanted, $pattern, %table) = @$_;
	my ($code, $said) = rules_of(%table);
	is($code, $wanted, "$name: exit $wanted") or diag $said;
	like($said, $pattern, "$name: why");
	is(value("SELECT string_agg(referred_on::text, ' ' ORDER BY started_on) FROM casework.engagement WHERE programme = 'Youth'"), '2025-07-05 2025-07-01', '... and the other one began by itself')
		if $name =~ /^two engagements/;
}
is(value("SELECT source FROM casework.referral WHERE programme = 'Youth'"), '', 'a later file without referrals leaves none');
# Many faults of a kind are told as ten and a number.
my (undef, $said) = rules_of(clients => "client_ref,consent_to_share\n" . join '', map { "Barnaby-$_,maybe\n" } 1 .. 30);
is(scalar(() = $said =~ /error H302/g), 10, 'ten are named');
like($said, qr/and 20 more rows like this/, 'of the others the number');

# In doubt.
for ([ 'the programme', [ '--period', '2025-Q2' ] ], [ 'the quarter', [ '--programme', 'Youth' ] ], [ 'a quarter that is none', [ '--programme', 'Youth', '--period', 'summer' ] ],
	[ 'an unknown programme', [ '--programme', 'Nobody', '--period', '2025-Q2' ] ])
{
	my ($name, $arguments) = @$_;
	my ($code, undef, $stderr) = hub($node, 'load', '--as', 'records', @$arguments, "$folder/clients.csv");
	is($code, 5, "in doubt about $name");
	like($stderr, qr/in doubt: /, 'and it says so');
}

# A workbook tells the same as the files, and which programme and quarter it is for.
SKIP:
{
	my $python = -x '/usr/bin/python3' ? '/usr/bin/python3' : 'python3';
	skip 'openpyxl is not installed', 7 if system("$python -c 'import openpyxl' 2>/dev/null") != 0;
	spill("$folder/book.py", <<'PY');
import csv, datetime, openpyxl, re, sys
folder, target = sys.argv[1:3]
book = openpyxl.Workbook()
sheet = book.active
sheet.title = 'About'
sheet.append(['Programme', 'Workbook'])
sheet.append(['Period', '2025-Q2'])
guide = book.create_sheet('How to fill this in')
guide.append(['Write one row for each person.'])
guide.merge_cells('A1:D1')
for name in ['clients', 'referrals', 'engagements', 'contacts', 'stars', 'measures', 'feedback']:
    sheet = book.create_sheet(name.capitalize())
    for row in csv.reader(open(f'{folder}/{name}.csv')):
        sheet.append([datetime.date.fromisoformat(c) if re.fullmatch(r'\d{4}-\d\d-\d\d', c) else int(c) if re.fullmatch(r'[0-9]+', c) else c or None for c in row])
book.save(target)
PY
	is(system($python, "$folder/book.py", $folder, "$folder/book.xlsx"), 0, 'a workbook');
	$out = hub_ok($node, 'load', '--as', 'records', "$folder/book.xlsx");
	like($out, qr/Workbook, 2025-Q2 .* accepted as/, 'says itself what it is for');
	for my $table (qw(contact measure referral))
	{
		is(value("SELECT count(*) FROM casework.$table WHERE programme = 'Workbook'"), shared("${table}s"), "$table: as many rows as the raw files have");
	}
	is(value("SELECT count(*) FROM (SELECT client, relation, sex, year_of_birth, age_band, ethnicity, lsoa, custody_status, release_on, consent_given_on FROM casework.client_quarter WHERE programme = 'Families'
		EXCEPT SELECT client, relation, sex, year_of_birth, age_band, ethnicity, lsoa, custody_status, release_on, consent_given_on FROM casework.client_quarter WHERE programme = 'Workbook') d"), 0, 'the same clients, cell by cell');
}

# Identifiers: tokens of a name are the same in every organisation, of a reference in its own only.
rules_of(clients => "client_ref,name,date_of_birth,nhs_number,consent_to_share,consent_given_on\nSALT-001,José Barnaby,02/03/2012,943 476 5919,yes,2025-07-01\n");
is(value("SELECT string_agg(kind, ',' ORDER BY kind) || ' ' || (SELECT year_of_birth FROM casework.client_quarter WHERE programme = 'Youth') FROM casework.identity WHERE programme = 'Youth'"), 'birth,name,nhs 2012', 'tokens of name, date of birth and number; the year stays');
is(value("SELECT count(*) FROM intake.record_client a JOIN intake.submission s ON s.id = a.submission AND s.programme = 'Youth' JOIN intake.record_client b ON b.client = a.client JOIN intake.submission t ON t.id = b.submission AND t.programme = 'Families'"), 0,
	'one reference in two organisations is two clients');

# Nobody's reference, name or date of birth is in the database, its log or the spool in the clear.
$node->command_ok([ 'pg_dump', '-f', "$folder/dump.sql", $node->connstr('postgres') ], 'pg_dump');
unlike(slurp_file("$folder/dump.sql"), qr/SALT-0|FAM-\d|Barnaby|943 ?476|2012-03-02/, 'nothing in a dump');
unlike(slurp_file($node->logfile), qr/SALT-0|FAM-\d|Barnaby|943 ?476|2012-03-02/, 'nothing in the log of a server that logs statements');
my $clear = 0;
for my $file (glob "$ENV{WARDSTAR_SPOOL}/*/*") { $clear++ if slurp_file($file) =~ /SALT-0|Barnaby|client_ref/; }
is($clear, 0, 'nothing in the spool in the clear');
# Without a key nothing is taken in.
{
	local $ENV{WARDSTAR_KEY_FILE} = "$folder/nowhere/keys";
	isnt((hub($node, @load, @files))[0], 0, 'no key, no records');
}
$node->stop;
done_testing();
