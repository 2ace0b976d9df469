// What is to blame where IPVS took the connection, or rules that name sets instead of Services did: the Service is told
// from the address that was dialled. Reads the trace's notes of the stage ipvs and the stored objects.
import type { Service } from '../api/types.ts';
import { isProxied } from '../cluster/claims.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { type Addr, formatAddr } from '../net/addr.ts';
import { type Proto, parseProto, protoName } from '../net/packet.ts';
import type { DestinationKey } from '../netfilter/ipvs/service.ts';
import { endpointsDetail } from './blame-endpoints.ts';
import {
  endpointsOf,
  type Finding,
  objectOf,
  slicesOf,
  sourceRangesFinding,
} from './blame-finding.ts';
import { localFinding } from './blame-local.ts';
import { portText } from './blame-port.ts';
import type { RuleHop } from './hops.ts';

/** A virtual server that the trace met. */
export interface VirtualServer {
  /** The machine. */
  readonly at: string;
  readonly effect: 'dnat' | 'refused';
  readonly service: Service;
  /** Index in spec.ports. */
  readonly index: number;
  /** Not its cluster IP: a node port, an external IP, a load balancer's address. */
  readonly isExternal: boolean;
}

/** The last virtual server that took the connection or refused it. */
export function virtualServerMet(
  cluster: Cluster,
  { dial, proto }: Attempt,
): VirtualServer | undefined {
  for (const step of [...(dial?.trace.steps() ?? [])].reverse()) {
    if (step.kind !== 'note' || step.stage !== 'ipvs') continue;
    const { at, effect, virtual } = step;
    if (virtual === undefined || (effect !== 'dnat' && effect !== 'refused')) continue;
    const { addr, port } = virtual.service;
    const found = served(cluster, addr, port, proto, virtual.destination);
    if (found !== null) return { at, effect, ...found };
  }
  return undefined;
}

/** What IPVS or a rule about sets says; null: neither stopped the connection. */
export function ipvsFinding(
  cluster: Cluster,
  attempt: Attempt,
  stopped: RuleHop | undefined,
): Finding | null {
  const byRule = stopped === undefined ? null : setRuleFinding(cluster, attempt, stopped);
  if (byRule !== null) return byRule;
  const met = virtualServerMet(cluster, attempt);
  if (met === undefined || stopped !== undefined) return null;
  const object = objectOf(met.service);
  const { spec } = met.service;
  const policy = met.isExternal ? 'externalTrafficPolicy' : 'internalTrafficPolicy';
  const isLocal = spec[policy] === 'Local';
  const path = `spec.${policy}`;
  const { detail, at } = endpointsDetail(cluster, met.service);
  if (met.effect === 'refused') {
    if (isLocal && detail === '') {
      return localFinding(cluster, met.service, met.at, path);
    }
    const more = detail === '' ? {} : { detail };
    return { reason: 'noEndpoints', object, at, where: met.at, ...more };
  }
  if (!isLocal || !met.isExternal || hasLocal(cluster, met)) return null;
  const why = 'IPVS takes any endpoint then, without masking the client, and the answer is lost';
  return localFinding(cluster, met.service, met.at, path, why);
}

/** A packet that another node takes for its own: a Service names the sender's address as an external IP, which IPVS mode puts
 * on all nodes but the one that has it. `lostAt`: the machine that dropped it. Null: no Service does. */
export function sharedAddressFinding(
  cluster: Cluster,
  attempt: Attempt,
  lostAt: string,
): Pick<Finding, 'object' | 'path' | 'detail'> | null {
  const at = virtualServerMet(cluster, attempt)?.at;
  if (at === undefined || at === lostAt || !lostAt.startsWith('node/')) return null;
  const sender = at.replace(/^node\//, '');
  const { addresses = [] } = cluster.objects.get('Node', sender)?.status ?? {};
  const own = addresses.map(({ address }) => address);
  for (const service of cluster.objects.list('Service').filter(isProxied)) {
    const { externalIPs = [] } = service.spec;
    const index = externalIPs.findIndex((ip) => own.includes(ip));
    if (index < 0) continue;
    const object = objectOf(service);
    const detail = `${object} has ${externalIPs[index]} of node/${sender} as external IP, so IPVS mode puts it on all other nodes, and they take nothing from it`;
    return { object, path: `spec.externalIPs[${index}]`, detail };
  }
  return null;
}

/** Rules that no Service owns: they match sets of addresses and ports. */
function setRuleFinding(cluster: Cluster, attempt: Attempt, hop: RuleHop): Finding | null {
  const to = attempt.dial?.dialled;
  if (to === undefined || hop.owner !== 'kube-proxy') return null;
  const where = hop.at;
  switch (hop.chain) {
    case 'KUBE-SOURCE-RANGES-FIREWALL':
    case 'KUBE-IPVS-OUT-FILTER': {
      const found = served(cluster, to.addr, to.port, attempt.proto);
      return found === null ? null : { ...sourceRangesFinding(found.service, attempt), where };
    }
    case 'KUBE-IPVS-FILTER': {
      const text = formatAddr(to.addr);
      const owner = cluster.objects.list('Service').find((one) => addressesOf(one).includes(text));
      if (owner === undefined) return null;
      const ports = (owner.spec.ports ?? []).map(portText).join(', ');
      const name = `${to.port}/${protoName(attempt.proto).toUpperCase()}`;
      const detail = `it has ${ports}, and ${where} refuses everything else`;
      return { reason: 'noSuchPort', object: objectOf(owner), name, detail };
    }
    default:
      return null;
  }
}

type Served = Pick<VirtualServer, 'service' | 'index' | 'isExternal'>;

/** The Service of an address and port; of several that claim it, the one with this endpoint. */
function served(
  cluster: Cluster,
  addr: Addr,
  port: number,
  proto: Proto,
  destination: DestinationKey | null = null,
): Served | null {
  const text = formatAddr(addr);
  const isNode = cluster.objects
    .list('Node')
    .some(({ status }) => status?.addresses?.some(({ address }) => address === text));
  const found = cluster.objects.list('Service').flatMap((service): readonly Served[] => {
    const { ports = [], clusterIPs = [] } = service.spec;
    const isOwn = addressesOf(service).includes(text);
    const index = ports.findIndex(
      (p) =>
        parseProto(p.protocol ?? 'TCP') === proto &&
        ((isOwn && p.port === port) || (isNode && p.nodePort === port)),
    );
    return index < 0 ? [] : [{ service, index, isExternal: !clusterIPs.includes(text) }];
  });
  if (found.length < 2 || destination === null) return found[0] ?? null;
  const to = formatAddr(destination.addr);
  const owns = ({ service }: Served) =>
    slicesOf(cluster, service).some(
      ({ ports, endpoints }) =>
        ports?.some((own) => own.port === destination.port) === true &&
        endpoints?.some(({ addresses }) => addresses?.includes(to)) === true,
    );
  return found.find(owns) ?? found[0] ?? null;
}

/** Cluster IPs, external IPs and those of load balancers. */
function addressesOf({ spec, status }: Service): readonly string[] {
  const balancers = status?.loadBalancer?.ingress ?? [];
  return [
    ...(spec.clusterIPs ?? []),
    ...(spec.externalIPs ?? []),
    ...balancers.flatMap(({ ip }) => ip ?? []),
  ];
}

function hasLocal(cluster: Cluster, { at, service }: VirtualServer): boolean {
  return endpointsOf(cluster, service).some(
    ({ nodeName, conditions }) => `node/${nodeName}` === at && conditions?.ready !== false,
  );
}
