// What ping prints, for answers of every kind: iputils 20221126 and BusyBox 1.36.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResolverKind } from '../dns/resolver/flavour.table.ts';
import type { GaiError } from '../dns/resolver/found.ts';
import { addr } from '../net/addr.ts';
import type { Pinged } from '../node/dial.ts';
import { ping } from './ping.ts';
import type { ProcessContext } from './process.ts';

const gateway = addr('10.244.1.1');

const errors: Readonly<Record<string, { readonly error: GaiError }>> = {
  silence: { error: 'EAI_AGAIN' },
  empty: { error: 'EAI_NODATA' },
};

function run(words: string, heard: Pinged, image = 'debian:12', resolver: ResolverKind = 'glibc') {
  const unused = () => assert.fail('ping dials nobody');
  let nowMs = 0;
  const context: ProcessContext = {
    machine: 'pod/d/c',
    hostname: 'c',
    nowMs: 0,
    env: {},
    resolver,
    image,
    readFile: (path) => (path === '/etc/hosts' ? '10.244.1.9\tpeer\n' : undefined),
    exchange: unused,
    dial: unused,
    ping: () => heard,
    wait: (ms) => {
      nowMs += ms;
    },
    resolve: (name) =>
      name === 'peer'
        ? { kind: 'addresses', addresses: [addr('10.244.1.9')], elapsedMs: 0 }
        : { kind: 'failed', outcome: 'nxdomain', elapsedMs: 0, ...errors[name] },
  };
  return { ...ping(['ping', ...words.split(' ')], context), nowMs };
}

const reply: Pinged = { kind: 'reply', by: addr('10.244.1.9'), ttl: 62 };
const error = (code: Extract<Pinged, { kind: 'error' }>['code'], afterMs = 0): Pinged => ({
  kind: 'error',
  by: gateway,
  code,
  afterMs,
});

interface Row {
  readonly name: string;
  readonly words: string;
  readonly heard: Pinged;
  readonly image?: string;
  readonly want: string;
  readonly exitCode: number;
}

const rows: readonly Row[] = [
  {
    name: 'answers',
    words: '-c 2 10.244.1.9',
    heard: reply,
    want: `PING 10.244.1.9 (10.244.1.9) 56(84) bytes of data.
64 bytes from 10.244.1.9: icmp_seq=1 ttl=62 time=0.050 ms
64 bytes from 10.244.1.9: icmp_seq=2 ttl=62 time=0.050 ms

--- 10.244.1.9 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 1000ms
rtt min/avg/max/mdev = 0.050/0.050/0.050/0.000 ms
`,
    exitCode: 0,
  },
  {
    name: 'a name, and where it came from',
    words: '-c1 peer',
    heard: reply,
    want: `PING peer (10.244.1.9) 56(84) bytes of data.
64 bytes from peer (10.244.1.9): icmp_seq=1 ttl=62 time=0.050 ms

--- peer ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time 0ms
rtt min/avg/max/mdev = 0.050/0.050/0.050/0.000 ms
`,
    exitCode: 0,
  },
  {
    name: 'another address answers',
    words: '-c 1 -n 10.96.0.1',
    heard: reply,
    want: `PING 10.96.0.1 (10.96.0.1) 56(84) bytes of data.
64 bytes from 10.244.1.9: icmp_seq=1 ttl=62 time=0.050 ms (DIFFERENT ADDRESS!)

--- 10.96.0.1 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time 0ms
rtt min/avg/max/mdev = 0.050/0.050/0.050/0.000 ms
`,
    exitCode: 0,
  },
  {
    name: 'silence',
    words: '-c 3 10.96.0.1',
    heard: { kind: 'silence' },
    want: `PING 10.96.0.1 (10.96.0.1) 56(84) bytes of data.

--- 10.96.0.1 ping statistics ---
3 packets transmitted, 0 received, 100% packet loss, time 2000ms

`,
    exitCode: 1,
  },
  {
    name: 'a rule that rejects',
    words: '-c 1 10.96.0.1',
    heard: error('port-unreachable'),
    want: `PING 10.96.0.1 (10.96.0.1) 56(84) bytes of data.
From 10.244.1.1 icmp_seq=1 Destination Port Unreachable

--- 10.96.0.1 ping statistics ---
1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms

`,
    exitCode: 1,
  },
  {
    name: 'nobody has the address: the errors come late, with several packets under way',
    words: '-c 3 10.244.1.77',
    heard: error('host-unreachable', 3000),
    want: `PING 10.244.1.77 (10.244.1.77) 56(84) bytes of data.
From 10.244.1.1 icmp_seq=1 Destination Host Unreachable
From 10.244.1.1 icmp_seq=2 Destination Host Unreachable
From 10.244.1.1 icmp_seq=3 Destination Host Unreachable

--- 10.244.1.77 ping statistics ---
3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 2000ms
pipe 3
`,
    exitCode: 1,
  },
  {
    name: 'a circle of routes',
    words: '-c 1 203.0.113.77',
    heard: error('ttl-exceeded'),
    want: `PING 203.0.113.77 (203.0.113.77) 56(84) bytes of data.
From 10.244.1.1 icmp_seq=1 Time to live exceeded

--- 203.0.113.77 ping statistics ---
1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms

`,
    exitCode: 1,
  },
  {
    name: 'no route',
    words: '-c 1 fd00::1',
    heard: { kind: 'no-route' },
    want: 'ping: connect: Network is unreachable\n',
    exitCode: 2,
  },
  {
    name: 'no such name',
    words: '-c 1 nobody',
    heard: reply,
    want: 'ping: nobody: Name or service not known\n',
    exitCode: 2,
  },
  {
    name: 'IPv6',
    words: '-c 1 fd00::9',
    heard: { kind: 'reply', by: addr('fd00::9'), ttl: 64 },
    want: `PING fd00::9(fd00::9) 56 data bytes
64 bytes from fd00::9: icmp_seq=1 ttl=64 time=0.050 ms

--- fd00::9 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time 0ms
rtt min/avg/max/mdev = 0.050/0.050/0.050/0.000 ms
`,
    exitCode: 0,
  },
  {
    name: 'BusyBox: answers',
    words: '-c 1 10.244.1.9',
    image: 'busybox:1.36',
    heard: reply,
    want: `PING 10.244.1.9 (10.244.1.9): 56 data bytes
64 bytes from 10.244.1.9: seq=0 ttl=62 time=0.050 ms

--- 10.244.1.9 ping statistics ---
1 packets transmitted, 1 packets received, 0% packet loss
round-trip min/avg/max = 0.050/0.050/0.050 ms
`,
    exitCode: 0,
  },
  {
    name: 'BusyBox tells of no error',
    words: '-c 1 10.96.0.1',
    image: 'alpine:3.20',
    heard: error('port-unreachable'),
    want: `PING 10.96.0.1 (10.96.0.1): 56 data bytes

--- 10.96.0.1 ping statistics ---
1 packets transmitted, 0 packets received, 100% packet loss
`,
    exitCode: 1,
  },
  {
    name: 'without a count it would not end',
    words: '10.96.0.1',
    heard: reply,
    want: 'ping: without a count it never ends: write -c N, 1 to 10000\n',
    exitCode: 2,
  },
];

for (const { name, words, heard, image, want, exitCode } of rows) {
  test(`ping: ${name}`, () => {
    const ran = run(words, heard, image);
    assert.equal(`${ran.stdout}${ran.stderr}`, want);
    assert.equal(ran.exitCode, exitCode);
  });
}

test('ping: packets are a second apart, and the last answer is waited for', () => {
  assert.equal(run('-c 4 10.244.1.9', reply).nowMs, 3000);
  assert.equal(run('-c 2 -W 2 10.244.1.9', { kind: 'silence' }).nowMs, 3000);
});

const unresolved: readonly (readonly [ResolverKind, string, string])[] = [
  ['glibc', 'nobody', 'Name or service not known'],
  ['glibc', 'empty', 'No address associated with hostname'],
  ['glibc', 'silence', 'Temporary failure in name resolution'],
  ['musl', 'nobody', 'Name does not resolve'],
  ['musl', 'empty', 'Name has no usable address'],
  ['musl', 'silence', 'Try again'],
];
for (const [resolver, name, text] of unresolved) {
  test(`ping: ${resolver} says of a look-up that failed: ${text}`, () => {
    const own = run(`-c 1 ${name}`, reply, 'iputils', resolver);
    assert.deepEqual([own.stderr, own.exitCode], [`ping: ${name}: ${text}\n`, 2]);
    const box = run(`-c 1 ${name}`, reply, 'alpine:3.20', resolver);
    assert.deepEqual([box.stderr, box.exitCode], [`ping: bad address '${name}'\n`, 1]);
  });
}
