# The archive for PGXN: one folder that META.json describes, and that builds, installs and works by itself.
use strict;
use warnings;
use JSON;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
plan skip_all => 'not a git checkout' if !-e "$root/.git";

sub run_ok
{
	my ($name, @command) = @_;
	my ($out, $err) = ('', '');
	my $done = IPC::Run::run(\@command, '>', \$out, '2>', \$err);
	ok($done, $name) or diag("$out$err");
	return $out;
}

my $meta = decode_json(slurp_file("$root/META.json"));
my $name = "wardstar-$meta->{version}";
my $tmp = PostgreSQL::Test::Utils::tempdir();
# A make above this one would otherwise pass its flags on.
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS WARDSTAR_VERSION)};

my $zip = run_ok('the archive is made', "$root/script/dist", $meta->{version}, $tmp);
is($zip, "$tmp/$name.zip\n", 'under its name');
my ($out, $err);
ok(!IPC::Run::run([ "$root/script/dist", '99.0.0', $tmp ], '>', \$out, '2>', \$err), 'another version than that of META.json is refused');
like($err, qr/commit first/, 'with the reason');

my @files = split /\n/, run_ok('its names', 'unzip', '-Z1', "$tmp/$name.zip");
is_deeply([ grep { !m{^\Q$name\E/} } @files ], [], 'all lie in one folder');
is_deeply([ grep { m{^[^/]+/(\.git|\.ci|build/|dist/|\.demo)|\.(o|so|bc)$} } @files ], [], 'nothing of the repository and nothing built is in it');
run_ok('it unpacks', 'unzip', '-q', "$tmp/$name.zip", '-d', $tmp);
is_deeply(decode_json(slurp_file("$tmp/$name/META.json")), $meta, 'META.json is the same') if !`cd "$root" && git -c safe.directory='*' status --porcelain META.json`;
for my $provided (values %{ $meta->{provides} })
{
	ok(-f "$tmp/$name/$provided->{$_}", "$provided->{$_} is in it") for qw(file docfile);
}

chdir "$tmp/$name" or die $!;
run_ok('make', 'make', '-s', 'WERROR=-Werror');
run_ok('make install', 'make', '-s', 'install', "DESTDIR=$tmp/installed");
my $installed = run_ok('what it installs', 'find', "$tmp/installed", '-type', 'f', '-printf', '%f\n');
is_deeply([ sort split /\n/, $installed ],
	[ sort 'wardstar.so', 'wardstar.control', "wardstar--$meta->{version}.sql", map { m{/(wardstar--.*--.*\.sql)$} } @files ],
	'library, control file and SQL');
run_ok('make hub', 'make', '-s', 'hub');
like(run_ok('the hub runs', 'build/wardstar-hub', '--version'), qr/\Q$meta->{version}\E/, 'with its version');

run_ok('make temp-install', 'make', '-s', 'temp-install');
my $node = PostgreSQL::Test::Cluster->new('dist', install_path => "$tmp/$name/build/pg");
$node->init;
$node->start;
is($node->safe_psql('postgres', 'CREATE EXTENSION wardstar; SELECT wardstar_version()'), $meta->{version}, 'a server loads the extension');
$node->stop;
chdir $root;
done_testing();
