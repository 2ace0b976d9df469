// Packs one port group's endpoints into slices with as few writes as possible: refresh in place, fill what is being
// written anyway, then one best fit, then new slices. Never rebalances. reconciler.go reconcileByPortMapping.
import type { Endpoint, EndpointSlice, EndpointSlicePort } from '../../api/types.ts';
import { same } from '../equal.ts';
import type { Group } from './desired.ts';

/** Endpoints per slice (--max-endpoints-per-slice). */
export const endpointsMax = 100;

export interface NewSlice {
  readonly ports: readonly EndpointSlicePort[];
  readonly endpoints: readonly Endpoint[];
}

/** What one pass does; filled by the phases in turn. */
export interface Plan {
  readonly create: NewSlice[];
  readonly update: EndpointSlice[];
  readonly remove: EndpointSlice[];
  /** Slices that stay as they are. */
  readonly keep: EndpointSlice[];
}

/** `refreshed` gives a slice the labels it should have; a changed slice is written. */
export function packGroup(
  group: Group,
  existing: readonly EndpointSlice[],
  refreshed: (slice: EndpointSlice) => EndpointSlice,
): Plan {
  const plan: Plan = { create: [], update: [], remove: [], keep: [] };
  const left = new Map(group.endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  for (const slice of existing) keepOrDrop(slice, left, plan, refreshed);
  const rest = [...left.values()];
  fillUpdated(plan, rest);
  fillBestFit(plan, rest, refreshed);
  while (rest.length > 0) {
    plan.create.push({ ports: group.ports, endpoints: rest.splice(0, endpointsMax) });
  }
  return plan;
}

/** Two endpoints are one when they name the same pod and addresses (endpointset). */
function identity(endpoint: Endpoint): string {
  const { targetRef } = endpoint;
  const about = `${targetRef?.kind}/${targetRef?.namespace}/${targetRef?.name}/${targetRef?.uid}`;
  return `${about}/${[...endpoint.addresses].sort().join(',')}`;
}

function keepOrDrop(
  slice: EndpointSlice,
  left: Map<string, Endpoint>,
  plan: Plan,
  refreshed: (slice: EndpointSlice) => EndpointSlice,
): void {
  const kept: Endpoint[] = [];
  for (const endpoint of slice.endpoints ?? []) {
    const id = identity(endpoint);
    const wanted = left.get(id);
    if (wanted === undefined) continue;
    left.delete(id);
    // Hints are set in a later phase; until then they stay.
    kept.push(endpoint.hints === undefined ? wanted : { ...wanted, hints: endpoint.hints });
  }
  const relabelled = refreshed(slice);
  if (kept.length === 0) plan.remove.push(slice);
  else if (relabelled !== slice || !same(kept, slice.endpoints)) {
    plan.update.push({ ...relabelled, endpoints: kept });
  } else plan.keep.push(slice);
}

const count = (slice: EndpointSlice): number => slice.endpoints?.length ?? 0;

/** Leftovers go into slices that are written anyway, fullest first. */
function fillUpdated(plan: Plan, rest: Endpoint[]): void {
  const order = plan.update.map((_, i) => i);
  const at = (i: number): EndpointSlice | undefined => plan.update[i];
  order.sort((a, b) => sizeOf(at(b)) - sizeOf(at(a)));
  for (const i of order) {
    const slice = at(i);
    if (rest.length === 0 || slice === undefined) return;
    const taken = rest.splice(0, endpointsMax - count(slice));
    plan.update[i] = { ...slice, endpoints: [...(slice.endpoints ?? []), ...taken] };
  }
}

function sizeOf(slice: EndpointSlice | undefined): number {
  return slice === undefined ? 0 : count(slice);
}

/** Fewer than a slice's worth: the fullest unchanged slice that still has room for all of them. */
function fillBestFit(
  plan: Plan,
  rest: Endpoint[],
  refreshed: (slice: EndpointSlice) => EndpointSlice,
): void {
  if (rest.length === 0 || rest.length >= endpointsMax) return;
  let best: EndpointSlice | undefined;
  for (const slice of plan.keep) {
    if (count(slice) + rest.length > endpointsMax) continue;
    if (best === undefined || count(slice) > count(best)) best = slice;
  }
  if (best === undefined) return;
  plan.keep.splice(plan.keep.indexOf(best), 1);
  const endpoints = [...(best.endpoints ?? []), ...rest.splice(0)];
  plan.update.push({ ...refreshed(best), endpoints });
}
