# Which areas lie beside each other: a made-up lattice whose neighbours arithmetic tells, and real boundaries beside the
# vertices of the raw files and R's spdep.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use HubTest;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('need_neighbours');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
hub_ok($node, 'migrate', '--quiet');
sub value { my ($sql) = @_; return $node->safe_psql('postgres', "SET search_path = pg_catalog, public; $sql"); }

# A lattice of 6 by 5 squares of 1 km, code 1 + column + 6 row: one is set back by 0.3 m, one overlaps its neighbours by
# 0.3 m, one is 2 m off and so apart, and the last lies far away.
value(q{
	INSERT INTO reference.source_file (name, sha256, size, kind, edition) VALUES ('made-up.geojson', sha256('1'), 1, 'areas', 'LSOA 2021');
	INSERT INTO reference.area (level, vintage, code, name, geom, source_file)
	SELECT 'lsoa', 2021, ('E0199' || lpad((1 + c + 6 * r)::text, 4, '0'))::gss_code, NULL,
		ST_Multi(ST_MakeEnvelope(430000 + 1000 * c + inset, 390000 + 1000 * r + inset,
			431000 + 1000 * c - inset, 391000 + 1000 * r - inset, 27700)), 1
	FROM generate_series(0, 5) c, generate_series(0, 4) r,
		LATERAL (SELECT CASE (c, r) WHEN (1, 1) THEN 0.3 WHEN (3, 2) THEN -0.3 WHEN (4, 4) THEN 2 ELSE 0 END AS inset) i;
	UPDATE reference.area SET geom = ST_Translate(geom, 20000, 0) WHERE code = 'E01990030';});
is(value("SELECT reference.refresh_neighbours('lsoa', 2021::smallint) > 0"), 't', 'neighbours are found');
my (%expected, @centre);
for my $a (1 .. 30)
{
	my ($ca, $ra) = (($a - 1) % 6, int(($a - 1) / 6));
	$centre[$a] = [ 430500 + 1000 * $ca + ($a == 30 ? 20000 : 0), 390500 + 1000 * $ra ];
	for my $b (1 .. 30)
	{
		my ($cb, $rb) = (($b - 1) % 6, int(($b - 1) / 6));
		my ($across, $up) = (abs($ca - $cb), abs($ra - $rb));
		next if $a == $b || $across > 1 || $up > 1 || grep { $_ == 29 || $_ == 30 } $a, $b;
		$expected{queen}{"$a $b"} = 1;
		$expected{rook}{"$a $b"} = 1 if $across + $up == 1;
	}
}
my $pairs = sub {
	my ($call) = @_;
	return value("SELECT string_agg(right(area::text, 4)::int || ' ' || right(neighbour::text, 4)::int, ',' ORDER BY area, neighbour)
		FROM reference.area_neighbours($call)");
};
my $list = sub { return join ',', sort { (split / /, $a)[0] <=> (split / /, $b)[0] || (split / /, $a)[1] <=> (split / /, $b)[1] } @_ };
is($pairs->("'$_', 'lsoa'"), $list->(keys %{ $expected{$_} }), "$_: gaps and overlaps of less than a metre don't matter") for 'queen', 'rook';
is(value("SELECT string_agg(right(i::text, 4), ',') FROM reference.area_islands('queen', 'lsoa') i"), '0029,0030', 'islands are listed');
is(value("SELECT count(*) FROM reference.area_neighbours('queen', 'lsoa') n WHERE NOT EXISTS
	(SELECT FROM reference.area_neighbours('queen', 'lsoa') o WHERE o.area = n.neighbour AND o.neighbour = n.area)"), 0, 'each pair both ways');
is(value("SELECT round(metres_shared) FROM reference.area_neighbours('rook', 'lsoa') WHERE area = 'E01990001' AND neighbour = 'E01990002'"), 1002, 'length of the common line, and a metre round each corner');

# Distances, against those worked out here. The square set back keeps its centre.
my $apart = sub { my ($a, $b) = @_; return sqrt(($centre[$a][0] - $centre[$b][0])**2 + ($centre[$a][1] - $centre[$b][1])**2); };
my (@near, @nearest);
for my $from (1 .. 30)
{
	push @near, map { "$from $_" } grep { $_ != $from && $apart->($from, $_) <= 1500 } 1 .. 30;
	my @order = map { $_->[1] } sort { $a->[0] <=> $b->[0] || $a->[1] <=> $b->[1] }
	  map { [ sprintf('%.6f', $apart->($from, $_)), $_ ] } grep { $_ != $from } 1 .. 30;
	push @nearest, map { "$from $_" } @order[ 0 .. 4 ];
}
is($pairs->("'distance', 'lsoa', metres => 1500"), $list->(@near), 'centroids within 1.5 km');
is($pairs->("'nearest', 'lsoa', k => 5"), $list->(@nearest), 'the five nearest; ties by code');
is(value("SELECT count(*) FROM reference.area_islands('distance', 'lsoa', metres => 1500)"), 1, 'an island by distance');
is(value("SELECT count(*) FROM reference.area_islands('nearest', 'lsoa', k => 1)"), 0, 'none by nearest');
for my $wrong ("'bishop', 'lsoa'", "NULL, 'lsoa'", "'queen', 'lsoa', metres => 5", "'distance', 'lsoa'", "'distance', 'lsoa', metres => 0",
	"'distance', 'lsoa', metres => 'NaN'", "'nearest', 'lsoa', k => 0", "'nearest', 'lsoa'")
{
	my ($code, undef, $err) = $node->psql('postgres', "SET search_path = pg_catalog, public; SELECT * FROM reference.area_neighbours($wrong)", extra_params => ['-v', 'VERBOSITY=verbose']);
	like($err, qr/22023/, "refused: $wrong");
}
is(value("SELECT count(*) FROM reference.area_neighbours('queen', 'ward')"), 0, 'nothing loaded, no pairs');

# A boundary that is stored again changes its own pairs only.
is(value("BEGIN; UPDATE reference.area SET geom = ST_Translate(geom, 0, -20000) WHERE code = 'E01990001';
	CREATE TEMP TABLE before AS SELECT * FROM reference.area_neighbour;
	SELECT reference.refresh_neighbours('lsoa', 2021::smallint, '{E01990001}');
	SELECT string_agg(area::text || neighbour, ',' ORDER BY area, neighbour) FROM (SELECT * FROM before EXCEPT SELECT * FROM reference.area_neighbour) x"),
	"0\nE01990001E01990002,E01990001E01990007,E01990001E01990008,E01990002E01990001,E01990007E01990001,E01990008E01990001", 'an area that moved away');

my $data = $ENV{WARDSTAR_DATA};
SKIP:
{
	skip "the real boundaries are not at WARDSTAR_DATA ($data)", 1 unless -d "$data/boundaries";
	hub_ok($node, 'load', "$data/boundaries");
	for (
		[ 'ward', 2025, glob "$data/boundaries/ward2025*" ],
		[ 'lsoa', 2011, glob "$data/boundaries/lsoa2011*" ],
		[ 'lsoa', 2021, glob "$data/boundaries/lsoa2021*" ])
	{
		my ($level, $vintage, @files) = @$_;
		# Two areas with a corner of the raw files in common, to a tenth of a metre, touch; with a side in common they share a line.
		my (%corner, %side);
		for my $file (@files)
		{
			my $json = decode_json(slurp_file($file));
			for my $feature (@{ $json->{features} })
			{
				my ($code) = map { $feature->{properties}{$_} } grep { /(cd|code)$/i && ($feature->{properties}{$_} // '') =~ /^E0[15]/ } sort keys %{ $feature->{properties} };
				my $g = $feature->{geometry};
				for my $ring (map { @$_ } $g->{type} eq 'Polygon' ? $g->{coordinates} : @{ $g->{coordinates} })
				{
					my @p = map { sprintf "%.6f %.6f", @$_[ 0, 1 ] } @$ring;
					$corner{$_}{$code} = 1 for @p;
					$side{ join ' ', sort @p[ $_, $_ + 1 ] }{$code} = 1 for 0 .. $#p - 1;
				}
			}
		}
		my (%touch, %line);
		for ([ \%corner, \%touch ], [ \%side, \%line ])
		{
			my ($at, $found) = @$_;
			for my $in (values %$at)
			{
				for my $a (keys %$in) { for my $b (keys %$in) { $found->{"$a $b"} = 1 if $a ne $b; } }
			}
		}
		my %queen = map { $_ => 1 } split /\n/, value("SELECT area::text || ' ' || neighbour FROM reference.area_neighbours('queen', '$level', $vintage) WHERE NOT area::text LIKE 'E0199%'");
		my %rook = map { $_ => 1 } split /\n/, value("SELECT area::text || ' ' || neighbour FROM reference.area_neighbours('rook', '$level', $vintage) WHERE NOT area::text LIKE 'E0199%'");
		my $no_line = value("SELECT count(*) FROM reference.area_neighbour n WHERE level = '$level' AND vintage = $vintage AND shared_metres <= 4 AND NOT area::text LIKE 'E0199%'");
		cmp_ok(scalar keys %touch, '>', 600, "$level $vintage: corners in common");
		is(join(',', grep { !$queen{$_} } keys %touch), '', "$level $vintage: whoever has a corner in common is a neighbour");
		is(scalar(grep { !$touch{$_} } keys %queen) < 0.01 * keys %queen, 1, "$level $vintage: hardly any has none in common");
		# A side shorter than the metre's reach is no line.
		cmp_ok(scalar(grep { !$rook{$_} } keys %line), '<=', 6, "$level $vintage: whoever has a side in common shares a line");
		is(scalar(keys %queen) - scalar(keys %rook), $no_line, "$level $vintage: the others meet at corners");
	SKIP:
		{
			my $r = "$ENV{WARDSTAR_ROOT}/tests/fixtures/need_neighbours.R";
			my ($out, $err) = ('', '');
			skip 'R and spdep are not at hand', 3 if system(q(Rscript -e 'library(spdep)' >/dev/null 2>&1)) != 0;
			ok(IPC::Run::run([ 'Rscript', $r, @files ], '>', \$out, '2>', \$err), 'spdep runs') or diag($err);
			my %spdep;
			/^(\w+) (\w+ \w+)/ and $spdep{$1}{$2} = 1 for split /\n/, $out;
			is_deeply(\%queen, $spdep{queen}, "$level $vintage: queen neighbours are spdep's, " . keys(%queen) . ' pairs');
			my $differ = grep { !$rook{$_} != !$spdep{rook}{$_} } keys %queen;
			cmp_ok($differ, '<=', 6, "$level $vintage: rook neighbours too, but for $differ with a line of a few metres");
		}
	}
}
done_testing();
