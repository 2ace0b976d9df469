// What the sheet says of policies (G1-G8), one packet a row: what a node's rules do with it at one hook. Whole clusters
// stand in src/cluster/netpol.test.ts, random ones in test/property-policy.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject, WatchEvent } from '../../api/types.ts';
import { addr } from '../../net/addr.ts';
import { noPayload, openingFlags, type Packet, parseProto, TCP } from '../../net/packet.ts';
import { createNetfilter } from '../../netfilter/kernel.ts';
import { parseRuleset } from '../../netfilter/nft/parse.ts';
import { listRuleset } from '../../netfilter/nft/print.ts';
import type { Hook } from '../../netfilter/rule.ts';
import { composeRules } from '../../netfilter/ruleset.ts';
import { Trace } from '../../netfilter/trace.ts';
import { Causes } from '../../sim/causes.ts';
import { seeded } from '../../sim/choices.ts';
import { afterDnat, type PolicyEngine, type PolicyHook, usualEngine } from './hooks.ts';
import { policyLayer } from './table.ts';
import { PolicyWorld } from './world.ts';

function event(object: object, type: WatchEvent['type'] = 'ADDED'): WatchEvent {
  const of = object as AnyObject;
  const { namespace, name } = of.metadata;
  const key = namespace === undefined ? `${name}` : `${namespace}/${name}`;
  return { type, kind: of.kind, key, object: of, previous: undefined };
}

const namespace = (name: string, labels: object = {}) => ({
  kind: 'Namespace',
  metadata: { name, labels },
});

function pod(
  name: string,
  ip: string,
  more: { labels?: object; spec?: object; status?: object } = {},
) {
  const ports = [{ name: 'web', containerPort: 8080, protocol: 'TCP' }];
  return {
    kind: 'Pod',
    metadata: { name, namespace: 'demo', labels: more.labels ?? { app: name } },
    spec: { nodeName: 'n1', containers: [{ name: 'c', ports }], ...more.spec },
    status: { phase: 'Running', podIPs: [{ ip }], ...more.status },
  };
}

function policy(spec: object, name = 'p', place = 'demo') {
  return { kind: 'NetworkPolicy', metadata: { name, namespace: place }, spec };
}

const ingress = (rules: readonly object[], podSelector: object = { matchLabels: { app: 'a' } }) =>
  policy({ podSelector, policyTypes: ['Ingress'], ingress: rules });
const egress = (rules: readonly object[]) =>
  policy({ podSelector: { matchLabels: { app: 'a' } }, policyTypes: ['Egress'], egress: rules });

const a = '10.244.1.10';
const b = '10.244.1.11';
const far = '10.244.2.10';
const base = [
  namespace('demo', { 'kubernetes.io/metadata.name': 'demo' }),
  pod('a', a),
  pod('b', b),
  pod('far', far, { spec: { nodeName: 'n2' } }),
  { kind: 'Node', metadata: { name: 'n2' }, status: { addresses: [{ address: '192.168.0.2' }] } },
];

const cable: readonly PolicyHook[] = [{ direction: 'egress', hook: 'PREROUTING', priority: -150 }];
const clusterIP = '10.96.0.1';
const dialled = { hook: 'PREROUTING', hooks: cable, clusterIPs: true } as const;
const toB = (...ports: readonly object[]) =>
  egress([{ to: [{ podSelector: { matchLabels: { app: 'b' } } }], ports }]);
const service = (targetPort: number | string, more: object = {}, port = 80) => ({
  kind: 'Service',
  metadata: { name: 's', namespace: 'demo' },
  spec: {
    clusterIP,
    selector: { app: 'b' },
    ports: [{ protocol: 'TCP', port, targetPort }],
    ...more,
  },
});

interface Row {
  readonly name: string;
  readonly objects: readonly object[];
  readonly hook?: Hook;
  readonly hooks?: readonly PolicyHook[];
  /** Egress before DNAT, Services by their cluster IPs. */
  readonly clusterIPs?: true;
  /** "SRC > DST:PORT" or "SRC > DST:PORT/PROTOCOL". */
  readonly passes?: readonly string[];
  readonly drops?: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'G1 only the Pods that a policy selects are isolated, in their direction',
    objects: [...base, ingress([])],
    passes: [`${a} > ${b}:80`, `${b} > ${far}:80`],
    drops: [`${b} > ${a}:80`, `8.8.8.8 > ${a}:80`],
  },
  {
    name: 'G2 one rule of one policy is enough',
    objects: [
      ...base,
      ingress([]),
      policy({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] }, 'q'),
    ],
    passes: [`${b} > ${a}:80`],
  },
  {
    name: 'G2 a policy of another namespace is none',
    objects: [...base, policy({ podSelector: {}, policyTypes: ['Ingress'] }, 'p', 'other')],
    passes: [`${b} > ${a}:80`],
  },
  {
    name: 'G3 except is left out of its own block alone',
    objects: [
      ...base,
      ingress([
        {
          from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.244.1.0/24', '10.244.1.11/32'] } }],
        },
        { from: [{ ipBlock: { cidr: '10.244.1.12/32' } }] },
      ]),
    ],
    passes: [`${far} > ${a}:80`, `10.244.1.12 > ${a}:80`],
    drops: [`${b} > ${a}:80`, `10.244.1.13 > ${a}:80`, `11.0.0.1 > ${a}:80`],
  },
  {
    name: 'G4 a Pod on the network of its node is no subject',
    objects: [
      ...base,
      pod('host', '192.168.0.1', { labels: { app: 'a' }, spec: { hostNetwork: true } }),
      ingress([]),
    ],
    passes: [`${b} > 192.168.0.1:80`],
    drops: [`${b} > ${a}:80`],
  },
  {
    name: 'G4 nor a Pod peer: only a block means it',
    objects: [
      ...base,
      pod('host', '192.168.0.9', { labels: { app: 'host' }, spec: { hostNetwork: true } }),
      ingress([
        { from: [{ podSelector: {} }] },
        { from: [{ ipBlock: { cidr: '192.168.0.8/32' } }] },
      ]),
    ],
    passes: [`${b} > ${a}:80`, `192.168.0.8 > ${a}:80`],
    drops: [`192.168.0.9 > ${a}:80`],
  },
  {
    name: 'G4 a Pod that has ended left its address to others',
    objects: [
      ...base,
      pod('done', '10.244.1.50', { status: { phase: 'Succeeded' } }),
      ingress([{ from: [{ podSelector: { matchLabels: { app: 'done' } } }] }]),
    ],
    drops: [`10.244.1.50 > ${a}:80`],
  },
  {
    name: 'G5 ports: a number, a range with its ends, a protocol',
    objects: [
      ...base,
      ingress([
        {
          ports: [
            { port: 80, protocol: 'TCP' },
            { port: 90, endPort: 92, protocol: 'TCP' },
            { protocol: 'SCTP' },
          ],
        },
      ]),
    ],
    passes: [`${b} > ${a}:80`, `${b} > ${a}:90`, `${b} > ${a}:92`, `${b} > ${a}:7/SCTP`],
    drops: [`${b} > ${a}:80/UDP`, `${b} > ${a}:93`, `${b} > ${a}:89`],
  },
  {
    name: "G5 a port's name is the destination Pod's, of that protocol: the subject's on the way in",
    objects: [...base, ingress([{ ports: [{ port: 'web', protocol: 'TCP' }] }])],
    passes: [`${b} > ${a}:8080`],
    drops: [`${b} > ${a}:80`, `${b} > ${a}:8080/UDP`],
  },
  {
    name: "G5 and each peer's on the way out, a sidecar's too",
    objects: [
      ...base,
      pod('mesh', '10.244.1.20', {
        spec: {
          containers: [{ name: 'c' }],
          initContainers: [
            { name: 's', restartPolicy: 'Always', ports: [{ name: 'web', containerPort: 15_000 }] },
            { name: 'i', ports: [{ name: 'web', containerPort: 99 }] },
          ],
        },
      }),
      egress([{ ports: [{ port: 'web', protocol: 'TCP' }] }]),
    ],
    passes: [`${a} > ${b}:8080`, `${a} > 10.244.1.20:15000`],
    drops: [`${a} > 10.244.1.20:99`, `${a} > 10.244.1.20:8080`, `${a} > 8.8.8.8:8080`],
  },
  {
    name: 'G6 a Pod reaches itself',
    objects: [...base, ingress([]), { ...egress([]), metadata: { name: 'q', namespace: 'demo' } }],
    passes: [`${a} > ${a}:80`],
  },
  {
    name: "G6 a node's own processes reach its Pods",
    objects: [...base, ingress([])],
    hook: 'OUTPUT',
    passes: [`192.168.0.1 > ${a}:80`],
    drops: [`192.168.0.2 > ${a}:80`],
  },
  {
    name: 'G6 what a Pod sends to its node is egress',
    objects: [
      ...base,
      egress([
        { to: [{ ipBlock: { cidr: '192.168.0.0/24' } }], ports: [{ port: 53, protocol: 'UDP' }] },
      ]),
    ],
    hook: 'INPUT',
    passes: [`${a} > 192.168.0.1:53/UDP`, `${b} > 192.168.0.1:80`],
    drops: [`${a} > 192.168.0.1:80`],
  },
  {
    name: 'G7 an engine that judges before DNAT and after SNAT sees the Service and the node',
    objects: [...base, egress([{ to: [{ ipBlock: { cidr: '10.96.0.1/32' } }] }])],
    hook: 'PREROUTING',
    hooks: [
      { direction: 'egress', hook: 'PREROUTING', priority: -110 },
      { direction: 'ingress', hook: 'POSTROUTING', priority: 110 },
    ],
    passes: [`${a} > 10.96.0.1:80`, `${b} > ${far}:80`],
    drops: [`${a} > ${b}:80`],
  },
  {
    ...dialled,
    name: "G7 before DNAT a policy's port of Pods is the Service's port that leads there",
    objects: [...base, service(8080), toB({ port: 8080, protocol: 'TCP' })],
    passes: [`${a} > ${clusterIP}:80`, `${a} > ${b}:8080`],
    drops: [`${a} > ${clusterIP}:8080`, `${a} > ${clusterIP}:80/UDP`, `${a} > ${b}:80`],
  },
  {
    ...dialled,
    name: 'G7 before DNAT a number finds the targetPort that Pods call by a name, and the other way round',
    objects: [...base, service('web'), toB({ port: 8080, protocol: 'TCP' })],
    passes: [`${a} > ${clusterIP}:80`],
  },
  {
    ...dialled,
    name: 'G7 before DNAT a name finds the targetPort by its number',
    objects: [...base, service(8080), toB({ port: 'web', protocol: 'TCP' })],
    passes: [`${a} > ${clusterIP}:80`],
    drops: [`${a} > ${clusterIP}:81`],
  },
  {
    ...dialled,
    name: 'G7 before DNAT a Service is left out whose named targetPort is another port in a Pod',
    objects: [
      ...base,
      pod('c', '10.244.1.12', {
        labels: { app: 'b' },
        spec: { containers: [{ ports: [{ name: 'web', containerPort: 9090 }] }] },
      }),
      service('web'),
      toB({ port: 8080, protocol: 'TCP' }),
    ],
    drops: [`${a} > ${clusterIP}:80`],
  },
  {
    ...dialled,
    name: 'G7 before DNAT both ports that the name stands for are allowed',
    objects: [
      ...base,
      pod('c', '10.244.1.12', {
        labels: { app: 'b' },
        spec: { containers: [{ ports: [{ name: 'web', containerPort: 9090 }] }] },
      }),
      service('web'),
      toB({ port: 8080, protocol: 'TCP' }, { port: 9090, protocol: 'TCP' }),
    ],
    passes: [`${a} > ${clusterIP}:80`],
  },
  {
    ...dialled,
    name: "G7 before DNAT a range begins at the Service's port and keeps its own end",
    objects: [...base, service(8080), toB({ port: 8080, endPort: 8090, protocol: 'TCP' })],
    passes: [`${a} > ${clusterIP}:80`, `${a} > ${clusterIP}:8090`],
    drops: [`${a} > ${clusterIP}:79`, `${a} > ${clusterIP}:8091`],
  },
  {
    ...dialled,
    name: 'G7 before DNAT a range that ends below the port is that port alone',
    objects: [
      ...base,
      service(8080, {}, 9000),
      toB({ port: 8080, endPort: 8090, protocol: 'TCP' }),
    ],
    passes: [`${a} > ${clusterIP}:9000`],
    drops: [`${a} > ${clusterIP}:8085`, `${a} > ${clusterIP}:9001`],
  },
  {
    ...dialled,
    name: 'G7 before DNAT a Service without selector goes with a whole namespace only',
    objects: [
      ...base,
      service(8080, { selector: undefined }),
      egress([{ to: [{ namespaceSelector: {} }] }]),
    ],
    passes: [`${a} > ${clusterIP}:80`, `${a} > ${far}:80`],
  },
  {
    ...dialled,
    name: 'G7 before DNAT a Service without selector is not of Pods with a label',
    objects: [...base, service(8080, { selector: undefined }), toB()],
    passes: [`${a} > ${b}:80`],
    drops: [`${a} > ${clusterIP}:80`],
  },
  {
    ...dialled,
    name: 'G7 before DNAT headless Services have no address',
    objects: [...base, service(8080, { clusterIP: 'None' }), toB()],
    drops: [`${a} > ${clusterIP}:80`],
  },
  {
    ...dialled,
    name: "G7 before DNAT the node's own first address passes, another node's does not",
    objects: [
      ...base,
      {
        kind: 'Node',
        metadata: { name: 'n1' },
        status: { addresses: [{ address: '192.168.0.1' }, { address: '192.168.1.1' }] },
      },
      egress([]),
    ],
    passes: [`${a} > 192.168.0.1:30080`],
    drops: [`${a} > 192.168.0.2:30080`, `${a} > 192.168.1.1:30080`],
  },
  {
    name: 'G7 there the node that masquerades passes as itself',
    objects: [...base, ingress([])],
    hook: 'POSTROUTING',
    hooks: [{ direction: 'ingress', hook: 'POSTROUTING', priority: 110 }],
    passes: [`192.168.0.1 > ${a}:80`],
    drops: [`${b} > ${a}:80`],
  },
  {
    name: 'G8 other nodes leave the ingress of a Pod to its own',
    objects: [...base, ingress([], { matchLabels: { app: 'far' } })],
    passes: [`${b} > ${far}:80`],
  },
  {
    name: 'G4 nodes are peers of cluster policies by their addresses',
    objects: [
      ...base,
      {
        kind: 'ClusterNetworkPolicy',
        metadata: { name: 'c' },
        spec: {
          tier: 'Admin',
          priority: 1,
          subject: { namespaces: {} },
          egress: [{ action: 'Deny', to: [{ nodes: {} }] }],
        },
      },
    ],
    passes: [`${a} > ${b}:80`, `${a} > 192.168.0.3:80`],
    drops: [`${a} > 192.168.0.2:80`],
  },
];

function packet(text: string): Packet {
  const [, src = '', dst = '', port = '', proto = 'TCP'] =
    /^(\S+) > (.+):(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  const number = parseProto(proto) ?? TCP;
  const ends = { src: addr(src), sport: 40_000, dst: addr(dst), dport: Number(port) };
  const plain = { mark: 0, icmp: null, payload: noPayload };
  const family = src.includes(':') ? 6 : 4;
  return { family, proto: number, ...ends, flags: openingFlags(number), ...plain };
}

function verdictOf(
  world: PolicyWorld,
  hook: Hook,
  text: string,
  engine: PolicyEngine = usualEngine,
): string {
  const going = packet(text);
  const { picture } = world;
  if (picture === null) return 'no rules';
  const layer = policyLayer(picture, 'n1', engine, new Causes(), going.family);
  const netfilter = createNetfilter(composeRules(going.family, [layer]));
  const own = [addr('192.168.0.1'), addr('fd00::1')];
  const context = {
    host: {
      isLocal: (one: unknown) => own.includes(one as never),
      masqueradeSource: () => undefined,
    },
    choices: seeded(1),
    trace: new Trace(),
    nowMs: 0,
    inDevice: hook === 'OUTPUT' ? null : 'cni0',
    outDevice: hook === 'INPUT' || hook === 'PREROUTING' ? null : 'eth0',
    nextHop: null,
  };
  if (hook === 'FORWARD' || hook === 'INPUT') netfilter.hook('PREROUTING', going, context);
  return netfilter.hook(hook, going, context).kind;
}

function worldOf(objects: readonly object[], clusterIPs = false): PolicyWorld {
  const all = objects as readonly AnyObject[];
  const world = new PolicyWorld(clusterIPs);
  world.receive(
    all.map((object) => event(object)),
    (kind) => all.filter((one) => one.kind === kind),
  );
  return world;
}

for (const {
  name,
  objects,
  hook = 'FORWARD',
  hooks = afterDnat,
  clusterIPs = false,
  passes = [],
  drops = [],
} of rows) {
  test(`policy: ${name}`, () => {
    // What was there before the first policy is listed, as when it comes last.
    const world = worldOf(objects, clusterIPs);
    const engine = { hooks, clusterIPs };
    for (const text of passes) assert.equal(verdictOf(world, hook, text, engine), 'accept', text);
    for (const text of drops) assert.equal(verdictOf(world, hook, text, engine), 'drop', text);
  });
}

test('policy: IPv6 has a table of its own, and no rule for a range of IPv4', () => {
  const six = { podIPs: [{ ip: a }, { ip: 'fd00:244::a' }] };
  const world = worldOf([
    ...base.slice(0, 1),
    pod('a', a, { status: six }),
    ingress([
      { from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
      { from: [{ ipBlock: { cidr: 'fd00:1::/64', except: ['fd00:1::8/125'] } }] },
    ]),
  ]);
  assert.equal(verdictOf(world, 'FORWARD', 'fd00:1::1 > fd00:244::a:80'), 'accept');
  assert.equal(verdictOf(world, 'FORWARD', 'fd00:1::9 > fd00:244::a:80'), 'drop');
  assert.equal(verdictOf(world, 'FORWARD', 'fd00:2::1 > fd00:244::a:80'), 'drop');
});

test('policy: in IPv6 neighbours find each other, which the kernel leaves untracked', () => {
  const { picture } = worldOf([...base, egress([])]);
  assert.ok(picture !== null);
  for (const [family, states] of [
    [4, 'established,related'],
    [6, 'established,related,untracked'],
  ] as const) {
    const layer = policyLayer(picture, 'n1', usualEngine, new Causes(), family);
    const text = listRuleset({ nft: layer.nft ?? [] });
    assert.equal(text.split(`\n\t\tct state ${states} accept\n`).length - 1, afterDnat.length);
  }
});

test('policy: without one nothing is kept, and the last one takes all with it', () => {
  const world = new PolicyWorld();
  assert.equal(
    world.receive(
      base.map((one) => event(one)),
      () => [],
    ),
    false,
  );
  assert.equal(world.picture, null);
  const one = ingress([]);
  assert.equal(
    world.receive([event(one)], (kind) => base.filter((o) => o.kind === kind) as never),
    true,
  );
  assert.equal(verdictOf(world, 'FORWARD', `${b} > ${a}:80`), 'drop');
  assert.equal(
    world.receive([event(one, 'DELETED')], () => []),
    true,
  );
  assert.equal(world.picture, null);
});

test('policy: what no policy can tell changes no rule, and forks share them', () => {
  const world = worldOf([...base, ingress([])]);
  const before = world.picture;
  const again = pod('a', a, { status: { phase: 'Running', message: 'new' } });
  assert.equal(
    world.receive([event(again, 'MODIFIED')], () => []),
    false,
  );
  assert.equal(world.picture, before);
  const fork = world.fork();
  assert.equal(fork.picture, before);
  fork.receive([event(pod('a', a, { labels: { app: 'z' } }), 'MODIFIED')], () => []);
  assert.equal(verdictOf(fork, 'FORWARD', `${b} > ${a}:80`), 'accept');
  assert.equal(verdictOf(world, 'FORWARD', `${b} > ${a}:80`), 'drop');
});

test('policy: names that are too long for nf_tables are cut, and stay apart', () => {
  const long = (end: string) => `${'n'.repeat(250)}${end}`;
  const names = ['x', 'y'].map(long);
  const world = worldOf([
    ...base,
    ...names.map((name) => policy({ podSelector: {}, policyTypes: ['Ingress'] }, name)),
  ]);
  const { picture } = world;
  assert.ok(picture !== null);
  const layer = policyLayer(picture, 'n1', usualEngine, new Causes(), 4);
  const text = listRuleset({ nft: layer.nft ?? [] });
  const chains = [...text.matchAll(/chain (ingress-policy-\S+) \{/g)].map(([, name]) => name ?? '');
  assert.equal(new Set(chains).size, 2);
  assert.ok(chains.every((name) => name.length < 256));
  assert.ok(
    [...text.matchAll(/comment "([^"]*)"/g)].every(([, comment]) => (comment ?? '').length < 128),
  );
});

test('policy: a Service that changes changes rules where cluster IPs count, and nowhere else', () => {
  for (const clusterIPs of [true, false]) {
    const objects = [...base, service(8080), toB({ port: 8080, protocol: 'TCP' })];
    const world = worldOf(objects, clusterIPs);
    const moved = event(service(9090), 'MODIFIED');
    assert.equal(
      world.receive([moved], () => []),
      clusterIPs,
    );
    if (!clusterIPs) continue;
    const engine = { hooks: cable, clusterIPs };
    const opening = `${a} > ${clusterIP}:80`;
    assert.equal(verdictOf(world, 'PREROUTING', opening, engine), 'drop');
    const gone = event(service(9090), 'DELETED');
    assert.equal(
      world.receive([gone], () => []),
      true,
    );
  }
});

test('policy: the text of cluster IPs with ports is read back as it was', () => {
  const ports = [
    { port: 8080, protocol: 'TCP' },
    { port: 8080, endPort: 8090, protocol: 'TCP' },
    { protocol: 'UDP' },
  ];
  const { picture } = worldOf([...base, service(8080), toB(...ports)], true);
  assert.ok(picture !== null);
  const layer = policyLayer(picture, 'n1', { hooks: cable, clusterIPs: true }, new Causes(), 4);
  const text = listRuleset({ nft: layer.nft ?? [] });
  const lines = text.split('\n').map((line) => line.trim());
  const known = [
    'type filter hook prerouting priority mangle; policy accept;',
    'elements = { 10.96.0.1 . 80 }',
    'elements = { 10.96.0.1 . 80-8090 }',
    'elements = { 10.96.0.1 }',
  ];
  for (const line of known) assert.ok(lines.includes(line), `${line} in\n${text}`);
  assert.equal(listRuleset({ nft: parseRuleset(text) }), text);
});
