// Changes the hints of all slices of a plan, writing unchanged slices only where a hint differs.
// staging/src/k8s.io/endpointslice: topologycache RemoveHintsFromSlices, trafficdist ReconcileHints.
import type { Endpoint, EndpointSlice } from '../../api/types.ts';
import type { NewSlice, Plan } from './packing.ts';

/** All slices with every endpoint seen to by `hint`; unchanged ones are written when that changes them. */
export function rehinted(
  plan: Plan,
  unchanged: readonly EndpointSlice[],
  hint: (endpoint: Endpoint) => Endpoint,
): Plan {
  const each = <T extends EndpointSlice | NewSlice>(slice: T): T => {
    const before = slice.endpoints ?? [];
    const endpoints = before.map(hint);
    return endpoints.every((one, i) => one === before[i]) ? slice : { ...slice, endpoints };
  };
  const further = unchanged
    .map((slice) => each(slice))
    .filter((slice, i) => slice !== unchanged[i]);
  return {
    create: plan.create.map((slice) => each(slice)),
    update: [...plan.update.map((slice) => each(slice)), ...further],
    remove: plan.remove,
  };
}

/** The endpoint without hints; itself when it has none. */
export function unhinted(endpoint: Endpoint): Endpoint {
  if (endpoint.hints === undefined) return endpoint;
  const { hints: _, ...rest } = endpoint;
  return rest;
}
