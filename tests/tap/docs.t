# Every public object of the extension has a row in a reference table of docs/, and the example in each
# row gives the result that the row prints. A reference table is one whose first heading is "object":
#	| object | what it gives | example | result | since |
# An example is an expression, or a statement that starts with SELECT or WITH; several rows of result are
# parted by "; ", several columns by ", "; an error is printed as "ERROR 22P02".
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $node = PostgreSQL::Test::Cluster->new('docs');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION wardstar');

my (%documented, $in_table);
for my $file (sort glob "$root/docs/*.md")
{
	(my $name = $file) =~ s{.*/}{};
	open my $fh, '<', $file or die $!;
	while (my $line = <$fh>)
	{
		if ($line !~ /^\|/) { $in_table = 0; next; }
		if ($line =~ /^\|\s*object\s*\|/) { $in_table = 1; next; }
		next if !$in_table || $line =~ /^\|\s*-/;
		chomp $line;
		my @cell = map { s/^\s+|\s+$//gr =~ s/\\\|/|/gr } split /(?<!\\)\|/, $line;
		shift @cell;
		my ($object) = $cell[0] =~ /^`(.+)`$/;
		my ($example, $result) = map { /^`+ ?(.*?) ?`+$/ ? $1 : undef } @cell[2, 3];
		ok(defined $object && defined $example && defined $result, "$name:$. has object, example and result")
		  or next;
		$documented{ $object =~ /^([a-z_0-9]+)/ ? $1 : $object } = 1;
		my $sql = $example =~ /^(SELECT|WITH)\b/i ? $example : "SELECT $example";
		my ($rc, $out, $err) =
		  $node->psql('postgres', $sql, extra_params => [ '-F', ', ', '-R', '; ', '-v', 'VERBOSITY=verbose' ]);
		$out = "ERROR $1" if $rc != 0 && $err =~ /ERROR:\s+([0-9A-Z]{5})/;
		is($out, $result, "$name:$. $example");
	}
}

# Blocks of SQL that make their own tables run as they stand.
for my $file (sort glob "$root/docs/*.md")
{
	(my $name = $file) =~ s{.*/}{};
	my $text = do { local (@ARGV, $/) = $file; <> };
	for my $block ($text =~ /^```sql\n(CREATE TABLE .*?)^```/msg)
	{
		my ($rc, undef, $err) = $node->psql('postgres', "BEGIN; $block ROLLBACK;", on_error_stop => 1);
		is("$rc $err", '0 ', "$name: " . ($block =~ /^(.*)/)[0]);
	}
}

# Private are those whose comment says what they implement.
my $public = $node->safe_psql('postgres', <<'SQL');
SELECT DISTINCT coalesce(p.proname, t.typname)
FROM pg_depend d
LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
LEFT JOIN pg_type t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid AND t.typelem = 0
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'wardstar')
  AND coalesce(p.oid, t.oid) IS NOT NULL
  AND coalesce(obj_description(d.objid, CASE WHEN p.oid IS NULL THEN 'pg_type' ELSE 'pg_proc' END), '') !~ '^implementation of'
ORDER BY 1
SQL
ok($documented{$_}, "$_ has a row in docs/") for split /\n/, $public;
$node->stop;
done_testing();
