# Every function of the extension that works through a document, an array, a cohort or a set of rows, on an input far larger than
# anybody sends: under a statement_timeout of 1 s it is cancelled or done, and has ended within 5 s, whatever it was at.
# The functions come from the catalogue: one that has no input here is a failure.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('interrupt');
$node->init;
# What is measured is the extension: no inputs are compressed, and no other process helps.
$node->append_conf('postgresql.conf', "fsync = off\nmax_parallel_workers_per_gather = 0\njit = off\n");
$node->start;
sub value { my $out = $node->safe_psql('postgres', $_[0]); return $out; }
value('CREATE EXTENSION wardstar');

my @functions = split /\n/, value(<<'SQL');
SELECT p.oid::regprocedure
FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'wardstar'
WHERE p.prokind = 'f' AND NOT 'internal'::regtype = ANY (p.proargtypes) AND p.prorettype <> 'internal'::regtype
	AND p.oid::regprocedure::text !~ '_(in|recv|send|out)\('
	AND (p.proretset OR p.proargtypes::regtype[]::text ~ 'jsonb|\[\]|anyarray|anyelement|star_distance|text')
ORDER BY 1
SQL

# The inputs are made beforehand, without a timeout, and stored as they are.
value(<<'SQL');
CREATE TABLE big (name text PRIMARY KEY, json jsonb, more jsonb, texts text[], ints int[], floats float8[], ranges int4range[], cohort star_distance, long text);
ALTER TABLE big ALTER json SET STORAGE EXTERNAL, ALTER more SET STORAGE EXTERNAL, ALTER texts SET STORAGE EXTERNAL, ALTER ints SET STORAGE EXTERNAL,
	ALTER floats SET STORAGE EXTERNAL, ALTER ranges SET STORAGE EXTERNAL, ALTER long SET STORAGE EXTERNAL;
CREATE FUNCTION form(fields jsonb, groups jsonb, people jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('name', 'large', 'version', '1', 'title', 'Large', 'valid', '{"from": "2025-Q1"}'::jsonb, 'fields', fields, 'groups', groups, 'people', people) $$;
CREATE FUNCTION field(name text, type text, grp text DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('name', name, 'type', type, 'title', 'Title of ' || name, 'section', 'Section', 'topic', 'total', 'group', grp)) $$;

-- 60,000 fields in one group of one set of people, and an answer to each.
INSERT INTO big (name, json, more)
SELECT 'fields', form((SELECT jsonb_agg(field('f' || i, 'integer')) FROM generate_series(1, 60000) i),
		(SELECT jsonb_build_array(jsonb_build_object('name', 'g', 'title', 'Group', 'people', 'all', 'kind', 'disjoint', 'role', 'counts', 'fields', jsonb_agg('f' || i))) FROM generate_series(1, 60000) i),
		'[{"name": "all", "title": "people", "total": "f1"}]'),
	(SELECT jsonb_build_object('period', '2025-Q2', 'answers', jsonb_object_agg('f' || i, (i % 7)::text)) FROM generate_series(1, 60000) i);
-- The same, each field for an age of its own, and for ages that overlap.
INSERT INTO big (name, json, more)
SELECT w.name, form((SELECT jsonb_agg(field('f' || i, 'integer')) FROM generate_series(1, 60000) i),
		(SELECT jsonb_build_array(jsonb_build_object('name', 'g', 'title', 'Group', 'people', 'all', 'kind', 'partition', 'role', 'counts', 'fields', jsonb_agg('f' || i),
			'bands', jsonb_object_agg('f' || i, CASE w.name WHEN 'bands' THEN format('[%s,%s)', i, i + 1) WHEN 'one band' THEN '[10,20)' ELSE format('[%s,%s)', i % 100, i % 100 + 2) END))) FROM generate_series(1, 60000) i),
		'[{"name": "all", "title": "people", "total": "total"}]'),
	(SELECT jsonb_build_object('period', '2025-Q2', 'answers', jsonb_object_agg('f' || i, (1 + i % 7)::text)) FROM generate_series(1, 60000) i)
FROM (VALUES ('bands'), ('overlaps'), ('one band')) w (name);
-- 30,000 families, and 60,000 answers that might be of each.
INSERT INTO big (name, json, more)
SELECT 'families', form((SELECT jsonb_agg(field('place.' || i || '.*', 'integer')) FROM generate_series(1, 30000) i), '[]', '[]'),
	(SELECT jsonb_build_object('period', '2025-Q2', 'answers', jsonb_object_agg('place.' || i % 40000 || '.' || i, 'seven')) FROM generate_series(1, 60000) i);
-- As many groups as fields, and as many sets of people.
INSERT INTO big (name, json, more)
SELECT 'groups', form((SELECT jsonb_agg(field('f' || i, 'integer')) FROM generate_series(1, 20000) i),
		(SELECT jsonb_agg(jsonb_build_object('name', 'g' || i, 'title', 'Group', 'people', 'p' || i, 'kind', 'disjoint', 'role', 'counts', 'fields', jsonb_build_array('f' || i))) FROM generate_series(1, 20000) i),
		(SELECT jsonb_agg(jsonb_build_object('name', 'p' || i, 'title', 'people ' || i, 'total', 'f' || i)) FROM generate_series(1, 20000) i)),
	(SELECT jsonb_build_object('period', '2025-Q2', 'answers', jsonb_object_agg('f' || i, 'about ' || i)) FROM generate_series(1, 20000) i);
-- A few answers of 20 MB of words each.
INSERT INTO big (name, json, more)
SELECT 'words', form((SELECT jsonb_agg(field('w' || i, 'string')) FROM generate_series(1, 4) i), '[]', '[]'),
	(SELECT jsonb_build_object('period', '2025-Q2', 'answers', jsonb_object_agg('w' || i, repeat('Mrs Ann Other of L1 8JQ, born 1 May 1990, rang 0151 496 0000. ', 300000))) FROM generate_series(1, 4) i);
-- Twenty thousand returns of a year.
INSERT INTO big (name, more)
SELECT 'returns', (SELECT jsonb_agg(jsonb_build_object('form', form((SELECT jsonb_agg(field('f' || f, 'integer')) FROM generate_series(1, 20) f), '[]', '[{"name": "all", "title": "people", "total": "f1"}]'),
	'return', jsonb_build_object('period', '2025-Q' || 1 + i % 4, 'answers', jsonb_build_object('f1', i)))) FROM generate_series(1, 20000) i);
-- Records: 1,600 fields with patterns and lists, and 300,000 rows.
INSERT INTO big (name, json, texts)
SELECT 'records', jsonb_build_object('name', 'r', 'version', '1', 'title', 'R', 'fields', jsonb_agg(jsonb_build_object('name', 'f' || i, 'type', 'string', 'title', 'F' || i,
		'constraints', jsonb_build_object('pattern', '(a|b|ab)*c(a|b)*d?'))),
		'rules', (SELECT jsonb_agg(jsonb_build_object('check', 'at_least_one', 'fields', (SELECT jsonb_agg('f' || k) FROM generate_series(1, 1500) k))) FROM generate_series(1, 1500))),
	array_agg('f' || i)
FROM generate_series(1, 1600) i;
CREATE TYPE visit AS (client text, started text, ended text);
CREATE TABLE visits (rows visit[]);
INSERT INTO visits SELECT array_agg(ROW('C1', to_char(date '1900-01-01' + i % 40000, 'YYYY-MM-DD'), to_char(date '1900-01-01' + i % 40000 + i % 900, 'YYYY-MM-DD'))::visit) FROM generate_series(1, 300000) i;
INSERT INTO big (name, ints, floats, ranges)
SELECT 'numbers', array_agg(i % 1000), array_agg((i::bigint * 7919 % 3000017) / 3000018.0), array_agg(int4range(i % 900, 901 + i % 90)) FROM generate_series(1, 3000000) i;
INSERT INTO big (name, ints, floats) SELECT 'areas', array_agg(i), array_agg((i::bigint * 7919 % 1009)::float8) FROM generate_series(1, 30000) i;
INSERT INTO big (name, long) VALUES ('text', repeat(' E01006512', 4000000));
INSERT INTO big (name, json) SELECT 'star', jsonb_build_object('instrument', 'goals[0-5]', 'scores', jsonb_object_agg(i::text, i % 6)) FROM generate_series(1, 500000) i;
INSERT INTO big (name, cohort)
SELECT 'cohort', distance_travelled(outcome_star('goals[0-100]', ARRAY(SELECT (i * k) % 101 FROM generate_series(1, 24) k)), outcome_star('goals[0-100]', ARRAY(SELECT (i * k * 7 + k) % 101 FROM generate_series(1, 24) k)))
FROM generate_series(1, 20000) i;
SQL

my $last = '(SELECT array_fill(0, ARRAY[23]) || array_fill(2147483647, ARRAY[3]))';
sub of { my ($what, $of) = @_; return "(SELECT $what FROM big WHERE name = '$of')"; }
my $areas = of('ints', 'areas') . ', ' . of('floats', 'areas') . ', ' . of('ints || ints', 'areas') . ', ' . of("ints[2:] || ints[1:1] || ints[30000:30000] || ints[1:29999]", 'areas');
my $numbers = of('floats', 'numbers');

# Calls by function, or by function and arguments. What is not to be called so: a reason in words.
my %call = (
	gss_code_from_text => 'gss_code_from_text(' . of('long', 'text') . ')',
	gss_code_is_valid => 'gss_code_is_valid(' . of('long', 'text') . ')',
	uk_postcode_from_text => 'uk_postcode_from_text(' . of('long', 'text') . ')',
	uk_postcode_is_valid => 'uk_postcode_is_valid(' . of('long', 'text') . ')',
	european_standard_population_2013 => 'european_standard_population_2013()',
	star_instruments => 'star_instruments()',
	proforma_rules => 'proforma_rules()',
	star_scales => 'star_scales(' . of('long', 'text') . ')',
	star_scale_position => 'star_scale_position(\'teen\', ' . of('long', 'text') . ')',
	local_moran => "local_moran($areas, 9999)",
	getis_ord => "getis_ord($areas, true, 9999)",
	benjamini_hochberg => "benjamini_hochberg($numbers)",
	demand_projection => [ 'demand_projection(' . of('ints', 'numbers') . ', 8)', 'demand_projection(' . of('ranges', 'numbers') . ', 8)', "demand_projection($last, 8)" ],
	demand_projection_score => [ 'demand_projection_score(' . of('ints', 'numbers') . ', 8)', 'demand_projection_score(' . of('ranges', 'numbers') . ', 8)' ],
	outcome_star => [ "outcome_star('goals[0-1000]', " . of('ints', 'numbers') . ')' ],
	star_score => 'star_score(outcome_star(\'teen\', ARRAY[1, 2, 3, 4, 5, 1]), ' . of('long', 'text') . ')',
	star_stage => 'star_stage(outcome_star(\'teen\', ARRAY[1, 2, 3, 4, 5, 1]), ' . of('long', 'text') . ')',
	star_from_jsonb => 'star_from_jsonb(' . of('json', 'star') . ')',
	star_reliable_change => "star_reliable_change(outcome_star('goals[0-5]', ARRAY[1]), outcome_star('goals[0-5]', ARRAY[2]), $numbers, $numbers)",
	star_instrument => 'star_instrument(' . of('cohort', 'cohort') . ')',
	star_distance_table => 'star_distance_table(' . of('cohort', 'cohort') . ', 24, 0.95)',
	star_transitions => 'star_transitions(' . of('cohort', 'cohort') . ')',
	star_svg => 'star_svg(outcome_star(\'goals[0-5]\', ARRAY[1]), NULL, ' . of('long', 'text') . ')',
	star_distance_svg => 'star_distance_svg(' . of('cohort', 'cohort') . ', ' . of('long', 'text') . ', 0.95)',
	proforma_lint => [ map { 'proforma_lint(' . of('json', $_) . ')' } qw(fields bands overlaps families groups words) ],
	proforma_check => [ (map { 'proforma_check(' . of('json', $_) . ', ' . of('more', $_) . ')' } qw(fields bands overlaps families groups words), 'one band'),
		'proforma_check(' . of('json', 'fields') . ', ' . of('more', 'fields') . ', ' . of('more', 'returns') . ')' ],
	proforma_bounds => [ map { 'proforma_bounds(' . of('json', $_) . ', ' . of('more', $_) . ')' } qw(fields bands overlaps families groups) ],
	proforma_band_bounds => [ map { 'proforma_band_bounds(' . of('json', $_) . ', ' . of('more', $_) . ', ' . of('ranges[:200000]', 'numbers') . ')' } qw(fields bands groups) ],
	proforma_year_bounds => 'proforma_year_bounds(' . of('more', 'returns') . ", 'served')",
	record_check_columns => 'record_check_columns(' . of('json', 'records') . ', ' . of('texts[:90]', 'records') . ', ' . join(', ', map { "repeat('ab', 100000)" } 1 .. 90) . ')',
	record_ok_columns => 'record_ok_columns(' . of('json', 'records') . ', ' . of('texts[:90]', 'records') . ', ' . join(', ', map { "repeat('ab', 100000)" } 1 .. 90) . ')',
	record_check => 'record_check(' . of('json', 'records') . ", ROW(repeat('ab', 20000000), 'x', 'y')::visit)",
	record_ok => 'record_ok(' . of('json', 'records') . ", ROW(repeat('ab', 20000000), 'x', 'y')::visit)",
	record_check_across => q~record_check_across('{"name": "r", "version": "1", "title": "R", "fields": [{"name": "client", "type": "string", "title": "C", "constraints": {"unique": true}},
		{"name": "started", "type": "date", "title": "S"}, {"name": "ended", "type": "date", "title": "E"}], "rules": [{"check": "no_overlap", "fields": ["client", "started", "ended"]}]}', (SELECT rows FROM visits))~,
);

my %used;
for my $function (@functions)
{
	my ($name) = $function =~ /^(\w+)\(/;
	ok(exists $call{$name}, "$function has a large input here");
	$used{$name} = 1;
}
is(join(' ', grep { !$used{$_} } sort keys %call), '', 'and no input is of a function that is gone');

# Texts of any length are input of the types, too: blanks may stand in them.
$call{"input of $_"} = "(SELECT repeat(' ', 300000000) || 'phq9{3;' || repeat(' 1 > 1 : 1 ,', 10000000))::$_" for qw(gss_code uk_postcode outcome_star star_change star_distance);

my $cancelled = 0;
for my $name (sort keys %call)
{
	for my $call (ref $call{$name} ? @{ $call{$name} } : $call{$name})
	{
		my $from = time;
		my ($exit, $out, $err) = $node->psql('postgres', "SET statement_timeout = '1s'; \\set VERBOSITY sqlstate\nSELECT count(*) FROM (SELECT $call AS x OFFSET 0) q WHERE x IS NOT NULL",
			on_error_stop => 0, timeout => 60);
		my $took = time - $from;
		my ($state) = ($err // '') =~ /ERROR:  (\w{5})/;
		my $shown = substr($call, 0, 70) =~ s/\s+/ /gr;
		$cancelled++ if ($state // '') eq '57014';
		# What is no input of the function is a class 22 error, what is too large class 54; anything else is a fault.
		like($state // '', qr/^(57014|22...|54000)?$/, "$shown: " . ($state // 'done')) or diag($err);
		cmp_ok($took, '<', 5, sprintf('... ended after %.1f s', $took));
	}
}
cmp_ok($cancelled, '>=', 3, "$cancelled of them were cancelled: the inputs are large enough");
$node->stop;
done_testing();
