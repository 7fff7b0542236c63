# script/demo from end to end, in a copy of the project with a state folder of its own: what it prints, against
# Table 1 of the report and figures counted here from the files; a second run; stop; wrong arguments.
use strict;
use warnings;
use utf8;
use Encode;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $data = $ENV{WARDSTAR_DATA};
my $copy = "$ENV{TESTDIR}/demo_copy";
my $state = "$ENV{TESTDIR}/demo_state";
$ENV{WARDSTAR_DEMO_DIR} = $state;
delete @ENV{ grep { /^(PG|WARDSTAR_(DSN|KEY|SPOOL))/ } keys %ENV };
# An address that would lead elsewhere: the script has to forget it.
$ENV{PGHOST} = '/nowhere';
$ENV{PGDATABASE} = 'other';

# Built here already, so that nothing is built in the copy.
mkdir $copy;
system("cd '$root' && tar -c --exclude=./.git --exclude=./.demo --exclude=./build/check --exclude=./build/fuzz --exclude=./build/unit . | tar -x -C '$copy'") == 0
  or die 'copy';

sub demo
{
	my (@arguments) = @_;
	my ($out, $err) = ('', '');
	IPC::Run::run([ "$copy/script/demo", @arguments ], '<', \undef, '>', \$out, '2>', \$err);
	return ($? >> 8, Encode::decode('UTF-8', $out), $err);
}

sub clusters { return -x '/usr/bin/pg_lsclusters' ? `pg_lsclusters 2>&1` : ''; }

my $clusters = clusters();

# Wrong arguments: nothing begins.
for my $wrong ([qw(--what)], [qw(--stop --fresh)], [qw(--stop /tmp)], [qw(/tmp /var)], [''])
{
	my ($rc, $out, $err) = demo(@$wrong);
	is($rc, 2, "script/demo @$wrong: exit code 2");
	like($err, qr/^usage: script\/demo/, 'and says how it is used');
}
my ($rc, $out, $err) = demo("$ENV{TESTDIR}/no_such_folder");
is($rc, 2, 'a folder that is not there: exit code 2');
like($err, qr/no_such_folder is not a folder/, 'and says so');
($rc, $out, $err) = demo('--stop');
is("$rc $out", "0 the demo is not running\n", 'nothing to stop');
ok(!-e $state, 'nothing was begun');

# The first run.
($rc, $out, $err) = demo();
is($rc, 0, 'script/demo') or diag($out, $err);
is($err, '', 'nothing on standard error');
my $first = $out;

my %table_1 = (
	'Time-MattersUK' => 'Old form|Old form|New form|New form', 'Shelter' => 'Old form|New form|New form|New form',
	'POPs' => 'Old form|New form|New form|New form', 'Magistra – Restorative Lives' => 'N/A|New form|New form|New form',
	'Sefton CVS (MOMS)' => 'No return|No return|New form|New form');
my %status = map { /^ (\S.*?) +\| (Old form|New form|N\/A|No return) +\| (.*?) *$/ ? ($1 => join '|', $2, split / *\| */, $3) : () } split /\n/, $out;
is_deeply(\%status, \%table_1, 'returns by programme and quarter are Table 1 of the report');

like($out, qr/^POPs, 2025-Q1, total .*21 to 39/m, 'Figure 1: 21 to 39 people');
like($out, qr/^Magistra – Restorative Lives, 2025-Q3, sex .*42/m, 'a return whose sexes fall short by 42');
like($out, qr/^Sefton CVS \(MOMS\), 2025-Q3.*nobody/m, 'a return of nobody');
like($out, qr/^Time-MattersUK, 2025-Q2, replaced since, age\.5-11 .*"yes"/m, 'yes for a number');
like($out, qr/^POPs, 2025-Q3 .*same as in 2025-Q2/m, 'the same numbers again');
like($out, qr/^Shelter, 2025-Q4, basis .*only people newly referred.*everybody open/m, 'another basis');

my @sections = $out =~ /^-- (.*) --$/mg;
is(scalar @sections, 5, 'five sections');
is(scalar(grep { /MADE UP, NOT FOR PUBLICATION/ } @sections), 4, 'all that hold figures are marked');
like($out, qr/^== .*MADE-UP district/m, 'and so is the whole');
my ($receipt) = $out =~ /as the programme gets it: (\S+)/;
like(slurp_file($receipt), qr/MADE UP, for a demonstration.*<h2>What we understood<\/h2>/s, 'a receipt as a page, marked as well');
my $password = slurp_file("$state/password");
unlike($out, qr/\Q$password\E/, 'the password is not shown');
like($out, qr/^Referrals: 60, of which 49 completed, 6 refused, 5 left early$/m, 'the cohort of POPs');
like($out, qr/^mean of scales +49 +5 +/m, 'and how far it travelled');
like($out, qr/^ready in \d+ seconds$/m, 'says how long it took');

# Where it is, and who may come in.
is(sprintf('%o', (stat $state)[2] & 07777), '700', 'its folder is its owner\'s alone');
is(sprintf('%o', (stat "$state/$_")[2] & 07777), '600', "$_ too") for qw(password pg_service.conf);
my ($psql) = $out =~ /^psql +(.*)$/m;
sub ask
{
	my $sql = shift;
	my $answer = `$psql -XAt -c "$sql" 2>&1`;
	chomp $answer;
	return $answer;
}
is(ask('SHOW listen_addresses'), '127.0.0.1', 'the line for psql works; TCP on the loopback only');
is(ask('SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user'), 'wardstar|f', 'not as an administrator');
my ($port) = $out =~ /port (\d+)/;
is(ask('SHOW port'), $port, 'the port for QGIS');
like(`PGPASSWORD=wrong psql -XAt -h 127.0.0.1 -p $port -U wardstar -c 'SELECT 1' wardstar 2>&1`, qr/password authentication failed/, 'another password is refused');
is(ask("SELECT string_agg(f_table_name || ' ' || type || ' ' || srid, ', ' ORDER BY f_table_name) FROM geometry_columns WHERE f_table_schema = 'publish'"),
	'demand_lsoa MULTIPOLYGON 27700, demand_ward MULTIPOLYGON 27700', 'QGIS finds the two layers');
is(ask("SELECT count(*) FROM pg_class, aclexplode(relacl) a WHERE relnamespace = 'publish'::regnamespace AND a.grantee NOT IN (relowner, 'wardstar_loader'::regrole, 'wardstar_analyst'::regrole)"), 0, 'granted to nobody but the hub\'s own');
my ($hub) = $out =~ /^hub +(.*) status$/m;
my $json = `$hub report demand --level ward --period 2025-Q4 --undisclosed --format csv`;
is($? >> 8, 0, 'the line for the hub works');

# Residents and violent crimes by ward, counted from the files. The newest three months have codes of 2021.
sub rows
{
	my $file = shift;
	my (undef, @lines) = split /\n/, Encode::decode('UTF-8', slurp_file($file));
	return map {
		my ($line, @f) = ($_);
		push @f, $1 // $2 while $line =~ /(?:^|,)(?:"([^"]*)"|([^,]*))/g;
		[@f]
	} @lines;
}
my ($lookup) = glob "$state/saltmere/lookups/*Best_Fit*";
my ($bands) = glob "$state/saltmere/population/census2021*";
my %ward = map { $_->[0] => $_->[2] } rows($lookup);
my (%residents, %violent);
$residents{ $ward{ $_->[0] } } += $_->[3] for rows($bands);
for my $month (qw(2026-01 2026-02 2026-03))
{
	for (rows("$state/saltmere/crime/$month/$month-saltmere-street.csv"))
	{
		$violent{ $ward{ $_->[7] } }++ if $ward{ $_->[7] } && $_->[9] =~ /^(Violence and sexual offences|Robbery|Possession of weapons)$/;
	}
}
my ($head, @wards) = map { my ($l, @f) = ($_); push @f, $1 // $2 while $l =~ /(?:^|,)(?:"([^"]*)"|([^,]*))/g; [@f] } split /\n/, Encode::decode('UTF-8', $json);
my %at = map { $head->[$_] => $_ } 0 .. $#$head;
is(scalar @wards, 12, 'twelve wards');
for my $row (@wards)
{
	my $code = $row->[ $at{area} ];
	if (!$residents{$code})
	{
		is($row->[ $at{population_status} ], 'no best-fit area', "$code has no LSOA, and says so");
		next;
	}
	is($row->[ $at{population} ], $residents{$code}, "$code: residents");
	is($row->[ $at{violent_crimes} ], $violent{$code}, "$code: violent crimes");
	is(sprintf('%.6f', $row->[ $at{violent_rate} ]), sprintf('%.6f', 1000 * $violent{$code} / $residents{$code}), "$code: rate");
	like($first, qr/^\Q$code\E .* \Q$violent{$code}\E +/m, "$code is shown") if grep { $_ eq $code } (sort { $violent{$b} / $residents{$b} <=> $violent{$a} / $residents{$a} } keys %violent)[ 0 .. 9 ];
}

# README.md shows what it really prints.
my ($shown) = Encode::decode('UTF-8', slurp_file("$root/README.md")) =~ /^## What one gets\n.*?^```\n(.*?)^```/ms;
ok($shown, 'README.md shows some of it');
my %printed = map { s/\s+$//r => 1 } split /\n/, $first;
is_deeply([ grep { $_ ne '' && $_ ne '…' && !$printed{$_} } map { s/\s+$//r } split /\n/, $shown ], [], 'as it is');

# The second run starts from what is there.
my $since = ask('SELECT pg_postmaster_start_time()');
my $files = ask('SELECT count(*), max(id) FROM reference.source_file');
($rc, $out, $err) = demo();
is("$rc $err", '0 ', 'a second run');
my ($before, $after) = map { /(^== .*)^ready/ms } $first, $out;
is($after, $before, 'prints the same');
unlike($out, qr/creating|loaded/, 'and loads nothing');
is(ask('SELECT pg_postmaster_start_time()'), $since, 'the server ran on');
is(ask('SELECT count(*), max(id) FROM reference.source_file'), $files, 'no file was loaded again');
($rc, $out, $err) = demo('/tmp');
is($rc, 1, 'other data are refused');
like($err, qr/holds saltmere, not \/tmp; --fresh begins anew/, 'and it says how to load them');

# Stopped, started, and cut short while loading.
($rc, $out, $err) = demo('--stop');
is("$rc $out$err", "0 stopped; script/demo starts it again\n", 'stopped');
ok(!-e "$state/data/postmaster.pid", 'the server is gone');
unlink "$state/loaded";
($rc, $out, $err) = demo();
is($rc, 0, 'goes on where it was cut short') or diag($out, $err);
($after) = $out =~ /(^== .*)^-- To look/ms;
($before) = $first =~ /(^== .*)^-- To look/ms;
is($after, $before, 'with the same result');

# Over real areas.
SKIP:
{
	skip 'no real data', 5 if !-d "$data/boundaries";
	($rc, $out, $err) = demo('--fresh', $data);
	is($rc, 0, 'over real areas') or diag($out, $err);
	like($out, qr/^== The areas of .*MADE-UP returns/m, 'marked as made up');
	%status = map { /^ (\S.*?) +\| (Old form|New form|N\/A|No return) +\| (.*?) *$/ ? ($1 => join '|', $2, split / *\| */, $3) : () } split /\n/, $out;
	is_deeply(\%status, \%table_1, 'returns as in Table 1');
	# Residents of the ten wards, from the census file.
	%ward = map { /^"[^"]*","([^"]*)","[^"]*","([^"]*)"/ ? ($1 => $2) : () } split /\n/, slurp_file("$data/lookups/lsoa21_ward24_ltla24_england_wales.csv");
	%residents = ();
	$residents{ $ward{ $_->[0] } } += $_->[3] for rows("$data/population/census2021_age_bands_lsoa21_merseyside.csv");
	my %said = $out =~ /^(E05\d{6})  .*?  (\d+)  /mg;
	is(scalar keys %said, 10, 'ten wards');
	is_deeply(\%said, { map { $_ => $residents{$_} } keys %said }, 'with their residents');
}
($rc) = demo('--stop');
is($rc, 0, 'stopped');
is(clusters(), $clusters, 'no cluster of the system was touched');
done_testing();
