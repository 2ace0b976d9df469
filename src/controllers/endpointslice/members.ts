// Which pods stand behind a Service and on which ports: shared by the Endpoints and EndpointSlice controllers.
// staging/src/k8s.io/endpointslice/util/controller_utils.go and pkg/api/v1/pod FindPort.
import type {
  AnyObject,
  EndpointSlicePort,
  Pod,
  Service,
  ServicePort,
  WatchEvent,
} from '../../api/types.ts';
import { matchesLabels } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { isReady, isTerminal } from '../pods.ts';

/** Pods that the selector picks, in key order. */
export function selectedPods(
  service: Service,
  { client, index }: ControllerContext,
): readonly Pod[] {
  const selector = service.spec.selector ?? {};
  const namespace = service.metadata.namespace ?? 'default';
  const keys = index.podsWith(namespace, selector);
  const pods = keys?.map((key) => client.get('Pod', key)) ?? client.list('Pod', namespace);
  return pods.filter(
    (pod): pod is Pod => pod !== undefined && matchesLabels(selector, pod.metadata.labels),
  );
}

/** Whether a pod may stand in endpoints: it runs or will run again, and has an address. */
export function isMember(pod: Pod): boolean {
  return !isTerminal(pod) && addressesOf(pod).length > 0;
}

export function addressesOf(pod: Pod): readonly string[] {
  const { podIP, podIPs } = pod.status ?? {};
  if (podIPs !== undefined && podIPs.length > 0) return podIPs.map((one) => one.ip);
  return podIP === undefined || podIP === '' ? [] : [podIP];
}

/** The Services whose endpoints a pod's event may change: those that select it, or did; when nothing but its labels
 * changed, those that select it only now or only did before (determineNeededServiceUpdates). */
export function servicesOf(event: WatchEvent, context: ControllerContext): readonly string[] {
  const { previous, object } = event;
  if (event.type !== 'MODIFIED' || previous === undefined) return selecting(object, context);
  const changed = !same(face(previous), face(object));
  const moved = !same(placing(previous), placing(object));
  if (!moved) return changed ? selecting(object, context) : [];
  const now = selecting(object, context);
  const before = selecting(previous, context);
  const all = [...new Set([...now, ...before])];
  if (changed) return all;
  return all.filter((key) => now.includes(key) !== before.includes(key));
}

/** Keys of the Services that select a pod with these labels. */
function selecting(pod: AnyObject, { client, index }: ControllerContext): readonly string[] {
  const { namespace = 'default', labels } = pod.metadata;
  return index.servicesFor(namespace, labels).filter((key) => {
    const selector = client.get('Service', key)?.spec.selector;
    return selector !== undefined && matchesLabels(selector, labels);
  });
}

/** What decides to which Services a pod belongs. */
function placing(object: AnyObject): unknown {
  const { spec, metadata } = object as unknown as Pod;
  return [metadata.labels, spec.hostname, spec.subdomain];
}

/** What of a pod's state endpoints show. */
function face(object: AnyObject): unknown {
  const pod = object as unknown as Pod;
  return {
    ips: addressesOf(pod),
    terminal: isTerminal(pod),
    ready: isReady(pod),
    node: pod.spec.nodeName,
    terminating: pod.metadata.deletionTimestamp !== undefined,
  };
}

/** The container port a Service port leads to on a pod: a number as it is, a name as the pod declares it. */
function findPort(pod: Pod, port: ServicePort, withSidecars: boolean): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...(withSidecars ? sidecars : [])]) {
    for (const declared of container.ports ?? []) {
      if (declared.name !== target) continue;
      if ((declared.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return declared.containerPort;
    }
  }
  return undefined;
}

/** Since when the names of sidecars' ports count. */
export const sidecarPortsSince = { endpoints: 32, endpointslice: 33 } as const;

/** The ports of a Service on one pod; those whose name the pod does not know are left out. */
export function portsOn(
  pod: Pod,
  service: Service,
  withSidecars: boolean,
): readonly EndpointSlicePort[] {
  const ports: EndpointSlicePort[] = [];
  for (const port of service.spec.ports ?? []) {
    const number = findPort(pod, port, withSidecars);
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
