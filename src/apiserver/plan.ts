// One request's allocations before they are committed, and the refusal of numbers that are pinned to others.
// Not here: how numbers are chosen (service-addresses.ts, node-ports.ts).
import type { ClusterSpec, Pin } from '../api/cluster-spec.ts';
import { InputError } from '../api/input-error.ts';
import type { Cidr } from '../net/cidr.ts';
import type { Choices } from '../sim/choices.ts';
import type { Pool } from './pools.ts';

/** What is taken of a cluster's ranges; forked with the cluster. */
export interface Allocations {
  readonly spec: ClusterSpec;
  readonly addresses: Pool;
  readonly ports: Pool;
}

/** What a request allocates with. */
export interface AllocationRequest {
  readonly choices: Choices;
  /** Ranges of further ServiceCIDR objects (1.33), sorted by name. */
  readonly ranges: readonly Cidr[];
  /** Nothing is taken: addresses and ports that nobody named are previews. */
  readonly dryRun: boolean;
}

/** One request's allocations: nothing is taken until `commit`. */
export interface Plan extends AllocationRequest {
  readonly allocations: Allocations;
  readonly owner: string;
  readonly pin: Pin | undefined;
  readonly addresses: Set<string>;
  readonly ports: Set<string>;
}

/** Throws pin-taken when somebody else's pin has this number. */
export function refusePinned(plan: Plan, pool: Pool, name: string, what: string): void {
  const holder = pool.withheld.get(name);
  if (holder === undefined || holder === plan.owner) return;
  const pin = plan.allocations.spec.pins.find((p) => p.object === holder);
  throw new InputError(
    'pin-taken',
    `${plan.owner} asks for ${what}, which is pinned to ${holder}`,
    {
      position: pin?.position ?? null,
      hint: `give ${plan.owner} another one, or change the pin`,
    },
  );
}
