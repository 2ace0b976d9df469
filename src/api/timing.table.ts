// The delays of a cluster by name, for the two profiles and the documentation (docs/timing.md shows this table). All 0
// is "instant": what a change sets in motion happens at the same virtual instant. The field of Timing is NAME + "Ms".
// Real delays vary with load and size; these are single numbers for a small cluster, upstream's own where it has one.

export interface TimingRow {
  readonly name: string;
  /** Milliseconds in the profile "realistic". */
  readonly realistic: number;
  readonly meaning: string;
  /** Upstream's constant, or that there is none. */
  readonly source: string;
}

const none = 'no constant upstream; the order seen in small clusters';

export const timingRows = [
  {
    name: 'watch',
    realistic: 10,
    meaning: 'from a write in the API server to its watch event at every component',
    source: none,
  },
  {
    name: 'controller',
    realistic: 50,
    meaning: 'from a watch event to the work of a controller or the scheduler on that object',
    source: none,
  },
  {
    name: 'endpoints',
    realistic: 0,
    meaning: 'how long the endpoint controllers gather changes of one Service in addition',
    source: '`--endpointslice-updates-batch-period`, `--endpoint-updates-batch-period`: default 0s',
  },
  {
    name: 'podStart',
    realistic: 2000,
    meaning: 'from the binding of a Pod to the start of its first containers, its image there',
    source: none,
  },
  {
    name: 'configMap',
    realistic: 90_000,
    meaning: 'from a change of a ConfigMap to the file that a running container sees',
    source: "the kubelet's `syncFrequency` of 1m and its cache: 60s to 120s",
  },
  {
    name: 'dnsReload',
    realistic: 30_000,
    meaning:
      'how often a CoreDNS looks at its file where its `reload` does not say; 0: at once, whatever it says',
    source: 'plugin/reload: 30s; the jitter of 15s is drawn: 22.5s to 37.5s',
  },
  {
    name: 'proxyMinSync',
    realistic: 1000,
    meaning: 'least time between two syncs of a kube-proxy',
    source:
      '`iptables.minSyncPeriod` of KubeProxyConfiguration: default 1s; the configuration overrides it',
  },
  {
    name: 'proxySync',
    realistic: 100,
    meaning: "from the begin of a kube-proxy's sync until its rules are in force",
    source: none,
  },
] as const satisfies readonly TimingRow[];

export type TimingName = (typeof timingRows)[number]['name'];

/** Delays in virtual milliseconds. */
export type Timing = { readonly [Name in TimingName as `${Name}Ms`]: number };

function profile(ms: (row: TimingRow) => number): Timing {
  return Object.fromEntries(timingRows.map((row) => [`${row.name}Ms`, ms(row)])) as Timing;
}

export const instant: Timing = profile(() => 0);
export const realistic: Timing = profile((row) => row.realistic);

/** Whether no delay is set: steps then run to the end of what they set in motion. */
export function isInstant(timing: Timing): boolean {
  return timingRows.every(({ name }) => timing[`${name}Ms`] === 0);
}
