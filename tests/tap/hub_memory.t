# wardstar-hub under valgrind: no invalid access and nothing lost, on loads that end well and on loads that don't.
use strict;
use warnings;
use HubTest;
use IPC::Run;
use JSON;
use PostgreSQL::Test::Cluster;
use Test::More;

plan skip_all => 'valgrind is not installed' if system('command -v valgrind >/dev/null') != 0;
my $tmp = PostgreSQL::Test::Utils::tempdir();
my $node = PostgreSQL::Test::Cluster->new('hub_memory');
$node->init;
$node->start;

sub checked
{
	my ($wanted, @arguments) = @_;
	my ($out, $err) = ('', '');
	local $ENV{WARDSTAR_DSN} = hub_dsn($node);
	IPC::Run::run([ 'valgrind', '-q', '--error-exitcode=99', '--leak-check=full', '--errors-for-leak-kinds=definite,indirect',
		'--trace-children=no', "$ENV{WARDSTAR_ROOT}/build/wardstar-hub", @arguments ], '<', \undef, '>', \$out, '2>', \$err);
	is($? >> 8, $wanted, 'wardstar-hub ' . join(' ', map { s{.*/}{}r } @arguments)) or diag($err);
	unlike($err, qr/^==\d+==/m, '... and valgrind is silent') or diag($err);
}

my $crime = crime_heading() . crime_rows('2025-05', 'Saltmere Police', 1500);
mkdir "$tmp/months";
spill("$tmp/months/$_.csv", crime_heading() . crime_rows("2025-0$_", 'Saltmere Police', 300)) for 1 .. 4;
spill("$tmp/crime.csv", $crime);
spill("$tmp/bad.csv", $crime =~ s/2025-05/2025-06/gr . "x,y\n\xff\n,2025-06,Saltmere Police,,,,\"open,,,Robbery,,\n,2025-06,Saltmere Police,,,,\"a \"\"b\"\"\nc\",,,Robbery,,\n" . ("\"\n" x 3000));
spill("$tmp/unknown.csv", "a,b\n1,2\n");
spill("$tmp/quote.csv", '"' . 'x' x 70000);
spill("$tmp/areas.geojson", JSON->new->encode({ type => 'FeatureCollection', features => [ map { { type => 'Feature', properties => { LSOA21CD => sprintf('E01%06d', 6400 + $_), LSOA21NM => "S $_" },
	geometry => { type => 'Polygon', coordinates => [ [ [ $_ / 10, 53 ], [ $_ / 10 + .1, 53 ], [ $_ / 10, 53.1 ], [ $_ / 10, 53 ] ] ] } } } 1 .. 5 ] }));
spill("$tmp/cut.geojson", '{"type": "FeatureCollection", "features": [{"type": "Feature", "prop');
spill("$tmp/broken.zip", "PK\3\4" . 'x' x 500);
system("cd $tmp && zip -q -r months.zip months areas.geojson && cp months/1.csv lone.csv && printf 'lsoa11_code,lsoa21_code,change_code\nE01006401,E01006401,U\nx,y\n' > change.csv") == 0 or die;

checked(0, '--help');
checked(0, 'settings', 'current');
checked(2, 'load', '--nonsense');
checked(0, 'migrate', '--quiet');
checked(0, 'migrate', '--quiet');
checked(0, 'load', '--quiet', "$tmp/areas.geojson", "$tmp/crime.csv");
checked(3, 'load', '--quiet', "$tmp/bad.csv", "$tmp/change.csv");
checked(4, 'load', '--json', "$tmp/unknown.csv", "$tmp/crime.csv", "$tmp/quote.csv", "$tmp/cut.geojson", "$tmp/broken.zip");
checked(0, 'load', '--quiet', '--workers', 3, "$tmp/months.zip", "$tmp/months", "$tmp/lone.csv");
checked(9, 'load', "$tmp/none.csv");
checked(6, 'load', '--dsn', 'dbname=nowhere host=/nowhere', '--connect-wait', 0, "$tmp/crime.csv");
is($node->safe_psql('postgres', 'SELECT count(*) FROM reference.crime'), 1501 + 1500 + 4 * 300, 'all rows are there');
$node->stop;
done_testing();
