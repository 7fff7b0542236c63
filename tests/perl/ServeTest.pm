# Running "wardstar-hub serve" against a server of PostgreSQL::Test::Cluster, and asking it.
package ServeTest;
use strict;
use warnings;
use Exporter 'import';
use HubTest;
use IO::Socket::INET;
use JSON;
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

# A test that dies leaves no service behind; children that a test forks leave it alone.
my ($owner, %running) = ($$);

END
{
	my $status = $?;
	serve_kill($_) for $owner == $$ ? values %running : ();
	$? = $status;
}

our @EXPORT = qw(serve_prepare serve_partner serve_start serve_stop serve_kill serve_log ask raw_ask answer_of upload wait_for_verdict);

# serve_prepare($node, $folder): schema, keys, spool, and the role that the service signs in as. Gives the options that
# "serve" needs.
sub serve_prepare
{
	my ($node, $folder) = @_;
	hub_ok($node, 'migrate');
	hub_ok($node, 'key', 'new', '--key-file', "$folder/keys/hub.keys");
	$node->safe_psql('postgres', 'CREATE ROLE hub_service LOGIN IN ROLE wardstar_service');
	return ('--key-file', "$folder/keys/hub.keys", '--spool', "$folder/spool");
}

# serve_partner($node, $organisation, $programme …): an organisation with its programmes, all made up. Gives its token.
sub serve_partner
{
	my ($node, $organisation, @programmes) = @_;
	hub_ok($node, 'organisation', 'add', $organisation);
	hub_ok($node, 'programme', 'add', $_, '--organisation', $organisation, '--made-up', '--expected', '2025-Q1,2025-Q2') for @programmes;
	my $out = hub_ok($node, 'token', 'issue', $organisation);
	my ($token) = $out =~ /\b(wst_\S+)/;
	return $token;
}

# serve_start($node, $folder, options …): comes back when it listens. Gives a hash with pid, port and log (a file).
# An option that is a hash has: program (another wardstar-hub), before (words that go before it), port, log.
sub serve_start
{
	my ($node, $folder, @options) = @_;
	my %with = @options && ref $options[0] eq 'HASH' ? %{ shift @options } : ();
	my $program = $with{program} // "$ENV{WARDSTAR_ROOT}/build/wardstar-hub";
	my $log = $with{log} // "$folder/serve.log";
	my $from = -s $log // 0;
	my $pid = fork // die "fork: $!";
	if ($pid == 0)
	{
		$ENV{WARDSTAR_DSN} = $node->connstr('postgres') . ' user=hub_service';
		open STDERR, '>>', $log or die "$log: $!";
		open STDOUT, '>&', \*STDERR;
		open STDIN, '<', '/dev/null';
		exec(@{ $with{before} // [] }, $program, 'serve', '--listen', '127.0.0.1:' . ($with{port} // 0), @options) or POSIX::_exit(127);
	}
	my $self = { pid => $pid, log => $log, node => $node };
	$running{$self} = $self;
	my $until = time + ($with{patience} // 60);
	while (time < $until)
	{
		if (waitpid($pid, WNOHANG) == $pid)
		{
			$self->{exit} = $?;
			last;
		}
		if (substr(serve_log($self), $from) =~ /event=listening .*?port=(\d+)/)
		{
			$self->{port} = $1;
			return $self;
		}
		sleep 0.05;
	}
	delete $self->{pid} if exists $self->{exit};
	serve_kill($self);
	return undef if $with{may_fail};
	die "wardstar-hub serve did not start:\n" . substr(serve_log($self), $from);
}

sub serve_log
{
	my $self = shift;
	open my $fh, '<', $self->{log} or return '';
	local $/;
	return scalar(<$fh>) // '';
}

# Asks it to stop; gives the wait status, or undef if it had to be killed after $seconds.
sub serve_stop
{
	my ($self, $seconds) = @_;
	return undef if !$self || !$self->{pid};
	kill 'TERM', $self->{pid};
	my $until = time + ($seconds // 30);
	while (time < $until)
	{
		if (waitpid($self->{pid}, WNOHANG) == $self->{pid})
		{
			my $status = $?;
			delete $self->{pid};
			return $status;
		}
		sleep 0.02;
	}
	serve_kill($self);
	return undef;
}

sub serve_kill
{
	my $self = shift;
	return if !$self || !$self->{pid};
	kill 'KILL', $self->{pid};
	waitpid($self->{pid}, 0);
	delete $self->{pid};
}

# answer_of($socket, $seconds): reads one answer. Gives {status, head, header, body} or, if there was none, {status => 0}.
sub answer_of
{
	my ($socket, $seconds, $method) = @_;
	my ($data, $until) = ('', time + ($seconds // 60));
	my $none = { status => 0, head => '', header => {}, body => '' };
	while (1)
	{
		if ($data =~ /\r\n\r\n/)
		{
			my ($head, $body) = ($`, $');
			my ($status) = $head =~ m{^HTTP/1\.[01] (\d{3})};
			return { %$none, broken => $data } if !$status;
			if ($status == 100)
			{
				$data = $body;
				next;
			}
			my %header;
			$header{ lc $1 } = $2 while $head =~ /^([^:\r\n]+):[ \t]*([^\r\n]*)/mg;
			my $want = ($method // '') eq 'HEAD' || $status == 304 ? 0 : $header{'content-length'};
			return { status => $status, head => $head, header => \%header, body => $body }
			  if defined $want && length $body >= $want;
		}
		my $left = $until - time;
		my $bits = '';
		vec($bits, fileno $socket, 1) = 1;
		return { %$none, timeout => 1, partial => $data } if $left <= 0 || select(my $ready = $bits, undef, undef, $left) <= 0;
		my $n = sysread($socket, $data, 65536, length $data);
		return { %$none, closed => 1, partial => $data } if !$n;
	}
}

# raw_ask($self, $bytes): sends them on a connection of their own and reads the answer.
sub raw_ask
{
	my ($self, $bytes, $seconds) = @_;
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 10)
	  or return { status => 0, head => '', header => {}, body => '', refused => 1 };
	local $SIG{PIPE} = 'IGNORE';
	my $at = 0;
	while ($at < length $bytes)
	{
		my $n = syswrite($socket, $bytes, length($bytes) - $at, $at);
		last if !$n;
		$at += $n;
	}
	return answer_of($socket, $seconds, $bytes =~ /^HEAD / ? 'HEAD' : '');
}

# ask($self, $token, $method, $path, {header => value}, $body)
sub ask
{
	my ($self, $token, $method, $path, $headers, $body) = @_;
	my %header = (Host => 'localhost', Connection => 'close', %{ $headers // {} });
	$header{Authorization} //= "Bearer $token" if defined $token;
	$header{'Content-Length'} //= length $body if defined $body;
	my $head = join '', map { "$_: $header{$_}\r\n" } grep { defined $header{$_} } sort keys %header;
	my $answer = raw_ask($self, "$method $path HTTP/1.1\r\n$head\r\n" . ($body // ''));
	$answer->{json} = eval { decode_json($answer->{body}) } if ($answer->{header}{'content-type'} // '') =~ /json/;
	return $answer;
}

# upload($self, $token, $query, $bytes): the answer to a file sent as body.
sub upload
{
	my ($self, $token, $query, $bytes) = @_;
	return ask($self, $token, 'POST', '/v1/submissions' . ($query eq '' ? '' : "?$query"), { 'Content-Type' => 'application/octet-stream' }, $bytes);
}

# The submission once it is neither received nor in work.
sub wait_for_verdict
{
	my ($self, $token, $id, $seconds) = @_;
	my $until = time + ($seconds // 60);
	my $answer;
	do
	{
		$answer = ask($self, $token, 'GET', "/v1/submissions/$id");
		return $answer->{json} if $answer->{status} == 200 && $answer->{json}{state} !~ /^(received|checking)$/;
		sleep 0.1;
	} while (time < $until);
	return $answer->{json};
}

1;
