// EndpointSlices for the hand-made Endpoints of Services without a selector, and their removal when Service,
// Endpoints or the reason to mirror is gone. Modelled after pkg/controller/endpointslicemirroring; what a slice looks
// like is in mirrored.ts.
import type { EndpointSlice, Endpoints, WatchEvent } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { managedByLabel, serviceNameLabel } from '../endpointslice/labels.ts';
import { same } from '../equal.ts';
import { generateName } from '../names.ts';
import {
  addressesMax,
  controllerName,
  groupKey,
  mirrored,
  sliceFor,
  type Wanted,
} from './mirrored.ts';

const skipLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';

export const mirroring: Controller = {
  name: 'endpointslicemirroring',
  watches: ['Service', 'Endpoints', 'EndpointSlice'],
  keysOf(event) {
    if (event.kind === 'Service') return selectorMatters(event) ? [event.key] : [];
    if (event.kind === 'Endpoints') {
      const states = [event.object, ...(event.type === 'MODIFIED' ? [event.previous] : [])];
      return states.some((one) => one !== undefined && shouldMirror(one)) ? [event.key] : [];
    }
    return servicesOfSlice(event);
  },
  sync(key, context) {
    const { client } = context;
    const slices = slicesOf(key, context);
    const endpoints = client.get('Endpoints', key);
    const service = client.get('Service', key);
    const isWanted =
      endpoints !== undefined &&
      shouldMirror(endpoints) &&
      service !== undefined &&
      service.spec.selector === undefined;
    if (isWanted) reconcile(endpoints, slices, context);
    else for (const slice of slices) client.delete('EndpointSlice', keyOf(slice));
  },
};

function shouldMirror({ metadata }: { readonly metadata: Endpoints['metadata'] }): boolean {
  return (
    metadata.labels?.[skipLabel] !== 'true' &&
    metadata.annotations?.[leaderAnnotation] === undefined
  );
}

/** A Service without a selector comes or goes, or a selector does. */
function selectorMatters({ type, object, previous }: WatchEvent): boolean {
  const has = (service: unknown) =>
    (service as { spec: { selector?: object } }).spec.selector !== undefined;
  if (type !== 'MODIFIED' || previous === undefined) return !has(object);
  return has(previous) !== has(object);
}

/** The Services of a slice that is, or was, of this controller; labels alone change its generation too. */
function servicesOfSlice({ type, object, previous }: WatchEvent): readonly string[] {
  const states = type === 'MODIFIED' && previous !== undefined ? [object, previous] : [object];
  if (states.length > 1 && object.metadata.generation === previous?.metadata.generation) return [];
  const own = states.filter(({ metadata }) => metadata.labels?.[managedByLabel] === controllerName);
  return own.map(({ metadata }) => `${metadata.namespace}/${metadata.labels?.[serviceNameLabel]}`);
}

function slicesOf(key: string, { client, index }: ControllerContext): readonly EndpointSlice[] {
  const slash = key.indexOf('/');
  return index
    .slicesOf(key.slice(0, slash), key.slice(slash + 1))
    .flatMap((slice) => client.get('EndpointSlice', slice) ?? [])
    .filter(({ metadata }) => metadata.labels?.[managedByLabel] === controllerName);
}

function reconcile(
  endpoints: Endpoints,
  slices: readonly EndpointSlice[],
  context: ControllerContext,
): void {
  const { client } = context;
  const { groups, invalid, skipped } = mirrored(endpoints);
  if (invalid > 0) {
    const text = `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`;
    client.event(endpoints, 'Warning', 'InvalidIPAddress', text);
  }
  if (skipped > invalid) {
    const text = `A max of ${addressesMax} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`;
    client.event(endpoints, 'Warning', 'TooManyAddressesToMirror', text);
  }
  const create = new Map(groups);
  const surplus: EndpointSlice[] = [];
  for (const slice of slices) {
    const key = groupKey(slice.addressType ?? 'IPv4', slice.ports ?? []);
    const group = create.get(key);
    create.delete(key);
    if (group === undefined) surplus.push(slice);
    else refresh(endpoints, slice, group, context);
  }
  for (const group of create.values()) {
    // A slice that would go is taken over by one of its family that would come.
    const i = surplus.findIndex((slice) => slice.addressType === group.addressType);
    const [taken] = i < 0 ? [] : surplus.splice(i, 1);
    if (taken !== undefined) client.update(sliceFor(endpoints, group, taken.metadata.name));
    else if (endpoints.metadata.deletionTimestamp === undefined) add(endpoints, group, context);
  }
  for (const slice of surplus) client.delete('EndpointSlice', keyOf(slice));
}

function refresh(
  endpoints: Endpoints,
  slice: EndpointSlice,
  group: Wanted,
  { client }: ControllerContext,
): void {
  const wanted = sliceFor(endpoints, group, slice.metadata.name);
  const { labels, annotations, ownerReferences } = slice.metadata;
  const unchanged =
    same(slice.endpoints, wanted.endpoints) &&
    same(labels, wanted.metadata.labels) &&
    same(annotations, wanted.metadata.annotations) &&
    same(ownerReferences, wanted.metadata.ownerReferences);
  if (!unchanged) client.update(wanted);
}

function add(endpoints: Endpoints, group: Wanted, { client, choices }: ControllerContext): void {
  const { name: base, namespace = 'default' } = endpoints.metadata;
  const taken = (name: string) => client.get('EndpointSlice', `${namespace}/${name}`) !== undefined;
  client.create(sliceFor(endpoints, group, generateName(`${base}-`, choices, taken)));
}
