// Topology hints from trafficDistribution: every ready endpoint is for its own zone (and node). The older
// topology-mode Auto annotation is not modelled: such a Service gets no hints and the event that says so.
// staging/src/k8s.io/endpointslice/trafficdist.
import type { Endpoint, EndpointHints, EndpointSlice, Service } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import type { Plan } from './packing.ts';

interface Distribution {
  readonly value: string;
  readonly forNodes: boolean;
  readonly since: number;
}

/** Values of spec.trafficDistribution and the minor version that knows each by default. */
const distributions: readonly Distribution[] = [
  { value: 'PreferClose', forNodes: false, since: 31 },
  { value: 'PreferSameZone', forNodes: false, since: 34 },
  { value: 'PreferSameNode', forNodes: true, since: 34 },
];

/** Sets or clears the hints of all slices of one family; slices whose hints change are written. */
export function addHints(
  service: Service,
  _family: string,
  plan: Plan,
  { minor }: ControllerContext,
): Plan {
  const how = distributions.find(
    (row) => row.value === service.spec.trafficDistribution && minor >= row.since,
  );
  const hinted = <T extends { readonly endpoints?: readonly Endpoint[] }>(slice: T): T => ({
    ...slice,
    endpoints: (slice.endpoints ?? []).map((endpoint) => withHints(endpoint, how)),
  });
  const keep: EndpointSlice[] = [];
  const update = plan.update.map(hinted);
  for (const slice of plan.keep) {
    const next = hinted(slice);
    if (same(next.endpoints, slice.endpoints)) keep.push(slice);
    else update.push(next);
  }
  return { create: plan.create.map(hinted), update, remove: plan.remove, keep };
}

function withHints(endpoint: Endpoint, how: Distribution | undefined): Endpoint {
  if (how !== undefined && endpoint.conditions?.ready !== true) return endpoint;
  const hints = how === undefined ? undefined : hintsOf(endpoint, how);
  if (same(endpoint.hints, hints)) return endpoint;
  const { hints: _, ...rest } = endpoint;
  return hints === undefined ? rest : { ...rest, hints };
}

function hintsOf(endpoint: Endpoint, how: Distribution): EndpointHints | undefined {
  const { zone, nodeName } = endpoint;
  if (zone === undefined && !how.forNodes) return undefined;
  return {
    ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
    ...(how.forNodes && nodeName !== undefined ? { forNodes: [{ name: nodeName }] } : {}),
  };
}
