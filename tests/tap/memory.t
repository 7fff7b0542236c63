# What the extension's functions keep from row to row: each is called with arguments that change in every row, and the
# backend itself is asked how much it held at most. Functions come from the catalogue: one whose types of arguments are not
# known here, and that has no call of its own, is a failure.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use Test::More;

plan skip_all => 'no /proc/self/status' if !-r '/proc/self/status';

my ($rows, $most) = $ENV{WARDSTAR_LONG} ? (3_000_000, 64 * 1024) : (300_000, 16 * 1024);

# Arguments by their type, of the number of the row, i.
my $codes = "1 + i % 4 || '>' || 1 + i / 4 % 4";
my %argument = (
	'double precision' => '(0.05 + i % 900 / 1000.0)::float8',
	integer => '(1 + i % 3)',
	bigint => '(1 + i % 1000)::bigint',
	boolean => '(i % 2 = 0)',
	gss_code => "('E0100' || 1000 + i % 9000)::gss_code",
	uk_postcode => "('L' || 1 + i % 9 || ' ' || i / 9 % 10 || 'JQ')::uk_postcode",
	outcome_star => "outcome_star('goals[0-5]', ARRAY[i % 6, i / 6 % 6, i / 36 % 6])",
	star_change => "(outcome_star('goals[0-5]', ARRAY[i % 6, 3, i / 36 % 6]) - outcome_star('goals[0-5]', ARRAY[2, i % 5, 1]))",
	star_distance => "('goals[0-5]{1;' || $codes || ':1;1:' || $codes || ':1}')::star_distance",
	int4range => 'int4range(i % 50, i % 50 + 1 + i % 7)',
	estimate => "ROW(i % 100, 1, 200, 0.95, 'Byar')::estimate",
	rate_spread => 'ROW(0.1, 0.01, 1 + i % 100, 5)::rate_spread',
	'double precision[]' => 'ARRAY[0.01 + i % 90 / 100.0, 0.5, 0.2]::float8[]',
	'integer[]' => 'ARRAY[i % 6, 1, i / 6 % 6]',
	'int4range[]' => 'ARRAY[int4range(i % 5, 9), int4range(2, 3 + i % 9)]',
);

# Calls by the name, where types do not tell enough; and how many times fewer they are made, as each of them does more.
my $form = q~('{"name": "f", "version": "1", "title": "F", "valid": {"from": "2025-Q1"}, "fields": [{"name": "f1", "type": "string", "title": "A' || i~
	. q~|| '", "constraints": {"pattern": "(x|y)[0-9]+z*"}}, {"name": "total", "type": "integer", "title": "Total"}]}')::jsonb~;
my $answers = q(jsonb_build_object('total', i % 40, 'more', i));
my $areas = q(ARRAY[1, 2, 3, i + 4], ARRAY[0.5, i % 7, 2, 3]::float8[], ARRAY[1, 2, 3, i + 4], ARRAY[2, 1, i + 4, 3]);
my %call = (
	gss_code_from_text => q(gss_code_from_text('E0100' || 1000 + i % 9000)),
	gss_code_is_valid => q(gss_code_is_valid('E0100' || i)),
	uk_postcode_from_text => q(uk_postcode_from_text('L1 ' || i % 10 || 'JQ')),
	uk_postcode_is_valid => q(uk_postcode_is_valid('L1 ' || i || 'JQ')),
	outcome_star => q(outcome_star('goals[0-' || 5 + i % 9 || ']', ARRAY[i % 6, 1, i / 6 % 6])),
	quantile_of => q(quantile_of(1 + i % 10, 10, 5)),
	star_scale_position => q(star_scale_position('teen', (SELECT scale FROM star_scales('teen') WHERE position = 1 + i % 6))),
	'star_score(outcome_star,text)' => q(star_score(outcome_star('teen', ARRAY[1, 2, 3, 4, 5, 1 + i % 5]), 'drugs and alcohol')),
	'star_stage(outcome_star,integer)' => q(star_stage(outcome_star('homelessness', ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 1 + i % 10]), 10)),
	'star_stage(outcome_star,text)' => q(star_stage(outcome_star('homelessness', ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 1 + i % 10, 2]), 'offending')),
	star_from_jsonb => q(star_from_jsonb(star_to_jsonb(outcome_star('goals[0-5]', ARRAY[i % 6, 1])))),
	star_reliable_change => q(star_reliable_change(outcome_star('goals[0-5]', ARRAY[i % 6]), outcome_star('goals[0-5]', ARRAY[1]), ARRAY[1 + i % 7]::float8[], ARRAY[0.7])),
	star_svg => [ q(star_svg(outcome_star('goals[0-5]', ARRAY[i % 6, 1, 2]), NULL, 'star ' || i)), 10 ],
	star_distance_svg => [ qq(star_distance_svg($argument{star_distance}, 'cohort ' || i, 0.95)), 10 ],
	star_distance_table => [ qq(star_distance_table($argument{star_distance}, 1 + i % 3, 0.95)), 10 ],
	star_transitions => [ qq(star_transitions($argument{star_distance})), 10 ],
	star_scales => [ q(star_scales(CASE WHEN i % 2 = 0 THEN 'teen' ELSE 'homelessness' END)), 10 ],
	star_instruments => [ 'star_instruments()', 100 ],
	european_standard_population_2013 => [ 'european_standard_population_2013()', 10 ],
	proforma_rules => [ 'proforma_rules()', 100 ],
	wardstar_version => q(wardstar_version() || i),
	'demand_projection(integer[],integer)' => [ 'demand_projection(ARRAY[i % 9, 3, NULL, i % 5], 2)', 300 ],
	'demand_projection(int4range[],integer)' => [ 'demand_projection(ARRAY[int4range(i % 9, 10), int4range(3, 4)], 1)', 300 ],
	'demand_projection_score(integer[],integer)' => [ 'demand_projection_score(ARRAY[i % 9, 3, 5, i % 5], 1)', 300 ],
	'demand_projection_score(int4range[],integer)' => [ 'demand_projection_score(ARRAY[int4range(i % 9, 10), int4range(3, 4), int4range(5, 6)], 1)', 300 ],
	local_moran => [ "local_moran($areas, 9, i, NULL, true)", 10 ],
	getis_ord => [ "getis_ord($areas, i % 2 = 0, 9, i, NULL)", 10 ],
	'sii(double precision,double precision,double precision,double precision,double precision,text,double precision)' => q(sii(1 + i % 10, i % 7, 0, 8, 1 + i, 'linear', 0.95)),
	'rii(double precision,double precision,double precision,double precision,double precision,text,double precision)' => q(rii(1 + i % 10, i % 7, 0, 8, 1 + i, 'linear', 0.95)),
	'mean_limits(double precision,double precision)' => 'mean_limits(i, 0.95)',
	'dsr(double precision,double precision,double precision,double precision,double precision)' => 'dsr(i % 50, 1000 + i, 5000, 1000, 0.95)',
	'dsr(double precision[],double precision,double precision,double precision,double precision)' => 'dsr(ARRAY[i % 50, 2], 1000 + i, 5000, 1000, 0.95)',
	'isr(double precision,double precision,double precision,double precision,double precision,double precision)' => 'isr(i % 50, 1000 + i, 50, 5000, 1000, 0.95)',
	'isr_ratio(double precision,double precision,double precision,double precision,double precision,double precision)' => 'isr_ratio(i % 50, 1000 + i, 50, 5000, 1000, 0.95)',
	proforma_bounds => [ "proforma_bounds($form, $answers, 'none')", 10 ],
	proforma_band_bounds => [ "proforma_band_bounds($form, $answers, ARRAY[int4range(18, 25)])", 10 ],
	proforma_check => [ "proforma_check($form, $answers, NULL)", 20 ],
	proforma_lint => [ "proforma_lint($form)", 20 ],
	proforma_year_bounds => [ "proforma_year_bounds(jsonb_build_array($answers), 'served')", 20 ],
	record_check => [ "record_check($form, ROW('x' || i, i))", 10 ],
	record_ok => [ "record_ok($form, ROW('x' || i, i))", 10 ],
	record_check_across => [ "record_check_across($form, ARRAY[ROW('x' || i, i), ROW('y' || i, i)])", 10 ],
	record_check_columns => q(record_check_columns('{"fields": [{"name": "a1", "type": "string", "constraints": {"pattern": "(a|b)c*"}}]}', ARRAY['a' || i % 2], i::text)),
	record_ok_columns => q(record_ok_columns('{"fields": [{"name": "a1", "type": "string", "constraints": {"pattern": "(a|b)c*"}}]}', ARRAY['a' || i % 2], i::text)),
);

my $node = PostgreSQL::Test::Cluster->new('memory');
$node->init;
$node->append_conf('postgresql.conf', "jit = off\nshared_buffers = '4MB'\nmax_parallel_workers_per_gather = 0\nlog_statement = none\n");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION wardstar');

my @functions = map { [ split /\t/ ] } split /\n/, $node->safe_psql('postgres', <<'SQL');
SELECT p.oid::regprocedure::text || E'\t' || p.proname || E'\t' || p.prokind::text || E'\t' || p.proretset || E'\t' || array_to_string(p.proargtypes::regtype[], ';')
FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'wardstar'
WHERE NOT '{internal,cstring}'::regtype[] && p.proargtypes::regtype[] AND p.prorettype NOT IN ('cstring'::regtype, 'internal'::regtype)
ORDER BY 1
SQL
# Input and output, of whose functions SQL reaches the casts.
my @types = split /\n/, $node->safe_psql('postgres', <<'SQL');
SELECT t.oid::regtype FROM pg_type t JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e' JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'wardstar'
WHERE t.typtype = 'b' AND t.typelem = 0 ORDER BY 1
SQL

my $numbers = '(SELECT generate_series(1, :rows) AS i) s';
my (@calls, %alike);
my @unknown;
for (@functions)
{
	my ($signature, $name, $kind, $is_set, $types) = @$_;
	my $call = $call{$signature} // $call{$name};
	my $fewer = 1;
	($call, $fewer) = @$call if ref $call;
	my @types = split /;/, $types // '';
	if (!defined $call && (!@types || grep { !$argument{$_} } @types)) { push @unknown, $signature; next; }
	if (!defined $call && $kind ne 'a' && $is_set ne 'true')
	{
		# Functions of the same arguments share them, and their statement.
		push @{ $alike{"@types"} }, [ $signature, $name, @types ];
		next;
	}
	$call //= "$name(" . join(', ', map { $argument{$_} } @types) . ')';
	my $query = $kind eq 'a' ? "SELECT ($call) IS NULL FROM $numbers" :
		$is_set eq 'true' ? "SELECT count(x) FROM (SELECT $call AS x FROM $numbers) t" : "SELECT count($call) FROM $numbers";
	push @calls, [ $signature, $query, $fewer ];
}
for (sort keys %alike)
{
	my @same = @{ $alike{$_} };
	my (undef, undef, @types) = @{ $same[0] };
	my $names = join ', ', map { "a$_" } 0 .. $#types;
	push @calls, [ join(' ', map { $_->[0] } @same), 'SELECT ' . join(', ', map { "count($_->[1]($names))" } @same) . ' FROM (SELECT '
		. join(', ', map { "$argument{$types[$_]} AS a$_" } 0 .. $#types) . " FROM $numbers OFFSET 0) t", 1 ];
}
for (@types)
{
	if (!$argument{$_}) { push @unknown, $_; next; }
	push @calls, [ "text of $_ and back", "SELECT count(($argument{$_}::text)::$_) FROM $numbers", 1 ];
}
is("@unknown", '', 'each function has a call');

# In kB. clear_refs sets the most that was held back to what is held now. The first two are controls: 60 MB that are held for a
# moment are seen, and forgotten again.
unshift @calls, [ 'a control', "SELECT count(length(repeat('x', 60000000))) FROM $numbers", $rows ], [ 'a control', 'SELECT 1', $rows ];
my $script = "SET client_min_messages = error;\n"
	. q(CREATE FUNCTION pg_temp.held() RETURNS bigint LANGUAGE sql AS $$SELECT substring(pg_read_file('/proc/self/status') FROM 'VmHWM:\s*([0-9]+)')::bigint$$;) . "\n\\pset tuples_only on\n\\pset format unaligned\n";
for my $i (0 .. $#calls)
{
	my (undef, $query, $fewer) = @{ $calls[$i] };
	my $warm = $i == 0 ? 0 : $fewer > 10 ? 50 : 500;
	my $n = $rows / $fewer;
	$script .= "\\o /dev/null\n\\set rows $warm\n$query;\nCOPY (SELECT 5) TO '/proc/self/clear_refs';\n"
		. "\\o\nSELECT pg_temp.held() AS before \\gset\n\\o /dev/null\n\\set rows $n\n$query;\n\\o\nSELECT 'grew', $i, pg_temp.held() - :before;\n";
}
my ($out, $err) = ('', '');
$node->psql('postgres', $script, stdout => \$out, stderr => \$err, on_error_stop => 0);
my %grew = $out =~ /^grew\|(\d+)\|(-?\d+)$/mg;
is($err, '', 'all calls are made');
cmp_ok($grew{0} // 0, '>', 50_000, 'what a backend holds is measured');
cmp_ok($grew{1} // 1e9, '<', 500, '... from what it held before');
# Of fewer rows fewer may be kept, but for what the server itself sets up.
for my $i (2 .. $#calls)
{
	my $kb = $grew{$i} // 1e9;
	my $may = $most / $calls[$i][2];
	cmp_ok($kb, '<=', $may < 512 ? 512 : $may, "$calls[$i][0]: $kb kB in " . $rows / $calls[$i][2] . ' rows');
}
done_testing();
