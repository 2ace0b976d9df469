// Packets through a node that balances with IPVS: facts measured on Linux 6.1 with real connections (fact sheets C3, C5,
// t1-t7), with rules in iptables text. What the schedulers pick stands in src/netfilter/ipvs/schedulers.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { type Proto, TCP, UDP } from '../net/packet.ts';
import { bridgedPods } from '../net/pod-network.ts';
import { parseRules } from '../netfilter/iptables-text/parse.ts';
import type { Persistence } from '../netfilter/ipvs/service.ts';
import type { Orphans } from '../netfilter/ipvs/table.ts';
import { createNetfilter } from '../netfilter/kernel.ts';
import type { TraceStep } from '../netfilter/trace.ts';
import { seeded } from '../sim/choices.ts';
import { Fabric } from './fabric.ts';
import { addPod, dialTo, lab, momentOf, open, say, type Try } from './lab.ts';

const vip = '172.30.0.44';
const service = (proto: Proto, port = 80) => ({ proto, addr: addr(vip), port }) as const;
const protos: readonly Proto[] = [TCP, UDP];
const backends = ['10.244.1.5', '10.244.2.6'];

interface Town {
  readonly proto?: Proto;
  readonly port?: number;
  readonly servers?: readonly string[];
  readonly conntrack?: boolean;
  readonly masquerade?: boolean;
  readonly persistence?: Persistence;
  readonly rules?: string;
  readonly orphans?: Orphans;
}

/** Node n1 with the VIP on a dummy device, pods e1 (on n1) and e2 (on n2) behind it, clients on both. */
function town(plan: Town = {}): Fabric {
  const { orphans = 'ended' } = plan;
  const fabric = lab((rules) => createNetfilter(rules, { orphans }));
  for (const [i, ip] of backends.entries()) {
    addPod(fabric, `e${i + 1}`, ip);
    for (const proto of protos) open(fabric, `pod/d/e${i + 1}`, 8080, proto);
  }
  addPod(fabric, 'p1', '10.244.1.9');
  const mark = `-A PREROUTING -d ${vip}/32 -j MARK --set-xmark 0x4000/0x4000\n`;
  const output = mark.replace('PREROUTING', 'OUTPUT');
  const masq = '-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE\n';
  const nat = plan.masquerade === false ? '' : `${mark}${output}${masq}`;
  fabric.setRules('n1', parseRules(`*nat\n${nat}COMMIT\n*filter\n${plan.rules ?? ''}COMMIT\n`, 4));
  for (const node of ['n1', 'n2', 'n3']) fabric.setDummy(`node/${node}`, 'dummy0', [addr(vip)]);
  const ipvs = fabric.ipvs('node/n1', 4);
  ipvs.setSysctls({ conntrack: plan.conntrack ?? true });
  const key = service(plan.proto ?? TCP, plan.port);
  const persistence = plan.persistence ?? null;
  ipvs.addService({ ...key, scheduler: 'rr', flags: [], persistence });
  for (const ip of plan.servers ?? backends) {
    ipvs.addDestination(key, { addr: addr(ip), port: 8080, weight: 1 }, 0);
  }
  fabric.announce(addr(vip), { nodes: ['n1'], ports: null });
  return fabric;
}

const fromOut = { from: 'host/out', to: vip, port: 80 } as const;

const rows: readonly (Try & {
  readonly name: string;
  readonly plan?: Town;
  readonly want: string;
})[] = [
  {
    name: 'an outside client is masqueraded by the device towards the server',
    ...fromOut,
    want: 'answered by pod/d/e2, seen as 192.168.4.101',
  },
  {
    name: 'C3: vs.conntrack=0: the server sees the client although the rule is there',
    ...fromOut,
    plan: { conntrack: false, servers: ['10.244.1.5'] },
    want: 'answered by pod/d/e1, seen as 203.0.113.50',
  },
  {
    name: 'a pod of the node, to a pod of the node',
    from: 'pod/d/p1',
    to: vip,
    port: 80,
    plan: { servers: ['10.244.1.5'] },
    want: 'answered by pod/d/e1, seen as 10.244.1.1',
  },
  {
    name: 'kernel.md: hairpin, masqueraded as in iptables mode',
    from: 'pod/d/e1',
    to: vip,
    port: 80,
    plan: { servers: ['10.244.1.5'] },
    want: 'answered by pod/d/e1, seen as 10.244.1.1',
  },
  {
    name: 'the node itself, masqueraded',
    from: 'node/n1',
    to: vip,
    port: 80,
    plan: { servers: ['10.244.2.6'] },
    want: 'answered by pod/d/e2, seen as 192.168.4.101',
  },
  {
    name: 'C3: the node itself leaves with the VIP when nothing masquerades, which works on the node alone',
    from: 'node/n1',
    to: vip,
    port: 80,
    plan: { servers: ['10.244.1.5'], masquerade: false },
    want: 'answered by pod/d/e1, seen as 172.30.0.44',
  },
  {
    name: 'C3: ... a node that has the VIP too takes it for its own and drops it',
    from: 'node/n1',
    to: vip,
    port: 80,
    plan: { servers: ['10.244.2.6'], masquerade: false },
    want: 'timeout via drop in connect',
  },
  {
    name: 't2: no server: refused',
    ...fromOut,
    plan: { servers: [] },
    want: 'refused via icmp in connect',
  },
  {
    name: 't2: no server, UDP: refused',
    ...fromOut,
    proto: UDP,
    plan: { servers: [], proto: UDP },
    want: 'refused via icmp in connect',
  },
  {
    name: 'no server, from the node itself: refused',
    from: 'node/n1',
    to: vip,
    port: 80,
    plan: { servers: [] },
    want: 'refused via icmp in connect',
  },
  {
    name: 'kernel.md: another port of the VIP falls to the local stack, which refuses',
    ...fromOut,
    port: 81,
    want: 'refused via rst in connect',
  },
  {
    name: 'UDP goes and comes back',
    ...fromOut,
    proto: UDP,
    plan: { proto: UDP },
    want: 'answered by pod/d/e2, seen as 192.168.4.101',
  },
  {
    name: 'C3: filter OUTPUT sees the packet towards the server: -m ipvs drops by the virtual side',
    ...fromOut,
    plan: { rules: `-A OUTPUT -m ipvs --vaddr ${vip} --vproto tcp --vport 80 -j DROP\n` },
    want: 'timeout via drop in connect',
  },
  {
    name: 'C3: FORWARD does not see it, nor INPUT the server',
    ...fromOut,
    plan: {
      rules: '-A FORWARD -d 10.244.0.0/16 -j DROP\n-A INPUT -d 10.244.0.0/16 -j DROP\n',
    },
    want: 'answered by pod/d/e2, seen as 192.168.4.101',
  },
  {
    name: 'C3: INPUT sees the VIP',
    ...fromOut,
    plan: { rules: `-A INPUT -d ${vip}/32 -j DROP\n` },
    want: 'timeout via drop in connect',
  },
  {
    name: 'C3: answers pass FORWARD with the server as their source',
    ...fromOut,
    plan: { rules: '-A FORWARD -s 10.244.0.0/16 -j DROP\n' },
    want: 'timeout via noreply in connect',
  },
];

for (const { name, plan, want, ...attempt } of rows) {
  test(name, () => assert.equal(say(dialTo(town(plan), attempt)), want));
}

test('a closed port of the server is refused by its RST, and the connection is in CLOSE for 10 s', () => {
  const fabric = town({ servers: ['10.244.1.9'] });
  assert.equal(say(dialTo(fabric, fromOut)), 'refused via rst in connect');
  const [entry] = fabric.ipvs('node/n1', 4).connections(0);
  assert.deepEqual([entry?.state, entry?.expiresMs], ['CLOSE', 10_000]);
});

test('a closed UDP port of the server: its ICMP error gets back to the client', () => {
  const fabric = town({ servers: ['10.244.1.9'], proto: UDP });
  const said = say(dialTo(fabric, { ...fromOut, proto: UDP }));
  assert.equal(said, 'refused via icmp in connect');
});

function counters(fabric: Fabric, proto: Proto, nowMs = 0): readonly string[] {
  const all = fabric.ipvs('node/n1', 4).destinations(service(proto), nowMs);
  return all.map(({ active, inactive, persistent }) => `${active} ${inactive} ${persistent}`);
}

test('C4: closed TCP connections count inactive for 120 s, then not at all; UDP 300 s', () => {
  const tcp = town();
  for (let i = 0; i < 3; i++) dialTo(tcp, fromOut);
  assert.deepEqual(counters(tcp, TCP), ['0 2 0', '0 1 0']);
  assert.deepEqual(counters(tcp, TCP, 119_999), ['0 2 0', '0 1 0']);
  assert.deepEqual(counters(tcp, TCP, 120_000), ['0 0 0', '0 0 0']);
  const udp = town({ proto: UDP });
  dialTo(udp, { ...fromOut, proto: UDP });
  assert.deepEqual(counters(udp, UDP, 299_999), ['0 1 0', '0 0 0']);
  assert.deepEqual(counters(udp, UDP, 300_000), ['0 0 0', '0 0 0']);
});

test('C4: a server that never answers a SYN counts active for 60 s', () => {
  const fabric = town({ rules: '-A FORWARD -s 10.244.0.0/16 -j DROP\n' });
  dialTo(fabric, fromOut);
  assert.deepEqual(counters(fabric, TCP, 59_999), ['1 0 0', '0 0 0']);
  assert.deepEqual(counters(fabric, TCP, 60_000), ['0 0 0', '0 0 0']);
});

/** The pods that answer, one client port after the other, at these seconds. */
function answers(fabric: Fabric, seconds: readonly number[], attempt: Try = fromOut) {
  return seconds.map((s) => dialTo(fabric, attempt, momentOf(seeded(1), s * 1000)).backend);
}

const e1 = 'pod/d/e1';
const e2 = 'pod/d/e2';

test('UDP from one source port sticks to its server; TCP from one port is scheduled anew', () => {
  const sticky = { ...fromOut, sourcePort: 5000 };
  const udp = town({ proto: UDP });
  assert.deepEqual(answers(udp, [0, 1, 299, 600], { ...sticky, proto: UDP }), [e2, e2, e2, e1]);
  assert.deepEqual(answers(town(), [0, 1, 2], sticky), [e2, e1, e2]);
});

test('conn_reuse_mode=0 keeps a reused port on its server', () => {
  const fabric = town();
  fabric.ipvs('node/n1', 4).setSysctls({ connReuseMode: 0 });
  assert.deepEqual(answers(fabric, [0, 1], { ...fromOut, sourcePort: 5000 }), [e2, e2]);
});

const lasting = (timeoutSeconds: number) => ({ persistence: { timeoutSeconds, bits: 32 } });

test('t3: persistence holds a client; every new connection starts its time anew', () => {
  assert.deepEqual(answers(town(lasting(200)), [0, 199, 398, 597]), [e2, e2, e2, e2]);
});

test('t3, t6: it lasts while a connection is remembered, 60 s at a time from the first end on', () => {
  // TIME_WAIT lasts 120 s: at 6 s, 66 s it is put off; at 126 s no connection is left.
  assert.deepEqual(answers(town(lasting(6)), [0, 7.5, 67, 200]), [e2, e2, e2, e1]);
  assert.deepEqual(answers(town(lasting(6)), [0, 125.9]), [e2, e2]);
  assert.deepEqual(answers(town(lasting(6)), [0, 126]), [e2, e1]);
});

test('t3: connections that end by RST leave the time exact', () => {
  const fabric = town({ ...lasting(11), servers: ['10.244.1.9', '10.244.1.8'] });
  addPod(fabric, 'x', '10.244.1.8');
  const seen = [0, 10.9, 22].map((s) => {
    const result = dialTo(fabric, fromOut, momentOf(seeded(1), s * 1000));
    return result.destination?.addr;
  });
  assert.deepEqual(seen, ['10.244.1.8', '10.244.1.8', '10.244.1.9'].map(addr));
});

for (const [isQuiet, want] of [
  [true, [e2, e1]],
  [false, [e2, e2]],
] as const) {
  test(`t3: weight 0 and expire_quiescent_template=${Number(isQuiet)}`, () => {
    const fabric = town(lasting(600));
    const ipvs = fabric.ipvs('node/n1', 4);
    ipvs.setSysctls({ expireQuiescentTemplate: isQuiet });
    const first = answers(fabric, [0]);
    ipvs.updateDestination(service(TCP), {
      addr: addr(backends[1] as string),
      port: 8080,
      weight: 0,
    });
    assert.deepEqual([...first, ...answers(fabric, [1])], want);
    const aside = ipvs.connections(1000).filter(({ virtual }) => virtual.port === 65535);
    assert.equal(aside.length, Number(isQuiet));
  });
}

test('a template is gone once its connections are, also one that was set aside', () => {
  const fabric = town(lasting(30));
  const ipvs = fabric.ipvs('node/n1', 4);
  ipvs.setSysctls({ expireQuiescentTemplate: true });
  answers(fabric, [0]);
  ipvs.updateDestination(service(TCP), {
    addr: addr(backends[1] as string),
    port: 8080,
    weight: 0,
  });
  answers(fabric, [1]);
  assert.equal(ipvs.connections(1000).length, 4);
  assert.equal(ipvs.connections(400_000).length, 0);
  assert.deepEqual(counters(fabric, TCP, 400_000), ['0 0 0', '0 0 0']);
});

test('a server that is deleted and comes back has its connections again', () => {
  const fabric = town();
  answers(fabric, [0]);
  const ipvs = fabric.ipvs('node/n1', 4);
  const gone = { addr: addr(backends[1] as string), port: 8080 };
  ipvs.deleteDestination(service(TCP), gone);
  assert.deepEqual(counters(fabric, TCP), ['0 0 0']);
  ipvs.addDestination(service(TCP), { ...gone, weight: 1 }, 0);
  assert.deepEqual(counters(fabric, TCP), ['0 1 0', '0 0 0']);
});

for (const { orphans, left } of [
  { orphans: 'ended', left: [0, 0, 0] },
  // One connection, its template, its conntrack entry.
  { orphans: 'kept', left: [1, 1, 1] },
] as const) {
  test(`Linux ${orphans === 'ended' ? '5.9 and later' : 'before 5.9'}: the connections of a deleted server are ${orphans}`, () => {
    const fabric = town({ ...lasting(10), proto: UDP, orphans });
    const ipvs = fabric.ipvs('node/n1', 4);
    ipvs.setSysctls({ expireNodestConn: true });
    assert.match(say(dialTo(fabric, { ...fromOut, proto: UDP })), /answered by pod\/d\/e2/);
    const gone = { addr: addr(backends[1] as string), port: 8080 };
    const ofAll = () => {
      const all = ipvs.connections(1000);
      const templates = all.filter(({ template }) => template).length;
      const flows = fabric
        .flows('node/n1', 1000)
        .filter(({ original }) => original.dst === addr(vip));
      return [all.length - templates, templates, flows.length];
    };
    ipvs.deleteDestination(service(UDP), gone);
    ipvs.addDestination(service(UDP), { ...gone, weight: 1 }, 0);
    assert.deepEqual(ofAll(), [1, 1, 1], 'back before anybody looked');
    ipvs.deleteDestination(service(UDP), gone);
    assert.deepEqual(ofAll(), left);
    ipvs.addDestination(service(UDP), { ...gone, weight: 1 }, 1000);
    assert.deepEqual(ofAll(), left);
  });
}

test('a conntrack entry goes with its connection: a server that never answers, after 60 s', () => {
  const fabric = town({ servers: ['10.244.2.99'] });
  dialTo(fabric, fromOut);
  const entries = (nowMs: number) => fabric.netfilter('node/n1', 4)?.entries(nowMs).length;
  assert.deepEqual([entries(59_000), entries(61_000)], [1, 0]);
});

for (const [expires, want] of [
  [true, 'answered by pod/d/e1, seen as 192.168.4.101'],
  [false, 'timeout via drop in connect'],
] as const) {
  test(`UDP to a deleted server, expire_nodest_conn=${Number(expires)}`, () => {
    const fabric = town({
      proto: UDP,
      conntrack: false,
      masquerade: false,
      servers: ['10.244.1.5'],
    });
    addPod(fabric, 'e3', '10.244.1.7');
    open(fabric, 'pod/d/e3', 8080, UDP);
    const ipvs = fabric.ipvs('node/n1', 4);
    ipvs.setSysctls({ expireNodestConn: expires });
    const attempt: Try = { ...fromOut, proto: UDP, sourcePort: 5000 };
    dialTo(fabric, attempt);
    ipvs.addDestination(service(UDP), { addr: addr('10.244.1.7'), port: 8080, weight: 1 }, 0);
    ipvs.deleteDestination(service(UDP), { addr: addr('10.244.1.5'), port: 8080 });
    const said = say(dialTo(fabric, attempt));
    assert.equal(said, want.replace('e1', 'e3').replace('192.168.4.101', '203.0.113.50'));
  });
}

test('t5: one source port to two VIPs of one server: masqueraded, the second gets another port', () => {
  const fabric = town({ servers: ['10.244.1.5'] });
  const other = { ...service(TCP, 81), scheduler: 'rr', flags: [], persistence: null };
  const ipvs = fabric.ipvs('node/n1', 4);
  ipvs.addService(other);
  ipvs.addDestination(other, { addr: addr('10.244.1.5'), port: 8080, weight: 1 }, 0);
  const first = dialTo(fabric, { ...fromOut, sourcePort: 5000 });
  const second = dialTo(fabric, { ...fromOut, port: 81, sourcePort: 5000 });
  assert.deepEqual([first.outcome, second.outcome], ['answered', 'answered']);
  assert.equal(first.source?.port, 5000);
  assert.notEqual(second.source?.port, 5000);
});

test('case 35: the trace has one hop of IPVS, and a walk does not grow with the services', () => {
  const notes = (steps: readonly TraceStep[]) =>
    steps.flatMap((step) => (step.kind === 'note' && step.stage === 'ipvs' ? [step] : []));
  const few = town();
  const many = town();
  const ipvs = many.ipvs('node/n1', 4);
  for (let port = 1000; port < 3000; port++) {
    ipvs.addService({ ...service(TCP, port), scheduler: 'rr', flags: [], persistence: null });
  }
  const results = [few, many].map((fabric) => dialTo(fabric, fromOut));
  for (const { trace } of results) {
    const [there, ...more] = notes(trace.steps());
    const { virtual, ...said } = there ?? {};
    assert.deepEqual(said, {
      kind: 'note',
      at: 'node/n1',
      stage: 'ipvs',
      effect: 'dnat',
      detail: 'scheduler rr: 172.30.0.44:80 -> 10.244.2.6:8080',
    });
    assert.equal(virtual?.service.port, 80);
    assert.equal(virtual.destination?.addr, addr('10.244.2.6'));
    assert.equal(virtual.scheduled, true);
    assert.deepEqual(
      more.map(({ effect }) => effect),
      ['snat'],
    );
  }
  assert.equal(results[0]?.trace.rulesWalked, results[1]?.trace.rulesWalked);
});

test('one address on the dummy devices of all nodes, and nobody answers for it on the wire', () => {
  const fabric = town();
  const result = dialTo(fabric, { from: 'pod/d/e2', to: vip, port: 80 });
  assert.equal(say(result), 'refused via rst in connect'); // n2 takes it for itself, and has no services
});

test('a destination on the node itself: the packet goes on to its socket', () => {
  const fabric = town({ servers: ['192.168.4.101'] });
  open(fabric, 'node/n1', 8080);
  assert.equal(say(dialTo(fabric, fromOut)), 'answered by node/n1, seen as 203.0.113.50');
  const own = say(dialTo(fabric, { from: 'node/n1', to: vip, port: 80 }));
  // Over the loopback device: masqueraded by its address, as POSTROUTING says.
  assert.match(own, /^answered by node\/n1/);
  const pod = say(dialTo(fabric, { from: 'pod/d/p1', to: vip, port: 80 }));
  assert.equal(pod, 'answered by node/n1, seen as 10.244.1.9');
});

test('IPv6 goes the same way', () => {
  const fabric = new Fabric({
    createNetfilter: (rules) => createNetfilter(rules),
    network: bridgedPods,
  });
  for (const n of [1, 2]) {
    const podCIDRs = [cidr(`fd00:10:244:${n}::/64`)];
    fabric.addNode({ name: `n${n}`, addresses: [addr(`fd00:4::${n}`)], podCIDRs });
  }
  fabric.addHost({ name: 'out', ip: addr('2001:db8::50'), routes: [] });
  for (const n of [1, 2]) {
    addPod(fabric, `e${n}`, `fd00:10:244:${n}::5`, `n${n}`);
    open(fabric, `pod/d/e${n}`, 8080);
  }
  const masq = '-A POSTROUTING -d fd00:10:244::/48 -j MASQUERADE\n';
  fabric.setRules('n1', parseRules(`*nat\n${masq}COMMIT\n`, 6));
  const six = { proto: TCP, addr: addr('fd00:10:96::1'), port: 80 } as const;
  fabric.setDummy('node/n1', 'dummy0', [six.addr]);
  const ipvs = fabric.ipvs('node/n1', 6);
  ipvs.setSysctls({ conntrack: true });
  ipvs.addService({ ...six, scheduler: 'mh', flags: ['flag-2'], persistence: null });
  for (const n of [1, 2]) {
    ipvs.addDestination(six, { addr: addr(`fd00:10:244:${n}::5`), port: 8080, weight: 1 }, 0);
  }
  fabric.announce(six.addr, { nodes: ['n1'], ports: null });
  const attempt = { from: 'host/out', to: 'fd00:10:96::1', port: 80 };
  const seen = new Set(Array.from({ length: 20 }, () => dialTo(fabric, attempt).backend));
  assert.deepEqual([...seen].sort(), [e1, e2]);
});

test('t5: not masqueraded, the second flow gets another port too where nat rules are loaded', () => {
  const rules = '-A INPUT -m conntrack --ctstate INVALID -j DROP\n';
  const fabric = town({ servers: ['10.244.1.5'], masquerade: false, rules });
  const other = { ...service(TCP, 81), scheduler: 'rr', flags: [], persistence: null };
  const ipvs = fabric.ipvs('node/n1', 4);
  ipvs.addService(other);
  ipvs.addDestination(other, { addr: addr('10.244.1.5'), port: 8080, weight: 1 }, 0);
  const ports = [80, 81].map(
    (port) => dialTo(fabric, { ...fromOut, port, sourcePort: 5000 }).source,
  );
  assert.equal(ports[0]?.port, 5000);
  assert.notEqual(ports[1]?.port, 5000);
  assert.equal(ports[1]?.addr, addr('203.0.113.50'));
});
