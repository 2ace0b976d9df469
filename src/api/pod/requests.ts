// What a Pod asks of its node, summed up as numbers: cpu in thousandths, everything else in whole units, both rounded up.
// Models component-helpers/resource PodRequests and the scheduler's framework.Resource. Resizes in place are not here.
import { parseQuantity } from '../field/quantity.ts';
import type { Pod } from '../types.ts';

export type Amounts = ReadonlyMap<string, number>;
type Written = Readonly<Record<string, unknown>> | undefined;

const none: Amounts = new Map();

function amount(resource: string, text: unknown): number {
  const quantity = parseQuantity(String(text));
  if (quantity === undefined) return 0;
  const exponent = quantity.scale + (resource === 'cpu' ? 3 : 0);
  if (exponent >= 0) return Number(quantity.value * 10n ** BigInt(exponent));
  const by = 10n ** BigInt(-exponent);
  return Number((quantity.value + by - 1n) / by);
}

/** A list of quantities as numbers. */
export function amountsOf(written: Written): Amounts {
  if (written === undefined) return none;
  return new Map(Object.entries(written).map(([name, text]) => [name, amount(name, text)]));
}

function sum(a: Amounts, b: Amounts): Amounts {
  if (b.size === 0) return a;
  const all = new Map(a);
  for (const [name, value] of b) all.set(name, (all.get(name) ?? 0) + value);
  return all;
}

function most(a: Amounts, b: Amounts): Amounts {
  if (b.size === 0) return a;
  const all = new Map(a);
  for (const [name, value] of b) all.set(name, Math.max(all.get(name) ?? 0, value));
  return all;
}

/** What a Pod asks for: its containers and sidecars together, or an init container that needs more; and the overhead. */
export function requestsOf({ spec }: Pod): Amounts {
  let running = none;
  for (const one of spec.containers) running = sum(running, amountsOf(one.resources?.requests));
  let sidecars = none;
  let init = none;
  for (const one of spec.initContainers ?? []) {
    const own = amountsOf(one.resources?.requests);
    if (one.restartPolicy === 'Always') sidecars = sum(sidecars, own);
    init = most(init, one.restartPolicy === 'Always' ? sidecars : sum(sidecars, own));
  }
  const total = most(sum(running, sidecars), init);
  const whole = amountsOf(spec.resources?.requests);
  const own = whole.size === 0 ? total : new Map([...total, ...whole]);
  return sum(own, amountsOf(spec.overhead));
}

const order = ['cpu', 'memory', 'ephemeral-storage'];

/** Resources that are asked for, in the order in which a node is found wanting. */
export function wantedBy(pod: Pod): readonly (readonly [string, number])[] {
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...requestsOf(pod)]
    .filter(([, value]) => value > 0)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
