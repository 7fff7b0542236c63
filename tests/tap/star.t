# Outcome stars outside one session: COPY in text and binary, dump and restore, soft errors.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('star');
$node->init;
$node->start;
my $psql = sub { $node->safe_psql($_[0], $_[1]) };

# Made-up readings of every published instrument and of two local ones, with missing scores, their change and distance.
$psql->('postgres', <<'SQL');
CREATE EXTENSION wardstar;
SELECT setseed(0.11);
CREATE TABLE reading AS
SELECT i, star, star - lead(star, 1, star) OVER (PARTITION BY star_instrument(star) ORDER BY i) AS change
FROM (SELECT i, outcome_star(name, ARRAY(
		SELECT CASE WHEN random() < 0.9 THEN lowest + floor(random() * (highest - lowest + 1))::int END FROM generate_series(1, scales) WHERE i = i)) AS star
	FROM generate_series(1, 60) i, (
		SELECT name, scales, lowest, highest FROM star_instruments()
		UNION ALL VALUES ('goals[-3-5]', 3, -3, 5), ('wide[-100-100 low]', 64, -100, 100)) k) s;
CREATE INDEX ON reading (star);
CREATE INDEX ON reading USING hash (star);
CREATE INDEX ON reading (star_total(star)) WHERE star_answered(star) > 1;
CREATE TABLE travelled (instrument text PRIMARY KEY, distance star_distance DEFAULT 'goals[0-5]{1;;}');
INSERT INTO travelled SELECT star_instrument(star), distance_travelled(star, nullif(star, star)) FROM reading GROUP BY 1;
UPDATE travelled SET distance = (SELECT star_distance_merge(d) FROM (
	SELECT distance UNION ALL SELECT distance_travelled(star, star) FROM reading WHERE star_instrument(star) = instrument) m(d));
CREATE VIEW improved AS SELECT i, star_improved(change, 2) FROM reading WHERE star <> 'goals[-3-5](-,-,1)';
SQL
my $content = <<'SQL';
SELECT md5(string_agg(i || star::text || change::text, E'\n' ORDER BY star, i)) FROM reading
UNION ALL SELECT md5(string_agg(instrument || distance::text, E'\n' ORDER BY instrument)) FROM travelled
UNION ALL SELECT count(*)::text FROM reading
UNION ALL SELECT sum(star_improved)::text FROM improved
SQL
my $before = $psql->('postgres', $content);
like($before, qr/^[0-9a-f]{32}\n[0-9a-f]{32}\n1140\n\d+$/, 'there is something to carry');

my $folder = $node->basedir;
for my $format ('text', 'binary')
{
	$psql->('postgres', "COPY reading TO '$folder/reading.$format' (FORMAT $format); COPY travelled TO '$folder/travelled.$format' (FORMAT $format)");
	$psql->('postgres', <<"SQL");
TRUNCATE reading, travelled;
COPY reading FROM '$folder/reading.$format' (FORMAT $format);
COPY travelled FROM '$folder/travelled.$format' (FORMAT $format);
SQL
	is($psql->('postgres', $content), $before, "COPY in $format and back");
}

# One byte of a binary file changed: refused with the type named, or another valid value; never a crash.
my $binary = slurp_file("$folder/travelled.binary");
srand(20211);
note 'seed 20211';
my %seen;
for my $round (1 .. 60)
{
	my $damaged = $binary;
	substr($damaged, 19 + int(rand(length($binary) - 19)), 1) = chr(int(rand(256)));
	open my $fh, '>:raw', "$folder/damaged" or die $!;
	print $fh $damaged;
	close $fh;
	chmod 0644, "$folder/damaged";
	my ($rc, undef, $err) = $node->psql('postgres',
		"BEGIN; TRUNCATE travelled; COPY travelled FROM '$folder/damaged' (FORMAT binary); SELECT sum(pairs) FROM travelled, star_distance_table(distance); ROLLBACK",
		on_error_stop => 1, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	$seen{ $rc == 0 ? 'ok' : $err =~ /ERROR:\s+([0-9A-Z]{5})/ ? $1 : $err }++;
}
is(join(' ', grep { !/^(ok|22P03|22P04|22021|23505)$/ } sort keys %seen), '', 'damaged binary files are refused cleanly: ' . join(' ', map { "$_ x$seen{$_}" } sort keys %seen));
is($psql->('postgres', $content), $before, 'and the server still stands');

# A dump restores into an empty database, whole and in parts.
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$folder/dump", $node->connstr('postgres') ], 'pg_dump');
$psql->('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), "$folder/dump" ], 'pg_restore');
is($psql->('restored', $content), $before, 'the restored database holds the same');
is($psql->('restored', "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE indrelid = 'reading'::regclass AND indisvalid"), '3', 'with its indexes');
$psql->('postgres', 'CREATE DATABASE text_restored');
$node->command_ok([ 'pg_dump', '--inserts', '-f', "$folder/dump.sql", $node->connstr('postgres') ], 'pg_dump as INSERTs');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('text_restored'), '-f', "$folder/dump.sql" ], 'restored by psql');
is($psql->('text_restored', $content), $before, 'and holds the same');

# The pictures, by programs that know XML and SVG.
for my $tool ('xmllint --noout', 'rsvg-convert')
{
	SKIP:
	{
		my ($program) = split / /, $tool;
		skip "no $program", 1 if system("command -v $program >/dev/null") != 0;
		my $refused = 0;
		for my $svg (split /\x1e/, $psql->('postgres', <<"SQL"))
SELECT string_agg(p, E'\\x1e') FROM (
	SELECT star_svg(star, CASE WHEN i % 3 > 0 THEN star END, CASE WHEN i % 2 = 0 THEN '<' || star::text || ' & "more"' END) FROM reading WHERE i <= 2
	UNION ALL SELECT star_distance_svg(distance, '<&>') FROM travelled) s(p)
SQL
		{
			open my $fh, '>', "$folder/picture.svg" or die $!;
			print $fh $svg;
			close $fh;
			$refused++ if system("$tool $folder/picture.svg >/dev/null") != 0;
		}
		is($refused, 0, "$program takes every picture");
	}
}

SKIP:
{
	skip 'soft errors came with PostgreSQL 16', 3 if $node->pg_version < 16;
	is($psql->('postgres', "SELECT pg_input_is_valid('teen(9)', 'outcome_star'), pg_input_is_valid('teen(1,1,1,1,1,1)', 'outcome_star')"), 'f|t', 'outcome_star');
	is($psql->('postgres', "SELECT sql_error_code FROM pg_input_error_info('teen(9,1,1,1,1,1)', 'outcome_star')"), '22003', 'its SQLSTATE');
	is($psql->('postgres', "SELECT pg_input_is_valid('teen{', 'star_distance')"), 'f', 'star_distance');
}
$node->stop;
done_testing();
