# docs/rules.md is what proforma_rules() lists. With WARDSTAR_WRITE=1 it is written anew.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $node = PostgreSQL::Test::Cluster->new('proforma_rules');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION wardstar');

my $page = $node->safe_psql('postgres', <<'SQL');
WITH rule AS (SELECT *, row_number() OVER () AS n FROM proforma_rules()),
family AS (SELECT family, min(n) AS n FROM rule GROUP BY family)
SELECT E'# The rules\n\n'
	'Written by `proforma_rules()`; do not edit. `error`: the return can''t be accepted. `query`: please confirm or explain. `note`: nothing to do.\n'
	|| string_agg(E'\n## ' || CASE family WHEN 'cell' THEN 'What stands in a box' WHEN 'answer' THEN 'Answers' WHEN 'total' THEN 'Parts and totals'
		WHEN 'zero' THEN 'Nobody' WHEN 'basis' THEN 'Whom the numbers count, and the caseload' WHEN 'series' THEN 'Earlier quarters'
		WHEN 'place' THEN 'Places' WHEN 'narrative' THEN 'Narrative' WHEN 'time' THEN 'Dates and quarters'
		WHEN 'record' THEN 'Records, one row a client' WHEN 'form' THEN 'The form itself' ELSE family END
	|| E'\n\n| code | severity | title | why | what to do | example |\n|---|---|---|---|---|---|\n'
	|| (SELECT string_agg(format('| %s | %s | %s | %s | %s | %s |', code, severity, title, explanation, suggestion, replace(example, '|', '\|')), E'\n' ORDER BY n)
		FROM rule WHERE rule.family = family.family) || E'\n', '' ORDER BY n)
FROM family
SQL
$page .= "\n" unless $page =~ /\n\z/;
my $file = "$root/docs/rules.md";
if ($ENV{WARDSTAR_WRITE})
{
	open my $fh, '>', $file or die "$file: $!";
	print $fh $page;
	close $fh;
}
is(slurp_file($file), $page, 'docs/rules.md is what proforma_rules() lists');
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM proforma_rules() WHERE code LIKE 'P%'}), '>=', 45, 'at least 45 rules for returns');
is($node->safe_psql('postgres', 'SELECT count(*) - count(DISTINCT code) FROM proforma_rules()'), 0, 'no code twice');
$node->stop;
done_testing();
