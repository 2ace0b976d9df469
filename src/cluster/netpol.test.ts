// Upstream's Netpol suite, row by row: every Pod dials every Pod by its address, by its Service's and by its Service's
// name. For the last, policies of egress also allow DNS, whose port none of them is about. Once more under aws-vpc, by the
// Service's address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTexts } from '../input/load.ts';
import { formatAddr } from '../net/addr.ts';
import { parseProto, TCP } from '../net/packet.ts';
import type { Cluster } from './cluster.ts';
import { type NetpolChange, type NetpolLook, netpolRows } from './netpol.table.ts';
import { createSimulated } from './simulated.ts';

const namespaces = ['x', 'y', 'z'];
const pods = namespaces.flatMap((namespace) =>
  ['a', 'b', 'c'].map((name) => `${namespace}/${name}`),
);
const protocols = ['TCP', 'UDP', 'SCTP'];
const ports = [80, 81].flatMap((port) =>
  protocols.map((protocol) => ({
    port,
    protocol,
    name: `serve-${port}-${protocol.toLowerCase()}`,
  })),
);

function objectsOf(key: string): readonly object[] {
  const [namespace = '', name = ''] = key.split('/');
  const containerPorts = ports.map(({ port, ...rest }) => ({ containerPort: port, ...rest }));
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: { pod: name } },
      spec: { containers: [{ name: 'c', image: 'agnhost', ports: containerPorts }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `s-${namespace}-${name}`, namespace },
      spec: { selector: { pod: name }, ports },
    },
  ];
}

const text = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    ...namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...pods.flatMap(objectsOf),
  ],
});

function clusterIn(mode: Cluster['proxyMode'], cniProfile = 'bridge'): Cluster {
  const { clusterSpec, manifests } = loadTexts([{ file: 'netpol.json', text }]);
  const spec = { ...clusterSpec, proxyMode: mode, cniProfile } as typeof clusterSpec;
  return createSimulated({ spec, manifests });
}

type Way = 'Pod address' | 'Service address' | 'Service name';

function targetOf(cluster: Cluster, key: string, way: Way): string {
  const [namespace = '', name = ''] = key.split('/');
  const service = `s-${namespace}-${name}`;
  if (way === 'Service name') return `${service}.${namespace}`;
  const who = way === 'Pod address' ? `pod/${key}` : `svc/${namespace}/${service}`;
  return formatAddr(cluster.addressesOf(who)[0] ?? 0);
}

const dns = {
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};

function apply(cluster: Cluster, change: NetpolChange, way: Way): void {
  switch (change.kind) {
    case 'delete':
      cluster.delete('NetworkPolicy', change.policy);
      break;
    case 'label': {
      const [kind = '', ...key] = change.object.split('/');
      cluster.set(kind, key.join('/'), `metadata.labels.${change.key}`, change.value);
      break;
    }
    case 'policy': {
      const { name, namespace } = change;
      const spec = change.spec as { readonly egress?: readonly object[] };
      const more =
        spec.egress === undefined || way !== 'Service name'
          ? {}
          : { egress: [...spec.egress, dns] };
      const object = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name, namespace },
        spec: { ...spec, ...more },
      };
      const body = JSON.stringify(object).replaceAll(
        /"(IP|AROUND):([xyz]\/[abc])"/g,
        (_, what, key) => {
          const ip = formatAddr(cluster.addressesOf(`pod/${key}`)[0] ?? 0);
          return JSON.stringify(what === 'IP' ? `${ip}/32` : '0.0.0.0/0');
        },
      );
      cluster.apply(loadTexts([{ file: 'policy.json', text: body }]).manifests);
    }
  }
}

function reaches(cluster: Cluster, from: string, to: string, look: NetpolLook, way: Way): boolean {
  const target = `${targetOf(cluster, to, way)}:${look.port}`;
  const proto = parseProto(look.protocol) ?? TCP;
  // One SYN is enough: a second would meet the same rules.
  const { dial } = cluster.connect(`pod/${from}`, target, { proto, timeoutMs: 900 });
  if (dial?.outcome === 'answered') return dial.backend === `pod/${to}`;
  assert.equal(dial?.outcome, 'timeout', `${from} -> ${target}: policies drop`);
  assert.equal(dial.via, 'policy');
  return false;
}

function matches(pattern: string, key: string): boolean {
  return pattern === '*' || pattern === key || pattern === `${key.slice(0, 1)}/*`;
}

/** A line for each Pod that dials: "." reaches, "X" does not. */
function tableOf(reached: (from: string, to: string) => boolean): string {
  const rows = pods.map((from) => pods.map((to) => (reached(from, to) ? '.' : 'X')).join(' '));
  return pods.map((from, i) => `${from} ${rows[i]}`).join('\n');
}

function expected({ expect }: NetpolLook, differs: NetpolLook['expect'] = []): string {
  return tableOf((from, to) => {
    const isMeant = ([f, t]: (typeof expect)[number]) => matches(f, from) && matches(t, to);
    const said = expect.findLast(isMeant);
    return differs.findLast(isMeant)?.[2] ?? (from === to || (said?.[2] ?? true));
  });
}

for (const mode of ['iptables', 'ipvs', 'nftables'] as const) {
  const cluster = clusterIn(mode);
  // How a Pod is dialled by its own address is the same in all modes.
  const ways: readonly Way[] =
    mode === 'iptables' ? ['Pod address', 'Service address', 'Service name'] : ['Service address'];
  for (const { name, looks } of netpolRows) {
    test(`Netpol (G, I) in ${mode} mode: ${name}`, () => {
      for (const way of ways) {
        const fork = cluster.fork();
        for (const [i, look] of looks.entries()) {
          for (const change of look.changes) apply(fork, change, way);
          const table = tableOf((from, to) => reaches(fork, from, to, look, way));
          assert.equal(table, expected(look), `look ${i + 1}, by ${way}`);
        }
      }
    });
  }
}

type Expect = NetpolLook['expect'];
const ofX: Expect = [['x/*', 'x/*', false]];
const ofA: Expect = [['x/a', 'x/a', false]];

/** Where the profile aws-vpc, which judges egress by what is dialled, differs on the way through a Service, by row and look.
 * A Pod that dials itself by its Service is judged, for the packet leaves it; a port's name without Pods whose it could be
 * means nothing; a block of Pod addresses holds no Service, nor does its exception. */
const differs: Readonly<Record<string, readonly Expect[]>> = {
  "should support a 'default-deny-all' policy": [ofX, ofX],
  'should allow egress access on one named port': [[['x/*', '*', false]], ofX],
  'should deny egress from pods based on PodSelector': [ofA],
  'should deny egress from all pods in a namespace': [ofX],
  'should work with Ingress, Egress specified together': [[], ofA],
  'should support denying of egress traffic on the client side (even if the server explicitly allows this traffic)':
    [ofA, ofA],
  'should enforce egress policy allowing traffic to a server in a different namespace based on PodSelector and NamespaceSelector':
    [ofA],
  'should enforce multiple egress policies with egress allow-all policy taking precedence': [ofX],
  'should stop enforcing policies after they are deleted': [ofX],
  'should allow egress access to server in CIDR block': [[['x/a', '*', false]]],
  'should enforce except clause while egress access to server in CIDR block': [
    [['x/a', '*', true]],
  ],
  'should ensure an IP overlapping both IPBlock.CIDR and IPBlock.Except is allowed': [
    [['x/a', '*', true]],
    [['x/a', '*', false]],
  ],
};

const onTheVpc = clusterIn('iptables', 'aws-vpc');
for (const { name, looks } of netpolRows) {
  test(`Netpol (G, I) under aws-vpc: ${name}`, () => {
    const fork = onTheVpc.fork();
    for (const [i, look] of looks.entries()) {
      for (const change of look.changes) apply(fork, change, 'Service address');
      const table = tableOf((from, to) => reaches(fork, from, to, look, 'Service address'));
      assert.equal(table, expected(look, differs[name]?.[i]), `look ${i + 1}`);
    }
  });
}

test('Netpol (G, I) under aws-vpc: the rows that differ are rows', () => {
  const names = netpolRows.map(({ name }) => name);
  assert.deepEqual(
    Object.keys(differs).filter((name) => !names.includes(name)),
    [],
  );
});
