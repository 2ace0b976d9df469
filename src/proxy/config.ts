// A kube-proxy's configuration, decoded from a KubeProxyConfiguration document with upstream's
// defaults, and what of it holds on one node. Checking the document is src/manifest's work; unknown
// fields are refused there.
// Models pkg/proxy/apis/config/v1alpha1/defaults.go, cmd/kube-proxy/app/server_linux.go
// (detectLocalMode) and pkg/proxy/util/nodeport_addresses.go.
import {
  type ClusterSpec,
  kernelVersionOf,
  podSubnets,
  serviceSubnets,
} from '../api/cluster-spec.ts';
import { goDuration } from '../api/go-duration.ts';
import { effectiveGates } from '../api/kube-proxy-configuration/feature-gates.ts';
import { type Addr, type Family, familyOf } from '../net/addr.ts';
import { type Cidr, cidr, contains, single } from '../net/cidr.ts';
import { parseAddrSloppy, parseCidrSloppy } from './sloppy.ts';
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

/** An address and port that a server listens on; address null: every one. */
export interface Bound {
  readonly address: Addr | null;
  readonly port: number;
}

export interface ProxyConfig {
  readonly mode: ClusterSpec['proxyMode'];
  /** Minor version of the kube-proxy: 34 for 1.34. */
  readonly minor: number;
  /** Of the node's Linux: "6.1.0". */
  readonly kernelVersion: string;
  readonly featureGates: Readonly<Record<string, boolean>>;
  /** Pod ranges, at most one per family is used. */
  readonly clusterCIDRs: readonly Cidr[];
  /** Service ranges: of ServiceCIDR objects, which kube-proxy watches since 1.33. */
  readonly serviceCIDRs: readonly Cidr[];
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
  /** Every node has a usable nfacct: counting rules are written from 1.31 on. */
  readonly nfacct: boolean;
  /** iptables knows MASQUERADE --random-fully (1.6.2). */
  readonly randomFully: boolean;
  readonly ipvs: IpvsConfig;
  readonly conntrack: ConntrackConfig;
  /** What it takes for its node's address instead of the Node object's; null: that one. */
  readonly bindAddress: Addr | null;
  /** Where /healthz is served; address null: on every one. */
  readonly healthz: Bound;
  /** Where /proxyMode is served, beside the metrics. */
  readonly metrics: Bound;
  /** Userspace mode: how long a client's UDP session stays, and "BASE-END" for its ports ("": any). */
  readonly udpIdleTimeoutMs: number;
  readonly portRange: string;
}

/** What is set of the kernel's connection table; times in ms, 0: the kernel's own stays. */
export interface ConntrackConfig {
  readonly maxPerCore: number;
  readonly min: number;
  readonly tcpEstablishedTimeoutMs: number;
  readonly tcpCloseWaitTimeoutMs: number;
  readonly udpTimeoutMs: number;
  readonly udpStreamTimeoutMs: number;
}

/** The node a kube-proxy runs on. */
export interface ProxyNode {
  readonly name: string;
  /** Local addresses without loopback; the first of a family is the node's IP. */
  readonly addresses: readonly Addr[];
  readonly labels: Readonly<Record<string, string>>;
  readonly podCIDRs: readonly Cidr[];
  /** It has a usable nfacct, whatever the configuration says. */
  readonly nfacct?: boolean;
}

export const defaultProxyConfig: ProxyConfig = {
  mode: 'iptables',
  minor: 34,
  kernelVersion: '6.1.0',
  featureGates: {},
  clusterCIDRs: [],
  serviceCIDRs: [],
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
  conntrack: {
    maxPerCore: 32_768,
    min: 131_072,
    tcpEstablishedTimeoutMs: 86_400_000,
    tcpCloseWaitTimeoutMs: 3_600_000,
    udpTimeoutMs: 0,
    udpStreamTimeoutMs: 0,
  },
  bindAddress: null,
  healthz: { address: null, port: 10_256 },
  metrics: { address: 0x7f000001, port: 10_249 },
  udpIdleTimeoutMs: 250,
  portRange: '',
};

/** The configuration of every kube-proxy of a cluster: the document's values, else the cluster's
 * and the defaults. kubeadm writes the pod subnet as clusterCIDR, so it is the default here. */
export function proxyConfig(spec: ClusterSpec): ProxyConfig {
  const document = spec.kubeProxyConfiguration ?? {};
  const mode = spec.proxyMode;
  // What v1alpha1 says in several places is one value of the configuration it is converted to.
  const periods = section(document, mode === 'ipvs' || mode === 'nftables' ? mode : 'iptables');
  const masquerade = section(document, mode === 'nftables' ? 'nftables' : 'iptables');
  const iptables = section(document, 'iptables');
  const detectLocal = section(document, 'detectLocal');
  const conntrack = section(document, 'conntrack');
  const base = defaultProxyConfig;
  const leastMs = mode === 'ipvs' ? 0 : base.minSyncPeriodMs;
  return {
    ...base,
    mode,
    minor: spec.minor,
    kernelVersion: kernelVersionOf(spec),
    featureGates: effectiveGates(section(document, 'featureGates'), spec.minor),
    clusterCIDRs: clusterCIDRs(string(document, 'clusterCIDR', ''), spec),
    serviceCIDRs: serviceSubnets(spec),
    detectLocalMode: (string(document, 'detectLocalMode', '') ||
      base.detectLocalMode) as DetectLocalMode,
    bridgeInterface: string(detectLocal, 'bridgeInterface', ''),
    interfaceNamePrefix: string(detectLocal, 'interfaceNamePrefix', ''),
    masqueradeAll: boolean(masquerade, 'masqueradeAll', base.masqueradeAll),
    masqueradeBit: number(masquerade, 'masqueradeBit', base.masqueradeBit),
    nodePortAddresses: texts(document, 'nodePortAddresses'),
    localhostNodePorts: boolean(iptables, 'localhostNodePorts', base.localhostNodePorts),
    syncPeriodMs: duration(periods, 'syncPeriod', base.syncPeriodMs),
    minSyncPeriodMs: duration(periods, 'minSyncPeriod', leastMs),
    conntrackTCPBeLiberal: boolean(conntrack, 'tcpBeLiberal', base.conntrackTCPBeLiberal),
    conntrack: conntrackOf(conntrack),
    ipvs: ipvsOf(section(document, 'ipvs')),
    bindAddress: boundTo(string(document, 'bindAddress', '')),
    healthz: boundAt(string(document, 'healthzBindAddress', ''), base.healthz),
    metrics: boundAt(string(document, 'metricsBindAddress', ''), {
      ...base.metrics,
      address: isIPv6(string(document, 'bindAddress', '')) ? 1n : base.metrics.address,
    }),
    udpIdleTimeoutMs: duration(document, 'udpIdleTimeout', base.udpIdleTimeoutMs),
    portRange: string(document, 'portRange', base.portRange),
  };
}

function clusterCIDRs(written: string, spec: ClusterSpec): readonly Cidr[] {
  if (written === '') return podSubnets(spec);
  return written.split(',').flatMap((text) => parseCidrSloppy(text) ?? []);
}

function conntrackOf(written: Section): ConntrackConfig {
  const { conntrack: base } = defaultProxyConfig;
  return {
    maxPerCore: number(written, 'maxPerCore', base.maxPerCore),
    min: number(written, 'min', base.min),
    // The two that are pointers: zero leaves the kernel's value, nothing means the default.
    tcpEstablishedTimeoutMs: pointer(
      written,
      'tcpEstablishedTimeout',
      base.tcpEstablishedTimeoutMs,
    ),
    tcpCloseWaitTimeoutMs: pointer(written, 'tcpCloseWaitTimeout', base.tcpCloseWaitTimeoutMs),
    udpTimeoutMs: duration(written, 'udpTimeout', 0),
    udpStreamTimeoutMs: duration(written, 'udpStreamTimeout', 0),
  };
}

function ipvsOf(written: Section): IpvsConfig {
  const excluded = texts(written, 'excludeCIDRs');
  return {
    scheduler: string(written, 'scheduler', '') || defaultProxyConfig.ipvs.scheduler,
    excludeCIDRs: excluded.flatMap((text) => parseCidrSloppy(text) ?? []),
    strictARP: boolean(written, 'strictARP', false),
    tcpTimeoutMs: duration(written, 'tcpTimeout', 0),
    tcpFinTimeoutMs: duration(written, 'tcpFinTimeout', 0),
    udpTimeoutMs: duration(written, 'udpTimeout', 0),
  };
}

function isIPv6(written: string): boolean {
  return typeof parseAddrSloppy(written) === 'bigint';
}

/** 0.0.0.0 and :: are no address of one's own. */
function boundTo(written: string): Addr | null {
  const parsed = written === '' ? undefined : parseAddrSloppy(written);
  return parsed === undefined || parsed === 0 || parsed === 0n ? null : parsed;
}

/** "IP:port", or an IP alone with the usual port (AppendPortIfNeeded); `usual` where nothing is written. */
function boundAt(written: string, usual: Bound): Bound {
  if (written === '') return usual;
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(written);
  if (match === null) return { address: boundTo(written), port: usual.port };
  return { address: boundTo(match[1] ?? match[2] ?? ''), port: Number(match[3]) };
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

function texts(document: Section, name: string): readonly string[] {
  return (document[name] ?? []) as readonly string[];
}

function boolean(document: Section, name: string, otherwise: boolean): boolean {
  return (document[name] ?? otherwise) as boolean;
}

function number(document: Section, name: string, otherwise: number): number {
  return (document[name] ?? otherwise) as number;
}

/** metav1.Duration: "1m30s", "500ms". 0 means the default, as upstream. */
function duration(document: Section, name: string, otherwise: number): number {
  const ms = goDuration(string(document, name, '0')).ms ?? 0;
  return ms === 0 ? otherwise : ms;
}

/** *metav1.Duration: 0 is a value. */
function pointer(document: Section, name: string, otherwise: number): number {
  const written = document[name] ?? null;
  return written === null ? otherwise : (goDuration(written as string).ms ?? otherwise);
}
