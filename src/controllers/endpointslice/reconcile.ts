// One pass over a Service's EndpointSlices: what they should be by family and port set, the hints, and the writes.
// staging/src/k8s.io/endpointslice/reconciler.go Reconcile, reconcileByAddressType, finalize.
import type { EndpointSlice, Pod, Service } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { generateName } from '../names.ts';
import { controllerRef } from '../pods.ts';
import { desiredGroups, portsKey } from './desired.ts';
import { withHints } from './hints.ts';
import { labelsFor, relabelled } from './labels.ts';
import { type NewSlice, type Plan, packGroup } from './packing.ts';
import { expectDeleted, expectWritten } from './tracker.ts';
import { withTriggerTime } from './trigger.ts';
import { forgetZones } from './zones.ts';

/** Writes what is needed; returns what went wrong, as one text, undefined when nothing did. */
export function reconcile(
  service: Service,
  pods: readonly Pod[],
  own: readonly EndpointSlice[],
  time: string | undefined,
  context: ControllerContext,
): string | undefined {
  const families = familiesOf(service);
  const errors: string[] = [];
  for (const family of families) {
    const existing = own.filter((slice) => typeOf(slice) === family);
    const { plan, errors: found } = planFor(service, family, pods, existing, context);
    errors.push(...found);
    const hinted = withHints(service, family, plan, unchangedBy(plan, existing), context);
    write(service, family, hinted.plan, time, context);
    for (const { type, reason, message } of hinted.events) {
      context.client.event(service, type, reason, message);
    }
  }
  for (const slice of own) {
    if (families.includes(typeOf(slice))) continue;
    forgetZones(keyOf(service), typeOf(slice), context);
    remove(service, slice, context);
  }
  return aggregate(errors);
}

const typeOf = (slice: EndpointSlice): string => slice.addressType ?? 'IPv4';

/** The families that a Service has; an API server before dual stack says none. */
function familiesOf({ spec }: Service): readonly string[] {
  if (spec.ipFamilies !== undefined && spec.ipFamilies.length > 0) return spec.ipFamilies;
  const { clusterIP = '' } = spec;
  if (clusterIP === '' || clusterIP === 'None') return ['IPv4', 'IPv6'];
  return [clusterIP.includes(':') ? 'IPv6' : 'IPv4'];
}

/** utilerrors.Aggregate: each text once. */
function aggregate(errors: readonly string[]): string | undefined {
  const texts = [...new Set(errors)];
  return texts.length > 1 ? `[${texts.join(', ')}]` : texts[0];
}

function unchangedBy(plan: Plan, existing: readonly EndpointSlice[]): readonly EndpointSlice[] {
  const names = new Set([...plan.update, ...plan.remove].map((slice) => slice.metadata.name));
  return existing.filter((slice) => !names.has(slice.metadata.name));
}

/** What to create, update and delete for one family, over all port sets. */
function planFor(
  service: Service,
  family: string,
  pods: readonly Pod[],
  existing: readonly EndpointSlice[],
  context: ControllerContext,
): { readonly plan: Plan; readonly errors: readonly string[] } {
  const { groups, errors } = desiredGroups(service, family, pods, context);
  const create: NewSlice[] = [];
  const update: EndpointSlice[] = [];
  const gone: EndpointSlice[] = [];
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    if (!isOwned(slice, service)) {
      gone.push(slice);
      continue;
    }
    const name = portsKey(slice.ports ?? []);
    byPorts.set(name, [...(byPorts.get(name) ?? []), slice]);
  }
  for (const [name, group] of groups) {
    const part = packGroup(group, byPorts.get(name) ?? [], (slice) => relabelled(service, slice));
    byPorts.delete(name);
    create.push(...part.create);
    update.push(...part.update);
    gone.push(...part.remove);
  }
  for (const rest of byPorts.values()) gone.push(...rest);
  if (existing.length === gone.length && create.length === 0) {
    // A Service without pods has one slice without endpoints and ports.
    const [only] = gone;
    if (gone.length === 1 && only !== undefined && isPlaceholder(only, service)) gone.pop();
    else create.push({ ports: [], endpoints: [] });
  }
  return { plan: { create, update, remove: gone }, errors };
}

/** Slices that an old Service of the same name left are the garbage collector's. */
function isOwned(slice: EndpointSlice, service: Service): boolean {
  return (slice.metadata.ownerReferences ?? []).some(
    ({ uid, kind, apiVersion }) =>
      uid === service.metadata.uid && kind === 'Service' && apiVersion === 'v1',
  );
}

function isPlaceholder(slice: EndpointSlice, service: Service): boolean {
  const isEmpty = (slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0;
  const { labels, ownerReferences } = slice.metadata;
  const wanted = { labels: labelsFor(service), ownerReferences: [controllerRef(service)] };
  return isEmpty && same({ labels, ownerReferences }, wanted);
}

function write(
  service: Service,
  family: string,
  plan: Plan,
  time: string | undefined,
  context: ControllerContext,
): void {
  const { client } = context;
  const create = [...plan.create];
  const update = [...plan.update];
  const left: EndpointSlice[] = [];
  for (const slice of plan.remove) {
    // A create paired with a delete takes over the slice that would go, name and all.
    const fresh = isOwned(slice, service) ? create.pop() : undefined;
    if (fresh === undefined) left.push(slice);
    else update.push(newSlice(service, family, fresh, slice.metadata.name));
  }
  // The garbage collector removes the slices of a Service that goes; new ones would only race with it.
  if (service.metadata.deletionTimestamp === undefined) {
    for (const fresh of create) {
      const { name: base, namespace } = service.metadata;
      const taken = (name: string) => client.get('EndpointSlice', `${namespace}/${name}`);
      const name = generateName(`${base}-`, context.choices, (n) => taken(n) !== undefined);
      const made = client.create(stamped(newSlice(service, family, fresh, name), time));
      expectWritten(keyOf(service), made, context);
    }
  }
  for (const slice of update) {
    const made = client.update(stamped(slice, time));
    expectWritten(keyOf(service), made, context);
  }
  for (const slice of left) remove(service, slice, context);
}

function remove(service: Service, slice: EndpointSlice, context: ControllerContext): void {
  expectDeleted(keyOf(service), slice, context);
  context.client.delete('EndpointSlice', keyOf(slice));
}

function stamped(slice: EndpointSlice, time: string | undefined): EndpointSlice {
  const annotations = withTriggerTime(slice.metadata.annotations, time);
  return { ...slice, metadata: { ...slice.metadata, annotations } };
}

function newSlice(service: Service, family: string, fresh: NewSlice, name: string): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace ?? 'default',
      labels: labelsFor(service),
      ownerReferences: [controllerRef(service)],
    },
    addressType: family,
    ports: fresh.ports,
    endpoints: fresh.endpoints,
  };
}
