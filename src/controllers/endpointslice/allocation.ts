// How many of a Service's endpoints each zone should have, and which zones give to which. Numbers only.
// staging/src/k8s.io/endpointslice/topologycache: getAllocations, getGivingAndReceivingZones. Ties are decided by the
// zones' names, where upstream leaves them to the order of a Go map.
import { byCodeUnit } from '../../sim/table.ts';
import { overloadThreshold, type Shares, type ZoneCounts } from './zones.ts';

export interface Allocation {
  readonly minimum: number;
  readonly maximum: number;
  readonly desired: number;
}
export type Allocations = ReadonlyMap<string, Allocation>;

/** Why there are no hints. */
const refusals = {
  noInfo:
    'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes',
  oneZone: 'Nodes only ready in one zone',
  tooFew: 'Insufficient number of endpoints',
  overload:
    'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold',
} as const;

/** By zone; or the reason why it cannot be done. */
export function allocationsFor(shares: Shares, endpoints: number): Allocations | string {
  if (shares === null) return refusals.noInfo;
  const zones = Object.entries(shares).sort(([a], [b]) => byCodeUnit(a, b));
  const numbers = `(${endpoints} endpoints, ${zones.length} zones)`;
  if (zones.length < 2) return refusals.oneZone;
  if (zones.length > endpoints) return `${refusals.tooFew} ${numbers}`;
  const least = zones.map(([zone, share]) => {
    const desired = share * endpoints;
    const minimum = Math.ceil(desired * (1 / (1 + overloadThreshold)));
    return { zone, minimum, desired: Math.max(desired, minimum) };
  });
  const spare = endpoints - least.reduce((sum, { minimum }) => sum + minimum, 0);
  if (spare < 0) return `${refusals.overload} ${numbers}`;
  return new Map(
    least.map(({ zone, minimum, desired }) => [
      zone,
      { minimum, maximum: minimum + spare, desired },
    ]),
  );
}

export interface Moves {
  /** Endpoints to give and to receive, by zone. */
  readonly giving: Map<string, number>;
  readonly receiving: Map<string, number>;
}

/** Pairs the zone with most to give with the one that lacks most, until less than a whole endpoint is left. */
export function movesBetween(allocations: Allocations, counts: ZoneCounts): Moves {
  const gives = new Map<string, number>();
  const lacks = new Map<string, number>();
  for (const [zone, { desired }] of allocations) {
    const has = counts[zone] ?? 0;
    if (has > desired) gives.set(zone, has - desired);
    else if (has < desired) lacks.set(zone, desired - has);
  }
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const giver = most(gives);
    const receiver = most(lacks);
    if (giver === undefined || receiver === undefined) break;
    if (giver.number < 1 && receiver.number < 1) break;
    if (giver.number < 0.5 || receiver.number < 0.5) break;
    giving.set(giver.zone, (giving.get(giver.zone) ?? 0) + 1);
    gives.set(giver.zone, giver.number - 1);
    receiving.set(receiver.zone, (receiving.get(receiver.zone) ?? 0) + 1);
    lacks.set(receiver.zone, receiver.number - 1);
  }
  return { giving, receiving };
}

function most(zones: ReadonlyMap<string, number>): { zone: string; number: number } | undefined {
  let best: { zone: string; number: number } | undefined;
  for (const [zone, number] of zones) {
    if (number > (best?.number ?? 0)) best = { zone, number };
  }
  return best;
}
