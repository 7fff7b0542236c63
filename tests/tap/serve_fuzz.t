# Mutated requests against the service built with AddressSanitizer and UndefinedBehaviorSanitizer: always an answer or a closed
# connection, never a fault, a leak or another's data. 100,000 with WARDSTAR_LONG=1, otherwise 5,000. WARDSTAR_SEED=n
# repeats a run.
use strict;
use warnings;
use HubTest;
use JSON;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;

my $program = "$ENV{WARDSTAR_ROOT}/build/sanitized/wardstar-hub";
my $seed = int($ENV{WARDSTAR_SEED} // time % 1000000);
my $requests = $ENV{WARDSTAR_LONG} ? 100_000 : 5_000;
note "seed $seed, $requests requests";
my $node = PostgreSQL::Test::Cluster->new('serve_fuzz');
$node->init;
$node->start;
my $tmp = PostgreSQL::Test::Utils::tempdir();
my @keep = serve_prepare($node, $tmp);
# What only one of the two may see: names of programmes and files, and what is in the files.
my ($own, $other) = ('OWNMARKxq7', 'OTHERMARKzk3');
my $token = serve_partner($node, "Charity $own (made up)", "One $own", 'One');
my $foreign = serve_partner($node, "Charity $other (made up)", "Two $other");
local $ENV{ASAN_OPTIONS} = "log_path=$tmp/asan:exitcode=99:detect_leaks=1";
local $ENV{UBSAN_OPTIONS} = "log_path=$tmp/asan:print_stacktrace=1";
my $hub = serve_start($node, $tmp, { program => $program }, @keep, '--reader', "$ENV{WARDSTAR_ROOT}/build/wardstar-read", '--rate-token', 0, '--rate-address', 0,
	'--header-timeout', 3);
my $csv = "field,value\nbasis,new_referrals\ntotal,9\nage.25+,9\nsex.female,9\nplace.not_known,9\nnarrative.activities,";
for ([ $token, $own, 'One' ], [ $foreign, $other, 'Two' ])
{
	my $got = upload($hub, $_->[0], "programme=$_->[2]%20$_->[1]&period=2025-Q1&form=new&file=$_->[1].csv&wait=30", "$csv$_->[1]\n");
	is($got->{status}, 201, "a file of $_->[1]") or diag $got->{body};
}
my $before = $node->safe_psql('postgres', "SELECT md5(string_agg(s::text, '' ORDER BY id)) FROM intake.submission s WHERE organisation LIKE '%$other%'");

my @lines = split /\n/, `/usr/bin/python3 '$ENV{WARDSTAR_ROOT}/tests/serve/fuzz.py' $seed $requests $hub->{port} '$token' '$own' '$other' 20 2>&1`;
my $sum = eval { decode_json(pop @lines) } // { wrong => 'the fuzzer ended early' };
is($sum->{wrong}, 0, 'each request is answered or its connection closed, without a fault and without another\'s data') or diag join "\n", @lines;
note join ', ', map { "$_ $sum->{statuses}{$_}" } sort keys %{ $sum->{statuses} // {} };
cmp_ok($sum->{statuses}{200} // 0, '>', $requests / 50, 'some of them are understood');
is($node->safe_psql('postgres', "SELECT md5(string_agg(s::text, '' ORDER BY id)) FROM intake.submission s WHERE organisation LIKE '%$other%'"), $before, 'nothing of the other organisation changed');

is(upload($hub, $token, 'programme=One&period=2025-Q2&form=new&wait=30', "${csv}last\n")->{status}, 201, 'a good file is taken afterwards');
is(serve_stop($hub, 60), 0, 'it stops when asked, and has leaked nothing');
is(join('', map { slurp_file($_) } glob "$tmp/asan.*"), '', 'the sanitizers found nothing');
is($node->safe_psql('postgres', <<'SQL'), 0, 'the chain of events is unbroken');
SELECT count(*) FILTER (WHERE e.broken) FROM (
	SELECT e.sha256 <> intake.event_sha256(e) OR e.number <> row_number() OVER w
		OR e.previous <> coalesce(lag(e.sha256) OVER w, decode(repeat('0', 64), 'hex')) AS broken
	FROM intake.submission_event e WINDOW w AS (PARTITION BY e.submission ORDER BY e.number)) e
SQL
done_testing();
