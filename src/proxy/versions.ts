// What differs between the Kubernetes versions a kube-proxy may come from: `since` and `until`
// (inclusive) minor versions, as data. A feature gate named in the configuration overrules the row
// of the same name. Source: pkg/features/kube_features.go and the trees of 1.30 to 1.36.

export type ProxyFeature =
  | 'PreferSameTrafficDistribution'
  | 'TopologyAnnotationRequired'
  | 'NFAcctRules'
  | 'ConntrackReconcile'
  | 'ConntrackComparesPorts'
  | 'HourlyIPVSResync'
  | 'ZeroSourceRangeIsAny'
  | 'RunningDuplicateWins'
  | 'MultiCIDRServiceAllocator'
  | 'NFTablesMasqueradeMatchesPort'
  | 'NFTablesInlineMark'
  | 'NFTablesInterfaceName'
  | 'NFTablesReadsElements'
  | 'NFTablesKeepsEndpointChains'
  | 'HourlyFullSync';

interface FeatureRow {
  readonly name: ProxyFeature;
  readonly since: number;
  readonly until: number;
  /** The gate is known since this minor; absent: always. */
  readonly gateSince?: number;
}

const newest = 99;

/** On by default in these versions. */
export const featureTable: readonly FeatureRow[] = [
  // Node hints (forNodes); alpha and off in 1.33.
  { name: 'PreferSameTrafficDistribution', since: 34, until: newest, gateSince: 33 },
  // Zone hints count only with the topology-mode annotation; the ServiceTrafficDistribution gate
  // ended that in 1.31.
  { name: 'TopologyAnnotationRequired', since: 0, until: 30 },
  // The two counters of packets that were dropped as INVALID or came to a node port on localhost.
  { name: 'NFAcctRules', since: 31, until: newest },
  // Stale UDP flows are found by comparing the whole conntrack table with what is served.
  { name: 'ConntrackReconcile', since: 32, until: newest },
  // ... by address and port instead of by address.
  { name: 'ConntrackComparesPorts', since: 34, until: newest },
  // IPVS mode syncs without a change once an hour instead of every syncPeriod.
  { name: 'HourlyIPVSResync', since: 34, until: 35 },
  // A source range of length 0 is no restriction: the Service has no firewall at all.
  { name: 'ZeroSourceRangeIsAny', since: 34, until: newest },
  // Of one address in two slices the last that does not terminate counts; before, the first
  // unless a later one was on the node.
  { name: 'RunningDuplicateWins', since: 36, until: newest },
  // kube-proxy knows the service ranges; in nftables mode it drops what is unallocated there.
  { name: 'MultiCIDRServiceAllocator', since: 33, until: newest },
  // The rule that masquerades ClusterIP traffic from outside compares the port as well.
  { name: 'NFTablesMasqueradeMatchesPort', since: 0, until: 33 },
  // Rules set the mark instead of jumping to a chain that does; a set tells hairpin connections;
  // without affinity endpoints have no chains of their own.
  { name: 'NFTablesInlineMark', since: 36, until: newest },
  // Local traffic is told by the name of a device instead of its index.
  { name: 'NFTablesInterfaceName', since: 35, until: newest },
  // A full sync compares elements with those in the kernel instead of clearing the maps, and there
  // is one every hour.
  { name: 'NFTablesReadsElements', since: 33, until: newest },
  // The first sync of a process leaves endpoint chains alone that it finds.
  { name: 'NFTablesKeepsEndpointChains', since: 33, until: 35 },
  // iptables and nftables mode write everything anew when the last time is more than an hour ago.
  { name: 'HourlyFullSync', since: 33, until: newest },
];

/** Whether a kube-proxy of Kubernetes 1.`minor` has the feature. */
export function hasFeature(
  name: ProxyFeature,
  minor: number,
  gates: Readonly<Record<string, boolean>> = {},
): boolean {
  return featureTable.some((row) => {
    if (row.name !== name) return false;
    const gate = minor >= (row.gateSince ?? 0) ? gates[name] : undefined;
    return gate ?? (row.since <= minor && minor <= row.until);
  });
}
