# Part of agent.pl: forgets connections one by one.
use strict;
use warnings;
use POSIX ();
use Socket qw(:DEFAULT inet_ntop AF_INET6);

# Sends one message about connections and gives (errno, message...) as the kernel answers.
sub conntrack {
  my ($space, $type, $flags, $family, $attributes) = @_;
  my $length = 20 + length $attributes;
  my $link = Netlink::link_with($space, pack('LSSLL CCn', $length, (1 << 8) | $type, 1 | $flags, 1, 0, $family, 0, 0) . $attributes);
  my @messages;
  while (defined recv $link, my $answer, 1 << 18, 0) {
    last unless length $answer;
    while (length $answer) {
      my ($size, $kind) = unpack 'LS', $answer;
      my $one = substr $answer, 0, ($size + 3) & ~3, '';
      return (0, @messages) if $kind == 3;
      return (-unpack('x16 l', $one)) if $kind == 2;
      push @messages, substr $one, 0, $size;
    }
  }
  die "netlink: $!";
}

# Type -> payload of netlink attributes.
sub attributes {
  my ($text) = @_;
  my %found;
  while (length $text >= 4) {
    my ($length, $type) = unpack 'SS', $text;
    $found{$type & 0x3fff} = substr $text, 4, $length - 4;
    substr $text, 0, ($length + 3) & ~3, '';
  }
  return %found;
}

# Forgets the connections of a namespace but those that begin with one of "PROTOCOL SOURCE DESTINATION"; says what failed.
sub flush_but {
  my ($space, @keep) = @_;
  my %stays = map { $_ => 1 } @keep;
  my ($failed, @entries) = conntrack($space, 1, 0x300, 0, '');
  for my $entry (@entries) {
    my %entry = attributes(substr $entry, 20);
    my %tuple = attributes($entry{1});
    my %ip = attributes($tuple{1});
    my %proto = attributes($tuple{2});
    my $protocol = unpack 'C', $proto{1};
    if (defined $proto{2}) {
      my ($from, $to) = map { unpack 'n', $_ } @proto{2, 3};
      my ($source, $target) = defined $ip{1}
        ? (inet_ntoa($ip{1}) . ":$from", inet_ntoa($ip{2}) . ":$to")
        : ('[' . inet_ntop(AF_INET6, $ip{3}) . "]:$from", '[' . inet_ntop(AF_INET6, $ip{4}) . "]:$to");
      next if $stays{"$protocol $source $target"};
    }
    my $family = defined $ip{1} ? AF_INET : AF_INET6;
    my ($errno) = conntrack($space, 2, 4, $family, pack('SS', 4 + length $entry{1}, 0x8000 | 1) . $entry{1});
    # Gone by itself meanwhile (ENOENT) is as good.
    $failed ||= $errno == 2 ? 0 : $errno;
  }
  return $failed ? POSIX::strerror($failed) : '';
}

1;
