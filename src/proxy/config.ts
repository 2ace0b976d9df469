// A kube-proxy's configuration, decoded from a KubeProxyConfiguration document with upstream's
// defaults, and what of it holds on one node. Checking the document is src/manifest's work; unknown
// fields are refused there.
// Models pkg/proxy/apis/config/v1alpha1/defaults.go, cmd/kube-proxy/app/server_linux.go
// (detectLocalMode) and pkg/proxy/util/nodeport_addresses.go.
import { type ClusterSpec, podSubnets } from '../api/cluster-spec.ts';
import { type Addr, type Family, familyOf } from '../net/addr.ts';
import { type Cidr, cidr, contains, single } from '../net/cidr.ts';
import { parseCidrSloppy } from './sloppy.ts';
import { hasFeature } from './versions.ts';

export type DetectLocalMode =
  | 'ClusterCIDR'
  | 'NodeCIDR'
  | 'BridgeInterface'
  | 'InterfaceNamePrefix';

/** The section `ipvs`. */
export interface IpvsConfig {
  /** "rr" unless written; any word is taken, the kernel decides. */
  readonly scheduler: string;
  /** Virtual servers there are never cleaned up. */
  readonly excludeCIDRs: readonly Cidr[];
  /** arp_ignore=1 and arp_announce=2: a virtual address is announced by nobody. */
  readonly strictARP: boolean;
  /** 0: the kernel's own. */
  readonly tcpTimeoutMs: number;
  readonly tcpFinTimeoutMs: number;
  readonly udpTimeoutMs: number;
}

export interface ProxyConfig {
  readonly mode: 'iptables' | 'ipvs' | 'nftables' | 'userspace';
  /** Minor version of the kube-proxy: 34 for 1.34. */
  readonly minor: number;
  readonly featureGates: Readonly<Record<string, boolean>>;
  /** Pod ranges, at most one per family is used. */
  readonly clusterCIDRs: readonly Cidr[];
  readonly detectLocalMode: DetectLocalMode;
  readonly bridgeInterface: string;
  readonly interfaceNamePrefix: string;
  readonly masqueradeAll: boolean;
  readonly masqueradeBit: number;
  /** CIDRs as written, or ["primary"]. Empty: every address. */
  readonly nodePortAddresses: readonly string[];
  readonly localhostNodePorts: boolean;
  readonly syncPeriodMs: number;
  readonly minSyncPeriodMs: number;
  /** net.netfilter.nf_conntrack_tcp_be_liberal: INVALID packets are not dropped. */
  readonly conntrackTCPBeLiberal: boolean;
  /** The node has a usable nfacct: counting rules are written from 1.31 on. Simulated nodes have
   * none. */
  readonly nfacct: boolean;
  /** iptables knows MASQUERADE --random-fully (1.6.2). */
  readonly randomFully: boolean;
  readonly ipvs: IpvsConfig;
}

/** The node a kube-proxy runs on. */
export interface ProxyNode {
  readonly name: string;
  /** Local addresses without loopback; the first of a family is the node's IP. */
  readonly addresses: readonly Addr[];
  readonly labels: Readonly<Record<string, string>>;
  readonly podCIDRs: readonly Cidr[];
}

export const defaultProxyConfig: ProxyConfig = {
  mode: 'iptables',
  minor: 34,
  featureGates: {},
  clusterCIDRs: [],
  detectLocalMode: 'ClusterCIDR',
  bridgeInterface: '',
  interfaceNamePrefix: '',
  masqueradeAll: false,
  masqueradeBit: 14,
  nodePortAddresses: [],
  localhostNodePorts: true,
  syncPeriodMs: 30_000,
  minSyncPeriodMs: 1_000,
  conntrackTCPBeLiberal: false,
  nfacct: false,
  randomFully: true,
  ipvs: {
    scheduler: 'rr',
    excludeCIDRs: [],
    strictARP: false,
    tcpTimeoutMs: 0,
    tcpFinTimeoutMs: 0,
    udpTimeoutMs: 0,
  },
};

/** The configuration of every kube-proxy of a cluster: the document's values, else the cluster's
 * and the defaults. kubeadm writes the pod subnet as clusterCIDR, so it is the default here. */
export function proxyConfig(spec: ClusterSpec): ProxyConfig {
  const document = spec.kubeProxyConfiguration ?? {};
  const iptables = section(document, 'iptables');
  const detectLocal = section(document, 'detectLocal');
  const base = defaultProxyConfig;
  const written = string(document, 'clusterCIDR', '');
  return {
    ...base,
    mode: spec.proxyMode,
    minor: spec.minor,
    featureGates: section(document, 'featureGates') as Record<string, boolean>,
    clusterCIDRs:
      written === ''
        ? podSubnets(spec)
        : written.split(',').flatMap((text) => parseCidrSloppy(text) ?? []),
    detectLocalMode: (string(document, 'detectLocalMode', '') ||
      base.detectLocalMode) as DetectLocalMode,
    bridgeInterface: string(detectLocal, 'bridgeInterface', ''),
    interfaceNamePrefix: string(detectLocal, 'interfaceNamePrefix', ''),
    masqueradeAll: boolean(iptables, 'masqueradeAll', base.masqueradeAll),
    masqueradeBit: number(iptables, 'masqueradeBit', base.masqueradeBit),
    nodePortAddresses: (document['nodePortAddresses'] ?? []) as readonly string[],
    localhostNodePorts: boolean(iptables, 'localhostNodePorts', base.localhostNodePorts),
    syncPeriodMs: duration(iptables, 'syncPeriod', base.syncPeriodMs),
    minSyncPeriodMs: duration(iptables, 'minSyncPeriod', base.minSyncPeriodMs),
    ipvs: ipvsConfig(section(document, 'ipvs')),
  };
}

function ipvsConfig(ipvs: Section): IpvsConfig {
  const base = defaultProxyConfig.ipvs;
  return {
    scheduler: string(ipvs, 'scheduler', '') || base.scheduler,
    excludeCIDRs: ((ipvs['excludeCIDRs'] ?? []) as readonly string[]).flatMap(
      (text) => parseCidrSloppy(text) ?? [],
    ),
    strictARP: boolean(ipvs, 'strictARP', base.strictARP),
    tcpTimeoutMs: duration(ipvs, 'tcpTimeout', base.tcpTimeoutMs),
    tcpFinTimeoutMs: duration(ipvs, 'tcpFinTimeout', base.tcpFinTimeoutMs),
    udpTimeoutMs: duration(ipvs, 'udpTimeout', base.udpTimeoutMs),
  };
}

/** Where node ports are open, for one family on one node. */
export interface NodePortAddresses {
  readonly matchAll: boolean;
  readonly containsLoopback: boolean;
  /** The node's own matching addresses, ascending, 127.0.0.1 or ::1 among them; empty with
   * `matchAll`. */
  readonly addresses: readonly Addr[];
}

export function nodePortAddresses(
  config: ProxyConfig,
  node: ProxyNode,
  family: Family,
): NodePortAddresses {
  const ranges = nodePortRanges(config, node, family);
  const loopback = cidr(family === 4 ? '127.0.0.0/8' : '::1/128');
  const matchAll = ranges.some((range) => range.bits === 0);
  const first = family === 4 ? (loopback.low as number) + 1 : loopback.low;
  const own = [first, ...node.addresses.filter((address) => familyOf(address) === family)];
  const matching = own.filter((address) => ranges.some((range) => contains(range, address)));
  return {
    matchAll,
    containsLoopback: ranges.some((r) => contains(r, loopback.low) || contains(loopback, r.low)),
    addresses: matchAll ? [] : [...new Set(matching)].sort((a, b) => (a < b ? -1 : 1)),
  };
}

function nodePortRanges(config: ProxyConfig, node: ProxyNode, family: Family): readonly Cidr[] {
  const texts = config.nodePortAddresses;
  const primary = primaryAddress(node, family);
  const ranges =
    texts.length === 1 && texts[0] === 'primary'
      ? primary === undefined
        ? []
        : [single(primary)]
      : texts.flatMap((text) => parseCidrSloppy(text) ?? []);
  const ofFamily = ranges.filter((range) => familyOf(range.low) === family);
  return ofFamily.length > 0 ? ofFamily : [cidr(family === 4 ? '0.0.0.0/0' : '::/0')];
}

/** The node's IP of a family: what source ranges are compared with. */
export function primaryAddress(node: ProxyNode, family: Family): Addr | undefined {
  return node.addresses.find((address) => familyOf(address) === family);
}

/** How "from a pod of this cluster (or node)" is told; null: cannot be told, rules that need it are
 * left out. */
export type LocalDetector =
  | { readonly kind: 'cidr'; readonly range: Cidr }
  | { readonly kind: 'interface'; readonly name: string };

/** The detector of `config.detectLocalMode`; a mode whose input is missing detects nothing. */
export function localDetector(
  config: ProxyConfig,
  node: ProxyNode,
  family: Family,
): LocalDetector | null {
  switch (config.detectLocalMode) {
    case 'ClusterCIDR':
      return cidrDetector(config.clusterCIDRs, family);
    case 'NodeCIDR':
      return cidrDetector(node.podCIDRs, family);
    case 'BridgeInterface':
      return interfaceDetector(config.bridgeInterface, '');
    case 'InterfaceNamePrefix':
      return interfaceDetector(config.interfaceNamePrefix, '+');
  }
}

function cidrDetector(ranges: readonly Cidr[], family: Family): LocalDetector | null {
  const range = ranges.find(({ low }) => familyOf(low) === family);
  return range === undefined ? null : { kind: 'cidr', range };
}

function interfaceDetector(name: string, suffix: string): LocalDetector | null {
  return name === '' ? null : { kind: 'interface', name: `${name}${suffix}` };
}

/** What endpoint choice needs to know of the node and the version. */
export function localityOf(config: ProxyConfig, node: ProxyNode) {
  const has = (name: Parameters<typeof hasFeature>[0]) =>
    hasFeature(name, config.minor, config.featureGates);
  return {
    nodeName: node.name,
    zone: node.labels['topology.kubernetes.io/zone'] ?? '',
    nodeHints: has('PreferSameTrafficDistribution'),
    annotationRequired: has('TopologyAnnotationRequired'),
    runningDuplicates: has('RunningDuplicateWins'),
  };
}

type Section = Readonly<Record<string, unknown>>;

function section(document: Section, name: string): Section {
  return (document[name] ?? {}) as Section;
}

function string(document: Section, name: string, otherwise: string): string {
  return (document[name] ?? otherwise) as string;
}

function boolean(document: Section, name: string, otherwise: boolean): boolean {
  return (document[name] ?? otherwise) as boolean;
}

function number(document: Section, name: string, otherwise: number): number {
  return (document[name] ?? otherwise) as number;
}

/** metav1.Duration: "1m30s", "500ms". 0 means the default, as upstream. */
function duration(document: Section, name: string, otherwise: number): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
  let total = 0;
  for (const [, count, unit] of string(document, name, '').matchAll(/([\d.]+)(h|ms|m|s)/g)) {
    total += Number(count) * (units[unit ?? ''] ?? 0);
  }
  return total === 0 ? otherwise : total;
}
