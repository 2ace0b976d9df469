# Part of agent.pl: runs tools in namespaces. Tools that only wait for the kernel may run beside each other; ip stays
# open in each namespace, because its start takes longer than what it is asked for.
use strict;
use warnings;
use POSIX ();
use Socket;

# What start_tool has begun and finish_tools has not told about: handles of their output.
my @running;
# "NAMESPACE FLAGS" -> { socket, pid, lines, used } of an `ip -batch` that waits for more, and how many may.
my (%ip, $uses);
my $ip_max = 128;

# Begins a command with a text as its input.
sub start_tool {
  my ($n, $text, @argv) = @_;
  enter($n);
  # A file without a name: other agents share the folder.
  open my $in, '+>', undef or die "a temporary file: $!";
  syswrite $in, $text;
  sysseek $in, 0, 0;
  my $pid = open my $from, '-|';
  die "fork: $!" unless defined $pid;
  if ($pid == 0) {
    open STDIN, '<&', $in;
    open STDERR, '>&', \*STDOUT;
    become(@argv);
  }
  push @running, $from;
}

# Says the status of each and what it printed, in the order in which they were begun.
sub finish_tools {
  local $/;
  for my $from (splice @running) {
    my $said = <$from>;
    close $from;
    said_with($said // '', 'ran', $? >> 8);
  }
}

sub become {
  my (@argv) = @_;
  exec { $argv[0] } @argv or syswrite STDOUT, "$argv[0]: $!";
  POSIX::_exit(127);
}

# Lines for `ip -batch`, all of which are carried out; says 1 when one failed, and what ip printed.
sub ip_batch {
  my ($n, $text, @flags) = @_;
  enter($n);
  my $key = join ' ', $n, @flags;
  my $ip = $ip{$key} //= open_ip(@flags);
  $ip->{used} = ++$uses;
  # Each failure is told with the number of its line, as soon as it happens: so is the end of the text.
  $ip->{lines} += 1 + ($text =~ tr/\n//);
  my $end = qr/[^\n]*\nCommand failed -:$ip->{lines}\n\z/;
  syswrite $ip->{socket}, "${text}end\n";
  my $said = '';
  while ($said !~ s/$end//) {
    next if sysread $ip->{socket}, $said, 65536, length $said;
    close_ip($key);
    return said_with($said, 'ran', 1);
  }
  close_ip((sort { $ip{$a}{used} <=> $ip{$b}{used} } keys %ip)[0]) if keys %ip > $ip_max;
  said_with($said, 'ran', $said =~ /^Command failed /m ? 1 : 0);
}

sub open_ip {
  my (@flags) = @_;
  socketpair my $here, my $there, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die "socketpair: $!";
  my $pid = fork // die "fork: $!";
  if ($pid == 0) {
    open STDIN, '<&', $there;
    open STDOUT, '>&', $there;
    open STDERR, '>&', $there;
    become('ip', '-o', '-d', @flags, '-force', '-batch', '-');
  }
  return { socket => $here, pid => $pid, lines => 0 };
}

sub close_ip {
  my ($key) = @_;
  my $ip = delete $ip{$key};
  close $ip->{socket};
  waitpid $ip->{pid}, 0;
}

1;
