# Withdrawal: a database from which a client withdrew equals one that never had the client, table by table and view by view.
# All clients are made up.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('casework_withdraw');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\nlog_statement = all\nlog_parameter_max_length = 0\nlog_parameter_max_length_on_error = 0\n");
$node->start;
my $folder = $node->basedir . '/files';
mkdir $folder or die $!;
hub_keys($node);
my %database = (had => 'postgres', never => 'never');
$node->safe_psql('postgres', 'CREATE DATABASE never');
sub value { my ($sql, $db) = @_; return $node->safe_psql($db // 'postgres', "SET search_path = pg_catalog, public; $sql"); }
my @names = qw(clients contacts engagements feedback measures referrals stars);

is(system($^X, "$ENV{WARDSTAR_ROOT}/script/saltmere-records", $folder, 60), 0, 'made-up records');
my (%shares, %row);
for (split /\n/, slurp_file("$folder/clients.csv")) { my @c = split /,/, $_, -1; $shares{ $c[0] } = $c[9] eq 'yes' && $c[11] eq '' && $c[1] eq 'primary' if /^SALT/; }
for my $name (@names) { $row{$_}++ for slurp_file("$folder/$name.csv") =~ /^(SALT-\d+),/mg; }
# One who shares and has rows in many tables, and one who doesn't share.
my ($client) = sort { $row{$b} <=> $row{$a} || $a cmp $b } grep { $shares{$_} } keys %shares;
my ($silent) = sort { $row{$b} <=> $row{$a} || $a cmp $b } grep { !$shares{$_} && slurp_file("$folder/clients.csv") =~ /^$_,primary.*,no,/m } keys %shares;
spill("$folder/more_cases.csv", "client_ref,referred_on,started_on,closed_on,outcome\nSALT-002,2024-01-01,2024-01-08,2024-05-01,completed\n$client,2024-02-01,2024-02-08,2024-06-01,left early\n");
spill("$folder/more_stars.csv", "client_ref,taken_on,mode,instrument,scores\nSALT-002,2024-01-08,agreed,teen,\"1,1,1,1,1,1\"\n$client,2024-02-08,agreed,teen,\"2,2,2,2,2,2\"\n$client,2024-05-08,agreed,teen,\"3,3,3,3,3,3\"\n");

# What each database is given. The second quarter is the first with its dates moved on, so that clients return.
sub load_all
{
	my ($db, @without) = @_;
	my $away = join '|', map { quotemeta } @without, 'nobody';
	my $target = $node->basedir . "/$db";
	mkdir $target;
	mkdir "$target/q3";
	for my $name (@names, 'more_cases', 'more_stars')
	{
		my $text = join '', grep { !/^(?:$away),/ } map { "$_\n" } split /\n/, slurp_file("$folder/$name.csv");
		spill("$target/$name.csv", $text);
		$text =~ s/2025-(07|08|09)-(\d\d)/sprintf '2025-%02d-%s', $1 + 3, $2/ge if $name ne 'clients';
		$text =~ s/-31\b/-30/g;
		spill("$target/q3/$name.csv", $text);
	}
	my $to = [ $node, $db ];
	hub_ok($to, 'migrate', '--quiet');
	hub_ok($to, 'programme', 'add', 'Families', '--organisation', 'Saltmere Families', '--made-up', '--starts', '2025-04-01', '--ends', '2026-03-31', '--forms', 'records', '--quiet');
	hub_ok($to, 'programme', 'add', 'Other', '--organisation', 'Saltmere Families', '--made-up', '--quiet');
	hub_ok($to, 'load', '--as', 'records', '--programme', 'Families', '--period', '2025-Q2', (map { "$target/$_.csv" } @names), '--quiet');
	hub($to, 'load', '--as', 'records', '--programme', 'Families', '--period', '2025-Q3', (map { "$target/q3/$_.csv" } @names), '--quiet');
	hub_ok($to, 'load', '--as', 'cases', '--programme', 'Families', "$target/more_cases.csv", '--quiet');
	hub_ok($to, 'load', '--as', 'stars', '--programme', 'Families', "$target/more_stars.csv", '--quiet');
	# Another programme of the same organisation holds the client too: a withdrawal is from one programme.
	hub_ok($to, 'load', '--as', 'records', '--programme', 'Other', '--period', '2025-Q2', "$folder/clients.csv", '--quiet');
}
load_all($database{had});
load_all($database{never}, $client, $silent);
is(value("SELECT string_agg(state, ', ') FROM intake.submission", 'postgres'), 'accepted, accepted, accepted', 'all files are accepted');

# Every table and view that holds figures or rows of clients, row by row, but for columns that tell of files and times.
sub content
{
	my ($db) = @_;
	my (%content, @script);
	for (split /\n/, value(q{
		SELECT c.oid::regclass || '|' || string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relkind IN ('r', 'v', 'm', 'p') AND (n.nspname IN ('casework', 'returns', 'analysis', 'publish') OR c.oid::regclass::text IN ('intake.answer', 'intake.record_client'))
		AND a.atttypid <> 'timestamptz'::regtype AND a.attname NOT IN ('sha256', 'rows_stored', 'spool', 'submission', 'file', 'queries')
		GROUP BY c.oid}, $db))
	{
		my ($relation, $columns) = split /\|/, $_, 2;
		push @script, "\\echo @@ $relation\nSELECT r::text FROM (SELECT $columns FROM $relation) r ORDER BY 1;\n";
	}
	for (split /^@@ /m, value(join('', @script), $db))
	{
		my ($relation, $rows) = split /\n/, $_, 2;
		$content{$relation} = $rows // '' if defined $relation && $relation ne '';
	}
	return \%content;
}
my $before = content('postgres');
my $never = content('never');
cmp_ok(scalar(keys %$before), '>', 40, 'tables and views are compared: ' . keys %$before);
my @differ = grep { $before->{$_} ne $never->{$_} } sort keys %$before;
for my $relation (qw(casework.client_quarter casework.referral casework.engagement casework.contact casework.star_review casework.measure casework.file_client
	intake.answer intake.record_client returns.count analysis.beneficiaries analysis.referrals analysis.engagement analysis.distance_travelled))
{
	ok((grep { $_ eq $relation } @differ), "$relation holds the clients before");
}

sub withdraw
{
	my ($reference, @arguments) = @_;
	my ($out, $err) = ('', '');
	local $ENV{WARDSTAR_DSN} = hub_dsn($node);
	IPC::Run::run([ "$ENV{WARDSTAR_ROOT}/build/wardstar-hub", 'withdraw', @arguments ], '<', \$reference, '>', \$out, '2>', \$err);
	return ($? >> 8, $out, $err);
}
my @spooled = split /\n/, value('SELECT spool FROM intake.submission s WHERE spool IS NOT NULL AND programme = \'Families\' UNION SELECT spool FROM casework.file WHERE spool IS NOT NULL ORDER BY 1');
my $there = grep { -e "$ENV{WARDSTAR_SPOOL}/" . substr($_, 0, 2) . "/$_" } @spooled;
is($there, 4, 'four spool files hold the client');
my ($code, $out, $err) = withdraw("$client\n", '--programme', 'Families');
is($code, 0, 'withdrawn') or diag $err;
like($out, qr/^The client is withdrawn from Families; 4 spool files were removed\.\n/, 'and the spool files with it');
unlike($out . $err, qr/SALT-/, 'the reference is not repeated');
is((grep { -e "$ENV{WARDSTAR_SPOOL}/" . substr($_, 0, 2) . "/$_" } @spooled), 0, 'they are gone');
is(value("SELECT count(*) FROM intake.submission WHERE spool IS NOT NULL AND programme = 'Families'"), 0, 'and not named any more');
is(value("SELECT count(*) FROM intake.submission WHERE spool IS NOT NULL AND programme = 'Other'"), 1, 'the other programme keeps its own');

# The list of what changed: each figure is as listed now, and was as listed before.
my $after = content('postgres');
my ($was, $is) = $out =~ /^returns\.count +Families +2025-Q2 +everyone +(\S+) +(\S+)$/m;
like($before->{'returns.count'}, qr/^\(Families,2025-Q2,records,everyone,.*"\Q$was\E"\)$/m, 'listed before');
like($after->{'returns.count'}, qr/^\(Families,2025-Q2,records,everyone,.*"\Q$is\E"\)$/m, 'listed after');
for my $view (qw(analysis.beneficiaries analysis.referrals analysis.engagement analysis.distance_travelled returns.count)) { like($out, qr/^\Q$view\E +/m, "$view is listed"); }
my %listed = map { $_ => 1 } $out =~ /^(\w+\.\w+) /mg;

# The one who doesn't share is in no figure but the totals.
($code, $out, $err) = withdraw($silent, '--programme', 'Families');
is($code, 0, 'who does not share can withdraw too') or diag $err;
like($out, qr/^returns\.count +Families +2025-Q2 +everyone/m, 'and leaves the total');
unlike($out, qr/^returns\.count +Families +\S+ +(?:sex|ethnicity|age|place)/m, 'having been in no other count');

is(value("SELECT count(*) FROM intake.receipt_kept k JOIN intake.submission s ON s.id = k.submission JOIN returns.count c ON c.submission = s.id AND c.category = 'everyone'
	WHERE k.format = 'json' AND (k.words::json #>> '{people,lower}')::int <> lower(c.people)"), 0, 'receipts that are kept have the new figures');
cmp_ok(value("SELECT count(*) FROM intake.receipt_kept k JOIN intake.submission s ON s.id = k.submission JOIN returns.count c ON c.submission = s.id AND c.category = 'everyone' WHERE k.format = 'json'"), '>', 1, 'and there are some');
is((hub($node, 'audit', '--quiet'))[0], 0, 'the ledger and the spool agree');

$after = content('postgres');
for my $relation (sort keys %$after)
{
	is($after->{$relation}, $never->{$relation}, "$relation is as if the clients had never been there");
}

# Anything else: unknown, given twice, in an argument.
($code, $out, $err) = withdraw("$client\n", '--programme', 'Families');
is($code, 4, 'withdrawn already: no such client');
like($err, qr/the programme has no such client/, 'and it says so');
is((withdraw("Barnaby\n", '--programme', 'Nothing'))[0], 4, 'no such programme');
is((withdraw("", '--programme', 'Families'))[0], 2, 'no reference');
($code, undef, $err) = withdraw("caf\xe9\n", '--programme', 'Families');
is($code, 4, 'a reference that is not UTF-8');
like($err, qr/is not UTF-8/, '... and it says so');
is((withdraw("$client\nSALT-002\n", '--programme', 'Families'))[0], 2, 'two references');
is((withdraw('', $client, '--programme', 'Families'))[0], 2, 'a reference as an argument');
is((withdraw("$client\n"))[0], 2, 'no programme');

# A later file that holds the client is taken in without them, until they agree again.
my ($head, $line) = slurp_file("$folder/clients.csv") =~ /^(.*?\n).*^(\Q$client\E,.*?\n)/ms;
my $someone = (slurp_file("$folder/clients.csv") =~ /^(SALT-002,.*?\n)/m)[0];
spill("$folder/again.csv", "$head$line$someone");
($code, $out, $err) = hub($node, 'load', '--as', 'records', '--programme', 'Families', '--period', '2025-Q4', "$folder/again.csv");
is($code, 3, 'a file that holds the client again');
like($out, qr/query H314, line 2, clients\.client_ref: this client withdrew earlier/, 'is asked about');
is(value("SELECT lower(people) FROM returns.count WHERE period = '2025-Q4' AND category = 'everyone'"), 1, 'and counts the other one only');
is(value("SELECT count(*) FROM casework.client_quarter c JOIN intake.withdrawn w USING (programme, client)"), 0, 'without them');
($code, $out) = withdraw("\xef\xbb\xbf$client\r\n", '--programme', 'Families');
is($code, 0, 'withdrawn again, from a file as Windows writes it');
like($out, qr/1 spool file was removed/, 'that file is removed too');
(my $agreed = $line) =~ s/,yes,[^,]*,/,yes,2026-11-25,/;
# Consent given after the day of the withdrawal, which is today: only then.
value("UPDATE intake.withdrawn SET withdrawn_at = '2026-01-01'");
$agreed =~ s/2026-11-25/2026-01-02/;
spill("$folder/agreed.csv", "$head$agreed$someone");
hub($node, 'load', '--as', 'records', '--programme', 'Families', '--period', '2025-Q4', "$folder/agreed.csv", '--quiet');
is(value("SELECT count(*) FROM casework.client_quarter c JOIN intake.withdrawn w USING (programme, client) WHERE c.period = '2025-Q4'"), 1, 'who agreed again is taken in');

# Readings and cases that hold a client who withdrew are taken in without them.
my $gone = $silent;
spill("$folder/later.csv", "client_ref,taken_on,mode,instrument,scores\n$gone,2025-05-08,agreed,teen,\"3,3,3,3,3,3\"\nSALT-002,2025-05-08,agreed,teen,\"3,3,3,3,3,3\"\n");
spill("$folder/later_cases.csv", "client_ref,referred_on,outcome\n$gone,2025-05-08,waiting\n");
($code, $out, $err) = hub($node, 'load', '--as', 'stars', '--programme', 'Families', "$folder/later.csv");
is($code, 0, 'readings of a client who withdrew and of another');
like($out, qr/: 1 stars stored/, '... one is stored');
like($err, qr/line 2: this client withdrew, and is left out/, '... the other is not, and it says so');
($code, $out, $err) = hub($node, 'load', '--as', 'cases', '--programme', 'Families', "$folder/later_cases.csv");
like($err, qr/line 2: this client withdrew, and is left out/, 'and a case neither');
is(value("SELECT (SELECT count(*) FROM casework.star_review r JOIN intake.withdrawn w USING (programme, client) WHERE taken_on = '2025-05-08')
	+ (SELECT count(*) FROM casework.engagement e JOIN intake.withdrawn w USING (programme, client) WHERE referred_on = '2025-05-08')"), 0, '... nothing of them is there');
($code, $out) = withdraw("$gone\n", '--programme', 'Families');
like($out, qr/2 spool files were removed/, '... and withdrawing again removes the bytes of both files');

# Nor do the counts of a file that was replaced stay, since they are with the client.
my $replaced = value("SELECT id FROM intake.submission WHERE programme = 'Families' AND period = '2025-Q4' AND state = 'accepted'");
spill("$folder/replaces.csv", "$head$someone$agreed");
hub($node, 'load', '--as', 'records', '--programme', 'Families', '--period', '2025-Q4', "$folder/replaces.csv", '--quiet');
is(value("SELECT state FROM intake.submission WHERE id = $replaced"), 'superseded', 'a file that is replaced');
cmp_ok(value("SELECT count(*) FROM intake.answer WHERE submission = $replaced"), '>', 0, '... keeps its counts');
is((withdraw("$client\n", '--programme', 'Families'))[0], 0, '... until a client of it withdraws');
is(value("SELECT count(*) FROM intake.answer WHERE submission = $replaced"), 0, '... and then none');
is(value("SELECT lower(people) FROM intake.answer a JOIN intake.submission s ON s.id = a.submission WHERE s.programme = 'Families' AND s.period = '2025-Q4' AND s.state = 'accepted' AND category = 'everyone'"), 1,
	'the one that counts is without the client');

# Who takes files in may withdraw clients, without more rights.
my $token = value("SELECT min(client) FROM casework.client_quarter WHERE programme = 'Other'");
cmp_ok(value("BEGIN; SET LOCAL ROLE wardstar_loader; SELECT count(*) FROM casework.withdraw('Other', ARRAY['$token']); ROLLBACK"), '>', 0, 'as wardstar_loader');
isnt($node->psql('postgres', "SET ROLE wardstar_analyst; SELECT casework.withdraw('Other', '{}')"), 0, 'not as an analyst');

# After a rotation of keys the older token is found; what a broken run left in the spool is removed by the next.
hub_ok($node, 'key', 'rotate', 'client', '--quiet');
my $left = 'ab' . '0' x 30;
mkdir "$ENV{WARDSTAR_SPOOL}/ab";
spill("$ENV{WARDSTAR_SPOOL}/ab/$left", 'left over');
value("INSERT INTO intake.spool_to_remove (spool) VALUES ('$left')");
my $tokens = value("SELECT count(*) FROM casework.client_quarter WHERE programme = 'Families'");
($code, $out, $err) = withdraw("SALT-002\n", '--programme', 'Families');
is($code, 0, 'withdrawn by a token of an older key') or diag $err;
cmp_ok(value("SELECT count(*) FROM casework.client_quarter WHERE programme = 'Families'"), '<', $tokens, 'found by it');
ok(!-e "$ENV{WARDSTAR_SPOOL}/ab/$left", 'the leftover is gone');
is(value('SELECT count(*) FROM intake.spool_to_remove'), 0, 'and forgotten');

$node->command_ok([ 'pg_dump', '-f', "$folder/dump.sql", $node->connstr('postgres') ], 'pg_dump');
unlike(slurp_file("$folder/dump.sql"), qr/SALT-\d/, 'no reference in a dump');
unlike(slurp_file($node->logfile), qr/SALT-\d/, 'nor in the log of a server that logs statements');
$node->stop;
done_testing();
