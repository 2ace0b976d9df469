// The endpoints a Service should have in one family, grouped by their resolved ports.
// staging/src/k8s.io/endpointslice/reconciler.go and utils.go podToEndpoint.
import type { Endpoint, EndpointSlicePort, Node, Pod, Service } from '../../api/types.ts';
import { formatAddr, parseAddr } from '../../net/addr.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { ControllerContext } from '../controller.ts';
import { isReady } from '../pods.ts';
import { addressesOf, hostnameFor, isMember, portsOn, sidecarPortsSince } from './members.ts';

export interface Group {
  readonly ports: readonly EndpointSlicePort[];
  readonly endpoints: readonly Endpoint[];
}

export interface Desired {
  /** By ports key; a group may be empty. */
  readonly groups: ReadonlyMap<string, Group>;
  /** Pods left out because their node is not known: the Service is to be synced again. */
  readonly errors: readonly string[];
}

/** One text per port set, whatever the order. */
export function portsKey(ports: readonly EndpointSlicePort[]): string {
  return ports
    .map((port) => `${port.name ?? ''}/${port.protocol}/${port.port}/${port.appProtocol ?? ''}`)
    .sort(byCodeUnit)
    .join(',');
}

export function desiredGroups(
  service: Service,
  family: string,
  pods: readonly Pod[],
  { client, minor }: ControllerContext,
): Desired {
  const groups = new Map<string, { ports: readonly EndpointSlicePort[]; endpoints: Endpoint[] }>();
  const errors: string[] = [];
  for (const pod of pods) {
    if (!isMember(pod)) continue;
    const ports = portsOn(pod, service, minor >= sidecarPortsSince.endpointslice);
    const name = portsKey(ports);
    const group = groups.get(name) ?? { ports, endpoints: [] };
    groups.set(name, group);
    const nodeName = pod.spec.nodeName ?? '';
    const node = client.get('Node', nodeName);
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) {
      const { namespace, name: about } = service.metadata;
      const skipped = `skipping Pod ${pod.metadata.name} for Service ${namespace}/${about}`;
      errors.push(`${skipped}: Node ${nodeName} Not Found`);
      continue;
    }
    const addresses = addressesIn(pod, family);
    if (addresses.length > 0) group.endpoints.push(endpointOf(pod, node, service, addresses));
  }
  return { groups, errors };
}

/** The pod's addresses of one family, in their canonical form. */
function addressesIn(pod: Pod, family: string): readonly string[] {
  const ips = addressesOf(pod).filter((ip) => ip.includes(':') === (family === 'IPv6'));
  return ips.map((ip) => {
    const parsed = parseAddr(ip);
    return parsed === undefined ? ip : formatAddr(parsed);
  });
}

function endpointOf(
  pod: Pod,
  node: Node | undefined,
  service: Service,
  addresses: readonly string[],
): Endpoint {
  const publish = service.spec.publishNotReadyAddresses === true;
  const { nodeName = '' } = pod.spec;
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'] ?? '';
  const hostname = hostnameFor(pod, service);
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const { name, namespace, uid } = pod.metadata;
  return {
    addresses,
    conditions: { ready: publish || (serving && !terminating), serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === '' ? {} : { nodeName }),
    ...(zone === '' ? {} : { zone }),
    targetRef: { kind: 'Pod', namespace: namespace ?? 'default', name, uid: uid ?? '' },
  };
}
