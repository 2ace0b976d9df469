// Step one for each service port: which addresses take its traffic on this node, which of its
// endpoints stand behind each, and which set members say so to iptables. Nothing here depends on
// what the node's kernel holds.
// Models the loop over service ports of syncProxyRules and the endpoint choice of syncEndpoint
// (pkg/proxy/ipvs/proxier.go).
import { type Addr, formatEndpoint } from '../../net/addr.ts';
import { type Proto, protoName, SCTP, UDP } from '../../net/packet.ts';
import type { Categories } from '../categorize.ts';
import { distinctFor, type ProxyEndpoint } from '../endpoints.ts';
import { allowsFrom } from '../node-choice.ts';
import type { ServicePort } from '../service-port.ts';
import type { ProxyPort } from '../snapshot.ts';
import { type Entry, entryText } from './entry.ts';
import type { SetName } from './sets.table.ts';
import type { Settings } from './settings.ts';

export interface Member {
  readonly set: SetName;
  readonly entry: Entry;
  /** As it is given to the ipset tool. */
  readonly text: string;
  readonly origin: number;
}

/** A virtual server that the node should have, with its real servers. */
export interface FrontEnd {
  /** "10.96.0.1:80/TCP", "[fd00::1]:80/TCP": what virtual servers are compared by. */
  readonly key: string;
  readonly address: Addr;
  readonly port: number;
  readonly proto: Proto;
  readonly persistentSeconds: number | null;
  /** The address belongs on the dummy device. Node addresses never do, nor what stands on another
   * device already. */
  readonly isBound: boolean;
  /** Sorted by their text (upstream's order is a Go set's). */
  readonly endpoints: readonly ProxyEndpoint[];
  readonly origin: number;
}

/** A load balancer's address that the node itself may not use: its IP is in none of the ranges. */
export interface Barred {
  readonly address: Addr;
  readonly port: number;
  readonly proto: Proto;
  readonly origin: number;
}

export interface PortParts {
  readonly members: readonly Member[];
  readonly frontEnds: readonly FrontEnd[];
  readonly barred: readonly Barred[];
}

/** Interns a path of the Service, or of another object. */
export type Origin = (path: string, object?: string) => number;

interface Context {
  readonly service: ServicePort;
  readonly settings: Settings;
  readonly origin: Origin;
  /** Endpoints of Cluster policy, and of Local policy with its fall-back. */
  readonly cluster: readonly ProxyEndpoint[];
  readonly local: readonly ProxyEndpoint[];
}

/** Everything of one service port. `categories` are the node's. */
export function portParts(
  port: ProxyPort,
  categories: Categories,
  settings: Settings,
  origin: Origin,
): PortParts {
  const { service } = port;
  const cluster = categories.cluster ?? [];
  const own = categories.local ?? [];
  // Without a local endpoint every usable one is taken (pull request 97081): external clients then
  // lose the replies. A Service that only has a cluster IP has no such endpoints: nobody answers.
  const local = own.length > 0 ? own : cluster;
  const context: Context = { service, settings, origin, cluster, local };
  const all = [
    loopBack(port, settings, origin),
    clusterIP(context),
    ...service.externalIPs.map(({ value, index }) => externalIP(context, value, index)),
    ...service.loadBalancerVIPs.map(({ value }) => loadBalancerVIP(context, value)),
    nodePort(context),
  ];
  const frontEnds = all.flatMap((part) => part.frontEnds ?? []);
  const bound = frontEnds.filter((frontEnd) => frontEnd.isBound).map(boundMember);
  return {
    members: [...all.flatMap((part) => part.members ?? []), ...bound],
    frontEnds,
    barred: all.flatMap((part) => part.barred ?? []),
  };
}

/** Endpoints on the node, ready or not. */
export function localEndpoints(port: ProxyPort, { locality }: Settings): readonly ProxyEndpoint[] {
  if (locality.nodeName === '') return [];
  return distinctFor(port.endpoints, locality).filter(
    (endpoint) => endpoint.nodeName === locality.nodeName,
  );
}

type Part = Partial<PortParts>;

function loopBack(port: ProxyPort, settings: Settings, origin: Origin): Part {
  const { proto } = port.service;
  const members = localEndpoints(port, settings).map((endpoint): Member => {
    const { address } = endpoint;
    const kind = 'hash:ip,port,ip';
    const entry: Entry = { kind, address, proto, port: endpoint.port, second: address };
    return inSet('KUBE-LOOP-BACK', entry, origin(endpoint.path, endpoint.object));
  });
  return { members };
}

function clusterIP(context: Context): Part {
  const { service, cluster, local, origin } = context;
  const from = origin(`spec.ports[${service.index}]`);
  const endpoints = service.internalPolicyLocal ? local : cluster;
  return {
    members: [member('KUBE-CLUSTER-IP', service, service.clusterIP, from)],
    frontEnds: [frontEnd(context, service.clusterIP, service.port, true, endpoints, from)],
  };
}

function externalIP(context: Context, address: Addr, index: number): Part {
  const { service, origin } = context;
  const from = origin(`spec.externalIPs[${index}]`);
  const set = service.externalPolicyLocal ? 'KUBE-EXTERNAL-IP-LOCAL' : 'KUBE-EXTERNAL-IP';
  return {
    members: [member(set, service, address, from)],
    frontEnds: [external(context, address, from)],
  };
}

function loadBalancerVIP(context: Context, address: Addr): Part {
  const { service, settings, origin } = context;
  const { proto, port, sourceRanges } = service;
  const from = origin(`spec.ports[${service.index}]`);
  const members = [member('KUBE-LOAD-BALANCER', service, address, from)];
  if (service.externalPolicyLocal) {
    members.push(member('KUBE-LOAD-BALANCER-LOCAL', service, address, from));
  }
  const frontEnds = [external(context, address, from)];
  if (sourceRanges.length === 0) return { members, frontEnds };
  const ranges = origin('spec.loadBalancerSourceRanges');
  members.push(member('KUBE-LOAD-BALANCER-FW', service, address, ranges));
  for (const { value: range, index } of sourceRanges) {
    const entry: Entry = { kind: 'hash:ip,port,net', address, proto, port, range };
    const path = `spec.loadBalancerSourceRanges[${index}]`;
    members.push(inSet('KUBE-LOAD-BALANCER-SOURCE-CIDR', entry, origin(path)));
  }
  if (!allowsFrom(service, settings.nodeIP)) {
    return { members, frontEnds, barred: [{ address, port, proto, origin: ranges }] };
  }
  const entry: Entry = { kind: 'hash:ip,port,ip', address, proto, port, second: address };
  members.push(inSet('KUBE-LOAD-BALANCER-SOURCE-IP', entry, ranges));
  return { members, frontEnds };
}

/** Nothing of node ports, nor the health check's, where the node has no address for them. */
function nodePort(context: Context): Part {
  const { service, settings, origin, cluster, local } = context;
  const members: Member[] = [];
  const frontEnds: FrontEnd[] = [];
  if (service.nodePort !== 0) {
    if (settings.nodePortIPs.length === 0) return {};
    const from = origin(`spec.ports[${service.index}].nodePort`);
    const entries = nodePortEntries(service, settings);
    for (const local of service.externalPolicyLocal ? [false, true] : [false]) {
      const set = nodePortSet(service.proto, local);
      members.push(...entries.map((entry) => inSet(set, entry, from)));
    }
    const endpoints = service.externalPolicyLocal ? local : cluster;
    for (const address of settings.nodePortIPs) {
      frontEnds.push(frontEnd(context, address, service.nodePort, false, endpoints, from));
    }
  }
  if (service.healthCheckNodePort !== 0) {
    const entry: Entry = { kind: 'bitmap:port', port: service.healthCheckNodePort };
    const from = origin('spec.healthCheckNodePort');
    members.push(inSet('KUBE-HEALTH-CHECK-NODE-PORT', entry, from));
  }
  return { members, frontEnds };
}

function nodePortEntries(service: ServicePort, settings: Settings): readonly Entry[] {
  const { proto, nodePort: port } = service;
  if (proto !== SCTP) return [{ kind: 'bitmap:port', port }];
  return settings.nodePortIPs.map((address) => ({ kind: 'hash:ip,port', address, proto, port }));
}

function nodePortSet(proto: Proto, local: boolean): SetName {
  if (proto === SCTP) return local ? 'KUBE-NODE-PORT-LOCAL-SCTP-HASH' : 'KUBE-NODE-PORT-SCTP-HASH';
  if (proto === UDP) return local ? 'KUBE-NODE-PORT-LOCAL-UDP' : 'KUBE-NODE-PORT-UDP';
  return local ? 'KUBE-NODE-PORT-LOCAL-TCP' : 'KUBE-NODE-PORT-TCP';
}

function member(set: SetName, service: ServicePort, address: Addr, origin: number): Member {
  const { proto, port } = service;
  return inSet(set, { kind: 'hash:ip,port', address, proto, port }, origin);
}

function boundMember({ address, origin }: FrontEnd): Member {
  return inSet('KUBE-IPVS-IPS', { kind: 'hash:ip', address }, origin);
}

function inSet(set: SetName, entry: Entry, origin: number): Member {
  return { set, entry, text: entryText(entry), origin };
}

/** An external IP or a load balancer's address. */
function external(context: Context, address: Addr, origin: number): FrontEnd {
  const { service, settings, cluster, local } = context;
  const isBound = !settings.otherAddresses.has(address);
  const endpoints = service.externalPolicyLocal ? local : cluster;
  return frontEnd(context, address, service.port, isBound, endpoints, origin);
}

function frontEnd(
  { service }: Context,
  address: Addr,
  port: number,
  isBound: boolean,
  endpoints: readonly ProxyEndpoint[],
  origin: number,
): FrontEnd {
  const { proto, affinitySeconds: persistentSeconds } = service;
  const key = `${formatEndpoint(address, port)}/${protoName(proto).toUpperCase()}`;
  return { key, address, port, proto, persistentSeconds, isBound, endpoints, origin };
}
