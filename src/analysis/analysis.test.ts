import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../api/types.ts';
import type { Attempt, Resolution } from '../cluster/cluster.ts';
import { addr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import { Trace } from '../netfilter/trace.ts';
import type { DialResult } from '../node/dial.ts';
import { blameOf } from './blame.ts';
import { fakeCluster, stored, traceOf } from './cluster.fixture.ts';
import { parseFlows, possibilities, runFlows } from './flows.ts';
import { resolveDocument, resolveText } from './resolve-document.ts';
import { attemptDocument, traceDocument } from './trace-document.ts';
import { attemptText, traceText } from './trace-text.ts';

const service = (spec: Readonly<Record<string, unknown>>): AnyObject =>
  stored('Service', 'demo/web', { spec });
const pod = (name: string, labels: Readonly<Record<string, string>>, ready: boolean): AnyObject =>
  stored('Pod', `demo/${name}`, {
    labels,
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });

const services = { table: 'filter', name: 'KUBE-SERVICES' } as const;
const external = { table: 'filter', name: 'KUBE-EXTERNAL-SERVICES' } as const;
const firewall = { table: 'filter', name: 'KUBE-PROXY-FIREWALL' } as const;
const web = 'Service/demo/web';

const rows: readonly {
  readonly name: string;
  readonly objects: readonly AnyObject[];
  readonly dial: Partial<DialResult>;
  readonly want: { readonly id: string; readonly object: string | null; readonly says: RegExp };
}[] = [
  {
    name: 'a selector that matches nothing',
    objects: [service({ selector: { app: 'web' } }), pod('a', { app: 'wbe' }, true)],
    dial: {
      outcome: 'refused',
      via: 'icmp',
      trace: traceOf('reject', services, web, 'spec.ports[0]', 'demo/web has no endpoints'),
    },
    want: {
      id: 'no-endpoints',
      object: web,
      says: /no Pod in namespace demo has the labels app=web/,
    },
  },
  {
    name: 'pods that are not ready',
    objects: [service({ selector: { app: 'web' } }), pod('a', { app: 'web' }, false)],
    dial: {
      outcome: 'refused',
      via: 'icmp',
      trace: traceOf('reject', services, web, 'spec.ports[0]', 'demo/web has no endpoints'),
    },
    want: { id: 'no-endpoints', object: web, says: /matches 1 Pods, none of them ready \(a\)/ },
  },
  {
    name: 'no selector and nobody made endpoints',
    objects: [service({})],
    dial: {
      outcome: 'refused',
      via: 'icmp',
      trace: traceOf('reject', services, web, 'spec.ports[0]', 'demo/web has no endpoints'),
    },
    want: { id: 'no-endpoints', object: web, says: /no selector, and nobody made Endpoints/ },
  },
  {
    name: 'an internal policy Local without an endpoint on the node',
    objects: [service({ internalTrafficPolicy: 'Local', selector: { app: 'web' } })],
    dial: {
      outcome: 'timeout',
      via: 'drop',
      trace: traceOf('drop', services, web, 'spec.ports[0]', 'demo/web has no local endpoints'),
    },
    want: { id: 'no-local-endpoints', object: web, says: /none on node\/node01/ },
  },
  {
    name: 'an external policy Local without an endpoint on the node',
    objects: [service({ externalTrafficPolicy: 'Local', selector: { app: 'web' } })],
    dial: {
      outcome: 'timeout',
      via: 'drop',
      trace: traceOf('drop', external, web, 'spec.ports[0]', 'demo/web has no local endpoints'),
    },
    want: { id: 'no-local-endpoints', object: web, says: /traffic policy is Local/ },
  },
  {
    name: 'a client outside of loadBalancerSourceRanges',
    objects: [service({})],
    dial: {
      outcome: 'timeout',
      via: 'drop',
      trace: traceOf('drop', firewall, web, 'spec.loadBalancerSourceRanges', 'x'),
    },
    want: { id: 'load-balancer-source-ranges', object: web, says: /outside loadBalancerSource/ },
  },
  {
    name: 'a target port that nobody listens on',
    objects: [service({})],
    dial: {
      outcome: 'refused',
      via: 'rst',
      trace: traceOf('dnat', { table: 'nat', name: 'KUBE-SVC-X' }, web, 'spec.ports[0]', 'x'),
    },
    want: { id: 'no-listener', object: web, says: /nothing listens on 10\.1\.0\.29:80/ },
  },
  {
    name: 'a cluster IP from outside',
    objects: [service({ clusterIPs: ['10.96.0.9'], ports: [{ port: 80 }] })],
    dial: { outcome: 'unreachable', via: 'noroute', destination: null, source: null },
    want: { id: 'no-route', object: web, says: /exists only in the rules of the nodes/ },
  },
  {
    name: 'a datagram to an address that no neighbour has',
    objects: [service({})],
    dial: { outcome: 'timeout', via: 'icmp', trace: noted('unreachable', 'no neighbour on cni0') },
    want: { id: 'no-route', object: null, says: /node\/node02 to 10\.1\.0\.29:80: no neighbour/ },
  },
  {
    name: 'a packet that ran in circles',
    objects: [service({})],
    dial: { outcome: 'unreachable', via: 'icmp', trace: noted('lost', 'time to live: ran out') },
    want: { id: 'lost', object: null, says: /lost at node\/node02: time to live: ran out/ },
  },
  {
    name: 'a rule that no Service caused',
    objects: [],
    dial: {
      outcome: 'timeout',
      via: 'drop',
      trace: traceOf('drop', { table: 'filter', name: 'FORWARD' }, '', '', 'invalid'),
    },
    want: { id: 'dropped', object: null, says: /a rule on node\/node01 dropped.*invalid/ },
  },
];
function noted(effect: 'lost' | 'unreachable', detail: string): Trace {
  const trace = new Trace();
  trace.note({ at: 'node/node02', stage: 'route', effect, detail });
  return trace;
}

for (const row of rows) {
  test(`blame: ${row.name}`, () => {
    const cluster = fakeCluster({ objects: row.objects, connect: () => row.dial });
    const attempt = cluster.connect('pod/demo/client', 'web:80');
    const blame = blameOf(cluster, attempt);
    assert.equal(blame?.id, row.want.id);
    assert.equal(blame?.object, row.want.object);
    assert.match(blame?.message ?? '', row.want.says);
    assert.equal(blame?.file, row.want.object === null ? null : 'service.yaml');
  });
}

const failedLookup: Resolution = {
  name: 'web',
  type: 'A',
  resolver: 'musl',
  search: ['other.svc.cluster.local', 'svc.cluster.local'],
  ndots: 5,
  queries: [
    {
      name: 'web.other.svc.cluster.local',
      type: 'A',
      server: '10.96.0.10:53',
      transport: 'udp',
      rcode: 'NXDOMAIN',
      flags: ['qr', 'aa', 'rd'],
      answers: [],
      cached: false,
      atMs: 0,
    },
  ],
  outcome: 'nxdomain',
  addresses: [],
  elapsedMs: 0,
};
const unresolved: Attempt = {
  n: 1,
  atMs: 0,
  from: 'pod/other/client',
  target: 'web:80',
  proto: TCP,
  lookup: failedLookup,
  dial: null,
};

test('blame: a Service of another namespace is named with the name that would work', () => {
  const blame = blameOf(fakeCluster({ objects: [service({})] }), unresolved);
  assert.equal(blame?.id, 'nxdomain');
  assert.equal(blame?.object, web);
  assert.match(blame?.message ?? '', /ask for "web\.demo"/);
});

test('blame: a Service that the DNS server has not heard of, its line explained', () => {
  const [query] = failedLookup.queries;
  assert.ok(query !== undefined);
  const search = ['demo.svc.cluster.local', 'svc.cluster.local'];
  const queries = [{ ...query, name: 'web.demo.svc.cluster.local.' }];
  const asked = { ...unresolved, from: 'pod/demo/client' };
  const cluster = fakeCluster({ objects: [service({ clusterIP: '10.96.0.9' })] });
  const blame = blameOf(cluster, { ...asked, lookup: { ...failedLookup, search, queries } });
  assert.equal(
    blame?.message,
    'no DNS server knows the name "web": Service/demo/web exists; the DNS server has not heard of it yet (asked 10.96.0.10:53)',
  );
  assert.equal(blame?.object, web);
});

test('blame: a Service that no query asked for', () => {
  const lookup = { ...failedLookup, search: ['svc.cluster.local'] };
  const cluster = fakeCluster({ objects: [service({ clusterIP: '10.96.0.9' })] });
  const blame = blameOf(cluster, { ...unresolved, from: 'pod/demo/client', lookup });
  assert.match(blame?.message ?? '', /: no query asked for "web\.demo\.svc\.cluster\.local"$/);
});

test('blame: an answered connection blames nothing', () => {
  const cluster = fakeCluster();
  assert.equal(blameOf(cluster, cluster.connect('pod/demo/client', 'web:80')), null);
});

test('a hop says where, which rule as iptables-save prints it, and the line that caused it', () => {
  const trace = traceOf('reject', services, web, 'spec.ports[0]', 'demo/web has no endpoints');
  const cluster = fakeCluster({ connect: () => ({ outcome: 'refused', via: 'icmp', trace }) });
  const document = attemptDocument(cluster, cluster.connect('pod/demo/client', 'web:80'));
  assert.deepEqual(document.hops, [
    {
      at: 'node/node01',
      stage: 'filter/FORWARD',
      chain: 'KUBE-SERVICES',
      rule: '-A KUBE-SERVICES -m comment --comment "demo/web has no endpoints" -j REJECT --reject-with icmp-port-unreachable',
      effect: 'reject',
      detail: 'demo/web has no endpoints',
      source: 'service.yaml:14',
    },
  ]);
  assert.equal(document.rulesWalked, 7);
});

test('the text begins with the verdict and ends with the blame and its line', () => {
  const trace = traceOf('reject', services, web, 'spec.ports[0]', 'demo/web has no endpoints');
  const cluster = fakeCluster({
    objects: [service({ selector: { app: 'web' } })],
    connect: () => ({ outcome: 'refused', via: 'icmp', trace, destination: null }),
  });
  const attempt = attemptDocument(cluster, cluster.connect('pod/demo/client', 'web:80'));
  const lines = attemptText(attempt).split('\n');
  assert.equal(lines[0], 'refused (icmp): 10.1.0.40:32768 -> 10.96.0.9:80');
  assert.match(lines.at(-2) ?? '', /^blame: no-endpoints: Service\/demo\/web has no ready/);
  assert.equal(lines.at(-1)?.trim(), 'service.yaml:14');
});

for (const [source, want] of [
  ['10.1.0.40', '10.1.0.40:4000'],
  ['fd00::5', '[fd00::5]:4000'],
] as const) {
  test(`the verdict says who was seen: ${want}`, () => {
    const cluster = fakeCluster({
      connect: () => ({ source: { addr: addr(source), port: 4000 } }),
    });
    const attempt = attemptDocument(cluster, cluster.connect('pod/demo/client', 'web:80'));
    assert.ok(attemptText(attempt).split('\n')[0]?.endsWith(`, source seen ${want}`));
  });
}

test('exhaustive possibilities are exact and add up to one', () => {
  const found = possibilities(fakeCluster(), { from: 'pod/demo/client', to: 'web:80', proto: TCP });
  assert.deepEqual(
    found.map(({ backend, probability }) => [backend, probability]),
    [
      ['pod/demo/web-1', 0.5],
      ['pod/demo/web-2', 0.5],
    ],
  );
});

test('flows run in order, 1 ms apart, and count their backends', () => {
  const cluster = fakeCluster();
  const flows = parseFlows([{ from: 'pod/demo/client', to: 'web:80', count: 3 }], 'flows.yaml');
  const [flow] = runFlows(cluster, flows);
  assert.deepEqual(
    flow?.attempts.map((attempt) => [attempt.n, attempt.atMs]),
    [
      [1, 0],
      [2, 1],
      [3, 2],
    ],
  );
  assert.deepEqual(flow?.distribution, { 'pod/demo/web-1': 3 });
  assert.deepEqual(flow?.sources, { '10.1.0.40': 3 });
  const document = traceDocument(cluster, flow === undefined ? [] : [flow]);
  assert.match(traceText(document), /3 connections: 3 answered\n {2}3 x pod\/demo\/web-1/);
});

const badFlows: readonly (readonly [string, unknown, RegExp])[] = [
  ['no list', {}, /must be a list/],
  ['an entry that is no object', ['x'], /entry 1 is no object/],
  ['an unknown field', [{ from: 'a', to: 'b', form: 'c' }], /entry 1: unknown field "form"/],
  ['a missing field', [{ from: 'a' }], /entry 1: "to" must be a text/],
  ['a count of zero', [{ from: 'a', to: 'b', count: 0 }], /"count" must be a whole number from 1/],
  [
    'an id twice',
    [
      { from: 'a', to: 'b', id: 'x' },
      { from: 'a', to: 'b', id: 'x' },
    ],
    /is taken/,
  ],
];
for (const [name, content, says] of badFlows) {
  test(`flows file: ${name} is refused`, () => {
    assert.throws(() => parseFlows(content, 'flows.yaml'), { code: 'flows-file', message: says });
  });
}

test('resolve: the document names who asked, the text shows every query', () => {
  const document = resolveDocument('pod/other/client', failedLookup);
  assert.equal(document.from, 'pod/other/client');
  const text = resolveText(document);
  assert.match(
    text,
    /;web\.other\.svc\.cluster\.local\. IN A\n;; status: NXDOMAIN; flags: qr aa rd/,
  );
  assert.match(text, /; nxdomain$/);
});
