// Systematic clusters: one Service with every frontend, its endpoints here, there, on both nodes, on the host's own
// network or nowhere, under each pair of traffic policies, entered from everywhere: an outside host by either node, Pods,
// a Pod of the node's network, an endpoint itself, and the nodes, by loopback too. Both families.
import type { Case, CaseEndpoint, CaseFlow, CaseService } from './case.ts';

export type Policy = 'Cluster' | 'Local';

const at = (node: number, hostNetwork = false): CaseEndpoint => ({
  node,
  state: 'ready',
  hostNetwork,
});

/** Where the endpoints are, as seen from n1. */
export const placements = {
  both: [at(1), at(2)],
  here: [at(1)],
  there: [at(2)],
  host: [at(1, true)],
  none: [],
} as const satisfies Readonly<Record<string, readonly CaseEndpoint[]>>;

export type Placement = keyof typeof placements;

export interface Entry {
  readonly placement: Placement;
  readonly internal: Policy;
  readonly external: Policy;
}

export const entries: readonly Entry[] = (Object.keys(placements) as Placement[]).flatMap(
  (placement) =>
    (['Cluster', 'Local'] as const).flatMap((internal) =>
      (['Cluster', 'Local'] as const).map((external) => ({ placement, internal, external })),
    ),
);

/** Addresses of the one Service by frontend: of IPv4 and of IPv6. */
export const frontends: Readonly<Record<string, readonly [string, string | null]>> = {
  'cluster IP': ['10.96.1.10:80', '[fd00:10:96::110]:80'],
  'external IP': ['198.51.100.10:80', '[fd00:ee::10]:80'],
  'balancer IP': ['52.15.34.10:80', null],
  'node port of n1': ['192.168.4.101:30000', '[fd00:192:168:4::101]:30000'],
  'node port of n2': ['192.168.4.102:30000', '[fd00:192:168:4::102]:30000'],
  'node port of the bridge': ['10.244.1.1:30000', null],
  'node port of localhost': ['127.0.0.1:30000', '[::1]:30000'],
};

export const clients = {
  'host/outside': ['balancer IP', 'node port of n1', 'node port of n2'],
  'host/routed': ['cluster IP', 'external IP'],
  'pod/demo/c1': Object.keys(frontends).filter((name) => !name.endsWith('localhost')),
  'pod/demo/s0-0': ['cluster IP', 'external IP', 'node port of n1'],
  'node/n1': Object.keys(frontends),
  'node/n2': ['cluster IP', 'external IP', 'node port of n1', 'node port of localhost'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The cluster of an entry, with all its flows. `proxy`: fields of KubeProxyConfiguration. */
export function caseOf(
  { placement, internal, external }: Entry,
  proxy: Readonly<Record<string, unknown>>,
): Case {
  const service: CaseService = {
    id: 0,
    type: 'LoadBalancer',
    internal,
    external,
    affinity: null,
    externalIP: true,
    sourceRanges: null,
    nodePorts: true,
    publishNotReady: false,
    preferClose: false,
    ports: [{ protocol: 'TCP', port: 80 }],
    endpoints: placements[placement],
  };
  const flows = flowsTo(placement).flatMap(({ from, to }): CaseFlow[] =>
    to.flatMap((address) =>
      address === null ? [] : [{ from, to: address, protocol: 'TCP', sourcePort: null }],
    ),
  );
  const common = {
    nodes: 2,
    profile: 'bridge',
    ipMode: 'VIP',
    proxy,
    services: [service],
    hostPods: [],
    policies: [],
    flows,
  } as const;
  // kube-proxy had its userspace mode up to 1.25, for one family.
  return proxy['mode'] === 'userspace'
    ? { ...common, dual: false, version: '1.25' }
    : { ...common, dual: true };
}

/** Who dials what: the addresses of IPv4 and of IPv6. Outside hosts have no IPv6 address. */
export function flowsTo(placement: Placement): readonly {
  readonly from: string;
  readonly frontend: string;
  readonly to: readonly [string, string | null];
}[] {
  return Object.entries(clients).flatMap(([from, wanted]) => {
    if (from === 'pod/demo/s0-0' && placement === 'none') return [];
    return wanted.map((frontend) => {
      const [four, six] = frontends[frontend] ?? ['', null];
      return { from, frontend, to: [four, from.startsWith('host/') ? null : six] as const };
    });
  });
}
