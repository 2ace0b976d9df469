// Hints of the topology annotation: endpoints are given to zones by their shares of CPU. A slice that needs no change
// keeps its hints. staging/src/k8s.io/endpointslice/topologycache AddHints, getHintsByZone, redistributeHints.
import type { Endpoint, EndpointSlice } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { type Allocations, allocationsFor, type Moves, movesBetween } from './allocation.ts';
import type { NewSlice, Plan } from './packing.ts';
import { rehinted, unhinted } from './rehint.ts';
import { forgetZones, hasZones, rememberZones, type ZoneCounts, zoneShares } from './zones.ts';

export interface HintEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export const messages = {
  disabled: 'Topology Aware Hints has been disabled',
  enabled: 'Topology Aware Hints has been enabled',
  noZone: 'One or more endpoints do not have a zone specified',
} as const;

/** TopologyAwareHintsDisabled, or Enabled for that message. */
export function hintEvent(message: string, family: string): HintEvent {
  const isEnabled = message === messages.enabled;
  return {
    type: isEnabled ? 'Normal' : 'Warning',
    reason: isEnabled ? 'TopologyAwareHintsEnabled' : 'TopologyAwareHintsDisabled',
    message: `${message}, addressType: ${family}`,
  };
}

interface Hinted {
  readonly plan: Plan;
  readonly events: readonly HintEvent[];
}

type Slice = EndpointSlice | NewSlice;

const isReady = (endpoint: Endpoint): boolean => endpoint.conditions?.ready === true;

function readyIn(slices: readonly Slice[]): readonly Endpoint[] {
  return slices.flatMap((slice) => (slice.endpoints ?? []).filter(isReady));
}

export function addZoneHints(
  service: string,
  family: string,
  plan: Plan,
  unchanged: readonly EndpointSlice[],
  context: ControllerContext,
): Hinted {
  const without = (message: string, stale: readonly EndpointSlice[] = []): Hinted => {
    forgetZones(service, family, context);
    const events = [hintEvent(message, family)];
    const written = { ...plan, update: [...plan.update, ...stale] };
    const others = unchanged.filter((slice) => !stale.includes(slice));
    return { plan: rehinted(written, others, unhinted), events };
  };
  const { create, update } = plan;
  const total = readyIn([...create, ...update, ...unchanged]).length;
  const allocations = allocationsFor(zoneShares(context), total);
  if (typeof allocations === 'string') return without(allocations);
  const counts: Record<string, number> = {};
  const stale: EndpointSlice[] = [];
  for (const slice of unchanged) {
    const found = validHints(slice, counts, allocations);
    if (found === undefined) stale.push(slice);
    else for (const [zone, n] of Object.entries(found)) add(counts, zone, n);
  }
  const written = [...create, ...update, ...stale];
  if (readyIn(written).some(({ zone }) => zone === undefined || zone === '')) {
    // By then slices without hints are to be written, which only gives them the time of the change.
    return without(messages.noZone, stale);
  }
  for (const { zone = '' } of readyIn(written)) add(counts, zone, 1);
  const hint = hinter(movesBetween(allocations, counts), counts);
  const each = <T extends Slice>(slice: T): T => ({
    ...slice,
    endpoints: (slice.endpoints ?? []).map(hint),
  });
  const hinted: Plan = {
    create: create.map((slice) => each(slice)),
    update: [...update, ...stale].map((slice) => each(slice)),
    remove: plan.remove,
  };
  const had = hasZones(service, context);
  rememberZones(service, family, counts, context);
  return { plan: hinted, events: had ? [] : [hintEvent(messages.enabled, family)] };
}

function add(counts: Record<string, number>, zone: string, n: number): void {
  counts[zone] = (counts[zone] ?? 0) + n;
}

/** Hints by zone of a slice that may stay as it is; undefined when it must be written. */
function validHints(
  slice: EndpointSlice,
  counts: ZoneCounts,
  allocations: Allocations,
): ZoneCounts | undefined {
  const found: Record<string, number> = {};
  for (const { hints } of readyIn([slice])) {
    const zones = hints?.forZones ?? [];
    if (zones.length === 0 || zones.some(({ name }) => !allocations.has(name))) return undefined;
    for (const { name } of zones) add(found, name, 1);
  }
  const isTooMuch = Object.entries(found).some(
    ([zone, n]) => n + (counts[zone] ?? 0) > (allocations.get(zone)?.maximum ?? 0),
  );
  return isTooMuch ? undefined : found;
}

/** Gives each ready endpoint its zone in turn: another one while its own has to give. Keeps `counts` level. */
function hinter(
  { giving, receiving }: Moves,
  counts: Record<string, number>,
): (endpoint: Endpoint) => Endpoint {
  const take = (zones: Map<string, number>, zone: string) => {
    const left = (zones.get(zone) ?? 0) - 1;
    if (left > 0) zones.set(zone, left);
    else zones.delete(zone);
  };
  return (endpoint) => {
    if (!isReady(endpoint)) return endpoint;
    const { zone = '' } = endpoint;
    const [receiver] = receiving.keys();
    const isGiven = giving.has(zone) && receiver !== undefined;
    const name = isGiven ? receiver : zone;
    if (isGiven) {
      take(giving, zone);
      take(receiving, name);
      add(counts, zone, -1);
      add(counts, name, 1);
    }
    return { ...endpoint, hints: { forZones: [{ name }] } };
  };
}
