# The register of programmes, and the views on people, referrals and engagements: each figure as counted here from the raw
# files, or worked out by hand from a form. All clients and figures are made up.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use List::Util qw(max min sum0);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('casework_views');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\n");
$node->start;
my $folder = $node->basedir . '/files';
mkdir $folder or die $!;
hub_ok($node, 'migrate', '--quiet');
hub_keys($node);
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }

# The register: what is expected follows from start, end and forms, and what is stated overrides.
my @add = ('programme', 'add');
hub_ok($node, @add, 'Families', '--organisation', 'Saltmere Families', '--starts', '2025-04-15', '--ends', '2026-02-28', '--forms', 'old:2025-Q1:2025-Q1,records:2025-Q2',
	'--serves', 'families of people in custody', '--ages', '5-60', '--districts', 'E08000012,E08000014', '--quiet');
sub expected { my ($programme) = @_; return value("SELECT string_agg(period || CASE WHEN expected THEN '' ELSE ' no' END, ' ' ORDER BY period) FROM returns.expected WHERE programme = '$programme'"); }
is(expected('Families'), '2025-Q1 2025-Q2 2025-Q3 2025-Q4', 'the quarters from its start to its end, though it began after their first and ended before their last day');
is(value("SELECT string_agg(due_on::text, ' ' ORDER BY period) FROM returns.expected"), '2025-07-28 2025-10-28 2026-01-28 2026-04-28', 'due 28 days after each');
hub_ok($node, @add, 'Families', '--due-days', '14', '--quiet');
is(value("SELECT min(due_on) FROM returns.expected"), '2025-07-14', 'or as many as are said');
hub_ok($node, @add, 'Families', '--not-expected', '2025-Q3', '--expected', '2024-Q4', '--quiet');
is(expected('Families'), '2024-Q4 2025-Q1 2025-Q2 2025-Q3 no 2025-Q4', 'what is stated overrides');
hub_ok($node, @add, 'Families', '--expected', '2025-Q3', '--not-expected', '2024-Q4', '--quiet');
hub_ok($node, @add, 'Later', '--organisation', 'L', '--starts', '2099-04-01', '--forms', 'improved', '--quiet');
is(expected('Later'), '', 'nothing is expected before its quarter is over');
hub_ok($node, @add, 'Open', '--organisation', 'O', '--starts', '2020-01-01', '--forms', 'improved', '--quiet');
# The quarter before the present one, worked out from the calendar here.
my (undef, undef, undef, undef, $month, $year) = gmtime;
my $quarter = int(($month + 9) % 12 / 3) + 1;
my $began = $month < 3 ? $year + 1899 : $year + 1900;
my $last = $quarter == 1 ? sprintf('%d-Q4', $began - 1) : sprintf('%d-Q%d', $began, $quarter - 1);
is(value("SELECT max(period) FROM returns.expected WHERE programme = 'Open'"), $last, 'one without an end is expected up to the last quarter that is over');
is(value("SELECT min(period) FROM returns.expected WHERE programme = 'Open'"), '2019-Q4', 'and from the quarter of its start: January 2020 is 2019-Q4');
like(hub_ok($node, 'programme', 'list'), qr/^Families +Saltmere Families +.*2025-04-15 +2026-02-28 +families of people in custody; ages 5-60 +E08000012, E08000014 +old from 2025-Q1 to 2025-Q1, 14 days; records from 2025-Q2, 14 days/m, 'the list');
for ([ '--ages', '18-5' ], [ '--ages', 'young' ], [ '--starts', 'spring' ], [ '--ends', '2020-01-01' ], [ '--districts', 'E05000001' ], [ '--sexes', 'some' ], [ '--forms', 'nosuch' ])
{
	is((hub($node, @add, 'Families', @$_))[0], 2, "refused: @$_");
}
is((hub($node, @add, 'NoStart', '--organisation', 'N', '--forms', 'improved'))[0], 2, 'forms need a start');
is(expected('Families'), '2024-Q4 no 2025-Q1 2025-Q2 2025-Q3 2025-Q4', 'and nothing changed by that');

# Ages that the programme does not serve are asked about on forms too.
hub_ok($node, @add, 'Young', '--organisation', 'Y', '--ages', '5-17', '--starts', '2025-04-01', '--ends', '2025-09-30', '--forms', 'improved', '--quiet');
my $form = "basis,caseload_in_period\ntotal,10\nage.18-24,4\nage.5-10,6\nage.not_known,0\nsex.not_known,10\nethnicity.not_known,10\nplace.not_known,10\nreferrals.total,12\nreferrals.accepted,8\n"
	. "referrals.refused,2\nreferrals.waiting,1\nreferrals.out_of_area,1\nreferrals.source.prison,9\nreferrals.source.self,3\ncaseload.opening,2\ncaseload.new,8\ncaseload.closed,4\ncaseload.closing,6\n"
	. "completion.completed,3\ncompletion.left_early,1\ncontacts.total,40\nnarrative.activities,Made up for a test\n";
my (undef, $out) = hub($node, 'load', '--as', 'return', '--programme', 'Young', '--period', '2025-Q2', '--form', 'improved', spill("$folder/young.csv", $form));
like($out, qr/query P\d+, [^:]*age\.18-24/, 'an age that the programme does not serve');
hub($node, @add, 'Young', '--ages', '5+', '--quiet');

# Records of one quarter, and the old form of the quarter before: Figure 1.
is(system($^X, "$ENV{WARDSTAR_ROOT}/script/saltmere-records", $folder, 80), 0, 'made-up records');
my @names = qw(clients contacts engagements feedback measures referrals stars);
hub($node, 'load', '--as', 'records', '--programme', 'Families', '--period', '2025-Q2', (map { "$folder/$_.csv" } @names), '--quiet');
hub($node, 'load', '--as', 'return', '--programme', 'Families', '--period', '2025-Q1', '--form', 'old', spill("$folder/old.csv", "role.parent_carer,18\nage.18-25,5\nage.25+,16\nnarrative.activities,Made up\n"), '--quiet');
is(value("SELECT string_agg(period || ' ' || state, ', ' ORDER BY period) FROM intake.submission WHERE programme = 'Families'"), '2025-Q1 accepted, 2025-Q2 accepted', 'both are in');
is(value("SELECT string_agg(period || ' ' || status, ', ' ORDER BY period) FROM analysis.return_status WHERE programme = 'Families' AND period BETWEEN '2025-Q1' AND '2025-Q4'"),
	'2025-Q1 Old form, 2025-Q2 New form, 2025-Q3 No return, 2025-Q4 No return', 'their status');
my %raw;
for my $name (@names)
{
	my ($head, @lines) = split /\n/, slurp_file("$folder/$name.csv");
	my @head = split /,/, $head;
	for (@lines) { s/"([^"]*)"/my $x = $1; $x =~ tr{,}{;}; $x/ge; my %row; @row{@head} = split /,/, $_, -1; push @{ $raw{$name} }, \%row; }
}
my %client = map { $_->{client_ref} => $_ } @{ $raw{clients} };
my %shares = map { $_ => 1 } grep { $client{$_}{consent_to_share} eq 'yes' && $client{$_}{consent_withdrawn_on} eq '' } keys %client;
my @primary = grep { $_->{relation} eq 'primary' } values %client;

# People by age, from the raw file. Born in year Y one is 2024 - Y or 2025 - Y on 1 July 2025.
my %band = ('0 to 4' => [ 0, 4 ], '5 to 10' => [ 5, 10 ], '11 to 15' => [ 11, 15 ], '16 and 17' => [ 16, 17 ], '18 to 24' => [ 18, 24 ], '25 and over' => [ 25, 999 ], 'under 18' => [ 0, 17 ], '18 and over' => [ 18, 999 ]);
my %people;
for my $ages (sort keys %band)
{
	my ($from, $to) = @{ $band{$ages} };
	my ($least, $most) = (0, 0);
	for (@primary)
	{
		my ($low, $high) = !$shares{ $_->{client_ref} } ? (0, 9999) : $_->{year_of_birth} ne '' ? (2024 - $_->{year_of_birth}, 2025 - $_->{year_of_birth})
			: $_->{age_band} =~ /^(\d+)\+$/ ? ($1, 999) : $_->{age_band} =~ /^(\d+)-(\d+)$/ ? ($1, $2) : (0, 9999);
		$least++ if $low >= $from && $high <= $to;
		$most++ if $high >= $from && $low <= $to;
	}
	$people{$ages} = [ $least, $most ];
	is(value("SELECT people FROM analysis.beneficiaries WHERE programme = 'Families' AND period = '2025-Q2' AND ages = '$ages'"), "[$least," . ($most + 1) . ')', "people: $ages");
}
my $all = @primary;
is(value("SELECT people || ' ' || coalesce(cannot_be_compared, 'comparable') FROM analysis.beneficiaries WHERE programme = 'Families' AND period = '2025-Q2' AND ages = 'all ages'"), "[$all," . ($all + 1) . ') comparable', 'everyone');
is(value("SELECT string_agg(ages || ' ' || people, ', ' ORDER BY place) FROM analysis.beneficiaries WHERE programme = 'Families' AND period = '2025-Q1' AND ages IN ('all ages', '18 and over', '25 and over')"),
	'all ages [21,40), 25 and over [16,40), 18 and over [21,40)', 'Figure 1: 21 to 39 people');
is(value("SELECT cannot_be_compared FROM analysis.beneficiaries WHERE programme = 'Families' AND period = '2025-Q1' AND ages = 'all ages'"), 'it is not said whom they count: Families 2025-Q1', 'and why it does not compare');
# All programmes of the quarter: united, the largest least and the sum of the most; Open has sent nothing.
is(value("SELECT returned || ' ' || people || ' ' || returns || ' ' || missing FROM analysis.beneficiaries WHERE programme IS NULL AND period = '2025-Q2' AND ages = 'all ages'"),
	'[' . max($all, 10) . ',' . ($all + 11) . ') [' . max($all, 10) . ',) 2 1', 'programmes may share people');
like(value("SELECT cannot_be_compared FROM analysis.beneficiaries WHERE programme IS NULL AND period = '2025-Q2' AND ages = 'all ages'"), qr/^no return: Open 2025-Q2$/, 'what is missing is named');
hub_ok($node, @add, 'Open', '--not-expected', '2025-Q2', '--quiet');
is(value("SELECT people FROM analysis.beneficiaries WHERE programme IS NULL AND period = '2025-Q2' AND ages = 'all ages'"), '[' . max($all, 10) . ',' . ($all + 11) . ')', 'with every return in there is an upper limit');
is(value("SELECT people || ' ' || returned || ' ' || missing FROM analysis.beneficiaries WHERE programme = 'Families' AND period IS NULL AND reporting_year = '2025/26' AND ages = 'all ages'"),
	'[' . max($all, 21) . ',) [' . max($all, 21) . ',' . ($all + 39 + 1) . ') 2', 'a year: no upper limit, since returns are missing and one does not say whom it counts');
like(value("SELECT cannot_be_compared FROM analysis.beneficiaries WHERE programme = 'Families' AND period IS NULL AND reporting_year = '2025/26' AND ages = '18 and over'"),
	qr/^it is not said whom they count: Families 2025-Q1; no return: Families 2025-Q3; no return: Families 2025-Q4; forms with different ages: old, records$/, 'all reasons');

# Referrals, from the raw file.
my @received = grep { $_->{source} ne '' } @{ $raw{referrals} };
my $hidden = grep { !$shares{ $_->{client_ref} } } @received;
my %result;
$result{ $_->{result} }++ for grep { $shares{ $_->{client_ref} } } @received;
sub bounds { my ($least, $most) = @_; return "[$least," . ($most + 1) . ')'; }
for my $result ('accepted', 'refused', 'waiting', 'out of area')
{
	(my $column = $result) =~ tr/ /_/;
	is(value("SELECT $column FROM analysis.referrals WHERE programme = 'Families' AND period = '2025-Q2' AND area IS NULL"), bounds($result{$result} // 0, ($result{$result} // 0) + $hidden), "referrals: $result, and at most those who do not share");
}
is(value("SELECT received FROM analysis.referrals WHERE programme = 'Families' AND period = '2025-Q2' AND area IS NULL"), bounds(scalar @received, scalar @received), 'received');
is(value("SELECT round(met_at_least::numeric, 6) || ' ' || round(met_at_most::numeric, 6) FROM analysis.referrals WHERE programme = 'Families' AND period = '2025-Q2' AND area IS NULL"),
	sprintf('%.6f %.6f', $result{accepted} / @received, ($result{accepted} + $hidden) / @received), 'the share that is met');
is(value("SELECT received || ' ' || accepted || ' ' || met_at_least::numeric(9,6) || ' ' || met_at_most::numeric(9,6) FROM analysis.referrals WHERE programme = 'Young' AND period = '2025-Q2' AND area IS NULL"),
	'[12,13) [8,9) 0.666667 0.666667', 'of a form');
is(value("SELECT received || ' ' || accepted FROM analysis.referrals WHERE programme IS NULL AND period = '2025-Q2' AND area IS NULL"), bounds(12 + @received, 12 + @received) . ' ' . bounds(8 + $result{accepted}, 8 + $result{accepted} + $hidden), 'referrals of two programmes add up');
is(value("SELECT not_known FROM analysis.referrals WHERE programme = 'Families' AND period = '2025-Q1' AND area IS NULL"), 'the form does not ask: Families', 'the old form does not ask');
my (%there, %there_accepted);
for (grep { $shares{ $_->{client_ref} } } @received)
{
	my $lsoa = $client{ $_->{client_ref} }{lsoa};
	next if $lsoa eq '';
	$there{$lsoa}++;
	$there_accepted{$lsoa}++ if $_->{result} eq 'accepted';
}
my $elsewhere = @received - sum0(values %there);
is(value("SELECT string_agg(area || ' ' || received || ' ' || accepted, ', ' ORDER BY area) FROM analysis.referrals WHERE programme = 'Families' AND period = '2025-Q2' AND area_level = 'lsoa'"),
	join(', ', map { "$_ " . bounds($there{$_}, $there{$_} + $elsewhere) . ' ' . bounds($there_accepted{$_} // 0, ($there_accepted{$_} // 0) + $elsewhere) } sort keys %there), 'by LSOA, and at most those whose place is not known');
# Flow.
my %flow;
for (grep { $shares{ $_->{client_ref} } } @{ $raw{referrals} }) { $flow{ $_->{source} ne '' ? "$_->{source} > Families" : "Families > $_->{onward_to}" }++; }
is(value(q{SELECT string_agg("from" || ' > ' || "to" || ' ' || n, ', ' ORDER BY "from" || ' > ' || "to" COLLATE "C") FROM analysis.referral_flow WHERE 'Families' IN ("from", "to")}),
	join(', ', map { "$_ $flow{$_}" } sort keys %flow), 'from where to where');
is(value(q{SELECT string_agg("from" || ' ' || n || ' ' || n_most, ', ' ORDER BY n) FROM analysis.referral_flow WHERE "to" = 'Young'}), 'self 3 3, prison 9 9', 'of a form');

# Engagements.
my @case = grep { $shares{ $_->{client_ref} } } @{ $raw{engagements} };
use Time::Local;
sub days { my ($a, $b) = map { my ($y, $m, $d) = split /-/; timegm(0, 0, 0, $d, $m - 1, $y) / 86400 } @_; return $b - $a; }
sub median { my @s = sort { $a <=> $b } @_; return @s % 2 ? $s[ $#s / 2 ] : ($s[ @s / 2 - 1 ] + $s[ @s / 2 ]) / 2; }
my @closed = grep { $_->{ended_on} ne '' } @case;
my @length = map { days($_->{started_on}, $_->{ended_on}) } @closed;
my @waiting = map { days($_->{referred_on}, '2025-09-30') } grep { $_->{outcome} eq 'waiting' } @case;
my @contacts = grep { $shares{ $_->{client_ref} } } @{ $raw{contacts} };
my %seen = map { $_->{client_ref} => 1 } @contacts;
is(value("SELECT started || ' ' || closed || ' ' || completed || ' ' || left_early || ' ' || open_at_end || ' ' || waiting_at_end FROM analysis.engagement WHERE programme = 'Families' AND period = '2025-Q2'"),
	join(' ', map { "[$_,)" } scalar(grep { $_->{started_on} ne '' } @case), scalar @closed, scalar(grep { $_->{outcome} eq 'completed' } @case), scalar(grep { $_->{outcome} eq 'left early' } @case),
		scalar(grep { $_->{outcome} eq 'open' } @case), scalar @waiting), 'cases: at least these, since some do not share');
is(value("SELECT round(completion::numeric, 6) || ' ' || round(mean_days::numeric, 6) || ' ' || round(median_days::numeric, 1) || ' ' || round(median_days_waiting::numeric, 1) || ' ' || round(contacts_a_client::numeric, 6) || ' ' || contacts
	FROM analysis.engagement WHERE programme = 'Families' AND period = '2025-Q2'"),
	sprintf('%.6f %.6f %.1f %.1f %.6f %s', (grep { $_->{outcome} eq 'completed' } @closed) / @closed, sum0(@length) / @length, median(@length), median(@waiting), @contacts / keys %seen, bounds(scalar @{ $raw{contacts} }, scalar @{ $raw{contacts} })),
	'completion, length, waiting, contacts');
is(value("SELECT started || ' ' || closed || ' ' || completed || ' ' || open_at_end || ' ' || completion || ' ' || contacts FROM analysis.engagement WHERE programme = 'Young'"), '[8,9) [4,5) [3,4) [6,7) 0.75 [40,41)', 'of a form');
# Cases by load --as cases: the quarters follow from the dates.
hub_ok($node, @add, 'Cases', '--organisation', 'C', '--quiet');
hub_ok($node, 'load', '--as', 'cases', '--programme', 'Cases', spill("$folder/case_list.csv", "client_ref,referred_on,started_on,closed_on,outcome\nA,2025-04-10,2025-05-01,2025-07-30,completed\nB,2025-06-20,2025-07-10,2025-08-01,left early\nC,2025-06-25,,2025-06-28,refused\n"), '--quiet');
is(value("SELECT string_agg(period || ' ' || started || closed || waiting_at_end || refused || open_at_end, ', ' ORDER BY period) FROM analysis.engagement WHERE programme = 'Cases'"),
	'2025-Q1 [1,2)[0,1)[1,2)[1,2)[1,2), 2025-Q2 [1,2)[2,3)[0,1)[0,1)[0,1)', 'cases by their dates');
# A case told by two quarters is one, as the later tells it.
mkdir "$folder/q3";
my ($open) = map { $_->{client_ref} } grep { $_->{outcome} eq 'open' } @case;
my ($started) = map { $_->{started_on} } grep { $_->{client_ref} eq $open } @case;
my ($referred) = map { $_->{referred_on} } grep { $_->{client_ref} eq $open } @received;
spill("$folder/q3/clients.csv", "client_ref,consent_to_share,consent_given_on\n$open,yes,2025-07-01\n");
spill("$folder/q3/engagements.csv", "client_ref,referred_on,started_on,ended_on,outcome\n$open,$referred,$started,2025-11-30,completed\n");
hub_ok($node, 'load', '--as', 'records', '--programme', 'Families', '--period', '2025-Q3', "$folder/q3/clients.csv", "$folder/q3/engagements.csv", '--quiet');
is(value("SELECT count(*) || ' ' || (SELECT count(*) FROM casework.latest_engagement) FROM casework.engagement"), (@case + 4) . ' ' . (@case + 3), 'one case in two quarters');
is(value("SELECT outcome || ' ' || closed_on FROM casework.latest_engagement WHERE period = '2025-Q3'"), 'completed 2025-11-30', 'as the later quarter tells it');
is(value("SELECT mean_days FROM analysis.engagement WHERE programme = 'Families' AND period = '2025-Q3'"), days($started, '2025-11-30'), 'and its length');

# An analyst reads the views and the pseudonymised rows, not who is in the files or whose tokens they are; nobody else reads any.
for my $view (qw(beneficiaries beneficiaries_returned referrals referrals_returned referral_flow engagement case_quarter return_status))
{
	cmp_ok(value("SET ROLE wardstar_analyst; SELECT count(*) FROM analysis.$view"), '==', value("SELECT count(*) FROM analysis.$view"), "an analyst reads analysis.$view whole");
	isnt($node->psql('postgres', "SET ROLE wardstar_public; SELECT count(*) FROM analysis.$view"), 0, 'the public does not');
}
isnt($node->psql('postgres', "SET ROLE wardstar_$$_[0]; SELECT count(*) FROM $$_[1]"), 0, "$$_[0] does not read $$_[1]")
	for [ 'analyst', 'intake.record_client' ], [ 'analyst', 'casework.identity' ], [ 'analyst', 'intake.withdrawn' ], [ 'partner', 'casework.client_quarter' ], [ 'linker', 'casework.client_quarter' ];
$node->stop;
done_testing();
