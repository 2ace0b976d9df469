// The rules of userspace mode: what leads a Service's traffic to the port that the proxy process listens on. Written one
// by one with `iptables -A`, so the order is that in which portals were opened.
// Models iptablesInit, openOnePortal and openNodePort of pkg/proxy/userspace/proxier.go (1.25).
import type { Addr, Family } from '../../net/addr.ts';
import type { Chain, Hook, Hooking, Match, Rule, RuleLayer, Target } from '../../netfilter/rule.ts';
import { plainLayer } from '../../netfilter/ruleset.ts';
import type { Causes } from '../../sim/causes.ts';
import * as parts from '../rule-parts.ts';
import type { ServicePort } from '../service-port.ts';

export const owner = 'kube-proxy';

const containerPortals = 'KUBE-PORTALS-CONTAINER';
const hostPortals = 'KUBE-PORTALS-HOST';
const containerNodePorts = 'KUBE-NODEPORT-CONTAINER';
const hostNodePorts = 'KUBE-NODEPORT-HOST';
const nonLocal = 'KUBE-NODEPORT-NON-LOCAL';

const first = parts.comment('handle ClusterIPs; NOTE: this must be before the NodePort rules');
const last = [
  parts.local('dst'),
  parts.comment('handle service NodePorts; NOTE: this must be the last rule in the chain'),
];
const flows = parts.comment('Ensure that non-local NodePort traffic can flow');

/** Jumps from the built-in chains, in the order in which they are made. */
const hookings: readonly Hooking[] = [
  hooking('nat', 'PREROUTING', 'prepend', [first], containerPortals),
  hooking('nat', 'OUTPUT', 'prepend', [first], hostPortals),
  hooking('nat', 'PREROUTING', 'append', last, containerNodePorts),
  hooking('nat', 'OUTPUT', 'append', last, hostNodePorts),
  hooking('filter', 'INPUT', 'prepend', [flows], nonLocal),
];

function hooking(
  table: 'nat' | 'filter',
  chain: Hook,
  position: Hooking['position'],
  matches: readonly Match[],
  to: string,
): Hooking {
  return { table, chain, position, rule: parts.rule(matches, parts.jump(to), 0) };
}

/** A service port with the port its proxy listens on, and which of its entries could be opened. */
export interface Portal {
  readonly port: ServicePort;
  readonly proxyPort: number;
  /** Addresses of the cluster IP, external IPs and load balancer that were opened. */
  readonly addresses: ReadonlySet<Addr>;
  readonly nodePort: boolean;
}

interface Written {
  readonly container: Rule[];
  readonly host: Rule[];
  readonly containerNode: Rule[];
  readonly hostNode: Rule[];
  readonly input: Rule[];
}

/** The layer of all open portals. `hostIP`: where a local process's traffic goes, as a loop-back address would not do;
 * `listenIP`: null when the proxies listen everywhere. */
export function layerOf(
  portals: readonly Portal[],
  hostIP: Addr,
  listenIP: Addr | null,
  causes: Causes,
  family: Family,
): RuleLayer {
  const rules: Written = { container: [], host: [], containerNode: [], hostNode: [], input: [] };
  for (const portal of portals) writePortal(rules, portal, hostIP, listenIP, causes);
  const chain = (table: 'nat' | 'filter', name: string, own: readonly Rule[]): Chain => {
    return { table, name, policy: null, rules: own, owner };
  };
  const chains = [
    chain('nat', containerPortals, rules.container),
    chain('nat', hostPortals, rules.host),
    chain('nat', containerNodePorts, rules.containerNode),
    chain('nat', hostNodePorts, rules.hostNode),
    chain('filter', nonLocal, rules.input),
  ];
  return plainLayer(owner, family, chains, hookings);
}

function writePortal(
  rules: Written,
  { port, proxyPort, addresses, nodePort }: Portal,
  hostIP: Addr,
  listenIP: Addr | null,
  causes: Causes,
): void {
  const redirect: Target =
    listenIP === null ? { kind: 'redirect', port: proxyPort } : parts.dnat(listenIP, proxyPort);
  const toHost = parts.dnat(listenIP ?? hostIP, proxyPort);
  const origin = (path: string) => causes.intern(`Service/${port.service}`, path, owner);
  const own = `spec.ports[${port.index}]`;
  const add = (to: Rule[], matches: readonly Match[], target: Target, path: string) => {
    to.push(parts.rule(matches, target, origin(path)));
  };
  const open = (address: Addr, external: boolean, path: string): void => {
    if (!addresses.has(address)) return;
    const common = portalMatches(port, port.port, address);
    if (!external) {
      add(rules.container, common, redirect, path);
      add(rules.host, common, toHost, path);
      return;
    }
    add(rules.container, [...common, notFromBridge], redirect, path);
    add(rules.container, [...common, parts.local('dst')], redirect, path);
    add(rules.host, [...common, parts.local('dst')], toHost, path);
  };
  open(port.clusterIP, false, own);
  for (const { value, index } of port.externalIPs) open(value, true, `spec.externalIPs[${index}]`);
  for (const { value, index } of port.loadBalancerVIPs) {
    open(value, false, `status.loadBalancer.ingress[${index}]`);
  }
  if (!nodePort) return;
  const path = `${own}.nodePort`;
  add(rules.containerNode, portalMatches(port, port.nodePort, null), redirect, path);
  add(rules.hostNode, portalMatches(port, port.nodePort, null), toHost, path);
  const isNew: Match = { kind: 'conntrack', negated: false, states: ['NEW'], module: 'state' };
  add(rules.input, [...portalMatches(port, proxyPort, null), isNew], parts.accept, path);
}

const notFromBridge: Match = { kind: 'physdev', negated: true, test: 'is-in' };

function portalMatches(port: ServicePort, to: number, address: Addr | null): readonly Match[] {
  return [
    parts.comment(port.name),
    ...parts.toPort(port.proto, to),
    ...(address === null ? [] : [parts.address('dst', address)]),
  ];
}
