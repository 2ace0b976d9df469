// Which hints a Service's endpoints get: of the topology annotation, of trafficDistribution, or none.
// staging/src/k8s.io/endpointslice/reconciler.go (the part about topology) and trafficdist.
import type { Endpoint, EndpointHints, EndpointSlice, Service } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { same } from '../equal.ts';
import { addZoneHints, type HintEvent, hintEvent, messages } from './auto-hints.ts';
import type { Plan } from './packing.ts';
import { rehinted, unhinted } from './rehint.ts';
import { forgetZones, hasZones } from './zones.ts';

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

/** The annotations that turn on hints by CPU, the deprecated one first: it wins. */
const topologyAnnotations = [
  { name: 'service.kubernetes.io/topology-aware-hints', since: 24 },
  { name: 'service.kubernetes.io/topology-mode', since: 27 },
] as const;

/** Until 1.32 an endpoint without a zone got a hint for the zone "". */
const zonelessSince = 33;

function isAuto(service: Service, minor: number): boolean {
  const { annotations = {} } = service.metadata;
  const known = topologyAnnotations.filter(({ since }) => minor >= since);
  const found = known.find(({ name }) => annotations[name] !== undefined);
  const value = found === undefined ? undefined : annotations[found.name];
  return value === 'Auto' || value === 'auto';
}

/** The plan with the hints that its slices should have; unchanged slices that need others are written too. */
export function withHints(
  service: Service,
  family: string,
  plan: Plan,
  unchanged: readonly EndpointSlice[],
  context: ControllerContext,
): { readonly plan: Plan; readonly events: readonly HintEvent[] } {
  const { minor } = context;
  const key = keyOf(service);
  if (isAuto(service, minor)) return addZoneHints(key, family, plan, unchanged, context);
  const events = hasZones(key, context) ? [hintEvent(messages.disabled, family)] : [];
  forgetZones(key, family, context);
  const value = service.spec.trafficDistribution;
  const how = distributions.find((row) => row.value === value && minor >= row.since);
  if (how === undefined) return { plan: rehinted(plan, unchanged, unhinted), events };
  const close = (endpoint: Endpoint) => hintedClose(endpoint, how, minor);
  return { plan: rehinted(plan, unchanged, close), events };
}

/** A ready endpoint is for its own zone, and where asked for its own node; others keep what they have. */
function hintedClose(endpoint: Endpoint, how: Distribution, minor: number): Endpoint {
  if (endpoint.conditions?.ready !== true) return endpoint;
  const zone = endpoint.zone ?? (minor < zonelessSince ? '' : undefined);
  const node = how.forNodes ? endpoint.nodeName : undefined;
  if (zone === undefined && node === undefined) return unhinted(endpoint);
  const hints: EndpointHints = {
    ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
    ...(node === undefined ? {} : { forNodes: [{ name: node }] }),
  };
  return same(endpoint.hints, hints) ? endpoint : { ...endpoint, hints };
}
