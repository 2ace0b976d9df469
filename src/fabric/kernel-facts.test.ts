// Facts measured on Linux with real connections between namespaces, as rows; and the property that NAT is undone for
// every answer. With kube-proxy's, kubelet's and the CNI's own rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { loadRules, serviceTown, type TownPlan } from '../../test/arbitraries/service-town.ts';
import { addr } from '../net/addr.ts';
import { type Proto, TCP, UDP } from '../net/packet.ts';
import type { Clashes } from '../netfilter/conntrack.ts';
import { createNetfilter } from '../netfilter/kernel.ts';
import type { Netfilter } from '../netfilter/netfilter.ts';
import type { RuleSource } from '../netfilter/rule.ts';
import { replayed, seeded } from '../sim/choices.ts';
import type { Fabric } from './fabric.ts';
import { dialTo, endpoint, momentOf, say, type Try } from './lab.ts';

interface Row extends Try {
  readonly name: string;
  readonly plan?: TownPlan;
  readonly before?: (fabric: Fabric) => void;
  readonly want: string;
}

const one: TownPlan = { endpoints: ['e1'] };
const two: TownPlan = { endpoints: ['e2'] };
const vip = { to: '10.96.0.5', port: 80 };

const rows: readonly Row[] = [
  {
    name: 'pod -> nodePort of another node passes the egress masquerade first',
    from: 'pod/d/p2',
    to: '192.168.4.101',
    port: 30080,
    plan: { ...one, etp: 'Local' },
    want: 'answered by pod/d/e1, seen as 192.168.4.102',
  },
  {
    name: 'same-node pod -> service -> pod without bridge-nf-call-iptables times out',
    from: 'pod/d/p1',
    ...vip,
    plan: one,
    before: (fabric) => fabric.setSysctls('n1', { bridgeNf: false }),
    want: 'timeout via noreply in connect',
  },
  {
    name: 'a service on another node does not need bridge-nf-call-iptables',
    from: 'pod/d/p1',
    ...vip,
    plan: two,
    before: (fabric) => fabric.setSysctls('n1', { bridgeNf: false }),
    want: 'answered by pod/d/e2, seen as 10.244.1.2',
  },
  {
    name: '127.0.0.1:nodePort without route_localnet times out',
    from: 'node/n1',
    to: '127.0.0.1',
    port: 30080,
    plan: one,
    before: (fabric) => fabric.setSysctls('n1', { routeLocalnet: false }),
    want: 'timeout via drop in connect',
  },
  {
    name: 'REJECT refuses a datagram in FORWARD',
    from: 'pod/d/p1',
    ...vip,
    proto: UDP,
    plan: { endpoints: [] },
    want: 'refused via icmp in connect',
  },
  {
    name: 'REJECT refuses a datagram in OUTPUT',
    from: 'node/n1',
    ...vip,
    proto: UDP,
    plan: { endpoints: [] },
    want: 'refused via icmp in connect',
  },
  {
    name: 'a closed backend port behind a VIP is refused by a reset, un-NATed',
    from: 'pod/d/p1',
    to: '10.96.0.5',
    port: 81,
    plan: two,
    want: 'refused via rst in connect',
  },
  {
    name: 'a closed UDP backend port behind a VIP is refused by an un-NATed ICMP error',
    from: 'pod/d/p1',
    to: '10.96.0.5',
    port: 81,
    proto: UDP,
    plan: two,
    want: 'refused via icmp in connect',
  },
  {
    name: 'the same for a masqueraded client',
    from: 'host/routed',
    to: '192.168.4.101',
    port: 30081,
    proto: UDP,
    plan: two,
    want: 'refused via icmp in connect',
  },
  {
    name: 'a vanished backend of another node is unreachable, and the error is un-NATed',
    from: 'pod/d/p1',
    ...vip,
    plan: two,
    before: (fabric) => fabric.removePod('d/e2'),
    want: 'unreachable via icmp in connect',
  },
  {
    name: 'a pod leaves the cluster as its node',
    from: 'pod/d/p1',
    to: '203.0.113.50',
    port: 443,
    before: (fabric) =>
      fabric.listen('host/out', {
        proto: TCP,
        addr: null,
        port: 443,
        program: 'echo',
        data: null,
        assumed: false,
      }),
    want: 'answered by host/out, seen as 192.168.4.101',
  },
];

for (const { name, plan, before, want, ...attempt } of rows) {
  test(name, () => {
    const fabric = serviceTown(plan);
    before?.(fabric);
    assert.equal(say(dialTo(fabric, attempt)), want);
  });
}

test('REJECT with icmp_ratelimit: of 40 tries at once 6 are refused, then one a second', () => {
  const fabric = serviceTown({ endpoints: [] });
  const refused = (from: string, count: number, nowMs: number) => {
    const tries = Array.from({ length: count }, () => {
      return dialTo(fabric, { from, ...vip }, momentOf(seeded(1), nowMs)).outcome;
    });
    return tries.filter((outcome) => outcome === 'refused').length;
  };
  assert.equal(refused('pod/d/p1', 40, 0), 40);
  fabric.setSysctls('n1', { icmpRatelimitMs: 1000 });
  assert.equal(refused('pod/d/p1', 40, 0), 6);
  assert.equal(refused('pod/d/e1', 40, 0), 6);
  assert.equal(refused('pod/d/p1', 40, 1000), 1);
  assert.equal(refused('pod/d/p1', 40, 3500), 2);
  // A process of the node itself hears of it without a packet.
  assert.equal(refused('node/n1', 40, 0), 40);
});

test('UDP with a fixed source port stays on its backend after the rules change, until deleted', () => {
  const fabric = serviceTown(one);
  const attempt: Try = { from: 'pod/d/p1', ...vip, proto: UDP, sourcePort: 5000 };
  const backend = () => dialTo(fabric, attempt).backend;
  assert.equal(backend(), 'pod/d/e1');
  loadRules(fabric, two);
  assert.equal(backend(), 'pod/d/e1');
  assert.equal(
    fabric.deleteFlows('node/n1', (flow) => flow.proto === UDP, 0),
    1,
  );
  assert.equal(backend(), 'pod/d/e2');
});

test('TCP with a fixed source port is balanced anew on every connection', () => {
  const fabric = serviceTown();
  const attempt: Try = { from: 'pod/d/p1', ...vip, sourcePort: 5000 };
  const first = dialTo(fabric, attempt, momentOf(replayed([0])));
  const second = dialTo(fabric, attempt, momentOf(replayed([1])));
  assert.deepEqual([first.backend, second.backend], ['pod/d/e1', 'pod/d/e2']);
});

test('one client port to two VIPs of one backend: the second flow gets another source port', () => {
  const fabric = serviceTown(two);
  const attempt: Try = { from: 'pod/d/p1', ...vip, proto: UDP, sourcePort: 5000 };
  const first = dialTo(fabric, attempt);
  const second = dialTo(fabric, { ...attempt, to: '10.96.0.6' });
  assert.equal(endpoint(first.source), '10.244.1.2:5000');
  assert.equal(second.source?.addr, addr('10.244.1.2'));
  assert.notEqual(second.source?.port, 5000);
  assert.equal(endpoint(second.replyFrom), '10.96.0.6:80');
});

/** Two datagrams from one port at once; the second one's random rules choose `second` (0: e1, 1: e2). */
function race(clashes: Clashes | undefined, second: number): string {
  const create = (rules: RuleSource) => createNetfilter(rules, clashes && { clashes });
  const fabric = serviceTown({ createNetfilter: create });
  const attempt: Try = { from: 'pod/d/p1', ...vip, proto: UDP, sourcePort: 5000 };
  const first = dialTo(fabric, attempt, momentOf(replayed([0])));
  assert.equal(first.backend, 'pod/d/e1');
  const moment = { ...momentOf(replayed([second])), atOnce: true };
  const { outcome, backend, replyFrom } = dialTo(fabric, attempt, moment);
  if (outcome === 'answered') assert.equal(endpoint(replyFrom), '10.96.0.5:80');
  const entries = fabric.conntrack('node/n1', 0).length;
  return `${outcome} by ${backend}, ${entries} entry`;
}

test('F10 two datagrams of one socket at once: merged, both answered, or the second lost, as Linux has it', () => {
  assert.equal(race(undefined, 0), 'answered by pod/d/e1, 1 entry');
  assert.equal(race(undefined, 1), 'answered by pod/d/e2, 1 entry');
  assert.equal(race('merged', 0), 'answered by pod/d/e1, 1 entry');
  assert.equal(race('merged', 1), 'timeout by null, 1 entry');
  assert.equal(race('dropped', 0), 'timeout by null, 1 entry');
  assert.equal(race('dropped', 1), 'timeout by null, 1 entry');
});

test('F10 the flow that lost a race is answered for a second, and its port is balanced as before', () => {
  const fabric = serviceTown();
  const attempt: Try = { from: 'pod/d/p1', ...vip, proto: UDP, sourcePort: 5000 };
  dialTo(fabric, attempt, momentOf(replayed([0])));
  dialTo(fabric, attempt, { ...momentOf(replayed([1])), atOnce: true });
  const later = dialTo(fabric, attempt, momentOf(replayed([]), 500));
  assert.equal(later.backend, 'pod/d/e1');
});

const flow = fc.record({
  from: fc.constantFrom('pod/d/p1', 'pod/d/p2', 'pod/d/e1', 'node/n1', 'node/n3', 'host/routed'),
  frontend: fc.constantFrom(
    ['10.96.0.5', 80],
    ['10.96.0.6', 80],
    ['192.168.4.101', 30080],
    ['192.168.4.102', 30080],
    ['198.51.100.9', 80],
  ),
  proto: fc.constantFrom<Proto>(TCP, UDP),
  sourcePort: fc.integer({ min: 4000, max: 4003 }),
});

/** Whether every answer comes from where the client dialled, and no two live flows share a tuple on a machine. */
function natHolds(create: (rules: RuleSource) => Netfilter, runs: number): void {
  const town = serviceTown({ createNetfilter: create });
  fc.assert(
    fc.property(fc.array(flow, { maxLength: 8 }), fc.nat(), (flows, seed) => {
      const fabric = town.fork();
      const moment = momentOf(seeded(seed));
      for (const { from, frontend, proto, sourcePort } of flows) {
        const [ip, port] = frontend as [string, number];
        const result = dialTo(fabric, { from, to: ip, port, proto, sourcePort }, moment);
        assert.equal(result.outcome, 'answered');
        assert.equal(endpoint(result.replyFrom), `${ip}:${port}`);
      }
      for (const node of ['node/n1', 'node/n2', 'node/n3']) {
        const tuples = fabric.flows(node, 0).flatMap(({ original, reply }) => [original, reply]);
        const keys = tuples.map((t) => `${t.proto} ${t.src} ${t.sport} ${t.dst} ${t.dport}`);
        const same = keys.filter((key, i) => keys.indexOf(key) !== i);
        // An untranslated local flow's answer is never another flow's.
        assert.deepEqual(same, []);
      }
    }),
    { numRuns: runs, seed: 7 },
  );
}

test('every answer is mapped back to what the client dialled, and tuples are unique', () => {
  natHolds(createNetfilter, 60);
});

test('the property notices a kernel that does not translate answers', () => {
  const forgetful = (rules: RuleSource): Netfilter => {
    const real = createNetfilter(rules);
    const hook: Netfilter['hook'] = (name, packet, context) => {
      const { src, sport } = packet;
      const verdict = real.hook(name, packet, context);
      if (name === 'POSTROUTING' && sport === 80) Object.assign(packet, { src, sport });
      return verdict;
    };
    return {
      rules,
      ipvs: real.ipvs,
      hook,
      abandon: (packet) => real.abandon(packet),
      attach: (answer, cause) => real.attach(answer, cause),
      conntrackList: (nowMs) => real.conntrackList(nowMs),
      entries: (nowMs) => real.entries(nowMs),
      deleteEntries: (matches, nowMs) => real.deleteEntries(matches, nowMs),
      liveElements: () => [],
      seen: () => real.seen(),
      remembers: false,
      fork: () => forgetful(rules),
    };
  };
  assert.throws(() => natHolds(forgetful, 60));
});
