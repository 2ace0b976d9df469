// One machine's netfilter from outside: packets through its hooks, conntrack lines, both directions of NAT, errors.
// Rule sets are small and hand-made; the real kernel's answers stand in the fact sheet the names cite.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addr } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import {
  ACK,
  FIN,
  ICMP,
  noPayload,
  type Packet,
  type Proto,
  PSH,
  RST,
  SYN,
  TCP,
  UDP,
} from '../net/packet.ts';
import { seeded } from '../sim/choices.ts';
import { createNetfilter } from './kernel.ts';
import type { HookContext, HostView, Netfilter, Verdict } from './netfilter.ts';
import type { Chain, Hook, Hooking, Match, Rule, TableName, Target } from './rule.ts';
import { composeRules, plainLayer } from './ruleset.ts';
import { Trace } from './trace.ts';

const client = '203.0.113.1';
const vip = '10.96.0.2';
const pod = '10.244.1.5';
const gateway = '10.244.1.1';

const host: HostView = {
  isLocal: (a) => [gateway, '192.168.0.2', '127.0.0.1'].some((own) => addr(own) === a),
  masqueradeSource: (device) => addr(device === 'cni0' ? gateway : '192.168.0.2'),
};

function rule(matches: readonly Match[], target: Target): Rule {
  return { matches, target, origin: 0 };
}

function to(dst: string, proto: Proto, port: number): readonly Match[] {
  const range = cidr(`${dst}/32`);
  return [
    { kind: 'address', side: 'dst', negated: false, ...range },
    { kind: 'protocol', negated: false, proto },
    { kind: 'port', proto, side: 'dst', negated: false, low: port, high: port },
  ];
}

function chain(table: TableName, name: string, ...rules: Rule[]): Chain {
  return { table, name, policy: null, rules, owner: 'test' };
}

function hooking(table: TableName, at: Hook, r: Rule): Hooking {
  return { table, chain: at, position: 'append', rule: r };
}

const mark: Target = { kind: 'mark', value: 0x4000, mask: 0x4000 };
const marked: Match = { kind: 'mark', negated: false, value: 0x4000, mask: 0x4000 };

/** VIP:80 to pod:8080 with masquerade, for TCP and UDP; VIP:82 refused. */
function layer() {
  const dnat: Target = { kind: 'dnat', to: addr(pod), port: 8080, randomFully: false };
  const services = chain(
    'nat',
    'SERVICES',
    ...[80, 81].flatMap((port) => [
      rule(to(vip, TCP, port), { kind: 'jump', chain: 'MARK' }),
      rule(to(vip, TCP, port), dnat),
      rule(to(vip, UDP, port), { kind: 'jump', chain: 'MARK' }),
      rule(to(vip, UDP, port), dnat),
    ]),
  );
  return plainLayer(
    'test',
    4,
    [services, chain('nat', 'MARK', rule([], mark))],
    [
      hooking('nat', 'PREROUTING', rule([], { kind: 'jump', chain: 'SERVICES' })),
      hooking('nat', 'OUTPUT', rule([], { kind: 'jump', chain: 'SERVICES' })),
      hooking('nat', 'POSTROUTING', rule([marked], { kind: 'masquerade', randomFully: false })),
      hooking(
        'filter',
        'FORWARD',
        rule([{ kind: 'conntrack', negated: false, states: ['INVALID'] }], { kind: 'drop' }),
      ),
      hooking(
        'filter',
        'FORWARD',
        rule(to(vip, TCP, 82), { kind: 'reject', with: 'port-unreachable' }),
      ),
    ],
  );
}

function rules() {
  return composeRules(4, [layer()]);
}

function packet(
  proto: Proto,
  src: string,
  sport: number,
  dst: string,
  dport: number,
  flags = 0,
): Packet {
  return {
    family: 4,
    proto,
    src: addr(src),
    sport,
    dst: addr(dst),
    dport,
    mark: 0,
    flags,
    icmp: null,
    payload: noPayload,
  };
}

function context(nowMs: number, inDevice: string | null, outDevice: string | null): HookContext {
  const trace = new Trace();
  return { host, choices: seeded(1), trace, nowMs, inDevice, outDevice, nextHop: null };
}

/** Through a router: PREROUTING, FORWARD, POSTROUTING until something stops it. */
function forward(nf: Netfilter, p: Packet, nowMs = 0): Verdict {
  const back = p.src === addr(pod);
  const [inDevice, outDevice] = back ? ['cni0', 'eth0'] : ['eth0', 'cni0'];
  for (const [hook, i, o] of [
    ['PREROUTING', inDevice, null],
    ['FORWARD', inDevice, outDevice],
    ['POSTROUTING', null, outDevice],
  ] as const) {
    const verdict = nf.hook(hook, p, context(nowMs, i, o));
    if (verdict.kind !== 'accept') {
      nf.abandon(p);
      return verdict;
    }
  }
  return { kind: 'accept' };
}

function ends(p: Packet) {
  return [p.src, p.sport, p.dst, p.dport];
}

function tuple(src: string, sport: number, dst: string, dport: number) {
  return [addr(src), sport, addr(dst), dport];
}

test('a TCP connection to a VIP is listed as conntrack -L prints it, state by state [corrections F]', () => {
  const nf = createNetfilter(rules());
  const there = (flags: number) => packet(TCP, client, 40002, vip, 80, flags);
  const back = (flags: number) => packet(TCP, pod, 8080, gateway, 40002, flags);
  const flow = `src=${client} dst=${vip} sport=40002 dport=80`;
  const answer = `src=${pod} dst=${gateway} sport=8080 dport=40002`;
  const steps: readonly [Packet, string][] = [
    [there(SYN), `tcp      6 120 SYN_SENT ${flow} [UNREPLIED] ${answer} mark=0 use=1`],
    [back(SYN | ACK), `tcp      6 60 SYN_RECV ${flow} ${answer} mark=0 use=1`],
    [there(ACK), `tcp      6 432000 ESTABLISHED ${flow} ${answer} [ASSURED] mark=0 use=1`],
    [there(PSH | ACK), `tcp      6 432000 ESTABLISHED ${flow} ${answer} [ASSURED] mark=0 use=1`],
    [there(FIN | ACK), `tcp      6 120 FIN_WAIT ${flow} ${answer} [ASSURED] mark=0 use=1`],
    [back(ACK), `tcp      6 60 CLOSE_WAIT ${flow} ${answer} [ASSURED] mark=0 use=1`],
    [back(FIN | ACK), `tcp      6 30 LAST_ACK ${flow} ${answer} [ASSURED] mark=0 use=1`],
    [there(ACK), `tcp      6 120 TIME_WAIT ${flow} ${answer} [ASSURED] mark=0 use=1`],
  ];
  for (const [p, want] of steps) {
    const isBack = p.src === addr(pod);
    assert.deepEqual(forward(nf, p), { kind: 'accept' });
    assert.deepEqual(
      ends(p),
      isBack ? tuple(vip, 80, client, 40002) : tuple(gateway, 40002, pod, 8080),
    );
    assert.deepEqual(nf.conntrackList(0), [want]);
  }
  // A new SYN from the same port starts a new connection.
  assert.deepEqual(forward(nf, there(SYN), 1000), { kind: 'accept' });
  assert.match(nf.conntrackList(1000).join('\n'), /^tcp {6}6 120 SYN_SENT/);
});

test('a RST after the handshake leaves CLOSE for 10 s; a RST as the only answer leaves nothing', () => {
  const nf = createNetfilter(rules());
  forward(nf, packet(TCP, client, 40002, vip, 80, SYN));
  forward(nf, packet(TCP, pod, 8080, gateway, 40002, RST | ACK));
  assert.deepEqual(nf.conntrackList(0), []);
  forward(nf, packet(TCP, client, 40002, vip, 80, SYN));
  forward(nf, packet(TCP, pod, 8080, gateway, 40002, SYN | ACK));
  forward(nf, packet(TCP, client, 40002, vip, 80, ACK));
  forward(nf, packet(TCP, client, 40002, vip, 80, RST));
  assert.match(nf.conntrackList(0).join('\n'), /^tcp {6}6 10 CLOSE .* \[ASSURED\] mark=0 use=1$/);
  assert.deepEqual(nf.conntrackList(10_000), []);
});

test('UDP: 30 s unreplied, 30 s replied, 120 s assured with traffic both ways after 2 s', () => {
  const nf = createNetfilter(rules());
  const there = () => packet(UDP, client, 40004, vip, 80);
  const flow = `src=${client} dst=${vip} sport=40004 dport=80`;
  const answer = `src=${pod} dst=${gateway} sport=8080 dport=40004`;
  forward(nf, there());
  assert.deepEqual(nf.conntrackList(0), [
    `udp      17 30 ${flow} [UNREPLIED] ${answer} mark=0 use=1`,
  ]);
  forward(nf, packet(UDP, pod, 8080, gateway, 40004), 500);
  forward(nf, there(), 2000);
  assert.deepEqual(nf.conntrackList(2000), [`udp      17 30 ${flow} ${answer} mark=0 use=1`]);
  forward(nf, there(), 2001);
  assert.deepEqual(nf.conntrackList(2001), [
    `udp      17 120 ${flow} ${answer} [ASSURED] mark=0 use=1`,
  ]);
});

test('a rejected first packet leaves no entry, a forwarded one that matched nothing does', () => {
  const nf = createNetfilter(rules());
  assert.equal(forward(nf, packet(TCP, client, 40007, vip, 82, SYN)).kind, 'reject');
  assert.deepEqual(nf.conntrackList(0), []);
  assert.equal(forward(nf, packet(TCP, client, 40007, vip, 83, SYN)).kind, 'accept');
  assert.equal(nf.conntrackList(0).length, 1);
});

test('the same client port to two VIP ports with one backend gets a new source port', () => {
  const nf = createNetfilter(rules());
  const first = packet(UDP, client, 40000, vip, 80);
  const second = packet(UDP, client, 40000, vip, 81);
  forward(nf, first);
  forward(nf, second);
  assert.deepEqual(ends(first), tuple(gateway, 40000, pod, 8080));
  assert.notEqual(second.sport, 40000);
  assert.ok(second.sport >= 1024);
  const answer = packet(UDP, pod, 8080, gateway, second.sport);
  forward(nf, answer);
  assert.deepEqual(ends(answer), tuple(vip, 81, client, 40000));
});

test('NOTRACK: no entry, no translation, state UNTRACKED; the rules after it are walked', () => {
  const accepts = rule([{ kind: 'conntrack', negated: false, states: ['UNTRACKED'] }], {
    kind: 'drop',
  });
  const raw = plainLayer(
    'raw',
    4,
    [],
    [
      hooking('raw', 'PREROUTING', rule(to(vip, UDP, 80), { kind: 'notrack', as: 'NOTRACK' })),
      hooking('raw', 'PREROUTING', rule(to(vip, UDP, 80), mark)),
      hooking('filter', 'INPUT', accepts),
    ],
  );
  const nf = createNetfilter(composeRules(4, [layer(), raw]));
  const tracked = packet(TCP, client, 40_000, vip, 80, SYN);
  assert.equal(forward(nf, tracked).kind, 'accept');
  assert.equal(tracked.dst, addr(pod));
  const untracked = packet(UDP, client, 40_000, vip, 80);
  const into = context(0, 'eth0', null);
  assert.equal(nf.hook('PREROUTING', untracked, into).kind, 'accept');
  assert.deepEqual([untracked.dst, untracked.mark], [addr(vip), 0x4000]);
  assert.equal(nf.hook('INPUT', untracked, into).kind, 'drop');
  assert.deepEqual(
    nf.conntrackList(0).map((line) => line.split(' ')[0]),
    ['tcp'],
  );
});

test('a fork never changes its parent', () => {
  const nf = createNetfilter(rules());
  forward(nf, packet(UDP, client, 40000, vip, 80));
  const fork = nf.fork();
  forward(fork, packet(UDP, client, 40001, vip, 80));
  assert.equal(nf.conntrackList(0).length, 1);
  assert.equal(fork.conntrackList(0).length, 2);
});

test('an ICMP error about a translated datagram comes back from the VIP and quotes it [corrections F]', () => {
  const nf = createNetfilter(rules());
  forward(nf, packet(UDP, client, 40005, vip, 81));
  const about = {
    proto: UDP,
    src: addr(gateway),
    sport: 40005,
    dst: addr(pod),
    dport: 8080,
  } as const;
  const error: Packet = {
    ...packet(ICMP, pod, 0, gateway, 0),
    icmp: { code: 'port-unreachable', about },
  };
  assert.deepEqual(forward(nf, error), { kind: 'accept' });
  assert.deepEqual([error.src, error.dst], [addr(vip), addr(client)]);
  assert.deepEqual(error.icmp, {
    code: 'port-unreachable',
    about: { proto: UDP, src: addr(client), sport: 40005, dst: addr(vip), dport: 81 },
  });
  assert.match(nf.conntrackList(0).join(), /UNREPLIED/);
});

test('an error made here about a translated first packet is turned back though no entry exists', () => {
  const nf = createNetfilter(rules());
  const cause = packet(UDP, client, 40005, vip, 81);
  nf.hook('PREROUTING', cause, context(0, 'eth0', null));
  assert.equal(cause.dst, addr(pod));
  const answer: Packet = {
    ...packet(ICMP, gateway, 0, client, 0),
    icmp: {
      code: 'port-unreachable',
      about: { proto: UDP, src: cause.src, sport: cause.sport, dst: cause.dst, dport: cause.dport },
    },
  };
  nf.attach(answer, cause);
  nf.abandon(cause);
  nf.hook('OUTPUT', answer, context(0, null, 'eth0'));
  nf.hook('POSTROUTING', answer, context(0, null, 'eth0'));
  assert.deepEqual([answer.src, answer.dst], [addr(vip), addr(client)]);
  assert.deepEqual(nf.conntrackList(0), []);
});

test('a packet over loopback keeps its flow on the way in', () => {
  const nf = createNetfilter(rules());
  const p = packet(TCP, '192.168.0.2', 40000, vip, 80, SYN);
  nf.hook('OUTPUT', p, context(0, null, 'lo'));
  nf.hook('POSTROUTING', p, context(0, null, 'lo'));
  nf.hook('PREROUTING', p, context(0, 'lo', null));
  nf.hook('INPUT', p, context(0, 'lo', null));
  assert.equal(nf.conntrackList(0).length, 1);
  assert.equal(p.dst, addr(pod));
});

test('an entry deleted by hand lets the next datagram be judged anew', () => {
  const nf = createNetfilter(rules());
  forward(nf, packet(UDP, client, 40000, vip, 90));
  assert.equal(nf.entries(0)[0]?.original.dport, 90);
  assert.equal(
    nf.deleteEntries((entry) => entry.original.dport === 90, 0),
    1,
  );
  assert.deepEqual(nf.conntrackList(0), []);
});

test('a namespace without a rule that asks for conntrack keeps no entries [corrections F, k6]', () => {
  const nf = createNetfilter(
    composeRules(4, [
      plainLayer('test', 4, [], [hooking('nat', 'PREROUTING', rule([], { kind: 'accept' }))]),
    ]),
  );
  forward(nf, packet(UDP, client, 40000, vip, 80));
  assert.deepEqual(nf.conntrackList(0), []);
});

/** `answerPort`: where the backend sends its answer to. */
function mapsBack(answerPort: (seen: number, sent: number) => number): string | undefined {
  const flows = fc.array(
    fc.tuple(
      fc.constantFrom(UDP, TCP),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(80, 81, 90),
    ),
    { minLength: 2, maxLength: 12 },
  );
  const run = fc.check(
    fc.property(flows, (wanted) => {
      const nf = createNetfilter(rules());
      const unique = [...new Set(wanted.map((flow) => flow.join()))].map((t) =>
        t.split(',').map(Number),
      );
      for (const [proto = 0, sport = 0, dport = 0] of unique) {
        const p = packet(proto as Proto, client, sport, vip, dport, proto === TCP ? SYN : 0);
        assert.equal(forward(nf, p).kind, 'accept');
        const flags = proto === TCP ? SYN | ACK : 0;
        const answer = {
          ...p,
          src: p.dst,
          sport: p.dport,
          dst: p.src,
          dport: answerPort(p.sport, sport),
          flags,
        };
        assert.equal(forward(nf, answer).kind, 'accept');
        assert.deepEqual(ends(answer), tuple(vip, dport, client, sport));
      }
      const replies = nf.entries(0).map(({ reply }) => Object.values(reply).join());
      assert.equal(new Set(replies).size, unique.length);
    }),
    { numRuns: 50, seed: 20260104, endOnFailure: true },
  );
  return fc.defaultReportMessage(run);
}

test('property: answers map back and no two flows share a tuple', () => {
  assert.equal(
    mapsBack((seen) => seen),
    undefined,
  );
});

test('the property catches answers to the port the client used before a clash moved it', () => {
  assert.match(mapsBack((_seen, sent) => sent) ?? '', /Property failed/);
});

test('B8: a recent list is lost when the rule that writes it goes, and kept while it stays', () => {
  const entry: Match = { kind: 'recent', list: 'L', op: 'set', seconds: null, reap: false };
  const known: Match = { ...entry, op: 'rcheck', seconds: 100 };
  const hooks = [
    hooking('filter', 'FORWARD', rule([known], { kind: 'drop' })),
    hooking('filter', 'FORWARD', rule([], { kind: 'jump', chain: 'SEP' })),
  ];
  const layer = (...rules: Rule[]) =>
    composeRules(4, [plainLayer('test', 4, [chain('filter', 'SEP', ...rules)], hooks)]);
  const nf = createNetfilter(layer(rule([entry], { kind: 'none' })));
  const kind = () => forward(nf, packet(UDP, client, 1, vip, 9)).kind;
  assert.deepEqual([kind(), kind()], ['accept', 'drop']);
  nf.rules = layer(rule([entry], { kind: 'none' }), rule([], { kind: 'none' }));
  assert.equal(kind(), 'drop');
  nf.rules = layer();
  nf.rules = layer(rule([entry], { kind: 'none' }));
  assert.equal(kind(), 'accept');
});
