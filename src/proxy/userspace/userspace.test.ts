// Facts E of userspace mode: chains and rules, the round robin of roundrobin_test.go, dial time-outs, sessions, claims.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testConfig, testNode } from '../../../test/arbitraries/proxy-objects.ts';
import { addr } from '../../net/addr.ts';
import { saveText } from '../../netfilter/iptables-text/print.ts';
import { composeRules } from '../../netfilter/ruleset.ts';
import { Causes } from '../../sim/causes.ts';
import { seeded } from '../../sim/choices.ts';
import type { ProxyMachine, ProxySocket } from '../mode.ts';
import { emptySnapshot, withEvent } from '../snapshot.ts';
import { newBalancer, nextEndpoint, type Target, withEndpoints, withoutStale } from './balancer.ts';
import { type UserspaceState, userspaceMode } from './mode.ts';
import { parseRange } from './ports.ts';
import { relayDatagram, relayStream } from './relay.ts';

const target = (text: string): Target => {
  const [address = '', port = ''] = text.split(':');
  return { text, address: addr(address), port: Number(port), origin: 0 };
};
const [a, b, c] = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'].map(target) as [
  Target,
  Target,
  Target,
];
const client = addr('203.0.113.2');
const other = addr('203.0.113.3');

/** Endpoints that `n` connections of `who` get. */
function taken(balancer: ReturnType<typeof newBalancer>, n: number, who = client, nowMs = 0) {
  let now = balancer;
  const texts: string[] = [];
  for (let i = 0; i < n; i++) {
    const next = nextEndpoint(now, who, false, nowMs);
    texts.push(next?.endpoint.text ?? 'none');
    now = next?.after ?? now;
  }
  return { texts, after: now };
}

test('E round robin: each endpoint in turn, from a shuffled list', () => {
  const balancer = withEndpoints(newBalancer(false, 10), [a, b, c], seeded(1));
  const { texts } = taken(balancer, 6);
  assert.deepEqual(texts.slice(0, 3), texts.slice(3));
  assert.equal(new Set(texts).size, 3);
  const orders = new Set(
    [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
      taken(withEndpoints(newBalancer(false, 10), [a, b, c], seeded(seed)), 3).texts.join(),
    ),
  );
  assert.ok(orders.size > 2, [...orders].join(' '));
});

test('E the same set keeps order and place, another one begins anew', () => {
  const balancer = withEndpoints(newBalancer(false, 10), [a, b, c], seeded(1));
  const { after } = taken(balancer, 1);
  assert.equal(withEndpoints(after, [c, a, b], seeded(2)), after);
  assert.equal(withEndpoints(after, [a, b], seeded(2)).index, 0);
});

test('E ClientIP affinity: kept while it is used, until the time-out or the endpoint goes', () => {
  const balancer = withEndpoints(newBalancer(true, 10), [a, b, c], seeded(1));
  const first = taken(balancer, 3);
  assert.equal(new Set(first.texts).size, 1);
  const stranger = taken(first.after, 1, other);
  assert.notEqual(stranger.texts[0], first.texts[0]);
  const later = taken(first.after, 1, client, 9_999);
  assert.equal(later.texts[0], first.texts[0]);
  assert.equal(taken(later.after, 1, client, 19_998).texts[0], first.texts[0]);
  assert.notEqual(taken(first.after, 1, client, 10_000).texts[0], first.texts[0]);
  assert.equal(withoutStale(first.after, 10_000).clients.size, 0);
  const gone = [a, b, c].filter(({ text }) => text !== first.texts[0]);
  assert.equal(withEndpoints(first.after, gone, seeded(1)).clients.size, 0);
});

test('E nobody to choose from', () => {
  assert.deepEqual(taken(newBalancer(false, 10), 1).texts, ['none']);
});

function stateWith(endpoints: readonly Target[], affinity = false): UserspaceState {
  const balancer = withEndpoints(newBalancer(affinity, 10_800), endpoints, seeded(1));
  return {
    written: undefined as never,
    portals: new Map(),
    balancers: new Map([['ns/svc', balancer]]),
    claims: new Map(),
    sessions: new Map(),
  };
}
const who = { addr: client, port: 4000 };

test('E dial time-outs 250 ms, 500 ms, 1 s and 2 s, each with the next endpoint; then the client is closed', () => {
  const dialled: string[] = [];
  const relayed = relayStream(stateWith([a, b, c], true), 'ns/svc', who, 0, (to, timeoutMs) => {
    dialled.push(to.text);
    return { connected: false, elapsedMs: timeoutMs, result: null };
  });
  assert.equal(relayed.result, null);
  assert.equal(relayed.elapsedMs, 3_750);
  assert.equal(new Set(dialled.slice(0, 3)).size, 3);
  assert.equal(dialled[3], dialled[0]);
});

test('E a failed dial moves the affinity of the client to the endpoint that took it', () => {
  let tries = 0;
  const one = relayStream(stateWith([a, b, c], true), 'ns/svc', who, 0, (to) => {
    return { connected: tries++ > 0, elapsedMs: 250, result: to.text };
  });
  const two = relayStream(one.after, 'ns/svc', { ...who, port: 4001 }, 1_000, (to) => {
    return { connected: true, elapsedMs: 0, result: to.text };
  });
  assert.equal(two.result, one.result);
});

test('E UDP: one endpoint for each client address until it has been idle for 250 ms', () => {
  const send = (to: Target) => ({ connected: true, elapsedMs: 0, result: to.text });
  const at = (state: UserspaceState, port: number, nowMs: number) =>
    relayDatagram(state, 'ns/svc', { addr: client, port }, nowMs, 250, send);
  const one = at(stateWith([a, b, c]), 4000, 0);
  assert.equal(at(one.after, 4000, 249).result, one.result);
  assert.notEqual(at(one.after, 4000, 250).result, one.result);
  assert.notEqual(at(one.after, 4001, 10).result, one.result);
  assert.equal(at(stateWith([]), 4000, 0).result, null);
});

test('E --proxy-port-range', () => {
  assert.deepEqual(parseRange('300-2000'), { low: 300, high: 2000 });
  assert.deepEqual(parseRange('300+100'), { low: 300, high: 400 });
  assert.deepEqual(parseRange('300'), { low: 300, high: 300 });
  assert.equal(parseRange(''), undefined);
  assert.equal(parseRange('0-0'), undefined);
});

/** A machine whose sockets are a list; `taken` are somebody else's ports. */
function machine(taken: readonly number[] = []) {
  const open: ProxySocket[] = [];
  const fake: Pick<ProxyMachine, 'nowMs' | 'choices' | 'listen' | 'unlisten' | 'deleteFlows'> = {
    nowMs: 0,
    choices: seeded(1),
    listen: (socket) => {
      const clashes = open.some((o) => o.port === socket.port && o.proto === socket.proto);
      if (clashes || taken.includes(socket.port)) return false;
      open.push(socket);
      return true;
    },
    unlisten: ({ proto, port }) => {
      const at = open.findIndex((o) => o.port === port && o.proto === proto);
      if (at >= 0) open.splice(at, 1);
    },
    deleteFlows: () => 0,
  };
  return { open, machine: fake as ProxyMachine };
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'svc', namespace: 'ns' },
  spec: {
    type: 'NodePort',
    clusterIP: '172.30.0.41',
    externalIPs: ['192.168.99.22', '192.168.0.2'],
    ports: [
      { name: 'p80', port: 80, protocol: 'TCP', nodePort: 3001 },
      { name: 's', port: 90, protocol: 'SCTP', nodePort: 3002 },
    ],
  },
  status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } },
};

function synced(taken: readonly number[] = []) {
  const event = { type: 'ADDED', kind: 'Service', key: 'ns/svc', object: service };
  const snapshot = withEvent(emptySnapshot(25), event as never);
  const { open, machine: made } = machine(taken);
  const config = { ...testConfig, mode: 'userspace' as const, minor: 25, portRange: '40000-40009' };
  const input = { snapshot, node: testNode, config, causes: new Causes(), family: 4 as const };
  const state = userspaceMode.sync(null, input, made);
  const text = saveText(composeRules(4, [state.written.layer]));
  const lines = text.split('\n').filter((line) => line.startsWith('-A'));
  return { state, input, open, machine: made, lines };
}

const first = 'handle ClusterIPs; NOTE: this must be before the NodePort rules';
const last = 'handle service NodePorts; NOTE: this must be the last rule in the chain';

test('E chains and rules of a Service with every kind of entry; SCTP has none', () => {
  const { lines, state } = synced();
  const [portal] = [...state.portals.values()];
  const pp = portal?.proxyPort;
  const match = (to: string) =>
    `-d ${to}/32 -p tcp -m comment --comment "ns/svc:p80" -m tcp --dport 80`;
  const node = '-p tcp -m comment --comment "ns/svc:p80" -m tcp --dport 3001';
  const local = '-m addrtype --dst-type LOCAL';
  const toHost = `-j DNAT --to-destination 192.168.0.2:${pp}`;
  assert.deepEqual(lines, [
    '-A INPUT -m comment --comment "Ensure that non-local NodePort traffic can flow" -j KUBE-NODEPORT-NON-LOCAL',
    `-A KUBE-NODEPORT-NON-LOCAL -p tcp -m comment --comment "ns/svc:p80" -m tcp --dport ${pp} -m state --state NEW -j ACCEPT`,
    `-A PREROUTING -m comment --comment "${first}" -j KUBE-PORTALS-CONTAINER`,
    `-A PREROUTING ${local} -m comment --comment "${last}" -j KUBE-NODEPORT-CONTAINER`,
    `-A OUTPUT -m comment --comment "${first}" -j KUBE-PORTALS-HOST`,
    `-A OUTPUT ${local} -m comment --comment "${last}" -j KUBE-NODEPORT-HOST`,
    `-A KUBE-NODEPORT-CONTAINER ${node} -j REDIRECT --to-ports ${pp}`,
    `-A KUBE-NODEPORT-HOST ${node} ${toHost}`,
    `-A KUBE-PORTALS-CONTAINER ${match('172.30.0.41')} -j REDIRECT --to-ports ${pp}`,
    `-A KUBE-PORTALS-CONTAINER ${match('192.168.99.22')} -m physdev ! --physdev-is-in -j REDIRECT --to-ports ${pp}`,
    `-A KUBE-PORTALS-CONTAINER ${match('192.168.99.22')} ${local} -j REDIRECT --to-ports ${pp}`,
    `-A KUBE-PORTALS-CONTAINER ${match('192.168.0.2')} -m physdev ! --physdev-is-in -j REDIRECT --to-ports ${pp}`,
    `-A KUBE-PORTALS-CONTAINER ${match('192.168.0.2')} ${local} -j REDIRECT --to-ports ${pp}`,
    `-A KUBE-PORTALS-CONTAINER ${match('1.2.3.4')} -j REDIRECT --to-ports ${pp}`,
    `-A KUBE-PORTALS-HOST ${match('172.30.0.41')} ${toHost}`,
    `-A KUBE-PORTALS-HOST ${match('192.168.99.22')} ${local} ${toHost}`,
    `-A KUBE-PORTALS-HOST ${match('192.168.0.2')} ${local} ${toHost}`,
    `-A KUBE-PORTALS-HOST ${match('1.2.3.4')} ${toHost}`,
  ]);
});

test("E sockets: the proxy port, the node port, and an external IP that is the node's own", () => {
  const { open, state, input, machine: made } = synced();
  assert.deepEqual(
    open.map(({ port }) => port).sort(),
    [3001, state.written.sockets[0]?.port, 80].sort(),
  );
  assert.equal(open.find(({ port }) => port === 80)?.address, addr('192.168.0.2'));
  const without = { ...input, snapshot: emptySnapshot(25) };
  const after = userspaceMode.sync(state, without, made);
  assert.deepEqual([open, after.claims.size, after.balancers.size], [[], 0, 0]);
});

test('E a node port that is taken is not served; what comes before it is', () => {
  const { lines } = synced([3001]);
  assert.equal(
    lines.some((line) => line.includes('3001')),
    false,
  );
  assert.equal(lines.filter((line) => line.includes('-d 1.2.3.4/32')).length, 2);
});

test('E an external IP whose port is taken ends the portal there: neither balancer IP nor node port', () => {
  const { lines } = synced([80]);
  assert.equal(
    lines.some((line) => /3001|1\.2\.3\.4|-d 192\.168\.0\.2\/32/.test(line)),
    false,
  );
  assert.equal(lines.filter((line) => line.includes('-d 192.168.99.22/32')).length, 3);
});

test('E no port left in the range: the Service is not proxied at all', () => {
  const all = Array.from({ length: 10 }, (_, i) => 40_000 + i);
  assert.equal(synced(all).lines.length, 5);
});
