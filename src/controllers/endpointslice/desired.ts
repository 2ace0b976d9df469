// The endpoints a Service should have in one family, grouped by their resolved ports.
// staging/src/k8s.io/endpointslice/reconciler.go and utils.go podToEndpoint.
import type { Endpoint, EndpointSlicePort, Pod, Service } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ControllerContext } from '../controller.ts';
import { isReady } from '../pods.ts';
import { addressesOf, hostnameFor, members, portsOn } from './members.ts';

export interface Group {
  readonly ports: readonly EndpointSlicePort[];
  readonly endpoints: readonly Endpoint[];
}

/** One text per port set, whatever the order. */
export function portsKey(ports: readonly EndpointSlicePort[]): string {
  return ports
    .map((port) => `${port.name ?? ''}/${port.protocol}/${port.port}/${port.appProtocol ?? ''}`)
    .sort(byCodeUnit)
    .join(',');
}

/** Groups by ports key. A pod whose node is unknown is left out unless not-ready addresses are published. */
export function desiredGroups(
  service: Service,
  family: string,
  context: ControllerContext,
): ReadonlyMap<string, Group> {
  const groups = new Map<string, { ports: readonly EndpointSlicePort[]; endpoints: Endpoint[] }>();
  for (const pod of members(service, context)) {
    const addresses = addressesOf(pod).filter((ip) => ip.includes(':') === (family === 'IPv6'));
    if (addresses.length === 0) continue;
    const endpoint = endpointOf(pod, service, addresses, context);
    if (endpoint === undefined) continue;
    const ports = portsOn(pod, service);
    const name = portsKey(ports);
    const group = groups.get(name) ?? { ports, endpoints: [] };
    groups.set(name, group);
    group.endpoints.push(endpoint);
  }
  return groups;
}

function endpointOf(
  pod: Pod,
  service: Service,
  addresses: readonly string[],
  { client }: ControllerContext,
): Endpoint | undefined {
  const publish = service.spec.publishNotReadyAddresses === true;
  const { nodeName } = pod.spec;
  const node = nodeName === undefined ? undefined : client.get('Node', nodeName);
  if (node === undefined && !publish) {
    const text = `Error updating Endpoint Slices for Service ${service.metadata.namespace}/${service.metadata.name}: node "${nodeName ?? ''}" not found`;
    client.event(service, 'Warning', 'FailedToUpdateEndpointSlices', text);
    return undefined;
  }
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'] ?? '';
  const hostname = hostnameFor(pod, service);
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const { name, namespace, uid } = pod.metadata;
  return {
    addresses,
    conditions: { ready: publish || (serving && !terminating), serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === '' ? {} : { zone }),
    targetRef: { kind: 'Pod', namespace: namespace ?? 'default', name, uid: uid ?? '' },
  };
}
