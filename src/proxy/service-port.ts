// One port of one Service as kube-proxy sees it, for one IP family, independent of any node.
// Models pkg/proxy/serviceport.go, pkg/proxy/util (ShouldSkipService, MapIPsByIPFamily) and the
// informers' label selector in cmd/kube-proxy/app/server.go. Chain names and rules are the modes'
// work.
import type { ObjectMeta, Service, ServicePort as ServicePortSpec } from '../api/types.ts';
import type { Addr, Family } from '../net/addr.ts';
import { familyOf } from '../net/addr.ts';
import type { Cidr } from '../net/cidr.ts';
import { type Proto, parseProto, protoName } from '../net/packet.ts';
import { parseAddrSloppy, parseCidrSloppy } from './sloppy.ts';
import { hasFeature } from './versions.ts';

/** A value of a list field, with its index there: rules point back to "spec.externalIPs[1]". */
export interface Indexed<T> {
  readonly value: T;
  readonly index: number;
}

export interface ServicePort {
  /** "ns/name". */
  readonly service: string;
  /** ServicePortName.String(): "ns/name:port", or "ns/name" for an unnamed port. */
  readonly name: string;
  /** Name and protocol: the key and the order of service ports. */
  readonly key: string;
  readonly family: Family;
  /** Index in spec.ports. */
  readonly index: number;
  /** The port's name in the Service; "" when unnamed. */
  readonly portName: string;
  readonly proto: Proto;
  readonly clusterIP: Addr;
  readonly port: number;
  /** 0: none. */
  readonly nodePort: number;
  readonly externalIPs: readonly Indexed<Addr>[];
  /** Load balancer ingress addresses whose ipMode is VIP. */
  readonly loadBalancerVIPs: readonly Indexed<Addr>[];
  readonly sourceRanges: readonly Indexed<Cidr>[];
  readonly internalPolicyLocal: boolean;
  readonly externalPolicyLocal: boolean;
  /** 0 unless type LoadBalancer with externalTrafficPolicy Local. */
  readonly healthCheckNodePort: number;
  /** ClientIP affinity's timeout, or null. */
  readonly affinitySeconds: number | null;
  /** The topology-mode annotation as written; "" when absent. Read by 1.30 and older only. */
  readonly topologyMode: string;
}

const proxyNameLabel = 'service.kubernetes.io/service-proxy-name';
const headlessLabel = 'service.kubernetes.io/headless';
const topologyAnnotations = [
  'service.kubernetes.io/topology-mode',
  'service.kubernetes.io/topology-aware-hints',
];
const affinitySecondsDefault = 10800;

/** Whether kube-proxy's informer delivers the object at all: Services and EndpointSlices alike. */
export function watched(metadata: ObjectMeta): boolean {
  const labels = metadata.labels ?? {};
  return labels[proxyNameLabel] === undefined && labels[headlessLabel] === undefined;
}

/** Headless Services, ExternalName and those without an address yet are not proxied. */
export function shouldSkip(service: Service): boolean {
  const clusterIP = service.spec?.clusterIP ?? '';
  return clusterIP === '' || clusterIP === 'None' || service.spec?.type === 'ExternalName';
}

/** The Service's ports in one family, to a kube-proxy of 1.`minor`; none when it is skipped or has
 * no address of that family. */
export function servicePorts(
  service: Service,
  family: Family,
  minor: number,
): readonly ServicePort[] {
  if (!watched(service.metadata) || shouldSkip(service)) return [];
  const clusterIP = clusterIPOf(service, family);
  if (clusterIP === undefined) return [];
  const ranges = sourceRanges(service, family, minor);
  return (service.spec?.ports ?? []).map((port, index) => ({
    ...servicePort(service, family, clusterIP, port, index),
    sourceRanges: ranges,
  }));
}

/** "ns/name:port" and "ns/name". */
export function servicePortName(service: string, portName: string): string {
  return portName === '' ? service : `${service}:${portName}`;
}

export function servicePortKey(name: string, proto: Proto): string {
  return `${name}\u0000${protoName(proto)}`;
}

export function externallyAccessible(port: ServicePort): boolean {
  return port.nodePort !== 0 || port.loadBalancerVIPs.length > 0 || port.externalIPs.length > 0;
}

/** Whether "Cluster" endpoints are ever used: also external Local policy needs them, to
 * short-circuit. */
export function usesClusterEndpoints(port: ServicePort): boolean {
  return !port.internalPolicyLocal || externallyAccessible(port);
}

export function usesLocalEndpoints(port: ServicePort): boolean {
  return port.internalPolicyLocal || (port.externalPolicyLocal && externallyAccessible(port));
}

function servicePort(
  service: Service,
  family: Family,
  clusterIP: Addr,
  port: ServicePortSpec,
  index: number,
): Omit<ServicePort, 'sourceRanges'> {
  const { spec, metadata } = service;
  const key = `${metadata.namespace ?? 'default'}/${metadata.name}`;
  const name = servicePortName(key, port.name ?? '');
  const proto = parseProto(port.protocol ?? 'TCP');
  if (proto === undefined) throw new Error(`Service ${key}: protocol ${port.protocol}`);
  const affinity = spec?.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  const externalPolicyLocal = isExternalPolicyLocal(service);
  return {
    service: key,
    name,
    key: servicePortKey(name, proto),
    family,
    index,
    portName: port.name ?? '',
    proto,
    clusterIP,
    port: port.port,
    nodePort: port.nodePort ?? 0,
    externalIPs: ofFamily(spec?.externalIPs ?? [], family),
    loadBalancerVIPs: loadBalancerVIPs(service, family),
    internalPolicyLocal: spec?.internalTrafficPolicy === 'Local',
    externalPolicyLocal,
    healthCheckNodePort:
      spec?.type === 'LoadBalancer' && externalPolicyLocal ? (spec.healthCheckNodePort ?? 0) : 0,
    affinitySeconds:
      spec?.sessionAffinity === 'ClientIP' ? (affinity ?? affinitySecondsDefault) : null,
    topologyMode: topologyMode(metadata),
  };
}

/** ExternalPolicyLocal of pkg/api/v1/service: a policy of a Service that nobody outside can reach
 * does not count. */
function isExternalPolicyLocal(service: Service): boolean {
  const { type, externalIPs, externalTrafficPolicy } = service.spec ?? {};
  if (externalTrafficPolicy !== 'Local') return false;
  if (type === 'NodePort' || type === 'LoadBalancer') return true;
  return (type ?? 'ClusterIP') === 'ClusterIP' && (externalIPs ?? []).length > 0;
}

function clusterIPOf(service: Service, family: Family): Addr | undefined {
  const { clusterIP, clusterIPs, ipFamilies } = service.spec ?? {};
  const candidates =
    ipFamilies === undefined || ipFamilies.length === 0
      ? [clusterIP]
      : [clusterIPs?.[ipFamilies.indexOf(family === 4 ? 'IPv4' : 'IPv6')]];
  if (clusterIPs === undefined || clusterIPs.length === 0) candidates.push(clusterIP);
  for (const text of candidates) {
    const value = text === undefined ? undefined : parseAddrSloppy(text);
    if (value !== undefined && familyOf(value) === family) return value;
  }
  return undefined;
}

function ofFamily(texts: readonly string[], family: Family): readonly Indexed<Addr>[] {
  const found: Indexed<Addr>[] = [];
  for (const [index, text] of texts.entries()) {
    const value = parseAddrSloppy(text);
    if (value !== undefined && familyOf(value) === family) found.push({ value, index });
  }
  return found;
}

/** ipMode Proxy and hostname-only ingress points are the load balancer's own business. */
function loadBalancerVIPs(service: Service, family: Family): readonly Indexed<Addr>[] {
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  const texts = ingress.map(({ ip, ipMode }) => ((ipMode ?? 'VIP') === 'VIP' ? (ip ?? '') : ''));
  return ofFamily(texts, family);
}

function sourceRanges(service: Service, family: Family, minor: number): readonly Indexed<Cidr>[] {
  const found: Indexed<Cidr>[] = [];
  for (const [index, text] of (service.spec?.loadBalancerSourceRanges ?? []).entries()) {
    const value = parseCidrSloppy(text);
    if (value === undefined || familyOf(value.low) !== family) continue;
    if (value.bits === 0 && hasFeature('ZeroSourceRangeIsAny', minor)) return [];
    found.push({ value, index });
  }
  return found;
}

function topologyMode(metadata: ObjectMeta): string {
  for (const name of topologyAnnotations) {
    const value = metadata.annotations?.[name];
    if (value !== undefined) return value;
  }
  return '';
}
