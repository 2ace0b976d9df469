// Whether a node has room: number of Pods, cpu, memory and whatever else is declared. Only nodes whose capacity the
// Cluster document declares are asked; the usual machine has room for all. Modelled after
// pkg/scheduler/framework/plugins/noderesources/fit.go and component-helpers/resource.
import { parseQuantity } from '../../api/field/quantity.ts';
import type { Node, Pod } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { Refusal, Snapshot } from './snapshot.ts';

type Amounts = Readonly<Record<string, bigint>>;
type Written = Readonly<Record<string, unknown>> | undefined;

/** In billionths, so that cpu in thousandths stays whole. */
function amount(text: unknown): bigint {
  const quantity = parseQuantity(String(text));
  if (quantity === undefined) return 0n;
  const { value, scale } = quantity;
  const shift = scale + 9;
  return shift >= 0 ? value * 10n ** BigInt(shift) : value / 10n ** BigInt(-shift);
}

function read(written: Written): Amounts {
  return Object.fromEntries(
    Object.entries(written ?? {}).map(([key, text]) => [key, amount(text)]),
  );
}

function combined(a: Amounts, b: Amounts, by: (x: bigint, y: bigint) => bigint): Amounts {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...keys].map((key) => [key, by(a[key] ?? 0n, b[key] ?? 0n)]));
}

const sum = (x: bigint, y: bigint) => x + y;
const most = (x: bigint, y: bigint) => (x > y ? x : y);

/** What a Pod asks for: its containers and sidecars together, or an init container that needs more; and the overhead. */
export function requestsOf({ spec }: Pod): Amounts {
  let running: Amounts = {};
  for (const one of spec.containers)
    running = combined(running, read(one.resources?.requests), sum);
  let sidecars: Amounts = {};
  let init: Amounts = {};
  for (const one of spec.initContainers ?? []) {
    const own = read(one.resources?.requests);
    if (one.restartPolicy === 'Always') sidecars = combined(sidecars, own, sum);
    const needed = one.restartPolicy === 'Always' ? sidecars : combined(sidecars, own, sum);
    init = combined(init, needed, most);
  }
  const total = combined(combined(running, sidecars, sum), init, most);
  const whole = { ...total, ...read(spec.resources?.requests) };
  return combined(whole, read(spec.overhead), sum);
}

/** The filter for one Pod; undefined when no node declares its capacity. */
export function fitFilter(
  pod: Pod,
  snapshot: Snapshot,
): ((node: Node) => Refusal | undefined) | undefined {
  const declared = snapshot.context.spec.nodes.filter((node) => node.capacity !== undefined);
  if (declared.length === 0) return undefined;
  const names = new Set(declared.map((node) => node.name));
  const wanted = Object.entries(requestsOf(pod)).filter(([, value]) => value > 0n);
  return (node) => {
    if (!names.has(node.metadata.name)) return undefined;
    const { pods = 110n * 10n ** 9n, ...room } = read(node.status?.allocatable as Written);
    const there = snapshot.podsOn(node);
    const reasons: string[] = [];
    let isFinal = false;
    if (BigInt(there.length + 1) * 10n ** 9n > pods) reasons.push('Too many pods');
    const used = there.map(requestsOf).reduce((all, one) => combined(all, one, sum), {});
    for (const [name, value] of wanted.sort(([a], [b]) => rank(a) - rank(b) || byCodeUnit(a, b))) {
      const total = room[name] ?? 0n;
      if (value <= total - (used[name] ?? 0n)) continue;
      reasons.push(`Insufficient ${name}`);
      isFinal ||= value > total;
    }
    return reasons.length === 0 ? undefined : { reasons, isFinal };
  };
}

function rank(resource: string): number {
  const order = ['cpu', 'memory', 'ephemeral-storage'];
  const place = order.indexOf(resource);
  return place < 0 ? order.length : place;
}
