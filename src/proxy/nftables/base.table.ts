// The table's own chains, sets and jumps, as data: what kube-proxy writes whatever Services there
// are, with the Kubernetes minor versions that write it (`until` inclusive).
// Models nftablesBaseChains, nftablesJumpChains and setupNFTables of pkg/proxy/nftables/proxier.go
// of 1.32.9, 1.33.5, 1.34.1, 1.35.0 and 1.36.0. Later 1.33 releases carry 1.34's base chains.
import type { NftHook, NftType } from '../../netfilter/nft/table.ts';
import type { Hook } from '../../netfilter/rule.ts';

export interface Versions {
  readonly since: number;
  readonly until: number;
}

export interface BaseChainRow extends Versions {
  readonly name: string;
  readonly base: NftHook;
}

export interface JumpRow extends Versions {
  readonly to: string;
  readonly from: string;
  /** Only for the first packet of a flow. */
  readonly newOnly: boolean;
}

/** "address": ipv4_addr or ipv6_addr. */
type KeyPart = 'address' | Extract<NftType, 'inet_proto' | 'inet_service'>;

export interface SetRow extends Versions {
  readonly name: SetName;
  readonly type: readonly KeyPart[];
  readonly isMap: boolean;
  readonly comment: string;
}

/** Sets and maps whose elements come from Services. */
export type ServiceSet =
  | 'cluster-ips'
  | 'service-ips'
  | 'firewall-ips'
  | 'no-endpoint-services'
  | 'no-endpoint-nodeports'
  | 'service-nodeports'
  | 'hairpin-connections';
export type SetName = ServiceSet | 'nodeport-ips';

const newest = 99;
const dstnat = -100;
const filter = 0;
const srcnat = 100;

function base(
  name: string,
  type: 'filter' | 'nat',
  hook: Hook,
  priority: number,
  { since = 0, until = newest }: Partial<Versions> = {},
): BaseChainRow {
  return { name, base: { type, hook, priority, policy: 'accept' }, since, until };
}

/** In the order in which they are made. Up to 1.33 all filter chains ran before DNAT, and one more
 * after it on the way out; reject does not work in prerouting before Linux 5.9. */
export const baseChainTable: readonly BaseChainRow[] = [
  base('filter-prerouting', 'filter', 'PREROUTING', dstnat - 10, { until: 33 }),
  base('filter-input', 'filter', 'INPUT', dstnat - 10, { until: 33 }),
  base('filter-forward', 'filter', 'FORWARD', dstnat - 10, { until: 33 }),
  base('filter-output', 'filter', 'OUTPUT', dstnat - 10, { until: 33 }),
  base('filter-output-post-dnat', 'filter', 'OUTPUT', dstnat + 10, { until: 33 }),
  base('filter-prerouting-pre-dnat', 'filter', 'PREROUTING', dstnat - 10, { since: 34 }),
  base('filter-output-pre-dnat', 'filter', 'OUTPUT', dstnat - 10, { since: 34 }),
  base('filter-input', 'filter', 'INPUT', filter, { since: 34 }),
  base('filter-forward', 'filter', 'FORWARD', filter, { since: 34 }),
  base('filter-output', 'filter', 'OUTPUT', filter, { since: 34 }),
  base('nat-prerouting', 'nat', 'PREROUTING', dstnat),
  base('nat-output', 'nat', 'OUTPUT', dstnat),
  base('nat-postrouting', 'nat', 'POSTROUTING', srcnat),
];

function jump(
  to: string,
  from: string,
  newOnly: boolean,
  { since = 0, until = newest }: Partial<Versions> = {},
): JumpRow {
  return { to, from, newOnly, since, until };
}

/** In the order in which they are written. */
export const jumpTable: readonly JumpRow[] = [
  jump('nodeport-endpoints-check', 'filter-input', true),
  jump('service-endpoints-check', 'filter-input', true),
  jump('service-endpoints-check', 'filter-forward', true),
  jump('service-endpoints-check', 'filter-output', true),
  jump('firewall-check', 'filter-prerouting', true, { until: 33 }),
  jump('firewall-check', 'filter-output', true, { until: 33 }),
  jump('firewall-check', 'filter-prerouting-pre-dnat', true, { since: 34 }),
  jump('firewall-check', 'filter-output-pre-dnat', true, { since: 34 }),
  jump('services', 'nat-output', false),
  jump('services', 'nat-prerouting', false),
  jump('masquerading', 'nat-postrouting', false),
  jump('cluster-ips-check', 'filter-forward', true),
  jump('cluster-ips-check', 'filter-output-post-dnat', true, { until: 33 }),
  jump('cluster-ips-check', 'filter-output', true, { since: 34 }),
];

/** Chains that are made sure of beside those that jumps lead to. */
export const topChains: readonly (Versions & { readonly name: string })[] = [
  { name: 'services', since: 0, until: newest },
  { name: 'cluster-ips-check', since: 0, until: newest },
  { name: 'masquerading', since: 0, until: newest },
  { name: 'mark-for-masquerade', since: 0, until: 35 },
];

const endpoint = ['address', 'inet_proto', 'inet_service'] as const;
const port = ['inet_proto', 'inet_service'] as const;

function row(
  name: SetName,
  type: readonly KeyPart[],
  isMap: boolean,
  comment: string,
  since = 0,
): SetRow {
  return { name, type, isMap, comment, since, until: newest };
}

/** In the order in which they are made. */
export const setTable: readonly SetRow[] = [
  row('hairpin-connections', ['address', ...endpoint], false, 'service hairpin connections', 36),
  row('cluster-ips', ['address'], false, 'Active ClusterIPs'),
  row('nodeport-ips', ['address'], false, 'IPs that accept NodePort traffic'),
  row(
    'no-endpoint-services',
    endpoint,
    true,
    'vmap to drop or reject packets to services with no endpoints',
  ),
  row(
    'no-endpoint-nodeports',
    port,
    true,
    'vmap to drop or reject packets to service nodeports with no endpoints',
  ),
  row('firewall-ips', endpoint, true, 'destinations that are subject to LoadBalancerSourceRanges'),
  row('service-ips', endpoint, true, 'ClusterIP, ExternalIP and LoadBalancer IP traffic'),
  row('service-nodeports', port, true, 'NodePort traffic'),
];

/** The sets that Services fill, in the order in which a sync reads and clears them. */
export const serviceSets: readonly (Versions & { readonly name: ServiceSet })[] = [
  { name: 'cluster-ips', since: 0, until: newest },
  { name: 'service-ips', since: 0, until: newest },
  { name: 'firewall-ips', since: 0, until: newest },
  { name: 'no-endpoint-services', since: 0, until: newest },
  { name: 'no-endpoint-nodeports', since: 0, until: newest },
  { name: 'service-nodeports', since: 0, until: newest },
  { name: 'hairpin-connections', since: 36, until: newest },
];

/** The rows that kube-proxy 1.`minor` writes. */
export function inVersion<R extends Versions>(rows: readonly R[], minor: number): readonly R[] {
  return rows.filter((row) => row.since <= minor && minor <= row.until);
}
