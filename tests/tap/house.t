# The house: its floors go one way, and no files of it go round in a circle. Read from the symbols of the built objects
# (nm) and from the #includes of the hub's files.
use strict;
use warnings;
use Test::More;

my $root = $ENV{WARDSTAR_ROOT};

# The hub's rooms, from the top. Those of one line are side by side, and neither uses the other.
my @floors = (['main'], ['command'], ['serve'], ['intake'], ['document'], ['spool'], ['load', 'report'], ['db'], ['program']);

# Arrows from what nm -A -P -g prints: {file}{file that it uses} = its symbols. "%$objects": the source of each object.
sub arrows
{
	my ($lines, $objects) = @_;
	my (%home, %wanted, %arrows);

	for (@$lines)
	{
		my ($object, $symbol, $type) = /^(\S+): (\S+) (\w)\b/ or next;
		my $file = $objects->{$object};

		next if $symbol =~ /^_?_(?:asan|odr_asan|ubsan|sanitizer)/;
		if ($type =~ /[Uw]/) { $wanted{$file}{$symbol} = 1 }
		else { $home{$symbol} = $file }
	}
	for my $file (keys %wanted)
	{
		for my $symbol (sort keys %{ $wanted{$file} })
		{
			my $other = $home{$symbol};

			push @{ $arrows{$file}{$other} }, $symbol if defined $other && $other ne $file;
		}
	}
	return \%arrows;
}

sub arrow
{
	my ($arrows, $from, $to) = @_;

	return "$from uses " . join(', ', @{ $arrows->{$from}{$to} }) . " of $to";
}

# The shortest way from a file back to itself, as a list of files; empty if there is none.
sub way_back
{
	my ($arrows, $start) = @_;
	my %before;
	my @next = ($start);

	while (defined(my $file = shift @next))
	{
		for my $other (sort keys %{ $arrows->{$file} // {} })
		{
			if ($other eq $start)
			{
				my @way = ($file);
				unshift @way, $before{ $way[0] } while $way[0] ne $start;
				return @way;
			}
			next if $before{$other};
			$before{$other} = $file;
			push @next, $other;
		}
	}
	return;
}

# Each shortest circle once, in words.
sub circles
{
	my ($arrows) = @_;
	my (%seen, @found);

	for my $file (sort keys %$arrows)
	{
		my @way = way_back($arrows, $file) or next;

		next if $seen{ join ' ', sort @way }++;
		push @found, 'a circle: ' . join('; ', map { arrow($arrows, $way[$_], $way[ ($_ + 1) % @way ]) } 0 .. $#way);
	}
	return @found;
}

sub room
{
	return $_[0] =~ m{^hub/(?:(\w+)/)?} ? $1 // 'main' : '';
}

my %floor;
for my $i (0 .. $#floors) { $floor{$_} = $i for @{ $floors[$i] } }

# Whether a room may use another: itself, one further down, or what is not the hub's.
sub may_use
{
	my ($from, $to) = @_;

	return $from eq $to || $to eq '' || (defined $floor{$from} && defined $floor{$to} && $floor{$from} < $floor{$to});
}

# The arrows that don't go down, in words.
sub wrong_ways
{
	my ($arrows) = @_;
	my @found;

	for my $from (sort keys %$arrows)
	{
		push @found, map { arrow($arrows, $from, $_) } grep { !may_use(room($from), room($_)) } sort keys %{ $arrows->{$from} };
	}
	return @found;
}

# {source}{the header's file} of the hub's quoted includes. "hub.h" is everybody's.
sub includes
{
	my (@files) = @_;
	my %includes;

	for my $file (@files)
	{
		my ($folder) = $file =~ m{^(.*)/};

		open my $in, '<', "$root/$file" or die "$file: $!";
		while (<$in>)
		{
			my ($header) = /^\s*#\s*include\s+"([^"]+)"/ or next;
			my ($found) = grep { -e "$root/$_" } "$folder/$header", "hub/$header", "extension/$header";

			$found //= "hub/$header";
			push @{ $includes{$file}{$found} }, "\"$header\"" unless $found eq 'hub/hub.h';
		}
	}
	return \%includes;
}

sub sources
{
	my ($pattern) = @_;

	return map { s{^\Q$root\E/}{}r } glob "$root/$pattern";
}

# The arrows among sources, each built as its object.
sub arrows_of
{
	my ($name, %object) = @_;
	my @missing = grep { !-e $object{$_} } sort keys %object;
	my %source = map { $object{$_} => $_ } keys %object;

	is("@missing", '', "$name: each file is built");
	return {} if @missing;
	open my $nm, '-|', 'nm', '-A', '-P', '-g', sort values %object or die "nm: $!";
	my @lines = <$nm>;
	ok(close($nm), "$name: its symbols can be read");
	return arrows(\@lines, \%source);
}

sub none
{
	my ($name, @found) = @_;

	is(scalar @found, 0, $name) or diag(join "\n", @found);
}

# The test can fail: a made-up house with one circle and one way up.
{
	my %objects = map { ("$_.o" => "hub/$_.c") } qw(serve/a serve/b load/c load/d db/e);
	my @lines = map { "$_\n" } 'serve/a.o: a_one T 0 10', 'serve/a.o: b_one U', 'serve/b.o: b_one T 0 10', 'serve/b.o: c_one U',
	  'load/c.o: c_one D 0 8', 'load/c.o: d_one U', 'load/d.o: d_one B 0 8', 'load/d.o: malloc U', 'db/e.o: e_one T 0 1';
	my $arrows = arrows(\@lines, \%objects);

	is(join('|', circles($arrows), wrong_ways($arrows)), '', 'a made-up house in order is one');
	$arrows = arrows([ @lines, "load/d.o: c_one U\n", "db/e.o: a_one U\n", "serve/b.o: e_one U\n" ], \%objects);
	is(join("\n", circles($arrows)),
		"a circle: hub/db/e.c uses a_one of hub/serve/a.c; hub/serve/a.c uses b_one of hub/serve/b.c; hub/serve/b.c uses e_one of hub/db/e.c\n"
		  . 'a circle: hub/load/c.c uses d_one of hub/load/d.c; hub/load/d.c uses c_one of hub/load/c.c',
		'its circles are found, with symbols and files');
	is(join("\n", wrong_ways($arrows)), 'hub/db/e.c uses a_one of hub/serve/a.c', 'and so is what goes up');
	ok(!may_use('load', 'report') && !may_use('report', 'load'), 'rooms side by side use each other neither way');
	ok(!may_use('reader', 'program') && !may_use('program', 'reader'), "the reader's are for the reader alone");
}

# The hub: its library and the program round it. The reader is a program of its own.
my @hub = grep { !m{^hub/reader/} } sources('hub/*.c'), sources('hub/*/*.c');
my @rooms = sort map { s{^\Q$root\E/hub/}{}r } grep { -d && m{/hub/(?!reader$|web$)[^/]+$} } glob "$root/hub/*";
is("@rooms", join(' ', sort grep { $_ ne 'main' } keys %floor), 'each room of the hub has its floor');
my $hub = arrows_of('hub', map { ($_ => "$root/build/hub/" . s/\.c$/.o/r) } @hub);
is_deeply($hub->{'hub/serve/http.c'}{'hub/serve/routes.c'}, ['route_find'], 'an arrow that is there is seen');
none('the rooms of the hub use only those below them', wrong_ways($hub));
none('no files of the hub go round in a circle', circles($hub));
none('its headers are included the same way', wrong_ways(includes(@hub, grep { !m{^hub/reader/} } sources('hub/*/*.h'))));
none("the reader includes its own alone", wrong_ways(includes(sources('hub/reader/*.[ch]'))));

my $reader = arrows_of('wardstar-read',
	map { ($_ => "$root/build/sanitized/reader/" . s{^hub/reader/(.*)\.c$}{$1.o}r) } sources('hub/reader/*.c'));
ok(exists $reader->{'hub/reader/main.c'}{'hub/reader/word.c'}, 'an arrow of the reader is seen');
none('no files of the reader go round in a circle', circles($reader));

my $cores = arrows_of('cores', map { ($_ => "$root/build/sanitized/" . s/\.c$/.o/r) } sources('extension/*/*_core.c'));
ok((grep { m{^extension/proforma/} } keys %$cores) > 3, 'arrows of the cores are seen');
none('no cores of the extension go round in a circle', circles($cores));
done_testing();
