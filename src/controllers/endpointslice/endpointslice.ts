// The EndpointSlices of each Service with a selector: per address family and port set, at most 100 endpoints each,
// changed as little as possible. Modelled after pkg/controller/endpointslice; the pass itself is in reconcile.ts.
import type { EndpointSlice, Node, WatchEvent } from '../../api/types.ts';
import { type BackOff, forget, retry } from '../back-off.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { controllerName, managedByLabel, serviceNameLabel } from './labels.ts';
import { isManaged, selectedPods, servicesOf } from './members.ts';
import { reconcile } from './reconcile.ts';
import { forgetSlices, isForeign, isForeignDeletion } from './tracker.ts';
import { forgetTriggerTimes, triggerTime } from './trigger.ts';
import { isReadyNode, measureZones, overloadedServices } from './zones.ts';

/** The one key that stands for the nodes. */
const nodesKey = 'topologyQueueItemKey';
/** From a change that somebody else made to a slice until it is looked at. */
const sliceDelayMs = 1000;
const retries: BackOff = { queue: 'endpointslice', baseMs: 1000, maxMs: 1_000_000, tries: 15 };

export const endpointslice: Controller = {
  name: 'endpointslice',
  watches: ['Service', 'Pod', 'Node', 'EndpointSlice'],
  keysOf(event, context) {
    switch (event.kind) {
      case 'Pod':
        return servicesOf(event, context);
      case 'Service':
        return [event.key];
      case 'Node':
        return nodeMatters(event) ? [nodesKey] : [];
      default:
        for (const key of servicesOfSlice(event, context)) context.again(key, sliceDelayMs);
        return [];
    }
  },
  sync(key, context) {
    if (key === nodesKey) checkZones(context);
    else syncService(key, context);
  },
};

/** Nodes matter for their zones' shares only: what an endpoint says of its node is read when its Service is synced. */
function nodeMatters({ type, object, previous }: WatchEvent): boolean {
  if (type !== 'MODIFIED' || previous === undefined) return true;
  const face = (node: unknown) => {
    const { metadata } = node as Node;
    const zone = metadata.labels?.['topology.kubernetes.io/zone'] ?? '';
    return `${isReadyNode(node as Node)} ${zone}`;
  };
  return face(previous) !== face(object);
}

function checkZones(context: ControllerContext): void {
  measureZones(context);
  for (const service of overloadedServices(context)) context.again(service, 0);
}

/** The Services of a slice that somebody else changed. */
function servicesOfSlice(event: WatchEvent, context: ControllerContext): readonly string[] {
  const slice = event.object as unknown as EndpointSlice;
  const namespace = slice.metadata.namespace ?? '';
  const serviceOf = ({ metadata }: { metadata: EndpointSlice['metadata'] }) =>
    `${namespace}/${metadata.labels?.[serviceNameLabel] ?? ''}`;
  const isOwn = ({ metadata }: { metadata: EndpointSlice['metadata'] }) =>
    metadata.labels?.[managedByLabel] === controllerName;
  const service = serviceOf(slice);
  const place = context.client.get('Namespace', namespace);
  if (place?.metadata.deletionTimestamp !== undefined) return [];
  if (event.type === 'DELETED') {
    if (!isOwn(slice) || context.client.get('Service', service) === undefined) return [];
    return isForeignDeletion(service, slice, context) ? [service] : [];
  }
  const { previous } = event;
  if (previous !== undefined) {
    const before = serviceOf(previous);
    if (before !== service) return [service, before];
    if (isOwn(previous) !== isOwn(slice)) return [service];
  }
  return isOwn(slice) && isForeign(service, slice, context) ? [service] : [];
}

function syncService(key: string, context: ControllerContext): void {
  const { client, index } = context;
  const service = client.get('Service', key);
  if (service === undefined) {
    forgetTriggerTimes('endpointslice', key, context);
    forgetSlices(key, context);
    return;
  }
  if (!isManaged(service)) return;
  const pods = selectedPods(service, context);
  const { namespace = 'default', name } = service.metadata;
  const own = index
    .slicesOf(namespace, name)
    .flatMap((slice) => client.get('EndpointSlice', slice) ?? [])
    .filter(({ metadata }) => metadata.labels?.[managedByLabel] === controllerName)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const time = triggerTime('endpointslice', service, pods, context);
  const error = reconcile(service, pods, own, time, context);
  if (error === undefined) {
    forget(retries, key, context);
    return;
  }
  const text = `Error updating Endpoint Slices for Service ${key}: ${error}`;
  client.event(service, 'Warning', 'FailedToUpdateEndpointSlices', text);
  retry(retries, key, context);
}
