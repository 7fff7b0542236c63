# The drop folder of wardstar-hub serve, where folders are renamed and moved: what a file is for is told by the names that the
# folders above it have when it comes. All programmes and figures are made up.
use strict;
use warnings;
use File::Path qw(make_path);
use HubTest;
use IO::Handle;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use ServeTest;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('serve_inbox');
$node->init;
$node->start;
my $folder = PostgreSQL::Test::Utils::tempdir();
my @options = serve_prepare($node, $folder);
serve_partner($node, 'Made-up Trust', 'POPs', 'Mentors');
my $inbox = "$folder/inbox";
mkdir $inbox or die;
my $serve = serve_start($node, $folder, @options, '--inbox', $inbox);

# put_file($place, $people): a file that tells neither programme nor quarter.
sub put_file
{
	my ($place, $people) = @_;
	spill("$place/return.csv", "field,value\nbasis,new_referrals\nage.18-25,$people\n");
}

# What the ledger was told of the file with so many people.
sub entered
{
	my $people = shift;
	my $sha256 = "encode(sha256(E'field,value\\nbasis,new_referrals\\nage.18-25,$people\\n'::bytea), 'hex')";
	return $node->safe_psql('postgres', "SELECT asked_programme, asked_period FROM intake.submission WHERE encode(sha256, 'hex') = $sha256");
}

# ... once it is there.
sub stated
{
	my $people = shift;
	my $found = '';
	for (1 .. 300)
	{
		$found = entered($people);
		last if $found ne '';
		sleep 0.1;
	}
	return $found;
}

# Folders that were watched under another name before.
make_path("$inbox/Made-up Trust/New folder/New folder");
put_file("$inbox/Made-up Trust/New folder/New folder", 3);
for (1 .. 300) { last if -e "$inbox/Made-up Trust/New folder/New folder/rejected"; sleep 0.1; }
ok(-e "$inbox/Made-up Trust/New folder/New folder/rejected", 'a folder that is no quarter is watched');
rename "$inbox/Made-up Trust/New folder/New folder", "$inbox/Made-up Trust/New folder/2025-Q1" or die;
rename "$inbox/Made-up Trust/New folder", "$inbox/Made-up Trust/POPs" or die;
put_file("$inbox/Made-up Trust/POPs/2025-Q1", 4);
is(stated(4), 'POPs|2025-Q1', 'a folder that was renamed has its new name');
rename "$inbox/Made-up Trust/POPs/2025-Q1", "$inbox/Made-up Trust/POPs/2025-Q2" or die;
put_file("$inbox/Made-up Trust/POPs/2025-Q2", 5);
is(stated(5), 'POPs|2025-Q2', '... when it had a quarter before as well');
rename "$inbox/Made-up Trust/POPs", "$inbox/Made-up Trust/Mentors" or die;
put_file("$inbox/Made-up Trust/Mentors/2025-Q2", 6);
is(stated(6), 'Mentors|2025-Q2', '... and when the folder above it was renamed');

# What lies outside the drop folder is nobody's to take.
rename "$inbox/Made-up Trust/Mentors/2025-Q2", "$folder/2025-Q2" or die;
put_file("$folder/2025-Q2", 7);
make_path("$inbox/Made-up Trust/Mentors/2025-Q1");
put_file("$inbox/Made-up Trust/Mentors/2025-Q1", 8);
is(stated(8), 'Mentors|2025-Q1', 'a new folder beside it is watched');
ok(-e "$folder/2025-Q2/return.csv", 'a folder that was moved out of the drop folder is left alone');

# A file that is written to while it is on its way is a file of its own: the verdict waits for a table that can't be written.
my $place = "$inbox/Made-up Trust/POPs/2025-Q1";
make_path($place);
open my $lock, '|-', 'psql', '-qXd', $node->connstr('postgres') or die;
$lock->autoflush(1);
print $lock "BEGIN; LOCK TABLE intake.finding IN EXCLUSIVE MODE;\n";
$node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM pg_locks WHERE relation = 'intake.finding'::regclass AND mode = 'ExclusiveLock' AND granted}) or die;
put_file($place, 9);
is(stated(9), 'POPs|2025-Q1', 'a file is entered');
open my $again, '+<', "$place/return.csv" or die;
close $lock;
$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM intake.submission WHERE state IN ('received', 'checking')}) or die;
sleep 1;
ok(-e "$place/return.csv", '... and stays where it is while somebody has it open to write it');
print $again "field,value\nbasis,new_referrals\nage.18-25,10\n";
close $again or die;
is(stated(10), 'POPs|2025-Q1', '... and what was written then is entered as well');

# Who looked up its name just before it was moved has the moved one open. To write to it in time may take some tries.
my $people = 20;
my $entered = '';
for my $try (1 .. 30)
{
	my $before = ++$people;
	my $moved;
	put_file($place, $before);
	for (1 .. 5000)
	{
		($moved) = grep { !/\.receipt\./ && slurp_file($_) =~ /,$before\n/ } glob("'$place/'{accepted,rejected}'/*'");
		last if $moved;
		sleep 0.005;
	}
	die "$place/return.csv was not moved" if !$moved;
	spill($moved, "field,value\nbasis,new_referrals\nage.18-25," . ++$people . "\n");
	for (1 .. 50) { last if ($entered = entered($people)) ne ''; sleep 0.1; }
	last if $entered ne '';
}
is($entered, 'POPs|2025-Q1', 'what is written to a file at the moment that it is moved is entered');
is(serve_stop($serve), 0, 'stopped');
done_testing();
