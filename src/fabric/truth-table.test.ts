// F10: who reaches what through which frontend, and which source the endpoint sees, with kube-proxy's own rules, the
// kubelet's and the CNI's on every node. Every random branch is walked: a row names all outcomes there are. One table for
// all modes of today's kube-proxy: where a mode differs, it says why, and a difference that is none fails. More rows of
// IPVS mode stand in truth-table-ipvs.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Policy, serviceTown, targets } from '../../test/arbitraries/service-town.ts';
import { formatAddr } from '../net/addr.ts';
import type { ProxyConfig } from '../proxy/config.ts';
import { enumerate } from '../sim/choices.ts';
import { byCodeUnit } from '../sim/table.ts';
import { dialTo, momentOf } from './lab.ts';

interface Row {
  readonly name: string;
  readonly from: string;
  readonly to: keyof typeof targets;
  /** [internal, external] traffic policy. */
  readonly policy: readonly [Policy, Policy];
  readonly endpoints?: readonly string[];
  readonly config?: Partial<ProxyConfig>;
  /** Every outcome there is: "e1 sees 10.244.1.1", or the failure. */
  readonly want: readonly string[];
  /** What nftables mode does instead, and why. */
  readonly nftables?: { readonly why: string; readonly want: readonly string[] };
}

const n1 = '192.168.4.101';
const n2 = '192.168.4.102';
const gw1 = '10.244.1.1';
const both = (source: string): string[] => [`e1 sees ${source}`, `e2 sees ${source}`];
const masqueraded = [`e1 sees ${gw1}`, `e2 sees ${n1}`];
const dropped = ['timeout via drop'];
const C: readonly [Policy, Policy] = ['Cluster', 'Cluster'];
const iL: readonly [Policy, Policy] = ['Local', 'Cluster'];
const eL: readonly [Policy, Policy] = ['Cluster', 'Local'];

function external(client: string, from: string, policy: typeof C, want: readonly string[]): Row[] {
  const to = ['nodePort', 'externalIP', 'lb'] as const;
  return to.map((frontend) => ({
    name: `F10 ${client} -> ${frontend}, eTP ${policy[1]}`,
    from,
    to: frontend,
    policy,
    want,
  }));
}

/** REJECT, but for a node process and addresses that are not the node's: no external rule hangs on OUTPUT, so the packet
 * leaves by the default route. The load balancer hands it back to its sender, who takes no packet of its own. */
function unserved(from: string, to: keyof typeof targets): readonly string[] {
  if (from !== 'node/n1' || (to !== 'externalIP' && to !== 'lb')) return ['refused via icmp'];
  return to === 'lb' ? ['timeout via drop'] : ['timeout via noreply'];
}

const noLocalhost = { why: 'node ports on localhost do not work', want: ['refused via rst'] };
const refusedOnTheWayOut = { why: 'a check hangs on output too', want: ['refused via icmp'] };

const rows: readonly Row[] = [
  {
    name: 'F10 pod -> ClusterIP, Cluster',
    from: 'pod/d/p1',
    to: 'clusterIP',
    policy: C,
    want: both('10.244.1.2'),
  },
  {
    name: 'F10 pod -> ClusterIP that leads to itself (hairpin): itself sees the gateway',
    from: 'pod/d/e1',
    to: 'clusterIP',
    policy: C,
    want: [`e1 sees ${gw1}`, 'e2 sees 10.244.1.10'],
  },
  {
    name: 'F10 pod -> ClusterIP, iTP Local',
    from: 'pod/d/p1',
    to: 'clusterIP',
    policy: iL,
    want: ['e1 sees 10.244.1.2'],
  },
  {
    name: 'F10 pod -> ClusterIP, iTP Local, none local',
    from: 'pod/d/p1',
    to: 'clusterIP',
    policy: iL,
    endpoints: ['e2'],
    want: dropped,
  },
  {
    name: 'F10 node process -> ClusterIP, Cluster',
    from: 'node/n1',
    to: 'clusterIP',
    policy: C,
    want: masqueraded,
  },
  {
    name: 'F10 node process -> ClusterIP, iTP Local',
    from: 'node/n1',
    to: 'clusterIP',
    policy: iL,
    want: [`e1 sees ${gw1}`],
  },
  {
    name: 'F10 node process -> ClusterIP, iTP Local, none local',
    from: 'node/n1',
    to: 'clusterIP',
    policy: iL,
    endpoints: ['e2'],
    want: dropped,
  },
  {
    name: 'F10 external routed to N1 -> ClusterIP, Cluster',
    from: 'host/routed',
    to: 'clusterIP',
    policy: C,
    want: masqueraded,
  },
  {
    name: 'F10 external routed to N1 -> ClusterIP, iTP Local',
    from: 'host/routed',
    to: 'clusterIP',
    policy: iL,
    want: [`e1 sees ${gw1}`],
  },
  ...external('pod on N1', 'pod/d/p1', C, masqueraded),
  ...external('pod on N1 (short circuit)', 'pod/d/p1', eL, both('10.244.1.2')),
  ...external('node N1 itself', 'node/n1', C, masqueraded),
  ...external('node N1 itself', 'node/n1', eL, masqueraded),
  ...external('external', 'host/routed', C, masqueraded),
  ...external('external', 'host/routed', eL, ['e1 sees 203.0.113.60']),
  {
    name: 'F10 external -> nodePort, eTP Local, none on N1',
    from: 'host/out',
    to: 'nodePort',
    policy: eL,
    endpoints: ['e2'],
    want: dropped,
  },
  {
    name: 'F8 F10 node N1 -> 127.0.0.1:nodePort, eTP Cluster',
    from: 'node/n1',
    to: 'localhost',
    policy: C,
    want: masqueraded,
    nftables: noLocalhost,
  },
  {
    name: 'F8 F10 node N1 -> 127.0.0.1:nodePort, eTP Local',
    from: 'node/n1',
    to: 'localhost',
    policy: eL,
    want: masqueraded,
    nftables: noLocalhost,
  },
  {
    name: 'F10 pod on N2 -> N1:nodePort, eTP Cluster',
    from: 'pod/d/p2',
    to: 'nodePort',
    policy: C,
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
    policy: C,
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
    name: 'F10 pod on N2 -> LB IP: translated on its own node',
    from: 'pod/d/p2',
    to: 'lb',
    policy: C,
    want: [`e1 sees ${n2}`, 'e2 sees 10.244.2.1'],
  },
  ...(['pod/d/p1', 'node/n1', 'host/routed'] as const).flatMap((from) =>
    (['clusterIP', 'nodePort', 'externalIP', 'lb'] as const).map((to) => ({
      name: `F10 ${from} -> ${to}, no endpoints at all`,
      from,
      to,
      policy: C,
      endpoints: [],
      want: unserved(from, to),
      ...(unserved(from, to)[0] === 'refused via icmp' ? {} : { nftables: refusedOnTheWayOut }),
    })),
  ),
  {
    name: 'F10 no detector: node -> ClusterIP keeps the node address',
    from: 'node/n1',
    to: 'clusterIP',
    policy: C,
    config: { clusterCIDRs: [] },
    want: both(n1),
  },
  {
    name: 'F9 F10 no detector: a remote endpoint answers an external client past N1',
    from: 'host/routed',
    to: 'clusterIP',
    policy: C,
    config: { clusterCIDRs: [] },
    want: ['e1 sees 203.0.113.60', 'timeout via noreply'],
  },
  {
    name: 'F10 masqueradeAll: pod -> ClusterIP',
    from: 'pod/d/p1',
    to: 'clusterIP',
    policy: C,
    config: { masqueradeAll: true },
    want: masqueraded,
  },
];

interface Difference {
  readonly why: string;
  readonly want: readonly string[];
}

const anyEndpoint = 'a virtual server takes all endpoints where none is local';
const noShortCircuit = 'the virtual server has local endpoints only, for everybody';
const unmasked = 'what LOCAL policy serves is not masked, so the node keeps the address it dialled';
const inFront = 'IPVS answers where the virtual server is, before any route';
const loopback = 'no virtual server stands on 127.0.0.1';

/** What IPVS mode does instead, by the name of the row without "F10". */
const ipvs: Readonly<Record<string, Difference>> = {
  'pod -> ClusterIP, iTP Local, none local': { why: anyEndpoint, want: ['e2 sees 10.244.1.2'] },
  'node process -> ClusterIP, iTP Local, none local': {
    why: anyEndpoint,
    want: [`e2 sees ${n1}`],
  },
  'external -> nodePort, eTP Local, none on N1': {
    why: `${anyEndpoint}, unmasked: the answer takes another way`,
    want: ['timeout via noreply'],
  },
  ...eachFrontend('pod on N1 (short circuit)', () => ({
    why: noShortCircuit,
    want: ['e1 sees 10.244.1.2'],
  })),
  ...eachFrontend('node N1 itself', (to) => ({
    why: unmasked,
    want: [`e1 sees ${targets[to][0]}`],
  })),
  'node N1 -> 127.0.0.1:nodePort, eTP Cluster': { why: loopback, want: ['refused via rst'] },
  'node N1 -> 127.0.0.1:nodePort, eTP Local': { why: loopback, want: ['refused via rst'] },
  'node/n1 -> externalIP, no endpoints at all': { why: inFront, want: ['refused via icmp'] },
  'node/n1 -> lb, no endpoints at all': { why: inFront, want: ['refused via icmp'] },
  'no detector: node -> ClusterIP keeps the node address': {
    why: 'KUBE-CLUSTER-IP masks src,dst: what the node sends comes from the ClusterIP',
    want: masqueraded,
  },
};

function eachFrontend(
  client: string,
  difference: (to: 'nodePort' | 'externalIP' | 'lb') => Difference,
): Record<string, Difference> {
  const all = (['nodePort', 'externalIP', 'lb'] as const).map((to) => [
    `${client} -> ${to}, eTP Local`,
    difference(to),
  ]);
  return Object.fromEntries(all);
}

/** Every outcome of a row's connection. */
function outcomes({ from, to, policy, endpoints = ['e1', 'e2'] }: Row, config: object): string[] {
  const settled = serviceTown({ itp: policy[0], etp: policy[1], endpoints, config });
  const [ip, port] = targets[to];
  const branches = enumerate((choices) => {
    const result = dialTo(settled.fork(), { from, to: ip, port }, momentOf(choices));
    if (result.outcome !== 'answered') return `${result.outcome} via ${result.via}`;
    const source = formatAddr(result.source?.addr ?? 0);
    return `${result.backend?.slice('pod/d/'.length)} sees ${source}`;
  });
  return [...new Set(branches.map((branch) => branch.value))].sort(byCodeUnit);
}

for (const row of rows) {
  test(row.name, () => {
    assert.deepEqual(outcomes(row, row.config ?? {}), [...row.want].sort(byCodeUnit));
  });
  const { want } = row.nftables ?? row;
  const why = row.nftables === undefined ? '' : `: ${row.nftables.why}`;
  test(`${row.name}; nftables${why}`, () => {
    for (const minor of [32, 34, 36]) {
      const config = { ...row.config, mode: 'nftables', minor };
      assert.deepEqual(outcomes(row, config), [...want].sort(byCodeUnit), `1.${minor}`);
    }
  });
  const other = ipvs[row.name.replace(/^(?:F\d+ )+/, '')];
  test(`${row.name}; ipvs${other === undefined ? '' : `: ${other.why}`}`, () => {
    const wanted = [...(other ?? row).want].sort(byCodeUnit);
    assert.deepEqual(outcomes(row, { ...row.config, mode: 'ipvs' }), wanted);
  });
}

test('a difference between the modes is one, and belongs to a row', () => {
  const byName = new Map(rows.map((row) => [row.name.replace(/^(?:F\d+ )+/, ''), row]));
  for (const [name, { want }] of Object.entries(ipvs)) {
    assert.notDeepEqual([...want].sort(), [...(byName.get(name)?.want ?? want)].sort(), name);
  }
  for (const { name, want, nftables } of rows) assert.notDeepEqual(nftables?.want, want, name);
});
