// F10 in IPVS mode: who reaches what through which frontend, and which source the endpoint sees. Rows say what differs
// from iptables mode (truth-table.test.ts) and what does not. Every branch is walked: a row names all outcomes there are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Policy, serviceTown, targets } from '../../test/arbitraries/service-town.ts';
import { formatAddr } from '../net/addr.ts';
import type { ProxyConfig } from '../proxy/config.ts';
import { enumerate } from '../sim/choices.ts';
import { byCodeUnit } from '../sim/table.ts';
import { dialTo, momentOf, open } from './lab.ts';

interface Row {
  readonly name: string;
  readonly from: string;
  readonly to: keyof typeof targets;
  /** In place of the frontend's own port. */
  readonly port?: number;
  /** [internal, external] traffic policy. */
  readonly policy?: readonly [Policy, Policy];
  readonly endpoints?: readonly string[];
  readonly ranges?: readonly string[];
  readonly config?: Partial<ProxyConfig>;
  /** Every outcome there is: "e1 sees 10.244.1.1", or the failure. */
  readonly want: readonly string[];
}

const n1 = '192.168.4.101';
const n2 = '192.168.4.102';
const gw1 = '10.244.1.1';
const pod = '10.244.1.2';
const routed = '203.0.113.60';
const both = (source: string): string[] => [`e1 sees ${source}`, `e2 sees ${source}`];
const masqueraded = [`e1 sees ${gw1}`, `e2 sees ${n1}`];
const dropped = ['timeout via drop'];
const refused = ['refused via icmp'];
const iL = ['Local', 'Cluster'] as const;
const eL = ['Cluster', 'Local'] as const;
const remote = ['e2'];
const frontends = ['nodePort', 'externalIP', 'lb'] as const;

function external(who: string, from: string, row: Omit<Row, 'name' | 'from' | 'to'>): Row[] {
  const policy = row.policy?.[1] ?? 'Cluster';
  const none = row.endpoints === remote ? ', none local' : '';
  return frontends.map((to) => ({
    name: `F10 ${who} -> ${to}, eTP ${policy}${none}`,
    from,
    to,
    ...row,
  }));
}

const internalRows: readonly Row[] = [
  { name: 'F10 pod -> ClusterIP', from: 'pod/d/p1', to: 'clusterIP', want: both(pod) },
  {
    name: 'F10 pod -> ClusterIP that leads to itself: KUBE-LOOP-BACK masks it',
    from: 'pod/d/e1',
    to: 'clusterIP',
    want: [`e1 sees ${gw1}`, 'e2 sees 10.244.1.10'],
  },
  {
    name: 'F10 pod -> ClusterIP, iTP Local',
    from: 'pod/d/p1',
    to: 'clusterIP',
    policy: iL,
    want: [`e1 sees ${pod}`],
  },
  {
    name: 'F10 pod -> ClusterIP, iTP Local, none local: falls back to all',
    from: 'pod/d/p1',
    to: 'clusterIP',
    policy: iL,
    endpoints: remote,
    want: [`e2 sees ${pod}`],
  },
  {
    name: 'F10 node process -> ClusterIP: masked, or its source would be the ClusterIP',
    from: 'node/n1',
    to: 'clusterIP',
    want: masqueraded,
  },
  {
    name: 'F10 node process -> ClusterIP, iTP Local, none local: falls back to all',
    from: 'node/n1',
    to: 'clusterIP',
    policy: iL,
    endpoints: remote,
    want: [`e2 sees ${n1}`],
  },
  {
    name: 'F10 external routed to N1 -> ClusterIP',
    from: 'host/routed',
    to: 'clusterIP',
    want: masqueraded,
  },
  {
    name: 'F10 masqueradeAll: pod -> ClusterIP',
    from: 'pod/d/p1',
    to: 'clusterIP',
    config: { masqueradeAll: true },
    want: masqueraded,
  },
  {
    name: 'F10 no detector: node -> ClusterIP is masked by its source, the ClusterIP',
    from: 'node/n1',
    to: 'clusterIP',
    config: { clusterCIDRs: [] },
    want: masqueraded,
  },
  {
    name: 'F9 F10 no detector: a remote endpoint answers an external client past N1',
    from: 'host/routed',
    to: 'clusterIP',
    config: { clusterCIDRs: [] },
    want: [`e1 sees ${routed}`, 'timeout via noreply'],
  },
];

const externalRows: readonly Row[] = [
  ...external('pod on N1', 'pod/d/p1', { want: masqueraded }),
  ...external('pod on N1', 'pod/d/p1', { policy: eL, want: [`e1 sees ${pod}`] }),
  ...external('pod on N1', 'pod/d/p1', { policy: eL, endpoints: remote, want: [`e2 sees ${pod}`] }),
  ...external('node N1 itself', 'node/n1', { want: masqueraded }),
  ...external('external', 'host/routed', { want: masqueraded }),
  ...external('external', 'host/routed', { policy: eL, want: [`e1 sees ${routed}`] }),
  ...external('external', 'host/routed', {
    policy: eL,
    endpoints: remote,
    want: ['timeout via noreply'],
  }),
  {
    name: 'F10 node N1 itself -> nodePort, eTP Local: not masked',
    from: 'node/n1',
    to: 'nodePort',
    policy: eL,
    want: [`e1 sees ${n1}`],
  },
  {
    name: 'F10 node N1 itself -> nodePort, eTP Local, none local: works too',
    from: 'node/n1',
    to: 'nodePort',
    policy: eL,
    endpoints: remote,
    want: [`e2 sees ${n1}`],
  },
  {
    name: 'F10 node N1 itself -> lb, eTP Local: its source is the address of the load balancer',
    from: 'node/n1',
    to: 'lb',
    policy: eL,
    want: ['e1 sees 198.51.100.9'],
  },
  {
    name: 'F10 node N1 itself -> externalIP, eTP Local: its source is the external IP',
    from: 'node/n1',
    to: 'externalIP',
    policy: eL,
    want: ['e1 sees 198.51.100.7'],
  },
  {
    name: 'F10 pod on N2 -> N1:nodePort, eTP Cluster',
    from: 'pod/d/p2',
    to: 'nodePort',
    want: masqueraded,
  },
  {
    name: 'F10 pod on N2 (CNI SNATs pod to node) -> N1:nodePort, eTP Local',
    from: 'pod/d/p2',
    to: 'nodePort',
    policy: eL,
    want: [`e1 sees ${n2}`],
  },
  {
    name: 'F10 node N2 -> N1:nodePort, eTP Cluster',
    from: 'node/n2',
    to: 'nodePort',
    want: masqueraded,
  },
  {
    name: 'F10 node N2 -> N1:nodePort, eTP Local',
    from: 'node/n2',
    to: 'nodePort',
    policy: eL,
    want: [`e1 sees ${n2}`],
  },
  {
    name: 'C1 F10 node N1 -> 127.0.0.1:nodePort never works',
    from: 'node/n1',
    to: 'localhost',
    want: ['refused via rst'],
  },
];

const refusedRows: readonly Row[] = [
  ...(['pod/d/p1', 'node/n1', 'host/routed'] as const).flatMap((from) => [
    ...(['clusterIP', ...frontends] as const).map((to) => ({
      name: `F10 ${from} -> ${to}, no endpoints at all: IPVS refuses`,
      from,
      to,
      endpoints: [],
      want: refused,
    })),
    {
      name: `C3 F10 ${from} -> ClusterIP, a port of no Service: KUBE-IPVS-FILTER refuses`,
      from,
      to: 'clusterIP' as const,
      port: 10250,
      want: refused,
    },
  ]),
  {
    name: 'C3 external -> N1:10250 is no business of kube-proxy',
    from: 'host/out',
    to: 'nodePort',
    port: 10250,
    want: ['n1 sees 203.0.113.50'],
  },
  {
    name: 'C3 external -> health check node port at N1',
    from: 'host/out',
    to: 'nodePort',
    port: 30000,
    policy: eL,
    want: ['n1 sees 203.0.113.50'],
  },
  {
    name: 'C3 external -> health check node port at the LB IP: its set returns before the refusal',
    from: 'host/routed',
    to: 'lb',
    port: 30000,
    policy: eL,
    want: [`n1 sees ${routed}`],
  },
];

const inside = ['203.0.113.0/24'];
const withNode = ['203.0.113.0/24', '192.168.4.0/24'];

const rangeRows: readonly Row[] = [
  {
    name: 'H35 F10 source ranges: an external client in a range',
    from: 'host/routed',
    to: 'lb',
    ranges: inside,
    want: masqueraded,
  },
  {
    name: 'H35 F10 source ranges: a pod is outside',
    from: 'pod/d/p1',
    to: 'lb',
    ranges: inside,
    want: dropped,
  },
  {
    name: 'H35 F10 source ranges: the node is outside, KUBE-IPVS-OUT-FILTER drops',
    from: 'node/n1',
    to: 'lb',
    ranges: inside,
    want: dropped,
  },
  {
    name: 'H35 F10 source ranges: the node is in one',
    from: 'node/n1',
    to: 'lb',
    ranges: withNode,
    want: masqueraded,
  },
  {
    name: 'H35 F10 source ranges: an external client outside of all',
    from: 'host/routed',
    to: 'lb',
    ranges: ['192.168.4.0/24'],
    want: dropped,
  },
  {
    name: 'H35 F10 source ranges: external IPs are unaffected',
    from: 'pod/d/p1',
    to: 'externalIP',
    ranges: inside,
    want: masqueraded,
  },
  {
    name: 'H35 F10 source ranges: node ports are unaffected',
    from: 'pod/d/p1',
    to: 'nodePort',
    ranges: inside,
    want: masqueraded,
  },
];

for (const row of [...internalRows, ...externalRows, ...refusedRows, ...rangeRows]) {
  test(`${row.name}, IPVS`, () => {
    const { from, to, policy = ['Cluster', 'Cluster'], endpoints = ['e1', 'e2'], ranges } = row;
    const settled = serviceTown({
      itp: policy[0],
      etp: policy[1],
      endpoints,
      ...(ranges === undefined ? {} : { ranges }),
      config: { mode: 'ipvs', ...row.config },
    });
    for (const port of [10250, 30000]) open(settled, 'node/n1', port);
    const [ip, port] = targets[to];
    const branches = enumerate((choices) => {
      const attempt = { from, to: ip, port: row.port ?? port };
      const result = dialTo(settled.fork(), attempt, momentOf(choices));
      if (result.outcome !== 'answered') return `${result.outcome} via ${result.via}`;
      const source = formatAddr(result.source?.addr ?? 0);
      return `${result.backend?.replace(/^pod\/d\/|^node\//, '')} sees ${source}`;
    });
    const seen = [...new Set(branches.map((branch) => branch.value))].sort(byCodeUnit);
    assert.deepEqual(seen, [...row.want].sort(byCodeUnit));
  });
}
