// Draws cases: random clusters and random flows among all that such a cluster has addresses for.
import fc from 'fast-check';
import type { CniProfileName } from '../../src/api/cni-profiles.table.ts';
import type { Case, CaseEndpoint, CasePort, CaseService, EndpointState } from './case.ts';
import { type FlowKind, flowsOf } from './flows.ts';
import { hostPods } from './host-ports.ts';
import { casePolicies } from './policies.ts';

const two = <T>(a: T, b: T) => fc.constantFrom(a, b);

function endpoint(nodes: number): fc.Arbitrary<CaseEndpoint> {
  const state = fc.constantFrom<EndpointState>(
    ...Array<EndpointState>(6).fill('ready'),
    'unready',
    'closed',
    'terminating',
    'terminating-unready',
  );
  return fc.record({
    node: fc.integer({ min: 1, max: nodes }),
    state,
    hostNetwork: fc.constantFrom(false, false, false, false, true),
  });
}

const portsOffered: readonly CasePort[] = [
  { protocol: 'TCP', port: 80 },
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 8443 },
  { protocol: 'UDP', port: 80 },
];

const ranges: readonly (readonly string[] | null)[] = [
  null,
  null,
  ['203.0.113.50/32'],
  ['203.0.113.60/32', '10.244.0.0/16'],
  ['192.168.4.0/24', '192.0.2.0/24'],
  ['0.0.0.0/0'],
];

const sctpPort: CasePort = { protocol: 'SCTP', port: 3868 };

function service(id: number, nodes: number, sctp: boolean): fc.Arbitrary<CaseService> {
  const offered = [...portsOffered, ...(sctp ? [sctpPort] : [])];
  return fc
    .record({
      type: fc.constantFrom<CaseService['type']>(
        'ClusterIP',
        'NodePort',
        'NodePort',
        'LoadBalancer',
        'LoadBalancer',
        'headless',
      ),
      internal: fc.constantFrom<'Cluster' | 'Local'>('Cluster', 'Cluster', 'Local'),
      external: two<'Cluster' | 'Local'>('Cluster', 'Local'),
      affinity: fc.constantFrom(null, null, null, 100),
      externalIP: fc.boolean(),
      sourceRanges: fc.constantFrom(...ranges),
      nodePorts: fc.constantFrom(true, true, true, false),
      publishNotReady: fc.constantFrom(false, false, false, false, true),
      preferClose: fc.constantFrom(false, false, false, true),
      ports: fc.subarray(offered, { minLength: 1, maxLength: 2 }),
      endpoints: fc.option(fc.array(endpoint(nodes), { maxLength: 4 }), { freq: 8 }),
    })
    .map((made): CaseService => {
      if (made.type !== 'headless') return { id, ...made };
      const plain = { affinity: null, internal: 'Cluster', externalIP: false } as const;
      return { id, ...made, ...plain };
    });
}

const proxies: readonly Readonly<Record<string, unknown>>[] = [
  {},
  {},
  {},
  { iptables: { masqueradeAll: true }, nftables: { masqueradeAll: true } },
  { iptables: { masqueradeBit: 5 }, nftables: { masqueradeBit: 5 } },
  { iptables: { localhostNodePorts: false } },
  { detectLocalMode: 'NodeCIDR' },
  { detectLocalMode: 'BridgeInterface', detectLocal: { bridgeInterface: 'cni0' } },
  { detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: 'cni' } },
  { detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: 'cali' } },
  { nodePortAddresses: ['192.168.4.0/24'] },
  { nodePortAddresses: ['primary'] },
];

/** What there is to match by is the profile's: NodeCIDR needs nodes with ranges, a bridge one on the node. In nftables mode
 * upstream matches a prefix by `iif`, which takes whole names of devices that are there: nft refuses the rules
 * (pkg/proxy/util/localdetector.go). */
function fits(
  proxy: Readonly<Record<string, unknown>>,
  mode: CaseLimits['mode'],
  profile: CniProfileName,
): boolean {
  switch (proxy['detectLocalMode']) {
    case 'NodeCIDR':
      return profile !== 'aws-vpc';
    case 'BridgeInterface':
      return profile === 'bridge' || profile === 'flannel';
    case 'InterfaceNamePrefix':
      return mode !== 'nftables';
    default:
      return true;
  }
}

export interface CaseLimits {
  readonly flows: number;
  readonly sctp: boolean;
  readonly mode: 'iptables' | 'nftables' | 'ipvs';
}

const profiles: readonly CniProfileName[] = [
  'bridge',
  'bridge',
  'ptp',
  'calico',
  'flannel',
  'aws-vpc',
];

/** What flows are about, by weight. */
const kinds: readonly FlowKind[] = [
  ...Array<FlowKind>(6).fill('services'),
  ...Array<FlowKind>(2).fill('host ports'),
  'own host port',
  ...Array<FlowKind>(2).fill('egress'),
  'own Service',
];

export function anyCase({ flows, mode, sctp }: CaseLimits): fc.Arbitrary<Case> {
  const pick = fc.record({
    kind: fc.constantFrom(...kinds),
    nth: fc.nat(),
    sourcePort: fc.constantFrom(null, null, null, 40_000, 40_001),
  });
  const drawn = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(...profiles));
  return drawn.chain(([nodes, profile]) =>
    fc
      .record({
        // The VPC CNI has no dual stack.
        dual: fc.constantFrom(false, false, profile !== 'aws-vpc'),
        ipMode: fc.constantFrom<'VIP' | 'Proxy'>('VIP', 'VIP', 'VIP', 'Proxy'),
        proxy: fc.constantFrom(...proxies.filter((proxy) => fits(proxy, mode, profile))),
        services: fc
          .integer({ min: 1, max: 4 })
          .chain((n) =>
            fc.tuple(...Array.from({ length: n }, (_, id) => service(id, nodes, sctp))),
          ),
        hostPods: hostPods(nodes, sctp),
        picks: fc.array(pick, { minLength: flows, maxLength: flows }),
        policies: casePolicies,
      })
      .map(({ picks, proxy, ...rest }): Case => {
        const made = { nodes, profile, ...rest, proxy: { ...proxy, mode }, flows: [] };
        const all = flowsOf(made);
        const chosen = picks.flatMap(({ kind, nth, sourcePort }) => {
          const some = all[kind].length > 0 ? all[kind] : all.services;
          const flow = some[nth % some.length];
          return flow === undefined ? [] : [{ ...flow, sourcePort }];
        });
        return { ...made, flows: chosen };
      }),
  );
}
