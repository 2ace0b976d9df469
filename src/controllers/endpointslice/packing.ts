// Packs one port group's endpoints into slices with as few writes as possible: refresh in place, fill what is being
// written anyway, then one best fit, then new slices. Never rebalances. reconciler.go reconcileByPortMapping and
// util/endpointset.go. Where upstream takes endpoints in the order of a Go map, here it is the pods' order.
import type { Endpoint, EndpointSlice, EndpointSlicePort } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { same } from '../equal.ts';
import type { Group } from './desired.ts';

/** Endpoints per slice (--max-endpoints-per-slice). */
export const endpointsMax = 100;

export interface NewSlice {
  readonly ports: readonly EndpointSlicePort[];
  readonly endpoints: readonly Endpoint[];
}

/** What one pass writes; all other slices stay as they are. */
export interface Plan {
  readonly create: readonly NewSlice[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
}

interface Draft {
  readonly create: NewSlice[];
  readonly update: EndpointSlice[];
  readonly remove: EndpointSlice[];
  readonly unchanged: EndpointSlice[];
}

/** `refreshed` gives a slice the labels it should have, or the slice itself. `max`: endpoints per slice. */
export function packGroup(
  group: Group,
  existing: readonly EndpointSlice[],
  refreshed: (slice: EndpointSlice) => EndpointSlice,
  max = endpointsMax,
): Plan {
  const draft: Draft = { create: [], update: [], remove: [], unchanged: [] };
  const left = new Map(group.endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  for (const slice of existing) keepOrDrop(slice, left, draft, refreshed);
  const rest = [...left.values()];
  fillUpdated(draft, rest, max);
  while (rest.length > 0) {
    if (!fillBestFit(draft, rest, max)) {
      draft.create.push({ ports: group.ports, endpoints: rest.splice(0, max) });
    }
  }
  return draft;
}

/** Two endpoints are one when they have the same addresses, host name and pod (endpointHashObj). */
function identity(endpoint: Endpoint): string {
  const { targetRef, hostname, addresses } = endpoint;
  const about = `${hostname ?? ''}/${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`;
  return `${about}/${[...addresses].sort(byCodeUnit).join(',')}`;
}

/** EndpointsEqualBeyondHash: hints do not count. */
function sameState(a: Endpoint, b: Endpoint): boolean {
  const face = ({ nodeName, zone, conditions, targetRef }: Endpoint) => {
    const { resourceVersion: _, ...ref } = targetRef ?? {};
    return [nodeName, zone, conditions, ref];
  };
  return same(face(a), face(b));
}

/** Keeps the wanted endpoints of a slice in their order. Those of a slice that changes lose their hints for now. */
function keepOrDrop(
  slice: EndpointSlice,
  left: Map<string, Endpoint>,
  draft: Draft,
  refreshed: (slice: EndpointSlice) => EndpointSlice,
): void {
  const before = slice.endpoints ?? [];
  const kept: Endpoint[] = [];
  let changed = false;
  for (const endpoint of before) {
    const id = identity(endpoint);
    const wanted = left.get(id);
    if (wanted === undefined) continue;
    left.delete(id);
    kept.push(wanted);
    if (!sameState(wanted, endpoint)) changed = true;
  }
  const relabelled = refreshed(slice);
  if (changed || kept.length !== before.length) {
    if (kept.length === 0) draft.remove.push(slice);
    else draft.update.push({ ...relabelled, endpoints: kept });
  } else if (relabelled !== slice) draft.update.push(relabelled);
  else draft.unchanged.push(slice);
}

const count = (slice: EndpointSlice): number => slice.endpoints?.length ?? 0;

/** Leftovers go into slices that are written anyway, fullest first. */
function fillUpdated(draft: Draft, rest: Endpoint[], max: number): void {
  draft.update.sort((a, b) => count(b) - count(a));
  for (const [i, slice] of draft.update.entries()) {
    if (rest.length === 0) return;
    const taken = rest.splice(0, Math.max(0, max - count(slice)));
    if (taken.length === 0) continue;
    draft.update[i] = { ...slice, endpoints: [...(slice.endpoints ?? []), ...taken] };
  }
}

/** Fewer than a slice's worth: the fullest unchanged slice that still has room for all of them. False: none has. */
function fillBestFit(draft: Draft, rest: Endpoint[], max: number): boolean {
  if (rest.length >= max) return false;
  let best: EndpointSlice | undefined;
  for (const slice of draft.unchanged) {
    if (count(slice) + rest.length > max) continue;
    if (best === undefined || count(slice) > count(best)) best = slice;
  }
  if (best === undefined) return false;
  draft.unchanged.splice(draft.unchanged.indexOf(best), 1);
  draft.update.push({ ...best, endpoints: [...(best.endpoints ?? []), ...rest.splice(0)] });
  return true;
}
