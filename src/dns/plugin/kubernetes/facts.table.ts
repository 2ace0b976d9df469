// What differs between the releases of the kubernetes plugin: the first release of each behaviour, and of those that came
// and went the one that ended it. Read from plugin/kubernetes and plugin/backend_lookup.go of the releases that kubeadm
// installed (1.6.2 to 1.14.2) and of 1.14.7.
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';

interface Fact {
  readonly since?: CoreDnsVersion;
  readonly until?: CoreDnsVersion;
}

const facts = {
  /** `*` and `any` match every namespace, Service, endpoint, port and protocol. */
  wildcards: { until: '1.9.0' },
  /** TXT of a name without records is a name error, no longer an empty answer. */
  textNameErrors: { since: '1.10.1' },
  /** An ExternalName with an endpoint label is a name error. */
  externalWithoutEndpoints: { since: '1.10.1' },
  /** And with port and protocol labels. */
  externalWithoutPorts: { since: '1.11.0' },
  /** Reverse names of external and load balancer addresses point to their Service. */
  externalPointers: { until: '1.10.0' },
  /** Only endpoints with a hostname have reverse names. */
  namedPointers: { since: '1.11.4', until: '1.12.1' },
  /** All endpoints of an address have reverse names, not the first alone. */
  manyPointers: { since: '1.7.0' },
  /** An IPv6 address that ends in "::" has an endpoint name that ends in 0. */
  closedNames: { since: '1.12.3' },
  /** Ten aliases in a row are followed, seven before. */
  longChains: { since: '1.12.1' },
  /** A truncated answer from outside truncates the reply. */
  truncates: { since: '1.9.0' },
  /** Services have several addresses, and ExternalNames are recognized before endpoint labels are. */
  dualStack: { since: '1.8.4' },
  /** SOA below the apex is an empty answer, before that the zone's SOA. */
  apexAlone: { since: '1.8.4' },
  /** A server that is an endpoint has no name ns.dns.ZONE, also when none of its Services is known. */
  endpointsDecide: { since: '1.9.0' },
  /** SRV weights are at least 1. */
  weighty: { since: '1.7.0' },
  /** The TXT of dns-version.ZONE is "1.1.0", before that "1.0.1". */
  schema110: { since: '1.6.5' },
  /** Long Pod names are no endpoint names. */
  shortPodNames: { since: '1.8.6' },
  /** k8s_external shows endpoints of headless Services and reverse names. */
  externalHeadless: { since: '1.10.0' },
  /** While it waits for the API, the server says so. */
  tellsWaiting: { since: '1.9.1' },
  /** And when it starts without. */
  tellsUnsynced: { since: '1.8.4' },
  /** A zone transfer closes its stream once for each name server. */
  repeatedTransfer: { since: '1.12.2', until: '1.14.5' },
  /** And sends the addresses of all name servers once for each of them. */
  repeatedGlue: { until: '1.14.5' },
} as const satisfies Readonly<Record<string, Fact>>;

export type Facts = Readonly<Record<keyof typeof facts, boolean>>;

/** Which behaviours a release has. */
export function factsOf(version: CoreDnsVersion): Facts {
  const holds = ({ since, until }: Fact): boolean =>
    (since === undefined || atLeast(version, since)) &&
    (until === undefined || !atLeast(version, until));
  const rows = Object.entries(facts as Readonly<Record<string, Fact>>);
  return Object.fromEntries(rows.map(([name, fact]) => [name, holds(fact)])) as Facts;
}

/** Options of the stanza that not every release knows. */
export const OPTION_FACTS: Readonly<Record<string, Fact>> = {
  multicluster: { since: '1.12.2' },
  startup_timeout: { since: '1.12.3' },
  apiserver_qps: { since: '1.14.0' },
  apiserver_burst: { since: '1.14.0' },
  apiserver_max_inflight: { since: '1.14.0' },
  zonal: { since: '1.14.7' },
  transfer: { until: '1.8.0' },
  upstream: { until: '1.7.0' },
  resyncperiod: { until: '1.7.0' },
};

export function knowsOption(option: string, version: CoreDnsVersion): boolean {
  const { since, until } = OPTION_FACTS[option] ?? {};
  return (
    (since === undefined || atLeast(version, since)) &&
    (until === undefined || !atLeast(version, until))
  );
}
