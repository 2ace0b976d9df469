# Part of agent.pl: connections that clients keep after the first answer.
use strict;
use warnings;
use Errno qw(EAGAIN EPERM);
use Socket qw(:DEFAULT IPPROTO_IPV6);

our (%kept, %served, $hello, $ip_recverr, $ipv6_recverr);

# A client keeps a connection that was answered, and a socket of datagrams whatever became of one.
sub keep_or_drop {
  my ($flow, $how) = @_;
  return drop($flow) unless $flow->{kind} eq 'kept' || $flow->{keep} && ($flow->{udp} || $how eq 'answered');
  # From now on an ICMP error is what TCP makes of it.
  unless ($flow->{udp}) {
    setsockopt $flow->{socket}, 0, $ip_recverr, 0;
    setsockopt $flow->{socket}, IPPROTO_IPV6, $ipv6_recverr, 0;
    setsockopt $flow->{socket}, 6, 1, 1;
  }
  $flow->{kind} = 'kept';
  $kept{$flow->{id}} = $flow;
  watch($flow, 0, 0);
}

# use ID DEADLINE-MS: one more message over a kept connection.
sub use_kept {
  my ($id, $ms) = @_;
  my $flow = $kept{$id} or return say_line('end', $id, 'error', 'nobody keeps it');
  my $socket = $flow->{socket};
  if ($flow->{udp}) {
    1 while defined recv $socket, my $late, 4096, 0;
    1 while queued_error($socket);
    unless (defined send($socket, $hello, 0, $flow->{address}) || $! == EPERM) {
      return say_line('end', $id, 'errno', $! + 0, 'local');
    }
  } else {
    # What is late belongs to no question; then nothing to read says EAGAIN, and 0 bytes that the server has closed.
    my $count;
    1 while $count = sysread $socket, my $late, 4096;
    return say_line('end', $id, 'reset') if $flow->{reset} || !defined $count && $! != EAGAIN;
    return say_line('end', $id, 'closed') if defined $count;
    return say_line('end', $id, 'reset') unless defined syswrite $socket, $hello;
  }
  watch($flow, 1, 0);
  await($flow, $ms);
}

# The flow's events after it was kept.
sub kept_event {
  my ($flow) = @_;
  return flow_event($flow, 0) if $flow->{udp};
  my $count = sysread $flow->{socket}, my $text, 4096;
  return if !defined $count && $! == EAGAIN;
  return answered($flow, $text, text_of(getpeername $flow->{socket})) if $count;
  return end_flow($flow, 'closed') if defined $count;
  $flow->{reset} = 1;
  end_flow($flow, 'reset');
}

# hang ID close | reset | vanish: the client's end of a kept connection.
sub hang {
  my ($id, $how) = @_;
  my $flow = $kept{$id};
  if ($flow && $how eq 'vanish') { vanish($flow) }
  elsif ($flow) {
    setsockopt $flow->{socket}, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0) if $how eq 'reset';
    drop($flow);
  }
  say_line('hung', $id);
}

# sever NS LOCAL PEER close | vanish: the server's end.
sub sever {
  my ($n, $local, $peer, $how) = @_;
  my $entry = $served{"$n $local $peer"};
  if ($entry && $how eq 'vanish') { vanish($entry) }
  elsif ($entry) { drop($entry) }
  say_line('severed', $entry ? 1 : 0);
}

# Closes a connection without a word to the other side (TCP_REPAIR).
sub vanish {
  my ($entry) = @_;
  setsockopt $entry->{socket}, 6, 19, 1;
  drop($entry);
}

1;
