# What README.md and the pages it lists tell people to type exists and takes those arguments; links lead
# somewhere; every page of docs/ is listed; versions of packages and scripts named are those in use.
use strict;
use warnings;
use utf8;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};
my $hub = "$root/build/wardstar-hub";
my @pages = ("$root/README.md", sort glob "$root/docs/*.md");

sub output
{
	my (@command) = @_;
	my ($out, $err) = ('', '');
	my $ok = IPC::Run::run(\@command, '<', \undef, '>', \$out, '2>', \$err);
	return ($ok, $out . $err);
}

my ($has_help, $help) = output($hub, '--help');
ok($has_help, 'wardstar-hub --help');

# Each command line of the blocks marked "sh".
my %known_tool = map { $_ => 1 } qw(sudo psql createdb createuser make mkdir cd ls cat umask printf curl adduser install systemctl export);
for my $page (@pages)
{
	(my $name = $page) =~ s{^\Q$root\E/}{};
	my $text = slurp_file($page);
	for my $block ($text =~ /^```sh\n(.*?)^```/msg)
	{
		$block =~ s/\\\n\s*/ /g;
		for my $line (split /\n/, $block)
		{
			$line =~ s/\s+#.*//;
			$line =~ s/^sudo (-u \S+ )?//;
			$line =~ s/^([A-Z_]+=\S+ )+//;
			$line =~ s/^echo [^|]*\| //;
			$line =~ s{^build/(?:pg/bin/)?(?=wardstar-hub |psql )}{};
			next if $line =~ /^\s*(#|$)/;
			my ($command, @arguments) = split ' ', $line;
			if ($command =~ m{^script/})
			{
				ok(-x "$root/$command", "$name: $line");
				my $usage = slurp_file("$root/$command");
				like($usage, qr/\Q$_\E\b/, "$name: $command knows $_") for grep { /^--/ } @arguments;
			}
			elsif ($command eq 'make')
			{
				my ($ok) = output('make', '-n', '-C', $root, @arguments);
				ok($ok, "$name: $line");
			}
			elsif ($command eq 'wardstar-hub')
			{
				my ($verb) = grep { !/^-/ } @arguments;
				my ($ok, $said) = defined $verb ? output($hub, $verb, '--help') : ($has_help, $help);
				ok($ok, "$name: $line");
				like($said . $help, qr/\Q$_\E\b/, "$name: it knows $_") for map { s/=.*//r } grep { /^--/ } @arguments;
			}
			else { ok($known_tool{$command}, "$name: $line: a known command"); }
		}
	}

	# Links to files, and to headings in them.
	my ($folder) = $page =~ m{(.*)/};
	$text =~ s/^```.*?^```//msg;
	$text =~ s/`[^`\n]*`//g;
	for my $link ($text =~ /\]\(([^)\s]+)\)/g)
	{
		next if $link =~ m{^https?://};
		my ($file, $heading) = split /#/, $link, 2;
		my $target = $file eq '' ? $page : "$folder/$file";
		ok(-e $target, "$name: $link is there");
		next if !defined $heading || !-e $target;
		my %headings = map { (lc(s/[^\w\s-]//gr) =~ s/\s/-/gr) => 1 } slurp_file($target) =~ /^#+ (.*)$/mg;
		ok($headings{$heading}, "$name: $link: so is the heading");
	}
}

my $readme = slurp_file("$root/README.md");
for my $page (glob "$root/docs/*.md")
{
	my ($file) = $page =~ m{(docs/[^/]*)$};
	ok($readme =~ /\]\(\Q$file\E\)/, "README.md lists $file");
}

# docs/install.md explains each package that is installed, and no other.
my ($needed, $for_tests) = slurp_file("$root/script/bootstrap") =~ /<<-END\n(.*?)\tEND.*?<<-END\n(.*?)\tEND/s;
s/\$\([^()]* echo (\w+)\)/$1/g for $for_tests;
my %installed = map { s/\$version/N/r => 1 } split ' ', "$needed $for_tests";
my %explained = map { map { $_ => 1 } split /, / } map { /^\| ([a-zN0-9, +-]+) \| / && !/^\| (package|---)/ ? $1 : () } split /\n/, slurp_file("$root/docs/install.md");
is_deeply([ sort keys %explained ], [ sort keys %installed ], 'docs/install.md explains each package');
done_testing();
