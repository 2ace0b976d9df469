// Which pods stand behind a Service and on which ports: shared by the Endpoints and EndpointSlice controllers.
// staging/src/k8s.io/endpointslice/util/controller_utils.go and pkg/api/v1/pod FindPort.
import type { EndpointSlicePort, Pod, Service, ServicePort, WatchEvent } from '../../api/types.ts';
import { matchesLabels } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { isTerminal } from '../pods.ts';

/** Pods that the selector picks and that have an address, in key order; terminal ones are left out. */
export function members(service: Service, { client, index }: ControllerContext): readonly Pod[] {
  const selector = service.spec.selector ?? {};
  const namespace = service.metadata.namespace ?? 'default';
  const keys = index.podsWith(namespace, selector);
  const pods = keys?.map((key) => client.get('Pod', key)) ?? client.list('Pod', namespace);
  const found: Pod[] = [];
  for (const pod of pods) {
    if (pod === undefined || !matchesLabels(selector, pod.metadata.labels)) continue;
    if (isTerminal(pod) || addressesOf(pod).length === 0) continue;
    found.push(pod);
  }
  return found;
}

export function addressesOf(pod: Pod): readonly string[] {
  const { podIP, podIPs } = pod.status ?? {};
  if (podIPs !== undefined && podIPs.length > 0) return podIPs.map((one) => one.ip);
  return podIP === undefined || podIP === '' ? [] : [podIP];
}

/** The Services whose endpoints a pod's event may change. */
export function servicesOf(event: WatchEvent, { index }: ControllerContext): readonly string[] {
  const namespace = event.object.metadata.namespace ?? 'default';
  const { previous, object } = event;
  if (event.type === 'MODIFIED' && previous !== undefined && !matters(previous, object)) return [];
  const now = index.servicesFor(namespace, object.metadata.labels);
  if (previous === undefined || same(previous.metadata.labels, object.metadata.labels)) return now;
  return [...new Set([...now, ...index.servicesFor(namespace, previous.metadata.labels)])];
}

/** Whether two states of a pod differ in anything that endpoints show (podEndpointsChanged). */
function matters(before: object, after: object): boolean {
  return !same(face(before as Pod), face(after as Pod));
}

function face(pod: Pod): unknown {
  const { status, spec, metadata } = pod;
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  return {
    ips: addressesOf(pod),
    terminal: isTerminal(pod),
    ready: ready?.status === 'True',
    node: spec.nodeName,
    terminating: metadata.deletionTimestamp !== undefined,
    labels: metadata.labels,
    name: [spec.hostname, spec.subdomain],
  };
}

/** The container port a Service port leads to on a pod: a number as it is, a name as the pod declares it. */
export function findPort(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...sidecars]) {
    for (const declared of container.ports ?? []) {
      if (declared.name !== target) continue;
      if ((declared.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return declared.containerPort;
    }
  }
  return undefined;
}

/** The ports of a Service on one pod; those whose name the pod does not know are left out. */
export function portsOn(pod: Pod, service: Service): readonly EndpointSlicePort[] {
  const ports: EndpointSlicePort[] = [];
  for (const port of service.spec.ports ?? []) {
    const number = findPort(pod, port);
    if (number === undefined) continue;
    const { appProtocol } = port;
    ports.push({
      name: port.name ?? '',
      port: number,
      protocol: port.protocol ?? 'TCP',
      ...(appProtocol === undefined ? {} : { appProtocol }),
    });
  }
  return ports;
}

/** The pod's own name in DNS: only when its subdomain is this Service. */
export function hostnameFor(pod: Pod, service: Service): string | undefined {
  const { hostname, subdomain } = pod.spec;
  if (hostname === undefined || hostname === '') return undefined;
  return subdomain === service.metadata.name ? hostname : undefined;
}

export function isHeadless(service: Service): boolean {
  const { clusterIP } = service.spec;
  return clusterIP === undefined || clusterIP === '' || clusterIP === 'None';
}

/** Whether controllers keep endpoints for it: it has a selector and is no ExternalName. */
export function isManaged(service: Service): boolean {
  return service.spec.selector !== undefined && service.spec.type !== 'ExternalName';
}
