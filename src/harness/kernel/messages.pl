# Part of agent.pl: packed addresses and their texts, and what recvmsg gives.
use strict;
use warnings;
use Socket qw(:DEFAULT inet_pton inet_ntop pack_sockaddr_in6 unpack_sockaddr_in6 AF_INET6);

our (%call, $errqueue, $ip_recverr, $ipv6_recverr);

sub address_of {
  my ($text, $port) = @_;
  return $text =~ /:/ ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $text)) : pack_sockaddr_in($port, inet_aton($text));
}

sub text_of {
  my ($packed) = @_;
  return '' unless defined $packed && length $packed;
  if (sockaddr_family($packed) == AF_INET6) {
    my ($port, $ip) = unpack_sockaddr_in6($packed);
    return '[' . inet_ntop(AF_INET6, $ip) . "]:$port";
  }
  my ($port, $ip) = unpack_sockaddr_in($packed);
  return inet_ntoa($ip) . ":$port";
}

# What one call of recvmsg gives: how many bytes, whose address the message came with, and (errno, origin, type, code,
# packed address of the reporter) of an error, else the time to live where it was asked for. Nothing: nothing is there.
sub received {
  my ($socket, $flags) = @_;
  # vec makes strings of their own, which the kernel may write to.
  vec($_, 511, 8) = 0 for my ($name, $data, $control);
  my $io = pack 'P Q', $data, 512;
  my $message = pack 'P L x4 P Q P Q l x4', $name, 28, $io, 1, $control, 512, 0;
  my $count = syscall $call{recvmsg}, fileno $socket, $message, $flags;
  return () if $count < 0;
  my $from = substr $name, 0, unpack('S', $name) == AF_INET6 ? 28 : 16;
  my %told;
  my $length = unpack 'x40 Q', $message;
  for (my $at = 0; $at + 16 <= $length;) {
    my ($size, undef, $kind) = unpack "x$at Q l l", $control;
    $told{$kind} = substr $control, $at + 16, $size - 16;
    $at += ($size + 7) & ~7;
  }
  my $error = $told{$ip_recverr} // $told{$ipv6_recverr};
  return ($count, $from, unpack 'l', $told{2} // $told{52} // pack 'l', 0) unless defined $error;
  my $by = substr $error, 16;
  return ($count, $from, unpack('L C C C', $error), substr $by, 0, unpack('S', $by) == AF_INET6 ? 28 : 16);
}

# The address of a packed one, without its port.
sub host_of {
  my ($packed) = @_;
  my $family = unpack 'S', $packed;
  return inet_ntop(AF_INET6, (unpack_sockaddr_in6($packed))[1]) if $family == AF_INET6;
  return $family == AF_INET ? inet_ntoa((unpack_sockaddr_in($packed))[1]) : '';
}

# The error that the socket's queue holds: (errno, origin 1 = local 2 = ICMP, type, code, where the packet in question
# was going), or nothing.
sub queued_error {
  my ($socket) = @_;
  my ($count, $about, $errno, $origin, $type, $code) = received($socket, $errqueue);
  return defined $errno ? ($errno, $origin, $type, $code, text_of($about)) : ();
}

1;
