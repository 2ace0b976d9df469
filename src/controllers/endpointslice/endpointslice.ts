// The EndpointSlices of each Service with a selector: per address family and port set, at most 100 endpoints each,
// changed as little as possible. Modelled after staging/src/k8s.io/endpointslice/reconciler.go.
import type { EndpointSlice, Service } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { generateName } from '../names.ts';
import { controllerRef } from '../pods.ts';
import { desiredGroups, portsKey } from './desired.ts';
import { addHints } from './hints.ts';
import { isHeadless, isManaged, servicesOf } from './members.ts';
import { type Plan, packGroup } from './packing.ts';
import { triggerTime } from './trigger.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const controllerName = 'endpointslice-controller.k8s.io';
const headlessLabel = 'service.kubernetes.io/headless';
const trigger = 'endpoints.kubernetes.io/last-change-trigger-time';

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
        return nodeMatters(event)
          ? context.client.list('Service').filter(isManaged).map(keyOf)
          : [];
      default:
        return ownSliceKey(event.object.metadata.labels, event.object.metadata.namespace);
    }
  },
  sync(key, context) {
    const service = context.client.get('Service', key);
    if (service === undefined || service.metadata.deletionTimestamp !== undefined) return;
    if (!isManaged(service)) return;
    reconcile(service, context);
  },
};

function ownSliceKey(
  labels: Readonly<Record<string, string>> | undefined,
  namespace: string | undefined,
): readonly string[] {
  const service = labels?.[serviceNameLabel];
  if (service === undefined || labels?.[managedByLabel] !== controllerName) return [];
  return [`${namespace}/${service}`];
}

/** Nodes come and go, and move between zones; their heartbeats change no endpoint. */
function nodeMatters(event: {
  readonly type: string;
  readonly object: object;
  readonly previous: object | undefined;
}): boolean {
  if (event.type !== 'MODIFIED' || event.previous === undefined) return true;
  const face = (node: object) => {
    const { metadata, status } = node as {
      metadata: { labels?: object };
      status?: { conditions?: readonly { type: string; status: string }[] };
    };
    const ready = status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
    return [metadata.labels, ready];
  };
  return !same(face(event.previous), face(event.object));
}

function reconcile(service: Service, context: ControllerContext): void {
  const { client, index } = context;
  const namespace = service.metadata.namespace ?? 'default';
  const own = index
    .slicesOf(namespace, service.metadata.name)
    .flatMap((key) => client.get('EndpointSlice', key) ?? [])
    .filter((slice) => slice.metadata.labels?.[managedByLabel] === controllerName)
    .filter((slice) => slice.metadata.deletionTimestamp === undefined);
  const families = service.spec.ipFamilies ?? ['IPv4'];
  for (const slice of own) {
    if (!families.includes(slice.addressType ?? 'IPv4')) {
      client.delete('EndpointSlice', keyOf(slice));
    }
  }
  for (const family of families) {
    const slices = own.filter((slice) => slice.addressType === family);
    apply(service, family, slices, plan(service, family, slices, context), context);
  }
}

/** What to create, update and delete for one family, over all port sets. */
function plan(
  service: Service,
  family: string,
  own: readonly EndpointSlice[],
  context: ControllerContext,
): Plan {
  const groups = desiredGroups(service, family, context);
  const total: Plan = { create: [], update: [], remove: [], keep: [] };
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of own) {
    const name = portsKey(slice.ports ?? []);
    byPorts.set(name, [...(byPorts.get(name) ?? []), slice]);
  }
  for (const group of groups.values()) {
    const name = portsKey(group.ports);
    const part = packGroup(group, byPorts.get(name) ?? [], (slice) => refreshed(service, slice));
    byPorts.delete(name);
    total.create.push(...part.create);
    total.update.push(...part.update);
    total.remove.push(...part.remove);
    total.keep.push(...part.keep);
  }
  for (const rest of byPorts.values()) total.remove.push(...rest);
  if (total.create.length + total.update.length + total.keep.length === 0) {
    placeholder(total, (slice) => refreshed(service, slice));
  }
  return addHints(service, family, total, context);
}

/** A Service without pods has one slice without endpoints and ports. */
function placeholder(total: Plan, refresh: (slice: EndpointSlice) => EndpointSlice): void {
  const kept = total.remove.findIndex(
    (slice) => (slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0,
  );
  const [slice] = kept >= 0 ? total.remove.splice(kept, 1) : [];
  if (slice !== undefined) {
    const next = refresh(slice);
    (next === slice ? total.keep : total.update).push(next);
  } else total.create.push({ ports: [], endpoints: [] });
}

/** The slice with the labels and owner it should have. */
function refreshed(service: Service, slice: EndpointSlice): EndpointSlice {
  const labels = labelsFor(service);
  if (same(slice.metadata.labels, labels)) return slice;
  return { ...slice, metadata: { ...slice.metadata, labels } };
}

function labelsFor(service: Service): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(service.metadata.labels ?? {})) {
    if (name !== headlessLabel && name !== serviceNameLabel && name !== managedByLabel) {
      labels[name] = value;
    }
  }
  if (isHeadless(service)) labels[headlessLabel] = '';
  labels[serviceNameLabel] = service.metadata.name;
  labels[managedByLabel] = controllerName;
  return labels;
}

function apply(
  service: Service,
  family: string,
  own: readonly EndpointSlice[],
  steps: Plan,
  context: ControllerContext,
): void {
  const { client } = context;
  const stamp = { [trigger]: triggerTime(service, own.length === 0, context) };
  const remove = [...steps.remove];
  for (const fresh of steps.create) {
    // A create paired with a delete takes over the slice that would go, name and all.
    const reused = remove.pop();
    if (reused !== undefined) {
      const metadata = { ...refreshed(service, reused).metadata, annotations: stamp };
      client.update({ ...reused, metadata, ports: fresh.ports, endpoints: fresh.endpoints });
    } else client.create(newSlice(service, family, fresh, stamp, context));
  }
  for (const slice of steps.update) {
    const annotations = { ...slice.metadata.annotations, ...stamp };
    client.update({ ...slice, metadata: { ...slice.metadata, annotations } });
  }
  for (const slice of remove) client.delete('EndpointSlice', keyOf(slice));
}

function newSlice(
  service: Service,
  family: string,
  fresh: Plan['create'][number],
  annotations: Readonly<Record<string, string>>,
  { client, choices }: ControllerContext,
): EndpointSlice {
  const { name, namespace = 'default' } = service.metadata;
  const taken = (slice: string) =>
    client.get('EndpointSlice', `${namespace}/${slice}`) !== undefined;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: generateName(`${name}-`, choices, taken),
      generateName: `${name}-`,
      namespace,
      labels: labelsFor(service),
      annotations,
      ownerReferences: [controllerRef(service)],
    },
    addressType: family,
    ports: fresh.ports,
    endpoints: fresh.endpoints,
  };
}
