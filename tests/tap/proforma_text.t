# Findings quote titles, choices and answers, cut where they are long: never within a character, whatever its bytes and wherever the
# cut falls, in databases of several encodings. An invalid text is an error in a session of another encoding, and a dump that
# can't be restored.
use strict;
use warnings;
use utf8;
use Encode qw(encode);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('proforma_text');
$node->init;
$node->start;

# Characters of 2, 3 and 4 bytes in UTF-8; of 2 and 3 bytes in EUC_JP; of one byte in LATIN1.
my %encodings = (UTF8 => [ 'é', '€', '😀' ], EUC_JP => [ '数', '丐' ], LATIN1 => ['é'], SQL_ASCII => ['é']);
for my $encoding (sort keys %encodings)
{
	my $database = lc $encoding;
	$node->safe_psql('postgres', "CREATE DATABASE $database ENCODING '$encoding' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
	$node->safe_psql($database, 'CREATE EXTENSION wardstar');
	for my $character (@{ $encodings{$encoding} })
	{
		my $sql = <<"SQL";
SET client_encoding = 'UTF8';
CREATE TEMP TABLE kept AS
WITH named AS (
	SELECT n, rpad('', n % 5, 'x') || repeat('$character', n) AS t FROM generate_series(1, 200) n
), form AS (
	SELECT n, t, jsonb_build_object('name', t, 'version', '1', 'title', t, 'valid', '{"from": "2025-Q1"}'::jsonb,
		'people', jsonb_build_array(jsonb_build_object('name', 'p', 'title', t, 'total', 'total')),
		'fields', jsonb_build_array(
			jsonb_build_object('name', 'total', 'type', 'integer', 'title', t || ' total', 'section', t, 'constraints', '{"required": true}'::jsonb),
			jsonb_build_object('name', 'a', 'type', 'integer', 'title', t, 'section', t),
			jsonb_build_object('name', 'b', 'type', 'integer', 'title', t, 'section', t),
			jsonb_build_object('name', 'c', 'type', 'integer', 'title', 'N/A', 'section', t),
			jsonb_build_object('name', 'choice', 'type', 'string', 'title', t, 'constraints', jsonb_build_object('enum', jsonb_build_array(t || '1', t || '2', t || '3'))),
			jsonb_build_object('name', 'word', 'type', 'date', 'title', t),
			jsonb_build_object('name', 'place.lsoa.*', 'type', 'integer', 'title', t),
			jsonb_build_object('name', 'place.ward.*', 'type', 'integer', 'title', t),
			jsonb_build_object('name', 'place.postcode.*', 'type', 'integer', 'title', t)),
		'groups', jsonb_build_array(
			jsonb_build_object('name', 'g', 'title', t, 'people', 'p', 'kind', 'partition', 'role', 'counts', 'fields', '["a", "b", "c", "nowhere"]'::jsonb),
			jsonb_build_object('name', 'place', 'title', t, 'people', 'p', 'kind', 'partition', 'role', 'describes', 'fields', '["place.lsoa.*", "place.ward.*", "place.postcode.*"]'::jsonb),
			jsonb_build_object('name', t, 'title', t, 'people', t, 'kind', t, 'role', t, 'fields', jsonb_build_array(t)))) AS form
	FROM named
), answers AS (
	SELECT n, form, jsonb_build_object('period', t, 'basis', t, 'total', '4', 'a', '9', 'b', a.b, 'c', '3', 'choice', t, 'word', t, t, t,
		'place.lsoa.' || t, t, 'place.postcode.' || t, '1', 'place.postcode.L1 8JQ', '1', 'place.postcode.l18jq', '1', 'place.ward.' || t, '2') AS answers
	FROM form, (VALUES ('2'), (NULL), ('about 2')) a (b)
)
SELECT a.n, 'check' AS what, to_jsonb(f) AS finding, ARRAY[f.field, f.message, f.suggestion, f.observed, f.expected] AS texts FROM answers a, proforma_check(a.form, a.answers) f
UNION ALL
SELECT a.n, 'lint', to_jsonb(f), ARRAY[f.field, f.message, f.suggestion, f.observed, f.expected] FROM form a, proforma_lint(a.form) f
UNION ALL
SELECT a.n, 'record', NULL, ARRAY[f.field, f.message, f.suggestion, f.observed, f.expected]
FROM (SELECT n, form, (SELECT array_agg(t) FROM named) FROM form) a,
	record_check(a.form - 'groups' - 'people', ROW('x', 'y')) f;
SELECT count(*) > 5000, count(DISTINCT t) FILTER (WHERE t <> convert_from(convert_to(t, '$encoding'), '$encoding')) AS broken,
	count(*) FILTER (WHERE t LIKE '%...%') > 1000
FROM kept, unnest(texts) t WHERE t IS NOT NULL;
SQL
		my ($exit, $out, $err) = (0, '', '');
		IPC::Run::run([ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database) ], '<', \(encode('UTF-8', $sql)), '>', \$out, '2>', \$err);
		is($out, "t|0|t\n", "$encoding: every text is whole, those that were cut among them (" . length(encode('UTF-8', $character)) . ' bytes in UTF-8)') or diag(substr $err, 0, 600);
	}
}
$node->stop;
done_testing();
