// Defaults of a Service as decoding fills them in, and what the strategy drops when a Service changes its type.
// Allocation of addresses and ports is not here (src/apiserver). Models pkg/apis/core/v1/defaults.go and
// pkg/registry/core/service/strategy.go.
import type { RuleContext } from '../kind-rules.ts';
import type { Service, ServicePort, ServiceSpec, ServiceStatus } from '../types.ts';
import { type Draft, isUnset, sameValue, without } from '../values.ts';

export const CLIENT_IP_TIMEOUT_SECONDS = 10800;
/** Kubernetes minor since which ingress points have an ipMode (gate LoadBalancerIPMode). */
export const IP_MODE_SINCE = 30;

/** The types that have an internal traffic policy by default. */
export const internalTypes: readonly string[] = ['ClusterIP', 'NodePort', 'LoadBalancer'];

/** LoadBalancer, NodePort, or ClusterIP with external IPs. */
export function externallyAccessible(spec: ServiceSpec): boolean {
  return (
    spec.type === 'LoadBalancer' ||
    spec.type === 'NodePort' ||
    (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
  );
}

/** The one cluster IP is "None"; before `clusterIPs` is filled in, `clusterIP` says so. */
export function isHeadless(spec: ServiceSpec): boolean {
  const ips = spec.clusterIPs ?? [];
  return ips.length === 0 ? spec.clusterIP === 'None' : ips.length === 1 && ips[0] === 'None';
}

export function needsClusterIP(spec: ServiceSpec): boolean {
  return spec.type !== 'ExternalName';
}

export function needsNodePort(spec: ServiceSpec): boolean {
  if (spec.type === 'NodePort') return true;
  return spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false;
}

/** The types whose ports may have node ports, whoever gives them out. */
export function typeHasNodePorts(spec: ServiceSpec): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

/** Load balancers that ask the node itself whether it has endpoints. */
export function needsHealthCheck(spec: ServiceSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

function defaultPort(port: ServicePort): ServicePort {
  const protocol = isUnset(port.protocol) ? 'TCP' : port.protocol;
  const targetPort = isUnset(port.targetPort) ? port.port : port.targetPort;
  if (protocol === port.protocol && targetPort === port.targetPort) return port;
  return { ...port, protocol, targetPort };
}

function defaultAffinity(spec: Draft<ServiceSpec>): void {
  if (isUnset(spec.sessionAffinity)) spec.sessionAffinity = 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  else if (spec.sessionAffinity === 'ClientIP') {
    if (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
      spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: CLIENT_IP_TIMEOUT_SECONDS } };
    }
  }
}

function defaultStatus({ spec, status }: Service, minor: number): ServiceStatus | undefined {
  const ingress = status?.loadBalancer?.ingress;
  if (minor < IP_MODE_SINCE || spec.type !== 'LoadBalancer') return status;
  if (ingress === undefined || ingress.every((i) => i.ip === undefined || i.ipMode !== undefined)) {
    return status;
  }
  return {
    ...status,
    loadBalancer: {
      ingress: ingress.map((i) =>
        i.ip === undefined || i.ipMode !== undefined ? i : { ...i, ipMode: 'VIP' },
      ),
    },
  };
}

/** SetDefaults_Service: affinity, type, ports, traffic policies, node-port allocation, ingress mode. An empty selector
 * does not survive its encoding (omitempty, and maps in protobuf have no presence), so it is the same as none. */
export function defaultService(service: Service, { minor }: RuleContext): Service {
  const spec: Draft<ServiceSpec> = { ...(service.spec ?? {}) };
  if (spec.selector !== undefined && Object.keys(spec.selector).length === 0) delete spec.selector;
  defaultAffinity(spec);
  if (isUnset(spec.type)) spec.type = 'ClusterIP';
  if (spec.ports !== undefined) spec.ports = spec.ports.map(defaultPort);
  if (isUnset(spec.externalTrafficPolicy)) {
    if (externallyAccessible(spec)) spec.externalTrafficPolicy = 'Cluster';
    else delete spec.externalTrafficPolicy;
  }
  if (spec.internalTrafficPolicy === undefined && internalTypes.includes(spec.type)) {
    spec.internalTrafficPolicy = 'Cluster';
  }
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  const next = { ...service, spec };
  const status = defaultStatus(next, minor);
  return status === undefined ? next : { ...next, status };
}

function sameNodePorts(spec: ServiceSpec, old: ServiceSpec): boolean {
  const before = new Set((old.ports ?? []).map((port) => port.nodePort ?? 0));
  return (spec.ports ?? []).every((port) => isUnset(port.nodePort) || before.has(port.nodePort));
}

/** Fields that belong to the old type only are wiped unless the writer changed them too (A5). */
export function dropTypeDependentFields(spec: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const next: Draft<ServiceSpec> = { ...spec };
  if (needsClusterIP(old) && !needsClusterIP(next)) {
    if (next.clusterIP === old.clusterIP && sameValue(next.clusterIPs, old.clusterIPs)) {
      delete next.clusterIP;
      delete next.clusterIPs;
    }
    if (sameValue(next.ipFamilies, old.ipFamilies)) delete next.ipFamilies;
    if (next.ipFamilyPolicy === old.ipFamilyPolicy) delete next.ipFamilyPolicy;
  }
  if (typeHasNodePorts(old) && !typeHasNodePorts(next) && sameNodePorts(next, old)) {
    if (next.ports !== undefined) next.ports = next.ports.map((port) => without(port, 'nodePort'));
  }
  if (needsHealthCheck(old) && !needsHealthCheck(next)) {
    if (next.healthCheckNodePort === old.healthCheckNodePort) delete next.healthCheckNodePort;
  }
  if (old.type === 'LoadBalancer' && next.type !== 'LoadBalancer') {
    if ((next.allocateLoadBalancerNodePorts ?? null) === old.allocateLoadBalancerNodePorts) {
      delete next.allocateLoadBalancerNodePorts;
    }
    if (next.loadBalancerClass === old.loadBalancerClass) delete next.loadBalancerClass;
  }
  if (externallyAccessible(old) && !externallyAccessible(next)) {
    if (next.externalTrafficPolicy === old.externalTrafficPolicy) delete next.externalTrafficPolicy;
  }
  return next;
}

/** A Service that is not of type LoadBalancer has no load-balancer status. */
export function prepareServiceUpdate(service: Service, old: Service): Service {
  const spec = dropTypeDependentFields(service.spec, old.spec);
  if (spec.type === 'LoadBalancer') return { ...service, spec };
  return { ...service, spec, status: { ...service.status, loadBalancer: {} } };
}

/** What is never shown, wherever it came from: an ExternalName's internal traffic policy (storage.go, defaultOnRead). */
export function readService(service: Service): Service {
  if (service.spec.type !== 'ExternalName') return service;
  const spec = without(service.spec, 'internalTrafficPolicy');
  return spec === service.spec ? service : { ...service, spec };
}
