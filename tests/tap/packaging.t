# META.json is valid and the only place of the version; nothing tracked names a machine or a registry.
use strict;
use warnings;
use JSON;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};

sub read_file
{
	my $file = shift;
	open my $fh, '<', $file or die "$file: $!";
	local $/;
	return scalar <$fh>;
}

my $meta = decode_json(read_file("$root/META.json"));
ok(defined $meta->{$_}, "META.json has $_") for qw(name version abstract maintainer license provides meta-spec);
like($meta->{version}, qr/^\d+\.\d+\.\d+$/, 'the version is three numbers');
is($meta->{'meta-spec'}{version}, '1.0.0', 'meta-spec 1.0.0');
like($meta->{license}, qr/^postgresql$/, 'PostgreSQL licence');
my %known = map { $_ => 1 }
  qw(name version abstract maintainer license provides meta-spec description prereqs resources tags release_status generated_by no_index);
is_deeply([ grep { !$known{$_} && !/^x_/i } keys %$meta ], [], 'no key that the spec does not know');
for my $name (keys %{ $meta->{provides} })
{
	my $p = $meta->{provides}{$name};
	is($p->{version}, $meta->{version}, "$name: version of the distribution");
	ok(-f "$root/$p->{$_}", "$name: $_ exists") for qw(file docfile);
	is_deeply([ grep { !/^(file|version|docfile|abstract)$|^x_/i } keys %$p ], [], "$name: known keys");
}
like($meta->{release_status}, qr/^(stable|testing|unstable)$/, 'release_status');

my $version = $meta->{version};
ok(-f "$root/build/wardstar--$version.sql", 'the install script is named after it');
like(read_file("$root/build/wardstar.control"), qr/^default_version = '\Q$version\E'$/m, 'so is the control file');

my @tracked = map { chomp; s{^\./}{}r } `cd "$root" && { git -c safe.directory='*' ls-files 2>/dev/null || find . -type f -not -path './build/*' -not -path '*/node_modules/*'; }`;
SKIP:
{
	skip 'not a git checkout', 2 if !@tracked;
	my (@again, @foreign);
	for my $file (@tracked)
	{
		next if !-T "$root/$file" || $file =~ m{^(META\.json|CHANGELOG\.md|docs/|tests/fixtures/)};
		my $text = read_file("$root/$file");
		push @again, $file if $text =~ /\b\Q$version\E\b/;
		push @foreign, $file if $text =~ m{(^|[^a-z])/(work|far[m])/|deb\.debian\.or[g]|registry\.npmj[s]|files\.pythonhoste[d]|static\.crates\.i[o]}m;
	}
	is_deeply(\@again, [], 'the version is written nowhere else');
	is_deeply(\@foreign, [], "no machine's path and no registry's host");
}
done_testing();
