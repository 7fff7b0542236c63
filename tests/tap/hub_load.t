# wardstar-hub load: the forms of a text file, folders and zips, what is refused, skipped or rejected, each exit code,
# what it prints, and that nothing is left of a load that fails or is stopped. All data here are made up.
use strict;
use warnings;
use Encode;
use HubTest;
use JSON;
use PostgreSQL::Test::Cluster;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $tmp = PostgreSQL::Test::Utils::tempdir();
my $node = PostgreSQL::Test::Cluster->new('hub_load');
$node->init;
$node->start;
my ($code, $out, $err);

sub sql { my $text = shift; return $node->safe_psql('postgres', $text); }

sub clear
{
	sql(<<'SQL');
TRUNCATE reference.source_file, reference.rejected_row, reference.crime, reference.crime_month, reference.crime_force_count,
	reference.crime_moved, reference.lsoa_change, reference.ward_best_fit, reference.area, reference.deprivation CASCADE
SQL
}

# Loads files into an empty database and gives the rows of crime.
sub crime_of
{
	my ($wanted, @files) = @_;
	clear();
	($code, $out, $err) = hub($node, 'load', @files);
	is($code, $wanted, "load @{[ map { s{.*/}{}r } @files ]}: exit code $wanted") or diag($out . $err);
	return sql(<<'SQL');
SELECT line, to_char(month, 'YYYY-MM'), f.name, w.name, longitude, latitude, location, lsoa, lsoa_derived, t.name, o.name, context,
	CASE length(crime_id) WHEN 32 THEN encode(crime_id, 'hex') ELSE convert_from(crime_id, 'UTF8') END
FROM reference.crime c JOIN reference.force f ON f.id = c.force JOIN reference.crime_type t ON t.id = c.crime_type
LEFT JOIN reference.force w ON w.id = c.falls_within LEFT JOIN reference.crime_outcome o ON o.id = c.outcome
ORDER BY source_file, line
SQL
}

# The two ends before there is a schema.
($code, $out, $err) = hub($node, 'load', "$root/META.json");
is($code, 8, 'not migrated: exit code 8');
like($err, qr/Run wardstar-hub migrate/, '... says what to do');
hub_ok($node, 'migrate');
($code, $out, $err) = hub($node, 'load');
is($code, 2, 'no file: exit code 2');
($code, $out, $err) = hub($node, 'load', "$tmp/none.csv");
is($code, 9, 'no such file: exit code 9');
like($err, qr/none\.csv: could not read: No such file/, '... named');
($code, $out, $err) = hub([ $node, 'nowhere' ], 'load', "$root/META.json");
is($code, 6, 'no such database: exit code 6');
system('mkfifo', "$tmp/pipe") == 0 or die;
($code, $out, $err) = hub($node, 'load', "$tmp/pipe");
is($code, 9, 'a pipe is no file to load');

# Line ends, byte order mark, quotes, blanks. The same five rows each time.
my $id = '0123456789abcdef' x 4;
my $rows = <<"CSV";
$id,2025-06,Saltmere Police,Saltmere Police,-2.9,53.4,On or near Dock Road,E01006412,Saltmere 001A,Robbery,Under investigation,
,2025-06,Saltmere Police,,,,No Location,,,Anti-social behaviour,,
,2025-06,Saltmere Police,,,,No Location,,,Anti-social behaviour,,
"not hex","2025-06","Saltmere Police","Heddlu Môr Hallt"," -3.123456789012 ",53.0,"On or near Quay, ""Old"" Harbour",e01006413,"Saltmere, upper","Other theft","Local resolution","x, y"
$id, 2025-06 , Saltmere Police , Saltmere Police , 0.5 , -53.4 ,On or near Dock Road,E01006412,Saltmere 001A,Robbery,Under investigation,
CSV
my $expected = <<"ROWS" =~ s/\n\z//r;
2|2025-06|Saltmere Police|Saltmere Police|-2.9|53.4|On or near Dock Road|E01006412|f|Robbery|Under investigation||$id
3|2025-06|Saltmere Police||||No Location||f|Anti-social behaviour|||
4|2025-06|Saltmere Police||||No Location||f|Anti-social behaviour|||
5|2025-06|Saltmere Police|Heddlu Môr Hallt|-3.123456789012|53|On or near Quay, "Old" Harbour|E01006413|f|Other theft|Local resolution|x, y|not hex
6|2025-06|Saltmere Police|Saltmere Police|0.5|-53.4|On or near Dock Road|E01006412|f|Robbery|Under investigation||$id
ROWS
my $lf = crime_heading() . $rows;
my %form = (
	'lf' => $lf,
	'crlf' => $lf =~ s/\n/\r\n/gr,
	'cr' => $lf =~ s/\n/\r/gr,
	'bom' => "\xef\xbb\xbf$lf",
	'bom-cr' => "\xef\xbb\xbf" . $lf =~ s/\n/\r/gr,
	'no-end' => $lf =~ s/\n\z//r,
	'mixed' => $lf =~ s/\n/\r/r,
	'extra-commas' => $lf =~ s/\n/,,\n/gr =~ s/,,//r,
);
for my $name (sort keys %form)
{
	is(crime_of(0, spill("$tmp/$name.csv", $form{$name})), $expected, "form $name");
}

# Columns in another order and without those that may be absent.
is(crime_of(0, spill("$tmp/order.csv", "Crime type,Month,LSOA code,Reported by,Latitude,Longitude,Location,Crime ID\nRobbery,2025-06,E01006412,Saltmere Police,53.4,-2.9,Quay,$id\n")),
	"2|2025-06|Saltmere Police||-2.9|53.4|Quay|E01006412|f|Robbery|||$id", 'columns are found by their names');

# The same file by PostgreSQL's own CSV reader.
{
	my $big = crime_heading() . crime_rows('2024-03', 'Saltmere Police', 3000) . $rows =~ s/2025-06/2024-03/gr =~ s/" -3/"-3/r =~ s/12 "/12"/r =~ s/, /,/gr =~ s/ ,/,/gr;
	spill("$tmp/big.csv", $big);
	crime_of(0, "$tmp/big.csv");
	is(sql(<<"SQL"), '0|0|3005', 'row by row as COPY … CSV reads it');
CREATE TEMP TABLE raw (n int GENERATED ALWAYS AS IDENTITY, id text, month text, force text, falls text, lon float8, lat float8, loc text,
	lsoa text, lsoa_name text, type text, outcome text, context text);
COPY raw (id, month, force, falls, lon, lat, loc, lsoa, lsoa_name, type, outcome, context) FROM '$tmp/big.csv' CSV HEADER;
CREATE TEMP VIEW a (line, id, month, force, falls, lon, lat, loc, lsoa, type, outcome, context) AS SELECT n + 1, id, month, force, falls, lon, lat, loc, upper(lsoa), type, outcome, context FROM raw;
CREATE TEMP VIEW b (line, id, month, force, falls, lon, lat, loc, lsoa, type, outcome, context) AS SELECT line, CASE length(crime_id) WHEN 32 THEN encode(crime_id, 'hex') ELSE convert_from(crime_id, 'UTF8') END,
	to_char(month, 'YYYY-MM'), f.name, w.name, longitude, latitude, location, lsoa::text, t.name, o.name, context
	FROM reference.crime c JOIN reference.force f ON f.id = c.force JOIN reference.crime_type t ON t.id = c.crime_type
	LEFT JOIN reference.force w ON w.id = c.falls_within LEFT JOIN reference.crime_outcome o ON o.id = c.outcome;
SELECT (SELECT count(*) FROM (TABLE a EXCEPT ALL TABLE b) x), (SELECT count(*) FROM (TABLE b EXCEPT ALL TABLE a) x), (SELECT count(*) FROM b)
SQL
}

# Rows that can't be taken are kept with line and reason; the others are stored.
my %bad = (
	"$id,2025-06,Saltmere Police" => 'too few columns: 3 instead of 12',
	',2025-06,Saltmere Police,,,,,,,Robbery,,,more' => 'too many columns: 13 instead of 12',
	',2025-13,Saltmere Police,,,,,,,Robbery,,' => 'Month "2025-13" is not a month such as 2025-06',
	',June 2025,Saltmere Police,,,,,,,Robbery,,' => 'Month "June 2025" is not a month such as 2025-06',
	',,Saltmere Police,,,,,,,Robbery,,' => 'Month is blank',
	',2025-06,,,,,,,,Robbery,,' => 'Reported by is blank',
	',2025-06,Saltmere Police,,,,,,,,,' => 'Crime type is blank',
	',2025-06,Saltmere Police,,1.5,,,,,Robbery,,' => 'Latitude is blank',
	',2025-06,Saltmere Police,,181,53,,,,Robbery,,' => 'Longitude "181" is not a number of degrees',
	',2025-06,Saltmere Police,,1.5.2,53,,,,Robbery,,' => 'Longitude "1.5.2" is not a number of degrees',
	',2025-06,Saltmere Police,,1e1,53,,,,Robbery,,' => 'Longitude "1e1" is not a number of degrees',
	',2025-06,Saltmere Police,,NaN,53,,,,Robbery,,' => 'Longitude "NaN" is not a number of degrees',
	',2025-06,Saltmere Police,,,,,E0100641O,,Robbery,,' => 'LSOA code "E0100641O" is not an area code such as E01006512',
	",2025-06,Saltmere Police,,,,caf\xe9,,,Robbery,," => 'the line is not valid UTF-8',
	",2025-06,Saltmere Police,,,,x\0y,,,Robbery,," => 'the line holds a NUL byte',
	',2025-06,Saltmere Police,,,,"open,,,Robbery,,' => 'a quote is opened on this line and never closed',
);
my $good = ",2025-06,Saltmere Police,,,,good,,,Robbery,,\n";
my ($text, $line, %want) = (crime_heading(), 1);
for my $row (sort keys %bad)
{
	$text .= "$good$row\n";
	$line += 2;
	$want{$line} = $bad{$row};
}
$text .= $good;
my $kept = crime_of(3, spill("$tmp/bad.csv", $text));
is(scalar(() = $kept =~ /good/g), keys(%bad) + 1, 'every good row between bad ones is stored');
my %got = map { split /\|/, $_, 2 } split /\n/, sql('SELECT line, reason FROM reference.rejected_row ORDER BY line');
is_deeply(\%got, \%want, 'each bad row has its line and reason') or diag(explain(\%got));
is(sql('SELECT rows_read, rows_stored, rows_rejected FROM reference.source_file'), (2 * keys(%bad) + 1) . '|' . (keys(%bad) + 1) . '|' . keys(%bad), 'and all are counted');
like($err, qr/bad\.csv: 16 of 33 rows rejected.*line 3: /s, 'they are counted on the screen');

# A quote that never closes costs its own line, wherever it stands; a quoted cell may hold a line end.
is(crime_of(3, spill("$tmp/open.csv", crime_heading() . "\"" . $good . $good x 3)) =~ s/^\d+\|.*good.*$/row/mgr, "row\nrow\nrow", 'open quote up to the end of the file');
is(sql('SELECT line, reason FROM reference.rejected_row'), '2|a quote is opened on this line and never closed', '... is told');
is(crime_of(3, spill("$tmp/pair.csv", crime_heading() . ",2025-06,Saltmere Police,,,,\"open,,,Robbery,,\n$good,2025-06,Saltmere Police,,,,x\",2,,,Robbery,,\n$good")) =~ s/^\d+\|.*good.*$/row/mgr,
	"row\nrow", 'two stray quotes that would take a good row between them');
is(sql("SELECT string_agg(line || ' ' || reason, '; ' ORDER BY line) FROM reference.rejected_row"),
	'2 a quote is opened on this line and not closed; 4 Crime type is blank', '... cost their own lines');
is(crime_of(0, spill("$tmp/inner.csv", crime_heading() . ",2025-06,Saltmere Police,,,,\"two\nlines\",,,Robbery,,\n$good")),
	"2|2025-06|Saltmere Police||||two\nlines||f|Robbery|||\n4|2025-06|Saltmere Police||||good||f|Robbery|||", 'a line end within quotes; the next line has its number');

# More rejects than are kept in memory.
crime_of(3, spill("$tmp/many.csv", crime_heading() . ("x\n" x 20000) . $good));
is(sql('SELECT count(*), min(line), max(line) FROM reference.rejected_row'), '20000|2|20001', 'twenty thousand rejects');

# Refused when named, skipped when found.
my %refused = (
	'unknown.csv' => [ "a,b\n1,2\n", qr/its heading is that of no known kind/ ],
	'lacking.csv' => [ crime_heading() =~ s/LSOA code,//r . "x\n", qr/column "LSOA code" is missing/ ],
	'empty.csv' => [ '', qr/it is empty/ ],
	'picture.png' => [ "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", qr/neither a CSV nor a boundary file/ ],
	'utf16.csv' => [ Encode::encode('UTF-16', $lf), qr/neither a CSV nor a boundary file/ ],
	'other.json' => [ '{"a": 1}', qr/neither a CSV nor a boundary file/ ],
	'points.geojson' => [ '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "x"}, "geometry": {"type": "Point", "coordinates": [0, 51]}}]}', qr/refused: / ],
);
mkdir "$tmp/folder";
mkdir "$tmp/folder/deeper";
clear();
for my $name (sort keys %refused)
{
	spill("$tmp/$name", $refused{$name}[0]);
	($code, $out, $err) = hub($node, 'load', "$tmp/$name");
	is($code, 4, "$name: exit code 4");
	like($err, $refused{$name}[1], '... says why');
	spill("$tmp/folder/$name", $refused{$name}[0]);
}
is(sql('SELECT count(*) FROM reference.source_file'), 0, 'nothing of them is stored');
($code, $out, $err) = hub($node, 'load', '--as', 'population', "$tmp/lf.csv");
is($code, 4, '--as a kind that it is not: exit code 4');
like($err, qr/missing/, '... names what is missing');
spill("$tmp/folder/deeper/crime.csv", $lf);
spill("$tmp/folder/.hidden.csv", $lf =~ s/2025-06/2025-05/gr);
($code, $out, $err) = hub($node, 'load', "$tmp/folder");
is($code, 0, 'a folder with such files: exit code 0') or diag($err);
is(scalar(() = $err =~ /skipped: /g), scalar(keys %refused), 'all are listed as skipped') or diag($err);
is(sql('SELECT name, rows_stored FROM reference.source_file'), 'crime.csv|5', 'the one that is of a kind is loaded');

# The same bytes again, by whatever name.
for my $again ("$tmp/folder/deeper/crime.csv", "$tmp/lf.csv")
{
	($code, $out, $err) = hub($node, 'load', $again);
	is($code, 0, 'the same bytes again: exit code 0');
	like("$out$err", qr/already loaded/, '... says so');
}
is(sql('SELECT count(*) FROM reference.crime'), 5, 'and nothing is added');
# A month of a force published again replaces that month whole; two in one command: the later wins.
spill("$tmp/later.csv", crime_heading() . $good);
hub_ok($node, 'load', "$tmp/later.csv");
is(sql('SELECT count(*), (SELECT count(*) FROM reference.source_file WHERE replaced_by IS NOT NULL) FROM reference.crime'), '1|1', 'published again: the month is replaced whole');
for my $turn (1 .. 3)
{
	is(crime_of(0, "$tmp/big.csv", "$tmp/lf.csv", "$tmp/later.csv") =~ s/^(?!.*2025-06).*\n//mgr, "2|2025-06|Saltmere Police||||good||f|Robbery|||", 'two files of a month in one command: the later wins');
}

# Zips.
my @zip = ('zip', '-q', '-r');
system("cd $tmp && mkdir -p z/2025-01 z/2025-02 && zip -q -r empty.zip z") == 0 or die;
spill("$tmp/z/2025-01/2025-01-saltmere-street.csv", crime_heading() . crime_rows('2025-01', 'Saltmere Police', 700));
spill("$tmp/z/2025-02/2025-02-saltmere-street.csv", crime_heading() . crime_rows('2025-02', 'Saltmere Police', 800));
spill("$tmp/z/2025-02/2025-02-saltmere-outcomes.csv", "Crime ID,Month,Outcome type\nx,2025-02,y\n");
system("cd $tmp && zip -q -r crime.zip z && zip -q -r -P secret locked.zip z") == 0 or die;
clear();
($code, $out, $err) = hub($node, 'load', "$tmp/crime.zip");
is($code, 0, 'a zip: exit code 0') or diag($err);
is(sql('SELECT name, rows_stored FROM reference.source_file ORDER BY name'), "z/2025-01/2025-01-saltmere-street.csv|700\nz/2025-02/2025-02-saltmere-street.csv|800", 'its months are loaded');
like($err, qr/outcomes\.csv: skipped/, 'what else is in it is skipped');
is(sql("SELECT encode(sha256, 'hex') = '" . (split / /, `sha256sum $tmp/z/2025-01/2025-01-saltmere-street.csv`)[0] . "' FROM reference.source_file WHERE name LIKE '%01-saltmere%'"), 't', 'SHA-256 is that of the file inside');
($code, $out, $err) = hub($node, 'load', "$tmp/z");
like($out, qr/^0 files loaded.*2 already loaded/, 'the same files outside the zip are already loaded');
for my $case ([ 'locked.zip', qr/damaged, encrypted/ ], [ 'broken.zip', qr/zip/ ], [ 'evil.zip', qr/leads out of the archive/ ], [ 'bomb.zip', qr/larger than 1 MiB \(--member-limit\)/ ])
{
	my $name = $case->[0];
	spill("$tmp/broken.zip", "PK\3\4" . 'x' x 300);
	if ($name eq 'evil.zip')
	{
		system('perl', '-e', <<'P', "$tmp/crime.zip", "$tmp/evil.zip") == 0 or die;
local $/; open my $i, '<:raw', $ARGV[0]; my $z = <$i>; $z =~ s{z/2025-01/2025}{../../../x2025}g; open my $o, '>:raw', $ARGV[1]; print $o $z;
P
	}
	system("cd $tmp && head -c 3000000 /dev/zero | tr '\\0' 'x' > zeros.csv && zip -q bomb.zip zeros.csv") == 0 or die if $name eq 'bomb.zip';
	clear();
	($code, $out, $err) = hub($node, 'load', '--member-limit', 1, "$tmp/$name");
	is($code, 4, "$name: exit code 4");
	like($err, $case->[1], '... says why');
	is(sql('SELECT count(*) FROM reference.source_file'), 0, '... and stores nothing');
}

# Boundary files: three formats give the same areas; a shapefile also out of a zip.
my $square = sub { my ($x, $y) = @_; [ [ map { [ $x + $_->[0] / 100, $y + $_->[1] / 100 ] } [ 0, 0 ], [ 1, 0 ], [ 1, 1 ], [ 0, 1 ], [ 0, 0 ] ] ] };
my $areas = { type => 'FeatureCollection', features => [ map { { type => 'Feature', properties => { LSOA21CD => sprintf('E01%06d', 6400 + $_), LSOA21NM => "Saltmere $_" },
	geometry => $_ % 2 ? { type => 'Polygon', coordinates => $square->(-3 + $_ / 50, 53) } : { type => 'MultiPolygon', coordinates => [ $square->(-3 + $_ / 50, 53) ] } } } 1 .. 6 ] };
spill("$tmp/areas.geojson", JSON->new->canonical->encode($areas));
system("cd $tmp && ogr2ogr -f GPKG areas.gpkg areas.geojson && mkdir shape && ogr2ogr -t_srs EPSG:27700 -f 'ESRI Shapefile' shape/areas.shp areas.geojson && cd shape && zip -q ../shape.zip *") == 0 or die;
my $area_sql = "SELECT code, name, vintage, level, round(ST_Area(geom)::numeric, -1), ST_SRID(geom), GeometryType(geom) FROM reference.area ORDER BY code";
my $first;
for my $file ('areas.geojson', 'areas.gpkg', 'shape/areas.shp', 'shape', 'shape.zip')
{
	clear();
	($code, $out, $err) = hub($node, 'load', "$tmp/$file");
	is($code, 0, "$file: exit code 0") or diag($err);
	my $there = sql($area_sql);
	$first //= $there;
	is($there, $first, '... the same six areas');
}
is(scalar(() = $first =~ /E0100640\d\|Saltmere \d\|2021\|lsoa\|\d+\|27700\|MULTIPOLYGON/g), 6, 'they are six LSOAs of 2021 on the National Grid') or diag($first);
clear();
spill("$tmp/cut.geojson", substr(JSON->new->canonical->encode($areas), 0, 900));
($code, $out, $err) = hub($node, 'load', "$tmp/cut.geojson");
is($code, 4, 'a boundary file that is cut off: exit code 4');
like($err, qr/GDAL/, '... by the word of GDAL');
rename "$tmp/shape/areas.dbf", "$tmp/areas.dbf";
($code, $out, $err) = hub($node, 'load', "$tmp/shape/areas.shp");
is($code, 4, 'a shapefile without its table: exit code 4');
like($err, qr/"areas\.dbf", which belongs to the shapefile/, '... names it');
spill("$tmp/much.geojson", JSON->new->encode({ type => 'FeatureCollection', features => [ map { { type => 'Feature', properties => { LSOA21CD => sprintf('E01%06d', $_) },
	geometry => { type => 'Polygon', coordinates => [ [ map { [ -3 + $_ / 1e5, 53 + ($_ % 7) / 1e4 ] } 0 .. 199, 0 ] ] } } } 1 .. 6000 ] }));
($code, $out, $err) = hub($node, 'load', '--gdal-memory', 64, "$tmp/much.geojson");
is($code, 4, 'GDAL beyond its memory: exit code 4');
like($err, qr/--gdal-memory/, '... names the limit');
($code, $out, $err) = hub($node, 'load', '--gdal-memory', 64, '--gdal-cpu', 1, "$tmp/areas.geojson");
is(sql('SELECT count(*) FROM reference.source_file'), $code == 0 ? 1 : 0, 'all or nothing');

# The hub's own process does not map GDAL.
unlike(`ldd $root/build/wardstar-hub`, qr/gdal|proj/, 'GDAL is not linked');
my $symbols = `nm -u $root/build/libwardstar_hub.a`;
unlike($symbols, qr/^\s+U (exit|_exit\@|printf|puts|putchar|system|popen|strcpy|sprintf|gets)$/m, 'the library neither ends the program nor prints');

# --quiet, --json, the summary line, progress on a terminal.
clear();
($code, $out, $err) = hub($node, 'load', "$tmp/lf.csv");
like($out, qr/^1 file loaded, 5 rows stored, 0 rejected; \d+\.\d s, \d+\.\d MB\/s\n\z/, 'one summary line');
is($err =~ s/^wardstar-hub: info: .*: 2 crimes .*LSOA.*unplaced\n//r, '', '... and what the store function noted');
($code, $out, $err) = hub($node, 'load', '--quiet', "$tmp/lf.csv", "$tmp/big.csv", "$tmp/folder");
is("$code|$out|$err", '0||', '--quiet says nothing');
($code, $out, $err) = hub($node, 'load', '--quiet', "$tmp/bad.csv", "$tmp/unknown.csv");
is($code, 4, 'refused outweighs rejected');
like($err, qr/no known kind.*rows rejected/s, '... but tells what is wrong');
clear();
spill("$tmp/\xc3\xa9\"\\\n.csv", $lf);
($code, $out, $err) = hub($node, 'load', '--json', "$tmp/\xc3\xa9\"\\\n.csv", "$tmp/lf.csv", "$tmp/bad.csv", "$tmp/unknown.csv");
is($code, 4, '--json: the exit code as ever');
my @objects = map { decode_json($_) } split /\n/, $out;
is_deeply([ map { [ @$_{qw(outcome kind read stored rejected exit_code)} ] } sort { $a->{file} cmp $b->{file} } @objects[ 0 .. 3 ] ],
	[ [ 'stored', 'crime', 33, 17, 16, 3 ], [ 'already loaded', 'crime', 0, 0, 0, 0 ], [ 'refused', undef, 0, 0, 0, 4 ], [ 'stored', 'crime', 5, 5, 0, 0 ] ],
	'one object a file') or diag($out);
is_deeply([ @{ $objects[4] }{qw(stored rejected exit_code)} ], [ 22, 16, 4 ], 'and one for all');
is((grep { $_->{file} =~ /\x{e9}"\\\n\.csv$/ } @objects[0 .. 3])[0]{outcome}, 'stored', 'a file name with a quote and a line end');
SKIP:
{
	skip 'script(1) can make no terminal here', 2 if system('script -qec true /dev/null </dev/null >/dev/null 2>&1') != 0;
	clear();
	spill("$tmp/slow.csv", crime_heading() . crime_rows('2023-01', 'Saltmere Police', 4000));
	my $lock = $node->background_psql('postgres');
	$lock->query_safe('BEGIN; LOCK TABLE reference.crime_force_count');
	local $ENV{WARDSTAR_DSN} = hub_dsn($node);
	my $h = IPC::Run::start([ 'script', '-qefc', "$root/build/wardstar-hub load $tmp/slow.csv", "$tmp/screen" ], '<', \undef, '>', '/dev/null');
	sleep 1;
	$lock->query_safe('COMMIT');
	$lock->quit;
	$h->finish;
	my $screen = do { local (@ARGV, $/) = "$tmp/screen"; <> };
	like($screen, qr/\d rows  \d+\.\d MB\/s  \d+ %  ETA \d+:\d\d/, 'rows, MB/s, share and ETA on a terminal');
	like($screen, qr/slow\.csv: crime 2023-01, 4,000 rows stored, 0 rejected, \d+\.\d s/, 'and a line a file');
}

# A database error refuses the file: exit code 7, nothing is left.
clear();
sql('CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA hub, reference TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA hub, reference TO reader; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA reference TO reader');
($code, $out, $err) = hub($node, 'load', '--dsn', $node->connstr('postgres') . ' user=reader', "$tmp/lf.csv");
is($code, 7, 'no privilege: exit code 7');
like($err, qr/permission denied .*\(SQLSTATE 42501\)/, '... with the SQLSTATE');

# Stopped while the server works, and while it waits: nothing is left, the server's statement is cancelled.
for my $signal ('INT', 'TERM', 'HUP')
{
	for my $table ('reference.crime', 'reference.crime_force_count')
	{
		my $lock = $node->background_psql('postgres');
		$lock->query_safe("BEGIN; LOCK TABLE $table");
		my ($o, $e) = ('', '');
		my $h = hub_start($node, \$o, \$e, 'load', "$tmp/big.csv", "$tmp/lf.csv");
		$node->poll_query_until('postgres', "SELECT count(*) >= 1 FROM pg_stat_activity WHERE application_name = 'wardstar-hub load' AND wait_event_type = 'Lock'") or die;
		$h->signal($signal);
		$h->finish;
		is($h->result(0), 10, "SIG$signal while it waits for $table: exit code 10") or diag($e);
		$node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'wardstar-hub%'") or die;
		$lock->query_safe('COMMIT');
		$lock->quit;
		is(sql('SELECT (SELECT count(*) FROM reference.source_file), (SELECT count(*) FROM reference.crime), (SELECT count(*) FROM reference.crime_force_count)'), '0|0|0', '... nothing is left');
	}
}

# The server goes away in the middle: exit code 6.
{
	my $lock = $node->background_psql('postgres');
	$lock->query_safe('BEGIN; LOCK TABLE reference.crime_force_count');
	my ($o, $e) = ('', '');
	my $h = hub_start($node, \$o, \$e, 'load', "$tmp/lf.csv");
	$node->poll_query_until('postgres', "SELECT count(*) >= 1 FROM pg_stat_activity WHERE application_name = 'wardstar-hub load' AND wait_event_type = 'Lock'") or die;
	sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wardstar-hub load'");
	$h->finish;
	is($h->result(0), 6, 'the connection is cut: exit code 6') or diag($e);
	$lock->query_safe('COMMIT');
	$lock->quit;
	is(sql('SELECT count(*) FROM reference.crime'), 0, '... nothing is left');
}

# A full or missing place for temporary files is told, not hidden.
{
	local $ENV{TMPDIR} = '/nowhere';
	($code, $out, $err) = hub($node, 'load', "$tmp/crime.zip");
	is($code, 1, 'no place for temporary files: exit code 1');
	like($err, qr/temporary file/, '... told');
}
($code, $out, $err) = do { local $ENV{WARDSTAR_DSN} = hub_dsn($node); my ($o, $e) = ('', ''); IPC::Run::run([ 'sh', '-c', "$root/build/wardstar-hub load $tmp/lf.csv > /dev/full" ], '2>', \$e); ($? >> 8, $o, $e) };
is($code, 1, 'standard output is full: exit code 1');
$node->stop;
done_testing();
