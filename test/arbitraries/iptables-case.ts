// Random histories of a kube-proxy in iptables mode: proxy-case.ts with the options and the flows
// that only this mode is asked about, and now and then a cluster on the edge of being large.
import type { EndpointSlice, Service } from '../../src/api/types.ts';
import { addr, type Family } from '../../src/net/addr.ts';
import { parseProto, TCP } from '../../src/net/packet.ts';
import type { ProxyConfig } from '../../src/proxy/config.ts';
import type { Flow } from '../../src/proxy/conntrack.ts';
import { type CaseChange, configOf, type ProxyCase, proxyCase } from './proxy-case.ts';

type Options = Pick<
  ProxyConfig,
  'localhostNodePorts' | 'conntrackTCPBeLiberal' | 'nfacct' | 'randomFully'
>;

/** A flow in words: "udp 198.51.100.9:1000 172.30.0.16:53 10.180.0.17:53". */
export interface CaseFlow extends Flow {
  readonly text: string;
  readonly to: string;
  readonly from: string;
  readonly sourcePort: number;
}

export interface IptablesCase extends ProxyCase {
  readonly options: Options;
  /** In the node's conntrack table from the beginning. */
  readonly flows: readonly CaseFlow[];
}

/** One case of twelve is about large clusters. */
export function iptablesCase(seed: number, family: Family): IptablesCase {
  const given = numbered(proxyCase(seed, family));
  const big = seed % 12 === 4 ? bigService(family) : null;
  const all: ProxyCase =
    big === null
      ? given
      : {
          ...given,
          services: [...given.services, big[0]],
          endpointSlices: [...given.endpointSlices, big[1]],
        };
  return {
    ...all,
    options: {
      localhostNodePorts: seed % 4 !== 0,
      conntrackTCPBeLiberal: seed % 5 === 0,
      nfacct: seed % 3 === 0,
      randomFully: seed % 6 !== 0,
    },
    flows: flowsOf(given),
  };
}

export function iptablesConfigOf(given: IptablesCase, minor: number): ProxyConfig {
  return { ...configOf(given, minor), mode: 'iptables', ...given.options };
}

/** As an API server would: no two versions of an object are equal. */
function numbered(given: ProxyCase): ProxyCase {
  let version = 1;
  const stamp = <T extends Service | EndpointSlice>(object: T): T => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion: `${version++}` },
  });
  const now = new Map<string, Service | EndpointSlice>();
  const keyOf = ({ kind, metadata }: Service | EndpointSlice) =>
    `${kind}/${metadata.namespace}/${metadata.name}`;
  const keep = <T extends Service | EndpointSlice>(object: T): T => {
    const stamped = stamp(object);
    now.set(keyOf(object), stamped);
    return stamped;
  };
  const services = given.services.map(keep);
  const endpointSlices = given.endpointSlices.map(keep);
  const change = ({ op, object }: CaseChange): CaseChange => {
    const previous = now.get(keyOf(object));
    if (op === 'delete') return { op, object: previous ?? object };
    return { op, object: keep(object), ...(previous === undefined ? {} : { previous }) };
  };
  const steps = given.steps.map((step) => ({ ...step, changes: step.changes.map(change) }));
  return { ...given, services, endpointSlices, steps };
}

/** 995 endpoints: what the other Services have makes the cluster large or not. */
function bigService(family: Family): readonly [Service, EndpointSlice] {
  const four = family === 4;
  const clusterIP = four ? '172.30.9.9' : 'fd00:172:30::9:9';
  const pod = (i: number) =>
    four ? `10.181.${i >> 8}.${i & 255}` : `fd00:10:181::${i.toString(16)}`;
  const metadata = { namespace: 'ns1', name: 'big' };
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { type: 'ClusterIP', clusterIP, ports: [{ port: 80, protocol: 'TCP' }] },
  };
  const slice: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace: 'ns1',
      name: 'big-0',
      labels: { 'kubernetes.io/service-name': 'big' },
    },
    addressType: four ? 'IPv4' : 'IPv6',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: Array.from({ length: 995 }, (_, i) => ({ addresses: [pod(i + 1)] })),
  };
  return [service, slice];
}

/** Flows to every front end there is at the beginning, answered by some Pods and by nobody. */
function flowsOf({ services, node, family }: ProxyCase): readonly CaseFlow[] {
  const four = family === 4;
  const here = node.addresses.find((text) => text.includes(':') !== four) ?? '';
  const pod = (i: number) =>
    four ? `10.180.0.${i + 16}` : `fd00:10:180::${(i + 16).toString(16)}`;
  const flows: CaseFlow[] = [];
  const add = (proto: string, to: string, dport: number, from: string, sport: number) => {
    const sourcePort = 1000 + flows.length;
    flows.push({
      text: `${proto.toLowerCase()} ${sourcePort} ${to} ${dport} ${from} ${sport}`,
      to,
      from,
      sourcePort,
      proto: parseProto(proto) ?? TCP,
      dst: addr(to),
      dport,
      replySrc: addr(from),
      replySport: sport,
    });
  };
  for (const { spec, status } of services) {
    const vips = (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip ?? '');
    const fronts = [spec?.clusterIP ?? '', ...(spec?.externalIPs ?? []), ...vips];
    for (const { protocol = 'TCP', port, nodePort } of spec?.ports ?? []) {
      const targets = fronts.map((to) => [to, port] as const);
      if (nodePort !== undefined) targets.push([here, nodePort]);
      for (const [to, dport] of targets) {
        const own = port === 80 ? 8080 : port;
        for (const i of [0, 3, 6, 9]) add(protocol, to, dport, pod(i), own);
        add(protocol, to, dport, pod(3), 9999);
        add(protocol, to, dport, to, dport);
      }
    }
  }
  return flows;
}
