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
  | 'RunningDuplicateWins';

interface FeatureRow {
  readonly name: ProxyFeature;
  readonly since: number;
  readonly until: number;
}

const newest = 99;

/** On by default in these versions. */
export const featureTable: readonly FeatureRow[] = [
  // Node hints (forNodes); alpha and off in 1.33.
  { name: 'PreferSameTrafficDistribution', since: 34, until: newest },
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
];

/** Whether a kube-proxy of Kubernetes 1.`minor` has the feature. */
export function hasFeature(
  name: ProxyFeature,
  minor: number,
  gates: Readonly<Record<string, boolean>> = {},
): boolean {
  if (name === 'PreferSameTrafficDistribution' && minor < 33) return false;
  const gate = gates[name];
  if (gate !== undefined) return gate;
  return featureTable.some((row) => row.name === name && row.since <= minor && minor <= row.until);
}
