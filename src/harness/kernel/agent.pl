# The one process inside the lab: makes network namespaces, runs tools in them, holds every listening socket and
# dials from any of them. It is not told what anything means: namespaces and sockets are numbers, and what to expect of
# a flow is judged by whoever asked. Commands come as lines on standard input, tab-separated; answers go to standard
# output. Uses nothing but what perl-base holds. Ends when standard input does.
use strict;
use warnings;
use Errno qw(EINPROGRESS EAGAIN EINTR EPERM);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use POSIX ();
use Socket qw(:DEFAULT inet_pton inet_ntop pack_sockaddr_in6 unpack_sockaddr_in6 AF_INET6 IPPROTO_IPV6 IPV6_V6ONLY);

my $arm = (POSIX::uname())[4] =~ /^(?:aarch64|arm64|riscv64)$/;
our %call = $arm
  ? (setns => 268, unshare => 97, recvmsg => 212, clock => 113, getcpu => 168, affinity => 122)
  : (setns => 308, unshare => 272, recvmsg => 47, clock => 228, getcpu => 309, affinity => 203);
my ($newnet, $freebind, $ip_recvttl, $ipv6_recvhoplimit, $rcvbufforce) = (0x40000000, 15, 12, 51, 33);
our ($errqueue, $ip_recverr, $ipv6_recverr) = (0x2000, 11, 25);
my %number = (TCP => 6, UDP => 17, SCTP => 132);
our $hello = "hello\n";

# Namespace number -> open file; the one this process is in. Number 0 is the one it began in.
my (@space, $inside);
# File number -> what it is: { kind => server | datagrams | served | flow | kept | echo, socket => handle, ... }; of
# listeners and kept connections also by their numbers; of what servers have accepted by both its addresses.
my (%open, %listener, $reads, $writes);
our (%kept, %served);
$reads = $writes = '';
my ($input, $going) = ('', 0);
my @deadlines;
# Fences that have come back, whether one is under way, and how many it takes until nothing that was under way before
# the first can still be: more than a handshake and its answer have hops and turns of this loop.
my ($fence, $fences, $fencing, $fences_enough) = (undef, 0, 0, 48);
# Dials since the last pause; whether commands wait for a fence, and for how many. Sockets' queues and the processor's are
# short: a thousand clients at once overflow them, and what is lost there is no rule's doing.
my ($burst, $held, $burst_most) = (0, 0, 32);

(my $here = __FILE__) =~ s{[^/]*$}{};
require "${here}$_.pl" for qw(messages netlink conntrack kept tools);

$SIG{PIPE} = 'IGNORE';
binmode STDIN;
binmode STDOUT;
$| = 1;
open my $first, '<', '/proc/self/ns/net' or die "/proc/self/ns/net: $!";
push @space, $first;
$inside = 0;

# Seconds of the monotonic clock.
sub now {
  vec(my $time, 15, 8) = 0;
  syscall($call{clock}, 1, $time) == 0 or die "clock_gettime: $!";
  my ($seconds, $nanos) = unpack "q q", $time;
  return $seconds + $nanos / 1e9;
}

# All that the lab sends waits in the queue of one processor, so that a fence comes back after what was sent before it.
sub stay_on_processor {
  vec(my $here, 3, 8) = 0;
  return unless syscall($call{getcpu}, $here, 0, 0) == 0;
  vec(my $mask, 127, 8) = 0;
  vec($mask, unpack('L', $here), 1) = 1;
  syscall $call{affinity}, 0, 128, $mask;
}

sub enter {
  my ($n) = @_;
  return if $inside == $n;
  die "there is no namespace $n" unless defined $space[$n];
  syscall($call{setns}, fileno($space[$n]), $newnet) == 0 or die "setns: $!";
  $inside = $n;
}

sub say_line { syswrite STDOUT, join("\t", @_) . "\n" }

sub said_with { my ($text, @head) = @_; say_line(@head, length $text); syswrite STDOUT, $text if length $text }

sub make_space {
  syscall($call{unshare}, $newnet) == 0 or die "unshare: $!";
  open my $file, '<', '/proc/self/ns/net' or die "/proc/self/ns/net: $!";
  push @space, $file;
  $inside = $#space;
  say_line('space', $inside, fileno $file);
}

# Writes one line to each of some files under /proc; names may hold *.
sub write_files {
  my ($n, @pairs) = @_;
  enter($n);
  my @failed;
  while (@pairs) {
    my ($pattern, $value) = splice @pairs, 0, 2;
    for my $path ($pattern =~ /\*/ ? glob $pattern : $pattern) {
      open(my $file, '>', $path) or do { push @failed, "$path: $!"; next };
      defined syswrite $file, "$value\n" or push @failed, "$path: $!";
      close $file;
    }
  }
  say_line('wrote', join '; ', @failed);
}

# flush NS, but for those connections that begin as "PROTOCOL SOURCE DESTINATION"...
sub empty_conntrack {
  my ($n, @keep) = @_;
  enter($n);
  say_line('flushed', @keep ? flush_but($n, @keep) : Netlink::empty_conntrack($n));
}

# empty NS (FAMILY TABLE SET)...
sub empty_sets {
  my ($n, @sets) = @_;
  enter($n);
  say_line('emptied', Netlink::empty_sets($n, @sets));
}

sub socket_for {
  my ($protocol, $address) = @_;
  my $six = $address =~ /:/;
  my $kind = $protocol eq 'UDP' ? SOCK_DGRAM : SOCK_STREAM;
  socket my $socket, $six ? AF_INET6 : AF_INET, $kind, $number{$protocol} or return undef;
  setsockopt $socket, IPPROTO_IPV6, IPV6_V6ONLY, 1 if $six;
  setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1 if $protocol ne 'UDP';
  fcntl $socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK;
  return $socket;
}

# can PROTOCOL: whether the kernel has sockets of it.
sub can {
  my ($protocol) = @_;
  my $socket = socket_for($protocol, '127.0.0.1');
  say_line('can', $socket ? 1 : '');
}

sub watch {
  my ($entry, $read, $write) = @_;
  my $fd = fileno $entry->{socket};
  $open{$fd} = $entry;
  vec($reads, $fd, 1) = $read;
  vec($writes, $fd, 1) = $write;
}

sub drop {
  my ($entry) = @_;
  delete $served{$entry->{ends}} if $entry->{ends};
  delete $kept{$entry->{id}} if $entry->{kind} eq 'kept';
  my $fd = fileno $entry->{socket};
  delete $open{$fd};
  vec($reads, $fd, 1) = 0;
  vec($writes, $fd, 1) = 0;
  close $entry->{socket};
}

# listen ID NS PROTOCOL ADDRESS PORT
sub listen_on {
  my ($id, $n, $protocol, $address, $port) = @_;
  enter($n);
  my $socket = socket_for($protocol, $address);
  return say_line('listening', $id, "socket: $!") unless $socket;
  setsockopt $socket, 0, $freebind, 1 unless $address =~ /:/;
  bind $socket, address_of($address, $port) or return say_line('listening', $id, "bind: $!");
  # Room for all that can be under way.
  setsockopt $socket, SOL_SOCKET, $rcvbufforce, 8 << 20 if $protocol eq 'UDP';
  unless ($protocol eq 'UDP') { listen $socket, 4096 or return say_line('listening', $id, "listen: $!") }
  my $entry = { kind => $protocol eq 'UDP' ? 'datagrams' : 'server', socket => $socket, id => $id, space => $n };
  $entry->{at} = text_of(getsockname $socket);
  $listener{$id} = $entry;
  watch($entry, 1, 0);
  say_line('listening', $id, '');
}

sub close_listener {
  my ($id) = @_;
  drop(delete $listener{$id}) if $listener{$id};
  say_line('closed', $id);
}

# dial ID NS PROTOCOL ADDRESS PORT SOURCE-PORT DEADLINE-MS KEEP
sub dial {
  my ($id, $n, $protocol, $address, $port, $from, $ms, $keep) = @_;
  enter($n);
  my $socket = socket_for($protocol, $address);
  return say_line('end', $id, 'error', "socket: $!") unless $socket;
  my $six = $address =~ /:/;
  setsockopt $socket, 0, $ip_recverr, 1 unless $six;
  setsockopt $socket, IPPROTO_IPV6, $ipv6_recverr, 1 if $six;
  my $flow = { kind => 'flow', socket => $socket, id => $id, udp => $protocol eq 'UDP', keep => $keep, address => address_of($address, $port), to => text_of(address_of($address, $port)) };
  if ($from) {
    bind $socket, address_of($six ? '::' : '0.0.0.0', $from) or return say_line('end', $id, 'error', "bind: $!");
  }
  my $to = address_of($address, $port);
  if ($flow->{udp}) {
    # A rule that drops or rejects it says EPERM; the ICMP error of the latter comes all the same.
    unless (defined send($socket, $hello, 0, $to) || $! == EPERM) {
      my $errno = $! + 0;
      return say_line('end', $id, 'errno', $errno, connect($socket, $to) ? 'local' : 'route');
    }
    watch($flow, 1, 0);
  } else {
    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0) unless $keep;
    unless (connect $socket, $to) {
      return say_line('end', $id, 'errno', $! + 0, 'route') unless $! == EINPROGRESS;
    }
    watch($flow, 0, 1);
  }
  await($flow, $ms);
}

sub await {
  my ($flow, $ms) = @_;
  $going++;
  $flow->{over} = 0;
  delete $flow->{fence};
  $flow->{until} = now() + $ms / 1000;
  push @deadlines, $flow;
}

sub end_flow {
  my ($flow, @how) = @_;
  return if $flow->{over};
  $flow->{over} = 1;
  $going--;
  keep_or_drop($flow, $how[0]);
  say_line('end', $flow->{id}, @how);
}

# ping ID NS ADDRESS DEADLINE-MS
sub echo {
  my ($id, $n, $address, $ms) = @_;
  enter($n);
  my $six = $address =~ /:/;
  socket my $socket, $six ? AF_INET6 : AF_INET, SOCK_DGRAM, $six ? 58 : 1 or return say_line('end', $id, 'error', "socket: $!");
  fcntl $socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK;
  setsockopt $socket, 0, $ip_recverr, 1 unless $six;
  setsockopt $socket, 0, $ip_recvttl, 1 unless $six;
  setsockopt $socket, IPPROTO_IPV6, $ipv6_recverr, 1 if $six;
  setsockopt $socket, IPPROTO_IPV6, $ipv6_recvhoplimit, 1 if $six;
  my $request = pack('CCnnn', $six ? 128 : 8, 0, 0, 0, 1) . $hello;
  unless (defined send $socket, $request, 0, address_of($address, 0)) {
    return say_line('end', $id, 'errno', $! + 0, 'local');
  }
  my $flow = { kind => 'echo', socket => $socket, id => $id };
  watch($flow, 1, 0);
  await($flow, $ms);
}

sub echo_event {
  my ($flow) = @_;
  my ($count, $from, @said) = received($flow->{socket}, 0);
  return end_flow($flow, 'reply', host_of($from), $said[0]) if $count;
  my ($failed, $about, $errno, $origin, $type, $code, $by) = received($flow->{socket}, $errqueue);
  return unless defined $errno;
  end_flow($flow, 'errno', $errno, $origin == 1 ? 'local' : 'icmp', host_of($by));
}

sub fail_flow {
  my ($flow, $errno) = @_;
  my ($queued, $origin, $type, $code, $about) = queued_error($flow->{socket});
  return end_flow($flow, 'errno', $errno, '') unless defined $queued && $queued;
  # Only a socket without a peer hears of what became of packets to others: no client of ours is one.
  return if $flow->{udp} && $about ne $flow->{to};
  end_flow($flow, 'errno', $queued, $origin == 1 ? 'local' : 'icmp', $type, $code);
}

sub answered {
  my ($flow, $text, $from) = @_;
  chomp $text;
  end_flow($flow, 'answered', $text, $from, text_of(getsockname $flow->{socket}));
}

sub flow_event {
  my ($flow, $writable) = @_;
  my $socket = $flow->{socket};
  if ($flow->{udp}) {
    my $peer = recv $socket, my $text, 4096, 0;
    return answered($flow, $text, text_of($peer)) if defined $peer;
    return if $! == EAGAIN && !$writable;
    return fail_flow($flow, $! + 0);
  }
  if ($writable) {
    my $errno = unpack 'i', getsockopt $socket, SOL_SOCKET, SO_ERROR;
    return fail_flow($flow, $errno) if $errno || !getpeername $socket;
    syswrite $socket, $hello;
    return watch($flow, 1, 0);
  }
  my $count = sysread $socket, my $text, 4096;
  return answered($flow, $text, text_of(getpeername $socket)) if $count;
  return if !defined $count && $! == EAGAIN;
  fail_flow($flow, defined $count ? 0 : $! + 0);
}

sub serve {
  my ($entry) = @_;
  my ($socket, $kind) = @$entry{qw(socket kind)};
  if ($kind eq 'fence') {
    recv $socket, my $text, 16, 0;
    fence_is_back();
  } elsif ($kind eq 'datagrams') {
    while (defined(my $peer = recv $socket, my $text, 4096, 0)) {
      send $socket, "$entry->{id} $entry->{at} " . text_of($peer) . "\n", 0, $peer;
    }
  } elsif ($kind eq 'server') {
    while (my $peer = accept my $one, $socket) {
      fcntl $one, F_SETFL, fcntl($one, F_GETFL, 0) | O_NONBLOCK;
      my ($local, $from) = (text_of(getsockname $one), text_of($peer));
      my $ends = "$entry->{space} $local $from";
      watch($served{$ends} = { kind => 'served', socket => $one, ends => $ends, text => "$entry->{id} $local $from\n" }, 1, 0);
    }
  } else {
    my $count = sysread $socket, my $text, 4096;
    return if !defined $count && $! == EAGAIN;
    return drop($entry) unless $count;
    syswrite $socket, $entry->{text};
  }
}

my %verbs = (
  space => sub { make_space() },
  run => sub { my ($n, $length, @argv) = @_; start_tool($n, take($length), @argv); finish_tools() },
  start => sub { my ($n, $length, @argv) = @_; start_tool($n, take($length), @argv) },
  finish => sub { finish_tools() },
  ip => sub { my ($n, $length, @flags) = @_; ip_batch($n, take($length), @flags) },
  write => sub { write_files(@_) },
  use => sub { use_kept(@_) },
  hang => sub { hang(@_) },
  sever => sub { sever(@_) },
  ping => sub { echo(@_) },
  flush => sub { empty_conntrack(@_) },
  empty => sub { empty_sets(@_) },
  can => sub { can(@_) },
  listen => sub { listen_on(@_) },
  close => sub { close_listener(@_) },
  dial => sub { dial(@_) },
);

sub fill {
  my $count = sysread STDIN, $input, 65536, length $input;
  return if !defined $count && $! == EINTR;
  exit 0 unless $count;
}

sub take {
  my ($length) = @_;
  fill() while length $input < $length;
  return substr $input, 0, $length, '';
}

# `asked`: there is more to read.
sub commands {
  my ($asked) = @_;
  fill() if $asked;
  while (!$held && (my $end = index $input, "\n") >= 0) {
    my ($verb, @words) = split /\t/, substr($input, 0, $end), -1;
    substr $input, 0, $end + 1, '';
    eval { $verbs{$verb}->(@words); 1 } or do { chomp(my $why = $@); $why =~ s/\s+/ /g; say_line('died', $why) };
    hold() if $verb eq 'dial' && ++$burst >= $burst_most;
  }
}

# No further command until a fence that is sent now has come back; one that is under way left too early.
sub hold {
  $burst = 0;
  $held = $fencing ? 2 : 1;
  send_fence() unless $fencing;
}

sub fence_is_back {
  $fences++;
  $fencing = 0;
  return unless $held;
  send_fence() if --$held;
}

# Sends a datagram to ourselves through the queue that all packets wait in.
sub send_fence {
  unless ($fence) {
    enter(0);
    $fence = socket_for('UDP', '127.0.0.1') or die "the fence: $!";
    bind $fence, address_of('127.0.0.1', 0) or die "the fence: $!";
    watch({ kind => 'fence', socket => $fence }, 1, 0);
  }
  defined send $fence, '.', 0, getsockname $fence or die "the fence: $!";
  $fencing = 1;
}

# A flow is given up when its time is over and nothing that could still end it is under way, however late this process
# or the kernel's queues are.
sub expire {
  my $now = now();
  @deadlines = grep { !$_->{over} } @deadlines if @deadlines > 2 * $going + 16;
  for my $flow (@deadlines) {
    next if $flow->{over} || $flow->{until} > $now;
    my $since = $flow->{fence} //= $fences;
    if ($fences - $since >= $fences_enough) { end_flow($flow, 'timeout') }
    elsif (!$fencing) { send_fence() }
  }
}

stay_on_processor();
vec($reads, fileno STDIN, 1) = 1;
say_line('ready');
while (1) {
  my ($can_read, $can_write) = ($reads, $writes);
  vec($can_read, fileno STDIN, 1) = 0 if $held;
  my $waiting = !$held && index($input, "\n") >= 0;
  my $count = select $can_read, $can_write, undef, $waiting ? 0 : $going ? 0.01 : undef;
  if ($count <= 0) {
    commands(0) if $waiting;
    expire() if $going;
    next;
  }
  my $asked = vec $can_read, fileno STDIN, 1;
  vec($can_read, fileno STDIN, 1) = 0;
  my $either = $can_read | $can_write;
  for my $fd (grep { vec $either, $_, 1 } 0 .. 8 * length($either) - 1) {
    my $entry = $open{$fd} or next;
    if ($entry->{kind} eq 'flow') { flow_event($entry, vec $can_write, $fd, 1) }
    elsif ($entry->{kind} eq 'kept') { kept_event($entry) }
    elsif ($entry->{kind} eq 'echo') { echo_event($entry) }
    else { serve($entry) }
  }
  commands($asked) if $asked || $waiting;
  expire() if $going;
}
